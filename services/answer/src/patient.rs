//! What is known of the patient: shapes what is looked for and what is still unknown. It is never written to an index, a
//! record or a log.

use serde::Deserialize;
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
pub(crate) const MAX_ENTRIES: usize = 50;
pub(crate) const MAX_CHARS: usize = 200;

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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_cannot_be_meant_are_refused_and_nothing_is_told_in_logs() {
        assert!(Patient { age_years: Some(400.0), ..Patient::default() }.check().is_err());
        assert!(Patient { age_years: Some(40.0), ..Patient::default() }.check().is_ok());
        assert_eq!(format!("{:?}", Patient { age_years: Some(40.0), ..Patient::default() }), "Patient { .. }");
    }
}
