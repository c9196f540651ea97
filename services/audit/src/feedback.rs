//! What readers say of an answer, and what they report: kept beside the record it is about, never changed.

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AuditLog, Result};

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
    /// [`crate::Error::Sqlite`].
    pub fn feedback(&self, feedback: &Feedback) -> Result<bool> {
        let connection = self.lock();
        let exists = "SELECT 1 FROM records WHERE id = ?1 AND answer IS NOT NULL";
        if connection.query_row(exists, [&feedback.answer], |_| Ok(())).optional()?.is_none() {
            return Ok(false);
        }
        connection.execute(
            "INSERT INTO feedback (id, received_at, actor, answer, statement, kind, category, severity, comment)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                feedback.id,
                feedback.received_at,
                feedback.actor,
                feedback.answer,
                feedback.statement,
                name(&feedback.kind)?,
                feedback.category.as_ref().map(name).transpose()?,
                feedback.severity.as_ref().map(name).transpose()?,
                feedback.comment
            ],
        )?;
        Ok(true)
    }

    /// What readers said, the latest first, at most `limit`.
    ///
    /// # Errors
    /// [`crate::Error::Sqlite`].
    pub fn all_feedback(&self, limit: u32) -> Result<Vec<Feedback>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, received_at, actor, answer, statement, kind, category, severity, comment
             FROM feedback ORDER BY rowid DESC LIMIT ?1",
        )?;
        let rows = statement.query_map([limit], |row| {
            Ok(Feedback {
                id: row.get(0)?,
                received_at: row.get(1)?,
                actor: row.get(2)?,
                answer: row.get(3)?,
                statement: row.get(4)?,
                kind: read(row.get(5)?)?,
                category: row.get::<_, Option<String>>(6)?.map(read).transpose()?,
                severity: row.get::<_, Option<String>>(7)?.map(read).transpose()?,
                comment: row.get(8)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// The name of a unit variant, as JSON has it.
fn name(value: &impl Serialize) -> rusqlite::Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        _ => Err(rusqlite::Error::InvalidQuery),
    }
}

fn read<T: serde::de::DeserializeOwned>(name: String) -> rusqlite::Result<T> {
    let failed = |error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error));
    serde_json::from_value(serde_json::Value::String(name)).map_err(failed)
}
