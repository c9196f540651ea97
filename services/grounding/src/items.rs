//! A sentence as a row of items: what it names, the small words that tie these to one another, and the signs that part them.
//! From it is read what belongs to what.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::facts::{Fact, Facts, Said};
use crate::lexicon;
use crate::relate::{are_kin, is_same};
use crate::senses::Axis;
use crate::terms::Term;
use crate::words::Token;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Amount,
    Rhythm,
    Drug,
    Population,
    Route,
    /// More or less.
    Direction,
    /// Which in a row.
    Ordinal,
    /// How strongly it is said.
    Strength,
    /// A word that tells one thing from another.
    Term,
    /// A word of common practice that tells only where nothing else does: `start`, `usual`.
    Weak,
    /// A word of common practice.
    Light,
    /// A small word before what it ties: `in`, `before`, `if`.
    Link(&'static str),
    /// A word that denies or turns what is said: `stop`, `otherwise`.
    Turn(&'static str),
    /// What parts one item of a list, one clause or one part of a sentence from the next.
    Split(Level),
}

impl Sort {
    /// Whether it has values of which one excludes the other, as amounts and medicines do.
    pub(crate) fn has_values(self) -> bool {
        !matches!(self, Self::Term | Self::Weak | Self::Light | Self::Link(_) | Self::Turn(_) | Self::Split(_))
    }

    /// Whether it says something by itself.
    pub(crate) fn is_content(self) -> bool {
        self.has_values() || matches!(self, Self::Term | Self::Weak | Self::Turn(_))
    }

    /// Whether it names a thing, and not how much of it or how.
    pub(crate) fn is_thing(self) -> bool {
        matches!(self, Self::Drug | Self::Population | Self::Term)
    }
}

/// How strongly something parts what stands before and after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Comma,
    Joint,
    /// A comma and `and`.
    Clause,
    Part,
}

/// How a verb is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    Active,
    Passive,
}

/// One item, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Item {
    pub(crate) sort: Sort,
    pub(crate) at: usize,
    /// Its place among the facts or the terms.
    of: Of,
    /// Of what is surely a verb with something before and after it.
    pub(crate) voice: Option<Voice>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Of {
    Fact(usize),
    Term(usize),
    Itself,
}

impl Item {
    /// The same item where `tokens`, `facts` and `terms` stand before its sentence.
    pub(crate) fn moved(self, tokens: usize, facts: usize, terms: usize) -> Self {
        let of = match self.of {
            Of::Fact(at) => Of::Fact(at + facts),
            Of::Term(at) => Of::Term(at + terms),
            Of::Itself => Of::Itself,
        };
        Self { at: self.at + tokens, of, ..self }
    }

    /// As written.
    pub(crate) fn written<'a>(&self, facts: &'a Facts) -> &'a str {
        match (self.of, self.sort) {
            (Of::Fact(at), _) => facts.facts.get(at).map_or("", |fact| &fact.written),
            (Of::Term(at), _) => facts.terms.get(at).map_or("", |term| &term.written),
            (Of::Itself, Sort::Link(word) | Sort::Turn(word)) => word,
            (Of::Itself, _) => "",
        }
    }

    /// The amount or rhythm that it is.
    fn measured<'a>(&self, facts: &'a Facts) -> Option<&'a Fact> {
        match self.of {
            Of::Fact(at) if matches!(self.sort, Sort::Amount | Sort::Rhythm) => facts.facts.get(at),
            _ => None,
        }
    }

    /// What it says, if it is a fact.
    pub(crate) fn said<'a>(&self, facts: &'a Facts) -> Option<&'a Said> {
        match self.of {
            Of::Fact(at) => facts.facts.get(at).map(|fact| &fact.said),
            Of::Term(_) | Of::Itself => None,
        }
    }

    /// What tells it from others, unless it is measured.
    fn name<'a>(&self, facts: &'a Facts) -> &'a str {
        match self.of {
            Of::Fact(_) => match self.said(facts) {
                Some(Said::Drug(name) | Said::Sense(_, name)) => name,
                _ => "",
            },
            Of::Term(at) => facts.terms.get(at).map_or("", |term| &term.key),
            Of::Itself => self.written(facts),
        }
    }

    /// Whether two items may stand for each other: of one sort, and if they are amounts, of one measure.
    pub(crate) fn is_like(&self, facts: &Facts, other: &Self) -> bool {
        self.sort == other.sort
            && match (self.said(facts), other.said(facts)) {
                (Some(Said::Amount(one)), Some(Said::Amount(other))) => one.measures_as(other),
                _ => true,
            }
    }
}

/// Words that tie or part, and words that turn.
static WORDS: LazyLock<HashMap<&'static str, Sort>> = LazyLock::new(|| {
    let links = "in on at by for from with within into onto over under above below between during through to of than as \
                 per who whose which that where because respectively";
    let links = links.split_whitespace().map(|word| (word, Sort::Link(word)));
    let turns = [
        ("otherwise", "otherwise"),
        ("last", "last"),
        ("avoid", "avoid avoided avoiding"),
        ("stop", "stop stopped stopping"),
        ("withhold", "withhold withheld withholding"),
        ("discontinue", "discontinue discontinued discontinuing"),
        ("omit", "omit omitted omitting"),
    ];
    let turns = turns.into_iter().flat_map(|(one, words)| words.split(' ').map(move |word| (word, Sort::Turn(one))));
    let split = |level, words: &'static str| words.split_whitespace().map(move |word| (word, Sort::Split(level)));
    let splits = split(Level::Comma, ", ( ) [ ]")
        .chain(split(Level::Joint, "and or plus then versus vs"))
        .chain(split(Level::Part, "; . • | but while whereas however although though"));
    links.chain(turns).chain(splits).chain([(":", Sort::Link(":"))]).collect()
});

/// The items of a sentence that has been read for its facts and terms.
pub(crate) fn items(tokens: &[Token], facts: &[Fact], terms: &[Term]) -> Vec<Item> {
    let mut items = Vec::with_capacity(tokens.len());
    let (mut fact, mut term, mut at) = (0, 0, 0);
    while let Some(token) = tokens.get(at) {
        while facts.get(fact).is_some_and(|one| one.at.start < at || one.at.start == at && one.implied) {
            fact += 1;
        }
        while terms.get(term).is_some_and(|one| one.at < at) {
            term += 1;
        }
        let mut push = |sort, of| {
            let may_act = matches!(sort, Sort::Term | Sort::Weak | Sort::Light | Sort::Direction);
            items.push(Item { sort, at, of, voice: if may_act { voice(tokens, at) } else { None } });
        };
        let said = facts.get(fact).filter(|one| one.at.start == at);
        let named = terms.get(term).filter(|one| one.at == at);
        match (said, named) {
            (Some(one), _) if sort_of(&one.said).is_some() => {
                sort_of(&one.said).into_iter().for_each(|sort| push(sort, Of::Fact(fact)));
                at = one.at.end.max(at + 1);
                continue;
            }
            (_, Some(one)) => push(weight(one), Of::Term(term)),
            _ => {
                let next = tokens.get(at + 1).map_or("", |next| next.lower.as_str());
                // "Insulin if ketones are raised, metformin if not."
                let is_otherwise = token.lower == "not" && (next.is_empty() || lexicon::ends_clause(next));
                if is_otherwise {
                    push(Sort::Turn("otherwise"), Of::Itself);
                } else if let Some(sort) = WORDS.get(token.lower.as_str()) {
                    let after_comma = at > 0 && matches!(tokens[at - 1].lower.as_str(), "," | ")");
                    let is_joint = *sort == Sort::Split(Level::Joint);
                    push(if is_joint && after_comma { Sort::Split(Level::Clause) } else { *sort }, Of::Itself);
                    if token.lower == "then" {
                        push(Sort::Link("then"), Of::Itself);
                    }
                }
            }
        }
        at += 1;
    }
    items
}

/// How much a term tells one thing from another.
fn weight(term: &Term) -> Sort {
    const WEAK: &[&str] = &[
        "start",
        "begin",
        "maximum",
        "minimum",
        "treat",
        "treatment",
        "caus",
        "standard",
        "usual",
        "initi",
        "low",
        "high",
        "total",
    ];
    let is_short_name =
        term.written.len() > 1 && term.written.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if WEAK.contains(&term.key.as_str()) {
        Sort::Weak
    } else if term.is_strong || is_short_name {
        Sort::Term
    } else {
        Sort::Light
    }
}

fn sort_of(said: &Said) -> Option<Sort> {
    Some(match said {
        Said::Amount(amount) if amount.is_word() => return None,
        Said::Amount(_) => Sort::Amount,
        Said::Rhythm(_) => Sort::Rhythm,
        Said::Drug(_) => Sort::Drug,
        Said::Sense(axis, _) if axis.is_population() => Sort::Population,
        Said::Sense(Axis::Route, _) => Sort::Route,
        Said::Sense(Axis::Direction, _) => Sort::Direction,
        Said::Sense(Axis::Ordinal, _) => Sort::Ordinal,
        Said::Sense(Axis::Strength, _) => Sort::Strength,
        Said::Sense(Axis::Time | Axis::Condition, name) => Sort::Link(name),
        Said::Sense(..) => return None,
    })
}

/// Whether what stands at `at` is a verb between two things: "reduces the effect", "is reduced by".
fn voice(tokens: &[Token], at: usize) -> Option<Voice> {
    let lower = |at: usize| tokens.get(at).map_or("", |token| token.lower.as_str());
    let word = lower(at);
    let (is_past, is_present) = (word.ends_with("ed") && word != "aged", word.len() > 4 && word.ends_with('s'));
    if is_past && lower(at + 1) == "by" {
        return Some(Voice::Passive);
    }
    let before = at.checked_sub(1).map_or("", lower);
    let is_helped = matches!(before, "may" | "might" | "can" | "could" | "should" | "will" | "would" | "must" | "to");
    let is_verb = is_helped
        || is_present && !["ss", "us", "is"].iter().any(|end| word.ends_with(end))
        || is_past && !lexicon::is_auxiliary(before);
    let is_link = |word: &str| word.is_empty() || matches!(WORDS.get(word), Some(Sort::Link(_) | Sort::Split(_)));
    let is_noun = matches!(before, "a" | "an" | "the" | "no");
    (is_verb && !is_noun && !is_link(lower(at + 1)) && (is_helped || !is_link(before))).then_some(Voice::Active)
}

/// Numbers for the items of a statement and its source, the same for what is the same.
pub(crate) struct Shared {
    /// By item of the source, and by item of the statement where the source has it.
    pub(crate) theirs: Vec<usize>,
    pub(crate) ours: Vec<Option<usize>>,
    /// By number: whether the statement has it.
    pub(crate) is_said: Vec<bool>,
}

impl Shared {
    pub(crate) fn new(statement: &Facts, source: &Facts) -> Self {
        let mut names: HashMap<(bool, &str), usize> = HashMap::new();
        let mut measures: Vec<(&Fact, usize)> = Vec::new();
        let mut next = 0;
        let mut number = || {
            next += 1;
            next - 1
        };
        let is_word = |item: &Item| matches!(item.sort, Sort::Link(_) | Sort::Split(_));
        let mut theirs = Vec::with_capacity(source.items.len());
        for item in &source.items {
            theirs.push(match item.measured(source) {
                Some(fact) => {
                    let known = measures.iter().find(|(one, _)| is_same(fact, one)).map(|(_, number)| *number);
                    known.unwrap_or_else(|| {
                        let number = number();
                        measures.push((fact, number));
                        number
                    })
                }
                None => *names.entry((is_word(item), item.name(source))).or_insert_with(&mut number),
            });
        }
        let kin = |item: &Item| {
            let name = Some(item.name(statement)).filter(|_| item.sort == Sort::Term)?;
            let of = source.items.iter().zip(&theirs).filter(|(other, _)| other.sort == Sort::Term);
            of.into_iter().find(|(other, _)| are_kin(name, other.name(source))).map(|(_, number)| *number)
        };
        let ours: Vec<Option<usize>> = statement
            .items
            .iter()
            .map(|item| match item.measured(statement) {
                Some(fact) => measures.iter().find(|(one, _)| is_same(fact, one)).map(|(_, number)| *number),
                None => names.get(&(is_word(item), item.name(statement))).copied().or_else(|| kin(item)),
            })
            .collect();
        let mut is_said = vec![false; next];
        ours.iter().flatten().for_each(|&number| is_said[number] = true);
        Self { theirs, ours, is_said }
    }
}
