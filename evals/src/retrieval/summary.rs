//! From the scores of questions to the figures of a report.

use std::time::Duration;

use answer::Took;

use super::collection::{JudgedQuestion, STARTER};
use super::metrics::{Scores, mean, percentile};
use super::report::{ArmReport, CollectionReport, Comparison, Interval, Latency, QuestionDifference, QuestionScores};
use crate::baseline::Figure;

/// An arm with its scores, question by question.
pub(super) type Scored = (&'static str, Vec<Scores>);

/// Which arm is held against which: what the program does against everything, fusing against its parts, and support against
/// going without.
const HELD: [(&str, &str); 8] = [
    ("ranked", "lexical"),
    ("ranked", "dense"),
    ("ranked", "rank fusion"),
    ("ranked", "fused"),
    ("ranked", "supported"),
    ("fused", "lexical"),
    ("fused", "dense"),
    ("supported", "fused"),
];

/// So many questions tell half a point of a share.
const MANY: usize = 1_000;

pub(super) fn arm_report(arm: &str, scores: &[Scores]) -> ArmReport {
    let of = |measure: fn(&Scores) -> f64| mean(&scores.iter().map(measure).collect::<Vec<_>>());
    ArmReport {
        arm: arm.to_owned(),
        ndcg_10: of(|scores| scores.ndcg_10),
        ndcg_linear_10: of(|scores| scores.ndcg_linear_10),
        recall_10: of(|scores| scores.recall_10),
        recall_100: of(|scores| scores.recall_100),
        mrr_10: of(|scores| scores.mrr_10),
        judged_10: of(|scores| scores.judged_10),
    }
}

pub(super) fn comparisons(questions: &[JudgedQuestion], arms: &[Scored]) -> Vec<Comparison> {
    let of = |arm: &str| arms.iter().find(|(name, _)| *name == arm);
    HELD.iter().filter_map(|(one, other)| Some(compare(questions, of(one)?, of(other)?))).collect()
}

fn compare(questions: &[JudgedQuestion], one: &Scored, other: &Scored) -> Comparison {
    let differences: Vec<f64> = one.1.iter().zip(&other.1).map(|(a, b)| a.ndcg_10 - b.ndcg_10).collect();
    let mut apart: Vec<QuestionDifference> = questions
        .iter()
        .zip(&differences)
        .filter(|(_, difference)| **difference != 0.0)
        .map(|(asked, difference)| QuestionDifference {
            id: asked.id.clone(),
            question: asked.text.clone(),
            difference: *difference,
        })
        .collect();
    apart.sort_by(|a, b| a.difference.total_cmp(&b.difference).then(a.id.cmp(&b.id)));
    let worse = apart.iter().filter(|one| one.difference < 0.0).count();
    Comparison {
        arm: one.0.to_owned(),
        against: other.0.to_owned(),
        difference: mean(&differences),
        better: apart.len() - worse,
        worse,
        questions: apart,
    }
}

pub(super) fn question_scores(questions: &[JudgedQuestion], arms: &[Scored]) -> Vec<QuestionScores> {
    let of = |(at, asked): (usize, &JudgedQuestion)| QuestionScores {
        id: asked.id.clone(),
        ndcg_10: arms.iter().filter_map(|(arm, scores)| Some(((*arm).to_owned(), scores.get(at)?.ndcg_10))).collect(),
    };
    questions.iter().enumerate().map(of).collect()
}

pub(super) fn latency(took: &[Took]) -> Vec<Latency> {
    let of = |stage: &str, time: fn(&Took) -> Duration| {
        let mut times: Vec<f64> = took.iter().map(|took| time(took).as_secs_f64() * 1e3).collect();
        times.sort_by(f64::total_cmp);
        Latency {
            stage: stage.to_owned(),
            p50_ms: percentile(&times, 0.5),
            p90_ms: percentile(&times, 0.9),
            p99_ms: percentile(&times, 0.99),
            max_ms: percentile(&times, 1.0),
        }
    };
    vec![
        of("embed", |took| took.embed),
        of("lexical", |took| took.lexical),
        of("dense", |took| took.dense),
        of("fetch", |took| took.fetch),
        of("whole", |took| took.whole),
    ]
}

impl CollectionReport {
    /// The arm of this name.
    pub fn arm(&self, arm: &str) -> Option<&ArmReport> {
        self.arms.iter().find(|report| report.arm == arm)
    }

    /// How far a figure may be off by chance, in percent.
    pub(super) fn tolerance(&self) -> f64 {
        if self.questions < MANY { 1.0 } else { 0.5 }
    }

    /// What is kept of it: nDCG@10, Recall@10, Recall@100 and MRR@10 of every arm, in percent.
    pub fn figures(&self) -> Vec<Figure> {
        let is_starter = STARTER.iter().any(|(name, ..)| *name == self.name);
        let figure = |arm: &str, measure: &str, interval: Interval| Figure {
            value: (interval.value * 1_000.0).round() / 10.0,
            of: u64::try_from(self.questions).ok(),
            corpus: self.name.clone(),
            command: if is_starter { "osler eval retrieval" } else { "osler eval retrieval --from DIR" }.to_owned(),
            tolerance: self.tolerance(),
            ..Figure::share("retrieval", &format!("{arm}: {measure}"), 0, 0)
        };
        let of = |arm: &ArmReport| {
            [
                figure(&arm.arm, "nDCG@10", arm.ndcg_10),
                figure(&arm.arm, "Recall@10", arm.recall_10),
                figure(&arm.arm, "Recall@100", arm.recall_100),
                figure(&arm.arm, "MRR@10", arm.mrr_10),
            ]
        };
        self.arms.iter().flat_map(of).collect()
    }
}
