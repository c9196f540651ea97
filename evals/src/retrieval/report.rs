//! What a run of the retrieval measurements came to: the same for JSON, for the page, and for a comparison with an older run.

use serde::{Deserialize, Serialize};

/// A figure with the bounds between which it lies in 95 of 100 resamples of the questions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The figure over all questions.
    pub value: f64,
    /// 2.5th percentile of the resamples.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

/// A whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The day of the run.
    pub measured_on: String,
    /// Name and hash of the embedding model.
    pub embedder: String,
    /// Name of the cross-encoder, where one was set up.
    pub reranker: Option<String>,
    /// One for each collection, in the order they were named.
    pub collections: Vec<CollectionReport>,
}

/// One collection of judged questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CollectionReport {
    /// Its name.
    pub name: String,
    /// Documents in it.
    pub documents: usize,
    /// Passages they were split into.
    pub passages: usize,
    /// Questions asked.
    pub questions: usize,
    /// Bytes of the vector index, the full-text index and the ledger on disk.
    pub bytes: Sizes,
    /// `lexical`, `dense`, `rank fusion` (both by their ranks alone, to be held against), `fused`, and `ranked`: fused, with
    /// priors and the cross-encoder where there is one.
    pub arms: Vec<ArmReport>,
    /// The last arm against each of the others.
    pub comparisons: Vec<Comparison>,
    /// Time of each stage of a search, one question at a time.
    pub latency: Vec<Latency>,
}

/// Bytes on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Vector index.
    pub vectors: u64,
    /// Full-text index.
    pub words: u64,
    /// Ledger.
    pub ledger: u64,
}

/// How one arm orders the documents of a collection. All figures are shares between 0 and 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmReport {
    /// The arm.
    pub arm: String,
    /// Normalised discounted cumulative gain over the first ten documents, gain 2^grade - 1.
    pub ndcg_10: Interval,
    /// Relevant documents among the first ten.
    pub recall_10: Interval,
    /// Relevant documents among the first hundred.
    pub recall_100: Interval,
    /// Reciprocal rank of the first relevant document, 0 below the tenth.
    pub mrr_10: Interval,
    /// Documents with a judgement among the first ten.
    pub judged_10: Interval,
}

/// One arm against another, question by question, in nDCG@10.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The arm that is looked at.
    pub arm: String,
    /// The arm it is held against.
    pub against: String,
    /// Mean difference, with its paired bootstrap interval.
    pub difference: Interval,
    /// Questions on which it does better.
    pub better: usize,
    /// Questions on which it does worse.
    pub worse: usize,
    /// The differences that are not zero, by question, the worst first.
    pub questions: Vec<QuestionDifference>,
}

/// How far two arms are apart on one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuestionDifference {
    /// The question's id in the collection.
    pub id: String,
    /// Its words.
    pub question: String,
    /// nDCG@10 of the arm less that of the other.
    pub difference: f64,
}

/// Times of one stage, in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// `embed`, `lexical`, `dense`, `fetch` or `whole`.
    pub stage: String,
    /// Median.
    pub p50_ms: f64,
    /// 90th percentile.
    pub p90_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
    /// Longest.
    pub max_ms: f64,
}
