//! Bundles in which something was changed: none of them holds, and none ends the program.
use std::collections::BTreeSet;

use crate::bundle::{Files, agree, trust};
use crate::held::Held;
use crate::made::{Made, Plan};
use audit::{Receipt, SignatureKind, Signer, Trust, entry_bundle, unbundle, verify_bundle};
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::Value;

/// Numbers from proptest's source: no other is needed here.
pub(crate) struct Dice(TestRng);

impl Dice {
    pub(crate) fn new(seed: u8, turn: u8) -> Self {
        let mut bytes = [seed; 32];
        bytes[0] = turn;
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    }

    /// A number below this one; 0 where there is none.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.0.next_u64() % n.max(1) as u64) as usize
    }

    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A file whose path begins so, if there is one.
fn one_named(files: &Files, start: &str, dice: &mut Dice) -> Option<String> {
    let names: Vec<&String> = files.keys().filter(|name| name.starts_with(start)).collect();
    let at = dice.below(names.len());
    names.get(at).map(|name| (*name).clone())
}

/// A file of any kind, each kind as often as another: there may be a thousand receipts to one checkpoint.
fn any(files: &Files, dice: &mut Dice) -> String {
    let kinds: BTreeSet<&str> = files.keys().map(|name| name.split('/').next().unwrap()).collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    let kind = *dice.one_of(&kinds);
    one_named(files, kind, dice).unwrap()
}

/// Changes one thing, and says where.
pub(crate) fn change(files: &mut Files, dice: &mut Dice) -> String {
    let (name, other) = (any(files, dice), any(files, dice));
    match dice.below(15) {
        0 => drop(files.remove(&name)),
        1 => drop(files.insert(format!("{name}x"), vec![b'x'; 3])),
        2 => {
            // Two files change places.
            let (one, two) = (files[&name].clone(), files[&other].clone());
            files.insert(name.clone(), two);
            files.insert(other, one);
        }
        3 => {
            // A stretch of one file in another.
            let from = files[&other].clone();
            let (start, length) = (dice.below(from.len()), 1 + dice.below(64));
            let splice: Vec<u8> = from.iter().copied().skip(start).take(length).collect();
            let bytes = files.get_mut(&name).unwrap();
            let at = dice.below(bytes.len());
            let end = (at + splice.len()).min(bytes.len());
            bytes.splice(at..end, splice);
        }
        4..=6 => return change_entries(files, dice),
        7 | 8 => return change_receipt(files, dice),
        9 => change_lines(files.get_mut(&name).unwrap(), dice),
        _ => change_bytes(files.get_mut(&name).unwrap(), dice),
    }
    name
}

fn change_bytes(bytes: &mut Vec<u8>, dice: &mut Dice) {
    if bytes.is_empty() {
        bytes.push(b'x');
    }
    let at = dice.below(bytes.len());
    match dice.below(5) {
        0 | 1 => bytes[at] ^= 1 << dice.below(8),
        2 => drop(bytes.remove(at)),
        3 => bytes.insert(at, b"0aZ\n \"{+/="[dice.below(10)]),
        _ => bytes.truncate(at),
    }
}

fn change_lines(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let Ok(text) = String::from_utf8(bytes.clone()) else { return };
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    rearrange(&mut lines, dice);
    *bytes = lines.concat().into_bytes();
}

/// Whole entries of one file are doubled, left out, or come to stand elsewhere in it.
fn change_entries(files: &mut Files, dice: &mut Dice) -> String {
    let Some(name) = one_named(files, "entries/", dice) else { return String::new() };
    let bytes = files[&name].clone();
    if let Some(mut entries) = unbundle(&bytes) {
        rearrange(&mut entries, dice);
        files.insert(name.clone(), entry_bundle(entries).unwrap());
    }
    name
}

/// Lists of a receipt are rearranged, or a part of another receipt comes into it.
fn change_receipt(files: &mut Files, dice: &mut Dice) -> String {
    let (one, other) = (one_named(files, "receipts/", dice), one_named(files, "receipts/", dice));
    let (Some(name), Some(other)) = (one, other) else { return String::new() };
    let read = |name: &str| serde_json::from_slice::<Value>(&files[name]).ok();
    let (Some(mut receipt), Some(other)) = (read(&name), read(&other)) else { return name };
    if dice.once_in(2) {
        let part = *dice.one_of(&["keys", "asked", "given", "published", "snapshot", "documents"]);
        if let (Some(members), Some(value)) = (receipt.as_object_mut(), other.get(part)) {
            members.insert(part.to_owned(), value.clone());
        }
    } else {
        let list = *dice.one_of(&["/keys", "/documents", "/snapshot/versions", "/snapshot/versions/0/path"]);
        if let Some(Value::Array(list)) = receipt.pointer_mut(list) {
            rearrange(list, dice);
        }
    }
    files.insert(name.clone(), serde_json::to_vec(&receipt).unwrap());
    name
}

/// One is doubled, left out, or put elsewhere, or two change places.
fn rearrange<T: Clone>(list: &mut Vec<T>, dice: &mut Dice) {
    let (one, other) = (dice.below(list.len()), dice.below(list.len()));
    if list.is_empty() {
        return;
    }
    match dice.below(4) {
        0 => list.insert(other, list[one].clone()),
        1 => drop(list.remove(one)),
        2 => list.swap(one, other),
        _ => {
            let moved = list.remove(one);
            list.insert(other, moved);
        }
    }
}

/// The key that a log signs with, as only whoever runs it has it.
pub(crate) fn signer(held: &Held) -> Signer {
    let seed = std::fs::read(held.data().join("keys/log-1.key")).unwrap();
    Signer::new(held.log.origin(), SignatureKind::Note, &seed).unwrap()
}

/// The list of files signed anew, as only whoever runs the log could: what is inside must give it away.
pub(crate) fn sign_anew(files: &mut Files, signer: &Signer) {
    let mut list = format!("osler-bundle/1\n{}\n", signer.public().name());
    for (path, bytes) in files.iter().filter(|(path, _)| *path != "MANIFEST") {
        list.push_str(&format!("{} {} {path}\n", audit::hex(&audit::sha256(bytes)), bytes.len()));
    }
    let manifest = format!("{list}\n{}", signer.sign(&list, 0));
    files.insert("MANIFEST".to_owned(), manifest.into_bytes());
}

/// Whether nothing that is there says anything else. Whoever signs may leave receipts out, with the texts that only they need, write
/// one in another spelling or order of the same, and name another reason why a text is withheld.
fn says_the_same(files: &Files, good: &Files) -> bool {
    let same = |path: &String, bytes: &Vec<u8>| {
        good.get(path).is_some_and(|kept| {
            kept == bytes || path.starts_with("receipts/") && said(kept).is_some() && said(kept) == said(bytes)
        })
    };
    files.iter().filter(|(path, _)| *path != "MANIFEST").all(|(path, bytes)| same(path, bytes))
        && good
            .keys()
            .filter(|path| !files.contains_key(*path))
            .all(|path| path.starts_with("receipts/") || path.starts_with("documents/"))
}

/// What a receipt says, in one order.
fn said(bytes: &[u8]) -> Option<Receipt> {
    let mut receipt: Receipt = serde_json::from_slice(bytes).ok()?;
    receipt.keys.sort();
    receipt.keys.dedup();
    receipt.documents.sort_by_key(|one| (one.document.clone(), one.version));
    receipt.snapshot.versions.sort_by_key(|one| (one.document.clone(), one.version));
    for document in receipt.documents.iter_mut().filter(|document| document.withheld.is_some()) {
        document.withheld = Some("a reason".to_owned());
    }
    Some(receipt)
}

/// Bundles that hold, under one key.
struct Pool {
    /// Of a few answers each: they are soon checked.
    few: Vec<Files>,
    /// One of many.
    many: Files,
    trust: Trust,
    signer: Signer,
}

impl Pool {
    fn new(seed: u8, few: usize, many: usize) -> Self {
        let mut dice = Dice::new(seed, 255);
        let large = Made::new(&mut dice, &Plan { answers: many, ..Plan::default() });
        let bundle = |dice: &mut Dice| {
            let answers = 2 + dice.below(3);
            Made::new(dice, &Plan { answers, ..Plan::default() }).whole()
        };
        Self {
            few: (0..few).map(|_| bundle(&mut dice)).collect(),
            many: large.whole(),
            trust: trust(&large.held.log),
            signer: signer(&large.held),
        }
    }

    /// Makes so many changes, one in `rarely` of them to the bundle of many answers. Each is refused.
    fn change(&self, count: usize, rarely: usize, dice: &mut Dice) -> usize {
        let mut made = 0;
        while made < count {
            let good = if dice.once_in(rarely) { &self.many } else { dice.one_of(&self.few) };
            let mut files = good.clone();
            let mut what = change(&mut files, dice);
            if dice.once_in(3) {
                what = format!("{what} and {}", change(&mut files, dice));
            }
            let is_signed = dice.once_in(2);
            if is_signed {
                // Its own text is for people: whoever signs may write another.
                files.insert("FORMAT.md".to_owned(), good["FORMAT.md"].clone());
                sign_anew(&mut files, &self.signer);
            }
            let counts = |(path, _): &(&String, &Vec<u8>)| !is_signed || *path != "MANIFEST";
            if files.iter().filter(counts).eq(good.iter().filter(counts)) {
                continue;
            }
            let verified = verify_bundle(&files, &self.trust, None, &agree);
            let is_allowed = verified.is_err() || is_signed && says_the_same(&files, good);
            assert!(is_allowed, "{what} (signed anew: {is_signed}) was taken");
            made += 1;
        }
        made
    }
}

/// So many changes by four at once, of bundles of `few` logs and of one with `many` answers.
fn changes(count: usize, seed: u8, few: usize, many: usize, rarely: usize) {
    let pool = Pool::new(seed, few, many);
    assert!(verify_bundle(&pool.many, &pool.trust, None, &agree).unwrap().answers.len() >= many);
    assert!(pool.few.iter().all(|files| verify_bundle(files, &pool.trust, None, &agree).is_ok()));
    let change = |turn: u8| pool.change(count / 4, rarely, &mut Dice::new(seed, turn));
    let made: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|turn| scope.spawn(move || change(turn))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert_eq!(made, count);
}

#[test]
fn every_change_of_a_bundle_is_refused() {
    changes(20_000, 5, 12, 36, 40);
}

#[test]
#[ignore = "a million changes take many minutes: make slow"]
fn a_million_changes_of_a_bundle_are_refused() {
    changes(1_000_000, 6, 250, 1_000, 1_000);
}
