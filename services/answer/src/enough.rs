//! Is there enough to answer from? Better an honest "not here" than an answer to another question.

use std::collections::HashSet;

use index::terms;
use knowledge::Evidence;
use vocabulary::{fold, vocabulary};

use crate::abbreviations::Abbreviations;
use crate::question::Question;
use crate::reading::Readings;

/// Passages that are looked at.
const CANDIDATES: usize = 8;

/// What the question's words add to the cosine when the passage has all of them. Fitted by logistic regression on the 150
/// answerable and 300 unanswerable questions of `evals`.
const WORDS_WEIGHT: f32 = 0.22;

/// What the things it names add, on top: a passage on another medicine or disease answers another question.
const NAMES_WEIGHT: f32 = 0.30;

/// From this length on a word is taken for the name of something.
const NAME_CHARS: usize = 9;

/// How much is enough: the least score of the best passage, which is its cosine with the question, and up to 0.22 for the
/// question's words and 0.30 for what it names. Cosines depend on the embedding model, so other models need another threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Enough(pub f32);

impl Default for Enough {
    /// For all-MiniLM-L6-v2 on the starter corpus; `osler eval abstention` prints what it costs and what it saves.
    fn default() -> Self {
        Self(0.68)
    }
}

/// The share of words and of names that must stand in a passage when nothing is known of its meaning.
const WORDS_ALONE: f32 = 0.6;

/// The least log-odds of the best passage, where a reader has read it.
const LIKELY: f32 = 0.0;

impl Enough {
    /// Whether some hit is enough. A follow-up is searched with the question before it, whose subject is there for certain: so
    /// of what it names itself, something must be there as well.
    pub(crate) fn is_met(self, question: &Question, hits: &[Evidence], readings: Option<&Readings>) -> bool {
        let read = readings.and_then(Readings::best);
        let asked = Asked::read(&question.search_text());
        let follow_up = (!question.history.is_empty()).then(|| Asked::read(&question.question));
        hits.iter().take(CANDIDATES).any(|hit| {
            let held = keys(&format!("{} {} {}", hit.document.title, hit.section.join(" "), hit.text));
            if follow_up.as_ref().is_some_and(|asked| asked.names_in(&held) == 0.0) {
                return false;
            }
            let (words, names) = (share(&asked.words, &held), asked.names_in(&held));
            if let Some(odds) = read {
                return odds >= LIKELY;
            }
            match hit.scores.dense {
                Some(dense) => dense.score + WORDS_WEIGHT * words + NAMES_WEIGHT * names >= self.0,
                None => words >= WORDS_ALONE && names >= WORDS_ALONE,
            }
        })
    }
}

/// A question as the words and names in it.
struct Asked {
    words: HashSet<String>,
    /// Each name as the stems it has.
    names: Vec<HashSet<String>>,
}

impl Asked {
    fn read(question: &str) -> Self {
        let is_name = |word: &&str| {
            word.chars().count() >= NAME_CHARS && word.chars().all(char::is_alphabetic)
                || vocabulary().drug(word).is_some()
        };
        let words = question.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let names = words.filter(is_name).map(keys).filter(|name| !name.is_empty()).collect();
        Self { words: keys(question), names }
    }

    #[expect(clippy::cast_precision_loss, reason = "a question has few names")]
    fn names_in(&self, held: &HashSet<String>) -> f32 {
        if self.names.is_empty() {
            return 1.0;
        }
        self.names.iter().filter(|name| name.is_subset(held)).count() as f32 / self.names.len() as f32
    }
}

#[expect(clippy::cast_precision_loss, reason = "a question has few words")]
pub(crate) fn share(wanted: &HashSet<String>, held: &HashSet<String>) -> f32 {
    if wanted.is_empty() { 0.0 } else { wanted.intersection(held).count() as f32 / wanted.len() as f32 }
}

/// The stems of a text, medicines and synonyms by their standard names, abbreviations written out.
pub(crate) fn keys(text: &str) -> HashSet<String> {
    let (mut standard, abbreviations) = (String::with_capacity(text.len()), Abbreviations::of(text));
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()) {
        standard.push_str(abbreviations.senses(word).first().map_or(word, String::as_str));
        standard.push(' ');
    }
    let folded = fold(&standard);
    let words: Vec<&str> = folded.split(' ').collect();
    let mut named = String::with_capacity(folded.len());
    let mut at = 0;
    while at < words.len() {
        let rest = || words[at..].iter().copied();
        let (length, name) = match (vocabulary().drug_at(rest()), vocabulary().synonym_at(rest())) {
            (Some((length, drug)), _) => (length, drug.name.as_str()),
            (None, Some((length, group))) => (length, group[0].as_str()),
            (None, None) => (1, words[at]),
        };
        named.push_str(name);
        named.push(' ');
        at += length;
    }
    terms(&named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_by_any_of_their_names() {
        assert_eq!(
            keys("HFrEF and acetaminophen"),
            keys("heart failure with reduced ejection fraction and paracetamol")
        );
        assert_eq!(keys("INSULIN AS MONOTHERAPY IN COPD"), keys("insulin as monotherapy in COPD"));
        let asked = Asked::read("velotrastin dose?");
        assert!(asked.names_in(&keys("The dose is 5 mg.")) < 0.5);
        assert!(asked.names_in(&keys("The dose of velotrastin is 5 mg.")) > 0.5);
    }
}
