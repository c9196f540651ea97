//! A provider's pen: keys made for a test, and tokens signed by hand, so that they can be wrong in any way.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaEncoding,
};
use aws_lc_rs::{hmac, rsa};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::T0;
use crate::jwks::Jwks;

pub(super) const ISSUER: &str = "https://id.example";
pub(super) const CLIENT: &str = "osler";
pub(super) const AUDIENCE: &str = "osler-api";
pub(super) const NONCE: &str = "n-1";

pub(super) struct Signer {
    pub(super) es256: EcdsaKeyPair,
    pub(super) es384: EcdsaKeyPair,
    pub(super) rsa: rsa::KeyPair,
    /// A key that the provider does not have.
    pub(super) stranger: EcdsaKeyPair,
}

pub(super) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Claims of a sign-in that is as it should be.
pub(super) fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "248289761001", "aud": CLIENT, "nonce": NONCE, "iat": T0, "exp": T0 + 300,
        "preferred_username": "ada", "groups": ["ward", "other"],
    })
}

/// The same with one of them changed; `null` takes it out.
pub(super) fn with(name: &str, value: Value) -> Value {
    changed(claims(), name, value)
}

pub(super) fn changed(mut object: Value, name: &str, value: Value) -> Value {
    let entries = object.as_object_mut().unwrap();
    entries.remove(name);
    if !value.is_null() {
        entries.insert(name.to_owned(), value);
    }
    object
}

pub(super) fn header() -> Value {
    json!({ "alg": "ES256", "kid": "es256", "typ": "JWT" })
}

impl Signer {
    pub(super) fn new() -> Self {
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let stranger = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let es384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        Self { es256: ec, es384, rsa: rsa::KeyPair::generate(KeySize::Rsa2048).unwrap(), stranger }
    }

    /// What the provider shows of its keys, with some that are of no use here.
    pub(super) fn set(&self) -> Value {
        let rsa = self.rsa_jwk();
        json!({ "keys": [
            ec_jwk(&self.es256, "es256", "P-256", "ES256"),
            ec_jwk(&self.es384, "es384", "P-384", "ES384"),
            changed(rsa.clone(), "kid", json!("rs256")),
            changed(changed(rsa.clone(), "kid", json!("enc")), "use", json!("enc")),
            changed(changed(rsa.clone(), "kid", json!("wrap")), "key_ops", json!(["wrapKey"])),
            changed(changed(rsa, "kid", json!("rs512")), "alg", json!("RS512")),
            { "kty": "oct", "kid": "oct", "k": b64("secret") },
            { "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": b64([1_u8; 32]) },
            "no key at all",
        ] })
    }

    pub(super) fn keys(&self) -> Jwks {
        Jwks::read(self.set().to_string().as_bytes()).unwrap()
    }

    /// The set of a provider that has one key.
    pub(super) fn one_key(&self) -> Jwks {
        let set = json!({ "keys": [ec_jwk(&self.es256, "es256", "P-256", "ES256")] });
        Jwks::read(set.to_string().as_bytes()).unwrap()
    }

    pub(super) fn rsa_jwk(&self) -> Value {
        let public = PublicKeyComponents::<Vec<u8>>::from(self.rsa.public_key());
        // With the leading zero that some write.
        let modulus: Vec<u8> = [0].into_iter().chain(public.n).collect();
        json!({ "kty": "RSA", "n": b64(modulus), "e": b64(public.e) })
    }

    /// A token as it should be, with these claims.
    pub(super) fn token(&self, claims: &Value) -> String {
        self.headed(&header(), claims)
    }

    /// Signed with ES256, whatever the header says.
    pub(super) fn headed(&self, header: &Value, claims: &Value) -> String {
        written(&header.to_string(), &claims.to_string(), |message| ec_sign(&self.es256, message))
    }

    pub(super) fn es384(&self, header: &Value, claims: &Value) -> String {
        written(&header.to_string(), &claims.to_string(), |message| ec_sign(&self.es384, message))
    }

    pub(super) fn strange(&self, claims: &Value) -> String {
        written(&header().to_string(), &claims.to_string(), |message| ec_sign(&self.stranger, message))
    }

    pub(super) fn rs256(&self, header: &Value, claims: &Value) -> String {
        written(&header.to_string(), &claims.to_string(), |message| self.rsa_sign(&RSA_PKCS1_SHA256, message))
    }

    pub(super) fn ps256(&self, header: &Value, claims: &Value) -> String {
        written(&header.to_string(), &claims.to_string(), |message| self.rsa_sign(&RSA_PSS_SHA256, message))
    }

    /// Signed with a secret, as if a public key were one.
    pub(super) fn hs256(&self, header: &Value, claims: &Value, secret: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        written(&header.to_string(), &claims.to_string(), |message| hmac::sign(&key, message).as_ref().to_vec())
    }

    /// With a header and claims that need be no JSON.
    pub(super) fn raw(&self, header: &str, claims: &str) -> String {
        written(header, claims, |message| ec_sign(&self.es256, message))
    }

    fn rsa_sign(&self, encoding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.rsa.public_modulus_len()];
        self.rsa.sign(encoding, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }
}

fn ec_sign(key: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
}

pub(super) fn ec_jwk(key: &EcdsaKeyPair, kid: &str, crv: &str, alg: &str) -> Value {
    let point = key.public_key().as_ref()[1..].to_vec();
    let (x, y) = point.split_at(point.len() / 2);
    json!({ "kty": "EC", "kid": kid, "crv": crv, "alg": alg, "use": "sig", "x": b64(x), "y": b64(y) })
}

fn written(header: &str, claims: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", b64(header), b64(claims));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", b64(signature))
}
