//! One document: its versions, their intervals, passages and pages.

use knowledge::{BlockKind, PassageId, Quality, Snapshot, Status, TextBuilder};

use super::{DECISION, corpus, document, ledger, staging, version_in};
use crate::{Error, InForce, Ledger, Reach};

fn intervals(ledger: &Ledger, version: u32) -> Vec<(u64, Option<u64>)> {
    let versions = ledger.versions_of(document("drug")).unwrap();
    let held = versions.into_iter().find(|held| held.number == version).unwrap();
    let pair = |interval: InForce| (interval.added.0, interval.removed.map(|snapshot| snapshot.0));
    held.in_force.into_iter().map(pair).collect()
}

#[test]
fn versions_come_newest_first_with_the_snapshots_that_hold_them() {
    let ledger = ledger();
    let mut first = staging("drug", 2);
    first.version.metadata.effective = Some("2024-01".into());
    first.version.metadata.review_by = Some("2027".into());
    let (sha256, passages) = (first.version.text.sha256(), first.passages.len() as u64);
    ledger.stage(&[first], &DECISION).unwrap();
    ledger.publish(&DECISION).unwrap();
    let mut second = version_in("test", "drug", 2, 1);
    second.version.source_sha256 = "other".into();
    ledger.stage(&[second], &DECISION).unwrap();
    assert_eq!((intervals(&ledger, 1), intervals(&ledger, 2)), (vec![(1, Some(2))], vec![(2, None)]), "staged");
    ledger.publish(&DECISION).unwrap();

    let versions = ledger.versions_of(document("drug")).unwrap();
    assert_eq!(versions.iter().map(|version| version.number).collect::<Vec<_>>(), [2, 1]);
    assert_eq!((versions[0].source_sha256.as_str(), versions[0].review_by.as_deref()), ("other", None));
    let old = &versions[1];
    assert_eq!((old.title.as_str(), old.status, old.parser.as_str()), ("drug", Status::Current, "test/1"));
    assert_eq!((old.effective.as_deref(), old.review_by.as_deref()), (Some("2024-01"), Some("2027")));
    assert_eq!((&old.sha256, old.passages, &old.quality), (&sha256, passages, &Some(Quality::of([]))));

    ledger.rollback(Snapshot(1), &DECISION).unwrap();
    assert_eq!(intervals(&ledger, 1), [(1, Some(2)), (3, None)], "it comes back with the next one");
    assert!(matches!(ledger.versions_of(document("other")), Err(Error::UnknownDocument(_))));
}

#[test]
fn what_is_staged_is_out_of_reach_and_what_was_rolled_back_does_not_stand() {
    const DAY: &str = "2026-01-01";
    let ledger = ledger();
    let (first, second) = (staging("drug", 1), version_in("test", "drug", 2, 1));
    let (old, new) = (first.passages[0].id, second.passages[0].id);
    let read = |version, reach| ledger.document(document("drug"), version, DAY, reach);
    let listed = |reach| -> Vec<(u32, Status, bool)> {
        let versions = read(None, reach).unwrap().versions;
        versions.iter().map(|version| (version.number, version.status, version.is_in_force)).collect()
    };
    let shown = |reach| {
        let document = read(None, reach).unwrap().document;
        (document.version, document.status)
    };
    let is_out_of_reach = |version, passage| {
        let (document, passage) = (read(version, Reach::Published), ledger.passage(passage, DAY, Reach::Published));
        matches!((document, passage), (Err(Error::UnknownDocument(_)), Err(Error::UnknownPassage(_))))
    };

    ledger.stage(&[first], &DECISION).unwrap();
    assert!(is_out_of_reach(None, old));
    assert_eq!(listed(Reach::Staged), [(1, Status::Current, false)]);
    ledger.publish(&DECISION).unwrap();
    ledger.stage(&[second], &DECISION).unwrap();
    assert_eq!(listed(Reach::Published), [(1, Status::Current, true)]);
    assert_eq!(listed(Reach::Staged), [(2, Status::Current, false), (1, Status::Current, true)]);
    assert_eq!((shown(Reach::Published), shown(Reach::Staged)), ((1, Status::Current), (1, Status::Current)));
    assert!(is_out_of_reach(Some(2), new));
    assert_eq!(read(Some(2), Reach::Staged).unwrap().document.status, Status::Current);
    assert_eq!(ledger.passage(new, DAY, Reach::Staged).unwrap().document.version, 2);

    ledger.publish(&DECISION).unwrap();
    assert_eq!(listed(Reach::Published), [(2, Status::Current, true), (1, Status::Superseded, false)]);
    ledger.rollback(Snapshot(1), &DECISION).unwrap();
    assert_eq!(listed(Reach::Published), [(2, Status::Superseded, false), (1, Status::Current, true)]);
    assert_eq!(shown(Reach::Published), (1, Status::Current));
    assert_eq!(read(Some(2), Reach::Published).unwrap().document.status, Status::Superseded);
    assert_eq!(ledger.passage(new, DAY, Reach::Published).unwrap().document.status, Status::Superseded);

    // Replaced before it was published: no snapshot ever had it.
    let third = version_in("test", "drug", 3, 1);
    let passing = third.passages[0].id;
    ledger.stage(&[third, version_in("test", "drug", 4, 1)], &DECISION).unwrap();
    assert_eq!(ledger.publish(&DECISION).unwrap(), Snapshot(3));
    assert!(is_out_of_reach(Some(3), passing));
    assert_eq!(shown(Reach::Published), (4, Status::Current));
}

#[test]
fn passages_come_in_order_and_say_whether_they_can_be_found() {
    let ledger = ledger();
    let first = staging("drug", 2);
    let ids: Vec<PassageId> = first.passages.iter().map(|passage| passage.id).collect();
    let spans: Vec<_> = first.passages.iter().map(|passage| passage.span).collect();
    ledger.stage(&[first], &DECISION).unwrap();
    let places = || ledger.passages_of(document("drug"), 1).unwrap();
    assert_eq!(places().iter().map(|place| place.id).collect::<Vec<_>>(), ids);
    assert_eq!(places().iter().map(|place| place.span).collect::<Vec<_>>(), spans);
    assert!(places().iter().all(|place| !place.is_in_force), "they are staged");
    ledger.publish(&DECISION).unwrap();
    assert!(places().iter().all(|place| place.is_in_force));
    ledger.set_status(document("drug"), 1, Status::Withdrawn, &DECISION).unwrap();
    assert!(places().iter().all(|place| !place.is_in_force), "at once");
    assert!(matches!(ledger.passages_of(document("drug"), 2), Err(Error::UnknownDocument(_))));
}

#[test]
fn the_last_page_is_the_last_that_has_text_also_when_nothing_of_it_is_evidence() {
    let ledger = ledger();
    let mut paged = staging("paged", 1);
    let mut builder = TextBuilder::new();
    for (kind, page) in [(BlockKind::Paragraph, 2), (BlockKind::Paragraph, 11), (BlockKind::Reference, 12)] {
        builder.block_on_page(kind, "Words on a page.", Some(page));
    }
    paged.version.text = builder.finish();
    (paged.passages, paged.vectors) = (Vec::new(), Vec::new());
    ledger.stage(&[paged, staging("drug", 1)], &DECISION).unwrap();
    assert_eq!(ledger.last_page(document("paged"), 1).unwrap(), Some(12));
    assert_eq!(ledger.last_page(document("drug"), 1).unwrap(), None, "its source has no pages");
    for (name, version) in [("paged", 2), ("other", 1)] {
        assert!(matches!(ledger.last_page(document(name), version), Err(Error::UnknownDocument(_))));
    }
    ledger.lock().execute("UPDATE versions SET blocks = 'broken['", []).unwrap();
    assert_eq!(ledger.last_page(document("paged"), 1).unwrap(), None);
}

#[test]
fn a_document_is_held_in_a_corpus_under_the_name_of_its_source() {
    let ledger = ledger();
    ledger.stage(&[staging("drug", 1)], &DECISION).unwrap();
    assert_eq!(ledger.held_as(document("drug")).unwrap(), (corpus("test").id, "drug".to_owned()));
    assert!(matches!(ledger.held_as(document("other")), Err(Error::UnknownDocument(_))));
}
