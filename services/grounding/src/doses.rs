//! A dose with what it is no dose without: its rhythm, and which dose it is.

use knowledge::Verdict;

use crate::check::{Facet, Finding};
use crate::facts::{Fact, Facts, Said};
use crate::qualifiers::{left_out, speaks_of};
use crate::quantity::Quantity;
use crate::relate::{are_alike, facet, is_same};
use crate::terms::Term;

/// A dose without its rhythm, where that is a day's amount or is given less often than daily.
pub(crate) fn without_its_rhythm(statement: &Facts, source: &Facts) -> Option<Finding> {
    let tells = |fact: &Fact| match &fact.said {
        Said::Amount(amount) => amount.is_a_day(),
        said => matches!(said, Said::Rhythm(_)),
    };
    if statement.facts.iter().any(tells) {
        return None;
    }
    // "A daily dose".
    let names_dose = |day: &Fact| {
        let next = source.terms.iter().find(|term| term.at >= day.at.end);
        day.written == "daily"
            && next.is_some_and(|term| term.at == day.at.end && matches!(term.key.as_str(), "dose" | "amount"))
    };
    // "10 mg/kg/day", "5 mg/kg as a daily dose", "30 mg in 24 hours"; "70 mg once a week".
    let of_it = |dose: &Fact| {
        let is_next = |day: &&Fact| {
            let gap = day.at.start.checked_sub(dose.at.end);
            let is_day = match &day.said {
                Said::Amount(amount) => gap == Some(1) && amount.is_a_day(),
                Said::Rhythm(schedule) => {
                    let per_day = ["/", "per ", "a "].iter().any(|start| day.written.starts_with(start));
                    let is_rare = schedule.times_a_day() < 0.5;
                    gap == Some(0) && per_day
                        || gap.is_some() && is_rare
                        || gap.is_some_and(|gap| gap <= 4) && names_dose(day)
                }
                _ => false,
            };
            let between = dose.at.end..day.at.start;
            let is_other = |fact: &Fact| facet(&fact.said) == Facet::Amount && between.contains(&fact.at.start);
            is_day && source.part(day.at.start) == source.part(dose.at.start) && !source.facts.iter().any(is_other)
        };
        source.facts.iter().find(is_next)
    };
    let is_dose = |fact: &&Fact| matches!(&fact.said, Said::Amount(amount) if amount.is_dose());
    statement.facts.iter().filter(is_dose).find_map(|ours| {
        let theirs = source.facts.iter().filter(|theirs| is_same(ours, theirs));
        let rhythms: Option<Vec<&Fact>> = theirs.map(of_it).collect();
        let day = rhythms?.first()?.written.clone();
        let reason = format!("the source says {} \u{201c}{day}\u{201d}; the statement leaves that out", ours.written);
        Some(Finding::partial(Facet::Frequency, &ours.written, reason))
    })
}

/// What a dose may be: another one than that which is given from day to day.
const KINDS: &[&str] = &["toxic", "lethal", "fatal", "overdose", "loading", "maintenance"];

/// What tells of which of two an amount is, before words for a risk and its change.
const KINDS_OF_RISK: &[&str] = &["relative", "absolute"];

/// A toxic dose that is said to be a dose, a loading dose that is said to be one for maintenance, an absolute risk that is
/// relative.
pub(crate) fn of_another_kind(statement: &Facts, source: &Facts) -> Option<Finding> {
    let amount = |fact: &&Fact| facet(&fact.said) == Facet::Amount;
    let is_kind = |facts: &Facts, amount: &Quantity, term: &Term| {
        let written = term.written.to_lowercase();
        let first = written.split(' ').next().unwrap_or_default();
        let next = facts.terms.iter().find(|next| next.at > term.at).map_or("", |next| next.key.as_str());
        let of_risk = written.contains(" risk")
            || matches!(next, "risk" | "risk reduct" | "reduct" | "increas" | "benefit" | "differ");
        if amount.is_dose() { KINDS.contains(&first) } else { of_risk && KINDS_OF_RISK.contains(&first) }
    };
    for ours in statement.facts.iter().filter(amount) {
        let theirs = source.facts.iter().filter(|theirs| is_same(ours, theirs));
        let kinds: Option<Vec<&Term>> = theirs.map(|dose| kind(source, dose, is_kind)).collect();
        let Some(theirs) = kinds.and_then(|kinds| kinds.first().copied()) else { continue };
        let here = kind(statement, ours, is_kind);
        let is_same_kind = |one: &Term| are_alike(&one.key, &theirs.key);
        match here {
            Some(one) if !is_same_kind(one) => {
                return Some(Finding {
                    facet: Facet::Attribution,
                    verdict: Verdict::Contradicted,
                    subject: ours.written.clone(),
                    reason: format!(
                        "the source says this of \u{201c}{}\u{201d}, not \u{201c}{}\u{201d}",
                        theirs.written, one.written
                    ),
                });
            }
            None if !speaks_of(statement, theirs) => return Some(left_out(Facet::Attribution, &theirs.written)),
            _ => {}
        }
    }
    None
}

/// What an amount is called before it: after the last amount, in its sentence.
fn kind<'a>(facts: &'a Facts, dose: &Fact, is_kind: impl Fn(&Facts, &Quantity, &Term) -> bool) -> Option<&'a Term> {
    let amount = dose.amount()?;
    let before = facts.facts.iter().filter(|fact| facet(&fact.said) == Facet::Amount && fact.at.end <= dose.at.start);
    let since = before.map(|fact| fact.at.end).max().unwrap_or_default();
    let sentence = facts.sentence(dose.at.start);
    let is_here = |term: &&Term| term.at < dose.at.start && term.at >= since && facts.sentence(term.at) == sentence;
    facts.terms.iter().rev().filter(is_here).find(|term| is_kind(facts, amount, term))
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict::{Contradicted, Partial, Supported};

    use crate::check::{are, verdict_of as verdict};

    #[test]
    fn a_dose_keeps_its_rhythm_and_its_name() {
        are(
            Partial,
            &[
                ("Take ibandronic acid 150 mg.", "Take ibandronic acid 150 mg once a month."),
                ("Inject adalimumab 40 mg.", "Inject adalimumab 40 mg under the skin every two weeks."),
                ("Give tobramycin 7 mg/kg as a dose.", "Give tobramycin 7 mg/kg as a single daily dose."),
                ("Infuse morphine 40 mg.", "Infuse morphine 40 mg in 24 hours."),
                ("The dose of iron is 60 mg/kg.", "The toxic dose of iron is 60 mg/kg."),
                ("Give phenytoin 20 mg/kg.", "Give phenytoin as a loading dose of 20 mg/kg."),
            ],
        );
        assert_eq!(
            verdict(
                "The maintenance dose of digoxin is 1 mg.",
                "The loading dose of digoxin is 1 mg and its maintenance dose is 125 micrograms."
            ),
            Contradicted
        );
        are(
            Supported,
            &[
                ("Ibandronic acid 150 mg is taken monthly.", "Take ibandronic acid 150 mg once a month."),
                ("Give cefalexin 500 mg three times a day.", "Give cefalexin 1.5 g daily in three divided doses."),
                ("Give cefalexin 500 mg.", "Give cefalexin 500 mg three times a day."),
            ],
        );
        assert_ne!(
            verdict("Give cefalexin 25 mg/kg twice daily.", "Give cefalexin 25 mg/kg/day in two divided doses."),
            Supported
        );
    }
}
