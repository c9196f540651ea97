//! What an earlier answer cites comes with the next question: within its filters, and with an honest explanation.

use std::sync::Arc;

use answer::{Filters, Question, Retriever, Turn};
use index::VectorIndex;
use knowledge::{Evidence, Kind, PassageId, Population, Scores, Status};
use ledger::Decision;
use support::{Outage, TestService};

const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "because" };

fn follow_up(passages: &[PassageId]) -> Question {
    let turn = Turn { question: "What is given for gout?".into(), passages: passages.to_vec(), answer: None };
    Question { history: vec![turn], ..Question::new("And which dose of colchicine for gout?") }
}

async fn hits(retriever: &Retriever, question: &Question) -> Vec<Evidence> {
    retriever.search(question, 20).await.unwrap().hits
}

fn place(hits: &[Evidence], passage: PassageId) -> Option<usize> {
    hits.iter().position(|hit| hit.passage == passage)
}

#[tokio::test]
async fn passages_of_the_answer_before_obey_every_filter() {
    let service = TestService::without_generator().await;
    let text = "+++\npublished = \"2024-03-01\"\n+++\n# Gout\n\nGive colchicine 500 micrograms for gout.\n";
    service.ingest(&[("gout.md", text)]).await;
    let other = knowledge::Corpus { id: "other".parse().unwrap(), ..TestService::corpus() };
    service.stores.ledger.put_corpus(&other, &DECISION).unwrap();
    let retriever = service.app.asker.retriever();
    let all = hits(&retriever, &follow_up(&[])).await;
    assert_eq!(all.len(), 1);
    let passage = all[0].passage;
    let open = Filters::default;
    for (filters, is_allowed) in [
        (open(), true),
        (Filters { from_year: Some(2024), to_year: Some(2024), ..open() }, true),
        (Filters { from_year: Some(2025), ..open() }, false),
        (Filters { to_year: Some(2023), ..open() }, false),
        (Filters { issuers: vec![" TEST issuer".into()], ..open() }, true),
        (Filters { issuers: vec!["nobody".into()], ..open() }, false),
        (Filters { jurisdictions: vec!["International".into()], ..open() }, true),
        (Filters { jurisdictions: vec!["Atlantis".into()], ..open() }, false),
        (Filters { statuses: vec![Status::Current], ..open() }, true),
        (Filters { statuses: vec![Status::Corrected], ..open() }, false),
        (Filters { kinds: vec![Kind::Guideline], ..open() }, true),
        (Filters { kinds: vec![Kind::Trial], ..open() }, false),
        (Filters { corpora: vec!["test".parse().unwrap()], ..open() }, true),
        (Filters { corpora: vec!["other".parse().unwrap()], ..open() }, false),
        (Filters { populations: vec![Population::Children], ..open() }, false),
        (Filters { full_text_only: true, ..open() }, true),
    ] {
        let question = Question { filters: filters.clone(), ..follow_up(&[passage]) };
        assert_eq!(place(&hits(&retriever, &question).await, passage).is_some(), is_allowed, "{filters:?}");
    }
    // What is found within the filter comes as it always does.
    let text = "# Gout in children\n\nColchicine for gout is not given to children.\n";
    service.ingest(&[("gout.md", text)]).await;
    let filters = Filters { populations: vec![Population::Children], ..open() };
    let asked = |passages: &[PassageId]| Question { filters: filters.clone(), ..follow_up(passages) };
    let found = hits(&retriever, &asked(&[])).await;
    let carried = hits(&retriever, &asked(&[found[0].passage])).await;
    assert_eq!((carried.len(), carried[0].scores.carried), (1, true));
}

#[tokio::test]
async fn a_passage_that_is_carried_says_so_and_keeps_what_the_new_question_gave_it() {
    let service = TestService::without_generator().await;
    let names = ["a.md", "b.md", "c.md", "d.md", "e.md", "f.md", "g.md", "h.md"];
    let texts: Vec<String> = (1..=names.len())
        .map(|n| format!("# Gout {n}\n\nThe dose of colchicine for gout is {n} mg{}.\n", " and more rest".repeat(n)))
        .collect();
    let files: Vec<(&str, &str)> = names.iter().copied().zip(texts.iter().map(String::as_str)).collect();
    service.ingest(&files).await;
    let retriever = service.app.asker.retriever();
    let before = hits(&retriever, &follow_up(&[])).await;
    assert_eq!(before.len(), names.len());
    assert!(before.iter().all(|hit| !hit.scores.carried && hit.scores.dense.is_some()));

    let (first, last) = (before[0].passage, before[7].passage);
    let after = hits(&retriever, &follow_up(&[first, last])).await;
    assert_eq!((place(&after, first), place(&after, last)), (Some(0), Some(4)), "behind the best, unless among them");
    for (place, earlier) in [(0, &before[0]), (4, &before[7])] {
        assert_eq!(after[place].scores, Scores { carried: true, ..earlier.scores.clone() });
    }
    let said = |place: usize| serde_json::to_value(&after[place].scores).unwrap();
    assert_eq!((said(4)["carried"].as_bool(), said(5).get("carried").is_none()), (Some(true), true));
}

#[tokio::test]
async fn a_passage_that_is_carried_and_was_not_found_has_no_scores() {
    let service = TestService::without_generator().await;
    let asthma = ("asthma.md", "# Asthma\n\nSalbutamol relieves wheezing.\n");
    service.ingest(&[("gout.md", "# Gout\n\nThe dose of colchicine for gout is 1 mg.\n"), asthma]).await;
    let mut retriever = (*service.app.asker.retriever()).clone();
    let all = hits(&retriever, &Question::new("Salbutamol for wheezing?")).await;
    assert_eq!(all[0].document.title, "Asthma");
    // By words alone it is not found.
    let meaning = Arc::new(Outage::new(Arc::clone(&retriever.vectors)));
    meaning.set(true);
    retriever.vectors = meaning as Arc<dyn VectorIndex>;
    let found = hits(&retriever, &follow_up(&[all[0].passage])).await;
    let titles: Vec<&str> = found.iter().map(|hit| hit.document.title.as_str()).collect();
    assert_eq!(titles, ["Gout", "Asthma"]);
    let prior = found[1].scores.prior;
    assert_eq!(found[1].scores, Scores { carried: true, prior, ..Scores::default() });
}
