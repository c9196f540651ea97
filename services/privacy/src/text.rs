//! A question as the rules read it: one ASCII byte for each character, and the way back.
//!
//! Accents are taken off, digits of every script and dashes and quotes of every kind become the plain ones, and what joins or
//! marks letters without being seen is left out. A letter of another script becomes `X` if it is a
//! capital and `x` otherwise. So the rules read
//! bytes, and whatever span they give lies on characters of the question.

use std::ops::Range;

/// A question, folded.
#[derive(Debug)]
pub(crate) struct Text {
    /// As it is written; underscores, which join the words of file names, are spaces.
    pub(crate) plain: String,
    /// In lower case.
    pub(crate) lower: String,
    /// With its underscores, which belong to addresses.
    pub(crate) joined: String,
    /// Where each byte's character begins in the question, and where the question ends.
    starts: Vec<usize>,
}

impl Text {
    pub(crate) fn new(question: &str) -> Self {
        let mut joined = String::with_capacity(question.len());
        let mut starts = Vec::with_capacity(question.len() + 1);
        for (at, c) in question.char_indices() {
            if let Some(folded) = fold(c) {
                joined.push(folded);
                starts.push(at);
            }
        }
        starts.push(question.len());
        let plain = joined.replace('_', " ");
        let lower = plain.to_ascii_lowercase();
        Self { plain, lower, joined, starts }
    }

    /// The span in the question of a range of bytes here.
    pub(crate) fn span(&self, range: &Range<usize>) -> Range<usize> {
        self.starts[range.start]..self.starts[range.end]
    }

    /// The byte before `at`; a space at the beginning.
    pub(crate) fn left(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(b' ', |at| self.plain.as_bytes()[at])
    }

    /// The byte at `at`; a space at the end.
    pub(crate) fn right(&self, at: usize) -> u8 {
        self.plain.as_bytes().get(at).copied().unwrap_or(b' ')
    }

    /// At most `length` bytes before `at`, in lower case.
    pub(crate) fn before(&self, at: usize, length: usize) -> &str {
        &self.lower[at.saturating_sub(length)..at]
    }

    /// At most `length` bytes from `at` on, in lower case.
    pub(crate) fn after(&self, at: usize, length: usize) -> &str {
        &self.lower[at..self.lower.len().min(at + length)]
    }

    /// Whether `range` is not part of a longer word, number, version or fraction.
    pub(crate) fn stands_alone(&self, range: &Range<usize>) -> bool {
        let (left, right) = (self.left(range.start), self.right(range.end));
        let further_left = range.start.checked_sub(1).map_or(b' ', |at| self.left(at));
        let further_right = self.right(range.end + 1);
        let joins = |byte: u8| matches!(byte, b'.' | b'-' | b'/' | b',' | b':');
        let longer_left = left.is_ascii_alphanumeric() || joins(left) && further_left.is_ascii_digit();
        let longer_right = right.is_ascii_alphanumeric() || joins(right) && further_right.is_ascii_digit();
        !longer_left && !longer_right
    }

    /// Whether `range` is groups of digits among others: a record of measurements, not one number.
    pub(crate) fn is_series(&self, range: &Range<usize>) -> bool {
        let bytes = self.plain.as_bytes();
        let left = self.plain[..range.start].trim_end_matches([' ', ',']);
        let right = self.plain[range.end..].trim_start_matches([' ', ',']);
        let digits = right.bytes().take(8).take_while(u8::is_ascii_digit).count();
        bytes[range.clone()].contains(&b' ') && (left.ends_with(|c: char| c.is_ascii_digit()) || digits > 2)
    }

    /// The last word before `at`, in lower case: letters and digits, within `length` bytes.
    pub(crate) fn word_before(&self, at: usize, length: usize) -> &str {
        let before = self.before(at, length).trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        before.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default()
    }

    /// Whether an amount ends at `at`: a unit or a share follows.
    pub(crate) fn is_amount(&self, at: usize) -> bool {
        const UNITS: [&str; 62] = [
            "mg",
            "mcg",
            "ug",
            "g",
            "kg",
            "gm",
            "gram",
            "grams",
            "ml",
            "mls",
            "l",
            "dl",
            "litre",
            "litres",
            "liter",
            "liters",
            "iu",
            "u",
            "unit",
            "units",
            "mmol",
            "mol",
            "umol",
            "nmol",
            "pmol",
            "meq",
            "mosm",
            "mmhg",
            "kpa",
            "cm",
            "mm",
            "m",
            "km",
            "cells",
            "copies",
            "cfu",
            "platelets",
            "ng",
            "pg",
            "day",
            "days",
            "week",
            "weeks",
            "month",
            "months",
            "hours",
            "hour",
            "h",
            "hr",
            "hrs",
            "min",
            "mins",
            "minutes",
            "times",
            "doses",
            "tablets",
            "patients",
            "participants",
            "cases",
            "percent",
            "per",
            "ago",
        ];
        let rest = self.after(at, 16);
        let rest = rest.strip_prefix(['-', ' ']).unwrap_or(rest);
        let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        rest.starts_with('%') || UNITS.contains(&word)
    }
}

/// The byte for a character; nothing for what is not seen.
fn fold(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(if c != '\n' && c.is_ascii_control() { ' ' } else { c });
    }
    Some(match c {
        '\u{AD}'
        | '\u{300}'..='\u{36F}'
        | '\u{180E}'
        | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}'
        | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FE20}'..='\u{FE2F}'
        | '\u{FEFF}' => return None,
        '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        _ if c.is_whitespace() => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => '-',
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{2BC}' | '\u{B4}' => '\'',
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '\u{AB}' | '\u{BB}' => '"',
        '\u{2026}' => '.',
        '\u{2264}' => '<',
        '\u{2265}' => '>',
        '\u{2116}' => '#',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or('~'),
        _ => digit(c).or_else(|| latin(c)).unwrap_or_else(|| other(c)),
    })
}

fn other(c: char) -> char {
    if c.is_uppercase() {
        'X'
    } else if c.is_alphabetic() {
        'x'
    } else {
        '~'
    }
}

/// The ASCII digit for a decimal digit of another script.
fn digit(c: char) -> Option<char> {
    /// The zeros of the scripts, each followed by its other digits.
    const ZEROS: [u32; 18] = [
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20,
        0x1040, 0x17E0, 0x1810,
    ];
    let before = ZEROS.partition_point(|zero| *zero <= c as u32);
    let value = c as u32 - ZEROS.get(before.checked_sub(1)?)?;
    char::from_digit(value, 10)
}

/// The base letter of a Latin letter with a mark.
fn latin(c: char) -> Option<char> {
    let lower = c.to_lowercase().next()?;
    let base = match lower {
        // What a capital of its own kind is in lower case: the Turkish dotted I, the sign of the kelvin.
        'a'..='z' => lower,
        'à'..='å' | 'æ' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ạ'..='ặ' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ð' | 'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẹ'..='ệ' | 'ə' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' | 'ǧ' => 'g',
        'ĥ' | 'ħ' | 'ḥ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ỉ' | 'ị' => 'i',
        'ĵ' => 'j',
        'ķ' | 'ǩ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' | 'ŋ' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'œ' | 'ơ' | 'ǒ' | 'ọ'..='ợ' => 'o',
        'þ' => 't',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ß' | 'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'ṣ' => 's',
        'ţ' | 'ť' | 'ŧ' | 'ț' | 'ṭ' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ǔ' | 'ụ'..='ự' | 'µ' | 'μ' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' | 'ỳ'..='ỹ' => 'y',
        'ź' | 'ż' | 'ž' | 'ẓ' => 'z',
        _ => return None,
    };
    Some(if c.is_lowercase() { base } else { base.to_ascii_uppercase() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_lead_back_to_the_characters() {
        let question = "Ms Zoë\u{308} Łukasiewicz, DOB ０３\u{2011}٠٤\u{2011}1950";
        let text = Text::new(question);
        assert_eq!(text.plain, "Ms Zoe Lukasiewicz, DOB 03-04-1950");
        let at = text.plain.find("Zoe").unwrap();
        assert_eq!(&question[text.span(&(at..at + 3))], "Zoë\u{308}");
        let at = text.plain.find("03").unwrap();
        assert_eq!(&question[text.span(&(at..at + 10))], "０３\u{2011}٠٤\u{2011}1950");
    }

    #[test]
    fn letters_of_other_scripts_keep_their_case_and_units_their_letter() {
        assert_eq!(Text::new("Иван 5 µg, β ≥ 90").plain, "Xxxx 5 ug, x > 90");
    }

    #[test]
    fn amounts_are_known_by_their_unit() {
        for (text, at) in [("12 mg", 2), ("12mg", 2), ("12 %", 3), ("12-week", 2), ("3 days", 1)] {
            assert!(Text::new(text).is_amount(at), "{text}");
        }
        for (text, at) in [("12, mg", 2), ("12 mgr", 2), ("12", 2)] {
            assert!(!Text::new(text).is_amount(at), "{text}");
        }
    }
}
