//! What must never break, whichever room it is in.
#![allow(missing_docs, clippy::unwrap_used)]

mod access;
mod answers;
mod bad_input;
mod clinical;
mod compliance;
mod connectors;
mod contract;
mod conversations;
mod damage;
mod engine;
mod evals;
mod examples;
mod faults;
mod formats;
mod identity;
mod laws;
mod lifecycle;
mod mangled;
mod models;
mod notices;
mod pages;
mod paper;
mod rerank;
mod rights;
mod starter;
