//! `osler eval retrieval`: how well passages are found.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use evals::retrieval::report::{Interval, Refused, Report, Sizes};
use evals::retrieval::{Collection, CollectionReport, measure, page};
use inference::models::Store;
use knowledge::CorpusId;

use super::demo::{STARTER, starter_policy, take_in_starter};
use super::{Usage, ingest, print};
use crate::app::App;
use crate::config::{Backend, Places};
use crate::models::load_embedder;

/// Digits of a hash that are enough to tell what is kept apart.
const HASH_DIGITS: usize = 12;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// A collection in BEIR's layout (corpus.jsonl, queries.jsonl, qrels/test.tsv, each as it is or packed as .gz; judgements
    /// in TREC's columns will do); may be given more than once [default: the judged questions and messages of the starter corpus]
    #[arg(long, value_name = "DIR")]
    from: Vec<PathBuf>,
    /// The judgements to take, by the name of their file below qrels [default: test, else the only ones there are]
    #[arg(long, value_name = "NAME", requires = "from")]
    split: Option<String>,
    /// Questions of each collection, at most, evenly over the file
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
    questions: usize,
    /// Keep what was taken in below this directory, and use what is there of the same texts, embedder and index: embedding
    /// takes most of the time
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Write a page with tables and plots; nDCG has gain 2^grade - 1, and beside it the grade itself as trec_eval has it
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    if args.questions == 0 {
        return Err(Usage("--questions must be at least 1".to_owned()).into());
    }
    let mut collections = Vec::new();
    for directory in &args.from {
        let read = read(directory, args.questions, args.split.as_deref())?;
        if collections.iter().any(|known: &Collection| known.name == read.name) {
            return Err(Usage(format!("two collections are called {}", read.name)).into());
        }
        collections.push(read);
    }
    if args.from.is_empty() {
        collections.extend(Collection::starter(args.questions)?);
    }
    let mut report = Report {
        measured_on: jiff::Zoned::now().date().to_string(),
        embedder: String::new(),
        reranker: None,
        collections: Vec::new(),
    };
    let mut held = None;
    for collection in &collections {
        let app = Held::of(&mut held, places, collection, args.keep.as_deref()).await?;
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

fn read(directory: &Path, questions: usize, split: Option<&str>) -> Result<Collection> {
    let read = Collection::read(directory, questions, split).map_err(|error| Usage(error.to_string()))?;
    for remark in read.reading.remarks() {
        eprintln!("{}: {remark}", read.name);
    }
    Ok(read)
}

/// The retrieval figures of the starter corpus.
pub(super) async fn starter(places: &Places) -> Result<Vec<CollectionReport>> {
    let (mut held, mut reports) = (None, Vec::new());
    for collection in Collection::starter(usize::MAX)? {
        reports.push(Held::of(&mut held, places, &collection, None).await?.measure(&collection).await?);
    }
    Ok(reports)
}

/// The same of every collection below a directory.
pub(super) async fn sets(places: &Places, directory: &Path) -> Result<Vec<CollectionReport>> {
    let entries = std::fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let is_set = |path: &PathBuf| ["queries.jsonl", "queries.jsonl.gz"].iter().any(|name| path.join(name).is_file());
    let mut found: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_set).collect();
    found.sort();
    if found.is_empty() {
        let what = format!("no directory in {} is a collection: each has a queries.jsonl", directory.display());
        return Err(Usage(what).into());
    }
    let mut reports = Vec::new();
    for directory in found {
        let collection = read(&directory, usize::MAX, None)?;
        reports.push(Held::open(places, &collection, None).await?.measure(&collection).await?);
    }
    Ok(reports)
}

/// A collection that has been taken in.
struct Held {
    // The service goes before the directory that it holds.
    app: App,
    corpus: CorpusId,
    data: PathBuf,
    /// Documents that were not taken in.
    rejected: Vec<Refused>,
    _directory: Option<tempfile::TempDir>,
}

impl Held {
    /// The collection taken in. The suites of the starter corpus have the same documents: they are taken in once.
    async fn of<'h>(
        held: &'h mut Option<Self>,
        places: &Places,
        collection: &Collection,
        keep: Option<&Path>,
    ) -> Result<&'h Self> {
        Ok(match held.take().filter(|_| collection.is_starter()) {
            Some(same) => held.insert(same),
            None => held.insert(Self::open(places, collection, keep).await?),
        })
    }

    async fn open(places: &Places, collection: &Collection, keep: Option<&Path>) -> Result<Self> {
        let (data, directory) = match keep {
            Some(keep) => (kept_in(places, collection, keep).await?, None),
            None => {
                let directory = tempfile::tempdir().context("cannot write to the temporary directory")?;
                (directory.path().to_owned(), Some(directory))
            }
        };
        let places = Places { data: data.clone(), ..places.clone() };
        eprintln!("{}: taking in what is new", collection.name);
        let mut rejected = Vec::new();
        if collection.is_starter() {
            take_in_starter(&places).await?;
        } else {
            let files = tempfile::tempdir().context("cannot write to the temporary directory")?;
            for (name, text) in collection.files() {
                std::fs::write(files.path().join(name), text).context("cannot write to the temporary directory")?;
            }
            let taken = ingest::into_data(&places, files.path(), &starter_policy()?).await?;
            let refused = |one: ::ingest::Rejected| Refused {
                id: collection.id_of(&one.file).unwrap_or(&one.file).to_owned(),
                why: one.failure.to_string(),
            };
            rejected = taken.rejected.into_iter().map(refused).collect();
        }
        let app = App::open_with(&places, |config| config.generator.backend = Backend::None).await?;
        Ok(Self { app, corpus: starter_policy()?.id, data, rejected, _directory: directory })
    }

    async fn measure(&self, collection: &Collection) -> Result<CollectionReport> {
        let index = self.data.join("index").join(index::FORMAT.to_string());
        let bytes = Sizes {
            vectors: size_of(&index.join("vectors")),
            words: size_of(&index.join("words")),
            // What was written last may still stand in the log alone.
            ledger: size_of(&self.data.join("ledger.db")) + size_of(&self.data.join("ledger.db-wal")),
        };
        let bar = indicatif::ProgressBar::new(collection.questions.len() as u64);
        let step = |at: usize| bar.set_position(at as u64);
        let measured = measure(&self.app.asker.retriever(), collection, &self.corpus, bytes, step).await?;
        bar.finish_and_clear();
        let mut report = measured.report;
        report.reading.rejected.clone_from(&self.rejected);
        Ok(report)
    }
}

/// Where a collection is kept below `keep`. Its place bears the hash of what is in it, so that other texts, another embedder
/// and another index begin anew; what was there is left there.
async fn kept_in(places: &Places, collection: &Collection, keep: &Path) -> Result<PathBuf> {
    let config = places.read()?;
    let store = Store::new(places.models_dir()?, config.model_list()?);
    let embedder = load_embedder(&config, &store).await?.id().to_owned();
    let texts = if collection.is_starter() { hashes(&STARTER) } else { collection.fingerprint() };
    let hash = knowledge::sha256_hex(format!("{texts}\n{embedder}\n{}", index::FORMAT).as_bytes());
    let place = |hash: &str| format!("{}-{hash}", collection.name);
    let own = place(&hash[..HASH_DIGITS]);
    let is_other = |name: &str| {
        let hash = name.get(name.len().saturating_sub(HASH_DIGITS)..).unwrap_or_default();
        name != own && (name == collection.name || name == place(hash))
    };
    let mut kept = std::fs::read_dir(keep).into_iter().flatten().flatten();
    let has_other = kept.any(|entry| is_other(&entry.file_name().to_string_lossy()));
    let data = keep.join(&own);
    if has_other && !data.exists() {
        let name = &collection.name;
        eprintln!("{name}: what is kept is of other texts, another embedder or index: beginning anew in {own}");
    }
    Ok(data)
}

/// The hashes of all files in a directory.
fn hashes(directory: &include_dir::Dir<'_>) -> String {
    let files = directory.files().map(|file| knowledge::sha256_hex(file.contents()));
    files.chain(directory.dirs().map(hashes)).collect()
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
        "{}: {} documents of {} read, {} passages, {} questions\n",
        report.name, report.documents, report.reading.documents, report.passages, report.questions
    );
    out.extend(report.reading.remarks().into_iter().map(|remark| remark + "\n"));
    out.push_str(
        "\n| arm | nDCG@10 (95 %) | linear | Recall@10 | Recall@100 | MRR@10 | judged@10 |\n|---|---|---|---|---|---|---|\n",
    );
    for arm in &report.arms {
        out.push_str(&format!(
            "| {} | {} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} |\n",
            arm.arm,
            interval(arm.ndcg_10),
            arm.ndcg_linear_10.value,
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
