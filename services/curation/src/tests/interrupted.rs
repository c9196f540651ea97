//! A power cut between the steps of carrying out: what is left is finished or undone at the next start.

use std::path::PathBuf;

use knowledge::{Snapshot, Status};
use ledger::Ledger;

use super::{CARA, LINA, OUTSIDE, PAUL, approved, document, ledger, restore, stage, standing, unlogged};
use crate::execute::{carry_out, conclude, set_out};
use crate::{Curation, Error, State, Subject};

struct House {
    _directory: tempfile::TempDir,
    path: PathBuf,
    ledger: Ledger,
}

/// One proposal to publish and one to restore, both approved.
fn house() -> House {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("curation.db");
    let ledger = ledger();
    stage(&ledger, "gout", 1, false);
    ledger.set_status(document("gout"), 1, Status::Retracted, &OUTSIDE).unwrap();
    stage(&ledger, "asthma", 1, false);
    let curation = Curation::open(&path).unwrap();
    approved(&curation, &ledger, "publish", Subject::Publish);
    approved(&curation, &ledger, "restore", restore("gout", 1));
    House { _directory: directory, path, ledger }
}

/// Whether the ledger has what the proposal asks for.
fn is_done(ledger: &Ledger, id: &str) -> bool {
    match id {
        "publish" => ledger.snapshots().unwrap().published == Snapshot(1),
        _ => standing(ledger, "gout", 1) == Status::Current,
    }
}

#[test]
fn a_cut_before_the_ledger_decides_undoes() {
    for id in ["publish", "restore"] {
        let House { path, ledger, _directory } = house();
        set_out(&mut Curation::open(&path).unwrap().lock(), &ledger, id, &PAUL, "t4").unwrap();

        let curation = Curation::open(&path).unwrap();
        let seen = curation.proposal(&ledger, id, &CARA).unwrap();
        assert_eq!((seen.state, seen.may.len(), seen.closed, seen.snapshot), (State::Approved, 0, None, None));
        assert!(matches!(curation.reject(id, &CARA, "no", "t", unlogged), Err(Error::Executing)));
        assert!(matches!(curation.withdraw(id, &LINA, "no", "t", unlogged), Err(Error::Executing)));
        assert_eq!(curation.settle(&ledger, "t5").unwrap(), 1);
        assert_eq!(curation.settle(&ledger, "t5").unwrap(), 0);
        assert_eq!(curation.proposal(&ledger, id, &CARA).unwrap().state, State::Approved);
        assert!(!is_done(&ledger, id));
        assert_eq!(curation.execute(&ledger, id, &CARA, "t6").unwrap().closed.unwrap().at, "t6");
        assert!(is_done(&ledger, id));
    }
}

#[test]
fn a_cut_after_the_ledger_decided_finishes() {
    for id in ["publish", "restore"] {
        let House { path, ledger, _directory } = house();
        let errand = set_out(&mut Curation::open(&path).unwrap().lock(), &ledger, id, &PAUL, "t4").unwrap();
        carry_out(&ledger, &errand).unwrap();
        let decisions = ledger.decisions().unwrap();

        let curation = Curation::open(&path).unwrap();
        assert_eq!(curation.settle(&ledger, "t5").unwrap(), 1);
        let seen = curation.proposal(&ledger, id, &CARA).unwrap();
        assert_eq!((seen.state, seen.snapshot), (State::Executed, Some(1).filter(|_| id == "publish")));
        let closed = seen.closed.unwrap();
        assert_eq!((closed.by.as_str(), closed.at.as_str()), ("paul", "t4"), "it was done then, and by him");
        assert!(is_done(&ledger, id));
        assert_eq!(ledger.decisions().unwrap(), decisions, "nothing is decided twice");
    }
}

#[test]
fn a_cut_at_the_end_leaves_nothing_to_do() {
    for id in ["publish", "restore"] {
        let House { path, ledger, _directory } = house();
        let curation = Curation::open(&path).unwrap();
        let errand = set_out(&mut curation.lock(), &ledger, id, &PAUL, "t4").unwrap();
        let snapshot = carry_out(&ledger, &errand).unwrap();
        conclude(&mut curation.lock(), &errand.kept, snapshot).unwrap();
        assert_eq!(curation.settle(&ledger, "t5").unwrap(), 0);
        assert_eq!(curation.proposal(&ledger, id, &CARA).unwrap().state, State::Executed);
    }
}

#[test]
fn carrying_out_again_settles_first() {
    let House { path, ledger, _directory } = house();
    let curation = Curation::open(&path).unwrap();
    set_out(&mut curation.lock(), &ledger, "publish", &PAUL, "t4").unwrap();
    assert_eq!(curation.execute(&ledger, "publish", &CARA, "t5").unwrap().closed.unwrap().by, "cara");
    let errand = set_out(&mut curation.lock(), &ledger, "restore", &PAUL, "t6").unwrap();
    carry_out(&ledger, &errand).unwrap();
    assert!(matches!(curation.execute(&ledger, "restore", &CARA, "t7"), Err(Error::Closed(State::Executed))));
    assert_eq!(curation.proposal(&ledger, "restore", &CARA).unwrap().closed.unwrap().by, "paul");
}

#[test]
fn nothing_slips_in_between_the_check_and_the_deed() {
    let House { path, ledger, _directory } = house();
    let curation = Curation::open(&path).unwrap();
    let errand = set_out(&mut curation.lock(), &ledger, "publish", &PAUL, "t4").unwrap();
    stage(&ledger, "measles", 1, false);
    assert!(matches!(carry_out(&ledger, &errand), Err(Error::RecordChanged)));
    assert_eq!(ledger.snapshots().unwrap().published, Snapshot(0));
    let errand = set_out(&mut curation.lock(), &ledger, "restore", &PAUL, "t4").unwrap();
    ledger.set_status(document("gout"), 1, Status::Withdrawn, &OUTSIDE).unwrap();
    assert!(matches!(carry_out(&ledger, &errand), Err(Error::RecordChanged)));
    assert_eq!(standing(&ledger, "gout", 1), Status::Withdrawn);
    assert_eq!(curation.settle(&ledger, "t5").unwrap(), 2);
    for id in ["publish", "restore"] {
        let seen = curation.proposal(&ledger, id, &CARA).unwrap();
        assert_eq!((seen.state, seen.is_changed), (State::Approved, true));
    }
}

#[test]
fn anothers_publishing_of_that_number_is_not_ours() {
    let House { path, ledger, _directory } = house();
    let curation = Curation::open(&path).unwrap();
    set_out(&mut curation.lock(), &ledger, "publish", &PAUL, "t4").unwrap();
    ledger.publish(&OUTSIDE).unwrap();
    assert_eq!(curation.settle(&ledger, "t5").unwrap(), 1);
    let seen = curation.proposal(&ledger, "publish", &CARA).unwrap();
    assert_eq!((seen.state, seen.is_changed, seen.snapshot), (State::Approved, true, None));
}
