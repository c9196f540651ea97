//! What can go wrong with a question, by what the caller can do about it.

/// Result of asking.
pub type Result<T> = std::result::Result<T, Error>;

/// Why there is no answer, not even an honest empty one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The question itself cannot be asked.
    #[error("{0}")]
    Question(String),
    /// The ledger refused: an unknown corpus or snapshot, or damage.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// An index failed.
    #[error(transparent)]
    Index(#[from] index::Error),
    /// The question could not be embedded.
    #[error(transparent)]
    Inference(#[from] inference::Error),
    /// The asker left.
    #[error("the request was cancelled")]
    Cancelled,
    /// A part of the service failed in a way it should not.
    #[error("a part of the service failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}
