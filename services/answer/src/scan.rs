//! Numbers of a text with their units, what bounds them, and the other end of a range: "under 6 months", "70 to 79 kg".

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::bands::{Form, Interval};
use crate::pattern::Pattern;

/// A unit in which something is given that can be held against a band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Days,
    Weeks,
    Months,
    Years,
    Hours,
    Kilograms,
    Clearance,
    Molar,
    Grams,
    GramsPerDecilitre,
    Activity,
    Ratio,
    Baselines,
}

/// By their beginnings, in lower case.
const UNITS: [(&str, Unit); 15] = [
    ("ml/min", Unit::Clearance),
    ("mmol/l", Unit::Molar),
    ("meq/l", Unit::Molar),
    ("mg/mmol", Unit::Ratio),
    ("mu/l", Unit::Activity),
    ("miu/l", Unit::Activity),
    ("g/dl", Unit::GramsPerDecilitre),
    ("g/l", Unit::Grams),
    ("kg", Unit::Kilograms),
    ("times", Unit::Baselines),
    ("mo", Unit::Months),
    ("d", Unit::Days),
    ("w", Unit::Weeks),
    ("y", Unit::Years),
    ("h", Unit::Hours),
];

impl Unit {
    pub(crate) fn read(written: &str) -> Option<Self> {
        let lower = written.to_lowercase();
        UNITS.iter().find(|(beginning, _)| lower.starts_with(beginning)).map(|(_, unit)| *unit)
    }

    /// In months, of a unit of time that ages are given in. A month is the twelfth of 365.25 days.
    pub(crate) fn months(self) -> Option<f64> {
        match self {
            Self::Days => Some(1.0 / 30.4375),
            Self::Weeks => Some(7.0 / 30.4375),
            Self::Months => Some(1.0),
            Self::Years => Some(12.0),
            _ => None,
        }
    }
}

/// Units as they are written.
const UNIT: &str = r"(?:(?:days?|weeks?|wks?|months?|years?|yrs?|hours?|hrs?|kg|mmol/l|meq/l|g/l|g/dl|mi?u/l|mg/mmol|times (?:the )?baseline)\b|ml/min(?:ute)?(?:/1\.73 ?m[²2])?)";
/// Words before a number that bound it from above, and from below.
const BELOW: &str = "under|below|less than|fewer than|lower than|younger than|lighter than|before|up to|at most|no more than|not more than";
const ABOVE: &str = "no less than|not less than|over|above|more than|greater than|higher than|older than|heavier than|exceeding|at least|from|after";

/// A number with what bounds it, its unit, and the other end of a range.
static SCAN: Pattern = LazyLock::new(|| {
    let number = r"[0-9]+(?:\.[0-9]+)?";
    let first = format!(
        r"(?:(?P<pre>\b(?:{BELOW}|{ABOVE}|between)\b|<=|>=|[<>≤≥])\s*(?:the ages? of )?)?(?P<a>{number})(?:[ -]?(?P<ua>{UNIT}))?"
    );
    let second = format!(
        r"(?:\s*(?P<join>to|and|but|[-–])\s*(?:(?P<pre2>under|below|less than|up to)\s*)?(?P<b>{number})(?:[ -]?(?P<ub>{UNIT}))?)?"
    );
    let post = r"(?:\s*(?:of age\s+)?(?:or|and)\s+(?P<post>older|over|above|more|higher|greater|heavier|upwards|worse|later|younger|under|below|less|lower|lighter|earlier)\b)?";
    Regex::new(&format!("(?i){first}{second}{post}")).ok()
});

/// Which side of a number is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    None,
    Below,
    /// Below or equal.
    UpTo,
    /// From it on.
    From,
    Above,
    Between,
}

impl Side {
    fn before(word: Option<&str>) -> Self {
        match word.unwrap_or_default().to_lowercase().as_str() {
            "" => Self::None,
            "between" => Self::Between,
            "up to" | "at most" | "no more than" | "not more than" | "<=" | "≤" => Self::UpTo,
            "at least" | "from" | "no less than" | "not less than" | ">=" | "≥" => Self::From,
            ">" => Self::Above,
            "<" => Self::Below,
            word if BELOW.split('|').any(|below| below == word) => Self::Below,
            _ => Self::Above,
        }
    }

    fn after(word: Option<&str>) -> Self {
        match word.unwrap_or_default().to_lowercase().as_str() {
            "" => Self::None,
            "younger" | "under" | "below" | "less" | "lower" | "lighter" | "earlier" => Self::UpTo,
            _ => Self::From,
        }
    }
}

/// A number as written: its value, and the step of its last digit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number {
    pub(crate) value: f64,
    step: f64,
}

impl Number {
    pub(crate) fn read(written: &str) -> Option<Self> {
        let decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let step = 0.1_f64.powi(i32::try_from(decimals).ok()?);
        Some(Self { value: written.parse().ok()?, step })
    }

    /// Where what is said of this number ends: 12 years last until somebody is 13, and 6.4 until 6.5.
    pub(crate) fn end(self) -> f64 {
        self.value + self.step
    }
}

/// A number, or two, as it stands in a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scan<'t> {
    pub(crate) text: &'t str,
    pub(crate) a: Number,
    b: Option<Number>,
    pub(crate) unit_a: Option<Unit>,
    pub(crate) unit_b: Option<Unit>,
    pub(crate) before: Side,
    /// The words of `before`.
    pub(crate) bound: &'t str,
    before_b: Side,
    after: Side,
    /// The word behind it that says which side is meant, such as "older".
    pub(crate) side_word: &'t str,
    pub(crate) start: usize,
    /// Behind the last number and its unit.
    measured: usize,
    pub(crate) end: usize,
}

impl<'t> Scan<'t> {
    /// All numbers of a text that are no part of a name such as PHQ-9.
    pub(crate) fn all(text: &'t str) -> Vec<Self> {
        let Some(regex) = SCAN.as_ref() else { return Vec::new() };
        let (mut found, mut at) = (Vec::new(), 0);
        while let Some(captures) = regex.captures_at(text, at) {
            let Some(a) = captures.name("a") else { break };
            at = a.end();
            if let Some(scan) = Self::read(text, &captures).filter(|_| !is_part_of_name(&text[..a.start()])) {
                at = at.max(scan.end);
                found.push(scan);
            }
        }
        found
    }

    fn read(text: &'t str, captures: &Captures<'t>) -> Option<Self> {
        let part = |name: &str| captures.name(name).map(|part| part.as_str());
        let end_of = |name: &str| captures.name(name).map(|part| part.end());
        let a = Number::read(part("a")?)?;
        let unit_a = part("ua").and_then(Unit::read);
        let before = Side::before(part("pre"));
        let mut scan = Self {
            text,
            a,
            b: None,
            unit_a,
            unit_b: unit_a,
            before,
            bound: part("pre").unwrap_or_default(),
            before_b: Side::before(part("pre2")),
            after: Side::None,
            side_word: "",
            start: captures.get(0)?.start(),
            measured: end_of("ua").or(end_of("a"))?,
            end: end_of("ua").or(end_of("a"))?,
        };
        let joins = match part("join").map(str::to_lowercase).as_deref() {
            Some("and" | "but") => before == Side::Between || scan.before_b != Side::None,
            Some(_) => true,
            None => false,
        };
        let b = part("b").and_then(Number::read).filter(|_| joins);
        let unit_b = part("ub").and_then(Unit::read);
        if let Some(b) = b.filter(|b| b.value > a.value || unit_b.is_some() && unit_a.is_some() && unit_a != unit_b) {
            scan.b = Some(b);
            scan.unit_a = unit_a.or(unit_b);
            scan.unit_b = unit_b.or(unit_a);
            scan.measured = end_of("ub").or(end_of("b"))?;
            scan.end = scan.measured;
        }
        if scan.b.is_some() || part("b").is_none() {
            scan.after = Side::after(part("post"));
            scan.side_word = part("post").unwrap_or_default();
            scan.end = captures.get(0)?.end();
        }
        Some(scan)
    }

    pub(crate) fn before_it(&self) -> &'t str {
        &self.text[..self.start]
    }

    pub(crate) fn behind_unit(&self) -> &'t str {
        &self.text[self.measured..]
    }

    pub(crate) fn behind_it(&self) -> &'t str {
        &self.text[self.end..]
    }

    /// What it bounds, its ends multiplied by their factors.
    pub(crate) fn interval(&self, factor_a: f64, factor_b: f64) -> (Interval, Form) {
        let (low, lowest, highest) = (self.a.value * factor_a, f64::NEG_INFINITY, f64::INFINITY);
        if let Some(b) = self.b {
            let high = factor_b * if self.before_b == Side::Below { b.value } else { b.end() };
            return match self.before {
                Side::Below | Side::UpTo => (Interval::new(lowest, high), Form::Limit),
                _ => (Interval::new(low, high), Form::Range),
            };
        }
        let end = self.a.end() * factor_a;
        let side = if matches!(self.before, Side::None | Side::Between) { self.after } else { self.before };
        match side {
            Side::Below => (Interval::new(lowest, low), Form::Limit),
            Side::UpTo => (Interval::new(lowest, end), Form::Limit),
            Side::From => (Interval::new(low, highest), Form::Limit),
            // Above it by as little as one likes.
            Side::Above => (Interval::new(low + 1e-9, highest), Form::Limit),
            Side::None | Side::Between => (Interval::new(low, end), Form::Point),
        }
    }
}

/// Whether a number behind this text belongs to a word: `CHA2`, `PHQ-9`, `1.73`.
fn is_part_of_name(before: &str) -> bool {
    let mut back = before.chars().rev();
    match back.next() {
        Some(c) if c.is_alphanumeric() => true,
        Some('-') => back.next().is_some_and(char::is_alphanumeric),
        Some('.' | ',') => back.next().is_some_and(|c| c.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_their_bounds_and_those_of_names_are_not() {
        let read = |text: &str| -> Vec<(f64, f64)> {
            let intervals = Scan::all(text).into_iter().map(|scan| scan.interval(1.0, 1.0).0);
            intervals.map(|interval| (interval.low, interval.high)).collect()
        };
        let (lowest, highest) = (f64::NEG_INFINITY, f64::INFINITY);
        for (text, low, high) in [
            ("70 to 79 kg", 70.0, 80.0),
            ("3.5 to 5.5", 3.5, 5.6),
            ("5 years to under 10 years", 5.0, 10.0),
            ("between 3 and 5 kg", 3.0, 6.0),
            ("above 7 and below 9", 7.0, 9.0),
            ("under 6 months", lowest, 6.0),
            ("60 kg or less", lowest, 61.0),
            ("\u{2265} 90 kg", 90.0, highest),
            ("12 years or older", 12.0, highest),
            ("30 mL/min/1.73 m\u{b2} or above", 30.0, highest),
            ("12 hours", 12.0, 13.0),
        ] {
            let found = read(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            let close = |a: f64, b: f64| a.total_cmp(&b).is_eq() || (a - b).abs() < 1e-6;
            assert!(close(found[0].0, low) && close(found[0].1, high), "{text}: {found:?}");
        }
        assert_eq!(read("a PHQ-9, CHA2DS2-VA or vitamin B12 test"), []);
        assert_eq!(read("5 kg and 10 kg").len(), 2);
    }
}
