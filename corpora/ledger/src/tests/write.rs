//! What was written stays whole: through a full disk, another embedder, and damage.

use knowledge::Snapshot;

use super::{DECISION, document, ledger, staging, version_in};
use crate::{Error, FileVersion, Reach};

#[test]
fn a_full_disk_leaves_no_half_of_anything() {
    let ledger = ledger();
    ledger.stage(&[staging("first", 2)], &DECISION).unwrap();
    let before = (ledger.entry_ids().unwrap(), ledger.seq().unwrap());
    let pages: i64 = ledger.lock().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    ledger.lock().query_row(&format!("PRAGMA max_page_count = {}", pages + 4), [], |_| Ok(())).unwrap();
    let full = ledger.stage(&[staging("second", 1), staging("third", 200)], &DECISION);
    assert!(matches!(full, Err(Error::Full(_))), "{full:?}");
    assert_eq!((ledger.entry_ids().unwrap(), ledger.seq().unwrap()), before);
    let second = FileVersion { source_name: "second", source_sha256: "second", is_mirrored: false, parser: "test/1" };
    assert!(!ledger.holds(document("second"), &second).unwrap());
    ledger.lock().query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(())).unwrap();
    ledger.stage(&[staging("second", 1), staging("third", 200)], &DECISION).unwrap();
}

#[test]
fn another_embedder_takes_over_when_it_has_embedded_everything() {
    let ledger = ledger();
    ledger.bind_embedder("old@1", 64).unwrap();
    ledger.stage(&[staging("first", 3)], &DECISION).unwrap();
    assert!(ledger.without_coming("old@1", None, 100).unwrap().is_empty(), "the one in use has them all");
    let waiting = ledger.without_coming("new@1", None, 100).unwrap();
    let some: Vec<_> = waiting.iter().skip(1).map(|one| (one.passage, vec![0.25; 8])).collect();
    ledger.put_coming("new@1", &some).unwrap();
    assert!(!ledger.adopt_embedder("new@1", 8).unwrap(), "one is missing");
    let all = ledger.entries_after(knowledge::Seq(0), 100).unwrap();
    let gap = all.iter().position(|row| row.passage == waiting[0].passage).unwrap();
    let coming = ledger.coming_after("new@1", knowledge::Seq(0), 100).unwrap();
    assert_eq!(coming.len(), gap, "an index is given what comes before the gap");
    assert!(coming.iter().all(|row| row.vector.len() == 8));
    assert!(matches!(ledger.bind_embedder("new@1", 8), Err(Error::OtherEmbedder { .. })));
    ledger.put_coming("new@1", &[(waiting[0].passage, vec![0.25; 8])]).unwrap();
    assert!(ledger.coming("new@1").unwrap().is_whole() && ledger.without_coming("new@1", None, 9).unwrap().is_empty());
    // What comes in meanwhile is embedded by the one in use, and waits for the other.
    ledger.stage(&[staging("second", 1)], &DECISION).unwrap();
    assert!(!ledger.adopt_embedder("new@1", 8).unwrap());
    for one in ledger.without_coming("new@1", None, 100).unwrap() {
        ledger.put_coming("new@1", &[(one.passage, vec![0.5; 8])]).unwrap();
    }
    let coming = ledger.coming_after("new@1", knowledge::Seq(0), 100).unwrap();
    assert!(ledger.adopt_embedder("new@1", 8).unwrap());
    assert_eq!(ledger.embedder().unwrap(), Some(("new@1".to_owned(), 8)));
    let rows = ledger.entries_after(knowledge::Seq(0), 100).unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.vector.len() == 8));
    assert_eq!(rows, coming, "what an index was given before is what stands in the ledger after");
    assert_eq!(ledger.coming("new@1").unwrap().embedded, 0);
}

#[test]
fn a_text_that_is_not_what_was_stored_is_not_given_out() {
    let ledger = ledger();
    ledger.stage(&[staging("first", 1)], &DECISION).unwrap();
    assert!(ledger.document(document("first"), None, "2026-01-01", Reach::Staged).is_ok());
    ledger.lock().execute("UPDATE versions SET text = replace(text, 'Words', 'Wards')", []).unwrap();
    assert!(matches!(ledger.document(document("first"), None, "2026-01-01", Reach::Staged), Err(Error::Damaged(_))));
    let passage = staging("first", 1).passages[0].id;
    let evidence = || ledger.evidence(&[passage], Snapshot(1), "2026-01-01").unwrap().len();
    assert_eq!(evidence(), 1);
    ledger.lock().execute("UPDATE passages SET text = replace(text, 'Words', 'Wards')", []).unwrap();
    assert_eq!(evidence(), 0);
    assert!(matches!(ledger.passage(passage, "2026-01-01", Reach::Staged), Err(Error::Damaged(_))));
}

#[test]
fn a_document_whose_numbers_are_used_up_gets_no_further_one() {
    let ledger = ledger();
    let next = |declared| ledger.next_number(document("drug"), declared).unwrap();
    assert_eq!((next(None), next(Some(7))), (Some(1), Some(7)));
    ledger.stage(&[version_in("test", "drug", u32::MAX, 1)], &DECISION).unwrap();
    assert_eq!((next(None), next(Some(u32::MAX)), next(Some(7))), (None, None, Some(7)));
}
