//! Bringing corpora up to date: from a path somebody names, or from the sources that their manifests name.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use answer::{Clock, SystemSeams};
use anyhow::{Context, Result, bail};
use index::VectorIndex;
use inference::Embedder;
use ingest::connect::{Client, ClientOptions, FetchEvent, Guard, Held, Mirror, S3Key, Source, fetch};
use ingest::{Account, Event, Failure, Ingest, Options, Origin, Originals, Parser, Stores, Workers};
use knowledge::{Corpus, CorpusId, sha256_hex};
use ledger::{Decision, Imported, Ledger};
use serde::Serialize;

use crate::config;

/// What is told while a corpus is brought up to date.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Told {
    /// By the run of ingest.
    Ingest(Event),
    /// By the connector of a source.
    Source(SourceEvent),
}

/// What the connector of a source tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SourceEvent {
    /// Something about one document.
    Source {
        /// Which source.
        source: String,
        /// What.
        said: FetchEvent,
    },
    /// A source cannot be fetched, or not to its end; the others go on.
    SourceFailed {
        /// Which source.
        source: String,
        /// Why, and what to do.
        reason: String,
    },
    /// Notices were taken in.
    Notices {
        /// Which source.
        source: String,
        /// What they came to.
        #[serde(flatten)]
        imported: Imported,
    },
}

/// Takes documents in.
pub struct Library {
    ledger: Arc<Ledger>,
    /// With its stores. Another embedder and its index may take the place of those in use.
    ingest: RwLock<Arc<Ingest>>,
    config: config::Ingest,
    data: std::path::PathBuf,
    clock: Arc<dyn Clock>,
    /// Two runs at once would give one version's number twice.
    running: tokio::sync::Mutex<()>,
    /// Whoever has the indexes follow beside a run; alone, whoever replaces one of them.
    following: tokio::sync::RwLock<()>,
}

/// Nothing is taken in, and no index follows, as long as this is there.
pub struct Alone<'a> {
    library: &'a Library,
    _running: tokio::sync::MutexGuard<'a, ()>,
    _following: tokio::sync::RwLockWriteGuard<'a, ()>,
}

impl Alone<'_> {
    /// Has everything be embedded with `embedder` and written to `vectors` from now on. The ledger has adopted it already.
    pub fn replace(&self, vectors: Arc<dyn VectorIndex>, embedder: Arc<dyn Embedder>) {
        let mut ingest = self.library.ingest.write().unwrap_or_else(PoisonError::into_inner);
        *ingest = Arc::new(ingest.after_adoption(vectors, embedder));
    }
}

impl Library {
    /// On these stores. Documents are parsed by this program, started again.
    ///
    /// # Errors
    /// When the data was embedded with another model.
    pub fn new(stores: Stores, embedder: Arc<dyn Embedder>, config: config::Ingest, data: &Path) -> Result<Self> {
        let program = std::env::current_exe().context("cannot find the osler program, which reads documents")?;
        let workers = Workers::new(program, vec!["parse-worker".into()], config.cost());
        Self::with(stores, embedder, config, data, (Parser::Apart(workers), Arc::new(SystemSeams)))
    }

    /// The same with another parser and clock.
    ///
    /// # Errors
    /// As [`Library::new`].
    pub fn with(
        stores: Stores,
        embedder: Arc<dyn Embedder>,
        config: config::Ingest,
        data: &Path,
        (parser, clock): (Parser, Arc<dyn Clock>),
    ) -> Result<Self> {
        let ledger = Arc::clone(&stores.ledger);
        let ingest = RwLock::new(Arc::new(Ingest::new(stores, embedder, Arc::new(parser))?));
        let (running, following) = Default::default();
        Ok(Self { ledger, ingest, config, data: data.to_owned(), clock, running, following })
    }

    fn ingest(&self) -> Arc<Ingest> {
        Arc::clone(&self.ingest.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for the run that is in work, and keeps the next ones waiting.
    pub async fn alone(&self) -> Alone<'_> {
        let running = self.running.lock().await;
        Alone { library: self, _running: running, _following: self.following.write().await }
    }

    /// Has the indexes take in what was decided.
    ///
    /// # Errors
    /// When one cannot be written.
    pub async fn catch_up(&self) -> Result<()> {
        let _together = self.following.read().await;
        Ok(self.ingest().stores().catch_up().await?)
    }

    /// A folder in the data directory for what arrives; it goes when it is dropped.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(&self) -> Result<tempfile::TempDir> {
        let uploads = self.data.join("uploads");
        std::fs::create_dir_all(&uploads).with_context(|| format!("cannot create {}", uploads.display()))?;
        Ok(tempfile::tempdir_in(uploads)?)
    }

    /// The files that documents came from.
    pub fn originals(&self) -> Originals {
        Originals::of(&self.data)
    }

    /// A page of a PDF, counted from 1, as a picture (PNG); or why there is none.
    ///
    /// # Errors
    /// When no process can be started that draws it.
    pub fn page(&self, bytes: &[u8], number: u32) -> Result<Result<Vec<u8>, Failure>> {
        Ok(self.ingest().page(bytes, number)?)
    }

    /// Registers a corpus or brings its policy up to date, as a manifest says, and keeps where it comes from.
    ///
    /// # Errors
    /// When policies are for two people to change, in the pages, and this one is not in force; when the ledger cannot be
    /// written.
    pub fn declare(&self, corpus: &Corpus, origin: Option<&Origin>, actor: &str) -> Result<()> {
        let ledger = &self.ledger;
        if self.config.two_people && ledger.policy(&corpus.id)?.is_none_or(|(_, held)| held != *corpus) {
            bail!("{}", Self::for_two(&corpus.id));
        }
        let at = self.clock.now().to_string();
        ledger.put_corpus(corpus, &Decision { at: &at, actor, reason: "as its manifest says" })?;
        if let Some(origin) = origin {
            ledger.put_sources(&corpus.id, origin)?;
        }
        Ok(())
    }

    fn for_two(corpus: &CorpusId) -> String {
        format!(
            "ingest.two_people is set, and the policy of {corpus} is not in force: propose it in the pages under Library, \
             Corpora, and have another person approve it"
        )
    }

    /// Where a corpus comes from, if its manifest said.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn origin(&self, corpus: &CorpusId) -> Result<Option<Origin>> {
        let origin: Option<Origin> = self.ledger.sources(corpus)?;
        Ok(origin.filter(|origin| !origin.sources.is_empty()))
    }

    fn options(&self, publish: bool, actor: &str) -> Options {
        Options {
            publish: publish && !self.config.two_people,
            actor: actor.to_owned(),
            at: self.clock.now().to_string(),
            data: self.data.clone(),
            archives: self.config.archives(),
            keeps_originals: self.config.keep_originals,
            is_mirror: false,
        }
    }

    /// Takes in what is at or below a path.
    ///
    /// # Errors
    /// As [`Ingest::run`].
    pub async fn take_in(
        &self,
        path: &Path,
        corpus: &Corpus,
        publish: bool,
        actor: &str,
        stop: &Arc<AtomicBool>,
        tell: &mut (dyn FnMut(Told) + Send),
    ) -> Result<Account> {
        let _alone = self.running.lock().await;
        self.run(path, corpus, &self.options(publish, actor), stop, tell).await
    }

    async fn run(
        &self,
        path: &Path,
        corpus: &Corpus,
        options: &Options,
        stop: &Arc<AtomicBool>,
        tell: &mut (dyn FnMut(Told) + Send),
    ) -> Result<Account> {
        if self.config.two_people && self.ledger.policy(&corpus.id)?.is_none() {
            bail!("{}", Self::for_two(&corpus.id));
        }
        let tell = |event: &Event| tell(Told::Ingest(event.clone()));
        Ok(self.ingest().run(path, corpus, options, Arc::clone(stop), tell).await?)
    }

    /// Fetches what the sources of a corpus have that is new, takes it in, applies notices, and publishes. A source that fails
    /// is told, and stops no other.
    ///
    /// # Errors
    /// When the stores fail, the manifest names a host that cannot be asked, or it was stopped; what came in is kept.
    pub async fn refresh(
        &self,
        corpus: &Corpus,
        origin: &Origin,
        publish: bool,
        actor: &str,
        stop: &Arc<AtomicBool>,
        tell: &mut (dyn FnMut(Told) + Send),
    ) -> Result<()> {
        let _alone = self.running.lock().await;
        let guard = Guard::new(&origin.allow_hosts, &origin.private_hosts)?;
        let client = Client::new(guard, ClientOptions::default())?;
        let held = Held { dois: self.ledger.dois(&corpus.id)?, s3: self.s3_key()? };
        for (at, source) in origin.sources.iter().enumerate() {
            if stop.load(Ordering::Relaxed) {
                return Err(ingest::Error::Stopped.into());
            }
            let name = format!("{} {}", at + 1, kind_of(source));
            match self.refresh_one(&name, source, corpus, &client, &held, actor, stop, tell).await {
                Ok(()) => {}
                Err(error) if is_fatal(&error) => return Err(error),
                Err(error) => {
                    tell(Told::Source(SourceEvent::SourceFailed { source: name, reason: format!("{error:#}") }))
                }
            }
        }
        // Notices have changed what is in force, maybe without a document that came in.
        self.ingest().stores().catch_up().await?;
        if publish && !self.config.two_people {
            let reason = format!("refresh of {}", corpus.id);
            self.ledger.publish(&Decision { at: &self.clock.now().to_string(), actor, reason: &reason })?;
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    async fn refresh_one(
        &self,
        name: &str,
        source: &Source,
        corpus: &Corpus,
        client: &Client,
        held: &Held,
        actor: &str,
        stop: &Arc<AtomicBool>,
        tell: &mut (dyn FnMut(Told) + Send),
    ) -> Result<()> {
        let mirror = Mirror::open(&self.mirror_of(&corpus.id, source)?)?;
        let mut told = |said: FetchEvent| tell(Told::Source(SourceEvent::Source { source: name.to_owned(), said }));
        let fetched = fetch(source, &mirror, client, held, stop, &mut told).await?;
        if !fetched.notices.is_empty() {
            let at = self.clock.now().to_string();
            let decision = Decision { at: &at, actor, reason: "notice" };
            let imported = self.ledger.import_notices(&fetched.notices, &decision)?;
            tell(Told::Source(SourceEvent::Notices { source: name.to_owned(), imported }));
        }
        let options = Options { is_mirror: source.is_mirrored(), ..self.options(false, actor) };
        match source.documents(&mirror) {
            Some(path) => match self.run(path, corpus, &options, stop, tell).await {
                Ok(_) => Ok(()),
                // A source that has nothing yet is no failure.
                Err(error) if matches!(error.downcast_ref(), Some(ingest::Error::Empty(_))) => Ok(()),
                Err(error) => Err(error),
            },
            None => Ok(()),
        }
    }

    /// One folder for each source; one that is changed in the manifest starts anew.
    fn mirror_of(&self, corpus: &CorpusId, source: &Source) -> Result<std::path::PathBuf> {
        let hash = sha256_hex(serde_json::to_string(source)?.as_bytes());
        let name = format!("{}-{}", kind_of(source), hash.chars().take(12).collect::<String>());
        let path = self.data.join("sources").join(corpus.as_str()).join(name);
        std::fs::create_dir_all(&path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(path)
    }

    fn s3_key(&self) -> Result<Option<S3Key>> {
        let Self { config, .. } = self;
        let (id, secret) = (config.s3_access_key_env.as_deref(), config.s3_secret_key_env.as_deref());
        config::s3_key(id, secret, config.s3_session_token_env.as_deref())
    }
}

/// A store that fails fails the next source too; a source that cannot be read fails alone.
fn is_fatal(error: &anyhow::Error) -> bool {
    match error.downcast_ref() {
        Some(ingest::Error::Unreadable { .. } | ingest::Error::Empty(_) | ingest::Error::Manifest { .. }) => false,
        Some(_) => true,
        None => error.is::<ledger::Error>(),
    }
}

fn kind_of(source: &Source) -> &'static str {
    match source {
        Source::Directory { .. } => "directory",
        Source::Archive { .. } => "archive",
        Source::Urls { .. } => "urls",
        Source::S3 { .. } => "s3",
        Source::PmcOa { .. } => "pmc_oa",
        Source::Pubmed { .. } => "pubmed",
        Source::Crossref { .. } => "crossref",
        Source::RetractionWatch { .. } => "retraction_watch",
    }
}

/// Looks at the sources of every corpus on its schedule, until `stop` is raised. Failures are logged, and tried again at the
/// next turn.
pub async fn watch(library: &Library, actor: &str, stop: &Arc<AtomicBool>, tell: &mut (dyn FnMut(Told) + Send)) {
    let mut due: std::collections::HashMap<CorpusId, tokio::time::Instant> = std::collections::HashMap::new();
    while !stop.load(Ordering::Relaxed) {
        let now = tokio::time::Instant::now();
        for (corpus, origin) in library.scheduled() {
            if due.get(&corpus.id).is_some_and(|due| *due > now) {
                continue;
            }
            if let Err(error) = library.refresh(&corpus, &origin, true, actor, stop, tell).await {
                tracing::error!(corpus = %corpus.id, "the sources could not be looked at: {error:#}");
            }
            let wait = origin.refresh().unwrap_or(std::time::Duration::from_secs(86_400));
            due.insert(corpus.id, tokio::time::Instant::now() + wait);
        }
        let next = due.values().min().copied().unwrap_or(now + LOOK);
        tokio::time::sleep_until(next.min(tokio::time::Instant::now() + LOOK)).await;
    }
}

/// How often it is looked whether something is due.
const LOOK: std::time::Duration = std::time::Duration::from_secs(1);

impl Library {
    /// Corpora that have sources.
    fn scheduled(&self) -> Vec<(Corpus, Origin)> {
        let corpora = self.ledger.corpora().unwrap_or_default().into_iter();
        let with_origin = |corpus: Corpus| {
            let origin = self.origin(&corpus.id).ok()??;
            Some((corpus, origin))
        };
        corpora.filter_map(with_origin).collect()
    }
}
