//! What was probably meant by a word that is written wrong: a letter doubled that should not be or not that should, or two
//! letters in the wrong order. Other slips are no less common, but with any letter changed for any other too many right words
//! that these tables do not have would be read as one that they do: *crushing* as *cushing*, *nephrotic* as *nephrotoxic*.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use crate::tables::{ABBREVIATIONS, DRUGS, LAY, PLAIN, SYNONYMS, rows};

/// Shorter words are too often another word by chance.
const MIN_CHARS: usize = 6;

/// The words of all tables.
struct Words {
    known: HashSet<&'static str>,
    /// By what they are with no letter doubled.
    single: HashMap<String, BTreeSet<&'static str>>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words { known: HashSet::new(), single: HashMap::new() };
    for table in [DRUGS, SYNONYMS, LAY, PLAIN, ABBREVIATIONS] {
        let cells = rows(table).flatten().flat_map(|cell| cell.split(|c: char| !c.is_ascii_alphabetic()));
        // Names of people and short forms are no pattern for anything.
        for word in cells.filter(|word| word.len() >= MIN_CHARS && word.bytes().all(|byte| byte.is_ascii_lowercase())) {
            words.known.insert(word);
            words.single.entry(single(word)).or_default().insert(word);
        }
    }
    words
});

/// The word with no letter doubled.
fn single(word: &str) -> String {
    let mut chars: Vec<char> = word.chars().collect();
    chars.dedup();
    chars.into_iter().collect()
}

/// The one word of the tables that `word` (lower case) was probably meant to be. None for a word of the tables, and where it could be
/// two: a guess between two medicines would be worse than none.
pub(crate) fn nearest(word: &str) -> Option<&'static str> {
    if word.len() < MIN_CHARS || WORDS.known.contains(word) {
        return None;
    }
    let mut found = WORDS.single.get(&single(word)).cloned().unwrap_or_default();
    let mut chars: Vec<char> = word.chars().collect();
    for at in 1..chars.len() {
        chars.swap(at - 1, at);
        found.extend(WORDS.known.get(chars.iter().collect::<String>().as_str()));
        chars.swap(at - 1, at);
    }
    if found.len() == 1 { found.pop_first() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_wrong_leads_to_the_word() {
        for (wrong, right) in [
            ("pnuemonia", "pneumonia"),
            ("amoxicilin", "amoxicillin"),
            ("inflamation", "inflammation"),
            ("paracetmaol", "paracetamol"),
            ("penicilllin", "penicillin"),
        ] {
            assert_eq!(nearest(wrong), Some(right));
        }
    }

    #[test]
    fn words_that_are_right_stay() {
        let right =
            ["pneumonia", "prednisone", "word", "crushing", "nephrotic", "liability", "though", "cancel", "tripped"];
        for word in right.into_iter().chain(["", "zzzzzzzzz", "überall", "covid19"]) {
            assert_eq!(nearest(word), None, "{word}");
        }
        for (one, other) in crate::vocabulary().lookalikes() {
            assert_eq!(nearest(&one.name), None, "{} is not {}", one.name, other.name);
        }
    }
}
