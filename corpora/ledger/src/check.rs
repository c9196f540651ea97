//! Is what is held what was stored? Every text, passage, vector and interval is looked at; most of what is wrong can be mended
//! from what is right.

use std::collections::HashMap;

use knowledge::{
    Block, CanonicalText, DocumentId, Metadata, PASSAGE_WORDS, PassageId, Snapshot, Span, Status, char_slice,
    sha256_hex, split,
};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use crate::Ledger;
use crate::entries::floats;
use crate::error::Result;
use crate::snapshots::{Decision, change_status, pointer, staged_number};
use crate::write::{put_in_force, put_passage, put_vector};

/// What can be wrong with a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// SQLite finds its own file damaged.
    File,
    /// The snapshot pointers name no snapshot that was published.
    Pointer,
    /// The count of changes is behind the changes.
    Seq,
    /// Intervals of one passage overlap, or end before they begin.
    Interval,
    /// Of a version some passages are in force and some are not.
    HalfInForce,
    /// Metadata or standing cannot be read.
    Metadata,
    /// The canonical text is not the one that was stored.
    Text,
    /// The blocks do not fit the text.
    Blocks,
    /// A passage is not the text at its place.
    Passage,
    /// Text that passages should cover is in none.
    PassageMissing,
    /// A passage has no vector.
    VectorMissing,
    /// A vector has the wrong length, or is no unit vector.
    Vector,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What it is.
    pub kind: FaultKind,
    /// What it is about, and what was seen.
    pub seen: String,
    #[serde(skip)]
    at: At,
}

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Ledger,
    Version { row: i64, document: DocumentId, number: u32 },
    Passage(PassageId),
}

/// A passage that wants a vector, with what is embedded of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unembedded {
    /// The passage.
    pub passage: PassageId,
    /// Title of its document.
    pub title: String,
    /// Headings above it.
    pub section: Vec<String>,
    /// Its text.
    pub text: String,
}

impl Ledger {
    /// Everything that is wrong; empty when all is as it was stored. Reads all there is.
    ///
    /// # Errors
    /// When the ledger cannot be read at all.
    pub fn faults(&self) -> Result<Vec<Fault>> {
        let connection = self.lock();
        let mut faults = Vec::new();
        file(&connection, &mut faults)?;
        pointers(&connection, &mut faults)?;
        intervals(&connection, &mut faults)?;
        let mut statement = connection.prepare(
            "SELECT id, document, number, metadata, status, text, text_sha256, blocks FROM versions ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let at =
                At::Version { row: row.get(0)?, document: DocumentId::from_bytes(row.get(1)?), number: row.get(2)? };
            let (metadata, status): (String, String) = (row.get(3)?, row.get(4)?);
            let (text, sha256, blocks): (String, String, String) = (row.get(5)?, row.get(6)?, row.get(7)?);
            version(&connection, at, &metadata, &status, text, &sha256, &blocks, &mut faults)?;
        }
        vectors(&connection, &mut faults)?;
        Ok(faults)
    }

    /// Mends what can be mended from what is right. A version whose text or metadata is lost is withdrawn, and will be taken in
    /// again when its source is ingested again. Vectors are for [`Ledger::unembedded`] and [`Ledger::embed`]. All, or nothing.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn mend(&self, faults: &[Fault], decision: &Decision<'_>) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for fault in faults {
            mend(&transaction, fault, decision)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Passages that have no sound vector.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn unembedded(&self) -> Result<Vec<Unembedded>> {
        let connection = self.lock();
        let dimension = dimension(&connection)?;
        let mut statement = connection.prepare(
            "SELECT p.id, json_extract(v.metadata, '$.title'), p.section, p.text, x.vector FROM passages p
             JOIN versions v ON v.id = p.version LEFT JOIN vectors x ON x.passage = p.id ORDER BY p.id",
        )?;
        let mut rows = statement.query([])?;
        let mut unembedded = Vec::new();
        while let Some(row) = rows.next()? {
            let vector: Option<Vec<u8>> = row.get(4)?;
            if vector.is_some_and(|bytes| is_sound(&bytes, dimension)) {
                continue;
            }
            let section: String = row.get(2)?;
            unembedded.push(Unembedded {
                passage: PassageId::from_bytes(row.get(0)?),
                title: row.get(1)?,
                section: serde_json::from_str(&section)?,
                text: row.get(3)?,
            });
        }
        Ok(unembedded)
    }

    /// Stores vectors anew, and has the indexes follow.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn embed(&self, vectors: &[(PassageId, Vec<f32>)]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for (passage, vector) in vectors {
            put_vector(&transaction, *passage, vector)?;
            crate::write::touch_entries(&transaction, *passage)?;
        }
        transaction.commit()?;
        Ok(())
    }
}

fn note(faults: &mut Vec<Fault>, kind: FaultKind, at: At, seen: String) {
    faults.push(Fault { kind, seen, at });
}

fn file(connection: &Connection, faults: &mut Vec<Fault>) -> Result<()> {
    let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if said != "ok" {
        note(faults, FaultKind::File, At::Ledger, said);
    }
    Ok(())
}

fn pointers(connection: &Connection, faults: &mut Vec<Fault>) -> Result<()> {
    let newest: u64 = connection.query_row("SELECT coalesce(max(number), 0) FROM snapshots", [], |row| row.get(0))?;
    let (head, published) = (pointer(connection, "head")?, pointer(connection, "published")?);
    if head != Snapshot(newest) || published > head {
        let seen = format!("snapshot {published} is published and {head} the newest; on record is {newest}");
        note(faults, FaultKind::Pointer, At::Ledger, seen);
    }
    let (last, seq): (u64, u64) = connection.query_row(
        "SELECT coalesce(max(e.seq), 0), (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'seq') FROM entries e",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if last > seq {
        note(faults, FaultKind::Seq, At::Ledger, format!("{seq} changes are counted, the last one is {last}"));
    }
    Ok(())
}

fn intervals(connection: &Connection, faults: &mut Vec<Fault>) -> Result<()> {
    let crossed = "SELECT DISTINCT e.passage FROM entries e WHERE e.removed < e.added OR EXISTS (
                     SELECT 1 FROM entries o WHERE o.passage = e.passage AND o.added > e.added
                       AND (e.removed IS NULL OR e.removed > o.added)) ORDER BY 1";
    let mut statement = connection.prepare(crossed)?;
    for passage in statement.query_map([], |row| row.get::<_, [u8; 16]>(0))? {
        let passage = PassageId::from_bytes(passage?);
        note(faults, FaultKind::Interval, At::Passage(passage), format!("passage {passage}"));
    }
    let half = "SELECT v.id, v.document, v.number FROM versions v JOIN passages p ON p.version = v.id
                LEFT JOIN entries e ON e.passage = p.id AND e.removed IS NULL GROUP BY v.id
                HAVING count(e.passage) BETWEEN 1 AND count(p.id) - 1 ORDER BY v.id";
    let mut statement = connection.prepare(half)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (document, number) = (DocumentId::from_bytes(row.get(1)?), row.get(2)?);
        let at = At::Version { row: row.get(0)?, document, number };
        note(faults, FaultKind::HalfInForce, at, format!("document {document} version {number}"));
    }
    Ok(())
}

#[allow(clippy::too_many_arguments)]
fn version(
    connection: &Connection,
    at: At,
    metadata: &str,
    status: &str,
    text: String,
    sha256: &str,
    blocks: &str,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    let At::Version { row, document, number } = at else { return Ok(()) };
    let name = format!("document {document} version {number}");
    if serde_json::from_str::<Metadata>(metadata).is_err() || status.parse::<Status>().is_err() {
        note(faults, FaultKind::Metadata, at, name.clone());
    }
    if sha256_hex(text.as_bytes()) != sha256 {
        note(faults, FaultKind::Text, at, name);
        return Ok(());
    }
    let text = serde_json::from_str(blocks).ok().and_then(|blocks: Vec<Block>| CanonicalText::from_parts(text, blocks));
    let Some(text) = text else {
        note(faults, FaultKind::Blocks, at, name);
        return Ok(());
    };
    let places = char_places(text.as_str());
    let mut statement = connection
        .prepare_cached("SELECT id, start, stop, text, sha256 FROM passages WHERE version = ?1 ORDER BY ordinal")?;
    let mut rows = statement.query([row])?;
    let mut covered = Vec::new();
    while let Some(row) = rows.next()? {
        let id = PassageId::from_bytes(row.get(0)?);
        let span = Span { start: row.get(1)?, end: row.get(2)? };
        let (own, hash): (String, String) = (row.get(3)?, row.get(4)?);
        let sound = id == PassageId::of(document, number, sha256, span);
        let same = slice(text.as_str(), &places, span).is_some_and(|there| there == own);
        if sound {
            covered.push(span);
        }
        if !sound || !same || sha256_hex(own.as_bytes()) != hash {
            note(faults, FaultKind::Passage, At::Passage(id), format!("passage {id} of {name}"));
        }
    }
    // Cut otherwise is no fault, as long as nothing is left out.
    let wanted = split(&text, PASSAGE_WORDS).into_iter().map(|(span, ..)| span);
    let gaps = wanted.filter(|span| !covered.iter().any(|held| overlaps(*held, *span))).count();
    if gaps > 0 {
        note(faults, FaultKind::PassageMissing, at, format!("{gaps} passages of {name}"));
    }
    Ok(())
}

fn overlaps(a: Span, b: Span) -> bool {
    a.start < b.end && b.start < a.end
}

/// Where each code point begins, so that many slices of one text cost one walk over it.
fn char_places(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
}

fn slice<'a>(text: &'a str, places: &[usize], span: Span) -> Option<&'a str> {
    text.get(*places.get(span.start)?..*places.get(span.end)?)
}

fn dimension(connection: &Connection) -> Result<usize> {
    let sql = "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'dimension'";
    Ok(connection.query_row(sql, [], |row| row.get(0)).optional()?.unwrap_or(0))
}

fn vectors(connection: &Connection, faults: &mut Vec<Fault>) -> Result<()> {
    let dimension = dimension(connection)?;
    let sql = "SELECT p.id, x.vector FROM passages p LEFT JOIN vectors x ON x.passage = p.id ORDER BY p.id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = PassageId::from_bytes(row.get(0)?);
        match row.get::<_, Option<Vec<u8>>>(1)? {
            None => note(faults, FaultKind::VectorMissing, At::Passage(id), format!("passage {id}")),
            Some(bytes) if !is_sound(&bytes, dimension) => {
                note(faults, FaultKind::Vector, At::Passage(id), format!("passage {id}"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Embeddings are unit vectors; a bit that flips in an exponent makes them anything else.
fn is_sound(bytes: &[u8], dimension: usize) -> bool {
    let length: f32 = floats(bytes).iter().map(|x| x * x).sum();
    bytes.len() == dimension * 4 && (length - 1.0).abs() < 0.01
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
