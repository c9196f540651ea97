//! A bundle: the whole log, the receipts of some answers, the texts they cite, and a signed list of all of it, in files that
//! anybody can keep and check for years.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use rusqlite::OptionalExtension;

use crate::checkpoint::{Checkpoint, decimal};
use crate::note::{Note, VerifierKey, hex};
use crate::receipt::{Receipt, ReceiptSource, Snapshots};
use crate::tiles::{Edge, TILE_WIDTH, entry_bundle, unbundle};
use crate::tree::{Hash, sha256};
use crate::verify::{Checked, Fault, Recheck, Trust, unhex, verify_with};
use crate::{AuditLog, Entry, Error, Result};

/// The first line of a bundle's list of files.
const BUNDLE_FORMAT: &str = "osler-bundle/1";

/// Enough to write another reader.
const FORMAT: &str = include_str!("../FORMAT.md");

/// Faults that are told; more say nothing more.
const MAX_FAULTS: usize = 100;

/// Where the files of a bundle are.
pub trait Files {
    /// Their paths, sorted.
    ///
    /// # Errors
    /// When they cannot be listed, or one is no file.
    fn paths(&self) -> io::Result<Vec<String>>;

    /// One of them.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;
}

impl Files for BTreeMap<String, Vec<u8>> {
    fn paths(&self) -> io::Result<Vec<String>> {
        Ok(self.keys().cloned().collect())
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// A bundle in a directory.
#[derive(Debug, Clone)]
pub struct Directory(pub PathBuf);

impl Files for Directory {
    fn paths(&self) -> io::Result<Vec<String>> {
        let mut paths = Vec::new();
        let mut open = vec![self.0.clone()];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    open.push(entry.path());
                } else if kind.is_file() {
                    let path = entry.path();
                    let below = path.strip_prefix(&self.0).map_err(io::Error::other)?;
                    paths.push(below.to_string_lossy().into_owned());
                } else {
                    return Err(io::Error::other(format!("{} is no file", entry.path().display())));
                }
            }
        }
        paths.sort();
        Ok(paths)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if is_below { fs::read(self.0.join(path)) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }
}

/// Takes the files of a bundle, one after the other.
pub type Sink<'a> = &'a mut dyn FnMut(&str, &[u8]) -> io::Result<()>;

/// Entries of one file of a bundle.
fn entries_path(index: u64) -> String {
    crate::tiles::tile_path(None, index, TILE_WIDTH).trim_start_matches("tile/").to_owned()
}

/// Why an answer that was asked for has no receipt in a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Absence {
    /// The log has no answer to the question: it is in work, failed, or is from before there was a log.
    NotGiven,
    /// Its words were destroyed.
    Erased,
    /// It came after the checkpoint of the bundle.
    Later,
}

impl Absence {
    /// As programs read it: `not_given`, `erased`, `later`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotGiven => "not_given",
            Self::Erased => "erased",
            Self::Later => "later",
        }
    }
}

impl std::fmt::Display for Absence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotGiven => "no answer to it is in the log",
            Self::Erased => "its words were destroyed",
            Self::Later => "it was given after the checkpoint of the bundle",
        })
    }
}

/// What a bundle has of the answers that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// Receipts in it.
    pub receipts: u64,
    /// The ids of those that have none, in the order in which they were named, and why.
    pub left_out: Vec<(String, Absence)>,
}

impl AuditLog {
    /// Whether all of these are ids of questions on record, with an answer or without.
    ///
    /// # Errors
    /// [`Error::NoAnswer`] with the first that is not.
    pub fn has_all(&self, answers: &[String]) -> Result<()> {
        answers.iter().try_for_each(|id| self.absence(id, u64::MAX).map(drop))
    }

    /// Why an answer has no receipt at a checkpoint of so many entries; `None` where it has one, unless its words were destroyed.
    fn absence(&self, id: &str, size: u64) -> Result<Option<Absence>> {
        // What was taken over from before there was a log has no mode.
        let sql = "SELECT outcome, mode IS NOT NULL FROM answers WHERE id = ?1";
        let found: Option<(Option<u64>, bool)> = self.read(|connection| {
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            Ok(connection.prepare_cached(sql)?.query_row([id], row).optional()?)
        })?;
        match found {
            None => Err(Error::NoAnswer(id.to_owned())),
            Some((Some(given), true)) => Ok((given >= size).then_some(Absence::Later)),
            Some(_) => Ok(Some(Absence::NotGiven)),
        }
    }

    /// Writes a bundle of all that is there, with the receipts of these answers.
    ///
    /// # Errors
    /// [`Error::NoAnswer`] before anything is written; [`Error`].
    pub fn export(&self, answers: &[String], source: &dyn ReceiptSource, put: Sink<'_>) -> Result<Exported> {
        self.export_over(self.size(), answers, source, put)
    }

    /// The same, over at least so many entries: at the checkpoint that witnesses have signed where it has as many, as
    /// [`AuditLog::checkpoint`] gives it.
    ///
    /// # Errors
    /// As [`AuditLog::export`].
    pub fn export_over(
        &self,
        least: u64,
        answers: &[String],
        source: &dyn ReceiptSource,
        put: Sink<'_>,
    ) -> Result<Exported> {
        let checkpoint = self.checkpoint(least)?;
        let note = Note::parse(&checkpoint).map_err(|_| Error::Sealed)?;
        let size = Checkpoint::parse(note.text).map_err(|_| Error::Sealed)?.size;
        let mut seen = BTreeSet::new();
        let wanted: Vec<&String> = answers.iter().filter(|id| seen.insert(id.as_str())).collect();
        let absences = wanted.iter().map(|id| self.absence(id, size)).collect::<Result<Vec<_>>>()?;
        let mut list = format!("{BUNDLE_FORMAT}\n{}\n", self.origin());
        let mut listed = BTreeSet::new();
        let mut add = |path: &str, bytes: &[u8], list: &mut String| -> Result<()> {
            if listed.insert(path.to_owned()) {
                put(path, bytes)?;
                list.push_str(&format!("{} {} {path}\n", hex(&sha256(bytes)), bytes.len()));
            }
            Ok(())
        };
        add("FORMAT.md", FORMAT.as_bytes(), &mut list)?;
        add("checkpoint", checkpoint.as_bytes(), &mut list)?;
        for index in 0..size.div_ceil(TILE_WIDTH) {
            let from = index * TILE_WIDTH;
            let entries = self.leaves(from, TILE_WIDTH.min(size - from) as usize)?;
            let bundle = entry_bundle(entries.iter().map(Vec::as_slice)).ok_or(Error::Sealed)?;
            add(&entries_path(index), &bundle, &mut list)?;
        }
        let mut snapshots = Snapshots::default();
        // Why each text is withheld, or nothing where it is in the bundle: it is or is not, whatever documents it is the text of.
        let mut texts: BTreeMap<String, Option<String>> = BTreeMap::new();
        let mut exported = Exported::default();
        for (id, absence) in wanted.into_iter().zip(absences) {
            let receipt = match absence {
                Some(absence) => Err(absence),
                None => match self.receipt_in(id, &checkpoint, source, &mut snapshots) {
                    Err(Error::Unknown) => Err(Absence::Erased),
                    receipt => Ok(receipt?),
                },
            };
            let mut receipt = match receipt {
                Ok(receipt) => receipt,
                Err(absence) => {
                    exported.left_out.push((id.clone(), absence));
                    continue;
                }
            };
            exported.receipts += 1;
            for document in &mut receipt.documents {
                let text = document.text.take();
                let kept = texts.entry(document.sha256.clone()).or_insert_with(|| document.withheld.clone());
                document.withheld = match (kept, document.withheld.take()) {
                    (None, _) => None,
                    (Some(_), Some(own)) => Some(own),
                    (Some(other), None) => Some(format!("another document has the same text: {other}")),
                };
                if let (Some(text), None) = (text, &document.withheld) {
                    add(&format!("documents/{}.txt", document.sha256), text.as_bytes(), &mut list)?;
                }
            }
            let json = serde_json::to_vec(&receipt).map_err(io::Error::other)?;
            add(&format!("receipts/{id}.json"), &json, &mut list)?;
        }
        // By every key in use, as the checkpoint is: whoever knows one of them can check the whole.
        let signatures: String = self.signers.iter().map(|signer| signer.sign(&list, 0)).collect();
        put("MANIFEST", format!("{list}\n{signatures}").as_bytes())?;
        Ok(exported)
    }
}

/// What was checked of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// Which log.
    pub origin: String,
    /// Entries, all of them there.
    pub entries: u64,
    /// Questions in the log, with or without a receipt here.
    pub questions: u64,
    /// Questions that had no outcome when the bundle was made.
    pub open: u64,
    /// The answers whose receipts are here.
    pub answers: Vec<Checked>,
}

/// Checks a bundle; with a checkpoint of earlier, also that the log has only grown since.
///
/// # Errors
/// What is wrong, at most a hundred faults.
pub fn verify_bundle(
    files: &dyn Files,
    trust: &Trust,
    earlier: Option<&Checkpoint>,
    recheck: Recheck<'_>,
) -> std::result::Result<Verified, Vec<Fault>> {
    let one = |at: &str, what: &str| vec![Fault::new(at, what)];
    let Manifest { origin, signed, listed } = manifest(files, trust)?;
    let read = |path: &str| -> std::result::Result<Vec<u8>, Vec<Fault>> {
        let (hash, size) = listed.get(path).ok_or_else(|| one(path, "it is missing"))?;
        let bytes = files.read(path).map_err(|error| one(path, &error.to_string()))?;
        let fits = bytes.len() as u64 == *size && sha256(&bytes) == *hash;
        if fits { Ok(bytes) } else { Err(one(path, "it is not the file that was signed")) }
    };
    let checkpoint = String::from_utf8(read("checkpoint")?).map_err(|_| one("checkpoint", "it is not text"))?;
    let note = Note::parse(&checkpoint).map_err(|error| one("checkpoint", &error.to_string()))?;
    trust.check(&note).map_err(|error| one("checkpoint", &error.to_string()))?;
    let state = Checkpoint::parse(note.text).map_err(|error| one("checkpoint", &error.to_string()))?;
    if state.origin != origin || !trust.keys.iter().any(|key| key.name() == state.origin) {
        return Err(one("checkpoint", "it is of another log"));
    }
    // Neither more nor fewer: whatever is added to a bundle or taken from it makes it another.
    if !note.signed_by().into_iter().filter(|(name, _)| *name == origin).eq(signed) {
        return Err(one(
            "MANIFEST",
            "it is not signed by the same keys of the log as the checkpoint, and by them alone",
        ));
    }

    let mut read_files = BTreeSet::from(["FORMAT.md".to_owned(), "checkpoint".to_owned()]);
    let mut walk = Walk { edge: Edge::default(), earlier, log: LogFacts::default() };
    for index in 0..state.size.div_ceil(TILE_WIDTH) {
        let path = entries_path(index);
        walk.take(&path, &read(&path)?)?;
        read_files.insert(path);
    }
    if walk.edge.size() != state.size || walk.edge.root() != state.root {
        return Err(one("entries", "they are not those of the checkpoint"));
    }
    if earlier.is_some_and(|earlier| earlier.size > state.size || earlier.origin != state.origin) {
        return Err(one("checkpoint", "it is behind the earlier one, or of another log"));
    }

    let mut faults = Vec::new();
    let mut answers = Vec::new();
    read("FORMAT.md")?;
    for path in listed.keys().filter(|path| path.starts_with("receipts/")) {
        let bytes = read(path)?;
        read_files.insert(path.clone());
        let Ok(receipt) = serde_json::from_slice::<Receipt>(&bytes) else {
            faults.push(Fault::new(path, "it is not a receipt"));
            continue;
        };
        let texts = |sha256: &str| String::from_utf8(read(&format!("documents/{sha256}.txt")).ok()?).ok();
        for document in &receipt.documents {
            read_files.insert(format!("documents/{}.txt", document.sha256));
        }
        match verify_with(&receipt, trust, recheck, &texts) {
            Ok(checked) => {
                let is_named = *path == format!("receipts/{}.json", checked.answer);
                if !is_named || checked.checkpoint != state.size {
                    faults.push(Fault::new(path, "it is of another answer or another checkpoint"));
                }
                faults.extend(walk.log.standing(&receipt, &checked).map(|what| Fault::new(path, what)));
                answers.push(checked);
            }
            Err(found) => {
                faults.extend(found.into_iter().map(|fault| Fault::new(format!("{path}: {}", fault.at), fault.what)));
            }
        }
        if faults.len() >= MAX_FAULTS {
            break;
        }
    }
    for path in listed.keys().filter(|path| !read_files.contains(*path)) {
        faults.push(Fault::new(path, "nothing in the bundle needs it"));
    }
    faults.truncate(MAX_FAULTS);
    let LogFacts { questions, closed, .. } = walk.log;
    let open = questions.saturating_sub(closed);
    if faults.is_empty() {
        Ok(Verified { origin: state.origin, entries: state.size, questions, open, answers })
    } else {
        Err(faults)
    }
}

type Listed = BTreeMap<String, (Hash, u64)>;

/// The list of files.
struct Manifest {
    /// Of which log.
    origin: String,
    /// Names and ids of the keys that signed.
    signed: Vec<(String, [u8; 4])>,
    listed: Listed,
}

/// The list of files: signed, and exactly those that are there.
fn manifest(files: &dyn Files, trust: &Trust) -> std::result::Result<Manifest, Vec<Fault>> {
    let wrong = |what: &str| vec![Fault::new("MANIFEST", what)];
    let bytes = files.read("MANIFEST").map_err(|error| wrong(&error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("it is not text"))?;
    let note = Note::parse(&text).map_err(|error| wrong(&error.to_string()))?;
    let signed = note.signed_by();
    let is_there = |key: &&VerifierKey| signed.iter().any(|(name, id)| name == key.name() && *id == key.id());
    let believed: Vec<&VerifierKey> = trust.keys.iter().filter(is_there).collect();
    if believed.is_empty() || !believed.into_iter().all(|key| note.is_signed_by(key)) {
        return Err(wrong("it is not signed by a key that was given, or a signature by one does not fit"));
    }
    let mut lines = note.text.lines();
    let (Some(BUNDLE_FORMAT), Some(origin)) = (lines.next(), lines.next()) else {
        return Err(wrong("it is not a list of this format"));
    };
    let mut listed = Listed::new();
    for line in lines {
        let mut parts = line.splitn(3, ' ');
        let (hash, size, path) = (parts.next().and_then(unhex), parts.next().and_then(decimal), parts.next());
        let (Some(hash), Some(size), Some(path)) = (hash, size, path) else { return Err(wrong("a line is no file")) };
        if listed.insert(path.to_owned(), (hash, size)).is_some() {
            return Err(wrong("a file is listed twice"));
        }
    }
    let mut there = files.paths().map_err(|error| wrong(&error.to_string()))?;
    there.retain(|path| path != "MANIFEST");
    if let Some(stray) = there.iter().find(|path| !listed.contains_key(*path)) {
        return Err(vec![Fault::new(stray, "it is not in the list")]);
    }
    match listed.keys().find(|path| there.binary_search(path).is_err()) {
        Some(missing) => Err(vec![Fault::new(missing, "it is missing")]),
        None => Ok(Manifest { origin: origin.to_owned(), signed, listed }),
    }
}

/// The log, entry by entry.
struct Walk<'a> {
    edge: Edge,
    earlier: Option<&'a Checkpoint>,
    log: LogFacts,
}

/// What the log as a whole says that receipts alone cannot.
#[derive(Default)]
struct LogFacts {
    questions: u64,
    closed: u64,
    /// Versions that were taken out of every snapshot, with the place of it; and put back.
    standing: BTreeMap<(String, u64), Vec<(u64, bool)>>,
}

impl Walk<'_> {
    fn take(&mut self, path: &str, bytes: &[u8]) -> std::result::Result<(), Vec<Fault>> {
        let wrong = |what: &str| vec![Fault::new(path, what)];
        let entries = unbundle(bytes).ok_or_else(|| wrong("it is not a bundle of entries"))?;
        let mut filled = Vec::new();
        for bytes in entries {
            let entry = Entry::parse(bytes).ok_or_else(|| wrong("an entry is not in its one spelling"))?;
            if entry.seq != self.edge.size() {
                return Err(wrong("an entry says another place than it has"));
            }
            self.edge.push(bytes, &mut filled);
            filled.clear();
            if let Some(earlier) = self.earlier.filter(|earlier| earlier.size == self.edge.size())
                && earlier.root != self.edge.root()
            {
                return Err(wrong("the log is not the one that was there before: its history was changed"));
            }
            self.log.take(&entry);
        }
        Ok(())
    }
}

impl LogFacts {
    fn take(&mut self, entry: &Entry) {
        match entry.action.as_str() {
            "answer.asked" => self.questions += 1,
            "answer.given" | "answer.failed" | "answer.timeout" => self.closed += 1,
            "corpus.standing" => {
                let version = entry.object.get("version").and_then(serde_json::Value::as_u64);
                if let (Some(document), Some(version)) = (entry.text("document"), version) {
                    // One that does not say how it stands says nothing that it could be cited for.
                    let is_out = matches!(entry.text("standing"), Some("retracted" | "withdrawn") | None);
                    self.standing.entry((document.to_owned(), version)).or_default().push((entry.seq, is_out));
                }
            }
            _ => {}
        }
    }

    /// Evidence that had been taken out when it was used.
    fn standing(&self, receipt: &Receipt, checked: &Checked) -> impl Iterator<Item = String> {
        let (asked, _) = checked.entries;
        receipt.snapshot.versions.iter().filter_map(move |version| {
            let history = self.standing.get(&(version.document.clone(), u64::from(version.version)))?;
            let last = history.iter().rfind(|(seq, _)| *seq < asked)?;
            last.1.then(|| {
                format!("{} version {} had been taken out when it was cited", version.document, version.version)
            })
        })
    }
}
