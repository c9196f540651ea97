//! Pairs of sentences from two sources: does the check tell disagreement from difference?

use grounding::disagreement;
use serde::Deserialize;

use crate::questions::Decisions;
use crate::suites::{self, CONFLICTS};

/// A pair.
#[derive(Debug, Clone, Deserialize)]
pub struct Pair {
    /// Its name.
    pub id: String,
    a: String,
    b: String,
    conflict: bool,
    about: String,
}

/// Runs the suite: pairs that disagree are the positives.
pub fn run() -> Decisions {
    let mut decisions = Decisions::default();
    for pair in suites::read::<Pair>(CONFLICTS) {
        let found = disagreement(&pair.a, &pair.b, (&[], &[]));
        let is_right = found.is_some() == pair.conflict;
        let why = found.as_ref().map_or_else(|| "not seen".to_owned(), |finding| finding.reason.clone());
        let mistake = || format!("{} ({}): {}\n    {}\n    {why}", pair.id, pair.about, pair.a, pair.b);
        decisions.count(pair.conflict, found.is_some(), (!is_right).then(mistake));
    }
    decisions
}
