//! What is prepared for another embedder is gone through once, and can be given up.

use knowledge::PassageId;
use rusqlite::{StatementStatus, params};

use super::{DECISION, ledger, staging};
use crate::Ledger;
use crate::reembed::{WITHOUT_COMING, behind};

const BATCH: usize = 8;

/// What SQLite does to find the next batch.
fn steps(ledger: &Ledger, after: Option<PassageId>) -> i32 {
    let connection = ledger.lock();
    let mut statement = connection.prepare(WITHOUT_COMING).unwrap();
    let found = statement.query_map(params!["new@1", behind(after), BATCH], |_| Ok(())).unwrap().count();
    assert_eq!(found, BATCH);
    statement.get_status(StatementStatus::VmStep)
}

#[test]
fn the_last_batch_takes_no_longer_to_find_than_the_first() {
    let ledger = ledger();
    ledger.bind_embedder("old@1", 64).unwrap();
    ledger.stage(&[staging("long", 80)], &DECISION).unwrap();
    let passages = ledger.coming("new@1").unwrap().passages;
    assert!(passages >= 80, "{passages}");
    let first = steps(&ledger, None);
    let (mut after, mut seen) = (None, 0);
    loop {
        let waiting = ledger.without_coming("new@1", after, BATCH).unwrap();
        let Some(last) = waiting.last().filter(|_| waiting.len() == BATCH) else { break };
        let taken = steps(&ledger, after);
        assert!(taken <= first + first / 4, "{taken} steps after {seen} passages, {first} before the first");
        let vectors: Vec<_> = waiting.iter().map(|one| (one.passage, vec![0.25; 8])).collect();
        ledger.put_coming("new@1", &vectors).unwrap();
        after = Some(last.passage);
        seen += BATCH;
    }
    assert!(seen >= 72, "{seen}");
    // From the beginning it finds what is left, wherever that stands.
    let left = ledger.without_coming("new@1", None, 1_000).unwrap();
    assert_eq!(left.len() as u64, passages - seen as u64);
}

#[test]
fn an_embedder_that_is_given_up_leaves_nothing_behind() {
    let ledger = ledger();
    ledger.bind_embedder("old@1", 64).unwrap();
    ledger.stage(&[staging("long", 4)], &DECISION).unwrap();
    assert!(ledger.coming_embedders().unwrap().is_empty());
    let passages: Vec<_> = ledger.without_coming("b@1", None, 1_000).unwrap().iter().map(|one| one.passage).collect();
    for embedder in ["b@1", "a@1"] {
        let vectors: Vec<_> = passages.iter().map(|passage| (*passage, vec![0.25; 8])).collect();
        ledger.put_coming(embedder, &vectors).unwrap();
    }
    assert_eq!(ledger.coming_embedders().unwrap(), ["a@1", "b@1"]);
    assert_eq!(ledger.forget_coming("a@1", 3).unwrap(), 3);
    assert!(!ledger.adopt_embedder("a@1", 8).unwrap(), "three are missing");
    assert_eq!(ledger.forget_coming("a@1", 1_000).unwrap(), passages.len() - 3);
    assert_eq!(ledger.forget_coming("a@1", 1_000).unwrap(), 0);
    assert_eq!(ledger.coming_embedders().unwrap(), ["b@1"]);
    assert!(ledger.coming("b@1").unwrap().is_whole(), "the other one stays");
    assert_eq!(ledger.embedder().unwrap(), Some(("old@1".to_owned(), 64)));
}
