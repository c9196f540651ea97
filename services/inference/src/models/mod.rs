//! The list of models, and the directory they are kept in.

mod fetch;
mod list;
mod store;

pub use fetch::{Fetcher, Progress};
pub use list::{Derived, Entry, File, List, Origin, Role};
pub use store::{Loaded, Store, Verified};
