//! How much of a question stands in one sentence: where all of it stands together, it is probably answered.

use std::collections::HashMap;

use knowledge::{char_slice, sentences};
use tantivy::tokenizer::{TextAnalyzer, TokenStream};

use super::{MAX_TERMS, Rarity, Weighted, analysis, expected, weighted_terms};
use crate::entry::Wanted;

/// What is looked for in sentences.
pub(super) struct Asked {
    /// All of the terms, each with its place; the question's own have the first places.
    places: HashMap<String, usize>,
    /// What each of the question's own terms says, as a share of what can be expected of all of them.
    own: Vec<f32>,
    others: Vec<OtherName>,
}

/// Another name of something in the question.
struct OtherName {
    /// Places of its terms. All of them must be there: half of a name is another one.
    terms: Vec<usize>,
    /// Places of the terms that it stands for.
    stands_for: Vec<usize>,
    /// What those count where it is there and they are not.
    weight: f32,
}

impl Asked {
    /// Reads what is wanted, its terms as rare as `rarity` says.
    ///
    /// # Errors
    /// Those of `rarity`.
    pub(super) fn of<E>(wanted: &[Wanted], rarity: impl FnMut(&str) -> Result<Rarity, E>) -> Result<Self, E> {
        let mut terms: Vec<Weighted> = weighted_terms(wanted, rarity)?;
        terms.retain(|one| one.weight >= 1.0);
        let most = expected(&terms);
        let own: Vec<f32> = terms.iter().map(|one| one.rarity.idf / most.max(f32::MIN_POSITIVE)).collect();
        let mut places: HashMap<String, usize> =
            terms.into_iter().enumerate().map(|(place, one)| (one.term, place)).collect();
        let mut others = Vec::new();
        for Wanted { text, weight, stands_for } in wanted {
            let Some(phrase) = stands_for else { continue };
            let known = analysis::question_terms(phrase).into_iter().filter_map(|term| places.get(&term).copied());
            let stands_for: Vec<usize> = known.filter(|place| *place < own.len()).collect();
            let mut terms = Vec::new();
            for term in analysis::question_terms(text).into_iter().take(MAX_TERMS) {
                let next = places.len();
                terms.push(*places.entry(term).or_insert(next));
            }
            if !terms.is_empty() {
                others.push(OtherName { terms, stands_for, weight: *weight });
            }
        }
        Ok(Self { places, own, others })
    }

    /// What the best sentence of each text has, in the order of the texts: between 0 and 1.
    pub(super) fn in_best_sentences(&self, texts: &[String]) -> Vec<f32> {
        let mut analyzer = analysis::analyzer();
        let mut shares = Vec::with_capacity(texts.len());
        for text in texts {
            let mut best: f32 = 0.0;
            for span in sentences(text) {
                let sentence = char_slice(text, span).unwrap_or_default();
                best = best.max(self.share(&mut analyzer, sentence));
            }
            shares.push(best);
        }
        shares
    }

    fn share(&self, analyzer: &mut TextAnalyzer, sentence: &str) -> f32 {
        let mut held = vec![false; self.places.len()];
        let mut stream = analyzer.token_stream(sentence);
        stream.process(&mut |token| {
            if let Some(place) = self.places.get(&token.text) {
                held[*place] = true;
            }
        });
        let mut counted: Vec<f32> = held.iter().take(self.own.len()).map(|held| f32::from(u8::from(*held))).collect();
        for OtherName { terms, stands_for, weight } in &self.others {
            if terms.iter().all(|place| held[*place]) {
                for place in stands_for {
                    counted[*place] = counted[*place].max(*weight);
                }
            }
        }
        // Of a long question, shares may add up to more.
        self.own.iter().zip(&counted).map(|(share, counted)| share * counted).sum::<f32>().min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn shares(wanted: &[Wanted], texts: &[&str]) -> Vec<f32> {
        let rarity = |term: &str| {
            Ok::<_, Infallible>(Rarity { holding: 1, idf: if term.starts_with("metformin") { 2.0 } else { 1.0 } })
        };
        let Ok(asked) = Asked::of(wanted, rarity);
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        asked.in_best_sentences(&texts)
    }

    fn are_about(found: &[f32], wanted: &[f32]) -> bool {
        found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 1e-6)
    }

    #[test]
    fn one_sentence_has_to_have_it() {
        let texts = [
            "Metformin is old. The dose matters. Gout hurts.",
            "The metformin dose is low. Gout hurts.",
            "What dose of metformin in gout?",
            "Nothing of it.",
            "",
        ];
        let found = shares(&Wanted::question("What is the metformin dose in gout?"), &texts);
        assert!(are_about(&found, &[0.5, 0.75, 1.0, 0.0, 0.0]), "{found:?}");
        assert_eq!(shares(&Wanted::question(""), &texts), [0.0; 5]);
    }

    #[test]
    fn another_name_counts_whole_and_for_what_it_stands_for() {
        let name =
            |text: &str, of: &str| Wanted { text: text.to_owned(), weight: 0.6, stands_for: Some(of.to_owned()) };
        let wanted = [
            Wanted::question("adrenaline dose"),
            vec![name("epinephrine hydrochloride", "adrenaline"), name("the", "dose")],
        ];
        let texts = [
            "The dose of epinephrine hydrochloride.",
            "The dose of epinephrine.",
            "Epinephrine hydrochloride and adrenaline.",
            "Epinephrine hydrochloride.",
        ];
        let found = shares(&wanted.concat(), &texts);
        assert!(are_about(&found, &[0.8, 0.5, 0.5, 0.3]), "{found:?}");
    }
}
