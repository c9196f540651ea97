//! The house's identity provider, on the loopback: it signs people in as OpenID Connect has it, and as badly as it is told to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use answer::{Clock, FixedSeams};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::body::Body;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use server::config;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tower::ServiceExt;

/// What the service is called there.
const CLIENT: &str = "osler";

/// The audience of the tokens that programs show.
const AUDIENCE: &str = "osler-api";

/// Where browsers are sent back to, and to nowhere else.
const REDIRECT: &str = "http://127.0.0.1:8080/v1/session/provider/callback";

/// The name of its key.
const KEY_ID: &str = "house-1";

/// How long a token of its lasts, in seconds.
const LASTS_S: i64 = 300;

/// An OpenID provider with one client, and one person at a time who says yes to everything. Its clock stands like that of the
/// service under test, and can be made to follow it.
pub struct OpenIdProvider {
    desk: Arc<Desk>,
    router: Router,
    task: JoinHandle<()>,
}

/// What a provider may do wrong when it makes a token.
#[derive(Debug, Clone)]
pub enum Fault {
    /// A claim says something else; with `null` it is missing.
    Claim(&'static str, Value),
    /// A claim was changed after the token had been signed.
    Changed(&'static str, Value),
    /// Nothing is signed, and the algorithm is `none`.
    Unsigned,
    /// It is signed with a key that the provider does not show.
    Stranger,
}

struct Desk {
    issuer: String,
    key: EcdsaKeyPair,
    stranger: EcdsaKeyPair,
    /// The environment variable that holds the client's secret, and the secret.
    secret: Option<(&'static str, String)>,
    book: Mutex<Book>,
    /// Somebody waits for what was granted.
    is_waited_for: Notify,
    /// What was granted is sent.
    goes_on: Notify,
}

#[derive(Default)]
struct Book {
    clock: Arc<FixedSeams>,
    person: Person,
    fault: Option<Fault>,
    codes: HashMap<String, Issued>,
    /// Whom it can be asked about again, by the token to ask with; where it gives such tokens at all.
    renewals: Option<HashMap<String, Person>>,
    issued: usize,
    is_away: bool,
    dawdles: bool,
}

#[derive(Clone, Default)]
struct Person {
    subject: String,
    name: String,
    groups: Vec<String>,
}

/// What a code stands for.
struct Issued {
    person: Person,
    challenge: String,
    nonce: String,
}

impl OpenIdProvider {
    /// Starts one that takes the service for a public client.
    pub async fn start() -> Self {
        Self::begin(None).await
    }

    /// Starts one that asks the client for its secret: the value of this environment variable.
    pub async fn with_secret(variable: &'static str) -> Self {
        Self::begin(Some((variable, std::env::var(variable).unwrap()))).await
    }

    async fn begin(secret: Option<(&'static str, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let new_key = || EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let desk = Arc::new(Desk {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            key: new_key(),
            stranger: new_key(),
            secret,
            book: Mutex::default(),
            is_waited_for: Notify::new(),
            goes_on: Notify::new(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/keys", get(keys))
            .with_state(Arc::clone(&desk));
        let served = router.clone();
        let task = tokio::spawn(async move { axum::serve(listener, served).await.unwrap() });
        Self { desk, router, task }
    }

    /// What a service that relies on it is configured with; `roles` says which role each group is here.
    pub fn config(&self, roles: &[(&str, &str)]) -> config::Provider {
        let roles = roles.iter().map(|(group, role)| ((*group).to_owned(), (*role).to_owned()));
        config::Provider {
            issuer: self.desk.issuer.clone(),
            client_id: CLIENT.to_owned(),
            client_secret_env: self.desk.secret.as_ref().map(|(variable, _)| (*variable).to_owned()),
            audience: AUDIENCE.to_owned(),
            redirect_uri: REDIRECT.to_owned(),
            scope: "openid profile".to_owned(),
            roles_claim: "groups".to_owned(),
            roles: roles.collect(),
            session_max_min: 15,
            token_max_h: 24,
        }
    }

    /// From now on, its clock is this one.
    pub fn follow(&self, clock: &Arc<FixedSeams>) {
        self.desk.book.lock().unwrap().clock = Arc::clone(clock);
    }

    /// Who comes to it from now on.
    pub fn receive(&self, subject: &str, name: &str, groups: &[&str]) {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        self.desk.book.lock().unwrap().person = Person { subject: subject.to_owned(), name: name.to_owned(), groups };
    }

    /// From now on, it gives tokens that it can be asked with again, each good for one time.
    pub fn renew(&self) {
        self.desk.book.lock().unwrap().renewals = Some(HashMap::new());
    }

    /// Whomever it was asked about until now, it no longer stands by them.
    pub fn shut_out(&self) {
        self.renew();
    }

    /// From now on, every token has this fault.
    pub fn misbehave(&self, fault: Fault) {
        self.desk.book.lock().unwrap().fault = Some(fault);
    }

    /// From now on, it grants nothing: it is away.
    pub fn leave(&self) {
        self.desk.book.lock().unwrap().is_away = true;
    }

    /// From now on, what it grants is not sent before it is told to go on.
    pub fn dawdle(&self) {
        self.desk.book.lock().unwrap().dawdles = true;
    }

    /// Until somebody waits for what it has granted.
    pub async fn is_waited_for(&self) {
        self.desk.is_waited_for.notified().await;
    }

    /// What somebody waits for is sent, and from now on at once.
    pub fn go_on(&self) {
        self.desk.book.lock().unwrap().dawdles = false;
        self.desk.goes_on.notify_one();
    }

    /// From now on, tokens are as they should be.
    pub fn behave(&self) {
        self.desk.book.lock().unwrap().fault = None;
    }

    /// Where a browser is sent back to that comes with the address that the service gave it.
    pub async fn visit(&self, url: &str) -> String {
        let path = url.strip_prefix(&self.desk.issuer).unwrap_or_else(|| panic!("{url} is not the provider's"));
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert!(response.status().is_redirection(), "{url} is answered with {}", response.status());
        response.headers()[header::LOCATION].to_str().unwrap().to_owned()
    }

    /// A token with which a program of whoever is there comes to the service.
    pub fn bearer(&self) -> String {
        let person = self.desk.book.lock().unwrap().person.clone();
        self.desk.signed(self.desk.claims(&person, AUDIENCE))
    }
}

impl Drop for OpenIdProvider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What is wrong with a request: a parameter that does not fit, or an error of RFC 6749, 5.2.
type Wrong = &'static str;

impl Desk {
    /// The address that a browser is sent back to, with a code.
    fn issue(&self, asked: &HashMap<String, String>) -> Result<String, Wrong> {
        let given = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
        let wanted = [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", REDIRECT),
            ("code_challenge_method", "S256"),
        ];
        if let Some((name, _)) = wanted.into_iter().find(|(name, value)| given(name) != *value) {
            return Err(name);
        }
        if !given("scope").split(' ').any(|scope| scope == "openid") {
            return Err("scope");
        }
        // 32 bytes in base64url, or the digest of as many: nothing that anybody could guess.
        if let Some(name) = ["state", "nonce", "code_challenge"].into_iter().find(|name| given(name).len() < 43) {
            return Err(name);
        }
        let mut book = self.book.lock().unwrap();
        book.issued += 1;
        let code = format!("code-{}", book.issued);
        let (challenge, nonce) = (given("code_challenge").to_owned(), given("nonce").to_owned());
        let issued = Issued { person: book.person.clone(), challenge, nonce };
        book.codes.insert(code.clone(), issued);
        // Letters of base64url need no escapes.
        Ok(format!("{REDIRECT}?code={code}&state={}", given("state")))
    }

    /// What it gives for a code, or for a token that it gave before.
    fn exchange(&self, headers: &HeaderMap, form: &HashMap<String, String>) -> Result<Value, Wrong> {
        let given = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if !self.is_client(headers, given("client_id")) {
            return Err("invalid_client");
        }
        match given("grant_type") {
            "authorization_code" => {}
            "refresh_token" => return self.again(given("refresh_token")),
            _ => return Err("unsupported_grant_type"),
        }
        // A code is gone once it was shown, whatever comes of it.
        let issued = self.book.lock().unwrap().codes.remove(given("code")).ok_or("invalid_grant")?;
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, given("code_verifier").as_bytes()));
        if challenge != issued.challenge || given("redirect_uri") != REDIRECT {
            return Err("invalid_grant");
        }
        let mut claims = self.claims(&issued.person, CLIENT);
        claims["nonce"] = json!(issued.nonce);
        Ok(self.granted(claims, issued.person))
    }

    /// About whom it is asked again: what they are now, if it is they who are there.
    fn again(&self, token: &str) -> Result<Value, Wrong> {
        let person = {
            let mut book = self.book.lock().unwrap();
            let known = book.renewals.as_mut().and_then(|renewals| renewals.remove(token)).ok_or("invalid_grant")?;
            if known.subject == book.person.subject { book.person.clone() } else { known }
        };
        Ok(self.granted(self.claims(&person, CLIENT), person))
    }

    fn granted(&self, claims: Value, person: Person) -> Value {
        let id_token = self.signed(claims);
        let mut answer =
            json!({ "access_token": "none", "token_type": "Bearer", "expires_in": LASTS_S, "id_token": id_token });
        let mut book = self.book.lock().unwrap();
        book.issued += 1;
        let next = format!("renewal-{}", book.issued);
        if let Some(renewals) = &mut book.renewals {
            answer["refresh_token"] = json!(next);
            renewals.insert(next, person);
        }
        answer
    }

    /// Whether it is the client that asks: by its secret where it has one (RFC 6749, 2.3.1), otherwise by its name.
    fn is_client(&self, headers: &HeaderMap, named: &str) -> bool {
        let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some((_, secret)) = &self.secret else { return shown.is_none() && named == CLIENT };
        let pair = shown.and_then(|shown| STANDARD.decode(shown.strip_prefix("Basic ")?).ok());
        let pair = pair.and_then(|pair| String::from_utf8(pair).ok()).unwrap_or_default();
        pair.split_once(':').is_some_and(|(name, word)| decoded(name) == CLIENT && decoded(word) == *secret)
    }

    fn claims(&self, person: &Person, audience: &str) -> Value {
        let now_s = self.book.lock().unwrap().clock.now().as_second();
        json!({
            "iss": self.issuer, "sub": person.subject, "aud": audience, "iat": now_s, "exp": now_s + LASTS_S,
            "preferred_username": person.name, "groups": person.groups,
        })
    }

    /// A token with these claims, and with the fault that it is to have.
    fn signed(&self, mut claims: Value) -> String {
        let fault = self.book.lock().unwrap().fault.clone();
        if let Some(Fault::Claim(name, value)) = &fault {
            change(&mut claims, name, value);
        }
        let algorithm = if matches!(fault, Some(Fault::Unsigned)) { "none" } else { "ES256" };
        let header = json!({ "alg": algorithm, "kid": KEY_ID, "typ": "JWT" });
        let message = |claims: &Value| {
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
        };
        let signature = match &fault {
            Some(Fault::Unsigned) => String::new(),
            Some(Fault::Stranger) => signature(&self.stranger, &message(&claims)),
            _ => signature(&self.key, &message(&claims)),
        };
        if let Some(Fault::Changed(name, value)) = &fault {
            change(&mut claims, name, value);
        }
        format!("{}.{signature}", message(&claims))
    }
}

fn signature(key: &EcdsaKeyPair, message: &str) -> String {
    URL_SAFE_NO_PAD.encode(key.sign(&SystemRandom::new(), message.as_bytes()).unwrap())
}

fn change(claims: &mut Value, name: &str, value: &Value) {
    let claims = claims.as_object_mut().unwrap();
    claims.remove(name);
    if !value.is_null() {
        claims.insert(name.to_owned(), value.clone());
    }
}

/// What stands behind the percent signs of RFC 3986.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).unwrap());
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).unwrap()
}

async fn discovery(State(desk): State<Arc<Desk>>) -> Json<Value> {
    let issuer = &desk.issuer;
    let method = if desk.secret.is_some() { "client_secret_basic" } else { "none" };
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [method],
    }))
}

async fn keys(State(desk): State<Arc<Desk>>) -> Json<Value> {
    // An uncompressed point (SEC 1, 2.3.3): a byte that says so, and both coordinates.
    let point = desk.key.public_key().as_ref()[1..].to_vec();
    let (x, y) = point.split_at(point.len() / 2);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let key = json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": KEY_ID, "x": x, "y": y });
    Json(json!({ "keys": [key] }))
}

async fn authorize(State(desk): State<Arc<Desk>>, Query(asked): Query<HashMap<String, String>>) -> Response {
    match desk.issue(&asked) {
        Ok(back) => Redirect::to(&back).into_response(),
        Err(parameter) => (StatusCode::BAD_REQUEST, parameter).into_response(),
    }
}

async fn token(
    State(desk): State<Arc<Desk>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    if desk.book.lock().unwrap().is_away {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let granted = desk.exchange(&headers, &form);
    let dawdles = desk.book.lock().unwrap().dawdles;
    if dawdles {
        desk.is_waited_for.notify_one();
        desk.goes_on.notified().await;
    }
    match granted {
        Ok(answer) => Json(answer).into_response(),
        Err(wrong) => (StatusCode::BAD_REQUEST, Json(json!({ "error": wrong }))).into_response(),
    }
}
