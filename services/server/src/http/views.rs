//! Other views of an answer: in plain words, and as a differential. They are made from the record and the snapshot it names.

use answer::{Differential, Filters};
use axum::Json;
use axum::extract::State;
use knowledge::Snapshot;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Caller;
use super::answers::kept;
use super::problem::Path;
use super::{Problem, Shared};

/// An answer in words that patients know.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlainAnswer {
    /// Id of the answer.
    id: String,
    /// What to tell whoever reads it.
    note: &'static str,
    /// Its statements.
    statements: Vec<PlainStatement>,
}

/// A statement in plain words.
#[derive(Debug, Serialize, ToSchema)]
struct PlainStatement {
    /// In plain words; the original where they would change what it says.
    text: String,
    /// As answered.
    original: String,
    /// Who says it, and when.
    said_by: String,
    /// Its citations, unchanged.
    #[schema(value_type = Vec<answer::Citation>)]
    citations: serde_json::Value,
}

/// Read an answer in plain words
///
/// Technical terms give way to words that patients know, or are explained by them in brackets; numbers, medicines, negation and
/// strength stay, and so do the citations. For a clinician to go through with a patient.
#[utoipa::path(
    get, path = "/v1/answers/{id}/plain", tag = "answers", operation_id = "plain_answer",
    params(("id" = String, Path, description = "Id of the answer")),
    responses(
        (status = 200, description = "The answer in plain words", body = PlainAnswer),
        (status = 404, description = "No such answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn plain(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<PlainAnswer>, Problem> {
    let answer: Kept = read(&kept(&shared, &caller, id.clone()).await?)?;
    let statements = answer.statements.into_iter().map(|statement| PlainStatement {
        text: answer::in_plain_words(&statement.text),
        original: statement.text,
        said_by: statement.said_by,
        citations: statement.citations,
    });
    let note = "Words of the sources, made plain by a word list; a clinician must go through them with the patient.";
    Ok(Json(PlainAnswer { id, note, statements: statements.collect() }))
}

/// An answer as a differential.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DifferentialAnswer {
    /// Id of the answer.
    id: String,
    /// What to tell whoever reads it.
    note: &'static str,
    #[serde(flatten)]
    differential: Differential,
}

/// Read an answer as a differential
///
/// Conditions that the corpora connect with the findings in the question, each with the sentences that speak for and against
/// it. Asked of the snapshot that the answer was asked of, and narrowed as it was.
#[utoipa::path(
    get, path = "/v1/answers/{id}/differential", tag = "answers", operation_id = "differential",
    params(("id" = String, Path, description = "Id of the answer")),
    responses(
        (status = 200, description = "Conditions with the evidence for and against each", body = DifferentialAnswer),
        (status = 404, description = "No such answer", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "A store is away; see Retry-After", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn differential(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<DifferentialAnswer>, Problem> {
    let Kept { question, snapshot, searched, filters, .. } = read(&kept(&shared, &caller, id.clone()).await?)?;
    let differential = if searched.is_empty() {
        Differential { findings: Vec::new(), conditions: Vec::new(), snapshot, missing: None }
    } else {
        let filters = Filters { corpora: searched, ..filters };
        shared.app.asker.differential(&question, Some(snapshot), &filters).await?
    };
    let note = if differential.conditions.is_empty() {
        "The corpora connect no condition with these findings. Name findings, separated by commas."
    } else {
        "In the order of how many findings the corpora connect with each condition; that says nothing of how likely it is."
    };
    Ok(Json(DifferentialAnswer { id, note, differential }))
}

/// What the views read of an answer on record.
#[derive(Deserialize)]
struct Kept {
    question: String,
    snapshot: Snapshot,
    /// Nothing, where nothing was searched: an empty filter would allow everything.
    searched: Vec<knowledge::CorpusId>,
    /// Not there where everything was allowed.
    #[serde(default)]
    filters: Filters,
    statements: Vec<KeptStatement>,
}

#[derive(Deserialize)]
struct KeptStatement {
    text: String,
    said_by: String,
    citations: serde_json::Value,
}

fn read(json: &str) -> Result<Kept, Problem> {
    serde_json::from_str(json).map_err(|error| {
        tracing::error!(%error, "an answer on record cannot be read");
        Problem::internal()
    })
}
