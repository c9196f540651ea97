//! A witness (C2SP `tlog-witness`): on the auditors' own machine it signs a checkpoint only when the log has grown from the
//! one it signed before. Two histories cannot both get its signature, and both checkpoints of them are kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::checkpoint::{Checkpoint, decimal, hash};
use crate::note::{Note, Signer, VerifierKey, hex};
use crate::tiles::write_whole;
use crate::tree::{Hash, empty_root, is_consistent};

/// Hashes of a consistency proof, at most.
const MAX_PROOF: usize = 63;

/// Splits that are kept, at most: whoever holds the log's key can show as many as they like.
const MAX_KEPT: usize = 1_000;

/// Why a witness does not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not the shape of a submission.
    #[error("this is no submission of a checkpoint")]
    Malformed,
    /// A log that it does not know.
    #[error("this log is not known here")]
    UnknownLog,
    /// Not signed by the log's key.
    #[error("the checkpoint is not signed by the log")]
    Unsigned,
    /// It has signed another size; the log may go on from there.
    #[error("the newest checkpoint here has {0} entries")]
    OtherSize(u64),
    /// The log has two histories. This is proof of it.
    #[error("the log shows another history than before")]
    SplitView {
        /// Whether both have the same number of entries.
        same_size: bool,
        /// The file with both checkpoints and what was sent as proof, unless it could not be written.
        kept: Option<PathBuf>,
    },
    /// What it has signed could not be kept, so nothing is signed.
    #[error("the witness cannot write its state")]
    State,
}

/// What a log sends: the size it went on from, a consistency proof, the new checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Entries of the checkpoint that the witness signed last.
    pub old: u64,
    /// That the log has only grown since.
    pub proof: Vec<Hash>,
    /// The new checkpoint, signed.
    pub checkpoint: String,
}

impl Submission {
    /// As it is sent.
    pub fn text(&self) -> String {
        use base64::Engine;
        let mut text = format!("old {}\n", self.old);
        for hash in &self.proof {
            text.push_str(&base64::prelude::BASE64_STANDARD.encode(hash));
            text.push('\n');
        }
        text + "\n" + &self.checkpoint
    }

    /// As it was sent.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(Refusal::Malformed)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| decimal(line.strip_prefix("old ")?)).ok_or(Refusal::Malformed)?;
        let proof = lines.map(hash).collect::<Result<Vec<_>, _>>().map_err(|_| Refusal::Malformed)?;
        if proof.len() > MAX_PROOF {
            return Err(Refusal::Malformed);
        }
        Ok(Self { old, proof, checkpoint: checkpoint.to_owned() })
    }
}

/// A witness of one log. Its state is one file: the checkpoint it signed last. Two that do not go together are kept beside it,
/// in `STATE.split-SIZE-SIZE-ROOT`.
#[derive(Debug)]
pub struct Witness {
    log: VerifierKey,
    signer: Signer,
    state: PathBuf,
    newest: Mutex<Option<Signed>>,
}

/// A checkpoint as the log signed it.
#[derive(Debug)]
struct Signed {
    checkpoint: Checkpoint,
    note: String,
}

impl Witness {
    /// Of the log with this key, signing with a [`crate::SignatureKind::Cosignature`] key.
    ///
    /// # Errors
    /// When the state cannot be read or is of another log.
    pub fn open(log: VerifierKey, signer: Signer, state: &Path) -> std::io::Result<Self> {
        let newest = match fs::read_to_string(state) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
            Ok(text) => {
                let broken = || std::io::Error::other(format!("{} is not the state of this witness", state.display()));
                let note = Note::parse(&text).map_err(|_| broken())?;
                if !note.is_signed_by(&log) {
                    return Err(broken());
                }
                let checkpoint = Checkpoint::parse(note.text).map_err(|_| broken())?;
                Some(Signed { checkpoint, note: text })
            }
        };
        Ok(Self { log, signer, state: std::path::absolute(state)?, newest: Mutex::new(newest) })
    }

    /// Its public key.
    pub fn key(&self) -> &VerifierKey {
        self.signer.public()
    }

    /// Entries of the checkpoint that it signed last.
    pub fn size(&self) -> u64 {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, |newest| newest.checkpoint.size)
    }

    /// Signs a checkpoint that goes on from the last one: the line of the signature. What was signed is on the disk first.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn add_checkpoint(&self, submission: &str, now_s: u64) -> Result<String, Refusal> {
        let submission = Submission::parse(submission)?;
        let note = Note::parse(&submission.checkpoint).map_err(|_| Refusal::Malformed)?;
        let checkpoint = Checkpoint::parse(note.text).map_err(|_| Refusal::Malformed)?;
        if checkpoint.origin != self.log.name() {
            return Err(Refusal::UnknownLog);
        }
        if !note.is_signed_by(&self.log) {
            return Err(Refusal::Unsigned);
        }
        if submission.old > checkpoint.size {
            return Err(Refusal::Malformed);
        }
        // Held until it is on the disk: two submissions at once must not both go on from the same one.
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let before = newest.as_ref().map(|newest| &newest.checkpoint);
        let (size, root) = before.map_or((0, empty_root()), |before| (before.size, before.root));
        if submission.old != size {
            return Err(Refusal::OtherSize(size));
        }
        if !is_consistent(size, &root, checkpoint.size, &checkpoint.root, &submission.proof) {
            // To a log without entries there is no other history: only the proof is wrong.
            let Some(before) = newest.as_ref().filter(|_| size > 0) else { return Err(Refusal::Malformed) };
            let kept = self.keep(before, &checkpoint, &submission).ok();
            return Err(Refusal::SplitView { same_size: size == checkpoint.size, kept });
        }
        write_whole(&self.state, submission.checkpoint.as_bytes()).map_err(|_| Refusal::State)?;
        let line = self.signer.sign(note.text, now_s);
        *newest = Some(Signed { checkpoint, note: submission.checkpoint });
        Ok(line)
    }

    /// Keeps two checkpoints that do not go together, once. The file is named by both, so that nothing is written over.
    fn keep(&self, before: &Signed, shown: &Checkpoint, submission: &Submission) -> std::io::Result<PathBuf> {
        let own = format!("{}.split-", self.state.file_name().unwrap_or_default().to_string_lossy());
        let name = format!("{own}{}-{}-{}", before.checkpoint.size, shown.size, hex(&shown.root[..4]));
        let path = self.state.with_file_name(name);
        if !path.exists() {
            let beside = fs::read_dir(self.state.parent().ok_or(std::io::ErrorKind::NotFound)?)?.flatten();
            let kept = beside.filter(|file| file.file_name().to_string_lossy().starts_with(own.as_str())).count();
            if kept >= MAX_KEPT {
                return Err(std::io::Error::other("enough of them are kept"));
            }
            let text = format!(
                "# The log signed this, and {} has signed it too:\n\n{}\n# Then the log signed this, and sent it with this \
                 proof that the one goes on from the other, which it does not show:\n\n{}",
                self.signer.public().name(),
                before.note,
                submission.text()
            );
            write_whole(&path, text.as_bytes())?;
        }
        Ok(path)
    }
}
