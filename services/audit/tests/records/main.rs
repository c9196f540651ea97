//! The log against published vectors, other implementations, faults, and whoever would change it.
#![allow(clippy::unwrap_used, missing_docs)]

mod bundle;
mod figures;
mod format;
mod handling;
mod held;
mod log;
mod tree;
mod watch;
