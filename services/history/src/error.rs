//! Why a conversation could not be kept or read.

use std::path::PathBuf;

/// Result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is none of that id, or it belongs to somebody else: which of the two is not told.
    #[error("there is no conversation of that id")]
    Unknown,
    /// A name without anything to read in it.
    #[error("the title is empty: give it a word")]
    Title,
    /// The file cannot be opened, or is something else.
    #[error("cannot open the conversations {}: restore them from a backup, or move the file away to begin anew", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// Another version of Osler wrote the file.
    #[error("the conversations have format {found}, which this osler does not read: use the osler that wrote them")]
    Format {
        /// Format of the file.
        found: i64,
    },
    /// What was deleted is gone, but not from the write-ahead log.
    #[error(
        "what was deleted of the conversations still lies in their write-ahead log, because another program reads them: do \
         it again when that has ended, a backup for instance"
    )]
    StillRead,
    /// The file could not be read or written.
    #[error("the conversations could not be read or written")]
    Sqlite(#[from] rusqlite::Error),
}
