//! The lexical arm: words, ranked by BM25.

mod analysis;
mod engine;
mod memory;

use async_trait::async_trait;

use crate::Follower;
use crate::entry::{Filter, Hit};
use crate::error::Result;

pub use analysis::terms;
pub use engine::TantivyIndex;
pub use memory::MemoryLexicalIndex;

/// What messages call this arm.
const NAME: &str = "full-text";

/// An index of words.
#[async_trait]
pub trait LexicalIndex: Follower {
    /// The passages that best match the words of `question` among those `filter` allows: best first, equal scores by id.
    /// The question is plain text: no character in it is an operator.
    async fn search(&self, question: &str, filter: &Filter, limit: usize) -> Result<Vec<Hit>>;
}
