//! Taking in versions: everything of one version in one transaction, so that half a document cannot exist.

use fail::fail_point;
use knowledge::{
    CanonicalText, CorpusId, DocumentId, Metadata, Passage, PassageId, Quality, Sketch, Snapshot, Status, sha256_hex,
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::error::{Error, Result};
use crate::findings::{FindingKind, put_finding};
use crate::identity::{self, Alike};
use crate::notices::{self, Applied, Changed};
use crate::snapshots::{Decision, staged_number};
use crate::{Ledger, begin};

/// A version on its way in.
#[derive(Debug)]
pub struct NewVersion {
    /// Corpus it belongs to; must be registered.
    pub corpus: CorpusId,
    /// What the source calls the document: the same name again means another version of it.
    pub name: String,
    /// Path of the source below the directory that was ingested.
    pub source_name: String,
    /// SHA-256 of the source's bytes, hexadecimal.
    pub source_sha256: String,
    /// Name and version of the parser.
    pub parser: String,
    /// What is known about it.
    pub metadata: Metadata,
    /// Its text.
    pub text: CanonicalText,
    /// How well its source was read.
    pub quality: Quality,
    /// What its text is like; short ones have none.
    pub sketch: Option<Sketch>,
}

/// A version with everything that is stored of it.
#[derive(Debug)]
pub struct Staging {
    /// The version.
    pub version: NewVersion,
    /// Its number; see [`Ledger::next_number`].
    pub number: u32,
    /// Its passages, in order.
    pub passages: Vec<Passage>,
    /// Their vectors, in the same order.
    pub vectors: Vec<Vec<f32>>,
}

/// What staging a version came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Staged {
    /// Whether the document was held before.
    pub updated: bool,
    /// How the version stands: as it says, or as notices say that came before it.
    pub status: Status,
    /// What wants a person's eye.
    pub findings: Vec<(FindingKind, String)>,
    /// Versions, of this document and of others, whose standing changed with it.
    pub changed: Vec<Changed>,
}

impl Ledger {
    /// Keeps where a registered corpus comes from, in the words of whoever reads it back.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn put_sources(&self, corpus: &CorpusId, sources: &impl serde::Serialize) -> Result<()> {
        let sql = "UPDATE corpora SET sources = ?2 WHERE id = ?1";
        self.lock().execute(sql, params![corpus.as_str(), serde_json::to_string(sources)?])?;
        Ok(())
    }

    /// Binds the ledger to one embedding model and the length of its vectors, or checks that it is bound to this one.
    ///
    /// # Errors
    /// [`Error::OtherEmbedder`].
    pub fn bind_embedder(&self, id: &str, dimension: usize) -> Result<()> {
        let connection = self.lock();
        let sql = "INSERT OR IGNORE INTO meta VALUES ('embedder', ?1), ('dimension', ?2)";
        connection.execute(sql, params![id, dimension.to_string()])?;
        let found: String =
            connection.query_row("SELECT value FROM meta WHERE name = 'embedder'", [], |row| row.get(0))?;
        if found == id { Ok(()) } else { Err(Error::OtherEmbedder { found, wanted: id.to_owned() }) }
    }

    /// The embedder it is bound to, by name and length of its vectors, once it is.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn embedder(&self) -> Result<Option<(String, usize)>> {
        let sql = "SELECT e.value, CAST(d.value AS INTEGER) FROM meta e JOIN meta d ON d.name = 'dimension'
                   WHERE e.name = 'embedder'";
        Ok(self.read()?.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// The number that a further version of `document` takes: the one it declares if that is free, else the next; `None` when
    /// there is no higher one.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn next_number(&self, document: DocumentId, declared: Option<u32>) -> Result<Option<u32>> {
        let connection = self.lock();
        let taken = |number: u32| {
            let sql = "SELECT EXISTS (SELECT 1 FROM versions WHERE document = ?1 AND number = ?2)";
            connection.query_row(sql, params![document.to_bytes(), number], |row| row.get::<_, bool>(0))
        };
        match declared {
            Some(number) if !taken(number)? => Ok(Some(number)),
            _ => {
                let sql = "SELECT coalesce(max(number), 0) FROM versions WHERE document = ?1";
                let newest: u32 = connection.query_row(sql, [document.to_bytes()], |row| row.get(0))?;
                Ok(newest.checked_add(1))
            }
        }
    }

    /// Stores versions with their passages and vectors, and stages those that are to be in force. All of them, or none.
    ///
    /// # Errors
    /// [`Error::UnknownCorpus`]; [`Error::Full`] when the disk is full, with nothing written.
    pub fn stage(&self, batch: &[Staging], decision: &Decision<'_>) -> Result<Vec<Staged>> {
        let mut connection = self.lock();
        let transaction = begin(&mut connection)?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for staging in batch {
            outcomes.push(stage_one(&transaction, staging, decision)?);
        }
        fail_point!("ledger::stage::before_commit", |kind| Err(Error::injected(kind)));
        transaction.commit()?;
        fail_point!("ledger::stage::after_commit", |kind| Err(Error::injected(kind)));
        Ok(outcomes)
    }
}

fn stage_one(transaction: &Transaction<'_>, staging: &Staging, decision: &Decision<'_>) -> Result<Staged> {
    let Staging { version, number, passages, vectors } = staging;
    let known: bool = transaction.query_row(
        "SELECT EXISTS (SELECT 1 FROM corpora WHERE id = ?1)",
        [version.corpus.as_str()],
        |row| row.get(0),
    )?;
    if !known {
        return Err(Error::UnknownCorpus(version.corpus.clone()));
    }
    let document = DocumentId::of(&version.corpus, &version.name);
    let new = transaction.execute(
        "INSERT OR IGNORE INTO documents VALUES (?1, ?2, ?3)",
        params![document.to_bytes(), version.corpus.as_str(), version.name],
    )? == 1;
    let text_sha256 = version.text.sha256();
    transaction.execute(
        "INSERT INTO versions (document, number, source_name, source_sha256, parser, metadata, status, text, text_sha256, blocks,
                               quality, review_by, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            document.to_bytes(),
            number,
            version.source_name,
            version.source_sha256,
            version.parser,
            serde_json::to_string(&version.metadata)?,
            version.metadata.status.as_str(),
            version.text.as_str(),
            text_sha256,
            serde_json::to_string(version.text.blocks())?,
            serde_json::to_string(&version.quality)?,
            version.metadata.review_by,
            version.metadata.expires,
        ],
    )?;
    let row = transaction.last_insert_rowid();
    for (ordinal, (passage, vector)) in passages.iter().zip(vectors).enumerate() {
        put_passage(transaction, row, ordinal, passage)?;
        put_vector(transaction, passage.id, vector)?;
    }
    let mut findings = find(transaction, staging, document, row, &text_sha256)?;
    for (kind, detail) in &findings {
        put_finding(transaction, decision.at, *kind, document, *number, detail)?;
    }
    identity::put_names(transaction, document.to_bytes(), &version.metadata)?;
    identity::put_sketch(transaction, row, version.sketch.as_ref())?;
    put_in_force(transaction, document)?;
    let Applied { changed, doubtful } = notices::after_staging(transaction, document, *number, version, decision)?;
    let doubtful = doubtful.into_iter().filter(|(about, _)| *about == document);
    findings.extend(doubtful.map(|(_, detail)| (FindingKind::DoubtfulNotice, detail)));
    let own = changed.iter().rev().find(|change| change.document == document && change.version == *number);
    let status = own.map_or(version.metadata.status, |change| change.status);
    Ok(Staged { updated: !new, status, findings, changed })
}

pub(crate) fn put_passage(connection: &Connection, version: i64, ordinal: usize, passage: &Passage) -> Result<()> {
    let mut insert = connection.prepare_cached("INSERT INTO passages VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    insert.execute(params![
        passage.id.to_bytes(),
        version,
        ordinal,
        passage.span.start,
        passage.span.end,
        serde_json::to_string(&passage.section)?,
        passage.page,
        passage.text,
        sha256_hex(passage.text.as_bytes()),
    ])?;
    Ok(())
}

pub(crate) fn put_vector(connection: &Connection, passage: PassageId, vector: &[f32]) -> Result<()> {
    let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO vectors VALUES (?1, ?2)")?;
    insert.execute(params![passage.to_bytes(), crate::entries::bytes_of(vector)])?;
    Ok(())
}

/// What of a version that comes in wants a person's eye.
fn find(
    connection: &Connection,
    staging: &Staging,
    document: DocumentId,
    row: i64,
    text_sha256: &str,
) -> Result<Vec<(FindingKind, String)>> {
    let version = &staging.version;
    let mut findings = Vec::new();
    if version.quality.wants_review() {
        findings.push((FindingKind::PoorQuality, format!("read with a score of {:.2}", version.quality.score)));
    }
    let alike = identity::alike(connection, document, row, &version.metadata, text_sha256, version.sketch.as_ref())?;
    for (other, alike) in alike {
        findings.push(match alike {
            Alike::Text => (FindingKind::SameText, format!("the same text as document {other}")),
            Alike::Near(share) => {
                (FindingKind::NearText, format!("{:.0} % of its runs of words are in document {other}", share * 100.0))
            }
            Alike::Work => (FindingKind::SameWork, format!("the same work as document {other}, by its names or title")),
        });
    }
    Ok(findings)
}

/// Makes the staged snapshot hold the newest version of `document` that may be evidence, and no other.
pub(crate) fn put_in_force(connection: &Connection, document: DocumentId) -> Result<()> {
    let staged = staged_number(connection)?;
    let newest: Option<i64> = connection
        .query_row(
            "SELECT id FROM versions WHERE document = ?1 AND status IN ('current', 'corrected', 'expression_of_concern')
             ORDER BY number DESC LIMIT 1",
            [document.to_bytes()],
            |row| row.get(0),
        )
        .optional()?;
    let passages = |sql: &str| -> Result<Vec<PassageId>> {
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![document.to_bytes(), newest], |row| row.get::<_, [u8; 16]>(0))?;
        Ok(rows.map(|row| row.map(PassageId::from_bytes)).collect::<rusqlite::Result<_>>()?)
    };
    let leaving = passages(
        "SELECT e.passage FROM entries e JOIN passages p ON p.id = e.passage JOIN versions v ON v.id = p.version
         WHERE v.document = ?1 AND e.removed IS NULL AND v.id IS NOT ?2 ORDER BY v.id, p.ordinal",
    )?;
    let coming = passages(
        "SELECT p.id FROM passages p JOIN versions v ON v.id = p.version
         WHERE v.document = ?1 AND v.id IS ?2
           AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.passage = p.id AND e.removed IS NULL) ORDER BY p.ordinal",
    )?;
    for passage in leaving {
        close_entry(connection, passage, staged)?;
    }
    for passage in coming {
        open_entry(connection, passage, staged)?;
    }
    Ok(())
}

/// Ends the open interval of a passage at `staged`. One that was never published becomes empty: `[n, n)`.
pub(crate) fn close_entry(connection: &Connection, passage: PassageId, staged: Snapshot) -> Result<()> {
    let seq = next_seq(connection)?;
    connection
        .prepare_cached("UPDATE entries SET removed = ?2, seq = ?3 WHERE passage = ?1 AND removed IS NULL")?
        .execute(params![passage.to_bytes(), staged.0, seq])?;
    Ok(())
}

/// Begins an interval of a passage at `staged`, or reopens the one that was to end there.
pub(crate) fn open_entry(connection: &Connection, passage: PassageId, staged: Snapshot) -> Result<()> {
    let seq = next_seq(connection)?;
    let reopened = connection
        .prepare_cached("UPDATE entries SET removed = NULL, seq = ?3 WHERE passage = ?1 AND removed = ?2")?
        .execute(params![passage.to_bytes(), staged.0, seq])?;
    if reopened == 0 {
        connection.prepare_cached("INSERT INTO entries VALUES (?1, ?2, NULL, ?3)")?.execute(params![
            passage.to_bytes(),
            staged.0,
            seq
        ])?;
    }
    Ok(())
}

/// Has the indexes take a passage in again.
pub(crate) fn touch_entries(connection: &Connection, passage: PassageId) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT added FROM entries WHERE passage = ?1 ORDER BY added")?;
    let added = statement.query_map([passage.to_bytes()], |row| row.get::<_, u64>(0))?;
    for added in added.collect::<rusqlite::Result<Vec<_>>>()? {
        let seq = next_seq(connection)?;
        connection
            .prepare_cached("UPDATE entries SET seq = ?3 WHERE passage = ?1 AND added = ?2")?
            .execute(params![passage.to_bytes(), added, seq])?;
    }
    Ok(())
}

fn next_seq(connection: &Connection) -> Result<u64> {
    let sql = "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'seq' RETURNING CAST(value AS INTEGER)";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}
