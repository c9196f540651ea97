//! What a proposal is about, word for word: the text whose hash people sign.

use std::collections::BTreeSet;

use knowledge::{Corpus, CorpusId, DocumentId, Snapshot, Status, sha256_hex};
use ledger::{Ledger, Snapshots, StagedChange};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::{About, Change, Kind, PolicyChange};
use crate::policy::{self, PolicyRecord};

/// The form of the records. A change of it is a new number: what was signed in the old form must still verify.
pub(crate) const RECORD_FORMAT: u32 = 1;

/// What is to be published. The fields stand in the order of their names, so that what serde writes is canonical JSON
/// (keys in order, no space) and one content has one text.
#[derive(Debug, Serialize, Deserialize)]
struct PublishRecord {
    changes: Vec<Change>,
    format: u32,
    kind: Kind,
    published: u64,
    staged: u64,
}

/// What is to be restored; the fields are in order as well.
#[derive(Debug, Serialize, Deserialize)]
struct RestoreRecord {
    document: DocumentId,
    format: u32,
    from: Status,
    kind: Kind,
    sha256: String,
    to: Status,
    version: u32,
}

/// What a proposal to publish would be about, if it were made now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedRecord {
    /// What questions see.
    pub published: Snapshot,
    /// The number that the next publish will take.
    pub staged: Snapshot,
    /// What it would change.
    pub changes: Vec<StagedChange>,
    /// The record: canonical JSON.
    pub record: String,
    /// SHA-256 of the record, hexadecimal.
    pub record_hash: String,
}

/// What a proposal to publish would be about.
///
/// # Errors
/// [`crate::Error::Ledger`].
pub fn staged_record(ledger: &Ledger) -> Result<StagedRecord> {
    let snapshots = ledger.snapshots()?;
    let changes = ledger.staged_changes()?;
    let record = publish_text(snapshots, &changes)?;
    let record_hash = sha256_hex(record.as_bytes());
    Ok(StagedRecord { published: snapshots.published, staged: snapshots.staged, changes, record, record_hash })
}

fn publish_text(snapshots: Snapshots, changes: &[StagedChange]) -> Result<String> {
    let mut listed: Vec<Change> = changes.iter().map(Change::from).collect();
    listed.sort_by(|one, other| {
        let key = |change: &Change| (change.document, change.version);
        (&one.corpus, &one.title, key(one)).cmp(&(&other.corpus, &other.title, key(other)))
    });
    let record = PublishRecord {
        changes: listed,
        format: RECORD_FORMAT,
        kind: Kind::Publish,
        published: snapshots.published.0,
        staged: snapshots.staged.0,
    };
    Ok(serde_json::to_string(&record)?)
}

/// What the ledger has of a subject at this moment.
#[derive(Debug)]
pub(crate) struct Now {
    /// What a record made now would say.
    pub(crate) text: String,
    /// What publishing would change; of a restoration, the version as something that comes.
    pub(crate) changes: Vec<StagedChange>,
    /// How the version to be restored stands.
    pub(crate) standing: Option<Status>,
    /// Where the pointer stands, when it is about publishing.
    pub(crate) snapshots: Option<Snapshots>,
    /// The number of the policy in force, when it is about one; 0 where there is none.
    pub(crate) policy: u32,
}

/// Reads what a proposal comes to now.
pub(crate) fn now(ledger: &Ledger, about: &About) -> Result<Now> {
    match about {
        About::Publish => {
            let snapshots = ledger.snapshots()?;
            let changes = ledger.staged_changes()?;
            let text = publish_text(snapshots, &changes)?;
            Ok(Now { text, changes, standing: None, snapshots: Some(snapshots), policy: 0 })
        }
        About::Restore { document, version } => {
            let (document, version) = (*document, *version);
            let versions = ledger.versions_of(document)?;
            let held = versions.into_iter().find(|held| held.number == version);
            let held = held.ok_or(ledger::Error::UnknownDocument(document))?;
            let record = RestoreRecord {
                document,
                format: RECORD_FORMAT,
                from: held.status,
                kind: Kind::Restore,
                sha256: held.sha256.clone(),
                to: Status::Current,
                version,
            };
            let text = serde_json::to_string(&record)?;
            // So that findings are asked for in one way, whatever is proposed; they are known by document and version.
            let coming = StagedChange {
                document,
                version,
                title: held.title,
                corpus: String::new(),
                sha256: held.sha256,
                coming: 1,
                leaving: 0,
            };
            Ok(Now { text, changes: vec![coming], standing: Some(held.status), snapshots: None, policy: 0 })
        }
        About::Policy { corpus, to } => {
            let (number, from) = ledger.policy(corpus)?.unzip();
            let number = number.unwrap_or(0);
            // A record that is damaged says nothing, and nothing is what it is like.
            let text = to.as_deref().map(|to| policy::text(number, from.as_ref(), to)).transpose()?.unwrap_or_default();
            Ok(Now { text, changes: Vec::new(), standing: None, snapshots: None, policy: number })
        }
    }
}

/// How many findings about the versions that come in are open.
pub(crate) fn open_findings(ledger: &Ledger, changes: &[StagedChange]) -> Result<usize> {
    Ok(ledger.open_findings_among(changes)?.len())
}

/// What a stored record says, for pages. One that is damaged says nothing: its signatures tell.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) published: u64,
    pub(crate) staged: u64,
    pub(crate) documents: u64,
    pub(crate) coming: u64,
    pub(crate) leaving: u64,
    pub(crate) changes: Vec<Change>,
    pub(crate) policy: Option<PolicyChange>,
}

/// The policy that a stored record is to put in force.
pub(crate) fn policy(record: &[u8], corpus: &CorpusId) -> Option<Box<Corpus>> {
    let record: PolicyRecord = serde_json::from_slice(record).ok()?;
    Some(Box::new(record.to)).filter(|to| to.id == *corpus)
}

/// Reads a stored record.
pub(crate) fn content(record: &[u8], kind: Kind) -> Content {
    match kind {
        Kind::Publish => {
            let Ok(record) = serde_json::from_slice::<PublishRecord>(record) else { return Content::default() };
            let documents: BTreeSet<DocumentId> = record.changes.iter().map(|change| change.document).collect();
            let sum = |count: fn(&Change) -> u64| record.changes.iter().map(count).fold(0, u64::saturating_add);
            Content {
                published: record.published,
                staged: record.staged,
                documents: documents.len() as u64,
                coming: sum(|change| change.coming),
                leaving: sum(|change| change.leaving),
                changes: record.changes,
                policy: None,
            }
        }
        Kind::Restore => {
            let is_whole = serde_json::from_slice::<RestoreRecord>(record).is_ok();
            Content { documents: u64::from(is_whole), ..Content::default() }
        }
        Kind::Policy => {
            let record: Option<PolicyRecord> = serde_json::from_slice(record).ok();
            let policy = record.map(|PolicyRecord { from, to, .. }| PolicyChange { from, to });
            Content { policy, ..Content::default() }
        }
    }
}
