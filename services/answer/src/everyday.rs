//! Words of everyday English. They name nothing clinical, and what stands in few clinical texts because it is everyday is rare by chance.

use std::collections::HashSet;
use std::sync::LazyLock;

const WORDS: &str = include_str!("../data/everyday.txt");

static EVERYDAY: LazyLock<HashSet<&'static str>> = LazyLock::new(|| words().collect());

/// Their terms.
static TERMS: LazyLock<HashSet<String>> = LazyLock::new(|| words().flat_map(index::terms).collect());

fn words() -> impl Iterator<Item = &'static str> {
    WORDS.lines().filter(|line| !line.starts_with('#'))
}

/// Whether a word is one of them.
pub(crate) fn is_everyday(word: &str) -> bool {
    EVERYDAY.contains(word.to_lowercase().as_str())
}

/// Whether a term of an index is that of one of them.
pub(crate) fn is_everyday_term(term: &str) -> bool {
    TERMS.contains(term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_of_them_is_a_medicine_and_all_are_in_order() {
        for word in &*EVERYDAY {
            assert!(vocabulary::vocabulary().drug(word).is_none(), "{word}");
            assert!(!word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()), "{word}");
        }
        assert!(words().is_sorted() && words().count() == EVERYDAY.len() && EVERYDAY.len() > 2_000);
    }

    #[test]
    fn they_are_known_as_words_and_as_terms() {
        assert!(is_everyday("Otherwise") && is_everyday("treatments") && !is_everyday("bronchiolitis"));
        assert!(is_everyday_term("come") && is_everyday_term("stop"));
        assert!(
            !["bladder", "metformin", "cancer"]
                .iter()
                .flat_map(|word| index::terms(word))
                .any(|term| is_everyday_term(&term))
        );
    }
}
