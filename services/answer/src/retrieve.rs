//! Finding passages: both arms side by side, fused, less what may not be evidence.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use index::{Finder, Fused, LexicalIndex, VectorIndex, prefer, question_terms};
use inference::{Embedder, Reranker};
use knowledge::{CorpusId, Evidence, PassageId, Scores, Snapshot};
use ledger::{Ledger, PassageView};
use tokio::time::timeout;
use vocabulary::Thesaurus;

use crate::error::{Error, Result};
use crate::expand::Expansion;
use crate::look::{Arm, Candidates};
use crate::prior::prior;
use crate::question::Question;
use crate::rights::Limits;
use crate::seams::Clock;

/// Hits taken from each arm.
const ARM_LIMIT: usize = 50;

/// Hits taken from each arm at most, where so many of what was found may not be evidence that too few are left.
const DEEPEST: usize = 1_600;

/// Passages that the cross-encoder reads, where there is one, however few are asked for.
const RERANKED: usize = 20;

/// What people are told when it has not read them.
const RERANKER_AWAY: &str = "the model that reads question and passage together is away: ordered without it";

/// Where passages of an earlier answer come in: behind the best that the new question finds.
const CARRIED_PLACE: usize = 4;

/// The search half of the service.
#[derive(Clone)]
pub struct Retriever {
    /// The source of truth.
    pub ledger: Arc<Ledger>,
    /// The dense arm.
    pub vectors: Arc<dyn VectorIndex>,
    /// The lexical arm.
    pub lexical: Arc<dyn LexicalIndex>,
    /// Turns the question into a vector.
    pub embedder: Arc<dyn Embedder>,
    /// Reads the best passages with the question, where a model for it is set up.
    pub reranker: Option<Arc<dyn Reranker>>,
    /// The longest that it may take; after that the order is that of the search.
    pub rerank_deadline: Duration,
    /// Whether other names of what a question names are searched for too.
    pub has_expansion: bool,
    /// More of such names, where the house has imported a thesaurus.
    pub thesaurus: Option<Arc<Thesaurus>>,
    /// Whether kind, date and standing of a document count.
    pub has_priors: bool,
    /// Says which day it is: documents and licences expire.
    pub clock: Arc<dyn Clock>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrieved {
    /// The snapshot that was searched.
    pub snapshot: Snapshot,
    /// The question's vector; empty when the dense arm was away.
    pub vector: Vec<f32>,
    /// What was searched for beside the words of the question.
    pub expansions: Vec<Expansion>,
    /// What was away, for people.
    pub missing: Option<&'static str>,
    /// Passages, best first, named E1, E2, …. Whole, whatever may be shown of them: see [`Retrieved::shown`].
    pub hits: Vec<Evidence>,
    /// How many words of a passage may be shown, of corpora where that is not all.
    pub(crate) limits: Limits,
    /// How long each part took.
    pub took: Took,
}

/// How long the parts of a search took, all together where it was looked more than once. The two arms go side by side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Took {
    /// Turning the question into a vector.
    pub embed: Duration,
    /// The search by words.
    pub lexical: Duration,
    /// The search by meaning, after the vector was there.
    pub dense: Duration,
    /// Fetching texts, and what is done with them.
    pub fetch: Duration,
    /// All of it.
    pub whole: Duration,
}

impl Retrieved {
    /// The passages, each as far as the licence of its corpus lets it be shown.
    pub fn shown(self) -> Vec<Evidence> {
        let limits = self.limits;
        self.hits.into_iter().filter_map(|hit| limits.cut(hit)).collect()
    }
}

impl Retriever {
    /// Today, as `2024-03-01`, in UTC.
    pub fn today(&self) -> String {
        self.clock.now().to_string().chars().take(10).collect()
    }

    /// The snapshot that a question is about.
    pub(crate) fn snapshot(&self, question: &Question) -> Result<Snapshot> {
        Ok(match question.pin() {
            Some(pin) => pin.snapshot,
            None if question.staged => self.ledger.snapshots()?.staged,
            None => self.ledger.resolve(question.as_of)?,
        })
    }

    /// The best `limit` passages for a question.
    ///
    /// # Errors
    /// [`Error::Question`]; [`ledger::Error::UnknownCorpus`] or [`ledger::Error::UnknownSnapshot`] for what it names.
    pub async fn search(&self, question: &Question, limit: usize) -> Result<Retrieved> {
        question.check()?;
        let corpora = self.ledger.corpora()?;
        let is_known = |wanted: &&CorpusId| corpora.iter().any(|corpus| corpus.id == **wanted);
        if let Some(unknown) = question.filters.corpora.iter().find(|wanted| !is_known(wanted)) {
            return Err(ledger::Error::UnknownCorpus(unknown.clone()).into());
        }
        let limits = Limits::of(&corpora);
        let (began, today, mut took) = (Instant::now(), self.today(), Took::default());
        let (mut sought, mut depth) = (self.sought(question).await?, ARM_LIMIT.max(limit));
        let snapshot = sought.filter.snapshot;
        let wanted = if self.reranker.is_some() { limit.max(RERANKED) } else { limit };
        let mut hits = loop {
            let mut found = self.look(&mut sought, depth).await?;
            took.embed += found.took.embed;
            took.lexical += found.took.lexical;
            took.dense += found.took.dense;
            let (fetching, is_cut) = (Instant::now(), found.is_cut(depth));
            self.prefer(&mut found);
            let hits = self.fetch(question, carry(found.fused, question), snapshot, wanted).await?;
            took.fetch += fetching.elapsed();
            // One long document that was retracted may be all that both arms have found.
            let is_enough = hits.len() >= wanted || !is_cut || depth >= DEEPEST;
            if is_enough || !sought.narrow(&corpora, &today) {
                break hits;
            }
            depth = (2 * depth).min(DEEPEST);
        };
        let ordering = Instant::now();
        let away = self.rerank(question, &mut hits).await;
        let missing = sought.away.map(Arm::away).or(away);
        hits.truncate(limit);
        let expansions = sought.expanded.expansions;
        note_expansions(&mut hits, &question.search_text(), &expansions);
        for (at, hit) in hits.iter_mut().enumerate() {
            hit.id = format!("E{}", at + 1);
        }
        took.fetch += ordering.elapsed();
        took.whole = began.elapsed();
        Ok(Retrieved { snapshot, vector: sought.vector, expansions, missing, hits, limits, took })
    }

    /// Has the priors count, where they do: for all that was found, so that whoever asks for fewer passages gets the same ones.
    fn prefer(&self, found: &mut Candidates) {
        if self.has_priors {
            let year = self.clock.now().to_zoned(jiff::tz::TimeZone::UTC).year();
            let priors = found.standings.iter().map(|(passage, document)| (*passage, prior(document, year)));
            prefer(&mut found.fused, &priors.collect());
        }
    }

    /// The texts of the first `wanted` that may be evidence, in their order.
    async fn fetch(
        &self,
        question: &Question,
        fused: Vec<Fused>,
        snapshot: Snapshot,
        wanted: usize,
    ) -> Result<Vec<Evidence>> {
        let mut hits = Vec::with_capacity(wanted);
        let mut waiting = fused.into_iter().peekable();
        while hits.len() < wanted && waiting.peek().is_some() {
            let batch: Vec<Fused> = waiting.by_ref().take(wanted - hits.len()).collect();
            let ids: Vec<PassageId> = batch.iter().map(|hit| hit.passage).collect();
            let (ledger, today, pin) = (Arc::clone(&self.ledger), self.today(), question.pin());
            let fetch = move || -> ledger::Result<_> {
                let mut found = ledger.evidence(&ids, snapshot, &today)?;
                if let Some(pin) = pin {
                    pin.keep(&ledger, &mut found)?;
                }
                Ok(found)
            };
            let mut found =
                tokio::task::spawn_blocking(fetch).await.map_err(|panic| Error::Internal(panic.into()))??;
            found.retain(|_, passage| question.filters.allow(&passage.document));
            hits.extend(batch.into_iter().filter_map(|Fused { passage, scores }| {
                let PassageView { id, text, span, section, page, document } = found.remove(&passage)?;
                let (start, end) = (span.start, span.end);
                Some(Evidence { id: String::new(), passage: id, text, start, end, section, page, document, scores })
            }));
        }
        Ok(hits)
    }

    /// Has the cross-encoder order the first passages, where there is one. Says so when it fails or takes too long.
    async fn rerank(&self, question: &Question, hits: &mut [Evidence]) -> Option<&'static str> {
        let reranker = self.reranker.as_ref()?;
        let head = hits.len().min(RERANKED);
        let texts = hits[..head].iter().map(|hit| {
            let heading = hit.section.last().map_or("", String::as_str);
            format!("{}\n{heading}\n{}", hit.document.title, hit.text)
        });
        let (question, away) = (question.search_text(), Some(RERANKER_AWAY));
        let scores = match timeout(self.rerank_deadline, reranker.score(&question, texts.collect())).await {
            Ok(Ok(scores)) => scores,
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the cross-encoder failed");
                return away;
            }
            Err(_) => {
                tracing::error!(deadline = ?self.rerank_deadline, "the cross-encoder took too long");
                return away;
            }
        };
        for (hit, score) in hits.iter_mut().zip(scores) {
            hit.scores.rerank = Some(score);
        }
        hits[..head].sort_by(|a, b| {
            let score = |hit: &Evidence| hit.scores.rerank.unwrap_or(f32::MIN);
            score(b).total_cmp(&score(a)).then(a.passage.cmp(&b.passage))
        });
        None
    }
}

/// What was found, and with it what the answer before cites.
fn carry(mut fused: Vec<Fused>, question: &Question) -> Vec<Fused> {
    for passage in question.carried() {
        match fused.iter_mut().find(|hit| hit.passage == *passage) {
            Some(hit) => hit.scores.carried = true,
            // Whom a passage names the indexes alone know: what they have not found may be about others.
            None if question.filters.populations.is_empty() => {
                let scores = Scores { carried: true, ..Scores::default() };
                fused.push(Fused { passage: *passage, scores });
            }
            None => {}
        }
    }
    // Behind the best, unless it is among them by itself.
    for carried in question.carried() {
        let at = fused.iter().position(|hit| hit.passage == *carried);
        if let Some(at) = at.filter(|at| *at > CARRIED_PLACE) {
            fused[CARRIED_PLACE..=at].rotate_right(1);
        }
    }
    fused
}

/// Says of each hit by which of the added terms the search by words could find it: it looks for each word of a term by itself.
fn note_expansions(hits: &mut [Evidence], question: &str, expansions: &[Expansion]) {
    if expansions.is_empty() {
        return;
    }
    let asked: HashSet<String> = question_terms(question).into_iter().collect();
    let mut places = HashMap::new();
    let mut own = |to: &str| -> Vec<usize> {
        let own = question_terms(to).into_iter().filter(|term| !asked.contains(term));
        let mut place = |term| {
            let next = places.len();
            *places.entry(term).or_insert(next)
        };
        own.map(&mut place).collect()
    };
    let added: Vec<(&str, Vec<usize>)> = expansions.iter().map(|one| (one.to.as_str(), own(&one.to))).collect();
    let mut finder = Finder::of(&places);
    for hit in hits {
        let mut held = vec![false; places.len()];
        let text = format!("{}\n{}\n{}", hit.document.title, hit.section.join("\n"), hit.text);
        finder.mark(&text, &mut held);
        let found = added.iter().filter(|(_, own)| own.iter().any(|place| held[*place]));
        hit.scores.expanded = found.map(|(to, _)| (*to).to_owned()).collect();
    }
}

pub(crate) fn elapsed_ms(since: Instant) -> u64 {
    whole_ms(since.elapsed())
}

pub(crate) fn whole_ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
