//! A model behind an OpenAI-shaped endpoint: mistral.rs, vLLM, or a cloud that the hospital has a contract with.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::generator::{Completion, Generator, ModelRef, Request};

/// A chat-completions endpoint. It is asked for JSON under the schema; what it sends is checked like any other.
#[derive(Debug)]
pub struct Remote {
    client: reqwest::Client,
    url: String,
    api_key: Option<String>,
    description: ModelRef,
}

#[derive(Deserialize)]
struct Reply {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Usage,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

#[derive(Deserialize, Default)]
struct Usage {
    #[serde(default)]
    prompt_tokens: usize,
    #[serde(default)]
    completion_tokens: usize,
}

impl Remote {
    /// `base` is the address up to and with `/v1`.
    ///
    /// # Errors
    /// [`Error::Config`] when the address is none.
    pub fn new(base: &str, model: &str, api_key: Option<String>) -> Result<Self> {
        let url = format!("{}/chat/completions", base.trim_end_matches('/'));
        reqwest::Url::parse(&url).map_err(|error| Error::Config(format!("generator.endpoint {base:?}: {error}")))?;
        let client = reqwest::Client::builder().build().map_err(|error| Error::Config(error.to_string()))?;
        let parameters = json!({ "temperature": 0, "endpoint": base });
        let description = ModelRef { id: model.to_owned(), revision: None, sha256: None, parameters };
        Ok(Self { client, url, api_key, description })
    }
}

#[async_trait]
impl Generator for Remote {
    fn model(&self) -> &ModelRef {
        &self.description
    }

    fn is_elsewhere(&self) -> bool {
        true
    }

    async fn generate(&self, request: Request, cancel: CancellationToken) -> Result<Completion> {
        let body = json!({
            "model": self.description.id,
            "messages": [
                { "role": "system", "content": request.prompt.system },
                { "role": "user", "content": request.prompt.user },
            ],
            "temperature": 0,
            "max_tokens": request.max_tokens,
            "response_format": {
                "type": "json_schema",
                "json_schema": { "name": "answer", "strict": true, "schema": request.grammar.schema },
            },
        });
        let mut call = self.client.post(&self.url).timeout(request.deadline).json(&body);
        if let Some(key) = &self.api_key {
            call = call.bearer_auth(key);
        }
        let response = tokio::select! {
            response = call.send() => response,
            () = cancel.cancelled() => return Err(Error::Cancelled),
        };
        let explain = |error: reqwest::Error| {
            if error.is_timeout() {
                Error::Timeout(request.deadline)
            } else {
                Error::Failed(format!("{}: {}", self.url, error.without_url()))
            }
        };
        let response = response.map_err(explain)?;
        let status = response.status();
        if status.is_client_error() {
            // What it says may repeat the question, and this is logged.
            return Err(Error::Refused(status.to_string()));
        }
        let reply: Reply = response.error_for_status().map_err(explain)?.json().await.map_err(explain)?;
        let choice =
            reply.choices.into_iter().next().ok_or_else(|| Error::Failed("the endpoint sent no choice".to_owned()))?;
        match choice.finish_reason.as_deref() {
            Some("stop") => {}
            other => return Err(Error::Unfinished(other.unwrap_or("no reason given").to_owned())),
        }
        let text = choice.message.content.unwrap_or_default();
        if let Some(pieces) = &request.pieces {
            let _ = pieces.send(text.clone());
        }
        let Usage { prompt_tokens, completion_tokens } = reply.usage;
        Ok(Completion { text, prompt_tokens, completion_tokens })
    }
}
