//! `osler eval`: the measurements of the house.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use evals::grounding::{Samples, run as measure};

use super::demo::STARTER;
use super::print;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Hold mutants and paraphrases of real sentences against their sources
    Grounding(Grounding),
    /// Hold pairs of sentences against each other, and decide on prompts that are out of scope or time-critical
    Decisions {
        /// List the cases that went wrong
        #[arg(long)]
        mistakes: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Grounding {
    /// Take sentences from the documents in this directory; may be given more than once [default: the starter corpus]
    #[arg(long, value_name = "DIR")]
    from: Vec<PathBuf>,
    /// Mutants of each class and paraphrases of each kind, at most
    #[arg(long, default_value_t = 2_000)]
    per_class: usize,
    /// List the cases that went wrong
    #[arg(long)]
    mistakes: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Grounding(args) => grounding(&args),
        Command::Decisions { mistakes } => decisions(mistakes),
    }
}

fn grounding(args: &Grounding) -> Result<ExitCode> {
    let mut samples = Samples::default();
    if args.from.is_empty() {
        starter(&STARTER, &mut samples);
    }
    for directory in &args.from {
        let mut files: Vec<PathBuf> = std::fs::read_dir(directory)
            .with_context(|| format!("cannot read {}", directory.display()))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        files.sort();
        for file in files.iter().filter(|file| file.is_file()) {
            let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            samples.add(&file.to_string_lossy(), &bytes);
        }
    }
    let table = measure(&samples, args.per_class);
    if args.json {
        return print(&format!("{:#}\n", table.to_json()));
    }
    let mut out = String::new();
    if args.mistakes {
        out.extend(table.mistakes().map(|mistake| mistake + "\n"));
    }
    print(&(out + &table.to_string()))?;
    Ok(if table.short_of_reach().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn starter(directory: &include_dir::Dir<'_>, samples: &mut Samples) {
    for file in directory.files() {
        if !file.path().ends_with("README.md") {
            samples.add(&file.path().to_string_lossy(), file.contents());
        }
    }
    for below in directory.dirs() {
        starter(below, samples);
    }
}

fn decisions(mistakes: bool) -> Result<ExitCode> {
    let conflicts = evals::grounding::conflicts::run();
    let (scope, urgent) = (evals::questions::out_of_scope(), evals::questions::time_critical());
    let rows = [
        ("sources that disagree", conflicts.conflicts, conflicts.others, conflicts.mistakes),
        ("out of scope", scope.positives, scope.negatives, scope.mistakes),
        ("time-critical", urgent.positives, urgent.negatives, urgent.mistakes),
    ];
    let mut out = String::from("| decision | seen | wrongly seen |\n|---|---|---|\n");
    for (name, (positives, seen), (negatives, wrong), _) in &rows {
        out.push_str(&format!("| {name} | {seen} of {positives} | {wrong} of {negatives} |\n"));
    }
    if mistakes {
        out.extend(rows.iter().flat_map(|(.., mistakes)| mistakes).map(|mistake| format!("{mistake}\n")));
    }
    print(&out)
}
