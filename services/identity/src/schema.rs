//! The file: its tables, and how it is opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::{Error, Result};

/// The format this build writes.
const FORMAT: i64 = 2;

/// Marks the file as ours. The bytes are `OSLI`.
const APPLICATION_ID: i64 = 0x4f53_4c49;

/// What is compared is in seconds since 1970; what is only shown is RFC 3339.
const SCHEMA: &str = "
CREATE TABLE accounts (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  name_sha256 TEXT NOT NULL UNIQUE,
  full_name   TEXT,
  roles       TEXT NOT NULL,             -- separated by spaces
  password    TEXT,                      -- Argon2id as a PHC string
  disabled    INTEGER NOT NULL DEFAULT 0,
  created_at  TEXT NOT NULL,
  issuer      TEXT,
  subject     TEXT,
  roles_as_of INTEGER,                   -- `iat` of the token that gave them, or when somebody here did
  UNIQUE (issuer, subject),
  CHECK ((issuer IS NULL) = (subject IS NULL))
) STRICT;
CREATE TABLE failures (
  name_sha256  TEXT PRIMARY KEY,         -- of names without an account, too: both must look the same
  wrong        INTEGER NOT NULL,         -- in a row, since the last lock
  locks        INTEGER NOT NULL,         -- in a row
  locked_until INTEGER NOT NULL,
  last_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
  secret_sha256 TEXT PRIMARY KEY,
  account       TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  began         INTEGER NOT NULL,
  last_seen     INTEGER NOT NULL,
  vouched       INTEGER                  -- when the provider last stood by them; none where a password did
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_account ON sessions (account);
CREATE TABLE keys (
  id            TEXT PRIMARY KEY,
  account       TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  label         TEXT NOT NULL,
  secret_sha256 TEXT NOT NULL,
  created_at    TEXT NOT NULL,
  expires       INTEGER,
  revoked_at    TEXT,
  last_used     INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_by_account ON keys (account);
CREATE TABLE logins (
  state_sha256 TEXT PRIMARY KEY,
  nonce        TEXT NOT NULL,
  verifier     TEXT NOT NULL,
  began        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX logins_by_time ON logins (began);
";

/// Format 1 knew neither how old roles are nor where a session began: until the next token says more, any may, and sessions
/// of the provider's people count as begun there.
const FROM_1: &str = "
ALTER TABLE accounts ADD COLUMN roles_as_of INTEGER;
ALTER TABLE sessions ADD COLUMN vouched INTEGER;
UPDATE sessions SET vouched = began WHERE account IN (SELECT id FROM accounts WHERE issuer IS NOT NULL);
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
    if tables > 0 && (application != APPLICATION_ID || !(1..=FORMAT).contains(&found)) {
        return Err(Error::Format { found });
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What was revoked stays revoked after a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is deleted from the file, too.
    connection.pragma_update(None, "secure_delete", true)?;
    match (tables, found) {
        (0, _) => write(connection, SCHEMA),
        (_, 1) => write(connection, FROM_1),
        _ => Ok(()),
    }
}

/// All of it or nothing.
fn write(connection: &Connection, statements: &str) -> Result<()> {
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE; {statements} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
    ))?;
    Ok(())
}
