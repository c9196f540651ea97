//! Dates down to the day.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::class::Class;
use crate::rule::{Candidate, Rule, apply, pattern, rank};
use crate::text::Text;

const MONTHS: &str = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";

/// French, German, Spanish, Italian, Portuguese.
const FOREIGN_MONTHS: &str = "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|januar|februar|marz|maerz|juni|juli|oktober|dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|janeiro|fevereiro|marco|maio|junho|julho|setembro|outubro|dezembro";

/// What says that a date is somebody's own.
const EVENTS: &str = r"(?:dob|d\.o\.b\.?|date of birth|birth ?da(?:te|y)|born|admitted|admission|adm|discharged?|died|death|deceased|dod|doa|dos|seen|visit(?:ed)?|surgery|operat(?:ion|ed)|procedure|presented|transferred|delivered|lmp|edd|appointment|appt|clinic)";

static DAYS: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let gap = r"(?:[\s:.#=(-]|\b(?:on|is|was|of|the|date|in)\b){0,6}";
    vec![
        Rule::new(
            Class::Date,
            rank::DATE,
            r"[0-9]{1,4}(?: ?/ ?[0-9]{1,2} ?/ ?|-[0-9]{1,2}-|\.[0-9]{1,2}\.)[0-9]{2,4}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?",
            is_numeric,
        ),
        Rule::new(
            Class::Date,
            rank::DATE,
            &format!(
                r"(?i)\b[0-9]{{1,2}}(?:st|nd|rd|th)?(?: day)?(?: of)?[ ./-]{{0,2}}(?:{MONTHS})(?:[0-9]{{4}}\b|\b\.?(?:[ ,./'-]{{1,3}}(?:[0-9]{{4}}|[0-9]{{2}})\b)?)"
            ),
            is_written,
        ),
        Rule::new(
            Class::Date,
            rank::DATE,
            &format!(
                r"(?i)\b(?:{MONTHS})\b\.?[ /-]{{1,2}}(?:the )?[0-9]{{1,2}}(?:st|nd|rd|th)?\b(?:,? ?'?[0-9]{{4}}\b|[/-][0-9]{{2,4}}\b)?"
            ),
            is_written,
        ),
        Rule::new(
            Class::Date,
            rank::DATE,
            &format!(r"(?i)\b[0-9]{{1,2}}(?:er|\.)? (?:de )?(?:{FOREIGN_MONTHS}) (?:de )?(?:19|20)[0-9]{{2}}\b"),
            |text, range| text.stands_alone(range),
        ),
        // Said to be a date: shorter forms will do.
        Rule::new(
            Class::Date,
            rank::SAID,
            &format!(
                r"(?i)\b{EVENTS}\b{gap}([0-9]{{8}}|[0-9]{{6}}|[0-9]{{1,2}} [0-9]{{1,2}} (?:[0-9]{{4}}|[0-9]{{2}})|[0-9]{{1,2}}[./-][0-9]{{1,2}}[./-](?:[0-9]{{4}}|[0-9]{{2}}))\b"
            ),
            |text, range| is_day(&text.plain[range.clone()]) && text.stands_alone(range) && !text.is_amount(range.end),
        ),
        Rule::new(
            Class::Date,
            rank::SAID,
            &format!(r"(?i)\b{EVENTS}\b(?:[\s:]|\b(?:on|is|was)\b){{1,4}}([0-9]{{1,2}}[/-][0-9]{{1,2}})\b"),
            is_day_and_month,
        ),
        // The month of what happens to somebody once.
        Rule::new(
            Class::Date,
            rank::SAID,
            &format!(
                r"(?i)\b(?:dob|born|birth|admitted|admission|discharged|died|death)\b{gap}((?:{MONTHS})\.?,? (?:19|20)[0-9]{{2}}|[0-9]{{1,2}}/(?:19|20)[0-9]{{2}})\b"
            ),
            |text, range| text.stands_alone(range),
        ),
    ]
});

/// Finds dates.
pub(crate) fn find(text: &Text, found: &mut Vec<Candidate>) {
    apply(&DAYS, text, found);
}

/// Whether three numbers, or eight digits, can be a day: in the order of any country.
fn is_day(value: &str) -> bool {
    let date = value.split(['T', ':']).next().unwrap_or_default();
    let parts: Vec<&str> = date.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    let is_year = |text: &str| match text.len() {
        4 => (1890..=2099).contains(&number(text)),
        2 => true,
        _ => false,
    };
    let is_pair = |a: &str, b: &str| {
        let (a, b) = (number(a), number(b));
        a.max(b) <= 31 && a.min(b) <= 12 && a.min(b) > 0
    };
    match parts[..] {
        [year, month, day, ..] if year.len() == 4 => {
            is_year(year) && (1..=12).contains(&number(month)) && (1..=31).contains(&number(day)) && day.len() <= 2
        }
        [a, b, year, ..] => a.len() <= 2 && is_year(year) && is_pair(a, b),
        [all] if all.len() == 8 => {
            is_year(&all[..4]) && is_pair(&all[4..6], &all[6..]) || is_year(&all[4..]) && is_pair(&all[..2], &all[2..4])
        }
        [all] if all.len() == 6 => is_pair(&all[..2], &all[2..4]) || is_pair(&all[2..4], &all[4..]),
        _ => false,
    }
}

fn is_numeric(text: &Text, range: &Range<usize>) -> bool {
    let value = &text.plain[range.clone()];
    let date = value.split(['T', ':']).next().unwrap_or_default();
    let short = !date.split(|c: char| !c.is_ascii_digit()).any(|part| part.len() == 4);
    let after = text.after(range.end, 2);
    let left = text.left(range.start);
    // "1.2.21" is the number of a recommendation, "6/11/16" may be types of a virus.
    let counts =
        ["type", "types", "hpv", "serotype", "serotypes", "strain", "strains", "at", "day", "days", "week", "weeks"];
    let is_series = short && (value.contains('.') || counts.contains(&text.word_before(range.start, 16)));
    let goes_on =
        after.starts_with('/') || after.starts_with(['-', '.']) && after.ends_with(|c: char| c.is_ascii_digit());
    is_day(value)
        && !left.is_ascii_alphanumeric()
        && !matches!(left, b'.' | b'/' | b'-')
        && !text.right(range.end).is_ascii_alphanumeric()
        && !goes_on
        && !is_series
        && !(short && text.is_amount(range.end))
        && !is_published(text, range.start)
}

/// Whether a date in letters is one: not a dose in a sentence with "may", nor a scan called OCT.
fn is_written(text: &Text, range: &Range<usize>) -> bool {
    let value = &text.plain[range.clone()];
    let lower = &text.lower[range.clone()];
    let numbers: Vec<&str> = value.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let has_long_year = numbers.iter().any(|number| number.len() == 4);
    let has_ordinal = ["st", "nd", "rd", "th"]
        .iter()
        .any(|end| numbers.iter().any(|number| lower.contains(&format!("{number}{end}"))));
    let month = value.split(|c: char| !c.is_ascii_alphabetic()).find(|word| {
        word.len() > 2 && word.get(..3).is_some_and(|start| MONTH_STARTS.contains(&start.to_ascii_lowercase().as_str()))
    });
    let month = month.unwrap_or_default();
    let is_weak = ["may", "march", "mar", "oct", "dec", "sep", "sept", "jan", "nov", "apr", "aug"]
        .contains(&month.to_ascii_lowercase().as_str());
    let is_proper =
        month.starts_with(|c: char| c.is_ascii_uppercase()) && month.ends_with(|c: char| c.is_ascii_lowercase());
    let leads = [
        "on",
        "by",
        "since",
        "from",
        "until",
        "till",
        "before",
        "after",
        "dated",
        "born",
        "died",
        "admitted",
        "discharged",
        "seen",
        "dob",
        "lmp",
        "edd",
        "dos",
        "adm",
        "op",
        "visit",
        "clinic",
        "review",
        "of",
        "and",
        "between",
        "to",
        "for",
        "due",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let is_led = leads.contains(&text.word_before(range.start, 16));
    let is_sure = has_long_year || has_ordinal || !is_weak || is_proper && (is_led || month.len() > 3);
    let day = numbers.first().and_then(|day| day.parse::<u32>().ok()).unwrap_or(0);
    let day = if numbers.first().is_some_and(|number| number.len() == 4) { 0 } else { day };
    let right = text.right(range.end);
    let further = text.right(range.end + 1);
    (1..=31).contains(&day)
        && is_sure
        && !text.left(range.start).is_ascii_alphanumeric()
        && !matches!(text.left(range.start), b'.' | b'/' | b'-')
        && !(matches!(right, b'.' | b'/' | b'-' | b',') && further.is_ascii_digit())
        && (has_long_year || !text.is_amount(range.end))
        && !is_published(text, range.start)
}

const MONTH_STARTS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Two numbers after a word that asks for a date; not "3/7", which is how doctors write three days.
fn is_day_and_month(text: &Text, range: &Range<usize>) -> bool {
    let value = &text.plain[range.clone()];
    let parts: Vec<u32> = value.split(['/', '-']).filter_map(|part| part.parse().ok()).collect();
    let [a, b] = parts[..] else { return false };
    let after = text.after(range.end, 12);
    let is_span = after.trim_start().starts_with("ago") || value.contains('/') && matches!(b, 7 | 52);
    a.max(b) <= 31
        && a.min(b) <= 12
        && a.min(b) > 0
        && !is_span
        && text.stands_alone(range)
        && !text.is_amount(range.end)
}

/// Whether the words before `at` say that something was published then, and none says that it is about a person.
fn is_published(text: &Text, at: usize) -> bool {
    static DOCUMENT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\b(?:published|publication|updated?|issued|revised|accessed|retrieved|effective|version|edition|guidelines?|guidance|recommendations?|statement|bulletin|approv(?:al|ed|es)|licensed|launched|fda|ema|mhra|nice|cdc|trial (?:regist|start|end)|registration)\b[^.;?\n]*$",
        )
    });
    static PERSON: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\b(?:dob|born|birth|admi[a-z]*|patient'?s?|pt|seen|discharg[a-z]*|died|surgery|since|mrs?|ms|miss|her|his|she|he|my)\b[^.;?\n]*$",
        )
    });
    let before = text.before(at, 48).as_bytes();
    DOCUMENT.is_match(before) && !PERSON.is_match(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(question: &str) -> Vec<String> {
        crate::rule::found_by(find, question).into_iter().map(|(_, words)| words).collect()
    }

    #[test]
    fn days_are_found_in_many_forms() {
        for date in [
            "03/04/1956",
            "3/4/56",
            "2021-03-12",
            "2021-03-12T10:15:00Z",
            "12.03.2021",
            "12-03-2021",
            "12 March 2021",
            "12th of March 2021",
            "12-Mar-2021",
            "March 12, 2021",
            "Mar 12 2021",
            "12 March",
            "June 3rd",
            "3 july",
        ] {
            assert!(found(&format!("he was seen on {date}, what next?")).contains(&date.to_owned()), "{date}");
        }
        for (text, date) in [
            ("DOB 03041956", "03041956"),
            ("dob: 3 4 56", "3 4 56"),
            ("DOB 12/03", "12/03"),
            ("born in March 1950", "March 1950"),
            ("admitted on 14/2 with", "14/2"),
        ] {
            assert!(found(text).contains(&date.to_owned()), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn years_durations_doses_and_publications_are_no_dates() {
        for text in [
            "2023 guideline",
            "day 3 of treatment",
            "10/12 weeks",
            "3/7 days",
            "admitted 3/7 ago",
            "BP 120/80",
            "5/10/15 mg",
            "recommendation 1.2.21",
            "HPV 6/11/16/18",
            "may 5 mg be given",
            "May 10 mg be given?",
            "2 OCT scans",
            "guideline updated 12 March 2024",
            "since March 2021",
            "oct 2 mm",
            "FDA approval on 3 June 2021",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
    }
}
