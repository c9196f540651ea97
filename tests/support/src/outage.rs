//! An index that can be away: every search fails while the switch is on, and everything else goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use index::{Coverage, Entry, Error, Filter, Follower, Hit, LexicalIndex, Result, VectorIndex, Wanted};
use knowledge::{EntryId, HeadedText, Seq, Snapshot};

/// Stands before an index of either kind.
pub struct Outage<I: ?Sized> {
    is_away: AtomicBool,
    index: Arc<I>,
}

impl<I: ?Sized> Outage<I> {
    /// Before this index, which is there.
    pub fn new(index: Arc<I>) -> Self {
        Self { is_away: AtomicBool::new(false), index }
    }

    /// Takes it away, or brings it back.
    pub fn set(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }

    fn check(&self) -> Result<()> {
        if self.is_away.load(Ordering::SeqCst) {
            let (url, source) = ("http://switched-off".to_owned(), "as the test wants it".into());
            return Err(Error::Unavailable { url, source });
        }
        Ok(())
    }
}

#[async_trait]
impl<I: Follower + ?Sized> Follower for Outage<I> {
    fn name(&self) -> &'static str {
        self.index.name()
    }

    async fn apply(&self, entries: Vec<Entry>, reached: Seq) -> Result<()> {
        self.index.apply(entries, reached).await
    }

    async fn reached(&self) -> Result<Seq> {
        self.index.reached().await
    }

    async fn ids(&self) -> Result<Vec<EntryId>> {
        self.index.ids().await
    }

    async fn remove(&self, ids: Vec<EntryId>) -> Result<()> {
        self.index.remove(ids).await
    }
}

#[async_trait]
impl VectorIndex for Outage<dyn VectorIndex> {
    async fn search(&self, vector: &[f32], filter: &Filter, limit: usize) -> Result<Vec<Hit>> {
        self.check()?;
        self.index.search(vector, filter, limit).await
    }
}

#[async_trait]
impl LexicalIndex for Outage<dyn LexicalIndex> {
    async fn search(&self, wanted: &[Wanted], filter: &Filter, limit: usize) -> Result<Vec<Hit>> {
        self.check()?;
        self.index.search(wanted, filter, limit).await
    }

    async fn unheard(&self, text: &str, snapshot: Snapshot) -> Result<Vec<String>> {
        self.check()?;
        self.index.unheard(text, snapshot).await
    }

    async fn coverage(&self, wanted: &[Wanted], snapshot: Snapshot, texts: Vec<HeadedText>) -> Result<Coverage> {
        self.check()?;
        self.index.coverage(wanted, snapshot, texts).await
    }
}
