//! Patterns that are compiled once. One that cannot be matches nothing; the tests of what uses it say so.

use std::sync::LazyLock;

use regex::Regex;

/// A pattern, compiled where it is first used.
pub(crate) type Pattern = LazyLock<Option<Regex>>;

/// Whether it is in a text.
pub(crate) fn is_match(pattern: &Pattern, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}
