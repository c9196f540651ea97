//! Bundles of logs that were made at random: our reader and another, written from `FORMAT.md` alone, say the same of each.
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use audit::{Trust, Verified, verify_bundle};

use crate::bundle::{Files, agree, trust};
use crate::changes::{Dice, change, sign_anew, signer};
use crate::made::{Made, Plan};

/// Bundles that the other implementation reads in one process.
const AT_ONCE: usize = 400;

/// Bundles that each log has: four with different answers, each whole and with three changes.
const OF_A_LOG: usize = 4 * 4;

/// What the other implementation says of bundles, a line for each.
pub(crate) fn other_implementation(bundles: &[Files], trust: &Trust) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let directory = tempfile::tempdir().unwrap();
    let mut list = String::new();
    for (number, files) in bundles.iter().enumerate() {
        let path = directory.path().join(number.to_string());
        for (name, bytes) in files {
            let file = path.join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, bytes).unwrap();
        }
        list.push_str(&format!("{}\n", path.display()));
    }
    let listed = directory.path().join("list");
    std::fs::write(&listed, list).unwrap();
    let python = std::env::var("OSLER_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(python);
    command.arg(root.join("tests/verifier/verify.py")).arg("--list").arg(&listed);
    for key in &trust.keys {
        command.arg("--key").arg(key.to_string());
    }
    // A copy of the sources, in which something is tried, is told where the packages are.
    if std::env::var_os("PYTHONPATH").is_none() {
        command.env("PYTHONPATH", root.join("tests/clients/.python"));
    }
    let output = command.output().unwrap();
    let lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), bundles.len(), "{}", String::from_utf8_lossy(&output.stderr));
    lines
}

/// What the log of this number is made with: each kind comes again and again.
fn plan(number: usize, dice: &mut Dice) -> Plan {
    let others = if number % 4 == 1 { 260 } else { dice.below(4) };
    Plan { answers: 2 + dice.below(4), others, is_empty: number % 6 == 2, is_faulty: number.is_multiple_of(3) }
}

/// What there is in a bundle that holds.
fn kinds(verified: &Verified) -> Vec<&'static str> {
    let answers = &verified.answers;
    let all = [
        ("several files of entries", verified.entries > 256),
        ("open questions", verified.open > 0),
        ("no evidence", answers.iter().any(|answer| answer.statements == 0)),
        ("withheld texts", answers.iter().any(|answer| answer.withheld > 0)),
        ("quotes", answers.iter().any(|answer| answer.quotes > 0)),
    ];
    all.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
}

/// Makes so many bundles, good, bad and changed ones. Both implementations must say the same of each, and of those that are as they
/// were made what is known of them.
fn both_say_the_same(count: usize, seed: u8) {
    let mut dice = Dice::new(seed, 0);
    let mut seen = BTreeSet::new();
    let (mut logs, mut done, mut hold) = (0, 0, 0);
    while done < count {
        let (mut bundles, mut ours, mut believed) = (Vec::new(), Vec::new(), Trust::default());
        while bundles.len() < AT_ONCE.min(count - done) {
            let plan = plan(logs, &mut dice);
            let made = Made::new(&mut dice, &plan);
            logs += 1;
            // One key for all of them.
            believed = trust(&made.held.log);
            let signer = signer(&made.held);
            for _ in 0..OF_A_LOG / 4 {
                let (good, holds) = made.some(&mut dice);
                let verified = verify_bundle(&good, &believed, None, &agree);
                assert_eq!(verified.is_ok(), holds, "log {logs}: {verified:?}");
                match &verified {
                    Ok(verified) => seen.extend(kinds(verified)),
                    Err(_) => seen.extend(["faults"]),
                }
                if plan.is_empty && verified.as_ref().is_ok_and(|verified| !verified.answers.is_empty()) {
                    seen.insert("nothing published");
                }
                for _ in 0..3 {
                    let mut files = good.clone();
                    change(&mut files, &mut dice);
                    // Half are signed anew, so that what is inside must give it away.
                    if dice.once_in(2) {
                        sign_anew(&mut files, &signer);
                    }
                    ours.push(verify_bundle(&files, &believed, None, &agree));
                    bundles.push(files);
                }
                ours.push(verified);
                bundles.push(good);
            }
        }
        let theirs = other_implementation(&bundles, &believed);
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours.is_ok(), theirs.starts_with("ok "), "{theirs}: {ours:?}");
            hold += usize::from(ours.is_ok());
        }
        done += bundles.len();
    }
    assert_eq!((done, logs), (count, count / OF_A_LOG));
    assert!(hold >= count / 8 && hold <= count / 2, "{hold} of {count} hold");
    assert_eq!(seen.len(), 7, "{seen:?}");
}

#[test]
fn another_implementation_says_the_same() {
    both_say_the_same(400, 7);
}

#[test]
#[ignore = "ten thousand bundles take minutes: make slow"]
fn another_implementation_says_the_same_ten_thousand_times() {
    both_say_the_same(10_000, 8);
}
