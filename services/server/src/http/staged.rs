//! What is staged, and how answers would change with it.

use std::sync::Arc;

use ::audit::Draft;
use answer::{Answer, Question};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use curation::{Change, staged_record};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Caller;
use super::deciding::Deciding;
use super::problem::Body;
use super::{Problem, Shared, blocking, request_id};
use crate::people::{People, Person};
use crate::recorded::{self, By};

/// What is staged.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Staged {
    /// The published snapshot.
    published: u64,
    /// The number that the next one takes.
    staged: u64,
    /// What publishing would change, version by version.
    changes: Vec<Change>,
    /// SHA-256 of what a proposal would be about, hexadecimal.
    record_hash: String,
    /// Open findings about what comes in: they are settled before anybody signs.
    findings: usize,
    /// The open proposal to publish it.
    proposal: Option<String>,
}

/// Read what is staged
#[utoipa::path(get, path = "/v1/library/staged", tag = "library", operation_id = "staged",
    responses((status = 200, description = "What publishing would change", body = Staged)))]
pub(super) async fn staged(State(shared): State<Shared>) -> Result<Json<Staged>, Problem> {
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<Staged, Problem> {
        let ledger = app.asker.ledger();
        let record = staged_record(ledger)?;
        Ok(Staged {
            published: record.published.0,
            staged: record.staged.0,
            findings: ledger.open_findings_among(&record.changes)?.len(),
            record_hash: record.record_hash,
            changes: record.changes.iter().map(Change::from).collect(),
            proposal: app.curation.open_to_publish()?,
        })
    };
    Ok(Json(blocking(read).await?))
}

/// A question to be asked twice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Asking {
    /// 1 to 8,000 characters.
    #[schema(example = "In adults with type 2 diabetes, when should metformin not be started?")]
    question: String,
}

/// What was answered.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = StagedSaid)]
pub(super) struct Said {
    /// Status of the answer.
    status: String,
    /// Sentences of the sources, chosen without a model.
    statements: Vec<String>,
    /// Titles of the documents that they are from.
    documents: Vec<String>,
}

impl Said {
    fn new(answer: Answer) -> Self {
        let cited = |id: &str| answer.evidence.iter().find(|one| one.id == id).map(|one| one.document.title.clone());
        let mut documents: Vec<String> = Vec::new();
        for citation in answer.statements.iter().flat_map(|statement| &statement.citations) {
            documents.extend(cited(&citation.evidence).filter(|title| !documents.contains(title)));
        }
        Self {
            status: answer.status.as_str().to_owned(),
            statements: answer.statements.into_iter().map(|statement| statement.text).collect(),
            documents,
        }
    }
}

/// An answer before and after publishing.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StagedAnswer {
    question: String,
    is_changed: bool,
    /// What part of the search was away, for people, if one was: what differs may differ for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
    /// From what is published.
    before: Said,
    /// From what is staged.
    after: Said,
}

/// Ask what is published and what is staged
///
/// With sentences of the sources and no model, so that what differs is what the corpora hold.
#[utoipa::path(post, path = "/v1/library/staged/answers", tag = "library", operation_id = "ask_staged", request_body = Asking,
    responses(
        (status = 200, description = "Before and after", body = StagedAnswer),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No question, or one that may identify a person where the house refuses that", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "As many questions as can be taken are in work; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn ask(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<Asking>,
) -> Result<Json<StagedAnswer>, Problem> {
    let _place = shared.place_to_ask()?;
    let question = Question { extractive: true, ..Question::new(&body.question) };
    question.check()?;
    let by = By { actor: caller.actor(), request_id: request_id(&headers) };
    let settled = recorded::settled(&shared.app, question, &by).await?;
    let draft = settled.on_record(Draft::new("staged.asked", by.actor).in_request(&by.request_id));
    let draft = draft.sealing("question", body.question.as_str());
    let question = settled.question;
    let app = Arc::clone(&shared.app);
    blocking(move || app.audit.asked(draft)).await?;
    let asker = &shared.app.asker;
    let before = asker.ask_alone(&question).await?;
    let after = asker.ask_alone(&Question { staged: true, ..question }).await?;
    let missing = before.missing.clone().or_else(|| after.missing.clone());
    let (before, after) = (Said::new(before), Said::new(after));
    Ok(Json(StagedAnswer { question: body.question, is_changed: before != after, missing, before, after }))
}

/// Questions that are asked before anything is published.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GoldenQuestions {
    questions: Vec<String>,
    /// When the list was changed last, RFC 3339.
    changed_at: Option<String>,
    changed_by: Option<Person>,
}

impl GoldenQuestions {
    fn new(golden: curation::Golden, people: &People) -> Self {
        Self {
            questions: golden.questions,
            changed_at: golden.changed_at,
            changed_by: golden.changed_by.map(|by| people.person(&by)),
        }
    }
}

/// Read the golden questions
#[utoipa::path(get, path = "/v1/library/golden", tag = "library", operation_id = "golden",
    responses((status = 200, description = "The list as it is now", body = GoldenQuestions)))]
pub(super) async fn golden(State(shared): State<Shared>) -> Result<Json<GoldenQuestions>, Problem> {
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<_, Problem> { Ok(GoldenQuestions::new(app.curation.golden()?, &People::of(&app)?)) };
    Ok(Json(blocking(read).await?))
}

/// The list as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GoldenChange {
    /// At most 500, each of at most 2,000 characters.
    #[schema(example = json!(["In adults with type 2 diabetes, when should metformin not be started?"]))]
    questions: Vec<String>,
}

/// Set the golden questions
///
/// The earlier list is kept.
#[utoipa::path(put, path = "/v1/library/golden", tag = "library", operation_id = "set_golden", request_body = GoldenChange,
    responses(
        (status = 200, description = "The list", body = GoldenQuestions),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Too many, or too long", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn set_golden(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<GoldenChange>,
) -> Result<Json<GoldenQuestions>, Problem> {
    let person = Deciding::of(&caller)?;
    let draft = Draft::new("golden.changed", caller.actor()).in_request(&request_id(&headers));
    let app = Arc::clone(&shared.app);
    let set = move || -> Result<_, Problem> {
        let at = app.asker.now().to_string();
        let log = |golden: &curation::Golden| -> Result<(), Problem> {
            app.audit.append(draft.with("questions", golden.questions.len()))?;
            Ok(())
        };
        let golden = app.curation.set_golden(&body.questions, &person.decider(), &at, log)?;
        Ok(GoldenQuestions::new(golden, &People::of(&app)?))
    };
    Ok(Json(blocking(set).await?))
}
