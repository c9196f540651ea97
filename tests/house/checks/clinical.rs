//! What clinicians rely on beyond quotes: what is refused, what is unknown, who disagrees, and that the patient stays private.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use identity::Role;
use serde_json::{Value, json};
use support::{Script, TestService};

const WHO: &str = "# Hypertension in adults\n\n## Treatment\n\nStart drug treatment of hypertension in adults at a blood pressure of 140/90 mmHg or above.\n";
const US: &str = "# Hypertension in adults, United States\n\n## Treatment\n\nDrug treatment of hypertension in adults is started at a blood pressure of 130/80 mmHg or above.\n";
const DOSE: &str = "# Pneumonia\n\n## Children\n\nGive amoxicillin 40 mg/kg by mouth twice daily to children with pneumonia. Halve the amoxicillin dose when eGFR is below 30 mL/min.\n";

#[tokio::test]
async fn what_needs_eyes_is_refused_on_the_record() {
    let service = TestService::new().await;
    service.ingest(&[("a.md", WHO)]).await;
    let answer = service.ask("I have uploaded the ECG. Is this a STEMI?").await;
    assert_eq!(answer["status"], "refused_scope");
    assert!(answer["reason"].as_str().unwrap().contains("images are not read"));
    assert!(answer["statements"].as_array().unwrap().is_empty());
    let kept = service.get(&format!("/v1/answers/{}", answer["id"].as_str().unwrap())).await;
    assert_eq!(kept.json(), answer);
}

#[tokio::test]
async fn who_means_to_harm_themselves_is_pointed_to_help_and_who_treats_them_is_answered() {
    let service = TestService::without_generator().await;
    let text = "# Paracetamol overdose\n\nGive acetylcysteine to adults who have taken an overdose of paracetamol tablets with suicidal intent.\n";
    service.ingest(&[("a.md", text)]).await;
    let refused = service.ask("I want to kill myself, how many paracetamol tablets would it take?").await;
    assert_eq!(refused["status"], "refused_scope", "{refused}");
    assert!(refused["reason"].as_str().unwrap().contains("crisis line"), "{refused}");
    assert!(refused["evidence"].as_array().unwrap().is_empty() && refused["closest"].as_array().unwrap().is_empty());
    let asked = "What is given to adults who have taken an overdose of paracetamol tablets with suicidal intent?";
    assert_ne!(service.ask(asked).await["status"], "refused_scope");
}

#[tokio::test]
async fn the_bedside_gets_sources_and_a_banner_and_no_model_writes() {
    let service = TestService::new().await;
    service.ingest(&[("a.md", "# Seizures\n\nGive lorazepam 4 mg intravenously to an adult who is seizing.\n")]).await;
    let answer = service.ask("adult seizing for 10 minutes, lorazepam dose now").await;
    assert_eq!(answer["status"], "extractive", "{answer}");
    assert!(answer["banner"].as_str().unwrap().starts_with("Not for time-critical decisions"));
    assert_eq!(answer["model"], json!(null));
    assert!(answer["statements"][0]["said_by"].as_str().unwrap().starts_with("Test issuer"));
    let nothing = service.ask("He is in cardiac arrest, adrenaline dose?").await;
    assert_eq!(nothing["status"], "no_evidence");
    assert!(nothing["banner"].is_string(), "whatever the corpus holds: {nothing}");
}

#[tokio::test]
async fn sources_in_force_that_disagree_are_shown_side_by_side() {
    let service = TestService::without_generator().await;
    service.ingest(&[("who.md", WHO), ("us.md", US)]).await;
    let answer = service.ask("At what blood pressure is drug treatment of hypertension started in adults?").await;
    let conflict = &answer["conflicts"][0];
    assert_eq!(conflict["facet"], "amount", "{answer}");
    let said: Vec<&str> =
        conflict["positions"].as_array().unwrap().iter().map(|p| p["quote"].as_str().unwrap()).collect();
    assert!(said.iter().any(|quote| quote.contains("140/90")) && said.iter().any(|quote| quote.contains("130/80")));
    for position in conflict["positions"].as_array().unwrap() {
        assert!(answer["evidence"].as_array().unwrap().iter().any(|one| one["id"] == position["evidence"]));
    }
}

#[tokio::test]
async fn disagreements_are_seen_under_other_titles_and_within_one_document() {
    let service = TestService::without_generator().await;
    let goal = "# Lipid lowering\n\nThe LDL cholesterol goal after a myocardial infarction is below 1.8 mmol/L.\n";
    let lower = "# Coronary care\n\nAfter a myocardial infarction, treat LDL cholesterol to below 1.4 mmol/L.\n";
    let bodies = "# Pre-eclampsia\n\n## Prevention\n\nNICE advises aspirin 75 to 150 mg by mouth once daily in pregnancy. ACOG advises aspirin 81 mg by mouth once daily in pregnancy.\n";
    service.ingest(&[("goal.md", goal), ("lower.md", lower), ("bodies.md", bodies)]).await;
    for (question, amounts) in [
        ("What is the LDL cholesterol goal after a myocardial infarction?", ["1.8 mmol/L", "1.4 mmol/L"]),
        ("Which dose of aspirin by mouth is advised once daily in pregnancy?", ["75 to 150 mg", "81 mg"]),
    ] {
        let answer = service.ask(question).await;
        assert_eq!(answer["conflicts"][0]["facet"], "amount", "{answer}");
        let positions = answer["conflicts"][0]["positions"].to_string();
        assert!(amounts.iter().all(|amount| positions.contains(amount)), "{positions}");
    }
}

#[tokio::test]
async fn the_patient_shapes_the_unknowns_and_is_never_kept() {
    let service = TestService::without_generator().await;
    service.ingest(&[("a.md", DOSE)]).await;
    let question = "What dose of amoxicillin for pneumonia in a child?";
    let factors = |answer: &serde_json::Value| -> Vec<String> {
        answer["unknowns"].as_array().unwrap().iter().map(|one| one["factor"].as_str().unwrap().to_owned()).collect()
    };
    let before = factors(&service.ask(question).await);
    assert!(before.contains(&"weight".into()) && before.contains(&"renal_function".into()), "{before:?}");
    let patient = json!({ "age_years": 6, "weight_kg": 21.5, "egfr": 95, "conditions": ["zebraitis"], "allergies": ["quokkamycin"] });
    let reply = service.post("/v1/answers", &json!({ "question": question, "patient": patient })).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let after = factors(&reply.json());
    assert!(!after.contains(&"weight".into()) && !after.contains(&"renal_function".into()), "{after:?}");
    let kept = service.get(&format!("/v1/answers/{}", reply.json()["id"].as_str().unwrap())).await;
    for secret in ["zebraitis", "quokkamycin", "21.5"] {
        assert!(!kept.text.contains(secret) && !reply.text.contains(secret), "{secret} was kept");
    }
    for file in ["audit.db", "audit.db-wal", "ledger.db", "ledger.db-wal"] {
        let bytes = std::fs::read(service.data_file(file)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("zebraitis") && !text.contains("quokkamycin"), "{file} holds the patient");
    }
    let wrong = service
        .post("/v1/answers", &json!({ "question": question, "patient": { "egfr": 900, "conditions": ["zebraitis"] } }))
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("egfr") && !wrong.text.contains("zebraitis"), "{}", wrong.text);
    let bundle = json!({ "resourceType": "Bundle", "entry": [{ "resource": { "resourceType": "Patient", "birthDate": "2020-01-01" } }] });
    let reply = service
        .post("/v1/answers", &json!({ "question": "Dose of amoxicillin for pneumonia?", "patient": bundle }))
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    assert!(!factors(&reply.json()).contains(&"age".into()));
}

#[tokio::test]
async fn a_question_for_a_dose_is_answered_with_one() {
    let service = TestService::without_generator().await;
    let text = "# Examplin\n\nThe dose of examplin in adults matters. The dose of examplin in adults is 5 mg daily.\n";
    service.ingest(&[("a.md", text)]).await;
    let answer = service.ask("What dose of examplin in adults?").await;
    assert_eq!(answer["statements"][0]["text"], "The dose of examplin in adults is 5 mg daily.", "{answer}");
}

#[tokio::test]
async fn what_the_question_before_has_said_is_not_unknown() {
    let service = TestService::without_generator().await;
    service.ingest(&[("a.md", DOSE)]).await;
    let alone = service.ask("What dose of amoxicillin for pneumonia?").await;
    let before = json!([{ "question": "What dose of amoxicillin for pneumonia in children?" }]);
    let body = json!({ "question": "And how much amoxicillin when eGFR is low?", "history": before });
    let after = service.post("/v1/answers", &body).await.json();
    assert!(!after["statements"].as_array().unwrap().is_empty(), "{after}");
    for (answer, is_open) in [(alone, true), (after, false)] {
        let unknowns = answer["unknowns"].as_array().unwrap();
        assert_eq!(unknowns.iter().any(|one| one["factor"] == "age"), is_open, "{answer}");
    }
}

#[tokio::test]
async fn a_follow_up_brings_the_passages_of_the_answer_before() {
    let service = TestService::without_generator().await;
    service.ingest(&[("a.md", DOSE), ("b.md", WHO)]).await;
    let first = service.ask("What dose of amoxicillin for pneumonia in children?").await;
    let passage = first["evidence"][0]["passage"].clone();
    let follow = json!({ "question": "And when eGFR is low?", "history": [{ "question": "What dose of amoxicillin for pneumonia in children?", "passages": [passage] }] });
    let answer = service.post("/v1/answers", &follow).await.json();
    assert!(answer["evidence"].as_array().unwrap().iter().any(|one| one["passage"] == passage), "{answer}");
    let gone =
        json!({ "question": "And when eGFR is low?", "history": [{ "question": "x", "passages": ["0".repeat(32)] }] });
    assert_eq!(service.post("/v1/answers", &gone).await.status, StatusCode::OK, "a passage that is gone is no error");
}

#[tokio::test]
async fn any_text_is_held_against_its_sources() {
    let service = TestService::new().await;
    let body = json!({
        "text": "Give amoxicillin 50 mg twice daily [1]. Give amoxicillin 500 mg every 12 hours [1].",
        "sources": [{ "id": "1", "title": "Pneumonia", "text": "Give amoxicillin 500 mg twice daily." }]
    });
    let reply = service.post("/v1/verify", &body).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let verified = reply.json();
    assert_eq!(verified["statements"][0]["verdict"], "contradicted");
    assert_eq!(verified["statements"][0]["reason"], "50 mg is not in the source; the source says 500 mg");
    assert_eq!(verified["statements"][1]["verdict"], "supported");
    let azure = json!({
        "domain": "Medical", "task": "QnA", "qna": { "query": "Dose?" }, "reasoning": false,
        "text": "Give amoxicillin 50 mg twice daily.", "groundingSources": ["Give amoxicillin 500 mg twice daily."]
    });
    let reply = service.post("/v1/verify", &azure).await.json();
    assert_eq!(reply["ungroundedDetected"], true);
    assert_eq!(reply["ungroundedDetails"][0]["length"]["codePoint"], 35);
    let two = json!({
        "text": "Give amoxicillin 50 mg twice daily \u{2013} now. Give amoxicillin 5 mg twice daily.",
        "groundingSources": ["Give amoxicillin 500 mg twice daily."]
    });
    let reply = service.post("/v1/verify", &two).await.json();
    assert_eq!(reply["ungroundedDetails"][1]["offset"], json!({ "utf8": 44, "utf16": 42, "codePoint": 42 }));
    for bad in [json!({ "text": "", "sources": [] }), json!({ "text": "Give aspirin." }), json!({ "text": 5 })] {
        assert_eq!(service.post("/v1/verify", &bad).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    let long = format!("Give {} mg. ", "5 ".repeat(20_000));
    let reply = service.post("/v1/verify", &json!({ "text": long, "sources": [{ "text": long }] })).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.json()["verdict"], "unverifiable");
}

#[tokio::test]
async fn the_chat_door_has_openais_shape() {
    let service = TestService::new().await;
    service.ingest(&[("a.md", DOSE)]).await;
    let body = json!({ "model": "osler", "messages": [
        { "role": "system", "content": "You are a pirate." },
        { "role": "user", "content": "What dose of amoxicillin for pneumonia in children?" }], "temperature": 1, "tools": [] });
    let reply = service.post("/v1/chat/completions", &body).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let whole = reply.json();
    let (content, annotation) = (
        whole["choices"][0]["message"]["content"].as_str().unwrap(),
        &whole["choices"][0]["message"]["annotations"][0]["url_citation"],
    );
    let at = |name: &str| usize::try_from(annotation[name].as_u64().unwrap()).unwrap();
    let marked: String = content.chars().skip(at("start_index")).take(at("end_index") - at("start_index")).collect();
    assert_eq!(marked, "[1]");
    assert!(content.starts_with("Test issuer"), "{content}");
    assert_eq!(whole["osler"]["statements"][0]["citations"][0]["n"], 1);
    let streamed = json!({ "model": "osler", "stream": true, "messages": body["messages"] });
    let text = service.post("/v1/chat/completions", &streamed).await.text;
    assert!(text.trim_end().ends_with("data: [DONE]"), "{text}");
    let error = service.post("/v1/chat/completions", &json!({ "model": "gpt-9", "messages": [] })).await;
    assert_eq!(error.status, StatusCode::NOT_FOUND);
    assert_eq!(error.json()["error"]["code"], "model_not_found");
    let error = service.post_raw("/v1/chat/completions", b"{".to_vec()).await;
    assert_eq!(
        (error.status, error.json()["error"]["type"].as_str()),
        (StatusCode::BAD_REQUEST, Some("invalid_request_error"))
    );
}

#[tokio::test]
async fn annotations_of_the_chat_door_are_of_its_own_numbers_and_lead_to_where_one_came_from() {
    let service = TestService::without_generator().await;
    let text = "Give amoxicillin 40 mg/kg by mouth – with food – twice daily to children with pneumonia [1].";
    service.ingest(&[("a.md", &format!("# Pneumonia\n\n## Children\n\n{text}\n"))]).await;
    let key = service.key(Role::Clinician);
    let question = json!([{ "role": "user", "content": "What dose of amoxicillin for pneumonia in children?" }]);
    let ask = async |stream: bool, protocol: &str| {
        let body = json!({ "model": "osler", "stream": stream, "messages": question });
        let request = Request::post("/v1/chat/completions").header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {key}")).header("host", "osler.example");
        let request = request.header("x-forwarded-proto", protocol).body(Body::from(body.to_string())).unwrap();
        let reply = service.send(request).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        reply
    };
    for protocol in ["https", "http"] {
        let whole = ask(false, protocol).await.json();
        let message = &whole["choices"][0]["message"];
        let content: Vec<char> = message["content"].as_str().unwrap().chars().collect();
        let annotations = message["annotations"].as_array().unwrap();
        assert_eq!(annotations.len(), 1, "{message:#}");
        let cited = &annotations[0]["url_citation"];
        let at = |name: &str| usize::try_from(cited[name].as_u64().unwrap()).unwrap();
        let (start, end) = (at("start_index"), at("end_index"));
        assert_eq!(content[start..end].iter().collect::<String>(), "[1]");
        let before: String = content[..start].iter().collect();
        assert!(before.ends_with(&format!(": {text} ")), "{message:#}");
        let url = cited["url"].as_str().unwrap();
        assert!(url.starts_with(&format!("{protocol}://osler.example/v1/passages/")), "{url}");

        let streamed = ask(true, protocol).await.text;
        let chunks = streamed.lines().filter_map(|line| line.strip_prefix("data: {"));
        let chunks = chunks.map(|rest| serde_json::from_str::<Value>(&format!("{{{rest}")).unwrap());
        let deltas: Vec<Value> = chunks.map(|chunk| chunk["choices"][0]["delta"].clone()).collect();
        let said: String = deltas.iter().filter_map(|delta| delta["content"].as_str()).collect();
        assert_eq!(said, content.iter().collect::<String>());
        assert_eq!(deltas.last().unwrap()["annotations"], message["annotations"]);
    }
}

#[tokio::test]
async fn what_the_engine_refuses_is_asked_again_with_fewer_passages() {
    let service = TestService::new().await;
    service.ingest(&[("who.md", WHO), ("us.md", US)]).await;
    service.generator.then(Script::Refuse);
    let answer = service.ask("At what blood pressure is drug treatment of hypertension started in adults?").await;
    assert_eq!((answer["status"].as_str(), answer["mode"].as_str()), (Some("answered"), Some("quoting")), "{answer}");
}

#[tokio::test]
async fn what_the_corpora_could_not_answer_is_listed_for_librarians() {
    let service = TestService::new().await;
    service.ingest(&[("a.md", WHO)]).await;
    for _ in 0..2 {
        assert_eq!(service.ask("Which orbit has the moon Europa?").await["status"], "no_evidence");
    }
    let gaps = service.get_as(&service.key(Role::Librarian), "/v1/library/gaps").await.json();
    let ticket = &gaps["tickets"][0];
    assert_eq!(ticket["questions"][0]["question"], "Which orbit has the moon Europa?");
    assert_eq!((&ticket["times"], &ticket["state"]), (&json!(2), &json!("open")));
}

#[tokio::test]
async fn an_answer_in_plain_words_keeps_its_numbers_and_citations() {
    let service = TestService::without_generator().await;
    service
        .ingest(&[("a.md", "# Hypertension\n\nGive amlodipine 5 mg orally once daily to adults with hypertension.\n")])
        .await;
    let answer = service.ask("Which dose of amlodipine for hypertension in adults?").await;
    let plain = service.get(&format!("/v1/answers/{}/plain", answer["id"].as_str().unwrap())).await.json();
    let text = plain["statements"][0]["text"].as_str().unwrap();
    assert!(text.contains("high blood pressure") && text.contains("amlodipine 5 mg"), "{text}");
    assert_eq!(plain["statements"][0]["citations"], answer["statements"][0]["citations"]);
    assert_eq!(service.get("/v1/answers/none/plain").await.status, StatusCode::NOT_FOUND);
}
