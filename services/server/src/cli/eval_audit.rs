//! `osler eval audit`: how fast the audit log takes entries, finds answers, and is checked.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use audit::{
    Actor, AuditLog, Directory, DocumentText, Draft, Intent, Outcome, Query, ReceiptSource, Trust, verify_bundle,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::eval_ingest::resident;
use super::print;
use crate::config::{Config, Places};
use crate::data::system_seams;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Seconds that entries are appended for
    #[arg(long, default_value_t = 20, value_name = "SECONDS")]
    seconds: u64,
    /// Who append at once
    #[arg(long, default_value_t = 64, value_name = "COUNT")]
    at_once: u64,
    /// Answers in the log that is searched and checked; each has two entries
    #[arg(long, default_value_t = 50_000, value_name = "COUNT")]
    answers: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    appended: u64,
    per_second: f64,
    append_p50_ms: f64,
    append_p99_ms: f64,
    /// One at a time: what a question waits for, twice.
    alone_p50_ms: f64,
    alone_p99_ms: f64,
    /// Resident memory after the first half of the entries, and at the end.
    resident_mib: [u64; 2],
    answers: u64,
    bytes_per_answer: u64,
    /// Every answer that cited one document.
    cited: u64,
    find_cited_ms: f64,
    entries: u64,
    verify_s: f64,
    verified_per_second: f64,
    verify_peak_mib: u64,
    receipt_made_ms: f64,
    receipt_first_checked_ms: f64,
    receipt_checked_ms: f64,
}

/// How often a receipt is checked.
const CHECKS: usize = 21;

/// Documents that the made answers cite.
const DOCUMENTS: u64 = 1_000;

/// Knowledge of a thousand documents, all of one text.
struct Made;

const TEXT: &str = "Metformin should not be started in adults with an eGFR below 30 mL/min.";

impl ReceiptSource for Made {
    fn snapshot_lines(&self, _: u64) -> Result<Vec<String>, String> {
        let sha256 = knowledge::sha256_hex(TEXT.as_bytes());
        Ok((0..DOCUMENTS).map(|number| audit::snapshot_line(&format!("{number:032x}"), 1, &sha256)).collect())
    }

    fn text(&self, document: &str, version: u32, _: &str) -> Result<DocumentText, String> {
        let sha256 = knowledge::sha256_hex(TEXT.as_bytes());
        Ok(DocumentText { document: document.to_owned(), version, sha256, text: Some(TEXT.to_owned()), withheld: None })
    }
}

pub(super) fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    std::fs::create_dir_all(&places.data)?;
    // On the disk of the data, which is the one that counts.
    let directory = tempfile::tempdir_in(&places.data)?;
    let config = places.read()?;
    let data = directory.path().join("appended");
    let log = open(&data, &config)?;
    eprintln!("appending, one at a time");
    let alone = append(&log, 1, Duration::from_secs(args.seconds / 4 + 1)).0;
    eprintln!("appending, {} at once", args.at_once);
    let half = Duration::from_secs(args.seconds.div_ceil(2));
    let began = Instant::now();
    let (mut waits, first) = append(&log, args.at_once, half);
    let resident_first = resident("VmRSS").unwrap_or(0);
    let (more, second) = append(&log, args.at_once, half);
    let took = began.elapsed();
    waits.extend(more);
    let resident_mib = [resident_first, resident("VmRSS").unwrap_or(0)];
    drop(log);

    let data = directory.path().join("answers");
    let log = open(&data, &config)?;
    eprintln!("recording {} answers", args.answers);
    record(&log, args)?;
    let bytes = size_of_files(&data);
    let wanted = Query { document: Some(format!("{:032x}", 7)), limit: 500, ..Query::default() };
    let began = Instant::now();
    let (mut found, mut before) = (0, None);
    loop {
        let page = log.search(&Query { before, ..wanted.clone() })?;
        found += page.answers.len() as u64;
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    let find_cited = began.elapsed();
    // Each document is cited by every thousandth answer.
    let should = (0..args.answers).filter(|number| number % DOCUMENTS == 7).count() as u64;
    anyhow::ensure!(found == should, "{found} answers were found that cite a document, of {should}");
    let began = Instant::now();
    let receipt = log.receipt("answer-7", &Made)?;
    let receipt_made = began.elapsed();
    let trust = Trust { keys: log.verifier_keys(), ..Trust::default() };
    let agree = |answer: &Value| answer::recheck(answer);
    // The first check also reads the word lists of the rules; whoever checks one receipt waits for that once.
    let mut checks = Vec::new();
    for _ in 0..CHECKS {
        let began = Instant::now();
        if audit::verify_receipt(&receipt, &trust, &agree).is_err() {
            anyhow::bail!("a receipt does not hold");
        }
        checks.push(began.elapsed().as_secs_f64() * 1e3);
    }
    eprintln!("checking a bundle of the log");
    let bundle = directory.path().join("bundle");
    let put = &mut |path: &str, bytes: &[u8]| {
        let path = bundle.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(&bundle))?;
        std::fs::write(path, bytes)
    };
    log.export(&[], &Made, put)?;
    drop(log);
    let began = Instant::now();
    let verified = verify_bundle(&Directory(bundle), &trust, None, &agree);
    let verify = began.elapsed();
    let Ok(verified) = verified else { anyhow::bail!("the bundle does not hold") };
    let appended = first + second;
    let measured = Measured {
        appended,
        per_second: appended as f64 / took.as_secs_f64(),
        append_p50_ms: percentile(&mut waits, 0.5),
        append_p99_ms: percentile(&mut waits, 0.99),
        alone_p50_ms: percentile(&mut alone.clone(), 0.5),
        alone_p99_ms: percentile(&mut alone.clone(), 0.99),
        resident_mib,
        answers: args.answers,
        bytes_per_answer: bytes / args.answers.max(1),
        cited: found,
        find_cited_ms: find_cited.as_secs_f64() * 1e3,
        entries: verified.entries,
        verify_s: verify.as_secs_f64(),
        verified_per_second: verified.entries as f64 / verify.as_secs_f64(),
        verify_peak_mib: resident("VmHWM").unwrap_or(0),
        receipt_made_ms: receipt_made.as_secs_f64() * 1e3,
        receipt_first_checked_ms: checks[0],
        receipt_checked_ms: percentile(&mut checks, 0.5),
    };
    report(&measured, args)
}

fn open(data: &std::path::Path, config: &Config) -> Result<AuditLog> {
    std::fs::create_dir_all(data)?;
    let mut options = config.audit.options(data, system_seams());
    options.keys = data.join("keys");
    options.guard = Some(data.with_extension("guard"));
    Ok(AuditLog::open(data, options)?)
}

/// Appends for a while; how long each waited, in milliseconds, and how many there were.
fn append(log: &AuditLog, at_once: u64, during: Duration) -> (Vec<f64>, u64) {
    let until = Instant::now() + during;
    let waits = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..at_once)
            .map(|_| {
                scope.spawn(|| {
                    let mut waits = Vec::new();
                    while Instant::now() < until {
                        let began = Instant::now();
                        let draft = Draft::new("test.appended", Actor::service())
                            .with("answer", "01a202b2-c500-7000-8000-000000000001")
                            .sealing("words", QUESTION);
                        if log.append(draft).is_err() {
                            break;
                        }
                        waits.push(began.elapsed().as_secs_f64() * 1e3);
                    }
                    waits
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect::<Vec<f64>>()
    });
    let count = waits.len() as u64;
    (waits, count)
}

const QUESTION: &str = "{\"question\":\"In adults with type 2 diabetes, when should metformin not be started?\"}";

/// Answers that each cite one of the documents.
fn record(log: &AuditLog, args: &Args) -> Result<()> {
    let lines = Made.snapshot_lines(1).unwrap_or_default();
    let published = audit::Published { number: 1, size: lines.len() as u64, root: audit::snapshot_root(&lines) };
    log.decided(
        audit::Decided {
            list: audit::LedgerList::Decisions,
            number: 1,
            action: "corpus.published",
            actor: Actor::service(),
            at: "2026-01-01T00:00:00Z",
            object: serde_json::Map::new(),
            reason: "made",
        },
        Some(published),
    )?;
    let next = AtomicU64::new(0);
    let failed = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..args.at_once)
            .map(|_| {
                scope.spawn(|| -> audit::Result<()> {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= args.answers {
                            return Ok(());
                        }
                        one(log, number)?;
                    }
                })
            })
            .collect();
        threads.into_iter().find_map(|thread| thread.join().ok().and_then(Result::err))
    });
    failed.map_or(Ok(()), |error| Err(error.into()))
}

fn one(log: &AuditLog, number: u64) -> audit::Result<()> {
    let (id, document) = (format!("answer-{number}"), format!("{:032x}", number % DOCUMENTS));
    let actor = Actor { id: format!("person-{}", number % 97), role: "clinician".to_owned() };
    let question = "In adults with type 2 diabetes, when should metformin not be started?";
    log.begin(&Intent {
        id: &id,
        asked_at: "2026-01-01T00:00:00Z",
        actor: actor.clone(),
        request_id: "",
        question,
        request: QUESTION,
        identifiers: BTreeMap::new(),
    })?;
    let end = TEXT.chars().count();
    let answer = json!({
        "id": id, "status": "extractive", "mode": "extractive", "question": question, "snapshot": 1, "model": null,
        "prompt_sha256": null, "closest": [], "conflicts": [], "timings_ms": { "total": 12 },
        "rules": grounding::RULES,
        "statements": [{ "text": TEXT, "verdict": "supported", "citations": [{ "n": 1, "evidence": "E1", "quote": TEXT,
            "start": 0, "end": end, "verdict": "supported" }] }],
        "evidence": [{ "id": "E1", "passage": document, "text": TEXT, "start": 0, "end": end, "section": [],
            "document": { "id": document, "version": 1, "corpus": "made", "title": "Metformin", "status": "current",
                "sha256": knowledge::sha256_hex(TEXT.as_bytes()) },
            "scores": { "lexical": { "rank": 1 }, "dense": { "rank": 1 }, "fused": 0.5 } }],
    });
    log.complete(&id, &Outcome { actor, model: None, answer: &answer.to_string() })
}

pub(super) fn percentile(waits: &mut [f64], share: f64) -> f64 {
    waits.sort_by(f64::total_cmp);
    let at = ((waits.len() as f64 * share).ceil() as usize).clamp(1, waits.len().max(1)) - 1;
    waits.get(at).copied().unwrap_or(0.0)
}

fn size_of_files(directory: &std::path::Path) -> u64 {
    let mut sizes = BTreeMap::new();
    let mut waiting = vec![directory.to_owned()];
    while let Some(path) = waiting.pop() {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => waiting.push(entry.path()),
                Ok(metadata) => drop(sizes.insert(entry.path(), metadata.len())),
                Err(_) => {}
            }
        }
    }
    sizes.values().sum()
}

fn report(measured: &Measured, args: &Args) -> Result<ExitCode> {
    if args.json {
        return print(&(serde_json::to_string_pretty(measured)? + "\n"));
    }
    let Measured { appended, per_second, append_p50_ms, append_p99_ms, alone_p50_ms, alone_p99_ms, .. } = measured;
    print(&format!(
        "{appended} entries appended, {per_second:.0} a second by {} at once (p50 {append_p50_ms:.1} ms, p99 {append_p99_ms:.1}); \
         one at a time p50 {alone_p50_ms:.2} ms, p99 {alone_p99_ms:.2}; {} to {} MiB\n\
         {} answers, {} bytes each; {} that cited one document found in {:.0} ms; a receipt made in {:.1} ms, checked in {:.1} ms ({:.1} the first)\n\
         {} entries checked in {:.1} s, {:.0} a second, at most {} MiB\n",
        args.at_once,
        measured.resident_mib[0],
        measured.resident_mib[1],
        measured.answers,
        measured.bytes_per_answer,
        measured.cited,
        measured.find_cited_ms,
        measured.receipt_made_ms,
        measured.receipt_checked_ms,
        measured.receipt_first_checked_ms,
        measured.entries,
        measured.verify_s,
        measured.verified_per_second,
        measured.verify_peak_mib
    ))
}
