//! What was taken out of use is told apart, and another ledger heeds it before its own file says so.

use knowledge::{DocumentId, Snapshot, Status};

use super::{DECISION, document, ledger, staging};
use crate::{DocumentQuery, Ledger, Reach, Withheld, WithheldVersion};

/// A ledger with three documents in force.
fn three() -> Ledger {
    let ledger = ledger();
    ledger.stage(&[staging("drug", 1), staging("other", 1), staging("third", 1)], &DECISION).unwrap();
    ledger.publish(&DECISION).unwrap();
    ledger
}

fn withheld(document: DocumentId, status: Status) -> WithheldVersion {
    WithheldVersion { document, version: 1, status }
}

#[test]
fn what_was_taken_out_of_use_and_not_put_back_is_listed_the_last_first() {
    let ledger = three();
    assert_eq!(ledger.withheld(10).unwrap(), Withheld::default());
    let before = ledger.last_decision().unwrap();
    for (name, status) in [
        ("other", Status::Retracted),
        ("third", Status::Withdrawn),
        ("third", Status::Current),
        ("drug", Status::Corrected),
        ("drug", Status::Withdrawn),
    ] {
        ledger.set_status(document(name), 1, status, &DECISION).unwrap();
    }
    let (drug, other) = (withheld(document("drug"), Status::Withdrawn), withheld(document("other"), Status::Retracted));
    assert_eq!(ledger.withheld(10).unwrap(), Withheld { after: 0, versions: vec![drug.clone(), other] });
    // What is left out was decided with the second of these decisions at the latest.
    assert_eq!(ledger.withheld(1).unwrap(), Withheld { after: before + 2, versions: vec![drug] });
}

#[test]
fn a_ledger_heeds_what_it_hears_of_until_it_hears_otherwise() {
    let (writer, copy) = (three(), three());
    let (gone, passage) = (document("drug"), staging("drug", 1).passages[0].id);
    writer.set_status(gone, 1, Status::Retracted, &DECISION).unwrap();
    let is = |status: Status| {
        let (found, suppressed) = (copy.evidence(&[passage], Snapshot(1), "2026-01-01").unwrap(), status.suppresses());
        assert_eq!(found.is_empty(), suppressed);
        let view = copy.document(gone, None, "2026-01-01", Reach::Published).unwrap();
        assert_eq!((view.document.status, view.versions[0].status), (status, status));
        assert_eq!(copy.passage(passage, "2026-01-01", Reach::Published).unwrap().document.status, status);
        assert_eq!(copy.versions_of(gone).unwrap()[0].status, status);
        assert!(copy.passages_of(gone, 1).unwrap().iter().all(|place| place.is_in_force != suppressed));
        let listed = copy.list_documents(&DocumentQuery { limit: 10, ..DocumentQuery::default() }).unwrap().documents;
        let row = listed.iter().find(|row| row.document == gone).unwrap();
        assert_eq!((row.status, row.is_in_force), (status, !suppressed));
    };
    is(Status::Current);
    copy.withhold(&writer.withheld(10).unwrap());
    is(Status::Retracted);
    let other = staging("other", 1).passages[0].id;
    assert_eq!(copy.evidence(&[other], Snapshot(1), "2026-01-01").unwrap().len(), 1, "of others nothing was said");

    writer.set_status(gone, 1, Status::Current, &DECISION).unwrap();
    copy.withhold(&writer.withheld(10).unwrap());
    is(Status::Current);
    // Nobody puts anything into use in this way.
    copy.set_status(gone, 1, Status::Retracted, &DECISION).unwrap();
    copy.withhold(&Withheld { after: 0, versions: vec![withheld(gone, Status::Current)] });
    is(Status::Retracted);
}
