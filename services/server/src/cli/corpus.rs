//! `osler corpus`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use audit::{Actor, Draft};
use jiff::Timestamp;
use knowledge::{DocumentId, Snapshot, Status};
use ledger::{Decision, Outcome};
use serde_json::json;

use super::{Usage, print};
use crate::config::Places;
use crate::corpus_record;
use crate::data::{Data, Records};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the corpora and what they hold
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take documents in and leave them staged; `osler ingest --stage` is the same
    Stage(super::ingest::Args),
    /// Print what publishing would change: documents, passages, and how answers to golden questions change
    Diff(super::corpus_diff::Args),
    /// Print what wants a person's eye: poor reading, duplicates, doubtful notices
    Findings {
        /// Close the finding of this number instead
        #[arg(long, value_name = "NUMBER")]
        close: Option<i64>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print documents that their issuers meant to look at again by now, the longest overdue first
    Due {
        /// Another day than today, as in 2026-12-31
        #[arg(long, value_name = "DAY")]
        by: Option<jiff::civil::Date>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print what the last runs of ingest came to
    Runs {
        /// Runs wanted
        #[arg(long, default_value_t = 10)]
        limit: usize,
        /// Print JSON, with every document by name
        #[arg(long)]
        json: bool,
    },
    /// Take in a file of notices (retractions, concerns, corrections), one JSON object a line
    Notices {
        /// The file
        file: std::path::PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Compare every text, passage, vector and interval with what was stored
    Verify {
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

pub(super) async fn run(places: &Places, command: Command) -> Result<ExitCode> {
    // These need more than the ledger.
    let command = match command {
        Command::Diff(args) => return super::corpus_diff::run(places, &args).await,
        Command::Stage(args) => return super::ingest::run(places, args.staged()).await,
        command => command,
    };
    let config = places.read()?;
    if config.ingest.two_people && matches!(command, Command::Publish { .. }) {
        let said = "ingest.two_people is set: what is staged is published by two people, in the pages under Library";
        return Err(Usage(said.to_owned()).into());
    }
    let records = Data::open_records(&places.data, &config)?;
    let done = act(&records, command);
    // Whatever was decided goes on record, also when the command failed after it.
    corpus_record::follow(&records.ledger, &records.audit)?;
    done
}

fn act(records: &Records, command: Command) -> Result<ExitCode> {
    let ledger = &records.ledger;
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
            let gaps = records.audit.gaps(limit)?;
            if as_json {
                return print(&format!("{}\n", json!({ "gaps": gaps })));
            }
            let line = |gap: &audit::Gap| {
                format!("{:>4} times, last {}  {}\n", gap.times, gap.last_asked_at, gap.question.replace('\n', " "))
            };
            let text: String = gaps.iter().map(line).collect();
            print(if text.is_empty() { "no question was without evidence\n" } else { &text })
        }
        Command::Diff(_) | Command::Stage(_) => Ok(ExitCode::SUCCESS),
        Command::Findings { close: Some(id), json: as_json } => {
            let log = |finding: &ledger::Finding| -> Result<()> {
                let draft = Draft::new("finding.settled", Actor::command_line()).with("finding", finding.id);
                records.audit.append(draft.with("outcome", Outcome::Dismissed.as_str()))?;
                Ok(())
            };
            let error = match ledger.settle_finding(id, Outcome::Dismissed, "", &decide(""), log) {
                Ok(finding) if as_json => return print(&format!("{}\n", json!({ "finding": finding }))),
                Ok(_) => return print(&format!("finding {id} is closed\n")),
                Err(error) => error,
            };
            match error.downcast_ref() {
                Some(ledger::Error::UnknownFinding(_) | ledger::Error::Settled(_)) => {
                    Err(Usage(format!("there is no open finding {id}: osler corpus findings lists them")).into())
                }
                _ => Err(error),
            }
        }
        Command::Findings { close: None, json: true } => {
            print(&format!("{}\n", json!({ "findings": ledger.findings()? })))
        }
        Command::Findings { close: None, json: false } => {
            let line = |finding: ledger::Finding| {
                format!(
                    "{:>5}  {:16} {} v{}  {}: {}\n",
                    finding.id,
                    finding.kind.as_str(),
                    finding.document,
                    finding.version,
                    finding.title,
                    finding.detail
                )
            };
            let text: String = ledger.findings()?.into_iter().map(line).collect();
            print(if text.is_empty() { "nothing wants a person's eye\n" } else { &text })
        }
        Command::Due { by, json: as_json } => {
            let day = by.map_or_else(|| at.chars().take(10).collect(), |day| day.to_string());
            let due = ledger.due(&day)?;
            if as_json {
                return print(&format!("{}\n", json!({ "due": due })));
            }
            let line =
                |due: &ledger::Due| format!("{:10}  {} v{}  {}\n", due.review_by, due.document, due.version, due.title);
            print(&if due.is_empty() { "nothing is due\n".to_owned() } else { due.iter().map(line).collect() })
        }
        Command::Runs { limit, json: true } => print(&format!("{}\n", json!({ "runs": ledger.runs(limit)? }))),
        Command::Runs { limit, json: false } => {
            let line = |run: ledger::RunRecord| {
                let count = |name: &str| run.account["report"]["documents"][name].as_u64().unwrap_or_default();
                format!(
                    "{:>5}  {}  {:12} {:16} {} added, {} updated, {} rejected, {} to be reviewed\n",
                    run.id,
                    run.at,
                    run.actor,
                    run.corpus,
                    count("added"),
                    count("updated"),
                    count("rejected"),
                    run.account["report"]["reviews"]
                )
            };
            print(&ledger.runs(limit)?.into_iter().map(line).collect::<String>())
        }
        Command::Notices { file, json: as_json } => {
            let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
            let read = |(at, line): (usize, &str)| {
                serde_json::from_str(line)
                    .map_err(|error| Usage(format!("{}, line {}: {error}", file.display(), at + 1)).into())
            };
            let notices: Vec<knowledge::Notice> = lines.map(read).collect::<Result<_>>()?;
            let imported = ledger.import_notices(&notices, &decide("notice"))?;
            if as_json {
                return print(&format!("{}\n", serde_json::to_string(&imported)?));
            }
            print(&format!(
                "{} new notices, {} known; {} versions stand otherwise now, {} matches are doubtful\n",
                imported.new,
                imported.known,
                imported.changed.len(),
                imported.doubtful
            ))
        }
        Command::Verify { json: as_json } => {
            let faults = ledger.faults()?;
            if as_json {
                print(&format!("{}\n", json!({ "sound": faults.is_empty(), "faults": faults })))?;
            } else if faults.is_empty() {
                print("every text, passage, vector and interval is as stored\n")?;
            } else {
                let lines: String = faults.iter().map(|fault| format!("{:?}: {}\n", fault.kind, fault.seen)).collect();
                print(&format!("{lines}osler doctor --deep --repair mends what can be mended\n"))?;
            }
            Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Publish { reason } => {
            let before = ledger.snapshots()?.published;
            let changes = ledger.staged_changes()?;
            let after = ledger.publish(&decide(&reason))?;
            if before == after {
                return print(&format!("nothing was staged; still snapshot {after}\n"));
            }
            let (coming, leaving) = changes
                .iter()
                .fold((0, 0), |(coming, leaving), change| (coming + change.coming, leaving + change.leaving));
            let lines: String = changes.iter().map(super::corpus_diff::line).collect();
            print(&format!(
                "{lines}published snapshot {after}: {coming} passages came into force, {leaving} went out\n"
            ))
        }
        Command::Rollback { snapshot, reason } => {
            ledger.rollback(Snapshot(snapshot), &decide(&reason))?;
            print(&format!("snapshot {snapshot} is published again\n"))
        }
        Command::Retract(standing) => set(ledger, &standing, Status::Retracted, &decide(&standing.reason)),
        Command::Withdraw(standing) => set(ledger, &standing, Status::Withdrawn, &decide(&standing.reason)),
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
    let Standing { document, version, .. } = standing;
    let earlier = ledger.set_status(*document, *version, status, decision)?;
    let with = match earlier.as_slice() {
        [] => String::new(),
        [one] => format!("; version {one} before it went with it"),
        many => format!("; the {} versions before it went with it", many.len()),
    };
    print(&format!("document {document} version {version} is {status}: no answer will rest on it{with}\n"))
}
