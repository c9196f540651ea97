//! Policies of corpora: what narrows is one person's word, everything else takes two; and a file of before knows no such thing.

use knowledge::Corpus;
use ledger::Ledger;
use rusqlite::params;

use super::{BERT, CARA, LINA, OUTSIDE, PAUL, approved, corpus, ledger, stage, unlogged};
use crate::execute::{carry_out, set_out};
use crate::policy::needs;
use crate::{Curation, Deed, Error, Kind, Needs, NewPolicy, PolicyOutcome, Power, Proposal, State, Subject};

/// The policy of the corpus, changed.
fn with(change: impl FnOnce(&mut Corpus)) -> Corpus {
    let mut policy = corpus();
    change(&mut policy);
    policy
}

fn new<'a>(id: &'a str, policy: &'a Corpus, expected: u32) -> NewPolicy<'a> {
    NewPolicy { id, policy, expected, reason: "The contract", at: "t1" }
}

/// Proposed by Lina.
fn proposed(curation: &Curation, ledger: &Ledger, id: &str, policy: &Corpus) -> Proposal {
    match curation.change_policy(ledger, &new(id, policy, 1), &LINA, unlogged).unwrap() {
        PolicyOutcome::Proposed(proposal) => *proposal,
        other => panic!("{other:?}"),
    }
}

/// Reviewed by Bert and approved by Paul as well.
fn signed(curation: &Curation, ledger: &Ledger, id: &str, policy: &Corpus) {
    let hash = proposed(curation, ledger, id, policy).record_hash;
    curation.review(ledger, id, &BERT, &hash, "t2", unlogged).unwrap();
    curation.approve(ledger, id, &PAUL, &hash, "t3", unlogged).unwrap();
}

#[test]
fn what_narrows_takes_one_and_what_widens_takes_two() {
    let limited = with(|policy| {
        policy.rights.quote_words = Some(80);
        policy.rights.expires = Some("2027-06".into());
    });
    let from = |from: &Corpus, change: fn(&mut Corpus)| {
        let mut to = from.clone();
        change(&mut to);
        needs(Some(from), &to)
    };
    for narrowing in [
        from(&corpus(), |policy| policy.rights.index = false),
        from(&corpus(), |policy| policy.rights.display = false),
        from(&corpus(), |policy| policy.rights.export = false),
        from(&corpus(), |policy| policy.rights.quote_words = Some(10)),
        from(&corpus(), |policy| policy.rights.expires = Some("2030".into())),
        from(&limited, |policy| policy.rights.quote_words = Some(79)),
        from(&limited, |policy| policy.rights.expires = Some("2027-06-29".into())),
        from(&limited, |policy| policy.rights.expires = Some("2026".into())),
    ] {
        assert_eq!(narrowing, Some(Needs::One));
    }
    for widening in [
        from(&limited, |policy| policy.rights.quote_words = None),
        from(&limited, |policy| policy.rights.quote_words = Some(81)),
        from(&limited, |policy| policy.rights.expires = None),
        from(&limited, |policy| policy.rights.expires = Some("2027".into())),
        from(&limited, |policy| policy.rights.expires = Some("2027-07-01".into())),
        from(&corpus(), |policy| policy.title = "Other".into()),
        from(&corpus(), |policy| policy.licence = "CC-BY-4.0".into()),
        from(&corpus(), |policy| policy.evidence_level = Some("A".into())),
        from(&corpus(), |policy| {
            policy.rights.export = false;
            policy.issuer = "Other".into();
        }),
        from(&with(|policy| policy.rights.display = false), |policy| policy.rights.display = true),
        // Without a figure of its own, what is not displayed is quoted in sixty words.
        from(&with(|policy| policy.rights.display = false), |policy| policy.rights.quote_words = Some(100)),
        needs(None, &corpus()),
    ] {
        assert_eq!(widening, Some(Needs::Two));
    }
    assert_eq!(needs(Some(&limited), &limited), None);
}

#[test]
fn a_narrower_policy_is_in_force_at_once() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    let narrow = with(|policy| policy.rights.export = false);
    let refused = curation.change_policy(&ledger, &new("p", &narrow, 1), &PAUL, unlogged);
    assert!(matches!(refused, Err(Error::Power(Power::Curate))));
    let stale = curation.change_policy(&ledger, &new("p", &narrow, 0), &LINA, unlogged);
    assert!(matches!(stale, Err(Error::Ledger(ledger::Error::PolicyChanged { found: 1 }))));
    assert!(matches!(curation.change_policy(&ledger, &new("p", &corpus(), 1), &LINA, unlogged), Err(Error::NoChange)));
    let unsaid = NewPolicy { reason: " ", ..new("p", &narrow, 1) };
    assert!(matches!(curation.change_policy(&ledger, &unsaid, &LINA, unlogged), Err(Error::Empty(_))));
    let narrowed = curation.change_policy(&ledger, &new("p", &narrow, 1), &LINA, unlogged).unwrap();
    assert_eq!(narrowed, PolicyOutcome::InForce(2));
    assert_eq!(ledger.corpus(&narrow.id).unwrap(), narrow);
    assert_eq!(ledger.decisions().unwrap().last().unwrap().actor, "lina");
    assert!(curation.proposals(&ledger, true, None, 10, &LINA).unwrap().proposals.is_empty());
}

#[test]
fn a_wider_policy_is_in_force_when_another_carried_it_out() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    let wide = with(|policy| policy.licence = "CC-BY-4.0".into());
    let seen = proposed(&curation, &ledger, "p", &wide);
    assert_eq!((seen.kind, seen.corpus.as_ref()), (Kind::Policy, Some(&wide.id)));
    let policy = seen.policy.as_ref().unwrap();
    assert_eq!((policy.from.as_ref(), &policy.to), (Some(&corpus()), &wide));
    assert_eq!(curation.open_about_policy(&wide.id).unwrap().as_deref(), Some("p"));
    let again = curation.change_policy(&ledger, &new("q", &wide, 1), &BERT, unlogged);
    assert!(matches!(again, Err(Error::AlreadyProposed)), "{again:?}");

    let hash = seen.record_hash;
    curation.review(&ledger, "p", &BERT, &hash, "t2", unlogged).unwrap();
    assert!(matches!(curation.approve(&ledger, "p", &BERT, &hash, "t3", unlogged), Err(Error::SamePerson)));
    curation.approve(&ledger, "p", &PAUL, &hash, "t3", unlogged).unwrap();
    assert_eq!(ledger.corpus(&wide.id).unwrap(), corpus(), "not yet");
    let done = curation.execute(&ledger, "p", &CARA, "t4").unwrap();
    assert_eq!((done.state, done.snapshot), (State::Executed, None));
    assert_eq!(ledger.corpus(&wide.id).unwrap(), wide);
    let decision = ledger.decisions().unwrap().pop().unwrap();
    assert_eq!((decision.actor.as_str(), decision.reason.as_str()), ("cara", "The contract (proposal 1)"));
    assert_eq!(curation.open_about_policy(&wide.id).unwrap(), None);
}

#[test]
fn a_new_corpus_takes_two_people() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    let other = with(|policy| policy.id = "other".parse().unwrap());
    let made = curation.change_policy(&ledger, &new("p", &other, 0), &LINA, unlogged).unwrap();
    let PolicyOutcome::Proposed(made) = made else { panic!("{made:?}") };
    assert_eq!(made.policy.unwrap().from, None);
    curation.review(&ledger, "p", &BERT, &made.record_hash, "t2", unlogged).unwrap();
    curation.approve(&ledger, "p", &PAUL, &made.record_hash, "t3", unlogged).unwrap();
    assert_eq!(ledger.corpora().unwrap().len(), 1);
    curation.execute(&ledger, "p", &CARA, "t4").unwrap();
    assert_eq!(ledger.policy(&other.id).unwrap(), Some((1, other)));
}

#[test]
fn what_was_changed_meanwhile_does_not_go_on() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    let wide = with(|policy| policy.licence = "CC-BY-4.0".into());
    signed(&curation, &ledger, "p", &wide);
    let narrow = with(|policy| policy.rights.export = false);
    curation.change_policy(&ledger, &new("q", &narrow, 1), &LINA, unlogged).unwrap();
    let seen = curation.proposal(&ledger, "p", &CARA).unwrap();
    assert!(seen.is_changed && !seen.may.contains(&Deed::Execute));
    assert!(matches!(curation.execute(&ledger, "p", &CARA, "t"), Err(Error::RecordChanged)));
    assert_eq!(ledger.corpus(&narrow.id).unwrap(), narrow);
}

#[test]
fn an_interruption_is_finished_or_undone() {
    for is_decided in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("curation.db");
        let (curation, ledger) = (Curation::open(&path).unwrap(), ledger());
        let wide = with(|policy| policy.licence = "CC-BY-4.0".into());
        signed(&curation, &ledger, "p", &wide);
        let errand = set_out(&mut curation.lock(), &ledger, "p", &PAUL, "t4").unwrap();
        if is_decided {
            carry_out(&ledger, &errand).unwrap();
        } else {
            // The same words, but by somebody else and at another time.
            ledger.put_corpus(&wide, &OUTSIDE).unwrap();
            ledger.put_corpus(&corpus(), &OUTSIDE).unwrap();
        }
        drop(curation);
        let curation = Curation::open(&path).unwrap();
        assert_eq!(curation.settle(&ledger, "t5").unwrap(), 1);
        let seen = curation.proposal(&ledger, "p", &CARA).unwrap();
        let wanted = if is_decided { State::Executed } else { State::Approved };
        assert_eq!((seen.state, seen.is_changed), (wanted, !is_decided));
    }
}

#[test]
fn one_bit_of_the_record_of_a_policy_is_seen() {
    let (curation, ledger) = (Curation::in_memory().unwrap(), ledger());
    signed(&curation, &ledger, "p", &with(|policy| policy.licence = "CC-BY-4.0".into()));
    curation.lock().execute_batch("DROP TRIGGER proposals_stand").unwrap();
    let record = "SELECT CAST(record AS BLOB) FROM proposals";
    let whole: Vec<u8> = curation.lock().query_row(record, [], |row| row.get(0)).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let sql = "UPDATE proposals SET record = CAST(?1 AS TEXT)";
        curation.lock().execute(sql, params![bytes]).unwrap();
        let read = curation.proposal(&ledger, "p", &CARA).unwrap();
        assert!(read.signatures.iter().all(|one| !one.is_good), "bit {bit}");
        assert!(matches!(curation.execute(&ledger, "p", &CARA, "t"), Err(Error::RecordChanged)), "bit {bit}");
    }
    assert_eq!(ledger.policies(&corpus().id).unwrap().len(), 1);
}

#[test]
fn a_file_of_the_first_format_keeps_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("curation.db");
    let ledger = ledger();
    stage(&ledger, "gout", 1, false);
    let curation = Curation::open(&path).unwrap();
    let before = approved(&curation, &ledger, "publish", Subject::Publish);
    // As the first format had it: without the column, and with what could be proposed then.
    let older = "
        PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;
        DROP TRIGGER one_is_open; DROP TRIGGER proposals_are_new; DROP TRIGGER proposals_stand; DROP TRIGGER proposals_stay;
        CREATE TABLE older (id TEXT PRIMARY KEY, n INTEGER NOT NULL UNIQUE,
          kind TEXT NOT NULL CHECK (kind IN ('publish', 'restore')),
          document TEXT, version INTEGER, reason TEXT NOT NULL, proposer TEXT NOT NULL, at TEXT NOT NULL,
          record TEXT NOT NULL) STRICT;
        INSERT INTO older SELECT id, n, kind, document, version, reason, proposer, at, record FROM proposals;
        DROP TABLE proposals; ALTER TABLE older RENAME TO proposals; PRAGMA user_version = 1;";
    curation.lock().execute_batch(older).unwrap();
    drop(curation);

    let curation = Curation::open(&path).unwrap();
    let after = curation.proposal(&ledger, "publish", &PAUL).unwrap();
    assert_eq!(after, before);
    let wide = with(|policy| policy.licence = "CC-BY-4.0".into());
    assert_eq!(proposed(&curation, &ledger, "p", &wide).n, 2);
    assert!(curation.lock().execute_batch("UPDATE proposals SET reason = 'x'").is_err(), "the rules are there again");
    let orphan = "INSERT INTO moves VALUES ('nobody', 1, 'proposed', 'lina', 't', NULL, NULL)";
    assert!(curation.lock().execute_batch(orphan).is_err());
    assert_eq!(curation.execute(&ledger, "publish", &CARA, "t4").unwrap().state, State::Executed);
    drop(curation);
    assert!(Curation::open(&path).is_ok(), "once is enough");
}
