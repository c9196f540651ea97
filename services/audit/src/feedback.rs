//! What readers say of an answer, and what they report: kept beside the record it is about, never changed.

use rusqlite::types::Value as Sql;
use rusqlite::{Row, params, params_from_iter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::handling::{Handling, HandlingState, STATE};
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
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
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
    /// What was done about a report of a risk to safety; `null` for everything else.
    pub handling: Option<Handling>,
}

/// What is wanted of what readers said; what is absent does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedbackQuery {
    /// Of this answer.
    pub answer: Option<String>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// Reports of risks to safety that stand so.
    pub state: Option<HandlingState>,
    /// Received before the one with this number.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// A stretch of what readers said.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AllFeedback {
    /// The latest first.
    pub feedback: Vec<Feedback>,
    /// What to go on before, if there is more.
    pub next: Option<i64>,
    /// Reports of risks to safety that nobody has taken up, however the stretch is narrowed.
    pub waiting: u64,
}

/// As rows of `feedback f` are read. Their number is that of the row: entries that took old records over brought several.
const COLUMNS: &str =
    "f.rowid, f.seq, f.id, f.received_at, f.actor, f.answer, f.statement, f.kind, f.category, f.severity";

/// A row before its words are opened: number, entry, and what was said.
fn found(row: &Row<'_>) -> rusqlite::Result<(i64, u64, Feedback)> {
    let feedback = Feedback {
        id: row.get(2)?,
        received_at: row.get(3)?,
        actor: row.get(4)?,
        answer: row.get(5)?,
        statement: row.get(6)?,
        kind: read(row.get(7)?)?,
        category: row.get::<_, Option<String>>(8)?.map(read).transpose()?,
        severity: row.get::<_, Option<String>>(9)?.map(read).transpose()?,
        comment: None,
        handling: None,
    };
    Ok((row.get(0)?, row.get(1)?, feedback))
}

impl FeedbackQuery {
    /// The conditions in SQL, with their values.
    fn conditions(&self) -> Result<(String, Vec<Sql>)> {
        let all = [
            ("f.answer = ?".to_owned(), self.answer.clone().map(Sql::Text)),
            ("f.kind = ?".to_owned(), self.kind.as_ref().map(name).transpose()?.map(Sql::Text)),
            (format!("f.kind = 'safety' AND {STATE} = ?"), self.state.map(|state| Sql::Text(state.name().to_owned()))),
            ("f.rowid < ?".to_owned(), self.before.map(Sql::Integer)),
        ];
        let mut sql = String::from("WHERE 1");
        let mut values = Vec::new();
        for (condition, value) in all {
            if let Some(value) = value {
                sql.push_str(" AND ");
                sql.push_str(&condition);
                values.push(value);
            }
        }
        Ok((sql, values))
    }
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
        let query = FeedbackQuery { answer: answer.map(str::to_owned), limit, ..FeedbackQuery::default() };
        Ok(self.feedback_rows(&query)?.0)
    }

    /// A stretch of what readers said, and how many reports of risks to safety wait.
    ///
    /// # Errors
    /// [`Error`].
    pub fn find_feedback(&self, query: &FeedbackQuery) -> Result<AllFeedback> {
        let (feedback, next) = self.feedback_rows(query)?;
        Ok(AllFeedback { feedback, next, waiting: self.waiting()? })
    }

    /// What a reader said, if there is anything of that id.
    ///
    /// # Errors
    /// [`Error`].
    pub fn one_feedback(&self, id: &str) -> Result<Option<Feedback>> {
        let sql = format!("SELECT {COLUMNS} FROM feedback f WHERE f.id = ?1");
        let row = self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_map([id], found)?.next().transpose()?)
        })?;
        row.map(|(_, seq, feedback)| self.whole(seq, feedback)).transpose()
    }

    /// The rows of a query with their words, and the number to go on before.
    fn feedback_rows(&self, query: &FeedbackQuery) -> Result<(Vec<Feedback>, Option<i64>)> {
        let (conditions, mut values) = query.conditions()?;
        values.push(Sql::Integer(i64::from(query.limit) + 1));
        let sql = format!("SELECT {COLUMNS} FROM feedback f {conditions} ORDER BY f.rowid DESC LIMIT ?");
        let mut rows: Vec<(i64, u64, Feedback)> = self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_map(params_from_iter(values), found)?.collect::<rusqlite::Result<_>>()?)
        })?;
        let has_more = rows.len() > query.limit as usize;
        rows.truncate(query.limit as usize);
        let next = if has_more { rows.last().map(|(number, ..)| *number) } else { None };
        let whole = rows.into_iter().map(|(_, seq, feedback)| self.whole(seq, feedback)).collect::<Result<_>>()?;
        Ok((whole, next))
    }

    /// With the comment of its entry, and with what was done about it.
    fn whole(&self, seq: u64, mut feedback: Feedback) -> Result<Feedback> {
        feedback.comment = self.said(seq, "comment")?;
        if feedback.kind == Kind::Safety {
            feedback.handling = Some(self.handling(&feedback.id, &feedback.received_at)?);
        }
        Ok(feedback)
    }

    /// Words of an entry, unless they were erased.
    pub(crate) fn said(&self, seq: u64, name: &str) -> Result<Option<String>> {
        Ok(self.words(seq, name)?.and_then(|(_, words)| String::from_utf8(words).ok()))
    }
}

/// The name of a unit variant, as JSON has it.
fn name(value: &impl Serialize) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        _ => Err(rusqlite::Error::InvalidQuery.into()),
    }
}

/// The variant of a name.
pub(crate) fn read<T: serde::de::DeserializeOwned>(name: String) -> rusqlite::Result<T> {
    let failed = |error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error));
    serde_json::from_value(serde_json::Value::String(name)).map_err(failed)
}
