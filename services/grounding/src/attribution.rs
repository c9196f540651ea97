//! Whose amount it is: two amounts that belong to two things, given to the other one each.

use std::collections::HashMap;

use knowledge::Verdict;

use crate::check::{Facet, Finding};
use crate::compare::Sides;
use crate::facts::{Fact, Facts, Said, WORD};
use crate::relate::{is_owner, is_same};
use crate::terms::Term;

/// Two amounts of which the source gives each to what the statement gives the other.
pub(crate) fn exchanged(statement: &Facts, source: &Facts) -> Option<Finding> {
    Sides { is_joint: true, ..Sides::new(statement, source, &Facts::default()) }.exchanged()
}

/// What amounts of a source may belong to, where its sentence names it once.
pub(crate) fn owners(source: &Facts) -> Vec<&Term> {
    let place = |term: &Term| source.sentence(term.at);
    let mut times: HashMap<(usize, &str), usize> = HashMap::new();
    for term in &source.terms {
        *times.entry((place(term), term.key.as_str())).or_default() += 1;
    }
    let is_single = |term: &&Term| times.get(&(place(term), term.key.as_str())) == Some(&1);
    source.terms.iter().filter(is_single).filter(|term| is_owner(source, term)).collect()
}

impl Sides<'_> {
    /// Two amounts that belong to two things, given to the other one each.
    pub(crate) fn exchanged(&self) -> Option<Finding> {
        let pairable = |fact: &&Fact| match &fact.said {
            Said::Amount(amount) => !amount.is_word(),
            said => matches!(said, Said::Rhythm(_)),
        };
        for ours in self.statement.facts.iter().filter(pairable) {
            let same = self.source.facts.iter().filter(|theirs| is_same(ours, theirs));
            let Some(mine) = same.max_by_key(|theirs| (self.kinship(ours, theirs), std::cmp::Reverse(theirs.at.start)))
            else {
                continue;
            };
            let sentence = self.source.sentence(mine.at.start);
            let beside: Vec<&Fact> = self
                .source
                .facts
                .iter()
                .filter(pairable)
                .filter(|fact| self.source.sentence(fact.at.start) == sentence)
                .collect();
            // What is said twice belongs to more than one thing.
            let is_single = |fact: &Fact| beside.iter().filter(|other| is_same(fact, other)).count() == 1;
            let rivals = beside.iter().copied().filter(|rival| {
                let of_a_kind = match (&ours.said, &rival.said) {
                    (Said::Amount(ours), Said::Amount(rival)) => ours.measures_as(rival),
                    (Said::Rhythm(_), Said::Rhythm(_)) => true,
                    _ => false,
                };
                of_a_kind && !is_same(ours, rival) && is_single(rival)
            });
            for rival in rivals.filter(|_| is_single(mine)) {
                if let Some(term) = self.belongs_to_other(ours, mine, rival) {
                    let reason =
                        format!("the source gives {} for {}, not {}", rival.written, term.written, ours.written);
                    let subject = ours.written.clone();
                    return Some(Finding {
                        facet: Facet::Attribution,
                        verdict: Verdict::Contradicted,
                        subject,
                        reason,
                    });
                }
            }
        }
        None
    }

    /// The term that ties `ours` to what the source says of `rival`, if more ties it there than to `mine`.
    fn belongs_to_other(&self, ours: &Fact, mine: &Fact, rival: &Fact) -> Option<&Term> {
        let rival_here = self.statement.facts.iter().find(|fact| is_same(fact, rival));
        let (mut kept, mut lost, mut witness) = (0, 0, None);
        let sentence = self.source.sentence(mine.at.start);
        for term in self.owners.iter().copied().filter(|term| self.source.sentence(term.at) == sentence) {
            let (to_mine, to_rival) =
                (self.source.distance(term.at, &mine.at), self.source.distance(term.at, &rival.at));
            if to_mine.abs_diff(to_rival) < 2 * WORD || to_mine.min(to_rival) > 16 * WORD {
                continue;
            }
            let is_mine = to_mine < to_rival;
            for here in self.statement.terms.iter().filter(|here| here.key == term.key) {
                let to_ours = self.statement.distance(here.at, &ours.at);
                let goes_with_ours = match rival_here {
                    Some(other) => {
                        let to_other = self.statement.distance(here.at, &other.at);
                        if to_ours.abs_diff(to_other) < 2 * WORD {
                            continue;
                        }
                        to_ours < to_other
                    }
                    None => to_ours <= 12 * WORD,
                };
                match (is_mine, goes_with_ours) {
                    (true, true) | (false, false) => kept += 1,
                    (false, true) => {
                        lost += 1;
                        witness = witness.or(Some(term));
                    }
                    (true, false) => lost += 1,
                }
            }
        }
        // "Morphine 10 mg by mouth or 3 mg intravenously": both are of morphine.
        let has_owner = |term: &&Term| {
            let is_here =
                self.source.sentence(term.at) == sentence && witness.is_some_and(|other| other.key != term.key);
            is_here && self.source.distance(term.at, &mine.at) < self.source.distance(term.at, &rival.at)
        };
        // "50 mg/kg per day divided every 6 hours" is not 50 mg/kg every 6 hours.
        let for_a_day = ["/", "per ", "a "].iter().any(|start| rival.written.starts_with(start));
        let is_single = self.is_joint || for_a_day;
        witness.filter(|_| lost > kept && (is_single || self.owners.iter().any(has_owner)))
    }
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::check::verdict_of as verdict;

    #[test]
    fn amounts_are_exchanged_only_for_their_like() {
        let stroke =
            "Tenecteplase is given within 4 hours; blood pressure must be below 180/100 mmHg before treatment.";
        let both = "Methadone is given as 10 mg orally or 5 mg subcutaneously.";
        for (source, statement) in [
            (stroke, "Before tenecteplase treatment blood pressure must be below 180/100 mmHg."),
            (both, "Subcutaneous methadone is given as 5 mg."),
            ("Give clozapine weekly, then every 4 weeks.", "Clozapine is given every 4 weeks."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Supported, "{statement} against {source}");
        }
        let divided = "Flucloxacillin 100 mg/kg per day divided every 6 hours.";
        assert!(verdict("Flucloxacillin 100 mg/kg every 6 hours.", divided) > Verdict::Supported);
    }
}
