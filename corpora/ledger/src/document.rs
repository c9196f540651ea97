//! What is held of one document: what its source calls it, its versions, and where the passages of each stand.

use knowledge::{CorpusId, DocumentId, PassageId, Quality, Snapshot, Span, Status};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Ledger;
use crate::error::{Error, Result};
use crate::schema::of_metadata;
use crate::snapshots::pointer;

/// Snapshots `[added, removed)` that hold passages of a version. One whose `added` was not published yet is staged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct InForce {
    /// First snapshot that has them.
    pub added: Snapshot,
    /// First snapshot after that without them; absent while they stand.
    pub removed: Option<Snapshot>,
}

/// A version with everything that is kept of it, but for its text.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VersionRecord {
    /// Its number.
    pub number: u32,
    /// Its title; empty where the metadata is damaged.
    pub title: String,
    /// Where it stands, as was last decided.
    pub status: Status,
    /// Date of publication: `2024`, `2024-03` or `2024-03-01`.
    pub published: Option<String>,
    /// From when it is in force, as its issuer says: a date like `published`.
    pub effective: Option<String>,
    /// When it is to be looked at again: a date like `published`.
    pub review_by: Option<String>,
    /// The last day on which it may be relied on: a date like `published`.
    pub expires: Option<String>,
    /// SHA-256 of its canonical text, hexadecimal.
    pub sha256: String,
    /// Path of its source below the directory that was ingested.
    pub source_name: String,
    /// SHA-256 of the source's bytes, hexadecimal; empty once the version was found damaged.
    pub source_sha256: String,
    /// Name and version of the parser.
    pub parser: String,
    /// How well its source was read; absent where that was before there was a measure.
    pub quality: Option<Quality>,
    /// Passages it was split into.
    pub passages: u64,
    /// Which snapshots hold it, the earliest first.
    pub in_force: Vec<InForce>,
}

/// Where a passage of a version stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PassagePlace {
    /// The passage.
    pub id: PassageId,
    /// Where it stands in the version's canonical text, in code points.
    #[serde(flatten)]
    pub span: Span,
    /// Headings above it.
    pub section: Vec<String>,
    /// Page of the source, where it has pages.
    pub page: Option<u32>,
    /// Whether questions to the published snapshot may find it.
    pub is_in_force: bool,
}

impl Ledger {
    /// The corpus of a document, and what its source calls it.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`].
    pub fn held_as(&self, document: DocumentId) -> Result<(CorpusId, String)> {
        let sql = "SELECT corpus, name FROM documents WHERE id = ?1";
        let held: Option<(String, String)> =
            self.read()?.query_row(sql, [document.to_bytes()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let (corpus, name) = held.ok_or(Error::UnknownDocument(document))?;
        Ok((corpus.parse().map_err(|_| Error::Damaged(format!("corpus {corpus:?}")))?, name))
    }

    /// All versions of a document, the newest first.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`].
    pub fn versions_of(&self, document: DocumentId) -> Result<Vec<VersionRecord>> {
        let connection = self.read()?;
        let sql = format!(
            "SELECT v.id, v.number, coalesce({}, ''), v.status, {}, {}, v.review_by, v.expires, v.text_sha256,
                    v.source_name, v.source_sha256, v.parser, v.quality,
                    (SELECT count(*) FROM passages p WHERE p.version = v.id)
             FROM versions v WHERE v.document = ?1 ORDER BY v.number DESC",
            of_metadata("title"),
            of_metadata("published"),
            of_metadata("effective")
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([document.to_bytes()])?;
        let (mut versions, ahead) = (Vec::new(), self.ahead());
        while let Some(row) = rows.next()? {
            let in_force = in_force(&connection, row.get(0)?)?;
            let held = version_record(row, in_force)?;
            versions.push(VersionRecord { status: ahead.status(document, held.number, held.status), ..held });
        }
        if versions.is_empty() { Err(Error::UnknownDocument(document)) } else { Ok(versions) }
    }

    /// The last page of a version's source that has text, references included; `None` where the source has no pages.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`] when there is no such document or version.
    pub fn last_page(&self, document: DocumentId, version: u32) -> Result<Option<u32>> {
        // What does not parse is no page, so that damage can be read, found and mended.
        let sql = "SELECT CASE WHEN json_valid(blocks) THEN
                            (SELECT max(block.value ->> '$.page') FROM json_each(blocks) block) END
                   FROM versions WHERE document = ?1 AND number = ?2";
        let held: Option<Option<u32>> =
            self.read()?.query_row(sql, params![document.to_bytes(), version], |row| row.get(0)).optional()?;
        held.ok_or(Error::UnknownDocument(document))
    }

    /// Where the passages of a version stand, in order.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`] when there is no such document or version.
    pub fn passages_of(&self, document: DocumentId, version: u32) -> Result<Vec<PassagePlace>> {
        let connection = self.read()?;
        let published = pointer(&connection, "published")?;
        let sql = "SELECT id, status IN ('retracted', 'withdrawn') FROM versions WHERE document = ?1 AND number = ?2";
        let held: Option<(i64, bool)> = connection
            .query_row(sql, params![document.to_bytes(), version], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (row, is_suppressed) = held.ok_or(Error::UnknownDocument(document))?;
        let is_suppressed = is_suppressed || self.ahead().suppresses(document, version);
        let mut statement = connection.prepare_cached(
            "SELECT p.id, p.start, p.stop, p.section, p.page,
                    NOT ?3 AND EXISTS (SELECT 1 FROM entries e WHERE e.passage = p.id AND e.added <= ?2
                                       AND (e.removed IS NULL OR e.removed > ?2))
             FROM passages p WHERE p.version = ?1 ORDER BY p.ordinal",
        )?;
        let mut rows = statement.query(params![row, published.0, is_suppressed])?;
        let mut passages = Vec::new();
        while let Some(row) = rows.next()? {
            passages.push(PassagePlace {
                id: PassageId::from_bytes(row.get(0)?),
                span: Span { start: row.get(1)?, end: row.get(2)? },
                section: serde_json::from_str(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?)?,
                page: row.get(4)?,
                is_in_force: row.get(5)?,
            });
        }
        Ok(passages)
    }
}

fn version_record(row: &Row<'_>, in_force: Vec<InForce>) -> Result<VersionRecord> {
    let (status, quality): (String, Option<String>) = (row.get(3)?, row.get(12)?);
    Ok(VersionRecord {
        number: row.get(1)?,
        title: row.get(2)?,
        status: status.parse().map_err(|_| Error::Damaged(format!("status {status:?}")))?,
        published: row.get(4)?,
        effective: row.get(5)?,
        review_by: row.get(6)?,
        expires: row.get(7)?,
        sha256: row.get(8)?,
        source_name: row.get(9)?,
        source_sha256: row.get(10)?,
        parser: row.get(11)?,
        quality: quality.map(|quality| serde_json::from_str(&quality)).transpose()?,
        passages: row.get(13)?,
        in_force,
    })
}

/// The intervals of the version in a row, but for those that were over before they were published.
fn in_force(connection: &Connection, version: i64) -> Result<Vec<InForce>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT e.added, e.removed FROM passages p JOIN entries e ON e.passage = p.id
         WHERE p.version = ?1 AND e.removed IS NOT e.added ORDER BY e.added, e.removed",
    )?;
    let rows = statement.query_map([version], |row| {
        Ok(InForce { added: Snapshot(row.get(0)?), removed: row.get::<_, Option<u64>>(1)?.map(Snapshot) })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
