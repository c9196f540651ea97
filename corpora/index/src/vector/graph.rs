//! The graph of the embedded vector index: when it is due, and how it is built beside the searches.
//!
//! Small indexes are compared whole, which is exact. From some ten thousand vectors on a graph (HNSW) is faster than that by
//! as much as the index is larger, and finds nearly the same. Its vectors are held with a byte for each number, which halves
//! the time that it takes, and in full on the disk, where the best are looked at again. What has come in since it was built is
//! compared whole. A new graph is built in a new generation from what the old one holds: the old one goes on being searched
//! and written to, and what is written meanwhile is copied last. A build that ends early leaves a directory that the next start
//! removes.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use qdrant_edge::{
    DEFAULT_VECTOR_NAME, Distance, EdgeConfig, EdgeOptimizersConfig, EdgeVectorParams, HnswIndexConfig, OperationError,
    PointId, PointOperations, PointStruct, PointStructPersisted, QuantizationSearchParams, Record,
    ScalarQuantizationConfig, ScalarType, SearchParams, UpdateOperation, WithPayloadInterface, WithVector,
};

use super::edge::{CURRENT, MARK, Shard, Writing, lock, scroll};
use super::log;
use crate::error::{Error, Result};

/// Vectors that are compared whole rather than through a graph, at most: two milliseconds of work.
const COMPARED_WHOLE: usize = 20_000;

/// The share of all vectors that may be outside the graph before it is built anew.
const OUTSIDE_SHARE: f64 = 0.1;

/// Neighbours that each vector is linked with, and those that are looked at to choose them. Passages of one subject lie close
/// together: with half of both, a search of a million has to look at twice as many for the same recall.
pub(super) const LINKS: usize = 32;
pub(super) const BUILD_WIDTH: usize = 256;

/// The engine keeps its log for ever. An index with a longer one is built anew.
const LOG_LIMIT_BYTES: u64 = 2 << 30;

/// Neighbours that a search looks at in an index of [`MEASURED`] vectors, and how many times as many in one of ten times as many:
/// enough for 98 of the nearest 100 in both.
const SEARCH_WIDTH: f64 = 288.0;
const MEASURED: f64 = 100_000.0;
const WIDER: f64 = 8.0 / 3.0;

/// Changes that are copied while nobody may write, at most.
const LAST_CHANGES: usize = 1_000;

/// How an index is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// Compared whole.
    Small,
    /// Through a graph.
    Large,
}

impl Size {
    fn of(points: usize) -> Self {
        match points {
            0..=COMPARED_WHOLE => Self::Small,
            _ => Self::Large,
        }
    }
}

/// What a new generation is made with; it keeps that itself.
pub(super) fn config(dimension: usize, size: Size, cores: usize) -> EdgeConfig {
    let mut params = EdgeVectorParams::builder(dimension, Distance::Cosine);
    if size == Size::Large {
        let scalar =
            ScalarQuantizationConfig { r#type: ScalarType::Int8, quantile: Some(0.99), always_ram: Some(true) };
        params = params.on_disk(true).quantization_config(scalar.into());
    }
    let hnsw = HnswIndexConfig {
        m: LINKS,
        ef_construct: BUILD_WIDTH,
        max_indexing_threads: cores,
        ..HnswIndexConfig::default()
    };
    // One segment: each one more would be one more search.
    let optimizers = EdgeOptimizersConfig {
        default_segment_number: Some(1),
        max_segment_size: Some(usize::MAX >> 16),
        indexing_threshold: Some(if size == Size::Small { usize::MAX >> 16 } else { 1 }),
        ..EdgeOptimizersConfig::default()
    };
    EdgeConfig::builder().vector(DEFAULT_VECTOR_NAME, params.build()).hnsw_config(hnsw).optimizers(optimizers).build()
}

/// Neighbours that a search of an index of so many vectors looks at.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "some hundreds"
)]
pub(super) fn width(points: usize) -> usize {
    (SEARCH_WIDTH * (points as f64 / MEASURED).powf(WIDER.log10())) as usize
}

/// How a search goes about it: through a graph with this width, or comparing every vector.
pub(super) fn params(width: Option<usize>) -> SearchParams {
    if width.is_none() {
        return SearchParams { exact: true, ..SearchParams::default() };
    }
    let quantization = QuantizationSearchParams { ignore: false, rescore: Some(true), oversampling: Some(2.0) };
    SearchParams { hnsw_ef: width, quantization: Some(quantization), ..SearchParams::default() }
}

/// Whether the index should be laid out anew.
pub(super) fn due(shard: &Shard) -> Result<bool> {
    let engine = shard.engine().map_err(|source| Error::engine(super::NAME, "look at itself", source))?;
    let info = engine.info();
    // It was built by a version of this program that gave it other links.
    let is_old = info.indexed_vectors_count > 0 && engine.config().hnsw_config.m != LINKS;
    let outside = info.points_count.saturating_sub(info.indexed_vectors_count);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share")]
    let allowed = COMPARED_WHOLE.max((info.points_count as f64 * OUTSIDE_SHARE) as usize);
    Ok(is_old || outside > allowed || log::bytes(&shard.path) > LOG_LIMIT_BYTES)
}

/// Builds a new generation and puts it in the place of the one in use. Says whether it did: somebody else may be at it.
pub(super) fn rebuild(
    root: &Path,
    shard: &RwLock<Arc<Shard>>,
    writing: &Mutex<Writing>,
    dimension: usize,
    cores: usize,
) -> Result<bool> {
    alone(shard, writing, |old| {
        let engine = old.engine().map_err(|source| Error::engine(super::NAME, "look at itself", source))?;
        let size = Size::of(engine.info().points_count);
        replace(root, old, shard, writing, dimension, size, cores)
    })
}

/// Has a graph built for the generation in use, while what changes in it is noted. Says whether it did: one is built at a time.
fn alone(
    shard: &RwLock<Arc<Shard>>,
    writing: &Mutex<Writing>,
    build: impl FnOnce(&Shard) -> Result<()>,
) -> Result<bool> {
    let (old, _noted) = {
        let mut held = lock(writing);
        if held.changed.is_some() {
            return Ok(false);
        }
        held.changed = Some(Default::default());
        // Under the lock: who changes over holds it, and what was in use before goes.
        (Arc::clone(&shard.read().unwrap_or_else(PoisonError::into_inner)), Noted(writing))
    };
    build(&old).map(|()| true)
}

/// That changes are noted. It ends with the build, however that ends: else they would be noted for ever, and no graph built again.
struct Noted<'w>(&'w Mutex<Writing>);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        lock(self.0).changed = None;
    }
}

fn replace(
    root: &Path,
    old: &Shard,
    shard: &RwLock<Arc<Shard>>,
    writing: &Mutex<Writing>,
    dimension: usize,
    size: Size,
    cores: usize,
) -> Result<()> {
    let failed = |source: OperationError| Error::engine(super::NAME, "build its graph", source);
    let name = next_name(&old.path);
    let path = root.join(&name);
    if path.exists() {
        std::fs::remove_dir_all(&path).map_err(|source| Error::damaged(super::NAME, &path, source))?;
    }
    let began = std::time::Instant::now();
    let new = Shard::create(&path, config(dimension, size, cores))?;
    fill(old, &new).map_err(failed)?;
    new.engine().and_then(|engine| engine.optimize().map(drop)).map_err(failed)?;
    new.engine().map_err(failed)?.flush();
    // Opened again it has no log of all that, and nothing in memory that only building takes.
    drop(new);
    let new = Shard::open(&path, dimension)?;
    loop {
        let mut guard = lock(writing);
        let changed: Vec<PointId> =
            guard.changed.as_mut().map(std::mem::take).unwrap_or_default().into_iter().collect();
        if changed.len() > LAST_CHANGES {
            drop(guard);
            copy(old, &new, &changed).map_err(failed)?;
            continue;
        }
        // Until the guard goes nobody writes, so both now hold the same.
        copy(old, &new, &changed).and_then(|()| copy(old, &new, &[PointId::NumId(MARK)])).map_err(failed)?;
        new.engine().map_err(failed)?.flush();
        point_at(root, &name).map_err(|source| Error::engine(super::NAME, "change over to its new graph", source))?;
        old.replaced();
        *shard.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
        drop(guard);
        tracing::info!(?size, seconds = began.elapsed().as_secs(), "the vector index has been built anew");
        return Ok(());
    }
}

/// Copies everything.
fn fill(old: &Shard, new: &Shard) -> std::result::Result<(), OperationError> {
    let engine = new.engine()?;
    scroll(old.engine()?, true, |records| put(new, records))?;
    engine.flush();
    Ok(())
}

/// Copies some points; those that are gone go there too.
fn copy(old: &Shard, new: &Shard, ids: &[PointId]) -> std::result::Result<(), OperationError> {
    let (all, vectors) = (WithPayloadInterface::Bool(true), WithVector::Bool(true));
    let records = old.engine()?.retrieve(ids, Some(all), Some(vectors))?;
    let held: Vec<PointId> = records.iter().map(|record| record.id).collect();
    put(new, records)?;
    let gone: Vec<PointId> = ids.iter().filter(|id| !held.contains(id)).copied().collect();
    if !gone.is_empty() {
        new.engine()?.update(UpdateOperation::PointOperation(PointOperations::DeletePoints { ids: gone }))?;
    }
    Ok(())
}

fn put(new: &Shard, records: Vec<Record>) -> std::result::Result<(), OperationError> {
    if records.is_empty() {
        return Ok(());
    }
    let points = records.into_iter().map(|record| PointStructPersisted::try_from(record).map(PointStruct::from));
    let points = points.collect::<std::result::Result<Vec<_>, _>>().map_err(OperationError::service_error)?;
    new.engine()?.update(super::edge::upsert(points))
}

/// Generations are counted.
fn next_name(current: &Path) -> String {
    let number = current.file_name().and_then(|name| name.to_str()?.parse::<u64>().ok()).unwrap_or(0);
    (number + 1).to_string()
}

/// From here on the other generation is the one in use, after an end at any point too.
fn point_at(root: &Path, name: &str) -> std::io::Result<()> {
    let aside = root.join("current.new");
    let mut file = File::create(&aside)?;
    file.write_all(name.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&aside, root.join(CURRENT))?;
    File::open(root)?.sync_all()
}

#[cfg(test)]
mod tests {
    use knowledge::{Access, Interval, Kind, PassageId, Seq, Snapshot, Status};
    use qdrant_edge::{NamedQuery, PointStruct, QueryEnum, QueryRequest, ScoringQuery};

    use super::super::edge::{EdgeIndex, point, upsert};
    use super::super::{MemoryVectorIndex, VectorIndex};
    use super::*;
    use crate::Follower;
    use crate::entry::{Entry, Filter, Traits};

    const DIMENSION: usize = 32;

    fn vector(number: u64) -> Vec<f32> {
        let raw: Vec<f32> = (1..=DIMENSION).map(|at| ((number * 31 + 7) as f32 * (at as f32).sqrt()).sin()).collect();
        let length = raw.iter().map(|x| x * x).sum::<f32>().sqrt();
        raw.into_iter().map(|x| x / length).collect()
    }

    fn find(shard: &Shard, number: u64, params: SearchParams) -> Vec<(PointId, f32)> {
        let request = QueryRequest {
            prefetches: Vec::new(),
            query: Some(ScoringQuery::Vector(QueryEnum::Nearest(NamedQuery::default_dense(vector(number))))),
            filter: None,
            score_threshold: None,
            limit: 20,
            offset: 0,
            params: Some(params),
            with_vector: WithVector::Bool(false),
            with_payload: WithPayloadInterface::Bool(false),
        };
        let points = shard.engine().unwrap().query(request).unwrap();
        points.into_iter().map(|point| (point.id, point.score)).collect()
    }

    fn points(numbers: std::ops::RangeInclusive<u64>) -> Vec<PointStruct> {
        let payload = || serde_json::json!({ "added": 1, "removed": 9, "year": 2020, "facet": ["kind:trial"] });
        numbers.map(|number| PointStruct::new(number, vector(number), payload())).collect()
    }

    #[test]
    fn an_index_goes_on_without_its_log() {
        let directory = tempfile::tempdir().unwrap();
        let mut small = config(DIMENSION, Size::Small, 1);
        small.wal_options = Some(qdrant_edge::WalOptions { segment_capacity: 64 << 10, ..Default::default() });
        let mut shard = Shard::create(directory.path(), small).unwrap();
        for first in (1..=900).step_by(100) {
            shard.engine().unwrap().update(upsert(points(first..=first + 99))).unwrap();
        }
        shard.engine().unwrap().flush();
        drop(shard);
        let full = log::bytes(directory.path());
        for held in [900, 901, 902] {
            shard = Shard::open(directory.path(), DIMENSION).unwrap();
            assert!(log::bytes(directory.path()) < full, "{full} bytes of log");
            for number in [1, 450, held] {
                assert_eq!(find(&shard, number, params(None))[0].0, PointId::NumId(number));
            }
            // Changes are numbered on from where they were: what comes in and what is changed is not taken for known.
            shard.engine().unwrap().update(upsert(points(held + 1..=held + 1))).unwrap();
            let gone = UpdateOperation::PointOperation(PointOperations::DeletePoints {
                ids: vec![PointId::NumId(held - 800)],
            });
            shard.engine().unwrap().update(gone).unwrap();
            shard.engine().unwrap().flush();
            assert_eq!(find(&shard, held + 1, params(None))[0].0, PointId::NumId(held + 1));
            assert_ne!(find(&shard, held - 800, params(None))[0].0, PointId::NumId(held - 800));
            drop(shard);
        }
    }

    #[test]
    fn a_build_that_panics_makes_way_for_the_next() {
        let directory = tempfile::tempdir().unwrap();
        let small = Shard::create(&directory.path().join("1"), config(DIMENSION, Size::Small, 1)).unwrap();
        let (shard, writing) = (RwLock::new(Arc::new(small)), Mutex::new(Writing::default()));
        let panics = || alone(&shard, &writing, |_| panic!("as asked"));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
        assert!(lock(&writing).changed.is_none());
        let built = alone(&shard, &writing, |_| {
            assert!(lock(&writing).changed.is_some());
            assert!(!alone(&shard, &writing, |_| Ok(())).unwrap(), "one at a time");
            Ok(())
        });
        assert!(built.unwrap() && lock(&writing).changed.is_none());
    }

    #[test]
    fn quantised_vectors_find_what_comparing_everything_finds() {
        let directory = tempfile::tempdir().unwrap();
        let shard = Shard::create(&directory.path().join("1"), config(DIMENSION, Size::Large, 1)).unwrap();
        let engine = shard.engine().unwrap();
        engine.update(upsert(points(1..=3_000))).unwrap();
        engine.flush();
        assert!(engine.optimize().unwrap());
        assert!(engine.info().indexed_vectors_count > 0);
        let (mut found, mut wanted) = (0, 0);
        for number in (1..=3_000).step_by(100) {
            let near = find(&shard, number, params(Some(width(100_000))));
            let exact = find(&shard, number, params(None));
            assert!((near[0].1 - 1.0).abs() < 1e-4, "the best are looked at again in full: {:?}", near[0]);
            found += exact.iter().filter(|(id, _)| near.iter().any(|(other, _)| other == id)).count();
            wanted += exact.len();
        }
        assert!(found * 100 >= wanted * 95, "{found} of {wanted}");
    }

    /// Entries of which filters leave this or that.
    fn entry(number: u64) -> Entry {
        let traits = Traits {
            kind: Kind::ALL[usize::try_from(number).unwrap() % 5],
            issuer: if number.is_multiple_of(4) { "Society" } else { "Ministry" }.to_owned(),
            jurisdiction: "NG".to_owned(),
            year: Some(1990 + u16::try_from(number % 30).unwrap()),
            status: if number.is_multiple_of(7) { Status::Corrected } else { Status::Current },
            access: Access::FullText,
            populations: Vec::new(),
        };
        let interval = Interval {
            added: Snapshot(1 + u64::from(number % 6 == 1)),
            removed: (number % 6 == 3).then_some(Snapshot(2)),
        };
        let passage = PassageId::from_bytes(u128::from(number).to_be_bytes());
        let (corpus, vector, text) = ("test".parse().unwrap(), vector(number), String::new());
        Entry { passage, interval, corpus, traits, title: text.clone(), section: Vec::new(), text, vector }
    }

    #[tokio::test]
    async fn filters_are_kept_on_the_way_through_a_graph() {
        let directory = tempfile::tempdir().unwrap();
        let entries: Vec<Entry> = (1..=3_000).map(entry).collect();
        // By itself the engine compares whole what a filter leaves of so few and so short vectors: 10 MB of them. Here 8 KB, which
        // are 64.
        let mut large = config(DIMENSION, Size::Large, 1);
        large.hnsw_config.full_scan_threshold = 8;
        let shard = Shard::create(&directory.path().join("1"), large).unwrap();
        let engine = shard.engine().unwrap();
        engine.update(upsert(entries.iter().cloned().map(point).collect())).unwrap();
        engine.flush();
        assert!(engine.optimize().unwrap());
        engine.flush();
        drop(shard);
        let (index, exact) = (EdgeIndex::open(directory.path(), DIMENSION).unwrap(), MemoryVectorIndex::default());
        assert!(index.has_graph());
        exact.apply(entries, Seq(1)).await.unwrap();
        let all = Filter::at(Snapshot(2));
        for filter in [
            all.clone(),
            Filter::at(Snapshot(1)),
            Filter { kinds: vec![Kind::ALL[1]], ..all.clone() },
            Filter { issuers: vec!["society".to_owned()], ..all.clone() },
            Filter { statuses: vec![Status::Corrected], ..all.clone() },
            Filter { from_year: Some(2000), to_year: Some(2009), ..all.clone() },
            Filter { kinds: vec![Kind::ALL[0], Kind::ALL[2]], from_year: Some(2000), ..all },
        ] {
            let (mut found, mut wanted) = (0, 0);
            for number in (1..=3_000).step_by(150) {
                let allowed = exact.search(&vector(number), &filter, 3_000).await.unwrap();
                assert!(allowed.len() > 2 * 64, "{}: so few are compared whole", allowed.len());
                let near = index.search(&vector(number), &filter, 20).await.unwrap();
                let is_kept = |passage: PassageId| allowed.iter().any(|hit| hit.passage == passage);
                assert!(near.iter().all(|hit| is_kept(hit.passage)), "{filter:?} is not kept");
                let is_near = |passage: PassageId| allowed[..20].iter().any(|hit| hit.passage == passage);
                found += near.iter().filter(|hit| is_near(hit.passage)).count();
                wanted += 20;
            }
            assert!(found * 100 >= wanted * 85, "{found} of {wanted} nearest are found with {filter:?}");
        }
    }
}
