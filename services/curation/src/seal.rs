//! What binds a signature to what was signed.

use knowledge::sha256_hex;
use serde::Serialize;

use crate::error::Result;
use crate::model::Meaning;

/// What a signature covers: the record by its hash, who signed it as what and when, and all that the signer read and the
/// rules hang on besides the record. The fields stand in the order of their names, so that what serde writes is canonical
/// JSON (keys in order, no space).
#[derive(Debug, Serialize)]
pub(crate) struct Sealed<'a> {
    pub(crate) account: &'a str,
    pub(crate) at: &'a str,
    pub(crate) full_name: &'a str,
    pub(crate) meaning: Meaning,
    pub(crate) proposal: &'a str,
    pub(crate) proposed_at: &'a str,
    pub(crate) proposed_by: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) record_hash: &'a str,
}

/// The seal: SHA-256 of the canonical JSON, hexadecimal.
pub(crate) fn seal(sealed: &Sealed<'_>) -> Result<String> {
    Ok(sha256_hex(serde_json::to_string(sealed)?.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_written_in_one_way() {
        let sealed = Sealed {
            account: "ada",
            at: "t",
            full_name: "Ada \"A\" Ahl",
            meaning: Meaning::Review,
            proposal: "p",
            proposed_at: "s",
            proposed_by: "bob",
            reason: "ä",
            record_hash: "00",
        };
        let text = concat!(
            r#"{"account":"ada","at":"t","full_name":"Ada \"A\" Ahl","meaning":"review","proposal":"p","#,
            r#""proposed_at":"s","proposed_by":"bob","reason":"ä","record_hash":"00"}"#
        );
        assert_eq!(serde_json::to_string(&sealed).unwrap(), text);
        assert_eq!(seal(&sealed).unwrap(), sha256_hex(text.as_bytes()));
    }
}
