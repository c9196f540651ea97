//! Something fails at every step of taking in, publishing and retracting: an error, a full disk, a panic, a delay. Whatever
//! it is, what is published stays whole, old or new; and the same command then brings everything to where it should be.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use knowledge::{DocumentId, Snapshot, Status};
use ledger::Decision;
use serde_json::json;
use support::TestService;

const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "because" };

/// Every step boundary, and whether it can hand back an error.
const BOUNDARIES: [(&str, bool); 18] = [
    ("ingest::embedded", true),
    ("ingest::followed", true),
    ("ingest::parsed", true),
    ("ingest::published", true),
    ("ingest::read", true),
    ("ingest::staged", true),
    ("ledger::publish::after_commit", true),
    ("ledger::publish::before_commit", true),
    ("ledger::stage::after_commit", true),
    ("ledger::stage::before_commit", true),
    ("ledger::status::after_commit", true),
    ("ledger::status::before_commit", true),
    ("vectors::after_apply", true),
    ("vectors::before_apply", true),
    ("vectors::before_mark", false),
    ("words::after_apply", true),
    ("words::before_apply", true),
    ("words::before_commit", false),
];

const FAULTS: [&str; 4] = ["return(io)", "return(full)", "panic", "1*sleep(20)"];

#[test]
fn the_list_has_every_boundary_there_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = BTreeSet::new();
    for folder in ["ingest/src", "corpora/ledger/src", "corpora/index/src"] {
        let mut waiting = vec![root.join(folder)];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for (_, rest) in text.match_indices("fail_point!(\"").map(|(at, start)| text.split_at(at + start.len())) {
                found.insert(rest.split('"').next().unwrap().to_owned());
            }
        }
    }
    let listed: BTreeSet<String> = BOUNDARIES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, listed);
}

fn files(round: u32) -> Vec<(String, String)> {
    let text = |topic: &str| {
        format!("+++\nid = \"{topic}\"\n+++\n# {topic}\n\nIn round {round} give {topic} {round}0 mg daily for gout.\n")
    };
    ["examplin", "othermab", "thirdol"].map(|topic| (format!("{topic}.md"), text(topic))).to_vec()
}

async fn ingest(service: &TestService, round: u32) -> bool {
    let files = files(round);
    let source = service.data_file("source");
    std::fs::create_dir_all(&source).unwrap();
    for (name, text) in &files {
        std::fs::write(source.join(name), text).unwrap();
    }
    service.try_ingest(&source, &TestService::corpus()).await.0.is_ok()
}

/// Of which rounds the passages are that a question finds.
async fn rounds(service: &TestService) -> Vec<u32> {
    let body = json!({ "question": "In which round is it given daily for gout?", "limit": 50 });
    let hits = service.post("/v1/search", &body).await.json();
    let round = |hit: &serde_json::Value| {
        let text = hit["text"].as_str()?;
        text.split("In round ").nth(1)?.split(' ').next()?.parse().ok()
    };
    let mut rounds: Vec<u32> = hits["hits"].as_array().unwrap().iter().filter_map(round).collect();
    rounds.sort_unstable();
    rounds
}

async fn assert_in_step(service: &TestService, context: &str) {
    service.stores.reconcile().await.unwrap();
    let wanted = service.stores.ledger.entry_ids().unwrap();
    assert_eq!(service.stores.vectors.ids().await.unwrap(), wanted, "{context}");
    assert_eq!(service.stores.lexical.ids().await.unwrap(), wanted, "{context}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_at_any_step_of_an_ingest_loses_and_halves_nothing() {
    for (boundary, returns) in BOUNDARIES.iter().filter(|(name, _)| !name.contains("status")) {
        let service = Arc::new(TestService::new().await);
        assert!(ingest(&service, 1).await);
        for fault in FAULTS.iter().filter(|fault| *returns || !fault.starts_with("return")) {
            let context = format!("{fault} at {boundary}");
            let before = rounds(&service).await[0];
            let after = before + 1;
            fail::cfg(*boundary, fault).unwrap();
            let running = Arc::clone(&service);
            let outcome = tokio::spawn(async move { ingest(&running, after).await }).await;
            fail::remove(boundary);
            let went_well = outcome.unwrap_or(false);
            assert_eq!(went_well, fault.contains("sleep"), "{context}");
            let seen = rounds(&service).await;
            assert!(seen == [before; 3] || seen == [after; 3], "{context}: {seen:?} is neither old nor new");
            assert_in_step(&service, &context).await;
            let seen = rounds(&service).await;
            assert!(seen == [before; 3] || seen == [after; 3], "{context}: {seen:?} is neither old nor new");
            assert!(ingest(&service, after).await, "{context}: the same command goes on");
            assert_eq!(rounds(&service).await, [after; 3], "{context}");
            assert_in_step(&service, &context).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_while_retracting_leaves_it_done_or_not_done() {
    for (boundary, _) in BOUNDARIES.iter().filter(|(name, _)| name.contains("status")) {
        for fault in FAULTS {
            let context = format!("{fault} at {boundary}");
            let service = Arc::new(TestService::new().await);
            assert!(ingest(&service, 1).await);
            let document = DocumentId::of(&"test".parse().unwrap(), "examplin");
            fail::cfg(*boundary, fault).unwrap();
            let ledger = Arc::clone(&service.stores.ledger);
            let retract = move || ledger.set_status(document, 1, Status::Retracted, &DECISION);
            let outcome = tokio::task::spawn_blocking(retract).await;
            fail::remove(boundary);
            let done = boundary.contains("after_commit") || matches!(outcome, Ok(Ok(_)));
            assert_eq!(rounds(&service).await.len(), if done { 2 } else { 3 }, "{context}");
            assert_in_step(&service, &context).await;
            service.stores.ledger.set_status(document, 1, Status::Retracted, &DECISION).unwrap();
            assert_eq!(rounds(&service).await.len(), 2, "{context}");
            assert_eq!(service.stores.ledger.snapshots().unwrap().published, Snapshot(1));
        }
    }
}
