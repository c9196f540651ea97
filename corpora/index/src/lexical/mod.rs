//! The lexical arm: words, ranked by BM25.

mod analysis;
mod copy;
mod counts;
mod coverage;
mod engine;
mod gate;
mod measures;
mod memory;
mod spelling;

use async_trait::async_trait;
use knowledge::{HeadedText, Snapshot};

use crate::Follower;
use crate::entry::{Coverage, Filter, Hit, Wanted};
use crate::error::Result;

pub use analysis::{Finder, question_terms, terms};
pub use engine::TantivyIndex;
pub use memory::MemoryLexicalIndex;

/// What messages call this arm.
const NAME: &str = "full-text";

/// An index of words.
#[async_trait]
pub trait LexicalIndex: Follower {
    /// The passages that best match the words that are wanted among those `filter` allows: best first, equal scores by id. A
    /// score is the share of the most that the words of weight 1 could give a passage, of many words the rarest ones; words of
    /// less weight add to it.
    async fn search(&self, wanted: &[Wanted], filter: &Filter, limit: usize) -> Result<Vec<Hit>>;

    /// The words of `text`, in lower case, that no passage of the snapshot has in any form.
    async fn unheard(&self, text: &str, snapshot: Snapshot) -> Result<Vec<String>>;

    /// How much of what is wanted each text has, its words as rare as they are in the snapshot. A word that is not in it counts
    /// as much as another name of it that is. In the order of `texts`.
    async fn coverage(&self, wanted: &[Wanted], snapshot: Snapshot, texts: Vec<HeadedText>) -> Result<Coverage>;

    /// Puts all that it holds into one segment, beside searches. Says whether there was anything to do.
    async fn merge(&self) -> Result<bool> {
        Ok(false)
    }
}

/// The longest question that is searched word by word; BM25 gains nothing from more.
const MAX_TERMS: usize = 64;

/// Terms of a question that a passage can be expected to have, at most. A letter or a case has three times as many, spread over
/// subjects that no passage has all of; measured by all of them, the best passage would hardly have a score, and what it has
/// would not count beside its meaning.
const EXPECTED_TERMS: usize = 15;

/// The inverse document frequencies that a passage can be expected to have of a question's own terms, together.
fn expected(terms: &[Weighted]) -> f32 {
    let mut rarest: Vec<f32> = terms.iter().filter(|one| one.weight >= 1.0).map(|one| one.rarity.idf).collect();
    rarest.sort_unstable_by(|a, b| b.total_cmp(a));
    rarest.iter().take(EXPECTED_TERMS).sum()
}

/// A term that is wanted.
#[derive(Debug, Clone, PartialEq)]
struct Weighted {
    term: String,
    /// What it is worth.
    weight: f32,
    /// How much it says, as the index has it.
    rarity: Rarity,
}

/// How much a term says.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rarity {
    /// Passages that hold it.
    holding: u64,
    /// Its inverse document frequency.
    idf: f32,
}

/// The terms that are wanted with what each is worth, in the order of the terms; the first `MAX_TERMS` of the question.
///
/// # Errors
/// Those of `rarity`.
fn weighted_terms<E>(
    wanted: &[Wanted],
    mut rarity: impl FnMut(&str) -> std::result::Result<Rarity, E>,
) -> std::result::Result<Vec<Weighted>, E> {
    let mut terms: Vec<Weighted> = Vec::new();
    for Wanted { text, weight, stands_for } in wanted {
        let known = analysis::question_terms(text).into_iter().take(MAX_TERMS);
        let known =
            known.map(|term| rarity(&term).map(|rarity| (term, rarity))).collect::<std::result::Result<Vec<_>, E>>()?;
        let mut weight = *weight;
        if let Some(phrase) = stands_for {
            let mut bound = 0.0;
            for term in analysis::question_terms(phrase).into_iter().take(MAX_TERMS) {
                bound += rarity(&term)?.idf;
            }
            let held = known.iter().filter(|(_, rarity)| rarity.holding > 0);
            let most: f32 = held.map(|(_, rarity)| rarity.idf).sum();
            weight *= (bound / most.max(f32::MIN_POSITIVE)).min(1.0);
        }
        for (term, rarity) in known {
            match terms.iter_mut().find(|known| known.term == term) {
                Some(known) => known.weight = known.weight.max(weight),
                None => terms.push(Weighted { term, weight, rarity }),
            }
        }
    }
    terms.truncate(MAX_TERMS);
    terms.sort_unstable_by(|a, b| a.term.cmp(&b.term));
    Ok(terms)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn weights(wanted: &[Wanted], rare: &[&str]) -> Vec<(String, f32)> {
        let rarity = |term: &str| {
            Ok::<_, Infallible>(match rare.contains(&term) {
                true => Rarity { holding: 1, idf: 9.0 },
                false => Rarity { holding: 90, idf: 1.0 },
            })
        };
        let Ok(terms) = weighted_terms(wanted, rarity);
        terms.into_iter().map(|one| (one.term, one.weight)).collect()
    }

    #[test]
    fn of_a_long_question_the_rarest_terms_are_expected() {
        let own = |idf: f32| Weighted { term: String::new(), weight: 1.0, rarity: Rarity { holding: 1, idf } };
        let name = Weighted { weight: 0.6, ..own(9.0) };
        assert_eq!(expected(&[own(2.0), own(1.0), name.clone()]), 3.0);
        let long: Vec<Weighted> = (0..40).map(|_| own(1.0)).chain([own(5.0), own(3.0), name]).collect();
        assert_eq!(expected(&long), 8.0 + 13.0);
        assert_eq!(expected(&[]), 0.0);
    }

    fn other_name(text: &str, of: &str) -> Wanted {
        Wanted { text: text.to_owned(), weight: 0.6, stands_for: Some(of.to_owned()) }
    }

    #[test]
    fn another_name_is_worth_no_more_than_the_words_it_stands_for() {
        let wanted = [Wanted::question("adrenaline dose"), vec![other_name("epinephrine", "adrenaline")]].concat();
        let found =
            |rare: &[&str]| weights(&wanted, rare).into_iter().find(|(term, _)| term == "epinephrin").unwrap().1;
        assert_eq!(found(&[]), 0.6, "as rare as the other");
        assert_eq!(found(&["adrenalin"]), 0.6, "less rare than the other: not more either");
        assert!((found(&["epinephrin"]) * 9.0 - 0.6).abs() < 1e-6, "as much as its share of a common word");
    }
}
