//! The dense arm on a Qdrant server or cluster, over gRPC.
//!
//! A server can be away, come back empty or with an older copy of what it held, and belong to somebody else. So nothing is asked
//! of it before it is needed, and it is searched only while it is known to hold everything: whatever fails makes it doubted, and
//! as long as it is, searches end at once and answers are made of words. A search that is late once is a slow one; the second in a
//! row is taken for a server that hangs. Whoever follows the ledger looks at it again and again,
//! brings it to where the ledger is, and says so.

mod collection;
mod standing;

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use knowledge::{EntryId, PassageId, Seq, Snapshot};
use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::{
    Condition, CountPointsBuilder, DeletePointsBuilder, Filter as Conditions, PayloadIncludeSelector, PointId,
    PointStruct, PointsIdsList, QuantizationSearchParamsBuilder, Query, QueryPointsBuilder, Range, ScoredPoint,
    ScrollPointsBuilder, SearchParamsBuilder, UpsertPointsBuilder,
};
use qdrant_client::{Payload, Qdrant, QdrantError};
use tokio::sync::Mutex;
use tokio::time::error::Elapsed;
use uuid::Uuid;

use self::standing::Standing;
use super::VectorIndex;
use super::graph::width;
use crate::Follower;
use crate::entry::{Entry, Filter, Hit, TIE_MARGIN, in_order};
use crate::error::{Error, Result};

/// Points in one request; a request stays well below the server's 32 MiB.
const BATCH: usize = 512;

/// Searches are as wide as in an index of so many vectors: how many a server holds, only asking it would tell.
const WIDE_ENOUGH_FOR: usize = 1_000_000;

/// The longest that a search may take. Shorter than an answer waits for one, so that what is late is known here first.
const SEARCH_DEADLINE: Duration = Duration::from_millis(1_200);

/// Searches in a row that are late before the server is taken for one that hangs. Of many shards one is slow now and then.
const LATE: u32 = 2;

/// The longest that small questions to the server may take.
const READ_DEADLINE: Duration = Duration::from_secs(3);

/// The longest that changes, and lists of what it holds, may take.
const WRITE_DEADLINE: Duration = Duration::from_secs(10);

/// Which server, and how it is to lay out a collection that it does not have yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerOptions {
    /// Where it answers over gRPC.
    pub url: String,
    /// Its key, where it asks for one.
    pub api_key: Option<String>,
    /// What the names of its collections begin with.
    pub collection: String,
    /// Parts that a collection is divided into over the nodes of a cluster; the server's default when absent.
    pub shards: Option<u32>,
    /// Nodes that hold each part; the server's default when absent.
    pub replicas: Option<u32>,
    /// Whether vectors are held in memory with a byte for each number, and in full on the disk.
    pub quantised: bool,
}

/// A collection on a Qdrant server or cluster. There is one for every format and embedding model, so that passages embedded
/// anew come into one of their own, beside the one in use; the alias `NAME-current` is moved when it is whole.
pub struct ServerIndex {
    client: RwLock<Arc<Qdrant>>,
    options: ServerOptions,
    collection: String,
    library: String,
    dimension: usize,
    writes: bool,
    standing: Standing,
    /// The last searches, as far as they were late.
    late: AtomicU32,
    turn: Mutex<()>,
    is_retired: AtomicBool,
}

impl std::fmt::Debug for ServerIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerIndex")
            .field("url", &self.options.url)
            .field("collection", &self.collection)
            .finish_non_exhaustive()
    }
}

impl ServerIndex {
    /// The index of the library that is decided about here, embedded with `embedder`. Nobody is asked yet: the collection and its
    /// payload indexes are made when they are first needed.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the address is none.
    pub fn writer(options: ServerOptions, library: &str, embedder: &str, dimension: usize) -> Result<Self> {
        Self::of(options, library, embedder, dimension, true)
    }

    /// The same for whoever answers from a copy of the library: it is searched, and nothing there is made or changed.
    ///
    /// # Errors
    /// As [`ServerIndex::writer`].
    pub fn reader(options: ServerOptions, library: &str, embedder: &str, dimension: usize) -> Result<Self> {
        Self::of(options, library, embedder, dimension, false)
    }

    fn of(options: ServerOptions, library: &str, embedder: &str, dimension: usize, writes: bool) -> Result<Self> {
        let client = RwLock::new(Arc::new(connect(&options)?));
        let collection = collection_name(&options.collection, embedder);
        let (library, standing, turn) = (library.to_owned(), Standing::default(), Mutex::default());
        let (late, is_retired) = (AtomicU32::new(0), AtomicBool::new(false));
        Ok(Self { client, options, collection, library, dimension, writes, standing, late, turn, is_retired })
    }

    /// Whether this process keeps it.
    pub fn writes(&self) -> bool {
        self.writes
    }

    /// Whether another model's index has taken its place.
    pub fn is_retired(&self) -> bool {
        self.is_retired.load(Ordering::SeqCst)
    }

    /// Whether it is known to hold everything, so that it may be searched.
    pub fn is_whole(&self) -> bool {
        self.standing.is_whole()
    }

    /// How often something made one doubt that it holds everything. Whoever looks at it notes this first.
    pub fn doubts(&self) -> u64 {
        self.standing.doubts()
    }

    /// Something makes one doubt it: nothing is searched until it was looked at. Returns [`ServerIndex::doubts`].
    pub fn doubt(&self) -> u64 {
        self.standing.doubt()
    }

    /// What a search says while it is doubted.
    pub fn doubted(&self) -> Error {
        Error::Doubted { url: self.options.url.clone() }
    }

    /// Says that it holds everything, unless something made one doubt it since.
    pub fn found_whole(&self, doubts: u64) {
        self.standing.found_whole(doubts);
    }

    /// Searches for nothing, in the time that a search may take.
    ///
    /// # Errors
    /// As a search.
    pub async fn probe(&self) -> Result<()> {
        self.find(&super::unit_vector(self.dimension), &Filter::at(Snapshot(0)), 1).await?;
        Ok(())
    }

    /// Whether it holds at least so many entries. It is asked for a rough count first, which costs it nothing.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn holds(&self, entries: u64) -> Result<bool> {
        for (is_exact, limit) in [(false, READ_DEADLINE), (true, WRITE_DEADLINE)] {
            let client = self.client();
            let count = client.count(CountPointsBuilder::new(&self.collection).exact(is_exact));
            let counted = self.ask("count what it holds", limit, count).await?;
            // One of them is the mark.
            if counted.result.is_some_and(|counted| counted.count > entries) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Has the collection be as it should be, once after every doubt. A reader takes it as it is.
    async fn ensure(&self) -> Result<()> {
        if !self.writes || self.standing.is_prepared() {
            return Ok(());
        }
        let doubts = self.doubts();
        self.prepare().await?;
        self.standing.prepared(doubts);
        Ok(())
    }

    /// Before it is changed.
    async fn ensure_own(&self) -> Result<()> {
        if !self.writes || self.is_retired() {
            return Err(Error::ReadOnly { index: super::NAME });
        }
        self.ensure().await
    }

    async fn find(&self, vector: &[f32], filter: &Filter, limit: usize) -> Result<Vec<Hit>> {
        let rescored = QuantizationSearchParamsBuilder::default().rescore(true).oversampling(2.0);
        let request = QueryPointsBuilder::new(&self.collection)
            .query(Query::new_nearest(vector.to_vec()))
            .filter(conditions(filter))
            .params(SearchParamsBuilder::default().hnsw_ef(width(WIDE_ENOUGH_FOR) as u64).quantization(rescored))
            .limit((limit + TIE_MARGIN) as u64)
            .with_payload(PayloadIncludeSelector { fields: vec!["passage".to_owned()] });
        let client = self.client();
        let response = match tokio::time::timeout(SEARCH_DEADLINE, client.query(request)).await {
            Ok(said) => {
                self.late.store(0, Ordering::SeqCst);
                self.take("search", said)?
            }
            Err(late) => {
                let is_slow = self.late.fetch_add(1, Ordering::SeqCst) + 1 < LATE;
                return Err(if is_slow { self.unavailable(late) } else { self.gave_up(late) });
            }
        };
        let hit = |point: ScoredPoint| {
            let passage: PassageId = point.payload.get("passage")?.as_str()?.parse().ok()?;
            Some(Hit { passage, score: point.score })
        };
        Ok(in_order(response.result.into_iter().filter_map(hit).collect(), limit))
    }

    async fn upsert(&self, points: Vec<PointStruct>) -> Result<()> {
        let request = UpsertPointsBuilder::new(&self.collection, points).wait(true);
        self.ask("take in passages", WRITE_DEADLINE, self.client().upsert_points(request)).await?;
        Ok(())
    }

    fn client(&self) -> Arc<Qdrant> {
        Arc::clone(&self.client.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A connection on which nothing is said may lead to a machine that is gone without having closed it. Whoever asks next is not
    /// to wait on it as well.
    fn connect_anew(&self) {
        if let Ok(client) = connect(&self.options) {
            *self.client.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(client);
        }
    }

    /// What the server says to a request, if it says so in time. Whatever fails makes one doubt what it holds.
    async fn ask<T>(
        &self,
        action: &'static str,
        limit: Duration,
        asked: impl Future<Output = std::result::Result<T, QdrantError>>,
    ) -> Result<T> {
        match tokio::time::timeout(limit, asked).await {
            Ok(said) => self.take(action, said),
            Err(late) => Err(self.gave_up(late)),
        }
    }

    /// What the server has said in time.
    fn take<T>(&self, action: &'static str, said: std::result::Result<T, QdrantError>) -> Result<T> {
        said.map_err(|error| {
            self.doubt();
            if is_away(&error) { self.unavailable(error) } else { Error::engine(super::NAME, action, error) }
        })
    }

    /// It has said nothing in time.
    fn gave_up(&self, late: Elapsed) -> Error {
        self.connect_anew();
        self.doubt();
        self.unavailable(late)
    }

    fn unavailable(&self, source: impl std::error::Error + Send + Sync + 'static) -> Error {
        Error::Unavailable { url: self.options.url.clone(), source: source.into() }
    }
}

/// A client of the server, which connects when it is first asked something.
fn connect(options: &ServerOptions) -> Result<Qdrant> {
    let builder = Qdrant::from_url(&options.url).timeout(WRITE_DEADLINE).connect_timeout(READ_DEADLINE);
    let builder = match &options.api_key {
        Some(key) => builder.api_key(key.as_str()),
        None => builder,
    };
    let unavailable = |source: QdrantError| Error::Unavailable { url: options.url.clone(), source: source.into() };
    // Without the skip, `build` asks the server for its version and prints to standard output.
    builder.skip_compatibility_check().build().map_err(unavailable)
}

/// Whether the server was not reached, as against having refused: by gRPC's numbers cancelled, unknown, deadline exceeded and
/// unavailable, and what the client makes of a connection that it cannot open.
fn is_away(error: &QdrantError) -> bool {
    match error {
        QdrantError::ResponseError { status } => {
            matches!(code(status.code()), 1 | 2 | 4 | 14) || status.message().starts_with("Failed to connect")
        }
        QdrantError::Io(_) => true,
        _ => false,
    }
}

/// A status by its number.
fn code(code: impl Into<i32>) -> i32 {
    code.into()
}

#[async_trait]
impl Follower for ServerIndex {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn turn(&self) -> Option<&Mutex<()>> {
        Some(&self.turn)
    }

    async fn apply(&self, entries: Vec<Entry>, reached: Seq) -> Result<()> {
        super::check_dimension(&entries, self.dimension)?;
        self.ensure_own().await?;
        let mut entries = entries.into_iter().peekable();
        while entries.peek().is_some() {
            self.upsert(entries.by_ref().take(BATCH).map(point).collect()).await?;
        }
        self.put_mark(reached).await
    }

    async fn reached(&self) -> Result<Seq> {
        self.ensure().await?;
        let mark = match self.mark().await {
            // The collection has gone since it was looked at: it is made anew.
            Err(Error::Engine { .. }) if self.writes => {
                self.ensure().await?;
                self.mark().await?
            }
            other => other?,
        };
        let reached = mark.map_or(Seq(0), |mark| mark.reached);
        self.standing.says(reached);
        Ok(reached)
    }

    async fn ids(&self) -> Result<Vec<EntryId>> {
        self.ensure().await?;
        let (mut ids, mut offset) = (Vec::new(), None::<PointId>);
        loop {
            let mut request =
                ScrollPointsBuilder::new(&self.collection).limit(10_000).with_payload(false).with_vectors(false);
            if let Some(offset) = offset {
                request = request.offset(offset);
            }
            let page = self.ask("list what it holds", WRITE_DEADLINE, self.client().scroll(request)).await?;
            ids.extend(page.result.into_iter().filter_map(|point| entry_id(point.id?)));
            match page.next_page_offset {
                Some(next) => offset = Some(next),
                None => break,
            }
        }
        ids.sort_unstable();
        Ok(ids)
    }

    async fn remove(&self, ids: Vec<EntryId>) -> Result<()> {
        self.ensure_own().await?;
        for batch in ids.chunks(BATCH) {
            let ids = batch.iter().map(|id| point_id(*id)).collect();
            let request = DeletePointsBuilder::new(&self.collection).points(PointsIdsList { ids }).wait(true);
            self.ask("forget passages", WRITE_DEADLINE, self.client().delete_points(request)).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl VectorIndex for ServerIndex {
    async fn search(&self, vector: &[f32], filter: &Filter, limit: usize) -> Result<Vec<Hit>> {
        if vector.len() != self.dimension {
            return Err(Error::Dimension { found: vector.len(), wanted: self.dimension });
        }
        if !self.is_whole() {
            return Err(self.doubted());
        }
        self.find(vector, filter, limit).await
    }

    /// What is on the server stays there.
    fn retire(&self) {
        self.is_retired.store(true, Ordering::SeqCst);
    }
}

#[expect(clippy::cast_precision_loss, reason = "snapshot numbers stay far below 2^53")]
fn conditions(filter: &Filter) -> Conditions {
    let at = filter.snapshot.0 as f64;
    let mut must = vec![
        Condition::range("added", Range { lte: Some(at), ..Range::default() }),
        Condition::range("removed", Range { gt: Some(at), ..Range::default() }),
    ];
    if let Some((from, to)) = filter.years() {
        let range = Range { gte: Some(from as f64), lte: Some(to as f64), ..Range::default() };
        must.push(Condition::range("year", range));
    }
    must.extend(filter.groups().into_iter().map(|group| Condition::matches("facet", group)));
    Conditions::must(must)
}

fn point(entry: Entry) -> PointStruct {
    let fields = super::payload(&entry);
    PointStruct::new(point_id(entry.id()), entry.vector, payload(fields))
}

/// Letters, digits and hyphens: what Qdrant takes as a name everywhere.
fn collection_name(prefix: &str, embedder: &str) -> String {
    let embedder: String = embedder.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{prefix}-{}-{embedder}", crate::FORMAT)
}

/// Always an object here, which is all that the conversion asks for.
fn payload(fields: serde_json::Value) -> Payload {
    Payload::try_from(fields).unwrap_or_default()
}

fn point_id(id: EntryId) -> PointId {
    PointId { point_id_options: Some(PointIdOptions::Uuid(Uuid::from_bytes(id.to_bytes()).to_string())) }
}

fn entry_id(id: PointId) -> Option<EntryId> {
    match id.point_id_options? {
        PointIdOptions::Uuid(text) => Some(EntryId::from_bytes(*text.parse::<Uuid>().ok()?.as_bytes())),
        PointIdOptions::Num(_) => None,
    }
}
