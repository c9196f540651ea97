//! `osler models`.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use inference::models::{Entry, Fetcher, List, Pin, Progress, Role, Store};
use inference::{Bits, EngineSource, quantise};
use serde_json::json;

use super::print;
use crate::config::{self, Config, Places};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Fetch the models that the configuration names, or the ones named here
    Fetch {
        /// Names in the list of models
        names: Vec<String>,
    },
    /// List the models there are, and which of them are here
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Hash every file of every model that is here
    Verify,
    /// Fetch a model from the model hub, hash it, and print the entry that a list of models (models.list) needs for it: a
    /// cross-encoder, another embedder, another writer
    Pin(Pinning),
    /// Quantise a directory of safetensors once, so that it need not be done at every start
    Quantise {
        /// The directory
        directory: PathBuf,
        /// Bits of a weight: 2 to 6, or 8
        #[arg(long, default_value_t = 4)]
        bits: u8,
        /// Where model.uqff and what belongs to it go
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Pinning {
    /// The repository: owner/name
    repository: String,
    /// The commit, in 40 digits
    revision: String,
    /// What it is for: reranker, embedder or generator
    #[arg(long, value_parser = role)]
    role: Role,
    /// Its licence, as its publisher states it: an SPDX expression
    #[arg(long, value_name = "SPDX")]
    licence: String,
    /// Files of the repository, the one to load first; for a generator they must be named
    files: Vec<String>,
}

fn role(text: &str) -> Result<Role, &'static str> {
    match text {
        "reranker" => Ok(Role::Reranker),
        "embedder" => Ok(Role::Embedder),
        "generator" => Ok(Role::Generator),
        _ => Err("it is reranker, embedder or generator"),
    }
}

pub(super) async fn run(places: &Places, command: Command) -> Result<ExitCode> {
    let config = places.read()?;
    let store = Store::new(places.models_dir()?, config.model_list()?);
    match command {
        Command::Quantise { directory, bits, out } => {
            let bits = Bits::new(bits).map_err(|error| super::Usage(error.to_string()))?;
            if !matches!(EngineSource::in_directory(&directory)?, EngineSource::Safetensors(_)) {
                bail!("{} is quantised already: name a directory of safetensors", directory.display());
            }
            quantise(&directory, bits, &out).await?;
            print(&format!("{}: name it as generator.directory\n", out.display()))
        }
        Command::Pin(Pinning { repository, revision, role, licence, files }) => {
            let asked = Pin { repository, revision, role, licence, files };
            let report = |file: &str| eprintln!("{}: fetching {file}", asked.repository);
            let entry = asked.make(&store, &config.models.hub, report).await?;
            print(&toml::to_string(&List { entries: vec![entry] })?)
        }
        Command::Fetch { names } => {
            let names = if names.is_empty() { needed(&config, &store) } else { names };
            fetch(&config, &store, &names).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::List { json: false } => {
            let mut text = String::new();
            for entry in &store.list().entries {
                let here = if is_here(&store, entry) { "here" } else { "not fetched" };
                let mib = entry.files.iter().map(|file| file.bytes).sum::<u64>() >> 20;
                let role = serde_json::to_value(entry.role).ok().and_then(|role| role.as_str().map(str::to_owned));
                let role = role.unwrap_or_default();
                text.push_str(&format!(
                    "{:24} {role:12} {mib:>6} MiB  {:12} {here}  ({})\n",
                    entry.name, entry.licence, entry.revision
                ));
            }
            print(&text)
        }
        Command::List { json: true } => {
            let entries: Vec<_> = store
                .list()
                .entries
                .iter()
                .map(|entry| json!({ "model": entry, "here": is_here(&store, entry) }))
                .collect();
            print(&format!("{}\n", json!({ "models": entries })))
        }
        Command::Verify => {
            let mut sound = true;
            for entry in store.list().entries.iter().filter(|entry| is_here(&store, entry)) {
                match store.verify(&entry.name) {
                    Ok(_) => {
                        print(&format!("{}: every byte is right\n", entry.name))?;
                    }
                    Err(error) => {
                        sound = false;
                        eprintln!("{}: {error}", entry.name);
                    }
                }
            }
            Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

fn is_here(store: &Store, entry: &Entry) -> bool {
    store.directory_of(entry).is_dir()
}

/// What the configuration cannot run without, and can be fetched.
pub(super) fn needed(config: &Config, store: &Store) -> Vec<String> {
    let runtime = store.list().entries.iter().filter(|entry| entry.role == Role::OnnxRuntime);
    let mut names: Vec<String> = runtime.map(|entry| entry.name.clone()).collect();
    if config.embedder.directory.is_none() {
        names.push(config.embedder.model.clone());
    }
    if config.reranker.directory.is_none() {
        names.extend(config.reranker.model.clone());
    }
    if config.generator.backend == config::Backend::Local && config.generator.directory.is_none() {
        names.push(config.generator.model.clone());
    }
    names
}

pub(super) async fn fetch(config: &Config, store: &Store, names: &[String]) -> Result<()> {
    let python = config::python();
    let fetcher = Fetcher::new(store, &config.models.hub, &python);
    let terminal = std::io::stderr().is_terminal();
    for name in names {
        fetcher
            .fetch(name, |progress| match progress {
                Progress::Present(name) if terminal => eprintln!("{name}: here, every byte is right"),
                Progress::Present(_) => {}
                Progress::Fetching(name, bytes) => eprintln!("{name}: fetching {} MiB", bytes >> 20),
                Progress::Encoding(name) => eprintln!("{name}: making the file that is used"),
                Progress::Done(name) => eprintln!("{name}: fetched, every byte is right"),
            })
            .await?;
    }
    Ok(())
}
