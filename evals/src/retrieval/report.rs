//! What a run of the retrieval measurements came to: the same for JSON, for the page, and for a comparison with an older run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::plot::counted;

/// Ids that are named, at most, where many have the same fault.
const NAMED: usize = 10;

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
    /// What was read of it, and what was lost on the way.
    pub reading: Reading,
    /// Bytes of the vector index, the full-text index and the ledger on disk.
    pub bytes: Sizes,
    /// `lexical`, `dense`, `rank fusion` (both by their ranks alone, to be held against), `fused` (both by their scores),
    /// `supported` (that, and what is like it), and `ranked`: what a client of the API gets, with priors, and the cross-encoder
    /// where there is one.
    pub arms: Vec<ArmReport>,
    /// The last arm against each of the others, fused against each of the two, and supported against fused.
    pub comparisons: Vec<Comparison>,
    /// How each arm did on each question: another run can be held against this one question by question.
    pub scores: Vec<QuestionScores>,
    /// Time of each stage of a search, one question at a time.
    pub latency: Vec<Latency>,
}

/// What was read of a collection, and what of it was lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Which judgements, where there is a choice: `test`.
    pub split: Option<String>,
    /// Whether all documents were judged for all questions: what is not listed is not relevant.
    pub is_all_judged: bool,
    /// Documents read.
    pub documents: usize,
    /// Those that were not taken in.
    pub rejected: Vec<Refused>,
    /// Ids of documents that came again: the last one counts.
    pub doubled: Vec<String>,
    /// Documents that were judged and are not there. Those that are relevant count as not found.
    pub absent: usize,
    /// Questions without a judgement, which were not asked.
    pub unjudged: usize,
    /// Questions of which nothing relevant was judged, which were not asked.
    pub irrelevant: usize,
    /// Judged questions that are not there.
    pub unknown_questions: usize,
    /// Questions that could not be asked. Each counts as one that finds nothing.
    pub refused: Vec<Refused>,
    /// Questions that were searched with one arm away.
    pub partial: usize,
}

/// A document or question that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Its id in the collection.
    pub id: String,
    /// Why.
    pub why: String,
}

impl Reading {
    /// What a reader of the figures must know, a sentence each; nothing where all is well.
    pub fn remarks(&self) -> Vec<String> {
        let few = |all: &[String]| {
            let more = all.len().saturating_sub(NAMED);
            let named = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            if more == 0 { named } else { format!("{named}, and {more} more") }
        };
        let why = |all: &[Refused]| few(&all.iter().map(|one| format!("{} ({})", one.id, one.why)).collect::<Vec<_>>());
        let mut said = Vec::new();
        let mut say = |count: usize, noun: &str, what: &str| {
            if count > 0 {
                said.push(format!("{} {what}", counted(count, noun)));
            }
        };
        say(self.rejected.len(), "document", &format!("not taken in: {}.", why(&self.rejected)));
        say(self.doubled.len(), "document", &format!("in the place of one of the same id: {}.", few(&self.doubled)));
        say(self.absent, "judged document", "not in the corpus: what is relevant among them counts as not found.");
        say(self.unjudged, "question", "not asked: nothing was judged.");
        say(self.irrelevant, "question", "not asked: nothing that was judged is relevant.");
        say(self.unknown_questions, "judged question", "not among the questions.");
        let refused = format!("refused, and counted as finding nothing: {}.", why(&self.refused));
        say(self.refused.len(), "question", &refused);
        say(self.partial, "question", "searched with one arm away: the figures are not those of the whole search.");
        if let Some(split) = self.split.as_deref().filter(|split| *split != "test") {
            said.push(format!("The judgements are those of {split}."));
        }
        said
    }
}

/// nDCG@10 of every arm on one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuestionScores {
    /// The question's id in the collection.
    pub id: String,
    /// By the name of the arm.
    pub ndcg_10: BTreeMap<String, f64>,
}

/// Bytes on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Vector index.
    pub vectors: u64,
    /// Full-text index.
    pub words: u64,
    /// Ledger, with what waits in its log.
    pub ledger: u64,
}

/// How one arm orders the documents of a collection. All figures are shares between 0 and 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmReport {
    /// The arm.
    pub arm: String,
    /// Normalised discounted cumulative gain over the first ten documents, gain 2^grade - 1.
    pub ndcg_10: Interval,
    /// The same with the grade itself as gain, as trec_eval has it. Equal where grades are 0 and 1.
    pub ndcg_linear_10: Interval,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_lost_is_said_and_nothing_else() {
        assert_eq!(
            Reading { documents: 7, split: Some("test".into()), ..Reading::default() }.remarks(),
            [] as [String; 0]
        );
        let refused = |id: &str| Refused { id: id.to_owned(), why: "empty".to_owned() };
        let reading = Reading {
            split: Some("dev".to_owned()),
            rejected: (1..=12).map(|n| refused(&format!("d{n}"))).collect(),
            doubled: vec!["a".to_owned()],
            absent: 2,
            refused: vec![refused("q")],
            ..Reading::default()
        };
        let said = reading.remarks();
        assert_eq!(said.len(), 5, "{said:?}");
        assert!(said[0].starts_with("12 documents not taken in: d1 (empty), ") && said[0].ends_with(", and 2 more."));
        assert!(said[2].starts_with("2 judged documents not in the corpus"), "{said:?}");
        assert_eq!(said[3], "1 question refused, and counted as finding nothing: q (empty).");
        assert!(said[4].contains("dev"));
    }
}
