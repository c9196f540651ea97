//! What passages are ordered by is read whatever state it is in.

use knowledge::Status;
use rusqlite::StatementStatus;

use super::{DECISION, corpus, document, ledger, staging, titled};
use crate::Ledger;
use crate::order::standing_of_version;
use crate::read::evidence_of_passage;

#[test]
fn texts_come_with_their_headings_and_documents_with_their_titles_as_far_as_these_can_be_read() {
    let ledger = ledger();
    ledger.bind_embedder("model@1", 64).unwrap();
    let mut staging = titled("drug", "Metformin in type 2 diabetes");
    staging.passages[0].section = vec!["Metformin".to_owned(), "When not to start".to_owned()];
    let passages: Vec<_> = staging.passages.iter().map(|passage| passage.id).collect();
    ledger.stage(std::slice::from_ref(&staging), &DECISION).unwrap();

    let texts = ledger.texts_of(&passages).unwrap();
    assert_eq!(texts.len(), passages.len());
    let first = &texts[&passages[0]];
    assert_eq!(first.headings, ["Metformin", "When not to start"]);
    assert_eq!(first.text, staging.passages[0].text);
    let standings = ledger.standings_of(&passages).unwrap();
    assert_eq!(standings.len(), passages.len());
    let (of, metadata) = (&standings[&passages[0]], &staging.version.metadata);
    assert_eq!((of.document, &of.title, of.kind), (document("drug"), &metadata.title, metadata.kind));
    assert_eq!((&of.published, of.access, of.status), (&metadata.published, metadata.access, Status::Current));

    let damage = |what: &str| ledger.lock().execute(what, []).unwrap();
    damage("UPDATE passages SET section = '['");
    let texts = ledger.texts_of(&passages[..1]).unwrap();
    assert!(texts[&passages[0]].headings.is_empty() && !texts[&passages[0]].text.is_empty());
    damage("UPDATE versions SET metadata = json_set(metadata, '$.published', 2020)");
    assert_eq!(ledger.standings_of(&passages).unwrap()[&passages[0]].published, None);
    for field in ["kind", "title", "access"] {
        damage(&format!("UPDATE versions SET metadata = json_set(metadata, '$.{field}', 7)"));
        assert!(ledger.standings_of(&passages).unwrap().is_empty());
        damage(&format!("UPDATE versions SET metadata = '{}'", serde_json::to_string(metadata).unwrap()));
        assert_eq!(ledger.standings_of(&passages).unwrap().len(), passages.len());
    }
    damage("UPDATE versions SET metadata = '{'");
    assert!(ledger.standings_of(&passages).unwrap().is_empty());
}

#[test]
fn documents_are_weighed_from_an_index_alone() {
    let ledger = ledger();
    let connection = ledger.lock();
    let explain = format!("EXPLAIN QUERY PLAN {}", standing_of_version());
    let plan: String = connection.query_row(&explain, [1], |row| row.get(3)).unwrap();
    assert_eq!(plan, "SEARCH v USING COVERING INDEX versions_by_id (id=?)");
}

#[test]
fn what_is_asked_for_many_passages_is_planned_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&folder.path().join("ledger.db")).unwrap();
    ledger.put_corpus(&corpus("test"), &DECISION).unwrap();
    ledger.bind_embedder("model@1", 64).unwrap();
    let staging = staging("a", 3);
    ledger.stage(std::slice::from_ref(&staging), &DECISION).unwrap();
    let copy = folder.path().join("copy.db");
    ledger.copy_to(&copy).unwrap();
    for ledger in [ledger, Ledger::open_copy(&copy).unwrap()] {
        let reading = ledger.read().unwrap();
        for passage in &staging.passages {
            let mut statement = reading.prepare_cached(&evidence_of_passage()).unwrap();
            statement.exists((1, "2026-01-01", passage.id.to_bytes())).unwrap();
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
        }
    }
}
