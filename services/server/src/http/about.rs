//! What this service is, and is not: intended use, models, corpora, figures.

use axum::Json;
use axum::extract::State;
use evals::Figure;
use knowledge::{Corpus, Snapshot};
use ledger::{Ledger, Totals};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Problem, Shared, blocking};
use crate::labeling::{INTENDED_USE, INTENDED_USERS, NOT_FOR};
use crate::models::ModelInUse;

/// A corpus and how much of it can be found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HeldCorpus {
    #[serde(flatten)]
    corpus: Corpus,
    #[serde(flatten)]
    totals: Totals,
}

/// The corpora.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Corpora {
    /// By id.
    corpora: Vec<HeldCorpus>,
}

/// The program.
#[derive(Debug, Serialize, ToSchema)]
struct Service {
    name: &'static str,
    version: &'static str,
}

/// What becomes of conversations.
#[derive(Debug, Serialize, ToSchema)]
struct HistoryPolicy {
    /// Days after its last use; absent when they are kept until deleted.
    kept_days: Option<u64>,
    /// Whether those who asked may delete.
    owner_may_delete: bool,
}

/// What this service is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct About {
    service: Service,
    intended_use: &'static str,
    intended_users: &'static str,
    not_for: [&'static str; 5],
    /// Who chooses the words of answers.
    #[schema(value_type = answer::Mode)]
    mode: crate::config::Mode,
    models: Vec<ModelInUse>,
    /// The published snapshot.
    snapshot: Snapshot,
    corpora: Vec<HeldCorpus>,
    history: HistoryPolicy,
    /// Measured by `osler eval`, on the suites and corpora they name.
    figures: Vec<Figure>,
}

/// List the corpora
#[utoipa::path(get, path = "/v1/corpora", tag = "corpus", operation_id = "corpora",
    responses((status = 200, description = "The corpora and what they hold", body = Corpora)))]
pub(super) async fn corpora(State(shared): State<Shared>) -> Result<Json<Corpora>, Problem> {
    let read = move || held(shared.app.asker.ledger());
    let corpora = blocking(read).await?;
    Ok(Json(Corpora { corpora }))
}

/// Read what this service is
///
/// Intended use, models, corpora, and figures from their runs.
#[utoipa::path(get, path = "/v1/about", tag = "operations", operation_id = "about",
    responses((status = 200, description = "All of it", body = About)))]
pub(super) async fn about(State(shared): State<Shared>) -> Result<Json<About>, Problem> {
    let app = shared.app;
    let read = move || -> ledger::Result<About> {
        let ledger = app.asker.ledger();
        let history = &app.config.history;
        Ok(About {
            service: Service { name: "Osler", version: env!("CARGO_PKG_VERSION") },
            intended_use: INTENDED_USE,
            intended_users: INTENDED_USERS,
            not_for: NOT_FOR,
            mode: app.config.answer.mode,
            models: app.models(),
            snapshot: ledger.snapshots()?.published,
            corpora: held(ledger)?,
            history: HistoryPolicy { kept_days: history.kept_days, owner_may_delete: history.owner_may_delete },
            figures: evals::figures(),
        })
    };
    Ok(Json(blocking(read).await?))
}

fn held(ledger: &Ledger) -> ledger::Result<Vec<HeldCorpus>> {
    let corpora = ledger.corpora()?.into_iter();
    corpora.map(|corpus| Ok(HeldCorpus { totals: ledger.totals(Some(&corpus.id))?, corpus })).collect()
}
