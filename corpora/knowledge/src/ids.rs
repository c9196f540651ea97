//! Names of things: short, printable, and stable over re-ingest.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::text::Span;

/// Why a string is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Corpus ids are file names and URL segments, so they are kept plain.
    #[error("a corpus id is 1 to 64 of a-z, 0-9, '-' and '_', starting with a letter or digit; this is {0:?}")]
    Corpus(String),
    /// Passage and document ids are hexadecimal.
    #[error("{0:?} is not an id: expected 32 hexadecimal digits")]
    Hex(String),
}

/// The short name of a corpus, as the librarian types it: `nstg-2022`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
pub struct CorpusId(String);

impl CorpusId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CorpusId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let valid = (1..=64).contains(&text.len())
            && text.starts_with(plain)
            && text.chars().all(|c| plain(c) || c == '-' || c == '_');
        if valid { Ok(Self(text.to_owned())) } else { Err(IdError::Corpus(text.to_owned())) }
    }
}

impl TryFrom<String> for CorpusId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<CorpusId> for String {
    fn from(id: CorpusId) -> Self {
        id.0
    }
}

impl fmt::Display for CorpusId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A 128-bit id: the head of a SHA-256 over the parts that make the thing what it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Digest128([u8; 16]);

impl Digest128 {
    /// Parts are length-prefixed, so that ("ab","c") and ("a","bc") differ.
    fn of(domain: &str, parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(domain.as_bytes());
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let mut head = [0; 16];
        head.copy_from_slice(&hasher.finalize()[..16]);
        Self(head)
    }

    fn parse(text: &str) -> Result<Self, IdError> {
        let bad = || IdError::Hex(text.to_owned());
        if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(bad());
        }
        u128::from_str_radix(text, 16).map(|n| Self(n.to_be_bytes())).map_err(|_| bad())
    }
}

impl fmt::Display for Digest128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, example = "5f1c0c3e9a7b4d2e8f60a1b2c3d4e5f6")]
        pub struct $name(Digest128);

        impl $name {
            /// The sixteen bytes, as stored.
            pub fn to_bytes(self) -> [u8; 16] {
                self.0.0
            }

            /// From the sixteen bytes, as stored.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Digest128(bytes))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Digest128::parse(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

hex_id! {
    /// A document: everything one issuer says under one name, in all its versions.
    DocumentId
}
hex_id! {
    /// A passage: one span of one version's canonical text.
    PassageId
}
hex_id! {
    /// A passage during one interval of snapshots: what an index holds one row for.
    EntryId
}

impl DocumentId {
    /// Derived from the corpus and the document's key in it, so that a re-ingest finds the same document.
    pub fn of(corpus: &CorpusId, key: &str) -> Self {
        Self(Digest128::of("document", &[corpus.as_str().as_bytes(), key.as_bytes()]))
    }
}

impl PassageId {
    /// hash(version, span), as the version is named by its document, number and canonical text.
    pub fn of(document: DocumentId, version: u32, text_sha256: &str, span: Span) -> Self {
        Self(Digest128::of(
            "passage",
            &[
                &document.to_bytes(),
                &version.to_be_bytes(),
                text_sha256.as_bytes(),
                &(span.start as u64).to_be_bytes(),
                &(span.end as u64).to_be_bytes(),
            ],
        ))
    }
}

impl EntryId {
    /// One passage may be in force more than once; the snapshot that added it tells the intervals apart.
    pub fn of(passage: PassageId, added: Snapshot) -> Self {
        Self(Digest128::of("entry", &[&passage.to_bytes(), &added.0.to_be_bytes()]))
    }
}

/// The number of a snapshot. 0 is the empty corpus before the first publish.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct Snapshot(pub u64);

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A position in the ledger's order of changes. Indexes say how far they have followed by the `Seq` they reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Seq(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corpus_ids_are_plain_names() {
        for good in ["starter", "nstg-2022", "0_a"] {
            assert_eq!(good.parse::<CorpusId>().unwrap().to_string(), good);
        }
        for bad in ["", "-a", "../etc", "Aa", "a b", &"x".repeat(65)] {
            assert!(bad.parse::<CorpusId>().is_err(), "{bad:?} was accepted");
        }
    }

    #[test]
    fn ids_print_and_parse_to_themselves() {
        let id = DocumentId::of(&"starter".parse().unwrap(), "gout");
        assert_eq!(id.to_string().parse::<DocumentId>().unwrap(), id);
        assert!("zz".parse::<PassageId>().is_err());
        assert!("+0000000000000000000000000000001".parse::<PassageId>().is_err());
    }

    #[test]
    fn parts_of_an_id_do_not_run_together() {
        let corpus = |s: &str| s.parse::<CorpusId>().unwrap();
        assert_ne!(DocumentId::of(&corpus("a"), "bc"), DocumentId::of(&corpus("ab"), "c"));
    }
}
