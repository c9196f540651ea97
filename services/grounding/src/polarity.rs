//! Whether a statement denies what its source does not, or the other way round.

use std::collections::HashSet;

use knowledge::Verdict;

use crate::check::{Facet, Finding};
use crate::clauses::Denial;
use crate::denials::{
    excepts_likewise, has_weight, is_behind_phrase, is_called_harmful, is_demanded, is_demanded_beside, is_drug,
    shares_its_denial,
};
use crate::facts::{Fact, Facts, Said};
use crate::lexicon;
use crate::limits::Kind;
use crate::relate::{is_named, is_same};
use crate::terms::{Predicate, Term};

/// The first way in which polarity differs.
pub(crate) fn reversed(statement: &Facts, source: &Facts) -> Option<Finding> {
    denied_with_its_clause(statement, source)
        .or_else(|| denied_alone(statement, source))
        .or_else(|| denied_beside(statement, source))
        .or_else(|| excepted_amount(statement, source))
        .map(|found| Finding {
            verdict: if rests_on_doubt(&found, source) { Verdict::Partial } else { found.verdict },
            ..found
        })
        .or_else(|| denied_doubtfully(statement, source))
}

/// Whether only what may or may not be denied in the source is denied there.
fn is_doubted(source: &Facts, key: &str) -> bool {
    let mut there = source.terms.iter().filter(|theirs| theirs.key == key).peekable();
    there.peek().is_some() && there.all(|theirs| theirs.is_doubtful)
}

fn rests_on_doubt(found: &Finding, source: &Facts) -> bool {
    let mut there = source.terms.iter().filter(|term| term.written == found.subject).peekable();
    there.peek().is_some() && there.all(|term| term.is_doubtful)
}

/// What the statement surely denies and the source may deny: "do not do X and do Y".
fn denied_doubtfully(statement: &Facts, source: &Facts) -> Option<Finding> {
    let surely = |term: &&Term| term.negated && !term.is_doubtful && has_weight(statement, term);
    let term = statement.terms.iter().filter(surely).find(|term| is_doubted(source, &term.key))?;
    let reason = format!("the source may not mean to deny \u{201c}{}\u{201d}", term.written);
    Some(Finding { verdict: Verdict::Partial, ..finding(term, reason) })
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
    // What "no" or "without" denies stands for itself.
    let place = |term: &Term| if term.by == Denial::Phrase { (true, term.region) } else { (false, term.clause) };
    let mut seen = HashSet::new();
    for here in statement.terms.iter().map(place).filter(|here| seen.insert(*here)) {
        let terms: Vec<&Term> = statement.terms.iter().filter(|term| place(term) == here).collect();
        let (mut shared, mut flipped, mut witness) = (0, 0, None);
        let mut is_excused = true;
        let weighty = terms.iter().filter(|term| has_weight(statement, term));
        let there = weighty.flat_map(|term| source.terms.iter().filter(|other| other.key == term.key));
        let said: HashSet<(usize, usize)> = there.map(|other| (other.clause, source.sentence(other.at))).collect();
        for term in terms {
            // "Give" is said of what is given.
            let is_near = |other: &Term| said.iter().any(|(_, sentence)| *sentence == source.sentence(other.at));
            let is_of_it = |other: &Term| {
                has_weight(statement, term) || !is_near(other) || said.iter().any(|(clause, _)| *clause == other.clause)
            };
            let there: Vec<&Term> =
                source.terms.iter().filter(|other| other.key == term.key && is_of_it(other)).collect();
            if there.is_empty() {
                continue;
            }
            shared += 1;
            if there.iter().all(|other| other.negated != term.negated || is_behind_phrase(term, other)) {
                flipped += 1;
                witness = witness.or(Some(term));
                is_excused = is_excused
                    && if term.negated {
                        excepts_likewise(statement, source, term)
                    } else {
                        let drawn_differently = |other: &&&Term| shares_its_denial(statement, source, other);
                        is_called_harmful(statement)
                            || there.iter().any(|other| is_demanded_beside(statement, source, other))
                            || flipped <= 2 && there.iter().any(|other| drawn_differently(&other))
                    };
            }
        }
        if let Some(term) = witness.filter(|_| flipped * 2 > shared && !is_excused) {
            return Some(denied(term));
        }
    }
    None
}

/// An exception of an amount that the statement does not make: "except those under 10 years".
fn excepted_amount(statement: &Facts, source: &Facts) -> Option<Finding> {
    let makes_exceptions = |facts: &Facts| facts.limits.iter().any(|limit| limit.kind == Kind::Exception);
    if makes_exceptions(statement) || statement.terms.iter().any(|term| term.negated) {
        return None;
    }
    let is_excepted = |fact: &Fact| {
        source.limits.iter().any(|limit| limit.kind == Kind::Exception && limit.at.contains(&fact.at.start))
    };
    statement.facts.iter().filter(|fact| matches!(fact.said, Said::Amount(_))).find_map(|ours| {
        let mut there = source.facts.iter().filter(|theirs| is_same(ours, theirs)).peekable();
        (there.peek().is_some() && there.all(is_excepted)).then(|| Finding {
            facet: Facet::Polarity,
            verdict: Verdict::Contradicted,
            subject: ours.written.clone(),
            reason: format!(
                "the source makes an exception of \u{201c}{}\u{201d}, the statement does not",
                ours.written
            ),
        })
    })
}

/// Something of which the source says in a clause of its own that it is not meant: "give X (contraindicated in Y)", "X is for Z. It
/// is contraindicated in Y."
fn denied_beside(statement: &Facts, source: &Facts) -> Option<Finding> {
    let is_denied = |term: &Term| term.negated && term.by != Denial::Phrase || term.is_ruled_out;
    let here = |term: &Term| statement.terms.iter().find(|one| one.key == term.key);
    let affirmed = |term: &Term| here(term).is_some_and(|one| !one.negated && !one.is_ruled_out);
    // "Those who are not X": only where the statement speaks of the same condition.
    let meets = |term: &Term| {
        let in_condition = |one: &Term| one.in_condition && !one.is_ruled_out;
        !in_condition(term) || here(term).is_some_and(in_condition)
    };
    let mut seen = HashSet::new();
    if is_called_harmful(statement) {
        return None;
    }
    for term in source.terms.iter().filter(|term| is_denied(term)) {
        if !seen.insert(term.clause) {
            continue;
        }
        let of_clause: Vec<&Term> = source.terms.iter().filter(|one| one.clause == term.clause).collect();
        let weighty: Vec<&Term> = of_clause.iter().copied().filter(|one| has_weight(source, one)).collect();
        let is_only_denied = |one: &Term| source.terms.iter().filter(|other| other.key == one.key).all(is_denied);
        let lost: Vec<&Term> =
            weighty.iter().copied().filter(|one| affirmed(one) && meets(one) && is_only_denied(one)).collect();
        let says_whole = weighty.iter().filter(|one| is_named(source, one)).all(|one| here(one).is_some());
        let denies_too = of_clause.iter().any(|one| here(one).is_some_and(|one| one.negated));
        if lost.len() * 2 <= weighty.len() || !says_whole || denies_too {
            continue;
        }
        // What it is denied of stands before it.
        let before = source.terms.iter().filter(|one| one.at < term.at && one.clause != term.clause);
        let before: Vec<&Term> = before.filter(|one| has_weight(source, one)).collect();
        let subject = before.iter().rev().find(|one| is_drug(source, one)).or_else(|| before.first());
        let is_of_subject = subject.is_some_and(|subject| affirmed(subject));
        if let Some(first) = lost.first().and_then(|one| here(one))
            && (is_of_subject || lost.iter().any(|one| is_drug(source, one)) && is_all_from(statement, source, term))
        {
            return Some(denied(first));
        }
    }
    None
}

/// Whether all that is of weight in the statement stands in one sentence of the source, and the statement has no conditions.
fn is_all_from(statement: &Facts, source: &Facts, place: &Term) -> bool {
    let sentence = source.sentence(place.at);
    let stands_there = |term: &Term| {
        let mut there = source.terms.iter().filter(|theirs| theirs.key == term.key);
        there.any(|theirs| source.sentence(theirs.at) == sentence)
    };
    let mut weighty = statement.terms.iter().filter(|term| has_weight(statement, term));
    statement.limits.is_empty() && weighty.clone().count() > 1 && weighty.all(stands_there)
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
        let said_of_same = |other: &Term| {
            let are_predicates = matches!(
                (term.predicate, other.predicate),
                (Predicate::Is, Predicate::IsNot) | (Predicate::IsNot, Predicate::Is)
            );
            are_predicates && neighbours(statement, term).0 == neighbours(source, other).0
        };
        // "Never without X" demands X.
        if !term.negated && there.iter().all(|other| other.is_denied_twice && is_demanded(statement, source, other)) {
            continue;
        }
        let is_said = there.iter().all(|other| said_of_same(other));
        let added = is_sure(statement, term) || is_said;
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
    let has_weight = has_weight(facts, term);
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

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::check::verdict_of as verdict;

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
    fn a_denial_that_is_shared_hides_no_other() {
        for (statement, source) in [
            ("In adults without jaundice, give vitamin K.", "In adults without jaundice, do not give vitamin K."),
            (
                "Adults without heart failure should receive spironolactone.",
                "Adults without heart failure should not receive spironolactone.",
            ),
            ("Absence of cough rules out pneumonia.", "Absence of cough does not rule out pneumonia."),
            ("Give laxatives if there is no constipation.", "Do not give laxatives if there is no constipation."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Contradicted, "{statement} against {source}");
        }
        let contraindicated = "Colestyramine is contraindicated in biliary obstruction without drainage.";
        let found = verdict("Do not give colestyramine in biliary obstruction without drainage.", contraindicated);
        assert_eq!(found, Verdict::Supported);
    }

    #[test]
    fn what_is_denied_in_a_clause_of_its_own_is_denied() {
        let glimepiride = "Glimepiride lowers glucose. It is contraindicated in pregnancy.";
        let doxazosin = "Give doxazosin (contraindicated in orthostatic hypotension).";
        for (statement, source) in [
            ("Glimepiride lowers glucose in pregnancy.", glimepiride),
            ("Give doxazosin in orthostatic hypotension.", doxazosin),
            ("Give doxazosin if incontinent.", "Give doxazosin (avoid if incontinent)."),
            (
                "Tramadol is given for pain with linezolid.",
                "Tramadol is given for pain; it is contraindicated with linezolid.",
            ),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Contradicted, "{statement} against {source}");
        }
        for (statement, source) in [
            ("Do not give doxazosin in orthostatic hypotension.", doxazosin),
            ("Glimepiride should not be used in pregnancy.", glimepiride),
            ("Stop doxazosin if syncope occurs.", "Give doxazosin daily, and stop it if syncope occurs."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Supported, "{statement} against {source}");
        }
    }

    #[test]
    fn the_same_denied_in_other_words_is_the_same() {
        for (statement, source) in [
            ("Statins should not be used in pregnancy.", "Statins are contraindicated in pregnancy."),
            (
                "Formoterol must be used with an inhaled corticosteroid.",
                "Formoterol must not be used without an inhaled corticosteroid.",
            ),
            (
                "Doxycycline is not recommended in tooth discolouration.",
                "Doxycycline is recommended except in tooth discolouration.",
            ),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Supported, "{statement} against {source}");
        }
        let found = verdict("Statins should not be used.", "Statins may be stopped. Statins are not always used.");
        assert_ne!(found, Verdict::Supported);
    }

    #[test]
    fn an_exception_of_an_amount_is_an_exception() {
        let ages = "Weigh all infants, except those under 6 weeks.";
        assert_eq!(verdict("Weigh infants under 6 weeks.", ages), Verdict::Contradicted);
        assert_eq!(verdict("Weigh all infants except those under 6 weeks.", ages), Verdict::Supported);
    }
}
