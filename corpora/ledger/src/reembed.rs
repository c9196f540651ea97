//! Another embedding model: its vectors are stored beside those in use, by whoever has the time, and take their place in one
//! step when there is one for every passage.

use knowledge::PassageId;
use rusqlite::{Connection, params};

use crate::check::Unembedded;
use crate::error::Result;
use crate::{Ledger, begin};

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

/// From where one was onwards, in the order of the index: what has a vector already is passed over once.
pub(crate) const WITHOUT_COMING: &str = "
    SELECT p.id, json_extract(v.metadata, '$.title'), p.section, p.text FROM passages p
    JOIN versions v ON v.id = p.version
    WHERE p.id > ?2 AND NOT EXISTS (SELECT 1 FROM coming_vectors c WHERE c.embedder = ?1 AND c.passage = p.id)
      AND NOT EXISTS (SELECT 1 FROM meta WHERE name = 'embedder' AND value = ?1)
    ORDER BY p.id LIMIT ?3";

impl Ledger {
    /// Passages that have no vector of `embedder` yet, at most `limit`, by id, from the one behind `after` on. For the embedder
    /// that is in use there are none. Ids have no order in time: what came in meanwhile may stand before `after`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn without_coming(&self, embedder: &str, after: Option<PassageId>, limit: usize) -> Result<Vec<Unembedded>> {
        let connection = self.read()?;
        let mut statement = connection.prepare_cached(WITHOUT_COMING)?;
        let mut rows = statement.query(params![embedder, behind(after), limit])?;
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
        let transaction = begin(&mut connection)?;
        for (passage, vector) in vectors {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO coming_vectors VALUES (?1, ?2, ?3)")?
                .execute(params![embedder, passage.to_bytes(), crate::entries::bytes_of(vector)])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Takes vectors of a coming embedder away again, at most `limit`. Says how many they were.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn forget_coming(&self, embedder: &str, limit: usize) -> Result<usize> {
        let sql = "DELETE FROM coming_vectors WHERE embedder = ?1
                   AND passage IN (SELECT passage FROM coming_vectors WHERE embedder = ?1 LIMIT ?2)";
        Ok(self.lock().execute(sql, params![embedder, limit])?)
    }

    /// Embedders that have vectors beside the one in use, by name.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn coming_embedders(&self) -> Result<Vec<String>> {
        let connection = self.read()?;
        // From one to the next: none of the many rows of each is read.
        let mut next = connection.prepare_cached("SELECT min(embedder) FROM coming_vectors WHERE embedder > ?1")?;
        let (mut names, mut last) = (Vec::new(), String::new());
        while let Some(name) = next.query_row([&last], |row| row.get::<_, Option<String>>(0))? {
            last.clone_from(&name);
            names.push(name);
        }
        Ok(names)
    }

    /// How far a coming embedder is.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn coming(&self, embedder: &str) -> Result<Coming> {
        coming(&*self.read()?, embedder)
    }

    /// Has `embedder` take over, if the ledger is bound to another one and there is a vector of this one for every passage. In
    /// one step: whoever opens the ledger finds it bound to the one or to the other, with all its vectors. Says whether it did.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn adopt_embedder(&self, embedder: &str, dimension: usize) -> Result<bool> {
        // Asked at every start, when there is nothing to do as a rule.
        if self.embedder()?.is_none_or(|(bound, _)| bound == embedder) {
            return Ok(false);
        }
        let mut connection = self.lock();
        let transaction = begin(&mut connection)?;
        // Looked at in the same transaction: somebody may be giving it up.
        let coming = coming(&transaction, embedder)?;
        if coming.passages == 0 || !coming.is_whole() {
            return Ok(false);
        }
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

/// What `p.id > ?` is asked with: before the first one stand no bytes at all.
pub(crate) fn behind(after: Option<PassageId>) -> Vec<u8> {
    after.map_or_else(Vec::new, |passage| passage.to_bytes().to_vec())
}

fn coming(connection: &Connection, embedder: &str) -> Result<Coming> {
    let sql = "SELECT (SELECT count(*) FROM coming_vectors WHERE embedder = ?1), (SELECT count(*) FROM passages)";
    Ok(connection.query_row(sql, [embedder], |row| Ok(Coming { embedded: row.get(0)?, passages: row.get(1)? }))?)
}
