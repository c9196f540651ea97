//! All of the log looked at: every entry against the tree that was signed, every file against the entries, what is searched
//! against what stands in them, and sealed words against their commitments.

use jiff::Timestamp;
use rusqlite::params;

use crate::checkpoint::Checkpoint;
use crate::note::{Note, hex};
use crate::open::{RESTORE, signed};
use crate::seal::commitment;
use crate::tiles::{Edge, TILE_WIDTH, entry_bundle, tile_path};
use crate::tree::{Hash, leaf_hash};
use crate::verify::Fault;
use crate::{AuditLog, Entry, Error, Result};

/// Faults that are told; more say nothing more.
const MAX_FAULTS: usize = 100;

/// What to do about files that the entries make.
const MAKE_AGAIN: &str =
    "Stop the service and remove `log/tile` in the data directory: it is made again from the entries.";

/// What to do about words that do not open.
const KEYS: &str = "Put back the keys `payload-N.key` that were here, or the newest backup of the data directory.";

/// An entry as it is kept, with what it is searched by.
struct Row {
    seq: u64,
    at_ms: i64,
    action: String,
    actor: String,
    answer: Option<String>,
    leaf: Vec<u8>,
}

impl Row {
    /// What is wrong with it by itself.
    fn fault(&self, entry: Option<&Entry>) -> Option<&'static str> {
        let Some(entry) = entry else { return Some("it is not an entry in its one spelling") };
        let at_ms = entry.at.parse::<Timestamp>().map(Timestamp::as_millisecond).ok();
        let is_found = at_ms == Some(self.at_ms)
            && entry.action == self.action
            && entry.actor == self.actor
            && entry.text("answer") == self.answer.as_deref();
        if entry.seq != self.seq {
            Some("it says another place than it has")
        } else if !is_found {
            Some("it is searched by something else than stands in it")
        } else {
            None
        }
    }
}

/// What is seen on the way through the log.
#[derive(Default)]
struct Walk {
    edge: Edge,
    /// Tiles that were filled and not looked at yet.
    filled: Vec<(u8, u64, Vec<Hash>)>,
    faults: Vec<Fault>,
    /// Places whose hash is not the one in the tile.
    changed: Vec<u64>,
    /// Files that are not what the entries make.
    files: Vec<String>,
}

impl AuditLog {
    /// What is wrong with the log as a whole, at most a hundred faults, each with what to do about it. It reads all of it.
    ///
    /// # Errors
    /// [`Error`] when it cannot be read, or its checkpoint is none.
    pub fn inspect(&self) -> Result<Vec<Fault>> {
        let newest = self.newest(self.size())?;
        let checkpoint = signed(Some(newest.into_bytes()), &self.origin, &self.signers, "the checkpoint of the log")?;
        let Some(checkpoint) = checkpoint else { return Ok(Vec::new()) };
        let cosigned = self.cosigned();
        let cosigned = cosigned.as_deref().and_then(|note| Checkpoint::parse(Note::parse(note).ok()?.text).ok());
        let mut walk = Walk::default();
        for index in 0..checkpoint.size.div_ceil(TILE_WIDTH) {
            let from = index * TILE_WIDTH;
            let rows = self.rows(from, TILE_WIDTH.min(checkpoint.size - from))?;
            let missing = (from..).zip(&rows).find(|(seq, row)| *seq != row.seq).map(|(seq, _)| seq);
            let is_short = (rows.len() as u64) < TILE_WIDTH.min(checkpoint.size - from);
            if let Some(seq) = missing.or_else(|| is_short.then(|| from + rows.len() as u64)) {
                // Without it there is no tree that anything could be held against.
                walk.faults.push(Fault::new(format!("entry {seq}"), format!("it is missing. {RESTORE}")));
                return Ok(walk.faults);
            }
            self.stretch(&mut walk, index, &rows, cosigned.as_ref())?;
            walk.faults.truncate(MAX_FAULTS);
            walk.changed.truncate(MAX_FAULTS);
            walk.files.truncate(MAX_FAULTS);
        }
        for (level, index, hashes) in walk.edge.partial() {
            let path = tile_path(Some(level), index, hashes.len() as u64);
            if !self.is_file(&path, hashes.as_flattened())? {
                walk.files.push(path);
            }
        }
        let Walk { edge, mut faults, changed, files, .. } = walk;
        if edge.root() == checkpoint.root {
            let fault = |path: String| {
                Fault::new(format!("log/{path}"), format!("it is not what the entries make. {MAKE_AGAIN}"))
            };
            faults.extend(files.into_iter().map(fault));
        } else if changed.is_empty() {
            faults.push(Fault::new("entries", format!("they are not those of the checkpoint. {RESTORE}")));
        } else {
            let fault =
                |seq| Fault::new(format!("entry {seq}"), format!("it is not the one that was signed. {RESTORE}"));
            faults.extend(changed.into_iter().map(fault));
        }
        faults.truncate(MAX_FAULTS);
        Ok(faults)
    }

    /// The entries of one tile.
    fn stretch(&self, walk: &mut Walk, index: u64, rows: &[Row], cosigned: Option<&Checkpoint>) -> Result<()> {
        let tile = self.tiles.file(&tile_path(Some(0), index, rows.len() as u64))?.unwrap_or_default();
        let (hashes, _) = tile.as_chunks::<32>();
        for (at, row) in rows.iter().enumerate() {
            let name = || format!("entry {}", row.seq);
            let entry = Entry::parse(&row.leaf);
            if let Some(what) = row.fault(entry.as_ref()) {
                walk.faults.push(Fault::new(name(), format!("{what}. {RESTORE}")));
            }
            if hashes.get(at).is_some_and(|hash| *hash != leaf_hash(&row.leaf)) {
                walk.changed.push(row.seq);
            }
            walk.edge.push(&row.leaf, &mut walk.filled);
            for words in entry.iter().flat_map(|entry| entry.commitments.keys()) {
                if !self.is_committed(row.seq, words, entry.as_ref().and_then(|entry| entry.commitment(words)))? {
                    let what = format!("its words {words} do not open, or are not what it says. {KEYS}");
                    walk.faults.push(Fault::new(name(), what));
                }
            }
            if let Some(cosigned) = cosigned.filter(|cosigned| cosigned.size == walk.edge.size())
                && cosigned.root != walk.edge.root()
            {
                let what = format!("its {} entries are others than witnesses have signed. {RESTORE}", cosigned.size);
                walk.faults.push(Fault::new("cosigned", what));
            }
        }
        for (level, index, hashes) in std::mem::take(&mut walk.filled) {
            let path = tile_path(Some(level), index, TILE_WIDTH);
            if !self.is_file(&path, hashes.as_flattened())? {
                walk.files.push(path);
            }
        }
        let bundle = entry_bundle(rows.iter().map(|row| row.leaf.as_slice())).unwrap_or_default();
        let path = tile_path(None, index, rows.len() as u64);
        if !self.is_file(&path, &bundle)? {
            walk.files.push(path);
        }
        Ok(())
    }

    fn rows(&self, from: u64, count: u64) -> Result<Vec<Row>> {
        let sql =
            "SELECT seq, at_ms, action, actor, answer, leaf FROM entries WHERE seq >= ?1 AND seq < ?2 ORDER BY seq";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(params![from, from + count], |row| {
                Ok(Row {
                    seq: row.get(0)?,
                    at_ms: row.get(1)?,
                    action: row.get(2)?,
                    actor: row.get(3)?,
                    answer: row.get(4)?,
                    leaf: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Whether a file of the log has these bytes.
    fn is_file(&self, path: &str, bytes: &[u8]) -> Result<bool> {
        Ok(self.tiles.file(path)?.is_some_and(|found| found == bytes))
    }

    /// Whether sealed words are those that an entry commits to; so are those that were erased.
    fn is_committed(&self, seq: u64, name: &str, wanted: Option<&str>) -> Result<bool> {
        match self.words(seq, name) {
            Ok(None) => Ok(true),
            Ok(Some((salt, words))) => Ok(wanted == Some(hex(&commitment(&salt, &words)).as_str())),
            Err(error @ Error::Unreadable(_)) => Err(error),
            Err(_) => Ok(false),
        }
    }
}
