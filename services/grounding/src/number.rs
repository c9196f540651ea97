//! Numbers in digits and in words.

use crate::lexicon;
use crate::unit::unit_at;
use crate::words::{Kind, Token};

const WORDS: [(&str, f64); 28] = [
    ("zero", 0.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
];

const SCALES: [(&str, f64); 4] = [("hundred", 1e2), ("thousand", 1e3), ("million", 1e6), ("billion", 1e9)];

/// A number at some place of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: f64,
    /// Tokens it takes.
    pub(crate) length: usize,
    /// Whether it is in words.
    pub(crate) in_words: bool,
}

fn word(lower: &str) -> Option<f64> {
    WORDS.iter().find(|(name, _)| *name == lower).map(|(_, value)| *value)
}

fn scale(token: Option<&Token>) -> Option<f64> {
    let lower = token?.lower.as_str();
    SCALES.iter().find(|(name, _)| *name == lower).map(|(_, value)| *value)
}

/// The number at the start of `tokens`.
pub(crate) fn number_at(tokens: &[Token]) -> Option<Number> {
    let first = tokens.first()?;
    if let Kind::Number(value) = first.kind {
        let power = |token: &Token| if let Kind::Number(value) = token.kind { Some(value) } else { None };
        // "4.5 x 10^9" and "1.2 million".
        if let [_, times, ten, ..] = tokens
            && times.lower == "x"
            && ten.written.starts_with("10^")
            && let Some(power) = power(ten)
        {
            return Some(Number { value: value * power, length: 3, in_words: false });
        }
        if let Some((value, length)) = fraction_at(tokens) {
            return Some(Number { value, length, in_words: false });
        }
        if let Some((part, length)) = part_at(&tokens[1..]).filter(|_| value.fract() == 0.0 && value < 100.0) {
            return Some(Number { value: value + part, length: 1 + length, in_words: false });
        }
        let (scale, length) = scale(tokens.get(1)).map_or((1.0, 1), |scale| (scale, 2));
        return Some(Number { value: value * scale, length, in_words: false });
    }
    if first.lower == "half" {
        let article = tokens.get(1).is_some_and(|next| matches!(next.lower.as_str(), "a" | "an"));
        let length = if article { 2 } else { 1 + of_one(&tokens[1..]) };
        return Some(Number { value: 0.5, length, in_words: true });
    }
    // "A third of patients", "by a quarter", "for a fortnight".
    if matches!(first.lower.as_str(), "a" | "an") {
        return article_at(&tokens[1..]).map(|(value, length)| Number { value, length: 1 + length, in_words: true });
    }
    let mut value = word(&first.lower)?;
    let mut length = 1;
    // "twenty-five", "twenty five"
    let hyphen = usize::from(tokens.get(1).is_some_and(|next| next.written == "-" && !next.spaced));
    let unit = tokens.get(1 + hyphen).and_then(|next| word(&next.lower)).filter(|unit| *unit < 10.0 && *unit > 0.0);
    if value >= 20.0
        && let Some(unit) = unit
    {
        value += unit;
        length = 2 + hyphen;
    }
    if let Some((parts, taken)) = parts_at(&tokens[1..]) {
        return Some(Number { value: value * parts, length: 1 + taken, in_words: true });
    }
    if let Some((part, taken)) = tokens.get(length..).and_then(part_at) {
        return Some(Number { value: value + part, length: length + taken, in_words: true });
    }
    while let Some(scale) = scale(tokens.get(length)) {
        value *= scale;
        length += 1;
        // "one hundred and twenty"
        let and = usize::from(tokens.get(length).is_some_and(|next| next.lower == "and"));
        if scale == 100.0
            && let Some(rest) = tokens.get(length + and).and_then(|next| word(&next.lower))
        {
            value += rest;
            length += 1 + and;
        }
    }
    Some(Number { value, length, in_words: true })
}

/// Fractions that are written with a stroke where nothing else is.
const FRACTIONS: [(&str, &str, f64); 5] =
    [("1", "2", 0.5), ("1", "3", 1.0 / 3.0), ("1", "4", 0.25), ("2", "3", 2.0 / 3.0), ("3", "4", 0.75)];

/// "1/2" where it is measured in something or is a part of it, as in "1/2 tablet" and "2/3 of", and the tokens it takes; not
/// the "1/2" of "phase 1/2" or of a blood pressure.
fn fraction_at(tokens: &[Token]) -> Option<(f64, usize)> {
    let [over, stroke, under, rest @ ..] = tokens else { return None };
    let joined = stroke.written == "/" && !stroke.spaced && !under.spaced;
    let is_it = |(a, b, _): &&(&str, &str, f64)| over.written == *a && under.written == *b;
    let (.., value) = FRACTIONS.iter().find(is_it).filter(|_| joined)?;
    let measured = |tokens: &[Token]| unit_at(tokens).is_some_and(|unit| unit.dimension != "pressure");
    let lower = |at: usize| rest.get(at).map_or("", |token| token.lower.as_str());
    let article = of_one(rest);
    // "1/2 to 1 tablet", "1/2-1 tablet"
    let is_range =
        matches!(lower(0), "-" | "to" | "or") && matches!(rest.get(1).map(|token| token.kind), Some(Kind::Number(_)));
    let is_part = article > 0 || matches!(lower(0), "of" | "strength");
    (is_part || measured(rest) || is_range && measured(&rest[2..])).then_some((*value, 3 + article))
}

/// What is added to a whole number, and the tokens it takes: "1 1/2", "1-1/2", "1 and 1/2", "two and a half".
fn part_at(tokens: &[Token]) -> Option<(f64, usize)> {
    let [first, rest @ ..] = tokens else { return None };
    if let ("and", [a, half, ..]) = (first.lower.as_str(), rest)
        && a.lower == "a"
        && half.lower == "half"
    {
        return Some((0.5, 3));
    }
    if first.lower == "and" || first.written == "-" && !first.spaced {
        return fraction_at(rest).map(|(part, taken)| (part, 1 + taken));
    }
    fraction_at(tokens).filter(|_| first.spaced)
}

/// What a number in words is divided by, and the tokens it takes: "two thirds of a tablet", "one-half tablet".
fn parts_at(tokens: &[Token]) -> Option<(f64, usize)> {
    let hyphen = usize::from(tokens.first().is_some_and(|next| next.written == "-" && !next.spaced));
    let parts = match tokens.get(hyphen)?.lower.as_str() {
        "half" => 0.5,
        "third" | "thirds" => 1.0 / 3.0,
        "quarter" | "quarters" => 0.25,
        _ => return None,
    };
    Some((parts, hyphen + 1 + of_one(&tokens[hyphen + 1..])))
}

/// The part that "a" or "an" counts one of, and its tokens: the third of "a third of patients", not of "a third dose". The
/// fortnight of "a fortnight" takes no tokens: it is a unit.
fn article_at(rest: &[Token]) -> Option<(f64, usize)> {
    let part = match rest.first()?.lower.as_str() {
        "half" => 0.5,
        "third" => 1.0 / 3.0,
        "quarter" => 0.25,
        "fifth" => 0.2,
        "tenth" => 0.1,
        "fortnight" => return Some((1.0, 0)),
        _ => return None,
    };
    let is_noun = rest.get(1).is_none_or(|next| !next.is_word() || lexicon::is_function_word(&next.lower));
    is_noun.then_some((part, 1))
}

/// The tokens of "a", "of a" and "of one" before a unit.
fn of_one(tokens: &[Token]) -> usize {
    let lower = |at: usize| tokens.get(at).map_or("", |token| token.lower.as_str());
    let of = usize::from(lower(0) == "of");
    let taken = of + usize::from(matches!(lower(of), "a" | "an") || of == 1 && lower(1) == "one");
    if tokens.get(taken..).is_some_and(|rest| unit_at(rest).is_some()) { taken } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{plain, tokens};

    #[test]
    fn numbers_are_read_in_digits_and_in_words() {
        let read = |text: &str| number_at(&tokens(&plain(text))).map(|number| (number.value, number.length));
        assert_eq!(read("twenty-five days"), Some((25.0, 3)));
        assert_eq!(read("one hundred and twenty mg"), Some((120.0, 4)));
        assert_eq!(read("two thousand patients"), Some((2000.0, 2)));
        assert_eq!(read("1.2 million units"), Some((1.2e6, 2)));
        assert_eq!(read("4.5 × 10⁹/L"), Some((4.5e9, 3)));
        assert_eq!(read("half an hour"), Some((0.5, 2)));
        assert_eq!(read("half tablet"), Some((0.5, 1)));
        assert_eq!(read("often"), None);
    }

    #[test]
    fn fractions_are_one_number() {
        let read = |text: &str| number_at(&tokens(&plain(text))).map(|number| number.value);
        for (text, value) in [
            ("1/2 tablet", 0.5),
            ("½ tablet", 0.5),
            ("1/2 a tablet", 0.5),
            ("half of a tablet", 0.5),
            ("one-half tablet", 0.5),
            ("1/4 of the dose", 0.25),
            ("1/2 to 1 tablet", 0.5),
            ("1 1/2 tablets", 1.5),
            ("1-1/2 tablets", 1.5),
            ("1 ½ tablets", 1.5),
            ("two and a half hours", 2.5),
            ("three quarters of a tablet", 0.75),
        ] {
            assert_eq!(read(text), Some(value), "{text}");
        }
        for (text, value) in [("1/2 trials", 1.0), ("3/4 mmHg", 3.0), ("1/2/2024", 1.0), ("10/12 weeks", 10.0)] {
            assert_eq!(read(text), Some(value), "{text}");
        }
    }
}
