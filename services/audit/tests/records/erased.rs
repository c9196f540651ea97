//! Words that were destroyed: every entry keeps its place and its proof, and what was made of the log before and after still
//! holds.
use std::sync::atomic::Ordering;

use audit::{
    Absence, AuditLog, Checkpoint, Entry, Kind, LogProof, Note, Part, leaf_hash, verify_bundle, verify_receipt,
};

use crate::bundle::{Files, agree, export, trust};
use crate::generated::other_implementation;
use crate::held::{BEGAN, Held, Library, ada, ask, begin, say};

const DAY: i64 = 86_400;

/// The proof of every entry, as it is read back from its text, shows that it is in the log of the newest checkpoint.
fn every_entry_is_proven(log: &AuditLog) -> u64 {
    let trust = trust(log);
    let newest = log.checkpoint(log.size()).unwrap();
    let newest = Checkpoint::parse(Note::parse(&newest).unwrap().text).unwrap();
    assert_eq!(newest.size, log.size());
    for seq in 0..newest.size {
        let leaf = log.leaf(seq).unwrap().unwrap();
        assert!(Entry::parse(&leaf).is_some_and(|entry| entry.seq == seq));
        let proof = LogProof::parse(&log.prove(seq).unwrap().to_string()).unwrap();
        assert_eq!(proof.index, seq);
        let shown = proof.shows(&leaf_hash(&leaf), |note| trust.check(note)).unwrap();
        assert_eq!(shown.as_ref(), Some(&newest), "{seq}");
        let other = proof.shows(&leaf_hash(b"another entry"), |note| trust.check(note)).unwrap();
        assert_eq!(other, None);
    }
    newest.size
}

fn bundle(log: &AuditLog, library: &Library, answers: &[String]) -> (Files, Vec<String>) {
    let mut files = Files::new();
    let mut put = |path: &str, bytes: &[u8]| {
        files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    };
    let left_out = log.export(answers, library, &mut put).unwrap().left_out;
    let erased = left_out.into_iter().map(|(id, absence)| {
        assert_eq!(absence, Absence::Erased, "{id}");
        id
    });
    let erased = erased.collect();
    (files, erased)
}

#[test]
fn after_words_were_destroyed_every_proof_and_every_bundle_holds() {
    let (held, library) = (Held::new(), Library::new());
    library.publish(&held.log);
    let old: Vec<String> = (0..6).map(|at| format!("old-{at}")).collect();
    let new: Vec<String> = (0..4).map(|at| format!("new-{at}")).collect();
    for (at, id) in old.iter().enumerate() {
        ask(&held.log, &library, id, ["d1", "d2", "d3"][at % 3], "The unrepeatable question?");
        say(&held.log, &format!("said-{id}"), id, Kind::Safety, "2026-11-22T11:00:00Z");
    }
    begin(&held.log, "failed", "The unrepeatable question?");
    held.log.part(&Part { id: "failed", actor: ada(), kind: "statement", words: "unrepeatable" }).unwrap();
    held.log.fail("failed", ada(), "internal").unwrap();
    held.clock.store(BEGAN + 1_000 * DAY, Ordering::Relaxed);
    for id in &new {
        ask(&held.log, &library, id, "d1", "Another question?");
    }
    let all = [old.clone(), new.clone()].concat();
    let before = export(&held.log, &library, &all.iter().map(String::as_str).collect::<Vec<_>>());
    let kept =
        Checkpoint::parse(Note::parse(std::str::from_utf8(&before["checkpoint"]).unwrap()).unwrap().text).unwrap();
    let receipts = ["old-1", "old-5", "new-0"].map(|id| held.log.receipt(id, &library).unwrap());

    // One is destroyed by hand, one is held, the others of its age go when their time is over.
    held.clock.store(BEGAN + 2_193 * DAY, Ordering::Relaxed);
    held.log.hold("old-5", Some("claim"), ada()).unwrap();
    held.log.erase("old-0", ada()).unwrap();
    assert_eq!(
        held.log.expire_these(&held.log.due().unwrap(), &ada()).unwrap(),
        5,
        "four answers, and the question that failed"
    );
    for id in &old[..5] {
        assert_eq!(held.log.answer(id).unwrap(), None);
        assert!(held.log.receipt(id, &library).is_err());
    }
    assert_eq!(every_entry_is_proven(&held.log), held.log.size());

    // A bundle of all of it names those that have no words any more, and holds without them.
    let trust = trust(&held.log);
    let (after, left_out) = bundle(&held.log, &library, &all);
    assert_eq!(left_out, old[..5]);
    let verified = verify_bundle(&after, &trust, Some(&kept), &agree).unwrap();
    assert_eq!((verified.entries, verified.questions, verified.open), (held.log.size(), 11, 0));
    let answers: Vec<&str> = verified.answers.iter().map(|answer| answer.answer.as_str()).collect();
    assert_eq!(answers, ["new-0", "new-1", "new-2", "new-3", "old-5"]);
    // What was handed out before is none the worse for it.
    assert_eq!(verify_bundle(&before, &trust, None, &agree).unwrap().answers.len(), all.len());
    for receipt in &receipts {
        let checked = verify_receipt(receipt, &trust, &agree).unwrap();
        let leaf = held.log.leaf(checked.entries.1).unwrap().unwrap();
        assert_eq!(receipt.given.entry.as_bytes(), leaf, "its entry is still the same");
    }
    let theirs = other_implementation(&[before, after], &trust);
    assert!(theirs.iter().all(|line| line.starts_with("ok ")), "{theirs:?}");

    // And after another start.
    let held = held.again();
    assert_eq!(every_entry_is_proven(&held.log), held.log.size());
    let (again, left_out) = bundle(&held.log, &library, &all);
    assert_eq!(left_out, old[..5]);
    assert!(verify_bundle(&again, &trust, Some(&kept), &agree).is_ok());
}
