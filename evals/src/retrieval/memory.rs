//! An embedder that remembers: a question is searched several times to be measured, and embedded once.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use inference::{Embedder, Result};

/// Remembers the text that was embedded last.
pub(super) struct Memory {
    embedder: Arc<dyn Embedder>,
    last: Mutex<Option<(String, Vec<f32>)>>,
}

impl Memory {
    pub(super) fn new(embedder: Arc<dyn Embedder>) -> Self {
        Self { embedder, last: Mutex::new(None) }
    }

    /// Remembers nothing: the next text is embedded, even if it is the same, and takes the time that this takes.
    pub(super) fn forget(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn remembered(&self, texts: &[String]) -> Option<Vec<f32>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (text, vector) = last.as_ref()?;
        (texts == std::slice::from_ref(text)).then(|| vector.clone())
    }
}

#[async_trait]
impl Embedder for Memory {
    fn id(&self) -> &str {
        self.embedder.id()
    }

    fn dimension(&self) -> usize {
        self.embedder.dimension()
    }

    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>> {
        if let Some(vector) = self.remembered(&texts) {
            return Ok(vec![vector]);
        }
        let only = match texts.as_slice() {
            [text] => Some(text.clone()),
            _ => None,
        };
        let vectors = self.embedder.embed(texts).await?;
        if let (Some(text), [vector]) = (only, vectors.as_slice()) {
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((text, vector.clone()));
        }
        Ok(vectors)
    }
}
