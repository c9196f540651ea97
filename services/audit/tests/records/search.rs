//! Answers are looked up by who wrote them and by how well they are borne out, alone and with everything else.
use audit::{AuditLog, Outcome, Query, token};
use serde_json::{Value, json};

use crate::held::{Held, Library, ada, begin};

/// From the strongest to the weakest.
const VERDICTS: [&str; 5] = ["supported", "partial", "unverifiable", "unsupported", "contradicted"];

/// A model of ours, and one with a name that cannot stand in the log.
const MODELS: [&str; 2] = ["starter@sha256:0a1b", "Modell über allen, \u{201c}groß\u{201d}"];

/// An answer by this model whose statements have these verdicts.
fn give(log: &AuditLog, id: &str, model: Option<&str>, verdicts: &[&str]) {
    begin(log, id, "How much?");
    let mut answer = Library::new().answer(id, "d1", "How much?");
    let statement = answer["statements"][0].clone();
    let with = |verdict: &&str| {
        let mut statement = statement.clone();
        statement["verdict"] = json!(verdict);
        statement
    };
    answer["statements"] = verdicts.iter().map(with).collect::<Vec<Value>>().into();
    answer["model"] = model.map_or(Value::Null, |id| json!({ "id": id }));
    log.complete(id, &Outcome { actor: ada(), model, answer: &answer.to_string() }).unwrap();
}

/// The answers that are found, which are as many as are counted and as are given.
fn found(log: &AuditLog, query: Query) -> Vec<String> {
    let query = Query { limit: 100, ..query };
    let found = log.search(&query).unwrap();
    assert_eq!(log.count(&query).unwrap().0, found.answers.len() as u64);
    let ids: Vec<String> = found.answers.iter().map(|answer| answer.id.clone()).collect();
    let given: Vec<String> = log.given(&query, 100).unwrap().into_iter().map(|given| given.id).collect();
    assert!(given.iter().all(|id| ids.contains(id)), "{given:?} {ids:?}");
    ids
}

fn of_model(model: &str) -> Query {
    Query { model: Some(token(model)), ..Query::default() }
}

fn of_verdict(verdict: &str) -> Query {
    Query { verdict: Some(verdict.to_owned()), ..Query::default() }
}

#[test]
fn answers_are_found_by_the_model_that_wrote_them() {
    let Held { log, .. } = &Held::new();
    for (at, model) in [Some(MODELS[0]), None, Some(MODELS[1]), Some(MODELS[0])].into_iter().enumerate() {
        give(log, &format!("a{at}"), model, &["supported"]);
    }
    begin(log, "open", "How much?");
    assert_eq!(found(log, of_model(MODELS[0])), ["a3", "a0"]);
    assert_eq!(found(log, of_model(MODELS[1])), ["a2"]);
    assert_eq!(found(log, of_model("another")), Vec::<String>::new());
    // Neither a part of the name nor another spelling of it.
    for model in ["starter", "starter@sha256:0a1", "starter@sha256:0A1B", "%", "none", ""] {
        let query = Query { model: Some(model.to_owned()), ..Query::default() };
        assert_eq!(found(log, query), Vec::<String>::new(), "{model}");
    }
    // The answer says which it was, and the log has the name of one that cannot stand in it by its hash.
    let both = log.search(&Query { limit: 10, ..Query::default() }).unwrap().answers;
    let models: Vec<Option<String>> = both.into_iter().map(|answer| answer.model).collect();
    assert_eq!(models, [None, Some(token(MODELS[0])), Some(token(MODELS[1])), None, Some(token(MODELS[0]))]);
    assert_eq!((token(MODELS[0]).as_str(), token(MODELS[1]).starts_with("sha256:")), (MODELS[0], true));
}

#[test]
fn answers_are_found_by_the_weakest_verdict_of_a_statement() {
    let Held { log, .. } = &Held::new();
    for verdict in VERDICTS {
        give(log, &format!("alone-{verdict}"), None, &[verdict]);
        // Whatever stands before or behind it, as long as it is stronger.
        let mut all: Vec<&str> = VERDICTS.into_iter().take_while(|other| *other != verdict).collect();
        all.insert(0, verdict);
        give(log, &format!("first-{verdict}"), None, &all);
        all.reverse();
        give(log, &format!("last-{verdict}"), None, &all);
    }
    give(log, "silent", None, &[]);
    for verdict in VERDICTS {
        let expected = ["last", "first", "alone"].map(|how| format!("{how}-{verdict}"));
        assert_eq!(found(log, of_verdict(verdict)), expected);
    }
    for other in ["support", "SUPPORTED", "%", ""] {
        assert_eq!(found(log, of_verdict(other)), Vec::<String>::new(), "{other}");
    }
    assert_eq!(found(log, Query::default()).len(), 16);
}

#[test]
fn what_is_asked_for_together_holds_together() {
    let Held { log, .. } = &Held::new();
    for (at, model) in MODELS.into_iter().enumerate() {
        for verdict in VERDICTS {
            give(log, &format!("{at}-{verdict}"), Some(model), &["supported", verdict]);
        }
    }
    for (at, model) in MODELS.into_iter().enumerate() {
        assert_eq!(found(log, of_model(model)).len(), VERDICTS.len());
        for verdict in VERDICTS {
            let both = Query { verdict: Some(verdict.to_owned()), ..of_model(model) };
            assert_eq!(found(log, both.clone()), [format!("{at}-{verdict}")]);
            let all = Query { document: Some("d1".to_owned()), version: Some(1), snapshot: Some(1), ..both.clone() };
            let all = Query { status: Some("answered".to_owned()), actor: Some("ada".to_owned()), ..all };
            assert_eq!(found(log, all), [format!("{at}-{verdict}")]);
            for other in [
                Query { document: Some("d2".to_owned()), ..both.clone() },
                Query { version: Some(2), ..both.clone() },
                Query { snapshot: Some(2), ..both.clone() },
                Query { status: Some("partial".to_owned()), ..both.clone() },
                Query { actor: Some("bob".to_owned()), ..both.clone() },
                Query { to_ms: Some(0), ..both.clone() },
            ] {
                assert_eq!(found(log, other), Vec::<String>::new());
            }
        }
    }
}
