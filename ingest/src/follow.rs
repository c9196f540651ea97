//! Bringing the indexes to where the ledger is: after an ingest, and after a process died at whatever point of one.

use std::time::Duration;

use index::{Entry, Follower, ServerIndex, Traits};
use knowledge::{Population, Seq};
use ledger::{EntryRow, Ledger};
use tokio::sync::MutexGuard;
use tokio::time::timeout;

use crate::error::Result;

/// Entries in one step; with their vectors about a megabyte and a half.
const STEP: usize = 1_000;

/// How long anybody waits for another who has the same index follow: that one goes on to the end of the ledger.
const PATIENCE: Duration = Duration::from_secs(5);

/// What bringing an index in line came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Entries it took in.
    pub applied: usize,
    /// Entries it held that the ledger does not know.
    pub removed: usize,
}

/// Reads the entries that were changed after a place in the ledger's order.
type Read<'a> = &'a (dyn Fn(Seq) -> ledger::Result<Vec<EntryRow>> + Sync);

/// Applies what the ledger has changed since the index last followed it, or leaves that to whoever is at it.
///
/// # Errors
/// When the ledger cannot be read or the index not written. What was applied stays applied.
pub async fn catch_up(ledger: &Ledger, index: &dyn Follower) -> Result<usize> {
    let Ok(_turn) = timeout(PATIENCE, turn(index)).await else { return Ok(0) };
    let reached = index.reached().await?;
    apply_from(&|after| ledger.entries_after(after, STEP), index, reached).await
}

/// The same for the index of an embedder that is to take over, as far as its vectors go.
///
/// # Errors
/// As [`catch_up`].
pub async fn catch_up_coming(ledger: &Ledger, embedder: &str, index: &dyn Follower) -> Result<usize> {
    let _turn = turn(index).await;
    let reached = index.reached().await?;
    apply_from(&|after| ledger.coming_after(embedder, after, STEP), index, reached).await
}

/// Makes the index hold exactly what the ledger says, whatever happened before: follows, then compares the two sets.
///
/// # Errors
/// As [`catch_up`].
pub async fn reconcile(ledger: &Ledger, index: &dyn Follower) -> Result<Outcome> {
    let _turn = turn(index).await;
    reconcile_by(ledger, &|after| ledger.entries_after(after, STEP), index).await
}

/// The same for the index of an embedder that is to take over, once there is a vector of it for every passage.
///
/// # Errors
/// As [`catch_up`].
pub async fn reconcile_coming(ledger: &Ledger, embedder: &str, index: &dyn Follower) -> Result<Outcome> {
    let _turn = turn(index).await;
    reconcile_by(ledger, &|after| ledger.coming_after(embedder, after, STEP), index).await
}

/// How many entries a ledger had when it had come so far: counting them reads them all.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counted {
    seq: Seq,
    entries: u64,
}

/// Looks whether an index on a server has followed the ledger and holds all of it, and brings it there where it may. Only when
/// that has gone through is it searched. `counted` is kept from one look to the next.
///
/// # Errors
/// As [`catch_up`]; [`index::Error::Doubted`] when the index is another process's to fill, and that has not come so far.
pub async fn look_after(ledger: &Ledger, server: &ServerIndex, counted: &mut Counted) -> Result<()> {
    let _turn = turn(server).await;
    // What the ledger has now is for the index that has taken its place.
    if server.is_retired() {
        return Ok(());
    }
    let read = |after: Seq| ledger.entries_after(after, STEP);
    let reached = server.reached().await?;
    let mut doubts = server.doubts();
    let seq = ledger.seq()?;
    if counted.seq != seq {
        *counted = Counted { seq, entries: ledger.entry_count()? };
    }
    if !server.writes() {
        if reached < seq || !server.holds(counted.entries).await? {
            server.doubt();
            return Err(server.doubted().into());
        }
    } else if reached > seq {
        doubts = server.doubt();
        reconcile_by(ledger, &read, server).await?;
    } else {
        apply_from(&read, server, reached).await?;
        if !server.holds(counted.entries).await? {
            doubts = server.doubt();
            reconcile_by(ledger, &read, server).await?;
        }
    }
    if !server.is_whole() {
        // Whoever asks need not find out that it does not answer.
        server.probe().await?;
        if server.writes() {
            server.become_current().await?;
        }
        server.found_whole(doubts);
    }
    Ok(())
}

async fn turn(index: &dyn Follower) -> Option<MutexGuard<'_, ()>> {
    match index.turn() {
        Some(turn) => Some(turn.lock().await),
        None => None,
    }
}

async fn reconcile_by(ledger: &Ledger, read: Read<'_>, index: &dyn Follower) -> Result<Outcome> {
    let mut from = index.reached().await?;
    // An index ahead of the ledger followed another one, or this one before it was restored. It says so no longer, even where
    // there is nothing yet to follow.
    if from > ledger.seq()? {
        from = Seq(0);
        index.apply(Vec::new(), from).await?;
    }
    let mut applied = apply_from(read, index, from).await?;
    let (wanted, held) = (ledger.entry_ids()?, index.ids().await?);
    let strays: Vec<_> = held.iter().filter(|id| wanted.binary_search(id).is_err()).copied().collect();
    let missing = wanted.iter().any(|id| held.binary_search(id).is_err());
    let removed = strays.len();
    if removed > 0 {
        tracing::warn!(index = index.name(), removed, "the index held passages that the ledger does not know: removed");
        index.remove(strays).await?;
    }
    if missing {
        tracing::warn!(index = index.name(), "the index lacked passages: taking in all of the ledger again");
        applied += apply_from(read, index, Seq(0)).await?;
    }
    Ok(Outcome { applied, removed })
}

async fn apply_from(read: Read<'_>, index: &dyn Follower, mut reached: Seq) -> Result<usize> {
    let mut applied = 0;
    loop {
        let rows = read(reached)?;
        let Some(last) = rows.last() else { return Ok(applied) };
        reached = last.seq;
        applied += rows.len();
        index.apply(rows.into_iter().map(index_entry).collect(), reached).await?;
    }
}

/// A row of the ledger as the indexes hold it.
pub fn index_entry(row: EntryRow) -> Entry {
    let EntryRow { passage, interval, corpus, metadata, status, section, text, vector, seq: _ } = row;
    let named = Population::named_in(&format!("{} {} {text}", metadata.title, section.join(" ")));
    let traits = Traits {
        kind: metadata.kind,
        issuer: metadata.issuer,
        jurisdiction: metadata.jurisdiction,
        year: metadata.published.and_then(|date| date.get(..4)?.parse().ok()),
        status,
        access: metadata.access,
        populations: named,
    };
    Entry { passage, interval, corpus, traits, title: metadata.title, section, text, vector }
}
