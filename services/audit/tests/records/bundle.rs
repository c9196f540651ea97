//! Receipts and bundles: good ones hold, and whatever is changed in one is seen.
use std::collections::BTreeMap;

use crate::generated::other_implementation;
use crate::held::{Held, Library, ask, begin};
use audit::{
    AuditLog, Checkpoint, Note, Receipt, SignatureKind, Signer, Submission, Trust, Witness, verify_bundle,
    verify_receipt,
};
use serde_json::Value;

pub(crate) type Files = BTreeMap<String, Vec<u8>>;

pub(crate) fn trust(log: &AuditLog) -> Trust {
    Trust { keys: log.verifier_keys(), witnesses: Vec::new(), quorum: 0 }
}

pub(crate) fn agree(_: &Value) -> Option<Vec<String>> {
    Some(Vec::new())
}

pub(crate) fn export(log: &AuditLog, library: &Library, answers: &[&str]) -> Files {
    let mut files = Files::new();
    let answers: Vec<String> = answers.iter().map(|id| (*id).to_owned()).collect();
    let mut put = |path: &str, bytes: &[u8]| {
        files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    };
    assert!(log.export(&answers, library, &mut put).unwrap().left_out.is_empty());
    files
}

fn filled(answers: usize) -> (Held, Library, Files) {
    let (held, library) = (Held::new(), Library::new());
    library.publish(&held.log);
    let ids: Vec<String> = (0..answers).map(|at| format!("a{at}")).collect();
    for (at, id) in ids.iter().enumerate() {
        ask(&held.log, &library, id, ["d1", "d2"][at % 2], "How much metformin?");
    }
    begin(&held.log, "open", "Gout?");
    let files = export(&held.log, &library, &ids.iter().map(String::as_str).collect::<Vec<_>>());
    (held, library, files)
}

#[test]
fn a_receipt_holds_and_says_what_was_checked() {
    let (held, library, _) = filled(2);
    let receipt = held.log.receipt("a0", &library).unwrap();
    let checked = verify_receipt(&receipt, &trust(&held.log), &agree).unwrap();
    assert_eq!((checked.answer.as_str(), checked.status.as_str(), checked.quotes), ("a0", "answered", 2));
    let json = serde_json::to_string(&receipt).unwrap();
    assert_eq!(serde_json::from_str::<Receipt>(&json).unwrap(), receipt);
    // Another key than the one that is believed.
    let other = Signer::new("osler.log/other", SignatureKind::Note, &[1; 32]).unwrap();
    let stranger = Trust { keys: vec![other.public().clone()], ..Trust::default() };
    assert!(verify_receipt(&receipt, &stranger, &agree).is_err());
    // The rules say otherwise.
    let disagree = |_: &Value| Some(vec!["statement 1 is contradicted".to_owned()]);
    assert!(verify_receipt(&receipt, &trust(&held.log), &disagree).is_err());
    // Other rules have no say, and it is told that they were not asked.
    let told = verify_receipt(&receipt, &trust(&held.log), &|_| None).unwrap();
    assert_eq!((told.statements, told.by_other_rules), (0, checked.statements));
}

#[test]
fn what_was_not_in_force_is_not_taken_for_it() {
    let (held, library) = (Held::new(), Library::new());
    library.publish(&held.log);
    ask(&held.log, &library, "before", "d1", "How much?");
    library.stand(&held.log, "d1", "retracted");
    ask(&held.log, &library, "after", "d1", "How much?");
    ask(&held.log, &library, "other", "d2", "How much?");
    library.stand(&held.log, "d1", "current");
    ask(&held.log, &library, "again", "d1", "How much?");
    let verify =
        |answers: &[&str]| verify_bundle(&export(&held.log, &library, answers), &trust(&held.log), None, &agree);
    assert_eq!(verify(&["before", "other", "again"]).unwrap().answers.len(), 3);
    let faults = verify(&["before", "after"]).unwrap_err();
    assert!(faults[0].at.contains("after") && faults[0].what.contains("taken out"), "{faults:?}");

    // A version that the snapshot does not hold: no proof can be made of it.
    let mut more = Library::new();
    more.0.insert("d9".to_owned(), "Give metformin.\n".to_owned());
    begin(&held.log, "stray", "How much?");
    let answer = more.answer("stray", "d9", "How much?").to_string();
    held.log.complete("stray", &audit::Outcome { actor: crate::held::ada(), model: None, answer: &answer }).unwrap();
    let fewer = Library::new();
    struct Both(Library, Library);
    impl audit::ReceiptSource for Both {
        fn snapshot_lines(&self, number: u64) -> Result<Vec<String>, String> {
            self.0.snapshot_lines(number)
        }
        fn text(&self, document: &str, version: u32, sha256: &str) -> Result<audit::DocumentText, String> {
            self.1.text(document, version, sha256)
        }
    }
    let receipt = held.log.receipt("stray", &Both(fewer, more)).unwrap();
    assert!(verify_receipt(&receipt, &trust(&held.log), &agree).is_err());
}

#[test]
fn withheld_texts_are_said_to_be() {
    let (held, library, _) = filled(1);
    let mut receipt = held.log.receipt("a0", &library).unwrap();
    receipt.documents[0].text = None;
    assert!(verify_receipt(&receipt, &trust(&held.log), &agree).is_err(), "without a reason");
    receipt.documents[0].withheld = Some("licence".to_owned());
    let checked = verify_receipt(&receipt, &trust(&held.log), &agree).unwrap();
    assert_eq!((checked.quotes, checked.withheld), (0, 2));
}

/// The files of a bundle have the names of their hashes: a text cannot be there for one document and withheld for another.
#[test]
fn a_text_that_two_documents_have_is_there_for_both_or_for_none() {
    struct Licensed(Library);
    impl audit::ReceiptSource for Licensed {
        fn snapshot_lines(&self, number: u64) -> Result<Vec<String>, String> {
            self.0.snapshot_lines(number)
        }
        fn text(&self, document: &str, version: u32, sha256: &str) -> Result<audit::DocumentText, String> {
            let text = self.0.text(document, version, sha256)?;
            let withheld = || audit::DocumentText { text: None, withheld: Some("licence".to_owned()), ..text.clone() };
            Ok(if document == "d1" { withheld() } else { text })
        }
    }
    let (held, mut library) = (Held::new(), Library::new());
    let text = library.0["d1"].clone();
    library.0.insert("d2".to_owned(), text);
    library.publish(&held.log);
    ask(&held.log, &library, "a1", "d1", "How much?");
    ask(&held.log, &library, "a2", "d2", "How much?");
    let source = Licensed(library);
    for (order, withheld) in [(["a1", "a2"], 4), (["a2", "a1"], 0)] {
        let mut files = Files::new();
        let mut put = |path: &str, bytes: &[u8]| {
            files.insert(path.to_owned(), bytes.to_vec());
            Ok(())
        };
        held.log.export(&order.map(str::to_owned), &source, &mut put).unwrap();
        let verified = verify_bundle(&files, &trust(&held.log), None, &agree).unwrap();
        assert_eq!(verified.answers.iter().map(|answer| answer.withheld).sum::<u64>(), withheld);
        let theirs = other_implementation(&[files], &trust(&held.log));
        assert!(theirs[0].starts_with("ok "), "{theirs:?}");
    }
}

#[test]
fn a_bundle_holds_and_the_log_must_have_grown_from_what_was_kept() {
    let (held, library, files) = filled(5);
    let verified = verify_bundle(&files, &trust(&held.log), None, &agree).unwrap();
    assert_eq!((verified.answers.len(), verified.questions, verified.open), (5, 6, 1));
    let kept = Note::parse(std::str::from_utf8(&files["checkpoint"]).unwrap()).unwrap();
    let earlier = Checkpoint::parse(kept.text).unwrap();
    ask(&held.log, &library, "later", "d3", "How much?");
    let later = export(&held.log, &library, &["later"]);
    assert!(verify_bundle(&later, &trust(&held.log), Some(&earlier), &agree).is_ok());
    // Another history of the same size.
    let (other, _, _) = filled(3);
    ask(&other.log, &library, "x", "d3", "How much?");
    let changed = Checkpoint { root: [7; 32], ..earlier.clone() };
    assert!(verify_bundle(&later, &trust(&held.log), Some(&changed), &agree).is_err());
    // A log that is behind.
    assert!(verify_bundle(&files, &trust(&held.log), Some(&Checkpoint { size: 999, ..earlier }), &agree).is_err());
    // Witnesses that must have signed.
    let witness = Signer::new("witness.test", SignatureKind::Cosignature, &[9; 32]).unwrap();
    let strict = Trust { witnesses: vec![witness.public().clone()], quorum: 1, ..trust(&held.log) };
    assert!(verify_bundle(&later, &strict, None, &agree).is_err());
}

/// The same changes, one by one: every byte of a small bundle.
#[test]
fn every_byte_of_a_bundle_counts() {
    let (held, _, good) = filled(1);
    let trust = trust(&held.log);
    let mut flipped = 0;
    for name in good.keys() {
        // Texts that are long are compared as wholes: some of their bytes stand for all.
        let step = good[name].len() / 400 + 1;
        for at in (0..good[name].len()).step_by(step) {
            let mut files = good.clone();
            files.get_mut(name).unwrap()[at] ^= 0x20;
            assert!(verify_bundle(&files, &trust, None, &agree).is_err(), "{name} at {at}");
            flipped += 1;
        }
    }
    assert!(flipped > 1_000, "{flipped}");
}

#[test]
fn a_witness_signs_what_grows_and_nothing_else() {
    let (held, library, _) = filled(2);
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("witness");
    let open = || {
        let signer = Signer::new("witness.test", SignatureKind::Cosignature, &[9; 32]).unwrap();
        Witness::open(held.log.verifier_keys().remove(0), signer, &state).unwrap()
    };
    let witness = open();
    let submit = |witness: &Witness, log: &AuditLog, old: u64| {
        let checkpoint = log.checkpoint(log.size()).unwrap();
        let size = Checkpoint::parse(Note::parse(&checkpoint).unwrap().text).unwrap().size;
        let proof = log.prove_consistency(old, size).unwrap_or_default();
        let text = Submission { old, proof, checkpoint: checkpoint.clone() }.text();
        witness.add_checkpoint(&text, 1_795_341_600).map(|line| format!("{checkpoint}{line}"))
    };
    let first = submit(&witness, &held.log, 0).unwrap();
    assert!(Note::parse(&first).unwrap().is_signed_by(witness.key()));
    let size = witness.size();
    assert_eq!(size, held.log.size());
    // The same again is fine; going on from elsewhere is told where to go on from.
    submit(&witness, &held.log, size).unwrap();
    assert_eq!(submit(&witness, &held.log, 0), Err(audit::Refusal::OtherSize(size)));
    ask(&held.log, &library, "more", "d1", "How much?");
    let with = submit(&witness, &held.log, size).unwrap();
    held.log.keep_cosigned(&with).unwrap();
    // It remembers after it ended, and its signature is in receipts.
    let witness = open();
    assert_eq!(witness.size(), held.log.size());
    let strict = Trust { witnesses: vec![witness.key().clone()], quorum: 1, ..trust(&held.log) };
    let receipt = held.log.receipt("more", &library).unwrap();
    assert!(verify_receipt(&receipt, &strict, &agree).is_ok());

    // Another history under the same key: a split view.
    let (other, library) = (Held::new(), Library::new());
    library.publish(&other.log);
    for id in 0..10 {
        ask(&other.log, &library, &format!("b{id}"), "d3", "Another history?");
    }
    assert_eq!(other.log.origin(), held.log.origin(), "the same key and name");
    let refused = submit(&witness, &other.log, witness.size());
    assert!(matches!(refused, Err(audit::Refusal::SplitView { .. })), "{refused:?}");
    // A checkpoint that goes back.
    let old = held.log.checkpoint(1).unwrap();
    let text = Submission { old: witness.size(), proof: Vec::new(), checkpoint: old }.text();
    assert!(witness.add_checkpoint(&text, 0).is_ok(), "the same size as it signed last");
    assert!(witness.add_checkpoint("old 0\n\nnothing", 0).is_err());
}
