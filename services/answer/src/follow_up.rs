//! How a question hangs together with those before it: whether it has a subject of its own, or leans on theirs.

use std::collections::HashSet;
use std::sync::LazyLock;

use knowledge::Evidence;
use regex::Regex;

use crate::enough::keys;
use crate::mentions::Mentions;
use crate::pattern::{Pattern, is_match};
use crate::question::Question;

/// Passages among which one on a new subject must be.
const CANDIDATES: usize = 8;

/// Words up to which a pronoun stands for what was asked before. In a longer message it stands for what that tells.
const SHORT_WORDS: usize = 15;

/// Words that may be asked about anything: how something is used, in whom, and what else may be asked of it.
const ANYTHING: &str = "\
    what which when how who whom where why about is are was were can could should shall does do did may might must \
    would will give gives given giving use used using take takes taken taking start started starting stop stopped \
    stopping continue continued need needs needed want treat treated treatment treatments therapy therapies manage \
    managed management drug drugs medicine medicines medication medications agent agents dose doses dosing dosage \
    maximum minimum max min usual initial first second third line choice choose option options alternative \
    alternatives antibiotic antibiotics recommend recommended recommendation indication indications indicated \
    contraindication contraindications contraindicated interaction interactions interact side effect effects adverse \
    safe safety risk risks caution cautions precaution precautions monitor monitored monitoring check checked test \
    tests long often much many soon early late high low raised level levels target targets limit limits threshold \
    duration interval frequency route oral orally mouth intravenous intravenously IV IM weight weigh weighs weighing \
    kg g mg mcg microgram micrograms ml year years old aged age month months week weeks day days hour hours adult \
    adults child children infant infants baby babies newborn newborns neonate neonates toddler toddlers teenager \
    adolescent adolescents boy girl man men woman women male female mother elderly older young people person patient \
    patients population pregnant pregnancy breastfeeding breastfeed lactation trimester renal kidney kidneys \
    impairment impaired function failure eGFR GFR CrCl CKD creatinine clearance dialysis liver hepatic cirrhosis \
    severe severity mild moderate allergy allergies allergic thanks thank please ok okay yes no now then next \
    question different another new other same case hello hi else instead also work works working help helps better \
    worse fail fails failed change changed guideline guidelines guidance evidence source uk us usa britain british \
    america american europe european nice i he she his her him they them their you your we our my me it its this \
    that these those not has have had";

static GENERIC: LazyLock<HashSet<String>> = LazyLock::new(|| ANYTHING.split_whitespace().flat_map(keys).collect());

/// Ways to say that it is about something else.
static SAYS_SO: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:different|another|new|next|separate|unrelated|other) (?:patient|question|case|subject|topic|problem)\b|\bchang(?:e|ing) (?:of )?(?:the )?(?:subject|topic)\b|\bsomething else\b",
    )
    .ok()
});

/// Ways to begin that lean on what was said.
static LEANS: Pattern = LazyLock::new(|| {
    let thanks = r"(?:(?:thanks?(?: you)?|ok(?:ay)?|yes|no|right)\b\W*)*";
    Regex::new(&format!(r"(?i)^\W*{thanks}(?:and|or|but|also|so|then|plus|what if|how else)\b")).ok()
});

static PRONOUN: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:it|its|he|his|him|she|her|they|them|their|this|that|these|those|same|former|latter)\b").ok()
});

/// A question that could be asked by itself.
static IS_WHOLE: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:what|which|when|how|who|where|is|are|can|could|should|does|do|did|may|must|would)\b").ok()
});

/// One that asks the same of something else.
static IS_OF_ANOTHER: Pattern =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:what|how) about\b|\bthe same (?:for|in|with)\b").ok());

/// How a question hangs together with those before it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Bond {
    /// Nothing was asked before, or it says that it is about something else.
    None,
    /// It has a subject of its own.
    Loose(Subject),
    /// It leans on them.
    Close,
}

/// What a question names that those before it do not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// Stems of all of it.
    terms: HashSet<String>,
    /// Those that are no medicine's.
    topics: HashSet<String>,
    /// Whether the question could be asked by itself.
    pub(crate) is_whole: bool,
}

impl Bond {
    pub(crate) fn of(question: &Question) -> Self {
        if question.history.is_empty() {
            return Self::None;
        }
        let text = &question.question;
        let mut terms = keys(text);
        terms.retain(|term| !GENERIC.contains(term) && !term.chars().any(|c| c.is_ascii_digit()));
        for turn in &question.history {
            let said = keys(&turn.question);
            terms.retain(|term| !said.contains(term));
        }
        if terms.is_empty() {
            return Self::Close;
        }
        if is_match(&SAYS_SO, text) {
            return Self::None;
        }
        let is_short = text.split_whitespace().count() <= SHORT_WORDS;
        if is_match(&LEANS, text) || is_short && is_match(&PRONOUN, text) && !is_match(&IS_OF_ANOTHER, text) {
            return Self::Close;
        }
        let medicines: HashSet<String> = Mentions::of(text).names().flat_map(keys).collect();
        let topics = terms.difference(&medicines).cloned().collect();
        let is_whole = is_match(&IS_WHOLE, text) && !is_match(&IS_OF_ANOTHER, text);
        Self::Loose(Subject { terms, topics, is_whole })
    }
}

impl Subject {
    /// Whether a passage has anything of it.
    pub(crate) fn is_in(&self, evidence: &Evidence) -> bool {
        let text = format!("{} {} {}", evidence.document.title, evidence.section.join(" "), evidence.text);
        !self.terms.is_disjoint(&keys(&text))
    }

    /// Whether one of the first hits is of a document on it.
    pub(crate) fn is_title_in(&self, hits: &[Evidence]) -> bool {
        hits.iter().take(CANDIDATES).any(|hit| !self.topics.is_disjoint(&keys(&hit.document.title)))
    }

    /// Whether a medicine is among what it names: then nothing but that is found.
    pub(crate) fn has_medicine(&self) -> bool {
        self.topics.len() < self.terms.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Turn;

    fn bond(before: &str, question: &str) -> Bond {
        let turn = Turn { question: before.to_owned(), passages: Vec::new(), answer: None };
        Bond::of(&Question { history: vec![turn], ..Question::new(question) })
    }

    #[test]
    fn questions_that_lean_are_told_from_those_with_a_subject_of_their_own() {
        let before = "Which dose of colchicine for gout?";
        for close in [
            "And in children?",
            "In severe renal impairment?",
            "what are the contraindications?",
            "and if she is pregnant?",
            "and the dose for a child?",
            "And if eGFR is 25?",
            "What is the maximum dose?",
            "is it safe in breastfeeding?",
            "his potassium is 5.8",
            "What should I do when it does not work?",
            "and if allergic to penicillin?",
            "How long?",
            "Why?",
        ] {
            assert_eq!(bond(before, close), Bond::Close, "{close}");
        }
        for whole in [
            "What is the treatment of croup?",
            "Now PE: which anticoagulant in pregnancy?",
            "Does salbutamol relieve bronchospasm in asthma?",
            "Which antibiotic for cellulitis?",
        ] {
            assert!(matches!(bond(before, whole), Bond::Loose(Subject { is_whole: true, .. })), "{whole}");
        }
        for other in ["What about croup?", "what about metformin?", "treatment of croup"] {
            assert!(matches!(bond(before, other), Bond::Loose(Subject { is_whole: false, .. })), "{other}");
        }
    }

    #[test]
    fn what_says_that_it_is_about_something_else_stands_alone() {
        let before = "Which dose of magnesium in eclampsia?";
        for alone in [
            "Thanks. Now a different patient: what is the first-line treatment of a gout flare?",
            "New patient. Which antibiotic for cellulitis?",
            "Different question: maximum dose of sertraline?",
        ] {
            assert_eq!(bond(before, alone), Bond::None, "{alone}");
        }
        assert_eq!(bond(before, "And in a different patient?"), Bond::Close);
        assert_eq!(Bond::of(&Question::new("And in children?")), Bond::None);
    }

    #[test]
    fn a_medicine_is_no_topic() {
        let of = |question: &str| match bond("Pulmonary embolism in pregnancy?", question) {
            Bond::Loose(subject) => (subject.has_medicine(), subject.topics.len()),
            other => panic!("{other:?}"),
        };
        assert_eq!(of("Which dose of enoxaparin?"), (true, 0));
        assert_eq!(of("What is the treatment of croup?"), (false, 1));
    }
}
