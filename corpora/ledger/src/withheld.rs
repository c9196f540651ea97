//! What was taken out of use, told apart from the rest: a copy can heed it before the copy that says so itself is there.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

use knowledge::{DocumentId, Status};
use serde::{Deserialize, Serialize};

use crate::Ledger;
use crate::error::{Error, Result};
use crate::snapshots::status_of;

/// A version that may not be evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithheldVersion {
    /// The document.
    pub document: DocumentId,
    /// Its version.
    pub version: u32,
    /// Where it stands.
    pub status: Status,
}

/// Versions that were retracted or withdrawn and are so still, the last decided first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// All is here that was decided after the decision of this number; 0 where simply all is here.
    pub after: u64,
    /// The versions.
    pub versions: Vec<WithheldVersion>,
}

/// Where versions stand whatever the file says.
#[derive(Debug, Default)]
pub(crate) struct Ahead(HashMap<(DocumentId, u32), Status>);

impl Ahead {
    /// Where a version stands that the file says stands so.
    pub(crate) fn status(&self, document: DocumentId, version: u32, held: Status) -> Status {
        self.0.get(&(document, version)).copied().unwrap_or(held)
    }

    /// Whether a version may be no evidence.
    pub(crate) fn suppresses(&self, document: DocumentId, version: u32) -> bool {
        self.0.contains_key(&(document, version))
    }
}

impl Ledger {
    /// What was taken out of use, but for what was decided before the last `limit` of them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn withheld(&self, limit: usize) -> Result<Withheld> {
        let connection = self.read()?;
        let at_once = connection.unchecked_transaction()?;
        let mut statement = at_once.prepare_cached(
            "SELECT id, subject FROM decisions WHERE action IN ('retracted', 'withdrawn') ORDER BY id DESC",
        )?;
        let mut rows = statement.query([])?;
        let (mut withheld, mut seen) = (Withheld::default(), HashSet::new());
        while let Some(row) = rows.next()? {
            if withheld.versions.len() == limit {
                withheld.after = row.get(0)?;
                break;
            }
            let subject: String = row.get(1)?;
            let Some((document, version)) = version_named(&subject).filter(|named| seen.insert(*named)) else {
                continue;
            };
            match status_of(&at_once, document, version) {
                Ok(status) if status.suppresses() => {
                    withheld.versions.push(WithheldVersion { document, version, status })
                }
                // It was put back since, or is not held any more.
                Ok(_) | Err(Error::UnknownDocument(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(withheld)
    }

    /// Has these versions be no evidence, whatever the file says, until it is told otherwise. Nothing is written.
    pub fn withhold(&self, withheld: &Withheld) {
        let suppressed = withheld.versions.iter().filter(|version| version.status.suppresses());
        let ahead = Ahead(suppressed.map(|one| ((one.document, one.version), one.status)).collect());
        *self.ahead.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ahead);
    }

    pub(crate) fn ahead(&self) -> Arc<Ahead> {
        Arc::clone(&self.ahead.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The version that a decision is about, written as `DOCUMENT vNUMBER`.
fn version_named(subject: &str) -> Option<(DocumentId, u32)> {
    let (document, version) = subject.rsplit_once(" v")?;
    Some((document.parse().ok()?, version.parse().ok()?))
}
