//! Numbers narrowed to a corpus or a model: they add up, and a corpus has its own citations alone.
use audit::{AuditLog, Figures, Kind, MeasureName, Narrow, Outcome, Query, Share, Thresholds};
use serde_json::{Value, json};

use crate::held::{BEGAN, Held, Library, ada, begin, say};

/// An answer that cites one document of each of these corpora; of none of them, none.
fn answer(log: &AuditLog, id: &str, model: Option<&str>, corpora: &[&str]) {
    begin(log, id, "How much?");
    let mut answer = Library::new().answer(id, "d1", "How much?");
    let (evidence, citation) = (answer["evidence"][0].clone(), answer["statements"][0]["citations"][0].clone());
    let mut all: (Vec<Value>, Vec<Value>) = Default::default();
    for (at, corpus) in corpora.iter().enumerate() {
        let (mut evidence, mut citation, name) = (evidence.clone(), citation.clone(), format!("E{at}"));
        evidence["id"] = json!(name);
        evidence["document"]["id"] = json!(format!("{corpus}-guide"));
        evidence["document"]["corpus"] = json!(corpus);
        citation["evidence"] = json!(name);
        all.0.push(evidence);
        all.1.push(citation);
    }
    answer["evidence"] = json!(all.0);
    answer["statements"][0]["citations"] = json!(all.1);
    if corpora.is_empty() {
        answer["status"] = json!("no_evidence");
        answer["statements"] = json!([]);
    }
    log.complete(id, &Outcome { actor: ada(), model, answer: &answer.to_string() }).unwrap();
}

fn narrowed(log: &AuditLog, corpus: Option<&str>, model: Option<&str>) -> Figures {
    let narrow = Narrow { corpus: corpus.map(str::to_owned), model: model.map(str::to_owned) };
    log.figures(0, i64::MAX, 1, &narrow).unwrap()
}

fn total(shares: &[Share]) -> u64 {
    shares.iter().map(|share| share.count).sum()
}

fn questions(figures: &Figures) -> u64 {
    figures.periods.iter().map(|period| period.questions).sum()
}

fn share(name: &str, count: u64) -> Share {
    Share { name: name.to_owned(), count }
}

/// Six questions: by two models and none, from two corpora and none, and one of which nothing came.
fn held() -> Held {
    let held = Held::new();
    answer(&held.log, "a1", Some("m1"), &["a"]);
    answer(&held.log, "a2", Some("m1"), &["a", "b"]);
    answer(&held.log, "a3", Some("m2"), &["b"]);
    answer(&held.log, "a4", None, &["a"]);
    answer(&held.log, "a5", None, &[]);
    begin(&held.log, "a6", "How much?");
    held.log.fail("a6", ada(), "internal").unwrap();
    say(&held.log, "f1", "a2", Kind::Disagree, "2026-11-22T11:00:00Z");
    say(&held.log, "f2", "a3", Kind::Helpful, "2026-11-22T11:00:00Z");
    held
}

#[test]
fn the_numbers_of_all_models_are_those_of_the_whole() {
    let Held { log, .. } = &held();
    let whole = narrowed(log, None, None);
    assert_eq!((whole.corpus.clone(), whole.model.clone()), (None, None));
    assert_eq!(whole.models, [share("none", 3), share("m1", 2), share("m2", 1)]);
    let parts: Vec<Figures> = whole.models.iter().map(|model| narrowed(log, None, Some(&model.name))).collect();
    assert_eq!(parts[0].model.as_deref(), Some("none"));
    let counts: [fn(&Figures) -> u64; 7] = [
        questions,
        |figures| total(&figures.statuses),
        |figures| total(&figures.verdicts),
        |figures| total(&figures.standings),
        |figures| total(&figures.corpora),
        |figures| total(&figures.models),
        |figures| total(&figures.feedback),
    ];
    for (at, count) in counts.into_iter().enumerate() {
        assert!(count(&whole) > 0, "{at}");
        assert_eq!(parts.iter().map(count).sum::<u64>(), count(&whole), "{at}");
    }
    let of = |at: usize| &parts[at].periods[0];
    assert_eq!((of(0).abstained, of(0).failed, of(0).answered), (1, 1, 1));
    assert_eq!((of(1).answered, of(1).statements, of(2).statements), (2, 2, 1));
}

#[test]
fn a_corpus_has_its_own_citations_alone() {
    let Held { log, .. } = &held();
    let whole = narrowed(log, None, None);
    assert_eq!(whole.corpora, [share("a", 3), share("b", 2)]);
    for (corpus, answers, citations, said) in [("a", 3, 3, 1), ("b", 2, 2, 2)] {
        let of = narrowed(log, Some(corpus), None);
        assert_eq!(of.corpus.as_deref(), Some(corpus));
        assert_eq!(of.corpora, [share(corpus, citations)]);
        assert_eq!((total(&of.verdicts), total(&of.standings)), (citations, citations));
        // Who abstained or failed cites nothing.
        assert_eq!(of.statuses, [share("answered", answers)]);
        assert_eq!((questions(&of), total(&of.models), total(&of.feedback)), (answers, answers, said));
    }
    let both = narrowed(log, Some("a"), Some("m1"));
    assert_eq!((questions(&both), both.models, both.corpora), (2, vec![share("m1", 2)], vec![share("a", 2)]));
    for of in [narrowed(log, Some("zebra"), None), narrowed(log, None, Some("zebra"))] {
        assert_eq!((questions(&of), total(&of.statuses), total(&of.corpora), total(&of.feedback)), (0, 0, 0, 0));
    }
}

/// That too little was found says nothing of the library where a part of the search was away.
#[test]
fn too_little_found_by_half_a_search_is_counted_apart() {
    let Held { log, .. } = &Held::new();
    for (id, missing) in [("half", json!("the search by meaning is away")), ("whole", Value::Null)] {
        begin(log, id, "Gout?");
        let mut answer = Library::new().answer(id, "d1", "Gout?");
        answer["status"] = json!("no_evidence");
        answer["statements"] = json!([]);
        answer["missing"] = missing;
        log.complete(id, &Outcome { actor: ada(), model: None, answer: &answer.to_string() }).unwrap();
    }
    let figures = narrowed(log, None, None);
    let period = &figures.periods[0];
    assert_eq!((period.questions, period.abstained, period.inconclusive, period.failed), (2, 1, 1, 0));
    assert_eq!(figures.statuses, [share("inconclusive", 1), share("no_evidence", 1)]);
    let watch = log.watch(BEGAN * 1_000, &Thresholds::default()).unwrap();
    let abstained = watch.measures.iter().find(|measure| measure.name == MeasureName::Abstained).unwrap();
    assert_eq!(abstained.value, Some(0.5));
    let given = log.given(&Query::default(), 10).unwrap();
    let ended: Vec<(&str, &str)> = given.iter().map(|given| (given.id.as_str(), given.status.as_str())).collect();
    assert_eq!(ended, [("whole", "no_evidence"), ("half", "inconclusive")]);
    assert_eq!(log.gaps(10).unwrap().iter().map(|gap| gap.times).sum::<u64>(), 1);
}
