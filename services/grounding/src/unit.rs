//! Units, brought to base units so that 0.5 g and 500 mg are equal.

use crate::words::{Kind, Token};

/// A unit at some place of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// What is measured: `mass`, `mass/mass`, `ratio`, ….
    pub(crate) dimension: String,
    /// Base units in one of these.
    pub(crate) factor: f64,
    /// Tokens it takes.
    pub(crate) length: usize,
}

/// Spellings, dimension and factor to the base unit, after UCUM. Case matters where it changes the meaning (`Mg`); spellings in
/// capitals that can mean one unit only are listed, names of three letters or more are also known in lower case. Factors: International System of Units, 9th ed. (BIPM 2019). Months and
/// years are not made days.
const UNITS: &[(&[&str], &str, f64)] = &[
    (&["kg", "Kg", "KG", "kilogram", "kilograms", "kilo", "kilos"], "mass", 1e3),
    (&["lb", "lbs", "pound", "pounds"], "mass", 453.592_37),
    (&["g", "G", "gm", "Gm", "GM", "gms", "gram", "grams", "gramme", "grammes"], "mass", 1.0),
    (&["mg", "MG", "mgs", "milligram", "milligrams"], "mass", 1e-3),
    (&["µg", "µG", "mcg", "ug", "UG", "microgram", "micrograms"], "mass", 1e-6),
    (&["ng", "NG", "nanogram", "nanograms"], "mass", 1e-9),
    (&["pg", "picogram", "picograms"], "mass", 1e-12),
    (&["L", "l", "litre", "litres", "liter", "liters"], "volume", 1.0),
    (&["dL", "dl", "DL", "Dl", "decilitre", "deciliter"], "volume", 1e-1),
    (
        &["mL", "ml", "ML", "Ml", "mls", "millilitre", "millilitres", "milliliter", "milliliters", "cc", "cm3"],
        "volume",
        1e-3,
    ),
    (&["µL", "µl", "uL", "microlitre", "microlitres", "microliter", "mm3"], "volume", 1e-6),
    (&["mol", "mole", "moles"], "amount", 1.0),
    (&["mmol", "mmols", "millimole", "millimoles", "mM"], "amount", 1e-3),
    (&["µmol", "umol", "micromol", "micromole", "micromoles"], "amount", 1e-6),
    (&["nmol", "nanomole", "nanomoles"], "amount", 1e-9),
    (&["pmol", "picomole", "picomoles"], "amount", 1e-12),
    (&["mEq", "meq", "milliequivalent", "milliequivalents"], "equivalents", 1.0),
    (&["mOsm", "mosm", "mosmol"], "osmoles", 1.0),
    (&["IU", "iu", "units", "unit", "U", "u"], "units", 1.0),
    (&["mIU", "mU"], "units", 1e-3),
    (&["µIU", "µU"], "units", 1e-6),
    (&["MU"], "units", 1e6),
    (&["ms", "msec", "millisecond", "milliseconds"], "time", 1e-3),
    (&["s", "sec", "secs", "second", "seconds"], "time", 1.0),
    (&["min", "mins", "minute", "minutes"], "time", 60.0),
    (&["h", "hr", "Hr", "hrs", "hour", "hours"], "time", 3_600.0),
    (&["d", "day", "days"], "time", 86_400.0),
    (&["wk", "wks", "week", "weeks"], "time", 604_800.0),
    (&["fortnight", "fortnights"], "time", 1_209_600.0),
    (&["mo", "month", "months"], "months", 1.0),
    (&["yr", "yrs", "year", "years", "y"], "years", 1.0),
    (&["mmHg", "mmhg"], "pressure", 1.0),
    (&["kPa", "kpa"], "pressure", 7.500_616_827),
    (&["cmH2O"], "pressure", 0.735_559_24),
    (&["°C", "℃", "C"], "temperature", 1.0),
    (&["°F", "℉", "F"], "fahrenheit", 1.0),
    (&["m2"], "area", 1.0),
    (&["m", "metre", "metres", "meter", "meters"], "length", 1.0),
    (&["cm", "centimetre", "centimetres", "centimeter", "centimeters"], "length", 1e-2),
    (&["mm", "millimetre", "millimetres", "millimeter", "millimeters"], "length", 1e-3),
    (&["µm", "micrometre", "micrometres"], "length", 1e-6),
    (&["J", "joule", "joules"], "energy", 1.0),
    (&["kJ"], "energy", 1e3),
    (&["kcal", "kilocalories"], "energy", 4_184.0),
    (&["Gy"], "radiation", 1.0),
    (&["mV"], "voltage", 1e-3),
    (&["mA"], "current", 1e-3),
    (&["Hz"], "cycles", 1.0),
    (&["kHz"], "cycles", 1e3),
    (&["dB"], "sound", 1.0),
    (&["bpm", "beats", "beat"], "beats", 1.0),
    (&["breaths", "breath"], "breaths", 1.0),
    (&["tablet", "tablets", "tab", "tabs"], "tablets", 1.0),
    (&["capsule", "capsules", "cap", "caps"], "capsules", 1.0),
    (&["puff", "puffs", "inhalation", "inhalations", "actuation", "actuations"], "puffs", 1.0),
    (&["drop", "drops"], "drops", 1.0),
    (&["spray", "sprays"], "sprays", 1.0),
    (&["dose", "doses"], "doses", 1.0),
    (&["ampoule", "ampoules"], "ampoules", 1.0),
    (&["vial", "vials"], "vials", 1.0),
    (&["sachet", "sachets"], "sachets", 1.0),
    (&["patch", "patches"], "patches", 1.0),
    (&["percent"], "ratio", 1e-2),
    (&["copies", "copy"], "copies", 1.0),
    (&["cells", "cell"], "cells", 1.0),
];

/// The unit at the start of `tokens`: atoms joined by `/` or `per`, or with `-1` after a divisor (`mg kg-1`).
///
/// A day or week below the line is left to be read as a schedule, so that `mg/kg/day` and `mg/kg daily` are equal. Body surface
/// in a clearance (`/1.73 m2`) belongs to its unit and adds nothing to it.
pub(crate) fn unit_at(tokens: &[Token]) -> Option<Unit> {
    let mut length = usize::from(is_sign(tokens, "-") && tokens.get(1).is_some_and(|next| !next.spaced));
    // "30/min": so many times; "4.5 x 10^9/L": so many in it.
    let bare = || {
        let (name, scale, taken) = divisor(tokens)?;
        let dimension = match name? {
            "time" => "rate",
            "volume" => COUNT,
            _ => return None,
        };
        Some((dimension, 1.0 / scale, taken))
    };
    let (dimension, mut factor, taken) = atom(&tokens[length..]).or_else(bare)?;
    let mut dimension = dimension.to_owned();
    length += taken;
    while let Some((name, scale, taken)) = divisor(&tokens[length..]) {
        if let Some(name) = name {
            dimension = format!("{dimension}/{name}");
            factor /= scale;
        }
        length += taken;
    }
    // Beats and breaths are counted by the minute whether or not it is said.
    for counted in ["beats", "breaths"] {
        if dimension == format!("{counted}/time") {
            (dimension, factor) = (counted.to_owned(), factor * 60.0);
        }
    }
    // "50 × 10^9/L" and "50,000 cells/mm3" are counted alike.
    if dimension == "cells/volume" {
        COUNT.clone_into(&mut dimension);
    }
    Some(Unit { dimension, factor, length })
}

/// Cells or the like in a volume.
const COUNT: &str = "count/volume";

fn is_sign(tokens: &[Token], sign: &str) -> bool {
    tokens.first().is_some_and(|token| token.written == sign)
}

/// Name (none for body surface), scale and tokens of a divisor.
fn divisor(tokens: &[Token]) -> Option<(Option<&'static str>, f64, usize)> {
    let is_clearance = |at: usize| {
        tokens.get(at).is_some_and(|token| token.written == "1.73")
            && tokens.get(at + 1).is_some_and(|token| token.lower == "m2")
    };
    let first = tokens.first()?;
    if first.written == "/" || first.lower == "per" {
        if is_clearance(1) {
            return Some((None, 1.0, 3));
        }
        // "2 mL/kg per percentage of burn".
        if tokens.get(1).is_some_and(|token| matches!(token.lower.as_str(), "percentage" | "percent" | "%")) {
            return Some((Some("ratio"), 1e-2, 2));
        }
        let (name, scale, taken) = atom(&tokens[1..])?;
        let is_schedule = name == "time" && scale >= 86_400.0 || matches!(name, "months" | "years");
        return (!is_schedule).then_some((Some(name), scale, taken + 1));
    }
    let name = first.written.strip_suffix("-1").filter(|_| first.is_word())?;
    let (name, scale) = lookup(name)?;
    (scale < 86_400.0 || name != "time").then_some((Some(name), scale, 1))
}

/// Dimension, factor and tokens of one unit.
fn atom(tokens: &[Token]) -> Option<(&'static str, f64, usize)> {
    let first = tokens.first()?;
    let second = tokens.get(1);
    let next_is = |word: &str| second.is_some_and(|token| token.lower == word);
    match first.lower.as_str() {
        // A fall by 5 points is not a fall by 5 %.
        "%" if next_is("points") || next_is("point") => return Some(("points", 1e-2, 2)),
        "%" => return Some(("ratio", 1e-2, 1)),
        "per" if next_is("cent") => return Some(("ratio", 1e-2, 2)),
        "percentage" if next_is("points") || next_is("point") => return Some(("points", 1e-2, 2)),
        "mm" if next_is("hg") => return Some(("pressure", 1.0, 2)),
        "cm" if next_is("h2o") => return Some(("pressure", 0.735_559_24, 2)),
        "international" | "million" if next_is("units") => {
            return Some(("units", if first.lower == "million" { 1e6 } else { 1.0 }, 2));
        }
        "degrees" if next_is("c") || next_is("celsius") => return Some(("temperature", 1.0, 2)),
        _ => {}
    }
    if !first.is_word() {
        return None;
    }
    let (dimension, factor) = lookup(&first.written)?;
    // "500 mg tablets" is an amount of 500 mg, "5-year-old" an age.
    let old =
        dimension == "years" && is_sign(&tokens[1..], "-") && tokens.get(2).is_some_and(|token| token.lower == "old");
    Some((dimension, factor, if old { 3 } else { 1 }))
}

fn lookup(written: &str) -> Option<(&'static str, f64)> {
    let exact = |name: &str| UNITS.iter().find(|(names, ..)| names.contains(&name));
    let lower = written.to_lowercase();
    let found = exact(written).or_else(|| if written.len() > 2 { exact(&lower) } else { None })?;
    Some((found.1, found.2))
}

/// Whether a token is a number in digits.
pub(crate) fn is_number(token: Option<&Token>) -> bool {
    matches!(token, Some(Token { kind: Kind::Number(_), .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{plain, tokens};

    fn unit(text: &str) -> Option<(String, f64, usize)> {
        unit_at(&tokens(&plain(text))).map(|unit| (unit.dimension, unit.factor, unit.length))
    }

    #[test]
    fn capitals_are_units_where_they_can_be_one_only() {
        for (capitals, usual) in
            [("MG", "mg"), ("MCG", "mcg"), ("mg/KG", "mg/kg"), ("ML", "mL"), ("UG", "µg"), ("MG/DL", "mg/dL")]
        {
            assert_eq!(unit(capitals), unit(usual), "{capitals}");
            assert!(unit(usual).is_some());
        }
        assert_eq!(unit("Mg"), None, "magnesium");
    }

    #[test]
    fn compound_units_are_read_to_their_end() {
        assert_eq!(unit("mg/kg/hour").map(|unit| (unit.0, unit.2)), Some(("mass/mass/time".into(), 5)));
        assert_eq!(unit("mg per kg daily").map(|unit| (unit.0, unit.2)), Some(("mass/mass".into(), 3)));
        assert_eq!(unit("mg/kg/day").map(|unit| (unit.0, unit.2)), Some(("mass/mass".into(), 3)));
        assert_eq!(unit("mL/min/1.73 m²").map(|unit| (unit.0, unit.2)), Some(("volume/time".into(), 6)));
        assert_eq!(unit("µg kg-1 min-1").map(|unit| unit.0), Some("mass/mass/time".into()));
        assert_eq!(unit("-year-old child").map(|unit| (unit.0, unit.2)), Some(("years".into(), 4)));
        assert_eq!(unit("patients"), None);
        assert_eq!(unit("/L").map(|unit| (unit.0, unit.1)), Some(("count/volume".into(), 1.0)));
    }
}
