//! Accounts, keys and sessions: what changes about them is on record or does not change, and what is taken away at the house's
//! identity provider is gone here from the next token on, or within a quarter of an hour.

use std::time::Duration;

use audit::Entry;
use axum::http::StatusCode;
use futures::future::{Either, select};
use identity::Role;
use serde_json::{Value, json};
use support::{Fault, Reply, TestService};

use crate::provider::{ASKED, GAPS, House, assert_refused};

const MINUTE: i64 = 60;

/// The log has no room while this lasts.
struct FullLog;

impl FullLog {
    fn begin() -> Self {
        fail::cfg("audit-commit", "return(full)").unwrap();
        Self
    }
}

impl Drop for FullLog {
    fn drop(&mut self) {
        fail::remove("audit-commit");
    }
}

#[track_caller]
fn assert_unavailable(reply: &Reply, context: &str) {
    let code = reply.json()["code"].clone();
    assert_eq!((reply.status, code), (StatusCode::SERVICE_UNAVAILABLE, json!("audit_unavailable")), "{context}");
    assert!(!reply.headers.contains_key("set-cookie"), "{context}");
}

#[tokio::test]
async fn accounts_and_keys_change_on_the_record_or_not_at_all() {
    let service = TestService::new().await;
    let admin = service.key(Role::Admin);
    let named = |name: &str| json!({ "name": name, "roles": ["clinician"] });
    let ada = service.send_as(&admin, "POST", "/v1/accounts", &named("ada")).await.json();
    let id = ada["id"].as_str().unwrap();
    let (account, keys) = (format!("/v1/accounts/{id}"), format!("/v1/accounts/{id}/keys"));
    let key = service.send_as(&admin, "POST", &keys, &json!({ "label": "ward" })).await.json();
    let (key, unknown) = (format!("{keys}/{}", key["id"].as_str().unwrap()), format!("{keys}/0000000000000000"));
    let now = service.app.asker.now();
    let kept = || (service.app.identity.accounts(now).unwrap(), service.app.identity.keys(id).unwrap());
    let before = kept();
    {
        let _full = FullLog::begin();
        for (method, path, body) in [
            ("POST", "/v1/accounts", named("bob")),
            ("PATCH", account.as_str(), json!({ "roles": ["auditor"] })),
            ("PATCH", account.as_str(), json!({ "disabled": true })),
            ("PATCH", account.as_str(), json!({ "password": "correct horse battery" })),
            ("POST", keys.as_str(), json!({ "label": "another" })),
            ("DELETE", key.as_str(), json!({})),
        ] {
            assert_unavailable(&service.send_as(&admin, method, path, &body).await, &format!("{method} {path}"));
        }
    }
    assert_eq!(kept(), before);

    // Nor does the log say of anything that it was done that cannot be.
    let size = service.app.audit.size();
    for (method, path, body, status) in [
        ("POST", "/v1/accounts", named("ada"), StatusCode::CONFLICT),
        ("POST", "/v1/accounts", named("a b"), StatusCode::UNPROCESSABLE_ENTITY),
        ("POST", keys.as_str(), json!({ "label": "" }), StatusCode::UNPROCESSABLE_ENTITY),
        ("POST", "/v1/accounts/nobody/keys", json!({ "label": "ward" }), StatusCode::NOT_FOUND),
        ("DELETE", unknown.as_str(), json!({}), StatusCode::NOT_FOUND),
    ] {
        let reply = service.send_as(&admin, method, path, &body).await;
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.text);
    }
    assert_eq!((service.app.audit.size(), kept()), (size, before));

    let revoked = service.send_as(&admin, "DELETE", &key, &json!({})).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT, "{}", revoked.text);
    let entries = service.app.audit.entries("key.", None, None, 10).unwrap();
    let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["key.revoked", "key.added"]);
    assert!(entries.iter().all(|entry| entry.text("account") == Some(id) && key.ends_with(entry.text("key").unwrap())));
}

#[tokio::test]
async fn an_account_is_changed_in_all_that_is_asked_or_in_nothing() {
    const PASSWORD: &str = "correct horse battery";
    const OTHER: &str = "another horse battery";
    let service = TestService::new().await;
    let (identity, now) = (&service.app.identity, service.app.asker.now());
    let root = identity.add("root", None, &[Role::Admin].into(), Some(PASSWORD), now).unwrap();
    let (path, key) = (format!("/v1/accounts/{}", root.id), identity.add_key(&root.id, "test", None, now).unwrap().1);
    let size = service.app.audit.size();
    for (change, status) in [
        (json!({ "password": OTHER, "roles": ["clinician"] }), StatusCode::CONFLICT),
        (json!({ "password": OTHER, "disabled": true, "unlock": true }), StatusCode::CONFLICT),
        (json!({ "roles": ["admin", "auditor"], "disabled": true }), StatusCode::CONFLICT),
        (json!({ "roles": ["admin", "auditor"], "password": "short" }), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let reply = service.send_as(&key, "PATCH", &path, &change).await;
        assert_eq!(reply.status, status, "{change}: {}", reply.text);
    }
    // Nor a password that one gives oneself.
    let short = json!({ "current": PASSWORD, "new": "short" });
    let reply = service.send_as(&key, "POST", "/v1/session/password", &short).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    assert_eq!((service.app.audit.size(), identity.account(&root.id, now).unwrap()), (size, root));
    let sign_in = async |password: &str| {
        service.post("/v1/session", &json!({ "name": "root", "password": password })).await.status
    };
    assert_eq!(sign_in(PASSWORD).await, StatusCode::OK);

    let change = json!({ "password": OTHER, "roles": ["admin", "auditor"] });
    let changed = service.send_as(&key, "PATCH", &path, &change).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!(changed.json()["roles"], json!(["auditor", "admin"]));
    assert_eq!(service.app.audit.entries("account.", None, None, 10).unwrap().len(), 1);
    assert_eq!((sign_in(PASSWORD).await, sign_in(OTHER).await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
}

#[tokio::test]
async fn whoever_comes_from_the_provider_is_on_record_or_does_not_come() {
    let house = House::governed().await;
    house.provider.receive("1", "Ada", &["doctors"]);
    {
        let _full = FullLog::begin();
        assert_unavailable(&house.come_in().await, "a sign-in");
        assert_unavailable(&house.service.get_as(&house.provider.bearer(), ASKED).await, "a token");
    }
    assert_eq!(house.accounts(), 0);
    let session = house.session().await;
    let account = house.account(&session).await;
    house.provider.receive("1", "Ada", &["doctors", "library"]);
    {
        let _full = FullLog::begin();
        assert_unavailable(&house.service.get_as(&house.provider.bearer(), GAPS).await, "other roles");
        assert_eq!(house.who(&session).await["roles"], json!(["clinician"]));
    }
    assert_eq!(house.service.get_as(&house.provider.bearer(), GAPS).await.status, StatusCode::OK);
    assert_eq!(house.who(&session).await["roles"], json!(["clinician", "librarian"]));
    let told = |entry: &Entry| {
        let text = |name: &str| entry.text(name).map(str::to_owned);
        (entry.actor.clone(), text("how"), text("account"), entry.object["roles"].clone())
    };
    let wanted = |roles: Value| ("osler".to_owned(), Some("provider".to_owned()), Some(account.clone()), roles);
    let [added, changed] = ["account.added", "account.changed"]
        .map(|action| house.entries(action, None).iter().map(told).collect::<Vec<_>>());
    assert_eq!(added, [wanted(json!(["clinician"]))]);
    assert_eq!(changed, [wanted(json!(["clinician", "librarian"]))]);
}

#[tokio::test]
async fn an_older_token_gives_nothing_back_and_is_good_for_the_rest() {
    let house = House::governed().await;
    house.provider.receive("1", "Ada", &["doctors", "library"]);
    let (session, older) = (house.session().await, house.provider.bearer());
    assert_eq!(house.service.get_as(&older, GAPS).await.status, StatusCode::OK);
    house.service.clock.advance(MINUTE);
    house.provider.receive("1", "Ada", &["doctors"]);
    let newer = house.provider.bearer();
    assert_eq!(house.service.get_as(&newer, GAPS).await.status, StatusCode::FORBIDDEN);
    // Two programs of one person, and a browser: none shuts another out, whoever comes last.
    for _ in 0..2 {
        assert_eq!(house.service.get_as(&older, GAPS).await.status, StatusCode::FORBIDDEN);
        assert_eq!(house.status(&session, GAPS).await, StatusCode::FORBIDDEN);
        for token in [&older, &newer] {
            assert_eq!(house.service.get_as(token, ASKED).await.status, StatusCode::OK);
        }
        assert_eq!(house.status(&session, ASKED).await, StatusCode::OK);
    }
    assert_eq!(house.entries("account.changed", None).len(), 1);
}

#[tokio::test]
async fn a_token_for_more_than_a_day_is_refused_and_it_is_said_why() {
    let house = House::governed().await;
    house.provider.receive("1", "Ada", &["doctors"]);
    let day_s = house.service.app.asker.now().as_second() + 24 * 60 * MINUTE;
    house.provider.misbehave(Fault::Claim("exp", json!(day_s)));
    assert_eq!(house.come_in().await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.service.get_as(&house.provider.bearer(), ASKED).await.status, StatusCode::OK);
    house.provider.misbehave(Fault::Claim("exp", json!(day_s + 1)));
    for reply in [house.come_in().await, house.service.get_as(&house.provider.bearer(), ASKED).await] {
        assert_refused(&reply, &reply.text);
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("identity.provider.token_max_h"), "{detail}");
    }
}

#[tokio::test]
async fn what_somebody_is_at_the_provider_they_are_here_from_the_next_token_on_or_within_a_quarter_of_an_hour() {
    let house = House::governed().await;
    house.provider.receive("1", "Ada", &["doctors"]);
    let session = house.session().await;
    let account = house.account(&session).await;
    assert_eq!(house.status(&session, ASKED).await, StatusCode::OK);
    assert_eq!(house.status(&session, GAPS).await, StatusCode::FORBIDDEN);
    house.provider.receive("1", "Ada", &["library"]);
    house.service.clock.advance(10 * MINUTE);
    assert_eq!(house.status(&session, GAPS).await, StatusCode::FORBIDDEN, "nobody has told us yet");
    let next = house.session().await;
    for cookie in [&session, &next] {
        assert_eq!(house.who(cookie).await["roles"], json!(["librarian"]));
        assert_eq!(house.status(cookie, ASKED).await, StatusCode::FORBIDDEN);
        assert_eq!(house.status(cookie, GAPS).await, StatusCode::OK);
    }

    // Nobody tells us, and no token comes: each session has its time, however much it is used.
    house.provider.receive("1", "Ada", &["choir"]);
    for (minutes, cookie) in [(5, &session), (10, &next)] {
        house.service.clock.advance(minutes * MINUTE - 1);
        assert_eq!(house.status(cookie, GAPS).await, StatusCode::OK, "{minutes}");
        house.service.clock.advance(1);
        let reply = house.send(cookie, "GET", GAPS, &json!({})).await;
        assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::UNAUTHORIZED, &json!("sign_in_needed")));
        assert_eq!(house.who(cookie).await["how"], "none");
    }
    // Whoever goes there again is what they are there now.
    let last = house.session().await;
    assert_eq!(house.who(&last).await["roles"], json!([]));
    assert_eq!(house.status(&last, GAPS).await, StatusCode::FORBIDDEN);
    assert_eq!((house.account(&last).await, house.accounts()), (account, 1));
}

#[tokio::test]
async fn a_provider_that_can_be_asked_again_is_asked_once_a_minute() {
    let house = House::governed().await;
    house.provider.renew();
    house.provider.receive("1", "Ada", &["doctors", "library"]);
    let session = house.session().await;
    // As long as it stands by them they stay, far beyond what a session lasts without its word.
    for _ in 0..40 {
        house.service.clock.advance(MINUTE);
        assert_eq!(house.status(&session, GAPS).await, StatusCode::OK);
    }
    // What is taken away there is gone here a minute later.
    house.provider.receive("1", "Ada", &["doctors"]);
    house.service.clock.advance(MINUTE - 1);
    assert_eq!(house.status(&session, GAPS).await, StatusCode::OK, "nobody has asked yet");
    house.service.clock.advance(1);
    assert_eq!(house.status(&session, GAPS).await, StatusCode::FORBIDDEN);
    assert_eq!(house.status(&session, ASKED).await, StatusCode::OK);
    {
        let _full = FullLog::begin();
        house.provider.receive("1", "Ada", &["doctors", "library"]);
        house.service.clock.advance(MINUTE);
        assert_unavailable(&house.send(&session, "GET", GAPS, &json!({})).await, "other roles without an entry");
    }
    // What the provider gave to ask with next was kept all the same.
    house.service.clock.advance(MINUTE);
    assert_eq!(house.status(&session, GAPS).await, StatusCode::OK);
    let session = house.session().await;
    house.provider.shut_out();
    house.service.clock.advance(MINUTE);
    assert_eq!(house.status(&session, ASKED).await, StatusCode::UNAUTHORIZED);
    let ended = house.entries("session.ended", None);
    assert_eq!((ended.len(), ended[0].text("how")), (1, Some("provider")));

    // One that is away for a while shuts nobody out before their time; nor does one that says something odd keep them in.
    house.provider.receive("1", "Ada", &["doctors"]);
    let (session, other) = (house.session().await, house.session().await);
    house.service.clock.advance(MINUTE);
    house.provider.misbehave(Fault::Stranger);
    assert_eq!(house.status(&session, ASKED).await, StatusCode::UNAUTHORIZED);
    house.provider.leave();
    for _ in 1..15 {
        assert_eq!(house.status(&other, ASKED).await, StatusCode::OK);
        house.service.clock.advance(MINUTE);
    }
    assert_eq!(house.status(&other, ASKED).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whoever_leaves_while_the_provider_is_asked_about_them_stays_signed_in() {
    let house = House::governed().await;
    house.provider.renew();
    house.provider.receive("1", "Ada", &["doctors"]);
    let session = house.session().await;
    house.provider.receive("1", "Ada", &["doctors", "library"]);
    house.service.clock.advance(MINUTE);
    house.provider.dawdle();
    {
        let (request, asked) = (Box::pin(house.status(&session, ASKED)), Box::pin(house.provider.is_waited_for()));
        assert!(matches!(select(request, asked).await, Either::Right(_)), "answered without the provider");
    }
    house.provider.go_on();
    // Nobody waits for the reply: that it has come is seen by what it changes.
    let mut looks = 0;
    while house.entries("account.changed", None).is_empty() {
        assert!(looks < 1_000, "what the provider said is lost");
        looks += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    house.service.clock.advance(MINUTE + 1);
    assert_eq!(house.status(&session, GAPS).await, StatusCode::OK);
    assert!(house.entries("session.ended", None).is_empty());
}

#[tokio::test]
async fn programs_bring_with_them_what_they_are() {
    let house = House::governed().await;
    house.provider.receive("1", "Ada", &["library"]);
    let session = house.session().await;
    let account = house.account(&session).await;
    house.provider.receive("1", "Ada", &["doctors"]);
    let token = house.provider.bearer();
    let shown = house.service.get_as(&token, "/v1/session").await.json();
    assert_eq!((&shown["how"], &shown["roles"]), (&json!("token"), &json!(["clinician"])));
    assert_eq!(shown["account"]["id"], account.as_str());
    assert_eq!(house.service.get_as(&token, ASKED).await.status, StatusCode::OK);
    assert_eq!(house.service.get_as(&token, GAPS).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.status(&session, GAPS).await, StatusCode::FORBIDDEN);
    house.provider.receive("1", "Ada", &["choir"]);
    let reply = house.service.get_as(&house.provider.bearer(), ASKED).await;
    assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::FORBIDDEN, &json!("not_allowed")));
    let refused = house.entries("access.refused", Some(&account));
    assert_eq!(refused[0].text("reason"), Some("role"));
    assert_eq!((house.accounts(), refused[0].role.as_str()), (1, "none"));
}

#[tokio::test]
async fn whoever_was_shut_out_here_stays_out_whatever_the_provider_says() {
    let house = House::governed().await;
    house.provider.receive("1", "Ada", &["doctors"]);
    let session = house.session().await;
    let account = house.account(&session).await;
    let (admin, path) = (house.service.key(Role::Admin), format!("/v1/accounts/{account}"));
    let shut = house.service.send_as(&admin, "PATCH", &path, &json!({ "disabled": true })).await;
    assert_eq!(shut.status, StatusCode::OK, "{}", shut.text);
    assert_eq!(house.status(&session, ASKED).await, StatusCode::UNAUTHORIZED);
    for groups in [["doctors"], ["library"]] {
        house.provider.receive("1", "Ada", &groups);
        assert_refused(&house.come_in().await, "a sign-in");
        assert_refused(&house.service.get_as(&house.provider.bearer(), ASKED).await, "a token");
    }
    assert_eq!(house.entries("session.began", Some(&account)).len(), 1);
    assert_eq!(house.entries("account.changed", None).len(), 1, "what was refused changed nothing");
    house.service.send_as(&admin, "PATCH", &path, &json!({ "disabled": false })).await;
    assert_eq!(house.status(&session, GAPS).await, StatusCode::UNAUTHORIZED, "what has ended does not begin again");
    assert_eq!(house.status(&house.session().await, GAPS).await, StatusCode::OK);
    assert_eq!(house.entries("account.changed", None).len(), 3);
}
