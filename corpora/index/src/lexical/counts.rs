//! What BM25 is told of the passages: counts as they were in a snapshot. Whatever came in later, was written anew or is being
//! prepared changes no score, nor does how the engine has put its segments together: a question of then finds what it found.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use knowledge::Snapshot;
use tantivy::index::SegmentId;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

/// BM25 of Tantivy has k1 1.2 and b 0.75 for good, so that the length of a passage counts for much. Told that passages are
/// this much longer on average than they are, it reckons as with k1 0.66 and b 0.55, which suits passages of about one
/// length: what is short is mostly a heading or a row.
const LENGTH_SCALE: f32 = 2.5;

/// What is kept of segments, at most; beyond that all of it is counted again.
const MOST_KEPT: usize = 64;

/// A segment as it is until something more is deleted from it, and the snapshot it is looked at from; no later one than that of
/// its newest passage, from where on it looks the same.
type Look = (SegmentId, DocId, u64);

/// Counts of segments that were needed before.
#[derive(Default)]
pub(super) struct Kept(Mutex<HashMap<Look, Arc<Count>>>);

/// What a segment holds in a snapshot.
struct Count {
    /// What does not count: written anew since, or of a later snapshot. In order.
    out: Vec<DocId>,
    passages: u64,
    tokens: u64,
}

impl Kept {
    fn of(&self, segment: &SegmentReader, words: Field, snapshot: Snapshot) -> tantivy::Result<Arc<Count>> {
        let newest = segment.fast_fields().u64("added")?.max_value();
        let look = (segment.segment_id(), segment.num_deleted_docs(), snapshot.0.min(newest));
        if let Some(count) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&look) {
            return Ok(Arc::clone(count));
        }
        let count = Arc::new(Count::of(segment, words, snapshot)?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(look, Arc::clone(&count));
        Ok(count)
    }
}

impl Count {
    fn of(segment: &SegmentReader, words: Field, snapshot: Snapshot) -> tantivy::Result<Self> {
        let (added, lengths) = (segment.fast_fields().u64("added")?, segment.get_fieldnorms_reader(words)?);
        let alive = segment.alive_bitset();
        let mut count = Self { out: Vec::new(), passages: 0, tokens: 0 };
        for doc in 0..segment.max_doc() {
            let is_in = alive.is_none_or(|alive| alive.is_alive(doc))
                && added.first(doc).is_some_and(|added| added <= snapshot.0);
            if is_in {
                count.passages += 1;
                // As it is kept for scoring, rounded: a merge keeps that, and sums of it.
                count.tokens += u64::from(lengths.fieldnorm(doc));
            } else {
                count.out.push(doc);
            }
        }
        Ok(count)
    }

    /// How many of its passages hold the term.
    fn holding(&self, segment: &SegmentReader, term: &Term) -> tantivy::Result<u64> {
        if self.passages == 0 {
            return Ok(0);
        }
        let inverted = segment.inverted_index(term.field())?;
        let all = inverted.doc_freq(term)?;
        if all == 0 || self.out.is_empty() {
            return Ok(all.into());
        }
        let Some(mut postings) = inverted.read_postings(term, IndexRecordOption::Basic)? else { return Ok(0) };
        let mut out = 0;
        for doc in &self.out {
            if postings.doc() < *doc && postings.seek(*doc) == TERMINATED {
                break;
            }
            out += u32::from(postings.doc() == *doc);
        }
        Ok(u64::from(all - out))
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
