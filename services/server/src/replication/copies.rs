//! A replica's copies of states: a folder for each, one of them in use. Whatever waits for the disk does so beside the questions.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Error, Result, bail};
use index::TantivyIndex;
use knowledge::sha256_hex;
use ledger::{Ledger, Withheld};
use replication::{Depot, State};

use super::{About, LEDGER, WORDS, blocking};

/// The state in use, as the store has it.
const CURRENT: &str = "current.json";

/// What was taken out of use, as was last heard.
const WITHHELD: &str = "withheld.json";

/// Where copies are kept.
#[derive(Debug, Clone)]
pub(super) struct Copies {
    folder: PathBuf,
}

/// A copy that can be answered from.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) state: Arc<State>,
    pub(super) about: About,
    pub(super) ledger: Arc<Ledger>,
    pub(super) lexical: Arc<TantivyIndex>,
}

/// The ledger that a replica's data directory has in use, if it is one's.
pub fn ledger_in(data: &Path) -> Option<PathBuf> {
    let copies = Copies { folder: super::folder(data) };
    Some(copies.place(&copies.held()?).join(LEDGER))
}

/// Says what a state holds, if it can be read here: asked before anything of it is fetched.
pub(super) fn check(state: &State, embedder: &str) -> Result<About> {
    let about = About::of(state)?;
    if about.index != index::FORMAT {
        bail!(
            "the full-text index of the writer has format {}, this osler reads {}: use the same version",
            about.index,
            index::FORMAT
        );
    }
    check_embedder(&about.embedder, embedder)?;
    Ok(about)
}

fn check_embedder(found: &str, wanted: &str) -> Result<()> {
    if found.is_empty() || found == wanted {
        return Ok(());
    }
    Err(ledger::Error::OtherEmbedder { found: found.to_owned(), wanted: wanted.to_owned() }.into())
}

impl Copies {
    /// Those in a data directory.
    pub(super) async fn of(data: &Path) -> Result<Self> {
        let folder = super::folder(data);
        blocking(move || {
            fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
            Ok(Self { folder })
        })
        .await
    }

    /// Where the files of a state are. A store that was begun anew has other states of the same numbers.
    pub(super) fn place(&self, state: &State) -> PathBuf {
        self.folder.join(name(state))
    }

    /// The state that was in use, if its files are here.
    pub(super) fn held(&self) -> Option<State> {
        let file = self.folder.join(CURRENT);
        match State::from_json(&fs::read(&file).ok()?) {
            Ok(state) => self.place(&state).is_dir().then_some(state),
            Err(error) => {
                tracing::warn!("{} cannot be read, fetching everything anew: {error}", file.display());
                None
            }
        }
    }

    /// Notes which state is in use, after an end at any point too.
    pub(super) async fn keep(&self, state: &State) -> Result<()> {
        self.write(CURRENT, state.to_json()).await
    }

    /// What was last heard to be out of use.
    pub(super) async fn withheld(&self) -> Result<Withheld> {
        let file = self.folder.join(WITHHELD);
        blocking(move || {
            let Ok(json) = fs::read(&file) else { return Ok(Withheld::default()) };
            serde_json::from_slice(&json).with_context(|| format!("{} cannot be read: remove it", file.display()))
        })
        .await
    }

    /// Notes it: without the store, a start must not forget it.
    pub(super) async fn keep_withheld(&self, withheld: &Withheld) -> Result<()> {
        self.write(WITHHELD, serde_json::to_vec(withheld)?).await
    }

    async fn write(&self, name: &'static str, json: Vec<u8>) -> Result<()> {
        let folder = self.folder.clone();
        blocking(move || {
            let (aside, place) = (folder.join(format!("{name}.new")), folder.join(name));
            let written = || -> std::io::Result<()> {
                let mut file = File::create(&aside)?;
                file.write_all(&json)?;
                file.sync_all()?;
                fs::rename(&aside, &place)?;
                File::open(&folder)?.sync_all()
            };
            written().with_context(|| format!("cannot write {}", place.display()))
        })
        .await
    }

    /// Fetches a state and opens it; a newer one, if the writer has tidied it away meanwhile. What `held` has of it is not
    /// fetched again. Where that fails nothing of it stays.
    pub(super) async fn bring(
        &self,
        depot: &Depot,
        newest: Arc<State>,
        held: Option<(&State, &Path)>,
        embedder: &str,
    ) -> Result<Opened> {
        let state = self.fetch(depot, newest, held, embedder).await?;
        let opened = self.open(&state, embedder).await;
        if opened.is_err() {
            self.remove(&state).await;
        }
        opened
    }

    async fn fetch(
        &self,
        depot: &Depot,
        mut newest: Arc<State>,
        held: Option<(&State, &Path)>,
        embedder: &str,
    ) -> Result<Arc<State>> {
        loop {
            let about = check(&newest, embedder)?;
            let into = self.place(&newest);
            if into.is_dir() {
                // It was fetched before, and the process ended before it was in use.
                if replication::found(&newest, &into).await?.files() == newest.files() {
                    return Ok(newest);
                }
                self.remove(&newest).await;
            }
            match depot.fetch(&newest, &into, held).await {
                Ok(fetched) => {
                    let (number, bytes) = (newest.number(), fetched.bytes);
                    tracing::info!(number, blocks = fetched.blocks, bytes, "fetched a state");
                    return Ok(newest);
                }
                Err(error @ replication::Error::Gone { .. }) => match depot.newest(newest.number()).await? {
                    Some(newer) if About::of(&newer)?.writer == about.writer => newest = Arc::new(newer),
                    Some(_) | None => return Err(Error::from(error).context("a block of the newest state is missing")),
                },
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Opens what was fetched.
    pub(super) async fn open(&self, state: &Arc<State>, embedder: &str) -> Result<Opened> {
        let about = check(state, embedder)?;
        let (place, state, embedder) = (self.place(state), Arc::clone(state), embedder.to_owned());
        blocking(move || {
            let ledger = Arc::new(Ledger::open_copy(&place.join(LEDGER))?);
            // It may be of a moment after the one that the state speaks of.
            check_embedder(&ledger.embedder()?.map(|(found, _)| found).unwrap_or_default(), &embedder)?;
            let lexical = Arc::new(TantivyIndex::open_copy(&place.join(WORDS))?);
            Ok(Opened { state, about, ledger, lexical })
        })
        .await
    }

    /// Moves a damaged copy out of the way of a whole one of the same state, and says where to.
    pub(super) async fn set_aside(&self, state: &State) -> Result<PathBuf> {
        let place = self.place(state);
        let aside = self.folder.join(format!("{}.damaged", name(state)));
        blocking(move || {
            if aside.exists() {
                fs::remove_dir_all(&aside).with_context(|| format!("cannot remove {}", aside.display()))?;
            }
            fs::rename(&place, &aside).with_context(|| format!("cannot move {} aside", place.display()))?;
            Ok(aside)
        })
        .await
    }

    /// Moves it back.
    pub(super) async fn put_back(&self, state: &State, aside: PathBuf) -> Result<()> {
        let place = self.place(state);
        blocking(move || {
            fs::rename(&aside, &place).with_context(|| format!("cannot move {} back", aside.display()))?;
            Ok(())
        })
        .await
    }

    /// Removes a copy that is not in use. What cannot be removed now is removed with the others.
    pub(super) async fn remove(&self, state: &State) {
        let place = self.place(state);
        let _ = tokio::task::spawn_blocking(move || fs::remove_dir_all(place)).await;
    }

    /// What is neither in use nor coming goes. Whoever reads a file of it reads it to the end.
    pub(super) async fn remove_others(&self, kept: &[&State]) {
        let kept: Vec<String> = kept.iter().map(|state| name(state)).collect();
        let folder = self.folder.clone();
        let remove = move || {
            for other in fs::read_dir(folder).into_iter().flatten().flatten() {
                let is_kept = kept.iter().any(|kept| other.file_name() == kept.as_str());
                if !is_kept && other.path().is_dir() {
                    let _ = fs::remove_dir_all(other.path());
                }
            }
        };
        let _ = tokio::task::spawn_blocking(remove).await;
    }
}

/// What the folder of a state is called.
fn name(state: &State) -> String {
    format!("{}-{}", state.number(), &sha256_hex(&state.to_json())[..16])
}
