//! What was away when something was last searched for: whoever runs the service is told, while it goes on answering.

use std::sync::{Mutex, PoisonError};

/// What was away at the last search, for people, if something was.
#[derive(Debug, Default)]
pub struct LastSearch(Mutex<Option<String>>);

impl LastSearch {
    /// Takes note of a search: what was away, if something was, or why it failed.
    pub fn note(&self, outcome: Result<Option<&str>, &answer::Error>) {
        let missing = match outcome {
            Ok(missing) => missing,
            Err(answer::Error::Index(_)) => Some("the search is away, by words and by meaning"),
            Err(_) => return,
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = missing.map(str::to_owned);
    }

    /// What was away.
    pub fn missing(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
