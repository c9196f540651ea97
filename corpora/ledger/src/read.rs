//! Reading back: corpora, documents, passages, and the evidence behind a question.

use std::collections::HashMap;

use knowledge::{
    Block, BlockKind, CanonicalText, Corpus, CorpusId, DocumentId, DocumentRef, Metadata, PassageId, Quality, Snapshot,
    Span, Status, sha256_hex,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::Ledger;
use crate::error::{Error, Result};
use crate::snapshots::pointer;
use crate::withheld::Ahead;

/// A passage with the document it stands in.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PassageView {
    /// The passage.
    pub id: PassageId,
    /// Its text: exactly `[start, end)` of the version's canonical text.
    pub text: String,
    /// Where it stands, in code points.
    #[serde(flatten)]
    pub span: Span,
    /// Headings above it.
    pub section: Vec<String>,
    /// Page of the source, where it has pages.
    pub page: Option<u32>,
    /// The document.
    pub document: DocumentRef,
}

/// One version in the list of a document's versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VersionSummary {
    /// Its number.
    pub number: u32,
    /// Where it stands now. One that was in force and is no more is superseded, whether a later version has taken its place or
    /// the library went back to an earlier snapshot.
    pub status: Status,
    /// Date of publication.
    pub published: Option<String>,
    /// SHA-256 of its canonical text.
    pub sha256: String,
    /// Whether questions to the published snapshot may find it.
    pub is_in_force: bool,
}

/// Which texts are read: what is staged is for those who review it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those that some published snapshot has or had.
    Published,
    /// All of them.
    Staged,
}

/// A section of a canonical text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Section {
    /// Headings, outermost first.
    pub path: Vec<String>,
    /// Where it stands, in code points.
    #[serde(flatten)]
    pub span: Span,
}

/// A document, one of its versions whole, and the list of all.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DocumentView {
    /// The document and the version shown.
    #[serde(flatten)]
    pub document: DocumentRef,
    /// All versions that the reader may read, newest first.
    pub versions: Vec<VersionSummary>,
    /// Authors, licence, sources and notice.
    pub metadata: Metadata,
    /// How well its source was read; absent where that was before there was a measure.
    pub quality: Option<Quality>,
    /// Canonical text of the version shown.
    pub text: String,
    /// Its sections, in order.
    pub sections: Vec<Section>,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
}

/// How much is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Totals {
    /// Documents.
    pub documents: u64,
    /// Versions of them.
    pub versions: u64,
    /// Passages in force in the published snapshot.
    pub passages: u64,
}

/// Columns of a version; `?1` is the snapshot, `?2` the day as `2024-03-01`. A date that is not given to the day covers all of its
/// days.
const VERSION: &str = "d.id, v.number, d.corpus, v.metadata, v.status, v.text_sha256,
  EXISTS (SELECT 1 FROM versions w WHERE w.document = v.document AND w.number > v.number
          AND EXISTS (SELECT 1 FROM passages q JOIN entries e ON e.passage = q.id
                      WHERE q.version = w.id AND e.added <= ?1 AND (e.removed IS NULL OR e.removed > ?1))),
  substr(?2, 1, length(v.expires)) > v.expires IS TRUE";

/// Whether the day is within the date, and the licence of the corpus allows it to be found.
const ALLOWED: &str = "substr(?2, 1, length(v.expires)) > v.expires IS NOT TRUE AND EXISTS (SELECT 1 FROM corpora c
  WHERE c.id = d.corpus AND c.policy ->> '$.rights.index'
    AND substr(?2, 1, length(c.policy ->> '$.rights.expires')) > c.policy ->> '$.rights.expires' IS NOT TRUE)";

/// Whether the snapshot `?1` has something of the version, and whether any that was published had. An interval that was over before
/// it was published is empty.
const IN_FORCE: &str = "EXISTS (SELECT 1 FROM passages q JOIN entries e ON e.passage = q.id
          WHERE q.version = v.id AND e.added <= ?1 AND (e.removed IS NULL OR e.removed > ?1)),
  EXISTS (SELECT 1 FROM passages q JOIN entries e ON e.passage = q.id
          WHERE q.version = v.id AND e.removed IS NOT e.added
            AND e.added <= (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'head'))";

impl Ledger {
    /// All corpora, by id.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn corpora(&self) -> Result<Vec<Corpus>> {
        let connection = self.read()?;
        let mut statement = connection.prepare_cached("SELECT policy FROM corpora ORDER BY id")?;
        let policies = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        policies.iter().map(|policy| Ok(serde_json::from_str(policy)?)).collect()
    }

    /// One corpus.
    ///
    /// # Errors
    /// [`Error::UnknownCorpus`].
    pub fn corpus(&self, id: &CorpusId) -> Result<Corpus> {
        let sql = "SELECT policy FROM corpora WHERE id = ?1";
        let policy: Option<String> = self.read()?.query_row(sql, [id.as_str()], |row| row.get(0)).optional()?;
        Ok(serde_json::from_str(&policy.ok_or_else(|| Error::UnknownCorpus(id.clone()))?)?)
    }

    /// Where a corpus comes from, as it was kept.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn sources<T: DeserializeOwned>(&self, id: &CorpusId) -> Result<Option<T>> {
        let sql = "SELECT sources FROM corpora WHERE id = ?1";
        let kept: Option<Option<String>> = self.read()?.query_row(sql, [id.as_str()], |row| row.get(0)).optional()?;
        Ok(kept.flatten().map(|kept| serde_json::from_str(&kept)).transpose()?)
    }

    /// The DOIs of the documents of a corpus, in order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn dois(&self, id: &CorpusId) -> Result<Vec<String>> {
        let connection = self.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT DISTINCT n.value FROM names n JOIN documents d ON d.id = n.document
             WHERE n.kind = 'doi' AND d.corpus = ?1 ORDER BY n.value",
        )?;
        let dois = statement.query_map([id.as_str()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(dois)
    }

    /// What one corpus holds, or all of them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn totals(&self, corpus: Option<&CorpusId>) -> Result<Totals> {
        let connection = self.read()?;
        let published = pointer(&connection, "published")?;
        let count =
            |sql: &str| connection.query_row(sql, params![corpus.map(CorpusId::as_str), published.0], |row| row.get(0));
        Ok(Totals {
            documents: count("SELECT count(*) FROM documents d WHERE (?1 IS NULL OR d.corpus = ?1) AND ?2 >= 0")?,
            versions: count(
                "SELECT count(*) FROM versions v JOIN documents d ON d.id = v.document
                 WHERE (?1 IS NULL OR d.corpus = ?1) AND ?2 >= 0",
            )?,
            // In this order, which CROSS JOIN keeps, no text is touched: from the entries on it takes four times as long.
            passages: count(
                "SELECT count(*) FROM documents d CROSS JOIN versions v ON v.document = d.id
                 CROSS JOIN passages p ON p.version = v.id CROSS JOIN entries e ON e.passage = p.id
                 WHERE (?1 IS NULL OR d.corpus = ?1) AND e.added <= ?2 AND (e.removed IS NULL OR e.removed > ?2)
                   AND v.status NOT IN ('retracted', 'withdrawn')",
            )?,
        })
    }

    /// The passages among `ids` that may be evidence: in force at `snapshot`, not suppressed since, on `day` (`2024-03-01`)
    /// neither expired nor out of licence, and of the text that was stored. A passage whose hash no longer matches is damaged:
    /// it is left out, and said so in the log.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn evidence(
        &self,
        ids: &[PassageId],
        snapshot: Snapshot,
        day: &str,
    ) -> Result<HashMap<PassageId, PassageView>> {
        let connection = self.read()?;
        let at_once = connection.unchecked_transaction()?;
        let mut statement = at_once.prepare_cached(&evidence_of_passage())?;
        let (mut found, ahead) = (HashMap::with_capacity(ids.len()), self.ahead());
        for id in ids {
            let mut rows = statement.query(params![snapshot.0, day, id.to_bytes()])?;
            if let Some(row) = rows.next()? {
                match passage_view(row, &ahead) {
                    Ok(passage) if passage.document.status.suppresses() => {}
                    Ok(passage) => drop(found.insert(*id, passage)),
                    Err(Error::Damaged(what)) => tracing::error!(what, "left out of the evidence"),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(found)
    }

    /// One passage, whatever its standing: retracted text can still be opened, under its label.
    ///
    /// # Errors
    /// [`Error::UnknownPassage`], also when its version is out of reach; [`Error::Damaged`] when its text is not what was stored.
    pub fn passage(&self, id: PassageId, day: &str, reach: Reach) -> Result<PassageView> {
        let connection = self.read()?;
        let published = pointer(&connection, "published")?;
        let sql = format!(
            "SELECT {VERSION}, {PASSAGE}, {IN_FORCE} FROM passages p
             JOIN versions v ON v.id = p.version JOIN documents d ON d.id = v.document WHERE p.id = ?3"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![published.0, day, id.to_bytes()])?;
        let row = rows.next()?.ok_or(Error::UnknownPassage(id))?;
        let force = Force::read(row, 15)?;
        if !force.is_within(reach) {
            return Err(Error::UnknownPassage(id));
        }
        let mut passage = passage_view(row, &self.ahead())?;
        passage.document.status = force.standing(passage.document.status);
        Ok(passage)
    }

    /// One version of a document whole; the newest in force when none is named, else the newest within reach.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`] when there is no such document or version within reach.
    pub fn document(&self, id: DocumentId, version: Option<u32>, day: &str, reach: Reach) -> Result<DocumentView> {
        let connection = self.read()?;
        let (published, ahead) = (pointer(&connection, "published")?, self.ahead());
        let versions = versions(&connection, id, published, day, &ahead, reach)?;
        let shown = match version {
            Some(number) => versions.iter().find(|version| version.number == number),
            None => versions.iter().find(|version| version.is_in_force).or(versions.first()),
        };
        let (number, status) = shown.map(|shown| (shown.number, shown.status)).ok_or(Error::UnknownDocument(id))?;
        let sql = format!(
            "SELECT {VERSION}, v.text, v.blocks, v.quality FROM versions v JOIN documents d ON d.id = v.document
             WHERE v.document = ?3 AND v.number = ?4"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![published.0, day, id.to_bytes(), number])?;
        let row = rows.next()?.ok_or(Error::UnknownDocument(id))?;
        let (document, metadata) = document_ref(row, &ahead)?;
        let document = DocumentRef { status, ..document };
        let (text, blocks, quality): (String, String, Option<String>) = (row.get(8)?, row.get(9)?, row.get(10)?);
        let quality = quality.map(|quality| serde_json::from_str(&quality)).transpose()?;
        let text = CanonicalText::from_parts(text, serde_json::from_str(&blocks)?)
            .ok_or_else(|| Error::Damaged(format!("the blocks of document {id} do not fit its text")))?;
        if text.sha256() != document.sha256 {
            return Err(Error::Damaged(format!("the text of document {id} is not the text that was stored")));
        }
        let (sections, blocks) = (sections(text.blocks()), text.blocks().to_vec());
        Ok(DocumentView { document, versions, metadata, quality, text: text.as_str().to_owned(), sections, blocks })
    }
}

/// A passage that may be evidence in the snapshot `?1` on the day `?2`.
pub(crate) fn evidence_of_passage() -> String {
    format!(
        "SELECT {VERSION}, {PASSAGE} FROM passages p
         JOIN versions v ON v.id = p.version JOIN documents d ON d.id = v.document
         WHERE p.id = ?3 AND v.status NOT IN ('retracted', 'withdrawn') AND {ALLOWED}
           AND EXISTS (SELECT 1 FROM entries e WHERE e.passage = p.id AND e.added <= ?1
                       AND (e.removed IS NULL OR e.removed > ?1))"
    )
}

/// The versions within reach, the newest first.
fn versions(
    connection: &Connection,
    document: DocumentId,
    published: Snapshot,
    day: &str,
    ahead: &Ahead,
    reach: Reach,
) -> Result<Vec<VersionSummary>> {
    let sql = format!(
        "SELECT {VERSION}, {IN_FORCE} FROM versions v JOIN documents d ON d.id = v.document
         WHERE v.document = ?3 ORDER BY v.number DESC"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![published.0, day, document.to_bytes()])?;
    let mut versions = Vec::new();
    while let Some(row) = rows.next()? {
        let force = Force::read(row, 8)?;
        if !force.is_within(reach) {
            continue;
        }
        let (reference, _) = document_ref(row, ahead)?;
        let DocumentRef { version: number, status, published, sha256, .. } = reference;
        let is_in_force = force.is_now && !status.suppresses() && status != Status::Expired;
        let status = force.standing(status);
        versions.push(VersionSummary { number, status, published, sha256, is_in_force });
    }
    Ok(versions)
}

/// Whether published snapshots have a version: the one that is asked, and any.
#[derive(Clone, Copy)]
struct Force {
    is_now: bool,
    was_ever: bool,
}

impl Force {
    /// Reads the columns of [`IN_FORCE`], of which `first` is the first.
    fn read(row: &Row<'_>, first: usize) -> Result<Self> {
        Ok(Self { is_now: row.get(first)?, was_ever: row.get(first + 1)? })
    }

    fn is_within(self, reach: Reach) -> bool {
        self.was_ever || reach == Reach::Staged
    }

    /// How a version of this standing stands: what the library went back from does not stand as what it went back to.
    fn standing(self, status: Status) -> Status {
        if status.may_be_evidence() && self.was_ever && !self.is_now { Status::Superseded } else { status }
    }
}

/// Columns of a passage, after those of its version.
const PASSAGE: &str = "p.id, p.text, p.start, p.stop, p.section, p.page, p.sha256";

fn passage_view(row: &Row<'_>, ahead: &Ahead) -> Result<PassageView> {
    let (document, _) = document_ref(row, ahead)?;
    let (text, section, sha256): (String, String, String) = (row.get(9)?, row.get(12)?, row.get(14)?);
    let passage = PassageView {
        id: PassageId::from_bytes(row.get(8)?),
        text,
        span: Span { start: row.get(10)?, end: row.get(11)? },
        section: serde_json::from_str(&section)?,
        page: row.get(13)?,
        document,
    };
    if sha256_hex(passage.text.as_bytes()) != sha256 {
        return Err(Error::Damaged(format!("the text of passage {} is not the text that was stored", passage.id)));
    }
    Ok(passage)
}

/// Reads the columns of [`VERSION`], which come first in every row.
fn document_ref(row: &Row<'_>, ahead: &Ahead) -> Result<(DocumentRef, Metadata)> {
    let (corpus, metadata, status): (String, String, String) = (row.get(2)?, row.get(3)?, row.get(4)?);
    let metadata: Metadata = serde_json::from_str(&metadata)?;
    let damaged = |what: &str| Error::Damaged(format!("{what} of {:?}", metadata.title));
    let (id, version) = (DocumentId::from_bytes(row.get(0)?), row.get(1)?);
    let declared = ahead.status(id, version, status.parse().map_err(|_| damaged("status"))?);
    let (replaced, expired): (bool, bool) = (row.get(6)?, row.get(7)?);
    let status = match declared {
        declared if !declared.may_be_evidence() => declared,
        _ if expired => Status::Expired,
        _ if replaced => Status::Superseded,
        declared => declared,
    };
    let document = DocumentRef {
        id,
        version,
        corpus: corpus.parse().map_err(|_| damaged("corpus"))?,
        kind: metadata.kind,
        title: metadata.title.clone(),
        issuer: metadata.issuer.clone(),
        published: metadata.published.clone(),
        grade: metadata.grade.clone(),
        jurisdiction: metadata.jurisdiction.clone(),
        status,
        access: metadata.access,
        doi: metadata.identifiers.doi.clone(),
        pmid: metadata.identifiers.pmid.clone(),
        url: metadata.identifiers.url.clone(),
        sha256: row.get(5)?,
    };
    Ok((document, metadata))
}

fn sections(blocks: &[Block]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for block in blocks {
        match sections.last_mut() {
            Some(last) if last.path == block.section && block.kind != BlockKind::Heading => {
                last.span.end = block.span.end
            }
            _ => sections.push(Section { path: block.section.clone(), span: block.span }),
        }
    }
    sections
}
