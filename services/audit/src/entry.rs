//! One entry of the log: who did what to which things, and commitments to the words that were said, never the words.
//!
//! Every string of an entry is a *token*: printable, without white space, at most 128 bytes. Names, questions, comments and
//! line breaks cannot be written into the log at all, so nothing that a person types can stand in it or forge a line of it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::canonical::canonical;
use crate::tree::Hash;
use crate::{Error, Result, hex};

/// The version of the entries that this build writes.
const VERSION: u64 = 1;

/// Bytes of a token.
pub const MAX_TOKEN_BYTES: usize = 128;

/// Bytes of an entry: what a length of two bytes can say.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// Who acts: a pseudonym and the role it acts in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Id of an account, `browser:HASH`, `command-line`, `osler`.
    pub id: String,
    /// The role that let it.
    pub role: String,
}

impl Actor {
    /// The service itself.
    pub fn service() -> Self {
        Self { id: "osler".to_owned(), role: "system".to_owned() }
    }

    /// Whoever has the data directory in hand.
    pub fn command_line() -> Self {
        Self { id: "command-line".to_owned(), role: "operator".to_owned() }
    }
}

/// What is to be written.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What was done: `answer.asked`, `corpus.publish`.
    pub action: &'static str,
    /// By whom.
    pub actor: Actor,
    /// The request that brought it, or nothing.
    pub request: Option<String>,
    /// What it was done to and what came of it: ids, hashes, names of a fixed list, counts.
    pub object: Map<String, Value>,
    /// Words that are kept sealed, by name; the entry holds a commitment to each.
    pub payloads: Vec<(&'static str, Vec<u8>)>,
}

impl Draft {
    /// By this actor.
    pub fn new(action: &'static str, actor: Actor) -> Self {
        Self { action, actor, request: None, object: Map::new(), payloads: Vec::new() }
    }

    /// With a member of the object.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.object.insert(name.to_owned(), value.into());
        self
    }

    /// With words that are kept sealed.
    #[must_use]
    pub fn sealing(mut self, name: &'static str, words: impl Into<Vec<u8>>) -> Self {
        self.payloads.push((name, words.into()));
        self
    }

    /// Brought by this request. Only ids that a machine made are written down: whoever sends a request can put a name there.
    #[must_use]
    pub fn in_request(mut self, request: &str) -> Self {
        let digits = request.bytes().filter(u8::is_ascii_hexdigit).count();
        let is_made = request.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        self.request = (is_made && (16..=64).contains(&digits)).then(|| request.to_owned());
        self
    }
}

/// What the log adds to a draft.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    pub(crate) seq: u64,
    pub(crate) id: uuid::Uuid,
    pub(crate) at: Timestamp,
    pub(crate) tenant: &'a str,
    /// Entries of the newest checkpoint when this one was written.
    pub(crate) checkpoint: u64,
    /// The release and configuration that wrote it.
    pub(crate) release: &'a str,
    /// Commitments to the payloads, in their order.
    pub(crate) commitments: Vec<Hash>,
}

/// The bytes of the entry: canonical JSON.
///
/// # Errors
/// [`Error::NotAToken`] and [`Error::TooLarge`].
pub(crate) fn write(draft: &Draft, place: &Place<'_>) -> Result<Vec<u8>> {
    let commitments: Map<String, Value> = draft
        .payloads
        .iter()
        .zip(&place.commitments)
        .map(|((name, _), hash)| ((*name).to_owned(), hex(hash).into()))
        .collect();
    let entry = json!({
        "v": VERSION,
        "seq": place.seq,
        "id": place.id.to_string(),
        "at": format!("{:.9}", place.at),
        "tenant": place.tenant,
        "actor": draft.actor.id,
        "role": draft.actor.role,
        "action": draft.action,
        "request": draft.request,
        "object": draft.object,
        "commitments": commitments,
        "checkpoint": place.checkpoint,
        "release": place.release,
    });
    check(&entry, draft.action)?;
    let text = canonical(&entry).ok_or(Error::NotAToken { action: draft.action })?;
    if text.len() > MAX_ENTRY_BYTES { Err(Error::TooLarge { bytes: text.len() }) } else { Ok(text.into_bytes()) }
}

/// Whether a string may stand in the log.
pub fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_TOKEN_BYTES
        && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

/// The string itself where it may stand in the log, otherwise a name for it by its hash: for names that others gave, such as
/// those of models behind an endpoint.
pub fn token(text: &str) -> String {
    if is_token(text) { text.to_owned() } else { format!("sha256:{}", hex(&crate::tree::sha256(text.as_bytes()))) }
}

fn check(value: &Value, action: &'static str) -> Result<()> {
    match value {
        Value::String(text) if !is_token(text) => Err(Error::NotAToken { action }),
        Value::Array(values) => values.iter().try_for_each(|value| check(value, action)),
        Value::Object(members) => members.iter().try_for_each(|(name, value)| {
            if is_token(name) { check(value, action) } else { Err(Error::NotAToken { action }) }
        }),
        _ => Ok(()),
    }
}

/// An entry as it is read back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LogEntry)]
pub struct Entry {
    /// Version of its shape.
    pub v: u64,
    /// Its place in the log, from 0.
    pub seq: u64,
    /// Id.
    pub id: String,
    /// When it was written, RFC 3339 with nanoseconds. The order of record is `seq`.
    pub at: String,
    /// Whose log.
    pub tenant: String,
    /// Who: a pseudonym.
    pub actor: String,
    /// In which role.
    pub role: String,
    /// What.
    pub action: String,
    /// The request that brought it.
    pub request: Option<String>,
    /// To what, and what came of it.
    #[schema(value_type = Object)]
    pub object: Map<String, Value>,
    /// SHA-256 of salt and words, hexadecimal, by name of the words.
    #[schema(value_type = Object)]
    pub commitments: Map<String, Value>,
    /// Entries of the newest checkpoint when it was written.
    pub checkpoint: u64,
    /// The release and configuration that wrote it.
    pub release: String,
}

impl Entry {
    /// From its bytes, which must be the one spelling of it, and hold no words.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_ENTRY_BYTES {
            return None;
        }
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let is_canonical = canonical(&value).is_some_and(|text| text.as_bytes() == bytes);
        let has_words = check(&value, "").is_err();
        let entry: Self = serde_json::from_value(value).ok()?;
        let is_time = entry.at.parse::<Timestamp>().is_ok_and(|at| format!("{at:.9}") == entry.at);
        (is_canonical && !has_words && is_time && entry.v == VERSION).then_some(entry)
    }

    /// A string of the object.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.object.get(name)?.as_str()
    }

    /// The commitment to words of this name, hexadecimal.
    pub fn commitment(&self, name: &str) -> Option<&str> {
        self.commitments.get(name)?.as_str()
    }
}

#[cfg(test)]
mod tests;
