//! Words that are searched for beside those of the question: the names that medicine has for what was asked.

use index::Wanted;
use serde::Serialize;
use utoipa::ToSchema;
use vocabulary::{fold, vocabulary};

/// What an international name is worth where a question has a brand or a national name, and the other way about.
const NAME_WEIGHT: f32 = 0.6;

/// What other words for the same are worth.
const SYNONYM_WEIGHT: f32 = 0.4;

/// What the terms of the literature for a patient's words are worth: the most common one, and the others.
const LAY_WEIGHTS: [f32; 2] = [0.6, 0.3];

/// What the most common sense of an abbreviation is worth, and an abbreviation of what is written out.
const ABBREVIATION_WEIGHT: f32 = 0.5;

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
    /// For the search by meaning: the question, its abbreviations written out behind it.
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

/// Reads a question.
pub(crate) fn expand(question: &str) -> Expanded {
    let mut expansions: Vec<Expansion> = Vec::new();
    let mut text = question.to_owned();
    for word in question.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty()) {
        // In lower case an abbreviation is a word: "all", "or".
        let is_capital = word.chars().any(char::is_uppercase);
        if let Some(sense) = vocabulary().senses(word).first().filter(|_| is_capital) {
            add(&mut expansions, word, sense, ABBREVIATION_WEIGHT);
            text.push('\n');
            text.push_str(sense);
        }
    }
    let folded = fold(&question.replace(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '/' | '\'' | '’'), " "));
    let words: Vec<&str> = folded.split(' ').collect();
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
        if let Some((found, drug)) = vocabulary().drug_at(rest()) {
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
        for (to, weight) in others.into_iter().filter(|(to, _)| fold(to) != from).take(PER_TERM) {
            add(&mut expansions, &from, to, weight);
        }
        at += length;
    }
    expansions.truncate(IN_ALL);
    let added = expansions.iter().map(|added| Wanted { text: added.to.clone(), weight: added.weight });
    let wanted = Wanted::question(question).into_iter().chain(added).collect();
    Expanded { wanted, text, expansions }
}

fn add(expansions: &mut Vec<Expansion>, from: &str, to: &str, weight: f32) {
    if expansions.iter().all(|known| known.to != to) {
        expansions.push(Expansion { from: from.to_owned(), to: to.to_owned(), weight });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(question: &str) -> Vec<String> {
        expand(question).expansions.into_iter().map(|one| one.to).collect()
    }

    #[test]
    fn names_are_searched_by_all_their_names() {
        assert!(added("Can I take Tylenol after a heart attack?").contains(&"paracetamol".to_owned()));
        assert!(added("Can I take Tylenol after a heart attack?").contains(&"myocardial infarction".to_owned()));
        assert!(added("HFrEF drugs")[0].starts_with("heart failure"));
        assert!(added("anaemia in chronic kidney disease").contains(&"CKD".to_owned()));
        assert!(expand("HFrEF drugs").text.contains("reduced ejection fraction"));
    }

    #[test]
    fn words_that_are_no_names_add_nothing() {
        assert_eq!(added("all of it or none"), [] as [&str; 0]);
        assert_eq!(added(""), [] as [&str; 0]);
        let question = "paracetamol ".repeat(500);
        assert!(expand(&question).expansions.len() <= IN_ALL);
    }
}
