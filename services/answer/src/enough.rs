//! Is there enough to answer from? Better an honest "not here" than an answer to another question.

use std::collections::HashSet;

use index::terms;
use knowledge::Evidence;
use vocabulary::{fold, vocabulary};

use crate::abbreviations::Abbreviations;
use crate::everyday::is_everyday;
use crate::mentions::{Mentions, is_kind_of};
use crate::named::heading_of;
use crate::question::Question;

/// Passages that are looked at.
const CANDIDATES: usize = 8;

/// What the things it names add to the cosines of passage and sentence when a passage has all of them: one on another medicine or
/// disease answers another question. Fitted on the 150 answerable and 300 unanswerable questions of `evals` that are in view.
const NAMES_WEIGHT: f32 = 0.2;

/// From this length on a word is taken for the name of something, unless it is an everyday one.
const NAME_CHARS: usize = 9;

/// Words and names of a question that a passage can be expected to have, at most. A letter or a case has more, spread over
/// subjects that no passage has all of.
const EXPECTED_WORDS: usize = 15;
const EXPECTED_NAMES: usize = 4;

/// From this length on a word with a digit in it is the name of one thing: a gene, a variant, a code.
const CODE_CHARS: usize = 4;

/// How much is enough: the least that the best passage (its cosine with the question, and up to 0.2 for what the question names) and
/// the best sentence (its cosine) must come to together. Cosines depend on the embedding model, so other models need another
/// threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Enough(pub f32);

impl Default for Enough {
    /// For the starter embedder on the starter corpus; `osler eval abstention` prints what it costs and what it saves.
    fn default() -> Self {
        Self(1.01)
    }
}

/// The share of words and of names that must stand in a passage when nothing is known of its meaning.
const WORDS_ALONE: f32 = 0.6;

impl Enough {
    /// Whether some hit is enough, with the cosine of the best sentence of all. A follow-up is searched with the question before it, whose subject is there for certain: so
    /// of what it names itself, something must be there as well.
    pub(crate) fn is_met(self, question: &Question, hits: &[Evidence], sentence: f32) -> bool {
        let asked = Asked::read(&question.subject_text());
        let follow_up = (!question.history.is_empty()).then(|| Asked::read(&question.question));
        hits.iter().take(CANDIDATES).any(|hit| {
            let text = format!("{} . {}", heading_of(hit), hit.text);
            let held = Held::of(&text);
            if follow_up.as_ref().is_some_and(|asked| asked.names_in(&held) == 0.0) {
                return false;
            }
            if asked.code.as_ref().is_some_and(|code| code.is_subset(&terms(&text))) {
                return true;
            }
            let names = asked.names_in(&held);
            match hit.scores.dense {
                Some(dense) => dense.score + NAMES_WEIGHT * names + sentence >= self.0,
                None => asked.words_in(&held) >= WORDS_ALONE && names >= WORDS_ALONE,
            }
        })
    }
}

/// A question as the words and names in it.
struct Asked {
    words: HashSet<String>,
    names: Vec<Name>,
    /// All of its terms, where it is short and names something by a code.
    code: Option<HashSet<String>>,
}

/// Something that a question names.
#[derive(PartialEq)]
struct Name {
    /// The stems it has.
    stems: HashSet<String>,
    /// The class of it, where it is a medicine.
    class: Option<&'static str>,
}

/// A passage as what a question may ask for.
struct Held {
    keys: HashSet<String>,
    classes: Vec<&'static str>,
}

impl Held {
    fn of(text: &str) -> Self {
        let classes = Mentions::of(text).classes().map(|found| found.of).collect();
        Self { keys: keys(text), classes }
    }
}

impl Asked {
    fn read(question: &str) -> Self {
        let words = || question.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let mut names: Vec<Name> = Vec::new();
        for word in words() {
            let class = vocabulary().drug(word).map(|drug| drug.class.as_str());
            let is_long = word.chars().count() >= NAME_CHARS && word.chars().all(char::is_alphabetic);
            let name = Name { stems: keys(word), class };
            let is_name = class.is_some() || is_long && !is_everyday(word);
            if is_name && !name.stems.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        let is_code = |word: &str| word.len() >= CODE_CHARS && word.chars().any(|c| c.is_ascii_digit());
        let terms = terms(question);
        let code = (terms.len() <= EXPECTED_WORDS && words().any(is_code)).then_some(terms);
        Self { words: keys(question), names, code }
    }

    /// The share of its words that a passage has, of those that can be expected.
    fn words_in(&self, held: &Held) -> f32 {
        part(self.words.intersection(&held.keys).count(), self.words.len().min(EXPECTED_WORDS))
    }

    /// The same of the things it names. A medicine is there by the name of its class, too.
    fn names_in(&self, held: &Held) -> f32 {
        if self.names.is_empty() {
            return 1.0;
        }
        let is_held = |name: &&Name| {
            let is_of_class = |class| held.classes.iter().any(|of| is_kind_of(class, of));
            name.stems.is_subset(&held.keys) || name.class.is_some_and(is_of_class)
        };
        part(self.names.iter().filter(is_held).count(), self.names.len().min(EXPECTED_NAMES))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a question has few words")]
fn part(found: usize, expected: usize) -> f32 {
    if expected == 0 { 0.0 } else { (found as f32 / expected as f32).min(1.0) }
}

#[expect(clippy::cast_precision_loss, reason = "a question has few words")]
pub(crate) fn share(wanted: &HashSet<String>, held: &HashSet<String>) -> f32 {
    if wanted.is_empty() { 0.0 } else { wanted.intersection(held).count() as f32 / wanted.len() as f32 }
}

/// A text as the vocabulary has its words, abbreviations written out.
pub(crate) fn written_out(text: &str) -> String {
    let (mut standard, abbreviations) = (String::with_capacity(text.len()), Abbreviations::of(text));
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()) {
        standard.push_str(abbreviations.senses(word).first().map_or(word, String::as_str));
        standard.push(' ');
    }
    fold(&standard)
}

/// The stems of a text, medicines and synonyms by their standard names, abbreviations written out.
pub(crate) fn keys(text: &str) -> HashSet<String> {
    let folded = written_out(text);
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
        assert!(asked.names_in(&Held::of("The dose is 5 mg.")) < 0.5);
        assert!(asked.names_in(&Held::of("The dose of velotrastin is 5 mg.")) > 0.5);
    }

    #[test]
    fn a_medicine_is_there_by_its_class() {
        let asked = Asked::read("donepezil in heart block");
        assert_eq!(asked.names_in(&Held::of("Cholinesterase inhibitors are avoided in heart block.")), 1.0);
        assert_eq!(asked.names_in(&Held::of("Beta-blockers are avoided in heart block.")), 0.0);
    }

    #[test]
    fn everyday_words_name_nothing_and_of_a_letter_not_all_is_expected() {
        let boy = "A 4-year-old boy, comfortable otherwise, no allergies, temperature normal. How much dexamethasone?";
        assert_eq!(Asked::read(boy).names_in(&Held::of("Dexamethasone 0.15 mg/kg for croup.")), 1.0);
        let letter = "Gastroenteritis, bronchiolitis, dehydration, convulsions and pneumonia, and now prednisolone?";
        let asked = Asked::read(letter);
        assert_eq!(asked.names.len(), 6);
        assert_eq!(asked.names_in(&Held::of("Prednisolone in bronchiolitis and gastroenteritis or pneumonia")), 1.0);
    }

    #[test]
    fn a_code_is_looked_for_as_it_stands() {
        let code = |text: &str| Asked::read(text).code;
        assert!(code("HLA-B*5801").is_some_and(|code| code.is_subset(&terms("Test HLA-B*5801 before allopurinol."))));
        assert!(code("HLA-B*5801").is_some_and(|code| !code.is_subset(&terms("Test HLA-B*1502 first."))));
        assert!(code("Dose at the age of 75?").is_none());
    }
}
