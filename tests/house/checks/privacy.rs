//! What may identify a person in a question: it is counted on record and never written there, it leaves the house blacked out, and
//! a house that wants it so does not answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use answer::{Judge, Mode, Settings};
use axum::http::StatusCode;
use identity::Role;
use inference::Generator;
use serde_json::json;
use server::config::{Config, Identifying};
use support::{Script, ScriptedGenerator, TestService, test_settings};

const QUESTION: &str = "My patient John Smith, MRN 48213377, born 03/04/1961: when should metformin not be started?";
const SAID: [&str; 4] = ["John", "Smith", "48213377", "03/04/1961"];

fn guideline() -> (&'static str, &'static str) {
    let text = "# Type 2 diabetes\n\nMetformin should not be started in adults with an eGFR below 30 mL/min.\n";
    ("diabetes.md", text)
}

/// Whether a text has anything of what was said of the patient.
fn tells(text: &str) -> bool {
    SAID.iter().any(|word| text.contains(word))
}

#[tokio::test]
async fn what_identifies_is_counted_on_record_and_not_written_there() {
    let service = TestService::new().await;
    service.ingest(&[guideline()]).await;
    assert_ne!(service.ask(QUESTION).await["status"], "no_evidence");
    assert_ne!(service.ask("When should metformin not be started?").await["status"], "no_evidence");
    let entries = service.app.audit.entries("answer.asked", None, None, 10).unwrap();
    assert_eq!(entries[1].object["identifiers"], json!({ "date": 1, "name": 1, "record_number": 1 }));
    assert!(!entries[0].object.contains_key("identifiers"));
    assert!(entries.iter().all(|entry| !tells(&serde_json::to_string(entry).unwrap())));

    let librarian = service.key(Role::Librarian);
    for (path, action) in [("/v1/search", "passages.searched"), ("/v1/library/staged/answers", "staged.asked")] {
        for question in [QUESTION, "When should metformin not be started?"] {
            let reply = service.send_as(&librarian, "POST", path, &json!({ "question": question })).await;
            assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        }
        let entries = service.app.audit.entries(action, None, None, 10).unwrap();
        assert_eq!(entries[1].object["identifiers"], json!({ "date": 1, "name": 1, "record_number": 1 }));
        assert!(!entries[0].object.contains_key("identifiers"));
        assert!(entries.iter().all(|entry| !tells(&serde_json::to_string(entry).unwrap())));
    }
}

#[tokio::test]
async fn a_model_elsewhere_is_not_told_whom_it_is_about() {
    let settings = Settings { mode: Mode::Quoting, ..test_settings() };
    let service = TestService::with(Config::default(), settings, true).await;
    service.ingest(&[guideline()]).await;
    service.ask(QUESTION).await;
    service.generator.is_elsewhere.store(true, Ordering::SeqCst);
    let answer = service.ask(QUESTION).await;
    let prompts = service.generator.prompts.lock().unwrap().clone();
    let [here, elsewhere] = prompts.as_slice() else { panic!("{prompts:?}") };
    assert!(SAID.iter().all(|word| here.contains(word)), "{here}");
    assert!(!tells(elsewhere) && elsewhere.contains("[record_number]"), "{elsewhere}");
    assert!(elsewhere.contains("when should metformin not be started"), "{elsewhere}");
    assert_eq!(answer["question"], QUESTION, "whoever asked sees their own words");
}

#[tokio::test]
async fn a_judge_elsewhere_is_not_told_whom_it_is_about() {
    let judge = Arc::new(ScriptedGenerator::new([Script::Write(json!({ "verdict": "supported" }).to_string())]));
    judge.is_elsewhere.store(true, Ordering::SeqCst);
    let seat = Judge::new(Arc::clone(&judge) as Arc<dyn Generator>, Duration::from_secs(5));
    let service = TestService::judged(Config::default(), test_settings(), false, Some(seat)).await;
    // A sentence of the source as it stands: the rules let it pass, so the judge is asked.
    let said = "My patient John Smith, MRN 48213377, born 03/04/1961, was given metformin";
    let body = json!({ "text": format!("{said} [1]."), "judge": true, "sources": [{ "text": format!("{said}.") }] });
    let reply = service.post("/v1/verify", &body).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let prompts = judge.prompts.lock().unwrap().clone();
    let [told] = prompts.as_slice() else { panic!("{prompts:?}") };
    assert!(!tells(told) && told.contains("[record_number]") && told.contains("metformin"), "{told}");
}

#[tokio::test]
async fn a_house_may_refuse_such_questions() {
    let mut config = Config::default();
    config.answer.identifying = Identifying::Refuse;
    config.identity.anonymous = Some(true);
    let service = TestService::with(config, test_settings(), true).await;
    service.ingest(&[guideline()]).await;
    let reply = service.post("/v1/answers", &json!({ "question": QUESTION })).await;
    let problem = reply.json();
    assert_eq!((reply.status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("identifies_a_person")));
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("date, name, record_number") && !tells(&reply.text), "{detail}");
    let chat = json!({ "model": "osler", "messages": [{ "role": "user", "content": QUESTION }] });
    let chat = service.post("/v1/chat/completions", &chat).await;
    assert_eq!(
        (chat.status, &chat.json()["error"]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("identifies_a_person"))
    );
    let librarian = service.key(Role::Librarian);
    for path in ["/v1/search", "/v1/library/staged/answers"] {
        let reply = service.send_as(&librarian, "POST", path, &json!({ "question": QUESTION })).await;
        let problem = reply.json();
        assert_eq!((reply.status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("identifies_a_person")));
        assert!(!tells(&reply.text), "{}", reply.text);
    }
    for action in ["passages.searched", "staged.asked"] {
        assert!(service.app.audit.entries(action, None, None, 10).unwrap().is_empty());
    }
    let entries = service.app.audit.entries("answer.", None, None, 10).unwrap();
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["answer.refused"; 4]);
    assert!(entries.iter().all(|entry| entry.commitments.is_empty()), "nothing of it was kept");
    assert!(!tells(&serde_json::to_string(&entries).unwrap()));
    assert_eq!(entries[0].object["identifiers"]["name"], 1);
    let plain = service.post("/v1/answers", &json!({ "question": "When should metformin not be started?" })).await;
    assert_eq!(plain.status, StatusCode::OK, "{}", plain.text);
}
