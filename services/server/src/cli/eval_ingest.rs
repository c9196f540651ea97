//! `osler eval ingest`: what taking documents in costs beside embedding, which no ingest can do without.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use anyhow::{Context, Result};
use inference::Embedder;
use inference::models::Store;
use ingest::{Account, Event};
use knowledge::Corpus;
use serde_json::json;

use super::{Usage, ingest as command, print};
use crate::config::Places;
use crate::data::Data;
use crate::library::{Library, Told};
use crate::models::load_embedder;

/// Passages that are embedded in one go, as a run of ingest does it.
const BATCH: usize = 256;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Directory of documents
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Documents, at most
    #[arg(long, default_value_t = 100)]
    documents: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A run of ingest, timed.
struct Timed {
    account: Account,
    seconds: f64,
    /// Resident memory after each tenth of the documents, in MiB.
    memory: Vec<u64>,
}

pub(super) async fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    let config = places.read()?;
    let store = Store::new(places.models_dir()?, config.model_list()?);
    let embedder = load_embedder(&config, &store).await?;
    let corpus =
        command::built_in(&"pmc-oa".parse()?)?.context("the manifest pmc-oa is missing from this build")?.corpus;
    let (source, data) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let files = copy(&args.from, args.documents, source.path())?;

    let (passages, raw) = embed_alone(&files, &corpus, embedder.as_ref()).await?;
    let held = Data::open(data.path(), (embedder.id(), embedder.dimension()), &config).await?;
    let library = Library::new(held.stores.clone(), Arc::clone(&embedder), config.ingest, data.path())?;
    let take_in = async || timed(&library, source.path(), &corpus, files.len()).await;
    let first = take_in().await?;
    let again = take_in().await?;
    let changed = files.first().context("no documents")?;
    std::fs::write(changed, touched(changed)?)?;
    let one = take_in().await?;

    let figures = json!({
        "documents": files.len(),
        "passages": passages,
        "embedding_alone_s": raw,
        "ingest_s": first.seconds,
        "share_of_embedding_rate": raw / first.seconds,
        "again_s": again.seconds,
        "again_times_faster": first.seconds / again.seconds,
        "one_changed_s": one.seconds,
        "peak_mib": resident("VmHWM"),
        "memory_mib": first.memory,
    });
    if args.json {
        return print(&format!("{figures}\n"));
    }
    let counts = first.account.report.documents;
    print(&format!(
        "{} documents ({} rejected), {} passages\n\
         embedding alone   {raw:>9.1} s  {:>8.1} passages/s\n\
         ingest            {:>9.1} s  {:>8.1} passages/s: {:.1} % of the rate of embedding alone\n\
         nothing changed   {:>9.2} s  {:.0} times faster than the first time ({} unchanged)\n\
         one changed       {:>9.2} s  ({} updated)\n\
         memory            {:>9} MiB at most; after each tenth of the documents {:?}\n",
        files.len(),
        counts.rejected,
        first.account.report.passages,
        passages as f64 / raw,
        first.seconds,
        first.account.report.passages as f64 / first.seconds,
        100.0 * raw / first.seconds,
        again.seconds,
        first.seconds / again.seconds,
        again.account.report.documents.unchanged,
        one.seconds,
        one.account.report.documents.updated,
        resident("VmHWM").unwrap_or(0),
        first.memory,
    ))
}

/// Copies the first `limit` files, so that one of them can be changed.
fn copy(from: &Path, limit: usize, to: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.is_file());
    files.sort();
    files.truncate(limit);
    if files.is_empty() {
        return Err(Usage(format!("{} holds no files", from.display())).into());
    }
    let copied = files.iter().map(|file| {
        let copy = to.join(file.file_name().unwrap_or_default());
        std::fs::copy(file, &copy).with_context(|| format!("cannot copy {}", file.display()))?;
        Ok(copy)
    });
    copied.collect()
}

/// Passages, and the seconds that embedding them takes when everything else is done already.
async fn embed_alone(files: &[PathBuf], corpus: &Corpus, embedder: &dyn Embedder) -> Result<(usize, f64)> {
    let (mut waiting, mut passages, mut seconds) = (Vec::new(), 0, 0.0);
    for (at, file) in files.iter().enumerate() {
        let bytes = std::fs::read(file)?;
        // What cannot be read is rejected by the ingest too.
        if let Ok(texts) = ingest::texts_to_embed(&file.to_string_lossy(), &bytes, corpus) {
            waiting.extend(texts);
        }
        if waiting.len() >= BATCH || at + 1 == files.len() {
            let batch = std::mem::take(&mut waiting);
            passages += batch.len();
            let began = Instant::now();
            embedder.embed(batch).await?;
            seconds += began.elapsed().as_secs_f64();
        }
    }
    Ok((passages, seconds))
}

async fn timed(library: &Library, path: &Path, corpus: &Corpus, documents: usize) -> Result<Timed> {
    let (mut done, mut memory) = (0, Vec::new());
    let mut tell = |told: Told| {
        if let Told::Ingest(Event::Taken(_) | Event::Unchanged { .. } | Event::Rejected(_)) = told {
            done += 1;
            if done % documents.div_ceil(10) == 0 {
                memory.extend(resident("VmRSS"));
            }
        }
    };
    let began = Instant::now();
    let stop = Arc::new(AtomicBool::new(false));
    let account = library.take_in(path, corpus, true, "measurement", &stop, &mut tell).await?;
    Ok(Timed { account, seconds: began.elapsed().as_secs_f64(), memory })
}

/// The same document with another byte: a comment where the format has them, else a line.
fn touched(file: &Path) -> Result<Vec<u8>> {
    let mut bytes = std::fs::read(file)?;
    let is_markup = file.extension().is_some_and(|ending| ["nxml", "xml", "html"].iter().any(|known| ending == *known));
    bytes.extend_from_slice(if is_markup { b"<!-- -->" } else { b"\n\nOne more line of text.\n" });
    Ok(bytes)
}

/// Memory of this process as Linux counts it, in MiB.
pub(super) fn resident(what: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(what))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? >> 10)
}
