//! Bundles for auditors: what is damaged spoils none, and there is a whole one or none at all.

use audit::{Checked, Directory, Query, Receipt, Trust, verify_bundle, verify_receipt};
use axum::http::StatusCode;
use identity::Role;
use ledger::{Decision, Ledger};
use rusqlite::Connection;
use serde_json::json;
use server::exported;
use support::TestService;

const DIABETES: (&str, &str) = (
    "diabetes.md",
    "+++\nid = \"type-2-diabetes\"\ntitle = \"Type 2 diabetes\"\nissuer = \"Diabetes Board\"\npublished = \"2025-03-01\"\n+++\n\
     # Type 2 diabetes\n\n## Metformin\n\nMetformin should not be started in adults with an eGFR below 30 mL/min. \
     Metformin may cause nausea and diarrhoea.\n",
);

const QUESTION: &str = "In adults with type 2 diabetes, when should metformin not be started?";

const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "doctor", reason: "damaged" };

const DAY: &str = "2026-11-22";

async fn service() -> TestService {
    let service = TestService::without_generator().await;
    service.ingest(&[DIABETES]).await;
    service
}

fn trust(service: &TestService) -> Trust {
    Trust { keys: service.app.audit.verifier_keys(), ..Trust::default() }
}

/// A receipt of the service, and what was checked of it.
async fn receipt(service: &TestService, auditor: &str, id: &str) -> (Receipt, Checked) {
    let reply = service.get_as(auditor, &format!("/v1/answers/{id}/receipt")).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let receipt: Receipt = serde_json::from_str(&reply.text).unwrap();
    let checked = verify_receipt(&receipt, &trust(service), &|answer| answer::recheck(answer)).unwrap();
    (receipt, checked)
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
