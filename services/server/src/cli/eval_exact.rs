//! How much of what is nearest does the search by meaning find? Its hits are held against comparing every vector, with filters and
//! without.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use answer::{Question, Retriever};
use anyhow::{Result, bail};
use index::{Filter, Hit, dot};
use ingest::index_entry;
use knowledge::{DocumentRef, PassageId, Seq, Snapshot};
use ledger::{EntryRow, Ledger};
use serde::Serialize;

/// How much of the nearest the search by meaning finds.
#[derive(Debug, Serialize)]
pub(super) struct Recall {
    questions: usize,
    nearest: usize,
    /// The share of them that is found.
    mean: f64,
    worst: f64,
    /// What comparing every vector took.
    seconds: f64,
    /// The same where a filter leaves only some of the passages.
    by_filter: Vec<Filtered>,
}

/// How much of the nearest is found of what a filter leaves.
#[derive(Debug, Serialize)]
struct Filtered {
    filter: String,
    /// What it leaves.
    passages: usize,
    mean: f64,
    worst: f64,
}

impl fmt::Display for Recall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { questions, nearest, mean, worst, seconds, by_filter } = self;
        write!(f, "recall@{nearest} of comparing every vector: {mean:.3}, {worst:.2} at worst, ")?;
        write!(f, "of {questions} questions ({seconds:.0} s)")?;
        if !by_filter.is_empty() {
            write!(f, "\n\n| filter | passages | recall@{nearest} | at worst |\n|---|---|---|---|")?;
        }
        for Filtered { filter, passages, mean, worst } in by_filter {
            write!(f, "\n| {filter} | {passages} | {mean:.3} | {worst:.2} |")?;
        }
        Ok(())
    }
}

/// Passages that the search by meaning gives to a question.
const NEAREST: usize = 50;

/// Vectors that are read in one go.
const VECTORS: usize = 10_000;

/// Years that a filter by them leaves.
const YEARS: u16 = 5;

/// Scores that are no further apart are equal: engines add up in another order.
const TIE: f32 = 1e-6;

/// A question's vector, and what is found for it with each filter.
struct Asked {
    vector: Vec<f32>,
    found: Vec<Found>,
}

/// What the search found, and the nearest of all vectors.
#[derive(Default)]
struct Found {
    hits: Vec<Hit>,
    nearest: BinaryHeap<Near>,
}

/// A passage with its score. The greatest is the one that is furthest away; equal scores by id.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Near {
    score: f32,
    passage: PassageId,
}

impl Eq for Near {}

impl Ord for Near {
    fn cmp(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(self.passage.cmp(&other.passage))
    }
}

impl PartialOrd for Near {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Asked {
    fn look(&mut self, held: &Held) {
        let near = Near { score: dot(&self.vector, &held.vector), passage: held.passage };
        for (found, _) in self.found.iter_mut().zip(&held.is_left).filter(|(_, is_left)| **is_left) {
            found.look(near);
        }
    }
}

impl Found {
    fn look(&mut self, near: Near) {
        if self.nearest.len() == NEAREST {
            if self.nearest.peek().is_none_or(|furthest| near >= *furthest) {
                return;
            }
            self.nearest.pop();
        }
        self.nearest.push(near);
    }

    /// The share of the nearest that was found. What is as near as the last of them is as good.
    fn share(&self) -> f64 {
        let Some(furthest) = self.nearest.peek() else { return 1.0 };
        let wanted: HashSet<PassageId> = self.nearest.iter().map(|near| near.passage).collect();
        let is_found = |hit: &&Hit| wanted.contains(&hit.passage) || hit.score >= furthest.score - TIE;
        self.hits.iter().filter(is_found).count().min(wanted.len()) as f64 / wanted.len() as f64
    }
}

/// A vector, and which of the filters leave it.
struct Held {
    passage: PassageId,
    vector: Vec<f32>,
    is_left: Vec<bool>,
}

/// Everything in force, and what people narrow a search by, each with its name: by what the first document found is.
fn filters(snapshot: Snapshot, like: Option<&DocumentRef>) -> Vec<(String, Filter)> {
    let all = || Filter::at(snapshot);
    let mut filters = vec![("none".to_owned(), all())];
    if let Some(like) = like {
        filters.push((format!("kind {}", like.kind), Filter { kinds: vec![like.kind], ..all() }));
        filters.push((format!("issuer {}", like.issuer), Filter { issuers: vec![like.issuer.clone()], ..all() }));
        filters.push((format!("corpus {}", like.corpus), Filter { corpora: vec![like.corpus.clone()], ..all() }));
        let year = like.published.as_deref().and_then(|date| date.get(..4)?.parse::<u16>().ok());
        if let Some(year) = year {
            let (from, to) = (year.saturating_sub(YEARS / 2), year.saturating_add(YEARS / 2));
            let years = Filter { from_year: Some(from), to_year: Some(to), ..all() };
            filters.push((format!("published {from} to {to}"), years));
        }
    }
    let earlier = Snapshot(snapshot.0 / 2);
    if earlier > Snapshot(0) {
        filters.push((format!("as of snapshot {}", earlier.0), Filter::at(earlier)));
    }
    filters
}

/// Evenly spaced questions, and what is found of what is nearest to each.
pub(super) async fn recall(retriever: &Retriever, questions: &[Question], count: usize) -> Result<Recall> {
    let count = count.min(questions.len());
    let snapshot = retriever.ledger.snapshots()?.published;
    let (mut vectors, mut like) = (Vec::with_capacity(count), None);
    for at in 0..count {
        let found = retriever.search(&questions[at * questions.len() / count], 1).await?;
        if found.vector.is_empty() {
            bail!("the search by meaning is away: there is nothing to hold against the nearest vectors");
        }
        vectors.push(found.vector);
        like = like.or_else(|| found.hits.into_iter().next().map(|hit| hit.document));
    }
    let (names, filters): (Vec<String>, Vec<Filter>) = filters(snapshot, like.as_ref()).into_iter().unzip();
    let mut asked = Vec::with_capacity(count);
    for vector in vectors {
        let mut found = Vec::with_capacity(filters.len());
        for filter in &filters {
            let hits = retriever.vectors.search(&vector, filter, NEAREST).await?;
            found.push(Found { hits, ..Found::default() });
        }
        asked.push(Asked { vector, found });
    }
    let (ledger, began) = (Arc::clone(&retriever.ledger), Instant::now());
    let compared = tokio::task::spawn_blocking(move || compare_all(&ledger, &filters, asked));
    let (asked, passages) = compared.await??;
    let seconds = began.elapsed().as_secs_f64();
    let filtered = |(at, filter): (usize, String)| {
        let shares: Vec<f64> = asked.iter().map(|one| one.found[at].share()).collect();
        Filtered {
            filter,
            passages: passages[at],
            mean: shares.iter().sum::<f64>() / count as f64,
            worst: shares.iter().copied().fold(1.0, f64::min),
        }
    };
    let mut by_filter: Vec<Filtered> = names.into_iter().enumerate().map(filtered).collect();
    let Filtered { mean, worst, .. } = by_filter.remove(0);
    Ok(Recall { questions: count, nearest: NEAREST, mean, worst, seconds, by_filter })
}

/// Reads every vector once, and divides entries and questions among all cores. Says how many passages each filter leaves.
fn compare_all(ledger: &Ledger, filters: &[Filter], mut asked: Vec<Asked>) -> Result<(Vec<Asked>, Vec<usize>)> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (share, mut reached) = (asked.len().div_ceil(cores).max(1), Seq(0));
    let mut passages = vec![0; filters.len()];
    loop {
        let rows = ledger.entries_after(reached, VECTORS)?;
        let Some(last) = rows.last() else { return Ok((asked, passages)) };
        reached = last.seq;
        let held = left(rows, filters, cores);
        for (at, passages) in passages.iter_mut().enumerate() {
            *passages += held.iter().filter(|held| held.is_left[at]).count();
        }
        std::thread::scope(|scope| {
            for part in asked.chunks_mut(share) {
                let held = &held;
                scope.spawn(move || {
                    for held in held {
                        part.iter_mut().for_each(|one| one.look(held));
                    }
                });
            }
        });
    }
}

/// What any of the filters leaves of these entries.
fn left(mut rows: Vec<EntryRow>, filters: &[Filter], cores: usize) -> Vec<Held> {
    let (share, mut parts) = (rows.len().div_ceil(cores).max(1), Vec::with_capacity(cores));
    while !rows.is_empty() {
        parts.push(rows.split_off(rows.len().saturating_sub(share)));
    }
    let read = |part: Vec<EntryRow>| {
        let held = part.into_iter().map(|row| {
            let entry = index_entry(row);
            let is_left: Vec<bool> = filters.iter().map(|filter| filter.allows(&entry)).collect();
            Held { passage: entry.passage, vector: entry.vector, is_left }
        });
        held.filter(|held| held.is_left.contains(&true)).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let reading: Vec<_> = parts.into_iter().map(|part| scope.spawn(|| read(part))).collect();
        let read = reading.into_iter().map(|part| match part.join() {
            Ok(held) => held,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        read.flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> PassageId {
        PassageId::from_bytes([number; 16])
    }

    fn vector(cosine: f32) -> Vec<f32> {
        [vec![cosine], vec![0.0; 20]].concat()
    }

    #[test]
    fn the_nearest_are_kept_and_what_ties_with_the_last_counts_as_found() {
        let mut asked = Asked { vector: vector(1.0), found: vec![Found::default(), Found::default()] };
        for number in (0..=200_u8).rev() {
            // The fifty of 0 to 49, and from there on all are alike. The second filter leaves every other one.
            let vector = vector(1.0 - f32::from(number.min(49)) / 100.0);
            asked.look(&Held { passage: id(number), vector, is_left: vec![true, number.is_multiple_of(2)] });
        }
        let kept = |found: &Found| {
            let mut kept: Vec<PassageId> = found.nearest.iter().map(|near| near.passage).collect();
            kept.sort_unstable();
            kept
        };
        assert_eq!(kept(&asked.found[0]), (0..50).map(id).collect::<Vec<_>>());
        assert_eq!(kept(&asked.found[1]), (0..100).step_by(2).map(id).collect::<Vec<_>>());
        let found = &mut asked.found[0];
        assert_eq!(found.share(), 0.0);
        found.hits = (0..25).map(|number| Hit { passage: id(number), score: 0.9 }).collect();
        assert_eq!(found.share(), 0.5);
        found.hits.push(Hit { passage: id(200), score: 0.51 });
        assert_eq!(found.share(), 0.52);
        found.hits.push(Hit { passage: id(201), score: 0.5 });
        assert_eq!(found.share(), 0.52);
    }

    #[test]
    fn each_filter_has_a_row_of_its_own() {
        let row = |filter: &str, passages| Filtered { filter: filter.to_owned(), passages, mean: 0.98, worst: 0.9 };
        let by_filter = vec![row("kind trial", 700), row("as of snapshot 3", 900)];
        let recall = Recall { questions: 10, nearest: NEAREST, mean: 0.99, worst: 0.94, seconds: 1.0, by_filter };
        let said = recall.to_string();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines[0], "recall@50 of comparing every vector: 0.990, 0.94 at worst, of 10 questions (1 s)");
        assert_eq!(lines[4..], ["| kind trial | 700 | 0.980 | 0.90 |", "| as of snapshot 3 | 900 | 0.980 | 0.90 |"]);
    }
}
