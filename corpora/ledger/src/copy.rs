//! Copies: a ledger as of one moment in a file that nobody writes, which other machines read.

use std::path::Path;
use std::sync::PoisonError;
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, Result};
use crate::schema::{self, FORMAT};
use crate::{Ledger, Place, plan_once};

/// How long a copy waits for a reader that SQLite would not let in.
const PAUSE: Duration = Duration::from_millis(50);

impl Ledger {
    /// Writes the ledger as of now to `path`, page by page, so that two copies differ where the ledger was changed between them.
    /// What is written meanwhile waits for nobody and is not in it. A file that is there is replaced.
    ///
    /// # Errors
    /// When the ledger cannot be read or the file not written.
    pub fn copy_to(&self, path: &Path) -> Result<()> {
        let cannot = |source| Error::Open { path: path.to_owned(), source };
        if path.exists() {
            std::fs::remove_file(path)
                .map_err(|error| cannot(rusqlite::Error::ToSqlConversionFailure(error.into())))?;
        }
        let mut copy = Connection::open(path).map_err(cannot)?;
        let reading = self.read()?;
        // All pages in one step, so that it is of one moment, whatever is written meanwhile.
        Ok(Backup::new(&reading, &mut copy)?.run_to_completion(i32::MAX, PAUSE, None)?)
    }

    /// Opens a copy to read. Whatever would change it is refused with [`Error::ReadOnly`].
    ///
    /// # Errors
    /// [`Error::Format`] when another version of Osler wrote it; [`Error::NotALedger`] when it is something else.
    pub fn open_copy(path: &Path) -> Result<Self> {
        Ok(Self::of(open(path)?, Place::Copy(path.to_owned())))
    }

    /// Reads another copy from now on. Whoever is reading the one before reads it to the end, also when its file is gone.
    ///
    /// # Errors
    /// As [`Ledger::open_copy`]; the one before stays.
    pub fn change_to(&self, path: &Path) -> Result<()> {
        let connection = open(path)?;
        let mut writer = self.lock();
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        *writer = connection;
        readers.place = Place::Copy(path.to_owned());
        readers.generation += 1;
        readers.waiting.clear();
        Ok(())
    }
}

/// A connection to a file that nobody writes: SQLite then takes no locks, and makes no files beside it.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let absent = |source| Error::Open { path: path.to_owned(), source };
    let connection = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags).map_err(absent)?;
    plan_once(&connection)?;
    let found = schema::format_of(&connection).map_err(|error| error.at(path))?;
    if found != FORMAT {
        return Err(Error::Format { found, supported: FORMAT });
    }
    Ok(connection)
}
