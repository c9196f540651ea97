//! The medicines that a question is about. What is said of other medicines is no answer to it, however near it comes.

use std::sync::LazyLock;

use knowledge::Evidence;
use regex::Regex;
use vocabulary::{Drug, bare, vocabulary};

use crate::mentions::{Mentions, is_kind_of};
use crate::pattern::{Pattern, is_match};
use crate::question::Question;
use crate::select::Selected;

/// Words up to which a question is about every medicine in it. A longer one tells of a patient, and names what that patient
/// takes; then what it asks counts.
const SHORT_WORDS: usize = 30;

/// Words up to which a question that asks for more than its medicines is still refused where there is nothing on these.
const LETTER_WORDS: usize = 40;

/// Words up to which a question is about every condition in it.
const TERSE_WORDS: usize = 15;

/// What is in the list of medicines, and is mostly measured, drunk or taken for pleasure where a question has it.
const NO_MEDICINES: [&str; 9] =
    ["caffeine", "calcium", "cocaine", "dextran", "diamorphine", "ethanol", "glucose", "nicotine", "oxygen"];

/// Classes whose members the vocabulary has under other classes too: that none of them is named says nothing.
const WIDE: [&str; 24] = [
    "analgesic",
    "anticoagulant",
    "anticonvulsant",
    "antidepressant",
    "antiepileptic",
    "antiplatelet",
    "antiseptic",
    "antiviral",
    "diuretic",
    "enzyme",
    "fibrinolysis",
    "fibrinolytic",
    "glucocorticoid",
    "hypnotic",
    "immunoglobulin",
    "immunosuppressant",
    "iron",
    "mineral",
    "nitrate",
    "steroid",
    "stimulant",
    "thrombolysis",
    "vasodilator",
    "vitamin",
];

/// Ways to ask for the medicine itself: those that the question names are then what the patient has or cannot have.
static ASKS_FOR_ONE: Pattern = LazyLock::new(|| {
    let things = "drugs?|medicines?|medications?|agents?|antibiotics?|antimicrobials?|treatments?|therap(?:y|ies)|\
        options?|tablets?|regimens?|prophylaxis|antidotes?|fluids?|class(?:es)?";
    let asks = "which|what|any|best|preferred|other";
    let pattern = format!(r"(?i)\b(?:{asks})\b(?:\W+[\w-]+){{0,4}}?\W+(?:{things})\b|\b(?:alternatives?|instead)\b");
    Regex::new(&pattern).ok()
});

/// Ways to ask for a dose. What is said of a class is none.
static ASKS_FOR_DOSE: Pattern = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:dos(?:e|es|age|ages|ing)|how much|how many (?:mg|mcg|micrograms?|ml|units|tablets|puffs|vials)|(?:mg|mcg|micrograms?|units)/kg)\b",
    )
    .ok()
});

/// What has been taken, as against what is to be given.
static POISONING: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:overdos\w*|poison\w*|toxic\w*|took|taken too|antidote|levels?|concentrations?|lethal)\b").ok()
});

/// A medicine that is asked about.
#[derive(Debug, Clone)]
struct Medicine {
    drug: &'static Drug,
    /// Its name, and the names of what it is a salt or a form of.
    names: Vec<&'static str>,
}

impl Medicine {
    fn of(drug: &'static Drug) -> Self {
        let mut names = vec![drug.name.as_str()];
        // A combination is another medicine than what is in it.
        if !drug.name.contains('-') {
            let words: Vec<&str> = drug.name.split(' ').collect();
            let parts = (1..words.len()).flat_map(|at| [words[..at].join(" "), words[at..].join(" ")]);
            names.extend(parts.filter_map(|part| vocabulary().drug(&part)).map(|drug| drug.name.as_str()));
        }
        Self { drug, names }
    }

    fn is_in(&self, mentions: &Mentions) -> bool {
        let is_form = |name: &str| name.strip_prefix(self.drug.name.as_str()).is_some_and(|rest| rest.starts_with(' '));
        mentions.names().any(|name| self.names.contains(&name) || is_form(name))
    }

    /// Whether a heading is about too much of it.
    fn is_poison_in(&self, heading: &Mentions) -> bool {
        let is_poison = |word: &str| ["overdos", "poison", "toxic"].iter().any(|start| word.starts_with(*start));
        let after_drug = heading.drugs().filter(|found| self.names.contains(&found.of.name.as_str()));
        let after_class = heading.classes().filter(|found| is_kind_of(&self.drug.class, found.of));
        let mut next = after_drug.map(|found| found.end()).chain(after_class.map(|found| found.end()));
        next.any(|at| heading.word(at).is_some_and(is_poison))
    }
}

/// What a sentence says something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// What is asked about.
    Asked,
    /// Other medicines.
    Others,
    /// No medicine by name.
    Nothing,
}

/// The medicines that a question is about.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    medicines: Vec<Medicine>,
    classes: Vec<&'static str>,
    /// Whether a dose is asked for.
    is_dose: bool,
    /// Whether it is about somebody who has taken too much.
    is_poisoning: bool,
    /// Whether there is no answer without them.
    is_binding: bool,
    /// Conditions for which a dose is asked, each as the names it has.
    conditions: Vec<Vec<String>>,
}

/// What a text asks about.
enum About {
    These(Named),
    /// A medicine that it does not name.
    Any,
    /// No medicine.
    Nothing,
}

impl Named {
    /// The medicines that a question is about: those that it names itself, or else those of the question that it follows.
    pub(crate) fn of(question: &Question) -> Option<Self> {
        let named = match about(&question.question) {
            About::These(named) => return Some(named),
            About::Any => return None,
            About::Nothing => match about(&question.history.last()?.question) {
                About::These(named) => named,
                About::Any | About::Nothing => return None,
            },
        };
        let is_poisoning = named.is_poisoning || is_match(&POISONING, &question.question);
        let is_dose = is_match(&ASKS_FOR_DOSE, &question.question);
        Some(Self { is_dose, is_poisoning, conditions: Vec::new(), ..named })
    }

    /// Whether there is no answer where no passage is about them.
    pub(crate) fn is_binding(&self) -> bool {
        self.is_binding
    }

    /// Conditions for which a dose is asked, each as the names it has.
    pub(crate) fn conditions(&self) -> &[Vec<String>] {
        &self.conditions
    }

    /// Whether a passage is about one of them, by name or by the name of its class.
    pub(crate) fn is_in(&self, evidence: &Evidence) -> bool {
        let parts = [Mentions::of(&heading_of(evidence)), Mentions::of(&evidence.text)];
        // How much is too much is no dose.
        let is_poison = |medicine: &&Medicine| self.is_dose && !self.is_poisoning && medicine.is_poison_in(&parts[0]);
        let medicines: Vec<&Medicine> = self.medicines.iter().filter(|medicine| !is_poison(medicine)).collect();
        let is_said_in = |part: &Mentions| medicines.iter().any(|medicine| self.is_said_of(medicine, part));
        parts.iter().any(|part| is_said_in(part) || self.is_of_class(part))
    }

    /// Leaves the sentences that may answer. Below a heading, a dose with no name is that of what the heading names; one with
    /// another name never is.
    pub(crate) fn keep(&self, chosen: &mut Vec<Selected>) {
        for selected in chosen.iter_mut() {
            let is_headed = self.said(&heading_of(&selected.evidence)) == Said::Asked;
            let said: Vec<Said> = selected.sentences.iter().map(|sentence| self.said(&sentence.text)).collect();
            let is_anywhere = said.contains(&Said::Asked);
            let stands = |at: usize| match said.get(at) {
                Some(Said::Others) => !self.is_dose && (is_headed || !is_anywhere),
                Some(Said::Nothing) if self.is_dose => {
                    is_headed || at.checked_sub(1).and_then(|before| said.get(before)) == Some(&Said::Asked)
                }
                _ => true,
            };
            let mut place = 0..;
            selected.sentences.retain(|_| place.next().is_some_and(stands));
        }
        chosen.retain(|selected| !selected.sentences.is_empty());
    }

    fn said(&self, text: &str) -> Said {
        let mentions = Mentions::of(text);
        if self.medicines.iter().any(|medicine| self.is_said_of(medicine, &mentions)) || self.is_of_class(&mentions) {
            return Said::Asked;
        }
        let is_other = mentions.drugs().any(|found| !NO_MEDICINES.contains(&found.of.name.as_str()));
        if is_other { Said::Others } else { Said::Nothing }
    }

    fn is_said_of(&self, medicine: &Medicine, mentions: &Mentions) -> bool {
        medicine.is_in(mentions)
            || !self.is_dose && mentions.classes().any(|found| is_kind_of(&medicine.drug.class, found.of))
    }

    fn is_of_class(&self, mentions: &Mentions) -> bool {
        self.classes.iter().any(|class| {
            mentions.classes().any(|found| is_kind_of(found.of, class) || is_kind_of(class, found.of))
                || mentions.drugs().any(|found| is_kind_of(&found.of.class, class))
        })
    }
}

/// Title and headings of a passage.
pub(crate) fn heading_of(evidence: &Evidence) -> String {
    format!("{} . {}", evidence.document.title, evidence.section.join(" . "))
}

fn about(text: &str) -> About {
    let parts = parts(text);
    let is_question = |part: &&String| part.trim_end().ends_with('?');
    let mut asking: Vec<&String> = parts.iter().filter(is_question).collect();
    if asking.is_empty() {
        asking.extend(parts.last());
    }
    let mut asked: String = asking.iter().map(|part| part.as_str()).collect();
    let (mut medicines, mut classes) = asked_about(&asked);
    let is_which = asked.split_whitespace().any(|word| word.eq_ignore_ascii_case("which"));
    if is_match(&ASKS_FOR_ONE, &asked) || is_which && medicines.is_empty() && !classes.is_empty() {
        return About::Any;
    }
    let words = text.split_whitespace().count();
    if medicines.is_empty() && classes.is_empty() && words <= SHORT_WORDS {
        asked = text.to_owned();
        (medicines, classes) = asked_about(text);
    }
    if medicines.is_empty() && classes.is_empty() {
        return About::Nothing;
    }
    let names_one = |part: &String| {
        let (medicines, classes) = asked_about(part);
        !medicines.is_empty() || !classes.is_empty()
    };
    let is_dose = is_match(&ASKS_FOR_DOSE, &asked);
    About::These(Named {
        is_binding: words <= LETTER_WORDS || asking.into_iter().all(names_one),
        is_poisoning: is_match(&POISONING, text),
        conditions: if is_dose && words <= TERSE_WORDS { conditions(text) } else { Vec::new() },
        medicines,
        classes,
        is_dose,
    })
}

/// A text in sentences and in what stands before a colon.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in text.split_whitespace() {
        if let Some(part) = parts.last_mut() {
            part.push_str(word);
            part.push(' ');
        }
        if word.ends_with(['.', '?', '!', ':', ';']) {
            parts.push(String::new());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The medicines and classes that a text asks about: not those that somebody is allergic to, nor those in the names of
/// resistant germs and of deficiencies.
fn asked_about(text: &str) -> (Vec<Medicine>, Vec<&'static str>) {
    let mentions = Mentions::of(text);
    let begins = |at: usize, with: &[&str]| {
        mentions.word(at).is_some_and(|word| with.iter().any(|start| word.starts_with(*start)))
    };
    let allergy = ["allerg", "anaphyla", "hypersensitiv", "intoleran"];
    let no_subject = ["allerg", "deficien", "hypersensitiv", "intoleran", "resist", "sensitiv", "susceptib"];
    let is_asked = |from: usize, end: usize| {
        let is_to = from >= 2 && matches!(mentions.word(from - 1), Some("to" | "of"));
        !(begins(end, &no_subject) || is_to && begins(from - 2, &allergy))
    };
    let drugs = mentions.drugs().filter(|found| !NO_MEDICINES.contains(&found.of.name.as_str()));
    let medicines = drugs.filter(|found| is_asked(found.at, found.end())).map(|found| Medicine::of(found.of));
    let classes = mentions.classes().filter(|found| !WIDE.contains(&found.of));
    let classes = classes.filter(|found| is_asked(found.at, found.end())).map(|found| found.of);
    (medicines.collect(), classes.collect())
}

/// The conditions that a short text names, each as the names that the vocabulary has for it. Those with digits in them are left
/// out: a number is found everywhere.
fn conditions(text: &str) -> Vec<Vec<String>> {
    let bare = bare(text);
    let words: Vec<&str> = bare.split(' ').collect();
    let (mut conditions, mut at) = (Vec::new(), 0);
    while at < words.len() {
        let rest = || words[at..].iter().copied();
        let drug = vocabulary().drug_at(rest()).map_or(0, |(length, _)| length);
        let synonym = vocabulary().synonym_at(rest());
        let lay = vocabulary().lay_at(rest());
        let length_of = |found: Option<(usize, &[String])>| found.map_or(0, |(length, _)| length);
        let length = length_of(synonym).max(length_of(lay)).max(drug).max(1);
        let found = [synonym, lay].into_iter().flatten().filter(|(found, _)| *found == length && drug < length);
        let others: Vec<String> = found.flat_map(|(_, names)| names.iter().cloned()).collect();
        if !others.is_empty() {
            let own = words[at..at + length].join(" ");
            let names = std::iter::once(own).chain(others);
            conditions.push(names.filter(|name| !name.contains(|c: char| c.is_ascii_digit())).collect());
        }
        at += length;
    }
    conditions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Turn;

    /// The medicines and classes that a question is about, in order.
    fn named(question: &Question) -> Vec<&'static str> {
        let Some(named) = Named::of(question) else { return Vec::new() };
        named.medicines.iter().map(|medicine| medicine.drug.name.as_str()).chain(named.classes).collect()
    }

    fn asks_about(question: &str) -> Vec<&'static str> {
        named(&Question::new(question))
    }

    #[test]
    fn a_question_is_about_the_medicines_that_it_asks_about() {
        for (question, medicines) in [
            ("gabapentin dose in renal impairment", vec!["gabapentin"]),
            ("calpol dose 2 year old", vec!["paracetamol"]),
            ("Woman, eGFR 40, on ramipril. Trimethoprim or nitrofurantoin?", vec!["trimethoprim", "nitrofurantoin"]),
            ("is an SGLT2 inhibitor allowed at eGFR 22?", vec!["sglt2 inhibitor"]),
            ("hyperkalaemia 6.7 with digoxin toxicity: calcium?", vec!["digoxin"]),
        ] {
            assert_eq!(asks_about(question), medicines, "{question}");
        }
    }

    #[test]
    fn medicines_that_are_only_mentioned_are_not_what_it_is_about() {
        for question in [
            "Man 60 with gout flares, on azathioprine after a renal transplant: which urate lowering drug?",
            "Which oral antibiotic for cellulitis in a woman who is allergic to penicillin?",
            "dental prophylaxis in penicillin allergy",
            "MRSA bacteraemia",
            "Which benzodiazepine is safest in cirrhosis?",
            "What oxygen level should I aim for?",
            "What is the treatment of gout?",
        ] {
            assert!(asks_about(question).is_empty(), "{question}");
        }
        let letter = "My father is 81 and takes warfarin for his heart. He has had a cough for three weeks, and last \
                      night he was hot and did not know where he was. The surgery is closed, and we live far away. \
                      Can he wait?";
        assert!(asks_about(letter).is_empty());
    }

    #[test]
    fn a_follow_up_is_about_what_it_follows_unless_it_names_something() {
        let turn = Turn { question: "Dose of gabapentin?".to_owned(), passages: Vec::new(), answer: None };
        let after = |question: &str| Question { history: vec![turn.clone()], ..Question::new(question) };
        assert_eq!(named(&after("And in renal impairment?")), ["gabapentin"]);
        assert_eq!(named(&after("what about pregabalin?")), ["pregabalin"]);
        assert!(named(&after("Which other drug could be used?")).is_empty());
    }

    #[test]
    fn a_dose_has_a_name_and_is_not_how_much_is_too_much() {
        let of = |question: &str| Named::of(&Question::new(question)).unwrap();
        let said = |question: &str, text: &str| of(question).said(text);
        assert_eq!(said("ramipril in pregnancy", "ACE inhibitors are contraindicated in pregnancy."), Said::Asked);
        assert_eq!(said("ramipril dose", "ACE inhibitors are raised every two weeks."), Said::Nothing);
        assert_eq!(said("ramipril dose", "Lisinopril 2.5 mg once daily."), Said::Others);
        assert_eq!(said("insulin dose", "Insulin glargine 10 units."), Said::Asked);
        assert_eq!(said("magnesium sulfate dose", "Magnesium 4 g over 5 minutes."), Said::Asked);
        let heading = Mentions::of("Paracetamol overdose: assessment");
        assert!(of("dose of paracetamol").medicines[0].is_poison_in(&heading));
        assert!(of("morphine dose").medicines[0].is_poison_in(&Mentions::of("Opioid overdose")));
        assert!(!of("naloxone dose").medicines[0].is_poison_in(&Mentions::of("Opioid overdose and naloxone")));
        assert!(of("dose of acetylcysteine in paracetamol overdose").is_poisoning);
    }

    #[test]
    fn conditions_for_which_a_dose_is_asked_have_all_their_names() {
        let conditions = |question: &str| Named::of(&Question::new(question)).unwrap().conditions;
        assert_eq!(conditions("ceftriaxone dose for gonorrhoea")[0], ["gonorrhoea", "gonorrhoea", "gonorrhea"]);
        assert_eq!(conditions("dexamethasone dose in COVID")[0], ["covid"]);
        assert!(conditions("ceftriaxone for gonorrhoea").is_empty(), "no dose is asked for");
    }
}
