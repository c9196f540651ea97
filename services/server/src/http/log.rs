//! The log itself: how it stands, its tiles, and bundles of it.

use std::sync::Arc;

use ::audit::Draft;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Caller;
use super::audit::AnswersQuery;
use super::problem::Body;
use super::{Problem, Shared, blocking, place, request_id};

/// Answers with receipts in one bundle, at most.
const MAX_BUNDLED: usize = 10_000;

/// How the log stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LogState {
    /// Its name.
    origin: String,
    /// Its public keys, `NAME+HASH+KEY`.
    keys: Vec<String>,
    /// Entries.
    size: u64,
    /// The newest checkpoint.
    checkpoint: String,
    /// The newest checkpoint that witnesses signed.
    cosigned: Option<String>,
    /// What the last attempt to reach each witness came to.
    witnesses: Vec<crate::witnessing::WitnessState>,
    /// Whether it can be written to.
    is_well: bool,
    /// Days that words are kept at least.
    kept_days: u32,
}

/// Read how the log stands
#[utoipa::path(get, path = "/v1/audit/state", tag = "audit", operation_id = "log_state",
    responses((status = 200, description = "Size, keys, checkpoint, witnesses", body = LogState)))]
pub(super) async fn state(State(shared): State<Shared>) -> Result<Json<LogState>, Problem> {
    let app = Arc::clone(&shared.app);
    let state = blocking(move || -> ::audit::Result<LogState> {
        let log = &app.audit;
        Ok(LogState {
            origin: log.origin().to_owned(),
            keys: log.verifier_keys().iter().map(ToString::to_string).collect(),
            checkpoint: log.checkpoint(log.size())?,
            size: log.size(),
            cosigned: log.cosigned(),
            witnesses: app.witnesses.states(),
            is_well: log.is_well(),
            kept_days: app.config.audit.kept_days,
        })
    });
    Ok(Json(state.await?))
}

/// Which answers a bundle is to have receipts of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BundleRequest {
    /// These answers; absent: those of `query`.
    #[serde(default)]
    answers: Vec<String>,
    /// Answers by their fields.
    #[serde(default)]
    query: AnswersQuery,
}

/// Take a bundle
///
/// The whole log, the receipts of some answers and the texts they cite, as one TAR archive that `osler audit verify` checks
/// anywhere, without this service.
#[utoipa::path(post, path = "/v1/audit/bundles", tag = "audit", operation_id = "bundle", request_body = BundleRequest,
    responses(
        (status = 200, description = "The bundle", body = String, content_type = "application/x-tar"),
        (status = 400, description = "Not JSON, or a number or time that is none", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Too many answers", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Another bundle is being put together, or the log cannot be written; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn bundle(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<BundleRequest>,
) -> Result<Response, Problem> {
    let BundleRequest { answers, query } = body;
    if answers.len() > MAX_BUNDLED {
        let detail = format!("a bundle has the receipts of at most {MAX_BUNDLED} answers");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many", &detail));
    }
    let wanted = query.wanted()?;
    let day = shared.app.asker.retriever().today();
    let draft = Draft::new("bundle.exported", caller.actor()).in_request(&request_id(&headers));
    let place = place(&shared.bundles, "another bundle is being put together")?;
    let app = Arc::clone(&shared.app);
    let put_together = move || {
        // It is kept until the archive is there, although nobody may be waiting for it any more.
        let _place = place;
        crate::exported::archive(&app, answers, &wanted, &day, draft)
    };
    let archive = blocking(put_together).await?;
    let stream = tokio_util::io::ReaderStream::new(tokio::fs::File::from_std(archive));
    let headers = [
        (header::CONTENT_TYPE, "application/x-tar"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"osler-bundle.tar\""),
    ];
    Ok((headers, axum::body::Body::from_stream(stream)).into_response())
}

/// Read the newest checkpoint
#[utoipa::path(get, path = "/log/checkpoint", tag = "audit", operation_id = "checkpoint",
    responses((status = 200, description = "A signed note, C2SP tlog-checkpoint", body = String)))]
pub(super) async fn checkpoint(State(shared): State<Shared>) -> Result<Response, Problem> {
    let app = Arc::clone(&shared.app);
    let note = blocking(move || app.audit.checkpoint(app.audit.size())).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], note).into_response())
}

/// Read a tile of the log
///
/// C2SP tlog-tiles: `0/000`, `entries/000.p/12`.
#[utoipa::path(get, path = "/log/tile/{*path}", tag = "audit", operation_id = "tile",
    params(("path" = String, Path, description = "Level, number, width")),
    responses(
        (status = 200, description = "Hashes or entries", body = String, content_type = "application/octet-stream"),
        (status = 404, description = "No such tile", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn tile(State(shared): State<Shared>, Path(path): Path<String>) -> Result<Response, Problem> {
    let app = Arc::clone(&shared.app);
    let file = blocking(move || app.audit.file(&format!("tile/{path}"))).await?;
    let file = file.ok_or_else(|| Problem::not_found("unknown_tile", "the log has no such tile"))?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
    ];
    Ok((headers, file).into_response())
}
