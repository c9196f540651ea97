//! Ages above 89.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::class::Class;
use crate::rule::{Candidate, Rule, apply, pattern, rank};
use crate::text::Text;

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let old = "(9[0-9]|1[0-2][0-9])";
    vec![
        Rule::new(
            Class::Age,
            rank::SHAPE,
            &format!(
                r"(?i)\b{old}(?:[ -]?(?:years?|yrs?|y)\.?[ -]?(?:olds?|o\b|of age)|[ -]?y\.?/?o\b|[ -]?(?:yrs?|years?),? ?(?:male|female|man|woman|lady|gentleman)\b|/[mf]\b)"
            ),
            is_age,
        ),
        Rule::new(Class::Age, rank::SHAPE, &format!(r"\b[MF]/{old}\b"), is_age),
        Rule::new(Class::Age, rank::SHAPE, &format!(r"(?i), {old} ?(?:years?|yrs?)(?:[,.;)]|$)"), is_age),
        Rule::new(
            Class::Age,
            rank::SHAPE,
            &format!(
                r"(?i)\b{old} (?:male|female|man|woman|lady|gentleman)(?:[,.;)]| with| who| on| in| presenting|$)"
            ),
            |text, range| {
                ["9", "10"].iter().any(|start| text.plain[range.clone()].starts_with(start)) && is_age(text, range)
            },
        ),
        Rule::new(Class::Age, rank::SHAPE, &format!(r"(?i)\bage(?:d|s)?(?: is| of| was)?[ :=-]{{1,3}}{old}\b"), is_age),
        Rule::new(Class::Age, rank::SHAPE, &format!(r"(?i)\bturn(?:ed|s|ing) {old}\b"), is_age),
        Rule::new(Class::Age, rank::SHAPE, &format!(r"(?i)\b{old}(?:st|nd|rd|th) birthday"), is_age),
        Rule::new(
            Class::Age,
            rank::SHAPE,
            &format!(
                r"(?i)\b(?:lady|man|woman|gentleman|(?:grand)?(?:mother|father)|granny|aunt|uncle|she|he|patient|pt|who)(?: is| was|'s| of|,) {old}(?:,|;|\?|\.$|\. | and| but| with| who|$)"
            ),
            is_age,
        ),
        Rule::new(Class::Age, rank::SHAPE, &format!(r"\b{old}(?: ?[MF]|[mf])\b"), |text, range| {
            // "101F" may be a temperature, "99m" an isomer of technetium.
            let before = text.before(range.start, 24);
            let follows = text.after(range.end, 12).trim_start_matches([' ', 'm', 'f']);
            let begins = before.trim_end().is_empty() || before.ends_with(['(', '\n', ':']) || before.ends_with(", ");
            let left = text.left(range.start);
            let lower = text.right(range.end) == b'm';
            let measured =
                ["temp", "fever", "febrile", "degree", "spo2", "sats"].iter().any(|word| before.contains(word));
            let isotope = left == b'-'
                || left == b'(' && lower
                || ["tc", "technetium"].contains(&text.word_before(range.start, 16));
            let said = ["with", "w/", "who", "c/o", "on ", "pres", "hx"].iter().any(|word| follows.starts_with(word));
            !measured
                && !isotope
                && (begins || said || text.plain[range.clone()].starts_with('9'))
                && is_age(text, range)
        }),
        Rule::new(
            Class::Age,
            rank::SHAPE,
            r"(?i)\b(ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|(?:an? |one )?hundred(?:[- ]and[- ][a-z]{3,9})?)[- ]years?[- ]old\b",
            is_age,
        ),
    ]
});

/// Finds ages, in digits or words.
pub(crate) fn find(text: &Text, found: &mut Vec<Candidate>) {
    apply(&RULES, text, found);
}

/// Whether a number is the age of one person, not a limit or a range of many.
fn is_age(text: &Text, range: &Range<usize>) -> bool {
    static MANY_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:[<>=]|over|above|older than|younger than|under|below|at least|up to|less than|more than|beyond|[0-9] ?(?:-|to|and)|between|until|patients|adults|people|men|women|those|individuals|residents|persons|subjects|participants)(?: who are| were| are)?(?: aged?| of age| ages)?(?: of| is| than)?[ :=]*$",
        )
    });
    static MANY_AFTER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:[ -]?(?:years?|yrs?|y))?[ -]?(?:olds\b|(?:of age|old)? ?(?:\+|(?:or|and) (?:older|over|above|more|up|beyond))|(?:[ ,-]*(?:fe)?male)? (?:patients|participants|subjects|adults|volunteers|residents|veterans|people|rats|mice)\b|\+|[ -]*(?:to|-|and|or) ?[0-9]|days|weeks|months|hours|minutes|%|percent)",
        )
    });
    let before = text.before(range.start, 40);
    let after = text.after(range.end, 32);
    let left = text.left(range.start);
    let further = range.start.checked_sub(1).map_or(b' ', |at| text.left(at)).is_ascii_digit();
    let inside = left.is_ascii_alphanumeric()
        || matches!(left, b'.' | b'/' | b',' | b'-') && further
        || text.right(range.end) == b'.' && text.right(range.end + 1).is_ascii_digit();
    !inside && !MANY_BEFORE.is_match(before.as_bytes()) && !MANY_AFTER.is_match(after.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(question: &str) -> Vec<String> {
        crate::rule::found_by(find, question).into_iter().map(|(_, words)| words).collect()
    }

    #[test]
    fn ages_above_89_of_one_person_are_found() {
        for (text, age) in [
            ("a 92-year-old with AF", "92"),
            ("101 yo man", "101"),
            ("94F with sepsis", "94"),
            ("aged 95, frail", "95"),
            ("my ninety-four-year-old patient", "ninety-four"),
            ("90 year old female", "90"),
            ("97 y/o", "97"),
            ("91M fall", "91"),
        ] {
            assert_eq!(found(text), [age], "{text}");
        }
        for text in [
            "patients over 90 years old",
            "adults aged 90 or older",
            "aged 85-95 years",
            "90-year-olds",
            "temp 99F",
            "SpO2 94 % on room air",
            "age 90 days",
            "an 89-year-old",
            "age >= 90 years old",
            "92% of",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
    }
}
