//! From text to terms, the same for passages and questions.

use std::collections::HashSet;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, Stemmer, StopWordFilter, TextAnalyzer, Token, TokenStream, Tokenizer,
};

/// What the schema calls the analyzer below.
pub(super) const ANALYZER: &str = "clinical";

/// Clinical tokens, lower case, accents folded, English stop words out, stemmed.
pub(super) fn analyzer() -> TextAnalyzer {
    let builder = TextAnalyzer::builder(ClinicalTokenizer).filter(LowerCaser).filter(AsciiFoldingFilter);
    let stem = Stemmer::new(Language::English);
    match StopWordFilter::new(Language::English) {
        Some(stop) => builder.filter(stop).filter(stem).build(),
        // The list is compiled in; without it the index would still work.
        None => builder.filter(stem).build(),
    }
}

/// The terms of `text`: what two texts must share for the lexical arm to see a match.
pub fn terms(text: &str) -> HashSet<String> {
    let mut analyzer = analyzer();
    let mut stream = analyzer.token_stream(text);
    let mut terms = HashSet::new();
    stream.process(&mut |token| {
        terms.insert(token.text.clone());
    });
    terms
}

/// Splits at everything that is neither letter nor digit, but keeps decimal numbers whole (`0.5`), and gives compounds
/// both whole and in parts: `IL-6` is `IL-6`, `IL` and `6`; `HbA1c` is one token.
#[derive(Clone)]
struct ClinicalTokenizer;

impl Tokenizer for ClinicalTokenizer {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        Tokens { tokens: tokenize(text), at: None, spare: Token::default() }
    }
}

struct Tokens {
    tokens: Vec<Token>,
    at: Option<usize>,
    spare: Token,
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        let next = self.at.map_or(0, |at| at + 1);
        self.at = Some(next);
        next < self.tokens.len()
    }

    fn token(&self) -> &Token {
        self.at.and_then(|at| self.tokens.get(at)).unwrap_or(&self.spare)
    }

    fn token_mut(&mut self) -> &mut Token {
        match self.at {
            Some(at) if at < self.tokens.len() => &mut self.tokens[at],
            _ => &mut self.spare,
        }
    }
}

fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut position = 0;
    let mut start = None;
    let mut chars = text.char_indices().peekable();
    let mut before = None;
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|(_, c)| *c);
        let joins = match c {
            '.' | ',' => is_digit(before) && is_digit(after),
            '-' => before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric),
            _ => c.is_alphanumeric(),
        };
        match (joins, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                push_compound(text, from, at, &mut position, &mut tokens);
                start = None;
            }
            _ => {}
        }
        before = Some(c);
    }
    if let Some(from) = start {
        push_compound(text, from, text.len(), &mut position, &mut tokens);
    }
    tokens
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_digit())
}

fn push_compound(text: &str, from: usize, to: usize, position: &mut usize, tokens: &mut Vec<Token>) {
    let token = |from: usize, to: usize, position: usize| Token {
        offset_from: from,
        offset_to: to,
        position,
        text: text[from..to].to_owned(),
        position_length: 1,
    };
    let whole = &text[from..to];
    if whole.contains('-') {
        tokens.push(token(from, to, *position));
        let mut part = from;
        for piece in whole.split('-') {
            tokens.push(token(part, part + piece.len(), *position));
            part += piece.len() + 1;
            *position += 1;
        }
    } else {
        tokens.push(token(from, to, *position));
        *position += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokenize(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn clinical_tokens_stay_whole() {
        assert_eq!(words("HbA1c 0.5 mg/kg, 1,000 mL."), ["HbA1c", "0.5", "mg", "kg", "1,000", "mL"]);
        assert_eq!(words("IL-6 and COVID-19"), ["IL-6", "IL", "6", "and", "COVID-19", "COVID", "19"]);
        assert_eq!(words("β-blocker -5 a. b"), ["β-blocker", "β", "blocker", "5", "a", "b"]);
    }

    #[test]
    fn questions_and_passages_meet_in_their_terms() {
        let question = terms("Which antibiotics treat pneumonia?");
        let passage = terms("Pneumonia is treated with an antibiotic.");
        assert_eq!(question.intersection(&passage).count(), 3);
        assert!(!question.contains("which") || !passage.contains("with"));
    }
}
