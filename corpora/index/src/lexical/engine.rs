//! The lexical arm on Tantivy.

use std::collections::BinaryHeap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use async_trait::async_trait;
use fail::fail_point;
use knowledge::{EntryId, HeadedText, PassageId, Seq, Snapshot};
use tantivy::columnar::Column;
use tantivy::query::{Bm25StatisticsProvider, BooleanQuery, BoostQuery, EnableScoring, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, Score, Searcher, SegmentReader, TantivyDocument, TantivyError, Term,
};

use super::counts::{Counts, Kept};
use super::coverage::Asked;
use super::gate::Gate;
use super::{LexicalIndex, MAX_TERMS, Rarity, Weighted, analysis, expected, weighted_terms};
use crate::Follower;
use crate::entry::{Coverage, Entry, Filter, Hit, Least, Wanted, in_order};
use crate::error::{Error, Result};

/// Memory for passages not yet written, bytes. One thread: ingest leaves the other cores to embedding.
const WRITER_BYTES: usize = 64 << 20;

/// Tantivy bounds what a block of passages can score by the average length it was written under. Under another one a bound may
/// be too low by a few hundredths, so the search goes on for passages a little below what it already has.
const BOUND_SLACK: Score = 0.9;

/// The most that BM25 gives a term is its inverse document frequency times k1 + 1.
const MOST_PER_TERM: f32 = 2.2;

/// A Tantivy index in a directory. One process at a time may write to it; a copy of it, on another machine, nobody.
pub struct TantivyIndex {
    pub(super) reading: RwLock<Reading>,
    /// A copy has none.
    writer: Option<Arc<Mutex<IndexWriter>>>,
    fields: Fields,
    counts: Arc<Kept>,
}

/// What is searched.
#[derive(Clone)]
pub(super) struct Reading {
    pub(super) index: Index,
    pub(super) path: PathBuf,
    reader: IndexReader,
}

impl Reading {
    pub(super) fn of(path: &Path, is_own: bool) -> Result<Self> {
        let damaged = |source: TantivyError| Error::damaged(super::NAME, path, source);
        let directory = tantivy::directory::MmapDirectory::open(path).map_err(|source| damaged(source.into()))?;
        let index = match is_own {
            true => Index::open_or_create(directory, schema()),
            false => Index::open(directory).and_then(|index| match index.schema() == schema() {
                true => Ok(index),
                false => Err(TantivyError::SchemaError("it was made by another version of this program".to_owned())),
            }),
        };
        let index = index.map_err(damaged)?;
        index.tokenizers().register(analysis::ANALYZER, analysis::analyzer());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(damaged)?;
        Ok(Self { index, path: path.to_owned(), reader })
    }
}

impl std::fmt::Debug for TantivyIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TantivyIndex").finish_non_exhaustive()
    }
}

#[derive(Clone, Copy)]
struct Fields {
    id: Field,
    passage_high: Field,
    passage_low: Field,
    added: Field,
    removed: Field,
    year: Field,
    facet: Field,
    words: Field,
}

impl Fields {
    fn of(schema: &Schema) -> tantivy::Result<Self> {
        let field = |name| schema.get_field(name);
        Ok(Self {
            id: field("id")?,
            passage_high: field("passage_high")?,
            passage_low: field("passage_low")?,
            added: field("added")?,
            removed: field("removed")?,
            year: field("year")?,
            facet: field("facet")?,
            words: field("words")?,
        })
    }
}

/// Nothing is stored: what a search gives out are ids, and those stand in columns, where they are read without unpacking.
fn schema() -> Schema {
    let mut builder = Schema::builder();
    builder.add_text_field("id", STRING);
    for name in ["passage_high", "passage_low", "added", "removed", "year"] {
        builder.add_u64_field(name, FAST);
    }
    builder.add_text_field("facet", TextOptions::default().set_fast("raw"));
    // A word in the title or a heading counts as one in the text: each passage carries them.
    let indexing =
        TextFieldIndexing::default().set_tokenizer(analysis::ANALYZER).set_index_option(IndexRecordOption::WithFreqs);
    builder.add_text_field("words", TextOptions::default().set_indexing_options(indexing));
    builder.build()
}

/// Inverse document frequency as Tantivy has it.
#[expect(clippy::cast_precision_loss, reason = "a logarithm of counts")]
fn inverse_document_frequency(holding: u64, all: u64) -> f32 {
    (1.0 + (all.saturating_sub(holding) as f32 + 0.5) / (holding as f32 + 0.5)).ln()
}

/// How much a term says, as of the snapshot of `counts`.
fn rarity(counts: &Counts<'_>, words: Field, term: &str) -> tantivy::Result<Rarity> {
    let holding = counts.doc_freq(&Term::from_field_text(words, term))?;
    Ok(Rarity { holding, idf: inverse_document_frequency(holding, counts.total_num_docs()?) })
}

impl TantivyIndex {
    /// Opens the index in `path`, creating it where there is none.
    ///
    /// # Errors
    /// [`Error::Damaged`]: the caller may remove the directory and open again, the ledger fills it.
    pub fn open(path: &Path) -> Result<Self> {
        let damaged = |source: TantivyError| Error::damaged(super::NAME, path, source);
        std::fs::create_dir_all(path).map_err(|source| Error::damaged(super::NAME, path, source))?;
        let reading = Reading::of(path, true)?;
        let writer = reading.index.writer_with_num_threads(1, WRITER_BYTES).map_err(damaged)?;
        Self::of(reading, Some(Arc::new(Mutex::new(writer)))).map_err(damaged)
    }

    /// Opens a copy to read: a directory that [`TantivyIndex::link_into`] has filled.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn open_copy(path: &Path) -> Result<Self> {
        let damaged = |source: TantivyError| Error::damaged(super::NAME, path, source);
        Self::of(Reading::of(path, false)?, None).map_err(damaged)
    }

    fn of(reading: Reading, writer: Option<Arc<Mutex<IndexWriter>>>) -> tantivy::Result<Self> {
        let fields = Fields::of(&reading.index.schema())?;
        Ok(Self { reading: RwLock::new(reading), writer, fields, counts: Arc::default() })
    }

    pub(super) fn reading(&self) -> Reading {
        self.reading.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs `write` on the writer, then commits it with the mark, off the async threads.
    async fn commit<F>(&self, action: &'static str, reached: Seq, write: F) -> Result<()>
    where
        F: FnOnce(&mut IndexWriter) -> tantivy::Result<()> + Send + 'static,
    {
        let read_only = || Error::engine(super::NAME, action, "it is a copy");
        let writer = Arc::clone(self.writer.as_ref().ok_or_else(read_only)?);
        let run = move || {
            let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
            let outcome = write(&mut writer).and_then(|()| {
                let mut commit = writer.prepare_commit()?;
                commit.set_payload(&reached.0.to_string());
                commit.commit()
            });
            if outcome.is_err() {
                // Without this the next commit would carry what failed here.
                let _ = writer.rollback();
            }
            outcome
        };
        let failed = |source: TantivyError| Error::engine(super::NAME, action, source);
        match tokio::task::spawn_blocking(run).await {
            Ok(outcome) => outcome.map_err(failed)?,
            Err(panic) => return Err(Error::engine(super::NAME, action, panic)),
        };
        self.reading().reader.reload().map_err(failed)
    }

    /// One search, on the thread that calls it.
    fn find(
        searcher: &Searcher,
        counts: &Counts<'_>,
        words: Field,
        wanted: &[Wanted],
        filter: &Filter,
        limit: usize,
    ) -> tantivy::Result<Vec<Hit>> {
        let terms = weighted_terms(wanted, |term| rarity(counts, words, term))?;
        let most = expected(&terms) * MOST_PER_TERM;
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(terms.len());
        for Weighted { term, weight, rarity } in &terms {
            if rarity.holding > 0 {
                let term = Term::from_field_text(words, term);
                let query = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
                clauses.push((Occur::Should, Box::new(BoostQuery::new(query, *weight))));
            }
        }
        if clauses.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let scoring = EnableScoring::enabled_from_statistics_provider(counts, searcher);
        let weight = BooleanQuery::new(clauses).weight(scoring)?;
        let mut best: BinaryHeap<Least> = BinaryHeap::with_capacity(limit + 1);
        for segment in searcher.segment_readers() {
            let Some(gate) = Gate::new(segment, filter)? else { continue };
            let passages = Passages::of(segment)?;
            let floor = |best: &BinaryHeap<Least>| match best.peek().filter(|_| best.len() >= limit) {
                Some(least) => least.0.score * BOUND_SLACK,
                None => Score::MIN,
            };
            weight.for_each_pruning(floor(&best), segment, &mut |doc, score| {
                if gate.allows(doc) {
                    best.push(Least(Hit { passage: passages.id(doc), score }));
                    if best.len() > limit {
                        best.pop();
                    }
                }
                floor(&best)
            })?;
        }
        let share = |Least(hit): Least| Hit { score: hit.score / most.max(f32::MIN_POSITIVE), ..hit };
        Ok(in_order(best.into_iter().map(share).collect(), limit))
    }
}

/// The columns that hold the ids of passages.
struct Passages {
    high: Column<u64>,
    low: Column<u64>,
}

impl Passages {
    fn of(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(Self { high: columns.u64("passage_high")?, low: columns.u64("passage_low")? })
    }

    fn id(&self, doc: tantivy::DocId) -> PassageId {
        let half = |column: &Column<u64>| column.first(doc).unwrap_or_default();
        let id = u128::from(half(&self.high)) << 64 | u128::from(half(&self.low));
        PassageId::from_bytes(id.to_be_bytes())
    }
}

#[async_trait]
impl Follower for TantivyIndex {
    fn name(&self) -> &'static str {
        super::NAME
    }

    async fn apply(&self, entries: Vec<Entry>, reached: Seq) -> Result<()> {
        let fields = self.fields;
        fail_point!("words::before_apply", |kind| Err(Error::injected(super::NAME, kind)));
        self.commit("take in passages", reached, move |writer| {
            for entry in entries {
                writer.delete_term(Term::from_field_text(fields.id, &entry.id().to_string()));
                writer.add_document(document(fields, &entry))?;
            }
            fail_point!("words::before_commit");
            Ok(())
        })
        .await?;
        fail_point!("words::after_apply", |kind| Err(Error::injected(super::NAME, kind)));
        Ok(())
    }

    async fn reached(&self) -> Result<Seq> {
        let metas =
            self.reading().index.load_metas().map_err(|source| Error::engine(super::NAME, "read its mark", source))?;
        Ok(Seq(metas.payload.and_then(|payload| payload.parse().ok()).unwrap_or(0)))
    }

    async fn ids(&self) -> Result<Vec<EntryId>> {
        let failed = |source| Error::engine(super::NAME, "list what it holds", source);
        let searcher = self.reading().reader.searcher();
        let mut ids = Vec::new();
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(self.fields.id).map_err(failed)?;
            let mut terms = inverted.terms().stream().map_err(|source| failed(source.into()))?;
            while terms.advance() {
                let mut postings = inverted
                    .read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)
                    .map_err(|source| failed(source.into()))?;
                let alive = first_alive(&mut postings, segment.alive_bitset());
                let id: Option<EntryId> = std::str::from_utf8(terms.key()).ok().and_then(|text| text.parse().ok());
                ids.extend(id.filter(|_| alive));
            }
        }
        ids.sort_unstable();
        Ok(ids)
    }

    async fn remove(&self, ids: Vec<EntryId>) -> Result<()> {
        let (reached, id) = (self.reached().await?, self.fields.id);
        self.commit("forget passages", reached, move |writer| {
            for entry in ids {
                writer.delete_term(Term::from_field_text(id, &entry.to_string()));
            }
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl LexicalIndex for TantivyIndex {
    async fn search(&self, wanted: &[Wanted], filter: &Filter, limit: usize) -> Result<Vec<Hit>> {
        let wanted = wanted.to_vec();
        let (searcher, words, filter) = (self.reading().reader.searcher(), self.fields.words, filter.clone());
        let kept = Arc::clone(&self.counts);
        let run = move || {
            let counts = Counts::of(&kept, &searcher, words, filter.snapshot)?;
            Self::find(&searcher, &counts, words, &wanted, &filter, limit)
        };
        match tokio::task::spawn_blocking(run).await {
            Ok(hits) => hits.map_err(|source| Error::engine(super::NAME, "search", source)),
            Err(panic) => Err(Error::engine(super::NAME, "search", panic)),
        }
    }

    async fn unheard(&self, text: &str, snapshot: Snapshot) -> Result<Vec<String>> {
        let (searcher, words, text) = (self.reading().reader.searcher(), self.fields.words, text.to_owned());
        let kept = Arc::clone(&self.counts);
        let run = move || {
            let counts = Counts::of(&kept, &searcher, words, snapshot)?;
            let mut unheard = Vec::new();
            for (word, terms) in analysis::words_with_terms(&text).into_iter().take(MAX_TERMS) {
                let mut is_held = false;
                for term in &terms {
                    is_held = is_held || counts.doc_freq(&Term::from_field_text(words, term))? > 0;
                }
                if !is_held {
                    unheard.push(word);
                }
            }
            tantivy::Result::Ok(unheard)
        };
        match tokio::task::spawn_blocking(run).await {
            Ok(unheard) => unheard.map_err(|source| Error::engine(super::NAME, "look for words", source)),
            Err(panic) => Err(Error::engine(super::NAME, "look for words", panic)),
        }
    }

    async fn coverage(&self, wanted: &[Wanted], snapshot: Snapshot, texts: Vec<HeadedText>) -> Result<Coverage> {
        let wanted = wanted.to_vec();
        let (searcher, words) = (self.reading().reader.searcher(), self.fields.words);
        let kept = Arc::clone(&self.counts);
        let run = move || {
            let counts = Counts::of(&kept, &searcher, words, snapshot)?;
            let asked = Asked::of(&wanted, |term| rarity(&counts, words, term))?;
            tantivy::Result::Ok(asked.in_texts(&texts))
        };
        match tokio::task::spawn_blocking(run).await {
            Ok(shares) => shares.map_err(|source| Error::engine(super::NAME, "read sentences", source)),
            Err(panic) => Err(Error::engine(super::NAME, "read sentences", panic)),
        }
    }

    async fn merge(&self) -> Result<bool> {
        let failed = |source: TantivyError| Error::engine(super::NAME, "merge its segments", source);
        let Some(writer) = self.writer.clone() else { return Ok(false) };
        let segments = self.reading().index.searchable_segment_ids().map_err(failed)?;
        if segments.len() < 2 {
            return Ok(false);
        }
        let merging = writer.lock().unwrap_or_else(PoisonError::into_inner).merge(&segments);
        merging.await.map_err(failed)?;
        self.reading().reader.reload().map_err(failed)?;
        Ok(true)
    }
}

fn document(fields: Fields, entry: &Entry) -> TantivyDocument {
    let passage = u128::from_be_bytes(entry.passage.to_bytes());
    let mut document = TantivyDocument::default();
    document.add_text(fields.id, entry.id().to_string());
    #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
    {
        document.add_u64(fields.passage_high, (passage >> 64) as u64);
        document.add_u64(fields.passage_low, passage as u64);
    }
    document.add_u64(fields.added, entry.interval.added.0);
    document.add_u64(fields.removed, entry.removed());
    document.add_u64(fields.year, entry.year());
    for facet in entry.facets() {
        document.add_text(fields.facet, facet);
    }
    document.add_text(fields.words, format!("{}\n{}\n{}", entry.title, entry.section.join("\n"), entry.text));
    document
}

fn first_alive(
    postings: &mut tantivy::postings::SegmentPostings,
    alive: Option<&tantivy::fastfield::AliveBitSet>,
) -> bool {
    use tantivy::{DocSet, TERMINATED};
    while postings.doc() != TERMINATED {
        if alive.is_none_or(|alive| alive.is_alive(postings.doc())) {
            return true;
        }
        postings.advance();
    }
    false
}
