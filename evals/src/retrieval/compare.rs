//! A run held against figures that were kept, and against another run.

use std::collections::HashMap;

use super::metrics::mean;
use super::plot::counted;
use super::report::{CollectionReport, Interval, Report};
use crate::baseline::{EMBEDDER, Figure, regressions};

/// The arm that a client of the API gets.
const DECISIVE: &str = "ranked";

/// What it is made of. Nobody is to get less than one of them finds by itself.
const PARTS: [&str; 2] = ["lexical", "dense"];

/// In what a run may differ from what was kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct Allowed {
    /// It may have collections of which nothing is kept.
    pub new_collections: bool,
    /// It may be of another embedder.
    pub other_embedder: bool,
}

/// What a run came to against kept figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Figures of the run.
    pub figures: usize,
    /// Kept figures that they were held against.
    pub known: usize,
    /// What is worse, and why the two cannot be compared; empty when all is well.
    pub wrong: Vec<String>,
}

/// Holds a run against kept figures. Kept figures of collections that the run does not have are left alone.
pub fn against_kept(run: &Report, kept: &[Figure], allowed: Allowed) -> Held {
    let mut wrong = doubled(run);
    if run.embedder != EMBEDDER && !allowed.other_embedder {
        wrong.push(format!("the run is of {}, and what was kept of {EMBEDDER}", run.embedder));
    }
    let (mut now, mut known) = (Vec::new(), Vec::new());
    for collection in &run.collections {
        let of: Vec<&Figure> =
            kept.iter().filter(|figure| figure.suite == "retrieval" && figure.corpus == collection.name).collect();
        if of.is_empty() && !allowed.new_collections {
            wrong.push(format!("nothing is kept of {}", collection.name));
        }
        let asked = u64::try_from(collection.questions).ok();
        if let Some(other) = of.iter().find(|figure| figure.of != asked) {
            let then = other.of.unwrap_or_default();
            let now = counted(collection.questions, "question");
            wrong.push(format!("{}: {now} asked, and {then} before", collection.name));
        }
        now.extend(collection.figures());
        known.extend(of.into_iter().cloned());
    }
    if known.is_empty() {
        wrong.push("nothing was compared: no figure of this run was kept".to_owned());
    }
    wrong.extend(regressions(&known, &now));
    wrong.extend(below_its_parts(run));
    Held { figures: now.len(), known: known.len(), wrong }
}

/// Collections of a run on which one arm by itself finds more than what a client gets, by more than chance.
pub fn below_its_parts(run: &Report) -> Vec<String> {
    let mut below = Vec::new();
    for collection in &run.collections {
        let Some(whole) = collection.arm(DECISIVE).map(|arm| 100.0 * arm.ndcg_10.value) else { continue };
        for part in PARTS.into_iter().filter_map(|part| collection.arm(part)) {
            let alone = 100.0 * part.ndcg_10.value;
            if whole < alone - collection.tolerance() {
                let name = &collection.name;
                below.push(format!("{name}: {DECISIVE} has nDCG@10 {whole:.1}, and {} alone {alone:.1}", part.arm));
            }
        }
    }
    below
}

/// Collections that are in a run more than once.
fn doubled(run: &Report) -> Vec<String> {
    let names: Vec<&str> = run.collections.iter().map(|collection| collection.name.as_str()).collect();
    let again = names.iter().enumerate().filter(|(at, name)| names[..*at].contains(name));
    again.map(|(_, name)| format!("two collections are called {name}")).collect()
}

/// An arm in two runs, on the questions of a collection that both were asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The collection.
    pub collection: String,
    /// The arm.
    pub arm: String,
    /// Questions that both runs have.
    pub questions: usize,
    /// nDCG@10 on them now.
    pub now: f64,
    /// And then.
    pub then: f64,
    /// Mean difference, with its paired bootstrap interval.
    pub difference: Interval,
    /// Questions on which it does better.
    pub better: usize,
    /// Questions on which it does worse.
    pub worse: usize,
}

impl Pair {
    /// Whether what a client gets is worse, as far as these questions can tell.
    pub fn is_worse(&self) -> bool {
        self.arm == DECISIVE && self.difference.high < 0.0
    }
}

/// Holds a run against an earlier one, question by question.
///
/// # Errors
/// Why they cannot be compared: a collection is in one of them twice, or they have no question in common.
pub fn pairs(now: &Report, then: &Report) -> Result<Vec<Pair>, String> {
    if let Some(wrong) = doubled(now).into_iter().chain(doubled(then)).next() {
        return Err(wrong);
    }
    let mut pairs = Vec::new();
    for collection in &now.collections {
        let Some(earlier) = then.collections.iter().find(|one| one.name == collection.name) else { continue };
        pairs.extend(collection.arms.iter().filter_map(|arm| pair(collection, earlier, &arm.arm)));
    }
    if pairs.is_empty() {
        Err("nothing was compared: no question was asked in both runs".to_owned())
    } else {
        Ok(pairs)
    }
}

fn pair(now: &CollectionReport, then: &CollectionReport, arm: &str) -> Option<Pair> {
    let before: HashMap<&str, f64> =
        then.scores.iter().filter_map(|one| Some((one.id.as_str(), *one.ndcg_10.get(arm)?))).collect();
    let common = now.scores.iter().filter_map(|one| Some((*one.ndcg_10.get(arm)?, *before.get(one.id.as_str())?)));
    let common: Vec<(f64, f64)> = common.collect();
    let differences: Vec<f64> = common.iter().map(|(now, then)| now - then).collect();
    let of = |values: Vec<f64>| mean(&values).value;
    (!common.is_empty()).then(|| Pair {
        collection: now.name.clone(),
        arm: arm.to_owned(),
        questions: common.len(),
        now: of(common.iter().map(|(now, _)| *now).collect()),
        then: of(common.iter().map(|(_, then)| *then).collect()),
        difference: mean(&differences),
        better: differences.iter().filter(|difference| **difference > 0.0).count(),
        worse: differences.iter().filter(|difference| **difference < 0.0).count(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::report::{ArmReport, QuestionScores, Reading, Sizes};
    use super::*;

    fn collection(name: &str, scores: &[(&str, f64)]) -> CollectionReport {
        let value = scores.iter().map(|(_, score)| score).sum::<f64>() / scores.len() as f64;
        let [ndcg_10, ndcg_linear_10, recall_10, recall_100, mrr_10, judged_10] =
            [Interval { value, low: value, high: value }; 6];
        let arm = "ranked".to_owned();
        let of = |(id, score): &(&str, f64)| QuestionScores {
            id: (*id).to_owned(),
            ndcg_10: [("ranked".to_owned(), *score)].into(),
        };
        CollectionReport {
            name: name.to_owned(),
            documents: 1,
            passages: 1,
            questions: scores.len(),
            reading: Reading::default(),
            bytes: Sizes { vectors: 0, words: 0, ledger: 0 },
            arms: vec![ArmReport { arm, ndcg_10, ndcg_linear_10, recall_10, recall_100, mrr_10, judged_10 }],
            comparisons: Vec::new(),
            scores: scores.iter().map(of).collect(),
            latency: Vec::new(),
        }
    }

    fn run(collections: Vec<CollectionReport>) -> Report {
        let (measured_on, embedder) = ("2026-11-28".to_owned(), EMBEDDER.to_owned());
        Report { measured_on, embedder, reranker: None, collections }
    }

    const GOOD: [(&str, f64); 2] = [("q1", 0.9), ("q2", 0.7)];

    #[test]
    fn a_run_that_cannot_be_compared_does_not_pass() {
        let good = collection("a", &GOOD);
        let kept = good.figures();
        let wrong = |run: &Report, allowed| against_kept(run, &kept, allowed).wrong;
        let strict = Allowed::default();
        let well = against_kept(&run(vec![good.clone()]), &kept, strict);
        assert_eq!(well, Held { figures: 4, known: 4, wrong: Vec::new() });
        assert!(wrong(&run(Vec::new()), strict)[0].contains("nothing was compared"));
        assert!(against_kept(&run(vec![good.clone()]), &[], strict).wrong.len() == 2);
        let with_new = run(vec![good.clone(), collection("b", &GOOD)]);
        assert_eq!(wrong(&with_new, strict), ["nothing is kept of b"]);
        let generous = Allowed { new_collections: true, other_embedder: true };
        assert_eq!(wrong(&with_new, generous), [] as [String; 0]);
        assert!(wrong(&run(vec![collection("b", &GOOD)]), generous)[0].contains("nothing was compared"));
        let twice = run(vec![good.clone(), good.clone()]);
        assert_eq!(wrong(&twice, strict), ["two collections are called a"]);
        let fewer = run(vec![collection("a", &[("q1", 0.8)])]);
        assert_eq!(wrong(&fewer, strict), ["a: 1 question asked, and 2 before"]);
        let other = Report { embedder: "other@1".to_owned(), ..run(vec![good.clone()]) };
        assert!(wrong(&other, strict)[0].contains("other@1") && wrong(&other, generous).is_empty());
    }

    #[test]
    fn every_measure_that_is_kept_is_held() {
        let kept = collection("a", &GOOD).figures();
        let nought = Interval { value: 0.0, low: 0.0, high: 0.0 };
        let spoil: [fn(&mut ArmReport) -> &mut Interval; 4] =
            [|arm| &mut arm.ndcg_10, |arm| &mut arm.recall_10, |arm| &mut arm.recall_100, |arm| &mut arm.mrr_10];
        for measure in spoil {
            let mut spoilt = collection("a", &GOOD);
            *measure(&mut spoilt.arms[0]) = nought;
            assert_eq!(against_kept(&run(vec![spoilt]), &kept, Allowed::default()).wrong.len(), 1);
        }
    }

    #[test]
    fn what_a_client_gets_is_no_worse_than_either_arm() {
        let with = |ranked: f64, lexical: f64, dense: f64| {
            let mut whole = collection("a", &[("q1", ranked)]);
            for (arm, value) in [("lexical", lexical), ("dense", dense)] {
                let ndcg_10 = Interval { value, low: value, high: value };
                whole.arms.push(ArmReport { arm: arm.to_owned(), ndcg_10, ..whole.arms[0].clone() });
            }
            run(vec![whole])
        };
        assert_eq!(below_its_parts(&with(0.9, 0.905, 0.8)), [] as [String; 0], "by chance");
        assert_eq!(below_its_parts(&with(0.9, 0.7, 0.915)), ["a: ranked has nDCG@10 90.0, and dense alone 91.5"]);
        assert_eq!(below_its_parts(&with(0.9, 0.95, 0.95)).len(), 2);
        let worse = with(0.9, 0.95, 0.7);
        let kept = worse.collections[0].figures();
        assert_eq!(
            against_kept(&worse, &kept, Allowed::default()).wrong,
            ["a: ranked has nDCG@10 90.0, and lexical alone 95.0"],
            "also where that is what was kept"
        );
    }

    #[test]
    fn two_runs_are_held_against_each_other_on_the_questions_of_both() {
        let then: Vec<(String, f64)> = (0..40).map(|n| (format!("q{n}"), 0.5)).collect();
        let scores = |change: f64, from: usize| {
            then[from..].iter().map(|(id, score)| (id.as_str(), score + change)).collect::<Vec<_>>()
        };
        let of = |change, from| run(vec![collection("a", &scores(change, from))]);
        let only = |now: &Report| pairs(now, &of(0.0, 0)).unwrap().remove(0);
        let better = only(&of(0.1, 10));
        assert_eq!((better.questions, better.better, better.worse, better.is_worse()), (30, 30, 0, false));
        assert!(better.difference.low > 0.09 && better.now > better.then);
        assert!(only(&of(-0.1, 0)).is_worse());
        assert!(pairs(&run(vec![collection("b", &GOOD)]), &of(0.0, 0)).unwrap_err().contains("nothing was compared"));
        let twice = run(vec![collection("b", &GOOD), collection("b", &GOOD)]);
        assert!(pairs(&twice, &twice).unwrap_err().contains("called b"));
    }
}
