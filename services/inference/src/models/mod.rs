//! The list of models, and the directory they are kept in.

mod fetch;
mod list;
mod pin;
mod store;

pub use fetch::{Fetcher, Progress};
pub use list::{Derived, Entry, File, List, Origin, Role};
pub use pin::Pin;
pub use store::{Loaded, Store, Verified};
