//! Conversations: kept for the browser that asked, found by nobody else, and what readers say of an answer.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use server::config::Config;
use support::{TestService, test_settings};

const GOUT: (&str, &str) = (
    "gout.md",
    "# Gout\n\n## Treatment\n\nGive colchicine 500 µg twice daily. Avoid colchicine in severe renal impairment.\n",
);

/// A browser: it sends back the cookie that it was given.
struct Browser<'a> {
    service: &'a TestService,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn new(service: &'a TestService) -> Self {
        Self { service, cookie: String::new() }
    }

    async fn send(&mut self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("cookie", &self.cookie).body(Body::from(body.to_string())).unwrap();
        let reply = self.service.send(request).await;
        if let Some(cookie) = reply.headers.get("set-cookie") {
            self.cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        (reply.status, if reply.text.is_empty() { Value::Null } else { reply.json() })
    }

    async fn get(&mut self, path: &str) -> (StatusCode, Value) {
        self.send(Method::GET, path, &Value::Null).await
    }

    async fn begin(&mut self) -> String {
        let (status, begun) = self.send(Method::POST, "/v1/conversations", &Value::Null).await;
        assert_eq!(status, StatusCode::CREATED);
        begun["id"].as_str().unwrap().to_owned()
    }

    async fn ask(&mut self, question: &str, conversation: &str) -> (StatusCode, Value) {
        self.send(Method::POST, "/v1/answers", &json!({ "question": question, "conversation": conversation })).await
    }
}

#[tokio::test]
async fn answers_are_read_again_exactly_as_they_were_sent() {
    let service = TestService::without_generator().await;
    service.ingest(&[GOUT]).await;
    let mut browser = Browser::new(&service);
    let id = browser.begin().await;
    let (_, first) = browser.ask("Which dose of colchicine for gout?", &id).await;
    let (_, second) = browser.ask("And in renal impairment?", &id).await;
    let (status, whole) = browser.get(&format!("/v1/conversations/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(whole["answers"], json!([first, second]), "citations and numbers survive a reload");
    assert_eq!(whole["title"], "Which dose of colchicine for gout?");
    assert_eq!(whole["turns"], 2);
    assert!(!first["statements"].as_array().unwrap().is_empty(), "{first}");
    let (_, list) = browser.get("/v1/conversations").await;
    assert_eq!(list["conversations"][0]["id"], id.as_str());
}

#[tokio::test]
async fn a_conversation_is_found_by_its_browser_alone() {
    let service = TestService::without_generator().await;
    let mut ada = Browser::new(&service);
    let id = ada.begin().await;
    let path = format!("/v1/conversations/{id}");
    let mut bob = Browser::new(&service);
    bob.begin().await;
    let mut nobody = Browser::new(&service);
    for stranger in [&mut bob, &mut nobody] {
        let tried = [
            stranger.get(&path).await,
            stranger.send(Method::PATCH, &path, &json!({ "title": "mine" })).await,
            stranger.send(Method::DELETE, &path, &Value::Null).await,
            stranger.ask("Gout?", &id).await,
        ];
        for (status, problem) in tried {
            assert_eq!((status, problem["code"].as_str()), (StatusCode::NOT_FOUND, Some("unknown_conversation")));
        }
    }
    assert_eq!(ada.get(&path).await.0, StatusCode::OK);
    assert_eq!(nobody.get("/v1/conversations").await.1["conversations"], json!([]));
}

#[tokio::test]
async fn it_can_be_named_and_deleted_and_the_record_of_its_answers_stays() {
    let service = TestService::without_generator().await;
    service.ingest(&[GOUT]).await;
    let mut browser = Browser::new(&service);
    let id = browser.begin().await;
    let (_, answer) = browser.ask("Which dose of colchicine for gout?", &id).await;
    let path = format!("/v1/conversations/{id}");
    assert_eq!(browser.send(Method::PATCH, &path, &json!({ "title": "Ward 3" })).await.1["title"], "Ward 3");
    let (status, problem) = browser.send(Method::PATCH, &path, &json!({ "title": " " })).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("bad_title")));
    assert_eq!(browser.send(Method::DELETE, &path, &Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(browser.get(&path).await.0, StatusCode::NOT_FOUND);
    let kept = format!("/v1/answers/{}", answer["id"].as_str().unwrap());
    assert_eq!(browser.get(&kept).await.1, answer);
}

#[tokio::test]
async fn it_is_named_and_deleted_on_the_record_or_not_at_all() {
    let service = TestService::without_generator().await;
    let mut browser = Browser::new(&service);
    let id = browser.begin().await;
    let path = format!("/v1/conversations/{id}");
    let rename = |title: &str| json!({ "title": title });
    assert_eq!(browser.send(Method::PATCH, &path, &rename("Ward 3")).await.0, StatusCode::OK);
    fail::cfg("audit-commit", "return(full)").unwrap();
    for (method, body) in [(Method::PATCH, rename("Ward 4")), (Method::DELETE, Value::Null)] {
        let (status, problem) = browser.send(method, &path, &body).await;
        assert_eq!((status, &problem["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("audit_unavailable")));
    }
    fail::remove("audit-commit");
    let (status, whole) = browser.get(&path).await;
    assert_eq!((status, &whole["title"]), (StatusCode::OK, &json!("Ward 3")), "nothing was changed");

    // Nor does the log say of anything that it was done that cannot be.
    let mut stranger = Browser::new(&service);
    stranger.begin().await;
    let size = service.app.audit.size();
    assert_eq!(browser.send(Method::PATCH, &path, &rename(" \n")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(stranger.send(Method::PATCH, &path, &rename("mine")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(stranger.send(Method::DELETE, &path, &Value::Null).await.0, StatusCode::NOT_FOUND);
    assert_eq!(service.app.audit.size(), size);
    assert_eq!(browser.send(Method::DELETE, &path, &Value::Null).await.0, StatusCode::NO_CONTENT);
    for (action, times) in [("conversation.renamed", 1), ("conversation.deleted", 1)] {
        assert_eq!(service.app.audit.entries(action, None, None, 10).unwrap().len(), times, "{action}");
    }
}

#[tokio::test]
async fn a_house_can_keep_conversations_and_let_them_expire() {
    let mut config = Config::default();
    config.history.owner_may_delete = false;
    config.history.kept_days = Some(30);
    let service = TestService::with(config, test_settings(), false).await;
    let mut browser = Browser::new(&service);
    let id = browser.begin().await;
    let (status, problem) = browser.send(Method::DELETE, &format!("/v1/conversations/{id}"), &Value::Null).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::FORBIDDEN, Some("kept_by_policy")));
    let about = service.get("/v1/about").await.json();
    assert_eq!(about["history"], json!({ "kept_days": 30, "owner_may_delete": false }));
    service.app.history.begin("somebody", "old", "2026-01-01T00:00:00Z").unwrap();
    browser.begin().await;
    assert!(service.app.history.conversation("somebody", "old").is_err());
}

#[tokio::test]
async fn a_follow_up_finds_what_it_is_about_in_its_conversation() {
    let service = TestService::without_generator().await;
    service
        .ingest(&[GOUT, ("asthma.md", "# Asthma\n\nIn severe renal impairment salbutamol needs no change of dose.\n")])
        .await;
    let mut browser = Browser::new(&service);
    let id = browser.begin().await;
    browser.ask("Which dose of colchicine for gout?", &id).await;
    let (_, answer) = browser.ask("In severe renal impairment?", &id).await;
    assert_eq!(answer["evidence"][0]["document"]["title"], "Gout", "{answer:#}");
}

#[tokio::test]
async fn a_follow_up_on_something_else_is_not_answered_with_what_was_asked_before() {
    let service = TestService::without_generator().await;
    service.ingest(&[GOUT]).await;
    let mut browser = Browser::new(&service);
    let id = browser.begin().await;
    let (_, first) = browser.ask("Which dose of colchicine for gout?", &id).await;
    assert_eq!(first["status"], "extractive");
    let (_, answer) = browser.ask("Is fidaxomicin covered?", &id).await;
    assert_eq!(answer["status"], "no_evidence", "{answer:#}");
    // What the corpus has is found all the same, as if it had been asked alone.
    service.ingest(&[GOUT, ("asthma.md", "# Asthma\n\nSalbutamol relieves bronchospasm in acute asthma.\n")]).await;
    let (_, answer) = browser.ask("Does salbutamol relieve bronchospasm in asthma?", &id).await;
    assert_eq!(answer["evidence"][0]["document"]["title"], "Asthma", "{answer:#}");
}

#[tokio::test]
async fn feedback_reaches_the_record_and_reports_of_harm_are_whole() {
    let service = TestService::without_generator().await;
    service.ingest(&[GOUT]).await;
    let answer = service.ask("Which dose of colchicine for gout?").await;
    let path = format!("/v1/answers/{}/feedback", answer["id"].as_str().unwrap());
    let report =
        json!({ "statement": 1, "kind": "safety", "category": "wrong_dose", "severity": "near_miss", "comment": "x" });
    let reply = service.post(&path, &report).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
    assert_eq!(service.post(&path, &json!({ "kind": "helpful" })).await.status, StatusCode::CREATED);
    for bad in [
        json!({ "kind": "safety" }),
        json!({ "kind": "great" }),
        json!({ "kind": "helpful", "statement": 0 }),
        json!({ "kind": "helpful", "comment": "x".repeat(2_001) }),
    ] {
        assert_eq!(service.post(&path, &bad).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    let unknown = service.post("/v1/answers/none/feedback", &json!({ "kind": "helpful" })).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let kept = service.app.audit.all_feedback(None, 10).unwrap();
    assert_eq!(kept.len(), 2);
    assert_eq!((kept[1].statement, kept[1].comment.as_deref()), (Some(1), Some("x")));
}

#[tokio::test]
async fn the_service_says_what_it_is_and_what_it_holds() {
    let service = TestService::new().await;
    service.ingest(&[GOUT]).await;
    let about = service.get("/v1/about").await.json();
    assert_eq!(about["corpora"][0]["id"], "test");
    assert_eq!(about["corpora"][0]["documents"], 1);
    assert_eq!(about["snapshot"], 1);
    assert!(about["figures"].as_array().unwrap().iter().all(|figure| figure["command"].is_string()));
    assert_eq!(service.get("/v1/corpora").await.json()["corpora"], about["corpora"]);
}
