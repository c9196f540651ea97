//! Alarms: what goes wrong raises its own measure and no other, and is forgotten when it leaves the window.
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use audit::{
    AuditLog, Draft, HandlingOutcome, HandlingState, HandlingStep, Kind, Measure, MeasureName, MeasureState, Outcome,
    Thresholds, Watch, WrongSide,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::held::{BEGAN, Held, Library, ada, begin, begin_with, say};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

fn limits() -> Thresholds {
    Thresholds { least: 5, p99_ms_above: Some(1_000), ..Thresholds::default() }
}

/// A time so long after everything began.
fn after(seconds: i64) -> String {
    Timestamp::from_second(BEGAN + seconds).unwrap().to_string()
}

impl Held {
    fn go_to(&self, seconds: i64) {
        self.clock.store(BEGAN + seconds, Ordering::Relaxed);
    }

    fn watch(&self, limits: &Thresholds) -> Watch {
        self.log.watch(self.clock.load(Ordering::Relaxed) * 1_000, limits).unwrap()
    }
}

fn measure(watch: &Watch, name: MeasureName) -> &Measure {
    watch.measures.iter().find(|measure| measure.name == name).unwrap()
}

/// An answer that is changed before it is given, to a question that was begun.
fn complete(log: &AuditLog, id: &str, change: impl FnOnce(&mut Value)) {
    let mut answer = Library::new().answer(id, "d1", "How much?");
    change(&mut answer);
    log.complete(id, &Outcome { actor: ada(), model: None, answer: &answer.to_string() }).unwrap();
}

fn give(log: &AuditLog, id: &str, change: impl FnOnce(&mut Value)) {
    begin(log, id, "How much?");
    complete(log, id, change);
}

fn give_good_ones(held: &Held, name: &str) {
    for at in 0..10 {
        give(&held.log, &format!("{name}-{at}"), |_| {});
    }
}

/// A question of the kind that raises a measure.
fn go_wrong(log: &AuditLog, id: &str, how: MeasureName) {
    match how {
        MeasureName::Supported => give(log, id, |answer| answer["statements"][0]["verdict"] = json!("partial")),
        MeasureName::Abstained => give(log, id, |answer| {
            answer["status"] = json!("no_evidence");
            answer["statements"] = json!([]);
        }),
        MeasureName::Failed => {
            begin(log, id, "How much?");
            log.fail(id, ada(), "internal").unwrap();
        }
        MeasureName::Contradicted => {
            give(log, id, |answer| answer["statements"][0]["citations"][0]["verdict"] = json!("contradicted"));
        }
        MeasureName::Stale => {
            give(log, id, |answer| answer["evidence"][0]["document"]["status"] = json!("expression_of_concern"));
        }
        MeasureName::Retracted => {
            give(log, id, |answer| answer["evidence"][0]["document"]["status"] = json!("retracted"))
        }
        MeasureName::Disagreed => {
            give(log, id, |_| {});
            say(log, &format!("said-{id}"), id, Kind::Disagree, &after(DAY));
        }
        MeasureName::Identifiers => {
            begin_with(log, id, "How much for 0171 234567?", BTreeMap::from([("phone", 1)]));
            complete(log, id, |_| {});
        }
        MeasureName::P99Ms => give(log, id, |answer| answer["timings_ms"]["total"] = json!(1_500)),
        MeasureName::WaitingHours => unreachable!("it waits by itself"),
    }
}

/// How many of them it takes beside ten good ones.
const DRIFTS: [(MeasureName, usize); 9] = [
    (MeasureName::Supported, 2),
    (MeasureName::Abstained, 20),
    (MeasureName::Failed, 1),
    (MeasureName::Contradicted, 1),
    (MeasureName::Stale, 2),
    (MeasureName::Retracted, 1),
    (MeasureName::Disagreed, 2),
    (MeasureName::Identifiers, 1),
    (MeasureName::P99Ms, 1),
];

#[test]
fn what_goes_wrong_raises_its_own_measure_until_it_has_left_the_window() {
    for (how, times) in DRIFTS {
        let held = Held::new();
        give_good_ones(&held, "good");
        let before = held.watch(&limits());
        assert_eq!((before.raised(), before.questions), (vec![], 10), "{before:#?}");
        held.go_to(DAY);
        for at in 0..times {
            go_wrong(&held.log, &format!("wrong-{at}"), how);
        }
        let watch = held.watch(&limits());
        assert_eq!(watch.raised(), [how], "{watch:#?}");
        // To the last moment of the window, and not beyond.
        held.go_to(8 * DAY - 1);
        let last = held.watch(&Thresholds { least: 1, ..limits() });
        assert!(last.raised().contains(&how) && last.questions == times as u64, "{last:#?}");
        held.go_to(8 * DAY);
        give_good_ones(&held, "again");
        let watch = held.watch(&limits());
        assert_eq!((watch.raised(), watch.questions), (vec![], 10), "{watch:#?}");
    }
}

#[test]
fn measures_come_in_their_order_with_their_limits_and_sides() {
    let held = Held::new();
    let watch = held.watch(&Thresholds::default());
    let names: Vec<&str> = watch.measures.iter().map(|measure| measure.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "supported",
            "abstained",
            "failed",
            "contradicted",
            "stale",
            "retracted",
            "disagreed",
            "identifiers",
            "p99_ms",
            "waiting_hours"
        ]
    );
    let json = serde_json::to_value(&watch).unwrap();
    for (at, name) in names.iter().enumerate() {
        assert_eq!(json["measures"][at]["name"], *name);
    }
    assert!(watch.measures.iter().all(|one| (one.side == WrongSide::Below) == (one.name == MeasureName::Supported)));
    let limits: Vec<Option<f64>> = watch.measures.iter().map(|measure| measure.limit).collect();
    let expected = [0.9, 0.6, 0.02, 0.02, 0.1, 0.0, 0.1, 0.05].map(Some);
    assert_eq!((&limits[..8], limits[8], limits[9]), (&expected[..], None, Some(24.0)));
    assert_eq!((watch.from.as_str(), watch.to.as_str()), ("2026-11-15T10:00:00Z", "2026-11-22T10:00:00Z"));
    assert_eq!(
        (json["days"].clone(), json["questions"].clone(), json["least"].clone()),
        (json!(7), json!(0), json!(50))
    );
    // Nothing was asked: there is nothing to measure but what must not be.
    let values: Vec<Option<f64>> = watch.measures.iter().map(|measure| measure.value).collect();
    assert_eq!(values.iter().filter(|value| value.is_some()).count(), 1, "{values:?}");
    assert_eq!(measure(&watch, MeasureName::Retracted).value, Some(0.0));
}

#[test]
fn of_too_few_questions_only_what_counts_alone_is_judged() {
    let held = Held::new();
    for (at, (how, _)) in DRIFTS.into_iter().enumerate() {
        go_wrong(&held.log, &format!("wrong-{at}"), how);
    }
    let limits = Thresholds { least: 50, ..limits() };
    let watch = held.watch(&limits);
    assert_eq!(watch.raised(), [MeasureName::Retracted], "{watch:#?}");
    for one in &watch.measures {
        let expected = match one.name {
            MeasureName::Retracted => MeasureState::Raised,
            MeasureName::WaitingHours => MeasureState::Quiet,
            _ => MeasureState::TooFew,
        };
        assert_eq!(one.state, expected, "{one:?}");
    }
    let unwatched = held.watch(&Thresholds { p99_ms_above: None, ..limits });
    let slowest = measure(&unwatched, MeasureName::P99Ms);
    assert_eq!((slowest.state, slowest.value), (MeasureState::Unwatched, Some(1_500.0)));
}

#[test]
fn a_limit_at_the_end_of_the_scale_is_none() {
    let held = Held::new();
    for (how, times) in DRIFTS {
        for at in 0..times {
            go_wrong(&held.log, &format!("{}-{at}", how.as_str()), how);
        }
    }
    // More overrides than answers.
    for at in 0..100 {
        say(&held.log, &format!("more-{at}"), "stale-0", Kind::Disagree, &after(0));
    }
    let wide = Thresholds {
        supported_below: 0.0,
        abstained_above: 1.0,
        failed_above: 1.0,
        contradicted_above: 1.0,
        stale_above: 1.0,
        disagreed_above: 1.0,
        identifiers_above: 1.0,
        p99_ms_above: None,
        ..limits()
    };
    let watch = held.watch(&wide);
    assert!(measure(&watch, MeasureName::Disagreed).value.unwrap() > 1.0);
    assert_eq!(watch.raised(), [MeasureName::Retracted], "{watch:#?}");
}

#[test]
fn a_report_that_nobody_takes_up_is_an_alarm_however_little_is_asked() {
    let held = Held::new();
    give(&held.log, "a1", |_| {});
    say(&held.log, "f0", "a1", Kind::Disagree, &after(0));
    for (id, hours) in [("f1", 0), ("f2", 2)] {
        say(&held.log, id, "a1", Kind::Safety, &after(hours * HOUR));
    }
    let step = |id: &str, to: HandlingState, hours: i64| {
        let closes = to == HandlingState::Closed;
        let outcome = closes.then_some(HandlingOutcome::NoFault);
        let step = HandlingStep { feedback: id, to, outcome, note: Some("looked into"), at: &after(hours * HOUR) };
        held.log.handle(&step, ada()).unwrap();
    };
    let waiting = |hours: i64| {
        held.go_to(hours * HOUR);
        let watch = held.watch(&Thresholds::default());
        let one = measure(&watch, MeasureName::WaitingHours);
        (one.value, one.state)
    };
    assert_eq!(waiting(24), (Some(24.0), MeasureState::Quiet));
    assert_eq!(waiting(25), (Some(25.0), MeasureState::Raised));
    step("f1", HandlingState::Acknowledged, 25);
    assert_eq!(waiting(26), (Some(24.0), MeasureState::Quiet));
    step("f2", HandlingState::Closed, 26);
    assert_eq!(waiting(400), (None, MeasureState::Quiet));
    // What is opened again waits from then on.
    step("f2", HandlingState::Open, 400);
    assert_eq!(waiting(401), (Some(1.0), MeasureState::Quiet));
    assert_eq!(waiting(430), (Some(30.0), MeasureState::Raised));
}

#[test]
fn what_may_identify_a_person_is_in_the_entry_by_class_and_nowhere_by_its_words() {
    let held = Held::new();
    begin_with(&held.log, "a1", "How much for 0171 234567?", BTreeMap::from([("name", 1), ("phone", 2)]));
    begin(&held.log, "a2", "How much?");
    let entries = held.log.entries("answer.asked", None, None, 10).unwrap();
    assert_eq!(entries[1].object["identifiers"], json!({ "name": 1, "phone": 2 }));
    assert!(!entries[0].object.contains_key("identifiers"));
    let watch = held.watch(&limits());
    assert_eq!(measure(&watch, MeasureName::Identifiers).value, Some(0.5));
    // Searches are questions too.
    let searched = || Draft::new("passages.searched", ada()).sealing("question", "gout");
    held.log.asked(searched()).unwrap();
    held.log.asked(searched().with("identifiers", json!({ "name": 1 }))).unwrap();
    let watch = held.watch(&limits());
    assert_eq!((measure(&watch, MeasureName::Identifiers).value, watch.questions), (Some(0.5), 2));
    held.log.asked(searched()).unwrap();
    held.log.asked(searched()).unwrap();
    assert_eq!(measure(&held.watch(&limits()), MeasureName::Identifiers).value, Some(2.0 / 6.0));
}
