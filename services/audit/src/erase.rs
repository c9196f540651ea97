//! Keeping and destroying words: for as long as the law asks, longer while somebody holds them, and then for good.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};

use crate::{Actor, AuditLog, Draft, Error, Result};

struct Kept {
    number: i64,
    asked_ms: i64,
    held: Option<String>,
}

impl AuditLog {
    /// Destroys the words of an answer: question, answer, parts, comments. The entries stay, and every proof still holds.
    ///
    /// # Errors
    /// [`Error::Kept`] before their time is over, or while they are held; [`Error::Unknown`].
    pub fn erase(&self, id: &str, actor: Actor) -> Result<()> {
        let kept = self.kept(id)?;
        if kept.held.is_some() {
            return Err(Error::Kept { until: "the hold is lifted".to_owned(), why: "somebody holds it" });
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
        self.destroy(id, &kept, actor)
    }

    /// Destroys the words of everything whose time is over and which nobody holds; the number of answers is returned.
    ///
    /// # Errors
    /// [`Error`].
    pub fn expire(&self, actor: &Actor) -> Result<u64> {
        let kept_ms = i64::from(self.options.kept_days) * 24 * 60 * 60 * 1_000;
        let before = self.now().as_millisecond().saturating_sub(kept_ms);
        let sql = "SELECT id FROM answers a WHERE asked_ms < ?1 AND held IS NULL
                     AND EXISTS (SELECT 1 FROM payloads p WHERE p.seq = a.intent)";
        let due: Vec<String> = self.read(|connection| {
            let mut statement = connection.prepare(sql)?;
            Ok(statement.query_map([before], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        })?;
        for id in &due {
            self.destroy(id, &self.kept(id)?, actor.clone())?;
        }
        Ok(due.len() as u64)
    }

    fn kept(&self, id: &str) -> Result<Kept> {
        let sql = "SELECT n, asked_ms, held FROM answers WHERE id = ?1";
        let found = self.read(|connection| {
            let row =
                |row: &rusqlite::Row<'_>| Ok(Kept { number: row.get(0)?, asked_ms: row.get(1)?, held: row.get(2)? });
            Ok(connection.query_row(sql, [id], row).optional()?)
        })?;
        found.ok_or(Error::Unknown)
    }

    fn destroy(&self, id: &str, kept: &Kept, actor: Actor) -> Result<()> {
        let draft = Draft::new("answer.erased", actor).with("answer", id);
        let (number, id) = (kept.number, id.to_owned());
        self.append_with(
            draft,
            Box::new(move |connection, _| {
                let sql = "DELETE FROM payloads WHERE seq IN (SELECT seq FROM entries WHERE answer = ?1)";
                connection.execute(sql, [id])?;
                connection.execute("UPDATE answers SET question_tag = NULL WHERE n = ?1", [number])?;
                Ok(())
            }),
        )?;
        // The write-ahead log still has the pages as they were.
        self.read(|connection| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(())
        })
    }

    /// Holds the words of an answer beyond their time, or lifts the hold. The reason is sealed.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn hold(&self, id: &str, reason: Option<&str>, actor: Actor) -> Result<()> {
        let kept = self.kept(id)?;
        let action = if reason.is_some() { "answer.held" } else { "answer.released" };
        let mut draft = Draft::new(action, actor).with("answer", id);
        if let Some(reason) = reason {
            draft = draft.sealing("reason", reason);
        }
        let held = reason.map(|_| "held".to_owned());
        self.append_with(
            draft,
            Box::new(move |connection, _| {
                connection.execute("UPDATE answers SET held = ?2 WHERE n = ?1", params![kept.number, held])?;
                Ok(())
            }),
        )?;
        Ok(())
    }
}
