//! How single facts and terms of two sentences relate.

use std::collections::HashSet;

use crate::check::Facet;
use crate::clauses::Denial;
use crate::facts::{Fact, Facts, Said};
use crate::quantity::Agreement;
use crate::senses::{Axis, extent};
use crate::terms::Term;

/// How two facts of one sort agree.
pub(crate) fn agreement(ours: &Said, theirs: &Said) -> Option<Agreement> {
    Some(match (ours, theirs) {
        (Said::Amount(ours), Said::Amount(theirs)) => match ours.compare(theirs) {
            Agreement::Incomparable => return None,
            agreement => agreement,
        },
        (Said::Rhythm(ours), Said::Rhythm(theirs)) if ours.divided == theirs.divided => {
            if ours.is_equal_to(theirs) {
                Agreement::Same
            } else {
                Agreement::Different
            }
        }
        (Said::Drug(ours), Said::Drug(theirs)) => same(ours == theirs),
        // Some of all is no contradiction, nor is some of few.
        (Said::Sense(Axis::Extent, ours), Said::Sense(Axis::Extent, theirs))
            if *ours == "some" || *ours != "few" && extent(theirs) > extent(ours) =>
        {
            return (ours == theirs).then_some(Agreement::Same);
        }
        (Said::Sense(Axis::Condition, "until"), Said::Sense(Axis::Time, time))
        | (Said::Sense(Axis::Time, time), Said::Sense(Axis::Condition, "until")) => same(*time == "before"),
        (Said::Sense(ours, a), Said::Sense(theirs, b)) if ours == theirs => same(a == b),
        _ => return None,
    })
}

fn same(is: bool) -> Agreement {
    if is { Agreement::Same } else { Agreement::Different }
}

pub(crate) fn facet(said: &Said) -> Facet {
    match said {
        Said::Amount(amount) if amount.has_unit() => Facet::Amount,
        Said::Amount(_) => Facet::Number,
        Said::Rhythm(_) => Facet::Frequency,
        Said::Drug(_) => Facet::Drug,
        Said::Sense(Axis::Route, _) => Facet::Route,
        Said::Sense(Axis::Age | Axis::Pregnancy | Axis::Kidney | Axis::Liver | Axis::Sex | Axis::Extent, _) => {
            Facet::Population
        }
        Said::Sense(Axis::Strength, _) => Facet::Strength,
        Said::Sense(Axis::Certainty, _) => Facet::Certainty,
        Said::Sense(Axis::Direction | Axis::Merit, _) => Facet::Direction,
        Said::Sense(Axis::Time, _) => Facet::Time,
        Said::Sense(Axis::Condition, _) => Facet::Polarity,
        Said::Sense(Axis::Ordinal | Axis::Bound, _) => Facet::Number,
    }
}

/// Whether it counts only against another of its sort: nobody has to say "before" or "if", but who says it must not say
/// otherwise.
pub(crate) fn needs_rival(said: &Said) -> bool {
    use Axis::{Bound, Condition, Direction, Extent, Merit, Ordinal, Time};
    match said {
        Said::Sense(axis, _) => matches!(axis, Direction | Merit | Time | Condition | Ordinal | Extent | Bound),
        Said::Amount(amount) => amount.is_word(),
        Said::Rhythm(_) | Said::Drug(_) => false,
    }
}

/// Whether what two facts say differs is said of the same thing. Conditions say otherwise only on the same condition, and
/// "first" and "all" only of the same noun.
pub(crate) fn meet((a, ours): (&Facts, &Fact), (b, theirs): (&Facts, &Fact)) -> bool {
    let on = |fact: &Fact, axes: &[Axis]| matches!(fact.said, Said::Sense(axis, _) if axes.contains(&axis));
    if on(ours, &[Axis::Condition]) || on(theirs, &[Axis::Condition]) {
        return conditions_meet((a, ours), (b, theirs));
    }
    if !on(ours, &[Axis::Ordinal, Axis::Extent, Axis::Bound]) {
        return true;
    }
    let noun = |facts: &'_ Facts, fact: &Fact| facts.terms.iter().position(|term| term.at >= fact.at.end);
    let (Some(one), Some(other)) = (noun(a, ours), noun(b, theirs)) else { return false };
    let (one, other) = (a.terms[one].key.as_str(), b.terms[other].key.as_str());
    let is_anyone = |key: &str| matches!(key, "patient" | "peopl" | "person" | "individu" | "particip" | "case");
    are_alike(one, other) || is_anyone(one) && is_anyone(other)
}

/// Whether two sentences make the same thing depend on the same condition: their conditions share a word, neither that nor
/// what depends on it is denied in one of them alone, and it is no other dose or rhythm that depends on it.
fn conditions_meet((a, ours): (&Facts, &Fact), (b, theirs): (&Facts, &Fact)) -> bool {
    let (one, other) = (Condition::read(a, ours), Condition::read(b, theirs));
    let other_dose = one.dose.zip(other.dose).is_some_and(|(one, other)| !is_same(one, other));
    one.is_on_the_same(&other, a) && !is_turned(&one.main, &other.main) && !other_dose
}

/// Whether one sentence says with "unless" what the other says with "if": "adjusted only if", "not adjusted unless".
pub(crate) fn says_by_exception(a: &Facts, b: &Facts) -> bool {
    let of = |facts: &'_ Facts, wanted: &str| -> Vec<usize> {
        let is = |fact: &Fact| matches!(fact.said, Said::Sense(Axis::Condition, word) if word == wanted);
        (0..facts.facts.len()).filter(|at| is(&facts.facts[*at])).collect()
    };
    [("if", "unless"), ("unless", "if")].into_iter().any(|(ours, theirs)| {
        let theirs = of(b, theirs);
        of(a, ours).into_iter().map(|at| Condition::read(a, &a.facts[at])).any(|one| {
            let mut others = theirs.iter().map(|at| Condition::read(b, &b.facts[*at]));
            others.any(|other| one.is_on_the_same(&other, a) && is_turned(&one.main, &other.main))
        })
    })
}

/// Whether one of two clauses denies at least half of what they share, and the other does not; or anything, if they share
/// nothing.
fn is_turned(one: &[&Term], other: &[&Term]) -> bool {
    let there = |term: &Term| other.iter().find(|theirs| are_alike(&theirs.key, &term.key));
    let turned: Vec<bool> = one.iter().filter_map(|term| Some(there(term)?.negated != term.negated)).collect();
    let denies = |terms: &[&Term]| terms.iter().any(|term| term.negated);
    if turned.is_empty() {
        return denies(one) != denies(other);
    }
    2 * turned.iter().filter(|is| **is).count() >= turned.len()
}

/// A condition of a sentence.
struct Condition<'a> {
    /// What it depends on, and what depends on it.
    terms: Vec<&'a Term>,
    main: Vec<&'a Term>,
    /// The amount or rhythm that stands before it.
    dose: Option<&'a Fact>,
    /// Whether what it says counts as denied by what depends on it: an exception to what is not denied, "not after surgery".
    is_turned: bool,
}

impl<'a> Condition<'a> {
    fn read(facts: &'a Facts, fact: &Fact) -> Self {
        let sentence = facts.sentence(fact.at.start);
        let here = |at: usize| facts.sentence(at) == sentence;
        let first = facts.terms.iter().find(|term| term.at >= fact.at.end && here(term.at));
        let is_inside = |term: &&Term| {
            term.at >= fact.at.end && here(term.at) && first.is_some_and(|first| first.region == term.region)
        };
        let (terms, main): (Vec<&Term>, Vec<&Term>) =
            facts.terms.iter().filter(|term| here(term.at)).partition(|term| is_inside(term));
        let is_dose = |said: &Said| matches!(said, Said::Amount(_) | Said::Rhythm(_));
        let mut before = facts.facts.iter().filter(|one| one.at.end <= fact.at.start && here(one.at.start));
        let is_turned = match fact.said {
            Said::Sense(Axis::Condition, "unless") => !main.iter().any(|term| term.in_negated_clause),
            Said::Sense(Axis::Condition, _) => false,
            // "Not after surgery" is one clause.
            _ => first.is_some_and(|first| first.in_negated_clause),
        };
        Self { terms, main, dose: before.rfind(|one| is_dose(&one.said)), is_turned }
    }

    /// Whether both share a word of weight, and neither alone denies it.
    fn is_on_the_same(&self, other: &Condition<'_>, facts: &Facts) -> bool {
        let is_same =
            |term: &Term, theirs: &Term| are_alike(&theirs.key, &term.key) && self.denies(term) == other.denies(theirs);
        let mut weighty = self.terms.iter().filter(|term| term.is_strong || is_named(facts, term));
        weighty.any(|term| other.terms.iter().any(|theirs| is_same(term, theirs)))
    }

    /// Whether the condition itself denies one of its terms.
    fn denies(&self, term: &Term) -> bool {
        let by_itself = matches!(term.by, Denial::Phrase | Denial::Prefix);
        if by_itself { term.negated } else { term.negated != self.is_turned }
    }
}

/// Whether those of whom the source speaks are some of those of whom the statement speaks.
pub(crate) fn is_part(theirs: &Said, ours: &Said) -> bool {
    let (Said::Sense(_, theirs), Said::Sense(_, ours)) = (theirs, ours) else { return false };
    matches!(
        (*ours, *theirs),
        ("children", "infants" | "newborns" | "adolescents")
            | ("adults", "older people")
            | ("renal impairment", "dialysis")
    )
}

/// Whether headings can say it for the text below them.
pub(crate) fn may_stand_above(said: &Said) -> bool {
    matches!(facet(said), Facet::Drug | Facet::Population | Facet::Route) && !needs_rival(said)
}

/// What is compared, before and after the word that compares: "A was superior | to B"; none where nothing is.
pub(crate) fn sides_of(facts: &Facts) -> Option<(HashSet<&str>, HashSet<&str>)> {
    let compares = |fact: &Fact| matches!(fact.said, Said::Sense(Axis::Direction | Axis::Merit, _));
    let at = *facts.frames.iter().find(|at| facts.facts.iter().any(|fact| compares(fact) && fact.at.start < **at))?;
    let side = |before: bool| {
        let on_it = facts.terms.iter().filter(|term| (term.at < at) == before && is_owner(facts, term));
        on_it.map(|term| term.key.as_str()).collect()
    };
    Some((side(true), side(false)))
}

pub(crate) fn is_same(ours: &Fact, theirs: &Fact) -> bool {
    agreement(&ours.said, &theirs.said) == Some(Agreement::Same)
}

/// Whether amounts belong to what a term names: a medicine, a population, an arm of a trial.
pub(crate) fn is_owner(facts: &Facts, term: &Term) -> bool {
    let arm = matches!(
        term.key.as_str(),
        "placebo" | "control" | "intervent" | "compar" | "sham" | "usual care" | "standard care"
    );
    arm || is_named(facts, term)
}

/// Whether a term is a medicine or a population.
pub(crate) fn is_named(facts: &Facts, term: &Term) -> bool {
    let names = |said: &Said| matches!(said, Said::Drug(_)) || says_for_whom(said);
    facts.facts.iter().any(|fact| fact.at.contains(&term.at) && names(&fact.said))
}

/// Whether it is a population.
pub(crate) fn says_for_whom(said: &Said) -> bool {
    matches!(said, Said::Sense(axis, _) if axis.is_population())
}

/// What is left of a stem behind what it shares with another of the same word: `hypertens` and `hypertension`, `stenosi` and
/// `stenot`. Not among them are endings that name a disease: `thrombocytosi` and `thrombocytopenia`, `nephrit` and `nephrot`.
const ENDINGS: &[&str] = &[
    "", "a", "al", "anc", "ant", "ar", "ari", "at", "ati", "b", "ct", "d", "e", "enc", "ent", "er", "es", "i", "ia",
    "ic", "ion", "is", "ism", "ist", "iv", "l", "or", "ous", "pt", "s", "si", "t", "ular", "um", "us", "xi", "y",
];

/// The same stem, or stems of one word.
pub(crate) fn are_alike(a: &str, b: &str) -> bool {
    a == b || are_kin(a, b)
}

/// Stems of one word that the stemmer leaves apart.
pub(crate) fn are_kin(a: &str, b: &str) -> bool {
    // What they share is longer.
    if a.get(..4) != b.get(..4) {
        return false;
    }
    // Of phrases the last word tells: "type 1" is not "type 2".
    let last = |key: &str| key.rfind(' ').map_or(0, |at| at + 1);
    let common: usize = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let letters = a[last(a).min(common)..common].chars().count();
    let is_ending = |rest: &str| ENDINGS.contains(&rest);
    letters >= 5 && common >= last(b) && is_ending(&a[common..]) && is_ending(&b[common..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_of_one_word_are_kin_and_opposites_are_not() {
        for (a, b) in [
            ("hypertens", "hypertension"),
            ("stenosi", "stenot"),
            ("diagnos", "diagnosi"),
            ("anaemia", "anaem"),
            ("thrombosi", "thrombot"),
            ("ulcer", "ulcerat"),
            ("arthriti", "arthrit"),
            ("pulmon", "pulmonari"),
        ] {
            assert!(are_kin(a, b) && are_kin(b, a), "{a} and {b}");
        }
        for (a, b) in [
            ("thrombocytosi", "thrombocytopenia"),
            ("nephrot", "nephrit"),
            ("leukocyt", "leukocytosi"),
            ("lymphoma", "lymphoedema"),
            ("adenoma", "adenosin"),
            ("haemorrhag", "haemorrhoid"),
            ("hepat", "hepatiti"),
            ("creatin", "creatinin"),
            ("phosphat", "phosphatas"),
            ("type 1", "type 2"),
            ("stage 3", "stage 4"),
            ("hepatitis b", "hepatitis c"),
        ] {
            assert!(!are_kin(a, b) && !are_kin(b, a), "{a} and {b}");
        }
    }
}
