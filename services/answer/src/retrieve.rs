//! Finding passages: both arms side by side, fused, less what may not be evidence.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use index::{Fused, Hit, LexicalIndex, NEIGHBOURHOOD, VectorIndex, fuse, support, terms, worth};
use inference::{Embedder, Reranker};
use knowledge::{CorpusId, Evidence, PassageId, Scores, Snapshot};
use ledger::{Ledger, PassageView};
use vocabulary::Thesaurus;

use crate::error::{Error, Result};
use crate::expand::{Expanded, Expansion, expand};
use crate::prior::prior;
use crate::question::Question;
use crate::rights::Limits;
use crate::seams::Clock;

/// Hits taken from each arm.
const ARM_LIMIT: usize = 50;

/// Passages that are fetched beyond those asked for: what is suppressed falls out, and priors move some up.
const SPARE: usize = 8;

/// Passages that the cross-encoder reads, where there is one.
const RERANKED: usize = 20;

/// Where passages of an earlier answer come in: behind the best that the new question finds.
const CARRIED_PLACE: usize = 4;

/// The longest that the search by meaning may take; after that the answer is one of words alone.
const MEANING_DEADLINE: Duration = Duration::from_millis(1_500);

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

/// How long the parts of a search took. The two arms go side by side.
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

/// What both arms found, before anything is fetched.
#[derive(Debug, Clone)]
pub struct Candidates {
    /// The snapshot that was searched.
    pub snapshot: Snapshot,
    /// By words, best first.
    pub lexical: Vec<Hit>,
    /// By meaning, best first.
    pub dense: Vec<Hit>,
    /// Both, best first.
    pub fused: Vec<Fused>,
    vector: Vec<f32>,
    expansions: Vec<Expansion>,
    missing: Option<&'static str>,
    took: Took,
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

    /// What both arms find, `depth` hits of each.
    ///
    /// # Errors
    /// [`ledger::Error::UnknownSnapshot`]; the error of an arm when both fail.
    pub async fn candidates(&self, question: &Question, depth: usize) -> Result<Candidates> {
        let began = Instant::now();
        let snapshot = self.snapshot(question)?;
        let filter = question.filters.at(snapshot);
        let text = question.search_text();
        let thesaurus = self.thesaurus.as_deref();
        let expanded = if self.has_expansion { expand(&text, thesaurus) } else { Expanded::not_at_all(text) };
        let words = async {
            let began = Instant::now();
            let hits = self.lexical.search(&expanded.wanted, &filter, depth).await;
            (hits, began.elapsed())
        };
        let meaning = async {
            let began = Instant::now();
            let vector = self.embed_one(&expanded.text).await?;
            let embed = began.elapsed();
            let searched = tokio::time::timeout(MEANING_DEADLINE, self.vectors.search(&vector, &filter, depth)).await;
            let hits = searched.map_err(|_| Error::Internal("the search by meaning took too long".into()))??;
            Ok::<_, Error>((vector, hits, embed, began.elapsed() - embed))
        };
        let ((lexical, lexical_time), meaning) = tokio::join!(words, meaning);
        let mut took = Took { lexical: lexical_time, ..Took::default() };
        // One arm away is an answer with less behind it; both away is none.
        let (lexical, vector, dense, missing) = match (lexical, meaning) {
            (Err(error), Err(_)) => return Err(error.into()),
            (Ok(lexical), Ok((vector, dense, embed, search))) => {
                (took.embed, took.dense) = (embed, search);
                (lexical, vector, dense, None)
            }
            (Ok(lexical), Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the search by meaning failed");
                let missing = "the search by meaning is away: found by words alone";
                (lexical, Vec::new(), Vec::new(), Some(missing))
            }
            (Err(error), Ok((vector, dense, embed, search))) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the search by words failed");
                (took.embed, took.dense) = (embed, search);
                (Vec::new(), vector, dense, Some("the search by words is away: found by meaning alone"))
            }
        };
        let mut fused = fuse(&lexical, &dense, depth);
        let head: Vec<PassageId> = fused.iter().take(NEIGHBOURHOOD).map(|hit| hit.passage).collect();
        let ledger = Arc::clone(&self.ledger);
        let vectors = tokio::task::spawn_blocking(move || ledger.vectors_of(&head)).await;
        support(&mut fused, &vectors.map_err(|panic| Error::Internal(panic.into()))??);
        took.whole = began.elapsed();
        Ok(Candidates { snapshot, lexical, dense, fused, vector, expansions: expanded.expansions, missing, took })
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
        let began = Instant::now();
        let Candidates { snapshot, mut fused, vector, expansions, missing, mut took, .. } =
            self.candidates(question, ARM_LIMIT.max(limit)).await?;
        for carried in question.carried() {
            let place = fused.len().min(CARRIED_PLACE);
            if fused[..place].iter().all(|hit| hit.passage != *carried) {
                fused.retain(|hit| hit.passage != *carried);
                let scores = fused.get(place).map(|next| Scores { fused: next.scores.fused, ..Scores::default() });
                let carried = Fused { passage: *carried, scores: scores.unwrap_or_default() };
                fused.insert(place.min(fused.len()), carried);
            }
        }
        let fetching = Instant::now();
        let mut hits = self.fetch(question, fused, snapshot, limit + SPARE).await?;
        if self.has_priors {
            let year = self.clock.now().to_zoned(jiff::tz::TimeZone::UTC).year();
            for hit in &mut hits {
                hit.scores.prior = Some(prior(&hit.document, year));
            }
            // Equal ones stay as they are: by id.
            hits.sort_by(|a, b| worth(&b.scores).total_cmp(&worth(&a.scores)));
        }
        let missing = missing.or(self.rerank(question, &mut hits).await);
        hits.truncate(limit);
        note_expansions(&mut hits, &expansions);
        for (at, hit) in hits.iter_mut().enumerate() {
            hit.id = format!("E{}", at + 1);
        }
        took.fetch = fetching.elapsed();
        took.whole = began.elapsed();
        Ok(Retrieved { snapshot, vector, expansions, missing, hits, limits, took })
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

    /// Has the cross-encoder order the first passages, where there is one. Says so when it fails.
    async fn rerank(&self, question: &Question, hits: &mut [Evidence]) -> Option<&'static str> {
        let reranker = self.reranker.as_ref()?;
        let head = hits.len().min(RERANKED);
        let texts = hits[..head].iter().map(|hit| {
            let heading = hit.section.last().map_or("", String::as_str);
            format!("{}\n{heading}\n{}", hit.document.title, hit.text)
        });
        let scores = match reranker.score(&question.search_text(), texts.collect()).await {
            Ok(scores) => scores,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the cross-encoder failed");
                return Some("the model that reads question and passage together is away: ordered without it");
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

    async fn embed_one(&self, text: &str) -> Result<Vec<f32>> {
        let mut vectors = self.embedder.embed(vec![text.to_owned()]).await?;
        vectors.pop().ok_or_else(|| Error::Internal("the embedder gave no vector".into()))
    }
}

/// Says of each hit which of the added terms stand in it.
fn note_expansions(hits: &mut [Evidence], expansions: &[Expansion]) {
    if expansions.is_empty() {
        return;
    }
    let added: Vec<(&str, HashSet<String>)> = expansions.iter().map(|one| (one.to.as_str(), terms(&one.to))).collect();
    for hit in hits {
        let held = terms(&format!("{}\n{}\n{}", hit.document.title, hit.section.join("\n"), hit.text));
        let found = added.iter().filter(|(_, terms)| !terms.is_empty() && terms.is_subset(&held));
        hit.scores.expanded = found.map(|(to, _)| (*to).to_owned()).collect();
    }
}

pub(crate) fn elapsed_ms(since: Instant) -> u64 {
    whole_ms(since.elapsed())
}

pub(crate) fn whole_ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
