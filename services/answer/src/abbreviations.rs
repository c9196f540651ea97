//! Abbreviations in a text, told by its case: `AS` is one and *as* is none. Where all of it is in capitals nothing tells them apart.

use index::terms;
use vocabulary::vocabulary;

/// How the words of a text are held against the list of abbreviations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Abbreviations {
    /// As they are written.
    Cased,
    /// Capitals throughout, and nothing but abbreviations.
    Alone,
    /// Capitals throughout, and other words among them: what could be another word is one.
    Shouted,
}

impl Abbreviations {
    /// How the words of `text` are read.
    pub(crate) fn of(text: &str) -> Self {
        if text.chars().any(|c| c.is_ascii_lowercase()) {
            return Self::Cased;
        }
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| says_something(word));
        if words.all(|word| !in_any_case(word).is_empty()) { Self::Alone } else { Self::Shouted }
    }

    /// The senses of a word of that text, the most common first; none where it is no abbreviation.
    pub(crate) fn senses(self, word: &str) -> &'static [String] {
        match self {
            Self::Cased => vocabulary().senses(word),
            Self::Alone | Self::Shouted if !says_something(word) => &[],
            // Those of two letters are not found in lower case; but what says something is no other word then.
            Self::Shouted if word.len() > 2 => vocabulary().senses(&word.to_lowercase()),
            Self::Alone | Self::Shouted => in_any_case(word),
        }
    }
}

/// Whether it is more than a word like *as*, *or* and *in*.
fn says_something(word: &str) -> bool {
    !terms(word).is_empty()
}

fn in_any_case(word: &str) -> &'static [String] {
    let written = vocabulary().senses(word);
    if written.is_empty() { vocabulary().senses(&word.to_lowercase()) } else { written }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn senses(text: &str) -> Vec<&'static str> {
        let read = Abbreviations::of(text);
        text.split(' ').filter_map(|word| read.senses(word).first()).map(String::as_str).collect()
    }

    #[test]
    fn in_capitals_throughout_only_what_is_no_other_word_is_an_abbreviation() {
        let none = [] as [&str; 0];
        assert_eq!(senses("CAN METFORMIN BE USED AS MONOTHERAPY OR WITH INSULIN"), none);
        assert_eq!(senses("WHAT AIDS SLEEP IN ALL PATIENTS WHO HIT A PAD"), none);
        assert_eq!(senses("Can metformin be used as monotherapy or with insulin"), none);
        assert_eq!(senses("Valve replacement in AS"), ["aortic stenosis"]);
        assert_eq!(senses("COPD OR ASTHMA"), ["chronic obstructive pulmonary disease"]);
        assert_eq!(senses("ANTICOAGULATION IN AF AND CKD"), ["atrial fibrillation", "chronic kidney disease"]);
        assert_eq!(senses("HBA1C TARGET"), senses("HbA1c target"));
    }

    #[test]
    fn what_is_nothing_but_abbreviations_is_read_as_such() {
        assert_eq!(senses("HIT"), ["heparin-induced thrombocytopenia"]);
        assert_eq!(senses("PAD OR COPD"), ["peripheral arterial disease", "chronic obstructive pulmonary disease"]);
        assert_eq!(senses("HBA1C"), senses("HbA1c"));
        assert!(senses("").is_empty());
    }
}
