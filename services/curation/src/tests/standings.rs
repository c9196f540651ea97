//! The table of standings, and what one person decides alone.

use knowledge::{Snapshot, Status};

use super::{BERT, CARA, LINA, PAUL, RUTH, approved, document, ledger, stage, standing};
use crate::{Curation, Error, Needs, Power, Subject, Turn, changes, check};

/// From each standing to each, in the order of [`Status::ALL`]: current, superseded, retracted, expression of concern,
/// corrected, withdrawn, expired. How many people it takes, or that it is never done.
const TABLE: [(Status, &str); 7] = [
    (Status::Current, "-111111"),
    (Status::Superseded, "2-1--1-"),
    (Status::Retracted, "2----1-"),
    (Status::ExpressionOfConcern, "211-111"),
    (Status::Corrected, "2111-11"),
    (Status::Withdrawn, "2------"),
    (Status::Expired, "2-1--1-"),
];

#[test]
fn every_pair_of_standings_has_a_verdict() {
    assert_eq!(TABLE.map(|(from, _)| from), Status::ALL);
    for (from, row) in TABLE {
        for (to, sign) in Status::ALL.into_iter().zip(row.chars()) {
            match (sign, check(from, to)) {
                ('1', Ok(Needs::One)) | ('2', Ok(Needs::Two)) => {}
                ('-', Err(Error::Illegal { from: told, to: other })) => assert_eq!((told, other), (from, to)),
                (_, found) => panic!("{from} to {to}: {sign} in the table, {found:?} in the rules"),
            }
        }
        let listed: Vec<Status> = changes(from).into_iter().map(|(to, _)| to).collect();
        let legal: Vec<Status> = Status::ALL.into_iter().filter(|to| check(from, *to).is_ok()).collect();
        assert_eq!(listed, legal);
    }
}

#[test]
fn text_comes_back_only_by_two() {
    for from in Status::ALL {
        for (to, needs) in changes(from) {
            let comes_back =
                (!from.may_be_evidence() && to.may_be_evidence()) || (from.suppresses() && !to.suppresses());
            assert!(needs == Needs::Two || !comes_back, "{from} to {to}");
        }
    }
}

#[test]
fn one_librarian_takes_text_away_at_once() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    stage(&ledger, "gout", 1, false);
    let turn = |expected, to| Turn { document: document("gout"), version: 1, expected, to };
    let retract = turn(Status::Current, Status::Retracted);
    for by in [PAUL, RUTH] {
        let refused = curation.change_standing(&ledger, retract, &by, "false", "t");
        assert!(matches!(refused, Err(Error::Power(Power::Curate))));
    }
    assert!(matches!(curation.change_standing(&ledger, retract, &LINA, " ", "t"), Err(Error::Empty("reason"))));
    let long = "x".repeat(crate::MAX_TEXT_CHARS + 1);
    assert!(matches!(curation.change_standing(&ledger, retract, &LINA, &long, "t"), Err(Error::TooLong("reason"))));
    let stale = turn(Status::Corrected, Status::Retracted);
    let found = curation.change_standing(&ledger, stale, &LINA, "false", "t");
    assert!(matches!(found, Err(Error::StandingChanged { found: Status::Current })));
    assert_eq!(standing(&ledger, "gout", 1), Status::Current);

    curation.change_standing(&ledger, retract, &LINA, " false data ", "t5").unwrap();
    assert_eq!(standing(&ledger, "gout", 1), Status::Retracted);
    let decision = ledger.decisions().unwrap().pop().unwrap();
    assert_eq!((decision.actor.as_str(), decision.reason.as_str(), decision.at.as_str()), ("lina", "false data", "t5"));

    let back = curation.change_standing(&ledger, turn(Status::Retracted, Status::Current), &BERT, "sound", "t");
    assert!(matches!(back, Err(Error::TwoNeeded)));
    let sideways = curation.change_standing(&ledger, turn(Status::Retracted, Status::Corrected), &BERT, "sound", "t");
    assert!(matches!(sideways, Err(Error::Illegal { .. })));
    let unknown = Turn { version: 9, ..retract };
    assert!(curation.change_standing(&ledger, unknown, &LINA, "false", "t").is_err());
}

#[test]
fn one_publisher_goes_back() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    for number in [1, 2] {
        stage(&ledger, "gout", number, false);
        approved(&curation, &ledger, &format!("p{number}"), Subject::Publish);
        curation.execute(&ledger, &format!("p{number}"), &PAUL, "t").unwrap();
    }
    let back = |by| curation.rollback(&ledger, Snapshot(1), by, "wrong dose", "t9");
    assert!(matches!(back(&LINA), Err(Error::Power(Power::Publish))));
    back(&CARA).unwrap();
    assert_eq!(ledger.snapshots().unwrap().published, Snapshot(1));
    let unknown = curation.rollback(&ledger, Snapshot(7), &PAUL, "wrong", "t");
    assert!(matches!(unknown, Err(Error::Ledger(ledger::Error::UnknownSnapshot { .. }))));
    assert!(matches!(curation.rollback(&ledger, Snapshot(1), &PAUL, "", "t"), Err(Error::Empty("reason"))));
    assert_eq!(ledger.decisions().unwrap().last().unwrap().actor, "cara");
}
