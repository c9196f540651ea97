//! Asking on the record: intent before, outcome after, and no answer without one.

use std::sync::Arc;

use answer::{Answer, Progress, Question};
use audit::{Intent, Outcome};
use knowledge::Snapshot;
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// An answer that is on record, with the JSON that is.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The answer.
    pub answer: Answer,
    /// Exactly what was recorded.
    pub json: String,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The question could not be answered.
    #[error(transparent)]
    Answer(#[from] answer::Error),
    /// The record could not be written.
    #[error("the question cannot be recorded, so it is not answered")]
    Record(#[from] audit::Error),
    /// Something panicked. This request is lost, no other is.
    #[error("answering failed unexpectedly")]
    Panicked(#[source] tokio::task::JoinError),
}

impl Error {
    /// A short name for records, metrics and problem documents.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Answer(answer::Error::Question(_)) => "bad_question",
            Self::Answer(answer::Error::Ledger(ledger::Error::UnknownCorpus(_))) => "unknown_corpus",
            Self::Answer(answer::Error::Ledger(ledger::Error::UnknownSnapshot { .. })) => "unknown_snapshot",
            Self::Answer(answer::Error::Cancelled) => "cancelled",
            Self::Answer(answer::Error::Index(_)) => "index_unavailable",
            Self::Answer(answer::Error::Inference(_)) => "model_unavailable",
            Self::Answer(answer::Error::Ledger(_) | answer::Error::Internal(_)) | Self::Panicked(_) => "internal",
            Self::Record(_) => "audit_unavailable",
        }
    }
}

/// Answers a question on the record.
///
/// # Errors
/// [`Error`]; everything after the intent is recorded as its outcome, too.
pub async fn ask(
    app: Arc<App>,
    question: Question,
    actor: &str,
    request_id: &str,
    cancel: CancellationToken,
    progress: UnboundedSender<Progress>,
) -> Result<Recorded, Error> {
    question.check()?;
    let ticket = app.asker.ticket();
    let (id, asked_at) = (ticket.0.to_string(), ticket.1.to_string());
    let begin = {
        let (app, id, actor, request_id) = (Arc::clone(&app), id.clone(), actor.to_owned(), request_id.to_owned());
        let text = question.question.clone();
        move || {
            let intent = Intent {
                id: &id,
                asked_at: &asked_at,
                actor: &actor,
                action: "ask",
                request_id: &request_id,
                question: &text,
            };
            app.audit.begin(&intent)
        }
    };
    blocking(begin).await??;

    // A task of its own: it ends by itself if the caller is dropped, and a panic in it is an outcome like any other.
    let task = {
        let app = Arc::clone(&app);
        tokio::spawn(async move { app.asker.ask(ticket, &question, &cancel, &progress).await })
    };
    let outcome = match task.await {
        Ok(outcome) => outcome.map_err(Error::Answer),
        Err(panic) => Err(Error::Panicked(panic)),
    };
    let (app_after, id_after) = (Arc::clone(&app), id);
    let finish = move || -> Result<Recorded, Error> {
        let completed_at = app_after.asker.ticket().1.to_string();
        match outcome {
            Ok(answer) => {
                let json = serde_json::to_string(&answer).map_err(|error| answer::Error::Internal(error.into()))?;
                let model = answer.model.as_ref().map(|model| match &model.sha256 {
                    Some(hash) => format!("{}@{hash}", model.id),
                    None => model.id.clone(),
                });
                let Snapshot(snapshot) = answer.snapshot;
                let outcome = Outcome {
                    completed_at: &completed_at,
                    status: answer.status.as_str(),
                    snapshot,
                    model: model.as_deref(),
                    prompt_sha256: answer.prompt_sha256.as_deref(),
                    answer: &json,
                };
                app_after.audit.complete(&id_after, &outcome)?;
                Ok(Recorded { answer, json })
            }
            Err(error) => {
                app_after.audit.fail(&id_after, &completed_at, error.code())?;
                Err(error)
            }
        }
    };
    blocking(finish).await?
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::Panicked)
}
