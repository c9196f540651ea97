//! What did the runs of ingest come to?

use knowledge::CorpusId;
use rusqlite::{Connection, Params, params};
use serde::Serialize;

use crate::Ledger;
use crate::error::Result;

/// What a run of ingest came to, as it was kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunRecord {
    /// Its number.
    pub id: i64,
    /// When it began, RFC 3339.
    pub at: String,
    /// Who ran it.
    pub actor: String,
    /// Into which corpus.
    pub corpus: String,
    /// Its account, as the ingest wrote it.
    pub account: serde_json::Value,
}

/// A run in figures, without the account of every file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunSummary {
    /// Its number.
    pub id: i64,
    /// When it began, RFC 3339.
    pub at: String,
    /// Who ran it.
    pub actor: String,
    /// Into which corpus.
    pub corpus: String,
    /// The `report` of its account, as the ingest wrote it; null where it has none.
    pub report: serde_json::Value,
}

impl Ledger {
    /// Keeps the account of a run.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn put_run(&self, at: &str, actor: &str, corpus: &CorpusId, account: &impl Serialize) -> Result<()> {
        let sql = "INSERT INTO runs (at, actor, corpus, report) VALUES (?1, ?2, ?3, ?4)";
        self.lock().execute(sql, params![at, actor, corpus.as_str(), serde_json::to_string(account)?])?;
        Ok(())
    }

    /// The last `limit` runs of ingest that changed anything, the newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn runs(&self, limit: usize) -> Result<Vec<RunRecord>> {
        self.select_runs("id > 0 ORDER BY id DESC LIMIT ?1", i64::try_from(limit).unwrap_or(i64::MAX))
    }

    /// Runs after the one with this number, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn runs_after(&self, id: i64) -> Result<Vec<RunRecord>> {
        self.select_runs("id > ?1 ORDER BY id", id)
    }

    /// The run of this number, if there is one.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn run(&self, id: i64) -> Result<Option<RunRecord>> {
        Ok(self.select_runs("id = ?1", id)?.pop())
    }

    /// The last `limit` runs in figures, the newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn run_list(&self, limit: u32) -> Result<Vec<RunSummary>> {
        summaries(&*self.read()?, "id > 0 ORDER BY id DESC LIMIT ?1", [limit])
    }

    /// The number of the last run; 0 before the first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_run(&self) -> Result<i64> {
        let connection = self.read()?;
        Ok(connection.query_row("SELECT coalesce(max(id), 0) FROM runs", [], |row| row.get(0))?)
    }

    fn select_runs(&self, which: &str, value: i64) -> Result<Vec<RunRecord>> {
        let connection = self.read()?;
        let sql = format!("SELECT id, at, actor, corpus, report FROM runs WHERE {which}");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([value])?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next()? {
            let account = serde_json::from_str(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?)?;
            runs.push(RunRecord { id: row.get(0)?, at: row.get(1)?, actor: row.get(2)?, corpus: row.get(3)?, account });
        }
        Ok(runs)
    }
}

/// Runs in figures. SQLite takes the report out, so that accounts of a hundred thousand files stay where they are.
pub(crate) fn summaries(connection: &Connection, which: &str, values: impl Params) -> Result<Vec<RunSummary>> {
    let sql = format!("SELECT id, at, actor, corpus, json_extract(report, '$.report') FROM runs WHERE {which}");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(values, |row| {
        let run = RunSummary {
            id: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            corpus: row.get(3)?,
            report: serde_json::Value::Null,
        };
        Ok((run, row.get::<_, Option<String>>(4)?))
    })?;
    let mut runs = Vec::new();
    for row in rows {
        let (mut run, report) = row?;
        if let Some(report) = report {
            run.report = serde_json::from_str(&report)?;
        }
        runs.push(run);
    }
    Ok(runs)
}
