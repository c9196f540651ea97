//! A replica's looks at the store: which state is the newest, whether it is of this library, and what it takes out of use. That is
//! heeded at once, however long it takes to bring the state itself.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, bail};
use ledger::{Ledger, Withheld};
use replication::{Depot, Look, Mark, State};

use super::About;
use super::copies::Copies;
use super::freshness::Freshness;

/// A state that was looked at.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) mark: Mark,
    pub(super) state: Arc<State>,
    pub(super) about: About,
    /// What it takes out of use; none where the osler that published it did not say.
    pub(super) withheld: Option<Withheld>,
}

/// How far the long work has come.
pub(super) struct Progress {
    /// The state in use, and how many decisions it has.
    pub(super) in_use: (Arc<State>, u64),
    /// What went wrong last.
    pub(super) trouble: Option<anyhow::Error>,
}

/// Looks at the store.
pub(super) struct Lookout {
    pub(super) depot: Depot,
    pub(super) copies: Copies,
    pub(super) ledger: Arc<Ledger>,
    /// Whose library is held.
    pub(super) writer: String,
    /// The newest state that was looked at, or the one that it began with.
    pub(super) newest: Arc<State>,
    pub(super) seen: Option<Seen>,
    /// Whether what it takes out of use is on this machine's disk.
    pub(super) is_kept: bool,
    pub(super) progress: Arc<Mutex<Progress>>,
    pub(super) freshness: Arc<Freshness>,
}

impl Seen {
    pub(super) fn of(mark: Mark, state: Arc<State>) -> Result<Self> {
        let (about, withheld) = (About::of(&state)?, super::withheld_by(&state)?);
        Ok(Self { mark, state, about, withheld })
    }

    /// Another library is not taken over: its texts are not those that this machine has on record.
    pub(super) fn check_library(&self, writer: &str) -> Result<()> {
        if self.about.writer == writer {
            return Ok(());
        }
        bail!(
            "the store has another library, that of the log {}, while that of the log {writer} is held here: name the store of \
             that one in replication.store, or start this replica with an empty data directory",
            self.about.writer
        );
    }
}

impl Lookout {
    /// Looks, and says which state is the newest. What it takes out of use is no evidence any more when this returns.
    pub(super) async fn look(&mut self) -> Result<Arc<State>> {
        let mark = self.seen.as_ref().map(|seen| &seen.mark);
        match self.depot.look(mark).await? {
            Look::Nothing => bail!(
                "the store of states is empty, where state {} was before: this replica follows again when its writer has \
                 published there",
                self.newest.number()
            ),
            Look::Same => {}
            Look::Newest(mark, state) => self.see(Seen::of(mark, Arc::from(state))?)?,
        }
        if self.knows_all() {
            self.freshness.looked_now();
        }
        self.keep().await?;
        Ok(Arc::clone(&self.newest))
    }

    fn see(&mut self, seen: Seen) -> Result<()> {
        seen.check_library(&self.writer)?;
        self.ledger.withhold(&seen.withheld.clone().unwrap_or_default());
        self.is_kept = false;
        let (number, before) = (seen.state.number(), self.newest.number());
        if number < before || (number == before && seen.state != self.newest) {
            tracing::warn!(number, before, "the store of states was begun anew: taking over what is there now");
        }
        self.newest = Arc::clone(&seen.state);
        self.seen = Some(seen);
        Ok(())
    }

    /// Notes for a start without the store what is out of use; tried again where the disk is full.
    async fn keep(&mut self) -> Result<()> {
        if let Some(seen) = self.seen.as_ref().filter(|_| !self.is_kept) {
            self.copies.keep_withheld(&seen.withheld.clone().unwrap_or_default()).await?;
            self.is_kept = true;
        }
        Ok(())
    }

    /// Whether nothing can be out of use that is evidence here. Also says how far behind this replica is.
    fn knows_all(&self) -> bool {
        let (in_use, decisions) = self.progress.lock().unwrap_or_else(PoisonError::into_inner).in_use.clone();
        let is_in_use = is_same(&in_use, &self.newest);
        let behind = self.newest.number().saturating_sub(in_use.number()).max(1);
        self.freshness.set_behind(if is_in_use { 0 } else { behind });
        let withheld = self.seen.as_ref().and_then(|seen| seen.withheld.as_ref());
        is_in_use || withheld.is_some_and(|withheld| withheld.after <= decisions)
    }
}

/// Whether two are the same, which most are.
pub(super) fn is_same(one: &Arc<State>, other: &Arc<State>) -> bool {
    Arc::ptr_eq(one, other) || one == other
}
