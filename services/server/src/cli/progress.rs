//! How a run of ingest is shown: JSON lines for programs, a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use ingest::connect::FetchEvent;
use ingest::{Event, Report};

use super::print;
use crate::library::{SourceEvent, Told};

/// Between two plain lines that only say that it goes on.
const QUIET: Duration = Duration::from_secs(10);

/// Shows a run.
pub(super) struct View {
    json: bool,
    bar: Option<ProgressBar>,
    began: Instant,
    spoke: Instant,
    total: usize,
    done: usize,
    passages: usize,
    /// The account goes where the progress goes: standard output belongs to what the command is for.
    is_aside: bool,
}

impl View {
    /// Of a run that is only a step of what was asked for.
    pub(super) fn aside() -> Self {
        Self { is_aside: true, ..Self::new(false) }
    }

    pub(super) fn new(json: bool) -> Self {
        let bar = (!json && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("{bar:32} {pos}/{len} documents  {elapsed}, {eta} left  {msg}");
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let now = Instant::now();
        Self { json, bar, began: now, spoke: now, total: 0, done: 0, passages: 0, is_aside: false }
    }

    pub(super) fn show(&mut self, told: &Told) {
        if self.json {
            if let Ok(line) = serde_json::to_string(told) {
                put(&format!("{line}\n"));
            }
            return;
        }
        match told {
            Told::Ingest(event) => self.show_event(event),
            Told::Source(event) => self.show_source(event),
        }
    }

    fn show_source(&mut self, event: &SourceEvent) {
        match event {
            SourceEvent::Source { source, said } => match said {
                FetchEvent::Listed { documents, left_out: 0 } => self.say(&format!("{source}: {documents} documents")),
                FetchEvent::Listed { documents, left_out } => {
                    self.say(&format!("{source}: {documents} documents, {left_out} more are beyond the limit"));
                }
                FetchEvent::Fetched { what, bytes, .. } => {
                    self.say(&format!("{source}: fetched {what}, {bytes} bytes"))
                }
                FetchEvent::Gone { what } => {
                    self.say(&format!("{source}: not offered: {what}; a copy that is held stays"))
                }
                FetchEvent::Failed(failed) => {
                    self.say(&format!("{source}: not fetched: {}: {}", failed.what, failed.reason));
                }
                FetchEvent::Skipped(failed) => {
                    self.say(&format!("{source}: not understood: {}: {}", failed.what, failed.reason));
                }
                FetchEvent::Unchanged { .. } => {}
            },
            SourceEvent::SourceFailed { source, reason } => self.say(&format!("{source}: failed: {reason}")),
            SourceEvent::Notices { source, imported } => self.say(&format!(
                "{source}: {} new notices, {} known; {} versions stand otherwise now, {} matches are doubtful",
                imported.new,
                imported.known,
                imported.changed.len(),
                imported.doubtful
            )),
        }
    }

    fn show_event(&mut self, event: &Event) {
        match event {
            Event::Started { files } => {
                (self.began, self.done, self.passages) = (Instant::now(), 0, 0);
                self.total = *files;
                if self.bar.is_none() {
                    eprintln!("{files} files found");
                }
                self.step(0);
            }
            Event::Unpacked { more } => {
                self.total += more;
                self.step(0);
            }
            Event::Taken(taken) => {
                self.passages += taken.passages;
                self.step(1);
            }
            Event::Unchanged { .. } => self.step(1),
            Event::Rejected(rejected) => {
                self.say(&format!("not taken in: {}: {}", rejected.file, rejected.failure.reason));
                self.step(1);
            }
            Event::Review(review) => self.say(&format!("to be reviewed: {}: {}", review.file, review.detail)),
            Event::Status(changed) => {
                self.say(&format!("{} is {} now: {}", changed.title, changed.status, changed.feed));
            }
            Event::Done(report) => self.finish(report),
        }
    }

    fn step(&mut self, documents: usize) {
        self.done += documents;
        // Archives count themselves and their files.
        self.total = self.total.max(self.done);
        let rate = self.passages as f64 / self.began.elapsed().as_secs_f64().max(0.001);
        match &self.bar {
            Some(bar) => {
                bar.set_length(self.total as u64);
                bar.set_position(self.done as u64);
                bar.set_message(format!("{rate:.0} passages/s"));
            }
            None if self.spoke.elapsed() >= QUIET => {
                self.spoke = Instant::now();
                let left = self.began.elapsed().mul_f64((self.total - self.done) as f64 / self.done.max(1) as f64);
                eprintln!(
                    "{} of {} documents, {} passages, {rate:.0} passages/s, about {} s left",
                    self.done,
                    self.total,
                    self.passages,
                    left.as_secs()
                );
            }
            None => {}
        }
    }

    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => eprintln!("{line}"),
        }
    }

    fn finish(&mut self, report: &Report) {
        self.close();
        let counts = report.documents;
        let mut account = format!(
            "{} added, {} updated, {} unchanged, {} rejected; {} passages in {:.1} s; snapshot {} is published\n",
            counts.added,
            counts.updated,
            counts.unchanged,
            counts.rejected,
            report.passages,
            self.began.elapsed().as_secs_f64(),
            report.snapshot
        );
        if report.reviews > 0 {
            account += &format!("{} things want a person's eye: osler corpus findings lists them\n", report.reviews);
        }
        if report.skipped > 0 {
            account += &format!("{} files were passed by: no document has their ending\n", report.skipped);
        }
        if self.is_aside { eprint!("{account}") } else { put(&account) }
    }

    pub(super) fn close(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// Writes to standard output. A run does not end because nobody can be told how it goes.
fn put(text: &str) {
    if let Err(error) = print(text) {
        tracing::warn!("standard output cannot be written to: {error:#}");
    }
}
