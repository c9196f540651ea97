//! `osler replication`: what the replicas of a library find in the store, and publishing it for them by hand.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use super::print;
use crate::config::{Config, Part, Places};
use crate::data::Data;
use crate::replication::{About, Pushed, Writer, depot};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print what the store has: the newest state, the snapshot that questions see in it, and who published it
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Publish what was decided while no service runs; a running one publishes by itself
    Push,
}

pub(super) async fn run(places: &Places, command: Command) -> Result<ExitCode> {
    let config = places.read()?;
    match command {
        Command::Show { json } => show(&config, json).await,
        Command::Push => push(places, &config).await,
    }
}

async fn show(config: &Config, as_json: bool) -> Result<ExitCode> {
    let newest = depot(&config.replication)?.newest(0).await?;
    let Some(state) = newest else {
        return print(if as_json { "{ \"newest\": null }\n" } else { "nothing has been published there yet\n" });
    };
    let about = About::of(&state)?;
    let (number, at) = (state.number(), state.at());
    let bytes: u64 = state.files().iter().map(replication::StoredFile::bytes).sum();
    if as_json {
        let newest =
            json!({ "number": number, "at": at, "files": state.files().len(), "bytes": bytes, "about": about });
        return print(&format!("{:#}\n", json!({ "newest": newest })));
    }
    print(&format!(
        "state {number} of {at}: snapshot {}, {} decisions, {} files, {:.1} MB\npublished by Osler {} of the log {}\nembedded with {}\n",
        about.published,
        about.decisions,
        state.files().len(),
        bytes as f64 / 1e6,
        about.osler,
        about.writer,
        about.embedder
    ))
}

async fn push(places: &Places, config: &Config) -> Result<ExitCode> {
    if config.replication.role != Part::Writer {
        bail!("only the writer publishes: replication.role must be \"writer\" here");
    }
    let records = Data::open_records(&places.data, config)?;
    let ledger = Arc::new(records.ledger);
    let lexical = Arc::new(Data::open_words(&places.data)?);
    ::ingest::reconcile(&ledger, lexical.as_ref()).await?;
    let mut writer = Writer::new(&config.replication, &places.data, &records.audit, (ledger, lexical))?;
    match writer.push(Timestamp::now()).await? {
        Some(Pushed { number, sent }) => print(&format!(
            "published state {number}: {} blocks were new, {:.1} MB\n",
            sent.blocks,
            sent.bytes as f64 / 1e6
        )),
        None => print("the newest state has everything that was decided\n"),
    }
}
