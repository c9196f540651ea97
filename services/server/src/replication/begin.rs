//! What a replica begins with: the newest state of the store, or what was fetched before where that cannot be had.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use index::{Follower, TantivyIndex, VectorIndex};
use knowledge::Seq;
use ledger::Ledger;
use replication::{Depot, Look, State};

use super::copies::{Copies, Opened};
use super::lookout::Seen;
use super::{About, blocking};
use crate::config::Replication;

/// What a replica begins with.
#[derive(Debug)]
pub struct Begun {
    pub(super) depot: Depot,
    pub(super) copies: Copies,
    pub(super) opened: Opened,
    /// The state by the bytes that are here.
    pub(super) there: State,
    /// The newest of the store, where that could be read.
    pub(super) seen: Option<Seen>,
    /// Whether it does not go on from what was fetched before.
    is_other_line: bool,
}

/// What was in use when the process ended.
struct Held {
    state: Arc<State>,
    there: State,
    opened: Result<Opened>,
}

/// Fetches the newest state, and waits for one where there is none yet. Without the store, what was fetched before is enough; so
/// it is where the newest state is none that can be read here. What was fetched before is read through, a second a gigabyte, and
/// what of it is damaged is fetched anew.
///
/// # Errors
/// When neither can be had, with why; when the store has another library than was fetched before; when the disk cannot be written.
pub async fn begin(config: &Replication, data: &Path, embedder: &str) -> Result<Begun> {
    let (depot, copies) = (super::depot(config)?, Copies::of(data).await?);
    let held = Held::in_use(&copies, embedder).await?;
    let seen = newest(&depot, held.as_ref(), Duration::from_secs(config.every_s)).await?;
    let heard = match &seen {
        Some(seen) => seen.withheld.clone().unwrap_or_default(),
        None => copies.withheld().await?,
    };
    let (opened, there, is_other_line) = match (&seen, held) {
        (Some(seen), Some(held)) => {
            seen.check_library(&About::of(&held.state)?.writer)?;
            first(&depot, &copies, &seen.state, held, embedder).await?
        }
        (Some(seen), None) => {
            copies.remove_others(&[&seen.state]).await;
            let opened = copies.bring(&depot, Arc::clone(&seen.state), None, embedder).await?;
            let there = State::clone(&opened.state);
            (opened, there, false)
        }
        (None, held) => {
            let held = held.context("nothing was fetched before")?;
            (held.opened?, held.there, false)
        }
    };
    // Before the first question.
    opened.ledger.withhold(&heard);
    if seen.is_some() {
        copies.keep_withheld(&heard).await?;
    }
    Ok(Begun { depot, copies, opened, there, seen, is_other_line })
}

impl Begun {
    /// The number of the state.
    pub fn number(&self) -> u64 {
        self.opened.state.number()
    }

    /// Which library it is: the key that its writer's log is signed with.
    ///
    /// # Errors
    /// When the state is of a version that says it otherwise.
    pub fn library(&self) -> Result<String> {
        Ok(About::of(&self.opened.state)?.writer)
    }

    /// The ledger of the state.
    pub fn ledger(&self) -> Arc<Ledger> {
        Arc::clone(&self.opened.ledger)
    }

    /// The full-text index of the state.
    pub fn lexical(&self) -> Arc<TantivyIndex> {
        Arc::clone(&self.opened.lexical)
    }

    /// Brings the vectors of this process in line with the state, which from then on is the one in use; what else was fetched
    /// goes. Without vectors, where those of a server are searched.
    ///
    /// # Errors
    /// When the vectors or the disk cannot be written: the state that was in use stays.
    pub async fn settle(&self, vectors: Option<&dyn VectorIndex>) -> Result<()> {
        if let Some(vectors) = vectors {
            if self.is_other_line {
                start_over(vectors).await?;
            }
            ingest::reconcile(&self.opened.ledger, vectors).await?;
        }
        self.copies.keep(&self.opened.state).await?;
        self.copies.remove_others(&[&self.opened.state]).await;
        Ok(())
    }
}

impl Held {
    async fn in_use(copies: &Copies, embedder: &str) -> Result<Option<Self>> {
        let reading = copies.clone();
        let Some(state) = blocking(move || Ok(reading.held())).await? else { return Ok(None) };
        let there = replication::found(&state, &copies.place(&state)).await?;
        if there.files() != state.files() {
            tracing::error!(number = state.number(), "the copy of the library here is damaged");
        }
        let state = Arc::new(state);
        let opened = copies.open(&state, embedder).await;
        Ok(Some(Self { state, there, opened }))
    }

    fn is_whole(&self) -> bool {
        self.there.files() == self.state.files()
    }
}

/// The newest state, once there is one; none where what is held must do.
async fn newest(depot: &Depot, held: Option<&Held>, every: Duration) -> Result<Option<Seen>> {
    let mut is_told = false;
    loop {
        let outcome = match depot.look(None).await {
            Ok(Look::Newest(mark, state)) => Seen::of(mark, Arc::from(state)).map(Some),
            Ok(Look::Nothing | Look::Same) => Ok(None),
            Err(error) => Err(error.into()),
        };
        match (outcome, held.map(|held| &held.opened)) {
            (Ok(Some(seen)), _) => return Ok(Some(seen)),
            (Ok(None), Some(Ok(_))) => {
                tracing::warn!("the store of states is empty, going on with what was fetched before");
                return Ok(None);
            }
            (Err(error), Some(Ok(_))) => {
                tracing::warn!("the store of states cannot be read, going on with what was fetched before: {error:#}");
                return Ok(None);
            }
            (Err(error), Some(Err(why))) => {
                return Err(error.context(format!("what was fetched before cannot be opened ({why:#})")));
            }
            (Err(error), None) => return Err(error),
            (Ok(None), None | Some(Err(_))) => {
                if !is_told {
                    eprintln!("nothing has been published there yet: waiting for the writer");
                }
                is_told = true;
                tokio::time::sleep(every).await;
            }
        }
    }
}

/// Opens the newest state. Where that cannot be, it is the one that was in use, if that can; it stays until the newest is open.
async fn first(
    depot: &Depot,
    copies: &Copies,
    newest: &Arc<State>,
    held: Held,
    embedder: &str,
) -> Result<(Opened, State, bool)> {
    let is_same = *newest == held.state;
    if is_same && held.is_whole() {
        return Ok((held.opened?, held.there, false));
    }
    copies.remove_others(&[&held.state, newest]).await;
    let aside = if is_same { Some(copies.set_aside(&held.state).await?) } else { None };
    let from = aside.clone().unwrap_or_else(|| copies.place(&held.state));
    let brought = copies.bring(depot, Arc::clone(newest), Some((&held.there, from.as_path())), embedder).await;
    if let (Err(_), Some(aside)) = (&brought, aside) {
        copies.put_back(&held.state, aside).await?;
    }
    match (brought, held.opened) {
        (Ok(opened), before) => {
            let is_other = !is_same && is_other_line(&held.state, before.ok(), &opened).await?;
            let there = State::clone(&opened.state);
            Ok((opened, there, is_other))
        }
        (Err(error), Ok(opened)) => {
            tracing::error!("the newest state cannot be used, going on with what was fetched before: {error:#}");
            Ok((opened, held.there, false))
        }
        (Err(error), Err(_)) => Err(error),
    }
}

async fn is_other_line(state: &State, before: Option<Opened>, coming: &Opened) -> Result<bool> {
    if coming.state.number() <= state.number() {
        return Ok(true);
    }
    let Some(before) = before else { return Ok(false) };
    let coming = Arc::clone(&coming.ledger);
    blocking(move || goes_on(&before.ledger, &coming).map(|goes_on| !goes_on)).await
}

/// Whether a ledger goes on from another one: it has the decision that was the last there.
pub(super) fn goes_on(before: &Ledger, coming: &Ledger) -> Result<bool> {
    let after = before.last_decision()?.saturating_sub(1);
    let last = before.decisions_after(after)?;
    let theirs = coming.decisions_after(after)?;
    Ok(last.first().is_none_or(|last| theirs.first() == Some(last)))
}

/// Has an index that followed another ledger take everything in again when it next follows.
pub(super) async fn start_over(index: &dyn Follower) -> Result<()> {
    Ok(index.apply(Vec::new(), Seq(0)).await?)
}
