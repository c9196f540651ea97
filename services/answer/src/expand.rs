//! Words that are searched for beside those of the question: the names that medicine has for what was asked.

use std::collections::HashSet;

use index::{Wanted, terms};
use serde::Serialize;
use utoipa::ToSchema;
use vocabulary::{Thesaurus, bare, fold, vocabulary};

use crate::abbreviations::Abbreviations;

/// What an international name is worth where a question has a brand or a national name, and the other way about.
const NAME_WEIGHT: f32 = 0.6;

/// What other words for the same are worth.
const SYNONYM_WEIGHT: f32 = 0.4;

/// What the terms of the literature for a patient's words are worth: the most common one, and the others.
const LAY_WEIGHTS: [f32; 2] = [0.6, 0.3];

/// What the most common sense of an abbreviation is worth, and an abbreviation of what is written out.
const ABBREVIATION_WEIGHT: f32 = 0.5;

/// What a term of the thesaurus that a house has imported is worth. Nobody has chosen its terms for searching.
const IMPORTED_WEIGHT: f32 = 0.35;

/// What the word is worth that was probably meant by one that is written wrong.
const MISSPELT_WEIGHT: f32 = 0.6;

/// Words that are added for one term of the question, at most.
const PER_TERM: usize = 3;

/// Words that are added in all, at most.
const IN_ALL: usize = 12;

/// Something that was added to a question.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Expansion {
    /// The words of the question.
    #[schema(example = "heart attack")]
    pub from: String,
    /// What is searched for beside them.
    #[schema(example = "myocardial infarction")]
    pub to: String,
    /// What it is worth, where a word of the question is worth 1.
    pub weight: f32,
}

/// A question as both arms of the search read it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expanded {
    /// For the search by words.
    pub(crate) wanted: Vec<Wanted>,
    /// For the search by meaning: the question, its abbreviations written out behind it, its medicines by their international names.
    pub(crate) text: String,
    /// What was added.
    pub(crate) expansions: Vec<Expansion>,
}

impl Expanded {
    /// The question and nothing else.
    pub(crate) fn not_at_all(text: String) -> Self {
        Self { wanted: Wanted::question(&text), text, expansions: Vec::new() }
    }
}

/// Reads a question, with the names of our own tables and then those of the thesaurus that the house has imported, if it has.
/// Words of it that are `unheard` of in the library are read as what was probably meant.
pub(crate) fn expand(question: &str, unheard: &[String], thesaurus: Option<&Thesaurus>) -> Expanded {
    let mut expansions: Vec<Expansion> = Vec::new();
    let mut text = question.to_owned();
    let bare = bare(question);
    let mut words: Vec<&str> = bare.split(' ').collect();
    for wrong in unheard {
        if let Some(meant) = vocabulary().nearest(wrong) {
            add(&mut expansions, wrong, meant, MISSPELT_WEIGHT);
            text.push('\n');
            text.push_str(meant);
            words.iter_mut().filter(|word| **word == wrong).for_each(|word| *word = meant);
        }
    }
    let abbreviations = Abbreviations::of(question);
    for word in question.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty()) {
        if let Some(sense) = abbreviations.senses(word).first() {
            add(&mut expansions, word, sense, ABBREVIATION_WEIGHT);
            text.push('\n');
            text.push_str(sense);
        }
    }
    let mut at = 0;
    while at < words.len() {
        let rest = || words[at..].iter().copied();
        let (mut length, mut others) = (1, Vec::new());
        let mut take = |found: usize, terms: Vec<(&'static str, f32)>| {
            if found >= length {
                others.extend(terms);
            }
            length = length.max(found);
        };
        let drug = vocabulary().drug_at(rest());
        if let Some((found, drug)) = drug {
            let names = std::iter::once(&drug.name).chain(&drug.others);
            take(found, names.map(|name| (name.as_str(), NAME_WEIGHT)).collect());
        }
        if let Some((found, group)) = vocabulary().synonym_at(rest()) {
            take(found, group.iter().map(|term| (term.as_str(), SYNONYM_WEIGHT)).collect());
        }
        if let Some((found, terms)) = vocabulary().lay_at(rest()) {
            let weight = |place: usize| LAY_WEIGHTS[place.min(LAY_WEIGHTS.len() - 1)];
            take(found, terms.iter().enumerate().map(|(place, term)| (term.as_str(), weight(place))).collect());
        }
        if let Some((found, short)) = vocabulary().abbreviation_at(rest()) {
            take(found, vec![(short, ABBREVIATION_WEIGHT)]);
        }
        let from = words[at..at + length].join(" ");
        // The embedder knows medicines by the names that the literature has for them.
        if let Some((found, drug)) = drug
            && found == length
            && fold(&drug.name) != from
            && text.lines().all(|line| line != drug.name)
        {
            text.push('\n');
            text.push_str(&drug.name);
        }
        for (to, weight) in others.into_iter().filter(|(to, _)| fold(to) != from).take(PER_TERM) {
            add(&mut expansions, &from, to, weight);
        }
        at += length;
    }
    if let Some(thesaurus) = thesaurus {
        add_imported(&mut expansions, question, &words, thesaurus);
    }
    expansions.truncate(IN_ALL);
    let added = expansions.iter().map(|added| Wanted {
        text: added.to.clone(),
        weight: added.weight,
        stands_for: Some(added.from.clone()),
    });
    let wanted = Wanted::question(question).into_iter().chain(added).collect();
    Expanded { wanted, text, expansions }
}

/// Adds what a thesaurus has, as far as our own tables, which stand as they are, leave room for it.
fn add_imported(expansions: &mut Vec<Expansion>, question: &str, words: &[&str], thesaurus: &Thesaurus) {
    // A thesaurus lists plurals and inversions, which are the same to the search.
    let mut searched = vec![terms(question)];
    searched.extend(expansions.iter().map(|known| terms(&known.to)));
    let (mut at, mut seen) = (0, HashSet::new());
    while at < words.len() && expansions.len() < IN_ALL {
        let Some((length, others)) = thesaurus.at(words[at..].iter().copied()) else {
            at += 1;
            continue;
        };
        let from = words[at..at + length].join(" ");
        at += length;
        // A question may say the same a thousand times.
        if !seen.insert(from.clone()) {
            continue;
        }
        let mut room = PER_TERM.saturating_sub(expansions.iter().filter(|known| known.from == from).count());
        for to in others {
            if room == 0 {
                break;
            }
            let found = terms(to);
            if searched.iter().all(|known| !found.is_subset(known)) {
                add(expansions, &from, to, IMPORTED_WEIGHT);
                searched.push(found);
                room -= 1;
            }
        }
    }
}

fn add(expansions: &mut Vec<Expansion>, from: &str, to: &str, weight: f32) {
    if expansions.iter().all(|known| known.to != to) {
        expansions.push(Expansion { from: from.to_owned(), to: to.to_owned(), weight });
    }
}

#[cfg(test)]
mod tests {
    use vocabulary::Concept;

    use super::*;

    fn added(question: &str) -> Vec<String> {
        expand(question, &[], None).expansions.into_iter().map(|one| one.to).collect()
    }

    fn imported() -> Thesaurus {
        let concept = |id: &str, terms: &[&str]| Concept {
            id: id.to_owned(),
            terms: terms.iter().map(|term| (*term).to_owned()).collect(),
        };
        let concepts = vec![
            concept(
                "M1",
                &[
                    "Examplosis, Type 2",
                    "Type 2 Examplosis",
                    "Sampler Disease",
                    "Sampler Diseases",
                    "Disease, Sampler",
                    "Morbus Exemplaris",
                    "Presbysampling",
                    "A Fourth Name",
                ],
            ),
            concept("M2", &["Crushing Heart Attack", "Brontocardia"]),
            concept("M3", &["Heart Attack", "Myocardial Infarctions", "Infarct of the Examplar"]),
        ];
        Thesaurus::of(concepts, "made up", "2026-03-01").unwrap()
    }

    #[test]
    fn names_are_searched_by_all_their_names() {
        assert!(added("Can I take Tylenol after a heart attack?").contains(&"paracetamol".to_owned()));
        assert!(added("Can I take Tylenol after a heart attack?").contains(&"myocardial infarction".to_owned()));
        assert!(added("HFrEF drugs")[0].starts_with("heart failure"));
        assert!(added("anaemia in chronic kidney disease").contains(&"CKD".to_owned()));
        assert!(expand("HFrEF drugs", &[], None).text.contains("reduced ejection fraction"));
        assert_eq!(added("uti antibiotics"), added("UTI antibiotics"));
        assert!(added("pip-taz or trop").starts_with(&["piperacillin-tazobactam".to_owned()]));
        assert_eq!(added("pip taz for hap"), added("pip-taz for hap"));
        assert!(added("two lots of loraz still fitting").contains(&"status epilepticus".to_owned()));
        assert_eq!(added("a1c goal"), added("A1c goal"));
    }

    #[test]
    fn medicines_are_embedded_by_their_international_names_once() {
        let text = |question: &str| expand(question, &[], None).text;
        assert_eq!(text("vanc trough after vanc"), "vanc trough after vanc\nvancomycin");
        assert_eq!(text("vancomycin trough"), "vancomycin trough");
    }

    #[test]
    fn no_two_medicines_have_the_same_terms() {
        let mut known = std::collections::BTreeMap::new();
        for drug in vocabulary::vocabulary().drugs() {
            for name in std::iter::once(&drug.name).chain(&drug.others) {
                let other = known.insert(index::question_terms(name), &drug.name);
                assert!(other.is_none_or(|other| *other == drug.name), "{name} of {} and of {other:?}", drug.name);
            }
        }
    }

    #[test]
    fn words_that_nobody_writes_so_are_read_as_what_was_meant() {
        let unheard = ["pnuemonia".to_owned(), "quxquux".to_owned()];
        let expanded = expand("Pnuemonia with quxquux", &unheard, None);
        assert_eq!((&*expanded.expansions[0].from, &*expanded.expansions[0].to), ("pnuemonia", "pneumonia"));
        assert_eq!(expanded.text, "Pnuemonia with quxquux\npneumonia");
        let meant = expand("allergy to amoxicilin", &["amoxicilin".to_owned()], None).expansions;
        assert!(meant.iter().any(|one| one.from == "amoxicillin" && one.to == "amoxycillin"), "{meant:?}");
    }

    #[test]
    fn words_that_are_no_names_add_nothing() {
        assert_eq!(added("all of it or none"), [] as [&str; 0]);
        assert_eq!(added(""), [] as [&str; 0]);
        let question = "paracetamol ".repeat(500);
        assert!(expand(&question, &[], None).expansions.len() <= IN_ALL);
    }

    #[test]
    fn a_question_in_capitals_is_searched_with_the_same_names() {
        for question in ["Can metformin be used as monotherapy or with insulin", "copd or asthma", "uti antibiotics"] {
            assert_eq!(added(&question.to_uppercase()), added(question), "{question}");
        }
        assert!(added("HIT").contains(&"heparin-induced thrombocytopenia".to_owned()));
    }

    #[test]
    fn what_a_house_has_imported_is_added_at_less_weight_and_says_nothing_twice() {
        let thesaurus = imported();
        let expanded = expand("Treatment of examplosis type 2?", &[], Some(&thesaurus));
        let found: Vec<&str> = expanded.expansions.iter().map(|one| one.to.as_str()).collect();
        assert_eq!(found, ["Sampler Disease", "Morbus Exemplaris", "Presbysampling"]);
        assert!(expanded.expansions.iter().all(|one| one.weight == IMPORTED_WEIGHT && one.from == "examplosis type 2"));
        assert_eq!(expanded.wanted.len(), 4);
        assert!(added("Treatment of examplosis type 2?").is_empty());
    }

    #[test]
    fn what_a_house_has_imported_stands_behind_our_own_names_and_replaces_none() {
        let thesaurus = imported();
        for question in ["Tylenol after a crushing heart attack", "heart attack", "HFrEF or sampler disease?", ""] {
            let (own, all) = (expand(question, &[], None), expand(question, &[], Some(&thesaurus)));
            assert_eq!(own.expansions, all.expansions[..own.expansions.len()], "{question}");
            assert_eq!(own.text, all.text, "the search by meaning reads the same");
            assert_eq!(all, expand(question, &[], Some(&thesaurus)), "the same every time");
            assert!(all.expansions.len() <= IN_ALL);
            assert!(all.expansions.iter().all(|one| one.to != "Myocardial Infarctions"), "it is searched for already");
        }
        let brontocardia = |one: &Expansion| one.to == "Brontocardia" && one.from == "crushing heart attack";
        assert!(expand("a crushing heart attack", &[], Some(&thesaurus)).expansions.iter().any(brontocardia));
        let question = "sampler disease, ".repeat(400);
        assert!(expand(&question, &[], Some(&thesaurus)).expansions.len() <= PER_TERM);
    }
}
