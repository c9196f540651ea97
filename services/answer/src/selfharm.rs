//! Somebody who means to harm themselves is pointed to help, not to doses. Questions about a patient who has, or who may, are
//! questions like any other.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use crate::pattern::{Pattern, is_match};
use crate::scope::set;

/// Whether a question, in lower case, says that the writer means to harm themselves, or asks how it is done.
pub(crate) fn is_meant(lower: &str) -> bool {
    let mut text = lower.replace('\u{2019}', "'");
    for (told, instead) in TOLD.iter() {
        text = told.replace_all(&text, *instead).into_owned();
    }
    let is_at_its_end = DESPAIR.is_match(&text) && is_match(&ENOUGH, &text);
    let ends_something = is_match(&EPISODE, &text);
    INTENT.is_match(&text) || is_at_its_end || !ends_something && TO_END_IT.is_match(&text)
}

/// What somebody else said, and what was tried before: told by those who care for them.
static TOLD: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        (
            r#"\b(?:says|writes|states|reports|threatens|tells (?:me|us)|keeps saying|(?:he|she|they|patient|pt|client|man|woman|girl|boy|son|daughter|who) (?:has |have |just |now |also )?(?:said|told (?:me|us)|stated|reported|wrote|texted))(?: that)?[\s:,;]*["'\u{201c}\u{2018}]?\s*i\b[^.?!"\u{201d}]{0,40}"#,
            "says so",
        ),
        (r#"\b(?:patient|pt|client)\s*[:,]\s*["'\u{201c}\u{2018}]?\s*i\b[^.?!"\u{201d}]{0,40}"#, "says so"),
        (r"\b(?:tried|attempted|attempt|trying) to (?:kill|hang|harm|hurt|poison|drown|shoot) my ?self\b", "tried"),
    ]
    .into_iter()
    .filter_map(|(pattern, instead)| Some((Regex::new(pattern).ok()?, instead)))
    .collect()
});

/// The intent, or the question how it is done.
static INTENT: LazyLock<RegexSet> = LazyLock::new(|| {
    const WISH: &str =
        r"(?:(?:want|would like|'d like|wish|plan|intend|hope|have decided|'ve decided|am ready|'m ready) to|wanna)";
    const PLAN: &str = r"(?:(?:need|am going|'m going|am planning|'m planning|am about|'m about) to|(?:am |'m )?gonna)";
    const TO_DIE: &str = r"(?:die|be dead|never wake up|not wake up|not be here any ?more)";
    const TO_HARM: &str = r"(?:end it|overdose|od|take an overdose|(?:harm|hurt|cut|poison|starve) my ?self)";
    set(&[
        r"\b(?:kill(?:ing)?|hang(?:ing)?|shoot(?:ing)?|drown(?:ing)?|unalive) my ?self\b|\b(?:want to|wanna|gonna|going to) kms\b",
        r"\b(?:end|ending|take|taking) my (?:own )?life\b|\bend it all\b",
        &format!(r"\bi ?(?:just |really |only |do )*{WISH} (?:just |really )*(?:{TO_DIE}|{TO_HARM})\b"),
        &format!(r"\bi ?(?:just |really |only |do )*{PLAN} (?:just |really )*{TO_HARM}\b"),
        r"\bi wish i (?:was|were) dead\b",
        r"\bi (?:really |just )*(?:do not|don't|dont) want to (?:live|be alive|be here any ?more|wake up)\b",
        r"\bi(?:'m| am| feel| am feeling|'m feeling) (?:very |so |really )*suicidal\b|\bi (?:have|am having|'m having) (?:\w+ )?suicidal (?:thoughts|ideas|plans)\b",
        r"\bhow (?:to|do i|do you|can i|can you|could i|could you|would i|does one|can one) (?:\w+ly )?(?:die\b|commit suicide|overdose\b|od on|take an overdose (?:of|with|on)|end (?:my|your|one's) life|(?:kill|hang|poison|cut|harm|hurt) (?:my|your|one'?s?) ?self)",
        r"\b(?:easiest|best|painless|least painful|quickest|fastest|surest|peaceful|most peaceful) (?:way|method|drug|medicine|medication|pill|tablet|poison)s? (?:to|for|of) (?:die\b|dying|suicide|commit\w* suicide|killing (?:my|your|one)|(?:kill|poison) (?:my|your|one)|(?:end|ending) (?:my|your|it|one's)|overdos\w+)",
        r"\b(?:tablets?|pills?|units?|capsules?|grams?|mg|insulin|dose|amount)\b[^.?!]{0,40}\bto (?:die|never wake up|not wake up|kill (?:my ?self|me|you|someone|somebody|a person|an adult))\b",
        r"\bhow (?:much|many)\b[^.?!]{0,60}\b(?:would|will|does|do|could|can|it takes to|it take to) kill (?:me|you|someone|somebody|a person)\b",
    ])
});

/// What is said by somebody who sees no way on; by itself it is no intent, and those who care for others say it too.
static DESPAIR: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[
        r"\bi (?:really |just )*(?:can't|cannot|cant|can not) go on(?: any ?more| like this| living)?\s*(?:[.,;:!?]|$)",
        r"\b(?:no reason to live|nothing to live for|tired of living|hate my life)\b",
        r"\bi(?:'d| would|'m| am) (?:be )?better off dead\b|\bbetter off without me\b",
    ])
});

/// Asked together with that: how much it takes.
static ENOUGH: Pattern =
    LazyLock::new(|| Regex::new(r"\b(?:lethal|fatal|deadly|kills?|overdose|how (?:much|many)|enough|die|dose)\b").ok());

/// An amount to end what is not named.
static TO_END_IT: LazyLock<RegexSet> = LazyLock::new(|| {
    set(&[r"\b(?:how (?:much|many)|(?:what|which) (?:dose|amount))\b[^.?!]{0,60}\bto end (?:it|everything)\b"])
});

/// What a dose may well be to end.
static EPISODE: Pattern = LazyLock::new(|| {
    Regex::new(
        r"\b(?:seiz\w+|fits?|fitting|convuls\w+|status|attacks?|flares?|episodes?|svt|vt|af|arrhythmia|tachycardia|migraine|cluster|headache|spasms?|labour|labor|pregnancy|hiccups?|bleed\w*|hypo\w*|exacerbation|croup|priapism|vertigo|infection)\b",
    )
    .ok()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_means_to_harm_themselves_is_heard() {
        for meant in [
            "i want to kill myself, how many paracetamol tablets would it take?",
            "how many units of insulin to end it",
            "what dose of amitriptyline is lethal, i can\u{2019}t go on",
            "i just want to die. which tablets?",
            "i don\u{2019}t want to live any more",
            "i'm going to take an overdose of amlodipine, will it hurt?",
            "how do i overdose on propranolol",
            "painless way to die with tablets",
            "how many tablets of amitriptyline would kill me?",
            "what is the best drug to end my life",
            "i am suicidal since sertraline was started",
            "i want to harm myself",
            "i wish i were dead",
        ] {
            assert!(is_meant(meant), "{meant}");
        }
    }

    #[test]
    fn who_treats_somebody_who_has_or_may_is_not_refused() {
        for asked in [
            "woman of 20 took 30 paracetamol tablets with suicidal intent 2 hours ago, acetylcysteine?",
            "a patient says \u{201c}i want to kill myself\u{201d}: how is the risk of suicide assessed?",
            "my patient told me i want to die, what should i do?",
            "what is the lethal dose of colchicine?",
            "is 10 g of paracetamol fatal in an adult of 50 kg?",
            "which antidepressants are safest in overdose when there is a risk of suicide?",
            "does lithium prevent suicide in bipolar disorder?",
            "should an adolescent who cuts herself be started on fluoxetine?",
            "still fitting, how much lorazepam to end it?",
            "i can't go on metformin because of diarrhoea, what dose of gliclazide?",
            "how many patients go on to die after cardiac arrest?",
            "how do i take an overdose history?",
            "i tried to kill myself last year and take sertraline now, is ibuprofen safe?",
            "i took 20 paracetamol an hour ago, what should i do?",
            "i think i am going to die, my heart races, what is it?",
            "i want od dosing of metformin, which preparation?",
            "patient: \"i want to end my life\". which questions assess the risk?",
            "my mother with dementia hits me, i can't go on. which services are there?",
        ] {
            assert!(!is_meant(asked), "{asked}");
        }
    }
}
