//! Vectors on a Qdrant server that is away, comes back empty or with an older copy, or is somebody else's: what is asked meanwhile
//! is answered by words, and everything is made good without anybody's doing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use answer::{Question, Retrieved};
use async_trait::async_trait;
use index::{
    Entry, Filter, Follower, Hit, LexicalIndex, MemoryLexicalIndex, MemoryVectorIndex, ServerIndex, VectorIndex,
};
use inference::Embedder;
use ingest::{Counted, Stores, look_after};
use knowledge::{EntryId, Seq};
use ledger::Ledger;
use server::config::Config;
use server::data::Data;
use support::{HashEmbedder, TestService, fixed_seams, test_settings};

use crate::qdrant_stub::{Fault, Server, serve};

const QUESTION: &str = "What dose of examplin for hypertension?";

const FILES: [(&str, &str); 2] = [
    ("drug.md", "# Examplin\n\nGive examplin 5 mg daily for hypertension.\n"),
    ("gout.md", "# Gout\n\nGive colchicine for gout attacks in adults.\n"),
];

const MORE: (&str, &str) = ("croup.md", "# Croup\n\nGive dexamethasone for croup in children.\n");

fn config(stub: &Server) -> Config {
    let mut config = Config::default();
    config.identity.anonymous = Some(true);
    config.vectors.url = Some(stub.url.clone());
    config
}

async fn service(stub: &Server) -> TestService {
    TestService::with(config(stub), test_settings(), false).await
}

async fn found(service: &TestService) -> Retrieved {
    service.app.asker.retriever().search(&Question::new(QUESTION), 10).await.unwrap()
}

/// By words alone, and says so.
async fn finds_by_words(service: &TestService) {
    let found = found(service).await;
    assert!(found.missing.is_some());
    assert!(found.hits[0].text.contains("examplin") && found.hits[0].scores.dense.is_none(), "{:?}", found.hits);
}

/// The server holds what the ledger says, and everything of it is found by meaning; at once, or when it has been looked at.
async fn finds_everything(service: &TestService, stub: &Server) {
    let wanted = service.stores.ledger.entry_count().unwrap();
    for _ in 0..400 {
        let points: Vec<u64> = stub.collections().values().map(|held| held.points.len() as u64).collect();
        let found = found(service).await;
        // One is the mark.
        if points == [wanted + 1] && found.missing.is_none() {
            assert_eq!(found.hits.len() as u64, wanted);
            assert!(found.hits.iter().all(|hit| hit.scores.dense.is_some()), "{:?}", found.hits);
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the index does not become whole");
}

#[tokio::test]
async fn a_service_starts_and_takes_documents_in_while_the_server_is_away() {
    let stub = serve().await;
    stub.set(Fault::Away);
    let service = service(&stub).await;
    let (report, _) = service.ingest(&FILES).await;
    assert_eq!(report.documents.added, 2);
    finds_by_words(&service).await;
    assert!(stub.collections().is_empty());
    stub.set(Fault::None);
    finds_everything(&service, &stub).await;
    let aliases: Vec<String> = stub.aliases().into_keys().collect();
    assert_eq!(aliases, ["osler-current"]);

    // What is taken in while it is away again follows too.
    stub.set(Fault::Away);
    service.ingest(&[MORE]).await;
    finds_by_words(&service).await;
    stub.set(Fault::None);
    finds_everything(&service, &stub).await;
    assert_eq!(service.stores.vectors.ids().await.unwrap(), service.stores.ledger.entry_ids().unwrap());
}

#[tokio::test]
async fn however_long_the_server_is_away_the_next_look_is_near() {
    let stub = serve().await;
    let service = service(&stub).await;
    service.ingest(&FILES).await;
    finds_everything(&service, &stub).await;
    stub.set(Fault::Away);
    finds_by_words(&service).await;
    // A dozen looks in a row failed, or half a dozen that asked twice: with pauses that grow they would take most of a minute.
    let looked = async {
        while stub.refused() < 12 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), looked).await.expect("the server is hardly looked at any more");
    stub.set(Fault::None);
    finds_everything(&service, &stub).await;
}

#[tokio::test]
async fn a_server_that_comes_back_empty_or_with_an_older_copy_is_filled_again() {
    let stub = serve().await;
    let service = service(&stub).await;
    service.ingest(&FILES).await;
    finds_everything(&service, &stub).await;
    let older = stub.collections();
    service.ingest(&[MORE]).await;
    finds_everything(&service, &stub).await;

    stub.put_back(older);
    finds_everything(&service, &stub).await;

    stub.put_back(BTreeMap::new());
    finds_by_words(&service).await;
    finds_everything(&service, &stub).await;
}

#[tokio::test]
async fn a_look_says_what_may_be_searched() {
    let stub = serve().await;
    let service = service(&stub).await;
    service.ingest(&FILES).await;
    let (ledger, embedder) = (&service.stores.ledger, HashEmbedder);
    let (of, length) = (embedder.id(), embedder.dimension());
    let (options, library) = (config(&stub).vectors.server().unwrap().unwrap(), library(&service));
    let index = ServerIndex::writer(options.clone(), &library, of, length).unwrap();
    let mut counted = Counted::default();
    assert!(!index.is_whole());
    look_after(ledger, &index, &mut counted).await.unwrap();
    assert!(index.is_whole());

    // Passages that are gone while the mark stands, as when one node of several comes back with less.
    let mut fewer = stub.collections();
    fewer.values_mut().next().unwrap().points.pop_last().unwrap();
    let less = fewer.clone();
    stub.put_back(fewer);
    // To a replica it says that it lacks something until the writer has filled it; it changes nothing itself.
    let reader = ServerIndex::reader(options, &library, of, length).unwrap();
    let error = look_after(ledger, &reader, &mut Counted::default()).await.unwrap_err();
    assert!(error.to_string().contains("does not hold all"), "{error}");
    assert!(!reader.is_whole());
    look_after(ledger, &index, &mut counted).await.unwrap();
    assert_eq!(index.ids().await.unwrap(), ledger.entry_ids().unwrap());
    look_after(ledger, &reader, &mut Counted::default()).await.unwrap();
    assert!(index.is_whole() && reader.is_whole());

    // One that does not answer searches is not whole, whatever else it answers.
    stub.put_back(less);
    stub.set(Fault::HangsInSearches);
    assert!(look_after(ledger, &index, &mut counted).await.is_err());
    assert!(!index.is_whole());
    stub.set(Fault::None);
    look_after(ledger, &index, &mut counted).await.unwrap();
    assert!(index.is_whole());
}

fn library(service: &TestService) -> String {
    service.app.audit.verifier_keys()[0].to_string()
}

#[tokio::test]
async fn the_passages_of_another_library_are_left_alone() {
    let stub = serve().await;
    let service = service(&stub).await;
    service.ingest(&FILES).await;
    let mut theirs = stub.collections();
    let held = theirs.values_mut().next().unwrap();
    let mark = held.points.first_entry().unwrap().into_mut();
    assert_eq!(mark.payload["library"].as_str(), Some(&library(&service)));
    mark.payload.insert("library".to_owned(), "another".to_owned().into());
    let before = held.points.clone();
    drop(service);
    stub.put_back(theirs);

    let directory = tempfile::tempdir().unwrap();
    let mut config = config(&stub);
    config.audit.guard = Some(directory.path().join("guard"));
    let embedder = HashEmbedder;
    let of = (embedder.id(), embedder.dimension());
    let error = Data::open_with(directory.path(), of, &config, fixed_seams()).await.unwrap_err();
    assert!(error.to_string().contains("vectors.collection"), "{error:#}");
    assert_eq!(stub.collections().values().next().unwrap().points, before);
}

#[tokio::test]
async fn an_index_that_followed_another_ledger_begins_anew_with_this_one() {
    let service = TestService::without_generator().await;
    let (index, ledger) = (MemoryVectorIndex::default(), &service.stores.ledger);
    index.apply(Vec::new(), Seq(1_000)).await.unwrap();
    ingest::reconcile(ledger, &index).await.unwrap();
    assert_eq!(index.reached().await.unwrap(), Seq(0));
    service.ingest(&FILES).await;
    ingest::catch_up(ledger, &index).await.unwrap();
    assert_eq!(index.ids().await.unwrap(), ledger.entry_ids().unwrap());
}

/// Fails at everything: by itself, or because its server is away.
struct Failing {
    is_away: bool,
}

impl Failing {
    fn fail<T>(&self) -> index::Result<T> {
        Err(match self.is_away {
            true => index::Error::Unavailable { url: "http://nowhere".to_owned(), source: "away".into() },
            false => index::Error::injected("vector", None),
        })
    }
}

#[async_trait]
impl Follower for Failing {
    fn name(&self) -> &'static str {
        "vector"
    }

    async fn apply(&self, _: Vec<Entry>, _: Seq) -> index::Result<()> {
        self.fail()
    }

    async fn reached(&self) -> index::Result<Seq> {
        self.fail()
    }

    async fn ids(&self) -> index::Result<Vec<EntryId>> {
        self.fail()
    }

    async fn remove(&self, _: Vec<EntryId>) -> index::Result<()> {
        self.fail()
    }
}

#[async_trait]
impl VectorIndex for Failing {
    async fn search(&self, _: &[f32], _: &Filter, _: usize) -> index::Result<Vec<Hit>> {
        self.fail()
    }
}

#[tokio::test]
async fn one_index_that_fails_does_not_keep_the_other_from_following() {
    let service = TestService::without_generator().await;
    service.ingest(&FILES).await;
    for is_away in [true, false] {
        let lexical = Arc::new(MemoryLexicalIndex::default());
        let stores = Stores {
            ledger: Arc::clone(&service.stores.ledger),
            vectors: Arc::new(Failing { is_away }),
            lexical: Arc::clone(&lexical) as Arc<dyn LexicalIndex>,
        };
        assert_eq!(stores.catch_up().await.is_ok(), is_away, "what is away follows when it is back");
        assert_eq!(lexical.ids().await.unwrap(), entries(&stores.ledger));
    }
}

fn entries(ledger: &Ledger) -> Vec<EntryId> {
    ledger.entry_ids().unwrap()
}
