//! The lexical arm in memory: counts shared terms. What tests of other rooms use.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use knowledge::{EntryId, Seq};

use super::{LexicalIndex, terms};
use crate::Follower;
use crate::entry::{Entry, Filter, Hit, in_order};
use crate::error::Result;

/// Looks at every passage. Its score is the number of terms shared, not BM25.
#[derive(Debug, Default)]
pub struct MemoryLexicalIndex {
    state: Mutex<(BTreeMap<EntryId, Entry>, Seq)>,
}

impl MemoryLexicalIndex {
    fn with<T>(&self, act: impl FnOnce(&mut (BTreeMap<EntryId, Entry>, Seq)) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Follower for MemoryLexicalIndex {
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
impl LexicalIndex for MemoryLexicalIndex {
    async fn search(&self, question: &str, filter: &Filter, limit: usize) -> Result<Vec<Hit>> {
        let wanted = terms(question);
        let shared = |entry: &Entry| {
            let held = terms(&format!("{} {} {}", entry.title, entry.section.join(" "), entry.text));
            held.intersection(&wanted).count()
        };
        #[expect(clippy::cast_precision_loss, reason = "a question has few terms")]
        let hits = self.with(|(held, _)| {
            let scored = held.values().filter(|entry| filter.allows(entry)).map(|entry| (entry.passage, shared(entry)));
            let matching = scored.filter(|(_, score)| *score > 0);
            matching.map(|(passage, score)| Hit { passage, score: score as f32 }).collect()
        });
        Ok(in_order(hits, limit))
    }
}
