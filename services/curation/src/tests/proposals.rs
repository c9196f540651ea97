//! A proposal on its way, as the server leads it.

use knowledge::{Snapshot, Status, sha256_hex};

use super::{BERT, CARA, LINA, OUTSIDE, PAUL, RUTH, approved, ledger, new, restore, stage, standing, unlogged};
use crate::{Curation, Decider, Deed, Error, Kind, Meaning, Power, Result, State, Subject, staged_record};

#[test]
fn what_is_staged_is_published_by_two() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    let nothing = curation.propose(&ledger, &new("p", Subject::Publish), &LINA, unlogged);
    assert!(matches!(nothing, Err(Error::NothingStaged)));
    stage(&ledger, "gout", 1, false);
    stage(&ledger, "asthma", 1, false);
    let powerless = curation.propose(&ledger, &new("p", Subject::Publish), &PAUL, unlogged);
    assert!(matches!(powerless, Err(Error::Power(Power::Curate))));

    let proposed = curation.propose(&ledger, &new("p", Subject::Publish), &LINA, unlogged).unwrap();
    assert_eq!(
        (proposed.kind, proposed.state, proposed.n, proposed.is_changed),
        (Kind::Publish, State::Proposed, 1, false)
    );
    assert_eq!((proposed.published, proposed.staged, proposed.documents), (0, 1, 2));
    assert_eq!((proposed.coming, proposed.leaving, proposed.changes.len()), (2, 0, 2));
    assert_eq!(proposed.record_hash, staged_record(&ledger).unwrap().record_hash);
    assert_eq!(proposed.may, [Deed::Review, Deed::Withdraw]);
    let again = curation.propose(&ledger, &new("q", Subject::Publish), &BERT, unlogged);
    assert!(matches!(again, Err(Error::AlreadyProposed)));

    let hash = proposed.record_hash;
    let early = curation.approve(&ledger, "p", &PAUL, &hash, "t", unlogged);
    assert!(matches!(early, Err(Error::State { found: State::Proposed, needed: State::Reviewed })));
    let unread = curation.review(&ledger, "p", &BERT, &sha256_hex(b"another"), "t", unlogged);
    assert!(matches!(unread, Err(Error::RecordChanged)));
    assert!(matches!(curation.review(&ledger, "p", &RUTH, &hash, "t", unlogged), Err(Error::Power(_))));
    assert!(matches!(curation.review(&ledger, "x", &BERT, &hash, "t", unlogged), Err(Error::Unknown)));
    let nameless = Decider { full_name: " ", ..BERT };
    assert!(matches!(curation.review(&ledger, "p", &nameless, &hash, "t", unlogged), Err(Error::Empty("name"))));
    let reviewed = curation.review(&ledger, "p", &BERT, &hash.to_uppercase(), "t2", unlogged).unwrap();
    assert_eq!((reviewed.state, reviewed.signatures.len()), (State::Reviewed, 1));
    assert!(matches!(curation.review(&ledger, "p", &CARA, &hash, "t", unlogged), Err(Error::State { .. })));

    assert!(matches!(curation.approve(&ledger, "p", &BERT, &hash, "t", unlogged), Err(Error::SamePerson)));
    let proposer = Decider { powers: super::BOTH, ..LINA };
    assert!(matches!(curation.approve(&ledger, "p", &proposer, &hash, "t", unlogged), Err(Error::SamePerson)));
    assert!(matches!(curation.execute(&ledger, "p", &PAUL, "t"), Err(Error::State { .. })));
    let approved = curation.approve(&ledger, "p", &PAUL, &hash, "t3", unlogged).unwrap();
    assert_eq!((approved.state, approved.may.as_slice()), (State::Approved, &[Deed::Execute, Deed::Reject][..]));
    let signed: Vec<_> = approved.signatures.iter().map(|one| (one.meaning, one.by.as_str(), one.is_good)).collect();
    assert_eq!(signed, [(Meaning::Review, "bert", true), (Meaning::Approve, "paul", true)]);
    assert_eq!((approved.signatures[1].full_name.as_str(), approved.signatures[1].at.as_str()), ("Paul Pohl", "t3"));

    assert!(matches!(curation.execute(&ledger, "p", &proposer, "t"), Err(Error::SamePerson)));
    let executed = curation.execute(&ledger, "p", &PAUL, "t4").unwrap();
    assert_eq!((executed.state, executed.snapshot), (State::Executed, Some(1)));
    let closed = executed.closed.unwrap();
    assert_eq!((closed.by.as_str(), closed.at.as_str(), closed.reason.as_str()), ("paul", "t4", ""));
    assert_eq!(ledger.snapshots().unwrap().published, Snapshot(1));
    let decision = ledger.decisions().unwrap().pop().unwrap();
    assert_eq!((decision.actor.as_str(), decision.reason.as_str()), ("paul", "New guideline (proposal 1)"));
    let over = [
        curation.execute(&ledger, "p", &PAUL, "t"),
        curation.reject("p", &PAUL, "no", "t", unlogged),
        curation.withdraw("p", &LINA, "no", "t", unlogged),
        curation.approve(&ledger, "p", &CARA, &hash, "t", unlogged),
    ];
    assert!(over.iter().all(|one| matches!(one, Err(Error::Closed(State::Executed)))));
    let read = curation.proposal(&ledger, "p", &BERT).unwrap();
    assert!(!read.is_changed && read.may.is_empty() && read.signatures.iter().all(|one| one.is_good));
}

#[test]
fn what_was_taken_away_comes_back_by_two() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    stage(&ledger, "gout", 1, false);
    let current = curation.propose(&ledger, &new("p", restore("gout", 1)), &LINA, unlogged);
    assert!(matches!(current, Err(Error::Illegal { from: Status::Current, to: Status::Current })));
    assert!(curation.propose(&ledger, &new("p", restore("gout", 2)), &LINA, unlogged).is_err());
    ledger.set_status(super::document("gout"), 1, Status::Retracted, &OUTSIDE).unwrap();

    let proposed = approved(&curation, &ledger, "p", restore("gout", 1));
    assert_eq!(
        (proposed.kind, proposed.document, proposed.version),
        (Kind::Restore, Some(super::document("gout")), Some(1))
    );
    assert_eq!((proposed.documents, proposed.published, proposed.staged, proposed.changes.len()), (1, 0, 0, 0));
    let again = curation.propose(&ledger, &new("q", restore("gout", 1)), &LINA, unlogged);
    assert!(matches!(again, Err(Error::AlreadyProposed)));
    let executed = curation.execute(&ledger, "p", &CARA, "t4").unwrap();
    assert_eq!((executed.state, executed.snapshot), (State::Executed, None));
    assert_eq!(standing(&ledger, "gout", 1), Status::Current);
    assert_eq!(ledger.decisions().unwrap().last().unwrap().actor, "cara");
}

#[test]
fn what_changed_meanwhile_does_not_go_on() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    stage(&ledger, "gout", 1, false);
    ledger.set_status(super::document("gout"), 1, Status::Withdrawn, &OUTSIDE).unwrap();
    stage(&ledger, "asthma", 1, false);
    let hash = approved(&curation, &ledger, "p", Subject::Publish).record_hash;
    approved(&curation, &ledger, "r", restore("gout", 1));
    stage(&ledger, "asthma", 2, false);
    ledger.set_status(super::document("gout"), 1, Status::Retracted, &OUTSIDE).unwrap();
    for id in ["p", "r"] {
        let read = curation.proposal(&ledger, id, &CARA).unwrap();
        assert!(read.is_changed);
        assert_eq!(read.may, [Deed::Reject]);
        assert!(matches!(curation.execute(&ledger, id, &CARA, "t"), Err(Error::RecordChanged)));
        assert_eq!(curation.proposal(&ledger, id, &CARA).unwrap().state, State::Approved);
    }
    // Whoever proposed it takes it back, and proposes what there is now.
    assert!(matches!(curation.withdraw("p", &BERT, "stale", "t", unlogged), Err(Error::NotProposer)));
    assert!(matches!(curation.withdraw("p", &LINA, "", "t", unlogged), Err(Error::Empty("reason"))));
    let withdrawn = curation.withdraw("p", &LINA, "stale", "t5", unlogged).unwrap();
    assert_eq!((withdrawn.state, withdrawn.closed.unwrap().reason.as_str()), (State::Withdrawn, "stale"));
    let anew = curation.propose(&ledger, &new("p2", Subject::Publish), &LINA, unlogged).unwrap();
    assert_ne!(anew.record_hash, hash);
    let stale = curation.review(&ledger, "p2", &BERT, &hash, "t", unlogged);
    assert!(matches!(stale, Err(Error::RecordChanged)));
    assert!(matches!(curation.reject("p2", &BERT, "\n", "t", unlogged), Err(Error::Empty("reason"))));
    assert!(matches!(curation.reject("p2", &LINA, "no", "t", unlogged), Err(Error::Power(Power::Publish))));
    let rejected = curation.reject("p2", &BERT, "not yet", "t6", unlogged).unwrap();
    assert_eq!((rejected.state, rejected.is_changed, rejected.snapshot), (State::Rejected, false, None));
}

#[test]
fn open_findings_hold_a_review_up() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    stage(&ledger, "gout", 1, true);
    let hash = curation.propose(&ledger, &new("p", Subject::Publish), &LINA, unlogged).unwrap().record_hash;
    assert!(matches!(curation.review(&ledger, "p", &BERT, &hash, "t", unlogged), Err(Error::FindingsOpen(1))));
    ledger.set_status(super::document("gout"), 1, Status::Withdrawn, &OUTSIDE).unwrap();
    let hash = curation.propose(&ledger, &new("r", restore("gout", 1)), &LINA, unlogged).unwrap().record_hash;
    assert!(matches!(curation.review(&ledger, "r", &BERT, &hash, "t", unlogged), Err(Error::FindingsOpen(1))));
    curation.withdraw("p", &LINA, "the scan is poor", "t", unlogged).unwrap();
    // A better scan replaces it, and what was found about the poor one is of no matter.
    stage(&ledger, "gout", 2, false);
    approved(&curation, &ledger, "q", Subject::Publish);
}

#[test]
fn lists_go_on_where_they_ended() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    stage(&ledger, "gout", 1, false);
    for id in ["1", "2", "3"] {
        curation.propose(&ledger, &new(id, Subject::Publish), &LINA, unlogged).unwrap();
        curation.withdraw(id, &LINA, "again", "t", unlogged).unwrap();
    }
    curation.propose(&ledger, &new("4", Subject::Publish), &LINA, unlogged).unwrap();
    let open = curation.proposals(&ledger, true, None, 9, &PAUL).unwrap();
    assert_eq!(
        (open.proposals.len(), open.next, open.proposals[0].may.as_slice()),
        (1, None, &[Deed::Review, Deed::Reject][..])
    );
    assert!(open.proposals[0].changes.is_empty() && open.proposals[0].coming == 1);
    let ids = |page: &crate::ProposalPage| page.proposals.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    let first = curation.proposals(&ledger, false, None, 2, &RUTH).unwrap();
    assert_eq!((ids(&first), first.next), (vec!["3".to_owned(), "2".to_owned()], Some(2)));
    let rest = curation.proposals(&ledger, false, first.next, 2, &RUTH).unwrap();
    assert_eq!((ids(&rest), rest.next), (vec!["1".to_owned()], None));
}

/// Each act fails once where it cannot be put on record, and then nothing has happened.
#[test]
fn what_cannot_be_put_on_record_is_not_decided() {
    fn full<T>(_: &T) -> Result<()> {
        Err(Error::Closed(State::Proposed))
    }
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    stage(&ledger, "gout", 1, false);
    curation.propose(&ledger, &new("p", Subject::Publish), &LINA, full).unwrap_err();
    assert!(curation.proposals(&ledger, true, None, 10, &LINA).unwrap().proposals.is_empty());
    let hash = curation.propose(&ledger, &new("p", Subject::Publish), &LINA, unlogged).unwrap().record_hash;
    let state = || curation.proposal(&ledger, "p", &LINA).unwrap().state;
    curation.review(&ledger, "p", &BERT, &hash, "t2", full).unwrap_err();
    assert_eq!(state(), State::Proposed);
    curation.review(&ledger, "p", &BERT, &hash, "t2", unlogged).unwrap();
    curation.approve(&ledger, "p", &PAUL, &hash, "t3", full).unwrap_err();
    curation.reject("p", &PAUL, "no", "t3", full).unwrap_err();
    curation.withdraw("p", &LINA, "no", "t3", full).unwrap_err();
    assert_eq!(state(), State::Reviewed);
    curation.approve(&ledger, "p", &PAUL, &hash, "t3", unlogged).unwrap();
    curation.set_golden(&["Dose?".to_owned()], &LINA, "t4", full).unwrap_err();
    assert!(curation.golden().unwrap().questions.is_empty());
}
