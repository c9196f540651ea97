//! Asking the questions of a collection, arm by arm.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use answer::{Question, Retriever, Took};
use index::Hit;
use knowledge::{CorpusId, DocumentId, PassageId};

use super::collection::{Collection, JudgedQuestion};
use super::metrics::{DEEP, Scores, mean, percentile, score};
use super::report::{ArmReport, CollectionReport, Comparison, Interval, Latency, QuestionDifference, Sizes};
use crate::baseline::Figure;

/// Passages taken from each arm: documents are found by their best passage, and a hundred documents are wanted.
const DEPTH: usize = 250;

/// The constant of reciprocal rank fusion, as published.
const RANK_FUSION_K: f64 = 60.0;

/// Passages that are fetched when a whole search is timed: what a page of hits has.
const FETCHED: usize = 10;

/// What a collection came to.
#[derive(Debug, Clone)]
pub struct Measurement {
    /// Its figures.
    pub report: CollectionReport,
    /// The documents of each question, best first, by the last arm.
    pub rankings: Vec<(String, Vec<String>)>,
}

/// Asks every question of `collection`, whose documents are in `corpus`, and calls `step` after each.
///
/// # Errors
/// When a store or the embedder fails.
pub async fn measure(
    retriever: &Retriever,
    collection: &Collection,
    corpus: &CorpusId,
    bytes: Sizes,
    mut step: impl FnMut(usize),
) -> answer::Result<Measurement> {
    let names = collection.names(corpus);
    let mut documents: HashMap<PassageId, DocumentId> = HashMap::new();
    let mut arms: Vec<(&str, Vec<Scores>)> =
        ["lexical", "dense", "rank fusion", "fused", "ranked"].map(|arm| (arm, Vec::new())).into();
    let (mut took, mut rankings) = (Vec::new(), Vec::new());
    for (at, asked) in collection.questions.iter().enumerate() {
        let question = Question::new(&asked.text);
        // As it is asked of the program: this is what is timed.
        let found = retriever.search(&question, FETCHED).await?;
        took.push(found.took);
        let candidates = retriever.candidates(&question, DEPTH).await?;
        let passages = |hits: &[Hit]| hits.iter().map(|hit| hit.passage).collect::<Vec<_>>();
        let fused: Vec<PassageId> = candidates.fused.iter().map(|hit| hit.passage).collect();
        let by_rank = rank_fusion(&candidates.lexical, &candidates.dense);
        let lists = [passages(&candidates.lexical), passages(&candidates.dense), by_rank, fused];
        let unknown: Vec<PassageId> =
            lists.iter().flatten().filter(|id| !documents.contains_key(id)).copied().collect();
        documents.extend(retriever.ledger.documents_of(&unknown)?);
        let mut ranked: Vec<Vec<&str>> = lists.iter().map(|list| by_document(list, &documents, &names)).collect();
        let whole = retriever.search(&question, DEPTH).await?;
        let list: Vec<PassageId> = whole.hits.iter().map(|hit| hit.passage).collect();
        documents.extend(whole.hits.iter().map(|hit| (hit.passage, hit.document.id)));
        ranked.push(by_document(&list, &documents, &names));
        for ((_, scores), list) in arms.iter_mut().zip(&ranked) {
            scores.push(score(asked, list));
        }
        let last = ranked.last().map(|list| list.iter().take(DEEP).map(|id| (*id).to_owned()).collect());
        rankings.push((asked.id.clone(), last.unwrap_or_default()));
        step(at + 1);
    }
    let totals = retriever.ledger.totals(Some(corpus))?;
    let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let comparisons = match arms.split_last() {
        Some((last, others)) => others.iter().map(|other| compare(&collection.questions, last, other)).collect(),
        None => Vec::new(),
    };
    let report = CollectionReport {
        name: collection.name.clone(),
        documents: count(totals.documents),
        passages: count(totals.passages),
        questions: collection.questions.len(),
        bytes,
        arms: arms.iter().map(|(arm, scores)| arm_report(arm, scores)).collect(),
        comparisons,
        latency: latency(&took),
    };
    Ok(Measurement { report, rankings })
}

/// Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009) of the same two lists: what most others do, to be held
/// against.
fn rank_fusion(lexical: &[Hit], dense: &[Hit]) -> Vec<PassageId> {
    let mut scores: BTreeMap<PassageId, f64> = BTreeMap::new();
    for list in [lexical, dense] {
        for (rank, hit) in (1..).zip(list) {
            *scores.entry(hit.passage).or_default() += 1.0 / (RANK_FUSION_K + f64::from(rank));
        }
    }
    let mut ranked: Vec<(PassageId, f64)> = scores.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked.into_iter().map(|(passage, _)| passage).collect()
}

/// nDCG@10 of ranked documents by question, whoever ranked them.
pub fn ndcg_of(collection: &Collection, rankings: &HashMap<String, Vec<String>>) -> Interval {
    let of = |asked: &JudgedQuestion| {
        let ranked: Vec<&str> = rankings.get(&asked.id).into_iter().flatten().map(String::as_str).collect();
        score(asked, &ranked).ndcg_10
    };
    mean(&collection.questions.iter().map(of).collect::<Vec<_>>())
}

/// The documents of a list of passages, each at the place of its best one.
fn by_document<'n>(
    passages: &[PassageId],
    documents: &HashMap<PassageId, DocumentId>,
    names: &HashMap<DocumentId, &'n str>,
) -> Vec<&'n str> {
    let mut seen = HashSet::new();
    let found = passages.iter().filter_map(|passage| names.get(documents.get(passage)?).copied());
    found.filter(|name| seen.insert(*name)).collect()
}

fn arm_report(arm: &str, scores: &[Scores]) -> ArmReport {
    let of = |measure: fn(&Scores) -> f64| mean(&scores.iter().map(measure).collect::<Vec<_>>());
    ArmReport {
        arm: arm.to_owned(),
        ndcg_10: of(|scores| scores.ndcg_10),
        recall_10: of(|scores| scores.recall_10),
        recall_100: of(|scores| scores.recall_100),
        mrr_10: of(|scores| scores.mrr_10),
        judged_10: of(|scores| scores.judged_10),
    }
}

fn compare(questions: &[JudgedQuestion], one: &(&str, Vec<Scores>), other: &(&str, Vec<Scores>)) -> Comparison {
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

fn latency(took: &[Took]) -> Vec<Latency> {
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

    /// What is kept of it: nDCG@10 and Recall@100 of every arm, in percent.
    pub fn figures(&self) -> Vec<Figure> {
        let figure = |arm: &str, measure: &str, interval: Interval| Figure {
            value: (interval.value * 1_000.0).round() / 10.0,
            of: u64::try_from(self.questions).ok(),
            corpus: self.name.clone(),
            ..Figure::share("retrieval", &format!("{arm}: {measure}"), 0, 0)
        };
        let of = |arm: &ArmReport| {
            [figure(&arm.arm, "nDCG@10", arm.ndcg_10), figure(&arm.arm, "Recall@100", arm.recall_100)]
        };
        self.arms.iter().flat_map(of).collect()
    }
}
