//! What was decided about the knowledge, by whom, when and why?

use knowledge::DocumentId;
use rusqlite::{Params, params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Ledger;
use crate::error::Result;

/// A decision as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionRecord {
    /// Its number, from 1.
    pub number: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What: `publish`, `rollback`, `inspected`, `policy`, or the status that was set.
    pub action: String,
    /// The snapshot, the version as in `DOCUMENT v2`, or the corpus.
    pub subject: String,
    /// Why.
    pub reason: String,
}

/// A snapshot that was published, and who decided it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SnapshotRecord {
    /// Its number, from 1.
    pub number: u64,
    /// When it was published, RFC 3339.
    pub published_at: String,
    /// Who published it; empty where that is not on record.
    pub actor: String,
    /// Why; empty where that is not on record.
    pub reason: String,
}

impl Ledger {
    /// Decisions on record, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn decisions(&self) -> Result<Vec<DecisionRecord>> {
        self.decisions_after(0)
    }

    /// Decisions after the one with this number, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn decisions_after(&self, number: u64) -> Result<Vec<DecisionRecord>> {
        self.select_decisions("id > ?1 ORDER BY id", [number])
    }

    /// Decisions about one document, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn decisions_about(&self, document: DocumentId) -> Result<Vec<DecisionRecord>> {
        // Versions are written as `DOCUMENT vNUMBER`, and `w` follows `v`: a range, which the index of subjects can answer.
        let (from, to) = (format!("{document} v"), format!("{document} w"));
        self.select_decisions("subject >= ?1 AND subject < ?2 ORDER BY id", params![from, to])
    }

    /// The last `limit` decisions, the newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_decisions(&self, limit: u32) -> Result<Vec<DecisionRecord>> {
        self.select_decisions("id > 0 ORDER BY id DESC LIMIT ?1", [limit])
    }

    /// The number of the last decision; 0 before the first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_decision(&self) -> Result<u64> {
        let connection = self.read()?;
        Ok(connection.query_row("SELECT coalesce(max(id), 0) FROM decisions", [], |row| row.get(0))?)
    }

    /// Snapshots that were published, the newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn snapshot_list(&self) -> Result<Vec<SnapshotRecord>> {
        let connection = self.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT s.number, s.published_at, coalesce(d.actor, ''), coalesce(d.reason, '') FROM snapshots s
             LEFT JOIN decisions d ON d.action = 'publish' AND d.subject = CAST(s.number AS TEXT)
             ORDER BY s.number DESC",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(SnapshotRecord {
                number: row.get(0)?,
                published_at: row.get(1)?,
                actor: row.get(2)?,
                reason: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn select_decisions(&self, which: &str, values: impl Params) -> Result<Vec<DecisionRecord>> {
        let connection = self.read()?;
        let sql = format!("SELECT id, at, actor, action, subject, reason FROM decisions WHERE {which}");
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(values, |row| {
            Ok(DecisionRecord {
                number: row.get(0)?,
                at: row.get(1)?,
                actor: row.get(2)?,
                action: row.get(3)?,
                subject: row.get(4)?,
                reason: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
