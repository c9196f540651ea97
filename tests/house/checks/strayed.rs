//! Where its store or its own copy is not what it was, a replica still hears of retractions, says what is wrong, and loses nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::StatusCode;
use identity::Role;
use inference::Embedder;
use knowledge::{DocumentId, Status};
use ledger::{Ledger, Reach};
use serde_json::{Value, json};
use server::config::{Part, Replication};
use server::replication::{Begun, Replica, begin};
use support::{HashEmbedder, TestService};

use crate::replicas::{GOUT, QUESTION, Shared, config, published, push, replica, writer};

const FEVER: (&str, &str) = (
    "fever.md",
    "+++\nid = \"fever\"\n+++\n# Fever\n\nGive paracetamol 500 milligrams twice daily for an acute attack of fever.\n",
);

async fn document(service: &TestService) -> String {
    service.ask(QUESTION).await["evidence"][0]["document"]["id"].as_str().unwrap().to_owned()
}

async fn retract(service: &TestService, document: &str) {
    let address = format!("/v1/library/documents/{document}/versions/1/standing");
    let change = json!({ "status": "retracted", "reason": "its authors took it back", "expected": "current" });
    let done = service.send_as(&service.key(Role::Librarian), "PUT", &address, &change).await;
    assert!(done.status.is_success(), "{}", done.text);
}

fn standing(ledger: &Ledger, document: &str) -> Status {
    let id: DocumentId = document.parse().unwrap();
    ledger.document(id, None, "2026-01-01", Reach::Published).unwrap().document.status
}

fn settings(shared: &Shared) -> Replication {
    config(Part::Replica, shared).replication
}

/// Starts a replica in a data directory, as far as its copy of the library goes.
async fn start(shared: &Shared, data: &Path) -> Begun {
    let begun = begin(&settings(shared), data, HashEmbedder.id()).await.unwrap();
    begun.settle(None).await.unwrap();
    begun
}

/// Folders of states in a replica's data directory.
fn copies(data: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(data.join("replication")).unwrap().map(|entry| entry.unwrap().path());
    found.filter(|path| path.is_dir()).collect()
}

/// Writes a state into a store in a directory: the first one, changed.
fn forge(store: &Path, number: u64, change: impl FnOnce(&mut Value)) {
    let place = |number: u64| store.join("states").join(format!("{number:020}.json"));
    let mut state: Value = serde_json::from_slice(&fs::read(place(1)).unwrap()).unwrap();
    state["number"] = json!(number);
    change(&mut state);
    fs::write(place(number), state.to_string()).unwrap();
}

/// Makes the ledger of a state of the bytes of an index.
fn no_ledger(state: &mut Value) {
    let files = state["files"].as_array_mut().unwrap();
    let is = |file: &Value, name: &str| file["name"].as_str().unwrap().starts_with(name);
    let mut other = files.iter().find(|file| is(file, "words/")).unwrap().clone();
    let ledger = files.iter_mut().find(|file| is(file, "ledger.db")).unwrap();
    other["name"] = ledger["name"].clone();
    *ledger = other;
}

#[tokio::test]
async fn a_retraction_arrives_before_the_state_that_has_it() {
    let store = tempfile::tempdir().unwrap();
    let shared = Shared::directory(store.path());
    let (wrote, mut writer) = published(&shared).await;
    let (copy, mut replica) = replica(&shared).await;
    copy.app.warm_up().await.unwrap();
    let document = document(&copy).await;
    retract(&wrote, &document).await;
    assert_eq!(push(&wrote, &mut writer).await, Some(2));
    assert_eq!(copy.ask(QUESTION).await["status"], "extractive");

    // Of the state itself nothing can be fetched.
    let (blocks, away) = (store.path().join("blocks"), store.path().join("away"));
    fs::rename(&blocks, &away).unwrap();
    replica.follow().await.unwrap_err();
    assert_eq!(copy.ask(QUESTION).await["status"], "no_evidence");
    assert_eq!(standing(&copy.stores.ledger, &document), Status::Retracted);
    assert_eq!((replica.freshness().behind(), copies(&copy.data_file("")).len()), (1, 1));

    // It has heard of all that matters, however long the rest takes.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(copy.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    replica.follow().await.unwrap_err();
    assert_eq!(copy.get("/readyz").await.status, StatusCode::OK);

    fs::rename(&away, &blocks).unwrap();
    assert!(replica.follow().await.unwrap());
    assert!(!replica.follow().await.unwrap());
    assert_eq!(replica.freshness().behind(), 0);
    assert_eq!(copy.ask(QUESTION).await["status"], "no_evidence");
}

#[tokio::test]
async fn a_start_without_the_store_forgets_no_retraction() {
    let (store, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let shared = Shared::directory(store.path());
    let (wrote, mut writer) = published(&shared).await;
    let document = document(&wrote).await;
    let begun = start(&shared, data.path()).await;
    assert_eq!(standing(&begun.ledger(), &document), Status::Current);
    let mut replica = Replica::new(begun, &settings(&shared), None, HashEmbedder.id());
    retract(&wrote, &document).await;
    push(&wrote, &mut writer).await;
    fs::remove_dir_all(store.path().join("blocks")).unwrap();
    replica.follow().await.unwrap_err();
    drop(replica);

    fs::remove_dir_all(store.path().join("states")).unwrap();
    let begun = start(&shared, data.path()).await;
    assert_eq!((begun.number(), standing(&begun.ledger(), &document)), (1, Status::Retracted));
}

#[tokio::test]
async fn a_store_that_began_anew_is_followed_and_an_empty_one_is_not_taken_for_silence() {
    let store = tempfile::tempdir().unwrap();
    let shared = Shared::directory(store.path());
    let (wrote, mut first) = writer(&shared).await;
    for files in [&[GOUT][..], &[GOUT, FEVER]] {
        wrote.ingest(files).await;
        push(&wrote, &mut first).await.unwrap();
    }
    let (copy, mut replica) = replica(&shared).await;
    copy.app.warm_up().await.unwrap();
    let gone = document(&copy).await;
    for folder in ["states", "blocks"] {
        fs::remove_dir_all(store.path().join(folder)).unwrap();
    }
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let error = replica.follow().await.unwrap_err().to_string();
    assert!(error.contains("empty") && error.contains("state 2"), "{error}");
    let refused = copy.get("/readyz").await;
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("replica_stale")));

    // Of the same keys: as if it went on from a backup.
    let (restored, mut second) = writer(&shared).await;
    restored.ingest(&[FEVER]).await;
    assert_eq!(push(&restored, &mut second).await, Some(1), "lower than what the replica has");
    assert!(replica.follow().await.unwrap());
    assert!(!replica.follow().await.unwrap());
    assert_eq!(copy.get("/readyz").await.status, StatusCode::OK);
    assert!(copy.stores.ledger.document(gone.parse().unwrap(), None, "2026-01-01", Reach::Published).is_err());
    assert_eq!(copy.stores.vectors.ids().await.unwrap(), copy.stores.ledger.entry_ids().unwrap());
    let answer = copy.ask("Which dose of paracetamol is given for an acute attack of fever?").await;
    assert_eq!(answer["status"], "extractive", "{answer}");
}

#[tokio::test]
async fn another_library_is_neither_followed_nor_begun_with() {
    let (store, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let shared = Shared::directory(store.path());
    let _kept = published(&shared).await;
    let (copy, mut replica) = replica(&shared).await;
    copy.app.warm_up().await.unwrap();
    drop(start(&shared, data.path()).await);
    forge(store.path(), 2, |state| state["about"]["writer"] = json!("another+1+key"));
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    for error in [
        replica.follow().await.unwrap_err().to_string(),
        begin(&settings(&shared), data.path(), HashEmbedder.id()).await.unwrap_err().to_string(),
    ] {
        assert!(error.contains("another+1+key") && error.contains("empty data directory"), "{error}");
    }
    assert_eq!(copy.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(copy.ask(QUESTION).await["status"], "extractive");
}

#[tokio::test]
async fn what_cannot_be_read_here_takes_no_room_and_nothing_away() {
    let (store, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let shared = Shared::directory(store.path());
    let (wrote, _writer) = published(&shared).await;
    let document = document(&wrote).await;
    let (copy, mut replica) = replica(&shared).await;
    drop(start(&shared, data.path()).await);
    type Change = fn(&mut Value);
    let changes: [(u64, Change, &str); 3] = [
        (2, |state| state["about"]["embedder"] = json!("other@1"), "other@1"),
        (3, |state| state["about"]["index"] = json!(9_999), "9999"),
        (4, no_ledger, "ledger"),
    ];
    for (number, change, words) in changes {
        forge(store.path(), number, change);
        for _ in 0..2 {
            let error = format!("{:#}", replica.follow().await.unwrap_err());
            assert!(error.contains(words), "{error}");
        }
        assert_eq!((replica.freshness().behind(), copies(&copy.data_file("")).len()), (number - 1, 1));
        assert_eq!(copy.ask(QUESTION).await["status"], "extractive");
        // Nor does a start lose what can be read.
        let begun = start(&shared, data.path()).await;
        assert_eq!((begun.number(), standing(&begun.ledger(), &document)), (1, Status::Current));
        assert_eq!(copies(data.path()).len(), 1);
    }
}

#[tokio::test]
async fn a_damaged_copy_is_fetched_anew() {
    let (store, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let shared = Shared::directory(store.path());
    let (wrote, _writer) = published(&shared).await;
    let document = document(&wrote).await;
    drop(start(&shared, data.path()).await);
    for (name, at) in [("ledger.db", 0), ("ledger.db", 40_000), ("words/meta.json", 0)] {
        let file = copies(data.path()).remove(0).join(name);
        let whole = fs::read(&file).unwrap();
        let mut damaged = whole.clone();
        damaged[at..at + 100].fill(0xaa);
        fs::write(&file, damaged).unwrap();
        let begun = start(&shared, data.path()).await;
        assert_eq!((begun.number(), standing(&begun.ledger(), &document)), (1, Status::Current));
        assert_eq!(fs::read(&file).unwrap(), whole);
        assert_eq!(copies(data.path()).len(), 1);
    }
}
