//! How much of what is nearest does the search by meaning find? Its hits are held against comparing every vector.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use answer::{Question, Retriever};
use anyhow::{Result, bail};
use index::{Filter, Hit, dot};
use knowledge::{PassageId, Seq, Snapshot};
use ledger::Ledger;
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
}

impl fmt::Display for Recall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { questions, nearest, mean, worst, seconds } = self;
        write!(f, "recall@{nearest} of comparing every vector: {mean:.3}, {worst:.2} at worst, ")?;
        write!(f, "of {questions} questions ({seconds:.0} s)")
    }
}

/// Passages that the search by meaning gives to a question.
const NEAREST: usize = 50;

/// Vectors that are read in one go.
const VECTORS: usize = 10_000;

/// Scores that are no further apart are equal: engines add up in another order.
const TIE: f32 = 1e-6;

/// A question, what the search found for it, and the nearest of all vectors.
struct Asked {
    vector: Vec<f32>,
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
    fn look(&mut self, passage: PassageId, vector: &[f32]) {
        let near = Near { score: dot(&self.vector, vector), passage };
        if self.nearest.len() == NEAREST {
            if self.nearest.peek().is_none_or(|furthest| near >= *furthest) {
                return;
            }
            self.nearest.pop();
        }
        self.nearest.push(near);
    }

    /// The share of the nearest that was found. What is as near as the last of them is as good.
    fn found(&self) -> f64 {
        let Some(furthest) = self.nearest.peek() else { return 1.0 };
        let wanted: HashSet<PassageId> = self.nearest.iter().map(|near| near.passage).collect();
        let is_found = |hit: &&Hit| wanted.contains(&hit.passage) || hit.score >= furthest.score - TIE;
        self.hits.iter().filter(is_found).count().min(wanted.len()) as f64 / wanted.len() as f64
    }
}

/// Evenly spaced questions, and what is found of what is nearest to each.
pub(super) async fn recall(retriever: &Retriever, questions: &[Question], count: usize) -> Result<Recall> {
    let count = count.min(questions.len());
    let snapshot = retriever.ledger.snapshots()?.published;
    let mut asked = Vec::with_capacity(count);
    for at in 0..count {
        let vector = retriever.search(&questions[at * questions.len() / count], 1).await?.vector;
        if vector.is_empty() {
            bail!("the search by meaning is away: there is nothing to hold against the nearest vectors");
        }
        let hits = retriever.vectors.search(&vector, &Filter::at(snapshot), NEAREST).await?;
        asked.push(Asked { vector, hits, nearest: BinaryHeap::with_capacity(NEAREST) });
    }
    let (ledger, began) = (Arc::clone(&retriever.ledger), Instant::now());
    let asked = tokio::task::spawn_blocking(move || compare_all(&ledger, snapshot, asked)).await??;
    let found: Vec<f64> = asked.iter().map(Asked::found).collect();
    Ok(Recall {
        questions: count,
        nearest: NEAREST,
        mean: found.iter().sum::<f64>() / count as f64,
        worst: found.iter().copied().fold(1.0, f64::min),
        seconds: began.elapsed().as_secs_f64(),
    })
}

/// Reads every vector once, and divides the questions among all cores.
fn compare_all(ledger: &Ledger, snapshot: Snapshot, mut asked: Vec<Asked>) -> Result<Vec<Asked>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (share, mut reached) = (asked.len().div_ceil(cores).max(1), Seq(0));
    loop {
        let vectors = ledger.vectors_after(reached, snapshot, VECTORS)?;
        let Some((last, ..)) = vectors.last() else { return Ok(asked) };
        reached = *last;
        std::thread::scope(|scope| {
            for part in asked.chunks_mut(share) {
                let vectors = &vectors;
                scope.spawn(move || {
                    for (_, passage, vector) in vectors {
                        part.iter_mut().for_each(|one| one.look(*passage, vector));
                    }
                });
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_are_kept_and_what_ties_with_the_last_counts_as_found() {
        let id = |number: u8| PassageId::from_bytes([number; 16]);
        let vector = |cosine: f32| [vec![cosine], vec![0.0; 20]].concat();
        let mut asked = Asked { vector: vector(1.0), hits: Vec::new(), nearest: BinaryHeap::new() };
        for number in (0..=200_u8).rev() {
            // The fifty of 0 to 49, and from there on all are alike.
            asked.look(id(number), &vector(1.0 - f32::from(number.min(49)) / 100.0));
        }
        let mut kept: Vec<PassageId> = asked.nearest.iter().map(|near| near.passage).collect();
        kept.sort_unstable();
        assert_eq!(kept, (0..50).map(id).collect::<Vec<_>>());
        assert_eq!(asked.found(), 0.0);
        asked.hits = (0..25).map(|number| Hit { passage: id(number), score: 0.9 }).collect();
        assert_eq!(asked.found(), 0.5);
        asked.hits.push(Hit { passage: id(200), score: 0.51 });
        assert_eq!(asked.found(), 0.52);
        asked.hits.push(Hit { passage: id(201), score: 0.5 });
        assert_eq!(asked.found(), 0.52);
    }
}
