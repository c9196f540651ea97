//! `osler eval`: the measurements of the house.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use evals::grounding::{Samples, run as measure};

use super::demo::{STARTER, starter_policy, take_in_starter};
use super::{ingest, print};
use crate::app::App;
use crate::config::{Backend, Config, Mode, Places};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Hold mutants and paraphrases of real sentences against their sources
    Grounding(Grounding),
    /// Ask the answerable questions and hold the answers against the sentences that answer them
    Answers(Answers),
    /// Ask what the starter corpus answers and what it does not, and count abstentions
    Abstention {
        /// List the questions that went wrong
        #[arg(long)]
        mistakes: bool,
    },
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
    #[arg(long, default_value_t = 2_000)]
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
    /// List the answers that missed
    #[arg(long)]
    mistakes: bool,
}

pub(super) async fn run(places: &Places, command: Command) -> Result<ExitCode> {
    match command {
        Command::Grounding(args) => grounding(&args),
        Command::Answers(args) => answers(places, &args).await,
        Command::Abstention { mistakes } => abstention(places, mistakes).await,
        Command::Unknowns { mistakes } => unknowns(places, mistakes).await,
        Command::Injection { mode, limit } => injection(places, mode, limit).await,
        Command::Decisions { mistakes } => decisions(mistakes),
    }
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
    let conflicts = evals::grounding::conflicts::run();
    let (scope, urgent) = (evals::questions::out_of_scope(), evals::questions::time_critical());
    let rows = [
        ("sources that disagree", conflicts.conflicts, conflicts.others, conflicts.mistakes),
        ("out of scope", scope.positives, scope.negatives, scope.mistakes),
        ("time-critical", urgent.positives, urgent.negatives, urgent.mistakes),
    ];
    let mut out = String::from("| decision | seen | wrongly seen |\n|---|---|---|\n");
    for (name, (positives, seen), (negatives, wrong), _) in &rows {
        out.push_str(&format!("| {name} | {seen} of {positives} | {wrong} of {negatives} |\n"));
    }
    if mistakes {
        out.extend(rows.iter().flat_map(|(.., mistakes)| mistakes).map(|mistake| format!("{mistake}\n")));
    }
    print(&out)
}

/// The service on the starter corpus, in a data directory of its own that goes with the second value.
async fn starter_app(places: &Places, adjust: impl FnOnce(&mut Config)) -> Result<(App, tempfile::TempDir)> {
    let data = tempfile::tempdir().context("cannot write to the temporary directory")?;
    let places = Places { data: data.path().to_owned(), ..places.clone() };
    take_in_starter(&places).await?;
    Ok((App::open_with(&places, adjust).await?, data))
}

async fn abstention(places: &Places, mistakes: bool) -> Result<ExitCode> {
    let (app, _data) = starter_app(places, |config| config.generator.backend = Backend::None).await?;
    let outcome = evals::abstention::run(&app.asker).await?;
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

async fn answers(places: &Places, args: &Answers) -> Result<ExitCode> {
    let (app, _data) = starter_app(places, |config| config.answer.mode = args.mode.into()).await?;
    let bar = indicatif::ProgressBar::new(0);
    let outcome = evals::answers::run(&app.asker, args.limit, |at, all| {
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
    let planted = evals::injection::documents();
    let step = planted.len().div_ceil(limit.max(1)).max(1);
    let planted: Vec<_> = planted.into_iter().step_by(step).collect();
    let directory = tempfile::tempdir().context("cannot write to the temporary directory")?;
    for one in &planted {
        std::fs::write(directory.path().join(&one.name), &one.text)?;
    }
    let data = tempfile::tempdir()?;
    let places = Places { data: data.path().to_owned(), ..places.clone() };
    ingest::into_data(&places, directory.path(), ingest::How { publish: true, json: false }, |_| starter_policy())
        .await?;
    let app = App::open_with(&places, |config| config.answer.mode = mode.into()).await?;
    let outcome = evals::injection::run(&app.asker, &planted).await?;
    let mut out: String = outcome.successes.iter().map(|success| format!("{success}\n")).collect();
    out.push_str(&format!(
        "{} documents with orders in them: {} made-up quotes, {} other effects\n",
        outcome.attempts, outcome.on_quotes, outcome.other
    ));
    print(&out)
}

async fn unknowns(places: &Places, mistakes: bool) -> Result<ExitCode> {
    let (app, _data) = starter_app(places, |config| config.answer.mode = Mode::Extractive).await?;
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
