//! Bundles for auditors: what is damaged spoils none, and there is a whole one or none at all.

use std::collections::BTreeMap;

use audit::{
    Actor, Checked, Directory, Intent, Query, Receipt, SignatureKind, Signer, Verified, verify_bundle, verify_receipt,
};
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use identity::Role;
use ledger::{Decision, Ledger};
use rusqlite::Connection;
use serde_json::{Value, json};
use server::config::{Config, WitnessAt};
use server::exported;
use support::{TestService, test_settings};

use crate::compliance::{DIABETES, QUESTION, trust};

const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "doctor", reason: "damaged" };

const DAY: &str = "2026-11-22";

async fn service() -> TestService {
    let service = TestService::without_generator().await;
    service.ingest(&[DIABETES]).await;
    service
}

/// A receipt of the service, and what was checked of it.
async fn receipt(service: &TestService, auditor: &str, id: &str) -> (Receipt, Checked) {
    let reply = service.get_as(auditor, &format!("/v1/answers/{id}/receipt")).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let receipt: Receipt = serde_json::from_str(&reply.text).unwrap();
    let checked = verify_receipt(&receipt, &trust(service), &|answer| answer::recheck(answer)).unwrap();
    (receipt, checked)
}

/// A bundle over HTTP: the headers that it came with, and what was checked of it.
async fn taken(service: &TestService, auditor: &str, body: &Value) -> (HeaderMap, Verified) {
    let request = Request::post("/v1/audit/bundles").header("content-type", "application/json");
    let request = request.header("authorization", format!("Bearer {auditor}")).body(Body::from(body.to_string()));
    let response = service.open(request.unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers().clone();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let (archive, unpacked) = (directory.path().join("bundle.tar"), directory.path().join("bundle"));
    std::fs::write(&archive, &bytes).unwrap();
    std::fs::create_dir(&unpacked).unwrap();
    exported::unpack(&archive, &unpacked).unwrap();
    let verified = verify_bundle(&Directory(unpacked), &trust(service), None, &|answer| answer::recheck(answer));
    (headers, verified.unwrap())
}

#[tokio::test]
async fn a_bundle_by_query_has_all_that_fit_or_is_refused() {
    let service = service().await;
    let auditor = service.key(Role::Auditor);
    for _ in 0..60 {
        service.ask(QUESTION).await;
    }
    for (query, wanted) in
        [(json!({ "from": "2026-01-01" }), 60), (json!({ "limit": "7" }), 7), (json!({ "to": "2026-01-01" }), 0)]
    {
        let (headers, verified) = taken(&service, &auditor, &json!({ "query": query })).await;
        assert_eq!(verified.answers.len(), wanted, "{query}");
        assert_eq!(headers["osler-receipts"].to_str().unwrap(), wanted.to_string());
        assert!(!headers.contains_key("osler-left-out") && !headers.contains_key("osler-not-signed-by"));
    }
    let more = json!({ "query": { "limit": "10001" } });
    let refused = service.send_as(&auditor, "POST", "/v1/audit/bundles", &more).await;
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("too_many")));
}

#[tokio::test]
async fn what_has_no_receipt_is_named_and_what_nobody_knows_is_refused() {
    let mut config = Config::default();
    config.identity.anonymous = Some(true);
    config.audit.early_erasure = true;
    // Nobody listens there.
    let witness = Signer::new("witness.test", SignatureKind::Cosignature, &[9; 32]).unwrap();
    let (url, key) = ("http://127.0.0.1:9".to_owned(), witness.public().to_string());
    config.audit.witnesses = vec![WitnessAt { url, key }];
    let service = TestService::with(config, test_settings(), false).await;
    service.ingest(&[DIABETES]).await;
    let auditor = service.key(Role::Auditor);
    let log = &service.app.audit;
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(service.ask(QUESTION).await["id"].as_str().unwrap().to_owned());
    }
    log.erase(&ids[1], Actor::command_line()).unwrap();
    let intent = Intent {
        id: "failed",
        asked_at: "2026-11-22T10:00:00Z",
        actor: Actor::command_line(),
        request_id: "",
        question: QUESTION,
        request: "{}",
        identifiers: BTreeMap::new(),
    };
    log.begin(&intent).unwrap();
    log.fail("failed", Actor::command_line(), "internal").unwrap();
    let wanted = json!({ "answers": [ids[0], ids[1], "failed", ids[0]] });
    let (headers, verified) = taken(&service, &auditor, &wanted).await;
    assert_eq!(verified.answers.len(), 1);
    for (name, value) in [
        ("osler-receipts", "1".to_owned()),
        ("osler-left-out", "2".to_owned()),
        ("osler-left-out-answers", format!("{}=erased, failed=not_given", ids[1])),
        ("osler-not-signed-by", "witness.test".to_owned()),
    ] {
        assert_eq!(headers[name].to_str().unwrap(), value);
    }
    let unknown = json!({ "answers": [ids[0], "typo"] });
    let refused = service.send_as(&auditor, "POST", "/v1/audit/bundles", &unknown).await;
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::NOT_FOUND, &json!("unknown_answer")));
    assert!(refused.text.contains("typo"), "{}", refused.text);
    assert_eq!(log.entries("bundle.exported", None, None, 10).unwrap().len(), 1, "nothing was taken");
}

#[tokio::test]
async fn a_damaged_text_is_withheld_and_all_the_rest_holds() {
    let service = service().await;
    let auditor = service.key(Role::Auditor);
    let id = service.ask(QUESTION).await["id"].as_str().unwrap().to_owned();
    let (_, sound) = receipt(&service, &auditor, &id).await;
    assert!(sound.quotes >= 2 && sound.withheld == 0, "{sound:?}");
    let other_hand = Connection::open(service.data_file("ledger.db")).unwrap();
    let damaged = other_hand.execute("UPDATE versions SET text = replace(text, 'nausea', 'nausia')", []).unwrap();
    assert_eq!(damaged, 1);
    let (without, checked) = receipt(&service, &auditor, &id).await;
    assert_eq!(without.documents[0].withheld.as_deref(), Some("its text is damaged here"));
    assert_eq!((checked.quotes, checked.withheld), (0, sound.quotes));

    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().join("bundle");
    let (log, ledger) = (&service.app.audit, &service.stores.ledger);
    let ids = exported::answers(log, &Query::default(), 10).unwrap();
    exported::directory(log, ledger, (log.size(), ids.as_slice()), DAY, &to).unwrap();
    let verified = verify_bundle(&Directory(to), &trust(&service), None, &|answer| answer::recheck(answer)).unwrap();
    assert_eq!((verified.answers.len(), verified.answers[0].withheld), (1, sound.quotes));

    // Once it was found and taken in again, the same text is there.
    ledger.mend(&ledger.faults().unwrap(), &DECISION).unwrap();
    service.ingest(&[DIABETES]).await;
    let (_, again) = receipt(&service, &auditor, &id).await;
    assert_eq!((again.quotes, again.withheld), (sound.quotes, 0));
}

#[tokio::test]
async fn a_bundle_that_cannot_be_made_leaves_nothing_in_the_way_of_the_next() {
    let service = service().await;
    service.ask(QUESTION).await;
    let log = &service.app.audit;
    let ids = exported::answers(log, &Query::default(), 10).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let empty = Ledger::open(&directory.path().join("ledger.db")).unwrap();
    let bundles = directory.path().join("bundles");
    std::fs::create_dir_all(bundles.join("there")).unwrap();
    let names = |path: &std::path::Path| std::fs::read_dir(path).unwrap().count();
    for (name, others) in [("there", 0), ("new", 1)] {
        let to = bundles.join(name);
        let refused = exported::directory(log, &empty, (log.size(), ids.as_slice()), DAY, &to);
        assert!(matches!(refused, Err(audit::Error::Cited(_))), "{refused:?}");
        assert_eq!(to.exists(), name == "there");
        assert!(names(&bundles) == 1 && (!to.exists() || names(&to) == 0), "something is left of it");
        exported::directory(log, &service.stores.ledger, (log.size(), ids.as_slice()), DAY, &to).unwrap();
        assert_eq!(names(&bundles), 1 + others);
        let verified = verify_bundle(&Directory(to), &trust(&service), None, &|answer| answer::recheck(answer));
        assert_eq!(verified.unwrap().answers.len(), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_not_said_to_be_unrecorded() {
    let service = service().await;
    let auditor = service.key(Role::Auditor);
    let id = service.ask(QUESTION).await["id"].as_str().unwrap().to_owned();
    let other_hand = Connection::open(service.data_file("ledger.db")).unwrap();
    other_hand.execute_batch("ALTER TABLE versions RENAME TO versions_away").unwrap();
    let path = format!("/v1/answers/{id}/receipt");
    for reply in [
        service.get_as(&auditor, &path).await,
        service.send_as(&auditor, "POST", "/v1/audit/bundles", &json!({ "answers": [id] })).await,
    ] {
        let (status, problem) = (reply.status, reply.json());
        assert_eq!((status, &problem["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("records_unreadable")));
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("could not be read") && !detail.contains("recorded"), "{detail}");
    }
}
