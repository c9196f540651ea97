//! How often: `twice daily`, `b.d.`, `every 12 hours` and `q12h` are one thing.

use std::ops::Range;

use crate::comparator::{Relation, relation_before};
use crate::number::number_at;
use crate::words::Token;

/// How often something is done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Schedule {
    /// Times in 24 hours; both ends of a range, or the same twice.
    per_day: (f64, f64),
    /// Parts that a day's amount is divided into.
    pub(crate) divided: bool,
    /// "Up to 4 times daily".
    relation: Relation,
    /// `nocte`, `mane`.
    part_of_day: Option<&'static str>,
    pub(crate) at: Range<usize>,
}

impl Schedule {
    /// Whether both mean the same.
    pub(crate) fn is_equal_to(&self, other: &Self) -> bool {
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.max(b);
        let unlike = |a: &str| other.part_of_day.is_some_and(|b| a != b);
        self.relation.side() == other.relation.side()
            && !self.part_of_day.is_some_and(unlike)
            && close(self.per_day.0, other.per_day.0)
            && close(self.per_day.1, other.per_day.1)
    }

    /// Whether it is as often, as the parts that a day's amount is divided into.
    pub(crate) fn is_as_often_as(&self, parts: &Self) -> bool {
        let is_one = |of: &Self| (of.per_day.0 - of.per_day.1).abs() < 1e-6;
        is_one(self) && is_one(parts) && (self.per_day.0 - parts.per_day.0).abs() < 1e-6
    }

    /// Times in 24 hours, the lower end of a range.
    pub(crate) fn times_a_day(&self) -> f64 {
        self.per_day.0
    }

    /// A day's amount that is given once may be said without saying "daily".
    pub(crate) fn is_once_a_day(&self) -> bool {
        self.per_day == (1.0, 1.0)
    }
}

/// Times a day of words that say it all.
const WHOLE: &[(&str, f64)] = &[
    ("daily", 1.0),
    ("od", 1.0),
    ("nightly", 1.0),
    ("nocte", 1.0),
    ("mane", 1.0),
    ("qd", 1.0),
    ("bd", 2.0),
    ("bid", 2.0),
    ("tds", 3.0),
    ("tid", 3.0),
    ("qds", 4.0),
    ("qid", 4.0),
    ("hourly", 24.0),
    ("weekly", 1.0 / 7.0),
    ("fortnightly", 1.0 / 14.0),
    ("monthly", 1.0 / 30.0),
    ("yearly", 1.0 / 365.0),
    ("annually", 1.0 / 365.0),
];

/// Days in a period.
fn period(word: &str) -> Option<f64> {
    Some(match word {
        "hour" | "hours" | "h" | "hr" | "hrs" | "hourly" => 1.0 / 24.0,
        "minute" | "minutes" | "min" | "mins" => 1.0 / 1440.0,
        "day" | "days" | "daily" | "d" | "night" | "morning" | "evening" => 1.0,
        "week" | "weeks" | "weekly" => 7.0,
        "fortnight" => 14.0,
        "month" | "months" | "monthly" => 30.0,
        "year" | "years" | "yearly" => 365.0,
        _ => return None,
    })
}

/// When in the day, where the rhythm says it.
fn part_of_day(word: &str) -> Option<&'static str> {
    match word {
        "night" | "nightly" | "nocte" => Some("night"),
        "morning" | "mane" => Some("morning"),
        "evening" => Some("evening"),
        _ => None,
    }
}

/// All schedules among `tokens`, in order.
pub(crate) fn schedules(tokens: &[Token]) -> Vec<Schedule> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match read(&tokens[at..]) {
            Some((per_day, divided, length)) => {
                // "Maximum daily dose" bounds the dose.
                let is_bounded = !WHOLE.iter().any(|(word, _)| *word == tokens[at].lower);
                let bound = relation_before(tokens, at).filter(|_| is_bounded);
                let (relation, words) = bound.unwrap_or((Relation::Exactly, 0));
                let range = at - words..at + length;
                let part_of_day = tokens[range.clone()].iter().find_map(|token| part_of_day(&token.lower));
                found.push(Schedule { per_day, divided, relation, part_of_day, at: range });
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// Times a day, whether divided, and tokens.
fn read(tokens: &[Token]) -> Option<((f64, f64), bool, usize)> {
    let lower = |at: usize| tokens.get(at).map_or("", |token: &Token| token.lower.as_str());
    let exactly = |times: f64, length: usize| Some(((times, times), false, length));
    let first = lower(0);
    // "q8h", "q 8 h", "6-hourly", "every 4 to 6 hours", "every other day", "each morning"
    if let Some(hours) =
        first.strip_prefix('q').and_then(|rest| rest.strip_suffix('h')).and_then(|n| n.parse::<f64>().ok())
        && hours > 0.0
    {
        return exactly(24.0 / hours, 1);
    }
    if matches!(first, "every" | "each" | "q" | "alternate") {
        if matches!(lower(1), "other" | "second" | "2nd") && period(lower(2)).is_some() || first == "alternate" {
            let at = if first == "alternate" { 1 } else { 2 };
            return period(lower(at)).and_then(|days| exactly(0.5 / days, at + 1));
        }
        if let Some(days) = period(lower(1)).filter(|_| first != "q") {
            return exactly(1.0 / days, 2);
        }
        let (low, high, length) = span(&tokens[1..])?;
        let days = period(lower(1 + length)).filter(|_| low > 0.0)?;
        return Some(((1.0 / (high * days), 1.0 / (low * days)), false, length + 2));
    }
    if let Some((low, high, length)) = span(tokens) {
        let hyphen = usize::from(lower(length) == "-");
        let next = lower(length + hyphen);
        // "8-hourly", "3-monthly", "12 hrly"
        if matches!(next, "hourly" | "hrly" | "weekly" | "monthly" | "yearly" | "daily") && next != "daily" {
            let days = period(if next == "hrly" { "hourly" } else { next }).filter(|_| low > 0.0)?;
            return Some(((1.0 / (high * days), 1.0 / (low * days)), false, length + hyphen + 1));
        }
        // "in 3 divided doses"
        if matches!(next, "divided" | "equally") && hyphen == 0 {
            let doses = (1..=2)
                .find(|step| matches!(lower(length + step), "dose" | "doses" | "portions" | "administrations"))?;
            return Some(((low, high), true, length + doses + 1));
        }
        if matches!(next, "times" | "time" | "x") {
            return with_period(tokens, low, high, length + hyphen + 1);
        }
        return None;
    }
    let times = match first {
        "once" => 1.0,
        "twice" => 2.0,
        "thrice" => 3.0,
        _ => {
            // "5 mg/day", "30 mg/kg per day", "2 g a day": once, for the whole day
            if matches!(first, "/" | "per" | "a") {
                return match lower(1) {
                    "day" | "d" => exactly(1.0, 2),
                    "24" if matches!(lower(2), "h" | "hours" | "hrs" | "hour") => exactly(1.0, 3),
                    "week" => exactly(1.0 / 7.0, 2),
                    _ => None,
                };
            }
            if let Some(days) = first.strip_suffix("-1").and_then(period).filter(|days| *days >= 1.0) {
                return exactly(1.0 / days, 1);
            }
            return WHOLE.iter().find(|(word, _)| *word == first).and_then(|(_, times)| exactly(*times, 1));
        }
    };
    with_period(tokens, times, times, 1)
}

/// `times` done; the period follows at `at`: "daily", "a day", "per week", "every 8 hours", "in 24 hours".
fn with_period(tokens: &[Token], low: f64, high: f64, at: usize) -> Option<((f64, f64), bool, usize)> {
    let lower = |at: usize| tokens.get(at).map_or("", |token: &Token| token.lower.as_str());
    let hyphen = usize::from(lower(at) == "-");
    if let Some(days) = Some(lower(at + hyphen)).filter(|word| word.ends_with("ly")).and_then(period) {
        return Some(((low / days, high / days), false, at + hyphen + 1));
    }
    if lower(at) == "at" && lower(at + 1) == "night" {
        return Some(((low, high), false, at + 2));
    }
    if matches!(lower(at), "a" | "per" | "each" | "every" | "in" | "in a" | "/") {
        if let Some(days) = period(lower(at + 1)) {
            return Some(((low / days, high / days), false, at + 2));
        }
        let (count, same, length) = span(&tokens[at + 1..])?;
        let days = period(lower(at + 1 + length)).filter(|_| count == same && count > 0.0)? * count;
        return Some(((low / days, high / days), false, at + 2 + length));
    }
    None
}

/// "4", "four", "4 to 6", "4-6".
fn span(tokens: &[Token]) -> Option<(f64, f64, usize)> {
    let low = number_at(tokens)?;
    let joint = tokens.get(low.length).map(|token| token.lower.as_str());
    if matches!(joint, Some("-" | "to" | "or"))
        && let Some(high) = number_at(&tokens[low.length + 1..]).filter(|high| high.value > low.value)
    {
        return Some((low.value, high.value, low.length + 1 + high.length));
    }
    Some((low.value, low.value, low.length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{plain, tokens};

    fn one(text: &str) -> Schedule {
        let mut found = schedules(&tokens(&plain(text)));
        assert_eq!(found.len(), 1, "{text:?}: {found:?}");
        found.remove(0)
    }

    #[test]
    fn the_same_rhythm_in_many_words() {
        for group in [
            &[
                "twice daily",
                "b.d.",
                "BID",
                "every 12 hours",
                "12-hourly",
                "q12h",
                "two times a day",
                "2 times per day",
            ][..],
            &[
                "three times daily",
                "tds",
                "t.i.d.",
                "8 hourly",
                "every eight hours",
                "thrice daily",
                "3 times in 24 hours",
            ],
            &["once daily", "daily", "every day", "od", "every 24 hours", "/day", "once a day", "each morning"],
            &["every 4 to 6 hours", "4-6 hourly", "every 4–6 h"],
            &["every other day", "alternate days", "every second day"],
            &["weekly", "once a week", "every 7 days", "once-weekly"],
        ] {
            for other in group {
                assert!(one(group[0]).is_equal_to(&one(other)), "{} and {other}: {:?}", group[0], one(other));
            }
        }
    }

    #[test]
    fn other_rhythms_differ() {
        for (a, b) in [("daily", "twice daily"), ("every 4 hours", "every 6 hours"), ("weekly", "daily"), ("bd", "tds")]
        {
            assert!(!one(a).is_equal_to(&one(b)), "{a} and {b}");
        }
        assert!(!one("nocte").is_equal_to(&one("mane")) && one("nocte").is_equal_to(&one("once daily")));
        assert!(one("in 3 divided doses").divided);
        assert!(schedules(&tokens(&plain("for 8 hours in two patients, 5 mg"))).is_empty());
    }
}
