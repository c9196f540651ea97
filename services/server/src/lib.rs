//! The service as a whole: configuration, the data directory, HTTP, and the commands of `osler`.
//!
//! The only room that knows axum and HTTP status codes, and with its `config` the only one that reads the environment.

pub mod alarms;
pub mod app;
pub mod backup;
pub mod cli;
pub mod config;
pub mod connections;
pub mod corpus_record;
pub mod data;
pub mod erasure;
pub mod exported;
pub mod facts;
pub mod gap_tickets;
pub mod http;
pub mod ingests;
pub mod labeling;
pub mod last_search;
pub mod library;
pub mod model_card;
pub mod models;
pub mod people;
pub mod read_ahead;
pub mod recorded;
pub mod replay;
pub mod replication;
pub mod switching;
pub mod vectors;
pub mod witnessing;
