//! Two processes write one ledger, as the service and `osler reembed` do: they take turns, and neither fails for it.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use knowledge::Snapshot;
use tempfile::TempDir;

use super::{DECISION, corpus, staging};
use crate::Ledger;

/// Long enough for whoever need not wait.
const MOMENT: Duration = Duration::from_millis(300);

/// A ledger with something to publish, opened twice.
fn twice() -> (TempDir, Ledger, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let first = Ledger::open(&path).unwrap();
    first.put_corpus(&corpus("test"), &DECISION).unwrap();
    first.bind_embedder("old@1", 64).unwrap();
    first.stage(&[staging("first", 1)], &DECISION).unwrap();
    let second = Ledger::open(&path).unwrap();
    (folder, first, second)
}

#[test]
fn nobody_writes_between_what_a_decision_reads_and_what_it_writes() {
    let (_folder, service, reembed) = twice();
    let passage = service.without_coming("new@1", None, 1).unwrap()[0].passage;
    thread::scope(|scope| {
        let (tell, told) = channel();
        let published = service.publish_if(&DECISION, |connection| {
            connection.query_row("SELECT count(*) FROM entries", [], |row| row.get::<_, u64>(0))?;
            scope.spawn(move || tell.send(reembed.put_coming("new@1", &[(passage, vec![0.5; 8])])));
            let early = told.recv_timeout(MOMENT).ok();
            assert!(early.is_none(), "it does not wait: {early:?}");
            Ok(())
        });
        assert_eq!(published.unwrap(), Snapshot(1));
        let written = told.recv().ok();
        assert!(matches!(written, Some(Ok(()))), "{written:?}");
    });
    assert_eq!(service.coming("new@1").unwrap().embedded, 1);
}

#[test]
fn a_decision_waits_for_what_another_process_is_writing() {
    let (folder, service, _reembed) = twice();
    let other = rusqlite::Connection::open(folder.path().join("ledger.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; INSERT INTO meta VALUES ('other', '1');").unwrap();
    thread::scope(|scope| {
        let deciding = scope.spawn(|| service.publish(&DECISION));
        thread::sleep(MOMENT);
        assert!(!deciding.is_finished());
        other.execute_batch("COMMIT").unwrap();
        assert_eq!(deciding.join().unwrap().unwrap(), Snapshot(1));
    });
}
