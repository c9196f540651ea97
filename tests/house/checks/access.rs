//! Who may do what: every route with every role, sessions, keys, and that whoever was refused is on record.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use audit::Entry;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use identity::Role;
use serde_json::{Value, json};
use server::config::Config;
use server::http::{ACCESS, Access};
use support::{Reply, TestService, test_settings};

/// What everybody may reach. This list may only shrink: whatever is added to the service is for somebody.
const PUBLIC: [(&str, &str); 8] = [
    ("get", "/healthz"),
    ("get", "/openapi.json"),
    ("get", "/readyz"),
    ("get", "/v1/about"),
    ("get", "/v1/session"),
    ("get", "/v1/session/provider"),
    ("get", "/v1/session/provider/callback"),
    ("post", "/v1/session"),
];

fn operations() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&server::http::openapi().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())))
        .collect()
}

/// A service that asks for a sign-in from everybody.
async fn closed() -> TestService {
    let mut config = Config::default();
    config.identity.anonymous = Some(false);
    TestService::with(config, test_settings(), false).await
}

/// The same, with an identity provider that is away.
async fn with_provider() -> TestService {
    let mut config = Config::default();
    config.identity.anonymous = Some(false);
    let provider = json!({
        // Nobody listens there.
        "issuer": "http://127.0.0.1:9",
        "client_id": "osler",
        "audience": "osler",
        "redirect_uri": "http://127.0.0.1:8080/v1/session/provider/callback",
        "roles": { "doctors": "clinician" },
    });
    config.identity.provider = Some(serde_json::from_value(provider).unwrap());
    TestService::with(config, test_settings(), false).await
}

#[test]
fn every_route_is_in_the_table_and_no_more_of_them_are_public() {
    let mut listed: BTreeSet<(String, String)> =
        ACCESS.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(listed.len(), ACCESS.len(), "a route is listed twice");
    assert!(listed.remove(&("get".to_owned(), "/openapi.json".to_owned())), "it describes itself nowhere");
    assert_eq!(listed, operations().into_iter().collect(), "routes and services/server/src/http/access.rs differ");
    let public: BTreeSet<_> = ACCESS
        .iter()
        .filter(|(.., access)| *access == Access::Public)
        .map(|(method, path, _)| (*method, *path))
        .collect();
    assert_eq!(public, BTreeSet::from(PUBLIC), "a public route is new: whom is it for?");
}

async fn try_route(service: &TestService, key: Option<&str>, method: &str, path: &str) -> Reply {
    let path = path.replace("{*path}", "0/000").replace("{item}", "1").replace(['{', '}'], "");
    let request = Request::builder().method(method.to_uppercase().as_str()).uri(path);
    let mut request = request.header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    service.send(request.body(Body::from("{}")).unwrap()).await
}

#[tokio::test]
async fn every_role_reaches_what_is_for_it_and_nothing_else() {
    let service = closed().await;
    let keys = Role::ALL.map(|role| (role, service.key(role)));
    let mut tried = 0;
    for (method, path, access) in ACCESS {
        for (role, key) in &keys {
            let reply = try_route(&service, Some(key), method, path).await;
            let is_refused = reply.status == StatusCode::FORBIDDEN && reply.text.contains("\"not_allowed\"");
            let may = match access {
                Access::Public | Access::Known => true,
                Access::Roles(roles) => roles.contains(role),
            };
            assert_eq!(!is_refused, may, "{role} {method} {path}: {} {}", reply.status, reply.text);
            assert_ne!(reply.status, StatusCode::INTERNAL_SERVER_ERROR, "{role} {method} {path}");
            tried += 1;
        }
        let reply = try_route(&service, None, method, path).await;
        let is_asked = reply.status == StatusCode::UNAUTHORIZED && reply.text.contains("\"sign_in_needed\"");
        assert_eq!(is_asked, *access != Access::Public, "nobody {method} {path}: {} {}", reply.status, reply.text);
    }
    assert_eq!(tried, ACCESS.len() * Role::ALL.len());
    let refused = service.app.audit.entries("access.refused", None, None, 500).unwrap();
    assert!(refused.len() > 100, "{}", refused.len());
    assert!(refused.iter().all(|entry| entry.text("reason").is_some()));
    // Revoked: at the next request.
    let (_, key) = &keys[0];
    assert_eq!(service.get_as(key, "/v1/corpora").await.status, StatusCode::OK);
    let now = service.app.asker.now();
    let account =
        service.app.identity.accounts(now).unwrap().into_iter().find(|one| one.roles.contains(&Role::Clinician));
    service.app.identity.set_disabled(&account.unwrap().id, true).unwrap();
    assert_eq!(service.get_as(key, "/v1/corpora").await.status, StatusCode::UNAUTHORIZED);
    for wrong in
        ["osler_0000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "osler_", "sk-other", &format!("{key}x")]
    {
        assert_eq!(service.get_as(wrong, "/v1/corpora").await.status, StatusCode::UNAUTHORIZED, "{wrong}");
    }
}

/// A request with a cookie, as the pages send it.
async fn with_cookie(service: &TestService, cookie: &str, method: &str, path: &str, body: Value) -> Reply {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let request = request.header("cookie", cookie).header("sec-fetch-site", "same-origin");
    service.send(request.body(Body::from(body.to_string())).unwrap()).await
}

fn cookie_of(reply: &Reply) -> String {
    reply.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn one_signs_in_asks_and_signs_out() {
    let service = closed().await;
    let now = service.app.asker.now();
    let password = "correct horse battery";
    let roles = BTreeSet::from([Role::Clinician]);
    let ada = service.app.identity.add("ada", Some("Ada Lovelace"), &roles, Some(password), now).unwrap();
    let shut = service.get("/v1/session").await.json();
    assert_eq!((shut["how"].as_str(), &shut["account"]), (Some("none"), &Value::Null));

    let sign_in = |password: &str| json!({ "name": "ada", "password": password });
    let wrong = service.post("/v1/session", &sign_in("wrong")).await;
    assert_eq!((wrong.status, &wrong.json()["code"]), (StatusCode::UNAUTHORIZED, &json!("wrong_credentials")));
    let reply = service.post("/v1/session", &sign_in(password)).await;
    assert_eq!(reply.json()["account"]["full_name"], "Ada Lovelace");
    let set = reply.headers["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
    let cookie = cookie_of(&reply);
    let corpora = with_cookie(&service, &cookie, "GET", "/v1/corpora", json!({})).await;
    assert_eq!(corpora.status, StatusCode::OK);
    // Conversations belong to the account, not to the browser.
    let begun = with_cookie(&service, &cookie, "POST", "/v1/conversations", json!({})).await;
    assert_eq!(begun.status, StatusCode::CREATED);
    assert!(begun.headers.get("set-cookie").is_none());
    let other = cookie_of(&service.post("/v1/session", &sign_in(password)).await);
    let listed = with_cookie(&service, &other, "GET", "/v1/conversations", json!({})).await.json();
    assert_eq!(listed["conversations"].as_array().unwrap().len(), 1);

    // From another site, with the same cookie.
    for header in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let request = Request::post("/v1/conversations").header("cookie", &cookie).header("host", "osler.example");
        let reply = service.send(request.header(header.0, header.1).body(Body::empty()).unwrap()).await;
        assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::FORBIDDEN, &json!("other_site")));
    }

    let change = json!({ "current": password, "new": "another horse battery" });
    let changed = with_cookie(&service, &cookie, "POST", "/v1/session/password", change).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text);
    for ended in [&cookie, &other] {
        let reply = with_cookie(&service, ended, "GET", "/v1/corpora", json!({})).await;
        assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::UNAUTHORIZED, &json!("sign_in_needed")));
        // And whoever asks who they are is told, not refused.
        assert_eq!(with_cookie(&service, ended, "GET", "/v1/session", json!({})).await.json()["how"], "none");
    }
    let cookie = cookie_of(&service.post("/v1/session", &sign_in("another horse battery")).await);
    let out = with_cookie(&service, &cookie, "DELETE", "/v1/session", json!({})).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert_eq!(with_cookie(&service, &cookie, "GET", "/v1/corpora", json!({})).await.status, StatusCode::UNAUTHORIZED);

    // Too many wrong ones: locked, for a name that is nobody's just as for one that is.
    for name in ["ada", "nobody.at.all"] {
        for _ in 0..5 {
            service.post("/v1/session", &json!({ "name": name, "password": "wrong" })).await;
        }
        let locked = service.post("/v1/session", &json!({ "name": name, "password": "another horse battery" })).await;
        assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS, "{}", locked.text);
        assert_eq!(locked.headers["retry-after"], "900", "as long as the lock holds");
    }
    let log = &service.app.audit;
    let count = |action: &str| log.entries(action, Some(&ada.id), None, 100).unwrap().len();
    assert_eq!((count("session.began"), count("session.ended"), count("account.password_changed")), (3, 1, 1));
    assert_eq!(refused_sign_ins(&service, &ada.id, 7).await.len(), 7);
}

/// Sign-ins of this actor that failed, when at least so many are on record: their entries are written beside the replies.
async fn refused_sign_ins(service: &TestService, actor: &str, least: usize) -> Vec<Entry> {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let found = service.app.audit.entries("session.refused", Some(actor), None, 500).unwrap();
        if found.len() >= least {
            return found;
        }
        assert!(Instant::now() < until, "only {} of {least} sign-ins that failed are on record", found.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn noise_from_outside_neither_fills_the_log_nor_hides_what_else_is_refused() {
    let service = with_provider().await;
    let now = service.app.asker.now();
    let roles = BTreeSet::from([Role::Clinician]);
    let ada = service.app.identity.add("ada", None, &roles, Some("correct horse battery"), now).unwrap();
    let clinician = service.key(Role::Clinician);
    // The clock stands: all of this is one minute.
    for _ in 0..300 {
        assert_eq!(service.get("/v1/corpora").await.status, StatusCode::UNAUTHORIZED);
        let callback = service.get("/v1/session/provider/callback?code=x").await;
        assert_eq!(callback.status, StatusCode::UNAUTHORIZED);
    }
    let unknown = json!({ "name": "nobody.at.all", "password": "wrong" });
    for _ in 0..5 {
        assert_eq!(service.post("/v1/session", &unknown).await.status, StatusCode::UNAUTHORIZED);
    }
    for _ in 0..200 {
        assert_eq!(service.post("/v1/session", &unknown).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(service.get_as("osler_wrong", "/v1/corpora").await.status, StatusCode::UNAUTHORIZED);
    // Somebody at the door of an account, and somebody who has come in and goes where they may not.
    for _ in 0..2 {
        let wrong = json!({ "name": "ada", "password": "wrong" });
        assert_eq!(service.post("/v1/session", &wrong).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(service.get_as(&clinician, "/v1/accounts").await.status, StatusCode::FORBIDDEN);

    let tried = refused_sign_ins(&service, &ada.id, 2).await;
    let of =
        |entries: &[Entry], reason: &str| entries.iter().filter(|entry| entry.text("reason") == Some(reason)).count();
    assert_eq!(of(&tried, "credentials"), 2);
    let log = &service.app.audit;
    let refused = log.entries("access.refused", None, None, 500).unwrap();
    assert_eq!((of(&refused, "role"), of(&refused, "nobody")), (1, 60), "of one reason");
    let signing_in = log.entries("session.refused", Some("nobody"), None, 500).unwrap();
    assert_eq!(of(&signing_in, "provider"), 60);
    let by_nobody = refused.iter().filter(|entry| entry.actor == "nobody").count() + signing_in.len();
    assert_eq!(by_nobody, 120, "of all reasons together");
    assert!(refused.iter().chain(&signing_in).all(|entry| entry.object["not_recorded_before"] == 0));
}

#[tokio::test]
async fn no_word_of_whoever_asks_gets_into_the_log_as_a_method_or_an_id() {
    const WORD: &str = "MRS-SMITH-1961";
    let service = closed().await;
    let log = &service.app.audit;
    for (method, named) in [(WORD, "other"), ("get", "other"), ("PATCH", "PATCH")] {
        let request = Request::builder().method(method).uri("/v1/answers").body(Body::empty()).unwrap();
        assert_eq!(service.send(request).await.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        let entry = log.entries("access.refused", None, None, 1).unwrap().remove(0);
        assert_eq!((entry.text("method"), entry.text("route")), (Some(named), Some("/v1/answers")));
    }
    let auditor = service.key(Role::Auditor);
    for id in [WORD, "", "0123456789abcdef0123456789abcde", "g123456789abcdef0123456789abcdef"] {
        let reply = service.get_as(&auditor, &format!("/v1/audit/recall?document={id}")).await;
        assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::BAD_REQUEST, &json!("bad_document")), "{id:?}");
    }
    assert!(log.entries("recall.", None, None, 10).unwrap().is_empty());
    let id = "0123456789abcdef0123456789abcdef";
    let recalled = service.get_as(&auditor, &format!("/v1/audit/recall?document={}", id.to_uppercase())).await;
    assert_eq!((recalled.status, &recalled.json()["document"]), (StatusCode::OK, &json!(id)));
    assert_eq!(log.entries("recall.", None, None, 10).unwrap()[0].text("document"), Some(id));
    let leaves = log.leaves(0, usize::try_from(log.size()).unwrap()).unwrap();
    assert!(leaves.iter().all(|leaf| !String::from_utf8_lossy(leaf).contains(WORD)));
}

#[tokio::test]
async fn without_an_account_only_this_machine_asks_and_only_asks() {
    let service = TestService::without_generator().await;
    let session = service.get("/v1/session").await.json();
    assert_eq!((&session["how"], &session["roles"]), (&json!("anonymous"), &json!(["clinician", "service"])));
    assert_eq!(service.get("/v1/library/gaps").await.status, StatusCode::FORBIDDEN);
    assert_eq!(service.get("/v1/accounts").await.status, StatusCode::FORBIDDEN);
    let named = |host: &str| Request::get("/v1/corpora").header("host", host).body(Body::empty()).unwrap();
    for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "127.0.0.1"] {
        assert_eq!(service.send(named(host)).await.status, StatusCode::OK, "{host}");
    }
    // A name of somebody else's that leads here: DNS rebinding.
    let reply = service.send(named("evil.example:8080")).await;
    assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::FORBIDDEN, &json!("wrong_host")));
    // On an address that others reach, nobody is anonymous.
    let mut config = Config::default();
    config.server.listen = "0.0.0.0:8080".to_owned();
    let service = TestService::with(config, test_settings(), false).await;
    assert_eq!(service.get("/v1/corpora").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(service.get("/v1/session").await.json()["how"], "none");
}

#[tokio::test]
async fn accounts_are_managed_by_those_who_may() {
    let service = closed().await;
    let admin = service.key(Role::Admin);
    let new = json!({ "name": "Grace", "full_name": "Grace Hopper", "roles": ["librarian"], "password": "correct horse battery" });
    let added = service.send_as(&admin, "POST", "/v1/accounts", &new).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    assert!(!added.text.contains("correct horse"));
    let id = added.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(service.send_as(&admin, "POST", "/v1/accounts", &new).await.status, StatusCode::CONFLICT);
    let short = json!({ "name": "x", "roles": ["librarian"], "password": "short" });
    assert_eq!(service.send_as(&admin, "POST", "/v1/accounts", &short).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    let keys = format!("/v1/accounts/{id}/keys");
    let shown = service.send_as(&admin, "POST", &keys, &json!({ "label": "importer" })).await.json();
    let key = shown["key"].as_str().unwrap();
    assert_eq!(service.get_as(key, "/v1/library/gaps").await.status, StatusCode::OK);
    let listed = service.get_as(&admin, &keys).await;
    assert!(!listed.text.contains(key) && listed.text.contains("importer"));
    // Another role, at once.
    let change = json!({ "roles": ["clinician"] });
    service.send_as(&admin, "PATCH", &format!("/v1/accounts/{id}"), &change).await;
    assert_eq!(service.get_as(key, "/v1/library/gaps").await.status, StatusCode::FORBIDDEN);
    let revoked =
        service.send_as(&admin, "DELETE", &format!("{keys}/{}", shown["id"].as_str().unwrap()), &json!({})).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    assert_eq!(service.get_as(key, "/v1/corpora").await.status, StatusCode::UNAUTHORIZED);
    // Nobody locks the last one out.
    let me = service.get_as(&admin, "/v1/session").await.json()["account"]["id"].as_str().unwrap().to_owned();
    let reply = service.send_as(&admin, "PATCH", &format!("/v1/accounts/{me}"), &json!({ "disabled": true })).await;
    assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::CONFLICT, &json!("last_admin")));
}

#[tokio::test]
async fn a_provider_that_is_away_or_a_sign_in_of_another_browser_lets_nobody_in() {
    let service = with_provider().await;
    let session = service.get("/v1/session").await.json();
    assert_eq!(session["sign_in"]["provider"], "http://127.0.0.1:9");
    assert_eq!(service.get("/v1/session/provider?to=/records").await.status, StatusCode::SERVICE_UNAVAILABLE);
    for callback in ["", "?error=access_denied", "?code=x", "?code=x&state=y", "?state=y"] {
        let path = format!("/v1/session/provider/callback{callback}");
        let reply = service.get(&path).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{callback}: {}", reply.text);
        // Also with a cookie that names another sign-in, or one that was never begun.
        for state in ["z", "y"] {
            let request = Request::get(&path).header("cookie", format!("osler_login={state}|/"));
            let reply = service.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{callback} {state}");
            assert!(!reply.headers.contains_key("set-cookie"));
        }
    }
    // A token of nobody; keys of ours are still good.
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.";
    assert!(service.get_as(token, "/v1/corpora").await.status.as_u16() >= 401);
    assert_eq!(service.get_as(&service.key(Role::Clinician), "/v1/corpora").await.status, StatusCode::OK);
}
