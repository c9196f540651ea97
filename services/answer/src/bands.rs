//! Values that a question states, and the bands of values that a sentence or a table's row is for: ages, weights, kidney
//! function, weeks of pregnancy, hours since, some laboratory values and scores.
//!
//! An amount counts only where text names what it is of: "500 mg" is no age, and "for 2 years" is none either.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::levels::{HAEMOGLOBIN, HOURS_AFTER, name_before, name_in};
use crate::pattern::{Pattern, is_match};
use crate::rows::{Cell, cells};
use crate::scan::{Number, Scan, Side, Unit};

/// What a value is of. Only values of the same quantity are held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    /// In months.
    Age,
    /// Of the body, in kilograms.
    Weight,
    /// Weeks of pregnancy.
    Gestation,
    /// Hours since something happened.
    Hours,
    /// How many times the baseline.
    Multiple,
    /// Of chronic kidney disease: 3a is 3.0, 3b is 3.5.
    Stage,
    /// Mild is 0, life-threatening 3.
    Severity,
    /// What goes by this name, in the unit that is usual for it.
    Named(&'static str),
}

/// Values from `low` on and below `high`; one value where both are equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Interval {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// How a stated value stands to a band, from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relation {
    Outside,
    /// Partly inside, as far as the value is known.
    Overlaps,
    Inside,
}

impl Interval {
    pub(crate) fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// How this value stands to a band.
    pub(crate) fn to(self, band: Self) -> Relation {
        if self.low >= band.low && self.low < band.high && self.high <= band.high {
            Relation::Inside
        } else if self.high <= band.low || self.low >= band.high {
            Relation::Outside
        } else {
            Relation::Overlaps
        }
    }
}

/// How a band is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// "6 to 12 years".
    Range,
    /// "Under 6 years".
    Limit,
    /// One value alone.
    Point,
}

/// A band that a text states.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Band {
    pub(crate) quantity: Quantity,
    pub(crate) within: Interval,
    pub(crate) form: Form,
    /// Where it stands, in bytes, with the people whose age it is: "children over 12 years".
    pub(crate) at: Range<usize>,
}

const PEOPLE: &str = "(?:adults?|child(?:ren)?|infants?|bab(?:y|ies)|neonates?|newborns?|people|persons?|patients?|m[ae]n|wom[ae]n|boys?|girls?|toddlers?|adolescents?|teenagers?)";

/// People, or the word age, directly before a number.
static AGE_BEFORE: Pattern = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)(?:\b(?:(?:young )?{PEOPLE}|age[ds]?)(?:,| who are| aged?| of| from| born)*\s*|\bage[^.;:]{{0,20}}:\s*|\bthe age of\s*)$"
    ))
    .ok()
});

static AGE_AFTER: Pattern = LazyLock::new(|| Regex::new(r"(?i)^[\s-]*(?:of age|old)\b").ok());

/// Words after a time that make it none of life.
static NO_AGE_AFTER: Pattern =
    LazyLock::new(|| Regex::new(r"(?i)^\s*(?:after|before|later|apart|from)\b|^\s*of (?:[b-z]|a[^g])").ok());

static OF_PREGNANCY: Pattern = LazyLock::new(|| Regex::new(r"(?i)^['’]?\s*(?:of )?(?:pregnan|gestation)").ok());

static SINCE: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:ago|after|since|before|from|post|of (?:onset|birth|ingestion|waking))\b").ok()
});

/// What is weighed and is no body.
static NO_BODY_WEIGHT: Pattern =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:BMI|mass index|loss|lost|loses?|losing|gain\w*)\W+(?:\w+\W+){0,3}$").ok());

/// Another unit after a number: it is a dose or a time, not a value.
static OTHER_UNIT: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*-?(?:(?:mg|g|kg|micro\w*|mcg|ml|l|units?|mmol|meq|cm|mm|mmhg|minutes?|mins?|doses?|puffs?|tablets?|times|x|h|hours?|days?|weeks?|months?|years?)\b|%|/)").ok()
});

static TRIMESTER: Pattern = LazyLock::new(|| Regex::new(r"(?i)\b(first|second|third|1st|2nd|3rd) trimester").ok());

static STAGE: Pattern = LazyLock::new(|| {
    Regex::new(r"\bG([1-5])([ab])?\b|(?i:\b(?:CKD|chronic kidney disease),?(?: stage)? ?([1-5])([ab])?\b(?: (or (?:worse|above|higher))\b| ?(?:or|to|-|–) ?([1-5])\b)?)").ok()
});

static SEVERITY: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)(\bnon-?\s?|\bnot |\bmoderately )?\b(mild|moderate|severe|life-threatening)\b").ok()
});

/// Ages of one person: "3-year-old", "82F", "70y", "man of 60", "aged 7".
static ONE_AGE: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?P<n1>[0-9]{1,3}(?:\.[0-9]+)?)[ -]?(?P<u1>days?|weeks?|wks?|months?|mo|years?|yrs?|y)[ -]?(?:olds?|o)\b|\b(?P<n2>[0-9]{1,3}) ?(?:yo|y/o)\b|\b(?P<n3>[0-9]{1,3})(?-i:[FM]|y)\b|\b(?:man|woman|male|female|boy|girl|lady|gentleman|aged?|patient) (?:of |is )?(?P<n4>[0-9]{1,3})\b(?: ?(?P<u4>days?|weeks?|months?|years?|kg|mg|%))?",
    )
    .ok()
});

/// A haemoglobin below this is in g/dL.
const LEAST_IN_GRAMS_PER_LITRE: f64 = 25.0;

/// Nobody says of anything but an age that it is over so many years.
const LIFETIME_YEARS: f64 = 40.0;

impl Scan<'_> {
    fn band(&self, quantity: Quantity, (within, form): (Interval, Form)) -> Band {
        Band { quantity, within, form, at: self.start..self.end }
    }

    /// As an age, where it says whose. `is_among_ages` where the text states ages otherwise.
    fn age(&self, is_among_ages: bool) -> Option<Band> {
        let cue = AGE_BEFORE.as_ref().and_then(|regex| regex.find(self.before_it()));
        let is_side = self.before != Side::None;
        let unit = match self.unit_a {
            Some(unit) => unit,
            // "Adults over 65".
            None if is_side && cue.is_some() && !is_match(&OTHER_UNIT, self.behind_unit()) => Unit::Years,
            None => return None,
        };
        let (factor_a, factor_b) = (unit.months()?, self.unit_b.unwrap_or(unit).months()?);
        let in_years = unit == Unit::Years;
        let bound = self.bound.to_lowercase();
        let is_aged = cue.is_some()
            || is_match(&AGE_AFTER, self.behind_unit())
            || is_match(&AGE_AFTER, self.behind_it())
            || matches!(self.side_word, "older" | "younger")
            || in_years && matches!(self.side_word, "over" | "under")
            || matches!(bound.as_str(), "older than" | "younger than")
            || self.start == 0 && (bound == "under" || is_side && self.behind_it().starts_with(':'))
            || is_among_ages && bound == "under"
            || is_side && in_years && self.a.value >= LIFETIME_YEARS;
        if !is_aged || is_match(&NO_AGE_AFTER, self.behind_it()) {
            return None;
        }
        let mut band = self.band(Quantity::Age, self.interval(factor_a, factor_b));
        band.at.start = cue.map_or(self.start, |cue| cue.start());
        Some(band)
    }

    fn weight(&self) -> Option<Band> {
        let is_it = self.unit_a == Some(Unit::Kilograms)
            && self.unit_b == self.unit_a
            && !self.behind_unit().starts_with('/')
            && !is_match(&NO_BODY_WEIGHT, self.before_it());
        is_it.then(|| self.band(Quantity::Weight, self.interval(1.0, 1.0)))
    }

    /// Weeks of pregnancy. In a question, "at 35 weeks" is as much.
    fn gestation(&self, is_question: bool) -> Option<Band> {
        let is_it = self.unit_a == Some(Unit::Weeks)
            && (is_match(&OF_PREGNANCY, self.behind_unit())
                || is_question && self.before_it().to_lowercase().trim_end().ends_with(" at"));
        is_it.then(|| self.band(Quantity::Gestation, self.interval(1.0, 1.0)))
    }

    /// Hours since something; in the first cell of a row it need not be said since what.
    fn hours(&self, first_cell: &Range<usize>) -> Option<Band> {
        let is_it = self.unit_a == Some(Unit::Hours)
            && (is_match(&SINCE, self.behind_it()) || first_cell.contains(&self.start));
        is_it.then(|| self.band(Quantity::Hours, self.interval(1.0, 1.0)))
    }

    fn multiple(&self) -> Option<Band> {
        let is_it = self.unit_a == Some(Unit::Baselines);
        is_it.then(|| self.band(Quantity::Multiple, self.interval(1.0, 1.0)))
    }

    /// What goes by a name.
    fn named(&self) -> Option<Band> {
        let named = match self.unit_a {
            Some(Unit::Clearance) => name_in(self.text, self.start)?,
            unit => {
                let named = name_before(self.before_it())?;
                let is_its_unit = unit.is_some_and(|unit| named.units.contains(&unit));
                if !is_its_unit && (unit.is_some() || is_match(&OTHER_UNIT, self.behind_unit())) {
                    return None;
                }
                named
            }
        };
        let in_decilitres = self.unit_a == Some(Unit::GramsPerDecilitre)
            || self.unit_a.is_none() && self.a.value < LEAST_IN_GRAMS_PER_LITRE;
        let factor = if named.name == HAEMOGLOBIN && in_decilitres { 10.0 } else { 1.0 };
        let quantity = if named.name == HOURS_AFTER { Quantity::Hours } else { Quantity::Named(named.name) };
        Some(self.band(quantity, self.interval(factor, factor)))
    }
}

/// The bands that a sentence or a row states.
pub(crate) fn bands(text: &str) -> Vec<Band> {
    let cells = cells(text);
    let mut found = read(text, false);
    // A value alone is a band only as the whole of a cell: "Hours after ingestion: 8".
    found.retain(|band| {
        let fills = |cell: &Cell<'_>| {
            let around = (text.get(cell.value..band.at.start), text.get(band.at.end..cell.at.end));
            around.0.is_some_and(|text| text.trim().is_empty()) && around.1.is_some_and(|text| text.trim().is_empty())
        };
        band.form != Form::Point || cells.iter().any(fills)
    });
    for cell in cells.iter().filter(|cell| cell.label.to_lowercase().contains("severity")) {
        found.extend(severities(&text[cell.value..cell.at.end]).into_iter().map(|mut band| {
            band.at = cell.value + band.at.start..cell.value + band.at.end;
            band
        }));
    }
    found
}

/// The values that a question states.
pub(crate) fn stated(question: &str) -> Vec<(Quantity, Interval)> {
    let mut found = read(question, true);
    found.extend(severities(question));
    let mut stated: Vec<(Quantity, Interval)> = Vec::new();
    for band in found {
        let is_span = band.form != Form::Point || band.quantity == Quantity::Age;
        let within = if is_span { band.within } else { Interval::new(band.within.low, band.within.low) };
        stated.push((band.quantity, within));
    }
    let Some(regex) = ONE_AGE.as_ref() else { return stated };
    for captures in regex.captures_iter(question) {
        let part = |name: &str| captures.name(name).map(|part| part.as_str());
        let number = ["n1", "n2", "n3", "n4"].into_iter().find_map(part).and_then(Number::read);
        let unit = part("u1").or(part("u4")).map_or(Some(Unit::Years), |written| {
            // "The patient is 60 kg".
            if written == "%" || written.eq_ignore_ascii_case("mg") { None } else { Unit::read(written) }
        });
        if let (Some(number), Some(months)) = (number, unit.and_then(Unit::months)) {
            stated.push((Quantity::Age, Interval::new(number.value * months, number.end() * months)));
        }
    }
    stated
}

fn read(text: &str, is_question: bool) -> Vec<Band> {
    let scans = Scan::all(text);
    let first_cell = cells(text).first().map_or(0..0, |cell| cell.at.clone());
    let band = |scan: &Scan<'_>, is_among_ages: bool| {
        let other = || scan.weight().or_else(|| scan.gestation(is_question)).or_else(|| scan.hours(&first_cell));
        let named = || scan.multiple().or_else(|| scan.named());
        other().or_else(|| scan.age(is_among_ages)).or_else(named)
    };
    let has_ages = scans.iter().filter_map(|scan| scan.age(false)).any(|band| band.form != Form::Point);
    let mut found: Vec<Band> = scans.iter().filter_map(|scan| band(scan, has_ages)).collect();
    found.extend(trimesters(text));
    found.extend(stages(text));
    found
}

/// Weeks as the trimesters of a pregnancy are counted: up to 13, 27 and the end.
fn trimesters(text: &str) -> Vec<Band> {
    let Some(regex) = TRIMESTER.as_ref() else { return Vec::new() };
    let read = |captures: Captures<'_>| {
        let (whole, written) = (captures.get(0)?, captures.get(1)?.as_str());
        let (low, high) = match written.chars().next()?.to_ascii_lowercase() {
            'f' | '1' => (0.0, 14.0),
            's' | '2' => (14.0, 28.0),
            _ => (28.0, 43.0),
        };
        let within = Interval::new(low, high);
        Some(Band { quantity: Quantity::Gestation, within, form: Form::Range, at: whole.range() })
    };
    regex.captures_iter(text).filter_map(read).collect()
}

fn stages(text: &str) -> Vec<Band> {
    let Some(regex) = STAGE.as_ref() else { return Vec::new() };
    let read = |captures: Captures<'_>| {
        let written = captures.get(1).or(captures.get(3))?.as_str();
        let low: f64 = written.parse().ok()?;
        let last: Option<f64> = captures.get(6).and_then(|last| last.as_str().parse().ok());
        let (low, high) = match captures.get(2).or(captures.get(4)).map(|letter| letter.as_str()) {
            Some("a" | "A") => (low, low + 0.5),
            Some(_) => (low + 0.5, low + 1.0),
            None => (low, low + 1.0),
        };
        let high = if captures.get(5).is_some() { f64::INFINITY } else { last.map_or(high, |last| last + 1.0) };
        let (within, at) = (Interval::new(low, high), captures.get(0)?.range());
        Some(Band { quantity: Quantity::Stage, within, form: Form::Range, at })
    };
    regex.captures_iter(text).filter_map(read).collect()
}

fn severities(text: &str) -> Vec<Band> {
    let Some(regex) = SEVERITY.as_ref() else { return Vec::new() };
    let read = |captures: Captures<'_>| {
        let word = captures.get(2).filter(|_| captures.get(1).is_none())?;
        let low = match word.as_str().to_lowercase().as_str() {
            "mild" => 0.0,
            "moderate" => 1.0,
            "severe" => 2.0,
            _ => 3.0,
        };
        let within = Interval::new(low, low + 1.0);
        Some(Band { quantity: Quantity::Severity, within, form: Form::Range, at: word.range() })
    };
    regex.captures_iter(text).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels::FILTRATION;

    fn quantities(text: &str) -> Vec<Quantity> {
        bands(text).into_iter().map(|band| band.quantity).collect()
    }

    #[test]
    fn bands_are_read_with_what_they_are_of() {
        let clearance = Quantity::Named("creatinine clearance");
        for (text, quantity) in [
            ("Age: Children 6 to 12 years; Dose: 300 microgram", Quantity::Age),
            ("Age and situation: 22\u{2013}28 days, no meningitis; Dose: 50 mg/kg", Quantity::Age),
            ("Flucloxacillin 125 to 250 mg four times daily for age 2 to 9 years, for 5 to 7 days.", Quantity::Age),
            ("Under 2 years: 50 to 100 mL after each loose stool.", Quantity::Age),
            ("Sodium is checked in adults over 65.", Quantity::Age),
            ("Adult body weight: 70 to 79 kg; Bolus: 40 mg", Quantity::Weight),
            ("Midazolam 5 mg once, in children of 13 to 40 kg.", Quantity::Weight),
            ("Memantine maximum 10 mg once daily at a creatinine clearance of 5 to 29 mL/minute.", clearance),
            ("Presentation: Single overdose, 8 to 24 hours; Action: Start", Quantity::Hours),
            ("Hours after ingestion: 8; Concentration: 50 mg/L", Quantity::Hours),
            ("PHQ-9 score: 15 to 19; Meaning: Moderately severe", Quantity::Named("PHQ-9")),
            ("Stage: 2; Creatinine: 2.0 to 2.9 times baseline", Quantity::Multiple),
            ("The vaccine is given after 28 weeks of pregnancy.", Quantity::Gestation),
            ("Population: Adults with CKD stage 3 or worse; Dose: 50 mg", Quantity::Stage),
        ] {
            assert_eq!(quantities(text), [quantity], "{text}");
        }
        let row = "Severity: Mild; Potassium (mmol/L): 5.5 to 5.9; Where: At home";
        assert_eq!(quantities(row), [Quantity::Named("potassium"), Quantity::Severity]);
        let amisulpride =
            "It is halved at a creatinine clearance of 30 to 60 mL/min and a third is given at 10 to 30 mL/min.";
        assert_eq!(quantities(amisulpride), [clearance; 2]);
    }

    #[test]
    fn doses_times_and_changes_are_no_bands() {
        for text in [
            "Amoxicillin 500 mg three times daily for 5 to 7 days.",
            "Review after 2 to 3 years of treatment.",
            "Give 10 to 20 mg/kg over 30 minutes in adults.",
            "Insulin lowers potassium by about 0.6 to 1.0 mmol/L.",
            "Give potassium chloride 20 to 40 mmol in each litre.",
            "A body mass index above 30 kg/m\u{b2}.",
            "Adults had a weight loss of 3 to 5 kg.",
        ] {
            assert_eq!(quantities(text), [], "{text}");
        }
    }

    #[test]
    fn values_are_read_in_the_words_of_a_question() {
        let months = |question: &str| -> Vec<(f64, f64)> {
            let ages = stated(question).into_iter().filter(|(quantity, _)| *quantity == Quantity::Age);
            ages.map(|(_, age)| (age.low, age.high)).collect()
        };
        for question in ["a 3-year-old", "3yo with croup", "a 3 year old boy", "child aged 3 years", "girl of 3"] {
            assert!(months(question).contains(&(36.0, 48.0)), "{question}: {:?}", months(question));
        }
        for question in ["82F, AF", "82 years old", "an 82y woman", "woman 82, AF"] {
            assert!(months(question).contains(&(984.0, 996.0)), "{question}: {:?}", months(question));
        }
        for question in ["8-month-old baby", "infant of 8 months"] {
            assert!(months(question).contains(&(8.0, 9.0)), "{question}");
        }
        for (question, quantity, value) in [
            ("tenecteplase for a 75 kg patient", Quantity::Weight, 75.0),
            ("already on metformin, eGFR now 38", Quantity::Named(FILTRATION), 38.0),
            ("K+ 6.8", Quantity::Named("potassium"), 6.8),
            ("DKA with pH 7.1: severity?", Quantity::Named("pH"), 7.1),
            ("Hb 7.2 and melaena", Quantity::Named("haemoglobin"), 72.0),
            ("overdose 10 hours ago, 200 mg/kg", Quantity::Hours, 10.0),
            ("34 weeks pregnant", Quantity::Gestation, 34.0),
            ("dexamethasone in severe croup", Quantity::Severity, 2.0),
        ] {
            let found = stated(question);
            let is_there = |(of, within): &(Quantity, Interval)| *of == quantity && (within.low - value).abs() < 1e-6;
            assert!(found.len() == 1 && found.iter().any(is_there), "{question}: {found:?}");
        }
        assert_eq!(stated("What dose of amoxicillin 500 mg for 2 weeks?"), []);
    }
}
