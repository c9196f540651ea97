//! Tables, and the steps that bring an older file to the current format.

use knowledge::Metadata;
use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::{begin, identity};

/// The format this build writes: the number of migrations applied.
pub const FORMAT: i64 = MIGRATIONS.len() as i64;

/// A step: its tables, and what is computed for rows that are there already.
type Migration = (&'static str, fn(&Connection) -> Result<()>);

/// Migration `n` takes format `n` to `n + 1`. Published steps are never edited.
const MIGRATIONS: &[Migration] = &[
    (FIRST, |_| Ok(())),
    (LIFECYCLE, fill_lifecycle),
    (COMING, |_| Ok(())),
    (CURATION, |_| Ok(())),
    (POLICIES, |_| Ok(())),
    (ROOTS, |_| Ok(())),
    (CHANGES, |_| Ok(())),
    (STANDING, |_| Ok(())),
];

const FIRST: &str = "
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
";

const LIFECYCLE: &str = "
ALTER TABLE corpora ADD COLUMN sources TEXT;        -- JSON of where the corpus comes from, as its manifest says
ALTER TABLE versions ADD COLUMN quality TEXT;       -- JSON of knowledge::Quality; NULL where read before there was one
ALTER TABLE versions ADD COLUMN review_by TEXT;     -- from the metadata, to be asked for
ALTER TABLE versions ADD COLUMN expires TEXT;
ALTER TABLE versions ADD COLUMN sketch BLOB;        -- knowledge::Sketch of the text
ALTER TABLE passages ADD COLUMN sha256 TEXT NOT NULL DEFAULT '';  -- of its text
CREATE INDEX versions_by_file ON versions (source_name, source_sha256);
CREATE INDEX versions_by_text ON versions (text_sha256);

CREATE TABLE names (                         -- what the world calls a document, in the form that is compared
  kind     TEXT NOT NULL,
  value    TEXT NOT NULL,
  document BLOB NOT NULL REFERENCES documents (id),
  PRIMARY KEY (kind, value, document)
) STRICT, WITHOUT ROWID;

CREATE TABLE bands (                         -- of the sketches: texts that are alike share one
  band    INTEGER NOT NULL,
  hash    INTEGER NOT NULL,
  version INTEGER NOT NULL REFERENCES versions (id),
  PRIMARY KEY (band, hash, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (                       -- what was published about how works stand, held or not
  id     INTEGER PRIMARY KEY,
  at     TEXT NOT NULL,
  notice TEXT NOT NULL UNIQUE                -- JSON of knowledge::Notice
) STRICT;
CREATE TABLE notice_names (
  kind   TEXT NOT NULL,
  value  TEXT NOT NULL,
  notice INTEGER NOT NULL REFERENCES notices (id),
  PRIMARY KEY (kind, value, notice)
) STRICT, WITHOUT ROWID;

CREATE TABLE findings (                      -- what wants a person's eye
  id       INTEGER PRIMARY KEY,
  at       TEXT NOT NULL,
  kind     TEXT NOT NULL,
  document BLOB NOT NULL REFERENCES documents (id),
  version  INTEGER NOT NULL,
  detail   TEXT NOT NULL,
  closed   TEXT,                             -- when, once somebody has looked
  UNIQUE (kind, document, version, detail)
) STRICT;

CREATE TABLE runs (                          -- what every run of ingest came to
  id     INTEGER PRIMARY KEY,
  at     TEXT NOT NULL,
  actor  TEXT NOT NULL,
  corpus TEXT NOT NULL,
  report TEXT NOT NULL
) STRICT;
";

const COMING: &str = "
CREATE TABLE coming_vectors (                -- of embedders that are to take over from the one in use
  embedder TEXT NOT NULL,
  passage  BLOB NOT NULL REFERENCES passages (id),
  vector   BLOB NOT NULL,                    -- f32, little endian
  PRIMARY KEY (embedder, passage)
) STRICT, WITHOUT ROWID;
";

/// The library is listed from `versions_by_title` and counted from `versions_by_document` alone: texts are long, and what stands
/// behind them in a row is slow to reach. An expression is found in an index only where a query writes it in the same way; see
/// [`of_metadata`] and [`SCORE`]. What does not parse is NULL, so that damage can be written, found and mended.
const CURATION: &str = "
ALTER TABLE findings ADD COLUMN closed_by TEXT;     -- who
ALTER TABLE findings ADD COLUMN outcome TEXT;       -- what came of it; NULL where closed before that was asked
ALTER TABLE findings ADD COLUMN note TEXT;          -- in their words
CREATE INDEX findings_by_document ON findings (document, closed);
CREATE INDEX documents_by_corpus ON documents (corpus, id);
CREATE INDEX decisions_by_subject ON decisions (subject);

CREATE INDEX versions_by_document ON versions (
  document,
  number,
  status,
  review_by,
  CASE WHEN json_valid(quality) THEN quality ->> '$.score' END
);
CREATE INDEX versions_by_title ON versions (
  lower(CASE WHEN json_valid(metadata) THEN metadata ->> '$.title' END),
  document,
  number,
  status,
  CASE WHEN json_valid(metadata) THEN metadata ->> '$.title' END,
  CASE WHEN json_valid(metadata) THEN metadata ->> '$.issuer' END,
  CASE WHEN json_valid(metadata) THEN metadata ->> '$.kind' END,
  CASE WHEN json_valid(metadata) THEN metadata ->> '$.published' END,
  CASE WHEN json_valid(metadata) THEN metadata ->> '$.access' END,
  review_by,
  expires,
  CASE WHEN json_valid(quality) THEN quality ->> '$.score' END
);
";

const POLICIES: &str = "
CREATE TABLE policies (                      -- the one with the highest number is in force, and stands in `corpora`
  corpus TEXT NOT NULL REFERENCES corpora (id),
  number INTEGER NOT NULL,                   -- from 1
  at     TEXT,                               -- NULL, as the one below, where nobody kept that
  actor  TEXT,
  reason TEXT NOT NULL,
  policy TEXT NOT NULL,                      -- JSON of knowledge::Corpus
  PRIMARY KEY (corpus, number)
) STRICT, WITHOUT ROWID;
INSERT INTO policies (corpus, number, reason, policy) SELECT id, 1, '', policy FROM corpora;
CREATE TRIGGER policies_stand BEFORE UPDATE ON policies BEGIN SELECT RAISE(ABORT, 'policies are kept'); END;
CREATE TRIGGER policies_stay BEFORE DELETE ON policies BEGIN SELECT RAISE(ABORT, 'policies are kept'); END;
CREATE TRIGGER policies_count BEFORE INSERT ON policies
  WHEN NEW.number <> (SELECT coalesce(max(p.number), 0) + 1 FROM policies p WHERE p.corpus = NEW.corpus)
  BEGIN SELECT RAISE(ABORT, 'a policy is left out'); END;
";

/// Roots are made of documents, numbers and hashes, which `versions_by_document` has now as well.
const ROOTS: &str = "
ALTER TABLE snapshots ADD COLUMN versions INTEGER;  -- in force in it; NULL where nobody made a root
ALTER TABLE snapshots ADD COLUMN root BLOB;         -- over all of them, as whoever keeps records makes it
DROP INDEX versions_by_document;
CREATE INDEX versions_by_document ON versions (
  document,
  number,
  status,
  review_by,
  CASE WHEN json_valid(quality) THEN quality ->> '$.score' END,
  text_sha256
);
";

/// What has changed since a snapshot is found without looking at all that has not.
const CHANGES: &str = "
CREATE INDEX entries_by_added ON entries (added);
CREATE INDEX entries_by_removed ON entries (removed) WHERE removed IS NOT NULL;
";

/// Every search weighs the versions that it found, by these alone.
const STANDING: &str = "
CREATE INDEX versions_by_id ON versions (
  id,
  document,
  number,
  status,
  CASE WHEN json_valid(metadata) THEN metadata ->> '$.title' END,
  CASE WHEN json_valid(metadata) THEN metadata ->> '$.kind' END,
  CASE WHEN json_valid(metadata) THEN metadata ->> '$.published' END,
  CASE WHEN json_valid(metadata) THEN metadata ->> '$.access' END
);
";

/// A field of the metadata of the version `v`, written as the indexes have it; NULL where the metadata is damaged.
pub(crate) fn of_metadata(field: &str) -> String {
    format!("CASE WHEN json_valid(v.metadata) THEN v.metadata ->> '$.{field}' END")
}

/// The score of the version `v`, written as `versions_by_title` has it.
pub(crate) const SCORE: &str = "CASE WHEN json_valid(v.quality) THEN v.quality ->> '$.score' END";

/// Hashes, names and sketches of what was taken in before they were kept.
fn fill_lifecycle(connection: &Connection) -> Result<()> {
    let mut passages = connection.prepare("SELECT rowid, text FROM passages")?;
    let mut hash = connection.prepare("UPDATE passages SET sha256 = ?2 WHERE rowid = ?1")?;
    let mut rows = passages.query([])?;
    while let Some(row) = rows.next()? {
        let text = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        hash.execute(params![row.get::<_, i64>(0)?, knowledge::sha256_hex(text.as_bytes())])?;
    }
    let mut versions = connection.prepare("SELECT id, document, metadata, text FROM versions")?;
    let mut rows = versions.query([])?;
    while let Some(row) = rows.next()? {
        let text = row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?;
        let metadata: Metadata = serde_json::from_str(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?;
        identity::put_names(connection, row.get(1)?, &metadata)?;
        identity::put_sketch(connection, row.get(0)?, knowledge::Sketch::of(text).as_ref())?;
    }
    Ok(())
}

/// Marks the file as ours, so that another SQLite file is refused rather than migrated. The bytes are `OSLR`.
const APPLICATION_ID: i64 = 0x4f53_4c52;

/// The format of a file: 0 for an empty one.
pub(crate) fn format_of(connection: &Connection) -> Result<i64> {
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let (application, format) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(Error::Format { found: -1, supported: FORMAT });
    }
    Ok(format)
}

pub(crate) fn migrate(connection: &mut Connection) -> Result<()> {
    let format = format_of(connection)?;
    if format > FORMAT {
        return Err(Error::Format { found: format, supported: FORMAT });
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    if format == FORMAT {
        return Ok(());
    }
    let transaction = begin(connection)?;
    // Another process may have done it before this one had its turn.
    let format = format_of(&transaction)?;
    for (tables, fill) in MIGRATIONS.iter().skip(usize::try_from(format).unwrap_or(0)) {
        transaction.execute_batch(tables)?;
        fill(&transaction)?;
    }
    if format < FORMAT {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{Ledger, Outcome};

    /// A file of format 3 that holds one document with an open finding and a closed one.
    fn older(path: &Path) {
        let connection = Connection::open(path).unwrap();
        for (tables, fill) in &MIGRATIONS[..3] {
            connection.execute_batch(tables).unwrap();
            fill(&connection).unwrap();
        }
        let held = "
            INSERT INTO corpora (id, policy) VALUES ('old', '{}');
            INSERT INTO documents VALUES (zeroblob(16), 'old', 'a');
            INSERT INTO versions (document, number, source_name, source_sha256, parser, metadata, status, text, text_sha256, blocks)
              VALUES (zeroblob(16), 1, 'a', '', 'p', '{\"title\":\"A\"}', 'current', 'A', '', '[]'),
                     (zeroblob(16), 2, 'a', '', 'p', '{\"title\":', 'current', 'A', '', '[]');
            INSERT INTO findings (at, kind, document, version, detail, closed)
              VALUES ('1', 'same_text', zeroblob(16), 1, 'x', NULL), ('2', 'near_text', zeroblob(16), 1, 'y', '3');";
        connection.execute_batch(held).unwrap();
        connection.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        connection.pragma_update(None, "user_version", 3).unwrap();
    }

    #[test]
    fn an_older_file_is_brought_to_the_current_format_damage_and_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        older(&path);
        let ledger = Ledger::open(&path).unwrap();
        let format: i64 = ledger.lock().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!((format, FORMAT), (8, 8));
        assert_eq!(ledger.findings().unwrap().len(), 1);
        let closed = ledger.findings_page(None, true, None, 10).unwrap().remove(0);
        let settled = closed.settled.unwrap();
        assert_eq!((settled.at.as_str(), settled.by.as_str(), settled.note.as_str()), ("3", "", ""));
        assert_eq!(settled.outcome, Outcome::Dismissed, "nobody was asked what came of it");
        drop(ledger);
        assert!(Ledger::open(&path).is_ok(), "once is enough");
    }
}
