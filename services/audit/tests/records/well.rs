//! Whether the log is well: what keeps it from being written or signed is noticed, also while nobody writes.
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, Instant};

use crate::held::{BEGAN, ada, options};
use audit::{AuditLog, Checkpoint, Draft, Error, Note, Options, Seams};

const HOUR: Duration = Duration::from_secs(3_600);

/// A log whose checkpoints are signed at the latest so long after an entry.
fn open(data: &Path, checkpoint_every: Duration) -> AuditLog {
    std::fs::create_dir_all(data).unwrap();
    let options = options(data, &Arc::new(AtomicI64::new(BEGAN)));
    let seams = Seams { checkpoint_every, ..options.seams.clone() };
    AuditLog::open(data, Options { seams, ..options }).unwrap()
}

fn done() -> Draft {
    Draft::new("test.done", ada())
}

/// Entries of the checkpoint that is in the log's directory.
fn signed(data: &Path) -> u64 {
    let note = std::fs::read_to_string(data.join("log/checkpoint")).unwrap();
    Checkpoint::parse(Note::parse(&note).unwrap().text).unwrap().size
}

/// Asks until it is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_checkpoint_that_could_not_be_signed_is_tried_again_soon() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    // Before an hour has gone none is signed but because one was asked for.
    let log = open(&data, HOUR);
    log.append(done()).unwrap();
    fail::cfg("audit-publish", "return(full)").unwrap();
    assert!(matches!(log.checkpoint(log.size()), Err(Error::Sqlite(_))));
    assert!(log.is_well(), "it has failed only just now");
    assert_eq!(signed(&data), 0);
    fail::remove("audit-publish");
    until("it is signed", || signed(&data) == 1);
}

#[test]
fn a_log_whose_checkpoints_fail_for_long_is_not_well_until_one_is_signed() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let log = open(&data, Duration::from_millis(50));
    fail::cfg("audit-publish", "return(io)").unwrap();
    // What is durable is durable without a checkpoint.
    log.append(done()).unwrap();
    until("it is not well", || !log.is_well());
    log.append(done()).unwrap();
    assert!(!log.is_well());
    fail::remove("audit-publish");
    until("it is well again", || log.is_well());
    until("all is signed", || signed(&data) == 2);
}

#[test]
fn a_full_disk_is_noticed_while_nobody_writes() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(&directory.path().join("data"), HOUR);
    log.append(done()).unwrap();
    fail::cfg("audit-probe", "return(full)").unwrap();
    until("it is not well", || !log.is_well());
    fail::remove("audit-probe");
    until("it is well again", || log.is_well());
    assert_eq!(log.size(), 1, "to ask is not put on record");
}

#[test]
fn a_log_whose_writer_has_gone_is_not_well() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(&directory.path().join("data"), HOUR);
    assert!(log.is_well());
    fail::cfg("audit-commit", "panic").unwrap();
    assert!(matches!(log.append(done()), Err(Error::Stopped)));
    fail::remove("audit-commit");
    assert!(!log.is_well());
    assert!(matches!(log.append(done()), Err(Error::Stopped)));
    assert_eq!(log.size(), 0);
}
