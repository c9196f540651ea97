//! What compliance relies on: nothing is answered off the record, every act is on it, receipts and bundles check out, and asking
//! again gives the same.

use std::collections::BTreeSet;

use audit::{Directory, Receipt, Trust, verify_bundle, verify_receipt};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use identity::Role;
use serde_json::{Value, json};
use support::TestService;

use crate::acts::{self, Route, Walk, account_of, erased_in_time};

pub(crate) const DIABETES: (&str, &str) = (
    "diabetes.md",
    "+++\nid = \"type-2-diabetes\"\ntitle = \"Type 2 diabetes\"\nissuer = \"Diabetes Board\"\npublished = \"2025-03-01\"\n+++\n\
     # Type 2 diabetes\n\n## Metformin\n\nMetformin should not be started in adults with an eGFR below 30 mL/min. \
     Metformin may cause nausea and diarrhoea.\n",
);

pub(crate) const QUESTION: &str = "In adults with type 2 diabetes, when should metformin not be started?";

async fn service() -> TestService {
    let service = TestService::without_generator().await;
    service.ingest(&[DIABETES]).await;
    service.app.warm_up().await.unwrap();
    service
}

pub(crate) fn trust(service: &TestService) -> Trust {
    Trust { keys: service.app.audit.verifier_keys(), ..Trust::default() }
}

#[tokio::test]
async fn without_a_record_there_is_no_answer_and_the_service_says_it_is_not_ready() {
    let service = service().await;
    assert_eq!(service.get("/readyz").await.status, StatusCode::OK);
    for fault in ["return(full)", "return(io)"] {
        fail::cfg("audit-commit", fault).unwrap();
        let reply = service.post("/v1/answers", &json!({ "question": QUESTION })).await;
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (StatusCode::SERVICE_UNAVAILABLE, &json!("audit_unavailable"))
        );
        assert!(!reply.text.contains("eGFR"), "{}", reply.text);
        let stream = service.post("/v1/answers", &json!({ "question": QUESTION, "stream": true })).await;
        assert!(!stream.text.contains("eGFR") && stream.text.contains("audit_unavailable"), "{}", stream.text);
        let ready = service.get("/readyz").await;
        assert_eq!(
            (ready.status, &ready.json()["code"]),
            (StatusCode::SERVICE_UNAVAILABLE, &json!("audit_unavailable"))
        );
        fail::remove("audit-commit");
        // As soon as there is room again.
        assert_eq!(service.get("/readyz").await.status, StatusCode::OK);
    }
    // The log fails between the question and its answer: the work is done, and does not leave.
    fail::cfg("audit-commit", "1*off->return(full)").unwrap();
    let reply = service.post("/v1/answers", &json!({ "question": QUESTION })).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!reply.text.contains("eGFR"), "{}", reply.text);
    // And while it streams: the question is on record, the first part is not.
    fail::cfg("audit-commit", "1*off->return(full)").unwrap();
    let stream = service.post("/v1/answers", &json!({ "question": QUESTION, "stream": true })).await;
    assert!(!stream.text.contains("eGFR") && stream.text.contains("event: error"), "{}", stream.text);
    fail::remove("audit-commit");
    assert_eq!(service.ask(QUESTION).await["status"], "extractive");
}

#[tokio::test]
async fn every_part_of_a_stream_is_on_record_before_it_leaves() {
    let service = TestService::new().await;
    service.ingest(&[DIABETES]).await;
    let stream = service.post("/v1/answers", &json!({ "question": QUESTION, "stream": true })).await.text;
    let sent = |name: &str| stream.matches(&format!("event: {name}\n")).count();
    assert_eq!(sent("done"), 1, "{stream}");
    let done: Value = stream
        .split("event: done\ndata: ")
        .nth(1)
        .and_then(|rest| serde_json::from_str(rest.split('\n').next().unwrap()).ok())
        .unwrap();
    let record = service.app.audit.record(done["id"].as_str().unwrap()).unwrap().unwrap();
    let parts: Vec<_> = record.entries.iter().filter(|entry| entry.action == "answer.part").collect();
    assert_eq!(parts.len(), sent("evidence") + sent("statement"));
    for part in parts {
        let (_, words) = service.app.audit.words(part.seq, "part").unwrap().unwrap();
        assert!(stream.contains(std::str::from_utf8(&words).unwrap()));
    }
}

#[tokio::test]
async fn a_receipt_is_for_whoever_asked_and_holds_without_the_service() {
    let service = service().await;
    let (ada, bob) = (service.key(Role::Clinician), service.key(Role::Clinician));
    let auditor = service.key(Role::Auditor);
    let answer = service.send_as(&ada, "POST", "/v1/answers", &json!({ "question": QUESTION })).await.json();
    let path = format!("/v1/answers/{}", answer["id"].as_str().unwrap());
    assert_eq!(service.get_as(&bob, &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(service.get_as(&bob, &format!("{path}/receipt")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(service.get_as(&auditor, &path).await.json(), answer);
    let reply = service.get_as(&ada, &format!("{path}/receipt")).await;
    let receipt: Receipt = serde_json::from_str(&reply.text).unwrap();
    let checked = verify_receipt(&receipt, &trust(&service), &|answer| answer::recheck(answer)).unwrap();
    assert_eq!(checked.answer, answer["id"].as_str().unwrap());
    assert!(checked.quotes >= 2 && checked.statements >= 1);
    // One word of the answer, with its own commitment.
    let mut changed = receipt.clone();
    let opened = changed.given.opened.get_mut("answer").unwrap();
    opened.words = opened.words.replace("should not", "should");
    assert!(verify_receipt(&changed, &trust(&service), &|answer| answer::recheck(answer)).is_err());
    // That the auditor read it is on record too.
    assert_eq!(service.app.audit.entries("answer.read", None, None, 10).unwrap().len(), 1);
}

#[tokio::test]
async fn verdicts_that_the_rules_do_not_give_are_seen() {
    let service = service().await;
    let answer = service.ask(QUESTION).await;
    assert_eq!(answer::recheck(&answer), Some(Vec::new()));
    let mut forged = answer.clone();
    forged["statements"][0]["text"] = json!("Metformin should be started in adults with an eGFR below 300 mL/min.");
    assert!(answer::recheck(&forged).is_some_and(|differences| !differences.is_empty()));
    let mut graded = answer;
    graded["statements"][0]["verdict"] = json!("partial");
    assert!(answer::recheck(&graded).is_some_and(|differences| !differences.is_empty()));
    // Verdicts of other rules are theirs: an answer from before rules had numbers is of the first.
    for rules in [json!(1), json!(grounding::RULES + 1)] {
        graded["rules"] = rules;
        assert_eq!(answer::recheck(&graded), None);
    }
    graded.as_object_mut().unwrap().remove("rules");
    assert_eq!(answer::recheck(&graded), None);
}

#[tokio::test]
async fn a_bundle_over_http_holds_wherever_it_is_unpacked() {
    let service = service().await;
    let auditor = service.key(Role::Auditor);
    for _ in 0..3 {
        service.ask(QUESTION).await;
    }
    service.ask("Which orbit has the moon Europa?").await;
    let request = Request::post("/v1/audit/bundles").header("content-type", "application/json");
    let request = request.header("authorization", format!("Bearer {auditor}")).body(Body::from("{}")).unwrap();
    let response = service.open(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let archive = directory.path().join("bundle.tar");
    std::fs::write(&archive, &bytes).unwrap();
    let unpacked = directory.path().join("bundle");
    std::fs::create_dir(&unpacked).unwrap();
    server::exported::unpack(&archive, &unpacked).unwrap();
    let files = Directory(unpacked);
    let verified = verify_bundle(&files, &trust(&service), None, &|answer| answer::recheck(answer)).unwrap();
    assert_eq!((verified.answers.len(), verified.questions), (4, 4));
    assert_eq!(verified.answers[0].status, "extractive");
}

#[tokio::test]
async fn asking_again_gives_the_same_until_something_is_retracted() {
    let service = service().await;
    let auditor = service.key(Role::Auditor);
    let answer = service.ask(QUESTION).await;
    let path = format!("/v1/audit/answers/{}/replay", answer["id"].as_str().unwrap());
    // Other versions came in since: the snapshot of then is asked.
    service
        .ingest(&[
            ("diabetes.md", &DIABETES.1.replace("below 30", "below 45")),
            ("more.md", "# Metformin\n\nMetformin lowers glucose.\n"),
        ])
        .await;
    let again = service.send_as(&auditor, "POST", &path, &json!({})).await.json();
    assert_eq!((&again["same"], &again["same_evidence"]), (&json!(true), &json!(true)), "{again:#}");
    let document = &answer["evidence"][0]["document"];
    let id = document["id"].as_str().unwrap();
    let decision = ledger::Decision { at: "2026-11-23T00:00:00Z", actor: "grace", reason: "fraud" };
    service.stores.ledger.set_status(id.parse().unwrap(), 1, knowledge::Status::Retracted, &decision).unwrap();
    let again = service.send_as(&auditor, "POST", &path, &json!({})).await.json();
    assert_eq!(again["same"], false);
    assert!(again["reasons"].to_string().contains("retracted"), "{again:#}");
    assert_eq!(service.app.audit.entries("answer.replayed", None, None, 10).unwrap().len(), 2);

    // Who saw it.
    let recall = service.get_as(&auditor, &format!("/v1/audit/recall?document={id}&version=1")).await.json();
    assert_eq!((&recall["answers"], &recall["listed"][0]["id"]), (&json!(1), &answer["id"]));
    assert_eq!(recall["listed"][0]["question"], QUESTION);
    let librarian = service.key(Role::Librarian);
    let recall = service.get_as(&librarian, &format!("/v1/audit/recall?document={id}")).await.json();
    assert_eq!(recall["listed"][0]["question"], Value::Null);
    // The decision itself is on record, before the next answer.
    service.ask("Which orbit has the moon Europa?").await;
    let standing = service.app.audit.entries("corpus.standing", None, None, 10).unwrap();
    assert_eq!(standing[0].text("standing"), Some("retracted"));
    let figures = service.get_as(&auditor, "/v1/audit/figures").await.json();
    assert_eq!((&figures["retracted_when_cited"], &figures["periods"][0]["questions"]), (&json!(0), &json!(2)));
}

/// A request that succeeds, for every route that changes something but the library.
async fn every_change(service: &TestService) -> BTreeSet<Route> {
    let keys = Role::ALL.map(|role| (role, service.key(role)));
    let key = |wanted: Role| keys.iter().find(|(role, _)| *role == wanted).unwrap().1.clone();
    let now = service.app.asker.now();
    let password = "correct horse battery";
    for (name, role) in
        [("ada", Role::Clinician), ("bob", Role::Clinician), ("cleo", Role::Auditor), ("dora", Role::Auditor)]
    {
        service.app.identity.add(name, None, &[role].into(), Some(password), now).unwrap();
    }
    let mut walk = Walk::new(&service.app.audit);
    let mut change = async |key: &str, method: &str, route: &str, path: &str, body: Value| -> Value {
        walk.pass();
        let reply = service.send_as(key, method, path, &body).await;
        assert!(reply.status.is_success(), "{method} {path}: {} {}", reply.status, reply.text);
        walk.acted(&method.to_lowercase(), route, &account_of(service, key));
        serde_json::from_str(&reply.text).unwrap_or(Value::Null)
    };
    let clinician = key(Role::Clinician);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let answer = change(&clinician, "POST", "/v1/answers", "/v1/answers", json!({ "question": QUESTION })).await;
    let id = text(&answer["id"]);
    let chat = json!({ "model": "osler", "messages": [{ "role": "user", "content": QUESTION }] });
    change(&clinician, "POST", "/v1/chat/completions", "/v1/chat/completions", chat).await;
    change(&clinician, "POST", "/v1/search", "/v1/search", json!({ "question": "metformin" })).await;
    let foreign = json!({ "text": "Metformin [1].", "sources": [{ "id": "1", "text": "Metformin." }] });
    change(&clinician, "POST", "/v1/verify", "/v1/verify", foreign).await;
    let said = json!({ "kind": "helpful" });
    change(&clinician, "POST", "/v1/answers/{id}/feedback", &format!("/v1/answers/{id}/feedback"), said).await;
    let risk = json!({ "kind": "safety", "category": "wrong_dose", "severity": "near_miss" });
    let risk =
        change(&clinician, "POST", "/v1/answers/{id}/feedback", &format!("/v1/answers/{id}/feedback"), risk).await;
    let begun = change(&clinician, "POST", "/v1/conversations", "/v1/conversations", json!({})).await;
    let conversation = format!("/v1/conversations/{}", text(&begun["id"]));
    change(&clinician, "PATCH", "/v1/conversations/{id}", &conversation, json!({ "title": "Ward" })).await;
    change(&clinician, "DELETE", "/v1/conversations/{id}", &conversation, json!({})).await;

    let admin = key(Role::Admin);
    let new = json!({ "name": "eve", "roles": ["clinician"] });
    let eve = change(&admin, "POST", "/v1/accounts", "/v1/accounts", new).await;
    let account = format!("/v1/accounts/{}", text(&eve["id"]));
    change(&admin, "PATCH", "/v1/accounts/{id}", &account, json!({ "roles": ["auditor"] })).await;
    let made =
        change(&admin, "POST", "/v1/accounts/{id}/keys", &format!("{account}/keys"), json!({ "label": "x" })).await;
    let made = format!("{account}/keys/{}", text(&made["id"]));
    change(&admin, "DELETE", "/v1/accounts/{id}/keys/{key}", &made, json!({})).await;

    let auditor = key(Role::Auditor);
    let record = format!("/v1/audit/answers/{id}");
    change(&auditor, "POST", "/v1/audit/answers/{id}/replay", &format!("{record}/replay"), json!({})).await;
    change(&auditor, "PUT", "/v1/audit/answers/{id}/hold", &format!("{record}/hold"), json!({ "reason": "claim" }))
        .await;
    change(&auditor, "DELETE", "/v1/audit/answers/{id}/hold", &format!("{record}/hold"), json!({})).await;
    change(&auditor, "POST", "/v1/audit/bundles", "/v1/audit/bundles", json!({ "answers": [id] })).await;
    let handling = format!("/v1/audit/feedback/{}/handling", text(&risk["id"]));
    let taken = json!({ "to": "acknowledged" });
    change(&auditor, "POST", "/v1/audit/feedback/{id}/handling", &handling, taken).await;

    // A review from the draw to the signature.
    let key_of = |name: &str| {
        let account = service.app.identity.by_name(name, now).unwrap().unwrap();
        service.app.identity.add_key(&account.id, "test", None, now).unwrap().1
    };
    let [ada, bob, cleo, dora] = ["ada", "bob", "cleo", "dora"].map(key_of);
    let draw = json!({ "title": "All", "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "size": 1, "reviewers": ["ada", "bob"] });
    let review = change(&cleo, "POST", "/v1/reviews", "/v1/reviews", draw).await;
    let review = format!("/v1/reviews/{}", text(&review["id"]));
    let items = service.get_as(&ada, &format!("{review}/items")).await.json();
    let numbers: Vec<u64> = items["items"].as_array().unwrap().iter().map(|item| item["n"].as_u64().unwrap()).collect();
    for n in &numbers {
        let item = format!("{review}/items/{n}");
        let shown = service.get_as(&ada, &item).await.json();
        assert!(shown["ours"].is_null() && shown["said"].is_string() && shown["question"] == QUESTION, "{shown:#}");
        for (reviewer, rating) in [(&ada, "supported"), (&bob, "partial")] {
            let rated = change(
                reviewer,
                "PUT",
                "/v1/reviews/{id}/items/{item}/rating",
                &format!("{item}/rating"),
                json!({ "rating": rating }),
            )
            .await;
            assert!(rated["ours"].is_string(), "{rated:#}");
        }
    }
    for n in &numbers {
        let decided = json!({ "rating": "supported", "reason": "the quote says so" });
        change(
            &dora,
            "PUT",
            "/v1/reviews/{id}/items/{item}/adjudication",
            &format!("{review}/items/{n}/adjudication"),
            decided,
        )
        .await;
    }
    let ready = service.get_as(&cleo, &review).await.json();
    assert_eq!(ready["statistics"]["items"], json!(numbers.len()), "{ready:#}");
    let sign = json!({ "meaning": "approved", "record_hash": ready["record_hash"], "password": password });
    change(&cleo, "POST", "/v1/reviews/{id}/signature", &format!("{review}/signature"), sign).await;
    assert_eq!(service.get_as(&cleo, &review).await.json()["is_signed_record"], true);
    // What they found is how well it does here, and the model card says so, without title or names.
    let card = service.get_as(&cleo, "/v1/about/model-card").await;
    assert!(card.text.contains(review.rsplit('/').next().unwrap()), "{}", card.text);
    assert!(!card.text.contains("\"ada\"") && !card.text.contains("approved"), "{}", card.text);
    for (format, begins) in [("csv", "item,answer,"), ("ndjson", "{"), ("pdf", "%PDF")] {
        let request =
            Request::get(format!("{review}/export?format={format}")).header("authorization", format!("Bearer {cleo}"));
        let response = service.open(request.body(Body::empty()).unwrap()).await;
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(bytes.starts_with(begins.as_bytes()), "{format}: {:?}", &bytes[..20.min(bytes.len())]);
    }

    // Sessions. Another password ends them all, so that one signs in again to sign out.
    let account = service.app.identity.by_name("ada", now).unwrap().unwrap().id;
    for (method, path, body) in [
        ("POST", "/v1/session/password", json!({ "current": password, "new": "another horse battery" })),
        ("DELETE", "/v1/session", json!({})),
    ] {
        let password = if method == "DELETE" { "another horse battery" } else { password };
        walk.pass();
        let reply = service.post("/v1/session", &json!({ "name": "ada", "password": password })).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        walk.acted("post", "/v1/session", &account);
        let cookie = reply.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap();
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("cookie", cookie).body(Body::from(body.to_string())).unwrap();
        let reply = service.send(request).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text);
        walk.acted(&method.to_lowercase(), path, &account);
    }
    walk.walked()
}

#[tokio::test]
async fn every_route_that_changes_something_leaves_the_entry_that_it_must() {
    let service = service().await;
    let mut walked = every_change(&service).await;
    walked.extend(crate::library::every_change().await);
    walked.extend(erased_in_time(&service, QUESTION).await);
    let document: Value = serde_json::from_str(&server::http::openapi().unwrap()).unwrap();
    let mut changing = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|method| *method != "get") {
            changing.insert((method.clone(), path.clone()));
        }
    }
    assert_eq!(acts::routes(), changing, "a route that changes something is not in ACTS: say there what it leaves");
    assert_eq!(walked, changing, "a route that changes something is not walked: show that it leaves its entry");
}

#[tokio::test]
async fn words_are_erased_where_the_law_asks_for_it() {
    let mut config = server::config::Config::default();
    config.audit.early_erasure = true;
    let service = TestService::with(config, support::test_settings(), false).await;
    service.ingest(&[DIABETES]).await;
    let (clinician, admin) = (service.key(Role::Clinician), service.key(Role::Admin));
    let begun = service.send_as(&clinician, "POST", "/v1/conversations", &json!({})).await.json();
    let asked = json!({ "question": QUESTION, "conversation": begun["id"] });
    let id = service.send_as(&clinician, "POST", "/v1/answers", &asked).await.json()["id"].as_str().unwrap().to_owned();
    let erased = service.send_as(&admin, "DELETE", &format!("/v1/audit/answers/{id}/words"), &json!({})).await;
    assert_eq!(erased.status, StatusCode::NO_CONTENT, "{}", erased.text);
    assert_eq!(service.get_as(&clinician, &format!("/v1/answers/{id}")).await.status, StatusCode::NOT_FOUND);
    let path = format!("/v1/conversations/{}", begun["id"].as_str().unwrap());
    let conversation = service.get_as(&clinician, &path).await.json();
    assert_eq!((&conversation["title"], &conversation["answers"]), (&Value::Null, &json!([])));
    // Without that setting six years come first.
    let service = self::service().await;
    let id = service.ask(QUESTION).await["id"].as_str().unwrap().to_owned();
    let kept = service
        .send_as(&service.key(Role::Admin), "DELETE", &format!("/v1/audit/answers/{id}/words"), &json!({}))
        .await;
    assert_eq!((kept.status, &kept.json()["code"]), (StatusCode::CONFLICT, &json!("kept")));
}
