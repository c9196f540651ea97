//! The dense arm: nearest vectors by cosine.

mod edge;
mod memory;
mod server;

use async_trait::async_trait;

use crate::Follower;
use crate::entry::{Filter, Hit};
use crate::error::Result;

pub use edge::EdgeIndex;
pub use memory::MemoryVectorIndex;
pub use server::ServerIndex;

/// What messages call this arm.
const NAME: &str = "vector";

/// An index of vectors.
#[async_trait]
pub trait VectorIndex: Follower {
    /// The passages nearest to `vector` among those `filter` allows: best first, equal scores by id. Scores are cosines.
    async fn search(&self, vector: &[f32], filter: &Filter, limit: usize) -> Result<Vec<Hit>>;
}
