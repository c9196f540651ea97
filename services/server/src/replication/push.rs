//! The writer's half: what was decided about the knowledge is published as a new state.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Result, bail};
use audit::AuditLog;
use index::TantivyIndex;
use jiff::Timestamp;
use ledger::Ledger;
use replication::{Depot, Sent, Source, State};

use super::{About, Failing, LEDGER, MOST_WITHHELD, WORDS, blocking, folder};
use crate::config::Replication;

/// States between two times that the store is tidied up.
const TIDY_EVERY: u64 = 50;

/// Blocks that no state names are let be for so long: a publication that ended early may have sent them, and is tried again.
const UNNAMED_FOR: Duration = Duration::from_secs(24 * 3600);

/// Publishes a library.
pub struct Writer {
    depot: Depot,
    store: String,
    ledger: Arc<Ledger>,
    lexical: Arc<TantivyIndex>,
    folder: PathBuf,
    key: String,
    keep: usize,
    /// The newest state of the store, once it is known.
    before: Option<State>,
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
        let store = config.store.clone().unwrap_or_default();
        let depot = super::depot(config)?;
        let folder = folder(data).join("leaving");
        let key = log.verifier_keys().first().map(ToString::to_string).unwrap_or_default();
        Ok(Self { depot, store, ledger, lexical, folder, key, keep: config.keep, before: None })
    }

    /// Publishes the library if something was decided since the newest state. What is staged is in the state too, as far as
    /// it has come, and no question finds it.
    ///
    /// # Errors
    /// When the store cannot be reached; when it has the library of somebody else, or a later state of this one.
    pub async fn push(&mut self, now: Timestamp) -> Result<Option<Pushed>> {
        if self.before.is_none() {
            self.before = self.depot.newest(0).await?;
        }
        let about = self.about()?;
        if let Some(before) = &self.before {
            let there = About::of(before)?;
            if there.writer != about.writer {
                bail!(
                    "{} has the library of another data directory: name another place in replication.store, or empty that one",
                    self.store
                );
            }
            if there.decisions > about.decisions {
                bail!(
                    "{} has a later state of this library than there is here: this is an older copy of the data. Go on with \
                     the newer one, or name another place in replication.store",
                    self.store
                );
            }
            if there == about {
                return Ok(None);
            }
        }
        let ledger = Arc::clone(&self.ledger);
        let withheld = blocking(move || Ok(ledger.withheld(MOST_WITHHELD)?)).await?;
        let files = self.gather().await?;
        let about = super::written(&about, &withheld)?;
        let outcome = self.depot.publish(self.before.as_ref(), &files, about, &now.to_string()).await;
        // Whatever went wrong, the store is asked anew what it has.
        let (state, sent) = outcome.inspect_err(|_| self.before = None)?;
        let pushed = Pushed { number: state.number(), sent };
        if pushed.number.is_multiple_of(TIDY_EVERY) {
            let tidied = self.depot.tidy(self.keep, SystemTime::from(now) - UNNAMED_FOR).await?;
            tracing::info!(states = tidied.states, blocks = tidied.blocks, "the store of states was tidied up");
        }
        self.before = Some(state);
        Ok(Some(pushed))
    }

    /// What there is to publish: what is decided, because what is only staged is no reason for a new state. Read before the files
    /// are gathered: if something is decided meanwhile, the next state has it.
    fn about(&self) -> Result<About> {
        Ok(About {
            osler: env!("CARGO_PKG_VERSION").to_owned(),
            writer: self.key.clone(),
            decisions: self.ledger.last_decision()?,
            published: self.ledger.snapshots()?.published.0,
            index: index::FORMAT,
            embedder: self.ledger.embedder()?.map(|(embedder, _)| embedder).unwrap_or_default(),
        })
    }

    /// The files of the library as of now, where nobody writes to them.
    async fn gather(&self) -> Result<Vec<Source>> {
        let (ledger, lexical, folder) = (Arc::clone(&self.ledger), Arc::clone(&self.lexical), self.folder.clone());
        tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            let (copy, words) = (folder.join(LEDGER), folder.join(WORDS));
            // The ledger first: the index then holds all that this copy has, and what it has beyond that no question finds.
            ledger.copy_to(&copy)?;
            let names = lexical.link_into(&words)?;
            let mut files = vec![Source { name: LEDGER.to_owned(), path: copy, is_immutable: false }];
            files.extend(names.into_iter().map(|name| Source {
                is_immutable: name != TantivyIndex::LIST,
                path: words.join(&name),
                name: format!("{WORDS}/{name}"),
            }));
            Ok(files)
        })
        .await?
    }

    /// Publishes whatever is decided, for ever. What fails is told once, and tried again.
    pub async fn keep_pushing(mut self, every: Duration) {
        let mut failing = Failing::new("the library could not be published for the replicas");
        loop {
            let pushed = self.push(Timestamp::now()).await;
            failing.note(pushed.as_ref().err());
            if let Ok(Some(Pushed { number, sent })) = pushed {
                tracing::info!(number, blocks = sent.blocks, bytes = sent.bytes, "published for the replicas");
                metrics::gauge!("osler_replication_state").set(number as f64);
            }
            tokio::time::sleep(every).await;
        }
    }
}
