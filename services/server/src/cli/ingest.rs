//! `osler ingest`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use include_dir::{Dir, include_dir};
use inference::models::Store;
use ingest::{Account, Ingest, Options, Parser, Workers};
use jiff::Timestamp;
use knowledge::{Corpus, CorpusId};
use ledger::Ledger;

use super::Usage;
use super::progress::View;
use crate::app::load_embedder;
use crate::config::{self, Places};
use crate::data::Data;

/// Policies of corpora that Osler knows.
static MANIFESTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../corpora/manifests");

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// A file or directory; JATS, PubMed and SPL XML, PDF, DOCX, HTML, Markdown and text files in it are read, and archives
    /// of them (tar, zip, gz, xz)
    path: PathBuf,
    /// The corpus they belong to
    #[arg(long, value_name = "ID")]
    corpus: CorpusId,
    /// The policy of the corpus (TOML), when it is a new one or has changed
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Leave what comes in staged; `osler corpus publish` publishes it
    #[arg(long)]
    stage: bool,
    /// Write what came in, was passed by, was rejected and wants review to this file, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print one JSON event a line
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(places: &Places, args: Args) -> Result<ExitCode> {
    if !args.path.exists() {
        return Err(Usage(format!("{} does not exist", args.path.display())).into());
    }
    let manifest = args.manifest.as_deref().map(ingest::read_manifest).transpose()?;
    if let Some(manifest) = manifest.as_ref().filter(|manifest| manifest.id != args.corpus) {
        return Err(Usage(format!("the manifest is for corpus {}, not {}", manifest.id, args.corpus)).into());
    }
    let how = How { publish: !args.stage, json: args.json };
    let account = into_data(places, &args.path, how, |ledger| policy(ledger, &args.corpus, manifest)).await?;
    if let Some(path) = &args.report {
        let text = serde_json::to_string_pretty(&account)?;
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let counts = account.report.documents;
    Ok(if counts.rejected > 0 && counts.rejected == counts.all() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// How a run goes about it, and how it is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct How {
    pub(super) publish: bool,
    pub(super) json: bool,
}

/// Ingests `path` into the data directory, with the policy that `corpus` finds.
pub(super) async fn into_data(
    places: &Places,
    path: &Path,
    how: How,
    corpus: impl FnOnce(&Ledger) -> Result<Corpus>,
) -> Result<Account> {
    let config = places.read()?;
    let store = Store::new(places.models_dir()?, config.model_list()?);
    let embedder = load_embedder(&config, &store).await?;
    let data = Data::open(&places.data, embedder.dimension(), &config.vectors).await?;
    let corpus = corpus(&data.stores.ledger)?;
    let ingest = Ingest::new(data.stores.clone(), embedder, Arc::new(parser(&config.ingest)?))?;
    let options = Options {
        publish: how.publish,
        actor: "command-line".to_owned(),
        at: Timestamp::now().to_string(),
        data: places.data.clone(),
        archives: config.ingest.archives(),
    };
    let mut view = View::new(how.json);
    let report = ingest.run(path, &corpus, &options, stop_on_interrupt(), |event| view.show(event)).await;
    view.close();
    Ok(report?)
}

/// Documents are parsed by this program, started again.
pub(super) fn parser(config: &config::Ingest) -> Result<Parser> {
    let program = std::env::current_exe().context("cannot find the osler program, which reads documents")?;
    Ok(Parser::Apart(Workers::new(program, vec!["parse-worker".into()], config.cost())))
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

/// The manifest that was given, the policy on record, or one that comes with Osler.
fn policy(ledger: &Ledger, id: &CorpusId, given: Option<Corpus>) -> Result<Corpus> {
    if let Some(corpus) = given {
        return Ok(corpus);
    }
    if let Ok(corpus) = ledger.corpus(id) {
        return Ok(corpus);
    }
    match built_in(id)? {
        Some(corpus) => Ok(corpus),
        None => {
            let message =
                format!("unknown corpus {id}: name its policy with --manifest; corpora/manifests has examples");
            Err(Usage(message).into())
        }
    }
}

pub(super) fn built_in(id: &CorpusId) -> Result<Option<Corpus>> {
    let file = MANIFESTS.get_file(format!("{id}.toml"));
    Ok(file.and_then(|file| file.contents_utf8()).map(toml::from_str).transpose()?)
}
