//! Amounts: a number with its comparator, its range and its unit.

use std::ops::Range;

use crate::comparator::{Reach, Relation, reach_before, relation_after, relation_before};
use crate::lexicon;
use crate::number::{Number, number_at};
use crate::senses::sense_at;
use crate::unit::{Unit, is_number, unit_at};
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
    written: String,
    /// Tokens of number and unit, and of the comparator before or after.
    pub(crate) at: Range<usize>,
    in_words: bool,
    /// The word after a number without a unit.
    noun: Option<String>,
    /// `within` or `after` it.
    pub(crate) reach: Reach,
    /// A bare number of something that is no unit that is known: "20 patients", "125 xy".
    counts: bool,
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
            close(self.value, source.value) && both_close(self.upper, source.upper)
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
        let turned =
            matches!((self.reach, source.reach), (Reach::Within, Reach::After) | (Reach::After, Reach::Within));
        match (ours, theirs) {
            _ if turned || ours.side() * theirs.side() < 0 => Agreement::Opposite,
            _ if added_unit || other_unit => Agreement::Looser,
            _ if ours == theirs => Agreement::Same,
            (Relation::Exactly | Relation::About, Relation::Exactly | Relation::About) => Agreement::Same,
            _ => Agreement::Looser,
        }
    }

    /// The ends of a range, each as an amount of its own.
    pub(crate) fn ends(&self) -> Option<(Self, Self)> {
        let upper = self.upper?;
        let end = |value: f64| Self { value, upper: None, ..self.clone() };
        Some((end(self.value), end(upper)))
    }

    /// A number in words with no unit: too common in idioms to be asked for, and held only against another of the same noun.
    pub(crate) fn is_word(&self) -> bool {
        self.in_words && !self.has_unit()
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

/// All amounts among `tokens`, in order; those that `taken` covers are left out.
pub(crate) fn quantities(tokens: &[Token], taken: &[bool]) -> Vec<Quantity> {
    let mut found: Vec<Quantity> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match (taken[at], number_at(&tokens[at..])) {
            (false, Some(number)) => {
                let quantity = read(tokens, at, number);
                at = quantity.at.end.max(at + number.length);
                found.push(quantity);
            }
            _ => at += 1,
        }
    }
    share_units(tokens, &mut found);
    for quantity in &mut found {
        let next = tokens.get(quantity.at.end).filter(|next| next.is_word() && !quantity.has_unit());
        quantity.noun = next.map(|next| next.lower.clone());
        quantity.counts = next.is_some() && counts(tokens, taken, quantity.at.end);
        bound(tokens, quantity);
    }
    // "Three times the upper limit", "five of 20 patients" and "two thirds of patients" are no idioms; "one of the first" is.
    let is_meant = |value: f64, noun: &str| match noun {
        "of" => value > 1.0 || value < 1.0 && value > 0.0,
        noun => value > 1.0 && (noun == "times" || lexicon::is_counted(noun)),
    };
    found.retain(|one| !one.is_word() || one.noun.as_deref().is_some_and(|noun| is_meant(one.value, noun)));
    found
}

/// Whether what follows a bare number is counted by it, or is a unit that is not known.
fn counts(tokens: &[Token], taken: &[bool], end: usize) -> bool {
    let Some(next) = tokens.get(end).filter(|next| next.is_word() && !taken[end]) else { return false };
    let lower = next.lower.as_str();
    let says_more = lexicon::is_function_word(lower) || sense_at(std::iter::once(lower)).is_some();
    lexicon::is_counted(lower) || lower.chars().count() <= 3 && lower.chars().all(char::is_alphabetic) && !says_more
}

/// Reads the comparator before or after an amount, and its reach, and takes the tokens of the comparator.
fn bound(tokens: &[Token], quantity: &mut Quantity) {
    if let Some((relation, words)) = relation_before(tokens, quantity.at.start) {
        quantity.relation = relation;
        quantity.at.start -= words;
    } else if let Some((relation, words)) = relation_after(tokens, quantity.at.end) {
        quantity.relation = relation;
        quantity.at.end += words;
    }
    quantity.reach = reach_before(tokens, quantity.at.start);
}

/// The amount whose number starts at `at`.
fn read(tokens: &[Token], at: usize, number: Number) -> Quantity {
    let minus = at > 0
        && tokens[at - 1].written == "-"
        && tokens[at - 1].spaced
        && !tokens[at].spaced
        && (at < 2 || !is_number(tokens.get(at - 2)));
    let value = if minus { -number.value } else { number.value };
    let mut end = at + number.length;
    // "1:1000", "1 in 1000", "one in five"
    let separator = tokens.get(end).map(|token| token.lower.as_str());
    if number.value == 1.0
        && matches!(separator, Some(":" | "in"))
        && let Some(whole) = number_at(&tokens[end + 1..]).filter(|whole| whole.value > 1.0)
        && unit_at(&tokens[end + 1 + whole.length..]).is_none()
    {
        end += 1 + whole.length;
        let written = join(&tokens[at..end]);
        return Quantity {
            value: 1.0 / whole.value,
            upper: None,
            relation: Relation::Exactly,
            dimension: "ratio".into(),
            written,
            at: at..end,
            in_words: false,
            noun: None,
            reach: Reach::Open,
            counts: false,
        };
    }
    let first_unit = unit_at(&tokens[end..]).filter(|unit| stands_for_unit(tokens, end, unit));
    let unit_end = end + first_unit.as_ref().map_or(0, |unit| unit.length);
    if let Some((upper, upper_end, upper_unit)) = range_end(tokens, at, unit_end, number.value) {
        let low_unit = first_unit.clone().or_else(|| upper_unit.clone());
        let high_unit = upper_unit.or_else(|| first_unit.clone());
        let factor = |unit: &Option<Unit>| unit.as_ref().map_or(1.0, |unit| unit.factor);
        let dimension = |unit: &Option<Unit>| unit.as_ref().map_or(String::new(), |unit| unit.dimension.clone());
        if dimension(&low_unit) == dimension(&high_unit) {
            return Quantity {
                value: value * factor(&low_unit),
                upper: Some(upper * factor(&high_unit)),
                relation: Relation::Exactly,
                dimension: dimension(&low_unit),
                written: join(&tokens[at..upper_end]),
                at: at..upper_end,
                in_words: false,
                noun: None,
                reach: Reach::Open,
                counts: false,
            };
        }
    }
    let aged = at > 0 && matches!(tokens[at - 1].lower.as_str(), "aged" | "age");
    let (dimension, factor) = match first_unit {
        Some(unit) => (unit.dimension, unit.factor),
        None if aged => ("years".to_owned(), 1.0),
        None => (String::new(), 1.0),
    };
    let written = join(&tokens[at..unit_end]);
    Quantity {
        value: value * factor,
        upper: None,
        relation: Relation::Exactly,
        dimension,
        written,
        at: at..unit_end,
        in_words: number.in_words,
        noun: None,
        reach: Reach::Open,
        counts: false,
    }
}

/// "5 m" is a length, "5 h" a time, but "group 2 s" is nothing; "5 in 3 doses": a count of doses needs no more care.
fn stands_for_unit(tokens: &[Token], end: usize, unit: &Unit) -> bool {
    let single = tokens[end].written.chars().count() == 1 && tokens[end].is_word();
    let followed_by_stop = tokens.get(end + unit.length).is_some_and(|next| next.written == "'");
    !(single && followed_by_stop)
}

/// The upper end of a range that goes on at `end`: `-`, `to`, or `and` after `between`.
fn range_end(tokens: &[Token], start: usize, end: usize, lower: f64) -> Option<(f64, usize, Option<Unit>)> {
    let joint = tokens.get(end)?;
    let between = start > 0 && tokens[start - 1].lower == "between";
    let joins = match joint.lower.as_str() {
        "-" | "to" => true,
        "and" => between,
        _ => false,
    };
    let upper = number_at(tokens.get(end + 1..)?).filter(|_| joins)?;
    let after = end + 1 + upper.length;
    let unit = unit_at(&tokens[after..]);
    let length = unit.as_ref().map_or(0, |unit| unit.length);
    (upper.value > lower || unit.is_some()).then_some((upper.value, after + length, unit))
}

/// "5, 10 or 20 mg", "140/90 mmHg", "5 ± 2 mg": numbers before the last have its unit.
fn share_units(tokens: &[Token], found: &mut [Quantity]) {
    // Of the unit that the last of them has.
    let mut factor = None;
    for at in (1..found.len()).rev() {
        let (before, after) = found.split_at_mut(at);
        let (Some(one), next) = (before.last_mut(), &after[0]) else { continue };
        let between = &tokens[one.at.end..next.at.start];
        let joins = !between.is_empty()
            && between.iter().all(|token| matches!(token.lower.as_str(), "," | "or" | "and" | "/" | "±"));
        if joins && !one.has_unit() && next.has_unit() && next.dimension != "years" {
            let shared = factor.unwrap_or_else(|| factor_of(next, tokens));
            one.value *= shared;
            one.upper = one.upper.map(|upper| upper * shared);
            one.dimension.clone_from(&next.dimension);
            factor = Some(shared);
        } else {
            factor = None;
        }
    }
}

fn factor_of(quantity: &Quantity, tokens: &[Token]) -> f64 {
    let inside = &tokens[quantity.at.clone()];
    let unit = (0..inside.len()).filter(|&at| number_at(&inside[at..]).is_none()).find_map(|at| unit_at(&inside[at..]));
    unit.map_or(1.0, |unit| unit.factor)
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
