//! A log in a directory of its own, and knowledge that fits it, for the tests of this room.
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use audit::{
    Actor, AuditLog, CHECKPOINT_EVERY, Category, Decided, DocumentText, Feedback, Intent, Kind, LedgerList, Options,
    Outcome, Published, ReceiptSource, Seams, Severity, hex, sha256, snapshot_line, snapshot_root,
};
use jiff::Timestamp;
use knowledge::Entropy;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

#[derive(Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            part.copy_from_slice(&next.to_be_bytes()[..part.len()]);
        }
    }
}

/// A log, its clock, and where it lies.
pub(crate) struct Held {
    pub(crate) log: AuditLog,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) directory: TempDir,
}

/// 2026-11-22T10:00:00Z.
pub(crate) const BEGAN: i64 = 1_795_341_600;

pub(crate) fn options(data: &Path, clock: &Arc<AtomicI64>) -> Options {
    let clock = Arc::clone(clock);
    let now = Arc::new(move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap());
    Options {
        tenant: "test".to_owned(),
        keys: data.join("keys"),
        guard: Some(data.with_extension("guard")),
        kept_days: 2_192,
        early_erasure: false,
        seams: Seams { now, entropy: Arc::new(Counting::default()), checkpoint_every: CHECKPOINT_EVERY },
    }
}

impl Held {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        let clock = Arc::new(AtomicI64::new(BEGAN));
        let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
        Self { log, clock, directory }
    }

    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.directory.path().join("data")
    }

    /// Closes the log and opens it again.
    pub(crate) fn again(self) -> Self {
        let Self { log, clock, directory } = self;
        drop(log);
        let data = directory.path().join("data");
        let log = AuditLog::open(&data, options(&data, &clock)).unwrap();
        Self { log, clock, directory }
    }
}

pub(crate) fn ada() -> Actor {
    Actor { id: "ada".to_owned(), role: "clinician".to_owned() }
}

/// Documents of one version each, in snapshot 1.
pub(crate) struct Library(pub(crate) BTreeMap<String, String>);

impl Library {
    pub(crate) fn new() -> Self {
        let text = |name: &str| {
            format!(
                "Über {name}: give metformin 500 mg twice daily to adults.\nDo not start metformin below an eGFR of 30 mL/min."
            )
        };
        Self(["d1", "d2", "d3"].map(|name| (name.to_owned(), text(name))).into())
    }

    pub(crate) fn sha256(&self, document: &str) -> String {
        hex(&sha256(self.0[document].as_bytes()))
    }

    pub(crate) fn publish(&self, log: &AuditLog) {
        let lines = self.snapshot_lines(1).unwrap();
        let published = Published { number: 1, size: lines.len() as u64, root: snapshot_root(&lines) };
        let number = log.last_of(LedgerList::Decisions).unwrap() + 1;
        let decided = Decided {
            list: LedgerList::Decisions,
            number,
            action: "corpus.published",
            actor: Actor::command_line(),
            at: "2026-11-22T09:00:00Z",
            object: Map::new(),
            reason: "first",
        };
        log.decided(decided, Some(published)).unwrap();
    }

    pub(crate) fn stand(&self, log: &AuditLog, document: &str, standing: &str) {
        let mut object = Map::new();
        object.insert("document".to_owned(), document.into());
        object.insert("version".to_owned(), 1.into());
        object.insert("standing".to_owned(), standing.into());
        let number = log.last_of(LedgerList::Decisions).unwrap() + 1;
        let decided = Decided {
            list: LedgerList::Decisions,
            number,
            action: "corpus.standing",
            actor: Actor::command_line(),
            at: "2026-11-22T09:00:00Z",
            object,
            reason: "notice",
        };
        log.decided(decided, None).unwrap();
    }

    /// An answer that quotes the first sentence of a document.
    pub(crate) fn answer(&self, id: &str, document: &str, question: &str) -> Value {
        let quote = self.0[document].split('\n').next().unwrap();
        let end = quote.chars().count();
        json!({
            "id": id, "status": "answered", "mode": "extractive", "question": question, "snapshot": 1,
            "model": null, "prompt_sha256": null, "closest": [], "conflicts": [],
            "statements": [{ "text": quote, "verdict": "supported", "citations": [
                { "n": 1, "evidence": "E1", "quote": quote, "start": 0, "end": end, "verdict": "supported" } ] }],
            "evidence": [{ "id": "E1", "passage": format!("p-{document}"), "text": quote, "start": 0, "end": end, "section": ["Dose"],
                "document": { "id": document, "version": 1, "corpus": "test", "title": "Metformin", "status": "current",
                    "sha256": self.sha256(document) },
                "scores": { "lexical": { "rank": 1, "score": 0.5 }, "dense": null, "fused": 0.512_345_6 } }],
            "timings_ms": { "total": 12 }
        })
    }
}

impl ReceiptSource for Library {
    fn snapshot_lines(&self, _: u64) -> Result<Vec<String>, String> {
        Ok(self.0.keys().map(|document| snapshot_line(document, 1, &self.sha256(document))).collect())
    }

    fn text(&self, document: &str, version: u32, _: &str) -> Result<DocumentText, String> {
        let text = Some(self.0[document].clone());
        Ok(DocumentText { document: document.to_owned(), version, sha256: self.sha256(document), text, withheld: None })
    }
}

pub(crate) fn begin(log: &AuditLog, id: &str, question: &str) {
    begin_with(log, id, question, BTreeMap::new());
}

/// Asks a question in which something was seen that may identify a person.
pub(crate) fn begin_with(log: &AuditLog, id: &str, question: &str, identifiers: BTreeMap<&str, u64>) {
    let request = json!({ "question": question }).to_string();
    let intent = Intent {
        id,
        asked_at: "2026-11-22T10:00:00Z",
        actor: ada(),
        request_id: "0193577c-0000-7000-8000-000000000000",
        question,
        request: &request,
        identifiers,
    };
    log.begin(&intent).unwrap();
}

/// Somebody says something of an answer.
pub(crate) fn say(log: &AuditLog, id: &str, answer: &str, kind: Kind, received_at: &str) {
    let is_risk = kind == Kind::Safety;
    let feedback = Feedback {
        id: id.to_owned(),
        received_at: received_at.to_owned(),
        actor: "ada".to_owned(),
        answer: answer.to_owned(),
        statement: Some(1),
        kind,
        category: is_risk.then_some(Category::WrongDose),
        severity: is_risk.then_some(Severity::NearMiss),
        comment: Some("The secret comment".to_owned()),
        handling: None,
    };
    assert!(log.feedback(&feedback, ada()).unwrap());
}

pub(crate) fn ask(log: &AuditLog, library: &Library, id: &str, document: &str, question: &str) {
    begin(log, id, question);
    let answer = library.answer(id, document, question).to_string();
    log.complete(id, &Outcome { actor: ada(), model: None, answer: &answer }).unwrap();
}
