//! The items as the signed record and the lines of an export have them: every rating that was given, the later ones too, with
//! what it takes to find them again in the log.

use rusqlite::Connection;
use serde::Serialize;

use crate::error::Result;
use crate::model::{Rating, Review};
use crate::sheet::{self, Line};
use crate::words::{COMMENT, Place, REASON, Words, fill};

/// A rating that was given. The salt opens the commitment that the log had of it while nobody was to know it.
#[derive(Debug, Serialize)]
struct Round {
    #[serde(skip)]
    item: u32,
    by: String,
    rating: Rating,
    /// Of a file of format 1; in exports also what the log has.
    comment: Option<String>,
    at: String,
    round: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment_sha256: Option<String>,
}

/// How a difference was settled.
#[derive(Debug, Serialize)]
struct Decision {
    #[serde(skip)]
    item: u32,
    by: String,
    rating: Rating,
    /// Of a file of format 1; in exports also what the log has.
    reason: Option<String>,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_sha256: Option<String>,
}

/// An item as the record has it.
#[derive(Debug, Serialize)]
pub(crate) struct RecordedItem<'a> {
    n: u32,
    answer: &'a str,
    statement: u32,
    stratum: &'a str,
    ours: &'a str,
    ratings: &'a [Round],
    adjudication: Option<&'a Decision>,
    #[serde(rename = "final")]
    final_rating: Option<Rating>,
}

/// All items of a review.
pub(crate) struct Items {
    lines: Vec<Line>,
    /// By item.
    rounds: Vec<Round>,
    /// By item.
    decisions: Vec<Decision>,
}

impl Items {
    pub(crate) fn of(connection: &Connection, review: &Review) -> Result<Self> {
        let lines = sheet::lines(connection, review)?;
        Ok(Self { lines, rounds: rounds(connection, &review.id)?, decisions: decisions(connection, &review.id)? })
    }

    /// With the words that the log keeps: for whoever may read them, but not to be signed, as they can be erased.
    pub(crate) fn opened(mut self, words: &dyn Words) -> Result<Self> {
        for round in &mut self.rounds {
            let sealed = place(round.entry, &round.comment_sha256);
            fill(&mut round.comment, sealed.as_ref(), COMMENT, words)?;
        }
        for decision in &mut self.decisions {
            let sealed = place(decision.entry, &decision.reason_sha256);
            fill(&mut decision.reason, sealed.as_ref(), REASON, words)?;
        }
        Ok(self)
    }

    /// Each with what was said of it.
    pub(crate) fn recorded(&self) -> Vec<RecordedItem<'_>> {
        let mut items = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let start = self.rounds.partition_point(|round| round.item < line.n);
            let end = self.rounds.partition_point(|round| round.item <= line.n);
            let decision = self.decisions.binary_search_by_key(&line.n, |decision| decision.item).ok();
            items.push(RecordedItem {
                n: line.n,
                answer: &line.answer,
                statement: line.statement,
                stratum: &line.stratum,
                ours: &line.ours,
                ratings: &self.rounds[start..end],
                adjudication: decision.map(|at| &self.decisions[at]),
                final_rating: line.settled(),
            });
        }
        items
    }
}

fn place(entry: Option<u64>, commitment: &Option<String>) -> Option<Place> {
    entry.zip(commitment.clone()).map(|(entry, commitment)| Place { entry, commitment })
}

fn rounds(connection: &Connection, review: &str) -> Result<Vec<Round>> {
    let mut statement = connection.prepare_cached(
        "SELECT item, reviewer, rating, comment, at, round, entry, salt, words FROM ratings WHERE review = ?1
         ORDER BY item, reviewer, round",
    )?;
    let rows = statement.query_map([review], |row| {
        Ok(Round {
            item: row.get(0)?,
            by: row.get(1)?,
            rating: row.get(2)?,
            comment: row.get(3)?,
            at: row.get(4)?,
            round: row.get(5)?,
            entry: row.get(6)?,
            salt: row.get(7)?,
            comment_sha256: row.get(8)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
}

fn decisions(connection: &Connection, review: &str) -> Result<Vec<Decision>> {
    let mut statement = connection.prepare_cached(
        "SELECT item, who, rating, nullif(reason, ''), at, entry, salt, words FROM adjudications WHERE review = ?1
         ORDER BY item",
    )?;
    let rows = statement.query_map([review], |row| {
        Ok(Decision {
            item: row.get(0)?,
            by: row.get(1)?,
            rating: row.get(2)?,
            reason: row.get(3)?,
            at: row.get(4)?,
            entry: row.get(5)?,
            salt: row.get(6)?,
            reason_sha256: row.get(7)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
}
