//! The librarian's queue: what came up while documents came in, and what is overdue to be looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::audit::Draft;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use knowledge::{DocumentId, Status};
use ledger::{Decision, Due, Finding, FindingKind, Outcome};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Caller;
use super::problem::{Body, Path, Query};
use super::{Problem, Shared, blocking, number, request_id};
use crate::people::{People, Person};

/// Findings of one reply, at most.
const MAX_LISTED: u32 = 200;

/// The longest note, in characters.
const MAX_NOTE: usize = 2_000;

/// What came of a finding.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Settlement)]
pub(super) struct SettlementReply {
    /// When, RFC 3339.
    at: String,
    /// Who looked.
    by: Person,
    /// What came of it.
    outcome: Outcome,
    /// In their words; may be empty.
    note: String,
}

/// Something that wants a person's eye.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LibraryFinding)]
pub(super) struct FindingReply {
    /// Its number.
    id: i64,
    /// When it came up, RFC 3339.
    at: String,
    /// What it is.
    kind: FindingKind,
    /// The document it is about.
    document: DocumentId,
    /// Its version.
    version: u32,
    /// Its corpus.
    corpus: String,
    /// Its title.
    title: String,
    /// What was seen.
    detail: String,
    /// How the version stands now.
    status: Status,
    /// What came of it; `null` while it is open.
    settled: Option<SettlementReply>,
}

impl FindingReply {
    pub(super) fn new(finding: ledger::Finding, people: &People) -> Self {
        let settled = finding.settled.map(|settled| SettlementReply {
            at: settled.at,
            by: people.person(&settled.by),
            outcome: settled.outcome,
            note: settled.note,
        });
        Self {
            id: finding.id,
            at: finding.at,
            kind: finding.kind,
            document: finding.document,
            version: finding.version,
            corpus: finding.corpus,
            title: finding.title,
            detail: finding.detail,
            status: finding.status,
            settled,
        }
    }
}

/// Which findings are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FindingsQuery {
    /// Only of this kind.
    kind: Option<String>,
    /// `open` or `settled`; open ones if absent.
    state: Option<String>,
    /// `next` of the stretch before.
    #[param(value_type = Option<i64>)]
    after: Option<String>,
    /// At most so many, up to 200.
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
}

/// Findings.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Findings {
    /// The oldest first.
    findings: Vec<FindingReply>,
    /// What to go on after, if there is more.
    next: Option<i64>,
    /// How many are open, by kind.
    #[schema(value_type = BTreeMap<String, u64>)]
    open: BTreeMap<FindingKind, u64>,
    /// Documents that are overdue to be looked at.
    overdue: usize,
}

/// List what wants a librarian's eye
#[utoipa::path(get, path = "/v1/library/findings", tag = "library", operation_id = "findings", params(FindingsQuery),
    responses(
        (status = 200, description = "The oldest first", body = Findings),
        (status = 400, description = "A number, kind or state that is none", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(shared): State<Shared>,
    Query(query): Query<FindingsQuery>,
) -> Result<Json<Findings>, Problem> {
    let bad = |error: ledger::UnknownName| Problem::bad_request("bad_kind", &error.to_string());
    let kind = query.kind.map(|kind| kind.parse::<FindingKind>().map_err(bad)).transpose()?;
    let is_settled = match query.state.as_deref() {
        None | Some("open") => false,
        Some("settled") => true,
        Some(_) => return Err(Problem::bad_request("bad_state", "state must be open or settled")),
    };
    let after = query.after.map(|after| number("after", &after)).transpose()?;
    let limit = query.limit.map(|limit| number::<u32>("limit", &limit)).transpose()?;
    let limit = limit.unwrap_or(100).clamp(1, MAX_LISTED);
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<Findings, Problem> {
        let (people, retriever) = (People::of(&app)?, app.asker.retriever());
        let found = retriever.ledger.findings_page(kind, is_settled, after, limit)?;
        let is_full = u32::try_from(found.len()) == Ok(limit);
        let next = found.last().filter(|_| is_full).map(|finding| finding.id);
        Ok(Findings {
            findings: found.into_iter().map(|finding| FindingReply::new(finding, &people)).collect(),
            next,
            open: retriever.ledger.open_findings()?,
            overdue: retriever.ledger.due(&retriever.today())?.len(),
        })
    };
    Ok(Json(blocking(read).await?))
}

/// What came of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SettlementRequest)]
pub(super) struct Settle {
    /// `accepted`: it is so, and the text may be used; `acted`: something was done about it; `dismissed`: it is not so.
    outcome: Outcome,
    /// At most 2,000 characters; needed unless it is dismissed.
    #[serde(default)]
    #[schema(example = "The same guideline in two editions; both are wanted")]
    note: String,
}

/// The note, if there is one where one is needed.
pub(super) fn noted(note: &str, is_needed: bool) -> Result<&str, Problem> {
    let note = note.trim();
    let bad = |detail: &str| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_field", detail));
    if is_needed && note.is_empty() {
        return bad("say why, in a note");
    }
    if note.chars().count() > MAX_NOTE {
        return bad(&format!("the note is longer than {MAX_NOTE} characters"));
    }
    Ok(note)
}

/// Settle a finding
#[utoipa::path(post, path = "/v1/library/findings/{id}/settlement", tag = "library", operation_id = "settle_finding", request_body = Settle,
    params(("id" = i64, Path, description = "Number of the finding")),
    responses(
        (status = 200, description = "The finding, settled", body = FindingReply),
        (status = 400, description = "Not JSON, or a number that is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such finding", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is settled", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn settle(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<Settle>,
) -> Result<Json<FindingReply>, Problem> {
    let id: i64 = number("id", &id)?;
    noted(&body.note, body.outcome != Outcome::Dismissed)?;
    let by = caller.account()?.account.clone();
    let draft = Draft::new("finding.settled", caller.actor())
        .in_request(&request_id(&headers))
        .with("finding", id)
        .with("outcome", body.outcome.as_str())
        .sealing("note", body.note.as_str());
    let app = Arc::clone(&shared.app);
    let settled = move || -> Result<FindingReply, Problem> {
        let at = app.asker.now().to_string();
        let decision = Decision { at: &at, actor: &by, reason: "" };
        let ledger = app.asker.ledger();
        let log = |_: &Finding| app.audit.append(draft).map(drop).map_err(Problem::from);
        let finding = ledger.settle_finding(id, body.outcome, body.note.trim(), &decision, log)?;
        Ok(FindingReply::new(finding, &People::of(&app)?))
    };
    Ok(Json(blocking(settled).await?))
}

/// Documents that are overdue.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Overdue {
    /// The longest overdue first.
    overdue: Vec<Due>,
}

/// List documents that are overdue to be looked at
#[utoipa::path(get, path = "/v1/library/overdue", tag = "library", operation_id = "overdue",
    responses((status = 200, description = "The longest overdue first", body = Overdue)))]
pub(super) async fn overdue(State(shared): State<Shared>) -> Result<Json<Overdue>, Problem> {
    let read = move || -> Result<Overdue, Problem> {
        let retriever = shared.app.asker.retriever();
        Ok(Overdue { overdue: retriever.ledger.due(&retriever.today())? })
    };
    Ok(Json(blocking(read).await?))
}
