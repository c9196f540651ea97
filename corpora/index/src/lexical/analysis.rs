//! From text to terms, the same for passages and questions.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, RawTokenizer, Stemmer, StopWordFilter, TextAnalyzer, Token, TokenStream, Tokenizer,
};

use super::measures::Measures;
use super::spelling;

/// What the schema calls the analyzer of passages.
/// Its name is part of the schema: an index whose terms were made by other rules is not read, and built anew.
pub(super) const ANALYZER: &str = "clinical-4";

/// Words that a letter or a Roman one behind makes into another name. Alone the letter is an article or a pronoun, which says
/// nothing: without this, hepatitis A is every hepatitis.
const NAMED_BY_LETTER: &[&str] = &[
    "angiotensin",
    "angiotensins",
    "apolipoprotein",
    "botulinum",
    "class",
    "cyclosporin",
    "factor",
    "grade",
    "group",
    "haemophilia",
    "hemophilia",
    "hepatitis",
    "immunoglobulin",
    "influenza",
    "interferon",
    "phase",
    "protein",
    "stage",
    "troponin",
    "type",
    "vitamin",
];

/// Words that make a sentence a question. In questions they say nothing of what is looked for; in passages they are rare, so
/// that BM25 would take them for what matters most.
const QUESTION_WORDS: &[&str] = &[
    "about", "am", "any", "been", "being", "between", "can", "could", "describe", "did", "do", "does", "doing", "done",
    "explain", "give", "had", "has", "have", "having", "he", "her", "here", "him", "his", "how", "i", "its", "know",
    "known", "list", "may", "me", "might", "must", "my", "name", "our", "please", "shall", "she", "should", "some",
    "tell", "than", "them", "us", "versus", "vs", "we", "were", "what", "when", "where", "which", "who", "whom",
    "whose", "why", "would", "you", "your",
];

/// Made once: lists of words are read into tables.
static OF_PASSAGES: LazyLock<TextAnalyzer> = LazyLock::new(|| build(ClinicalTokenizer, Vec::new()));
static OF_QUESTIONS: LazyLock<TextAnalyzer> =
    LazyLock::new(|| build(ClinicalTokenizer, QUESTION_WORDS.iter().map(|word| (*word).to_owned()).collect()));
static WITH_WHO: LazyLock<TextAnalyzer> = LazyLock::new(|| {
    let words = QUESTION_WORDS.iter().filter(|word| **word != "who").map(|word| (*word).to_owned());
    build(ClinicalTokenizer, words.collect())
});
static OF_WORDS: LazyLock<TextAnalyzer> = LazyLock::new(|| build(RawTokenizer::default(), Vec::new()));

/// Clinical tokens in one spelling, lower case, accents folded, English stop words out, stemmed.
pub(super) fn analyzer() -> TextAnalyzer {
    OF_PASSAGES.clone()
}

fn build(tokenizer: impl Tokenizer, more_stop_words: Vec<String>) -> TextAnalyzer {
    let builder =
        TextAnalyzer::builder(tokenizer).filter(AsciiFoldingFilter).filter(StopWordFilter::remove(more_stop_words));
    let stem = Stemmer::new(Language::English);
    match StopWordFilter::new(Language::English) {
        Some(stop) => builder.filter(stop).filter(stem).build(),
        // The list is compiled in; without it the index would still work.
        None => builder.filter(stem).build(),
    }
}

/// Finds some terms in many texts, faster than by all [`terms`] of each: a word that came before is not stemmed again.
pub struct Finder<'t> {
    /// The terms, each with its place.
    places: &'t HashMap<String, usize>,
    /// Places of the words that came before.
    seen: HashMap<String, Option<usize>>,
    stem: TextAnalyzer,
}

impl<'t> Finder<'t> {
    /// A finder of terms, each with its place.
    pub fn of(places: &'t HashMap<String, usize>) -> Self {
        Self { places, seen: HashMap::new(), stem: OF_WORDS.clone() }
    }

    /// Marks the terms that stand in a text, by their places. `held` has one element for each place.
    pub fn mark(&mut self, text: &str, held: &mut [bool]) {
        for token in tokenize(text) {
            let place = self.seen.entry(token.text).or_insert_with_key(|word| {
                let mut stream = self.stem.token_stream(word);
                let term = stream.next().map(|token| token.text.as_str());
                term.and_then(|term| self.places.get(term)).copied()
            });
            if let Some(held) = place.and_then(|place| held.get_mut(place)) {
                *held = true;
            }
        }
    }
}

/// The terms of `text`: what two texts must share for the lexical arm to see a match.
pub fn terms(text: &str) -> HashSet<String> {
    in_order(analyzer(), text).into_iter().collect()
}

/// The terms of a question, in its order, each once: those of its text less the words that only ask. A question of nothing
/// else is searched as it stands.
pub fn question_terms(text: &str) -> Vec<String> {
    // In capitals WHO is an organisation.
    let organisation = text.split(|c: char| !c.is_alphanumeric()).any(|word| word == "WHO");
    let asked = in_order(if organisation { WITH_WHO.clone() } else { OF_QUESTIONS.clone() }, text);
    let terms = if asked.is_empty() { in_order(analyzer(), text) } else { asked };
    let mut seen = HashSet::new();
    terms.into_iter().filter(|term| seen.insert(term.clone())).collect()
}

/// The words of `text` as they stand there, but in lower case, each with its terms.
pub(super) fn words_with_terms(text: &str) -> Vec<(String, Vec<String>)> {
    let mut words: Vec<(usize, String, Vec<String>)> = Vec::new();
    let mut analyzer = analyzer();
    let mut stream = analyzer.token_stream(text);
    stream.process(&mut |token| match words.last_mut().filter(|(from, ..)| *from == token.offset_from) {
        Some((.., terms)) => terms.push(token.text.clone()),
        None => {
            let word = text[token.offset_from..token.offset_to].to_lowercase();
            words.push((token.offset_from, word, vec![token.text.clone()]));
        }
    });
    words.into_iter().map(|(_, word, terms)| (word, terms)).collect()
}

fn in_order(mut analyzer: TextAnalyzer, text: &str) -> Vec<String> {
    let mut stream = analyzer.token_stream(text);
    let mut terms = Vec::new();
    stream.process(&mut |token| terms.push(token.text.clone()));
    terms
}

/// Splits at everything that is neither letter nor digit, but keeps decimal numbers whole (`0.5`), and gives compounds in
/// their parts and as one word, so that writing them together, apart or with a hyphen is the same: `IL-6` is `il6`, `il` and
/// `6`. Greek letters are written out (`TNF-α`), and a number is parted from its unit (`10mg`). A letter that names (`hepatitis
/// A`) is joined to what it names, as a hyphen would; a number to its unit, see [`Measures`].
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
    let mut start = None;
    let mut before = None;
    let (mut last, mut last_end): (Option<&str>, usize) = (None, 0);
    let mut measures = Measures::default();
    let mut end = |from: usize, to: usize, tokens: &mut Vec<Token>| {
        let run = &text[from..to];
        let lower = in_lower_case(run);
        let (whole, compound);
        let parts: &[&str] = if spelling::is_plain(&lower) {
            whole = [&*lower];
            &whole
        } else {
            compound = parts(&lower);
            &compound
        };
        push_compound(run, parts, from, tokens);
        for text in measures.read(&text[last_end..from], parts, &text[to..]) {
            let position = tokens.last().map_or(0, |token| token.position);
            let is_there =
                tokens.iter().rev().take_while(|token| token.offset_from == from).any(|token| token.text == text);
            if !is_there {
                tokens.push(Token { offset_from: from, offset_to: to, position, text, position_length: 1 });
            }
        }
        if let (Some(named), "A" | "a" | "I" | "i") = (last.filter(|_| text[..from].ends_with([' ', '-'])), run) {
            let named = named.to_lowercase();
            if NAMED_BY_LETTER.contains(&named.as_str()) {
                let text = format!("{}{}", spelling::standard(&named), run.to_lowercase());
                let position = tokens.last().map_or(0, |token| token.position);
                tokens.push(Token { offset_from: from, offset_to: to, position, text, position_length: 1 });
            }
        }
        (last, last_end) = (Some(run), to);
    };
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|(_, c)| *c);
        let is_joined = |by: fn(char) -> bool| before.is_some_and(by) && after.is_some_and(by);
        let joins = match c {
            // The Lancet and others print decimal points in the middle of the line.
            '.' | ',' | '\u{b7}' => is_joined(|c| c.is_ascii_digit()),
            '-' | '\u{2010}' | '\u{2011}' | '\'' | '\u{2019}' => is_joined(char::is_alphanumeric),
            _ => c.is_alphanumeric(),
        };
        match (joins, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                end(from, at, &mut tokens);
                start = None;
            }
            _ => {}
        }
        before = Some(c);
    }
    if let Some(from) = start {
        end(from, text.len(), &mut tokens);
    }
    tokens
}

/// A run of letters, digits and joints in lower case. The owner of a disease is the same with and without the s.
fn in_lower_case(run: &str) -> Cow<'_, str> {
    if run.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Cow::Borrowed(run);
    }
    let lower = run.to_lowercase();
    if !lower.contains(['\u{2019}', '\'']) {
        return Cow::Owned(lower);
    }
    let lower = lower.replace('\u{2019}', "'");
    Cow::Owned(lower.strip_suffix("'s").unwrap_or(&lower).replace('\'', ""))
}

fn parts(run: &str) -> Vec<&str> {
    run.split(['-', '\u{2010}', '\u{2011}']).flat_map(spelling::parts).collect()
}

/// Pushes what a run with these parts is found by.
fn push_compound(run: &str, parts: &[&str], from: usize, tokens: &mut Vec<Token>) {
    let position = tokens.last().map_or(0, |token| token.position + 1);
    let mut push = |text: String, position| {
        let (offset_from, offset_to) = (from, from + run.len());
        tokens.push(Token { offset_from, offset_to, position, text, position_length: 1 });
    };
    let spelt = |part: &&str| spelling::standard(&spelling::number(part));
    if let [_, _, ..] = parts[..] {
        push(parts.iter().map(spelt).collect(), position);
    }
    for (at, part) in parts.iter().enumerate() {
        push(spelt(part), position + at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms_in_order(text: &str) -> Vec<String> {
        let mut seen = HashSet::new();
        in_order(analyzer(), text).into_iter().filter(|term| seen.insert(term.clone())).collect()
    }

    fn words(text: &str) -> Vec<String> {
        tokenize(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn clinical_tokens_stay_whole() {
        assert_eq!(words("HbA1c 0.5 mg/kg, 1,000 mL."), ["hba1c", "0.5", "mg", "0.5mg", "kg", "1000", "ml", "1000ml"]);
        assert_eq!(words("IL-6 and COVID-19"), ["il6", "il", "6", "and", "covid19", "covid", "19"]);
        assert_eq!(words("β-blocker -5 a. b"), ["betablocker", "beta", "blocker", "5", "a", "b"]);
        assert_eq!(words("Crohn's, Crohn’s and Crohn"), ["crohn", "crohn", "and", "crohn"]);
        assert_eq!(words("0·5 to 10mg"), ["0.5", "to", "10mg", "10", "mg", "0.5mg"]);
        assert_eq!(words("1,2 and 3"), ["1,2", "and", "3"]);
    }

    #[test]
    fn ways_of_writing_one_thing_meet() {
        let same = |a: &str, b: &str| {
            let (a, b) = (terms(a), terms(b));
            assert!(a.intersection(&b).next().is_some(), "{a:?} {b:?}");
        };
        same("IL-6", "IL6");
        same("TNFα", "TNF-alpha");
        same("500mg", "500 mg");
        same("haemorrhage", "hemorrhages");
        same("coeliac", "celiac");
        same("COX-2", "cox2");
        same("beta-blockers", "β-blocker");
        same("50 mcg", "50µg");
        for unit in ["µg", "μg", "ug", "micrograms", "microgram"] {
            assert_eq!(terms(unit), terms("mcg"), "{unit}");
        }
        for (name, unit) in [("milligrams", "mg"), ("kilogram", "kg"), ("kilograms", "kg"), ("5 grams", "5 g")] {
            assert_eq!(terms(name), terms(unit), "{name}");
        }
        assert!(!terms("Gram-negative sepsis").contains("g"));
    }

    #[test]
    fn a_finder_finds_all_terms_of_a_text_and_no_others() {
        let texts = ["Statins in statin users: 10 mg, and HbA1c.", "No statin; the 5 mg.", "", "Crohn's, hepatitis A."];
        let all: HashSet<String> = texts.iter().flat_map(|text| terms(text)).collect();
        let places: HashMap<String, usize> = all.into_iter().enumerate().map(|(place, term)| (term, place)).collect();
        let mut finder = Finder::of(&places);
        for text in texts.iter().chain(&texts) {
            let mut held = vec![false; places.len()];
            finder.mark(text, &mut held);
            let found: HashSet<String> =
                places.iter().filter(|(_, at)| held[**at]).map(|(term, _)| term.clone()).collect();
            assert_eq!(found, terms(text), "{text}");
        }
    }

    #[test]
    fn a_letter_that_names_is_no_article() {
        let shared = |a: &str, b: &str| terms(a).intersection(&terms(b)).count();
        assert_eq!(shared("hepatitis A vaccine", "vaccination against hepatitis A"), 3);
        assert_eq!(shared("hepatitis A vaccine", "hepatitis-A vaccines"), 3);
        assert_eq!(shared("hepatitis A", "a hepatitis B"), 1);
        assert_eq!(shared("vitamin a deficiency", "deficiency of vitamin A"), 3);
        assert!(question_terms("angiotensin I").contains(&"angiotensini".to_owned()));
        assert_eq!(question_terms("a vaccine I can have"), ["vaccin"]);
    }

    #[test]
    fn questions_and_passages_meet_in_their_terms() {
        let question = terms("Which antibiotics treat pneumonia?");
        let passage = terms("Pneumonia is treated with an antibiotic.");
        assert_eq!(question.intersection(&passage).count(), 3);
        assert_eq!(question_terms("Which antibiotics treat pneumonia?").len(), 3);
        assert_eq!(question_terms("How do you do?"), terms_in_order("how do you do"), "nothing else to look for");
    }
}
