//! How long ago a replica heard of its writer, and how far behind it is.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How long ago a replica last knew of all that its writer had taken out of use.
#[derive(Debug)]
pub struct Freshness {
    began: Instant,
    /// Milliseconds after that.
    looked: AtomicI64,
    limit: Duration,
    behind: AtomicU64,
}

impl Freshness {
    pub(super) fn new(limit: Duration) -> Self {
        Self { began: Instant::now(), looked: AtomicI64::new(0), limit, behind: AtomicU64::new(0) }
    }

    pub(super) fn looked_now(&self) {
        self.looked.store(self.began.elapsed().as_millis() as i64, Ordering::Relaxed);
    }

    pub(super) fn set_behind(&self, states: u64) {
        self.behind.store(states, Ordering::Relaxed);
    }

    /// How long ago.
    pub fn age(&self) -> Duration {
        let looked = Duration::from_millis(self.looked.load(Ordering::Relaxed).unsigned_abs());
        self.began.elapsed().saturating_sub(looked)
    }

    /// Whether it is so long ago that a retraction may have been missed.
    pub fn is_stale(&self) -> bool {
        self.age() > self.limit
    }

    /// By how many states the one in use is behind the newest that was seen; at least 1 while it is another one.
    pub fn behind(&self) -> u64 {
        self.behind.load(Ordering::Relaxed)
    }
}
