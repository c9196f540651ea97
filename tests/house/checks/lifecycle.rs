//! Versions, snapshots and standing: what a question may see, and what it may never see again.

use axum::http::StatusCode;
use identity::Role;
use ingest::Event;
use knowledge::{Corpus, DocumentId, Snapshot, Status};
use ledger::{Decision, Reread};
use serde_json::{Value, json};
use support::TestService;
use tempfile::TempDir;

use crate::desk::{Desk, PASSWORD};

const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "because" };

fn note(dose: u32) -> String {
    format!("+++\nid = \"drug\"\n+++\n# Examplin\n\nGive examplin {dose} mg daily for hypertension.\n")
}

fn document() -> DocumentId {
    DocumentId::of(&"test".parse().unwrap(), "drug")
}

async fn quotes(service: &TestService, as_of: Option<u64>) -> Vec<String> {
    let mut body = json!({ "question": "What dose of examplin for hypertension?" });
    if let Some(snapshot) = as_of {
        body["as_of"] = json!(snapshot);
    }
    let hits = service.post("/v1/search", &body).await.json();
    hits["hits"].as_array().unwrap().iter().map(|hit| hit["text"].as_str().unwrap().to_owned()).collect()
}

fn has(quotes: &[String], dose: u32) -> bool {
    quotes.iter().any(|quote| quote.contains(&format!(" {dose} mg")))
}

#[tokio::test]
async fn a_new_version_replaces_the_old_one_which_can_still_be_asked_and_read() {
    let service = TestService::new().await;
    let (report, _) = service.ingest(&[("drug.md", &note(5))]).await;
    assert_eq!((report.snapshot, report.documents.added), (Snapshot(1), 1));
    let (report, _) = service.ingest(&[("drug.md", &note(5))]).await;
    assert_eq!((report.snapshot, report.documents.unchanged), (Snapshot(1), 1), "nothing changed, nothing published");
    let (report, _) = service.ingest(&[("drug.md", &note(10))]).await;
    assert_eq!((report.snapshot, report.documents.updated), (Snapshot(2), 1));

    let now = quotes(&service, None).await;
    assert!(has(&now, 10) && !has(&now, 5));
    let then = quotes(&service, Some(1)).await;
    assert!(has(&then, 5) && !has(&then, 10));

    let path = format!("/v1/documents/{}", document());
    let current = service.get(&path).await.json();
    assert_eq!((current["version"].as_u64(), current["status"].as_str()), (Some(2), Some("current")));
    let old = service.get(&format!("{path}?version=1")).await.json();
    assert_eq!((old["version"].as_u64(), old["status"].as_str()), (Some(1), Some("superseded")));
    assert!(old["text"].as_str().unwrap().contains("5 mg"));
}

#[tokio::test]
async fn a_source_that_is_put_back_is_in_force_again() {
    let service = TestService::new().await;
    for dose in [5, 50] {
        service.ingest(&[("drug.md", &note(dose))]).await;
    }
    let (report, _) = service.ingest(&[("drug.md", &note(5))]).await;
    assert_eq!((report.snapshot, report.documents.updated), (Snapshot(3), 1));
    let now = quotes(&service, None).await;
    assert!(has(&now, 5) && !has(&now, 50), "{now:?}");
    let view = service.get(&format!("/v1/documents/{}", document())).await.json();
    assert_eq!((view["version"].as_u64(), view["status"].as_str()), (Some(3), Some("current")));
    let (report, _) = service.ingest(&[("drug.md", &note(5))]).await;
    assert_eq!((report.snapshot, report.documents.unchanged), (Snapshot(3), 1));
}

#[tokio::test]
async fn what_was_rolled_back_does_not_come_back_with_the_same_file() {
    let service = TestService::new().await;
    for dose in [5, 50] {
        service.ingest(&[("drug.md", &note(dose))]).await;
    }
    service.stores.ledger.rollback(Snapshot(1), &DECISION).unwrap();
    let (report, _) = service.ingest(&[("drug.md", &note(50))]).await;
    assert_eq!((report.snapshot, report.documents.unchanged), (Snapshot(1), 1));
    let now = quotes(&service, None).await;
    assert!(has(&now, 5) && !has(&now, 50), "{now:?}");
    // Put right in the source, it is a version like others.
    let (report, _) = service.ingest(&[("drug.md", &note(5))]).await;
    assert_eq!((report.snapshot, report.documents.updated), (Snapshot(3), 1));
}

#[tokio::test]
async fn files_of_one_name_in_an_archive_stay_as_they_are() {
    let service = TestService::new().await;
    let archive = tempfile::tempdir().unwrap();
    let mut builder = tar::Builder::new(Vec::new());
    for dose in [5, 50] {
        let text = note(dose);
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, "drug.md", text.as_bytes()).unwrap();
    }
    std::fs::write(archive.path().join("all.tar"), builder.into_inner().unwrap()).unwrap();
    for (updated, unchanged) in [(1, 0), (0, 2)] {
        let (report, events) = service.ingest_path(archive.path()).await;
        assert_eq!((report.documents.updated, report.documents.unchanged), (updated, unchanged), "{events:?}");
        let now = quotes(&service, None).await;
        assert!(has(&now, 50) && !has(&now, 5), "the later one replaces the earlier: {now:?}");
    }
}

/// Has these versions of the document been read by an earlier parser.
fn read_before(service: &TestService, numbers: &[u32]) {
    let version = |number: &u32| Reread { document: document(), number: *number, parser: "markdown/3".to_owned() };
    service.stores.ledger.mark_read(&numbers.iter().map(version).collect::<Vec<_>>()).unwrap();
}

/// A new and an old version of the document, in this order of their paths.
fn new_and_old() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, version, dose) in [("a-new.md", 2, 20), ("b-old.md", 1, 5)] {
        let text = note(dose).replace("id = \"drug\"\n", &format!("id = \"drug\"\nversion = {version}\n"));
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    folder
}

/// Takes the folder in as a parser does that reads something else in it; how many were updated and unchanged.
async fn read_otherwise(service: &TestService, folder: &TempDir) -> (usize, usize) {
    let corpus = Corpus { issuer: "Another house".to_owned(), ..TestService::corpus() };
    let (account, _) = service.try_ingest(folder.path(), &corpus).await;
    let counts = account.unwrap().report.documents;
    (counts.updated, counts.unchanged)
}

#[tokio::test]
async fn what_another_parser_reads_the_same_is_no_other_version() {
    let service = TestService::new().await;
    service.ingest(&[("drug.md", &note(5))]).await;
    read_before(&service, &[1]);
    for _ in 0..2 {
        let (report, events) = service.ingest(&[("drug.md", &note(5))]).await;
        assert_eq!((report.snapshot, report.documents.unchanged), (Snapshot(1), 1), "{events:?}");
    }
    let view = service.get(&format!("/v1/documents/{}", document())).await.json();
    assert_eq!((view["version"].as_u64(), view["status"].as_str()), (Some(1), Some("current")));
}

#[tokio::test]
async fn another_parser_puts_no_older_file_of_a_document_in_force() {
    let service = TestService::new().await;
    let folder = new_and_old();
    service.ingest_path(folder.path()).await;
    read_before(&service, &[1, 2]);
    assert_eq!(read_otherwise(&service, &folder).await, (1, 1));
    let now = quotes(&service, None).await;
    assert!(has(&now, 20) && !has(&now, 5), "{now:?}");
}

#[tokio::test]
async fn another_parser_brings_nothing_back_that_was_taken_out_of_use() {
    let service = TestService::new().await;
    let folder = new_and_old();
    service.ingest_path(folder.path()).await;
    service.stores.ledger.set_status(document(), 2, Status::Withdrawn, &DECISION).unwrap();
    read_before(&service, &[1, 2]);
    assert_eq!(read_otherwise(&service, &folder).await, (0, 2));
    let now = quotes(&service, None).await;
    assert!(!has(&now, 20) && !has(&now, 5), "{now:?}");
}

#[tokio::test]
async fn copies_of_one_record_from_different_days_do_not_take_turns() {
    let service = TestService::new().await;
    let mirrors = [5, 50].map(|dose| {
        let mirror = tempfile::tempdir().unwrap();
        std::fs::write(mirror.path().join("PMC1.md"), note(dose)).unwrap();
        mirror
    });
    for unchanged in [0, 1, 1] {
        for mirror in &mirrors {
            let (report, events) = service.ingest_mirror(mirror.path()).await;
            assert_eq!(report.documents.unchanged, unchanged, "{events:?}");
        }
        let now = quotes(&service, None).await;
        assert!(has(&now, 50) && !has(&now, 5), "{now:?}");
    }
}

#[tokio::test]
async fn rolling_back_restores_and_the_next_publish_has_a_new_number() {
    let service = TestService::new().await;
    service.ingest(&[("drug.md", &note(5))]).await;
    service
        .ingest(&[("drug.md", &note(10)), ("other.md", "# Other\n\nGive examplin 77 mg daily in hypertension.\n")])
        .await;
    service.stores.ledger.rollback(Snapshot(1), &DECISION).unwrap();
    service.stores.reconcile().await.unwrap();
    let back = quotes(&service, None).await;
    assert!(has(&back, 5) && !has(&back, 10) && !has(&back, 77), "{back:?}");

    let (report, _) = service.ingest(&[("more.md", "# More\n\nGive examplin 99 mg daily in hypertension.\n")]).await;
    assert_eq!(report.snapshot, Snapshot(3), "2 has been used");
    let after = quotes(&service, None).await;
    assert!(has(&after, 5) && has(&after, 99) && !has(&after, 10) && !has(&after, 77), "{after:?}");
    let second = quotes(&service, Some(2)).await;
    assert!(has(&second, 10) && has(&second, 77) && !has(&second, 5), "{second:?}");
    let actions: Vec<String> = service.stores.ledger.decisions().unwrap().into_iter().map(|d| d.action).collect();
    assert_eq!(actions, ["policy", "publish", "publish", "rollback", "publish"]);
}

#[tokio::test]
async fn retracted_text_is_evidence_in_no_snapshot_and_can_be_read_under_its_label() {
    let service = TestService::new().await;
    service.ingest(&[("drug.md", &note(5))]).await;
    service.ingest(&[("drug.md", &note(10))]).await;
    service.stores.ledger.set_status(document(), 1, Status::Retracted, &DECISION).unwrap();
    assert!(quotes(&service, Some(1)).await.is_empty(), "at once, in the past too");
    assert!(has(&quotes(&service, None).await, 10));
    let old = service.get(&format!("/v1/documents/{}?version=1", document())).await;
    assert_eq!((old.status, old.json()["status"].as_str()), (StatusCode::OK, Some("retracted")));
}

#[tokio::test]
async fn what_a_file_declares_decides_whether_it_is_evidence() {
    let service = TestService::new().await;
    let old = "+++\nid = \"drug\"\nversion = 1\nstatus = \"superseded\"\n+++\n# Examplin\n\nGive examplin 1 mg daily for hypertension.\n";
    let new = "+++\nid = \"drug\"\nversion = 2\n+++\n# Examplin\n\nGive examplin 2 mg daily for hypertension.\n";
    let gone =
        "+++\nid = \"case\"\nstatus = \"retracted\"\n+++\n# Case\n\nWe gave examplin 3 mg daily for hypertension.\n";
    // In either order of their names.
    service.ingest(&[("a-new.md", new), ("b-old.md", old), ("c-gone.md", gone)]).await;
    let found = quotes(&service, None).await;
    assert!(has(&found, 2) && !has(&found, 1) && !has(&found, 3), "{found:?}");
    // One that was never in force is no text for the wards.
    let key = service.key(Role::Auditor);
    let versions = service.get_as(&key, &format!("/v1/documents/{}", document())).await.json();
    let versions: Vec<(u64, &str)> = versions["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| (version["number"].as_u64().unwrap(), version["status"].as_str().unwrap()))
        .collect();
    assert_eq!(versions, [(2, "current"), (1, "superseded")]);
    let path = format!("/v1/documents/{}", document());
    assert_eq!(service.get(&path).await.json()["versions"].as_array().unwrap().len(), 1);
    assert_eq!(service.get(&format!("{path}?version=1")).await.json()["code"], "unknown_document");
}

/// What somebody reads of the document: status of the reply, version, standing.
async fn read(desk: &Desk, key: &str, query: &str) -> (u16, Option<u64>, Option<String>) {
    let reply = desk.service.get_as(key, &format!("/v1/documents/{}{query}", document())).await;
    let view = reply.json();
    (reply.status.as_u16(), view["version"].as_u64(), view["status"].as_str().map(str::to_owned))
}

fn shown(version: u64, standing: &str) -> (u16, Option<u64>, Option<String>) {
    (200, Some(version), Some(standing.to_owned()))
}

#[tokio::test]
async fn on_the_wards_only_what_was_published_is_read_and_what_was_rolled_back_is_not_in_force() {
    const REFUSED: (u16, Option<u64>, Option<String>) = (404, None, None);
    let desk = Desk::new().await;
    let (ward, librarian) = (desk.service.key(Role::Clinician), desk.service.key(Role::Librarian));
    let file = |dose| ("drug.md".to_owned(), note(dose));
    desk.take_in(&[file(5)]).await;
    assert_eq!(read(&desk, &ward, "").await, REFUSED);
    desk.publish().await;
    desk.take_in(&[file(10)]).await;
    assert_eq!(read(&desk, &ward, "").await, shown(1, "current"));
    let service = desk.service.key(Role::Service);
    for key in [&ward, &service] {
        assert_eq!(read(&desk, key, "?version=2").await, REFUSED);
    }
    for key in [librarian.clone(), desk.service.key(Role::Publisher), desk.service.key(Role::Auditor)] {
        assert_eq!(read(&desk, &key, "").await, shown(1, "current"));
        assert_eq!(read(&desk, &key, "?version=2").await, shown(2, "current"));
    }
    let held = format!("/v1/library/documents/{}/passages?version=2", document());
    let places = desk.service.get_as(&librarian, &held).await.json();
    let passage = format!("/v1/passages/{}", places["passages"][0]["id"].as_str().unwrap());
    assert_eq!(desk.service.get_as(&ward, &passage).await.json()["code"], "unknown_passage");
    assert_eq!(desk.service.get_as(&librarian, &passage).await.status, StatusCode::OK);

    desk.publish().await;
    assert_eq!(read(&desk, &ward, "").await, shown(2, "current"));
    let back = json!({ "snapshot": 1, "reason": "wrong figure", "password": PASSWORD });
    desk.done("petra", "POST", "/v1/library/rollback", back).await;
    for key in [&ward, &librarian] {
        assert_eq!(read(&desk, key, "").await, shown(1, "current"));
        assert_eq!(read(&desk, key, "?version=2").await, shown(2, "superseded"));
    }
    let standing = desk.service.get_as(&ward, &passage).await.json()["document"]["status"].clone();
    assert_eq!(standing, "superseded");
    let view = desk.service.get_as(&ward, &format!("/v1/documents/{}", document())).await.json();
    let in_force: Vec<&Value> = view["versions"].as_array().unwrap().iter().map(|one| &one["is_in_force"]).collect();
    assert_eq!(in_force, [&json!(false), &json!(true)]);
}

#[tokio::test]
async fn indexes_that_lost_or_gained_something_are_put_right() {
    let service = TestService::new().await;
    service.ingest(&[("drug.md", &note(5)), ("gout.md", "# Gout\n\nGive colchicine for gout attacks.\n")]).await;
    let ids = service.stores.vectors.ids().await.unwrap();
    assert_eq!(ids, service.stores.ledger.entry_ids().unwrap());
    service.stores.vectors.remove(vec![ids[0]]).await.unwrap();
    service.stores.lexical.remove(ids.clone()).await.unwrap();
    service.stores.reconcile().await.unwrap();
    assert_eq!(service.stores.vectors.ids().await.unwrap(), ids);
    assert_eq!(service.stores.lexical.ids().await.unwrap(), ids);
}

#[tokio::test]
async fn unknown_names_are_said_to_be_unknown() {
    let service = TestService::new().await;
    service.ingest(&[("drug.md", &note(5))]).await;
    let ask = |body: Value| {
        let service = &service;
        async move {
            let reply = service.post("/v1/answers", &body).await;
            (reply.status, reply.json()["code"].as_str().unwrap().to_owned())
        }
    };
    let unknown = ask(json!({ "question": "examplin?", "filters": { "corpora": ["nothing"] } })).await;
    assert_eq!(unknown, (StatusCode::NOT_FOUND, "unknown_corpus".to_owned()));
    for snapshot in [9_u64, u64::MAX] {
        let unknown = ask(json!({ "question": "examplin?", "as_of": snapshot })).await;
        assert_eq!(unknown, (StatusCode::NOT_FOUND, "unknown_snapshot".to_owned()));
    }
    assert_eq!(service.get(&format!("/v1/passages/{}", "0".repeat(32))).await.json()["code"], "unknown_passage");
    assert_eq!(service.get("/v1/passages/xyz").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn publishing_right_after_a_rollback_changes_nothing() {
    let service = TestService::new().await;
    service.ingest(&[("drug.md", &note(5))]).await;
    service.ingest(&[("drug.md", &note(10))]).await;
    let ledger = &service.stores.ledger;
    ledger.rollback(Snapshot(1), &DECISION).unwrap();
    assert_eq!(ledger.staged_changes().unwrap(), []);
    assert_eq!(ledger.publish(&DECISION).unwrap(), Snapshot(1));
    let (report, _) = service.ingest(&[("drug.md", &note(15))]).await;
    assert_eq!(report.snapshot, Snapshot(3));
}

#[tokio::test]
async fn documents_that_are_due_for_review_are_listed() {
    let service = TestService::new().await;
    let due = "+++\nid = \"a\"\nreview_by = \"2026-06\"\n+++\n# Gout\n\nGive colchicine for gout attacks.\n";
    let later = "+++\nid = \"b\"\nreview_by = 2027-01-01\n+++\n# Croup\n\nGive dexamethasone for croup in children.\n";
    service.ingest(&[("a.md", due), ("b.md", later)]).await;
    let titles = |day| service.stores.ledger.due(day).unwrap().into_iter().map(|due| due.title).collect::<Vec<_>>();
    assert_eq!(titles("2026-05-31"), [""; 0]);
    assert_eq!(titles("2026-11-22"), ["Gout"]);
    assert_eq!(titles("2027-01-01"), ["Gout", "Croup"]);
}

#[tokio::test]
async fn a_version_that_no_document_reaches_stops_nothing() {
    let service = TestService::new().await;
    let hostile = |dose| note(dose).replace("id = \"drug\"\n", "id = \"drug\"\nversion = 4294967295\n");
    for dose in [5, 10] {
        let other = format!("# Other\n\nGive examplin {dose}7 mg daily in hypertension.\n");
        let (report, events) = service.ingest(&[("drug.md", &hostile(dose)), ("other.md", &other)]).await;
        assert_eq!(report.documents.rejected, 1, "{events:?}");
        assert_eq!(report.documents.added + report.documents.updated, 1, "{events:?}");
        let rejected = events.iter().find_map(|event| match event {
            Event::Rejected(rejected) => Some((rejected.file.as_str(), rejected.failure.code.as_str())),
            _ => None,
        });
        assert_eq!(rejected, Some(("drug.md", "field")));
    }
    let now = quotes(&service, None).await;
    assert!(has(&now, 107) && !has(&now, 57), "{now:?}");
}

#[tokio::test]
async fn files_that_declare_one_version_take_further_numbers() {
    let service = TestService::new().await;
    let declared = |dose| note(dose).replace("id = \"drug\"\n", "id = \"drug\"\nversion = 5\n");
    let sixth = note(1).replace("id = \"drug\"\n", "id = \"drug\"\nversion = 6\n");
    service.ingest(&[("drug.md", &sixth)]).await;
    let (report, events) = service.ingest(&[("a.md", &declared(5)), ("b.md", &declared(10))]).await;
    assert_eq!(report.documents.updated, 2, "{events:?}");
    // The wards see those that were in force, which the fifth, coming after the sixth, never was.
    let librarian = service.key(Role::Librarian);
    let view = service.get_as(&librarian, &format!("/v1/documents/{}", document())).await.json();
    let numbers: Vec<u64> =
        view["versions"].as_array().unwrap().iter().map(|version| version["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [7, 6, 5]);
}
