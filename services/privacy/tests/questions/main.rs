//! Made-up questions with and without identifiers, and how well they are told apart.
#![allow(missing_docs, clippy::unwrap_used)]

mod innocent;
mod people;
mod random;
mod recall;
mod spans;
mod templates;
mod values;
mod written;
