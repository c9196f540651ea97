//! A corpus: a body of literature under one policy of one issuer.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::document::UnknownName;
use crate::ids::CorpusId;

/// What sort of literature a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Recommendations of an issuer to practice.
    Guideline,
    /// Case reports and series.
    CaseLiterature,
    /// A report of a trial or another primary study.
    Trial,
    /// A review, systematic or narrative.
    Review,
    /// The licensed label of a drug.
    DrugLabel,
    /// A rule of this hospital.
    LocalPolicy,
}

impl Kind {
    /// All kinds, in the order the documentation lists them.
    pub const ALL: [Self; 6] =
        [Self::Guideline, Self::CaseLiterature, Self::Trial, Self::Review, Self::DrugLabel, Self::LocalPolicy];

    /// The name used in manifests, filters and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guideline => "guideline",
            Self::CaseLiterature => "case_literature",
            Self::Trial => "trial",
            Self::Review => "review",
            Self::DrugLabel => "drug_label",
            Self::LocalPolicy => "local_policy",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| UnknownName::new("kind", text, Self::ALL.map(Self::as_str)))
    }
}

/// What the licence allows us to do with the text of a corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// The text may be indexed and searched.
    pub index: bool,
    /// The longest quote that may be shown, in words; absent means no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote_words: Option<u32>,
    /// Whole documents may be displayed.
    pub display: bool,
    /// Quotes may leave the house in exports.
    pub export: bool,
    /// The last day of the licence; absent means it does not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// Words that are shown at a time of a corpus whose documents may not be displayed and whose licence sets no figure: a
/// sentence or two, as the right of quotation has it.
const UNDISPLAYED_WORDS: usize = 60;

impl Rights {
    /// Whether the licence has ended by `day`, `2024-03-01`. A date that is not given to the day covers all of its days.
    pub fn has_ended(&self, day: &str) -> bool {
        self.expires.as_deref().is_some_and(|end| day.get(..end.len()).unwrap_or(day) > end)
    }

    /// How many words of one document may be shown at a time; `None` means all of them.
    pub fn words_shown(&self) -> Option<usize> {
        let licensed = self.quote_words.and_then(|words| usize::try_from(words).ok());
        licensed.or((!self.display).then_some(UNDISPLAYED_WORDS))
    }
}

/// The policy of a corpus, as its manifest states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Corpus {
    /// Short name.
    pub id: CorpusId,
    /// Name for people.
    pub title: String,
    /// Who stands behind it, when a document does not say.
    pub issuer: String,
    /// What its documents are, when they do not say.
    pub kind: Kind,
    /// The licence as its issuer names it.
    pub licence: String,
    /// What that licence lets us do.
    pub rights: Rights,
    /// Where it applies: a country, or `international`.
    pub jurisdiction: String,
    /// BCP 47 language tag.
    pub language: String,
    /// How strong its evidence is, in the issuer's own scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_level: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_covers_all_days_of_its_end() {
        let ended = |end: &str, day: &str| {
            let rights =
                Rights { index: true, quote_words: None, display: true, export: true, expires: Some(end.to_owned()) };
            rights.has_ended(day)
        };
        for (end, last, first) in [
            ("2024", "2024-12-31", "2025-01-01"),
            ("2024-06", "2024-06-30", "2024-07-01"),
            ("2024-06-15", "2024-06-15", "2024-06-16"),
            // As nobody writes it now, and as the ledger reads it.
            ("2024-06-15T23:59:59Z", "2024-06-15", "2024-06-16"),
        ] {
            assert!(!ended(end, last) && ended(end, first), "{end}");
        }
    }
}
