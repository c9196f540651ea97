//! A replica's half: the newest state is fetched beside the one in use, and takes its place between two questions.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use index::{TantivyIndex, VectorIndex};
use ledger::Ledger;
use replication::{Depot, State};
use tokio::time::Instant;

use super::{About, Failing, LEDGER, WORDS, folder};
use crate::config::Replication;

/// The state in use, as the store has it.
const CURRENT: &str = "current.json";

/// What a replica begins with.
#[derive(Debug)]
pub struct Begun {
    depot: Depot,
    state: State,
    folder: PathBuf,
}

/// Fetches the newest state, and waits for one where there is none yet. Without the store, what was fetched before is enough.
///
/// # Errors
/// When the store cannot be reached and nothing was fetched before; when the disk cannot be written.
pub async fn begin(config: &Replication, data: &Path) -> Result<Begun> {
    let (depot, folder) = (super::depot(config)?, folder(data));
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let held = held(&folder)?;
    let after = held.as_ref().map_or(0, State::number);
    let mut is_told = false;
    let newest = loop {
        match depot.newest(after).await {
            Ok(None) if held.is_none() => {
                if !is_told {
                    eprintln!("nothing has been published there yet: waiting for the writer");
                }
                is_told = true;
                tokio::time::sleep(Duration::from_secs(config.every_s)).await;
            }
            Ok(newest) => break newest,
            Err(error) if held.is_some() => {
                tracing::warn!("the store of states cannot be read, going on with what was fetched before: {error:#}");
                break None;
            }
            Err(error) => return Err(error.into()),
        }
    };
    let mut begun = Begun { depot, state: newest.clone().or(held.clone()).context("no state")?, folder };
    if let Some(newest) = newest {
        begun.state = fetch(&begun.depot, newest, &begun.folder, held.as_ref()).await?;
        keep(&begun.folder, &begun.state)?;
    }
    remove_others(&begun.folder, begun.state.number());
    Ok(begun)
}

impl Begun {
    /// Which library it is: the key that its writer's log is signed with.
    ///
    /// # Errors
    /// When the state is of a version that says it otherwise.
    pub fn library(&self) -> Result<String> {
        Ok(About::of(&self.state)?.writer)
    }

    /// The ledger of the state.
    ///
    /// # Errors
    /// As [`Ledger::open_copy`]; when it was embedded with another model than the one here.
    pub fn ledger(&self, embedder: &str) -> Result<Ledger> {
        open_ledger(&place(&self.folder, &self.state), embedder)
    }

    /// The full-text index of the state.
    ///
    /// # Errors
    /// As [`TantivyIndex::open_copy`]; when it is of another format.
    pub fn lexical(&self) -> Result<TantivyIndex> {
        check_format(&self.state)?;
        Ok(TantivyIndex::open_copy(&place(&self.folder, &self.state).join(WORDS))?)
    }
}

/// Follows the writer.
pub struct Replica {
    depot: Depot,
    folder: PathBuf,
    state: State,
    ledger: Arc<Ledger>,
    lexical: Arc<TantivyIndex>,
    /// The vectors of this process. Those of a server are the writer's to keep.
    vectors: Option<Arc<dyn VectorIndex>>,
    embedder: String,
    freshness: Arc<Freshness>,
}

/// How long ago a replica last saw what the writer has published.
#[derive(Debug)]
pub struct Freshness {
    began: Instant,
    /// Milliseconds after that.
    looked: AtomicI64,
    limit: Duration,
}

impl Freshness {
    fn new(limit: Duration) -> Self {
        Self { began: Instant::now(), looked: AtomicI64::new(0), limit }
    }

    fn looked_now(&self) {
        self.looked.store(self.began.elapsed().as_millis() as i64, Ordering::Relaxed);
    }

    /// How long ago.
    pub fn age(&self) -> Duration {
        let looked = Duration::from_millis(self.looked.load(Ordering::Relaxed).unsigned_abs());
        self.began.elapsed().saturating_sub(looked)
    }

    /// Whether it is so long ago that a retraction may have been missed.
    pub fn is_stale(&self) -> bool {
        self.age() > self.limit
    }
}

impl Replica {
    /// Goes on from what it began with.
    pub fn new(
        begun: Begun,
        config: &Replication,
        (ledger, lexical): (Arc<Ledger>, Arc<TantivyIndex>),
        vectors: Option<Arc<dyn VectorIndex>>,
        embedder: &str,
    ) -> Self {
        let Begun { depot, state, folder } = begun;
        let freshness = Arc::new(Freshness::new(Duration::from_secs(config.stale_after_s)));
        Self { depot, folder, state, ledger, lexical, vectors, embedder: embedder.to_owned(), freshness }
    }

    /// How long ago it last saw what the writer has published.
    pub fn freshness(&self) -> Arc<Freshness> {
        Arc::clone(&self.freshness)
    }

    /// Takes over the newest state, if there is one that is newer. Says whether there was.
    ///
    /// # Errors
    /// When it cannot be fetched or read; the one in use stays.
    pub async fn follow(&mut self) -> Result<bool> {
        let Some(newest) = self.depot.newest(self.state.number()).await? else {
            self.freshness.looked_now();
            return Ok(false);
        };
        let newest = fetch(&self.depot, newest, &self.folder, Some(&self.state)).await?;
        let place = place(&self.folder, &newest);
        let coming = open_ledger(&place, &self.embedder)?;
        check_format(&newest)?;
        // Both indexes before the ledger: no question then asks for a snapshot that one of them does not have.
        if let Some(vectors) = &self.vectors {
            ingest::catch_up(&coming, vectors.as_ref()).await?;
        }
        self.lexical.change_to(&place.join(WORDS))?;
        self.ledger.change_to(&place.join(LEDGER))?;
        keep(&self.folder, &newest)?;
        self.state = newest;
        self.freshness.looked_now();
        remove_others(&self.folder, self.state.number());
        Ok(true)
    }

    /// Follows for ever. What fails is told once, and tried again.
    pub async fn keep_following(mut self, every: Duration) {
        let mut failing = Failing::new("this replica cannot follow its writer");
        loop {
            let followed = self.follow().await;
            failing.note(followed.as_ref().err());
            if let Ok(true) = followed {
                let published = self.ledger.snapshots().map(|snapshots| snapshots.published.0).unwrap_or(0);
                tracing::info!(state = self.state.number(), published, "took over what the writer published");
            }
            metrics::gauge!("osler_replication_state").set(self.state.number() as f64);
            metrics::gauge!("osler_replication_age_seconds").set(self.freshness.age().as_secs_f64());
            tokio::time::sleep(every).await;
        }
    }
}

/// The ledger that a replica's data directory has in use, if it is one's.
pub fn ledger_in(data: &Path) -> Option<PathBuf> {
    let folder = folder(data);
    Some(place(&folder, &held(&folder).ok()??).join(LEDGER))
}

/// Fetches a state, or a newer one if the writer has tidied it away meanwhile.
async fn fetch(depot: &Depot, mut newest: State, folder: &Path, held: Option<&State>) -> Result<State> {
    loop {
        let into = place(folder, &newest);
        if into.is_dir() {
            // Whole, and not in use yet: the process ended before it was.
            return Ok(newest);
        }
        let held_at = held.map(|held| (held, place(folder, held)));
        let from = held_at.as_ref().map(|(held, at)| (*held, at.as_path()));
        match depot.fetch(&newest, &into, from).await {
            Ok(fetched) => {
                let (number, bytes) = (newest.number(), fetched.bytes);
                tracing::info!(number, blocks = fetched.blocks, bytes, "fetched a state");
                return Ok(newest);
            }
            Err(replication::Error::Gone { .. }) => {
                let Some(newer) = depot.newest(newest.number()).await? else { bail!("the newest state has no files") };
                newest = newer;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn open_ledger(place: &Path, embedder: &str) -> Result<Ledger> {
    let ledger = Ledger::open_copy(&place.join(LEDGER))?;
    match ledger.embedder()? {
        Some((found, _)) if found != embedder => {
            Err(ledger::Error::OtherEmbedder { found, wanted: embedder.to_owned() }.into())
        }
        _ => Ok(ledger),
    }
}

fn check_format(state: &State) -> Result<()> {
    let found = About::of(state)?.index;
    if found != index::FORMAT {
        bail!(
            "the full-text index of the writer has format {found}, this osler reads {}: use the same version",
            index::FORMAT
        );
    }
    Ok(())
}

fn place(folder: &Path, state: &State) -> PathBuf {
    folder.join(state.number().to_string())
}

/// The state that was in use, if its files are here.
fn held(folder: &Path) -> Result<Option<State>> {
    let file = folder.join(CURRENT);
    let Ok(json) = fs::read(&file) else { return Ok(None) };
    match State::from_json(&json) {
        Ok(state) => Ok(place(folder, &state).is_dir().then_some(state)),
        Err(error) => {
            tracing::warn!("{} cannot be read, fetching everything anew: {error}", file.display());
            Ok(None)
        }
    }
}

/// Notes which state is in use, after an end at any point too.
fn keep(folder: &Path, state: &State) -> Result<()> {
    let aside = folder.join("current.new");
    let mut file = File::create(&aside)?;
    file.write_all(&state.to_json())?;
    file.sync_all()?;
    fs::rename(&aside, folder.join(CURRENT))?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// What is not in use goes. Whoever reads a file of it reads it to the end.
fn remove_others(folder: &Path, number: u64) {
    let number = number.to_string();
    for other in fs::read_dir(folder).into_iter().flatten().flatten() {
        if other.path().is_dir() && other.file_name() != number.as_str() {
            let _ = fs::remove_dir_all(other.path());
        }
    }
}
