//! Which documents a notice is about: those of its numbers, and not whatever lies at the same address.

use knowledge::{Identifiers, Notice, Relation, Status};

use super::{DECISION, corpus, document, ledger, staging, version_in};
use crate::snapshots::status_of;
use crate::{FindingKind, Ledger, Staging};

const DOI: &str = "10.5555/examplin.1";

fn at(url: &str) -> Identifiers {
    Identifiers { url: Some(url.into()), ..Identifiers::default() }
}

fn numbered(doi: &str) -> Identifiers {
    Identifiers { doi: Some(doi.into()), ..Identifiers::default() }
}

fn named(mut staging: Staging, identifiers: Identifiers, status: Status) -> Staging {
    staging.version.metadata.identifiers = identifiers;
    staging.version.metadata.status = status;
    staging
}

fn notice(relation: Relation, subject: Identifiers) -> Notice {
    Notice {
        relation,
        subject,
        title: None,
        first_author: None,
        year: None,
        notice: Identifiers::default(),
        date: None,
        reason: None,
        feed: "a feed".into(),
    }
}

fn standing(ledger: &Ledger, name: &str) -> Status {
    status_of(&ledger.lock(), document(name), 1).unwrap()
}

/// What people are asked about a document because of a notice.
fn asked(ledger: &Ledger, name: &str) -> Vec<String> {
    let findings = ledger.findings_about(document(name)).unwrap().into_iter();
    findings.filter(|one| one.kind == FindingKind::DoubtfulNotice).map(|one| one.detail).collect()
}

#[test]
fn a_retracted_document_leaves_others_at_its_address_alone() {
    let ledger = ledger();
    ledger.put_corpus(&corpus("other"), &DECISION).unwrap();
    let page = || at("https://guidelines.example.org/all");
    let elsewhere = named(version_in("other", "before", 1, 1), page(), Status::Current);
    let held = named(staging("before", 1), page(), Status::Current);
    ledger.stage(&[held, elsewhere], &DECISION).unwrap();
    ledger.stage(&[named(staging("retracted", 1), page(), Status::Retracted)], &DECISION).unwrap();
    let later = ledger.stage(&[named(staging("after", 1), page(), Status::Current)], &DECISION).unwrap();
    assert_eq!((later[0].status, later[0].changed.len()), (Status::Current, 0));
    for name in ["before", "after"] {
        assert_eq!(standing(&ledger, name), Status::Current, "{name}");
        let asked = asked(&ledger, name);
        assert!(matches!(&asked[..], [one] if one.contains("at this address is retracted")), "{name}: {asked:?}");
    }
    assert_eq!(standing(&ledger, "retracted"), Status::Retracted);
    assert!(asked(&ledger, "retracted").is_empty(), "it says so itself");
    assert!(ledger.decisions().unwrap().iter().all(|decision| decision.action != "retracted"));
}

#[test]
fn an_address_beside_a_number_is_asked_about_and_another_number_is_another_work() {
    let ledger = ledger();
    let page = "https://guidelines.example.org/all";
    let both = Identifiers { url: Some(page.into()), ..numbered(DOI) };
    let other = Identifiers { url: Some(page.into()), ..numbered("10.5555/other") };
    let batch = [
        named(staging("work", 1), numbered(DOI), Status::Current),
        named(staging("page", 1), at(page), Status::Current),
        named(staging("neighbour", 1), other, Status::Current),
    ];
    ledger.stage(&batch, &DECISION).unwrap();
    let imported = ledger.import_notices(&[notice(Relation::Retracts, both)], &DECISION).unwrap();
    assert_eq!((imported.changed.len(), imported.doubtful), (1, 1));
    assert_eq!(standing(&ledger, "work"), Status::Retracted);
    assert_eq!((standing(&ledger, "page"), asked(&ledger, "page").len()), (Status::Current, 1));
    assert_eq!((standing(&ledger, "neighbour"), asked(&ledger, "neighbour").len()), (Status::Current, 0));
}

#[test]
fn what_a_document_says_of_itself_needs_no_name() {
    let ledger = ledger();
    let mut concerned = staging("drug", 1);
    let by = knowledge::Related { relation: Relation::ConcernBy, other: Identifiers::default() };
    concerned.version.metadata.related = vec![by];
    ledger.stage(&[concerned], &DECISION).unwrap();
    assert_eq!(standing(&ledger, "drug"), Status::ExpressionOfConcern);
    // One that takes another back stands itself, also where it has no names.
    let mut notice = staging("notice", 1);
    let of = knowledge::Related { relation: Relation::Retracts, other: numbered(DOI) };
    notice.version.metadata.related = vec![of];
    ledger.stage(&[notice], &DECISION).unwrap();
    assert_eq!(standing(&ledger, "notice"), Status::Current);
}

#[test]
fn a_reinstatement_restores_what_stood_before_the_retraction() {
    for declared in [Status::Current, Status::Superseded, Status::Corrected, Status::Retracted] {
        let ledger = ledger();
        ledger.stage(&[named(staging("drug", 1), numbered(DOI), declared)], &DECISION).unwrap();
        ledger.publish(&DECISION).unwrap();
        ledger.import_notices(&[notice(Relation::Retracts, numbered(DOI))], &DECISION).unwrap();
        ledger.publish(&DECISION).unwrap();
        let imported = ledger.import_notices(&[notice(Relation::Reinstates, numbered(DOI))], &DECISION).unwrap();
        let wanted = if declared == Status::Retracted { Status::Current } else { declared };
        assert_eq!((standing(&ledger, "drug"), imported.changed[0].status), (wanted, wanted), "{declared}");
        let staged = ledger.staged_changes().unwrap();
        assert_eq!(staged.is_empty(), !wanted.may_be_evidence(), "{declared}: {staged:?}");
    }
}

#[test]
fn a_reinstatement_restores_what_people_had_decided() {
    let ledger = ledger();
    ledger.stage(&[named(staging("drug", 1), numbered(DOI), Status::Current)], &DECISION).unwrap();
    ledger.set_status(document("drug"), 1, Status::Superseded, &DECISION).unwrap();
    ledger.inspected(document("drug"), 1, None, &DECISION).unwrap();
    ledger.set_status(document("drug"), 1, Status::Retracted, &DECISION).unwrap();
    ledger.import_notices(&[notice(Relation::Reinstates, numbered(DOI))], &DECISION).unwrap();
    assert_eq!(standing(&ledger, "drug"), Status::Superseded);
    assert!(ledger.staged_changes().unwrap().is_empty());
}

#[test]
fn a_concern_that_came_during_a_retraction_stands_after_it() {
    let ledger = ledger();
    ledger.stage(&[named(staging("drug", 1), numbered(DOI), Status::Current)], &DECISION).unwrap();
    for relation in [Relation::Retracts, Relation::Concerns, Relation::Corrects] {
        ledger.import_notices(&[notice(relation, numbered(DOI))], &DECISION).unwrap();
    }
    assert_eq!(standing(&ledger, "drug"), Status::Retracted);
    ledger.import_notices(&[notice(Relation::Reinstates, numbered(DOI))], &DECISION).unwrap();
    assert_eq!(standing(&ledger, "drug"), Status::ExpressionOfConcern);
}

#[test]
fn a_concern_that_people_settled_before_a_retraction_stays_settled() {
    let ledger = ledger();
    ledger.stage(&[named(staging("drug", 1), numbered(DOI), Status::Current)], &DECISION).unwrap();
    ledger.import_notices(&[notice(Relation::Concerns, numbered(DOI))], &DECISION).unwrap();
    ledger.set_status(document("drug"), 1, Status::Current, &DECISION).unwrap();
    for relation in [Relation::Retracts, Relation::Reinstates] {
        ledger.import_notices(&[notice(relation, numbered(DOI))], &DECISION).unwrap();
    }
    assert_eq!(standing(&ledger, "drug"), Status::Current);
}

/// A version of the document `review` from these bytes, which is, or is not, taken for a retracted work.
fn review(number: u32, bytes: &str, status: Status) -> Staging {
    let mut staging = version_in("test", "review", number, 1);
    staging.version.source_sha256 = bytes.into();
    staging.version.metadata.title = "Retracted publications in gout: a review".into();
    named(staging, numbered(DOI), status)
}

#[test]
fn a_work_that_was_misread_as_retracted_is_not_retracted_by_what_it_was_taken_to_say() {
    let ledger = ledger();
    ledger.stage(&[review(1, "same", Status::Retracted)], &DECISION).unwrap();
    let again = ledger.stage(&[review(2, "same", Status::Current)], &DECISION).unwrap();
    assert_eq!((again[0].status, again[0].changed.len()), (Status::Current, 0));
    // A feed that says so is believed.
    ledger.import_notices(&[notice(Relation::Retracts, numbered(DOI))], &DECISION).unwrap();
    assert_eq!(ledger.stage(&[review(3, "same", Status::Current)], &DECISION).unwrap()[0].status, Status::Retracted);
}

#[test]
fn what_other_bytes_say_of_a_work_is_held_against_those_that_do_not() {
    let ledger = ledger();
    ledger.stage(&[review(1, "marked", Status::Retracted)], &DECISION).unwrap();
    let other = ledger.stage(&[review(2, "an older copy", Status::Current)], &DECISION).unwrap();
    assert_eq!(other[0].status, Status::Retracted, "the mark was not taken off by reading it again");

    let ledger = super::ledger();
    let both = [review(1, "same", Status::Retracted), review(2, "elsewhere", Status::Retracted)];
    ledger.stage(&both, &DECISION).unwrap();
    assert_eq!(ledger.stage(&[review(3, "same", Status::Current)], &DECISION).unwrap()[0].status, Status::Retracted);
}
