//! `osler eval retrieval` and `osler eval compare`: how well passages are found, and whether that is better than it was.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use evals::retrieval::report::{Interval, Report, Sizes};
use evals::retrieval::{Collection, CollectionReport, measure, page};
use knowledge::CorpusId;

use super::demo::{starter_policy, take_in_starter};
use super::{Usage, ingest, print};
use crate::app::App;
use crate::config::{Backend, Places};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// A collection in BEIR's layout (corpus.jsonl, queries.jsonl, qrels/test.tsv); may be given more than once [default: the
    /// judged questions of the starter corpus]
    #[arg(long, value_name = "DIR")]
    from: Vec<PathBuf>,
    /// Questions of each collection, at most, evenly over the file
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
    questions: usize,
    /// Keep what was taken in below this directory, and use what is there: embedding takes most of the time
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Write a page with tables and plots
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct CompareArgs {
    /// What `osler eval retrieval --json` printed
    run: PathBuf,
    /// Hold it against these figures instead of those that come with this build
    #[arg(long, value_name = "FILE")]
    kept: Option<PathBuf>,
}

pub(super) async fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    let mut collections = Vec::new();
    for directory in &args.from {
        let read = Collection::read(directory, args.questions).map_err(|error| Usage(error.to_string()))?;
        if collections.iter().any(|known: &Collection| known.name == read.name) {
            return Err(Usage(format!("two collections are called {}", read.name)).into());
        }
        collections.push(read);
    }
    if collections.is_empty() {
        collections.push(Collection::starter()?);
    }
    let mut report = Report {
        measured_on: jiff::Zoned::now().date().to_string(),
        embedder: String::new(),
        reranker: None,
        collections: Vec::new(),
    };
    for collection in &collections {
        let app = Held::open(places, collection, args.keep.as_deref()).await?;
        let retriever = app.app.asker.retriever();
        report.embedder = retriever.embedder.id().to_owned();
        report.reranker = retriever.reranker.as_ref().map(|reranker| reranker.id().to_owned());
        report.collections.push(app.measure(collection).await?);
    }
    if let Some(file) = &args.html {
        std::fs::write(file, page(&report)).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if args.json {
        return print(&format!("{}\n", serde_json::to_string_pretty(&report)?));
    }
    print(&report.collections.iter().map(table).collect::<Vec<_>>().join("\n"))
}

/// The retrieval figures of the starter corpus.
pub(super) async fn starter(places: &Places) -> Result<CollectionReport> {
    let collection = Collection::starter()?;
    Held::open(places, &collection, None).await?.measure(&collection).await
}

pub(super) fn compare(args: &CompareArgs) -> Result<ExitCode> {
    let read = |file: &Path| std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()));
    let wrong = |file: &Path, what: &str, error| Usage(format!("{} is not {what}: {error}", file.display()));
    let report: Report = serde_json::from_str(&read(&args.run)?)
        .map_err(|error| wrong(&args.run, "what `osler eval retrieval --json` prints", error))?;
    let kept: Vec<evals::Figure> = match &args.kept {
        Some(file) => serde_json::from_str(&read(file)?).map_err(|error| wrong(file, "a list of figures", error))?,
        None => evals::figures(),
    };
    let now: Vec<evals::Figure> = report.collections.iter().flat_map(CollectionReport::figures).collect();
    let is_measured = |figure: &&evals::Figure| {
        figure.suite == "retrieval" && report.collections.iter().any(|collection| collection.name == figure.corpus)
    };
    let kept: Vec<evals::Figure> = kept.iter().filter(is_measured).cloned().collect();
    let worse = evals::regressions(&kept, &now);
    print(&worse.iter().map(|line| format!("{line}\n")).collect::<String>())?;
    print(&format!("{} figures, {} of them known, {} worse than they were\n", now.len(), kept.len(), worse.len()))?;
    Ok(if worse.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A collection that has been taken in.
struct Held {
    // The service goes before the directory that it holds.
    app: App,
    corpus: CorpusId,
    data: PathBuf,
    _directory: Option<tempfile::TempDir>,
}

impl Held {
    async fn open(places: &Places, collection: &Collection, keep: Option<&Path>) -> Result<Self> {
        let directory = match keep {
            Some(_) => None,
            None => Some(tempfile::tempdir().context("cannot write to the temporary directory")?),
        };
        let data = match (keep, &directory) {
            (Some(keep), _) => keep.join(&collection.name),
            (None, Some(directory)) => directory.path().to_owned(),
            (None, None) => unreachable!("one of the two is there"),
        };
        let places = Places { data: data.clone(), ..places.clone() };
        eprintln!("{}: taking in what is new", collection.name);
        if collection.is_empty() {
            take_in_starter(&places).await?;
        } else {
            let files = tempfile::tempdir().context("cannot write to the temporary directory")?;
            for (name, text) in collection.files() {
                std::fs::write(files.path().join(name), text).context("cannot write to the temporary directory")?;
            }
            ingest::into_data(&places, files.path(), &starter_policy()?).await?;
        }
        let app = App::open_with(&places, |config| config.generator.backend = Backend::None).await?;
        Ok(Self { app, corpus: starter_policy()?.id, data, _directory: directory })
    }

    async fn measure(&self, collection: &Collection) -> Result<CollectionReport> {
        let index = self.data.join("index").join(index::FORMAT.to_string());
        let bytes = Sizes {
            vectors: size_of(&index.join("vectors")),
            words: size_of(&index.join("words")),
            ledger: size_of(&self.data.join("ledger.db")),
        };
        let bar = indicatif::ProgressBar::new(collection.questions.len() as u64);
        let step = |at: usize| bar.set_position(at as u64);
        let measured = measure(&self.app.asker.retriever(), collection, &self.corpus, bytes, step).await?;
        bar.finish_and_clear();
        Ok(measured.report)
    }
}

/// Bytes that a file, or all files below a directory, take on the disk: logs are created longer than they are.
pub(super) fn size_of(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let Ok(about) = std::fs::symlink_metadata(path) else { return 0 };
    if !about.is_dir() {
        return about.blocks() * 512;
    }
    std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| size_of(&entry.path())).sum()
}

fn table(report: &CollectionReport) -> String {
    let interval = |figure: Interval| format!("{:.3} ({:.3}–{:.3})", figure.value, figure.low, figure.high);
    let mut out = format!(
        "{}: {} documents, {} passages, {} questions\n\n| arm | nDCG@10 (95 %) | Recall@10 | Recall@100 | MRR@10 | judged@10 |\n|---|---|---|---|---|---|\n",
        report.name, report.documents, report.passages, report.questions
    );
    for arm in &report.arms {
        out.push_str(&format!(
            "| {} | {} | {:.3} | {:.3} | {:.3} | {:.3} |\n",
            arm.arm,
            interval(arm.ndcg_10),
            arm.recall_10.value,
            arm.recall_100.value,
            arm.mrr_10.value,
            arm.judged_10.value
        ));
    }
    out.push('\n');
    for one in &report.comparisons {
        out.push_str(&format!(
            "{} against {}: {} nDCG@10, better on {} questions, worse on {}\n",
            one.arm,
            one.against,
            interval(one.difference),
            one.better,
            one.worse
        ));
    }
    for stage in &report.latency {
        out.push_str(&format!(
            "{:<8} p50 {:>7.2} ms  p90 {:>7.2}  p99 {:>7.2}  longest {:>7.2}\n",
            stage.stage, stage.p50_ms, stage.p90_ms, stage.p99_ms, stage.max_ms
        ));
    }
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let bytes = report.bytes;
    out.push_str(&format!(
        "vectors {:.1} MiB, words {:.1} MiB, ledger {:.1} MiB\n",
        mib(bytes.vectors),
        mib(bytes.words),
        mib(bytes.ledger)
    ));
    out
}
