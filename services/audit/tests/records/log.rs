//! The log as a whole: what was told is durable, what was signed is kept, and nothing that was typed stands in it.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use crate::held::{BEGAN, Held, Library, ada, ask, begin, options};
use audit::{
    Actor, AuditLog, Checkpoint, Draft, Entry, Error, Intent, Note, Outcome, Part, Query, is_consistent, is_token,
    leaf_hash,
};
use proptest::prelude::*;

fn state(log: &AuditLog) -> Checkpoint {
    let note = log.checkpoint(log.size()).unwrap();
    let note = Note::parse(&note).unwrap();
    assert!(log.verifier_keys().iter().all(|key| note.is_signed_by(key)));
    Checkpoint::parse(note.text).unwrap()
}

#[test]
fn a_question_has_one_outcome_and_its_words_are_sealed() {
    let held = Held::new();
    let library = Library::new();
    let log = &held.log;
    library.publish(log);
    ask(log, &library, "a1", "d1", "How much metformin for Mrs Canary?");
    begin(log, "a2", "Gout?");
    log.part(&Part { id: "a2", actor: ada(), kind: "statement", words: "{\"text\":\"Canary part\"}" }).unwrap();
    log.fail("a2", ada(), "cancelled").unwrap();
    assert_eq!(log.outcome("a1").unwrap().as_deref(), Some("answered"));
    assert_eq!(log.outcome("a2").unwrap().as_deref(), Some("failed: cancelled"));
    // The first outcome stands.
    let answer = library.answer("a2", "d1", "Gout?").to_string();
    let late = log.complete("a2", &Outcome { actor: ada(), model: None, answer: &answer });
    assert!(matches!(late, Err(Error::Completed)));
    log.fail("a1", ada(), "internal").unwrap();
    assert_eq!(log.outcome("a1").unwrap().as_deref(), Some("answered"));
    let (json, actor) = log.answer("a1").unwrap().unwrap();
    assert!(json.contains("Mrs Canary") && actor == "ada");
    let not_one = log.complete("a3", &Outcome { actor: ada(), model: None, answer: "{}" });
    assert!(matches!(not_one, Err(Error::NotAnAnswer)));

    state(log);
    let record = log.record("a2").unwrap().unwrap();
    let actions: Vec<&str> = record.entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["answer.asked", "answer.part", "answer.failed"]);
    drop(held.log);
    for file in walk(held.directory.path()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"Canary"), "{}", file.display());
    }
}

fn walk(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

#[test]
fn what_a_dead_process_left_open_is_closed_and_the_log_goes_on() {
    let held = Held::new();
    begin(&held.log, "a1", "Gout?");
    let before = state(&held.log);
    let held = held.again();
    assert_eq!(held.log.outcome("a1").unwrap().as_deref(), Some("timeout"));
    let after = state(&held.log);
    assert_eq!(after.size, before.size + 1);
    let proof = held.log.prove_consistency(before.size, after.size).unwrap();
    assert!(is_consistent(before.size, &before.root, after.size, &after.root, &proof));
}

#[test]
fn old_questions_without_an_end_are_closed_while_it_runs() {
    let held = Held::new();
    begin(&held.log, "old", "Gout?");
    held.clock.store(BEGAN + 60, Ordering::Relaxed);
    begin(&held.log, "new", "Gout?");
    // Looked for once a minute: none is open for more than fifteen.
    let after = |seconds: i64| Some(jiff::Timestamp::from_second(BEGAN + seconds).unwrap());
    assert_eq!(held.log.close_orphans(after(14 * 60)).unwrap(), 0);
    assert_eq!(held.log.close_orphans(after(14 * 60 + 1)).unwrap(), 1);
    assert_eq!(held.log.outcome("old").unwrap().as_deref(), Some("timeout"));
    assert_eq!(held.log.outcome("new").unwrap(), None);
}

#[test]
fn many_at_once_each_get_a_place_of_their_own() {
    let held = Held::new();
    let places: BTreeSet<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| (0..50).map(|_| held.log.append(Draft::new("test.done", ada())).unwrap()).collect())
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| {
                let places: Vec<u64> = thread.join().unwrap();
                places
            })
            .collect()
    });
    assert_eq!(places, (0..800).collect());
    let checkpoint = state(&held.log);
    assert_eq!(checkpoint.size, 800);
    for seq in (0..800).step_by(97) {
        let leaf = held.log.leaf(seq).unwrap().unwrap();
        assert_eq!(Entry::parse(&leaf).unwrap().seq, seq);
        let keys = held.log.verifier_keys();
        let shown = held.log.prove(seq).unwrap().shows(&leaf_hash(&leaf), |note| {
            if note.is_signed_by(&keys[0]) { Ok(()) } else { Err(audit::NoteError::Unsigned) }
        });
        assert_eq!(shown.unwrap().unwrap(), checkpoint);
    }
}

#[test]
fn the_order_is_that_of_the_log_whatever_the_clock_says() {
    let held = Held::new();
    for step in [0, -3_600, 60, -86_400] {
        held.clock.store(BEGAN + step, Ordering::Relaxed);
        held.log.append(Draft::new("test.done", ada())).unwrap();
    }
    let entries = held.log.entries("test.", None, None, 10).unwrap();
    assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [3, 2, 1, 0]);
    assert!(entries[0].at < entries[3].at);
}

#[test]
fn lost_tiles_are_made_again_and_changed_entries_are_noticed() {
    let held = Held::new();
    for _ in 0..600 {
        held.log.append(Draft::new("test.done", ada())).unwrap();
    }
    let before = state(&held.log);
    let data = held.data();
    let Held { log, clock, directory } = held;
    drop(log);
    std::fs::remove_dir_all(data.join("log/tile")).unwrap();
    let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
    assert_eq!(state(&log), before);
    log.prove(3).unwrap();
    drop(log);

    // One letter of one entry, by whoever can write the file.
    let connection = rusqlite::Connection::open(data.join("audit.db")).unwrap();
    let changed =
        "UPDATE entries SET leaf = CAST(replace(CAST(leaf AS TEXT), 'clinician', 'publisher') AS BLOB) WHERE seq = 7";
    assert_eq!(connection.execute(changed, []).unwrap(), 1);
    drop(connection);
    std::fs::remove_dir_all(data.join("log/tile")).unwrap();
    let refused = AuditLog::open(&data, options(&data, &clock));
    assert!(matches!(refused, Err(Error::Inconsistent { .. })), "{refused:?}");
    drop(directory);
}

#[test]
fn an_older_copy_of_the_data_is_refused_and_another_log_can_be_begun() {
    let held = Held::new();
    let data = held.data();
    held.log.append(Draft::new("test.done", ada())).unwrap();
    state(&held.log);
    let held = held.again();
    let copy = held.directory.path().join("copy");
    copy_all(&data, &copy);
    for _ in 0..5 {
        held.log.append(Draft::new("test.done", ada())).unwrap();
    }
    let last = state(&held.log);
    let Held { log, clock, directory } = held;
    drop(log);
    std::fs::remove_dir_all(&data).unwrap();
    copy_all(&copy, &data);
    let refused = AuditLog::open(&data, options(&data, &clock));
    let Err(Error::Inconsistent { what, .. }) = refused else { panic!("{refused:?}") };
    assert!(what.contains(&last.size.to_string()), "{what}");

    let (kept, log) = audit::begin_anew(&data, options(&data, &clock), "restored from a backup").unwrap();
    assert!(kept.join("audit.db").is_file());
    assert_ne!(log.origin(), last.origin);
    let first = log.entries("log.began_anew", None, None, 1).unwrap().remove(0);
    assert_eq!(first.text("before"), Some(last.origin.as_str()));
    drop(directory);
}

fn copy_all(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy_all(&path, &target) } else { std::fs::copy(&path, &target).map(drop).unwrap() }
    }
}

#[test]
fn keys_overlap() {
    let held = Held::new();
    held.log.append(Draft::new("test.done", ada())).unwrap();
    let first = held.log.verifier_keys();
    let data = held.data();
    let Held { log, clock, directory } = held;
    drop(log);
    assert_eq!(audit::add_signing_key(&options(&data, &clock)).unwrap(), 2);
    let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
    log.append(Draft::new("log.key_added", Actor::command_line())).unwrap();
    state(&log);
    assert_eq!(log.verifier_keys().len(), 2);
    drop(log);
    // The older is taken away: the newer goes on alone, and what both signed still opens.
    std::fs::remove_file(data.join("keys/log-1.key")).unwrap();
    let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
    log.append(Draft::new("test.done", ada())).unwrap();
    state(&log);
    let note = log.checkpoint(log.size()).unwrap();
    assert!(!Note::parse(&note).unwrap().is_signed_by(&first[0]));
    drop(directory);
}

#[test]
fn words_are_kept_for_their_time_held_longer_and_then_destroyed() {
    let held = Held::new();
    let library = Library::new();
    library.publish(&held.log);
    ask(&held.log, &library, "a1", "d1", "The unrepeatable question?");
    assert!(matches!(held.log.erase("a1", ada()), Err(Error::Kept { .. })));
    assert_eq!(held.log.expire_these(&held.log.due().unwrap(), &ada()).unwrap(), 0);
    let six_years_s = 2_193 * 86_400;
    held.clock.store(BEGAN + six_years_s, Ordering::Relaxed);
    held.log.hold("a1", Some("claim"), ada()).unwrap();
    assert!(matches!(held.log.erase("a1", ada()), Err(Error::Kept { .. })));
    assert_eq!(held.log.expire_these(&held.log.due().unwrap(), &ada()).unwrap(), 0);
    held.log.hold("a1", None, ada()).unwrap();
    let sealed = sealed(&held);
    assert_eq!(held.log.expire_these(&held.log.due().unwrap(), &ada()).unwrap(), 1);
    assert_eq!(held.log.answer("a1").unwrap(), None);
    assert!(matches!(held.log.receipt("a1", &library), Err(Error::Unknown)));
    assert!(matches!(held.log.erase("a9", ada()), Err(Error::Unknown)));
    // Every entry still has its place; that each has its proof as well is looked at in erased.rs.
    let checkpoint = state(&held.log);
    for seq in 0..checkpoint.size {
        let leaf = held.log.leaf(seq).unwrap().unwrap();
        assert!(Entry::parse(&leaf).is_some_and(|entry| entry.seq == seq));
    }
    // Nothing of it is left in the files, not even sealed.
    drop(held.log);
    for file in walk(&held.directory.path().join("data")) {
        let bytes = std::fs::read(&file).unwrap();
        for sealed in &sealed {
            assert!(!bytes.windows(48).any(|window| window == &sealed[16..64]), "{}", file.display());
        }
    }
}

fn sealed(held: &Held) -> Vec<Vec<u8>> {
    let connection = rusqlite::Connection::open(held.data().join("audit.db")).unwrap();
    let sql = "SELECT sealed FROM payloads WHERE seq IN (SELECT seq FROM entries WHERE answer = 'a1') AND length(sealed) > 64";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    let found = rows.collect::<Result<Vec<_>, _>>().unwrap();
    assert!(!found.is_empty());
    found
}

#[test]
fn records_from_before_the_log_are_taken_over() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let connection = rusqlite::Connection::open(data.join("audit.db")).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE records (id TEXT PRIMARY KEY, asked_at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
               request_id TEXT NOT NULL, question TEXT NOT NULL, outcome TEXT, completed_at TEXT, snapshot INTEGER,
               model TEXT, prompt_sha256 TEXT, answer TEXT) STRICT, WITHOUT ROWID;
             CREATE INDEX records_by_time ON records (asked_at);
             CREATE INDEX records_open ON records (id) WHERE outcome IS NULL;
             CREATE TABLE feedback (id TEXT NOT NULL UNIQUE, received_at TEXT NOT NULL, actor TEXT NOT NULL,
               answer TEXT NOT NULL REFERENCES records (id), statement INTEGER, kind TEXT NOT NULL, category TEXT,
               severity TEXT, comment TEXT) STRICT;
             INSERT INTO records VALUES ('a1', '2026-11-20T10:00:00Z', 'anonymous', 'ask', 'r', 'Gout?', 'answered', 't', 1, NULL, NULL,
               '{\"statements\":[{}],\"question\":\"Gout?\"}');
             INSERT INTO records VALUES ('a2', '2026-11-20T11:00:00Z', 'anonymous', 'ask', 'r', 'Zebra?', 'no_evidence', 't', 1, NULL, NULL, '{}');
             INSERT INTO records VALUES ('a3', '2026-11-20T12:00:00Z', 'anonymous', 'ask', 'r', 'Okapi?', NULL, NULL, NULL, NULL, NULL, NULL);
             INSERT INTO feedback VALUES ('f1', 't', 'anonymous', 'a1', 1, 'helpful', NULL, NULL, NULL);
             PRAGMA application_id = 0x4f534c41; PRAGMA user_version = 2;",
        )
        .unwrap();
    drop(connection);
    let clock = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(BEGAN));
    for _ in 0..2 {
        let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
        assert!(log.answer("a1").unwrap().unwrap().0.contains("Gout?"));
        assert_eq!(log.outcome("a3").unwrap().as_deref(), Some("timeout"));
        assert_eq!(log.gaps(10).unwrap()[0].question, "Zebra?");
        assert_eq!(log.all_feedback(Some("a1"), 10).unwrap().len(), 1);
        assert_eq!(log.entries("answer.imported", None, None, 10).unwrap().len(), 3);
    }
}

#[test]
fn records_from_before_feedback_are_taken_over_too() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let connection = rusqlite::Connection::open(data.join("audit.db")).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE records (id TEXT PRIMARY KEY, asked_at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
               request_id TEXT NOT NULL, question TEXT NOT NULL, outcome TEXT, completed_at TEXT, snapshot INTEGER,
               model TEXT, prompt_sha256 TEXT, answer TEXT) STRICT, WITHOUT ROWID;
             INSERT INTO records VALUES ('a1', '2026-11-20T10:00:00Z', 'anonymous', 'ask', 'r', 'Gout?', 'answered', 't', 1, NULL, NULL, '{}');
             PRAGMA application_id = 0x4f534c41; PRAGMA user_version = 1;",
        )
        .unwrap();
    drop(connection);
    let clock = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(BEGAN));
    let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
    assert_eq!(log.outcome("a1").unwrap().as_deref(), Some("answered"));
}

#[test]
fn answers_are_found_by_any_field() {
    let held = Held::new();
    let library = Library::new();
    library.publish(&held.log);
    for (at, document) in ["d1", "d2", "d1", "d3", "d1"].iter().enumerate() {
        held.clock.store(BEGAN + 60 * at as i64, Ordering::Relaxed);
        ask(&held.log, &library, &format!("a{at}"), document, "How much?");
    }
    begin(&held.log, "open", "How much?");
    let found = |query: Query| -> Vec<String> {
        held.log.search(&Query { limit: 10, ..query }).unwrap().answers.into_iter().map(|answer| answer.id).collect()
    };
    let of = |document: &str| Query { document: Some(document.to_owned()), ..Query::default() };
    assert_eq!(found(of("d1")), ["a4", "a2", "a0"]);
    assert_eq!(found(Query { version: Some(2), ..of("d1") }), Vec::<String>::new());
    assert_eq!(found(Query { version: Some(1), ..of("d3") }), ["a3"]);
    assert_eq!(held.log.count(&of("d1")).unwrap(), (3, 1));
    let minute = |minute: i64| Some((BEGAN + 60 * minute) * 1_000);
    assert_eq!(found(Query { from_ms: minute(1), to_ms: minute(3), ..Query::default() }), ["a2", "a1"]);
    assert_eq!(found(Query { verdict: Some("supported".to_owned()), ..Query::default() }).len(), 5);
    assert_eq!(found(Query { status: Some("answered".to_owned()), snapshot: Some(1), ..Query::default() }).len(), 5);
    assert_eq!(found(Query { actor: Some("bob".to_owned()), ..Query::default() }), Vec::<String>::new());
    let page = held.log.search(&Query { limit: 2, ..Query::default() }).unwrap();
    assert_eq!(page.answers.iter().map(|answer| answer.id.as_str()).collect::<Vec<_>>(), ["open", "a4"]);
    assert_eq!(found(Query { before: page.next, ..Query::default() })[0], "a3");

    let figures = held.log.figures(0, i64::MAX, 1, &audit::Narrow::default()).unwrap();
    assert_eq!((figures.periods.len(), figures.periods[0].questions, figures.periods[0].supported), (1, 6, 5));
    assert_eq!(figures.periods[0].p50_ms, Some(12));
    assert_eq!(figures.retracted_when_cited, 0);
    assert_eq!(figures.statuses[0], audit::Share { name: "answered".to_owned(), count: 5 });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever somebody types, wherever it can get to, the log has one entry more, in one spelling, without it.
    #[test]
    fn nothing_that_is_typed_stands_in_the_log(words in "\\PC{1,40}[\n\r\u{202e}\u{0}]?\\PC{0,20}") {
        static HELD: std::sync::LazyLock<Held> = std::sync::LazyLock::new(Held::new);
        let log = &HELD.log;
        let before = log.size();
        // As an id of a request it is left out, as a name it is hashed, as an id of something it is refused.
        let draft = Draft::new("test.typed", ada()).in_request(&words).with("model", audit::token(&words)).sealing("words", words.as_str());
        let seq = log.append(draft).unwrap();
        prop_assert_eq!(seq, before);
        let leaf = log.leaf(seq).unwrap().unwrap();
        let entry = Entry::parse(&leaf).unwrap();
        prop_assert_eq!(entry.request, None);
        if !is_token(&words) {
            let bytes = words.as_bytes();
            prop_assert!(words.len() < 8 || !leaf.windows(bytes.len()).any(|window| window == bytes));
            let refused = log.append(Draft::new("test.typed", ada()).with("object", words.as_str()));
            let is_refused = matches!(refused, Err(Error::NotAToken { .. }));
            prop_assert!(is_refused);
            let named = log.append(Draft::new("test.typed", Actor { id: words.clone(), role: "none".to_owned() }));
            prop_assert!(named.is_err());
        }
        prop_assert_eq!(log.words(seq, "words").unwrap().unwrap().1, words.into_bytes());
    }
}

#[test]
fn an_intent_of_the_same_id_is_refused_and_nothing_else_with_it() {
    let held = Held::new();
    begin(&held.log, "a1", "Gout?");
    let intent = Intent {
        id: "a1",
        asked_at: "2026-11-22T10:00:00Z",
        actor: ada(),
        request_id: "",
        question: "Gout?",
        request: "{}",
        identifiers: BTreeMap::new(),
    };
    assert!(held.log.begin(&intent).is_err());
    assert!(held.log.is_well());
    assert_eq!(held.log.append(Draft::new("test.done", ada())).unwrap(), 1);
}
