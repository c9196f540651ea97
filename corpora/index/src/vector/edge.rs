//! The dense arm on Qdrant in this process.
//!
//! `qdrant-edge` 0.7 does not replay its own log when it opens, and its `flush` panics when it meets an update. So every
//! batch is flushed before it counts, all writing goes through one lock, and what a crash loses the ledger brings back.
//! Searches take no lock of ours. A graph is built in a *generation* of its own, a directory beside the one in use, and
//! takes its place when it holds the same; see [`super::graph`].

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use async_trait::async_trait;
use fail::fail_point;
use knowledge::{EntryId, PassageId, Seq};
use qdrant_edge::external::uuid::Uuid;
use qdrant_edge::{
    EdgeConfig, EdgeShard, JsonPath, NamedQuery, OperationError, PointId, PointInsertOperations, PointOperations,
    PointStruct, QueryEnum, QueryRequest, Record, ScoringQuery, ScrollRequest, UpdateOperation, WithPayloadInterface,
    WithVector,
};
use serde_json::{Value, json};

use super::VectorIndex;
use super::graph::{self, Size};
use super::log;
use crate::Follower;
use crate::entry::{Entry, Filter, Hit, TIE_MARGIN, in_order};
use crate::error::{Error, Result};

/// The point that remembers how far the index has followed. Entries have UUIDs, so a number cannot be one of them.
pub(super) const MARK: u64 = 0;

/// Points that are read in one go.
const PAGE: usize = 10_000;

/// The file that names the generation in use.
pub(super) const CURRENT: &str = "current";

/// Qdrant embedded in the process. One process at a time may open a directory.
pub struct EdgeIndex {
    shard: Arc<RwLock<Arc<Shard>>>,
    writing: Arc<Mutex<Writing>>,
    dimension: usize,
    // Last, so that the shard is closed before its directory goes.
    root: Root,
}

/// The directory of an index.
struct Root {
    path: PathBuf,
    /// Another index has taken its place: the directory goes with it.
    is_retired: AtomicBool,
}

impl Drop for Root {
    fn drop(&mut self) {
        if self.is_retired.load(Ordering::Acquire) {
            // What cannot be removed now, the next start removes.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

impl std::fmt::Debug for EdgeIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EdgeIndex").field("dimension", &self.dimension).finish_non_exhaustive()
    }
}

/// What whoever writes must know. Its lock orders all updates and flushes.
#[derive(Debug, Default)]
pub(super) struct Writing {
    /// While a graph is being built: the points that have changed since. The building reads the shard in use.
    pub(super) changed: Option<BTreeSet<PointId>>,
}

/// A generation: an open shard and its directory.
pub(super) struct Shard {
    engine: Option<EdgeShard>,
    pub(super) path: PathBuf,
    /// How wide a search through its graph is, if it has one; else every vector is compared. It gets no other while it is open.
    width: Option<usize>,
    /// It has been replaced: its directory goes with it.
    is_replaced: AtomicBool,
}

impl Shard {
    /// Opens the generation in `path`, creating one that is compared whole where there is none.
    pub(super) fn open(path: &Path, dimension: usize) -> Result<Self> {
        let exists = path.join("segments").read_dir().is_ok_and(|mut segments| segments.next().is_some());
        if !exists {
            return Self::create(path, graph::config(dimension, Size::Small, 1));
        }
        log::shorten(path);
        Self::start(path, || EdgeShard::load(path, None))
    }

    /// A new generation in `path`.
    pub(super) fn create(path: &Path, config: EdgeConfig) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(|source| Error::damaged(super::NAME, path, source))?;
        let shard = Self::start(path, || EdgeShard::new(path, config))?;
        let damaged = |source: OperationError| Error::damaged(super::NAME, path, source);
        for (field, schema, is_linked) in super::FIELDS {
            let index = create_field_index(field, schema, is_linked)?;
            shard.engine().and_then(|engine| engine.update(index)).map_err(damaged)?;
        }
        shard.engine().map_err(damaged)?.flush();
        Ok(shard)
    }

    fn start(path: &Path, start: impl FnOnce() -> std::result::Result<EdgeShard, OperationError>) -> Result<Self> {
        // The engine unwraps what it reads, so a damaged file can panic.
        let started = std::panic::catch_unwind(std::panic::AssertUnwindSafe(start));
        let engine = started
            .map_err(|_| Error::damaged(super::NAME, path, "the engine panicked on its files"))?
            .map_err(|source| Error::damaged(super::NAME, path, source))?;
        let linked = engine.info().indexed_vectors_count;
        Ok(Self {
            engine: Some(engine),
            path: path.to_owned(),
            width: (linked > 0).then(|| graph::width(linked)),
            is_replaced: AtomicBool::new(false),
        })
    }

    /// Its directory is to go when the last search in it has ended.
    pub(super) fn replaced(&self) {
        self.is_replaced.store(true, Ordering::Release);
    }

    /// The engine. It is there as long as the shard is.
    pub(super) fn engine(&self) -> std::result::Result<&EdgeShard, OperationError> {
        self.engine.as_ref().ok_or_else(|| OperationError::service_error("the index has been closed"))
    }
}

impl Drop for Shard {
    /// The engine flushes when it is dropped, and panics if it cannot: with its files gone, say. All that counts has been
    /// flushed already, so that is no reason to end the process.
    fn drop(&mut self) {
        let engine = self.engine.take();
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(engine))).is_err() {
            tracing::warn!("the vector index could not be flushed when it was closed");
        }
        if self.is_replaced.load(Ordering::Acquire) {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

impl EdgeIndex {
    /// Opens the index in `path`, creating it where there is none.
    ///
    /// # Errors
    /// [`Error::Damaged`]: the caller may remove the directory and open again, the ledger fills it.
    pub fn open(path: &Path, dimension: usize) -> Result<Self> {
        let io = |source: std::io::Error| Error::damaged(super::NAME, path, source);
        std::fs::create_dir_all(path).map_err(io)?;
        let current = std::fs::read_to_string(path.join(CURRENT)).unwrap_or_default();
        let current = if current.is_empty() { "1".to_owned() } else { current };
        // What an end in the middle of building has left.
        for other in std::fs::read_dir(path).map_err(io)?.flatten() {
            if other.path().is_dir() && other.file_name() != current.as_str() {
                std::fs::remove_dir_all(other.path()).map_err(io)?;
            }
        }
        let shard = Shard::open(&path.join(&current), dimension)?;
        let shard = Arc::new(RwLock::new(Arc::new(shard)));
        let root = Root { path: path.to_owned(), is_retired: AtomicBool::new(false) };
        Ok(Self { shard, writing: Arc::default(), dimension, root })
    }

    fn current(&self) -> Arc<Shard> {
        Arc::clone(&self.shard.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `act` on the shard, off the async threads.
    async fn read<T, F>(&self, action: &'static str, act: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&EdgeShard) -> std::result::Result<T, OperationError> + Send + 'static,
    {
        let shard = self.current();
        blocking(action, move || act(shard.engine()?)).await
    }

    /// The same, alone among those who write; `changed` names the points that it writes.
    async fn write<F>(&self, action: &'static str, changed: Vec<PointId>, act: F) -> Result<()>
    where
        F: FnOnce(&EdgeShard) -> std::result::Result<(), OperationError> + Send + 'static,
    {
        let (writing, shard) = (Arc::clone(&self.writing), Arc::clone(&self.shard));
        blocking(action, move || {
            let mut writing = lock(&writing);
            let shard = Arc::clone(&shard.read().unwrap_or_else(PoisonError::into_inner));
            act(shard.engine()?)?;
            if let Some(known) = &mut writing.changed {
                known.extend(changed);
            }
            Ok(())
        })
        .await
    }
}

pub(super) fn lock(writing: &Mutex<Writing>) -> MutexGuard<'_, Writing> {
    writing.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn blocking<T, F>(action: &'static str, act: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> std::result::Result<T, OperationError> + Send + 'static,
{
    match tokio::task::spawn_blocking(act).await {
        Ok(result) => result.map_err(|source| Error::engine(super::NAME, action, source)),
        Err(panic) => Err(Error::engine(super::NAME, action, panic)),
    }
}

#[async_trait]
impl Follower for EdgeIndex {
    fn name(&self) -> &'static str {
        super::NAME
    }

    async fn apply(&self, entries: Vec<Entry>, reached: Seq) -> Result<()> {
        super::check_dimension(&entries, self.dimension)?;
        let dimension = self.dimension;
        let changed = entries.iter().map(|entry| point_id(entry.id())).collect();
        fail_point!("vectors::before_apply", |kind| Err(Error::injected(super::NAME, kind)));
        self.write("take in passages", changed, move |engine| {
            if !entries.is_empty() {
                engine.update(upsert(entries.into_iter().map(point).collect()))?;
                engine.flush();
            }
            fail_point!("vectors::before_mark");
            // Only now are the entries durable, so only now may the mark move.
            let mark = PointStruct::new(MARK, super::unit_vector(dimension), json!({ "reached": reached.0 }));
            engine.update(upsert(vec![mark]))?;
            engine.flush();
            Ok(())
        })
        .await?;
        fail_point!("vectors::after_apply", |kind| Err(Error::injected(super::NAME, kind)));
        Ok(())
    }

    async fn reached(&self) -> Result<Seq> {
        let found = self.read("read its mark", |engine| {
            engine.retrieve(
                &[PointId::NumId(MARK)],
                Some(WithPayloadInterface::Bool(true)),
                Some(WithVector::Bool(false)),
            )
        });
        let payload = found.await?.into_iter().next().and_then(|record| record.payload);
        Ok(Seq(payload.and_then(|payload| payload.0.get("reached").and_then(Value::as_u64)).unwrap_or(0)))
    }

    async fn ids(&self) -> Result<Vec<EntryId>> {
        let list = |engine: &EdgeShard| {
            let mut ids = Vec::new();
            scroll(engine, false, |records| {
                ids.extend(records.into_iter().filter_map(|record| entry_id(record.id)));
                Ok(())
            })?;
            Ok(ids)
        };
        let mut ids = self.read("list what it holds", list).await?;
        ids.sort_unstable();
        Ok(ids)
    }

    async fn remove(&self, ids: Vec<EntryId>) -> Result<()> {
        let ids: Vec<PointId> = ids.into_iter().map(point_id).collect();
        let changed = ids.clone();
        self.write("forget passages", changed, move |engine| {
            engine.update(UpdateOperation::PointOperation(PointOperations::DeletePoints { ids }))?;
            engine.flush();
            Ok(())
        })
        .await
    }

    async fn maintain(&self, cores: usize) -> Result<bool> {
        match graph::due(&self.current())? {
            true => self.rebuild(cores).await,
            false => Ok(false),
        }
    }
}

#[async_trait]
impl VectorIndex for EdgeIndex {
    async fn rebuild(&self, cores: usize) -> Result<bool> {
        let (shard, writing) = (Arc::clone(&self.shard), Arc::clone(&self.writing));
        let (root, dimension) = (self.root.path.clone(), self.dimension);
        let work = move || graph::rebuild(&root, &shard, &writing, dimension, cores);
        match tokio::task::spawn_blocking(work).await {
            Ok(outcome) => outcome,
            Err(panic) => Err(Error::engine(super::NAME, "build its graph", panic)),
        }
    }

    fn has_graph(&self) -> bool {
        self.current().width.is_some()
    }

    fn retire(&self) {
        self.root.is_retired.store(true, Ordering::Release);
    }

    async fn search(&self, vector: &[f32], filter: &Filter, limit: usize) -> Result<Vec<Hit>> {
        if vector.len() != self.dimension {
            return Err(Error::Dimension { found: vector.len(), wanted: self.dimension });
        }
        let filter =
            serde_json::from_value(condition(filter)).map_err(|source| Error::engine(super::NAME, "filter", source))?;
        let passage = JsonPath { first_key: "passage".to_owned(), rest: Vec::new() };
        let request = QueryRequest {
            prefetches: Vec::new(),
            query: Some(ScoringQuery::Vector(QueryEnum::Nearest(NamedQuery::default_dense(vector.to_vec())))),
            filter: Some(filter),
            score_threshold: None,
            limit: limit + TIE_MARGIN,
            offset: 0,
            params: Some(graph::params(self.current().width)),
            with_vector: WithVector::Bool(false),
            with_payload: WithPayloadInterface::Fields(vec![passage]),
        };
        let points = self.read("search", move |engine| engine.query(request)).await?;
        let hit = |point: qdrant_edge::ScoredPoint| {
            let payload = point.payload?;
            let passage: PassageId = payload.0.get("passage")?.as_str()?.parse().ok()?;
            Some(Hit { passage, score: point.score })
        };
        Ok(in_order(points.into_iter().filter_map(hit).collect(), limit))
    }
}

fn create_field_index(field: &str, schema: &str, is_linked: bool) -> Result<UpdateOperation> {
    let schema = json!({ "type": schema, "enable_hnsw": is_linked });
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
    if let Some((from, to)) = filter.years() {
        must.push(json!({ "key": "year", "range": { "gte": from, "lte": to } }));
    }
    must.extend(filter.groups().into_iter().map(|group| json!({ "key": "facet", "match": { "any": group } })));
    json!({ "must": must })
}

pub(super) fn upsert(points: Vec<PointStruct>) -> UpdateOperation {
    let points = points.into_iter().map(Into::into).collect();
    UpdateOperation::PointOperation(PointOperations::UpsertPoints(PointInsertOperations::PointsList(points)))
}

/// Everything a shard holds, the mark included, a page at a time.
pub(super) fn scroll(
    engine: &EdgeShard,
    with_all: bool,
    mut take: impl FnMut(Vec<Record>) -> std::result::Result<(), OperationError>,
) -> std::result::Result<(), OperationError> {
    let mut offset = None;
    loop {
        let request = ScrollRequest {
            offset,
            limit: Some(PAGE),
            filter: None,
            with_payload: Some(WithPayloadInterface::Bool(with_all)),
            with_vector: WithVector::Bool(with_all),
            order_by: None,
        };
        let (records, next) = engine.scroll(request)?;
        take(records)?;
        match next {
            Some(_) => offset = next,
            None => return Ok(()),
        }
    }
}

pub(super) fn point(entry: Entry) -> PointStruct {
    let payload = super::payload(&entry);
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
