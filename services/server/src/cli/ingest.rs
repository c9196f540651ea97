//! `osler ingest`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use include_dir::{Dir, include_dir};
use indicatif::{ProgressBar, ProgressStyle};
use inference::models::Store;
use ingest::{Event, Ingest, Options, Report};
use jiff::Timestamp;
use knowledge::{Corpus, CorpusId};
use ledger::Ledger;

use super::Usage;
use crate::app::load_embedder;
use crate::config::Places;
use crate::data::Data;

/// Policies of corpora that Osler knows.
static MANIFESTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../corpora/manifests");

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// A file or directory; .nxml, .xml, .md, .html, .htm and .txt files in it are read
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
    let report = into_data(places, &args.path, how, |ledger| policy(ledger, &args.corpus, manifest)).await?;
    Ok(if report.documents.rejected > 0 && report.documents.rejected == all(&report) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn all(report: &Report) -> usize {
    let counts = report.documents;
    counts.added + counts.updated + counts.unchanged + counts.rejected
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
) -> Result<Report> {
    let config = places.read()?;
    let store = Store::new(places.models_dir()?, config.model_list()?);
    let embedder = load_embedder(&config, &store).await?;
    let data = Data::open(&places.data, embedder.dimension(), &config.vectors).await?;
    let corpus = corpus(&data.stores.ledger)?;
    let ingest = Ingest::new(data.stores.clone(), embedder)?;
    let options = Options {
        publish: how.publish,
        actor: "command-line".to_owned(),
        at: Timestamp::now().to_string(),
        data: places.data.clone(),
    };
    let mut view = View::new(how.json);
    let report = ingest.run(path, &corpus, &options, stop_on_interrupt(), |event| view.show(event)).await;
    view.close();
    Ok(report?)
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

/// Shows a run: JSON lines, a bar on a terminal, or plain lines.
struct View {
    json: bool,
    bar: Option<ProgressBar>,
}

impl View {
    fn new(json: bool) -> Self {
        let bar = (!json && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("{bar:32} {pos}/{len} documents  {elapsed}, {eta} left  {msg}");
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { json, bar }
    }

    fn show(&mut self, event: &Event) {
        if self.json {
            if let Ok(line) = serde_json::to_string(event) {
                println!("{line}");
            }
            return;
        }
        match event {
            Event::Started { files } => match &self.bar {
                Some(bar) => bar.set_length(*files as u64),
                None => eprintln!("{files} documents found"),
            },
            Event::Taken { file, .. } | Event::Unchanged { file } => {
                if let Some(bar) = &self.bar {
                    bar.set_message(file.clone());
                    bar.inc(1);
                }
            }
            Event::Rejected { file, reason } => {
                let line = format!("not taken in: {file}: {reason}");
                match &self.bar {
                    Some(bar) => {
                        bar.println(line);
                        bar.inc(1);
                    }
                    None => eprintln!("{line}"),
                }
            }
            Event::Done(report) => {
                self.close();
                let counts = report.documents;
                println!(
                    "{} added, {} updated, {} unchanged, {} rejected; {} passages; snapshot {} is published",
                    counts.added, counts.updated, counts.unchanged, counts.rejected, report.passages, report.snapshot
                );
            }
        }
    }

    fn close(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
