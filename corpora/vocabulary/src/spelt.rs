//! What was probably meant by a word that is written wrong.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::tables::{ABBREVIATIONS, DRUGS, LAY, PLAIN, SYNONYMS, rows};

/// Shorter words are another word with one letter changed.
const MIN_CHARS: usize = 6;

/// From so many letters on two of them may be wrong.
const LONG: usize = 9;

/// The words of all tables by their first letter.
static WORDS: LazyLock<HashMap<char, HashSet<&'static str>>> = LazyLock::new(|| {
    let mut words: HashMap<char, HashSet<&'static str>> = HashMap::new();
    for table in [DRUGS, SYNONYMS, LAY, PLAIN, ABBREVIATIONS] {
        let cells = rows(table).flatten().flat_map(|cell| cell.split(|c: char| !c.is_ascii_alphabetic()));
        // Names of people and short forms are no pattern for anything.
        for word in cells.filter(|word| word.len() >= MIN_CHARS && word.bytes().all(|byte| byte.is_ascii_lowercase())) {
            words.entry(word.as_bytes()[0].into()).or_default().insert(word);
        }
    }
    words
});

/// The one word of the tables that differs from `word` (lower case) in a letter, or two of a long word: put in, left out, changed
/// or swapped with the next, but for the first. None for a word of the tables, and where two words are as near: a guess between
/// two medicines would be worse than none.
pub(crate) fn nearest(word: &str) -> Option<&'static str> {
    let chars = word.chars().count();
    if chars < MIN_CHARS || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let known = WORDS.get(&word.chars().next()?)?;
    if known.contains(word) {
        return None;
    }
    let most = if chars < LONG { 1 } else { 2 };
    let mut best: Option<(usize, &'static str)> = None;
    let mut is_tied = false;
    for &other in known.iter().filter(|other| other.len().abs_diff(chars) <= most) {
        let distance = strsim::osa_distance(word, other);
        let (held, _) = best.unwrap_or((most + 1, ""));
        if distance < held {
            (best, is_tied) = (Some((distance, other)), false);
        } else if distance == held && distance <= most {
            is_tied = true;
        }
    }
    best.filter(|_| !is_tied).map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_wrong_leads_to_the_word() {
        for (wrong, right) in [
            ("pnuemonia", "pneumonia"),
            ("ibuprofin", "ibuprofen"),
            ("amoxicilin", "amoxicillin"),
            ("hypertention", "hypertension"),
            ("paracetmol", "paracetamol"),
        ] {
            assert_eq!(nearest(wrong), Some(right));
        }
    }

    #[test]
    fn words_that_are_right_or_could_be_two_stay() {
        for word in
            ["pneumonia", "prednisone", "prednisolone", "word", "zzzzzzzzz", "", "überall", "covid19", "pneumonla1"]
        {
            assert_eq!(nearest(word), None, "{word}");
        }
        for (one, other) in crate::vocabulary().lookalikes() {
            assert_eq!(nearest(&one.name), None, "{} is not {}", one.name, other.name);
        }
    }
}
