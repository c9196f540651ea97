//! What a statement says held against what its source says.

use std::collections::{HashMap, HashSet};

use knowledge::Verdict;

use crate::check::{Facet, Finding};
use crate::denials::forbids_likewise;
use crate::facts::{Fact, Facts, Said, WORD};
use crate::kinship::Kinship;
use crate::labels::are_labelled_otherwise;
use crate::omission::left_out;
use crate::polarity::reversed;
use crate::quantity::{Agreement, Quantity};
use crate::relate::{
    agreement, are_kin, facet, is_owner, is_part, is_same, may_stand_above, meet, needs_rival, says_by_exception,
};
use crate::senses::Axis;
use crate::terms::Term;

/// Everything in which `statement` differs from `source`, in the order of the statement. `context` is what stands above the
/// source: title, headings, the header of its table.
pub(crate) fn compare(statement: &Facts, source: &Facts, context: &Facts) -> Vec<Finding> {
    let sides = Sides::new(statement, source, context);
    let mut found: Vec<Finding> = statement.facts.iter().filter_map(|fact| sides.missing(fact)).collect();
    let settled = found.iter().any(|finding| finding.verdict == Verdict::Contradicted);
    if !settled {
        found.extend(sides.exchanged());
        found.extend(sides.turned());
        found.extend(reversed(statement, source).filter(|_| !says_by_exception(statement, source)));
    }
    found.extend(sides.weakened());
    found.extend(left_out(statement, source, context));
    found.extend(sides.without_its_day());
    found.extend(sides.joined_otherwise());
    found.extend(sides.unheard_of());
    found
}

/// Two amounts of which the source gives each to what the statement gives the other.
pub(crate) fn exchanged(statement: &Facts, source: &Facts) -> Option<Finding> {
    Sides::new(statement, source, &Facts::default()).exchanged()
}

/// What a rival's surroundings must be nearer by, in millionths, to outweigh a fact that the source also has.
const MUCH_NEARER: u64 = 200_000;

struct Sides<'a> {
    statement: &'a Facts,
    source: &'a Facts,
    context: &'a Facts,
    /// What amounts of the source may belong to, where its sentence names it once.
    owners: Vec<&'a Term>,
    kinship: Kinship,
}

fn owners(source: &Facts) -> Vec<&Term> {
    let place = |term: &Term| source.sentence(term.at);
    let mut times: HashMap<(usize, &str), usize> = HashMap::new();
    for term in &source.terms {
        *times.entry((place(term), term.key.as_str())).or_default() += 1;
    }
    let is_single = |term: &&Term| times.get(&(place(term), term.key.as_str())) == Some(&1);
    source.terms.iter().filter(is_single).filter(|term| is_owner(source, term)).collect()
}

impl<'a> Sides<'a> {
    fn new(statement: &'a Facts, source: &'a Facts, context: &'a Facts) -> Self {
        Self { statement, source, context, owners: owners(source), kinship: Kinship::new(statement, source) }
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
        if let Some(theirs) = nearest(Agreement::Looser) {
            return named(Verdict::Partial, format!("the source says {}, not {}", theirs.written, fact.written));
        }
        if let Some(theirs) = nearest(Agreement::Opposite) {
            let shown = |fact: &Fact| match &fact.said {
                Said::Amount(amount) => format!("{}{}", amount.reach.word(), fact.written),
                _ => fact.written.clone(),
            };
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
        let is_dose = |fact: &&Fact| matches!(fact.said, Said::Amount(_) | Said::Rhythm(_));
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
                let theirs = || {
                    self.source
                        .facts
                        .iter()
                        .filter_map(|fact| if let Said::Amount(amount) = &fact.said { Some(amount) } else { None })
                };
                match amount.ends() {
                    Some((low, high)) => {
                        let has = |end: &Quantity| theirs().any(|one| end.compare(one) == Agreement::Same);
                        has(&low) && has(&high)
                    }
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
                schedule.is_once_a_day()
                    && self.source.facts.iter().any(|fact| matches!(&fact.said, Said::Rhythm(one) if one.divided))
            }
            _ => false,
        }
    }

    /// How alike the surroundings of a fact of the statement and one of the source or the context are.
    fn kinship(&self, ours: &Fact, theirs: &Fact) -> u64 {
        // Headings are near to everything below them, and to nothing in particular.
        let place = self.source.facts.iter().position(|fact| std::ptr::eq(fact, theirs));
        place.map_or(0, |place| self.kinship.of((self.statement, ours), (self.source, place)))
    }

    /// Two amounts that belong to two things, given to the other one each.
    fn exchanged(&self) -> Option<Finding> {
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
                let of_a_kind = matches!(
                    (&ours.said, &rival.said),
                    (Said::Amount(_), Said::Amount(_)) | (Said::Rhythm(_), Said::Rhythm(_))
                );
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
        witness.filter(|_| lost > kept)
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

    /// "May" left out.
    fn weakened(&self) -> Option<Finding> {
        let strength =
            |facts: &Facts| facts.facts.iter().any(|fact| matches!(fact.said, Said::Sense(Axis::Strength, _)));
        let hedges =
            |fact: &&Fact| matches!(fact.said, Said::Sense(Axis::Strength, "may" | "there is insufficient evidence"));
        if strength(self.statement) {
            return None;
        }
        let all: Vec<&Fact> =
            self.source.facts.iter().filter(|fact| matches!(fact.said, Said::Sense(Axis::Strength, _))).collect();
        let hedge = all.iter().copied().find(hedges).filter(|_| all.iter().all(hedges))?;
        // Only where the hedge is said of what the statement says.
        let near = self.source.terms.iter().any(|term| {
            self.source.distance(term.at, &hedge.at) <= 3 * WORD
                && self.statement.terms.iter().any(|ours| ours.key == term.key)
        });
        near.then(|| Finding {
            facet: Facet::Strength,
            verdict: Verdict::Partial,
            subject: hedge.written.clone(),
            reason: format!("the source says \u{201c}{}\u{201d}; the statement leaves it out", hedge.written),
        })
    }

    /// A day's amount without its day: 10 mg/kg for 10 mg/kg/day.
    fn without_its_day(&self) -> Option<Finding> {
        let rhythm = |fact: &&Fact| matches!(fact.said, Said::Rhythm(_));
        if self.statement.facts.iter().any(|fact| rhythm(&fact)) {
            return None;
        }
        let for_a_day = |dose: &Fact| {
            let mut after = self.source.facts.iter().filter(rhythm).filter(|day| day.at.start == dose.at.end);
            after.find(|day| ["/", "per ", "a "].iter().any(|start| day.written.starts_with(start)))
        };
        self.statement.facts.iter().filter(|fact| facet(&fact.said) == Facet::Amount).find_map(|ours| {
            let theirs = self.source.facts.iter().filter(|theirs| is_same(ours, theirs));
            let days: Option<Vec<&Fact>> = theirs.map(for_a_day).collect();
            let day = days?.first()?.written.clone();
            Some(Finding {
                facet: Facet::Frequency,
                verdict: Verdict::Partial,
                subject: ours.written.clone(),
                reason: format!(
                    "the source says {} \u{201c}{day}\u{201d}; the statement leaves that out",
                    ours.written
                ),
            })
        })
    }

    /// Both of two medicines, where the source has one or the other.
    fn joined_otherwise(&self) -> Option<Finding> {
        // "Not A or B" denies both, as "A and B are contraindicated" does.
        let denies_both = |facts: &Facts, (a, b): (&str, &str)| {
            let denies = |drug: &str| facts.terms.iter().any(|term| term.key == drug && term.negated);
            denies(a) && denies(b)
        };
        let joint = self.statement.joints.iter().find(|ours| {
            if denies_both(self.statement, ours.drugs) && denies_both(self.source, ours.drugs) {
                return false;
            }
            let mut there = self.source.joints.iter().filter(|theirs| theirs.drugs == ours.drugs).peekable();
            there.peek().is_some() && there.all(|theirs| theirs.is_choice != ours.is_choice)
        })?;
        let (a, b) = joint.drugs;
        let (theirs, ours) = if joint.is_choice { ("and", "or") } else { ("or", "and") };
        Some(Finding {
            facet: Facet::Drug,
            verdict: Verdict::Partial,
            subject: format!("{a} {ours} {b}"),
            reason: format!("the source says {a} {theirs} {b}, not {a} {ours} {b}"),
        })
    }

    /// Words that carry meaning and are not in the source.
    fn unheard_of(&self) -> Option<Finding> {
        let known: HashSet<&str> =
            self.source.terms.iter().chain(&self.context.terms).map(|term| term.key.as_str()).collect();
        let heard =
            |term: &&Term| known.contains(term.key.as_str()) || known.iter().any(|other| are_kin(other, &term.key));
        let strong: Vec<&Term> = self.statement.terms.iter().filter(|term| term.is_strong).collect();
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
