//! What do we hold, in which version, and since which snapshot? The source of truth, in one SQLite file.
//!
//! Both search indexes follow the ledger: every change of what is in force stamps an *entry* (a passage during one interval
//! of snapshots) with the next [`Seq`](knowledge::Seq), and an index that remembers the last one it took in can catch up
//! from there. Entries are never deleted, only closed, so catching up is one ordered scan.

mod check;
mod entries;
mod error;
mod findings;
mod identity;
mod notices;
mod read;
mod schema;
mod snapshots;
mod write;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

pub use check::{Fault, FaultKind, Unembedded};
pub use entries::EntryRow;
pub use error::{Error, Result};
pub use findings::{Due, Finding, FindingKind, RunRecord};
pub use notices::{Changed, Imported};
pub use read::{DecisionRecord, DocumentView, PassageView, Section, Totals, VersionSummary};
pub use schema::FORMAT;
pub use snapshots::{Decision, Snapshots, StagedChange};
pub use write::{NewVersion, Staged, Staging};

/// The ledger. One connection behind a lock: SQLite serialises writers anyway, and reads take well under a millisecond.
#[derive(Debug)]
pub struct Ledger {
    connection: Mutex<Connection>,
}

impl Ledger {
    /// Opens the ledger file, creating it or bringing it to the current format.
    ///
    /// # Errors
    /// [`Error::Format`] when another version of Osler wrote the file; [`Error::NotALedger`] when it is something else.
    pub fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
        Self::prepare(connection, Some(path))
    }

    /// A ledger that lives as long as the process, for tests.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn in_memory() -> Result<Self> {
        Self::prepare(Connection::open_in_memory()?, None)
    }

    fn prepare(mut connection: Connection, path: Option<&Path>) -> Result<Self> {
        connection.busy_timeout(Duration::from_secs(5))?;
        schema::migrate(&mut connection).map_err(|error| error.at(path))?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// A panic while the lock was held left at most an open transaction, which its guard has rolled back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
