//! `osler eval peer`: the same texts, the same model, the same questions, and a program that one would otherwise put together
//! from Python packages.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use answer::Question;
use anyhow::{Context, Result, bail};
use evals::retrieval::report::Sizes;
use evals::retrieval::{Collection, measure, ndcg_of};
use inference::models::Store;
use knowledge::{PassageId, Seq};
use ledger::Ledger;
use serde::Deserialize;
use serde_json::{Value, json};

use super::demo::starter_policy;
use super::eval_ingest::resident;
use super::eval_speed::ask;
use super::{Usage, ingest, print};
use crate::app::{App, embedder_files};
use crate::config::{self, Backend, Places};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// A collection in BEIR's layout
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Documents, at most; those that answer a question first
    #[arg(long, default_value_t = 5_000)]
    documents: usize,
    /// The program
    #[arg(long, value_name = "FILE", default_value = "evals/peers/peer.py")]
    peer: PathBuf,
    /// The Python that has its packages (evals/peers/requirements.txt) [default: OSLER_PYTHON, else python3]
    #[arg(long, value_name = "FILE")]
    python: Option<String>,
    /// Seconds for each measurement
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What the peer says of itself.
#[derive(Debug, Deserialize)]
struct Peer {
    peer: Value,
    ingest_s: f64,
    embed_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    per_second: f64,
    saturated_per_second: f64,
    peak_mib: f64,
    rankings: HashMap<String, Vec<String>>,
}

pub(super) async fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    if !args.peer.is_file() {
        return Err(Usage(format!("{} does not exist: name the program with --peer", args.peer.display())).into());
    }
    let collection = Collection::read(&args.from, usize::MAX).map_err(|error| Usage(error.to_string()))?;
    let collection = collection.reduced(args.documents);
    let (work, data) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let places = Places { data: data.path().to_owned(), ..places.clone() };
    let files = work.path().join("documents");
    std::fs::create_dir(&files)?;
    for (name, text) in collection.files() {
        std::fs::write(files.join(name), text).context("cannot write to the temporary directory")?;
    }
    let (library, held) = ingest::open(&places).await?;
    let began = Instant::now();
    ingest::into_open(&library, &held, &files, &starter_policy()?).await?;
    let ingest_s = began.elapsed().as_secs_f64();
    drop((library, held));
    let app = App::open_with(&places, |config| config.generator.backend = Backend::None).await?;
    let retriever = app.asker.retriever().clone();
    let questions: Vec<Question> = collection.questions.iter().map(|asked| Question::new(&asked.text)).collect();
    let (questions, time) = (Arc::new(questions), Duration::from_secs(args.seconds));
    ask(&retriever, &questions, 1, Duration::from_secs(2)).await?;
    eprintln!("asking Osler");
    let (alone, _) = ask(&retriever, &questions, 1, time).await?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (full, _) = ask(&retriever, &questions, 2 * cores, time).await?;
    let peak = resident("VmHWM").unwrap_or(0);
    let corpus = starter_policy()?.id;
    let sizes = Sizes { vectors: 0, words: 0, ledger: 0 };
    let measured = measure(&retriever, &collection, &corpus, sizes, |_| {}).await?.report;
    let own_ndcg = measured.arm("ranked").context("the last arm is missing")?.ndcg_10;

    let passages = work.path().join("passages.jsonl");
    let count = write_passages(&retriever.ledger, &collection.ids(&corpus), &passages)?;
    let asked = work.path().join("questions.jsonl");
    let lines = collection.questions.iter().map(|one| json!({ "id": one.id, "text": one.text }).to_string() + "\n");
    std::fs::write(&asked, lines.collect::<String>())?;
    let model = work.path().join("model");
    std::fs::create_dir(&model)?;
    let config = places.read()?;
    let store = Store::new(places.models_dir()?, config.model_list()?);
    inference::export_onnx(&embedder_files(&config, &store)?, &model)?;
    // Only one of the two has the machine at a time.
    drop(app);
    drop(retriever);
    eprintln!("asking the peer");
    let peer = run_peer(args, &passages, &asked, &model, &work.path().join("peer.json"))?;
    let peer_ndcg = ndcg_of(&collection, &peer.rankings);

    let rows = [
        ("ingest, passages per second", count as f64 / ingest_s, count as f64 / peer.ingest_s, true),
        ("embedding alone, passages per second", f64::NAN, count as f64 / peer.embed_s, true),
        ("questions per second, one at a time", alone.per_second, peer.per_second, true),
        ("questions per second, at capacity", full.per_second, peer.saturated_per_second, true),
        ("p50, ms", alone.p50_ms, peer.p50_ms, false),
        ("p99, ms", alone.p99_ms, peer.p99_ms, false),
        ("nDCG@10", own_ndcg.value, peer_ndcg.value, true),
        ("memory at most, MiB", peak as f64, peer.peak_mib, false),
    ];
    if args.json {
        let rows: Vec<Value> =
            rows.iter().map(|(what, own, peer, _)| json!({ "what": what, "osler": own, "peer": peer })).collect();
        let (documents, questions) = (collection.len(), collection.questions.len());
        let out = json!({ "documents": documents, "passages": count, "questions": questions, "rows": rows, "peer": peer.peer });
        return print(&format!("{out:#}\n"));
    }
    let mut out = format!(
        "{}: {} documents, {count} passages, {} questions; the peer is {}\n\n| | Osler | peer | ratio |\n|---|---|---|---|\n",
        collection.name,
        collection.len(),
        collection.questions.len(),
        peer.peer
    );
    for (what, own, other, more_is_better) in rows {
        let ratio = if more_is_better { own / other } else { other / own };
        let digits = if what == "nDCG@10" { 4 } else { 1 };
        match own.is_nan() {
            true => out.push_str(&format!("| {what} | | {other:.digits$} | |\n")),
            false => out.push_str(&format!("| {what} | {own:.digits$} | {other:.digits$} | {ratio:.2} |\n")),
        }
    }
    print(&out)
}

/// What the peer takes in: the passages that are in the ledger, by the names that the collection has for their documents.
fn write_passages(ledger: &Ledger, ids: &HashMap<knowledge::DocumentId, String>, file: &Path) -> Result<usize> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    let (mut reached, mut count) = (Seq(0), 0);
    loop {
        let rows = ledger.entries_after(reached, 1_000)?;
        let Some(last) = rows.last() else { break };
        reached = last.seq;
        let passages: Vec<PassageId> = rows.iter().map(|row| row.passage).collect();
        let documents = ledger.documents_of(&passages)?;
        for row in rows {
            let Some(document) = documents.get(&row.passage).and_then(|document| ids.get(document)) else { continue };
            let text = format!("{}\n{}", row.section.join(" > "), row.text);
            let (id, title) = (row.passage.to_string(), row.metadata.title);
            writeln!(out, "{}", json!({ "id": id, "document": document, "title": title, "text": text.trim() }))?;
            count += 1;
        }
    }
    out.flush()?;
    Ok(count)
}

fn run_peer(args: &Args, passages: &Path, questions: &Path, model: &Path, out: &Path) -> Result<Peer> {
    let python = args.python.clone().unwrap_or_else(config::python);
    let status = std::process::Command::new(&python)
        .arg(&args.peer)
        .args([Path::new("--passages"), passages, Path::new("--questions"), questions])
        .args([Path::new("--model"), model, Path::new("--out"), out])
        .args(["--seconds", &args.seconds.to_string()])
        .status();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => bail!(
            "the peer ended with {status}: install its packages with `{python} -m pip install -r evals/peers/requirements.txt`"
        ),
        Err(error) => return Err(error).with_context(|| format!("cannot start {python}")),
    }
    serde_json::from_str(&std::fs::read_to_string(out)?).context("the peer wrote something else than its figures")
}
