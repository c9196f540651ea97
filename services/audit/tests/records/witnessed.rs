//! Witnesses, bundles that they have signed, and whose keys are enough to check one.
use std::path::Path;

use crate::bundle::{Files, agree, export, trust};
use crate::generated::other_implementation;
use crate::held::{Held, Library, ada, ask, options};
use audit::{
    Absence, AuditLog, Checkpoint, Draft, Note, Refusal, SignatureKind, Signer, Submission, Trust, VerifierKey,
    Witness, verify_bundle,
};

fn witness(log: &AuditLog, directory: &Path) -> Witness {
    let signer = Signer::new("witness.test", SignatureKind::Cosignature, &[9; 32]).unwrap();
    Witness::open(log.verifier_keys().remove(0), signer, &directory.join("witness.state")).unwrap()
}

/// Has a witness sign all that is there; the checkpoint with both signatures.
fn submit(witness: &Witness, log: &AuditLog) -> Result<String, Refusal> {
    let checkpoint = log.checkpoint(log.size()).unwrap();
    let size = Checkpoint::parse(Note::parse(&checkpoint).unwrap().text).unwrap().size;
    let old = witness.size();
    let proof = log.prove_consistency(old, size).unwrap();
    let text = Submission { old, proof, checkpoint: checkpoint.clone() }.text();
    witness.add_checkpoint(&text, 1_795_341_600).map(|line| format!("{checkpoint}{line}"))
}

fn filled() -> (Held, Library) {
    let (held, library) = (Held::new(), Library::new());
    library.publish(&held.log);
    ask(&held.log, &library, "a0", "d1", "How much metformin?");
    (held, library)
}

#[test]
fn a_bundle_is_of_a_checkpoint_that_witnesses_have_signed() {
    let (held, library) = filled();
    let directory = tempfile::tempdir().unwrap();
    let witness = witness(&held.log, directory.path());
    let strict = Trust { witnesses: vec![witness.key().clone()], quorum: 1, ..trust(&held.log) };
    let own = held.log.append(Draft::new("bundle.exported", ada())).unwrap();
    held.log.keep_cosigned(&submit(&witness, &held.log).unwrap()).unwrap();
    // The log goes on before the bundle is written.
    ask(&held.log, &library, "later", "d2", "How much metformin?");
    let mut files = Files::new();
    let mut put = |path: &str, bytes: &[u8]| {
        files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    };
    let answers = ["a0", "later"].map(str::to_owned);
    let exported = held.log.export_over(own + 1, &answers, &library, &mut put).unwrap();
    assert_eq!((exported.receipts, exported.left_out), (1, vec![("later".to_owned(), Absence::Later)]));
    let verified = verify_bundle(&files, &strict, None, &agree).unwrap();
    assert_eq!((verified.entries, verified.answers.len()), (own + 1, 1));

    // Of all that is there, the witness has not signed the end.
    let all = export(&held.log, &library, &["a0", "later"]);
    assert!(verify_bundle(&all, &strict, None, &agree).is_err());
    assert_eq!(verify_bundle(&all, &trust(&held.log), None, &agree).unwrap().answers.len(), 2);
    held.log.keep_cosigned(&submit(&witness, &held.log).unwrap()).unwrap();
    let all = export(&held.log, &library, &["a0", "later"]);
    assert_eq!(verify_bundle(&all, &strict, None, &agree).unwrap().answers.len(), 2);
}

#[test]
fn a_bundle_is_signed_by_every_key_in_use_and_one_of_them_is_enough() {
    let (held, library) = filled();
    let (old, data) = (held.log.verifier_keys(), held.data());
    let Held { log, clock, directory } = held;
    drop(log);
    audit::add_signing_key(&options(&data, &clock)).unwrap();
    let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
    let both = log.verifier_keys();
    assert_eq!((both.len(), &both[0]), (2, &old[0]));
    let files = export(&log, &library, &["a0"]);
    let verify = |files: &Files, keys: &[VerifierKey]| {
        let trust = Trust { keys: keys.to_vec(), ..Trust::default() };
        let holds = verify_bundle(files, &trust, None, &agree).is_ok();
        let said = other_implementation(std::slice::from_ref(files), &trust).remove(0);
        assert_eq!(holds, said.starts_with("ok "), "{said}");
        holds
    };
    for keys in [&both[..1], &both[1..], &both[..]] {
        assert!(verify(&files, keys), "{keys:?}");
    }
    let stranger = Signer::new(log.origin(), SignatureKind::Note, &[1; 32]).unwrap();
    assert!(!verify(&files, &[stranger.public().clone()]));

    // A signature less, one twice, one of a stranger, one that does not fit.
    let manifest = String::from_utf8(files["MANIFEST"].clone()).unwrap();
    let (list, signatures) = manifest.rsplit_once("\n\n").unwrap();
    let (one, two) = signatures.split_once('\n').unwrap();
    let foreign = stranger.sign(&format!("{list}\n"), 0);
    let (mut broken, at) = (two.to_owned(), two.len() - 20);
    broken.replace_range(at..=at, if two.as_bytes()[at] == b'A' { "B" } else { "A" });
    for changed in [format!("{one}\n"), two.to_owned(), format!("{one}\n{two}{two}"), format!("{one}\n{two}{foreign}")]
    {
        let mut files = files.clone();
        files.insert("MANIFEST".to_owned(), format!("{list}\n\n{changed}").into_bytes());
        assert!(!verify(&files, &both), "{changed}");
        assert!(!verify(&files, &both[..1]), "{changed}");
    }
    let mut files = files;
    files.insert("MANIFEST".to_owned(), format!("{list}\n\n{one}\n{broken}").into_bytes());
    assert!(!verify(&files, &both));
    drop(directory);
}

#[test]
fn both_checkpoints_of_a_split_are_kept_beside_the_state() {
    let (held, _) = filled();
    let directory = tempfile::tempdir().unwrap();
    let witness = witness(&held.log, directory.path());
    // A proof that nothing needs is no second history.
    let checkpoint = held.log.checkpoint(held.log.size()).unwrap();
    let useless = Submission { old: 0, proof: vec![[7; 32]], checkpoint: checkpoint.clone() }.text();
    assert_eq!(witness.add_checkpoint(&useless, 0), Err(Refusal::Malformed));
    submit(&witness, &held.log).unwrap();

    let (other, library) = (Held::new(), Library::new());
    for id in 0..10 {
        ask(&other.log, &library, &format!("b{id}"), "d3", "Another history?");
    }
    assert_eq!(other.log.origin(), held.log.origin(), "the same key and name");
    let mut kept = None;
    for _ in 0..2 {
        let Err(Refusal::SplitView { same_size: false, kept: Some(path) }) = submit(&witness, &other.log) else {
            panic!("it was taken");
        };
        assert!(kept.is_none_or(|before| before == path), "the same two are kept once");
        kept = Some(path);
    }
    let path = kept.unwrap();
    assert_eq!(path.parent(), Some(directory.path()));
    let text = std::fs::read_to_string(&path).unwrap();
    let shown = other.log.checkpoint(other.log.size()).unwrap();
    assert!(text.contains(&checkpoint) && text.contains(&shown), "{text}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 2, "the state, and these two");

    // Another checkpoint of as many entries.
    let signed = witness.size();
    let short = Held::new();
    for _ in 0..signed {
        short.log.append(Draft::new("test.done", ada())).unwrap();
    }
    let refused = submit(&witness, &short.log);
    assert!(matches!(refused, Err(Refusal::SplitView { same_size: true, kept: Some(_) })), "{refused:?}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 3);
    assert_eq!(witness.size(), signed, "it goes on from what it signed");
}
