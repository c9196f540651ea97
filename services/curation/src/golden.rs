//! The golden questions: what is asked again before and after a publish, to see what it changes. Every list is kept.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::{Error, Result};
use crate::rules::{Decider, Power};
use crate::store::{Curation, bounded};

/// Golden questions, at most: each is asked twice.
pub const MAX_GOLDEN: usize = 500;

/// The list that holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Golden {
    /// The questions, in order.
    pub questions: Vec<String>,
    /// When it was set, RFC 3339; absent before the first.
    pub changed_at: Option<String>,
    /// Account that set it.
    pub changed_by: Option<String>,
}

impl Curation {
    /// The golden questions.
    ///
    /// # Errors
    /// [`Error::Sqlite`] or [`Error::Json`].
    pub fn golden(&self) -> Result<Golden> {
        golden(&self.lock())
    }

    /// Sets the golden questions: without the space around them, without empty ones and repeats. The earlier list is kept;
    /// the same list again changes nothing.
    ///
    /// # Errors
    /// [`Error::Power`] for who is no librarian; [`Error::TooLong`] of a question; [`Error::TooMany`] beyond
    /// [`MAX_GOLDEN`]; [`Error::Sqlite`] or [`Error::Json`]; what `log` fails with, and then nothing was set.
    pub fn set_golden<E: From<Error>>(
        &self,
        questions: &[String],
        by: &Decider<'_>,
        at: &str,
        log: impl FnOnce(&Golden) -> Result<(), E>,
    ) -> Result<Golden, E> {
        by.must(Power::Curate)?;
        let mut kept: Vec<&str> = Vec::new();
        for question in questions {
            let question = bounded("question", question)?;
            if !question.is_empty() && !kept.contains(&question) {
                kept.push(question);
            }
            if kept.len() > MAX_GOLDEN {
                return Err(Error::TooMany(questions.len()).into());
            }
        }
        let set = |work: &Connection| -> Result<Golden> {
            let before = golden(work)?;
            if before.changed_at.is_some() && before.questions == kept {
                return Ok(before);
            }
            work.execute(
                "INSERT INTO golden (n, questions, who, at) SELECT coalesce(max(n), 0) + 1, ?1, ?2, ?3 FROM golden",
                params![serde_json::to_string(&kept)?, by.account, at],
            )?;
            golden(work)
        };
        self.on_record(set, log)
    }
}

fn golden(connection: &Connection) -> Result<Golden> {
    let sql = "SELECT questions, at, who FROM golden ORDER BY n DESC LIMIT 1";
    let found: Option<(String, String, String)> =
        connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    let Some((questions, at, who)) = found else { return Ok(Golden::default()) };
    Ok(Golden { questions: serde_json::from_str(&questions)?, changed_at: Some(at), changed_by: Some(who) })
}
