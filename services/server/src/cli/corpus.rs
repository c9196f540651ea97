//! `osler corpus`.

use std::process::ExitCode;

use anyhow::Result;
use audit::AuditLog;
use jiff::Timestamp;
use knowledge::{DocumentId, Snapshot, Status};
use ledger::Decision;
use serde_json::json;

use super::print;
use crate::config::Places;
use crate::data::Data;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the corpora and what they hold
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Publish what is staged
    Publish {
        /// Why, for the record
        #[arg(long, default_value = "published by hand")]
        reason: String,
    },
    /// Make an earlier snapshot the published one again
    Rollback {
        /// Its number
        snapshot: u64,
        /// Why, for the record
        #[arg(long)]
        reason: String,
    },
    /// Take a version out of every snapshot because its publisher retracted it
    Retract(Standing),
    /// Take a version out of every snapshot for another reason
    Withdraw(Standing),
    /// Print the questions that had no evidence, the most asked first
    Gaps {
        /// Questions wanted
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print what was decided, by whom, when and why
    History {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Standing {
    /// Id of the document
    document: DocumentId,
    /// Its version
    #[arg(long)]
    version: u32,
    /// Why, for the record
    #[arg(long)]
    reason: String,
}

pub(super) fn run(places: &Places, command: Command) -> Result<ExitCode> {
    let (ledger, _lock) = Data::open_ledger(&places.data)?;
    let at = Timestamp::now().to_string();
    let decide = |reason| Decision { at: &at, actor: "command-line", reason };
    match command {
        Command::List { json: as_json } => {
            let snapshots = ledger.snapshots()?;
            let mut rows = Vec::new();
            for corpus in ledger.corpora()? {
                rows.push((ledger.totals(Some(&corpus.id))?, corpus));
            }
            if as_json {
                let corpora: Vec<_> =
                    rows.iter().map(|(totals, corpus)| json!({ "corpus": corpus, "totals": totals })).collect();
                return print(&format!("{}\n", json!({ "corpora": corpora, "snapshot": snapshots.published })));
            }
            let mut text = String::new();
            for (totals, corpus) in rows {
                text.push_str(&format!(
                    "{:16} {:>6} documents {:>8} passages  {} ({})\n",
                    corpus.id, totals.documents, totals.passages, corpus.title, corpus.licence
                ));
            }
            text.push_str(&format!("snapshot {} is published\n", snapshots.published));
            print(&text)
        }
        Command::Gaps { limit, json: as_json } => {
            let gaps = AuditLog::open(&places.data.join("audit.db"))?.gaps(limit)?;
            if as_json {
                return print(&format!("{}\n", json!({ "gaps": gaps })));
            }
            let line = |gap: &audit::Gap| {
                format!("{:>4} times, last {}  {}\n", gap.times, gap.last_asked_at, gap.question.replace('\n', " "))
            };
            let text: String = gaps.iter().map(line).collect();
            print(if text.is_empty() { "no question was without evidence\n" } else { &text })
        }
        Command::Publish { reason } => {
            let before = ledger.snapshots()?.published;
            let after = ledger.publish(&decide(&reason))?;
            let done = if before == after { "nothing was staged; still" } else { "published" };
            print(&format!("{done} snapshot {after}\n"))
        }
        Command::Rollback { snapshot, reason } => {
            ledger.rollback(Snapshot(snapshot), &decide(&reason))?;
            print(&format!("snapshot {snapshot} is published again\n"))
        }
        Command::Retract(standing) => set(&ledger, &standing, Status::Retracted, &decide(&standing.reason)),
        Command::Withdraw(standing) => set(&ledger, &standing, Status::Withdrawn, &decide(&standing.reason)),
        Command::History { json: true } => print(&format!("{}\n", json!({ "decisions": ledger.decisions()? }))),
        Command::History { json: false } => {
            let line = |d: ledger::DecisionRecord| {
                format!("{}  {:12} {:10} {}  {}\n", d.at, d.actor, d.action, d.subject, d.reason)
            };
            print(&ledger.decisions()?.into_iter().map(line).collect::<String>())
        }
    }
}

fn set(ledger: &ledger::Ledger, standing: &Standing, status: Status, decision: &Decision<'_>) -> Result<ExitCode> {
    ledger.set_status(standing.document, standing.version, status, decision)?;
    print(&format!(
        "document {} version {} is {status}: no answer will rest on it\n",
        standing.document, standing.version
    ))
}
