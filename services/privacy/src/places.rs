//! Where somebody lives: street lines, postcodes, and a town that is said to be somebody's.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::class::Class;
use crate::lexicon::{self, Flag};
use crate::rule::{Candidate, Rule, apply, pattern, rank};
use crate::text::Text;

const STATES: &str = "A[KLRZ]|C[AOT]|D[CE]|FL|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY]";

const STATE_NAMES: &str = "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New (?:Hampshire|Jersey|Mexico|York)|(?:North|South) (?:Carolina|Dakota)|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming";

/// The areas of British postcodes.
const AREAS: &str = "A[BL]|B[ABDHLNRSTX]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE";

/// Kinds of streets, where they are written with a capital or at full length.
const STREETS: &str = r"Street|Str\.?|St\.?|Road|Rd\.?|Avenue|Ave?\.?|Lane|Ln\.?|Drive|Dr\.?|Court|Ct\.?|Close|Crescent|Cres\.?|Way|Place|Pl\.?|Boulevard|Blvd\.?|Terrace|Ter\.?|Square|Sq\.?|Highway|Hwy\.?|Parkway|Pkwy\.?|Circle|Cir\.?|Gardens|Gdns|Grove|Mews|Row|Walk|Hill|Trail|Trl|Loop|Alley|Quay|Wharf|Parade|Rise|View|Green|Park|Estate|Layout|Nagar|Marg|Colony";

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let word = r"(?:[A-Z][a-z]*(?:['-][A-Z]?[a-z]+)?\.?|[A-Z]{2,3}|[0-9]{1,3}(?:st|nd|rd|th))";
    let unit = r"(?i:(?:flat|apt\.?|apartment|unit|suite|ste\.?|room|rm\.?|house|plot|block|no\.?|building|bldg\.?) ?#?[0-9]{1,5}[a-z]?)";
    vec![
        Rule::new(
            Class::Address,
            rank::ADDRESS,
            &format!(
                r"(?:{unit},? )?\b[0-9]{{1,5}}[A-Za-z]?(?:[-/][0-9]{{1,4}})?,? (?:[NSEW]\.? )?(?:{word} ){{1,4}}(?:{STREETS})\b(?:,? (?:{unit}|#[0-9]{{1,5}}[A-Za-z]?))?(?:,? (?:NW|NE|SW|SE)\b)?"
            ),
            is_street,
        ),
        Rule::new(
            Class::Address,
            rank::ADDRESS,
            r"\b[0-9]{1,5}[a-z]? (?:[a-z]{3,15} ){1,2}(?:street|road|avenue|boulevard|crescent)\b",
            |text, range| {
                let value = &text.plain[range.clone()];
                let spans = [
                    "mile", "km", "minute", "hour", "metre", "meter", "on the", "in the", "lane ", "way ", "main ",
                    "busy ",
                ];
                text.stands_alone(range) && !spans.iter().any(|word| value.contains(word))
            },
        ),
        // A unit in a named building, a box.
        Rule::new(
            Class::Address,
            rank::ADDRESS,
            &format!(
                r"\b(?i:flat|apt\.?|apartment|suite|plot) ?#?[0-9]{{1,5}}[A-Za-z]?,? (?:{word},? ?){{1,4}}(?:{STREETS}|House|Court|Lodge|Tower|Towers|Building|Mansions)\b"
            ),
            |_, _| true,
        ),
        Rule::new(Class::Address, rank::ADDRESS, r"\b(?i:apt\.?|apartment) ?#?[0-9]{1,5}[A-Za-z]?\b", |_, _| true),
        Rule::new(Class::Address, rank::ADDRESS, r"(?i)\bp\.? ?o\.? ?box [0-9]{1,7}\b", |_, _| true),
        // The number after the street.
        Rule::new(
            Class::Address,
            rank::ADDRESS,
            r"\b(?:(?:[0-9]{1,4},? )?(?:[Rr]ue|[Aa]venue|[Bb]oulevard) (?:de la |de l'|du |des |de |d')?(?:[A-Z][a-z]+[ -]?){1,3}|(?:Calle|Avenida|Via|Viale|Piazza|Rua|Corso|Paseo) (?:(?:de|la|los|las|del|di|da|do|dos|della) )*(?:[A-Z][a-z]+ ?){1,3},? ?(?:n\.? ?)?[0-9]{1,4}|[A-Z][a-z]+(?:strasse|strase|str\.|weg|platz|gasse|allee|straat|laan|gracht|gatan|vagen|gata|vei) [0-9]{1,4} ?[a-z]?)\b",
            |text, range| text.plain[range.clone()].bytes().any(|byte| byte.is_ascii_digit()),
        ),
        // The United States: a town and a state before the code, or the longer code alone.
        Rule::new(
            Class::Address,
            rank::ADDRESS,
            &format!(
                r"\b(?:(?:[A-Z][a-z]+\.? ){{0,2}}[A-Z][a-z]+, ?)?(?:(?:{STATES})|(?:{STATE_NAMES})),? +[0-9]{{5}}(?:-[0-9]{{4}})?\b"
            ),
            |text, range| {
                text.stands_alone(range) && !text.is_amount(range.end) && !text.plain[range.clone()].ends_with("000")
            },
        ),
        Rule::new(Class::Address, rank::SHAPE, r"\b[0-9]{5}-[0-9]{4}\b", |text, range| {
            text.stands_alone(range) && !is_code(text, range)
        }),
        Rule::new(
            Class::Address,
            rank::SAID,
            r"(?i)\b(?:zip|zip ?code|post ?code|postal code|pin ?code|eircode|plz)\b[ :#=-]{0,3}(?:is |was |of )?([0-9][0-9a-z]{2,6}(?:[ -][0-9a-z]{2,4})?|[a-z]{1,2}[0-9][0-9a-z]? ?[0-9a-z]{2,4})\b",
            |text, range| {
                let value = &text.plain[range.clone()];
                value.bytes().filter(u8::is_ascii_digit).count() > 1 && !text.is_amount(range.end)
            },
        ),
        // Britain, Canada, Ireland.
        Rule::new(
            Class::Address,
            rank::SHAPE,
            &format!(r"\b(?:{AREAS})[0-9](?:[0-9]|[A-HJKMNP-Y])? ?[0-9][ABD-HJLNP-UW-Z]{{2}}\b"),
            |text, range| {
                // Without its space it is a lens as well as a postcode, but for its place after a comma.
                let spaced = text.plain[range.clone()].contains(' ') || text.before(range.start, 2) == ", ";
                spaced && text.stands_alone(range) && !is_code(text, range)
            },
        ),
        Rule::new(
            Class::Address,
            rank::SHAPE,
            r"\b[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z][ -]?[0-9][ABCEGHJ-NPRSTV-Z][0-9]\b",
            |text, range| {
                // The stage of a tumour has the same shape: T2N1M0.
                let value = text.plain[range.clone()].as_bytes();
                let is_stage = value.len() == 6 && value[0] == b'T' && value[2] == b'N';
                text.stands_alone(range) && !is_stage
            },
        ),
        Rule::new(
            Class::Address,
            rank::SHAPE,
            r"\b(?:[AC-FHKNPRTV-Y][0-9]{2}|D6W) [0-9AC-FHKNPRTV-Y]{4}\b",
            |text, range| {
                let value = &text.plain[range.clone()];
                let tail = value.as_bytes()[4..].iter().filter(|byte| byte.is_ascii_digit()).count();
                (1..4).contains(&tail) && text.stands_alone(range) && !is_code(text, range)
            },
        ),
        Rule::new(
            Class::Address,
            rank::ADDRESS,
            r"\b(?:[A-Z][a-z]+ ){0,1}[A-Z][a-z]+,? (?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT),? [0-9]{4}\b",
            |text, range| text.stands_alone(range) && !text.is_amount(range.end),
        ),
        Rule::new(
            Class::Address,
            rank::ADDRESS,
            r"(?i)\b(?:house|plot|block|flat|no\.?) ?#?[0-9]{1,4}[a-z]?,? (?:road|street|lane|sector|block|avenue) ?#?[0-9]{1,3}\b|\b(?:rural route|rr) [0-9]{1,3},? box [0-9]{1,5}\b",
            |text, range| text.stands_alone(range),
        ),
        // A town that is somebody's.
        Rule::new(
            Class::Address,
            rank::ADDRESS,
            r"\b(?i:(?:lives?|lived|resid(?:es|ing)|stays?|staying) (?:alone |with [a-z]+ [a-z]+ )?(?:in|at|near)|resident of|home ?town(?: is| of|:)?|home address(?: is|:)?|address(?: is|:)) ((?:[A-Z][a-z]+[ -]?){0,2}[A-Z][a-z]+)",
            is_town,
        ),
    ]
});

/// Finds addresses, and joins the parts of one that stand beside each other.
pub(crate) fn find(text: &Text, found: &mut Vec<Candidate>) {
    let from = found.len();
    apply(&RULES, text, found);
    let mut parts = found.split_off(from);
    parts.sort_by_key(|part| (part.range.start, part.range.end));
    for part in parts {
        match found[from..].last_mut() {
            Some(last) if part.range.start <= last.range.end || is_joint(text, last.range.end..part.range.start) => {
                last.range.end = last.range.end.max(part.range.end);
                last.rank = last.rank.max(part.rank);
            }
            _ => found.push(part),
        }
    }
    for address in &mut found[from..] {
        address.range.end = with_town(text, &address.range);
    }
}

/// The end of an address with the town and the code that follow it: `, Durban, 4001`, `, 75016 Paris`, `, Kaduna`.
fn with_town(text: &Text, range: &Range<usize>) -> usize {
    static TOWN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:,? (?:[A-Z][a-z]+,? ){1,2}(?:[A-Z]{2,3} )?[0-9]{4,6}\b|,? [0-9]{4,5} [A-Z][a-z]+|,? [A-Z]{2,3} [0-9]{4}\b|, [A-Z][a-z]+)",
        )
    });
    let town = TOWN.find(&text.plain.as_bytes()[range.end..]).map_or(range.end, |town| range.end + town.end());
    let names = text.plain[range.end..town].split([' ', ',']).filter(|name| !name.is_empty());
    let is_open = |name: &str| !lexicon::flags(&name.to_ascii_lowercase()).has(Flag::Word);
    // What follows a comma may be the question.
    if names.clone().all(is_open) && !text.is_amount(town) { town } else { range.end }
}

/// Whether only a town stands between two parts of an address.
fn is_joint(text: &Text, between: Range<usize>) -> bool {
    static TOWN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^[ ,.\n]{1,3}(?:(?:[A-Z][a-z]+[ -]?|upon |on |of |le |la |de ){1,4}[ ,\n]{1,3}){0,3}$")
    });
    between.len() <= 60 && TOWN.is_match(&text.plain.as_bytes()[between])
}

/// Whether a number, names and a kind of street are one: no lead, dose or step.
fn is_street(text: &Text, range: &Range<usize>) -> bool {
    let value = &text.plain[range.clone()];
    let names =
        value.split_ascii_whitespace().skip(1).filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()));
    let last = value.rsplit(' ').next().unwrap_or_default();
    // "St", "Dr" and "Way" end other things, too; "Park" and "Hill" are also names.
    let weak = [
        "St", "Dr", "Way", "View", "Rise", "Row", "Walk", "Hill", "Green", "Park", "Place", "Close", "Ct", "Pl", "Ter",
        "Av",
    ]
    .contains(&last.trim_end_matches('.'));
    let medical = names.clone().filter(|name| {
        lexicon::flags(&name.to_ascii_lowercase()).has(Flag::Word)
            && !["oak", "high", "main", "church"].contains(&name.to_ascii_lowercase().as_str())
    });
    let follows_digit =
        text.left(range.start) == b'.' || text.left(range.start) == b'/' || text.left(range.start) == b'-';
    !follows_digit
        && !text.left(range.start).is_ascii_alphanumeric()
        && (!weak || medical.count() < names.count().max(1) || text.right(range.end) == b',')
}

/// Whether what looks like a code of post is one of something else.
fn is_code(text: &Text, range: &Range<usize>) -> bool {
    let words =
        ["loinc", "icd", "ndc", "cas", "ref", "gene", "allele", "hla", "vitamin", "vit", "dose", "level", "segment"];
    words.contains(&text.word_before(range.start, 16)) || text.is_amount(range.end)
}

/// Whether what somebody lives in is a town: not a country, a state, a home.
fn is_town(text: &Text, range: &Range<usize>) -> bool {
    let first = text.lower[range.clone()].split([' ', '-']).next().unwrap_or_default();
    let flags = lexicon::flags(first);
    let wide = [
        "virginia",
        "georgia",
        "nigeria",
        "india",
        "africa",
        "europe",
        "asia",
        "england",
        "scotland",
        "wales",
        "ireland",
        "uk",
        "us",
        "usa",
        "canada",
        "australia",
        "america",
        "california",
        "texas",
        "florida",
        "minnesota",
        "ontario",
    ];
    !flags.has(Flag::Word) && !flags.has(Flag::Land) && !wide.contains(&first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(question: &str) -> Vec<String> {
        crate::rule::found_by(find, question).into_iter().map(|(_, words)| words).collect()
    }

    #[test]
    fn street_lines_are_found_with_what_follows_them() {
        for address in [
            "12 Oak Street",
            "Flat 3, 48 Ashworth Road, London SW1A 1AA",
            "4215 N Sunset Blvd, Rochester, MN 55905",
            "221B Baker Street",
            "7 St John's Road, Leeds LS6 3QS",
            "Apt 4B",
            "P.O. Box 1234",
            "Plot 15, Admiralty Way",
            "12 rue de Rivoli",
            "Musterstrasse 12",
            "Calle Mayor 12",
            "SW1A 1AA",
            "K1A 0B1",
            "55905-1234",
            "Toronto, Ontario",
        ] {
            let all = found(&format!("his home is {address}; can the nurse visit?"));
            let expected = if address.starts_with("Toronto") { vec![] } else { vec![address.to_owned()] };
            assert_eq!(all, expected, "{address}");
        }
        assert_eq!(found("zip code 55905"), ["55905"]);
        assert_eq!(found("lives in Stewartville with"), ["Stewartville"]);
    }

    #[test]
    fn medicine_has_numbers_and_capitals_that_are_no_address() {
        for text in [
            "a 5 Point Scale",
            "12 Lead ECG",
            "T2N1M0 or T2N1M1",
            "B12 5MG",
            "vitamin B12 1000 micrograms",
            "lives in Nigeria",
            "living in a nursing home",
            "CA 19-9 of 12345 U/mL",
            "a 5 mile road",
            "10 mg Way too much",
            "IL6 and CD4 counts",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
    }
}
