//! The check of receipts and bundles, offline: signatures, places in the log, commitments, quotes, standing, verdicts. It
//! believes nothing but the keys it is given.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::checkpoint::{Checkpoint, LogProof};
use crate::note::{Note, NoteError, VerifierKey, hex};
use crate::receipt::{Logged, RECEIPT_FORMAT, Receipt, VersionProof};
use crate::seal::commitment;
use crate::summary::Summary;
use crate::tree::{Hash, is_included, leaf_hash, sha256};
use crate::{Entry, snapshot_line};

/// Whom to believe.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Keys of the log: one of them must have signed.
    pub keys: Vec<VerifierKey>,
    /// Keys of witnesses.
    pub witnesses: Vec<VerifierKey>,
    /// How many of the witnesses must have signed.
    pub quorum: usize,
}

impl Trust {
    /// Whether a checkpoint is signed as it must be.
    ///
    /// # Errors
    /// [`NoteError::Unsigned`].
    pub fn check(&self, note: &Note<'_>) -> Result<(), NoteError> {
        let is_signed = self.keys.iter().any(|key| note.is_signed_by(key));
        let witnesses = self.witnesses.iter().filter(|key| note.is_signed_by(key)).count();
        if is_signed && witnesses >= self.quorum { Ok(()) } else { Err(NoteError::Unsigned) }
    }
}

/// What is found wrong: where, and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// In which part.
    pub at: String,
    /// What.
    pub what: String,
}

impl Fault {
    pub(crate) fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: at.into(), what: what.into() }
    }
}

/// Makes the verdicts of an answer again from its statements and quotes, and says which differ; nothing where they were given by
/// other rules than it has.
pub type Recheck<'a> = &'a dyn Fn(&Value) -> Option<Vec<String>>;

/// What was checked of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Id of the answer.
    pub answer: String,
    /// When it was asked, as the log has it.
    pub asked_at: String,
    /// Who asked: a pseudonym.
    pub actor: String,
    /// Its status.
    pub status: String,
    /// Statements whose verdicts were made again.
    pub statements: u64,
    /// Statements whose verdicts were given by other rules than those here: they are those on record, and were not made again.
    pub by_other_rules: u64,
    /// Quotes that stand in their texts where they should.
    pub quotes: u64,
    /// Quotes whose text is withheld, by its licence or because it is damaged: they are those on record, and no more can be said
    /// here.
    pub withheld: u64,
    /// Places of its two entries in the log.
    pub entries: (u64, u64),
    /// Entries of the checkpoint.
    pub checkpoint: u64,
}

/// Finds the texts that receipts leave out, by their hash.
pub(crate) type Texts<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Checks a receipt.
///
/// # Errors
/// Everything that is wrong with it.
pub fn verify_receipt(receipt: &Receipt, trust: &Trust, recheck: Recheck<'_>) -> Result<Checked, Vec<Fault>> {
    verify_with(receipt, trust, recheck, &|_| None)
}

pub(crate) fn verify_with(
    receipt: &Receipt,
    trust: &Trust,
    recheck: Recheck<'_>,
    texts: Texts<'_>,
) -> Result<Checked, Vec<Fault>> {
    let mut check = Check { receipt, trust, recheck, texts, faults: Vec::new(), checked: Checked::default() };
    check.run();
    if check.faults.is_empty() { Ok(check.checked) } else { Err(check.faults) }
}

struct Check<'a> {
    receipt: &'a Receipt,
    trust: &'a Trust,
    recheck: Recheck<'a>,
    texts: Texts<'a>,
    faults: Vec<Fault>,
    checked: Checked,
}

impl Check<'_> {
    fn wrong(&mut self, at: &str, what: impl Into<String>) {
        self.faults.push(Fault::new(at, what));
    }

    fn run(&mut self) {
        if self.receipt.format != RECEIPT_FORMAT {
            return self.wrong("format", format!("it is not {RECEIPT_FORMAT}"));
        }
        let keys: Vec<_> = self.receipt.keys.iter().map(|key| VerifierKey::parse(key)).collect();
        let is_believed =
            |key: &Result<VerifierKey, NoteError>| key.as_ref().is_ok_and(|key| self.trust.keys.contains(key));
        if keys.iter().any(Result::is_err) || !keys.iter().any(is_believed) {
            return self.wrong("keys", "none of them is believed, or one is no key");
        }
        let (asked, given) = (self.logged("asked", &self.receipt.asked), self.logged("given", &self.receipt.given));
        let (Some((asked, _)), Some((given, checkpoint))) = (asked, given) else { return };
        if asked.action != "answer.asked" || given.action != "answer.given" {
            return self.wrong("entries", "they are not a question and its answer");
        }
        let id = asked.text("answer").unwrap_or_default().to_owned();
        if id.is_empty()
            || given.text("answer") != Some(&id)
            || asked.actor != given.actor
            || asked.tenant != given.tenant
        {
            self.wrong("entries", "they are not about the same question of the same person");
        }
        if asked.seq >= given.seq {
            self.wrong("entries", "the answer is on record before the question");
        }
        let (Some(request), Some(answer)) = (
            self.opened("asked", &asked, &self.receipt.asked, "request"),
            self.opened("given", &given, &self.receipt.given, "answer"),
        ) else {
            return;
        };
        if answer["id"].as_str() != Some(&id) || answer["question"] != request["question"] {
            self.wrong("answer", "it is not the answer to the question on record");
        }
        match Summary::of(&answer) {
            None => self.wrong("answer", "it is not an answer"),
            Some(summary) => {
                for (name, value) in summary.object(given.text("model")) {
                    if given.object.get(&name) != Some(&value) {
                        self.wrong("answer", format!("{name} is not what is on record"));
                    }
                }
            }
        }
        let model = answer["model"]["id"].as_str();
        if model.is_some() != given.text("model").is_some() {
            self.wrong("answer", "model is not what is on record");
        }
        self.in_force(&asked, &answer);
        self.quotes(&answer);
        let statements = answer["statements"].as_array().map_or(0, Vec::len) as u64;
        match (self.recheck)(&answer) {
            Some(differences) => {
                self.checked.statements = statements;
                for difference in differences {
                    self.wrong("verdicts", difference);
                }
            }
            None => self.checked.by_other_rules = statements,
        }
        self.checked.answer = id;
        self.checked.asked_at = asked.at;
        self.checked.actor = asked.actor;
        self.checked.status = answer["status"].as_str().unwrap_or_default().to_owned();
        self.checked.entries = (asked.seq, given.seq);
        self.checked.checkpoint = checkpoint.size;
    }

    /// An entry that is in the log.
    fn logged(&mut self, at: &str, logged: &Logged) -> Option<(Entry, Checkpoint)> {
        let Some(entry) = logged.parsed() else {
            self.wrong(at, "it is not an entry in its one spelling");
            return None;
        };
        let Ok(proof) = LogProof::parse(&logged.proof) else {
            self.wrong(at, "its proof is not a proof");
            return None;
        };
        let leaf = leaf_hash(logged.entry.as_bytes());
        match proof.shows(&leaf, |note| self.trust.check(note)) {
            Ok(Some(checkpoint)) if proof.index == entry.seq && self.is_own(&checkpoint) => Some((entry, checkpoint)),
            Ok(Some(_)) => {
                self.wrong(at, "it stands at another place, or in another log");
                None
            }
            Ok(None) => {
                self.wrong(at, "it is not in the log of the checkpoint");
                None
            }
            Err(error) => {
                self.wrong(at, format!("the checkpoint: {error}"));
                None
            }
        }
    }

    fn is_own(&self, checkpoint: &Checkpoint) -> bool {
        self.trust.keys.iter().any(|key| key.name() == checkpoint.origin)
    }

    /// Words that their commitment is to.
    fn opened(&mut self, at: &str, entry: &Entry, logged: &Logged, name: &str) -> Option<Value> {
        if logged.opened.len() != 1 {
            self.wrong(at, "other words are opened than an answer has");
        }
        let Some(opened) = logged.opened.get(name) else {
            self.wrong(at, format!("the {name} is not opened: its words were erased"));
            return None;
        };
        let salt = unhex(&opened.salt);
        let fits = salt.is_some_and(|salt| {
            Some(hex(&commitment(&salt, opened.words.as_bytes())).as_str()) == entry.commitment(name)
        });
        if !fits {
            self.wrong(at, format!("the {name} is not what is on record"));
            return None;
        }
        let value = serde_json::from_str(&opened.words).ok();
        if value.is_none() {
            self.wrong(at, format!("the {name} is not JSON"));
        }
        value
    }

    /// Every version of the evidence was in force in the snapshot, which was published before.
    fn in_force(&mut self, asked: &Entry, answer: &Value) {
        let snapshot = &self.receipt.snapshot;
        if answer["snapshot"].as_u64() != Some(snapshot.number) {
            return self.wrong("snapshot", "it is not the one that was searched");
        }
        let root = match &self.receipt.published {
            None if snapshot.number == 0 && snapshot.size == 0 => crate::tree::empty_root(),
            None => return self.wrong("snapshot", "that it was published is not on record"),
            Some(published) => {
                let Some((entry, _)) = self.logged("published", published) else { return };
                let size = entry.object.get("versions").and_then(Value::as_u64);
                let number = entry.object.get("snapshot").and_then(Value::as_u64);
                let root = entry.text("root").and_then(unhex);
                let is_it = entry.action.starts_with("corpus.")
                    && number == Some(snapshot.number)
                    && size == Some(snapshot.size);
                if !is_it || entry.seq >= asked.seq || entry.tenant != asked.tenant || !published.opened.is_empty() {
                    return self.wrong("published", "it is not the publication of that snapshot before the question");
                }
                let Some(root) = root else { return self.wrong("published", "it has no root") };
                root
            }
        };
        let mut proven: BTreeMap<(&str, u32), &str> = BTreeMap::new();
        for version in &snapshot.versions {
            if is_proven(version, snapshot.size, &root) {
                proven.insert((&version.document, version.version), &version.sha256);
            } else {
                self.faults.push(Fault::new("snapshot", format!("{} was not in force in it", version.document)));
            }
        }
        if proven.len() != snapshot.versions.len() {
            self.wrong("snapshot", "a version is named twice, or not proven");
        }
        let evidence = each(answer, &["evidence", "closest"]);
        let mut used = Vec::new();
        for document in evidence.iter().map(|evidence| &evidence["document"]) {
            let id = document["id"].as_str().unwrap_or_default();
            let version = document["version"].as_u64().and_then(|version| u32::try_from(version).ok()).unwrap_or(0);
            if proven.get(&(id, version)).copied() != document["sha256"].as_str() {
                self.faults
                    .push(Fault::new("snapshot", format!("{id} version {version} is not proven to be in force in it")));
            }
            if matches!(document["status"].as_str(), Some("retracted" | "withdrawn" | "expired") | None) {
                self.faults
                    .push(Fault::new("evidence", format!("{id} was not to be quoted: it was {}", document["status"])));
            }
            used.push((id, version));
        }
        if !proven.keys().all(|key| used.contains(key)) {
            self.wrong("snapshot", "it names versions that the answer has not");
        }
    }

    /// Every quote and every passage stands in its text where it should.
    fn quotes(&mut self, answer: &Value) {
        let mut texts: BTreeMap<(String, u64), Option<Vec<char>>> = BTreeMap::new();
        for document in &self.receipt.documents {
            let found = document.text.clone().or_else(|| (self.texts)(&document.sha256));
            let at = format!("document {}", document.document);
            let text = match found {
                Some(_) if document.withheld.is_some() => {
                    self.wrong(&at, "its text is there and said to be withheld");
                    continue;
                }
                Some(text) if hex(&sha256(text.as_bytes())) == document.sha256 => Some(text.chars().collect()),
                Some(_) => {
                    self.wrong(&at, "its text is not the one of its hash");
                    continue;
                }
                None if document.withheld.is_some() => None,
                None => {
                    self.wrong(&at, "its text is missing");
                    continue;
                }
            };
            let key = (document.document.clone(), u64::from(document.version));
            let names = self.receipt.snapshot.versions.iter();
            let is_named = names
                .filter(|named| named.document == document.document && named.version == document.version)
                .any(|named| named.sha256 == document.sha256);
            if !is_named || texts.insert(key, text).is_some() {
                self.wrong(&at, "it is not one of the evidence, or it is there twice");
            }
        }
        let evidence = each(answer, &["evidence", "closest"]);
        let cited = each(answer, &["evidence"]);
        let find = |id: &Value| cited.iter().copied().find(|evidence| evidence["id"] == *id);
        let mut places = Vec::new();
        for one in &evidence {
            places.push((*one, one["start"].as_u64(), one["end"].as_u64(), one["text"].as_str()));
        }
        let statements = each(answer, &["statements"]);
        let citations = statements.iter().flat_map(|statement| each(statement, &["citations"]));
        let positions = each(answer, &["conflicts"]).into_iter().flat_map(|conflict| each(conflict, &["positions"]));
        for quoting in citations.chain(positions) {
            match find(&quoting["evidence"]) {
                Some(one) => {
                    places.push((one, quoting["start"].as_u64(), quoting["end"].as_u64(), quoting["quote"].as_str()))
                }
                None => self.faults.push(Fault::new("quotes", "a quote is of no evidence")),
            }
        }
        for (one, start, end, quote) in places {
            let document = &one["document"];
            let key =
                (document["id"].as_str().unwrap_or_default().to_owned(), document["version"].as_u64().unwrap_or(0));
            match (texts.get(&key), start, end, quote) {
                (Some(None), ..) => self.checked.withheld += 1,
                (Some(Some(text)), Some(start), Some(end), Some(quote)) if is_at(text, start, end, quote) => {
                    self.checked.quotes += 1;
                }
                _ => self
                    .faults
                    .push(Fault::new("quotes", format!("a quote of {} does not stand where it should", key.0))),
            }
        }
    }
}

fn is_proven(version: &VersionProof, size: u64, root: &Hash) -> bool {
    let line = snapshot_line(&version.document, version.version, &version.sha256);
    let path = version.path.iter().map(|hash| unhex(hash)).collect::<Option<Vec<Hash>>>();
    path.is_some_and(|path| is_included(&leaf_hash(line.as_bytes()), version.index, size, &path, root))
}

/// The elements of these members.
fn each<'a>(value: &'a Value, names: &[&str]) -> Vec<&'a Value> {
    names.iter().flat_map(|name| value[*name].as_array().into_iter().flatten()).collect()
}

fn is_at(text: &[char], start: u64, end: u64, quote: &str) -> bool {
    let (Ok(start), Ok(end)) = (usize::try_from(start), usize::try_from(end)) else { return false };
    start < end && text.get(start..end).is_some_and(|stretch| stretch.iter().copied().eq(quote.chars()))
}

/// A hash or salt from its one spelling.
pub(crate) fn unhex(text: &str) -> Option<Hash> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut hash = [0; 32];
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(hash)
}
