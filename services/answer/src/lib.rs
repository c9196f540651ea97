//! From a question to an answer we stand behind.
//!
//! question -> both search arms -> fusion, less what is suppressed -> evidence -> a draft under a grammar -> every statement
//! grounded -> answer. An [`Answer`] cannot be made outside this room, and inside it only of statements whose quotes were
//! found, letter for letter, in stored passages. No HTTP and no SQL here.

mod abbreviations;
mod allergies;
mod answer;
mod ask;
mod bands;
mod bearing;
mod bedside;
mod conflicts;
mod differential;
mod draft;
mod enough;
mod error;
mod everyday;
mod expand;
mod extract;
mod fhir;
mod fit;
mod follow_up;
mod for_whom;
mod grammar;
mod judge;
mod levels;
mod look;
mod means;
mod mentions;
mod named;
mod narrative;
mod numbers;
mod patient;
mod pattern;
mod pieces;
mod pin;
mod plain;
mod prior;
mod prompt;
mod question;
mod recheck;
mod retrieve;
mod rights;
mod rows;
mod scan;
mod scope;
mod seams;
mod select;
mod selfharm;
mod unknowns;
mod untrusted;
mod whom;
mod written;

pub use answer::{Answer, Citation, Conflict, Mode, Position, Statement, Status, Timings};
pub use ask::{Asker, Parts, Progress, Settings};
pub use differential::{Condition, Differential, Line};
pub use enough::Enough;
pub use error::{Error, Result};
pub use expand::Expansion;
pub use judge::{Judge, Opinion, family};
pub use look::Candidates;
pub use means::Means;
pub use patient::Patient;
pub use pin::Pin;
pub use plain::in_plain_words;
pub use prompt::instructions_sha256;
pub use question::{Filters, MAX_QUESTION_CHARS, MAX_TURNS, Question, Turn};
pub use recheck::recheck;
pub use retrieve::{Retrieved, Retriever, Took};
pub use scope::{BANNER, Scope, scope};
pub use seams::{Clock, FixedSeams, Ids, SystemSeams};
pub use unknowns::{Factor, Unknown};
pub use untrusted::speaks_to_its_reader;
