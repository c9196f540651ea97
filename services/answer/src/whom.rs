//! Whom a text is about, as far as its words say so: of which age, pregnant or not, women or men.

use std::sync::LazyLock;

use knowledge::Population;
use regex::Regex;

use crate::bands::Interval;
use crate::pattern::{Pattern, is_match};

/// Which of two groups a text is about, or both, or no matter which.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Either {
    pub(crate) one: bool,
    pub(crate) other: bool,
}

impl Either {
    pub(crate) fn is_stated(self) -> bool {
        self.one || self.other
    }

    /// Whether what is said of these people is not said of those that are asked about.
    pub(crate) fn excludes(self, asked: Self) -> bool {
        self.is_stated() && asked.is_stated() && !(self.one && asked.one) && !(self.other && asked.other)
    }

    pub(crate) fn joined(self, with: Self) -> Self {
        Self { one: self.one || with.one, other: self.other || with.other }
    }
}

/// The people of a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Whom {
    /// Ages that words stand for, in months.
    pub(crate) ages: Vec<Interval>,
    /// Pregnant, or not.
    pub(crate) pregnant: Either,
    /// Women, or men.
    pub(crate) female: Either,
}

static NOT_PREGNANT: Pattern =
    LazyLock::new(|| Regex::new(r"(?i)\bnon-?\s?pregnan\w*|\bnot (?:currently |yet )?pregnan\w*").ok());

/// Words that have a population in them and name none.
static NOBODY: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:child-pugh|child-?bearing|childbirth|childhood|grandchild\w*|pre-?pregnancy|adult-onset)\b")
        .ok()
});

static ADULTS: Pattern = LazyLock::new(|| Regex::new(r"(?i)\badults?\b").ok());

static WOMEN: Pattern = LazyLock::new(|| Regex::new(r"(?i)\b(?:wom[ae]n|females?|girls?)\b").ok());

static MEN: Pattern = LazyLock::new(|| Regex::new(r"\b(?:[Mm][ae]n|(?i:males?|boys?))\b").ok());

static MEN_AND_WOMEN: Pattern = LazyLock::new(|| Regex::new(r"\b(?:[Mm][ae]n|(?i:wom[ae]n))\b").ok());

/// What only a question says of its patient.
static SHE: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:(?-i:[Ss]he|[Hh]er)|lady|wife|mother|mum|daughter|wom[ae]n|females?|girls?|[0-9]{1,3}(?-i:F))\b",
    )
    .ok()
});

static HE: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:(?-i:[Hh]e|his|him|[Mm][ae]n)|gentleman|husband|father|dad|son|males?|boys?|[0-9]{1,3}(?-i:M))\b",
    )
    .ok()
});

static SMALL: Pattern = LazyLock::new(|| Regex::new(r"(?i)\b(?:bab(?:y|ies)|kids?)\b").ok());

static GROWN: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:adults?|(?-i:[Mm][ae]n)|wom[ae]n|lady|gentleman|wife|husband|mother|father|mum|dad)\b").ok()
});

/// A year, in months.
const YEAR: f64 = 12.0;

/// The ages that a text means which names a population, wide enough that nobody is shut out at its edges: guidance for adults
/// often holds from 16 years on.
fn ages(population: Population) -> Option<Interval> {
    match population {
        Population::Newborns => Some(Interval::new(0.0, 3.0)),
        Population::Children => Some(Interval::new(0.0, 18.0 * YEAR)),
        Population::Adolescents => Some(Interval::new(10.0 * YEAR, 20.0 * YEAR)),
        Population::OlderAdults => Some(Interval::new(55.0 * YEAR, f64::INFINITY)),
        Population::Pregnant | Population::Breastfeeding => None,
    }
}

fn adults() -> Interval {
    Interval::new(16.0 * YEAR, f64::INFINITY)
}

fn without(regex: &Pattern, text: &str) -> String {
    regex.as_ref().map_or_else(|| text.to_owned(), |regex| regex.replace_all(text, " ").into_owned())
}

impl Whom {
    /// The people of a sentence, heading or title. Where it gives ages in numbers, words for the young say no more than these.
    pub(crate) fn of(text: &str, has_ages: bool) -> Self {
        let text = without(&NOBODY, text);
        let is_not_pregnant = is_match(&NOT_PREGNANT, &text);
        let named = Population::named_in(&without(&NOT_PREGNANT, &text));
        // In a sentence on pregnancy, birth or breast-feeding a child is what may come to harm.
        let has_two = named.iter().any(|one| matches!(one, Population::Pregnant | Population::Breastfeeding));
        let is_young = |population: &Population| {
            matches!(population, Population::Newborns | Population::Children | Population::Adolescents)
        };
        let worded = named.iter().copied().filter(|population| !((has_ages || has_two) && is_young(population)));
        let mut whom = Self {
            ages: worded.filter_map(ages).collect(),
            pregnant: Either { one: named.contains(&Population::Pregnant), other: is_not_pregnant },
            female: Either { one: is_match(&WOMEN, &text), other: is_match(&MEN, &text) },
        };
        // Older adults are adults, but not the other way round.
        let has_adults = is_match(&ADULTS, &text) && !named.contains(&Population::OlderAdults);
        // "Men, children and users of catheters" are not children alone.
        if has_adults || !whom.ages.is_empty() && is_match(&MEN_AND_WOMEN, &text) {
            whom.ages.push(adults());
        }
        whom
    }

    /// The patient of a question, in its words.
    pub(crate) fn asked(question: &str) -> Self {
        let text = without(&NOBODY, question);
        let is_not_pregnant = is_match(&NOT_PREGNANT, &text);
        let named = Population::named_in(&without(&NOT_PREGNANT, &text));
        let is_pregnant = named.contains(&Population::Pregnant);
        // Two people are in a question on pregnancy, birth or breast-feeding.
        let has_two = is_pregnant || named.contains(&Population::Breastfeeding);
        let mut ages: Vec<Interval> = Vec::new();
        if !has_two {
            ages = named.iter().copied().filter_map(asked_ages).collect();
            if ages.is_empty() && is_match(&SMALL, &text) {
                ages.extend(asked_ages(Population::Children));
            } else if ages.is_empty() && is_match(&GROWN, &text) {
                ages.push(Interval::new(18.0 * YEAR, f64::INFINITY));
            }
        }
        let female = Either { one: is_match(&SHE, &text) || is_pregnant, other: is_match(&HE, &text) };
        Self { ages, pregnant: Either { one: is_pregnant, other: is_not_pregnant }, female }
    }
}

/// The ages that somebody means who asks about one of a population, narrow enough that guidance for adults is not meant by
/// "child".
fn asked_ages(population: Population) -> Option<Interval> {
    match population {
        Population::Newborns => Some(Interval::new(0.0, 1.0)),
        Population::Children => Some(Interval::new(0.0, 16.0 * YEAR)),
        Population::Adolescents => Some(Interval::new(12.0 * YEAR, 18.0 * YEAR)),
        Population::OlderAdults => Some(Interval::new(65.0 * YEAR, f64::INFINITY)),
        Population::Pregnant | Population::Breastfeeding => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_people_of_a_heading_are_told_apart() {
        let either = |one, other| Either { one, other };
        assert_eq!(Whom::of("Treatment of cystitis in non-pregnant women", false).pregnant, either(false, true));
        assert_eq!(Whom::of("Second choice in pregnancy", false).pregnant, either(true, false));
        assert_eq!(Whom::of("Urinary tract infection in women", false).female, either(true, false));
        assert_eq!(Whom::of("Intravenous treatment in adults", false).ages, [adults()]);
        assert_eq!(Whom::of("Anaphylaxis in adults and children", false).ages.len(), 2);
        assert_eq!(Whom::of("Children 6 to 12 years", true).ages, []);
        assert_eq!(Whom::of("In pregnancy it may lead to low birth weight.", false).ages, []);
        assert!(
            Whom::of("Men, children and users of catheters need their own guidance.", false).ages.contains(&adults())
        );
        assert_eq!(Whom::of("Child-Pugh class B, women of childbearing age", false).ages, []);
    }

    #[test]
    fn the_patient_of_a_question_is_read_from_words() {
        let children = [Interval::new(0.0, 16.0 * YEAR)];
        assert_eq!(Whom::asked("IV flucloxacillin for cellulitis in a child").ages, children);
        assert_eq!(Whom::asked("my baby has a fever").ages, children);
        assert_eq!(Whom::asked("Is sertraline safe for the infant in breastfeeding?").ages, []);
        assert!(Whom::asked("And if she is pregnant?").pregnant.one);
        let both = Whom::asked("Her father had thyroid cancer. May I prescribe semaglutide?").female;
        assert!(both.one && both.other);
    }

    #[test]
    fn one_group_excludes_the_other_only_where_both_are_stated() {
        let (women, men, nobody) =
            (Either { one: true, other: false }, Either { one: false, other: true }, Either::default());
        assert!(women.excludes(men) && men.excludes(women));
        assert!(!nobody.excludes(men) && !women.excludes(nobody) && !women.joined(men).excludes(men));
    }
}
