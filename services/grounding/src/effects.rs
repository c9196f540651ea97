//! Whether one thing goes with another, causes, prevents or treats it.

use knowledge::Verdict;

use crate::check::{Facet, Finding};
use crate::facts::{Fact, Facts, Said};
use crate::qualifiers::{left_out, speaks_of};
use crate::relate::are_alike;
use crate::senses::Axis;
use crate::stance::{Mark, Stance};

/// One thing causes another, where the source says that it goes with it, prevents or treats it.
pub(crate) fn effect_changed(statement: &Facts, source: &Facts) -> Option<Finding> {
    use Stance::{Association, Cause, Prevention, Treatment};
    let effects = |facts: &'_ Facts| -> Vec<Mark> {
        let is = |mark: &&Mark| matches!(mark.stance, Association | Cause | Prevention | Treatment);
        facts.marks.iter().filter(is).cloned().collect()
    };
    let (ours, theirs) = (effects(statement), effects(source));
    let there = |stance: Stance| theirs.iter().find(|mark| mark.stance == stance);
    let differ = |ours: &Mark, theirs: &Mark| {
        Finding::partial(
            Facet::Direction,
            &ours.written,
            format!("the source says \u{201c}{}\u{201d}, not \u{201c}{}\u{201d}", theirs.written, ours.written),
        )
    };
    let is_same =
        |a: &Option<String>, b: &Option<String>| a.as_ref().zip(b.as_ref()).is_some_and(|(a, b)| are_alike(a, b));
    for mark in &ours {
        let what = object(statement, mark);
        let on_it = theirs.iter().filter(|theirs| is_same(&what, &object(source, theirs)));
        let on_it: Vec<&Mark> = on_it.collect();
        if on_it.iter().any(|theirs| theirs.stance == mark.stance) {
            continue;
        }
        let rivals: &[Stance] = match mark.stance {
            Cause => &[Association, Prevention, Treatment],
            Prevention => &[Cause, Treatment],
            Treatment => &[Cause, Prevention],
            _ => &[],
        };
        let is_rival = |theirs: &&Mark| rivals.contains(&theirs.stance);
        if let Some(rival) = on_it.iter().copied().find(is_rival) {
            let turns = (mark.stance == Cause) != (rival.stance == Cause) && rival.stance != Association;
            let verdict = if turns { Verdict::Contradicted } else { Verdict::Partial };
            return Some(Finding { verdict, ..differ(mark, rival) });
        }
        if mark.stance == Cause && there(Cause).is_none() {
            return theirs.iter().find(is_rival).map(|rival| differ(mark, rival));
        }
    }
    // "Statin use was associated with fewer falls": statins did not make them fewer.
    let association = there(Association).filter(|_| ours.is_empty() && theirs.len() == 1)?;
    let moves = |facts: &Facts| facts.facts.iter().any(is_active);
    let beside = |before: bool| {
        source
            .terms
            .iter()
            .any(|term| (term.at < association.at.start) == before && term.is_strong && speaks_of(statement, term))
    };
    (moves(statement) && !moves(source) && beside(true) && beside(false))
        .then(|| left_out(Facet::Direction, &association.written))
}

/// What is caused, prevented or treated: what follows the word, or what comes before "caused by".
fn object(facts: &Facts, mark: &Mark) -> Option<String> {
    let is_passive = mark.written.ends_with(" by");
    let found = if is_passive {
        facts.terms.iter().rev().find(|term| term.at < mark.at.start)
    } else {
        facts.terms.iter().find(|term| term.at >= mark.at.end)
    };
    found.filter(|term| facts.sentence(term.at) == facts.sentence(mark.at.start)).map(|term| term.key.clone())
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

#[cfg(test)]
mod tests {
    use knowledge::Verdict::{Contradicted, Partial, Supported};

    use crate::check::are;

    #[test]
    fn what_goes_with_a_thing_does_not_cause_it() {
        are(
            Partial,
            &[
                ("Late shifts cause migraine.", "Late shifts are linked to migraine."),
                ("Coffee reduced falls in nurses.", "Coffee was associated with fewer falls in nurses."),
                ("Riboflavin treats migraine.", "Riboflavin prevents migraine."),
            ],
        );
        are(
            Contradicted,
            &[
                ("Niacin causes pellagra.", "Niacin protects against pellagra."),
                ("Steroids treat glaucoma.", "Steroids cause glaucoma."),
                ("Loop diuretics cause oedema.", "Loop diuretics cause deafness and treat oedema."),
            ],
        );
        are(
            Supported,
            &[
                ("Glaucoma is caused by steroids.", "Steroids cause glaucoma."),
                ("Migraine is associated with late shifts.", "Late shifts are linked to migraine."),
                ("Oedema is treated by loop diuretics.", "Loop diuretics treat oedema and cause deafness."),
            ],
        );
    }
}
