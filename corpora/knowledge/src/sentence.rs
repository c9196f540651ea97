//! Where sentences end: the unit that may be quoted.

use unicode_segmentation::UnicodeSegmentation;

use crate::text::Span;

/// Words whose full stop does not end a sentence, lower case, without the stop.
const ABBREVIATIONS: &[&str] = &[
    "al", "approx", "b.d", "ca", "cf", "dr", "e.g", "ed", "eds", "eq", "esp", "etc", "fig", "figs", "i.e", "i.m",
    "i.v", "inc", "incl", "max", "min", "mr", "mrs", "ms", "no", "nos", "p.o", "prof", "q.d.s", "ref", "refs", "resp",
    "sp", "spp", "st", "subsp", "suppl", "t.d.s", "tab", "viz", "vol", "vs",
];

/// Splits `text` into sentences, each with its place. They follow one another without a gap and are all of it: white space after a
/// sentence belongs to it. Boundaries are those of UAX #29, less those after an abbreviation, an initial, or inside brackets.
pub fn sentences(text: &str) -> Vec<(Span, &str)> {
    let (mut sentences, mut position) = (Vec::new(), 0);
    let (mut from, mut to) = (0, 0);
    for piece in text.split_sentence_bounds() {
        to += piece.len();
        if to == text.len() || !continues(piece) {
            let sentence = &text[from..to];
            let span = Span { start: position, end: position + sentence.chars().count() };
            sentences.push((span, sentence));
            (from, position) = (to, span.end);
        }
    }
    sentences
}

/// Whether the sentence goes on after `piece`, although UAX #29 ends it there.
fn continues(piece: &str) -> bool {
    if piece.ends_with('\n') {
        return false;
    }
    let trimmed = piece.trim_end();
    let Some(body) = trimmed.strip_suffix('.') else {
        return false;
    };
    let last = body.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[')).next().unwrap_or(body);
    let initial = last.chars().count() == 1 && last.chars().all(char::is_uppercase);
    let enumerator = !body.is_empty() && body.len() == last.len() && last.chars().all(|c| c.is_ascii_digit());
    initial || enumerator || ABBREVIATIONS.contains(&last.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::char_slice;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|(_, sentence)| sentence.trim_end()).collect()
    }

    #[test]
    fn full_stops_that_end_nothing() {
        for whole in [
            "Give amoxicillin 0.5 g e.g. Amoxil by mouth.",
            "Smith J. Brown reported vs. Placebo no benefit.",
            "See Fig. 2 for E. Coli counts.",
            "1. Start oxygen.",
        ] {
            assert_eq!(split(whole), [whole]);
        }
    }

    #[test]
    fn sentences_end_where_readers_end_them() {
        assert_eq!(
            split("Stop metformin if eGFR is below 30. Restart at 45! Why? Because."),
            ["Stop metformin if eGFR is below 30.", "Restart at 45!", "Why?", "Because."]
        );
        assert_eq!(split("One line\nAnother line"), ["One line", "Another line"]);
    }

    proptest! {
        #[test]
        fn spans_tile_the_text(text in any::<String>()) {
            let sentences = sentences(&text);
            for (span, sentence) in &sentences {
                prop_assert_eq!(char_slice(&text, *span), Some(*sentence));
            }
            let rebuilt: String = sentences.iter().map(|(_, sentence)| *sentence).collect();
            prop_assert_eq!(rebuilt, text);
        }
    }
}
