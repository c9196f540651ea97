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
    /// What is not to be done, or not well: "dangerous", "withdrawal of".
    Adverse,
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
    "except",
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

const ADVERSE: &[&str] = &[
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

/// Nouns for what is not done, or no longer.
const ENDS: &[&str] = &[
    "withdrawal",
    "omission",
    "cessation",
    "discontinuation",
    "failure to",
    "failing to",
    "avoidance of",
    "removal of",
];

/// The limits of a sentence.
pub(crate) fn limits(tokens: &[Token]) -> Vec<Limit> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let limit = condition_at(tokens, at).or_else(|| of_whom_at(tokens, at)).or_else(|| manner_at(tokens, at));
        at = limit.as_ref().map_or(at + 1, |limit| limit.at.end);
        found.extend(limit);
    }
    found
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
    let start = at + phrase_at(tokens, at, CONDITIONS)?;
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
    Some(limit(tokens, Kind::Condition, at..end, begins && lower(tokens, end) == ","))
}

/// Whether a word may begin the subject of a clause.
fn is_subject(lower: &str) -> bool {
    let is_other = matches!(
        lower,
        "a" | "an" | "per" | "every" | "each" | "or" | "and" | "only" | "again" | "more" | "in" | "at" | "by" | "on"
            | "for" | "daily" | "weekly" | "fortnightly" | "monthly" | "yearly" | "annually" | "nightly" | "to"
    );
    !is_other && lower.chars().any(char::is_alphabetic)
}

/// "People with X", "those who have X".
fn of_whom_at(tokens: &[Token], at: usize) -> Option<Limit> {
    let person = lower(tokens, at);
    let mark = lower(tokens, at + 1);
    let is_person = lexicon::is_person(person) || matches!(person, "those" | "anyone" | "everyone");
    if !is_person || !matches!(mark, "with" | "who" | "whose" | "taking" | "on" | "receiving" | "having") {
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
    let adverse = phrase_at(tokens, at, ADVERSE).filter(|_| is_predicate);
    let length = adverse.or_else(|| phrase_at(tokens, at, ENDS))?;
    Some(limit(tokens, Kind::Adverse, at..at + length, false))
}
