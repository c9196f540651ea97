//! What auditors do: find answers, read records, take receipts, ask again, hold and erase, read the log.

use std::sync::Arc;

use ::audit::{Draft, Entry, Found, FoundAnswer, Query as Wanted, Receipt, Record};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Role;
use jiff::Timestamp;
use knowledge::DocumentId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Caller;
use super::problem::{Body, Path, Query};
use super::{Problem, Shared, blocking, number, request_id};
use crate::corpus_record::Held;
use crate::erasure::Stores;
use crate::recorded;
use crate::replay::{Replay, replay};

/// Answers of one reply, at most.
pub(super) const MAX_LISTED: u32 = 500;

/// Take the receipt of an answer
///
/// Everything that it takes to check the answer without this service: `osler audit verify` reads it.
#[utoipa::path(get, path = "/v1/answers/{id}/receipt", tag = "audit", operation_id = "receipt",
    params(("id" = String, Path, description = "Id of the answer")),
    responses(
        (status = 200, description = "The receipt", body = Receipt),
        (status = 404, description = "No such answer, or its words were erased", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn receipt(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    super::answers::kept(&shared, &caller, id.clone()).await?;
    let day = shared.app.asker.retriever().today();
    let draft =
        Draft::new("receipt.taken", caller.actor()).in_request(&request_id(&headers)).with("answer", id.as_str());
    let app = Arc::clone(&shared.app);
    let receipt = blocking(move || -> Result<Receipt, Problem> {
        app.audit.append(draft)?;
        Ok(app.audit.receipt(&id, &Held { ledger: app.asker.ledger(), day: &day })?)
    })
    .await?;
    let name =
        format!("attachment; filename=\"{}.receipt.json\"", receipt.given.parsed().map(|entry| entry.seq).unwrap_or(0));
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(receipt)).into_response())
}

/// Which answers are wanted; what is absent does not narrow.
#[derive(Debug, Default, Clone, Deserialize, Serialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AnswersQuery {
    /// Asked by this actor.
    actor: Option<String>,
    /// Asked at or after, RFC 3339 or a day.
    from: Option<String>,
    /// Asked before, RFC 3339 or a day.
    to: Option<String>,
    /// Status of the answer, `failed: code` or `timeout`; `inconclusive` are those that ended as `no_evidence` while a part of the
    /// search was away, which `no_evidence` then leaves out.
    status: Option<String>,
    /// Verdict of its weakest statement.
    verdict: Option<String>,
    /// The model that wrote, with its hash.
    model: Option<String>,
    /// Snapshot that was searched.
    #[param(value_type = Option<u64>)]
    snapshot: Option<String>,
    /// Id of a document that it cites.
    document: Option<String>,
    /// Version of that document.
    #[param(value_type = Option<u32>)]
    version: Option<String>,
    /// `next` of the stretch before.
    #[param(value_type = Option<i64>)]
    before: Option<String>,
    /// At most so many: in a list up to 500, and 50 where it is not said; in a bundle up to 10,000, and all where it is not said.
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
}

/// A time, or the beginning of a day, in milliseconds since 1970.
pub(super) fn time(name: &str, text: &str) -> Result<i64, Problem> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let detail = format!("{name} must be a time or a day, as in 2026-11-28T10:00:00Z or 2026-11-28; it is {text:?}");
    let time = whole.parse::<Timestamp>().map_err(|_| Problem::bad_request("bad_time", &detail))?;
    Ok(time.as_millisecond())
}

impl AnswersQuery {
    /// What is wanted; `most` gives how many at most, from how many were asked for.
    pub(super) fn wanted(self, most: impl FnOnce(Option<u32>) -> Result<u32, Problem>) -> Result<Wanted, Problem> {
        if self.version.is_some() && self.document.is_none() {
            return Err(Problem::bad_request("bad_filter", "a version is of a document: name that too"));
        }
        let limit = self.limit.map(|limit| number::<u32>("limit", &limit)).transpose()?;
        Ok(Wanted {
            actor: self.actor,
            from_ms: self.from.map(|from| time("from", &from)).transpose()?,
            to_ms: self.to.map(|to| time("to", &to)).transpose()?,
            status: self.status,
            verdict: self.verdict,
            model: self.model,
            snapshot: self.snapshot.map(|snapshot| number("snapshot", &snapshot)).transpose()?,
            document: self.document,
            version: self.version.map(|version| number("version", &version)).transpose()?,
            before: self.before.map(|before| number("before", &before)).transpose()?,
            limit: most(limit)?,
        })
    }
}

/// Find answers by any field
#[utoipa::path(get, path = "/v1/audit/answers", tag = "audit", operation_id = "find_answers", params(AnswersQuery),
    responses(
        (status = 200, description = "The latest first", body = Found),
        (status = 400, description = "A number or time that is none", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn answers(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<AnswersQuery>,
) -> Result<Json<Found>, Problem> {
    let wanted = query.wanted(|limit| Ok(limit.unwrap_or(50).clamp(1, MAX_LISTED)))?;
    let draft = Draft::new("records.searched", caller.actor()).in_request(&request_id(&headers));
    let app = Arc::clone(&shared.app);
    let found = blocking(move || -> ::audit::Result<Found> {
        let found = app.audit.search(&wanted)?;
        // Questions are read with it, so that it was is on record too.
        app.audit.append(draft.with("found", found.answers.len()))?;
        Ok(found)
    });
    Ok(Json(found.await?))
}

/// Read everything on record about an answer
///
/// Whoever is a reviewer in a review that is open gets no entries of reviews.
#[utoipa::path(get, path = "/v1/audit/answers/{id}", tag = "audit", operation_id = "record",
    params(("id" = String, Path, description = "Id of the answer")),
    responses(
        (status = 200, description = "The record with its entries in the log", body = Record),
        (status = 404, description = "No such answer", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn record(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Record>, Problem> {
    let draft =
        Draft::new("answer.read", caller.actor()).in_request(&request_id(&headers)).with("answer", ::audit::token(&id));
    let app = Arc::clone(&shared.app);
    let found = blocking(move || -> Result<Option<Record>, Problem> {
        let mut found = app.audit.record(&id)?;
        if let Some(found) = &mut found {
            super::reviews::blinded(&app, &caller, &mut found.entries)?;
            app.audit.append(draft)?;
        }
        Ok(found)
    });
    found.await?.map(Json).ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::not_found("unknown_answer", "there is no answer of that id, or its words were erased")
}

/// Ask again what was asked
///
/// At the snapshot that was searched then. Whatever is not the same is shown.
#[utoipa::path(post, path = "/v1/audit/answers/{id}/replay", tag = "audit", operation_id = "replay",
    params(("id" = String, Path, description = "Id of the answer")),
    responses(
        (status = 200, description = "Then and now", body = Replay),
        (status = 404, description = "No such answer, or its words were erased", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "A store or model is away; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn again(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Replay>, Problem> {
    let place = shared.place_to_ask()?;
    let draft = Draft::new("answer.replayed", caller.actor()).in_request(&request_id(&headers));
    let app = Arc::clone(&shared.app);
    // A task of its own keeps the place until the model is done, although nobody may be waiting for it any more.
    let asking = tokio::spawn(async move {
        let _place = place;
        let replayed = replay(&app, &id).await.map_err(|error| match error {
            // It is read, and not recorded.
            recorded::Error::Record(error) => Problem::from(error),
            error => error.into(),
        });
        let replayed = replayed?.ok_or_else(unknown)?;
        let draft = draft
            .with("answer", id)
            .with("same_evidence", replayed.same_evidence)
            .with("same_statements", replayed.same_statements);
        blocking(move || app.audit.append(draft)).await?;
        Ok::<_, Problem>(replayed)
    });
    Ok(Json(asking.await.map_err(|_| Problem::internal())??))
}

/// Why words are to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Hold {
    /// For the record; sealed.
    #[schema(example = "claim 2026-17")]
    reason: String,
}

/// Hold the words of an answer beyond their time
#[utoipa::path(put, path = "/v1/audit/answers/{id}/hold", tag = "audit", operation_id = "hold", request_body = Hold,
    params(("id" = String, Path, description = "Id of the answer")),
    responses(
        (status = 204, description = "Held"),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such answer", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn hold(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<Hold>,
) -> Result<StatusCode, Problem> {
    let app = Arc::clone(&shared.app);
    blocking(move || app.audit.hold(&id, Some(&body.reason), caller.actor())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lift the hold on an answer
#[utoipa::path(delete, path = "/v1/audit/answers/{id}/hold", tag = "audit", operation_id = "release",
    params(("id" = String, Path, description = "Id of the answer")),
    responses(
        (status = 204, description = "Lifted"),
        (status = 404, description = "No such answer", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn release(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let app = Arc::clone(&shared.app);
    blocking(move || app.audit.hold(&id, None, caller.actor())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Destroy the words of an answer
///
/// Question, answer and comments, here and in conversations; or those of a search or of a question to what is staged, by the id
/// of its entry. The entries of the log stay, and every proof still holds. Where another program keeps what was destroyed alive
/// for now, it is done and says 503: ask again when that has ended.
#[utoipa::path(delete, path = "/v1/audit/answers/{id}/words", tag = "audit", operation_id = "erase",
    params(("id" = String, Path, description = "Id of the answer, or of the entry")),
    responses(
        (status = 204, description = "Destroyed"),
        (status = 404, description = "No such answer", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "They must be kept for now", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Destroyed, and still in a write-ahead log; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn erase(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let app = Arc::clone(&shared.app);
    blocking(move || Stores::of(&app).erase(&id, caller.actor())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which answers are recalled.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RecallQuery {
    /// Id of the document.
    document: String,
    /// Its version; without it, all.
    #[param(value_type = Option<u32>)]
    version: Option<String>,
    /// `next` of the stretch before.
    #[param(value_type = Option<i64>)]
    before: Option<String>,
}

/// Answers that rest on a document.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Recall {
    document: String,
    version: Option<u32>,
    /// All answers that cite it.
    answers: u64,
    /// People who saw them, by pseudonym.
    people: u64,
    /// The latest first, at most 500.
    listed: Vec<FoundAnswer>,
    /// What to go on before, if there is more.
    next: Option<i64>,
}

/// List every answer that cited a document
///
/// For the day on which it is retracted: who saw what.
#[utoipa::path(get, path = "/v1/audit/recall", tag = "audit", operation_id = "recall", params(RecallQuery),
    responses(
        (status = 200, description = "Who saw what", body = Recall),
        (status = 400, description = "An id or number that is none", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn recall(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<RecallQuery>,
) -> Result<Json<Recall>, Problem> {
    let version = query.version.map(|version| number("version", &version)).transpose()?;
    let before = query.before.map(|before| number("before", &before)).transpose()?;
    // Written as the log may have it: whatever else was typed is not put there.
    let document = document_id(&query.document)?.to_string();
    let wanted = Wanted { document: Some(document.clone()), version, limit: MAX_LISTED, before, ..Wanted::default() };
    let draft = Draft::new("recall.listed", caller.actor())
        .in_request(&request_id(&headers))
        .with("document", document.as_str())
        .with("version", version);
    // Who may not read records sees that there are answers, not their questions.
    let may_read = caller.has(Role::Auditor);
    let app = Arc::clone(&shared.app);
    let recall = blocking(move || -> ::audit::Result<Recall> {
        let (answers, people) = app.audit.count(&Wanted { before: None, ..wanted.clone() })?;
        let mut found = app.audit.search(&wanted)?;
        if !may_read {
            found.answers.iter_mut().for_each(|answer| answer.question = None);
        }
        app.audit.append(draft.with("answers", answers))?;
        Ok(Recall { document, version, answers, people, listed: found.answers, next: found.next })
    });
    Ok(Json(recall.await?))
}

fn document_id(text: &str) -> Result<DocumentId, Problem> {
    let detail = || format!("document must be the id of a document, 32 hexadecimal digits; it is {text:?}");
    text.parse::<DocumentId>().map_err(|_| Problem::bad_request("bad_document", &detail()))
}

/// Which entries are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EntriesQuery {
    /// What their actions begin with: `corpus.`, `session.refused`.
    action: Option<String>,
    /// By this actor.
    actor: Option<String>,
    /// Before this place in the log.
    #[param(value_type = Option<u64>)]
    before: Option<String>,
    /// At most so many, up to 500.
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
}

/// Entries of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Entries {
    /// The latest first.
    entries: Vec<Entry>,
}

/// Read entries of the log
///
/// Whoever is a reviewer in a review that is open gets none of reviews, nor of what was read in one.
#[utoipa::path(get, path = "/v1/audit/entries", tag = "audit", operation_id = "entries", params(EntriesQuery),
    responses(
        (status = 200, description = "The latest first", body = Entries),
        (status = 400, description = "A number that is none", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Entries about reviews, for a reviewer in one that is open", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn entries(
    State(shared): State<Shared>,
    caller: Caller,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<Entries>, Problem> {
    let before = query.before.map(|before| number("before", &before)).transpose()?;
    let limit = query.limit.map(|limit| number::<u32>("limit", &limit)).transpose()?;
    let limit = limit.unwrap_or(50).clamp(1, MAX_LISTED);
    let app = Arc::clone(&shared.app);
    let read = move || {
        let actions = query.action.unwrap_or_default();
        super::reviews::entries(&app, &caller, &actions, query.actor.as_deref(), before, limit)
    };
    Ok(Json(Entries { entries: blocking(read).await? }))
}
