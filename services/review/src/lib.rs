//! Were the answers right, in the eyes of two people who did not see each other's ratings? Samples, ratings, agreement,
//! sign-off.
//!
//! One SQLite file beside the ledger. It keeps ids and ratings; the words of an answer, and those that people wrote of it,
//! stand in the audit records alone, and may be erased there while the ratings stay. What is said is put on record first,
//! and in a form that tells the other reviewer nothing. Who an account belongs to, and what else it may do, is the server's
//! matter: the room knows only who rates, and that a third person settles what the two see differently.

mod erase;
mod error;
mod export;
mod model;
mod paper;
mod rate;
mod recorded;
mod report;
mod sample;
mod schema;
mod sheet;
mod sign;
mod statistics;
mod store;
mod words;

pub use error::{Error, Result};
pub use export::spreadsheet;
pub use model::{
    Adjudication, Given, Item, ItemPage, MAX_TEXT_CHARS, NewReview, Page, Rating, Remark, Review, Signature, State,
    Stratum,
};
pub use rate::Judgement;
pub use sample::{Candidate, Seed, sample};
pub use sign::SignOff;
pub use statistics::{Agreement, Estimate, Proportion, RatingCount, Statistics, StratumSupport, agreement, proportion};
pub use store::Reviews;
pub use words::{COMMENT, Place, REASON, Recorded, ToRecord, Words};

#[cfg(test)]
mod tests;
