//! `osler backup` and `osler restore`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::print;
use crate::backup;
use crate::config::Places;
use crate::data::Data;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// The backup: one file
    file: PathBuf,
}

pub(super) fn write(places: &Places, args: &Args) -> Result<ExitCode> {
    let contents = backup::write(&places.data, &args.file, &Timestamp::now().to_string())?;
    let bytes = std::fs::metadata(&args.file)?.len();
    print(&format!("{} holds {} stores, {} MiB\n", args.file.display(), contents.files.len(), bytes >> 20))
}

pub(super) async fn restore(places: &Places, args: &Args) -> Result<ExitCode> {
    let config = places.read()?;
    let contents = backup::restore(&args.file, &places.data)?;
    // That of a replica has its records alone.
    let embedder = match Data::has_ledger(&places.data) {
        true => Data::open_ledger(&places.data).and_then(|(ledger, _lock)| Ok(ledger.embedder()?))?,
        false => None,
    };
    if let Some((embedder, dimension)) = embedder {
        eprintln!("building the indexes");
        let data = Data::open(&places.data, (&embedder, dimension), &config)
            .await
            .context("the stores are back, not the indexes")?;
        let totals = data.stores.ledger.totals(None)?;
        eprintln!("{} documents, {} passages in force", totals.documents, totals.passages);
    }
    print(&format!("{} holds what was backed up at {}\n", places.data.display(), contents.at))
}
