//! The lexical arm in memory: counts shared terms. What tests of other rooms use.

use std::collections::{BTreeMap, HashSet};
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use knowledge::{EntryId, HeadedText, Seq, Snapshot};

use super::coverage::Asked;
use super::{LexicalIndex, Rarity, analysis, expected, terms, weighted_terms};
use crate::Follower;
use crate::entry::{Coverage, Entry, Filter, Hit, Wanted, in_order};
use crate::error::Result;

/// Looks at every passage. Its score is the share of terms, each counting the same, not BM25.
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
    async fn search(&self, wanted: &[Wanted], filter: &Filter, limit: usize) -> Result<Vec<Hit>> {
        let Ok(wanted) = weighted_terms(wanted, alike);
        let most = expected(&wanted);
        let score = |entry: &Entry| {
            let held = terms(&format!("{} {} {}", entry.title, entry.section.join(" "), entry.text));
            let found = wanted.iter().filter(|one| held.contains(&one.term)).map(|one| one.weight);
            found.sum::<f32>() / most.max(1.0)
        };
        let hits = self.with(|(held, _)| {
            let scored = held.values().filter(|entry| filter.allows(entry)).map(|entry| (entry.passage, score(entry)));
            let matching = scored.filter(|(_, score)| *score > 0.0);
            matching.map(|(passage, score)| Hit { passage, score }).collect()
        });
        Ok(in_order(hits, limit))
    }

    async fn unheard(&self, text: &str, snapshot: Snapshot) -> Result<Vec<String>> {
        let held: HashSet<String> = self.with(|(held, _)| {
            let there = held.values().filter(|entry| entry.interval.contains(snapshot));
            there
                .flat_map(|entry| terms(&format!("{} {} {}", entry.title, entry.section.join(" "), entry.text)))
                .collect()
        });
        let words = analysis::words_with_terms(text).into_iter();
        Ok(words.filter(|(_, terms)| terms.iter().all(|term| !held.contains(term))).map(|(word, _)| word).collect())
    }

    async fn coverage(&self, wanted: &[Wanted], _snapshot: Snapshot, texts: Vec<HeadedText>) -> Result<Coverage> {
        let Ok(asked) = Asked::of(wanted, alike);
        Ok(asked.in_texts(&texts))
    }
}

/// Every term says the same.
fn alike(_: &str) -> std::result::Result<Rarity, Infallible> {
    Ok(Rarity { holding: 1, idf: 1.0 })
}
