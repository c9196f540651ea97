//! Another embedding model takes over while the service answers.
//!
//! All that takes long is done beside questions and runs of ingest: what `osler reembed` has not come to is embedded, and an
//! index of the new vectors is filled and put in order beside the one in use. Then, while no run is in work, the ledger adopts
//! the new vectors in one transaction, and questions and runs go over to the new index. A question under way is answered with
//! the model and the index that it began with. What fails before the adoption changes nothing; nothing between it and the end
//! can fail; and a process that ends anywhere finds the ledger with the one model or with the other.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use answer::Retriever;
use anyhow::{Context, Result, bail};
use inference::Embedder;
use inference::models::Store;
use knowledge::PassageId;
use ledger::Ledger;

use crate::app::App;
use crate::config::{self, Config, Places};
use crate::data::ComingVectors;
use crate::models::{ModelInUse, embedder_in_use, load_embedder};
use crate::vectors;

/// Passages in one go; each ends with a short transaction, between those of the service.
const BATCH: usize = 256;

/// Vectors that are forgotten in one go: some two megabytes with the starter model.
const FORGOTTEN: usize = 1_024;

/// Passages that the service embeds by itself, at most: some seven minutes of one core with the starter model, which questions
/// want too. It is meant for what came in since `osler reembed` was through.
const NEWEST: u64 = 10_000;

/// An embedder that is to take over.
pub struct Coming {
    /// What the configuration says of it.
    pub settings: config::Embedder,
    /// What is told of it.
    pub model: ModelInUse,
    /// It.
    pub embedder: Arc<dyn Embedder>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switched {
    /// It is in use already.
    Already(String),
    /// It has taken over.
    Over {
        /// From this one.
        from: String,
        /// It.
        to: String,
    },
}

/// Reads the configuration again, and has the embedder that it names take over. Nothing else in it is heeded.
///
/// # Errors
/// As [`switch_to`]; when the configuration or the model cannot be read.
pub async fn switch(app: &Arc<App>, places: &Places) -> Result<Switched> {
    check_is_own(app)?;
    let config = Config { embedder: places.read()?.embedder, ..app.config.clone() };
    let store = Store::new(places.models_dir()?, config.model_list()?);
    let embedder = load_embedder(&config, &store).await?;
    let model = embedder_in_use(&config, &store);
    switch_to(app, &places.data, Coming { settings: config.embedder, model, embedder }).await
}

/// Has another embedder take over, in one step for every question. One at a time.
///
/// # Errors
/// With what to do: this is a replica, too much is not embedded yet, a store fails. Unless the error says that it has taken
/// over, everything goes on as before.
pub async fn switch_to(app: &Arc<App>, data: &Path, coming: Coming) -> Result<Switched> {
    check_is_own(app)?;
    let library = app.library.as_ref().context("this service takes no documents in")?;
    let mut replaced = app.replaced.lock().await;
    let (before, ledger) = (app.asker.retriever(), app.asker.ledger());
    let (from, to) = (before.embedder.id().to_owned(), coming.embedder.id().to_owned());
    if from == to {
        return Ok(Switched::Already(to));
    }
    if replaced.as_ref().is_some_and(|index| index.strong_count() > 0) {
        bail!("the index that was replaced before is still in use: try again in a minute");
    }
    check_is_prepared(ledger, &to).await?;
    let dimension = coming.embedder.dimension();
    let vectors = ComingVectors::open(data, &app.audit, (&to, dimension), &app.config)?;
    let alone = match prepare(ledger, coming.embedder.as_ref(), &vectors).await {
        Ok(()) => library.alone().await,
        Err(error) => {
            vectors.index.retire();
            return Err(error);
        }
    };
    // Nor does the index that is in use follow by itself: what the ledger has from the adoption on is not for it.
    let turn = match before.vectors.turn() {
        Some(turn) => Some(turn.lock().await),
        None => None,
    };
    if let Err(error) = adopt(ledger, coming.embedder.as_ref(), &vectors).await {
        vectors.index.retire();
        return Err(error);
    }
    let (index, embedder) = (Arc::clone(&vectors.index), Arc::clone(&coming.embedder));
    alone.replace(Arc::clone(&index), Arc::clone(&embedder));
    app.asker.replace_retriever(Retriever { vectors: index, embedder, ..Retriever::clone(&before) });
    before.vectors.retire();
    drop(turn);
    *replaced = Some(Arc::downgrade(&before.vectors));
    // Decisions are no runs: one may have been made since the new index last followed.
    let followed = ingest::catch_up(ledger, vectors.index.as_ref()).await;
    drop(alone);
    let (service, Coming { settings, model, .. }) = (Arc::clone(app), coming);
    let recorded = tokio::task::spawn_blocking(move || service.took_over(settings, model)).await;
    let current = match &vectors.server {
        Some(server) => {
            let current = server.become_current().await;
            vectors::keep(ledger, server);
            current
        }
        None => Ok(()),
    };
    // Each of them is tried, whatever became of the others.
    let recorded = recorded.map_err(anyhow::Error::from).flatten();
    recorded.with_context(|| format!("{to} has taken over, but that is not on record"))?;
    followed.with_context(|| format!("{to} has taken over, but its index has not followed the last decisions"))?;
    current.with_context(|| format!("{to} has taken over, but the alias still means the collection of {from}"))?;
    Ok(Switched::Over { from, to })
}

/// Embeds what has no vector of a coming embedder yet, and tells after each batch how many it were. It goes through once, and
/// then from the beginning again for what came in meanwhile, until that is nothing.
///
/// # Errors
/// When the model fails, or the ledger cannot be read or written. What was embedded stays.
pub async fn embed_coming(ledger: &Arc<Ledger>, embedder: &dyn Embedder, mut told: impl FnMut(u64)) -> Result<()> {
    let mut after: Option<PassageId> = None;
    loop {
        let (reading, id) = (Arc::clone(ledger), embedder.id().to_owned());
        let waiting = tokio::task::spawn_blocking(move || reading.without_coming(&id, after, BATCH)).await??;
        let Some(last) = waiting.last() else {
            if after.take().is_none() {
                return Ok(());
            }
            continue;
        };
        after = Some(last.passage);
        let texts = waiting.iter().map(|one| ingest::text_to_embed(&one.title, &one.section, &one.text)).collect();
        let vectors = embedder.embed(texts).await?;
        let vectors: Vec<_> = waiting.iter().map(|one| one.passage).zip(vectors).collect();
        let (writing, id, count) = (Arc::clone(ledger), embedder.id().to_owned(), vectors.len() as u64);
        tokio::task::spawn_blocking(move || writing.put_coming(&id, &vectors)).await??;
        told(count);
    }
}

/// Takes the vectors of a coming embedder out of the ledger again, and tells after each batch how many it were.
///
/// # Errors
/// When the ledger cannot be written. What is gone stays gone.
pub async fn forget_coming(ledger: &Arc<Ledger>, embedder: &str, mut told: impl FnMut(u64)) -> Result<()> {
    loop {
        let (writing, id, began) = (Arc::clone(ledger), embedder.to_owned(), Instant::now());
        let count = tokio::task::spawn_blocking(move || writing.forget_coming(&id, FORGOTTEN)).await??;
        if count == 0 {
            return Ok(());
        }
        told(count as u64);
        // The service, if one runs, has as much time to write.
        tokio::time::sleep(began.elapsed()).await;
    }
}

/// A copy of the library is its writer's to change.
fn check_is_own(app: &App) -> Result<()> {
    if app.is_replica() {
        bail!(
            "a replica does not change over by itself: have the writer change over first, then start the replicas again with \
             the new model, one after the other"
        );
    }
    Ok(())
}

/// Whether nearly all is embedded. Where that is not so, either nobody has prepared it or the configuration names another model
/// than the one that was prepared.
async fn check_is_prepared(ledger: &Arc<Ledger>, embedder: &str) -> Result<()> {
    let (reading, id) = (Arc::clone(ledger), embedder.to_owned());
    let coming = tokio::task::spawn_blocking(move || reading.coming(&id)).await??;
    if coming.passages == 0 {
        bail!("the library is empty: there is nothing that {embedder} could take over");
    }
    let missing = coming.passages.saturating_sub(coming.embedded);
    if missing > NEWEST || missing > coming.embedded {
        bail!(
            "{missing} of {} passages are not embedded with {embedder} yet: run `osler reembed` first, then send the signal again",
            coming.passages
        );
    }
    Ok(())
}

/// Fills the new index and puts it in order, beside everything else.
async fn prepare(ledger: &Arc<Ledger>, embedder: &dyn Embedder, vectors: &ComingVectors) -> Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // The second time it is what came in during the first, which may take long.
    for _ in 0..2 {
        embed_coming(ledger, embedder, |_| {}).await?;
        ingest::catch_up_coming(ledger, embedder.id(), vectors.index.as_ref()).await?;
        vectors.index.maintain((cores / 2).max(1)).await?;
    }
    Ok(())
}

/// Takes in the last, and has the ledger adopt the embedder. No run is in work.
async fn adopt(ledger: &Arc<Ledger>, embedder: &dyn Embedder, vectors: &ComingVectors) -> Result<()> {
    embed_coming(ledger, embedder, |_| {}).await?;
    // From before it is filled: whatever fails meanwhile is looked at afterwards.
    let doubts = vectors.server.as_ref().map(|server| server.doubts());
    ingest::reconcile_coming(ledger, embedder.id(), vectors.index.as_ref()).await?;
    let (writing, id, dimension) = (Arc::clone(ledger), embedder.id().to_owned(), embedder.dimension());
    if !tokio::task::spawn_blocking(move || writing.adopt_embedder(&id, dimension)).await?? {
        bail!("passages came in that are not embedded with {} yet: try again", embedder.id());
    }
    if let (Some(server), Some(doubts)) = (&vectors.server, doubts) {
        server.found_whole(doubts);
    }
    Ok(())
}
