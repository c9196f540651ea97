//! What do we hold, in which version, and since which snapshot? The source of truth, in one SQLite file.
//!
//! Both search indexes follow the ledger: every change of what is in force stamps an *entry* (a passage during one interval
//! of snapshots) with the next [`Seq`](knowledge::Seq), and an index that remembers the last one it took in can catch up
//! from there. Entries are never deleted, only closed, so catching up is one ordered scan.

mod check;
mod copy;
mod dates;
mod decisions;
mod document;
mod due;
mod entries;
mod error;
mod files;
mod findings;
mod health;
mod identity;
mod mend;
mod notices;
mod order;
mod policies;
mod read;
mod reembed;
mod roots;
mod runs;
mod schema;
mod shelf;
mod snapshots;
#[cfg(test)]
mod tests;
mod withheld;
mod write;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub use check::{Fault, FaultKind, Unembedded};
pub use dates::Published;
pub use decisions::{DecisionRecord, SnapshotRecord};
pub use document::{InForce, PassagePlace, VersionRecord};
pub use due::Due;
pub use entries::EntryRow;
pub use error::{Error, Result};
pub use files::{FileVersion, Reread};
pub use findings::{Finding, FindingKind, Outcome, Settlement, UnknownName};
pub use health::CorpusHealth;
pub use notices::{Changed, Imported};
pub use order::Standing;
pub use policies::PolicyRecord;
pub use read::{DocumentView, PassageView, Reach, Section, Totals, VersionSummary};
pub use reembed::Coming;
pub use roots::{RootOf, VersionInForce};
pub use runs::{RunRecord, RunSummary};
pub use schema::FORMAT;
pub use shelf::{DocumentMark, DocumentPage, DocumentQuery, DocumentRow};
pub use snapshots::{Decision, Snapshots, StagedChange};
pub use withheld::{Withheld, WithheldVersion};
pub use write::{NewVersion, Staged, Staging};

/// How long a writer waits for another process that writes: longer than the longest that one of them does in one go, which is
/// to roll back or to publish in a very large library.
const PATIENCE: Duration = Duration::from_secs(60);

/// The ledger: one connection that writes, behind a lock, and connections that only read. Readers see what was committed last
/// and wait for nobody, so that questions go on while documents are taken in and snapshots published.
#[derive(Debug)]
pub struct Ledger {
    connection: Mutex<Connection>,
    readers: Mutex<Readers>,
    root_of: Option<RootOf>,
    /// What is in force in the last snapshot that this process published.
    in_force: Mutex<Option<(knowledge::Snapshot, Vec<VersionInForce>)>>,
    ahead: RwLock<Arc<withheld::Ahead>>,
}

/// Connections that only read, and where further ones are opened.
#[derive(Debug)]
struct Readers {
    place: Place,
    /// Counts the places: a reader of an earlier one is not used again.
    generation: u64,
    waiting: Vec<Connection>,
}

/// Where a ledger is.
#[derive(Debug, Clone)]
enum Place {
    /// In memory, with its one connection.
    Memory,
    /// In a file that this process writes.
    File(PathBuf),
    /// In a file that nobody writes.
    Copy(PathBuf),
}

/// A connection to read with. A reader goes back when it is dropped.
enum Reading<'l> {
    Shared(MutexGuard<'l, Connection>),
    Own { connection: Option<Connection>, generation: u64, readers: &'l Mutex<Readers> },
}

impl Deref for Reading<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Shared(connection) => connection,
            Self::Own { connection, .. } => connection.as_ref().unwrap_or_else(|| unreachable!("taken by drop alone")),
        }
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if let Self::Own { connection, generation, readers } = self {
            let mut readers = readers.lock().unwrap_or_else(PoisonError::into_inner);
            if readers.generation == *generation {
                readers.waiting.extend(connection.take());
            }
        }
    }
}

impl Ledger {
    /// Opens the ledger file, creating it or bringing it to the current format.
    ///
    /// # Errors
    /// [`Error::Format`] when another version of Osler wrote the file; [`Error::NotALedger`] when it is something else.
    pub fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
        Self::prepare(connection, Place::File(path.to_owned())).map_err(|error| error.at(path))
    }

    /// A ledger that lives as long as the process, for tests.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn in_memory() -> Result<Self> {
        Self::prepare(Connection::open_in_memory()?, Place::Memory)
    }

    fn prepare(mut connection: Connection, place: Place) -> Result<Self> {
        connection.busy_timeout(PATIENCE)?;
        schema::migrate(&mut connection)?;
        Ok(Self::of(connection, place))
    }

    fn of(connection: Connection, place: Place) -> Self {
        let readers = Readers { place, generation: 0, waiting: Vec::new() };
        Self {
            connection: Mutex::new(connection),
            readers: Mutex::new(readers),
            root_of: None,
            in_force: Mutex::default(),
            ahead: RwLock::default(),
        }
    }

    /// A panic while the lock was held left at most an open transaction, which its guard has rolled back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that reads what was committed last.
    fn read(&self) -> Result<Reading<'_>> {
        let (waiting, place, generation) = {
            let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
            (readers.waiting.pop(), readers.place.clone(), readers.generation)
        };
        let opened = match (waiting, place) {
            (_, Place::Memory) => return Ok(Reading::Shared(self.lock())),
            (Some(reader), _) => reader,
            (None, Place::Copy(path)) => copy::open(&path)?,
            (None, Place::File(path)) => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let opened = Connection::open_with_flags(&path, flags);
                let reader = opened.map_err(|source| Error::Open { path, source })?;
                reader.busy_timeout(Duration::from_secs(5))?;
                plan_once(&reader)?;
                reader
            }
        };
        Ok(Reading::Own { connection: Some(opened), generation, readers: &self.readers })
    }
}

/// Has a reader plan each query once. Otherwise SQLite plans some anew whenever they are asked with other values, in case another plan
/// suits these better, and planning takes longer than to look up a passage.
fn plan_once(reader: &Connection) -> rusqlite::Result<bool> {
    reader.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
}

/// Begins to write. Another process may be writing too, as `osler reembed` does beside the service. What takes its turn at once
/// waits for that one; what has read before it writes is refused, however patient, as soon as the other has committed.
fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}
