//! A model behind an OpenAI-shaped endpoint: mistral.rs, vLLM, or a cloud that the hospital has a contract with.

use async_trait::async_trait;
use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode};
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
        tokio::select! {
            outcome = self.ask(request) => outcome,
            () = cancel.cancelled() => Err(Error::Cancelled),
        }
    }
}

impl Remote {
    /// Sends a request and reads the reply to its end.
    async fn ask(&self, request: Request) -> Result<Completion> {
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
        let explain = |error: reqwest::Error| {
            if error.is_timeout() {
                Error::Timeout(request.deadline)
            } else {
                Error::Failed(format!("{}: {}", self.url, error.without_url()))
            }
        };
        let response = call.send().await.map_err(explain)?;
        if response.status().is_client_error() {
            return Err(self.refusal(&response));
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

    /// What a refusal means for whoever asked. What the endpoint says beside its status may repeat the question, and this
    /// is logged.
    fn refusal(&self, response: &Response) -> Error {
        let (status, url) = (response.status(), &self.url);
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Error::Config(format!(
                "{url} does not accept the key that it is sent ({status}): put one that it knows into the environment \
                 variable that api_key_env names"
            )),
            StatusCode::NOT_FOUND => {
                let model = &self.description.id;
                Error::Config(format!("{url} knows no such address, or no model {model} ({status}): check both"))
            }
            StatusCode::TOO_MANY_REQUESTS => {
                let after = response.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok());
                let after_s = after.and_then(|after| after.parse::<u64>().ok());
                Error::Busy(after_s.map_or_else(|| "later".to_owned(), |after_s| format!("in {after_s} s")))
            }
            _ => Error::Refused(status.to_string()),
        }
    }
}
