//! A cross-encoder orders the first passages, and its absence is said and stops nothing.

use std::path::PathBuf;
use std::sync::Arc;

use answer::{Question, Retriever};
use async_trait::async_trait;
use inference::models::{List, Store};
use inference::{Error, FastRerank, Reranker, init_onnx_runtime};
use support::{TestService, models_dir, write_tiny_cross_encoder};

const FILES: [(&str, &str); 3] = [
    ("a.md", "# Attack\n\nThe treatment of gout is colchicine. Gout hurts.\n"),
    ("b.md", "# Prevention\n\nThe treatment of gout is febuxostat.\n"),
    ("c.md", "# Gout\n\nThe treatment of gout, gout and gout.\n"),
];

async fn search(retriever: &Retriever) -> (Vec<String>, Vec<Option<f32>>, Option<&'static str>) {
    let found = retriever.search(&Question::new("treatment of gout"), 10).await.unwrap();
    let titles = found.hits.iter().map(|hit| hit.document.title.clone()).collect();
    (titles, found.hits.iter().map(|hit| hit.scores.rerank).collect(), found.missing)
}

#[tokio::test]
async fn the_first_passages_are_ordered_by_the_cross_encoder() {
    let list =
        std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy/models.toml")).unwrap();
    let store = Store::new(models_dir(), List::parse(&list).unwrap());
    let environment = init_onnx_runtime(&store.verify("onnxruntime").unwrap().main).unwrap();
    let directory = tempfile::tempdir().unwrap();
    assert!(matches!(FastRerank::load(directory.path(), environment.clone()), Err(Error::Missing(_))));
    write_tiny_cross_encoder(directory.path());
    let reranker = Arc::new(FastRerank::load(directory.path(), environment).unwrap());
    let scores = reranker.score("gout?", vec!["febuxostat".into(), "the gout".into(), String::new()]).await.unwrap();
    assert!(scores[0] > scores[1] && scores[1] > scores[2], "{scores:?}");
    assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)), "{scores:?}");

    let service = TestService::new().await;
    service.ingest(&FILES).await;
    let mut retriever = (*service.app.asker.retriever()).clone();
    let (before, none, _) = search(&retriever).await;
    assert_eq!((before[0].as_str(), none), ("Gout", vec![None; 3]));
    retriever.reranker = Some(reranker);
    let (after, scores, missing) = search(&retriever).await;
    assert_eq!(after, ["Prevention", "Attack", "Gout"]);
    assert!(scores.iter().all(Option::is_some) && missing.is_none());
}

struct Broken;

#[async_trait]
impl Reranker for Broken {
    fn id(&self) -> &str {
        "broken"
    }

    async fn score(&self, _: &str, _: Vec<String>) -> inference::Result<Vec<f32>> {
        Err(Error::Embed("no more".into()))
    }
}

#[tokio::test]
async fn a_cross_encoder_that_fails_is_said_and_the_search_stands() {
    let service = TestService::new().await;
    service.ingest(&FILES).await;
    let mut retriever = (*service.app.asker.retriever()).clone();
    let (before, ..) = search(&retriever).await;
    retriever.reranker = Some(Arc::new(Broken));
    let (after, scores, missing) = search(&retriever).await;
    assert_eq!((before, vec![None; 3]), (after, scores));
    assert!(missing.unwrap().contains("without it"));
}
