//! What an index holds, what it is asked, and what it finds: the same for every engine.

use knowledge::{CorpusId, EntryId, Interval, Kind, PassageId, Snapshot};

/// A passage during one interval of snapshots.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The passage.
    pub passage: PassageId,
    /// When it is in force.
    pub interval: Interval,
    /// Its corpus.
    pub corpus: CorpusId,
    /// Kind of its document.
    pub kind: Kind,
    /// Title of its document.
    pub title: String,
    /// Headings above it, outermost first.
    pub section: Vec<String>,
    /// Its text.
    pub text: String,
    /// Its vector, of unit length.
    pub vector: Vec<f32>,
}

/// Stands for "not removed" in engines that need a number. The largest integer a double holds exactly: Qdrant compares
/// ranges in doubles.
pub(crate) const OPEN: u64 = (1 << 53) - 1;

impl Entry {
    /// Its name in the index.
    pub fn id(&self) -> EntryId {
        EntryId::of(self.passage, self.interval.added)
    }

    /// First snapshot without it, as a number.
    pub(crate) fn removed(&self) -> u64 {
        self.interval.removed.map_or(OPEN, |snapshot| snapshot.0)
    }
}

/// Which passages a search may find. Evaluated inside the engines, so that a limit counts only what qualifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Only what is in force in this snapshot.
    pub snapshot: Snapshot,
    /// Only these corpora; empty means all.
    pub corpora: Vec<CorpusId>,
    /// Only these kinds; empty means all.
    pub kinds: Vec<Kind>,
}

impl Filter {
    /// Everything in force in `snapshot`.
    pub fn at(snapshot: Snapshot) -> Self {
        Self { snapshot, corpora: Vec::new(), kinds: Vec::new() }
    }

    /// What the engines evaluate, in plain words.
    pub(crate) fn allows(&self, entry: &Entry) -> bool {
        entry.interval.contains(self.snapshot)
            && (self.corpora.is_empty() || self.corpora.contains(&entry.corpus))
            && (self.kinds.is_empty() || self.kinds.contains(&entry.kind))
    }
}

/// A passage an arm has found, with the score of that arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The passage.
    pub passage: PassageId,
    /// Cosine or BM25: comparable within one arm only.
    pub score: f32,
}

/// How many more hits than asked for are taken from an engine, so that equal scores at the end are cut by id, not by chance.
pub(crate) const TIE_MARGIN: usize = 16;

/// Best first, equal scores by id, at most `limit`.
pub(crate) fn in_order(mut hits: Vec<Hit>, limit: usize) -> Vec<Hit> {
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.cmp(&b.passage)));
    hits.truncate(limit);
    hits
}
