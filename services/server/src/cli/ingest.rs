//! `osler ingest`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use include_dir::{Dir, include_dir};
use inference::models::Store;
use ingest::{Account, Manifest, Origin};
use knowledge::{Corpus, CorpusId};
use ledger::Ledger;

use super::Usage;
use super::progress::View;
use crate::config::Places;
use crate::corpus_record;
use crate::data::Data;
use crate::library::{Library, watch};
use crate::models::load_embedder;

/// Manifests of corpora that Osler knows.
static MANIFESTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../corpora/manifests");

/// Who decides what the command line decides.
const ACTOR: &str = "command-line";

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// A file or directory; JATS, PubMed and SPL XML, PDF, DOCX, HTML, Markdown and text files in it are read, and archives
    /// of them (tar, zip, gz, xz). Without one, the sources that the manifest of the corpus names
    path: Option<PathBuf>,
    /// The corpus they belong to
    #[arg(long, value_name = "ID")]
    corpus: CorpusId,
    /// The manifest of the corpus (TOML), when it is a new one or has changed
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Leave what comes in staged; `osler corpus publish` publishes it
    #[arg(long)]
    stage: bool,
    /// Go on looking at the sources as often as the manifest says, until stopped
    #[arg(long, conflicts_with_all = ["path", "stage", "report"])]
    watch: bool,
    /// Write what came in, was passed by, was rejected and wants review to this file, as JSON
    #[arg(long, value_name = "FILE", requires = "path")]
    report: Option<PathBuf>,
    /// Print one JSON event a line
    #[arg(long)]
    json: bool,
}

impl Args {
    /// The same, leaving what comes in staged.
    pub(super) fn staged(self) -> Self {
        Self { stage: true, watch: false, ..self }
    }
}

pub(super) async fn run(places: &Places, args: Args) -> Result<ExitCode> {
    if let Some(path) = args.path.as_ref().filter(|path| !path.exists()) {
        return Err(Usage(format!("{} does not exist", path.display())).into());
    }
    let given = args.manifest.as_deref().map(ingest::read_manifest).transpose()?;
    if let Some(manifest) = given.as_ref().filter(|manifest| manifest.corpus.id != args.corpus) {
        return Err(Usage(format!("the manifest is for corpus {}, not {}", manifest.corpus.id, args.corpus)).into());
    }
    let (library, data) = open(places).await?;
    let done = take_in(&library, &data, args, given).await;
    // Whatever was published goes on record, also when the run failed after it.
    corpus_record::follow(&data.stores.ledger, &data.audit)?;
    done
}

async fn take_in(library: &Library, data: &Data, args: Args, given: Option<Manifest>) -> Result<ExitCode> {
    let ledger = &data.stores.ledger;
    let corpus = policy(ledger, &args.corpus, given.as_ref())?;
    let (stop, mut view) = (stop_on_interrupt(), View::new(args.json));
    if let Some(manifest) = &given {
        library.declare(&corpus, Some(&manifest.origin), ACTOR)?;
    }
    let Some(path) = &args.path else {
        let origin = origin(ledger, &args.corpus, given)?;
        if library.origin(&corpus.id)?.is_none() {
            library.declare(&corpus, Some(&origin), ACTOR)?;
        }
        let refreshed =
            library.refresh(&corpus, &origin, !args.stage, ACTOR, &stop, &mut |told| view.show(&told)).await;
        view.close();
        refreshed?;
        put_in_order(data, args.json).await?;
        if args.watch {
            watch(library, ACTOR, &stop, &mut |told| view.show(&told)).await;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let taken = library.take_in(path, &corpus, !args.stage, ACTOR, &stop, &mut |told| view.show(&told)).await;
    view.close();
    let account = taken?;
    put_in_order(data, args.json).await?;
    if let Some(path) = &args.report {
        let text = serde_json::to_string_pretty(&account)?;
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let counts = account.report.documents;
    Ok(if counts.rejected > 0 && counts.rejected == counts.all() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

pub(super) async fn open(places: &Places) -> Result<(Library, Data)> {
    let config = places.read()?;
    let store = Store::new(places.models_dir()?, config.model_list()?);
    let embedder = load_embedder(&config, &store).await?;
    let data = Data::open(&places.data, (embedder.id(), embedder.dimension()), &config).await?;
    Ok((Library::new(data.stores.clone(), embedder, config.ingest, &places.data)?, data))
}

/// Ingests `path` into the data directory, and publishes.
pub(super) async fn into_data(places: &Places, path: &Path, corpus: &Corpus) -> Result<Account> {
    let (library, data) = open(places).await?;
    into_open(&library, &data, path, corpus).await
}

/// The same, with everything loaded already.
pub(super) async fn into_open(library: &Library, data: &Data, path: &Path, corpus: &Corpus) -> Result<Account> {
    let mut view = View::aside();
    let taken = library.take_in(path, corpus, true, ACTOR, &stop_on_interrupt(), &mut |told| view.show(&told)).await;
    view.close();
    put_in_order(data, false).await?;
    corpus_record::follow(&data.stores.ledger, &data.audit)?;
    taken
}

/// Large indexes get their graph once all is in. What is published can be found before that, only not as fast.
async fn put_in_order(data: &Data, is_quiet: bool) -> Result<()> {
    let bar = match is_quiet {
        true => indicatif::ProgressBar::hidden(),
        false => indicatif::ProgressBar::new_spinner().with_message("putting the indexes in order"),
    };
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let outcome = data.stores.maintain(cores).await;
    bar.finish_and_clear();
    outcome?;
    Ok(())
}

/// The first Ctrl-C ends the run in order; the second one ends the process.
fn stop_on_interrupt() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if raised.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
            eprintln!("stopping after what is in work; press Ctrl-C again to stop at once");
        }
    });
    stop
}

/// The policy that was given, the one on record, or one that comes with Osler.
fn policy(ledger: &Ledger, id: &CorpusId, given: Option<&Manifest>) -> Result<Corpus> {
    if let Some(manifest) = given {
        return Ok(manifest.corpus.clone());
    }
    if let Ok(corpus) = ledger.corpus(id) {
        return Ok(corpus);
    }
    match built_in(id)? {
        Some(manifest) => Ok(manifest.corpus),
        None => {
            let message =
                format!("unknown corpus {id}: name its manifest with --manifest; corpora/manifests has examples");
            Err(Usage(message).into())
        }
    }
}

/// The sources that were given, those on record, or those that come with Osler.
fn origin(ledger: &Ledger, id: &CorpusId, given: Option<Manifest>) -> Result<Origin> {
    let known = match given {
        Some(manifest) => Some(manifest.origin),
        None => match ledger.sources(id)? {
            Some(origin) => Some(origin),
            None => built_in(id)?.map(|manifest| manifest.origin),
        },
    };
    known.filter(|origin| !origin.sources.is_empty()).ok_or_else(|| {
        let message = format!("corpus {id} names no sources: give a path, or a manifest with [[sources]]");
        Usage(message).into()
    })
}

/// A manifest that comes with Osler.
pub(super) fn built_in(id: &CorpusId) -> Result<Option<Manifest>> {
    let text = MANIFESTS.get_file(format!("{id}.toml")).and_then(|file| file.contents_utf8());
    text.map(ingest::parse_manifest).transpose().map_err(anyhow::Error::msg)
}
