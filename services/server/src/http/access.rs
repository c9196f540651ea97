//! Who may do what: the one table of routes and roles, and the gate that every request passes through. What is not in the
//! table is refused.

use std::sync::Arc;

use audit::{Actor, Draft};
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use identity::{How, ProviderError, Role, Who};
use ledger::Reach;

use super::accounts::vouched;
use super::refusals::Refused;
use super::renewal::renewed;
use super::visitor::{Visitor, anonymous, visitor};
use super::{Problem, Shared, blocking, request_id};

use Role::{Admin, Auditor, Clinician, Librarian, Publisher, Service};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody. The list of these may only shrink.
    Public,
    /// Whoever has come in, with or without a role.
    Known,
    /// Those with one of these roles.
    Roles(&'static [Role]),
}

const ASKING: Access = Access::Roles(&[Clinician, Service]);
const READING: Access = Access::Roles(&[Clinician, Service, Librarian, Publisher, Auditor]);
const CURATING: Access = Access::Roles(&[Librarian]);
const PUBLISHING: Access = Access::Roles(&[Publisher]);
const DECIDING: Access = Access::Roles(&[Librarian, Publisher]);
const KEEPING: Access = Access::Roles(&[Librarian, Publisher, Auditor]);
const AUDITING: Access = Access::Roles(&[Auditor]);
const REVIEWING: Access = Access::Roles(&[Auditor, Clinician]);
const RUNNING: Access = Access::Roles(&[Admin]);
const WATCHING: Access = Access::Roles(&[Admin, Auditor, Service]);
const ANYBODY: Access = Access::Roles(&Role::ALL);

/// Every route of the API.
pub const ACCESS: &[(&str, &str, Access)] = &[
    ("get", "/healthz", Access::Public),
    ("get", "/readyz", Access::Public),
    ("get", "/openapi.json", Access::Public),
    ("get", "/v1/about", Access::Public),
    ("get", "/v1/session", Access::Public),
    ("post", "/v1/session", Access::Public),
    ("get", "/v1/session/provider", Access::Public),
    ("get", "/v1/session/provider/callback", Access::Public),
    ("get", "/v1/about/labeling", ANYBODY),
    ("get", "/v1/about/model-card", ANYBODY),
    ("delete", "/v1/session", Access::Known),
    ("post", "/v1/session/password", Access::Known),
    ("get", "/metrics", WATCHING),
    ("post", "/v1/answers", ASKING),
    ("post", "/v1/chat/completions", ASKING),
    ("get", "/v1/models", ASKING),
    ("get", "/v1/models/{id}", ASKING),
    ("get", "/v1/answers/{id}", Access::Roles(&[Clinician, Service, Auditor])),
    ("get", "/v1/answers/{id}/plain", Access::Roles(&[Clinician, Service, Auditor])),
    ("get", "/v1/answers/{id}/differential", Access::Roles(&[Clinician, Service, Auditor])),
    ("get", "/v1/answers/{id}/receipt", Access::Roles(&[Clinician, Service, Auditor])),
    ("post", "/v1/answers/{id}/feedback", ASKING),
    ("get", "/v1/conversations", ASKING),
    ("post", "/v1/conversations", ASKING),
    ("get", "/v1/conversations/{id}", ASKING),
    ("patch", "/v1/conversations/{id}", ASKING),
    ("delete", "/v1/conversations/{id}", ASKING),
    ("get", "/v1/corpora", READING),
    ("post", "/v1/search", READING),
    ("get", "/v1/documents/{id}", READING),
    ("get", "/v1/passages/{id}", READING),
    ("post", "/v1/verify", READING),
    ("get", "/v1/library/corpora", KEEPING),
    ("get", "/v1/library/corpora/{id}", KEEPING),
    ("put", "/v1/library/corpora/{id}/policy", CURATING),
    ("post", "/v1/library/corpora/{id}/refresh", CURATING),
    ("get", "/v1/library/documents", KEEPING),
    ("get", "/v1/library/documents/{id}", KEEPING),
    ("get", "/v1/library/documents/{id}/passages", KEEPING),
    ("get", "/v1/library/documents/{id}/original", KEEPING),
    ("get", "/v1/library/documents/{id}/original/pages/{page}", KEEPING),
    ("put", "/v1/library/documents/{id}/versions/{version}/standing", CURATING),
    ("post", "/v1/library/documents/{id}/versions/{version}/inspection", CURATING),
    ("get", "/v1/library/findings", KEEPING),
    ("post", "/v1/library/findings/{id}/settlement", CURATING),
    ("get", "/v1/library/overdue", KEEPING),
    ("get", "/v1/library/ingests", KEEPING),
    ("post", "/v1/library/ingests", CURATING),
    ("get", "/v1/library/ingests/{id}", KEEPING),
    ("delete", "/v1/library/ingests/{id}", CURATING),
    ("get", "/v1/library/runs/{id}", KEEPING),
    ("get", "/v1/library/staged", KEEPING),
    ("post", "/v1/library/staged/answers", DECIDING),
    ("get", "/v1/library/golden", KEEPING),
    ("put", "/v1/library/golden", CURATING),
    ("get", "/v1/library/proposals", KEEPING),
    ("post", "/v1/library/proposals", CURATING),
    ("get", "/v1/library/proposals/{id}", KEEPING),
    ("post", "/v1/library/proposals/{id}/review", DECIDING),
    ("post", "/v1/library/proposals/{id}/approval", PUBLISHING),
    ("post", "/v1/library/proposals/{id}/execution", PUBLISHING),
    ("post", "/v1/library/proposals/{id}/rejection", PUBLISHING),
    ("post", "/v1/library/proposals/{id}/withdrawal", CURATING),
    ("get", "/v1/library/snapshots", KEEPING),
    ("post", "/v1/library/rollback", PUBLISHING),
    ("get", "/v1/library/gaps", KEEPING),
    ("get", "/v1/library/gaps/export", KEEPING),
    ("patch", "/v1/library/gaps/{id}", CURATING),
    ("get", "/v1/accounts", RUNNING),
    ("post", "/v1/accounts", RUNNING),
    ("patch", "/v1/accounts/{id}", RUNNING),
    ("get", "/v1/accounts/{id}/keys", RUNNING),
    ("post", "/v1/accounts/{id}/keys", RUNNING),
    ("delete", "/v1/accounts/{id}/keys/{key}", RUNNING),
    ("get", "/v1/audit/answers", AUDITING),
    ("get", "/v1/audit/answers/{id}", AUDITING),
    ("post", "/v1/audit/answers/{id}/replay", AUDITING),
    ("put", "/v1/audit/answers/{id}/hold", AUDITING),
    ("delete", "/v1/audit/answers/{id}/hold", AUDITING),
    ("delete", "/v1/audit/answers/{id}/words", RUNNING),
    ("get", "/v1/audit/entries", AUDITING),
    ("get", "/v1/audit/feedback", AUDITING),
    ("get", "/v1/audit/feedback/export", AUDITING),
    ("post", "/v1/audit/feedback/{id}/handling", AUDITING),
    ("get", "/v1/audit/figures", AUDITING),
    ("get", "/v1/audit/alarms", AUDITING),
    ("get", "/v1/audit/recall", KEEPING),
    ("get", "/v1/audit/state", WATCHING),
    ("post", "/v1/audit/bundles", AUDITING),
    ("get", "/v1/reviews", REVIEWING),
    ("post", "/v1/reviews", AUDITING),
    ("get", "/v1/reviews/{id}", REVIEWING),
    ("get", "/v1/reviews/{id}/items", REVIEWING),
    ("get", "/v1/reviews/{id}/items/{item}", REVIEWING),
    ("put", "/v1/reviews/{id}/items/{item}/rating", REVIEWING),
    ("put", "/v1/reviews/{id}/items/{item}/adjudication", REVIEWING),
    ("post", "/v1/reviews/{id}/signature", AUDITING),
    ("get", "/v1/reviews/{id}/export", AUDITING),
    ("get", "/log/checkpoint", WATCHING),
    ("get", "/log/tile/{*path}", WATCHING),
];

fn access(method: &Method, path: &str) -> Option<Access> {
    let method = if method == Method::HEAD { Method::GET } else { method.clone() };
    let is_it = |(named, of, _): &&(&str, &str, Access)| *of == path && named.eq_ignore_ascii_case(method.as_str());
    ACCESS.iter().find(is_it).map(|(_, _, access)| *access)
}

/// Somebody who has come in.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// Who they are; nobody, on public routes.
    pub(super) who: Option<Who>,
    /// The role that let them in.
    pub(super) role: Option<Role>,
    /// Whose conversations are theirs.
    pub(super) owner: Option<String>,
}

impl Caller {
    /// As records name them.
    pub(super) fn actor(&self) -> Actor {
        let id = self.who.as_ref().map_or_else(|| "nobody".to_owned(), |who| who.account.clone());
        Actor { id, role: self.role.map_or("none", Role::as_str).to_owned() }
    }

    /// Whose conversations are meant. Whoever owns nothing finds nothing: the same reply as for another's.
    pub(super) fn own(&self) -> Result<String, Problem> {
        self.owner.clone().ok_or_else(|| history::Error::Unknown.into())
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.who.as_ref().is_some_and(|who| who.roles.contains(&role))
    }

    /// Which texts they may read: what is staged is for those who review it.
    pub(super) fn reach(&self) -> Reach {
        let is_reviewer = [Librarian, Publisher, Auditor].into_iter().any(|role| self.has(role));
        if is_reviewer { Reach::Staged } else { Reach::Published }
    }

    /// The account; whoever came in anonymously has none.
    pub(super) fn account(&self) -> Result<&Who, Problem> {
        let known = self.who.as_ref().filter(|who| who.how != How::Anonymous);
        known
            .ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "sign_in_needed", "sign in with an account for this"))
    }
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::internal)
    }
}

/// Lets a request through that may come in, and puts on record that one was refused.
pub(super) async fn gate(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    // Files of the pages match no route; the pages' own fallback refuses everything that looks like the API.
    let Some(path) = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()) else {
        return next.run(request).await;
    };
    match admit(&shared, request.method(), &path, request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(refused) => {
            let Refused { problem, actor, about, reason } = refused;
            let draft = Draft::new("access.refused", actor)
                .in_request(&request_id(request.headers()))
                .with("method", named(request.method()))
                .with("route", path.as_str());
            shared.refusals.record(&shared.app, about, reason, draft).await;
            let mut response = problem.into_response();
            if response.status() == StatusCode::METHOD_NOT_ALLOWED
                && let Ok(methods) = HeaderValue::try_from(allowed(&path))
            {
                response.headers_mut().insert(header::ALLOW, methods);
            }
            response
        }
    }
}

/// The method as the log names it: a request can call it anything, so that it could be a word of somebody's.
fn named(method: &Method) -> &'static str {
    const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

async fn admit(shared: &Shared, method: &Method, path: &str, headers: &HeaderMap) -> Result<Caller, Refused> {
    let Some(access) = access(method, path) else {
        let detail = "this address takes another method; see /openapi.json";
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
        return Err(Refused::nobody(problem, "unlisted"));
    };
    let visitor = visitor(headers);
    let who = match (access, identify(shared, headers, visitor.as_ref()).await) {
        (_, Ok(who)) => who,
        // A session that has ended must not keep anybody from signing in again.
        (Access::Public, Err(_)) => None,
        (_, Err(refused)) => return Err(refused),
    };
    let changes = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let is_browser = who.as_ref().is_none_or(|who| matches!(who.how, How::Session | How::Anonymous));
    if changes && is_browser && !is_same_origin(headers) {
        let detail = "the request comes from another site: use the service's own pages, or a key";
        return Err(Refused::nobody(Problem::forbidden("other_site", detail), "other_site"));
    }
    if who.as_ref().is_some_and(|who| who.how == How::Anonymous) && !is_local_host(headers) {
        let detail = "without signing in, only requests to this machine by its own name are answered";
        return Err(Refused::nobody(Problem::forbidden("wrong_host", detail), "wrong_host"));
    }
    let owner = match &who {
        Some(who) if who.how == How::Anonymous => visitor.map(|visitor| visitor.owner),
        who => who.as_ref().map(|who| who.account.clone()),
    };
    let roles = match access {
        Access::Public => return Ok(Caller { who, role: None, owner }),
        Access::Known => None,
        Access::Roles(roles) => Some(roles),
    };
    let Some(known) = who else {
        let problem = Problem::new(StatusCode::UNAUTHORIZED, "sign_in_needed", "sign in, or send a key");
        return Err(Refused::nobody(problem, "nobody"));
    };
    let Some(roles) = roles else {
        let role = known.roles.first().copied();
        return Ok(Caller { who: Some(known), role, owner });
    };
    match roles.iter().find(|role| known.roles.contains(role)) {
        // Its copy of the knowledge is the writer's; its own records would not be the writer's.
        Some(_) if changes && shared.app.is_replica() && path.starts_with("/v1/library/") => {
            Err(Refused::of(&known, ledger::Error::ReadOnly.into(), "replica"))
        }
        Some(role) => Ok(Caller { who: Some(known), role: Some(*role), owner }),
        None => {
            let problem = Problem::forbidden("not_allowed", &format!("this is for {}", listed(roles)));
            Err(Refused::of(&known, problem, "role"))
        }
    }
}

/// The methods that a path takes, as `Allow` names them.
fn allowed(path: &str) -> String {
    let methods = ACCESS.iter().filter(|(_, of, _)| *of == path).map(|(method, ..)| method.to_uppercase());
    methods.collect::<Vec<_>>().join(", ")
}

fn listed(roles: &[Role]) -> String {
    let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    format!("accounts with the role {}", names.join(" or "))
}

/// The name of the session's cookie.
pub(super) const SESSION: &str = "osler_session";

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// Who it is, by what they show: a key, a token of the house's provider, a session, or nothing.
async fn identify(shared: &Shared, headers: &HeaderMap, visitor: Option<&Visitor>) -> Result<Option<Who>, Refused> {
    let now = shared.app.asker.now();
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = shown.and_then(|value| value.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let wrong = |detail: &str| Refused::from(Problem::new(StatusCode::UNAUTHORIZED, "wrong_credentials", detail));
    if let Some((_, token)) = bearer {
        if token.starts_with("osler_") {
            let (app, token) = (Arc::clone(&shared.app), token.trim().to_owned());
            let who = blocking(move || app.identity.by_key(&token, now)).await?;
            return who.map(Some).ok_or_else(|| wrong("this key is not known, has ended, or was revoked"));
        }
        if let Some(provider) = &shared.app.provider {
            return Ok(Some(by_token(shared, provider, token.trim(), headers).await?));
        }
        // Clients of other services must send some key: where nobody needs one, it says nothing.
        let who = anonymous(shared, headers, visitor).await?;
        return who.map(Some).ok_or_else(|| wrong("keys of this service begin with osler_"));
    }
    if let Some(secret) = cookie(headers, SESSION) {
        let (app, shown) = (Arc::clone(&shared.app), secret.to_owned());
        let signed_in = match blocking(move || app.identity.session(&shown, now)).await? {
            Some(who) => renewed(&shared.app, who, secret, &request_id(headers)).await?,
            None => None,
        };
        let who = match signed_in {
            Some(who) => Some(who),
            None => anonymous(shared, headers, visitor).await?,
        };
        let ended =
            || Problem::new(StatusCode::UNAUTHORIZED, "sign_in_needed", "your session has ended: sign in again");
        return who.map(Some).ok_or_else(|| ended().into());
    }
    anonymous(shared, headers, visitor).await
}

async fn by_token(
    shared: &Shared,
    provider: &identity::Provider,
    token: &str,
    headers: &HeaderMap,
) -> Result<Who, Problem> {
    let now = shared.app.asker.now();
    let claims = provider.verify_bearer(token, now).await.map_err(|error| {
        let status = match error {
            ProviderError::Refused(_) => StatusCode::UNAUTHORIZED,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        Problem::new(
            status,
            if status == StatusCode::UNAUTHORIZED { "wrong_credentials" } else { "provider_unavailable" },
            &error.to_string(),
        )
    })?;
    let (app, request) = (Arc::clone(&shared.app), request_id(headers));
    blocking(move || vouched(&app, &claims, &request, now)).await
}

/// Whether a browser sends this from our own pages. Programs that are no browsers send neither header.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, named)| named == host),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

/// Whether the request names this machine as itself: another name that leads here is somebody's trick on a browser.
fn is_local_host(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|value| value.to_str().ok()) else { return true };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]" | "::1")
}
