//! How much is in work at once, and for how long: what a model is asked and bundles of the log are not given up with other requests,
//! and keep their places until the work is done. Those who have not signed in have places of their own.

use std::io;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use answer::Judge;
use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures::future::{Either, select};
use futures::stream;
use identity::Role;
use inference::{Completion, Generator, ModelRef};
use serde_json::{Value, json};
use server::config::Config;
use support::{Reply, Script, TestService, test_settings};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::answers::{GOUT, QUESTION};

/// Supports every statement, each when it is let go on, whoever has left meanwhile.
struct Waiting {
    model: ModelRef,
    is_asked: Notify,
    go_on: Semaphore,
}

#[async_trait]
impl Generator for Waiting {
    fn model(&self) -> &ModelRef {
        &self.model
    }

    async fn generate(&self, _: inference::Request, _: CancellationToken) -> inference::Result<Completion> {
        self.is_asked.notify_one();
        // After a while by itself: a test that fails ends, too.
        if let Ok(permit) = tokio::time::timeout(Duration::from_secs(10), self.go_on.acquire()).await {
            permit.unwrap().forget();
        }
        let text = json!({ "verdict": "supported" }).to_string();
        Ok(Completion { text, prompt_tokens: 1, completion_tokens: 1 })
    }
}

/// A service with a judge that waits.
async fn judged(adjust: impl FnOnce(&mut Config)) -> (TestService, Arc<Waiting>) {
    let model = ModelRef { id: "waiting".to_owned(), revision: None, sha256: None, parameters: Value::Null };
    let judge = Arc::new(Waiting { model, is_asked: Notify::new(), go_on: Semaphore::new(0) });
    let seat = Judge::new(Arc::clone(&judge) as Arc<dyn Generator>, Duration::from_secs(60));
    let mut config = Config::default();
    config.identity.anonymous = Some(true);
    adjust(&mut config);
    let service = TestService::judged(config, test_settings(), true, Some(seat)).await;
    service.ingest(&[GOUT]).await;
    (service, judge)
}

/// So many statements, as they stand in the source.
fn statements(count: usize, judge: bool) -> Value {
    let sentence = "Give colchicine 500 micrograms twice daily for gout";
    let text = vec![format!("{sentence} [1]."); count].join(" ");
    json!({ "text": text, "judge": judge, "sources": [{ "id": "1", "text": format!("{sentence}.") }] })
}

#[track_caller]
fn assert_busy(reply: &Reply) {
    assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("busy")));
    assert_eq!(reply.headers["retry-after"], "2");
}

#[tokio::test]
async fn what_a_model_is_asked_and_bundles_are_not_given_up_with_other_requests() {
    // Whatever has to wait for anything is given up at once.
    let (service, judge) = judged(|config| config.server.timeout_s = 0).await;
    let auditor = service.key(Role::Auditor);
    let waited_for = Arc::clone(&judge);
    tokio::spawn(async move {
        waited_for.is_asked.notified().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        waited_for.go_on.add_permits(3);
    });
    let reply = service.post("/v1/verify", &statements(3, true)).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let verdicts = reply.json()["statements"].as_array().unwrap().clone();
    assert_eq!(verdicts.len(), 3, "{verdicts:?}");
    assert!(verdicts.iter().all(|statement| statement["verdict"] == "supported"), "{verdicts:?}");
    assert_eq!(judge.go_on.available_permits(), 0, "all three were judged");

    let answer = service.ask(QUESTION).await;
    service.generator.then(Script::Hang(Duration::from_millis(50)));
    let path = format!("/v1/audit/answers/{}/replay", answer["id"].as_str().unwrap());
    let reply = service.send_as(&auditor, "POST", &path, &json!({})).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    assert_eq!(service.app.audit.entries("answer.replayed", None, None, 10).unwrap().len(), 1);

    fail::cfg("audit-commit", "1*delay(50)").unwrap();
    let reply = service.send_as(&auditor, "POST", "/v1/audit/bundles", &json!({})).await;
    fail::remove("audit-commit");
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
}

#[tokio::test]
async fn a_text_that_is_judged_takes_the_place_of_a_question_until_the_judge_is_done() {
    let (service, judge) = judged(|config| config.server.max_questions = 1).await;
    let (one, unjudged) = (statements(1, true), statements(1, false));
    let first = service.post("/v1/verify", &one);
    let beside = async {
        judge.is_asked.notified().await;
        assert_busy(&service.post("/v1/verify", &one).await);
        assert_busy(&service.post("/v1/answers", &json!({ "question": QUESTION })).await);
        assert_eq!(service.post("/v1/verify", &unjudged).await.status, StatusCode::OK, "no model is asked");
        judge.go_on.add_permits(1);
    };
    let (first, ()) = tokio::join!(first, beside);
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    assert_eq!(service.ask(QUESTION).await["status"], "answered");

    // Whoever sent it leaves; the judge is at work all the same.
    let left = Box::pin(service.post("/v1/verify", &one));
    let asked = Box::pin(judge.is_asked.notified());
    match select(left, asked).await {
        Either::Left((reply, _)) => panic!("nobody has judged this: {}", reply.text),
        Either::Right(((), left)) => drop(left),
    }
    assert_busy(&service.post("/v1/verify", &one).await);
    assert_busy(&service.post("/v1/answers", &json!({ "question": QUESTION })).await);
    judge.go_on.add_permits(1);
    while service.post("/v1/answers", &json!({ "question": QUESTION })).await.status != StatusCode::OK {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn whoever_has_not_signed_in_takes_no_place_of_those_who_have() {
    let mut config = Config::default();
    config.identity.anonymous = Some(false);
    config.server.max_requests = 1;
    let service = TestService::with(config, test_settings(), false).await;
    let key = service.key(Role::Clinician);
    // A password that never comes.
    let is_read = Arc::new(Notify::new());
    let told = Arc::clone(&is_read);
    let password = stream::poll_fn(move |_| -> Poll<Option<io::Result<Vec<u8>>>> {
        told.notify_one();
        Poll::Pending
    });
    let request = Request::post("/v1/session").header("content-type", "application/json");
    let request = request.body(Body::from_stream(password)).unwrap();
    let (slow, asked) = (Box::pin(service.send(request)), Box::pin(is_read.notified()));
    let Either::Right(((), _slow)) = select(slow, asked).await else { panic!("answered without a password") };
    assert_busy(&service.get("/v1/about").await);
    assert_busy(&service.post("/v1/session", &json!({ "name": "ada", "password": "correct horse battery" })).await);
    for path in ["/v1/about", "/v1/session", "/v1/corpora"] {
        assert_eq!(service.get_as(&key, path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn one_bundle_is_put_together_at_a_time() {
    let service = TestService::without_generator().await;
    service.ingest(&[GOUT]).await;
    service.ask(QUESTION).await;
    let (auditor, all) = (service.key(Role::Auditor), json!({}));
    let take = || Box::pin(service.send_as(&auditor, "POST", "/v1/audit/bundles", &all));
    // One of two comes first, and waits for the log.
    fail::cfg("audit-commit", "pause").unwrap();
    tokio::spawn(async {
        // Were none refused, both would wait for ever.
        tokio::time::sleep(Duration::from_secs(10)).await;
        fail::remove("audit-commit");
    });
    let (refused, other) = select(take(), take()).await.factor_first();
    fail::remove("audit-commit");
    assert_busy(&refused);
    assert!(refused.text.contains("another bundle"), "{}", refused.text);
    let other = other.await;
    assert_eq!(other.status, StatusCode::OK, "{}", other.text);
    assert_eq!(service.app.audit.entries("bundle.exported", None, None, 10).unwrap().len(), 1);
    assert_eq!(take().await.status, StatusCode::OK);
}
