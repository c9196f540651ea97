//! Texts to vectors: the seam, and fastembed on ONNX Runtime behind it.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use fastembed::{InitOptionsUserDefined, Pooling, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel};
use serde_json::Value;

use crate::bert;
use crate::error::{Error, Result};
use crate::models::Loaded;

/// Turns texts into vectors of unit length.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// Name and hash of the model: vectors of different ids must never meet in one index.
    fn id(&self) -> &str;

    /// Length of the vectors.
    fn dimension(&self) -> usize;

    /// One vector for each text, in order.
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>>;
}

/// Texts in one batch. Larger ones gain nothing on a CPU and hold more memory.
const BATCH: usize = 32;

/// The process has one ONNX Runtime, whatever it loads.
static RUNTIME: OnceLock<ort::environment::Environment> = OnceLock::new();

/// Loads ONNX Runtime from `library`. The first call decides; later ones only return what is there.
///
/// # Errors
/// [`Error::Missing`] or [`Error::OnnxRuntime`].
pub fn init_onnx_runtime(library: &Path) -> Result<ort::environment::Environment> {
    if let Some(environment) = RUNTIME.get() {
        return Ok(environment.clone());
    }
    if !library.is_file() {
        return Err(Error::Missing(library.to_owned()));
    }
    let failed =
        |source: Box<dyn std::error::Error + Send + Sync>| Error::OnnxRuntime { path: library.to_owned(), source };
    let builder = ort::init_from(library).map_err(|error| failed(error.into()))?;
    let environment = builder.with_telemetry(false).build().map_err(|error| failed(error.to_string().into()))?;
    Ok(RUNTIME.get_or_init(|| environment).clone())
}

/// A BERT-class sentence encoder, run by fastembed.
pub struct FastEmbed {
    id: String,
    dimension: usize,
    // fastembed wants `&mut`; ONNX Runtime spreads one call over all cores, so one at a time loses nothing.
    model: Arc<Mutex<TextEmbedding>>,
}

impl std::fmt::Debug for FastEmbed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FastEmbed").field("id", &self.id).field("dimension", &self.dimension).finish_non_exhaustive()
    }
}

impl FastEmbed {
    /// Loads a checkpoint: `config.json`, `tokenizer.json`, `model.safetensors`, and what else a sentence encoder publishes.
    ///
    /// # Errors
    /// [`Error::Config`] when it is no BERT-class encoder, [`Error::Load`] when ONNX Runtime refuses the graph.
    pub fn load(files: &Loaded, environment: ort::environment::Environment) -> Result<Self> {
        let config = files.bytes("config.json")?;
        let weights = files.bytes(bert::WEIGHTS)?;
        let graph = bert::onnx_graph(config, weights)?;
        let parsed: Value =
            serde_json::from_slice(config).map_err(|error| Error::Config(format!("config.json: {error}")))?;
        let dimension = parsed["hidden_size"].as_u64().and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
        let tokenizer = TokenizerFiles {
            tokenizer_file: files.bytes("tokenizer.json")?.to_vec(),
            config_file: config.to_vec(),
            special_tokens_map_file: files.bytes("special_tokens_map.json")?.to_vec(),
            tokenizer_config_file: files.bytes("tokenizer_config.json")?.to_vec(),
        };
        let model = UserDefinedEmbeddingModel::new(graph, tokenizer)
            .with_pooling(pooling(files))
            .with_external_initializer(bert::WEIGHTS.to_owned(), weights.to_vec());
        let options = InitOptionsUserDefined::new().with_environment(environment).with_max_length(max_tokens(files));
        let load = |error: fastembed::Error| Error::Load { model: files.name().to_owned(), why: format!("{error:#}") };
        let model = TextEmbedding::try_new_from_user_defined(model, options).map_err(load)?;
        let id = format!("{}@{}", files.name(), &files.sha256(bert::WEIGHTS)?[..16]);
        Ok(Self { id, dimension, model: Arc::new(Mutex::new(model)) })
    }
}

#[async_trait]
impl Embedder for FastEmbed {
    fn id(&self) -> &str {
        &self.id
    }

    fn dimension(&self) -> usize {
        self.dimension
    }

    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>> {
        let model = Arc::clone(&self.model);
        let run = move || {
            by_length(&texts, |batch| {
                let mut model = model.lock().unwrap_or_else(PoisonError::into_inner);
                model.embed(batch, Some(BATCH)).map_err(|error| Error::Embed(error.into()))
            })
        };
        match tokio::task::spawn_blocking(run).await {
            Ok(vectors) => vectors,
            Err(panic) => Err(Error::Embed(panic.into())),
        }
    }
}

/// Embeds in order of length, so that short texts are not padded to the longest, and gives the vectors back in the order of
/// the texts.
fn by_length(texts: &[String], mut embed: impl FnMut(Vec<&String>) -> Result<Vec<Vec<f32>>>) -> Result<Vec<Vec<f32>>> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&at| texts[at].len());
    let mut vectors = vec![Vec::new(); texts.len()];
    for batch in order.chunks(BATCH) {
        let embedded = embed(batch.iter().map(|&at| &texts[at]).collect())?;
        for (&at, vector) in batch.iter().zip(embedded) {
            vectors[at] = vector;
        }
    }
    Ok(vectors)
}

/// As `1_Pooling/config.json` says; mean where there is none, which is what sentence-transformers then does.
fn pooling(files: &Loaded) -> Pooling {
    let config =
        files.bytes("1_Pooling/config.json").ok().and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    let cls = config.is_some_and(|config| config["pooling_mode_cls_token"].as_bool() == Some(true));
    if cls { Pooling::Cls } else { Pooling::Mean }
}

/// As `sentence_bert_config.json` says: longer texts were never seen in training.
fn max_tokens(files: &Loaded) -> usize {
    let config =
        files.bytes("sentence_bert_config.json").ok().and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    config.and_then(|config| usize::try_from(config["max_seq_length"].as_u64()?).ok()).unwrap_or(512)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_come_back_in_the_order_of_the_texts() {
        let texts: Vec<String> = (0..100_usize).map(|n| "x".repeat(n * 37 % 101)).collect();
        let mut longest_padding = 0;
        let vectors = by_length(&texts, |batch| {
            let lengths: Vec<usize> = batch.iter().map(|text| text.len()).collect();
            longest_padding = longest_padding.max(lengths.iter().max().unwrap() - lengths.iter().min().unwrap());
            Ok(lengths.into_iter().map(|length| vec![length as f32]).collect())
        });
        let expected: Vec<Vec<f32>> = texts.iter().map(|text| vec![text.len() as f32]).collect();
        assert_eq!(vectors.unwrap(), expected);
        assert!(longest_padding < 40);
    }
}
