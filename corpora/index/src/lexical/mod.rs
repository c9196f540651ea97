//! The lexical arm: words, ranked by BM25.

mod analysis;
mod copy;
mod counts;
mod engine;
mod gate;
mod memory;
mod spelling;

use async_trait::async_trait;

use crate::Follower;
use crate::entry::{Filter, Hit, Wanted};
use crate::error::Result;

pub use analysis::{question_terms, terms};
pub use engine::TantivyIndex;
pub use memory::MemoryLexicalIndex;

/// What messages call this arm.
const NAME: &str = "full-text";

/// An index of words.
#[async_trait]
pub trait LexicalIndex: Follower {
    /// The passages that best match the words that are wanted among those `filter` allows: best first, equal scores by id. A
    /// score is the share of the most that the words of weight 1 could give a passage; words of less weight add to it.
    async fn search(&self, wanted: &[Wanted], filter: &Filter, limit: usize) -> Result<Vec<Hit>>;
}

/// The longest question that is searched word by word; BM25 gains nothing from more.
const MAX_TERMS: usize = 64;

/// The terms that are wanted with what each is worth, in the order of the terms; the first `MAX_TERMS` of the question.
fn weighted_terms(wanted: &[Wanted]) -> Vec<(String, f32)> {
    let mut terms: Vec<(String, f32)> = Vec::new();
    for Wanted { text, weight } in wanted {
        for term in analysis::question_terms(text) {
            match terms.iter_mut().find(|(known, _)| *known == term) {
                Some((_, known)) => *known = known.max(*weight),
                None => terms.push((term, *weight)),
            }
        }
    }
    terms.truncate(MAX_TERMS);
    terms.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    terms
}
