//! What is known of the patient: shapes what is looked for and what is still unknown. It is never written to an index, a
//! record or a log.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::unknowns::Factor;

/// Typed fields; a FHIR R4 Bundle is read into them by [`Patient::from_fhir`].
#[derive(Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Patient {
    /// Age in years.
    pub age_years: Option<f64>,
    /// `female` or `male`.
    pub sex: Option<String>,
    /// Whether pregnant.
    pub pregnant: Option<bool>,
    /// Estimated glomerular filtration rate in mL/min/1.73 m².
    pub egfr: Option<f64>,
    /// Body weight in kilograms.
    pub weight_kg: Option<f64>,
    /// Conditions, in words.
    pub conditions: Vec<String>,
    /// Medicines taken now, in words. An empty list is nothing said; `["none"]` says there are none.
    pub medicines: Vec<String>,
    /// Allergies, in words. `["none"]` says there are none.
    pub allergies: Vec<String>,
}

/// Says nothing of what is in it: this ends in logs.
impl std::fmt::Debug for Patient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Patient { .. }")
    }
}

/// Entries that are read from a list, and characters of each.
const MAX_ENTRIES: usize = 50;
const MAX_CHARS: usize = 200;

impl Patient {
    /// Checks that the fields can be meant.
    ///
    /// # Errors
    /// [`Error::Question`] with the field and what it takes, never with its value.
    pub fn check(&self) -> Result<()> {
        let refuse = |text: &str| Err(Error::Question(format!("patient.{text}")));
        if self.age_years.is_some_and(|age| !(0.0..=130.0).contains(&age)) {
            return refuse("age_years must be between 0 and 130");
        }
        if self.egfr.is_some_and(|egfr| !(0.0..=300.0).contains(&egfr)) {
            return refuse("egfr must be between 0 and 300 mL/min/1.73 m²");
        }
        if self.weight_kg.is_some_and(|weight| !(0.2..=700.0).contains(&weight)) {
            return refuse("weight_kg must be between 0.2 and 700");
        }
        if self.sex.as_deref().is_some_and(|sex| !matches!(sex, "female" | "male" | "other" | "unknown")) {
            return refuse("sex must be female, male, other or unknown");
        }
        for (name, list) in
            [("conditions", &self.conditions), ("medicines", &self.medicines), ("allergies", &self.allergies)]
        {
            if list.len() > MAX_ENTRIES || list.iter().any(|entry| entry.chars().count() > MAX_CHARS) {
                return refuse(&format!("{name}: at most {MAX_ENTRIES} entries of {MAX_CHARS} characters are read"));
            }
        }
        Ok(())
    }

    /// Whether a factor is known.
    pub(crate) fn states(&self, factor: Factor) -> bool {
        match factor {
            Factor::Age => self.age_years.is_some(),
            Factor::Weight => self.weight_kg.is_some(),
            Factor::Pregnancy => self.pregnant.is_some() || self.sex.as_deref() == Some("male"),
            Factor::RenalFunction => self.egfr.is_some(),
            Factor::HepaticFunction | Factor::Severity => false,
            Factor::Allergies => !self.allergies.is_empty(),
            Factor::CurrentMedicines => !self.medicines.is_empty(),
        }
    }

    /// Words for the search: the population that passages name, not the patient.
    pub(crate) fn search_words(&self) -> Vec<&'static str> {
        let mut words = Vec::new();
        match self.age_years {
            Some(age) if age < 0.08 => words.push("newborn"),
            Some(age) if age < 1.0 => words.push("infant"),
            Some(age) if age < 18.0 => words.push("children"),
            Some(age) if age >= 75.0 => words.push("older adults"),
            Some(_) => words.push("adults"),
            None => {}
        }
        if self.pregnant == Some(true) {
            words.push("pregnancy");
        }
        if self.egfr.is_some_and(|egfr| egfr < 60.0) {
            words.push("renal impairment");
        }
        words
    }

    /// Reads a FHIR R4 Bundle: `Patient` (birth date, gender), `Observation` (eGFR, body weight, pregnancy status by LOINC
    /// code), `Condition`, `MedicationStatement`, `MedicationRequest`, `AllergyIntolerance`. `today` is a date such as
    /// `2026-11-22`. Names, identifiers and addresses are not read.
    ///
    /// # Errors
    /// [`Error::Question`] when it is no Bundle.
    pub fn from_fhir(bundle: &Value, today: &str) -> Result<Self> {
        if bundle["resourceType"] != "Bundle" {
            return Err(Error::Question("patient: a FHIR document must be a Bundle".to_owned()));
        }
        let mut patient = Self::default();
        let entries = bundle["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
        for resource in entries.iter().map(|entry| &entry["resource"]) {
            match resource["resourceType"].as_str().unwrap_or_default() {
                "Patient" => {
                    patient.sex = resource["gender"].as_str().map(str::to_owned);
                    patient.age_years = resource["birthDate"].as_str().and_then(|born| years_between(born, today));
                }
                "Observation" => patient.observe(resource),
                "Condition" => patient.conditions.extend(words_of(&resource["code"])),
                "MedicationStatement" | "MedicationRequest" => {
                    patient.medicines.extend(words_of(&resource["medicationCodeableConcept"]));
                }
                "AllergyIntolerance" => patient.allergies.extend(words_of(&resource["code"])),
                _ => {}
            }
        }
        patient.check()?;
        Ok(patient)
    }

    /// LOINC: 33914-3, 48642-3, 48643-1, 62238-1, 88293-6, 98979-8 eGFR; 29463-7, 3141-9 body weight; 82810-3 pregnancy status.
    fn observe(&mut self, observation: &Value) {
        let codings = observation["code"]["coding"].as_array().map(Vec::as_slice).unwrap_or_default();
        let is = |codes: &[&str]| {
            codings.iter().any(|coding| coding["code"].as_str().is_some_and(|code| codes.contains(&code)))
        };
        let value = observation["valueQuantity"]["value"].as_f64();
        if is(&["33914-3", "48642-3", "48643-1", "62238-1", "88293-6", "98979-8"]) {
            self.egfr = value.or(self.egfr);
        } else if is(&["29463-7", "3141-9"]) {
            let grams = observation["valueQuantity"]["unit"].as_str().is_some_and(|unit| unit == "g");
            self.weight_kg = value.map(|value| if grams { value / 1000.0 } else { value }).or(self.weight_kg);
        } else if is(&["82810-3"]) {
            let text = observation["valueCodeableConcept"].to_string().to_lowercase();
            self.pregnant = Some(text.contains("pregnant") && !text.contains("not pregnant"));
        }
    }
}

fn words_of(concept: &Value) -> Option<String> {
    let text = concept["text"].as_str().or_else(|| concept["coding"][0]["display"].as_str())?;
    Some(text.chars().take(MAX_CHARS).collect())
}

fn years_between(born: &str, today: &str) -> Option<f64> {
    let parts = |date: &str| -> Option<(f64, f64)> {
        let mut parts = date.split('-');
        let year: f64 = parts.next()?.parse().ok()?;
        let month: f64 = parts.next().and_then(|month| month.parse().ok()).unwrap_or(7.0);
        Some((year, month))
    };
    let ((year, month), (this_year, this_month)) = (parts(born)?, parts(today)?);
    Some((this_year - year + (this_month - month) / 12.0).max(0.0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_bundle_is_read_without_names() {
        let bundle = json!({ "resourceType": "Bundle", "entry": [
            { "resource": { "resourceType": "Patient", "name": [{ "family": "Secret" }], "gender": "female", "birthDate": "2020-05-01" } },
            { "resource": { "resourceType": "Observation", "code": { "coding": [{ "code": "29463-7" }] }, "valueQuantity": { "value": 18.5, "unit": "kg" } } },
            { "resource": { "resourceType": "AllergyIntolerance", "code": { "text": "penicillin" } } },
        ]});
        let patient = Patient::from_fhir(&bundle, "2026-11-22").unwrap();
        assert_eq!(patient.search_words(), ["children"]);
        assert_eq!(patient.weight_kg, Some(18.5));
        assert_eq!(patient.allergies, ["penicillin"]);
        assert_eq!(format!("{patient:?}"), "Patient { .. }");
        assert!(Patient::from_fhir(&json!({ "resourceType": "Patient" }), "2026-11-22").is_err());
        assert!(Patient { age_years: Some(400.0), ..Patient::default() }.check().is_err());
    }
}
