//! Where one line ends and the next begins: a space, a broken word made whole, or a hyphen of the word's own.

use std::collections::HashSet;

/// What stands before a hyphen that is the word's own.
const PREFIXES: [&str; 15] = [
    "alpha", "anti", "beta", "co", "double", "gamma", "high", "long", "low", "non", "ray", "self", "short", "single",
    "well",
];

/// What stands after one.
const SUFFIXES: [&str; 14] = [
    "based",
    "blind",
    "blocker",
    "blockers",
    "blocking",
    "controlled",
    "dependent",
    "free",
    "induced",
    "mediated",
    "related",
    "resistant",
    "term",
    "up",
];

/// Puts the text of the next line behind `text`. The words of the document say which of two spellings it uses.
pub(super) fn append(text: &mut String, next: &str, vocabulary: &HashSet<String>) {
    let mut chars = text.chars();
    let (last, before) = (chars.next_back(), chars.next_back());
    let breaks = matches!(last, Some('-' | '‐' | '\u{ad}')) && before.is_some_and(char::is_alphanumeric);
    let first = next.chars().next();
    // A first letter that is as high as several lines comes alone.
    let is_initial = before.is_none() && last.is_some_and(|c| c.is_uppercase() && !matches!(c, 'A' | 'I'));
    // 5-10, COVID-19, Guillain-Barré: a word goes on after its hyphen, whatever becomes of that.
    let joins =
        breaks && first.is_some_and(char::is_alphanumeric) || is_initial && first.is_some_and(char::is_lowercase);
    let is_broken = breaks && first.is_some_and(char::is_lowercase);
    if is_broken && (last == Some('\u{ad}') || !keeps_hyphen(before_hyphen(text), next, vocabulary)) {
        text.pop();
    }
    if !joins && !text.is_empty() {
        text.push(' ');
    }
    text.push_str(next);
}

/// The part of the last word that stands before its last hyphen.
fn before_hyphen(text: &str) -> &str {
    let word = text.trim_end_matches(['-', '‐', '\u{ad}']);
    word.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

fn keeps_hyphen(before: &str, next: &str, vocabulary: &HashSet<String>) -> bool {
    let after = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
    let small = before.to_lowercase();
    if vocabulary.contains(&format!("{small}{after}")) {
        return false;
    }
    let is_name = before.chars().count() == 1 || before.chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
    // High-er and short-ly are broken words.
    let is_compound = after.chars().count() > 3 && PREFIXES.contains(&small.as_str());
    is_name || is_compound || SUFFIXES.contains(&after.as_str()) || vocabulary.contains(&format!("{small}-{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(lines: &[&str], known: &[&str]) -> String {
        let vocabulary = known.iter().map(|word| (*word).to_owned()).collect();
        let mut text = String::new();
        lines.iter().for_each(|line| append(&mut text, line, &vocabulary));
        text
    }

    #[test]
    fn broken_words_are_whole_again_and_hyphens_of_words_stay() {
        for (lines, whole) in [
            (["the treat-", "ment lasted"], "the treatment lasted"),
            (["a beta-", "blocker at"], "a beta-blocker at"),
            (["an ACE-", "inhibitor"], "an ACE-inhibitor"),
            (["an X-ray-", "guided way"], "an X-ray-guided way"),
            (["a placebo-con-", "trolled trial"], "a placebo-controlled trial"),
            (["of COVID-", "19 in"], "of COVID-19 in"),
            (["Guillain-", "Barré"], "Guillain-Barré"),
            (["5-", "10 mg"], "5-10 mg"),
            (["a high-", "er dose"], "a higher dose"),
            (["at follow-", "up all"], "at follow-up all"),
            (["the treat\u{ad}", "ment"], "the treatment"),
            (["as said -", "and meant"], "as said - and meant"),
            (["one", "two"], "one two"),
            (["T", "he dose"], "The dose"),
            (["A", "dose"], "A dose"),
        ] {
            assert_eq!(joined(&lines, &[]), whole);
        }
    }

    #[test]
    fn the_document_itself_says_how_it_spells() {
        assert_eq!(joined(&["an anti-", "biotic"], &["antibiotic"]), "an antibiotic");
        assert_eq!(joined(&["an anti-", "biotic"], &[]), "an anti-biotic");
        assert_eq!(joined(&["of day-", "care units"], &["day-care"]), "of day-care units");
    }
}
