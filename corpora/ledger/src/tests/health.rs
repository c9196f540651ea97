//! Corpora in figures, and runs without their accounts.

use knowledge::{Quality, Status};
use serde_json::json;

use super::{DECISION, corpus, document, ledger, staging, titled, version_in};
use crate::{CorpusHealth, Error};

#[test]
fn corpora_are_told_in_figures() {
    let ledger = ledger();
    let mut over = corpus("over");
    over.rights.expires = Some("2025".into());
    ledger.put_corpus(&over, &DECISION).unwrap();
    ledger.put_sources(&corpus("test").id, &json!({ "sources": [{}, {}], "allow_hosts": [] })).unwrap();
    let mut due = titled("due", "Due");
    due.version.metadata.review_by = Some("2026-01".into());
    let mut poor = titled("poor", "Poor");
    poor.version.quality = Quality { score: 0.3, defects: vec![] };
    let (first, second) = (staging("twice", 1), version_in("test", "twice", 2, 2));
    let passages = (due.passages.len() + poor.passages.len() + second.passages.len()) as u64;
    ledger.stage(&[due, poor, first, second, titled("gone", "Gone")], &DECISION).unwrap();
    let of = |id: &str| -> CorpusHealth {
        let all = ledger.corpus_health("2026-02-01").unwrap();
        all.into_iter().find(|health| health.corpus.id.as_str() == id).unwrap()
    };
    assert_eq!((of("test").documents, of("test").versions, of("test").passages), (4, 5, 0), "nothing is published");
    ledger.publish(&DECISION).unwrap();
    ledger.set_status(document("gone"), 1, Status::Retracted, &DECISION).unwrap();
    let test = of("test");
    assert_eq!((test.documents, test.versions, test.passages), (4, 5, passages));
    assert_eq!((test.findings, test.overdue, test.poor, test.suppressed), (1, 1, 1, 1));
    assert_eq!((test.sources, test.is_licence_over, test.last_run), (2, false, None));
    assert_eq!(test.passages, ledger.totals(Some(&corpus("test").id)).unwrap().passages);
    let over = of("over");
    assert_eq!((over.documents, over.versions, over.passages, over.findings, over.sources), (0, 0, 0, 0, 0));
    assert!(over.is_licence_over);
    // One by itself is what it is among all.
    for id in ["test", "over"] {
        assert_eq!(ledger.health_of(&corpus(id).id, "2026-02-01").unwrap(), of(id));
    }
    assert!(matches!(ledger.health_of(&corpus("none").id, "2026-02-01"), Err(Error::UnknownCorpus(_))));
}

#[test]
fn runs_are_listed_without_their_accounts() {
    let ledger = ledger();
    ledger.put_corpus(&corpus("other"), &DECISION).unwrap();
    for (at, id) in [("1", "test"), ("2", "other"), ("3", "test")] {
        let account = json!({ "report": { "passages": at }, "taken": ["a", "b"] });
        ledger.put_run(at, "ann", &corpus(id).id, &account).unwrap();
    }
    let list = ledger.run_list(2).unwrap();
    assert_eq!(list.iter().map(|run| run.id).collect::<Vec<_>>(), [3, 2]);
    assert_eq!((&list[0].report, list[0].actor.as_str()), (&json!({ "passages": "3" }), "ann"));
    let whole = ledger.run(1).unwrap().unwrap();
    assert_eq!((whole.at.as_str(), &whole.account["taken"]), ("1", &json!(["a", "b"])));
    assert_eq!(ledger.run(4).unwrap(), None);
    let last: Vec<Option<i64>> = ledger
        .corpus_health("2026-01-01")
        .unwrap()
        .into_iter()
        .map(|health| health.last_run.map(|run| run.id))
        .collect();
    assert_eq!(last, [Some(2), Some(3)], "other, test");
    ledger.put_run("4", "ann", &corpus("test").id, &json!({})).unwrap();
    assert!(ledger.run_list(1).unwrap()[0].report.is_null());
}
