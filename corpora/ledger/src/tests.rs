//! What all tests of this room share: a corpus, and documents to stage in it.

mod copy;
mod decisions;
mod document;
mod files;
mod findings;
mod health;
mod notices;
mod order;
mod policies;
mod reembed;
mod roots;
mod shelf;
mod snapshots;
mod turns;
mod withheld;
mod write;

use knowledge::{
    Access, BlockKind, Corpus, DocumentId, Identifiers, Kind, Metadata, PASSAGE_WORDS, Passage, PassageId, Quality,
    Rights, Status, TextBuilder, char_slice, split,
};

use crate::{Decision, Ledger, NewVersion, Staging};

const DECISION: Decision<'static> = Decision { at: "2026-01-01T00:00:00Z", actor: "test", reason: "test" };

fn corpus(id: &str) -> Corpus {
    Corpus {
        id: id.parse().unwrap(),
        title: "Test".into(),
        issuer: "Test".into(),
        kind: Kind::Guideline,
        licence: "CC0-1.0".into(),
        rights: Rights { index: true, quote_words: None, display: true, export: true, expires: None },
        jurisdiction: "international".into(),
        language: "en".into(),
        evidence_level: None,
    }
}

/// A ledger with the corpus `test`.
fn ledger() -> Ledger {
    let ledger = Ledger::in_memory().unwrap();
    ledger.put_corpus(&corpus("test"), &DECISION).unwrap();
    ledger
}

/// The document of this name in the corpus `test`.
fn document(name: &str) -> DocumentId {
    DocumentId::of(&corpus("test").id, name)
}

/// The first version of a document in the corpus `test`.
fn staging(name: &str, paragraphs: usize) -> Staging {
    version_in("test", name, 1, paragraphs)
}

/// The first version of a document of this title in the corpus `test`.
fn titled(name: &str, title: &str) -> Staging {
    let mut staging = staging(name, 1);
    staging.version.metadata.title = title.into();
    staging
}

/// A version of a document; each paragraph makes more than one passage.
fn version_in(id: &str, name: &str, number: u32, paragraphs: usize) -> Staging {
    let mut builder = TextBuilder::new();
    for at in 0..paragraphs {
        builder.block(BlockKind::Paragraph, &format!("Paragraph {at} of {name}, {number}. {}", "Words. ".repeat(300)));
    }
    let text = builder.finish();
    let document = DocumentId::of(&corpus(id).id, name);
    let passages: Vec<Passage> = split(&text, PASSAGE_WORDS)
        .into_iter()
        .map(|(span, section, page)| {
            let id = PassageId::of(document, number, &text.sha256(), span);
            Passage { id, span, section, page, text: char_slice(text.as_str(), span).unwrap().to_owned() }
        })
        .collect();
    let metadata = Metadata {
        title: name.into(),
        issuer: "Test".into(),
        kind: Kind::Guideline,
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
        corpus: corpus(id).id,
        name: name.into(),
        source_name: name.into(),
        source_sha256: name.into(),
        parser: "test/1".into(),
        metadata,
        text,
        quality: Quality::of([]),
        sketch: None,
    };
    let vectors = passages.iter().map(|_| vec![0.5; 64]).collect();
    Staging { version, number, passages, vectors }
}
