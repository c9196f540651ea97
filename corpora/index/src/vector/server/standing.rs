//! What is believed of an index on a server: it is doubted as soon as anything fails, until it has been looked at.

use std::sync::atomic::{AtomicU64, Ordering};

use knowledge::Seq;

/// Doubts are counted, so that one which comes up during a look is not laid to rest by it.
#[derive(Debug)]
pub(super) struct Standing {
    doubts: AtomicU64,
    /// How many doubts there had been when the collection was last found as it should be.
    prepared_at: AtomicU64,
    /// How many there had been when it was last found to hold everything.
    whole_at: AtomicU64,
    /// How far it had followed when that was last seen.
    followed: AtomicU64,
}

impl Default for Standing {
    /// What was never looked at is doubted.
    fn default() -> Self {
        let [prepared_at, whole_at, followed] = Default::default();
        Self { doubts: AtomicU64::new(1), prepared_at, whole_at, followed }
    }
}

impl Standing {
    pub(super) fn doubts(&self) -> u64 {
        self.doubts.load(Ordering::SeqCst)
    }

    pub(super) fn doubt(&self) -> u64 {
        self.doubts.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub(super) fn is_prepared(&self) -> bool {
        self.prepared_at.load(Ordering::SeqCst) == self.doubts()
    }

    pub(super) fn prepared(&self, doubts: u64) {
        self.prepared_at.store(doubts, Ordering::SeqCst);
    }

    pub(super) fn is_whole(&self) -> bool {
        self.whole_at.load(Ordering::SeqCst) == self.doubts()
    }

    pub(super) fn found_whole(&self, doubts: u64) {
        self.whole_at.store(doubts, Ordering::SeqCst);
    }

    /// It was marked as having followed so far.
    pub(super) fn marked(&self, followed: Seq) {
        self.followed.store(followed.0, Ordering::SeqCst);
    }

    /// It says that it has followed so far. Less than before: it was emptied, or an older copy of it was put back.
    pub(super) fn says(&self, followed: Seq) {
        if followed.0 < self.followed.swap(followed.0, Ordering::SeqCst) {
            self.doubt();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_during_a_look_is_not_found_whole_by_it() {
        let standing = Standing::default();
        assert!(!standing.is_whole() && !standing.is_prepared());
        let since = standing.doubts();
        standing.doubt();
        standing.found_whole(since);
        assert!(!standing.is_whole());
        standing.found_whole(standing.doubts());
        assert!(standing.is_whole());
    }

    #[test]
    fn an_index_that_goes_back_is_doubted_once() {
        let standing = Standing::default();
        standing.marked(Seq(7));
        standing.found_whole(standing.doubts());
        standing.says(Seq(7));
        standing.says(Seq(9));
        assert!(standing.is_whole());
        standing.says(Seq(5));
        assert!(!standing.is_whole());
        standing.found_whole(standing.doubts());
        standing.says(Seq(5));
        assert!(standing.is_whole());
    }
}
