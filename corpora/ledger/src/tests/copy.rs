//! Copies are of one moment, nobody writes to them, and a reader goes from one to the next.

use knowledge::{CorpusId, Snapshot};

use super::{DECISION, corpus, staging};
use crate::{Error, Ledger};

fn passages(ledger: &Ledger) -> u64 {
    ledger.totals(None).unwrap().passages
}

#[test]
fn a_copy_is_read_and_refuses_to_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    // A name that means something in an address.
    let (first, second) = (folder.path().join("a?b#c%41"), folder.path().join("second"));
    let ledger = Ledger::open(&folder.path().join("ledger.db")).unwrap();
    ledger.put_corpus(&corpus("test"), &DECISION).unwrap();
    ledger.bind_embedder("model@1", 64).unwrap();
    ledger.stage(&[staging("first", 1)], &DECISION).unwrap();
    ledger.publish(&DECISION).unwrap();
    ledger.copy_to(&first).unwrap();

    let copy = Ledger::open_copy(&first).unwrap();
    assert_eq!(copy.snapshots().unwrap().published, Snapshot(1));
    assert_eq!(copy.embedder().unwrap(), Some(("model@1".to_owned(), 64)));
    let held = passages(&copy);
    assert_eq!(held, passages(&ledger));
    for refused in [
        copy.stage(&[staging("second", 1)], &DECISION).map(drop),
        copy.bind_embedder("other@1", 8),
        copy.put_corpus(&corpus("other"), &DECISION).map(drop),
    ] {
        assert!(matches!(refused, Err(Error::ReadOnly)), "{refused:?}");
    }

    // What comes after it is in the next one.
    ledger.stage(&[staging("second", 2)], &DECISION).unwrap();
    ledger.publish(&DECISION).unwrap();
    assert_eq!(passages(&copy), held);
    ledger.copy_to(&second).unwrap();
    let reading = copy.read().unwrap();
    copy.change_to(&second).unwrap();
    std::fs::remove_file(&first).unwrap();
    let before: u64 = reading.query_row("SELECT count(*) FROM passages", [], |row| row.get(0)).unwrap();
    assert_eq!(before, held, "whoever was reading goes on where they were");
    drop(reading);
    assert_eq!((copy.snapshots().unwrap().published, passages(&copy)), (Snapshot(2), passages(&ledger)));
    assert!(copy.corpus(&"test".parse::<CorpusId>().unwrap()).is_ok());
    let beside: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(
        !beside.iter().any(|name| name.to_string_lossy().starts_with("second-")),
        "no log beside a copy: {beside:?}"
    );
}

#[test]
fn what_is_no_copy_is_refused_and_the_one_before_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("copy"), folder.path().join("other"));
    let ledger = Ledger::open(&folder.path().join("ledger.db")).unwrap();
    ledger.copy_to(&path).unwrap();
    let copy = Ledger::open_copy(&path).unwrap();
    assert!(matches!(Ledger::open_copy(&other), Err(Error::Open { .. })));
    std::fs::write(&other, "SQLite format 4, or something else").unwrap();
    assert!(matches!(copy.change_to(&other), Err(Error::NotALedger { .. })));
    assert_eq!(copy.snapshots().unwrap().published, Snapshot(0));
}
