//! Publishing exactly what was looked at, and changing a standing that is what it was believed to be.

use knowledge::{Snapshot, Status};

use super::{DECISION, document, ledger, staging, version_in};
use crate::Error;

#[test]
fn only_what_was_looked_at_is_published() {
    let ledger = ledger();
    let first = staging("first", 1);
    let sha256 = first.version.text.sha256();
    ledger.stage(&[first], &DECISION).unwrap();
    let seen = ledger.staged_changes().unwrap();
    assert_eq!((seen.len(), &seen[0].sha256, seen[0].leaving), (1, &sha256, 0));
    ledger.stage(&[staging("second", 1)], &DECISION).unwrap();
    assert!(matches!(ledger.publish_exactly(&seen, &DECISION), Err(Error::StagedChanged)));
    assert!(matches!(ledger.publish_exactly(&[], &DECISION), Err(Error::StagedChanged)));
    let snapshots = ledger.snapshots().unwrap();
    assert_eq!((snapshots.published, snapshots.head, snapshots.staged), (Snapshot(0), Snapshot(0), Snapshot(1)));
    assert_eq!(ledger.last_decision().unwrap(), 1, "nothing was decided since the corpus was registered");

    let seen = ledger.staged_changes().unwrap();
    assert_eq!(ledger.publish_exactly(&seen, &DECISION).unwrap(), Snapshot(1));
    assert!(matches!(ledger.publish_exactly(&seen, &DECISION), Err(Error::StagedChanged)), "it is published");
    assert_eq!(ledger.publish_exactly(&[], &DECISION).unwrap(), Snapshot(1), "nothing is staged, as expected");
}

#[test]
fn after_a_rollback_the_head_stays() {
    let ledger = ledger();
    ledger.stage(&[staging("first", 1)], &DECISION).unwrap();
    ledger.publish(&DECISION).unwrap();
    ledger.stage(&[staging("second", 1)], &DECISION).unwrap();
    ledger.publish(&DECISION).unwrap();
    ledger.rollback(Snapshot(1), &DECISION).unwrap();
    let snapshots = ledger.snapshots().unwrap();
    assert_eq!((snapshots.published, snapshots.head, snapshots.staged), (Snapshot(1), Snapshot(2), Snapshot(3)));
}

#[test]
fn a_standing_that_is_not_what_was_believed_stays() {
    let ledger = ledger();
    ledger.stage(&[staging("drug", 1), version_in("test", "drug", 2, 1)], &DECISION).unwrap();
    let change =
        |version, expected, status| ledger.change_standing(document("drug"), version, expected, status, &DECISION);
    let refused = change(1, Status::Corrected, Status::Withdrawn);
    assert!(matches!(refused, Err(Error::StatusChanged { found: Status::Current })), "{refused:?}");
    assert_eq!(ledger.last_decision().unwrap(), 1, "nothing was decided since the corpus was registered");
    change(1, Status::Current, Status::Withdrawn).unwrap();
    let decisions = ledger.decisions_after(1).unwrap();
    let subject = format!("{} v1", document("drug"));
    assert_eq!((decisions.len(), decisions[0].action.as_str(), &decisions[0].subject), (1, "withdrawn", &subject));
    assert!(matches!(change(3, Status::Current, Status::Withdrawn), Err(Error::UnknownDocument(_))));
}

#[test]
fn what_was_rolled_back_can_be_published_again() {
    let ledger = ledger();
    for name in ["first", "second"] {
        ledger.stage(&[staging(name, 1)], &DECISION).unwrap();
        ledger.publish(&DECISION).unwrap();
    }
    ledger.rollback(Snapshot(1), &DECISION).unwrap();
    assert_eq!(ledger.publish(&DECISION).unwrap(), Snapshot(1), "the way on from it is what it is");
    // Taken out and brought back: staged is again what the head is, and not what is published.
    ledger.set_status(document("second"), 1, Status::Withdrawn, &DECISION).unwrap();
    ledger.set_status(document("second"), 1, Status::Current, &DECISION).unwrap();
    let changes = ledger.staged_changes().unwrap();
    assert_eq!(changes.iter().map(|change| change.document).collect::<Vec<_>>(), [document("second")]);
    assert_eq!(ledger.publish_exactly(&changes, &DECISION).unwrap(), Snapshot(3));
    assert!(ledger.passages_of(document("second"), 1).unwrap().iter().all(|place| place.is_in_force));
}

#[test]
fn what_is_staged_after_a_rollback_is_not_lost_by_another() {
    let ledger = ledger();
    for name in ["first", "second"] {
        ledger.stage(&[staging(name, 1)], &DECISION).unwrap();
        ledger.publish(&DECISION).unwrap();
    }
    ledger.rollback(Snapshot(1), &DECISION).unwrap();
    // Nothing waits: one may go on and back as one likes.
    ledger.rollback(Snapshot(2), &DECISION).unwrap();
    ledger.rollback(Snapshot(1), &DECISION).unwrap();
    ledger.stage(&[staging("third", 1)], &DECISION).unwrap();
    let refused = ledger.rollback(Snapshot(2), &DECISION);
    assert!(matches!(refused, Err(Error::Staged(Snapshot(3)))), "{refused:?}");
    assert_eq!(ledger.staged_changes().unwrap().len(), 1);
    assert_eq!(ledger.publish(&DECISION).unwrap(), Snapshot(3));
    assert!(ledger.passages_of(document("third"), 1).unwrap().iter().all(|place| place.is_in_force));
}
