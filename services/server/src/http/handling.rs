//! What readers said, for auditors: read it, take up reports of risks to safety and close them, take them along.

use std::sync::Arc;

use ::audit::{
    AllFeedback, Draft, Feedback, FeedbackQuery, HandlingOutcome, HandlingState, HandlingStep, Kind, RiskReport,
};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::access::Caller;
use super::audit::MAX_LISTED;
use super::problem::{Body, Path, Query};
use super::{Problem, Shared, blocking, number, request_id};

/// Which feedback is wanted; what is absent does not narrow.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SaidQuery {
    /// What readers said.
    #[param(value_type = Option<Kind>)]
    kind: Option<String>,
    /// Where reports of risks to safety stand; nothing else stands anywhere.
    #[param(value_type = Option<HandlingState>)]
    state: Option<String>,
    /// `next` of the stretch before.
    #[param(value_type = Option<i64>)]
    before: Option<String>,
    /// At most so many, up to 500; 100 if absent.
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
}

/// One of the names of a list.
fn named<T: DeserializeOwned>(text: String, detail: &str) -> Result<T, Problem> {
    serde_json::from_value(Value::String(text)).map_err(|_| Problem::bad_request("bad_filter", detail))
}

impl SaidQuery {
    fn wanted(self) -> Result<FeedbackQuery, Problem> {
        let kind = |text| named(text, "kind must be helpful, unhelpful, disagree or safety");
        let state = |text| named(text, "state must be open, acknowledged or closed");
        let limit = self.limit.map(|limit| number::<u32>("limit", &limit)).transpose()?;
        Ok(FeedbackQuery {
            answer: None,
            kind: self.kind.map(kind).transpose()?,
            state: self.state.map(state).transpose()?,
            before: self.before.map(|before| number("before", &before)).transpose()?,
            limit: limit.unwrap_or(100).clamp(1, MAX_LISTED),
        })
    }
}

/// Read what readers said of answers
#[utoipa::path(get, path = "/v1/audit/feedback", tag = "audit", operation_id = "all_feedback", params(SaidQuery),
    responses(
        (status = 200, description = "The latest first", body = AllFeedback),
        (status = 400, description = "A number, kind or state that is none", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(shared): State<Shared>,
    Query(query): Query<SaidQuery>,
) -> Result<Json<AllFeedback>, Problem> {
    let wanted = query.wanted()?;
    let app = Arc::clone(&shared.app);
    Ok(Json(blocking(move || app.audit.find_feedback(&wanted)).await?))
}

/// What is to become of a report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "to": "closed", "outcome": "corpus_changed", "note": "The second edition names the population." }))]
pub(super) struct HandlingRequest {
    /// Where it is to stand: open to acknowledged or closed, acknowledged to closed, closed to open again.
    to: HandlingState,
    /// What came of it: needed with `closed`, and only there.
    #[serde(default)]
    outcome: Option<HandlingOutcome>,
    /// Why: at most 2,000 characters, and nothing that identifies a patient; sealed. Needed with `closed` and `open`.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// Take up a report of a risk to safety, close it, or open it again
#[utoipa::path(post, path = "/v1/audit/feedback/{id}/handling", tag = "audit", operation_id = "handle_feedback",
    params(("id" = String, Path, description = "Id of the report")), request_body = HandlingRequest,
    responses(
        (status = 200, description = "The report as it stands now", body = Feedback),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such report", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It does not go that way from where it stands", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not enough, or too much, or no report of a risk", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn handle(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<HandlingRequest>,
) -> Result<Json<Feedback>, Problem> {
    let HandlingRequest { to, outcome, note } = body;
    let at = shared.app.asker.now().to_string();
    let app = Arc::clone(&shared.app);
    let handled = move || {
        let step = HandlingStep { feedback: &id, to, outcome, note: note.as_deref(), at: &at };
        app.audit.handle(&step, caller.actor())
    };
    Ok(Json(blocking(handled).await?))
}

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RisksQuery {
    /// `csv` or `ndjson`; a table if absent.
    format: Option<String>,
}

/// Columns of the table.
const COLUMNS: [&str; 9] =
    ["report", "answer", "statement", "category", "severity", "day", "state", "waited_hours", "outcome"];

/// A name as JSON has it; nothing where there is none.
fn cell<T: Serialize>(value: Option<T>) -> String {
    match value.and_then(|value| serde_json::to_value(value).ok()) {
        Some(Value::String(name)) => name,
        Some(value) => value.to_string(),
        None => String::new(),
    }
}

fn row(risk: RiskReport) -> [String; COLUMNS.len()] {
    let RiskReport { report, answer, statement, category, severity, day, state, waited_hours, outcome } = risk;
    [
        report,
        answer,
        cell(statement),
        cell(category),
        cell(severity),
        day,
        state.name().to_owned(),
        cell(waited_hours),
        cell(outcome),
    ]
}

/// Take the reports of risks to safety along
///
/// For whoever watches over more than one house: nobody is named, and nothing that anybody wrote is in it.
#[utoipa::path(get, path = "/v1/audit/feedback/export", tag = "audit", operation_id = "export_feedback", params(RisksQuery),
    responses(
        (status = 200, description = "A line for each report, the oldest first", content((String = "text/csv"), (String = "application/x-ndjson"))),
        (status = 400, description = "A form that there is not", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn export(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<RisksQuery>,
) -> Result<Response, Problem> {
    let is_table = match query.format.as_deref() {
        None | Some("csv") => true,
        Some("ndjson") => false,
        Some(_) => return Err(Problem::bad_request("bad_format", "format must be csv or ndjson")),
    };
    let draft = Draft::new("feedback.exported", caller.actor()).in_request(&request_id(&headers));
    let app = Arc::clone(&shared.app);
    let risks = blocking(move || -> ::audit::Result<Vec<RiskReport>> {
        let risks = app.audit.risks()?;
        app.audit.append(draft.with("count", risks.len()))?;
        Ok(risks)
    })
    .await?;
    let (kind, name, file) = if is_table {
        ("text/csv; charset=utf-8", "risks.csv", review::spreadsheet(COLUMNS, risks.into_iter().map(row))?)
    } else {
        let lines = risks.iter().map(|risk| serde_json::to_string(risk).map(|line| line + "\n"));
        let lines = lines.collect::<Result<String, _>>().map_err(|_| Problem::internal())?;
        ("application/x-ndjson", "risks.ndjson", lines)
    };
    let named = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, named)], file).into_response())
}
