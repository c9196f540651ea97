//! The log itself: how it stands, its tiles, and bundles of it.

use std::fs::File;
use std::sync::Arc;

use ::audit::{Draft, Exported};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Caller;
use super::audit::AnswersQuery;
use super::problem::{Body, Path};
use super::{Problem, Shared, blocking, place, request_id};
use crate::exported;

/// Answers with receipts in one bundle, at most.
const MAX_BUNDLED: u32 = 10_000;

/// Answers that a reply names as left out, at most: headers are not for more.
const MAX_NAMED: usize = 40;

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
    /// Answers by their fields: all that fit, or the latest of them, as many as `limit` says. More than 10,000 are refused.
    #[serde(default)]
    query: AnswersQuery,
}

/// Take a bundle
///
/// The whole log, the receipts of some answers and the texts they cite, as one TAR archive that `osler audit verify` checks
/// anywhere, without this service. Answers whose words were destroyed have no receipt, nor have questions without an answer; the
/// headers say how many have one, which have none, and which witnesses have not signed what is in the bundle.
#[utoipa::path(post, path = "/v1/audit/bundles", tag = "audit", operation_id = "bundle", request_body = BundleRequest,
    responses(
        (status = 200, description = "The bundle", body = String, content_type = "application/x-tar", headers(
            ("osler-receipts" = u64, description = "Receipts in it"),
            ("osler-left-out" = u64, description = "Answers that were asked for and have none; absent where there are none"),
            ("osler-left-out-answers" = String, description = "Their ids, the first 40, each with why: `ID=erased`, `ID=not_given` or `ID=later`, with commas between"),
            ("osler-not-signed-by" = String, description = "Names of the witnesses that have not signed what is in it, with commas between; absent where all have"),
        )),
        (status = 400, description = "Not JSON, or a number or time that is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "An answer that is named is not on record", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "More answers than a bundle takes", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Another bundle is being put together, or the log cannot be written; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn bundle(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<BundleRequest>,
) -> Result<Response, Problem> {
    let BundleRequest { answers, query } = body;
    let wanted = query.wanted(|limit| match limit {
        Some(limit) if limit > MAX_BUNDLED => Err(too_many()),
        Some(limit) => Ok(limit.max(1)),
        // One more shows that there are more.
        None => Ok(MAX_BUNDLED + 1),
    })?;
    let day = shared.app.asker.retriever().today();
    let draft = Draft::new("bundle.exported", caller.actor()).in_request(&request_id(&headers));
    let place = place(&shared.bundles, "another bundle is being put together")?;
    let app = Arc::clone(&shared.app);
    let put_together = move || -> Result<(File, HeaderMap), Problem> {
        // It is kept until the archive is there, although nobody may be waiting for it any more.
        let _place = place;
        let ids =
            if answers.is_empty() { exported::answers(&app.audit, &wanted, wanted.limit as usize)? } else { answers };
        if ids.len() > MAX_BUNDLED as usize {
            return Err(too_many());
        }
        let (archive, exported) = exported::archive(&app, &ids, &day, draft)?;
        let unsigned = app.witnesses.states().into_iter().filter(|state| state.problem.is_some());
        Ok((archive, said(&exported, unsigned.map(|state| state.name))))
    };
    let (archive, said) = blocking(put_together).await?;
    let stream = tokio_util::io::ReaderStream::new(tokio::fs::File::from_std(archive));
    let headers = [
        (header::CONTENT_TYPE, "application/x-tar"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"osler-bundle.tar\""),
    ];
    Ok((headers, said, axum::body::Body::from_stream(stream)).into_response())
}

fn too_many() -> Problem {
    let detail = format!("a bundle has the receipts of at most {MAX_BUNDLED} answers: narrow the query, or name fewer");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many", &detail)
}

/// What a bundle has and lacks, for the headers.
fn said(exported: &Exported, unsigned: impl Iterator<Item = String>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("osler-receipts", exported.receipts.into());
    if !exported.left_out.is_empty() {
        headers.insert("osler-left-out", exported.left_out.len().into());
        let named = exported.left_out.iter().take(MAX_NAMED);
        let named: Vec<String> = named.map(|(id, absence)| format!("{id}={}", absence.as_str())).collect();
        put(&mut headers, "osler-left-out-answers", &named);
    }
    // A header is ASCII, names of witnesses need not be.
    let in_ascii =
        |name: String| -> String { name.chars().map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect() };
    put(&mut headers, "osler-not-signed-by", &unsigned.map(in_ascii).collect::<Vec<_>>());
    headers
}

/// A list as a header, where there is something in it.
fn put(headers: &mut HeaderMap, name: &'static str, list: &[String]) {
    if let (false, Ok(value)) = (list.is_empty(), HeaderValue::from_str(&list.join(", "))) {
        headers.insert(name, value);
    }
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
