//! Documents and their versions: what is known about a text besides the text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::corpus::Kind;

/// A word that is not one of the names a field allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {field} {found:?}; known: {known}")]
pub struct UnknownName {
    field: &'static str,
    found: String,
    known: String,
}

impl UnknownName {
    /// `known` is listed in the message, so that the reader need not look it up.
    pub(crate) fn new<const N: usize>(field: &'static str, found: &str, known: [&'static str; N]) -> Self {
        Self { field, found: found.to_owned(), known: known.join(", ") }
    }
}

/// Where a version stands. Only some states may be evidence; see [`Status::may_be_evidence`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In force.
    #[default]
    Current,
    /// Replaced, as a rule by a later version: in force once, and no more.
    Superseded,
    /// Taken back by its publisher.
    Retracted,
    /// Its publisher warns about it; it still stands.
    ExpressionOfConcern,
    /// Amended by an erratum; it still stands.
    Corrected,
    /// Taken out of use here or by its issuer.
    Withdrawn,
    /// Past the date its issuer set.
    Expired,
}

impl Status {
    /// All states, in the order the documentation lists them.
    pub const ALL: [Self; 7] = [
        Self::Current,
        Self::Superseded,
        Self::Retracted,
        Self::ExpressionOfConcern,
        Self::Corrected,
        Self::Withdrawn,
        Self::Expired,
    ];

    /// The name used in metadata and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Superseded => "superseded",
            Self::Retracted => "retracted",
            Self::ExpressionOfConcern => "expression_of_concern",
            Self::Corrected => "corrected",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// Whether passages of such a version may enter a snapshot. An erratum or a concern labels a text; it does not remove it.
    pub fn may_be_evidence(self) -> bool {
        matches!(self, Self::Current | Self::Corrected | Self::ExpressionOfConcern)
    }

    /// Whether the text stops being evidence at once and in every snapshot, past ones included.
    pub fn suppresses(self) -> bool {
        matches!(self, Self::Retracted | Self::Withdrawn)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Status {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| UnknownName::new("status", text, Self::ALL.map(Self::as_str)))
    }
}

/// How much of the work we hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// The whole text.
    #[default]
    FullText,
    /// The abstract alone: conclusions may rest on what is not here.
    AbstractOnly,
}

/// Names the world knows a document by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Identifiers {
    /// Digital object identifier, without `https://doi.org/`.
    #[serde(default)]
    pub doi: Option<String>,
    /// PubMed id.
    #[serde(default)]
    pub pmid: Option<String>,
    /// PubMed Central id, with its `PMC`.
    #[serde(default)]
    pub pmcid: Option<String>,
    /// Where it can be read.
    #[serde(default)]
    pub url: Option<String>,
}

/// A work that a document takes its facts from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// Its title.
    pub title: String,
    /// Who issued it.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The year it appeared.
    #[serde(default)]
    pub year: Option<i32>,
}

/// What one work does to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// It takes the other back.
    Retracts,
    /// It warns about the other.
    Concerns,
    /// It corrects the other.
    Corrects,
    /// It replaces the other: a new edition, or a corrected work published anew.
    Replaces,
    /// It takes back an earlier retraction of the other.
    Reinstates,
    /// It is taken back by the other.
    RetractedBy,
    /// The other warns about it.
    ConcernBy,
    /// It is corrected by the other.
    CorrectedBy,
    /// It is replaced by the other.
    ReplacedBy,
}

/// A link from one work to another that bears on how either stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Related {
    /// What the one does to the other.
    pub relation: Relation,
    /// The names of the other.
    #[serde(flatten)]
    pub other: Identifiers,
}

/// What a source file says about itself, once the corpus has filled in what it leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Metadata {
    /// Title.
    pub title: String,
    /// Issuer.
    pub issuer: String,
    /// Kind of literature.
    pub kind: Kind,
    /// Date of publication: `2024`, `2024-03` or `2024-03-01`.
    pub published: Option<String>,
    /// Declared standing.
    pub status: Status,
    /// How much of it we hold.
    pub access: Access,
    /// Where it applies.
    pub jurisdiction: String,
    /// BCP 47 language tag.
    pub language: String,
    /// Evidence grade in the words of the source.
    pub grade: Option<String>,
    /// Names the world knows it by.
    pub identifiers: Identifiers,
    /// Authors, as printed.
    pub authors: Vec<String>,
    /// Licence, as the source states it.
    pub licence: Option<String>,
    /// Works it takes its facts from.
    pub sources: Vec<Source>,
    /// A note that must be shown with the text.
    pub notice: Option<String>,
    /// From when it is in force, as its issuer says: a date like `published`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    /// When its issuer means to look at it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<String>,
    /// The last day on which it may be relied on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Works that retract, correct or replace it, or that it retracts, corrects or replaces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_either_suppresses_or_may_be_evidence_never_both() {
        for status in Status::ALL {
            assert!(!(status.suppresses() && status.may_be_evidence()), "{status}");
            assert_eq!(status.as_str().parse::<Status>().unwrap(), status);
        }
        let message = "gone".parse::<Status>().unwrap_err().to_string();
        assert!(message.contains("withdrawn"), "{message}");
    }
}
