//! One suite for every index: the memory ones, Qdrant in process, Qdrant over gRPC, Tantivy.
#![allow(missing_docs, clippy::unwrap_used)]

mod on_server;
mod pruned;
mod qdrant_stub;

use index::{
    EdgeIndex, Entry, Filter, Follower, Hit, LexicalIndex, MemoryLexicalIndex, MemoryVectorIndex, ServerIndex,
    ServerOptions, TantivyIndex, Traits, VectorIndex, Wanted,
};
use knowledge::{Access, EntryId, HeadedText, Interval, Kind, PassageId, Population, Seq, Snapshot, Status};

const DIMENSION: usize = 8;

fn entry(number: u8, added: u64, removed: Option<u64>) -> Entry {
    let mut vector = vec![0.0; DIMENSION];
    vector[usize::from(number) % DIMENSION] = 0.8;
    vector[(usize::from(number) + 1) % DIMENSION] = 0.6;
    Entry {
        passage: PassageId::from_bytes([number; 16]),
        interval: Interval { added: Snapshot(added), removed: removed.map(Snapshot) },
        corpus: if number < 10 { "starter" } else { "other" }.parse().unwrap(),
        traits: Traits {
            kind: if number.is_multiple_of(2) { Kind::Guideline } else { Kind::CaseLiterature },
            issuer: if number < 10 { "Ministry of Health" } else { "Society" }.into(),
            jurisdiction: "NG".into(),
            year: (number > 0).then(|| 2010 + u16::from(number)),
            status: if number == 2 { Status::Corrected } else { Status::Current },
            access: if number == 1 { Access::AbstractOnly } else { Access::FullText },
            populations: if number == 12 { vec![Population::Children, Population::Pregnant] } else { Vec::new() },
        },
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

/// Filters that every engine evaluates, and what of 0, 1, 2 and 12 they leave.
fn filters() -> Vec<(Filter, Vec<u8>)> {
    let all = Filter::at(Snapshot(2));
    vec![
        (Filter { corpora: vec!["other".parse().unwrap()], ..all.clone() }, vec![12]),
        (Filter { kinds: vec![Kind::CaseLiterature], ..all.clone() }, vec![1]),
        (Filter { kinds: vec![Kind::CaseLiterature, Kind::Guideline], ..all.clone() }, vec![0, 1, 2, 12]),
        (Filter { issuers: vec!["ministry of HEALTH".into()], ..all.clone() }, vec![0, 1, 2]),
        (Filter { jurisdictions: vec!["ng".into()], ..all.clone() }, vec![0, 1, 2, 12]),
        (Filter { jurisdictions: vec!["GB".into()], ..all.clone() }, vec![]),
        (Filter { statuses: vec![Status::Corrected], ..all.clone() }, vec![2]),
        (Filter { populations: vec![Population::Pregnant, Population::Newborns], ..all.clone() }, vec![12]),
        (Filter { from_year: Some(2012), ..all.clone() }, vec![2, 12]),
        (Filter { to_year: Some(2011), ..all.clone() }, vec![1]),
        (Filter { from_year: Some(2011), to_year: Some(2012), full_text_only: true, ..all.clone() }, vec![2]),
        (Filter { kinds: vec![Kind::Guideline], statuses: vec![Status::Current], ..all }, vec![0, 12]),
    ]
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
    for (filter, wanted) in filters() {
        let mut found = numbers(&index.search(&along(0), &filter, 10).await.unwrap());
        found.sort_unstable();
        assert_eq!(found, wanted, "{filter:?}");
    }
    // A passage that returns after a rollback has two intervals and is still found once.
    index.apply(vec![entry(1, 4, None)], Seq(5)).await.unwrap();
    assert_eq!(numbers(&index.search(&along(1), &Filter::at(Snapshot(4)), 1).await.unwrap()), [1]);
    assert_eq!(numbers(&index.search(&along(1), &Filter::at(Snapshot(1)), 1).await.unwrap()), [1]);
}

async fn find(index: &dyn LexicalIndex, question: &str, filter: &Filter, limit: usize) -> Vec<Hit> {
    index.search(&Wanted::question(question), filter, limit).await.unwrap()
}

async fn words(index: &dyn LexicalIndex) {
    follows(index).await;
    let all = Filter::at(Snapshot(2));
    assert_eq!(numbers(&find(index, "drug2", &all, 10).await), [2]);
    let hits = find(index, "potassium watching", &all, 10).await;
    assert_eq!(numbers(&hits), [0, 1, 2, 12], "equal scores go by id");
    assert_eq!(numbers(&find(index, "potassium", &all, 2).await), [0, 1]);
    assert!(hits.iter().all(|hit| hit.score > 0.0 && hit.score <= 1.0), "scores are shares: {hits:?}");
    assert_eq!(numbers(&find(index, "What is potassium?", &Filter::at(Snapshot(3)), 10).await), [0, 2, 12]);
    for (filter, wanted) in filters() {
        assert_eq!(numbers(&find(index, "potassium", &filter, 10).await), wanted, "{filter:?}");
    }
    // Words that were added count, but less than those of the question.
    let added = |text: &str| Wanted { text: text.to_owned(), weight: 0.5, stands_for: None };
    let wanted = [Wanted::question("drug1"), vec![added("drug2"), added("drug1 drug0")]].concat();
    assert_eq!(numbers(&index.search(&wanted, &all, 10).await.unwrap()), [1, 0, 2]);
    let half = find(index, "drug2 unheardof", &all, 10).await;
    assert!(half[0].score < 0.6, "a word that is nowhere is a word not found: {half:?}");
    // A sentence counts by what of the question it has by itself.
    let texts = ["Give drug2 first. Watch potassium.", "Watch potassium with drug2.", "Nothing."]
        .map(|text| HeadedText { headings: Vec::new(), text: text.to_owned() });
    let (wanted, texts) = (Wanted::question("drug2 potassium"), texts.to_vec());
    let covered = index.coverage(&wanted, Snapshot(2), texts.clone()).await.unwrap();
    let [apart, together, nothing] = &covered.texts[..] else { panic!("{covered:?}") };
    assert!(apart.sentence > 0.0 && apart.sentence < 1.0 && (together.sentence - 1.0).abs() < 1e-5, "{covered:?}");
    assert_eq!([&apart.terms, &together.terms, &nothing.terms], [&[1.0; 2], &[1.0; 2], &[0.0; 2]]);
    assert!(nothing.sentence == 0.0 && covered.terms.len() == 2, "{covered:?}");
    // What comes in later, leaves or is written anew changes no score of before.
    let questions = ["potassium drug1", "give drug2 watching", "drug12 topic", "mg"];
    let mut before = Vec::new();
    for question in questions {
        before.push(find(index, question, &all, 10).await);
    }
    for added in 3..20 {
        let later = (20..30)
            .map(|number| entry(number, added, Some(added + 1)))
            .chain([entry(2, 2, Some(added)), entry(0, 1, None)]);
        index.apply(later.collect(), Seq(added + 2)).await.unwrap();
        for (question, before) in questions.iter().zip(&before) {
            assert_eq!(&find(index, question, &all, 10).await, before, "{question}, {added}");
        }
    }
    assert_eq!(index.coverage(&wanted, Snapshot(2), texts).await.unwrap(), covered);
    let newest = find(index, "potassium", &Filter::at(Snapshot(19)), 10).await;
    assert_eq!(numbers(&newest), [0, 12, 20, 21, 22, 23, 24, 25, 26, 27]);
    for odd in ["", "   ", "the of and", "text:* AND (", "\"", "+-!{}[]^~*?:\\/", "ünïcødé 🙂"] {
        assert!(find(index, odd, &all, 10).await.is_empty(), "{odd:?}");
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

fn server(url: &str) -> ServerOptions {
    ServerOptions {
        url: url.to_owned(),
        api_key: None,
        collection: "osler".to_owned(),
        shards: Some(2),
        replicas: Some(1),
        quantised: true,
    }
}

#[tokio::test]
async fn qdrant_over_grpc() {
    let stub = qdrant_stub::serve().await;
    let index = ServerIndex::writer(server(&stub.url), "ours", "minilm@1", DIMENSION).unwrap();
    index.reached().await.unwrap();
    index.found_whole(index.doubts());
    vectors(&index).await;
    // Another model has a collection of its own, and takes over when it is told to.
    index.become_current().await.unwrap();
    let next = ServerIndex::writer(server(&stub.url), "ours", "other/model@2", DIMENSION).unwrap();
    assert!(next.ids().await.unwrap().is_empty());
    next.become_current().await.unwrap();
    let aliases: Vec<_> = stub.aliases().into_iter().collect();
    assert!(matches!(&aliases[..], [(alias, of)] if alias == "osler-current" && of.ends_with("other-model-2")));
}

/// Runs against a real server when `QDRANT_URL` names one; its collection is removed first and after.
#[tokio::test]
async fn qdrant_server() {
    let Ok(url) = std::env::var("QDRANT_URL") else {
        eprintln!("skipped: QDRANT_URL is not set");
        return;
    };
    let client = qdrant_client::Qdrant::from_url(&url).skip_compatibility_check().build().unwrap();
    let collection = format!("osler-{}-conformance", index::FORMAT);
    let _ = client.delete_collection(&collection).await;
    let index = ServerIndex::writer(server(&url), "ours", "conformance", DIMENSION).unwrap();
    index.reached().await.unwrap();
    index.found_whole(index.doubts());
    vectors(&index).await;
    assert!(index.holds(5).await.unwrap() && !index.holds(6).await.unwrap());
    client.delete_collection(&collection).await.unwrap();
}

/// Many entries, no two alike, of which every filter leaves some: what an index needs before it gets a graph.
fn many(from: u32, to: u32) -> Vec<Entry> {
    let place = |number: u32, at: usize| (f64::from(number) * (at as f64 + 1.37).sqrt() * 7.13).sin() as f32;
    let one = |number: u32| {
        let raw: Vec<f32> = (0..DIMENSION).map(|at| place(number, at)).collect();
        let length = raw.iter().map(|x| x * x).sum::<f32>().sqrt();
        let mut id = [7; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        let vector = raw.iter().map(|x| x / length).collect();
        let like = entry(3, 1, None);
        let traits = Traits {
            kind: Kind::ALL[number as usize % 5],
            issuer: if number.is_multiple_of(20) { "Society" } else { "Ministry of Health" }.to_owned(),
            year: Some(1990 + (number % 30) as u16),
            status: if number.is_multiple_of(7) { Status::Corrected } else { Status::Current },
            populations: if number.is_multiple_of(11) { vec![Population::Children] } else { Vec::new() },
            ..like.traits.clone()
        };
        let corpus = if number.is_multiple_of(4) { "other" } else { "starter" }.parse().unwrap();
        // One in six came later, and one in six has left by then.
        let (added, removed) = (Snapshot(1 + u64::from(number % 6 == 1)), (number % 6 == 3).then_some(Snapshot(2)));
        let (passage, interval) = (PassageId::from_bytes(id), Interval { added, removed });
        Entry { passage, interval, corpus, traits, vector, ..like }
    };
    (from..to).map(one).collect()
}

/// Filters that leave more or less of many entries, from nearly all to none.
fn wide_and_narrow() -> Vec<Filter> {
    let all = Filter::at(Snapshot(2));
    let years = |from, to| Filter { from_year: Some(from), to_year: Some(to), ..all.clone() };
    vec![
        Filter::at(Snapshot(1)),
        Filter { corpora: vec!["starter".parse().unwrap()], ..all.clone() },
        Filter { kinds: vec![Kind::ALL[1]], ..all.clone() },
        Filter { kinds: vec![Kind::ALL[0], Kind::ALL[2]], statuses: vec![Status::Current], ..years(2000, 2014) },
        Filter { issuers: vec!["society".into()], ..all.clone() },
        Filter { statuses: vec![Status::Corrected], ..all.clone() },
        Filter { populations: vec![Population::Children], full_text_only: true, ..all.clone() },
        years(2005, 2009),
        Filter { issuers: vec!["society".into()], populations: vec![Population::Children], ..years(2010, 2010) },
        Filter { jurisdictions: vec!["GB".into()], ..all },
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_graph_is_built_beside_searches_and_changes() {
    let directory = tempfile::tempdir().unwrap();
    let index = std::sync::Arc::new(EdgeIndex::open(directory.path(), DIMENSION).unwrap());
    index.apply(many(0, 100), Seq(1)).await.unwrap();
    assert!(!index.maintain(2).await.unwrap(), "a small index is compared whole");
    let mut all = many(0, 21_000);
    index.apply(all.clone(), Seq(2)).await.unwrap();
    let building = tokio::spawn({
        let index = std::sync::Arc::clone(&index);
        async move { index.maintain(1).await }
    });
    // While it is built, passages come, change and go.
    let late = many(21_000, 21_500);
    index.apply(late.clone(), Seq(3)).await.unwrap();
    let closed = Entry { interval: Interval { added: Snapshot(1), removed: Some(Snapshot(2)) }, ..all[5].clone() };
    index.apply(vec![closed.clone()], Seq(4)).await.unwrap();
    index.remove(vec![all[6].id()]).await.unwrap();
    assert!(building.await.unwrap().unwrap());
    assert!(!index.maintain(2).await.unwrap(), "once is enough");
    all.extend(late);
    all[5] = closed;
    all.remove(6);
    let exact = MemoryVectorIndex::default();
    exact.apply(all.clone(), Seq(4)).await.unwrap();
    for index in [&*index, &EdgeIndex::open(&copy_of(directory.path()), DIMENSION).unwrap()] {
        assert_eq!(index.reached().await.unwrap(), Seq(4));
        assert_eq!(index.ids().await.unwrap(), exact.ids().await.unwrap());
        let (mut found, mut wanted) = (0, 0);
        for query in all.iter().step_by(700) {
            let filter = Filter::at(Snapshot(2));
            let near = index.search(&query.vector, &filter, 20).await.unwrap();
            let nearest = exact.search(&query.vector, &filter, 20).await.unwrap();
            found += nearest.iter().filter(|hit| near.iter().any(|other| other.passage == hit.passage)).count();
            wanted += nearest.len();
        }
        // 96 to 98 of a hundred were seen. Vectors as short as these the engine compares whole, as bytes, whatever the filter; through
        // the graph itself goes a test beside `graph.rs`.
        assert!(found * 100 >= wanted * 90, "{found} of {wanted} nearest are found");
        for filter in wide_and_narrow() {
            let (mut found, mut wanted) = (0, 0);
            for query in all.iter().step_by(2_100) {
                let allowed = exact.search(&query.vector, &filter, all.len()).await.unwrap();
                let near = index.search(&query.vector, &filter, 20).await.unwrap();
                assert_eq!(near.len(), allowed.len().min(20), "{filter:?}");
                let is_in = |list: &[Hit], hit: &Hit| list.iter().any(|other| other.passage == hit.passage);
                assert!(near.iter().all(|hit| is_in(&allowed, hit)), "{filter:?} is not kept");
                found += near.iter().filter(|hit| is_in(&allowed[..near.len()], hit)).count();
                wanted += near.len();
            }
            assert!(found * 100 >= wanted * 90, "{found} of {wanted} nearest are found with {filter:?}");
        }
    }
    let generations = std::fs::read_dir(directory.path()).unwrap().flatten().filter(|one| one.path().is_dir()).count();
    assert_eq!(generations, 1, "the generation that was replaced is gone");
}

/// The files as they lie, as after a process has been killed.
fn copy_of(directory: &std::path::Path) -> std::path::PathBuf {
    let to = tempfile::tempdir().unwrap().keep();
    let status = std::process::Command::new("cp").arg("-r").arg(directory.join(".")).arg(&to).status().unwrap();
    assert!(status.success());
    to
}

#[tokio::test]
async fn tantivy_words() {
    let directory = tempfile::tempdir().unwrap();
    words(&TantivyIndex::open(directory.path()).unwrap()).await;
    let again = TantivyIndex::open(directory.path()).unwrap();
    assert_eq!(again.reached().await.unwrap(), Seq(21), "what was applied survives a restart");
    let before = find(&again, "potassium drug1", &Filter::at(Snapshot(19)), 10).await;
    again.apply(vec![entry(40, 20, None)], Seq(22)).await.unwrap();
    assert!(again.merge().await.unwrap());
    assert!(!again.merge().await.unwrap(), "it is one segment");
    assert_eq!(find(&again, "potassium drug1", &Filter::at(Snapshot(19)), 10).await, before);
    assert_eq!(again.reached().await.unwrap(), Seq(22));
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
async fn an_index_that_was_replaced_is_searched_to_the_end_and_then_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("vectors");
    let index = std::sync::Arc::new(EdgeIndex::open(&path, DIMENSION).unwrap());
    index.apply(vec![entry(0, 1, None)], Seq(1)).await.unwrap();
    let under_way = std::sync::Arc::clone(&index);
    index.retire();
    drop(index);
    assert_eq!(numbers(&under_way.search(&along(0), &Filter::at(Snapshot(1)), 1).await.unwrap()), [0]);
    assert!(path.is_dir());
    drop(under_way);
    assert!(!path.exists());
    // Whoever was not replaced leaves what it holds.
    drop(EdgeIndex::open(&path, DIMENSION).unwrap());
    assert!(path.is_dir());
}

#[tokio::test]
async fn damaged_files_are_an_error_that_names_them() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("meta.json"), "{").unwrap();
    let message = TantivyIndex::open(directory.path()).unwrap_err().to_string();
    assert!(message.contains("cannot be read"), "{message}");

    let directory = tempfile::tempdir().unwrap();
    EdgeIndex::open(directory.path(), DIMENSION).unwrap().apply(vec![entry(0, 1, None)], Seq(1)).await.unwrap();
    let segment = directory.path().join("1/segments").read_dir().unwrap().next().unwrap().unwrap().path();
    std::fs::write(segment.join("segment.json"), "{").unwrap();
    let message = EdgeIndex::open(directory.path(), DIMENSION).unwrap_err().to_string();
    assert!(message.contains("cannot be read"), "{message}");
}

#[tokio::test]
async fn a_copy_of_the_words_is_searched_alike_and_refuses_to_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let index = TantivyIndex::open(&folder.path().join("words")).unwrap();
    index.apply(vec![entry(0, 1, None), entry(1, 1, None)], Seq(2)).await.unwrap();
    let names = index.link_into(&first).unwrap();
    assert!(names.iter().any(|name| name == TantivyIndex::LIST));
    let copy = TantivyIndex::open_copy(&first).unwrap();
    let (wanted, at) = (Wanted::question("Watch potassium"), Filter::at(Snapshot(9)));
    let find = async |index: &TantivyIndex| index.search(&wanted, &at, 10).await.unwrap();
    assert_eq!(find(&copy).await, find(&index).await);
    assert_eq!(copy.reached().await.unwrap(), Seq(2));
    assert!(copy.apply(vec![entry(2, 1, None)], Seq(3)).await.is_err());

    // The index goes on, merging and deleting; the copy has what it had.
    for number in 2..40 {
        index.apply(vec![entry(number, 2, None), entry(0, 1, Some(2))], Seq(number.into())).await.unwrap();
    }
    assert_eq!(find(&copy).await.len(), 2);
    index.link_into(&second).unwrap();
    copy.change_to(&second).unwrap();
    std::fs::remove_dir_all(&first).unwrap();
    let (found, all) = (find(&copy).await, find(&index).await);
    assert_eq!((found.len(), &found), (10, &all));
    let again = index.link_into(&second).unwrap();
    assert!(again.len() > 1, "what was there is replaced");
    assert_eq!(find(&copy).await, all, "and whoever has it open keeps it");
}
