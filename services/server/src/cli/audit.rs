//! `osler audit`: bundles and receipts, checked anywhere; a witness; the log's keys, holds and erasure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use ::audit::{
    Absence, Actor, Checkpoint, Directory, Draft, Exported, Fault, Note, Query, Receipt, SignatureKind, Signer, Trust,
    VerifierKey, Witness, verify_bundle, verify_receipt,
};
use anyhow::{Context, Result};
use history::History;
use jiff::Timestamp;
use review::Reviews;
use serde_json::json;

use super::{Usage, print};
use crate::config::Places;
use crate::data::{Data, open_log, system_seams};
use crate::erasure::Stores;
use crate::witnessing::Witnesses;
use crate::{exported, witnessing};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Check a bundle or a receipt, without network and without the service: exits 0 when all holds, 1 when something does not
    Verify(Verify),
    /// Write a bundle: the whole log, receipts of answers, and the texts they cite
    Export(Export),
    /// Print the log's name, public keys and newest checkpoint
    State {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Be a witness: sign a log's checkpoints as long as it only grows. For the auditors' own machine
    Witness(WitnessArgs),
    /// Sign with a new key beside the one in use; both are believed until the older is taken away
    NewKey,
    /// Begin another log, where this one is not what it signed: the old one is kept aside, and named in the first entry
    BeginAnew {
        /// Why, for the record
        #[arg(long)]
        reason: String,
    },
    /// Hold the words of an answer beyond their time
    Hold {
        /// Id of the answer
        answer: String,
        /// Why; without it the hold is lifted
        #[arg(long)]
        reason: Option<String>,
    },
    /// Destroy the words of an answer whose time is over; its entries and their proofs stay
    Erase {
        /// Id of the answer, or of the entry of a search
        answer: String,
    },
    /// Destroy the words of all answers and searches whose time is over and which nobody holds, as the service does every hour
    Expire,
}

#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// A bundle (a directory or a .tar), or a receipt (.json)
    path: PathBuf,
    /// The log's public key, NAME+HASH+KEY; may be given more than once. Without it the key in the receipt is believed, which
    /// proves that nothing was changed after it was signed, but not by whom
    #[arg(long = "key", value_name = "KEY")]
    keys: Vec<String>,
    /// The public key of a witness that must have signed; may be given more than once
    #[arg(long = "witness", value_name = "KEY")]
    witnesses: Vec<String>,
    /// How many of the witnesses must have signed [default: all that are named]
    #[arg(long, value_name = "COUNT")]
    quorum: Option<usize>,
    /// A checkpoint that was kept from before: the log must have grown from it. For bundles: a receipt cannot show that
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// An empty directory for the bundle
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Receipts of these answers, of which each must be on record; may be given more than once [default: of all answers]
    #[arg(long = "answer", value_name = "ID")]
    answers: Vec<String>,
    /// Only the log: no receipts
    #[arg(long, conflicts_with = "answers")]
    log_only: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct WitnessArgs {
    /// The public key of the log, NAME+HASH+KEY
    #[arg(long = "log", value_name = "KEY")]
    log: String,
    /// The name under which it signs, such as witness.audit.example
    #[arg(long)]
    name: String,
    /// The file with what it signed last
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// The file with its private key; made where there is none
    #[arg(long, value_name = "FILE")]
    private_key: PathBuf,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8089", value_name = "ADDRESS")]
    listen: String,
}

pub(super) async fn run(places: &Places, command: Command) -> Result<ExitCode> {
    match command {
        Command::Verify(args) => verify(&args),
        Command::Export(args) => export(places, args).await,
        Command::Witness(args) => witness(&args).await,
        Command::NewKey => new_key(places),
        Command::BeginAnew { reason } => begin_anew(places, &reason),
        command => on_data(places, command),
    }
}

async fn export(places: &Places, args: Export) -> Result<ExitCode> {
    let config = places.read()?;
    let records = Data::open_records(&places.data, &config)?;
    let log = Arc::new(records.audit);
    let is_named = !args.answers.is_empty();
    let ids = match (args.log_only, args.answers) {
        (true, _) => Vec::new(),
        (false, answers) if is_named => answers,
        _ => exported::answers(&log, &Query::default(), usize::MAX)?,
    };
    log.has_all(&ids)?;
    let own = log.append(Draft::new("bundle.exported", Actor::command_line()).with("answers", ids.len()))?;
    // What witnesses signed before lacks this entry.
    let witnesses = Witnesses::new(&config.audit.witnesses)?;
    witnesses.send(&log).await;
    for state in witnesses.states() {
        if let Some(problem) = state.problem {
            let alarm = if state.alarm { "ALARM: " } else { "" };
            eprintln!("{alarm}the witness {} has not signed what is in this bundle: {problem}", state.name);
        }
    }
    let day: String = Timestamp::now().to_string().chars().take(10).collect();
    let exported = exported::directory(&log, &records.ledger, (own + 1, ids.as_slice()), &day, &args.to)
        .with_context(|| format!("cannot write the bundle {}", args.to.display()))?;
    for key in log.verifier_keys() {
        eprintln!("the log's public key, for whoever checks: {key}");
    }
    if is_named {
        for (id, absence) in &exported.left_out {
            eprintln!("left out: {id}: {absence}");
        }
    }
    print(&format!(
        "{}: {} entries, {} receipts{}\n",
        args.to.display(),
        log.size(),
        exported.receipts,
        left_out(&exported)
    ))
}

/// How many answers have no receipt, by why.
fn left_out(exported: &Exported) -> String {
    let mut counts: BTreeMap<Absence, u64> = BTreeMap::new();
    for (_, absence) in &exported.left_out {
        *counts.entry(*absence).or_default() += 1;
    }
    counts.into_iter().map(|(absence, count)| format!("; left out: {count}, as {absence}")).collect()
}

fn on_data(places: &Places, command: Command) -> Result<ExitCode> {
    let records = Data::open_records(&places.data, &places.read()?)?;
    let log = &records.audit;
    let me = Actor::command_line();
    match command {
        Command::State { json: as_json } => {
            let keys: Vec<String> = log.verifier_keys().iter().map(ToString::to_string).collect();
            let (checkpoint, origin) = (log.checkpoint(log.size())?, log.origin());
            if as_json {
                let state = json!({ "origin": origin, "keys": keys, "size": log.size(), "checkpoint": checkpoint });
                return print(&format!("{state}\n"));
            }
            print(&format!("{origin}: {} entries\nkeys:\n  {}\n\n{checkpoint}", log.size(), keys.join("\n  ")))
        }
        Command::Hold { answer, reason } => {
            log.hold(&answer, reason.as_deref(), me)?;
            print(if reason.is_some() { "held\n" } else { "the hold is lifted\n" })
        }
        Command::Erase { answer } => {
            let (history, reviews) = others(&places.data)?;
            Stores { audit: log, history: &history, reviews: &reviews }.erase(&answer, me)?;
            print("its words are destroyed; its entries and their proofs stay\n")
        }
        Command::Expire => {
            let (history, reviews) = others(&places.data)?;
            let destroyed = Stores { audit: log, history: &history, reviews: &reviews }.expire(&me)?;
            print(&format!("the words of {destroyed} answers and searches are destroyed\n"))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// What else knows of answers.
fn others(data: &Path) -> Result<(History, Reviews)> {
    Ok((History::open(&data.join("history.db"))?, Reviews::open(&data.join("reviews.db"))?))
}

fn keys(texts: &[String]) -> Result<Vec<VerifierKey>> {
    let parse = |text: &String| VerifierKey::parse(text).map_err(|error| Usage(format!("{text}: {error}")).into());
    texts.iter().map(parse).collect()
}

fn verify(args: &Verify) -> Result<ExitCode> {
    let witnesses = keys(&args.witnesses)?;
    if witnesses.iter().any(|key| key.kind() != SignatureKind::Cosignature) {
        return Err(Usage("--witness: that is the key of a log, not of a witness".to_owned()).into());
    }
    let quorum = args.quorum.unwrap_or(witnesses.len());
    if quorum > witnesses.len() {
        return Err(Usage(format!("{quorum} witnesses must have signed, but {} are named", witnesses.len())).into());
    }
    let trust = Trust { keys: keys(&args.keys)?, witnesses, quorum };
    if !args.path.exists() {
        return Err(Usage(format!("{} does not exist", args.path.display())).into());
    }
    let is_receipt = args.path.is_file() && args.path.extension().is_some_and(|extension| extension == "json");
    if is_receipt && args.since.is_some() {
        let said = "--since: a receipt has not the entries that would show that the log has grown: check a bundle";
        return Err(Usage(said.to_owned()).into());
    }
    let earlier = args.since.as_deref().map(|path| checkpoint(path, &trust)).transpose()?;
    let recheck = |answer: &serde_json::Value| answer::recheck(answer);
    let outcome = if is_receipt {
        let text =
            std::fs::read_to_string(&args.path).with_context(|| format!("cannot read {}", args.path.display()))?;
        match serde_json::from_str::<Receipt>(&text) {
            Ok(receipt) => {
                let trust = believing(trust, &receipt.keys)?;
                verify_receipt(&receipt, &trust, &recheck).map(|checked| json!({ "answers": [checked] }))
            }
            Err(error) => Err(vec![Fault { at: "receipt".to_owned(), what: format!("it is not a receipt: {error}") }]),
        }
    } else if args.path.is_file() {
        let unpacked = tempfile::tempdir()?;
        exported::unpack(&args.path, unpacked.path())
            .with_context(|| format!("{} is not a bundle", args.path.display()))?;
        bundle(unpacked.path(), trust, earlier.as_ref(), &recheck)?
    } else {
        bundle(&args.path, trust, earlier.as_ref(), &recheck)?
    };
    report(args, outcome)
}

fn bundle(
    path: &Path,
    trust: Trust,
    earlier: Option<&Checkpoint>,
    recheck: ::audit::Recheck<'_>,
) -> Result<std::result::Result<serde_json::Value, Vec<Fault>>> {
    if trust.keys.is_empty() {
        return Err(Usage("name the log's public key with --key: osler audit state prints it".to_owned()).into());
    }
    let verified = verify_bundle(&Directory(path.to_owned()), &trust, earlier, recheck);
    Ok(verified.map(|verified| json!(verified)))
}

/// The keys that were named; without any, those that a receipt names itself.
fn believing(mut trust: Trust, own: &[String]) -> Result<Trust> {
    if trust.keys.is_empty() {
        eprintln!("osler: no --key: the receipt's own key is believed");
        trust.keys = keys(own)?;
    }
    Ok(trust)
}

fn checkpoint(path: &Path, trust: &Trust) -> Result<Checkpoint> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let note = Note::parse(&text).with_context(|| path.display().to_string())?;
    trust.check(&note).with_context(|| path.display().to_string())?;
    Checkpoint::parse(note.text).with_context(|| path.display().to_string())
}

fn report(args: &Verify, outcome: std::result::Result<serde_json::Value, Vec<Fault>>) -> Result<ExitCode> {
    match outcome {
        Ok(verified) => {
            if args.json {
                print(&format!("{}\n", json!({ "holds": true, "verified": verified })))?;
            } else {
                let answers = verified["answers"].as_array().map_or(0, Vec::len);
                let sum = |name: &str| -> u64 {
                    let all = verified["answers"].as_array().into_iter().flatten();
                    all.filter_map(|answer| answer[name].as_u64()).sum()
                };
                let log = match verified["entries"].as_u64() {
                    Some(entries) => format!("{entries} entries, none missing or changed; "),
                    None => String::new(),
                };
                print(&format!(
                    "all holds: {log}{answers} answers on record as they are, {} quotes in their texts, {} statements with the \
                     verdicts of the rules{}{}\n",
                    sum("quotes"),
                    sum("statements"),
                    match sum("by_other_rules") {
                        0 => String::new(),
                        others =>
                            format!("; {others} statements have their verdicts from other rules than this program's"),
                    },
                    match sum("withheld") {
                        0 => String::new(),
                        withheld => format!("; {withheld} quotes are of texts that are withheld"),
                    }
                ))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            if args.json {
                print(&format!("{}\n", json!({ "holds": false, "faults": faults })))?;
            } else {
                let lines: String = faults.iter().map(|fault| format!("{}: {}\n", fault.at, fault.what)).collect();
                print(&format!("it does not hold:\n{lines}"))?;
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn witness(args: &WitnessArgs) -> Result<ExitCode> {
    let log = VerifierKey::parse(&args.log).map_err(|error| Usage(format!("--log: {error}")))?;
    let seed = match std::fs::read(&args.private_key) {
        Ok(seed) => seed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            ::audit::make_key(&args.private_key, &identity::SystemEntropy)
                .with_context(|| format!("cannot write {}", args.private_key.display()))?
                .to_vec()
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", args.private_key.display())),
    };
    let signer = Signer::new(&args.name, SignatureKind::Cosignature, &seed)
        .map_err(|error| Usage(format!("{}: {error}", args.private_key.display())))?;
    let witness = Witness::open(log, signer, &args.state)?;
    let listener = super::serve::listen(&args.listen).await?;
    eprintln!("the witness listens on http://{}; it has signed {} entries", listener.local_addr()?, witness.size());
    eprintln!("its public key, for audit.witnesses and for whoever checks:");
    print(&format!("{}\n", witness.key()))?;
    let service = witnessing::service(Arc::new(witness));
    super::serve::serve(listener, service).await;
    Ok(ExitCode::SUCCESS)
}

fn new_key(places: &Places) -> Result<ExitCode> {
    let config = places.read()?;
    let _lock = Data::hold(&places.data)?;
    let number = ::audit::add_signing_key(&config.audit.options(&places.data, system_seams()))?;
    // Opened with it, so that a checkpoint carries both signatures from now on.
    let records = open_log(&places.data, &config)?;
    records.append(Draft::new("log.key_added", Actor::command_line()).with("number", number))?;
    let keys: Vec<String> = records.verifier_keys().iter().map(ToString::to_string).collect();
    print(&format!("checkpoints are signed by {} keys now:\n  {}\n", keys.len(), keys.join("\n  ")))
}

fn begin_anew(places: &Places, reason: &str) -> Result<ExitCode> {
    let config = places.read()?;
    let _lock = Data::hold(&places.data)?;
    let options = config.audit.options(&places.data, system_seams());
    let (kept, log) = ::audit::begin_anew(&places.data, options, reason)?;
    print(&format!("the old log is kept in {}\nthe new one is {}\n", kept.display(), log.origin()))
}
