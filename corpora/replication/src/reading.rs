//! Files read block by block for publishing: each block is hashed, and handed out if the store does not have it.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use knowledge::sha256_hex;

use crate::error::{Error, Result};
use crate::lost::Lost;
use crate::publish::Source;
use crate::state::{self, State, StoredFile};

/// A piece of a file.
pub(crate) struct Block {
    pub(crate) hash: String,
    pub(crate) bytes: Vec<u8>,
}

/// Files that are being read, one after the other. Everything here waits for the disk.
pub(crate) struct Reading {
    waiting: std::vec::IntoIter<Source>,
    open: Option<Open>,
    /// Files of the state before, by name.
    before: HashMap<String, StoredFile>,
    /// Blocks that the store has, or that were handed out.
    known: HashSet<String>,
    done: Vec<StoredFile>,
}

struct Open {
    path: PathBuf,
    file: File,
    /// Bytes that are not read yet.
    left: u64,
    stored: StoredFile,
}

impl Reading {
    pub(crate) fn new(before: Option<&State>, sources: &[Source]) -> Result<Self> {
        let mut sources = sources.to_vec();
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        if let Some(name) = state::unfit(&names) {
            return Err(Error::Name { name: name.to_owned() });
        }
        let files = before.map(State::files).unwrap_or_default();
        Ok(Self {
            waiting: sources.into_iter(),
            open: None,
            before: files.iter().map(|file| (file.name.clone(), file.clone())).collect(),
            known: files.iter().flat_map(|file| file.blocks.iter().cloned()).collect(),
            done: Vec::new(),
        })
    }

    /// Takes for new what the store has lost.
    pub(crate) fn without(mut self, lost: &Lost) -> Self {
        self.known.retain(|hash| !lost.has(hash));
        self.before.retain(|_, file| !file.blocks.iter().any(|hash| lost.has(hash)));
        self
    }

    /// The next block that the store does not have; none when all files are read.
    pub(crate) fn next_block(&mut self) -> Result<Option<Block>> {
        loop {
            if let Some(mut open) = self.open.take() {
                let Some(block) = open.next_block()? else {
                    self.done.push(open.finish()?);
                    continue;
                };
                self.open = Some(open);
                if self.known.insert(block.hash.clone()) {
                    return Ok(Some(block));
                }
            } else if let Some(source) = self.waiting.next() {
                match self.unchanged(&source)? {
                    Some(stored) => self.done.push(stored),
                    None => self.open = Some(Open::new(source)?),
                }
            } else {
                return Ok(None);
            }
        }
    }

    /// The files that were read, by name.
    pub(crate) fn into_files(self) -> Vec<StoredFile> {
        self.done
    }

    /// What is known of a file that never changes.
    fn unchanged(&self, source: &Source) -> Result<Option<StoredFile>> {
        let Some(stored) = self.before.get(&source.name).filter(|_| source.is_immutable) else { return Ok(None) };
        match std::fs::metadata(&source.path) {
            Ok(found) if found.len() != stored.bytes => Ok(None),
            Ok(_) => Ok(Some(stored.clone())),
            // Its owner needs it no more; the store has what it held.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Some(stored.clone())),
            Err(error) => Err(Error::file("look at", &source.path, error)),
        }
    }
}

impl Open {
    fn new(source: Source) -> Result<Self> {
        let path = source.path;
        let file = File::open(&path).map_err(|error| Error::file("open", &path, error))?;
        let bytes = file.metadata().map_err(|error| Error::file("look at", &path, error))?.len();
        Ok(Self { path, file, left: bytes, stored: StoredFile::new(source.name, bytes) })
    }

    fn next_block(&mut self) -> Result<Option<Block>> {
        let length = self.left.min(self.stored.block_bytes);
        if length == 0 {
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        let read = Read::take(&self.file, length).read_to_end(&mut bytes);
        if read.map_err(|error| Error::file("read", &self.path, error))? as u64 != length {
            return Err(Error::Changed { path: self.path.clone() });
        }
        self.left -= length;
        let hash = sha256_hex(&bytes);
        self.stored.blocks.push(hash.clone());
        Ok(Some(Block { hash, bytes }))
    }

    fn finish(self) -> Result<StoredFile> {
        let found = self.file.metadata().map_err(|error| Error::file("look at", &self.path, error))?;
        if found.len() == self.stored.bytes { Ok(self.stored) } else { Err(Error::Changed { path: self.path }) }
    }
}
