//! The parts put together: models, data, asker.

use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use answer::{Asker, Parts, Retriever, SystemSeams};
use anyhow::{Context, Result};
use audit::{Actor, AuditLog, Draft};
use curation::Curation;
use history::History;
use identity::{Identity, Provider};
use index::VectorIndex;
use inference::models::Store;
use inference::{Grammar, Prompt, Request};
use knowledge::sha256_hex;
use review::Reviews;
use tokio_util::sync::CancellationToken;
use vocabulary::Thesaurus;

use crate::config::{self, Config, Mode, Part, Places};
use crate::data::{Data, Link};
use crate::facts;
use crate::gap_tickets::{AskedOf, Meanings};
use crate::ingests::Runs;
use crate::labeling::Labeling;
use crate::last_search::LastSearch;
use crate::library::Library;
use crate::models::{ModelInUse, ModelRole, load_embedder, load_generator, load_judge, load_reranker, models_in_use};
use crate::replication::Freshness;
use crate::witnessing::Witnesses;

/// A service that can answer.
pub struct App {
    /// Answers questions.
    pub asker: Asker,
    /// Records them.
    pub audit: Arc<AuditLog>,
    /// Conversations.
    pub history: Arc<History>,
    /// Accounts, sessions and keys.
    pub identity: Arc<Identity>,
    /// The house's identity provider, if it has one.
    pub provider: Option<Arc<Provider>>,
    /// Whether this is a demonstration.
    pub is_demo: bool,
    /// Reviews of answers.
    pub reviews: Arc<Reviews>,
    /// What people decide about the knowledge.
    pub curation: Arc<Curation>,
    /// Takes documents in, where this service does.
    pub library: Option<Arc<Library>>,
    /// Runs of ingest that were begun in the pages.
    pub ingests: Arc<Runs>,
    /// What questions without evidence mean.
    pub meanings: Meanings,
    /// What they were last asked of again.
    pub tickets_asked_of: AskedOf,
    /// What was away when something was last searched for.
    pub last_search: LastSearch,
    /// Witnesses of the log.
    pub witnesses: Arc<Witnesses>,
    /// Its configuration.
    pub config: Config,
    /// The index that another embedder's has replaced last. Whoever has one take over holds the lock.
    pub(crate) replaced: tokio::sync::Mutex<Option<Weak<dyn VectorIndex>>>,
    in_use: RwLock<InUse>,
    ready: AtomicBool,
    /// Whether one may ask without signing in; `None`: as long as there is no account.
    anonymous: Option<bool>,
    /// Whether an account was seen. Accounts are disabled and never removed: once there is one, nobody need look again.
    has_accounts: AtomicBool,
    /// Until it is [kept up](App::keep_link).
    link: Mutex<Option<Link>>,
    /// How long ago a replica last saw what its writer has published.
    freshness: Option<Arc<Freshness>>,
    /// What holds the data directory.
    _lock: Option<File>,
}

/// What is another when another embedder takes over.
struct InUse {
    /// The models that run.
    models: Vec<ModelInUse>,
    /// What the configuration says of the embedder.
    embedder: config::Embedder,
}

impl App {
    /// Puts a service together from its parts; tests bring their own.
    ///
    /// # Errors
    /// When the identity provider or a witness is configured wrongly.
    pub fn new(asker: Asker, data: &Data, config: Config) -> Result<Self> {
        Ok(Self {
            asker,
            audit: Arc::clone(&data.audit),
            history: Arc::clone(&data.history),
            identity: Arc::clone(&data.identity),
            provider: config.identity.provider()?.map(Arc::new),
            is_demo: false,
            reviews: Arc::clone(&data.reviews),
            curation: Arc::clone(&data.curation),
            library: None,
            ingests: Arc::default(),
            meanings: Meanings::default(),
            tickets_asked_of: AskedOf::default(),
            last_search: LastSearch::default(),
            witnesses: Arc::new(Witnesses::new(&config.audit.witnesses)?),
            replaced: tokio::sync::Mutex::default(),
            in_use: RwLock::new(InUse { models: Vec::new(), embedder: config.embedder.clone() }),
            anonymous: config.identity.anonymous_on(is_loopback(&config.server.listen)),
            has_accounts: AtomicBool::new(false),
            config,
            ready: AtomicBool::new(false),
            link: Mutex::default(),
            freshness: match &data.link {
                Some(Link::Replica(replica)) => Some(replica.freshness()),
                Some(Link::Writer(_)) | None => None,
            },
            _lock: None,
        })
    }

    /// Loads everything the configuration names.
    ///
    /// # Errors
    /// With what is missing and what to do.
    pub async fn open(places: &Places) -> Result<Self> {
        Self::open_with(places, |_| {}).await
    }

    /// The same, with the configuration adjusted first.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_with(places: &Places, adjust: impl FnOnce(&mut Config)) -> Result<Self> {
        let mut config = places.read()?;
        adjust(&mut config);
        let store = Store::new(places.models_dir()?, config.model_list()?);
        let embedder = load_embedder(&config, &store).await?;
        let mut data = Data::open(&places.data, (embedder.id(), embedder.dimension()), &config).await?;
        let writes = config.answer.mode != Mode::Extractive;
        let generator = load_generator(&config.generator, writes, &store).await?;
        let judge = load_judge(&config, &store, generator.as_deref()).await?;
        let reranker = load_reranker(&config, &store).await?;
        // A replica takes nothing in.
        let library = match config.replication.role {
            Part::Replica => None,
            Part::Alone | Part::Writer => {
                let (stores, ingest) = (data.stores.clone(), config.ingest.clone());
                Some(Arc::new(Library::new(stores, Arc::clone(&embedder), ingest, &places.data)?))
            }
        };
        // What is not searched by is not read, and is not on record.
        let imported = if config.search.expansion { Thesaurus::open(&Thesaurus::path(&places.data))? } else { None };
        let retriever = Retriever {
            ledger: Arc::clone(&data.stores.ledger),
            vectors: Arc::clone(&data.stores.vectors),
            lexical: Arc::clone(&data.stores.lexical),
            embedder,
            reranker,
            rerank_deadline: Duration::from_secs(config.reranker.deadline_s),
            has_expansion: config.search.expansion,
            thesaurus: imported.map(Arc::new),
            has_priors: config.search.priors,
            clock: Arc::new(SystemSeams),
        };
        let (clock, ids) = (Arc::new(SystemSeams), Arc::new(SystemSeams));
        let asker = Asker::new(Parts { retriever, generator, judge, settings: config.settings(), clock, ids });
        let models = models_in_use(&config, &store, &asker);
        let in_use = RwLock::new(InUse { models, embedder: config.embedder.clone() });
        let app = Self { in_use, library, ..Self::new(asker, &data, config)? };
        app.begin()?;
        let link = Mutex::new(data.link.take());
        Ok(Self { _lock: Some(data.into_lock()), link, ..app })
    }

    /// The models that it runs.
    pub fn models(&self) -> Vec<ModelInUse> {
        self.in_use.read().unwrap_or_else(PoisonError::into_inner).models.clone()
    }

    /// Says that another embedder has taken over, and puts it on record.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub(crate) fn took_over(&self, embedder: config::Embedder, model: ModelInUse) -> Result<()> {
        {
            let mut in_use = self.in_use.write().unwrap_or_else(PoisonError::into_inner);
            in_use.models.retain(|model| model.role != ModelRole::Embedder);
            in_use.models.insert(0, model);
            in_use.embedder = embedder;
        }
        self.put_on_record("service.changed")
    }

    fn begin(&self) -> Result<()> {
        self.put_on_record("service.began")
    }

    /// Puts on record what answers from now on: program, configuration, models, and what is said of them.
    fn put_on_record(&self, action: &'static str) -> Result<()> {
        let embedder = self.in_use.read().unwrap_or_else(PoisonError::into_inner).embedder.clone();
        let config = Config { embedder, ..self.config.clone() };
        let config = sha256_hex(serde_json::to_string(&config)?.as_bytes());
        let models: Vec<String> = self
            .models()
            .iter()
            .map(|model| audit::token(&format!("{}@{}", model.id, model.sha256.as_deref().unwrap_or("unknown"))))
            .collect();
        let thesaurus = self.asker.retriever().thesaurus.as_ref().map(|imported| imported.about().sha256.clone());
        let mut released = format!("{}\n{config}\n{}", env!("CARGO_PKG_VERSION"), models.join("\n"));
        if let Some(sha256) = &thesaurus {
            released.push_str(&format!("\nthesaurus {sha256}"));
        }
        let release = sha256_hex(released.as_bytes());
        self.audit.set_release(&release[..16]);
        let labeling = Labeling::of(&facts::gather(self)?);
        let mut draft = Draft::new(action, Actor::service())
            .with("version", env!("CARGO_PKG_VERSION"))
            .with("config_sha256", config)
            .with("models", models)
            .with("anonymous", self.is_anonymous()?)
            .with("labeling_sha256", labeling.sha256.as_str());
        if let Some(sha256) = thesaurus {
            draft = draft.with("thesaurus_sha256", sha256);
        }
        self.audit.append(draft)?;
        labeling.record(&self.audit)?;
        Ok(())
    }

    /// Whether whoever reaches the service may ask without signing in, as things are now: an account that is added while it runs
    /// may end that.
    ///
    /// # Errors
    /// When the accounts cannot be read.
    pub fn is_anonymous(&self) -> identity::Result<bool> {
        if let Some(settled) = self.anonymous {
            return Ok(settled);
        }
        if !self.has_accounts.load(Ordering::Relaxed) && self.identity.has_accounts()? {
            self.has_accounts.store(true, Ordering::Relaxed);
        }
        Ok(!self.has_accounts.load(Ordering::Relaxed))
    }

    /// Whether it can answer: warmed up, everything can be put on record, and a retraction would be known of.
    pub fn can_answer(&self) -> bool {
        self.is_ready() && self.audit.is_well() && !self.witnesses.is_alarmed() && !self.is_stale()
    }

    /// Whether this is a replica that has not seen for too long what its writer publishes.
    pub fn is_stale(&self) -> bool {
        self.freshness.as_ref().is_some_and(|freshness| freshness.is_stale())
    }

    /// Whether it answers from a copy of the library, and changes nothing in it.
    pub fn is_replica(&self) -> bool {
        self.freshness.is_some()
    }

    /// Publishes for replicas, or follows the writer, as long as the service runs. The first call alone does anything.
    pub async fn keep_link(&self) {
        let every = Duration::from_secs(self.config.replication.every_s);
        let link = self.link.lock().unwrap_or_else(PoisonError::into_inner).take();
        match link {
            Some(Link::Writer(writer)) => writer.keep_pushing(every).await,
            Some(Link::Replica(replica)) => replica.keep_following(every).await,
            None => {}
        }
    }

    /// Whether [`App::warm_up`] has gone through.
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }

    /// Embeds a text and has the model really write: a model that loads may still fail at its first token.
    ///
    /// # Errors
    /// When either fails.
    pub async fn warm_up(&self) -> Result<()> {
        self.asker.retriever().embedder.embed(vec!["ready".to_owned()]).await?;
        // The first call makes the rules, which takes a tenth of a second.
        drop(privacy::find("ready"));
        if let Some(generator) = self.asker.generator() {
            let grammar = Grammar {
                lark: "start: \"{}\"".to_owned(),
                schema: serde_json::json!({ "type": "object", "properties": {}, "additionalProperties": false }),
            };
            let prompt = Prompt { system: "Reply in JSON.".to_owned(), user: "Reply with {}.".to_owned() };
            let deadline = Duration::from_secs(self.config.generator.deadline_s);
            let request = Request { prompt, grammar, max_tokens: 16, deadline, pieces: None };
            generator
                .generate(request, CancellationToken::new())
                .await
                .context("the model loads but does not write")?;
        }
        self.ready.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Whether an address is one of this machine alone.
pub fn is_loopback(listen: &str) -> bool {
    let host = listen.rsplit_once(':').map_or(listen, |(host, _)| host).trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
