//! What several sources say of a sentence together.

use std::collections::HashSet;

use knowledge::Verdict;

use crate::attribution::exchanged;
use crate::check::{Facet, Finding};
use crate::facts::{Facts, Said};
use crate::source::Source;

/// Tokens of several sources that are still read as one text.
const MAX_JOINED: usize = 300;

/// What is amiss with every source is amiss with the sentence, as mildly as any of them has it. `found` has the findings of each
/// source; a statement with nothing to check has no sentence.
pub(crate) fn jointly(sentence: Option<&Facts>, sources: &[&Source], found: &[&[Finding]]) -> Vec<Finding> {
    let nothing = Facts::default();
    let sentence = sentence.filter(|sentence| !sentence.is_cut).unwrap_or(&nothing);
    let is_joint = found.len() > 1 && found.iter().any(|found| !found.is_empty());
    let held: Vec<Held> = sources
        .iter()
        .zip(found)
        .map(|(source, findings)| Held {
            findings,
            window: if is_joint { source.passage(sentence) } else { Facts::default() },
        })
        .collect();
    let mut joint: Vec<Finding> = Vec::new();
    for (at, one) in held.iter().enumerate() {
        for finding in one.findings {
            if joint.iter().any(|known| is_alike(known, finding)) {
                continue;
            }
            let others = held.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
            let others = others.filter(|other| other.may_clear(finding, one, sentence));
            let alike = others.map(|other| {
                other.findings.iter().filter(|other| is_alike(other, finding)).min_by_key(|other| other.verdict)
            });
            let alike: Option<Vec<&Finding>> = alike.collect();
            joint.extend(
                alike.and_then(|alike| alike.into_iter().chain([finding]).min_by_key(|one| one.verdict)).cloned(),
            );
        }
    }
    joint.extend(exchanged_among(sentence, &held));
    joint
}

fn is_alike(a: &Finding, b: &Finding) -> bool {
    a.facet == b.facet && a.subject == b.subject
}

/// A source with what is amiss with it.
struct Held<'a> {
    findings: &'a [Finding],
    /// What of it the sentence may rest on.
    window: Facts,
}

impl Held<'_> {
    fn contradicts(&self, of: &[Facet]) -> bool {
        self.findings
            .iter()
            .any(|one| one.verdict == Verdict::Contradicted && (of.is_empty() || of.contains(&one.facet)))
    }

    /// Whether it is about another medicine or other people.
    fn is_of_others(&self) -> bool {
        self.contradicts(&[Facet::Drug, Facet::Population])
    }

    /// Whether this source can bear out what `other` has against the sentence. One that is about another medicine or other
    /// people says nothing of dose, rhythm or route here; one that denies what the other speaks of, too, bears it out in nothing; and what it
    /// contradicts in one thing it may have been asked no further about.
    fn may_clear(&self, finding: &Finding, other: &Held, sentence: &Facts) -> bool {
        if self.findings.iter().any(|one| turns(one) && other.speaks_of(&one.subject, sentence)) {
            return false;
        }
        match finding.facet {
            Facet::Wording | Facet::Structure | Facet::Quote | Facet::Entailment => true,
            Facet::Amount | Facet::Number | Facet::Frequency => {
                let is_disputed = finding.verdict == Verdict::Contradicted && !other.is_of_others();
                !self.is_of_others()
                    && !self.tears_apart(finding, sentence)
                    && (!is_disputed || 2 * self.shared(sentence) >= other.shared(sentence))
            }
            _ if finding.verdict == Verdict::Contradicted => !self.contradicts(&[]),
            _ => !self.is_of_others(),
        }
    }

    /// Whether it has another dose for the rhythm, or another rhythm for the dose, of the one medicine that the sentence names.
    fn tears_apart(&self, finding: &Finding, sentence: &Facts) -> bool {
        let drugs: HashSet<&str> = sentence
            .facts
            .iter()
            .filter_map(|fact| if let Said::Drug(name) = fact.said { Some(name) } else { None })
            .collect();
        // How long it is given is said apart from how much.
        let is_dose = |finding: &Finding| {
            sentence.facts.iter().any(|fact| match &fact.said {
                Said::Amount(amount) => {
                    fact.written == finding.subject && amount.has_unit() && amount.dimension != "time"
                }
                _ => false,
            })
        };
        let is_other_dose = |one: &Finding| one.facet == Facet::Amount && is_dose(one);
        let mut contradicted = self.findings.iter().filter(|one| one.verdict == Verdict::Contradicted);
        drugs.len() < 2
            && match finding.facet {
                Facet::Amount => is_dose(finding) && self.contradicts(&[Facet::Frequency]),
                Facet::Frequency => contradicted.any(is_other_dose),
                _ => false,
            }
    }

    /// Whether it has what the sentence calls `subject`; what is no term of the sentence it may have.
    fn speaks_of(&self, subject: &str, sentence: &Facts) -> bool {
        let mut ours = sentence.terms.iter().filter(|term| term.written == subject).peekable();
        ours.peek().is_none() || ours.any(|ours| self.window.terms.iter().any(|theirs| theirs.key == ours.key))
    }

    /// How many of the sentence's terms it has: a number by itself may be of anything.
    fn shared(&self, sentence: &Facts) -> usize {
        let known: HashSet<&str> = self.window.terms.iter().map(|term| term.key.as_str()).collect();
        let ours: HashSet<&str> = sentence.terms.iter().map(|term| term.key.as_str()).collect();
        ours.intersection(&known).count()
    }
}

/// Whether a finding says that the source has it the other way round.
fn turns(finding: &Finding) -> bool {
    let facet = matches!(finding.facet, Facet::Polarity | Facet::Direction | Facet::Attribution);
    facet && finding.verdict == Verdict::Contradicted
}

/// Amounts that the sources, read as one, give to other things; not asked where one source bears the sentence out alone.
fn exchanged_among(sentence: &Facts, held: &[Held]) -> Option<Finding> {
    if held.len() < 2 || held.iter().any(|one| one.findings.is_empty()) {
        return None;
    }
    let mut joined = Facts::default();
    for one in held.iter().filter(|one| !one.is_of_others()) {
        if joined.length == 0 { joined = one.window.clone() } else { joined.append(&one.window) }
    }
    // What stands in one of them is held against what stands in another.
    joined.breaks.clear();
    (joined.length <= MAX_JOINED).then(|| exchanged(sentence, &joined))?
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::{Source, check_all};

    #[test]
    fn sources_do_not_clear_each_other_of_what_neither_says() {
        let source = |text: &str| Source::new(text, []);
        let verdict = |statement: &str, sources: &[Source]| {
            let (joint, _) = check_all(statement, &sources.iter().collect::<Vec<_>>());
            (joint.verdict, joint.reason.unwrap_or_default())
        };
        let both =
            [source("Give amoxicillin 500 mg three times a day."), source("Give ibuprofen 400 mg three times a day.")];
        let (found, reason) = verdict("Give amoxicillin 400 mg three times a day.", &both);
        assert_eq!(found, Verdict::Contradicted, "{reason}");
        assert_eq!(verdict("Amoxicillin 500 mg is given three times a day.", &both).0, Verdict::Supported);
        assert_eq!(
            verdict("Give amoxicillin 500 mg 3 times a day. Then give ibuprofen 400 mg 3 times a day.", &both).0,
            Verdict::Supported
        );
        let turned = [source("Give amoxicillin 250 mg."), source("Do not give amoxicillin 500 mg.")];
        assert!(verdict("Give amoxicillin 500 mg.", &turned).0 >= Verdict::Unsupported);
        for (statement, sources) in [
            ("Give warfarin in pregnancy.", ["Avoid warfarin in pregnancy.", "Give warfarin in atrial fibrillation."]),
            ("Give aspirin 600 mg and clopidogrel 300 mg.", ["Give aspirin 300 mg.", "Give clopidogrel 600 mg."]),
            (
                "Give amoxicillin 500 mg twice a day.",
                ["Give amoxicillin 500 mg three times a day.", "Give amoxicillin 250 mg twice a day."],
            ),
            (
                "Start drug treatment at 130/80 mmHg.",
                ["Start drug treatment at 140/90 mmHg.", "The target blood pressure is 130/80 mmHg."],
            ),
        ] {
            for sources in [sources, [sources[1], sources[0]]] {
                let (found, reason) = verdict(statement, &sources.map(source));
                assert!(found >= Verdict::Unsupported, "{statement} against {sources:?}: {reason}");
            }
        }
    }

    #[test]
    fn several_sources_bear_a_statement_out_together() {
        let (dose, use_) = (
            Source::new("The dose of amoxicillin is 500 mg.", []),
            Source::new("Amoxicillin is taken for 5 days.", []),
        );
        let statement = "Amoxicillin 500 mg is taken for 5 days.";
        let (joint, each) = check_all(statement, &[&dose, &use_]);
        assert_eq!(joint.verdict, Verdict::Supported, "{joint:?}");
        assert!(each.iter().all(|check| check.verdict != Verdict::Supported));
        assert_eq!(check_all(statement, &[]).0.verdict, Verdict::Unsupported);
        for (statement, sources) in [
            ("Give aspirin 300 mg and clopidogrel 600 mg.", ["Give clopidogrel 600 mg.", "Give aspirin 300 mg."]),
            (
                "Give amoxicillin 500 mg three times a day for 5 days.",
                ["Give amoxicillin 500 mg three times a day.", "Amoxicillin is given for 5 days."],
            ),
            ("Give amoxicillin 500 mg twice a day.", ["Give amoxicillin twice a day.", "Give amoxicillin 500 mg."]),
            (
                "Give warfarin in atrial fibrillation and avoid it in pregnancy.",
                ["Avoid warfarin in pregnancy.", "Give warfarin in atrial fibrillation."],
            ),
            (
                "Give amoxicillin 500 mg in otitis media.",
                ["Give ibuprofen 400 mg in otitis media.", "The dose of amoxicillin is 500 mg in otitis media."],
            ),
        ] {
            let sources = sources.map(|source| Source::new(source, []));
            let joint = check_all(statement, &sources.iter().collect::<Vec<_>>()).0;
            assert_eq!(joint.verdict, Verdict::Supported, "{statement}: {joint:?}");
        }
    }
}
