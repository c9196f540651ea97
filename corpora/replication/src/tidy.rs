//! Tidying up: old states go, and the blocks that no state names any more.

use std::collections::HashSet;
use std::time::SystemTime;

use futures::{StreamExt, TryStreamExt, stream};
use object_store::path::Path as Location;

use crate::Depot;
use crate::error::{Error, Result};
use crate::state::is_hash;

/// What was removed from the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tidied {
    /// States.
    pub states: u64,
    /// Blocks.
    pub blocks: u64,
    /// Bytes of the blocks.
    pub bytes: u64,
}

impl Depot {
    /// Removes all states but the newest `keep` (at least one is kept), then the blocks that no kept state names and that
    /// the store got before `older_than`, by its own clock. Where there is no state, nothing is removed.
    ///
    /// For the writer, between two of its own publications: a block that lay there unused is sent again when a state needs
    /// it, and must not be removed at that moment. `older_than` is for others that publish or did not finish: choose it
    /// before anything began that may still be under way. A replica that fetches an old state meanwhile is told
    /// [`Error::Gone`].
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Format`] if a state that would be kept cannot be read: then nothing was removed.
    /// [`Error::Store`].
    pub async fn tidy(&self, keep: usize, older_than: SystemTime) -> Result<Tidied> {
        let mut old = self.numbers(0).await?;
        let kept = old.split_off(old.len().saturating_sub(keep.max(1)));
        if kept.is_empty() {
            return Ok(Tidied::default());
        }
        let mut needed = HashSet::new();
        for number in kept {
            needed.extend(self.state(number).await?.blocks().cloned());
        }
        let mut tidied = Tidied { states: old.len() as u64, ..Tidied::default() };
        // States first: one whose blocks are gone must not be found.
        self.delete(old.into_iter().map(|number| self.state_at(number)).collect()).await?;
        let mut unneeded = Vec::new();
        let mut listed = self.store.list(Some(&self.blocks));
        let failed = |source: object_store::Error| Error::store("list", &self.blocks, source);
        while let Some(found) = listed.try_next().await.map_err(failed)? {
            let is_unneeded = self.hash_at(&found.location).is_some_and(|hash| !needed.contains(&hash));
            if is_unneeded && SystemTime::from(found.last_modified) < older_than {
                tidied.blocks += 1;
                tidied.bytes += found.size;
                unneeded.push(found.location);
            }
        }
        self.delete(unneeded).await?;
        Ok(tidied)
    }

    /// Of which block this is the place; none if something else lies there.
    pub(crate) fn hash_at(&self, location: &Location) -> Option<String> {
        let mut hash = String::new();
        for part in location.prefix_match(&self.blocks)? {
            hash.push_str(part.as_ref());
        }
        (is_hash(&hash) && self.block_at(&hash) == *location).then_some(hash)
    }

    pub(crate) async fn delete(&self, locations: Vec<Location>) -> Result<()> {
        let locations = stream::iter(locations).map(Ok::<_, object_store::Error>).boxed();
        let mut outcomes = self.store.delete_stream(locations);
        while let Some(outcome) = outcomes.next().await {
            match outcome {
                // Somebody else was faster.
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                Err(source) => return Err(Error::store("remove objects beside", &self.blocks, source)),
            }
        }
        Ok(())
    }
}
