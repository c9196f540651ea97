//! A source, read once to be held against many statements.

use std::collections::HashMap;
use std::ops::Range;

use knowledge::{Span, Verdict, sentences};

use crate::check::{Facet, Finding};
use crate::compare::compare;
use crate::facts::Facts;
use crate::index::Index;
use crate::lexicon;
use crate::negations;
use crate::table::Table;
use crate::words::plain;

/// A source that has been read once and can be held against many statements.
#[derive(Debug, Clone)]
pub struct Source {
    sentences: Vec<Facts>,
    index: Index,
    context: Facts,
    /// In plain signs, for statements that are the source's own words.
    plain: String,
    /// Where sentences begin in `plain`, without the marks of lists, and where they end.
    starts: Vec<usize>,
    ends: Vec<usize>,
    /// By number of the sentence: those that may be items of a list which is denied.
    doubtful: HashMap<usize, Doubt>,
    /// By number of the sentence: rows of tables as written, for statements that are rows themselves.
    rows: HashMap<usize, Facts>,
}

/// A sentence that may be denied by words above it.
#[derive(Debug, Clone)]
struct Doubt {
    lead: String,
    /// What it says if it is not.
    alone: Facts,
}

/// Sentences that one statement may rest on: what is said of a dose stands in one of them, or in neighbours.
const WINDOW: usize = 3;

/// Words of a source's sentence that are read as one.
const SENTENCE_WORDS: usize = 200;

impl Source {
    /// Reads a passage or quote. `context` is what stands above it: the document's title, headings, the header of a table.
    pub fn new<'a>(text: &str, context: impl IntoIterator<Item = &'a str>) -> Self {
        let mut above = Facts::default();
        for heading in context {
            in_bounds(heading).into_iter().take(1).for_each(|heading| above.append(&Facts::read(heading)));
        }
        let mut source = Self {
            sentences: Vec::new(),
            index: Index::default(),
            context: above,
            plain: String::new(),
            starts: Vec::new(),
            ends: Vec::new(),
            doubtful: HashMap::new(),
            rows: HashMap::new(),
        };
        let mut table = Table::default();
        for (_, sentence, lead) in read_leads(text) {
            let row = table.row(sentence);
            source.read(sentence, row.as_deref(), lead);
        }
        source
    }

    /// Takes the next sentence, with the labels of its cells if it is the row of a table.
    fn read(&mut self, sentence: &str, row: Option<&str>, lead: Lead<'_>) {
        let words = plain(sentence);
        if words.is_empty() {
            return;
        }
        if !self.plain.is_empty() {
            self.plain.push(' ');
        }
        // Under "Do not:" an item is no whole sentence.
        if lead == Lead::None {
            self.starts.push(self.plain.len() + words.len() - without_mark(&words).len());
        }
        self.plain.push_str(&words);
        self.ends.push(self.plain.len());
        if let Lead::MayDeny(words) = lead
            && let Some(piece) = in_bounds(sentence).first()
        {
            let doubt = Doubt { lead: words.to_owned(), alone: Facts::read(piece) };
            self.doubtful.insert(self.sentences.len(), doubt);
        }
        if row.is_some()
            && let Some(piece) = in_bounds(sentence).first()
        {
            self.rows.insert(self.sentences.len(), Facts::read(piece));
        }
        for piece in in_bounds(&under(lead.words(), row.unwrap_or(sentence))) {
            let facts = Facts::read(piece);
            self.index.add(self.sentences.len(), &facts);
            self.sentences.push(facts);
        }
    }

    /// The run of at most three sentences that shares most with a statement.
    fn window(&self, statement: &Facts) -> Range<usize> {
        let (matches, items) = self.index.matches(statement, &self.sentences);
        let (mut best, mut first, mut length) = (0, 0, 1);
        // In which round each item was counted last.
        let mut counted = vec![0; items];
        let (mut round, mut rest) = (0, &matches[..]);
        while let Some(start) = rest.first().map(|one| one.sentence) {
            round += 1;
            let (mut score, mut ahead) = (0, rest);
            for taken in 1..=WINDOW.min(self.sentences.len() - start) {
                while let Some(one) = ahead.first().filter(|one| one.sentence < start + taken) {
                    if counted[one.item] != round {
                        counted[one.item] = round;
                        score += one.weight;
                    }
                    ahead = &ahead[1..];
                }
                let score = usize::saturating_sub(score, 5 * (taken - 1));
                // Of two that say it, one asks and the other answers.
                let is_plain =
                    !self.sentences[start..start + taken].iter().any(|sentence| sentence.leaves_open(statement));
                let score = 2 * score + usize::from(is_plain);
                if score > best {
                    (best, first, length) = (score, start, taken);
                }
            }
            rest = &rest[rest.partition_point(|one| one.sentence == start)..];
        }
        first..first + length
    }

    /// What that run says, as its sentences stand.
    pub(crate) fn passage(&self, statement: &Facts) -> Facts {
        self.join(self.window(statement), false, statement.is_row)
    }

    /// Some sentences in a row, those that may be denied as denied if `as_items`, else as they stand; rows of tables
    /// without what heads their columns if `as_written`.
    fn join(&self, window: Range<usize>, as_items: bool, as_written: bool) -> Facts {
        let mut joined = Facts::default();
        for (at, sentence) in self.sentences.iter().enumerate().skip(window.start).take(window.len()) {
            let alone = self.doubtful.get(&at).filter(|_| !as_items).map(|doubt| &doubt.alone);
            let row = self.rows.get(&at).filter(|_| as_written);
            let sentence = alone.or(row).unwrap_or(sentence);
            if let Some(doubt) = self.doubtful.get(&at).filter(|_| !as_items && joined.length == 0) {
                joined = Facts::read(&doubt.lead);
            }
            if joined.length == 0 { joined = sentence.clone() } else { joined.append(sentence) }
        }
        joined
    }

    /// Whether these words stand in the source as they are.
    pub(crate) fn has_words(&self, words: &str) -> bool {
        let words = plain(words);
        let is_part = |c: char, beyond: Option<char>| {
            c.is_alphanumeric() || matches!(c, '.' | ',') && beyond.is_some_and(|c| c.is_ascii_digit())
        };
        self.plain.match_indices(&words).any(|(at, _)| {
            let mut before = self.plain[..at].chars().rev();
            let mut after = self.plain[at + words.len()..].chars();
            let cut_before = words.starts_with(char::is_alphanumeric)
                && before.next().is_some_and(|c| is_part(c, before.next().filter(|_| starts_with_digit(&words))));
            let cut_after = words.ends_with(char::is_alphanumeric)
                && after.next().is_some_and(|c| is_part(c, after.next().filter(|_| ends_with_digit(&words))));
            !cut_before && !cut_after
        })
    }

    /// Whether these plain words are whole sentences of the source, one or several in a row.
    pub(crate) fn has_sentences(&self, words: &str) -> bool {
        let words = without_mark(words);
        let stands_at = |&start: &usize| {
            self.plain[start..].starts_with(words) && self.ends.binary_search(&(start + words.len())).is_ok()
        };
        !words.is_empty() && self.starts.iter().any(stands_at)
    }

    /// Everything in which a sentence differs from the source.
    pub(crate) fn check_sentence(&self, statement: &Facts) -> Vec<Finding> {
        if statement.is_cut {
            return vec![Finding {
                facet: Facet::Structure,
                verdict: Verdict::Unverifiable,
                subject: String::new(),
                reason: "the sentence is too long: it is not checked".to_owned(),
            }];
        }
        if statement.facts.is_empty() && statement.terms.is_empty() {
            return Vec::new();
        }
        let window = self.window(statement);
        let found = compare(statement, &self.join(window.clone(), false, statement.is_row), &self.context);
        let Some(doubt) = window.clone().find_map(|at| self.doubtful.get(&at)) else { return found };
        let as_item = compare(statement, &self.join(window, true, statement.is_row), &self.context);
        let worst = |found: &[Finding]| found.iter().map(|one| one.verdict).max().unwrap_or(Verdict::Supported);
        let (mut better, other) = if worst(&found) <= worst(&as_item) { (found, as_item) } else { (as_item, found) };
        if worst(&better) < Verdict::Contradicted && worst(&other) == Verdict::Contradicted {
            better.push(Finding {
                facet: Facet::Polarity,
                verdict: Verdict::Partial,
                subject: String::new(),
                reason: format!("the source has this below \u{201c}{}\u{201d}, which may deny it", doubt.lead),
            });
        }
        better
    }
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn ends_with_digit(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_digit())
}

/// What the words above a sentence do to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lead<'a> {
    None,
    /// They deny it: it is an item below "Do not:".
    Denies(&'a str),
    /// It stands below them without the mark of a list: it may be an item or begin something new.
    MayDeny(&'a str),
}

impl<'a> Lead<'a> {
    /// The words that deny it or may do so.
    fn words(self) -> Option<&'a str> {
        if let Self::Denies(words) | Self::MayDeny(words) = self { Some(words) } else { None }
    }

    /// The words that surely deny it.
    fn denying(self) -> Option<&'a str> {
        if let Self::Denies(words) = self { Some(words) } else { None }
    }
}

/// The sentences of a text with what stands above them.
fn read_leads(text: &str) -> Vec<(Span, &str, Lead<'_>)> {
    let (mut lead, mut in_list, mut is_over) = (None, false, false);
    let mut read = Vec::new();
    for (span, written) in sentences(text) {
        let sentence = written.trim();
        if sentence.is_empty() {
            // An empty line directly below the lead parts nothing.
            is_over |= read.last().is_some_and(|(_, _, above)| *above != Lead::None);
            continue;
        }
        let above = match lead {
            Some(lead) if is_item(sentence) && (in_list || !is_over) => Lead::Denies(lead),
            Some(lead) if !in_list && !is_over && !sentence.trim_end_matches('*').ends_with(':') => Lead::MayDeny(lead),
            _ => Lead::None,
        };
        in_list |= matches!(above, Lead::Denies(_));
        is_over = matches!(above, Lead::MayDeny(_)) && sentence.ends_with(['.', '!', '?']);
        if above == Lead::None {
            (lead, in_list) = (denies_what_follows(sentence).then_some(sentence), false);
        }
        read.push((span, sentence, above));
    }
    read
}

/// The sentences of a text, each with the words above it that deny it: "Do not:" above the items of a list.
pub(crate) fn with_leads(text: &str) -> Vec<(&str, Option<&str>)> {
    read_leads(text).into_iter().map(|(_, sentence, lead)| (sentence, lead.denying())).collect()
}

/// The sentences of a text, as [`sentences`] has them, that words above them deny or may deny: what stands below "Do not:" says
/// the opposite of what it says by itself.
pub fn denied_from_above(text: &str) -> Vec<Span> {
    read_leads(text).into_iter().filter(|(_, _, lead)| *lead != Lead::None).map(|(span, _, _)| span).collect()
}

/// Whether a sentence goes on in a list below it, all of which it denies.
pub(crate) fn denies_what_follows(sentence: &str) -> bool {
    let sentence = sentence.trim_end_matches('*');
    sentence.ends_with(':') && denies_by_main_clause(sentence) && Facts::read(sentence).denies_next
}

/// Whether the denial in the first line of a list is that of an order or a whole sentence. "Pain not controlled:", "Patients not
/// responding:" and "How to avoid it:" say of what the list is.
fn denies_by_main_clause(lead: &str) -> bool {
    let lower = without_mark(lead).to_lowercase().replace(['\'', '\u{2019}'], "");
    let written: Vec<&str> = lower.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).collect();
    let words: Vec<&str> = written.iter().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    if words.iter().any(|word| lexicon::tells_of_what(word)) {
        return false;
    }
    let negation = |at: usize| negations::negation_at(words[at..].iter().copied()).map(|(length, _)| (at, at + length));
    let Some((at, end)) = (0..words.len()).find_map(negation) else { return false };
    let before = at.checked_sub(1).map(|before| words[before]);
    let is_attribute = matches!(words[end - 1], "not" | "stop" | "stopped")
        && words.get(end).is_some_and(|next| next.len() > 4 && next.ends_with("ing"));
    if before == Some("to") || is_attribute {
        return false;
    }
    let begins = at == 0 || written[at - 1].ends_with([',', ';', ':']);
    let has_verb = words[..=at].iter().any(|word| lexicon::is_auxiliary(word)) || words[at].ends_with("nt");
    let is_noun = words[at].starts_with("contra") && words[end - 1].contains("indication");
    let ends_open =
        end == words.len() && matches!(words[at], "avoid" | "never" | "stop" | "withhold" | "omit" | "cannot");
    let last = words.last().copied().unwrap_or_default();
    let goes_on =
        matches!(last, "in" | "with" | "for" | "by" | "at" | "on" | "to" | "during" | "after" | "before" | "from");
    begins || has_verb || is_noun || ends_open || goes_on
}

/// Whether a sentence is an item of a list, or goes on with what was begun above it.
pub(crate) fn is_item(sentence: &str) -> bool {
    without_mark(sentence).len() < sentence.len() || sentence.starts_with(char::is_lowercase)
}

/// A sentence under the words that deny it.
pub(crate) fn under(lead: Option<&str>, sentence: &str) -> String {
    lead.map_or_else(|| sentence.to_owned(), |lead| format!("{lead} {}", without_mark(sentence)))
}

/// A sentence without what marks it as an item: a bullet, a dash, a number.
pub(crate) fn without_mark(sentence: &str) -> &str {
    let mut text = sentence;
    while let Some(c) = text.chars().next() {
        let rest = &text[c.len_utf8()..];
        let is_bullet = matches!(c, '•' | '‣' | '▪' | '■' | '●' | '○');
        // A dash before a number is a minus.
        let is_dash = matches!(c, '-' | '*' | '#' | '–') && rest.starts_with([' ', '#', '*']);
        if !(is_bullet || is_dash || c.is_whitespace()) {
            break;
        }
        text = rest;
    }
    let after = text.trim_start_matches('(').trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = (1..=3).contains(&(text.len() - after.len()));
    match after.strip_prefix(['.', ')']) {
        Some(rest) if is_number && rest.starts_with(' ') => rest.trim_start(),
        _ => text,
    }
}

/// A sentence, or its pieces if it has more words than any reader would follow: what is compared stays small.
fn in_bounds(sentence: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = sentence;
    while let Some((at, _)) = rest.match_indices(char::is_whitespace).nth(SENTENCE_WORDS) {
        let (piece, after) = rest.split_at(at);
        pieces.push(piece);
        rest = after.trim_start();
    }
    pieces.push(rest);
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quoted_words_are_not_cut_out_of_numbers_and_words() {
        let source = Source::new("Give 0.5 mg, not 15 mg, of adrenaline.", []);
        assert!(source.has_words("0.5 mg, not 15") && source.has_words("of adrenaline."));
        for cut in ["5 mg, not", "0.5 mg, not 1", "of adren"] {
            assert!(!source.has_words(cut), "{cut}");
        }
    }

    #[test]
    fn marks_of_lists_are_no_words() {
        for (item, words) in [
            ("\u{2022} Give it.", "Give it."),
            ("1. Give it.", "Give it."),
            ("(2) Give it.", "Give it."),
            ("- 1. Give it.", "Give it."),
            ("-5 \u{b0}C is cold.", "-5 \u{b0}C is cold."),
            ("0.5 mg is given.", "0.5 mg is given."),
        ] {
            assert_eq!(without_mark(item), words);
        }
    }

    proptest! {
        #[test]
        fn a_text_bears_itself_out(text in "([A-Ca-c0-9µ:;•\\-\n. ]|Do not: ){0,60}") {
            let source = Source::new(&text, []);
            let found = crate::check(&text, &source).verdict;
            prop_assert!(matches!(found, Verdict::Supported | Verdict::Unverifiable), "{:?}: {:?}", text, found);
        }
    }
}
