//! Fetching a state: a folder that holds its files, with as little as possible asked of the store.

use std::collections::{BTreeSet, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use fail::fail_point;
use futures::{StreamExt, TryStreamExt, stream};
use knowledge::sha256_hex;

use crate::error::{Error, Result};
use crate::state::{State, StoredFile};
use crate::{AT_ONCE, Depot, off_thread};

/// What was fetched from the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fetched {
    /// Blocks.
    pub blocks: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A block that has to come from the store.
struct Wanted {
    hash: String,
    bytes: u64,
    places: Vec<Place>,
}

/// Where a block belongs.
struct Place {
    path: Arc<Path>,
    offset: u64,
}

/// What is to be done in the folder.
#[derive(Default)]
struct Plan {
    wanted: Vec<Wanted>,
    /// Where in `wanted` the block of this hash and length is.
    known: HashMap<(String, u64), usize>,
    /// Files that are not durable yet.
    written: Vec<Arc<Path>>,
    folders: BTreeSet<PathBuf>,
}

impl Depot {
    /// Makes the folder `into`, which must not exist, with exactly the state's files. It is built beside itself, as
    /// `into` with `.part` at the end, and given its name when it is whole and durable: a folder that is there is whole.
    /// One fetch at a time may build it; what an earlier one left half-made is removed.
    ///
    /// `held` is a state that was fetched before, with its folder, unchanged since. What it has is taken from there: files
    /// that are the same are the same on disk too (hard links, where these can be made), so **nobody may write to a
    /// fetched file**. SQLite has to open them read-only and immutable.
    ///
    /// # Errors
    /// [`Error::Gone`] if the writer has tidied up meanwhile: ask for the newest state and begin anew.
    /// [`Error::Damaged`] if a block is not what its name says. [`Error::File`], also if `into` exists, and
    /// [`Error::Full`]; [`Error::Store`]. After an error there is nothing of `into`.
    pub async fn fetch(&self, state: &State, into: &Path, held: Option<(&State, &Path)>) -> Result<Fetched> {
        let part = part_of(into)?;
        let outcome = self.build(state, &part, into, held).await;
        if outcome.is_err() {
            let part = part.clone();
            // The next fetch removes what cannot be removed now.
            let _ = off_thread(move || remove(&part)).await;
        }
        outcome
    }

    async fn build(&self, state: &State, part: &Path, into: &Path, held: Option<(&State, &Path)>) -> Result<Fetched> {
        let plan = {
            let (state, part, into) = (state.clone(), part.to_owned(), into.to_owned());
            let held = held.map(|(state, folder)| (state.clone(), folder.to_owned()));
            off_thread(move || Plan::new(&state, &part, &into, held.as_ref())).await?
        };
        let Plan { wanted, written, folders, .. } = plan;
        let fetches = stream::iter(wanted).map(|wanted| fetch(self.clone(), wanted));
        let mut fetches = pin!(fetches.buffer_unordered(AT_ONCE));
        let mut fetched = Fetched::default();
        while let Some(bytes) = fetches.try_next().await? {
            fetched.blocks += 1;
            fetched.bytes += bytes;
        }
        let (part, into) = (part.to_owned(), into.to_owned());
        off_thread(move || {
            written.iter().try_for_each(|path| sync(path))?;
            folders.iter().try_for_each(|path| sync(path))?;
            std::fs::rename(&part, &into).map_err(|error| Error::file("rename what was fetched to", &into, error))?;
            sync(parent_of(&into))
        })
        .await?;
        Ok(fetched)
    }
}

/// Fetches a block, checks it, and writes it where it belongs.
async fn fetch(depot: Depot, wanted: Wanted) -> Result<u64> {
    let location = depot.block_at(&wanted.hash);
    let bytes = depot.get(&location, wanted.bytes).await?;
    off_thread(move || {
        if bytes.len() as u64 != wanted.bytes || sha256_hex(&bytes) != wanted.hash {
            return Err(Error::damaged(location, "its bytes are not those of its name"));
        }
        for Place { path, offset } in &wanted.places {
            let written = OpenOptions::new().write(true).open(path).and_then(|file| file.write_all_at(&bytes, *offset));
            written.map_err(|error| Error::file("write", path, error))?;
        }
        fail_point!("replication::after_block", |kind| Err(Error::injected(kind)));
        Ok(wanted.bytes)
    })
    .await
}

impl Plan {
    /// Lays out the folder: all files in their length, with what is held already.
    fn new(state: &State, part: &Path, into: &Path, held: Option<&(State, PathBuf)>) -> Result<Self> {
        if into.symlink_metadata().is_ok() {
            return Err(Error::file("create", into, ErrorKind::AlreadyExists.into()));
        }
        remove(part)?;
        create_folder(part)?;
        let mut plan = Self::default();
        plan.folders.insert(part.to_owned());
        for file in state.files() {
            let path = part.join(&file.name);
            let folder = parent_of(&path);
            create_folder(folder)?;
            let folders = folder.ancestors().take_while(|folder| folder.starts_with(part));
            plan.folders.extend(folders.map(Path::to_owned));
            let old = held.and_then(|(state, folder)| Some((state.file(&file.name)?, folder.join(&file.name))));
            plan.lay_out(file, &path, old.filter(|(old, path)| is_there(old, path)))?;
        }
        Ok(plan)
    }

    fn lay_out(&mut self, file: &StoredFile, path: &Path, old: Option<(&StoredFile, PathBuf)>) -> Result<()> {
        if let Some((old, from)) = &old
            && *old == file
            && std::fs::hard_link(from, path).is_ok()
        {
            return Ok(());
        }
        let created = |error| Error::file("create", path, error);
        let mut made = File::create_new(path).map_err(created)?;
        let old = old.filter(|(old, _)| old.block_bytes == file.block_bytes);
        let old = old.filter(|(old, _)| old.blocks.iter().zip(&file.blocks).any(|(old, new)| old == new));
        if let Some((_, from)) = &old {
            let copied = File::open(from).and_then(|mut from| std::io::copy(&mut from, &mut made));
            copied.map_err(|error| Error::file("copy", from, error))?;
        }
        made.set_len(file.bytes).map_err(created)?;
        let path: Arc<Path> = path.into();
        self.written.push(Arc::clone(&path));
        let held = match &old {
            Some((old, _)) => old.blocks.as_slice(),
            None => &[],
        };
        let mut offset = 0;
        for (index, hash) in file.blocks.iter().enumerate() {
            let length = file.block_bytes.min(file.bytes - offset);
            if held.get(index) != Some(hash) {
                self.want(hash, length, Place { path: Arc::clone(&path), offset });
            }
            offset += length;
        }
        Ok(())
    }

    /// A block that comes several times is fetched once.
    fn want(&mut self, hash: &str, bytes: u64, place: Place) {
        let at = *self.known.entry((hash.to_owned(), bytes)).or_insert(self.wanted.len());
        match self.wanted.get_mut(at) {
            Some(wanted) => wanted.places.push(place),
            None => self.wanted.push(Wanted { hash: hash.to_owned(), bytes, places: vec![place] }),
        }
    }
}

/// What there is of a state in the folder it was fetched to: the state itself where every byte is what it was. Else it has the
/// blocks as they are now, and no file that is missing, of another length or unreadable: with it as `held`, [`Depot::fetch`]
/// brings what is wrong and nothing else. Reads everything, which takes a core about a second a gigabyte.
///
/// # Errors
/// [`Error::Stopped`].
pub async fn found(state: &State, folder: &Path) -> Result<State> {
    let (state, folder) = (state.clone(), folder.to_owned());
    off_thread(move || {
        let files = state.files().iter().filter_map(|file| found_file(file, &folder.join(&file.name))).collect();
        Ok(State::new(state.number(), state.at(), state.about().clone(), files))
    })
    .await
}

fn found_file(file: &StoredFile, path: &Path) -> Option<StoredFile> {
    let mut opened = is_there(file, path).then(|| File::open(path).ok())??;
    let mut found = StoredFile::new(file.name.clone(), file.bytes);
    let mut block = Vec::new();
    let mut left = file.bytes;
    while left > 0 {
        block.clear();
        let length = file.block_bytes.min(left);
        opened.by_ref().take(length).read_to_end(&mut block).ok()?;
        found.blocks.push((block.len() as u64 == length).then(|| sha256_hex(&block))?);
        left -= length;
    }
    Some(found)
}

/// Whether the held file can be what its state says.
fn is_there(file: &StoredFile, path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.len() == file.bytes)
}

/// Where a folder is built.
fn part_of(into: &Path) -> Result<PathBuf> {
    let Some(name) = into.file_name() else {
        return Err(Error::file("create", into, ErrorKind::InvalidInput.into()));
    };
    let mut part = name.to_owned();
    part.push(".part");
    Ok(into.with_file_name(part))
}

fn parent_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn create_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|error| Error::file("create", path, error))
}

fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file("remove", path, error)),
        _ => Ok(()),
    }
}

/// Makes a file or folder durable.
fn sync(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| Error::file("write", path, error))
}
