//! What is measured of the search: all arms on the same documents, and no list cut short.

use std::path::Path;

use evals::retrieval::report::Sizes;
use evals::retrieval::{Collection, CollectionReport, measure};
use serde_json::json;
use support::TestService;

/// A collection of documents with these ids; what they say is taken in by whoever calls.
fn collection(directory: &Path, ids: &[String], queries: &[(&str, &str)], qrels: &str) -> Collection {
    std::fs::create_dir_all(directory.join("qrels")).unwrap();
    let line = |id: &str, text: &str| format!("{}\n", json!({ "_id": id, "text": text }));
    let corpus: String = ids.iter().map(|id| line(id, "Text.")).collect();
    let queries: String = queries.iter().map(|(id, text)| line(id, text)).collect();
    std::fs::write(directory.join("corpus.jsonl"), corpus).unwrap();
    std::fs::write(directory.join("queries.jsonl"), queries).unwrap();
    std::fs::write(directory.join("qrels/test.tsv"), qrels).unwrap();
    Collection::read(directory, usize::MAX, None).unwrap()
}

/// Takes documents in under the names that a collection has for its own, and measures.
async fn measured(service: &TestService, collection: &Collection, texts: &[String]) -> CollectionReport {
    let names: Vec<String> = collection.files().map(|(name, _)| name).collect();
    assert_eq!(names.len(), texts.len());
    let keyed = |(name, text): (&String, &String)| format!("+++\nid = \"{}\"\n{text}", name.trim_end_matches(".md"));
    let texts: Vec<String> = names.iter().zip(texts).map(keyed).collect();
    let files: Vec<(&str, &str)> =
        names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str())).collect();
    service.ingest(&files).await;
    let sizes = Sizes { vectors: 0, words: 0, ledger: 0 };
    let corpus = TestService::corpus().id;
    measure(&service.app.asker.retriever(), collection, &corpus, sizes, |_| {}).await.unwrap().report
}

#[tokio::test]
async fn what_may_not_be_evidence_is_in_no_arm_and_a_question_that_cannot_be_asked_ends_nothing() {
    let (service, directory) = (TestService::new().await, tempfile::tempdir().unwrap());
    let ids = ["old", "new"].map(str::to_owned);
    let queries = [("q1", "colchicine for acute gout"), ("q2", "?")];
    let collection = collection(directory.path(), &ids, &queries, "q1\told\t3\nq1\tnew\t1\nq2\tnew\t1\n");
    let texts = [
        "expires = \"2020-01-01\"\n+++\nGive colchicine 1 mg for acute gout.\n",
        "+++\nGive colchicine 500 micrograms twice daily for acute gout.\n",
    ];
    let report = measured(&service, &collection, &texts.map(str::to_owned)).await;
    assert_eq!(report.arms.len(), 6);
    for arm in &report.arms {
        // Half of what is relevant to one question, nothing of the other.
        assert!((arm.recall_10.value - 0.25).abs() < 1e-9, "{}: {:?}", arm.arm, arm.recall_10);
    }
    let refused = &report.reading.refused;
    assert!(refused.len() == 1 && refused[0].id == "q2" && refused[0].why.contains("empty"), "{refused:?}");
    let names: Vec<(&str, &str)> =
        report.comparisons.iter().map(|one| (one.arm.as_str(), one.against.as_str())).collect();
    for pair in
        [("supported", "fused"), ("fused", "lexical"), ("fused", "dense"), ("ranked", "lexical"), ("ranked", "dense")]
    {
        assert!(names.contains(&pair), "{pair:?}");
    }
}

#[tokio::test]
async fn a_hundred_documents_are_looked_for_as_deep_as_it_takes() {
    let (service, directory) = (TestService::new().await, tempfile::tempdir().unwrap());
    let (long, short) = (12, 80);
    let ids: Vec<String> = (0..long + short).map(|n| format!("n{n}")).collect();
    let qrels: String = ids[long..].iter().map(|id| format!("q\t{id}\t1\n")).collect();
    let collection = collection(directory.path(), &ids, &[("q", "colchicine gout")], &qrels);
    let part = |n: usize| format!("## Part {n}\n\nColchicine for gout, colchicine for gout: part {n}.\n\n");
    let article = format!("+++\n{}", (0..25).map(part).collect::<String>());
    let note = "+++\nA note from the ward says that colchicine was asked for, and that nobody had any of it left.\n";
    let texts: Vec<String> = (0..ids.len()).map(|n| if n < long { article.clone() } else { note.to_owned() }).collect();
    let report = measured(&service, &collection, &texts).await;
    assert_eq!((report.documents, report.passages), (92, 380));
    for arm in &report.arms {
        assert!((arm.recall_100.value - 1.0).abs() < 1e-9, "{}: {:?}", arm.arm, arm.recall_100);
    }
}
