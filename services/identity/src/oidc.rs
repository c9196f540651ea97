//! Does the house vouch for them? OpenID Connect with its identity provider: the authorization code flow with PKCE for
//! people, bearer tokens for programs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Url};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Map, Value};
use tokio::sync::{Mutex, OnceCell};

use crate::account::Subject;
use crate::error::ProviderError;
use crate::jwks::Jwks;
use crate::login::Login;
use crate::role::Role;
use crate::token::{self, Expected, Refusal, Use};

/// How long the provider may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of an answer, at most.
const MAX_BYTES: usize = 1 << 20;

/// Keys are asked for again after so long: one that was taken out is believed no longer than that.
const KEYS_S: i64 = 60;

/// A token may name a key that is newer than ours; for that they are asked for again, but not more often than this.
const NEW_KEYS_S: i64 = 30;

/// A provider that failed is left in peace for so long.
const REST_S: i64 = 5;

/// Which provider, and what its word is worth here.
#[derive(Clone)]
pub struct ProviderSettings {
    /// Its name, an https address, exactly as it writes it.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there, unless we are a public client.
    pub client_secret: Option<String>,
    /// The audience of the tokens that programs show.
    pub audience: String,
    /// Where browsers come back to.
    pub redirect_uri: String,
    /// What is asked for at a sign-in; `openid profile` unless told. Many providers let themselves be asked again about somebody
    /// only with `offline_access`.
    pub scope: String,
    /// The claim that says what somebody is: a name, or a path with dots. Unless told, `groups`.
    pub roles_claim: String,
    /// What the claim may say, and which role that is. Empty: the provider governs no roles.
    pub roles: BTreeMap<String, Role>,
    /// How far its clock may be from ours, in seconds; 60 unless told.
    pub leeway_s: u32,
    /// How long its tokens may last, from `iat` to `exp`, in seconds; a day unless told.
    pub token_max_s: u32,
}

impl Default for ProviderSettings {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            client_id: String::new(),
            client_secret: None,
            audience: String::new(),
            redirect_uri: String::new(),
            scope: "openid profile".to_owned(),
            roles_claim: "groups".to_owned(),
            roles: BTreeMap::new(),
            leeway_s: 60,
            token_max_s: 24 * 60 * 60,
        }
    }
}

impl fmt::Debug for ProviderSettings {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderSettings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

/// What a token that is to be believed says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Who made it.
    pub issuer: String,
    /// Whom it is about.
    pub subject: String,
    /// What they are called there.
    pub name: Option<String>,
    /// What they are here; `None` where the provider governs no roles.
    pub roles: Option<BTreeSet<Role>>,
    /// When the provider said so, in seconds since 1970: `iat`.
    pub issued_s: i64,
}

impl Claims {
    /// Who they are to the provider.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject { issuer: self.issuer.clone(), subject: self.subject.clone() }
    }
}

/// The house's identity provider.
pub struct Provider {
    settings: ProviderSettings,
    http: reqwest::Client,
    is_local: bool,
    discovery: OnceCell<Discovery>,
    keys: Mutex<Kept>,
}

/// The provider's keys, and when they were asked for.
#[derive(Default)]
struct Kept {
    keys: Option<(i64, Arc<Jwks>)>,
    failed_s: Option<i64>,
}

/// Where things are at the provider (OpenID Connect Discovery, 3).
#[derive(Debug, Clone, Deserialize)]
struct Written {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

struct Discovery {
    authorization: Url,
    token: Url,
    keys: Url,
    takes_basic: bool,
}

/// What the provider gives for a code, or for a token that it gave before.
#[derive(Deserialize)]
pub(crate) struct Granted {
    /// Not verified yet. A provider that only renews may leave it out.
    pub(crate) id_token: Option<String>,
    /// What it can be asked with later, where it gives that.
    pub(crate) refresh_token: Option<String>,
}

impl Provider {
    /// A provider that is asked for nothing yet.
    ///
    /// # Errors
    /// [`ProviderError::Settings`] or [`ProviderError::Client`].
    pub fn new(settings: ProviderSettings) -> Result<Self, ProviderError> {
        let issuer = Url::parse(&settings.issuer).map_err(|_| ProviderError::Settings("issuer must be an address"))?;
        let is_local = issuer.scheme() == "http" && is_loopback(&issuer);
        if !is_safe(&issuer, is_local) || issuer.query().is_some() {
            return Err(ProviderError::Settings("issuer must be an https address without a query"));
        }
        if settings.client_id.is_empty() || settings.audience.is_empty() {
            return Err(ProviderError::Settings("client id and audience must be named"));
        }
        if !settings.scope.split(' ').any(|scope| scope == "openid") {
            return Err(ProviderError::Settings("scope must hold openid"));
        }
        if Url::parse(&settings.redirect_uri).is_err() {
            return Err(ProviderError::Settings("redirect address must be an address"));
        }
        let http = reqwest::Client::builder()
            .user_agent(concat!("Osler/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .referer(false)
            .redirect(Policy::none())
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT)
            .build()
            .map_err(ProviderError::Client)?;
        Ok(Self { settings, http, is_local, discovery: OnceCell::new(), keys: Mutex::default() })
    }

    /// Where the browser goes to sign in.
    ///
    /// # Errors
    /// A [`ProviderError`] when the provider cannot be asked where that is.
    pub async fn authorize_url(&self, login: &Login) -> Result<String, ProviderError> {
        let mut url = self.discovery().await?.authorization.clone();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, login.verifier.as_bytes());
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.settings.redirect_uri)
            .append_pair("scope", &self.settings.scope)
            .append_pair("state", &login.state)
            .append_pair("nonce", &login.nonce)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(digest))
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// What the provider gives for a code that came back: the id token, not verified yet, and what to ask with later, if it
    /// gives that.
    ///
    /// # Errors
    /// [`ProviderError::Status`] when the provider does not take the code; any other when it cannot be asked.
    pub async fn exchange(&self, code: &str, verifier: &str) -> Result<(String, Option<String>), ProviderError> {
        let redirect_uri = self.settings.redirect_uri.as_str();
        let form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let Granted { id_token, refresh_token } = self.grant(form).await?;
        Ok((
            id_token.ok_or_else(|| ProviderError::Malformed(serde_json::Error::missing_field("id_token")))?,
            refresh_token,
        ))
    }

    pub(crate) async fn grant(&self, mut form: Vec<(&str, &str)>) -> Result<Granted, ProviderError> {
        let (discovery, settings) = (self.discovery().await?, &self.settings);
        let mut request = self.http.post(discovery.token.clone());
        match &settings.client_secret {
            // Both are encoded before they are put together (RFC 6749, 2.3.1).
            Some(secret) if discovery.takes_basic => {
                request = request.basic_auth(encoded(&settings.client_id), Some(encoded(secret)));
            }
            Some(secret) => {
                form.extend([("client_id", settings.client_id.as_str()), ("client_secret", secret.as_str())])
            }
            None => form.push(("client_id", settings.client_id.as_str())),
        }
        ask(request.form(&form)).await
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.settings.client_id
    }

    /// Whom the token of a sign-in is about.
    ///
    /// # Errors
    /// [`ProviderError::Refused`]; any other when the provider's keys cannot be had.
    pub async fn verify_id_token(&self, token: &str, nonce: &str, now: Timestamp) -> Result<Claims, ProviderError> {
        self.verify(token, &self.settings.client_id, Use::SignIn { nonce }, now).await
    }

    /// Whom the token of a request is about.
    ///
    /// # Errors
    /// As [`Provider::verify_id_token`].
    pub async fn verify_bearer(&self, token: &str, now: Timestamp) -> Result<Claims, ProviderError> {
        self.verify(token, &self.settings.audience, Use::Bearer, now).await
    }

    pub(crate) async fn verify(
        &self,
        token: &str,
        audience: &str,
        usage: Use<'_>,
        now: Timestamp,
    ) -> Result<Claims, ProviderError> {
        let now_s = now.as_second();
        let (leeway_s, lifetime_s) = (i64::from(self.settings.leeway_s), i64::from(self.settings.token_max_s));
        let expected = Expected { issuer: &self.settings.issuer, audience, usage, leeway_s, lifetime_s, now_s };
        let keys = self.keys(now_s, KEYS_S).await?;
        let claims = match token::verify(token, &keys, &expected) {
            Err(Refusal::UnknownKey) => {
                let keys = self.keys(now_s, NEW_KEYS_S).await?;
                token::verify(token, &keys, &expected)?
            }
            verified => verified?,
        };
        Ok(read_claims(&claims, &self.settings))
    }

    /// The provider's keys, asked for less than so many seconds ago. Where they cannot be had, nothing is believed.
    async fn keys(&self, now_s: i64, not_older_s: i64) -> Result<Arc<Jwks>, ProviderError> {
        // Held while asking: who comes meanwhile waits for the same answer.
        let mut kept = self.keys.lock().await;
        if let Some((asked_s, keys)) = &kept.keys
            && (0..not_older_s).contains(&(now_s - asked_s))
        {
            return Ok(Arc::clone(keys));
        }
        if kept.failed_s.is_some_and(|failed_s| (0..REST_S).contains(&(now_s - failed_s))) {
            return Err(ProviderError::Resting);
        }
        match self.ask_keys().await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                *kept = Kept { keys: Some((now_s, Arc::clone(&keys))), failed_s: None };
                Ok(keys)
            }
            Err(error) => {
                tracing::warn!(%error, "the identity provider's keys could not be had");
                kept.failed_s = Some(now_s);
                Err(error)
            }
        }
    }

    async fn ask_keys(&self) -> Result<Jwks, ProviderError> {
        let discovery = self.discovery().await?;
        let json = body(self.http.get(discovery.keys.clone())).await?;
        Jwks::read(&json).map_err(ProviderError::Malformed)
    }

    async fn discovery(&self) -> Result<&Discovery, ProviderError> {
        self.discovery.get_or_try_init(|| self.discover()).await
    }

    async fn discover(&self) -> Result<Discovery, ProviderError> {
        let address = format!("{}/.well-known/openid-configuration", self.settings.issuer.trim_end_matches('/'));
        let found: Written = ask(self.http.get(address)).await?;
        if found.issuer != self.settings.issuer {
            return Err(ProviderError::Issuer { found: found.issuer });
        }
        let endpoint = |text: &str, name: &'static str| {
            let url = Url::parse(text).ok().filter(|url| is_safe(url, self.is_local));
            url.ok_or(ProviderError::Endpoint(name))
        };
        let methods = found.token_endpoint_auth_methods_supported;
        Ok(Discovery {
            authorization: endpoint(&found.authorization_endpoint, "authorization_endpoint")?,
            token: endpoint(&found.token_endpoint, "token_endpoint")?,
            keys: endpoint(&found.jwks_uri, "jwks_uri")?,
            takes_basic: methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic")),
        })
    }
}

/// Https; or http on this machine, where the provider itself is there.
fn is_safe(url: &Url, is_local: bool) -> bool {
    let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let is_private = url.scheme() == "https" || (is_local && url.scheme() == "http" && is_loopback(url));
    is_bare && is_private && url.host_str().is_some()
}

fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

async fn ask<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, ProviderError> {
    serde_json::from_slice(&body(request).await?).map_err(ProviderError::Malformed)
}

async fn body(request: RequestBuilder) -> Result<Vec<u8>, ProviderError> {
    // Without its address, which may hold secrets.
    let broken = |error: reqwest::Error| ProviderError::Unreachable(error.without_url());
    let mut response = request.send().await.map_err(broken)?;
    if response.status().as_u16() != 200 {
        return Err(ProviderError::Status(response.status().as_u16()));
    }
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await.map_err(broken)? {
        if bytes.len() + part.len() > MAX_BYTES {
            return Err(ProviderError::TooLarge);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

/// All but the letters that RFC 3986 leaves alone.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// What verified claims mean here.
pub(crate) fn read_claims(claims: &Map<String, Value>, settings: &ProviderSettings) -> Claims {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let words: Vec<&str> = match at_path(claims, &settings.roles_claim) {
        Some(Value::String(word)) => vec![word.as_str()],
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let roles = words.into_iter().filter_map(|word| settings.roles.get(word).copied());
    Claims {
        issuer: settings.issuer.clone(),
        subject: text("sub").unwrap_or_default(),
        name: text("preferred_username").or_else(|| text("name")),
        roles: (!settings.roles.is_empty()).then(|| roles.collect()),
        // Every token that was verified has one; one that had none would be older than all.
        issued_s: claims.get("iat").and_then(Value::as_i64).unwrap_or_default(),
    }
}

/// A claim of that name; or, where there is none, what its parts between dots lead to.
fn at_path<'a>(claims: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    claims.get(path).or_else(|| {
        let (first, rest) = path.split_once('.')?;
        rest.split('.').try_fold(claims.get(first)?, |value, name| value.get(name))
    })
}
