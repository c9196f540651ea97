//! Who asks, as far as the service can tell without accounts: a browser that holds a secret in a cookie.

use axum::http::{HeaderMap, HeaderValue};
use knowledge::sha256_hex;
use uuid::Uuid;

use super::access::cookie;
use super::session::secure;

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

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    fn with_cookie(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())])
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
