//! Asking again what was asked, at the snapshot that was searched then: what is the same, and what is not.

use std::sync::Arc;

use answer::{Filters, Question, Turn};
use knowledge::Snapshot;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::App;
use crate::recorded::Error;

/// What came of asking again.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Replay {
    /// Id of the answer.
    pub answer: String,
    /// The snapshot that was searched, then and now.
    pub snapshot: u64,
    /// Whether the same passages were found in the same order.
    pub same_evidence: bool,
    /// Whether the same was said, with the same verdicts.
    pub same_statements: bool,
    /// Whether all of it is the same.
    pub same: bool,
    /// What may differ for a reason that is known: another model, a patient whose data is not kept, sources that were
    /// retracted since.
    pub reasons: Vec<String>,
    /// Passages, then and now, in order.
    pub evidence: Vec<Side>,
    /// Statements, then and now, in order.
    pub statements: Vec<Side>,
}

/// One place of a list, then and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Side {
    /// What was there; absent where there was less.
    pub before: Option<Said>,
    /// What is there now.
    pub after: Option<Said>,
    /// Whether they are the same.
    pub same: bool,
}

/// A passage or a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Said {
    /// Passage, or what the statement cites.
    pub id: String,
    /// Its words.
    pub text: String,
    /// The verdict, of a statement.
    pub verdict: Option<String>,
}

#[derive(Deserialize)]
struct Request {
    question: String,
    #[serde(default)]
    history: Vec<Turn>,
    #[serde(default)]
    filters: Filters,
    #[serde(default)]
    has_patient: bool,
}

/// Asks again. Nothing is recorded here.
///
/// # Errors
/// [`Error`], as asking; `None` when there is no such answer, or its words were erased.
pub async fn replay(app: &Arc<App>, id: &str) -> Result<Option<Replay>, Error> {
    let (log, wanted) = (Arc::clone(app), id.to_owned());
    let kept = tokio::task::spawn_blocking(move || -> audit::Result<_> {
        let words = log.audit.request(&wanted)?;
        Ok(words.zip(log.audit.answer(&wanted)?))
    });
    let Some((request, (answer, _))) = kept.await.map_err(|_| Error::Panicked)?? else { return Ok(None) };
    let internal = |error: serde_json::Error| Error::Answer(answer::Error::Internal(error.into()));
    let request: Request = serde_json::from_str(&request).map_err(internal)?;
    let before: Value = serde_json::from_str(&answer).map_err(internal)?;
    let snapshot = before["snapshot"].as_u64().unwrap_or(0);
    let question = Question {
        question: request.question,
        history: request.history,
        filters: request.filters,
        as_of: Some(Snapshot(snapshot)),
        ..Question::default()
    };
    let after = app.asker.ask_alone(&question).await?;
    let after = serde_json::to_value(&after).map_err(internal)?;
    let mut reasons = Vec::new();
    if request.has_patient {
        reasons.push("the question came with a patient's data, which is not kept: it was asked without".to_owned());
    }
    if before["model"] != after["model"] {
        reasons.push("another model writes now".to_owned());
    }
    for evidence in before["evidence"].as_array().into_iter().flatten() {
        let there = after["evidence"].as_array().into_iter().flatten().any(|now| now["passage"] == evidence["passage"]);
        if !there && is_suppressed(app, evidence) {
            let title = evidence["document"]["title"].as_str().unwrap_or_default();
            reasons.push(format!("\"{title}\" was retracted or withdrawn since"));
        }
    }
    reasons.dedup();
    let evidence = sides(&passages(&before), &passages(&after));
    let statements = sides(&said(&before), &said(&after));
    let (same_evidence, same_statements) = (all_same(&evidence), all_same(&statements));
    Ok(Some(Replay {
        answer: id.to_owned(),
        snapshot,
        same_evidence,
        same_statements,
        same: same_evidence && same_statements && before["status"] == after["status"],
        reasons,
        evidence,
        statements,
    }))
}

fn is_suppressed(app: &App, evidence: &Value) -> bool {
    let document = &evidence["document"];
    let id = document["id"].as_str().and_then(|id| id.parse().ok());
    let version = document["version"].as_u64().and_then(|version| u32::try_from(version).ok());
    let retriever = app.asker.retriever();
    let view = id.map(|id| retriever.ledger.document(id, version, &retriever.today()));
    view.is_some_and(|view| view.is_ok_and(|view| !view.document.status.may_be_evidence()))
}

fn passages(answer: &Value) -> Vec<Said> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let evidence = answer["evidence"].as_array().into_iter().flatten();
    evidence.map(|one| Said { id: text(&one["passage"]), text: text(&one["text"]), verdict: None }).collect()
}

fn said(answer: &Value) -> Vec<Said> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place = |citation: &Value| {
        let evidence =
            answer["evidence"].as_array().into_iter().flatten().find(|one| one["id"] == citation["evidence"]);
        let passage = evidence.map(|one| text(&one["passage"])).unwrap_or_default();
        format!("{passage} {}-{}", citation["start"], citation["end"])
    };
    let statements = answer["statements"].as_array().into_iter().flatten();
    statements
        .map(|statement| Said {
            id: statement["citations"].as_array().into_iter().flatten().map(place).collect::<Vec<_>>().join(", "),
            text: text(&statement["text"]),
            verdict: statement["verdict"].as_str().map(str::to_owned),
        })
        .collect()
}

fn sides(before: &[Said], after: &[Said]) -> Vec<Side> {
    let at = |list: &[Said], place: usize| list.get(place).cloned();
    let sides = (0..before.len().max(after.len())).map(|place| {
        let (before, after) = (at(before, place), at(after, place));
        let same = before == after;
        Side { before, after, same }
    });
    sides.collect()
}

fn all_same(sides: &[Side]) -> bool {
    sides.iter().all(|side| side.same)
}
