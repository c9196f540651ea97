//! The verdict on a statement, given the source it rests on.

use knowledge::Verdict;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::facts::Facts;
use crate::joint::jointly;
use crate::source::{Source, under, with_leads};
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

impl Finding {
    /// The source has the words, but not just this.
    pub(crate) fn partial(facet: Facet, subject: &str, reason: String) -> Self {
        Self { facet, verdict: Verdict::Partial, subject: subject.to_owned(), reason }
    }
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

/// Holds a statement against a source. A statement that is whole sentences of the source is supported as it stands; any other
/// is taken sentence by sentence, and the worst finding decides.
pub fn check(statement: &str, source: &Source) -> Check {
    Check::of(Told::read(statement).against(source).concat())
}

/// Holds a statement against several sources: what one of them bears out is borne out; what one contradicts and none bears
/// out is contradicted. Also gives the check against each alone.
pub fn check_all(statement: &str, sources: &[&Source]) -> (Check, Vec<Check>) {
    if sources.is_empty() {
        let finding = Finding {
            facet: Facet::Structure,
            verdict: Verdict::Unsupported,
            subject: String::new(),
            reason: "no source is cited".to_owned(),
        };
        return (Check::of(vec![finding]), Vec::new());
    }
    let told = Told::read(statement);
    let found: Vec<Vec<Vec<Finding>>> = sources.iter().map(|source| told.against(source)).collect();
    let sentences = found.first().map_or(0, Vec::len);
    let joint = (0..sentences).flat_map(|sentence| {
        let found: Vec<&[Finding]> = found.iter().map(|of| &of[sentence][..]).collect();
        jointly(told.sentences.get(sentence), sources, &found)
    });
    (Check::of(joint.collect()), found.iter().map(|of| Check::of(of.concat())).collect())
}

/// Words of the sentences before that are kept for the next.
const MAX_BEFORE: usize = 200;

/// A statement that has been read.
struct Told {
    /// In plain signs.
    words: String,
    sentences: Vec<Facts>,
}

impl Told {
    fn read(statement: &str) -> Self {
        let told = with_leads(statement);
        let words: Vec<String> =
            told.iter().map(|(sentence, _)| plain(sentence)).filter(|one| !one.is_empty()).collect();
        let mut before: Vec<String> = Vec::new();
        let sentences = told.into_iter().map(|(sentence, lead)| {
            let mut facts = Facts::read(&under(lead, sentence));
            facts.before.clone_from(&before);
            before.extend(facts.terms.iter().map(|term| term.key.clone()));
            before.drain(..before.len().saturating_sub(MAX_BEFORE));
            facts
        });
        Self { words: words.join(" "), sentences: sentences.collect() }
    }

    /// In what each sentence differs from a source.
    fn against(&self, source: &Source) -> Vec<Vec<Finding>> {
        if self.words.is_empty() {
            return vec![vec![Finding {
                facet: Facet::Structure,
                verdict: Verdict::Unverifiable,
                subject: String::new(),
                reason: "there is nothing to check".to_owned(),
            }]];
        }
        if source.has_sentences(&self.words) {
            return vec![Vec::new(); self.sentences.len()];
        }
        self.sentences.iter().map(|sentence| source.check_sentence(sentence)).collect()
    }
}

/// The verdict of a check, which is told with its reason where a test fails.
#[cfg(test)]
pub(crate) fn verdict_of(statement: &str, source: &str) -> Verdict {
    let check = check(statement, &Source::new(source, []));
    eprintln!("{statement:?} against {source:?}: {:?} {:?}", check.verdict, check.reason);
    check.verdict
}

/// Fails unless every statement gets this verdict against its source.
#[cfg(test)]
#[track_caller]
pub(crate) fn are(found: Verdict, pairs: &[(&str, &str)]) {
    for (statement, source) in pairs {
        assert_eq!(verdict_of(statement, source), found, "{statement} against {source}");
    }
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
    fn whole_sentences_are_not_parts_of_sentences() {
        let dose = "In anaphylaxis: 0.5 mg of adrenaline is given intramuscularly. Repeat it after 5 minutes.";
        fails("5 mg of adrenaline is given intramuscularly.", dose, "0.5 mg");
        fails(
            "give adrenaline intravenously outside hospital.",
            "In anaphylaxis do not: give adrenaline intravenously outside hospital.",
            "denies",
        );
        holds("Repeat it after 5 minutes.", dose);
        holds("Start oxygen. Call for help.", "Emergencies\n1. Start oxygen. Call for help.\n2. Wait.");
        let list = "Do not:\n\u{2022} give adrenaline intravenously\n\u{2022} wait for the rash\nCall for help.";
        fails("Give adrenaline intravenously.", list, "denies");
        holds("Do not give adrenaline intravenously.", list);
        holds("Call for help.", list);
        fails("Do not:\n- give adrenaline intravenously", "Give adrenaline intravenously.", "does not deny");
    }

    #[test]
    fn a_heading_clears_only_what_the_text_leaves_open() {
        let verdict = |statement: &str, source: &str, heading: &str| {
            let check = check(statement, &Source::new(source, [heading]));
            (check.verdict, check.reason.unwrap_or_default())
        };
        for (statement, source, heading) in [
            (
                "Give adults 15 mg/kg of paracetamol.",
                "Give children 15 mg/kg of paracetamol.",
                "Paracetamol in adults and children",
            ),
            ("Reduce warfarin by a third.", "Reduce amiodarone by a third.", "Warfarin\u{2013}amiodarone interaction"),
            ("Give 1 g intravenously.", "Give 1 g orally.", "Oral and intravenous dosing"),
        ] {
            let (found, reason) = verdict(statement, source, heading);
            assert_eq!(found, Verdict::Contradicted, "{statement}: {reason}");
        }
        for (statement, source, heading) in [
            ("Give adults 1 g of paracetamol.", "Give 1 g.", "Paracetamol in adults"),
            ("In children give 5 mg.", "Give 5 mg, in infants 2 mg.", "Children"),
        ] {
            let (found, reason) = verdict(statement, source, heading);
            assert_eq!(found, Verdict::Supported, "{statement}: {reason}");
        }
    }

    #[test]
    fn exceptions_and_denials_of_single_words_are_held_against_the_source() {
        let asthma = "Beta-blockers are recommended except in patients with asthma.";
        holds(asthma, "In short: beta-blockers are recommended except in patients with asthma.");
        fails("Beta-blockers are recommended in patients with asthma.", asthma, "exception");
        fails(
            "Beta-blockers are recommended in those with asthma.",
            "Beta-blockers are recommended except those with asthma.",
            "exception",
        );
        fails(
            "Do not use beta-blockers in asthma.",
            "Do not use beta-blockers except in asthma and heart failure.",
            "exception",
        );
        fails("Aspirin has benefit in primary prevention.", "Aspirin has no benefit in primary prevention.", "denies");
        fails("Aspirin has an effect on survival.", "Aspirin has no effect on survival.", "denies");
        fails("Aspirin causes an increase in bleeding.", "Aspirin causes no increase in bleeding.", "denies");
        fails("Aspirin has no benefit in prevention.", "Aspirin has benefit in prevention.", "does not deny");
        fails("Give fluids to patients with shock.", "Give fluids to patients without shock.", "denies");
        fails("Use heparin.", "Use warfarin instead of heparin.", "denies");
        fails("Aspirin is safe in pregnancy.", "Aspirin is unsafe in pregnancy.", "denies");
        fails("Diabetic patients benefit from it.", "Non-diabetic patients benefit from it.", "denies");
        fails("Fever is present in most cases.", "Fever is absent in most cases.", "denies");
        fails("Aspirin is recommended in children.", "Aspirin is recommended in adults but not in children.", "denies");
        fails("Give ibuprofen and paracetamol.", "Give ibuprofen, not paracetamol.", "denies");
        holds("There is no need for dose adjustment.", "No dose adjustment is needed.");
        holds("In asthma, do not give beta-blockers.", "Beta-blockers are contraindicated in asthma.");
        holds("In patients without shock give fluids.", "Give fluids to patients without shock.");
        holds("Give fluids if there is no shock.", "Give fluids to patients without shock.");
        holds("There is no benefit of aspirin in prevention.", "Aspirin has no benefit in primary prevention.");
    }

    #[test]
    fn conditions_and_places_in_a_row_are_held_against_the_source() {
        let unless = "Do not use benzodiazepines unless the patient has alcohol withdrawal.";
        fails("Do not use benzodiazepines if the patient has alcohol withdrawal.", unless, "unless");
        fails("Do not use benzodiazepines in alcohol withdrawal.", unless, "exception");
        holds("Unless the patient has alcohol withdrawal, do not use benzodiazepines.", unless);
        fails("Continue if the fever resolves.", "Continue until the fever resolves.", "until");
        fails("Do not eat after surgery.", "Do not eat until surgery.", "until");
        holds("Treat when the pressure is high.", "Treat if the pressure is high.");
        fails("Avoid it in the first trimester.", "Avoid it in the third trimester.", "third");
        fails("All patients need oxygen.", "Some patients need oxygen.", "Some");
        fails("Give it within 4 hours.", "Give it after 4 hours.", "after 4 hours");
        fails("Type 1 respiratory failure is common.", "Type 2 respiratory failure is common.", "Type 2");
        fails("It is caused by hepatitis C.", "It is caused by hepatitis B.", "hepatitis B");
        holds("It is common in stage IV.", "It is common in stage 4.");
    }

    #[test]
    fn units_and_fractions_are_held_against_the_source() {
        fails("Give digoxin 125 MG daily.", "Give digoxin 125 micrograms daily.", "125 micrograms");
        fails("Give 10 mg/KG of it.", "Give 10 mg of it.", "not in the source");
        fails("Take 2 tablets daily.", "Take 1/2 tablet daily.", "1/2 tablet");
        holds("Take half a tablet daily.", "Take 1/2 tablet daily.");
        holds("Take 1½ tablets daily.", "Take 1 \u{bd} tablets daily.");
        let (found, reason) = verdict("Give 10 mg/kg of amikacin.", "Give amikacin 10 mg/kg/day.");
        assert_eq!(found, Verdict::Partial, "{reason}");
        let (found, reason) = verdict("Give aspirin and clopidogrel.", "Give aspirin or clopidogrel.");
        assert_eq!(found, Verdict::Partial, "{reason}");
        fails("Give it nocte.", "Give it mane.", "mane");
    }

    #[test]
    fn opposites_are_not_one_word() {
        for (statement, source) in [
            ("The child had thrombocytosis.", "The child had thrombocytopenia."),
            ("It is a nephrotic syndrome.", "It is a nephritic syndrome."),
        ] {
            let (found, reason) = verdict(statement, source);
            assert_ne!(found, Verdict::Supported, "{statement}: {reason}");
        }
    }
}
