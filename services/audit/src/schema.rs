//! The file behind the log: entries, sealed words, and what auditors look things up by.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::{Error, Result};

/// The format this build writes.
pub(crate) const FORMAT: i64 = 6;

/// Marks the file as ours. The bytes are `OSLA`.
const APPLICATION_ID: i64 = 0x4f53_4c41;

/// Format 3, which is never edited: what came later is added to it, in new files as in old ones.
const SCHEMA: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- The log. Everything below can be told from it and from the sealed words.
CREATE TABLE entries (
  seq    INTEGER PRIMARY KEY,
  at_ms  INTEGER NOT NULL,
  action TEXT NOT NULL,
  actor  TEXT NOT NULL,
  answer TEXT,                              -- the answer that it is about, if it is about one
  leaf   BLOB NOT NULL
) STRICT;
CREATE INDEX entries_by_answer ON entries (answer, seq) WHERE answer IS NOT NULL;
CREATE INDEX entries_by_action ON entries (action, seq);
CREATE INDEX entries_by_actor ON entries (actor, seq);

CREATE TABLE payloads (
  seq    INTEGER NOT NULL,
  name   TEXT NOT NULL,
  key    INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX payloads_by_place ON payloads (seq, name);

CREATE TABLE answers (
  n            INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  asked_at     TEXT NOT NULL,
  asked_ms     INTEGER NOT NULL,
  actor        TEXT NOT NULL,
  role         TEXT NOT NULL,
  intent       INTEGER NOT NULL,            -- seq
  question_tag BLOB,                        -- keyed hash: the same question, without its words
  outcome      INTEGER,                     -- seq
  status       TEXT,                        -- of the answer, `failed: code`, or `timeout`
  mode         TEXT,
  snapshot     INTEGER,
  model        TEXT,
  worst        TEXT,                        -- the weakest verdict
  statements   INTEGER NOT NULL DEFAULT 0,
  supported    INTEGER NOT NULL DEFAULT 0,
  total_ms     INTEGER,
  held         TEXT                         -- why its words are kept beyond their time
) STRICT;
CREATE INDEX answers_open ON answers (n) WHERE outcome IS NULL;
CREATE INDEX answers_by_time ON answers (asked_ms, n);
CREATE INDEX answers_by_actor ON answers (actor, n);
CREATE INDEX answers_by_status ON answers (status, n);
CREATE INDEX answers_by_model ON answers (model, n);
CREATE INDEX answers_by_worst ON answers (worst, n);
CREATE INDEX answers_by_question ON answers (question_tag) WHERE status = 'no_evidence';

CREATE TABLE cited (
  document TEXT NOT NULL,
  version  INTEGER NOT NULL,
  answer   INTEGER NOT NULL REFERENCES answers (n),
  corpus   TEXT NOT NULL,
  standing TEXT NOT NULL,                   -- of the version, when it was cited
  verdict  TEXT NOT NULL,
  times    INTEGER NOT NULL,
  PRIMARY KEY (document, version, answer, verdict)
) STRICT, WITHOUT ROWID;
CREATE INDEX cited_by_answer ON cited (answer);

CREATE TABLE snapshots (
  number INTEGER PRIMARY KEY,
  seq    INTEGER NOT NULL                   -- of the entry that put it on record
) STRICT;

CREATE TABLE feedback (
  id          TEXT NOT NULL UNIQUE,
  seq         INTEGER NOT NULL,
  received_at TEXT NOT NULL,
  actor       TEXT NOT NULL,
  answer      TEXT NOT NULL REFERENCES answers (id),
  statement   INTEGER,
  kind        TEXT NOT NULL,
  category    TEXT,
  severity    TEXT
) STRICT;
CREATE INDEX feedback_by_answer ON feedback (answer);
";

/// What format 4 added to 3: what may identify people in questions, what was cited by corpus, and what came of reports of risks to
/// safety. Those are only ever added to, and a report moves along its arrows alone; the file itself refuses the rest.
const ADDED_BY_4: &str = "
ALTER TABLE answers ADD COLUMN identifiers INTEGER NOT NULL DEFAULT 0;
CREATE INDEX cited_by_corpus ON cited (corpus, answer);
CREATE INDEX feedback_by_kind ON feedback (kind);

CREATE TABLE handled (                      -- the last one says where the report stands
  feedback TEXT NOT NULL REFERENCES feedback (id),
  step     INTEGER NOT NULL,
  seq      INTEGER NOT NULL,                -- of the entry, with the note
  at       TEXT NOT NULL,
  who      TEXT NOT NULL,
  state    TEXT NOT NULL,
  outcome  TEXT CHECK ((outcome IS NULL) = (state <> 'closed')),
  PRIMARY KEY (feedback, step)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER handled_counts BEFORE INSERT ON handled
  WHEN NEW.step <> (SELECT coalesce(max(h.step), 0) + 1 FROM handled h WHERE h.feedback = NEW.feedback)
  BEGIN SELECT RAISE(ABORT, 'a step is left out'); END;
CREATE TRIGGER handled_follows BEFORE INSERT ON handled
  WHEN coalesce((SELECT h.state FROM handled h WHERE h.feedback = NEW.feedback ORDER BY h.step DESC LIMIT 1), 'open')
    || '>' || NEW.state NOT IN ('open>acknowledged', 'open>closed', 'acknowledged>closed', 'closed>open')
  BEGIN SELECT RAISE(ABORT, 'a report does not go that way'); END;
CREATE TRIGGER handled_is_a_risk BEFORE INSERT ON handled
  WHEN NOT EXISTS (SELECT 1 FROM feedback f WHERE f.id = NEW.feedback AND f.kind = 'safety')
  BEGIN SELECT RAISE(ABORT, 'only reports of risks to safety are handled'); END;
CREATE TRIGGER handled_stands BEFORE UPDATE ON handled BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER handled_stays BEFORE DELETE ON handled BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
";

/// What format 5 added to 4: what was asked without an answer that is kept, whose sealed words go by the id of the entry. Those of
/// before are taken in.
const ADDED_BY_5: &str = "
CREATE TABLE questions (                    -- of searches, and of what is asked before it is published
  id       TEXT NOT NULL UNIQUE,            -- of the entry
  seq      INTEGER NOT NULL,                -- of the entry
  asked_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX questions_by_time ON questions (asked_ms, seq);
INSERT OR IGNORE INTO questions (id, seq, asked_ms)
  SELECT json_extract(CAST(leaf AS TEXT), '$.id'), seq, at_ms FROM entries
  WHERE action IN ('passages.searched', 'staged.asked') AND json_valid(CAST(leaf AS TEXT));
";

/// What format 6 added to 5: what part of the search was away. Of answers of before it is taken from their sealed words when the
/// log is opened, which is what stands in `meta` until then.
const ADDED_BY_6: &str = "
ALTER TABLE answers ADD COLUMN missing TEXT;  -- what part of the search was away when it was given
INSERT INTO meta (name, value) SELECT 'missing', 'wanted' WHERE EXISTS (SELECT 1 FROM answers);
";

/// What format 2 added to 1: empty, and set aside like the rest.
const FEEDBACK_OF_2: &str = "
CREATE TABLE feedback (
  id TEXT NOT NULL, received_at TEXT NOT NULL, actor TEXT NOT NULL, answer TEXT NOT NULL, statement INTEGER,
  kind TEXT NOT NULL, category TEXT, severity TEXT, comment TEXT
) STRICT;
";

/// What formats 1 and 2 kept, set aside until it is in the log.
const SET_ASIDE: &str = "
DROP INDEX IF EXISTS records_by_time;
DROP INDEX IF EXISTS records_open;
ALTER TABLE records RENAME TO old_records;
ALTER TABLE feedback RENAME TO old_feedback;
";

/// Opens the file for writing, creating it where there is none.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    let failed = |source| Error::Open { path: path.to_owned(), source };
    let connection = connect(path).map_err(failed)?;
    prepare(&connection).map_err(|error| match error {
        Error::Sqlite(source) => failed(source),
        other => other,
    })?;
    Ok(connection)
}

/// Another connection to a file that is open.
pub(crate) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<()> {
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let (application, found) = (pragma("application_id")?, pragma("user_version")?);
    if tables > 0 && (application != APPLICATION_ID || !(1..=FORMAT).contains(&found)) {
        return Err(Error::Format { found });
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is erased is overwritten, not only forgotten.
    connection.pragma_update(None, "secure_delete", "ON")?;
    if found < FORMAT || tables == 0 {
        let steps: &[&str] = match (tables, found) {
            (0, _) => &[SCHEMA, ADDED_BY_4, ADDED_BY_5, ADDED_BY_6],
            (_, 1) => &[FEEDBACK_OF_2, SET_ASIDE, SCHEMA, ADDED_BY_4, ADDED_BY_5, ADDED_BY_6],
            (_, 2) => &[SET_ASIDE, SCHEMA, ADDED_BY_4, ADDED_BY_5, ADDED_BY_6],
            (_, 3) => &[ADDED_BY_4, ADDED_BY_5, ADDED_BY_6],
            (_, 4) => &[ADDED_BY_5, ADDED_BY_6],
            _ => &[ADDED_BY_6],
        };
        connection.execute_batch(&format!(
            "BEGIN; {} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;",
            steps.concat()
        ))?;
    }
    Ok(())
}

/// A value by its name.
pub(crate) fn meta(connection: &Connection, name: &str) -> Result<Option<String>> {
    use rusqlite::OptionalExtension;
    let sql = "SELECT value FROM meta WHERE name = ?1";
    Ok(connection.query_row(sql, [name], |row| row.get(0)).optional()?)
}

/// Sets a value.
pub(crate) fn set_meta(connection: &Connection, name: &str, value: &str) -> Result<()> {
    connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)", [name, value])?;
    Ok(())
}
