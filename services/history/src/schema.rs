//! The file: its tables, and how it is opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::{Error, Result};

/// The format this build writes.
const FORMAT: i64 = 1;

/// Marks the file as ours. The bytes are `OSLH`.
const APPLICATION_ID: i64 = 0x4f53_4c48;

const SCHEMA: &str = "
CREATE TABLE conversations (
  id         TEXT PRIMARY KEY,
  owner      TEXT NOT NULL,
  title      TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  used       INTEGER NOT NULL UNIQUE  -- counts up with every use: the order of lists, whatever the clock says
) STRICT;
CREATE INDEX conversations_by_owner ON conversations (owner, used);
CREATE TABLE turns (
  conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  n            INTEGER NOT NULL,
  answer       TEXT NOT NULL,
  question     TEXT NOT NULL,
  passages     TEXT NOT NULL,         -- ids, separated by spaces
  PRIMARY KEY (conversation, n)
) STRICT, WITHOUT ROWID;
";

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
    connection.busy_timeout(Duration::from_secs(5))?;
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let (application, found) = (pragma("application_id")?, pragma("user_version")?);
    if tables > 0 && (application != APPLICATION_ID || found != FORMAT) {
        return Err(Error::Format { found });
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is deleted from the file, too.
    connection.pragma_update(None, "secure_delete", true)?;
    if tables == 0 {
        connection.execute_batch(&format!(
            "BEGIN; {SCHEMA} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
        ))?;
    }
    Ok(())
}
