//! How much of a question stands in a text, and in one sentence of it: where all of it stands together, it is probably answered.

use std::collections::HashMap;

use knowledge::{HeadedText, sentences};

use super::analysis::{self, Finder};
use super::{MAX_TERMS, Rarity, Weighted, expected, weighted_terms};
use crate::entry::{Coverage, Covered, Term, Wanted};

/// What is looked for in texts.
pub(super) struct Asked {
    /// All of the terms, each with its place; the question's own have the first places.
    places: HashMap<String, usize>,
    /// What each of the question's own terms says, as a share of what can be expected of all of them.
    own: Vec<f32>,
    /// The question's own terms.
    terms: Vec<Term>,
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
        let most = expected(&terms).max(f32::MIN_POSITIVE);
        let terms: Vec<Term> = terms.into_iter().map(|one| Term { text: one.term, rarity: one.rarity.idf }).collect();
        let own: Vec<f32> = terms.iter().map(|term| term.rarity / most).collect();
        let mut places: HashMap<String, usize> =
            terms.iter().enumerate().map(|(place, term)| (term.text.clone(), place)).collect();
        let mut others = Vec::new();
        for Wanted { text, weight, stands_for } in wanted {
            let Some(phrase) = stands_for else { continue };
            let known = analysis::question_terms(phrase).into_iter().filter_map(|term| places.get(&term).copied());
            let stands_for: Vec<usize> = known.filter(|place| *place < own.len()).collect();
            let mut name = Vec::new();
            for term in analysis::question_terms(text).into_iter().take(MAX_TERMS) {
                let next = places.len();
                name.push(*places.entry(term).or_insert(next));
            }
            if !name.is_empty() {
                others.push(OtherName { terms: name, stands_for, weight: *weight });
            }
        }
        Ok(Self { places, own, terms, others })
    }

    /// What the texts have.
    pub(super) fn in_texts(self, texts: &[HeadedText]) -> Coverage {
        let mut finder = Finder::of(&self.places);
        let texts = texts.iter().map(|text| self.in_text(&mut finder, text)).collect();
        Coverage { terms: self.terms, texts }
    }

    fn in_text(&self, finder: &mut Finder<'_>, HeadedText { headings, text }: &HeadedText) -> Covered {
        let (mut sentence, mut held) = (0.0_f32, vec![false; self.places.len()]);
        for (_, one) in sentences(text) {
            let mut here = vec![false; self.places.len()];
            finder.mark(one, &mut here);
            sentence = sentence.max(self.share(&here));
            held.iter_mut().zip(here).for_each(|(held, here)| *held |= here);
        }
        for heading in headings {
            finder.mark(heading, &mut held);
        }
        Covered { sentence, terms: self.counted(&held) }
    }

    /// What the terms that are there say, where each of the question's own has its share. Of a long question, shares may add up to
    /// more than all.
    fn share(&self, held: &[bool]) -> f32 {
        self.own.iter().zip(self.counted(held)).map(|(share, counted)| share * counted).sum::<f32>().min(1.0)
    }

    /// What each of the question's own terms counts where these are there: itself, or another name of it.
    fn counted(&self, held: &[bool]) -> Vec<f32> {
        let mut counted: Vec<f32> = held.iter().take(self.own.len()).map(|held| f32::from(u8::from(*held))).collect();
        for OtherName { terms, stands_for, weight } in &self.others {
            if terms.iter().all(|place| held[*place]) {
                for place in stands_for {
                    counted[*place] = counted[*place].max(*weight);
                }
            }
        }
        counted
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn read(wanted: &[Wanted], texts: &[(&[&str], &str)]) -> Coverage {
        let rarity = |term: &str| {
            Ok::<_, Infallible>(Rarity { holding: 1, idf: if term.starts_with("metformin") { 2.0 } else { 1.0 } })
        };
        let Ok(asked) = Asked::of(wanted, rarity);
        let headed = |(headings, text): &(&[&str], &str)| HeadedText {
            headings: headings.iter().map(|heading| (*heading).to_owned()).collect(),
            text: (*text).to_owned(),
        };
        asked.in_texts(&texts.iter().map(headed).collect::<Vec<_>>())
    }

    fn best_sentences(wanted: &[Wanted], texts: &[&str]) -> Vec<f32> {
        let texts: Vec<(&[&str], &str)> = texts.iter().map(|text| (&[][..], *text)).collect();
        read(wanted, &texts).texts.iter().map(|text| text.sentence).collect()
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
        let found = best_sentences(&Wanted::question("What is the metformin dose in gout?"), &texts);
        assert!(are_about(&found, &[0.5, 0.75, 1.0, 0.0, 0.0]), "{found:?}");
        assert_eq!(best_sentences(&Wanted::question(""), &texts), [0.0; 5]);
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
        let found = best_sentences(&wanted.concat(), &texts);
        assert!(are_about(&found, &[0.8, 0.5, 0.5, 0.3]), "{found:?}");
        let apart = read(&wanted.concat(), &[(&[], "Give epinephrine. Hydrochloride is a salt.")]);
        assert_eq!(apart.texts[0].terms, [0.6, 0.0], "of a whole text, in two sentences as well");
    }

    #[test]
    fn a_heading_is_part_of_the_whole_text_but_no_sentence_of_it() {
        let wanted = Wanted::question("metformin dose in gout");
        let found = read(&wanted, &[(&["Gout", "Metformin"], "A low dose."), (&[], "Gout hurts. Mind the dose.")]);
        let term = |text: &str, rarity: f32| Term { text: text.to_owned(), rarity };
        assert_eq!(found.terms, [term("dose", 1.0), term("gout", 1.0), term("metformin", 2.0)]);
        assert_eq!([&found.texts[0].terms[..], &found.texts[1].terms], [[1.0; 3], [1.0, 1.0, 0.0]]);
        assert!(are_about(&[found.texts[0].sentence, found.texts[1].sentence], &[0.25, 0.25]), "{found:?}");
    }
}
