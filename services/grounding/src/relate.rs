//! How single facts and terms of two sentences relate.

use std::collections::HashSet;

use crate::check::Facet;
use crate::facts::{Fact, Facts, Said, Term};
use crate::quantity::Agreement;
use crate::senses::Axis;

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
        Said::Sense(Axis::Age | Axis::Pregnancy | Axis::Kidney | Axis::Liver | Axis::Sex, _) => Facet::Population,
        Said::Sense(Axis::Strength, _) => Facet::Strength,
        Said::Sense(Axis::Certainty, _) => Facet::Certainty,
        Said::Sense(Axis::Direction | Axis::Merit, _) => Facet::Direction,
        Said::Sense(Axis::Time, _) => Facet::Time,
    }
}

/// Whether headings can say it for the text below them.
pub(crate) fn may_stand_above(said: &Said) -> bool {
    matches!(facet(said), Facet::Drug | Facet::Population | Facet::Route)
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
fn is_named(facts: &Facts, term: &Term) -> bool {
    facts
        .facts
        .iter()
        .any(|fact| fact.at.contains(&term.at) && matches!(facet(&fact.said), Facet::Drug | Facet::Population))
}

/// Stems of one word that the stemmer leaves apart: `hypertens` and `hypertension`.
pub(crate) fn are_kin(a: &str, b: &str) -> bool {
    let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.chars().count(), b.chars().count());
    common >= 5 && common + 2 >= a.min(b) && a.abs_diff(b) <= 5
}
