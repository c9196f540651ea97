//! Reports of risks to safety: their arrows, what stands of what was said, and what leaves the house.
use std::sync::atomic::Ordering;

use audit::{
    AllFeedback, AuditLog, Error, Feedback, FeedbackQuery, HandlingOutcome, HandlingState, HandlingStep, Kind,
    MAX_NOTE_CHARS,
};
use rusqlite::Connection;

use crate::held::{BEGAN, Held, Library, ada, ask, say};

use HandlingState::{Acknowledged, Closed, Open};

const NOTE: &str = "The unrepeatable note";

/// A log with an answer, `a1`.
fn held() -> Held {
    let held = Held::new();
    ask(&held.log, &Library::new(), "a1", "d1", "How much?");
    held
}

/// Takes a report where it can be taken, with everything that it takes.
fn handle(log: &AuditLog, id: &str, to: HandlingState) -> Result<Feedback, Error> {
    let outcome = (to == Closed).then_some(HandlingOutcome::CorpusChanged);
    let step = HandlingStep { feedback: id, to, outcome, note: Some(NOTE), at: "2026-11-22T12:30:00Z" };
    log.handle(&step, ada())
}

fn report(log: &AuditLog, id: &str) {
    say(log, id, "a1", Kind::Safety, "2026-11-22T10:00:00Z");
}

fn state(log: &AuditLog, id: &str) -> HandlingState {
    log.one_feedback(id).unwrap().unwrap().handling.unwrap().state
}

fn find(log: &AuditLog, query: FeedbackQuery) -> AllFeedback {
    log.find_feedback(&FeedbackQuery { limit: if query.limit == 0 { 10 } else { query.limit }, ..query }).unwrap()
}

fn ids(found: &AllFeedback) -> Vec<&str> {
    found.feedback.iter().map(|feedback| feedback.id.as_str()).collect()
}

#[test]
fn a_report_goes_along_its_arrows_and_no_other_way() {
    let held = held();
    let arrows = [(Open, Acknowledged), (Open, Closed), (Acknowledged, Closed), (Closed, Open)];
    for from in HandlingState::ALL {
        for to in HandlingState::ALL {
            let id = format!("{}-{}", from.name(), to.name());
            report(&held.log, &id);
            if from != Open {
                handle(&held.log, &id, from).unwrap();
            }
            let size = held.log.size();
            let handled = handle(&held.log, &id, to);
            if arrows.contains(&(from, to)) {
                let handling = handled.unwrap().handling.unwrap();
                assert_eq!((handling.state, held.log.size()), (to, size + 1));
                let last = handling.moves.last().unwrap();
                assert_eq!((last.to, last.by.as_str(), last.note.as_deref()), (to, "ada", Some(NOTE)));
                assert_eq!(last.outcome.is_some(), to == Closed);
            } else {
                assert!(matches!(handled, Err(Error::Illegal { .. })), "{id}: {handled:?}");
                assert_eq!((state(&held.log, &id), held.log.size()), (from, size), "{id}");
            }
        }
    }
    assert!(held.log.is_well());
}

#[test]
fn a_step_says_enough_and_not_too_much() {
    let held = held();
    report(&held.log, "f1");
    say(&held.log, "f2", "a1", Kind::Disagree, "2026-11-22T10:00:00Z");
    let step = |feedback, to, outcome, note| {
        held.log.handle(&HandlingStep { feedback, to, outcome, note, at: "2026-11-22T12:30:00Z" }, ada())
    };
    let (long, exact) = ("x".repeat(MAX_NOTE_CHARS + 1), "ü".repeat(MAX_NOTE_CHARS));
    let no_fault = Some(HandlingOutcome::NoFault);
    let size = held.log.size();
    for (to, outcome, note) in [
        (Closed, None, Some(NOTE)),
        (Closed, no_fault, None),
        (Closed, no_fault, Some(" \n")),
        (Acknowledged, no_fault, Some(NOTE)),
        (Acknowledged, None, Some(long.as_str())),
        (Open, None, None),
        (Open, no_fault, Some(NOTE)),
    ] {
        let refused = step("f1", to, outcome, note);
        assert!(matches!(refused, Err(Error::Handling(_))), "{to:?} {outcome:?}: {refused:?}");
    }
    assert!(matches!(step("f2", Acknowledged, None, None), Err(Error::Handling(_))));
    assert!(matches!(step("f9", Acknowledged, None, None), Err(Error::UnknownFeedback)));
    assert_eq!(held.log.size(), size);
    let taken = step("f1", Acknowledged, None, None).unwrap().handling.unwrap();
    assert_eq!((taken.moves[0].note.clone(), taken.waited_hours), (None, Some(2.5)));
    assert_eq!(step("f1", Closed, no_fault, Some(exact.as_str())).unwrap().handling.unwrap().moves.len(), 2);
}

#[test]
fn hours_are_counted_to_the_first_who_took_it_up() {
    let held = held();
    report(&held.log, "f1");
    let untouched = held.log.one_feedback("f1").unwrap().unwrap().handling.unwrap();
    assert_eq!((untouched.state, untouched.moves, untouched.waited_hours), (Open, vec![], None));
    let waited = |to, at| {
        let outcome = (to == Closed).then_some(HandlingOutcome::PassedOn);
        let step = HandlingStep { feedback: "f1", to, outcome, note: Some(NOTE), at };
        held.log.handle(&step, ada()).unwrap().handling.unwrap().waited_hours
    };
    assert_eq!(waited(Closed, "2026-11-22T11:15:00Z"), Some(1.25));
    assert_eq!(waited(Open, "2026-11-23T10:00:00Z"), None);
    assert_eq!(waited(Acknowledged, "2026-11-24T10:00:00Z"), Some(1.25));
}

#[test]
fn what_was_said_stands_also_for_whoever_has_the_file() {
    let held = held();
    report(&held.log, "f1");
    say(&held.log, "f2", "a1", Kind::Helpful, "2026-11-22T10:00:00Z");
    handle(&held.log, "f1", Acknowledged).unwrap();
    let connection = Connection::open(held.data().join("audit.db")).unwrap();
    let insert = |values: &str| format!("INSERT OR REPLACE INTO handled VALUES ({values})");
    for (sql, said) in [
        ("UPDATE handled SET state = 'closed', outcome = 'no_fault'".to_owned(), "what was said stands"),
        ("UPDATE handled SET who = 'bob'".to_owned(), "what was said stands"),
        ("DELETE FROM handled".to_owned(), "what was said stands"),
        (insert("'f1', 1, 0, 't', 'bob', 'closed', 'no_fault'"), "a step is left out"),
        (insert("'f1', 3, 0, 't', 'bob', 'closed', 'no_fault'"), "a step is left out"),
        (insert("'f1', 2, 0, 't', 'bob', 'acknowledged', NULL"), "does not go that way"),
        (insert("'f1', 2, 0, 't', 'bob', 'open', NULL"), "does not go that way"),
        (insert("'f1', 2, 0, 't', 'bob', 'forgotten', NULL"), "does not go that way"),
        (insert("'f1', 2, 0, 't', 'bob', 'closed', NULL"), "CHECK"),
        (insert("'f2', 1, 0, 't', 'bob', 'acknowledged', NULL"), "only reports of risks"),
        (insert("'f9', 1, 0, 't', 'bob', 'acknowledged', NULL"), "only reports of risks"),
    ] {
        let refused = connection.execute(&sql, []).unwrap_err().to_string();
        assert!(refused.contains(said), "{sql}: {refused}");
    }
    drop(connection);
    assert_eq!(state(&held.log, "f1"), Acknowledged);
}

#[test]
fn notes_are_sealed_and_go_with_the_words_of_their_answer() {
    let held = held();
    report(&held.log, "f1");
    handle(&held.log, "f1", Closed).unwrap();
    let entry = held.log.entries("feedback.handled", None, None, 10).unwrap().remove(0);
    let texts = ["feedback", "to", "outcome"].map(|name| entry.text(name).unwrap());
    assert_eq!(texts, ["f1", "closed", "corpus_changed"]);
    assert!(entry.commitment("note").is_some());
    let record = held.log.record("a1").unwrap().unwrap();
    assert_eq!((record.feedback.len(), record.entries.last().unwrap().seq), (1, entry.seq));

    let six_years_s = 2_193 * 86_400;
    held.clock.store(BEGAN + six_years_s, Ordering::Relaxed);
    held.log.erase("a1", ada()).unwrap();
    let erased = held.log.one_feedback("f1").unwrap().unwrap();
    let handling = erased.handling.unwrap();
    assert_eq!((erased.comment, handling.moves[0].note.clone(), handling.state), (None, None, Closed));
    let data = held.data();
    drop(held.log);
    for name in ["audit.db", "audit.db-wal"] {
        let bytes = std::fs::read(data.join(name)).unwrap_or_default();
        assert!(!bytes.windows(12).any(|window| window == b"unrepeatable"), "{name}");
    }
}

#[test]
fn what_readers_said_is_found_by_kind_and_state_stretch_by_stretch() {
    let held = held();
    for (id, kind) in [
        ("f1", Kind::Safety),
        ("f2", Kind::Helpful),
        ("f3", Kind::Safety),
        ("f4", Kind::Disagree),
        ("f5", Kind::Safety),
        ("f6", Kind::Unhelpful),
    ] {
        say(&held.log, id, "a1", kind, "2026-11-22T10:00:00Z");
    }
    handle(&held.log, "f1", Closed).unwrap();
    handle(&held.log, "f3", Acknowledged).unwrap();
    let all = find(&held.log, FeedbackQuery::default());
    assert_eq!((ids(&all), all.next, all.waiting), (vec!["f6", "f5", "f4", "f3", "f2", "f1"], None, 1));
    let has_handling = |feedback: &Feedback| feedback.handling.is_some();
    assert!(all.feedback.iter().all(|feedback| has_handling(feedback) == (feedback.kind == Kind::Safety)));
    let of = |kind, state| FeedbackQuery { kind, state, ..FeedbackQuery::default() };
    for (query, expected) in [
        (of(Some(Kind::Safety), None), vec!["f5", "f3", "f1"]),
        (of(Some(Kind::Helpful), None), vec!["f2"]),
        (of(None, Some(Open)), vec!["f5"]),
        (of(None, Some(Acknowledged)), vec!["f3"]),
        (of(Some(Kind::Safety), Some(Closed)), vec!["f1"]),
        (of(Some(Kind::Helpful), Some(Open)), vec![]),
    ] {
        let found = find(&held.log, query);
        assert_eq!((ids(&found), found.waiting), (expected, 1));
    }
    for kind in [None, Some(Kind::Safety)] {
        let whole = find(&held.log, of(kind, None));
        let (mut walked, mut before) = (Vec::new(), None);
        loop {
            let found = find(&held.log, FeedbackQuery { before, limit: 2, ..of(kind, None) });
            walked.extend(found.feedback);
            before = found.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(walked, whole.feedback);
    }
}

#[test]
fn what_leaves_the_house_names_nobody_and_has_no_words() {
    let held = held();
    for id in ["f1", "f2", "f3"] {
        report(&held.log, id);
    }
    say(&held.log, "f4", "a1", Kind::Unhelpful, "2026-11-22T10:00:00Z");
    handle(&held.log, "f2", Closed).unwrap();
    handle(&held.log, "f3", Closed).unwrap();
    handle(&held.log, "f3", Open).unwrap();
    let risks = serde_json::to_value(held.log.risks().unwrap()).unwrap();
    let line = |report: &str, state: &str, hours: Option<f64>, outcome: Option<&str>| {
        serde_json::json!({ "report": report, "answer": "a1", "statement": 1, "category": "wrong_dose", "severity": "near_miss",
            "day": "2026-11-22", "state": state, "waited_hours": hours, "outcome": outcome })
    };
    let expected = [
        line("f1", "open", None, None),
        line("f2", "closed", Some(2.5), Some("corpus_changed")),
        line("f3", "open", None, None),
    ];
    assert_eq!(risks, serde_json::json!(expected));
    for word in ["ada", "secret", "unrepeatable"] {
        assert!(!risks.to_string().contains(word), "{word}");
    }
}
