//! Numbers that states give to people, known by their shape and their check digits.

use std::ops::Range;
use std::sync::LazyLock;

use crate::class::Class;
use crate::numbers;
use crate::rule::{Candidate, Rule, apply, rank};
use crate::text::Text;

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    vec![
        // The United States: nine digits in three groups; without groups where the text says so, be it ever so wrong.
        Rule::new(Class::NationalId, rank::CHECKED, r"[0-9]{3}(?:-[0-9]{2}-| [0-9]{2} )[0-9]{4}", |text, range| {
            is_one(text, range) && numbers::ssn(&text.plain[range.clone()])
        }),
        said(
            r"(?:ssn|s\.s\.n\.?|ss ?#|social security(?: (?:number|no|num|#))?|soc sec|itin)",
            r"[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}|(?:[x*]{3}[- ]?[x*]{2}[- ]?)?[0-9]{4}",
        ),
        // Britain: the NHS number and Scotland's CHI number, national insurance.
        Rule::new(Class::NationalId, rank::CHECKED, r"[0-9]{3} ?[0-9]{3} ?[0-9]{4}", |text, range| {
            is_one(text, range) && numbers::nhs(&text.plain[range.clone()])
        }),
        said(
            r"(?:nhs|chi|health (?:and|&) care|hcn|h&c)(?: ?(?:number|no|num|id|#))?",
            r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}|[0-9]{6}[ -]?[0-9]{4}",
        ),
        Rule::new(
            Class::NationalId,
            rank::CHECKED,
            r"(?i)\b[a-ceghj-pr-tw-z][a-ceghj-nprstw-z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]\b",
            |text, range| {
                let never = ["bg", "gb", "kn", "nk", "nt", "tn", "zz"];
                text.stands_alone(range) && !never.contains(&&text.lower[range.start..range.start + 2])
            },
        ),
        said(
            r"(?:ni ?no|ni number|national insurance(?: (?:number|no))?)",
            r"[a-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]?",
        ),
        // Canada.
        Rule::new(Class::NationalId, rank::CHECKED, r"[0-9]{3}(?:-[0-9]{3}-| [0-9]{3} )[0-9]{3}", |text, range| {
            is_one(text, range) && numbers::sin(&text.plain[range.clone()])
        }),
        said(r"(?:sin|social insurance)(?: (?:number|no|#))?", r"[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{3}"),
        // India.
        Rule::new(Class::NationalId, rank::CHECKED, r"[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}", |text, range| {
            is_one(text, range) && numbers::aadhaar(&text.plain[range.clone()])
        }),
        // New Zealand: three letters and four digits or signs, where it is said to be one.
        said(r"nhi(?: (?:number|no|#))?", r"[a-hj-np-z]{3} ?[0-9]{2}[0-9a-z]{2}"),
        // Spain, France, Italy, Brazil, Poland.
        Rule::new(Class::NationalId, rank::CHECKED, r"\b(?:[0-9]{8}|[XYZ]-?[0-9]{7})-?[A-Z]\b", |text, range| {
            is_one(text, range) && numbers::dni(&text.plain[range.clone()])
        }),
        Rule::new(
            Class::NationalId,
            rank::CHECKED,
            r"\b[12] ?[0-9]{2} ?(?:0[1-9]|1[0-2]|[2-9][0-9]) ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}\b",
            |text, range| is_one(text, range) && numbers::nir(&text.plain[range.clone()]),
        ),
        Rule::new(
            Class::NationalId,
            rank::CHECKED,
            r"\b[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]\b",
            |_, _| true,
        ),
        Rule::new(Class::NationalId, rank::CHECKED, r"\b[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}\b", |text, range| {
            is_one(text, range) && numbers::cpf(&text.plain[range.clone()])
        }),
        Rule::new(Class::NationalId, rank::CHECKED, r"\b[0-9]{11}\b", |text, range| {
            is_one(text, range) && numbers::pesel(&text.plain[range.clone()])
        }),
        // China, Singapore.
        Rule::new(Class::NationalId, rank::CHECKED, r"\b[1-9][0-9]{16}[0-9Xx]\b", |text, range| {
            numbers::resident(&text.plain[range.clone()])
        }),
        Rule::new(Class::NationalId, rank::CHECKED, r"\b[STFG][0-9]{7}[A-Z]\b", |text, range| {
            numbers::nric(&text.plain[range.clone()])
        }),
        // Sweden, Denmark, Finland: a day of birth and a number.
        Rule::new(
            Class::NationalId,
            rank::CHECKED,
            r"\b(?:19|20)?[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[-+][0-9]{4}\b",
            |text, range| {
                let value = &text.plain[range.clone()];
                let short = &value[value.len() - 11..];
                is_one(text, range) && numbers::luhn(short)
            },
        ),
        Rule::new(
            Class::NationalId,
            rank::CHECKED,
            r"\b(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}-[0-9]{4}\b",
            |text, range| text.stands_alone(range),
        ),
        Rule::new(
            Class::NationalId,
            rank::CHECKED,
            r"\b(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}[-+A][0-9]{3}[0-9A-Y]\b",
            |text, range| numbers::hetu(&text.plain[range.clone()]),
        ),
        // What is said to be one, of any country.
        said(
            r"(?:passport|national id(?:entity)?(?: card)?|identity card|id card|citizen(?:ship)? (?:card|id)|nin|bvn|aadhaar|pesel|dni|nie|nif|cpf|curp|ahv|bsn|nir|codice fiscale|personnummer|nric|fin|hkid|cnic|tax(?:payer)? id|tin|pps|ppsn|emirates id|iqama|resident permit|birth certificate)(?: ?(?:number|no|num|nr|id|#))?",
            r"[a-z]{0,4}[0-9][0-9a-z]{1,17}(?:[-/.][0-9a-z]{1,9}| [0-9]{3,5}){0,5}",
        ),
    ]
});

/// A rule for a value of this shape after these words.
fn said(words: &str, value: &str) -> Rule {
    let source = format!(
        r"(?i)\b{words}[.)]?[\s:.#=(-]{{0,4}}(?:\b(?:number|no|is|was|of|ending|ends|in|last|four|4|digits?|for|this|patient|my|her|his)\b[\s:.#=(]{{0,3}}){{0,5}}({value})\b"
    );
    Rule::new(Class::NationalId, rank::SAID, &source, |text, range| {
        numbers::count_digits(&text.plain[range.clone()]) > 2 && !text.is_amount(range.end) && !is_year(text, range)
    })
}

/// Whether a value stands by itself, and is neither an amount nor one of many.
fn is_one(text: &Text, range: &Range<usize>) -> bool {
    text.stands_alone(range) && !text.is_amount(range.end) && !text.is_series(range)
}

fn is_year(text: &Text, range: &Range<usize>) -> bool {
    let value = &text.plain[range.clone()];
    value.len() == 4 && (value.starts_with("19") || value.starts_with("20"))
}

/// Finds numbers of states.
pub(crate) fn find(text: &Text, found: &mut Vec<Candidate>) {
    apply(&RULES, text, found);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(question: &str) -> Vec<String> {
        crate::rule::found_by(find, question).into_iter().map(|(_, words)| words).collect()
    }

    #[test]
    fn numbers_of_states_are_known_by_shape_and_check() {
        for number in [
            "219-09-9998",
            "943 476 5919",
            "9434765919",
            "AB 12 34 56 C",
            "130-692-544",
            "2341 2341 2346",
            "12345678Z",
            "2 55 08 14 168 025 38",
            "RSSMRA85T10A562S",
            "529.982.247-25",
            "44051401359",
            "11010519491231002X",
            "S1234567D",
            "811228-9874",
            "131052-308T",
        ] {
            assert!(found(&format!("he has {number} on file")).contains(&number.to_owned()), "{number}");
        }
        for (text, number) in [
            ("SSN: 219099998", "219099998"),
            ("last four of SSN is 9998", "9998"),
            ("NHS no. 943 476 5910", "943 476 5910"),
            ("passport number C01234567", "C01234567"),
            ("NHI ZZZ0016", "ZZZ0016"),
        ] {
            assert!(found(text).contains(&number.to_owned()), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn other_numbers_are_none_of_them() {
        for text in [
            "000-12-3456",
            "943 476 5910",
            "NHS 2023 guideline",
            "SIN 2020",
            "CHI 10 mg",
            "100 200 300",
            "12345678A",
            "NHS England 2019",
            "fin 5 mg",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
    }
}
