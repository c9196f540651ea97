//! Where are passages found? One schema, two arms (vectors in Qdrant, words in Tantivy), and the fusion of their scores.
//!
//! Neither arm is a source of truth. Each follows the ledger ([`Follower`]): it takes in entries in the ledger's order and
//! remembers how far it came, durably and only after the entries themselves are durable. Both filter inside the engine. Only
//! this room knows Qdrant and Tantivy.

mod entry;
mod error;
mod fusion;
mod lexical;
mod vector;

use async_trait::async_trait;
use knowledge::{EntryId, Seq};
use tokio::sync::Mutex;

pub use entry::{Coverage, Covered, Entry, Filter, Hit, Term, Traits, Wanted, dot};
pub use error::{Error, Result};
pub use fusion::{
    Fused, NEIGHBOURHOOD, READ_CLOSELY, best_sentence, fuse, prefer, second_passage, support, telling_words,
};
pub use lexical::{Finder, LexicalIndex, MemoryLexicalIndex, TantivyIndex, question_terms, terms};
pub use vector::{EdgeIndex, MemoryVectorIndex, ServerIndex, ServerOptions, VectorIndex};

/// An index as the ledger's follower.
#[async_trait]
pub trait Follower: Send + Sync {
    /// What to call it in messages.
    fn name(&self) -> &'static str;

    /// Takes in entries by id, new or changed, and then remembers `reached`. Durable when it returns; safe to repeat.
    async fn apply(&self, entries: Vec<Entry>, reached: Seq) -> Result<()>;

    /// How far it has followed.
    async fn reached(&self) -> Result<Seq>;

    /// Ids of everything it holds, in order.
    async fn ids(&self) -> Result<Vec<EntryId>>;

    /// Forgets entries that the ledger does not know.
    async fn remove(&self, ids: Vec<EntryId>) -> Result<()>;

    /// Held by whoever has it follow the ledger, where more than one may: what one has read must not be written after what another
    /// has read later.
    fn turn(&self) -> Option<&Mutex<()>> {
        None
    }

    /// Puts itself in order where that is due, beside searches and changes, on at most so many cores. Says whether it did
    /// anything. What it holds stays the same.
    async fn maintain(&self, _cores: usize) -> Result<bool> {
        Ok(false)
    }
}

/// The format of what the indexes keep on disk. Another one is not read: the ledger fills indexes of this one.
pub const FORMAT: u32 = 2;
