//! Words that deny and how far they reach, words that a prefix turns into their opposite, and words that forbid.

use std::sync::LazyLock;

use vocabulary::Phrases;

/// Where a negation reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Its whole clause: `not`, `avoid`, `contraindicated`.
    Clause,
    /// The next few words: `no`, `nor`.
    Phrase,
    /// The noun that follows, up to a verb: `without`, `lack of`.
    Noun,
    /// What is excepted, to the end of the clause: `except in`, `unless`.
    Exception,
    /// None: `not only`.
    Nothing,
}

const NEGATIONS: &[(Scope, &[&str])] = &[
    (
        Scope::Nothing,
        &[
            "not only",
            "no later than",
            "no sooner than",
            "whether or not",
            "with or without",
            "not to mention",
            "not necessarily",
            "doesnt necessarily",
            "isnt necessarily",
        ],
    ),
    (
        Scope::Clause,
        &[
            "not",
            "never",
            "cannot",
            "can not",
            "cant",
            "dont",
            "doesnt",
            "didnt",
            "isnt",
            "arent",
            "wasnt",
            "werent",
            "wont",
            "shouldnt",
            "mustnt",
            "avoid",
            "avoids",
            "avoided",
            "avoiding",
            "contraindicated",
            "contra indicated",
            "contra indication",
            "contra indications",
            "contraindication",
            "contraindications",
            "withhold",
            "withheld",
            "omit",
            "omitted",
            "stop",
            "stopped",
            "discontinue",
            "discontinued",
            "cease",
            "fail to",
            "fails to",
            "failed to",
            "ruled out",
            "unable to",
            "ought not",
            "no longer",
            "recommend against",
            "recommends against",
            "recommended against",
            "advise against",
            "advises against",
            "do not",
            "advised against",
            "decide against",
            "decided against",
            "vote against",
            "voted against",
            "argue against",
            "argues against",
            "argued against",
            "warn against",
            "warns against",
            "warned against",
            "counsel against",
            "caution against",
            "cautions against",
            "against use",
            "against the use",
            "against using",
            "against giving",
            "against offering",
            "against routine",
            "hold",
            "held",
            "suspend",
            "suspended",
            "interrupt",
            "interrupted",
            "withdraw",
            "withdrawn",
            "refrain",
            "refrain from",
            "prohibit",
            "prohibits",
            "prohibited",
            "forbid",
            "forbids",
            "forbidden",
            "banned",
            "off limits",
            "preclude",
            "precludes",
            "precluded",
            "no circumstances",
            "under no circumstances",
            "in no circumstances",
            "on no account",
            "nothing",
            "nobody",
            "excepted",
            "rarely",
            "seldom",
            "hardly",
            "scarcely",
            "absent",
        ],
    ),
    (
        Scope::Phrase,
        &[
            "no",
            "no need for",
            "no need to",
            "no role for",
            "no place for",
            "no indication for",
            "no requirement for",
            "no evidence of",
            "no sign of",
            "no signs of",
            "nor",
            "neither",
            "none",
            "none of",
        ],
    ),
    (
        Scope::Noun,
        &[
            "without",
            "absence of",
            "lack of",
            "lacks",
            "lacking",
            "free of",
            "free from",
            "instead of",
            "rather than",
            "unlike",
            "as opposed to",
            "in place of",
            "negative for",
            "denies",
        ],
    ),
    (
        Scope::Exception,
        &[
            "except",
            "except for",
            "excepting",
            "with the exception of",
            "excluding those",
            "excluding patients",
            "excluding people",
            "excluding",
            "barring",
            "bar those",
            "bar the",
            "bar people",
            "bar patients",
            "bar women",
            "save those",
            "save the",
            "save for",
            "save in",
            "save when",
            "save where",
            "aside from",
            "everyone but",
            "everybody but",
            "anyone but",
            "all but",
            "any but",
            "other than",
            "apart from",
            "unless",
        ],
    ),
];

/// The negation that folded `words` begin with, and the words it takes.
pub(crate) fn negation_at<'a>(words: impl Iterator<Item = &'a str> + Clone) -> Option<(usize, Scope)> {
    static TABLE: LazyLock<Phrases<Scope>> = LazyLock::new(|| {
        let mut table = Phrases::default();
        for (scope, phrases) in NEGATIONS {
            for phrase in *phrases {
                table.insert(&phrase.replace('-', " "), *scope);
            }
        }
        table
    });
    TABLE.longest(words).map(|(length, scope)| (length, *scope))
}

/// Words that a prefix turns into their opposite.
const OPPOSITES: &[(&str, &str)] = &[
    ("ineffective", "effective"),
    ("unsafe", "safe"),
    ("unstable", "stable"),
    ("unnecessary", "necessary"),
    ("unlikely", "likely"),
    ("inadequate", "adequate"),
    ("inappropriate", "appropriate"),
    ("incomplete", "complete"),
    ("uncontrolled", "controlled"),
    ("nonsignificant", "significant"),
    ("insignificant", "significant"),
    ("abnormal", "normal"),
    ("asymptomatic", "symptomatic"),
    ("untreated", "treated"),
    ("uncomplicated", "complicated"),
    ("unresponsive", "responsive"),
    ("unsuitable", "suitable"),
    ("intolerant", "tolerant"),
    ("insufficient", "sufficient"),
    ("unavailable", "available"),
    ("unrelated", "related"),
    ("unchanged", "changed"),
    ("undetectable", "detectable"),
    ("irreversible", "reversible"),
    ("uncommon", "common"),
    ("rare", "common"),
    ("infrequent", "frequent"),
    ("unsuccessful", "successful"),
    ("unfavourable", "favourable"),
    ("unfavorable", "favorable"),
    ("unacceptable", "acceptable"),
    ("impossible", "possible"),
    ("inactive", "active"),
    ("unconscious", "conscious"),
    ("unvaccinated", "vaccinated"),
    ("unlicensed", "licensed"),
    ("unaffected", "affected"),
    ("uninfected", "infected"),
    ("undiagnosed", "diagnosed"),
    ("ineligible", "eligible"),
    ("inconclusive", "conclusive"),
    ("included", "excluded"),
];

/// The word that `lower` is the opposite of.
pub(crate) fn positive_of(lower: &str) -> Option<&str> {
    let listed = OPPOSITES.iter().find(|(negative, _)| *negative == lower).map(|(_, positive)| *positive);
    listed.or_else(|| lower.strip_prefix("non").filter(|rest| rest.len() >= 6 && *rest != "etheless"))
}

/// Verbs that begin an instruction not to do something. What they deny is a noun: another verb begins an instruction of its own.
pub(crate) fn is_denying_instruction(lower: &str) -> bool {
    matches!(
        lower,
        "avoid"
            | "withhold"
            | "stop"
            | "discontinue"
            | "omit"
            | "cease"
            | "hold"
            | "suspend"
            | "interrupt"
            | "withdraw"
    )
}

/// Words that say, with more than a description's weight, that something must not be done.
pub(crate) fn forbids(lower: &str) -> bool {
    matches!(
        lower,
        "contraindicated"
            | "contraindication"
            | "contraindications"
            | "contra"
            | "avoid"
            | "avoided"
            | "withhold"
            | "withheld"
            | "stop"
            | "stopped"
            | "discontinue"
            | "omit"
            | "hold"
            | "suspend"
            | "interrupt"
            | "refrain"
            | "never"
            | "prohibited"
            | "forbidden"
            | "off"
            | "banned"
    )
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::check::verdict_of as verdict;

    #[test]
    fn words_that_forbid_or_end_deny() {
        for (statement, source) in [
            ("Give tolvaptan in anuria.", "Hold tolvaptan in anuria."),
            ("Dantrolene is given in hepatitis.", "Dantrolene is forbidden in hepatitis."),
            ("Give tolvaptan in anuria.", "Refrain from giving tolvaptan in anuria."),
            ("Give tolvaptan during vomiting.", "Suspend tolvaptan during vomiting."),
            ("Dantrolene should be crushed.", "Dantrolene should be crushed under no circumstances."),
            ("Use dantrolene in hepatitis.", "The panel decided against the use of dantrolene in hepatitis."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Contradicted, "{statement} against {source}");
        }
        for (statement, source) in [
            ("Stop tolvaptan in anuria.", "Hold tolvaptan in anuria."),
            ("Tolvaptan is withheld during vomiting.", "Tolvaptan is suspended during vomiting."),
            ("Check pressure with the device.", "Check pressure with the hand-held device."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Supported, "{statement} against {source}");
        }
    }

    #[test]
    fn words_that_except_make_exceptions() {
        for (statement, source) in [
            ("Infants receive rotavirus vaccine.", "Aside from infants, all children receive rotavirus vaccine."),
            ("Diabetics may fast.", "Everyone but diabetics may fast."),
            ("Neonates are weighed.", "Excluding neonates, all patients are weighed."),
            ("Warfarin is safe in lactation.", "Heparin, unlike warfarin, is safe in lactation."),
            ("Patients with asthma were included.", "Patients with asthma were excluded."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Contradicted, "{statement} against {source}");
        }
    }
}
