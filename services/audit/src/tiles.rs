//! The tree as files, in the layout of C2SP `tlog-tiles`: 256 hashes a tile, whole tiles never change, every proof can be
//! made from them by whoever reads them.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::tree::{Hash, Nodes, empty_root, leaf_hash, node_hash, root_of};

/// Hashes of a whole tile.
pub const TILE_WIDTH: u64 = 256;

/// The path of a tile below the log's prefix. `level` is `None` for entries; `width` is 256 for a whole tile.
pub fn tile_path(level: Option<u8>, index: u64, width: u64) -> String {
    let mut number = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        number = format!("x{:03}/{number}", rest % 1000);
        rest /= 1000;
    }
    let level = level.map_or_else(|| "entries".to_owned(), |level| level.to_string());
    let partial = if width == TILE_WIDTH { String::new() } else { format!(".p/{width}") };
    format!("tile/{level}/{number}{partial}")
}

/// What a path below `tile/` names, if it is one that [`tile_path`] makes: level, index, width.
pub fn parse_tile_path(path: &str) -> Option<(Option<u8>, u64, u64)> {
    let (level, rest) = path.split_once('/')?;
    let level = if level == "entries" { None } else { Some(level.parse::<u8>().ok().filter(|level| *level < 64)?) };
    let (number, width) = match rest.split_once(".p/") {
        Some((number, width)) => (number, width.parse().ok().filter(|width| (1..TILE_WIDTH).contains(width))?),
        None => (rest, TILE_WIDTH),
    };
    let mut index: u64 = 0;
    for element in number.split('/') {
        let digits = element.trim_start_matches('x');
        index = index.checked_mul(1000)?.checked_add(digits.parse::<u64>().ok()?)?;
    }
    // Only the one spelling: `007` and `x000/007` would be the same tile twice.
    let is_canonical = format!("tile/{path}") == tile_path(level, index, width);
    is_canonical.then_some((level, index, width))
}

/// Entries as a bundle: each after its length, two bytes, the high one first.
pub fn entry_bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    let mut bundle = Vec::new();
    for entry in entries {
        bundle.extend_from_slice(&u16::try_from(entry.len()).ok()?.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Some(bundle)
}

/// The entries of a bundle.
pub fn unbundle(mut bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let (length, rest) = bundle.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bundle = rest;
    }
    Some(entries)
}

/// The right edge of a growing tree: at each level the hashes that do not fill a tile yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// Entries in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes an entry in; `filled` gets every tile that it fills: level, index, hashes.
    pub fn push(&mut self, entry: &[u8], filled: &mut Vec<(u8, u64, Vec<Hash>)>) {
        let mut hash = leaf_hash(entry);
        let mut level = 0;
        let mut index = self.size / TILE_WIDTH;
        self.size += 1;
        loop {
            if self.levels.len() == level {
                self.levels.push(Vec::with_capacity(TILE_WIDTH as usize));
            }
            self.levels[level].push(hash);
            if self.levels[level].len() < TILE_WIDTH as usize {
                return;
            }
            let tile = std::mem::take(&mut self.levels[level]);
            hash = root_of(&tile);
            filled.push((level as u8, index, tile));
            index /= TILE_WIDTH;
            level += 1;
        }
    }

    /// The tiles that are begun: level, index, hashes.
    pub fn partial(&self) -> impl Iterator<Item = (u8, u64, &[Hash])> {
        self.levels.iter().enumerate().filter(|(_, hashes)| !hashes.is_empty()).map(|(level, hashes)| {
            let level = level as u8;
            (level, self.size >> (8 * (u32::from(level) + 1)), hashes.as_slice())
        })
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        // From the smallest subtrees to the largest: what is right hangs below what is left.
        let mut root: Option<Hash> = None;
        for hashes in &self.levels {
            let mut end = hashes.len();
            while end > 0 {
                let width = 1 << end.trailing_zeros();
                let peak = root_of(&hashes[end - width..end]);
                root = Some(root.map_or(peak, |right| node_hash(&peak, &right)));
                end -= width;
            }
        }
        root.unwrap_or_else(empty_root)
    }
}

/// The files of a log.
#[derive(Debug)]
pub struct TileStore {
    directory: PathBuf,
    /// Tiles that were read last: proofs of neighbours need the same ones.
    read: Mutex<HashMap<(u8, u64), Vec<Hash>>>,
}

/// Tiles that are kept in memory, 8 kB each.
const MAX_READ: usize = 256;

impl TileStore {
    /// The log in a directory, which is made where there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory.join("tile"))?;
        Ok(Self { directory: directory.to_owned(), read: Mutex::default() })
    }

    /// A file of the log by its path below the prefix, if it is there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn file(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.directory.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a file so that it is there whole or not at all, and on the disk when this returns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        write_whole(&self.directory.join(path), bytes)
    }

    /// Writes a tile.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_tile(&self, level: u8, index: u64, hashes: &[Hash]) -> io::Result<()> {
        self.write(&tile_path(Some(level), index, hashes.len() as u64), hashes.as_flattened())
    }

    /// Removes the beginnings of a tile, once it is whole.
    ///
    /// # Errors
    /// When they cannot be removed.
    pub fn remove_partial(&self, level: Option<u8>, index: u64) -> io::Result<()> {
        let path = self.directory.join(format!("{}.p", tile_path(level, index, TILE_WIDTH)));
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// A tile of at least so many hashes.
    fn tile(&self, level: u8, index: u64, width: u64) -> io::Result<Vec<Hash>> {
        if let Some(tile) = self.read.lock().unwrap_or_else(PoisonError::into_inner).get(&(level, index)) {
            // One that is cut short may have been enough for whoever read it first.
            return if tile.len() as u64 >= width { Ok(tile.clone()) } else { Err(missing(level, index)) };
        }
        let whole = self.file(&tile_path(Some(level), index, TILE_WIDTH))?;
        let is_whole = whole.is_some();
        let bytes = match whole {
            Some(bytes) => Some(bytes),
            None => self.file(&tile_path(Some(level), index, width))?,
        };
        let bytes = bytes.ok_or_else(|| missing(level, index))?;
        let (hashes, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || (hashes.len() as u64) < width {
            return Err(missing(level, index));
        }
        let hashes = hashes.to_vec();
        if is_whole {
            let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            if read.len() == MAX_READ {
                read.clear();
            }
            read.insert((level, index), hashes.clone());
        }
        Ok(hashes)
    }

    /// The right edge of the tree of so many entries.
    ///
    /// # Errors
    /// When a tile is not there.
    pub fn edge(&self, size: u64) -> io::Result<Edge> {
        let mut edge = Edge { size, levels: Vec::new() };
        let mut count = size;
        let mut level = 0;
        while count > 0 {
            let width = count % TILE_WIDTH;
            let hashes = match width {
                0 => Vec::new(),
                _ => self.tile(level, count / TILE_WIDTH, width)?[..width as usize].to_vec(),
            };
            edge.levels.push(hashes);
            count /= TILE_WIDTH;
            level += 1;
        }
        Ok(edge)
    }

    /// The hashes of the tree of so many entries.
    pub fn at(&self, size: u64) -> TreeAt<'_> {
        TreeAt { store: self, size }
    }
}

fn missing(level: u8, index: u64) -> io::Error {
    let path = tile_path(Some(level), index, TILE_WIDTH);
    io::Error::new(io::ErrorKind::NotFound, format!("the log's file {path} is missing or cut short"))
}

/// Writes a file beside its place, has it reach the disk, and puts it there.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(directory)?;
    let beside = path.with_extension("new");
    let mut file = fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    fs::File::open(directory)?.sync_all()
}

/// The tree of the first entries.
#[derive(Debug, Clone, Copy)]
pub struct TreeAt<'a> {
    store: &'a TileStore,
    size: u64,
}

impl Nodes for TreeAt<'_> {
    type Error = io::Error;

    fn node(&self, level: u8, index: u64) -> io::Result<Hash> {
        let (tile_level, height) = (level / 8, level % 8);
        let first = index << height;
        let tile = first / TILE_WIDTH;
        let at = (first % TILE_WIDTH) as usize;
        let kept = (self.size >> (8 * u32::from(tile_level))) - tile * TILE_WIDTH;
        let hashes = self.store.tile(tile_level, tile, kept.min(TILE_WIDTH))?;
        let hashes = hashes.get(at..at + (1 << height)).ok_or_else(|| missing(tile_level, tile))?;
        Ok(root_of(hashes))
    }
}
