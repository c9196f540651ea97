//! How do many machines answer from what one of them wrote? Files are shared through an object store as numbered states.
//!
//! One writer publishes; any number of replicas follow, and can be lost at any time. Below a prefix the store holds
//!
//! - `blocks/ab/cdef…`: pieces of files by the SHA-256 of their bytes, written once and never changed;
//! - `states/00000000000000000042.json`: which files there were and of which blocks, counted from 1.
//!
//! A state is created only where there is none of its number, after its blocks, so whoever sees it can have all of it, and
//! of two writers one learns that it was overtaken. The store must honour that condition: S3 (`If-None-Match`) and
//! directories do. Nothing points to the newest state: it is the one with the highest number. What the files are is not
//! known here.

mod error;
mod fetch;
mod lost;
mod publish;
mod reading;
mod state;
#[cfg(test)]
mod tests;
mod tidy;

use std::path::Path;
use std::sync::Arc;

use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Location;
use object_store::{GetOptions, ObjectStore};

pub use error::{Error, Result};
pub use fetch::Fetched;
pub use lost::Lost;
pub use publish::{Sent, Source};
pub use state::{FORMAT, State, StoredFile};
pub use tidy::Tidied;

/// Requests under way at once; so many blocks are in memory at most, and one more that is being read.
const AT_ONCE: usize = 16;

/// Bytes of a state, at most: some hundred files of the longest kind.
const MOST_STATE_BYTES: u64 = 256 << 20;

/// How often something is asked anew that another one may have changed between two questions.
const TRIES: u32 = 3;

/// Where states are shared. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Depot {
    store: Arc<dyn ObjectStore>,
    states: Location,
    blocks: Location,
}

impl Depot {
    /// What lies below `prefix` in a store; an empty one is the whole store.
    pub fn new(store: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        let prefix = Location::from(prefix);
        Self { store, states: prefix.clone().join("states"), blocks: prefix.join("blocks") }
    }

    /// A directory as the store, created where there is none. What is written is durable.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be created or opened.
    pub fn in_directory(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(|source| Error::file("create", path, source))?;
        let store =
            LocalFileSystem::new_with_prefix(path).map_err(|source| Error::file("open", path, source.into()))?;
        Ok(Self::new(Arc::new(store.with_fsync(true)), ""))
    }

    /// The newest state if its number is above `after`. 0 asks for any.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::Damaged`] or [`Error::Format`] if it cannot be read.
    pub async fn newest(&self, after: u64) -> Result<Option<State>> {
        let mut tried = 0;
        loop {
            let Some(number) = self.numbers(after).await?.pop() else { return Ok(None) };
            match self.state(number).await {
                // Tidied away since the list was made: then there is a newer one.
                Err(Error::Gone { .. }) if tried < TRIES => tried += 1,
                outcome => return outcome.map(Some),
            }
        }
    }

    /// The state of that number.
    ///
    /// # Errors
    /// [`Error::Gone`] if there is none; [`Error::Damaged`] or [`Error::Format`] if it cannot be read; [`Error::Store`].
    pub async fn state(&self, number: u64) -> Result<State> {
        let location = self.state_at(number);
        let json = self.get(&location, MOST_STATE_BYTES).await?;
        let state = State::read(location.as_ref(), &json)?;
        if state.number() == number {
            Ok(state)
        } else {
            Err(Error::damaged(location, format!("it says that it is number {}", state.number())))
        }
    }

    /// Numbers of the states above `after`, in order.
    async fn numbers(&self, after: u64) -> Result<Vec<u64>> {
        let mut listed = if after == 0 {
            self.store.list(Some(&self.states))
        } else {
            self.store.list_with_offset(Some(&self.states), &self.state_at(after))
        };
        let mut numbers = Vec::new();
        let failed = |source: object_store::Error| Error::store("list", &self.states, source);
        while let Some(found) = listed.try_next().await.map_err(failed)? {
            let name = found.location.filename().and_then(|name| name.strip_suffix(".json"));
            let number = name.and_then(|name| name.parse::<u64>().ok());
            // What else lies there is not ours.
            numbers.extend(number.filter(|&number| number > after && self.state_at(number) == found.location));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn state_at(&self, number: u64) -> Location {
        self.states.clone().join(format!("{number:020}.json"))
    }

    /// `hash` is one: [`state::is_hash`].
    fn block_at(&self, hash: &str) -> Location {
        let (folder, name) = hash.split_at(2);
        self.blocks.clone().join(folder).join(name)
    }

    /// An object of at most so many bytes.
    async fn get(&self, location: &Location, most: u64) -> Result<Vec<u8>> {
        let failed = |source: object_store::Error| match source {
            object_store::Error::NotFound { .. } => Error::Gone { object: location.to_string() },
            source => Error::store("read", location, source),
        };
        let found = self.store.get_opts(location, GetOptions::default()).await.map_err(failed)?;
        if found.meta.size > most {
            return Err(Error::damaged(location, format!("it has {} bytes", found.meta.size)));
        }
        Ok(found.bytes().await.map_err(failed)?.into())
    }
}

/// Runs what waits for disks or computes where it holds nobody up.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Error::Stopped),
        },
    }
}
