//! Checkpoints: how many entries a log has and their root, signed (C2SP `tlog-checkpoint`); and proofs that carry one (C2SP
//! `tlog-proof`).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::note::{Note, NoteError};
use crate::tree::{Hash, is_included};

/// The state of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Root of their tree.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }

    /// From the text of a note. We write no further lines and accept none.
    ///
    /// # Errors
    /// [`NoteError::Checkpoint`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), Some(""), None) =
            (lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(NoteError::Checkpoint);
        };
        let checkpoint =
            Self { origin: origin.to_owned(), size: decimal(size).ok_or(NoteError::Checkpoint)?, root: hash(root)? };
        if origin.is_empty() { Err(NoteError::Checkpoint) } else { Ok(checkpoint) }
    }
}

/// A number in its one spelling.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().filter(|number| number.to_string() == text)
}

/// A hash in base64.
pub(crate) fn hash(text: &str) -> Result<Hash, NoteError> {
    let bytes = BASE64_STANDARD.decode(text).map_err(|_| NoteError::Checkpoint)?;
    bytes.try_into().map_err(|_| NoteError::Checkpoint)
}

/// The first line of a proof.
const PROOF: &str = "c2sp.org/tlog-proof@v1";

/// A proof that one entry is in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    /// Which entry, from 0.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling upwards.
    pub path: Vec<Hash>,
    /// The checkpoint with its signatures, as it was signed.
    pub checkpoint: String,
}

impl LogProof {
    /// Reads the text of a proof. We write no extra data and accept none.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(NoteError::Malformed)?;
        let mut lines = head.split('\n');
        let index = match (lines.next(), lines.next().and_then(|line| line.strip_prefix("index "))) {
            (Some(PROOF), Some(index)) => decimal(index).ok_or(NoteError::Malformed)?,
            _ => return Err(NoteError::Malformed),
        };
        let path = lines.map(|line| hash(line).map_err(|_| NoteError::Malformed)).collect::<Result<_, _>>()?;
        Ok(Self { index, path, checkpoint: checkpoint.to_owned() })
    }

    /// Whether it shows that this entry is in the log; `verify` says whether the checkpoint is signed as it must be.
    ///
    /// # Errors
    /// [`NoteError`] with what is wrong with the checkpoint.
    pub fn shows(
        &self,
        leaf: &Hash,
        verify: impl FnOnce(&Note<'_>) -> Result<(), NoteError>,
    ) -> Result<Option<Checkpoint>, NoteError> {
        let note = Note::parse(&self.checkpoint)?;
        verify(&note)?;
        let checkpoint = Checkpoint::parse(note.text)?;
        let is_shown = is_included(leaf, self.index, checkpoint.size, &self.path, &checkpoint.root);
        Ok(is_shown.then_some(checkpoint))
    }
}

impl std::fmt::Display for LogProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{PROOF}\nindex {}\n", self.index)?;
        for hash in &self.path {
            writeln!(f, "{}", BASE64_STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}
