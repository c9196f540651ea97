//! What the store has lost of a state. Nobody would notice it there before a replica asks for it.

use std::collections::{HashMap, HashSet};

use futures::TryStreamExt;

use crate::Depot;
use crate::error::{Error, Result};
use crate::state::State;

/// Blocks of a state that the store does not have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lost(HashSet<String>);

impl Lost {
    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, hash: &str) -> bool {
        self.0.contains(hash)
    }
}

impl Depot {
    /// The blocks of the state that the store does not have, or not in their length. Lists all blocks, a thousand in one
    /// request, instead of asking for each.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn lost(&self, state: &State) -> Result<Lost> {
        let mut lost: HashMap<&str, u64> = state.lengths().map(|(hash, length)| (hash.as_str(), length)).collect();
        let mut listed = self.store.list(Some(&self.blocks));
        let failed = |source: object_store::Error| Error::store("list", &self.blocks, source);
        while let Some(found) = listed.try_next().await.map_err(failed)? {
            if let Some(hash) = self.hash_at(&found.location)
                && lost.get(hash.as_str()) == Some(&found.size)
            {
                lost.remove(hash.as_str());
            }
        }
        Ok(Lost(lost.into_keys().map(str::to_owned).collect()))
    }
}
