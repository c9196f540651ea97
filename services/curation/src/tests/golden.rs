//! The golden questions.

use super::{BERT, LINA, PAUL, unlogged};
use crate::{Curation, Error, Golden, MAX_GOLDEN, MAX_TEXT_CHARS, Power};

fn list(questions: &[&str]) -> Vec<String> {
    questions.iter().map(|question| (*question).to_owned()).collect()
}

#[test]
fn a_list_is_set_and_the_earlier_ones_are_kept() {
    let curation = Curation::in_memory().unwrap();
    assert_eq!(curation.golden().unwrap(), Golden::default());
    let first = list(&[" Dose of colchicine? ", "", "First line in gout?", "Dose of colchicine?", " \n"]);
    let set = curation.set_golden(&first, &LINA, "t1", unlogged).unwrap();
    assert_eq!(set.questions, ["Dose of colchicine?", "First line in gout?"]);
    assert_eq!((set.changed_at.as_deref(), set.changed_by.as_deref()), (Some("t1"), Some("lina")));
    // The same list again is no change.
    assert_eq!(curation.set_golden(&set.questions, &BERT, "t2", unlogged).unwrap(), set);
    let emptied = curation.set_golden(&[], &BERT, "t3", unlogged).unwrap();
    assert_eq!((emptied.questions.len(), emptied.changed_by.as_deref()), (0, Some("bert")));
    assert_eq!(curation.golden().unwrap(), emptied);
    let sql = "SELECT count(*), max(n) FROM golden";
    let kept: (u32, u32) = curation.lock().query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(kept, (2, 2));
}

#[test]
fn a_list_has_its_limits() {
    let curation = Curation::in_memory().unwrap();
    assert!(matches!(curation.set_golden(&[], &PAUL, "t", unlogged), Err(Error::Power(Power::Curate))));
    let long = vec!["é".repeat(MAX_TEXT_CHARS), "é".repeat(MAX_TEXT_CHARS + 1)];
    assert!(matches!(curation.set_golden(&long, &LINA, "t", unlogged), Err(Error::TooLong("question"))));
    assert_eq!(curation.set_golden(&long[..1], &LINA, "t", unlogged).unwrap().questions.len(), 1);
    let many: Vec<String> = (0..=MAX_GOLDEN).map(|n| format!("Question {n}?")).collect();
    assert!(matches!(curation.set_golden(&many, &LINA, "t", unlogged), Err(Error::TooMany(_))));
    assert_eq!(curation.set_golden(&many[1..], &LINA, "t", unlogged).unwrap().questions.len(), MAX_GOLDEN);
    let repeats = vec!["Dose?".to_owned(); MAX_GOLDEN + 1];
    assert_eq!(curation.set_golden(&repeats, &LINA, "t", unlogged).unwrap().questions.len(), 1);
}
