//! Answers: what each status means, that nothing unsupported is said, and that all of it is on record.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use answer::{Judge, Mode, Settings};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures::StreamExt;
use inference::Generator;
use knowledge::{Corpus, Kind};
use serde_json::{Value, json};
use server::config::Config;
use support::{Script, ScriptedGenerator, TestService, test_settings};

pub(crate) const GOUT: (&str, &str) = (
    "gout.md",
    "+++\nid = \"gout\"\ntitle = \"Gout in adults\"\nissuer = \"Rheumatology Board\"\npublished = \"2024-03-01\"\n+++\n\
     # Gout in adults\n\n## Acute attack\n\nGive colchicine 500 micrograms twice daily for gout. \
     Do not give colchicine in severe renal impairment.\n\n## Prevention\n\nStart allopurinol 100 mg daily to prevent gout.\n",
);

pub(crate) const QUESTION: &str = "Which dose of colchicine is given for acute gout?";

async fn service() -> TestService {
    let service = TestService::new().await;
    service.ingest(&[GOUT]).await;
    service
}

fn draft(quote: &str, text: Option<&str>) -> Script {
    let mut statement = json!({ "evidence": "E1", "quote": quote });
    if let Some(text) = text {
        statement["text"] = json!(text);
    }
    Script::Write(json!({ "statements": [statement] }).to_string())
}

#[tokio::test]
async fn an_answer_has_the_shape_of_the_contract() {
    let service = service().await;
    let answer = service.ask(QUESTION).await;
    insta::assert_json_snapshot!(answer, { ".timings_ms.*" => "[ms]" });
}

#[tokio::test]
async fn the_same_question_gets_the_same_answer() {
    let answers = [service().await.ask(QUESTION).await, service().await.ask(QUESTION).await];
    let [first, second] = answers.map(|mut answer| {
        answer["timings_ms"] = Value::Null;
        answer
    });
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_differential_is_narrowed_as_its_answer_was() {
    let service = TestService::without_generator().await;
    let about = |name: &str| format!("# {name}\n\nPatients present with fever and a stiff neck.\n");
    service.ingest(&[("a.md", &about("Examplitis"))]).await;
    let cases = tempfile::tempdir().unwrap();
    std::fs::write(cases.path().join("b.md"), about("Othermia")).unwrap();
    let corpus = Corpus { id: "cases".parse().unwrap(), kind: Kind::CaseLiterature, ..TestService::corpus() };
    service.try_ingest(cases.path(), &corpus).await.0.unwrap();
    let conditions = async |body: Value| -> Vec<String> {
        let answer = service.post("/v1/answers", &body).await.json();
        let path = format!("/v1/answers/{}/differential", answer["id"].as_str().unwrap());
        let differential = service.get(&path).await.json();
        let conditions = differential["conditions"].as_array().unwrap().iter();
        conditions.map(|one| one["condition"].as_str().unwrap().to_owned()).collect()
    };
    let question = "Which condition explains fever and a stiff neck?";
    assert_eq!(conditions(json!({ "question": question })).await.len(), 2);
    let narrowed = json!({ "question": question, "filters": { "kinds": ["case_literature"] } });
    assert_eq!(conditions(narrowed).await, ["Othermia"]);
    // Nothing was searched.
    let refused = json!({ "question": "See the attached x-ray: which condition explains fever and a stiff neck?" });
    assert_eq!(conditions(refused).await, [""; 0]);
}

#[tokio::test]
async fn what_was_sent_can_be_read_again() {
    let service = service().await;
    let sent = service.post("/v1/answers", &json!({ "question": QUESTION })).await;
    let id = sent.json()["id"].as_str().unwrap().to_owned();
    let kept = service.get(&format!("/v1/answers/{id}")).await;
    assert_eq!(kept.text, sent.text, "byte for byte");
    assert_eq!(service.app.audit.outcome(&id).unwrap().as_deref(), Some("answered"));
    assert_eq!(service.get("/v1/answers/nothing").await.json()["code"], "unknown_answer");
}

#[tokio::test]
async fn a_quote_that_is_nowhere_is_never_shown() {
    let service = service().await;
    for made_up in [
        "Give colchicine 5000 micrograms twice daily for gout.",
        "give colchicine in severe renal impairment.",
        "Give colchicine 500 micrograms twice daily",
        "",
    ] {
        service.generator.then(draft(made_up, None));
        let answer = service.ask(QUESTION).await;
        assert_eq!(answer["status"], "extractive", "{made_up:?}");
        assert!(!answer.to_string().contains("5000"));
        assert!(answer["reason"].as_str().unwrap().contains("could be kept"));
    }
}

#[tokio::test]
async fn words_that_disagree_with_their_quote_give_way_to_it() {
    let settings = Settings { mode: Mode::Synthesis, ..test_settings() };
    let service = TestService::with(Config::default(), settings, true).await;
    service.ingest(&[GOUT]).await;
    let quote = "Give colchicine 500 micrograms twice daily for gout.";

    service.generator.then(draft(quote, Some("Colchicine 0.5 mg twice daily.")));
    let kept = service.ask(QUESTION).await;
    assert_eq!((kept["status"].as_str(), kept["mode"].as_str()), (Some("answered"), Some("synthesis")));
    assert_eq!(kept["statements"][0]["text"], "Colchicine 0.5 mg twice daily.");
    assert_eq!(kept["statements"][0]["citations"][0]["quote"], quote);

    service.generator.then(draft(quote, Some("Colchicine 5 mg twice daily.")));
    let replaced = service.ask(QUESTION).await;
    assert_eq!(replaced["status"], "partial");
    assert_eq!(replaced["statements"][0]["text"], quote);
    assert!(replaced["reason"].as_str().unwrap().contains("did not agree"));
}

fn opinion(verdict: &str) -> Script {
    Script::Write(json!({ "verdict": verdict }).to_string())
}

#[tokio::test]
async fn a_judge_can_take_standing_and_never_give_it() {
    let settings = Settings { mode: Mode::Synthesis, ..test_settings() };
    let judge = Arc::new(ScriptedGenerator::new([]));
    let seat = Judge::new(Arc::clone(&judge) as Arc<dyn Generator>, Duration::from_secs(5));
    let service = TestService::judged(Config::default(), settings, true, Some(seat)).await;
    service.ingest(&[GOUT]).await;
    let quote = "Give colchicine 500 micrograms twice daily for gout.";
    let words = "Colchicine 0.5 mg twice daily.";

    service.generator.then(draft(quote, Some(words)));
    judge.then(opinion("supported"));
    let kept = service.ask(QUESTION).await;
    assert_eq!(kept["statements"][0]["text"], words);
    assert_eq!(kept["judge"]["id"], "scripted");

    for overruling in [opinion("not_stated"), opinion("contradicted"), Script::Fail, Script::Write("yes".to_owned())] {
        service.generator.then(draft(quote, Some(words)));
        judge.then(overruling.clone());
        let answer = service.ask(QUESTION).await;
        assert_eq!(answer["statements"][0]["text"], quote, "{overruling:?}");
        assert_eq!(answer["status"], "partial");
        assert!(answer["reason"].as_str().unwrap().contains("second model"), "{answer}");
    }

    // What the rules refuse is never put to it.
    service.generator.then(draft(quote, Some("Colchicine 5 mg twice daily.")));
    judge.then(opinion("supported"));
    assert_eq!(service.ask(QUESTION).await["statements"][0]["text"], quote);
    let text = "Give colchicine 500 micrograms twice daily [1]. Give colchicine 5 mg [1].";
    let body = json!({ "text": text, "judge": true, "sources": [{ "text": quote }] });
    let all = service.post("/v1/verify", &body).await.json();
    assert_eq!(all["statements"][0]["verdict"], "supported", "{all}");
    assert_eq!(all["statements"][1]["verdict"], "contradicted");
    judge.then(opinion("not_stated"));
    let all = service.post("/v1/verify", &body).await.json();
    assert_eq!((&all["statements"][0]["verdict"], &all["verdict"]), (&json!("unsupported"), &json!("contradicted")));

    let without = TestService::new().await.post("/v1/verify", &body).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.text.contains("no judge is configured"));
}

#[tokio::test]
async fn where_the_judge_leaves_one_quote_of_two_statements_it_is_said_once() {
    let settings = Settings { mode: Mode::Synthesis, ..test_settings() };
    let judge = Arc::new(ScriptedGenerator::new([opinion("not_stated"), opinion("not_stated")]));
    let seat = Judge::new(Arc::clone(&judge) as Arc<dyn Generator>, Duration::from_secs(5));
    let service = TestService::judged(Config::default(), settings, true, Some(seat)).await;
    service.ingest(&[GOUT]).await;
    let quote = "Give colchicine 500 micrograms twice daily for gout.";
    let said = |text: &str| json!({ "evidence": "E1", "quote": quote, "text": text });
    let twice = [said("Colchicine 0.5 mg twice daily."), said("Colchicine 0.5 mg twice daily for gout.")];
    service.generator.then(Script::Write(json!({ "statements": twice }).to_string()));
    let answer = service.ask(QUESTION).await;
    let statements = answer["statements"].as_array().unwrap();
    assert_eq!((statements.len(), &statements[0]["text"]), (1, &json!(quote)), "{answer}");
    assert_eq!(statements[0]["citations"][0]["n"], 1);
}

#[tokio::test]
async fn a_model_that_fails_leaves_the_sources_to_speak() {
    let service = service().await;
    for (script, said) in [
        (Script::Fail, "as scripted"),
        (Script::Unfinished, "did not finish"),
        (Script::Write("no JSON at all".to_owned()), "could be kept"),
        (Script::Write(String::new()), "could be kept"),
    ] {
        service.generator.then(script);
        let answer = service.ask(QUESTION).await;
        assert_eq!(answer["status"], "extractive");
        assert_eq!(answer["mode"], "extractive");
        assert!(answer["reason"].as_str().unwrap().contains(said), "{answer}");
        assert_eq!(answer["statements"][0]["text"], "Give colchicine 500 micrograms twice daily for gout.");
        assert_eq!(answer["model"], Value::Null);
    }
    let none = TestService::without_generator().await;
    none.ingest(&[GOUT]).await;
    assert_eq!(none.ask(QUESTION).await["status"], "extractive");
}

#[tokio::test]
async fn too_little_evidence_is_an_answer_with_what_came_nearest() {
    let service = service().await;
    let answer = service.ask("How is a fractured femur splinted at the roadside?").await;
    assert_eq!(answer["status"], "no_evidence");
    assert_eq!(answer["statements"], json!([]));
    assert!(!answer["closest"].as_array().unwrap().is_empty());
    let empty = TestService::new().await.ask(QUESTION).await;
    assert_eq!(empty["status"], "no_evidence");
    assert!(empty["reason"].as_str().unwrap().contains("ingest"), "{empty}");
}

#[tokio::test]
async fn a_panic_ends_one_request_and_is_on_record() {
    let service = service().await;
    service.generator.then(Script::Panic);
    let reply = service.post("/v1/answers", &json!({ "question": QUESTION })).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(reply.json()["code"], "internal");
    let id = uuid_of(0);
    assert_eq!(service.app.audit.outcome(&id).unwrap().as_deref(), Some("failed: internal"));
    assert_eq!(service.ask(QUESTION).await["status"], "answered");
}

/// The test service counts its ids: one for each question, one for the time at which it was done.
fn uuid_of(number: u128) -> String {
    format!("00000000-0000-0000-0000-{number:012x}")
}

fn streaming(question: &str) -> Request<Body> {
    let body = json!({ "question": question, "stream": true }).to_string();
    Request::post("/v1/answers").header("content-type", "application/json").body(Body::from(body)).unwrap()
}

/// The events of a stream, with their names.
fn events(stream: &str) -> Vec<(&str, Value)> {
    stream
        .split("\n\n")
        .filter(|event| !event.trim().is_empty())
        .map(|event| {
            let (name, data) = event.split_once('\n').unwrap();
            (name.strip_prefix("event: ").unwrap(), serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn a_statement_that_was_sent_stays_when_the_model_fails_after_it() {
    let service = service().await;
    // Not the one that a score would choose.
    let second = "Do not give colchicine in severe renal impairment.";
    let begun = format!("{{\"statements\":[{{\"evidence\":\"E1\",\"quote\":\"{second}\"}},{{\"evid");
    for (script, said) in [(Script::CutOff(begun.clone()), "did not finish"), (Script::Late(begun), "took longer")] {
        service.generator.then(script);
        let reply = service.send(streaming(QUESTION)).await;
        let events = events(&reply.text);
        let sent: Vec<&Value> = events.iter().filter(|(name, _)| *name == "statement").map(|(_, data)| data).collect();
        let (name, done) = events.last().unwrap();
        assert_eq!((*name, &done["status"], &done["mode"]), ("done", &json!("partial"), &json!("quoting")), "{done}");
        assert_eq!(sent, done["statements"].as_array().unwrap().iter().collect::<Vec<_>>());
        assert_eq!((sent.len(), &sent[0]["text"]), (1, &json!(second)));
        assert!(done["reason"].as_str().unwrap().contains(said), "{done}");
        assert_eq!(done["model"]["id"], "scripted");
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_whole_answer() {
    let service = service().await;
    let reply = service.send(streaming(QUESTION)).await;
    assert_eq!(reply.headers["content-type"], "text/event-stream");
    let events = events(&reply.text);
    let names: Vec<&str> = events.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["progress", "evidence", "progress", "statement", "done"]);
    let done = &events[4].1;
    assert_eq!(done["statements"][0], events[3].1);
    assert_eq!(done["evidence"], events[1].1);
    let kept = service.get(&format!("/v1/answers/{}", done["id"].as_str().unwrap())).await;
    assert_eq!(kept.json(), *done);
}

#[tokio::test]
async fn a_client_that_leaves_cancels_and_that_is_on_record() {
    let service = service().await;
    service.generator.then(Script::Hang(Duration::from_secs(60)));
    let response = service.open(streaming(QUESTION)).await;
    let mut body = response.into_body().into_data_stream();
    body.next().await.unwrap().unwrap();
    drop(body);
    for _ in 0..500 {
        if service.app.audit.outcome(&uuid_of(0)).unwrap().is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(service.generator.cancelled.load(Ordering::SeqCst), 1);
    assert_eq!(service.app.audit.outcome(&uuid_of(0)).unwrap().as_deref(), Some("failed: cancelled"));
}

#[tokio::test]
async fn too_many_questions_are_turned_away_with_a_time_to_come_back() {
    let mut config = Config::default();
    config.server.max_questions = 1;
    let service = Arc::new(TestService::with(config, test_settings(), true).await);
    service.ingest(&[GOUT]).await;
    service.generator.then(Script::Hang(Duration::from_secs(60)));
    let held = service.open(streaming(QUESTION)).await;
    let reply = service.post("/v1/answers", &json!({ "question": QUESTION })).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reply.headers["retry-after"], "2");
    assert_eq!(reply.json()["code"], "busy");
    assert_eq!(service.get("/healthz").await.status, StatusCode::OK, "others go on");
    drop(held);
}

#[tokio::test]
async fn follow_ups_find_what_they_are_about() {
    let service = service().await;
    let body = json!({ "question": "And to prevent it?", "history": [{ "question": "What is given for gout?" }] });
    let answer = service.post("/v1/answers", &body).await.json();
    assert_ne!(answer["status"], "no_evidence", "{answer}");
}
