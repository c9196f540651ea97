//! The examples of the OpenAPI document are what the service replies: they are asked again and compared.

use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request};
use identity::Role;
use serde_json::{Map, Value, json};
use support::TestService;

const DIABETES: (&str, &str) = (
    "diabetes.md",
    "+++\nid = \"type-2-diabetes\"\ntitle = \"Type 2 diabetes\"\nissuer = \"Diabetes Board\"\npublished = \"2025-03-01\"\n+++\n\
     # Type 2 diabetes\n\n## Metformin\n\nMetformin should not be started in adults with an eGFR below 30 mL/min/1.73 m². \
     Metformin may cause nausea and diarrhoea.\n",
);

const QUESTION: &str = "In adults with type 2 diabetes, when should metformin not be started?";

const REQUEST_ID: &str = "01a202b2-c500-7000-8000-000000000001";

const PASSWORD: &str = "correct horse battery";

/// Asks as one browser, or with a key, and writes down what was said.
struct Scribe {
    service: TestService,
    cookie: String,
    /// Whose key is sent, instead of the cookie.
    key: Option<String>,
    examples: Map<String, Value>,
}

impl Scribe {
    /// As somebody with this role from here on.
    fn become_one(&mut self, role: Role) {
        self.key = Some(self.service.key(role));
    }

    async fn ask(&mut self, operation: &str, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("host", "127.0.0.1:8080").header("x-request-id", REQUEST_ID);
        let request = match &self.key {
            Some(key) => request.header("authorization", format!("Bearer {key}")),
            None => request.header("cookie", &self.cookie),
        };
        let sent = body.as_ref().map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let reply = self.service.send(request.body(sent).unwrap()).await;
        assert!(reply.status.is_success(), "{operation}: {}", reply.text);
        if let (None, Some(cookie)) = (&self.key, reply.headers.get("set-cookie")) {
            self.cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        let mut example = Map::new();
        example.insert("status".to_owned(), json!(reply.status.as_str()));
        if let Some(body) = body {
            example.insert("request".to_owned(), body);
        }
        let mut value: Value = serde_json::from_str(&reply.text).unwrap_or_else(|_| json!(reply.text));
        shorten(&mut value);
        if !reply.text.is_empty() {
            example.insert("reply".to_owned(), value.clone());
        }
        self.examples.insert(operation.to_owned(), Value::Object(example));
        value
    }
}

/// Clock and randomness stand still, so all of it is the same on every run; some of it is plenty.
fn shorten(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), &member) {
                    // Some of what is measured is plenty.
                    ("figures", Value::Array(figures)) => *member = json!(figures[..2]),
                    ("measured" | "validation", Value::Array(figures)) => {
                        *member = json!(figures[..figures.len().min(1)])
                    }
                    _ => shorten(member),
                }
            }
        }
        Value::Array(members) => members.iter_mut().for_each(shorten),
        _ => {}
    }
}

#[tokio::test]
async fn examples_are_what_the_service_replies() {
    let service = TestService::without_generator().await;
    service.ingest(&[DIABETES]).await;
    service.app.warm_up().await.unwrap();
    let mut scribe = Scribe { service, cookie: String::new(), key: None, examples: Map::new() };
    let (get, post) = (Method::GET, Method::POST);
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();

    let begun = scribe.ask("begin_conversation", post.clone(), "/v1/conversations", None).await;
    let conversation = format!("/v1/conversations/{}", id(&begun));
    let question = json!({ "question": QUESTION, "conversation": id(&begun) });
    let answer = scribe.ask("ask", post.clone(), "/v1/answers", Some(question)).await;
    let path = format!("/v1/answers/{}", id(&answer));
    scribe.ask("answer", get.clone(), &path, None).await;
    scribe.ask("plain_answer", get.clone(), &format!("{path}/plain"), None).await;
    let findings = json!({ "question": "nausea, diarrhoea" });
    let findings = scribe.ask("ask", post.clone(), "/v1/answers", Some(findings)).await;
    scribe.ask("differential", get.clone(), &format!("/v1/answers/{}/differential", id(&findings)), None).await;
    let gap = json!({ "question": "Is fidaxomicin covered?" });
    scribe.ask("ask", post.clone(), "/v1/answers", Some(gap)).await;
    // The example of asking is the one above.
    let question = json!({ "question": QUESTION, "conversation": id(&begun) });
    scribe.ask("ask", post.clone(), "/v1/answers", Some(question)).await;
    let feedback = json!({ "statement": 1, "kind": "safety", "category": "missing_warning", "severity": "near_miss",
        "comment": "Says nothing of contrast media." });
    scribe.ask("feedback", post.clone(), &format!("{path}/feedback"), Some(feedback)).await;
    scribe.ask("conversations", get.clone(), "/v1/conversations", None).await;
    scribe.ask("conversation", get.clone(), &conversation, None).await;
    let name = json!({ "title": "Metformin and the kidney" });
    scribe.ask("rename_conversation", Method::PATCH, &conversation, Some(name)).await;
    scribe.ask("delete_conversation", Method::DELETE, &conversation, None).await;

    let wanted = json!({ "question": "metformin", "limit": 1 });
    let found = scribe.ask("search", post.clone(), "/v1/search", Some(wanted)).await;
    let hit = &found["hits"][0];
    let document = hit["document"]["id"].as_str().unwrap();
    scribe.ask("document", get.clone(), &format!("/v1/documents/{document}"), None).await;
    let citation = &answer["statements"][0]["citations"][0];
    let place = format!("start={}&end={}", citation["start"], citation["end"]);
    let passage = answer["evidence"][0]["passage"].as_str().unwrap();
    scribe.ask("passage", get.clone(), &format!("/v1/passages/{passage}?{place}"), None).await;
    let text = json!({ "text": "Metformin should not be started when eGFR is below 45 [1].",
        "sources": [{ "id": "1", "title": "Type 2 diabetes", "text": "Metformin should not be started when eGFR is below 30." }] });
    scribe.ask("verify", post.clone(), "/v1/verify", Some(text)).await;
    let chat = json!({ "model": "osler", "messages": [{ "role": "user", "content": QUESTION }] });
    scribe.ask("chat_completions", post.clone(), "/v1/chat/completions", Some(chat)).await;
    scribe.ask("models", get.clone(), "/v1/models", None).await;
    scribe.ask("model", get.clone(), "/v1/models/osler", None).await;
    for (operation, path) in [
        ("corpora", "/v1/corpora"),
        ("about", "/v1/about"),
        ("labeling", "/v1/about/labeling"),
        ("model_card", "/v1/about/model-card"),
        ("healthz", "/healthz"),
        ("readyz", "/readyz"),
    ] {
        scribe.ask(operation, get.clone(), path, None).await;
    }

    scribe.ask("session", get.clone(), "/v1/session", None).await;
    compliance(&mut scribe, &path).await;

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services/server/src/http/examples.json");
    let now = serde_json::to_string_pretty(&scribe.examples).unwrap() + "\n";
    if std::env::var_os("OSLER_WRITE_EXAMPLES").is_some() {
        std::fs::write(&file, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(
        kept == now,
        "the examples are out of date: run this test with OSLER_WRITE_EXAMPLES=1, then write openapi.json anew"
    );
}

/// What librarians, administrators and auditors ask.
async fn compliance(scribe: &mut Scribe, answer: &str) {
    let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    scribe.ask("receipt", get.clone(), &format!("{answer}/receipt"), None).await;
    scribe.become_one(Role::Librarian);
    library(scribe).await;

    scribe.become_one(Role::Admin);
    let ada =
        json!({ "name": "ada.lovelace", "full_name": "Ada Lovelace", "roles": ["clinician"], "password": PASSWORD });
    let ada = scribe.ask("add_account", post.clone(), "/v1/accounts", Some(ada)).await;
    let account = format!("/v1/accounts/{}", text(&ada["id"]));
    scribe.ask("change_account", Method::PATCH, &account, Some(json!({ "roles": ["clinician", "auditor"] }))).await;
    let label = json!({ "label": "ward information system", "expires_at": "2027-01-31T12:00:00Z" });
    let key = scribe.ask("add_key", post.clone(), &format!("{account}/keys"), Some(label)).await;
    scribe.ask("keys", get.clone(), &format!("{account}/keys"), None).await;
    scribe.ask("revoke_key", Method::DELETE, &format!("{account}/keys/{}", text(&key["id"])), None).await;
    scribe.ask("accounts", get.clone(), "/v1/accounts", None).await;

    scribe.become_one(Role::Auditor);
    scribe.ask("find_answers", get.clone(), "/v1/audit/answers?status=answered&limit=1", None).await;
    let record = answer.replace("/v1/answers", "/v1/audit/answers");
    scribe.ask("record", get.clone(), &record, None).await;
    scribe.ask("replay", post.clone(), &format!("{record}/replay"), None).await;
    scribe.ask("hold", put.clone(), &format!("{record}/hold"), Some(json!({ "reason": "claim 2026-17" }))).await;
    scribe.ask("release", Method::DELETE, &format!("{record}/hold"), None).await;
    let document = scribe.examples["search"]["reply"]["hits"][0]["document"]["id"].clone();
    scribe.ask("recall", get.clone(), &format!("/v1/audit/recall?document={}", text(&document)), None).await;
    scribe.ask("figures", get.clone(), "/v1/audit/figures?days=7", None).await;
    scribe.ask("alarms", get.clone(), "/v1/audit/alarms", None).await;
    scribe.ask("entries", get.clone(), "/v1/audit/entries?action=corpus.&limit=1", None).await;
    let said = scribe.ask("all_feedback", get.clone(), "/v1/audit/feedback?kind=safety&state=open", None).await;
    let handling = format!("/v1/audit/feedback/{}/handling", text(&said["feedback"][0]["id"]));
    let acknowledge = json!({ "to": "acknowledged", "note": "The radiologists were asked" });
    scribe.ask("handle_feedback", post.clone(), &handling, Some(acknowledge)).await;
    scribe.ask("export_feedback", get.clone(), "/v1/audit/feedback/export?format=csv", None).await;
    scribe.ask("log_state", get.clone(), "/v1/audit/state", None).await;
    scribe.ask("checkpoint", get.clone(), "/log/checkpoint", None).await;
    // The archive itself is not shown.
    scribe.ask("bundle", post.clone(), "/v1/audit/bundles", Some(json!({ "query": { "from": "2026-11-01" } }))).await;
    scribe.examples["bundle"].as_object_mut().unwrap().remove("reply");

    let identity = &scribe.service.app.identity;
    let now = scribe.service.app.asker.now();
    let roles = [Role::Auditor].into();
    identity.add("grace.hopper", Some("Grace Hopper"), &roles, Some(PASSWORD), now).unwrap();
    identity.add("mary.seacole", Some("Mary Seacole"), &roles, Some(PASSWORD), now).unwrap();
    let key_of = |name: &str| {
        let account = scribe.service.app.identity.by_name(name, now).unwrap().unwrap();
        scribe.service.app.identity.add_key(&account.id, "example", None, now).unwrap().1
    };
    let [ada, grace, mary] = ["ada.lovelace", "grace.hopper", "mary.seacole"].map(key_of);
    scribe.key = Some(grace.clone());
    let draw = json!({ "title": "November 2026, all wards", "from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z", "size": 1,
        "reviewers": ["ada.lovelace", "grace.hopper"] });
    let review = scribe.ask("begin_review", post.clone(), "/v1/reviews", Some(draw)).await;
    let review = format!("/v1/reviews/{}", text(&review["id"]));
    scribe.ask("reviews", get.clone(), "/v1/reviews", None).await;
    let items = scribe.ask("review_items", get.clone(), &format!("{review}/items"), None).await;
    scribe.ask("review_item", get.clone(), &format!("{review}/items/1"), None).await;
    for item in items["items"].as_array().unwrap() {
        let path = format!("{review}/items/{}", item["n"]);
        for (key, rating) in [(&ada, "partial"), (&grace, "supported")] {
            scribe.key = Some(key.clone());
            let rating = json!({ "rating": rating, "comment": "The population is not named." });
            scribe.ask("rate", put.clone(), &format!("{path}/rating"), Some(rating)).await;
        }
    }
    scribe.key = Some(mary);
    for item in items["items"].as_array().unwrap() {
        let path = format!("{review}/items/{}/adjudication", item["n"]);
        let decided = json!({ "rating": "supported", "reason": "The heading names the population." });
        scribe.ask("adjudicate", put.clone(), &path, Some(decided)).await;
    }
    let ready = scribe.ask("review", get.clone(), &review, None).await;
    let sign = json!({ "meaning": "I have reviewed this sample and approve the result", "record_hash": ready["record_hash"],
        "password": PASSWORD });
    scribe.key = Some(grace);
    scribe.ask("sign_review", post.clone(), &format!("{review}/signature"), Some(sign)).await;
    scribe.ask("export_review", get.clone(), &format!("{review}/export?format=csv"), None).await;

    scribe.key = None;
    scribe
        .ask("sign_in", post.clone(), "/v1/session", Some(json!({ "name": "ada.lovelace", "password": PASSWORD })))
        .await;
    let change = json!({ "current": PASSWORD, "new": "another horse battery" });
    scribe.ask("change_password", post.clone(), "/v1/session/password", Some(change)).await;
    scribe
        .ask("sign_in", post.clone(), "/v1/session", Some(json!({ "name": "grace.hopper", "password": PASSWORD })))
        .await;
    scribe.ask("sign_out", Method::DELETE, "/v1/session", None).await;
}

/// What librarians and publishers ask.
async fn library(scribe: &mut Scribe) {
    let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let identity = &scribe.service.app.identity;
    let now = scribe.service.app.asker.now();
    for (name, full_name, role) in
        [("melvil.dewey", "Melvil Dewey", Role::Librarian), ("anna.panizzi", "Anna Panizzi", Role::Publisher)]
    {
        identity.add(name, Some(full_name), &[role].into(), Some(PASSWORD), now).unwrap();
    }
    let key_of = |name: &str| {
        let account = scribe.service.app.identity.by_name(name, now).unwrap().unwrap();
        scribe.service.app.identity.add_key(&account.id, "example", None, now).unwrap().1
    };
    let [librarian, publisher] = ["melvil.dewey", "anna.panizzi"].map(key_of);
    scribe.key = Some(librarian.clone());
    let gaps = scribe.ask("gap_tickets", get.clone(), "/v1/library/gaps", None).await;
    let gap = format!("/v1/library/gaps/{}", text(&gaps["tickets"][0]["id"]));
    let decline = json!({ "state": "declined", "note": "Outside what this hospital treats" });
    scribe.ask("change_gap_ticket", Method::PATCH, &gap, Some(decline)).await;
    scribe.ask("export_gap_tickets", get.clone(), "/v1/library/gaps/export?state=declined", None).await;

    // A second edition, and a text that is held already.
    let upload = |name: &str, source: String| (name.to_owned(), source);
    let second = DIABETES.1.replace("2025-03-01", "2026-10-01").replace("below 30", "below 45");
    let twin = format!("# Metformin in brief\n\n{}\n", "Metformin may cause nausea and diarrhoea. ".repeat(20));
    let files = [upload("diabetes.md", second), upload("brief.md", twin.clone()), upload("again.md", twin)];
    let folder = tempfile::tempdir().unwrap();
    for (name, source) in files {
        std::fs::write(folder.path().join(name), source).unwrap();
    }
    let origin = json!({ "sources": [{ "type": "directory", "path": folder.path() }] });
    scribe.service.stores.ledger.put_sources(&"test".parse().unwrap(), &origin).unwrap();
    let run = scribe.ask("refresh_corpus", post.clone(), "/v1/library/corpora/test/refresh", None).await;
    let run = format!("/v1/library/ingests/{}", text(&run["id"]));
    while scribe.ask("ingest", get.clone(), &run, None).await["state"] == "working" {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    // The form of files itself is not shown.
    let begun = scribe.examples["refresh_corpus"].clone();
    scribe.examples.insert("begin_ingest".to_owned(), begun);
    scribe.ask("stop_ingest", Method::DELETE, &run, None).await;
    scribe.ask("ingests", get.clone(), "/v1/library/ingests", None).await;
    scribe.ask("ingest_account", get.clone(), "/v1/library/runs/1", None).await;
    let findings = scribe.ask("findings", get.clone(), "/v1/library/findings?limit=1", None).await;
    let settled = json!({ "outcome": "accepted", "note": "The same text in two places; both are wanted" });
    let settle = |id: &Value| format!("/v1/library/findings/{id}/settlement");
    let first = &findings["findings"][0]["id"];
    scribe.ask("settle_finding", post.clone(), &settle(first), Some(settled.clone())).await;
    let app = std::sync::Arc::clone(&scribe.service.app);
    for finding in app.asker.ledger().findings().unwrap() {
        let decision = ledger::Decision { at: "2026-11-28T10:00:00Z", actor: "test", reason: "" };
        let log = |_: &ledger::Finding| Ok::<_, ledger::Error>(());
        app.asker.ledger().settle_finding(finding.id, ledger::Outcome::Accepted, "", &decision, log).unwrap();
    }
    scribe.ask("overdue", get.clone(), "/v1/library/overdue", None).await;

    let golden = json!({ "questions": [QUESTION] });
    scribe.ask("set_golden", put.clone(), "/v1/library/golden", Some(golden)).await;
    scribe.ask("golden", get.clone(), "/v1/library/golden", None).await;
    scribe.ask("staged", get.clone(), "/v1/library/staged", None).await;
    scribe.ask("ask_staged", post.clone(), "/v1/library/staged/answers", Some(json!({ "question": QUESTION }))).await;
    let wanted = json!({ "kind": "publish", "reason": "The October edition of the diabetes guideline" });
    for (operation, act, key) in
        [("withdraw_proposal", "withdrawal", &librarian), ("reject_proposal", "rejection", &publisher)]
    {
        scribe.key = Some(librarian.clone());
        let proposal = scribe.ask("propose", post.clone(), "/v1/library/proposals", Some(wanted.clone())).await;
        let path = format!("/v1/library/proposals/{}/{act}", text(&proposal["id"]));
        scribe.key = Some(key.clone());
        scribe.ask(operation, post.clone(), &path, Some(json!({ "reason": "The dosing table is garbled" }))).await;
    }
    scribe.key = Some(librarian.clone());
    let proposal = scribe.ask("propose", post.clone(), "/v1/library/proposals", Some(wanted)).await;
    let path = format!("/v1/library/proposals/{}", text(&proposal["id"]));
    let sign = json!({ "record_hash": proposal["record_hash"], "password": PASSWORD });
    scribe.ask("review_proposal", post.clone(), &format!("{path}/review"), Some(sign.clone())).await;
    scribe.key = Some(publisher);
    scribe.ask("approve_proposal", post.clone(), &format!("{path}/approval"), Some(sign)).await;
    scribe.ask("execute_proposal", post.clone(), &format!("{path}/execution"), None).await;
    scribe.ask("proposal", get.clone(), &path, None).await;
    scribe.ask("proposals", get.clone(), "/v1/library/proposals?state=closed", None).await;
    let back = json!({ "snapshot": 1, "reason": "The new figure is wrong", "password": PASSWORD });
    scribe.ask("roll_back", post.clone(), "/v1/library/rollback", Some(back)).await;
    scribe.ask("snapshots", get.clone(), "/v1/library/snapshots", None).await;

    scribe.key = Some(librarian);
    scribe.ask("library_corpora", get.clone(), "/v1/library/corpora", None).await;
    let mut policy = scribe.examples["library_corpora"]["reply"]["corpora"][0]["corpus"].clone();
    policy["rights"]["expires"] = json!("2030-12-31");
    let narrower = json!({ "policy": policy, "reason": "The contract with the publisher ends then", "expected": 1 });
    scribe.ask("change_policy", put.clone(), "/v1/library/corpora/test/policy", Some(narrower)).await;
    // A folder that is called the same each time.
    let origin = json!({ "sources": [{ "type": "directory", "path": "/srv/guidelines" }], "refresh": "7 days" });
    scribe.service.stores.ledger.put_sources(&"test".parse().unwrap(), &origin).unwrap();
    scribe.ask("library_corpus", get.clone(), "/v1/library/corpora/test", None).await;
    scribe.ask("library_documents", get.clone(), "/v1/library/documents?q=metformin&limit=1", None).await;
    let diabetes = scribe.examples["search"]["reply"]["hits"][0]["document"]["id"].clone();
    let document = format!("/v1/library/documents/{}", text(&diabetes));
    scribe.ask("library_document", get.clone(), &document, None).await;
    scribe.ask("library_passages", get.clone(), &format!("{document}/passages?version=1"), None).await;
    let looked = json!({ "note": "Still what the ward does", "next": "2027-11-28" });
    scribe.ask("inspect", post.clone(), &format!("{document}/versions/1/inspection"), Some(looked)).await;
    let label =
        json!({ "status": "expression_of_concern", "reason": "Its publisher doubts a figure", "expected": "current" });
    scribe.ask("change_standing", put, &format!("{document}/versions/1/standing"), Some(label)).await;
}

#[test]
fn every_operation_has_an_example() {
    let document: Value = serde_json::from_str(&server::http::openapi().unwrap()).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let has_example = |content: &Value| content.to_string().contains("\"example\"");
            let body = &operation["requestBody"];
            // A form of files is no text.
            let is_form = !body["content"]["multipart/form-data"].is_null();
            assert!(body.is_null() || is_form || has_example(&body["content"]), "{method} {path}: the request");
            let replies = operation["responses"].as_object().unwrap();
            // Some only send elsewhere.
            let Some((_, good)) = replies.iter().find(|(status, _)| status.starts_with('2')) else { continue };
            // Metrics are of the moment; archives, tiles and other files are no text.
            let is_file = [
                "/metrics",
                "/v1/audit/bundles",
                "/log/tile/{*path}",
                "/v1/reviews/{id}/export",
                "/v1/library/documents/{id}/original",
                "/v1/library/documents/{id}/original/pages/{page}",
            ]
            .contains(&path.as_str());
            let is_shown = good["content"].is_null() || is_file || has_example(&good["content"]);
            assert!(is_shown, "{method} {path}: the reply");
        }
    }
}
