//! Numbers over time, for those who watch over the service: what was asked, what came of it, and what should never be.

use std::collections::BTreeMap;
use std::fmt::Write;

use rusqlite::types::Value as Sql;
use rusqlite::{Row, params_from_iter};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{AuditLog, Result};

/// How often something was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Share {
    /// What.
    pub name: String,
    /// How often.
    pub count: u64,
}

/// The numbers of a stretch of time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Period {
    /// Its first day, as in 2026-11-28.
    pub day: String,
    /// Questions.
    pub questions: u64,
    /// People, by pseudonym.
    pub people: u64,
    /// Answered, in part or in full.
    pub answered: u64,
    /// Too little evidence, or outside of what the service is for.
    pub abstained: u64,
    /// Too little evidence while a part of the search was away: that says nothing of the library.
    pub inconclusive: u64,
    /// Failed or never finished.
    pub failed: u64,
    /// Statements.
    pub statements: u64,
    /// Statements that their quotes bear out.
    pub supported: u64,
    /// Milliseconds that half of the answers took at most.
    pub p50_ms: Option<u64>,
    /// Milliseconds that all but one answer in a hundred took at most.
    pub p99_ms: Option<u64>,
}

/// Numbers over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// Days that one period has.
    pub days: u32,
    /// The corpus that they were narrowed to.
    pub corpus: Option<String>,
    /// The model that they were narrowed to; `none` where nobody wrote but the sources.
    pub model: Option<String>,
    /// Periods with questions, the earliest first.
    pub periods: Vec<Period>,
    /// Answers by status; `inconclusive` are those that ended as `no_evidence` while a part of the search was away.
    pub statuses: Vec<Share>,
    /// Citations by verdict.
    pub verdicts: Vec<Share>,
    /// Citations by how their source stood when it was cited.
    pub standings: Vec<Share>,
    /// Citations of what was retracted or withdrawn when it was cited. Anything but 0 is a defect.
    pub retracted_when_cited: u64,
    /// Citations of superseded or expired sources, or of such with an expression of concern.
    pub stale_when_cited: u64,
    /// Citations by corpus.
    pub corpora: Vec<Share>,
    /// Answers by the model that wrote.
    pub models: Vec<Share>,
    /// What readers said, by kind: `disagree` is an override.
    pub feedback: Vec<Share>,
}

/// What numbers are narrowed to; what is absent does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    /// Only answers that cite something of this corpus, and only their citations of it.
    pub corpus: Option<String>,
    /// Only answers that this model wrote; `none`: those that no model wrote.
    pub model: Option<String>,
}

pub(crate) const DAY_MS: i64 = 86_400_000;

/// As which answers without a model are counted.
const NO_MODEL: &str = "none";

/// Questions that were not answered, and were not to be.
pub(crate) const ABSTAINED: &str = "(status = 'refused_scope' OR status = 'no_evidence' AND missing IS NULL)";

/// Questions for which too little was found while a part of the search was away.
const INCONCLUSIVE: &str = "(status = 'no_evidence' AND missing IS NOT NULL)";

/// How the question of `answers a` ended, as it is counted.
pub(crate) const ENDED: &str =
    "CASE WHEN a.status = 'no_evidence' AND a.missing IS NOT NULL THEN 'inconclusive' ELSE a.status END";

/// Questions of which nothing came.
pub(crate) const FAILED: &str = "(status = 'timeout' OR status LIKE 'failed:%')";

/// How a source may not stand when it is cited.
pub(crate) const RETRACTED: [&str; 2] = ["retracted", "withdrawn"];

/// How a source stands that should have been replaced, or doubted.
pub(crate) const STALE: [&str; 3] = ["superseded", "expired", "expression_of_concern"];

/// Which answers are counted, as conditions on `answers a`, and which of their citations, as conditions on `cited c` as well.
struct Wanted {
    answers: String,
    cited: String,
    values: Vec<Sql>,
}

impl Narrow {
    fn wanted(&self, from_ms: i64, to_ms: i64) -> Wanted {
        let mut answers = String::from("a.asked_ms >= ?1 AND a.asked_ms < ?2");
        let mut values = vec![Sql::Integer(from_ms), Sql::Integer(to_ms)];
        // With the plus it is the time by which answers are looked up: by the model, those of all years would be read.
        match self.model.as_deref() {
            None => {}
            Some(NO_MODEL) => answers.push_str(" AND (+a.model IS NULL OR +a.model = 'none')"),
            Some(model) => {
                values.push(Sql::Text(model.to_owned()));
                let _ = write!(answers, " AND +a.model = ?{}", values.len());
            }
        }
        let mut cited = answers.clone();
        if let Some(corpus) = &self.corpus {
            values.push(Sql::Text(corpus.clone()));
            let at = values.len();
            let _ = write!(answers, " AND EXISTS (SELECT 1 FROM cited k WHERE k.corpus = ?{at} AND k.answer = a.n)");
            let _ = write!(cited, " AND c.corpus = ?{at}");
        }
        Wanted { answers, cited, values }
    }
}

impl AuditLog {
    /// Numbers of `[from_ms, to_ms)`, in periods of so many days. A corpus or model that nobody knows has none.
    ///
    /// # Errors
    /// [`crate::Error`].
    pub fn figures(&self, from_ms: i64, to_ms: i64, days: u32, narrow: &Narrow) -> Result<Figures> {
        let wanted = narrow.wanted(from_ms, to_ms);
        let periods = self.periods(&wanted, i64::from(days.max(1)) * DAY_MS)?;
        let answers = format!("FROM answers a WHERE {}", wanted.answers);
        let cited = format!("FROM cited c JOIN answers a ON a.n = c.answer WHERE {}", wanted.cited);
        let said = format!("FROM feedback f JOIN answers a ON a.id = f.answer WHERE {}", wanted.answers);
        let values = &wanted.values;
        let [standings, verdicts, corpora] =
            self.shares(["c.standing", "c.verdict", "c.corpus"], "sum(c.times)", &cited, values)?;
        let ended = format!("coalesce({ENDED}, 'open')");
        let [statuses, models] =
            self.shares([ended.as_str(), "coalesce(a.model, 'none')"], "count(*)", &answers, values)?;
        let [feedback] = self.shares(["f.kind"], "count(*)", &said, values)?;
        let count = |names: &[&str]| {
            standings.iter().filter(|share| names.contains(&share.name.as_str())).map(|share| share.count).sum()
        };
        Ok(Figures {
            days: days.max(1),
            corpus: narrow.corpus.clone(),
            model: narrow.model.clone(),
            periods,
            statuses,
            verdicts,
            retracted_when_cited: count(&RETRACTED),
            stale_when_cited: count(&STALE),
            standings,
            corpora,
            models,
            feedback,
        })
    }

    /// How often each value of each column is, the most frequent first: all columns in one pass over the rows.
    fn shares<const N: usize>(
        &self,
        columns: [&str; N],
        count: &str,
        from: &str,
        values: &[Sql],
    ) -> Result<[Vec<Share>; N]> {
        let (columns, places) = (columns.join(", "), (1..=N).map(|at| at.to_string()).collect::<Vec<_>>().join(", "));
        let sql = format!("SELECT {columns}, {count} {from} GROUP BY {places}");
        let counts = self.read(|connection| {
            let mut counts: [BTreeMap<String, u64>; N] = std::array::from_fn(|_| BTreeMap::new());
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query(params_from_iter(values))?;
            while let Some(row) = rows.next()? {
                let times: u64 = row.get(N)?;
                for (at, counts) in counts.iter_mut().enumerate() {
                    *counts.entry(row.get(at)?).or_default() += times;
                }
            }
            Ok(counts)
        })?;
        Ok(counts.map(by_count))
    }

    fn periods(&self, wanted: &Wanted, length_ms: i64) -> Result<Vec<Period>> {
        let mut values = wanted.values.clone();
        values.push(Sql::Integer(length_ms));
        let (answers, length) = (&wanted.answers, format!("?{}", values.len()));
        let sql = format!(
            "WITH timed AS (
              SELECT *, asked_ms / {length} AS period,
                CASE WHEN total_ms IS NOT NULL THEN row_number() OVER (
                  PARTITION BY asked_ms / {length}, total_ms IS NULL ORDER BY total_ms) END AS place,
                count(total_ms) OVER (PARTITION BY asked_ms / {length}) AS timed
              FROM answers a WHERE {answers})
            SELECT date(period * {length} / 1000, 'unixepoch'), count(*), count(DISTINCT actor),
              sum(status IN ('answered', 'partial', 'extractive', 'degraded')), sum({ABSTAINED}), sum({FAILED}),
              sum(statements), sum(supported), sum({INCONCLUSIVE}),
              max(CASE WHEN place = (timed + 1) / 2 THEN total_ms END),
              max(CASE WHEN place = (timed * 99 + 99) / 100 THEN total_ms END)
            FROM timed GROUP BY period ORDER BY period"
        );
        let period = |row: &Row<'_>| {
            let count = |at: usize| row.get::<_, Option<u64>>(at).map(|count| count.unwrap_or(0));
            Ok(Period {
                day: row.get(0)?,
                questions: row.get(1)?,
                people: row.get(2)?,
                answered: count(3)?,
                abstained: count(4)?,
                failed: count(5)?,
                statements: count(6)?,
                supported: count(7)?,
                inconclusive: count(8)?,
                p50_ms: row.get(9)?,
                p99_ms: row.get(10)?,
            })
        };
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_map(params_from_iter(values), period)?.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// The most frequent first; ties stay in the order of their names.
fn by_count(counts: BTreeMap<String, u64>) -> Vec<Share> {
    let mut shares: Vec<Share> = counts.into_iter().map(|(name, count)| Share { name, count }).collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.count));
    shares
}
