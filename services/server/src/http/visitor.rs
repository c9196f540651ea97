//! Who asks, as far as the service can tell without accounts: a browser that holds a secret in a cookie.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use identity::{How, Role, Who};
use knowledge::sha256_hex;
use uuid::Uuid;

use super::access::cookie;
use super::refusals::Refused;
use super::session::secure;
use super::{Problem, Shared, blocking};

const COOKIE: &str = "osler_visitor";

/// A year, in seconds.
const MAX_AGE_S: u32 = 31_536_000;

/// A browser that has been here before. Only the hash of its secret is kept, as owner of its conversations.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// SHA-256 of the secret, hexadecimal.
    pub(super) owner: String,
}

impl Visitor {
    fn of(secret: Uuid) -> Self {
        Self { owner: sha256_hex(secret.simple().to_string().as_bytes()) }
    }

    /// Somebody new, and the header that makes the browser remember it.
    pub(super) fn welcome(secret: Uuid, headers: &HeaderMap) -> (Self, HeaderValue) {
        let secure = secure(headers);
        let cookie =
            format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={MAX_AGE_S}{secure}", secret.simple());
        (Self::of(secret), HeaderValue::try_from(cookie).unwrap_or_else(|_| HeaderValue::from_static("")))
    }

    /// The name in records.
    pub(super) fn actor(visitor: Option<&Self>) -> String {
        visitor.map_or_else(|| "anonymous".to_owned(), |visitor| format!("browser:{:.16}", visitor.owner))
    }
}

/// From the cookie; a malformed one is as none.
pub(super) fn visitor(headers: &HeaderMap) -> Option<Visitor> {
    Uuid::try_parse(cookie(headers, COOKIE)?).ok().map(Visitor::of)
}

/// Whoever shows nothing, where nobody has to. What a proxy passed on may come from anybody, so nobody comes in that way.
pub(super) async fn anonymous(
    shared: &Shared,
    headers: &HeaderMap,
    visitor: Option<&Visitor>,
) -> Result<Option<Who>, Refused> {
    let app = Arc::clone(&shared.app);
    if !blocking(move || app.is_anonymous()).await? {
        return Ok(None);
    }
    if let Some(header) = passed_on(headers) {
        shared.refusals.warn_of_proxy(header);
        let detail = format!(
            "sign in, or send a key: this request came through a proxy (it has the header {header}), and without signing in only \
             those are answered that come straight from this machine"
        );
        let problem = Problem::new(StatusCode::UNAUTHORIZED, "sign_in_needed", &detail);
        return Err(Refused::nobody(problem, "proxy"));
    }
    let name = Visitor::actor(visitor);
    let roles = BTreeSet::from([Role::Clinician, Role::Service]);
    Ok(Some(Who { account: name.clone(), name, roles, how: How::Anonymous }))
}

/// The header that shows that somebody passed the request on, if there is one.
fn passed_on(headers: &HeaderMap) -> Option<&'static str> {
    let named = ["Forwarded", "Via", "X-Real-IP"].into_iter().find(|name| headers.contains_key(*name));
    let is_forwarded = || headers.keys().any(|name| name.as_str().starts_with("x-forwarded"));
    named.or_else(|| is_forwarded().then_some("X-Forwarded-…"))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, header};

    use super::*;

    fn with_cookie(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    #[test]
    fn a_request_that_was_passed_on_is_known_by_its_headers() {
        let with =
            |name: &'static str| HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(""))]);
        for (name, said) in [
            ("forwarded", "Forwarded"),
            ("via", "Via"),
            ("x-real-ip", "X-Real-IP"),
            ("x-forwarded-for", "X-Forwarded-…"),
            ("x-forwarded-proto", "X-Forwarded-…"),
            ("x-forwarded-anything", "X-Forwarded-…"),
        ] {
            assert_eq!(passed_on(&with(name)), Some(said), "{name}");
        }
        for name in ["host", "forward", "x-request-id", "viable"] {
            assert_eq!(passed_on(&with(name)), None, "{name}");
        }
    }

    #[test]
    fn the_cookie_comes_back_as_the_same_owner_and_its_secret_is_not_kept() {
        let secret = Uuid::from_u128(7);
        let (new, cookie) = Visitor::welcome(secret, &HeaderMap::new());
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        let back = visitor(&with_cookie(&format!("other=1; {pair}"))).unwrap();
        assert_eq!(back.owner, new.owner);
        assert!(!new.owner.contains(&secret.simple().to_string()));
        assert!(cookie.to_str().unwrap().contains("HttpOnly; SameSite=Strict"));
        assert!(visitor(&with_cookie("osler_visitor=../etc")).is_none());
        assert!(visitor(&HeaderMap::new()).is_none());
        assert_eq!(Visitor::actor(None), "anonymous");
    }
}
