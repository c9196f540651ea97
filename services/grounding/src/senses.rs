//! Phrases with a clinical meaning that can be held against another: routes, populations, strength, certainty, direction,
//! order in time, conditions.

use std::sync::LazyLock;

use vocabulary::{Phrases, fold, vocabulary};

/// What sort of thing a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Axis {
    Route,
    Age,
    Pregnancy,
    Kidney,
    Liver,
    Sex,
    Strength,
    Certainty,
    Direction,
    Merit,
    Time,
    /// On what it depends.
    Condition,
    /// Which in a row.
    Ordinal,
    /// Of all or of some.
    Extent,
    /// The most or the least of it.
    Bound,
}

impl Axis {
    /// Whether it says for whom.
    pub(crate) fn is_population(self) -> bool {
        matches!(self, Self::Age | Self::Pregnancy | Self::Kidney | Self::Liver | Self::Sex)
    }
}

/// A sense of a phrase: its axis and its value there.
pub(crate) type Sense = (Axis, &'static str);

/// Axis, value, phrases.
const SENSES: &[(Axis, &str, &[&str])] = &[
    (Axis::Route, "by mouth", &["by mouth", "oral", "orally", "per os", "po", "enteral", "enterally"]),
    (Axis::Route, "intravenous", &["intravenous", "intravenously", "iv", "into a vein", "parenteral", "parenterally"]),
    (Axis::Route, "intramuscular", &["intramuscular", "intramuscularly", "im"]),
    (Axis::Route, "subcutaneous", &["subcutaneous", "subcutaneously", "sc", "subcut", "s/c"]),
    (
        Axis::Route,
        "inhaled",
        &[
            "inhaled",
            "by inhalation",
            "nebulised",
            "nebulized",
            "nebuliser",
            "nebulizer",
            "by nebuliser",
            "via nebuliser",
        ],
    ),
    (Axis::Route, "rectal", &["rectal", "rectally", "per rectum"]),
    (Axis::Route, "vaginal", &["vaginal", "vaginally", "per vaginam"]),
    (Axis::Route, "sublingual", &["sublingual", "sublingually", "under the tongue"]),
    (Axis::Route, "buccal", &["buccal", "buccally"]),
    (Axis::Route, "intranasal", &["intranasal", "intranasally", "nasal spray"]),
    (Axis::Route, "topical", &["topical", "topically"]),
    (Axis::Route, "transdermal", &["transdermal", "transdermally"]),
    (Axis::Route, "intrathecal", &["intrathecal", "intrathecally"]),
    (Axis::Route, "epidural", &["epidural"]),
    (Axis::Route, "intraosseous", &["intraosseous", "intraosseously"]),
    (Axis::Route, "intradermal", &["intradermal", "intradermally"]),
    (Axis::Age, "adults", &["adult", "adults"]),
    (Axis::Age, "children", &["child", "children", "paediatric", "pediatric"]),
    (Axis::Age, "infants", &["infant", "infants", "baby", "babies"]),
    (Axis::Age, "newborns", &["neonate", "neonates", "newborn", "newborns", "neonatal"]),
    (Axis::Age, "adolescents", &["adolescent", "adolescents", "teenager", "teenagers"]),
    (
        Axis::Age,
        "older people",
        &["elderly", "older adult", "older adults", "older people", "older patients", "older persons"],
    ),
    (Axis::Pregnancy, "pregnancy", &["pregnant", "pregnancy", "gestation", "during pregnancy"]),
    (Axis::Pregnancy, "people who are not pregnant", &["non pregnant", "nonpregnant", "not pregnant"]),
    (Axis::Pregnancy, "breastfeeding", &["breastfeeding", "breast feeding", "lactating", "lactation"]),
    (Axis::Pregnancy, "after delivery", &["postpartum", "post partum", "puerperium", "postnatal"]),
    (
        Axis::Kidney,
        "renal impairment",
        &[
            "renal impairment",
            "kidney impairment",
            "renal failure",
            "kidney failure",
            "renal insufficiency",
            "chronic kidney disease",
            "impaired renal function",
            "reduced kidney function",
            "reduced renal function",
            "renal disease",
        ],
    ),
    (Axis::Kidney, "dialysis", &["dialysis", "haemodialysis", "hemodialysis"]),
    (Axis::Kidney, "normal renal function", &["normal renal function", "normal kidney function"]),
    (
        Axis::Liver,
        "hepatic impairment",
        &[
            "hepatic impairment",
            "liver impairment",
            "hepatic failure",
            "liver failure",
            "liver disease",
            "hepatic disease",
            "cirrhosis",
        ],
    ),
    (Axis::Liver, "normal liver function", &["normal liver function", "normal hepatic function"]),
    (Axis::Sex, "women", &["women", "woman", "female", "females", "girls"]),
    (Axis::Sex, "men", &["men", "man", "male", "males", "boys"]),
    (
        Axis::Strength,
        "should",
        &[
            "should",
            "must",
            "shall",
            "ought to",
            "is recommended",
            "are recommended",
            "recommend",
            "recommends",
            "recommended",
            "is indicated",
            "are indicated",
            "mandatory",
            "need to",
            "needs to",
            "has to",
            "have to",
            "is advised",
            "is advisable",
            "strong recommendation",
            "strongly recommended",
            "strongly recommend",
        ],
    ),
    (
        Axis::Strength,
        "may",
        &[
            "may",
            "might",
            "could",
            "can",
            "consider",
            "should be considered",
            "should consider",
            "we suggest",
            "is suggested",
            "conditional recommendation",
            "conditionally recommended",
            "weak recommendation",
            "weakly recommended",
            "optional",
            "is an option",
            "are an option",
        ],
    ),
    (
        Axis::Strength,
        "there is insufficient evidence",
        &[
            "insufficient evidence to recommend",
            "evidence is insufficient to recommend",
            "insufficient evidence",
            "no evidence",
            "evidence is lacking",
            "evidence is insufficient",
            "lack of evidence",
            "no recommendation",
        ],
    ),
    (Axis::Certainty, "high certainty", &["high certainty", "high quality evidence", "high certainty evidence"]),
    (
        Axis::Certainty,
        "moderate certainty",
        &["moderate certainty", "moderate quality evidence", "moderate certainty evidence"],
    ),
    (Axis::Certainty, "low certainty", &["low certainty", "low quality evidence", "low certainty evidence"]),
    (
        Axis::Certainty,
        "very low certainty",
        &["very low certainty", "very low quality evidence", "very low certainty evidence"],
    ),
    (
        Axis::Direction,
        "more",
        &[
            "increase",
            "increases",
            "increased",
            "increasing",
            "higher",
            "raise",
            "raises",
            "raised",
            "rise",
            "rises",
            "rose",
            "elevated",
            "elevates",
            "greater",
            "more",
            "upward",
            "longer",
            "larger",
            "gain",
            "gained",
        ],
    ),
    (
        Axis::Direction,
        "less",
        &[
            "decrease",
            "decreases",
            "decreased",
            "decreasing",
            "reduce",
            "reduces",
            "reduced",
            "reducing",
            "reduction",
            "reductions",
            "lower",
            "lowers",
            "lowered",
            "lowering",
            "fewer",
            "less",
            "decline",
            "declines",
            "declined",
            "fell",
            "drop",
            "dropped",
            "shorter",
            "smaller",
            "lost",
        ],
    ),
    (
        Axis::Merit,
        "better",
        &[
            "superior",
            "better",
            "improve",
            "improves",
            "improved",
            "improving",
            "improvement",
            "improvements",
            "best",
            "more effective",
            "outperformed",
            "favoured",
            "favored",
            "well tolerated",
            "well controlled",
        ],
    ),
    (
        Axis::Merit,
        "worse",
        &[
            "inferior",
            "worse",
            "worsen",
            "worsens",
            "worsened",
            "worsening",
            "deteriorate",
            "deteriorated",
            "less effective",
            "poorer",
            "worst",
            "poorly tolerated",
            "poorly controlled",
        ],
    ),
    (
        Axis::Merit,
        "no different",
        &[
            "non inferior",
            "noninferior",
            "non inferiority",
            "noninferiority",
            "equivalent",
            "as effective as",
            "no difference",
            "comparable",
        ],
    ),
    (Axis::Time, "before", &["before", "prior to", "preceding", "earlier than"]),
    (Axis::Time, "after", &["after", "following", "subsequent to", "later than"]),
    (Axis::Condition, "if", &["if", "when", "whenever"]),
    (Axis::Condition, "unless", &["unless", "except if", "except when"]),
    (Axis::Condition, "until", &["until", "till"]),
    (Axis::Ordinal, "first", &["first", "1st", "initial"]),
    (Axis::Ordinal, "second", &["second", "2nd"]),
    (Axis::Ordinal, "third", &["third", "3rd"]),
    (Axis::Ordinal, "fourth", &["fourth", "4th"]),
    (Axis::Ordinal, "fifth", &["fifth", "5th"]),
    (Axis::Ordinal, "last", &["last resort", "last line", "last choice"]),
    (Axis::Bound, "maximum", &["maximum", "maximal", "max", "highest"]),
    (Axis::Bound, "minimum", &["minimum", "minimal", "lowest"]),
    (Axis::Extent, "all", &["all", "every", "always"]),
    (Axis::Extent, "most", &["most", "the majority of", "majority of", "a majority of"]),
    (Axis::Extent, "many", &["many", "often", "frequently"]),
    (Axis::Extent, "some", &["some", "several", "a few", "sometimes", "occasionally"]),
    (Axis::Extent, "few", &["few", "a minority of", "minority of", "the minority of"]),
];

/// How much of all a value of [`Axis::Extent`] is.
pub(crate) fn extent(value: &str) -> usize {
    ["few", "some", "many", "most", "all"].iter().position(|one| *one == value).unwrap_or_default()
}

/// The sense of the phrase that folded `words` begin with, and the words it takes.
pub(crate) fn sense_at<'a>(words: impl Iterator<Item = &'a str> + Clone) -> Option<(usize, Sense)> {
    static TABLE: LazyLock<Phrases<Sense>> = LazyLock::new(|| {
        let mut table = Phrases::default();
        for (axis, value, phrases) in SENSES {
            for phrase in *phrases {
                for spelling in spellings(&fold(phrase)) {
                    table.insert(&spelling, (*axis, *value));
                }
            }
        }
        table
    });
    TABLE.longest(words).map(|(length, sense)| (length, *sense))
}

/// A phrase, and the same with a part of it replaced by its equals: `chronic renal disease`.
fn spellings(phrase: &str) -> Vec<String> {
    let words: Vec<&str> = phrase.split(' ').collect();
    let mut all = vec![phrase.to_owned()];
    for at in 0..words.len() {
        if let Some((length, group)) = vocabulary().synonym_at(words[at..].iter().copied()) {
            let (before, after) = (&words[..at], &words[at + length..]);
            all.extend(group.iter().map(|term| [before, &[fold(term).as_str()], after].concat().join(" ")));
        }
    }
    all
}
