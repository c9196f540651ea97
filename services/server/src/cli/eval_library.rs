//! `osler eval library`: how quick the librarian's lists are when much is held.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use knowledge::{
    Access, BlockKind, Corpus, DocumentId, Identifiers, Kind, Metadata, PASSAGE_WORDS, Passage, PassageId, Quality,
    Rights, Status, TextBuilder, char_slice, sha256_hex, split,
};
use ledger::{Decision, DocumentQuery, Ledger, NewVersion, Staging};
use serde::Serialize;

use super::eval_audit::percentile;
use super::print;
use crate::config::Places;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Documents that are held
    #[arg(long, default_value_t = 10_000, value_name = "COUNT")]
    documents: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// How long something took, in milliseconds.
#[derive(Debug, Serialize)]
struct Took {
    what: &'static str,
    p50_ms: f64,
    worst_ms: f64,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    documents: u32,
    took: Vec<Took>,
}

/// Times that each is done.
const TIMES: usize = 20;

/// Documents that are staged in one go.
const BATCH: u32 = 500;

const DECISION: Decision<'static> = Decision { at: "2026-01-01T00:00:00Z", actor: "eval", reason: "made" };

pub(super) fn run(places: &Places, args: &Args) -> Result<ExitCode> {
    std::fs::create_dir_all(&places.data)?;
    // On the disk of the data, which is the one that counts.
    let directory = tempfile::tempdir_in(&places.data)?;
    let ledger = Ledger::open(&directory.path().join("ledger.db"))?;
    let corpus = made_up("made", "Made documents")?;
    ledger.put_corpus(&corpus, &DECISION)?;
    eprintln!("making {} documents", args.documents);
    for first in (0..args.documents).step_by(BATCH as usize) {
        let batch: Vec<Staging> =
            (first..(first + BATCH).min(args.documents)).map(|number| made(&corpus, number)).collect();
        ledger.stage(&batch, &DECISION)?;
    }
    let all = DocumentQuery { limit: 100, ..DocumentQuery::default() };
    let mut took = vec![time("what is staged, all of it new", || ledger.staged_changes().map(drop))?];
    ledger.publish(&DECISION)?;
    // Somewhere in the middle.
    let mut middle = all.clone();
    for _ in 0..args.documents / 200 {
        middle.after = ledger.list_documents(&middle)?.next;
    }
    ledger.stage(&[made(&corpus, args.documents)], &DECISION)?;
    took.push(time("what is staged, one document", || ledger.staged_changes().map(drop))?);
    let retracted = DocumentQuery { status: Some(Status::Retracted), ..all.clone() };
    let words = DocumentQuery { words: Some("renal 4711".to_owned()), ..all.clone() };
    let document = DocumentId::of(&corpus.id, "made-17");
    took.push(time("the first page", || ledger.list_documents(&all).map(drop))?);
    took.push(time("a page in the middle", || ledger.list_documents(&middle).map(drop))?);
    took.push(time("the one in a thousand that is retracted", || ledger.list_documents(&retracted).map(drop))?);
    took.push(time("words of a title", || ledger.list_documents(&words).map(drop))?);
    took.push(time("how many there are", || ledger.count_documents(&all).map(drop))?);
    took.push(time("one document's versions", || ledger.versions_of(document).map(drop))?);
    took.push(time("how the corpora stand", || ledger.corpus_health("2026-11-28").map(drop))?);
    let measured = Measured { documents: args.documents, took };
    if args.json {
        return print(&format!("{}\n", serde_json::to_string(&measured)?));
    }
    let line = |took: &Took| format!("{:42} {:>9.1} {:>9.1}\n", took.what, took.p50_ms, took.worst_ms);
    let lines: String = measured.took.iter().map(line).collect();
    print(&format!("{} documents, milliseconds            half within     worst\n{lines}", measured.documents))
}

fn time(what: &'static str, work: impl Fn() -> ledger::Result<()>) -> Result<Took> {
    let mut waits = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let began = Instant::now();
        work()?;
        waits.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(Took { what, p50_ms: percentile(&mut waits, 0.5), worst_ms: percentile(&mut waits, 1.0) })
}

/// A corpus for documents that are made up.
pub(super) fn made_up(id: &str, title: &str) -> Result<Corpus> {
    Ok(Corpus {
        id: id.parse()?,
        title: title.to_owned(),
        issuer: "Nobody".to_owned(),
        kind: Kind::Guideline,
        licence: "CC0-1.0".to_owned(),
        rights: Rights { index: true, quote_words: None, display: true, export: true, expires: None },
        jurisdiction: "international".to_owned(),
        language: "en".to_owned(),
        evidence_level: None,
    })
}

/// A document of some four thousand characters; one in a thousand is retracted, one in fifty was read badly.
fn made(corpus: &Corpus, number: u32) -> Staging {
    let title = format!("Management of renal disease in adults, part {number}");
    let mut builder = TextBuilder::new();
    builder.heading(1, &title);
    for paragraph in 0..8 {
        let sentence = format!("Part {number} has {paragraph} more to say of patients whose kidneys fail. ");
        builder.block(BlockKind::Paragraph, &sentence.repeat(7));
    }
    let text = builder.finish();
    let name = format!("made-{number}");
    let document = DocumentId::of(&corpus.id, &name);
    let sha256 = text.sha256();
    let passages: Vec<Passage> = split(&text, PASSAGE_WORDS)
        .into_iter()
        .map(|(span, section, page)| Passage {
            id: PassageId::of(document, 1, &sha256, span),
            span,
            section,
            page,
            text: char_slice(text.as_str(), span).unwrap_or_default().to_owned(),
        })
        .collect();
    let score = if number.is_multiple_of(50) { 0.5 } else { 1.0 };
    let metadata = Metadata {
        title,
        issuer: format!("Board {}", number % 40),
        kind: Kind::Guideline,
        published: Some(format!("{}-03-01", 2000 + number % 26)),
        status: if number.is_multiple_of(1_000) { Status::Retracted } else { Status::Current },
        access: Access::FullText,
        jurisdiction: corpus.jurisdiction.clone(),
        language: corpus.language.clone(),
        grade: None,
        identifiers: Identifiers::default(),
        authors: Vec::new(),
        licence: None,
        sources: Vec::new(),
        notice: None,
        effective: None,
        review_by: Some(format!("{}-01", 2024 + number % 6)),
        expires: None,
        related: Vec::new(),
    };
    let vectors = vec![vec![1.0]; passages.len()];
    let version = NewVersion {
        corpus: corpus.id.clone(),
        source_name: format!("{name}.md"),
        source_sha256: sha256_hex(name.as_bytes()),
        name,
        parser: "made 1".to_owned(),
        metadata,
        quality: Quality { score, defects: Vec::new() },
        // All are alike: what is found among them is not what is measured.
        sketch: None,
        text,
    };
    Staging { version, number: 1, passages, vectors }
}
