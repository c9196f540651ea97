//! How versions stand, by a librarian's word: taken out of use at once, or looked at and left as they are.

use std::sync::Arc;

use ::audit::{Draft, Query as Wanted};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use curation::Turn;
use ingest::is_date;
use knowledge::{DocumentId, Status};
use ledger::Decision;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Caller;
use super::deciding::Deciding;
use super::findings::noted;
use super::problem::{Body, Path};
use super::proposal_acts::{caught_up, followed};
use super::{Problem, Shared, blocking, number, request_id};

/// How a version is to stand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StandingChange {
    /// How it is to stand.
    status: Status,
    /// Why: at most 2,000 characters.
    #[schema(example = "Retracted by its publisher on 2026-11-02")]
    reason: String,
    /// How it stands, as whoever decides has seen it.
    expected: Status,
}

/// How a version stands now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StandingReply {
    document: DocumentId,
    version: u32,
    status: Status,
    /// Earlier versions that went out of use with it.
    earlier: Vec<u32>,
    /// Answers that cite it; where earlier versions went with it, that cite any version of the document.
    answers: u64,
    /// People who saw them.
    people: u64,
}

/// Change how a version stands
///
/// What takes a text out of use or labels it acts at once and in every snapshot. What brings one back takes two people: propose
/// it.
#[utoipa::path(put, path = "/v1/library/documents/{id}/versions/{version}/standing", tag = "library", operation_id = "change_standing",
    request_body = StandingChange,
    params(("id" = String, Path, description = "Id of the document"), ("version" = u32, Path, description = "Number of the version")),
    responses(
        (status = 200, description = "How it stands now, and who saw it", body = StandingReply),
        (status = 400, description = "Not JSON, or a number that is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such document or version", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It takes two people, cannot be, or stands otherwise by now", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn change(
    State(shared): State<Shared>,
    caller: Caller,
    Path((id, version)): Path<(String, String)>,
    headers: HeaderMap,
    Body(body): Body<StandingChange>,
) -> Result<Json<StandingReply>, Problem> {
    let (document, version) = named(&id, &version)?;
    let person = Deciding::of(&caller)?;
    let draft = Draft::new("standing.changed", caller.actor())
        .in_request(&request_id(&headers))
        .with("document", document.to_string())
        .with("version", version)
        .with("standing", body.status.as_str());
    let app = Arc::clone(&shared.app);
    let changed = move || -> Result<StandingReply, Problem> {
        let (ledger, at) = (app.asker.ledger(), app.asker.now().to_string());
        let turn = Turn { document, version, expected: body.expected, to: body.status };
        let earlier = app.curation.change_standing(ledger, turn, &person.decider(), &body.reason, &at)?;
        app.audit.append(draft)?;
        followed(&app)?;
        let alone = earlier.is_empty().then_some(version);
        let cited = Wanted { document: Some(document.to_string()), version: alone, limit: 1, ..Wanted::default() };
        let (answers, people) = app.audit.count(&cited)?;
        Ok(StandingReply { document, version, status: body.status, earlier, answers, people })
    };
    let changed = blocking(changed).await?;
    caught_up(&shared.app).await?;
    Ok(Json(changed))
}

fn named(id: &str, version: &str) -> Result<(DocumentId, u32), Problem> {
    let unknown = |error: knowledge::IdError| Problem::not_found("unknown_document", &error.to_string());
    Ok((id.parse().map_err(unknown)?, number("version", version)?))
}

/// That somebody looked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Inspection {
    /// What they say of it: at most 2,000 characters.
    #[schema(example = "Still what the ward does")]
    note: String,
    /// When it is due again: `2027`, `2027-11` or `2027-11-28`.
    #[serde(default)]
    #[schema(example = "2027-11-28")]
    next: Option<String>,
}

/// Put on record that a version was looked at and stays
#[utoipa::path(post, path = "/v1/library/documents/{id}/versions/{version}/inspection", tag = "library", operation_id = "inspect",
    request_body = Inspection,
    params(("id" = String, Path, description = "Id of the document"), ("version" = u32, Path, description = "Number of the version")),
    responses(
        (status = 204, description = "On record"),
        (status = 400, description = "Not JSON, or a number that is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such document or version", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn inspect(
    State(shared): State<Shared>,
    caller: Caller,
    Path((id, version)): Path<(String, String)>,
    Body(body): Body<Inspection>,
) -> Result<StatusCode, Problem> {
    let (document, version) = named(&id, &version)?;
    let note = noted(&body.note, true)?.to_owned();
    if let Some(next) = body.next.as_deref().filter(|next| !is_date(next)) {
        let detail = format!("next must be a date, as in 2027, 2027-11 or 2027-11-28; it is {next:?}");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_field", &detail));
    }
    let by = caller.account()?.account.clone();
    let app = Arc::clone(&shared.app);
    let inspected = move || -> Result<(), Problem> {
        let at = app.asker.now().to_string();
        let decision = Decision { at: &at, actor: &by, reason: &note };
        app.asker.ledger().inspected(document, version, body.next.as_deref(), &decision)?;
        followed(&app)
    };
    blocking(inspected).await?;
    Ok(StatusCode::NO_CONTENT)
}
