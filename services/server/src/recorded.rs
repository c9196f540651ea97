//! Asking on the record: intent before, every part before it leaves, outcome after, and no answer without one.

use std::collections::BTreeMap;
use std::sync::Arc;

use answer::{Answer, Progress, Question};
use audit::{Actor, Draft, Intent, Outcome, Part};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Identifying;
use crate::corpus_record;
use crate::replay::{self, Request};

/// An answer that is on record, with the JSON that is.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The answer.
    pub answer: Answer,
    /// Exactly what was recorded.
    pub json: String,
}

/// Who asks, and by which request.
#[derive(Debug, Clone)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// The request that brought it.
    pub request_id: String,
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
    /// Its words may identify a person, and the house does not answer such questions.
    #[error("the question has what may identify a person ({0}): leave it out and ask again; nothing of it was kept")]
    Identifying(String),
    /// A witness says that the log shows two histories.
    #[error("a witness of the audit log raised an alarm: nothing is answered until it is settled")]
    Alarmed,
    /// What was decided about the knowledge could not be recorded.
    #[error("what the corpora hold cannot be recorded, so nothing is answered from them")]
    Corpus(#[source] anyhow::Error),
    /// Something panicked. This request is lost, no other is.
    #[error("answering failed unexpectedly")]
    Panicked,
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
            Self::Answer(answer::Error::Ledger(_) | answer::Error::Internal(_)) | Self::Panicked => "internal",
            Self::Identifying(_) => "identifies_a_person",
            Self::Record(_) | Self::Corpus(_) | Self::Alarmed => "audit_unavailable",
        }
    }
}

/// Answers a question on the record. What is told on `progress` is on record before it is told.
///
/// # Errors
/// [`Error`]; everything after the intent is recorded as its outcome, too.
pub async fn ask(
    app: Arc<App>,
    question: Question,
    by: By,
    cancel: CancellationToken,
    progress: Option<UnboundedSender<Progress>>,
) -> Result<Recorded, Error> {
    question.check()?;
    if app.witnesses.is_alarmed() {
        return Err(Error::Alarmed);
    }
    let identifiers = admitted(&app, &question, &by).await?;
    let ticket = app.asker.ticket();
    let (id, asked_at) = (ticket.0.to_string(), ticket.1.to_string());
    let begin = {
        let (app, id, by) = (Arc::clone(&app), id.clone(), by.clone());
        move || -> Result<Result<Question, answer::Error>, Error> {
            let request = Request::of(&question, &app.audit, &by.actor.id)?;
            let request = serde_json::to_string(&request).map_err(|error| answer::Error::Internal(error.into()))?;
            let text = question.question.clone();
            // In this order: what is answered from is settled, then it is on record, then what is answered. A snapshot that
            // is unknown is no reason not to record that it was asked for.
            let pinned = app.asker.pin(question);
            corpus_record::follow(app.asker.ledger(), &app.audit).map_err(Error::Corpus)?;
            let intent = Intent {
                id: &id,
                asked_at: &asked_at,
                actor: by.actor,
                request_id: &by.request_id,
                question: &text,
                request: &request,
                identifiers,
            };
            app.audit.begin(&intent)?;
            Ok(pinned)
        }
    };
    let question = match blocking(begin).await?? {
        Ok(question) => question,
        Err(error) => return blocking(move || finish(&app, &id, by.actor, Err(error.into()))).await?,
    };

    // A task of its own: it ends by itself if the caller is dropped, and a panic in it is an outcome like any other.
    let (tell, told) = unbounded_channel();
    let task = {
        let (app, cancel) = (Arc::clone(&app), cancel.clone());
        tokio::spawn(async move { app.asker.ask(ticket, &question, &cancel, &tell).await })
    };
    let parts = match progress {
        Some(progress) => record_parts(&app, &id, &by.actor, told, &progress).await,
        None => Ok(()),
    };
    if parts.is_err() {
        cancel.cancel();
    }
    let outcome = match (task.await, parts) {
        (Err(_), _) => Err(Error::Panicked),
        (Ok(_), Err(error)) => Err(error),
        (Ok(outcome), Ok(())) => outcome.map_err(Error::Answer),
    };
    blocking(move || finish(&app, &id, by.actor, outcome)).await?
}

/// A question that has no answer to be kept: it may be asked, and what it is searched in is on record.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The question with what it is searched in.
    pub question: Question,
    identifiers: BTreeMap<&'static str, u64>,
}

impl Settled {
    /// The entry of the question, with what may identify a person in it.
    #[must_use]
    pub fn on_record(&self, draft: Draft) -> Draft {
        if self.identifiers.is_empty() { draft } else { draft.with("identifiers", json!(self.identifiers)) }
    }
}

/// The question with what it is searched in, which is on record when this returns.
///
/// # Errors
/// [`Error::Answer`] for a snapshot that is unknown, [`Error::Identifying`], [`Error::Record`], [`Error::Corpus`],
/// [`Error::Panicked`].
pub async fn settled(app: &Arc<App>, question: Question, by: &By) -> Result<Settled, Error> {
    let identifiers = admitted(app, &question, by).await?;
    let app = Arc::clone(app);
    let settle = move || -> Result<Settled, Error> {
        let question = app.asker.pin(question)?;
        corpus_record::follow(app.asker.ledger(), &app.audit).map_err(Error::Corpus)?;
        Ok(Settled { question, identifiers })
    };
    blocking(settle).await?
}

/// What may identify a person in a question that may be asked all the same. One that may not be is on record as refused.
async fn admitted(app: &Arc<App>, question: &Question, by: &By) -> Result<BTreeMap<&'static str, u64>, Error> {
    let identifiers = identifying(question);
    if app.config.answer.identifying != Identifying::Refuse || identifiers.is_empty() {
        return Ok(identifiers);
    }
    let classes = identifiers.keys().copied().collect::<Vec<_>>().join(", ");
    let draft = Draft::new("answer.refused", by.actor.clone()).in_request(&by.request_id);
    let app = Arc::clone(app);
    blocking(move || app.audit.append(draft.with("identifiers", json!(identifiers)))).await??;
    Err(Error::Identifying(classes))
}

/// Passes on what is told, each part of the answer after it is on record.
async fn record_parts(
    app: &Arc<App>,
    id: &str,
    actor: &Actor,
    mut told: UnboundedReceiver<Progress>,
    progress: &UnboundedSender<Progress>,
) -> Result<(), Error> {
    while let Some(event) = told.recv().await {
        let part = match &event {
            Progress::Stage(_) => None,
            Progress::Evidence(evidence) => Some(("evidence", serde_json::to_string(evidence))),
            Progress::Statement(statement) => Some(("statement", serde_json::to_string(statement))),
        };
        if let Some((kind, words)) = part {
            let words = words.map_err(|error| answer::Error::Internal(error.into()))?;
            let (app, id, actor) = (Arc::clone(app), id.to_owned(), actor.clone());
            blocking(move || app.audit.part(&Part { id: &id, actor, kind, words: &words })).await??;
        }
        // Whoever asked may have gone; then the work is cancelled elsewhere.
        let _ = progress.send(event);
    }
    Ok(())
}

fn finish(app: &App, id: &str, actor: Actor, outcome: Result<Answer, Error>) -> Result<Recorded, Error> {
    let recorded = outcome.and_then(|answer| {
        let json = serde_json::to_string(&answer).map_err(|error| answer::Error::Internal(error.into()))?;
        let model = answer.model.as_ref().map(|model| match &model.sha256 {
            Some(hash) => format!("{}@{hash}", model.id),
            None => model.id.clone(),
        });
        let outcome = Outcome { actor: actor.clone(), model: model.as_deref(), answer: &json };
        let search = answer.means.as_ref().map(replay::on_record).unwrap_or_default();
        app.audit.complete_with(id, &outcome, search)?;
        Ok(Recorded { answer, json })
    });
    if let Err(error) = &recorded {
        // Where the log is what failed, this fails too, and the question ends as one without an end.
        if let Err(unrecorded) = app.audit.fail(id, actor, error.code()) {
            tracing::error!(error = &unrecorded as &dyn std::error::Error, "a failure is not on record");
        }
    }
    recorded
}

/// What may identify a person in a question and in those that it follows, by class: how many.
fn identifying(question: &Question) -> BTreeMap<&'static str, u64> {
    let mut classes = BTreeMap::new();
    for text in question.history.iter().map(|turn| &turn.question).chain([&question.question]) {
        for found in privacy::find(text) {
            *classes.entry(found.class.as_str()).or_default() += 1;
        }
    }
    classes
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Panicked)
}
