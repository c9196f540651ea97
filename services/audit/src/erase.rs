//! Keeping and destroying words: for as long as the law asks, longer while somebody holds them, and then for good.
//!
//! A row of sealed words that is destroyed stays, without a byte of them. Were it deleted, SQLite would move its neighbours
//! between pages now and then, and leave copies of them where they were, which nobody destroys with them later.

use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use crate::writer::Rows;
use crate::{Actor, AuditLog, Draft, Error, Result, schema};

/// How often it is tried to cut the write-ahead log off, how long a try waits for those who read, and how long those who write
/// have between two: they look every tenth of a second whether it is their turn.
const TRIES: u32 = 10;
const TRY: Duration = Duration::from_millis(300);
const PAUSE: Duration = Duration::from_millis(200);

/// What words belong to.
#[derive(Debug, Clone, Copy)]
enum Of {
    /// An answer, with the number of its row.
    Answer(i64),
    /// A question without an answer that is kept, with the entry that sealed it.
    Question(u64),
}

struct Kept {
    of: Of,
    asked_ms: i64,
    is_held: bool,
    /// Whether the question is still in work, so that more of it is coming.
    is_open: bool,
}

impl AuditLog {
    /// Destroys the words of an answer: question, answer, parts, comments; or those of what was asked without an answer that is
    /// kept, by the id of its entry. The entries stay, and every proof still holds. What was destroyed can be destroyed again.
    ///
    /// # Errors
    /// [`Error::Kept`] before their time is over, or while they are held or come in; [`Error::Unknown`];
    /// [`Error::StillRead`] when they are destroyed, and another program keeps what they were alive in the write-ahead log.
    pub fn erase(&self, id: &str, actor: Actor) -> Result<()> {
        let kept = self.kept(id)?;
        self.may_go(&kept)?;
        self.destroy(id, &kept, actor)?;
        self.cut_off()
    }

    /// The ids of what still has words, although its time is over and nobody holds it, the oldest first.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub fn due(&self) -> Result<Vec<String>> {
        let kept_ms = i64::from(self.options.kept_days) * 24 * 60 * 60 * 1_000;
        let before = self.now().as_millisecond().saturating_sub(kept_ms);
        // Of an answer all entries count: a comment may have come when the rest was destroyed already.
        let sql = "SELECT a.id, a.asked_ms FROM answers a
                   WHERE a.asked_ms < ?1 AND a.held IS NULL AND a.outcome IS NOT NULL AND EXISTS
                     (SELECT 1 FROM entries e JOIN payloads p ON p.seq = e.seq WHERE e.answer = a.id AND p.key > 0)
                   UNION ALL
                   SELECT q.id, q.asked_ms FROM questions q
                   WHERE q.asked_ms < ?1 AND EXISTS (SELECT 1 FROM payloads p WHERE p.seq = q.seq AND p.key > 0)
                   ORDER BY 2, 1";
        self.read(|connection| {
            let mut statement = connection.prepare(sql)?;
            Ok(statement.query_map([before], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Destroys the words of what is [due](AuditLog::due), but for what was held meanwhile; how many those were. With nothing
    /// to destroy it makes sure that what was destroyed before has left the file.
    ///
    /// # Errors
    /// [`Error::StillRead`] as [`AuditLog::erase`]; [`Error`].
    pub fn expire_these(&self, due: &[String], actor: &Actor) -> Result<u64> {
        let mut destroyed = 0;
        for id in due {
            let kept = self.kept(id)?;
            if self.may_go(&kept).is_ok() {
                self.destroy(id, &kept, actor.clone())?;
                destroyed += 1;
            }
        }
        self.cut_off()?;
        Ok(destroyed)
    }

    fn kept(&self, id: &str) -> Result<Kept> {
        let answer = |row: &rusqlite::Row<'_>| {
            let of = Of::Answer(row.get(0)?);
            Ok(Kept { of, asked_ms: row.get(1)?, is_held: row.get(2)?, is_open: row.get(3)? })
        };
        let question = |row: &rusqlite::Row<'_>| {
            Ok(Kept { of: Of::Question(row.get(0)?), asked_ms: row.get(1)?, is_held: false, is_open: false })
        };
        let found = self.read(|connection| {
            let sql = "SELECT n, asked_ms, held IS NOT NULL, outcome IS NULL FROM answers WHERE id = ?1";
            if let Some(kept) = connection.query_row(sql, [id], answer).optional()? {
                return Ok(Some(kept));
            }
            let sql = "SELECT seq, asked_ms FROM questions WHERE id = ?1";
            Ok(connection.query_row(sql, [id], question).optional()?)
        })?;
        found.ok_or(Error::Unknown)
    }

    /// Refuses what must be kept for now.
    fn may_go(&self, kept: &Kept) -> Result<()> {
        if kept.is_held {
            return Err(Error::Kept { until: "the hold is lifted".to_owned(), why: "somebody holds it" });
        }
        if kept.is_open {
            return Err(Error::Kept { until: "it is answered".to_owned(), why: "the question is in work" });
        }
        let asked = Timestamp::from_millisecond(kept.asked_ms).unwrap_or(Timestamp::MAX);
        let until = asked.checked_add(SignedDuration::from_hours(24 * i64::from(self.options.kept_days)));
        let until = until.unwrap_or(Timestamp::MAX);
        if self.now() < until && !self.options.early_erasure {
            return Err(Error::Kept {
                until: until.to_string(),
                why: "records are kept for as long as the policy says",
            });
        }
        Ok(())
    }

    fn destroy(&self, id: &str, kept: &Kept, actor: Actor) -> Result<()> {
        let own = id.to_owned();
        let (draft, rows): (Draft, Rows) = match kept.of {
            Of::Answer(number) => {
                let rows = move |connection: &Connection, _: u64| {
                    let sql = "UPDATE payloads SET key = 0, sealed = x''
                               WHERE key > 0 AND seq IN (SELECT seq FROM entries WHERE answer = ?1)";
                    connection.execute(sql, [own])?;
                    connection.execute("UPDATE answers SET question_tag = NULL WHERE n = ?1", [number])?;
                    Ok(())
                };
                (Draft::new("answer.erased", actor).with("answer", id), Box::new(rows))
            }
            Of::Question(seq) => {
                let rows = move |connection: &Connection, _: u64| {
                    let sql = "UPDATE payloads SET key = 0, sealed = x'' WHERE key > 0 AND seq = ?1";
                    connection.execute(sql, [seq])?;
                    Ok(())
                };
                (Draft::new("question.erased", actor).with("question", id), Box::new(rows))
            }
        };
        self.append_with(draft, rows)?;
        Ok(())
    }

    /// Cuts the write-ahead log off, which still has the pages as they were.
    pub(crate) fn cut_off(&self) -> Result<()> {
        let connection = schema::connect(&self.path)?;
        connection.busy_timeout(TRY)?;
        for _ in 0..TRIES {
            let is_busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if !is_busy {
                return Ok(());
            }
            thread::sleep(PAUSE);
        }
        Err(Error::StillRead)
    }

    /// Holds the words of an answer beyond their time, or lifts the hold. The reason is sealed.
    ///
    /// # Errors
    /// [`Error::Unknown`], also of what was asked without an answer that is kept.
    pub fn hold(&self, id: &str, reason: Option<&str>, actor: Actor) -> Result<()> {
        let Of::Answer(number) = self.kept(id)?.of else { return Err(Error::Unknown) };
        let action = if reason.is_some() { "answer.held" } else { "answer.released" };
        let mut draft = Draft::new(action, actor).with("answer", id);
        if let Some(reason) = reason {
            draft = draft.sealing("reason", reason);
        }
        let held = reason.map(|_| "held".to_owned());
        self.append_with(
            draft,
            Box::new(move |connection, _| {
                connection.execute("UPDATE answers SET held = ?2 WHERE n = ?1", params![number, held])?;
                Ok(())
            }),
        )?;
        Ok(())
    }
}
