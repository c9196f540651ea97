//! Proposals: what is staged is reviewed, approved and published by more than one person; so is what comes back into force.

use std::sync::Arc;

use ::audit::Draft;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use curation::{Change, Closed, Deed, Kind, Meaning, NewProposal, PolicyChange, Proposal, Signature, Subject};
use knowledge::{CorpusId, DocumentId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Caller;
use super::deciding::Deciding;
use super::problem::{Body, Path, Query};
use super::{Problem, Shared, blocking, number, request_id};
use crate::app::App;
use crate::people::{People, Person};

/// Proposals of one reply.
const LISTED: u32 = 50;

/// Who signed a proposal, as what and when.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProposalSignature {
    /// What it stands for.
    meaning: Meaning,
    by: Person,
    /// Printed name.
    full_name: String,
    /// When, RFC 3339.
    at: String,
    /// SHA-256 of the record that was read, hexadecimal.
    record_hash: String,
    /// Binds all of it to the record.
    seal: String,
    /// Whether record and seal are what was signed: computed anew.
    is_good: bool,
}

/// How a proposal ended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProposalEnd {
    /// When, RFC 3339.
    at: String,
    /// Who carried it out, rejected or withdrew it.
    by: Person,
    /// Why it was rejected or withdrawn; empty when it was carried out.
    reason: String,
}

/// A proposal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Proposal)]
pub(super) struct ProposalReply {
    /// Id.
    id: String,
    /// Its number: the newest has the highest.
    n: u64,
    /// What it asks for.
    kind: Kind,
    /// Why.
    reason: String,
    /// Who proposed it.
    by: Person,
    /// When, RFC 3339.
    at: String,
    /// Where it stands.
    state: curation::State,
    /// Whether it is open and what there is is no longer what its record says: then it cannot go on.
    is_changed: bool,
    /// SHA-256 of the record, hexadecimal: what a signature is given for.
    record_hash: String,
    /// The published snapshot that it builds on; 0 for anything but a publication.
    published: u64,
    /// The snapshot that it would become; 0 for anything but a publication.
    staged: u64,
    /// The document that is to be restored.
    document: Option<DocumentId>,
    /// The version that is to be restored.
    version: Option<u32>,
    /// Documents that it changes.
    documents: u64,
    /// Passages that come into force.
    coming: u64,
    /// Passages that go out of force.
    leaving: u64,
    /// Version by version; empty in lists, and for anything but a publication.
    changes: Vec<Change>,
    /// The corpus whose policy is to change.
    corpus: Option<CorpusId>,
    /// How that is to change.
    policy: Option<PolicyChange>,
    /// In the order in which they were given.
    signatures: Vec<ProposalSignature>,
    /// How it ended.
    closed: Option<ProposalEnd>,
    /// The snapshot that it became.
    snapshot: Option<u64>,
    /// What whoever reads may do now.
    may: Vec<Deed>,
}

impl ProposalReply {
    pub(super) fn new(proposal: Proposal, people: &People) -> Self {
        let signature = |signature: Signature| ProposalSignature {
            meaning: signature.meaning,
            by: people.person(&signature.by),
            full_name: signature.full_name,
            at: signature.at,
            record_hash: signature.record_hash,
            seal: signature.seal,
            is_good: signature.is_good,
        };
        let end = |closed: Closed| ProposalEnd { at: closed.at, by: people.person(&closed.by), reason: closed.reason };
        Self {
            id: proposal.id,
            n: proposal.n,
            kind: proposal.kind,
            reason: proposal.reason,
            by: people.person(&proposal.by),
            at: proposal.at,
            state: proposal.state,
            is_changed: proposal.is_changed,
            record_hash: proposal.record_hash,
            published: proposal.published,
            staged: proposal.staged,
            document: proposal.document,
            version: proposal.version,
            documents: proposal.documents,
            coming: proposal.coming,
            leaving: proposal.leaving,
            changes: proposal.changes,
            corpus: proposal.corpus,
            policy: proposal.policy,
            signatures: proposal.signatures.into_iter().map(signature).collect(),
            closed: proposal.closed.map(end),
            snapshot: proposal.snapshot,
            may: proposal.may,
        }
    }
}

/// Which proposals are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ProposalsQuery {
    /// `open` or `closed`; open ones if absent.
    state: Option<String>,
    /// `next` of the stretch before.
    #[param(value_type = Option<u64>)]
    before: Option<String>,
}

/// Proposals.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Proposals {
    /// The newest first, without their changes.
    proposals: Vec<ProposalReply>,
    /// What to go on before, if there is more.
    next: Option<u64>,
}

/// List proposals
#[utoipa::path(get, path = "/v1/library/proposals", tag = "library", operation_id = "proposals", params(ProposalsQuery),
    responses(
        (status = 200, description = "The newest first", body = Proposals),
        (status = 400, description = "A number or state that is none", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(shared): State<Shared>,
    caller: Caller,
    Query(query): Query<ProposalsQuery>,
) -> Result<Json<Proposals>, Problem> {
    let is_open = match query.state.as_deref() {
        None | Some("open") => true,
        Some("closed") => false,
        Some(_) => return Err(Problem::bad_request("bad_state", "state must be open or closed")),
    };
    let before = query.before.map(|before| number("before", &before)).transpose()?;
    let person = Deciding::of(&caller)?;
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<Proposals, Problem> {
        let people = People::of(&app)?;
        let ledger = app.asker.ledger();
        let page = app.curation.proposals(ledger, is_open, before, LISTED, &person.decider())?;
        let proposals = page.proposals.into_iter().map(|proposal| ProposalReply::new(proposal, &people)).collect();
        Ok(Proposals { proposals, next: page.next })
    };
    Ok(Json(blocking(read).await?))
}

/// Read a proposal
#[utoipa::path(get, path = "/v1/library/proposals/{id}", tag = "library", operation_id = "proposal",
    params(("id" = String, Path, description = "Id of the proposal")),
    responses(
        (status = 200, description = "The proposal with its changes and signatures", body = ProposalReply),
        (status = 404, description = "No such proposal", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn get(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ProposalReply>, Problem> {
    let person = Deciding::of(&caller)?;
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<ProposalReply, Problem> {
        let proposal = app.curation.proposal(app.asker.ledger(), &id, &person.decider())?;
        Ok(ProposalReply::new(proposal, &People::of(&app)?))
    };
    Ok(Json(blocking(read).await?))
}

/// Something to be decided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProposalRequest)]
pub(super) struct Request {
    /// To publish what is staged, or to bring a version back into force. A policy is proposed where it is changed.
    kind: Kind,
    /// Why: at most 2,000 characters.
    #[schema(example = "The November update of the stroke guideline")]
    reason: String,
    /// What is to be restored.
    #[serde(default)]
    document: Option<DocumentId>,
    /// Its version.
    #[serde(default)]
    version: Option<u32>,
}

/// Propose a change
///
/// To publish what is staged, or to bring back into force what was taken out.
#[utoipa::path(post, path = "/v1/library/proposals", tag = "library", operation_id = "propose", request_body = Request,
    responses(
        (status = 201, description = "The proposal", body = ProposalReply),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such document or version", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Nothing is staged, the same is proposed already, or it is in force", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn propose(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<Request>,
) -> Result<(StatusCode, Json<ProposalReply>), Problem> {
    let subject = match (body.kind, body.document, body.version) {
        (Kind::Publish, None, None) => Subject::Publish,
        (Kind::Restore, Some(document), Some(version)) => Subject::Restore { document, version },
        _ => {
            let detail =
                "to restore, name document and version; to publish, neither; a policy is proposed at its corpus";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_field", detail));
        }
    };
    let person = Deciding::of(&caller)?;
    let (id, at) = shared.app.asker.ticket();
    let (id, at) = (id.to_string(), at.to_string());
    let draft = Draft::new("proposal.made", caller.actor()).in_request(&request_id(&headers));
    let app = Arc::clone(&shared.app);
    let made = move || -> Result<ProposalReply, Problem> {
        let new = NewProposal { id: &id, subject, reason: &body.reason, at: &at };
        let log = |proposal: &Proposal| record(&app, draft, proposal);
        let proposal = app.curation.propose(app.asker.ledger(), &new, &person.decider(), log)?;
        Ok(ProposalReply::new(proposal, &People::of(&app)?))
    };
    Ok((StatusCode::CREATED, Json(blocking(made).await?)))
}

/// Puts what was done with a proposal on record.
pub(super) fn record(app: &App, draft: Draft, proposal: &Proposal) -> Result<(), Problem> {
    let draft = draft
        .with("proposal", ::audit::token(&proposal.id))
        .with("kind", proposal.kind.name())
        .with("record_sha256", proposal.record_hash.as_str());
    app.audit.append(draft)?;
    Ok(())
}
