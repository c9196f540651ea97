//! States: which files there are, and of which blocks each is made. Written and read here alone.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};

/// The format of states. A later one is not read.
pub const FORMAT: u64 = 1;

/// Bytes of a block, at least; the last one of a file may have fewer.
const LEAST_BLOCK_BYTES: u64 = 64 << 10;

/// Blocks of a file, at most: so a state stays below a few megabytes.
const MOST_BLOCKS: u64 = 32_768;

/// Bytes of a name, at most.
const MOST_NAME_BYTES: usize = 255;

/// What files were at one moment: their names, and which blocks of the store they are made of. Never changed once it is
/// published, and only built from what passed the checks.
#[derive(Debug, Clone, PartialEq)]
pub struct State(Written);

/// A state as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Written {
    format: u64,
    number: u64,
    at: String,
    about: Value,
    files: Vec<StoredFile>,
}

/// What of a state every format has.
#[derive(Deserialize)]
struct Opening {
    format: u64,
}

/// A file of a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) block_bytes: u64,
    pub(crate) blocks: Vec<String>,
}

impl State {
    /// `files` are sorted by name, and their names are fit.
    pub(crate) fn new(number: u64, at: &str, about: Value, files: Vec<StoredFile>) -> Self {
        Self(Written { format: FORMAT, number, at: at.to_owned(), about, files })
    }

    /// Its number; the first is 1.
    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// When it was published, RFC 3339, by the writer's clock.
    pub fn at(&self) -> &str {
        &self.0.at
    }

    /// What the writer says about it.
    pub fn about(&self) -> &Value {
        &self.0.about
    }

    /// Its files, by name.
    pub fn files(&self) -> &[StoredFile] {
        &self.0.files
    }

    /// The file of that name.
    pub fn file(&self, name: &str) -> Option<&StoredFile> {
        let at = self.0.files.binary_search_by(|file| file.name.as_str().cmp(name)).ok()?;
        self.0.files.get(at)
    }

    /// As it is written, to be kept beside the files that were fetched.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.0).unwrap_or_else(|error| unreachable!("strings and numbers alone: {error}"))
    }

    /// Reads what [`Self::to_json`] wrote.
    ///
    /// # Errors
    /// [`Error::Format`] if a later Osler wrote it, else [`Error::Damaged`].
    pub fn from_json(json: &[u8]) -> Result<Self> {
        Self::read("the state", json)
    }

    pub(crate) fn read(object: &str, json: &[u8]) -> Result<Self> {
        let damaged = |error: serde_json::Error| Error::damaged(object, error);
        let opening: Opening = serde_json::from_slice(json).map_err(damaged)?;
        if opening.format > FORMAT {
            return Err(Error::Format { found: opening.format, supported: FORMAT });
        }
        let written: Written = serde_json::from_slice(json).map_err(damaged)?;
        written.check().map_err(|reason| Error::damaged(object, reason))?;
        Ok(Self(written))
    }

    /// Whether the other one is this one, read anew. Fractions in `about` need not survive that to the last digit.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.0.number == other.0.number && self.0.at == other.0.at && self.0.files == other.0.files
    }

    /// Hashes of all its blocks, as often as they come.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &String> {
        self.0.files.iter().flat_map(|file| &file.blocks)
    }

    /// The same, each with its length.
    pub(crate) fn lengths(&self) -> impl Iterator<Item = (&String, u64)> {
        self.0.files.iter().flat_map(|file| {
            let lengths = (0..file.bytes).step_by(usize::try_from(file.block_bytes).unwrap_or(usize::MAX));
            file.blocks.iter().zip(lengths.map(move |offset| file.block_bytes.min(file.bytes - offset)))
        })
    }
}

impl Written {
    fn check(&self) -> std::result::Result<(), String> {
        if self.format != FORMAT || self.number == 0 {
            return Err(format!("format {} and number {} are of no state", self.format, self.number));
        }
        let names: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        if let Some(name) = unfit(&names) {
            return Err(format!("the name `{name}` is not fit or not in order"));
        }
        self.files.iter().try_for_each(StoredFile::check)
    }
}

impl StoredFile {
    pub(crate) fn new(name: String, bytes: u64) -> Self {
        Self { name, bytes, block_bytes: block_bytes(bytes), blocks: Vec::new() }
    }

    /// Its name: a relative path with `/`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How long it is.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    fn check(&self) -> std::result::Result<(), String> {
        if self.block_bytes != block_bytes(self.bytes) {
            return Err(format!("`{}` has blocks of {} bytes", self.name, self.block_bytes));
        }
        let wanted = self.bytes.div_ceil(self.block_bytes);
        if self.blocks.len() as u64 != wanted {
            return Err(format!("`{}` has {} blocks instead of {wanted}", self.name, self.blocks.len()));
        }
        match self.blocks.iter().find(|block| !is_hash(block)) {
            Some(block) => Err(format!("`{}` has a block `{block}`", self.name)),
            None => Ok(()),
        }
    }
}

/// Bytes of each block of a file of that length.
fn block_bytes(bytes: u64) -> u64 {
    let mut block_bytes = LEAST_BLOCK_BYTES;
    while bytes.div_ceil(block_bytes) > MOST_BLOCKS {
        block_bytes *= 2;
    }
    block_bytes
}

/// Whether it is a SHA-256 in hexadecimal.
pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The first of these sorted names that a state cannot have: it leads out of the folder, would have to be a folder too, or
/// is out of order.
pub(crate) fn unfit<'n>(names: &[&'n str]) -> Option<&'n str> {
    let all: HashSet<&str> = names.iter().copied().collect();
    let is_unfit = |name: &str| !is_name(name) || name.match_indices('/').any(|(at, _)| all.contains(&name[..at]));
    let unfit = names.iter().copied().find(|&name| is_unfit(name));
    unfit.or_else(|| names.windows(2).find(|pair| pair[0] >= pair[1]).map(|pair| pair[1]))
}

fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let is_piece = |piece: &str| !matches!(piece, "" | "." | "..") && piece.bytes().all(is_plain);
    name.len() <= MOST_NAME_BYTES && name.split('/').all(is_piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_at_most_so_many_blocks() {
        assert_eq!(block_bytes(0), 64 << 10);
        assert_eq!(block_bytes(2 << 30), 64 << 10);
        assert_eq!(block_bytes((2 << 30) + 1), 128 << 10);
        let bytes = 3 << 40;
        assert!(bytes / block_bytes(bytes) <= MOST_BLOCKS);
    }

    #[test]
    fn names_stay_in_the_folder_and_come_once() {
        for name in ["", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\\b", "a b", "ä", &"a".repeat(256)] {
            assert_eq!(unfit(&[name]), Some(name));
        }
        assert_eq!(unfit(&["a", "b.json", "words/.managed.json", "words/a_b-c.idx"]), None);
        assert_eq!(unfit(&["a", "a"]), Some("a"));
        assert_eq!(unfit(&["b", "a"]), Some("a"));
        assert_eq!(unfit(&["a", "a-b", "a/b"]), Some("a/b"));
    }

    #[test]
    fn a_state_that_is_not_one_is_damaged_and_a_later_one_asks_for_an_update() {
        let file = StoredFile { blocks: vec!["0".repeat(64)], ..StoredFile::new("a".into(), 1) };
        let state = State::new(7, "2026-01-01T00:00:00Z", Value::Null, vec![file]);
        assert_eq!(State::from_json(&state.to_json()).unwrap(), state);
        let changed = |change: &dyn Fn(&mut Value)| {
            let mut value: Value = serde_json::from_slice(&state.to_json()).unwrap();
            change(&mut value);
            State::from_json(value.to_string().as_bytes()).unwrap_err()
        };
        let error = changed(&|value: &mut Value| value["format"] = 2.into());
        assert!(matches!(error, Error::Format { found: 2, supported: 1 }));
        assert!(error.to_string().contains("update Osler"));
        let damages: [&dyn Fn(&mut Value); 8] = [
            &|value: &mut Value| value["format"] = 0.into(),
            &|value: &mut Value| value["number"] = 0.into(),
            &|value: &mut Value| value["files"] = Value::Null,
            &|value: &mut Value| value["files"][0]["name"] = "../a".into(),
            &|value: &mut Value| value["files"][0]["bytes"] = 65_537.into(),
            &|value: &mut Value| value["files"][0]["block_bytes"] = 1.into(),
            &|value: &mut Value| value["files"][0]["blocks"] = Vec::<String>::new().into(),
            &|value: &mut Value| value["files"][0]["blocks"][0] = "../../../../etc/passwd".into(),
        ];
        for damage in damages {
            assert!(matches!(changed(damage), Error::Damaged { .. }));
        }
        assert!(matches!(State::from_json(b"{"), Err(Error::Damaged { .. })));
    }
}
