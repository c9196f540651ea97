//! How does a source become passages?
//!
//! read -> parse -> canonical text -> split -> embed -> ledger -> both indexes -> staged snapshot -> published. A file that
//! cannot be read as what it claims to be is reported with the reason and stops nothing else. The ledger is written first;
//! the indexes follow it ([`follow`]), now or after the next start.

mod error;
pub mod follow;
mod formats;
mod manifest;
mod pipeline;
mod source;

pub use error::{Error, Rejection, Result};
pub use formats::{Parsed, parse};
pub use manifest::read_manifest;
pub use pipeline::{Counts, Event, Ingest, Options, Report, Stores};
