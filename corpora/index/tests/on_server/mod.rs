//! What a collection on a server is asked for, whose it is, and what becomes of searches while the server is away.

use std::time::Duration;

use index::{Error, Filter, Follower, ServerIndex, ServerOptions, VectorIndex};
use knowledge::{Seq, Snapshot};
use qdrant_client::qdrant::condition::ConditionOneOf;
use qdrant_client::qdrant::payload_index_params::IndexParams;
use qdrant_client::qdrant::quantization_config::Quantization;
use qdrant_client::qdrant::vectors_config::Config;
use qdrant_client::qdrant::{CreateFieldIndexCollection, Distance, QuantizationType, VectorParams};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::qdrant_stub::{Fault, Held, Server, serve};
use crate::{DIMENSION, along, entry, numbers, server};

fn name() -> String {
    format!("osler-{}-minilm-1", index::FORMAT)
}

fn writer(stub: &Server, library: &str) -> ServerIndex {
    ServerIndex::writer(server(&stub.url), library, "minilm@1", DIMENSION).unwrap()
}

/// One that is searched.
async fn whole(stub: &Server) -> ServerIndex {
    let index = writer(stub, "ours");
    index.reached().await.unwrap();
    index.found_whole(index.doubts());
    index.apply(vec![entry(0, 1, None), entry(1, 1, None)], Seq(2)).await.unwrap();
    index
}

fn held(stub: &Server) -> Held {
    assert_eq!(stub.collections().keys().collect::<Vec<_>>(), [&name()]);
    stub.collections().remove(&name()).unwrap()
}

fn vectors_of(held: &Held) -> VectorParams {
    match held.created.vectors_config.clone().unwrap().config.unwrap() {
        Config::Params(vectors) => vectors,
        Config::ParamsMap(named) => panic!("one vector without a name: {named:?}"),
    }
}

/// Whether it is of integers, and whether the graph has links along it.
fn field(field: &CreateFieldIndexCollection) -> (&str, bool, bool) {
    assert_eq!(field.wait, Some(true));
    match field.field_index_params.as_ref().unwrap().index_params.as_ref().unwrap() {
        IndexParams::IntegerIndexParams(of) => {
            assert_eq!((of.lookup, of.range), (Some(true), Some(true)));
            (&field.field_name, true, of.enable_hnsw.unwrap())
        }
        IndexParams::KeywordIndexParams(of) => (&field.field_name, false, of.enable_hnsw.unwrap()),
        other => panic!("{other:?}"),
    }
}

const FIELDS: [(&str, bool, bool); 4] =
    [("added", true, false), ("facet", false, true), ("removed", true, false), ("year", true, true)];

fn fields(held: &Held) -> Vec<(&str, bool, bool)> {
    held.fields.values().map(field).collect()
}

#[tokio::test]
#[allow(
    deprecated,
    reason = "what stands in memory and what on the disk is said in fields with newer names beside them"
)]
async fn a_collection_is_made_as_the_configuration_says() {
    let stub = serve().await;
    let options = ServerOptions { shards: Some(24), replicas: Some(3), ..server(&stub.url) };
    let index = ServerIndex::writer(options, "ours", "minilm@1", DIMENSION).unwrap();
    assert!(stub.collections().is_empty(), "nothing is asked before it is needed");
    index.reached().await.unwrap();
    let made = held(&stub);
    let create = &made.created;
    assert_eq!((create.shard_number, create.replication_factor), (Some(24), Some(3)));
    assert_eq!(create.write_consistency_factor, Some(2), "most of the copies, so that one may be lost");
    let links = create.hnsw_config.unwrap();
    assert_eq!((links.m, links.ef_construct), (Some(32), Some(256)));
    let Some(Quantization::Scalar(bytes)) = create.quantization_config.unwrap().quantization else {
        panic!("{create:?}")
    };
    assert_eq!((bytes.r#type(), bytes.quantile), (QuantizationType::Int8, Some(0.99)));
    assert_eq!(bytes.always_ram, Some(true));
    let vectors = vectors_of(&made);
    assert_eq!((vectors.size, vectors.distance(), vectors.on_disk), (DIMENSION as u64, Distance::Cosine, Some(true)));
    assert_eq!(fields(&made), FIELDS);

    // Without a word on it, it is the server's to say.
    let stub = serve().await;
    let options = ServerOptions { shards: None, replicas: None, quantised: false, ..server(&stub.url) };
    ServerIndex::writer(options, "ours", "minilm@1", DIMENSION).unwrap().reached().await.unwrap();
    let made = held(&stub);
    assert_eq!(
        (made.created.shard_number, made.created.replication_factor, made.created.write_consistency_factor),
        (None, None, None)
    );
    assert_eq!((made.created.quantization_config, vectors_of(&made).on_disk), (None, None));
}

#[tokio::test]
async fn a_search_filters_inside_the_engine_and_looks_at_the_best_in_full() {
    let stub = serve().await;
    let index = whole(&stub).await;
    let filter =
        Filter { from_year: Some(2010), issuers: vec!["Ministry of Health".into()], ..Filter::at(Snapshot(3)) };
    assert_eq!(numbers(&index.search(&along(1), &filter, 5).await.unwrap()), [1]);
    let query = stub.queries().pop().unwrap();
    let params = query.params.unwrap();
    let quantised = params.quantization.unwrap();
    assert_eq!((quantised.rescore, quantised.oversampling, quantised.ignore), (Some(true), Some(2.0), None));
    assert!(params.hnsw_ef.unwrap() >= 512 && params.exact.is_none(), "{params:?}");
    assert!(query.limit.unwrap() > 5, "some more, so that ties are cut by id");
    let must = query.filter.unwrap().must;
    let keys = must.iter().map(|condition| match &condition.condition_one_of {
        Some(ConditionOneOf::Field(field)) => field.key.as_str(),
        other => panic!("{other:?}"),
    });
    assert_eq!(keys.collect::<Vec<_>>(), ["added", "removed", "year", "facet"]);
    assert!(stub.upserts().iter().all(|upsert| upsert.wait == Some(true)), "durable when it returns");
}

#[tokio::test]
async fn a_collection_that_was_half_made_is_completed() {
    let stub = serve().await;
    stub.set(Fault::DiesAfterCreate);
    let index = writer(&stub, "ours");
    assert!(matches!(index.reached().await, Err(Error::Unavailable { .. })));
    assert!(held(&stub).fields.is_empty());
    stub.set(Fault::None);
    assert_eq!(index.reached().await.unwrap(), Seq(0));
    assert_eq!(fields(&held(&stub)), FIELDS);
    // As well as by another process, and where but one is missing.
    let mut damaged = stub.collections();
    damaged.get_mut(&name()).unwrap().fields.remove("facet");
    stub.put_back(damaged);
    writer(&stub, "ours").reached().await.unwrap();
    assert_eq!(fields(&held(&stub)), FIELDS);
}

#[tokio::test]
async fn processes_that_begin_together_make_one_collection() {
    let stub = serve().await;
    let indexes = [writer(&stub, "ours"), writer(&stub, "ours"), writer(&stub, "ours")];
    let [a, b, c] = &indexes;
    let reached = tokio::join!(a.reached(), b.reached(), c.reached());
    assert_eq!([reached.0.unwrap(), reached.1.unwrap(), reached.2.unwrap()], [Seq(0); 3]);
    assert_eq!(fields(&held(&stub)), FIELDS);
}

#[tokio::test]
async fn a_collection_for_other_vectors_is_refused() {
    let stub = serve().await;
    writer(&stub, "ours").reached().await.unwrap();
    let other = ServerIndex::writer(server(&stub.url), "ours", "minilm@1", DIMENSION + 1).unwrap();
    let error = other.reached().await.unwrap_err();
    assert!(error.is_refusal() && error.to_string().contains("9 dimensions"), "{error}");
    let mut euclidean = stub.collections();
    let vectors = euclidean.get_mut(&name()).unwrap().created.vectors_config.as_mut().unwrap();
    let Some(Config::Params(vectors)) = &mut vectors.config else { panic!("one vector without a name") };
    vectors.distance = Distance::Euclid.into();
    stub.put_back(euclidean);
    assert!(matches!(writer(&stub, "ours").reached().await, Err(Error::Layout { .. })));
}

#[tokio::test]
async fn the_collection_of_another_library_is_left_alone() {
    let stub = serve().await;
    let ours = whole(&stub).await;
    let before = held(&stub).points;
    let theirs = writer(&stub, "theirs");
    for refused in [
        theirs.reached().await.map(drop),
        theirs.ids().await.map(drop),
        theirs.apply(vec![entry(5, 1, None)], Seq(9)).await,
        theirs.remove(ours.ids().await.unwrap()).await,
    ] {
        let error = refused.unwrap_err();
        assert!(error.is_refusal() && error.to_string().contains("vectors.collection"), "{error}");
    }
    assert_eq!(held(&stub).points, before);
    let reader = ServerIndex::reader(server(&stub.url), "theirs", "minilm@1", DIMENSION).unwrap();
    assert!(matches!(reader.reached().await, Err(Error::Foreign { .. })));

    // One that does not say whose it is, is taken over by whoever comes first.
    let mut old = stub.collections();
    let mark = old.get_mut(&name()).unwrap().points.first_entry().unwrap().into_mut();
    mark.payload.remove("library").unwrap();
    stub.put_back(old);
    assert_eq!(writer(&stub, "ours").reached().await.unwrap(), Seq(2));
    assert!(matches!(theirs.reached().await, Err(Error::Foreign { .. })));
}

#[tokio::test]
async fn a_reader_makes_and_changes_nothing() {
    let stub = serve().await;
    let reader = || ServerIndex::reader(server(&stub.url), "ours", "minilm@1", DIMENSION).unwrap();
    assert!(reader().reached().await.is_err());
    assert!(stub.collections().is_empty());
    whole(&stub).await;
    let reader = reader();
    assert_eq!(reader.reached().await.unwrap(), Seq(2));
    let refused = reader.apply(vec![entry(5, 1, None)], Seq(9)).await;
    assert!(matches!(refused, Err(Error::ReadOnly { .. })));
    assert!(matches!(reader.remove(Vec::new()).await, Err(Error::ReadOnly { .. })));
    reader.found_whole(reader.doubts());
    assert_eq!(numbers(&reader.search(&along(1), &Filter::at(Snapshot(1)), 1).await.unwrap()), [1]);
    // Nor is an index changed that another has replaced.
    let replaced = writer(&stub, "ours");
    replaced.retire();
    assert!(matches!(replaced.apply(Vec::new(), Seq(3)).await, Err(Error::ReadOnly { .. })));
}

#[tokio::test]
async fn a_server_that_is_away_is_named() {
    let index = ServerIndex::writer(server("http://127.0.0.1:9"), "ours", "minilm@1", DIMENSION).unwrap();
    let error = index.reached().await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    assert!(error.is_away() && error.to_string().contains("127.0.0.1:9"));
    let error = index.search(&along(0), &Filter::at(Snapshot(1)), 1).await.unwrap_err();
    assert!(matches!(error, Error::Doubted { .. }) && error.is_away(), "{error:?}");
}

#[tokio::test]
async fn while_a_server_hangs_two_searches_wait_and_no_other() {
    let stub = serve().await;
    let index = whole(&stub).await;
    let at = Filter::at(Snapshot(1));
    stub.set(Fault::HangsInSearches);
    for is_whole in [true, false] {
        let began = std::time::Instant::now();
        assert!(matches!(index.search(&along(0), &at, 1).await, Err(Error::Unavailable { .. })));
        assert!(began.elapsed() < Duration::from_millis(1_450), "an answer waits for half a second more at most");
        assert_eq!(index.is_whole(), is_whole);
    }
    let began = std::time::Instant::now();
    for _ in 0..50 {
        assert!(matches!(index.search(&along(0), &at, 1).await, Err(Error::Doubted { .. })));
    }
    assert!(began.elapsed() < Duration::from_millis(500));
    // Whoever looks finds that it does not answer, and then that it does.
    assert!(index.probe().await.is_err());
    stub.set(Fault::None);
    let doubts = index.doubts();
    index.probe().await.unwrap();
    index.found_whole(doubts);
    assert_eq!(numbers(&index.search(&along(1), &at, 1).await.unwrap()), [1]);
}

#[tokio::test]
async fn a_search_that_is_late_once_makes_nobody_else_do_without() {
    let stub = serve().await;
    let index = whole(&stub).await;
    let at = Filter::at(Snapshot(1));
    // Late, in time, late: never two in a row.
    for _ in 0..2 {
        stub.set(Fault::HangsInSearches);
        assert!(matches!(index.search(&along(0), &at, 1).await, Err(Error::Unavailable { .. })));
        stub.set(Fault::None);
        assert_eq!(numbers(&index.search(&along(1), &at, 1).await.unwrap()), [1]);
    }
    assert!(index.is_whole());
    // What is refused, or cannot be reached, is doubted at once.
    stub.set(Fault::Away);
    assert!(matches!(index.search(&along(0), &at, 1).await, Err(Error::Unavailable { .. })));
    assert!(!index.is_whole());
}

/// Stands between client and server. Whatever is connected when it is cut neither ends nor says anything more, as when a machine is
/// switched off; what connects after that gets through.
async fn wire(stub: &Server) -> (String, watch::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (url, to) = (format!("http://{}", listener.local_addr().unwrap()), stub.url.replace("http://", ""));
    let cut = watch::Sender::new(());
    let cuts = cut.clone();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let (to, mut cuts) = (to.clone(), cuts.subscribe());
            tokio::spawn(async move {
                let mut far = TcpStream::connect(to).await.unwrap();
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    _ = cuts.changed() => std::future::pending().await,
                }
            });
        }
    });
    (url, cut)
}

#[tokio::test]
async fn a_connection_that_fell_silent_is_given_up() {
    let stub = serve().await;
    let (url, cut) = wire(&stub).await;
    let index = ServerIndex::writer(server(&url), "ours", "minilm@1", DIMENSION).unwrap();
    assert_eq!(index.reached().await.unwrap(), Seq(0));
    cut.send_replace(());
    assert!(matches!(index.reached().await, Err(Error::Unavailable { .. })));
    assert_eq!(index.reached().await.unwrap(), Seq(0), "whoever asks next connects anew");
}

#[tokio::test]
async fn an_older_copy_that_was_put_back_is_not_searched() {
    let stub = serve().await;
    let index = whole(&stub).await;
    let (copy, at) = (stub.collections(), Filter::at(Snapshot(2)));
    index.apply(vec![entry(2, 2, None)], Seq(3)).await.unwrap();
    stub.put_back(copy);
    assert_eq!(index.reached().await.unwrap(), Seq(2));
    assert!(matches!(index.search(&along(2), &at, 1).await, Err(Error::Doubted { .. })));
    assert!(index.holds(2).await.unwrap() && !index.holds(3).await.unwrap());
    // Emptied, it begins anew.
    index.found_whole(index.doubts());
    stub.put_back(Default::default());
    assert!(matches!(index.search(&along(2), &at, 1).await, Err(Error::Engine { .. })));
    assert_eq!(index.reached().await.unwrap(), Seq(0));
    assert_eq!(fields(&held(&stub)), FIELDS);
    assert!(!index.is_whole());
}
