//! What was in force in a snapshot, and the root over it, which is made once: in the transaction that publishes.

use std::collections::HashMap;
use std::sync::PoisonError;

use knowledge::{DocumentId, Snapshot};
use rusqlite::{Connection, OptionalExtension, params};

use crate::Ledger;
use crate::error::Result;

/// A version in force: its document, its number, and the SHA-256 of its text, hexadecimal.
pub type VersionInForce = (DocumentId, u32, String);

/// How whoever keeps records makes one hash of everything in force in a snapshot.
pub type RootOf = fn(&[VersionInForce]) -> [u8; 32];

impl Ledger {
    /// Has every snapshot that is published from now on, or rolled back to, come into force with its root: putting it on record
    /// is then no work that grows with the library, whoever does it, on whatever machine.
    #[must_use]
    pub fn rooting(mut self, root_of: RootOf) -> Self {
        self.root_of = Some(root_of);
        self
    }

    /// How many versions are in force in a snapshot, and the root over them. `None` for one that was published before roots were
    /// kept, or that is unknown.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn root(&self, snapshot: Snapshot) -> Result<Option<(u64, [u8; 32])>> {
        let sql = "SELECT versions, root FROM snapshots WHERE number = ?1 AND root IS NOT NULL";
        let connection = self.read()?;
        let mut statement = connection.prepare_cached(sql)?;
        Ok(statement.query_row([snapshot.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// Every version with passages in force in a snapshot, with the hash of its text, ordered by document and version. What is
    /// suppressed now is among them: it was in force.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn versions_in(&self, snapshot: Snapshot) -> Result<Vec<VersionInForce>> {
        versions_in(&*self.read()?, snapshot)
    }

    /// Keeps the root of a snapshot, if it has none yet. It never changes: what is in force in a snapshot does not. Returns what
    /// it was made of, which is to be remembered once the transaction is over.
    pub(crate) fn keep_root(&self, connection: &Connection, snapshot: Snapshot) -> Result<Option<Vec<VersionInForce>>> {
        let Some(root_of) = self.root_of else { return Ok(None) };
        let sql = "SELECT root IS NOT NULL FROM snapshots WHERE number = ?1";
        let is_kept: bool = connection.query_row(sql, [snapshot.0], |row| row.get(0))?;
        if is_kept {
            return Ok(None);
        }
        let before = self.in_force.lock().unwrap_or_else(PoisonError::into_inner).take();
        let versions = match before.filter(|(before, _)| *before < snapshot) {
            Some((before, versions)) => brought_on(connection, versions, before, snapshot)?,
            None => versions_in(connection, snapshot)?,
        };
        connection.execute(
            "UPDATE snapshots SET versions = ?2, root = ?3 WHERE number = ?1",
            params![snapshot.0, versions.len(), root_of(&versions)],
        )?;
        Ok(Some(versions))
    }

    /// Remembers what is in force in a snapshot that was published, so that the next one is made of that and what has changed.
    pub(crate) fn remember(&self, snapshot: Snapshot, versions: Option<Vec<VersionInForce>>) {
        if let Some(versions) = versions {
            *self.in_force.lock().unwrap_or_else(PoisonError::into_inner) = Some((snapshot, versions));
        }
    }
}

/// What is in force in `snapshot`, from what was in force in an earlier one.
fn brought_on(
    connection: &Connection,
    mut versions: Vec<VersionInForce>,
    before: Snapshot,
    snapshot: Snapshot,
) -> Result<Vec<VersionInForce>> {
    let mut statement = connection.prepare_cached(CHANGED)?;
    let rows = statement.query_map([before.0, snapshot.0], |row| {
        Ok(((DocumentId::from_bytes(row.get(0)?), row.get(1)?), (row.get(2)?, row.get(3)?)))
    })?;
    let changed: HashMap<(DocumentId, u32), (String, bool)> = rows.collect::<rusqlite::Result<_>>()?;
    versions.retain(|(document, number, _)| !changed.contains_key(&(*document, *number)));
    let in_force = changed.into_iter().filter(|(_, (_, is_in_force))| *is_in_force);
    versions.extend(in_force.map(|((document, number), (sha256, _))| (document, number, sha256)));
    versions.sort_unstable();
    Ok(versions)
}

/// The versions whose passages were touched after the snapshot `?1`, and whether they are in force in `?2`.
pub(crate) const CHANGED: &str = "
    SELECT v.document, v.number, v.text_sha256,
           EXISTS (SELECT 1 FROM passages p JOIN entries e ON e.passage = p.id
                   WHERE p.version = v.id AND e.added <= ?2 AND (e.removed IS NULL OR e.removed > ?2))
    FROM versions v
    WHERE v.id IN (SELECT p.version FROM passages p WHERE p.id IN (
                     SELECT e.passage FROM entries e WHERE e.added > ?1 OR e.removed > ?1))";

/// Read from an index alone: hashes stand behind the texts in the rows.
pub(crate) const VERSIONS_IN: &str = "
    SELECT v.document, v.number, v.text_sha256 FROM versions v
    WHERE EXISTS (SELECT 1 FROM passages p JOIN entries e ON e.passage = p.id
                  WHERE p.version = v.id AND e.added <= ?1 AND (e.removed IS NULL OR e.removed > ?1))
    ORDER BY v.document, v.number";

fn versions_in(connection: &Connection, snapshot: Snapshot) -> Result<Vec<VersionInForce>> {
    let mut statement = connection.prepare_cached(VERSIONS_IN)?;
    let rows =
        statement.query_map([snapshot.0], |row| Ok((DocumentId::from_bytes(row.get(0)?), row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
