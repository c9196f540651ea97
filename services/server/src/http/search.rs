//! Searching without answering.

use std::sync::Arc;

use answer::{Expansion, Filters, Question};
use audit::Draft;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use knowledge::{Evidence, Snapshot};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Caller;
use super::problem::Body;
use super::{Problem, Shared, blocking, request_id};
use crate::recorded::{self, By};

/// Passages in one reply, at most.
const MAX_LIMIT: usize = 50;

/// What to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchRequest {
    /// In the asker's words: 1 to 8,000 characters.
    #[schema(example = "metformin eGFR threshold", max_length = 8000)]
    question: String,
    /// What may be found.
    #[serde(default)]
    filters: Filters,
    /// Search an older snapshot than the published one.
    #[serde(default)]
    as_of: Option<Snapshot>,
    /// Passages wanted, 1 to 50.
    #[serde(default = "default_limit")]
    #[schema(minimum = 1, maximum = 50)]
    limit: usize,
}

fn default_limit() -> usize {
    10
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchReply {
    /// Passages, best first.
    hits: Vec<Evidence>,
    /// The snapshot that was searched.
    snapshot: Snapshot,
    /// What was searched for beside the words of the question.
    expansions: Vec<Expansion>,
    /// What part of the search was away, for people, if one was: there may be more and better passages then.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
}

/// Search for passages
#[utoipa::path(
    post, path = "/v1/search", tag = "corpus", operation_id = "search", request_body = SearchRequest,
    responses(
        (status = 200, description = "Passages, best first", body = SearchReply),
        (status = 404, description = "An unknown corpus or snapshot", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A question that cannot be asked, or that may identify a person where the house refuses that", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn search(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<SearchRequest>,
) -> Result<Json<SearchReply>, Problem> {
    if !(1..=MAX_LIMIT).contains(&body.limit) {
        return Err(Problem::bad_request("bad_limit", &format!("limit must be 1 to {MAX_LIMIT}")));
    }
    let question =
        Question { question: body.question, filters: body.filters, as_of: body.as_of, ..Question::default() };
    question.check()?;
    let by = By { actor: caller.actor(), request_id: request_id(&headers) };
    let settled = recorded::settled(&shared.app, question, &by).await?;
    let found = shared.app.asker.retriever().search(&settled.question, body.limit).await;
    shared.app.last_search.note(found.as_ref().map(|found| found.missing));
    let found = found?;
    let draft = Draft::new("passages.searched", by.actor).in_request(&by.request_id);
    let draft = settled.on_record(draft.with("snapshot", found.snapshot.0));
    let draft = draft.sealing("question", settled.question.question);
    let app = Arc::clone(&shared.app);
    blocking(move || app.audit.asked(draft)).await?;
    let (snapshot, expansions, missing) = (found.snapshot, found.expansions.clone(), found.missing.map(str::to_owned));
    Ok(Json(SearchReply { hits: found.shown(), snapshot, expansions, missing }))
}
