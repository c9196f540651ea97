//! The writer's half: what was decided about the knowledge is published as a new state.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Result, bail};
use audit::AuditLog;
use index::{Follower, TantivyIndex};
use jiff::{SignedDuration, Timestamp};
use ledger::Ledger;
use replication::{Depot, Error, Lost, Sent, Source, State, Tidied};
use tokio::task::spawn_blocking;

use super::history::History;
use super::memory::{Mark, Memory};
use super::{About, Failing, LEDGER, MOST_WITHHELD, WORDS, blocking, folder};
use crate::config::Replication;

/// States between two times that the store is tidied up.
const TIDY_EVERY: u64 = 50;

/// It is tidied up so often at least, also while nothing is published.
const TIDY_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// Blocks that no state names are let be for so long: a publication that ended early may have sent them, and is tried again.
const UNNAMED_FOR: Duration = Duration::from_secs(24 * 3600);

/// How often the index is brought to where the ledger is while others write to it too.
const TRIES: usize = 3;

/// Publishes a library.
pub struct Writer {
    depot: Depot,
    store: String,
    ledger: Arc<Ledger>,
    lexical: Arc<TantivyIndex>,
    folder: PathBuf,
    key: String,
    keep: usize,
    /// The newest state of the store, once it is known, and known to be one that this library goes on from.
    before: Option<State>,
    /// What was decided here, as far as it was looked at.
    history: History,
    memory: Memory,
    /// Why it publishes nothing any more. A person has to see to it, and starts it again.
    refused: Option<String>,
    /// Whether it may go on from a state that another writer published.
    takes_over: bool,
    /// What the store has lost of the newest state.
    lost: Lost,
    /// When it was last tried to tidy up the store.
    tidied: Option<Timestamp>,
    /// Whether that failed.
    is_untidy: bool,
}

/// What was published.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// The number of the state.
    pub number: u64,
    /// What was sent for it.
    pub sent: Sent,
}

impl Writer {
    /// Of the library in a data directory, with its log, whose key says which library it is.
    ///
    /// # Errors
    /// When the store is configured wrongly.
    pub fn new(
        config: &Replication,
        data: &Path,
        log: &AuditLog,
        (ledger, lexical): (Arc<Ledger>, Arc<TantivyIndex>),
    ) -> Result<Self> {
        let memory = Memory::read(data, config);
        Ok(Self {
            depot: super::depot(config)?,
            store: config.store.clone().unwrap_or_default(),
            ledger,
            lexical,
            folder: folder(data),
            key: log.verifier_keys().first().map(ToString::to_string).unwrap_or_default(),
            keep: config.keep,
            before: None,
            history: History::default(),
            tidied: memory.tidied,
            memory,
            refused: None,
            takes_over: false,
            lost: Lost::default(),
            is_untidy: false,
        })
    }

    /// Lets it go on from a state that another writer published, if everything that was decided there was decided here too.
    pub fn take_over(&mut self) {
        self.takes_over = true;
    }

    /// Publishes the library if something was decided since the newest state. What is staged is in the state too, as far as
    /// it has come, and no question finds it. After it was refused it is refused again, until it is opened anew.
    ///
    /// # Errors
    /// When the store cannot be reached; when it has the library of somebody else, or a state of this one that what is
    /// decided here does not go on from.
    pub async fn push(&mut self, now: Timestamp) -> Result<Option<Pushed>> {
        let pushed = self.push_what_changed(now).await?;
        self.tidy_up(now, pushed.as_ref()).await;
        Ok(if self.lost.is_empty() { pushed } else { self.push_what_changed(now).await?.or(pushed) })
    }

    /// Looks whether the store has all of the newest state. What it has lost, the next push sends again. Gives the number of
    /// blocks.
    ///
    /// # Errors
    /// As [`Writer::push`].
    pub async fn look_for_lost(&mut self) -> Result<usize> {
        let about = self.about().await?;
        if let Some(newest) = self.newest(&about).await? {
            self.lost = self.depot.lost(&newest).await?;
            self.before = Some(newest);
        }
        Ok(self.lost.len())
    }

    async fn push_what_changed(&mut self, now: Timestamp) -> Result<Option<Pushed>> {
        let about = self.about().await?;
        // Whatever goes wrong from here on, the store is asked anew what it has.
        let before = match self.before.take() {
            Some(before) => Some(before),
            None => self.newest(&about).await?,
        };
        let there = before.as_ref().map(About::of).transpose()?;
        if there.as_ref() == Some(&about) && self.lost.is_empty() {
            self.before = before;
            return Ok(None);
        }
        let ledger = Arc::clone(&self.ledger);
        let withheld = blocking(move || Ok(ledger.withheld(MOST_WITHHELD)?)).await?;
        let files = self.gather().await?;
        let (number, at) = (before.as_ref().map_or(0, State::number).saturating_add(1), now.to_string());
        // Should the store's answer be lost, or this process end, the state is known again.
        let mark = before.as_ref().zip(there.as_ref()).map(|(before, there)| Mark::of(before, there));
        self.remember(self.memory.trying(mark, Mark::coming(number, at.clone(), &about))).await?;
        let value = super::written(&about, &withheld)?;
        let outcome = self.depot.publish_mending(&self.lost, before.as_ref(), &files, value, &at).await;
        let (state, sent) = match outcome {
            Ok(published) => published,
            Err(error) => {
                if matches!(error, Error::Overtaken { .. }) {
                    // By whom, and for good.
                    self.newest(&about).await?;
                }
                return Err(error.into());
            }
        };
        self.lost = Lost::default();
        let number = state.number();
        self.before = Some(state);
        Ok(Some(Pushed { number, sent }))
    }

    /// What there is to publish: what is decided, because what is only staged is no reason for a new state. Read before the files
    /// are gathered: if something is decided meanwhile, the next state has it.
    async fn about(&mut self) -> Result<About> {
        if let Some(reason) = &self.refused {
            bail!("{reason}");
        }
        let (ledger, writer, history) = (Arc::clone(&self.ledger), self.key.clone(), self.history.clone());
        let (about, history) = spawn_blocking(move || -> Result<_> {
            let history = history.go_on(&ledger)?;
            let about = About {
                osler: env!("CARGO_PKG_VERSION").to_owned(),
                writer,
                decisions: history.decisions,
                history: history.hash.clone(),
                published: ledger.snapshots()?.published.0,
                index: index::FORMAT,
                embedder: ledger.embedder()?.map(|(embedder, _)| embedder).unwrap_or_default(),
            };
            Ok((about, history))
        })
        .await??;
        self.history = history;
        Ok(about)
    }

    /// The newest state of the store. If this library does not go on from it, nothing is published any more.
    async fn newest(&mut self, here: &About) -> Result<Option<State>> {
        let Some(newest) = self.depot.newest(0).await? else { return Ok(None) };
        let there = About::of(&newest)?;
        let mark = Mark::of(&newest, &there);
        if let Some(reason) = self.refusal(&mark, &there, here).await? {
            self.refused = Some(reason.clone());
            self.remember(Memory { refused: Some(reason.clone()), ..self.memory.clone() }).await?;
            bail!("{reason}");
        }
        if !self.memory.is_settled(&mark) {
            self.remember(self.memory.settled(mark)).await?;
        }
        Ok(Some(newest))
    }

    /// Why this library must not be published after that state.
    async fn refusal(&self, mark: &Mark, there: &About, here: &About) -> Result<Option<String>> {
        let (store, number) = (&self.store, mark.number);
        Ok(if there.writer != here.writer {
            Some(format!(
                "{store} has the library of another data directory: name another place in replication.store, or empty that one, \
                 and start the writer again"
            ))
        } else if there.decisions > here.decisions {
            Some(format!(
                "{store} has a later state of this library than there is here, with {} decisions instead of {}: this is an \
                 older copy of the data, and publishes nothing. Go on with the newer one, or name another place in \
                 replication.store, and start the writer again",
                there.decisions, here.decisions
            ))
        } else if !self.has_decided(there).await? {
            Some(format!(
                "state {number} in {store} has other decisions about this library than were made here: two writers went on \
                 from copies of the same data. This one publishes nothing, and what was decided here is not in force there. \
                 Go on with the other one and decide there what was decided here, or name another place in \
                 replication.store, and start the writer again"
            ))
        } else if !self.takes_over && !self.memory.knows(mark) {
            Some(format!(
                "state {number} in {store} was published by another writer of this library: this one publishes nothing. Let \
                 only one write. All that was decided there was decided here too, so when the other one has ended for good, \
                 `osler replication push --take-over` goes on from its state"
            ))
        } else {
            None
        })
    }

    /// Whether everything that was decided there was decided here, in that order. Earlier versions published how many decisions
    /// there were, and no hash.
    async fn has_decided(&self, there: &About) -> Result<bool> {
        if there.history.is_empty() || there.decisions == self.history.decisions {
            return Ok(there.history.is_empty() || there.history == self.history.hash);
        }
        let (ledger, number) = (Arc::clone(&self.ledger), there.decisions);
        let history = spawn_blocking(move || History::until(&ledger, number)).await??;
        Ok(history.hash == there.history)
    }

    async fn remember(&mut self, memory: Memory) -> Result<()> {
        let (folder, kept) = (self.folder.clone(), memory.clone());
        spawn_blocking(move || kept.keep(&folder)).await??;
        self.memory = memory;
        Ok(())
    }

    /// The files of the library as of now, where nobody writes to them.
    async fn gather(&self) -> Result<Vec<Source>> {
        let folder = self.folder.join("leaving");
        let (path, words) = (folder.join(LEDGER), folder.join(WORDS));
        let (ledger, to) = (Arc::clone(&self.ledger), path.clone());
        // The ledger first: what the index has beyond this copy no question finds.
        let copy = blocking(move || {
            std::fs::create_dir_all(&folder)?;
            ledger.copy_to(&to)?;
            Ok(Arc::new(Ledger::open_copy(&to)?))
        });
        let names = self.link_words(&words, copy.await?).await?;
        let mut files = vec![Source { name: LEDGER.to_owned(), path, is_immutable: false }];
        files.extend(names.into_iter().map(|name| Source {
            is_immutable: name != TantivyIndex::LIST,
            path: words.join(&name),
            name: format!("{WORDS}/{name}"),
        }));
        Ok(files)
    }

    /// Links the index, which has all that this copy of the ledger has. Whoever decides writes to the ledger and only then to the
    /// index; while documents are taken in, that may be thousands of passages behind.
    async fn link_words(&self, words: &Path, copy: Arc<Ledger>) -> Result<Vec<String>> {
        for _ in 0..TRIES {
            let (lexical, folder) = (Arc::clone(&self.lexical), words.to_owned());
            let link = move || -> Result<_> {
                let names = lexical.link_into(&folder)?;
                Ok((names, TantivyIndex::open_copy(&folder)?))
            };
            let (names, linked) = blocking(link).await?;
            let (reached, copy) = (linked.reached().await?, Arc::clone(&copy));
            if blocking(move || Ok(copy.entries_after(reached, 1)?.is_empty())).await? {
                return Ok(names);
            }
            ingest::catch_up(&self.ledger, self.lexical.as_ref()).await?;
        }
        bail!("the index of words is written to all the time, and has not followed the ledger: it is tried again");
    }

    /// Tidies up the store every so many states and once a day, and looks whether it has lost something. What was published is
    /// published, whatever fails here: it is tried again after the next publication.
    async fn tidy_up(&mut self, now: Timestamp, pushed: Option<&Pushed>) {
        let is_due = pushed.is_some_and(|pushed| self.is_untidy || pushed.number.is_multiple_of(TIDY_EVERY));
        if !is_due && self.tidied.is_some_and(|tidied| now.duration_since(tidied) < TIDY_WITHIN) {
            return;
        }
        self.tidied = Some(now);
        let outcome = self.try_to_tidy_up(now).await;
        self.is_untidy = outcome.is_err();
        match outcome {
            Ok(tidied) if tidied != Tidied::default() => {
                tracing::info!(states = tidied.states, blocks = tidied.blocks, "the store of states was tidied up");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!("the store of states could not be tidied up, and is later: {error:#}"),
        }
        if !self.lost.is_empty() {
            tracing::warn!(
                blocks = self.lost.len(),
                "the store has lost blocks of the newest state: sending them again"
            );
        }
    }

    async fn try_to_tidy_up(&mut self, now: Timestamp) -> Result<Tidied> {
        // Replicas fetch the newest state alone, so that one has to be whole.
        if let Some(newest) = &self.before {
            self.lost = self.depot.lost(newest).await?;
        }
        let tidied = self.depot.tidy(self.keep, SystemTime::from(now) - UNNAMED_FOR).await?;
        self.remember(Memory { tidied: Some(now), ..self.memory.clone() }).await?;
        Ok(tidied)
    }

    /// Publishes whatever is decided, for ever. What fails is told once, and tried again, unless it was refused.
    pub async fn keep_pushing(mut self, every: Duration) {
        let mut failing = Failing::new("the library could not be published for the replicas");
        loop {
            let pushed = self.push(Timestamp::now()).await;
            failing.note(pushed.as_ref().err());
            metrics::gauge!("osler_replication_refused").set(if self.refused.is_some() { 1.0 } else { 0.0 });
            if let Ok(Some(Pushed { number, sent })) = pushed {
                tracing::info!(number, blocks = sent.blocks, bytes = sent.bytes, "published for the replicas");
                metrics::gauge!("osler_replication_state").set(number as f64);
            }
            tokio::time::sleep(every).await;
        }
    }
}
