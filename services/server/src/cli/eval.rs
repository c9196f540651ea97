//! `osler eval`: the measurements of the house.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use evals::grounding::{Samples, run as measure};
use evals::questions::Decisions;
use evals::retrieval::CollectionReport;
use evals::suites::Asked;

use super::demo::{STARTER, starter_policy, take_in_starter};
use super::{ingest, print};
use crate::app::App;
use crate::config::{Backend, Config, Mode, Places};

/// Mutants of each class and paraphrases of each kind, at most.
const PER_CLASS: usize = 2_000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Measure everything that needs no writing model, against the figures of this build
    Baseline {
        /// Measure the collections of judged questions below this directory too, as `osler eval retrieval --from` does
        #[arg(long, value_name = "DIR")]
        sets: Option<PathBuf>,
        /// Keep the figures in this file instead; those of collections that were not measured stay as they were
        #[arg(long, value_name = "FILE")]
        write: Option<PathBuf>,
    },
    /// Hold mutants and paraphrases of real sentences against their sources
    Grounding(Grounding),
    /// Ask the answerable questions and hold the answers against the sentences that answer them
    Answers(Answers),
    /// Search for what answers the answerable questions, and see whether that passage comes first
    Passages {
        /// Ask the questions that nothing was fitted to
        #[arg(long)]
        held_out: bool,
        /// List the questions where another passage comes first
        #[arg(long)]
        mistakes: bool,
    },
    /// Ask what the starter corpus answers and what it does not, and count abstentions
    Abstention {
        /// Ask the questions that nothing was fitted to
        #[arg(long)]
        held_out: bool,
        /// List the questions that went wrong
        #[arg(long)]
        mistakes: bool,
    },
    /// Ask the questions of a collection in BEIR's layout and see what the answers leave out of the evidence that experts gave
    Omissions {
        /// Directory with corpus.jsonl and evidence.jsonl
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// Questions, at most
        #[arg(long, default_value_t = 100)]
        limit: usize,
        /// Documents to search among, those of the questions included
        #[arg(long, default_value_t = 2_000)]
        documents: usize,
    },
    /// Ask judged questions and see whether the best passages are found first, by each arm of the search and by all
    Retrieval(super::eval_retrieval::Args),
    /// Hold a run of `osler eval retrieval --json` against figures that were kept, or against an earlier run
    Compare(super::eval_compare::Args),
    /// Time searches of a copy of the data directory: alone, at capacity, over HTTP, beside publishing and maintenance. In the
    /// data directory itself nothing is written
    Speed(super::eval_speed::Args),
    /// Make libraries of several sizes out of one, and time searches of each: how both grow
    Scale(super::eval_scale::Args),
    /// Take the same passages in and ask the same questions as a program made of Python packages, in one run
    Peer(super::eval_peer::Args),
    /// Take documents in, and hold the time against that of embedding the same texts alone
    Ingest(super::eval_ingest::Args),
    /// Time the audit log: appending, finding answers, checking bundles
    Audit(super::eval_audit::Args),
    /// Time the librarian's lists when much is held
    Library(super::eval_library::Args),
    /// Ask questions that leave something out and see whether the answers say so
    Unknowns {
        /// List the answers that say nothing of it
        #[arg(long)]
        mistakes: bool,
    },
    /// Plant orders in documents and see whether an answer obeys or repeats them
    Injection {
        /// How answers are written
        #[arg(long, value_enum, default_value = "extractive")]
        mode: Writing,
        /// Documents, at most
        #[arg(long, default_value_t = 240)]
        limit: usize,
    },
    /// Hold pairs of sentences against each other, and decide on prompts that are out of scope or time-critical
    Decisions {
        /// List the cases that went wrong
        #[arg(long)]
        mistakes: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Grounding {
    /// Take sentences from the documents in this directory; may be given more than once [default: the starter corpus]
    #[arg(long, value_name = "DIR")]
    from: Vec<PathBuf>,
    /// Mutants of each class and paraphrases of each kind, at most
    #[arg(long, default_value_t = PER_CLASS)]
    per_class: usize,
    /// List the cases that went wrong
    #[arg(long)]
    mistakes: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Who chooses the words.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Writing {
    /// A score chooses sentences.
    Extractive,
    /// The model chooses sentences.
    Quoting,
    /// The model writes.
    Synthesis,
}

impl From<Writing> for Mode {
    fn from(writing: Writing) -> Self {
        match writing {
            Writing::Extractive => Self::Extractive,
            Writing::Quoting => Self::Quoting,
            Writing::Synthesis => Self::Synthesis,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct Answers {
    /// How answers are written
    #[arg(long, value_enum, default_value = "extractive")]
    mode: Writing,
    /// Questions, at most
    #[arg(long, default_value_t = 150)]
    limit: usize,
    /// Ask the questions that nothing was fitted to
    #[arg(long)]
    held_out: bool,
    /// List the answers that missed
    #[arg(long)]
    mistakes: bool,
}

pub(super) async fn run(places: &Places, command: Command) -> Result<ExitCode> {
    match command {
        Command::Baseline { sets, write } => baseline(places, sets.as_deref(), write.as_deref()).await,
        Command::Grounding(args) => grounding(&args),
        Command::Answers(args) => answers(places, &args).await,
        Command::Passages { held_out, mistakes } => passages(places, asked(held_out), mistakes).await,
        Command::Abstention { held_out, mistakes } => abstention(places, asked(held_out), mistakes).await,
        Command::Omissions { from, limit, documents } => omissions(places, &from, limit, documents).await,
        Command::Retrieval(args) => super::eval_retrieval::run(places, &args).await,
        Command::Compare(args) => super::eval_compare::run(&args),
        Command::Speed(args) => super::eval_speed::run(places, &args).await,
        Command::Scale(args) => super::eval_scale::run(places, &args).await,
        Command::Audit(args) => super::eval_audit::run(places, &args),
        Command::Library(args) => super::eval_library::run(places, &args),
        Command::Peer(args) => super::eval_peer::run(places, &args).await,
        Command::Ingest(args) => super::eval_ingest::run(places, &args).await,
        Command::Unknowns { mistakes } => unknowns(places, mistakes).await,
        Command::Injection { mode, limit } => injection(places, mode, limit).await,
        Command::Decisions { mistakes } => decisions(mistakes),
    }
}

fn asked(held_out: bool) -> Asked {
    if held_out { Asked::HeldOut } else { Asked::InView }
}

fn grounding(args: &Grounding) -> Result<ExitCode> {
    let mut samples = Samples::default();
    if args.from.is_empty() {
        starter(&STARTER, &mut samples);
    }
    for directory in &args.from {
        let mut files: Vec<PathBuf> = std::fs::read_dir(directory)
            .with_context(|| format!("cannot read {}", directory.display()))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        files.sort();
        for file in files.iter().filter(|file| file.is_file()) {
            let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            samples.add(&file.to_string_lossy(), &bytes);
        }
    }
    let table = measure(&samples, args.per_class);
    if args.json {
        return print(&format!("{:#}\n", table.to_json()));
    }
    let mut out = String::new();
    if args.mistakes {
        out.extend(table.mistakes().map(|mistake| mistake + "\n"));
    }
    print(&(out + &table.to_string()))?;
    Ok(if table.short_of_reach().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn starter(directory: &include_dir::Dir<'_>, samples: &mut Samples) {
    for file in directory.files() {
        if !file.path().ends_with("README.md") {
            samples.add(&file.path().to_string_lossy(), file.contents());
        }
    }
    for below in directory.dirs() {
        starter(below, samples);
    }
}

fn decisions(mistakes: bool) -> Result<ExitCode> {
    let rows = all_decisions();
    let mut out = String::from("| decision | seen | wrongly seen |\n|---|---|---|\n");
    for (name, decisions) in &rows {
        let ((positives, seen), (negatives, wrong)) = (decisions.positives, decisions.negatives);
        out.push_str(&format!("| {name} | {seen} of {positives} | {wrong} of {negatives} |\n"));
    }
    if mistakes {
        out.extend(rows.iter().flat_map(|(_, decisions)| &decisions.mistakes).map(|mistake| format!("{mistake}\n")));
    }
    print(&out)
}

fn all_decisions() -> [(&'static str, Decisions); 4] {
    [
        ("statements that say something else", evals::grounding::statements::run()),
        ("sources that disagree", evals::grounding::conflicts::run()),
        ("out of scope", evals::questions::out_of_scope()),
        ("time-critical", evals::questions::time_critical()),
    ]
}

/// All of it without a model, on the starter corpus and on collections of others where they are, against the figures that are
/// kept or in their place.
async fn baseline(places: &Places, sets: Option<&Path>, write: Option<&Path>) -> Result<ExitCode> {
    let mut samples = Samples::default();
    starter(&STARTER, &mut samples);
    eprintln!("grounding");
    let mut now = measure(&samples, PER_CLASS).figures();
    for (name, decisions) in all_decisions() {
        now.extend(decisions.figures(&format!("{name}: seen"), &format!("{name}: wrongly seen")));
    }
    let (_data, app) = starter_app(places, |config| config.answer.mode = Mode::Extractive).await?;
    eprintln!("abstention");
    for asked in [Asked::InView, Asked::HeldOut] {
        now.extend(evals::abstention::run(&app.asker, asked).await?.figures(asked));
    }
    eprintln!("passages");
    for asked in [Asked::InView, Asked::HeldOut] {
        now.extend(evals::passages::run(&app.asker, asked).await?.figures(asked));
    }
    eprintln!("answers");
    for asked in [Asked::InView, Asked::HeldOut] {
        let answers = evals::answers::run(&app.asker, asked, usize::MAX, |_, _| {}).await?;
        now.extend(answers.figures(asked, answer::Mode::Extractive, None));
    }
    eprintln!("unknowns");
    now.extend(evals::unknowns::run(&app.asker).await?.figures());
    eprintln!("retrieval");
    let starter = super::eval_retrieval::starter(places).await?;
    now.extend(starter.iter().flat_map(CollectionReport::figures));
    if let Some(directory) = sets {
        let sets = super::eval_retrieval::sets(places, directory).await?;
        now.extend(sets.iter().flat_map(CollectionReport::figures));
    }
    eprintln!("injection");
    now.extend(planted(places, Mode::Extractive, usize::MAX).await?.figures());
    let today = jiff::Zoned::now().date().to_string();
    for figure in &mut now {
        figure.measured_on.clone_from(&today);
    }
    let (kept, away) = evals::measurable(evals::kept(), &now);
    if let Some(file) = write {
        now.extend(away);
        std::fs::write(file, serde_json::to_string_pretty(&now)? + "\n")
            .with_context(|| format!("cannot write {}", file.display()))?;
        return print(&format!("{} figures are in {}\n", now.len(), file.display()));
    }
    let worse = evals::regressions(&kept, &now);
    print(&worse.iter().map(|line| format!("{line}\n")).collect::<String>())?;
    print(&format!("{} figures, {} worse than they were\n", now.len(), worse.len()))?;
    Ok(if worse.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The service on the starter corpus, after the data directory of its own: bound in this order, the service goes first.
async fn starter_app(places: &Places, adjust: impl FnOnce(&mut Config)) -> Result<(tempfile::TempDir, App)> {
    let data = tempfile::tempdir().context("cannot write to the temporary directory")?;
    let places = Places { data: data.path().to_owned(), ..places.clone() };
    take_in_starter(&places).await?;
    let app = App::open_with(&places, adjust).await?;
    Ok((data, app))
}

async fn abstention(places: &Places, asked: Asked, mistakes: bool) -> Result<ExitCode> {
    let (_data, app) = starter_app(places, |config| config.generator.backend = Backend::None).await?;
    let outcome = evals::abstention::run(&app.asker, asked).await?;
    let mut out = String::from("| questions | asked | abstained | share |\n|---|---|---|---|\n");
    let rows = [("answerable (wrong refusals)", &outcome.answerable), ("not in the corpus", &outcome.unanswerable)];
    let kinds = outcome.by_kind.iter().map(|(kind, count)| (kind.as_str(), count));
    for (name, count) in rows.into_iter().chain(kinds) {
        out.push_str(&format!("| {name} | {} | {} | {:.1} % |\n", count.questions, count.abstained, count.percent()));
    }
    if mistakes {
        out.extend(outcome.mistakes.iter().map(|mistake| format!("{mistake}\n")));
    }
    print(&out)
}

async fn passages(places: &Places, asked: Asked, mistakes: bool) -> Result<ExitCode> {
    let (_data, app) = starter_app(places, |config| config.generator.backend = Backend::None).await?;
    let outcome = evals::passages::run(&app.asker, asked).await?;
    let mut out = format!("| questions | first | in 3 | in 10 | MRR@10 |\n|---|---|---|---|---|\n{}\n", outcome.row());
    if mistakes {
        out.extend(outcome.mistakes.iter().map(|mistake| format!("{mistake}\n")));
    }
    print(&out)
}

async fn answers(places: &Places, args: &Answers) -> Result<ExitCode> {
    let (_data, app) = starter_app(places, |config| config.answer.mode = args.mode.into()).await?;
    let bar = indicatif::ProgressBar::new(0);
    let outcome = evals::answers::run(&app.asker, asked(args.held_out), args.limit, |at, all| {
        bar.set_length(all as u64);
        bar.set_position(at as u64);
    });
    let outcome = outcome.await?;
    bar.finish_and_clear();
    let mut out = String::new();
    if args.mistakes {
        out.extend(outcome.mistakes.iter().map(|mistake| format!("{mistake}\n")));
    }
    print(&format!("{out}{:#}\n", outcome.to_json()))
}

async fn injection(places: &Places, mode: Writing, limit: usize) -> Result<ExitCode> {
    let outcome = planted(places, mode.into(), limit).await?;
    let mut out: String = outcome.successes.iter().map(|success| format!("{success}\n")).collect();
    out.push_str(&format!(
        "{} documents with orders in them: {} made-up quotes, {} other effects\n",
        outcome.attempts, outcome.on_quotes, outcome.other
    ));
    print(&out)
}

/// Asks of documents with orders in them, evenly over the suite.
async fn planted(places: &Places, mode: Mode, limit: usize) -> Result<evals::injection::Outcome> {
    let planted = evals::injection::documents();
    let step = planted.len().div_ceil(limit.max(1)).max(1);
    let planted: Vec<_> = planted.into_iter().step_by(step).collect();
    let directory = tempfile::tempdir().context("cannot write to the temporary directory")?;
    for one in &planted {
        std::fs::write(directory.path().join(&one.name), &one.text)?;
    }
    let data = tempfile::tempdir()?;
    let places = Places { data: data.path().to_owned(), ..places.clone() };
    ingest::into_data(&places, directory.path(), &starter_policy()?).await?;
    let app = App::open_with(&places, |config| config.answer.mode = mode).await?;
    Ok(evals::injection::run(&app.asker, &planted).await?)
}

async fn omissions(places: &Places, from: &Path, limit: usize, documents: usize) -> Result<ExitCode> {
    let collection = evals::omissions::Collection::read(from, limit, documents)?;
    let (files, data) = (tempfile::tempdir()?, tempfile::tempdir()?);
    for (name, text) in collection.files() {
        std::fs::write(files.path().join(name), text).context("cannot write to the temporary directory")?;
    }
    let places = Places { data: data.path().to_owned(), ..places.clone() };
    ingest::into_data(&places, files.path(), &starter_policy()?).await?;
    let app = App::open_with(&places, |config| config.answer.mode = Mode::Extractive).await?;
    let outcome = evals::omissions::run(&app.asker, &collection).await?;
    let name = from.file_name().unwrap_or_default().to_string_lossy();
    let line = |figure: evals::Figure| {
        format!("{}: {}: {} % of {}\n", figure.corpus, figure.metric, figure.value, figure.of.unwrap_or_default())
    };
    print(&outcome.figures(&name).into_iter().map(line).collect::<String>())
}

async fn unknowns(places: &Places, mistakes: bool) -> Result<ExitCode> {
    let (_data, app) = starter_app(places, |config| config.answer.mode = Mode::Extractive).await?;
    let outcome = evals::unknowns::run(&app.asker).await?;
    let (wanted, named) = outcome.wanted;
    let mut out = format!(
        "{} answered; {} name something that was left out; {named} of {wanted} things wanted are named\n",
        outcome.answered, outcome.named_something
    );
    if mistakes {
        out.extend(outcome.mistakes.iter().map(|mistake| format!("{mistake}\n")));
    }
    print(&out)
}
