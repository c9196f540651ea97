//! Reading a question and a passage together: does the passage answer, and with which of its sentences?
//!
//! The reader is the published sentence encoder with changes to its weights that come with this program. What an encoder alone
//! sees of a passage, it sees without the question: another passage on the same subject is as near to it as the right one.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use knowledge::sha256_hex;
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::value::Tensor;
use tokenizers::Tokenizer;
use tokio::task::JoinSet;

use crate::bert::{self, Precision};
use crate::checkpoint::Changes;
use crate::copies::{Copies, copies_and_threads};
use crate::error::{Error, Result};
use crate::models::Loaded;

/// What is read with a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What it stands under: title and headings.
    pub heading: String,
    /// Its sentences, in order.
    pub sentences: Vec<String>,
}

/// What a reader makes of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Log-odds that the page answers the question.
    pub page: f32,
    /// The same of each sentence; `None` of those beyond what is read at once.
    pub sentences: Vec<Option<f32>>,
}

/// Reads pages with a question.
#[async_trait]
pub trait Reader: Send + Sync {
    /// Name and hash of the model.
    fn id(&self) -> &str;

    /// One reading for each page, in order.
    async fn read(&self, question: &str, pages: Vec<Page>) -> Result<Vec<Reading>>;
}

/// Tokens of a question, of a heading, and of all together that are read. Longer ones were never seen in training.
const QUESTION_TOKENS: usize = 160;
const HEADING_TOKENS: usize = 48;
const TOKENS: usize = 384;

/// The model of the list that the reader is made of, and what its weights hash to.
pub const READER_BASE: &str = "all-minilm-l6-v2";
const BASE_SHA256: &str = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db";

/// What is another in its weights. How they were trained stands in the directory's README.
const CHANGES: &[u8] = include_bytes!("../reader/changes.safetensors");

/// What those changes are called.
const NAME: &str = "osler-reader";

/// SHA-256 of what makes a reader of the encoder, hexadecimal.
pub fn reader_sha256() -> String {
    sha256_hex(CHANGES)
}

/// The tokens that every text begins and every part ends with.
const BEGIN: &str = "[CLS]";
const END: &str = "[SEP]";

/// The changed encoder, run by ONNX Runtime.
pub struct BertReader {
    id: String,
    inner: Arc<Inner>,
}

struct Inner {
    tokenizer: Tokenizer,
    begin: i64,
    end: i64,
    copies: Copies<Session>,
    head: Head,
}

/// How log-odds follow from what the encoder makes of each token.
struct Head {
    /// Of the similarity of sentence and question, of that of page and question, and of the best sentence.
    scales: [f32; 3],
    sentence: Line,
    page: Line,
}

/// A weight for each dimension, and a constant.
struct Line {
    weights: Vec<f32>,
    bias: f32,
}

impl std::fmt::Debug for BertReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BertReader").field("id", &self.id).finish_non_exhaustive()
    }
}

impl BertReader {
    /// Loads the encoder with the changes that make a reader of it.
    ///
    /// # Errors
    /// [`Error::Config`] when it is another encoder, [`Error::Load`] when ONNX Runtime refuses the graph.
    pub fn load(files: &Loaded, precision: Precision, environment: &ort::environment::Environment) -> Result<Self> {
        if files.sha256(bert::WEIGHTS)? != BASE_SHA256 {
            return Err(Error::Config(format!("the reader is made for another {READER_BASE} than {}", files.name())));
        }
        let changes = Changes::read(CHANGES)?;
        let weights = files.bytes(bert::WEIGHTS)?;
        let graph = bert::onnx_graph(files.bytes("config.json")?, weights, Some(&changes), precision)?;
        let failed = |why: String| Error::Load { model: NAME.to_owned(), why };
        let (count, threads) = copies_and_threads();
        let session = |_| -> std::result::Result<Session, String> {
            let refused = |error: ort::Error<SessionBuilder>| error.to_string();
            Session::builder(environment)
                .map_err(|error| error.to_string())?
                .with_optimization_level(GraphOptimizationLevel::Level3)
                .and_then(|builder| builder.with_intra_threads(threads))
                .and_then(|builder| {
                    builder.with_external_initializer_file_in_memory(bert::WEIGHTS, weights.to_vec().into())
                })
                .map_err(refused)?
                .commit_from_memory(&graph)
                .map_err(|error| error.to_string())
        };
        let copies = (0..count).map(session).collect::<std::result::Result<Vec<_>, _>>().map_err(failed)?;
        let mut tokenizer =
            Tokenizer::from_bytes(files.bytes("tokenizer.json")?).map_err(|error| failed(error.to_string()))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| failed(error.to_string()))?;
        let special = |token: &str| {
            tokenizer.token_to_id(token).map(i64::from).ok_or_else(|| failed(format!("its tokenizer has no {token}")))
        };
        let (begin, end) = (special(BEGIN)?, special(END)?);
        let inner = Inner { begin, end, tokenizer, copies: Copies::of(copies), head: Head::read(&changes)? };
        let rounded = if precision == Precision::Int8 { ".int8" } else { "" };
        let id = format!("{NAME}@{}{rounded}", &reader_sha256()[..16]);
        Ok(Self { id, inner: Arc::new(inner) })
    }
}

#[async_trait]
impl Reader for BertReader {
    fn id(&self) -> &str {
        &self.id
    }

    async fn read(&self, question: &str, pages: Vec<Page>) -> Result<Vec<Reading>> {
        let question = Arc::new(self.inner.tokens(question, QUESTION_TOKENS)?);
        let (pages, next) = (Arc::new(pages), Arc::new(AtomicUsize::new(0)));
        let mut working = JoinSet::new();
        for _ in 0..self.inner.copies.count().min(pages.len()) {
            let (inner, question) = (Arc::clone(&self.inner), Arc::clone(&question));
            let (pages, next) = (Arc::clone(&pages), Arc::clone(&next));
            working.spawn_blocking(move || inner.work(&question, &pages, &next));
        }
        let mut readings = vec![None; pages.len()];
        while let Some(done) = working.join_next().await {
            for (at, reading) in done.map_err(|panic| Error::Embed(panic.into()))?? {
                readings[at] = Some(reading);
            }
        }
        Ok(readings.into_iter().flatten().collect())
    }
}

impl Inner {
    fn tokens(&self, text: &str, most: usize) -> Result<Vec<i64>> {
        let encoding = self.tokenizer.encode_fast(text, false).map_err(Error::Embed)?;
        Ok(encoding.get_ids().iter().take(most).map(|id| i64::from(*id)).collect())
    }

    /// Reads page after page until there are no more.
    fn work(&self, question: &[i64], pages: &[Page], next: &AtomicUsize) -> Result<Vec<(usize, Reading)>> {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(page) = pages.get(at) else { return Ok(done) };
            done.push((at, self.read(question, page)?));
        }
    }

    /// A page goes alone: side by side with others it would only be padded.
    fn read(&self, question: &[i64], page: &Page) -> Result<Reading> {
        let mut ids = vec![self.begin];
        ids.extend(question);
        ids.push(self.end);
        let begins = ids.len();
        ids.extend(self.tokens(&page.heading, HEADING_TOKENS)?);
        let mut sentences = Vec::with_capacity(page.sentences.len());
        for sentence in &page.sentences {
            let from = ids.len();
            // One place is the end's.
            ids.extend(self.tokens(sentence, (TOKENS - 1).saturating_sub(from))?);
            sentences.push(from..ids.len());
        }
        ids.push(self.end);
        let kinds: Vec<i64> = (0..ids.len()).map(|at| i64::from(at >= begins)).collect();
        let (length, mask) = (ids.len(), vec![1_i64; ids.len()]);
        let run = |session: &mut Session| -> std::result::Result<Vec<f32>, ort::Error> {
            let inputs = ort::inputs![
                "input_ids" => Tensor::from_array(([1, length], ids))?,
                "attention_mask" => Tensor::from_array(([1, length], mask))?,
                "token_type_ids" => Tensor::from_array(([1, length], kinds))?,
            ];
            let outputs = session.run(inputs)?;
            let (_, states) = outputs["last_hidden_state"].try_extract_tensor::<f32>()?;
            Ok(states.to_vec())
        };
        let states = self.copies.with(run).unwrap_or_else(|| Ok(Vec::new()));
        let states = states.map_err(|error| Error::Embed(error.into()))?;
        Ok(self.head.judge(&States { dimension: states.len() / length, states }, 1..begins - 1, begins, &sentences))
    }
}

/// What the encoder makes of each token, one after the other.
struct States {
    states: Vec<f32>,
    dimension: usize,
}

impl States {
    /// The mean of some tokens; zeros of none.
    #[expect(clippy::cast_precision_loss, reason = "a text has few tokens")]
    fn mean(&self, tokens: Range<usize>) -> Vec<f32> {
        let count = tokens.len().max(1) as f32;
        let mut mean = vec![0.0; self.dimension];
        let places = tokens.start * self.dimension..tokens.end * self.dimension;
        for token in self.states.get(places).unwrap_or_default().chunks_exact(self.dimension.max(1)) {
            for (sum, value) in mean.iter_mut().zip(token) {
                *sum += value / count;
            }
        }
        mean
    }
}

impl Head {
    fn read(changes: &Changes<'_>) -> Result<Self> {
        let line = |name: &str| -> Result<Line> {
            let (_, weights) = changes.tensor(&format!("{name}.weight"))?;
            let (_, bias) = changes.tensor(&format!("{name}.bias"))?;
            Ok(Line { weights, bias: bias.first().copied().unwrap_or_default() })
        };
        let (_, scales) = changes.tensor("scales")?;
        let scales = <[f32; 3]>::try_from(scales)
            .map_err(|_| Error::Config("the changes to the model have other than three scales".to_owned()))?;
        Ok(Self { scales, sentence: line("sentence")?, page: line("page")? })
    }

    /// Log-odds of the page, which begins at a token, and of its sentences.
    fn judge(&self, states: &States, question: Range<usize>, begins: usize, sentences: &[Range<usize>]) -> Reading {
        let [sentence_scale, page_scale, best_scale] = self.scales;
        let asked = states.mean(question);
        let sentence = |tokens: &Range<usize>| {
            let said = (!tokens.is_empty()).then(|| states.mean(tokens.clone()))?;
            Some(sentence_scale * cosine(&asked, &said) + self.sentence.of(&said))
        };
        let sentences: Vec<Option<f32>> = sentences.iter().map(sentence).collect();
        let most = sentences.iter().flatten().copied().fold(f32::MIN, f32::max);
        let sum: f32 = sentences.iter().flatten().map(|odds| (odds - most).exp()).sum();
        let best = if sum > 0.0 { most + sum.ln() } else { LEAST };
        let whole = states.mean(begins..states.states.len() / states.dimension.max(1));
        let page = page_scale * cosine(&asked, &whole) + best_scale * best + self.page.of(&states.mean(0..1));
        Reading { page, sentences }
    }
}

/// The log-odds of the best sentence where there is none.
const LEAST: f32 = -30.0;

impl Line {
    fn of(&self, values: &[f32]) -> f32 {
        self.bias + dot(&self.weights, values)
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}
