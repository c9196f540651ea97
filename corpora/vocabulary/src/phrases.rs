//! A table of phrases, found in a run of words by the longest match.

use std::collections::HashMap;

/// Phrases of one word or more, each with a value.
#[derive(Debug, Clone)]
pub struct Phrases<T> {
    /// By first word: the words after it, longest first.
    by_first: HashMap<String, Vec<(Vec<String>, T)>>,
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self { by_first: HashMap::new() }
    }
}

impl<T> Phrases<T> {
    /// Adds a phrase: words separated by spaces, as [`crate::fold`] leaves them. The first of two equal phrases stands.
    pub fn insert(&mut self, phrase: &str, value: T) {
        let mut words = phrase.split(' ').map(str::to_owned);
        let Some(first) = words.next().filter(|word| !word.is_empty()) else { return };
        let rest: Vec<String> = words.collect();
        let places = self.by_first.entry(first).or_default();
        if places.iter().all(|(known, _)| *known != rest) {
            let at = places.partition_point(|(known, _)| known.len() >= rest.len());
            places.insert(at, (rest, value));
        }
    }

    /// The longest phrase that `words` begins with: how many words it has, and its value.
    pub fn longest<'a>(&self, mut words: impl Iterator<Item = &'a str> + Clone) -> Option<(usize, &T)> {
        let places = self.by_first.get(words.next()?)?;
        let fits = |rest: &[String]| {
            let mut words = words.clone();
            rest.iter().all(|word| words.next() == Some(word.as_str()))
        };
        places.iter().find(|(rest, _)| fits(rest)).map(|(rest, value)| (rest.len() + 1, value))
    }

    /// The value of exactly this phrase.
    pub fn get(&self, phrase: &str) -> Option<&T> {
        let (length, value) = self.longest(phrase.split(' '))?;
        (length == phrase.split(' ').count()).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_wins() {
        let mut phrases = Phrases::default();
        for (at, phrase) in ["heart", "heart failure with", "heart failure", "heart"].into_iter().enumerate() {
            phrases.insert(phrase, at);
        }
        assert_eq!(phrases.longest("heart failure was".split(' ')), Some((2, &2)));
        assert_eq!(phrases.longest("heart failure with oedema".split(' ')), Some((3, &1)));
        assert_eq!(phrases.longest("heart block".split(' ')), Some((1, &0)), "the first of two equal phrases stands");
        assert_eq!(phrases.longest("failure".split(' ')), None);
        assert_eq!(phrases.get("heart failure"), Some(&2));
        assert_eq!(phrases.get("heart failure was"), None);
    }
}
