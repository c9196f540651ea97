//! What readers say of an answer, and what they report: kept beside the record it is about, never changed.

use rusqlite::params;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Actor, AuditLog, Draft, Error, Result};

/// What a reader says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FeedbackKind)]
pub enum Kind {
    /// It helped.
    Helpful,
    /// It did not help.
    Unhelpful,
    /// The reader holds otherwise.
    Disagree,
    /// It may harm a patient, or has.
    Safety,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// The dose.
    WrongDose,
    /// It holds for other patients than those asked about.
    WrongPopulation,
    /// It is no longer held.
    OutOfDate,
    /// A warning is not there.
    MissingWarning,
    /// The quote does not bear it out.
    WrongCitation,
    /// It is true and misleads.
    Misleading,
    /// Something else.
    Other,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Noticed before it reached a patient.
    NearMiss,
    /// A patient may have been harmed.
    PossibleHarm,
    /// A patient was harmed.
    Harm,
}

/// What a reader says of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Feedback {
    /// Id.
    pub id: String,
    /// When, RFC 3339.
    pub received_at: String,
    /// Who.
    pub actor: String,
    /// The answer.
    pub answer: String,
    /// Its statement, from 1; absent when it is about the whole.
    pub statement: Option<u32>,
    /// What.
    pub kind: Kind,
    /// What is wrong.
    pub category: Option<Category>,
    /// What came of it.
    pub severity: Option<Severity>,
    /// In the reader's words.
    pub comment: Option<String>,
}

impl AuditLog {
    /// Keeps what a reader says. Durable when it returns; `false` when there is no such answer.
    ///
    /// # Errors
    /// [`Error`].
    pub fn feedback(&self, feedback: &Feedback, actor: Actor) -> Result<bool> {
        let mut draft = Draft::new("feedback.given", actor)
            .with("feedback", feedback.id.as_str())
            .with("answer", crate::token(&feedback.answer))
            .with("statement", feedback.statement)
            .with("kind", name(&feedback.kind)?)
            .with("category", feedback.category.as_ref().map(name).transpose()?)
            .with("severity", feedback.severity.as_ref().map(name).transpose()?);
        if let Some(comment) = &feedback.comment {
            draft = draft.sealing("comment", comment.as_str());
        }
        let row = feedback.clone();
        let rows = move |connection: &rusqlite::Connection, seq: u64| {
            let sql = "INSERT INTO feedback (id, seq, received_at, actor, answer, statement, kind, category, severity)
                       SELECT ?1, ?2, ?3, ?4, id, ?6, ?7, ?8, ?9 FROM answers WHERE id = ?5 AND outcome IS NOT NULL";
            let inserted = connection.prepare_cached(sql)?.execute(params![
                row.id,
                seq,
                row.received_at,
                row.actor,
                row.answer,
                row.statement,
                name(&row.kind)?,
                row.category.as_ref().map(name).transpose()?,
                row.severity.as_ref().map(name).transpose()?
            ])?;
            if inserted == 1 { Ok(()) } else { Err(Error::Unknown) }
        };
        match self.append_with(draft, Box::new(rows)) {
            Ok(_) => Ok(true),
            Err(Error::Unknown) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What readers said, the latest first, at most `limit`; of one answer, if one is named.
    ///
    /// # Errors
    /// [`Error`].
    pub fn all_feedback(&self, answer: Option<&str>, limit: u32) -> Result<Vec<Feedback>> {
        let sql = "SELECT id, received_at, actor, answer, statement, kind, category, severity, seq
                   FROM feedback WHERE ?1 IS NULL OR answer = ?1 ORDER BY seq DESC LIMIT ?2";
        let rows: Vec<(Feedback, u64)> = self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(params![answer, limit], |row| {
                let feedback = Feedback {
                    id: row.get(0)?,
                    received_at: row.get(1)?,
                    actor: row.get(2)?,
                    answer: row.get(3)?,
                    statement: row.get(4)?,
                    kind: read(row.get(5)?)?,
                    category: row.get::<_, Option<String>>(6)?.map(read).transpose()?,
                    severity: row.get::<_, Option<String>>(7)?.map(read).transpose()?,
                    comment: None,
                };
                Ok((feedback, row.get(8)?))
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        let with_comment = |(mut feedback, seq): (Feedback, u64)| {
            let words = self.words(seq, "comment")?;
            feedback.comment = words.and_then(|(_, words)| String::from_utf8(words).ok());
            Ok(feedback)
        };
        rows.into_iter().map(with_comment).collect()
    }
}

/// The name of a unit variant, as JSON has it.
fn name(value: &impl Serialize) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        _ => Err(rusqlite::Error::InvalidQuery.into()),
    }
}

fn read<T: serde::de::DeserializeOwned>(name: String) -> rusqlite::Result<T> {
    let failed = |error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error));
    serde_json::from_value(serde_json::Value::String(name)).map_err(failed)
}
