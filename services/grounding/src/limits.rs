//! What bounds what a sentence says: conditions, cautions, and those of whom it is said.

use std::ops::Range;
use std::sync::LazyLock;

use vocabulary::Phrases;

use crate::clauses::List;
use crate::facts::{Fact, Reader, Said};
use crate::lexicon;
use crate::relate::says_for_whom;
use crate::senses::Axis;
use crate::words::Token;

/// What bounds something said, and where.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Limit {
    pub(crate) kind: Kind,
    pub(crate) at: Range<usize>,
    pub(crate) written: String,
    /// What it bounds stands behind it: "if X, do Y".
    pub(crate) is_ahead: bool,
}

/// In what it bounds something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// On what it depends, or what is excepted.
    Condition,
    /// Of whom it is said: "people with X".
    OfWhom,
    /// A population that stands by itself, not in a list.
    Population,
    /// How it is done.
    Caution,
    /// That it is not done, or seldom: "withdrawal of", "few".
    Lack,
    /// That it is dangerous or the like.
    Harm,
    /// What an exception is made of.
    Exception,
    /// In what way something is not done: "not routinely".
    Manner,
}

const PHRASES: &[(Kind, &[&str])] = &[
    (
        Kind::Condition,
        &[
            "if",
            "unless",
            "until",
            "till",
            "when",
            "whenever",
            "once",
            "where",
            "provided that",
            "provided the",
            "provided there",
            "providing that",
            "providing the",
            "as long as",
            "so long as",
            "in the absence of",
            "in the presence of",
        ],
    ),
    (
        Kind::Exception,
        &[
            "except",
            "excepting",
            "excluding",
            "other than",
            "apart from",
            "aside from",
            "with the exception of",
            "bar those",
            "bar people",
            "bar patients",
            "save those",
            "save in",
            "save for",
            "all but",
            "everyone but",
        ],
    ),
    (
        Kind::Caution,
        &[
            "caution",
            "cautiously",
            "cautious",
            "carefully",
            "slowly",
            "supervision",
            "supervised",
            "diluted",
            "low dose",
            "high dose",
            "short term",
            "long term",
        ],
    ),
    (
        Kind::Harm,
        &[
            "dangerous",
            "harmful",
            "hazardous",
            "unsafe",
            "ineffective",
            "inappropriate",
            "unsuitable",
            "inadvisable",
            "unwise",
            "unacceptable",
            "fatal",
            "lethal",
            "toxic",
            "useless",
            "futile",
            "obsolete",
        ],
    ),
    (
        Kind::Lack,
        &[
            "withdrawal",
            "omission",
            "cessation",
            "discontinuation",
            "failure to",
            "failing to",
            "avoidance of",
            "removal",
            "remove",
            "removed",
            "few",
            "little",
            "stopping",
            "quitting",
            "giving up",
            "discontinuing",
            "withholding",
            "withdrawing",
            "omitting",
        ],
    ),
];

/// The kind of the longest phrase that words begin with, and the words it takes.
fn phrase_at<'a>(words: impl Iterator<Item = &'a str> + Clone) -> Option<(usize, Kind)> {
    static TABLE: LazyLock<Phrases<Kind>> = LazyLock::new(|| {
        let mut table = Phrases::default();
        for (kind, phrases) in PHRASES {
            phrases.iter().for_each(|phrase| table.insert(phrase, *kind));
        }
        table
    });
    TABLE.longest(words).map(|(length, kind)| (length, *kind))
}

impl Reader<'_> {
    /// The limits of the sentence.
    pub(crate) fn limits(&self) -> Vec<Limit> {
        (0..self.tokens.len()).filter_map(|at| self.limit_at(at)).collect()
    }

    fn limit_at(&self, at: usize) -> Option<Limit> {
        let tokens = self.tokens;
        if !tokens[at].is_word() {
            return None;
        }
        let Some((length, kind)) = phrase_at(self.words(at)) else {
            let manner = || is_manner(&tokens[at].lower).then(|| limit(tokens, Kind::Manner, at..at + 1, false));
            return of_whom_at(tokens, at).or_else(|| self.population_at(at)).or_else(manner);
        };
        let end = self.reach(at, length).end;
        let is_meant = match kind {
            Kind::Exception if tokens[at].lower == "excluding" && !self.excludes_people(at) => false,
            Kind::Condition | Kind::Exception => return condition(tokens, kind, at, end),
            Kind::Harm => matches!(before(tokens, at), "is" | "are" | "was" | "were" | "be" | "been"),
            // "A few", "the next few months".
            Kind::Lack if matches!(tokens[at].lower.as_str(), "few" | "little") => {
                !matches!(before(tokens, at), "a" | "the" | "these" | "next" | "past" | "last" | "first")
            }
            _ => true,
        };
        is_meant.then(|| limit(tokens, kind, at..end, false))
    }

    fn population_at(&self, at: usize) -> Option<Limit> {
        let people = self.facts.iter().find(|fact| fact.at.start == at && says_for_whom(&fact.said))?;
        let (before, next) = (before(self.tokens, at), lower(self.tokens, people.at.end));
        let is_joint = |lower: &str| matches!(lower, "or" | "and" | "/" | "nor");
        let goes_on = next == "," && self.lists(people.at.end) != List::No;
        let is_single = !is_joint(before) && !is_joint(next) && !goes_on;
        is_single.then(|| limit(self.tokens, Kind::Population, people.at.clone(), false))
    }

    /// Whether "excluding" makes an exception of people; diseases are excluded by tests.
    pub(crate) fn excludes_people(&self, at: usize) -> bool {
        let near = at + 1..at + 4;
        let is_person =
            |at: usize| matches!(lower(self.tokens, at), "those") || lexicon::is_person(lower(self.tokens, at));
        let is_people =
            |fact: &Fact| matches!(fact.said, Said::Sense(Axis::Age | Axis::Sex, _)) && near.contains(&fact.at.start);
        near.clone().any(is_person) || self.facts.iter().any(is_people)
    }
}

fn lower(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.lower.as_str())
}

fn before(tokens: &[Token], at: usize) -> &str {
    at.checked_sub(1).map_or("", |at| lower(tokens, at))
}

fn limit(tokens: &[Token], kind: Kind, at: Range<usize>, is_ahead: bool) -> Limit {
    let words: Vec<&str> = tokens[at.clone()].iter().map(|token| token.written.as_str()).collect();
    Limit { kind, at, written: words.join(" "), is_ahead }
}

/// Whether a condition is over.
fn ends(lower: &str) -> bool {
    matches!(lower, "," | "." | ";" | ":" | "(" | ")" | "[" | "]" | "but" | "then" | "however" | "•" | "|" | "!" | "?")
}

fn condition(tokens: &[Token], kind: Kind, at: usize, start: usize) -> Option<Limit> {
    let (next, before) = (lower(tokens, start), before(tokens, at));
    let is_count = next.starts_with(|c: char| c.is_ascii_digit());
    let is_other = match lower(tokens, at) {
        // "Once daily", "at once".
        "once" => before == "at" || is_count || !is_subject(next),
        "as" | "so" => is_count,
        "where" | "when" => matches!(before, "of" | "from" | "about"),
        _ => false,
    };
    if is_other || next.is_empty() || ends(next) {
        return None;
    }
    let end = start + tokens.get(start..)?.iter().take_while(|token| !ends(&token.lower)).count();
    let begins = before.is_empty() || ends(before) || matches!(before, "and" | "or" | "-" | "–");
    Some(limit(tokens, kind, at..end, begins && lower(tokens, end) == ","))
}

/// Whether a word may begin the subject of a clause.
fn is_subject(lower: &str) -> bool {
    let is_other = matches!(
        lower,
        "a" | "an"
            | "per"
            | "every"
            | "each"
            | "or"
            | "and"
            | "only"
            | "again"
            | "more"
            | "in"
            | "at"
            | "by"
            | "on"
            | "for"
            | "daily"
            | "weekly"
            | "fortnightly"
            | "monthly"
            | "yearly"
            | "annually"
            | "nightly"
            | "to"
    );
    !is_other && lower.chars().any(char::is_alphabetic)
}

/// "People with X", "those who have X".
fn of_whom_at(tokens: &[Token], at: usize) -> Option<Limit> {
    let person = lower(tokens, at);
    let mark = lower(tokens, at + 1);
    let is_person = lexicon::is_person(person) || matches!(person, "those" | "anyone" | "everyone");
    let is_bound = matches!(mark, "over" | "under" | "above" | "below" | "aged" | "older" | "younger");
    if !is_person || !is_bound && !matches!(mark, "with" | "who" | "whose" | "taking" | "on" | "receiving" | "having") {
        return None;
    }
    // The verb of "who are …" is not yet that of the sentence.
    let verb = usize::from(matches!(mark, "who" | "whose") && lexicon::is_auxiliary(lower(tokens, at + 2)));
    let start = at + 2 + verb;
    let is_over = |token: &Token| ends(&token.lower) || lexicon::is_auxiliary(&token.lower);
    let end = start + tokens.get(start..)?.iter().take_while(|token| !is_over(token)).count();
    (end > start).then(|| limit(tokens, Kind::OfWhom, at..end, false))
}

/// Whether a word says in what way something is done.
fn is_manner(lower: &str) -> bool {
    let is_other = matches!(
        lower,
        "only"
            | "early"
            | "daily"
            | "weekly"
            | "monthly"
            | "yearly"
            | "hourly"
            | "nightly"
            | "family"
            | "apply"
            | "supply"
            | "reply"
            | "elderly"
            | "anomaly"
            | "currently"
            | "especially"
            | "particularly"
            | "namely"
            | "therefore"
            | "significantly"
            | "statistically"
            | "orally"
            | "rectally"
            | "vaginally"
            | "assembly"
            | "butterfly"
    );
    matches!(lower, "routine" | "alone" | "abrupt" | "sudden") || lower.len() > 4 && lower.ends_with("ly") && !is_other
}
