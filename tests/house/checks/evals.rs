//! The measurements that must not get worse: a slice of each on every run.

use std::path::Path;

use evals::grounding::{Samples, conflicts, run, statements};
use evals::questions;

fn starter() -> Samples {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpora/starter");
    let mut samples = Samples::default();
    for folder in ["guidelines", "cases"] {
        let mut files: Vec<_> =
            std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            samples.add(&file.to_string_lossy(), &std::fs::read(&file).unwrap());
        }
    }
    samples
}

#[test]
fn mutants_are_caught_and_paraphrases_are_left_alone() {
    let samples = starter();
    assert!(samples.len() > 3_000, "{} sentences", samples.len());
    let table = run(&samples, 500);
    assert!(table.short_of_reach().is_empty(), "{:?}\n{table}", table.short_of_reach());
}

#[test]
fn the_same_text_gives_the_same_verdicts() {
    let samples = starter();
    let verdicts = || {
        run(&samples, 100).cases.into_iter().map(|case| (case.changed, case.verdict, case.reason)).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(), verdicts());
}

#[test]
fn verdicts_are_other_ones_only_under_another_number_of_the_rules() {
    let cases = run(&starter(), 200).cases;
    let told: String = cases.iter().map(|case| format!("{}\t{}\n", case.changed, case.verdict)).collect();
    // Where this differs because verdicts do, raise the number before the snapshot is renewed: receipts rest on it. Where only the
    // starter corpus or the changes made to it are others, renew it.
    insta::assert_snapshot!(format!("rules {}: {}", grounding::RULES, knowledge::sha256_hex(told.as_bytes())));
}

#[test]
fn prompts_are_decided_as_they_were() {
    let scope = questions::out_of_scope();
    assert_eq!((scope.positives, scope.negatives), ((80, 80), (40, 0)), "{:?}", scope.mistakes);
    let urgent = questions::time_critical();
    assert!(urgent.positives.1 >= 95 && urgent.negatives.1 == 0, "{:?}", urgent.mistakes);
    // Most of what was written to get past the check is caught; of what is faithful, little is held back.
    let statements = statements::run();
    assert!(statements.positives.1 >= 650 && statements.negatives.1 <= 32, "{:?}", statements.mistakes);
    let conflicts = conflicts::run();
    assert!(conflicts.positives.1 >= 40 && conflicts.negatives.1 <= 1, "{:?}", conflicts.mistakes);
}

#[test]
fn medicine_is_not_taken_for_orders_to_the_reader() {
    let samples = starter();
    let taken: Vec<&str> = samples
        .sentences()
        .filter(|(sentence, passage)| answer::speaks_to_its_reader(sentence, passage))
        .map(|(sentence, _)| sentence)
        .collect();
    assert!(taken.is_empty(), "{} of {}: {taken:#?}", taken.len(), samples.len());
}
