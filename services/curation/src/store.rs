//! The file behind a lock, and the limits of what is written into it.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::{Error, Result};
use crate::schema;

/// Characters of a reason, a note, a name or a question.
pub const MAX_TEXT_CHARS: usize = 2_000;

/// What was decided about the knowledge, and by whom. Whoever holds its lock may ask the ledger; the ledger never asks it.
#[derive(Debug)]
pub struct Curation {
    connection: Mutex<Connection>,
}

impl Curation {
    /// Opens the file, creating it where there is none.
    ///
    /// # Errors
    /// [`Error::Open`] or [`Error::Format`].
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self { connection: Mutex::new(schema::open(path)?) })
    }

    /// One that lives as long as the process, for tests.
    ///
    /// # Errors
    /// As [`Curation::open`].
    pub fn in_memory() -> Result<Self> {
        Ok(Self { connection: Mutex::new(schema::in_memory()?) })
    }

    /// Decides something, and has `log` put it on record before it counts: where either fails, nothing was decided.
    pub(crate) fn on_record<T, E: From<Error>>(
        &self,
        decide: impl FnOnce(&Connection) -> Result<T>,
        log: impl FnOnce(&T) -> Result<(), E>,
    ) -> Result<T, E> {
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        let decided = decide(&work)?;
        log(&decided)?;
        work.commit().map_err(Error::from)?;
        Ok(decided)
    }

    /// A panic while the lock was held left at most an open transaction, which its guard has rolled back.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the pen at once: what is read before writing must still hold when it is written.
pub(crate) fn begin(connection: &mut Connection) -> Result<Transaction<'_>> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

/// The text without the space around it, when it is not too long.
pub(crate) fn bounded<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    let text = text.trim();
    if text.chars().count() > MAX_TEXT_CHARS { Err(Error::TooLong(what)) } else { Ok(text) }
}

/// The same of a text that must say something.
pub(crate) fn filled<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    let text = bounded(what, text)?;
    if text.is_empty() { Err(Error::Empty(what)) } else { Ok(text) }
}
