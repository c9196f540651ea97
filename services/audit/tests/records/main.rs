//! The log against published vectors, other implementations, faults, and whoever would change it.
#![allow(clippy::unwrap_used, missing_docs)]

mod anew;
mod bundle;
mod canonical;
mod changes;
mod erased;
mod figures;
mod format;
mod generated;
mod handling;
mod held;
mod keys;
mod log;
mod made;
mod notes;
mod noticed;
mod search;
mod strings;
mod tiles;
mod tree;
mod watch;
mod well;
mod witnessed;
