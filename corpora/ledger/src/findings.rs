//! Findings: what came up while taking documents in and wants a person's eye, and what people made of it.

use std::collections::BTreeMap;
use std::str::FromStr;

use knowledge::{DocumentId, Status};
use rusqlite::{Connection, Params, Row, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::schema::of_metadata;
use crate::snapshots::{Decision, StagedChange};
use crate::{Ledger, begin};

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
    /// All kinds, in the order the documentation lists them.
    pub const ALL: [Self; 5] =
        [Self::PoorQuality, Self::SameText, Self::NearText, Self::SameWork, Self::DoubtfulNotice];

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

impl FromStr for FindingKind {
    type Err = UnknownName;

    fn from_str(text: &str) -> std::result::Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| UnknownName::new("kind of finding", text, &Self::ALL.map(Self::as_str)))
    }
}

/// What came of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingOutcome)]
pub enum Outcome {
    /// It is so, and the text may be used as it is.
    Accepted,
    /// It is so, and something was done about it: the text was withdrawn, or replaced.
    Acted,
    /// It is not so.
    Dismissed,
}

impl Outcome {
    /// All of them, in the order the documentation lists them.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Acted, Self::Dismissed];

    /// The name used in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Acted => "acted",
            Self::Dismissed => "dismissed",
        }
    }
}

impl FromStr for Outcome {
    type Err = UnknownName;

    fn from_str(text: &str) -> std::result::Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|outcome| outcome.as_str() == text);
        found.ok_or_else(|| UnknownName::new("outcome", text, &Self::ALL.map(Self::as_str)))
    }
}

/// A word that is none of the names there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {field} {found:?}; known: {known}")]
pub struct UnknownName {
    field: &'static str,
    found: String,
    known: String,
}

impl UnknownName {
    fn new(field: &'static str, found: &str, known: &[&str]) -> Self {
        Self { field, found: found.to_owned(), known: known.join(", ") }
    }
}

/// That somebody looked at a finding, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CorpusSettlement)]
pub struct Settlement {
    /// When, RFC 3339.
    pub at: String,
    /// Who; empty where it was closed before that was kept.
    pub by: String,
    /// What came of it; `dismissed` where it was closed before that was asked.
    pub outcome: Outcome,
    /// In their words; may be empty.
    pub note: String,
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
    /// Its corpus.
    pub corpus: String,
    /// Its title; empty where the metadata is damaged.
    pub title: String,
    /// What was seen, for people.
    pub detail: String,
    /// How the version stands now.
    pub status: Status,
    /// What came of it; absent while it is open.
    pub settled: Option<Settlement>,
}

impl Ledger {
    /// Findings that nobody has settled, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn findings(&self) -> Result<Vec<Finding>> {
        select(&*self.read()?, "f.closed IS NULL ORDER BY f.id", [])
    }

    /// The next `limit` findings after the one with the number `after`, oldest first: the open ones or the settled ones, of one
    /// kind or of all.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn findings_page(
        &self,
        kind: Option<FindingKind>,
        settled: bool,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Finding>> {
        let which = "f.id > ?1 AND (f.closed IS NOT NULL) = ?2 AND (?3 IS NULL OR f.kind = ?3) ORDER BY f.id LIMIT ?4";
        select(&*self.read()?, which, params![after.unwrap_or(0), settled, kind.map(FindingKind::as_str), limit])
    }

    /// Findings about one document, settled or not, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn findings_about(&self, document: DocumentId) -> Result<Vec<Finding>> {
        select(&*self.read()?, "f.document = ?1 ORDER BY f.id", [document.to_bytes()])
    }

    /// One finding, settled or not.
    ///
    /// # Errors
    /// [`Error::UnknownFinding`].
    pub fn finding(&self, id: i64) -> Result<Finding> {
        one(&*self.read()?, id)
    }

    /// How many findings are open, by kind; every kind is there.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn open_findings(&self) -> Result<BTreeMap<FindingKind, u64>> {
        let connection = self.read()?;
        let mut open: BTreeMap<FindingKind, u64> = FindingKind::ALL.into_iter().map(|kind| (kind, 0)).collect();
        let mut statement =
            connection.prepare_cached("SELECT kind, count(*) FROM findings WHERE closed IS NULL GROUP BY kind")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            open.insert(known(&row.get::<_, String>(0)?)?, row.get(1)?);
        }
        Ok(open)
    }

    /// Numbers of the open findings about the versions that come in with these changes, in order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn open_findings_among(&self, changes: &[StagedChange]) -> Result<Vec<i64>> {
        let connection = self.read()?;
        let mut statement = connection
            .prepare_cached("SELECT id FROM findings WHERE document = ?1 AND version = ?2 AND closed IS NULL")?;
        let mut open = Vec::new();
        for change in changes.iter().filter(|change| change.coming > 0) {
            let rows =
                statement.query_map(params![change.document.to_bytes(), change.version], |row| row.get::<_, i64>(0))?;
            for id in rows {
                open.push(id?);
            }
        }
        open.sort_unstable();
        Ok(open)
    }

    /// Settles a finding: who and when are the decision's, and `note` says why. `log` puts it on record before it counts: where
    /// it fails, the finding stays open.
    ///
    /// # Errors
    /// [`Error::UnknownFinding`]; [`Error::Settled`] when somebody has done so before; what `log` fails with.
    pub fn settle_finding<E: From<Error>>(
        &self,
        id: i64,
        outcome: Outcome,
        note: &str,
        decision: &Decision<'_>,
        log: impl FnOnce(&Finding) -> Result<(), E>,
    ) -> Result<Finding, E> {
        let mut connection = self.lock();
        let transaction = begin(&mut connection).map_err(Error::from)?;
        let settled = settle(&transaction, id, outcome, note, decision)?;
        log(&settled)?;
        transaction.commit().map_err(Error::from)?;
        Ok(settled)
    }
}

fn settle(connection: &Connection, id: i64, outcome: Outcome, note: &str, decision: &Decision<'_>) -> Result<Finding> {
    if one(connection, id)?.settled.is_some() {
        return Err(Error::Settled(id));
    }
    connection.execute(
        "UPDATE findings SET closed = ?2, closed_by = ?3, outcome = ?4, note = ?5 WHERE id = ?1",
        params![id, decision.at, decision.actor, outcome.as_str(), note],
    )?;
    one(connection, id)
}

fn one(connection: &Connection, id: i64) -> Result<Finding> {
    select(connection, "f.id = ?1", [id])?.pop().ok_or(Error::UnknownFinding(id))
}

fn select(connection: &Connection, which: &str, values: impl Params) -> Result<Vec<Finding>> {
    let sql = format!(
        "SELECT f.id, f.at, f.kind, f.document, f.version, d.corpus, coalesce({}, ''), f.detail, v.status, f.closed,
                coalesce(f.closed_by, ''), coalesce(f.outcome, 'dismissed'), coalesce(f.note, '')
         FROM findings f JOIN documents d ON d.id = f.document
         JOIN versions v ON v.document = f.document AND v.number = f.version WHERE {which}",
        of_metadata("title")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(values)?;
    let mut findings = Vec::new();
    while let Some(row) = rows.next()? {
        findings.push(finding(row)?);
    }
    Ok(findings)
}

fn finding(row: &Row<'_>) -> Result<Finding> {
    let (kind, status): (String, String) = (row.get(2)?, row.get(8)?);
    let settled = match row.get::<_, Option<String>>(9)? {
        Some(at) => {
            let outcome = row.get::<_, String>(11)?.parse::<Outcome>();
            let outcome = outcome.map_err(|error| Error::Damaged(error.to_string()))?;
            Some(Settlement { at, by: row.get(10)?, outcome, note: row.get(12)? })
        }
        None => None,
    };
    Ok(Finding {
        id: row.get(0)?,
        at: row.get(1)?,
        kind: known(&kind)?,
        document: DocumentId::from_bytes(row.get(3)?),
        version: row.get(4)?,
        corpus: row.get(5)?,
        title: row.get(6)?,
        detail: row.get(7)?,
        status: status.parse().map_err(|_| Error::Damaged(format!("status {status:?}")))?,
        settled,
    })
}

fn known(kind: &str) -> Result<FindingKind> {
    kind.parse::<FindingKind>().map_err(|error| Error::Damaged(error.to_string()))
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
