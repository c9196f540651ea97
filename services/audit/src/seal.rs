//! Words behind the log: salted, so that nobody guesses them from their commitment; packed; encrypted with the tenant's key.
//! Whoever destroys the sealed words has destroyed the salt with them, and every proof still holds.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::hmac;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use knowledge::Entropy;

use crate::tree::Hash;
use crate::{Error, Result};

/// A salt: 32 random bytes.
pub type Salt = [u8; 32];

/// The commitment to words: SHA-256 of the salt and the words.
pub fn commitment(salt: &Salt, words: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(salt);
    context.update(words);
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// The keys that words are sealed with; the newest seals.
pub(crate) struct Keys {
    keys: BTreeMap<u32, LessSafeKey>,
    /// Recognises the same question without its words; from the first key, so that it stays.
    tag: hmac::Key,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({:?})", self.keys.keys().collect::<Vec<_>>())
    }
}

impl Keys {
    /// From `payload-N.key` in a directory; the first is made where there is none.
    pub(crate) fn open(directory: &Path, entropy: &dyn Entropy) -> Result<Self> {
        let mut bytes = BTreeMap::new();
        for (number, path) in numbered(directory, "payload")? {
            bytes.insert(number, read_key(&path)?);
        }
        if bytes.is_empty() {
            bytes.insert(1, make_key(&directory.join("payload-1.key"), entropy)?);
        }
        let first = bytes.first_key_value().map_or([0; 32], |(_, first)| *first);
        let main = hmac::Key::new(hmac::HMAC_SHA256, &first);
        let tag = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&main, b"osler question tag").as_ref());
        let mut keys = BTreeMap::new();
        for (number, bytes) in bytes {
            let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| Error::Sealed)?;
            keys.insert(number, LessSafeKey::new(key));
        }
        Ok(Self { keys, tag })
    }

    /// Recognises the same words again.
    pub(crate) fn tag(&self, words: &[u8]) -> Vec<u8> {
        hmac::sign(&self.tag, words).as_ref()[..16].to_vec()
    }

    /// Seals words that belong to a place of the log.
    pub(crate) fn seal(&self, place: &str, salt: &Salt, words: &[u8], entropy: &dyn Entropy) -> Result<(u32, Vec<u8>)> {
        let Some((number, key)) = self.keys.last_key_value() else { return Err(Error::Sealed) };
        let mut packed = DeflateEncoder::new(salt.to_vec(), Compression::fast());
        packed.write_all(words)?;
        let mut bytes = packed.finish()?;
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.as_bytes()), &mut bytes)
            .map_err(|_| Error::Sealed)?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut bytes);
        Ok((*number, sealed))
    }

    /// Opens sealed words.
    pub(crate) fn open_sealed(&self, number: u32, place: &str, sealed: &[u8]) -> Result<(Salt, Vec<u8>)> {
        let key = self.keys.get(&number).ok_or(Error::Sealed)?;
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(Error::Sealed)?;
        let mut bytes = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let open = key.open_in_place(nonce, Aad::from(place.as_bytes()), &mut bytes).map_err(|_| Error::Sealed)?;
        let (salt, packed) = open.split_first_chunk::<32>().ok_or(Error::Sealed)?;
        let mut words = Vec::new();
        DeflateDecoder::new(packed).read_to_end(&mut words)?;
        Ok((*salt, words))
    }
}

/// The keys of one use in a directory: `NAME-N.key`, by number.
pub(crate) fn numbered(directory: &Path, name: &str) -> Result<BTreeMap<u32, PathBuf>> {
    let mut found = BTreeMap::new();
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let number =
            file.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')?.strip_suffix(".key")?.parse().ok());
        if let Some(number) = number {
            found.insert(number, path);
        }
    }
    Ok(found)
}

pub(crate) fn read_key(path: &Path) -> Result<[u8; 32]> {
    let bytes = fs::read(path).map_err(|_| Error::Key { path: path.to_owned() })?;
    bytes.try_into().map_err(|_| Error::Key { path: path.to_owned() })
}

/// Makes a key that only its owner can read, and has it reach the disk before it is used.
///
/// # Errors
/// [`Error::Io`], also when there is such a file.
pub fn make_key(path: &Path, entropy: &dyn Entropy) -> Result<[u8; 32]> {
    let mut key = [0; 32];
    entropy.fill(&mut key);
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(&key)?;
    file.sync_all()?;
    Ok(key)
}
