//! When may a host be asked again? One request at a time, and no sooner than it wishes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Queue, OwnedMutexGuard};
use tokio::time::{Instant, sleep_until};

/// When a host was asked last. Whoever holds it is the one who is asking.
type Turn = OwnedMutexGuard<Option<Instant>>;

/// Turns at every host, shared by all sources of a client.
pub(super) struct Pace {
    gap: Duration,
    gaps: BTreeMap<String, Duration>,
    hosts: Mutex<HashMap<String, Arc<Queue<Option<Instant>>>>>,
}

impl Pace {
    /// At least `gap` from one request to the next, or what `gaps` says for the host.
    pub(super) fn new(gap: Duration, gaps: BTreeMap<String, Duration>) -> Self {
        Self { gap, gaps, hosts: Mutex::new(HashMap::new()) }
    }

    /// Waits for the host's turn; it lasts until the value is dropped.
    pub(super) async fn turn(&self, host: &str) -> Turn {
        let queue = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(hosts.entry(host.to_owned()).or_default())
        };
        let mut turn = queue.lock_owned().await;
        if let Some(last) = *turn {
            sleep_until(last + self.gaps.get(host).copied().unwrap_or(self.gap)).await;
        }
        *turn = Some(Instant::now());
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_asks_at_a_time_and_hosts_do_not_wait_for_each_other() {
        let pace = Pace::new(Duration::from_millis(1), BTreeMap::new());
        let first = pace.turn("a.example").await;
        let began = first.unwrap();
        assert!(pace.turn("b.example").await.is_some());
        drop(first);
        let next = pace.turn("a.example").await.unwrap();
        assert!(next >= began + Duration::from_millis(1));
    }
}
