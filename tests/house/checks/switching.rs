//! Another embedding model takes over while questions are asked and documents come in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use answer::{Question, Retriever};
use inference::Embedder;
use knowledge::Seq;
use serde_json::json;
use server::config;
use server::library::Told;
use server::models::{ModelInUse, ModelRole};
use server::switching::{Coming, Switched, embed_coming, forget_coming, switch_to};
use support::{HashEmbedder, OtherHashEmbedder, TestService};

const QUESTION: &str = "What dose of examplin for hypertension?";

const FILES: [(&str, &str); 3] = [
    ("drug.md", "# Examplin\n\nGive examplin 5 mg daily for hypertension.\n"),
    ("gout.md", "# Gout\n\nGive colchicine for gout attacks in adults.\n"),
    ("croup.md", "# Croup\n\nGive dexamethasone for croup in children.\n"),
];

fn coming(name: &str, embedder: impl Embedder + 'static) -> Coming {
    Coming {
        settings: config::Embedder { model: name.to_owned(), ..config::Embedder::default() },
        model: ModelInUse {
            role: ModelRole::Embedder,
            id: name.to_owned(),
            revision: None,
            sha256: None,
            licence: None,
        },
        embedder: Arc::new(embedder),
    }
}

async fn switched(service: &TestService) -> Result<Switched, String> {
    let outcome = switch_to(&service.app, &service.data_file(""), coming("other", OtherHashEmbedder)).await;
    outcome.map_err(|error| format!("{error:#}"))
}

/// Both arms find something, with vectors of one model.
async fn finds(retriever: &Retriever) {
    let found = retriever.search(&Question::new(QUESTION), 10).await.unwrap();
    assert_eq!((found.missing, found.vector.len()), (None, retriever.embedder.dimension()));
    assert!(found.hits[0].text.contains("examplin"), "{:?}", found.hits);
    assert!(found.hits.iter().all(|hit| hit.scores.dense.is_some()), "{:?}", found.hits);
}

#[tokio::test]
async fn questions_are_answered_while_another_embedder_takes_over() {
    let service = TestService::without_generator().await;
    service.ingest(&FILES).await;
    embed_coming(&service.stores.ledger, &OtherHashEmbedder, |_| {}).await.unwrap();
    // It came in after everything was embedded anew.
    service.ingest(&[("asthma.md", "# Asthma\n\nGive salbutamol for asthma attacks.\n")]).await;
    service.ask(QUESTION).await;
    let release = || service.app.audit.entries("", None, None, 1).unwrap().remove(0).release;
    let (before, old) = (release(), service.app.asker.retriever());

    let is_over = AtomicBool::new(false);
    let asking = async {
        let mut asked = 0;
        while !is_over.load(Ordering::Relaxed) {
            finds(&service.app.asker.retriever()).await;
            assert_ne!(service.ask(QUESTION).await["status"], "degraded");
            asked += 1;
        }
        asked
    };
    let switching = async {
        let outcome = switched(&service).await;
        is_over.store(true, Ordering::Relaxed);
        outcome
    };
    let (asked, outcome) = tokio::join!(asking, switching);
    let over = Switched::Over { from: HashEmbedder.id().to_owned(), to: OtherHashEmbedder.id().to_owned() };
    assert_eq!(outcome, Ok(over));
    assert!(asked > 0);

    // What began before ends as it began; what begins now is searched with the other model, in its index.
    finds(&old).await;
    let new = service.app.asker.retriever();
    assert_eq!(new.embedder.id(), OtherHashEmbedder.id());
    finds(&new).await;
    assert_eq!(new.vectors.ids().await.unwrap(), service.stores.ledger.entry_ids().unwrap());

    // Everybody is told, and the record has it.
    let about = service.get("/v1/about").await.json();
    assert_eq!(about["models"], json!(service.app.models()));
    assert_eq!(
        (about["models"][0]["role"].as_str(), about["models"][0]["id"].as_str()),
        (Some("embedder"), Some("other"))
    );
    let labeling = service.get("/v1/about/labeling").await.json();
    assert_eq!(labeling["models"], about["models"]);
    let changes = service.app.audit.entries("service.", None, None, 10).unwrap();
    assert_eq!(changes.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>(), ["service.changed"]);
    assert_eq!(changes[0].object["models"], json!(["other@unknown"]));
    assert_eq!(changes[0].text("labeling_sha256"), labeling["sha256"].as_str());
    assert!(changes[0].release != before && release() == changes[0].release, "answers change, so the release does");
}

#[tokio::test]
async fn what_comes_in_while_everything_is_embedded_anew_is_embedded_too() {
    let service = TestService::without_generator().await;
    service.ingest(&FILES).await;
    let ledger = &service.stores.ledger;
    let mut counts = Vec::new();
    // Another process takes a passage in after the first batch, and its id stands before those that were in it.
    let late = "INSERT INTO passages SELECT zeroblob(16), version, 999, start, stop, section, page, text, sha256
                FROM passages LIMIT 1";
    let told = |count| {
        if counts.is_empty() {
            let other = rusqlite::Connection::open(service.data_file("ledger.db")).unwrap();
            assert_eq!(other.execute(late, []).unwrap(), 1);
        }
        counts.push(count);
    };
    embed_coming(ledger, &OtherHashEmbedder, told).await.unwrap();
    assert_eq!(counts, [3, 1]);
    assert!(ledger.coming(OtherHashEmbedder.id()).unwrap().is_whole());
}

#[tokio::test]
async fn a_model_that_is_given_up_does_not_take_over_and_everything_goes_on() {
    let service = TestService::without_generator().await;
    service.ingest(&FILES).await;
    let ledger = &service.stores.ledger;
    embed_coming(ledger, &OtherHashEmbedder, |_| {}).await.unwrap();
    let mut forgotten = 0;
    forget_coming(ledger, OtherHashEmbedder.id(), |count| forgotten += count).await.unwrap();
    assert_eq!((forgotten, ledger.coming(OtherHashEmbedder.id()).unwrap().embedded), (3, 0));
    assert!(ledger.coming_embedders().unwrap().is_empty());
    assert!(switched(&service).await.unwrap_err().contains("3 of 3 passages"));
    finds(&service.app.asker.retriever()).await;
}

#[tokio::test]
async fn what_comes_in_afterwards_is_embedded_by_the_one_that_took_over() {
    let service = TestService::without_generator().await;
    service.ingest(&FILES).await;
    embed_coming(&service.stores.ledger, &OtherHashEmbedder, |_| {}).await.unwrap();
    switched(&service).await.unwrap();
    let source = service.data_file("more");
    std::fs::create_dir_all(&source).unwrap();
    std::fs::write(source.join("asthma.md"), "# Asthma\n\nGive salbutamol for asthma attacks.\n").unwrap();
    let library = service.app.library.clone().unwrap();
    let (corpus, stop) = (TestService::corpus(), Arc::new(AtomicBool::new(false)));
    let mut tell = |_: Told| {};
    library.take_in(&source, &corpus, true, "test", &stop, &mut tell).await.unwrap();

    let rows = service.stores.ledger.entries_after(Seq(0), 100).unwrap();
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| row.vector.len() == OtherHashEmbedder.dimension()));
    let retriever = service.app.asker.retriever();
    let found = retriever.search(&Question::new("salbutamol for asthma"), 10).await.unwrap();
    assert!(found.hits[0].text.contains("salbutamol") && found.hits[0].scores.dense.is_some(), "{:?}", found.hits);
    assert_eq!(retriever.vectors.ids().await.unwrap(), service.stores.ledger.entry_ids().unwrap());
}

#[tokio::test]
async fn a_model_that_is_not_prepared_does_not_take_over_and_everything_goes_on() {
    let service = TestService::without_generator().await;
    assert!(switched(&service).await.unwrap_err().contains("empty"));
    service.ingest(&FILES).await;
    let refused = switched(&service).await.unwrap_err();
    assert!(refused.contains("3 of 3 passages") && refused.contains("osler reembed"), "{refused}");
    assert_eq!(service.app.asker.retriever().embedder.id(), HashEmbedder.id());
    finds(&service.app.asker.retriever()).await;
    let (report, _) = service.ingest(&[("asthma.md", "# Asthma\n\nGive salbutamol for asthma attacks.\n")]).await;
    assert_eq!(report.documents.added, 1);
    assert!(service.app.audit.entries("service.", None, None, 1).unwrap().is_empty());

    // Once it is prepared it takes over, and then again there is nothing to do.
    embed_coming(&service.stores.ledger, &OtherHashEmbedder, |_| {}).await.unwrap();
    assert!(matches!(switched(&service).await, Ok(Switched::Over { .. })));
    assert_eq!(switched(&service).await, Ok(Switched::Already(OtherHashEmbedder.id().to_owned())));
    // The index that was replaced is still held: its folder is not opened a second time.
    let back = switch_to(&service.app, &service.data_file(""), coming("first", HashEmbedder)).await.unwrap_err();
    assert!(back.to_string().contains("still in use"), "{back:#}");
}

#[tokio::test]
async fn while_an_embedder_takes_over_runs_and_decisions_wait() {
    let service = TestService::without_generator().await;
    let source = service.data_file("more");
    std::fs::create_dir_all(&source).unwrap();
    std::fs::write(source.join("gout.md"), FILES[1].1).unwrap();
    let library = service.app.library.clone().unwrap();
    let (corpus, stop) = (TestService::corpus(), Arc::new(AtomicBool::new(false)));
    let mut tell = |_: Told| {};
    let alone = library.alone().await;
    let mut run = Box::pin(library.take_in(&source, &corpus, true, "test", &stop, &mut tell));
    let mut decided = Box::pin(library.catch_up());
    let moment = Duration::from_millis(50);
    assert!(tokio::time::timeout(moment, &mut run).await.is_err());
    assert!(tokio::time::timeout(moment, &mut decided).await.is_err());
    drop(alone);
    let (taken_in, followed) = tokio::join!(run, decided);
    assert_eq!(taken_in.unwrap().report.documents.added, 1);
    followed.unwrap();
}
