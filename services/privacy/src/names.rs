//! Names of people: after a title, after a word that asks for one, by a given name, by what is said of somebody.

use std::ops::Range;

use crate::class::Class;
use crate::cues::{self, Cue, Kind, Label, Title};
use crate::lexicon::Flag;
use crate::reader::Reader;
use crate::rule::{Candidate, rank};
use crate::text::Text;
use crate::tokens::{Shape, Token};

/// Finds names.
pub(crate) fn find(text: &Text, found: &mut Vec<Candidate>) {
    let reader = Reader::new(text);
    let mut at = 0;
    while at < reader.tokens.len() {
        let name = titled(&reader, at)
            .or_else(|| labelled(&reader, at))
            .or_else(|| cued(&reader, at))
            .or_else(|| inverted(&reader, at))
            .or_else(|| inverted_at_the_beginning(&reader, at))
            .or_else(|| given(&reader, at))
            .or_else(|| given_in_lower_case(&reader, at))
            .or_else(|| initialled(&reader, at))
            .or_else(|| unknown(&reader, at));
        if let Some(name) = name {
            let range = reader.tokens[name.start].start..reader.tokens[name.end - 1].stem;
            found.push(Candidate { class: Class::Name, range, rank: rank::NAME });
            at = name.end;
        } else {
            at += 1;
        }
    }
}

/// `Mr John Smith`, `mrs okafor`, `Dr. A. N. Other`.
fn titled(reader: &Reader, at: usize) -> Option<Range<usize>> {
    let title = cues::title(reader.word(at))?;
    let next = at + 1;
    let token = reader.tokens.get(next)?;
    if !matches!(reader.gap(at), " " | ". " | "." | "  " | ", ") || reader.gap(at) == ", " && title != Title::Certain {
        return None;
    }
    if is_verb(reader, at) {
        return None;
    }
    let known = (token.is(Flag::Given) || token.is(Flag::Surname)) && !token.is(Flag::Word);
    let written = reader.tokens[at].shape;
    // "MR" is a resonance or a valve, "ms" a thousandth of a second, "DR" an eye.
    let certain = match title {
        Title::Certain => written != Shape::Upper || reader.shouted || known && token.is_capital(),
        Title::Likely => written == Shape::Capital || reader.shouted && written == Shape::Upper || known,
        Title::Possible => false,
    };
    let fits = match token.shape {
        Shape::Capital => {
            let plain_word = token.is(Flag::Word) && !token.is(Flag::Surname) && !token.is(Flag::Given);
            match title {
                Title::Certain => certain && !(plain_word && reader.headline),
                Title::Likely => (certain || reader.is_part(next)) && !plain_word && !token.blocked,
                Title::Possible => {
                    let several = || reader.run(next) - next > 1;
                    !plain_word
                        && !token.blocked
                        && !reader.is_eponym(next + 1)
                        && (known || reader.is_part(next) || several())
                }
            }
        }
        Shape::Upper => certain && !token.is(Flag::Word) && token.stem - token.start > 2 && !token.blocked,
        Shape::Initial => reader
            .initials(next)
            .is_some_and(|surname| reader.is_part(surname) || reader.tokens[surname].is(Flag::Surname)),
        Shape::Lower => match title {
            Title::Certain => {
                certain
                    && (known
                        || token.is(Flag::Surname) && reader.is_described(next + 1)
                        || !token.is(Flag::Word) && !reader.is_medical(next))
                    && token.stem - token.start > 1
                    || reader.particles(next).is_some()
            }
            Title::Likely => {
                written != Shape::Upper && known && token.stem - token.start > 2 || reader.particles(next).is_some()
            }
            Title::Possible => false,
        },
        Shape::Odd => false,
    };
    if !fits {
        return None;
    }
    let first = match token.shape {
        Shape::Initial => reader.initials(next)?,
        Shape::Lower => reader.particles(next).unwrap_or(next),
        _ => next,
    };
    let end =
        if reader.tokens[first].shape == Shape::Lower { reader.run_in_lower_case(first) } else { reader.run(first) };
    Some(next..end)
}

/// Whether "miss" is a verb: `did we miss Cushing?`
fn is_verb(reader: &Reader, at: usize) -> bool {
    let lower = reader.tokens[at].shape == Shape::Lower;
    let before = |kind| at > 0 && reader.gap(at - 1) == " " && cues::is(reader.word(at - 1), kind);
    reader.word(at) == "miss" && (before(Kind::BeforeVerb) || lower && before(Kind::BeforeVerbInLowerCase))
}

/// `Name: John Smith`, `patient name is john smith`, `Patient: Smith, John`.
fn labelled(reader: &Reader, at: usize) -> Option<Range<usize>> {
    let label = cues::label(reader.word(at))?;
    let gap = reader.gap(at);
    let colon = gap.contains([':', '=']);
    let mut next = at + 1;
    if !colon {
        let verb = reader.tokens.get(next).map(|_| reader.word(next))?;
        let says = matches!(verb, "is" | "was") && gap == " ";
        if label != Label::Name || !says && gap != "'s " {
            return None;
        }
        next += usize::from(says);
    }
    if gap.contains('\n') && gap.trim().is_empty()
        || label == Label::Name && at > 0 && cues::is(reader.word(at - 1), Kind::OfAThing)
    {
        return None;
    }
    let token = reader.tokens.get(next)?;
    let known = token.is(Flag::Given) || token.is(Flag::Surname);
    let fits = match token.shape {
        Shape::Capital => {
            known && !token.blocked || reader.is_part(next) || label == Label::Name && !token.is(Flag::Word)
        }
        Shape::Upper => known || label == Label::Name && !token.is(Flag::Word),
        Shape::Initial => reader.initials(next).is_some(),
        Shape::Lower => label == Label::Name && (known && !reader.is_common(next) || !token.is(Flag::Word)),
        Shape::Odd => false,
    };
    if !fits {
        return None;
    }
    let first = reader.initials(next).unwrap_or(next);
    let end = if token.shape == Shape::Lower { reader.run_in_lower_case(next) } else { reader.run(first) };
    // "Smith, John"
    let given =
        reader.tokens.get(end).is_some_and(|token| token.is_capital() && !token.is(Flag::Word) && !token.blocked);
    let end = if end - first == 1 && reader.gap(end - 1) == ", " && given { reader.run(end) } else { end };
    (!reader.is_eponym(end) || label == Label::Name).then_some(next..end)
}

/// `my patient John Smith`, `husband Kofi`, `a man called Ade`.
fn cued(reader: &Reader, at: usize) -> Option<Range<usize>> {
    let mut cue = cues::cue(reader.word(at))?;
    if at > 0 && reader.word(at - 1) == "baby" {
        cue = Cue::Kin;
    }
    if cue == Cue::Called {
        let names_a_person = reader.word(at) == "named" && at == 0
            || (1..=4).filter_map(|back| at.checked_sub(back)).any(|before| cues::is_person(reader.word(before)));
        cue = if names_a_person { Cue::Kin } else { Cue::Called };
    }
    let mut next = at + 1;
    if !matches!(reader.gap(at), " " | ", " | " (" | " - " | ": " | "  " | " \"" | " '") {
        return None;
    }
    if matches!(reader.word(next), "is" | "as" | "was") && cue != Cue::Role && reader.word(at) != "baby" {
        let allowed = reader.word(next) == "as" || matches!(reader.word(at), "called" | "named" | "known");
        if !allowed {
            return None;
        }
        next += 1;
    }
    let token = reader.tokens.get(next)?;
    if token.shape == Shape::Lower {
        let plain =
            token.is_plainly_given() && cue != Cue::Called && token.stem - token.start > 3 && reader.gap(at) == " ";
        return plain.then(|| next..reader.run_in_lower_case(next));
    }
    if let Some(surname) = reader.initials(next).filter(|surname| reader.is_part(*surname)) {
        return Some(next..reader.run(surname));
    }
    if !token.is_capital() || token.blocked || token.shape == Shape::Upper && !reader.shouted {
        return None;
    }
    let end = reader.run(next);
    let known = token.is(Flag::Given) || token.is(Flag::Surname);
    let several = end - next > 1;
    let described = reader.is_described(end);
    let fits = if token.is(Flag::Word) {
        let called = cue == Cue::Kin && token.is(Flag::Surname) && described;
        let open = several && reader.tokens[end - 1].is(Flag::Surname) || described || cue == Cue::Kin;
        known && (called || open && !reader.is_common(next))
    } else if token.is(Flag::Eponym) {
        known && (several || described || cue == Cue::Kin)
    } else if known {
        true
    } else {
        reader.is_part(next)
            && (several || cue == Cue::Kin || cue == Cue::Role && described && token.stem - token.start > 3)
    };
    (fits && !reader.is_eponym(end) && (known || cue != Cue::Called)).then_some(next..end)
}

/// `Smith, John`, `OKONKWO, Ada`.
fn inverted(reader: &Reader, at: usize) -> Option<Range<usize>> {
    // "Hernandez-Ruiz, Marisol"
    let joined = (at..at + 2).find(|part| reader.gap(*part) != "-")?;
    let (surname, given) = (&reader.tokens[at], reader.tokens.get(joined + 1)?);
    let begins = reader.begins(at);
    let fits = surname.is_capital()
        && (surname.shape == Shape::Capital
            || surname.is(Flag::Surname)
            || reader.shouted
            || given.shape == Shape::Capital)
        && reader.gap(joined) == ", "
        && !surname.blocked
        && (!surname.is(Flag::Word) || begins && surname.is(Flag::Surname))
        && (!surname.is(Flag::Eponym) || surname.is(Flag::Surname))
        && !reader.is_medical(at)
        && surname.stem - surname.start > 1
        && given.is_capital()
        && given.is(Flag::Given)
        && !given.is(Flag::Word)
        && !given.blocked;
    if !fits || at > 0 && reader.gap(at - 1) == ", " && reader.tokens[at - 1].is_capital() {
        return None;
    }
    let end = reader.run(joined + 1);
    let is_list = reader.gap(end - 1) == ", " && reader.tokens.get(end).is_some_and(|next| next.is_capital());
    let sure = surname.is(Flag::Surname) || reader.is_described(end) || !surname.is(Flag::Given);
    let sure = sure && (begins || !given.is(Flag::Eponym) || reader.is_described(end));
    (sure && (!is_list || reader.is_described(end)) && !reader.is_eponym(end)).then_some(at..end)
}

/// `Thistlethwaite, Aelred, platelets 12`: at the beginning of a line, with no third of its kind.
fn inverted_at_the_beginning(reader: &Reader, at: usize) -> Option<Range<usize>> {
    let fits = |at: usize| {
        let open = |token: &Token| !token.is(Flag::Eponym) || token.is(Flag::Surname);
        reader.tokens.get(at).is_some_and(|token| token.shape == Shape::Capital && open(token)) && reader.is_part(at)
    };
    if !reader.begins(at) || reader.headline || !fits(at) {
        return None;
    }
    let comma = reader.run(at);
    if reader.gap(comma - 1) != ", " || !fits(comma) {
        return None;
    }
    let end = reader.run(comma);
    let next = reader.tokens.get(end)?;
    let gap = reader.gap(end - 1);
    let stands =
        reader.is_described(end) || gap.starts_with([';', '|']) || gap.starts_with([',', '.']) && !next.is_capital();
    (stands && !matches!(reader.word(end), "and" | "or") && !reader.is_eponym(end) && !reader.is_author(end))
        .then_some(at..end)
}

/// `John Smith`, `Fatima`, `Grace, 82`.
fn given(reader: &Reader, at: usize) -> Option<Range<usize>> {
    let token = &reader.tokens[at];
    let is_place = at > 0 && reader.gap(at - 1) != "\n" && cues::is(reader.word(at - 1), Kind::BeforePlace);
    if is_place
        || !token.is(Flag::Given)
        || !token.is_capital()
        || token.blocked
        || token.shape == Shape::Upper && !reader.shouted && !reader.is_shouted_pair(at)
    {
        return None;
    }
    let end = reader.run(at);
    if reader.is_eponym(end) || reader.is_author(end) || reader.is_joined(at, end) {
        return None;
    }
    let function = cues::is(reader.word(at), Kind::Function);
    let last = &reader.tokens[end - 1];
    if end - at > 1 {
        let surname = last.is(Flag::Surname);
        let fits = if token.is_plainly_given() {
            !reader.headline || surname || last.is(Flag::Given) || reader.is_described(end)
        } else if token.is(Flag::Word) {
            surname && !(last.is(Flag::Word) && function)
                || !function && (reader.is_described(end) || !last.is(Flag::Word) && !last.is(Flag::Eponym))
        } else {
            surname || !last.is(Flag::Eponym) && !reader.headline
        };
        return fits.then_some(at..end);
    }
    let fits = if token.is_plainly_given() {
        let short = token.stem - token.start < 4;
        !(reader.headline || short) || reader.is_described(end) || short && reader.is_spoken_of(at)
    } else {
        let acts = !token.is(Flag::Word) && !token.is(Flag::Land) && reader.is_acting(end);
        !function && token.shape == Shape::Capital && (acts || reader.has_age(end))
    };
    fits.then_some(at..end)
}

/// `john smith`, `maria has been vomiting`.
fn given_in_lower_case(reader: &Reader, at: usize) -> Option<Range<usize>> {
    let token = &reader.tokens[at];
    if token.shape != Shape::Lower || !token.is_plainly_given() || token.stem - token.start < 4 {
        return None;
    }
    let end = reader.run_in_lower_case(at);
    if reader.is_eponym(end) || reader.is_author(end) || reader.is_joined(at, end) {
        return None;
    }
    let last = &reader.tokens[end - 1];
    let pair = end - at > 1 && last.is(Flag::Surname) && (!last.is(Flag::Word) || reader.is_spoken_to_end(end));
    (pair || end - at == 1 && reader.is_described(end)).then_some(at..end)
}

/// `J. Smith`, `A.B. Okafor`.
fn initialled(reader: &Reader, at: usize) -> Option<Range<usize>> {
    let surname = reader.initials(at)?;
    let token = &reader.tokens[surname];
    let dotted = reader.gap(at).starts_with('.');
    let end = reader.run(surname);
    let known = token.is(Flag::Surname) && !token.is(Flag::Word) && dotted && reader.tokens[surname].is_capital();
    let described = reader.is_part(surname) && reader.has_age(end);
    ((known || described) && !reader.is_eponym(end) && !reader.is_author(end) && !token.blocked).then_some(at..end)
}

/// Two words or more with capitals that are neither words nor eponyms, of whom something is said.
fn unknown(reader: &Reader, at: usize) -> Option<Range<usize>> {
    let token = &reader.tokens[at];
    let fits = reader.is_part(at) && (token.shape == Shape::Capital || reader.shouted && token.shape == Shape::Upper);
    if !fits || reader.headline {
        return None;
    }
    let end = reader.run(at);
    let last = &reader.tokens[end - 1];
    if reader.is_eponym(end)
        || reader.is_author(end)
        || reader.is_joined(at, end)
        || last.is(Flag::Eponym) && !last.is(Flag::Surname)
    {
        return None;
    }
    // "Emery-Dreifuss" is one name of two.
    let apart = (at..end - 1).any(|part| reader.gap(part) != "-");
    let described = reader.is_described(end);
    let is_open = |part: usize| {
        let token = &reader.tokens[part];
        token.shape == Shape::Lower
            || !token.is(Flag::Land)
                && (!token.is(Flag::Word)
                    || part > at && (reader.gap(part - 1) == "-" || described || reader.is_spoken_of(at)))
    };
    let several = apart && (at..end).all(is_open) && !token.is(Flag::Eponym) && (!reader.shouted || described);
    let single = !token.is(Flag::Eponym) && (token.is(Flag::Surname) || token.stem - token.start > 4);
    (several || single && (reader.has_age(end) || reader.is_owner(end) || reader.is_asked_about(at, end)))
        .then_some(at..end)
}
