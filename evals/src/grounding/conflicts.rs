//! Pairs of sentences from two sources: does the check tell disagreement from difference?

use grounding::disagreement;
use serde::Deserialize;

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

/// What became of the pairs.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Pairs that disagree, and those among them that were seen to.
    pub conflicts: (usize, usize),
    /// Pairs that do not, and those among them that were said to.
    pub others: (usize, usize),
    /// The pairs that went wrong, for people.
    pub mistakes: Vec<String>,
}

/// Runs the suite.
pub fn run() -> Outcome {
    let mut outcome = Outcome { conflicts: (0, 0), others: (0, 0), mistakes: Vec::new() };
    for pair in suites::read::<Pair>(CONFLICTS) {
        let found = disagreement(&pair.a, &pair.b, (&[], &[]));
        let counts = if pair.conflict { &mut outcome.conflicts } else { &mut outcome.others };
        counts.0 += 1;
        counts.1 += usize::from(found.is_some());
        if found.is_some() != pair.conflict {
            let why = found.map_or_else(|| "not seen".to_owned(), |finding| finding.reason);
            outcome.mistakes.push(format!("{} ({}): {}\n    {}\n    {why}", pair.id, pair.about, pair.a, pair.b));
        }
    }
    outcome
}
