//! Asking again what was asked: the same passages in the same order, or the reason why not; and the words of an earlier question
//! from its own record alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use answer::Retriever;
use async_trait::async_trait;
use audit::{Actor, Intent, Outcome};
use axum::http::StatusCode;
use identity::Role;
use inference::{Embedder, Reranker};
use knowledge::Corpus;
use ledger::Decision;
use serde_json::{Value, json};
use server::config::Config;
use support::{HashEmbedder, TestService, test_settings};

use crate::pinned::holds;

const DECISION: Decision<'static> = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "because" };

/// What is treated, with what, and what that may bring about.
const TOPICS: [(&str, &str, &str); 20] = [
    ("gout", "colchicine", "diarrhoea"),
    ("asthma", "montelukast", "nightmares"),
    ("epilepsy", "levetiracetam", "irritability"),
    ("psoriasis", "methotrexate", "stomatitis"),
    ("migraine", "topiramate", "tingling"),
    ("tuberculosis", "rifampicin", "hepatitis"),
    ("hypertension", "lisinopril", "cough"),
    ("osteoporosis", "alendronate", "oesophagitis"),
    ("hypothyroidism", "levothyroxine", "tremor"),
    ("glaucoma", "timolol", "bradycardia"),
    ("acne", "doxycycline", "photosensitivity"),
    ("malaria", "primaquine", "haemolysis"),
    ("insomnia", "zopiclone", "drowsiness"),
    ("obesity", "orlistat", "steatorrhoea"),
    ("cirrhosis", "spironolactone", "gynaecomastia"),
    ("sarcoidosis", "prednisolone", "hyperglycaemia"),
    ("influenza", "oseltamivir", "vomiting"),
    ("eczema", "tacrolimus", "burning"),
    ("rosacea", "ivermectin", "pruritus"),
    ("scabies", "permethrin", "erythema"),
];

type Topic = (&'static str, &'static str, &'static str);

/// What is asked again, by an auditor.
async fn again(service: &TestService, auditor: &str, answer: &Value) -> Value {
    let path = format!("/v1/audit/answers/{}/replay", answer["id"].as_str().unwrap());
    let reply = service.send_as(auditor, "POST", &path, &json!({})).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    reply.json()
}

fn file(name: &str, title: &str, words: &str) -> (String, String) {
    let head = format!("+++\nid = \"{name}\"\ntitle = \"{title}\"\npublished = \"2025-03-01\"\n+++\n");
    (format!("{name}.md"), format!("{head}# {title}\n\n{words}\n"))
}

/// Each document of a topic has what is asked about it in other words, and those of other topics have less of it.
fn guideline((disease, drug, effect): Topic, limit: usize) -> (String, String) {
    let words = format!(
        "In {disease}, {drug} should not be started in adults with an eGFR below {limit} mL/min. It is known that {drug} may \
         cause {effect}."
    );
    file(&format!("{disease}-guideline"), &format!("Guideline on {disease}"), &words)
}

fn documents(topic: Topic) -> Vec<(String, String)> {
    let (disease, drug, effect) = topic;
    let label = format!(
        "Adults who take {drug} for {disease} should be told as it is started that {drug} may cause nausea, headache and \
         {effect}. Severe {effect} ends the treatment with {drug}."
    );
    let case = format!(
        "Two adults with {disease} should have had their blood looked at before {drug} was started on the ward. Later notes of \
         the ward say that {drug} may cause {effect} within nine days, as it did here."
    );
    vec![
        guideline(topic, 30),
        file(&format!("{drug}-label"), &format!("Label of {drug}"), &label),
        file(&format!("{disease}-case"), &format!("A report on {disease}"), &case),
    ]
}

async fn take_in(service: &TestService, files: &[(String, String)]) {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    service.ingest(&files).await;
}

#[tokio::test]
async fn forty_questions_find_the_same_passages_again_whatever_was_published_since() {
    let service = TestService::without_generator().await;
    let mut answers = Vec::new();
    for (round, topics) in TOPICS.chunks(4).enumerate() {
        let mut files: Vec<_> = topics.iter().flat_map(|topic| documents(*topic)).collect();
        // What was asked about in the round before has another version now.
        files.extend(TOPICS[4 * round.saturating_sub(1)..4 * round].iter().map(|topic| guideline(*topic, 30 + round)));
        take_in(&service, &files).await;
        for (disease, drug, _) in topics {
            let start = format!("In adults with {disease}, when should {drug} not be started?");
            for question in [start, format!("What may {drug} cause?")] {
                let answer = service.ask(&question).await;
                assert_eq!(answer["snapshot"], round + 1);
                assert!(!answer["evidence"].as_array().unwrap().is_empty(), "{question}: {answer:#}");
                answers.push(answer);
            }
        }
    }
    take_in(&service, &TOPICS.map(|topic| guideline(topic, 90))).await;
    assert_eq!(answers.len(), 40);
    let auditor = service.key(Role::Auditor);
    for answer in &answers {
        let again = again(&service, &auditor, answer).await;
        let same = (&again["same"], &again["same_evidence"], &again["same_statements"], &again["reasons"]);
        assert_eq!(same, (&json!(true), &json!(true), &json!(true), &json!([])), "{again:#}");
        let ids: Vec<&Value> = again["evidence"].as_array().unwrap().iter().map(|side| &side["after"]["id"]).collect();
        let then: Vec<&Value> = answer["evidence"].as_array().unwrap().iter().map(|one| &one["passage"]).collect();
        assert_eq!(ids, then);
        holds(&service, answer);
    }
}

/// The same vectors under another name.
struct Renamed;

#[async_trait]
impl Embedder for Renamed {
    fn id(&self) -> &str {
        "renamed@1"
    }

    fn dimension(&self) -> usize {
        HashEmbedder.dimension()
    }

    async fn embed(&self, texts: Vec<String>) -> inference::Result<Vec<Vec<f32>>> {
        HashEmbedder.embed(texts).await
    }
}

/// Finds all passages equally good.
struct Even;

#[async_trait]
impl Reranker for Even {
    fn id(&self) -> &str {
        "even@1"
    }

    async fn score(&self, _: &str, texts: Vec<String>) -> inference::Result<Vec<f32>> {
        Ok(vec![0.5; texts.len()])
    }
}

#[tokio::test]
async fn asking_again_names_what_is_searched_with_otherwise() {
    type Change = fn(&mut Retriever);
    let changes: [(&str, Change); 4] = [
        ("hash-embedder@1 then, renamed@1 now", |search| search.embedder = Arc::new(Renamed)),
        ("none then, even@1 now", |search| search.reranker = Some(Arc::new(Even))),
        ("other names", |search| search.has_expansion = !search.has_expansion),
        ("kind, date and standing", |search| search.has_priors = !search.has_priors),
    ];
    let service = TestService::without_generator().await;
    take_in(&service, &documents(TOPICS[0])).await;
    let answer = service.ask("What may colchicine cause?").await;
    let record = service.app.audit.record(answer["id"].as_str().unwrap()).unwrap().unwrap();
    let given = record.entries.iter().find(|entry| entry.action == "answer.given").unwrap();
    assert_eq!(given.object["search"]["embedder"], "hash-embedder@1");
    let auditor = service.key(Role::Auditor);
    assert_eq!(again(&service, &auditor, &answer).await["reasons"], json!([]));
    let own = service.app.asker.retriever();
    for (reason, change) in changes {
        let mut changed = (*own).clone();
        change(&mut changed);
        service.app.asker.replace_retriever(changed);
        let again = again(&service, &auditor, &answer).await;
        let reasons = again["reasons"].as_array().unwrap();
        assert!(reasons.len() == 1 && reasons[0].as_str().unwrap().contains(reason), "{again:#}");
    }
    service.app.asker.replace_retriever((*own).clone());
    let ledger = &service.stores.ledger;
    let (number, corpus) = ledger.policy(&"test".parse().unwrap()).unwrap().unwrap();
    let corpus = Corpus { licence: "CC-BY-4.0".to_owned(), ..corpus };
    ledger.change_policy(number, &corpus, &DECISION).unwrap();
    let again = again(&service, &auditor, &answer).await;
    assert!(again["reasons"].to_string().contains("the policy of a corpus"), "{again:#}");
    assert_eq!(again["same"], true);
}

const FIRST: &str = "In adults of Zanzibar with gout, when should colchicine not be started?";

const FOLLOW_UP: &str = "And what may it cause?";

/// Whether a word stands in anything that is sealed.
fn is_kept(service: &TestService, word: &str) -> bool {
    let log = &service.app.audit;
    let names = ["request", "answer", "part", "reason", "question"];
    let places = (0..log.size()).flat_map(|seq| names.map(|name| (seq, name)));
    let mut words = places.filter_map(|(seq, name)| log.words(seq, name).unwrap());
    words.any(|(_, words)| String::from_utf8(words).unwrap().contains(word))
}

#[tokio::test]
async fn the_words_of_an_earlier_question_are_in_its_own_record_alone() {
    let mut config = Config::default();
    config.audit.early_erasure = true;
    let service = TestService::with(config, test_settings(), false).await;
    take_in(&service, &documents(TOPICS[0])).await;
    let [clinician, auditor, admin] = [Role::Clinician, Role::Auditor, Role::Admin].map(|role| service.key(role));
    let begun = service.send_as(&clinician, "POST", "/v1/conversations", &json!({})).await.json();
    let ask = async |body: Value| service.send_as(&clinician, "POST", "/v1/answers", &body).await.json();
    let first = ask(json!({ "question": FIRST, "conversation": begun["id"] })).await;
    let second = ask(json!({ "question": FOLLOW_UP, "conversation": begun["id"] })).await;
    // Who keeps no conversation sends the words again; some were asked elsewhere, or by nobody.
    let third = ask(json!({ "question": FOLLOW_UP, "history": [{ "question": FIRST }] })).await;
    let elsewhere = json!([{ "question": "Who in Madagascar takes colchicine?" }]);
    let fourth = ask(json!({ "question": FOLLOW_UP, "history": elsewhere })).await;
    let sealed = |answer: &Value| service.app.audit.request(answer["id"].as_str().unwrap()).unwrap().unwrap();
    for follow_up in [&second, &third] {
        let request: Value = serde_json::from_str(&sealed(follow_up)).unwrap();
        assert_eq!(request["history"][0]["answer"], first["id"]);
        assert!(!request.to_string().contains("Zanzibar"), "{request}");
    }
    assert!(sealed(&fourth).contains("Madagascar"));
    for answer in [&first, &second, &third, &fourth] {
        let again = again(&service, &auditor, answer).await;
        assert_eq!((&again["same"], &again["reasons"]), (&json!(true), &json!([])), "{again:#}");
        holds(&service, answer);
    }

    let erase = async |answer: &Value| {
        let path = format!("/v1/audit/answers/{}/words", answer["id"].as_str().unwrap());
        let reply = service.send_as(&admin, "DELETE", &path, &json!({})).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.text);
    };
    assert!(is_kept(&service, "Zanzibar"));
    erase(&first).await;
    assert!(!is_kept(&service, "Zanzibar"));
    for answer in [&second, &third] {
        let again = again(&service, &auditor, answer).await;
        let why = "the words of an earlier question were destroyed, so this cannot be asked again";
        assert_eq!((&again["same"], &again["reasons"]), (&json!(false), &json!([why])), "{again:#}");
        holds(&service, answer);
    }
    assert_eq!(again(&service, &auditor, &fourth).await["same"], true);
    erase(&fourth).await;
    assert!(!is_kept(&service, "Madagascar"));
}

#[tokio::test]
async fn records_of_before_are_asked_again_with_the_words_that_they_have() {
    let service = TestService::without_generator().await;
    take_in(&service, &documents(TOPICS[0])).await;
    let history = json!([{ "question": FIRST, "passages": [] }]);
    let body = json!({ "question": FOLLOW_UP, "history": history });
    let mut answer = service.post("/v1/answers", &body).await.json();
    answer["id"] = json!("of-before");
    let request =
        json!({ "question": FOLLOW_UP, "history": history, "filters": {}, "as_of": null, "has_patient": false });
    let log = &service.app.audit;
    let intent = Intent {
        id: "of-before",
        asked_at: "2026-11-22T10:00:00Z",
        actor: Actor::command_line(),
        request_id: "",
        question: FOLLOW_UP,
        request: &request.to_string(),
        identifiers: BTreeMap::new(),
    };
    log.begin(&intent).unwrap();
    let outcome = Outcome { actor: Actor::command_line(), model: None, answer: &answer.to_string() };
    log.complete("of-before", &outcome).unwrap();
    let again = again(&service, &service.key(Role::Auditor), &answer).await;
    assert_eq!((&again["same"], &again["reasons"]), (&json!(true), &json!([])), "{again:#}");
    assert!(!again["evidence"].as_array().unwrap().is_empty());
}
