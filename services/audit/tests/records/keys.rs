//! Keys of the log come and go: what an old one signed holds for as long as it is believed, and not from the day it is revoked.
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use audit::{
    AuditLog, Note, Receipt, SignatureKind, Signer, Trust, VerifierKey, add_signing_key, verify_bundle, verify_receipt,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::bundle::{Files, agree, export};
use crate::generated::other_implementation;
use crate::held::{Held, Library, ask, options};

/// Receipts and bundles from before, during and after the overlap of two keys.
struct Rotated {
    first: VerifierKey,
    second: VerifierKey,
    receipts: [Receipt; 3],
    bundles: [Files; 3],
    /// Of the first answer, as it is given out when the first key is gone.
    anew: Receipt,
}

fn reopened(held: Held, change: impl FnOnce(&std::path::Path, &Arc<AtomicI64>)) -> Held {
    let data = held.data();
    let Held { log, clock, directory } = held;
    drop(log);
    change(&data, &clock);
    let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
    Held { log, clock, directory }
}

fn rotated() -> Rotated {
    let (held, library) = (Held::new(), Library::new());
    library.publish(&held.log);
    let take = |held: &Held, id: &str| {
        ask(&held.log, &library, id, "d1", "How much?");
        (held.log.receipt(id, &library).unwrap(), export(&held.log, &library, &[id]))
    };
    let (receipt_1, bundle_1) = take(&held, "a1");
    let first = held.log.verifier_keys().remove(0);
    let held = reopened(held, |data, clock| assert_eq!(add_signing_key(&options(data, clock)).unwrap(), 2));
    let second = held.log.verifier_keys().remove(1);
    let (receipt_2, bundle_2) = take(&held, "a2");
    let held = reopened(held, |data, _| std::fs::remove_file(data.join("keys/log-1.key")).unwrap());
    assert_eq!(held.log.verifier_keys(), std::slice::from_ref(&second));
    let (receipt_3, bundle_3) = take(&held, "a3");
    let anew = held.log.receipt("a1", &library).unwrap();
    let (receipts, bundles) = ([receipt_1, receipt_2, receipt_3], [bundle_1, bundle_2, bundle_3]);
    Rotated { first, second, receipts, bundles, anew }
}

fn believing(keys: &[&VerifierKey]) -> Trust {
    Trust { keys: keys.iter().map(|key| (*key).clone()).collect(), ..Trust::default() }
}

#[test]
fn what_an_old_key_signed_holds_while_it_is_believed() {
    let Rotated { first, second, receipts, bundles, anew } = rotated();
    assert_ne!(first, second);
    assert_eq!(first.name(), second.name(), "it is the same log");
    for (keys, expected) in [
        // Whoever has never heard of the new key, whoever was told of both, and whoever was told that the old one is revoked.
        (vec![&first], [true, true, false]),
        (vec![&first, &second], [true, true, true]),
        (vec![&second, &first], [true, true, true]),
        (vec![&second], [false, true, true]),
        (vec![], [false, false, false]),
    ] {
        let trust = believing(&keys);
        let holds = |receipt: &Receipt| verify_receipt(receipt, &trust, &agree).is_ok();
        assert_eq!(receipts.each_ref().map(holds), expected, "{keys:?}");
        let holds = |files: &Files| verify_bundle(files, &trust, None, &agree).is_ok();
        assert_eq!(bundles.each_ref().map(holds), expected, "{keys:?}");
        if !keys.is_empty() {
            let theirs = other_implementation(&bundles, &trust);
            assert_eq!(theirs.iter().map(|line| line.starts_with("ok ")).collect::<Vec<_>>(), expected, "{theirs:?}");
        }
    }
    // The log itself goes on: what it gives out now is signed by the new key, also of before.
    assert!(verify_receipt(&anew, &believing(&[&second]), &agree).is_ok());
    assert!(verify_receipt(&anew, &believing(&[&first]), &agree).is_err());
    assert_eq!(anew.given.entry, receipts[0].given.entry);
}

/// Whoever has a revoked key can sign another history with it, and it looks like one of the log.
#[test]
fn what_is_signed_by_a_revoked_key_is_refused() {
    let Rotated { first, second, receipts, .. } = rotated();
    let (forged, library) = (Held::new(), Library::new());
    assert_eq!(forged.log.verifier_keys(), std::slice::from_ref(&first), "the same key and name");
    library.publish(&forged.log);
    ask(&forged.log, &library, "forged", "d2", "Another history?");
    let receipt = forged.log.receipt("forged", &library).unwrap();
    let bundle = export(&forged.log, &library, &["forged"]);
    let (before, after) = (believing(&[&first]), believing(&[&second]));
    assert!(verify_receipt(&receipt, &before, &agree).is_ok());
    assert!(verify_bundle(&bundle, &before, None, &agree).is_ok());
    assert!(verify_receipt(&receipt, &after, &agree).is_err());
    assert!(verify_bundle(&bundle, &after, None, &agree).is_err());
    // To say that the new key is one of the log's is not to have it.
    let keys = receipts[2].keys.clone();
    assert!(verify_receipt(&Receipt { keys, ..receipt.clone() }, &after, &agree).is_err());

    // Nor does a line under the name and id of the new key help: over another text, or by another key.
    let checkpoint = forged.log.checkpoint(forged.log.size()).unwrap();
    let text = Note::parse(&checkpoint).unwrap().text.to_owned();
    let stolen = receipts[2].given.proof.lines().last().unwrap().to_owned();
    let stranger = Signer::new(first.name(), SignatureKind::Note, &[3; 32]).unwrap().sign(&text, 0);
    let mut bytes = BASE64_STANDARD.decode(stranger.trim_end().rsplit(' ').next().unwrap()).unwrap();
    bytes[..4].copy_from_slice(&second.id());
    let renamed = format!("\u{2014} {} {}", first.name(), BASE64_STANDARD.encode(bytes));
    for line in [stolen, renamed] {
        let mut changed = Receipt { keys: receipts[2].keys.clone(), ..receipt.clone() };
        let parts = [Some(&mut changed.asked), Some(&mut changed.given), changed.published.as_mut()];
        for part in parts.into_iter().flatten() {
            assert!(part.proof.ends_with(&checkpoint));
            part.proof = part.proof.replace(&checkpoint, &format!("{text}\n{line}\n"));
        }
        assert!(verify_receipt(&changed, &after, &agree).is_err(), "{line}");
    }
}
