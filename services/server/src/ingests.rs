//! Runs of ingest that people begin in the pages: one at a time, and seen while they go on.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use ingest::{Counts, Event, Rejected, Review};
use knowledge::Corpus;
use serde::Serialize;
use tempfile::TempDir;
use utoipa::ToSchema;

use crate::library::{Library, SourceEvent, Told};

/// Files that are named of each sort, at most: the account of the run names all.
const NAMED: usize = 20;

/// Runs that are remembered.
const REMEMBERED: usize = 20;

const BROKEN_OFF: &str = "it broke off unexpectedly: see the service's log; what came in is kept, so begin it again";

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IngestState)]
pub enum State {
    /// In work.
    Working,
    /// Asked to stop.
    Stopping,
    /// Through.
    Done,
    /// Stopped; what came in is kept.
    Stopped,
    /// Broken off; what came in is kept.
    Failed,
}

/// A run of ingest, as far as it has come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Run {
    /// Its id while the service runs.
    pub id: String,
    /// Into which corpus.
    pub corpus: String,
    /// Account of who began it.
    #[serde(skip)]
    pub by: String,
    /// When, RFC 3339.
    pub began_at: String,
    /// How it stands.
    pub state: State,
    /// Documents found so far.
    pub files: usize,
    /// Of them done.
    pub seen: usize,
    /// What became of them.
    pub documents: Counts,
    /// Passages taken in.
    pub passages: usize,
    /// Things that want a person's eye.
    pub reviews: usize,
    /// The last that were not taken in, at most 20.
    #[schema(value_type = Vec<Rejected>)]
    pub rejected: VecDeque<Rejected>,
    /// The last that want a person's eye, at most 20.
    #[schema(value_type = Vec<Review>)]
    pub wants_review: VecDeque<Review>,
    /// Why it failed, or which sources did.
    pub error: Option<String>,
    /// Number of its account on record; `null` until there is one, and where nothing changed.
    pub run: Option<i64>,
}

/// What is to be taken in.
pub enum Work {
    /// Files that were uploaded; they go when they are through.
    Files(TempDir),
    /// What is new at the sources of the corpus.
    Sources,
}

/// What is told at the end of a run.
type AtEnd = Box<dyn FnOnce() -> Result<Option<i64>> + Send>;

struct Held {
    run: Run,
    stop: Arc<AtomicBool>,
}

#[derive(Default)]
struct Shelf {
    /// Somebody is about to begin a run.
    is_reserved: bool,
    held: VecDeque<Held>,
}

impl Shelf {
    fn is_in_work(&self) -> bool {
        let is_working = |held: &Held| matches!(held.run.state, State::Working | State::Stopping);
        self.is_reserved || self.held.iter().any(is_working)
    }
}

/// The runs of this service since it began.
#[derive(Default)]
pub struct Runs {
    shelf: Mutex<Shelf>,
}

/// The one place that there is for a run. It is free again when the run is over, or this is dropped without one.
pub struct Slot {
    runs: Arc<Runs>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.runs.lock().is_reserved = false;
    }
}

impl Slot {
    /// Begins a run. `at_end` is called when it is over, and says under which number its account is on record.
    pub fn begin(
        self,
        library: Arc<Library>,
        corpus: Corpus,
        work: Work,
        (id, by, at): (String, String, String),
        at_end: AtEnd,
    ) -> Run {
        let (runs, stop) = (Arc::clone(&self.runs), Arc::new(AtomicBool::new(false)));
        let run = Run {
            id: id.clone(),
            corpus: corpus.id.to_string(),
            by: by.clone(),
            began_at: at,
            state: State::Working,
            files: 0,
            seen: 0,
            documents: Counts::default(),
            passages: 0,
            reviews: 0,
            rejected: VecDeque::new(),
            wants_review: VecDeque::new(),
            error: None,
            run: None,
        };
        {
            let mut shelf = runs.lock();
            shelf.held.push_front(Held { run: run.clone(), stop: Arc::clone(&stop) });
            shelf.held.truncate(REMEMBERED);
        }
        // A task of its own: a panic in it is an end like any other.
        let worker = {
            let (runs, id, stop) = (Arc::clone(&runs), id.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut tell = |told: Told| runs.change(&id, |run| run.enter(told));
                work_through(&library, &corpus, &work, &by, &stop, &mut tell).await
            })
        };
        tokio::spawn(async move {
            let outcome = worker.await;
            let recorded = tokio::task::spawn_blocking(at_end).await;
            runs.change(&id, |run| {
                match (outcome, stop.load(Ordering::Relaxed)) {
                    (Ok(Ok(())), _) => run.state = State::Done,
                    (Ok(Err(_)), true) => run.state = State::Stopped,
                    (Ok(Err(error)), false) => run.fail(format!("{error:#}")),
                    (Err(panic), _) => {
                        tracing::error!("a run of ingest broke off: {panic}");
                        run.fail(BROKEN_OFF.to_owned());
                    }
                }
                match recorded {
                    Ok(Ok(number)) => run.run = number,
                    Ok(Err(error)) => run.error = Some(format!("the run could not be put on record: {error:#}")),
                    Err(_) => run.error = Some("the run could not be put on record".to_owned()),
                }
            });
        });
        run
    }
}

async fn work_through(
    library: &Library,
    corpus: &Corpus,
    work: &Work,
    by: &str,
    stop: &Arc<AtomicBool>,
    tell: &mut (dyn FnMut(Told) + Send),
) -> Result<()> {
    match work {
        Work::Files(folder) => library.take_in(folder.path(), corpus, false, by, stop, tell).await.map(drop),
        Work::Sources => match library.origin(&corpus.id)? {
            Some(origin) => library.refresh(corpus, &origin, false, by, stop, tell).await,
            None => Ok(()),
        },
    }
}

impl Runs {
    /// The place for a run, unless one is in work or about to begin.
    pub fn reserve(self: &Arc<Self>) -> Option<Slot> {
        let mut shelf = self.lock();
        if shelf.is_in_work() {
            return None;
        }
        shelf.is_reserved = true;
        Some(Slot { runs: Arc::clone(self) })
    }

    /// Whether a run is in work, or about to begin.
    pub fn is_in_work(&self) -> bool {
        self.lock().is_in_work()
    }

    /// All that are remembered, the newest first.
    pub fn list(&self) -> Vec<Run> {
        self.lock().held.iter().map(|held| held.run.clone()).collect()
    }

    /// One of them.
    pub fn get(&self, id: &str) -> Option<Run> {
        self.lock().held.iter().find(|held| held.run.id == id).map(|held| held.run.clone())
    }

    /// Asks one to stop after what is in work.
    pub fn stop(&self, id: &str) -> Option<Run> {
        let mut shelf = self.lock();
        let held = shelf.held.iter_mut().find(|held| held.run.id == id)?;
        if held.run.state == State::Working {
            held.stop.store(true, Ordering::Relaxed);
            held.run.state = State::Stopping;
        }
        Some(held.run.clone())
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Run)) {
        if let Some(held) = self.lock().held.iter_mut().find(|held| held.run.id == id) {
            change(&mut held.run);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    fn fail(&mut self, why: String) {
        self.state = State::Failed;
        self.error = Some(why);
    }

    fn enter(&mut self, told: Told) {
        match told {
            Told::Ingest(event) => self.enter_event(event),
            Told::Source(SourceEvent::SourceFailed { source, reason }) => {
                let failed = format!("{source}: {reason}");
                self.error = Some(self.error.take().map_or(failed.clone(), |before| format!("{before}\n{failed}")));
            }
            Told::Source(_) => {}
        }
    }

    fn enter_event(&mut self, event: Event) {
        match event {
            Event::Started { files } => self.files += files,
            Event::Unpacked { more } => self.files += more,
            Event::Taken(taken) => {
                self.seen += 1;
                self.documents.updated += usize::from(taken.updated);
                self.documents.added += usize::from(!taken.updated);
                self.passages += taken.passages;
            }
            Event::Unchanged { .. } => {
                self.seen += 1;
                self.documents.unchanged += 1;
            }
            Event::Rejected(rejected) => {
                self.seen += 1;
                self.documents.rejected += 1;
                keep(&mut self.rejected, rejected);
            }
            Event::Review(review) => {
                self.reviews += 1;
                keep(&mut self.wants_review, review);
            }
            Event::Status(_) | Event::Done(_) => {}
        }
    }
}

fn keep<T>(last: &mut VecDeque<T>, one: T) {
    last.push_back(one);
    if last.len() > NAMED {
        last.pop_front();
    }
}
