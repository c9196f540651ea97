//! The dense arm on Qdrant in this process.
//!
//! `qdrant-edge` 0.7 does not replay its own log when it opens, and its `flush` panics when it meets an update. So every
//! batch is flushed before it counts, all writing goes through one lock, and what a crash loses the ledger brings back.
//! Searches compare every vector: exact, so the same question always finds the same passages, and fast enough to 100,000.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use fail::fail_point;
use knowledge::{EntryId, PassageId, Seq};
use qdrant_edge::external::uuid::Uuid;
use qdrant_edge::{
    DEFAULT_VECTOR_NAME, Distance, EdgeConfig, EdgeShard, EdgeVectorParams, NamedQuery, OperationError, PointId,
    PointInsertOperations, PointOperations, PointStruct, QueryEnum, QueryRequest, ScoringQuery, ScrollRequest,
    SearchParams, UpdateOperation, WithPayloadInterface, WithVector,
};
use serde_json::{Value, json};

use super::VectorIndex;
use crate::Follower;
use crate::entry::{Entry, Filter, Hit, TIE_MARGIN, in_order};
use crate::error::{Error, Result};

/// The point that remembers how far the index has followed. Entries have UUIDs, so a number cannot be one of them.
const MARK: u64 = 0;

/// The engine keeps its log for ever. An index with a longer one is built anew, from the ledger, when it is next opened.
const LOG_LIMIT_BYTES: u64 = 2 << 30;

/// Qdrant embedded in the process. One process at a time may open a directory.
pub struct EdgeIndex {
    shard: Arc<Mutex<Option<EdgeShard>>>,
    dimension: usize,
}

impl std::fmt::Debug for EdgeIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EdgeIndex").field("dimension", &self.dimension).finish_non_exhaustive()
    }
}

impl EdgeIndex {
    /// Opens the index in `path`, creating it where there is none.
    ///
    /// # Errors
    /// [`Error::Damaged`]: the caller may remove the directory and open again, the ledger fills it.
    pub fn open(path: &Path, dimension: usize) -> Result<Self> {
        let damaged = |source: OperationError| Error::damaged(super::NAME, path, source);
        let io = |source: std::io::Error| Error::damaged(super::NAME, path, source);
        if log_bytes(path) > LOG_LIMIT_BYTES {
            tracing::info!(path = %path.display(), "the log of the vector index has outgrown it: building it anew");
            std::fs::remove_dir_all(path).map_err(io)?;
        }
        std::fs::create_dir_all(path).map_err(io)?;
        let config = EdgeConfig::builder()
            .vector(DEFAULT_VECTOR_NAME, EdgeVectorParams::builder(dimension, Distance::Cosine).build())
            .build();
        let exists = path.join("segments").read_dir().is_ok_and(|mut segments| segments.next().is_some());
        // The engine unwraps what it reads, so a damaged file can panic.
        let opened = std::panic::catch_unwind(|| {
            if exists { EdgeShard::load(path, Some(config)) } else { EdgeShard::new(path, config) }
        });
        let shard = opened
            .map_err(|_| Error::damaged(super::NAME, path, "the engine panicked on its files"))?
            .map_err(damaged)?;
        if !exists {
            for (field, schema) in
                [("added", "integer"), ("removed", "integer"), ("corpus", "keyword"), ("kind", "keyword")]
            {
                shard.update(create_field_index(field, schema)?).map_err(damaged)?;
            }
            shard.flush();
        }
        let index = Self { shard: Arc::new(Mutex::new(Some(shard))), dimension };
        Ok(index)
    }

    /// Runs `act` on the shard, alone, off the async threads.
    async fn with<T, F>(&self, action: &'static str, act: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&EdgeShard) -> std::result::Result<T, OperationError> + Send + 'static,
    {
        let shard = Arc::clone(&self.shard);
        let run = move || match shard.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(shard) => act(shard),
            None => Err(OperationError::service_error("the index has been closed")),
        };
        match tokio::task::spawn_blocking(run).await {
            Ok(result) => result.map_err(|source| Error::engine(super::NAME, action, source)),
            Err(panic) => Err(Error::engine(super::NAME, action, panic)),
        }
    }
}

impl Drop for EdgeIndex {
    /// The engine flushes when it is dropped, and panics if it cannot: with its files gone, say. All that counts has been
    /// flushed already, so that is no reason to end the process.
    fn drop(&mut self) {
        let shard = self.shard.lock().unwrap_or_else(PoisonError::into_inner).take();
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(shard))).is_err() {
            tracing::warn!("the vector index could not be flushed when it was closed");
        }
    }
}

#[async_trait]
impl Follower for EdgeIndex {
    fn name(&self) -> &'static str {
        super::NAME
    }

    async fn apply(&self, entries: Vec<Entry>, reached: Seq) -> Result<()> {
        if let Some(odd) = entries.iter().find(|entry| entry.vector.len() != self.dimension) {
            return Err(Error::Dimension { found: odd.vector.len(), wanted: self.dimension });
        }
        let dimension = self.dimension;
        fail_point!("vectors::before_apply", |kind| Err(Error::injected(super::NAME, kind)));
        self.with("take in passages", move |shard| {
            if !entries.is_empty() {
                shard.update(upsert(entries.into_iter().map(point).collect()))?;
                shard.flush();
            }
            fail_point!("vectors::before_mark");
            // Only now are the entries durable, so only now may the mark move.
            let mark = PointStruct::new(MARK, unit_vector(dimension), json!({ "reached": reached.0 }));
            shard.update(upsert(vec![mark]))?;
            shard.flush();
            Ok(())
        })
        .await?;
        fail_point!("vectors::after_apply", |kind| Err(Error::injected(super::NAME, kind)));
        Ok(())
    }

    async fn reached(&self) -> Result<Seq> {
        let found = self.with("read its mark", |shard| {
            shard.retrieve(
                &[PointId::NumId(MARK)],
                Some(WithPayloadInterface::Bool(true)),
                Some(WithVector::Bool(false)),
            )
        });
        let payload = found.await?.into_iter().next().and_then(|record| record.payload);
        Ok(Seq(payload.and_then(|payload| payload.0.get("reached").and_then(Value::as_u64)).unwrap_or(0)))
    }

    async fn ids(&self) -> Result<Vec<EntryId>> {
        let scroll = |shard: &EdgeShard| {
            let (mut ids, mut offset) = (Vec::new(), None);
            loop {
                let request = ScrollRequest {
                    offset,
                    limit: Some(10_000),
                    filter: None,
                    with_payload: Some(WithPayloadInterface::Bool(false)),
                    with_vector: WithVector::Bool(false),
                    order_by: None,
                };
                let (records, next) = shard.scroll(request)?;
                ids.extend(records.into_iter().filter_map(|record| entry_id(record.id)));
                match next {
                    Some(_) => offset = next,
                    None => return Ok(ids),
                }
            }
        };
        let mut ids = self.with("list what it holds", scroll).await?;
        ids.sort_unstable();
        Ok(ids)
    }

    async fn remove(&self, ids: Vec<EntryId>) -> Result<()> {
        self.with("forget passages", move |shard| {
            let ids = ids.into_iter().map(point_id).collect();
            shard.update(UpdateOperation::PointOperation(PointOperations::DeletePoints { ids }))?;
            shard.flush();
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl VectorIndex for EdgeIndex {
    async fn search(&self, vector: &[f32], filter: &Filter, limit: usize) -> Result<Vec<Hit>> {
        if vector.len() != self.dimension {
            return Err(Error::Dimension { found: vector.len(), wanted: self.dimension });
        }
        let filter =
            serde_json::from_value(condition(filter)).map_err(|source| Error::engine(super::NAME, "filter", source))?;
        let request = QueryRequest {
            prefetches: Vec::new(),
            query: Some(ScoringQuery::Vector(QueryEnum::Nearest(NamedQuery::default_dense(vector.to_vec())))),
            filter: Some(filter),
            score_threshold: None,
            limit: limit + TIE_MARGIN,
            offset: 0,
            params: Some(SearchParams { exact: true, ..SearchParams::default() }),
            with_vector: WithVector::Bool(false),
            with_payload: WithPayloadInterface::Bool(true),
        };
        let points = self.with("search", move |shard| shard.query(request)).await?;
        let hit = |point: qdrant_edge::ScoredPoint| {
            let payload = point.payload?;
            let passage: PassageId = payload.0.get("passage")?.as_str()?.parse().ok()?;
            Some(Hit { passage, score: point.score })
        };
        Ok(in_order(points.into_iter().filter_map(hit).collect(), limit))
    }
}

fn create_field_index(field: &str, schema: &str) -> Result<UpdateOperation> {
    let create = serde_json::from_value(json!({ "field_name": field, "field_schema": schema }))
        .map_err(|source| Error::engine(super::NAME, "describe its fields", source))?;
    Ok(UpdateOperation::FieldIndexOperation(qdrant_edge::FieldIndexOperations::CreateIndex(create)))
}

/// The filter in Qdrant's JSON. The mark has no `added`, so no search finds it.
fn condition(filter: &Filter) -> Value {
    let mut must = vec![
        json!({ "key": "added", "range": { "lte": filter.snapshot.0 } }),
        json!({ "key": "removed", "range": { "gt": filter.snapshot.0 } }),
    ];
    if !filter.corpora.is_empty() {
        must.push(json!({ "key": "corpus", "match": { "any": filter.corpora } }));
    }
    if !filter.kinds.is_empty() {
        must.push(json!({ "key": "kind", "match": { "any": filter.kinds } }));
    }
    json!({ "must": must })
}

fn upsert(points: Vec<PointStruct>) -> UpdateOperation {
    let points = points.into_iter().map(Into::into).collect();
    UpdateOperation::PointOperation(PointOperations::UpsertPoints(PointInsertOperations::PointsList(points)))
}

fn point(entry: Entry) -> PointStruct {
    let payload = json!({
        "passage": entry.passage,
        "added": entry.interval.added.0,
        "removed": entry.removed(),
        "corpus": entry.corpus,
        "kind": entry.kind,
    });
    PointStruct::new(point_id(entry.id()), entry.vector, payload)
}

fn point_id(id: EntryId) -> PointId {
    PointId::Uuid(Uuid::from_bytes(id.to_bytes()))
}

fn entry_id(id: PointId) -> Option<EntryId> {
    match id {
        PointId::Uuid(uuid) => Some(EntryId::from_bytes(*uuid.as_bytes())),
        PointId::NumId(_) => None,
    }
}

/// The mark needs some vector; cosine needs one that is not zero.
fn unit_vector(dimension: usize) -> Vec<f32> {
    let mut vector = vec![0.0; dimension];
    if let Some(first) = vector.first_mut() {
        *first = 1.0;
    }
    vector
}

fn log_bytes(path: &Path) -> u64 {
    let files = std::fs::read_dir(path.join("wal")).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}
