//! Policies of corpora: each is kept, and one that somebody changed is not changed back by who did not know.

use super::{DECISION, corpus, ledger};
use crate::{Decision, Error, Ledger};

const LATER: Decision<'static> = Decision { at: "2026-02-01T00:00:00Z", actor: "ann", reason: "the contract ends" };

#[test]
fn a_policy_that_is_replaced_can_be_read_for_ever() {
    let ledger = ledger();
    let (first, id) = (corpus("test"), corpus("test").id);
    let mut second = first.clone();
    second.rights.export = false;
    ledger.put_corpus(&first, &LATER).unwrap();
    assert_eq!(ledger.policies(&id).unwrap().len(), 1, "nothing changed");
    ledger.put_corpus(&second, &LATER).unwrap();
    assert_eq!(ledger.corpus(&id).unwrap(), second, "it is in force");
    assert_eq!(ledger.policy(&id).unwrap(), Some((2, second.clone())));
    let kept = ledger.policies(&id).unwrap();
    let told: Vec<_> = kept.iter().map(|one| (one.number, one.actor.as_deref(), one.reason.as_str())).collect();
    assert_eq!(told, [(2, Some("ann"), "the contract ends"), (1, Some("test"), "test")]);
    assert_eq!((&kept[0].policy, &kept[1].policy), (&second, &first));
    let last = ledger.decisions().unwrap().pop().unwrap();
    assert_eq!((last.action.as_str(), last.subject.as_str(), last.at.as_str()), ("policy", "test", LATER.at));
    for sql in [
        "UPDATE policies SET reason = 'x'",
        "DELETE FROM policies",
        "INSERT INTO policies VALUES ('test', 9, NULL, NULL, '', '{}')",
    ] {
        assert!(ledger.lock().execute_batch(sql).is_err(), "{sql}");
    }
}

#[test]
fn a_policy_is_changed_from_the_one_that_was_read_alone() {
    let ledger = ledger();
    let mut narrowed = corpus("test");
    narrowed.rights.quote_words = Some(50);
    assert_eq!(ledger.change_policy(1, &narrowed, &LATER).unwrap(), 2);
    let stale = ledger.change_policy(1, &corpus("test"), &LATER);
    assert!(matches!(stale, Err(Error::PolicyChanged { found: 2 })), "{stale:?}");
    ledger.register_corpus(&corpus("test"), &LATER).unwrap();
    assert_eq!(ledger.corpus(&narrowed.id).unwrap(), narrowed, "registering changes nothing");

    let new = corpus("new");
    assert!(matches!(ledger.policies(&new.id), Err(Error::UnknownCorpus(_))));
    assert_eq!(ledger.policy(&new.id).unwrap(), None);
    assert!(matches!(ledger.change_policy(1, &new, &LATER), Err(Error::PolicyChanged { found: 0 })));
    assert_eq!(ledger.change_policy(0, &new, &LATER).unwrap(), 1);
    assert_eq!(ledger.corpora().unwrap().len(), 2);
}

#[test]
fn of_older_data_the_policy_is_the_first_and_nobody_knows_whose() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path).unwrap();
    ledger.put_corpus(&corpus("test"), &DECISION).unwrap();
    let older =
        "DROP TABLE policies; ALTER TABLE snapshots DROP COLUMN versions; ALTER TABLE snapshots DROP COLUMN root;
                 DROP INDEX entries_by_added; DROP INDEX entries_by_removed;
                 DROP INDEX versions_by_id; PRAGMA user_version = 4;";
    ledger.lock().execute_batch(older).unwrap();
    drop(ledger);
    let kept = Ledger::open(&path).unwrap().policies(&corpus("test").id).unwrap();
    assert_eq!((kept.len(), kept[0].number, &kept[0].at, &kept[0].actor), (1, 1, &None, &None));
    assert_eq!(kept[0].policy, corpus("test"));
}
