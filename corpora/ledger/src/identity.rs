//! Which documents are the same work, which texts are alike, and which notices are about them.

use knowledge::{CorpusId, DocumentId, Metadata, Name, Sketch, title_key};
use rusqlite::{Connection, OptionalExtension, params};

use crate::Ledger;
use crate::error::Result;

/// Names under which a document is found. A title is one of them, and the weakest.
pub(crate) fn names_of(metadata: &Metadata) -> Vec<Name> {
    let mut names = metadata.identifiers.names();
    names.extend(title_key(&metadata.title));
    names
}

pub(crate) fn put_names(connection: &Connection, document: [u8; 16], metadata: &Metadata) -> Result<()> {
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO names VALUES (?1, ?2, ?3)")?;
    for name in names_of(metadata) {
        insert.execute(params![name.kind, name.value, document])?;
    }
    Ok(())
}

pub(crate) fn put_sketch(connection: &Connection, version: i64, sketch: Option<&Sketch>) -> Result<()> {
    let Some(sketch) = sketch else { return Ok(()) };
    connection
        .prepare_cached("UPDATE versions SET sketch = ?2 WHERE id = ?1")?
        .execute(params![version, sketch.to_bytes()])?;
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO bands VALUES (?1, ?2, ?3)")?;
    for (band, hash) in sketch.bands().into_iter().enumerate() {
        insert.execute(params![band, hash, version])?;
    }
    Ok(())
}

/// Documents that go by one of these names, in the order of their ids.
pub(crate) fn named(connection: &Connection, names: &[Name]) -> Result<Vec<DocumentId>> {
    let mut statement = connection.prepare_cached("SELECT document FROM names WHERE kind = ?1 AND value = ?2")?;
    let mut found = Vec::new();
    for name in names {
        let rows = statement.query_map(params![name.kind, name.value], |row| row.get::<_, [u8; 16]>(0))?;
        for document in rows {
            found.push(DocumentId::from_bytes(document?));
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// A document like another, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Alike {
    /// Letter for letter the same text.
    Text,
    /// This share of runs of words in common.
    Near(f32),
    /// A name of the same work.
    Work,
}

/// Documents other than `document` that hold the same work or nearly the same text as its version in row `version`.
pub(crate) fn alike(
    connection: &Connection,
    document: DocumentId,
    version: i64,
    metadata: &Metadata,
    text_sha256: &str,
    sketch: Option<&Sketch>,
) -> Result<Vec<(DocumentId, Alike)>> {
    let mut found: Vec<(DocumentId, Alike)> = Vec::new();
    let mut note = |other: DocumentId, alike: Alike| {
        if other != document && found.iter().all(|(known, _)| *known != other) {
            found.push((other, alike));
        }
    };
    let mut same = connection.prepare_cached(
        "SELECT DISTINCT document FROM versions WHERE text_sha256 = ?1 AND id <> ?2 ORDER BY document",
    )?;
    let rows = same.query_map(params![text_sha256, version], |row| row.get::<_, [u8; 16]>(0))?;
    for other in rows {
        note(DocumentId::from_bytes(other?), Alike::Text);
    }
    for other in named(connection, &names_of(metadata))? {
        note(other, Alike::Work);
    }
    if let Some(sketch) = sketch {
        let sql = "SELECT DISTINCT v.document, v.sketch FROM bands b JOIN versions v ON v.id = b.version
                   WHERE b.band = ?1 AND b.hash = ?2 AND v.document <> ?3 ORDER BY v.document";
        let mut candidates = connection.prepare_cached(sql)?;
        for (band, hash) in sketch.bands().into_iter().enumerate() {
            let rows = candidates.query_map(params![band, hash, document.to_bytes()], |row| {
                Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, Vec<u8>>(1)?))
            })?;
            for row in rows {
                let (other, bytes) = row?;
                let similarity = Sketch::from_bytes(&bytes).map_or(0.0, |other| sketch.similarity(&other));
                if similarity >= Sketch::NEAR {
                    note(DocumentId::from_bytes(other), Alike::Near(similarity));
                }
            }
        }
    }
    Ok(found)
}

impl Ledger {
    /// What the document in `corpus` is called that goes by one of these names. What is held of both must be the same, full text
    /// or abstract, for the one to be a version of the other; so must the work, which only some names say: see
    /// [`Name::is_of_one_work`].
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn name_of_work(&self, corpus: &CorpusId, names: &[Name], full_text: bool) -> Result<Option<String>> {
        let connection = self.lock();
        let sql = "SELECT d.name, v.metadata FROM documents d JOIN versions v ON v.document = d.id
                   WHERE d.id = ?1 AND d.corpus = ?2 ORDER BY v.number DESC LIMIT 1";
        let mut statement = connection.prepare_cached(sql)?;
        for document in named(&connection, names)? {
            let row: Option<(String, String)> = statement
                .query_row(params![document.to_bytes(), corpus.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            if let Some((name, metadata)) = row {
                let held: Metadata = serde_json::from_str(&metadata)?;
                if (held.access == knowledge::Access::FullText) == full_text {
                    return Ok(Some(name));
                }
            }
        }
        Ok(None)
    }
}
