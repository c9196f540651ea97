//! Errors as clients see them: `application/problem+json` (RFC 9457). The one file that maps our errors to HTTP.

use std::error::Error as _;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Json, extract};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::{Shared, request_id};
use crate::{erasure, facts, recorded};

/// Seconds after which a client that was turned away may try again, where no other time is known.
const RETRY_AFTER_S: u64 = 2;

/// A problem document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// A URN made of the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:osler:problem:bad_question")]
    kind: String,
    /// The HTTP status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong and what to do, for people.
    detail: String,
    /// What is wrong, for programs.
    #[schema(example = "bad_question")]
    code: &'static str,
    /// The request this answers; quote it when asking for help.
    request_id: String,
    /// When it may be tried again. In a box: a problem is what most calls here can end in, and is to stay small.
    #[serde(skip)]
    retry_at: Option<Box<Timestamp>>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: &str) -> Self {
        Self {
            kind: format!("urn:osler:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.to_owned(),
            code,
            request_id: String::new(),
            retry_at: None,
        }
    }

    pub(super) fn internal() -> Self {
        let detail = "something failed on our side; it is in the log under this request id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    pub(super) fn busy(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", &format!("{detail}: try again in {RETRY_AFTER_S} s"))
    }

    pub(super) fn not_found(code: &'static str, detail: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    pub(super) fn forbidden(code: &'static str, detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    pub(super) fn bad_request(code: &'static str, detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }
}

impl Problem {
    /// What `Retry-After` says: whole seconds, and never too few.
    fn retry_after_s(&self, now: Timestamp) -> Option<u64> {
        let turns_away = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS];
        let left = |at: &Timestamp| u64::try_from(at.as_second().saturating_sub(now.as_second())).unwrap_or(0).max(1);
        turns_away.iter().any(|status| self.is(*status)).then(|| self.retry_at.as_deref().map_or(RETRY_AFTER_S, left))
    }

    pub(super) fn is(&self, status: StatusCode) -> bool {
        self.status == status.as_u16()
    }

    /// The same in OpenAI's shape.
    pub(super) fn openai(&self) -> serde_json::Value {
        let kind = if self.status < 500 { "invalid_request_error" } else { "server_error" };
        serde_json::json!({ "error": { "message": self.detail, "type": kind, "code": self.code, "param": null } })
    }
}

impl IntoResponse for Problem {
    /// The body is written by [`render`], which knows the request id.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes problem documents, with the id of the request; on the routes of the OpenAI shape, errors in that shape.
pub(super) async fn render(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let is_openai = ["/v1/chat/", "/v1/models"].iter().any(|prefix| request.uri().path().starts_with(prefix));
    let mut response = next.run(request).await;
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
    problem.request_id = id;
    let (status, allow) = (response.status(), response.headers_mut().remove(header::ALLOW));
    let retry_after_s = problem.retry_after_s(shared.app.asker.now());
    let mut rendered = if is_openai {
        (status, Json(problem.openai())).into_response()
    } else {
        (status, Json(problem)).into_response()
    };
    let headers = rendered.headers_mut();
    if !is_openai {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    }
    if let Some(allow) = allow {
        headers.insert(header::ALLOW, allow);
    }
    if let Some(seconds) = retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    rendered
}

impl From<recorded::Error> for Problem {
    fn from(error: recorded::Error) -> Self {
        let (code, said) = (error.code(), error.to_string());
        match code {
            "bad_question" | "identifies_a_person" => Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, &said),
            "unknown_corpus" | "unknown_snapshot" => Self::not_found(code, &said),
            "cancelled" => Self::bad_request(code, &said),
            "index_unavailable" | "model_unavailable" | "audit_unavailable" => {
                tracing::error!(error = &error as &dyn std::error::Error, "not answered");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, code, &said)
            }
            _ => {
                tracing::error!(error = &error as &dyn std::error::Error, "not answered");
                Self::internal()
            }
        }
    }
}

impl From<answer::Error> for Problem {
    fn from(error: answer::Error) -> Self {
        recorded::Error::Answer(error).into()
    }
}

impl From<ledger::Error> for Problem {
    fn from(error: ledger::Error) -> Self {
        match &error {
            ledger::Error::UnknownDocument(_) => Self::not_found("unknown_document", &error.to_string()),
            ledger::Error::Staged(_) => Self::new(StatusCode::CONFLICT, "staged", &error.to_string()),
            ledger::Error::UnknownPassage(_) => Self::not_found("unknown_passage", &error.to_string()),
            ledger::Error::UnknownFinding(_) => Self::not_found("unknown_finding", &error.to_string()),
            ledger::Error::Settled(_) => Self::new(StatusCode::CONFLICT, "settled", &error.to_string()),
            ledger::Error::ReadOnly => Self::forbidden("replica", &error.to_string()),
            ledger::Error::StagedChanged => Self::new(StatusCode::CONFLICT, "record_changed", &error.to_string()),
            ledger::Error::StatusChanged { .. } | ledger::Error::PolicyChanged { .. } => {
                Self::new(StatusCode::CONFLICT, "changed_meanwhile", &error.to_string())
            }
            _ => answer::Error::Ledger(error).into(),
        }
    }
}

impl From<history::Error> for Problem {
    fn from(error: history::Error) -> Self {
        match &error {
            history::Error::Unknown => Self::not_found("unknown_conversation", &error.to_string()),
            history::Error::Title => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_title", &error.to_string()),
            history::Error::StillRead => Self::new(StatusCode::SERVICE_UNAVAILABLE, "still_read", &error.to_string()),
            _ => {
                tracing::error!(error = &error as &dyn std::error::Error, "the conversations are away");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "history_unavailable", &error.to_string())
            }
        }
    }
}

impl From<audit::Error> for Problem {
    fn from(error: audit::Error) -> Self {
        match &error {
            audit::Error::Unknown | audit::Error::NoAnswer(_) => Self::not_found("unknown_answer", &error.to_string()),
            audit::Error::Kept { .. } => Self::new(StatusCode::CONFLICT, "kept", &error.to_string()),
            audit::Error::UnknownFeedback => Self::not_found("unknown_feedback", &error.to_string()),
            audit::Error::StillRead => Self::new(StatusCode::SERVICE_UNAVAILABLE, "still_read", &error.to_string()),
            audit::Error::Illegal { .. } => Self::new(StatusCode::CONFLICT, "illegal_change", &error.to_string()),
            audit::Error::Handling(_) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_feedback", &error.to_string())
            }
            audit::Error::Unreadable(_) | audit::Error::Cited(_) | audit::Error::Sealed => {
                tracing::error!(error = &error as &dyn std::error::Error, "the records cannot be read");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "records_unreadable", &error.to_string())
            }
            _ => {
                tracing::error!(error = &error as &dyn std::error::Error, "the audit log is away");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "audit_unavailable", &error.to_string())
            }
        }
    }
}

impl From<erasure::Error> for Problem {
    fn from(error: erasure::Error) -> Self {
        match error {
            erasure::Error::Audit(error) => error.into(),
            erasure::Error::History(error) => error.into(),
            erasure::Error::Reviews(error) => error.into(),
        }
    }
}

impl From<identity::Error> for Problem {
    fn from(error: identity::Error) -> Self {
        use identity::Error;
        let said = error.to_string();
        let (status, code) = match &error {
            Error::UnknownAccount => (StatusCode::NOT_FOUND, "unknown_account"),
            Error::UnknownKey => (StatusCode::NOT_FOUND, "unknown_key"),
            Error::NameTaken => (StatusCode::CONFLICT, "name_taken"),
            Error::LastAdmin => (StatusCode::CONFLICT, "last_admin"),
            Error::Password { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "bad_password"),
            Error::Name | Error::FullName | Error::Label | Error::Expiry => {
                (StatusCode::UNPROCESSABLE_ENTITY, "bad_field")
            }
            Error::WrongCredentials | Error::Disabled => (StatusCode::UNAUTHORIZED, "wrong_credentials"),
            Error::Locked { .. } => (StatusCode::TOO_MANY_REQUESTS, "locked"),
            _ => {
                tracing::error!(error = &error as &dyn std::error::Error, "the accounts are away");
                (StatusCode::SERVICE_UNAVAILABLE, "accounts_unavailable")
            }
        };
        let retry_at = match &error {
            Error::Locked { until } => until.parse::<Timestamp>().ok().map(Box::new),
            _ => None,
        };
        Self { retry_at, ..Self::new(status, code, &said) }
    }
}

impl From<identity::ProviderError> for Problem {
    fn from(error: identity::ProviderError) -> Self {
        match &error {
            identity::ProviderError::Refused(_) => {
                Self::new(StatusCode::UNAUTHORIZED, "wrong_credentials", &error.to_string())
            }
            _ => {
                tracing::error!(error = &error as &dyn std::error::Error, "the identity provider is away");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "provider_unavailable", &error.to_string())
            }
        }
    }
}

impl From<curation::Error> for Problem {
    fn from(error: curation::Error) -> Self {
        use curation::Error;
        let said = error.to_string();
        let (status, code) = match error {
            Error::Ledger(error) => return error.into(),
            Error::Unknown => (StatusCode::NOT_FOUND, "unknown_proposal"),
            Error::UnknownTicket => (StatusCode::NOT_FOUND, "unknown_ticket"),
            Error::Power(_) => (StatusCode::FORBIDDEN, "not_allowed"),
            Error::SamePerson => (StatusCode::FORBIDDEN, "same_person"),
            Error::NotProposer => (StatusCode::FORBIDDEN, "not_yours"),
            Error::Illegal { .. } => (StatusCode::CONFLICT, "illegal_change"),
            Error::TwoNeeded => (StatusCode::CONFLICT, "two_needed"),
            Error::StandingChanged { .. } => (StatusCode::CONFLICT, "changed_meanwhile"),
            Error::AlreadyProposed => (StatusCode::CONFLICT, "already_proposed"),
            Error::NothingStaged => (StatusCode::CONFLICT, "nothing_staged"),
            Error::NoChange => (StatusCode::UNPROCESSABLE_ENTITY, "no_change"),
            Error::FindingsOpen(_) => (StatusCode::CONFLICT, "findings_open"),
            Error::RecordChanged => (StatusCode::CONFLICT, "record_changed"),
            Error::State { .. } | Error::Closed(_) | Error::Executing | Error::Ticket { .. } => {
                (StatusCode::CONFLICT, "not_now")
            }
            Error::Empty(_) | Error::TooLong(_) | Error::TooMany(_) => (StatusCode::UNPROCESSABLE_ENTITY, "bad_field"),
            Error::Json(_) | Error::Open { .. } | Error::Format { .. } | Error::Sqlite(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the decisions are away");
                (StatusCode::SERVICE_UNAVAILABLE, "decisions_unavailable")
            }
        };
        Self::new(status, code, &said)
    }
}

impl From<review::Error> for Problem {
    fn from(error: review::Error) -> Self {
        use review::Error;
        let said = error.to_string();
        let (status, code) = match &error {
            Error::Unknown => (StatusCode::NOT_FOUND, "unknown_review"),
            Error::NoItem(_) => (StatusCode::NOT_FOUND, "unknown_item"),
            Error::NotReviewer | Error::OtherAdjudicator => (StatusCode::FORBIDDEN, "not_yours"),
            Error::Stands(_) | Error::Agreed(_) | Error::State { .. } | Error::Signed | Error::RecordChanged => {
                (StatusCode::CONFLICT, "not_now")
            }
            Error::Seed
            | Error::EmptySample
            | Error::Verdicts { .. }
            | Error::Reviewers
            | Error::AdjudicatorIsReviewer
            | Error::Empty(_)
            | Error::TooLong(_) => (StatusCode::UNPROCESSABLE_ENTITY, "bad_field"),
            Error::StillRead => (StatusCode::SERVICE_UNAVAILABLE, "still_read"),
            _ => {
                tracing::error!(error = &error as &dyn std::error::Error, "the reviews are away");
                (StatusCode::SERVICE_UNAVAILABLE, "reviews_unavailable")
            }
        };
        Self::new(status, code, &said)
    }
}

impl From<facts::Error> for Problem {
    fn from(error: facts::Error) -> Self {
        match error {
            facts::Error::Ledger(error) => error.into(),
            facts::Error::Review(error) => error.into(),
        }
    }
}

/// What a query says. What is wrong with it is said in a problem document.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let read = extract::Query::try_from_uri(&parts.uri).map_err(|rejection| {
            let why = rejection.source().map_or_else(|| rejection.body_text(), ToString::to_string);
            Problem::bad_request("bad_query", &format!("the query does not fit: {why}"))
        });
        read.map(|extract::Query(query)| Self(query))
    }
}

/// What the path of a request names. What cannot be read is said in a problem document.
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = extract::Path::from_request_parts(parts, state).await;
        read.map(|extract::Path(named)| Self(named)).map_err(|rejection| {
            Problem::bad_request("bad_path", &format!("the path does not fit: {}", rejection.body_text()))
        })
    }
}

/// How long a JSON body may take to come: it holds a connection meanwhile, also where no other clock runs.
const BODY_DEADLINE: Duration = Duration::from_secs(30);

/// A JSON body. What is wrong with one is said in a problem document.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
            let detail = "send JSON, with Content-Type: application/json";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
        }
        let bytes = tokio::time::timeout(BODY_DEADLINE, Bytes::from_request(request, state)).await.map_err(|_| {
            Problem::new(StatusCode::REQUEST_TIMEOUT, "slow_body", "the request body did not come in time")
        })?;
        let bytes = bytes.map_err(|rejection| match rejection {
            BytesRejection::FailedToBufferBody(body) if body.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the request body is too large")
            }
            other => Problem::bad_request("unreadable_body", &other.body_text()),
        })?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Problem::bad_request("not_utf8", "the request body is not UTF-8 text"))?;
        serde_json::from_str(text).map(Body).map_err(|error| {
            let detail = format!("the request body does not fit: {error}");
            if error.is_data() {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_field", &detail)
            } else {
                Problem::bad_request("bad_json", &detail)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_destroyed_and_still_read_has_one_code_wherever_it_lies() {
        let errors: [erasure::Error; 3] =
            [audit::Error::StillRead.into(), history::Error::StillRead.into(), review::Error::StillRead.into()];
        for problem in errors.map(Problem::from) {
            assert_eq!((problem.status, problem.code), (503, "still_read"), "{}", problem.detail);
        }
    }
}
