//! Checking any text against its sources, from whoever wrote it.

use axum::Json;
use axum::extract::State;
use grounding::{Foreign, Verified, verify as check};
use knowledge::Verdict;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Body;
use super::{Problem, Shared};

/// Sources that are read, at most.
const MAX_SOURCES: usize = 100;

/// A text and its sources. The names `groundingSources`, `domain`, `task`, `qna` and `reasoning` are those of Azure AI Content
/// Safety's groundedness detection, so that its callers need to change nothing but the address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "text": "Start prednisolone 50 mg once daily [1].",
    "sources": [{ "id": "1", "title": "Gout", "text": "Start prednisolone 5 mg once daily." }]
}))]
pub(super) struct VerifyRequest {
    /// The text to check, with citations such as `[1]`, `[doc1]` or `[[1]](url)`; without any it is held against all sources.
    text: String,
    /// What it rests on.
    #[serde(default)]
    sources: Vec<Foreign>,
    /// The same as plain texts.
    #[serde(default, rename = "groundingSources")]
    grounding_sources: Vec<String>,
    #[serde(default)]
    #[schema(ignore)]
    #[expect(dead_code, reason = "read for compatibility; the checks are the same in all domains")]
    domain: Option<String>,
    #[serde(default)]
    #[schema(ignore)]
    #[expect(dead_code, reason = "read for compatibility; the checks are the same for all tasks")]
    task: Option<String>,
    #[serde(default)]
    #[schema(ignore)]
    #[expect(dead_code, reason = "read for compatibility; the question adds nothing to what a source says")]
    qna: Option<serde_json::Value>,
    #[serde(default)]
    #[schema(ignore)]
    #[expect(dead_code, reason = "read for compatibility; reasons are always given")]
    reasoning: Option<bool>,
}

/// The verdicts, in our words and in those of groundedness detection.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VerifyReply {
    #[serde(flatten)]
    verified: Verified,
    /// Whether some statement is not borne out.
    #[serde(rename = "ungroundedDetected")]
    ungrounded_detected: bool,
    /// The share of statements that are not borne out, 0 to 1.
    #[serde(rename = "ungroundedPercentage")]
    ungrounded_percentage: f64,
    /// Those statements.
    #[serde(rename = "ungroundedDetails")]
    ungrounded_details: Vec<Ungrounded>,
}

/// A statement that is not borne out.
#[derive(Debug, Serialize, ToSchema)]
struct Ungrounded {
    text: String,
    reason: String,
    offset: Places,
    length: Places,
}

/// A place in the text in three ways to count.
#[derive(Debug, Serialize, ToSchema)]
struct Places {
    utf8: usize,
    utf16: usize,
    #[serde(rename = "codePoint")]
    code_point: usize,
}

impl Places {
    fn of(text: &str) -> Self {
        Self { utf8: text.len(), utf16: text.encode_utf16().count(), code_point: text.chars().count() }
    }
}

impl VerifyReply {
    #[expect(clippy::cast_precision_loss, reason = "a text has few statements")]
    fn new(text: &str, verified: Verified) -> Self {
        let bad = |verdict| matches!(verdict, Verdict::Unsupported | Verdict::Contradicted);
        let until = |at: usize| text.chars().take(at).collect::<String>();
        let ungrounded_details: Vec<Ungrounded> = verified
            .statements
            .iter()
            .filter(|statement| bad(statement.verdict))
            .map(|statement| {
                let before = until(statement.start);
                let whole = until(statement.end);
                Ungrounded {
                    text: statement.text.clone(),
                    reason: statement.reason.clone().unwrap_or_default(),
                    offset: Places::of(&before),
                    length: Places::of(&whole[before.len()..]),
                }
            })
            .collect();
        let share = ungrounded_details.len() as f64 / verified.statements.len().max(1) as f64;
        Self {
            ungrounded_detected: !ungrounded_details.is_empty(),
            ungrounded_percentage: share,
            ungrounded_details,
            verified,
        }
    }
}

/// Check any text against its sources
///
/// Deterministic and without a model: structure of citations, quotes word for word, and amounts, rhythms, routes, medicines,
/// populations, negation, strength and direction of every statement. The text is neither kept nor logged.
#[utoipa::path(
    post, path = "/v1/verify", tag = "answers", operation_id = "verify", request_body = VerifyRequest,
    responses(
        (status = 200, description = "A verdict on every statement", body = VerifyReply),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Nothing to check, or no source", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn verify(
    State(_): State<Shared>,
    Body(body): Body<VerifyRequest>,
) -> Result<Json<VerifyReply>, Problem> {
    let VerifyRequest { text, mut sources, grounding_sources, .. } = body;
    sources.extend(grounding_sources.into_iter().map(|text| Foreign { id: None, title: None, text }));
    let refuse = |detail: &str| Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, "bad_field", detail);
    if text.trim().is_empty() {
        return Err(refuse("text is empty: send the text to check"));
    }
    if sources.is_empty() {
        return Err(refuse("there is no source: send what the text rests on in `sources`"));
    }
    if sources.len() > MAX_SOURCES {
        return Err(refuse("there are more than 100 sources: send those that are cited"));
    }
    let work = move || {
        let verified = check(&text, &sources);
        VerifyReply::new(&text, verified)
    };
    Ok(Json(tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())?))
}
