//! What passages are ordered by is read whatever state it is in.

use super::{DECISION, ledger, titled};

#[test]
fn texts_come_with_their_title_and_headings_as_far_as_these_can_be_read() {
    let ledger = ledger();
    ledger.bind_embedder("model@1", 64).unwrap();
    let mut staging = titled("drug", "Metformin in type 2 diabetes");
    staging.passages[0].section = vec!["Metformin".to_owned(), "When not to start".to_owned()];
    let passages: Vec<_> = staging.passages.iter().map(|passage| passage.id).collect();
    ledger.stage(std::slice::from_ref(&staging), &DECISION).unwrap();

    let texts = ledger.texts_of(&passages).unwrap();
    assert_eq!(texts.len(), passages.len());
    let first = &texts[&passages[0]];
    assert_eq!(first.headings, ["Metformin in type 2 diabetes", "Metformin", "When not to start"]);
    assert_eq!(first.text, staging.passages[0].text);
    assert_eq!(ledger.standings_of(&passages).unwrap().len(), passages.len());

    ledger.lock().execute("UPDATE passages SET section = '['", []).unwrap();
    assert_eq!(ledger.texts_of(&passages[..1]).unwrap()[&passages[0]].headings, ["Metformin in type 2 diabetes"]);
    ledger.lock().execute("UPDATE versions SET metadata = '{'", []).unwrap();
    let texts = ledger.texts_of(&passages[..1]).unwrap();
    assert!(texts[&passages[0]].headings.is_empty() && !texts[&passages[0]].text.is_empty());
    assert!(ledger.standings_of(&passages).unwrap().is_empty());
}
