//! A file of format 3 is taken up as it is: what it lacks is added, and nothing that is there is touched.
use std::path::Path;

use audit::{AuditLog, HandlingState, HandlingStep, Kind, MeasureName, Narrow, Outcome, Query, Thresholds};
use rusqlite::Connection;
use serde_json::json;

use crate::held::{BEGAN, Held, Library, ada, ask, begin, options, say};

/// The tables of format 3, as they were.
const FORMAT_3: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, action TEXT NOT NULL, actor TEXT NOT NULL, answer TEXT, leaf BLOB NOT NULL
) STRICT;
CREATE INDEX entries_by_answer ON entries (answer, seq) WHERE answer IS NOT NULL;
CREATE INDEX entries_by_action ON entries (action, seq);
CREATE INDEX entries_by_actor ON entries (actor, seq);
CREATE TABLE payloads (seq INTEGER NOT NULL, name TEXT NOT NULL, key INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX payloads_by_place ON payloads (seq, name);
CREATE TABLE answers (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, asked_at TEXT NOT NULL, asked_ms INTEGER NOT NULL, actor TEXT NOT NULL,
  role TEXT NOT NULL, intent INTEGER NOT NULL, question_tag BLOB, outcome INTEGER, status TEXT, mode TEXT, snapshot INTEGER,
  model TEXT, worst TEXT, statements INTEGER NOT NULL DEFAULT 0, supported INTEGER NOT NULL DEFAULT 0, total_ms INTEGER, held TEXT
) STRICT;
CREATE INDEX answers_open ON answers (n) WHERE outcome IS NULL;
CREATE INDEX answers_by_time ON answers (asked_ms, n);
CREATE INDEX answers_by_actor ON answers (actor, n);
CREATE INDEX answers_by_status ON answers (status, n);
CREATE INDEX answers_by_model ON answers (model, n);
CREATE INDEX answers_by_worst ON answers (worst, n);
CREATE INDEX answers_by_question ON answers (question_tag) WHERE status = 'no_evidence';
CREATE TABLE cited (
  document TEXT NOT NULL, version INTEGER NOT NULL, answer INTEGER NOT NULL REFERENCES answers (n), corpus TEXT NOT NULL,
  standing TEXT NOT NULL, verdict TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (document, version, answer, verdict)
) STRICT, WITHOUT ROWID;
CREATE INDEX cited_by_answer ON cited (answer);
CREATE TABLE snapshots (number INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
CREATE TABLE feedback (
  id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL, received_at TEXT NOT NULL, actor TEXT NOT NULL,
  answer TEXT NOT NULL REFERENCES answers (id), statement INTEGER, kind TEXT NOT NULL, category TEXT, severity TEXT
) STRICT;
CREATE INDEX feedback_by_answer ON feedback (answer);
PRAGMA application_id = 0x4f534c41;
PRAGMA user_version = 3;
";

/// Its tables, each before those that refer to it.
const TABLES: [&str; 7] = ["meta", "entries", "payloads", "answers", "cited", "snapshots", "feedback"];

/// Makes the file of a log one of format 3, with all that such a file can hold.
fn set_back(data: &Path) {
    let (file, old) = (data.join("audit.db"), data.join("old.db"));
    let connection = Connection::open(&old).unwrap();
    connection.execute_batch(FORMAT_3).unwrap();
    connection.execute("ATTACH ?1 AS new", [file.to_str().unwrap()]).unwrap();
    for table in TABLES {
        let sql = "SELECT group_concat(name) FROM pragma_table_info(?1, 'main')";
        let columns: String = connection.query_row(sql, [table], |row| row.get(0)).unwrap();
        let sql = format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}");
        connection.execute(&sql, []).unwrap();
    }
    connection.execute("DETACH new", []).unwrap();
    drop(connection);
    for name in ["audit.db", "audit.db-wal", "audit.db-shm"] {
        let _ = std::fs::remove_file(data.join(name));
    }
    std::fs::rename(old, file).unwrap();
}

#[test]
fn a_log_of_format_3_goes_on() {
    let held = Held::new();
    ask(&held.log, &Library::new(), "a1", "d1", "How much?");
    say(&held.log, "f1", "a1", Kind::Safety, "2026-11-22T10:00:00Z");
    say(&held.log, "f2", "a1", Kind::Disagree, "2026-11-22T10:00:00Z");
    held.log.checkpoint(held.log.size()).unwrap();
    let (before, size) = (held.log.leaves(0, 100).unwrap(), held.log.size());
    let data = held.data();
    let Held { log, clock, directory } = held;
    drop(log);
    set_back(&data);

    for round in 0..2 {
        let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
        assert_eq!(log.leaves(0, size as usize).unwrap(), before);
        assert!(log.answer("a1").unwrap().unwrap().0.contains("How much?"));
        let said = log.all_feedback(None, 10).unwrap();
        assert_eq!((said.len(), said[1].comment.as_deref()), (2, Some("The secret comment")));
        let handling = said[1].handling.clone().unwrap();
        let narrow = Narrow { corpus: Some("test".to_owned()), model: None };
        assert_eq!(log.figures(0, i64::MAX, 1, &narrow).unwrap().corpora[0].count, 1);
        let watch = log.watch(BEGAN * 1_000, &Thresholds::default()).unwrap();
        let seen = watch.measures.iter().find(|measure| measure.name == MeasureName::Identifiers).unwrap();
        assert_eq!(seen.value, Some(0.0));
        if round == 0 {
            assert_eq!((handling.state, handling.moves.len()), (HandlingState::Open, 0));
            let to = HandlingState::Acknowledged;
            let step = HandlingStep { feedback: "f1", to, outcome: None, note: None, at: "2026-11-22T11:00:00Z" };
            log.handle(&step, ada()).unwrap();
            begin(&log, "a2", "How much?");
            log.fail("a2", ada(), "internal").unwrap();
        } else {
            assert_eq!((handling.state, handling.moves.len()), (HandlingState::Acknowledged, 1));
            let connection = Connection::open(data.join("audit.db")).unwrap();
            let format: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
            assert_eq!(format, 6);
        }
    }
    drop(directory);
}

#[test]
fn what_was_away_is_taken_from_the_words_of_answers_from_before() {
    const AWAY: &str = "the search by meaning is away: found by words alone";
    let held = Held::new();
    for (id, missing) in [("half", Some(AWAY)), ("whole", None)] {
        begin(&held.log, id, "Gout?");
        let mut answer = Library::new().answer(id, "d1", "Gout?");
        for (name, value) in [("status", json!("no_evidence")), ("statements", json!([])), ("evidence", json!([]))] {
            answer[name] = value;
        }
        if let Some(missing) = missing {
            answer["missing"] = json!(missing);
        }
        held.log.complete(id, &Outcome { actor: ada(), model: None, answer: &answer.to_string() }).unwrap();
    }
    let data = held.data();
    let Held { log, clock, directory } = held;
    drop(log);
    set_back(&data);
    for _ in 0..2 {
        let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
        let found = |status: &str| {
            let query = Query { status: Some(status.to_owned()), limit: 10, ..Query::default() };
            let answers = log.search(&query).unwrap().answers.into_iter();
            answers.map(|answer| (answer.id, answer.missing)).collect::<Vec<_>>()
        };
        assert_eq!(found("inconclusive"), [("half".to_owned(), Some(AWAY.to_owned()))]);
        assert_eq!(found("no_evidence"), [("whole".to_owned(), None)]);
    }
    drop(directory);
}
