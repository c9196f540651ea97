//! Whether a statement denies what its source does not, or the other way round; and whether it changes about the sides of a
//! comparison.

use std::collections::HashSet;

use knowledge::Verdict;

use crate::check::{Facet, Finding};
use crate::clauses::Denial;
use crate::facts::Facts;
use crate::lexicon;
use crate::relate::{is_named, sides_of};
use crate::terms::Term;

/// The first way in which polarity differs.
pub(crate) fn reversed(statement: &Facts, source: &Facts) -> Option<Finding> {
    sides_changed(statement, source)
        .or_else(|| denied_with_its_clause(statement, source))
        .or_else(|| denied_alone(statement, source))
}

fn finding(term: &Term, reason: String) -> Finding {
    Finding { facet: Facet::Polarity, verdict: Verdict::Contradicted, subject: term.written.clone(), reason }
}

fn denied(term: &Term) -> Finding {
    let reason = if term.negated {
        format!("the source does not deny \u{201c}{}\u{201d}, the statement does", term.written)
    } else {
        format!("the source denies \u{201c}{}\u{201d}, the statement does not", term.written)
    };
    finding(term, reason)
}

/// Most of what a clause says, turned.
fn denied_with_its_clause(statement: &Facts, source: &Facts) -> Option<Finding> {
    let regions: Vec<usize> = statement.terms.iter().map(|term| term.region).collect();
    let mut seen = HashSet::new();
    for region in regions.into_iter().filter(|region| seen.insert(*region)) {
        let terms: Vec<&Term> = statement.terms.iter().filter(|term| term.region == region).collect();
        let (mut shared, mut flipped, mut witness) = (0, 0, None);
        let mut is_excused = true;
        for term in terms {
            let there: Vec<&Term> = source.terms.iter().filter(|other| other.key == term.key).collect();
            if there.is_empty() {
                continue;
            }
            shared += 1;
            if there.iter().all(|other| other.negated != term.negated) {
                flipped += 1;
                witness = witness.or(Some(term));
                is_excused &= !term.negated && there.iter().any(|other| shares_its_denial(statement, source, other));
            }
        }
        if let Some(term) = witness.filter(|_| flipped * 2 > shared && !(is_excused && flipped <= 2)) {
            return Some(denied(term));
        }
    }
    None
}

/// Whether what denies a term of the source denies another one there that the statement denies, too. "Do not give X when Y" and
/// "X is contraindicated with Y" deny the same, but draw the clause around it differently.
fn shares_its_denial(statement: &Facts, source: &Facts, term: &Term) -> bool {
    // "Never without X" demands what "without X" leaves out.
    let is_denied_here = |other: &Term| {
        let mut here = statement.terms.iter().filter(|one| one.key == other.key && one.negated);
        here.any(|one| one.is_denied_twice == other.is_denied_twice)
    };
    let is_in_clause = |other: &&Term| other.clause == term.clause && other.negated && other.by == term.by;
    source.terms.iter().filter(is_in_clause).any(is_denied_here)
}

/// A term with a denial of its own, lost or added: "no benefit", "without shock", "except in asthma", "unsafe".
fn denied_alone(statement: &Facts, source: &Facts) -> Option<Finding> {
    let denies_nothing = statement.terms.iter().all(|term| !term.negated);
    let terms = statement.terms.iter().map(|term| (term, &source.terms));
    let moves = statement.moves.iter().map(|term| (term, &source.moves));
    for (term, pool) in terms.chain(moves) {
        let mut there: Vec<&Term> = pool.iter().filter(|other| other.key == term.key).collect();
        if !there.iter().all(|other| differ(term, other)) {
            // Said twice, once denied: what stands between the same words is the same.
            let beside = neighbours(statement, term);
            there.retain(|other| neighbours(source, other) == beside);
        }
        if there.is_empty() || !there.iter().all(|other| differ(term, other)) {
            continue;
        }
        let added = is_sure(statement, term);
        let lost = there.iter().all(|other| is_sure(source, other) && (denies_nothing || other.by != Denial::Contrast));
        if !(added || lost) {
            continue;
        }
        let is_excepted = |term: &Term| term.by == Denial::Exception;
        return Some(match (is_excepted(term), there.iter().all(|other| is_excepted(other))) {
            (false, true) => finding(
                term,
                format!("the source makes an exception of \u{201c}{}\u{201d}, the statement does not", term.written),
            ),
            (true, false) => finding(
                term,
                format!("the statement makes an exception of \u{201c}{}\u{201d}, the source does not", term.written),
            ),
            _ => denied(term),
        });
    }
    None
}

/// The terms before and after another.
fn neighbours<'a>(facts: &'a Facts, term: &Term) -> (Option<&'a str>, Option<&'a str>) {
    let key = |found: Option<&'a Term>| found.map(|one| one.key.as_str());
    let before = facts.terms.iter().rev().find(|other| other.at < term.at);
    (key(before), key(facts.terms.iter().find(|other| other.at > term.at)))
}

/// Whether one is denied and the other not; where both clauses are, whether one has a denial of its own besides.
fn differ(ours: &Term, theirs: &Term) -> bool {
    let in_phrase = |term: &Term| term.by == Denial::Phrase;
    let both = ours.in_negated_clause && theirs.in_negated_clause;
    ours.negated != theirs.negated || both && in_phrase(ours) != in_phrase(theirs)
}

/// Whether a term has a denial of its own that is surely meant for it.
fn is_sure(facts: &Facts, term: &Term) -> bool {
    let has_weight = term.is_strong || is_named(facts, term);
    match term.by {
        Denial::Clause => false,
        Denial::Prefix => true,
        Denial::Exception | Denial::Contrast => term.is_near && has_weight,
        Denial::Phrase => {
            let is_move = facts.moves.iter().any(|one| one.at == term.at);
            term.is_near && (has_weight || is_move || lexicon::is_outcome(&term.written.to_lowercase()))
        }
    }
}

/// "A was superior to B" where the source has "B was superior to A".
fn sides_changed(statement: &Facts, source: &Facts) -> Option<Finding> {
    let ((ours_before, ours_after), (theirs_before, theirs_after)) = (sides_of(statement)?, sides_of(source)?);
    let only = |a: &HashSet<&str>, b: &HashSet<&str>, not: (&HashSet<&str>, &HashSet<&str>)| {
        a.intersection(b).filter(|key| !not.0.contains(*key) && !not.1.contains(*key)).count()
    };
    let crossed = only(&ours_before, &theirs_after, (&ours_after, &theirs_before)).min(only(
        &ours_after,
        &theirs_before,
        (&ours_before, &theirs_after),
    ));
    let straight = only(&ours_before, &theirs_before, (&ours_after, &theirs_after))
        + only(&ours_after, &theirs_after, (&ours_before, &theirs_before));
    // In the order of the statement: sets have none.
    let is_crossed =
        |key: &&str| ours_before.contains(key) && theirs_after.contains(key) && !theirs_before.contains(key);
    let witness = statement.terms.iter().map(|term| term.key.as_str()).find(is_crossed)?;
    (crossed > 0 && crossed > straight).then(|| Finding {
        facet: Facet::Attribution,
        verdict: Verdict::Contradicted,
        subject: witness.to_owned(),
        reason: format!("the source compares the other way round: {witness} stands on the other side"),
    })
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::check::verdict_of as verdict;
    use crate::{Source, check};

    #[test]
    fn a_denial_of_a_denial_is_no_denial() {
        let never = "Salmeterol is never given without an inhaled corticosteroid in asthma.";
        let alone = "Salmeterol is given without an inhaled corticosteroid in adults with asthma.";
        assert_eq!(verdict(alone, &format!("{never} It is for adults.")), Verdict::Contradicted);
        assert_eq!(
            verdict("In asthma, never give salmeterol without an inhaled corticosteroid.", never),
            Verdict::Supported
        );
    }

    #[test]
    fn the_witness_is_the_first_of_the_statement() {
        let source = Source::new("Warfarin plus heparin was superior to aspirin plus clopidogrel.", []);
        for _ in 0..20 {
            let found = check("Aspirin plus clopidogrel was superior to warfarin plus heparin.", &source).findings;
            assert_eq!(found.first().map(|one| one.subject.as_str()), Some("aspirin"), "{found:?}");
        }
    }
}
