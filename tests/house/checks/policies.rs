//! Policies of corpora in the desk: who changes them, what holds at once, what takes two, and what can be read afterwards.

use axum::http::StatusCode;
use serde_json::{Value, json};
use server::config::Config;
use support::{TestService, test_settings};

use crate::desk::{Desk, PASSWORD, text};

const CORPUS: &str = "/v1/library/corpora/test";
const QUESTION: &str = "Which dose of colchicine is given for an acute attack of gout?";

fn gout() -> (String, String) {
    let words = "Give colchicine 500 micrograms twice daily for an acute attack of gout in adults.";
    ("gout.md".to_owned(), format!("+++\nid = \"gout\"\ntitle = \"Gout\"\n+++\n# Gout\n\n{words}\n"))
}

/// The policy of the corpus, changed.
async fn changed(desk: &Desk, change: impl FnOnce(&mut Value)) -> Value {
    let known = desk.get("lena", CORPUS).await;
    let newest = &known["policies"][0];
    let mut policy = newest["policy"].clone();
    change(&mut policy);
    json!({ "policy": policy, "reason": "the contract", "expected": newest["number"] })
}

#[tokio::test]
async fn what_narrows_holds_at_once_and_is_kept_with_its_past() {
    let desk = Desk::new().await;
    desk.take_in(&[gout()]).await;
    desk.publish().await;
    assert_ne!(desk.asks(QUESTION).await["status"], "no_evidence");
    let hidden = changed(&desk, |policy| policy["rights"]["index"] = json!(false)).await;
    let by_publisher = desk.send("petra", "PUT", &format!("{CORPUS}/policy"), hidden.clone()).await;
    assert_eq!(by_publisher.status, StatusCode::FORBIDDEN);
    let reply = desk.done("lena", "PUT", &format!("{CORPUS}/policy"), hidden.clone()).await;
    assert_eq!(reply, json!({ "outcome": "in_force", "number": 2, "proposal": null }));
    assert_eq!(desk.asks(QUESTION).await["status"], "no_evidence", "nothing is published, and yet it holds");
    desk.refused("luca", "PUT", &format!("{CORPUS}/policy"), hidden, "changed_meanwhile").await;

    let known = desk.get("petra", CORPUS).await;
    let told: Vec<_> =
        known["policies"].as_array().unwrap().iter().map(|one| (&one["number"], &one["by"]["name"])).collect();
    assert_eq!(told, [(&json!(2), &json!("Lena Osler")), (&json!(1), &Value::Null)]);
    let indexed: Vec<_> =
        known["policies"].as_array().unwrap().iter().map(|one| &one["policy"]["rights"]["index"]).collect();
    assert_eq!(indexed, [false, true]);
    assert_eq!((&known["health"]["documents"], &known["proposal"]), (&json!(1), &Value::Null));
    let decided = desk.get("lena", "/v1/library/snapshots").await["decisions"][0].clone();
    assert_eq!((&decided["action"], &decided["subject"]), (&json!("policy"), &json!("test")));
    let entries = desk.service.app.audit.entries("corpus.policy", None, None, 10).unwrap();
    assert_eq!(entries.len(), 2, "that it was registered, and that it was changed");
    // Whoever takes documents in with the policy of before in hand does not put it back.
    desk.service.ingest(&[("more.md", "# More\n\nGive allopurinol 100 mg daily to prevent gout.\n")]).await;
    assert_eq!(desk.get("lena", CORPUS).await["policies"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_widens_and_what_is_new_waits_for_another_person() {
    let desk = Desk::new().await;
    let path = format!("{CORPUS}/policy");
    let renamed = changed(&desk, |policy| policy["title"] = json!("Renamed")).await;
    let reply = desk.send("lena", "PUT", &path, renamed.clone()).await;
    assert_eq!((reply.status, &reply.json()["outcome"]), (StatusCode::ACCEPTED, &json!("proposed")), "{}", reply.text);
    let id = text(&reply.json()["proposal"]).to_owned();
    desk.refused("luca", "PUT", &path, renamed, "already_proposed").await;
    assert_eq!(desk.get("lena", CORPUS).await["proposal"], json!(id));
    let proposal = format!("/v1/library/proposals/{id}");
    let seen = desk.get("petra", &proposal).await;
    assert_eq!((&seen["kind"], &seen["corpus"]), (&json!("policy"), &json!("test")));
    assert_eq!(
        (&seen["policy"]["from"]["title"], &seen["policy"]["to"]["title"]),
        (&json!("Test corpus"), &json!("Renamed"))
    );
    let signing = json!({ "record_hash": seen["record_hash"], "password": PASSWORD });
    desk.done("luca", "POST", &format!("{proposal}/review"), signing.clone()).await;
    desk.done("petra", "POST", &format!("{proposal}/approval"), signing).await;
    assert_eq!(desk.get("lena", CORPUS).await["health"]["corpus"]["title"], "Test corpus");
    let done = desk.done("petra", "POST", &format!("{proposal}/execution"), json!({})).await;
    assert_eq!((&done["state"], &done["snapshot"]), (&json!("executed"), &Value::Null));
    assert_eq!(desk.get("lena", CORPUS).await["health"]["corpus"]["title"], "Renamed");

    let mut other = changed(&desk, |policy| policy["id"] = json!("other")).await;
    desk.refused("lena", "PUT", &path, other.clone(), "bad_policy").await;
    desk.refused("lena", "PUT", "/v1/library/corpora/other/policy", other.clone(), "changed_meanwhile").await;
    other["expected"] = json!(0);
    let reply = desk.done("lena", "PUT", "/v1/library/corpora/other/policy", other).await;
    assert_eq!(reply["outcome"], "proposed");
    let missing = desk.service.get_as(&desk.key("lena"), "/v1/library/corpora/other").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND, "it is not there until it is carried out");
    assert_eq!(
        desk.send("lena", "POST", "/v1/library/proposals", json!({ "kind": "policy", "reason": "x" })).await.status,
        422
    );
}

#[tokio::test]
async fn what_is_no_policy_is_refused_in_words() {
    let desk = Desk::new().await;
    let path = format!("{CORPUS}/policy");
    type Change = fn(&mut Value);
    let fields: [(&str, Change); 8] = [
        ("title", |policy| policy["title"] = json!("  ")),
        ("licence", |policy| policy["licence"] = json!("x".repeat(201))),
        ("issuer", |policy| policy["issuer"] = json!("a\nb")),
        ("jurisdiction", |policy| policy["jurisdiction"] = json!("")),
        ("language", |policy| policy["language"] = json!("the English one")),
        ("expires", |policy| policy["rights"]["expires"] = json!("2027-13")),
        ("quote_words", |policy| policy["rights"]["quote_words"] = json!(0)),
        ("evidence_level", |policy| policy["evidence_level"] = json!("")),
    ];
    for (name, change) in fields {
        let reply = desk.send("lena", "PUT", &path, changed(&desk, change).await).await;
        let problem = reply.json();
        assert_eq!(
            (reply.status, &problem["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("bad_policy")),
            "{name}"
        );
        assert!(text(&problem["detail"]).contains(name), "{problem}");
    }
    let same = changed(&desk, |_| ()).await;
    desk.refused("lena", "PUT", &path, same, "no_change").await;
    let mut unsaid = changed(&desk, |policy| policy["rights"]["export"] = json!(false)).await;
    unsaid["reason"] = json!(" ");
    desk.refused("lena", "PUT", &path, unsaid, "bad_field").await;
    assert_eq!(desk.get("lena", CORPUS).await["policies"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn with_two_people_asked_for_a_manifest_changes_nothing() {
    let mut config = Config::default();
    config.ingest.two_people = true;
    let desk = Desk::of(TestService::with(config, test_settings(), false).await).await;
    let library = desk.service.app.library.clone().unwrap();
    library.declare(&TestService::corpus(), None, "command-line").unwrap();
    let mut wider = TestService::corpus();
    wider.licence = "CC-BY-4.0".to_owned();
    let refused = library.declare(&wider, None, "command-line").unwrap_err().to_string();
    assert!(refused.contains("ingest.two_people") && refused.contains("propose"), "{refused}");
    wider.id = "other".parse().unwrap();
    assert!(library.declare(&wider, None, "command-line").is_err(), "nor begins one");
    assert_eq!(desk.service.stores.ledger.corpora().unwrap(), [TestService::corpus()]);
}
