//! Somebody in extremis is told apart from somebody at a desk: questions of the minutes in which a life is lost.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use crate::scope::set;

/// Whether a question, in lower case, comes from the bedside of somebody in extremis.
pub(crate) fn is_time_critical(lower: &str) -> bool {
    // One sign of haste, not two.
    let lower = lower.replace("what now", "what next");
    let (extremis, haste, desk) = (
        EXTREMIS.matches(&lower).iter().count() + usize::from(has_critical_value(&lower)),
        HASTE.matches(&lower).iter().count(),
        DESK.matches(&lower).iter().count(),
    );
    2 * extremis + haste >= 2 + 2 * desk && extremis + haste > 0 && (extremis > 0 || haste > 1)
}

/// Somebody in extremis.
static EXTREMIS: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"\b(?:no pulse|pulseless|not breathing|no respiratory effort|asystole|no air entry|no bp|unrecordable)\b",
        r"\bcoding\b|\bcrashing\b|\bperi-?arrest\b|\bimminent\b|\bdeteriorating\b|\bcollapsed?\b",
        r"\bin (?:vf|vt|pea|arrest)\b|\bvf arrest\b|\bpea arrest\b|\bhypothermic arrest\b|^arrest\b|\bin cardiac arrest\b|\bcardiac arrest in a\b|\bcardiac arrest\b.{0,40}\b(?:dose|now)\b|\btorsades on\b|\bvt with\b|\bsvt in\b",
        r"\b(?:seizing|fitting|convulsing|eclamptic fit|status epilepticus right)\b",
        r"\b(?:(?:dropping|falling) (?:gcs|sats|bp)|(?:gcs|sats|bp) (?:is |are )?(?:dropping|falling))\b",
        r"\b(?:stridor|choking|airway going|throat closing|silent chest|can't (?:intubate|oxygenate)|gone blue|going blue|blue lips|grey and|drooling|neck haematoma)\b",
        r"\b(?:still (?:pouring|bleeding)|won't stop|pouring|vomiting (?:bright red )?blood|drowning in|spitting clots|bleeding out|boggy|major haemorrhage|massive (?:haemorrhage|haemoptysis|pe))\b",
        r"\bbleeding after (?:the )?(?:delivery|birth|caesarean|c-section|placenta)\b|\b(?:uterus (?:is )?(?:soft|atonic|not contracting)|soft uterus)\b",
        r"\b(?:unconscious|unresponsive|pupils? (?:blown|unequal)|blown|floppy|mottled|foaming|exhausted)\b",
        r"\btension pneumothorax\b|\bcord prolapse\b|\bshoulder dystocia\b|\bflash pulmonary\b|\bthyroid storm\b|\btamponade\b|\btearing pain\b|\bmalignant hyperthermia in\b|\bcardiogenic shock\b",
        r"\b(?:symptoms started|came on|onset|hour ago|minutes? ago|min ago|just arrived|suddenly)\b",
        r"\b(?:swelling fast|spreading in front|rigors|hypotensive with)\b",
        r"\b(?:lips?|tongue|throat|face)\b[^.?!]{0,20}\b(?:swelling|swells|closing)\b|\bswelling (?:lips?|tongue|throat)\b",
        r"\bheadache and (?:visual|blurred|seeing)\b|\bvisual disturbances?\b.{0,60}\bprotein",
        r"\b(?:pph|haemorrhage|hemorrhage|bleeding|anaphyla\w+|eclampsia|status epilepticus|cardiac arrest|stemi|dka|overdose|septic shock|hyperkala?emia)\b.*!!",
    ])
});

/// Somebody in a hurry.
static HASTE: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"\bnow\b|\bstat\b|\bright now\b|\bimmediately\b|\bquick(?:est|ly)?\b|\bfast\b",
        r"\bwhat (?:next|first|do i|can i|must i)\b|\bnext (?:step|drug)?\?|, next\b|\bdo i (?:start|give|push|put)\b|\bfirst thing\b|\bgive what\b|\bwhere do i\b|\bhow (?:much|many)\b|\bwhich (?:drug|pressor|uterotonic)\b",
        r"\bjust (?:gave|given|started|injected|stopped|arrived)\b|\bin ed\b|\bin resus\b|\bon the way\b|\bno iv access\b|\brunning\b|\bnot working\b",
    ])
});

/// Somebody at a desk. To prevent a seizure is done at a bedside, to prevent another one at a desk.
static DESK: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"\b(?:trials?|evidence|study|studies|recommended|long-?term|maintenance|prevention|preventive|preventing|prevents|prevented|prevent (?:(?:a|an) )?(?:first|further|recurrent|future|another)|recovery|how often|how common|how long|follow-?up|risk factors?|proportion|incidence|prevalence|screening|rehabilitation|advice|after discharge|guideline|dear (?:colleague|doctor|dr)|elective|referral)\b",
        r"^(?:what (?:is|are|did|does|was|were|proportion|lifestyle|education|should)|when (?:is|should|can)|which patients|does|is|are|in which|should)\b",
    ])
});

/// Whether a value cannot wait.
type IsCritical = fn(f64) -> bool;

/// What is measured at the bedside, by its names, and which of its values cannot wait. Units are those of the hospital or the
/// laboratory: kPa or mmHg, mmol/L or mg/dL.
const CRITICAL: [(&str, IsCritical); 13] = [
    (r"bp|sbp|systolic(?: bp)?", |mmhg| !(90.0..180.0).contains(&mmhg)),
    (r"hr|heart rate|pulse", |per_minute| !(45.0..150.0).contains(&per_minute)),
    (r"rate", |per_minute| (150.0..400.0).contains(&per_minute)),
    (r"sats?|spo2", |percent| percent < 92.0),
    (r"resps?|rr", |per_minute| !(9.0..30.0).contains(&per_minute)),
    (r"gcs", |points| points <= 12.0),
    (r"lactate", |mmol_per_l| mmol_per_l >= 4.0),
    (r"k\+?|potassium|hyperkala?emia|hypokala?emia", |mmol_per_l| {
        mmol_per_l < 2.8 || (6.0..=12.0).contains(&mmol_per_l)
    }),
    (r"ph", |ph| !(7.3..7.6).contains(&ph)),
    (r"temp|temperature", |celsius| celsius < 32.0 || (41.0..46.0).contains(&celsius)),
    (r"glucose|hypo", |either| either < 3.0 || (25.0..50.0).contains(&either) || either >= 400.0),
    (r"etco2", |either| either < 2.0 || (8.0..25.0).contains(&either) || either >= 60.0),
    (r"qrs", |ms| ms >= 120.0),
];

/// A diastolic pressure in mmHg that cannot wait.
const DIASTOLIC: f64 = 110.0;

/// Units in which none of these is measured: "potassium 40 mmol/h" is a rate, "vitamin K 10 mg" a dose.
const OTHER_UNITS: &str = "mg g mcg ml unit units mmol mmol/h mmol/hour mmol/kg kg year years week weeks day days hour hours min mins minutes";

/// Whether a value is given that cannot wait.
fn has_critical_value(lower: &str) -> bool {
    static VALUES: LazyLock<Vec<(Regex, IsCritical)>> = LazyLock::new(|| {
        let row = |(names, is_critical): (&str, IsCritical)| {
            let value = r"\s?(?:of|is|was|at|now|=|:)?\s?(\d+(?:\.\d+)?)(?:/(\d+))?\s?([a-z%][a-z/]*)?";
            Some((Regex::new(&format!(r"\b(?:{names}){value}")).ok()?, is_critical))
        };
        CRITICAL.into_iter().filter_map(row).collect()
    });
    VALUES.iter().any(|(value, is_critical)| {
        value.captures_iter(lower).any(|found| {
            let number = |at: usize| found.get(at).and_then(|digits| digits.as_str().parse::<f64>().ok());
            let unit = found.get(3).map_or("", |unit| unit.as_str());
            let before = found.get(0).map_or("", |whole| &lower[..whole.start()]);
            let is_meant = !["vitamin ", "target ", "infusion "].iter().any(|other| before.ends_with(other))
                && OTHER_UNITS.split(' ').all(|other| other != unit)
                && !(unit == "%" && value.as_str().contains("glucose"));
            is_meant && (number(1).is_some_and(is_critical) || number(2).is_some_and(|mmhg| mmhg >= DIASTOLIC))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_cannot_wait_are_told_from_values_that_can() {
        for critical in [
            "k+ 6.8",
            "hyperkalaemia 6.7 with digoxin toxicity: calcium?",
            "potassium of 7.1",
            "bp 60 after gtn",
            "bp 165/112 at 34 weeks",
            "sats 84",
            "ph 7.05",
            "gcs 3",
        ] {
            assert!(has_critical_value(critical), "{critical}");
        }
        for ordinary in [
            "bp is 148/86 and his potassium 5.2",
            "vitamin k 10 mg",
            "potassium 10 mmol/h",
            "glucose 10%",
            "gcs 15",
            "target sats 88 to 92%",
            "ph 7.4",
            "hr 72",
        ] {
            assert!(!has_critical_value(ordinary), "{ordinary}");
        }
    }

    #[test]
    fn the_bedside_is_recognised_and_the_desk_left_alone() {
        for urgent in [
            "my child swallowed peanuts and his lips are swelling and he wheezes",
            "tranexamic acid 4 hours after birth, still bleeding",
            "child fitting for 6 minutes no iv access",
            "25 year old woman with dka: ph 7.05, k 3.2, systolic 85. what first?",
            "34 weeks pregnant, bp 165/112, headache and visual disturbance, protein ++. asthma. what should i give for the blood pressure and to prevent seizures?",
            "woman bleeding after delivery 1500 ml uterus soft",
            "pph!!!",
        ] {
            assert!(is_time_critical(urgent), "{urgent}");
        }
        for calm in [
            "dear colleague, this man takes metformin and comes for a ct next tuesday. his bp is 148/86 and his potassium 5.2. should his metformin be stopped before the scan?",
            "my patient on denosumab wants to stop it. what now?",
            "how is bleeding after birth prevented?",
            "what is the dose of amoxicillin in otitis media? thanks!!",
            "do antihypertensives prevent a first stroke with systolic 185?",
        ] {
            assert!(!is_time_critical(calm), "{calm}");
        }
    }
}
