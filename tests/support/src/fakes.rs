//! Fakes at the seams: an embedder without a model, a generator that does as it is told.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use index::terms;
use inference::{Completion, Embedder, Error, Generator, ModelRef, Request, Result};
use knowledge::sha256_hex;
use serde_json::json;
use tokio_util::sync::CancellationToken;

/// Counts terms into slots by their hash: texts that share words are near one another.
#[derive(Debug, Default)]
pub struct HashEmbedder;

const DIMENSION: usize = 256;

#[async_trait]
impl Embedder for HashEmbedder {
    fn id(&self) -> &str {
        "hash-embedder@1"
    }

    fn dimension(&self) -> usize {
        DIMENSION
    }

    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>> {
        Ok(texts.iter().map(|text| embed(text, DIMENSION)).collect())
    }
}

/// Another model: the same with more slots.
#[derive(Debug, Default)]
pub struct OtherHashEmbedder;

const OTHER_DIMENSION: usize = 320;

#[async_trait]
impl Embedder for OtherHashEmbedder {
    fn id(&self) -> &str {
        "other-hash-embedder@1"
    }

    fn dimension(&self) -> usize {
        OTHER_DIMENSION
    }

    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>> {
        Ok(texts.iter().map(|text| embed(text, OTHER_DIMENSION)).collect())
    }
}

fn embed(text: &str, dimension: usize) -> Vec<f32> {
    let mut vector = vec![0.0_f32; dimension];
    for term in terms(text) {
        let slot = usize::from_str_radix(&sha256_hex(term.as_bytes())[..4], 16).unwrap() % dimension;
        vector[slot] += 1.0;
    }
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length == 0.0 {
        vector[0] = 1.0;
    } else {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    vector
}

/// What a scripted generator does with one request.
#[derive(Debug, Clone)]
pub enum Script {
    /// Writes this.
    Write(String),
    /// Writes the first sentence of the first passage that the grammar offers, as a model under it would.
    QuoteFirst,
    /// Writes this and stops without having finished.
    CutOff(String),
    /// Writes this and takes too long over what follows.
    Late(String),
    /// Stops without having finished.
    Unfinished,
    /// Refuses the grammar.
    Refuse,
    /// Fails.
    Fail,
    /// Panics.
    Panic,
    /// Waits until it is cancelled or this long.
    Hang(Duration),
}

/// Follows its script, one line a request, and quotes the first sentence when the script is at its end.
#[derive(Debug)]
pub struct ScriptedGenerator {
    model: ModelRef,
    script: Mutex<VecDeque<Script>>,
    /// Requests that were cancelled.
    pub cancelled: std::sync::atomic::AtomicUsize,
    /// Whether it says that what it is told leaves the house.
    pub is_elsewhere: std::sync::atomic::AtomicBool,
    /// What users' messages it was sent.
    pub prompts: Mutex<Vec<String>>,
}

impl ScriptedGenerator {
    /// A generator with this script.
    pub fn new(script: impl IntoIterator<Item = Script>) -> Self {
        let model = ModelRef {
            id: "scripted".to_owned(),
            revision: Some("1".to_owned()),
            sha256: Some("00".repeat(32)),
            parameters: json!({}),
        };
        let script = Mutex::new(script.into_iter().collect());
        let (cancelled, is_elsewhere, prompts) = Default::default();
        Self { model, script, cancelled, is_elsewhere, prompts }
    }

    /// Adds a line to the script.
    pub fn then(&self, line: Script) {
        self.script.lock().unwrap().push_back(line);
    }
}

#[async_trait]
impl Generator for ScriptedGenerator {
    fn model(&self) -> &ModelRef {
        &self.model
    }

    fn is_elsewhere(&self) -> bool {
        self.is_elsewhere.load(std::sync::atomic::Ordering::SeqCst)
    }

    async fn generate(&self, request: Request, cancel: CancellationToken) -> Result<Completion> {
        self.prompts.lock().unwrap().push(request.prompt.user.clone());
        let line = self.script.lock().unwrap().pop_front().unwrap_or(Script::QuoteFirst);
        let say = |text: &str| {
            let Some(pieces) = &request.pieces else { return };
            // In pieces that end anywhere, as tokens do.
            for piece in text.chars().collect::<Vec<_>>().chunks(7) {
                let _ = pieces.send(piece.iter().collect());
            }
        };
        let text = match line {
            Script::Write(text) => text,
            Script::CutOff(text) => {
                say(&text);
                return Err(Error::Unfinished("length".to_owned()));
            }
            Script::Late(text) => {
                say(&text);
                return Err(Error::Timeout(request.deadline));
            }
            Script::QuoteFirst => quote_first(&request.grammar.lark),
            Script::Unfinished => return Err(Error::Unfinished("length".to_owned())),
            Script::Refuse => return Err(Error::Refused("as scripted".to_owned())),
            Script::Fail => return Err(Error::Failed("as scripted".to_owned())),
            Script::Panic => panic!("as scripted"),
            Script::Hang(longest) => {
                tokio::select! {
                    () = cancel.cancelled() => {
                        self.cancelled.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        return Err(Error::Cancelled);
                    }
                    () = tokio::time::sleep(longest) => quote_first(&request.grammar.lark),
                }
            }
        };
        say(&text);
        Ok(Completion { text, prompt_tokens: 1, completion_tokens: 1 })
    }
}

/// Reads the first chunk out of the grammar. A grammar without one is that of the warm-up.
fn quote_first(lark: &str) -> String {
    let Some((_, list)) = lark.split_once("%regex ") else { return "{}".to_owned() };
    let list: serde_json::Value = serde_json::from_str(list.lines().next().unwrap()).unwrap();
    let chunk = list["substring_chunks"][0].as_str().unwrap();
    format!("{{\"statements\":[{{\"evidence\":\"E1\",\"quote\":\"{}\"}}]}}", chunk.trim_end())
}

/// Never gives the same bytes twice, and always the same from the beginning.
#[derive(Debug, Default)]
pub struct CountingEntropy(std::sync::atomic::AtomicU64);

impl knowledge::Entropy for CountingEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            // Spread over all bits, so that ids of few bytes differ too.
            let spread = next.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
            part.copy_from_slice(&spread[..part.len()]);
        }
    }
}
