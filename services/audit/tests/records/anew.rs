//! Another log is begun only when all of the old one is aside: where something cannot be moved, all stays where it is.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::held::{Held, ada, options};
use audit::{AuditLog, Draft, Error, add_signing_key, begin_anew};

/// Every file below a directory, with what is in it.
fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}

/// The names of the files in a directory, its own alone.
fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<String> =
        entries.filter(|entry| entry.path().is_file()).map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_cannot_be_set_aside_stays_where_it_is() {
    let held = Held::new();
    let data = held.data();
    held.log.append(Draft::new("test.done", ada())).unwrap();
    let Held { log, clock, directory } = held;
    drop(log);
    add_signing_key(&options(&data, &clock)).unwrap();
    let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
    let (origin, size) = (log.origin().to_owned(), log.size());
    log.checkpoint(size).unwrap();
    drop(log);
    let before = files(&data);
    // Two keys, the records and the files of the log: each is the one that does not go.
    for at in 0..4 {
        fail::cfg("audit-aside", &format!("{at}*off->return(full)")).unwrap();
        let refused = begin_anew(&data, options(&data, &clock), "another disk");
        fail::remove("audit-aside");
        assert!(matches!(refused, Err(Error::Sqlite(_))), "{at}: {refused:?}");
        assert!(files(&data) == before, "{at}: all is as it was");
    }
    // Nor is anything mixed where all went, and the new one cannot be begun.
    fail::cfg("audit-commit", "return(full)").unwrap();
    let refused = begin_anew(&data, options(&data, &clock), "another disk");
    fail::remove("audit-commit");
    assert!(refused.is_err(), "{refused:?}");
    assert!(files(&data) == before, "all is as it was");
    let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
    assert_eq!((log.origin(), log.size(), log.verifier_keys().len()), (origin.as_str(), size, 2));
    drop(log);

    let (kept, log) = begin_anew(&data, options(&data, &clock), "another disk").unwrap();
    let first = log.entries("log.began_anew", None, None, 1).unwrap().remove(0);
    assert_eq!(first.text("before"), Some(origin.as_str()));
    assert!(kept.join("audit.db").is_file());
    // The keys stay in their own directory, where they may lie on another disk than the data.
    assert_eq!(names(&data.join("keys/before-1")), ["log-1.key", "log-2.key"]);
    assert_eq!(names(&data.join("keys")), ["log-1.key", "payload-1.key"]);
    assert_ne!(log.origin(), origin);
    drop(directory);
}

/// A number that is taken in either place is taken: what was set aside before is never written over.
#[test]
fn what_was_set_aside_before_stays() {
    let held = Held::new();
    let data = held.data();
    held.log.append(Draft::new("test.done", ada())).unwrap();
    let Held { log, clock, directory } = held;
    drop(log);
    std::fs::write(data.join("keys/before-1"), "somebody's").unwrap();
    let (kept, log) = begin_anew(&data, options(&data, &clock), "again").unwrap();
    assert_eq!(kept, data.join("log-before-2"));
    assert_eq!(names(&data.join("keys/before-2")), ["log-1.key"]);
    assert_eq!(std::fs::read_to_string(data.join("keys/before-1")).unwrap(), "somebody's");
    drop((log, directory));
}
