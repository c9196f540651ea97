//! Words that bound an amount: `at least`, `up to`, `or more`, and `within` and `after` of a time.

use crate::words::Token;

/// How the amount bounds what is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Exactly,
    About,
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Relation {
    /// Downwards, upwards, or neither.
    pub(crate) fn side(self) -> i8 {
        match self {
            Self::Below | Self::AtMost => -1,
            Self::Above | Self::AtLeast => 1,
            Self::Exactly | Self::About => 0,
        }
    }
}

/// On which side of a point in time a span lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Not said.
    Open,
    /// `within 4 hours`.
    Within,
    /// `after 4 hours`.
    After,
}

impl Reach {
    /// The word for it, with the space behind it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Within => "within ",
            Self::After => "after ",
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
    BEFORE.iter().find(|(words, _)| ends_here(words)).map(|(words, relation)| (*relation, words.len()))
}

/// The comparator that starts at `end`, and the tokens it takes.
pub(crate) fn relation_after(tokens: &[Token], end: usize) -> Option<(Relation, usize)> {
    let after = &tokens[end..];
    let at = |after: &[Token]| {
        AFTER.iter().find(|(words, _)| spells(after, words)).map(|(words, relation)| (*relation, words.len()))
    };
    // "7.0 mmol/L (126 mg/dL) or more": said of both.
    at(after).or_else(|| {
        let bracketed = after.first().is_some_and(|token| token.written == "(");
        let close = after.iter().take(8).position(|token| token.written == ")").filter(|_| bracketed)?;
        at(&after[close + 1..]).map(|(relation, _)| (relation, 0))
    })
}

/// What the word before an amount says of its reach.
pub(crate) fn reach_before(tokens: &[Token], start: usize) -> Reach {
    match start.checked_sub(1).map(|at| tokens[at].lower.as_str()) {
        Some("within") => Reach::Within,
        Some("after") => Reach::After,
        _ => Reach::Open,
    }
}
