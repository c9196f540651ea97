//! What bounds what a sentence says: conditions, cautions, and those of whom it is said.

use std::ops::Range;

use crate::lexicon;
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

const CONDITIONS: &[&str] = &[
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
];

const EXCEPTIONS: &[&str] = &[
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
];

const CAUTIONS: &[&str] = &[
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
];

const HARMS: &[&str] = &[
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
];

/// Words for what is not done, no longer or seldom.
const LACKS: &[&str] = &[
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
];

/// The limits of a sentence.
pub(crate) fn limits(tokens: &[Token]) -> Vec<Limit> {
    let limit_at = |at| condition_at(tokens, at).or_else(|| of_whom_at(tokens, at)).or_else(|| manner_at(tokens, at));
    (0..tokens.len()).filter_map(limit_at).collect()
}

fn lower(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.lower.as_str())
}

fn before(tokens: &[Token], at: usize) -> &str {
    at.checked_sub(1).map_or("", |at| lower(tokens, at))
}

/// The tokens that the longest of some phrases takes at a place.
fn phrase_at(tokens: &[Token], at: usize, phrases: &[&str]) -> Option<usize> {
    let length = |phrase: &&str| {
        let mut next = at;
        for word in phrase.split(' ') {
            next += usize::from(next > at && lower(tokens, next) == "-");
            if lower(tokens, next) != word {
                return None;
            }
            next += 1;
        }
        Some(next - at)
    };
    phrases.iter().filter_map(length).max()
}

fn limit(tokens: &[Token], kind: Kind, at: Range<usize>, is_ahead: bool) -> Limit {
    let words: Vec<&str> = tokens[at.clone()].iter().map(|token| token.written.as_str()).collect();
    Limit { kind, at, written: words.join(" "), is_ahead }
}

/// Whether a condition is over.
fn ends(lower: &str) -> bool {
    matches!(lower, "," | "." | ";" | ":" | "(" | ")" | "[" | "]" | "but" | "then" | "however" | "•" | "|" | "!" | "?")
}

fn condition_at(tokens: &[Token], at: usize) -> Option<Limit> {
    let exception = phrase_at(tokens, at, EXCEPTIONS).map(|length| (Kind::Exception, length));
    let (kind, length) = exception.or_else(|| Some((Kind::Condition, phrase_at(tokens, at, CONDITIONS)?)))?;
    let start = at + length;
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
    let end = start + tokens[start..].iter().take_while(|token| !ends(&token.lower)).count();
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

fn manner_at(tokens: &[Token], at: usize) -> Option<Limit> {
    let is_predicate = matches!(before(tokens, at), "is" | "are" | "was" | "were" | "be" | "been");
    if let Some(length) = phrase_at(tokens, at, CAUTIONS) {
        return Some(limit(tokens, Kind::Caution, at..at + length, false));
    }
    if is_manner(lower(tokens, at)) {
        return Some(limit(tokens, Kind::Manner, at..at + 1, false));
    }
    if let Some(length) = phrase_at(tokens, at, HARMS).filter(|_| is_predicate) {
        return Some(limit(tokens, Kind::Harm, at..at + length, false));
    }
    // "A few", "the next few months".
    let is_number = matches!(before(tokens, at), "a" | "the" | "these" | "next" | "past" | "last" | "first");
    let length =
        phrase_at(tokens, at, LACKS).filter(|_| !is_number || !matches!(lower(tokens, at), "few" | "little"))?;
    Some(limit(tokens, Kind::Lack, at..at + length, false))
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
