//! The audit log follows the ledger: every decision about the knowledge and every run of ingest is put on record, in order,
//! once. The ledger decides in its own transaction; what it decided and the log lacks is made up before the next question, and
//! when data is opened. That takes as long for a large library as for a small one: the root of a snapshot is made and kept in
//! the transaction that publishes it, before any question can be answered from it.

use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use audit::{
    Actor, AuditLog, Decided, DocumentText, Hash, LedgerList, Published, ReceiptSource, snapshot_line, snapshot_root,
};
use knowledge::{DocumentId, Snapshot};
use ledger::{DecisionRecord, DocumentView, Ledger, Reach, RunRecord, VersionInForce};
use serde_json::{Map, json};

/// Held by whoever makes up what is lacking. After a publication many questions find at once that it is; one writes, and the
/// others wait for that. Correctness does not hang on it: the log takes nothing twice.
static FOLLOWING: Mutex<()> = Mutex::new(());

/// Puts the ledger's decisions on record that are not yet. What was decided before the call is on record when it returns.
///
/// # Errors
/// When either cannot be read, or the log cannot be written.
pub fn follow(ledger: &Ledger, log: &AuditLog) -> Result<()> {
    if !is_behind(ledger, log)? {
        return Ok(());
    }
    let _one = FOLLOWING.lock().unwrap_or_else(PoisonError::into_inner);
    // Another may have done it meanwhile.
    for decision in ledger.decisions_after(log.last_of(LedgerList::Decisions)?)? {
        put(ledger, log, &decision)?;
    }
    for run in ledger.runs_after(last_run(log)?)? {
        put_run(log, &run)?;
    }
    Ok(())
}

fn is_behind(ledger: &Ledger, log: &AuditLog) -> Result<bool> {
    Ok(ledger.last_decision()? > log.last_of(LedgerList::Decisions)? || ledger.last_run()? > last_run(log)?)
}

fn last_run(log: &AuditLog) -> Result<i64> {
    Ok(i64::try_from(log.last_of(LedgerList::Runs)?).unwrap_or(i64::MAX))
}

/// What a run of ingest came to, in numbers.
fn put_run(log: &AuditLog, run: &RunRecord) -> Result<()> {
    let mut object = Map::new();
    object.insert("corpus".to_owned(), audit::token(&run.corpus).into());
    let documents = &run.account["report"]["documents"];
    for name in ["added", "updated", "unchanged", "rejected"] {
        object.insert(name.to_owned(), json!(documents[name].as_u64().unwrap_or(0)));
    }
    let decided = Decided {
        list: LedgerList::Runs,
        number: run.id.unsigned_abs(),
        action: "corpus.ingested",
        actor: Actor { id: audit::token(&run.actor), role: "librarian".to_owned() },
        at: &run.at,
        object,
        reason: "",
    };
    log.decided(decided, None)?;
    Ok(())
}

fn put(ledger: &Ledger, log: &AuditLog, decision: &DecisionRecord) -> Result<()> {
    let mut published = None;
    let mut object = Map::new();
    let action = match decision.action.as_str() {
        "publish" | "rollback" => {
            let number = decision.subject.parse().unwrap_or(0);
            published = Some(in_force(ledger, number)?);
            if decision.action == "publish" { "corpus.published" } else { "corpus.rolled_back" }
        }
        "policy" => {
            object.insert("corpus".to_owned(), audit::token(&decision.subject).into());
            "corpus.policy"
        }
        standing => {
            // Written by the ledger as `DOCUMENT vNUMBER`.
            let (document, version) = decision.subject.split_once(" v").unwrap_or((&decision.subject, "0"));
            object.insert("document".to_owned(), audit::token(document).into());
            object.insert("version".to_owned(), json!(version.parse::<u32>().unwrap_or(0)));
            if standing == "inspected" {
                "corpus.inspected"
            } else {
                object.insert("standing".to_owned(), audit::token(standing).into());
                "corpus.standing"
            }
        }
    };
    let role = if published.is_some() { "publisher" } else { "librarian" };
    let decided = Decided {
        list: LedgerList::Decisions,
        number: decision.number,
        action,
        actor: Actor { id: audit::token(&decision.actor), role: role.to_owned() },
        at: &decision.at,
        object,
        reason: &decision.reason,
    };
    log.decided(decided, published)?;
    Ok(())
}

/// What a snapshot comes to. The ledger has that from the moment on that it is published; what was published before ledgers kept
/// it is read and hashed, once.
fn in_force(ledger: &Ledger, number: u64) -> ledger::Result<Published> {
    let snapshot = Snapshot(number);
    let (size, root) = match ledger.root(snapshot)? {
        Some(kept) => kept,
        None => {
            let versions = ledger.versions_in(snapshot)?;
            (versions.len() as u64, root_of(&versions))
        }
    };
    Ok(Published { number, size, root })
}

/// The root over everything in force, as the log signs it.
pub fn root_of(versions: &[VersionInForce]) -> Hash {
    snapshot_root(&lines_of(versions))
}

fn lines_of(versions: &[VersionInForce]) -> Vec<String> {
    let line = |(document, version, sha256): &VersionInForce| snapshot_line(&document.to_string(), *version, sha256);
    let mut lines: Vec<String> = versions.iter().map(line).collect();
    lines.sort();
    lines
}

/// The knowledge, as receipts need it.
#[derive(Clone, Copy)]
pub struct Held<'a> {
    /// Where it is kept.
    pub ledger: &'a Ledger,
    /// The day, as in 2026-11-28, on which it is asked: licences end.
    pub day: &'a str,
}

impl Held<'_> {
    /// A version as it was stored. Where it is damaged, another one with the same text, as there is once its source was taken in
    /// again; `None` where there is none.
    fn sound(&self, document: DocumentId, version: u32, sha256: &str) -> ledger::Result<Option<DocumentView>> {
        let read = |version| match self.ledger.document(document, Some(version), self.day, Reach::Staged) {
            Err(ledger::Error::Damaged(what)) => {
                tracing::error!(what, "withheld from a receipt");
                Ok(None)
            }
            read => read.map(Some),
        };
        if let Some(view) = read(version)? {
            return Ok(Some(view));
        }
        let held = match self.ledger.versions_of(document) {
            Err(ledger::Error::Damaged(_)) => return Ok(None),
            held => held?,
        };
        for other in held.iter().filter(|other| other.number != version && other.sha256 == sha256) {
            if let Some(view) = read(other.number)? {
                return Ok(Some(view));
            }
        }
        Ok(None)
    }
}

impl ReceiptSource for Held<'_> {
    fn snapshot_lines(&self, number: u64) -> Result<Vec<String>, String> {
        let versions = self.ledger.versions_in(Snapshot(number)).map_err(|error| error.to_string())?;
        Ok(lines_of(&versions))
    }

    fn text(&self, document: &str, version: u32, sha256: &str) -> Result<DocumentText, String> {
        let id: DocumentId = document.parse().map_err(|error: knowledge::IdError| error.to_string())?;
        let Some(view) = self.sound(id, version, sha256).map_err(|error| error.to_string())? else {
            let (document, sha256) = (document.to_owned(), sha256.to_owned());
            let withheld = Some("its text is damaged here".to_owned());
            return Ok(DocumentText { document, version, sha256, text: None, withheld });
        };
        let rights = self.ledger.corpus(&view.document.corpus).map_err(|error| error.to_string())?.rights;
        let may_leave = rights.export && rights.quote_words.is_none();
        Ok(DocumentText {
            document: document.to_owned(),
            version,
            sha256: view.document.sha256,
            text: may_leave.then_some(view.text),
            withheld: (!may_leave).then(|| "the licence of the corpus does not let whole texts leave".to_owned()),
        })
    }
}
