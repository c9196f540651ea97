//! Statements that were written to get past the check, each made of its source's own words, and faithful ones that look alike.

use grounding::{Source, check};
use knowledge::Verdict;
use serde::Deserialize;

use crate::questions::Decisions;
use crate::suites::{self, STATEMENTS};

/// A statement with its source.
#[derive(Debug, Clone, Deserialize)]
struct Pair {
    id: String,
    kind: String,
    source: String,
    statement: String,
    /// Whether it says something else than the source, or more.
    differs: bool,
}

/// Runs the suite: statements that say something else are the positives, and seen when they are not passed as supported.
pub fn run() -> Decisions {
    let mut decisions = Decisions::default();
    for pair in suites::read::<Pair>(STATEMENTS) {
        let found = check(&pair.statement, &Source::new(&pair.source, []));
        let is_seen = found.verdict != Verdict::Supported;
        let why = found.reason.unwrap_or_else(|| "passed".to_owned());
        let mistake = || format!("{} ({}): {}\n    {}\n    {why}", pair.id, pair.kind, pair.source, pair.statement);
        decisions.count(pair.differs, is_seen, (is_seen != pair.differs).then(mistake));
    }
    decisions
}
