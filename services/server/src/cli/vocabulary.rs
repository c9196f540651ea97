//! `osler vocabulary`.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::json;
use vocabulary::{About, Thesaurus, read_mesh};

use super::{Usage, print};
use crate::config::Places;

/// What is left to do after a change.
const NEXT_START: &str = "a service that is running takes it up when it is next started";

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Take over names from MeSH, in the place of what was imported before
    Import {
        /// descYYYY.xml, suppYYYY.xml or both, also as .gz
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Print what is imported
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Go back to Osler's own tables alone
    Remove,
}

pub(super) fn run(places: &Places, command: Command) -> Result<ExitCode> {
    let path = Thesaurus::path(&places.data);
    match command {
        Command::Import { files } => {
            let thesaurus = import(&files)?;
            thesaurus.save(&path)?;
            print(&format!("{}\n{NEXT_START}\n", line(thesaurus.about())))
        }
        Command::Show { json: as_json } => {
            let thesaurus = Thesaurus::open(&path)?;
            let about = thesaurus.as_ref().map(Thesaurus::about);
            if as_json {
                let about = about.map(|about| {
                    json!({
                        "source": about.source,
                        "imported_on": about.imported_on,
                        "sha256": about.sha256,
                        "concepts": about.concepts,
                        "terms": about.terms,
                    })
                });
                return print(&format!("{}\n", json!({ "thesaurus": about })));
            }
            let nothing = || "nothing is imported: questions are widened by Osler's own tables alone".to_owned();
            print(&format!("{}\n", about.map_or_else(nothing, line)))
        }
        Command::Remove if Thesaurus::remove(&path)? => {
            print("removed: a service that is running goes on with it until it is next started\n")
        }
        Command::Remove => print("nothing is imported\n"),
    }
}

/// Reads files whole before anything is changed.
fn import(files: &[PathBuf]) -> Result<Thesaurus> {
    let (mut concepts, mut names) = (Vec::new(), Vec::new());
    for path in files {
        if !path.is_file() {
            return Err(Usage(format!("{} is no file: name descYYYY.xml or suppYYYY.xml", path.display())).into());
        }
        let failed = || format!("cannot import {}, and nothing was changed", path.display());
        let file = File::open(path).with_context(failed)?;
        concepts.extend(read_mesh(BufReader::new(file)).with_context(failed)?);
        names.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    }
    let day: String = Timestamp::now().to_string().chars().take(10).collect();
    Thesaurus::of(concepts, &names.join(", "), &day).context("nothing was changed")
}

fn line(about: &About) -> String {
    format!(
        "MeSH of the U.S. National Library of Medicine ({}), imported on {}: {} concepts, {} terms; sha256 {}",
        about.source, about.imported_on, about.concepts, about.terms, about.sha256
    )
}
