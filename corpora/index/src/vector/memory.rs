//! The dense arm in memory: what the others must agree with, and what tests of other rooms use.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use knowledge::{EntryId, Seq};

use super::VectorIndex;
use crate::Follower;
use crate::entry::{Entry, Filter, Hit, dot, in_order};
use crate::error::Result;

/// Compares every vector.
#[derive(Debug, Default)]
pub struct MemoryVectorIndex {
    state: Mutex<(BTreeMap<EntryId, Entry>, Seq)>,
}

impl MemoryVectorIndex {
    fn with<T>(&self, act: impl FnOnce(&mut (BTreeMap<EntryId, Entry>, Seq)) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Follower for MemoryVectorIndex {
    fn name(&self) -> &'static str {
        super::NAME
    }

    async fn apply(&self, entries: Vec<Entry>, reached: Seq) -> Result<()> {
        self.with(|(held, at)| {
            held.extend(entries.into_iter().map(|entry| (entry.id(), entry)));
            *at = reached;
        });
        Ok(())
    }

    async fn reached(&self) -> Result<Seq> {
        Ok(self.with(|(_, at)| *at))
    }

    async fn ids(&self) -> Result<Vec<EntryId>> {
        Ok(self.with(|(held, _)| held.keys().copied().collect()))
    }

    async fn remove(&self, ids: Vec<EntryId>) -> Result<()> {
        self.with(|(held, _)| held.retain(|id, _| !ids.contains(id)));
        Ok(())
    }
}

#[async_trait]
impl VectorIndex for MemoryVectorIndex {
    async fn search(&self, vector: &[f32], filter: &Filter, limit: usize) -> Result<Vec<Hit>> {
        let hits = self.with(|(held, _)| {
            let allowed = held.values().filter(|entry| filter.allows(entry));
            allowed.map(|entry| Hit { passage: entry.passage, score: dot(&entry.vector, vector) }).collect()
        });
        Ok(in_order(hits, limit))
    }
}
