//! Reading question and passage together: the seam, and fastembed's cross-encoders behind it.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use fastembed::{RerankInitOptionsUserDefined, TextRerank, TokenizerFiles, UserDefinedRerankingModel};
use knowledge::sha256_hex;
use tokio::sync::Mutex;

use crate::error::{Error, Result};

/// Says how well texts answer a question.
#[async_trait]
pub trait Reranker: Send + Sync {
    /// Name and hash of the model.
    fn id(&self) -> &str;

    /// One score between 0 and 1 for each text, in order.
    async fn score(&self, question: &str, texts: Vec<String>) -> Result<Vec<f32>>;
}

/// Texts that are read in one go.
const BATCH: usize = 16;

/// A cross-encoder in ONNX form, run by fastembed.
pub struct FastRerank {
    id: String,
    model: Arc<Mutex<TextRerank>>,
}

impl std::fmt::Debug for FastRerank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FastRerank").field("id", &self.id).finish_non_exhaustive()
    }
}

impl FastRerank {
    /// Loads the model in a directory: `model.onnx`, `tokenizer.json`, `config.json`, `special_tokens_map.json` and
    /// `tokenizer_config.json`, as model hubs have them.
    ///
    /// # Errors
    /// [`Error::Missing`] or [`Error::Io`] for a file, [`Error::Load`] when ONNX Runtime refuses the graph.
    pub fn load(directory: &Path, environment: ort::environment::Environment) -> Result<Self> {
        let bytes = |name: &str| {
            let path = directory.join(name);
            if !path.is_file() {
                return Err(Error::Missing(path));
            }
            std::fs::read(&path).map_err(Error::io(&path))
        };
        let name = directory.file_name().map_or_else(|| "local".into(), |name| name.to_string_lossy().into_owned());
        let graph = bytes("model.onnx")?;
        let id = format!("{name}@{}", &sha256_hex(&graph)[..16]);
        let tokenizer = TokenizerFiles {
            tokenizer_file: bytes("tokenizer.json")?,
            config_file: bytes("config.json")?,
            special_tokens_map_file: bytes("special_tokens_map.json")?,
            tokenizer_config_file: bytes("tokenizer_config.json")?,
        };
        // By its path, so that weights beside it are found.
        let model = UserDefinedRerankingModel::new(directory.join("model.onnx"), tokenizer);
        let options = RerankInitOptionsUserDefined::default().with_environment(environment);
        let load = |error: fastembed::Error| Error::Load { model: name.clone(), why: format!("{error:#}") };
        let model = TextRerank::try_new_from_user_defined(model, options).map_err(load)?;
        Ok(Self { id, model: Arc::new(Mutex::new(model)) })
    }
}

#[async_trait]
impl Reranker for FastRerank {
    fn id(&self) -> &str {
        &self.id
    }

    async fn score(&self, question: &str, texts: Vec<String>) -> Result<Vec<f32>> {
        // Whoever gives up while others are read for has begun nothing.
        let (mut model, question) = (Arc::clone(&self.model).lock_owned().await, question.to_owned());
        let run = move || {
            let documents: Vec<&str> = texts.iter().map(String::as_str).collect();
            let ranked = model.rerank(question.as_str(), documents, false, Some(BATCH));
            let mut scores = vec![0.0; texts.len()];
            for one in ranked.map_err(|error| Error::Embed(error.into()))? {
                // fastembed gives the logit.
                scores[one.index] = 1.0 / (1.0 + (-one.score).exp());
            }
            Ok(scores)
        };
        tokio::task::spawn_blocking(run).await.map_err(|panic| Error::Embed(panic.into()))?
    }
}
