//! What of a damaged ledger can be put right: most of what is wrong, from what is right.

use std::collections::HashMap;

use knowledge::{
    Block, CanonicalText, DocumentId, PASSAGE_WORDS, PassageId, Span, Status, char_slice, sha256_hex, split,
};
use rusqlite::{Connection, OptionalExtension, params};

use crate::check::{At, Fault, FaultKind, overlaps};
use crate::error::Result;
use crate::snapshots::{Decision, change_status, staged_number, take_along};
use crate::write::{put_in_force, put_passage};
use crate::{Ledger, begin};

impl Ledger {
    /// Mends what can be mended from what is right. A version whose text or metadata is lost is withdrawn, and will be taken in
    /// again when its source is ingested again. Vectors are for [`Ledger::unembedded`] and [`Ledger::embed`]. All, or nothing.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn mend(&self, faults: &[Fault], decision: &Decision<'_>) -> Result<()> {
        let mut connection = self.lock();
        let transaction = begin(&mut connection)?;
        for fault in faults {
            mend(&transaction, fault, decision)?;
        }
        transaction.commit()?;
        Ok(())
    }
}

fn mend(connection: &Connection, fault: &Fault, decision: &Decision<'_>) -> Result<()> {
    match (fault.kind, fault.at) {
        (FaultKind::Pointer, _) => {
            connection.execute_batch(
                "UPDATE meta SET value = (SELECT coalesce(max(number), 0) FROM snapshots) WHERE name = 'head';
                 UPDATE meta SET value = (SELECT h.value FROM meta h WHERE h.name = 'head')
                 WHERE name = 'published' AND CAST(value AS INTEGER) NOT IN (SELECT number FROM snapshots);",
            )?;
        }
        (FaultKind::Seq, _) => {
            connection.execute("UPDATE meta SET value = (SELECT max(seq) FROM entries) WHERE name = 'seq'", [])?;
        }
        (FaultKind::Interval, At::Passage(passage)) => mend_intervals(connection, passage)?,
        (FaultKind::HalfInForce, At::Version { row, document, .. }) => {
            close_version(connection, row)?;
            put_in_force(connection, document)?;
        }
        (FaultKind::Text | FaultKind::Blocks | FaultKind::Metadata, At::Version { row, document, number }) => {
            withdraw_damaged(connection, row, document, number, fault.kind, decision)?;
        }
        (FaultKind::Passage, At::Passage(passage)) => mend_passage(connection, passage)?,
        (FaultKind::PassageMissing, At::Version { row, document, number }) => {
            put_missing(connection, row, document, number)?;
            close_version(connection, row)?;
            put_in_force(connection, document)?;
        }
        _ => {}
    }
    Ok(())
}

/// An interval ends where the next one begins, at the latest.
fn mend_intervals(connection: &Connection, passage: PassageId) -> Result<()> {
    connection.execute(
        "UPDATE entries AS e SET removed = coalesce(max(e.added, (SELECT min(o.added) FROM entries o
           WHERE o.passage = e.passage AND o.added > e.added)), e.added)
         WHERE e.passage = ?1 AND (e.removed < e.added OR EXISTS (SELECT 1 FROM entries o WHERE o.passage = e.passage
           AND o.added > e.added AND (e.removed IS NULL OR e.removed > o.added)))",
        [passage.to_bytes()],
    )?;
    crate::write::touch_entries(connection, passage)
}

fn close_version(connection: &Connection, row: i64) -> Result<()> {
    let staged = staged_number(connection)?;
    let sql =
        "SELECT p.id FROM passages p JOIN entries e ON e.passage = p.id AND e.removed IS NULL WHERE p.version = ?1
               ORDER BY p.ordinal";
    let mut statement = connection.prepare_cached(sql)?;
    let open = statement.query_map([row], |row| row.get::<_, [u8; 16]>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    for passage in open {
        crate::write::close_entry(connection, PassageId::from_bytes(passage), staged)?;
    }
    Ok(())
}

/// Takes a version out of use and forgets its source's hash, so that ingesting the source again takes it in again.
fn withdraw_damaged(
    connection: &Connection,
    row: i64,
    document: DocumentId,
    number: u32,
    kind: FaultKind,
    decision: &Decision<'_>,
) -> Result<()> {
    if kind == FaultKind::Metadata {
        // Enough to be read, and to say what became of it.
        let metadata = "json_object('title', source_name, 'issuer', '', 'kind', 'guideline', 'published', NULL, 'status', 'withdrawn',
          'access', 'full_text', 'jurisdiction', '', 'language', '', 'grade', NULL, 'identifiers', json_object(),
          'authors', json_array(), 'licence', NULL, 'sources', json_array(), 'notice', NULL)";
        connection.execute(&format!("UPDATE versions SET metadata = {metadata} WHERE id = ?1"), [row])?;
    }
    connection.execute("UPDATE versions SET source_sha256 = '' WHERE id = ?1", [row])?;
    take_along(connection, document, number, Status::Withdrawn, decision)?;
    change_status(connection, document, number, Status::Withdrawn, decision)
}

/// Puts back the text at the passage's place. A passage whose place is wrong is emptied of its interval instead: what it was is
/// put back as a missing one.
fn mend_passage(connection: &Connection, passage: PassageId) -> Result<()> {
    let sql = "SELECT v.document, v.number, v.text, v.text_sha256, p.start, p.stop FROM passages p
               JOIN versions v ON v.id = p.version WHERE p.id = ?1";
    let row: Option<([u8; 16], u32, String, String, usize, usize)> = connection
        .query_row(sql, [passage.to_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })
        .optional()?;
    let Some((document, number, text, sha256, start, end)) = row else { return Ok(()) };
    let span = Span { start, end };
    if PassageId::of(DocumentId::from_bytes(document), number, &sha256, span) != passage {
        // Its place is lost; the one split that has its id knows it.
        let text = CanonicalText::from_parts(text, blocks_of(connection, passage)?);
        let spans = text.map(|text| split(&text, PASSAGE_WORDS)).unwrap_or_default();
        let found = spans
            .into_iter()
            .map(|(span, ..)| span)
            .find(|span| PassageId::of(DocumentId::from_bytes(document), number, &sha256, *span) == passage);
        if let Some(span) = found {
            let sql = "UPDATE passages SET start = ?2, stop = ?3 WHERE id = ?1";
            connection.execute(sql, params![passage.to_bytes(), span.start, span.end])?;
            return mend_passage(connection, passage);
        }
        return Ok(());
    }
    if let Some(own) = char_slice(&text, span) {
        let sql = "UPDATE passages SET text = ?2, sha256 = ?3 WHERE id = ?1";
        connection.execute(sql, params![passage.to_bytes(), own, sha256_hex(own.as_bytes())])?;
        crate::write::touch_entries(connection, passage)?;
    }
    Ok(())
}

fn blocks_of(connection: &Connection, passage: PassageId) -> Result<Vec<Block>> {
    let sql = "SELECT v.blocks FROM passages p JOIN versions v ON v.id = p.version WHERE p.id = ?1";
    let blocks: String = connection.query_row(sql, [passage.to_bytes()], |row| row.get(0))?;
    Ok(serde_json::from_str(&blocks)?)
}

/// Passages that the text should have and has not, without vectors: those come after.
fn put_missing(connection: &Connection, row: i64, document: DocumentId, number: u32) -> Result<()> {
    let (text, sha256, blocks): (String, String, String) =
        connection.query_row("SELECT text, text_sha256, blocks FROM versions WHERE id = ?1", [row], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let Some(text) = CanonicalText::from_parts(text, serde_json::from_str(&blocks)?) else { return Ok(()) };
    let mut statement = connection.prepare("SELECT id, start, stop FROM passages WHERE version = ?1")?;
    let held = statement
        .query_map([row], |row| Ok((row.get::<_, [u8; 16]>(0)?, Span { start: row.get(1)?, end: row.get(2)? })))?;
    let held: HashMap<[u8; 16], Span> = held.collect::<rusqlite::Result<_>>()?;
    let mut ordinal: usize = connection.query_row(
        "SELECT coalesce(max(ordinal), -1) + 1 FROM passages WHERE version = ?1",
        [row],
        |row| row.get(0),
    )?;
    for (span, section, page) in split(&text, PASSAGE_WORDS) {
        let id = PassageId::of(document, number, &sha256, span);
        let Some(own) = char_slice(text.as_str(), span) else { continue };
        if !held.contains_key(&id.to_bytes()) && !held.values().any(|there| overlaps(*there, span)) {
            let passage = knowledge::Passage { id, span, section, page, text: own.to_owned() };
            put_passage(connection, row, ordinal, &passage)?;
            ordinal += 1;
        }
    }
    Ok(())
}
