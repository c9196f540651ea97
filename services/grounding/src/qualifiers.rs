//! What the source says beside what the statement takes from it, and the statement leaves out or puts otherwise: hedges, "only",
//! the rhythm of a dose, which dose it is, whether both of two things or one.

use std::collections::HashSet;
use std::ops::Range;

use knowledge::Verdict;

use crate::check::{Facet, Finding};
use crate::facts::{Fact, Facts, Said, WORD};
use crate::relate::{are_kin, facet, is_named, is_same};
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
        joined_otherwise(statement, source),
    ];
    found.into_iter().flatten().collect()
}

fn partial(facet: Facet, subject: &str, reason: String) -> Finding {
    Finding { facet, verdict: Verdict::Partial, subject: subject.to_owned(), reason }
}

fn left_out(facet: Facet, written: &str) -> Finding {
    partial(facet, written, format!("the source says \u{201c}{written}\u{201d}; the statement leaves it out"))
}

fn has(facts: &Facts, stance: Stance) -> bool {
    facts.marks.iter().any(|mark| mark.stance == stance)
}

/// Whether the statement speaks of what a term of the source names.
fn speaks_of(statement: &Facts, theirs: &Term) -> bool {
    statement.terms.iter().any(|ours| ours.key == theirs.key || are_kin(&ours.key, &theirs.key))
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
        source.terms.iter().any(|term| source.distance(term.at, at) <= 3 * WORD && speaks_of(statement, term))
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
    let unsaid = |mark: &&Mark| {
        let is_it = matches!(mark.stance, Stance::Question | Stance::Former | Stance::Hearsay | Stance::Model);
        is_it && !has(statement, mark.stance)
    };
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
            "?" => partial(Facet::Strength, "?", "the source asks this; the statement says it".to_owned()),
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
    Some(partial(Facet::Polarity, &added.written, format!("the source does not say \u{201c}{}\u{201d}", added.written)))
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

/// One thing causes another, where the source says that it goes with it, prevents or treats it.
fn effect_changed(statement: &Facts, source: &Facts) -> Option<Finding> {
    use Stance::{Association, Cause, Prevention, Treatment};
    let effects = |facts: &'_ Facts| -> Vec<Mark> {
        let is = |mark: &&Mark| matches!(mark.stance, Association | Cause | Prevention | Treatment);
        facts.marks.iter().filter(is).cloned().collect()
    };
    let (ours, theirs) = (effects(statement), effects(source));
    let there = |stance: Stance| theirs.iter().find(|mark| mark.stance == stance);
    let differ = |ours: &Mark, theirs: &Mark| {
        partial(
            Facet::Direction,
            &ours.written,
            format!("the source says \u{201c}{}\u{201d}, not \u{201c}{}\u{201d}", theirs.written, ours.written),
        )
    };
    // What follows the word, and whether the statement has it there too.
    let object = |facts: &'_ Facts, mark: &Mark| -> Option<String> {
        facts.terms.iter().find(|term| term.at >= mark.at.end).map(|term| term.key.clone())
    };
    for mark in &ours {
        if there(mark.stance).is_some() {
            continue;
        }
        let rivals: &[Stance] = match mark.stance {
            Cause => &[Association, Prevention, Treatment],
            Prevention => &[Cause, Treatment],
            Treatment => &[Cause, Prevention],
            _ => &[],
        };
        for rival in rivals.iter().filter_map(|stance| there(*stance)) {
            let same =
                object(statement, mark).zip(object(source, rival)).is_some_and(|(a, b)| a == b || are_kin(&a, &b));
            let turns = (mark.stance == Cause) != (rival.stance == Cause) && rival.stance != Association;
            if same || mark.stance == Cause {
                let finding = differ(mark, rival);
                return Some(if same && turns {
                    Finding { verdict: Verdict::Contradicted, ..finding }
                } else {
                    finding
                });
            }
        }
    }
    // "Statin use was associated with fewer falls": statins did not make them fewer.
    let association = there(Association).filter(|_| ours.is_empty() && theirs.len() == 1)?;
    let moves = |facts: &Facts| facts.facts.iter().any(|fact| is_active(fact));
    let beside = |before: bool| {
        source
            .terms
            .iter()
            .any(|term| (term.at < association.at.start) == before && term.is_strong && speaks_of(statement, term))
    };
    (moves(statement) && !moves(source) && beside(true) && beside(false))
        .then(|| left_out(Facet::Direction, &association.written))
}

/// Whether it is a verb with which one thing changes another.
fn is_active(fact: &Fact) -> bool {
    let is_move = matches!(fact.said, Said::Sense(Axis::Direction | Axis::Merit, _));
    let verbs = [
        "reduces",
        "reduced",
        "reduce",
        "increases",
        "increased",
        "increase",
        "lowers",
        "lowered",
        "raises",
        "raised",
        "decreases",
        "decreased",
        "improves",
        "improved",
        "worsens",
        "worsened",
    ];
    is_move && verbs.contains(&fact.written.to_lowercase().as_str())
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

/// A dose without its rhythm, where that is a day's amount or is given less often than daily.
fn without_its_rhythm(statement: &Facts, source: &Facts) -> Option<Finding> {
    let rhythm = |fact: &&Fact| matches!(fact.said, Said::Rhythm(_));
    if statement.facts.iter().any(|fact| rhythm(&fact)) {
        return None;
    }
    // "10 mg/kg/day"; "70 mg once a week".
    let of_it = |dose: &Fact| {
        let is_next = |day: &&Fact| {
            let is_days =
                day.at.start == dose.at.end && ["/", "per ", "a "].iter().any(|start| day.written.starts_with(start));
            let is_rare = matches!(&day.said, Said::Rhythm(schedule) if schedule.times_a_day() < 0.5);
            let between = dose.at.end..day.at.start;
            let other =
                source.facts.iter().any(|fact| facet(&fact.said) == Facet::Amount && between.contains(&fact.at.start));
            let same_part = source.part(day.at.start) == source.part(dose.at.start);
            is_days || is_rare && same_part && !other && day.at.start >= dose.at.end
        };
        source.facts.iter().filter(rhythm).find(is_next)
    };
    let is_dose = |fact: &&Fact| matches!(&fact.said, Said::Amount(amount) if amount.is_dose());
    statement.facts.iter().filter(is_dose).find_map(|ours| {
        let theirs = source.facts.iter().filter(|theirs| is_same(ours, theirs));
        let rhythms: Option<Vec<&Fact>> = theirs.map(of_it).collect();
        let day = rhythms?.first()?.written.clone();
        let reason = format!("the source says {} \u{201c}{day}\u{201d}; the statement leaves that out", ours.written);
        Some(partial(Facet::Frequency, &ours.written, reason))
    })
}

/// Stems of what a dose may be: another one than that which is given from day to day.
const KINDS: &[&str] = &["toxic", "lethal", "fatal", "overdos", "load", "mainten"];

/// A toxic dose that is said to be a dose.
fn of_another_kind(statement: &Facts, source: &Facts) -> Option<Finding> {
    let amount = |fact: &&Fact| facet(&fact.said) == Facet::Amount;
    let kind = |dose: &Fact| {
        let before = source.facts.iter().filter(amount).filter(|fact| fact.at.end <= dose.at.start);
        let since = before.map(|fact| fact.at.end).max().unwrap_or_default();
        let sentence = source.sentence(dose.at.start);
        let mut terms = source.terms.iter().rev().filter(|term| term.at < dose.at.start && term.at >= since);
        terms.find(|term| source.sentence(term.at) == sentence && KINDS.contains(&term.key.as_str()))
    };
    statement.facts.iter().filter(amount).find_map(|ours| {
        let theirs = source.facts.iter().filter(|theirs| is_same(ours, theirs));
        let kinds: Option<Vec<&Term>> = theirs.map(kind).collect();
        let kind = kinds?.into_iter().next().filter(|kind| !speaks_of(statement, kind))?;
        Some(left_out(Facet::Attribution, &kind.written))
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
    Some(partial(Facet::Drug, &format!("{a} {ours} {b}"), reason))
}
