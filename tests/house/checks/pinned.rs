//! What a question is answered from is settled before the question is on record, and on record before it: whatever is decided
//! meanwhile, each decision is there once, and receipts hold.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

use audit::{Actor, Decided, Directory, LedgerList, ReceiptSource, Trust, verify_bundle, verify_receipt};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use identity::Role;
use ingest::{Ingest, Limits, Options, Parser};
use knowledge::{DocumentId, Snapshot, Status};
use ledger::{Decision, Ledger};
use serde_json::{Map, Value, json};
use server::corpus_record::{self, Held};
use support::{HashEmbedder, TestService};

const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "because" };

const QUESTION: &str = "What dose of examplin for hypertension?";

/// Snapshot `n` of a service that took in the doses one after another has the dose `n`.
fn note(dose: u64) -> String {
    format!("+++\nid = \"drug\"\n+++\n# Examplin\n\nGive examplin {dose} mg daily for hypertension.\n")
}

fn document() -> DocumentId {
    DocumentId::of(&"test".parse().unwrap(), "drug")
}

fn trust(service: &TestService) -> Trust {
    Trust { keys: service.app.audit.verifier_keys(), ..Trust::default() }
}

/// The receipt of an answer holds without the service.
pub(crate) fn holds(service: &TestService, answer: &Value) {
    let held = Held { ledger: &service.stores.ledger, day: "2026-11-22" };
    let receipt = service.app.audit.receipt(answer["id"].as_str().unwrap(), &held).unwrap();
    let checked = verify_receipt(&receipt, &trust(service), &|answer| answer::recheck(answer));
    assert!(checked.is_ok(), "{checked:?}: {answer:#}");
}

/// So does a bundle of all of them, which also says how each version stood when it was asked.
async fn all_hold(service: &TestService) {
    let auditor = service.key(Role::Auditor);
    let request = Request::post("/v1/audit/bundles").header("content-type", "application/json");
    let request = request.header("authorization", format!("Bearer {auditor}")).body(Body::from("{}")).unwrap();
    let response = service.open(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let (archive, unpacked) = (directory.path().join("bundle.tar"), directory.path().join("bundle"));
    std::fs::write(&archive, &bytes).unwrap();
    std::fs::create_dir(&unpacked).unwrap();
    server::exported::unpack(&archive, &unpacked).unwrap();
    verify_bundle(&Directory(unpacked), &trust(service), None, &|answer| answer::recheck(answer)).unwrap();
}

/// Takes a file in without publishing, and has the log follow, so that the next entry is that of a question.
async fn stage(service: &TestService, text: &str) {
    let source = service.data_file("staged");
    std::fs::create_dir_all(&source).unwrap();
    std::fs::write(source.join("drug.md"), text).unwrap();
    let ingest = Ingest::new(service.stores.clone(), Arc::new(HashEmbedder), Arc::new(Parser::Here)).unwrap();
    let options = Options {
        publish: false,
        actor: "test".to_owned(),
        at: "2026-01-01T00:00:00Z".to_owned(),
        data: service.data_file(""),
        archives: Limits::default(),
        keeps_originals: true,
        is_mirror: false,
    };
    let stop = Arc::new(AtomicBool::new(false));
    ingest.run(&source, &TestService::corpus(), &options, stop, |_| {}).await.unwrap();
    corpus_record::follow(&service.stores.ledger, &service.app.audit).unwrap();
}

/// Decides something while the next entry is written.
fn meanwhile(service: &TestService, decide: impl Fn(&Ledger) + Send + Sync + 'static) {
    let (ledger, is_done) = (Arc::clone(&service.stores.ledger), AtomicBool::new(false));
    let once = move || {
        if !is_done.swap(true, Ordering::SeqCst) {
            decide(&ledger);
        }
    };
    fail::cfg_callback("audit-commit", once).unwrap();
}

/// The numbers of what the log has of a list of the ledger, in the log's order.
fn numbers(service: &TestService, list: &str) -> Vec<u64> {
    let entries = service.app.audit.entries("corpus.", None, None, 500).unwrap();
    entries.iter().rev().filter_map(|entry| entry.object.get(list)?.as_u64()).collect()
}

#[tokio::test]
async fn many_who_follow_the_ledger_at_once_put_each_decision_on_record_once() {
    let service = TestService::without_generator().await;
    for dose in 1..=5 {
        service.ingest(&[("drug.md", &note(dose))]).await;
    }
    let (ledger, log) = (&service.stores.ledger, &service.app.audit);
    for status in [Status::Retracted, Status::Current, Status::Retracted, Status::Current] {
        ledger.set_status(document(), 5, status, &DECISION).unwrap();
    }
    let barrier = Barrier::new(16);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                barrier.wait();
                corpus_record::follow(ledger, log).unwrap();
            });
        }
    });
    let last = ledger.last_decision().unwrap();
    assert!(last >= 10, "{last}");
    assert_eq!(numbers(&service, "decision"), (1..=last).collect::<Vec<_>>());
    assert_eq!(numbers(&service, "run"), (1..=ledger.last_run().unwrap().unsigned_abs()).collect::<Vec<_>>());

    // The log itself takes nothing twice, and nothing after what came later.
    let decided = |number| Decided {
        list: LedgerList::Decisions,
        number,
        action: "corpus.standing",
        actor: Actor::command_line(),
        at: "2026-01-02T00:00:00Z",
        object: Map::new(),
        reason: "made",
    };
    let written = std::thread::scope(|scope| {
        let one = || {
            barrier.wait();
            log.decided(decided(last + 1), None).unwrap().is_some()
        };
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum::<usize>()
    });
    assert_eq!(written, 1);
    assert_eq!(log.decided(decided(last), None).unwrap(), None);
    assert_eq!(numbers(&service, "decision"), (1..=last + 1).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_publication_is_on_record_once_however_many_ask_at_once() {
    let service = TestService::without_generator().await;
    for dose in 1..=4_u64 {
        service.ingest(&[("drug.md", &note(dose))]).await;
        let answers = futures::future::join_all((0..16).map(|_| service.ask(QUESTION))).await;
        assert!(answers.iter().all(|answer| answer["snapshot"] == dose), "{answers:#?}");
        answers.iter().for_each(|answer| holds(&service, answer));
    }
    let last = service.stores.ledger.last_decision().unwrap();
    assert_eq!(numbers(&service, "decision"), (1..=last).collect::<Vec<_>>());
}

/// What the log has of each publication and each way back: the snapshot, its versions, the root over them.
fn roots(service: &TestService) -> Vec<(u64, u64, String)> {
    let entries = service.app.audit.entries("corpus.", None, None, 500).unwrap();
    let root = |entry: &audit::Entry| {
        let number = |field: &str| entry.object.get(field)?.as_u64();
        Some((number("snapshot")?, number("versions")?, entry.text("root")?.to_owned()))
    };
    entries.iter().rev().filter_map(root).collect()
}

#[tokio::test]
async fn what_is_signed_of_a_snapshot_is_the_root_over_everything_in_force_in_it() {
    let service = TestService::without_generator().await;
    let (ledger, log) = (&service.stores.ledger, &service.app.audit);
    let gout = "# Gout\n\nGive colchicine for gout attacks in adults.\n";
    for files in [vec![("drug.md", note(1))], vec![("drug.md", note(2)), ("gout.md", gout.to_owned())]] {
        let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        service.ingest(&files).await;
    }
    ledger.rollback(Snapshot(1), &DECISION).unwrap();
    ledger.rollback(Snapshot(2), &DECISION).unwrap();
    // As of a ledger from before roots were kept.
    let tables = rusqlite::Connection::open(service.data_file("ledger.db")).unwrap();
    tables.execute("UPDATE snapshots SET versions = NULL, root = NULL WHERE number = 2", []).unwrap();
    corpus_record::follow(ledger, log).unwrap();
    let made = |number: u64| {
        let lines = Held { ledger, day: "2026-11-22" }.snapshot_lines(number).unwrap();
        (number, lines.len() as u64, audit::hex(&audit::snapshot_root(&lines)))
    };
    assert_eq!(roots(&service), [1, 2, 1, 2].map(made));
    assert_eq!((made(1).1, made(2).1), (1, 2));
}

#[tokio::test]
async fn a_question_after_a_publication_does_not_hash_what_is_in_force() {
    let service = TestService::without_generator().await;
    stage(&service, &note(1)).await;
    service.stores.ledger.publish(&DECISION).unwrap();
    // What came into force with it goes on record as it is: had the question counted for itself, there would be one.
    let tables = rusqlite::Connection::open(service.data_file("ledger.db")).unwrap();
    tables.execute("UPDATE snapshots SET versions = 99", []).unwrap();
    assert_eq!(service.ask(QUESTION).await["snapshot"], 1);
    let seen: Vec<(u64, u64)> = roots(&service).into_iter().map(|(number, size, _)| (number, size)).collect();
    assert_eq!(seen, [(1, 99)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_while_a_question_goes_on_record_is_not_what_answers_it() {
    let service = TestService::without_generator().await;
    service.ingest(&[("drug.md", &note(1))]).await;
    stage(&service, &note(2)).await;
    meanwhile(&service, |ledger| {
        ledger.publish(&DECISION).unwrap();
    });
    let answer = service.ask(QUESTION).await;
    fail::remove("audit-commit");
    assert_eq!((&answer["snapshot"], answer.get("as_of")), (&json!(1), None), "{answer:#}");
    assert!(answer["statements"][0]["text"].as_str().unwrap().contains(" 1 mg"), "{answer:#}");
    assert_eq!(service.stores.ledger.snapshots().unwrap().published.0, 2);
    let next = service.ask(QUESTION).await;
    assert_eq!(next["snapshot"], 2);
    assert!(next["statements"][0]["text"].as_str().unwrap().contains(" 2 mg"), "{next:#}");
    let older = service.post("/v1/answers", &json!({ "question": QUESTION, "as_of": 1 })).await.json();
    assert_eq!((&older["snapshot"], &older["as_of"]), (&json!(1), &json!(1)));
    [answer, next, older].iter().for_each(|answer| holds(&service, answer));
    all_hold(&service).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_back_into_use_while_a_question_goes_on_record_is_no_evidence_yet() {
    let service = TestService::without_generator().await;
    service.ingest(&[("drug.md", &note(1))]).await;
    service.stores.ledger.set_status(document(), 1, Status::Retracted, &DECISION).unwrap();
    assert_eq!(service.ask(QUESTION).await["status"], "no_evidence");
    meanwhile(&service, |ledger| {
        ledger.set_status(document(), 1, Status::Current, &DECISION).unwrap();
    });
    let answer = service.ask(QUESTION).await;
    fail::remove("audit-commit");
    assert_eq!((&answer["status"], &answer["closest"]), (&json!("no_evidence"), &json!([])), "{answer:#}");
    assert_eq!(service.ask(QUESTION).await["status"], "extractive", "the next one has it");
    all_hold(&service).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn receipts_hold_while_others_publish() {
    let service = TestService::without_generator().await;
    service.ingest(&[("drug.md", &note(1))]).await;
    let is_over = AtomicBool::new(false);
    let publishing = async {
        for dose in 2..=12 {
            service.ingest(&[("drug.md", &note(dose))]).await;
        }
        is_over.store(true, Ordering::SeqCst);
    };
    let asking = |_| {
        let (service, is_over) = (&service, &is_over);
        async move {
            let mut answers = Vec::new();
            while !is_over.load(Ordering::SeqCst) && answers.len() < 60 {
                answers.push(service.ask(QUESTION).await);
            }
            answers
        }
    };
    let (answers, ()) = tokio::join!(futures::future::join_all((0..8).map(asking)), publishing);
    let mut answers: Vec<Value> = answers.into_iter().flatten().collect();
    answers.push(service.ask(QUESTION).await);
    for answer in &answers {
        holds(&service, answer);
        let said = answer["statements"][0]["text"].as_str().unwrap();
        assert!(said.contains(&format!(" {} mg", answer["snapshot"])), "{answer:#}");
    }
    let last = service.stores.ledger.last_decision().unwrap();
    assert_eq!(numbers(&service, "decision"), (1..=last).collect::<Vec<_>>());
}
