//! What a run tells while it goes on, and what it came to.

use std::collections::BTreeMap;

use knowledge::{DocumentId, Snapshot, Status};
use ledger::{Changed, FindingKind, Staged};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Failure;

/// What a run tells while it goes on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It has looked for files.
    Started {
        /// How many it found.
        files: usize,
    },
    /// An archive is being unpacked, or a set of records taken apart: so many more documents than files were found.
    Unpacked {
        /// How many more.
        more: usize,
    },
    /// A document came in, or another version of one.
    Taken(Taken),
    /// A document is already held, byte for byte.
    Unchanged {
        /// Its path.
        file: String,
    },
    /// A document could not be taken in.
    Rejected(Rejected),
    /// Something about a document wants a person's eye.
    Review(Review),
    /// A version, of this document or of another, stands otherwise since this one came in.
    Status(Changed),
    /// The end.
    Done(Report),
}

/// A document that came in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Taken {
    /// Its path.
    pub file: String,
    /// Its id.
    pub document: DocumentId,
    /// The version this is.
    pub version: u32,
    /// Whether the document was known before.
    pub updated: bool,
    /// Passages in it.
    pub passages: usize,
    /// How well it was read, 0 to 1.
    pub quality: f32,
    /// How it stands.
    pub status: Status,
}

/// A document that could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RejectedFile)]
pub struct Rejected {
    /// Its path.
    pub file: String,
    /// Why.
    #[serde(flatten)]
    pub failure: Failure,
}

/// Something that wants a person's eye.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WantsReview)]
pub struct Review {
    /// Path of the document.
    pub file: String,
    /// What it is.
    pub kind: FindingKind,
    /// What was seen.
    pub detail: String,
}

/// Documents by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IngestCounts)]
pub struct Counts {
    /// New ones.
    pub added: usize,
    /// New versions of known ones.
    pub updated: usize,
    /// Held already.
    pub unchanged: usize,
    /// Not taken in.
    pub rejected: usize,
}

impl Counts {
    /// All of them.
    pub fn all(&self) -> usize {
        self.added + self.updated + self.unchanged + self.rejected
    }
}

/// What a run came to, in figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Documents.
    pub documents: Counts,
    /// Passages taken in.
    pub passages: usize,
    /// Things that want a person's eye.
    pub reviews: usize,
    /// Files that were passed by, because no document has their ending.
    pub skipped: usize,
    /// The snapshot that now is published.
    pub snapshot: Snapshot,
}

/// What a run came to, name by name: kept in the ledger, and written to a file on request.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Account {
    /// In figures.
    pub report: Report,
    /// What came in.
    pub taken: Vec<Taken>,
    /// What was passed by, counted by the ending of its name.
    pub skipped: BTreeMap<String, usize>,
    /// What was not taken in, and why.
    pub rejected: Vec<Rejected>,
    /// What wants a person's eye.
    pub reviews: Vec<Review>,
    /// Whose standing changed.
    pub changed: Vec<Changed>,
}

impl Account {
    /// The events that follow from a version that was staged.
    pub(crate) fn staged(
        file: String,
        document: DocumentId,
        version: u32,
        passages: usize,
        quality: f32,
        staged: Staged,
    ) -> Vec<Event> {
        let Staged { updated, status, findings, changed } = staged;
        let review = |(kind, detail)| Event::Review(Review { file: file.clone(), kind, detail });
        let mut events: Vec<Event> = findings.into_iter().map(review).collect();
        events.insert(
            0,
            Event::Taken(Taken { file: file.clone(), document, version, updated, passages, quality, status }),
        );
        events.extend(changed.into_iter().map(Event::Status));
        events
    }

    /// Enters an event.
    pub(crate) fn enter(&mut self, event: &Event) {
        let report = &mut self.report;
        match event {
            Event::Taken(taken) => {
                report.documents.updated += usize::from(taken.updated);
                report.documents.added += usize::from(!taken.updated);
                report.passages += taken.passages;
                self.taken.push(taken.clone());
            }
            Event::Unchanged { .. } => report.documents.unchanged += 1,
            Event::Rejected(rejected) => {
                report.documents.rejected += 1;
                self.rejected.push(rejected.clone());
            }
            Event::Review(review) => {
                report.reviews += 1;
                self.reviews.push(review.clone());
            }
            Event::Status(changed) => self.changed.push(changed.clone()),
            Event::Started { .. } | Event::Unpacked { .. } | Event::Done(_) => {}
        }
    }
}
