//! The program as its user has it: commands, exit codes, messages, the real starter models.
#![allow(missing_docs, clippy::unwrap_used)]

mod chain;
mod crash;
mod delivered;
mod demo;
mod full_disk;
mod library;
mod records;
mod refusals;
mod replicas;
mod retrieval;
mod run;
mod sets;
mod speed;
mod vocabulary;
