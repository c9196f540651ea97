//! How do the corpora stand? What each holds, and what of it wants somebody's hand.

use std::collections::HashMap;

use knowledge::{Corpus, CorpusId};
use rusqlite::{Connection, Params, Row, params};
use serde::Serialize;

use crate::Ledger;
use crate::due::overdue;
use crate::error::{Error, Result};
use crate::runs::{RunSummary, summaries};
use crate::shelf::{NEWEST, poor};
use crate::snapshots::pointer;

/// A corpus in figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CorpusHealth {
    /// Its policy.
    pub corpus: Corpus,
    /// Documents it holds.
    pub documents: u64,
    /// Versions of them.
    pub versions: u64,
    /// Passages in force in the published snapshot.
    pub passages: u64,
    /// Open findings.
    pub findings: u64,
    /// Documents that were to be looked at again by the day.
    pub overdue: u64,
    /// Documents whose newest version was read badly.
    pub poor: u64,
    /// Documents whose newest version is retracted or withdrawn.
    pub suppressed: u64,
    /// Sources that its manifest names.
    pub sources: u64,
    /// Whether its licence has ended by the day.
    pub is_licence_over: bool,
    /// The last run of ingest into it.
    pub last_run: Option<RunSummary>,
}

/// Figures of the newest versions of a corpus.
#[derive(Debug, Default)]
struct Newest {
    documents: u64,
    overdue: u64,
    poor: u64,
    suppressed: u64,
}

impl Ledger {
    /// How all corpora stand on `day` (`2024-03-01`), by id.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn corpus_health(&self, day: &str) -> Result<Vec<CorpusHealth>> {
        self.health(self.corpora()?, None, day)
    }

    /// How one corpus stands on `day` (`2024-03-01`).
    ///
    /// # Errors
    /// [`Error::UnknownCorpus`].
    pub fn health_of(&self, corpus: &CorpusId, day: &str) -> Result<CorpusHealth> {
        let mut health = self.health(vec![self.corpus(corpus)?], Some(corpus), day)?;
        health.pop().ok_or_else(|| Error::UnknownCorpus(corpus.clone()))
    }

    /// How these corpora stand: all of them, or the one that is named.
    fn health(&self, corpora: Vec<Corpus>, named: Option<&CorpusId>, day: &str) -> Result<Vec<CorpusHealth>> {
        let connection = self.read()?;
        let mut newest = newest(&connection, named, day)?;
        let mut held = held(&connection, named)?;
        let sql = format!(
            "SELECT d.corpus, count(*) FROM findings f JOIN documents d ON d.id = f.document
             WHERE f.closed IS NULL AND {} GROUP BY d.corpus",
            only(named, "d.corpus", "?1")
        );
        let name = named.map(CorpusId::as_str);
        let mut findings: HashMap<String, u64> = by_corpus(&connection, &sql, [name], |row| row.get(1))?;
        let sql = format!(
            "SELECT id, CASE WHEN json_valid(sources) THEN coalesce(json_array_length(sources, '$.sources'), 0) ELSE 0 END
             FROM corpora WHERE {}",
            only(named, "id", "?1")
        );
        let mut sources: HashMap<String, u64> = by_corpus(&connection, &sql, [name], |row| row.get(1))?;
        let last = format!("id IN (SELECT max(id) FROM runs WHERE {} GROUP BY corpus)", only(named, "corpus", "?1"));
        let runs = summaries(&connection, &last, [name])?;
        let mut runs: HashMap<String, RunSummary> = runs.into_iter().map(|run| (run.corpus.clone(), run)).collect();
        let health = |corpus: Corpus| {
            let id = corpus.id.as_str();
            let newest: Newest = newest.remove(id).unwrap_or_default();
            let (versions, passages) = held.remove(id).unwrap_or_default();
            CorpusHealth {
                documents: newest.documents,
                versions,
                passages,
                findings: findings.remove(id).unwrap_or_default(),
                overdue: newest.overdue,
                poor: newest.poor,
                suppressed: newest.suppressed,
                sources: sources.remove(id).unwrap_or_default(),
                is_licence_over: corpus.rights.has_ended(day),
                last_run: runs.remove(id),
                corpus,
            }
        };
        Ok(corpora.into_iter().map(health).collect())
    }
}

/// Newest versions, counted. CROSS JOIN, here and below, has SQLite go by the documents: those of a corpus come in the order of
/// their ids, in which their versions stand in the index as well.
fn newest(connection: &Connection, named: Option<&CorpusId>, day: &str) -> Result<HashMap<String, Newest>> {
    let sql = format!(
        "SELECT d.corpus, count(*), count(*) FILTER (WHERE {}), count(*) FILTER (WHERE {}),
                count(*) FILTER (WHERE v.status IN ('retracted', 'withdrawn'))
         FROM documents d CROSS JOIN versions v ON v.document = d.id WHERE {NEWEST} AND {} GROUP BY d.corpus",
        overdue("?1"),
        poor(),
        only(named, "d.corpus", "?2")
    );
    by_corpus(connection, &sql, params![day, named.map(CorpusId::as_str)], |row| {
        Ok(Newest { documents: row.get(1)?, overdue: row.get(2)?, poor: row.get(3)?, suppressed: row.get(4)? })
    })
}

/// Versions, and passages in force. A version is in force as a whole, so that one passage tells.
fn held(connection: &Connection, named: Option<&CorpusId>) -> Result<HashMap<String, (u64, u64)>> {
    let published = pointer(connection, "published")?;
    let sql = format!(
        "SELECT d.corpus, count(*), coalesce(sum((SELECT count(*) FROM passages p WHERE p.version = v.id)) FILTER (
                  WHERE v.status NOT IN ('retracted', 'withdrawn') AND EXISTS (
                    SELECT 1 FROM passages p JOIN entries e ON e.passage = p.id
                    WHERE p.version = v.id AND e.added <= ?1 AND (e.removed IS NULL OR e.removed > ?1))), 0)
               FROM documents d CROSS JOIN versions v ON v.document = d.id WHERE {} GROUP BY d.corpus",
        only(named, "d.corpus", "?2")
    );
    let values = params![published.0, named.map(CorpusId::as_str)];
    by_corpus(connection, &sql, values, |row| Ok((row.get(1)?, row.get(2)?)))
}

/// The condition that a row is of the corpus that is named, or of any where none is. Written apart for each, so that an index leads
/// to the one.
fn only(named: Option<&CorpusId>, column: &str, value: &str) -> String {
    if named.is_some() { format!("{column} = {value}") } else { format!("{value} IS NULL") }
}

/// Rows by the corpus in their first column.
fn by_corpus<T>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<HashMap<String, T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(values, |row| Ok((row.get::<_, String>(0)?, read(row)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
