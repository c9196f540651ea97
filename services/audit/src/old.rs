//! Records of formats 1 and 2, which had no log: each becomes an entry that says it was taken over, with its words sealed.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use crate::{Actor, AuditLog, Draft, Result};

struct Old {
    id: String,
    asked_at: String,
    actor: String,
    question: String,
    outcome: Option<String>,
    snapshot: Option<u64>,
    model: Option<String>,
    answer: Option<String>,
}

impl AuditLog {
    /// Takes old records into the log. One that was taken over is removed in the same transaction, so an end in between loses
    /// and doubles nothing.
    pub(crate) fn take_over(&self) -> Result<()> {
        let has = |connection: &Connection, table: &str| -> Result<bool> {
            let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1)";
            Ok(connection.query_row(sql, [table], |row| row.get(0))?)
        };
        if !self.read(|connection| has(connection, "old_records"))? {
            return Ok(());
        }
        while let Some(old) = self.read(next)? {
            let status = old.outcome.unwrap_or_else(|| "timeout".to_owned());
            let mut draft = Draft::new("answer.imported", Actor::service())
                .with("answer", crate::token(&old.id))
                .with("status", crate::token(&status.replace(": ", ":")))
                .with("snapshot", old.snapshot)
                .sealing("request", serde_json::json!({ "question": old.question }).to_string());
            if let Some(answer) = &old.answer {
                draft = draft.sealing("answer", answer.as_str());
            }
            let tag = self.keys.tag(old.question.trim().as_bytes());
            let asked_ms = old.asked_at.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_millisecond);
            let answer: Value =
                old.answer.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
            let statements = answer["statements"].as_array().map_or(0, Vec::len) as u64;
            let (id, asked_at, actor) = (old.id, old.asked_at, old.actor);
            let (snapshot, model) = (old.snapshot, old.model);
            let rows = move |connection: &Connection, seq: u64| {
                connection.execute(
                    "INSERT INTO answers (id, asked_at, asked_ms, actor, role, intent, question_tag, outcome, status, snapshot, model, statements)
                     VALUES (?1, ?2, ?3, ?4, 'unknown', ?5, ?6, ?5, ?7, ?8, ?9, ?10)",
                    params![id, asked_at, asked_ms, actor, seq, tag, status, snapshot, model, statements],
                )?;
                let sql =
                    "INSERT INTO feedback (id, seq, received_at, actor, answer, statement, kind, category, severity)
                           SELECT id, ?2, received_at, actor, answer, statement, kind, category, severity
                           FROM old_feedback WHERE answer = ?1";
                connection.execute(sql, params![id, seq])?;
                connection.execute("DELETE FROM old_feedback WHERE answer = ?1", [&id])?;
                connection.execute("DELETE FROM old_records WHERE id = ?1", [&id])?;
                Ok(())
            };
            self.append_with(draft, Box::new(rows))?;
        }
        // They stood here in clear, and pages that are in use may have copies of what once lay in them: the file is written
        // anew. The tables go after that, so that an end in between has it done again.
        crate::schema::connect(&self.path)?.execute_batch("VACUUM")?;
        self.cut_off()?;
        let drop_tables = |connection: &Connection, _| {
            connection.execute_batch("DROP TABLE IF EXISTS old_feedback; DROP TABLE old_records;")?;
            Ok(())
        };
        self.append_with(Draft::new("log.begun", Actor::service()), Box::new(drop_tables))?;
        Ok(())
    }
}

fn next(connection: &Connection) -> Result<Option<Old>> {
    let sql = "SELECT id, asked_at, actor, question, outcome, snapshot, model, answer FROM old_records ORDER BY asked_at, id LIMIT 1";
    let old = connection.query_row(sql, [], |row| {
        Ok(Old {
            id: row.get(0)?,
            asked_at: row.get(1)?,
            actor: row.get(2)?,
            question: row.get(3)?,
            outcome: row.get(4)?,
            snapshot: row.get(5)?,
            model: row.get(6)?,
            answer: row.get(7)?,
        })
    });
    Ok(old.optional()?)
}
