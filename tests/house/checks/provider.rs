//! Signing in at the house's identity provider, from the first redirect to the signature: whom it vouches for comes in with the
//! roles that it says, and what is not exactly its word lets nobody in.

use std::collections::HashMap;
use std::time::Duration;

use audit::Entry;
use axum::body::Body;
use axum::extract::Query;
use axum::http::{Request, StatusCode, Uri};
use identity::Role;
use ledger::Decision;
use serde_json::{Value, json};
use server::config::Config;
use support::{Fault, OpenIdProvider, Reply, TestService, test_settings};

/// What the provider's groups are here. Others mean nothing.
const GROUPS: [(&str, &str); 3] = [("doctors", "clinician"), ("library", "librarian"), ("press", "publisher")];

/// Where the provider sends browsers back to.
const CALLBACK: &str = "http://127.0.0.1:8080/v1/session/provider/callback";

/// For clinicians, and no librarian.
pub(crate) const ASKED: &str = "/v1/conversations";

/// For librarians, and no clinician.
pub(crate) const GAPS: &str = "/v1/library/gaps";

/// A service and the provider that it relies on.
pub(crate) struct House {
    pub(crate) provider: OpenIdProvider,
    pub(crate) service: TestService,
}

/// A sign-in on its way: where the browser is sent, and the cookie that it keeps meanwhile.
struct Begun {
    url: String,
    cookie: String,
}

impl House {
    async fn new(provider: OpenIdProvider, groups: &[(&str, &str)]) -> Self {
        let mut config = Config::default();
        config.identity.anonymous = Some(false);
        config.identity.provider = Some(provider.config(groups));
        let service = TestService::with(config, test_settings(), false).await;
        provider.follow(&service.clock);
        Self { provider, service }
    }

    /// One whose provider says what people are here.
    pub(crate) async fn governed() -> Self {
        Self::new(OpenIdProvider::start().await, &GROUPS).await
    }

    async fn begin(&self, to: &str) -> Begun {
        let reply = self.service.get(&format!("/v1/session/provider?to={to}")).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
        Begun { url: location(&reply).to_owned(), cookie: cookie_of(&reply) }
    }

    /// A browser that comes from the provider.
    async fn call_back(&self, back: &str, cookie: &str) -> Reply {
        assert!(back.starts_with(&format!("{CALLBACK}?code=")), "{back}");
        let path = &back[back.find("/v1/").unwrap()..];
        let request = Request::get(path).header("cookie", cookie).header("sec-fetch-site", "cross-site");
        self.service.send(request.body(Body::empty()).unwrap()).await
    }

    /// Whoever is at the provider signs in; what the service says at the end.
    pub(crate) async fn come_in(&self) -> Reply {
        let begun = self.begin("/").await;
        self.call_back(&self.provider.visit(&begun.url).await, &begun.cookie).await
    }

    /// The same, where it must work: the session's cookie.
    pub(crate) async fn session(&self) -> String {
        let reply = self.come_in().await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
        cookie_of(&reply)
    }

    /// A request of our own pages.
    pub(crate) async fn send(&self, cookie: &str, method: &str, path: &str, body: &Value) -> Reply {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("cookie", cookie).header("sec-fetch-site", "same-origin");
        self.service.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn status(&self, cookie: &str, path: &str) -> StatusCode {
        self.send(cookie, "GET", path, &json!({})).await.status
    }

    async fn done(&self, cookie: &str, method: &str, path: &str, body: &Value) -> Value {
        let reply = self.send(cookie, method, path, body).await;
        assert!(reply.status.is_success(), "{method} {path}: {} {}", reply.status, reply.text);
        reply.json()
    }

    pub(crate) async fn who(&self, cookie: &str) -> Value {
        self.done(cookie, "GET", "/v1/session", &json!({})).await
    }

    pub(crate) async fn account(&self, cookie: &str) -> String {
        self.who(cookie).await["account"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn entries(&self, action: &str, account: Option<&str>) -> Vec<Entry> {
        self.service.app.audit.entries(action, account, None, 100).unwrap()
    }

    pub(crate) fn accounts(&self) -> usize {
        self.service.app.identity.accounts(self.service.app.asker.now()).unwrap().len()
    }
}

fn location(reply: &Reply) -> &str {
    reply.headers["location"].to_str().unwrap()
}

fn cookie_of(reply: &Reply) -> String {
    reply.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[track_caller]
pub(crate) fn assert_refused(reply: &Reply, context: &str) {
    let code = reply.json()["code"].clone();
    assert_eq!((reply.status, code), (StatusCode::UNAUTHORIZED, json!("wrong_credentials")), "{context}");
    assert!(!reply.headers.contains_key("set-cookie"), "{context}");
}

#[tokio::test]
async fn one_signs_in_at_the_provider_and_goes_on_to_where_one_wanted_to_be() {
    // Any variable that is set and has letters in it that must be escaped.
    let house = House::new(OpenIdProvider::with_secret("PATH").await, &GROUPS).await;
    house.provider.receive("248289761001", "Ada", &["doctors", "library", "choir"]);
    let reply = house.service.get("/v1/session/provider?to=/audit").await;
    let kept = reply.headers["set-cookie"].to_str().unwrap();
    for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/v1/session/provider;", "; Max-Age=600"] {
        assert!(kept.contains(part), "{kept}");
    }
    let uri: Uri = location(&reply).parse().unwrap();
    let Query(asked) = Query::<HashMap<String, String>>::try_from_uri(&uri).unwrap();
    for (name, value) in [("response_type", "code"), ("client_id", "osler"), ("code_challenge_method", "S256")] {
        assert_eq!(asked[name], value, "{uri}");
    }
    assert_eq!(asked["redirect_uri"], CALLBACK);
    assert!(asked["scope"].split(' ').any(|scope| scope == "openid"), "{uri}");
    let again = house.begin("/audit").await.url;
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(asked[name].len(), 43, "{name}: {uri}");
        assert!(!again.contains(&asked[name]), "{name} is the same twice");
    }
    assert_eq!(cookie_of(&reply), format!("osler_login={}|/audit", asked["state"]));

    let back = house.provider.visit(location(&reply)).await;
    let reply = house.call_back(&back, &cookie_of(&reply)).await;
    assert_eq!((reply.status, location(&reply)), (StatusCode::SEE_OTHER, "/audit"));
    let set = reply.headers["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("osler_session=") && set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
    let session = cookie_of(&reply);
    let who = house.who(&session).await;
    assert_eq!((&who["how"], &who["roles"]), (&json!("session"), &json!(["clinician", "librarian"])), "{who:#}");
    assert_eq!((&who["account"]["name"], &who["account"]["full_name"]), (&json!("ada"), &json!("Ada")));
    assert_eq!(house.status(&session, ASKED).await, StatusCode::OK);
    assert_eq!(house.status(&session, GAPS).await, StatusCode::OK);
    assert_eq!(house.status(&session, "/v1/accounts").await, StatusCode::FORBIDDEN);

    // The same person again is the same account, and it has no password.
    let account = house.account(&session).await;
    assert_eq!(house.account(&house.session().await).await, account);
    assert_eq!(house.accounts(), 1);
    assert_refused(&house.service.post("/v1/session", &json!({ "name": "ada", "password": "" })).await, "a password");
    let out = house.send(&session, "DELETE", "/v1/session", &json!({})).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT, "{}", out.text);
    assert_eq!(house.who(&session).await["how"], "none");
    assert_eq!(house.status(&session, ASKED).await, StatusCode::UNAUTHORIZED);
    let began = house.entries("session.began", Some(&account));
    assert_eq!(began.len(), 2);
    assert!(began.iter().all(|entry| entry.text("how") == Some("provider") && entry.role == "clinician"));
    assert_eq!(house.entries("session.ended", Some(&account)).len(), 1);
}

#[tokio::test]
async fn roles_that_the_provider_does_not_govern_are_given_here_and_stay() {
    let house = House::new(OpenIdProvider::start().await, &[]).await;
    house.provider.receive("1", "Ada", &["doctors"]);
    let session = house.session().await;
    let who = house.who(&session).await;
    assert_eq!((&who["how"], &who["roles"]), (&json!("session"), &json!([])));
    assert_eq!(house.status(&session, ASKED).await, StatusCode::FORBIDDEN);
    let path = format!("/v1/accounts/{}", house.account(&session).await);
    let admin = house.service.key(Role::Admin);
    let given = house.service.send_as(&admin, "PATCH", &path, &json!({ "roles": ["clinician"] })).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.text);
    assert_eq!(house.status(&session, ASKED).await, StatusCode::OK);
    house.provider.receive("1", "Ada", &["library"]);
    assert_eq!(house.who(&house.session().await).await["roles"], json!(["clinician"]));
    let shown = house.service.get_as(&house.provider.bearer(), "/v1/session").await.json();
    assert_eq!((&shown["how"], &shown["roles"]), (&json!("token"), &json!(["clinician"])));
}

#[tokio::test]
async fn a_sign_in_is_good_once_and_for_the_browser_that_began_it() {
    let house = House::governed().await;
    house.provider.receive("1", "Ada", &["doctors"]);
    let (own, other) = (house.begin("/").await, house.begin("/").await);
    let back = house.provider.visit(&own.url).await;
    for cookie in [other.cookie.as_str(), "osler_login=|/", "osler_login=", "theme=dark"] {
        assert_refused(&house.call_back(&back, cookie).await, cookie);
    }
    // Another's code with one's own state and cookie: the provider holds it against the challenge of the other sign-in.
    let stolen = house.provider.visit(&house.begin("/").await.url).await;
    let (code, _) = stolen.split_once("&state=").unwrap();
    let state = other.cookie["osler_login=".len()..].split('|').next().unwrap();
    let reply = house.call_back(&format!("{code}&state={state}"), &other.cookie).await;
    assert!(!reply.status.is_redirection() && !reply.headers.contains_key("set-cookie"), "{}", reply.status);
    assert_eq!((house.accounts(), house.entries("session.began", None).len()), (0, 0));

    assert_eq!(house.call_back(&back, &own.cookie).await.status, StatusCode::SEE_OTHER);
    assert_refused(&house.call_back(&back, &own.cookie).await, "the same once more");
    let fresh = house.provider.visit(&own.url).await;
    assert_refused(&house.call_back(&fresh, &own.cookie).await, "the same state with another code");
    assert_eq!(house.entries("session.began", None).len(), 1);
}

#[tokio::test]
async fn a_token_that_is_wrong_in_any_way_lets_nobody_in() {
    let house = House::governed().await;
    house.provider.receive("1", "Ada", &["doctors"]);
    let now_s = house.service.app.asker.now().as_second();
    // A minute is allowed for clocks that differ.
    let faults = [
        Fault::Claim("exp", json!(now_s - 61)),
        Fault::Claim("exp", Value::Null),
        Fault::Claim("exp", json!(now_s + 24 * 60 * 60 + 1)),
        Fault::Claim("iat", json!(now_s + 61)),
        Fault::Claim("nbf", json!(now_s + 61)),
        Fault::Claim("aud", json!("another")),
        Fault::Claim("aud", json!(["osler", "another"])),
        Fault::Claim("iss", json!("http://127.0.0.1:9")),
        Fault::Claim("sub", json!("")),
        Fault::Claim("sub", Value::Null),
        Fault::Changed("groups", json!(["library"])),
        Fault::Unsigned,
        Fault::Stranger,
    ];
    let nonces = [Fault::Claim("nonce", json!("another")), Fault::Claim("nonce", Value::Null)];
    for fault in faults.iter().chain(&nonces) {
        house.provider.misbehave(fault.clone());
        assert_refused(&house.come_in().await, &format!("{fault:?}"));
    }
    for fault in &faults {
        house.provider.misbehave(fault.clone());
        let token = house.provider.bearer();
        assert_refused(&house.service.get_as(&token, ASKED).await, &format!("{fault:?}"));
        assert_eq!(house.service.get_as(&token, "/v1/session").await.json()["how"], "none", "{fault:?}");
    }
    // The token of a sign-in is none for programs, though it is good.
    house.provider.misbehave(Fault::Claim("aud", json!("osler")));
    assert_refused(&house.service.get_as(&house.provider.bearer(), ASKED).await, "the token of a sign-in");
    assert_eq!((house.accounts(), house.entries("session.began", None).len()), (0, 0));
    let refused = house.entries("access.refused", None);
    assert_eq!(refused.len(), faults.len() + 1);
    assert!(refused.iter().all(|entry| entry.text("reason") == Some("credentials") && entry.actor == "nobody"));

    house.provider.behave();
    assert_eq!(house.status(&house.session().await, ASKED).await, StatusCode::OK);
    assert_eq!(house.service.get_as(&house.provider.bearer(), ASKED).await.status, StatusCode::OK);
    assert_eq!(house.accounts(), 1);
}

#[tokio::test]
async fn from_the_provider_one_goes_on_to_a_page_of_ours() {
    let house = House::governed().await;
    house.provider.receive("1", "Ada", &["doctors"]);
    for (to, onward) in [
        ("/audit", "/audit"),
        ("%2Fc%2F1%3Fdoc%3D2", "/c/1?doc=2"),
        ("%2Fa%3Bb", "/a%3Bb"),
        ("", "/"),
        ("audit", "/"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("%2F%5Cevil.example", "/"),
        ("%2F%09%2Fevil.example", "/"),
        ("%2F%0D%0Aset-cookie:%20x", "/"),
    ] {
        let begun = house.begin(to).await;
        let reply = house.call_back(&house.provider.visit(&begun.url).await, &begun.cookie).await;
        assert_eq!((reply.status, location(&reply)), (StatusCode::SEE_OTHER, onward), "{to}");
    }
    // Nor where the cookie was changed on its way.
    let begun = house.begin("/audit").await;
    let cookie = begun.cookie.replace("|/audit", "|//evil.example");
    let reply = house.call_back(&house.provider.visit(&begun.url).await, &cookie).await;
    assert_eq!((reply.status, location(&reply)), (StatusCode::SEE_OTHER, "/"));
}

#[tokio::test]
async fn whoever_has_just_signed_in_at_the_provider_signs_without_a_password() {
    let house = House::governed().await;
    house.provider.receive("1", "Lena", &["library"]);
    let (lena, token) = (house.session().await, house.provider.bearer());
    house.provider.receive("2", "Petra", &["press"]);
    let petra = house.session().await;
    let decision = Decision { at: "2026-01-02T00:00:00Z", actor: "tester", reason: "because" };
    house.service.stores.ledger.put_corpus(&TestService::corpus(), &decision).unwrap();
    let form = "--frontier\r\ncontent-disposition: form-data; name=\"file\"; filename=\"gout.md\"\r\n\r\n\
                # Gout\n\nColchicine is given for acute gout in adults.\n\r\n--frontier--\r\n";
    let request = Request::post("/v1/library/ingests?corpus=test").header("cookie", &lena);
    let request = request.header("content-type", "multipart/form-data; boundary=frontier");
    let begun = house.service.send(request.body(Body::from(form)).unwrap()).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text);
    let run = format!("/v1/library/ingests/{}", begun.json()["id"].as_str().unwrap());
    while house.done(&lena, "GET", &run, &json!({})).await["state"] == "working" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    let new = json!({ "kind": "publish", "reason": "update" });
    let proposal = house.done(&lena, "POST", "/v1/library/proposals", &new).await;
    let path = format!("/v1/library/proposals/{}", proposal["id"].as_str().unwrap());
    let (review, approval) = (format!("{path}/review"), format!("{path}/approval"));
    let signing = json!({ "record_hash": proposal["record_hash"], "password": "" });
    // A token may be hours old: it signs nothing, not even beside the session of somebody else.
    for cookie in ["theme=dark", petra.as_str()] {
        let request = Request::post(&review).header("content-type", "application/json").header("cookie", cookie);
        let request = request.header("authorization", format!("Bearer {token}"));
        let reply = house.service.send(request.body(Body::from(signing.to_string())).unwrap()).await;
        assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::UNAUTHORIZED, &json!("sign_in_again")));
    }
    house.done(&lena, "POST", &review, &signing).await;
    house.done(&petra, "POST", &approval, &signing).await;
    let done = house.done(&petra, "POST", &format!("{path}/execution"), &json!({})).await;
    assert_eq!(done["state"], "executed", "{done:#}");
    let signatures = done["signatures"].as_array().unwrap();
    let names: Vec<&str> = signatures.iter().map(|one| one["full_name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Lena", "Petra"]);
    assert!(signatures.iter().all(|one| one["is_good"] == true));
    let (lena, petra) = (house.account(&lena).await, house.account(&petra).await);
    for (act, by) in [("made", &lena), ("reviewed", &lena), ("approved", &petra), ("executed", &petra)] {
        assert_eq!(house.entries(&format!("proposal.{act}"), Some(by)).len(), 1, "{act}");
    }
}
