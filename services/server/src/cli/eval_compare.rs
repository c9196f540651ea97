//! `osler eval compare`: whether passages are found as well as they were.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use evals::retrieval::{Allowed, Report, against_kept, below_its_parts, pairs};

use super::{Usage, print};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// What `osler eval retrieval --json` printed
    run: PathBuf,
    /// What it printed earlier: hold the two against each other, question by question, instead of against kept figures. Fails
    /// when what a client gets is worse by a whole 95 % interval. Either way it fails when one arm alone finds more
    earlier: Option<PathBuf>,
    /// Hold it against these figures instead of those that come with this build
    #[arg(long, value_name = "FILE", conflicts_with = "earlier")]
    kept: Option<PathBuf>,
    /// Let collections pass of which no figures are kept
    #[arg(long, conflicts_with = "earlier")]
    allow_new: bool,
    /// Let a run of another embedder pass
    #[arg(long, conflicts_with = "earlier")]
    other_embedder: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let now = report(&args.run)?;
    match &args.earlier {
        Some(earlier) => between(&now, &report(earlier)?),
        None => kept(&now, args),
    }
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn report(file: &Path) -> Result<Report> {
    let wrong = |error| Usage(format!("{} is not what `osler eval retrieval --json` prints: {error}", file.display()));
    Ok(serde_json::from_str(&read(file)?).map_err(wrong)?)
}

fn kept(now: &Report, args: &Args) -> Result<ExitCode> {
    let kept: Vec<evals::Figure> = match &args.kept {
        Some(file) => {
            let wrong = |error| Usage(format!("{} is not a list of figures: {error}", file.display()));
            serde_json::from_str(&read(file)?).map_err(wrong)?
        }
        None => evals::kept(),
    };
    let allowed = Allowed { new_collections: args.allow_new, other_embedder: args.other_embedder };
    let held = against_kept(now, &kept, allowed);
    let mut out: String = held.wrong.iter().map(|line| format!("{line}\n")).collect();
    for collection in &now.collections {
        if let Some(arm) = collection.arms.last() {
            out.push_str(&format!("{}: judged@10 of {} is {:.3}\n", collection.name, arm.arm, arm.judged_10.value));
        }
    }
    out.push_str(&format!("{} figures, {} of them known, {} wrong\n", held.figures, held.known, held.wrong.len()));
    print(&out)?;
    Ok(if held.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn between(now: &Report, then: &Report) -> Result<ExitCode> {
    let pairs = pairs(now, then).map_err(anyhow::Error::msg)?;
    let mut out = String::new();
    let named = |report: &Report| (report.embedder.clone(), report.reranker.clone());
    if named(now) != named(then) {
        let shown = |report: &Report| match &report.reranker {
            Some(reranker) => format!("{} with {reranker}", report.embedder),
            None => report.embedder.clone(),
        };
        out.push_str(&format!("now {}, then {}\n\n", shown(now), shown(then)));
    }
    out.push_str("| collection | arm | questions | now | then | nDCG@10 (95 %) | better | worse |\n");
    out.push_str("|---|---|---|---|---|---|---|---|\n");
    for pair in &pairs {
        let difference = pair.difference;
        out.push_str(&format!(
            "| {} | {} | {} | {:.3} | {:.3} | {:+.3} ({:+.3}–{:+.3}) | {} | {} |\n",
            pair.collection,
            pair.arm,
            pair.questions,
            pair.now,
            pair.then,
            difference.value,
            difference.low,
            difference.high,
            pair.better,
            pair.worse
        ));
    }
    let below = below_its_parts(now);
    out.extend(below.iter().map(|line| format!("{line}\n")));
    print(&out)?;
    let is_worse = !below.is_empty() || pairs.iter().any(|pair| pair.is_worse());
    Ok(if is_worse { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
