//! Collections of judged questions as others write them, measured by the program itself.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::run::{refuse, run, succeed};

/// A collection in a directory.
fn write(directory: &Path, corpus: &[Value], queries: &[Value], qrels: &str) {
    fs::create_dir_all(directory.join("qrels")).unwrap();
    let lines = |rows: &[Value]| rows.iter().map(|row| format!("{row}\n")).collect::<String>();
    fs::write(directory.join("corpus.jsonl"), lines(corpus)).unwrap();
    fs::write(directory.join("queries.jsonl"), lines(queries)).unwrap();
    fs::write(directory.join("qrels/test.tsv"), qrels).unwrap();
}

fn measured(data: &Path, args: &[&str]) -> Value {
    let report: Value =
        serde_json::from_str(&succeed(data, &[&["eval", "retrieval", "--json"][..], args].concat())).unwrap();
    report["collections"][0].clone()
}

/// A figure of an arm.
fn figure(collection: &Value, arm: &str, measure: &str) -> f64 {
    let arms = collection["arms"].as_array().unwrap();
    arms.iter().find(|one| one["arm"] == arm).unwrap()[measure]["value"].as_f64().unwrap()
}

fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

#[test]
fn a_collection_with_odd_ids_and_gaps_is_measured_and_its_gaps_are_counted() {
    let directory = tempfile::tempdir().unwrap();
    let (data, set) = (directory.path().join("data"), directory.path().join("odd"));
    write(
        &set,
        &[
            json!({ "_id": "two  spaces", "title": "Metformin", "text": "Metformin is contraindicated when eGFR is below 30." }),
            json!({ "_id": 7, "title": null, "text": "Something else." }),
            json!({ "id": "nb\u{a0}sp \u{7f}\"", "text": "Inhaled salbutamol relieves acute asthma in children, p *< .05, B*27." }),
            json!({ "_id": "empty", "title": "", "text": "" }),
            json!({ "_id": 7, "text": "Warfarin needs INR monitoring." }),
        ],
        &[
            json!({ "_id": 1, "text": "when is metformin contraindicated" }),
            json!({ "_id": 2, "text": "monitoring of warfarin" }),
            json!({ "_id": 3, "text": "relief of acute asthma" }),
            json!({ "_id": 4, "text": "?" }),
            json!({ "_id": 5, "text": "asthma ".repeat(2_000) }),
            json!({ "_id": 6, "text": "not judged" }),
        ],
        "1\t0\ttwo  spaces\t1.0\n2\t0\t7\t1\n3\t0\tnb\u{a0}sp \u{7f}\"\t1\n4\t0\t7\t1\n5\t0\t7\t1\n1\t0\tgone\t0\n",
    );
    let page = directory.path().join("page.html");
    let collection = measured(&data, &["--from", set.to_str().unwrap(), "--html", page.to_str().unwrap()]);
    assert_eq!((&collection["questions"], &collection["documents"]), (&json!(5), &json!(3)));
    for arm in ["lexical", "dense", "rank fusion", "fused", "supported", "ranked"] {
        for measure in ["ndcg_10", "ndcg_linear_10", "recall_10", "recall_100", "mrr_10"] {
            let value = figure(&collection, arm, measure);
            let is_first = arm == "dense" || is_near(value, 0.6);
            assert!(is_first && value > 0.3, "{arm}: {measure} is {value}");
        }
    }
    let reading = &collection["reading"];
    assert_eq!((&reading["documents"], &reading["absent"], &reading["unjudged"]), (&json!(5), &json!(1), &json!(1)));
    assert_eq!(reading["doubled"], json!(["7"]));
    let ids = |key: &str| {
        let all = reading[key].as_array().unwrap();
        all.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((ids("rejected"), ids("refused")), (vec!["empty".to_owned()], vec!["4".to_owned(), "5".to_owned()]));
    assert_eq!(
        collection["scores"][3],
        json!({ "id": "4", "ndcg_10": {
        "lexical": 0.0, "dense": 0.0, "rank fusion": 0.0, "fused": 0.0, "supported": 0.0, "ranked": 0.0
    } })
    );
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("1 document not taken in: empty") && page.contains("2 questions refused"), "{page}");
}

#[test]
fn what_is_kept_of_other_texts_is_not_used() {
    let directory = tempfile::tempdir().unwrap();
    let (data, keep, set) =
        (directory.path().join("data"), directory.path().join("keep"), directory.path().join("drugs"));
    let document = |id: &str, text: &str| json!({ "_id": id, "text": text });
    let (asked, qrels) = ([document("q", "dose of warfarin")], "q\tb\t1\n");
    let texts = [document("a", "Metformin twice daily."), document("b", "Warfarin by INR."), document("c", "Asthma.")];
    write(&set, &texts, &asked, qrels);
    let args = ["eval", "retrieval", "--json", "--from", set.to_str().unwrap(), "--keep", keep.to_str().unwrap()];
    let measured = || {
        let output = run(&data, &args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        (report["collections"][0]["documents"].as_u64().unwrap(), said.contains("beginning anew"))
    };
    assert_eq!([measured(), measured()], [(3, false), (3, false)]);
    write(&set, &texts[1..], &asked, qrels);
    assert_eq!([measured(), measured()], [(2, true), (2, false)]);
    assert_eq!(fs::read_dir(&keep).unwrap().count(), 2);
}

#[test]
fn a_collection_without_anything_to_measure_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (data, set) = (directory.path().join("data"), directory.path().join("set"));
    let from = set.to_str().unwrap();
    let row = |id: &str| json!({ "_id": id, "text": "Text." });
    write(&set, &[], &[row("q")], "q\td\t1\n");
    refuse(&data, &["eval", "retrieval", "--from", from], 2, &["corpus.jsonl", "there are no documents"]);
    write(&set, &[row("d")], &[row("q")], "other\td\t1\n");
    refuse(&data, &["eval", "retrieval", "--from", from], 2, &["qrels/test.tsv", "no question"]);
    refuse(&data, &["eval", "retrieval", "--from", from, "--split", "dev"], 2, &["no dev.tsv, only: test"]);
}

/// Judged questions of others, where they are: in `OSLER_RETRIEVAL_SETS`, or beside the repository.
fn sets() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/retrieval");
    let sets = std::env::var_os("OSLER_RETRIEVAL_SETS").map_or_else(beside, PathBuf::from);
    sets.is_dir().then_some(sets)
}

/// The first 400 documents of a collection with the questions that they answer. `make evals-retrieval` measures all of it.
#[test]
fn questions_of_others_find_what_they_found() {
    let Some(from) = sets().map(|sets| sets.join("pubmedqa-1k")).filter(|set| set.is_dir()) else {
        eprintln!("skipped: there are no judged questions of others here; OSLER_RETRIEVAL_SETS names their directory");
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let (data, set) = (directory.path().join("data"), directory.path().join("first-400"));
    let text = |name: &str| fs::read_to_string(from.join(name)).unwrap();
    let rows = |name: &str| {
        text(name).lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<Value>>()
    };
    let corpus: Vec<Value> = rows("corpus.jsonl").into_iter().take(400).collect();
    let held: HashSet<&str> = corpus.iter().map(|row| row["_id"].as_str().unwrap()).collect();
    let qrels = text("qrels/test.tsv");
    let is_held = |line: &&str| line.split('\t').nth(1).is_some_and(|id| held.contains(id));
    let qrels: String = qrels.lines().filter(is_held).map(|line| format!("{line}\n")).collect();
    write(&set, &corpus, &rows("queries.jsonl"), &qrels);
    let collection = measured(&data, &["--from", set.to_str().unwrap(), "--questions", "200"]);
    let ndcg = |arm: &str| figure(&collection, arm, "ndcg_10");
    let ranked = ndcg("ranked");
    assert!(ranked >= 0.98, "{ranked}: all 1,000 come to .990");
    assert!(ranked >= ndcg("lexical") - 0.005 && ranked >= ndcg("dense") - 0.005, "{ranked}: an arm alone does better");
    let reading = &collection["reading"];
    assert_eq!((&reading["rejected"], &reading["refused"], &reading["absent"]), (&json!([]), &json!([]), &json!(0)));
}
