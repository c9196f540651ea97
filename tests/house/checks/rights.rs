//! What licences allow: how many words are shown, whether a document may be opened or found, and until which day.

use axum::http::StatusCode;
use knowledge::{Corpus, DocumentId, PassageId, Rights, Span, char_slice};
use ledger::{Decision, Reach};
use serde_json::{Value, json};
use support::{Script, TestService};

const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "because" };

/// The day on which the clock of the test service stands.
const TODAY: &str = "2026-11-22";

/// The longest quote that the licence of these tests allows.
const WORDS: usize = 12;

const LONG: &str = "In adults with severe renal impairment neither colchicine nor naproxen should be given and a short \
                    course of prednisolone is the usual choice for gout.";

fn gout() -> String {
    format!(
        "+++\nid = \"gout\"\ntitle = \"Gout and colchicine in adults\"\n+++\n# Gout and colchicine in adults\n\n## \
         Acute attack\n\nGive colchicine 500 micrograms twice daily for an acute attack of gout. Start within one day. \
         {LONG}\n\n## Prevention\n\nStart allopurinol 100 mg daily to prevent gout. Raise the dose of allopurinol \
         every four weeks until the urate is below the target that was set for this adult.\n"
    )
}

const HOSPITAL: &str = "+++\nid = \"hospital\"\ntitle = \"Gout and colchicine in hospital\"\n+++\n# Gout and \
    colchicine in hospital\n\nGive colchicine 1 mg once daily for an acute attack of gout. Ask the pharmacist about \
    adults who take several other medicines for the heart or have had a transplant of the kidney before.\n";

const QUESTIONS: [&str; 5] = [
    "Which dose of colchicine is given for an acute attack of gout?",
    "What is given for gout in severe renal impairment?",
    "How is gout prevented with allopurinol?",
    "Until which urate is the dose of allopurinol raised?",
    "How is a fractured femur splinted at the roadside?",
];

fn corpus(rights: Rights) -> Corpus {
    Corpus { rights, ..TestService::corpus() }
}

/// The rights of the test corpus: all of them.
fn all() -> Rights {
    TestService::corpus().rights
}

fn quotes_only() -> Rights {
    Rights { quote_words: u32::try_from(WORDS).ok(), ..all() }
}

/// Takes files in under a licence.
async fn take_in(service: &TestService, rights: Rights, files: &[(&str, &str)]) {
    let source = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(source.path().join(name), text).unwrap();
    }
    let (account, events) = service.try_ingest(source.path(), &corpus(rights)).await;
    let report = account.unwrap().report;
    assert_eq!(report.documents.added, files.len(), "{events:?}");
}

/// Changes the licence of what is held.
fn relicense(service: &TestService, rights: Rights) {
    service.stores.ledger.put_corpus(&corpus(rights), &DECISION).unwrap();
}

async fn hits(service: &TestService, question: &str) -> Vec<Value> {
    service.post("/v1/search", &json!({ "question": question })).await.json()["hits"].as_array().unwrap().clone()
}

fn document(name: &str) -> DocumentId {
    DocumentId::of(&TestService::corpus().id, name)
}

/// The status of a reply, and its code where it is a problem.
async fn refused(service: &TestService, path: &str) -> (StatusCode, String) {
    let reply = service.get(path).await;
    (reply.status, reply.json()["code"].as_str().unwrap_or_default().to_owned())
}

fn not_displayable() -> (StatusCode, String) {
    (StatusCode::FORBIDDEN, "not_displayable".to_owned())
}

/// Every text and every quote in a reply.
fn shown<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "text" || name == "quote" => texts.push(text),
                    other => shown(other, texts),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| shown(item, texts)),
        _ => {}
    }
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn assert_short(reply: &Value) {
    let mut texts = Vec::new();
    shown(reply, &mut texts);
    for text in texts {
        assert!(words(text) <= WORDS, "{} words are shown: {text:?}", words(text));
    }
}

/// Holds the text of a piece of evidence, or a quote from it, against what is stored.
fn assert_stored(service: &TestService, document: &Value, piece: &Value, field: &str) {
    let id: DocumentId = document["id"].as_str().unwrap().parse().unwrap();
    let stored = service.stores.ledger.document(id, None, TODAY, Reach::Published).unwrap().text;
    let at = |field: &str| usize::try_from(piece[field].as_u64().unwrap()).unwrap();
    let span = Span { start: at("start"), end: at("end") };
    assert_eq!(char_slice(&stored, span), piece[field].as_str(), "{piece}");
}

#[tokio::test]
async fn answers_show_no_more_words_than_the_licence_allows() {
    for service in [TestService::new().await, TestService::without_generator().await] {
        take_in(&service, quotes_only(), &[("gout.md", &gout()), ("hospital.md", HOSPITAL)]).await;
        let mut said = Vec::new();
        for question in QUESTIONS {
            let answer = service.ask(question).await;
            assert_short(&answer);
            let evidence = answer["evidence"].as_array().unwrap();
            for piece in evidence.iter().chain(answer["closest"].as_array().unwrap()) {
                assert_stored(&service, &piece["document"], piece, "text");
            }
            let statements = answer["statements"].as_array().unwrap();
            for citation in statements.iter().flat_map(|statement| statement["citations"].as_array().unwrap()) {
                let source = evidence.iter().find(|piece| piece["id"] == citation["evidence"]).unwrap();
                assert_stored(&service, &source["document"], citation, "quote");
            }
            said.push(statements.len());
            let kept = service.get(&format!("/v1/answers/{}", answer["id"].as_str().unwrap())).await.json();
            assert_short(&kept);
        }
        assert!(said[0] > 0 && said[2] > 0, "short sentences are quoted: {said:?}");
        assert_eq!(said[4], 0);
    }
}

#[tokio::test]
async fn a_long_sentence_is_not_quoted_even_when_the_model_writes_it() {
    let service = TestService::new().await;
    let question = QUESTIONS[1];
    let draft = json!({ "statements": [{ "evidence": "E1", "quote": LONG }] }).to_string();
    take_in(&service, all(), &[("gout.md", &gout())]).await;
    service.generator.then(Script::Write(draft.clone()));
    let answer = service.ask(question).await;
    assert_eq!(answer["statements"][0]["citations"][0]["quote"], LONG, "without a limit it stands");

    relicense(&service, quotes_only());
    service.generator.then(Script::Write(draft));
    let answer = service.ask(question).await;
    assert_eq!(answer["status"], "extractive", "{answer}");
    assert!(answer["reason"].as_str().unwrap().contains("could be kept"), "{answer}");
    assert_short(&answer);
}

#[tokio::test]
async fn evidence_is_numbered_from_one_on_whatever_the_licence_leaves_out() {
    let service = TestService::without_generator().await;
    let renal = format!("# Colchicine in severe renal impairment\n\n{LONG}\n");
    take_in(&service, quotes_only(), &[("renal.md", &renal), ("gout.md", &gout()), ("hospital.md", HOSPITAL)]).await;
    for question in QUESTIONS {
        let answer = service.ask(question).await;
        let evidence = answer["evidence"].as_array().unwrap();
        let names: Vec<&str> = evidence.iter().map(|piece| piece["id"].as_str().unwrap()).collect();
        let wanted: Vec<String> = (1..=names.len()).map(|number| format!("E{number}")).collect();
        assert_eq!(names, wanted, "{question}");
        assert_eq!(names.is_empty(), question == QUESTIONS[4], "{question}");
    }
}

#[tokio::test]
async fn hits_of_a_search_are_cut_to_the_words_allowed() {
    let service = TestService::new().await;
    take_in(&service, quotes_only(), &[("gout.md", &gout()), ("hospital.md", HOSPITAL)]).await;
    let cut = hits(&service, QUESTIONS[0]).await;
    assert_eq!(cut.len(), 3, "all passages are found");
    for hit in &cut {
        assert_eq!(words(hit["text"].as_str().unwrap()), WORDS, "{hit}");
        assert_stored(&service, &hit["document"], hit, "text");
    }
    relicense(&service, all());
    let whole = hits(&service, QUESTIONS[0]).await;
    assert!(whole.iter().all(|hit| words(hit["text"].as_str().unwrap()) > WORDS), "{whole:?}");
}

#[tokio::test]
async fn a_differential_shows_no_more_words_than_the_licence_allows() {
    let service = TestService::new().await;
    let text = "+++\ntitle = \"Examplitis\"\n+++\n# Examplitis\n\nPatients present with fever and a stiff neck, and \
                later with a rash on the trunk, on the arms and on the legs.\n";
    take_in(&service, all(), &[("examplitis.md", text)]).await;
    let answer = service.ask("Which condition explains fever and a stiff neck?").await;
    let path = format!("/v1/answers/{}/differential", answer["id"].as_str().unwrap());
    let whole = service.get(&path).await.json();
    assert_eq!(whole["conditions"][0]["condition"], "Examplitis", "{whole}");
    assert!(words(whole["conditions"][0]["for"][0]["quote"].as_str().unwrap()) > WORDS);
    relicense(&service, quotes_only());
    assert_short(&service.get(&path).await.json());
}

#[tokio::test]
async fn a_quote_of_no_words_leaves_nothing_to_show() {
    for service in [TestService::new().await, TestService::without_generator().await] {
        take_in(&service, Rights { quote_words: Some(0), ..all() }, &[("gout.md", &gout())]).await;
        for question in QUESTIONS {
            let answer = service.ask(question).await;
            assert_eq!(answer["status"], "no_evidence", "{answer}");
            for nothing in ["statements", "evidence", "closest", "conflicts"] {
                assert_eq!(answer[nothing], json!([]), "{nothing}");
            }
            assert!(hits(&service, question).await.is_empty());
        }
    }
}

#[tokio::test]
async fn what_may_not_be_displayed_is_opened_quote_by_quote() {
    let service = TestService::new().await;
    let text = format!("# Gout and colchicine\n\n{}\n", "Colchicine is given for gout in adults. ".repeat(12));
    take_in(&service, Rights { display: false, ..all() }, &[("gout.md", &text)]).await;
    let document = document("gout.md");
    assert_eq!(refused(&service, &format!("/v1/documents/{document}")).await, not_displayable());
    assert_eq!(refused(&service, &format!("/v1/documents/{document}?version=1")).await, not_displayable());

    let hits = hits(&service, QUESTIONS[0]).await;
    assert_eq!((hits.len(), words(hits[0]["text"].as_str().unwrap())), (1, 60));
    let passage: PassageId = hits[0]["passage"].as_str().unwrap().parse().unwrap();
    let whole = service.stores.ledger.passage(passage, TODAY, Reach::Published).unwrap();
    assert_eq!(words(&whole.text), 87);
    let path = format!("/v1/passages/{passage}");
    let Span { start, end } = whole.span;
    assert_eq!(refused(&service, &path).await, not_displayable());
    assert_eq!(refused(&service, &format!("{path}?start={start}&end={end}")).await, not_displayable(), "87 words");
    for wrong in
        [format!("{path}?start={start}"), format!("{path}?end={end}"), format!("{path}?start=0&end={}", end + 1)]
    {
        assert_eq!(refused(&service, &wrong).await, (StatusCode::BAD_REQUEST, "bad_quote".to_owned()), "{wrong}");
    }

    let quote = "Colchicine is given for gout in adults.";
    // All of it is ASCII: bytes are code points.
    let from = start + whole.text.find(quote).unwrap();
    let to = from + quote.len();
    let reply = service.get(&format!("{path}?start={from}&end={to}")).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let reply = reply.json();
    let place = json!({ "text": quote, "start": from, "end": to, "in_passage": { "start": 0, "end": to - from } });
    assert_eq!(reply["quote"], place);
    assert_eq!((&reply["text"], &reply["start"], &reply["end"]), (&json!(quote), &json!(from), &json!(to)));
}

#[tokio::test]
async fn what_may_not_be_indexed_is_not_found() {
    let service = TestService::new().await;
    take_in(&service, Rights { index: false, ..all() }, &[("gout.md", &gout())]).await;
    for question in QUESTIONS {
        assert!(hits(&service, question).await.is_empty());
        let answer = service.ask(question).await;
        assert_eq!((&answer["status"], &answer["closest"]), (&json!("no_evidence"), &json!([])), "{answer}");
    }
    let reply = service.get(&format!("/v1/documents/{}", document("gout"))).await;
    assert_eq!(reply.status, StatusCode::OK, "it may be displayed");
    // A licence that changes is obeyed without taking anything in again.
    relicense(&service, all());
    assert_eq!(hits(&service, QUESTIONS[0]).await.len(), 2);
    relicense(&service, Rights { index: false, ..all() });
    assert!(hits(&service, QUESTIONS[0]).await.is_empty());
}

#[tokio::test]
async fn a_licence_ends_with_its_last_day() {
    let service = TestService::new().await;
    take_in(&service, Rights { expires: Some("2026-11-21".to_owned()), ..all() }, &[("gout.md", &gout())]).await;
    let path = format!("/v1/documents/{}", document("gout"));
    let mut passage = None;
    // Dates that are not given to the day cover all of their days.
    for (expires, stands) in [
        (Some("2026-11-22"), true),
        (Some("2026-11-21"), false),
        (Some("2026-11"), true),
        (Some("2026-10"), false),
        (Some("2026"), true),
        (Some("2025"), false),
        (None, true),
        (Some("2026-11-21"), false),
    ] {
        relicense(&service, Rights { expires: expires.map(str::to_owned), ..all() });
        let found = hits(&service, QUESTIONS[0]).await;
        assert_eq!(found.len(), if stands { 2 } else { 0 }, "{expires:?}");
        let answer = service.ask(QUESTIONS[0]).await;
        assert_eq!(answer["status"], if stands { "answered" } else { "no_evidence" }, "{expires:?}: {answer}");
        passage = found.first().map(|hit| format!("/v1/passages/{}", hit["passage"].as_str().unwrap())).or(passage);
        let passage = passage.as_deref().unwrap();
        if stands {
            assert_eq!(service.get(&path).await.status, StatusCode::OK, "{expires:?}");
            assert_eq!(service.get(passage).await.status, StatusCode::OK, "{expires:?}");
        } else {
            assert_eq!(answer["closest"], json!([]), "{expires:?}");
            assert_eq!(refused(&service, &path).await, not_displayable(), "{expires:?}");
            assert_eq!(refused(&service, passage).await, not_displayable(), "{expires:?}");
        }
    }
}

#[tokio::test]
async fn a_document_is_evidence_until_its_own_last_day() {
    let service = TestService::new().await;
    let dated = |expires: &str, dose: u32| {
        let drug = "Examplin against gout";
        format!("+++\nexpires = {expires}\n+++\n# {drug} {dose}\n\nGive examplin {dose} mg daily for gout.\n")
    };
    let cases = [
        ("a.md", "2026-11-01", 1, "expired"),
        ("b.md", "\"2026-11\"", 2, "current"),
        ("c.md", "2026-11-22", 3, "current"),
        ("d.md", "2026-11-21", 4, "expired"),
        ("e.md", "2025", 5, "expired"),
        ("f.md", "2026", 6, "current"),
    ];
    let texts = cases.map(|(_, expires, dose, _)| dated(expires, dose));
    let files: Vec<(&str, &str)> = cases.iter().zip(&texts).map(|(case, text)| (case.0, text.as_str())).collect();
    service.ingest(&files).await;
    let found = hits(&service, "Which dose of examplin is given for gout?").await;
    for (file, expires, dose, status) in cases {
        let hit = found.iter().find(|hit| hit["text"].as_str().unwrap().contains(&format!(" {dose} mg")));
        assert_eq!(hit.is_some(), status == "current", "{expires}");
        let reply = service.get(&format!("/v1/documents/{}", document(file))).await;
        assert_eq!((reply.status, reply.json()["status"].as_str()), (StatusCode::OK, Some(status)), "{expires}");
    }
    let answer = service.ask("Which dose of examplin is given for gout?").await;
    let cited = answer["evidence"].as_array().unwrap();
    assert!(!cited.is_empty() && cited.iter().all(|piece| piece["document"]["status"] == "current"), "{answer}");
}
