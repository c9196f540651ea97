//! Allergies of the patient: a sentence that gives what the patient must not have gives way to others, and is pointed at where
//! it stands all the same.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use knowledge::{DocumentId, Evidence};
use regex::Regex;

use crate::answer::Statement;
use crate::mentions::{Mentions, is_kind_of};
use crate::named::heading_of;
use crate::patient::Patient;
use crate::pattern::{Pattern, is_match};
use crate::select::{PER_DOCUMENT, Selected};

/// Words with which a text speaks of an allergy.
static ALLERGY: Pattern =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:allerg\w*|anaphyla\w*|hypersensitiv\w*|intoleran\w*|reactions?)\b").ok());

/// Words with which it speaks against a medicine.
static AGAINST: Pattern = LazyLock::new(|| {
    let against = "contraindicat\\w*|avoid\\w*|not (?:be )?(?:given|used)|must not|do not|never|instead of|rather than";
    Regex::new(&format!(r"(?i)\b(?:{against})\b")).ok()
});

/// What the patient is stated to be allergic to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Allergen {
    /// As the vocabulary calls it.
    name: &'static str,
    /// Medicines of this class are of its kind.
    class: &'static str,
}

impl Allergen {
    fn is_in(&self, mentions: &Mentions) -> bool {
        let drugs = mentions.drugs().map(|found| found.of.class.as_str());
        let mut classes = drugs.chain(mentions.classes().map(|found| found.of));
        classes.any(|class| is_kind_of(class, self.class))
    }
}

/// The allergies of a patient, as far as the vocabulary knows what they are to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allergies(Vec<Allergen>);

impl Allergies {
    /// Those that are stated.
    pub(crate) fn of(patient: Option<&Patient>) -> Self {
        let mut all: Vec<Allergen> = Vec::new();
        for entry in patient.into_iter().flat_map(|patient| &patient.allergies) {
            let mentions = Mentions::of(entry);
            let drugs = mentions.drugs().map(|found| Allergen { name: &found.of.name, class: &found.of.class });
            let classes = mentions.classes().map(|found| Allergen { name: found.of, class: found.of });
            for allergen in drugs.chain(classes) {
                if !all.contains(&allergen) {
                    all.push(allergen);
                }
            }
        }
        Self(all)
    }

    /// Words for the search.
    pub(crate) fn words(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|allergen| format!("{} allergy", allergen.name))
    }

    /// Of each document, has one of the passages that are looked at be one that speaks of the allergy, where it has one.
    pub(crate) fn bring_up(&self, hits: &mut [Evidence]) {
        if self.0.is_empty() {
            return;
        }
        let mut places: HashMap<DocumentId, Vec<usize>> = HashMap::new();
        for (at, hit) in hits.iter().enumerate() {
            places.entry(hit.document.id).or_default().push(at);
        }
        let mut swaps: Vec<(usize, usize)> = Vec::new();
        for of_document in places.values() {
            let is_spoken_of = |at: &usize| {
                hits.get(*at).is_some_and(|hit| self.is_spoken_of(&format!("{} . {}", heading_of(hit), hit.text)))
            };
            let speaking = of_document.iter().position(is_spoken_of).filter(|place| *place >= PER_DOCUMENT);
            let speaking = speaking.and_then(|place| of_document.get(place));
            if let (Some(last), Some(place)) = (of_document.get(PER_DOCUMENT - 1), speaking) {
                swaps.push((*last, *place));
            }
        }
        for (last, place) in swaps {
            hits.swap(last, place);
        }
    }

    /// Leaves out sentences that give what the patient must not have, where others of their document speak of the allergy.
    /// Whoever asks about such a medicine gets what is said of it.
    pub(crate) fn keep(&self, question: &str, chosen: &mut Vec<Selected>) {
        if self.0.is_empty() || self.is_in(question) {
            return;
        }
        let is_spoken_of = |selected: &&Selected| {
            let heading = heading_of(&selected.evidence);
            selected.sentences.iter().any(|sentence| self.is_spoken_of(&format!("{heading} . {}", sentence.text)))
        };
        let speaking: HashSet<DocumentId> =
            chosen.iter().filter(is_spoken_of).map(|selected| selected.evidence.document.id).collect();
        for selected in chosen.iter_mut().filter(|selected| speaking.contains(&selected.evidence.document.id)) {
            selected.sentences.retain(|sentence| !self.is_given(&sentence.text));
        }
        chosen.retain(|selected| !selected.sentences.is_empty());
    }

    /// What must be shown above statements that give what the patient must not have. It names no allergy: an answer is kept, and
    /// what is known of a patient is not.
    pub(crate) fn warning(&self, statements: &[Statement]) -> Option<String> {
        let given = statements.iter().filter(|statement| self.is_given(&statement.text));
        let cited = given.flat_map(|statement| &statement.citations);
        let mut sources: Vec<&str> = cited.map(|citation| citation.evidence.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        if sources.is_empty() {
            return None;
        }
        let (names, takes) = (sources.join(", "), if sources.len() == 1 { "does" } else { "do" });
        Some(format!(
            "Allergy: {names} {takes} not take the stated allergy into account, and a medicine that is named there may \
             be ruled out by it."
        ))
    }

    fn is_in(&self, text: &str) -> bool {
        let mentions = Mentions::of(text);
        self.0.iter().any(|allergen| allergen.is_in(&mentions))
    }

    /// Whether a text speaks of the allergy.
    fn is_spoken_of(&self, text: &str) -> bool {
        is_match(&ALLERGY, text) && self.is_in(text)
    }

    /// Whether a sentence names a medicine that the patient must not have, and says nothing against it.
    fn is_given(&self, sentence: &str) -> bool {
        self.is_in(sentence) && !is_match(&ALLERGY, sentence) && !is_match(&AGAINST, sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(entry: &str) -> Allergies {
        Allergies::of(Some(&Patient { allergies: vec![entry.to_owned()], ..Patient::default() }))
    }

    #[test]
    fn what_is_given_is_told_from_what_is_said_of_the_allergy() {
        for entry in ["penicillin anaphylaxis", "Amoxicillin (rash)"] {
            let allergies = to(entry);
            assert!(allergies.is_given("Amoxicillin is the first-line antibiotic for acute otitis media."), "{entry}");
            assert!(allergies.is_given("Give co-amoxiclav 625 mg three times daily."), "{entry}");
            for said in [
                "Clarithromycin for children with a penicillin allergy.",
                "Amoxicillin is contraindicated after anaphylaxis to a penicillin.",
                "Clarithromycin 250 mg twice daily.",
            ] {
                assert!(!allergies.is_given(said), "{said}");
            }
            assert!(allergies.is_spoken_of("Clarithromycin for children with a penicillin allergy."), "{entry}");
        }
    }

    #[test]
    fn what_is_searched_for_is_what_the_vocabulary_knows() {
        assert_eq!(to("penicillin anaphylaxis").words().collect::<Vec<_>>(), ["penicillin allergy"]);
        for nothing in ["none", "NKDA", "quokkamycin", ""] {
            assert_eq!(to(nothing).words().count(), 0, "{nothing}");
        }
        assert_eq!(Allergies::of(None).words().count(), 0);
    }
}
