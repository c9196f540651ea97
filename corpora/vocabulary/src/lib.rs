//! What are things called? Medicines with their other names and their doubles, abbreviations with their senses, words that
//! mean the same, and plain words for patients.
//!
//! The tables are original compilations of facts under `data/`; each says what it is in its first lines. They are read once,
//! at first use. A house can import a [`Thesaurus`] beside them: MeSH, which [`read_mesh`] reads. All lookups take words in
//! lower case, hyphens as spaces; see [`fold`] and [`bare`].

mod error;
mod mesh;
mod phrases;
mod spelt;
mod tables;
mod thesaurus;

pub use error::{Error, Result};
pub use mesh::read_mesh;
pub use phrases::Phrases;
pub use tables::{Drug, Vocabulary, bare, fold, vocabulary};
pub use thesaurus::{About, Concept, Thesaurus};
