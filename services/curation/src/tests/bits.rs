//! What was signed and what was said: changes of the file that it refuses, and those that the signatures tell.

use knowledge::Status;
use ledger::Ledger;
use rusqlite::{Connection, params};

use super::{BERT, CARA, LINA, OUTSIDE, PAUL, approved, document, ledger, new, restore, stage, unlogged};
use crate::{Curation, Error, Subject};

/// An approved proposal to publish and an approved one to restore.
fn signed() -> (Curation, Ledger) {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    stage(&ledger, "gout", 1, false);
    ledger.set_status(document("gout"), 1, Status::Retracted, &OUTSIDE).unwrap();
    stage(&ledger, "asthma", 1, false);
    approved(&curation, &ledger, "publish", Subject::Publish);
    approved(&curation, &ledger, "restore", restore("gout", 1));
    (curation, ledger)
}

#[test]
fn one_bit_of_the_record_is_seen() {
    let (curation, ledger) = signed();
    curation.lock().execute_batch("DROP TRIGGER proposals_stand").unwrap();
    for id in ["publish", "restore"] {
        let record = "SELECT CAST(record AS BLOB) FROM proposals WHERE id = ?1";
        let whole: Vec<u8> = curation.lock().query_row(record, [id], |row| row.get(0)).unwrap();
        let put = |bytes: &[u8]| {
            let sql = "UPDATE proposals SET record = CAST(?2 AS TEXT) WHERE id = ?1";
            assert_eq!(curation.lock().execute(sql, params![id, bytes]).unwrap(), 1);
        };
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            put(&bytes);
            let read = curation.proposal(&ledger, id, &CARA).unwrap();
            assert!(read.is_changed && read.signatures.iter().all(|one| !one.is_good), "bit {bit} of {id}");
            assert!(
                matches!(curation.execute(&ledger, id, &CARA, "t"), Err(Error::RecordChanged)),
                "bit {bit} of {id}"
            );
        }
        put(&whole);
        let read = curation.proposal(&ledger, id, &CARA).unwrap();
        assert!(!read.is_changed && read.signatures.iter().all(|one| one.is_good));
        curation.execute(&ledger, id, &CARA, "t").unwrap();
    }
}

#[test]
fn one_bit_of_a_signature_is_seen() {
    for tampering in [
        // One bit each.
        "DROP TRIGGER signatures_stand; UPDATE signatures SET full_name = 'Paul Pohm' WHERE who = 'paul'",
        "DROP TRIGGER signatures_stand; UPDATE signatures SET who = 'qaul' WHERE who = 'paul'",
        "DROP TRIGGER signatures_stand; UPDATE signatures SET at = 't2' WHERE at = 't3'",
        "DROP TRIGGER proposals_stand; UPDATE proposals SET reason = 'Oew guideline'",
        "DROP TRIGGER proposals_stand; UPDATE proposals SET proposer = 'mina'",
        "DROP TRIGGER proposals_stand; UPDATE proposals SET at = 't0'",
        // And one digit.
        "DROP TRIGGER signatures_stand; UPDATE signatures SET seal = 'x' || substr(seal, 2)",
        "DROP TRIGGER signatures_stand; UPDATE signatures SET record_hash = 'x' || substr(record_hash, 2)",
    ] {
        let (curation, ledger) = signed();
        curation.lock().execute_batch(tampering).unwrap();
        for id in ["publish", "restore"] {
            let read = curation.proposal(&ledger, id, &CARA).unwrap();
            assert!(!read.signatures.iter().all(|one| one.is_good), "{tampering}");
            assert!(curation.execute(&ledger, id, &CARA, "t").is_err(), "{tampering}");
        }
    }
}

#[test]
fn the_state_alone_is_not_believed() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    stage(&ledger, "gout", 1, false);
    curation.propose(&ledger, &new("p", Subject::Publish), &LINA, unlogged).unwrap();
    let forged = "DROP TRIGGER moves_are_signed; INSERT INTO moves VALUES ('p', 2, 'reviewed', 'x', 't', NULL, NULL);
                  INSERT INTO moves VALUES ('p', 3, 'approved', 'x', 't', NULL, NULL)";
    curation.lock().execute_batch(forged).unwrap();
    assert!(matches!(curation.execute(&ledger, "p", &PAUL, "t"), Err(Error::RecordChanged)));
    assert_eq!(ledger.snapshots().unwrap().published.0, 0);
}

#[test]
fn the_file_refuses_what_is_against_the_rules() {
    let (curation, ledger) = signed();
    stage(&ledger, "measles", 1, false);
    curation.withdraw("publish", &LINA, "more to come", "t", unlogged).unwrap();
    curation.propose(&ledger, &new("p", Subject::Publish), &LINA, unlogged).unwrap();
    curation.set_golden(&["Dose?".to_owned()], &BERT, "t", unlogged).unwrap();
    let raw = curation.lock();
    let raw: &Connection = &raw;
    for sql in [
        "UPDATE proposals SET reason = 'x'",
        "UPDATE proposals SET record = 'x'",
        "DELETE FROM proposals",
        "INSERT OR REPLACE INTO proposals SELECT * FROM proposals WHERE id = 'publish'",
        "INSERT INTO proposals VALUES ('q', 9, 'publish', NULL, NULL, 'x', 'lina', 't', 'x', NULL)",
        "UPDATE moves SET state = 'executed'",
        "DELETE FROM moves",
        "INSERT INTO moves VALUES ('publish', 5, 'proposed', 'lina', 't', NULL, NULL)",
        "INSERT INTO moves VALUES ('restore', 4, 'executed', 'cara', 't', NULL, NULL)",
        "INSERT INTO moves VALUES ('restore', 9, 'executing', 'cara', 't', NULL, NULL)",
        "INSERT INTO moves VALUES ('restore', 4, 'executing', 'lina', 't', NULL, NULL)",
        "INSERT INTO moves VALUES ('restore', 4, 'withdrawn', 'bert', 't', 'x', NULL)",
        "INSERT INTO moves VALUES ('p', 2, 'reviewed', 'bert', 't', NULL, NULL)",
        "INSERT INTO moves VALUES ('p', 2, 'approved', 'bert', 't', NULL, NULL)",
        "INSERT INTO moves VALUES ('p', 2, 'gone', 'lina', 't', NULL, NULL)",
        "UPDATE signatures SET full_name = 'x'",
        "DELETE FROM signatures",
        "INSERT OR REPLACE INTO signatures SELECT * FROM signatures",
        "INSERT INTO signatures VALUES ('p', 'approve', 'paul', 'Paul', 't', 'x', 'x')",
        "INSERT INTO signatures VALUES ('p', 'author', 'paul', 'Paul', 't', 'x', 'x')",
        "UPDATE golden SET questions = '[]'",
        "DELETE FROM golden",
        "INSERT OR REPLACE INTO golden VALUES (1, '[]', 'x', 't')",
    ] {
        assert!(raw.execute_batch(sql).is_err(), "{sql}");
    }
    // The one that is allowed, and then the approval by who reviewed or proposed it, which is not.
    raw.execute_batch(
        "INSERT INTO signatures VALUES ('p', 'review', 'bert', 'Bert', 't', 'x', 'x');
         INSERT INTO moves VALUES ('p', 2, 'reviewed', 'bert', 't', NULL, NULL)",
    )
    .unwrap();
    for who in ["bert", "lina"] {
        let sql = "INSERT INTO signatures VALUES ('p', 'approve', ?1, 'Somebody', 't', 'x', 'x')";
        assert!(raw.execute(sql, [who]).is_err(), "{who}");
    }
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("curation.db");
    drop(Curation::open(&path).unwrap());
    drop(Curation::open(&path).unwrap());
    let other = directory.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE x (y); PRAGMA user_version = 9;").unwrap();
    assert!(matches!(Curation::open(&other), Err(Error::Format { found: 9 })));
    std::fs::write(&other, b"no database at all, but long enough to be taken for one").unwrap();
    assert!(matches!(Curation::open(&other), Err(Error::Open { .. })));
}
