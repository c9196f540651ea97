//! Quantities that go by a name, laboratory values and scores, and the name that a number belongs to.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::{Pattern, is_match};
use crate::scan::Unit;

/// A quantity that goes by a name.
pub(crate) struct Level {
    pub(crate) name: &'static str,
    pattern: Regex,
    /// Units in which it is given, beside none.
    pub(crate) units: &'static [Unit],
}

static LEVELS: LazyLock<Vec<Level>> = LazyLock::new(|| {
    let rows: [(&str, &str, &[Unit]); 19] = [
        (FILTRATION, r"e?GFR\b", &[Unit::Clearance]),
        (CLEARANCE, r"(?:(?:creatinine )?clearance|CrCl)\b", &[Unit::Clearance]),
        ("potassium", r"(?:potassium\b|(?-i:K\+)|(?-i:K)\b)", &[Unit::Molar]),
        ("pH", r"pH\b", &[]),
        (HAEMOGLOBIN, r"(?:ha?emoglobin|Hb)\b", &[Unit::Grams, Unit::GramsPerDecilitre]),
        ("albumin-creatinine ratio", r"(?:ACR|albumin.creatinine ratio|ratio)\b", &[Unit::Ratio]),
        ("TSH", r"TSH\b", &[Unit::Activity]),
        (HOURS_AFTER, r"hours (?:after|since) \w+", &[]),
        ("PHQ-9", r"PHQ-?9\b", &[]),
        ("CIWA-Ar", r"CIWA(?:-Ar)?\b", &[]),
        ("PUQE", r"PUQE(?:-24)?\b", &[]),
        ("Westley", r"Westley\b", &[]),
        ("GRACE", r"(?-i:GRACE)\b", &[]),
        ("CURB-65", r"CURB-?65\b", &[]),
        ("4AT", r"4AT\b", &[]),
        ("CHA2DS2-VA", r"(?:CHA2DS2-VA(?:Sc)?|CHADS-?VASC)\b", &[]),
        ("Wells", r"Wells\b", &[]),
        ("NIHSS", r"NIHSS\b", &[]),
        ("Glasgow-Blatchford", r"Glasgow-Blatchford\b", &[]),
    ];
    let named = |(name, pattern, units): (&'static str, &str, &'static [Unit])| {
        Some(Level { name, pattern: Regex::new(&format!(r"(?i)\b{pattern}")).ok()?, units })
    };
    rows.into_iter().filter_map(named).collect()
});

/// Estimated glomerular filtration rate, in mL/min/1.73 m².
pub(crate) const FILTRATION: &str = "eGFR";
/// By the Cockcroft-Gault formula, in mL/min.
pub(crate) const CLEARANCE: &str = "creatinine clearance";
pub(crate) const HAEMOGLOBIN: &str = "haemoglobin";
pub(crate) const HOURS_AFTER: &str = "hours after";

/// Longest way from a name to its number, in bytes and words.
const WAY_BYTES: usize = 45;
const WAY_WORDS: usize = 5;

/// Between a name and a number: another number, a list, or a change.
static PARTS_NAME: Pattern =
    LazyLock::new(|| Regex::new(r"(?i)[0-9,.;]|\bby\b|\b(?:ris|fall|low|rais|increas|reduc|chlorid)\w*").ok());

static IN_BRACKETS: Pattern = LazyLock::new(|| Regex::new(r"\([^)]*\)").ok());

/// What a number in mL/min is of: what is named last before it, or first after it.
pub(crate) fn name_in(text: &str, start: usize) -> Option<&'static Level> {
    let kidney = || LEVELS.iter().filter(|named| named.units == [Unit::Clearance]);
    let last = |named: &'static Level| Some((named.pattern.find_iter(&text[..start]).last()?.start(), named));
    let before = kidney().filter_map(last).max_by_key(|(at, _)| *at);
    let first = |named: &'static Level| Some((named.pattern.find_at(text, start)?.start(), named));
    before.or_else(|| kidney().filter_map(first).min_by_key(|(at, _)| *at)).map(|(_, named)| named)
}

/// The name that a number behind this text belongs to.
pub(crate) fn name_before(before: &str) -> Option<&'static Level> {
    let reaches = |end: usize| {
        let way = &before[end..];
        let Some(brackets) = IN_BRACKETS.as_ref() else { return false };
        let plain = brackets.replace_all(way, "");
        way.len() <= WAY_BYTES
            && !way.contains("mg/g")
            && !way.contains("mmol/mol")
            && !is_match(&PARTS_NAME, &plain)
            && plain.split_whitespace().count() <= WAY_WORDS
    };
    let nearest = |named: &'static Level| {
        let ends = named.pattern.find_iter(before).map(|found| found.end()).filter(|&end| reaches(end));
        Some((ends.last()?, named))
    };
    LEVELS.iter().filter_map(nearest).max_by_key(|(end, _)| *end).map(|(_, named)| named)
}
