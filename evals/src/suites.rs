//! The suites that come with the program.

use serde::de::DeserializeOwned;

/// Pairs of sentences that disagree, and pairs that only differ.
pub const CONFLICTS: &str = include_str!("../suites/conflicts.jsonl");
/// Statements that say something else than their sources, in their words, and faithful ones.
pub const STATEMENTS: &str = include_str!("../suites/statements.jsonl");
/// Questions that the starter guidelines answer, with the sentences that do.
pub const ANSWERABLE_GUIDELINES: &str = include_str!("../suites/answerable-guidelines.jsonl");
/// Questions that the starter cases answer, with the sentences that do.
pub const ANSWERABLE_CASES: &str = include_str!("../suites/answerable-cases.jsonl");
/// Questions that nothing in the starter corpus answers.
pub const OUT_OF_CORPUS: &str = include_str!("../suites/out-of-corpus.jsonl");
/// As those above, written by a large language model that was shown the starter corpus and neither the rules nor the other
/// questions. No weight or threshold was fitted to them.
pub const HELD_OUT_ANSWERABLE: &str = include_str!("../suites/held-out-answerable.jsonl");
/// The same of questions that nothing in the starter corpus answers.
pub const HELD_OUT_OF_CORPUS: &str = include_str!("../suites/held-out-of-corpus.jsonl");
/// Prompts that must be refused for their kind, and some that look alike.
pub const OUT_OF_SCOPE: &str = include_str!("../suites/out-of-scope.jsonl");
/// Prompts from the bedside, and some that look alike.
pub const TIME_CRITICAL: &str = include_str!("../suites/time-critical.jsonl");
/// Questions that leave out what their answer depends on.
pub const UNDERSPECIFIED: &str = include_str!("../suites/underspecified.jsonl");
/// Texts that try to give orders to whoever reads them.
pub const INJECTION: &str = include_str!("../suites/injection.jsonl");

/// Which questions are asked of the starter corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Those that rules and thresholds were chosen with.
    InView,
    /// Those that nothing was fitted to.
    HeldOut,
}

impl Asked {
    /// Questions that the corpus answers.
    pub(crate) fn answerable(self) -> &'static [&'static str] {
        match self {
            Self::InView => &[ANSWERABLE_GUIDELINES, ANSWERABLE_CASES],
            Self::HeldOut => &[HELD_OUT_ANSWERABLE],
        }
    }

    /// Questions that it does not answer.
    pub(crate) fn unanswerable(self) -> &'static str {
        match self {
            Self::InView => OUT_OF_CORPUS,
            Self::HeldOut => HELD_OUT_OF_CORPUS,
        }
    }

    /// What a figure is called that was measured on them.
    pub(crate) fn name(self, figure: &str) -> String {
        match self {
            Self::InView => figure.to_owned(),
            Self::HeldOut => format!("held out: {figure}"),
        }
    }
}

/// The rows of a suite.
///
/// # Panics
/// On a row that is not what the suite holds: suites are part of the program, and a test reads them all.
pub fn read<T: DeserializeOwned>(suite: &str) -> Vec<T> {
    let row = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
    suite.lines().filter(|line| !line.trim().is_empty()).map(row).collect()
}
