//! What a sentence says that can be held against another: amounts, rhythms, medicines, routes, populations, strength,
//! direction, and its terms with their negation.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use vocabulary::vocabulary;

use crate::clauses::Clauses;
use crate::lexicon;
use crate::quantity::{Quantity, join, quantities};
use crate::schedule::{Schedule, schedules};
use crate::senses::{Axis, sense_at};
use crate::words::{Token, plain, tokens};

/// Something said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    Amount(Quantity),
    Rhythm(Schedule),
    /// A medicine, by its international name.
    Drug(&'static str),
    /// A sense of the lexicon.
    Sense(Axis, &'static str),
}

/// Something said, and where.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fact {
    pub(crate) said: Said,
    pub(crate) at: Range<usize>,
    /// As written.
    pub(crate) written: String,
    /// An instruction (`give`, `start`) has strength without a word for it.
    pub(crate) implied: bool,
}

/// A word that carries meaning.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    /// Stem of the standard word, or the name of the medicine or sense.
    pub(crate) key: String,
    pub(crate) written: String,
    pub(crate) at: usize,
    /// Words between which a negation reaches or not.
    pub(crate) region: usize,
    pub(crate) negated: bool,
    /// Whether a statement may not use it unless its source does.
    pub(crate) is_strong: bool,
}

/// Everything a sentence says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) facts: Vec<Fact>,
    pub(crate) terms: Vec<Term>,
    /// How far into the sentence each token stands; see [`places`].
    places: Vec<usize>,
    /// Where two things are compared: `than`, `versus`.
    pub(crate) frames: Vec<usize>,
    /// Where sentences after the first begin.
    pub(crate) breaks: Vec<usize>,
    pub(crate) length: usize,
}

impl Facts {
    /// Reads a sentence.
    pub(crate) fn read(sentence: &str) -> Self {
        let tokens = tokens(&plain(sentence));
        let mut reader = Reader::new(&tokens);
        reader.schedules();
        reader.drugs();
        reader.amounts();
        reader.senses();
        reader.instructions();
        reader.terms();
        reader.facts.sort_by_key(|fact| fact.at.start);
        let at_words = |is: fn(&str) -> bool| (0..tokens.len()).filter(|&at| is(&tokens[at].lower)).collect();
        Self {
            facts: reader.facts,
            terms: reader.terms,
            places: places(&tokens),
            frames: at_words(|lower| {
                matches!(lower, "than" | "versus" | "vs" | "compared" | "over" | "to" | "against")
            }),
            breaks: Vec::new(),
            length: tokens.len(),
        }
    }

    /// The sentence that a place is in, counted from 0.
    pub(crate) fn sentence(&self, place: usize) -> usize {
        self.breaks.partition_point(|start| *start <= place)
    }

    /// Puts `next` behind this, as the next sentence.
    pub(crate) fn append(&mut self, next: &Self) {
        // Neighbouring sentences are near, but not as near as neighbouring words.
        let offset = self.length + 8;
        let regions = self.terms.iter().map(|term| term.region + 1).max().unwrap_or_default();
        let moved = |range: &Range<usize>| range.start + offset..range.end + offset;
        self.facts.extend(next.facts.iter().map(|fact| Fact { at: moved(&fact.at), ..fact.clone() }));
        self.terms.extend(next.terms.iter().map(|term| Term {
            at: term.at + offset,
            region: term.region + regions,
            ..term.clone()
        }));
        self.breaks.push(offset);
        let last = self.places.last().copied().unwrap_or_default();
        self.places.resize(offset, last);
        self.places.extend(next.places.iter().map(|place| last + SENTENCE + place));
        self.frames.extend(next.frames.iter().map(|at| at + offset));
        self.length = offset + next.length;
    }

    /// How far a token stands from a fact.
    pub(crate) fn distance(&self, token: usize, to: &Range<usize>) -> usize {
        let place = |at: usize| self.places.get(at).copied().unwrap_or_default();
        if token < to.start {
            place(to.start).abs_diff(place(token))
        } else if token >= to.end {
            place(token).abs_diff(place(to.end.saturating_sub(1)))
        } else {
            0
        }
    }
}

/// The distance of neighbouring words.
pub(crate) const WORD: usize = 4;

/// What a sentence's end adds to the distance.
const SENTENCE: usize = 8 * WORD;

/// Where each token stands, so that what belongs together is near: a comma, `and` or `versus` counts for six words, and what
/// is in brackets belongs to the word before them.
fn places(tokens: &[Token]) -> Vec<usize> {
    let (mut place, mut depth) = (0, 0_usize);
    let mut places = Vec::with_capacity(tokens.len());
    for token in tokens {
        let joint = matches!(
            token.lower.as_str(),
            "," | ";"
                | ":"
                | "."
                | "and"
                | "or"
                | "versus"
                | "vs"
                | "than"
                | "but"
                | "|"
                | "compared"
                | "while"
                | "plus"
                | "then"
                | "whereas"
        );
        match token.lower.as_str() {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        place += match (depth > 0, joint) {
            (true, _) => 1,
            (false, true) => 6 * WORD,
            (false, false) => WORD,
        };
        places.push(place);
    }
    places
}

struct Reader<'a> {
    tokens: &'a [Token],
    taken: Vec<bool>,
    /// Phrases of several words that have equals.
    names: Vec<Range<usize>>,
    facts: Vec<Fact>,
    terms: Vec<Term>,
}

impl<'a> Reader<'a> {
    fn new(tokens: &'a [Token]) -> Self {
        let mut reader =
            Self { tokens, taken: vec![false; tokens.len()], names: Vec::new(), facts: Vec::new(), terms: Vec::new() };
        reader.names = reader.find_names();
        reader
    }

    fn take(&mut self, said: Said, at: Range<usize>, implied: bool) {
        self.taken[at.clone()].fill(true);
        let written = join(&self.tokens[at.clone()]);
        self.facts.push(Fact { said, at, written, implied });
    }

    /// The words from `at` on, hyphens and strokes left out, as the phrase tables have them.
    fn words(&self, at: usize) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        let tokens = self.tokens;
        tokens[at..].iter().filter(|token| !is_joint_sign(token)).map(|token| token.lower.as_str())
    }

    /// The tokens that `length` words from `at` on take.
    fn reach(&self, at: usize, length: usize) -> Range<usize> {
        let mut words = 0;
        let mut end = at;
        while words < length && end < self.tokens.len() {
            words += usize::from(!is_joint_sign(&self.tokens[end]));
            end += 1;
        }
        at..end
    }

    fn is_free(&self, range: &Range<usize>) -> bool {
        self.taken[range.clone()].iter().all(|taken| !taken)
    }

    fn schedules(&mut self) {
        for schedule in schedules(self.tokens) {
            let at = schedule.at.clone();
            self.take(Said::Rhythm(schedule), at, false);
        }
    }

    fn drugs(&mut self) {
        for at in 0..self.tokens.len() {
            if self.taken[at] || !self.tokens[at].is_word() {
                continue;
            }
            if let Some((length, drug)) = vocabulary().drug_at(self.words(at)) {
                let range = self.reach(at, length);
                // "Blood glucose" is no medicine.
                let part_of_name = self.names.iter().any(|name| name.contains(&at) && name.len() > range.len());
                if self.is_free(&range) && !part_of_name {
                    self.take(Said::Drug(&drug.name), range, false);
                }
            }
        }
    }

    fn amounts(&mut self) {
        for quantity in quantities(self.tokens, &self.taken) {
            let at = quantity.at.clone();
            if self.is_free(&at) && !self.is_label(at.start) {
                self.take(Said::Amount(quantity), at, false);
            }
        }
    }

    /// Whether a number or numeral is a name, as in "type 2" and "stage IV".
    fn is_label(&self, at: usize) -> bool {
        let labels = [
            "type", "stage", "stages", "grade", "class", "phase", "group", "step", "table", "figure", "category",
            "level", "part",
        ];
        at > 0 && labels.contains(&self.tokens[at - 1].lower.as_str())
    }

    /// Phrases of several words that have equals: "raised blood pressure" raises nothing.
    fn find_names(&self) -> Vec<Range<usize>> {
        let phrase = |at| Some(self.reach(at, vocabulary().synonym_at(self.words(at))?.0));
        (0..self.tokens.len()).filter_map(phrase).filter(|range| range.len() > 1).collect()
    }

    fn senses(&mut self) {
        for at in 0..self.tokens.len() {
            if self.taken[at] || !self.tokens[at].is_word() || self.tokens[at].lower == "iv" && self.is_label(at) {
                continue;
            }
            // A month, not a permission.
            if self.tokens[at].written == "May" && at > 0 && !lexicon::ends_clause(&self.tokens[at - 1].lower) {
                continue;
            }
            if let Some((length, (axis, value))) = sense_at(self.words(at)) {
                let range = self.reach(at, length);
                let part_of_name = !axis.is_population()
                    && self.names.iter().any(|name| name.contains(&at) && name.len() > range.len());
                if self.is_free(&range) && !part_of_name {
                    self.take(Said::Sense(axis, value), range, false);
                }
            }
        }
    }

    /// "Give …" is as strong as "… should be given".
    fn instructions(&mut self) {
        for at in 0..self.tokens.len() {
            let begins = at == 0
                || matches!(self.tokens[at - 1].lower.as_str(), "," | ";" | ":" | "." | "•" | "-" | "then" | "and");
            let is_noun = self.tokens.get(at + 1).is_none_or(|next| {
                matches!(next.lower.as_str(), "of" | "is" | "was" | "are" | "in" | "for" | "and" | "," | ".")
            });
            let negated = at >= 2 && self.tokens[at - 1].lower == "not" && self.tokens[at - 2].lower == "do";
            if (begins || negated) && !is_noun && lexicon::is_instruction(&self.tokens[at].lower) {
                let written = self.tokens[at].written.clone();
                self.facts.push(Fact {
                    said: Said::Sense(Axis::Strength, "should"),
                    at: at..at + 1,
                    written,
                    implied: true,
                });
            }
        }
    }

    /// Terms with their negation, clause by clause.
    fn terms(&mut self) {
        let amounts: Vec<Range<usize>> = self
            .facts
            .iter()
            .filter(|fact| matches!(fact.said, Said::Amount(_) | Said::Rhythm(_)))
            .map(|fact| fact.at.clone())
            .collect();
        let is_amount = |at: usize| amounts.iter().any(|amount| amount.contains(&at));
        let mut clauses = Clauses::default();
        let mut in_phrases = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let token = &self.tokens[at];
            if lexicon::ends_clause(&token.lower) {
                clauses.boundary(&token.lower);
                at += 1;
                continue;
            }
            // "Recommend against" is a recommendation and a negation.
            let negation = lexicon::negation_at(self.words(at))
                .filter(|(length, _)| !self.taken[at] || *length > 1 && !is_amount(at));
            if let Some((length, scope)) = negation {
                clauses.negate(scope);
                at = self.reach(at, length).end;
                continue;
            }
            if is_preposition(&token.lower) {
                clauses.end_phrase();
            }
            if let Some((key, range, is_strong)) = self.term_at(at) {
                let (region, in_phrase) = clauses.next_term();
                let written = join(&self.tokens[range.clone()]);
                let opposite = self.tokens[at].lower.as_str();
                let flipped = lexicon::positive_of(opposite).is_some();
                self.terms.push(Term { key, written, at, region, negated: flipped, is_strong });
                in_phrases.push(in_phrase);
                at = range.end;
            } else {
                at += 1;
            }
        }
        for (term, in_phrase) in self.terms.iter_mut().zip(in_phrases) {
            term.negated ^= in_phrase || clauses.is_negated(term.region);
        }
    }

    fn term_at(&self, at: usize) -> Option<(String, Range<usize>, bool)> {
        let token = &self.tokens[at];
        if let Some(fact) = self.facts.iter().find(|fact| fact.at.contains(&at) && !fact.implied) {
            let key = match &fact.said {
                Said::Drug(name) => (*name).to_owned(),
                // A population is what a statement is about, as a medicine is.
                Said::Sense(axis, name) if axis.is_population() => (*name).to_owned(),
                // "used" and "recommended" are negated as other verbs are.
                Said::Sense(Axis::Strength, "should") if fact.written.contains("recommend") => "recommend".to_owned(),
                Said::Sense(Axis::Strength, "should") if fact.written.contains("indicated") => "indicat".to_owned(),
                _ => return None,
            };
            return (fact.at.start == at).then(|| (key, fact.at.clone(), false));
        }
        if !token.is_word() || lexicon::is_function_word(&token.lower) {
            return None;
        }
        if let Some((length, group)) = vocabulary().synonym_at(self.words(at)) {
            let range = self.reach(at, length);
            if self.is_free(&range) {
                return Some((stem_phrase(&group[0]), range, !lexicon::is_light_word(&token.lower)));
            }
        }
        if self.tokens.get(at + 1).is_some_and(|_| self.is_label(at + 1)) && !self.taken[at + 1] {
            let key = format!("{} {}", token.lower, self.tokens[at + 1].lower);
            if self.tokens[at + 1].lower.chars().all(|c| c.is_ascii_digit() || matches!(c, 'i' | 'v')) {
                return Some((key, at..at + 2, true));
            }
        }
        let positive = lexicon::positive_of(&token.lower).unwrap_or(&token.lower);
        let is_strong = !lexicon::is_light_word(&token.lower) && token.lower.chars().count() > 2;
        Some((stem(positive), at..at + 1, is_strong))
    }
}

fn is_preposition(lower: &str) -> bool {
    matches!(
        lower,
        "in" | "for" | "with" | "at" | "by" | "on" | "to" | "during" | "after" | "before" | "from" | "among" | "and"
    )
}

fn is_joint_sign(token: &Token) -> bool {
    matches!(token.written.as_str(), "-" | "/" | "'")
}

fn stem_phrase(phrase: &str) -> String {
    phrase.split(' ').map(stem).collect::<Vec<_>>().join(" ")
}

/// The Snowball stem of a word in lower case. Kept, because a passage repeats its words.
fn stem(word: &str) -> String {
    static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));
    thread_local! { static KNOWN: RefCell<HashMap<String, String>> = RefCell::default(); }
    KNOWN.with_borrow_mut(|known| {
        if let Some(stem) = known.get(word) {
            return stem.clone();
        }
        // The vocabulary of a corpus is finite; that of an attacker is not.
        if known.len() > 50_000 {
            known.clear();
        }
        let stem = STEMMER.stem(word).into_owned();
        known.insert(word.to_owned(), stem.clone());
        stem
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negated(text: &str) -> Vec<String> {
        Facts::read(text).terms.into_iter().filter(|term| term.negated).map(|term| term.written).collect()
    }

    #[test]
    fn negation_reaches_as_far_as_it_should() {
        assert_eq!(negated("Do not give aspirin, give paracetamol."), ["give", "aspirin"]);
        assert_eq!(negated("Metformin (oral) is contraindicated if eGFR falls."), ["Metformin"]);
        assert_eq!(negated("Give fluids to patients without shock."), ["shock"]);
        assert_eq!(negated("It is not contraindicated in asthma."), Vec::<String>::new());
        assert_eq!(negated("Treat if the pressure is not controlled."), ["pressure", "controlled"]);
        assert_eq!(negated("The drug was ineffective."), ["ineffective"]);
        assert_eq!(negated("Give no more than 4 g."), Vec::<String>::new());
    }

    #[test]
    fn a_sentence_is_read_for_all_it_says() {
        let facts =
            Facts::read("In adults, acetaminophen 1 g should be given orally every 6 hours (maximum 4 g a day).");
        let said: Vec<String> = facts.facts.iter().map(|fact| fact.written.clone()).collect();
        assert_eq!(
            said,
            ["adults", "acetaminophen", "1 g", "should", "orally", "every 6 hours", "maximum 4 g", "a day"]
        );
        assert_eq!(facts.facts[1].said, Said::Drug("paracetamol"));
    }
}
