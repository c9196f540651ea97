//! What are things called? Medicines with their other names and their doubles, abbreviations with their senses, words that
//! mean the same, and plain words for patients.
//!
//! The tables are original compilations of facts under `data/`; each says what it is in its first lines. They are read once,
//! at first use. All lookups take words in lower case, hyphens as spaces; see [`fold`].

mod phrases;
mod tables;

pub use phrases::Phrases;
pub use tables::{Drug, Vocabulary, fold, vocabulary};
