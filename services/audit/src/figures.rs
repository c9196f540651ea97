//! Numbers over time, for those who watch over the service: what was asked, what came of it, and what should never be.

use rusqlite::{Row, params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{AuditLog, Result};

/// How often something was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Share {
    /// What.
    pub name: String,
    /// How often.
    pub count: u64,
}

/// The numbers of a stretch of time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Period {
    /// Its first day, as in 2026-11-28.
    pub day: String,
    /// Questions.
    pub questions: u64,
    /// People, by pseudonym.
    pub people: u64,
    /// Answered, in part or in full.
    pub answered: u64,
    /// Too little evidence, or outside of what the service is for.
    pub abstained: u64,
    /// Failed or never finished.
    pub failed: u64,
    /// Statements.
    pub statements: u64,
    /// Statements that their quotes bear out.
    pub supported: u64,
    /// Milliseconds that half of the answers took at most.
    pub p50_ms: Option<u64>,
    /// Milliseconds that all but one answer in a hundred took at most.
    pub p99_ms: Option<u64>,
}

/// Numbers over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// Days that one period has.
    pub days: u32,
    /// Periods with questions, the earliest first.
    pub periods: Vec<Period>,
    /// Answers by status.
    pub statuses: Vec<Share>,
    /// Citations by verdict.
    pub verdicts: Vec<Share>,
    /// Citations by how their source stood when it was cited.
    pub standings: Vec<Share>,
    /// Citations of what was retracted or withdrawn when it was cited. Anything but 0 is a defect.
    pub retracted_when_cited: u64,
    /// Citations of superseded or expired sources, or of such with an expression of concern.
    pub stale_when_cited: u64,
    /// Citations by corpus.
    pub corpora: Vec<Share>,
    /// Answers by the model that wrote.
    pub models: Vec<Share>,
    /// What readers said, by kind: `disagree` is an override.
    pub feedback: Vec<Share>,
}

const DAY_MS: i64 = 86_400_000;

impl AuditLog {
    /// Numbers of `[from_ms, to_ms)`, in periods of so many days.
    ///
    /// # Errors
    /// [`crate::Error`].
    pub fn figures(&self, from_ms: i64, to_ms: i64, days: u32) -> Result<Figures> {
        let periods = self.periods(from_ms, to_ms, i64::from(days.max(1)) * DAY_MS)?;
        let answers = "FROM answers WHERE asked_ms >= ?1 AND asked_ms < ?2";
        let cited = "FROM cited c JOIN answers a ON a.n = c.answer WHERE a.asked_ms >= ?1 AND a.asked_ms < ?2";
        let said = "FROM feedback f JOIN answers a ON a.id = f.answer WHERE a.asked_ms >= ?1 AND a.asked_ms < ?2";
        let shares = |sql: String| self.shares(&sql, from_ms, to_ms);
        let standings = shares(format!("SELECT c.standing, sum(c.times) {cited} GROUP BY 1 ORDER BY 2 DESC, 1"))?;
        let count = |names: &[&str]| {
            standings.iter().filter(|share| names.contains(&share.name.as_str())).map(|share| share.count).sum()
        };
        Ok(Figures {
            days: days.max(1),
            periods,
            statuses: shares(format!(
                "SELECT coalesce(status, 'open'), count(*) {answers} GROUP BY 1 ORDER BY 2 DESC, 1"
            ))?,
            verdicts: shares(format!("SELECT c.verdict, sum(c.times) {cited} GROUP BY 1 ORDER BY 2 DESC, 1"))?,
            retracted_when_cited: count(&["retracted", "withdrawn"]),
            stale_when_cited: count(&["superseded", "expired", "expression_of_concern"]),
            standings,
            corpora: shares(format!("SELECT c.corpus, sum(c.times) {cited} GROUP BY 1 ORDER BY 2 DESC, 1"))?,
            models: shares(format!(
                "SELECT coalesce(model, 'none'), count(*) {answers} GROUP BY 1 ORDER BY 2 DESC, 1"
            ))?,
            feedback: shares(format!("SELECT f.kind, count(*) {said} GROUP BY 1 ORDER BY 2 DESC, 1"))?,
        })
    }

    fn shares(&self, sql: &str, from_ms: i64, to_ms: i64) -> Result<Vec<Share>> {
        let share = |row: &Row<'_>| Ok(Share { name: row.get(0)?, count: row.get(1)? });
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_map(params![from_ms, to_ms], share)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn periods(&self, from_ms: i64, to_ms: i64, length_ms: i64) -> Result<Vec<Period>> {
        let sql = "WITH timed AS (
              SELECT *, asked_ms / ?3 AS period,
                CASE WHEN total_ms IS NOT NULL THEN row_number() OVER (
                  PARTITION BY asked_ms / ?3, total_ms IS NULL ORDER BY total_ms) END AS place,
                count(total_ms) OVER (PARTITION BY asked_ms / ?3) AS timed
              FROM answers WHERE asked_ms >= ?1 AND asked_ms < ?2)
            SELECT date(period * ?3 / 1000, 'unixepoch'), count(*), count(DISTINCT actor),
              sum(status IN ('answered', 'partial', 'extractive', 'degraded')),
              sum(status IN ('no_evidence', 'refused_scope')),
              sum(status = 'timeout' OR status LIKE 'failed:%'),
              sum(statements), sum(supported),
              max(CASE WHEN place = (timed + 1) / 2 THEN total_ms END),
              max(CASE WHEN place = (timed * 99 + 99) / 100 THEN total_ms END)
            FROM timed GROUP BY period ORDER BY period";
        let period = |row: &Row<'_>| {
            let count = |at: usize| row.get::<_, Option<u64>>(at).map(|count| count.unwrap_or(0));
            Ok(Period {
                day: row.get(0)?,
                questions: row.get(1)?,
                people: row.get(2)?,
                answered: count(3)?,
                abstained: count(4)?,
                failed: count(5)?,
                statements: count(6)?,
                supported: count(7)?,
                p50_ms: row.get(8)?,
                p99_ms: row.get(9)?,
            })
        };
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_map(params![from_ms, to_ms, length_ms], period)?.collect::<rusqlite::Result<_>>()?)
        })
    }
}
