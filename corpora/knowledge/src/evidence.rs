//! Evidence: a passage in relation to a question.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::corpus::Kind;
use crate::document::{Access, Status};
use crate::ids::{CorpusId, DocumentId, PassageId};

/// The document a piece of evidence comes from, as it stood when the question was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DocumentRef {
    /// Document.
    pub id: DocumentId,
    /// Its version.
    pub version: u32,
    /// Corpus it belongs to.
    pub corpus: CorpusId,
    /// Kind of literature.
    pub kind: Kind,
    /// Title.
    pub title: String,
    /// Who stands behind it.
    pub issuer: String,
    /// Date of publication: `2024`, `2024-03` or `2024-03-01`.
    pub published: Option<String>,
    /// Evidence grade in the words of the source.
    pub grade: Option<String>,
    /// Where it applies.
    pub jurisdiction: String,
    /// Standing.
    pub status: Status,
    /// Full text or abstract only.
    pub access: Access,
    /// DOI, if it has one.
    pub doi: Option<String>,
    /// PubMed id, if it has one.
    pub pmid: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// SHA-256 of the version's canonical text, hexadecimal.
    pub sha256: String,
}

/// Place and score of a passage in one arm of the search.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ArmScore {
    /// 1 is best.
    pub rank: u32,
    /// Between 0 and 1: in the lexical arm the share of the most that BM25 could give for the question, in the dense one the
    /// cosine.
    pub score: f32,
}

/// Why a passage stands where it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Scores {
    /// Full-text search.
    pub lexical: Option<ArmScore>,
    /// Vector search.
    pub dense: Option<ArmScore>,
    /// What both arms say together: a weighted mean of their scores.
    pub fused: f32,
    /// What its best sentence adds to `fused`, or takes from it: a tenth of what the words weigh goes by the share of the question
    /// that stands in this one sentence, not in the whole passage; absent where it was not read: twenty passages are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<f32>,
    /// What the passages found that are most like it have in `fused`, on average; absent below the fortieth place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<f32>,
    /// What it adds that another passage of its document was found; absent where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<f32>,
    /// What it adds that its document has words of the question that are rare, and that few of the others found have: at most 0.125;
    /// absent where none of its passages was among the first twenty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telling: Option<f32>,
    /// Cross-encoder, where one is set up.
    pub rerank: Option<f32>,
    /// What the document's kind, date and standing add, within narrow bounds; absent where priors are switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<f32>,
    /// Terms that the search added to the words of the question, and of which a word that the question does not have stands in
    /// this passage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expanded: Vec<String>,
    /// Whether the answer before cites it: then it stands among the first, found or not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carried: bool,
}

/// A passage in relation to a question. `text` is exactly `[start, end)` of the version's canonical text, in code points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// Its name within one answer: `E1`, `E2`, …
    #[schema(example = "E1")]
    pub id: String,
    /// The passage.
    pub passage: PassageId,
    /// Its text.
    pub text: String,
    /// First code point in the canonical text.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Headings above it, outermost first.
    pub section: Vec<String>,
    /// Page of the source, where it has pages.
    pub page: Option<u32>,
    /// Where it comes from.
    pub document: DocumentRef,
    /// How it was found.
    pub scores: Scores,
}
