//! A rule: a pattern, and what must hold where it is found.

use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};

use crate::class::Class;
use crate::text::Text;

/// What may identify somebody, before it is decided between rules that want the same words.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) class: Class,
    /// Bytes of the folded text.
    pub(crate) range: Range<usize>,
    /// Of two that overlap, the higher stands.
    pub(crate) rank: u8,
}

/// Ranks, from what is least to what is most certain.
pub(crate) mod rank {
    /// A long number of which nothing is known.
    pub(crate) const BARE: u8 = 10;
    pub(crate) const NAME: u8 = 20;
    /// A shape that has no check.
    pub(crate) const SHAPE: u8 = 30;
    pub(crate) const ADDRESS: u8 = 40;
    /// A shape with a check.
    pub(crate) const CHECKED: u8 = 50;
    pub(crate) const DATE: u8 = 60;
    /// The text says what it is.
    pub(crate) const SAID: u8 = 70;
    pub(crate) const LINK: u8 = 80;
}

/// A pattern and its condition.
pub(crate) struct Rule {
    class: Class,
    rank: u8,
    regex: Regex,
    holds: fn(&Text, &Range<usize>) -> bool,
}

/// A pattern over folded text.
pub(crate) fn pattern(pattern: &str) -> Regex {
    RegexBuilder::new(pattern).unicode(false).build().unwrap_or_else(|error| unreachable!("{error}"))
}

impl Rule {
    /// A rule for what `source` finds: its first group where it has one.
    pub(crate) fn new(class: Class, rank: u8, source: &str, holds: fn(&Text, &Range<usize>) -> bool) -> Self {
        Self { class, rank, regex: pattern(source), holds }
    }

    /// What the rule finds.
    pub(crate) fn apply(&self, text: &Text, found: &mut Vec<Candidate>) {
        let bytes = text.plain.as_bytes();
        let mut captures = self.regex.capture_locations();
        let mut at = 0;
        while let Some(whole) = self.regex.captures_read_at(&mut captures, bytes, at) {
            let (start, end) = captures.get(1).unwrap_or((whole.start(), whole.end()));
            let range = start..end;
            let holds = (self.holds)(text, &range);
            at = if holds { end } else { start };
            // Where it does not hold, something that does may begin after the first word of it.
            at += bytes[at..].iter().take_while(|byte| !holds && byte.is_ascii_alphanumeric()).count();
            at = at.max(whole.start() + 1);
            if holds {
                found.push(Candidate { class: self.class, range, rank: self.rank });
            }
            if at > bytes.len() {
                break;
            }
        }
    }
}

/// All that `rules` find.
pub(crate) fn apply(rules: &[Rule], text: &Text, found: &mut Vec<Candidate>) {
    for rule in rules {
        rule.apply(text, found);
    }
}

/// What a finder alone finds, for tests of its rules: classes with their words.
#[cfg(test)]
pub(crate) fn found_by(find: fn(&Text, &mut Vec<Candidate>), question: &str) -> Vec<(Class, String)> {
    let text = Text::new(question);
    let mut found = Vec::new();
    find(&text, &mut found);
    found.into_iter().map(|found| (found.class, text.plain[found.range].to_owned())).collect()
}
