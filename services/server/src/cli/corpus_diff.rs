//! `osler corpus diff`: what publishing would change, before anybody publishes.

use std::path::PathBuf;
use std::process::ExitCode;

use answer::{Answer, Question};
use anyhow::{Context, Result};
use ledger::StagedChange;
use serde::Serialize;
use serde_json::json;

use super::print;
use crate::app::App;
use crate::config::{Mode, Places};
use crate::data::Data;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Questions, one a line: how their answers, sentences of the evidence chosen without a model, would change
    #[arg(long, value_name = "FILE")]
    golden: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// An answer before and after publishing.
#[derive(Debug, Serialize)]
struct Golden {
    question: String,
    is_changed: bool,
    /// What part of the search was away, if one was: what differs may differ for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
    before: Said,
    after: Said,
}

#[derive(Debug, PartialEq, Serialize)]
struct Said {
    status: String,
    statements: Vec<String>,
}

pub(super) async fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    let (snapshots, changes) = {
        let (ledger, _lock) = Data::open_ledger(&places.data)?;
        (ledger.snapshots()?, ledger.staged_changes()?)
    };
    let golden = match &args.golden {
        Some(path) => golden(places, path).await?,
        None => Vec::new(),
    };
    if args.json {
        let (published, staged) = (snapshots.published, snapshots.staged);
        let diff = json!({ "published": published, "staged": staged, "documents": changes, "golden": golden });
        return print(&format!("{diff}\n"));
    }
    let mut text = format!("snapshot {} is published, {} is staged\n", snapshots.published, snapshots.staged);
    if changes.is_empty() {
        text.push_str("nothing is staged\n");
    }
    text.extend(changes.iter().map(line));
    for answer in golden.iter().filter(|answer| answer.is_changed) {
        text.push_str(&format!("\n{}\n- {}\n+ {}\n", answer.question, said(&answer.before), said(&answer.after)));
    }
    if !golden.is_empty() {
        let changed = golden.iter().filter(|answer| answer.is_changed).count();
        text.push_str(&format!("\n{changed} of {} golden answers change\n", golden.len()));
    }
    if let Some(missing) = golden.iter().find_map(|answer| answer.missing.as_deref()) {
        text.push_str(&format!("! Not with the whole search: {missing}\n"));
    }
    print(&text)
}

pub(super) fn line(change: &StagedChange) -> String {
    let StagedChange { document, version, title, corpus, coming, leaving, .. } = change;
    format!("{corpus:16} +{coming:<5} -{leaving:<5} {document} v{version}  {title}\n")
}

fn said(said: &Said) -> String {
    format!("{}: {}", said.status, said.statements.join(" / "))
}

async fn golden(places: &Places, path: &PathBuf) -> Result<Vec<Golden>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let app = App::open_with(places, |config| config.answer.mode = Mode::Extractive).await?;
    let mut golden = Vec::new();
    for question in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (before, missing) = ask(&app, question, false).await?;
        let (after, missing_after) = ask(&app, question, true).await?;
        let (question, missing) = (question.to_owned(), missing.or(missing_after));
        golden.push(Golden { question, is_changed: before != after, missing, before, after });
    }
    Ok(golden)
}

/// What is answered, and what part of the search was away.
async fn ask(app: &App, question: &str, staged: bool) -> Result<(Said, Option<String>)> {
    let question = Question { question: question.to_owned(), staged, ..Question::default() };
    let answer: Answer = app.asker.ask_alone(&question).await?;
    let status = serde_json::to_value(answer.status)?.as_str().unwrap_or_default().to_owned();
    let statements = answer.statements.into_iter().map(|statement| statement.text).collect();
    Ok((Said { status, statements }, answer.missing))
}
