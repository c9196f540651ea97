//! `osler eval peer`: the same texts, the same model, the same questions, and a program that one would otherwise put together
//! from Python packages.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use answer::{Question, Retriever};
use anyhow::{Context, Result, bail};
use evals::retrieval::report::Sizes;
use evals::retrieval::{Collection, measure, ndcg_of};
use inference::models::Store;
use knowledge::{CorpusId, DocumentId, PassageId, Seq};
use ledger::{Ledger, Standing};
use serde::Deserialize;
use serde_json::{Value, json};

use super::demo::starter_policy;
use super::eval_ingest::resident;
use super::eval_speed::{Rate, ask};
use super::{Usage, ingest, print};
use crate::app::App;
use crate::config::{self, Backend, Places};
use crate::models::embedder_files;

/// What the peer is given, in the directory of the comparison.
const PASSAGES: &str = "passages.jsonl";
const VECTORS: &str = "vectors.f32";
const QUESTIONS: &str = "questions.jsonl";
const MODEL: &str = "model";

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// A collection in BEIR's layout, which both take in
    #[arg(long, value_name = "DIR", required_unless_present = "held")]
    from: Option<PathBuf>,
    /// Documents of it, at most; those that answer a question first
    #[arg(long, default_value_t = 5_000, conflicts_with = "held")]
    documents: usize,
    /// Ask the library in the data directory as it is; the peer gets its vectors with its texts
    #[arg(long, conflicts_with = "from", requires = "questions")]
    held: bool,
    /// Questions to ask of it: a `queries.jsonl` in BEIR's layout; may be given more than once
    #[arg(long, value_name = "FILE", requires = "held", conflicts_with = "from")]
    questions: Vec<PathBuf>,
    /// Passages of it that the peer embeds itself, evenly over all; its time for all is reckoned from them
    #[arg(long, value_name = "PASSAGES", default_value_t = 2_000, requires = "held", conflicts_with = "from")]
    embed: usize,
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

/// A row of a `queries.jsonl`.
#[derive(Debug, Deserialize)]
struct Query {
    text: String,
}

/// A question as both are asked it.
struct Asked {
    id: String,
    text: String,
}

/// What both are asked about.
struct Subject {
    places: Places,
    questions: Vec<Asked>,
    taken_in: Option<TakenIn>,
}

/// A collection that was taken in for this.
struct TakenIn {
    collection: Collection,
    corpus: CorpusId,
    seconds: f64,
}

/// What was measured of Osler.
struct Own {
    alone: Rate,
    full: Rate,
    peak_mib: u64,
    ndcg: Option<f64>,
}

/// What the peer was given.
struct Given {
    documents: usize,
    passages: usize,
}

/// What the peer says of itself.
#[derive(Debug, Deserialize)]
struct Peer {
    peer: Value,
    ingest_s: f64,
    embedded: usize,
    embed_s: f64,
    upsert_s: f64,
    words_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    per_second: f64,
    saturated_per_second: f64,
    peak_mib: f64,
    asking_mib: Option<f64>,
    rankings: HashMap<String, Vec<String>>,
}

/// A figure of both; not a number is what there is none of.
struct Row {
    what: &'static str,
    own: f64,
    peer: f64,
    more_is_better: bool,
}

pub(super) async fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    if !args.peer.is_file() {
        return Err(Usage(format!("{} does not exist: name the program with --peer", args.peer.display())).into());
    }
    if args.embed == 0 {
        return Err(Usage("--embed must be at least 1".to_owned()).into());
    }
    let work = tempfile::tempdir()?;
    let subject = match &args.from {
        Some(from) => Subject::taken_in(places, from, args.documents, work.path()).await?,
        None => Subject::held(places, &args.questions)?,
    };
    let app = App::open_with(&subject.places, |config| config.generator.backend = Backend::None).await?;
    let retriever = app.asker.retriever();
    let own = subject.ask_osler(&retriever, args.seconds).await?;
    let given = subject.write(&retriever.ledger, work.path())?;
    // Only one of the two has the machine at a time.
    drop(app);
    drop(retriever);
    eprintln!("asking the peer");
    let peer = run_peer(args, work.path())?;
    let rows = subject.rows(&own, &given, &peer);
    let Given { documents, passages } = given;
    let questions = subject.questions.len();
    if args.json {
        let rows: Vec<Value> =
            rows.iter().map(|row| json!({ "what": row.what, "osler": row.own, "peer": row.peer })).collect();
        let mode = if args.held { "held" } else { "taken in" };
        let seconds = json!({ "embed": peer.embed_s, "upsert": peer.upsert_s, "words": peer.words_s });
        let out = json!({
            "mode": mode, "documents": documents, "passages": passages, "questions": questions, "rows": rows,
            "peer": peer.peer, "peer_embedded": peer.embedded, "peer_seconds": seconds
        });
        return print(&format!("{out:#}\n"));
    }
    let name = match &subject.taken_in {
        Some(TakenIn { collection, .. }) => format!("{}, taken in by both", collection.name),
        None => format!("the library in {} as it is", subject.places.data.display()),
    };
    let peer_is = &peer.peer;
    let mut out =
        format!("{name}: {documents} documents, {passages} passages, {questions} questions; the peer is {peer_is}\n");
    if args.held {
        let (embedded, embed_s, put_in_s) = (peer.embedded, peer.embed_s, peer.upsert_s + peer.words_s);
        out.push_str(&format!(
            "The peer got the vectors with the texts. Its time for taking in is reckoned: it embedded {embedded} passages in \
             {embed_s:.1} s, and all in proportion; putting all of them in took {put_in_s:.1} s.\n"
        ));
    }
    out.push_str("\n| | Osler | peer | ratio |\n|---|---|---|---|\n");
    out.extend(rows.iter().map(Row::line));
    print(&out)
}

impl Subject {
    /// Takes a collection in, on the clock.
    async fn taken_in(places: &Places, from: &Path, documents: usize, work: &Path) -> Result<Self> {
        let collection = Collection::read(from, usize::MAX, None).map_err(|error| Usage(error.to_string()))?;
        let collection = collection.reduced(documents);
        let places = Places { data: work.join("data"), ..places.clone() };
        let (files, corpus) = (work.join("documents"), starter_policy()?);
        std::fs::create_dir(&files)?;
        for (name, text) in collection.files() {
            std::fs::write(files.join(name), text).context("cannot write to the temporary directory")?;
        }
        let (library, held) = ingest::open(&places).await?;
        let began = Instant::now();
        ingest::into_open(&library, &held, &files, &corpus).await?;
        let seconds = began.elapsed().as_secs_f64();
        let asked = collection.questions.iter().map(|one| Asked { id: one.id.clone(), text: one.text.clone() });
        let questions = asked.collect();
        Ok(Self { places, questions, taken_in: Some(TakenIn { collection, corpus: corpus.id, seconds }) })
    }

    /// What the data directory holds.
    fn held(places: &Places, files: &[PathBuf]) -> Result<Self> {
        let data = &places.data;
        if !data.join("ledger.db").is_file() {
            bail!("there is no data in {}: run `osler ingest`, or name the directory with --data", data.display());
        }
        let mut questions = Vec::new();
        for file in files {
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let wrong = |error| Usage(format!("{}: {error}: each line has a `text`", file.display()));
                let row = serde_json::from_str::<Query>(line).map_err(wrong)?;
                // Two files may have the same ids.
                questions.push(Asked { id: questions.len().to_string(), text: row.text });
            }
        }
        if questions.is_empty() {
            return Err(Usage("no questions".to_owned()).into());
        }
        Ok(Self { places: places.clone(), questions, taken_in: None })
    }

    async fn ask_osler(&self, retriever: &Retriever, seconds: u64) -> Result<Own> {
        let questions: Vec<Question> = self.questions.iter().map(|asked| Question::new(&asked.text)).collect();
        let (questions, time) = (Arc::new(questions), Duration::from_secs(seconds));
        ask(retriever, &questions, 1, Duration::from_secs(2)).await?;
        eprintln!("asking Osler");
        let (alone, _) = ask(retriever, &questions, 1, time).await?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let (full, _) = ask(retriever, &questions, 2 * cores, time).await?;
        let peak_mib = resident("VmHWM").unwrap_or(0);
        let ndcg = match &self.taken_in {
            Some(TakenIn { collection, corpus, .. }) => {
                let sizes = Sizes { vectors: 0, words: 0, ledger: 0 };
                let measured = measure(retriever, collection, corpus, sizes, |_| {}).await?.report;
                Some(measured.arm("ranked").context("the last arm is missing")?.ndcg_10.value)
            }
            // Nothing was judged of what happens to be held.
            None => None,
        };
        Ok(Own { alone, full, peak_mib, ndcg })
    }

    /// Writes what the peer is given: passages, their vectors if it is to take those, questions and the model.
    fn write(&self, ledger: &Ledger, work: &Path) -> Result<Given> {
        let names = self.taken_in.as_ref().map(|taken_in| taken_in.collection.ids(&taken_in.corpus));
        let mut given = write_passages(ledger, names.as_ref(), work)?;
        if given.passages == 0 {
            bail!("nothing is published in {}: run `osler ingest`", self.places.data.display());
        }
        if let Some(TakenIn { collection, .. }) = &self.taken_in {
            given.documents = collection.len();
        }
        let lines = self.questions.iter().map(|one| json!({ "id": one.id, "text": one.text }).to_string() + "\n");
        std::fs::write(work.join(QUESTIONS), lines.collect::<String>())?;
        let model = work.join(MODEL);
        std::fs::create_dir(&model)?;
        let config = self.places.read()?;
        let store = Store::new(self.places.models_dir()?, config.model_list()?);
        inference::export_onnx(&embedder_files(&config, &store)?, &model)?;
        Ok(given)
    }

    /// The figures that there are.
    fn rows(&self, own: &Own, given: &Given, peer: &Peer) -> Vec<Row> {
        let none = f64::NAN;
        let row = |what, own, peer, more_is_better| Row { what, own, peer, more_is_better };
        let (passages, own_peak) = (given.passages as f64, own.peak_mib as f64);
        let peer_ingest = passages / peer.ingest_s;
        let ingest = match &self.taken_in {
            Some(taken_in) => row("ingest, passages per second", passages / taken_in.seconds, peer_ingest, true),
            None => row("ingest, passages per second, reckoned", none, peer_ingest, true),
        };
        let peer_ndcg = self.taken_in.as_ref().map(|taken_in| ndcg_of(&taken_in.collection, &peer.rankings).value);
        let mut rows = vec![
            ingest,
            row("embedding alone, passages per second", none, peer.embedded as f64 / peer.embed_s, true),
            row("questions per second, one at a time", own.alone.per_second, peer.per_second, true),
            row("questions per second, at capacity", own.full.per_second, peer.saturated_per_second, true),
            row("p50, ms", own.alone.p50_ms, peer.p50_ms, false),
            row("p99, ms", own.alone.p99_ms, peer.p99_ms, false),
            row("nDCG@10", own.ndcg.unwrap_or(none), peer_ndcg.unwrap_or(none), true),
        ];
        match self.taken_in {
            Some(_) => rows.push(row("memory at most, MiB", own_peak, peer.peak_mib, false)),
            // Osler took in before this, and the peer must: what that needs is not held against it.
            None => rows.extend([
                row("memory at most while asked, MiB", own_peak, peer.asking_mib.unwrap_or(none), false),
                row("memory at most with taking in, MiB", none, peer.peak_mib, false),
            ]),
        }
        rows.retain(|row| !row.peer.is_nan());
        rows
    }
}

impl Row {
    fn line(&self) -> String {
        let Self { what, own, peer, more_is_better } = self;
        let ratio = if *more_is_better { own / peer } else { peer / own };
        let digits = if *what == "nDCG@10" { 4 } else { 1 };
        match own.is_nan() {
            true => format!("| {what} | | {peer:.digits$} | |\n"),
            false => format!("| {what} | {own:.digits$} | {peer:.digits$} | {ratio:.2} |\n"),
        }
    }
}

/// What the peer takes in: the passages that a question may find now, by the names that the collection has for their
/// documents. Without a collection documents keep their ids, and the vectors are written too, in the same order.
fn write_passages(ledger: &Ledger, names: Option<&HashMap<DocumentId, String>>, work: &Path) -> Result<Given> {
    let create = |name: &str| File::create(work.join(name)).map(BufWriter::new);
    let mut texts = create(PASSAGES)?;
    let mut vectors = names.is_none().then(|| create(VECTORS)).transpose()?;
    let published = ledger.snapshots()?.published;
    let (mut reached, mut passages, mut seen) = (Seq(0), 0, HashSet::new());
    loop {
        let rows = ledger.entries_after(reached, 1_000)?;
        let Some(last) = rows.last() else { break };
        reached = last.seq;
        let ids: Vec<PassageId> = rows.iter().map(|row| row.passage).collect();
        let standings = ledger.standings_of(&ids)?;
        for row in rows.into_iter().filter(|row| row.interval.contains(published) && !row.status.suppresses()) {
            let Some(Standing { document, .. }) = standings.get(&row.passage) else { continue };
            let name = match names {
                Some(names) => names.get(document).cloned(),
                None => Some(document.to_string()),
            };
            let Some(name) = name else { continue };
            let text = format!("{}\n{}", row.section.join(" > "), row.text);
            let (id, title) = (row.passage.to_string(), row.metadata.title);
            writeln!(texts, "{}", json!({ "id": id, "document": name, "title": title, "text": text.trim() }))?;
            if let Some(vectors) = &mut vectors {
                let bytes: Vec<u8> = row.vector.iter().flat_map(|number| number.to_le_bytes()).collect();
                vectors.write_all(&bytes)?;
            }
            seen.insert(*document);
            passages += 1;
        }
    }
    texts.flush()?;
    if let Some(mut vectors) = vectors {
        vectors.flush()?;
    }
    Ok(Given { documents: seen.len(), passages })
}

fn run_peer(args: &Args, work: &Path) -> Result<Peer> {
    let python = args.python.clone().unwrap_or_else(config::python);
    let out = work.join("peer.json");
    let mut command = std::process::Command::new(&python);
    command.arg(&args.peer).args(["--seconds", &args.seconds.to_string()]).arg("--out").arg(&out);
    for (option, file) in [("--passages", PASSAGES), ("--questions", QUESTIONS), ("--model", MODEL)] {
        command.arg(option).arg(work.join(file));
    }
    if args.held {
        command.arg("--vectors").arg(work.join(VECTORS)).args(["--embed", &args.embed.to_string(), "--no-rankings"]);
    }
    match command.status() {
        Ok(status) if status.success() => {}
        Ok(status) => bail!(
            "the peer ended with {status}: install its packages with `{python} -m pip install -r evals/peers/requirements.txt`"
        ),
        Err(error) => return Err(error).with_context(|| format!("cannot start {python}")),
    }
    serde_json::from_str(&std::fs::read_to_string(out)?).context("the peer wrote something else than its figures")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::cli::Cli;

    #[test]
    fn a_collection_is_asked_or_what_is_held_and_never_both() {
        let is_right = |line: &str| Cli::try_parse_from(line.split(' ')).is_ok();
        for right in ["--from DIR", "--from DIR --documents 9", "--held --questions A --questions B --embed 9"] {
            assert!(is_right(&format!("osler eval peer {right}")), "{right}");
        }
        let wrong = [
            "--json",
            "--held",
            "--questions A",
            "--from DIR --held --questions A",
            "--from DIR --questions A",
            "--from DIR --embed 9",
            "--held --questions A --documents 9",
        ];
        for wrong in wrong {
            assert!(!is_right(&format!("osler eval peer {wrong}")), "{wrong}");
        }
    }
}
