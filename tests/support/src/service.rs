//! The service under test: the real router, stores and pipeline, with fakes where models would be.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use answer::{Asker, Clock, Enough, FixedSeams, Judge, Parts, Retriever, Settings};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use identity::Role;
use inference::{Embedder, Generator};
use ingest::{Account, Event, Ingest, Limits, Options, Parser, Report, Stores};
use knowledge::{Corpus, Kind, Rights};
use serde_json::Value;
use server::app::App;
use server::config::Config;
use server::data::{Data, Link};
use server::library::Library;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::fakes::{CountingEntropy, HashEmbedder, ScriptedGenerator};

/// A service in a directory of its own.
pub struct TestService {
    /// What writes.
    pub generator: Arc<ScriptedGenerator>,
    /// Where everything is kept.
    pub stores: Stores,
    /// The app behind the router.
    pub app: Arc<App>,
    /// What it is told of the time; the log's own clock stands.
    pub clock: Arc<FixedSeams>,
    router: Router,
    data: Data,
    // Last, so that it goes when nobody writes into it any more.
    directory: TempDir,
}

/// A reply, read whole.
#[derive(Debug)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub text: String,
}

impl Reply {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

/// The defaults, with the thresholds that the fake embedder needs.
pub fn test_settings() -> Settings {
    Settings { enough: Enough(0.55), ..Settings::default() }
}

/// A clock that stands, and randomness that counts: what is written twice is the same twice.
pub fn fixed_seams() -> audit::Seams {
    let now = Arc::new(|| FixedSeams::default().now());
    // No checkpoint but those that are asked for: how fast a test runs must not be seen in the log.
    let checkpoint_every = Duration::from_secs(3_600);
    audit::Seams { now, entropy: Arc::new(CountingEntropy::default()), checkpoint_every }
}

/// The defaults, and whoever comes without a name may ask beside those who have accounts.
fn open() -> Config {
    let mut config = Config::default();
    config.identity.anonymous = Some(true);
    config
}

impl TestService {
    /// An empty service with the default configuration, open to whoever comes.
    pub async fn new() -> Self {
        Self::with(open(), test_settings(), true).await
    }

    /// The same, answering with sentences alone.
    pub async fn without_generator() -> Self {
        Self::with(open(), test_settings(), false).await
    }

    /// An empty service.
    pub async fn with(config: Config, settings: Settings, writes: bool) -> Self {
        Self::judged(config, settings, writes, None).await
    }

    /// An empty service whose statements are judged.
    pub async fn judged(config: Config, settings: Settings, writes: bool, judge: Option<Judge>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let embedder = Arc::new(HashEmbedder);
        let mut config = config;
        config.audit.guard.get_or_insert_with(|| directory.path().join("guard"));
        let of = (embedder.id(), embedder.dimension());
        let data = Data::open_with(directory.path(), of, &config, fixed_seams()).await.unwrap();
        let stores = data.stores.clone();
        let generator = Arc::new(ScriptedGenerator::new([]));
        let seams = Arc::new(FixedSeams::default());
        let retriever = Retriever {
            ledger: Arc::clone(&stores.ledger),
            vectors: Arc::clone(&stores.vectors),
            lexical: Arc::clone(&stores.lexical),
            embedder,
            reranker: None,
            rerank_deadline: Duration::from_secs(config.reranker.deadline_s),
            has_expansion: config.search.expansion,
            thesaurus: None,
            has_priors: config.search.priors,
            clock: Arc::clone(&seams) as Arc<dyn answer::Clock>,
        };
        let writer: Arc<dyn Generator> = Arc::clone(&generator) as Arc<dyn Generator>;
        let parts = Parts {
            retriever,
            generator: writes.then_some(writer),
            judge,
            settings,
            clock: Arc::clone(&seams) as Arc<dyn answer::Clock>,
            ids: Arc::clone(&seams) as Arc<dyn answer::Ids>,
        };
        let (taking, path) = (config.ingest.clone(), directory.path());
        let mut app = App::new(Asker::new(parts), &data, config).unwrap();
        if !app.is_replica() {
            let clock: Arc<dyn Clock> = Arc::new(FixedSeams::default());
            let library = Library::with(stores.clone(), Arc::new(HashEmbedder), taking, path, (Parser::Here, clock));
            app.library = Some(Arc::new(library.unwrap()));
        }
        let app = Arc::new(app);
        let router = server::http::router(Arc::clone(&app));
        Self { generator, stores, app, clock: seams, router, directory, data }
    }

    /// What ties it to other machines; nobody keeps that up but the test.
    pub fn link(&mut self) -> Option<Link> {
        self.data.link.take()
    }

    /// A file of the data directory.
    pub fn data_file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The policy of the corpus `test`.
    pub fn corpus() -> Corpus {
        Corpus {
            id: "test".parse().unwrap(),
            title: "Test corpus".to_owned(),
            issuer: "Test issuer".to_owned(),
            kind: Kind::Guideline,
            licence: "CC0-1.0".to_owned(),
            rights: Rights { index: true, quote_words: None, display: true, export: true, expires: None },
            jurisdiction: "international".to_owned(),
            language: "en".to_owned(),
            evidence_level: None,
        }
    }

    /// Writes files into a directory, ingests it into the corpus `test`, and publishes.
    pub async fn ingest(&self, files: &[(&str, &str)]) -> (Report, Vec<Event>) {
        let source = self.directory.path().join("source");
        let _ = std::fs::remove_dir_all(&source);
        for (name, text) in files {
            let path = source.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        self.ingest_path(&source).await
    }

    /// Ingests a path into the corpus `test`, and publishes.
    pub async fn ingest_path(&self, path: &Path) -> (Report, Vec<Event>) {
        let (account, events) = self.try_ingest(path, &Self::corpus()).await;
        (account.unwrap().report, events)
    }

    /// Ingests a path into a corpus, and publishes; it may fail.
    pub async fn try_ingest(&self, path: &Path, corpus: &Corpus) -> (ingest::Result<Account>, Vec<Event>) {
        self.try_ingest_from(path, corpus, false).await
    }

    /// Ingests a mirror of what a service has into the corpus `test`, and publishes.
    pub async fn ingest_mirror(&self, path: &Path) -> (Report, Vec<Event>) {
        let (account, events) = self.try_ingest_from(path, &Self::corpus(), true).await;
        (account.unwrap().report, events)
    }

    async fn try_ingest_from(
        &self,
        path: &Path,
        corpus: &Corpus,
        is_mirror: bool,
    ) -> (ingest::Result<Account>, Vec<Event>) {
        let ingest = Ingest::new(self.stores.clone(), Arc::new(HashEmbedder), Arc::new(Parser::Here)).unwrap();
        let options = Options {
            publish: true,
            actor: "test".to_owned(),
            at: "2026-01-01T00:00:00Z".to_owned(),
            data: self.directory.path().to_owned(),
            archives: Limits::default(),
            keeps_originals: true,
            is_mirror,
        };
        let mut events = Vec::new();
        let stop = Arc::new(AtomicBool::new(false));
        let account = ingest.run(path, corpus, &options, stop, |event| events.push(event.clone())).await;
        (account, events)
    }

    /// Sends a request through the whole router.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Sends a request whose reply is not read to the end.
    pub async fn open(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// The key of a new account with this role.
    pub fn key(&self, role: Role) -> String {
        let identity = &self.app.identity;
        let now = self.app.asker.now();
        let name = format!("{role}-{}", identity.accounts(now).unwrap().len());
        let account = identity.add(&name, None, &[role].into(), None, now).unwrap();
        identity.add_key(&account.id, "test", None, now).unwrap().1
    }

    /// GET with a key.
    pub async fn get_as(&self, key: &str, path: &str) -> Reply {
        let request = Request::get(path).header("authorization", format!("Bearer {key}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A request with JSON and a key.
    pub async fn send_as(&self, key: &str, method: &str, path: &str, body: &Value) -> Reply {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {key}"));
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_raw(path, body.to_string().into_bytes()).await
    }

    /// POST of any bytes that claim to be JSON.
    pub async fn post_raw(&self, path: &str, body: Vec<u8>) -> Reply {
        let request = Request::post(path).header("content-type", "application/json").body(Body::from(body)).unwrap();
        self.send(request).await
    }

    /// Asks a question and expects an answer.
    pub async fn ask(&self, question: &str) -> Value {
        let reply = self.post("/v1/answers", &serde_json::json!({ "question": question })).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        reply.json()
    }
}

/// Where the real models are: `make test` has fetched them there.
pub fn models_dir() -> PathBuf {
    let directory = std::env::var_os("OSLER_MODELS").map(PathBuf::from).unwrap_or_else(|| {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
        cache.join("osler/models")
    });
    assert!(directory.is_dir(), "the models are not here: run `make models` first");
    directory
}
