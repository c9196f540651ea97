//! Amounts, and how two of them agree.

use std::ops::Range;

use crate::comparator::{Reach, Relation};
use crate::words::Token;

/// An amount as a text states it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quantity {
    /// In base units of `dimension`; the lower end of a range.
    pub(crate) value: f64,
    /// The upper end of a range.
    pub(crate) upper: Option<f64>,
    pub(crate) relation: Relation,
    /// Empty for a bare number.
    pub(crate) dimension: String,
    /// Number and unit as written.
    pub(crate) written: String,
    /// Tokens of number and unit, and of the comparator before or after.
    pub(crate) at: Range<usize>,
    pub(crate) in_words: bool,
    /// The word after a number without a unit.
    pub(crate) noun: Option<String>,
    /// `within` or `after` it, `by` or `to` it.
    pub(crate) reach: Reach,
    /// What bounds it is not part of it: "the maximum dose is".
    pub(crate) is_bounded_elsewhere: bool,
    /// The number as written, whatever it measures.
    pub(crate) number: f64,
    /// A day or week with its number, as against so many of them: "week 8".
    pub(crate) is_point: bool,
    /// It is said from when: "6 weeks after surgery".
    pub(crate) has_origin: bool,
    /// A bare number of something that is no unit that is known: "20 patients", "125 xy".
    pub(crate) counts: bool,
}

/// How two amounts stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// The same.
    Same,
    /// One says more or less than the other, without contradiction.
    Looser,
    /// The same number bounded from the other side.
    Opposite,
    /// Other numbers of the same thing.
    Different,
    /// Of other things.
    Incomparable,
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs())
}

impl Quantity {
    /// A number as it is written, of nothing.
    pub(crate) fn plain(value: f64, written: String, at: Range<usize>) -> Self {
        Self {
            value,
            upper: None,
            relation: Relation::Exactly,
            dimension: String::new(),
            written,
            at,
            in_words: false,
            noun: None,
            reach: Reach::Open,
            is_bounded_elsewhere: false,
            number: value,
            is_point: false,
            has_origin: false,
            counts: false,
        }
    }

    /// How this amount, as stated, stands to one in the source.
    pub(crate) fn compare(&self, source: &Self) -> Agreement {
        if (self.is_word() || source.is_word()) && self.noun != source.noun {
            return Agreement::Incomparable;
        }
        let bare = self.dimension.is_empty() || source.dimension.is_empty();
        if self.dimension != source.dimension && !bare {
            return Agreement::Incomparable;
        }
        // A number without a unit can only be held against the other number as it is written.
        let same_number = if self.dimension == source.dimension {
            self.is_close(source) && both_close(self.upper, source.upper)
        } else {
            self.digits() == source.digits() && self.upper.is_some() == source.upper.is_some()
        };
        if !same_number {
            let inside = |value: f64, of: &Self| of.upper.is_some_and(|upper| value >= of.value && value <= upper);
            let nested = self.dimension == source.dimension
                && (self.upper.is_none() && inside(self.value, source)
                    || source.upper.is_none() && inside(source.value, self));
            return match (self.dimension == source.dimension, nested) {
                (true, true) => Agreement::Looser,
                (true, false) => Agreement::Different,
                (false, _) => Agreement::Incomparable,
            };
        }
        let (ours, theirs) = (self.relation, source.relation);
        let added_unit = source.dimension.is_empty() && !self.dimension.is_empty();
        let other_unit = self.dimension != source.dimension && (self.counts || source.counts);
        let turned = matches!(
            (self.reach, source.reach),
            (Reach::Within, Reach::After)
                | (Reach::After, Reach::Within)
                | (Reach::By, Reach::To)
                | (Reach::To, Reach::By)
        );
        // "At 8 weeks" is "week 8", "for 8 weeks" is not.
        let lasts = |a: &Self, b: &Self| {
            let is_at = matches!(a.reach, Reach::At | Reach::Within | Reach::After);
            b.is_point && !a.is_point && !(is_at && a.has_origin == b.has_origin)
        };
        match (ours, theirs) {
            _ if turned || ours.side() * theirs.side() < 0 => Agreement::Opposite,
            _ if added_unit || other_unit || lasts(self, source) || lasts(source, self) => Agreement::Looser,
            _ if ours == theirs => Agreement::Same,
            (
                Relation::Exactly | Relation::About | Relation::Over,
                Relation::Exactly | Relation::About | Relation::Over,
            )
            | (Relation::Over, Relation::Above)
            | (Relation::Above, Relation::Over) => Agreement::Same,
            _ => Agreement::Looser,
        }
    }

    /// Whether the number is the same. "About a third" may be 33 % or 35 %.
    fn is_close(&self, source: &Self) -> bool {
        let off = match (self.in_words || source.in_words, self.relation == Relation::About) {
            _ if self.dimension != "ratio" => 0.0,
            (true, false) => 0.01,
            (true, true) => 0.05,
            (false, _) => 0.0,
        };
        close(self.value, source.value) || (self.value - source.value).abs() <= off
    }

    /// The ends of a range, each as an amount of its own.
    pub(crate) fn ends(&self) -> Option<(Self, Self)> {
        let upper = self.upper?;
        let end = |value: f64| Self { value, upper: None, ..self.clone() };
        Some((end(self.value), end(upper)))
    }

    /// As written, with what bounds it elsewhere: the "maximum" of its noun.
    pub(crate) fn shown(&self, written: &str) -> String {
        let bound = if self.is_bounded_elsewhere { self.relation.word() } else { "" };
        format!("{}{bound}{written}", self.reach.word())
    }

    /// A number in words with no unit: too common in idioms to be asked for, and held only against another of the same noun.
    pub(crate) fn is_word(&self) -> bool {
        self.in_words && !self.has_unit()
    }

    /// Whether a number in words is there in some form, of whatever.
    pub(crate) fn is_heard(&self, source: &Self) -> bool {
        let is_it = |value: f64| close(self.number, value);
        self.number <= 2.0 || is_it(source.number) || is_it(source.value) || source.upper.is_some_and(is_it)
    }

    /// "A third", "half".
    pub(crate) fn is_part_in_words(&self) -> bool {
        self.in_words && self.dimension == "ratio" && self.value < 1.0
    }

    /// Whether so many of it are the whole.
    pub(crate) fn is_part_of(&self, whole: &Self, times: f64) -> bool {
        self.has_unit() && self.dimension == whole.dimension && close(self.value * times, whole.value)
    }

    /// Whether it is a day: "in 24 hours".
    pub(crate) fn is_a_day(&self) -> bool {
        self.dimension == "time" && close(self.value, 86_400.0)
    }

    /// Whether a part or number of them cannot be called "most" or "all".
    pub(crate) fn is_other_extent(&self, value: &str) -> bool {
        let is_part = self.dimension == "ratio" && self.upper.is_none();
        let counts_some = self.dimension.is_empty() && self.noun.as_deref() == Some("of");
        match value {
            "all" => is_part && self.value < 1.0 || counts_some,
            "most" => is_part && self.value <= 0.5,
            "few" => is_part && self.value >= 0.5,
            _ => false,
        }
    }

    /// What is given, and not how long or to whom.
    pub(crate) fn is_dose(&self) -> bool {
        self.has_unit() && !matches!(self.dimension.as_str(), "time" | "months" | "years" | "ratio" | "pressure")
    }

    pub(crate) fn has_unit(&self) -> bool {
        !self.dimension.is_empty()
    }

    /// Whether both measure the same sort of thing: doses, by weight or not, or spans of time.
    pub(crate) fn measures_as(&self, other: &Self) -> bool {
        self.measure() == other.measure()
    }

    fn measure(&self) -> &str {
        match self.dimension.as_str() {
            "time" | "months" | "years" => "time",
            "mass/mass" | "mass/time" | "mass/mass/time" => "mass",
            "units/mass" | "units/time" | "units/mass/time" => "units",
            other => other,
        }
    }

    /// The digits as written, without the unit.
    pub(crate) fn digits(&self) -> String {
        self.written
            .chars()
            .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '/'))
            .filter(|c| *c != ',')
            .collect()
    }
}

fn both_close(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => close(a, b),
        (None, None) => true,
        _ => false,
    }
}

/// Tokens as they were written.
pub(crate) fn join(tokens: &[Token]) -> String {
    let mut out = String::new();
    for token in tokens {
        if token.spaced && !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&token.written);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amounts::quantities;
    use crate::words::{plain, tokens};

    fn all(text: &str) -> Vec<Quantity> {
        let tokens = tokens(&plain(text));
        quantities(&tokens, &vec![false; tokens.len()])
    }

    fn one(text: &str) -> Quantity {
        let mut found = all(text);
        assert_eq!(found.len(), 1, "{text:?}: {found:?}");
        found.remove(0)
    }

    #[test]
    fn equal_amounts_are_equal_in_any_form() {
        for (a, b) in [
            ("0.5 g", "500 mg"),
            ("250 micrograms", "0.25 mg"),
            ("1,000 mL", "1 L"),
            ("2 h", "120 minutes"),
            ("5 mg/kg", "5000 mcg/kg"),
            ("1 mg/dL", "10 mg/L"),
            ("7 days", "one week"),
            ("70%", "70 per cent"),
            ("1:1000", "0.1 %"),
            ("one in five", "20%"),
            ("5–10 mg", "5 mg to 10 mg"),
            ("500 mg to 1 g", "0.5–1 g"),
            ("between 5 and 10 mg", "5-10 mg"),
            ("≥ 30 kg", "30 kg or more"),
            ("< 30 mL/min/1.73 m²", "below 30 mL/min"),
            ("aged 18", "18 years"),
            ("a 7-day course", "7 days"),
            ("1.2 million units", "1,200,000 IU"),
            ("not more than 4 g", "maximum 4000 mg"),
            ("1/2 tablet", "half a tablet"),
            ("125 MCG", "0.125 MG"),
            ("50 × 10⁹/L", "50,000/mm³"),
            ("within 4 hours", "4 hours"),
        ] {
            assert_eq!(one(a).compare(&one(b)), Agreement::Same, "{a} and {b}: {:?} {:?}", one(a), one(b));
        }
    }

    #[test]
    fn unlike_amounts_are_told_apart() {
        for (a, b, how) in [
            ("5 mg", "50 mg", Agreement::Different),
            ("5 mg", "5 mg/kg", Agreement::Incomparable),
            ("5 mg", "5 mL", Agreement::Incomparable),
            ("1 month", "1 week", Agreement::Incomparable),
            ("5 hours", "5 days", Agreement::Different),
            ("5 m", "5 min", Agreement::Incomparable),
            ("above 30", "below 30", Agreement::Opposite),
            ("≥ 30", "> 30", Agreement::Looser),
            ("30", "below 30", Agreement::Looser),
            ("7 mg", "5–10 mg", Agreement::Looser),
            ("12 mg", "5–10 mg", Agreement::Different),
            ("140/90", "140/90 mmHg", Agreement::Same),
            ("2 tablets", "1/2 tablet", Agreement::Different),
            ("125 MG", "125 micrograms", Agreement::Different),
            ("10 mg/KG", "10 mg", Agreement::Incomparable),
            ("125 xyz", "125 micrograms", Agreement::Looser),
            ("20 patients", "20%", Agreement::Looser),
            ("4.5 × 10⁹/L", "4.5 × 10⁹/mL", Agreement::Different),
            ("within 4 hours", "after 4 hours", Agreement::Opposite),
            ("three times the limit", "five times the limit", Agreement::Different),
            ("two of 20 patients", "five of 20 patients", Agreement::Different),
            ("two thirds of patients", "one third of patients", Agreement::Different),
            ("half of patients", "three quarters of patients", Agreement::Different),
            ("three patients", "three weeks", Agreement::Incomparable),
            ("5 mg", "5, 10 or 20 mg", Agreement::Same),
            ("5 g", "5, 10 or 20 mg", Agreement::Different),
            ("5%", "5 percentage points", Agreement::Incomparable),
        ] {
            assert_eq!(all(a)[0].compare(&all(b)[0]), how, "{a} and {b}");
        }
    }

    #[test]
    fn numbers_of_a_list_share_their_unit() {
        let dimensions = |text: &str| all(text).into_iter().map(|one| one.dimension).collect::<Vec<_>>();
        assert_eq!(dimensions("5, 10 or 20 mg"), ["mass"; 3]);
        assert_eq!(dimensions("140/90 mmHg"), ["pressure"; 2]);
        assert_eq!(dimensions("in 3 patients and 20 mg"), ["", "mass"]);
        assert!(all("CYP2D6, HbA1c, vitamin B12 and one of the first").is_empty());
    }
}
