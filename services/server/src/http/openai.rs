//! The door for software that speaks to OpenAI: chat completions and the list of models. The answer is the same as anywhere
//! else; citations come as `url_citation` annotations, and the whole of it as the member `osler`.

use std::convert::Infallible;
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use answer::{Answer, BANNER, Citation, Progress, Question, Scope, Statement, Turn, scope};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_stream::wrappers::UnboundedReceiverStream;
use utoipa::ToSchema;

use super::access::Caller;
use super::answers::{Asked, Running};
use super::problem::{Body, Path};
use super::session::is_tls;
use super::{Problem, Shared, request_id};
use crate::recorded::By;

/// The name under which the service answers.
const MODEL: &str = "osler";

/// What is read of a request; everything else that clients send is passed over.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ChatRequest {
    /// `osler`.
    model: String,
    /// The conversation; the last message of the user is the question, earlier ones help to find what it is about.
    messages: Vec<Message>,
    /// Answer as a stream of chunks. A statement is sent when it has been grounded, never before.
    #[serde(default)]
    stream: bool,
    #[serde(default)]
    #[schema(value_type = Object)]
    stream_options: Option<StreamOptions>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct Message {
    role: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    content: Option<Content>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

impl Content {
    /// The words; what is no text is named, so that it is refused as what it is.
    fn words(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Parts(parts) => {
                let words =
                    parts.iter().map(|part| part.text.clone().unwrap_or_else(|| format!("[image: {}]", part.kind)));
                words.collect::<Vec<_>>().join("\n")
            }
        }
    }
}

/// Ask as of a chat model
///
/// OpenAI's shape, streaming and not. `annotations` hold a `url_citation` for every number in the text: `start_index` and
/// `end_index` count code points of `content`, `url` opens the passage with the quote. `osler` is the whole answer.
#[utoipa::path(
    post, path = "/v1/chat/completions", tag = "answers", operation_id = "chat_completions", request_body = ChatRequest,
    responses(
        (status = 200, description = "A chat completion", content((Value = "application/json"), (String = "text/event-stream"))),
        (status = 400, description = "Not JSON, or no question in it, in OpenAI's shape of errors"),
        (status = 404, description = "Another model than `osler`"),
        (status = 413, description = "Too large"),
        (status = 415, description = "Not JSON"),
        (status = 422, description = "A question that cannot be asked"),
        (status = 503, description = "Busy, or a store is away; see Retry-After"),
    )
)]
pub(super) async fn chat(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<ChatRequest>,
) -> Result<Response, Problem> {
    if body.model != MODEL {
        let detail = format!("the model {:?} does not exist here: ask for {MODEL:?}", body.model);
        return Err(Problem::not_found("model_not_found", &detail));
    }
    let question = question(&body.messages)?;
    question.check()?;
    let place = shared.place_to_ask()?;
    let urgent = scope(&question.question) == Scope::TimeCritical;
    let (id, now) = shared.app.asker.ticket();
    let reply = Reply { base: base(&headers), id: format!("chatcmpl-{id}"), created: now.as_second() };
    let by = By { actor: caller.actor(), request_id: request_id(&headers) };
    let asked = Asked { question, by, keep: None, is_stream: body.stream };
    let running = Running::start(Arc::clone(&shared.app), asked, place);
    if body.stream {
        let usage = body.stream_options.is_some_and(|options| options.include_usage);
        return Ok(reply.stream(running, urgent, usage).into_response());
    }
    let recorded = running.finish().await?;
    let whole: Value = serde_json::from_str(&recorded.json).map_err(|_| Problem::internal())?;
    Ok(Json(reply.whole(&recorded.answer, whole)).into_response())
}

/// List the models
///
/// There is one: the service itself.
#[utoipa::path(get, path = "/v1/models", tag = "answers", operation_id = "models",
    responses((status = 200, description = "A list of one", body = Value)))]
pub(super) async fn models() -> Json<Value> {
    Json(json!({ "object": "list", "data": [model_card()] }))
}

/// Read a model
#[utoipa::path(get, path = "/v1/models/{id}", tag = "answers", operation_id = "model",
    params(("id" = String, Path, description = "`osler`")),
    responses((status = 200, description = "The model", body = Value), (status = 404, description = "Another than `osler`")))]
pub(super) async fn model(Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    if id == MODEL {
        Ok(Json(model_card()))
    } else {
        Err(Problem::not_found("model_not_found", "the only model here is osler"))
    }
}

fn model_card() -> Value {
    json!({ "id": MODEL, "object": "model", "created": 0, "owned_by": "osler" })
}

fn question(messages: &[Message]) -> Result<Question, Problem> {
    let said = messages.iter().filter(|message| message.role == "user").filter_map(|message| message.content.as_ref());
    let mut asked: Vec<String> = said.map(Content::words).collect();
    let refuse = |detail: &str| Problem::new(StatusCode::BAD_REQUEST, "invalid_request", detail);
    let question = asked.pop().ok_or_else(|| refuse("messages: there is no message of the user to answer"))?;
    // Only the question before is looked at; longer histories cost nothing and are not an error.
    let history = asked.pop().filter(|before| before.chars().any(char::is_alphanumeric)).into_iter();
    let turn =
        |words: String| Turn { question: words.chars().take(2_000).collect(), passages: Vec::new(), answer: None };
    let history = history.map(turn);
    Ok(Question { question, history: history.collect(), ..Question::default() })
}

/// Where links in answers lead: the address that the client used, which may be that of a proxy.
fn base(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let plain =
        |host: &&str| host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '[' | ']'));
    let scheme = if is_tls(headers) { "https" } else { "http" };
    host.filter(plain).map_or_else(String::new, |host| format!("{scheme}://{host}"))
}

struct Reply {
    base: String,
    /// Of a stream, which begins before the answer has its own.
    id: String,
    created: i64,
}

impl Reply {
    fn whole(&self, answer: &Answer, whole: Value) -> Value {
        let (content, markers) = content(answer);
        json!({
            "id": format!("chatcmpl-{}", answer.id),
            "object": "chat.completion",
            "created": self.created,
            "model": MODEL,
            "choices": [{
                "index": 0,
                "finish_reason": "stop",
                "logprobs": null,
                "message": {
                    "role": "assistant", "content": content, "refusal": null,
                    "annotations": self.annotations(answer, &markers),
                },
            }],
            "usage": usage(),
            "osler": whole,
        })
    }

    /// One `url_citation` for every number in the text.
    fn annotations(&self, answer: &Answer, markers: &[Marker<'_>]) -> Vec<Value> {
        let mut annotations = Vec::new();
        for Marker { citation, at } in markers {
            let Some(evidence) = answer.evidence.iter().find(|evidence| evidence.id == citation.evidence) else {
                continue;
            };
            let url =
                format!("{}/v1/passages/{}?start={}&end={}", self.base, evidence.passage, citation.start, citation.end);
            annotations.push(json!({
                "type": "url_citation",
                "url_citation": {
                    "start_index": at.start, "end_index": at.end, "url": url, "title": evidence.document.title,
                },
            }));
        }
        annotations
    }

    fn stream(
        self,
        running: Running,
        urgent: bool,
        with_usage: bool,
    ) -> Sse<impl futures::Stream<Item = Result<Event, Infallible>>> {
        let (task, progress, guard) = running.into_parts();
        let id: Arc<str> = self.id.as_str().into();
        let created = self.created;
        let chunk = {
            let id = Arc::clone(&id);
            move |delta: Value, finish: Value| {
                json!({
                    "id": &*id, "object": "chat.completion.chunk", "created": created, "model": MODEL,
                    "choices": [{ "index": 0, "delta": delta, "finish_reason": finish, "logprobs": null }],
                })
            }
        };
        let opening = if urgent { format!("{BANNER}\n\n") } else { String::new() };
        let first = chunk(json!({ "role": "assistant", "content": opening, "refusal": null }), Value::Null);
        let first = futures::stream::once(async move { data(&first) });
        let said = UnboundedReceiverStream::new(progress).filter_map({
            let chunk = chunk.clone();
            move |event| {
                let event = match event {
                    Progress::Statement(statement) => {
                        Some(data(&chunk(json!({ "content": line(&statement).0 }), Value::Null)))
                    }
                    Progress::Stage(_) | Progress::Evidence(_) => None,
                };
                async move { event }
            }
        });
        let end = futures::stream::once(async move {
            let _guard = guard;
            let mut events = Vec::new();
            match task.await {
                Ok(Ok(recorded)) => {
                    let answer = &recorded.answer;
                    let notes = notes(answer);
                    if !notes.is_empty() {
                        events.push(data(&chunk(json!({ "content": notes }), Value::Null)));
                    }
                    let annotations = self.annotations(answer, &content(answer).1);
                    let mut last = chunk(json!({ "annotations": annotations }), json!("stop"));
                    last["osler"] = serde_json::from_str(&recorded.json).unwrap_or_default();
                    events.push(data(&last));
                    if with_usage {
                        let mut usage_chunk = chunk(json!({}), Value::Null);
                        usage_chunk["choices"] = json!([]);
                        usage_chunk["usage"] = usage();
                        events.push(data(&usage_chunk));
                    }
                }
                Ok(Err(error)) => events.push(data(&Problem::from(error).openai())),
                Err(_) => events.push(data(&Problem::internal().openai())),
            }
            events.push(Event::default().data("[DONE]"));
            futures::stream::iter(events)
        });
        Sse::new(first.chain(said).chain(end.flatten()).map(Ok)).keep_alive(KeepAlive::default())
    }
}

/// Tokens are not what an answer costs here; clients want the member.
fn usage() -> Value {
    json!({ "prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0 })
}

fn data(value: &Value) -> Event {
    Event::default().data(value.to_string())
}

/// The number of a citation in a text. A source may have such numbers of its own, so nobody looks for it there.
struct Marker<'a> {
    citation: &'a Citation,
    /// Where it stands, in code points.
    at: Range<usize>,
}

/// The answer as text: the banner, one line a statement, then what must be known besides.
fn content(answer: &Answer) -> (String, Vec<Marker<'_>>) {
    let mut content = answer.banner.as_ref().map_or_else(String::new, |banner| format!("{banner}\n\n"));
    let mut length = content.chars().count();
    let mut markers = Vec::new();
    for statement in &answer.statements {
        let (line, in_line) = line(statement);
        markers.extend(
            in_line
                .into_iter()
                .map(|Marker { citation, at }| Marker { citation, at: length + at.start..length + at.end }),
        );
        length += line.chars().count();
        content.push_str(&line);
    }
    content.push_str(&notes(answer));
    (content, markers)
}

/// A statement with who says it: a report of a source, not an order.
fn line(statement: &Statement) -> (String, Vec<Marker<'_>>) {
    let mut line = format!("{}: {}", statement.said_by, statement.text.replace('\n', "; "));
    let mut length = line.chars().count();
    let mut markers = Vec::new();
    for citation in &statement.citations {
        let marker = format!(" [{}]", citation.n);
        // After the space.
        let start = length + 1;
        length += marker.chars().count();
        markers.push(Marker { citation, at: start..length });
        line.push_str(&marker);
    }
    line.push('\n');
    (line, markers)
}

fn notes(answer: &Answer) -> String {
    let mut out = String::new();
    if let Some(reason) = &answer.reason {
        let _ = writeln!(out, "\nNote: {reason}.");
    }
    for conflict in &answer.conflicts {
        let sides: Vec<String> =
            conflict.positions.iter().map(|side| format!("{}: \u{201c}{}\u{201d}", side.said_by, side.quote)).collect();
        let _ = writeln!(out, "\nSources disagree. {}", sides.join(" \u{2014} "));
    }
    if !answer.unknowns.is_empty() {
        let unknown: Vec<&str> = answer.unknowns.iter().map(|unknown| unknown.text.as_str()).collect();
        let _ = writeln!(out, "\nNot known: {}.", unknown.join("; "));
    }
    if !answer.closest.is_empty() {
        let titles: Vec<&str> = answer.closest.iter().map(|one| one.document.title.as_str()).collect();
        let _ = writeln!(out, "\nClosest documents: {}.", titles.join("; "));
    }
    out
}
