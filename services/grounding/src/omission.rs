//! What a statement leaves out that bounds what its source says: a condition, an exception, a caution, those of whom it is said.

use std::ops::Range;

use crate::check::{Facet, Finding};
use crate::denials::has_weight;
use crate::facts::{Fact, Facts, Said};
use crate::limits::{Kind, Limit};
use crate::relate::{are_alike, facet, is_same, says_for_whom};
use crate::terms::Term;

/// Limits that are looked at: more than in any sentences that people write.
const MAX_LIMITS: usize = 64;

/// The first limit of what the source says that the statement leaves out.
pub(crate) fn left_out(statement: &Facts, source: &Facts, context: &Facts) -> Option<Finding> {
    let sides = Sides { statement, source, context };
    let without = || source.limits.iter().take(MAX_LIMITS).find_map(|limit| sides.without(limit));
    sides.dose_of_anyone().or_else(without)
}

struct Sides<'a> {
    statement: &'a Facts,
    source: &'a Facts,
    context: &'a Facts,
}

fn of_whom(written: &str) -> Finding {
    Finding::partial(
        Facet::Population,
        written,
        format!("the source says this of {written}; the statement leaves it out"),
    )
}

impl Sides<'_> {
    /// A dose without the population that the source gives it for.
    fn dose_of_anyone(&self) -> Option<Finding> {
        if self.names_people() {
            return None;
        }
        let dose = self.statement.facts.iter().find(|fact| facet(&fact.said) == Facet::Amount)?;
        let there = self.source.facts.iter().find(|theirs| is_same(dose, theirs))?;
        let sentence = self.source.sentence(there.at.start);
        let mut of = self.source.facts.iter().filter(|fact| says_for_whom(&fact.said));
        Some(of_whom(&of.find(|fact| self.source.sentence(fact.at.start) == sentence)?.written))
    }

    fn names_people(&self) -> bool {
        self.statement.facts.iter().any(|fact| says_for_whom(&fact.said))
    }

    /// A limit that the statement leaves out.
    fn without(&self, limit: &Limit) -> Option<Finding> {
        let main = self.main(limit);
        let is_adverse = |kind: Kind| matches!(kind, Kind::Lack | Kind::Harm);
        let is_of_kind = |own: &Limit| own.kind == limit.kind || is_adverse(own.kind) && is_adverse(limit.kind);
        let has_own = self.statement.limits.iter().any(is_of_kind);
        let denies = |term: &Term| self.here(&term.key).any(|ours| ours.negated);
        let is_denied = main.iter().any(|term| term.in_negated_clause);
        let is_covered = has_own
            || match limit.kind {
                Kind::Condition | Kind::Exception => self.has_any_of(&limit.at),
                Kind::OfWhom => self.has_any_of(&(limit.at.start + 1..limit.at.end)),
                Kind::Population => self.names_people() || self.has_any_of(&limit.at) || self.is_excepted(limit),
                Kind::Caution => false,
                Kind::Lack | Kind::Harm => main.iter().any(|term| denies(term) && !term.negated),
                // "Not routinely" is less than "not".
                Kind::Manner => !is_denied || self.has_any_of(&limit.at),
            };
        if is_covered || !self.says(&main) || self.is_said_elsewhere(&main, self.source.sentence(limit.at.start)) {
            return None;
        }
        let written = &limit.written;
        let added = format!("the source adds \u{201c}{written}\u{201d}; the statement leaves it out");
        Some(if matches!(limit.kind, Kind::OfWhom | Kind::Population) {
            of_whom(written)
        } else {
            Finding::partial(Facet::Polarity, written, added)
        })
    }

    fn here(&self, key: &str) -> impl Iterator<Item = &Term> {
        self.statement.terms.iter().filter(move |term| are_alike(&term.key, key))
    }

    fn is_excepted(&self, limit: &Limit) -> bool {
        let excepts = |other: &Limit| other.kind == Kind::Exception && other.at.contains(&limit.at.start);
        self.source.limits.iter().any(excepts)
    }

    /// What a limit bounds.
    fn main(&self, limit: &Limit) -> Vec<&Term> {
        let sentence = self.source.sentence(limit.at.start);
        let is_outside = |term: &&Term| {
            !limit.at.contains(&term.at) && self.source.sentence(term.at) == sentence && has_weight(self.source, term)
        };
        let mut outside: Vec<&Term> = self.source.terms.iter().filter(is_outside).collect();
        let nearest = match limit.kind {
            Kind::Condition | Kind::Exception if limit.is_ahead => outside.iter().find(|term| term.at >= limit.at.end),
            // "In adults, …": what stands with them stands behind the comma.
            Kind::OfWhom | Kind::Population => {
                let own = self.source.terms.iter().find(|term| limit.at.contains(&term.at));
                outside.iter().find(|term| own.is_some_and(|own| own.clause == term.clause))
            }
            _ => outside.iter().rev().find(|term| term.at < limit.at.start).or_else(|| outside.first()),
        };
        match nearest.map(|term| term.clause) {
            Some(clause) => outside.retain(|term| term.clause == clause),
            None => outside.retain(|term| self.source.part(term.at) == self.source.part(limit.at.start)),
        }
        outside
    }

    /// Whether the statement says what a clause of the source does: most of each is in the other.
    fn says(&self, main: &[&Term]) -> bool {
        let ours: Vec<&Term> = self.statement.terms.iter().filter(|term| has_weight(self.statement, term)).collect();
        let main: Vec<&Term> = main.iter().copied().filter(|term| has_weight(self.source, term)).collect();
        let shared = ours.iter().filter(|term| main.iter().any(|theirs| are_alike(&theirs.key, &term.key))).count();
        let said = main.iter().filter(|term| self.here(&term.key).next().is_some()).count();
        shared > 0 && shared * 2 > ours.len() && said * 2 >= main.len()
    }

    /// Whether another sentence of the source says it without a limit.
    fn is_said_elsewhere(&self, main: &[&Term], sentence: usize) -> bool {
        let said: Vec<&str> =
            main.iter().map(|term| term.key.as_str()).filter(|key| self.here(key).next().is_some()).collect();
        (0..=self.source.breaks.len()).filter(|other| *other != sentence).any(|other| {
            let has = |key: &&str| {
                let mut there = self.source.terms.iter().filter(|term| self.source.sentence(term.at) == other);
                there.any(|term| are_alike(&term.key, key))
            };
            let is_bound = self.source.limits.iter().any(|limit| self.source.sentence(limit.at.start) == other);
            !is_bound && said.iter().all(has)
        })
    }

    /// Whether anything of weight that the source has there is said by the statement, before it or above the source; or there
    /// is nothing of weight.
    fn has_any_of(&self, at: &Range<usize>) -> bool {
        let is_inside = |term: &&Term| at.contains(&term.at) && has_weight(self.source, term) && !is_open(&term.key);
        let inside: Vec<&Term> = self.source.terms.iter().filter(is_inside).collect();
        let is_weighty = |fact: &&Fact| {
            at.contains(&fact.at.start) && (matches!(fact.said, Said::Amount(_)) || says_for_whom(&fact.said))
        };
        let mut facts = self.source.facts.iter().filter(is_weighty).peekable();
        let is_known = |key: &str| {
            let known = self.context.terms.iter().map(|term| &term.key).chain(&self.statement.before);
            self.here(key).next().is_some() || known.into_iter().any(|one| are_alike(one, key))
        };
        inside.is_empty() && facts.peek().is_none()
            || inside.iter().any(|term| is_known(&term.key))
            || facts.any(|fact| self.statement.facts.iter().any(|ours| is_same(ours, fact)))
    }
}

/// Whether a word leaves a condition open: "if appropriate".
fn is_open(key: &str) -> bool {
    matches!(key, "appropri" | "toler" | "avail" | "feasibl" | "practic" | "clinic" | "desir")
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::check::verdict_of as verdict;
    use crate::{Source, check};

    #[test]
    fn what_bounds_an_order_must_not_be_left_out() {
        for (statement, source) in [
            ("Remove the catheter.", "Remove the catheter if the patient can void."),
            ("Start warfarin.", "Once bleeding has been ruled out, start warfarin."),
            ("Give the vaccine.", "Give the vaccine unless there is fever."),
            ("Continue oxygen.", "Continue oxygen until saturation is above 94%."),
            ("Use digoxin in renal failure.", "Use digoxin with caution in renal failure."),
            ("Amiodarone is recommended in shock.", "Withdrawal of amiodarone is recommended in shock."),
            ("Amiodarone is used in bradycardia.", "Amiodarone is dangerous in bradycardia."),
            ("Offer annual eye screening.", "Offer annual eye screening to people with retinopathy."),
            ("Doxepin is recommended.", "In adults, doxepin is recommended."),
            ("Do not offer spirometry.", "Do not routinely offer spirometry."),
            ("Infants need surgery.", "Few infants need surgery."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Partial, "{statement} against {source}");
        }
    }

    #[test]
    fn what_is_said_otherwise_or_of_something_else_is_not_left_out() {
        let catheter = "Remove the catheter if the patient can void.";
        for (statement, source) in [
            ("If the patient can void, the catheter is removed.", catheter),
            ("Ask for help.", "Remove the catheter if the patient can void. Ask for help."),
            ("Check potassium.", "Take a history if there is time; check potassium."),
            ("Give fluids.", "Give fluids if appropriate."),
            ("Take bumetanide in the morning.", "Take bumetanide once daily in the morning."),
            ("Do not use ibuprofen in asthma.", "Do not use ibuprofen in renal failure or asthma."),
            ("Stopping smoking prevents cancer.", "Smoking cessation prevents cancer."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Supported, "{statement} against {source}");
        }
        let above = Source::new("Offer annual eye screening to people with retinopathy.", ["Retinopathy"]);
        assert_eq!(check("Offer annual eye screening.", &above).verdict, Verdict::Supported);
        let told = "People with retinopathy are many. Offer annual eye screening.";
        let source = "People with retinopathy are many. Offer annual eye screening to people with retinopathy.";
        assert_eq!(check(told, &Source::new(source, [])).verdict, Verdict::Supported);
    }
}
