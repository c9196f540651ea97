//! Mutants: a sentence changed so that it says something else.

use std::sync::LazyLock;

use regex::Regex;
use vocabulary::vocabulary;

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
}

/// All classes with the share of mutants, in percent, that must be caught; none is set for attribution.
pub const CLASSES: [(Class, Option<u8>); 12] = [
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
        }
    }
}

/// Makes a mutant, where the sentence has what it takes.
type Maker = fn(&str) -> Option<String>;

/// The mutants of a sentence: at most one of each class.
pub(super) fn of(sentence: &str) -> Vec<(Class, String)> {
    let makers: [(Class, Maker); 12] = [
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
    ];
    makers.into_iter().filter_map(|(class, make)| Some((class, make(sentence)?))).collect()
}

fn pattern(text: &str) -> Regex {
    // Patterns are constants; a wrong one fails the first test that runs.
    Regex::new(text).unwrap_or_else(|error| unreachable!("{error}"))
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

type Swaps = LazyLock<Vec<(Regex, &'static str)>>;

/// Patterns as `from => to`, one a line.
fn swaps(lines: &'static str) -> Vec<(Regex, &'static str)> {
    let pairs = lines.lines().filter_map(|line| line.split_once(" => "));
    pairs.map(|(from, to)| (pattern(from.trim()), to.trim())).collect()
}

/// The first swap that applies.
fn swap_one(swaps: &Swaps, sentence: &str) -> Option<String> {
    swaps.iter().find_map(|(from, to)| {
        let changed = from.replace(sentence, *to);
        (changed != sentence).then(|| changed.into_owned())
    })
}

static COMPARATORS: Swaps = LazyLock::new(|| {
    swaps(
        r"\b(?:at least|no less than) (\d) => at most $1
        \b(?:at most|up to|no more than|not more than) (\d) => at least $1
        \b(?:below|under|less than|fewer than|lower than) (\d) => above $1
        \b(?:above|over|more than|greater than|higher than|exceeding|exceeds) (\d) => below $1
        ≥ ?(\d) => ≤ $1
        ≤ ?(\d) => ≥ $1
        > ?(\d) => < $1
        < ?(\d) => > $1
        (\d\S*(?: \S+)?) or (?:more|above|over|higher|older) => $1 or less
        (\d\S*(?: \S+)?) or (?:less|below|under|lower|younger) => $1 or more
        \b(?:younger|shorter) than (\d) => older than $1
        \b(?:older|longer) than (\d) => younger than $1",
    )
});

static POLARITY: Swaps = LazyLock::new(|| {
    swaps(
        r"\b(should|must|may|can|could|do|does|did|is|are|was|were) not\b => $1
        \bcannot\b => can
        ^Do not (\w) => $1
        \b(is|are) contraindicated\b => $1 indicated
        ^(Give|Start|Use|Offer|Continue|Add|Treat|Measure|Check|Refer|Repeat)\b => Do not $1
        \b(should|must|may|can) be\b => $1 not be
        \b(should|must|may|can) (\w+) => $1 not $2
        \b(is|are|was|were) (recommended|indicated|effective|safe|given|used|needed|required|associated|common|treated|preferred) => $1 not $2
        \bwithout\b => with
        \bavoid\b => use
        \bAvoid\b => Use
        \bineffective\b => effective
        \bunsafe\b => safe
        \b(reduces|increases|improves|causes|prevents) => does not affect, nor $1
        \b(is|are|was|were) => $1 not",
    )
});

static STRENGTH: Swaps = LazyLock::new(|| {
    swaps(
        r"\bmust not\b => may
        \bshould not\b => may
        \b(?:should|must) be considered\b => must be given
        \b(?:should|must)\b => may
        \b(is|are) recommended\b => may be considered
        \bmay\b => should
        \bmight\b => must
        \bConsider\b => You must use
        \bconsider\b => you must use
        \bcould\b => must
        ^(Give|Start|Use|Offer|Continue|Add)\b => Consider whether to use, or",
    )
});

static POPULATIONS: Swaps = LazyLock::new(|| {
    swaps(
        r"\bpregnant women\b => older men
        \b[Aa]dults\b => children
        \badult\b => child
        \b[Cc]hildren\b => adults
        \bchild\b => adult
        \b[Ii]nfants\b => adults
        \b(?:neonates|newborns)\b => adults
        \b[Ww]omen\b => men
        \b[Mm]en\b => women
        \b(?:older people|older adults|the elderly)\b => children
        \b[Pp]regnancy\b => old men
        \brenal impairment\b => hepatic impairment
        \bhepatic impairment\b => renal impairment
        \bkidney disease\b => liver disease",
    )
});

static ROUTES: Swaps = LazyLock::new(|| {
    swaps(
        r"\bintravenously\b => by mouth
        \bintravenous\b => oral
        \b(?:orally|by mouth)\b => intravenously
        \b[Oo]ral\b => intravenous
        \bIV\b => IM
        \bIM\b => IV
        \bintramuscularly\b => by mouth
        \b[Ii]ntramuscular\b => intravenous
        \b[Ss]ubcutaneous(ly)?\b => intravenous$1
        \b[Ii]nhaled\b => oral
        \b[Nn]ebulised\b => oral
        \b[Tt]opical\b => oral
        \b[Rr]ectal(ly)?\b => oral$1
        \b[Ss]ublingual(ly)?\b => oral$1
        \b[Ii]ntranasal(ly)?\b => oral$1",
    )
});

static FREQUENCIES: Swaps = LazyLock::new(|| {
    swaps(
        r"\bonce daily\b => twice daily
        \btwice daily\b => once daily
        \b(?:three|3) times (?:daily|a day)\b => twice daily
        \b(?:four|4) times (?:daily|a day)\b => once daily
        \btwice a day\b => four times a day
        \bonce a day\b => three times a day
        \bevery (?:4|6|8) hours\b => every 24 hours
        \bevery 12 hours\b => every 2 hours
        \bevery 24 hours\b => every 6 hours
        \b(?:4|6|8|12) ?-?hourly\b => 2-hourly
        \bonce weekly\b => once daily
        \bonce a week\b => once a day
        \bweekly\b => daily
        \b(?:od|OD)\b => bd
        \b(?:bd|BD|bid|BID|b\.d\.)\b => qds
        \b(?:tds|TDS|tid|TID)\b => od
        \bmonthly\b => weekly
        \bdaily\b => twice daily
        /day\b => /week
        \bper day\b => per week
        \ba day\b => a week",
    )
});

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
