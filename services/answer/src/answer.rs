//! The answer: what we stand behind. Its fields can be read and written out, but not set, outside this room.

use grounding::Facet;
use inference::ModelRef;
use knowledge::{CorpusId, Evidence, Snapshot, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

use crate::means::Means;
use crate::question::Filters;
use crate::unknowns::Unknown;

/// What kind of answer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AnswerStatus)]
pub enum Status {
    /// Statements, all of them supported.
    Answered,
    /// Statements, but something the model wrote could not be kept, or it did not get to its end.
    Partial,
    /// The corpus has too little on this; the closest passages are shown.
    NoEvidence,
    /// Outside what the service is for.
    RefusedScope,
    /// No model wrote: the best sentences of the evidence, as they stand.
    Extractive,
    /// A part of the service was missing.
    Degraded,
}

impl Status {
    /// The name in answers and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Partial => "partial",
            Self::NoEvidence => "no_evidence",
            Self::RefusedScope => "refused_scope",
            Self::Extractive => "extractive",
            Self::Degraded => "degraded",
        }
    }
}

/// Who chose the words of the statements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Statements are sentences of the sources; the model chose which.
    #[default]
    Quoting,
    /// Statements are the model's words, each with the quote that bears it out.
    Synthesis,
    /// Statements are sentences of the sources; a score chose which.
    Extractive,
}

/// A quote, and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Citation {
    /// Its number in the answer, from 1.
    pub n: u32,
    /// The evidence it is from.
    #[schema(example = "E1")]
    pub evidence: String,
    /// Exactly `[start, end)` of the canonical text of the evidence's document, copied from storage.
    pub quote: String,
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Whether it bears the statement out.
    pub verdict: Verdict,
    /// Why, unless it does.
    pub reason: Option<String>,
    /// Whether the quote itself leans on another work ("as WHO recommends [3]"): read that work before relying on it.
    pub secondhand: bool,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Statement {
    /// What is said.
    pub text: String,
    /// Who says it, and when: statements are reports of sources, not orders.
    #[schema(example = "World Health Organization (2023)")]
    pub said_by: String,
    /// The worst verdict of its citations.
    pub verdict: Verdict,
    /// Why, unless it is supported.
    pub reason: Option<String>,
    /// At least one.
    pub citations: Vec<Citation>,
}

/// Two sources in force that do not say the same.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Conflict {
    /// In what they differ.
    pub facet: Facet,
    /// For the reader.
    #[schema(example = "they give different amounts")]
    pub reason: String,
    /// What each says; at least two.
    pub positions: Vec<Position>,
}

/// What one source says in a disagreement. Issuer, date and grade are those of its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Position {
    /// The evidence.
    #[schema(example = "E2")]
    pub evidence: String,
    /// Who says it, and when.
    pub said_by: String,
    /// Exactly `[start, end)` of the canonical text of the evidence's document.
    pub quote: String,
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

/// Time spent, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Timings {
    /// Embedding the question.
    pub embed: u64,
    /// Both arms, fusion, and fetching the texts.
    pub retrieve: u64,
    /// The model.
    pub generate: u64,
    /// Checking statements.
    pub ground: u64,
    /// All of it.
    pub total: u64,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[non_exhaustive]
pub struct Answer {
    /// Id, sorts by time.
    pub id: String,
    /// What kind of answer it is.
    pub status: Status,
    /// Who chose the words.
    pub mode: Mode,
    /// Why it is not simply answered, for people.
    pub reason: Option<String>,
    /// What part of the search was away, for people, if one was: what is said then has less behind it, and that nothing is said
    /// is no word on what the corpora hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// The question as asked.
    pub question: String,
    /// When it was asked, RFC 3339.
    pub asked_at: String,
    /// To what the search was narrowed, where it was.
    #[serde(skip_serializing_if = "Filters::is_open")]
    pub filters: Filters,
    /// The older snapshot that was asked for, where one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Snapshot>,
    /// What is said.
    pub statements: Vec<Statement>,
    /// The number of the rules that gave the verdicts: other rules may give others.
    pub rules: u32,
    /// What it rests on; citations name these.
    pub evidence: Vec<Evidence>,
    /// A warning that must be shown above everything else.
    pub banner: Option<String>,
    /// Sources in force that disagree.
    pub conflicts: Vec<Conflict>,
    /// What the question left open and the evidence depends on.
    pub unknowns: Vec<Unknown>,
    /// The corpora that were searched.
    #[schema(value_type = Vec<String>)]
    pub searched: Vec<CorpusId>,
    /// With `no_evidence`: the passages that came nearest, for the reader to judge.
    pub closest: Vec<Evidence>,
    /// The snapshot that was searched.
    pub snapshot: Snapshot,
    /// The model that wrote, if one did.
    pub model: Option<ModelRef>,
    /// The model that judged the statements after the rules, if one did.
    pub judge: Option<ModelRef>,
    /// SHA-256 of everything the model was told, hexadecimal.
    pub prompt_sha256: Option<String>,
    /// Time spent.
    pub timings_ms: Timings,
    /// By what means it was searched for, if it was. For the record: no answer that is sent has it.
    #[serde(skip)]
    #[schema(ignore)]
    pub means: Option<Means>,
}
