//! What auditors look up: answers by any field, everything that cited a document, entries by what was done and by whom.

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, Row, params_from_iter};
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::ENDED;
use crate::{AuditLog, Entry, Feedback, Result};

/// Answers that are wanted; what is absent does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Asked by this actor.
    pub actor: Option<String>,
    /// Asked at or after, milliseconds since 1970.
    pub from_ms: Option<i64>,
    /// Asked before, milliseconds since 1970.
    pub to_ms: Option<i64>,
    /// With this status; `no_evidence` without those, and `inconclusive` only those, during which a part of the search was away.
    pub status: Option<String>,
    /// Whose weakest statement has this verdict.
    pub verdict: Option<String>,
    /// Written by this model.
    pub model: Option<String>,
    /// That searched this snapshot.
    pub snapshot: Option<u64>,
    /// That cited this document.
    pub document: Option<String>,
    /// In this version.
    pub version: Option<u32>,
    /// That were asked before the answer with this number.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// An answer as lists show it. The question is looked up for those that may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FoundAnswer {
    /// Its number, to go on from.
    pub n: i64,
    /// Id.
    pub id: String,
    /// When, RFC 3339.
    pub asked_at: String,
    /// Who: a pseudonym.
    pub actor: String,
    /// In which role.
    pub role: String,
    /// Status, `failed: code` or `timeout`; `null` while it is in work.
    pub status: Option<String>,
    /// Mode.
    pub mode: Option<String>,
    /// The snapshot that was searched.
    pub snapshot: Option<u64>,
    /// The model that wrote, with its hash.
    pub model: Option<String>,
    /// The weakest verdict of a statement.
    pub worst: Option<String>,
    /// Statements.
    pub statements: u64,
    /// Those that are supported.
    pub supported: u64,
    /// The question, unless its words were erased.
    pub question: Option<String>,
    /// Whether its words are held beyond their time.
    pub held: bool,
    /// What part of the search was away when it was given, for people; `null` where none was. With the status `no_evidence` it
    /// then says nothing of the library.
    pub missing: Option<String>,
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Id.
    pub id: String,
    /// Status; `inconclusive` where it is `no_evidence` and a part of the search was away.
    pub status: String,
    /// Statements.
    pub statements: u32,
}

/// A stretch of answers, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Found {
    /// Answers.
    pub answers: Vec<FoundAnswer>,
    /// What to go on before, if there is more.
    pub next: Option<i64>,
}

/// Everything on record about one answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Record {
    /// As lists show it.
    #[serde(flatten)]
    pub answer: FoundAnswer,
    /// Its entries in the log, in their order.
    pub entries: Vec<Entry>,
    /// What readers said of it, the latest first, at most 500.
    pub feedback: Vec<Feedback>,
}

/// What readers said of one answer, at most.
const MAX_FEEDBACK: u32 = 500;

const COLUMNS: &str =
    "a.n, a.id, a.asked_at, a.actor, a.role, a.status, a.mode, a.snapshot, a.model, a.worst, a.statements, a.supported,
     a.held IS NOT NULL, a.intent, a.missing";

fn found(row: &Row<'_>) -> rusqlite::Result<(FoundAnswer, u64)> {
    let answer = FoundAnswer {
        n: row.get(0)?,
        id: row.get(1)?,
        asked_at: row.get(2)?,
        actor: row.get(3)?,
        role: row.get(4)?,
        status: row.get(5)?,
        mode: row.get(6)?,
        snapshot: row.get(7)?,
        model: row.get(8)?,
        worst: row.get(9)?,
        statements: row.get(10)?,
        supported: row.get(11)?,
        held: row.get(12)?,
        missing: row.get(14)?,
        question: None,
    };
    Ok((answer, row.get(13)?))
}

impl Query {
    /// The conditions in SQL, with their values.
    fn conditions(&self) -> (String, Vec<Sql>) {
        let text = |value: &Option<String>| value.clone().map(Sql::Text);
        let (status, standing) = match self.status.as_deref() {
            Some("inconclusive") => (Some("no_evidence".to_owned()), " AND a.missing IS NOT NULL"),
            Some("no_evidence") => (self.status.clone(), " AND a.missing IS NULL"),
            _ => (self.status.clone(), ""),
        };
        let number = |value: Option<i64>| value.map(Sql::Integer);
        let all = [
            ("a.actor = ?", text(&self.actor)),
            ("a.asked_ms >= ?", number(self.from_ms)),
            ("a.asked_ms < ?", number(self.to_ms)),
            ("a.status = ?", text(&status)),
            ("a.worst = ?", text(&self.verdict)),
            ("a.model = ?", text(&self.model)),
            ("a.snapshot = ?", number(self.snapshot.map(|number| i64::try_from(number).unwrap_or(i64::MAX)))),
            ("c.document = ?", text(&self.document)),
            ("c.version = ?", number(self.version.map(i64::from))),
            ("a.n < ?", number(self.before)),
        ];
        let mut sql = String::from("WHERE 1");
        let mut values = Vec::new();
        for (condition, value) in all {
            if let Some(value) = value {
                sql.push_str(" AND ");
                sql.push_str(condition);
                values.push(value);
            }
        }
        sql.push_str(standing);
        (sql, values)
    }

    fn tables(&self) -> &'static str {
        if self.document.is_some() || self.version.is_some() {
            "(SELECT DISTINCT document, version, answer FROM cited) c JOIN answers a ON a.n = c.answer"
        } else {
            "answers a"
        }
    }
}

impl AuditLog {
    /// Answers, the latest first.
    ///
    /// # Errors
    /// [`crate::Error`].
    pub fn search(&self, query: &Query) -> Result<Found> {
        let (conditions, mut values) = query.conditions();
        values.push(Sql::Integer(i64::from(query.limit) + 1));
        let group = if query.document.is_some() && query.version.is_none() { "GROUP BY a.n" } else { "" };
        let sql = format!("SELECT {COLUMNS} FROM {} {conditions} {group} ORDER BY a.n DESC LIMIT ?", query.tables());
        let mut rows: Vec<(FoundAnswer, u64)> = self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_map(params_from_iter(values), found)?.collect::<rusqlite::Result<_>>()?)
        })?;
        let has_more = rows.len() > query.limit as usize;
        rows.truncate(query.limit as usize);
        let next = if has_more { rows.last().map(|(answer, _)| answer.n) } else { None };
        let answers = rows.into_iter().map(|row| self.with_question(row)).collect::<Result<_>>()?;
        Ok(Found { answers, next })
    }

    /// The answers that were given, the latest first, at most `limit`: what they are, without their questions, which would all
    /// have to be opened.
    ///
    /// # Errors
    /// [`crate::Error`].
    pub fn given(&self, query: &Query, limit: usize) -> Result<Vec<Given>> {
        let (conditions, mut values) = query.conditions();
        values.push(Sql::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        let sql = format!(
            "SELECT DISTINCT a.n, a.id, {ENDED}, a.statements FROM {} {conditions} AND a.mode IS NOT NULL
             ORDER BY a.n DESC LIMIT ?",
            query.tables()
        );
        let given = |row: &Row<'_>| Ok(Given { id: row.get(1)?, status: row.get(2)?, statements: row.get(3)? });
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_map(params_from_iter(values), given)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn with_question(&self, (mut answer, intent): (FoundAnswer, u64)) -> Result<FoundAnswer> {
        answer.question = self.question(intent)?;
        Ok(answer)
    }

    /// How many answers there are, and how many people saw them.
    ///
    /// # Errors
    /// [`crate::Error`].
    pub fn count(&self, query: &Query) -> Result<(u64, u64)> {
        let (conditions, values) = query.conditions();
        let sql = format!("SELECT count(DISTINCT a.n), count(DISTINCT a.actor) FROM {} {conditions}", query.tables());
        self.read(|connection| {
            let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
            Ok(connection.prepare_cached(&sql)?.query_row(params_from_iter(values), row)?)
        })
    }

    /// Everything on record about an answer.
    ///
    /// # Errors
    /// [`crate::Error`].
    pub fn record(&self, id: &str) -> Result<Option<Record>> {
        let sql = format!("SELECT {COLUMNS} FROM answers a WHERE a.id = ?1");
        let row = self.read(|connection| Ok(connection.prepare_cached(&sql)?.query_row([id], found).optional()?))?;
        let Some(row) = row else { return Ok(None) };
        let sql = "SELECT leaf FROM entries WHERE answer = ?1 ORDER BY seq";
        let leaves: Vec<Vec<u8>> = self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([id], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        let entries = leaves.iter().filter_map(|leaf| Entry::parse(leaf)).collect();
        let feedback = self.all_feedback(Some(id), MAX_FEEDBACK)?;
        Ok(Some(Record { answer: self.with_question(row)?, entries, feedback }))
    }

    /// Entries, the latest first: of these actions (all that begin with one of them), by this actor, before this place.
    ///
    /// # Errors
    /// [`crate::Error`].
    pub fn entries(&self, actions: &str, actor: Option<&str>, before: Option<u64>, limit: u32) -> Result<Vec<Entry>> {
        let sql = "SELECT leaf FROM entries WHERE seq < ?1 AND (?2 IS NULL OR actor = ?2)
                     AND action >= ?3 AND action < ?3 || '~' ORDER BY seq DESC LIMIT ?4";
        let before = before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX));
        let leaves: Vec<Vec<u8>> = self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(rusqlite::params![before, actor, actions, limit], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        Ok(leaves.iter().filter_map(|leaf| Entry::parse(leaf)).collect())
    }
}
