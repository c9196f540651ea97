//! Decisions about documents and snapshots, and looking at what is due.

use knowledge::{Snapshot, Status};

use super::{DECISION, document, ledger, staging, version_in};
use crate::{Decision, Error};

#[test]
fn decisions_are_found_by_what_they_are_about() {
    let ledger = ledger();
    let batch = [staging("drug", 1), version_in("test", "drug", 2, 1), staging("other", 1)];
    ledger.stage(&batch, &DECISION).unwrap();
    ledger.publish(&DECISION).unwrap();
    ledger.set_status(document("drug"), 2, Status::Corrected, &DECISION).unwrap();
    ledger.set_status(document("other"), 1, Status::Retracted, &DECISION).unwrap();
    ledger.set_status(document("drug"), 1, Status::Withdrawn, &DECISION).unwrap();
    let about = ledger.decisions_about(document("drug")).unwrap();
    let actions: Vec<&str> = about.iter().map(|decision| decision.action.as_str()).collect();
    assert_eq!(actions, ["corrected", "withdrawn"]);
    assert!(ledger.decisions_about(document("nothing")).unwrap().is_empty());
    let last: Vec<u64> = ledger.last_decisions(3).unwrap().iter().map(|decision| decision.number).collect();
    assert_eq!(last, [5, 4, 3]);
}

#[test]
fn snapshots_are_listed_with_who_published_them() {
    let ledger = ledger();
    ledger.stage(&[staging("first", 1)], &DECISION).unwrap();
    ledger.publish(&Decision { at: "1", actor: "ann", reason: "first" }).unwrap();
    ledger.stage(&[staging("second", 1)], &DECISION).unwrap();
    ledger.publish(&Decision { at: "2", actor: "bob", reason: "second" }).unwrap();
    ledger.rollback(Snapshot(1), &Decision { at: "3", actor: "eve", reason: "back" }).unwrap();
    let list = ledger.snapshot_list().unwrap();
    let list: Vec<_> = list.iter().map(|one| (one.number, one.published_at.as_str(), one.actor.as_str())).collect();
    assert_eq!(list, [(2, "2", "bob"), (1, "1", "ann")]);
    ledger.lock().execute("DELETE FROM decisions", []).unwrap();
    assert_eq!(ledger.snapshot_list().unwrap()[0].actor, "", "not on record");
}

#[test]
fn what_somebody_looked_at_is_due_again_when_they_say() {
    let ledger = ledger();
    let mut staged = staging("drug", 1);
    staged.version.metadata.review_by = Some("2026-06".into());
    ledger.stage(&[staged], &DECISION).unwrap();
    let due = |day| ledger.due(day).unwrap();
    let first = due("2026-06-01").remove(0);
    assert_eq!((first.document, first.version, first.corpus.as_str()), (document("drug"), 1, "test"));
    ledger.inspected(document("drug"), 1, Some("2028-01-01"), &DECISION).unwrap();
    assert_eq!((due("2027-12-31").len(), due("2028-01-01").len()), (0, 1));
    ledger.inspected(document("drug"), 1, None, &DECISION).unwrap();
    assert!(due("2100-01-01").is_empty());
    let about = ledger.decisions_about(document("drug")).unwrap();
    assert_eq!(about.len(), 2);
    assert_eq!((about[0].action.as_str(), about[0].actor.as_str()), ("inspected", "test"));
    let unknown = ledger.inspected(document("drug"), 2, None, &DECISION);
    assert!(matches!(unknown, Err(Error::UnknownDocument(_))));
}
