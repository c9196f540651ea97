//! Reports of risks to safety from whoever reports to whoever closes them, and alarms: what drifts is seen by those who watch.

use axum::http::StatusCode;
use identity::Role;
use serde_json::{Value, json};
use server::alarms::Alarms;
use server::config::Config;
use support::{TestService, test_settings};

const DIABETES: (&str, &str) = (
    "diabetes.md",
    "+++\nid = \"type-2-diabetes\"\ntitle = \"Type 2 diabetes\"\nissuer = \"Diabetes Board\"\npublished = \"2025-03-01\"\n+++\n\
     # Type 2 diabetes\n\n## Metformin\n\nMetformin should not be started in adults with an eGFR below 30 mL/min. \
     Metformin may cause nausea and diarrhoea.\n",
);

const QUESTION: &str = "In adults with type 2 diabetes, when should metformin not be started?";

#[tokio::test]
async fn a_report_is_heard_taken_up_closed_and_leaves_without_names_and_words() {
    let service = TestService::without_generator().await;
    service.ingest(&[DIABETES]).await;
    let [clinician, auditor, librarian] =
        [Role::Clinician, Role::Auditor, Role::Librarian].map(|role| service.key(role));
    let answer = service.send_as(&clinician, "POST", "/v1/answers", &json!({ "question": QUESTION })).await.json();
    let id = answer["id"].as_str().unwrap();
    let say = format!("/v1/answers/{id}/feedback");
    let report = json!({ "statement": 1, "kind": "safety", "category": "wrong_population", "severity": "near_miss",
        "comment": "It was a child: Canary." });
    let report = service.send_as(&clinician, "POST", &say, &report).await.json()["id"].as_str().unwrap().to_owned();
    service.send_as(&clinician, "POST", &say, &json!({ "kind": "helpful" })).await;

    let list = async |query: &str| {
        let reply = service.get_as(&auditor, &format!("/v1/audit/feedback{query}")).await;
        assert_eq!(reply.status, StatusCode::OK, "{query}: {}", reply.text);
        reply.json()
    };
    let waiting = list("?kind=safety").await;
    assert_eq!(
        (&waiting["waiting"], &waiting["next"], &waiting["feedback"][1]),
        (&json!(1), &Value::Null, &Value::Null)
    );
    let open = json!({ "state": "open", "moves": [], "waited_hours": null });
    assert_eq!((&waiting["feedback"][0]["id"], &waiting["feedback"][0]["handling"]), (&json!(report), &open));
    // Everything that was said, one by one.
    let first = list("?limit=1").await;
    assert_eq!((&first["feedback"][0]["kind"], &first["feedback"][0]["handling"]), (&json!("helpful"), &Value::Null));
    let second = list(&format!("?limit=1&before={}", first["next"])).await;
    assert_eq!((&second["feedback"][0]["id"], &second["next"]), (&json!(report), &Value::Null));

    let handling = format!("/v1/audit/feedback/{report}/handling");
    let handle = async |body: Value| service.send_as(&auditor, "POST", &handling, &body).await;
    let foreign = service.send_as(&librarian, "POST", &handling, &json!({ "to": "acknowledged" })).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let taken = handle(json!({ "to": "acknowledged" })).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    assert_eq!(taken.json()["handling"]["waited_hours"], json!(0.0));
    let again = handle(json!({ "to": "acknowledged" })).await;
    assert_eq!((again.status, &again.json()["code"]), (StatusCode::CONFLICT, &json!("illegal_change")));
    assert!(again.json()["detail"].as_str().unwrap().contains("is acknowledged"), "{}", again.text);
    for bad in [
        json!({ "to": "closed" }),
        json!({ "to": "closed", "outcome": "corpus_changed" }),
        json!({ "to": "closed", "outcome": "corpus_changed", "note": "x".repeat(2_001) }),
    ] {
        let refused = handle(bad).await;
        assert_eq!(
            (refused.status, &refused.json()["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("bad_feedback"))
        );
    }
    assert_eq!(handle(json!({ "to": "forgotten" })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nowhere = handling.replace(&report, "none");
    let unknown = service.send_as(&auditor, "POST", &nowhere, &json!({ "to": "acknowledged" })).await;
    assert_eq!((unknown.status, &unknown.json()["code"]), (StatusCode::NOT_FOUND, &json!("unknown_feedback")));
    let closing = json!({ "to": "closed", "outcome": "corpus_changed", "note": "Canary's ward was told." });
    let closed = handle(closing).await.json();
    assert_eq!(closed["handling"]["moves"][1]["note"], "Canary's ward was told.", "{closed:#}");

    let closed = list("?state=closed").await;
    assert_eq!((&closed["waiting"], &closed["feedback"][0]["id"]), (&json!(0), &json!(report)));
    let record = service.get_as(&auditor, &format!("/v1/audit/answers/{id}")).await.json();
    assert_eq!(record["feedback"][1], closed["feedback"][0]);
    for query in ["?kind=great", "?state=lost", "?limit=few", "?before=never", "/export?format=pdf"] {
        let refused = service.get_as(&auditor, &format!("/v1/audit/feedback{query}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}");
    }

    let (said, done) = (&closed["feedback"][0], &closed["feedback"][0]["handling"]["moves"][0]);
    let people = [said["actor"].as_str().unwrap(), done["by"].as_str().unwrap()];
    let export = async |format: &str| {
        let reply = service.get_as(&auditor, &format!("/v1/audit/feedback/export?format={format}")).await;
        let name = format!("attachment; filename=\"risks.{format}\"");
        assert_eq!(
            (reply.status, reply.headers["content-disposition"].to_str().unwrap()),
            (StatusCode::OK, name.as_str())
        );
        for word in [people[0], people[1], "Canary"] {
            assert!(!reply.text.contains(word), "{word}: {}", reply.text);
        }
        reply.text
    };
    let row = format!("{report},{id},1,wrong_population,near_miss,2026-11-22,closed,0.0,corpus_changed\r\n");
    let columns = "report,answer,statement,category,severity,day,state,waited_hours,outcome\r\n";
    assert_eq!(export("csv").await, format!("{columns}{row}"));
    let line: Value = serde_json::from_str(&export("ndjson").await).unwrap();
    assert_eq!((&line["report"], &line["waited_hours"]), (&json!(report), &json!(0.0)));

    let log = &service.app.audit;
    let entries = log.entries("feedback.", None, None, 100).unwrap();
    let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    let expected =
        ["exported", "exported", "handled", "handled", "given", "given"].map(|act| format!("feedback.{act}"));
    assert_eq!(actions, expected);
    assert_eq!((&entries[0].object["count"], entries[2].text("outcome")), (&json!(1), Some("corpus_changed")));
}

/// The measures that are raised.
fn raised(watch: &Value) -> Vec<&str> {
    let measures = watch["measures"].as_array().unwrap().iter();
    measures.filter(|measure| measure["state"] == "raised").map(|measure| measure["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_drifts_is_seen_by_auditors_and_by_whoever_scrapes() {
    let mut config = Config::default();
    config.audit.alarms.least = 4;
    config.identity.anonymous = Some(true);
    let service = TestService::with(config, test_settings(), false).await;
    service.ingest(&[DIABETES]).await;
    let auditor = service.key(Role::Auditor);
    let alarms = Alarms::default();
    service.ask(QUESTION).await;
    let few = service.get_as(&auditor, "/v1/audit/alarms").await.json();
    assert_eq!((&few["questions"], &few["measures"][1]["state"]), (&json!(1), &json!("too_few")), "{few:#}");
    for _ in 0..3 {
        service.ask(QUESTION).await;
    }
    let calm = service.get_as(&auditor, "/v1/audit/alarms").await.json();
    assert_eq!((raised(&calm), &calm["measures"][0]["value"]), (vec![], &json!(1.0)), "{calm:#}");
    assert!(alarms.look(&service.app).unwrap().raised().is_empty());
    assert!(service.get("/metrics").await.text.contains("osler_alarm{measure=\"abstained\"} 0"));

    for _ in 0..8 {
        service.ask("Which orbit has the moon Europa?").await;
    }
    let drifted = service.get_as(&auditor, "/v1/audit/alarms").await.json();
    assert_eq!(raised(&drifted), ["abstained"], "{drifted:#}");
    assert_eq!(alarms.look(&service.app).unwrap().raised(), [audit::MeasureName::Abstained]);
    let metrics = service.get("/metrics").await.text;
    for line in [
        "osler_alarm{measure=\"abstained\"} 1",
        "osler_alarm{measure=\"supported\"} 0",
        "osler_alarm_value{measure=\"abstained\"} 0.6",
        "osler_alarm_value{measure=\"waiting_hours\"} NaN",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert!(!metrics.contains("osler_alarm{measure=\"p99_ms\"}"), "nobody watches it");

    // The same questions, by what they cite.
    let figures = async |query: &str| service.get_as(&auditor, &format!("/v1/audit/figures{query}")).await.json();
    let own = figures("?corpus=test&model=none").await;
    assert_eq!(
        (&own["corpus"], &own["model"], &own["periods"][0]["questions"]),
        (&json!("test"), &json!("none"), &json!(4))
    );
    let whole = figures("").await;
    assert_eq!((&whole["corpus"], &whole["periods"][0]["questions"]), (&Value::Null, &json!(12)));
    assert_eq!(figures("?corpus=zebra").await["periods"], json!([]));
}
