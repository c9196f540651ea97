//! The dense arm on a Qdrant server or cluster, over gRPC.

use std::time::Duration;

use async_trait::async_trait;
use knowledge::{EntryId, PassageId, Seq};
use qdrant_client::qdrant::payload_index_params::IndexParams;
use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::{
    Condition, CreateAliasBuilder, CreateCollectionBuilder, CreateFieldIndexCollectionBuilder, DeletePointsBuilder,
    Distance, FieldType, Filter as Conditions, GetPointsBuilder, HnswConfigDiffBuilder, IntegerIndexParamsBuilder,
    KeywordIndexParamsBuilder, PayloadIncludeSelector, PointId, PointStruct, PointsIdsList,
    QuantizationSearchParamsBuilder, Query, QueryPointsBuilder, Range, ScalarQuantizationBuilder, ScoredPoint,
    ScrollPointsBuilder, SearchParamsBuilder, UpsertPointsBuilder, VectorParamsBuilder,
};
use qdrant_client::{Payload, Qdrant, QdrantError};
use serde_json::json;
use uuid::Uuid;

use super::VectorIndex;
use super::graph::{BUILD_WIDTH, LINKS, width};
use crate::Follower;
use crate::entry::{Entry, Filter, Hit, TIE_MARGIN, in_order};
use crate::error::{Error, Result};

/// The point that remembers how far the index has followed. Entries have UUIDs, so a number cannot be one of them.
const MARK: u64 = 0;

/// Points in one request; a request stays well below the server's 32 MiB.
const BATCH: usize = 512;

/// Searches are as wide as in an index of so many vectors: how many a server holds, only asking it would tell.
const WIDE_ENOUGH_FOR: usize = 1_000_000;

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
    client: Qdrant,
    options: ServerOptions,
    collection: String,
    dimension: usize,
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
    /// Connects, and creates the collection of `embedder` with its payload indexes where it is missing.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when nothing answers.
    pub async fn connect(options: ServerOptions, embedder: &str, dimension: usize) -> Result<Self> {
        let builder =
            Qdrant::from_url(&options.url).timeout(Duration::from_secs(10)).connect_timeout(Duration::from_secs(3));
        let builder = match &options.api_key {
            Some(key) => builder.api_key(key.as_str()),
            None => builder,
        };
        let unavailable = |source: QdrantError| Error::Unavailable { url: options.url.clone(), source: source.into() };
        // Without the skip, `build` asks the server for its version and prints to standard output.
        let client = builder.skip_compatibility_check().build().map_err(unavailable)?;
        let collection = collection_name(&options.collection, embedder);
        let index = Self { client, options, collection, dimension };
        index.ensure_collection().await?;
        Ok(index)
    }

    async fn ensure_collection(&self) -> Result<()> {
        let exists = self.client.collection_exists(&self.collection).await;
        if exists.map_err(|source| self.failed("look for its collection", source))? {
            return Ok(());
        }
        let mut vectors = VectorParamsBuilder::new(self.dimension as u64, Distance::Cosine);
        let mut create = CreateCollectionBuilder::new(&self.collection);
        if self.options.quantised {
            vectors = vectors.on_disk(true);
            create = create.quantization_config(ScalarQuantizationBuilder::default().quantile(0.99).always_ram(true));
        }
        let links = HnswConfigDiffBuilder::default().m(LINKS as u64).ef_construct(BUILD_WIDTH as u64);
        create = create.vectors_config(vectors).hnsw_config(links);
        if let Some(shards) = self.options.shards {
            create = create.shard_number(shards);
        }
        if let Some(replicas) = self.options.replicas {
            create = create.replication_factor(replicas).write_consistency_factor(replicas.div_ceil(2).max(1));
        }
        let action = "create its collection";
        self.client.create_collection(create).await.map_err(|source| self.failed(action, source))?;
        for (field, schema, is_linked) in super::FIELDS {
            let (kind, params) = match schema {
                "integer" => (
                    FieldType::Integer,
                    IndexParams::from(IntegerIndexParamsBuilder::new(true, true).enable_hnsw(is_linked)),
                ),
                _ => {
                    (FieldType::Keyword, IndexParams::from(KeywordIndexParamsBuilder::default().enable_hnsw(is_linked)))
                }
            };
            let create = CreateFieldIndexCollectionBuilder::new(&self.collection, field, kind);
            let create = create.field_index_params(params).wait(true);
            self.client.create_field_index(create).await.map_err(|source| self.failed(action, source))?;
        }
        Ok(())
    }

    /// Has the alias `NAME-current` mean this collection. Qdrant moves an alias in one step.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn become_current(&self) -> Result<()> {
        let alias = format!("{}-current", self.options.collection);
        let create = CreateAliasBuilder::new(&self.collection, alias);
        self.client.create_alias(create).await.map_err(|source| self.failed("move its alias", source))?;
        Ok(())
    }

    async fn upsert(&self, points: Vec<PointStruct>) -> Result<()> {
        let request = UpsertPointsBuilder::new(&self.collection, points).wait(true);
        self.client.upsert_points(request).await.map_err(|source| self.failed("take in passages", source))?;
        Ok(())
    }

    fn failed(&self, action: &'static str, error: QdrantError) -> Error {
        match &error {
            QdrantError::ResponseError { status } if is_transport(status.code(), status.message()) => {
                Error::Unavailable { url: self.options.url.clone(), source: error.into() }
            }
            QdrantError::Io(_) => Error::Unavailable { url: self.options.url.clone(), source: error.into() },
            _ => Error::engine(super::NAME, action, error),
        }
    }
}

/// Whether the server was not reached, as against having refused: by gRPC numbers deadline exceeded and unavailable, and
/// what the client makes of a connection that it cannot open.
fn is_transport(code: impl Into<i32>, message: &str) -> bool {
    matches!(code.into(), 4 | 14) || message.starts_with("Failed to connect")
}

#[async_trait]
impl Follower for ServerIndex {
    fn name(&self) -> &'static str {
        super::NAME
    }

    async fn apply(&self, entries: Vec<Entry>, reached: Seq) -> Result<()> {
        super::check_dimension(&entries, self.dimension)?;
        let mut entries = entries.into_iter().peekable();
        while entries.peek().is_some() {
            self.upsert(entries.by_ref().take(BATCH).map(point).collect()).await?;
        }
        let payload = payload(json!({ "reached": reached.0 }));
        self.upsert(vec![PointStruct::new(MARK, super::unit_vector(self.dimension), payload)]).await
    }

    async fn reached(&self) -> Result<Seq> {
        let request = GetPointsBuilder::new(&self.collection, vec![MARK.into()]).with_payload(true);
        let response = self.client.get_points(request).await.map_err(|source| self.failed("read its mark", source))?;
        let value = response.result.first().and_then(|point| point.payload.get("reached")?.as_integer());
        Ok(Seq(value.and_then(|value| value.try_into().ok()).unwrap_or(0)))
    }

    async fn ids(&self) -> Result<Vec<EntryId>> {
        let (mut ids, mut offset) = (Vec::new(), None::<PointId>);
        loop {
            let mut request =
                ScrollPointsBuilder::new(&self.collection).limit(10_000).with_payload(false).with_vectors(false);
            if let Some(offset) = offset {
                request = request.offset(offset);
            }
            let page = self.client.scroll(request).await.map_err(|source| self.failed("list what it holds", source))?;
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
        for batch in ids.chunks(BATCH) {
            let ids = batch.iter().map(|id| point_id(*id)).collect();
            let request = DeletePointsBuilder::new(&self.collection).points(PointsIdsList { ids }).wait(true);
            self.client.delete_points(request).await.map_err(|source| self.failed("forget passages", source))?;
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
        let rescored = QuantizationSearchParamsBuilder::default().rescore(true).oversampling(2.0);
        let request = QueryPointsBuilder::new(&self.collection)
            .query(Query::new_nearest(vector.to_vec()))
            .filter(conditions(filter))
            .params(SearchParamsBuilder::default().hnsw_ef(width(WIDE_ENOUGH_FOR) as u64).quantization(rescored))
            .limit((limit + TIE_MARGIN) as u64)
            .with_payload(PayloadIncludeSelector { fields: vec!["passage".to_owned()] });
        let response = self.client.query(request).await.map_err(|source| self.failed("search", source))?;
        let hit = |point: ScoredPoint| {
            let passage: PassageId = point.payload.get("passage")?.as_str()?.parse().ok()?;
            Some(Hit { passage, score: point.score })
        };
        Ok(in_order(response.result.into_iter().filter_map(hit).collect(), limit))
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
