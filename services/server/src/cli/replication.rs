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
use crate::replication::{About, Memory, Pushed, Writer, depot};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print what the store has: the newest state, the snapshot that questions see in it, and who published it
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Publish what was decided while no service runs; a running one publishes by itself
    Push {
        /// Look first whether the store still has all of the newest state, and send again what it has lost
        #[arg(long)]
        all: bool,
        /// Go on from the state of another writer of this library, which has ended for good
        #[arg(long)]
        take_over: bool,
    },
}

pub(super) async fn run(places: &Places, command: Command) -> Result<ExitCode> {
    let config = places.read()?;
    match command {
        Command::Show { json } => show(places, &config, json).await,
        Command::Push { all, take_over } => push(places, &config, all, take_over).await,
    }
}

async fn show(places: &Places, config: &Config, as_json: bool) -> Result<ExitCode> {
    let newest = depot(&config.replication)?.newest(0).await?;
    let refused = match config.replication.role {
        Part::Writer => Memory::read(&places.data, &config.replication).refused,
        Part::Alone | Part::Replica => None,
    };
    let about = newest.as_ref().map(About::of).transpose()?;
    let Some((state, about)) = newest.as_ref().zip(about) else {
        return print(&if as_json {
            format!("{:#}\n", json!({ "newest": null, "refused": refused }))
        } else {
            format!("nothing has been published there yet\n{}", refusal(refused))
        });
    };
    let (number, at) = (state.number(), state.at());
    let bytes: u64 = state.files().iter().map(replication::StoredFile::bytes).sum();
    if as_json {
        let newest =
            json!({ "number": number, "at": at, "files": state.files().len(), "bytes": bytes, "about": about });
        return print(&format!("{:#}\n", json!({ "newest": newest, "refused": refused })));
    }
    print(&format!(
        "state {number} of {at}: snapshot {}, {} decisions, {} files, {:.1} MB\npublished by Osler {} of the log {}\nembedded with {}\n{}",
        about.published,
        about.decisions,
        state.files().len(),
        bytes as f64 / 1e6,
        about.osler,
        about.writer,
        about.embedder,
        refusal(refused)
    ))
}

/// Why this machine publishes nothing, if it does not.
fn refusal(refused: Option<String>) -> String {
    refused.map(|reason| format!("nothing is published from here any more: {reason}\n")).unwrap_or_default()
}

async fn push(places: &Places, config: &Config, all: bool, take_over: bool) -> Result<ExitCode> {
    if config.replication.role != Part::Writer {
        bail!("only the writer publishes: replication.role must be \"writer\" here");
    }
    let records = Data::open_records(&places.data, config)?;
    let ledger = Arc::new(records.ledger);
    let lexical = Arc::new(Data::open_words(&places.data)?);
    ::ingest::reconcile(&ledger, lexical.as_ref()).await?;
    let mut writer = Writer::new(&config.replication, &places.data, &records.audit, (ledger, lexical))?;
    if take_over {
        writer.take_over();
    }
    let mut said = String::new();
    if all {
        said = match writer.look_for_lost().await? {
            0 => "the store has lost nothing of the newest state\n".to_owned(),
            lost => format!("the store has lost {lost} blocks of the newest state: they are sent again\n"),
        };
    }
    let published = match writer.push(Timestamp::now()).await? {
        Some(Pushed { number, sent }) => {
            format!("published state {number}: {} blocks were new, {:.1} MB\n", sent.blocks, sent.bytes as f64 / 1e6)
        }
        None => "the newest state has everything that was decided\n".to_owned(),
    };
    print(&format!("{said}{published}"))
}
