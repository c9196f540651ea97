//! Do two sources in force disagree? Held against each other, not against a statement: neither is right by itself.

use std::collections::HashSet;

use knowledge::Verdict;

use crate::check::{Facet, Finding};
use crate::clauses::Denial;
use crate::compare::compare;
use crate::facts::{Fact, Facts, Said};
use crate::purpose::{has_other_purpose, is_measured_otherwise, words};
use crate::quantity::{Agreement, Quantity};
use crate::relate::{is_owner, says_for_whom};
use crate::senses::Axis;
use crate::terms::Term;

/// In what two sentences on the same point disagree; none where they agree, or speak of different things. `above` is what
/// stands above each: headings and, last, the title.
pub fn disagreement(a: &str, b: &str, above: (&[&str], &[&str])) -> Option<Finding> {
    let (text_a, text_b) = (a, b);
    if above.0.contains(&a) || above.1.contains(&b) {
        return None;
    }
    let (words_a, words_b) = (words(a), words(b));
    let (a, b) = (unconditional(a), unconditional(b));
    let (above_a, above_b) = (read(above.0), read(above.1));
    if !same_subject(&a, &b)
        || !same_condition((&a, &above_a, above.0.last()), (&b, &above_b, above.1.last()))
        || other_population((&a, &above_a), (&b, &above_b))
        || other_ages(&a, &b)
        || are_without(&a, &b)
        || are_without(&b, &a)
        || narrows(&a, &words_a) != narrows(&b, &words_b)
    {
        return None;
    }
    let do_both_advise = advises(&a, &words_a) && advises(&b, &words_b) && !is_row(text_a) && !is_row(text_b);
    let are_amounts_alike = !has_other_purpose(&words_a, &words_b) && !is_measured_otherwise(&words_a, &words_b);
    // What one says, the other has otherwise; either way round, as one may say more than the other.
    let found = disputes(&a, &b).into_iter().chain(disputes(&b, &a));
    let counts = |finding: &Finding| match finding.facet {
        Facet::Amount | Facet::Number => are_amounts_alike && !is_complement(finding, &a, &b),
        Facet::Polarity | Facet::Strength => do_both_advise,
        _ => true,
    };
    found.filter(counts).min_by_key(|finding| finding.facet)
}

/// In what two bodies differ whose advice one document reports side by side, in sentences of one section: "NICE advises 75 to
/// 150 mg", "ACOG advises 81 mg". None where the sentences name no bodies, or the same one.
pub fn disagreement_within(a: &str, b: &str, above: (&[&str], &[&str])) -> Option<Finding> {
    let (bodies_a, bodies_b) = (bodies(a), bodies(b));
    if bodies_a.is_empty() || bodies_b.is_empty() || !bodies_a.is_disjoint(&bodies_b) {
        return None;
    }
    disagreement(a, b, above).or_else(|| other_dose(&unconditional(a), &unconditional(b)))
}

fn bodies(sentence: &str) -> HashSet<&str> {
    sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| BODIES.contains(word)).collect()
}

/// Bodies that issue guidelines, as they are cited.
const BODIES: [&str; 48] = [
    "AAP", "AASLD", "ACC", "ACG", "ACOG", "ACR", "ADA", "AHA", "AAN", "ASAM", "ASH", "ATS", "BSG", "BTS", "CDC", "EAN",
    "EAS", "EASD", "EASL", "EMA", "ERC", "ERS", "ESC", "ESH", "ESO", "ESUR", "EULAR", "FDA", "FIGO", "GINA", "GOLD",
    "IADPSG", "IDSA", "ILCOR", "ISH", "ISTH", "JBDS", "KDIGO", "MHRA", "NICE", "RCOG", "RCUK", "SIGN", "SOGC", "UKHSA",
    "USPSTF", "WAO", "WHO",
];

/// Doses of the one medicine that both name, of which none is the same.
fn other_dose(a: &Facts, b: &Facts) -> Option<Finding> {
    let (drugs_a, drugs_b) = (drugs(a), drugs(b));
    let doses = |facts: &Facts| -> Vec<(String, Quantity)> {
        let is_dose = |amount: &Quantity| {
            amount.has_unit() && !matches!(amount.dimension.as_str(), "time" | "months" | "years" | "ratio")
        };
        amounts(facts).into_iter().filter(|(_, amount)| is_dose(amount)).collect()
    };
    let (doses_a, doses_b) = (doses(a), doses(b));
    let mut pairs = Vec::new();
    for (written, one) in &doses_a {
        let alike = doses_b.iter().filter(|(_, other)| other.dimension == one.dimension);
        pairs.extend(alike.map(|(theirs, other)| (written, theirs, one.compare(other))));
    }
    let (ours, theirs, _) = pairs.first().filter(|_| drugs_a.len() == 1 && drugs_a == drugs_b)?;
    let differ = pairs.iter().all(|(.., agreement)| *agreement != Agreement::Same);
    differ.then(|| Finding {
        facet: Facet::Amount,
        verdict: Verdict::Contradicted,
        subject: (*ours).clone(),
        reason: format!("one says {ours}, the other {theirs}"),
    })
}

/// Amounts as written.
fn amounts(facts: &Facts) -> Vec<(String, Quantity)> {
    let amount = |fact: &Fact| match &fact.said {
        Said::Amount(amount) => Some((fact.written.clone(), amount.clone())),
        _ => None,
    };
    facts.facts.iter().filter_map(amount).collect()
}

/// Whether it is more than a caption.
fn advises(facts: &Facts, words: &str) -> bool {
    facts.facts.iter().any(|fact| matches!(fact.said, Said::Sense(Axis::Strength, _)))
        || [" is ", " are ", " be ", " not "].iter().any(|verb| words.contains(verb))
}

/// Whether it is the row of a table, whose cells have their labels: one cell does not deny what stands in the next.
fn is_row(sentence: &str) -> bool {
    sentence.contains(';') && sentence.split(';').all(|cell| cell.contains(':'))
}

/// What a sentence says, but not on which condition: "until stable" and "when stable" are two ways to say when. Nor the year of
/// a guideline: "WHO 2021" and "ISH 2020" do not disagree in it.
fn unconditional(sentence: &str) -> Facts {
    let mut facts = Facts::read(sentence);
    let is_year = |fact: &Fact| fact.written.parse::<u16>().is_ok_and(|year| (1900..2100).contains(&year));
    facts.facts.retain(|fact| !matches!(fact.said, Said::Sense(Axis::Condition, _)) && !is_year(fact));
    facts
}

fn read(headings: &[&str]) -> Facts {
    let mut facts = Facts::default();
    for heading in headings {
        facts.append(&Facts::read(heading));
    }
    facts
}

fn disputes(a: &Facts, b: &Facts) -> Vec<Finding> {
    let disputed = |finding: &Finding| {
        finding.verdict == Verdict::Contradicted
            && shares_owner(a, b)
            && match finding.facet {
                Facet::Amount => is_of_its_size(&finding.subject, a, b),
                Facet::Frequency => drugs(a).is_empty() == drugs(b).is_empty(),
                Facet::Number | Facet::Direction => true,
                // One medicine is not the first choice because another one is.
                Facet::Polarity if is_choice(a) && is_choice(b) => same_candidate(a, b) && same_candidate(b, a),
                Facet::Polarity => !is_of_people(&finding.subject, a) && is_closely_alike(a, b),
                Facet::Strength => lacks_evidence(a) || lacks_evidence(b) || is_closely_alike(a, b),
                Facet::Drug => is_choice(a) && is_choice(b),
                _ => false,
            }
    };
    compare(a, b, &Facts::default()).into_iter().filter(disputed).collect()
}

/// Whether a span of time is near one that the other sentence has: minutes in which something is injected are not the days for
/// which it is given.
fn is_of_its_size(written: &str, a: &Facts, b: &Facts) -> bool {
    let spans = |facts: &Facts, of: Option<&str>| -> Vec<f64> {
        let span = |fact: &Fact| match &fact.said {
            Said::Amount(amount) if amount.dimension == "time" && of.is_none_or(|of| fact.written == of) => {
                Some(amount.value)
            }
            _ => None,
        };
        facts.facts.iter().filter_map(span).collect()
    };
    let theirs = spans(b, None);
    spans(a, Some(written)).iter().all(|one| theirs.iter().any(|other| one.max(*other) <= LONGEST * one.min(*other)))
}

/// How many times as long one course of treatment is as another one for the same illness, at most.
const LONGEST: f64 = 8.0;

/// Whether what is denied is whom it is about: not a way to advise against something.
fn is_of_people(written: &str, facts: &Facts) -> bool {
    let mut said = facts.terms.iter().filter(|term| term.written == written).peekable();
    let is_population =
        |term: &Term| facts.facts.iter().any(|fact| fact.at.contains(&term.at) && says_for_whom(&fact.said));
    said.peek().is_some() && said.all(is_population)
}

fn lacks_evidence(facts: &Facts) -> bool {
    let lacks = Said::Sense(Axis::Strength, "there is insufficient evidence");
    facts.facts.iter().any(|fact| fact.said == lacks)
}

/// Whether two thirds of what the shorter one speaks of is also in the other.
fn is_closely_alike(a: &Facts, b: &Facts) -> bool {
    let (a, b) = (subjects(a), subjects(b));
    3 * a.intersection(&b).count() >= 2 * a.len().min(b.len())
}

/// Words that say what is spoken of.
fn subjects(facts: &Facts) -> HashSet<&str> {
    facts.terms.iter().filter(|term| term.is_strong || is_owner(facts, term)).map(|term| term.key.as_str()).collect()
}

/// Whether most of what the shorter one speaks of is also in the other.
fn same_subject(a: &Facts, b: &Facts) -> bool {
    let (a, b) = (subjects(a), subjects(b));
    let shared = a.intersection(&b).count();
    shared >= 2 && 2 * shared >= a.len().min(b.len())
}

/// Whether they are about the same illness: the title of one names what the other is about, or they speak of little else.
fn same_condition(a: (&Facts, &Facts, Option<&&str>), b: (&Facts, &Facts, Option<&&str>)) -> bool {
    let condition = |title: Option<&&str>| -> HashSet<String> {
        let title = Facts::read(title.map_or("", |title| title.split(':').next().unwrap_or(title)));
        let names = title.terms.iter().filter(|term| term.is_strong || is_medicine(&title, term));
        let names = names.map(|term| term.key.clone());
        names.filter(|key| !COMMON.contains(&key.as_str())).collect()
    };
    let (of_a, of_b) = (condition(a.2), condition(b.2));
    let is_in = |condition: &HashSet<String>, facts: (&Facts, &Facts)| {
        let said = |key: &String| facts.0.terms.iter().chain(&facts.1.terms).any(|term| term.key == *key);
        2 * condition.iter().filter(|key| said(key)).count() > condition.len()
    };
    let strong = |facts: &Facts| -> HashSet<String> {
        let terms = facts.terms.iter().filter(|term| term.is_strong && !is_owner(facts, term));
        terms.map(|term| term.key.clone()).collect()
    };
    let (strong_a, strong_b) = (strong(a.0), strong(b.0));
    let shared = strong_a.intersection(&strong_b).count();
    of_a.is_empty()
        || of_b.is_empty()
        || is_in(&of_a, (b.0, b.1))
        || is_in(&of_b, (a.0, a.1))
        || shared >= 2 && shared == strong_a.len().min(strong_b.len())
        || shared >= 3 && 3 * shared >= 2 * strong_a.len().min(strong_b.len())
}

/// Stems in titles that name no illness.
const COMMON: [&str; 26] = [
    "acut", "chronic", "sever", "emerg", "recognit", "earli", "manag", "assess", "prevent", "screen", "follow",
    "detect", "diagnosi", "monitor", "discharg", "long", "term", "older", "young", "hospit", "review", "stop", "reduc",
    "slow", "syndrom", "guidelin",
];

fn is_medicine(facts: &Facts, term: &Term) -> bool {
    facts.facts.iter().any(|fact| fact.at.contains(&term.at) && matches!(fact.said, Said::Drug(_)))
}

/// Whether one withholds below the bound from which the other gives: "not below 30" and "from 30 on" say the same.
fn is_complement(finding: &Finding, a: &Facts, b: &Facts) -> bool {
    let denies = |facts: &Facts| facts.terms.iter().any(|term| term.negated);
    let (of_a, of_b) = (amounts(a), amounts(b));
    let mut pairs = of_a.iter().flat_map(|one| of_b.iter().map(move |other| (one, other)));
    (denies(a) || denies(b))
        && pairs.any(|(one, other)| {
            (one.0 == finding.subject || other.0 == finding.subject) && one.1.compare(&other.1) == Agreement::Opposite
        })
}

/// Whether one is about those without what the other is about: "adults without diabetes or kidney disease".
fn are_without(a: &Facts, b: &Facts) -> bool {
    let lacked = a.terms.iter().filter(|term| term.is_strong && term.negated && term.by == Denial::Phrase);
    let lacked: HashSet<&str> = lacked.map(|term| term.key.as_str()).collect();
    let had = b.terms.iter().filter(|term| !term.negated).map(|term| term.key.as_str());
    lacked.intersection(&had.collect()).count() >= 2
}

/// Whether what one calls no first choice, if it does, is also spoken of in the other.
fn same_candidate(a: &Facts, b: &Facts) -> bool {
    let mut candidates = a.terms.iter().filter(|term| term.is_strong || is_owner(a, term));
    a.terms.iter().all(|term| !term.negated)
        || candidates.next().is_none_or(|first| b.terms.iter().any(|term| term.key == first.key))
}

/// The medicines that are named.
fn drugs(facts: &Facts) -> HashSet<&'static str> {
    facts.facts.iter().filter_map(|fact| if let Said::Drug(name) = fact.said { Some(name) } else { None }).collect()
}

/// Whether they name medicines in common, or one of them none.
fn shares_owner(a: &Facts, b: &Facts) -> bool {
    let (a, b) = (drugs(a), drugs(b));
    a.is_empty() || b.is_empty() || a.intersection(&b).next().is_some()
}

/// Whether one speaks of children and the other of adults.
fn other_population(a: (&Facts, &Facts), b: (&Facts, &Facts)) -> bool {
    let on = |facts: (&Facts, &Facts), axis: Axis| -> HashSet<&'static str> {
        let of = |facts: &Facts| -> HashSet<&'static str> {
            facts
                .facts
                .iter()
                .filter_map(|fact| match fact.said {
                    Said::Sense(on, value) if on == axis => Some(value),
                    _ => None,
                })
                .collect()
        };
        let own = of(facts.0);
        let own = if own.is_empty() && axis == Axis::Age { of_age(facts.0).into_iter().collect() } else { own };
        if own.is_empty() { of(facts.1) } else { own }
    };
    [Axis::Age, Axis::Pregnancy, Axis::Kidney, Axis::Liver, Axis::Sex].into_iter().any(|axis| {
        let (a, b) = (on(a, axis), on(b, axis));
        // "In pregnancy" against nothing said is another population, too.
        let one_sided = axis != Axis::Age && axis != Axis::Sex && a.is_empty() != b.is_empty();
        one_sided || !a.is_empty() && !b.is_empty() && a.is_disjoint(&b)
    })
}

/// Children or adults, where a bound of age in years says it alone.
fn of_age(facts: &Facts) -> Option<&'static str> {
    facts.facts.iter().find_map(|fact| match &fact.said {
        Said::Amount(age) if age.dimension == "years" && age.relation.side() < 0 && age.value <= 18.0 => {
            Some("children")
        }
        Said::Amount(age) if age.dimension == "years" && age.relation.side() > 0 && age.value >= 16.0 => Some("adults"),
        _ => None,
    })
}

/// Whether both are bounded by ages that exclude each other: under 80 years, 80 years and over.
fn other_ages(a: &Facts, b: &Facts) -> bool {
    let ages = |facts: &Facts| -> Vec<Quantity> {
        let bounded = |amount: &&Quantity| amount.dimension == "years" && amount.relation.side() != 0;
        facts.facts.iter().filter_map(Fact::amount).filter(bounded).cloned().collect()
    };
    let (a, b) = (ages(a), ages(b));
    a.iter().any(|one| b.iter().any(|other| one.compare(other) == Agreement::Opposite))
}

/// Whether a sentence is about some of those whom its subject is about: those at risk, those who cannot take it, those who
/// had it before.
fn narrows(facts: &Facts, words: &str) -> bool {
    // "Whatever their risk" is no risk.
    if [" whatever ", " regardless "].iter().any(|word| words.contains(word)) {
        return false;
    }
    let instead = [" cannot take ", " not available", " unavailable", " intoleran", " allergic", " single visit "];
    let narrowing = [
        "risk",
        "previous",
        "weigh",
        "reduc",
        "load",
        "prosthet",
        "surgeri",
        "available",
        "degre",
        "immunosuppress",
        "establish",
    ];
    instead.iter().any(|begin| words.contains(begin))
        || facts.terms.iter().any(|term| narrowing.contains(&term.key.as_str()))
        || facts.facts.iter().any(|fact| matches!(fact.said, Said::Amount(ref amount) if fact.written.contains("kg") && amount.relation.side() != 0))
}

/// Whether a sentence says what comes first.
fn is_choice(facts: &Facts) -> bool {
    facts.terms.iter().any(|term| matches!(term.key.as_str(), "first line" | "first-lin" | "choic" | "prefer" | "line"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_that_disagree_are_told_from_sources_that_differ() {
        let none: (&[&str], &[&str]) = (&[], &[]);
        let a = "Start drug treatment of hypertension in adults at a blood pressure of 140/90 mmHg or above.";
        let b = "Drug treatment of hypertension in adults is started at a blood pressure of 130/80 mmHg or above.";
        assert_eq!(disagreement(a, b, none).map(|finding| finding.facet), Some(Facet::Amount));
        let c = "Drug treatment of hypertension in children is started at a blood pressure of 130/80 mmHg or above.";
        assert_eq!(disagreement(a, c, none), None);
        assert_eq!(disagreement(a, "Give amoxicillin 500 mg for otitis media.", none), None);
        let (yes, no) =
            ("Aspirin is recommended for primary prevention.", "Aspirin is not recommended for primary prevention.");
        assert!(disagreement(yes, no, none).is_some());
        let (until, when) = (
            "Monitor lithium levels weekly until the level is stable.",
            "Monitor lithium levels weekly when the level is stable.",
        );
        assert_eq!(disagreement(until, when, none), None);
    }

    #[test]
    fn targets_thresholds_and_emergencies_are_no_disagreement() {
        let who: &[&str] = &["Key points", "Hypertension in adults: diagnosis and treatment from 140/90 mmHg"];
        let us: &[&str] = &["Key points", "Hypertension in adults: diagnosis and treatment from 130/80 mmHg"];
        let target = "The treatment target is below 140/90 mmHg for adults with hypertension and no comorbidity.";
        for other in [
            "Hypertensive emergency is a blood pressure above 180/120 mmHg with new target organ damage and needs intensive care.",
            "Hypertension in adults is diagnosed at an average office blood pressure of 130/80 mmHg or higher.",
            "Drug treatment starts at 130/80 mmHg or higher in adults with hypertension and diabetes.",
        ] {
            assert_eq!(disagreement(target, other, (who, us)), None, "{other}");
        }
        let american = "The treatment target for most adults with hypertension is below 130/80 mmHg.";
        assert_eq!(disagreement(target, american, (who, us)).map(|finding| finding.facet), Some(Facet::Amount));
        let visit = "Hypertension may be diagnosed at a single visit when blood pressure is 180/110 mmHg or higher.";
        let office =
            "Hypertension in adults is diagnosed at an average office blood pressure of 130/80 mmHg or higher.";
        assert_eq!(disagreement(visit, office, (who, us)), None);
        let without = "Adults without cardiovascular disease, diabetes or chronic kidney disease do not start blood pressure drugs at 130 to 139 mmHg systolic.";
        let with = "Drug treatment starts at 130/80 mmHg or higher in adults with cardiovascular disease, diabetes or chronic kidney disease.";
        assert_eq!(disagreement(without, with, (who, us)), None);
    }

    #[test]
    fn other_illnesses_are_no_disagreement_and_other_titles_are_none_against_it() {
        let ketoacidosis: &[&str] = &["Transfer", "Diabetic ketoacidosis in adults: diagnosis and treatment"];
        let type_2: &[&str] = &["Insulin", "Type 2 diabetes: glucose-lowering drug treatment in adults"];
        let gestational: &[&str] = &["Drug treatment", "Gestational diabetes: screening, treatment and follow-up"];
        let new = "Adults new to insulin are started at a total daily dose of 0.5 to 0.6 units/kg subcutaneously, half of it as basal insulin.";
        let basal = "Basal insulin is started in adults with type 2 diabetes at 10 units, or 0.1 to 0.2 units/kg, subcutaneously once daily.";
        let row = "Drug: Insulin, total daily dose (ACOG); Starting dose in gestational diabetes: 0.7 to 1.0 units/kg subcutaneously daily; Notes: Split between basal and mealtime insulin";
        let before = "Give subcutaneous basal insulin 1 to 2 hours before the intravenous insulin infusion is stopped in diabetic ketoacidosis.";
        assert_eq!(disagreement(new, row, (ketoacidosis, gestational)), None);
        assert_eq!(disagreement(new, basal, (ketoacidosis, type_2)), None);
        assert_eq!(disagreement(basal, before, (type_2, ketoacidosis)), None);
        let (mine, theirs) = (
            "After a myocardial infarction, treat LDL cholesterol to below 1.4 mmol/L.",
            "The LDL cholesterol goal after a myocardial infarction is below 1.8 mmol/L.",
        );
        let titles: (&[&str], &[&str]) = (&["Acute coronary syndrome in adults"], &["Lipid lowering in adults"]);
        assert_eq!(disagreement(mine, theirs, titles).map(|finding| finding.facet), Some(Facet::Amount));
        let titles: (&[&str], &[&str]) = (&["Antenatal care"], &["Low-dose aspirin"]);
        let (low, high) = (
            "Women at high risk of pre-eclampsia should take aspirin 81 mg daily from 12 weeks.",
            "Women at high risk of pre-eclampsia take aspirin 150 mg daily from 12 weeks.",
        );
        assert!(disagreement(low, high, titles).is_some());
    }

    #[test]
    fn advice_on_something_else_is_no_disagreement() {
        let kidney: (&[&str], &[&str]) = (
            &["Definition and staging", "Acute kidney injury in adults: recognition and early management"],
            &["Metformin", "Iodinated contrast: preventing contrast-associated acute kidney injury in adults"],
        );
        let staging =
            "In patients under 18 years, an eGFR below 35 mL/min/1.73 m2 also counts as stage 3 acute kidney injury.";
        let row = "Situation: eGFR 30 to 60 mL/min/1.73 m2, intravenous contrast, no acute kidney injury; US label: Stop at or before contrast; ACR: Continue";
        assert_eq!(disagreement(staging, row, kidney), None);
        let none: (&[&str], &[&str]) = (&[], &[]);
        let (beta, first) = (
            "Beta-blockers are not first-line for hypertension without ischemic heart disease.",
            "First-line drugs for adults with hypertension are thiazide diuretics, ACE inhibitors and calcium channel blockers.",
        );
        assert_eq!(disagreement(beta, first, none), None);
        let (from, below) = (
            "Metformin may be started in adults with an eGFR of 30 mL/min/1.73 m2 or more.",
            "Metformin is contraindicated in adults with an eGFR below 30 mL/min/1.73 m2.",
        );
        assert_eq!(disagreement(from, below, none), None);
        let title: (&[&str], &[&str]) = (&["Aspirin for primary prevention is recommended"], &[]);
        let against = "Aspirin is not recommended for primary prevention.";
        assert_eq!(disagreement("Aspirin for primary prevention is recommended", against, title), None);
    }

    #[test]
    fn bodies_that_one_document_reports_side_by_side_may_differ() {
        let title = "Pre-eclampsia and eclampsia: prevention and treatment";
        let above: (&[&str], &[&str]) = (&["Prevention", title], &["Prevention", title]);
        let nice = "NICE advises aspirin 75 to 150 mg by mouth once daily from 12 weeks until birth for a pregnant woman with one high risk factor.";
        let acog = "ACOG advises aspirin 81 mg by mouth once daily, started between 12 and 28 weeks and ideally before 16 weeks.";
        assert_eq!(disagreement_within(nice, acog, above).map(|finding| finding.facet), Some(Facet::Amount));
        assert_eq!(disagreement_within(nice, nice, above), None);
        assert_eq!(disagreement_within(nice, "Give aspirin 81 mg once daily.", above), None, "nobody is named");
        let same = "WHO advises aspirin 75 to 150 mg by mouth once daily.";
        assert_eq!(disagreement_within(nice, same, above), None);
        let calcium =
            "WHO recommends calcium 1.5 to 2.0 g (elemental) by mouth daily in pregnancy where dietary intake is low.";
        assert_eq!(disagreement_within(nice, calcium, above), None);
    }
}
