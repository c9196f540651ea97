//! What was changed, lost or left out of a log is noticed: when it is opened, or when all of it is looked at.
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use crate::held::{BEGAN, Held, Library, ada, ask, options};
use audit::{AuditLog, Checkpoint, Draft, Error, Fault, Note, Options};

/// Does this to the file of a log that nobody holds.
fn change(data: &Path, sql: &str) {
    let connection = rusqlite::Connection::open(data.join("audit.db")).unwrap();
    assert_eq!(connection.execute(sql, []).unwrap(), 1, "{sql}");
}

/// What a log that is not opened says.
fn refused(data: &Path, options: Options) -> (String, &'static str) {
    match AuditLog::open(data, options) {
        Err(Error::Inconsistent { what, advice }) => (what, advice),
        other => panic!("{other:?}"),
    }
}

/// A log of so many entries, all of them signed, that nobody holds.
fn ended(entries: u64) -> (std::path::PathBuf, Arc<AtomicI64>, tempfile::TempDir) {
    let held = Held::new();
    for _ in 0..entries {
        held.log.append(Draft::new("test.done", ada())).unwrap();
    }
    let data = held.data();
    let Held { log, clock, directory } = held;
    drop(log);
    (data, clock, directory)
}

/// As whoever can write the file would.
const OTHER_ROLE: &str = "leaf = CAST(replace(CAST(leaf AS TEXT), 'clinician', 'publisher') AS BLOB)";

#[test]
fn an_entry_that_is_missing_or_twice_is_noticed_where_nothing_was_signed() {
    for (sql, said) in [
        ("DELETE FROM entries WHERE seq = 3", "entry 3 is missing"),
        ("DELETE FROM entries WHERE seq = 0", "entry 0 is missing"),
        ("UPDATE entries SET leaf = (SELECT leaf FROM entries WHERE seq = 2) WHERE seq = 3", "entry 3 is not what"),
        ("UPDATE entries SET leaf = CAST('{}' AS BLOB) WHERE seq = 4", "entry 4 is not what"),
    ] {
        let (data, clock, _directory) = ended(6);
        // As after a backup was put back: entries and keys alone.
        std::fs::remove_dir_all(data.join("log")).unwrap();
        std::fs::remove_dir_all(data.with_extension("guard")).unwrap();
        change(&data, sql);
        let (what, advice) = refused(&data, options(&data, &clock));
        assert!(what.contains(said), "{sql}: {what}");
        assert!(advice.contains("backup") && advice.contains("begin-anew"), "{advice}");
    }
}

#[test]
fn a_change_of_the_last_entries_is_noticed_although_their_files_are_there() {
    let (data, clock, _directory) = ended(260);
    change(&data, &format!("UPDATE entries SET {OTHER_ROLE} WHERE seq = 257"));
    let (what, _) = refused(&data, options(&data, &clock));
    assert!(what.contains("entry 257 is not the one that it signed"), "{what}");
}

#[test]
fn all_of_a_log_is_looked_at() {
    let held = Held::new();
    let library = Library::new();
    library.publish(&held.log);
    for at in 0..300 {
        ask(&held.log, &library, &format!("a{at}"), "d1", "How much?");
    }
    assert!(held.log.inspect().unwrap().is_empty());
    let data = held.data();
    let Held { log, clock, directory } = held;
    let size = log.size();
    drop(log);
    let faults = || -> Vec<Fault> {
        let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
        assert_eq!(log.size(), size);
        log.inspect().unwrap()
    };
    let only = |at: &str, what: &str, advice: &str| {
        let found = faults();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].at, at);
        assert!(found[0].what.contains(what) && found[0].what.contains(advice), "{found:?}");
    };
    assert!(faults().is_empty());

    let back = OTHER_ROLE.replace("'clinician', 'publisher'", "'publisher', 'clinician'");
    change(&data, &format!("UPDATE entries SET {OTHER_ROLE} WHERE seq = 7"));
    only("entry 7", "not the one that was signed", "begin-anew");
    change(&data, &format!("UPDATE entries SET {back} WHERE seq = 7"));
    assert!(faults().is_empty());

    change(&data, "UPDATE entries SET actor = 'bob' WHERE seq = 9");
    only("entry 9", "searched by something else", "backup");
    change(&data, "UPDATE entries SET actor = 'ada' WHERE seq = 9");

    // The words of one answer in the place of another's.
    change(&data, "UPDATE payloads SET sealed = (SELECT sealed FROM payloads WHERE seq = 12) WHERE seq = 14");
    only("entry 14", "do not open", "keys");
    let erased = "DELETE FROM payloads WHERE seq = 14";
    change(&data, erased);
    assert!(faults().is_empty(), "what was erased is no fault");

    // What is lost of the files is said, and made again; entry by entry nothing is wrong.
    std::fs::write(data.join("log/tile/0/000"), vec![7_u8; 256 * 32]).unwrap();
    only("log/tile/0/000", "not what the entries make", "made again");
    std::fs::remove_dir_all(data.join("log/tile")).unwrap();
    assert!(faults().is_empty());

    change(&data, "DELETE FROM entries WHERE seq = 100");
    only("entry 100", "missing", "backup");
    drop(directory);
}

fn guarded(data: &Path, clock: &Arc<AtomicI64>, guard: Option<&str>) -> Options {
    Options { guard: guard.map(|name| data.with_extension(name)), ..options(data, clock) }
}

/// Entries that the only guard in a directory knows of.
fn known(guard: &Path) -> u64 {
    let mut files: Vec<_> = std::fs::read_dir(guard).unwrap().map(|file| file.unwrap().path()).collect();
    let (file, more) = (files.pop().unwrap(), files.len());
    assert_eq!(more, 0, "{files:?}");
    let note = std::fs::read_to_string(file).unwrap();
    Checkpoint::parse(Note::parse(&note).unwrap().text).unwrap().size
}

#[test]
fn a_guard_that_is_gone_is_noticed_and_one_that_was_moved_is_found() {
    let (data, clock, _directory) = ended(3);
    let (first, second) = (data.with_extension("guard"), data.with_extension("second"));
    assert_eq!(known(&first), 3);
    // Another place is configured: what the old one knows counts, and the new one has it from now on.
    drop(AuditLog::open(&data, guarded(&data, &clock, Some("second"))).unwrap());
    assert_eq!(known(&second), 3);
    // Somebody without such a place opens it: it is kept on where it was.
    let log = AuditLog::open(&data, guarded(&data, &clock, None)).unwrap();
    log.append(Draft::new("test.done", ada())).unwrap();
    drop(log);
    assert_eq!((known(&first), known(&second)), (3, 4));

    // One that is gone is on record, once, and begun again where it was or is to be.
    for (at, place) in [Some("second"), None, Some("third")].into_iter().enumerate() {
        let kept = data.with_extension(place.unwrap_or("second"));
        std::fs::remove_dir_all(&second).unwrap();
        for _ in 0..2 {
            let log = AuditLog::open(&data, guarded(&data, &clock, place)).unwrap();
            assert_eq!(log.entries("log.guard_lost", None, None, 10).unwrap().len(), at + 1);
        }
        assert_eq!(known(&kept), 5 + at as u64);
    }
}

#[test]
fn a_log_without_a_guard_says_so_once_and_once_more_when_it_gets_one() {
    let directory = tempfile::tempdir().unwrap();
    let (data, clock) = (directory.path().join("data"), Arc::new(AtomicI64::new(BEGAN)));
    std::fs::create_dir_all(&data).unwrap();
    let count = |guard: Option<&str>, wanted: (usize, usize)| {
        for _ in 0..2 {
            let log = AuditLog::open(&data, guarded(&data, &clock, guard)).unwrap();
            let of = |action: &str| log.entries(action, None, None, 10).unwrap().len();
            assert_eq!((of("log.unguarded"), of("log.guard_begun")), wanted);
        }
    };
    count(None, (1, 0));
    count(Some("guard"), (1, 1));
    count(None, (1, 1));
    assert_eq!(known(&data.with_extension("guard")), 2);
}

#[test]
fn the_signatures_of_another_key_are_there_as_soon_as_it_is() {
    let (data, clock, _directory) = ended(3);
    audit::add_signing_key(&options(&data, &clock)).unwrap();
    let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
    let note = log.checkpoint(3).unwrap();
    let note = Note::parse(&note).unwrap();
    assert_eq!((log.size(), note.count()), (3, 2));
    assert!(log.verifier_keys().iter().all(|key| note.is_signed_by(key)));
}
