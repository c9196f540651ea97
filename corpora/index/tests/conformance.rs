//! One suite for every index: the memory ones, Qdrant in process, Qdrant over gRPC, Tantivy.
#![allow(missing_docs, clippy::unwrap_used)]

mod qdrant_stub;

use index::{
    EdgeIndex, Entry, Filter, Follower, LexicalIndex, MemoryLexicalIndex, MemoryVectorIndex, ServerIndex, TantivyIndex,
    VectorIndex,
};
use knowledge::{EntryId, Interval, Kind, PassageId, Seq, Snapshot};

const DIMENSION: usize = 8;

fn entry(number: u8, added: u64, removed: Option<u64>) -> Entry {
    let mut vector = vec![0.0; DIMENSION];
    vector[usize::from(number) % DIMENSION] = 0.8;
    vector[(usize::from(number) + 1) % DIMENSION] = 0.6;
    Entry {
        passage: PassageId::from_bytes([number; 16]),
        interval: Interval { added: Snapshot(added), removed: removed.map(Snapshot) },
        corpus: if number < 10 { "starter" } else { "other" }.parse().unwrap(),
        kind: if number.is_multiple_of(2) { Kind::Guideline } else { Kind::CaseLiterature },
        title: format!("Topic {number}"),
        section: vec!["Treatment".into()],
        text: format!("Give drug{number} 0.5 mg. Watch potassium."),
        vector,
    }
}

fn along(number: u8) -> Vec<f32> {
    entry(number, 1, None).vector
}

async fn follows(index: &dyn Follower) {
    assert_eq!(index.reached().await.unwrap(), Seq(0), "a new index has followed nothing");
    assert!(index.ids().await.unwrap().is_empty());
    let entries = vec![entry(0, 1, None), entry(1, 1, Some(3)), entry(2, 2, None), entry(12, 1, None)];
    for _ in 0..2 {
        index.apply(entries.clone(), Seq(4)).await.unwrap();
        assert_eq!(index.reached().await.unwrap(), Seq(4));
        let mut expected: Vec<EntryId> = entries.iter().map(Entry::id).collect();
        expected.sort_unstable();
        assert_eq!(index.ids().await.unwrap(), expected, "{}: applying twice is applying once", index.name());
    }
    let stray = entry(7, 1, None);
    index.apply(vec![stray.clone()], Seq(4)).await.unwrap();
    index.remove(vec![stray.id(), entry(9, 9, None).id()]).await.unwrap();
    assert_eq!(index.ids().await.unwrap().len(), 4);
    assert_eq!(index.reached().await.unwrap(), Seq(4), "forgetting does not move the mark");
}

fn numbers(hits: &[index::Hit]) -> Vec<u8> {
    hits.iter().map(|hit| hit.passage.to_bytes()[0]).collect()
}

async fn vectors(index: &dyn VectorIndex) {
    follows(index).await;
    let all = Filter::at(Snapshot(2));
    let hits = index.search(&along(0), &all, 10).await.unwrap();
    assert_eq!(numbers(&hits)[..2], [0, 1]);
    assert!((hits[0].score - 1.0).abs() < 1e-5 && (hits[1].score - 0.48).abs() < 1e-5, "scores are cosines: {hits:?}");
    // 2 and 12 are equally far, so their ids decide.
    assert_eq!(numbers(&hits), [0, 1, 2, 12]);
    assert_eq!(numbers(&index.search(&along(0), &all, 3).await.unwrap()), [0, 1, 2], "the limit cuts ties by id");
    assert_eq!(
        numbers(&index.search(&along(0), &Filter::at(Snapshot(1)), 10).await.unwrap()),
        [0, 1, 12],
        "2 came later"
    );
    assert_eq!(
        numbers(&index.search(&along(0), &Filter::at(Snapshot(3)), 10).await.unwrap()),
        [0, 2, 12],
        "1 has left"
    );
    assert!(index.search(&along(0), &Filter::at(Snapshot(0)), 10).await.unwrap().is_empty());
    let other = Filter { corpora: vec!["other".parse().unwrap()], ..all.clone() };
    assert_eq!(numbers(&index.search(&along(0), &other, 10).await.unwrap()), [12]);
    let cases = Filter { kinds: vec![Kind::CaseLiterature], ..all.clone() };
    assert_eq!(numbers(&index.search(&along(0), &cases, 10).await.unwrap()), [1]);
    // A passage that returns after a rollback has two intervals and is still found once.
    index.apply(vec![entry(1, 4, None)], Seq(5)).await.unwrap();
    assert_eq!(numbers(&index.search(&along(1), &Filter::at(Snapshot(4)), 1).await.unwrap()), [1]);
    assert_eq!(numbers(&index.search(&along(1), &Filter::at(Snapshot(1)), 1).await.unwrap()), [1]);
}

async fn words(index: &dyn LexicalIndex) {
    follows(index).await;
    let all = Filter::at(Snapshot(2));
    assert_eq!(numbers(&index.search("drug2", &all, 10).await.unwrap()), [2]);
    let hits = index.search("potassium watching", &all, 10).await.unwrap();
    assert_eq!(numbers(&hits), [0, 1, 2, 12], "equal scores go by id");
    assert_eq!(numbers(&index.search("potassium", &all, 2).await.unwrap()), [0, 1]);
    assert!(hits.iter().all(|hit| hit.score > 0.0));
    assert_eq!(numbers(&index.search("potassium", &Filter::at(Snapshot(3)), 10).await.unwrap()), [0, 2, 12]);
    let cases = Filter { kinds: vec![Kind::CaseLiterature], ..all.clone() };
    assert_eq!(numbers(&index.search("potassium", &cases, 10).await.unwrap()), [1]);
    let other = Filter { corpora: vec!["other".parse().unwrap()], ..all.clone() };
    assert_eq!(numbers(&index.search("potassium", &other, 10).await.unwrap()), [12]);
    for odd in ["", "   ", "the of and", "text:* AND (", "\"", "+-!{}[]^~*?:\\/", "ünïcødé 🙂"] {
        assert!(index.search(odd, &all, 10).await.unwrap().is_empty(), "{odd:?}");
    }
}

#[tokio::test]
async fn memory_vectors() {
    vectors(&MemoryVectorIndex::default()).await;
}

#[tokio::test]
async fn memory_words() {
    words(&MemoryLexicalIndex::default()).await;
}

#[tokio::test]
async fn qdrant_in_process() {
    let directory = tempfile::tempdir().unwrap();
    vectors(&EdgeIndex::open(directory.path(), DIMENSION).unwrap()).await;
    let again = EdgeIndex::open(directory.path(), DIMENSION).unwrap();
    assert_eq!(again.reached().await.unwrap(), Seq(5), "what was applied survives a restart");
    assert_eq!(again.ids().await.unwrap().len(), 5);
}

#[tokio::test]
async fn qdrant_over_grpc() {
    let stub = qdrant_stub::serve().await;
    vectors(&ServerIndex::connect(&stub, None, "osler", DIMENSION).await.unwrap()).await;
}

/// Runs against a real server when `QDRANT_URL` names one; its collection is removed first and after.
#[tokio::test]
async fn qdrant_server() {
    let Ok(url) = std::env::var("QDRANT_URL") else {
        eprintln!("skipped: QDRANT_URL is not set");
        return;
    };
    let client = qdrant_client::Qdrant::from_url(&url).skip_compatibility_check().build().unwrap();
    let _ = client.delete_collection("osler-conformance").await;
    vectors(&ServerIndex::connect(&url, None, "osler-conformance", DIMENSION).await.unwrap()).await;
    client.delete_collection("osler-conformance").await.unwrap();
}

#[tokio::test]
async fn tantivy_words() {
    let directory = tempfile::tempdir().unwrap();
    words(&TantivyIndex::open(directory.path()).unwrap()).await;
    let again = TantivyIndex::open(directory.path()).unwrap();
    assert_eq!(again.reached().await.unwrap(), Seq(4), "what was applied survives a restart");
}

#[tokio::test]
async fn a_vector_of_another_length_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let index = EdgeIndex::open(directory.path(), DIMENSION).unwrap();
    let odd = Entry { vector: vec![1.0; 3], ..entry(1, 1, None) };
    assert!(matches!(index.apply(vec![entry(0, 1, None), odd], Seq(2)).await, Err(index::Error::Dimension { .. })));
    assert!(index.ids().await.unwrap().is_empty());
    assert!(matches!(index.search(&[1.0], &Filter::at(Snapshot(1)), 1).await, Err(index::Error::Dimension { .. })));
}

#[tokio::test]
async fn damaged_files_are_an_error_that_names_them() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("meta.json"), "{").unwrap();
    let message = TantivyIndex::open(directory.path()).unwrap_err().to_string();
    assert!(message.contains("cannot be read"), "{message}");

    let directory = tempfile::tempdir().unwrap();
    EdgeIndex::open(directory.path(), DIMENSION).unwrap().apply(vec![entry(0, 1, None)], Seq(1)).await.unwrap();
    let segment = directory.path().join("segments").read_dir().unwrap().next().unwrap().unwrap().path();
    std::fs::write(segment.join("segment.json"), "{").unwrap();
    let message = EdgeIndex::open(directory.path(), DIMENSION).unwrap_err().to_string();
    assert!(message.contains("cannot be read"), "{message}");
}

#[tokio::test]
async fn a_server_that_is_away_is_named() {
    let error = ServerIndex::connect("http://127.0.0.1:9", None, "osler", DIMENSION).await.unwrap_err();
    assert!(matches!(error, index::Error::Unavailable { .. }), "{error:?}");
    assert!(error.to_string().contains("127.0.0.1:9"));
}
