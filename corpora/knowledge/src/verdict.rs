//! What a check found out about a statement and its quote.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Worst last: the verdict of a whole is the worst of its parts, so the order is the meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The quote bears the statement out.
    Supported,
    /// The quote bears part of it out.
    Partial,
    /// The check could not be made.
    Unverifiable,
    /// The quote does not bear it out.
    Unsupported,
    /// The quote says otherwise.
    Contradicted,
}

impl Verdict {
    /// Its name in answers and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Partial => "partial",
            Self::Unverifiable => "unverifiable",
            Self::Unsupported => "unsupported",
            Self::Contradicted => "contradicted",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
