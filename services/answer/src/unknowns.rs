//! What the question left out and the evidence depends on: age, pregnancy, kidneys, weight, allergies.

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use utoipa::ToSchema;

use crate::patient::Patient;

/// Something about the patient that an answer may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// Age.
    Age,
    /// Body weight.
    Weight,
    /// Pregnancy and breastfeeding.
    Pregnancy,
    /// Function of the kidneys.
    RenalFunction,
    /// Function of the liver.
    HepaticFunction,
    /// Allergies.
    Allergies,
    /// Medicines taken now.
    CurrentMedicines,
    /// How severe it is.
    Severity,
}

/// Something that was not said, and the evidence that depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unknown {
    /// What was not said.
    pub factor: Factor,
    /// For the reader.
    #[schema(example = "renal function is not stated; E1 depends on it")]
    pub text: String,
    /// Names of the evidence that depends on it.
    pub evidence: Vec<String>,
}

struct Signs {
    factor: Factor,
    name: &'static str,
    /// In a question: it has been said.
    said: Regex,
    /// In evidence: it matters.
    matters: Regex,
}

static SIGNS: LazyLock<Vec<Signs>> = LazyLock::new(|| {
    [
        (
            Factor::Age,
            "age",
            r"(?i)\b(?:adult|child(?:ren|hood)?(?:[^-\w]|$)|infant|baby|neonat|newborn|toddler|teenage|adolescent|elderly|older|frail|year[- ]?olds?|years? old|month[- ]?old|age[ds]?\b|[0-9]+ ?(?:y|yo|yrs?|years?|months?|weeks? old|f|m)\b)",
            r"(?i)\b(?:adults?|child|children|infants?|neonates?|aged?|older|elderly|years|months)\b",
        ),
        (
            Factor::Weight,
            "body weight",
            r"(?i)\b(?:weigh\w*|bmi|obes\w*|[0-9.]+ ?kg)\b",
            r"(?i)(?:/kg\b|\bper kg\b|\bkg\b|\bbody weight\b|\bweigh\w*\b)",
        ),
        (
            Factor::Pregnancy,
            "pregnancy",
            r"(?i)\b(?:pregnan\w*|gestation\w*|trimester|breast-?feeding|postpartum|lactat\w*|antenatal|man|men|male|boy|weeks pregnant|menopaus\w*)\b",
            r"(?i)\b(?:pregnan\w*|breast-?feeding|childbearing|contracepti\w*|teratogen\w*)\b",
        ),
        (
            Factor::RenalFunction,
            "renal function",
            r"(?i)\b(?:e?gfr|creatinine|renal|kidney|ckd|aki|dialysis|crcl)\b",
            r"(?i)\b(?:e?gfr|creatinine clearance|renal|kidney|ckd|dialysis)\b",
        ),
        (
            Factor::HepaticFunction,
            "hepatic function",
            r"(?i)\b(?:liver|hepat\w*|cirrho\w*|alt|child-pugh|jaundice)\b",
            r"(?i)\b(?:liver|hepat\w*|cirrho\w*)\b",
        ),
        (
            Factor::Allergies,
            "any allergy",
            r"(?i)\b(?:allerg\w*|hypersensitiv\w*|intoleran\w*|anaphyla\w*|nkda)\b",
            r"(?i)\b(?:allerg\w*|hypersensitiv\w*|\w+cillin|cephalosporin\w*|ceph\w*|cef\w+|sulfonamide|co-trimoxazole|aspirin|nsaids?)\b",
        ),
        (
            Factor::CurrentMedicines,
            "what else is taken",
            r"(?i)\b(?:already (?:on|taking)|takes|taking|treated with|currently on|no (?:other )?(?:regular )?medicines|no regular|receiving)\b",
            r"(?i)\b(?:interact\w*|concomitant|together with|combin\w*|inhibitors?|anticoagula\w*|warfarin|lithium|nsaids?|diuretics?|already taking|not be given with|current treatment)\b",
        ),
        (
            Factor::Severity,
            "severity",
            r"(?i)\b(?:mild|moderate|severe|severity|life-threatening|uncomplicated|complicated|stable|unstable|curb-?65|stage|grade|nyha|shock)\b",
            r"(?i)\b(?:mild|moderate|severe|life-threatening|non-severe|severity|uncomplicated|critical|stage)\b",
        ),
    ]
    .into_iter()
    .filter_map(|(factor, name, said, matters)| {
        Some(Signs { factor, name, said: Regex::new(said).ok()?, matters: Regex::new(matters).ok()? })
    })
    .collect()
});

/// Questions about what to do depend on the patient; questions about what is do not.
static ABOUT_TREATMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:dos\w*|treat\w*|manage\w*|start\w*|give\w*|giv\w+|prescri\w*|which|antibiotic\w*|drugs?|first[- ]line|how (?:much|long|many)|can i|should|safe\w*|target\w*|stop\w*|switch\w*|add\w*|use|need\w*|best|therapy|recommend\w*|frequency|mg|monitor\w*|what .* for|suitab\w*|appropriate|option|continu\w*|can|right here|what now|at risk|rate|infusion|strength)\b",
    )
    .ok()
});

/// What a dose depends on even where the passages found say nothing of it.
const OF_ANY_DOSE: [Factor; 3] = [Factor::Age, Factor::RenalFunction, Factor::CurrentMedicines];

/// The factors on which the evidence depends and which neither the question nor the patient's context states, in the order of
/// [`Factor`]. `evidence` is names and texts.
pub(crate) fn unknowns(question: &str, patient: Option<&Patient>, evidence: &[(&str, &str)]) -> Vec<Unknown> {
    if !ABOUT_TREATMENT.as_ref().is_some_and(|about| about.is_match(question)) {
        return Vec::new();
    }
    let open =
        |signs: &&Signs| !signs.said.is_match(question) && !patient.is_some_and(|patient| patient.states(signs.factor));
    SIGNS
        .iter()
        .filter(open)
        .filter_map(|signs| {
            let depends: Vec<String> = evidence
                .iter()
                .filter(|(_, text)| signs.matters.is_match(text))
                .map(|(name, _)| (*name).to_owned())
                .collect();
            let text = match depends.as_slice() {
                [] if OF_ANY_DOSE.contains(&signs.factor) => {
                    format!("{} is not stated; doses may depend on it", signs.name)
                }
                [] => return None,
                [one] => format!("{} is not stated; {one} depends on it", signs.name),
                many => format!("{} is not stated; {} depend on it", signs.name, many.join(", ")),
            };
            Some(Unknown { factor: signs.factor, text, evidence: depends })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_said_is_named_with_what_depends_on_it() {
        let evidence = [("E1", "Halve the dose when eGFR is below 30."), ("E2", "Children: 5 mg/kg.")];
        let found = unknowns("What dose of amoxicillin for pneumonia?", None, &evidence);
        let factors: Vec<Factor> = found.iter().map(|unknown| unknown.factor).collect();
        assert!(factors.contains(&Factor::RenalFunction) && factors.contains(&Factor::Weight), "{factors:?}");
        assert_eq!(found.iter().find(|one| one.factor == Factor::Weight).unwrap().evidence, ["E2"]);
        let patient = Patient { egfr: Some(80.0), weight_kg: Some(70.0), ..Patient::default() };
        let found = unknowns("What dose of amoxicillin in an adult?", Some(&patient), &evidence);
        assert!(
            found.iter().all(|one| !matches!(one.factor, Factor::RenalFunction | Factor::Weight | Factor::Age)),
            "{found:?}"
        );
        assert!(unknowns("What causes gout?", None, &evidence).is_empty());
        let is_age_open =
            |question: &str| unknowns(question, None, &evidence).iter().any(|one| one.factor == Factor::Age);
        for said in ["Dose for a child?", "Dose in children", "Dose at the age of 5?", "Dose in childhood?"] {
            assert!(!is_age_open(said), "{said}");
        }
        for open in ["Which agent should be given?", "Dose in Child-Pugh class B?"] {
            assert!(is_age_open(open), "{open}");
        }
    }
}
