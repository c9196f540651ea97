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

use crate::acts::account_of;

const MARK: &str = "qzcanary";

/// In names that people give to things. They are shown again, so they lie with what they name, and nowhere else.
const LABEL: &str = "qzlabel";

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
        let told = text.lines().find(|line| line.contains(MARK) || line.contains(LABEL));
        assert_eq!(told, None, "a word that somebody typed is in the log");
    }
}

/// People who type marked words, no two of them alike.
struct Typist<'a> {
    service: &'a TestService,
    /// A clinician's, with an answer, a conversation and a report of a risk.
    key: String,
    answer: String,
    conversation: String,
    risk: String,
    auditor: String,
    librarian: String,
    admin: String,
    planted: Cell<u32>,
}

impl<'a> Typist<'a> {
    async fn new(service: &'a TestService) -> Self {
        let [key, auditor, librarian, admin] =
            [Role::Clinician, Role::Auditor, Role::Librarian, Role::Admin].map(|role| service.key(role));
        let answer = service.send_as(&key, "POST", "/v1/answers", &json!({ "question": QUESTION })).await.json();
        let begun = service.send_as(&key, "POST", "/v1/conversations", &json!({})).await.json();
        let path = |kind: &str, reply: &Value| format!("/v1/{kind}/{}", reply["id"].as_str().unwrap());
        let (answer, conversation) = (path("answers", &answer), path("conversations", &begun));
        let risk = json!({ "kind": "safety", "category": "other", "severity": "near_miss" });
        let risk = service.send_as(&key, "POST", &format!("{answer}/feedback"), &risk).await.json();
        let risk = path("audit/feedback", &risk);
        Self { service, key, answer, conversation, risk, auditor, librarian, admin, planted: Cell::new(0) }
    }

    fn mark(&self) -> String {
        self.planted.set(self.planted.get() + 1);
        format!("{MARK}{}", self.planted.get())
    }

    fn label(&self) -> String {
        self.planted.set(self.planted.get() + 1);
        format!("{LABEL}{}", self.planted.get())
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        self.service.send_as(&self.key, method, path, &body).await
    }

    /// With marks wherever a request can hold them beside its body.
    async fn send_marked(&self, method: &str, path: &str, kind: &str, body: Value) -> StatusCode {
        let mut request = Request::builder().method(method).uri(path).header("content-type", kind);
        request = request.header("authorization", format!("Bearer {}", self.key)).header(self.mark(), self.mark());
        for name in ["x-request-id", "traceparent", "user-agent", "accept-language", "if-none-match", "referer"] {
            request = request.header(name, self.mark());
        }
        for name in ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via", "origin"] {
            request = request.header(name, self.mark());
        }
        for cookie in ["osler_session", "osler_visitor", "osler_login"] {
            request = request.header("cookie", format!("{cookie}={}", self.mark()));
        }
        self.service.send(request.body(Body::from(body.to_string())).unwrap()).await.status
    }

    async fn post_marked(&self, path: &str, body: Value) {
        self.send_marked("POST", path, "application/json", body).await;
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
        let kind = format!("text/{}", self.mark());
        self.send_marked("POST", "/v1/answers", &kind, json!({ "question": self.mark() })).await;
        let method = self.send_marked(&self.mark(), "/v1/answers", "application/json", json!({})).await;
        assert_eq!(method, StatusCode::METHOD_NOT_ALLOWED);
        self.type_in_offices().await;
    }

    /// Types something into everything that others than clinicians have, and into what is no id.
    async fn type_in_offices(&self) {
        let send = async |key: &str, method: &str, path: &str, body: Value| {
            self.service.send_as(key, method, path, &body).await;
        };
        let record = self.answer.replace("/v1/", "/v1/audit/");
        send(&self.auditor, "PUT", &format!("{record}/hold"), json!({ "reason": self.mark() })).await;
        send(&self.auditor, "DELETE", &format!("{record}/hold"), json!({})).await;
        let handling = format!("{}/handling", self.risk);
        let closed = json!({ "to": "closed", "outcome": "no_fault", "note": self.mark() });
        send(&self.auditor, "POST", &handling, closed).await;
        send(&self.auditor, "POST", &handling, json!({ "to": "open", "note": self.mark() })).await;
        for path in ["recall?document=", "answers?document=", "answers?status=", "answers?model=", "answers?actor="] {
            self.service.get_as(&self.auditor, &format!("/v1/audit/{path}{}", self.mark())).await;
        }
        for path in ["answers/", "entries?action=", "entries?actor=", "feedback?kind=", "figures?corpus="] {
            self.service.get_as(&self.auditor, &format!("/v1/audit/{path}{}", self.mark())).await;
        }
        let new = json!({ "name": self.label(), "full_name": self.label(), "roles": ["clinician"] });
        send(&self.admin, "POST", "/v1/accounts", new).await;
        let keys = format!("/v1/accounts/{}/keys", account_of(self.service, &self.key));
        send(&self.admin, "POST", &keys, json!({ "label": self.label() })).await;
        send(&self.admin, "DELETE", &format!("{keys}/{}", self.mark()), json!({})).await;
        send(&self.admin, "PATCH", &format!("/v1/accounts/{}", self.mark()), json!({ "unlock": true })).await;
        send(&self.admin, "DELETE", &format!("/v1/audit/answers/{}/words", self.mark()), json!({})).await;
        send(&self.key, "PATCH", &format!("/v1/conversations/{}", self.mark()), json!({ "title": self.mark() })).await;
        send(&self.key, "DELETE", &format!("/v1/conversations/{}", self.mark()), json!({})).await;
        let mut policy = serde_json::to_value(TestService::corpus()).unwrap();
        (policy["title"], policy["issuer"]) = (json!(self.label()), json!(self.label()));
        let policy = json!({ "policy": policy, "reason": self.mark(), "expected": 1 });
        send(&self.librarian, "PUT", "/v1/library/corpora/test/policy", policy).await;
        let gap = json!({ "state": "declined", "note": self.mark() });
        send(&self.librarian, "PATCH", &format!("/v1/library/gaps/{}", self.mark()), gap).await;
        self.service.get_as(&self.librarian, &format!("/v1/library/documents?q={}", self.mark())).await;
        let review = format!("/v1/reviews/{}", self.mark());
        let rating = json!({ "rating": "supported", "comment": self.mark() });
        send(&self.key, "PUT", &format!("{review}/items/1/rating"), rating).await;
        let meaning = json!({ "meaning": self.mark(), "record_hash": self.mark(), "password": self.mark() });
        send(&self.auditor, "POST", &format!("{review}/signature"), meaning).await;
    }

    /// Begins a review, comments on every item twice, and settles what differs.
    async fn review(&self) {
        let reviewers = [Role::Clinician, Role::Clinician].map(|role| self.service.key(role));
        let done = async |key: &str, method: &str, path: &str, body: Value| {
            let reply = self.service.send_as(key, method, path, &body).await;
            assert!(reply.status.is_success(), "{method} {path}: {}", reply.text);
            reply.json()
        };
        let accounts = reviewers.each_ref().map(|key| account_of(self.service, key));
        let draw = json!({ "title": self.label(), "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "size": 2,
            "reviewers": accounts });
        let begun = done(&self.auditor, "POST", "/v1/reviews", draw).await;
        let review = format!("/v1/reviews/{}", begun["id"].as_str().unwrap());
        let count = begun["items"].as_u64().unwrap();
        assert!(count > 0);
        for n in 1..=count {
            let rating = format!("{review}/items/{n}/rating");
            for said in ["partial", "unsupported"] {
                done(&reviewers[0], "PUT", &rating, json!({ "rating": said, "comment": self.mark() })).await;
            }
            done(&reviewers[1], "PUT", &rating, json!({ "rating": "supported", "comment": self.mark() })).await;
        }
        for n in 1..=count {
            let settle = format!("{review}/items/{n}/adjudication");
            done(&self.auditor, "PUT", &settle, json!({ "rating": "partial", "reason": self.mark() })).await;
        }
        for format in ["csv", "ndjson", self.mark().as_str()] {
            self.service.get_as(&self.auditor, &format!("{review}/export?format={format}")).await;
        }
        let meaning = json!({ "meaning": self.mark(), "record_hash": self.mark(), "password": self.mark() });
        self.service.send_as(&self.auditor, "POST", &format!("{review}/signature"), &meaning).await;
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
    for _ in 0..90 {
        typist.type_everywhere().await;
    }
    typist.review().await;
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
        assert!(!holds(&path, MARK) && !holds(&path, LABEL), "{}", path.display());
    }
    assert!(files > 10);
    for file in ["audit.db", "reviews.db", "identity.db"] {
        for path in [service.data_file(file), service.data_file(&format!("{file}-wal"))] {
            assert!(!holds(&path, MARK), "{}", path.display());
            assert!(file != "audit.db" || !holds(&path, LABEL), "{}", path.display());
        }
    }
    let labels = ["identity.db", "identity.db-wal", "reviews.db", "reviews.db-wal"].map(|file| service.data_file(file));
    assert!(labels.iter().any(|path| holds(path, LABEL)), "nothing was named");
    let metrics = service.get("/metrics").await;
    assert!(metrics.status == StatusCode::OK && !metrics.text.contains(MARK) && !metrics.text.contains(LABEL));
}

fn holds(path: &Path, mark: &str) -> bool {
    path.is_file() && std::fs::read(path).unwrap().windows(mark.len()).any(|window| window == mark.as_bytes())
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
