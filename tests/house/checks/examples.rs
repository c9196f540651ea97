//! The examples of the OpenAPI document are what the service replies: they are asked again and compared.

use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Map, Value, json};
use support::TestService;

const DIABETES: (&str, &str) = (
    "diabetes.md",
    "+++\nid = \"type-2-diabetes\"\ntitle = \"Type 2 diabetes\"\nissuer = \"Diabetes Board\"\npublished = \"2025-03-01\"\n+++\n\
     # Type 2 diabetes\n\n## Metformin\n\nMetformin should not be started in adults with an eGFR below 30 mL/min/1.73 m². \
     Metformin may cause nausea and diarrhoea.\n",
);

const QUESTION: &str = "In adults with type 2 diabetes, when should metformin not be started?";

/// Asks as one browser, and writes down what was said.
struct Scribe {
    service: TestService,
    cookie: String,
    examples: Map<String, Value>,
}

impl Scribe {
    async fn ask(&mut self, operation: &str, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("cookie", &self.cookie).header("host", "127.0.0.1:8080");
        let sent = body.as_ref().map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let reply = self.service.send(request.body(sent).unwrap()).await;
        assert!(reply.status.is_success(), "{operation}: {}", reply.text);
        if let Some(cookie) = reply.headers.get("set-cookie") {
            self.cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        let mut example = Map::new();
        example.insert("status".to_owned(), json!(reply.status.as_str()));
        if let Some(body) = body {
            example.insert("request".to_owned(), body);
        }
        let mut value: Value = serde_json::from_str(&reply.text).unwrap_or_else(|_| json!(reply.text));
        still(&mut value);
        if !reply.text.is_empty() {
            example.insert("reply".to_owned(), value.clone());
        }
        self.examples.insert(operation.to_owned(), Value::Object(example));
        value
    }
}

/// Times are of the moment; everything else is the same on every run.
fn still(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), &member) {
                    ("timings_ms", Value::Object(_)) => {
                        *member = json!({ "embed": 12, "retrieve": 8, "generate": 0, "ground": 1, "total": 21 });
                    }
                    // Some of what is measured is plenty.
                    ("figures", Value::Array(figures)) => *member = json!(figures[..2]),
                    _ => still(member),
                }
            }
        }
        Value::Array(members) => members.iter_mut().for_each(still),
        _ => {}
    }
}

#[tokio::test]
async fn examples_are_what_the_service_replies() {
    let service = TestService::without_generator().await;
    service.ingest(&[DIABETES]).await;
    service.app.warm_up().await.unwrap();
    let mut scribe = Scribe { service, cookie: String::new(), examples: Map::new() };
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
    scribe.service.ask("Is fidaxomicin covered?").await;
    scribe.ask("gaps", get.clone(), "/v1/gaps", None).await;
    let text = json!({ "text": "Metformin should not be started when eGFR is below 45 [1].",
        "sources": [{ "id": "1", "title": "Type 2 diabetes", "text": "Metformin should not be started when eGFR is below 30." }] });
    scribe.ask("verify", post.clone(), "/v1/verify", Some(text)).await;
    let chat = json!({ "model": "osler", "messages": [{ "role": "user", "content": QUESTION }] });
    scribe.ask("chat_completions", post.clone(), "/v1/chat/completions", Some(chat)).await;
    scribe.ask("models", get.clone(), "/v1/models", None).await;
    scribe.ask("model", get.clone(), "/v1/models/osler", None).await;
    for (operation, path) in
        [("corpora", "/v1/corpora"), ("about", "/v1/about"), ("healthz", "/healthz"), ("readyz", "/readyz")]
    {
        scribe.ask(operation, get.clone(), path, None).await;
    }

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

#[test]
fn every_operation_has_an_example() {
    let document: Value = serde_json::from_str(&server::http::openapi().unwrap()).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let has_example = |content: &Value| content.to_string().contains("\"example\"");
            let body = &operation["requestBody"];
            assert!(body.is_null() || has_example(&body["content"]), "{method} {path}: the request");
            let replies = operation["responses"].as_object().unwrap();
            let (_, good) = replies.iter().find(|(status, _)| status.starts_with('2')).unwrap();
            // Metrics are of the moment.
            let is_shown = good["content"].is_null() || path == "/metrics" || has_example(&good["content"]);
            assert!(is_shown, "{method} {path}: the reply");
        }
    }
}
