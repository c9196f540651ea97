//! A receipt: everything that it takes to check one answer without us. Its entries with proofs that they are in the log, the
//! words behind them with their salts, proofs that what it cites was in force, and the cited texts.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::corpus::snapshot_leaves;
use crate::note::hex;
use crate::tree::{Hash, Nodes, inclusion_proof, node_hash};
use crate::{AuditLog, Entry, Error, Result};

/// The format of receipts that this build writes.
pub const RECEIPT_FORMAT: &str = "osler-receipt/1";

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// `osler-receipt/1`.
    pub format: String,
    /// The public keys of the log, `NAME+HASH+KEY`. Whoever checks has them from elsewhere.
    pub keys: Vec<String>,
    /// That it was asked.
    pub asked: Logged,
    /// What was answered.
    pub given: Logged,
    /// That the snapshot was published; `null` while nothing was published yet.
    #[serde(deserialize_with = "said")]
    pub published: Option<Logged>,
    /// That what is cited was in force in it.
    pub snapshot: SnapshotProof,
    /// The texts that are cited.
    pub documents: Vec<DocumentText>,
}

/// An entry of the log, with the proof that it is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Logged {
    /// The entry: canonical JSON.
    pub entry: String,
    /// The proof: C2SP `tlog-proof`.
    pub proof: String,
    /// Words behind its commitments, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub opened: BTreeMap<String, Opened>,
}

/// Words with their salt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// 32 bytes, hexadecimal.
    pub salt: String,
    /// The words.
    pub words: String,
}

/// That versions were in force in a snapshot: each is a leaf of a tree whose root is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotProof {
    /// Number of the snapshot.
    pub number: u64,
    /// Versions in force.
    pub size: u64,
    /// Those that the answer has as evidence.
    pub versions: Vec<VersionProof>,
}

/// That one version was in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionProof {
    /// Document.
    pub document: String,
    /// Its version.
    pub version: u32,
    /// SHA-256 of its canonical text.
    pub sha256: String,
    /// Its place among the snapshot's versions.
    pub index: u64,
    /// The inclusion proof, hexadecimal hashes from the leaf's sibling upwards.
    pub path: Vec<String>,
}

/// The canonical text of a cited version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentText {
    /// Document.
    pub document: String,
    /// Its version.
    pub version: u32,
    /// SHA-256 of the text.
    pub sha256: String,
    /// The text; `null` where a bundle has it in a file of its own, its licence does not let it go, or it is damaged.
    #[serde(deserialize_with = "said")]
    pub text: Option<String>,
    /// Why the text is not there, unless it is elsewhere in the bundle.
    #[serde(deserialize_with = "said")]
    pub withheld: Option<String>,
}

/// What may be `null` and may not be left out.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> std::result::Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// What a receipt needs from where the knowledge is kept.
pub trait ReceiptSource {
    /// The sorted lines of everything in force in a snapshot.
    ///
    /// # Errors
    /// With what cannot be read.
    fn snapshot_lines(&self, number: u64) -> std::result::Result<Vec<String>, String>;

    /// The text of a version, as far as it is whole and its licence lets it go. `sha256` is what the answer says that it hashes
    /// to, which holds also where what is kept is damaged.
    ///
    /// # Errors
    /// With what cannot be read.
    fn text(&self, document: &str, version: u32, sha256: &str) -> std::result::Result<DocumentText, String>;
}

/// The lines of one snapshot after another, with their trees: bundles need the same ones many times.
#[derive(Default)]
pub(crate) struct Snapshots(BTreeMap<u64, (Vec<String>, WholeTree)>);

impl Snapshots {
    fn get(&mut self, number: u64, source: &dyn ReceiptSource) -> Result<&(Vec<String>, WholeTree)> {
        use std::collections::btree_map::Entry as Slot;
        Ok(match self.0.entry(number) {
            Slot::Occupied(kept) => kept.into_mut(),
            Slot::Vacant(slot) => {
                let lines = source.snapshot_lines(number).map_err(Error::Cited)?;
                let tree = WholeTree::new(snapshot_leaves(&lines));
                slot.insert((lines, tree))
            }
        })
    }
}

/// The hashes of all whole subtrees, by level, the leaves first: made once, a proof then only looks them up.
struct WholeTree(Vec<Vec<Hash>>);

impl WholeTree {
    fn new(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            let (pairs, _) = below.as_chunks::<2>();
            let above = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
            levels.push(above);
        }
        Self(levels)
    }
}

impl Nodes for WholeTree {
    type Error = std::convert::Infallible;

    fn node(&self, level: u8, index: u64) -> std::result::Result<Hash, Self::Error> {
        Ok(self.0[usize::from(level)][index as usize])
    }
}

impl AuditLog {
    /// The receipt of an answer.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no answer of that id, or its words were erased.
    pub fn receipt(&self, id: &str, source: &dyn ReceiptSource) -> Result<Receipt> {
        let (_, given) = self.places(id)?;
        let checkpoint = self.checkpoint(given + 1)?;
        self.receipt_in(id, &checkpoint, source, &mut Snapshots::default())
    }

    pub(crate) fn receipt_in(
        &self,
        id: &str,
        checkpoint: &str,
        source: &dyn ReceiptSource,
        snapshots: &mut Snapshots,
    ) -> Result<Receipt> {
        let (asked, given) = self.places(id)?;
        let asked = self.logged(asked, checkpoint, &["request"])?;
        let given = self.logged(given, checkpoint, &["answer"])?;
        let answer = given.opened.get("answer").ok_or(Error::Unknown)?;
        let answer: Value = serde_json::from_str(&answer.words).map_err(|_| Error::Sealed)?;
        let number = answer["snapshot"].as_u64().unwrap_or(0);
        let published = match self.snapshot_entry(number)? {
            Some(seq) => Some(self.logged(seq, checkpoint, &[])?),
            None => None,
        };
        let mut wanted: BTreeMap<(String, u32), String> = BTreeMap::new();
        let evidence =
            ["evidence", "closest"].into_iter().flat_map(|name| answer[name].as_array().into_iter().flatten());
        for document in evidence.map(|evidence| &evidence["document"]) {
            let version = document["version"].as_u64().and_then(|version| u32::try_from(version).ok());
            if let (Some(id), Some(version)) = (document["id"].as_str(), version) {
                let sha256 = document["sha256"].as_str().unwrap_or_default();
                wanted.entry((id.to_owned(), version)).or_insert_with(|| sha256.to_owned());
            }
        }
        let (lines, tree) = snapshots.get(number, source)?;
        let mut versions = Vec::new();
        let mut documents = Vec::new();
        for ((document, version), sha256) in wanted {
            let text = source.text(&document, version, &sha256).map_err(Error::Cited)?;
            let line = crate::snapshot_line(&document, version, &text.sha256);
            if let Ok(index) = lines.binary_search(&line) {
                let path = inclusion_proof(index as u64, lines.len() as u64, tree);
                let path = path.unwrap_or_default().iter().map(|hash| hex(hash)).collect();
                let sha256 = text.sha256.clone();
                versions.push(VersionProof { document, version, sha256, index: index as u64, path });
            }
            documents.push(text);
        }
        Ok(Receipt {
            format: RECEIPT_FORMAT.to_owned(),
            keys: self.verifier_keys().iter().map(ToString::to_string).collect(),
            asked,
            given,
            published,
            snapshot: SnapshotProof { number, size: lines.len() as u64, versions },
            documents,
        })
    }

    /// The places of a question and of its answer.
    fn places(&self, id: &str) -> Result<(u64, u64)> {
        let sql = "SELECT intent, outcome FROM answers WHERE id = ?1 AND outcome IS NOT NULL";
        let found = self.read(|connection| {
            use rusqlite::OptionalExtension;
            Ok(connection.query_row(sql, [id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
        })?;
        found.ok_or(Error::Unknown)
    }

    fn logged(&self, seq: u64, checkpoint: &str, names: &[&str]) -> Result<Logged> {
        let leaf = self.leaf(seq)?.ok_or(Error::Unknown)?;
        let entry = String::from_utf8(leaf).map_err(|_| Error::Sealed)?;
        let proof = self.prove_in(seq, checkpoint.to_owned())?.to_string();
        let mut opened = BTreeMap::new();
        for name in names {
            if let Some((salt, words)) = self.words(seq, name)? {
                let words = String::from_utf8(words).map_err(|_| Error::Sealed)?;
                opened.insert((*name).to_owned(), Opened { salt: hex(&salt), words });
            }
        }
        Ok(Logged { entry, proof, opened })
    }
}

impl Logged {
    /// The entry, if it is one.
    pub fn parsed(&self) -> Option<Entry> {
        Entry::parse(self.entry.as_bytes())
    }
}
