//! A Qdrant server in this process: the calls that the index makes, over the real gRPC, on points in memory. Everything
//! else answers "unimplemented", so that a new call in the index cannot pass unseen. It keeps what it was asked, and can be
//! away, hang, come back empty or with an older copy.
#![allow(dead_code, reason = "each of the tests that it serves needs some of it")]

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use ::qdrant_client::qdrant::collections_server::{Collections, CollectionsServer};
use ::qdrant_client::qdrant::condition::ConditionOneOf;
use ::qdrant_client::qdrant::r#match::MatchValue;
use ::qdrant_client::qdrant::points_selector::PointsSelectorOneOf;
use ::qdrant_client::qdrant::points_server::{Points, PointsServer};
use ::qdrant_client::qdrant::*;
use tonic::{Request, Response, Status};

type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<Response<T>, Status>> + Send + 'a>>;

/// What `#[async_trait]` makes of a method, so that a macro may write methods too.
macro_rules! rpc {
    ($($name:ident($self:ident, $request:ident: $input:ty) -> $output:ty $body:block)*) => {$(
        fn $name<'life0, 'async_trait>(&'life0 $self, $request: Request<$input>) -> Reply<'async_trait, $output>
        where 'life0: 'async_trait, Self: 'async_trait {
            let $request = $request.into_inner();
            Box::pin(async move {
                $self.check().await?;
                let said: Result<$output, Status> = $body;
                said.map(Response::new)
            })
        }
    )*};
}

macro_rules! unimplemented_rpc {
    ($($name:ident($input:ty) -> $output:ty;)*) => {$(
        fn $name<'life0, 'async_trait>(&'life0 self, _: Request<$input>) -> Reply<'async_trait, $output>
        where 'life0: 'async_trait, Self: 'async_trait {
            Box::pin(async move { Err(Status::unimplemented(stringify!($name))) })
        }
    )*};
}

/// A collection: as it was asked for, and what is in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Held {
    pub(crate) created: CreateCollection,
    pub(crate) fields: BTreeMap<String, CreateFieldIndexCollection>,
    pub(crate) points: BTreeMap<String, PointStruct>,
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    #[default]
    None,
    /// It cannot be reached.
    Away,
    /// It takes requests, and says nothing.
    Hangs,
    /// It takes requests, and says nothing to searches.
    HangsInSearches,
    /// It goes away when it has made a collection, before that has its payload indexes.
    DiesAfterCreate,
}

#[derive(Default)]
struct Store {
    collections: BTreeMap<String, Held>,
    aliases: BTreeMap<String, String>,
    queries: Vec<QueryPoints>,
    upserts: Vec<UpsertPoints>,
    refused: u32,
    fault: Fault,
}

#[derive(Clone, Default)]
struct Stub(Arc<Mutex<Store>>);

/// A server, as tests see it from behind.
pub(crate) struct Server {
    pub(crate) url: String,
    stub: Stub,
}

impl Server {
    pub(crate) fn set(&self, fault: Fault) {
        self.stub.0.lock().unwrap().fault = fault;
    }

    /// How many requests found it away.
    pub(crate) fn refused(&self) -> u32 {
        self.stub.0.lock().unwrap().refused
    }

    pub(crate) fn collections(&self) -> BTreeMap<String, Held> {
        self.stub.0.lock().unwrap().collections.clone()
    }

    /// As a snapshot is recovered, or a disk is lost.
    pub(crate) fn put_back(&self, collections: BTreeMap<String, Held>) {
        self.stub.0.lock().unwrap().collections = collections;
    }

    pub(crate) fn aliases(&self) -> BTreeMap<String, String> {
        self.stub.0.lock().unwrap().aliases.clone()
    }

    pub(crate) fn queries(&self) -> Vec<QueryPoints> {
        self.stub.0.lock().unwrap().queries.clone()
    }

    /// What the changes of points were asked with, without the points.
    pub(crate) fn upserts(&self) -> Vec<UpsertPoints> {
        self.stub.0.lock().unwrap().upserts.clone()
    }
}

/// Serves on a free port of the loopback until the test's runtime ends.
pub(crate) async fn serve() -> Server {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stub = Stub::default();
    let server = tonic::transport::Server::builder()
        .add_service(PointsServer::new(stub.clone()))
        .add_service(CollectionsServer::new(stub.clone()));
    tokio::spawn(server.serve_with_incoming(tonic::transport::server::TcpIncoming::from(listener)));
    Server { url: format!("http://{address}"), stub }
}

impl Stub {
    fn collection<T>(
        &self,
        name: &str,
        act: impl FnOnce(&mut BTreeMap<String, PointStruct>) -> T,
    ) -> Result<T, Status> {
        self.held(name, |held| act(&mut held.points))
    }

    fn held<T>(&self, name: &str, act: impl FnOnce(&mut Held) -> T) -> Result<T, Status> {
        let mut store = self.0.lock().unwrap();
        let held = store.collections.get_mut(name).ok_or_else(|| Status::not_found(format!("no collection {name}")))?;
        Ok(act(held))
    }

    fn fault(&self) -> Fault {
        self.0.lock().unwrap().fault
    }

    async fn check(&self) -> Result<(), Status> {
        match self.fault() {
            Fault::Away => {
                self.0.lock().unwrap().refused += 1;
                Err(Status::unavailable("away"))
            }
            Fault::Hangs => std::future::pending().await,
            Fault::None | Fault::HangsInSearches | Fault::DiesAfterCreate => Ok(()),
        }
    }
}

/// Ids as text, in an order of their own: numbers before UUIDs.
fn key(id: &PointId) -> String {
    match id.point_id_options.as_ref().unwrap() {
        point_id::PointIdOptions::Num(number) => format!("0-{number:020}"),
        point_id::PointIdOptions::Uuid(uuid) => format!("1-{uuid}"),
    }
}

fn vector_of(point: &PointStruct) -> Vec<f32> {
    let vectors = point.vectors.clone().unwrap().vectors_options.unwrap();
    let vectors::VectorsOptions::Vector(vector) = vectors else { panic!("unnamed vectors only") };
    let vector::Vector::Dense(dense) = vector.vector.unwrap() else { panic!("dense vectors only") };
    dense.data
}

fn number(value: Option<&Value>) -> Option<f64> {
    value?.as_integer().map(|value| value as f64)
}

/// One text or a list of them.
fn texts(value: Option<&Value>) -> impl Iterator<Item = String> {
    let one = value.and_then(Value::as_str).cloned();
    let many = value.and_then(Value::as_list).unwrap_or_default();
    one.into_iter().chain(many.iter().filter_map(|value| value.as_str().cloned()).collect::<Vec<_>>())
}

fn holds(point: &PointStruct, filter: &Filter) -> bool {
    filter.must.iter().all(|condition| {
        let Some(ConditionOneOf::Field(field)) = &condition.condition_one_of else { panic!("field conditions only") };
        let value = point.payload.get(&field.key);
        let ranged = field.range.as_ref().is_none_or(|range| {
            number(value).is_some_and(|x| {
                range.lte.is_none_or(|bound| x <= bound)
                    && range.gt.is_none_or(|bound| x > bound)
                    && range.lt.is_none_or(|bound| x < bound)
                    && range.gte.is_none_or(|bound| x >= bound)
            })
        });
        let matched = field.r#match.as_ref().is_none_or(|wanted| match wanted.match_value.as_ref().unwrap() {
            MatchValue::Keywords(any) => texts(value).any(|text| any.strings.contains(&text)),
            MatchValue::Keyword(one) => texts(value).any(|text| text == *one),
            other => panic!("unexpected match {other:?}"),
        });
        ranged && matched
    })
}

fn done() -> PointsOperationResponse {
    PointsOperationResponse::default()
}

impl Points for Stub {
    rpc! {
        upsert(self, request: UpsertPoints) -> PointsOperationResponse {
            self.0.lock().unwrap().upserts.push(UpsertPoints { points: Vec::new(), ..request.clone() });
            self.collection(&request.collection_name, |points| {
                points.extend(request.points.into_iter().map(|point| (key(point.id.as_ref().unwrap()), point)));
                done()
            })
        }
        delete(self, request: DeletePoints) -> PointsOperationResponse {
            let Some(PointsSelectorOneOf::Points(list)) = request.points.unwrap().points_selector_one_of else {
                return Err(Status::unimplemented("delete by filter"));
            };
            self.collection(&request.collection_name, |points| {
                points.retain(|held, _| !list.ids.iter().any(|id| key(id) == *held));
                done()
            })
        }
        get(self, request: GetPoints) -> GetResponse {
            self.collection(&request.collection_name, |points| {
                let found = request.ids.iter().filter_map(|id| points.get(&key(id)));
                let result = found
                    .map(|point| RetrievedPoint { id: point.id.clone(), payload: point.payload.clone(), ..Default::default() })
                    .collect();
                GetResponse { result, ..Default::default() }
            })
        }
        create_field_index(self, request: CreateFieldIndexCollection) -> PointsOperationResponse {
            let name = request.collection_name.clone();
            self.held(&name, |held| {
                held.fields.insert(request.field_name.clone(), request);
                done()
            })
        }
        count(self, request: CountPoints) -> CountResponse {
            self.collection(&request.collection_name, |points| {
                CountResponse { result: Some(CountResult { count: points.len() as u64 }), ..Default::default() }
            })
        }
        scroll(self, request: ScrollPoints) -> ScrollResponse {
            self.collection(&request.collection_name, |points| {
                // Two to a page, whatever was asked for, so that paging is exercised.
                let from = request.offset.as_ref().map(key).unwrap_or_default();
                let mut rest = points.range(from..).map(|(_, point)| point);
                let result = rest.by_ref().take(2).map(|point| RetrievedPoint { id: point.id.clone(), ..Default::default() });
                let result: Vec<_> = result.collect();
                ScrollResponse { result, next_page_offset: rest.next().and_then(|point| point.id.clone()), ..Default::default() }
            })
        }
        query(self, request: QueryPoints) -> QueryResponse {
            if self.fault() == Fault::HangsInSearches {
                std::future::pending::<()>().await;
            }
            self.0.lock().unwrap().queries.push(request.clone());
            let Some(query::Variant::Nearest(input)) = request.query.unwrap().variant else {
                return Err(Status::unimplemented("only nearest"));
            };
            let Some(vector_input::Variant::Dense(wanted)) = input.variant else {
                return Err(Status::unimplemented("only dense"));
            };
            let filter = request.filter.unwrap_or_default();
            let limit = usize::try_from(request.limit.unwrap_or(10)).unwrap();
            self.collection(&request.collection_name, |points| {
                let dot = |point: &PointStruct| vector_of(point).iter().zip(&wanted.data).map(|(a, b)| a * b).sum::<f32>();
                let mut result: Vec<ScoredPoint> = points
                    .values()
                    .filter(|point| holds(point, &filter))
                    .map(|point| ScoredPoint {
                        id: point.id.clone(),
                        payload: point.payload.clone(),
                        score: dot(point),
                        ..Default::default()
                    })
                    .collect();
                result.sort_by(|a, b| b.score.total_cmp(&a.score));
                result.truncate(limit);
                QueryResponse { result, ..Default::default() }
            })
        }
    }
    unimplemented_rpc! {
        update_vectors(UpdatePointVectors) -> PointsOperationResponse;
        delete_vectors(DeletePointVectors) -> PointsOperationResponse;
        set_payload(SetPayloadPoints) -> PointsOperationResponse;
        overwrite_payload(SetPayloadPoints) -> PointsOperationResponse;
        delete_payload(DeletePayloadPoints) -> PointsOperationResponse;
        clear_payload(ClearPayloadPoints) -> PointsOperationResponse;
        delete_field_index(DeleteFieldIndexCollection) -> PointsOperationResponse;
        create_vector_name(CreateVectorNameRequest) -> PointsOperationResponse;
        delete_vector_name(DeleteVectorNameRequest) -> PointsOperationResponse;
        search(SearchPoints) -> SearchResponse;
        search_batch(SearchBatchPoints) -> SearchBatchResponse;
        search_groups(SearchPointGroups) -> SearchGroupsResponse;
        recommend(RecommendPoints) -> RecommendResponse;
        recommend_batch(RecommendBatchPoints) -> RecommendBatchResponse;
        recommend_groups(RecommendPointGroups) -> RecommendGroupsResponse;
        discover(DiscoverPoints) -> DiscoverResponse;
        discover_batch(DiscoverBatchPoints) -> DiscoverBatchResponse;
        update_batch(UpdateBatchPoints) -> UpdateBatchResponse;
        query_batch(QueryBatchPoints) -> QueryBatchResponse;
        query_groups(QueryPointGroups) -> QueryGroupsResponse;
        facet(FacetCounts) -> FacetResponse;
        search_matrix_pairs(SearchMatrixPoints) -> SearchMatrixPairsResponse;
        search_matrix_offsets(SearchMatrixPoints) -> SearchMatrixOffsetsResponse;
    }
}

impl Collections for Stub {
    rpc! {
        create(self, request: CreateCollection) -> CollectionOperationResponse {
            let mut store = self.0.lock().unwrap();
            let name = request.collection_name.clone();
            if store.collections.contains_key(&name) {
                return Err(Status::invalid_argument(format!("Wrong input: Collection `{name}` already exists!")));
            }
            store.collections.insert(name, Held { created: request, ..Held::default() });
            if store.fault == Fault::DiesAfterCreate {
                store.fault = Fault::Away;
                return Err(Status::unavailable("away"));
            }
            Ok(CollectionOperationResponse { result: true, ..Default::default() })
        }
        get(self, request: GetCollectionInfoRequest) -> GetCollectionInfoResponse {
            self.held(&request.collection_name, |held| {
                let params = CollectionParams { vectors_config: held.created.vectors_config.clone(), ..Default::default() };
                let schema = |field: &CreateFieldIndexCollection| PayloadSchemaInfo {
                    data_type: match field.field_type() {
                        FieldType::Integer => PayloadSchemaType::Integer.into(),
                        _ => PayloadSchemaType::Keyword.into(),
                    },
                    ..Default::default()
                };
                let info = CollectionInfo {
                    config: Some(CollectionConfig { params: Some(params), ..Default::default() }),
                    payload_schema: held.fields.iter().map(|(name, field)| (name.clone(), schema(field))).collect(),
                    ..Default::default()
                };
                GetCollectionInfoResponse { result: Some(info), ..Default::default() }
            })
        }
        update_aliases(self, request: ChangeAliases) -> CollectionOperationResponse {
            let mut store = self.0.lock().unwrap();
            for action in request.actions {
                match action.action {
                    Some(alias_operations::Action::CreateAlias(create)) => {
                        store.aliases.insert(create.alias_name, create.collection_name);
                    }
                    other => return Err(Status::unimplemented(format!("{other:?}"))),
                }
            }
            Ok(CollectionOperationResponse { result: true, ..Default::default() })
        }
        list_aliases(self, _request: ListAliasesRequest) -> ListAliasesResponse {
            let store = self.0.lock().unwrap();
            let aliases = store.aliases.iter().map(|(alias_name, collection_name)| AliasDescription {
                alias_name: alias_name.clone(),
                collection_name: collection_name.clone(),
            });
            Ok(ListAliasesResponse { aliases: aliases.collect(), ..Default::default() })
        }
        collection_exists(self, request: CollectionExistsRequest) -> CollectionExistsResponse {
            let exists = self.0.lock().unwrap().collections.contains_key(&request.collection_name);
            Ok(CollectionExistsResponse { result: Some(CollectionExists { exists }), ..Default::default() })
        }
    }
    unimplemented_rpc! {
        list(ListCollectionsRequest) -> ListCollectionsResponse;
        update(UpdateCollection) -> CollectionOperationResponse;
        delete(DeleteCollection) -> CollectionOperationResponse;
        list_collection_aliases(ListCollectionAliasesRequest) -> ListAliasesResponse;
        collection_cluster_info(CollectionClusterInfoRequest) -> CollectionClusterInfoResponse;
        update_collection_cluster_setup(UpdateCollectionClusterSetupRequest) -> UpdateCollectionClusterSetupResponse;
        create_shard_key(CreateShardKeyRequest) -> CreateShardKeyResponse;
        delete_shard_key(DeleteShardKeyRequest) -> DeleteShardKeyResponse;
        list_shard_keys(ListShardKeysRequest) -> ListShardKeysResponse;
    }
}
