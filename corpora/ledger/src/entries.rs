//! What the indexes follow: entries in the order they changed, with everything an index row needs.

use knowledge::{CorpusId, EntryId, Interval, Metadata, PassageId, Seq, Snapshot, Status};
use rusqlite::types::ValueRef;
use rusqlite::{Row, params};

use crate::Ledger;
use crate::error::{Error, Result};

/// A passage during one interval, with what an index stores of it.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryRow {
    /// The passage.
    pub passage: PassageId,
    /// When it is in force.
    pub interval: Interval,
    /// Place in the order of changes.
    pub seq: Seq,
    /// Its corpus.
    pub corpus: CorpusId,
    /// What its document says about itself.
    pub metadata: Metadata,
    /// How its version stands now, whatever the document says.
    pub status: Status,
    /// Headings above it.
    pub section: Vec<String>,
    /// Its text.
    pub text: String,
    /// Its vector.
    pub vector: Vec<f32>,
}

impl EntryRow {
    /// The index's name for it.
    pub fn id(&self) -> EntryId {
        EntryId::of(self.passage, self.interval.added)
    }
}

impl Ledger {
    /// The next `limit` entries changed after `reached`, in order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn entries_after(&self, reached: Seq, limit: usize) -> Result<Vec<EntryRow>> {
        let connection = self.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT e.passage, e.added, e.removed, e.seq, d.corpus, v.metadata, p.section, p.text, x.vector, v.status
             FROM entries e JOIN passages p ON p.id = e.passage JOIN versions v ON v.id = p.version
             JOIN documents d ON d.id = v.document JOIN vectors x ON x.passage = e.passage
             WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2",
        )?;
        let mut rows = statement.query(params![reached.0, limit])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(entry(row)?);
        }
        Ok(entries)
    }

    /// The same with the vectors of a coming embedder, up to the first entry whose passage has none yet.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn coming_after(&self, embedder: &str, reached: Seq, limit: usize) -> Result<Vec<EntryRow>> {
        let connection = self.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT e.passage, e.added, e.removed, e.seq, d.corpus, v.metadata, p.section, p.text, x.vector, v.status
             FROM entries e JOIN passages p ON p.id = e.passage JOIN versions v ON v.id = p.version
             JOIN documents d ON d.id = v.document
             LEFT JOIN coming_vectors x ON x.embedder = ?3 AND x.passage = e.passage
             WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2",
        )?;
        let mut rows = statement.query(params![reached.0, limit, embedder])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            // Passing over it would be for good: an index goes on from the last that it was given.
            if row.get_ref(8)? == ValueRef::Null {
                break;
            }
            entries.push(entry(row)?);
        }
        Ok(entries)
    }

    /// Every entry there is, in the order of its id: what each index must hold, no more and no less.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn entry_ids(&self) -> Result<Vec<EntryId>> {
        let connection = self.read()?;
        let mut statement = connection.prepare_cached("SELECT passage, added FROM entries")?;
        let rows = statement
            .query_map([], |row| Ok(EntryId::of(PassageId::from_bytes(row.get(0)?), Snapshot(row.get(1)?))))?;
        let mut ids = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        ids.sort_unstable();
        Ok(ids)
    }

    /// How many entries there are. All of them are read for it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn entry_count(&self) -> Result<u64> {
        Ok(self.read()?.query_row("SELECT count(*) FROM entries", [], |row| row.get(0))?)
    }

    /// The last change.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn seq(&self) -> Result<Seq> {
        Ok(Seq(crate::snapshots::pointer(&*self.read()?, "seq")?.0))
    }
}

fn entry(row: &Row<'_>) -> Result<EntryRow> {
    let corpus: String = row.get(4)?;
    let (metadata, status) = (row.get_ref(5)?, row.get_ref(9)?);
    let status = status.as_str().map_err(rusqlite::Error::from)?;
    Ok(EntryRow {
        passage: PassageId::from_bytes(row.get(0)?),
        interval: Interval { added: Snapshot(row.get(1)?), removed: row.get::<_, Option<u64>>(2)?.map(Snapshot) },
        seq: Seq(row.get(3)?),
        corpus: corpus.parse().map_err(|_| Error::Damaged(format!("corpus {corpus:?}")))?,
        metadata: serde_json::from_str(metadata.as_str().map_err(rusqlite::Error::from)?)?,
        status: status.parse().map_err(|_| Error::Damaged(format!("status {status:?}")))?,
        section: serde_json::from_str(row.get_ref(6)?.as_str().map_err(rusqlite::Error::from)?)?,
        text: row.get(7)?,
        vector: floats(row.get_ref(8)?.as_blob().map_err(rusqlite::Error::from)?),
    })
}

pub(crate) fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|chunk| f32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]])).collect()
}

pub(crate) fn bytes_of(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|x| x.to_le_bytes()).collect()
}
