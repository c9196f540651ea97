//! What the service is for: literature, not images or signals, and not the minutes in which a life is lost.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use crate::bedside::is_time_critical;
use crate::pattern::{Pattern, is_match};
use crate::selfharm;

/// What a question is, before anything is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A question about literature.
    Literature,
    /// One asked at the bedside of somebody in extremis: sources alone, with a banner.
    TimeCritical,
    /// One that needs eyes, instruments or somebody near; refused with this reason.
    Refused(&'static str),
}

/// The banner of answers to time-critical questions.
pub const BANNER: &str = "Not for time-critical decisions: call for help and follow your local emergency protocol. \
    These are passages of the sources as they stand.";

const IMAGE: &str = "images are not read here: ask about the findings in words";
const SIGNAL: &str = "signals and series of measurements are not read here: ask about the finding in words";
const SEQUENCE: &str = "genetic and protein sequences are not read here: ask about the named variant in words";

/// Whole sentences: this is read by somebody in need.
const SELF_HARM: &str = "You are not alone, and help is there now: call your local emergency number or a crisis line, and stay with \
    somebody you trust. Osler does not answer how somebody can be harmed; it does answer how somebody who has taken an overdose \
    is treated";

/// Says what a question is.
pub fn scope(question: &str) -> Scope {
    let lower = question.to_lowercase();
    if selfharm::is_meant(&lower) {
        Scope::Refused(SELF_HARM)
    } else if has_image(&lower) {
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

pub(crate) fn set(patterns: &[&str]) -> RegexSet {
    // Patterns are constants; a wrong one fails the first test that runs.
    RegexSet::new(patterns).unwrap_or_else(|error| unreachable!("{error}"))
}

const THING: &str = "(?:x-?rays?|cxrs?|axr|radiographs?|ecgs?|ekgs?|eeg|emg|ctg|cts?|cta|ctpa|hrct|mri|mra|mrcp|dexa|dxa|scans?|scintigram|angiograms?|mammograms?|photo(?:graph)?s?|pics?|pictures?|images?|screenshots?|films?|slide|ultrasound|12-lead|strip|tracing|echo(?:cardiogram)?|view)";

/// Whether a question shows a picture whose finding it does not give in words.
fn has_image(lower: &str) -> bool {
    FILES.is_match(lower) || IMAGES.is_match(lower) && (!DESCRIBED.is_match(lower) || TO_BE_READ.is_match(lower))
}

/// A picture itself.
static FILES: LazyLock<RegexSet> =
    LazyLock::new(|| set(&[r"data:image/", r"\.(?:jpe?g|png|dcm|dicom|tiff?|bmp|gif|webp)\b", r"\[image"]));

/// A picture that is there, as against pictures in general.
static IMAGES: LazyLock<RegexSet> = LazyLock::new(|| {
    /// What is always a certain one: an ECG may be any.
    const EXHIBIT: &str = "(?:photo(?:graph)?s?|pics?|pictures?|images?|screenshots?|films?|slide|strip|tracing)";
    set(&[
        &format!(r"\battached\b.{{0,60}}\b{THING}\b"),
        &format!(r"\b{THING}\b.{{0,60}}\b(?:(?:attached|enclosed|uploaded)\b|below\s*(?:[.,:;?!)]|$))"),
        &format!(r"\b(?:the|this|my) {THING} below\b"),
        r"^attached\b|\b(?:see|as|look at(?: the)?) (?:attached|attachments?)\b|\bin (?:the|this|my) attachments?\b",
        &format!(r"\b(?:uploaded|sending|sent)\b.{{0,30}}\b{THING}\b"),
        &format!(
            r"\b(?:see|here is|look at|read|report|interpret|compare)\b.{{0,20}}\b(?:this|the|attached|my)\b.{{0,20}}\b{THING}\b.{{0,40}}(?:\bof\b|\band\b|\bin the\b|\?|:|\.|please)"
        ),
        &format!(r"\bsee {THING}\b"),
        &format!(r"\bthis (?:\w+ )?{THING}\b"),
        &format!(r"\bin the {EXHIBIT}\b"),
    ])
});

/// The finding in words: "in the ECG below there are peaked T waves".
static DESCRIBED: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        &format!(
            r"\b(?:in|on) (?:the|this|my|her|his) (?:attached )?{THING}(?: below| above| attached)?,? there (?:is|are|was|were)\b"
        ),
        &format!(
            r"\b(?:the|this|my|her|his) (?:attached )?{THING}(?: below| above| attached)? (?:shows|showed|reveals|demonstrates) (?:a|an|no|new|normal|sinus|atrial|st|t|peaked|wide|broad|prolonged|left|right|bilateral|multiple)\b"
        ),
    ])
});

/// And yet it is to be looked at.
static TO_BE_READ: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"\b(?:interpret|read|report|look at|compare|grade|measure|can you see|do you see|is this|is it|does (?:it|this) show)\b",
        r"\bwhat (?:is|does|do|are) (?:this|it|these|they|the (?:rhythm|diagnosis|finding))",
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
    static RUN: Pattern =
        LazyLock::new(|| Regex::new(r"(?:-?\d+(?:\.\d+)?(?:;-?\d+(?:\.\d+)?)?[\s,;]+){11,}-?\d").ok());
    is_match(&RUN, question)
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
    fn a_picture_by_its_abbreviation_is_one_and_a_finding_in_words_is_none() {
        for shown in [
            "see attached CXR, is this pneumonia?",
            "CTPA attached. Is there an embolus?",
            "Interpret this AXR please",
            "See attached. Which drug?",
            "The ECG below shows a rhythm: what is the rhythm?",
            "Does this echo show a vegetation?",
        ] {
            assert_eq!(scope(shown), Scope::Refused(IMAGE), "{shown}");
        }
        let told = "In the ECG below there are peaked T waves, potassium 7.1, what do I give?";
        assert_eq!(scope(told), Scope::TimeCritical);
        assert_eq!(scope("The attached ECG shows atrial fibrillation. Which anticoagulant?"), Scope::Literature);
        assert_eq!(scope("When is a CXR needed in bronchiolitis?"), Scope::Literature);
    }

    #[test]
    fn who_means_to_harm_themselves_is_pointed_to_help() {
        for meant in [
            "I want to kill myself, how many paracetamol tablets would it take?",
            "How many units of insulin to end it",
            "what dose of amitriptyline is lethal, I can't go on",
        ] {
            assert_eq!(scope(meant), Scope::Refused(SELF_HARM), "{meant}");
        }
        for asked in [
            "What is given to an adult who took 30 g of paracetamol with suicidal intent?",
            "How is the risk of suicide assessed in depression?",
        ] {
            assert_eq!(scope(asked), Scope::Literature, "{asked}");
        }
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
