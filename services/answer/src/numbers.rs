//! Whether a question asks for a number, and whether a sentence has one: a dose, a limit, a time.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::{Pattern, is_match};

/// Ways to ask for a number.
static ASKS: Pattern = LazyLock::new(|| {
    let ways = [
        "how (?:much|many|high|low|big|far|long|soon|often|quickly|fast|frequently|early|late)",
        "dos(?:e|es|age|ing)",
        "(?:rate|amount|volume|strength|limit|target|goal|threshold|cut-?off|level|criteria|count|proportion|maximum|minimum)s?",
        "(?:load|loading|bolus|regimen|duration|length|interval|period|frequency|washout|course)s?",
        "(?:mg|mcg|micrograms?|ml|mmol|units|puffs|tablets)",
        "(?:at|above|below) (?:what|which)",
    ];
    Regex::new(&format!(r"(?i)\b(?:{})\b", ways.join("|"))).ok()
});

/// Marks of references, whose numbers say nothing.
static REFERENCES: Pattern = LazyLock::new(|| Regex::new(r"\[\d+(?:[,\u{2013}-] ?\d+)*\]").ok());

/// A number in digits that is no part of a name such as SGLT2 or CURB-65, or in words.
static NUMBER: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[^\w-])\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|half|twice|double)\b").ok()
});

/// Whether a question asks for a number.
pub(crate) fn asks_for_number(question: &str) -> bool {
    is_match(&ASKS, question)
}

/// Whether a sentence says a number.
pub(crate) fn has_number(sentence: &str) -> bool {
    let (Some(references), Some(number)) = (REFERENCES.as_ref(), NUMBER.as_ref()) else { return false };
    number.is_match(&references.replace_all(sentence, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_that_ask_for_a_number_are_told_from_others() {
        for question in [
            "What dose of amoxicillin for pneumonia?",
            "How long is it given?",
            "sats cut-off for oxygen in bronchiolitis",
            "Below which eGFR is metformin stopped?",
        ] {
            assert!(asks_for_number(question), "{question}");
        }
        for question in ["Is ibuprofen safe in pregnancy?", "What causes gout?", "Which antibiotic is preferred?"] {
            assert!(!asks_for_number(question), "{question}");
        }
    }

    #[test]
    fn numbers_of_names_and_references_are_none() {
        for sentence in ["Give 5 mg.", "Below 185/110 mmHg.", "eGFR <30", "Two or more episodes a year.", "5 days [1]."]
        {
            assert!(has_number(sentence), "{sentence}");
        }
        for sentence in ["An SGLT2 inhibitor is stopped.", "CURB-65 is used [1, 2].", "IL-6 rises [3\u{2013}5]."] {
            assert!(!has_number(sentence), "{sentence}");
        }
    }
}
