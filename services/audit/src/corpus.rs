//! What was decided about the knowledge, as the log has it: the ledger decides, and the log follows it decision by decision.
//! A published snapshot is on record with the root of a tree over everything that was in force in it.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};

use crate::note::hex;
use crate::schema::{meta, set_meta};
use crate::tree::{Hash, leaf_hash, root_of};
use crate::{Actor, AuditLog, Draft, Error, Result};

/// A version in force, as a leaf of a snapshot's tree: document, version, hash of its text.
pub fn snapshot_line(document: &str, version: u32, sha256: &str) -> String {
    format!("{document} {version} {sha256}")
}

/// The hashes of a snapshot's lines, which are sorted.
pub(crate) fn snapshot_leaves(lines: &[String]) -> Vec<Hash> {
    lines.iter().map(|line| leaf_hash(line.as_bytes())).collect()
}

/// The root over the lines of a snapshot, which are sorted.
pub fn snapshot_root(lines: &[String]) -> Hash {
    root_of(&snapshot_leaves(lines))
}

/// A list of the ledger that the log follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerList {
    /// Decisions: what was published, what stands how.
    Decisions,
    /// Runs of ingest.
    Runs,
}

impl LedgerList {
    fn name(self) -> &'static str {
        match self {
            Self::Decisions => "decision",
            Self::Runs => "run",
        }
    }
}

/// A decision of the ledger, or a run of ingest.
#[derive(Debug, Clone)]
pub struct Decided<'a> {
    /// In which of its lists.
    pub list: LedgerList,
    /// Its number there.
    pub number: u64,
    /// What was decided.
    pub action: &'static str,
    /// By whom.
    pub actor: Actor,
    /// When, RFC 3339, as the ledger has it.
    pub at: &'a str,
    /// On what.
    pub object: Map<String, Value>,
    /// Why: sealed.
    pub reason: &'a str,
}

/// A snapshot that was published.
#[derive(Debug, Clone, Copy)]
pub struct Published {
    /// Its number.
    pub number: u64,
    /// Versions in force.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl AuditLog {
    /// The number of the last element of a list of the ledger that is on record.
    ///
    /// # Errors
    /// [`crate::Error`].
    pub fn last_of(&self, list: LedgerList) -> Result<u64> {
        self.read(|connection| last(connection, list.name()))
    }

    /// Puts a decision on record, with the snapshot that it published. Decisions come in the order of their list, each once:
    /// `None` for one that is on record, or that a later one has passed.
    ///
    /// # Errors
    /// [`crate::Error`].
    pub fn decided(&self, decided: Decided<'_>, published: Option<Published>) -> Result<Option<u64>> {
        let mut draft = Draft::new(decided.action, decided.actor).sealing("reason", decided.reason);
        draft.object = decided.object;
        draft = draft.with(decided.list.name(), decided.number).with("decided_at", crate::token(decided.at));
        if let Some(Published { number, size, root }) = published {
            draft = draft.with("snapshot", number).with("versions", size).with("root", hex(&root));
        }
        let (list, number) = (decided.list.name(), decided.number);
        let rows = move |connection: &Connection, seq: u64| -> Result<()> {
            // Looked up where it is written: of many who follow the ledger at once, one is the first.
            if last(connection, list)? >= number {
                return Err(Error::Completed);
            }
            set_meta(connection, list, &number.to_string())?;
            if let Some(Published { number, .. }) = published {
                let sql = "INSERT OR IGNORE INTO snapshots (number, seq) VALUES (?1, ?2)";
                connection.execute(sql, params![number, seq])?;
            }
            Ok(())
        };
        match self.append_with(draft, Box::new(rows)) {
            Err(Error::Completed) => Ok(None),
            appended => appended.map(Some),
        }
    }

    /// The entry that put a snapshot on record.
    ///
    /// # Errors
    /// [`crate::Error`].
    pub fn snapshot_entry(&self, number: u64) -> Result<Option<u64>> {
        let sql = "SELECT seq FROM snapshots WHERE number = ?1";
        self.read(|connection| Ok(connection.query_row(sql, [number], |row| row.get(0)).optional()?))
    }
}

fn last(connection: &Connection, list: &str) -> Result<u64> {
    Ok(meta(connection, list)?.and_then(|text| text.parse().ok()).unwrap_or(0))
}
