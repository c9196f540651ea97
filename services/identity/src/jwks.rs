//! Which keys does the provider sign with? Those of its set that are for signatures, and for algorithms we take.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use crate::token::Refusal;

/// Bytes of the modulus of an RSA key: 2,048 to 8,192 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;

/// The keys of a provider (RFC 7517).
pub(crate) struct Jwks {
    keys: Vec<Jwk>,
}

/// A public key, for one algorithm and no other.
struct Jwk {
    kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

#[derive(Deserialize)]
struct WrittenSet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Written {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwks {
    /// Reads a set. A key that is of no use here is passed over: providers also list those for encryption.
    pub(crate) fn read(json: &[u8]) -> Result<Self, serde_json::Error> {
        let set: WrittenSet = serde_json::from_slice(json)?;
        let written = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Ok(Self { keys: written.filter_map(usable).collect() })
    }

    /// The one key that a token can mean. Without a `kid` there must be no other.
    pub(crate) fn pick(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<&DecodingKey, Refusal> {
        let named: Vec<&Jwk> = match kid {
            Some(kid) => self.keys.iter().filter(|key| key.kid.as_deref() == Some(kid)).collect(),
            None if self.keys.len() > 1 => return Err(Refusal::NoKeyId),
            None => self.keys.iter().collect(),
        };
        if named.is_empty() {
            return Err(Refusal::UnknownKey);
        }
        let mut fitting = named.into_iter().filter(|key| key.algorithm == algorithm);
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(&key.key),
            _ => Err(Refusal::WrongKey),
        }
    }
}

fn usable(written: Written) -> Option<Jwk> {
    let is_for_signatures = written.usage.as_deref().is_none_or(|usage| usage == "sig")
        && written.key_ops.as_ref().is_none_or(|operations| operations.iter().any(|one| one == "verify"));
    if !is_for_signatures {
        return None;
    }
    let (algorithm, name, key) = match (written.kty.as_str(), written.crv.as_deref()) {
        ("RSA", None) => (Algorithm::RS256, "RS256", rsa(&written)?),
        ("EC", Some("P-256")) => (Algorithm::ES256, "ES256", ec(&written, 32)?),
        ("EC", Some("P-384")) => (Algorithm::ES384, "ES384", ec(&written, 48)?),
        _ => return None,
    };
    let is_for_algorithm = written.alg.as_deref().is_none_or(|alg| alg == name);
    is_for_algorithm.then_some(Jwk { kid: written.kid, algorithm, key })
}

fn rsa(written: &Written) -> Option<DecodingKey> {
    let (modulus, exponent) = (number(written.n.as_deref()?)?, number(written.e.as_deref()?)?);
    let fits = RSA_BYTES.contains(&modulus.len()) && (1..=8).contains(&exponent.len());
    fits.then(|| DecodingKey::from_rsa_raw_components(&modulus, &exponent))
}

/// Some providers write numbers with a leading zero byte; the library takes none.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn ec(written: &Written, coordinate_bytes: usize) -> Option<DecodingKey> {
    let (x, y) =
        (URL_SAFE_NO_PAD.decode(written.x.as_deref()?).ok()?, URL_SAFE_NO_PAD.decode(written.y.as_deref()?).ok()?);
    if x.len() != coordinate_bytes || y.len() != coordinate_bytes {
        return None;
    }
    // An uncompressed point, which is what the library takes under this name (SEC 1, 2.3.3).
    let point: Vec<u8> = [4].into_iter().chain(x).chain(y).collect();
    Some(DecodingKey::from_ec_der(&point))
}
