//! Receipts and bundles: good ones hold, and whatever is changed in one is seen.
use std::collections::BTreeMap;

use crate::held::{Held, Library, ask, begin};
use audit::{
    AuditLog, Checkpoint, Note, Receipt, SignatureKind, Signer, Submission, Trust, Witness, verify_bundle,
    verify_receipt,
};
use proptest::test_runner::{RngAlgorithm, TestRng};
use rand_like::Dice;
use serde_json::Value;

/// Numbers from proptest's source: no other is needed here.
mod rand_like {
    use proptest::prelude::Rng;
    use proptest::test_runner::TestRng;

    pub(crate) struct Dice(pub(crate) TestRng);

    impl Dice {
        pub(crate) fn below(&mut self, n: usize) -> usize {
            (self.0.next_u64() % n.max(1) as u64) as usize
        }
    }
}

type Files = BTreeMap<String, Vec<u8>>;

fn trust(log: &AuditLog) -> Trust {
    Trust { keys: log.verifier_keys(), witnesses: Vec::new(), quorum: 0 }
}

fn agree(_: &Value) -> Vec<String> {
    Vec::new()
}

fn export(log: &AuditLog, library: &Library, answers: &[&str]) -> Files {
    let mut files = Files::new();
    let answers: Vec<String> = answers.iter().map(|id| (*id).to_owned()).collect();
    let mut put = |path: &str, bytes: &[u8]| {
        files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    };
    assert!(log.export(&answers, library, &mut put).unwrap().is_empty());
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
    let disagree = |_: &Value| vec!["statement 1 is contradicted".to_owned()];
    assert!(verify_receipt(&receipt, &trust(&held.log), &disagree).is_err());
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
        fn text(&self, document: &str, version: u32) -> Result<audit::DocumentText, String> {
            self.1.text(document, version)
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

/// Changes one thing, and says what.
fn mutate(files: &mut Files, dice: &mut Dice) -> String {
    let names: Vec<String> = files.keys().cloned().collect();
    let name = names[dice.below(names.len())].clone();
    let bytes = files.get_mut(&name).unwrap();
    if bytes.is_empty() {
        bytes.push(b'x');
    }
    let at = dice.below(bytes.len());
    match dice.below(9) {
        0 | 1 => bytes[at] ^= 1 << dice.below(8),
        2 => drop(bytes.remove(at)),
        3 => bytes.insert(at, b"0aZ\n \"{+/="[dice.below(10)]),
        4 => bytes.truncate(at),
        5 => drop(files.remove(&name)),
        6 => drop(files.insert(format!("{name}x"), vec![b'x'; 3])),
        7 => {
            // A stretch of one file in another.
            let other = names[dice.below(names.len())].clone();
            let from = files[&other].clone();
            let (start, length) = (dice.below(from.len()), 1 + dice.below(64));
            let splice: Vec<u8> = from.iter().copied().skip(start).take(length).collect();
            let bytes = files.get_mut(&name).unwrap();
            let end = (at + splice.len()).min(bytes.len());
            bytes.splice(at..end, splice);
        }
        _ => {
            // Two files change places.
            let other = names[dice.below(names.len())].clone();
            let (one, two) = (files[&name].clone(), files[&other].clone());
            files.insert(name.clone(), two);
            files.insert(other, one);
        }
    }
    name
}

/// The list of files signed anew, as only whoever runs the log could: what is inside must give it away.
fn sign_anew(files: &mut Files, signer: &Signer) {
    let mut list = format!("osler-bundle/1\n{}\n", signer.public().name());
    for (path, bytes) in files.iter().filter(|(path, _)| *path != "MANIFEST") {
        list.push_str(&format!("{} {} {path}\n", audit::hex(&audit::sha256(bytes)), bytes.len()));
    }
    let manifest = format!("{list}\n{}", signer.sign(&list, 0));
    files.insert("MANIFEST".to_owned(), manifest.into_bytes());
}

/// Every mutation is refused, and none ends the program. Returns how many there were.
fn mutations(count: usize, seed: [u8; 32]) -> usize {
    let (held, _, good) = filled(3);
    let trust = trust(&held.log);
    let seed_of_log = std::fs::read(held.data().join("keys/log-1.key")).unwrap();
    let signer = Signer::new(held.log.origin(), SignatureKind::Note, &seed_of_log).unwrap();
    let mut dice = Dice(TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let mut made = 0;
    while made < count {
        let mut files = good.clone();
        let mut what = mutate(&mut files, &mut dice);
        if dice.below(3) == 0 {
            what = format!("{what} and {}", mutate(&mut files, &mut dice));
        }
        let is_signed = dice.below(2) == 0;
        if is_signed {
            // Its own text is for people: whoever signs may write another.
            files.insert("FORMAT.md".to_owned(), good["FORMAT.md"].clone());
            if !files.contains_key("MANIFEST") || files.get("checkpoint") != good.get("checkpoint") {
                continue;
            }
            sign_anew(&mut files, &signer);
        }
        if files == good {
            continue;
        }
        let missing_receipt = is_signed && is_fewer(&files, &good);
        let verified = verify_bundle(&files, &trust, None, &agree);
        // Who signs may leave receipts out; nothing that is there is changed by it.
        assert!(verified.is_err() || missing_receipt, "{what} (signed anew: {is_signed}) was taken");
        made += 1;
    }
    made
}

/// Whether it is the same bundle without some of the receipts and the texts that only they need, or with a receipt in another
/// spelling of the same JSON.
fn is_fewer(files: &Files, good: &Files) -> bool {
    let same = |path: &String, bytes: &Vec<u8>| {
        good.get(path).is_some_and(|kept| {
            kept == bytes || path.starts_with("receipts/") && json(kept).is_some() && json(kept) == json(bytes)
        })
    };
    files.iter().filter(|(path, _)| *path != "MANIFEST").all(|(path, bytes)| same(path, bytes))
        && good
            .keys()
            .filter(|path| !files.contains_key(*path))
            .all(|path| path.starts_with("receipts/") || path.starts_with("documents/"))
}

fn json(bytes: &[u8]) -> Option<Receipt> {
    serde_json::from_slice(bytes).ok()
}

#[test]
fn every_change_of_a_bundle_is_refused() {
    assert_eq!(mutations(20_000, [5; 32]), 20_000);
}

#[test]
#[ignore = "a million changes take many minutes: make slow"]
fn a_million_changes_of_a_bundle_are_refused() {
    assert_eq!(mutations(1_000_000, [6; 32]), 1_000_000);
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

/// Writes bundles, good and changed ones, and has the other implementation say which hold. It must say the same of each.
fn other_implementation(count: usize, seed: [u8; 32]) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (held, _, good) = filled(3);
    let trust = trust(&held.log);
    let seed_of_log = std::fs::read(held.data().join("keys/log-1.key")).unwrap();
    let signer = Signer::new(held.log.origin(), SignatureKind::Note, &seed_of_log).unwrap();
    let mut dice = Dice(TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let directory = tempfile::tempdir().unwrap();
    let (mut list, mut ours) = (String::new(), Vec::new());
    for number in 0..count {
        let mut files = good.clone();
        // A quarter is good; half of the others is signed anew, so that what is inside must give it away.
        if dice.below(4) > 0 {
            mutate(&mut files, &mut dice);
            if dice.below(2) == 0 && files.contains_key("MANIFEST") {
                sign_anew(&mut files, &signer);
            }
        }
        let path = directory.path().join(number.to_string());
        for (name, bytes) in &files {
            let file = path.join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, bytes).unwrap();
        }
        ours.push(verify_bundle(&files, &trust, None, &agree));
        list.push_str(&format!("{}\n", path.display()));
    }
    let listed = directory.path().join("list");
    std::fs::write(&listed, list).unwrap();
    let python = std::env::var("OSLER_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = std::process::Command::new(python);
    command.arg(root.join("tests/verifier/verify.py")).arg("--list").arg(&listed);
    command.args(["--key", &trust.keys[0].to_string()]).env("PYTHONPATH", root.join("tests/clients/.python"));
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), count, "{}", String::from_utf8_lossy(&output.stderr));
    let mut held = 0;
    for (ours, theirs) in ours.iter().zip(&lines) {
        assert_eq!(ours.is_ok(), theirs.starts_with("ok "), "{theirs}: {ours:?}");
        held += usize::from(ours.is_ok());
    }
    assert!(held >= count / 5 && held <= count / 2, "{held} of {count} hold");
}

#[test]
fn another_implementation_says_the_same() {
    other_implementation(400, [7; 32]);
}

#[test]
#[ignore = "ten thousand bundles take minutes: make slow"]
fn another_implementation_says_the_same_ten_thousand_times() {
    other_implementation(10_000, [8; 32]);
}
