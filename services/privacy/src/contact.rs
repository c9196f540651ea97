//! Ways to reach somebody: telephone and fax, e-mail, web address, internet protocol address.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::class::Class;
use crate::numbers::{count_digits, digits};
use crate::rule::{self, Candidate, Rule, pattern, rank};
use crate::text::Text;

/// Sites of literature, guidance and authorities: a link there names a document, unless it carries a query.
const PUBLIC: [&str; 35] = [
    "doi.org",
    "nih.gov",
    "cdc.gov",
    "fda.gov",
    "who.int",
    "nice.org.uk",
    "bnf.org",
    "sign.ac.uk",
    "gov.uk",
    "ema.europa.eu",
    "europa.eu",
    "nejm.org",
    "thelancet.com",
    "bmj.com",
    "jamanetwork.com",
    "annals.org",
    "nature.com",
    "science.org",
    "plos.org",
    "cochrane.org",
    "cochranelibrary.com",
    "clinicaltrials.gov",
    "trials.gov",
    "escardio.org",
    "acc.org",
    "heart.org",
    "ahajournals.org",
    "idsociety.org",
    "uptodate.com",
    "medscape.com",
    "mdcalc.com",
    "wikipedia.org",
    "springer.com",
    "wiley.com",
    "sciencedirect.com",
];

/// A line for the public, which is nobody's own: poison control in the United States.
const PUBLIC_LINES: [&str; 2] = ["18002221222", "8002221222"];

static PHONES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let said = r"(?i)\b(?:tel(?:ephone)?|phone|ph|mob(?:ile)?|cell(?:phone)?|fax|call(?:ing|ed|back)?|ring|rang|text|sms|whats ?app|contact(?:able|ed)?|reach(?:ed|able)?|dial|landline)\b[^0-9+(\n]{0,30}(\+?\(?[0-9][0-9 ().-]{4,20}[0-9])";
    vec![
        Rule::new(Class::Phone, rank::SAID, said, |text, range| {
            let value = &text.plain[range.clone()];
            let enough = if text.before(range.start, 24).contains("call") { 7 } else { 6 };
            (enough..=15).contains(&count_digits(value))
                && text.stands_alone(range)
                && !text.is_amount(range.end)
                && !is_round(value)
                && !text.before(range.start, 40).contains("nhs n")
        }),
        Rule::new(
            Class::Phone,
            rank::SAID,
            r"(?i)\b(?:pager|bleep|beeper)\b[^0-9\n]{0,16}([0-9]{3,7})\b",
            |text, range| text.stands_alone(range) && !text.is_amount(range.end),
        ),
        Rule::new(Class::Phone, rank::SHAPE, r"(?i)\bnumber is ([0-9]{3}[ .-]?[0-9]{4})", is_phone),
        // North America, with and without its country.
        Rule::new(
            Class::Phone,
            rank::SHAPE,
            r"(?i)(?:\+?1[-. ]?)?(?:\([0-9]{3}\) ?[-.]?|[0-9]{3}[-.])[0-9]{3}[-. ][0-9]{4}(?: ?(?:x|ext\.?|extension) ?[0-9]{1,6})?",
            is_phone,
        ),
        Rule::new(Class::Phone, rank::SHAPE, r"(?:\+?1 )?[2-9][0-9]{2} [2-9][0-9]{2} [0-9]{4}", is_phone),
        // With the sign, or the digits, of a call abroad.
        Rule::new(
            Class::Phone,
            rank::SHAPE,
            r"(?:\+[0-9]{1,3}[-. (]{0,2}|00 ?[1-9][0-9]{0,2}[-. (]{1,2})[0-9]{1,5}\)?(?:[-. /]?[0-9]{2,8}){1,6}",
            |text, range| (9..=16).contains(&count_digits(&text.plain[range.clone()])) && is_phone(text, range),
        ),
        // With the digit of a call within the country.
        Rule::new(Class::Phone, rank::SHAPE, r"\(?0[1-9][0-9]{0,4}\)?(?:[-. /]?[0-9]{2,8}){1,5}", |text, range| {
            (9..=11).contains(&count_digits(&text.plain[range.clone()])) && is_phone(text, range)
        }),
        // India.
        Rule::new(Class::Phone, rank::SHAPE, r"[6-9][0-9]{4}[ -][0-9]{5}", |text, range| {
            is_phone(text, range) && text.plain.get(range.start + 2..range.start + 5) != Some("000")
        }),
    ]
});

fn is_phone(text: &Text, range: &Range<usize>) -> bool {
    let value = &text.plain[range.clone()];
    let all: String = value.chars().filter(char::is_ascii_digit).collect();
    let half = text.left(range.start) == b'+' || text.left(range.start) == b'(' && text.right(range.end) != b')';
    !PUBLIC_LINES.contains(&all.as_str())
        && !is_round(value)
        && !text.is_amount(range.end)
        && !half
        && text.stands_alone(range)
        && !text.is_series(range)
}

/// Whether a number is counted, not given: most of its digits are zeros.
fn is_round(value: &str) -> bool {
    let digits = digits(value);
    digits.iter().filter(|digit| **digit == 0).count() * 3 >= digits.len() * 2
}

/// Finds telephone numbers, e-mail addresses, links and addresses of computers.
pub(crate) fn find(text: &Text, found: &mut Vec<Candidate>) {
    static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)[a-z0-9][a-z0-9._%+'-]{0,63} ?(?:@|\[at\]|\(at\)) ?[a-z0-9-]{1,63}(?:(?:\.| ?\[dot\] ?| ?\(dot\) ?)[a-z0-9-]{1,63}){1,4}",
        )
    });
    static LINK: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?i)\b(?:(?:https?|s?ftp)://|www\.)[^\s<>"]+|\b[a-z0-9][a-z0-9-]{1,62}(?:\.[a-z0-9-]{2,63}){0,3}\.(?:com|org|net|edu|gov|info|io|app|health|(?:co|org|nhs|ac|gov)\.uk|com\.au|co\.za|com\.ng)\b(?:/[^\s<>"]*)?"#,
        )
    });
    static FOUR: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?:/[0-9]{1,2}|:[0-9]{2,5})?"));
    static SIX: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)[0-9a-f]{0,4}:[0-9a-f:]{2,39}(?:[0-9]{1,3}\.){0,3}[0-9]{0,3}"));

    let joined = text.joined.as_bytes();
    let mut push = |class, range, rank| found.push(Candidate { class, range, rank });
    if text.joined.contains(['@', '[', '(']) {
        let ends_in_letters = |email: &regex::bytes::Match<'_>| {
            let last = email.as_bytes().rsplit(|byte| !byte.is_ascii_alphanumeric()).find(|part| !part.is_empty());
            last.is_some_and(|last| last.len() > 1 && last.iter().all(u8::is_ascii_alphabetic))
        };
        for email in EMAIL.find_iter(joined).filter(ends_in_letters) {
            push(Class::Email, email.range(), rank::LINK + 1);
        }
    }
    if text.joined.contains('.') {
        for link in LINK.find_iter(joined) {
            let start = link.start();
            let kept = text.joined[link.range()].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '"']);
            if !is_public(kept) && text.left(start) != b'@' {
                push(Class::Url, start..start + kept.len(), rank::LINK);
            }
        }
        for address in FOUR.find_iter(joined).filter(|address| is_address(text, &address.range())) {
            push(Class::Ip, address.range(), rank::CHECKED);
        }
    }
    if text.joined.contains(':') {
        for address in SIX.find_iter(joined) {
            let value = text.joined[address.range()].trim_end_matches([':', '.']);
            let range = address.start()..address.start() + value.len();
            let alone =
                !text.left(range.start).is_ascii_alphanumeric() && !text.right(range.end).is_ascii_alphanumeric();
            if alone && value.len() > 6 && value.parse::<Ipv6Addr>().is_ok() {
                push(Class::Ip, range, rank::CHECKED);
            }
        }
    }
    rule::apply(&PHONES, text, found);
}

/// Whether a link leads to a document for everybody.
fn is_public(link: &str) -> bool {
    let lower = link.to_ascii_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let is_host = |public: &&str| host.strip_suffix(*public).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !rest.contains(['?', '@', '=']) && PUBLIC.iter().any(is_host)
}

/// Whether four numbers are an address, not a version, the number of a recommendation or a series of doses.
fn is_address(text: &Text, range: &Range<usize>) -> bool {
    let value = &text.plain[range.clone()];
    let value = value.split(['/', ':']).next().unwrap_or_default();
    let before = text.before(range.start, 24);
    let said = ["ip", "address", "host", "server", "login", "network"].iter().any(|word| before.contains(word));
    let counted = [
        "version",
        "section",
        "recommendation",
        "chapter",
        "table",
        "figure",
        "appendix",
        "para",
        "firmware",
        "ver",
        "rec",
    ];
    value.parse::<Ipv4Addr>().is_ok_and(|address| said || address.octets().iter().any(|octet| *octet > 31))
        && text.stands_alone(range)
        && text.left(range.start) != b'v'
        && !text.is_amount(range.end)
        && (said || !counted.contains(&text.word_before(range.start, 24)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(question: &str) -> Vec<(Class, String)> {
        crate::rule::found_by(find, question)
    }

    #[test]
    fn numbers_to_call_are_found_in_the_forms_of_many_countries() {
        for number in [
            "(555) 123-4567",
            "555-123-4567",
            "555.123.4567",
            "+1 555 123 4567",
            "1-555-123-4567 ext 12",
            "020 7946 0958",
            "07700 900123",
            "+44 (0)20 7946 0958",
            "+234 803 123 4567",
            "01 23 45 67 89",
            "98765 43210",
            "0049 30 123456",
        ] {
            let all = found(&format!("please ask his son, {number}, about it"));
            assert!(all.contains(&(Class::Phone, number.to_owned())), "{number}: {all:?}");
        }
        assert_eq!(found("call her on 555-0143 today"), [(Class::Phone, "555-0143".to_owned())]);
        assert_eq!(found("bleep 4471"), [(Class::Phone, "4471".to_owned())]);
    }

    #[test]
    fn amounts_versions_and_public_lines_are_nobodys() {
        for text in [
            "call if the pressure is above 180/110",
            "call 911",
            "0.5 to 1.5 mg",
            "1-800-222-1222",
            "recommendation 1.2.3.4",
            "version 10.50.0.1",
            "HLA-DRB1*04:01:01:01",
            "at 12:30:45",
            "https://www.nice.org.uk/guidance/ng28",
            "doi.org/10.1056/NEJMoa2034577",
            "platelets 100 000 000",
            "tel aviv 2019",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn addresses_of_people_and_computers_are_found_whole() {
        let cases = [
            ("write to jane_o'neil+x@mail.example.co.uk.", Class::Email, "jane_o'neil+x@mail.example.co.uk"),
            ("see http://example.org/p?id=7, then", Class::Url, "http://example.org/p?id=7"),
            ("facebook.com/jane.roe", Class::Url, "facebook.com/jane.roe"),
            ("https://www.nice.org.uk/x?patient=7", Class::Url, "https://www.nice.org.uk/x?patient=7"),
            ("from 192.168.4.20 at", Class::Ip, "192.168.4.20"),
            ("IP 10.0.0.1", Class::Ip, "10.0.0.1"),
            ("from 2001:db8::8a2e:370:7334", Class::Ip, "2001:db8::8a2e:370:7334"),
        ];
        for (text, class, value) in cases {
            let all = found(text);
            let joined: Vec<String> = all.iter().map(|(_, value)| value.clone()).collect();
            assert!(all.iter().any(|(of, _)| *of == class), "{text}: {all:?}");
            assert!(joined.contains(&value.replace('_', " ")), "{text}: {all:?}");
        }
    }
}
