//! What the question left out and the evidence depends on: age, pregnancy, kidneys, weight, allergies.

use std::collections::HashSet;
use std::sync::LazyLock;

use knowledge::Evidence;
use regex::{Regex, RegexSet};
use serde::Serialize;
use utoipa::ToSchema;
use vocabulary::{bare, vocabulary};

use crate::answer::Statement;
use crate::patient::Patient;
use crate::pattern::Pattern;
use crate::scope::set;

/// Something about the patient that an answer may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// Age.
    Age,
    /// Body weight.
    Weight,
    /// Pregnancy and breastfeeding.
    Pregnancy,
    /// Function of the kidneys.
    RenalFunction,
    /// Function of the liver.
    HepaticFunction,
    /// Allergies.
    Allergies,
    /// Medicines taken now.
    CurrentMedicines,
    /// How severe it is.
    Severity,
}

/// Something that was not said, and the evidence that depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unknown {
    /// What was not said.
    pub factor: Factor,
    /// For the reader.
    #[schema(example = "renal function is not stated; E1 depends on it")]
    pub text: String,
    /// Names of the evidence that depends on it.
    pub evidence: Vec<String>,
}

struct Signs {
    factor: Factor,
    name: &'static str,
    /// In a question: it has been said.
    said: Regex,
    /// In evidence: it matters.
    matters: Regex,
}

static SIGNS: LazyLock<Vec<Signs>> = LazyLock::new(|| {
    [
        (
            Factor::Age,
            "age",
            r"(?i)\b(?:adult|child(?:ren|hood)?(?:[^-\w]|$)|infant|baby|neonat|newborn|toddler|boy|girl|p(?:a)?ediatric|teenage|adolescent|elderly|older|frail|geriatric|year[- ]?olds?|years? old|month[- ]?old|age[ds]?\b|[0-9]+ ?(?:y|yo|yrs?|years?|months?|weeks? old|f|m)\b)",
            r"(?i)\b(?:adults?|child|children|infants?|neonates?|newborns?|aged?|older|elderly|(?:under|over|below|above|than) [0-9]+ (?:years|months)|[0-9]+ (?:years|months) (?:old|of age|and|or (?:over|older|more|above)))\b",
        ),
        (
            Factor::Weight,
            "body weight",
            r"(?i)\b(?:weigh\w*|bmi|obes\w*|[0-9.]+ ?kg)\b",
            r"(?i)(?:/kg\b|\bper kg\b|\bkg\b|\bbody weight\b|\bweigh\w*\b)",
        ),
        (
            Factor::Pregnancy,
            "pregnancy",
            r"(?i)\b(?:pregnan\w*|gestation\w*|trimester|breast-?feeding|postpartum|lactat\w*|antenatal|obstetric\w*|(?:pre-?)?eclampsia|puqe|hyperemesis|pph|caesarean|uterotonic|(?:after|at) (?:birth|delivery)|at [0-9]{1,2}(?:\+[0-9])? ?weeks|[0-9]{1,2}(?:\+[0-9])? ?weeks pregnant|(?:post|peri)?-?menopaus\w*|man|men|male|boy|gentleman|father|dad|husband|son|uncle|grandfather|he|his|him|prostat\w*|[1-9][0-9] ?m)\b",
            r"(?i)\b(?:pregnan\w*|breast-?feeding|childbearing|contracepti\w*|teratogen\w*)\b",
        ),
        (
            Factor::RenalFunction,
            "renal function",
            r"(?i)\b(?:e?gfr|creatinine|renal|kidneys?|ckd|aki|dialysis|crcl)\b",
            r"(?i)\b(?:e?gfr|creatinine|crcl|renal\w*|kidneys?|nephrotoxic\w*|ckd|dialysis)\b",
        ),
        (
            Factor::HepaticFunction,
            "hepatic function",
            r"(?i)\b(?:liver|hepat\w*|cirrho\w*|alt|child-pugh|jaundice)\b",
            r"(?i)\b(?:liver|hepat\w*|cirrho\w*)\b",
        ),
        (
            Factor::Allergies,
            "any allergy",
            r"(?i)\b(?:allerg\w*|hypersensitiv\w*|intoleran\w*|anaphyla\w*|nkda)\b",
            r"(?i)\b(?:allerg\w*|hypersensitiv\w*|\w+cillin|cephalosporin\w*|ceph\w*|cef\w+|sulfonamide|co-trimoxazole|aspirin|nsaids?)\b",
        ),
        (
            Factor::CurrentMedicines,
            "what else is taken",
            r"(?i)\b(?:already (?:on|taking)|takes|taking|treated with|currently on|no (?:other )?(?:regular )?medicines|no regular|receiving)\b",
            r"(?i)\b(?:interact\w*|concomitant|together with|combin\w*|inhibitors?|anticoagula\w*|warfarin|lithium|nsaids?|diuretics?|already taking|not be given with|current treatment)\b",
        ),
        (
            Factor::Severity,
            "severity",
            r"(?i)\b(?:mild|moderate|severe|severity|life-threatening|uncomplicated|complicated|stable|unstable|curb-?65|stage|grade|nyha|shock)\b",
            r"(?i)\b(?:mild|moderate|severe|life-threatening|non-severe|severity|uncomplicated|critical|stage)\b",
        ),
    ]
    .into_iter()
    .filter_map(|(factor, name, said, matters)| {
        Some(Signs { factor, name, said: Regex::new(said).ok()?, matters: Regex::new(matters).ok()? })
    })
    .collect()
});

/// Questions about what to do depend on the patient; questions about what is do not.
static ABOUT_TREATMENT: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"(?i)\b(?:dos\w*|treat\w*|manage\w*|start\w*|give\w*|giv\w+|prescri\w*|which|antibiotic\w*|drugs?|first[- ]line|how (?:much|long|many)|can i|should|safe\w*|target\w*|stop\w*|switch\w*|add\w*|use|need\w*|best|therapy|recommend\w*|frequency|mg|monitor\w*|what .* for|suitab\w*|appropriate|option|continu\w*|can|right here|what now|at risk|rate|infusion|strength)\b",
    ])
});

/// Classes of medicines as they are named in questions.
static CLASS: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"(?i)\b(?:nsaids?|doacs?|noacs?|ssris?|snris?|maois?|ppis?|statins?|arbs?|steroids?|corticosteroids?|diuretics?|opioids?|(?:ace|sglt2|dpp-4|proton pump) inhibitors?|(?:beta|alpha|calcium channel)[- ]blockers?|anti(?:depressant|psychotic|coagulant|platelet|hypertensive|emetic|histamine|malarial)s?|benzodiazepines?|bisphosphonates?|thiazides?|triptans?|thrombolysis|fibrinolysis)\b",
    ])
});

/// What asks for knowledge although it names a medicine.
static ABOUT_KNOWLEDGE: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"(?i)^(?:why|how (?:do|does|did|common|often)|what (?:is|are|did|do|does|causes?)|does|do|did|who)\b|\b(?:trials?|mechanism|causes?|half-life|guideline|threshold|composition|ignore)\b",
    ])
});

/// What the doses of most medicines depend on even where the passages found say nothing of it.
const OF_ANY_DOSE: [Factor; 2] = [Factor::Age, Factor::CurrentMedicines];

/// What dose or choice depends on even where the passages found say nothing of it: by the class of a medicine that is named, by
/// its name, or by a class that is. In children, whatever the medicine, on weight, and rarely on kidneys and liver.
static BY_MEDICINE: LazyLock<Vec<(Factor, Regex)>> = LazyLock::new(|| {
    [
        (
            Factor::Weight,
            r"aminoglycoside|glycopeptide|heparin|thrombolytic|thrombolysis|artemisinin|antituberculosis|rifamycin|factor xa inhibitor|methylxanthine|acetylcysteine|phenytoin|levetiracetam|aciclovir",
        ),
        (
            Factor::Pregnancy,
            r"ace inhibitors?|angiotensin receptor blocker|arbs?|arni|statins?|antifolate|sulfonamide|tetracycline|fluoroquinolone|aminoglycoside|nitrofuran|vitamin k antagonist|factor xa inhibitor|direct thrombin inhibitor|doacs?|noacs?|valproic acid|mood stabiliser|nsaids?|methotrexate|retinoid|sglt2 inhibitors?|glp-1 receptor agonist|mineralocorticoid receptor antagonist|thiazides?|antithyroid|primaquine|bisphosphonates?",
        ),
        (
            Factor::RenalFunction,
            r"antibiotics?|aminoglycoside|glycopeptide|lipoglycopeptide|penicillin|carbapenem|fluoroquinolone|antifolate|sulfonamide|nitrofuran|phosphonic antibiotic|polymyxin|macrolide|antiviral|azole antifungal|ethambutol|factor xa inhibitor|direct thrombin inhibitor|heparin|anticoagulants?|doacs?|noacs?|cardiac glycoside|gabapentinoid|levetiracetam|topiramate|biguanide|sulfonylurea|sglt2 inhibitors?|dpp-4 inhibitors?|insulin|ace inhibitors?|angiotensin receptor blocker|arbs?|arni|mineralocorticoid receptor antagonist|diuretics?|thiazides?|antihypertensives?|blood pressure (?:drug|medicine|tablet)s?|nsaids?|cox-2 inhibitor|xanthine oxidase inhibitor|antigout|mood stabiliser|memantine|bisphosphonates?|statins?|morphine|codeine|tramadol|oxycodone|snris?|tetracyclic antidepressant|amisulpride|h2 receptor antagonist|methotrexate|platinum agent|magnesium|potassium|erythropoiesis-stimulating agent|contrast|fluids?",
        ),
        (
            Factor::HepaticFunction,
            r"paracetamol|statins?|antituberculosis|isoniazid|rifamycin|valproic acid|methotrexate|azole antifungal|amiodarone|benzodiazepines?|ssris?|tetracyclic antidepressant",
        ),
        (Factor::Allergies, r"antibiotics?|penicillin|cephalosporin|carbapenem|sulfonamide|nsaids?"),
    ]
    .into_iter()
    .filter_map(|(factor, medicines)| Some((factor, Regex::new(&format!(r"\b(?:{medicines})\b")).ok()?)))
    .collect()
});

/// Ages of women in whom pregnancy is asked for, in years.
const FERTILE: std::ops::Range<f64> = 10.0..56.0;

/// The factors on which the answer depends and which neither the question nor the patient's context states, in the order of
/// [`Factor`]: on which the passages depend that statements cite, or all of them where nothing is stated.
pub(crate) fn unknowns(
    question: &str,
    patient: Option<&Patient>,
    statements: &[Statement],
    evidence: &[Evidence],
) -> Vec<Unknown> {
    let citations = statements.iter().flat_map(|statement| &statement.citations);
    let cited: HashSet<&str> = citations.map(|citation| citation.evidence.as_str()).collect();
    let texts = evidence.iter().map(|one| (one.id.as_str(), one.text.as_str())).collect();
    unknowns_in(question, patient, &stated_from(&cited, texts))
}

/// Those texts, by name, from which something is stated; all of them where nothing is.
fn stated_from<'a>(cited: &HashSet<&str>, mut texts: Vec<(&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
    texts.retain(|(name, _)| cited.is_empty() || cited.contains(name));
    texts
}

/// `evidence` is names and texts.
fn unknowns_in(question: &str, patient: Option<&Patient>, evidence: &[(&str, &str)]) -> Vec<Unknown> {
    let medicines = medicines(question);
    let is_named = !medicines.is_empty() || CLASS.is_match(question);
    if !ABOUT_TREATMENT.is_match(question) && (!is_named || ABOUT_KNOWLEDGE.is_match(question)) {
        return Vec::new();
    }
    let spoken_of = format!("{}; {}", question.to_lowercase(), medicines.join("; "));
    // A child that is not yet born is spoken of, too.
    let is_child = CHILD.is_match(question) && !PREGNANT.is_match(question)
        || patient.and_then(|patient| patient.age_years).is_some_and(|age| age < 16.0);
    let by_medicine = |factor: Factor| {
        let is_of_its_kind = BY_MEDICINE.iter().any(|(of, regex)| *of == factor && regex.is_match(&spoken_of));
        match factor {
            Factor::Weight => is_of_its_kind || is_child && is_named,
            Factor::RenalFunction | Factor::HepaticFunction => is_of_its_kind && !is_child,
            _ => is_of_its_kind,
        }
    };
    SIGNS
        .iter()
        .filter(|signs| !is_said(signs, question, patient))
        .filter_map(|signs| {
            let depends: Vec<String> = evidence
                .iter()
                .filter(|(_, text)| signs.matters.is_match(text))
                .map(|(name, _)| (*name).to_owned())
                .collect();
            let text = match depends.as_slice() {
                [] if OF_ANY_DOSE.contains(&signs.factor) || by_medicine(signs.factor) => {
                    let what = match signs.factor {
                        Factor::Pregnancy | Factor::Allergies => "the choice of a medicine",
                        _ => "doses",
                    };
                    format!("{} is not stated; {what} may depend on it", signs.name)
                }
                [] => return None,
                [one] => format!("{} is not stated; {one} depends on it", signs.name),
                many => format!("{} is not stated; {} depend on it", signs.name, many.join(", ")),
            };
            Some(Unknown { factor: signs.factor, text, evidence: depends })
        })
        .collect()
}

/// Whether the question or the patient's context states a factor, or something that settles it: who is pregnant is no child, and
/// a child is not asked about pregnancy.
fn is_said(signs: &Signs, question: &str, patient: Option<&Patient>) -> bool {
    if signs.said.is_match(question) || patient.is_some_and(|patient| patient.states(signs.factor)) {
        return true;
    }
    match signs.factor {
        Factor::Age => age(question).is_some() || PREGNANT.is_match(question),
        Factor::Pregnancy => {
            let age = patient.and_then(|patient| patient.age_years).or_else(|| age(question));
            CHILD.is_match(question) || age.is_some_and(|age| !FERTILE.contains(&age))
        }
        _ => false,
    }
}

/// Children too young to be pregnant.
static CHILD: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"(?i)\b(?:child|children|childhood|infants?|bab(?:y|ies)|neonat\w*|newborns?|toddlers?|p(?:a)?ediatric|little (?:boy|girl)|[0-9]+[- ]?(?:month|week|day)s?[- ]?olds?)\b(?:[^-]|$)",
    ])
});

/// Somebody who is pregnant, or has just been.
static PREGNANT: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"(?i)\b(?:pregnant|(?:in|of|during|weeks of) (?:early |late )?pregnancy|trimester|gestational|(?:pre-?)?eclampsia|hyperemesis|puqe|pph|postpartum|breast-?feeding)\b",
    ])
});

/// An age in years: "a 62-year-old", "Woman 62", "my mother is 81", "62F".
fn age(question: &str) -> Option<f64> {
    static AGE: Pattern = LazyLock::new(|| {
        Regex::new(
            r"(?i)\b([0-9]{1,3})[- ]?(?:years?|yrs?|y)[- ]?olds?\b|\b([0-9]{1,3}) ?(?:yo|y/o)\b|\bage[ds]? (?:of )?([0-9]{1,3})\b|\b(?:woman|man|male|female|lady|gentleman|girl|boy|mother|father|mum|mom|dad|grandmother|grandfather|wife|husband|patient|she|he)(?: is| was| of|,)? ([0-9]{1,3})(?:\s*[,.;:?!)]|\s+(?:with|and|on|who|has|years?)\b|$)|\b([1-9][0-9]) ?[fm]\b",
        )
        .ok()
    });
    let found = AGE.as_ref()?.captures(question)?;
    found.iter().skip(1).flatten().next()?.as_str().parse().ok()
}

/// The medicines that a question names, each by name and class.
fn medicines(question: &str) -> Vec<String> {
    let folded = bare(question);
    let words: Vec<&str> = folded.split(' ').collect();
    let found = (0..words.len()).filter_map(|at| vocabulary().drug_at(words[at..].iter().copied()));
    found.map(|(_, drug)| format!("{}; {}", drug.name, drug.class)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(question: &str, evidence: &[(&str, &str)]) -> Vec<Factor> {
        unknowns_in(question, None, evidence).iter().map(|unknown| unknown.factor).collect()
    }

    #[test]
    fn what_was_not_said_is_named_with_what_depends_on_it() {
        let evidence = [("E1", "Halve the dose when eGFR is below 30."), ("E2", "Children: 5 mg/kg.")];
        let found = unknowns_in("What dose of amoxicillin for pneumonia?", None, &evidence);
        let factors: Vec<Factor> = found.iter().map(|unknown| unknown.factor).collect();
        assert!(factors.contains(&Factor::RenalFunction) && factors.contains(&Factor::Weight), "{factors:?}");
        assert_eq!(found.iter().find(|one| one.factor == Factor::Weight).unwrap().evidence, ["E2"]);
        let patient = Patient { egfr: Some(80.0), weight_kg: Some(70.0), ..Patient::default() };
        let found = unknowns_in("What dose of amoxicillin in an adult?", Some(&patient), &evidence);
        assert!(
            found.iter().all(|one| !matches!(one.factor, Factor::RenalFunction | Factor::Weight | Factor::Age)),
            "{found:?}"
        );
        assert!(unknowns_in("What causes gout?", None, &evidence).is_empty());
        let is_age_open =
            |question: &str| unknowns_in(question, None, &evidence).iter().any(|one| one.factor == Factor::Age);
        for said in ["Dose for a child?", "Dose in children", "Dose at the age of 5?", "Dose in childhood?"] {
            assert!(!is_age_open(said), "{said}");
        }
        for open in ["Which agent should be given?", "Dose in Child-Pugh class B?"] {
            assert!(is_age_open(open), "{open}");
        }
    }

    #[test]
    fn a_question_that_names_a_medicine_is_about_treatment() {
        for telegram in [
            "edoxaban in VTE",
            "Adrenaline IM for anaphylaxis in a 3-year-old",
            "metformin eGFR 28",
            "NSAIDs in gout with heart failure?",
        ] {
            assert!(!factors(telegram, &[]).is_empty(), "{telegram}");
        }
        for knowledge in ["Does aspirin prevent a first heart attack?", "Why does metformin cause lactic acidosis?"] {
            assert!(factors(knowledge, &[]).is_empty(), "{knowledge}");
        }
    }

    #[test]
    fn what_settles_a_factor_is_read_as_said() {
        let evidence = [("E1", "Avoid it in pregnancy. Children: 5 mg/kg.")];
        for settled in [
            "What dose of nirsevimab for an infant?",
            "naloxone dose for a newborn",
            "Which antihypertensive in pre-eclampsia?",
            "PUQE score 8, where to treat?",
            "Which dose of labetalol at 34 weeks?",
            "dabigatran dose in an 81 year old with AF",
            "Woman 62 with bacterial meningitis: which antibiotics?",
            "Which dose for a 58M?",
        ] {
            assert!(!factors(settled, &evidence).contains(&Factor::Pregnancy), "{settled}");
        }
        for open in ["Which dose in a woman of 30?", "Which dose of ramipril in an adult?"] {
            assert!(factors(open, &evidence).contains(&Factor::Pregnancy), "{open}");
        }
        for said in [
            "Woman 62 with bacterial meningitis: which antibiotics?",
            "Man 60 with recurrent gout flares. Which urate lowering drug?",
            "My mother is 81. Is this safe?",
            "62F, which dose?",
            "Which dose in pregnancy?",
        ] {
            assert!(!factors(said, &evidence).contains(&Factor::Age), "{said}");
        }
        for open in ["Which dose in a woman?", "Which dose in a woman of 70 kg?"] {
            assert!(factors(open, &evidence).contains(&Factor::Age), "{open}");
        }
    }

    #[test]
    fn kidneys_are_named_where_the_answer_or_the_medicine_has_to_do_with_them() {
        let adrenaline = [("E1", "Give adrenaline 500 microgram intramuscularly.")];
        assert!(!factors("What dose of adrenaline in anaphylaxis?", &adrenaline).contains(&Factor::RenalFunction));
        assert!(!factors("Amoxicillin dose for a child?", &[]).contains(&Factor::RenalFunction));
        assert!(factors("What dose of gabapentin?", &[]).contains(&Factor::RenalFunction));
        let kidneys = [("E1", "The drug is not given when creatinine clearance is below 15 mL/min.")];
        assert!(factors("What dose should be given?", &kidneys).contains(&Factor::RenalFunction));
    }

    #[test]
    fn a_passage_that_no_statement_cites_decides_nothing() {
        let texts = || vec![("E1", "Give it by mouth."), ("E2", "Children: 5 mg/kg.")];
        let named = |cited: &[&str]| {
            let texts = stated_from(&cited.iter().copied().collect(), texts());
            factors("Which dose should be given?", &texts)
        };
        assert!(!named(&["E1"]).contains(&Factor::Weight));
        assert!(named(&["E1", "E2"]).contains(&Factor::Weight));
        assert!(named(&[]).contains(&Factor::Weight), "where nothing is stated, all passages count");
    }
}
