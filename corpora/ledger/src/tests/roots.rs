//! A snapshot comes into force with its root, and keeps it.

use knowledge::{Snapshot, Status};

use super::{DECISION, corpus, document, ledger, staging, version_in};
use crate::roots::{CHANGED, VERSIONS_IN};
use crate::{Ledger, VersionInForce};

/// Enough to tell one list from another.
fn root_of(versions: &[VersionInForce]) -> [u8; 32] {
    let mut root = [0_u8; 32];
    for (at, byte) in versions.iter().flat_map(|(.., sha256)| sha256.bytes()).enumerate() {
        root[at % 32] = root[at % 32].wrapping_mul(31).wrapping_add(byte);
    }
    root
}

fn made(ledger: &Ledger, number: u64) -> Option<(u64, [u8; 32])> {
    let versions = ledger.versions_in(Snapshot(number)).unwrap();
    Some((versions.len() as u64, root_of(&versions)))
}

#[test]
fn every_snapshot_that_is_published_keeps_its_root() {
    let ledger = Ledger::in_memory().unwrap().rooting(root_of);
    ledger.put_corpus(&corpus("test"), &DECISION).unwrap();
    for name in ["first", "second", "third"] {
        ledger.stage(&[staging(name, 1)], &DECISION).unwrap();
        ledger.publish(&DECISION).unwrap();
    }
    ledger.set_status(document("first"), 1, Status::Retracted, &DECISION).unwrap();
    ledger.publish(&DECISION).unwrap();
    ledger.rollback(Snapshot(2), &DECISION).unwrap();
    let roots: Vec<_> = (1..=4).map(|number| ledger.root(Snapshot(number)).unwrap()).collect();
    assert_eq!(roots, (1..=4).map(|number| made(&ledger, number)).collect::<Vec<_>>());
    assert_eq!(roots.iter().flatten().map(|(versions, _)| *versions).collect::<Vec<_>>(), [1, 2, 3, 2]);
    assert_eq!(ledger.root(Snapshot(5)).unwrap(), None, "nobody published it");
}

#[test]
fn what_was_published_without_a_root_has_one_once_it_is_in_force_again() {
    let ledger = ledger();
    for name in ["first", "second"] {
        ledger.stage(&[staging(name, 1)], &DECISION).unwrap();
        ledger.publish(&DECISION).unwrap();
    }
    assert_eq!(ledger.root(Snapshot(1)).unwrap(), None);
    let ledger = ledger.rooting(root_of);
    ledger.rollback(Snapshot(1), &DECISION).unwrap();
    assert_eq!(ledger.root(Snapshot(1)).unwrap(), made(&ledger, 1));
    assert_eq!(ledger.root(Snapshot(2)).unwrap(), None);
}

#[test]
fn roots_of_a_ledger_that_goes_on_are_those_of_one_that_is_opened_anew() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let open = || Ledger::open(&path).unwrap().rooting(root_of);
    let ledger = open();
    ledger.put_corpus(&corpus("test"), &DECISION).unwrap();
    let publish = |ledger: &Ledger, name: &str, number: u32| {
        ledger.stage(&[version_in("test", name, number, 1)], &DECISION).unwrap();
        ledger.publish(&DECISION).unwrap();
    };
    publish(&ledger, "first", 1);
    publish(&ledger, "second", 1);
    publish(&ledger, "first", 2);
    ledger.rollback(Snapshot(1), &DECISION).unwrap();
    publish(&ledger, "third", 1);
    publish(&open(), "fourth", 1);
    ledger.set_status(document("second"), 1, Status::Withdrawn, &DECISION).unwrap();
    publish(&ledger, "fifth", 1);
    for number in 1..=6 {
        assert_eq!(ledger.root(Snapshot(number)).unwrap(), made(&ledger, number), "{number}");
    }
    let held = |number| ledger.versions_in(Snapshot(number)).unwrap().len();
    assert_eq!((1..=6).map(held).collect::<Vec<_>>(), [1, 2, 2, 2, 3, 4]);
}

fn plan(ledger: &Ledger, sql: &str) -> String {
    let connection = ledger.lock();
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let values = vec![1; statement.parameter_count()];
    let steps = statement.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
    steps.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n")
}

#[test]
fn what_has_changed_is_found_without_what_has_not() {
    let plan = plan(&ledger(), CHANGED);
    assert!(plan.contains("entries_by_added") && plan.contains("entries_by_removed"), "{plan}");
    assert!(!plan.contains("SCAN"), "{plan}");
}

#[test]
fn what_is_in_force_is_read_without_the_texts() {
    let plan = plan(&ledger(), VERSIONS_IN);
    assert!(plan.contains("SCAN v USING COVERING INDEX versions_by_document"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
}
