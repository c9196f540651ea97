//! The librarian's desk: what comes in is reviewed, approved and published by more than one person; what is taken out acts at once;
//! every act is on record.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};
use server::gap_tickets;

use crate::acts::{Route, Walk};
use crate::desk::{Desk, PASSWORD, text};
use crate::replicas::{GOUT, QUESTION as GOUT_QUESTION};

const QUESTION: &str = "In adults with type 2 diabetes, when should metformin not be started?";

fn guideline(id: &str, title: &str, text: &str) -> (String, String) {
    let head =
        format!("+++\nid = \"{id}\"\ntitle = \"{title}\"\nissuer = \"Board\"\npublished = \"2025-03-01\"\n+++\n");
    (format!("{id}.md"), format!("{head}# {title}\n\n## Treatment\n\n{text}\n"))
}

fn diabetes() -> (String, String) {
    guideline(
        "type-2-diabetes",
        "Type 2 diabetes",
        "Metformin should not be started in adults with an eGFR below 30 mL/min. Metformin may cause nausea.",
    )
}

#[tokio::test]
async fn what_is_uploaded_answers_only_after_a_review_an_approval_and_a_second_person() {
    let desk = Desk::new().await;
    let run = desk.take_in(&[diabetes()]).await;
    assert_eq!((&run["state"], &run["documents"]["added"], &run["seen"]), (&json!("done"), &json!(1), &json!(1)));
    assert_eq!(run["by"]["name"], "Lena Osler");
    assert!(run["run"].is_number(), "{run:#}");
    assert_eq!(desk.asks(QUESTION).await["status"], "no_evidence");

    let staged = desk.get("petra", "/v1/library/staged").await;
    assert_eq!((&staged["changes"][0]["title"], &staged["findings"]), (&json!("Type 2 diabetes"), &json!(0)));
    let asked = desk.done("lena", "POST", "/v1/library/staged/answers", json!({ "question": QUESTION })).await;
    assert_eq!((&asked["is_changed"], &asked["before"]["status"]), (&json!(true), &json!("no_evidence")));
    assert_eq!(asked["after"]["documents"], json!(["Type 2 diabetes"]));

    let (path, signing) = desk.propose("lena").await;
    let proposal = desk.get("lena", &path).await;
    assert_eq!(proposal["may"], json!(["review", "withdraw"]));
    assert_eq!(proposal["record_hash"], staged["record_hash"]);
    // In their order, each by whom it takes, and only for what was read.
    desk.refused("petra", "POST", &format!("{path}/execution"), json!({}), "not_now").await;
    desk.refused("petra", "POST", &format!("{path}/approval"), signing.clone(), "not_now").await;
    let wrong = json!({ "record_hash": signing["record_hash"], "password": "another horse battery" });
    desk.refused("lena", "POST", &format!("{path}/review"), wrong, "wrong_credentials").await;
    let other = json!({ "record_hash": "0".repeat(64), "password": PASSWORD });
    desk.refused("lena", "POST", &format!("{path}/review"), other, "record_changed").await;
    desk.done("both", "POST", &format!("{path}/review"), signing.clone()).await;
    desk.refused("both", "POST", &format!("{path}/approval"), signing.clone(), "same_person").await;
    desk.done("petra", "POST", &format!("{path}/approval"), signing).await;
    assert_eq!(desk.asks(QUESTION).await["status"], "no_evidence", "approved is not published");
    let done = desk.done("petra", "POST", &format!("{path}/execution"), json!({})).await;
    assert_eq!((&done["state"], &done["snapshot"]), (&json!("executed"), &json!(1)));
    let signatures = done["signatures"].as_array().unwrap();
    let by: Vec<&str> = signatures.iter().map(|one| text(&one["full_name"])).collect();
    assert_eq!(by, ["Both Osler", "Petra Osler"]);
    assert!(signatures.iter().all(|one| one["is_good"] == true));
    assert_eq!(desk.asks(QUESTION).await["status"], "extractive");

    // Nobody publishes what they proposed, whatever their roles.
    desk.take_in(&[guideline("asthma", "Asthma", "Salbutamol is given for acute asthma in adults.")]).await;
    let (path, signing) = desk.propose("both").await;
    desk.done("lena", "POST", &format!("{path}/review"), signing.clone()).await;
    desk.refused("both", "POST", &format!("{path}/approval"), signing.clone(), "same_person").await;
    desk.done("petra", "POST", &format!("{path}/approval"), signing.clone()).await;
    desk.refused("both", "POST", &format!("{path}/execution"), json!({}), "same_person").await;
    // Something more comes in: what was signed is no longer what would be published.
    desk.take_in(&[guideline("gout", "Gout", "Colchicine is given for acute gout in adults.")]).await;
    assert_eq!(desk.get("petra", &path).await["is_changed"], true);
    desk.refused("petra", "POST", &format!("{path}/execution"), json!({}), "record_changed").await;
    assert_eq!(desk.service.stores.ledger.snapshots().unwrap().published.0, 1);
    desk.refused("lena", "POST", &format!("{path}/withdrawal"), json!({ "reason": "anew" }), "not_yours").await;
    desk.done("both", "POST", &format!("{path}/withdrawal"), json!({ "reason": "anew" })).await;
    assert_eq!(desk.publish().await["snapshot"], 2);
}

#[tokio::test]
async fn findings_about_what_comes_in_are_settled_before_anybody_signs() {
    let desk = Desk::new().await;
    let words =
        "Amoxicillin is given to adults with pneumonia for five days, and for seven days when it is severe. ".repeat(8);
    desk.take_in(&[guideline("one", "Pneumonia", &words), guideline("two", "Pneumonia again", &words)]).await;
    let queue = desk.get("luca", "/v1/library/findings").await;
    let finding = &queue["findings"][0];
    assert_eq!(queue["open"][text(&finding["kind"])], 1, "{queue:#}");
    let (path, signing) = desk.propose("lena").await;
    desk.refused("lena", "POST", &format!("{path}/review"), signing.clone(), "findings_open").await;
    let mut outcome = json!({ "outcome": "accepted", "note": " " });
    for finding in queue["findings"].as_array().unwrap() {
        let settle = format!("/v1/library/findings/{}/settlement", finding["id"]);
        desk.refused("luca", "POST", &settle, outcome.clone(), "bad_field").await;
        outcome["note"] = json!("both are wanted");
        let settled = desk.done("luca", "POST", &settle, outcome.clone()).await;
        assert_eq!(
            (&settled["settled"]["by"]["name"], &settled["settled"]["note"]),
            (&json!("Luca Osler"), &json!("both are wanted"))
        );
        desk.refused("luca", "POST", &settle, outcome.clone(), "settled").await;
        outcome["note"] = json!(" ");
    }
    assert_eq!(desk.get("luca", "/v1/library/findings").await["findings"], json!([]));
    assert_ne!(desk.get("luca", "/v1/library/findings?state=settled").await["findings"], json!([]));
    desk.done("lena", "POST", &format!("{path}/review"), signing).await;
}

#[tokio::test]
async fn nothing_is_decided_that_cannot_be_put_on_record() {
    let desk = Desk::new().await;
    let unrecorded = async |name: &str, method: &str, path: &str, body: Value| {
        fail::cfg("audit-commit", "return(full)").unwrap();
        let reply = desk.send(name, method, path, body).await;
        fail::remove("audit-commit");
        let code = reply.json()["code"].clone();
        assert_eq!((reply.status, code), (StatusCode::SERVICE_UNAVAILABLE, json!("audit_unavailable")), "{path}");
    };
    desk.asks("Which orbit has the moon Europa?").await;
    let gap = desk.get("lena", "/v1/library/gaps").await["tickets"][0]["id"].clone();
    let declined = json!({ "state": "declined", "note": "no" });
    unrecorded("lena", "PATCH", &format!("/v1/library/gaps/{}", text(&gap)), declined).await;
    assert_eq!(desk.get("lena", "/v1/library/gaps").await["tickets"][0]["state"], "open");
    unrecorded("lena", "PUT", "/v1/library/golden", json!({ "questions": [QUESTION] })).await;
    assert_eq!(desk.get("lena", "/v1/library/golden").await["questions"], json!([]));

    desk.take_in(&[diabetes()]).await;
    unrecorded("lena", "POST", "/v1/library/proposals", json!({ "kind": "publish", "reason": "update" })).await;
    assert_eq!(desk.get("lena", "/v1/library/proposals").await["proposals"], json!([]));
    let (path, signing) = desk.propose("lena").await;
    let state = async || desk.get("lena", &path).await["state"].clone();
    unrecorded("luca", "POST", &format!("{path}/review"), signing.clone()).await;
    assert_eq!(state().await, "proposed");
    desk.done("luca", "POST", &format!("{path}/review"), signing.clone()).await;
    unrecorded("petra", "POST", &format!("{path}/approval"), signing.clone()).await;
    assert_eq!(state().await, "reviewed");
    for (name, route) in [("lena", "withdrawal"), ("petra", "rejection")] {
        unrecorded(name, "POST", &format!("{path}/{route}"), json!({ "reason": "anew" })).await;
        assert_eq!(state().await, "reviewed");
    }
    // The same again goes through, once there is room, and stands in the log once.
    desk.done("petra", "POST", &format!("{path}/approval"), signing).await;
    assert_eq!(desk.service.app.audit.entries("proposal.approved", None, None, 10).unwrap().len(), 1);

    let words = "Amoxicillin is given to adults with pneumonia. ".repeat(12);
    desk.take_in(&[guideline("one", "Pneumonia", &words), guideline("two", "Again", &words)]).await;
    let findings = desk.get("lena", "/v1/library/findings").await["findings"].clone();
    let settle = format!("/v1/library/findings/{}/settlement", findings[0]["id"]);
    unrecorded("lena", "POST", &settle, json!({ "outcome": "dismissed" })).await;
    assert_eq!(desk.get("lena", "/v1/library/findings").await["findings"], findings);
}

#[tokio::test]
async fn a_librarian_takes_a_text_out_at_once_and_only_two_people_bring_it_back() {
    let desk = Desk::new().await;
    desk.take_in(&[diabetes()]).await;
    desk.publish().await;
    desk.asks(QUESTION).await;
    let id = desk.get("lena", "/v1/library/documents").await["documents"][0]["document"].clone();
    let document = format!("/v1/library/documents/{}", text(&id));
    let standing = format!("{document}/versions/1/standing");
    let retract = json!({ "status": "retracted", "reason": "its publisher did", "expected": "current" });
    desk.refused(
        "lena",
        "PUT",
        &standing,
        json!({ "status": "retracted", "reason": "x", "expected": "corrected" }),
        "changed_meanwhile",
    )
    .await;
    let retracted = desk.done("lena", "PUT", &standing, retract).await;
    assert_eq!((&retracted["answers"], &retracted["people"]), (&json!(1), &json!(1)));
    assert_eq!(desk.asks(QUESTION).await["status"], "no_evidence");
    let back = json!({ "status": "current", "reason": "a mistake", "expected": "retracted" });
    desk.refused("lena", "PUT", &standing, back, "two_needed").await;
    let corrected = json!({ "status": "corrected", "reason": "x", "expected": "retracted" });
    desk.refused("lena", "PUT", &standing, corrected, "illegal_change").await;

    let restore = json!({ "kind": "restore", "document": id, "version": 1, "reason": "a mistake" });
    let proposal = desk.done("lena", "POST", "/v1/library/proposals", restore).await;
    let path = format!("/v1/library/proposals/{}", text(&proposal["id"]));
    let signing = json!({ "record_hash": proposal["record_hash"], "password": PASSWORD });
    desk.done("lena", "POST", &format!("{path}/review"), signing.clone()).await;
    desk.done("petra", "POST", &format!("{path}/approval"), signing).await;
    desk.done("petra", "POST", &format!("{path}/execution"), json!({})).await;
    let known = desk.get("lena", &document).await;
    assert_eq!((&known["versions"][0]["status"], &known["name"]), (&json!("current"), &json!("type-2-diabetes")));
    let decided: Vec<&str> = known["decisions"].as_array().unwrap().iter().map(|one| text(&one["action"])).collect();
    assert_eq!(decided, ["retracted", "current"]);
    let needs = &known["standings"][0]["to"][0];
    assert_eq!(needs["needs"], "one", "{needs}");
}

#[tokio::test]
async fn the_way_back_is_one_publishers_and_quick() {
    let desk = Desk::new().await;
    desk.take_in(&[diabetes()]).await;
    desk.publish().await;
    let (name, changed) = diabetes();
    desk.take_in(&[(name, changed.replace("below 30", "below 3"))]).await;
    let back = json!({ "snapshot": 1, "reason": "wrong figure", "password": PASSWORD });
    desk.refused("petra", "POST", "/v1/library/rollback", back.clone(), "staged").await;
    desk.publish().await;
    assert!(desk.asks(QUESTION).await.to_string().contains("below 3 mL"));
    let unknown = json!({ "snapshot": 9, "reason": "x", "password": PASSWORD });
    desk.refused("petra", "POST", "/v1/library/rollback", unknown, "unknown_snapshot").await;
    assert_eq!(desk.done("petra", "POST", "/v1/library/rollback", back).await["published"], 1);
    assert!(desk.asks(QUESTION).await.to_string().contains("below 30 mL"));
    let seen = desk.get("lena", "/v1/library/snapshots").await;
    assert_eq!((&seen["published"], &seen["head"], &seen["staged"]), (&json!(1), &json!(2), &json!(3)));
    assert_eq!(
        (&seen["decisions"][0]["action"], &seen["decisions"][0]["actor"]["name"]),
        (&json!("rollback"), &json!("Petra Osler"))
    );
    let versions = desk.get("lena", "/v1/library/documents").await;
    assert_eq!((&versions["total"], &versions["documents"][0]["versions"]), (&json!(1), &json!(2)));
}

#[tokio::test]
async fn a_gap_is_a_ticket_until_a_snapshot_fills_it() {
    let desk = Desk::new().await;
    for question in [QUESTION, "Which orbit has the moon Europa?", QUESTION] {
        assert_eq!(desk.asks(question).await["status"], "no_evidence");
    }
    // What a part of the library lacks says nothing about the library.
    let narrow = json!({ "question": "What is in reviews alone?", "filters": { "kinds": ["review"] } });
    let narrowed = desk.service.post("/v1/answers", &narrow).await.json();
    assert_eq!((&narrowed["status"], &narrowed["filters"]["kinds"]), (&json!("no_evidence"), &json!(["review"])));
    let gaps = desk.get("lena", "/v1/library/gaps").await;
    let tickets = gaps["tickets"].as_array().unwrap();
    assert_eq!((tickets.len(), &gaps["counts"]["open"]), (2, &json!(2)), "{gaps:#}");
    assert_eq!((&tickets[0]["questions"][0]["question"], &tickets[0]["times"]), (&json!(QUESTION), &json!(2)));
    let europa = format!("/v1/library/gaps/{}", text(&tickets[1]["id"]));
    desk.refused("lena", "PATCH", &europa, json!({ "state": "filled", "note": "" }), "bad_field").await;
    let declined = desk.done("lena", "PATCH", &europa, json!({ "state": "declined", "note": "no medicine" })).await;
    assert_eq!((&declined["state"], &declined["changed_by"]["name"]), (&json!("declined"), &json!("Lena Osler")));
    desk.take_in(&[diabetes()]).await;
    desk.publish().await;
    // Nobody waits for it: it happens beside what is asked.
    let mut filled = Value::Null;
    for _ in 0..200 {
        filled = desk.get("lena", "/v1/library/gaps?state=filled").await;
        if filled["counts"]["filled"] == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!((&filled["tickets"][0]["snapshot"], &filled["counts"]["open"]), (&json!(1), &json!(0)), "{filled:#}");
    let csv = desk.service.get_as(&desk.key("lena"), "/v1/library/gaps/export?state=declined").await;
    assert!(
        csv.text.starts_with("ticket,state,") && csv.text.contains("Europa") && !csv.text.contains("metformin"),
        "{}",
        csv.text
    );
}

#[tokio::test]
async fn gaps_are_filled_whoever_publishes_and_one_that_was_decided_on_meanwhile_keeps_no_other_from_it() {
    let desk = Desk::new().await;
    let app = &desk.service.app;
    for question in [QUESTION, GOUT_QUESTION] {
        assert_eq!(desk.asks(question).await["status"], "no_evidence");
    }
    gap_tickets::fill_anew(Arc::clone(app)).await;
    let open = gap_tickets::tickets(app, None).await.unwrap();
    assert_eq!(open.len(), 2);
    // As a schedule does, or the command line: nobody proposes anything.
    let (name, source) = diabetes();
    desk.service.ingest(&[GOUT, (name.as_str(), source.as_str())]).await;
    let first = format!("/v1/library/gaps/{}", open[0].row.id);
    desk.done("lena", "PATCH", &first, json!({ "state": "declined", "note": "elsewhere" })).await;
    assert!(gap_tickets::fill_these(app, open).await);
    let counts = desk.get("lena", "/v1/library/gaps").await["counts"].clone();
    assert_eq!(counts, json!({ "open": 0, "filled": 1, "declined": 1 }));

    desk.done("lena", "PATCH", &first, json!({ "state": "open", "note": "" })).await;
    gap_tickets::fill_anew(Arc::clone(app)).await;
    let counts = desk.get("lena", "/v1/library/gaps").await["counts"].clone();
    assert_eq!(counts, json!({ "open": 0, "filled": 2, "declined": 0 }));

    // Somebody finds that it does not answer this: only another snapshot is asked again.
    desk.done("lena", "PATCH", &first, json!({ "state": "open", "note": "beside the point" })).await;
    gap_tickets::fill(Arc::clone(app)).await;
    let counts = desk.get("lena", "/v1/library/gaps").await["counts"].clone();
    assert_eq!(counts, json!({ "open": 1, "filled": 1, "declined": 0 }));
    desk.service.ingest(&[("malaria.md", "# Malaria\n\nArtemether is given for malaria in adults.\n")]).await;
    gap_tickets::fill_anew(Arc::clone(app)).await;
    let counts = desk.get("lena", "/v1/library/gaps").await["counts"].clone();
    assert_eq!(counts, json!({ "open": 0, "filled": 2, "declined": 0 }));
}

#[tokio::test]
async fn an_upload_that_is_none_is_refused_and_its_original_comes_back_as_it_was() {
    let desk = Desk::new().await;
    assert_eq!(desk.upload("lena", &[]).await.json()["code"], "no_files");
    assert_eq!(desk.upload("lena", &[diabetes(), diabetes()]).await.json()["code"], "same_name");
    let nameless = ("..".to_owned(), "x".to_owned());
    assert_eq!(desk.upload("lena", &[nameless]).await.json()["code"], "bad_name");
    let plain = desk.send("lena", "POST", "/v1/library/ingests?corpus=test", json!({})).await;
    assert_eq!((plain.status, &plain.json()["code"]), (StatusCode::UNSUPPORTED_MEDIA_TYPE, &json!("no_form")));
    desk.refused("lena", "POST", "/v1/library/corpora/test/refresh", json!({}), "no_sources").await;
    desk.refused("lena", "POST", "/v1/library/corpora/nowhere/refresh", json!({}), "unknown_corpus").await;

    let (name, source) = diabetes();
    let bad = ("broken.xml".to_owned(), "<article><unclosed>".to_owned());
    let run = desk.take_in(&[(format!("../../{name}"), source.clone()), bad]).await;
    assert_eq!((&run["documents"]["added"], &run["documents"]["rejected"]), (&json!(1), &json!(1)), "{run:#}");
    assert_eq!(run["rejected"][0]["file"], "broken.xml");
    let account = desk.get("petra", &format!("/v1/library/runs/{}", run["run"])).await;
    assert_eq!(account["account"]["rejected"][0]["file"], "broken.xml");
    let id = desk.get("lena", "/v1/library/documents?q=diabetes").await["documents"][0]["document"].clone();
    let document = format!("/v1/library/documents/{}", text(&id));
    let known = desk.get("lena", &document).await;
    assert_eq!(known["versions"][0]["original"], json!({ "bytes": source.len(), "is_text": true, "pages": null }));
    assert_eq!(known["versions"][0]["source_name"], name.as_str());
    let original = desk.service.get_as(&desk.key("petra"), &format!("{document}/original?version=1")).await;
    assert_eq!((original.status, &original.text), (StatusCode::OK, &source));
    assert!(original.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let passages = desk.get("lena", &format!("{document}/passages?version=1")).await;
    assert!(!passages["passages"].as_array().unwrap().is_empty());
    let missing = desk.service.get_as(&desk.key("petra"), &format!("{document}/original?version=2")).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    // Nothing of it is left where it arrived.
    let uploads = std::fs::read_dir(desk.service.data_file("uploads")).unwrap();
    assert_eq!(uploads.count(), 0);
}

#[tokio::test]
async fn an_upload_that_changes_nothing_has_no_account_and_shows_no_other() {
    let desk = Desk::new().await;
    let first = desk.take_in(&[diabetes()]).await;
    assert!(first["run"].is_number(), "{first:#}");
    let second = desk.take_in(&[diabetes()]).await;
    assert_eq!((&second["state"], &second["documents"]["unchanged"]), (&json!("done"), &json!(1)), "{second:#}");
    assert_eq!(second["run"], Value::Null);
    let third = desk.take_in(&[guideline("gout", "Gout", "Colchicine is given for acute gout in adults.")]).await;
    assert!(third["run"].as_i64() > first["run"].as_i64(), "{third:#}");
}

#[tokio::test]
async fn only_what_begins_is_on_record_as_begun() {
    let desk = Desk::new().await;
    let folder = tempfile::tempdir().unwrap();
    let origin = json!({ "sources": [{ "type": "directory", "path": folder.path() }] });
    desk.service.stores.ledger.put_sources(&"test".parse().unwrap(), &origin).unwrap();
    let hold = fail::FailGuard::new("ingest::read", "pause").unwrap();
    let begun = desk.upload("lena", &[diabetes()]).await;
    let refused = desk.upload("luca", &[diabetes()]).await;
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::CONFLICT, &json!("ingest_in_work")));
    desk.refused("luca", "POST", "/v1/library/corpora/test/refresh", json!({}), "ingest_in_work").await;
    let entries = || desk.service.app.audit.entries("ingest.begun", None, None, 10).unwrap().len();
    assert_eq!(entries(), 1);
    drop(hold);
    assert_eq!(desk.over(&begun).await["state"], "done");
    desk.take_in(&[diabetes()]).await;
    assert_eq!(entries(), 2);
}

#[tokio::test]
async fn a_run_that_panics_has_failed_and_the_next_one_begins() {
    let desk = Desk::new().await;
    for step in ["ingest::followed", "ingest::read"] {
        let fault = fail::FailGuard::new(step, "panic").unwrap();
        let run = desk.take_in(&[diabetes()]).await;
        assert_eq!(run["state"], "failed", "{step}: {run:#}");
        assert!(text(&run["error"]).contains("broke off unexpectedly"), "{step}: {run:#}");
        drop(fault);
        assert_eq!(desk.take_in(&[diabetes()]).await["state"], "done", "{step}");
    }
}

/// A request that succeeds, for every route of the library that changes something.
pub(crate) async fn every_change() -> BTreeSet<Route> {
    let desk = Desk::new().await;
    desk.asks("Which orbit has the moon Europa?").await;
    let gap = desk.get("lena", "/v1/library/gaps").await["tickets"][0]["id"].clone();
    let mut walk = Walk::new(&desk.service.app.audit);
    let mut acted = |name: &str, method: &str, route: &str| {
        let identity = &desk.service.app.identity;
        let account = identity.by_name(name, desk.service.app.asker.now()).unwrap().unwrap().id;
        walk.acted(method, &format!("/v1/library{route}"), &account);
    };
    let mut policy = desk.get("lena", "/v1/library/corpora/test").await["policies"][0]["policy"].clone();
    policy["rights"]["quote_words"] = json!(500);
    let narrower = json!({ "policy": policy, "reason": "the contract", "expected": 1 });
    desk.done("lena", "PUT", "/v1/library/corpora/test/policy", narrower).await;
    acted("lena", "put", "/corpora/{id}/policy");
    desk.done(
        "lena",
        "PATCH",
        &format!("/v1/library/gaps/{}", text(&gap)),
        json!({ "state": "declined", "note": "no" }),
    )
    .await;
    acted("lena", "patch", "/gaps/{id}");
    let run = desk.take_in(&[diabetes()]).await;
    acted("lena", "post", "/ingests");
    desk.done("lena", "DELETE", &format!("/v1/library/ingests/{}", text(&run["id"])), json!({})).await;
    acted("lena", "delete", "/ingests/{id}");
    desk.done("lena", "POST", "/v1/library/staged/answers", json!({ "question": QUESTION })).await;
    acted("lena", "post", "/staged/answers");
    desk.done("lena", "PUT", "/v1/library/golden", json!({ "questions": [QUESTION, " ", QUESTION] })).await;
    acted("lena", "put", "/golden");
    assert_eq!(desk.get("petra", "/v1/library/golden").await["questions"], json!([QUESTION]));
    for (name, route) in [("lena", "withdrawal"), ("petra", "rejection")] {
        let (path, _) = desk.propose("lena").await;
        acted("lena", "post", "/proposals");
        desk.done(name, "POST", &format!("{path}/{route}"), json!({ "reason": "anew" })).await;
        acted(name, "post", &format!("/proposals/{{id}}/{route}"));
    }
    let (path, signing) = desk.propose("lena").await;
    acted("lena", "post", "/proposals");
    desk.done("luca", "POST", &format!("{path}/review"), signing.clone()).await;
    acted("luca", "post", "/proposals/{id}/review");
    desk.done("petra", "POST", &format!("{path}/approval"), signing).await;
    acted("petra", "post", "/proposals/{id}/approval");
    desk.done("petra", "POST", &format!("{path}/execution"), json!({})).await;
    acted("petra", "post", "/proposals/{id}/execution");
    let id = desk.get("lena", "/v1/library/documents").await["documents"][0]["document"].clone();
    let version = format!("/v1/library/documents/{}/versions/1", text(&id));
    desk.done("lena", "POST", &format!("{version}/inspection"), json!({ "note": "stands", "next": "2027-11" })).await;
    acted("lena", "post", "/documents/{id}/versions/{version}/inspection");
    assert_eq!(desk.get("lena", "/v1/library/documents").await["documents"][0]["review_by"], "2027-11");
    let label = json!({ "status": "expression_of_concern", "reason": "doubts", "expected": "current" });
    desk.done("lena", "PUT", &format!("{version}/standing"), label).await;
    acted("lena", "put", "/documents/{id}/versions/{version}/standing");
    desk.take_in(&[guideline("one", "Pneumonia", &"Amoxicillin is given to adults with pneumonia. ".repeat(12))]).await;
    desk.take_in(&[guideline("two", "Again", &"Amoxicillin is given to adults with pneumonia. ".repeat(12))]).await;
    acted("lena", "post", "/ingests");
    let finding = desk.get("lena", "/v1/library/findings").await["findings"][0]["id"].clone();
    let settle = format!("/v1/library/findings/{finding}/settlement");
    desk.done("lena", "POST", &settle, json!({ "outcome": "dismissed" })).await;
    acted("lena", "post", "/findings/{id}/settlement");
    for finding in desk.get("lena", "/v1/library/findings").await["findings"].as_array().unwrap() {
        let settle = format!("/v1/library/findings/{}/settlement", finding["id"]);
        desk.done("lena", "POST", &settle, json!({ "outcome": "dismissed" })).await;
    }
    desk.publish().await;
    let back = json!({ "snapshot": 1, "reason": "quick", "password": PASSWORD });
    desk.done("petra", "POST", "/v1/library/rollback", back).await;
    acted("petra", "post", "/rollback");
    // A corpus with sources: a folder of this machine.
    let folder = tempfile::tempdir().unwrap();
    let (name, source) = guideline("gout", "Gout", "Colchicine is given for acute gout in adults.");
    std::fs::write(folder.path().join(name), source).unwrap();
    let origin = json!({ "sources": [{ "type": "directory", "path": folder.path() }] });
    desk.service.stores.ledger.put_sources(&"test".parse().unwrap(), &origin).unwrap();
    desk.done("lena", "POST", "/v1/library/corpora/test/refresh", json!({})).await;
    acted("lena", "post", "/corpora/{id}/refresh");
    walk.walked()
}
