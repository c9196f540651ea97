//! `osler reembed`: another embedding model, prepared beside the service that is running, or given up again.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use inference::models::Store;
use ledger::Ledger;

use super::print;
use crate::config::{Places, Precision};
use crate::data::{Data, forget_index};
use crate::models::load_embedder;
use crate::switching::{embed_coming, forget_coming};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// A model in the list of models
    #[arg(long, value_name = "NAME", conflicts_with = "directory")]
    model: Option<String>,
    /// A local directory with a BERT-class sentence encoder
    #[arg(long, value_name = "DIR", required_unless_present_any = ["model", "precision", "forget"])]
    directory: Option<PathBuf>,
    /// How exactly it calculates, int8 or float32 [default: as configured]
    #[arg(long)]
    precision: Option<Precision>,
    /// Give up a model that was prepared and has not taken over, by the name that `osler doctor` has for it
    #[arg(long, value_name = "NAME", conflicts_with_all = ["model", "directory", "precision"])]
    forget: Option<String>,
}

pub(super) async fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    let path = places.data.join("ledger.db");
    if !path.is_file() {
        bail!("there is no data in {}: run `osler ingest`, or name the directory with --data", places.data.display());
    }
    let Some(_alone) = hold(&places.data)? else {
        bail!("another `osler reembed` is at work in {}: wait until it is through", places.data.display());
    };
    // The service may hold the directory: only the ledger is written, which takes turns by itself.
    let ledger = Arc::new(Ledger::open(&path)?);
    match &args.forget {
        Some(name) => forget(places, &ledger, name).await,
        None => embed(places, &ledger, args).await,
    }
}

async fn embed(places: &Places, ledger: &Arc<Ledger>, args: &Args) -> Result<ExitCode> {
    let mut config = places.read()?;
    let embedder = &mut config.embedder;
    if args.directory.is_some() || args.model.is_some() {
        embedder.directory.clone_from(&args.directory);
    }
    if let Some(model) = &args.model {
        embedder.model.clone_from(model);
    }
    embedder.precision = args.precision.unwrap_or(embedder.precision);
    let store = Store::new(places.models_dir()?, config.model_list()?);
    let embedder = load_embedder(&config, &store).await?;
    if ledger.embedder()?.is_some_and(|(bound, _)| bound == embedder.id()) {
        return print(&format!("{} is in use already\n", embedder.id()));
    }
    let coming = ledger.coming(embedder.id())?;
    let bar = ProgressBar::new(coming.passages).with_position(coming.embedded);
    embed_coming(ledger, embedder.as_ref(), |count| bar.inc(count)).await?;
    bar.finish_and_clear();
    let passages = ledger.coming(embedder.id())?.embedded;
    print(&format!(
        "{passages} passages are embedded with {}: name it under [embedder] in the configuration, and either start the service \
         again or, without a pause, have the one that runs read it: kill -HUP and its process id\n",
        embedder.id()
    ))
}

async fn forget(places: &Places, ledger: &Arc<Ledger>, name: &str) -> Result<ExitCode> {
    // As it is kept, with the hash of the model behind it, or as it is called.
    let is_meant = |id: &str| id == name || id.split('@').next() == Some(name);
    if let Some((bound, _)) = ledger.embedder()?.filter(|(bound, _)| is_meant(bound)) {
        bail!("{bound} is in use: it can be given up once another one has taken over");
    }
    let coming = ledger.coming_embedders()?;
    let meant: Vec<&String> = coming.iter().filter(|id| is_meant(id)).collect();
    let name = match meant[..] {
        [one] => one.as_str(),
        [] => {
            let there = if coming.is_empty() { "nothing".to_owned() } else { coming.join(", ") };
            bail!("nothing is prepared of {name}: what is prepared is {there}");
        }
        [..] => bail!("{name} is more than one: say which, {}", coming.join(" or ")),
    };
    let vectors = ledger.coming(name)?.embedded;
    let bar = ProgressBar::new(vectors);
    forget_coming(ledger, name, |count| bar.inc(count)).await?;
    bar.finish_and_clear();
    // A service that runs has no folder of it but one in the making, and clears that away by itself.
    if let Ok(_lock) = Data::hold(&places.data) {
        forget_index(&places.data, name)?;
    }
    print(&format!(
        "{vectors} vectors of {name} are gone; the ledger keeps the room for what comes in, and backups are smaller by it\n"
    ))
}

/// Held by an `osler reembed` for as long as it works. `None` where another one holds it.
fn hold(data: &Path) -> Result<Option<File>> {
    let path = data.join("reembed.lock");
    let cannot = || format!("cannot lock {}", path.display());
    let file = File::options().create(true).truncate(false).write(true).open(&path).with_context(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).with_context(cannot),
    }
}

/// Models whose vectors wait in the ledger while nobody works at them, each with what there is to do about it.
pub(super) fn waiting(data: &Path, ledger: &Ledger) -> Result<Vec<String>> {
    let coming = ledger.coming_embedders()?;
    // Not so much as a lock is made where there is nothing.
    if coming.is_empty() || hold(data)?.is_none() {
        return Ok(Vec::new());
    }
    let said = |name: String| -> Result<String> {
        let far = ledger.coming(&name)?;
        Ok(format!(
            "{} of {} passages are embedded with {name}, which is not in use: have it take over by naming it under [embedder], \
             or give it up with `osler reembed --forget {name}`; until then its vectors are in every backup",
            far.embedded, far.passages
        ))
    };
    coming.into_iter().map(said).collect()
}
