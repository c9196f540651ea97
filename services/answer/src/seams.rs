//! The clock and the source of ids, as parameters: the same question then gives the same answer in a test.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use uuid::Uuid;

use crate::answer::Timings;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// What was measured, as it is told: a clock that stands tells the same every time.
    fn told(&self, measured: Timings) -> Timings {
        measured
    }
}

/// Makes ids that sort by time.
pub trait Ids: Send + Sync {
    /// A new id.
    fn next(&self) -> Uuid;

    /// A new id that nobody can guess.
    fn secret(&self) -> Uuid;
}

/// The machine's clock, and UUIDs of version 7.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemSeams;

impl Clock for SystemSeams {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Ids for SystemSeams {
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn secret(&self) -> Uuid {
        Uuid::new_v4()
    }
}

/// A clock that stands until it is moved and ids that count, for tests.
#[derive(Debug, Default)]
pub struct FixedSeams {
    next: AtomicU64,
    moved_s: AtomicI64,
}

impl FixedSeams {
    /// Moves the clock on by so many seconds.
    pub fn advance(&self, seconds: i64) {
        self.moved_s.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for FixedSeams {
    fn now(&self) -> Timestamp {
        // 2026-11-22T10:00:00Z.
        let second = 1_795_341_600 + self.moved_s.load(Ordering::Relaxed);
        Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn told(&self, _: Timings) -> Timings {
        Timings { embed: 12, retrieve: 8, generate: 0, ground: 1, total: 21 }
    }
}

impl Ids for FixedSeams {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.next.fetch_add(1, Ordering::Relaxed)))
    }

    fn secret(&self) -> Uuid {
        self.next()
    }
}
