//! What a line is by its looks: an item of a list, a caption, a heading with its number, a heading in capitals.

use super::page::{is_bullet, is_sure_bullet};
use crate::formats::plain::is_measure;

/// An item of a list.
pub(super) struct Item<'a> {
    /// What it says: without its bullet, with its number.
    pub(super) text: &'a str,
    /// Whether its mark cannot be anything else.
    pub(super) is_sure: bool,
}

pub(super) fn item(text: &str) -> Option<Item<'_>> {
    let (mark, rest) = text.split_once(' ')?;
    // Three quarters of something are no bullet.
    if is_bullet(mark) && !(mark == "¾" && is_measure(rest)) {
        return Some(Item { text: rest.trim_start(), is_sure: is_sure_bullet(mark) });
    }
    let inner = mark.strip_suffix(['.', ')'])?.trim_start_matches('(');
    let is_number = (1..=2).contains(&inner.len()) && inner.chars().all(|c| c.is_ascii_digit());
    let is_letter = inner.len() == 1 && mark.ends_with(')') && inner.chars().all(|c| c.is_ascii_lowercase());
    (is_number || is_letter).then_some(Item { text, is_sure: false })
}

/// `Table 2. …`, `Figure 1: …`, `Fig. 3 …`; not `Table 2 shows`.
pub(super) fn is_caption(text: &str) -> bool {
    let rest = ["Table ", "TABLE ", "Figure ", "FIGURE ", "Fig. ", "Fig ", "Box "]
        .into_iter()
        .find_map(|name| text.strip_prefix(name));
    let Some(rest) = rest else { return false };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, 'S' | 'A' | 'B'));
    let is_numbered = rest.chars().take_while(|c| !c.is_whitespace()).any(|c| c.is_ascii_digit());
    let after = after.trim_start();
    is_numbered
        && (after.is_empty() || after.starts_with(['.', ':', '|', '–', '—']) || after.starts_with(char::is_uppercase))
}

/// How many numbers stand before a short heading: 2 for `2.1 Treatment`.
pub(super) fn number_depth(text: &str) -> Option<usize> {
    let (number, heading) = text.split_once(' ')?;
    let mut depth = 0;
    for part in number.strip_suffix('.').unwrap_or(number).split('.') {
        let is_number = (1..=2).contains(&part.len()) && part.chars().all(|c| c.is_ascii_digit());
        if !is_number || depth == 4 {
            return None;
        }
        depth += 1;
    }
    let short = heading.chars().count() <= 90 && heading.split_whitespace().count() <= 12;
    let is_heading = heading.starts_with(char::is_uppercase) && !heading.ends_with(['.', ',', ';', '-']);
    (short && is_heading).then_some(depth)
}

pub(super) fn is_capitals(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let figures = text.chars().filter(char::is_ascii_digit).count();
    letters >= 4
        && figures * 2 < letters
        && text.chars().count() <= 80
        && text.split_whitespace().count() <= 10
        && !text.chars().any(char::is_lowercase)
        && !text.ends_with('.')
        && item(text).is_none_or(|item| !item.is_sure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_have_marks() {
        let items = [
            ("• Fever", "Fever", true),
            ("\u{f0b7} Fever", "Fever", true),
            ("– Fever", "Fever", false),
            ("¾ Fever", "Fever", true),
            ("1. Fever", "1. Fever", false),
            ("(2) Fever", "(2) Fever", false),
            ("b) Fever", "b) Fever", false),
        ];
        for (line, text, is_sure) in items {
            let item = item(line).unwrap();
            assert_eq!((item.text, item.is_sure), (text, is_sure));
        }
        for line in ["Fever", "5 mg", "2.5 mg", "•", "a. Fever", "", "100. Fever", "Doe) x", "-5 mg", "¾ tablet"] {
            assert!(item(line).is_none(), "{line}");
        }
    }

    #[test]
    fn captions_are_no_mentions() {
        for line in [
            "Table 2. Doses",
            "Table 2",
            "Fig. 3 Flow of patients",
            "Figure S1: Flow",
            "TABLE 1A | Doses",
            "Box 1 Signs",
        ] {
            assert!(is_caption(line), "{line}");
        }
        for line in ["Table 2 shows the doses", "Tables are long", "Table salt", "Figure of speech", "Fig. trees"] {
            assert!(!is_caption(line), "{line}");
        }
    }

    #[test]
    fn numbers_of_headings_are_counted() {
        let depths =
            [("2 Methods", Some(1)), ("2. Methods", Some(1)), ("2.1 Treatment", Some(2)), ("3.2.1. Dose", Some(3))];
        for (line, depth) in depths {
            assert_eq!(number_depth(line), depth, "{line}");
        }
        for line in
            ["5 mg", "Methods", "2.1", "2024 was a year", "2.1 The dose was low.", "1.2.3.4.5 Deep", "2.1 treatment"]
        {
            assert_eq!(number_depth(line), None, "{line}");
        }
    }

    #[test]
    fn capitals_make_headings() {
        assert!(is_capitals("ACUTE BRONCHITIS") && is_capitals("2 METHODS"));
        for line in ["Acute", "AUC", "ABC 1234", "STOP THE DRUG.", "5 MG"] {
            assert!(!is_capitals(line), "{line}");
        }
    }
}
