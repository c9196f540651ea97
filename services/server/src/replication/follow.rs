//! A replica's half: the newest state is fetched beside the one in use, and takes its place between two questions. Looks at the
//! store go on meanwhile.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use index::{Follower, TantivyIndex, VectorIndex};
use ledger::Ledger;
use replication::{Depot, State};
use tokio::sync::watch;

use super::begin::{Begun, goes_on, start_over};
use super::copies::{Copies, Opened};
use super::freshness::Freshness;
use super::lookout::{Lookout, Progress, is_same};
use super::{Failing, LEDGER, WORDS, blocking};
use crate::config::Replication;

/// The longest wait before a state is tried again that could not be taken over: fetching may have taken long.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Follows the writer.
pub struct Replica {
    lookout: Lookout,
    taker: Taker,
    freshness: Arc<Freshness>,
}

/// Takes states over.
struct Taker {
    depot: Depot,
    copies: Copies,
    /// The state in use, and what is here of it.
    state: Arc<State>,
    there: State,
    ledger: Arc<Ledger>,
    lexical: Arc<TantivyIndex>,
    /// The vectors of this process. Those of a server are the writer's to keep.
    vectors: Option<Arc<dyn VectorIndex>>,
    embedder: String,
    progress: Arc<Mutex<Progress>>,
}

impl Replica {
    /// Goes on from what it began with.
    pub fn new(begun: Begun, config: &Replication, vectors: Option<Arc<dyn VectorIndex>>, embedder: &str) -> Self {
        let Begun { depot, copies, opened, there, seen, .. } = begun;
        let Opened { state, about, ledger, lexical } = opened;
        let freshness = Arc::new(Freshness::new(Duration::from_secs(config.stale_after_s)));
        let progress = Progress { in_use: (Arc::clone(&state), about.decisions), trouble: None };
        let progress = Arc::new(Mutex::new(progress));
        let lookout = Lookout {
            depot: depot.clone(),
            copies: copies.clone(),
            ledger: Arc::clone(&ledger),
            writer: about.writer,
            newest: Arc::clone(seen.as_ref().map_or(&state, |seen| &seen.state)),
            seen,
            is_kept: true,
            progress: Arc::clone(&progress),
            freshness: Arc::clone(&freshness),
        };
        let embedder = embedder.to_owned();
        let taker = Taker { depot, copies, state, there, ledger, lexical, vectors, embedder, progress };
        Self { lookout, taker, freshness }
    }

    /// How long ago it last heard of its writer, and how far behind it is.
    pub fn freshness(&self) -> Arc<Freshness> {
        Arc::clone(&self.freshness)
    }

    /// Looks at the store, and takes over the newest state if another one is in use. Says whether one was. What the newest state
    /// takes out of use is so also where it cannot be taken over.
    ///
    /// # Errors
    /// When the store cannot be looked at or has another library; when the state cannot be fetched or read. The one in use stays.
    pub async fn follow(&mut self) -> Result<bool> {
        let newest = self.lookout.look().await?;
        self.taker.take(&newest).await
    }

    /// Follows for ever. What fails is told once, and tried again.
    pub async fn keep_following(self, every: Duration) {
        let Self { lookout, taker, .. } = self;
        let (tell, told) = watch::channel(Arc::clone(&lookout.newest));
        tokio::join!(keep_looking(lookout, tell, every), keep_taking(taker, told, every));
    }
}

async fn keep_looking(mut lookout: Lookout, tell: watch::Sender<Arc<State>>, every: Duration) {
    let mut failing = Failing::new("this replica cannot follow its writer");
    loop {
        let looked = lookout.look().await;
        if let Ok(newest) = &looked {
            tell.send_if_modified(|told| {
                let is_new = !is_same(told, newest);
                *told = Arc::clone(newest);
                is_new
            });
        }
        note(&lookout, looked.as_ref().err(), &mut failing);
        tokio::time::sleep(every).await;
    }
}

/// Says how it goes.
fn note(lookout: &Lookout, error: Option<&anyhow::Error>, failing: &mut Failing) {
    let progress = lookout.progress.lock().unwrap_or_else(PoisonError::into_inner);
    failing.note(error.or(progress.trouble.as_ref()));
    metrics::gauge!("osler_replication_state").set(progress.in_use.0.number() as f64);
    metrics::gauge!("osler_replication_behind").set(lookout.freshness.behind() as f64);
    metrics::gauge!("osler_replication_age_seconds").set(lookout.freshness.age().as_secs_f64());
}

async fn keep_taking(mut taker: Taker, mut told: watch::Receiver<Arc<State>>, every: Duration) {
    let mut pause = every;
    loop {
        let newest = Arc::clone(&told.borrow_and_update());
        let taken = taker.take(&newest).await;
        let has_failed = taken.is_err();
        taker.progress.lock().unwrap_or_else(PoisonError::into_inner).trouble = taken.err();
        let outcome = if has_failed {
            pause = (pause * 2).min(LONGEST_PAUSE.max(every));
            tokio::time::timeout(pause, told.changed()).await.unwrap_or(Ok(()))
        } else {
            pause = every;
            told.changed().await
        };
        if outcome.is_err() {
            return;
        }
    }
}

async fn fill(ledger: &Ledger, index: &dyn Follower, is_other_line: bool) -> Result<()> {
    if is_other_line {
        start_over(index).await?;
        ingest::reconcile(ledger, index).await?;
    } else {
        ingest::catch_up(ledger, index).await?;
    }
    Ok(())
}

impl Taker {
    /// Takes a state over if it is not the one in use, and says whether it did.
    async fn take(&mut self, newest: &Arc<State>) -> Result<bool> {
        if is_same(newest, &self.state) {
            return Ok(false);
        }
        // Earlier tries may have left something.
        self.copies.remove_others(&[&self.state, newest]).await;
        let place = self.copies.place(&self.state);
        let held = Some((&self.there, place.as_path()));
        let coming = self.copies.bring(&self.depot, Arc::clone(newest), held, &self.embedder).await?;
        if let Err(error) = self.change_to(&coming).await {
            self.copies.remove(&coming.state).await;
            return Err(error);
        }
        let Opened { state, about, .. } = coming;
        tracing::info!(state = state.number(), published = about.published, "took over what the writer published");
        self.there = State::clone(&state);
        self.state = Arc::clone(&state);
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).in_use = (state, about.decisions);
        self.copies.remove_others(&[&self.state]).await;
        Ok(true)
    }

    async fn change_to(&self, coming: &Opened) -> Result<()> {
        // Both indexes before the ledger: no question then asks for a snapshot that one of them does not have.
        if let Some(vectors) = &self.vectors {
            self.fill(Arc::clone(vectors), coming).await?;
        }
        self.copies.keep(&coming.state).await?;
        let changed = self.change_files(&coming.state).await;
        if changed.is_err() {
            self.copies.keep(&self.state).await?;
        }
        changed
    }

    /// Brings the vectors to where the coming ledger is. That one is read where it holds nobody up.
    async fn fill(&self, vectors: Arc<dyn VectorIndex>, coming: &Opened) -> Result<()> {
        let is_back = coming.state.number() <= self.state.number();
        let (ledger, coming) = (Arc::clone(&self.ledger), Arc::clone(&coming.ledger));
        let runtime = tokio::runtime::Handle::current();
        blocking(move || {
            let is_other_line = is_back || !goes_on(&ledger, &coming)?;
            runtime.block_on(fill(&coming, vectors.as_ref(), is_other_line))
        })
        .await
    }

    async fn change_files(&self, coming: &State) -> Result<()> {
        let (before, place) = (self.copies.place(&self.state), self.copies.place(coming));
        let (ledger, lexical) = (Arc::clone(&self.ledger), Arc::clone(&self.lexical));
        blocking(move || {
            lexical.change_to(&place.join(WORDS))?;
            if let Err(error) = ledger.change_to(&place.join(LEDGER)) {
                lexical.change_to(&before.join(WORDS))?;
                return Err(error.into());
            }
            Ok(())
        })
        .await
    }
}
