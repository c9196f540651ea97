//! The terms of a sentence: words that carry meaning, and what denies them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use vocabulary::vocabulary;

use crate::clauses::{Clauses, Denial, Place};
use crate::coordination::Verbs;
use crate::facts::{Reader, Said};
use crate::lexicon;
use crate::negations::{self, Scope};
use crate::quantity::join;
use crate::senses::Axis;
use crate::words::Token;

/// A word that carries meaning.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    /// Stem of the standard word, or the name of the medicine or sense.
    pub(crate) key: String,
    pub(crate) written: String,
    pub(crate) at: usize,
    /// Words between which a negation reaches or not.
    pub(crate) region: usize,
    /// The clause that the region is in.
    pub(crate) clause: usize,
    pub(crate) negated: bool,
    /// What negates it, if it is negated.
    pub(crate) by: Denial,
    /// Whether it stands near what negates it.
    pub(crate) is_near: bool,
    /// Whether `no` or `without` denies it in what has been denied: "never without".
    pub(crate) is_denied_twice: bool,
    /// Whether its clause is negated.
    pub(crate) in_negated_clause: bool,
    /// Whether it stands behind "is" or "is not".
    pub(crate) predicate: Predicate,
    /// Whether what denies its clause may end before it: "do not do X and do Y".
    pub(crate) is_doubtful: bool,
    /// Whether its clause says when or of whom another holds.
    pub(crate) in_condition: bool,
    /// Whether its clause is a condition of nothing but a denial: "avoid if".
    pub(crate) is_ruled_out: bool,
    /// Whether a statement may not use it unless its source does.
    pub(crate) is_strong: bool,
}

/// What "is" or "is not" says directly before a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Predicate {
    None,
    Is,
    IsNot,
}

impl Term {
    fn new(key: String, tokens: &[Token], at: Range<usize>, place: Place) -> Self {
        Self {
            key,
            written: join(&tokens[at.clone()]),
            at: at.start,
            region: place.region,
            clause: 0,
            negated: place.in_phrase,
            by: if place.in_phrase { Denial::Phrase } else { Denial::Clause },
            is_near: place.is_near,
            is_denied_twice: place.in_phrase && place.after_negation,
            in_negated_clause: false,
            predicate: Predicate::None,
            is_doubtful: false,
            in_condition: false,
            is_ruled_out: false,
            is_strong: false,
        }
    }

    /// Takes what the whole sentence says of it: negations may come after it.
    fn settle(&mut self, is_opposite: bool, clauses: &Clauses) {
        self.clause = clauses.clause(self.region);
        self.in_condition = clauses.is_condition(self.region);
        self.is_ruled_out = clauses.is_ruled_out(self.region);
        self.in_negated_clause = clauses.is_negated(self.region);
        self.negated = is_opposite != (self.negated || self.in_negated_clause);
        if is_opposite {
            self.by = Denial::Prefix;
        } else if self.by == Denial::Clause {
            self.by = clauses.denial(self.region);
        }
    }
}

/// What is said of the word or words at some place.
struct Found {
    key: String,
    at: Range<usize>,
    is_strong: bool,
    /// It is the opposite of its key: `unsafe`.
    is_opposite: bool,
}

impl Reader<'_> {
    /// Reads the terms with their negation, clause by clause; returns whether what would come next is denied.
    pub(crate) fn terms(&mut self) -> bool {
        let amounts: Vec<Range<usize>> = self
            .facts
            .iter()
            .filter(|fact| matches!(fact.said, Said::Amount(_) | Said::Rhythm(_)))
            .map(|fact| fact.at.clone())
            .collect();
        let is_amount = |at: usize| amounts.iter().any(|amount| amount.contains(&at));
        let mut clauses = Clauses::default();
        let mut opposites = Vec::new();
        let mut after_non = false;
        let mut verbs = Verbs::default();
        let mut at = 0;
        while at < self.tokens.len() {
            let token = &self.tokens[at];
            // "Recommend against" is a recommendation and a negation, "unless" a condition and an exception.
            let negation = negations::negation_at(self.words(at)).filter(|(length, scope)| {
                *scope == Scope::Exception || !self.taken[at] || *length > 1 && !is_amount(at)
            });
            // "Hold of", "excluding haemorrhage", "hand-held": no denials.
            let negation = negation.filter(|_| match token.lower.as_str() {
                "-" => false,
                "hold" => self.is_order(at),
                "excluding" => self.excludes_people(at),
                "held" | "suspended" | "interrupted" | "withdrawn" => self.is_passive(at),
                _ => true,
            });
            let is_exception = matches!(negation, Some((_, Scope::Exception)));
            // "Stopped due to X": X is a reason, as behind "because".
            if token.lower == "due" && self.is_reason(at) {
                clauses.boundary("because");
                verbs = Verbs::default();
                at += 2;
                continue;
            }
            // "Not given, including in pregnancy": still not given.
            let next = self.tokens.get(at + 1).map_or("", |next| next.lower.as_str());
            // "Except in pregnancy, renal failure or cancer": all of them.
            if clauses.in_exception()
                && matches!(token.lower.as_str(), "," | "or" | "and")
                && clauses.may_list(self.lists(at))
            {
                clauses.next_item();
                at += 1;
                continue;
            }
            // "Give X in A and avoid it in B": A is not denied.
            if token.lower == "and" && !clauses.in_exception() && self.begins_clause(at + 1, verbs) {
                clauses.boundary("and");
                verbs = Verbs::default();
                at += 1;
                continue;
            }
            // "Do not do X and do Y": nobody can tell.
            if token.lower == "and" && clauses.is_denied() && self.begins_instruction(at + 1) {
                verbs.is_doubtful = true;
            }
            let lists = token.lower == "," && clauses.is_denied() && self.lists_what_is_denied(at, verbs.in_list);
            if token.lower == "," && (lexicon::goes_on(next) || lists) {
                clauses.end_phrase();
                verbs.in_list |= lists;
                at += 1;
                continue;
            }
            // "Not because of X" denies X.
            let is_denied_reason = token.lower == "because" && at > 0 && self.tokens[at - 1].lower == "not";
            if lexicon::ends_clause(&token.lower) && !is_exception && !is_denied_reason {
                clauses.boundary(&token.lower);
                verbs = Verbs::default();
                at += 1;
                continue;
            }
            // "Those who are not X should …": its own verb.
            if verbs.has_auxiliary && self.is_finite(at) && clauses.close_relative() {
                verbs = Verbs::default();
            }
            if let Some((length, scope)) = negation {
                if lexicon::is_auxiliary(&token.lower) {
                    clauses.take_verb();
                }
                if negations::forbids(&token.lower)
                    || matches!(token.lower.as_str(), "do" | "dont") && self.is_order(at)
                {
                    self.forbids.push(at);
                }
                clauses.negate(scope);
                verbs.take(&token.lower);
                at = self.reach(at, length).end;
                continue;
            }
            verbs.take(&token.lower);
            let is_order = lexicon::is_instruction(&token.lower) && clauses.in_phrase();
            if is_preposition(&token.lower) || is_order {
                clauses.end_phrase();
            } else if lexicon::is_auxiliary(&token.lower) {
                clauses.take_verb();
            } else if token.lower == "of" {
                clauses.doubt_phrase();
            }
            if let Some((key, range)) = self.move_at(at) {
                self.moves.push(Term::new(key, self.tokens, range, clauses.here()));
            }
            if token.lower == "non" && self.is_prefix(at) {
                after_non = true;
                at += 1;
                continue;
            }
            if let Some(Found { key, at: range, is_strong, is_opposite }) = self.term_at(at) {
                let is_fact = self.taken[range.start];
                at = range.end;
                let place = clauses.next_term(is_strong || is_fact);
                let predicate = self.predicate(range.start);
                self.terms.push(Term {
                    is_strong,
                    is_doubtful: verbs.is_doubtful,
                    predicate,
                    ..Term::new(key, self.tokens, range, place)
                });
                opposites.push(is_opposite != after_non);
                after_non = false;
            } else {
                at += 1;
            }
        }
        let moves = self.moves.iter_mut().map(|one| (one, false));
        for (term, is_opposite) in self.terms.iter_mut().zip(opposites).chain(moves) {
            term.settle(is_opposite, &clauses);
        }
        clauses.denies_next()
    }

    /// What "is" or "is not" says directly before a word.
    fn predicate(&self, at: usize) -> Predicate {
        let before = |by: usize| at.checked_sub(by).map_or("", |at| self.tokens[at].lower.as_str());
        let is = |lower: &str| matches!(lower, "is" | "are" | "was" | "were" | "be" | "been");
        match before(1) {
            "isnt" | "arent" | "wasnt" | "werent" => Predicate::IsNot,
            "not" if is(before(2)) => Predicate::IsNot,
            verb if is(verb) => Predicate::Is,
            _ => Predicate::None,
        }
    }

    /// Whether "non" stands before a word by itself, and not at the start of a phrase that has equals.
    fn is_prefix(&self, at: usize) -> bool {
        !self.taken[at] && vocabulary().synonym_at(self.words(at)).is_none()
    }

    /// A word for more, less, better or worse.
    fn move_at(&self, at: usize) -> Option<(String, Range<usize>)> {
        let fact = self.facts.iter().find(|fact| fact.at.start == at && !fact.implied)?;
        match fact.said {
            Said::Sense(Axis::Direction | Axis::Merit, value) => Some((value.to_owned(), fact.at.clone())),
            _ => None,
        }
    }

    fn term_at(&self, at: usize) -> Option<Found> {
        let token = &self.tokens[at];
        let found =
            |key: String, at: Range<usize>, is_strong: bool| Some(Found { key, at, is_strong, is_opposite: false });
        if let Some(noun) = self.noun_of(at)
            && let Some((name, length)) = self.label_at(at, noun)
        {
            return found(self.labelled(noun, &name, at + length), at..at + length, true);
        }
        let is_whole = |said: &Said| !matches!(said, Said::Sense(Axis::Extent | Axis::Bound, _));
        if matches!(token.lower.as_str(), "majority" | "minority") && self.taken[at] {
            return None;
        }
        let fact = self.facts.iter().find(|fact| fact.at.contains(&at) && !fact.implied && is_whole(&fact.said));
        if let Some(fact) = fact {
            let key = match &fact.said {
                Said::Drug(name) => (*name).to_owned(),
                // A population is what a statement is about, as a medicine is.
                Said::Sense(axis, name) if axis.is_population() => (*name).to_owned(),
                // Nobody has to say "first".
                Said::Sense(Axis::Ordinal, name) if !matches!(*name, "first" | "last") => {
                    return found((*name).to_owned(), fact.at.clone(), true);
                }
                // "used" and "recommended" are negated as other verbs are.
                Said::Sense(Axis::Strength, "should") if fact.written.contains("recommend") => "recommend".to_owned(),
                Said::Sense(Axis::Strength, "should") if fact.written.contains("indicated") => "indicat".to_owned(),
                _ => return None,
            };
            return if fact.at.start == at { found(key, fact.at.clone(), false) } else { None };
        }
        // "Were included" says the opposite of "were excluded", "including" nothing.
        let is_verb = token.lower == "included" && self.predicate(at) != Predicate::None;
        if !token.is_word() || lexicon::is_function_word(&token.lower) && !is_verb {
            return None;
        }
        let synonym =
            vocabulary().synonym_at(self.words(at)).map(|(length, group)| (self.reach(at, length), length, group));
        let synonym = synonym.filter(|(range, ..)| self.is_free(range));
        // A name of several words says more than its first: "type" is light, "type 2 diabetes" is not.
        if let Some((range, _, group)) = synonym.as_ref().filter(|(_, length, _)| *length > 1) {
            return found(stem_phrase(&group[0]), range.clone(), true);
        }
        // Influenza is one of its own, A or not; what is of type 2 is not of some type.
        let is_noun_of_its_own = synonym.is_some() && !lexicon::is_label(&token.lower);
        if let Some((name, length)) = self.label_at(at + 1, at).filter(|_| !is_noun_of_its_own) {
            return found(self.labelled(at, &name, at + 1 + length), at..at + 1 + length, true);
        }
        if token.lower.contains(['1', '2'])
            && let Some(key) = spelt_out(token)
        {
            return found(key, at..at + 1, true);
        }
        if let Some((range, _, group)) = synonym {
            return found(stem_phrase(&group[0]), range, !lexicon::is_light_word(&token.lower));
        }
        let positive = negations::positive_of(&token.lower);
        Some(Found {
            key: stem(positive.unwrap_or(&token.lower)),
            at: at..at + 1,
            is_strong: !lexicon::is_light_word(&token.lower) && is_long(&token.lower),
            is_opposite: positive.is_some(),
        })
    }
}

impl Reader<'_> {
    /// The name at `at` of the noun at `noun`, and the tokens it takes.
    fn label_at(&self, at: usize, noun: usize) -> Option<(String, usize)> {
        let (name, length) = label_name(&self.tokens[noun].lower, self.tokens.get(at..)?)?;
        if at == noun + 1 {
            return self.is_free(&(at..at + length)).then_some((name, length));
        }
        // "Group 1 and 5 patients": a number by itself is a name only if it is short and counts nothing.
        let counts = self.tokens.get(at + length).is_some_and(|next| lexicon::is_counted(&next.lower));
        let is_bare = self
            .facts
            .iter()
            .filter(|fact| fact.at.contains(&at))
            .all(|fact| matches!(&fact.said, Said::Amount(amount) if !amount.has_unit() && fact.at.len() == 1));
        (self.tokens[at].lower.len() == 1 && is_bare && !counts || self.is_free(&(at..at + length)) && !counts)
            .then_some((name, length))
    }

    /// The noun whose name stands at `at`: that before it, or before the names that it is joined to, as in "type 1 or 2".
    fn noun_of(&self, at: usize) -> Option<usize> {
        let name_length =
            |noun: usize, at: usize| label_name(&self.tokens[noun].lower, &self.tokens[at..]).map(|(_, length)| length);
        let mut at = at;
        loop {
            let before = at.checked_sub(1)?;
            if name_length(before, at).is_some() {
                return Some(before);
            }
            let lower = |at: usize| self.tokens[at].lower.as_str();
            if !matches!(lower(before), "or" | "and" | "," | "/") {
                return None;
            }
            let is_comma_too = before > 0 && lower(before) != "," && lower(before - 1) == ",";
            let end = before - usize::from(is_comma_too);
            // "Stage": whatever takes digits.
            at = (1..=2).filter_map(|length| end.checked_sub(length)).find(|&start| {
                label_name("stage", &self.tokens[start..]).is_some_and(|(_, length)| start + length == end)
            })?;
        }
    }

    /// The key of a noun with its name, whose name ends at `end`; with what they name together, where that is one phrase:
    /// the "type 1" of "type 1 or type 2 diabetes" is type 1 diabetes.
    fn labelled(&self, noun: usize, name: &str, end: usize) -> String {
        let lower = |at: usize| self.tokens.get(at).map_or("", |token| token.lower.as_str());
        let written = lower(noun);
        let is_range = matches!(lower(end), "-" | "to");
        let one = written.strip_suffix('s').filter(|one| lexicon::is_label(one) && !is_range).unwrap_or(written);
        let mut at = end;
        while matches!(lower(at), "or" | "and" | "," | "/") {
            let comma = usize::from(lower(at) == "," && matches!(lower(at + 1), "or" | "and"));
            let next = at + 1 + comma;
            let start = next + usize::from(lower(next) == written);
            match self.tokens.get(start..).and_then(|rest| label_name(written, rest)) {
                Some((_, length)) => at = start + length,
                None => break,
            }
        }
        let words = [one, name].into_iter().chain(self.words(at.min(self.tokens.len())));
        match vocabulary().synonym_at(words).filter(|(length, _)| *length > 2) {
            Some((_, group)) => stem_phrase(&group[0]),
            None => format!("{one} {name}"),
        }
    }
}

/// Whether a word is long enough to say something, or a name with a number in it.
fn is_long(lower: &str) -> bool {
    lower.chars().count() > 2 || lower.chars().any(|c| c.is_ascii_digit())
}

/// The key of what an abbreviation stands for, where that is of some type: T2DM.
fn spelt_out(token: &Token) -> Option<String> {
    let [sense] = vocabulary().senses(&token.written) else { return None };
    let sense = sense.to_lowercase();
    let words = sense.split(' ');
    words.clone().next().filter(|noun| lexicon::is_label(noun))?;
    let (_, group) = vocabulary().synonym_at(words)?;
    Some(stem_phrase(&group[0]))
}

/// The name that follows a noun, and the tokens it takes: the 2 of "type 2", the 3b of "stage 3b", the 4 of "stage IV", the b of
/// "hepatitis B".
fn label_name(noun: &str, rest: &[Token]) -> Option<(String, usize)> {
    let next = rest.first()?;
    let is_letter = next.written.len() == 1 && next.written.starts_with(|c: char| c.is_ascii_uppercase());
    let is_digits = next.lower.chars().all(|c| c.is_ascii_digit());
    let roman = ["i", "ii", "iii", "iv", "v", "vi"].iter().position(|roman| *roman == next.lower);
    let part =
        rest.get(1).filter(|part| is_digits && !part.spaced && matches!(part.lower.as_str(), "a" | "b" | "c" | "d"));
    match (roman, part) {
        (Some(at), _) if lexicon::is_label(noun) => Some(((at + 1).to_string(), 1)),
        (_, Some(part)) if lexicon::is_label(noun) => Some((format!("{}{}", next.lower, part.lower), 2)),
        _ if is_digits && lexicon::is_label(noun) || is_letter && lexicon::takes_letter(noun) => {
            Some((next.lower.clone(), 1))
        }
        _ => None,
    }
}

pub(crate) fn is_preposition(lower: &str) -> bool {
    matches!(
        lower,
        "in" | "for" | "with" | "at" | "by" | "on" | "to" | "during" | "after" | "before" | "from" | "among" | "and"
    )
}

fn stem_phrase(phrase: &str) -> String {
    phrase.split(' ').map(stem).collect::<Vec<_>>().join(" ")
}

/// The Snowball stem of a word in lower case. Kept, because a passage repeats its words.
fn stem(word: &str) -> String {
    static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));
    thread_local! { static KNOWN: RefCell<HashMap<String, String>> = RefCell::default(); }
    KNOWN.with_borrow_mut(|known| {
        if let Some(stem) = known.get(word) {
            return stem.clone();
        }
        // The vocabulary of a corpus is finite; that of an attacker is not.
        if known.len() > 50_000 {
            known.clear();
        }
        let stem = STEMMER.stem(word).into_owned();
        known.insert(word.to_owned(), stem.clone());
        stem
    })
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::check::verdict_of as verdict;

    #[test]
    fn what_is_of_one_type_is_not_of_another() {
        for (statement, source) in [
            (
                "Metformin is the first drug for adults with type 1 diabetes.",
                "Metformin is the first drug for adults with type 2 diabetes.",
            ),
            ("Penicillin is given for group A streptococcus.", "Penicillin is given for group B streptococcus."),
            ("Oseltamivir is given for influenza A virus.", "Oseltamivir is given for influenza B virus."),
            ("Stage 3b kidney disease needs referral.", "Stage 3a kidney disease needs referral."),
            ("Metformin is given in type 1 diabetes.", "Metformin is given in type 2 diabetes."),
        ] {
            let found = verdict(statement, source);
            assert!(found >= Verdict::Unsupported, "{statement} against {source}: {found:?}");
        }
        for (statement, source) in [
            ("Metformin is given in type 2 diabetes.", "Metformin is given, in T2DM, with meals."),
            ("Metformin is given in T2DM.", "Metformin is given, in type 2 diabetes, with meals."),
            ("Screening is offered in type 1 diabetes.", "Screening is offered in type 1 or type 2 diabetes."),
            ("Screening is offered in type 2 diabetes.", "Screening is offered in type 1 or type 2 diabetes."),
            ("Screening is offered in type 1 diabetes.", "Screening is offered in type 1 and 2 diabetes."),
            ("Screening is offered in type 2 diabetes.", "Screening is offered in type 1 and 2 diabetes."),
            ("Oseltamivir is active against influenza B.", "Oseltamivir is active against influenza A and B."),
            ("Oseltamivir is active against influenza.", "Oseltamivir is active against influenza A and B."),
            ("Screening finds hepatitis C.", "Screening finds hepatitis B and C."),
            ("Referral is offered in stage 3b disease.", "Referral is offered in stages 3b and 4 disease."),
            ("Referral is offered in stage 4 disease.", "Referral is offered in stages 3b and 4 disease."),
            ("Referral is offered in stage 3b disease.", "In short: referral is offered in stage 3b disease."),
            ("There was bleeding in group 1.", "There was bleeding in group 1 and 5 patients in group 2 had none."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Supported, "{statement} against {source}");
        }
        let found = verdict("Stage 3b disease needs referral.", "Stage 3 disease needs referral.");
        assert_eq!(found, Verdict::Partial);
    }
}
