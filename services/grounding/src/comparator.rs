//! Words that bound an amount: `at least`, `up to`, `or more`, `the maximum dose is`; `within` and `after` of a time, `by` and
//! `to` of a change.

use crate::lexicon;
use crate::words::{Kind, Token};

/// How the amount bounds what is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Exactly,
    About,
    Below,
    AtMost,
    Above,
    AtLeast,
    /// `over 10 minutes`: for so long, or longer.
    Over,
}

impl Relation {
    /// The words for it, with the space behind them.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Exactly => "",
            Self::About => "about ",
            Self::Below => "less than ",
            Self::AtMost => "at most ",
            Self::Above => "more than ",
            Self::AtLeast => "at least ",
            Self::Over => "over ",
        }
    }

    /// Downwards, upwards, or neither.
    pub(crate) fn side(self) -> i8 {
        match self {
            Self::Below | Self::AtMost => -1,
            Self::Above | Self::AtLeast | Self::Over => 1,
            Self::Exactly | Self::About => 0,
        }
    }
}

/// On which side of a point in time a span lies, and whether an amount is what changes or what it is changed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Not said.
    Open,
    /// `within 4 hours`.
    Within,
    /// `after 4 hours`.
    After,
    /// `by 5 mg`, of a change.
    By,
    /// `to 5 mg`, of a change.
    To,
    /// `at 8 weeks`.
    At,
}

impl Reach {
    /// The word for it, with the space behind it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Within => "within ",
            Self::After => "after ",
            Self::By => "by ",
            Self::To => "to ",
            Self::At => "at ",
        }
    }
}

/// Comparators before a number, longest first.
const BEFORE: &[(&[&str], Relation)] = &[
    (&["not", "less", "than"], Relation::AtLeast),
    (&["no", "less", "than"], Relation::AtLeast),
    (&["no", "fewer", "than"], Relation::AtLeast),
    (&["not", "more", "than"], Relation::AtMost),
    (&["no", "more", "than"], Relation::AtMost),
    (&["no", "greater", "than"], Relation::AtMost),
    (&["no", "longer", "than"], Relation::AtMost),
    (&["no", "higher", "than"], Relation::AtMost),
    (&["not", "to", "exceed"], Relation::AtMost),
    (&["a", "maximum", "of"], Relation::AtMost),
    (&["a", "minimum", "of"], Relation::AtLeast),
    (&["greater", "than", "or", "equal", "to"], Relation::AtLeast),
    (&["less", "than", "or", "equal", "to"], Relation::AtMost),
    (&["must", "not", "exceed"], Relation::AtMost),
    (&["should", "not", "exceed"], Relation::AtMost),
    (&["not", "exceed"], Relation::AtMost),
    (&["not", "exceeding"], Relation::AtMost),
    (&["never", "exceed"], Relation::AtMost),
    (&["doesnt", "exceed"], Relation::AtMost),
    (&["dont", "exceed"], Relation::AtMost),
    (&["maximum", "of"], Relation::AtMost),
    (&["minimum", "of"], Relation::AtLeast),
    (&["more", "than"], Relation::Above),
    (&["greater", "than"], Relation::Above),
    (&["higher", "than"], Relation::Above),
    (&["longer", "than"], Relation::Above),
    (&["older", "than"], Relation::Above),
    (&["larger", "than"], Relation::Above),
    (&["less", "than"], Relation::Below),
    (&["fewer", "than"], Relation::Below),
    (&["lower", "than"], Relation::Below),
    (&["shorter", "than"], Relation::Below),
    (&["younger", "than"], Relation::Below),
    (&["smaller", "than"], Relation::Below),
    (&["at", "least"], Relation::AtLeast),
    (&["at", "most"], Relation::AtMost),
    (&["up", "to"], Relation::AtMost),
    (&["minimum"], Relation::AtLeast),
    (&["maximum"], Relation::AtMost),
    (&["max"], Relation::AtMost),
    (&["exceeds"], Relation::Above),
    (&["exceeding"], Relation::Above),
    (&["exceed"], Relation::Above),
    (&["over"], Relation::Above),
    (&["above"], Relation::Above),
    (&["beyond"], Relation::Above),
    (&["under"], Relation::Below),
    (&["below"], Relation::Below),
    (&["≥"], Relation::AtLeast),
    (&["≤"], Relation::AtMost),
    (&[">"], Relation::Above),
    (&["<"], Relation::Below),
    (&["about"], Relation::About),
    (&["approximately"], Relation::About),
    (&["approx"], Relation::About),
    (&["around"], Relation::About),
    (&["roughly"], Relation::About),
    (&["circa"], Relation::About),
    (&["~"], Relation::About),
    (&["≈"], Relation::About),
];

/// Comparators after number and unit.
const AFTER: &[(&[&str], Relation)] = &[
    (&["or", "more"], Relation::AtLeast),
    (&["or", "above"], Relation::AtLeast),
    (&["or", "over"], Relation::AtLeast),
    (&["or", "higher"], Relation::AtLeast),
    (&["or", "greater"], Relation::AtLeast),
    (&["or", "older"], Relation::AtLeast),
    (&["or", "longer"], Relation::AtLeast),
    (&["and", "above"], Relation::AtLeast),
    (&["and", "over"], Relation::AtLeast),
    (&["and", "older"], Relation::AtLeast),
    (&["+"], Relation::AtLeast),
    (&["or", "less"], Relation::AtMost),
    (&["or", "below"], Relation::AtMost),
    (&["or", "under"], Relation::AtMost),
    (&["or", "lower"], Relation::AtMost),
    (&["or", "fewer"], Relation::AtMost),
    (&["or", "younger"], Relation::AtMost),
    (&["or", "shorter"], Relation::AtMost),
    (&["and", "below"], Relation::AtMost),
    (&["and", "under"], Relation::AtMost),
];

fn spells(tokens: &[Token], words: &[&str]) -> bool {
    tokens.len() >= words.len() && tokens.iter().zip(words).all(|(token, word)| token.lower == *word)
}

/// The comparator that ends at `start`, and the tokens it takes.
pub(crate) fn relation_before(tokens: &[Token], start: usize) -> Option<(Relation, usize)> {
    let ends_here = |words: &[&str]| start >= words.len() && spells(&tokens[start - words.len()..start], words);
    let (relation, words) =
        BEFORE.iter().find(|(words, _)| ends_here(words)).map(|(words, one)| (*one, words.len()))?;
    // "Must not be above 16 mg": at most.
    let turned = match relation {
        Relation::Above => Relation::AtMost,
        Relation::Below => Relation::AtLeast,
        other => return Some((other, words)),
    };
    let is = |at: Option<usize>, any: &[&str]| at.is_some_and(|at| any.contains(&tokens[at].lower.as_str()));
    let mut at = start - words;
    at -= usize::from(is(at.checked_sub(1), &["be"]));
    if !is(at.checked_sub(1), &["not", "never"]) {
        return Some((relation, words));
    }
    at -= 1;
    at -= usize::from(is(at.checked_sub(1), &["must", "should"]));
    Some((turned, start - at))
}

/// The comparator that starts at `end`, and the tokens it takes.
pub(crate) fn relation_after(tokens: &[Token], end: usize) -> Option<(Relation, usize)> {
    let after = &tokens[end..];
    let at = |after: &[Token]| {
        AFTER.iter().find(|(words, _)| spells(after, words)).map(|(words, relation)| (*relation, words.len()))
    };
    // "7.0 mmol/L (126 mg/dL) or more": said of both.
    // "48 mmol/mol (6.5%) or more": of the one in the brackets, too.
    let closed = || {
        let inside = after.first().is_some_and(|token| token.written == ")");
        at(&after[usize::from(inside)..]).map(|(relation, _)| (relation, 0)).filter(|_| inside)
    };
    at(after).or_else(closed).or_else(|| {
        let bracketed = after.first().is_some_and(|token| token.written == "(");
        let close = after.iter().take(8).position(|token| token.written == ")").filter(|_| bracketed)?;
        at(&after[close + 1..]).map(|(relation, _)| (relation, 0))
    })
}

/// Which end of what may be a noun or adjective names: "the maximum dose", "the lowest rate".
fn end_named(lower: &str) -> Option<Relation> {
    match lower {
        "maximum" | "maximal" | "max" | "highest" | "largest" | "greatest" | "longest" | "ceiling" | "upper" => {
            Some(Relation::AtMost)
        }
        "minimum" | "minimal" | "lowest" | "smallest" | "shortest" => Some(Relation::AtLeast),
        _ => None,
    }
}

/// The bound of an amount whose noun has it: "the maximum dose of simvastatin is 20 mg", "a maximum total of 300 mg", "20 mg is
/// the maximum".
pub(crate) fn relation_named(tokens: &[Token], start: usize, end: usize) -> Option<Relation> {
    named_before(tokens, start).or_else(|| named_after(&tokens[end..]))
}

/// Words between "maximum" and the verb or colon before its amount.
const NAMED_WORDS: usize = 16;

/// Words between "maximum" and an amount that has no verb before it: "maximum daily dose of 40 mg".
const NAMED_NEAR: usize = 3;

fn named_before(tokens: &[Token], start: usize) -> Option<Relation> {
    let joint = start.checked_sub(1)?;
    let lower = |at: usize| tokens[at].lower.as_str();
    let has_verb = matches!(lower(joint), "is" | "are" | "was" | "were" | "be" | ":" | "=");
    // "The maximum dose should be 20 mg".
    let modal = |at: usize| matches!(lower(at), "should" | "must" | "can" | "may" | "will");
    let skipped = usize::from(lower(joint) == "be" && joint > 0 && modal(joint - 1));
    let mut at = if has_verb || lower(joint) == "of" { joint - skipped } else { start };
    let mut words = 0;
    while let Some(before) = at.checked_sub(1) {
        at = before;
        if lower(at) == ")" && has_verb {
            at = tokens[..at].iter().rposition(|token| token.written == "(")?;
            continue;
        }
        if let Some(relation) = end_named(lower(at)) {
            return Some(relation);
        }
        let is_far =
            if has_verb { words >= NAMED_WORDS } else { words >= NAMED_NEAR || lexicon::is_function_word(lower(at)) };
        let ends = lexicon::ends_clause(lower(at)) || lexicon::is_auxiliary(lower(at)) || lower(at) == ":";
        if is_far || ends || matches!(tokens[at].kind, Kind::Number(_)) {
            return None;
        }
        words += 1;
    }
    None
}

fn named_after(after: &[Token]) -> Option<Relation> {
    let lower = |at: usize| after.get(at).map_or("", |token| token.lower.as_str());
    let at = match (lower(0), lower(1)) {
        ("is" | "was" | "as", "the" | "a") => 2,
        _ => 0,
    };
    let is_noun = at == 2 || after.get(1).is_none_or(|next| !next.is_word() && !matches!(next.kind, Kind::Number(_)));
    end_named(lower(at)).filter(|_| is_noun)
}

/// Beginnings of words for a change, after which `by` says by how much and `to` how far.
const CHANGES: &[&str] = &[
    "reduc", "increas", "decreas", "lower", "rais", "rise", "rising", "rose", "fall", "fell", "drop", "cut", "titrat",
    "adjust", "taper", "chang", "declin", "shorten", "lengthen", "extend", "escalat", "elevat", "diminish", "step",
    "doubl", "halv", "improv", "gain", "los",
];

/// Words of a clause that are looked through for a change.
const CHANGE_WORDS: usize = 14;

/// What the word before an amount says of its reach.
pub(crate) fn reach_before(tokens: &[Token], start: usize) -> Reach {
    let Some(joint) = start.checked_sub(1) else { return Reach::Open };
    let changes = || {
        let clause = tokens[..joint].iter().rev().take(CHANGE_WORDS);
        let mut clause = clause.take_while(|token| !lexicon::ends_clause(&token.lower));
        clause.any(|token| CHANGES.iter().any(|change| token.lower.starts_with(change)))
    };
    match tokens[joint].lower.as_str() {
        "within" => Reach::Within,
        "after" => Reach::After,
        "at" | "until" => Reach::At,
        "by" if changes() => Reach::By,
        "by" => Reach::At,
        "to" if changes() => Reach::To,
        _ => Reach::Open,
    }
}
