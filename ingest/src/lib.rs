//! How does a source become passages?
//!
//! read -> parse -> canonical text -> split -> embed -> ledger -> both indexes -> staged snapshot -> published. A file that
//! cannot be read as what it claims to be is reported with the reason and stops nothing else. The ledger is written first;
//! the indexes follow it ([`follow`]), now or after the next start.

mod archive;
mod ban;
pub mod connect;
mod error;
pub mod follow;
mod formats;
mod manifest;
mod originals;
mod parser;
mod pipeline;
mod reader;
mod report;
mod source;
mod worker;

pub use archive::Limits;
pub use error::{Error, Failure, Rejection, Result};
pub use follow::{Counted, catch_up, catch_up_coming, index_entry, look_after, reconcile, reconcile_coming};
pub use formats::{Parsed, parse};
pub use manifest::{Manifest, Origin, is_date, parse_manifest, read_manifest};
pub use originals::Originals;
pub use parser::{Parser, Workers};
pub use pipeline::{Ingest, Options, Stores, text_to_embed, texts_to_embed};
pub use report::{Account, Counts, Event, Rejected, Report, Review, Taken};
pub use worker::{Cost, serve as serve_worker};
