//! A collection on a server: how it is laid out, and whose it is.

use knowledge::Seq;
use qdrant_client::QdrantError;
use qdrant_client::qdrant::payload_index_params::IndexParams;
use qdrant_client::qdrant::vectors_config::Config;
use qdrant_client::qdrant::{
    CollectionInfo, CreateAliasBuilder, CreateCollectionBuilder, CreateFieldIndexCollectionBuilder, Distance,
    FieldType, GetPointsBuilder, HnswConfigDiffBuilder, IntegerIndexParamsBuilder, KeywordIndexParamsBuilder,
    PayloadSchemaType, PointStruct, ScalarQuantizationBuilder, VectorParamsBuilder,
};
use serde_json::json;

use super::{READ_DEADLINE, ServerIndex, WRITE_DEADLINE, code, payload};
use crate::error::{Error, Result};
use crate::vector::graph::{BUILD_WIDTH, LINKS};
use crate::vector::{FIELDS, unit_vector};

/// The point that remembers how far the index has followed, and whose it is. Entries have UUIDs, so a number cannot be one of
/// them.
const MARK: u64 = 0;

/// What that point says.
pub(super) struct Mark {
    /// How far the index has followed.
    pub(super) reached: Seq,
    /// Which library; those of before did not say.
    library: Option<String>,
}

impl ServerIndex {
    /// Has the collection be there as it should be, and bear the name of its library: what is missing is made, however far
    /// somebody came with it before.
    pub(super) async fn prepare(&self) -> Result<()> {
        let action = "look at its collection";
        if !self.ask(action, READ_DEADLINE, self.client().collection_exists(&self.collection)).await? {
            self.create().await?;
        }
        let info = self.ask(action, READ_DEADLINE, self.client().collection_info(&self.collection)).await?;
        let info = info.result.unwrap_or_default();
        self.check_layout(&info)?;
        let mark = self.mark().await?;
        for (field, schema, is_linked) in FIELDS {
            let (held, kind, params) = match schema {
                "integer" => (
                    PayloadSchemaType::Integer,
                    FieldType::Integer,
                    IndexParams::from(IntegerIndexParamsBuilder::new(true, true).enable_hnsw(is_linked)),
                ),
                _ => (
                    PayloadSchemaType::Keyword,
                    FieldType::Keyword,
                    IndexParams::from(KeywordIndexParamsBuilder::default().enable_hnsw(is_linked)),
                ),
            };
            if info.payload_schema.get(field).is_some_and(|found| found.data_type() == held) {
                continue;
            }
            let create = CreateFieldIndexCollectionBuilder::new(&self.collection, field, kind);
            let client = self.client();
            let create = client.create_field_index(create.field_index_params(params).wait(true));
            self.ask("index what it filters by", WRITE_DEADLINE, create).await?;
        }
        match mark {
            Some(Mark { library: Some(_), .. }) => Ok(()),
            Some(Mark { library: None, reached }) => self.put_mark(reached).await,
            None => self.put_mark(Seq(0)).await,
        }
    }

    async fn create(&self) -> Result<()> {
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
            create = create.replication_factor(replicas).write_consistency_factor(acknowledged(replicas));
        }
        let created = async {
            match self.client().create_collection(create).await {
                // Another process was quicker.
                Err(error) if is_there_already(&error) => Ok(()),
                other => other.map(|_| ()),
            }
        };
        self.ask("create its collection", WRITE_DEADLINE, created).await
    }

    fn check_layout(&self, info: &CollectionInfo) -> Result<()> {
        let params = info.config.as_ref().and_then(|config| config.params.as_ref());
        let vectors = params.and_then(|params| params.vectors_config.as_ref()?.config.as_ref());
        match vectors {
            Some(Config::Params(vectors))
                if vectors.size == self.dimension as u64 && vectors.distance() == Distance::Cosine =>
            {
                Ok(())
            }
            _ => Err(Error::Layout {
                url: self.options.url.clone(),
                collection: self.collection.clone(),
                dimension: self.dimension,
            }),
        }
    }

    /// What the collection says of itself, if it is this library's.
    pub(super) async fn mark(&self) -> Result<Option<Mark>> {
        let request = GetPointsBuilder::new(&self.collection, vec![MARK.into()]).with_payload(true);
        let response = self.ask("read its mark", READ_DEADLINE, self.client().get_points(request)).await?;
        let Some(point) = response.result.into_iter().next() else { return Ok(None) };
        let library = point.payload.get("library").and_then(|value| value.as_str()).cloned();
        if library.as_ref().is_some_and(|library| *library != self.library) {
            self.doubt();
            return Err(Error::Foreign { url: self.options.url.clone(), collection: self.collection.clone() });
        }
        let reached = point.payload.get("reached").and_then(|value| value.as_integer());
        Ok(Some(Mark { reached: Seq(reached.and_then(|reached| reached.try_into().ok()).unwrap_or(0)), library }))
    }

    pub(super) async fn put_mark(&self, reached: Seq) -> Result<()> {
        let payload = payload(json!({ "reached": reached.0, "library": self.library }));
        self.upsert(vec![PointStruct::new(MARK, unit_vector(self.dimension), payload)]).await?;
        self.standing.marked(reached);
        Ok(())
    }

    /// Has the alias `NAME-current` mean this collection. Qdrant moves an alias in one step.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn become_current(&self) -> Result<()> {
        let alias = format!("{}-current", self.options.collection);
        let client = self.client();
        let create = client.create_alias(CreateAliasBuilder::new(&self.collection, alias));
        self.ask("move its alias", WRITE_DEADLINE, create).await?;
        Ok(())
    }
}

/// How many copies must have taken a change in: most of them, but never all of several. Then no node that is lost stops the
/// index, and what a cluster forgets all the same, the ledger brings back.
fn acknowledged(replicas: u32) -> u32 {
    (replicas / 2 + 1).min(replicas.saturating_sub(1)).max(1)
}

/// By gRPC's number, or by what servers say that give another.
fn is_there_already(error: &QdrantError) -> bool {
    matches!(error, QdrantError::ResponseError { status }
        if code(status.code()) == 6 || status.message().contains("already exists"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_is_lost_stops_no_writing() {
        assert_eq!([1, 2, 3, 4, 5].map(acknowledged), [1, 1, 2, 3, 3]);
    }
}
