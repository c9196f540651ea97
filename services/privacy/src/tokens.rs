//! The words of a question, and how each is written.

use std::ops::Range;

use crate::lexicon::{self, Flag, Flags};
use crate::text::Text;

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `Smith`, `O'Brien`, `McDonald`.
    Capital,
    /// `SMITH`.
    Upper,
    /// `J`.
    Initial,
    /// `smith`.
    Lower,
    /// `SpO2`, `17`, `IgA`.
    Odd,
}

/// A word: letters and digits, with the apostrophes between them.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Where it ends without the `'s` of the possessive.
    pub(crate) stem: usize,
    pub(crate) shape: Shape,
    pub(crate) flags: Flags,
    /// Part of a phrase that identifies nobody.
    pub(crate) blocked: bool,
}

impl Token {
    pub(crate) fn is(&self, flag: Flag) -> bool {
        self.flags.has(flag)
    }

    /// Whether it begins with a capital.
    pub(crate) fn is_capital(&self) -> bool {
        matches!(self.shape, Shape::Capital | Shape::Upper)
    }

    /// Whether it is a given name and nothing else.
    pub(crate) fn is_plainly_given(&self) -> bool {
        self.is(Flag::Given)
            && !self.is(Flag::Word)
            && !self.is(Flag::Eponym)
            && !self.blocked
            && self.stem - self.start > 2
    }

    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.stem
    }
}

/// The words of a text, without what the lexicon knows of them.
pub(crate) fn tokens(text: &Text) -> Vec<Token> {
    let bytes = text.plain.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len()
            && (bytes[at].is_ascii_alphanumeric()
                || bytes[at] == b'\'' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) && at + 1 < bytes.len())
        {
            at += 1;
        }
        let word = &bytes[start..at];
        let possessive =
            word.len() > 2 && word[word.len() - 2] == b'\'' && word[word.len() - 1].eq_ignore_ascii_case(&b's');
        let stem = if possessive { at - 2 } else { at };
        let shape = shape(&bytes[start..stem]);
        tokens.push(Token { start, end: at, stem, shape, flags: Flags::default(), blocked: false });
    }
    tokens
}

/// The words of a text with what is known of them; those of phrases that identify nobody are blocked.
pub(crate) fn known_tokens(text: &Text) -> Vec<Token> {
    let mut tokens = tokens(text);
    for token in &mut tokens {
        let word = &text.lower[token.start..token.stem];
        token.flags = lexicon::flags(word);
    }
    let mut at = 0;
    while at < tokens.len() {
        let taken = if tokens[at].is(Flag::Phrase) {
            let rest = tokens[at + 1..].iter().map(|token| &text.lower[token.range()]);
            lexicon::phrase(&text.lower[tokens[at].range()], rest)
        } else {
            None
        };
        let taken = taken.unwrap_or(0);
        for token in &mut tokens[at..at + taken] {
            token.blocked = true;
        }
        at += taken.max(1);
    }
    tokens
}

fn shape(word: &[u8]) -> Shape {
    let letters = word.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let uppers = word.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    if word.iter().any(u8::is_ascii_digit) {
        return Shape::Odd;
    }
    match (uppers, letters) {
        (0, _) => Shape::Lower,
        (1, 1) => Shape::Initial,
        (upper, letters) if upper == letters => Shape::Upper,
        (1, _) if word[0].is_ascii_uppercase() => Shape::Capital,
        (2, _) if is_composed(word) => Shape::Capital,
        _ => Shape::Odd,
    }
}

/// Whether a word has its second capital where names have it: `McDonald`, `O'Brien`, `DeSouza`.
fn is_composed(word: &[u8]) -> bool {
    const FIRST: [&str; 15] =
        ["Mc", "Mac", "O'", "D'", "L'", "N'", "De", "Di", "Da", "Du", "La", "Le", "Van", "Von", "Fitz"];
    let second = word.iter().skip(1).position(u8::is_ascii_uppercase).map_or(0, |at| at + 1);
    FIRST.iter().any(|first| first.as_bytes() == &word[..second]) && word.len() - second > 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_by_how_they_are_written() {
        let text = Text::new("Mr O'Brien's McDonald SMITH J. smith SpO2 IgA Jean-Luc DeSouza Graves' 92F");
        let all: Vec<(&str, Shape)> =
            tokens(&text).iter().map(|token| (&text.plain[token.range()], token.shape)).collect();
        assert_eq!(
            all,
            [
                ("Mr", Shape::Capital),
                ("O'Brien", Shape::Capital),
                ("McDonald", Shape::Capital),
                ("SMITH", Shape::Upper),
                ("J", Shape::Initial),
                ("smith", Shape::Lower),
                ("SpO2", Shape::Odd),
                ("IgA", Shape::Odd),
                ("Jean", Shape::Capital),
                ("Luc", Shape::Capital),
                ("DeSouza", Shape::Capital),
                ("Graves", Shape::Capital),
                ("92F", Shape::Odd),
            ]
            .map(|(word, shape)| (word, shape))
        );
    }

    #[test]
    fn phrases_are_blocked_whole() {
        let text = Text::new("Is Guillain\u{2013}Barré syndrome like Mary's Wilson's disease?");
        let blocked: Vec<&str> =
            known_tokens(&text).iter().filter(|token| token.blocked).map(|token| &text.plain[token.range()]).collect();
        assert_eq!(blocked, ["Guillain", "Barre", "Wilson", "disease"]);
    }
}
