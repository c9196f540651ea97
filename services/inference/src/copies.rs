//! Copies of a model that runs on one core at a time: each call borrows the first that is free.

use std::sync::{Condvar, Mutex, PoisonError};

/// Copies of a model, at most; each holds its weights.
const MAX_COPIES: usize = 8;

/// How many copies this machine has cores for, and the threads of each.
pub(crate) fn copies_and_threads() -> (usize, usize) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let copies = cores.min(MAX_COPIES);
    (copies, cores / copies)
}

/// The copies.
pub(crate) struct Copies<M> {
    count: usize,
    free: Mutex<Vec<M>>,
    returned: Condvar,
}

/// A copy in use. It goes back however its use ends.
struct Borrowed<'c, M> {
    copies: &'c Copies<M>,
    model: Option<M>,
}

impl<M> Drop for Borrowed<'_, M> {
    fn drop(&mut self) {
        self.copies.free.lock().unwrap_or_else(PoisonError::into_inner).extend(self.model.take());
        self.copies.returned.notify_one();
    }
}

impl<M> Copies<M> {
    pub(crate) fn of(models: Vec<M>) -> Self {
        Self { count: models.len(), free: Mutex::new(models), returned: Condvar::new() }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// What `work` makes with the first copy that is free; `None` where there are no copies.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut M) -> T) -> Option<T> {
        if self.count == 0 {
            return None;
        }
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.returned.wait_while(free, |free| free.is_empty());
        let model = free.unwrap_or_else(PoisonError::into_inner).pop();
        let mut borrowed = Borrowed { copies: self, model };
        borrowed.model.as_mut().map(work)
    }
}
