//! One document: its versions, their intervals, passages and pages.

use knowledge::{BlockKind, PassageId, Quality, Snapshot, Status, TextBuilder};

use super::{DECISION, corpus, document, ledger, staging, version_in};
use crate::{Error, InForce, Ledger};

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
