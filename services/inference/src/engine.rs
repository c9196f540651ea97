//! mistral.rs in this process, with its edges covered: every request runs in a task of its own that drains the engine to the
//! end or lets go of a *stream* (letting go of anything else takes the engine down), grammars get stop tokens that the
//! engine knows, lengths are checked before the engine can trip over them, and only a finished completion is one.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use mistralrs::{Constraint, Model, RequestBuilder, Response, SamplingParams, StopTokens, TextMessageRole};
use serde_json::json;
use tokio::sync::{RwLock, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::generator::{Completion, Generator, Load, ModelRef, Prompt, Request};
use crate::loading::{Bits, EngineOptions, EngineSource, build_apart};

/// What llguidance takes for the end of a text. The engine stops only on the tokens of the model's own configuration, which
/// often names another one, and would then write the end of text over and over.
const ENDS_OF_TEXT: [&str; 5] = ["</s>", "<|endoftext|>", "<|end_of_text|>", "<｜end▁of▁sentence｜>", "<eos>"];

/// Room for the chat template around a prompt, in tokens.
const TEMPLATE_TOKENS: usize = 64;

/// A model in this process.
pub struct Engine {
    /// Replaced when its thread has died.
    model: RwLock<Arc<Model>>,
    source: EngineSource,
    options: EngineOptions,
    description: ModelRef,
    stops: Vec<u32>,
    places: Arc<Semaphore>,
    state: Arc<State>,
}

/// What is known of the engine's work.
#[derive(Debug, Default)]
struct State {
    waiting: AtomicUsize,
    running: AtomicUsize,
    restarts: AtomicUsize,
    /// A stream has ended early or a task has panicked: the engine's thread may be gone.
    suspect: AtomicBool,
    /// Tokens read and written a second, of the last request.
    rates: Mutex<(f64, f64)>,
}

/// Counts while it lives.
struct Counted(Arc<State>, fn(&State) -> &AtomicUsize);

impl Counted {
    fn new(state: &Arc<State>, of: fn(&State) -> &AtomicUsize) -> Self {
        of(state).fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(state), of)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        (self.1)(&self.0).fetch_sub(1, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("model", &self.description).finish_non_exhaustive()
    }
}

impl Engine {
    /// Loads a model. Must run on a multi-threaded runtime.
    ///
    /// # Errors
    /// [`Error::Load`], also where the engine panics over a model.
    pub async fn load(
        source: EngineSource,
        id: &str,
        revision: Option<String>,
        sha256: Option<String>,
        options: EngineOptions,
    ) -> Result<Self> {
        let options = EngineOptions { places: options.places.max(1), ..options };
        let failed = |why: String| Error::Load { model: id.to_owned(), why };
        let model = Arc::new(build_apart(source.clone(), options).await.map_err(failed)?);
        let mut stops = Vec::new();
        for end in ENDS_OF_TEXT {
            let tokens = tokens_of(&model, end).await.map_err(|error| failed(error.to_string()))?;
            if let [token] = tokens[..] {
                stops.push(token);
            }
        }
        let bits = options.bits.map(Bits::get);
        let parameters = json!({ "sampling": "greedy", "engine": "mistral.rs 0.8.1", "quantised_bits": bits });
        let description = ModelRef { id: id.to_owned(), revision, sha256, parameters };
        let (model, state) = (RwLock::new(model), Arc::default());
        let places = Arc::new(Semaphore::new(options.places));
        Ok(Self { model, source, options, description, stops, places, state })
    }

    /// The model; loaded again first if its thread has died.
    async fn alive(&self) -> Result<Arc<Model>> {
        if self.state.suspect.load(Ordering::Relaxed) {
            let mut model = self.model.write().await;
            // Whoever came first has done it already.
            if self.state.suspect.load(Ordering::Relaxed) && tokens_of(&model, "alive").await.is_ok() {
                // A stream may end early for other reasons.
                self.state.suspect.store(false, Ordering::Relaxed);
            }
            if self.state.suspect.load(Ordering::Relaxed) {
                tracing::warn!(model = self.description.id, "the engine may have died: loading the model again");
                let built = build_apart(self.source.clone(), self.options).await.map_err(Error::Failed)?;
                *model = Arc::new(built);
                self.state.restarts.fetch_add(1, Ordering::Relaxed);
                self.state.suspect.store(false, Ordering::Relaxed);
            }
        }
        Ok(Arc::clone(&*self.model.read().await))
    }

    /// The most tokens that may be written after `prompt`.
    async fn room_after(model: &Arc<Model>, prompt: &Prompt) -> Result<usize> {
        let failed = |error: mistralrs::error::Error| Error::Failed(error.to_string());
        let Some(length) = model.max_sequence_length().map_err(failed)? else {
            return Ok(usize::MAX);
        };
        let prompt = tokens_of(model, &format!("{}\n{}", prompt.system, prompt.user)).await?.len();
        let room = length.saturating_sub(prompt + TEMPLATE_TOKENS);
        if room == 0 {
            return Err(Error::Refused(format!("a prompt of {prompt} tokens does not fit the {length} of the model")));
        }
        Ok(room)
    }
}

#[async_trait]
impl Generator for Engine {
    fn model(&self) -> &ModelRef {
        &self.description
    }

    fn load(&self) -> Load {
        let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        let (read_per_s, written_per_s) = *self.state.rates.lock().unwrap_or_else(PoisonError::into_inner);
        let State { waiting, running, restarts, .. } = &*self.state;
        Load {
            waiting: count(waiting),
            running: count(running),
            restarts: count(restarts),
            read_tokens_per_s: read_per_s,
            written_tokens_per_s: written_per_s,
        }
    }

    async fn generate(&self, request: Request, cancel: CancellationToken) -> Result<Completion> {
        let deadline = request.deadline;
        // The caller's token is for the caller to cancel: what is late here may be one of several things that it does.
        let stop = cancel.child_token();
        let _leaving = stop.clone().drop_guard();
        let work = async {
            let waiting = Counted::new(&self.state, |state| &state.waiting);
            let place =
                Arc::clone(&self.places).acquire_owned().await.map_err(|error| Error::Failed(error.to_string()))?;
            drop(waiting);
            let model = self.alive().await?;
            let max_tokens = request.max_tokens.min(Self::room_after(&model, &request.prompt).await?);
            let sampling = SamplingParams {
                stop_toks: (!self.stops.is_empty()).then(|| StopTokens::Ids(self.stops.clone())),
                max_len: Some(max_tokens),
                ..SamplingParams::deterministic()
            };
            let messages = RequestBuilder::new()
                .add_message(TextMessageRole::System, request.prompt.system)
                .add_message(TextMessageRole::User, request.prompt.user)
                .set_constraint(Constraint::Lark(request.grammar.lark))
                .set_sampling(sampling)
                .enable_thinking(false);
            // The task owns the stream and the place: if we leave, it notices at the next token and lets go of both.
            let (cancelled, pieces, state) = (stop.clone(), request.pieces, Arc::clone(&self.state));
            let running = Counted::new(&self.state, |state| &state.running);
            let task = tokio::spawn(async move {
                let (_place, _running) = (place, running);
                drain(&model, messages, pieces, &cancelled, &state).await
            });
            task.await.unwrap_or_else(|panic| {
                self.state.suspect.store(true, Ordering::Relaxed);
                Err(Error::Failed(format!("the engine panicked: {panic}")))
            })
        };
        tokio::select! {
            outcome = work => outcome,
            () = cancel.cancelled() => Err(Error::Cancelled),
            () = tokio::time::sleep(deadline) => Err(Error::Timeout(deadline)),
        }
    }
}

async fn drain(
    model: &Model,
    messages: RequestBuilder,
    pieces: Option<tokio::sync::mpsc::UnboundedSender<String>>,
    cancelled: &CancellationToken,
    state: &State,
) -> Result<Completion> {
    let dead = |error: Error| {
        state.suspect.store(true, Ordering::Relaxed);
        error
    };
    let sent = model.stream_chat_request(messages).await;
    let mut stream = sent.map_err(|error| dead(Error::Failed(error.to_string())))?;
    let mut completion = Completion { text: String::new(), prompt_tokens: 0, completion_tokens: 0 };
    loop {
        let response = tokio::select! {
            response = stream.next() => response,
            () = cancelled.cancelled() => return Err(Error::Cancelled),
        };
        let chunk = match response {
            Some(Response::Chunk(chunk)) => chunk,
            Some(Response::ValidationError(error)) => return Err(Error::Refused(error.to_string())),
            Some(Response::InternalError(error)) => return Err(Error::Failed(error.to_string())),
            Some(Response::ModelError(error, _)) => return Err(Error::Failed(error)),
            Some(_) => return Err(Error::Failed("the engine sent something else than a chunk".to_owned())),
            None => return Err(dead(Error::Unfinished("the stream ended early".to_owned()))),
        };
        if let Some(usage) = chunk.usage {
            completion.prompt_tokens = usage.prompt_tokens;
            completion.completion_tokens = usage.completion_tokens;
            let rates = (usage.avg_prompt_tok_per_sec.into(), usage.avg_compl_tok_per_sec.into());
            *state.rates.lock().unwrap_or_else(PoisonError::into_inner) = rates;
            tracing::debug!(
                prompt_tokens = usage.prompt_tokens,
                completion_tokens = usage.completion_tokens,
                prompt_s = usage.total_prompt_time_sec,
                completion_s = usage.total_completion_time_sec,
                "written"
            );
        }
        let Some(choice) = chunk.choices.into_iter().next() else { continue };
        if let Some(piece) = choice.delta.content.filter(|piece| !piece.is_empty()) {
            completion.text.push_str(&piece);
            if let Some(pieces) = &pieces {
                // Nobody listening is no reason to stop.
                let _ = pieces.send(piece);
            }
        }
        match choice.finish_reason.as_deref() {
            None => {}
            Some("stop") => return Ok(completion),
            Some(reason) => return Err(Error::Unfinished(reason.to_owned())),
        }
    }
}

/// In a task of its own, which waits for the reply if we leave: the engine's thread panics over one that nobody takes.
async fn tokens_of(model: &Arc<Model>, text: &str) -> Result<Vec<u32>> {
    let (model, text) = (Arc::clone(model), either::Either::Right(text.to_owned()));
    let task = tokio::spawn(async move { model.tokenize(text, None, false, false, None).await });
    let tokens = task.await.map_err(|panic| Error::Failed(format!("the engine panicked: {panic}")))?;
    tokens.map_err(|error| Error::Failed(error.to_string()))
}
