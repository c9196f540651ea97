//! Finds the amounts among the words of a sentence: a number with what bounds it, its range and its unit.

use crate::comparator::{Relation, reach_before, relation_after, relation_before, relation_named};
use crate::lexicon;
use crate::number::{Number, number_at};
use crate::quantity::{Quantity, join};
use crate::senses::sense_at;
use crate::unit::{Unit, is_number, unit_at};
use crate::words::{Kind, Token};

/// All amounts among `tokens`, in order; those that `taken` covers are left out.
pub(crate) fn quantities(tokens: &[Token], taken: &[bool]) -> Vec<Quantity> {
    let mut found: Vec<Quantity> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match (taken[at], number_at(&tokens[at..])) {
            (false, Some(number)) => {
                let quantity = read(tokens, taken, at, number);
                at = quantity.at.end.max(at + number.length);
                found.push(quantity);
            }
            _ => at += 1,
        }
    }
    share_units(tokens, &mut found);
    share_points(tokens, &mut found);
    for quantity in &mut found {
        bound(tokens, quantity);
        let next = tokens.get(quantity.at.end).filter(|next| next.is_word() && !quantity.has_unit());
        // "One swab", "two swabs": the same noun.
        quantity.noun = next.map(|next| next.lower.strip_suffix('s').unwrap_or(&next.lower).to_owned());
        quantity.counts = next.is_some() && counts(tokens, taken, quantity.at.end);
    }
    // "Five of 20 patients" is no idiom; "one of the first" is.
    let counts = |noun: &str| !lexicon::is_function_word(noun);
    found.retain(|one| {
        !one.is_word()
            || one.value > 2.0
            || one.noun.as_deref().is_some_and(|noun| counts(noun) || noun == "of" && one.value > 1.0)
    });
    found.extend(multiples(tokens, taken));
    found.sort_by_key(|one| one.at.start);
    found
}

/// How much what is halved or doubled is changed, as against what it was.
fn multiples(tokens: &[Token], taken: &[bool]) -> Vec<Quantity> {
    let read = |(at, token): (usize, &Token)| {
        let before = at.checked_sub(1).map_or("", |before| tokens[before].lower.as_str());
        let is_order =
            matches!(before, "" | "to" | "should" | "must" | "may" | "can" | "then" | "and" | "," | "." | ":" | ";");
        let joined = tokens.get(at + 1).is_some_and(|next| next.written == "-");
        let value = match token.lower.as_str() {
            "halve" | "halved" | "halves" | "halving" => 0.5,
            "doubled" | "doubles" => 2.0,
            "double" if is_order => 2.0,
            "tripled" | "trebled" => 3.0,
            _ => return None,
        };
        let written = String::new();
        let is_free = !taken[at] && !joined;
        is_free.then(|| Quantity {
            in_words: true,
            dimension: "ratio".to_owned(),
            ..Quantity::plain(value, written, at..at + 1)
        })
    };
    tokens.iter().enumerate().filter_map(read).collect()
}

/// Whether what follows a bare number is counted by it, or is a unit that is not known.
fn counts(tokens: &[Token], taken: &[bool], end: usize) -> bool {
    let Some(next) = tokens.get(end).filter(|next| next.is_word() && !taken[end]) else { return false };
    let lower = next.lower.as_str();
    let says_more = lexicon::is_function_word(lower) || sense_at(std::iter::once(lower)).is_some();
    lexicon::is_counted(lower) || lower.chars().count() <= 3 && lower.chars().all(char::is_alphabetic) && !says_more
}

/// Reads the comparator before or after an amount, and its reach, and takes the tokens of the comparator.
fn bound(tokens: &[Token], quantity: &mut Quantity) {
    if let Some((relation, words)) = relation_before(tokens, quantity.at.start) {
        quantity.at.start -= words;
        quantity.relation = if may_last(tokens, quantity) { Relation::Over } else { relation };
    } else if let Some((relation, words)) = relation_after(tokens, quantity.at.end) {
        quantity.relation = relation;
        quantity.at.end += words;
        quantity.is_bounded_elsewhere = words == 0;
    } else if let Some(relation) = relation_named(tokens, quantity.at.start, quantity.at.end) {
        quantity.relation = relation;
        quantity.is_bounded_elsewhere = true;
    }
    quantity.reach = reach_before(tokens, quantity.at.start);
    let next = tokens.get(quantity.at.end).map_or("", |next| next.lower.as_str());
    quantity.has_origin = matches!(next, "after" | "before" | "following" | "from");
}

/// Whether "over" before a time may say for how long: "infuse it over 10 minutes".
fn may_last(tokens: &[Token], quantity: &Quantity) -> bool {
    let lower = |at: usize| tokens[at].lower.as_str();
    let bounds = |at: usize| {
        matches!(
            lower(at),
            "for" | "lasting" | "lasts" | "lasted" | "persisting" | "persists" | "is" | "was" | "are" | "of" | "takes"
        )
    };
    lower(quantity.at.start) == "over"
        && matches!(quantity.dimension.as_str(), "time" | "months")
        && !quantity.at.start.checked_sub(1).is_some_and(bounds)
}

/// The amount whose number starts at `at`.
fn read(tokens: &[Token], taken: &[bool], at: usize, number: Number) -> Quantity {
    let minus = at > 0
        && tokens[at - 1].written == "-"
        && tokens[at - 1].spaced
        && !tokens[at].spaced
        && (at < 2 || !is_number(tokens.get(at - 2)));
    let value = if minus { -number.value } else { number.value };
    let mut end = at + number.length;
    // "1:1000", "1 in 1000", "one in five"
    let separator = tokens.get(end).map(|token| token.lower.as_str());
    if number.value == 1.0
        && matches!(separator, Some(":" | "in"))
        && let Some(whole) = number_at(&tokens[end + 1..]).filter(|whole| whole.value > 1.0)
        && unit_at(&tokens[end + 1 + whole.length..]).is_none()
    {
        end += 1 + whole.length;
        let written = join(&tokens[at..end]);
        return Quantity { dimension: "ratio".into(), ..Quantity::plain(1.0 / whole.value, written, at..end) };
    }
    let first_unit = unit_at(&tokens[end..]).filter(|unit| stands_for_unit(tokens, end, unit));
    let unit_end = end + first_unit.as_ref().map_or(0, |unit| unit.length);
    if let Some((upper, upper_end, upper_unit)) = range_end(tokens, at, unit_end, number.value) {
        let low_unit = first_unit.clone().or_else(|| upper_unit.clone());
        let high_unit = upper_unit.or_else(|| first_unit.clone());
        let factor = |unit: &Option<Unit>| unit.as_ref().map_or(1.0, |unit| unit.factor);
        let dimension = |unit: &Option<Unit>| unit.as_ref().map_or(String::new(), |unit| unit.dimension.clone());
        if dimension(&low_unit) == dimension(&high_unit) {
            let (start, unit) = point_at(tokens, taken, at, upper_end).filter(|_| low_unit.is_none()).unzip();
            let (dimension, scale) = unit.unwrap_or_else(|| (dimension(&low_unit), 1.0));
            return Quantity {
                upper: Some(upper * factor(&high_unit) * scale),
                dimension,
                is_point: start.is_some(),
                ..Quantity::plain(
                    value * factor(&low_unit) * scale,
                    join(&tokens[at..upper_end]),
                    start.unwrap_or(at)..upper_end,
                )
            };
        }
    }
    let aged = at > 0 && matches!(tokens[at - 1].lower.as_str(), "aged" | "age");
    let point = point_at(tokens, taken, at, unit_end).filter(|_| first_unit.is_none());
    let (start, is_point) = (point.as_ref().map_or(at, |(start, _)| *start), point.is_some());
    let (dimension, factor) = match (first_unit, point) {
        (Some(unit), _) => (unit.dimension, unit.factor),
        (None, Some((_, unit))) => unit,
        (None, None) if aged => ("years".to_owned(), 1.0),
        (None, None) if is_part(tokens, at, unit_end, value) => ("ratio".to_owned(), 1.0),
        (None, None) => (String::new(), 1.0),
    };
    let written = join(&tokens[at..unit_end]);
    Quantity {
        dimension,
        in_words: number.in_words,
        number: number.value,
        is_point,
        ..Quantity::plain(value * factor, written, start..unit_end)
    }
}

/// The day, week, month or year that a number at `at` counts from some beginning: where it stands, what it measures in, and its
/// factor.
fn point_at(tokens: &[Token], taken: &[bool], at: usize, end: usize) -> Option<(usize, (String, f64))> {
    let before = at.checked_sub(1).filter(|&before| !taken[before])?;
    let unit = point_unit(&tokens[before])?;
    let Kind::Number(value) = tokens[at].kind else { return None };
    // "In the first week 12 patients …", "the year 2015".
    let counts = tokens.get(end).is_some_and(|next| lexicon::is_counted(&next.lower));
    let is_after_number = before > 0 && is_number(tokens.get(before - 1));
    (!counts && !is_after_number && value < 400.0).then_some((before, (unit.dimension, unit.factor)))
}

/// A word that a number may stand behind: "day", "weeks".
fn point_unit(token: &Token) -> Option<Unit> {
    let is_unit =
        matches!(token.lower.as_str(), "day" | "days" | "week" | "weeks" | "month" | "months" | "year" | "years");
    if is_unit { unit_at(std::slice::from_ref(token)) } else { None }
}

/// Whether a number in words is a part of something, and not an idiom: "three quarters of patients", "half the dose", "by a
/// third".
fn is_part(tokens: &[Token], at: usize, end: usize, value: f64) -> bool {
    let lower = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.lower.as_str());
    let is_of = matches!(lower(Some(end)), "of" | "the" | "its" | "their");
    let is_change = matches!(lower(at.checked_sub(1)), "by" | "to")
        && tokens.get(end).is_none_or(|next| !next.is_word() || lexicon::is_function_word(&next.lower));
    value > 0.0 && value < 1.0 && !matches!(tokens[at].kind, Kind::Number(_)) && (is_of || is_change)
}

/// "5 m" is a length, "5 h" a time, but "group 2 s" is nothing; "5 in 3 doses": a count of doses needs no more care.
fn stands_for_unit(tokens: &[Token], end: usize, unit: &Unit) -> bool {
    let single = tokens[end].written.chars().count() == 1 && tokens[end].is_word();
    let followed_by_stop = tokens.get(end + unit.length).is_some_and(|next| next.written == "'");
    !(single && followed_by_stop)
}

/// The upper end of a range that goes on at `end`: `-`, `to`, or `and` after `between`.
fn range_end(tokens: &[Token], start: usize, end: usize, lower: f64) -> Option<(f64, usize, Option<Unit>)> {
    let joint = tokens.get(end)?;
    let between = start > 0 && tokens[start - 1].lower == "between";
    let joins = match joint.lower.as_str() {
        "-" | "to" => true,
        "and" => between,
        _ => false,
    };
    let upper = number_at(tokens.get(end + 1..)?).filter(|_| joins)?;
    let after = end + 1 + upper.length;
    let unit = unit_at(&tokens[after..]);
    let length = unit.as_ref().map_or(0, |unit| unit.length);
    (upper.value > lower || unit.is_some()).then_some((upper.value, after + length, unit))
}

/// "Days 1, 8 and 15": numbers behind the first count what it counts.
fn share_points(tokens: &[Token], found: &mut [Quantity]) {
    for at in 1..found.len() {
        let (before, after) = found.split_at_mut(at);
        let (Some(one), next) = (before.last(), &mut after[0]) else { continue };
        let between = &tokens[one.at.end..next.at.start];
        let joins =
            !between.is_empty() && between.iter().all(|token| matches!(token.lower.as_str(), "," | "or" | "and" | "&"));
        let counts =
            tokens.get(next.at.end).is_some_and(|next| next.is_word() && !lexicon::is_function_word(&next.lower));
        if one.is_point && joins && !next.has_unit() && !next.in_words && !counts {
            let Some(unit) = tokens[..one.at.end].iter().rev().find_map(point_unit) else { continue };
            next.value *= unit.factor;
            next.upper = next.upper.map(|upper| upper * unit.factor);
            next.dimension = unit.dimension;
            next.is_point = true;
        }
    }
}

/// "5, 10 or 20 mg", "140/90 mmHg", "5 ± 2 mg": numbers before the last have its unit.
fn share_units(tokens: &[Token], found: &mut [Quantity]) {
    // Of the unit that the last of them has.
    let mut factor = None;
    for at in (1..found.len()).rev() {
        let (before, after) = found.split_at_mut(at);
        let (Some(one), next) = (before.last_mut(), &after[0]) else { continue };
        let between = &tokens[one.at.end..next.at.start];
        let joins = !between.is_empty()
            && between.iter().all(|token| matches!(token.lower.as_str(), "," | "or" | "and" | "/" | "±"));
        if joins && !one.has_unit() && next.has_unit() && next.dimension != "years" {
            let shared = factor.unwrap_or_else(|| factor_of(next, tokens));
            one.value *= shared;
            one.upper = one.upper.map(|upper| upper * shared);
            one.dimension.clone_from(&next.dimension);
            factor = Some(shared);
        } else {
            factor = None;
        }
    }
}

fn factor_of(quantity: &Quantity, tokens: &[Token]) -> f64 {
    let inside = &tokens[quantity.at.clone()];
    let unit = (0..inside.len()).filter(|&at| number_at(&inside[at..]).is_none()).find_map(|at| unit_at(&inside[at..]));
    unit.map_or(1.0, |unit| unit.factor)
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict::{Contradicted, Partial, Supported};

    use crate::check::{are, verdict_of as verdict};
    use crate::{Source, check};

    #[test]
    fn a_noun_may_bound_its_amount() {
        are(
            Partial,
            &[
                ("The daily dose of escitalopram is 20 mg.", "The maximum daily dose of escitalopram is 20 mg."),
                ("The amount is 3 g.", "The largest amount is 3 g."),
                ("The infusion rate of vancomycin is 10 mg/min.", "Maximum infusion rate of vancomycin: 10 mg/min."),
                ("Naproxen 1 g is a single dose.", "Of naproxen, 1 g is the maximum single dose."),
            ],
        );
        are(
            Contradicted,
            &[
                ("The maximum interval between doses is 4 hours.", "The minimum interval between doses is 4 hours."),
                ("Lowest age for the vaccine: 6 months.", "Highest age for the vaccine: 6 months."),
            ],
        );
        are(
            Supported,
            &[
                ("Do not exceed 3 g a day.", "The maximum dose is 3 g a day."),
                ("The maximum dose of it is 3 g.", "The maximum dose of it (by mouth) is 3 g."),
                ("Ramipril must not be above 10 mg a day.", "Ramipril should not exceed 10 mg a day."),
                ("Ramipril should not exceed 10 mg a day.", "The maximum daily dose of ramipril is 10 mg."),
                ("Give 2.5 mg, at most 10 mg.", "Give 2.5 mg; the maximum dose is 10 mg."),
            ],
        );
    }

    #[test]
    fn the_reason_says_what_bounds_an_amount() {
        let source = Source::new("The maximum dose of escitalopram is 20 mg.", []);
        let reason = check("The dose of escitalopram is 20 mg.", &source).reason;
        assert_eq!(reason.as_deref(), Some("the source says at most 20 mg, not 20 mg"));
    }

    #[test]
    fn a_change_by_an_amount_is_not_one_to_it() {
        are(
            Contradicted,
            &[
                ("Reduce the dose of lithium to 200 mg.", "Reduce the dose of lithium by 200 mg."),
                ("Lower the pressure by no more than 110 mmHg.", "Lower the pressure to no more than 110 mmHg."),
            ],
        );
        are(
            Supported,
            &[
                ("The dose of lithium is reduced by half.", "Lithium: the dose is reduced by 50%."),
                ("The dose was doubled.", "After a week the dose was doubled."),
                ("Its risk was reduced by 50%.", "Its risk was halved."),
            ],
        );
    }

    #[test]
    fn numbers_in_words_are_held_against_the_same_noun() {
        are(
            Contradicted,
            &[
                ("Take two sets of cultures.", "Take three sets of cultures."),
                ("At most two criteria are met.", "At least two criteria are met."),
                ("One clear scan is needed.", "Two clear scans are needed."),
                ("Two thirds of the children recovered.", "A third of the children recovered."),
                ("The risk was doubled.", "The risk was halved."),
            ],
        );
        are(
            Supported,
            &[
                ("At least 2 criteria are met.", "Two or more criteria are met."),
                ("75% of the children recovered.", "Three quarters of the children recovered."),
                ("One scan is done at birth.", "One scan is done at birth and two at school."),
                ("HbA1c of at least 6.0% is high.", "HbA1c of 42 mmol/mol (6.0%) or more is high."),
            ],
        );
        assert_eq!(verdict("Seven swabs are taken.", "Swabs are taken."), Partial);
    }

    #[test]
    fn a_day_or_week_with_a_number_is_a_point_in_time() {
        for (statement, source) in [
            ("Repeat the scan at month 6.", "Repeat the scan at week 6."),
            ("Repeat the scan on day 6.", "Repeat the scan at week 6."),
            ("Give it on days 1 and 8.", "Give it in weeks 1 and 8."),
            ("Give it for 8 weeks.", "Give it in week 8."),
        ] {
            assert_ne!(verdict(statement, source), Supported, "{statement} against {source}");
        }
        are(
            Supported,
            &[
                ("Repeat the scan at 6 weeks.", "Repeat the scan, as before, at week 6."),
                ("It is given on days 1, 8 and 15.", "Give it on days 1, 8 and 15."),
                ("Infuse it in 20 minutes.", "Infuse it over 20 minutes."),
                ("Treat for 14 days.", "Treat for a fortnight."),
            ],
        );
        assert_eq!(verdict("The fit is over in under 5 minutes.", "The fit is over in 5 minutes."), Partial);
    }
}
