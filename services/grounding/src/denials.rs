//! When two sentences deny the same in other words, or with other clauses.

use crate::clauses::Denial;
use crate::facts::{Fact, Facts, Said};
use crate::limits::Kind;
use crate::relate::is_named;
use crate::senses::Axis;
use crate::terms::Term;

/// Whether a term is more than a word of common practice.
pub(crate) fn has_weight(facts: &Facts, term: &Term) -> bool {
    term.is_strong || is_named(facts, term)
}

/// Whether the source denies with its clause what the statement has only behind such words as "lack of": "lack of X does not
/// exclude Y", "lack of X excludes Y".
pub(crate) fn is_behind_phrase(ours: &Term, theirs: &Term) -> bool {
    let is_denied_alone = ours.by == Denial::Phrase && !ours.in_negated_clause;
    is_denied_alone && theirs.by == Denial::Clause && theirs.in_negated_clause
}

/// Whether what denies a term of the source denies another one there that the statement denies, too. "Do not give X when Y" and
/// "X is contraindicated with Y" deny the same, but draw the clause around it differently.
pub(crate) fn shares_its_denial(statement: &Facts, source: &Facts, term: &Term) -> bool {
    // "Never without X" demands what "without X" leaves out.
    let is_denied_here = |other: &Term| {
        let mut here = statement.terms.iter().filter(|one| one.key == other.key && one.negated);
        here.any(|one| one.is_denied_twice == other.is_denied_twice)
    };
    let is_in_clause = |other: &&Term| other.clause == term.clause && other.negated && other.by == term.by;
    source.terms.iter().filter(is_in_clause).any(is_denied_here)
}

/// Whether the statement demands what the source denies in what it denies: "must not be used without X", "must be used with X".
pub(crate) fn is_demanded(statement: &Facts, source: &Facts, term: &Term) -> bool {
    let affirms = |other: &Term| {
        let mut here = statement.terms.iter().filter(|one| one.key == other.key).peekable();
        here.peek().is_some() && here.all(|one| !one.negated)
    };
    let beside = source.terms.iter().filter(|other| other.clause == term.clause && !other.is_denied_twice);
    let mut weighty = beside.filter(|other| has_weight(source, other) && other.negated);
    affirms(term) && weighty.any(affirms)
}

/// Whether the statement demands what stands beside a term in such a way.
pub(crate) fn is_demanded_beside(statement: &Facts, source: &Facts, term: &Term) -> bool {
    let mut beside = source.terms.iter().filter(|other| other.clause == term.clause && other.is_denied_twice);
    beside.any(|other| is_demanded(statement, source, other))
}

/// Whether the statement calls something dangerous or the like: that denies nothing, and is not the opposite of a denial.
pub(crate) fn is_called_harmful(statement: &Facts) -> bool {
    statement.limits.iter().any(|limit| limit.kind == Kind::Harm)
}

/// Whether a term is a medicine.
pub(crate) fn is_drug(facts: &Facts, term: &Term) -> bool {
    facts.facts.iter().any(|fact| fact.at.contains(&term.at) && matches!(fact.said, Said::Drug(_)))
}

/// Whether what the statement denies of something is what the source excepts or denies apart: "give X except in Y", "do not
/// give X in Y".
pub(crate) fn excepts_likewise(statement: &Facts, source: &Facts, term: &Term) -> bool {
    let is_said_of_drug = |theirs: &Term| {
        source
            .terms
            .iter()
            .any(|other| other.clause == theirs.clause && other.at != theirs.at && is_drug(source, other))
    };
    let is_apart = |theirs: &Term| {
        let is_excepted = theirs.negated && theirs.clause != 0 && theirs.by != Denial::Phrase;
        // "X or Y; neither is for Z".
        let is_phrase =
            is_drug(statement, term) && theirs.negated && theirs.by == Denial::Phrase && !is_said_of_drug(theirs);
        is_excepted || is_phrase || theirs.is_ruled_out && is_last_drug_before(source, theirs, term)
    };
    let is_bearer = !has_weight(statement, term) || is_drug(statement, term) || is_subject(source, &term.key);
    // "To all adults except those with X", "not to adults with X".
    let may_bear = |theirs: &Term| is_bearer || theirs.by == Denial::Exception && is_named(statement, term);
    let is_case = |other: &Term| {
        let has_own_weight = has_weight(statement, other) && !is_drug(statement, other);
        let is_meant = |theirs: &Term| theirs.is_ruled_out || other.negated && other.clause == term.clause;
        let mut there = source.terms.iter().filter(|theirs| theirs.key == other.key);
        has_own_weight && there.any(|theirs| is_apart(theirs) && is_meant(theirs) && may_bear(theirs))
    };
    statement.terms.iter().any(is_case)
}

/// Whether a medicine is the one that "it" means: the last one named before.
fn is_last_drug_before(source: &Facts, place: &Term, drug: &Term) -> bool {
    let mut before = source.terms.iter().rev().filter(|other| other.at < place.at && is_drug(source, other));
    before.next().is_some_and(|last| last.key == drug.key)
}

/// Whether a term of a source stands before what is recommended of it, or is what an instruction begins with.
fn is_subject(source: &Facts, key: &str) -> bool {
    let Some(verb) = source.facts.iter().find(|fact| matches!(fact.said, Said::Sense(Axis::Strength, _))) else {
        return false;
    };
    let first = source.terms.iter().find(|term| term.is_strong && term.at >= verb.at.end).map(|term| term.at);
    let mut there = source.terms.iter().filter(|term| term.key == key);
    there.any(|term| if verb.implied { Some(term.at) == first } else { term.at < verb.at.start })
}

/// Whether the source forbids what the statement says should not be: "contraindicated" and "avoid" say no less than that.
pub(crate) fn forbids_likewise((statement, should): (&Facts, &Fact), source: &Facts) -> bool {
    let is_denied = |term: &Term| term.in_negated_clause && term.negated;
    let hedges = |sentence: usize| {
        let is_hedge = |fact: &Fact| matches!(fact.said, Said::Sense(Axis::Strength, "may"));
        source.facts.iter().any(|fact| is_hedge(fact) && source.sentence(fact.at.start) == sentence)
    };
    let sentences = source.forbids.iter().map(|at| source.sentence(*at));
    let sentences: Vec<usize> = sentences.filter(|sentence| !hedges(*sentence)).collect();
    let is_forbidden =
        |term: &Term| is_denied(term) && term.by != Denial::Phrase && sentences.contains(&source.sentence(term.at));
    let Some(verb) = statement.terms.iter().find(|term| term.at >= should.at.end) else { return false };
    let ours = statement.terms.iter().filter(|term| term.clause == verb.clause && has_weight(statement, term));
    is_denied(verb)
        && ours
            .filter(|term| is_denied(term))
            .any(|term| source.terms.iter().any(|theirs| theirs.key == term.key && is_forbidden(theirs)))
}
