//! What readers say of an answer.

use audit::{Category, Feedback, Kind, Severity};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Caller;
use super::problem::{Body, Path};
use super::{Problem, Shared, blocking};

/// Characters of a comment.
const MAX_COMMENT_CHARS: usize = 2_000;

/// What a reader says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "statement": 1, "kind": "safety", "category": "wrong_population", "severity": "near_miss",
    "comment": "The dose is for adults; the question was about a child." }))]
pub(super) struct FeedbackRequest {
    /// The statement, from 1; absent for the whole answer.
    #[serde(default)]
    statement: Option<u32>,
    kind: Kind,
    /// Needed with `safety`.
    #[serde(default)]
    category: Option<Category>,
    /// Needed with `safety`.
    #[serde(default)]
    severity: Option<Severity>,
    /// At most 2,000 characters, and nothing that identifies a patient.
    #[serde(default)]
    #[schema(max_length = 2000)]
    comment: Option<String>,
}

/// That it was kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Received {
    /// To ask about it later.
    id: String,
    /// When, RFC 3339.
    received_at: String,
}

/// Say something of an answer, or report a risk to safety
#[utoipa::path(post, path = "/v1/answers/{id}/feedback", tag = "answers", operation_id = "feedback",
    params(("id" = String, Path, description = "Id of the answer")), request_body = FeedbackRequest,
    responses(
        (status = 201, description = "Kept", body = Received),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such answer", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not enough, or too much", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn feedback(
    State(shared): State<Shared>,
    caller: Caller,
    Path(answer): Path<String>,
    Body(body): Body<FeedbackRequest>,
) -> Result<(StatusCode, Json<Received>), Problem> {
    let refuse = |detail: &str| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_feedback", detail));
    let FeedbackRequest { statement, kind, category, severity, comment } = body;
    if kind == Kind::Safety && (category.is_none() || severity.is_none()) {
        return refuse("a report of a risk to safety needs a category and a severity");
    }
    if comment.as_ref().is_some_and(|comment| comment.chars().count() > MAX_COMMENT_CHARS) {
        return refuse(&format!("the comment is longer than {MAX_COMMENT_CHARS} characters: shorten it"));
    }
    if statement == Some(0) {
        return refuse("statements are counted from 1");
    }
    let (id, now) = shared.app.asker.ticket();
    let feedback = Feedback {
        id: id.to_string(),
        received_at: now.to_string(),
        actor: caller.actor().id,
        answer,
        statement,
        kind,
        category,
        severity,
        comment: comment.filter(|comment| !comment.trim().is_empty()),
        handling: None,
    };
    let received = Received { id: feedback.id.clone(), received_at: feedback.received_at.clone() };
    let keep = move || shared.app.audit.feedback(&feedback, caller.actor());
    let kept = blocking(keep).await?;
    if !kept {
        return Err(Problem::not_found("unknown_answer", "there is no answer of that id"));
    }
    if kind == Kind::Safety {
        metrics::counter!("osler_safety_reports_total").increment(1);
    }
    Ok((StatusCode::CREATED, Json(received)))
}
