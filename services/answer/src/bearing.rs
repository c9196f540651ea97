//! Whether a sentence is for the patient of the question. A row for 6 to 12 years says nothing of a three-year-old, and is not
//! put in front of somebody who asks about one as long as there is anything better.

use std::ops::Range;
use std::sync::LazyLock;

use knowledge::{Evidence, Kind, char_slice};
use regex::Regex;

use crate::bands::{Band, Form, Interval, Quantity, Relation, bands, stated};
use crate::levels::{CLEARANCE, FILTRATION, is_match};
use crate::narrative::{asks_about_a_case, is_told};
use crate::patient::Patient;
use crate::question::Question;
use crate::rows::{Cell, cells};
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

/// A band that a text states, and what may be concluded from it.
struct Mention {
    within: Interval,
    /// In words, such as "children".
    is_word: bool,
    /// Whether the text is for those in it alone.
    is_scope: bool,
}

/// Sentences that say for whom something is not: that it is not for somebody else either does not follow.
static LIMITS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:contraindicat\w*|avoid\w*|not|never|withh\w+|stop\w*|no longer|refer\w*|caution|unless|except|halved?|reduced?)\b").ok()
});

/// Columns that say for whom a row is.
static SUBJECT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:populations?|patients?|age|weight|group|who|option|situation|presentation|severity|finding|category|score|stage)\b").ok()
});

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

    /// How a sentence of a passage stands to the patient.
    pub(crate) fn bearing(&self, evidence: &Evidence, sentence: &Sentence) -> Bearing {
        if !self.is_about_a_case && is_told(evidence, &sentence.text) {
            return Bearing::Apart;
        }
        // Of a list, each item may be for others.
        let is_list = char_slice(&evidence.text, sentence.span).is_some_and(|text| text.trim().contains('\n'));
        // The title of a case report names its patient, not those whom it is for.
        let title = (evidence.document.kind != Kind::CaseLiterature).then_some(evidence.document.title.as_str());
        let sections = evidence.section.iter().rev().map(String::as_str);
        let above = Above { sections: sections.collect(), title };
        self.of_text(&Stated::read(&sentence.text, is_list), &above)
    }

    fn of_text(&self, stated: &Stated<'_>, above: &Above<'_>) -> Bearing {
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

    fn of_age(&self, stated: &Stated<'_>, above: &Above<'_>) -> Bearing {
        if self.values.iter().all(|value| value.quantity != Quantity::Age) {
            return Bearing::Silent;
        }
        let own = stated.ages();
        if !own.is_empty() {
            return self.held(Quantity::Age, &own);
        }
        let mut headings = above.all().map(|heading| Stated::heading(heading).ages());
        match headings.find(|ages| !ages.is_empty()).map(|ages| self.held(Quantity::Age, &ages)) {
            Some(Bearing::Apart) => Bearing::Apart,
            _ => Bearing::Silent,
        }
    }

    fn of_pregnancy(&self, stated: &Stated<'_>, above: &Above<'_>) -> Bearing {
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

    fn of_sex(&self, stated: &Stated<'_>, above: &Above<'_>) -> Bearing {
        let is_for = |whom: &Whom| whom.female;
        let is_apart = match stated.own(is_for) {
            Some(own) => own.excludes(self.female) && stated.may_exclude(),
            None => above.nearest(is_for).excludes(self.female),
        };
        if is_apart { Bearing::Apart } else { Bearing::Silent }
    }
}

/// What stands above a sentence.
struct Above<'t> {
    /// Nearest first.
    sections: Vec<&'t str>,
    title: Option<&'t str>,
}

impl<'t> Above<'t> {
    fn all(&self) -> impl Iterator<Item = &'t str> {
        self.sections.iter().copied().chain(self.title)
    }

    /// Whom the nearest heading is for that says so.
    fn nearest(&self, is_for: fn(&Whom) -> Either) -> Either {
        let said = |heading: &str| is_for(&Whom::of(heading, false));
        self.all().map(said).find(|said| said.is_stated()).unwrap_or_default()
    }

    /// The same, of the headings alone.
    fn sections(&self, is_for: fn(&Whom) -> Either) -> Either {
        Above { sections: self.sections.clone(), title: None }.nearest(is_for)
    }
}

/// A sentence or heading, with what it states.
struct Stated<'t> {
    text: &'t str,
    cells: Vec<Cell<'t>>,
    bands: Vec<Band>,
    /// Where it says for whom it is, and the people there.
    whom: Vec<Whom>,
    is_list: bool,
    is_limit: bool,
}

impl<'t> Stated<'t> {
    fn read(text: &'t str, is_list: bool) -> Self {
        let (cells, bands) = (cells(text), bands(text));
        let is_limit = cells.is_empty() && is_match(&LIMITS, text);
        let ages = || bands.iter().filter(|band| band.quantity == Quantity::Age);
        let masked = masked(text, ages().map(|band| band.at.clone()));
        let whom = |at: Range<usize>| masked.get(at).map(|part| Whom::of(part, ages().next().is_some()));
        let whom: Vec<Whom> = match cells.as_slice() {
            [] => whom(0..text.len()).into_iter().collect(),
            cells => {
                let labels = cells.iter().filter_map(|cell| whom(cell.at.start..cell.value));
                let is_subject = |(at, cell): &(usize, &Cell<'_>)| *at == 0 || is_match(&SUBJECT, cell.label);
                let subjects = cells.iter().enumerate().filter(is_subject);
                labels.chain(subjects.filter_map(|(_, cell)| whom(cell.value..cell.at.end))).collect()
            }
        };
        Self { text, cells, bands, whom, is_list, is_limit }
    }

    fn heading(text: &'t str) -> Self {
        Self { is_limit: false, ..Self::read(text, false) }
    }

    /// Whether those whom it does not name are left out.
    fn may_exclude(&self) -> bool {
        !self.is_limit
    }

    /// Whom it is for by its own words, where they say so.
    fn own(&self, is_for: fn(&Whom) -> Either) -> Option<Either> {
        let said = self.whom.iter().map(is_for).fold(Either::default(), Either::joined);
        said.is_stated().then_some(said)
    }

    fn mentions(&self, quantity: Quantity) -> Vec<Mention> {
        let of_it = self.bands.iter().filter(|band| band.quantity == quantity);
        let mention = |band: &Band| Mention { within: band.within, is_word: false, is_scope: self.is_scope(band) };
        of_it.map(mention).collect()
    }

    fn ages(&self) -> Vec<Mention> {
        let mut ages = self.mentions(Quantity::Age);
        let word = |within: &Interval| Mention { within: *within, is_word: true, is_scope: self.may_exclude() };
        ages.extend(self.whom.iter().flat_map(|whom| &whom.ages).map(word));
        ages
    }

    /// Whether a band says for whom the whole is: in a row where it stands in the first cell, fills one, or stands under a name
    /// such as "Population"; in a sentence where it bounds age or weight, or is a range. A sentence on a score or a laboratory
    /// value mostly goes through several of its ranges, and not all of them are read.
    fn is_scope(&self, band: &Band) -> bool {
        if self.is_list {
            return false;
        }
        if self.cells.is_empty() {
            let is_scope = match band.quantity {
                Quantity::Age | Quantity::Weight => true,
                Quantity::Named(name) => band.form == Form::Range && matches!(name, FILTRATION | CLEARANCE),
                _ => band.form == Form::Range,
            };
            return self.may_exclude() && is_scope;
        }
        let is_blank = |at: Range<usize>| self.text.get(at).is_some_and(|text| text.trim().is_empty());
        self.cells.iter().enumerate().filter(|(_, cell)| cell.at.contains(&band.at.start)).any(|(place, cell)| {
            place == 0
                || is_match(&SUBJECT, cell.label)
                || is_blank(cell.value..band.at.start) && is_blank(band.at.end..cell.at.end)
        })
    }
}

/// A text of the same length with blanks in some places of it.
fn masked(text: &str, places: impl Iterator<Item = Range<usize>>) -> String {
    let mut masked = text.to_owned();
    for place in places {
        let blank = " ".repeat(place.len());
        masked.replace_range(place, &blank);
    }
    masked
}

/// Has the patient of the question count: sentences for such a patient gain, and sentences for others, and stories of one
/// patient, go as long as there is something else that comes near.
pub(crate) fn weigh(asked: &Asked, chosen: &mut Vec<Selected>) {
    let (mut best_apart, mut best) = (f32::MIN, f32::MIN);
    let mut apart: Vec<Vec<bool>> = Vec::with_capacity(chosen.len());
    for Selected { evidence, sentences } in chosen.iter_mut() {
        let mut are_apart = Vec::with_capacity(sentences.len());
        for sentence in sentences {
            let bearing = asked.bearing(evidence, sentence);
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
        Asked::read(question).of_text(&Stated::read(sentence, false), &Above { sections: vec![heading], title: None })
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
        let above = Above { sections: Vec::new(), title: None };
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
