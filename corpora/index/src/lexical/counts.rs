//! What BM25 is told of the passages: counts of those that are in a snapshot. Whatever came in later, was replaced before or is
//! being prepared changes no score, nor does how the engine has put its segments together: a question of then finds what it found.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use knowledge::Snapshot;
use tantivy::index::SegmentId;
use tantivy::postings::SegmentPostings;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

/// BM25 of Tantivy has k1 1.2 and b 0.75 for good, so that the length of a passage counts for much. Told that passages are
/// this much longer on average than they are, it reckons as with k1 0.66 and b 0.55, which suits passages of about one
/// length: what is short is mostly a heading or a row.
const LENGTH_SCALE: f32 = 2.5;

/// Counts that are kept, at most: those used last.
const MOST_KEPT: usize = 64;

/// Terms of which one of them remembers how many passages hold them, at most; beyond that it forgets them all.
const MOST_TERMS: usize = 4_096;

/// Counts that were needed before, the last used last.
#[derive(Default)]
pub(super) struct Kept(Mutex<Vec<Arc<Count>>>);

/// What a segment holds in a snapshot.
struct Count {
    segment: Version,
    /// The snapshots in which it holds just this.
    snapshots: Range<u64>,
    /// What does not count: written anew since, or not in these snapshots.
    out: BitSet,
    passages: u64,
    tokens: u64,
    /// How many passages hold a term, where counting them took a walk.
    holding: Mutex<HashMap<Term, u64>>,
}

/// A segment, as it is until something more is deleted from it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Version {
    id: SegmentId,
    deleted: DocId,
}

impl Kept {
    fn of(&self, segment: &SegmentReader, words: Field, snapshot: Snapshot) -> tantivy::Result<Arc<Count>> {
        let version = Version { id: segment.segment_id(), deleted: segment.num_deleted_docs() };
        if let Some(count) = self.known(version, snapshot) {
            return Ok(count);
        }
        let count = Arc::new(Count::of(segment, version, words, snapshot)?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.remove(0);
        }
        kept.push(Arc::clone(&count));
        Ok(count)
    }

    fn known(&self, segment: Version, snapshot: Snapshot) -> Option<Arc<Count>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|count| count.segment == segment && count.snapshots.contains(&snapshot.0))?;
        let count = kept.remove(at);
        kept.push(Arc::clone(&count));
        Some(count)
    }
}

impl Count {
    fn of(segment: &SegmentReader, version: Version, words: Field, snapshot: Snapshot) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let (added, removed) = (columns.u64("added")?, columns.u64("removed")?);
        let (lengths, alive) = (segment.get_fieldnorms_reader(words)?, segment.alive_bitset());
        let mut snapshots = 0..u64::MAX;
        let mut out = BitSet::with_max_value(segment.max_doc());
        let (mut passages, mut tokens) = (0, 0);
        for doc in 0..segment.max_doc() {
            let interval = match alive.is_none_or(|alive| alive.is_alive(doc)) {
                true => added.first(doc).zip(removed.first(doc)),
                false => None,
            };
            let Some((added, removed)) = interval else {
                out.insert(doc);
                continue;
            };
            for change in [added, removed] {
                if change <= snapshot.0 {
                    snapshots.start = snapshots.start.max(change);
                } else {
                    snapshots.end = snapshots.end.min(change);
                }
            }
            if (added..removed).contains(&snapshot.0) {
                passages += 1;
                // As it is kept for scoring, rounded: a merge keeps that, and sums of it.
                tokens += u64::from(lengths.fieldnorm(doc));
            } else {
                out.insert(doc);
            }
        }
        Ok(Self { segment: version, snapshots, out, passages, tokens, holding: Mutex::default() })
    }

    /// How many of its passages hold the term.
    fn holding(&self, segment: &SegmentReader, term: &Term) -> tantivy::Result<u64> {
        if self.passages == 0 {
            return Ok(0);
        }
        let inverted = segment.inverted_index(term.field())?;
        let all = inverted.doc_freq(term)?;
        if all == 0 || self.out.len() == 0 {
            return Ok(all.into());
        }
        if let Some(known) = self.holding.lock().unwrap_or_else(PoisonError::into_inner).get(term) {
            return Ok(*known);
        }
        let Some(postings) = inverted.read_postings(term, IndexRecordOption::Basic)? else { return Ok(0) };
        let holding = u64::from(all - self.out_among(postings, all));
        let mut kept = self.holding.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_TERMS {
            kept.clear();
        }
        kept.insert(term.clone(), holding);
        Ok(holding)
    }

    /// How many of `postings`, which are `all` in number, do not count. Walks the shorter of the two.
    fn out_among(&self, mut postings: SegmentPostings, all: u32) -> u32 {
        let mut among = 0;
        if (all as usize) < self.out.len() {
            while postings.doc() != TERMINATED {
                among += u32::from(self.out.contains(postings.doc()));
                postings.advance();
            }
            return among;
        }
        let mut bucket = 0;
        while let Some(next) = self.out.first_non_empty_bucket(bucket) {
            for bit in self.out.tinyset(next) {
                let doc = next * 64 + bit;
                if postings.doc() < doc && postings.seek(doc) == TERMINATED {
                    return among;
                }
                among += u32::from(postings.doc() == doc);
            }
            bucket = next + 1;
        }
        among
    }
}

/// The counts of a search.
pub(super) struct Counts<'s> {
    segments: Vec<(&'s SegmentReader, Arc<Count>)>,
}

impl<'s> Counts<'s> {
    pub(super) fn of(kept: &Kept, searcher: &'s Searcher, words: Field, snapshot: Snapshot) -> tantivy::Result<Self> {
        let count = |segment: &'s SegmentReader| Ok((segment, kept.of(segment, words, snapshot)?));
        Ok(Self { segments: searcher.segment_readers().iter().map(count).collect::<tantivy::Result<_>>()? })
    }
}

impl Bm25StatisticsProvider for Counts<'_> {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an average"
    )]
    fn total_num_tokens(&self, _: Field) -> tantivy::Result<u64> {
        let tokens: u64 = self.segments.iter().map(|(_, count)| count.tokens).sum();
        Ok((tokens as f32 * LENGTH_SCALE) as u64)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.segments.iter().map(|(_, count)| count.passages).sum())
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.segments.iter().map(|(segment, count)| count.holding(segment, term)).sum()
    }
}
