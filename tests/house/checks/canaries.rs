//! What is typed stands in no tile, metric or log: marked words are put wherever a person or program can put words, while all goes
//! well and while something fails, and are then looked for wherever they must not be.

use std::cell::Cell;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use answer::Judge;
use axum::Json;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use identity::Role;
use inference::Remote;
use serde_json::{Value, json};
use server::config::Config;
use support::{Reply, Script, TestService, test_settings};

const MARK: &str = "qzcanary";

const DIABETES: (&str, &str) = (
    "diabetes.md",
    "+++\nid = \"type-2-diabetes\"\ntitle = \"Type 2 diabetes\"\nissuer = \"Diabetes Board\"\npublished = \"2025-03-01\"\n+++\n\
     # Type 2 diabetes\n\n## Metformin\n\nMetformin should not be started in adults with an eGFR below 30 mL/min. \
     Metformin may cause nausea and diarrhoea.\n",
);

const QUESTION: &str = "In adults with type 2 diabetes, when should metformin not be started?";

/// What this process logs, written as `osler` writes it.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Listens to everything from now on, the smallest things included, on whichever thread they happen.
    fn open() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        let open = || {
            let log = Self::default();
            let writer = log.clone();
            let lines = tracing_subscriber::fmt().with_env_filter("trace").with_ansi(false);
            lines.with_writer(move || writer.clone()).try_init().unwrap();
            log
        };
        LOG.get_or_init(open).clone()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    #[track_caller]
    fn assert_unmarked(&self) {
        let text = self.text();
        let told = text.lines().find(|line| line.contains(MARK));
        assert_eq!(told, None, "a word that somebody typed is in the log");
    }
}

/// Somebody who types marked words, no two of them alike.
struct Typist<'a> {
    service: &'a TestService,
    key: String,
    answer: String,
    conversation: String,
    planted: Cell<u32>,
}

impl<'a> Typist<'a> {
    async fn new(service: &'a TestService) -> Self {
        let key = service.key(Role::Clinician);
        let answer = service.send_as(&key, "POST", "/v1/answers", &json!({ "question": QUESTION })).await.json();
        let begun = service.send_as(&key, "POST", "/v1/conversations", &json!({})).await.json();
        let path = |kind: &str, reply: &Value| format!("/v1/{kind}/{}", reply["id"].as_str().unwrap());
        let (answer, conversation) = (path("answers", &answer), path("conversations", &begun));
        Self { service, key, answer, conversation, planted: Cell::new(0) }
    }

    fn mark(&self) -> String {
        self.planted.set(self.planted.get() + 1);
        format!("{MARK}{}", self.planted.get())
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        self.service.send_as(&self.key, method, path, &body).await
    }

    /// With marks in the headers, too.
    async fn post_marked(&self, path: &str, body: Value) {
        let request = Request::post(path).header("authorization", format!("Bearer {}", self.key));
        let request = request.header("x-request-id", self.mark()).header("user-agent", self.mark());
        let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
        self.service.send(request.unwrap()).await;
    }

    /// A question that the corpus has enough on, so that the model is asked.
    async fn ask(&self, is_stream: bool) -> Reply {
        let question = json!({
            "question": format!("{QUESTION} {}", self.mark()),
            "history": [{ "question": self.mark() }],
            "patient": { "conditions": [self.mark()], "medicines": [self.mark()], "allergies": [self.mark()] },
            "stream": is_stream,
        });
        self.send("POST", "/v1/answers", question).await
    }

    /// Types something into everything there is.
    async fn type_everywhere(&self) {
        let nowhere = json!({
            "question": format!("When should metformin not be started in {} {}?", self.mark(), self.mark()),
            "history": [{ "question": self.mark() }],
            "patient": { "conditions": [self.mark()], "medicines": [self.mark()] },
            "filters": { "issuers": [self.mark()], "jurisdictions": [self.mark()] },
        });
        self.post_marked("/v1/answers", nowhere).await;
        self.post_marked("/v1/search", json!({ "question": format!("metformin {}", self.mark()) })).await;
        let said = json!({ "kind": "unhelpful", "comment": self.mark() });
        self.send("POST", &format!("{}/feedback", self.answer), said).await;
        self.send("PATCH", &self.conversation, json!({ "title": self.mark() })).await;
        let source = json!({ "id": self.mark(), "text": self.mark() });
        self.send("POST", "/v1/verify", json!({ "text": self.mark(), "sources": [source] })).await;
        // Wrong in every way.
        self.service.get_as(&self.mark(), &format!("/v1/answers/{}", self.mark())).await;
        self.send("POST", "/v1/answers", json!({ "question": self.mark(), "conversation": self.mark() })).await;
        self.send("POST", "/v1/answers", json!({ (self.mark()): self.mark() })).await;
        self.send("POST", "/v1/answers", json!({ "question": self.mark().repeat(1_000) })).await;
    }

    async fn sign_in(&self) -> StatusCode {
        let credentials = json!({ "name": self.mark(), "password": self.mark() });
        self.service.post("/v1/session", &credentials).await.status
    }
}

/// Ten thousand marked words in everything that a person or program can type.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_type_stands_in_no_tile_metric_or_log() {
    let log = Log::open();
    let service = TestService::new().await;
    service.ingest(&[DIABETES]).await;
    let typist = Typist::new(&service).await;
    for _ in 0..420 {
        typist.type_everywhere().await;
    }
    assert!(typist.planted.get() >= 10_000, "{}", typist.planted.get());
    assert_eq!(typist.sign_in().await, StatusCode::UNAUTHORIZED);

    // Where something fails, more is said. The model does not write, or what nobody asked for, or not to the end.
    let nonsense = Script::Write(typist.mark());
    for fault in [Script::Fail, Script::Refuse, Script::Unfinished, nonsense, Script::Panic] {
        for is_stream in [false, true] {
            service.generator.then(fault.clone());
            typist.ask(is_stream).await;
        }
    }
    // The record cannot be written: at all, or when the question is on it and its answer is to follow.
    for fault in ["1*off->return(full)", "return(full)", "return(io)"] {
        fail::cfg("audit-commit", fault).unwrap();
        assert_eq!(typist.ask(false).await.status, StatusCode::SERVICE_UNAVAILABLE, "{fault}");
        typist.ask(true).await;
        typist.type_everywhere().await;
        typist.sign_in().await;
        let refused = typist.send("GET", &format!("/v1/accounts?name={}", typist.mark()), json!({})).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        fail::remove("audit-commit");
    }
    assert_eq!(typist.ask(false).await.status, StatusCode::OK);

    let told = log.text();
    for said in ["the model failed", "not answered", "a failure is not on record", "a refusal is not on record"] {
        assert!(told.contains(said), "{said:?} is not in the log: nothing listens to it");
    }
    log.assert_unmarked();
    service.app.audit.checkpoint(service.app.audit.size()).unwrap();
    let mut waiting = vec![service.data_file("log")];
    let mut files = 0;
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        files += 1;
        assert!(!holds(&path), "{}", path.display());
    }
    assert!(files > 10);
    for file in ["audit.db", "audit.db-wal", "reviews.db", "identity.db"] {
        let path = service.data_file(file);
        assert!(!path.is_file() || !holds(&path), "{file}");
    }
    assert!(!service.get("/metrics").await.text.contains(MARK));
}

fn holds(path: &Path) -> bool {
    std::fs::read(path).unwrap().windows(MARK.len()).any(|window| window == MARK.as_bytes())
}

/// An endpoint that says what it did not like may well repeat what it was asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_endpoint_says_of_a_request_that_it_refuses_stands_in_no_log() {
    let log = Log::open();
    let parrot = |Json(body): Json<Value>| async move {
        (StatusCode::BAD_REQUEST, format!("cannot read {}", body["messages"][1]["content"]))
    };
    let router = axum::Router::new().route("/v1/chat/completions", axum::routing::post(parrot));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let judge = Judge::new(Arc::new(Remote::new(&endpoint, "parrot", None).unwrap()), Duration::from_secs(5));
    let service = TestService::judged(Config::default(), test_settings(), false, Some(judge)).await;
    // A sentence of the source as it stands: the rules let it pass, so the endpoint is asked.
    let (text, source) = (format!("Metformin was given to {MARK} [1]."), format!("Metformin was given to {MARK}."));
    let body = json!({ "text": text, "judge": true, "sources": [{ "text": source }] });
    let reply = service.post("/v1/verify", &body).await;
    assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("model_unavailable")));
    assert!(log.text().contains("not answered"), "nothing listens to the log");
    log.assert_unmarked();
}
