//! Does the quote stand in the passage, letter for letter?

use knowledge::{Span, sentences};

/// Where `quote` stands in `passage` as a run of whole sentences, in code points. `None` if it does not: a quote that starts
/// or stops inside a sentence may have lost its "not".
pub fn locate(passage: &str, quote: &str) -> Option<Span> {
    let quote = quote.trim();
    if quote.is_empty() {
        return None;
    }
    let chars: Vec<char> = passage.chars().collect();
    let wanted: Vec<char> = quote.chars().collect();
    let bounds: Vec<Span> = sentences(passage).into_iter().map(|(span, _)| span).collect();
    for first in &bounds {
        let start = (first.start..first.end).find(|&at| !chars[at].is_whitespace())?;
        let end = start + wanted.len();
        let ends_a_sentence =
            |span: &Span| end > span.start && end <= span.end && chars[end..span.end].iter().all(|c| c.is_whitespace());
        if chars.get(start..end) == Some(&wanted[..]) && bounds.iter().any(ends_a_sentence) {
            return Some(Span { start, end });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use knowledge::char_slice;
    use proptest::prelude::*;

    use super::*;

    const PASSAGE: &str = "Dosing\nGive 0.5 mg µ-agonist. Do not give it to children. Stop at 4 h.";

    #[test]
    fn whole_sentences_are_found_at_their_offsets() {
        for quote in ["Give 0.5 mg µ-agonist.", "Do not give it to children. Stop at 4 h.", "Stop at 4 h."] {
            let span = locate(PASSAGE, quote).unwrap();
            assert_eq!(char_slice(PASSAGE, span), Some(quote));
        }
    }

    #[test]
    fn parts_of_sentences_and_foreign_words_are_not() {
        for quote in [
            "5 mg µ-agonist.",
            "give it to children.",
            "Do not give it",
            "Give 5 mg µ-agonist.",
            "",
            "  ",
            "Dosing Give",
        ] {
            assert_eq!(locate(PASSAGE, quote), None, "{quote:?} was accepted");
        }
    }

    proptest! {
        #[test]
        fn what_is_located_is_verbatim(passage in "([a-cµ.]{1,4}[ \n]){1,12}", quote in "([a-cµ.]{1,4} ){1,3}") {
            if let Some(span) = locate(&passage, &quote) {
                prop_assert_eq!(char_slice(&passage, span), Some(quote.trim()));
            }
        }
    }
}
