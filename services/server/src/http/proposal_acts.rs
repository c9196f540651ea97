//! What is done with a proposal: it is signed, carried out, rejected or withdrawn.

use std::sync::Arc;

use ::audit::Draft;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use curation::{Deed, Meaning, Proposal};
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::{Caller, SESSION, cookie};
use super::deciding::Deciding;
use super::problem::{Body, Path};
use super::proposals::{ProposalReply, record};
use super::signing::signer;
use super::{Problem, Shared, blocking, request_id};
use crate::app::App;
use crate::people::People;
use crate::{corpus_record, gap_tickets};

/// A signature. The password is asked for again: a session that was left open does not sign.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProposalSigning {
    /// `record_hash` of what was read.
    record_hash: String,
    /// The password of the account; empty for who signed in through the identity provider within the last five minutes.
    password: String,
}

/// Sign that a proposal was looked through
#[utoipa::path(post, path = "/v1/library/proposals/{id}/review", tag = "library", operation_id = "review_proposal", request_body = ProposalSigning,
    params(("id" = String, Path, description = "Id of the proposal")),
    responses(
        (status = 200, description = "The proposal, reviewed", body = ProposalReply),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The password is wrong, or the sign-in is too long ago", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such proposal", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Findings are open, what is staged has changed, or it is not its turn", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong passwords; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn review(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<ProposalSigning>,
) -> Result<Json<ProposalReply>, Problem> {
    sign(shared, caller, id, headers, body, Meaning::Review).await
}

/// Approve a proposal
///
/// By another person than the one who proposed or reviewed it.
#[utoipa::path(post, path = "/v1/library/proposals/{id}/approval", tag = "library", operation_id = "approve_proposal", request_body = ProposalSigning,
    params(("id" = String, Path, description = "Id of the proposal")),
    responses(
        (status = 200, description = "The proposal, approved", body = ProposalReply),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The password is wrong, or the sign-in is too long ago", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The same person proposed or reviewed it", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such proposal", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "What is staged has changed, or it is not its turn", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong passwords; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn approve(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<ProposalSigning>,
) -> Result<Json<ProposalReply>, Problem> {
    sign(shared, caller, id, headers, body, Meaning::Approve).await
}

async fn sign(
    shared: Shared,
    caller: Caller,
    id: String,
    headers: HeaderMap,
    body: ProposalSigning,
    meaning: Meaning,
) -> Result<Json<ProposalReply>, Problem> {
    let who = caller.account()?.clone();
    let mut person = Deciding::of(&caller)?;
    let session = cookie(&headers, SESSION).map(str::to_owned);
    let action = if meaning == Meaning::Review { "proposal.reviewed" } else { "proposal.approved" };
    let draft = Draft::new(action, caller.actor()).in_request(&request_id(&headers));
    let app = Arc::clone(&shared.app);
    let signed = move || -> Result<ProposalReply, Problem> {
        person.full_name = signer(&app, &who, &body.password, session.as_deref())?;
        let (ledger, at) = (app.asker.ledger(), app.asker.now().to_string());
        let by = person.decider();
        let log = |proposal: &Proposal| record(&app, draft, proposal);
        let proposal = match meaning {
            Meaning::Review => app.curation.review(ledger, &id, &by, &body.record_hash, &at, log)?,
            Meaning::Approve => app.curation.approve(ledger, &id, &by, &body.record_hash, &at, log)?,
        };
        Ok(ProposalReply::new(proposal, &People::of(&app)?))
    };
    Ok(Json(blocking(signed).await?))
}

/// Carry a proposal out
///
/// Publishes what was approved, and nothing that came after; or brings the version back into force.
#[utoipa::path(post, path = "/v1/library/proposals/{id}/execution", tag = "library", operation_id = "execute_proposal",
    params(("id" = String, Path, description = "Id of the proposal")),
    responses(
        (status = 200, description = "The proposal, carried out", body = ProposalReply),
        (status = 403, description = "The same person proposed it", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such proposal", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "What is staged has changed, or it is not approved", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn execute(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ProposalReply>, Problem> {
    let person = Deciding::of(&caller)?;
    let draft = Draft::new("proposal.executed", caller.actor()).in_request(&request_id(&headers));
    let app = Arc::clone(&shared.app);
    let executed = move || -> Result<ProposalReply, Problem> {
        let (ledger, at) = (app.asker.ledger(), app.asker.now().to_string());
        let proposal = app.curation.execute(ledger, &id, &person.decider(), &at)?;
        record(&app, draft.with("snapshot", proposal.snapshot), &proposal)?;
        followed(&app)?;
        Ok(ProposalReply::new(proposal, &People::of(&app)?))
    };
    let executed = blocking(executed).await?;
    caught_up(&shared.app).await?;
    // Nobody waits for what this fills.
    tokio::spawn(gap_tickets::fill(Arc::clone(&shared.app)));
    Ok(Json(executed))
}

/// Puts on record what the ledger decided.
pub(super) fn followed(app: &App) -> Result<(), Problem> {
    corpus_record::follow(app.asker.ledger(), &app.audit).map_err(|error| {
        tracing::error!("a decision is not on record: {error:#}");
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "audit_unavailable",
            "it was decided, but cannot be put on record yet: nothing is answered until it is",
        )
    })
}

/// Brings the indexes up to what the ledger decided.
pub(super) async fn caught_up(app: &App) -> Result<(), Problem> {
    let Some(library) = &app.library else { return Ok(()) };
    library.catch_up().await.map_err(|error| {
        tracing::error!("the indexes have not followed: {error:#}");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "index_unavailable", "it was decided; the indexes follow later")
    })
}

/// Why not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProposalClosing {
    /// At most 2,000 characters.
    #[schema(example = "The dosing table is garbled")]
    reason: String,
}

/// Reject a proposal
#[utoipa::path(post, path = "/v1/library/proposals/{id}/rejection", tag = "library", operation_id = "reject_proposal", request_body = ProposalClosing,
    params(("id" = String, Path, description = "Id of the proposal")),
    responses(
        (status = 200, description = "The proposal, rejected", body = ProposalReply),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such proposal", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is closed", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn reject(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<ProposalClosing>,
) -> Result<Json<ProposalReply>, Problem> {
    close(shared, caller, id, headers, body, Deed::Reject).await
}

/// Withdraw a proposal
///
/// By the one who made it.
#[utoipa::path(post, path = "/v1/library/proposals/{id}/withdrawal", tag = "library", operation_id = "withdraw_proposal", request_body = ProposalClosing,
    params(("id" = String, Path, description = "Id of the proposal")),
    responses(
        (status = 200, description = "The proposal, withdrawn", body = ProposalReply),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Somebody else's proposal", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such proposal", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is closed", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn withdraw(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<ProposalClosing>,
) -> Result<Json<ProposalReply>, Problem> {
    close(shared, caller, id, headers, body, Deed::Withdraw).await
}

async fn close(
    shared: Shared,
    caller: Caller,
    id: String,
    headers: HeaderMap,
    body: ProposalClosing,
    deed: Deed,
) -> Result<Json<ProposalReply>, Problem> {
    let person = Deciding::of(&caller)?;
    let action = if deed == Deed::Reject { "proposal.rejected" } else { "proposal.withdrawn" };
    let draft =
        Draft::new(action, caller.actor()).in_request(&request_id(&headers)).sealing("reason", body.reason.as_str());
    let app = Arc::clone(&shared.app);
    let closed = move || -> Result<ProposalReply, Problem> {
        let (by, at) = (person.decider(), app.asker.now().to_string());
        let log = |proposal: &Proposal| record(&app, draft, proposal);
        let proposal = match deed {
            Deed::Reject => app.curation.reject(&id, &by, &body.reason, &at, log)?,
            _ => app.curation.withdraw(&id, &by, &body.reason, &at, log)?,
        };
        Ok(ProposalReply::new(proposal, &People::of(&app)?))
    };
    Ok(Json(blocking(closed).await?))
}
