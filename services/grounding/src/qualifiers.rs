//! What limits a claim in the source, and the statement leaves out or puts otherwise: hedges and questions, "only", "few", whether
//! both of two things or one.

use std::collections::HashSet;
use std::ops::Range;

use crate::check::{Facet, Finding};
use crate::doses::{of_another_kind, without_its_rhythm};
use crate::effects::effect_changed;
use crate::facts::{Fact, Facts, Said, WORD};
use crate::relate::{are_alike, are_kin, is_named, is_same};
use crate::senses::Axis;
use crate::stance::{Mark, Stance};
use crate::terms::Term;

/// Everything that a statement leaves out so.
pub(crate) fn qualified(statement: &Facts, source: &Facts) -> Vec<Finding> {
    let found = [
        weakened(statement, source),
        unasserted(statement, source),
        restricted(statement, source),
        effect_changed(statement, source),
        generalised_to_all(statement, source),
        without_its_rhythm(statement, source),
        of_another_kind(statement, source),
        overstated(statement, source),
        joined_otherwise(statement, source),
    ];
    found.into_iter().flatten().collect()
}

/// What the source says and the statement does not.
pub(crate) fn left_out(facet: Facet, written: &str) -> Finding {
    Finding::partial(facet, written, format!("the source says \u{201c}{written}\u{201d}; the statement leaves it out"))
}

fn has(facts: &Facts, stance: Stance) -> bool {
    facts.marks.iter().any(|mark| mark.stance == stance)
}

/// Whether the statement speaks of what a term of the source names.
pub(crate) fn speaks_of(statement: &Facts, theirs: &Term) -> bool {
    statement.terms.iter().any(|ours| are_alike(&ours.key, &theirs.key))
}

/// "May" or "probably" left out.
fn weakened(statement: &Facts, source: &Facts) -> Option<Finding> {
    let strength = |fact: &&Fact| matches!(fact.said, Said::Sense(Axis::Strength, _));
    if statement.facts.iter().any(|fact| strength(&fact)) {
        return None;
    }
    let guesses = has(statement, Stance::Guess);
    let hedges = |fact: &&Fact| match fact.said {
        Said::Sense(Axis::Strength, "may") => !guesses,
        Said::Sense(Axis::Strength, value) => value == "there is insufficient evidence",
        _ => false,
    };
    // Only where the hedge is said of what the statement says.
    let is_near = |at: &Range<usize>| {
        source.terms.iter().any(|term| {
            // "In theory, …": a comma parts it from nothing.
            let follows = term.at >= at.end && term.at < at.end + 3;
            (follows || source.distance(term.at, at) <= 3 * WORD) && speaks_of(statement, term)
        })
    };
    let all: Vec<&Fact> = source.facts.iter().filter(strength).collect();
    let hedge = all.iter().copied().find(hedges).filter(|_| all.iter().all(hedges));
    if let Some(hedge) = hedge.filter(|hedge| is_near(&hedge.at)) {
        return Some(left_out(Facet::Strength, &hedge.written));
    }
    let is_other = |mark: &&Mark| all.iter().all(|fact| fact.at.start != mark.at.start);
    let mut marks = source.marks.iter().filter(|mark| mark.stance == Stance::Guess && !guesses).filter(is_other);
    marks.find(|mark| is_near(&mark.at)).map(|guess| left_out(Facet::Strength, &guess.written))
}

/// What the source asks, aims to show, reports of others or of animals, or holds no longer, said as if it were so.
fn unasserted(statement: &Facts, source: &Facts) -> Option<Finding> {
    let weighty = |term: &&Term| term.is_strong || is_named(statement, term);
    let ours: HashSet<&str> = statement.terms.iter().filter(weighty).map(|term| term.key.as_str()).collect();
    // How much of the statement stands in a sentence of the source, from some place on.
    let taken = |sentence: usize, from: usize| {
        let here = source.terms.iter().filter(|term| term.at >= from && source.sentence(term.at) == sentence);
        let keys: HashSet<&str> = here.map(|term| term.key.as_str()).collect();
        ours.iter().filter(|key| keys.contains(*key) || keys.iter().any(|one| are_kin(one, key))).count()
    };
    let unsaid = |mark: &&Mark| mark.stance.leaves_open() && !has(statement, mark.stance);
    source.marks.iter().filter(unsaid).find_map(|mark| {
        let sentence = source.sentence(mark.at.start);
        let follows = matches!(mark.stance, Stance::Question | Stance::Hearsay) && mark.written != "?";
        let of_it = taken(sentence, if follows { mark.at.end } else { 0 });
        // Said elsewhere as it is, it may be said.
        let stands_by = |other: usize| {
            let marked = |one: &Mark| one.stance == mark.stance && source.sentence(one.at.start) == other;
            other != sentence && !source.marks.iter().any(marked) && taken(other, 0) >= of_it
        };
        let is_plain = (0..=source.breaks.len()).any(stands_by);
        (of_it > 0 && 2 * of_it >= ours.len() && !is_plain).then(|| match mark.written.as_str() {
            "?" => Finding::partial(Facet::Strength, "?", "the source asks this; the statement says it".to_owned()),
            written => left_out(Facet::Strength, written),
        })
    })
}

/// "Only" left out or put in.
fn restricted(statement: &Facts, source: &Facts) -> Option<Finding> {
    let only = |facts: &'_ Facts| -> Vec<Mark> {
        facts.marks.iter().filter(|mark| mark.stance == Stance::Only).cloned().collect()
    };
    let (ours, theirs) = (only(statement), only(source));
    // "Not unless" says it, too.
    let denies = |facts: &Facts| {
        let excepts = |fact: &Fact| matches!(fact.said, Said::Sense(Axis::Condition, "unless" | "until"));
        facts.terms.iter().any(|term| term.negated) || facts.facts.iter().any(excepts)
    };
    if ours.is_empty() && !denies(statement) {
        let is_shared = |mark: &&Mark| {
            neighbour(
                source,
                mark,
                |fact| statement.facts.iter().any(|ours| is_same(ours, fact)),
                |term| speaks_of(statement, term),
            )
        };
        return theirs.iter().find(is_shared).map(|mark| left_out(Facet::Polarity, &mark.written));
    }
    let added = ours.first().filter(|_| theirs.is_empty() && !denies(source))?;
    Some(Finding::partial(
        Facet::Polarity,
        &added.written,
        format!("the source does not say \u{201c}{}\u{201d}", added.written),
    ))
}

/// Whether what "only" stands beside is known: what follows it, or comes before it.
fn neighbour(facts: &Facts, mark: &Mark, has_fact: impl Fn(&Fact) -> bool, has_term: impl Fn(&Term) -> bool) -> bool {
    let is_near = |at: &Range<usize>| {
        at.start >= mark.at.end && at.start < mark.at.end + 4 || at.end <= mark.at.start && at.end + 2 > mark.at.start
    };
    let tells = |fact: &&Fact| !matches!(fact.said, Said::Sense(Axis::Strength | Axis::Extent, _) | Said::Amount(_));
    facts.facts.iter().filter(tells).any(|fact| is_near(&fact.at) && has_fact(fact))
        || facts.terms.iter().any(|term| is_near(&(term.at..term.at + 1)) && term.is_strong && has_term(term))
}

/// "Few patients" without "few".
fn generalised_to_all(statement: &Facts, source: &Facts) -> Option<Finding> {
    let is_extent = |fact: &&Fact| matches!(fact.said, Said::Sense(Axis::Extent, _));
    let counts = |fact: &&Fact| is_extent(fact) || matches!(fact.said, Said::Amount(_));
    if statement.facts.iter().any(|fact| counts(&fact)) {
        return None;
    }
    let is_small = |fact: &&Fact| match &fact.said {
        Said::Sense(Axis::Extent, value) => matches!(*value, "few" | "some"),
        Said::Amount(amount) => amount.is_part_in_words(),
        _ => false,
    };
    let of_what =
        |fact: &Fact| source.terms.iter().find(|term| term.at >= fact.at.end).filter(|term| term.at <= fact.at.end + 2);
    let is_bare = |fact: &&Fact| of_what(fact).is_some_and(|noun| speaks_of(statement, noun));
    // "Some" of others may be said beside.
    let all: Vec<&Fact> = source.facts.iter().filter(is_small).filter(is_bare).collect();
    let first = all.first()?;
    let noun = of_what(first)?;
    let is_once = source.terms.iter().filter(|term| term.key == noun.key).count() == 1;
    is_once.then(|| left_out(Facet::Population, &first.written))
}

/// "Most" where the source has less than half, "all" where it has two of them, "first" where it ranks nothing.
fn overstated(statement: &Facts, source: &Facts) -> Option<Finding> {
    let noun = |facts: &'_ Facts, fact: &Fact| -> Option<String> {
        let next = facts.terms.iter().find(|term| term.at >= fact.at.end)?;
        (next.at <= fact.at.end + 2).then(|| next.key.clone())
    };
    let ranks = |fact: &Fact| matches!(fact.said, Said::Sense(Axis::Ordinal, _));
    statement.facts.iter().find_map(|ours| match ours.said {
        Said::Sense(Axis::Extent, value) => {
            let says = |facts: &Facts, wanted: &Fact| facts.facts.iter().any(|fact| is_same(fact, wanted));
            let differs = |theirs: &&Fact| match &theirs.said {
                Said::Amount(amount) => {
                    let of_the_same = noun(source, theirs) == noun(statement, ours);
                    of_the_same && amount.is_other_extent(value) && !says(statement, theirs)
                }
                _ => false,
            };
            if says(source, ours) {
                return None;
            }
            let theirs = source.facts.iter().find(differs)?;
            let reason = format!("the source says {}, not \u{201c}{}\u{201d}", theirs.written, ours.written);
            Some(Finding::partial(Facet::Population, &ours.written, reason))
        }
        Said::Sense(Axis::Ordinal, "first") => {
            let is_rank = noun(statement, ours).is_some_and(|noun| {
                matches!(noun.as_str(), "treatment" | "therapi" | "choic" | "option" | "agent" | "drug" | "line")
            });
            let begins = |term: &Term| matches!(term.key.as_str(), "start" | "begin" | "initi" | "prefer" | "commenc");
            let says_so = source.facts.iter().any(ranks) || source.terms.iter().any(begins);
            (is_rank && !says_so).then(|| {
                let reason = format!("the source does not say \u{201c}{}\u{201d}", ours.written);
                Finding::partial(Facet::Number, &ours.written, reason)
            })
        }
        _ => None,
    })
}

/// Both of two medicines or conditions, where the source has one or the other.
fn joined_otherwise(statement: &Facts, source: &Facts) -> Option<Finding> {
    // "Not A or B" denies both, as "A and B are contraindicated" does.
    let denies_both = |facts: &Facts, (a, b): &(String, String)| {
        let denies = |key: &str| facts.terms.iter().any(|term| term.key == key && term.negated);
        denies(a) && denies(b)
    };
    let joint = statement.joints.iter().find(|ours| {
        if denies_both(statement, &ours.keys) && denies_both(source, &ours.keys) {
            return false;
        }
        let mut there = source.joints.iter().filter(|theirs| theirs.keys == ours.keys).peekable();
        there.peek().is_some() && there.all(|theirs| theirs.is_choice != ours.is_choice)
    })?;
    let (a, b) = &joint.keys;
    let (theirs, ours) = if joint.is_choice { ("and", "or") } else { ("or", "and") };
    let reason = format!("the source says {a} {theirs} {b}, not {a} {ours} {b}");
    Some(Finding::partial(Facet::Drug, &format!("{a} {ours} {b}"), reason))
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict::{Partial, Supported};

    use crate::check::{are, verdict_of as verdict};

    #[test]
    fn what_is_guessed_asked_or_past_is_not_said_as_if_it_were_so() {
        are(
            Partial,
            &[
                ("Honey shortens cough in toddlers.", "Honey probably shortens cough in toddlers."),
                ("Honey shortens cough in toddlers.", "It is unknown whether honey shortens cough in toddlers."),
                ("Honey shortens cough in toddlers.", "We do not know if honey shortens cough in toddlers."),
                ("Honey shortens cough in toddlers.", "We hypothesised that honey would shorten cough in toddlers."),
                ("Honey shortens cough in toddlers.", "Does honey shorten cough in toddlers?"),
                ("Theophylline is given for croup.", "Historically, theophylline was given for croup."),
                ("Honey shortened cough.", "Mothers reported that honey shortened cough."),
                ("The peptide healed ulcers.", "In mice, the peptide healed ulcers."),
            ],
        );
        are(
            Supported,
            &[
                ("Honey is likely to help.", "In toddlers honey probably helps."),
                ("Honey may shorten cough.", "Honey possibly shortens cough, they write."),
                (
                    "Honey shortened cough in toddlers.",
                    "The aim was to find out whether honey shortens cough in toddlers. Honey shortened cough in toddlers by a day.",
                ),
                ("It is not clear whether honey helps.", "In toddlers it is not clear whether honey helps."),
                (
                    "Give it to patients not known to be allergic.",
                    "Give it at once to patients not known to be allergic.",
                ),
            ],
        );
    }

    #[test]
    fn only_is_neither_left_out_nor_put_in() {
        are(
            Partial,
            &[
                ("Start warfarin if the scan is clear.", "Start warfarin only if the scan is clear."),
                ("Midwives give ergometrine.", "Only midwives give ergometrine."),
                ("Iron is given by mouth.", "Iron is given by mouth only."),
                ("Give antivenom only to adults with bleeding.", "Give antivenom to adults with bleeding."),
            ],
        );
        are(
            Supported,
            &[
                ("Ergometrine is given by midwives only.", "Only midwives give ergometrine."),
                ("Give antivenom only if there is bleeding.", "Do not give antivenom unless there is bleeding."),
                ("3 patients relapsed.", "After a year only 3 patients relapsed."),
            ],
        );
    }

    #[test]
    fn few_are_not_most_and_most_are_not_all() {
        for (statement, source) in [
            ("Most children need grommets.", "Few children need grommets."),
            ("Children need grommets.", "Few children need grommets."),
            ("All children recover.", "Most children recover."),
            ("Most children recover.", "Nearly half of children recover."),
            ("The rash is common.", "The rash is rare."),
            ("Refer if there is pallor or bruising.", "Refer if there is pallor and bruising."),
            ("Zinc is the first choice in diarrhoea.", "Zinc is a choice in diarrhoea."),
            ("Nortriptyline is first-line therapy.", "Nortriptyline is second-line therapy."),
        ] {
            assert_ne!(verdict(statement, source), Supported, "{statement} against {source}");
        }
        are(
            Supported,
            &[
                ("The majority of children recover.", "With time, most children recover."),
                ("Some children recover.", "With time, most children recover."),
                ("Most children (80%) recover.", "Most children, 80%, recover."),
                ("Refer if there is bruising and pallor.", "Refer if there is pallor and bruising."),
                ("Nortriptyline is a second-line treatment.", "Nortriptyline is second-line therapy."),
            ],
        );
    }
}
