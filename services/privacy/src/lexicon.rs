//! What is known of words: given names, surnames, words of the language, and the eponyms, places and things of medicine that
//! look like names. The lists lie under `data/`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::cues::{self, Kind};
use crate::text::Text;
use crate::tokens::tokens;

const GIVEN: &str = include_str!("../data/given.txt");
const SURNAMES: &str = include_str!("../data/surnames.txt");
const WORDS: &str = include_str!("../data/words.txt");
const EXCEPTIONS: &str = include_str!("../data/exceptions.txt");
const THINGS: &str = include_str!("../data/things.txt");

/// Countries, states and peoples, in which somebody lives without being known by it.
const LANDS: &str = "# Hospitals, firms, places and peoples.";

/// Something that is known of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Flag {
    /// A given name.
    Given = 1,
    /// A surname.
    Surname = 2,
    /// A word of ordinary or clinical English, or the name of a thing.
    Word = 4,
    /// An eponym or a place: a name only where something else says so.
    Eponym = 8,
    /// A phrase of several words may begin here.
    Phrase = 16,
    /// What eponyms stand before: `syndrome`, `score`.
    Head = 32,
    /// A place.
    Land = 64,
}

/// All that is known of a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flags(u8);

impl Flags {
    /// Whether this is known of it.
    pub(crate) fn has(self, flag: Flag) -> bool {
        self.0 & flag as u8 != 0
    }

    fn add(&mut self, flag: Flag) {
        self.0 |= flag as u8;
    }
}

struct Lexicon {
    flags: HashMap<Box<str>, Flags>,
    /// Phrases of several words by their first, without it, the longest first.
    phrases: HashMap<String, Vec<Vec<String>>>,
}

fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The words of a phrase as [`tokens`] reads them.
fn words(phrase: &str) -> Vec<String> {
    let text = Text::new(phrase);
    tokens(&text).iter().map(|token| text.lower[token.start..token.stem].to_owned()).collect()
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut flags: HashMap<Box<str>, Flags> = HashMap::new();
    let mut phrases: HashMap<String, Vec<Vec<String>>> = HashMap::new();
    let lists = [(GIVEN, Flag::Given), (SURNAMES, Flag::Surname), (WORDS, Flag::Word)];
    for (list, flag) in lists {
        for line in lines(list) {
            // "jean-luc" is two words to the reader of names.
            for part in line.split('-') {
                flags.entry(part.into()).or_default().add(flag);
            }
        }
    }
    for head in cues::words_of(Kind::Head) {
        flags.entry(head.into()).or_default().add(Flag::Head);
    }
    let mut section = Flag::Eponym;
    let exceptions = EXCEPTIONS.lines().chain(THINGS.lines());
    for line in exceptions.map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with('#') {
            section = if line == LANDS { Flag::Land } else { Flag::Eponym };
            continue;
        }
        let mut words = words(line);
        let Some(first) = (!words.is_empty()).then(|| words.remove(0)) else { continue };
        let of_first = flags.entry(first.as_str().into()).or_default();
        if words.is_empty() {
            of_first.add(Flag::Eponym);
            if section == Flag::Land {
                of_first.add(Flag::Land);
            }
        } else {
            of_first.add(Flag::Phrase);
            phrases.entry(first).or_default().push(words);
        }
    }
    for thing in lines(THINGS).filter(|thing| !thing.contains([' ', '-', '\''])) {
        flags.entry(thing.to_ascii_lowercase().into()).or_default().add(Flag::Word);
    }
    for places in phrases.values_mut() {
        places.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    }
    Lexicon { flags, phrases }
});

/// What is known of a word in lower case.
pub(crate) fn flags(word: &str) -> Flags {
    LEXICON.flags.get(word).copied().unwrap_or_default()
}

/// How many words the longest phrase takes that begins with `first` and goes on with `rest`.
pub(crate) fn phrase<'a>(first: &str, rest: impl Iterator<Item = &'a str> + Clone) -> Option<usize> {
    let phrases = LEXICON.phrases.get(first)?;
    let fits = |phrase: &&Vec<String>| {
        let mut rest = rest.clone();
        phrase.iter().all(|word| rest.next() == Some(word.as_str()))
    };
    phrases.iter().find(fits).map(|phrase| phrase.len() + 1)
}

/// Whether a word ends as words of medicine and of learning do, and names hardly ever.
pub(crate) fn is_medical(word: &str) -> bool {
    static ENDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| cues::words_of(Kind::Ending).collect());
    word.len() > 6 && ENDS.iter().any(|end| word.ends_with(end)) || word.len() > 9 && word.ends_with("oma")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_known() {
        assert!(
            flags("mary").has(Flag::Given) && flags("okonkwo").has(Flag::Surname) && flags("syndrome").has(Flag::Head)
        );
        assert!(
            flags("parkinson").has(Flag::Eponym)
                && flags("nigeria").has(Flag::Land)
                && flags("clostridium").has(Flag::Word)
        );
        assert_eq!(phrase("child", ["pugh", "score"].into_iter()), Some(2));
        assert_eq!(phrase("guillain", ["barre", "syndrome"].into_iter()), Some(2));
        assert_eq!(phrase("wilson", ["disease"].into_iter()), Some(2));
        assert_eq!(phrase("wilson", ["adeyemi"].into_iter()), None);
        assert!(lines(EXCEPTIONS).count() + lines(THINGS).count() > 500);
    }

    #[test]
    fn no_line_is_there_twice() {
        for list in [GIVEN, SURNAMES, WORDS, EXCEPTIONS, THINGS] {
            let mut all: Vec<&str> = lines(list).collect();
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
        }
    }

    #[test]
    fn words_of_medicine_are_known_by_their_ends() {
        for word in ["appendicitis", "nivolumab", "atorvastatin", "thrombocytopenia"] {
            assert!(is_medical(word), "{word}");
        }
        for word in ["okonkwo", "paloma", "ranvir", "whitfield"] {
            assert!(!is_medical(word), "{word}");
        }
    }
}
