//! `osler eval speed`: how fast a library is searched, whatever else goes on. What is measured is a copy: publications, rollbacks
//! and questions go on record there, and nothing is written to the library itself.

mod asking;
mod copy;
mod door;
mod maintenance;
mod publishing;
mod starting;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use answer::{Question, Took};
use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Serialize};

use super::eval_exact::{Recall, recall};
use super::eval_ingest::resident;
use super::serve::stop_asked;
use super::{Usage, print};
use crate::app::App;
use crate::config::Places;
use crate::read_ahead;
use asking::{ask_beside, ask_for};
use copy::Subject;
use door::Served;
use maintenance::{Beside, Maintenance};
use publishing::{Publisher, Publishing};
use starting::{forget_pages, ready};

pub(super) use asking::{Rate, ask};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Questions to ask: a `queries.jsonl` in BEIR's layout; may be given more than once
    #[arg(long, value_name = "FILE", required = true)]
    questions: Vec<PathBuf>,
    /// Seconds for each measurement
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Where the copy of the data directory goes, which is removed at the end [default: beside the data directory]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Measure the data directory itself, and publish in it
    #[arg(long, hide = true)]
    in_place: bool,
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

/// Everything that was measured.
#[derive(Debug, Serialize)]
struct Speed {
    passages: u64,
    /// From the start of `osler serve` until it says that it is ready; none where that took longer than is waited for.
    ready_s: Option<f64>,
    /// Whether it read its files from the disk.
    page_cache: &'static str,
    alone: Rate,
    /// Medians of the parts of a search, milliseconds.
    parts_ms: Vec<(&'static str, f64)>,
    at_capacity: Rate,
    /// One at a time, as a client asks, with everything on record.
    over_http: Rate,
    /// The same while snapshots are published and rolled back all the time.
    beside_publishing: Rate,
    publishing: Publishing,
    /// While the indexes are put in order on half of the cores.
    beside_maintenance: Vec<Beside>,
    notes: Vec<&'static str>,
    resident_mib: Option<u64>,
    peak_mib: Option<u64>,
    exact: Option<Recall>,
}

pub(super) async fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    let mut questions = Vec::new();
    for file in &args.questions {
        questions.extend(read(file)?);
    }
    if questions.is_empty() {
        return Err(Usage("no questions".to_owned()).into());
    }
    let subject = Subject::new(places, args.work.as_deref(), args.in_place)?;
    // Whoever stops it finds nothing left behind either.
    let measured = tokio::select! {
        measured = measure(&subject, args, Arc::new(questions)) => measured,
        () = stop_asked() => Err(anyhow!("stopped before everything was measured")),
    };
    subject.remove();
    let speed = measured?;
    if args.json { print(&format!("{}\n", serde_json::to_string_pretty(&speed)?)) } else { print(&speed.table()) }
}

async fn measure(subject: &Subject, args: &Args, questions: Arc<Vec<Question>>) -> Result<Speed> {
    subject.fill().await?;
    eprintln!("starting the service");
    let data = subject.places.data.clone();
    let page_cache = match tokio::task::spawn_blocking(move || forget_pages(&data)).await? {
        Ok(()) => "its data read from the disk",
        Err(_) => "page cache warm",
    };
    let ready_s = ready(&subject.places, subject.work()).await?;
    // From here on it is a service that has been up for a while, not its first minute.
    let data = subject.places.data.clone();
    tokio::task::spawn_blocking(move || read_ahead::read(&data, &mut { u64::MAX })).await?;
    let app = Arc::new(App::open(&subject.places).await?);
    let served = Served::begin(Arc::clone(&app)).await?;
    let speed = measure_open(&app, &served, subject, args, &questions).await;
    served.end().await;
    Ok(Speed { ready_s, page_cache, ..speed? })
}

/// All that is measured of a service that is up.
async fn measure_open(
    app: &Arc<App>,
    served: &Served,
    subject: &Subject,
    args: &Args,
    questions: &Arc<Vec<Question>>,
) -> Result<Speed> {
    let retriever = app.asker.retriever();
    let passages = retriever.ledger.totals(None)?.passages;
    let time = Duration::from_secs(args.seconds);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let half = (cores / 2).max(1);
    if args.maintenance {
        // So that what is built later is built anew.
        eprintln!("putting the indexes in order");
        retriever.vectors.maintain(cores).await?;
    }
    eprintln!("warming up");
    ask(&retriever, questions, 1, Duration::from_secs(3)).await?;
    eprintln!("one question at a time");
    let (alone, took) = ask(&retriever, questions, 1, time).await?;
    eprintln!("as many as there are");
    let (at_capacity, _) = ask(&retriever, questions, 2 * cores, time).await?;
    eprintln!("over HTTP");
    let asking = served.door.asking(questions);
    ask_for(Duration::from_secs(1), 1, asking.clone()).await?;
    let (over_http, _) = ask_for(time, 1, asking.clone()).await?;
    eprintln!("beside publishing");
    let publisher = Publisher::new(app, &served.door, subject.work().join("documents"))?;
    publisher.start().await?;
    let (beside_publishing, publishing) = ask_beside(publisher.publish_for(time), 1, asking).await?;
    let Maintenance { rows, notes } = match args.maintenance {
        true => Maintenance::beside(&retriever, questions, &[&alone, &at_capacity], half).await?,
        false => Maintenance::default(),
    };
    let mut speed = Speed {
        passages,
        ready_s: None,
        page_cache: "",
        parts_ms: parts(&took),
        alone,
        at_capacity,
        over_http,
        beside_publishing,
        publishing,
        beside_maintenance: rows,
        notes,
        resident_mib: resident("VmRSS"),
        peak_mib: resident("VmHWM"),
        exact: None,
    };
    if args.exact > 0 {
        // Only now: it takes memory of its own.
        eprintln!("comparing every vector");
        speed.exact = Some(recall(&retriever, questions, args.exact).await?);
    }
    Ok(speed)
}

fn read(file: &Path) -> Result<Vec<Question>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let rows = text.lines().filter(|line| !line.trim().is_empty()).map(|line| {
        let wrong = |error| Usage(format!("{}: {error}: each line has a `text`", file.display()));
        Ok(Question::new(&serde_json::from_str::<Query>(line).map_err(wrong)?.text))
    });
    rows.collect()
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
        let ready = match self.ready_s {
            Some(seconds) => format!("ready {seconds:.2} s after `osler serve` was started"),
            None => "not ready while it was waited for".to_owned(),
        };
        let mut out = format!("{} passages; {ready} ({})\n\n", self.passages, self.page_cache);
        out.push_str(
            "| | asked at once | questions | per second | p50 | p99 | longest | p99 in the steady one |\n\
             |---|---|---|---|---|---|---|---|\n",
        );
        let Publishing { publications, rollbacks, found_by_words, found_by_meaning } = &self.publishing;
        let publishing = format!("over HTTP, beside {publications} publications, {rollbacks} rollbacks");
        out.push_str(&row("alone", &self.alone, None));
        out.push_str(&row("at capacity", &self.at_capacity, None));
        out.push_str(&row("over HTTP (/v1/search, all on record)", &self.over_http, None));
        let times = self.beside_publishing.p99_times(&self.over_http);
        out.push_str(&row(&publishing, &self.beside_publishing, Some(times)));
        for Beside { work, seconds, rate, p99_times } in &self.beside_maintenance {
            out.push_str(&row(&format!("beside {work} ({seconds:.0} s)"), rate, Some(*p99_times)));
        }
        out.push_str("\nfound over HTTP after a publication, all of them\n");
        for (arm, spread) in [("words", found_by_words), ("meaning", found_by_meaning)] {
            let asking::Spread { p50_ms, p99_ms, longest_ms } = spread;
            out.push_str(&format!("by {arm}: p50 {p50_ms:.0} ms, p99 {p99_ms:.0} ms, longest {longest_ms:.0} ms\n"));
        }
        out.extend(self.notes.iter().map(|note| format!("{note}\n")));
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

fn row(name: &str, rate: &Rate, times: Option<f64>) -> String {
    let Rate { asked_at_once, questions, per_second, p50_ms, p99_ms, longest_ms } = rate;
    let times = times.map_or_else(String::new, |times| format!("{times:.2} times"));
    format!(
        "| {name} | {asked_at_once} | {questions} | {per_second:.0} | {p50_ms:.1} ms | {p99_ms:.1} ms | {longest_ms:.1} ms | {times} |\n"
    )
}
