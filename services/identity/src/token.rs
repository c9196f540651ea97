//! Is this token to be believed? RFC 7515 and 7519, read as narrowly as RFC 8725 advises.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, crypto};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::jwks::Jwks;

/// Bytes of a token, at most.
const MAX_BYTES: usize = 8 * 1024;

/// Characters of a subject, at most (OpenID Connect Core, 2).
const MAX_SUBJECT_CHARS: usize = 255;

/// Parts of a header that would choose the key, or change what the rest means.
const BANNED: [&str; 8] = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "enc", "zip"];

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is longer than 8 KiB.
    #[error("it is longer than 8 KiB")]
    TooLong,
    /// It is not three parts of base64url with objects in them, or says something twice.
    #[error("it is not a token")]
    Malformed,
    /// Its algorithm is none of RS256, ES256 and ES384.
    #[error("its algorithm is not taken")]
    Algorithm,
    /// Its header brings a key along, or asks for what is not understood.
    #[error("its header has a part that is not taken")]
    Header,
    /// It is another kind of token.
    #[error("it is another kind of token")]
    Type,
    /// It names no key, and there are several.
    #[error("it names no key")]
    NoKeyId,
    /// There is no key of that name.
    #[error("its key is unknown")]
    UnknownKey,
    /// The key is for another algorithm.
    #[error("its key is for another algorithm")]
    WrongKey,
    /// The signature is not by the key.
    #[error("its signature is wrong")]
    Signature,
    /// A claim is missing, or of the wrong type.
    #[error("its claim {0} is missing or cannot be read")]
    Claim(&'static str),
    /// Somebody else made it.
    #[error("its issuer is another")]
    Issuer,
    /// It is for somebody else.
    #[error("its audience is another")]
    Audience,
    /// It was given to another client.
    #[error("it was given to another client")]
    AuthorizedParty,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// It lasts longer than tokens may.
    #[error("it lasts longer than tokens may here: see identity.provider.token_max_h")]
    Lifetime,
    /// Its time has not come, or it was made in the future.
    #[error("it is not valid yet")]
    NotYet,
    /// It belongs to another sign-in.
    #[error("it belongs to another sign-in")]
    Nonce,
}

/// What a token must be for.
pub(crate) enum Use<'a> {
    /// The end of a sign-in.
    SignIn {
        /// What was sent along at its beginning.
        nonce: &'a str,
    },
    /// The provider says again who they are. It may repeat the nonce of the sign-in, or leave it out (OpenID Connect Core, 12.2).
    Renewal,
    /// A request.
    Bearer,
}

/// What a token must say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) audience: &'a str,
    pub(crate) usage: Use<'a>,
    pub(crate) leeway_s: i64,
    /// From `iat` to `exp`, at most.
    pub(crate) lifetime_s: i64,
    pub(crate) now_s: i64,
}

/// A JSON object that names nothing twice at its top: readers differ in which of two they believe.
struct Object(Map<String, Value>);

/// The claims of a token that is to be believed.
pub(crate) fn verify(token: &str, keys: &Jwks, expected: &Expected<'_>) -> Result<Map<String, Value>, Refusal> {
    if token.len() > MAX_BYTES {
        return Err(Refusal::TooLong);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(Refusal::Malformed)?;
    let (header, payload) = message.split_once('.').ok_or(Refusal::Malformed)?;
    let header = object(header)?;
    let algorithm = algorithm(&header)?;
    check_header(&header, &expected.usage)?;
    let kid = match header.get("kid") {
        None => None,
        Some(Value::String(kid)) => Some(kid.as_str()),
        Some(_) => return Err(Refusal::Malformed),
    };
    let key = keys.pick(kid, algorithm)?;
    // Nothing of the payload is looked at before this.
    if !matches!(crypto::verify(signature, message.as_bytes(), key, algorithm), Ok(true)) {
        return Err(Refusal::Signature);
    }
    let claims = object(payload)?;
    check_parties(&claims, expected)?;
    check_times(&claims, expected)?;
    Ok(claims)
}

fn object(part: &str) -> Result<Map<String, Value>, Refusal> {
    // Also refuses a fourth part: a dot is no letter of base64url.
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)?;
    let object: Object = serde_json::from_slice(&json).map_err(|_| Refusal::Malformed)?;
    Ok(object.0)
}

fn algorithm(header: &Map<String, Value>) -> Result<Algorithm, Refusal> {
    match header.get("alg").and_then(Value::as_str) {
        Some("RS256") => Ok(Algorithm::RS256),
        Some("ES256") => Ok(Algorithm::ES256),
        Some("ES384") => Ok(Algorithm::ES384),
        _ => Err(Refusal::Algorithm),
    }
}

fn check_header(header: &Map<String, Value>, usage: &Use<'_>) -> Result<(), Refusal> {
    if BANNED.iter().any(|name| header.contains_key(*name)) {
        return Err(Refusal::Header);
    }
    let Some(typ) = header.get("typ") else {
        return Ok(());
    };
    let typ = typ.as_str().ok_or(Refusal::Malformed)?.to_ascii_lowercase();
    let typ = typ.strip_prefix("application/").unwrap_or(&typ);
    match (typ, usage) {
        ("jwt", _) | ("at+jwt", Use::Bearer) => Ok(()),
        _ => Err(Refusal::Type),
    }
}

fn check_parties(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), Refusal> {
    if text(claims, "iss")? != expected.issuer {
        return Err(Refusal::Issuer);
    }
    let subject = text(claims, "sub")?;
    if !(1..=MAX_SUBJECT_CHARS).contains(&subject.chars().count()) || subject.chars().any(char::is_control) {
        return Err(Refusal::Claim("sub"));
    }
    let audiences = audiences(claims)?;
    if !audiences.contains(&expected.audience) {
        return Err(Refusal::Audience);
    }
    if matches!(expected.usage, Use::Bearer) {
        return Ok(());
    }
    let is_ours = match claims.get("azp") {
        None => audiences.len() == 1,
        Some(party) => party.as_str() == Some(expected.audience),
    };
    if !is_ours {
        return Err(Refusal::AuthorizedParty);
    }
    match expected.usage {
        Use::SignIn { nonce } if claims.get("nonce").and_then(Value::as_str) != Some(nonce) => Err(Refusal::Nonce),
        _ => Ok(()),
    }
}

fn check_times(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), Refusal> {
    let (earliest_s, latest_s) = (expected.now_s - expected.leeway_s, expected.now_s + expected.leeway_s);
    let expires_s = second(claims, "exp")?;
    let issued_s = second(claims, "iat")?;
    if expires_s <= earliest_s {
        return Err(Refusal::Expired);
    }
    if expires_s <= issued_s {
        return Err(Refusal::Claim("exp"));
    }
    if expires_s - issued_s > expected.lifetime_s {
        return Err(Refusal::Lifetime);
    }
    let begins_s = if claims.contains_key("nbf") { second(claims, "nbf")? } else { issued_s };
    if issued_s > latest_s || begins_s > latest_s { Err(Refusal::NotYet) } else { Ok(()) }
}

fn audiences(claims: &Map<String, Value>) -> Result<Vec<&str>, Refusal> {
    match claims.get("aud") {
        Some(Value::String(one)) => Ok(vec![one.as_str()]),
        Some(Value::Array(several)) => several.iter().map(|one| one.as_str().ok_or(Refusal::Claim("aud"))).collect(),
        _ => Err(Refusal::Claim("aud")),
    }
}

fn text<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, Refusal> {
    claims.get(name).and_then(Value::as_str).ok_or(Refusal::Claim(name))
}

/// Whole seconds since 1970. Fractions are allowed by RFC 7519, and no provider we know writes them.
fn second(claims: &Map<String, Value>, name: &'static str) -> Result<i64, Refusal> {
    claims.get(name).and_then(Value::as_i64).filter(|second| *second >= 0).ok_or(Refusal::Claim(name))
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Object, A::Error> {
                let mut object = Map::new();
                while let Some((name, value)) = entries.next_entry::<String, Value>()? {
                    if object.insert(name, value).is_some() {
                        return Err(A::Error::custom("a name stands twice"));
                    }
                }
                Ok(Object(object))
            }
        }
        deserializer.deserialize_map(Once)
    }
}
