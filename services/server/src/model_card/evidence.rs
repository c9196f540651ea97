//! The 13 attributes of support that rests on documents.

use std::collections::BTreeSet;

use super::{CardAttribute, CardGroup, CardKind, Said};
use crate::facts::{Facts, LICENCE, PROGRAM};
use crate::labeling::{describe, published};

/// What a patient's context has no field for.
const UNREAD: &str = "Not used. The patient's context that may come with a question has no field for it, and a FHIR \
     Bundle is read for birth date, administrative gender (as sex), eGFR, body weight, pregnancy, conditions, \
     medicines and allergies alone. Where the question itself names it, its words are searched for like all others.";

const NOBODY_PAID: &str = "Neither the program nor its configuration says who paid for its development. Ask those who \
     run this installation, and keep what they say with the hospital's own register of decision support.";

pub(super) fn group(facts: &Facts) -> CardGroup {
    let unread = |id, name| CardAttribute::new(id, name, Said::is(UNREAD));
    let attributes = vec![
        CardAttribute::new("citation", "Bibliographic citation of the intervention", citation(facts)),
        CardAttribute::new("developer", "Developer of the intervention", developer(facts)),
        CardAttribute::new("funding", "Funding source of the technical implementation", funding()),
        CardAttribute::new("release_dates", "Release and revision dates", Said::Is(dates(facts))),
        unread("use_of_race", "Use of race"),
        unread("use_of_ethnicity", "Use of ethnicity"),
        CardAttribute::new("use_of_language", "Use of language", Said::Is(language(facts))),
        unread("use_of_sexual_orientation", "Use of sexual orientation"),
        unread("use_of_gender_identity", "Use of gender identity"),
        CardAttribute::new("use_of_sex", "Use of sex", Said::is(SEX)),
        CardAttribute::new("use_of_date_of_birth", "Use of date of birth", Said::is(BIRTH)),
        unread("use_of_social_determinants", "Use of social determinants of health"),
        CardAttribute::new("use_of_health_status", "Use of health status assessments", Said::is(STATUS)),
    ];
    CardGroup::new("evidence_based", CardKind::EvidenceBased, "Evidence-based decision support", attributes)
}

const SEX: &str = "Read where a patient's context comes with a question. It changes neither what is found nor what is \
     quoted: for a male patient, pregnancy is not named among the things that the question leaves open.";

const BIRTH: &str = "Read where a patient's context comes with a question, and turned into an age. The age widens the \
     search by the group it falls into (newborns, infants, children, adults, older adults). Neither is kept in an \
     index, a record or a log.";

const STATUS: &str = "Pregnancy is read where a patient's context comes with a question, and widens the search by it. \
     No other assessment (functional, cognitive, disability, smoking) is read. An eGFR below 60 widens the search by \
     renal impairment.";

fn citation(facts: &Facts) -> Said {
    if facts.corpora.is_empty() {
        return Said::is_nothing_held();
    }
    let held: Vec<String> = facts.corpora.iter().map(describe).collect();
    Said::Is(format!(
        "Every statement names the document it is taken from (title, issuer, date, version) and quotes it; the \
         document opens at the quote. Searched are: {}.",
        held.join("; ")
    ))
}

fn developer(facts: &Facts) -> Said {
    if facts.corpora.is_empty() {
        return Said::is_nothing_held();
    }
    let issuers: BTreeSet<&str> = facts.corpora.iter().map(|scope| scope.corpus.issuer.as_str()).collect();
    let issuers: Vec<&str> = issuers.into_iter().collect();
    Said::Is(format!(
        "The documents are those of their issuers, whom every answer names; where a document names no issuer it is \
         that of its corpus ({}). Nobody rewrites them: {PROGRAM}, free software under {LICENCE}, cuts them into \
         passages by fixed rules.",
        issuers.join("; ")
    ))
}

/// Asked for in both lists.
pub(super) fn funding() -> Said {
    Said::missing(NOBODY_PAID)
}

fn dates(facts: &Facts) -> String {
    format!(
        "{PROGRAM}; the program does not hold the day of its release. {} Each answer names the date and version of \
         every document that it cites, and whether the document has been superseded, corrected or retracted.",
        published(facts)
    )
}

fn language(facts: &Facts) -> String {
    let languages: BTreeSet<&str> = facts.corpora.iter().map(|scope| scope.corpus.language.as_str()).collect();
    let languages: Vec<&str> = languages.into_iter().collect();
    if languages.is_empty() {
        return UNREAD.to_owned();
    }
    format!("The patient's language: {UNREAD} The corpora in use are in these languages: {}.", languages.join(", "))
}

impl Said {
    fn is_nothing_held() -> Self {
        Self::missing("No corpus is loaded, so there is nothing to cite: take documents in with `osler ingest`.")
    }
}
