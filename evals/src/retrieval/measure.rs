//! Asking the questions of a collection, arm by arm.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use answer::{Question, Retriever, Took};
use index::{Fused, Hit, fuse};
use knowledge::{CorpusId, DocumentId, PassageId, Snapshot};

use super::collection::{Collection, JudgedQuestion};
use super::memory::Memory;
use super::metrics::{DEEP, Scores, mean, score};
use super::report::{CollectionReport, Interval, Refused, Sizes};
use super::summary::{arm_report, comparisons, latency, question_scores};

/// What is measured side by side: see [`CollectionReport::arms`].
pub(super) const ARMS: [&str; 6] = ["lexical", "dense", "rank fusion", "fused", "supported", "ranked"];

/// Passages that a client of the API gets at most, and so deep both arms go for it.
const ASKED: usize = 50;

/// Passages that are taken from each arm to begin with, where a hundred documents are wanted.
const DEPTH: usize = 250;

/// And at most: a document may be cut into many passages.
const DEEPEST: usize = 2_000;

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

/// Asks every question of `collection`, whose documents are in `corpus`, and calls `step` after each. What is measured of the
/// first ten documents is that of a search as the API does it, at its depth; only what is measured of a hundred goes deeper.
/// A question that cannot be asked finds nothing.
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
    let memory = Arc::new(Memory::new(Arc::clone(&retriever.embedder)));
    let mut remembering = retriever.clone();
    remembering.embedder = memory.clone();
    let mut asking = Asking { retriever: remembering, documents: HashMap::new() };
    let names = collection.ids(corpus);
    let mut reading = collection.reading.clone();
    let mut arms = ARMS.map(|arm| (arm, Vec::<Scores>::new()));
    let (mut took, mut rankings) = (Vec::new(), Vec::new());
    for (at, asked) in collection.questions.iter().enumerate() {
        memory.forget();
        let found = match asking.ask(&Question::new(&asked.text)).await {
            Ok(found) => found,
            Err(answer::Error::Question(why)) => {
                reading.refused.push(Refused { id: asked.id.clone(), why });
                Found::default()
            }
            Err(error) => return Err(error),
        };
        took.extend(found.took);
        reading.partial += usize::from(found.is_partial);
        let named = |list: Option<&List>| -> Vec<&str> {
            let documents = list.into_iter().flat_map(|list| &list.documents);
            // Of the starter corpus only what was judged has a name.
            documents.map(|document| names.get(document).map_or("", String::as_str)).collect()
        };
        for (place, (_, scores)) in arms.iter_mut().enumerate() {
            let (seen, deep) = (named(found.seen.get(place)), named(found.deep.get(place)));
            scores.push(score(asked, &seen, &deep, reading.is_all_judged));
        }
        let last = named(found.deep.last()).into_iter().take(DEEP).map(str::to_owned).collect();
        rankings.push((asked.id.clone(), last));
        step(at + 1);
    }
    let totals = retriever.ledger.totals(Some(corpus))?;
    let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    if collection.is_starter() {
        reading.documents = count(totals.documents);
    }
    let report = CollectionReport {
        name: collection.name.clone(),
        documents: count(totals.documents),
        passages: count(totals.passages),
        questions: collection.questions.len(),
        reading,
        bytes,
        arms: arms.iter().map(|(arm, scores)| arm_report(arm, scores)).collect(),
        comparisons: comparisons(&collection.questions, &arms),
        scores: question_scores(&collection.questions, &arms),
        latency: latency(&took),
    };
    Ok(Measurement { report, rankings })
}

/// What was found for a question.
#[derive(Debug, Default)]
struct Found {
    /// As deep as the API goes, by the places of [`ARMS`].
    seen: Vec<List>,
    /// As deep as it takes to have a hundred documents.
    deep: Vec<List>,
    took: Option<Took>,
    is_partial: bool,
}

/// Documents, best first.
#[derive(Debug)]
struct List {
    documents: Vec<DocumentId>,
    /// Whether there would be no more of them at any depth.
    is_whole: bool,
}

impl List {
    /// Each document at the place of its best passage.
    fn new(found: impl Iterator<Item = DocumentId>, is_whole: bool) -> Self {
        let mut seen = HashSet::new();
        Self { documents: found.filter(|document| seen.insert(*document)).collect(), is_whole }
    }

    fn is_enough(&self) -> bool {
        self.is_whole || self.documents.len() >= DEEP
    }
}

struct Asking {
    retriever: Retriever,
    /// The documents of passages; of those that may not be evidence, none.
    documents: HashMap<PassageId, Option<DocumentId>>,
}

impl Asking {
    async fn ask(&mut self, question: &Question) -> answer::Result<Found> {
        // This is what is timed: the only search of the question that waits for its vector.
        let timed = self.retriever.search(question, FETCHED).await?;
        let (took, is_partial) = (Some(timed.took), timed.missing.is_some());
        let seen = self.lists(question, ASKED).await?;
        let mut depth = DEPTH;
        let deep = loop {
            let deep = self.lists(question, depth).await?;
            if depth >= DEEPEST || deep.iter().all(List::is_enough) {
                break deep;
            }
            depth *= 2;
        };
        Ok(Found { seen, deep, took, is_partial })
    }

    /// The documents that each arm finds with both of them so deep. What may not be evidence is in none.
    async fn lists(&mut self, question: &Question, depth: usize) -> answer::Result<Vec<List>> {
        let whole = self.retriever.search(question, depth).await?;
        let found = self.retriever.candidates(question, depth).await?;
        let (lexical, dense) = (&found.lexical, &found.dense);
        let passages = |hits: &[Hit]| hits.iter().map(|hit| hit.passage).collect::<Vec<_>>();
        let ordered = |hits: &[Fused]| hits.iter().map(|hit| hit.passage).collect::<Vec<_>>();
        let by_arm = [
            passages(lexical),
            passages(dense),
            rank_fusion(lexical, dense),
            ordered(&fuse(lexical, dense, depth)),
            ordered(&found.fused),
        ];
        let (no_more_words, no_more_meaning) = (lexical.len() < depth, dense.len() < depth);
        let neither = no_more_words && no_more_meaning;
        let ends = [no_more_words, no_more_meaning, neither, neither, neither];
        self.look_up(by_arm.iter().flatten(), found.snapshot)?;
        let document = |passage: &PassageId| self.documents.get(passage).copied().flatten();
        let lists = by_arm.iter().zip(ends).map(|(list, ends)| List::new(list.iter().filter_map(document), ends));
        let mut lists: Vec<List> = lists.collect();
        lists.push(List::new(whole.hits.iter().map(|hit| hit.document.id), whole.hits.len() < depth));
        Ok(lists)
    }

    /// Learns the documents of passages that were not seen before.
    fn look_up<'a>(&mut self, passages: impl Iterator<Item = &'a PassageId>, snapshot: Snapshot) -> answer::Result<()> {
        let unknown: HashSet<PassageId> = passages.filter(|id| !self.documents.contains_key(*id)).copied().collect();
        let unknown: Vec<PassageId> = unknown.into_iter().collect();
        let evidence = self.retriever.ledger.evidence(&unknown, snapshot, &self.retriever.today())?;
        self.documents.extend(unknown.iter().map(|id| (*id, evidence.get(id).map(|passage| passage.document.id))));
        Ok(())
    }
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
        score(asked, &ranked, &ranked, collection.reading.is_all_judged).ndcg_10
    };
    mean(&collection.questions.iter().map(of).collect::<Vec<_>>())
}
