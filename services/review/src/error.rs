//! Why a review could not be made, rated, signed or read.

use std::path::PathBuf;

use crate::model::{MAX_TEXT_CHARS, State};

/// Result of a call; of one that puts something on record, with the error of whoever keeps the record.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such review.
    #[error("there is no review of that id")]
    Unknown,
    /// There is no such item in the review.
    #[error("the review has no item {0}")]
    NoItem(u32),
    /// The seed is something else.
    #[error("the seed is not 64 hexadecimal digits")]
    Seed,
    /// There are no answers to draw from, or none were to be drawn.
    #[error("the sample is empty: choose a range with answers in it, and a size of at least one")]
    EmptySample,
    /// The verdicts of a drawn answer are missing, or there are more or fewer than it has statements.
    #[error("answer {answer} needs {expected} verdicts of ours, one for each statement, and has {found}")]
    Verdicts {
        /// The answer.
        answer: String,
        /// Items that the answer gives.
        expected: u32,
        /// Verdicts that were given.
        found: usize,
    },
    /// The reviewers are not two people.
    #[error("a review needs two different reviewers")]
    Reviewers,
    /// The third person is one of the two.
    #[error("who settles the differences must not be one of the two reviewers")]
    AdjudicatorIsReviewer,
    /// The account does not rate this review.
    #[error("only the two reviewers rate the items")]
    NotReviewer,
    /// Another person settles the differences of this review.
    #[error("another person settles the differences of this review")]
    OtherAdjudicator,
    /// What was said stands: both have rated the item, or the difference is settled.
    #[error("item {0} is decided: a rating can be changed until the other reviewer has rated the item as well")]
    Stands(u32),
    /// There is nothing to settle.
    #[error("the reviewers agree on item {0}: there is nothing to settle")]
    Agreed(u32),
    /// The review is not where it must be for this.
    #[error("the review is {}: it must be {} first", found.name(), needed.name())]
    State {
        /// Where it is.
        found: State,
        /// Where it must be.
        needed: State,
    },
    /// The review is signed, and what is signed does not change.
    #[error("the review is signed: nothing in it changes any more")]
    Signed,
    /// The record is another than the one that was to be signed.
    #[error("the record is not the one that was read: read it again before signing")]
    RecordChanged,
    /// A text without anything to read in it.
    #[error("the {0} is empty")]
    Empty(&'static str),
    /// A text beyond the limit.
    #[error("the {0} is longer than {max} characters", max = MAX_TEXT_CHARS)]
    TooLong(&'static str),
    /// Words that lie sealed in the log could not be read.
    #[error("the words of a comment or reason could not be read")]
    Words(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Words are erased, but what they were may still lie in the file.
    #[error(
        "another program reads the reviews, so that erased words still lie in the file: erase them again when it is done"
    )]
    StillRead,
    /// The table could not be written.
    #[error("the table could not be written")]
    Csv(#[from] csv::Error),
    /// The record could not be written.
    #[error("the record could not be written")]
    Json(#[from] serde_json::Error),
    /// The file cannot be opened, or is something else.
    #[error("cannot open the reviews {}: restore them from a backup, or move the file away to begin anew", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// Another version of Osler wrote the file.
    #[error("the reviews have format {found}, which this osler does not read: use the osler that wrote them")]
    Format {
        /// Format of the file.
        found: i64,
    },
    /// The file could not be read or written.
    #[error("the reviews could not be read or written")]
    Sqlite(#[from] rusqlite::Error),
}
