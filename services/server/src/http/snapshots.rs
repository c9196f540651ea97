//! Snapshots and what was decided, and the way back.

use std::sync::Arc;

use ::audit::Draft;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use knowledge::Snapshot;
use ledger::DecisionRecord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{Caller, SESSION, cookie};
use super::deciding::Deciding;
use super::problem::Body;
use super::proposal_acts::{caught_up, followed};
use super::signing::signer;
use super::{Problem, Shared, blocking, request_id};
use crate::people::{People, Person};

/// Decisions that are listed.
const DECISIONS: u32 = 100;

/// A decision about the knowledge.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DecisionReply {
    /// Its number, from 1.
    number: u64,
    /// When, RFC 3339.
    at: String,
    /// Who.
    actor: Person,
    /// What: `publish`, `rollback`, `inspected`, `policy`, or the status that was set.
    action: String,
    /// The snapshot, version or corpus.
    subject: String,
    /// Why.
    reason: String,
}

impl DecisionReply {
    pub(super) fn new(decision: DecisionRecord, people: &People) -> Self {
        let DecisionRecord { number, at, actor, action, subject, reason } = decision;
        Self { number, at, actor: people.person(&actor), action, subject, reason }
    }
}

/// A snapshot that was published.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SnapshotReply {
    /// Its number.
    number: u64,
    /// When it was published first, RFC 3339.
    published_at: String,
    /// By whom.
    actor: Person,
    /// Why.
    reason: String,
}

/// Where the pointer stands, and what was decided.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SnapshotList {
    /// What questions see.
    published: u64,
    /// The highest number that was published.
    head: u64,
    /// The number that the next one takes.
    staged: u64,
    /// The newest first.
    snapshots: Vec<SnapshotReply>,
    /// The last 100, the newest first.
    decisions: Vec<DecisionReply>,
}

/// List snapshots and decisions
#[utoipa::path(get, path = "/v1/library/snapshots", tag = "library", operation_id = "snapshots",
    responses((status = 200, description = "The newest first", body = SnapshotList)))]
pub(super) async fn list(State(shared): State<Shared>) -> Result<Json<SnapshotList>, Problem> {
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<SnapshotList, Problem> {
        let people = People::of(&app)?;
        let ledger = app.asker.ledger();
        let stand = ledger.snapshots()?;
        let snapshot = |one: ledger::SnapshotRecord| SnapshotReply {
            number: one.number,
            published_at: one.published_at,
            actor: people.person(&one.actor),
            reason: one.reason,
        };
        let decisions = ledger.last_decisions(DECISIONS)?;
        Ok(SnapshotList {
            published: stand.published.0,
            head: stand.staged.0 - 1,
            staged: stand.staged.0,
            snapshots: ledger.snapshot_list()?.into_iter().map(snapshot).collect(),
            decisions: decisions.into_iter().map(|decision| DecisionReply::new(decision, &people)).collect(),
        })
    };
    Ok(Json(blocking(read).await?))
}

/// Back to an earlier snapshot.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rollback {
    /// Its number.
    #[schema(example = 6)]
    snapshot: u64,
    /// Why: at most 2,000 characters.
    #[schema(example = "The new dosing table is wrong")]
    reason: String,
    /// The password of the account; empty for who signed in through the identity provider within the last five minutes.
    password: String,
}

/// What questions see now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RolledBack {
    published: u64,
}

/// Go back to an earlier snapshot
///
/// At once, by one publisher. What is published after it takes a new number.
#[utoipa::path(post, path = "/v1/library/rollback", tag = "library", operation_id = "roll_back", request_body = Rollback,
    responses(
        (status = 200, description = "What questions see now", body = RolledBack),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The password is wrong, or the sign-in is too long ago", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such snapshot", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Changes wait to be published", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong passwords; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn roll_back(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<Rollback>,
) -> Result<Json<RolledBack>, Problem> {
    let who = caller.account()?.clone();
    let person = Deciding::of(&caller)?;
    let session = cookie(&headers, SESSION).map(str::to_owned);
    let draft =
        Draft::new("rollback.asked", caller.actor()).in_request(&request_id(&headers)).with("snapshot", body.snapshot);
    let app = Arc::clone(&shared.app);
    let rolled = move || -> Result<RolledBack, Problem> {
        signer(&app, &who, &body.password, session.as_deref())?;
        app.audit.append(draft)?;
        let (ledger, at) = (app.asker.ledger(), app.asker.now().to_string());
        app.curation.rollback(ledger, Snapshot(body.snapshot), &person.decider(), &body.reason, &at)?;
        followed(&app)?;
        Ok(RolledBack { published: ledger.snapshots()?.published.0 })
    };
    let rolled = blocking(rolled).await?;
    caught_up(&shared.app).await?;
    Ok(Json(rolled))
}
