//! Is it right, supported, and better than yesterday?
//!
//! Suites of questions and texts are under `suites/`, written for the starter corpus; what else is measured is made from the
//! corpora by programs here. Everything is deterministic: the same suites, corpus and model give the same figures, but for
//! times.

pub mod abstention;
pub mod answers;
mod baseline;
pub mod grounding;
pub mod injection;
mod measured;
pub mod omissions;
pub mod passages;
pub mod questions;
pub mod retrieval;
pub mod suites;
pub mod unknowns;

pub use baseline::{EMBEDDER, Figure, figures, kept, measurable, regressions};
pub use measured::{Run, RunFigure, Source, runs};
