//! Tokens: those that are believed, and the many ways not to be.

use std::collections::BTreeSet;

use aws_lc_rs::signature::KeyPair;
use serde_json::{Value, json};

use super::signer::{AUDIENCE, CLIENT, ISSUER, NONCE, Signer, b64, changed, claims, ec_jwk, header, with};
use super::{T0, roles};
use crate::jwks::Jwks;
use crate::oidc::read_claims;
use crate::token::{Expected, Use, verify};
use crate::{ProviderSettings, Refusal, Role};

/// How long a token may last here.
const DAY: i64 = 24 * 60 * 60;

type Build = fn(&Signer) -> String;

fn check(token: &str, keys: &Jwks, usage: Use<'_>) -> Result<serde_json::Map<String, Value>, Refusal> {
    let audience = if matches!(usage, Use::Bearer) { AUDIENCE } else { CLIENT };
    verify(token, keys, &Expected { issuer: ISSUER, audience, usage, leeway_s: 60, lifetime_s: DAY, now_s: T0 })
}

/// A header for ES256 with one part changed.
fn head(name: &str, value: Value) -> Value {
    changed(header(), name, value)
}

fn bearer() -> Value {
    changed(with("aud", json!(AUDIENCE)), "nonce", Value::Null)
}

const BELIEVED: &[(&str, Build)] = &[
    ("ES256", |s| s.token(&claims())),
    ("ES384", |s| s.es384(&json!({ "alg": "ES384", "kid": "es384" }), &claims())),
    ("RS256", |s| s.rs256(&json!({ "alg": "RS256", "kid": "rs256" }), &claims())),
    ("several audiences, given to us", |s| {
        s.token(&changed(with("aud", json!(["other", CLIENT])), "azp", json!(CLIENT)))
    }),
    ("one audience in a list", |s| s.token(&with("aud", json!([CLIENT])))),
    ("expired within the leeway", |s| s.token(&changed(with("exp", json!(T0 - 59)), "iat", json!(T0 - 300)))),
    ("made within the leeway", |s| s.token(&with("iat", json!(T0 + 60)))),
    ("good for a day", |s| s.token(&with("exp", json!(T0 + DAY)))),
    ("not before now", |s| s.token(&with("nbf", json!(T0)))),
    ("no type", |s| s.headed(&head("typ", Value::Null), &claims())),
    ("a type in small letters", |s| s.headed(&head("typ", json!("jwt")), &claims())),
];

const REFUSED: &[(&str, Build)] = &[
    ("nothing", |_| String::new()),
    ("a word", |_| "token".into()),
    ("dots", |_| "..".into()),
    ("two parts", |s| s.token(&claims()).rsplit_once('.').unwrap().0.to_owned()),
    ("four parts", |s| format!("{}.x", s.token(&claims()))),
    ("five parts", |s| format!("{}.x.y", s.token(&claims()))),
    ("no signature", |s| format!("{}.", s.token(&claims()).rsplit_once('.').unwrap().0)),
    ("space before", |s| format!(" {}", s.token(&claims()))),
    ("space after", |s| format!("{} ", s.token(&claims()))),
    ("padding", |s| format!("{}=", s.token(&claims()))),
    ("too long", |s| s.token(&with("much", json!("x".repeat(9_000))))),
    ("a header that is no JSON", |s| s.raw("alg", &claims().to_string())),
    ("a header that is a list", |s| s.raw("[]", &claims().to_string())),
    ("claims that are no JSON", |s| s.raw(&header().to_string(), "sub")),
    ("claims that are a list", |s| s.raw(&header().to_string(), "[]")),
    ("claims with something after", |s| s.raw(&header().to_string(), &format!("{}{{}}", claims()))),
    ("alg twice", |s| s.raw(r#"{"alg":"none","alg":"ES256","kid":"es256"}"#, &claims().to_string())),
    ("sub twice", |s| s.raw(&header().to_string(), &claims().to_string().replacen('{', r#"{"sub":"root","#, 1))),
    ("groups twice", |s| {
        s.raw(&header().to_string(), &claims().to_string().replacen('{', r#"{"groups":["admins"],"#, 1))
    }),
    ("no alg", |s| s.headed(&head("alg", Value::Null), &claims())),
    ("alg none", |s| s.headed(&head("alg", json!("none")), &claims())),
    ("alg none without a signature", |s| {
        format!("{}.", s.headed(&head("alg", json!("none")), &claims()).rsplit_once('.').unwrap().0)
    }),
    ("alg None", |s| s.headed(&head("alg", json!("None")), &claims())),
    ("alg in small letters", |s| s.headed(&head("alg", json!("es256")), &claims())),
    ("alg that is a number", |s| s.headed(&head("alg", json!(256)), &claims())),
    ("HS256 with the public key as its secret", |s| {
        s.hs256(&head("alg", json!("HS256")), &claims(), s.es256.public_key().as_ref())
    }),
    ("HS256 under the name of ES256", |s| s.hs256(&header(), &claims(), s.es256.public_key().as_ref())),
    ("HS256 with a secret of the set", |s| s.hs256(&json!({ "alg": "HS256", "kid": "oct" }), &claims(), b"secret")),
    ("PS256", |s| s.ps256(&json!({ "alg": "PS256", "kid": "rs256" }), &claims())),
    ("PS256 under the name of RS256", |s| s.ps256(&json!({ "alg": "RS256", "kid": "rs256" }), &claims())),
    ("EdDSA", |s| s.headed(&json!({ "alg": "EdDSA", "kid": "ed" }), &claims())),
    ("RS256 with a key of ES256", |s| s.rs256(&json!({ "alg": "RS256", "kid": "es256" }), &claims())),
    ("ES256 with a key of RS256", |s| s.headed(&head("kid", json!("rs256")), &claims())),
    ("ES384 with a key of ES256", |s| s.es384(&json!({ "alg": "ES384", "kid": "es256" }), &claims())),
    ("ES256 with a key of ES384", |s| s.headed(&head("kid", json!("es384")), &claims())),
    ("a key for encryption", |s| s.rs256(&json!({ "alg": "RS256", "kid": "enc" }), &claims())),
    ("a key for other operations", |s| s.rs256(&json!({ "alg": "RS256", "kid": "wrap" }), &claims())),
    ("a key for another algorithm", |s| s.rs256(&json!({ "alg": "RS256", "kid": "rs512" }), &claims())),
    ("no kid among several keys", |s| s.headed(&head("kid", Value::Null), &claims())),
    ("an unknown kid", |s| s.headed(&head("kid", json!("es257")), &claims())),
    ("a kid that is a number", |s| s.headed(&head("kid", json!(1)), &claims())),
    ("a kid that is a path", |s| s.headed(&head("kid", json!("../../dev/null")), &claims())),
    ("a stranger's key", |s| s.strange(&claims())),
    ("a key that it brings along", |s| {
        let jwk = ec_jwk(&s.stranger, "es256", "P-256", "ES256");
        s.headed(&head("jwk", jwk), &claims())
    }),
    ("jku", |s| s.headed(&head("jku", json!("https://id.example/keys")), &claims())),
    ("x5u", |s| s.headed(&head("x5u", json!("https://id.example/cert")), &claims())),
    ("x5c", |s| s.headed(&head("x5c", json!([])), &claims())),
    ("crit", |s| s.headed(&head("crit", json!(["exp"])), &claims())),
    ("b64", |s| s.headed(&head("b64", json!(false)), &claims())),
    ("zip", |s| s.headed(&head("zip", json!("DEF")), &claims())),
    ("a token for access as one of a sign-in", |s| s.headed(&head("typ", json!("at+jwt")), &claims())),
    ("a token that signs out", |s| s.headed(&head("typ", json!("logout+jwt")), &claims())),
    ("a type that is a number", |s| s.headed(&head("typ", json!(1)), &claims())),
    ("other claims under a good signature", |s| {
        let (good, other) = (s.token(&claims()), s.token(&with("sub", json!("root"))));
        let parts: Vec<&str> = good.split('.').collect();
        format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2])
    }),
    ("another header under a good signature", |s| {
        let good = s.token(&claims());
        format!("{}.{}", b64(head("typ", Value::Null).to_string()), good.split_once('.').unwrap().1)
    }),
    ("a signature of zeros", |s| format!("{}.{}", s.token(&claims()).rsplit_once('.').unwrap().0, b64([0_u8; 64]))),
    ("a signature that was cut", |s| {
        let good = s.token(&claims());
        good[..good.len() - 4].to_owned()
    }),
    ("no iss", |s| s.token(&with("iss", Value::Null))),
    ("another iss", |s| s.token(&with("iss", json!("https://evil.example")))),
    ("iss with a slash more", |s| s.token(&with("iss", json!(format!("{ISSUER}/"))))),
    ("iss in a list", |s| s.token(&with("iss", json!([ISSUER])))),
    ("no sub", |s| s.token(&with("sub", Value::Null))),
    ("an empty sub", |s| s.token(&with("sub", json!("")))),
    ("a sub that is a number", |s| s.token(&with("sub", json!(1)))),
    ("a sub that is too long", |s| s.token(&with("sub", json!("x".repeat(256))))),
    ("a sub of two lines", |s| s.token(&with("sub", json!("a\nb")))),
    ("no aud", |s| s.token(&with("aud", Value::Null))),
    ("another aud", |s| s.token(&with("aud", json!("other")))),
    ("the aud of programs", |s| s.token(&with("aud", json!(AUDIENCE)))),
    ("aud in capitals", |s| s.token(&with("aud", json!("OSLER")))),
    ("an empty list of aud", |s| s.token(&with("aud", json!([])))),
    ("aud with a number", |s| s.token(&with("aud", json!([CLIENT, 1])))),
    ("several aud without azp", |s| s.token(&with("aud", json!([CLIENT, "other"])))),
    ("several aud with another azp", |s| {
        s.token(&changed(with("aud", json!([CLIENT, "other"])), "azp", json!("other")))
    }),
    ("one aud with another azp", |s| s.token(&with("azp", json!("other")))),
    ("an azp that is a list", |s| s.token(&with("azp", json!([CLIENT])))),
    ("no exp", |s| s.token(&with("exp", Value::Null))),
    ("exp in words", |s| s.token(&with("exp", json!("tomorrow")))),
    ("exp in digits of a text", |s| s.token(&with("exp", json!((T0 + 300).to_string())))),
    ("exp before 1970", |s| s.token(&with("exp", json!(-1)))),
    ("exp beyond all numbers", |s| s.token(&with("exp", json!(u64::MAX)))),
    ("expired", |s| s.token(&changed(with("exp", json!(T0 - 60)), "iat", json!(T0 - 300)))),
    ("expired before it was made", |s| s.token(&changed(with("exp", json!(T0 + 5)), "iat", json!(T0 + 10)))),
    ("good for more than a day", |s| s.token(&with("exp", json!(T0 + DAY + 1)))),
    ("good for ever", |s| s.token(&with("exp", json!(i64::MAX)))),
    ("no iat", |s| s.token(&with("iat", Value::Null))),
    ("iat in words", |s| s.token(&with("iat", json!("now")))),
    ("iat in the future", |s| s.token(&with("iat", json!(T0 + 61)))),
    ("not valid yet", |s| s.token(&with("nbf", json!(T0 + 61)))),
    ("nbf in words", |s| s.token(&with("nbf", json!("now")))),
    ("no nonce", |s| s.token(&with("nonce", Value::Null))),
    ("another nonce", |s| s.token(&with("nonce", json!("n-2")))),
    ("a nonce that is a list", |s| s.token(&with("nonce", json!([NONCE])))),
];

#[test]
fn tokens_that_are_as_they_should_be_are_believed() {
    let signer = Signer::new();
    let keys = signer.keys();
    for (name, build) in BELIEVED {
        let found = check(&build(&signer), &keys, Use::SignIn { nonce: NONCE });
        assert!(found.is_ok(), "{name}: {found:?}");
    }
    let unnamed = signer.headed(&head("kid", Value::Null), &claims());
    assert!(check(&unnamed, &signer.one_key(), Use::SignIn { nonce: NONCE }).is_ok());
}

#[test]
fn tokens_that_are_not_are_refused() {
    let signer = Signer::new();
    let keys = signer.keys();
    let names: BTreeSet<&str> = REFUSED.iter().map(|(name, _)| *name).collect();
    assert!(names.len() >= 50 && names.len() == REFUSED.len(), "{}", names.len());
    for (name, build) in REFUSED {
        let found = check(&build(&signer), &keys, Use::SignIn { nonce: NONCE });
        assert!(found.is_err(), "{name}");
    }
}

#[test]
fn refusals_say_why() {
    let signer = Signer::new();
    let keys = signer.keys();
    for (token, refusal) in [
        (signer.token(&with("much", json!("x".repeat(9_000)))), Refusal::TooLong),
        (signer.headed(&head("alg", json!("none")), &claims()), Refusal::Algorithm),
        (signer.headed(&head("jku", json!("x")), &claims()), Refusal::Header),
        (signer.headed(&head("kid", Value::Null), &claims()), Refusal::NoKeyId),
        (signer.headed(&head("kid", json!("new")), &claims()), Refusal::UnknownKey),
        (signer.headed(&head("kid", json!("rs256")), &claims()), Refusal::WrongKey),
        (signer.strange(&claims()), Refusal::Signature),
        (signer.token(&with("iss", json!("x"))), Refusal::Issuer),
        (signer.token(&with("aud", json!("x"))), Refusal::Audience),
        (signer.token(&with("exp", Value::Null)), Refusal::Claim("exp")),
        (signer.token(&with("exp", json!(T0 + DAY + 1))), Refusal::Lifetime),
        (signer.token(&with("nonce", json!("x"))), Refusal::Nonce),
    ] {
        assert_eq!(check(&token, &keys, Use::SignIn { nonce: NONCE }), Err(refusal));
    }
}

#[test]
fn programs_show_tokens_for_us() {
    let signer = Signer::new();
    let keys = signer.keys();
    let access = head("typ", json!("at+jwt"));
    for token in [
        signer.token(&bearer()),
        signer.headed(&access, &bearer()),
        signer.token(&changed(bearer(), "azp", json!("robot"))),
        signer.token(&changed(bearer(), "aud", json!(["other", AUDIENCE]))),
    ] {
        let found = check(&token, &keys, Use::Bearer);
        assert!(found.is_ok(), "{found:?}");
    }
    for token in [
        signer.token(&claims()),
        signer.token(&changed(bearer(), "aud", json!("other"))),
        signer.token(&changed(bearer(), "exp", json!(T0 - 60))),
        signer.strange(&bearer()),
        signer.headed(&head("typ", json!("logout+jwt")), &bearer()),
    ] {
        assert!(check(&token, &keys, Use::Bearer).is_err());
    }
}

#[test]
fn claims_become_a_name_and_roles() {
    let roles_of = |claim: &str, claims: &Value| {
        let settings = ProviderSettings {
            issuer: ISSUER.into(),
            roles_claim: claim.into(),
            roles: [("ward".to_owned(), Role::Clinician), ("it".to_owned(), Role::Admin)].into(),
            ..ProviderSettings::default()
        };
        read_claims(claims.as_object().unwrap(), &settings)
    };
    let found = roles_of("groups", &claims());
    assert_eq!((found.name.as_deref(), found.issued_s), (Some("ada"), T0));
    assert_eq!(found.roles, Some(roles([Role::Clinician])));
    assert_eq!((found.subject().issuer.as_str(), found.subject.as_str()), (ISSUER, "248289761001"));
    let nested = with("realm_access", json!({ "roles": ["it", "Ward", 7] }));
    assert_eq!(roles_of("realm_access.roles", &nested).roles, Some(roles([Role::Admin])));
    assert_eq!(roles_of("role", &with("role", json!("it"))).roles, Some(roles([Role::Admin])));
    assert_eq!(roles_of("none.at.all", &claims()).roles, Some(roles([])));
    let ungoverned = read_claims(claims().as_object().unwrap(), &ProviderSettings::default());
    assert_eq!(ungoverned.roles, None);
    let unnamed = changed(with("preferred_username", Value::Null), "name", json!("Ada Lovelace"));
    assert_eq!(roles_of("groups", &unnamed).name.as_deref(), Some("Ada Lovelace"));
}
