//! Whether a sentence is for the patient of the question. A row for 6 to 12 years says nothing of a three-year-old, and is not
//! put in front of somebody who asks about one as long as there is anything better.

use knowledge::{Evidence, char_slice};

use crate::bands::{Interval, Quantity, Relation, stated};
use crate::for_whom::{Above, Mention, Stated};
use crate::levels::FILTRATION;
use crate::narrative::{asks_about_a_case, is_told};
use crate::patient::Patient;
use crate::question::Question;
use crate::select::{Selected, Sentence};
use crate::whom::{Either, Whom};

/// What it adds to a sentence that it is for just such a patient.
const FITS: f32 = 0.1;

/// How far the best of the other sentences may lie behind one that is for another patient, to be taken instead. What lies further
/// behind answers something else.
const MARGIN: f32 = 0.6;

/// In months.
const END_OF_CHILDHOOD: f64 = 18.0 * 12.0;

/// How a sentence stands to the patient of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bearing {
    /// It is for such a patient.
    Fits,
    /// It does not say for whom, or for all.
    Silent,
    /// It is for others.
    Apart,
}

/// Something that is known of the patient. Held against bands in numbers it is as wide as the word can mean; held against
/// words it is what the word means.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Value {
    quantity: Quantity,
    wide: Interval,
    core: Interval,
}

/// What a question says of its patient.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Asked {
    values: Vec<Value>,
    pregnant: Either,
    female: Either,
    is_about_a_case: bool,
}

impl Asked {
    /// What a question, the patient's context and the question before it say; what is said last counts.
    pub(crate) fn of(question: &Question) -> Self {
        let mut asked = Self::read(&question.question);
        if let Some(patient) = &question.patient {
            asked.complete(Self::known(patient));
        }
        if let Some(before) = question.history.last() {
            asked.complete(Self::read(&before.question));
        }
        asked
    }

    fn read(text: &str) -> Self {
        let value = |(quantity, within): (Quantity, Interval)| Value { quantity, wide: within, core: within };
        let mut values: Vec<Value> = stated(text).into_iter().map(value).collect();
        let mut whom = Whom::asked(text);
        if values.iter().all(|value| value.quantity != Quantity::Age) {
            values.extend(whom.ages.iter().map(|age| {
                // A child may be all but grown up; a newborn may not.
                let is_child = age.high > 12.0 && age.high < END_OF_CHILDHOOD;
                let wide = if is_child { Interval::new(age.low, END_OF_CHILDHOOD) } else { *age };
                Value { quantity: Quantity::Age, wide, core: *age }
            }));
        }
        whom.pregnant.one |= values.iter().any(|value| value.quantity == Quantity::Gestation);
        let (pregnant, female) = (whom.pregnant, whom.female);
        Self { values, pregnant, female, is_about_a_case: asks_about_a_case(text) }
    }

    fn known(patient: &Patient) -> Self {
        let exactly = |quantity, value: f64| {
            let within = Interval::new(value, value);
            Value { quantity, wide: within, core: within }
        };
        // An age in whole years lasts a year.
        let age = |years: f64| {
            let months = 12.0 * years;
            let lasts = if years.fract() < f64::EPSILON { 12.0 } else { 0.0 };
            let within = Interval::new(months, months + lasts);
            Value { quantity: Quantity::Age, wide: within, core: within }
        };
        let values = [
            patient.age_years.map(age),
            patient.weight_kg.map(|weight| exactly(Quantity::Weight, weight)),
            patient.egfr.map(|egfr| exactly(Quantity::Named(FILTRATION), egfr)),
        ];
        let pregnant = Either { one: patient.pregnant == Some(true), other: patient.pregnant == Some(false) };
        let is = |sex: &str| patient.sex.as_deref() == Some(sex);
        let female = Either { one: is("female") || pregnant.one, other: is("male") };
        Self { values: values.into_iter().flatten().collect(), pregnant, female, is_about_a_case: false }
    }

    /// Takes over what is not known yet.
    fn complete(&mut self, with: Self) {
        let known: Vec<Quantity> = self.values.iter().map(|value| value.quantity).collect();
        self.values.extend(with.values.into_iter().filter(|value| !known.contains(&value.quantity)));
        if !self.pregnant.is_stated() {
            self.pregnant = with.pregnant;
        }
        if !self.female.is_stated() {
            self.female = with.female;
        }
    }

    /// Whether anything is known of the patient.
    fn knows_the_patient(&self) -> bool {
        !self.values.is_empty() || self.pregnant.is_stated() || self.female.is_stated()
    }

    /// How a sentence of a passage stands to the patient; `above` is what stands above it, where the patient is known.
    fn bearing(&self, evidence: &Evidence, above: Option<&Above>, sentence: &Sentence) -> Bearing {
        if !self.is_about_a_case && is_told(evidence, &sentence.text) {
            return Bearing::Apart;
        }
        let Some(above) = above else { return Bearing::Silent };
        // Of a list, each item may be for others.
        let is_list = char_slice(&evidence.text, sentence.span).is_some_and(|text| text.trim().contains('\n'));
        self.of_text(&Stated::read(&sentence.text, is_list), above)
    }

    fn of_text(&self, stated: &Stated<'_>, above: &Above) -> Bearing {
        let mut found = vec![self.of_age(stated, above), self.of_pregnancy(stated, above), self.of_sex(stated, above)];
        let mut seen = vec![Quantity::Age];
        for value in &self.values {
            if !seen.contains(&value.quantity) {
                seen.push(value.quantity);
                found.push(self.held(value.quantity, &stated.mentions(value.quantity)));
            }
        }
        let has = |bearing| found.contains(&bearing);
        if has(Bearing::Apart) {
            Bearing::Apart
        } else if has(Bearing::Fits) {
            Bearing::Fits
        } else {
            Bearing::Silent
        }
    }

    /// It fits if one band in numbers does, and is for others only if all bands are.
    fn held(&self, quantity: Quantity, mentions: &[Mention]) -> Bearing {
        let relation = |mention: &Mention| {
            let values = self.values.iter().filter(|value| value.quantity == quantity);
            let known = values.map(|value| if mention.is_word { value.core } else { value.wide });
            known.map(|known| known.to(mention.within)).max()
        };
        let mut is_apart = mentions.iter().any(|mention| mention.is_scope);
        for mention in mentions {
            match relation(mention) {
                Some(Relation::Inside) if !mention.is_word => return Bearing::Fits,
                Some(Relation::Outside) => {}
                _ => is_apart = false,
            }
        }
        if is_apart { Bearing::Apart } else { Bearing::Silent }
    }

    fn of_age(&self, stated: &Stated<'_>, above: &Above) -> Bearing {
        if self.values.iter().all(|value| value.quantity != Quantity::Age) {
            return Bearing::Silent;
        }
        let own = stated.ages();
        if !own.is_empty() {
            return self.held(Quantity::Age, &own);
        }
        match self.held(Quantity::Age, above.ages()) {
            Bearing::Apart => Bearing::Apart,
            Bearing::Fits | Bearing::Silent => Bearing::Silent,
        }
    }

    fn of_pregnancy(&self, stated: &Stated<'_>, above: &Above) -> Bearing {
        let is_for = |whom: &Whom| whom.pregnant;
        let (own, sections, all) = (stated.own(is_for), above.sections(is_for), above.nearest(is_for));
        match own {
            Some(own) if own.excludes(self.pregnant) && stated.may_exclude() => Bearing::Apart,
            Some(own) if own.one && !own.other && self.pregnant.one => Bearing::Fits,
            Some(_) => Bearing::Silent,
            None if all.excludes(self.pregnant) => Bearing::Apart,
            None if sections.one && !sections.other && self.pregnant.one => Bearing::Fits,
            None => Bearing::Silent,
        }
    }

    fn of_sex(&self, stated: &Stated<'_>, above: &Above) -> Bearing {
        let is_for = |whom: &Whom| whom.female;
        let is_apart = match stated.own(is_for) {
            Some(own) => own.excludes(self.female) && stated.may_exclude(),
            None => above.nearest(is_for).excludes(self.female),
        };
        if is_apart { Bearing::Apart } else { Bearing::Silent }
    }
}

/// Has the patient of the question count: sentences for such a patient gain, and sentences for others, and stories of one
/// patient, go as long as there is something else that comes near.
pub(crate) fn weigh(asked: &Asked, chosen: &mut Vec<Selected>) {
    let (mut best_apart, mut best) = (f32::MIN, f32::MIN);
    let mut apart: Vec<Vec<bool>> = Vec::with_capacity(chosen.len());
    for Selected { evidence, sentences } in chosen.iter_mut() {
        let above = asked.knows_the_patient().then(|| Above::of(evidence));
        let mut are_apart = Vec::with_capacity(sentences.len());
        for sentence in sentences {
            let bearing = asked.bearing(evidence, above.as_ref(), sentence);
            are_apart.push(bearing == Bearing::Apart);
            match bearing {
                Bearing::Apart => best_apart = best_apart.max(sentence.score),
                Bearing::Fits => sentence.score += FITS,
                Bearing::Silent => {}
            }
            if bearing != Bearing::Apart {
                best = best.max(sentence.score);
            }
        }
        apart.push(are_apart);
    }
    if best + MARGIN < best_apart {
        return;
    }
    for (selected, are_apart) in chosen.iter_mut().zip(apart) {
        let mut are_apart = are_apart.into_iter();
        selected.sentences.retain(|_| !are_apart.next().unwrap_or_default());
    }
    chosen.retain(|selected| !selected.sentences.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Turn;

    /// How a sentence under a heading stands to the patient of a question.
    fn bearing(question: &str, sentence: &str, heading: &str) -> Bearing {
        Asked::read(question).of_text(&Stated::read(sentence, false), &Above::read([heading], None))
    }

    #[test]
    fn the_row_for_the_patient_is_told_from_the_others() {
        for (question, fitting, others) in [
            (
                "tenecteplase dose for a 75 kg patient with STEMI",
                "Adult body weight: 70 to 79 kg; Tenecteplase: 40 mg",
                [
                    "Adult body weight: 90 kg or more; Tenecteplase: 50 mg",
                    "Adult body weight: Under 60 kg; Dose: 30 mg",
                ],
            ),
            (
                "Adrenaline IM for anaphylaxis in a 3-year-old",
                "Age: Children 6 months to under 6 years; Dose: 150 microgram",
                [
                    "Age: Children 6 to 12 years; Dose: 300 microgram",
                    "Age: Adults and children over 12 years; Dose: 500",
                ],
            ),
            (
                "Dexamethasone dose for severe croup in a 2 year old",
                "Severity: Severe; Dose: Dexamethasone 0.6 mg/kg",
                ["Severity: Mild; Dose: 0.15 mg/kg", "Severity: Moderate; Dose: 0.15 to 0.6 mg/kg"],
            ),
            (
                "flucloxacillin for an 18-month-old",
                "Flucloxacillin 62.5 to 125 mg four times daily for age 1 month to 1 year.",
                ["Flucloxacillin 125 to 250 mg for age 2 to 9 years.", "Flucloxacillin 500 mg orally in adults."],
            ),
            (
                "paracetamol overdose 10 hours ago, single ingestion",
                "Presentation: Single overdose, 8 to 24 hours; Action: Start at once",
                [
                    "Presentation: Single overdose, 4 to 8 hours; Action: Measure",
                    "Presentation: Under 4 hours; Action: Wait",
                ],
            ),
        ] {
            assert_eq!(bearing(question, fitting, "Dosing"), Bearing::Fits, "{question}: {fitting}");
            for other in others {
                assert_eq!(bearing(question, other, "Dosing"), Bearing::Apart, "{question}: {other}");
            }
        }
    }

    #[test]
    fn what_does_not_say_for_whom_it_is_shuts_nobody_out() {
        for (question, sentence) in [
            ("dexamethasone for severe croup", "Severity: Cannot swallow; Dose: Budesonide 2 mg nebulised"),
            (
                "rivaroxaban, CrCl 80",
                "Drug: Rivaroxaban; Dose: 20 mg; Reduced dose: 15 mg if creatinine clearance 15 to 49 mL/min",
            ),
            ("Loperamide in a 5-year-old?", "Loperamide is contraindicated in children under 2 years."),
            ("thrombolysis in stroke 5 hours after onset", "Thrombolysis is given within 4.5 hours of onset."),
            ("CURB-65 of 2", "A CURB-65 score of 0 to 1 supports treatment at home, a score of 2 a short admission."),
            ("What dose of adrenaline?", "Age: Children 6 to 12 years; Dose: 300 microgram"),
        ] {
            assert_eq!(bearing(question, sentence, "Dosing"), Bearing::Silent, "{question}: {sentence}");
        }
        let list = "NICE advises admission of any of these: age above 55 years; shock.";
        let stated = Stated::read(list, true);
        let above = Above::read([], None);
        assert_eq!(Asked::read("admit a 40-year-old?").of_text(&stated, &above), Bearing::Silent);
    }

    #[test]
    fn headings_say_for_whom_a_sentence_is() {
        let dose = "Flucloxacillin 1 to 2 g IV four times daily.";
        let (adults, children) = ("Intravenous treatment in adults", "Oral treatment in children");
        assert_eq!(bearing("IV flucloxacillin for cellulitis in a child", dose, adults), Bearing::Apart);
        assert_eq!(bearing("IV flucloxacillin for cellulitis in a child", dose, children), Bearing::Silent);
        assert_eq!(bearing("IV flucloxacillin for a woman of 60", dose, children), Bearing::Apart);
        let (cystitis, pregnancy) = ("Treatment of cystitis in non-pregnant women", "Pregnancy");
        let row = "Drug: Trimethoprim; Dose: 200 mg; Main limits: not in the first trimester";
        assert_eq!(bearing("And if she is pregnant?", row, cystitis), Bearing::Apart);
        assert_eq!(bearing("And if she is pregnant?", "Cefalexin 500 mg for 7 days.", pregnancy), Bearing::Fits);
        assert_eq!(bearing("cystitis in a woman", row, cystitis), Bearing::Silent);
        assert_eq!(bearing("cystitis in a man", "Drug: Trimethoprim; Dose: 200 mg", cystitis), Bearing::Apart);
    }

    #[test]
    fn what_is_said_last_of_a_patient_counts() {
        let before = Turn { question: "Adrenaline in a 3-year-old?".into(), passages: Vec::new(), answer: None };
        let question = Question {
            history: vec![before],
            patient: Some(Patient { pregnant: Some(true), weight_kg: Some(30.0), ..Patient::default() }),
            ..Question::new("And if he is 8 years old?")
        };
        let asked = Asked::of(&question);
        let of = |quantity: Quantity| {
            let values = asked.values.iter().filter(move |value| value.quantity == quantity);
            values.map(|value| value.core.low).collect::<Vec<f64>>()
        };
        assert!(of(Quantity::Age).iter().all(|low| (low - 96.0).abs() < 1e-6) && !of(Quantity::Age).is_empty());
        assert_eq!(of(Quantity::Weight).len(), 1);
        assert!(asked.pregnant.one);
    }
}
