//! A cross-encoder orders the first passages, and its absence is said and stops nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use answer::{Question, Retriever};
use async_trait::async_trait;
use inference::models::{Fetcher, List, Pin, Role, Store};
use inference::{Error, FastRerank, Reranker, init_onnx_runtime};
use knowledge::PassageId;
use server::config::Config;
use server::models::load_reranker;
use support::{TestService, models_dir, write_tiny_cross_encoder};

use crate::models::serve;

const FILES: [(&str, &str); 3] = [
    ("a.md", "# Attack\n\nThe treatment of gout is colchicine. Gout hurts.\n"),
    ("b.md", "# Prevention\n\nThe treatment of gout is febuxostat.\n"),
    ("c.md", "# Gout\n\nThe treatment of gout, gout and gout.\n"),
];

/// Fewer than either arm finds, and alike but for their age.
fn many() -> Vec<(String, String)> {
    let text = |number: u32| {
        let published = format!("+++\npublished = \"{}-06-01\"\n+++\n", 1990 + number);
        format!("{published}# Gout {number}\n\nThe treatment of gout is colchicine{number}.\n")
    };
    (0..36).map(|number| (format!("{number}.md"), text(number))).collect()
}

/// What is found, asking for so many.
async fn first(retriever: &Retriever, limit: usize) -> Vec<PassageId> {
    let found = retriever.search(&Question::new("treatment of gout"), limit).await.unwrap();
    assert!(found.missing.is_none());
    found.hits.iter().map(|hit| hit.passage).collect()
}

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

/// A hub on the loopback that has these files: where it has each, and its name here.
async fn hub(files: &Path, places: &[(&str, &str)]) -> String {
    let mut router = axum::Router::new();
    for (at, file) in places {
        let body = std::fs::read(files.join(file)).unwrap();
        let path = format!("/Makers/Tiny-Cross/resolve/{COMMIT}/{at}");
        router = router.route(&path, axum::routing::get(|| async { body }));
    }
    serve(router).await
}

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

const PLACES: [(&str, &str); 5] = [
    ("onnx/model.onnx", "model.onnx"),
    ("config.json", "config.json"),
    ("tokenizer.json", "tokenizer.json"),
    ("tokenizer_config.json", "tokenizer_config.json"),
    ("special_tokens_map.json", "special_tokens_map.json"),
];

#[tokio::test]
async fn one_from_a_hub_is_pinned_fetched_and_used_by_its_name() {
    let (files, models, other) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_tiny_cross_encoder(files.path());
    let (whole, lacking) = (hub(files.path(), &PLACES).await, hub(files.path(), &PLACES[..4]).await);
    let built_in = Config::default().model_list().unwrap();
    let store = Store::new(models.path().to_owned(), built_in.clone());
    let pin = |revision: &str| Pin {
        repository: "Makers/Tiny-Cross".to_owned(),
        revision: revision.to_owned(),
        role: Role::Reranker,
        licence: "Apache-2.0".to_owned(),
        files: Vec::new(),
    };
    let refused = pin("main").make(&store, &whole, |_| {}).await.unwrap_err().to_string();
    assert!(refused.contains("branch"), "{refused}");
    let refused = pin(COMMIT).make(&store, &lacking, |_| {}).await.unwrap_err().to_string();
    assert!(refused.contains("special_tokens_map.json") && refused.contains("no such file"), "{refused}");
    assert!(!models.path().join("tiny-cross/model.onnx").exists(), "half a model is none");
    let entry = pin(COMMIT).make(&store, &whole, |_| {}).await.unwrap();
    assert_eq!((entry.name.as_str(), entry.files.len()), ("tiny-cross", 5));

    // Elsewhere it is fetched by the entry alone; and what the hub has changed since is not taken.
    let list = models.path().join("models.toml");
    std::fs::write(&list, toml::to_string(&List { entries: vec![entry] }).unwrap()).unwrap();
    let config = format!("[models]\nlist = {list:?}\n[reranker]\nmodel = \"tiny-cross\"\n");
    let config = Config::parse(&config).unwrap();
    assert_eq!(config.model_list().unwrap().entries.len(), built_in.entries.len() + 1);
    let store = Store::new(other.path().to_owned(), config.model_list().unwrap());
    for model in ["onnxruntime", "clinical-minilm-l6-v1"] {
        std::os::unix::fs::symlink(models_dir().join(model), other.path().join(model)).unwrap();
    }
    assert!(load_reranker(&config, &store).await.err().unwrap().root_cause().to_string().contains("missing"));
    Fetcher::new(&store, &whole, "no-such-python").fetch("tiny-cross", |_| {}).await.unwrap();
    let reranker = load_reranker(&config, &store).await.unwrap().unwrap();
    assert!(reranker.id().starts_with("tiny-cross@"), "{}", reranker.id());
    let scores = reranker.score("gout?", vec!["the gout".into(), "febuxostat".into()]).await.unwrap();
    assert!(scores[0] < scores[1], "{scores:?}");
    std::fs::write(other.path().join("tiny-cross/model.onnx"), "another").unwrap();
    let refused = load_reranker(&config, &store).await.err().unwrap();
    assert!(refused.root_cause().to_string().contains("not the file it should be"), "{refused:#}");
    let embedder = Config::parse("[reranker]\nmodel = \"clinical-minilm-l6-v1\"\n").unwrap();
    assert!(load_reranker(&embedder, &store).await.err().unwrap().root_cause().to_string().contains("role"));
}

/// Takes what stands last in the list for the best.
struct Backwards;

#[async_trait]
impl Reranker for Backwards {
    fn id(&self) -> &str {
        "backwards"
    }

    async fn score(&self, _: &str, texts: Vec<String>) -> inference::Result<Vec<f32>> {
        let most = texts.len() as f32;
        Ok((0..texts.len()).map(|place| place as f32 / most).collect())
    }
}

#[tokio::test]
async fn whoever_asks_for_fewer_passages_gets_the_first_of_the_same() {
    let service = TestService::new().await;
    let files = many();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    service.ingest(&files).await;
    let mut retriever = (*service.app.asker.retriever()).clone();
    assert!(retriever.has_priors);
    for reranker in [None, Some(Arc::new(Backwards) as Arc<dyn Reranker>)] {
        retriever.reranker = reranker;
        let all = first(&retriever, 50).await;
        assert_eq!(all.len(), files.len());
        for limit in 1..=25 {
            assert_eq!(first(&retriever, limit).await, all[..limit], "{limit}");
        }
    }
    // The cross-encoder has read twenty of them, and not only the one that was asked for.
    let best = retriever.search(&Question::new("treatment of gout"), 1).await.unwrap().hits.remove(0);
    assert_eq!(best.scores.rerank, Some(0.95));
}

/// Says nothing.
struct Silent;

#[async_trait]
impl Reranker for Silent {
    fn id(&self) -> &str {
        "silent"
    }

    async fn score(&self, _: &str, _: Vec<String>) -> inference::Result<Vec<f32>> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_cross_encoder_that_says_nothing_is_not_waited_for() {
    let service = TestService::new().await;
    service.ingest(&FILES).await;
    let mut retriever = (*service.app.asker.retriever()).clone();
    let (before, ..) = search(&retriever).await;
    retriever.reranker = Some(Arc::new(Silent));
    retriever.rerank_deadline = Duration::from_millis(20);
    let (after, scores, missing) = search(&retriever).await;
    assert_eq!((before, vec![None; 3]), (after, scores));
    assert!(missing.unwrap().contains("without it"));
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
