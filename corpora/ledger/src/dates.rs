//! How old is what questions find? Dates of what is in force, and of the snapshot it is in force in.

use knowledge::{CorpusId, Snapshot};
use rusqlite::{OptionalExtension, params};

use crate::Ledger;
use crate::error::Result;
use crate::schema::of_metadata;
use crate::snapshots::pointer;

/// The dates of publication between which the texts of a corpus lie, as their sources give them: `2024`, `2024-03` or
/// `2024-03-01`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// The earliest; absent when no text in force has a date.
    pub oldest: Option<String>,
    /// The latest; absent when no text in force has a date.
    pub newest: Option<String>,
}

impl Ledger {
    /// Between which dates the texts of a corpus were published that are in force in the published snapshot.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn published(&self, corpus: &CorpusId) -> Result<Published> {
        let connection = self.read()?;
        let published = pointer(&connection, "published")?;
        let day = of_metadata("published");
        let sql = format!(
            "SELECT min({day}), max({day}) FROM versions v JOIN documents d ON d.id = v.document
             WHERE d.corpus = ?1 AND v.status NOT IN ('retracted', 'withdrawn')
               AND EXISTS (SELECT 1 FROM passages p JOIN entries e ON e.passage = p.id
                           WHERE p.version = v.id AND e.added <= ?2 AND (e.removed IS NULL OR e.removed > ?2))"
        );
        let row = |row: &rusqlite::Row<'_>| Ok(Published { oldest: row.get(0)?, newest: row.get(1)? });
        Ok(connection.query_row(&sql, params![corpus.as_str(), published.0], row)?)
    }

    /// When a snapshot was published, RFC 3339; `None` for one that never was.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn published_at(&self, snapshot: Snapshot) -> Result<Option<String>> {
        let sql = "SELECT published_at FROM snapshots WHERE number = ?1";
        Ok(self.read()?.query_row(sql, [snapshot.0], |row| row.get(0)).optional()?)
    }
}
