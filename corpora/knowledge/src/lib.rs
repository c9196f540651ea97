//! What are the nouns of Osler, and which rules do they keep by themselves?
//!
//! Every other room speaks in these types. Nothing here does IO, waits, or knows a database, an index or HTTP. The derives
//! of `serde` and `utoipa` are the one exception: the shapes of the contract are these nouns, and a second set of them for
//! the wire would only be a place to drift.

mod corpus;
mod document;
mod entropy;
mod evidence;
mod identity;
mod ids;
mod passage;
mod population;
mod quality;
mod sentence;
mod sketch;
mod text;
mod verdict;

pub use corpus::{Corpus, Kind, Rights};
pub use document::{Access, Identifiers, Metadata, Related, Relation, Source, Status, UnknownName};
pub use entropy::Entropy;
pub use evidence::{ArmScore, DocumentRef, Evidence, Scores};
pub use identity::{Name, Notice, title_key};
pub use ids::{CorpusId, DocumentId, EntryId, IdError, PassageId, Seq, Snapshot};
pub use passage::{HeadedText, Interval, PASSAGE_WORDS, Passage, split};
pub use population::Population;
pub use quality::{Defect, DefectKind, Quality};
pub use sentence::sentences;
pub use sketch::Sketch;
pub use text::{Block, BlockKind, CanonicalText, Cell, Span, TextBuilder, char_slice, normalise, sha256_hex};
pub use verdict::Verdict;
