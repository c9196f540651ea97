//! The verdict on a statement, given the source it rests on.

use std::collections::HashSet;

use knowledge::{Span, Verdict, char_slice, sentences};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::compare::compare;
use crate::facts::{Fact, Facts, Said};
use crate::relate::is_same;
use crate::words::plain;

/// In what a statement differs from its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// A citation that is missing, dangling or named twice.
    Structure,
    /// Words in quotation marks that are not the source's.
    Quote,
    /// A number with a unit.
    Amount,
    /// A number without one.
    Number,
    /// How often.
    Frequency,
    /// By which route.
    Route,
    /// Which medicine.
    Drug,
    /// For whom.
    Population,
    /// Whether it is so or not.
    Polarity,
    /// How strongly: should, may, should not, insufficient evidence.
    Strength,
    /// How certain the evidence is.
    Certainty,
    /// More or less, better or worse.
    Direction,
    /// Before or after.
    Time,
    /// Whose number it is.
    Attribution,
    /// Words that carry meaning.
    Wording,
    /// What a model that was asked besides holds; never found here.
    Entailment,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// In what.
    pub facet: Facet,
    /// What it means for the statement.
    pub verdict: Verdict,
    /// The words of the statement it is about.
    pub subject: String,
    /// For a clinician.
    #[schema(example = "50 mg is not in the source; the source says 5 mg")]
    pub reason: String,
}

/// The verdict on a statement and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The worst of the findings.
    pub verdict: Verdict,
    /// The reason of the worst finding; none when supported.
    pub reason: Option<String>,
    /// All of them, worst first.
    pub findings: Vec<Finding>,
}

impl Check {
    pub(crate) fn of(mut findings: Vec<Finding>) -> Self {
        findings.sort_by(|a, b| b.verdict.cmp(&a.verdict).then(a.facet.cmp(&b.facet)));
        findings.dedup();
        let worst = findings.first();
        Self {
            verdict: worst.map_or(Verdict::Supported, |finding| finding.verdict),
            reason: worst.map(|finding| finding.reason.clone()),
            findings,
        }
    }
}

/// A source that has been read once and can be held against many statements.
#[derive(Debug, Clone)]
pub struct Source {
    sentences: Vec<Sentence>,
    context: Facts,
    /// In plain signs, for statements that are the source's own words.
    plain: String,
}

#[derive(Debug, Clone)]
struct Sentence {
    facts: Facts,
    keys: HashSet<String>,
}

/// Sentences that one statement may rest on: what is said of a dose stands in one of them, or in neighbours.
const WINDOW: usize = 3;

/// Words of a source's sentence that are read as one.
const SENTENCE_WORDS: usize = 200;

impl Source {
    /// Reads a passage or quote. `context` is what stands above it: the document's title, headings, the header of a table.
    pub fn new<'a>(text: &str, context: impl IntoIterator<Item = &'a str>) -> Self {
        let mut above = Facts::default();
        for heading in context {
            above.append(&Facts::read(heading));
        }
        let sentences = split(text).into_iter().flat_map(in_bounds).map(|sentence| {
            let facts = Facts::read(sentence);
            let keys = facts.terms.iter().map(|term| term.key.clone()).collect();
            Sentence { facts, keys }
        });
        Self { sentences: sentences.collect(), context: above, plain: plain(text) }
    }

    /// The run of at most three sentences that shares most with a statement.
    fn window(&self, statement: &Facts) -> Facts {
        let mut best: Option<(usize, usize, usize)> = None;
        for first in 0..self.sentences.len() {
            let (mut shared, mut facts) = (HashSet::new(), HashSet::new());
            for (length, sentence) in (1..=WINDOW).zip(&self.sentences[first..]) {
                shared.extend(
                    statement.terms.iter().map(|term| term.key.as_str()).filter(|key| sentence.keys.contains(*key)),
                );
                let has = |ours: &Fact| sentence.facts.facts.iter().any(|theirs| is_same(ours, theirs));
                facts.extend((0..statement.facts.len()).filter(|&at| has(&statement.facts[at])));
                // Where the number stands is where the statement comes from; a sentence more must bring something.
                let weight = |at: &usize| if matches!(statement.facts[*at].said, Said::Amount(_)) { 5 } else { 4 };
                let score =
                    (4 * shared.len() + facts.iter().map(weight).sum::<usize>()).saturating_sub(5 * (length - 1));
                if best.is_none_or(|(most, ..)| score > most) {
                    best = Some((score, first, length));
                }
            }
        }
        let mut window = Facts::default();
        let (_, first, length) = best.unwrap_or_default();
        for sentence in &self.sentences[first..first + length] {
            if window.length == 0 { window = sentence.facts.clone() } else { window.append(&sentence.facts) }
        }
        window
    }

    /// Whether these words stand in the source as they are.
    pub(crate) fn has_words(&self, words: &str) -> bool {
        self.plain.contains(&plain(words))
    }

    fn check_sentence(&self, sentence: &str) -> Vec<Finding> {
        let statement = Facts::read(sentence);
        if statement.facts.is_empty() && statement.terms.is_empty() {
            return Vec::new();
        }
        compare(&statement, &self.window(&statement), &self.context)
    }
}

/// Holds a statement against a source. A statement that is whole sentences of the source is supported as it stands; any other
/// is taken sentence by sentence, and the worst finding decides.
pub fn check(statement: &str, source: &Source) -> Check {
    let findings = split(statement).into_iter().flat_map(|sentence| source.check_sentence(sentence));
    let words = plain(statement);
    if words.is_empty() {
        let finding = Finding {
            facet: Facet::Structure,
            verdict: Verdict::Unverifiable,
            subject: String::new(),
            reason: "there is nothing to check".to_owned(),
        };
        return Check::of(vec![finding]);
    }
    if is_whole_run(&words, &source.plain) {
        return Check::of(Vec::new());
    }
    Check::of(findings.collect())
}

/// Holds a statement against several sources: what one of them bears out is borne out; what one contradicts and none bears
/// out is contradicted. Also gives the check against each alone.
pub fn check_all(statement: &str, sources: &[&Source]) -> (Check, Vec<Check>) {
    let each: Vec<Check> = sources.iter().map(|source| check(statement, source)).collect();
    let Some((first, rest)) = each.split_first() else {
        let finding = Finding {
            facet: Facet::Structure,
            verdict: Verdict::Unsupported,
            subject: String::new(),
            reason: "no source is cited".to_owned(),
        };
        return (Check::of(vec![finding]), Vec::new());
    };
    // What is amiss with every source is amiss with the statement, as mildly as any of them has it.
    let mildest = |finding: &Finding| {
        let others = rest.iter().map(|check| {
            check
                .findings
                .iter()
                .filter(|other| other.facet == finding.facet && other.subject == finding.subject)
                .min_by_key(|other| other.verdict)
        });
        let mut all: Vec<&Finding> = vec![finding];
        for other in others {
            all.push(other?);
        }
        all.into_iter().min_by_key(|one| one.verdict).cloned()
    };
    let joint = Check::of(first.findings.iter().filter_map(mildest).collect());
    (joint, each)
}

fn split(text: &str) -> Vec<&str> {
    let spans = sentences(text).into_iter();
    spans
        .filter_map(|span: Span| char_slice(text, span))
        .map(str::trim)
        .filter(|sentence| !sentence.is_empty())
        .collect()
}

/// A sentence, or its pieces if it has more words than any reader would follow: what is compared stays small.
fn in_bounds(sentence: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = sentence;
    while let Some((at, _)) = rest.match_indices(char::is_whitespace).nth(SENTENCE_WORDS) {
        let (piece, after) = rest.split_at(at);
        pieces.push(piece);
        rest = after.trim_start();
    }
    pieces.push(rest);
    pieces
}

/// Whether `words` stand in `source` from the start of a sentence to the end of one.
fn is_whole_run(words: &str, source: &str) -> bool {
    source.match_indices(words).any(|(at, _)| {
        let before = source[..at].trim_end();
        let after = source[at + words.len()..].trim_start();
        let starts = before.is_empty() || before.ends_with(['.', '!', '?', ':', ';', '•']);
        let ends = after.is_empty() || words.ends_with(['.', '!', '?']) || after.starts_with('•');
        starts && ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(statement: &str, source: &str) -> (Verdict, String) {
        let check = check(statement, &Source::new(source, []));
        (check.verdict, check.reason.unwrap_or_default())
    }

    #[track_caller]
    fn holds(statement: &str, source: &str) {
        let (verdict, reason) = verdict(statement, source);
        assert_eq!(verdict, Verdict::Supported, "{statement:?} against {source:?}: {reason}");
    }

    #[track_caller]
    fn fails(statement: &str, source: &str, said: &str) {
        let (verdict, reason) = verdict(statement, source);
        assert!(verdict >= Verdict::Unsupported, "{statement:?} against {source:?}: {verdict:?} {reason}");
        assert!(reason.contains(said), "{reason}");
    }

    const PREDNISOLONE: &str = "Start prednisolone 5 mg by mouth once daily for 7 days in adults.";

    #[test]
    fn doses_are_held_against_the_source() {
        holds("In adults, start prednisolone 5000 micrograms orally every 24 hours for one week.", PREDNISOLONE);
        fails(
            "Start prednisolone 50 mg by mouth once daily for 7 days in adults.",
            PREDNISOLONE,
            "50 mg is not in the source; the source says 5 mg",
        );
        fails(
            "Start prednisolone 5 mg by mouth twice daily for 7 days in adults.",
            PREDNISOLONE,
            "once daily, not twice daily",
        );
        fails(
            "Start prednisolone 5 mg intravenously once daily for 7 days in adults.",
            PREDNISOLONE,
            "by mouth, not intravenously",
        );
        fails(
            "Start prednisone 5 mg by mouth once daily for 7 days in adults.",
            PREDNISOLONE,
            "prednisolone, not prednisone",
        );
        fails(
            "Start prednisolone 5 mg by mouth once daily for 7 days in children.",
            PREDNISOLONE,
            "adults, not children",
        );
        fails(
            "Do not start prednisolone 5 mg by mouth once daily for 7 days in adults.",
            PREDNISOLONE,
            "does not deny",
        );
        fails("Start prednisolone 5 mg by mouth once daily for 7 hours in adults.", PREDNISOLONE, "7 days");
    }

    #[test]
    fn strength_polarity_and_comparators_are_held_against_the_source() {
        let metformin = "Metformin should not be started when the eGFR is below 30 mL/min.";
        holds("Metformin should not be started if eGFR is less than 30 mL/min/1.73 m².", metformin);
        fails("Metformin should be started when the eGFR is below 30 mL/min.", metformin, "denies");
        fails("Metformin should not be started when the eGFR is above 30 mL/min.", metformin, "below 30 mL/min");
        fails("Metformin may not be started when the eGFR is below 30 mL/min.", metformin, "should");
        fails("Aspirin should be given.", "Aspirin may be given.", "may");
        fails("Aspirin reduces mortality.", "Aspirin increases mortality.", "increases");
        fails("Give it after meals.", "Give it before meals.", "before");
    }

    #[test]
    fn numbers_stay_with_what_they_belong_to() {
        let trial = "Mortality was 32% with dexamethasone and 45% with placebo.";
        holds("With placebo mortality was 45%, and with dexamethasone 32%.", trial);
        fails("Mortality was 45% with dexamethasone and 32% with placebo.", trial, "the source gives");
        fails("Mortality was 32% with placebo and 45% with dexamethasone.", trial, "the source gives");
        let parts = "There were 7 (11.9%) quitters in the intervention group, with 3 (5.3%) in the control group.";
        fails(
            "There were 7 (11.9%) quitters in the control group, with 3 (5.3%) in the intervention group.",
            parts,
            "the source gives",
        );
        let higher = "Higher incidences were observed in the placebo group (30.8%) compared with tiotropium (23.0%).";
        fails(
            "Higher incidences were observed in the tiotropium group (30.8%) compared with placebo (23.0%).",
            higher,
            "",
        );
        fails(
            "Give azithromycin 1 g plus ceftriaxone 500 mg.",
            "Give ceftriaxone 1 g plus azithromycin 500 mg.",
            "the source gives",
        );
        let lowered = "After 3 months of treatment telmisartan reduced mean pressure more than losartan.";
        fails(
            "After 3 months of treatment losartan reduced mean pressure more than telmisartan.",
            lowered,
            "other way round",
        );
        fails("Placebo was superior to aspirin.", "Aspirin was superior to placebo.", "other way round");
    }

    #[test]
    fn what_is_left_out_or_added_is_said() {
        let (found, reason) = verdict("Give 10 mg/kg of ibuprofen.", "In children give ibuprofen 10 mg/kg.");
        assert_eq!(found, Verdict::Partial, "{reason}");
        let (found, reason) = verdict("Aspirin prevents stroke.", "Aspirin may prevent stroke.");
        assert_eq!(found, Verdict::Partial, "{reason}");
        fails("Zebras gallop across the savannah.", PREDNISOLONE, "not in the source");
        assert_eq!(verdict("  ", PREDNISOLONE).0, Verdict::Unverifiable);
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
    }
}
