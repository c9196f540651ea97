//! Finding passages: both arms side by side, fused, less what may not be evidence.

use std::sync::Arc;
use std::time::Instant;

use index::{Filter, LexicalIndex, VectorIndex, fuse};
use inference::Embedder;
use knowledge::{Evidence, PassageId, Snapshot};
use ledger::{Ledger, PassageView};

use crate::error::{Error, Result};
use crate::question::Question;

/// Hits taken from each arm.
const ARM_LIMIT: usize = 50;

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
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrieved {
    /// The snapshot that was searched.
    pub snapshot: Snapshot,
    /// The question's vector.
    pub vector: Vec<f32>,
    /// Passages, best first, named E1, E2, ….
    pub hits: Vec<Evidence>,
    /// Milliseconds spent embedding.
    pub embed_ms: u64,
    /// Milliseconds spent on the rest.
    pub retrieve_ms: u64,
}

impl Retriever {
    /// The best `limit` passages for a question.
    ///
    /// # Errors
    /// [`Error::Question`]; [`ledger::Error::UnknownCorpus`] or [`ledger::Error::UnknownSnapshot`] for what it names.
    pub async fn search(&self, question: &Question, limit: usize) -> Result<Retrieved> {
        question.check()?;
        for corpus in &question.filters.corpora {
            self.ledger.corpus(corpus)?;
        }
        let snapshot = self.ledger.resolve(question.as_of)?;
        let text = question.search_text();
        let began = Instant::now();
        let vector = self.embed_one(&text).await?;
        let embed_ms = elapsed_ms(began);

        let began = Instant::now();
        let filter =
            Filter { snapshot, corpora: question.filters.corpora.clone(), kinds: question.filters.kinds.clone() };
        let (lexical, dense) = tokio::try_join!(
            self.lexical.search(&text, &filter, ARM_LIMIT),
            self.vectors.search(&vector, &filter, ARM_LIMIT),
        )?;
        let fused = fuse(&lexical, &dense);
        let ids: Vec<PassageId> = fused.iter().map(|hit| hit.passage).collect();
        let ledger = Arc::clone(&self.ledger);
        let mut found = tokio::task::spawn_blocking(move || ledger.evidence(&ids, snapshot))
            .await
            .map_err(|panic| Error::Internal(panic.into()))??;
        let kept = fused.into_iter().filter_map(|hit| found.remove(&hit.passage).map(|passage| (passage, hit.scores)));
        let hits = kept.take(limit).enumerate().map(|(at, (passage, scores))| {
            let PassageView { id, text, span, section, page, document } = passage;
            let name = format!("E{}", at + 1);
            Evidence { id: name, passage: id, text, start: span.start, end: span.end, section, page, document, scores }
        });
        let hits = hits.collect();
        Ok(Retrieved { snapshot, vector, hits, embed_ms, retrieve_ms: elapsed_ms(began) })
    }

    async fn embed_one(&self, text: &str) -> Result<Vec<f32>> {
        let mut vectors = self.embedder.embed(vec![text.to_owned()]).await?;
        vectors.pop().ok_or_else(|| Error::Internal("the embedder gave no vector".into()))
    }
}

pub(crate) fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
