//! A FHIR R4 Bundle as patient context. What a chart says is no longer so, or was never so, is not read; nor are names,
//! identifiers and addresses. The pages read Bundles by the same rules before anything leaves the browser.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::patient::{MAX_CHARS, MAX_ENTRIES, Patient};

/// LOINC codes.
const EGFR: [&str; 6] = ["33914-3", "48642-3", "48643-1", "62238-1", "88293-6", "98979-8"];
const WEIGHT: [&str; 2] = ["29463-7", "3141-9"];
const PREGNANCY: [&str; 1] = ["82810-3"];

/// Codes of SNOMED CT and LOINC; words only where they say exactly this.
const PREGNANT: [&str; 4] = ["77386006", "la15173-0", "pregnant", "yes"];
const NOT_PREGNANT: [&str; 4] = ["60001007", "la26683-5", "not pregnant", "no"];

/// States that say "not so" or "no longer so".
const VOID: [&str; 10] = [
    "entered-in-error",
    "cancelled",
    "not-taken",
    "stopped",
    "completed",
    "draft",
    "refuted",
    "inactive",
    "resolved",
    "remission",
];

/// Kilograms in a unit, by its UCUM code or common name.
const KILOGRAMS: [(&str, f64); 5] =
    [("kg", 1.0), ("g", 0.001), ("[lb_av]", 0.453_592_37), ("lb", 0.453_592_37), ("lbs", 0.453_592_37)];

impl Patient {
    /// Reads a Bundle of one patient: birth date and gender, the newest eGFR, body weight and pregnancy status, active
    /// conditions, medicines and allergies. `today` is a date such as `2026-11-22`, which may go on with a time.
    ///
    /// # Errors
    /// [`Error::Question`] when it is no Bundle, or of several patients.
    pub fn from_fhir(bundle: &Value, today: &str) -> Result<Self> {
        if bundle["resourceType"] != "Bundle" {
            return Err(Error::Question("patient: a FHIR document must be a Bundle".to_owned()));
        }
        let entries = bundle["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
        let of_type = |kinds: &'static [&str]| {
            let is_meant = move |entry: &&Value| {
                entry["resource"]["resourceType"].as_str().is_some_and(|kind| kinds.contains(&kind))
            };
            entries.iter().filter(is_meant).map(|entry| &entry["resource"])
        };
        if of_type(&["Patient"]).count() > 1 {
            return Err(Error::Question("patient: the Bundle is of more than one patient".to_owned()));
        }
        let mut patient = Self::default();
        if let Some(person) = of_type(&["Patient"]).next() {
            patient.sex = person["gender"].as_str().map(str::to_owned);
            patient.age_years = person["birthDate"].as_str().and_then(|born| age_at(born, today));
        }
        let newest = |codes: &[&str]| {
            let is_meant = |one: &&Value| !is_void(one) && has_code(one, codes) && has_value(one);
            let found = of_type(&["Observation"]).filter(is_meant);
            // The last of those taken at the same time, as later entries correct earlier ones.
            found.max_by_key(|observation| taken(observation))
        };
        patient.egfr = newest(&EGFR).and_then(egfr);
        patient.weight_kg = newest(&WEIGHT).and_then(kilograms);
        patient.pregnant = newest(&PREGNANCY).and_then(pregnancy);
        let named = |kinds, concept: &dyn Fn(&Value) -> Option<String>| {
            of_type(kinds).filter(|one| !is_void(one)).filter_map(concept).take(MAX_ENTRIES).collect::<Vec<_>>()
        };
        let code = |resource: &Value| words_of(&resource["code"]);
        patient.conditions = named(&["Condition"], &code);
        patient.allergies = named(&["AllergyIntolerance"], &code);
        patient.medicines =
            named(&["MedicationStatement", "MedicationRequest"], &|resource| medicine(resource, entries));
        patient.check()?;
        Ok(patient)
    }
}

fn codings(concept: &Value) -> impl Iterator<Item = &Value> {
    concept["coding"].as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

fn has_code(observation: &Value, codes: &[&str]) -> bool {
    codings(&observation["code"]).any(|coding| coding["code"].as_str().is_some_and(|code| codes.contains(&code)))
}

/// What could not be measured takes no place of what was.
fn has_value(observation: &Value) -> bool {
    observation["valueQuantity"]["value"].is_number() || observation["valueCodeableConcept"].is_object()
}

fn is_void(resource: &Value) -> bool {
    let states = ["clinicalStatus", "verificationStatus"].into_iter().flat_map(|key| codings(&resource[key]));
    let mut states = states.map(|coding| &coding["code"]).chain([&resource["status"]]);
    states.any(|state| state.as_str().is_some_and(|state| VOID.contains(&state)))
}

/// When an observation was made; the beginning of time where that is not said.
fn taken(observation: &Value) -> Timestamp {
    let period = &observation["effectivePeriod"];
    let places =
        [&observation["effectiveDateTime"], &observation["effectiveInstant"], &period["end"], &period["start"]];
    let mut said = places.into_iter().chain([&observation["issued"]]).filter_map(Value::as_str);
    let day = |text: &str| text.parse::<Date>().ok()?.in_tz("UTC").ok().map(|day| day.timestamp());
    said.find_map(|text| text.parse().ok().or_else(|| day(text))).unwrap_or(Timestamp::MIN)
}

/// Value and unit; a value without a unit is none.
fn quantity(observation: &Value) -> Option<(f64, String)> {
    let quantity = &observation["valueQuantity"];
    let unit = quantity["code"].as_str().or_else(|| quantity["unit"].as_str())?;
    Some((quantity["value"].as_f64()?, unit.to_lowercase().replace(' ', "")))
}

/// Laboratories write `mL/min/{1.73_m2}` in many ways; a rate in another volume is another thing.
fn egfr(observation: &Value) -> Option<f64> {
    let (value, unit) = quantity(observation)?;
    (unit == "ml/min" || unit.starts_with("ml/min/")).then_some(value)
}

fn kilograms(observation: &Value) -> Option<f64> {
    let (value, unit) = quantity(observation)?;
    let (_, factor) = KILOGRAMS.iter().find(|(name, _)| *name == unit)?;
    Some((value * factor * 1000.0).round() / 1000.0)
}

/// Nothing where it says neither, both, or anything else.
fn pregnancy(observation: &Value) -> Option<bool> {
    let concept = &observation["valueCodeableConcept"];
    let words = codings(concept).flat_map(|coding| [&coding["code"], &coding["display"]]).chain([&concept["text"]]);
    let said: Vec<String> = words.filter_map(Value::as_str).map(|word| word.trim().to_lowercase()).collect();
    let says = |meanings: [&str; 4]| said.iter().any(|word| meanings.contains(&word.as_str()));
    let (yes, no) = (says(PREGNANT), says(NOT_PREGNANT));
    (yes != no).then_some(yes)
}

/// The medicine itself, or the Medication that is referred to, inside the resource or elsewhere in the Bundle.
fn medicine(resource: &Value, entries: &[Value]) -> Option<String> {
    let reference = &resource["medicationReference"];
    let target = reference["reference"].as_str().and_then(|wanted| {
        let contained = resource["contained"].as_array().into_iter().flatten();
        let inside = contained.into_iter().find(|one| one["id"].as_str().is_some_and(|id| wanted == format!("#{id}")));
        let is_meant = |entry: &&Value| {
            let id = entry["resource"]["id"].as_str();
            entry["fullUrl"] == wanted || id.is_some_and(|id| wanted == format!("Medication/{id}"))
        };
        inside.or_else(|| entries.iter().find(is_meant).map(|entry| &entry["resource"]))
    });
    words_of(&resource["medicationCodeableConcept"])
        .or_else(|| words_of(&target?["code"]))
        .or_else(|| cut(&reference["display"]))
}

fn words_of(concept: &Value) -> Option<String> {
    cut(&concept["text"]).or_else(|| codings(concept).find_map(|coding| cut(&coding["display"])))
}

fn cut(text: &Value) -> Option<String> {
    text.as_str().filter(|text| !text.trim().is_empty()).map(|text| text.chars().take(MAX_CHARS).collect())
}

/// Characters of a date that is a year, and of one that is whole.
const YEAR: usize = 4;
const DAY: usize = 10;

const DAYS_IN_A_YEAR: f64 = 365.25;

/// Age in years as it is spoken of: whole years from the second birthday on, whole months before it, days as a share of a
/// year in the first month. A birth date may be a year or a month; what is missing is taken from the middle.
fn age_at(born: &str, today: &str) -> Option<f64> {
    let today: Date = today.get(..DAY)?.parse().ok()?;
    let length = born.len();
    let day = match length {
        YEAR => format!("{born}-07-01"),
        7 => format!("{born}-15"),
        DAY => born.to_owned(),
        _ => return None,
    };
    let day: Date = day.parse().ok()?;
    let days = day.until(today).ok()?.get_days();
    if days < 0 {
        // Born later in this year or month than in the middle of it.
        let may_be_born = day.year() == today.year() && (length == YEAR || day.month() == today.month());
        return (length < DAY && may_be_born).then_some(0.0);
    }
    let months_since_year_0 = |date: Date| 12 * i32::from(date.year()) + i32::from(date.month());
    let months = months_since_year_0(today) - months_since_year_0(day) - i32::from(today.day() < day.day());
    Some(match months {
        24.. => f64::from(months / 12),
        1.. => f64::from(months) / 12.0,
        _ => f64::from(days) / DAYS_IN_A_YEAR,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(resources: &[Value]) -> Result<Patient> {
        let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
        Patient::from_fhir(&json!({ "resourceType": "Bundle", "entry": entries }), "2026-11-22")
    }

    fn observed(code: &str, at: &str, value: Value) -> Value {
        let mut observation = json!({ "resourceType": "Observation", "status": "final", "effectiveDateTime": at,
            "code": { "coding": [{ "code": code }] } });
        let kind = if value.get("value").is_some() { "valueQuantity" } else { "valueCodeableConcept" };
        observation[kind] = value;
        observation
    }

    #[test]
    fn a_bundle_is_read_without_names() {
        let patient = read(&[
            json!({ "resourceType": "Patient", "name": [{ "family": "Secret" }], "gender": "female", "birthDate": "2020-05-01" }),
            observed("29463-7", "2026-01-01", json!({ "value": 40.0, "unit": "lbs", "code": "[lb_av]" })),
            json!({ "resourceType": "AllergyIntolerance", "code": { "text": "penicillin" } }),
            json!({ "resourceType": "AllergyIntolerance", "code": { "text": " " } }),
        ]);
        let patient = patient.unwrap();
        assert_eq!(patient.search_words(), ["children"]);
        assert_eq!((patient.weight_kg, patient.allergies), (Some(18.144), vec!["penicillin".to_owned()]));
        assert!(Patient::from_fhir(&json!({ "resourceType": "Patient" }), "2026-11-22").is_err());
        let someone = json!({ "resourceType": "Patient" });
        assert!(read(&[someone.clone(), someone]).is_err());
    }

    #[test]
    fn an_age_is_counted_to_the_day() {
        let words = |born: &str, today: &str| {
            let born = json!({ "resource": { "resourceType": "Patient", "birthDate": born } });
            let bundle = json!({ "resourceType": "Bundle", "entry": [born] });
            Patient::from_fhir(&bundle, today).unwrap().search_words()
        };
        assert_eq!(words("2026-10-31", "2026-11-01"), ["newborn"]);
        assert_eq!(words("2026-10-31", "2026-11-01T10:00:00Z"), ["newborn"]);
        assert_eq!(words("2026-10-31", "2026-12-01"), ["infant"]);
        assert_eq!(words("2008-11-23", "2026-11-22"), ["children"], "one day before the birthday");
        assert_eq!(words("2008-11-22", "2026-11-22"), ["adults"]);
        assert_eq!(words("1951-11-23", "2026-11-22"), ["adults"]);
        assert_eq!(words("2026-11", "2026-11-02"), ["newborn"], "born this month");
        assert_eq!(words("1950", "2026-11-22"), ["older adults"]);
        // Of a time to come, or no date.
        for odd in ["2026-11-23", "2027", "1962-02-30", "22.11.1962", "", "196"] {
            assert_eq!(words(odd, "2026-11-22"), [] as [&str; 0], "{odd}");
        }
    }

    #[test]
    fn the_newest_result_counts_and_only_in_its_unit() {
        let egfr = |at, value: f64, unit| observed("33914-3", at, json!({ "value": value, "unit": unit }));
        let newest =
            read(&[egfr("2026-11-01T08:00:00Z", 28.0, "mL/min/1.73 m2"), egfr("2025-01-01", 70.0, "mL/min/1.73m2")]);
        assert_eq!(newest.unwrap().egfr, Some(28.0));
        assert_eq!(read(&[egfr("2026-11-01", 0.5, "mL/s")]).unwrap().egfr, None);
        let mut wrong = egfr("2026-11-01", 28.0, "mL/min");
        wrong["status"] = json!("entered-in-error");
        assert_eq!(read(&[wrong]).unwrap().egfr, None);
        let mut unmeasured = egfr("2026-11-20", 0.0, "mL/min");
        unmeasured["valueQuantity"] = json!(null);
        assert_eq!(read(&[egfr("2026-11-01", 28.0, "mL/min"), unmeasured]).unwrap().egfr, Some(28.0));
    }

    #[test]
    fn what_is_not_so_or_not_known_is_not_read() {
        let pregnant =
            |text: &str| read(&[observed("82810-3", "2026-01-01", json!({ "text": text }))]).unwrap().pregnant;
        assert_eq!(pregnant("Pregnant"), Some(true));
        assert_eq!(pregnant("not pregnant"), Some(false));
        assert_eq!(pregnant("possible pregnancy, not yet confirmed"), None);
        assert_eq!(pregnant("unknown"), None);
        let with = |key: &str, code: &str| {
            let mut condition = json!({ "resourceType": "Condition", "code": { "text": "gout" } });
            condition[key] = json!({ "coding": [{ "code": code }] });
            read(&[condition]).unwrap().conditions
        };
        assert_eq!(with("clinicalStatus", "active"), ["gout"]);
        assert!(with("clinicalStatus", "resolved").is_empty() && with("verificationStatus", "refuted").is_empty());
    }

    #[test]
    fn medicines_are_found_where_they_are_named() {
        let request = |reference: &str| {
            json!({ "resourceType": "MedicationRequest", "status": "active", "medicationReference": { "reference": reference },
                "contained": [{ "resourceType": "Medication", "id": "in", "code": { "text": "warfarin" } }] })
        };
        let elsewhere =
            json!({ "resourceType": "Medication", "id": "m1", "code": { "coding": [{ "display": "metformin" }] } });
        let read = read(&[elsewhere, request("Medication/m1"), request("#in"), request("Medication/none")]).unwrap();
        assert_eq!(read.medicines, ["metformin", "warfarin"]);
    }
}
