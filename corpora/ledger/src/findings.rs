//! Findings: what came up while taking documents in, and wants a person's eye.

use knowledge::DocumentId;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Ledger;
use crate::error::{Error, Result};

/// What came up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The source was read badly.
    PoorQuality,
    /// Another document has the same text, letter for letter.
    SameText,
    /// Another document has nearly the same text.
    NearText,
    /// Another document is a record of the same work.
    SameWork,
    /// A notice may be about it, and names alone do not settle whether.
    DoubtfulNotice,
}

impl FindingKind {
    const ALL: [Self; 5] = [Self::PoorQuality, Self::SameText, Self::NearText, Self::SameWork, Self::DoubtfulNotice];

    /// The name used in reports and in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PoorQuality => "poor_quality",
            Self::SameText => "same_text",
            Self::NearText => "near_text",
            Self::SameWork => "same_work",
            Self::DoubtfulNotice => "doubtful_notice",
        }
    }
}

/// Something that wants a person's eye.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CorpusFinding)]
pub struct Finding {
    /// Its number.
    pub id: i64,
    /// When it came up, RFC 3339.
    pub at: String,
    /// What it is.
    pub kind: FindingKind,
    /// The document it is about.
    pub document: DocumentId,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// What was seen, for people.
    pub detail: String,
}

/// What a run of ingest came to, as it was kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunRecord {
    /// Its number.
    pub id: i64,
    /// When it began, RFC 3339.
    pub at: String,
    /// Who ran it.
    pub actor: String,
    /// Into which corpus.
    pub corpus: String,
    /// Its account, as the ingest wrote it.
    pub account: serde_json::Value,
}

/// A version in force that its issuer meant to look at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Due {
    /// By when: `2024`, `2024-03` or `2024-03-01`.
    pub review_by: String,
    /// The document.
    pub document: DocumentId,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: String,
}

impl Ledger {
    /// Versions that may be evidence and were to be looked at again by `day`, the longest overdue first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn due(&self, day: &str) -> Result<Vec<Due>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT review_by, document, number, json_extract(metadata, '$.title') FROM versions v
             WHERE substr(?1, 1, length(review_by)) >= review_by AND status IN ('current', 'corrected', 'expression_of_concern')
               AND NOT EXISTS (SELECT 1 FROM versions w WHERE w.document = v.document AND w.number > v.number)
             ORDER BY review_by, document",
        )?;
        let rows = statement.query_map([day], |row| {
            let document = DocumentId::from_bytes(row.get(1)?);
            Ok(Due { review_by: row.get(0)?, document, version: row.get(2)?, title: row.get(3)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The last `limit` runs of ingest that changed anything, the newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn runs(&self, limit: usize) -> Result<Vec<RunRecord>> {
        self.select_runs("id > 0 ORDER BY id DESC LIMIT ?1", i64::try_from(limit).unwrap_or(i64::MAX))
    }

    /// Runs after the one with this number, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn runs_after(&self, id: i64) -> Result<Vec<RunRecord>> {
        self.select_runs("id > ?1 ORDER BY id", id)
    }

    /// The number of the last run; 0 before the first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_run(&self) -> Result<i64> {
        let connection = self.read()?;
        Ok(connection.query_row("SELECT coalesce(max(id), 0) FROM runs", [], |row| row.get(0))?)
    }

    fn select_runs(&self, which: &str, value: i64) -> Result<Vec<RunRecord>> {
        let connection = self.read()?;
        let sql = format!("SELECT id, at, actor, corpus, report FROM runs WHERE {which}");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([value])?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next()? {
            let account = serde_json::from_str(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?)?;
            runs.push(RunRecord { id: row.get(0)?, at: row.get(1)?, actor: row.get(2)?, corpus: row.get(3)?, account });
        }
        Ok(runs)
    }

    /// Findings that nobody has closed, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn findings(&self) -> Result<Vec<Finding>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT f.id, f.at, f.kind, f.document, f.version, json_extract(v.metadata, '$.title'), f.detail FROM findings f
             JOIN versions v ON v.document = f.document AND v.number = f.version WHERE f.closed IS NULL ORDER BY f.id",
        )?;
        let mut rows = statement.query([])?;
        let mut findings = Vec::new();
        while let Some(row) = rows.next()? {
            let kind: String = row.get(2)?;
            let known = FindingKind::ALL.into_iter().find(|known| known.as_str() == kind);
            findings.push(Finding {
                id: row.get(0)?,
                at: row.get(1)?,
                kind: known.ok_or_else(|| Error::Damaged(format!("finding {kind:?}")))?,
                document: DocumentId::from_bytes(row.get(3)?),
                version: row.get(4)?,
                title: row.get(5)?,
                detail: row.get(6)?,
            });
        }
        Ok(findings)
    }

    /// Closes a finding; false when there is none open of this number.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn close_finding(&self, id: i64, at: &str) -> Result<bool> {
        let sql = "UPDATE findings SET closed = ?2 WHERE id = ?1 AND closed IS NULL";
        Ok(self.lock().execute(sql, params![id, at])? == 1)
    }
}

/// Notes a finding. The same one again is not noted twice, open or closed.
pub(crate) fn put_finding(
    connection: &Connection,
    at: &str,
    kind: FindingKind,
    document: DocumentId,
    version: u32,
    detail: &str,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO findings (at, kind, document, version, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![at, kind.as_str(), document.to_bytes(), version, detail])?;
    Ok(())
}
