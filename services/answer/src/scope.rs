//! What the service is for: literature, not images or signals, and not the minutes in which a life is lost.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

/// What a question is, before anything is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A question about literature.
    Literature,
    /// One asked at the bedside of somebody in extremis: sources alone, with a banner.
    TimeCritical,
    /// One that needs eyes or instruments; refused with this reason.
    Refused(&'static str),
}

/// The banner of answers to time-critical questions.
pub const BANNER: &str = "Not for time-critical decisions: call for help and follow your local emergency protocol. \
    These are passages of the sources as they stand.";

const IMAGE: &str = "images are not read here: ask about the findings in words";
const SIGNAL: &str = "signals and series of measurements are not read here: ask about the finding in words";
const SEQUENCE: &str = "genetic and protein sequences are not read here: ask about the named variant in words";

/// Says what a question is.
pub fn scope(question: &str) -> Scope {
    let lower = question.to_lowercase();
    if lower.contains("data:image/") || IMAGES.is_match(&lower) {
        Scope::Refused(IMAGE)
    } else if is_sequence(question) {
        Scope::Refused(SEQUENCE)
    } else if is_signal(question) {
        Scope::Refused(SIGNAL)
    } else if is_time_critical(&lower) {
        Scope::TimeCritical
    } else {
        Scope::Literature
    }
}

fn set(patterns: &[&str]) -> RegexSet {
    // Patterns are constants; a wrong one fails the first test that runs.
    RegexSet::new(patterns).unwrap_or_else(|error| unreachable!("{error}"))
}

/// A picture that is there, as against pictures in general.
static IMAGES: LazyLock<RegexSet> = LazyLock::new(|| {
    const THING: &str = "(?:x-?ray|ecg|ekg|ct|mri|scan|photo(?:graph)?s?|pictures?|images?|films?|slide|ultrasound|12-lead|strip|echo|view)";
    /// What is always a certain one: an ECG may be any.
    const EXHIBIT: &str = "(?:photo(?:graph)?s?|pictures?|images?|films?|slide|strip)";
    set(&[
        &format!(r"\battached\b.{{0,60}}\b{THING}\b"),
        &format!(r"\b{THING}\b.{{0,60}}\b(?:(?:attached|enclosed|uploaded)\b|below\s*(?:[.,:;?!)]|$))"),
        &format!(r"\b(?:the|this|my) {THING} below\b"),
        r"^attached\b",
        &format!(r"\b(?:uploaded|sending|sent)\b.{{0,30}}\b{THING}\b"),
        &format!(
            r"\b(?:see|here is|look at|read|report|interpret|compare)\b.{{0,20}}\b(?:this|the|attached|my)\b.{{0,20}}\b{THING}\b.{{0,40}}(?:\bof\b|\band\b|\bin the\b|\?|:|\.|please)"
        ),
        &format!(r"\bsee {THING}\b"),
        &format!(r"\bthis (?:\w+ )?{THING}\b"),
        &format!(r"\bin the {EXHIBIT}\b"),
        r"\.(?:jpe?g|png|dcm|dicom|tiff?|bmp|gif|webp)\b",
        r"\[image",
    ])
});

/// Runs of bases, of residues, or the head of a file that holds them.
fn is_sequence(question: &str) -> bool {
    static HEADS: LazyLock<RegexSet> = LazyLock::new(|| {
        set(&[
            r"(?i)[ACGTU]{25,}",
            r"[ACDEFGHIKLMNPQRSTVWY]{35,}",
            r"##fileformat=VCF",
            r"#CHROM\b",
            r"(?m)^chr[\dXY]+\s+\d+\s",
            r"\brs\d{4,}\s+\S+\s+\d+\s+[ACGT]{1,2}\b",
            r"(?m)^>\S+.*\n[A-Za-z]{20,}",
        ])
    });
    HEADS.is_match(question)
}

/// Twelve numbers in a row are a recording.
fn is_signal(question: &str) -> bool {
    static RUN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:-?\d+(?:\.\d+)?(?:;-?\d+(?:\.\d+)?)?[\s,;]+){11,}-?\d").ok());
    RUN.as_ref().is_some_and(|run| run.is_match(question))
}

fn is_time_critical(lower: &str) -> bool {
    /// Somebody in extremis.
    static EXTREMIS: LazyLock<RegexSet> = LazyLock::new(|| {
        set(&[
            r"\b(?:no pulse|pulseless|not breathing|no respiratory effort|asystole|no air entry|no bp|unrecordable)\b",
            r"\bcoding\b|\bcrashing\b|\bperi-?arrest\b|\bimminent\b|\bdeteriorating\b|\bcollapsed?\b",
            r"\bin (?:vf|vt|pea|arrest)\b|\bvf arrest\b|\bpea arrest\b|\bhypothermic arrest\b|^arrest\b|\bin cardiac arrest\b|\bcardiac arrest in a\b|\bcardiac arrest\b.{0,40}\b(?:dose|now)\b|\btorsades on\b|\bvt with\b|\bsvt in\b",
            r"\b(?:seizing|fitting|convulsing|eclamptic fit|status epilepticus right)\b",
            r"\b(?:bp|hr|sats?|spo2|resps?|gcs|lactate|k|ph|temp|pulse|glucose|hypo|potassium|rate|heart rate|etco2|level|inr|qrs) ?(?:of |is |at )?\d",
            r"\b(?:stridor|choking|airway going|throat closing|silent chest|can't (?:intubate|oxygenate)|gone blue|going blue|blue lips|grey and|drooling|neck haematoma)\b",
            r"\b(?:still pouring|won't stop|pouring|vomiting (?:bright red )?blood|drowning in|spitting clots|bleeding out|boggy|major haemorrhage|massive (?:haemorrhage|haemoptysis|pe))\b",
            r"\b(?:unconscious|unresponsive|pupils? (?:blown|unequal)|blown|floppy|mottled|foaming|exhausted)\b",
            r"\btension pneumothorax\b|\bcord prolapse\b|\bshoulder dystocia\b|\bflash pulmonary\b|\bthyroid storm\b|\btamponade\b|\btearing pain\b|\bmalignant hyperthermia in\b|\bcardiogenic shock\b",
            r"\b(?:symptoms started|came on|onset|hour ago|minutes? ago|min ago|just arrived|suddenly)\b",
            r"\b(?:swelling fast|spreading in front|rigors|hypotensive with)\b",
        ])
    });
    /// Somebody in a hurry.
    static HASTE: LazyLock<RegexSet> = LazyLock::new(|| {
        set(&[
            r"\bnow\b|\bstat\b|\bright now\b|\bimmediately\b|\bquick(?:est|ly)?\b|\bfast\b",
            r"\bwhat (?:next|now|first|do i|can i|must i)\b|\bnext (?:step|drug)?\?|, next\b|\bdo i (?:start|give|push|put)\b|\bfirst thing\b|\bgive what\b|\bwhere do i\b|\bhow (?:much|many)\b|\bwhich (?:drug|pressor|uterotonic)\b",
            r"\bjust (?:gave|given|started|injected|stopped|arrived)\b|\bin ed\b|\bin resus\b|\bon the way\b|\bno iv access\b|\brunning\b|\bnot working\b",
        ])
    });
    /// Somebody at a desk.
    static DESK: LazyLock<RegexSet> = LazyLock::new(|| {
        set(&[
            r"\b(?:trials?|evidence|study|studies|recommended|long-?term|maintenance|prevent\w*|recovery|how often|how common|how long|follow-?up|risk factors?|proportion|incidence|prevalence|screening|rehabilitation|advice|after discharge|guideline)\b",
            r"^(?:what (?:is|are|did|does|was|were|proportion|lifestyle|education|should)|when (?:is|should|can)|which patients|does|is|are|in which|should)\b",
        ])
    });
    let (extremis, haste, desk) = (
        EXTREMIS.matches(lower).iter().count(),
        HASTE.matches(lower).iter().count(),
        DESK.matches(lower).iter().count(),
    );
    2 * extremis + haste >= 2 + 2 * desk && extremis + haste > 0 && (extremis > 0 || haste > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_eyes_is_refused_and_what_asks_about_them_is_not() {
        assert_eq!(scope("I have uploaded the ECG. Is this a STEMI?"), Scope::Refused(IMAGE));
        assert_eq!(scope("When is chest x-ray needed in bronchiolitis?"), Scope::Literature);
        assert_eq!(scope("What is the rash in the photo?"), Scope::Refused(IMAGE));
        assert_eq!(scope("Does the ECG below show atrial fibrillation?"), Scope::Refused(IMAGE));
        assert_eq!(scope("Is gadolinium contrast for MRI safe with an eGFR below 30?"), Scope::Literature);
        assert_eq!(scope("Which changes are seen in the ECG in hyperkalaemia?"), Scope::Literature);
        assert!(matches!(scope("CGM: 6.1 5.6 5.7 6.3 6.7 5.8 5.4 4.9 5.6 5.4 6.2 5.9 6.4"), Scope::Refused(_)));
        assert!(matches!(scope("GACCTGACTGCTTGAAACTATTTGTTACACCC variant?"), Scope::Refused(_)));
    }

    #[test]
    fn somebody_in_extremis_is_told_apart_from_somebody_at_a_desk() {
        assert_eq!(scope("He is in cardiac arrest, adrenaline dose?"), Scope::TimeCritical);
        assert_eq!(scope("chest pain cardiac arrest adrenaline dose now"), Scope::TimeCritical);
        assert_eq!(scope("still fitting after two lorazepam, what next"), Scope::TimeCritical);
        assert_eq!(
            scope("When can antiseizure medicine be stopped after two years without seizures?"),
            Scope::Literature
        );
    }
}
