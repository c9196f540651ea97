//! The models directory: `<models>/<name>/<file>`. Nothing in it is used before it has been hashed.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use knowledge::sha256_hex;
use sha2::{Digest, Sha256};

use super::list::{Entry, List};
use crate::error::{Error, Result};

/// A models directory with the list that says what belongs in it.
#[derive(Debug, Clone)]
pub struct Store {
    directory: PathBuf,
    list: List,
}

/// A model whose files on disk are what the list says.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Its directory.
    pub directory: PathBuf,
    /// The file to load: the derived one if there is one, else the first.
    pub main: PathBuf,
    /// SHA-256 of that file.
    pub sha256: String,
}

/// A model whose files are in memory, hashed: what is used is what was checked.
#[derive(Debug, Clone)]
pub struct Loaded {
    name: String,
    files: BTreeMap<String, (Vec<u8>, String)>,
}

impl Loaded {
    /// All files of a directory that the list does not know. Its hashes name it; nothing says what they should be.
    ///
    /// # Errors
    /// [`Error::Missing`] or [`Error::Io`].
    pub fn from_directory(directory: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        for path in
            ["config.json", "tokenizer.json", "special_tokens_map.json", "tokenizer_config.json", "model.safetensors"]
        {
            files.insert(path.to_owned(), read(&directory.join(path))?);
        }
        for path in ["sentence_bert_config.json", "1_Pooling/config.json"] {
            if let Ok(file) = read(&directory.join(path)) {
                files.insert(path.to_owned(), file);
            }
        }
        let name = directory.file_name().map_or_else(|| "local".into(), |name| name.to_string_lossy().into_owned());
        Ok(Self { name, files })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A file's bytes.
    ///
    /// # Errors
    /// [`Error::Config`] when it has no such file.
    pub fn bytes(&self, path: &str) -> Result<&[u8]> {
        self.file(path).map(|(bytes, _)| bytes.as_slice())
    }

    /// A file's hash.
    ///
    /// # Errors
    /// [`Error::Config`] when it has no such file.
    pub fn sha256(&self, path: &str) -> Result<&str> {
        self.file(path).map(|(_, hash)| hash.as_str())
    }

    fn file(&self, path: &str) -> Result<&(Vec<u8>, String)> {
        self.files.get(path).ok_or_else(|| Error::Config(format!("the model {} has no {path}", self.name)))
    }
}

impl Store {
    /// A directory that need not exist yet.
    pub fn new(directory: PathBuf, list: List) -> Self {
        Self { directory, list }
    }

    /// The list.
    pub fn list(&self) -> &List {
        &self.list
    }

    /// The directory of a model.
    pub fn directory_of(&self, entry: &Entry) -> PathBuf {
        self.directory.join(&entry.name)
    }

    /// Hashes every file of a model.
    ///
    /// # Errors
    /// [`Error::UnknownModel`], [`Error::Missing`], [`Error::Corrupt`].
    pub fn verify(&self, name: &str) -> Result<Verified> {
        let entry = self.list.get(name)?;
        let directory = self.directory_of(entry);
        let mut main = None;
        let derived = entry.derived.iter().map(|derived| (&derived.path, &derived.sha256));
        for (path, wanted) in derived.chain(entry.files.iter().map(|file| (&file.path, &file.sha256))) {
            let path = directory.join(path);
            let found = hash_file(&path)?;
            if found != *wanted {
                return Err(Error::Corrupt { path, found, wanted: wanted.clone() });
            }
            main.get_or_insert((path, found));
        }
        let (main, sha256) = main.ok_or_else(|| Error::Config(format!("the model {name} has no files in the list")))?;
        Ok(Verified { directory, main, sha256 })
    }

    /// Reads and hashes every file of a model.
    ///
    /// # Errors
    /// As [`Store::verify`].
    pub fn load(&self, name: &str) -> Result<Loaded> {
        let entry = self.list.get(name)?;
        let directory = self.directory_of(entry);
        let mut files = BTreeMap::new();
        for file in &entry.files {
            // What is made of a file stands in its place.
            let derived = entry.derived.as_ref().filter(|derived| derived.from == file.path);
            let (path, wanted) = derived.map_or((&file.path, &file.sha256), |derived| (&derived.path, &derived.sha256));
            let path = directory.join(path);
            let (bytes, found) = read(&path)?;
            if found != *wanted {
                return Err(Error::Corrupt { path, found, wanted: wanted.clone() });
            }
            files.insert(file.path.clone(), (bytes, found));
        }
        Ok(Loaded { name: entry.name.clone(), files })
    }
}

fn read(path: &Path) -> Result<(Vec<u8>, String)> {
    let bytes = std::fs::read(path).map_err(Error::io(path))?;
    let hash = sha256_hex(&bytes);
    Ok((bytes, hash))
}

/// Hexadecimal SHA-256 of a file, read in pieces.
pub(crate) fn hash_file(path: &Path) -> Result<String> {
    use std::fmt::Write;
    let mut file = std::fs::File::open(path).map_err(Error::io(path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).map_err(Error::io(path))? {
            0 => break,
            read => hasher.update(&buffer[..read]),
        }
    }
    Ok(hasher.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}
