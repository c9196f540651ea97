//! Texts to vectors: the seam, and fastembed on ONNX Runtime behind it.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use fastembed::{InitOptionsUserDefined, Pooling, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::bert::{self, Precision};
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

/// Texts in one batch, at most.
const BATCH_TEXTS: usize = 8;

/// Characters in one batch, unless one text has more. A passage then goes alone: on a CPU, texts side by side only cost padding
/// and cache.
const BATCH_CHARS: usize = 1_200;

/// The longest that a batch of passages gives way to questions.
const PATIENCE: Duration = Duration::from_millis(100);

/// Copies of the model, at most; each holds its weights.
const MAX_COPIES: usize = 8;

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
    // Each copy has a core of its own: half as fast again as one model that spreads every call over all cores.
    copies: Arc<Copies>,
}

struct Copies {
    count: usize,
    free: Mutex<Vec<TextEmbedding>>,
    returned: Condvar,
    /// Single texts that wait or are being embedded. They are questions, and somebody waits for the answer: passages that are
    /// taken in let them go first.
    urgent: AtomicUsize,
}

/// A copy in use. It goes back however its use ends.
struct Borrowed<'c> {
    copies: &'c Copies,
    model: Option<TextEmbedding>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        self.copies.free.lock().unwrap_or_else(PoisonError::into_inner).extend(self.model.take());
        self.copies.returned.notify_one();
    }
}

impl Copies {
    fn of(models: Vec<TextEmbedding>) -> Self {
        let urgent = AtomicUsize::new(0);
        Self { count: models.len(), free: Mutex::new(models), returned: Condvar::new(), urgent }
    }

    /// The first copy that is free.
    fn borrow(&self) -> Borrowed<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.returned.wait_while(free, |free| free.is_empty());
        let model = free.unwrap_or_else(PoisonError::into_inner).pop();
        Borrowed { copies: self, model }
    }

    /// Waits for questions, but not for ever.
    fn give_way(&self) {
        let began = Instant::now();
        while self.urgent.load(Ordering::Acquire) > 0 && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

/// A question that waits or is being embedded, however that ends.
struct Urgent(Arc<Copies>);

impl Urgent {
    fn of(copies: &Arc<Copies>) -> Self {
        copies.urgent.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(copies))
    }
}

impl Drop for Urgent {
    fn drop(&mut self) {
        self.0.urgent.fetch_sub(1, Ordering::AcqRel);
    }
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
    pub fn load(files: &Loaded, precision: Precision, environment: ort::environment::Environment) -> Result<Self> {
        let config = files.bytes("config.json")?;
        let weights = files.bytes(bert::WEIGHTS)?;
        let graph = bert::onnx_graph(config, weights, precision)?;
        let parsed: Value =
            serde_json::from_slice(config).map_err(|error| Error::Config(format!("config.json: {error}")))?;
        let dimension = parsed["hidden_size"].as_u64().and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
        let tokenizer = TokenizerFiles {
            tokenizer_file: files.bytes("tokenizer.json")?.to_vec(),
            config_file: config.to_vec(),
            special_tokens_map_file: files.bytes("special_tokens_map.json")?.to_vec(),
            tokenizer_config_file: files.bytes("tokenizer_config.json")?.to_vec(),
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let copies = cores.min(MAX_COPIES);
        let load = |error: fastembed::Error| Error::Load { model: files.name().to_owned(), why: format!("{error:#}") };
        let copy = |_| {
            let model = UserDefinedEmbeddingModel::new(graph.clone(), tokenizer.clone())
                .with_pooling(pooling(files))
                .with_external_initializer(bert::WEIGHTS.to_owned(), weights.to_vec());
            let options = InitOptionsUserDefined::new()
                .with_environment(environment.clone())
                .with_max_length(max_tokens(files))
                .with_intra_threads(cores / copies);
            TextEmbedding::try_new_from_user_defined(model, options).map_err(load)
        };
        let models = (0..copies).map(copy).collect::<Result<Vec<_>>>()?;
        let copies = Arc::new(Copies::of(models));
        // Vectors of another precision are other vectors.
        let rounded = if precision == Precision::Int8 { ".int8" } else { "" };
        let id = format!("{}@{}{rounded}", files.name(), &files.sha256(bert::WEIGHTS)?[..16]);
        Ok(Self { id, dimension, copies })
    }
}

/// Writes a model as other programs read it: its own files, and an ONNX graph that refers to the weights beside it.
///
/// # Errors
/// [`Error::Config`] when it is no BERT-class encoder, [`Error::Io`] when it cannot be written.
pub fn export_onnx(files: &Loaded, directory: &Path) -> Result<()> {
    let write = |name: &str, bytes: &[u8]| {
        let path = directory.join(name);
        std::fs::write(&path, bytes).map_err(Error::io(&path))
    };
    let graph = bert::onnx_graph(files.bytes("config.json")?, files.bytes(bert::WEIGHTS)?, Precision::Float32)?;
    write("model.onnx", &graph)?;
    for name in [bert::WEIGHTS, "config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"] {
        write(name, files.bytes(name)?)?;
    }
    Ok(())
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
        if texts.len() == 1 {
            let urgent = Urgent::of(&self.copies);
            let run = move || embed_with(&urgent.0, texts.iter().collect());
            return tokio::task::spawn_blocking(run).await.map_err(|panic| Error::Embed(panic.into()))?;
        }
        let (batches, texts) = (Arc::new(batches(&texts)), Arc::new(texts));
        let next = Arc::new(AtomicUsize::new(0));
        let mut working = JoinSet::new();
        for _ in 0..self.copies.count.min(batches.len()) {
            let (copies, batches) = (Arc::clone(&self.copies), Arc::clone(&batches));
            let (texts, next) = (Arc::clone(&texts), Arc::clone(&next));
            working.spawn_blocking(move || work(&copies, &batches, &texts, &next));
        }
        let mut vectors = vec![Vec::new(); texts.len()];
        while let Some(done) = working.join_next().await {
            for (at, vector) in done.map_err(|panic| Error::Embed(panic.into()))?? {
                vectors[at] = vector;
            }
        }
        Ok(vectors)
    }
}

fn embed_with(copies: &Copies, texts: Vec<&String>) -> Result<Vec<Vec<f32>>> {
    let mut copy = copies.borrow();
    let Some(model) = &mut copy.model else { return Ok(Vec::new()) };
    model.embed(texts, Some(BATCH_TEXTS)).map_err(|error| Error::Embed(error.into()))
}

/// Embeds batch after batch, each with a copy that is free, until there are no more.
fn work(
    copies: &Copies,
    batches: &[Vec<usize>],
    texts: &[String],
    next: &AtomicUsize,
) -> Result<Vec<(usize, Vec<f32>)>> {
    let mut done = Vec::new();
    while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
        copies.give_way();
        let vectors = embed_with(copies, batch.iter().map(|&at| &texts[at]).collect())?;
        done.extend(batch.iter().copied().zip(vectors));
    }
    Ok(done)
}

/// Texts of about one length in one batch, so that short ones are not padded to the longest; the longest first, so that the
/// cores end together.
fn batches(texts: &[String]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(texts[at].len()));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    let mut chars = 0;
    for at in order {
        chars += texts[at].len();
        match batches.last_mut() {
            Some(batch) if chars <= BATCH_CHARS && batch.len() < BATCH_TEXTS => batch.push(at),
            _ => {
                chars = texts[at].len();
                batches.push(vec![at]);
            }
        }
    }
    batches
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
    fn batches_hold_every_text_once_and_little_padding() {
        let texts: Vec<String> = (0..100_usize).map(|n| "x".repeat(n * 37 % 101 * 20)).collect();
        let batches = batches(&texts);
        let mut held: Vec<usize> = batches.iter().flatten().copied().collect();
        held.sort_unstable();
        assert_eq!(held, (0..100).collect::<Vec<_>>());
        for batch in &batches {
            let lengths: Vec<usize> = batch.iter().map(|&at| texts[at].len()).collect();
            assert!(batch.len() == 1 || lengths.iter().sum::<usize>() <= BATCH_CHARS);
            assert!(batch.len() <= BATCH_TEXTS && lengths.iter().max().unwrap() - lengths.iter().min().unwrap() < 200);
        }
    }
}
