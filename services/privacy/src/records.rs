//! Numbers that the text says are somebody's: of a record, a plan, an account, a licence, a vehicle, a device. And numbers of
//! these kinds that show what they are.

use std::ops::Range;
use std::sync::LazyLock;

use crate::class::Class;
use crate::numbers::{self, count_digits};
use crate::rule::{Candidate, Rule, apply, rank};
use crate::text::Text;

/// What may stand between the words and the value.
const GAP: &str = r"[\s.:#=(*-]{0,4}(?:\b(?:numbers?|no|num|nbr|nr|ids?|is|was|of|for|this|my|the|her|his|their|patient|pt|reads|as|on|card|file|ref)\b[\s.:#=(]{0,3}){0,5}";

/// A word that says that a number follows.
const NUMBER: &str = r"(?: ?(?:numbers?|nos?|num|nbr|nr|ids?|identifier|#)(?:\b|[^a-z]))";

/// Letters and digits, with at least one digit near the beginning.
const VALUE: &str =
    r"((?:(?-i:[A-Z]{1,4}) |[a-z]{1,5}[-/]?)?[0-9][0-9a-z]{0,23}(?:[-/.][0-9a-z]{1,12}){0,5}(?: [0-9]{3,4}\b){0,3})";

const RECORD: &str = r"(?:mrns?|m\.r\.n|medical rec(?:ord)?s?|med rec|health record|hosp(?:ital)?\.? ?no|urn|csn|empi|accession|acc ?#|chart ?#|pt\.? ?#|patient ?#|epic ?#|crn|hrn|umrn|pas no)";
const RECORD_NUMBER: &str = r"(?:hospital|hosp|chart|patient|pt|record|unit|specimen|sample|lab(?:oratory)?|requisition|order|encounter|visit|episode|admission|case|file|folder|clinic|biopsy|report|imaging|exam|ur|fin|har|pas|ehr|emr|epic|cerner|opd|ipd|ip|cr|reg|in-?patient|out-?patient|nhs trust|k|district|scan|x-?ray|prescription|rx|referral|birth|mother'?s|baby'?s)";
const PLAN: &str =
    r"(?:mbi|hicn|ohip|ramq|tricare|ehic|medicare|medicaid|medi-?cal|member ?#|policy ?#|group ?#|nhif|nhis)";
const PLAN_NUMBER: &str = r"(?:insurance|insurer|policy(?:holder)?|member(?:ship)?|subscriber|beneficiary|group|plan|payer|health ?card|health ?plan|care ?card|aetna|cigna|humana|kaiser|bcbs|blue cross(?: blue shield)?|uhc|united ?healthcare|anthem|bupa|axa|hmo|ppo|coverage|claim|pre-?auth(?:orization)?|authorization)";
const ACCOUNT: &str = r"(?:acct|account|a/c|iban|routing|sort code|acc no|invoice|bill ?#)";
const ACCOUNT_NUMBER: &str = r"(?:account|acct|a/c|bank(?: account)?|invoice|billing|bill|routing|card|credit card|debit card|visa|mastercard|amex|che(?:que|ck)|transaction|receipt|payment|customer|client|guarantor)";
const LICENCE: &str = r"(?:lic ?(?:#|no)|(?:driv(?:er'?s?|ing) )?licen[cs]e|(?-i:DL)|npi|dea|gmc|nmc(?: pin)?|hcpc|gphc|gdc|ahpra|mdcn|permit ?#)";
const LICENCE_NUMBER: &str = r"(?:(?:driv(?:er'?s?|ing) |medical |nursing |state |pharmacy |professional )?licen[cs]e|(?-i:DL)|npi|dea|gmc|nmc|hcpc|gphc|gdc|ahpra|mdcn|registration|certificate|cert|certification|permit|pin|prescriber|provider)";
const DEVICE: &str = r"(?:serial ?(?:number|no|#|num)|s/n|(?-i:SN)|udi|imei)";
const DEVICE_NUMBER: &str = r"(?:serial|device|implant|pacemaker|stent|prosthesis|generator|pump|model|cgm|sensor|meter|defibrillator|icd serial|lead serial|monitor)";
const OTHER_NUMBER: &str = r"(?:employee|staff|badge|student|participant|subject|study|study subject|study participant|enrol?lment|screening|randomi[sz]ation|ticket|confirmation|booking|reference|ref|voter|military|service|army|inmate|prisoner|prison|pension|incident|datix|police|fob|locker|username|user|login|employee|payroll)";

fn said(class: Class, words: &str) -> Rule {
    Rule::new(class, rank::SAID, &format!(r"(?i)\b{words}(?:\b| ){GAP}{VALUE}"), is_own)
}

fn numbered(class: Class, words: &str) -> Rule {
    Rule::new(class, rank::SAID, &format!(r"(?i)\b{words}{NUMBER}{GAP}{VALUE}"), is_own)
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mbi = r"\b[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]-?[AC-HJKMNP-RT-Y]{2}[0-9]{2}\b";
    vec![
        Rule::new(Class::RecordNumber, rank::SAID, &format!(r"(?i)\b{RECORD}{GAP}{VALUE}"), is_own),
        numbered(Class::RecordNumber, RECORD_NUMBER),
        Rule::new(Class::RecordNumber, rank::SAID, r"\bUR[ :#]{1,3}([0-9]{6,9})\b", is_own),
        Rule::new(
            Class::RecordNumber,
            rank::SAID,
            r"(?i)\b([a-z]{0,3}[0-9]{5,10}) ?[(\[,-]? ?(?:hospital (?:no|num)|mrn\b)",
            is_own,
        ),
        // Plans. Those of the United States and Australia have shapes of their own.
        Rule::new(Class::HealthPlan, rank::CHECKED, mbi, |_, _| true),
        Rule::new(Class::HealthPlan, rank::CHECKED, r"\b[2-6][0-9]{3} ?[0-9]{5} ?[0-9]{1,2}\b", |text, range| {
            text.stands_alone(range)
                && !text.is_series(range)
                && text.plain[range.clone()].contains(' ')
                && numbers::medicare_australia(&text.plain[range.clone()])
        }),
        Rule::new(
            Class::HealthPlan,
            rank::SAID,
            &format!(
                r"(?i)\b(?:ohip|health card|health insurance){NUMBER}?{GAP}([0-9]{{4}}[- ]?[0-9]{{3}}[- ]?[0-9]{{3}}(?:[- ]?[a-z]{{2}})?)\b"
            ),
            |_, _| true,
        ),
        Rule::new(
            Class::HealthPlan,
            rank::SAID,
            &format!(r"(?i)\bmedicare(?: card)?{NUMBER}?{GAP}([0-9]{{4}} ?[0-9]{{5}} ?[0-9]{{1,2}})\b"),
            |_, _| true,
        ),
        said(Class::HealthPlan, PLAN),
        Rule::new(
            Class::HealthPlan,
            rank::SAID,
            r"(?i)\b(?:insurance|insurer|insured|aetna|cigna|humana|kaiser|bcbs|blue cross|anthem|bupa|united ?healthcare|uhc)\b[\s:,-]{1,3}(?:(?:id|no|number|member|policy|plan|card|is|aetna|cigna|humana|kaiser|bcbs|anthem|bupa)[\s:,-]{1,2}){0,2}((?:[a-z]{2,4} )?[a-z]{0,4}[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{1,6})\b",
            is_own,
        ),
        numbered(Class::HealthPlan, PLAN_NUMBER),
        // Accounts and cards.
        Rule::new(
            Class::Account,
            rank::SAID,
            r"(?i)\bsort ?code[\s:#=-]{0,3}(?:is )?([0-9]{2}[- ]?[0-9]{2}[- ]?[0-9]{2})\b",
            |_, _| true,
        ),
        Rule::new(
            Class::Account,
            rank::CHECKED + 1,
            r"\b(?:[2-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5})\b",
            |text, range| {
                text.stands_alone(range) && !text.is_series(range) && numbers::card(&text.plain[range.clone()])
            },
        ),
        Rule::new(
            Class::Account,
            rank::SAID,
            r"(?i)\b(?:card|visa|mastercard|amex|credit card|debit card)(?: number| no\.?)?[\s:#=-]{0,3}(?:is )?([0-9]{4}[ -]?[0-9]{4,6}[ -]?[0-9]{4,5}(?:[ -]?[0-9]{1,7})?)\b",
            |_, _| true,
        ),
        Rule::new(
            Class::Account,
            rank::SAID + 1,
            r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b",
            |text, range| numbers::iban(&text.plain[range.clone()]),
        ),
        Rule::new(Class::Account, rank::SAID, r"(?i)\bcard (?:ending|ends)(?: in| with)? ([0-9]{4})\b", |_, _| true),
        said(Class::Account, ACCOUNT),
        numbered(Class::Account, ACCOUNT_NUMBER),
        // Licences of drivers and of those who prescribe.
        Rule::new(
            Class::Licence,
            rank::CHECKED,
            r"\b[A-Z9]{5}[0-9][0156][0-9][0-3][0-9][0-9][A-Z9]{2}[0-9A-Z][A-Z]{2}\b",
            |_, _| true,
        ),
        Rule::new(Class::Licence, rank::CHECKED, r"\b[12][0-9]{9}\b", |text, range| {
            text.stands_alone(range) && numbers::npi(&text.plain[range.clone()])
        }),
        Rule::new(Class::Licence, rank::CHECKED, r"\b[ABFGM][A-Z9][0-9]{7}\b", |text, range| {
            text.stands_alone(range) && numbers::dea(&text.plain[range.clone()])
        }),
        Rule::new(Class::Licence, rank::SHAPE, r"\bMED000[0-9]{7}\b", |_, _| true),
        Rule::new(
            Class::Licence,
            rank::SAID,
            r"(?i)\bnmc(?: pin)?[\s:#=-]{0,3}(?:is )?([0-9]{2}[a-z][0-9]{4}[a-z])\b",
            |_, _| true,
        ),
        said(Class::Licence, LICENCE),
        Rule::new(
            Class::Licence,
            rank::SAID,
            &format!(r"(?i)\b{LICENCE_NUMBER}{NUMBER}{GAP}{VALUE}"),
            is_own_in_no_trial,
        ),
        // Vehicles.
        Rule::new(Class::Vehicle, rank::CHECKED, r"\b[A-HJ-NPR-Z0-9]{17}\b", |text, range| {
            let value = &text.plain[range.clone()];
            numbers::vin(value) && count_digits(value) > 4
        }),
        Rule::new(
            Class::Vehicle,
            rank::SAID + 1,
            r"(?i)\b(?:vin|vehicle(?: id(?:entification)?)?|chassis)(?: number| no\.?| #)?[\s:#=-]{0,3}(?:is )?([a-hj-npr-z0-9]{11,17})\b",
            |text, range| count_digits(&text.plain[range.clone()]) > 3,
        ),
        Rule::new(
            Class::Vehicle,
            rank::SAID + 1,
            r"\b(?i:(?:licen[cs]e|number|registration|vehicle|car) ?plates?|plates?|reg(?:istration)?(?: no\.?| number)?|rego|tag(?: no\.?| number)?)[\s.:#=-]{0,3}(?i:(?:is|was|number|no\.?) ){0,2}([A-Z0-9]{1,4}[- ]?[A-Z0-9]{2,5}(?:[- ]?[A-Z0-9]{1,4})?)\b",
            is_plate,
        ),
        // Devices.
        Rule::new(
            Class::Device,
            rank::CHECKED + 2,
            r"\(01\) ?[0-9]{14}(?: ?\((?:1[0-7]|21|30|240)\) ?[A-Za-z0-9./-]{1,20}){0,5}",
            |_, _| true,
        ),
        Rule::new(
            Class::Device,
            rank::CHECKED,
            r"\b01[0-9]{14}(?:1[17][0-9]{6})?(?:(?:10|21)[A-Za-z0-9]{1,20})?\b",
            |text, range| numbers::gtin(&text.plain[range.start + 2..range.start + 16]),
        ),
        Rule::new(
            Class::Device,
            rank::CHECKED,
            r"(?i)\b[0-9a-f]{2}(?:(?::[0-9a-f]{2}){5}|(?:-[0-9a-f]{2}){5})\b",
            |text, range| text.stands_alone(range),
        ),
        Rule::new(Class::Device, rank::SAID, r"(?i)\bimei[\s:#=-]{0,3}(?:is )?([0-9]{15})\b", |_, _| true),
        said(Class::Device, DEVICE),
        Rule::new(Class::Device, rank::SAID, r"\b(?i:serial)[ :]{1,2}([A-Z]{0,4}[0-9]{5,12}[A-Z]?)\b", is_own),
        Rule::new(Class::Device, rank::SAID, &format!(r"(?i)\b{DEVICE_NUMBER}{NUMBER}{GAP}{VALUE}"), |text, range| {
            let value = &text.plain[range.clone()];
            is_own(text, range) || value.len() > 7 && count_digits(value) > 1 && !text.is_amount(range.end)
        }),
        Rule::new(Class::Other, rank::SAID, &format!(r"(?i)\b{OTHER_NUMBER}{NUMBER}{GAP}{VALUE}"), is_own_in_no_trial),
        Rule::new(
            Class::Other,
            rank::SAID,
            r"(?i)\b(?:subject|participant)[ #]{1,2}([0-9]{5,9}|[0-9]{2,4}-[0-9]{2,5}(?:-[0-9]{2,5})?)\b",
            is_own,
        ),
        // A long number of which nothing is known.
        Rule::new(Class::Other, rank::BARE, r"\b[0-9]{9,24}\b", |text, range| {
            let value = &text.plain[range.clone()];
            text.stands_alone(range) && !value.ends_with("00000") && is_own(text, range)
        }),
    ]
});

/// Registers whose numbers everybody may look up.
const REGISTERS: [&str; 39] = [
    "nct", "isrctn", "pmid", "pmc", "pmcid", "doi", "eudract", "snomed", "sctid", "sct", "ct", "loinc", "rxnorm",
    "rxcui", "umls", "icd", "icd10", "mesh", "orphanet", "orpha", "omim", "mim", "chembl", "pubchem", "cid", "cas",
    "atc", "uniprot", "hgnc", "isbn", "issn", "crd", "prospero", "actrn", "umin", "chictr", "ctri", "ndc", "concept",
];

/// Whether a value can be somebody's number: enough digits, no amount, no year, nothing that everybody may look up.
fn is_own(text: &Text, range: &Range<usize>) -> bool {
    let value = &text.lower[range.clone()];
    let digits = count_digits(value);
    let is_year = value.len() == 4 && (value.starts_with("19") || value.starts_with("20"));
    let letters = value.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    digits > 3
        && !is_year
        && !REGISTERS.contains(&letters)
        && !REGISTERS.contains(&text.word_before(range.start, 16))
        && !text.is_amount(range.end)
        && (digits > 5 || !ends_in_unit(value))
        && text.left(range.start) != b'.'
}

/// As [`is_own`], where a trial, an ethics committee or a catalogue gives numbers, too.
fn is_own_in_no_trial(text: &Text, range: &Range<usize>) -> bool {
    let before = text.before(range.start, 48);
    let words = ["trial", "ethic", "irb", "grant", "patent", "catalog", "eudract"];
    is_own(text, range) && !words.iter().any(|word| before.contains(word))
}

/// Whether a number runs into its unit: `1000mg`.
fn ends_in_unit(value: &str) -> bool {
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    ["mg", "mcg", "ml", "g", "iu", "units", "kg", "mmol", "l", "hz"].contains(&unit)
}

/// Whether what follows a word for a plate is one: letters and digits, or the word leaves no doubt.
fn is_plate(text: &Text, range: &Range<usize>) -> bool {
    let value = &text.plain[range.clone()];
    let signs = value.bytes().filter(u8::is_ascii_alphanumeric).count();
    let digits = count_digits(value);
    let trial = text.before(range.start, 32).contains("trial");
    (5..=8).contains(&signs)
        && !trial
        && digits > 0
        && digits < signs
        && text.stands_alone(range)
        && !ends_in_unit(&text.lower[range.clone()])
}

/// Finds numbers of records, plans, accounts, licences, vehicles and devices.
pub(crate) fn find(text: &Text, found: &mut Vec<Candidate>) {
    apply(&RULES, text, found);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(question: &str) -> Vec<(Class, String)> {
        crate::rule::found_by(find, question)
    }

    #[test]
    fn a_number_is_what_the_words_before_it_say() {
        for (text, class, value) in [
            ("MRN 1234567", Class::RecordNumber, "1234567"),
            ("MRN: AB-12-34-56", Class::RecordNumber, "AB-12-34-56"),
            ("MRN#00123456", Class::RecordNumber, "00123456"),
            ("mrn1234567", Class::RecordNumber, "1234567"),
            ("the medical record number of my patient is 44-71-023", Class::RecordNumber, "44-71-023"),
            ("hospital no. X4471023", Class::RecordNumber, "X4471023"),
            ("accession number S21-12345", Class::RecordNumber, "S21-12345"),
            ("patient ID 4471023", Class::RecordNumber, "4471023"),
            ("pt #4471023", Class::RecordNumber, "4471023"),
            ("Medicare 1EG4-TE5-MK73", Class::HealthPlan, "1EG4-TE5-MK73"),
            ("member id XYZ123456789", Class::HealthPlan, "XYZ123456789"),
            ("OHIP 1234-567-890-AB", Class::HealthPlan, "1234-567-890-AB"),
            ("Medicare card 2123 45670 1", Class::HealthPlan, "2123 45670 1"),
            ("policy number 88-123456", Class::HealthPlan, "88-123456"),
            ("acct 12345678", Class::Account, "12345678"),
            ("sort code 12-34-56", Class::Account, "12-34-56"),
            ("paid with 4111 1111 1111 1111", Class::Account, "4111 1111 1111 1111"),
            ("GB82 WEST 1234 5698 7654 32", Class::Account, "GB82 WEST 1234 5698 7654 32"),
            ("NPI 1234567893", Class::Licence, "1234567893"),
            ("DEA AB1234563", Class::Licence, "AB1234563"),
            ("driver's license D1234567", Class::Licence, "D1234567"),
            ("GMC number 7654321", Class::Licence, "7654321"),
            ("MORGA657054SM9IJ", Class::Licence, "MORGA657054SM9IJ"),
            ("VIN 1M8GDM9AXKP042788", Class::Vehicle, "1M8GDM9AXKP042788"),
            ("license plate ABC-1234", Class::Vehicle, "ABC-1234"),
            ("reg AB12 CDE", Class::Vehicle, "AB12 CDE"),
            ("(01)00012345678905(17)251231(21)SN4471", Class::Device, "(01)00012345678905(17)251231(21)SN4471"),
            ("pacemaker serial number PJN123456S", Class::Device, "PJN123456S"),
            ("employee id 44710", Class::Other, "44710"),
            ("he wrote 123456780", Class::Other, "123456780"),
        ] {
            let all = found(text);
            assert!(all.contains(&(class, value.to_owned())), "{text}: {all:?}");
        }
    }

    #[test]
    fn what_is_counted_measured_or_public_is_nobodys() {
        for text in [
            "sample number 24",
            "a hospital number of 2019",
            "NCT01234567",
            "trial registration number NCT01234567",
            "PMID: 312345678",
            "SNOMED CT 123456789",
            "1000000000 CFU",
            "vitamin D 100000 units",
            "licence in 2020",
            "DEA schedule 2",
            "growth plate 12",
            "LCP plate 3.5mm",
            "serial ECGs at 1000 and 1200",
            "order number 1000mg",
            "patient no 1000 mg",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
