//! Is what is held what was stored? Every text, passage, vector and interval is looked at.

use knowledge::{
    Block, CanonicalText, DocumentId, Metadata, PASSAGE_WORDS, PassageId, Snapshot, Span, Status, sha256_hex, split,
};
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use crate::entries::floats;
use crate::error::Result;
use crate::snapshots::pointer;
use crate::write::put_vector;
use crate::{Ledger, begin};

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
    pub(crate) at: At,
}

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
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
        let transaction = begin(&mut connection)?;
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

pub(crate) fn overlaps(a: Span, b: Span) -> bool {
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
