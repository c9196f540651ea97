//! Publishing exactly what was looked at, and changing a standing that is what it was believed to be.

use knowledge::{Snapshot, Status};

use super::{DECISION, document, ledger, staging, version_in};
use crate::{Error, FaultKind};

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
fn what_was_replaced_does_not_come_back_by_itself() {
    let cases = [
        (Status::Retracted, Status::Retracted),
        (Status::Withdrawn, Status::Superseded),
        (Status::Superseded, Status::Superseded),
        (Status::Expired, Status::Superseded),
    ];
    for (status, of_the_earlier) in cases {
        let ledger = ledger();
        let numbered = |number| version_in("test", "drug", number, 1);
        for number in 1..=3 {
            ledger.stage(&[numbered(number)], &DECISION).unwrap();
            ledger.publish(&DECISION).unwrap();
        }
        let standing = || -> Vec<Status> {
            ledger.versions_of(document("drug")).unwrap().iter().rev().map(|version| version.status).collect()
        };
        assert_eq!(ledger.set_status(document("drug"), 1, Status::Withdrawn, &DECISION).unwrap(), [0; 0]);
        assert_eq!(ledger.set_status(document("drug"), 3, status, &DECISION).unwrap(), [2], "{status}");
        assert_eq!(standing(), [Status::Withdrawn, of_the_earlier, status]);
        let decisions = ledger.decisions_about(document("drug")).unwrap();
        let second = decisions.iter().find(|decision| decision.subject.ends_with("v2")).unwrap();
        assert_eq!((second.action.as_str(), second.actor.as_str()), (of_the_earlier.as_str(), DECISION.actor));
        assert_eq!(second.reason, format!("with version 3: {}", DECISION.reason));
        let changes = ledger.staged_changes().unwrap();
        assert_eq!(changes.iter().map(|change| (change.version, change.coming > 0)).collect::<Vec<_>>(), [(3, false)]);
        // The vectors of these tests are short.
        let faults = ledger.faults().unwrap();
        assert!(faults.iter().all(|fault| fault.kind == FaultKind::Vector), "{faults:?}");
        assert_eq!(ledger.publish(&DECISION).unwrap(), Snapshot(4));

        // Whoever means it to hold again says so.
        assert_eq!(ledger.set_status(document("drug"), 2, Status::Current, &DECISION).unwrap(), [0; 0]);
        let changes = ledger.staged_changes().unwrap();
        assert_eq!(changes.iter().map(|change| (change.version, change.coming > 0)).collect::<Vec<_>>(), [(2, true)]);
        // And a label takes nothing along.
        ledger.set_status(document("drug"), 2, Status::Corrected, &DECISION).unwrap();
        assert_eq!(standing(), [Status::Withdrawn, Status::Corrected, status]);
    }
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
