//! Asking, and reading what was answered.

use std::convert::Infallible;
use std::sync::Arc;

use answer::{Answer, Filters, MAX_TURNS, Patient, Progress, Question, Turn};
use audit::Draft;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use identity::Role;
use knowledge::Snapshot;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use utoipa::ToSchema;

use super::access::Caller;
use super::conversations::Place;
use super::problem::{Body, Path};
use super::{Problem, Shared, blocking, request_id};
use crate::app::App;
use crate::recorded::{self, By, Recorded};

/// A question, and how the answer is to come.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskRequest {
    /// In the asker's words: 1 to 8,000 characters.
    #[schema(example = "In adults with type 2 diabetes, when should metformin not be started?", max_length = 8000)]
    question: String,
    /// Earlier questions of the conversation, oldest first.
    #[serde(default)]
    history: Vec<Turn>,
    /// What is known of the patient: typed fields, or a FHIR R4 Bundle. Shapes the search and what is still unknown; never
    /// written to an index, a record or a log.
    #[serde(default)]
    #[schema(value_type = Patient)]
    patient: serde_json::Value,
    /// What may be found.
    #[serde(default)]
    filters: Filters,
    /// Ask an older snapshot than the published one.
    #[serde(default)]
    as_of: Option<Snapshot>,
    /// A conversation of this browser: its earlier questions are the history, unless one is given, and the answer is kept there.
    #[serde(default)]
    conversation: Option<String>,
    /// Answer as a stream of server-sent events; so does `Accept: text/event-stream`.
    #[serde(default)]
    stream: bool,
}

/// Ask a question
///
/// Events of a stream: `progress` (`{"stage"}`), `evidence` (a list), `statement` (one, grounded and final), then `done` (the
/// whole answer) or `error` (a problem document). The answer is on record before `done`.
#[utoipa::path(
    post, path = "/v1/answers", tag = "answers", operation_id = "ask", request_body = AskRequest,
    responses(
        (status = 200, description = "The answer; `status` says of what kind", content((Answer = "application/json"), (String = "text/event-stream"))),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "An unknown corpus, snapshot or conversation", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A question that cannot be asked", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or a store is away; see Retry-After", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn ask(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<AskRequest>,
) -> Result<Response, Problem> {
    let patient = patient(&body.patient, &shared)?;
    let place = shared.place_to_ask()?;
    let AskRequest { question, mut history, filters, as_of, stream, conversation, patient: _ } = body;
    let mut keep = None;
    if let Some(id) = conversation {
        let owner = caller.owner.clone().ok_or_else(|| Problem::from(history::Error::Unknown))?;
        let (place, mut earlier) = Place::find(&shared, owner, id).await?;
        if history.is_empty() {
            history = earlier.split_off(earlier.len().saturating_sub(MAX_TURNS));
        }
        keep = Some(place);
    }
    let question = Question { question, history, patient, filters, as_of, ..Question::default() };
    question.check()?;
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let by = By { actor: caller.actor(), request_id: request_id(&headers) };
    let is_stream = stream || accepts.contains("text/event-stream");
    let running = Running::start(Arc::clone(&shared.app), Asked { question, by, keep, is_stream }, place);
    if is_stream {
        return Ok(running.events().into_response());
    }
    let recorded = running.finish().await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], recorded.json).into_response())
}

/// Typed fields or a FHIR Bundle. Messages name the field, never its value.
fn patient(value: &serde_json::Value, shared: &Shared) -> Result<Option<Patient>, Problem> {
    let is_empty = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
    if is_empty {
        return Ok(None);
    }
    if value.get("resourceType").is_some() {
        let today = shared.app.asker.now().to_string();
        return Ok(Some(Patient::from_fhir(value, &today)?));
    }
    let unread = "patient: send age_years, sex, pregnant, egfr, weight_kg, conditions, medicines, allergies, or a FHIR R4 Bundle";
    let read = Patient::deserialize(value);
    read.map(Some).map_err(|_| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_field", unread))
}

/// Read an answer
///
/// Exactly as it was sent, to whoever asked and to auditors.
#[utoipa::path(
    get, path = "/v1/answers/{id}", tag = "answers", operation_id = "answer",
    params(("id" = String, Path, description = "Id of the answer")),
    responses(
        (status = 200, description = "The answer", body = Answer),
        (status = 404, description = "No such answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let json = kept(&shared, &caller, id).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// The JSON of an answer as it was sent, for whoever asked it. That an auditor reads another's is on record.
pub(super) async fn kept(shared: &Shared, caller: &Caller, id: String) -> Result<String, Problem> {
    let (app, reader, is_auditor) = (Arc::clone(&shared.app), caller.actor(), caller.has(Role::Auditor));
    let read = move || -> Result<Option<String>, Problem> {
        let Some((json, asked_by)) = app.audit.answer(&id)? else { return Ok(None) };
        if asked_by == reader.id {
            return Ok(Some(json));
        }
        if !is_auditor {
            return Ok(None);
        }
        app.audit.append(Draft::new("answer.read", reader).with("answer", id))?;
        Ok(Some(json))
    };
    let found = blocking(read).await?;
    found.ok_or_else(|| Problem::not_found("unknown_answer", "you have no answer of that id"))
}

/// A question's answer in the making.
pub(super) type Work = tokio::task::JoinHandle<Result<Recorded, recorded::Error>>;

/// A question on its way.
pub(super) struct Asked {
    pub(super) question: Question,
    pub(super) by: By,
    /// The conversation to keep the answer in.
    pub(super) keep: Option<Place>,
    /// Whether somebody is told on the way.
    pub(super) is_stream: bool,
}

/// A question in work. Dropping it, as happens when the client leaves, cancels the work.
pub(super) struct Running {
    task: Work,
    progress: UnboundedReceiver<Progress>,
    guard: DropGuard,
}

impl Running {
    pub(super) fn start(app: Arc<App>, asked: Asked, place: OwnedSemaphorePermit) -> Self {
        let cancel = CancellationToken::new();
        let guard = cancel.clone().drop_guard();
        let (tell, progress) = unbounded_channel();
        let task = tokio::spawn(async move {
            let _place = place;
            let Asked { question, by, keep, is_stream } = asked;
            let tell = is_stream.then_some(tell);
            let outcome = recorded::ask(Arc::clone(&app), question, by, cancel, tell).await;
            match &outcome {
                // What is outside the scope was not searched for.
                Ok(recorded) if recorded.answer.means.is_some() => {
                    app.last_search.note(Ok(recorded.answer.missing.as_deref()));
                }
                Err(recorded::Error::Answer(error)) => app.last_search.note(Err(error)),
                _ => {}
            }
            if let (Some(place), Ok(recorded)) = (keep, &outcome) {
                let recorded = recorded.clone();
                let _ = tokio::task::spawn_blocking(move || place.keep(&app, &recorded)).await;
            }
            match &outcome {
                Ok(recorded) => {
                    let status = recorded.answer.status.as_str();
                    metrics::counter!("osler_answers_total", "status" => status).increment(1);
                    let timings = recorded.answer.timings_ms;
                    for (stage, ms) in [
                        ("embed", timings.embed),
                        ("retrieve", timings.retrieve),
                        ("generate", timings.generate),
                        ("ground", timings.ground),
                        ("total", timings.total),
                    ] {
                        let seconds = std::time::Duration::from_millis(ms).as_secs_f64();
                        metrics::histogram!("osler_answer_seconds", "stage" => stage).record(seconds);
                    }
                }
                Err(error) => metrics::counter!("osler_answers_total", "status" => error.code()).increment(1),
            }
            outcome
        });
        Self { task, progress, guard }
    }

    pub(super) async fn finish(self) -> Result<Recorded, Problem> {
        let Self { task, progress: _progress, guard: _guard } = self;
        let outcome = task.await.map_err(|_| Problem::internal())?;
        Ok(outcome?)
    }

    /// The work, what it tells, and what cancels it when dropped.
    pub(super) fn into_parts(self) -> (Work, UnboundedReceiver<Progress>, DropGuard) {
        (self.task, self.progress, self.guard)
    }

    fn events(self) -> Sse<impl futures::Stream<Item = Result<Event, Infallible>>> {
        let Self { task, progress, guard } = self;
        let running = UnboundedReceiverStream::new(progress).map(|event| match event {
            Progress::Stage(stage) => named("progress", &json!({ "stage": stage })),
            Progress::Evidence(evidence) => named("evidence", &evidence),
            Progress::Statement(statement) => named("statement", &statement),
        });
        let end = futures::stream::once(async move {
            let _guard = guard;
            match task.await {
                Ok(Ok(recorded)) => Event::default().event("done").data(recorded.json),
                Ok(Err(error)) => named("error", &Problem::from(error)),
                Err(_) => named("error", &Problem::internal()),
            }
        });
        Sse::new(running.chain(end).map(Ok)).keep_alive(KeepAlive::default())
    }
}

fn named(name: &str, data: &impl serde::Serialize) -> Event {
    let data = serde_json::to_string(data).unwrap_or_else(|_| "null".to_owned());
    Event::default().event(name).data(data)
}
