//! A long document that may not be evidence any more stands in nobody's light, however many passages of it match.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use answer::Question;
use async_trait::async_trait;
use inference::Embedder;
use knowledge::{Corpus, DocumentId, Rights, Status};
use ledger::Decision;
use serde_json::{Value, json};
use support::{HashEmbedder, TestService};

const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "because" };

const QUESTION: &str = "Which dose of colchicine is given for an acute attack of gout?";

/// It matches, and less well than any passage of the long one.
const SMALL: &str = "+++\nid = \"small\"\n+++\n# Flares\n\nGive colchicine 500 micrograms twice daily for an acute attack of \
    gout, which is the usual dose in adults who have no disease of the kidney or the liver and take no other medicines.\n";

/// A document of 120 passages.
fn long(matter: &str) -> String {
    let mut text = format!("+++\nid = \"long\"\n{matter}\n+++\n# Acute gout attack: colchicine dose\n\n");
    for part in 1..=120 {
        text.push_str(&format!(
            "## Part {part}\n\nGive colchicine {part} mg for an acute attack of gout: the dose of colchicine given for gout.\n\n"
        ));
    }
    text
}

async fn titles(service: &TestService, limit: usize) -> Vec<String> {
    let body = json!({ "question": QUESTION, "limit": limit });
    let found = service.post("/v1/search", &body).await.json();
    let hits = found["hits"].as_array().unwrap().iter();
    hits.map(|hit| hit["document"]["title"].as_str().unwrap().to_owned()).collect()
}

async fn assert_only_the_small_one(service: &TestService) {
    for limit in [1, 10, 50] {
        assert_eq!(titles(service, limit).await, ["Flares"], "of {limit}");
    }
    let answer = service.ask(QUESTION).await;
    assert_eq!(
        (&answer["status"], answer["evidence"].as_array().unwrap().len()),
        (&json!("extractive"), 1),
        "{answer}"
    );
    assert_eq!(answer["evidence"][0]["document"]["title"], "Flares");
}

fn retract(service: &TestService) {
    let document = DocumentId::of(&TestService::corpus().id, "long");
    service.stores.ledger.set_status(document, 1, Status::Retracted, &DECISION).unwrap();
}

#[tokio::test]
async fn what_a_retracted_document_hid_is_found_before_the_indexes_follow_and_after() {
    let service = TestService::without_generator().await;
    service.ingest(&[("long.md", &long("")), ("small.md", SMALL)]).await;
    let before = titles(&service, 50).await;
    assert!(before.len() == 50 && before.iter().all(|title| title != "Flares"), "{before:?}");
    retract(&service);
    assert_only_the_small_one(&service).await;
    service.stores.reconcile().await.unwrap();
    assert_only_the_small_one(&service).await;
}

#[tokio::test]
async fn what_an_expired_document_hid_is_found() {
    let service = TestService::without_generator().await;
    service.ingest(&[("long.md", &long("expires = 2025-01-01")), ("small.md", SMALL)]).await;
    assert_only_the_small_one(&service).await;
}

#[tokio::test]
async fn what_a_corpus_hid_that_may_not_be_searched_is_found() {
    let service = TestService::without_generator().await;
    service.ingest(&[("small.md", SMALL)]).await;
    let source = tempfile::tempdir().unwrap();
    std::fs::write(source.path().join("long.md"), long("")).unwrap();
    let rights = Rights { index: false, ..TestService::corpus().rights };
    let closed = Corpus { id: "closed".parse().unwrap(), rights, ..TestService::corpus() };
    let (account, events) = service.try_ingest(source.path(), &closed).await;
    assert_eq!(account.unwrap().report.documents.added, 1, "{events:?}");
    assert_only_the_small_one(&service).await;
    let only = json!({ "question": QUESTION, "filters": { "corpora": ["closed"] } });
    assert_eq!(service.post("/v1/search", &only).await.json()["hits"], json!([]));
}

/// Counts how often it is asked.
#[derive(Default)]
struct Counting(AtomicUsize);

#[async_trait]
impl Embedder for Counting {
    fn id(&self) -> &str {
        "hash-embedder@1"
    }

    fn dimension(&self) -> usize {
        HashEmbedder.dimension()
    }

    async fn embed(&self, texts: Vec<String>) -> inference::Result<Vec<Vec<f32>>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        HashEmbedder.embed(texts).await
    }
}

#[tokio::test]
async fn looking_deeper_embeds_nothing_anew_and_finds_the_same_every_time() {
    let service = TestService::without_generator().await;
    service.ingest(&[("long.md", &long("")), ("small.md", SMALL)]).await;
    retract(&service);
    let (mut retriever, counting) = ((*service.app.asker.retriever()).clone(), Arc::new(Counting::default()));
    retriever.embedder = Arc::clone(&counting) as Arc<dyn Embedder>;
    let mut seen: Vec<Value> = Vec::new();
    for searches in 1..=3 {
        let found = retriever.search(&Question::new(QUESTION), 10).await.unwrap();
        assert_eq!((found.hits.len(), counting.0.load(Ordering::SeqCst)), (1, searches));
        seen.push(json!(found.hits));
    }
    assert!(seen.iter().all(|hits| *hits == seen[0]), "{seen:?}");
}
