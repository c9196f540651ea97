//! The dense arm: nearest vectors by cosine.

mod edge;
mod graph;
mod log;
mod memory;
mod server;

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::Follower;
use crate::entry::{Entry, Filter, Hit};
use crate::error::{Error, Result};

pub use edge::EdgeIndex;
pub use memory::MemoryVectorIndex;
pub use server::{ServerIndex, ServerOptions};

/// What messages call this arm.
const NAME: &str = "vector";

/// What Qdrant filters by: the field, its type, and whether the graph links what shares a value of it. Nearly all that is held is
/// in force, so that links along `added` and `removed` are three times the work for a graph no better.
const FIELDS: [(&str, &str, bool); 4] =
    [("added", "integer", false), ("removed", "integer", false), ("year", "integer", true), ("facet", "keyword", true)];

/// An index of vectors.
#[async_trait]
pub trait VectorIndex: Follower {
    /// The passages nearest to `vector` among those `filter` allows: best first, equal scores by id. Scores are cosines.
    async fn search(&self, vector: &[f32], filter: &Filter, limit: usize) -> Result<Vec<Hit>>;

    /// As [`Follower::maintain`], due or not.
    async fn rebuild(&self, _cores: usize) -> Result<bool> {
        Ok(false)
    }

    /// Whether it finds what is near through a graph of its own, which [`VectorIndex::rebuild`] builds anew.
    fn has_graph(&self) -> bool {
        false
    }

    /// Another index has taken its place: what it keeps in this data directory goes when nobody holds it any more.
    fn retire(&self) {}
}

fn check_dimension(entries: &[Entry], wanted: usize) -> Result<()> {
    match entries.iter().find(|entry| entry.vector.len() != wanted) {
        Some(odd) => Err(Error::Dimension { found: odd.vector.len(), wanted }),
        None => Ok(()),
    }
}

/// What Qdrant keeps beside the vector: the passage, and what searches filter by.
fn payload(entry: &Entry) -> Value {
    json!({
        "passage": entry.passage,
        "added": entry.interval.added.0,
        "removed": entry.removed(),
        "year": entry.year(),
        "facet": entry.facets(),
    })
}

/// The mark needs some vector; cosine needs one that is not zero.
fn unit_vector(dimension: usize) -> Vec<f32> {
    let mut vector = vec![0.0; dimension];
    if let Some(first) = vector.first_mut() {
        *first = 1.0;
    }
    vector
}
