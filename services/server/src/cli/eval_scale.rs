//! `osler eval scale`: how searching grows with the library, from ten thousand passages to a million.
//!
//! Each size is a data directory of its own: real documents as they are, and when there are no more of them, copies in which
//! one word in five is another and each vector lies around the real one. Embedding a million real passages would take most of a
//! day. Vectors around real ones make clusters of near-doubles, among which it is harder to find exactly the nearest than
//! among real texts: the recall is to be read so. Words are drawn as often as they stand in the real texts, so the lists of
//! where each stands grow with the library; new words, which more real texts would bring, do not come.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use ledger::{Decision, Ledger, Staging};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::eval_ingest::resident;
use super::eval_scale_copies::hand_out;
use super::{Usage, print};
use crate::config::Places;
use crate::data::Data;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Directory in which a data directory is made for each size; one that is whole is used again
    #[arg(long, value_name = "DIR")]
    work: PathBuf,
    /// Passages; may be given more than once
    #[arg(long, value_name = "COUNT", default_values_t = [10_000_usize, 100_000, 1_000_000])]
    passages: Vec<usize>,
    /// Questions to ask: a `queries.jsonl` in BEIR's layout; may be given more than once
    #[arg(long, value_name = "FILE", required_unless_present = "make")]
    questions: Vec<PathBuf>,
    /// Seconds for each measurement
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Questions whose nearest passages are held against those that comparing everything finds
    #[arg(long, value_name = "COUNT", default_value_t = 200)]
    exact: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Make the data directory of this size and nothing else
    #[arg(long, value_name = "COUNT", hide = true)]
    make: Option<usize>,
}

/// How a data directory was made. Its file is written last.
#[derive(Debug, Serialize, Deserialize)]
struct Made {
    passages: u64,
    documents: u64,
    staging_s: f64,
    /// Until both indexes had followed.
    indexes_s: f64,
    graph_s: f64,
    /// Whether nothing was due any more.
    in_order: bool,
    peak_mib: Option<u64>,
    disk_bytes: u64,
    ledger_bytes: u64,
    words_bytes: u64,
    vectors_bytes: u64,
}

/// What says that a directory is one of these, while it is being made and when it is whole.
const MAKING: &str = "making";
const MADE: &str = "made.json";

/// Times that the indexes are put in order, at most.
const ROUNDS: usize = 2;

const DECISION: Decision<'static> = Decision { at: "2026-01-01T00:00:00Z", actor: "measurement", reason: "made" };

pub(super) async fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    if places.read()?.vectors.server()?.is_some() {
        let message = "vectors on a server belong to one library: name a configuration without [vectors] url";
        return Err(Usage(message.to_owned()).into());
    }
    if let Some(wanted) = args.make {
        return make(places, &args.work.join(wanted.to_string()), wanted).await;
    }
    let mut sizes = args.passages.clone();
    sizes.sort_unstable();
    sizes.dedup();
    let mut rows = Vec::new();
    for size in sizes {
        let directory = args.work.join(size.to_string());
        // A process of its own for each, so that what it takes at most is what this size takes.
        if made(&directory).is_none() {
            eprintln!("making {} passages", HumanCount(size as u64));
            let mut command = osler(places, &places.data)?;
            command.args(["eval", "scale", "--make", &size.to_string(), "--work"]).arg(&args.work);
            let status = command.status().context("cannot start osler again")?;
            if !status.success() {
                bail!("making {size} passages ended with {status}");
            }
        }
        let made = made(&directory).with_context(|| format!("{} is not whole", directory.display()))?;
        eprintln!("measuring {} passages", HumanCount(made.passages));
        rows.push((made, measured(places, args, &directory)?));
    }
    let growth = |what: &str| Some(number(&rows.last()?.1, what) / number(&rows.first()?.1, what));
    let (p50, p99) = (growth("/alone/p50_ms"), growth("/alone/p99_ms"));
    if args.json {
        let sizes: Vec<Value> = rows.iter().map(|(made, speed)| json!({ "made": made, "speed": speed })).collect();
        return print(&format!("{:#}\n", json!({ "sizes": sizes, "p50_grows": p50, "p99_grows": p99 })));
    }
    let mut out = table(&rows);
    if let [(first, _), .., (last, _)] = rows.as_slice() {
        let (first, last) = (HumanCount(first.passages), HumanCount(last.passages));
        let (p50, p99) = (p50.unwrap_or(f64::NAN), p99.unwrap_or(f64::NAN));
        out.push_str(&format!("\nfrom {first} to {last} passages: p50 grows {p50:.1} times, p99 {p99:.1} times\n"));
    }
    print(&out)
}

/// This program again, on another data directory.
pub(super) fn osler(places: &Places, data: &Path) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("cannot find the osler program")?);
    command.arg("--data").arg(data);
    for (option, place) in [("--models", &places.models), ("--config", &places.config)] {
        if let Some(place) = place {
            command.arg(option).arg(place);
        }
    }
    Ok(command)
}

/// What `osler eval speed` says of a data directory.
fn measured(places: &Places, args: &Args, directory: &Path) -> Result<Value> {
    let mut command = osler(places, directory)?;
    // It was made for this: nobody else has it, and what is published in it stays.
    command.args(["eval", "speed", "--in-place", "--json", "--seconds", &args.seconds.to_string()]);
    command.args(["--exact", &args.exact.to_string()]);
    for file in &args.questions {
        command.arg("--questions").arg(file);
    }
    let output = command.stderr(Stdio::inherit()).output().context("cannot start osler again")?;
    if !output.status.success() {
        bail!("measuring {} ended with {}", directory.display(), output.status);
    }
    serde_json::from_slice(&output.stdout).context("osler eval speed wrote something else than its figures")
}

fn number(speed: &Value, what: &str) -> f64 {
    speed.pointer(what).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

fn table(rows: &[(Made, Value)]) -> String {
    let mut out = String::from(
        "| passages | disk, GB | building, s | ready, s | memory, MiB (at most) | p50, ms | p99, ms | per second at capacity \
         | p99 over HTTP beside publishing, ms | medians of parts, ms | recall@50 (worst) |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for (made, speed) in rows {
        let parts = speed["parts_ms"].as_array().into_iter().flatten();
        let parts = parts.map(|part| format!("{} {:.1}", part[0].as_str().unwrap_or("?"), number(part, "/1")));
        out.push_str(&format!(
            "| {} | {:.2} | {:.0} | {:.2} | {:.0} ({:.0}) | {:.1} | {:.1} | {:.0} | {:.1} | {} | {:.3} ({:.2}) |\n",
            HumanCount(made.passages),
            made.disk_bytes as f64 / 1e9,
            made.staging_s + made.indexes_s + made.graph_s,
            number(speed, "/ready_s"),
            number(speed, "/resident_mib"),
            number(speed, "/peak_mib"),
            number(speed, "/alone/p50_ms"),
            number(speed, "/alone/p99_ms"),
            number(speed, "/at_capacity/per_second"),
            number(speed, "/beside_publishing/p99_ms"),
            parts.collect::<Vec<_>>().join(", "),
            number(speed, "/exact/mean"),
            number(speed, "/exact/worst"),
        ));
    }
    out
}

/// How a directory was made, if it is whole.
fn made(directory: &Path) -> Option<Made> {
    serde_json::from_slice(&std::fs::read(directory.join(MADE)).ok()?).ok()
}

/// Makes the data directory of one size anew.
async fn make(places: &Places, directory: &Path, wanted: usize) -> Result<ExitCode> {
    if directory.exists() {
        if !directory.join(MAKING).is_file() && !directory.join(MADE).is_file() {
            return Err(Usage(format!("{} is something else: name another --work", directory.display())).into());
        }
        std::fs::remove_dir_all(directory).with_context(|| format!("cannot remove {}", directory.display()))?;
    }
    std::fs::create_dir_all(directory).with_context(|| format!("cannot create {}", directory.display()))?;
    std::fs::write(directory.join(MAKING), "")?;

    let (source, lock) = Data::open_ledger(&places.data)?;
    let (embedder, dimension) = source.embedder()?.context("the library holds no vectors: take documents in first")?;
    let began = Instant::now();
    stage_all(&source, directory, wanted, (embedder.as_str(), dimension))?;
    let staging_s = said("staging", began);
    drop((source, lock));

    let began = Instant::now();
    let bar = ProgressBar::new_spinner().with_message("the indexes follow");
    bar.enable_steady_tick(Duration::from_millis(200));
    let data = Data::open(directory, (embedder.as_str(), dimension), &places.read()?).await?;
    let indexes_s = said("indexes", began);
    let (began, mut rounds) = (Instant::now(), 0);
    bar.set_message("putting the indexes in order");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    while rounds < ROUNDS && data.stores.maintain(cores).await? {
        rounds += 1;
    }
    bar.finish_and_clear();
    let graph_s = said(&format!("graph ({rounds} times)"), began);
    if rounds == ROUNDS {
        eprintln!("the indexes were put in order {ROUNDS} times, and that may still be due");
    }
    let totals = data.stores.ledger.totals(None)?;
    drop(data);
    let indexes = directory.join("index").join(index::FORMAT.to_string());
    let made = Made {
        passages: totals.passages,
        documents: totals.documents,
        staging_s,
        indexes_s,
        graph_s,
        in_order: rounds < ROUNDS,
        peak_mib: resident("VmHWM"),
        disk_bytes: disk_bytes(directory),
        ledger_bytes: ["ledger.db", "ledger.db-wal"].map(|file| disk_bytes(&directory.join(file))).iter().sum(),
        words_bytes: disk_bytes(&indexes.join("words")),
        vectors_bytes: disk_bytes(&indexes.join("vectors")),
    };
    std::fs::write(directory.join(MADE), serde_json::to_string_pretty(&made)? + "\n")?;
    Ok(ExitCode::SUCCESS)
}

/// Tells on a line of its own how long something took.
fn said(phase: &str, began: Instant) -> f64 {
    let seconds = began.elapsed().as_secs_f64();
    eprintln!("{phase}: {seconds:.1} s");
    seconds
}

/// What a file or directory takes on the disk; the engine's log is files with holes.
fn disk_bytes(path: &Path) -> u64 {
    let own = path.symlink_metadata().map_or(0, |metadata| metadata.blocks() * 512);
    let below = path.read_dir().into_iter().flatten().flatten();
    own + below.map(|entry| disk_bytes(&entry.path())).sum::<u64>()
}

/// Fills the ledger of a new data directory and publishes it. Documents are made on one thread and staged on another.
fn stage_all(source: &Ledger, directory: &Path, wanted: usize, (embedder, dimension): (&str, usize)) -> Result<()> {
    let target = Ledger::open(&directory.join("ledger.db"))?;
    target.bind_embedder(embedder, dimension)?;
    for corpus in source.corpora()? {
        target.put_corpus(&corpus, &DECISION)?;
    }
    let style = "{bar:32} {human_pos}/{human_len} passages  {per_sec}  {elapsed}, {eta} left";
    let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(wanted as u64).with_style(style);
    std::thread::scope(|scope| -> Result<()> {
        let (hand, batches) = sync_channel::<Vec<Staging>>(1);
        let making = scope.spawn(move || hand_out(source, wanted, &hand));
        for batch in batches {
            target.stage(&batch, &DECISION)?;
            bar.inc(batch.iter().map(|staging| staging.passages.len() as u64).sum());
        }
        making.join().map_err(|_| anyhow!("a document could not be copied"))?
    })?;
    bar.finish_and_clear();
    target.publish(&DECISION)?;
    Ok(())
}
