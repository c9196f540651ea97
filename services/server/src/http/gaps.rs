//! Tickets of questions that the corpora could not answer.

use std::sync::Arc;

use ::audit::Draft;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use curation::{TicketRow, TicketState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Caller;
use super::deciding::Deciding;
use super::problem::{Body, Path, Query};
use super::{Problem, Shared, blocking, request_id};
use crate::gap_tickets::{self, Ticket};
use crate::people::{People, Person};

/// A question of a ticket.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GapQuestion {
    /// As it was asked.
    question: String,
    /// How often.
    times: u64,
    /// When last, RFC 3339.
    last_asked_at: String,
}

/// Questions that are alike, and that the corpora could not answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GapTicket {
    /// Id.
    id: String,
    /// Its number.
    n: u64,
    /// The most asked first.
    questions: Vec<GapQuestion>,
    /// How often they were asked, all together.
    times: u64,
    /// When first, RFC 3339.
    first_asked_at: String,
    /// When last, RFC 3339.
    last_asked_at: String,
    /// Where it stands.
    state: TicketState,
    /// What was said when that changed.
    note: Option<String>,
    /// When that was, RFC 3339.
    changed_at: Option<String>,
    /// Who did; `null` also where a snapshot did.
    changed_by: Option<Person>,
    /// The snapshot that filled it.
    snapshot: Option<u64>,
}

impl GapTicket {
    fn new(ticket: Ticket, people: &People) -> Self {
        let times = ticket.times();
        let Ticket { row, questions } = ticket;
        let first = questions.iter().map(|gap| gap.first_asked_at.clone()).min().unwrap_or_default();
        let last = questions.iter().map(|gap| gap.last_asked_at.clone()).max().unwrap_or_default();
        let question = |gap: ::audit::Gap| GapQuestion {
            question: gap.question,
            times: gap.times,
            last_asked_at: gap.last_asked_at,
        };
        Self {
            id: row.id,
            n: row.n,
            questions: questions.into_iter().map(question).collect(),
            times,
            first_asked_at: first,
            last_asked_at: last,
            state: row.state,
            note: row.note,
            changed_at: row.changed_at,
            changed_by: row.changed_by.map(|by| people.person(&by)),
            snapshot: row.snapshot,
        }
    }
}

/// How many tickets stand where.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct GapCounts {
    open: usize,
    filled: usize,
    declined: usize,
}

/// Tickets.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GapTickets {
    /// The most asked first.
    tickets: Vec<GapTicket>,
    /// Of all tickets.
    counts: GapCounts,
}

/// Which tickets are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct GapsQuery {
    /// `open`, `filled` or `declined`; open ones if absent.
    state: Option<String>,
}

impl GapsQuery {
    fn state(&self) -> Result<TicketState, Problem> {
        let Some(wanted) = &self.state else { return Ok(TicketState::Open) };
        let found = TicketState::ALL.into_iter().find(|state| state.name() == wanted);
        found.ok_or_else(|| Problem::bad_request("bad_state", "state must be open, filled or declined"))
    }
}

async fn tickets(shared: &Shared) -> Result<(Vec<Ticket>, People), Problem> {
    let app = Arc::clone(&shared.app);
    let tickets = gap_tickets::tickets(&app, None).await.map_err(|error| {
        tracing::error!("the tickets cannot be read: {error:#}");
        Problem::internal()
    })?;
    Ok((tickets, blocking(move || People::of(&app)).await?))
}

/// List what people look for and the corpora do not hold
///
/// Questions without evidence, those of one meaning together.
#[utoipa::path(get, path = "/v1/library/gaps", tag = "library", operation_id = "gap_tickets", params(GapsQuery),
    responses(
        (status = 200, description = "The most asked first", body = GapTickets),
        (status = 400, description = "A state that is none", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(shared): State<Shared>,
    Query(query): Query<GapsQuery>,
) -> Result<Json<GapTickets>, Problem> {
    let state = query.state()?;
    let (all, people) = tickets(&shared).await?;
    let mut counts = GapCounts::default();
    for ticket in &all {
        match ticket.row.state {
            TicketState::Open => counts.open += 1,
            TicketState::Filled => counts.filled += 1,
            TicketState::Declined => counts.declined += 1,
        }
    }
    let wanted = all.into_iter().filter(|ticket| ticket.row.state == state);
    Ok(Json(GapTickets { tickets: wanted.map(|ticket| GapTicket::new(ticket, &people)).collect(), counts }))
}

/// What is to become of a ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GapChange {
    /// `declined` or `open`; filled is what a snapshot does.
    #[schema(example = "declined")]
    state: TicketState,
    /// Why: at most 2,000 characters, and nothing that identifies a patient.
    #[schema(example = "Outside what this hospital treats")]
    note: String,
}

/// Decline a ticket, or open it again
#[utoipa::path(patch, path = "/v1/library/gaps/{id}", tag = "library", operation_id = "change_gap_ticket", request_body = GapChange,
    params(("id" = String, Path, description = "Id of the ticket")),
    responses(
        (status = 200, description = "The ticket", body = GapTicket),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such ticket", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It stands so already", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn change(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<GapChange>,
) -> Result<Json<GapTicket>, Problem> {
    let person = Deciding::of(&caller)?;
    let draft = Draft::new("gap.changed", caller.actor())
        .in_request(&request_id(&headers))
        .with("ticket", ::audit::token(&id))
        .with("state", body.state.name())
        .sealing("note", body.note.as_str());
    let app = Arc::clone(&shared.app);
    let ticket = id.clone();
    let changed = move || -> Result<(), Problem> {
        let (by, at) = (person.decider(), app.asker.now().to_string());
        let log = |_: &TicketRow| app.audit.append(draft).map(drop).map_err(Problem::from);
        match body.state {
            TicketState::Open => app.curation.reopen(&id, &body.note, &by, &at, log)?,
            TicketState::Declined => app.curation.decline(&id, &body.note, &by, &at, log)?,
            TicketState::Filled => {
                let detail = "a ticket is filled by what is published";
                return Err(Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, "bad_field", detail));
            }
        };
        Ok(())
    };
    blocking(changed).await?;
    let (all, people) = tickets(&shared).await?;
    let found = all.into_iter().find(|found| found.row.id == ticket);
    let found = found.ok_or_else(|| Problem::not_found("unknown_ticket", "its questions were erased"))?;
    Ok(Json(GapTicket::new(found, &people)))
}

/// Take the tickets along
#[utoipa::path(get, path = "/v1/library/gaps/export", tag = "library", operation_id = "export_gap_tickets", params(GapsQuery),
    responses(
        (status = 200, description = "A line for each question", content((String = "text/csv"))),
        (status = 400, description = "A state that is none", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn export(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<GapsQuery>,
) -> Result<Response, Problem> {
    let state = query.state()?;
    let (all, _) = tickets(&shared).await?;
    let draft =
        Draft::new("gaps.exported", caller.actor()).in_request(&request_id(&headers)).with("state", state.name());
    let app = Arc::clone(&shared.app);
    blocking(move || app.audit.append(draft)).await?;
    let columns = ["ticket", "state", "question", "times", "last_asked_at", "snapshot", "note"];
    let wanted = all.iter().filter(|ticket| ticket.row.state == state);
    let rows = wanted.flat_map(|ticket| {
        ticket.questions.iter().map(|gap| {
            [
                ticket.row.n.to_string(),
                state.name().to_owned(),
                gap.question.clone(),
                gap.times.to_string(),
                gap.last_asked_at.clone(),
                ticket.row.snapshot.map(|number| number.to_string()).unwrap_or_default(),
                ticket.row.note.clone().unwrap_or_default(),
            ]
        })
    });
    let csv = review::spreadsheet(columns, rows)?;
    let named = "attachment; filename=\"gaps.csv\"";
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, named)], csv).into_response())
}
