//! Mutants: a sentence changed so that it says something else.

use std::sync::LazyLock;

use regex::Regex;
use vocabulary::vocabulary;

use super::swaps::{
    COMPARATORS, CONDITIONS, EXCEPTIONS, FREQUENCIES, OTHERS, POLARITY, POPULATIONS, ROUTES, STRENGTH, pattern,
    swap_one,
};

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Another number.
    Value,
    /// Ten times as much, or a tenth.
    Decimal,
    /// mg for micrograms.
    Unit,
    /// Below for above.
    Comparator,
    /// A negation more or less.
    Polarity,
    /// May for should.
    Strength,
    /// Another medicine, one that is confused with it where there is one.
    Drug,
    /// Children for adults.
    Population,
    /// By mouth for intravenous.
    Route,
    /// Twice for once daily.
    Frequency,
    /// Days for hours.
    Duration,
    /// The numbers or names of two arms changed about.
    Attribution,
    /// The end of a sentence from a number on, its leading nought and point lost.
    Point,
    /// mg for micrograms, in capitals.
    Capitals,
    /// A half for two.
    Fraction,
    /// Without what made it an exception.
    Exception,
    /// If for unless.
    Condition,
    /// Another medicine, population or route, under a heading that names both.
    Heading,
    /// The dose of another medicine, both sources cited.
    Sources,
}

/// All classes with the share of mutants, in percent, that must be caught; none is set for attribution.
pub const CLASSES: [(Class, Option<u8>); 19] = [
    (Class::Value, Some(99)),
    (Class::Decimal, Some(99)),
    (Class::Unit, Some(99)),
    (Class::Comparator, Some(99)),
    (Class::Drug, Some(97)),
    (Class::Route, Some(97)),
    (Class::Frequency, Some(97)),
    (Class::Duration, Some(97)),
    (Class::Polarity, Some(90)),
    (Class::Strength, Some(90)),
    (Class::Population, Some(90)),
    (Class::Attribution, None),
    (Class::Point, Some(99)),
    (Class::Capitals, Some(99)),
    (Class::Fraction, Some(99)),
    (Class::Exception, Some(85)),
    (Class::Condition, Some(90)),
    (Class::Heading, Some(90)),
    (Class::Sources, Some(97)),
];

impl Class {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Decimal => "decimal shift",
            Self::Unit => "unit",
            Self::Comparator => "comparator",
            Self::Polarity => "polarity",
            Self::Strength => "strength",
            Self::Drug => "drug",
            Self::Population => "population",
            Self::Route => "route",
            Self::Frequency => "frequency",
            Self::Duration => "duration",
            Self::Attribution => "attribution",
            Self::Point => "point lost",
            Self::Capitals => "unit in capitals",
            Self::Fraction => "fraction",
            Self::Exception => "exception",
            Self::Condition => "condition",
            Self::Heading => "heading names both",
            Self::Sources => "two sources",
        }
    }
}

/// A changed sentence, and what its source is given besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mutant {
    pub(super) class: Class,
    pub(super) text: String,
    /// A heading above the source.
    pub(super) heading: Option<String>,
    /// A second source.
    pub(super) beside: Option<String>,
}

/// Makes a mutant, where the sentence has what it takes.
type Maker = fn(&str) -> Option<String>;

/// The mutants of a sentence: at most one of each class.
pub(super) fn of(sentence: &str) -> Vec<Mutant> {
    let makers: [(Class, Maker); 17] = [
        (Class::Value, value),
        (Class::Decimal, decimal),
        (Class::Unit, unit),
        (Class::Comparator, |text| swap_one(&COMPARATORS, text)),
        (Class::Polarity, |text| swap_one(&POLARITY, text)),
        (Class::Strength, |text| swap_one(&STRENGTH, text)),
        (Class::Drug, drug),
        (Class::Population, |text| swap_one(&POPULATIONS, text)),
        (Class::Route, |text| swap_one(&ROUTES, text)),
        (Class::Frequency, |text| swap_one(&FREQUENCIES, text)),
        (Class::Duration, duration),
        (Class::Attribution, attribution),
        (Class::Point, point),
        (Class::Capitals, capitals),
        (Class::Fraction, fraction),
        (Class::Exception, |text| swap_one(&EXCEPTIONS, text)),
        (Class::Condition, |text| swap_one(&CONDITIONS, text)),
    ];
    let plain = |class: Class, make: Maker| Some(Mutant { class, text: make(sentence)?, heading: None, beside: None });
    let mutants = makers.into_iter().filter_map(|(class, make)| plain(class, make));
    mutants.chain(under_heading(sentence)).chain(beside_another(sentence)).collect()
}

/// Another medicine, population or route, under a heading that names it and the one of the source.
fn under_heading(sentence: &str) -> Option<Mutant> {
    let makers: [Maker; 3] = [only_drug, |text| swap_one(&OTHERS, text), |text| swap_one(&ROUTES, text)];
    let text = makers.into_iter().find_map(|make| make(sentence))?;
    let heading = format!("{} and {}", changed_part(sentence, &text), changed_part(&text, sentence));
    Some(Mutant { class: Class::Heading, text, heading: Some(heading), beside: None })
}

/// Another medicine, where the sentence names one only.
fn only_drug(sentence: &str) -> Option<String> {
    if drugs_in(sentence).len() == 1 { drug(sentence) } else { None }
}

/// The words of `one` that are not in `other`, from the first to the last.
fn changed_part(one: &str, other: &str) -> String {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split(' ').collect(), other.split(' ').collect());
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let room = one.len().min(other.len()) - same;
    let after = one.iter().rev().zip(other.iter().rev()).take(room).take_while(|(a, b)| a == b).count();
    let words = one[same..one.len() - after].join(" ");
    words.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// The sentence with another number, cited from itself and from the same sentence on another medicine that has that number.
fn beside_another(sentence: &str) -> Option<Mutant> {
    let text = value(sentence)?;
    let beside = only_drug(&text)?;
    Some(Mutant { class: Class::Sources, text, heading: None, beside: Some(beside) })
}

/// From the first number below one on, without its nought and point.
fn point(sentence: &str) -> Option<String> {
    static BELOW_ONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b0\.(?P<rest>[1-9]\d* ?[a-zA-Zµ%].*)$"));
    let rest = BELOW_ONE.captures(sentence)?.name("rest")?.as_str();
    (rest.split(' ').count() >= 5).then(|| rest.to_owned())
}

/// Another unit of mass, in capitals.
fn capitals(sentence: &str) -> Option<String> {
    static MASS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?P<number>\d\s?)(?P<unit>mg|micrograms?|mcg|µg|g)\b"));
    let found = MASS.captures(sentence)?;
    let whole = found.get(0)?;
    let other = match &found["unit"] {
        "mg" => "MCG",
        _ => "MG",
    };
    Some(format!("{}{}{other}{}", &sentence[..whole.start()], &found["number"], &sentence[whole.end()..]))
}

/// A half, a third or a quarter for 2, 3 or 4.
fn fraction(sentence: &str) -> Option<String> {
    static FEW: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?P<before>^|[a-z(] ?)(?P<number>[234]) (?P<unit>tablets|mg|g|mL|litres|hours|days|weeks|minutes)\b")
    });
    let changed = FEW.replace(sentence, "${before}1/$number $unit");
    (changed != sentence).then(|| changed.into_owned())
}

static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)(?P<before>^|[\s(≥≤<>])(?P<number>\d+(?:\.\d+)?)(?P<after>\s?(?:mg|g|micrograms|mcg|µg|mL|ml|L|mmol|mmHg|%|units|
        hours|days|weeks|months|years|minutes|kg|mg/kg|mL/min|IU)\b|%)",
    )
});

/// Replaces the first amount by what `change` makes of its number, where that is not in the sentence already.
fn with_number(sentence: &str, change: impl Fn(f64) -> Vec<f64>) -> Option<String> {
    AMOUNT.captures_iter(sentence).find_map(|found| {
        let number: f64 = found["number"].parse().ok()?;
        let new = change(number).into_iter().map(shown).find(|new| {
            *new != found["number"]
                && !Regex::new(&format!(r"\b{}\b", regex::escape(new))).is_ok_and(|re| re.is_match(sentence))
        })?;
        let whole = found.get(0)?;
        let changed = format!("{}{new}{}", &found["before"], &found["after"]);
        Some(format!("{}{changed}{}", &sentence[..whole.start()], &sentence[whole.end()..]))
    })
}

fn shown(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn value(sentence: &str) -> Option<String> {
    with_number(sentence, |number| {
        if number.fract() == 0.0 {
            vec![number + 2.0, number * 2.0 + 1.0, number + 7.0]
        } else {
            vec![number * 2.0, number * 3.0]
        }
    })
}

fn decimal(sentence: &str) -> Option<String> {
    with_number(sentence, |number| vec![number * 10.0, number / 10.0])
}

fn unit(sentence: &str) -> Option<String> {
    static UNIT: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?P<number>\d\s?)(?P<unit>mg|micrograms?|mcg|µg|g|mL|ml|L|mmol|units|IU)\b"));
    let other = |unit: &str| match unit {
        "mg" => "micrograms",
        "microgram" | "micrograms" | "mcg" | "µg" | "units" | "IU" | "g" => "mg",
        "mL" | "ml" => "L",
        "L" => "mL",
        _ => "mg",
    };
    let found = UNIT.captures(sentence)?;
    let whole = found.get(0)?;
    let changed = format!("{}{}", &found["number"], other(&found["unit"]));
    Some(format!("{}{changed}{}", &sentence[..whole.start()], &sentence[whole.end()..]))
}

fn duration(sentence: &str) -> Option<String> {
    static SPAN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?P<number>\d[\d.,–-]*[ -])(?P<unit>hours?|days?|weeks?|months?|years?|minutes?)\b")
    });
    let found = SPAN.captures_iter(sentence).find(|found| {
        found.get(0).is_some_and(|whole| {
            !sentence[..whole.start()].trim_end().ends_with("every")
                && !sentence[..whole.start()].trim_end().ends_with("aged")
        })
    })?;
    let whole = found.get(0)?;
    let unit = &found["unit"];
    let plural = if unit.ends_with('s') { "s" } else { "" };
    let other = match unit.trim_end_matches('s') {
        "hour" | "week" => "day",
        "day" => "hour",
        "minute" => "hour",
        _ => "week",
    };
    Some(format!("{}{}{other}{plural}{}", &sentence[..whole.start()], &found["number"], &sentence[whole.end()..]))
}

/// The medicines a sentence names, as written, in order.
fn drugs_in(sentence: &str) -> Vec<(usize, usize, &'static vocabulary::Drug)> {
    static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"[A-Za-z]{4,}"));
    let words = WORD.find_iter(sentence);
    words.filter_map(|word| Some((word.start(), word.end(), vocabulary().drug(word.as_str())?))).collect()
}

fn drug(sentence: &str) -> Option<String> {
    let named = drugs_in(sentence);
    let lower = sentence.to_lowercase();
    named.iter().find_map(|&(start, end, drug)| {
        let double = vocabulary().lookalikes().find_map(|(a, b)| match (a == drug, b == drug) {
            (true, _) => Some(b),
            (_, true) => Some(a),
            _ => None,
        });
        let of_its_class = vocabulary().drugs().iter().find(|other| other.class == drug.class && *other != drug);
        let other = double.or(of_its_class).filter(|other| !lower.contains(&other.name))?;
        Some(format!("{}{}{}", &sentence[..start], other.name, &sentence[end..]))
    })
}

/// Changes about the two medicines or arms of a sentence that gives a number for each, or compares them.
fn attribution(sentence: &str) -> Option<String> {
    static ARM: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:placebo|control|intervention|usual care)\b"));
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d[\d.]*\s?(%|mg|g|days|mmHg)"));
    static THAN: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\b(?:higher|lower|fewer|more|less|superior|better|greater)\b.*\b(?:than|to)\b"));
    let mut names: Vec<(usize, usize)> = drugs_in(sentence).into_iter().map(|(start, end, _)| (start, end)).collect();
    names.extend(ARM.find_iter(sentence).map(|arm| (arm.start(), arm.end())));
    names.sort_unstable();
    let &[(a_start, a_end), (b_start, b_end)] = &names[..] else { return None };
    let (a, b) = (&sentence[a_start..a_end], &sentence[b_start..b_end]);
    let numbers: Vec<_> = NUMBER.find_iter(sentence).collect();
    let two_numbers = numbers.len() == 2 && numbers[0].as_str() != numbers[1].as_str();
    // Each name with a number of its own between the two, or a comparison between the names.
    let apart = two_numbers
        && ((numbers[0].end() <= b_start
            && numbers[1].start() >= a_end
            && numbers[0].start() >= a_end
            && numbers[1].start() >= b_end)
            || (numbers[0].end() <= a_start && numbers[1].start() >= a_end && numbers[1].end() <= b_start));
    let compared = !two_numbers && THAN.find(&sentence[a_end..b_start]).is_some();
    if a.eq_ignore_ascii_case(b) || !(apart || compared) {
        return None;
    }
    Some(format!("{}{b}{}{a}{}", &sentence[..a_start], &sentence[a_end..b_start], &sentence[b_end..]))
}
