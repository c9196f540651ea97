//! Numbers with their units, brought to a form in which 0.5 g and 500 mg are equal.

use std::fmt;

/// A number as a text states it, with its unit if it has one.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// The value in base units of `dimension`.
    value: f64,
    /// What is measured: `mass`, `mass/mass`, `percent`, …; empty for a bare number.
    dimension: String,
    /// As written.
    written: String,
}

impl Quantity {
    /// Whether both measure the same thing.
    pub fn is_comparable_to(&self, other: &Self) -> bool {
        self.dimension == other.dimension
    }

    /// Whether both state the same amount of the same thing. Equal to nine digits: unit factors are not exact in binary.
    pub fn is_equal_to(&self, other: &Self) -> bool {
        let close = (self.value - other.value).abs() <= 1e-9 * self.value.abs().max(other.value.abs());
        self.is_comparable_to(other) && close
    }

    /// Whether a unit was stated.
    pub fn has_unit(&self) -> bool {
        !self.dimension.is_empty()
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Spelling, dimension and factor to the base unit. Case matters where it changes the meaning (mg, Mg), so nothing is folded.
/// Factors: International System of Units, 9th ed. (BIPM 2019); lengths of month and year are not converted into days.
const UNITS: &[(&[&str], &str, f64)] = &[
    (&["kg", "kilogram", "kilograms"], "mass", 1e3),
    (&["g", "gram", "grams"], "mass", 1.0),
    (&["mg", "milligram", "milligrams"], "mass", 1e-3),
    (&["µg", "μg", "mcg", "ug", "microgram", "micrograms"], "mass", 1e-6),
    (&["ng", "nanogram", "nanograms"], "mass", 1e-9),
    (&["L", "l", "litre", "litres", "liter", "liters"], "volume", 1.0),
    (&["dL", "dl"], "volume", 1e-1),
    (&["mL", "ml", "millilitre", "millilitres", "cc"], "volume", 1e-3),
    (&["mol"], "amount", 1.0),
    (&["mmol"], "amount", 1e-3),
    (&["µmol", "μmol", "umol", "micromol"], "amount", 1e-6),
    (&["nmol"], "amount", 1e-9),
    (&["pmol"], "amount", 1e-12),
    (&["mEq", "meq"], "equivalents", 1.0),
    (&["IU", "units", "unit", "U"], "units", 1.0),
    (&["s", "sec", "second", "seconds"], "time", 1.0),
    (&["min", "minute", "minutes"], "time", 60.0),
    (&["h", "hr", "hrs", "hour", "hours", "hourly"], "time", 3_600.0),
    (&["d", "day", "days"], "time", 86_400.0),
    (&["week", "weeks"], "time", 604_800.0),
    (&["month", "months"], "months", 1.0),
    (&["year", "years"], "years", 1.0),
    (&["mmHg"], "pressure", 1.0),
    (&["kPa"], "pressure", 7.500_616_827),
    (&["°C"], "temperature", 1.0),
    (&["m²", "m2"], "area", 1.0),
    (&["m"], "length", 1.0),
    (&["cm"], "length", 1e-2),
    (&["mm"], "length", 1e-3),
    (&["J"], "energy", 1.0),
    (&["kcal"], "energy", 4_184.0),
    (&["%", "percent", "per cent"], "percent", 1.0),
    (&["mmol/mol"], "amount/amount", 1e-3),
];

/// All numbers in `text`, in order.
pub fn quantities(text: &str) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut before = None;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let inside_word = rest[..at].chars().next_back().or(before).is_some_and(char::is_alphabetic);
        let number = number_length(&rest[at..]);
        let end = at + number;
        // "CYP2D6", "COVID-19" and "B12" are names; the digits in them are not amounts.
        if !inside_word && let Some(value) = parse(&rest[at..end]) {
            let (dimension, factor, length) = unit(&rest[end..]);
            let written = rest[at..end + length].to_owned();
            found.push(Quantity { value: value * factor, dimension, written });
        }
        before = rest[..end].chars().next_back();
        rest = &rest[end..];
        if inside_word {
            let name = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            before = rest[..name].chars().next_back().or(before);
            rest = &rest[name..];
        }
    }
    found
}

/// Length of the number at the start of `text`: digits with inner points, and commas or thin spaces between groups of three.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    while digit(end) {
        end += 1;
        let groups = digit(end + 1) && digit(end + 2) && digit(end + 3) && !digit(end + 4);
        match bytes.get(end) {
            Some(b'.') if digit(end + 1) => end += 1,
            Some(b',') if groups => end += 1,
            _ => {}
        }
    }
    end
}

fn parse(number: &str) -> Option<f64> {
    number.replace(',', "").parse().ok()
}

/// Dimension, factor and length of the unit at the start of `text`: atoms joined by `/`, after at most one space.
fn unit(text: &str) -> (String, f64, usize) {
    let none = (String::new(), 1.0, 0);
    let start = usize::from(text.starts_with([' ', '\u{a0}', '-']) && !text.starts_with("- "));
    let Some((mut dimension, mut factor, mut end)) = atom(&text[start..]).map(|(d, f, l)| (d.to_owned(), f, start + l))
    else {
        return none;
    };
    while let Some(below) = text[end..].strip_prefix('/') {
        let Some((name, scale, length)) = atom(below) else { break };
        dimension = format!("{dimension}/{name}");
        factor /= scale;
        end += 1 + length;
    }
    (dimension, factor, end)
}

fn atom(text: &str) -> Option<(&'static str, f64, usize)> {
    let fits = |name: &&&str| {
        text.strip_prefix(**name).is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '²'))
    };
    let candidates = UNITS.iter().filter_map(|(names, dimension, factor)| {
        names.iter().filter(fits).map(|name| name.len()).max().map(|length| (*dimension, *factor, length))
    });
    candidates.max_by_key(|(.., length)| *length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Quantity {
        let mut found = quantities(text);
        assert_eq!(found.len(), 1, "{text:?}: {found:?}");
        found.remove(0)
    }

    #[test]
    fn equal_amounts_are_equal_in_any_unit() {
        for (a, b) in [
            ("0.5 g", "500 mg"),
            ("250 micrograms", "0.25 mg"),
            ("1,000 mL", "1 L"),
            ("2 h", "120 minutes"),
            ("5 mg/kg", "5000 mcg/kg"),
            ("1 mg/dL", "10 mg/L"),
            ("7 days", "1 week"),
            ("70%", "70 percent"),
            ("8-hourly", "8 h"),
        ] {
            assert!(one(a).is_equal_to(&one(b)), "{a} and {b}: {:?} {:?}", one(a), one(b));
        }
    }

    #[test]
    fn unlike_amounts_are_not() {
        for (a, b) in [
            ("5 mg", "50 mg"),
            ("5 mg", "5 mg/kg"),
            ("5 mg", "5 mL"),
            ("5", "5 mg"),
            ("1 month", "1 week"),
            ("5 m", "5 min"),
        ] {
            assert!(!one(a).is_equal_to(&one(b)), "{a} and {b}");
        }
    }

    #[test]
    fn digits_inside_names_are_no_amounts() {
        assert!(quantities("CYP2D6, HbA1c and vitamin B12").is_empty());
        let found = quantities("eGFR below 30 mL/min/1.73 m²");
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), ["30 mL/min", "1.73 m²"]);
    }
}
