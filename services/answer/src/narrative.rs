//! What happened to one patient, as case reports tell it: true of that patient, and no advice for another.

use std::sync::LazyLock;

use knowledge::{Evidence, Kind};
use regex::Regex;

use crate::pattern::{Pattern, is_match};
use crate::rows::cells;

/// Sections of a case report that tell its story, in lower case.
const SECTIONS: [&str; 15] = [
    "abstract",
    "case",
    "case presentation",
    "case report",
    "case description",
    "case summary",
    "presentation",
    "history",
    "examination",
    "investigations",
    "treatment",
    "management",
    "outcome",
    "outcome and follow-up",
    "follow-up",
];

/// Words of somebody who tells what happened.
static TOLD: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:was|were|had|did|gave|showed|rose|fell|became|began|took|felt|received|presented|developed|remained|improved|recovered|returned|resolved|reported)\b").ok()
});

/// Words of somebody who says what holds.
static HOLDS: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:is|are|has|have|should|must|can|cannot|may|does|do|advises?|recommends?|suggests?|causes?)\b")
        .ok()
});

/// Columns of what was found or given once.
static COLUMN: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:results?|hours?|days?|time)\b|\b(?:this|our) (?:patient|adult|child|infant|wom[ae]n|man)\b")
        .ok()
});

/// A question about the case itself.
static ABOUT_IT: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:case reports?|(?:this|the|that) (?:case|report|patient described)|reported cases?)\b").ok()
});

/// Whether a question asks about a case that is told.
pub(crate) fn asks_about_a_case(question: &str) -> bool {
    is_match(&ABOUT_IT, question)
}

/// Whether a sentence tells what happened to the patient of a case report.
pub(crate) fn is_told(evidence: &Evidence, sentence: &str) -> bool {
    evidence.document.kind == Kind::CaseLiterature && tells(&evidence.section, sentence)
}

fn tells(section: &[String], sentence: &str) -> bool {
    let is_story = section.iter().any(|heading| SECTIONS.contains(&heading.to_lowercase().trim()));
    let cells = cells(sentence);
    let is_once = cells.iter().any(|cell| is_match(&COLUMN, cell.label));
    is_story && (is_once || is_match(&TOLD, sentence) && !is_match(&HOLDS, sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_of_a_patient_is_told_from_what_holds_for_others() {
        let tells = |section: &str, sentence: &str| tells(&[section.to_owned()], sentence);
        assert!(tells("Case presentation", "She had permanent atrial fibrillation, and took digoxin 125 micrograms."));
        assert!(tells("Outcome", "At six weeks the creatinine was 128 micromol/L."));
        assert!(tells("Investigations", "Test: Sodium; Result: 114; Unit: mmol/L"));
        for (section, sentence) in [
            ("Discussion", "Digoxin toxicity was found in few patients."),
            ("Treatment", "Activated charcoal was not given because activated charcoal does not bind lithium."),
            ("Treatment", "Drug: Hydrocortisone; Dose: 100 mg intravenously every 8 hours"),
            ("Learning points", "Empagliflozin should be stopped at least 3 days before elective surgery."),
        ] {
            assert!(!tells(section, sentence), "{sentence}");
        }
        assert!(asks_about_a_case("What was given in this case?") && !asks_about_a_case("In case of shock?"));
    }
}
