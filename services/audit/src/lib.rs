//! What was asked, and what was answered? Intent on disk before any work, outcome on disk before the answer leaves.
//!
//! One SQLite file beside the ledger. A record without an outcome belongs to a process that died: the next start closes it
//! as `interrupted`, so that no question is without an end.

mod feedback;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use utoipa::ToSchema;

pub use feedback::{Category, Feedback, Kind, Severity};

/// The format this build writes.
const FORMAT: i64 = 2;

/// Marks the file as ours. The bytes are `OSLA`.
const APPLICATION_ID: i64 = 0x4f53_4c41;

const SCHEMA: &str = "
CREATE TABLE records (
  id            TEXT PRIMARY KEY,
  asked_at      TEXT NOT NULL,
  actor         TEXT NOT NULL,
  action        TEXT NOT NULL,
  request_id    TEXT NOT NULL,
  question      TEXT NOT NULL,
  outcome       TEXT,              -- status of the answer, `failed: code`, or `interrupted`
  completed_at  TEXT,
  snapshot      INTEGER,
  model         TEXT,
  prompt_sha256 TEXT,
  answer        TEXT               -- JSON, exactly as it was sent
) STRICT, WITHOUT ROWID;
CREATE INDEX records_by_time ON records (asked_at);
CREATE INDEX records_open ON records (id) WHERE outcome IS NULL;
";

/// What format 2 added to 1.
const FEEDBACK: &str = "
CREATE TABLE feedback (
  id          TEXT NOT NULL UNIQUE,
  received_at TEXT NOT NULL,
  actor       TEXT NOT NULL,
  answer      TEXT NOT NULL REFERENCES records (id),
  statement   INTEGER,
  kind        TEXT NOT NULL,
  category    TEXT,
  severity    TEXT,
  comment     TEXT
) STRICT;
";

/// Why a record could not be written or read. Without a record there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened, or is something else.
    #[error("cannot open the audit records {}: restore them from a backup, or name another --data directory", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// Another version of Osler wrote the file.
    #[error("the audit records have format {found}, this osler reads format {FORMAT}: use the osler that wrote them")]
    Format {
        /// Format of the file.
        found: i64,
    },
    /// The file could not be read or written.
    #[error("the audit records could not be read or written")]
    Sqlite(#[from] rusqlite::Error),
}

/// Result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// What somebody is about to do.
#[derive(Debug, Clone, Copy)]
pub struct Intent<'a> {
    /// Id of the answer to be.
    pub id: &'a str,
    /// When, RFC 3339.
    pub asked_at: &'a str,
    /// Who.
    pub actor: &'a str,
    /// What: `ask`.
    pub action: &'a str,
    /// The request that brought it.
    pub request_id: &'a str,
    /// The question.
    pub question: &'a str,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    /// When, RFC 3339.
    pub completed_at: &'a str,
    /// Status of the answer.
    pub status: &'a str,
    /// The snapshot that was searched.
    pub snapshot: u64,
    /// The model that wrote, with its hash.
    pub model: Option<&'a str>,
    /// SHA-256 of what the model was told.
    pub prompt_sha256: Option<&'a str>,
    /// The answer as JSON, exactly as it is sent.
    pub answer: &'a str,
}

/// A question that the corpora could not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Gap {
    /// As it was asked.
    pub question: String,
    /// How often.
    pub times: u64,
    /// When last, RFC 3339.
    pub last_asked_at: String,
    /// The latest snapshot that was searched for it.
    pub snapshot: u64,
}

/// The records.
#[derive(Debug)]
pub struct AuditLog {
    connection: Mutex<Connection>,
}

impl AuditLog {
    /// Opens the records, creating the file where there is none, and closes what a dead process left open.
    ///
    /// # Errors
    /// [`Error::Open`] or [`Error::Format`].
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |source| Error::Open { path: path.to_owned(), source };
        let connection = Connection::open(path).map_err(failed)?;
        let log = Self { connection: Mutex::new(connection) };
        log.prepare().map_err(|error| match error {
            Error::Sqlite(source) => failed(source),
            other => other,
        })?;
        Ok(log)
    }

    fn prepare(&self) -> Result<()> {
        let connection = self.lock();
        connection.busy_timeout(Duration::from_secs(5))?;
        let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        let (application, found) = (pragma("application_id")?, pragma("user_version")?);
        if tables > 0 && (application != APPLICATION_ID || !(1..=FORMAT).contains(&found)) {
            return Err(Error::Format { found });
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        let records = if tables == 0 { SCHEMA } else { "" };
        if tables == 0 || found < FORMAT {
            connection.execute_batch(&format!(
                "BEGIN; {records} {FEEDBACK} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
            ))?;
        }
        connection.execute("UPDATE records SET outcome = 'interrupted' WHERE outcome IS NULL", [])?;
        Ok(())
    }

    /// Records an intent. Durable when it returns.
    ///
    /// # Errors
    /// [`Error::Sqlite`]; then the work must not be done.
    pub fn begin(&self, intent: &Intent<'_>) -> Result<()> {
        self.lock().execute(
            "INSERT INTO records (id, asked_at, actor, action, request_id, question) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![intent.id, intent.asked_at, intent.actor, intent.action, intent.request_id, intent.question],
        )?;
        Ok(())
    }

    /// Records what came of it. Durable when it returns. The first outcome stands.
    ///
    /// # Errors
    /// [`Error::Sqlite`]; then the answer must not leave.
    pub fn complete(&self, id: &str, outcome: &Outcome<'_>) -> Result<()> {
        let changed = self.lock().execute(
            "UPDATE records SET outcome = ?2, completed_at = ?3, snapshot = ?4, model = ?5, prompt_sha256 = ?6, answer = ?7
             WHERE id = ?1 AND outcome IS NULL",
            params![
                id,
                outcome.status,
                outcome.completed_at,
                outcome.snapshot,
                outcome.model,
                outcome.prompt_sha256,
                outcome.answer
            ],
        )?;
        if changed == 1 { Ok(()) } else { Err(Error::Sqlite(rusqlite::Error::QueryReturnedNoRows)) }
    }

    /// Records that nothing came of it, and why. A record that has its outcome keeps it.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn fail(&self, id: &str, completed_at: &str, code: &str) -> Result<()> {
        self.lock().execute(
            "UPDATE records SET outcome = ?2, completed_at = ?3 WHERE id = ?1 AND outcome IS NULL",
            params![id, format!("failed: {code}"), completed_at],
        )?;
        Ok(())
    }

    /// An answer as it was sent, if there is one of that id.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn answer(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT answer FROM records WHERE id = ?1";
        Ok(self.lock().query_row(sql, [id], |row| row.get(0)).optional()?.flatten())
    }

    /// The outcome of a record, if it has one.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn outcome(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT outcome FROM records WHERE id = ?1";
        Ok(self.lock().query_row(sql, [id], |row| row.get(0)).optional()?.flatten())
    }

    /// Questions that had no evidence, the most asked first, then the latest; at most `limit`.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn gaps(&self, limit: usize) -> Result<Vec<Gap>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT question, count(*), max(asked_at), max(snapshot) FROM records WHERE outcome = 'no_evidence'
             GROUP BY question ORDER BY count(*) DESC, max(asked_at) DESC, question LIMIT ?1",
        )?;
        let gap = |row: &rusqlite::Row<'_>| {
            Ok(Gap { question: row.get(0)?, times: row.get(1)?, last_asked_at: row.get(2)?, snapshot: row.get(3)? })
        };
        let gaps = statement.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], gap)?;
        Ok(gaps.collect::<rusqlite::Result<_>>()?)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(id: &str) -> Intent<'_> {
        Intent { id, asked_at: "t", actor: "a", action: "ask", request_id: "r", question: "q" }
    }

    #[test]
    fn questions_without_evidence_are_gaps() {
        let directory = tempfile::tempdir().unwrap();
        let log = AuditLog::open(&directory.path().join("audit.db")).unwrap();
        for (id, question, status) in [
            ("a", "zebra?", "no_evidence"),
            ("b", "gout?", "answered"),
            ("c", "zebra?", "no_evidence"),
            ("d", "okapi?", "no_evidence"),
        ] {
            log.begin(&Intent { question, ..intent(id) }).unwrap();
            log.complete(id, &Outcome { status, ..OUTCOME }).unwrap();
        }
        let gaps = log.gaps(10).unwrap();
        assert_eq!(
            gaps.iter().map(|gap| (gap.question.as_str(), gap.times)).collect::<Vec<_>>(),
            [("zebra?", 2), ("okapi?", 1)]
        );
        assert_eq!(log.gaps(1).unwrap().len(), 1);
    }

    const OUTCOME: Outcome<'static> = Outcome {
        completed_at: "t",
        status: "answered",
        snapshot: 1,
        model: None,
        prompt_sha256: None,
        answer: "{\"id\":1}",
    };

    #[test]
    fn the_first_outcome_stands_and_the_dead_are_closed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.db");
        let log = AuditLog::open(&path).unwrap();
        for id in ["a", "b", "c"] {
            log.begin(&intent(id)).unwrap();
        }
        assert!(log.begin(&intent("a")).is_err(), "an id is used once");
        log.complete("a", &OUTCOME).unwrap();
        log.fail("b", "t", "cancelled").unwrap();
        log.fail("a", "t", "late").unwrap();
        assert!(log.complete("b", &OUTCOME).is_err());
        drop(log);
        let log = AuditLog::open(&path).unwrap();
        assert_eq!(log.answer("a").unwrap().as_deref(), Some("{\"id\":1}"));
        assert_eq!(log.outcome("a").unwrap().as_deref(), Some("answered"));
        assert_eq!(log.outcome("b").unwrap().as_deref(), Some("failed: cancelled"));
        assert_eq!(log.outcome("c").unwrap().as_deref(), Some("interrupted"));
        assert!(log.complete("c", &OUTCOME).is_err(), "an interrupted record takes no outcome");
        assert_eq!(log.answer("nothing").unwrap(), None);
    }

    #[test]
    fn feedback_is_kept_with_the_answer_it_is_about() {
        let directory = tempfile::tempdir().unwrap();
        let log = AuditLog::open(&directory.path().join("audit.db")).unwrap();
        let feedback = Feedback {
            id: "f1".into(),
            received_at: "t".into(),
            actor: "a".into(),
            answer: "a".into(),
            statement: Some(2),
            kind: Kind::Safety,
            category: Some(Category::WrongDose),
            severity: Some(Severity::NearMiss),
            comment: Some("ten times too much".into()),
        };
        log.begin(&intent("a")).unwrap();
        assert!(!log.feedback(&feedback).unwrap(), "nothing was answered yet");
        log.complete("a", &OUTCOME).unwrap();
        assert!(log.feedback(&feedback).unwrap());
        assert!(log.feedback(&feedback).is_err(), "an id is used once");
        assert!(log.feedback(&Feedback { id: "f2".into(), kind: Kind::Helpful, ..feedback.clone() }).unwrap());
        assert_eq!(log.all_feedback(10).unwrap()[1], feedback);
        assert_eq!(log.all_feedback(1).unwrap()[0].id, "f2");
    }

    #[test]
    fn records_of_format_1_are_read_on() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.db");
        let old = format!("{SCHEMA} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1;");
        Connection::open(&path).unwrap().execute_batch(&old).unwrap();
        let log = AuditLog::open(&path).unwrap();
        log.begin(&intent("a")).unwrap();
        assert_eq!(log.all_feedback(1).unwrap(), []);
        drop(log);
        AuditLog::open(&path).unwrap();
    }

    #[test]
    fn other_files_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.db");
        std::fs::write(&path, "not a database, but long enough to be looked at as one by SQLite").unwrap();
        assert!(matches!(AuditLog::open(&path), Err(Error::Open { .. })));
        std::fs::remove_file(&path).unwrap();
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE x (y); PRAGMA user_version = 9;").unwrap();
        assert!(matches!(AuditLog::open(&path), Err(Error::Format { found: 9 })));
    }
}
