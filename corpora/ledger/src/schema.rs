//! Tables, and the steps that bring an older file to the current format.

use rusqlite::Connection;

use crate::error::{Error, Result};

/// The format this build writes: the number of migrations applied.
pub const FORMAT: i64 = MIGRATIONS.len() as i64;

/// Migration `n` takes format `n` to `n + 1`. Published steps are never edited.
const MIGRATIONS: &[&str] = &["
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE corpora (
  id     TEXT PRIMARY KEY,
  policy TEXT NOT NULL                       -- JSON of knowledge::Corpus
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
  id     BLOB PRIMARY KEY,
  corpus TEXT NOT NULL REFERENCES corpora (id),
  name   TEXT NOT NULL,                      -- what the source calls it, unique in its corpus
  UNIQUE (corpus, name)
) STRICT;

CREATE TABLE versions (
  id            INTEGER PRIMARY KEY,
  document      BLOB NOT NULL REFERENCES documents (id),
  number        INTEGER NOT NULL,
  source_name   TEXT NOT NULL,               -- path below the directory that was ingested
  source_sha256 TEXT NOT NULL,
  parser        TEXT NOT NULL,               -- name and version of the parser
  metadata      TEXT NOT NULL,               -- JSON of knowledge::Metadata
  status        TEXT NOT NULL,
  text          TEXT NOT NULL,               -- canonical, immutable
  text_sha256   TEXT NOT NULL,
  blocks        TEXT NOT NULL,               -- JSON of [knowledge::Block]
  UNIQUE (document, number)
) STRICT;
CREATE INDEX versions_by_source ON versions (document, source_sha256);

CREATE TABLE passages (
  id      BLOB PRIMARY KEY,
  version INTEGER NOT NULL REFERENCES versions (id),
  ordinal INTEGER NOT NULL,
  start   INTEGER NOT NULL,                  -- code points into versions.text
  stop    INTEGER NOT NULL,
  section TEXT NOT NULL,                     -- JSON of the headings above it
  page    INTEGER,
  text    TEXT NOT NULL,                     -- exactly versions.text[start..stop]
  UNIQUE (version, ordinal)
) STRICT;

CREATE TABLE vectors (                       -- of the one model that meta.embedder names
  passage BLOB PRIMARY KEY REFERENCES passages (id),
  vector  BLOB NOT NULL                      -- f32, little endian
) STRICT;

CREATE TABLE entries (
  passage BLOB NOT NULL REFERENCES passages (id),
  added   INTEGER NOT NULL,
  removed INTEGER,
  seq     INTEGER NOT NULL UNIQUE,
  PRIMARY KEY (passage, added)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
  number       INTEGER PRIMARY KEY,
  published_at TEXT NOT NULL
) STRICT;

CREATE TABLE decisions (
  id      INTEGER PRIMARY KEY,
  at      TEXT NOT NULL,
  actor   TEXT NOT NULL,
  action  TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason  TEXT NOT NULL
) STRICT;

INSERT INTO meta VALUES ('published', '0'), ('head', '0'), ('seq', '0');
"];

/// Marks the file as ours, so that another SQLite file is refused rather than migrated. The bytes are `OSLR`.
const APPLICATION_ID: i64 = 0x4f53_4c52;

pub(crate) fn migrate(connection: &mut Connection) -> Result<()> {
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let (application, format) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(Error::Format { found: -1, supported: FORMAT });
    }
    if format > FORMAT {
        return Err(Error::Format { found: format, supported: FORMAT });
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    let transaction = connection.transaction()?;
    for step in MIGRATIONS.iter().skip(usize::try_from(format).unwrap_or(0)) {
        transaction.execute_batch(step)?;
    }
    if format < FORMAT {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
    }
    transaction.commit()?;
    Ok(())
}
