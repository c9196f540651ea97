//! Signed notes (C2SP `signed-note`), Ed25519: a text, an empty line, and a line for each signature. Checkpoints of the log
//! and the manifests of bundles are such notes; a witness adds its line to a checkpoint (C2SP `tlog-cosignature`).

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::tree::sha256;

/// What a signature says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureKind {
    /// The signer wrote this note.
    Note,
    /// The signer, a witness, found this checkpoint consistent with all it saw before.
    Cosignature,
}

impl SignatureKind {
    fn byte(self) -> u8 {
        match self {
            Self::Note => 1,
            Self::Cosignature => 4,
        }
    }
}

/// What is wrong with a note, a key or a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not the shape of a signed note.
    #[error("not a signed note")]
    Malformed,
    /// Not the shape of a key.
    #[error("not a key: it is written NAME+HASH+KEY")]
    Key,
    /// No signature by a key that was given, or one that does not fit.
    #[error("not signed by the key that was given")]
    Unsigned,
    /// Not the shape of a checkpoint.
    #[error("not a checkpoint")]
    Checkpoint,
}

/// A public key with the name of who holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: SignatureKind,
    key: [u8; 32],
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != '+')
}

impl VerifierKey {
    /// Whose.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its signatures say.
    pub fn kind(&self) -> SignatureKind {
        self.kind
    }

    /// The first four bytes of the hash of name and key, which signatures carry.
    pub fn id(&self) -> [u8; 4] {
        let mut bytes = self.name.clone().into_bytes();
        bytes.extend([b'\n', self.kind.byte()]);
        bytes.extend(self.key);
        let [a, b, c, d, ..] = sha256(&bytes);
        [a, b, c, d]
    }

    /// As text: `NAME+HASH+KEY`.
    ///
    /// # Errors
    /// [`NoteError::Key`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim_end_matches('\n').splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let key = BASE64_STANDARD.decode(key).map_err(|_| NoteError::Key)?;
        let (kind, key) = match key.split_first() {
            Some((1, key)) => (SignatureKind::Note, key),
            Some((4, key)) => (SignatureKind::Cosignature, key),
            _ => return Err(NoteError::Key),
        };
        let key = key.try_into().map_err(|_| NoteError::Key)?;
        let key = Self { name: name.to_owned(), kind, key };
        if !is_name(name) || hex(&key.id()) != id { Err(NoteError::Key) } else { Ok(key) }
    }

    /// The public key, 32 bytes.
    pub fn public_key(&self) -> &[u8; 32] {
        &self.key
    }

    fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, &self.key);
        match self.kind {
            SignatureKind::Note => key.verify(text.as_bytes(), signature).is_ok(),
            SignatureKind::Cosignature => signature.split_first_chunk::<8>().is_some_and(|(time, signature)| {
                let message = cosigned(u64::from_be_bytes(*time), text);
                key.verify(message.as_bytes(), signature).is_ok()
            }),
        }
    }
}

impl std::fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut key = vec![self.kind.byte()];
        key.extend(self.key);
        write!(f, "{}+{}+{}", self.name, hex(&self.id()), BASE64_STANDARD.encode(key))
    }
}

fn cosigned(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A private key with the name of who holds it.
pub struct Signer {
    pair: Ed25519KeyPair,
    public: VerifierKey,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.public)
    }
}

impl Signer {
    /// From the 32 bytes of a private key.
    ///
    /// # Errors
    /// [`NoteError::Key`] when they are none, or the name has white space or `+`.
    pub fn new(name: &str, kind: SignatureKind, seed: &[u8]) -> Result<Self, NoteError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| NoteError::Key)?;
        let key = pair.public_key().as_ref().try_into().map_err(|_| NoteError::Key)?;
        if !is_name(name) {
            return Err(NoteError::Key);
        }
        Ok(Self { pair, public: VerifierKey { name: name.to_owned(), kind, key } })
    }

    /// The public half.
    pub fn public(&self) -> &VerifierKey {
        &self.public
    }

    /// The line of a signature over a text, which ends with a line break. `time` is in seconds since 1970, and only part of
    /// cosignatures.
    pub fn sign(&self, text: &str, time: u64) -> String {
        let mut bytes = self.public.id().to_vec();
        match self.public.kind {
            SignatureKind::Note => bytes.extend(self.pair.sign(text.as_bytes()).as_ref()),
            SignatureKind::Cosignature => {
                bytes.extend(time.to_be_bytes());
                bytes.extend(self.pair.sign(cosigned(time, text).as_bytes()).as_ref());
            }
        }
        format!("\u{2014} {} {}\n", self.public.name, BASE64_STANDARD.encode(bytes))
    }
}

/// A text with its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<'a> {
    /// The text, with the line break at its end.
    pub text: &'a str,
    /// The lines of the signatures.
    pub signatures: &'a str,
}

impl<'a> Note<'a> {
    /// Takes a note apart. Whether it is signed is asked with [`Note::is_signed_by`].
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(note: &'a str) -> Result<Self, NoteError> {
        if note.chars().any(|c| c.is_control() && c != '\n') || !note.ends_with('\n') {
            return Err(NoteError::Malformed);
        }
        let at = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, signatures) = (&note[..at + 1], &note[at + 2..]);
        let parsed = Self { text, signatures };
        let are_lines = parsed.lines().all(|line| line.is_some());
        if signatures.is_empty() || !are_lines { Err(NoteError::Malformed) } else { Ok(parsed) }
    }

    fn lines(&self) -> impl Iterator<Item = Option<(&'a str, Vec<u8>)>> {
        self.signatures.trim_end_matches('\n').split('\n').map(|line| {
            let (name, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
            let signature = BASE64_STANDARD.decode(signature).ok().filter(|bytes| bytes.len() > 4)?;
            is_name(name).then_some((name, signature))
        })
    }

    /// How many signatures it carries.
    pub fn count(&self) -> usize {
        self.lines().count()
    }

    /// Whose signatures it carries, in their order: names and ids of keys.
    pub(crate) fn signed_by(&self) -> Vec<(String, [u8; 4])> {
        let known = |(name, bytes): (&str, Vec<u8>)| Some((name.to_owned(), *bytes.first_chunk()?));
        self.lines().flatten().filter_map(known).collect()
    }

    /// Whether it carries a signature by this key that fits; one by this key that does not fit is as none.
    pub fn is_signed_by(&self, key: &VerifierKey) -> bool {
        let mut own = self.lines().flatten().filter(|(name, bytes)| *name == key.name && bytes[..4] == key.id());
        own.next().is_some_and(|(_, bytes)| key.verifies(self.text, &bytes[4..])) && own.next().is_none()
    }
}
