//! The file: its tables, how it is opened, and how what was deleted leaves it.

use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::{Error, Result};
use crate::title;

/// The format this build writes.
const FORMAT: i64 = 2;

/// Marks the file as ours. The bytes are `OSLH`.
const APPLICATION_ID: i64 = 0x4f53_4c48;

/// How long a call waits for another that uses the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is tried to cut the write-ahead log off, and how long a try waits for those who read.
const TRIES: u32 = 10;
const TRY: Duration = Duration::from_millis(500);

const SCHEMA: &str = "
CREATE TABLE conversations (
  id         TEXT PRIMARY KEY,
  owner      TEXT NOT NULL,
  title      TEXT,                    -- as its owner named it
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  used       INTEGER NOT NULL UNIQUE  -- counts up with every use: the order of lists, whatever the clock says
) STRICT;
CREATE INDEX conversations_by_owner ON conversations (owner, used);
CREATE TABLE turns (
  conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  n            INTEGER NOT NULL,
  answer       TEXT NOT NULL,
  passages     TEXT NOT NULL,         -- ids, separated by spaces
  PRIMARY KEY (conversation, n)
) STRICT, WITHOUT ROWID;
";

/// What erasing looks answers up by.
const INDEX: &str = "CREATE INDEX turns_by_answer ON turns (answer);";

pub(crate) fn open(path: &Path) -> Result<Connection> {
    let failed = |source| Error::Open { path: path.to_owned(), source };
    let connection = Connection::open(path).map_err(failed)?;
    prepare(&connection).map_err(|error| match error {
        Error::Sqlite(source) => failed(source),
        other => other,
    })?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<()> {
    connection.busy_timeout(PATIENCE)?;
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let (application, found) = (pragma("application_id")?, pragma("user_version")?);
    if tables > 0 && (application != APPLICATION_ID || !(1..=FORMAT).contains(&found)) {
        return Err(Error::Format { found });
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is deleted from the file, too.
    connection.pragma_update(None, "secure_delete", true)?;
    if tables == 0 {
        connection.execute_batch(&format!(
            "BEGIN; {SCHEMA} {INDEX} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
        ))?;
    } else if found == 1 {
        take_words_out(connection)?;
        connection.execute_batch(&format!(
            "BEGIN; ALTER TABLE turns DROP COLUMN question; {INDEX} PRAGMA user_version = {FORMAT}; COMMIT;"
        ))?;
    }
    Ok(())
}

/// Format 1 had every question beside its answer, and titles made of questions. Both go, and the file is written anew: pages
/// that are in use may have copies of what once lay in them. Until all of that is done the file stays of format 1, so that an
/// end in between has it begun again.
fn take_words_out(connection: &Connection) -> Result<()> {
    let work = connection.unchecked_transaction()?;
    let made = {
        let sql = "SELECT c.id, c.title, t.question FROM conversations c JOIN turns t ON t.conversation = c.id
                   WHERE c.title IS NOT NULL";
        let mut statement = work.prepare(sql)?;
        let mut rows = statement.query([])?;
        let mut made: Vec<String> = Vec::new();
        while let Some(row) = rows.next()? {
            let (name, question): (String, String) = (row.get(1)?, row.get(2)?);
            if title(&question) == name {
                made.push(row.get(0)?);
            }
        }
        made
    };
    for id in made {
        work.execute("UPDATE conversations SET title = NULL WHERE id = ?1", [id])?;
    }
    work.execute("UPDATE turns SET question = ''", [])?;
    work.commit()?;
    connection.execute_batch("VACUUM")?;
    cut_off(connection)
}

/// Cuts the write-ahead log off, which still has the pages as they were before something was deleted.
///
/// # Errors
/// [`Error::StillRead`] when somebody reads the file all the while.
pub(crate) fn cut_off(connection: &Connection) -> Result<()> {
    connection.busy_timeout(TRY)?;
    let tried = try_to_cut_off(connection);
    connection.busy_timeout(PATIENCE)?;
    tried
}

fn try_to_cut_off(connection: &Connection) -> Result<()> {
    for _ in 0..TRIES {
        let is_busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if !is_busy {
            return Ok(());
        }
        thread::sleep(TRY / 10);
    }
    Err(Error::StillRead)
}
