//! Under which policy does a corpus stand, and under which did it stand before? Every policy is kept, with who decided on it.

use knowledge::{Corpus, CorpusId};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::snapshots::{Decision, record};
use crate::{Ledger, begin};

/// A policy of a corpus, in force or of before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyRecord {
    /// Its number, from 1.
    pub number: u32,
    /// Since when, RFC 3339; `None` where that was not kept.
    pub at: Option<String>,
    /// Who decided on it; `None` where that was not kept.
    pub actor: Option<String>,
    /// Why; empty where that was not kept.
    pub reason: String,
    /// What it says.
    pub policy: Corpus,
}

impl Ledger {
    /// Registers a corpus that is not known yet. The policy of one that is stays as it is: whoever takes documents in may hold
    /// a policy in hand that somebody has changed since.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn register_corpus(&self, corpus: &Corpus, decision: &Decision<'_>) -> Result<()> {
        let mut connection = self.lock();
        let transaction = begin(&mut connection)?;
        if newest(&transaction, &corpus.id)?.is_none() {
            put(&transaction, corpus, 1, decision)?;
        }
        Ok(transaction.commit()?)
    }

    /// Registers a corpus, or brings its policy up to date.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn put_corpus(&self, corpus: &Corpus, decision: &Decision<'_>) -> Result<()> {
        let mut connection = self.lock();
        let transaction = begin(&mut connection)?;
        match newest(&transaction, &corpus.id)? {
            Some((_, held)) if held == *corpus => {}
            Some((number, _)) => put(&transaction, corpus, number + 1, decision)?,
            None => put(&transaction, corpus, 1, decision)?,
        }
        Ok(transaction.commit()?)
    }

    /// Puts a policy in force, if the newest of its corpus has the number `expected`: 0 for a corpus that is not known yet.
    /// Returns its own number.
    ///
    /// # Errors
    /// [`Error::PolicyChanged`], with nothing changed.
    pub fn change_policy(&self, expected: u32, corpus: &Corpus, decision: &Decision<'_>) -> Result<u32> {
        let mut connection = self.lock();
        let transaction = begin(&mut connection)?;
        let found = newest(&transaction, &corpus.id)?.map_or(0, |(number, _)| number);
        if found != expected {
            return Err(Error::PolicyChanged { found });
        }
        put(&transaction, corpus, found + 1, decision)?;
        transaction.commit()?;
        Ok(found + 1)
    }

    /// The number of the policy in force and what it says, if the corpus is known.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn policy(&self, id: &CorpusId) -> Result<Option<(u32, Corpus)>> {
        newest(&*self.read()?, id)
    }

    /// The policies of a corpus, the newest first; that one is in force.
    ///
    /// # Errors
    /// [`Error::UnknownCorpus`].
    pub fn policies(&self, id: &CorpusId) -> Result<Vec<PolicyRecord>> {
        let connection = self.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT number, at, actor, reason, policy FROM policies WHERE corpus = ?1 ORDER BY number DESC",
        )?;
        let rows = statement.query_map([id.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get::<_, String>(4)?))
        })?;
        let kept = rows.map(|row| {
            let (number, at, actor, reason, policy) = row?;
            Ok(PolicyRecord { number, at, actor, reason, policy: serde_json::from_str(&policy)? })
        });
        let kept = kept.collect::<Result<Vec<PolicyRecord>>>()?;
        if kept.is_empty() { Err(Error::UnknownCorpus(id.clone())) } else { Ok(kept) }
    }
}

fn newest(connection: &Connection, id: &CorpusId) -> Result<Option<(u32, Corpus)>> {
    let sql = "SELECT number, policy FROM policies WHERE corpus = ?1 ORDER BY number DESC LIMIT 1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?));
    let found = connection.prepare_cached(sql)?.query_row([id.as_str()], read).optional()?;
    found.map(|(number, policy)| Ok((number, serde_json::from_str(&policy)?))).transpose()
}

/// `corpora` has the policy in force, where every question reads it; `policies` all of them.
fn put(connection: &Connection, corpus: &Corpus, number: u32, decision: &Decision<'_>) -> Result<()> {
    let (id, policy) = (corpus.id.as_str(), serde_json::to_string(corpus)?);
    connection.execute(
        "INSERT INTO corpora (id, policy) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET policy = ?2",
        params![id, policy],
    )?;
    connection.execute(
        "INSERT INTO policies (corpus, number, at, actor, reason, policy) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id, number, decision.at, decision.actor, decision.reason, policy],
    )?;
    record(connection, decision, "policy", id)
}
