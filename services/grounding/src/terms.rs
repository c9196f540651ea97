//! The terms of a sentence: words that carry meaning, and what denies them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use vocabulary::vocabulary;

use crate::clauses::{Clauses, Denial, Place};
use crate::facts::{Reader, Said};
use crate::lexicon::{self, Scope};
use crate::quantity::join;
use crate::senses::Axis;
use crate::words::Token;

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
    /// What negates it, if it is negated.
    pub(crate) by: Denial,
    /// Whether it stands near what negates it.
    pub(crate) is_near: bool,
    /// Whether its clause is negated.
    pub(crate) in_negated_clause: bool,
    /// Whether a statement may not use it unless its source does.
    pub(crate) is_strong: bool,
}

impl Term {
    fn new(key: String, tokens: &[Token], at: Range<usize>, place: Place) -> Self {
        Self {
            key,
            written: join(&tokens[at.clone()]),
            at: at.start,
            region: place.region,
            negated: place.in_phrase,
            by: if place.in_phrase { Denial::Phrase } else { Denial::Clause },
            is_near: place.is_near,
            in_negated_clause: false,
            is_strong: false,
        }
    }

    /// Takes what the whole sentence says of it: negations may come after it.
    fn settle(&mut self, is_opposite: bool, clauses: &Clauses) {
        self.in_negated_clause = clauses.is_negated(self.region);
        self.negated = is_opposite != (self.negated || self.in_negated_clause);
        if is_opposite {
            self.by = Denial::Prefix;
        } else if self.by == Denial::Clause {
            self.by = clauses.denial(self.region);
        }
    }
}

/// What is said of the word or words at some place.
struct Found {
    key: String,
    at: Range<usize>,
    is_strong: bool,
    /// It is the opposite of its key: `unsafe`.
    is_opposite: bool,
}

impl Reader<'_> {
    /// Reads the terms with their negation, clause by clause; returns whether what would come next is denied.
    pub(crate) fn terms(&mut self) -> bool {
        let amounts: Vec<Range<usize>> = self
            .facts
            .iter()
            .filter(|fact| matches!(fact.said, Said::Amount(_) | Said::Rhythm(_)))
            .map(|fact| fact.at.clone())
            .collect();
        let is_amount = |at: usize| amounts.iter().any(|amount| amount.contains(&at));
        let mut clauses = Clauses::default();
        let mut opposites = Vec::new();
        let mut after_non = false;
        let mut at = 0;
        while at < self.tokens.len() {
            let token = &self.tokens[at];
            // "Recommend against" is a recommendation and a negation, "unless" a condition and an exception.
            let negation = lexicon::negation_at(self.words(at)).filter(|(length, scope)| {
                *scope == Scope::Exception || !self.taken[at] || *length > 1 && !is_amount(at)
            });
            let is_exception = matches!(negation, Some((_, Scope::Exception)));
            // "Not given, including in pregnancy": still not given.
            let next = self.tokens.get(at + 1).map_or("", |next| next.lower.as_str());
            if token.lower == "," && lexicon::goes_on(next) {
                clauses.end_phrase();
                at += 1;
                continue;
            }
            if lexicon::ends_clause(&token.lower) && !is_exception {
                clauses.boundary(&token.lower);
                at += 1;
                continue;
            }
            if let Some((length, scope)) = negation {
                clauses.negate(scope);
                at = self.reach(at, length).end;
                continue;
            }
            let is_order = lexicon::is_instruction(&token.lower) && clauses.in_phrase();
            if is_preposition(&token.lower) || is_order {
                clauses.end_phrase();
            } else if token.lower == "of" || lexicon::is_auxiliary(&token.lower) {
                clauses.doubt_phrase();
            }
            if let Some((key, range)) = self.move_at(at) {
                self.moves.push(Term::new(key, self.tokens, range, clauses.here()));
            }
            if token.lower == "non" && self.is_prefix(at) {
                after_non = true;
                at += 1;
                continue;
            }
            if let Some(Found { key, at: range, is_strong, is_opposite }) = self.term_at(at) {
                let is_fact = self.taken[range.start];
                at = range.end;
                let place = clauses.next_term(is_strong || is_fact);
                self.terms.push(Term { is_strong, ..Term::new(key, self.tokens, range, place) });
                opposites.push(is_opposite != after_non);
                after_non = false;
            } else {
                at += 1;
            }
        }
        let moves = self.moves.iter_mut().map(|one| (one, false));
        for (term, is_opposite) in self.terms.iter_mut().zip(opposites).chain(moves) {
            term.settle(is_opposite, &clauses);
        }
        clauses.denies_next()
    }

    /// Whether "non" stands before a word by itself, and not at the start of a phrase that has equals.
    fn is_prefix(&self, at: usize) -> bool {
        !self.taken[at] && vocabulary().synonym_at(self.words(at)).is_none()
    }

    /// A word for more, less, better or worse.
    fn move_at(&self, at: usize) -> Option<(String, Range<usize>)> {
        let fact = self.facts.iter().find(|fact| fact.at.start == at && !fact.implied)?;
        match fact.said {
            Said::Sense(Axis::Direction | Axis::Merit, value) => Some((value.to_owned(), fact.at.clone())),
            _ => None,
        }
    }

    fn term_at(&self, at: usize) -> Option<Found> {
        let token = &self.tokens[at];
        let found =
            |key: String, at: Range<usize>, is_strong: bool| Some(Found { key, at, is_strong, is_opposite: false });
        let is_whole = |said: &Said| !matches!(said, Said::Sense(Axis::Extent, _));
        let fact = self.facts.iter().find(|fact| fact.at.contains(&at) && !fact.implied && is_whole(&fact.said));
        if let Some(fact) = fact {
            let key = match &fact.said {
                Said::Drug(name) => (*name).to_owned(),
                // A population is what a statement is about, as a medicine is.
                Said::Sense(axis, name) if axis.is_population() => (*name).to_owned(),
                // Nobody has to say "first".
                Said::Sense(Axis::Ordinal, name) if *name != "first" => {
                    return found((*name).to_owned(), fact.at.clone(), true);
                }
                // "used" and "recommended" are negated as other verbs are.
                Said::Sense(Axis::Strength, "should") if fact.written.contains("recommend") => "recommend".to_owned(),
                Said::Sense(Axis::Strength, "should") if fact.written.contains("indicated") => "indicat".to_owned(),
                _ => return None,
            };
            return if fact.at.start == at { found(key, fact.at.clone(), false) } else { None };
        }
        if !token.is_word() || lexicon::is_function_word(&token.lower) {
            return None;
        }
        if let Some((length, group)) = vocabulary().synonym_at(self.words(at)) {
            let range = self.reach(at, length);
            if self.is_free(&range) {
                return found(stem_phrase(&group[0]), range, !lexicon::is_light_word(&token.lower));
            }
        }
        if let Some(next) = self.tokens.get(at + 1).filter(|_| !self.taken[at + 1])
            && let Some(name) = label_name(&token.lower, next)
        {
            return found(format!("{} {name}", token.lower), at..at + 2, true);
        }
        let positive = lexicon::positive_of(&token.lower);
        Some(Found {
            key: stem(positive.unwrap_or(&token.lower)),
            at: at..at + 1,
            is_strong: !lexicon::is_light_word(&token.lower) && is_long(&token.lower),
            is_opposite: positive.is_some(),
        })
    }
}

/// Whether a word is long enough to say something, or a name with a number in it.
fn is_long(lower: &str) -> bool {
    lower.chars().count() > 2 || lower.chars().any(|c| c.is_ascii_digit())
}

/// The name that follows a noun: the 2 of "type 2", the 4 of "stage IV", the b of "hepatitis B".
fn label_name(noun: &str, next: &Token) -> Option<String> {
    let is_letter = next.written.len() == 1 && next.written.starts_with(|c: char| c.is_ascii_uppercase());
    let is_digits = next.lower.chars().all(|c| c.is_ascii_digit());
    let roman = ["i", "ii", "iii", "iv", "v", "vi"].iter().position(|roman| *roman == next.lower);
    match roman {
        Some(at) if lexicon::is_label(noun) => Some((at + 1).to_string()),
        _ if is_digits && lexicon::is_label(noun) || is_letter && lexicon::takes_letter(noun) => {
            Some(next.lower.clone())
        }
        _ => None,
    }
}

fn is_preposition(lower: &str) -> bool {
    matches!(
        lower,
        "in" | "for" | "with" | "at" | "by" | "on" | "to" | "during" | "after" | "before" | "from" | "among" | "and"
    )
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
