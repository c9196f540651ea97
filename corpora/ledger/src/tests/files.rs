//! Which files need not be read again, and which texts do not come back with them.

use knowledge::{CanonicalText, Identifiers, Metadata, Related, Relation, Snapshot, Status};

use super::{DECISION, corpus, document, ledger, version_in};
use crate::snapshots::status_of;
use crate::{FileVersion, Reread, Staging};

fn found<'a>(source_name: &'a str, source_sha256: &'a str, parser: &'a str) -> FileVersion<'a> {
    FileVersion { source_name, source_sha256, is_mirrored: false, parser }
}

/// A version of the document `drug` that came from this file with these bytes.
fn from_file(number: u32, source_name: &str, bytes: &str) -> Staging {
    let mut staging = version_in("test", "drug", number, 1);
    staging.version.source_name = source_name.into();
    staging.version.source_sha256 = bytes.into();
    staging
}

#[test]
fn a_file_that_is_put_back_is_not_held_and_one_beside_it_is() {
    let ledger = ledger();
    let holds = |source_name: &str, bytes: &str| {
        let file = found(source_name, bytes, "test/1");
        let held = ledger.holds_file(&corpus("test").id, &file).unwrap();
        (held, ledger.holds(document("drug"), &file).unwrap())
    };
    ledger.stage(&[from_file(1, "a.md", "5 mg"), from_file(2, "b.md", "10 mg")], &DECISION).unwrap();
    assert_eq!((holds("a.md", "5 mg"), holds("b.md", "10 mg")), ((true, true), (true, true)), "side by side");
    assert_eq!(holds("c.md", "5 mg"), (false, true), "a file that was given another name");
    ledger.stage(&[from_file(3, "a.md", "50 mg")], &DECISION).unwrap();
    assert_eq!((holds("a.md", "50 mg"), holds("a.md", "5 mg")), ((true, true), (false, false)));
    assert_eq!(holds("b.md", "10 mg"), (true, true));
    ledger.stage(&[from_file(4, "a.md", "5 mg")], &DECISION).unwrap();
    assert_eq!((holds("a.md", "5 mg"), holds("a.md", "50 mg")), ((true, true), (false, false)));
}

#[test]
fn a_file_that_is_put_back_brings_nothing_back_that_was_taken_out_of_use() {
    let ledger = ledger();
    let mut says_so = from_file(2, "a.md", "says so");
    says_so.version.metadata.status = Status::Withdrawn;
    ledger.stage(&[from_file(1, "a.md", "was said")], &DECISION).unwrap();
    ledger.set_status(document("drug"), 1, Status::Withdrawn, &DECISION).unwrap();
    ledger.stage(&[says_so, from_file(3, "a.md", "last")], &DECISION).unwrap();
    let holds = |bytes: &str, parser: &str| ledger.holds(document("drug"), &found("a.md", bytes, parser)).unwrap();
    assert!(holds("was said", "test/1"), "a person has decided about it");
    assert!(holds("was said", "test/2"), "and another parser changes nothing");
    assert!(!holds("last", "test/2"));
    assert!(!holds("says so", "test/1"), "what withdraws itself comes in again");
    assert!(holds("last", "test/1"));
}

#[test]
fn another_parser_does_not_put_an_older_file_of_a_document_in_force() {
    let ledger = ledger();
    ledger.stage(&[from_file(2, "a-new.md", "10 mg"), from_file(1, "b-old.md", "5 mg")], &DECISION).unwrap();
    let holds = |source_name: &str, bytes: &str| {
        let file = found(source_name, bytes, "test/2");
        let held = ledger.holds_file(&corpus("test").id, &file).unwrap();
        (held, ledger.holds(document("drug"), &file).unwrap())
    };
    assert_eq!(holds("a-new.md", "10 mg"), (false, false), "the newest is read anew");
    assert_eq!(holds("b-old.md", "5 mg"), (true, true), "the older one has had its turn");
    let mut again = from_file(3, "a-new.md", "10 mg");
    again.version.parser = "test/2".into();
    ledger.stage(&[again], &DECISION).unwrap();
    assert_eq!((holds("a-new.md", "10 mg"), holds("b-old.md", "5 mg")), ((true, true), (true, true)));
    // A further parser reads the newest anew, although the same bytes are held twice by then.
    let third = found("a-new.md", "10 mg", "test/3");
    assert!(!ledger.holds(document("drug"), &third).unwrap());
    // The older file says something else, and then what it said before: that is put back.
    ledger.stage(&[from_file(4, "b-old.md", "50 mg")], &DECISION).unwrap();
    assert_eq!(holds("b-old.md", "5 mg"), (false, false));
}

#[test]
fn another_parser_leaves_alone_what_people_took_out_of_force() {
    for status in [Status::Superseded, Status::Expired, Status::Withdrawn, Status::Retracted] {
        let ledger = ledger();
        let holds = |source_name: &str, bytes: &str| {
            ledger.holds(document("drug"), &found(source_name, bytes, "test/2")).unwrap()
        };
        ledger.stage(&[from_file(1, "a.md", "5 mg"), from_file(2, "b.md", "10 mg")], &DECISION).unwrap();
        ledger.set_status(document("drug"), 2, status, &DECISION).unwrap();
        assert!(holds("a.md", "5 mg"), "{status}: taken along");
        assert!(holds("b.md", "10 mg"), "{status}: decided");
        ledger.set_status(document("drug"), 1, Status::Current, &DECISION).unwrap();
        assert!(!holds("a.md", "5 mg"), "{status}: in force again by a decision, and read anew");
    }
}

#[test]
fn a_label_that_was_decided_stays_on_what_is_read_again() {
    for label in [Status::Corrected, Status::ExpressionOfConcern] {
        let ledger = ledger();
        ledger.stage(&[from_file(1, "a.md", "5 mg")], &DECISION).unwrap();
        ledger.set_status(document("drug"), 1, label, &DECISION).unwrap();
        let again = ledger.stage(&[from_file(2, "a.md", "5 mg")], &DECISION).unwrap();
        assert_eq!((again[0].status, status_of(&ledger.lock(), document("drug"), 2).unwrap()), (label, label));
        // And on what is read a third time, but not on other bytes.
        assert_eq!(ledger.stage(&[from_file(3, "a.md", "5 mg")], &DECISION).unwrap()[0].status, label);
        assert_eq!(ledger.stage(&[from_file(4, "a.md", "10 mg")], &DECISION).unwrap()[0].status, Status::Current);
    }
}

#[test]
fn a_label_that_a_text_gave_itself_goes_when_it_is_read_without_it() {
    let mut misread = [from_file(1, "a.md", "5 mg"), from_file(1, "b.md", "10 mg")];
    misread[0].version.metadata.status = Status::Corrected;
    let by = Related { relation: Relation::ConcernBy, other: Identifiers::default() };
    misread[1].version.metadata.related = vec![by];
    for staging in misread {
        let ledger = ledger();
        let read_again = from_file(2, &staging.version.source_name, &staging.version.source_sha256);
        assert_ne!(ledger.stage(&[staging], &DECISION).unwrap()[0].status, Status::Current);
        assert_eq!(ledger.stage(&[read_again], &DECISION).unwrap()[0].status, Status::Current);
    }
}

#[test]
fn what_another_parser_reads_the_same_is_marked_and_stays_the_version_it_was() {
    let ledger = ledger();
    let staging = from_file(1, "a.md", "5 mg");
    let (text, metadata) = (staging.version.text.clone(), staging.version.metadata.clone());
    ledger.stage(&[staging], &DECISION).unwrap();
    ledger.publish(&DECISION).unwrap();
    let file = found("a.md", "5 mg", "test/2");
    let same = |text: &CanonicalText, metadata: &Metadata| {
        ledger.reads_the_same(document("drug"), &file, text, metadata).unwrap()
    };
    assert_eq!(same(&text, &metadata), Some(1));
    let mut retitled = metadata.clone();
    retitled.title = "Another title".into();
    assert_eq!(same(&text, &retitled), None);
    assert_eq!(same(&version_in("test", "other", 1, 1).version.text, &metadata), None);

    let before = (ledger.seq().unwrap(), ledger.versions_in(Snapshot(1)).unwrap());
    assert!(!ledger.holds(document("drug"), &file).unwrap());
    ledger.mark_read(&[Reread { document: document("drug"), number: 1, parser: "test/2".into() }]).unwrap();
    assert!(ledger.holds_file(&corpus("test").id, &file).unwrap() && ledger.holds(document("drug"), &file).unwrap());
    assert_eq!((ledger.seq().unwrap(), ledger.versions_in(Snapshot(1)).unwrap()), before);
    assert_eq!(ledger.staged_changes().unwrap(), []);
    // What is put back is a version, although it reads the same.
    ledger.stage(&[from_file(2, "a.md", "50 mg")], &DECISION).unwrap();
    assert_eq!(same(&text, &metadata), None);
}

#[test]
fn of_two_mirrors_of_one_record_none_is_put_back() {
    let ledger = ledger();
    let holds = |bytes: &str, parser: &str| {
        let file = FileVersion { is_mirrored: true, ..found("PMC1.xml", bytes, parser) };
        let held = ledger.holds_file(&corpus("test").id, &file).unwrap();
        (held, ledger.holds(document("drug"), &file).unwrap())
    };
    ledger.stage(&[from_file(1, "PMC1.xml", "of May"), from_file(2, "PMC1.xml", "of June")], &DECISION).unwrap();
    for bytes in ["of May", "of June"] {
        assert_eq!(holds(bytes, "test/1"), (true, true), "{bytes}");
    }
    assert_eq!(holds("of July", "test/1"), (false, false));
    assert_eq!(holds("of May", "test/2"), (true, true), "another parser does not put it in force either");
    assert_eq!(holds("of June", "test/2"), (false, false), "and reads the newest anew");
    assert!(!ledger.holds(document("drug"), &found("PMC1.xml", "of May", "test/1")).unwrap(), "a folder's is put back");
}
