//! What a sentence says that can be held against another: amounts, rhythms, medicines, routes, populations, strength,
//! direction, and its terms with their negation.

use std::ops::Range;

use vocabulary::vocabulary;

use crate::amounts::quantities;
use crate::items::{Item, items};
use crate::lexicon;
use crate::limits::Limit;
use crate::quantity::{Quantity, join};
use crate::schedule::{Schedule, schedules};
use crate::senses::{Axis, sense_at};
use crate::stance::Mark;
use crate::terms::Term;
use crate::words::{Token, plain, tokens};

/// Something said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    Amount(Quantity),
    Rhythm(Schedule),
    /// A medicine, by its international name.
    Drug(&'static str),
    /// A sense of the lexicon.
    Sense(Axis, &'static str),
}

/// Something said, and where.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fact {
    pub(crate) said: Said,
    pub(crate) at: Range<usize>,
    /// As written.
    pub(crate) written: String,
    /// An instruction (`give`, `start`) has strength without a word for it.
    pub(crate) implied: bool,
}

impl Fact {
    pub(crate) fn amount(&self) -> Option<&Quantity> {
        if let Said::Amount(amount) = &self.said { Some(amount) } else { None }
    }

    pub(crate) fn rhythm(&self) -> Option<&Schedule> {
        if let Said::Rhythm(schedule) = &self.said { Some(schedule) } else { None }
    }
}

/// Two medicines side by side, or two things on which something depends: "if fever and rash are present".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Joint {
    pub(crate) keys: (String, String),
    /// One or the other, as against both.
    pub(crate) is_choice: bool,
}

/// Everything a sentence says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) facts: Vec<Fact>,
    pub(crate) terms: Vec<Term>,
    /// Words for more, less, better and worse, read as terms are: what counts is whether they are denied.
    pub(crate) moves: Vec<Term>,
    pub(crate) joints: Vec<Joint>,
    /// What it names and what ties and parts it, in order.
    pub(crate) items: Vec<Item>,
    /// How it stands to what it says.
    pub(crate) marks: Vec<Mark>,
    /// How far into the sentence each token stands; see [`places`].
    places: Vec<usize>,
    /// Where two things are compared: `than`, `versus`.
    pub(crate) frames: Vec<usize>,
    /// Where sentences after the first begin.
    pub(crate) breaks: Vec<usize>,
    /// Where parts of a sentence begin that stand for themselves: after a semicolon, `but` or `then`.
    parts: Vec<usize>,
    /// What bounds what is said.
    pub(crate) limits: Vec<Limit>,
    /// Keys of what was said before it in the same statement.
    pub(crate) before: Vec<String>,
    /// Where something is forbidden: "avoid", "contraindicated".
    pub(crate) forbids: Vec<usize>,
    pub(crate) length: usize,
    /// Whether what would come next is denied: "Do not:".
    pub(crate) denies_next: bool,
    /// Whether it is the row of a table as it is written.
    pub(crate) is_row: bool,
    /// Whether there was more of it than is read.
    pub(crate) is_cut: bool,
}

/// Words and signs of a sentence that are read: more than in any that people write.
const MAX_TOKENS: usize = 1_000;

impl Facts {
    /// Reads a sentence.
    pub(crate) fn read(sentence: &str) -> Self {
        let mut tokens = tokens(&plain(sentence));
        let is_cut = tokens.len() > MAX_TOKENS;
        tokens.truncate(MAX_TOKENS);
        let mut reader = Reader::new(&tokens);
        reader.schedules();
        reader.drugs();
        reader.amounts();
        reader.senses();
        reader.instructions();
        let denies_next = reader.terms();
        reader.facts.sort_by_key(|fact| fact.at.start);
        let limits = reader.limits();
        let items = items(&tokens, &reader.facts, &reader.terms);
        let joints = joints(&reader.facts, &reader.terms, &tokens);
        let marks = reader.marks();
        let at_words = |is: fn(&str) -> bool| (0..tokens.len()).filter(|&at| is(&tokens[at].lower)).collect();
        Self {
            facts: reader.facts,
            terms: reader.terms,
            moves: reader.moves,
            joints,
            items,
            marks,
            places: places(&tokens),
            frames: at_words(|lower| {
                matches!(lower, "than" | "versus" | "vs" | "compared" | "over" | "to" | "against")
            }),
            breaks: Vec::new(),
            parts: parts(&tokens),
            limits,
            before: Vec::new(),
            forbids: reader.forbids,
            length: tokens.len(),
            denies_next,
            is_row: tokens.first().is_some_and(|token| token.lower == "|"),
            is_cut,
        }
    }

    /// The sentence that a place is in, counted from 0.
    pub(crate) fn sentence(&self, place: usize) -> usize {
        self.breaks.partition_point(|start| *start <= place)
    }

    /// The part of a sentence that a place is in, counted from 0 over all sentences.
    pub(crate) fn part(&self, place: usize) -> usize {
        self.parts.partition_point(|start| *start <= place)
    }

    /// Whether it asks, or tells as past or of others, what another does not.
    pub(crate) fn leaves_open(&self, other: &Self) -> bool {
        let open = |facts: &Self| facts.marks.iter().any(|mark| mark.stance.leaves_open());
        open(self) && !open(other)
    }

    /// Puts `next` behind this, as the next sentence.
    pub(crate) fn append(&mut self, next: &Self) {
        // Neighbouring sentences are near, but not as near as neighbouring words.
        let offset = self.length + 8;
        let regions = self.terms.iter().map(|term| term.region + 1).max().unwrap_or_default();
        let clauses = self.terms.iter().map(|term| term.clause + 1).max().unwrap_or_default();
        let moved = |range: &Range<usize>| range.start + offset..range.end + offset;
        let (facts, terms) = (self.facts.len(), self.terms.len());
        self.items.extend(next.items.iter().map(|item| item.moved(offset, facts, terms)));
        self.facts.extend(next.facts.iter().map(|fact| Fact { at: moved(&fact.at), ..fact.clone() }));
        let later = |term: &Term| Term {
            at: term.at + offset,
            region: term.region + regions,
            clause: term.clause + clauses,
            ..term.clone()
        };
        self.terms.extend(next.terms.iter().map(later));
        self.moves.extend(next.moves.iter().map(later));
        self.joints.extend(next.joints.iter().cloned());
        self.marks.extend(next.marks.iter().map(|mark| Mark { at: moved(&mark.at), ..mark.clone() }));
        self.breaks.push(offset);
        self.parts.push(offset);
        self.parts.extend(next.parts.iter().map(|at| at + offset));
        let last = self.places.last().copied().unwrap_or_default();
        self.places.resize(offset, last);
        self.places.extend(next.places.iter().map(|place| last + SENTENCE + place));
        self.limits.extend(next.limits.iter().map(|limit| Limit { at: moved(&limit.at), ..limit.clone() }));
        self.forbids.extend(next.forbids.iter().map(|at| at + offset));
        self.frames.extend(next.frames.iter().map(|at| at + offset));
        self.length = offset + next.length;
    }

    /// How far a token stands from a fact.
    pub(crate) fn distance(&self, token: usize, to: &Range<usize>) -> usize {
        let place = |at: usize| self.places.get(at).copied().unwrap_or_default();
        if token < to.start {
            place(to.start).abs_diff(place(token))
        } else if token >= to.end {
            place(token).abs_diff(place(to.end.saturating_sub(1)))
        } else {
            0
        }
    }
}

/// The distance of neighbouring words.
pub(crate) const WORD: usize = 4;

/// What a sentence's end adds to the distance.
const SENTENCE: usize = 8 * WORD;

/// Where each token stands, so that what belongs together is near: a comma, `and` or `versus` counts for six words, and what
/// is in brackets belongs to the word before them.
fn places(tokens: &[Token]) -> Vec<usize> {
    let (mut place, mut depth) = (0, 0_usize);
    let mut places = Vec::with_capacity(tokens.len());
    for token in tokens {
        let joint = matches!(
            token.lower.as_str(),
            "," | ";"
                | ":"
                | "."
                | "and"
                | "or"
                | "versus"
                | "vs"
                | "than"
                | "but"
                | "|"
                | "compared"
                | "while"
                | "plus"
                | "then"
                | "whereas"
        );
        match token.lower.as_str() {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        place += match (depth > 0, joint) {
            (true, _) => 1,
            (false, true) => 6 * WORD,
            (false, false) => WORD,
        };
        places.push(place);
    }
    places
}

/// Medicines with one word between them that joins them, and conditions.
fn joints(facts: &[Fact], terms: &[Term], tokens: &[Token]) -> Vec<Joint> {
    let drugs: Vec<(&'static str, &Range<usize>)> = facts
        .iter()
        .filter_map(|fact| if let Said::Drug(name) = fact.said { Some((name, &fact.at)) } else { None })
        .collect();
    let is_choice = |joint: &Token| match joint.lower.as_str() {
        "or" => Some(true),
        "and" | "plus" | "+" => Some(false),
        _ => None,
    };
    let joint =
        |a: &str, b: &str, is_choice: bool| Joint { keys: (a.min(b).to_owned(), a.max(b).to_owned()), is_choice };
    let of_drugs = |pair: &[(&'static str, &Range<usize>)]| {
        let &[(a, before), (b, after)] = pair else { return None };
        let [between] = tokens.get(before.end..after.start)? else { return None };
        Some(joint(a, b, is_choice(between)?))
    };
    let depends = |at: usize| {
        let clause =
            tokens[..at].iter().rev().take_while(|token| token.lower == "," || !lexicon::ends_clause(&token.lower));
        let begins = at.checked_sub(clause.count() + 1);
        begins.is_some_and(|at| matches!(tokens[at].lower.as_str(), "if" | "when"))
    };
    let of_terms = |pair: &[Term]| {
        let [a, b] = pair else { return None };
        let between = tokens.get(a.at + 1..b.at)?;
        let at = between.iter().position(|token| is_choice(token).is_some()).filter(|_| between.len() <= 4)?;
        // "And/or" is either.
        let is_both = between.get(at + 1).is_some_and(|next| next.written == "/");
        let is_meant = !is_both && !a.negated && !b.negated && a.is_strong && b.is_strong && depends(a.at);
        Some(joint(&a.key, &b.key, is_choice(&between[at])?)).filter(|_| is_meant)
    };
    drugs.windows(2).filter_map(of_drugs).chain(terms.windows(2).filter_map(of_terms)).collect()
}

/// Where parts of a sentence begin that stand for themselves. The cells of a table's row do not.
fn parts(tokens: &[Token]) -> Vec<usize> {
    let is_row = is_row(tokens);
    let begins = |token: &Token| lexicon::begins_part(&token.lower) && !(is_row && token.lower == ";");
    (0..tokens.len()).filter(|&at| begins(&tokens[at])).collect()
}

/// Whether it is the row of a table: cells between semicolons, each with its label. They are about one thing.
fn is_row(tokens: &[Token]) -> bool {
    let mut cells = tokens.split(|token| token.lower == ";");
    tokens.iter().any(|token| token.lower == ";") && cells.all(|cell| cell.iter().any(|token| token.lower == ":"))
}

/// Reads a sentence step by step; what one step has taken the next leaves alone.
pub(crate) struct Reader<'a> {
    pub(crate) tokens: &'a [Token],
    pub(crate) taken: Vec<bool>,
    /// Phrases of several words that have equals.
    names: Vec<Range<usize>>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) terms: Vec<Term>,
    pub(crate) moves: Vec<Term>,
    pub(crate) forbids: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn new(tokens: &'a [Token]) -> Self {
        let mut reader = Self {
            tokens,
            taken: vec![false; tokens.len()],
            names: Vec::new(),
            facts: Vec::new(),
            terms: Vec::new(),
            moves: Vec::new(),
            forbids: Vec::new(),
        };
        reader.names = reader.find_names();
        reader
    }

    fn take(&mut self, said: Said, at: Range<usize>, implied: bool) {
        self.taken[at.clone()].fill(true);
        let written = join(&self.tokens[at.clone()]);
        self.facts.push(Fact { said, at, written, implied });
    }

    /// The words from `at` on, hyphens and strokes left out, as the phrase tables have them.
    pub(crate) fn words(&self, at: usize) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        let tokens = self.tokens;
        tokens[at..].iter().filter(|token| !is_joint_sign(token)).map(|token| token.lower.as_str())
    }

    /// The tokens that `length` words from `at` on take.
    pub(crate) fn reach(&self, at: usize, length: usize) -> Range<usize> {
        let mut words = 0;
        let mut end = at;
        while words < length && end < self.tokens.len() {
            words += usize::from(!is_joint_sign(&self.tokens[end]));
            end += 1;
        }
        at..end
    }

    pub(crate) fn is_free(&self, range: &Range<usize>) -> bool {
        self.taken[range.clone()].iter().all(|taken| !taken)
    }

    fn schedules(&mut self) {
        for schedule in schedules(self.tokens) {
            let at = schedule.at.clone();
            self.take(Said::Rhythm(schedule), at, false);
        }
    }

    fn drugs(&mut self) {
        for at in 0..self.tokens.len() {
            if self.taken[at] || !self.tokens[at].is_word() {
                continue;
            }
            if let Some((length, drug)) = vocabulary().drug_at(self.words(at)) {
                let range = self.reach(at, length);
                // "Blood glucose" is no medicine.
                let part_of_name = self.names.iter().any(|name| name.contains(&at) && name.len() > range.len());
                if self.is_free(&range) && !part_of_name {
                    self.take(Said::Drug(&drug.name), range, false);
                }
            }
        }
    }

    fn amounts(&mut self) {
        for quantity in quantities(self.tokens, &self.taken) {
            let at = quantity.at.clone();
            if self.is_free(&at) && !self.is_label(at.start) {
                self.take(Said::Amount(quantity), at, false);
            }
        }
    }

    /// Whether a number or numeral is a name, as in "type 2" and "stage IV".
    fn is_label(&self, at: usize) -> bool {
        at > 0 && lexicon::is_label(&self.tokens[at - 1].lower)
    }

    /// Phrases of several words that have equals: "raised blood pressure" raises nothing.
    fn find_names(&self) -> Vec<Range<usize>> {
        let phrase = |at| Some(self.reach(at, vocabulary().synonym_at(self.words(at))?.0));
        (0..self.tokens.len()).filter_map(phrase).filter(|range| range.len() > 1).collect()
    }

    fn senses(&mut self) {
        for at in 0..self.tokens.len() {
            if self.taken[at] || !self.tokens[at].is_word() || self.tokens[at].lower == "iv" && self.is_label(at) {
                continue;
            }
            // "All-cause mortality" is not of all.
            let is_joined = self.tokens.get(at + 1).is_some_and(|next| next.written == "-" && !next.spaced);
            if self.tokens[at].lower == "all" && is_joined {
                continue;
            }
            // A month, not a permission.
            if self.tokens[at].written == "May" && at > 0 && !lexicon::ends_clause(&self.tokens[at - 1].lower) {
                continue;
            }
            if let Some((length, (axis, value))) = sense_at(self.words(at)) {
                let range = self.reach(at, length);
                // "First-line treatment" is first, "third-degree heart block" is not third.
                let is_line =
                    axis == Axis::Ordinal && self.tokens[range.end..].iter().take(2).any(|one| one.lower == "line");
                let part_of_name = !axis.is_population()
                    && !is_line
                    && self.names.iter().any(|name| name.contains(&at) && name.len() > range.len());
                if self.is_free(&range) && !part_of_name {
                    self.take(Said::Sense(axis, value), range, false);
                }
            }
        }
    }

    /// "Give …" is as strong as "… should be given".
    fn instructions(&mut self) {
        for at in 0..self.tokens.len() {
            let begins = at == 0
                || matches!(self.tokens[at - 1].lower.as_str(), "," | ";" | ":" | "." | "•" | "-" | "then" | "and");
            let is_noun = self.tokens.get(at + 1).is_none_or(|next| {
                matches!(next.lower.as_str(), "of" | "is" | "was" | "are" | "in" | "for" | "and" | "," | ".")
            });
            let negated = at >= 2 && self.tokens[at - 1].lower == "not" && self.tokens[at - 2].lower == "do";
            if (begins || negated) && !is_noun && lexicon::is_instruction(&self.tokens[at].lower) {
                let written = self.tokens[at].written.clone();
                self.facts.push(Fact {
                    said: Said::Sense(Axis::Strength, "should"),
                    at: at..at + 1,
                    written,
                    implied: true,
                });
            }
        }
    }
}

pub(crate) fn is_joint_sign(token: &Token) -> bool {
    matches!(token.written.as_str(), "-" | "/" | "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negated(text: &str) -> Vec<String> {
        Facts::read(text).terms.into_iter().filter(|term| term.negated).map(|term| term.written).collect()
    }

    #[test]
    fn negation_reaches_as_far_as_it_should() {
        assert_eq!(negated("Do not give aspirin, give paracetamol."), ["give", "aspirin"]);
        assert_eq!(negated("Metformin (oral) is contraindicated if eGFR falls."), ["Metformin"]);
        assert_eq!(negated("Give fluids to patients without shock."), ["shock"]);
        assert_eq!(negated("It is not contraindicated in asthma."), Vec::<String>::new());
        assert_eq!(negated("Treat if the pressure is not controlled."), ["pressure", "controlled"]);
        assert_eq!(negated("The drug was ineffective."), ["ineffective"]);
        assert_eq!(negated("Give no more than 4 g."), Vec::<String>::new());
    }

    #[test]
    fn a_sentence_is_read_for_all_it_says() {
        let facts =
            Facts::read("In adults, acetaminophen 1 g should be given orally every 6 hours (maximum 4 g a day).");
        let said: Vec<String> = facts.facts.iter().map(|fact| fact.written.clone()).collect();
        assert_eq!(
            said,
            ["adults", "acetaminophen", "1 g", "should", "orally", "every 6 hours", "maximum 4 g", "a day"]
        );
        assert_eq!(facts.facts[1].said, Said::Drug("paracetamol"));
    }
}
