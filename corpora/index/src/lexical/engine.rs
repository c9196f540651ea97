//! The lexical arm on Tantivy.

use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use fail::fail_point;
use knowledge::{EntryId, PassageId, Seq};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, RangeQuery, TermQuery, TermSetQuery};
use tantivy::schema::document::Value;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term};

use super::{LexicalIndex, analysis};
use crate::Follower;
use crate::entry::{Entry, Filter, Hit, TIE_MARGIN, in_order};
use crate::error::{Error, Result};

/// Memory for passages not yet written, bytes. One thread: ingest leaves the other cores to embedding.
const WRITER_BYTES: usize = 64 << 20;

/// Weights of the fields: a word in a title says more about a passage than one in its text.
const TITLE_WEIGHT: f32 = 1.5;
const SECTION_WEIGHT: f32 = 1.2;

/// The longest question that is searched word by word; BM25 gains nothing from more.
const MAX_TERMS: usize = 64;

/// A Tantivy index in a directory. One process at a time may write to it.
pub struct TantivyIndex {
    index: Index,
    reader: IndexReader,
    writer: Arc<Mutex<IndexWriter>>,
    fields: Fields,
}

impl std::fmt::Debug for TantivyIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TantivyIndex").finish_non_exhaustive()
    }
}

#[derive(Clone, Copy)]
struct Fields {
    id: Field,
    passage: Field,
    added: Field,
    removed: Field,
    corpus: Field,
    kind: Field,
    title: Field,
    section: Field,
    text: Field,
}

impl Fields {
    fn of(schema: &Schema) -> tantivy::Result<Self> {
        let field = |name| schema.get_field(name);
        Ok(Self {
            id: field("id")?,
            passage: field("passage")?,
            added: field("added")?,
            removed: field("removed")?,
            corpus: field("corpus")?,
            kind: field("kind")?,
            title: field("title")?,
            section: field("section")?,
            text: field("text")?,
        })
    }
}

fn schema() -> Schema {
    let mut builder = Schema::builder();
    builder.add_text_field("id", STRING | STORED);
    builder.add_bytes_field("passage", STORED);
    builder.add_u64_field("added", INDEXED | FAST);
    builder.add_u64_field("removed", INDEXED | FAST);
    builder.add_text_field("corpus", STRING);
    builder.add_text_field("kind", STRING);
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(analysis::ANALYZER)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let words = TextOptions::default().set_indexing_options(indexing);
    for name in ["title", "section", "text"] {
        builder.add_text_field(name, words.clone());
    }
    builder.build()
}

impl TantivyIndex {
    /// Opens the index in `path`, creating it where there is none.
    ///
    /// # Errors
    /// [`Error::Damaged`]: the caller may remove the directory and open again, the ledger fills it.
    pub fn open(path: &Path) -> Result<Self> {
        let damaged = |source: TantivyError| Error::damaged(super::NAME, path, source);
        std::fs::create_dir_all(path).map_err(|source| Error::damaged(super::NAME, path, source))?;
        let directory = tantivy::directory::MmapDirectory::open(path).map_err(|source| damaged(source.into()))?;
        let index = Index::open_or_create(directory, schema()).map_err(damaged)?;
        index.tokenizers().register(analysis::ANALYZER, analysis::analyzer());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(damaged)?;
        let writer = index.writer_with_num_threads(1, WRITER_BYTES).map_err(damaged)?;
        let fields = Fields::of(&index.schema()).map_err(damaged)?;
        Ok(Self { index, reader, writer: Arc::new(Mutex::new(writer)), fields })
    }

    /// Runs `write` on the writer, then commits it with the mark, off the async threads.
    async fn commit<F>(&self, action: &'static str, reached: Seq, write: F) -> Result<()>
    where
        F: FnOnce(&mut IndexWriter) -> tantivy::Result<()> + Send + 'static,
    {
        let writer = Arc::clone(&self.writer);
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
        self.reader.reload().map_err(failed)
    }

    /// Should-clauses over the terms in all fields, under the filter, which scores nothing.
    fn query(&self, question: &str, filter: &Filter) -> Option<BooleanQuery> {
        let fields = self.fields;
        let mut terms: Vec<String> = analysis::terms(question).into_iter().collect();
        terms.sort_unstable();
        terms.truncate(MAX_TERMS);
        if terms.is_empty() {
            return None;
        }
        let clause = |field, text: &str, weight| {
            let term = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(BoostQuery::new(Box::new(term), weight)) as Box<dyn Query>)
        };
        let weights = [(fields.title, TITLE_WEIGHT), (fields.section, SECTION_WEIGHT), (fields.text, 1.0)];
        let words = terms.iter().flat_map(|term| weights.map(|(field, weight)| clause(field, term, weight))).collect();
        let at = |field| Term::from_field_u64(field, filter.snapshot.0);
        let mut must: Vec<Box<dyn Query>> = vec![
            Box::new(RangeQuery::new(Bound::Unbounded, Bound::Included(at(fields.added)))),
            Box::new(RangeQuery::new(Bound::Excluded(at(fields.removed)), Bound::Unbounded)),
        ];
        if !filter.corpora.is_empty() {
            let corpora = filter.corpora.iter().map(|corpus| Term::from_field_text(fields.corpus, corpus.as_str()));
            must.push(Box::new(TermSetQuery::new(corpora)));
        }
        if !filter.kinds.is_empty() {
            let kinds = filter.kinds.iter().map(|kind| Term::from_field_text(fields.kind, kind.as_str()));
            must.push(Box::new(TermSetQuery::new(kinds)));
        }
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(BooleanQuery::new(words)))];
        clauses.extend(
            must.into_iter().map(|query| (Occur::Must, Box::new(ConstScoreQuery::new(query, 0.0)) as Box<dyn Query>)),
        );
        Some(BooleanQuery::new(clauses))
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
        let metas = self.index.load_metas().map_err(|source| Error::engine(super::NAME, "read its mark", source))?;
        Ok(Seq(metas.payload.and_then(|payload| payload.parse().ok()).unwrap_or(0)))
    }

    async fn ids(&self) -> Result<Vec<EntryId>> {
        let failed = |source| Error::engine(super::NAME, "list what it holds", source);
        let searcher = self.reader.searcher();
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
    async fn search(&self, question: &str, filter: &Filter, limit: usize) -> Result<Vec<Hit>> {
        let Some(query) = self.query(question, filter) else {
            return Ok(Vec::new());
        };
        let (searcher, passage) = (self.reader.searcher(), self.fields.passage);
        let run = move || -> tantivy::Result<Vec<Hit>> {
            let top = searcher.search(&query, &TopDocs::with_limit(limit + TIE_MARGIN).order_by_score())?;
            let mut hits = Vec::with_capacity(top.len());
            for (score, address) in top {
                let document: TantivyDocument = searcher.doc(address)?;
                let bytes = document.get_first(passage).and_then(|value| value.as_bytes());
                if let Some(bytes) = bytes.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()) {
                    hits.push(Hit { passage: PassageId::from_bytes(bytes), score });
                }
            }
            Ok(hits)
        };
        match tokio::task::spawn_blocking(run).await {
            Ok(hits) => Ok(in_order(hits.map_err(|source| Error::engine(super::NAME, "search", source))?, limit)),
            Err(panic) => Err(Error::engine(super::NAME, "search", panic)),
        }
    }
}

fn document(fields: Fields, entry: &Entry) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_text(fields.id, entry.id().to_string());
    document.add_bytes(fields.passage, &entry.passage.to_bytes());
    document.add_u64(fields.added, entry.interval.added.0);
    document.add_u64(fields.removed, entry.removed());
    document.add_text(fields.corpus, entry.corpus.as_str());
    document.add_text(fields.kind, entry.kind.as_str());
    document.add_text(fields.title, &entry.title);
    document.add_text(fields.section, entry.section.join(" / "));
    document.add_text(fields.text, &entry.text);
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
