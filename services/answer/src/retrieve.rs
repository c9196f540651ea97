//! Finding passages: both arms side by side, fused, less what may not be evidence.

use std::sync::Arc;
use std::time::Instant;

use index::{Filter, Fused, LexicalIndex, VectorIndex, fuse};
use inference::Embedder;
use knowledge::{CorpusId, Evidence, PassageId, Scores, Snapshot};
use ledger::{Ledger, PassageView};

use crate::error::{Error, Result};
use crate::question::Question;
use crate::rights::Limits;
use crate::seams::Clock;

/// Hits taken from each arm.
const ARM_LIMIT: usize = 50;

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
    /// What was away, for people.
    pub missing: Option<&'static str>,
    /// Passages, best first, named E1, E2, …. Whole, whatever may be shown of them: see [`Retrieved::shown`].
    pub hits: Vec<Evidence>,
    /// How many words of a passage may be shown, of corpora where that is not all.
    pub(crate) limits: Limits,
    /// Milliseconds spent embedding.
    pub embed_ms: u64,
    /// Milliseconds spent on the rest.
    pub retrieve_ms: u64,
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
        let snapshot =
            if question.staged { self.ledger.snapshots()?.staged } else { self.ledger.resolve(question.as_of)? };
        let text = question.search_text();
        let began = Instant::now();
        let embedded = self.embed_one(&text).await;
        let embed_ms = elapsed_ms(began);

        let began = Instant::now();
        let filter =
            Filter { snapshot, corpora: question.filters.corpora.clone(), kinds: question.filters.kinds.clone() };
        let dense = async {
            let vector = embedded?;
            let hits = self.vectors.search(&vector, &filter, ARM_LIMIT).await?;
            Ok::<_, Error>((vector, hits))
        };
        // One arm away is an answer with less behind it; both away is none.
        let (lexical, (vector, dense), missing) =
            match tokio::join!(self.lexical.search(&text, &filter, ARM_LIMIT), dense) {
                (Ok(lexical), Ok(dense)) => (lexical, dense, None),
                (Ok(lexical), Err(error)) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the search by meaning failed");
                    (lexical, (Vec::new(), Vec::new()), Some("the search by meaning is away: found by words alone"))
                }
                (Err(error), Ok(dense)) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the search by words failed");
                    (Vec::new(), dense, Some("the search by words is away: found by meaning alone"))
                }
                (Err(error), Err(_)) => return Err(error.into()),
            };
        let mut fused = fuse(&lexical, &dense);
        for carried in question.carried() {
            let place = fused.len().min(CARRIED_PLACE);
            if fused[..place].iter().all(|hit| hit.passage != *carried) {
                fused.retain(|hit| hit.passage != *carried);
                fused.insert(place.min(fused.len()), Fused { passage: *carried, scores: Scores::default() });
            }
        }
        let ids: Vec<PassageId> = fused.iter().map(|hit| hit.passage).collect();
        let (ledger, today) = (Arc::clone(&self.ledger), self.today());
        let mut found = tokio::task::spawn_blocking(move || ledger.evidence(&ids, snapshot, &today))
            .await
            .map_err(|panic| Error::Internal(panic.into()))??;
        found.retain(|_, passage| question.filters.allow(&passage.document));
        let kept = fused.into_iter().filter_map(|hit| found.remove(&hit.passage).map(|passage| (passage, hit.scores)));
        let hits = kept.take(limit).enumerate().map(|(at, (passage, scores))| {
            let PassageView { id, text, span, section, page, document } = passage;
            let name = format!("E{}", at + 1);
            Evidence { id: name, passage: id, text, start: span.start, end: span.end, section, page, document, scores }
        });
        let hits = hits.collect();
        Ok(Retrieved { snapshot, vector, missing, hits, limits, embed_ms, retrieve_ms: elapsed_ms(began) })
    }

    async fn embed_one(&self, text: &str) -> Result<Vec<f32>> {
        let mut vectors = self.embedder.embed(vec![text.to_owned()]).await?;
        vectors.pop().ok_or_else(|| Error::Internal("the embedder gave no vector".into()))
    }
}

pub(crate) fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
