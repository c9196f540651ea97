//! Where in a source the terms and facts of a statement stand, without reading through all of it.

use std::collections::{HashMap, HashSet};

use crate::facts::{Fact, Facts, Said};
use crate::relate::is_same;
use crate::senses::Axis;

/// Sentences of a source by what they say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    terms: HashMap<String, Vec<usize>>,
    /// Sentence, and fact of it.
    facts: HashMap<Key, Vec<(usize, usize)>>,
}

/// What facts that are the same have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// The name of a medicine or sense.
    Name(&'static str),
    /// An amount with its dimension, or a rhythm without one; see [`magnitude`].
    Value(String, i64),
    /// The digits of an amount, for those whose unit one side leaves out.
    Digits(String),
}

/// A sentence that shares something with a statement: one of its terms or facts, counted from 0, and what it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Match {
    pub(crate) sentence: usize,
    pub(crate) item: usize,
    pub(crate) weight: usize,
}

impl Index {
    /// Adds the sentence with this number; numbers rise.
    pub(crate) fn add(&mut self, sentence: usize, facts: &Facts) {
        for term in &facts.terms {
            let sentences = self.terms.entry(term.key.clone()).or_default();
            if sentences.last() != Some(&sentence) {
                sentences.push(sentence);
            }
        }
        for (at, fact) in facts.facts.iter().enumerate() {
            for key in keys(&fact.said, 0) {
                self.facts.entry(key).or_default().push((sentence, at));
            }
        }
    }

    /// The sentences that share something with a statement, in order, and how many things it says that may be shared.
    pub(crate) fn matches(&self, statement: &Facts, sentences: &[Facts]) -> (Vec<Match>, usize) {
        let (mut found, mut item) = (Vec::new(), 0);
        let mut seen = HashSet::new();
        for term in &statement.terms {
            let Some(sentences) = self.terms.get(&term.key) else { continue };
            if seen.insert(term.key.as_str()) {
                found.extend(sentences.iter().map(|&sentence| Match { sentence, item, weight: 4 }));
                item += 1;
            }
        }
        // Small words that stand everywhere say nothing of where it comes from, numbers in words and "most" little.
        let tells = |fact: &&Fact| match &fact.said {
            Said::Sense(axis, _) => !matches!(axis, Axis::Condition | Axis::Ordinal | Axis::Bound),
            Said::Amount(_) | Said::Rhythm(_) | Said::Drug(_) => true,
        };
        for (ours, times) in distinct(statement.facts.iter().filter(tells)) {
            // Where the number stands is where the statement comes from; a sentence more must bring something.
            let weight = match &ours.said {
                Said::Amount(amount) if amount.is_word() => 1,
                Said::Sense(Axis::Extent, _) => 1,
                Said::Amount(_) => 5 * times,
                _ => 4 * times,
            };
            let candidates = keys(&ours.said, 1).into_iter().filter_map(|key| self.facts.get(&key)).flatten();
            let same = candidates.filter(|(sentence, at)| is_same(ours, &sentences[*sentence].facts[*at]));
            found.extend(same.map(|&(sentence, _)| Match { sentence, item, weight }));
            item += 1;
        }
        // Runs that are in order already, one after another.
        found.sort();
        found.dedup();
        (found, item)
    }
}

/// Facts with how often they are said.
fn distinct<'a>(facts: impl Iterator<Item = &'a Fact>) -> Vec<(&'a Fact, usize)> {
    let mut by_key: HashMap<Vec<Key>, Vec<usize>> = HashMap::new();
    let mut found: Vec<(&'a Fact, usize)> = Vec::new();
    for fact in facts {
        let alike = by_key.entry(keys(&fact.said, 0)).or_default();
        let known = alike.iter().copied().find(|&at| is_same(found[at].0, fact) && is_same(fact, found[at].0));
        match known {
            Some(at) => found[at].1 += 1,
            None => {
                alike.push(found.len());
                found.push((fact, 1));
            }
        }
    }
    found
}

/// The keys of something said, and those within `steps` of a magnitude.
fn keys(said: &Said, steps: i64) -> Vec<Key> {
    let near = |dimension: &str, value: f64| {
        let middle = magnitude(value);
        (middle.saturating_sub(steps)..=middle.saturating_add(steps))
            .map(|magnitude| Key::Value(dimension.to_owned(), magnitude))
            .collect::<Vec<Key>>()
    };
    match said {
        // "Until" is as "before".
        Said::Sense(Axis::Condition, "until") => vec![Key::Name("until"), Key::Name("before")],
        Said::Drug(name) | Said::Sense(_, name) => vec![Key::Name(name)],
        Said::Rhythm(schedule) => near("rhythm", schedule.times_a_day()),
        Said::Amount(amount) => {
            let mut keys = near(&amount.dimension, amount.value);
            keys.push(Key::Digits(amount.digits()));
            keys
        }
    }
}

/// A logarithm in steps wide enough that amounts that are taken to be equal are at most one apart.
fn magnitude(value: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "logarithms of numbers in a text are small; that of 0 saturates"
    )]
    let steps = (value.abs().ln() * 1e5).round() as i64;
    steps
}
