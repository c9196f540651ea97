//! A replica answers what its writer answers, changes nothing, and says when it no longer knows what was published.

use std::path::Path;
use std::time::Duration;

use axum::http::StatusCode;
use identity::Role;
use index::{Filter, Wanted};
use knowledge::{DocumentId, Status};
use ledger::Decision;
use serde_json::json;
use server::config::{Config, Part, Replication};
use server::data::Link;
use server::replication::{Replica, Writer};
use support::{Bucket, TestService, test_settings};

pub(crate) const GOUT: (&str, &str) = (
    "gout.md",
    "+++\nid = \"gout\"\n+++\n# Gout\n\nGive colchicine 500 micrograms twice daily for an acute attack of gout.\n",
);
pub(crate) const QUESTION: &str = "Which dose of colchicine is given for an acute attack of gout?";

/// Where a library is shared.
pub(crate) struct Shared {
    store: String,
    endpoint: Option<String>,
}

impl Shared {
    pub(crate) fn directory(path: &Path) -> Self {
        Self { store: path.to_string_lossy().into_owned(), endpoint: None }
    }

    fn bucket(bucket: &Bucket) -> Self {
        Self { store: "s3://library/osler".to_owned(), endpoint: Some(bucket.endpoint()) }
    }
}

pub(crate) fn config(role: Part, shared: &Shared) -> Config {
    let (store, endpoint) = (Some(shared.store.clone()), shared.endpoint.clone());
    let replication = Replication { role, store, endpoint, stale_after_s: 1, ..Replication::default() };
    let mut config = Config { replication, ..Config::default() };
    config.identity.anonymous = Some(true);
    config
}

pub(crate) async fn writer(shared: &Shared) -> (TestService, Writer) {
    let mut service = TestService::with(config(Part::Writer, shared), test_settings(), false).await;
    match service.link() {
        Some(Link::Writer(writer)) => (service, writer),
        _ => panic!("it is configured as a writer"),
    }
}

pub(crate) async fn replica(shared: &Shared) -> (TestService, Replica) {
    let mut service = TestService::with(config(Part::Replica, shared), test_settings(), false).await;
    match service.link() {
        Some(Link::Replica(replica)) => (service, replica),
        _ => panic!("it is configured as a replica"),
    }
}

pub(crate) async fn push(service: &TestService, writer: &mut Writer) -> Option<u64> {
    writer.push(service.app.asker.now()).await.unwrap().map(|pushed| pushed.number)
}

/// A writer that has published one document.
pub(crate) async fn published(shared: &Shared) -> (TestService, Writer) {
    let (wrote, mut writer) = writer(shared).await;
    wrote.ingest(&[GOUT]).await;
    push(&wrote, &mut writer).await;
    (wrote, writer)
}

#[tokio::test]
async fn a_replica_answers_as_its_writer_and_changes_nothing() {
    let store = tempfile::tempdir().unwrap();
    follows(&Shared::directory(store.path())).await;
}

#[tokio::test]
async fn the_same_by_way_of_a_bucket() {
    let bucket = Bucket::new().await;
    follows(&Shared::bucket(&bucket)).await;
    let objects = bucket.objects();
    assert!(objects.len() > 4 && objects.keys().all(|key| key.starts_with("osler/")), "{:?}", objects.keys());
    assert!(objects.values().all(|object| !object.is_empty()));
}

async fn follows(shared: &Shared) {
    let (wrote, mut writer) = writer(shared).await;
    wrote.ingest(&[GOUT]).await;
    assert_eq!(push(&wrote, &mut writer).await, Some(1));
    assert_eq!(push(&wrote, &mut writer).await, None, "nothing was decided since");
    let (copy, mut replica) = replica(shared).await;
    let (ours, theirs) = (copy.ask(QUESTION).await, wrote.ask(QUESTION).await);
    assert_eq!(ours["statements"], theirs["statements"]);
    assert_eq!((&ours["snapshot"], &ours["status"]), (&theirs["snapshot"], &json!("extractive")));

    // A retraction takes the text out of use there, and soon here.
    let document = ours["evidence"][0]["document"]["id"].as_str().unwrap().to_owned();
    let librarian = copy.key(Role::Librarian);
    let (address, change) = (
        format!("/v1/library/documents/{document}/versions/1/standing"),
        json!({ "status": "retracted", "reason": "its authors took it back", "expected": "current" }),
    );
    let refused = copy.send_as(&librarian, "PUT", &address, &change).await;
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (StatusCode::FORBIDDEN, &json!("replica")),
        "{}",
        refused.text
    );
    assert_eq!(copy.get_as(&librarian, "/v1/library/documents").await.status, StatusCode::OK);
    let done = wrote.send_as(&wrote.key(Role::Librarian), "PUT", &address, &change).await;
    assert!(done.status.is_success(), "{}", done.text);
    assert_eq!(push(&wrote, &mut writer).await, Some(2));
    assert_eq!(copy.ask(QUESTION).await["status"], "extractive");
    assert!(replica.follow().await.unwrap());
    assert!(!replica.follow().await.unwrap(), "there is nothing newer");
    assert_eq!(copy.ask(QUESTION).await["status"], "no_evidence");
    let entries = copy.app.audit.entries("corpus.standing", None, None, 10).unwrap();
    assert_eq!(entries.len(), 1, "what was decided there is on record here");
}

#[tokio::test]
async fn a_state_has_the_words_of_its_ledger_whoever_has_had_them_follow() {
    let store = tempfile::tempdir().unwrap();
    let shared = Shared::directory(store.path());
    let (wrote, mut writer) = published(&shared).await;
    // It is decided, and the indexes have not heard of it.
    let decision = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "an erratum" };
    let document = DocumentId::of(&TestService::corpus().id, "gout");
    wrote.stores.ledger.set_status(document, 1, Status::Corrected, &decision).unwrap();
    assert!(wrote.stores.lexical.reached().await.unwrap() < wrote.stores.ledger.seq().unwrap());
    assert_eq!(push(&wrote, &mut writer).await, Some(2));
    let (copy, _replica) = replica(&shared).await;
    let (ledger, lexical) = (&copy.stores.ledger, &copy.stores.lexical);
    assert_eq!(lexical.reached().await.unwrap(), ledger.seq().unwrap());
    let published = Filter::at(ledger.snapshots().unwrap().published);
    let find = async |status: Status| {
        let filter = Filter { statuses: vec![status], ..published.clone() };
        lexical.search(&Wanted::question("colchicine"), &filter, 10).await.unwrap().len()
    };
    assert_eq!((find(Status::Corrected).await, find(Status::Current).await), (1, 0));
}

#[tokio::test]
async fn a_replica_says_when_it_may_have_missed_a_retraction() {
    let store = tempfile::tempdir().unwrap();
    let shared = Shared::directory(store.path());
    let _kept = published(&shared).await;
    let (copy, mut replica) = replica(&shared).await;
    copy.app.warm_up().await.unwrap();
    assert_eq!(copy.get("/readyz").await.status, StatusCode::OK);
    std::fs::remove_dir_all(store.path()).unwrap();
    std::fs::write(store.path(), "no directory").unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert!(replica.follow().await.is_err());
    let refused = copy.get("/readyz").await;
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("replica_stale")));
    assert_eq!(copy.ask(QUESTION).await["status"], "extractive", "whoever asks it all the same gets an answer");
    std::fs::remove_file(store.path()).unwrap();
}

#[tokio::test]
async fn an_older_copy_of_the_data_publishes_nothing() {
    let (store, bucket) = (tempfile::tempdir().unwrap(), Bucket::new().await);
    for shared in [Shared::directory(store.path()), Shared::bucket(&bucket)] {
        let (wrote, mut first) = writer(&shared).await;
        wrote.ingest(&[GOUT]).await;
        push(&wrote, &mut first).await;
        // Of the same keys and with nothing decided yet: as if it had been restored.
        let (older, mut second) = writer(&shared).await;
        let refused = second.push(older.app.asker.now()).await.unwrap_err().to_string();
        assert!(refused.contains("older copy"), "{refused}");
    }
}
