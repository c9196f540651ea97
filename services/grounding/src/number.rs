//! Numbers in digits and in words.

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
        let (scale, length) = scale(tokens.get(1)).map_or((1.0, 1), |scale| (scale, 2));
        return Some(Number { value: value * scale, length, in_words: false });
    }
    let is_half = first.lower == "half" && tokens.get(1).is_some_and(|next| matches!(next.lower.as_str(), "a" | "an"));
    if is_half {
        return Some(Number { value: 0.5, length: 2, in_words: true });
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
        assert_eq!(read("often"), None);
    }
}
