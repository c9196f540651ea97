//! `osler reembed`: another embedding model, prepared beside the service that is running.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use inference::models::Store;
use ledger::Ledger;

use super::print;
use crate::app::load_embedder;
use crate::config::Places;
use crate::switching::embed_coming;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// A model in the list of models
    #[arg(long, value_name = "NAME", conflicts_with = "directory")]
    model: Option<String>,
    /// A local directory with a BERT-class sentence encoder
    #[arg(long, value_name = "DIR", required_unless_present = "model")]
    directory: Option<PathBuf>,
}

pub(super) async fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    let path = places.data.join("ledger.db");
    if !path.is_file() {
        bail!("there is no data in {}: run `osler ingest`, or name the directory with --data", places.data.display());
    }
    let mut config = places.read()?;
    config.embedder.directory.clone_from(&args.directory);
    if let Some(model) = &args.model {
        config.embedder.model.clone_from(model);
    }
    let store = Store::new(places.models_dir()?, config.model_list()?);
    let embedder = load_embedder(&config, &store).await?;
    // The service may hold the directory: only the ledger is written, which takes turns by itself.
    let ledger = Arc::new(Ledger::open(&path)?);
    if ledger.embedder()?.is_some_and(|(bound, _)| bound == embedder.id()) {
        return print(&format!("{} is in use already\n", embedder.id()));
    }
    let coming = ledger.coming(embedder.id())?;
    let bar = indicatif::ProgressBar::new(coming.passages).with_position(coming.embedded);
    embed_coming(&ledger, embedder.as_ref(), |count| bar.inc(count)).await?;
    bar.finish_and_clear();
    let passages = ledger.coming(embedder.id())?.embedded;
    print(&format!(
        "{passages} passages are embedded with {}: name it under [embedder] in the configuration, and either start the service \
         again or, without a pause, have the one that runs read it: kill -HUP and its process id\n",
        embedder.id()
    ))
}
