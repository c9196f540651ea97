//! Another embedding model: its vectors are stored beside those in use, by whoever has the time, and take their place in one
//! step when there is one for every passage.

use knowledge::PassageId;
use rusqlite::{OptionalExtension, params};

use crate::Ledger;
use crate::check::Unembedded;
use crate::error::Result;

/// How far the vectors of a coming embedder are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coming {
    /// Passages that have one.
    pub embedded: u64,
    /// Passages there are.
    pub passages: u64,
}

impl Coming {
    /// Whether it could take over.
    pub fn is_whole(self) -> bool {
        self.embedded == self.passages
    }
}

impl Ledger {
    /// Passages that have no vector of `embedder` yet, at most `limit`, by id. For the embedder that is in use there are none.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn without_coming(&self, embedder: &str, limit: usize) -> Result<Vec<Unembedded>> {
        let connection = self.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT p.id, json_extract(v.metadata, '$.title'), p.section, p.text FROM passages p
             JOIN versions v ON v.id = p.version
             WHERE NOT EXISTS (SELECT 1 FROM coming_vectors c WHERE c.embedder = ?1 AND c.passage = p.id)
               AND NOT EXISTS (SELECT 1 FROM meta WHERE name = 'embedder' AND value = ?1)
             ORDER BY p.id LIMIT ?2",
        )?;
        let mut rows = statement.query(params![embedder, limit])?;
        let mut waiting = Vec::new();
        while let Some(row) = rows.next()? {
            let section: String = row.get(2)?;
            waiting.push(Unembedded {
                passage: PassageId::from_bytes(row.get(0)?),
                title: row.get(1)?,
                section: serde_json::from_str(&section)?,
                text: row.get(3)?,
            });
        }
        Ok(waiting)
    }

    /// Stores vectors of a coming embedder. What is in use does not change.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn put_coming(&self, embedder: &str, vectors: &[(PassageId, Vec<f32>)]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for (passage, vector) in vectors {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO coming_vectors VALUES (?1, ?2, ?3)")?
                .execute(params![embedder, passage.to_bytes(), crate::entries::bytes_of(vector)])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// How far a coming embedder is.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn coming(&self, embedder: &str) -> Result<Coming> {
        let connection = self.read()?;
        let sql = "SELECT (SELECT count(*) FROM coming_vectors WHERE embedder = ?1), (SELECT count(*) FROM passages)";
        Ok(connection.query_row(sql, [embedder], |row| Ok(Coming { embedded: row.get(0)?, passages: row.get(1)? }))?)
    }

    /// Has `embedder` take over, if the ledger is bound to another one and there is a vector of this one for every passage. In
    /// one step: whoever opens the ledger finds it bound to the one or to the other, with all its vectors. Says whether it did.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn adopt_embedder(&self, embedder: &str, dimension: usize) -> Result<bool> {
        let bound: Option<String> = self
            .read()?
            .query_row("SELECT value FROM meta WHERE name = 'embedder'", [], |row| row.get(0))
            .optional()?;
        let coming = self.coming(embedder)?;
        if bound.is_none_or(|bound| bound == embedder) || coming.passages == 0 || !coming.is_whole() {
            return Ok(false);
        }
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM vectors", [])?;
        transaction.execute(
            "INSERT INTO vectors SELECT passage, vector FROM coming_vectors WHERE embedder = ?1 ORDER BY passage",
            [embedder],
        )?;
        transaction.execute("DELETE FROM coming_vectors WHERE embedder = ?1", [embedder])?;
        transaction.execute("UPDATE meta SET value = ?1 WHERE name = 'embedder'", [embedder])?;
        transaction.execute("UPDATE meta SET value = ?1 WHERE name = 'dimension'", [dimension.to_string()])?;
        transaction.commit()?;
        Ok(true)
    }
}
