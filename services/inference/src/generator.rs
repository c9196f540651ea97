//! The seam to whatever writes.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::error::Result;

/// Which model wrote, so that an answer can be traced to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelRef {
    /// Name in the list of models, path, or name at an endpoint.
    pub id: String,
    /// Revision, where it has one.
    pub revision: Option<String>,
    /// SHA-256 of its weights; absent for a remote model.
    pub sha256: Option<String>,
    /// How it was sampled.
    #[schema(value_type = Object)]
    pub parameters: serde_json::Value,
}

/// What the model is told. Text from documents and people must be neutralised first; see `answer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The standing instruction.
    pub system: String,
    /// Evidence and question.
    pub user: String,
}

/// What the model may write, in the two languages that engines understand. Both describe the same JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Grammar {
    /// For mistral.rs: a llguidance Lark grammar.
    pub lark: String,
    /// For OpenAI-shaped endpoints: a JSON schema. It cannot say that a quote is verbatim; the check after it can.
    pub schema: serde_json::Value,
}

/// One request to write.
#[derive(Debug, Clone)]
pub struct Request {
    /// What the model is told.
    pub prompt: Prompt,
    /// What it may write.
    pub grammar: Grammar,
    /// The most tokens it may write.
    pub max_tokens: usize,
    /// The longest it may take.
    pub deadline: Duration,
    /// Takes the text as it comes, if somebody wants it. A slow reader loses pieces, never holds up the engine.
    pub pieces: Option<mpsc::UnboundedSender<String>>,
}

/// What a model said, complete: anything cut off is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The text.
    pub text: String,
    /// Tokens read.
    pub prompt_tokens: usize,
    /// Tokens written.
    pub completion_tokens: usize,
}

/// How busy something that writes is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Load {
    /// Requests waiting for a place.
    pub waiting: usize,
    /// Requests in work.
    pub running: usize,
    /// Times the model was loaded again because its engine had died.
    pub restarts: usize,
    /// Tokens read a second, in the last request.
    pub read_tokens_per_s: f64,
    /// Tokens written a second, in the last request.
    pub written_tokens_per_s: f64,
}

/// Something that writes.
#[async_trait]
pub trait Generator: Send + Sync {
    /// Which model it is.
    fn model(&self) -> &ModelRef;

    /// Whether what it is told leaves this machine.
    fn is_elsewhere(&self) -> bool {
        false
    }

    /// How busy it is; nothing is known of a remote one.
    fn load(&self) -> Load {
        Load::default()
    }

    /// Writes under the grammar, greedily. `cancel` ends the work soon after it is called.
    async fn generate(&self, request: Request, cancel: CancellationToken) -> Result<Completion>;
}
