//! Do two sources in force disagree? Held against each other, not against a statement: neither is right by itself.

use std::collections::HashSet;

use knowledge::Verdict;

use crate::check::{Facet, Finding};
use crate::compare::compare;
use crate::facts::{Facts, Said};
use crate::quantity::{Agreement, Quantity};
use crate::relate::is_owner;
use crate::senses::Axis;

/// In what two sentences on the same point disagree; none where they agree, or speak of different things. `above` is what
/// stands above each: title and headings.
pub fn disagreement(a: &str, b: &str, above: (&[&str], &[&str])) -> Option<Finding> {
    let (a, b) = (unconditional(a), unconditional(b));
    let (above_a, above_b) = (read(above.0), read(above.1));
    if !same_subject(&a, &b)
        || other_population((&a, &above_a), (&b, &above_b))
        || other_ages(&a, &b)
        || narrows(&a) != narrows(&b)
    {
        return None;
    }
    // What one says, the other has otherwise; either way round, as one may say more than the other.
    let found = disputes(&a, &b).into_iter().chain(disputes(&b, &a));
    found.min_by_key(|finding| finding.facet)
}

/// What a sentence says, but not on which condition: "until stable" and "when stable" are two ways to say when.
fn unconditional(sentence: &str) -> Facts {
    let mut facts = Facts::read(sentence);
    facts.facts.retain(|fact| !matches!(fact.said, Said::Sense(Axis::Condition, _)));
    facts
}

fn read(headings: &[&str]) -> Facts {
    let mut facts = Facts::default();
    for heading in headings {
        facts.append(&Facts::read(heading));
    }
    facts
}

fn disputes(a: &Facts, b: &Facts) -> Vec<Finding> {
    let disputed = |finding: &Finding| {
        finding.verdict == Verdict::Contradicted
            && match finding.facet {
                Facet::Amount | Facet::Number | Facet::Frequency => shares_owner(a, b),
                Facet::Polarity | Facet::Strength | Facet::Direction => true,
                Facet::Drug => is_choice(a) && is_choice(b),
                _ => false,
            }
    };
    compare(a, b, &Facts::default()).into_iter().filter(disputed).collect()
}

/// Words that say what is spoken of.
fn subjects(facts: &Facts) -> HashSet<&str> {
    facts.terms.iter().filter(|term| term.is_strong || is_owner(facts, term)).map(|term| term.key.as_str()).collect()
}

/// Whether most of what the shorter one speaks of is also in the other.
fn same_subject(a: &Facts, b: &Facts) -> bool {
    let (a, b) = (subjects(a), subjects(b));
    let shared = a.intersection(&b).count();
    shared >= 2 && 2 * shared >= a.len().min(b.len())
}

/// Whether they name medicines in common, or none.
fn shares_owner(a: &Facts, b: &Facts) -> bool {
    let drugs = |facts: &Facts| -> HashSet<&'static str> {
        facts.facts.iter().filter_map(|fact| if let Said::Drug(name) = fact.said { Some(name) } else { None }).collect()
    };
    let (a, b) = (drugs(a), drugs(b));
    a.is_empty() || b.is_empty() || a.intersection(&b).next().is_some()
}

/// Whether one speaks of children and the other of adults.
fn other_population(a: (&Facts, &Facts), b: (&Facts, &Facts)) -> bool {
    let on = |facts: (&Facts, &Facts), axis: Axis| -> HashSet<&'static str> {
        let of = |facts: &Facts| -> HashSet<&'static str> {
            facts
                .facts
                .iter()
                .filter_map(|fact| match fact.said {
                    Said::Sense(on, value) if on == axis => Some(value),
                    _ => None,
                })
                .collect()
        };
        let own = of(facts.0);
        if own.is_empty() { of(facts.1) } else { own }
    };
    [Axis::Age, Axis::Pregnancy, Axis::Kidney, Axis::Liver, Axis::Sex].into_iter().any(|axis| {
        let (a, b) = (on(a, axis), on(b, axis));
        // "In pregnancy" against nothing said is another population, too.
        let one_sided = axis != Axis::Age && axis != Axis::Sex && a.is_empty() != b.is_empty();
        one_sided || !a.is_empty() && !b.is_empty() && a.is_disjoint(&b)
    })
}

/// Whether both are bounded by ages that exclude each other: under 80 years, 80 years and over.
fn other_ages(a: &Facts, b: &Facts) -> bool {
    let ages = |facts: &Facts| -> Vec<Quantity> {
        let bounded = |amount: &&Quantity| amount.dimension == "years" && amount.relation.side() != 0;
        facts
            .facts
            .iter()
            .filter_map(|fact| if let Said::Amount(amount) = &fact.said { Some(amount) } else { None })
            .filter(bounded)
            .cloned()
            .collect()
    };
    let (a, b) = (ages(a), ages(b));
    a.iter().any(|one| b.iter().any(|other| one.compare(other) == Agreement::Opposite))
}

/// Whether a sentence is about some of those whom its subject is about: those at risk, those who cannot take it, those who
/// had it before.
fn narrows(facts: &Facts) -> bool {
    let narrowing = [
        "risk",
        "previous",
        "weigh",
        "reduc",
        "load",
        "prosthet",
        "surgeri",
        "available",
        "degre",
        "immunosuppress",
        "establish",
    ];
    facts.terms.iter().any(|term| narrowing.contains(&term.key.as_str()))
        || facts.facts.iter().any(|fact| matches!(fact.said, Said::Amount(ref amount) if fact.written.contains("kg") && amount.relation.side() != 0))
}

/// Whether a sentence says what comes first.
fn is_choice(facts: &Facts) -> bool {
    facts.terms.iter().any(|term| matches!(term.key.as_str(), "first line" | "first-lin" | "choic" | "prefer" | "line"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_that_disagree_are_told_from_sources_that_differ() {
        let none: (&[&str], &[&str]) = (&[], &[]);
        let a = "Start drug treatment of hypertension in adults at a blood pressure of 140/90 mmHg or above.";
        let b = "Drug treatment of hypertension in adults is started at a blood pressure of 130/80 mmHg or above.";
        assert_eq!(disagreement(a, b, none).map(|finding| finding.facet), Some(Facet::Amount));
        let c = "Drug treatment of hypertension in children is started at a blood pressure of 130/80 mmHg or above.";
        assert_eq!(disagreement(a, c, none), None);
        assert_eq!(disagreement(a, "Give amoxicillin 500 mg for otitis media.", none), None);
        let (yes, no) =
            ("Aspirin is recommended for primary prevention.", "Aspirin is not recommended for primary prevention.");
        assert!(disagreement(yes, no, none).is_some());
        let (until, when) = (
            "Monitor lithium levels weekly until the level is stable.",
            "Monitor lithium levels weekly when the level is stable.",
        );
        assert_eq!(disagreement(until, when, none), None);
    }
}
