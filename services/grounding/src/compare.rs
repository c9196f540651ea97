//! What a statement says held against what its source says.

use std::collections::HashSet;

use knowledge::Verdict;

use crate::attribution::owners;
use crate::check::{Facet, Finding};
use crate::denials::forbids_likewise;
use crate::facts::{Fact, Facts, Said};
use crate::items::Shared;
use crate::kinship::Kinship;
use crate::labels::are_labelled_otherwise;
use crate::omission::left_out;
use crate::parallel::joined_across;
use crate::polarity::reversed;
use crate::qualifiers::qualified;
use crate::quantity::{Agreement, Quantity};
use crate::relate::{
    agreement, are_kin, facet, is_part, is_same, may_stand_above, meet, needs_rival, says_by_exception,
};
use crate::roles::{sides_changed, turned_about, turned_twice};
use crate::schedule::Schedule;
use crate::senses::Axis;
use crate::terms::Term;
use crate::times::counted_otherwise;

/// Everything in which `statement` differs from `source`, in the order of the statement. `context` is what stands above the
/// source: title, headings, the header of its table.
pub(crate) fn compare(statement: &Facts, source: &Facts, context: &Facts) -> Vec<Finding> {
    let sides = Sides::new(statement, source, context);
    let mut found: Vec<Finding> = statement.facts.iter().filter_map(|fact| sides.missing(fact)).collect();
    let shared = Shared::new(statement, source);
    let is_wrong = |finding: &Finding, facet: Facet| finding.facet == facet && finding.verdict == Verdict::Contradicted;
    // "A after B" for "B before A".
    let may_turn = found.iter().any(|one| is_wrong(one, Facet::Time) || is_wrong(one, Facet::Direction));
    let twice = if may_turn { turned_twice(statement, source, &shared) } else { None };
    if let Some(facet) = twice {
        found.retain(|finding| !is_wrong(finding, facet));
    }
    let settled = found.iter().any(|finding| finding.verdict == Verdict::Contradicted);
    if !settled {
        found.extend(sides.exchanged());
        found.extend(joined_across(statement, source, &shared));
        if twice.is_none() {
            found.extend(sides_changed(statement, source).or_else(|| turned_about(statement, source, &shared)));
        }
        found.extend(counted_otherwise(statement, source, &shared));
        found.extend(sides.turned());
        found.extend(reversed(statement, source).filter(|_| !says_by_exception(statement, source)));
    }
    found.extend(qualified(statement, source));
    found.extend(left_out(statement, source, context));
    found.extend(sides.unheard_of());
    found
}

/// What a rival's surroundings must be nearer by, in millionths, to outweigh a fact that the source also has.
const MUCH_NEARER: u64 = 200_000;

/// A statement, its source and what stands above that.
pub(crate) struct Sides<'a> {
    pub(crate) statement: &'a Facts,
    pub(crate) source: &'a Facts,
    pub(crate) context: &'a Facts,
    /// Whether the source is several, read as one.
    pub(crate) is_joint: bool,
    /// What amounts of the source may belong to, where its sentence names it once.
    pub(crate) owners: Vec<&'a Term>,
    pub(crate) kinship: Kinship,
}

impl<'a> Sides<'a> {
    pub(crate) fn new(statement: &'a Facts, source: &'a Facts, context: &'a Facts) -> Self {
        Self {
            statement,
            source,
            context,
            is_joint: false,
            owners: owners(source),
            kinship: Kinship::new(statement, source),
        }
    }

    /// A fact that the source does not have, or has otherwise.
    fn missing(&self, fact: &Fact) -> Option<Finding> {
        let facet = facet(&fact.said);
        let agreeing = |theirs: &'a Fact| Some((theirs, agreement(&fact.said, &theirs.said)?));
        let meets = |(theirs, agreement): &(&Fact, Agreement)| {
            *agreement != Agreement::Different || meet((self.statement, fact), (self.source, theirs))
        };
        let mut candidates: Vec<(&Fact, Agreement)> =
            self.source.facts.iter().filter_map(agreeing).filter(meets).collect();
        let has_same = |of: &[(&Fact, Agreement)]| of.iter().any(|(_, agreement)| *agreement == Agreement::Same);
        if has_same(&candidates) || self.is_covered(fact) {
            return None;
        }
        // What stands above the text says what the text leaves open, not what it says otherwise.
        let is_rival = |(theirs, agreement): &(&Fact, Agreement)| {
            *agreement == Agreement::Different && !self.says_as_often(theirs) && !is_part(&theirs.said, &fact.said)
        };
        let is_other_organ = |theirs: &&Fact| {
            let organs = matches!(
                (&fact.said, &theirs.said),
                (Said::Sense(Axis::Kidney, _), Said::Sense(Axis::Liver, _))
                    | (Said::Sense(Axis::Liver, _), Said::Sense(Axis::Kidney, _))
            );
            organs && !self.says_as_often(theirs)
        };
        let rivals = candidates.iter().filter(|one| is_rival(one)).map(|(theirs, _)| *theirs);
        let rivals: Vec<&Fact> = rivals.chain(self.source.facts.iter().filter(is_other_organ)).collect();
        let is_open = !self.takes_what_is_shared(&rivals);
        let above = self.context.facts.iter().filter(|_| may_stand_above(&fact.said)).filter_map(agreeing);
        let above: Vec<(&Fact, Agreement)> = above.collect();
        if is_open && has_same(&above) {
            return None;
        }
        candidates.extend(above);
        let named = |verdict, reason: String| Some(Finding { facet, verdict, subject: fact.written.clone(), reason });
        let nearest = |wanted: Agreement| {
            let of = candidates.iter().filter(|(_, agreement)| *agreement == wanted).map(|(theirs, _)| *theirs);
            // What the statement says elsewhere is no rival.
            let of: Vec<&Fact> = of.collect();
            let unsaid: Vec<&Fact> = of.iter().copied().filter(|theirs| !self.statement_has(theirs)).collect();
            let of = if unsaid.is_empty() && wanted == Agreement::Different {
                Vec::new()
            } else if unsaid.is_empty() {
                of
            } else {
                unsaid
            };
            of.into_iter().max_by_key(|theirs| (self.kinship(fact, theirs), std::cmp::Reverse(theirs.at.start)))
        };
        let shown = |fact: &Fact| match &fact.said {
            Said::Amount(amount) => amount.shown(&fact.written),
            _ => fact.written.clone(),
        };
        if let Some(theirs) = nearest(Agreement::Looser) {
            return named(Verdict::Partial, format!("the source says {}, not {}", shown(theirs), shown(fact)));
        }
        if let Some(theirs) = nearest(Agreement::Opposite) {
            return named(Verdict::Contradicted, format!("the source says {}, not {}", shown(theirs), shown(fact)));
        }
        let rival = nearest(Agreement::Different);
        match (&fact.said, rival) {
            (Said::Sense(Axis::Strength, "may"), None) => None,
            (Said::Sense(Axis::Strength, _), None) if fact.implied => None,
            (Said::Sense(Axis::Strength, "should"), None) if forbids_likewise((self.statement, fact), self.source) => {
                None
            }
            (Said::Sense(Axis::Strength, _), None) => {
                named(Verdict::Partial, format!("the source does not say \u{201c}{}\u{201d}", fact.written))
            }
            (Said::Sense(Axis::Strength, _), Some(theirs)) => {
                let ours = if fact.implied { "an instruction" } else { fact.written.as_str() };
                named(
                    Verdict::Contradicted,
                    format!("the source says \u{201c}{}\u{201d}, not \u{201c}{ours}\u{201d}", theirs.written),
                )
            }
            (Said::Amount(amount), None) if amount.is_word() => {
                let mut numbers = self.source.facts.iter().chain(&self.context.facts);
                let is_heard =
                    numbers.any(|theirs| matches!(&theirs.said, Said::Amount(theirs) if amount.is_heard(theirs)));
                if is_heard {
                    return None;
                }
                named(Verdict::Partial, format!("{} is not in the source", fact.written))
            }
            (said, None) if needs_rival(said) => None,
            (_, Some(theirs)) if matches!(facet, Facet::Amount | Facet::Number) => named(
                Verdict::Contradicted,
                format!("{} is not in the source; the source says {}", fact.written, theirs.written),
            ),
            (_, Some(theirs)) => {
                named(Verdict::Contradicted, format!("the source says {}, not {}", theirs.written, fact.written))
            }
            (_, None) => named(Verdict::Unsupported, format!("{} is not in the source", fact.written)),
        }
    }

    /// Whether what the source says of the statement's amounts, or of whatever else they share, it says of one of these. "The
    /// dose is 5 mg; add ipratropium" says nothing of ipratropium's dose.
    fn takes_what_is_shared(&self, rivals: &[&Fact]) -> bool {
        let taken: HashSet<usize> = rivals.iter().map(|rival| self.source.part(rival.at.start)).collect();
        let is_dose = |fact: &&Fact| match &fact.said {
            Said::Amount(amount) => !amount.is_word(),
            said => matches!(said, Said::Rhythm(_)),
        };
        let is_plain = |fact: &&Fact| {
            !matches!(fact.said, Said::Sense(Axis::Strength | Axis::Certainty | Axis::Condition | Axis::Extent, _))
        };
        let parts = |ours: &Fact| -> Vec<usize> {
            let same = self.source.facts.iter().filter(|theirs| is_same(ours, theirs));
            same.map(|theirs| self.source.part(theirs.at.start)).collect()
        };
        let shared = |facts: Vec<&Fact>| -> Vec<Vec<usize>> {
            facts.into_iter().map(parts).filter(|parts| !parts.is_empty()).collect()
        };
        let doses = shared(self.statement.facts.iter().filter(is_dose).collect());
        let of = if doses.is_empty() { shared(self.statement.facts.iter().filter(is_plain).collect()) } else { doses };
        !rivals.is_empty() && (of.is_empty() || of.iter().any(|parts| parts.iter().all(|part| taken.contains(part))))
    }

    /// Whether the statement says it too. "Lowers it more than" does not say the second "less" of "lowers it less than".
    fn statement_has(&self, theirs: &Fact) -> bool {
        match theirs.said {
            Said::Sense(Axis::Direction | Axis::Merit, _) => self.says_as_often(theirs),
            _ => self.statement.facts.iter().any(|ours| is_same(ours, theirs)),
        }
    }

    /// A range whose ends the other side gives one by one; a schedule that is implied.
    fn is_covered(&self, fact: &Fact) -> bool {
        match &fact.said {
            Said::Amount(amount) => {
                let theirs = || self.source.facts.iter().filter_map(Fact::amount);
                match amount.ends() {
                    Some((low, high)) => {
                        let has = |end: &Quantity| theirs().any(|one| end.compare(one) == Agreement::Same);
                        has(&low) && has(&high)
                    }
                    None if self.is_shared_out(amount, None) => true,
                    None => theirs().filter_map(|range| range.ends()).any(|(low, high)| {
                        let ours = |end: &Quantity| {
                            self.statement.facts.iter().any(
                                |fact| matches!(&fact.said, Said::Amount(one) if one.compare(end) == Agreement::Same),
                            )
                        };
                        (amount.compare(&low) == Agreement::Same || amount.compare(&high) == Agreement::Same)
                            && ours(&low)
                            && ours(&high)
                    }),
                }
            }
            Said::Rhythm(schedule) => {
                // "500 mg/day in 2 doses" may be said without "a day".
                let mut amounts = self.statement.facts.iter().filter_map(Fact::amount);
                schedule.is_once_a_day()
                    && self.source.facts.iter().any(|fact| matches!(&fact.said, Said::Rhythm(one) if one.divided))
                    || amounts.any(|amount| self.is_shared_out(amount, Some(schedule)))
            }
            _ => false,
        }
    }

    /// Whether an amount, at a rhythm of the statement, makes up a day's amount that the source divides: 500 mg twice daily of "1 g
    /// daily in two divided doses".
    fn is_shared_out(&self, amount: &Quantity, rhythm: Option<&Schedule>) -> bool {
        let rhythms = |facts: &'a Facts| facts.facts.iter().filter_map(|fact| Some((fact, fact.rhythm()?)));
        let is_said = |one: &Quantity| {
            self.source.facts.iter().filter_map(Fact::amount).any(|theirs| one.compare(theirs) == Agreement::Same)
        };
        if rhythms(self.statement).any(|(_, ours)| ours.divided) || is_said(amount) {
            return false;
        }
        rhythms(self.source).filter(|(_, theirs)| theirs.divided).any(|(at, parts)| {
            let sentence = self.source.sentence(at.at.start);
            let is_here = |fact: &&Fact| self.source.sentence(fact.at.start) == sentence;
            let here = self.source.facts.iter().filter(is_here);
            let a_day = here.clone().filter_map(Fact::rhythm).any(Schedule::is_once_a_day);
            let times = |ours: &Schedule| !ours.divided && ours.is_as_often_as(parts);
            let is_so_often = match rhythm {
                Some(ours) => times(ours),
                None => rhythms(self.statement).any(|(_, ours)| times(ours)),
            };
            a_day
                && is_so_often
                && here.filter_map(Fact::amount).any(|whole| amount.is_part_of(whole, parts.times_a_day()))
        })
    }

    /// How alike the surroundings of a fact of the statement and one of the source or the context are.
    pub(crate) fn kinship(&self, ours: &Fact, theirs: &Fact) -> u64 {
        // Headings are near to everything below them, and to nothing in particular.
        let place = self.source.facts.iter().position(|fact| std::ptr::eq(fact, theirs));
        place.map_or(0, |place| self.kinship.of((self.statement, ours), (self.source, place)))
    }

    /// What the source also says, but of something else: "should" where it says "may" of this.
    fn turned(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        for ours in self.statement.facts.iter().filter(|fact| !fact.implied) {
            // An amount is out of place where the source bounds the same number from the other side; `exchanged` sees the rest.
            let rival = if matches!(ours.said, Said::Amount(_)) { Agreement::Opposite } else { Agreement::Different };
            if matches!(ours.said, Said::Drug(_)) {
                continue;
            }
            let count = |facts: &Facts| facts.facts.iter().filter(|fact| is_same(ours, fact)).count();
            let best = |wanted: Agreement| {
                let of = self.source.facts.iter().filter(|theirs| agreement(&ours.said, &theirs.said) == Some(wanted));
                let unsaid = of.filter(|theirs| {
                    let meets = || meet((self.statement, ours), (self.source, theirs));
                    wanted == Agreement::Same || !self.says_as_often(theirs) && meets()
                });
                unsaid
                    .map(|theirs| (self.kinship(ours, theirs), theirs))
                    .max_by_key(|(kinship, theirs)| (*kinship, std::cmp::Reverse(theirs.at.start)))
            };
            let (Some((same, _)), Some((other, theirs))) = (best(Agreement::Same), best(rival)) else { continue };
            // Said more often than in the source, one of them at least is out of place.
            let too_often = count(self.statement) > count(self.source);
            if other > if too_often { same } else { same + MUCH_NEARER } {
                let reason = format!(
                    "the source says \u{201c}{}\u{201d} of this, not \u{201c}{}\u{201d}",
                    theirs.written, ours.written
                );
                found.push(Finding {
                    facet: facet(&ours.said),
                    verdict: Verdict::Contradicted,
                    subject: ours.written.clone(),
                    reason,
                });
            }
        }
        found
    }

    /// Whether the statement has a fact of the source as often as the source's own sentence has it.
    fn says_as_often(&self, theirs: &Fact) -> bool {
        let sentence = self.source.sentence(theirs.at.start);
        let there = self
            .source
            .facts
            .iter()
            .filter(|fact| self.source.sentence(fact.at.start) == sentence && is_same(fact, theirs));
        self.statement.facts.iter().filter(|fact| is_same(fact, theirs)).count() >= there.count()
    }

    /// Words that carry meaning and are not in the source.
    fn unheard_of(&self) -> Option<Finding> {
        let known: HashSet<&str> =
            self.source.terms.iter().chain(&self.context.terms).map(|term| term.key.as_str()).collect();
        let heard =
            |term: &&Term| known.contains(term.key.as_str()) || known.iter().any(|other| are_kin(other, &term.key));
        // "Likely" for "probably", "linked to" for "associated with".
        let is_said_otherwise = |term: &Term| {
            let here =
                self.statement.marks.iter().filter(|mark| mark.at.contains(&term.at) && mark.stance.has_equals());
            here.into_iter().any(|mark| self.source.marks.iter().any(|theirs| theirs.stance == mark.stance))
        };
        let strong: Vec<&Term> =
            self.statement.terms.iter().filter(|term| term.is_strong && !is_said_otherwise(term)).collect();
        let missing: Vec<&Term> = strong.iter().copied().filter(|term| !heard(term)).collect();
        let first = missing.first()?;
        if let Some(finding) = missing.iter().find_map(|ours| self.other_label(ours)) {
            return Some(finding);
        }
        let words: Vec<String> =
            missing.iter().take(3).map(|term| format!("\u{201c}{}\u{201d}", term.written)).collect();
        let verdict = if missing.len() * 2 > strong.len() { Verdict::Unsupported } else { Verdict::Partial };
        let reason = format!("{} {} not in the source", words.join(", "), if words.len() == 1 { "is" } else { "are" });
        Some(Finding { facet: Facet::Wording, verdict, subject: first.written.clone(), reason })
    }

    /// "Type 1" where the source has "type 2".
    fn other_label(&self, ours: &Term) -> Option<Finding> {
        let said = |theirs: &Term| self.statement.terms.iter().any(|term| term.key == theirs.key);
        // The key may be another name of the same thing: GBS for group B streptococcus.
        let written = |term: &Term| term.written.to_lowercase();
        let is_other = |theirs: &Term| {
            are_labelled_otherwise(&ours.key, &theirs.key) || are_labelled_otherwise(&written(ours), &written(theirs))
        };
        let is_rival = |theirs: &&Term| is_other(theirs) && !said(theirs);
        let theirs = self.source.terms.iter().find(is_rival)?;
        Some(Finding {
            facet: Facet::Wording,
            verdict: Verdict::Contradicted,
            subject: ours.written.clone(),
            reason: format!("the source says {}, not {}", theirs.written, ours.written),
        })
    }
}
