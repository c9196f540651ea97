//! What all tests of this room share: a ledger with documents in it, and people.

mod bits;
mod gaps;
mod golden;
mod interrupted;
mod policies;
mod proposals;
mod standings;
mod walk;

use knowledge::{
    Access, BlockKind, Corpus, DocumentId, Identifiers, Metadata, Passage, PassageId, Quality, Rights, Span, Status,
    TextBuilder,
};
use ledger::{Decision, Ledger, NewVersion, Staging};

use crate::{Curation, Decider, NewProposal, Power, Proposal, Result, Subject};

const CURATES: &[Power] = &[Power::Curate];
const PUBLISHES: &[Power] = &[Power::Publish];
const BOTH: &[Power] = &[Power::Curate, Power::Publish];

/// A librarian, a publisher, two people who may do everything, and one who only reads.
const LINA: Decider<'static> = Decider { account: "lina", full_name: "Lina Lund", powers: CURATES };
const PAUL: Decider<'static> = Decider { account: "paul", full_name: "Paul Pohl", powers: PUBLISHES };
const BERT: Decider<'static> = Decider { account: "bert", full_name: "Bert Bohm", powers: BOTH };
const CARA: Decider<'static> = Decider { account: "cara", full_name: "Cara Cohn", powers: BOTH };
const RUTH: Decider<'static> = Decider { account: "ruth", full_name: "Ruth Roth", powers: &[] };

/// Decisions that stand outside of what is tested.
const OUTSIDE: Decision<'static> = Decision { at: "t", actor: "outside", reason: "test" };

fn corpus() -> Corpus {
    Corpus {
        id: "test".parse().unwrap(),
        title: "Test".into(),
        issuer: "Test".into(),
        kind: knowledge::Kind::Guideline,
        licence: "CC0-1.0".into(),
        rights: Rights { index: true, quote_words: None, display: true, export: true, expires: None },
        jurisdiction: "international".into(),
        language: "en".into(),
        evidence_level: None,
    }
}

fn ledger() -> Ledger {
    let ledger = Ledger::in_memory().unwrap();
    ledger.put_corpus(&corpus(), &OUTSIDE).unwrap();
    ledger
}

fn document(name: &str) -> DocumentId {
    DocumentId::of(&corpus().id, name)
}

/// Stages a version of one sentence. One that was read poorly brings a finding.
fn stage(ledger: &Ledger, name: &str, number: u32, is_poor: bool) {
    let mut builder = TextBuilder::new();
    builder.block(BlockKind::Paragraph, &format!("{name}, as version {number} has it."));
    let text = builder.finish();
    let span = Span { start: 0, end: text.as_str().chars().count() };
    let passage = Passage {
        id: PassageId::of(document(name), number, &text.sha256(), span),
        span,
        section: Vec::new(),
        page: None,
        text: text.as_str().to_owned(),
    };
    let metadata = Metadata {
        title: name.into(),
        issuer: "Test".into(),
        kind: knowledge::Kind::Guideline,
        published: None,
        status: Status::Current,
        access: Access::FullText,
        jurisdiction: "international".into(),
        language: "en".into(),
        grade: None,
        identifiers: Identifiers::default(),
        authors: vec![],
        licence: None,
        sources: vec![],
        notice: None,
        effective: None,
        review_by: None,
        expires: None,
        related: vec![],
    };
    let version = NewVersion {
        corpus: corpus().id,
        name: name.into(),
        source_name: name.into(),
        source_sha256: format!("{name} {number}"),
        parser: "test/1".into(),
        metadata,
        text,
        quality: Quality { score: if is_poor { 0.5 } else { 1.0 }, defects: vec![] },
        sketch: None,
    };
    let staging = Staging { version, number, passages: vec![passage], vectors: vec![vec![0.5; 4]] };
    ledger.stage(&[staging], &OUTSIDE).unwrap();
}

/// How a version stands in the ledger.
fn standing(ledger: &Ledger, name: &str, number: u32) -> Status {
    let versions = ledger.versions_of(document(name)).unwrap();
    versions.into_iter().find(|version| version.number == number).unwrap().status
}

fn new(id: &str, subject: Subject) -> NewProposal<'_> {
    NewProposal { id, subject, reason: "New guideline", at: "t1" }
}

fn restore(name: &str, version: u32) -> Subject {
    Subject::Restore { document: document(name), version }
}

/// A log that takes everything.
fn unlogged<T>(_: &T) -> Result<()> {
    Ok(())
}

/// Proposed by Lina, reviewed by Bert, approved by Paul.
fn approved(curation: &Curation, ledger: &Ledger, id: &str, subject: Subject) -> Proposal {
    let hash = curation.propose(ledger, &new(id, subject), &LINA, unlogged).unwrap().record_hash;
    curation.review(ledger, id, &BERT, &hash, "t2", unlogged).unwrap();
    curation.approve(ledger, id, &PAUL, &hash, "t3", unlogged).unwrap()
}
