//! `osler eval speed`: how fast a data directory is searched, whatever else goes on.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use answer::{Question, Retriever, Took};
use anyhow::{Context, Result};
use ledger::Decision;
use serde::{Deserialize, Serialize};

use super::eval_exact::{Recall, recall};
use super::eval_ingest::resident;
use super::{Usage, print};
use crate::app::App;
use crate::config::{Backend, Places};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Questions to ask: a `queries.jsonl` in BEIR's layout; may be given more than once
    #[arg(long, value_name = "FILE", required = true)]
    questions: Vec<PathBuf>,
    /// Seconds for each measurement
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Also put the indexes in order while questions are asked, whether that is due or not
    #[arg(long)]
    maintenance: bool,
    /// Last of all, hold what the search by meaning finds for so many of the questions against comparing every vector
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    exact: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Deserialize)]
struct Query {
    text: String,
}

/// How fast questions were answered, with so many asked at once.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Rate {
    asked_at_once: usize,
    questions: usize,
    pub(super) per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    longest_ms: f64,
}

/// Everything that was measured.
#[derive(Debug, Serialize)]
struct Speed {
    passages: u64,
    /// From the start of loading to the first answer.
    ready_s: f64,
    alone: Rate,
    /// Medians of the parts of a search, milliseconds.
    parts_ms: Vec<(&'static str, f64)>,
    at_capacity: Rate,
    /// While snapshots are published and rolled back all the time.
    beside_publishing: Rate,
    publishes: usize,
    /// While the indexes are put in order on half of the cores.
    beside_maintenance: Option<Rate>,
    resident_mib: Option<u64>,
    peak_mib: Option<u64>,
    exact: Option<Recall>,
}

pub(super) async fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    let mut questions = Vec::new();
    for file in &args.questions {
        questions.extend(read(file)?);
    }
    let began = Instant::now();
    let app = App::open_with(places, |config| config.generator.backend = Backend::None).await?;
    let retriever = app.asker.retriever();
    let first = questions.first().context("no questions")?;
    retriever.search(first, PAGE).await?;
    let ready_s = began.elapsed().as_secs_f64();
    let questions = Arc::new(questions);
    let time = Duration::from_secs(args.seconds);
    eprintln!("warming up");
    ask(&retriever, &questions, 1, Duration::from_secs(3)).await?;
    eprintln!("one question at a time");
    let (alone, took) = ask(&retriever, &questions, 1, time).await?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    eprintln!("as many as there are");
    let (at_capacity, _) = ask(&retriever, &questions, 2 * cores, time).await?;
    eprintln!("beside publishing");
    let (beside_publishing, publishes) = beside_publishing(&retriever, &questions, time).await?;
    let beside_maintenance = match args.maintenance {
        true => Some(beside_maintenance(&retriever, &questions, (cores / 2).max(1)).await?),
        false => None,
    };
    let mut speed = Speed {
        passages: retriever.ledger.totals(None)?.passages,
        ready_s,
        alone,
        parts_ms: parts(&took),
        at_capacity,
        beside_publishing,
        publishes,
        beside_maintenance,
        resident_mib: resident("VmRSS"),
        peak_mib: resident("VmHWM"),
        exact: None,
    };
    if args.exact > 0 {
        // Only now: it takes memory of its own.
        eprintln!("comparing every vector");
        speed.exact = Some(recall(&retriever, &questions, args.exact).await?);
    }
    if args.json { print(&format!("{}\n", serde_json::to_string_pretty(&speed)?)) } else { print(&speed.table()) }
}

/// Passages in a page of hits.
const PAGE: usize = 10;

fn read(file: &Path) -> Result<Vec<Question>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let rows = text.lines().filter(|line| !line.trim().is_empty()).map(|line| {
        let wrong = |error| Usage(format!("{}: {error}: each line has a `text`", file.display()));
        Ok(Question::new(&serde_json::from_str::<Query>(line).map_err(wrong)?.text))
    });
    rows.collect()
}

/// Asks for a time, so many at once, one question after the other, from the start again when there are no more.
pub(super) async fn ask(
    retriever: &Retriever,
    questions: &Arc<Vec<Question>>,
    at_once: usize,
    time: Duration,
) -> Result<(Rate, Vec<Took>)> {
    let began = Instant::now();
    ask_while(retriever, questions, at_once, move || began.elapsed() < time).await
}

async fn ask_while(
    retriever: &Retriever,
    questions: &Arc<Vec<Question>>,
    at_once: usize,
    goes_on: impl Fn() -> bool + Clone + Send + 'static,
) -> Result<(Rate, Vec<Took>)> {
    let (began, next) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..at_once {
        let (retriever, questions) = (retriever.clone(), Arc::clone(questions));
        let (next, goes_on) = (Arc::clone(&next), goes_on.clone());
        asking.spawn(async move {
            let mut took = Vec::new();
            while goes_on() {
                let question = &questions[next.fetch_add(1, Ordering::Relaxed) % questions.len()];
                took.push(retriever.search(question, PAGE).await?.took);
            }
            Ok::<_, answer::Error>(took)
        });
    }
    let mut took = Vec::new();
    while let Some(done) = asking.join_next().await {
        took.extend(done??);
    }
    let seconds = began.elapsed().as_secs_f64();
    let mut times: Vec<f64> = took.iter().map(|took| took.whole.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get(((times.len().saturating_sub(1)) as f64 * share) as usize).copied().unwrap_or(0.0);
    let rate = Rate {
        asked_at_once: at_once,
        questions: took.len(),
        per_second: took.len() as f64 / seconds,
        p50_ms: at(0.5),
        p99_ms: at(0.99),
        longest_ms: at(1.0),
    };
    Ok((rate, took))
}

/// Moves the pointer to the snapshot before and back again, as often as it can, while questions are asked. What is published
/// at the end is what was at the start.
async fn beside_publishing(
    retriever: &Retriever,
    questions: &Arc<Vec<Question>>,
    time: Duration,
) -> Result<(Rate, usize)> {
    let (ledger, stop) = (Arc::clone(&retriever.ledger), Arc::new(AtomicBool::new(false)));
    let stopped = Arc::clone(&stop);
    let publishing = tokio::task::spawn_blocking(move || -> Result<usize> {
        let published = ledger.snapshots()?.published;
        let decision = Decision { at: "2000-01-01T00:00:00Z", actor: "measurement", reason: "measurement" };
        let mut publishes = 0;
        while !stopped.load(Ordering::Relaxed) {
            // Back to itself: the same transaction as any rollback, and nothing changes.
            ledger.rollback(published, &decision)?;
            ledger.publish(&decision)?;
            publishes += 1;
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(publishes)
    });
    let asked = ask(retriever, questions, 1, time).await;
    stop.store(true, Ordering::Relaxed);
    let publishes = publishing.await??;
    Ok((asked?.0, publishes))
}

/// Asks while the indexes are put in order.
async fn beside_maintenance(retriever: &Retriever, questions: &Arc<Vec<Question>>, cores: usize) -> Result<Rate> {
    eprintln!("beside maintenance");
    let (vectors, is_done) = (Arc::clone(&retriever.vectors), Arc::new(AtomicBool::new(false)));
    let done = Arc::clone(&is_done);
    let maintaining = tokio::spawn(async move {
        let outcome = vectors.rebuild(cores).await;
        done.store(true, Ordering::Relaxed);
        outcome
    });
    let asked = ask_while(retriever, questions, 1, move || !is_done.load(Ordering::Relaxed)).await;
    maintaining.await??;
    Ok(asked?.0)
}

fn parts(took: &[Took]) -> Vec<(&'static str, f64)> {
    let median = |time: fn(&Took) -> Duration| {
        let mut times: Vec<Duration> = took.iter().map(time).collect();
        times.sort_unstable();
        times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    vec![
        ("embed", median(|took| took.embed)),
        ("lexical", median(|took| took.lexical)),
        ("dense", median(|took| took.dense)),
        ("fetch", median(|took| took.fetch)),
    ]
}

impl Speed {
    fn table(&self) -> String {
        let mut out = format!("{} passages, ready {:.2} s after the start\n\n", self.passages, self.ready_s);
        out.push_str(
            "| | asked at once | questions | per second | p50 | p99 | longest |\n|---|---|---|---|---|---|---|\n",
        );
        let publishing = format!("beside publishing ({} times)", self.publishes);
        let rows = [("alone", Some(&self.alone)), ("at capacity", Some(&self.at_capacity))];
        let rows = rows.into_iter().chain([
            (publishing.as_str(), Some(&self.beside_publishing)),
            ("beside maintenance", self.beside_maintenance.as_ref()),
        ]);
        for (name, rate) in rows.filter_map(|(name, rate)| Some((name, rate?))) {
            out.push_str(&format!(
                "| {name} | {} | {} | {:.0} | {:.1} ms | {:.1} ms | {:.1} ms |\n",
                rate.asked_at_once, rate.questions, rate.per_second, rate.p50_ms, rate.p99_ms, rate.longest_ms
            ));
        }
        let parts = self.parts_ms.iter().map(|(part, ms)| format!("{part} {ms:.2} ms")).collect::<Vec<_>>().join(", ");
        out.push_str(&format!("\nmedian parts of a search alone: {parts}\n"));
        out.push_str(&format!(
            "memory {} MiB, {} MiB at most\n",
            self.resident_mib.unwrap_or(0),
            self.peak_mib.unwrap_or(0)
        ));
        out.extend(self.exact.as_ref().map(|recall| format!("{recall}\n")));
        out
    }
}
