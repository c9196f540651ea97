//! Why the log could not be written or read.

use std::path::PathBuf;

/// Why the log could not be written or read. Without a record there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened, or is something else.
    #[error("cannot open the audit records {}: restore them from a backup, or name another --data directory", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// Another version of Osler wrote the file.
    #[error(
        "the audit records have format {found}, this osler reads format {}: use the osler that wrote them",
        crate::schema::FORMAT
    )]
    Format {
        /// Format of the file.
        found: i64,
    },
    /// The file could not be read or written.
    #[error("the audit records could not be read or written")]
    Sqlite(#[from] rusqlite::Error),
    /// What is on record could not be read.
    #[error("what is on record could not be read")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What an answer cites could not be read where the knowledge is kept.
    #[error("what the answer cites could not be read: {0}")]
    Cited(String),
    /// A file of the log could not be read or written.
    #[error("the files of the audit log could not be read or written")]
    Io(#[from] std::io::Error),
    /// A key is not there, or is no key.
    #[error("cannot use the key {}: put back the 32 bytes it had, from where keys are kept", path.display())]
    Key {
        /// The file.
        path: PathBuf,
    },
    /// Sealed words do not open: another key, or changed.
    #[error("sealed words of the audit log do not open with the keys that are here")]
    Sealed,
    /// The writer has ended.
    #[error("the audit log takes no entries any more: start the service again")]
    Stopped,
    /// An entry would hold what may not stand in the log.
    #[error("an entry of {action} would hold text that may not stand in the audit log")]
    NotAToken {
        /// Of what.
        action: &'static str,
    },
    /// An entry is too large.
    #[error("an entry of {bytes} bytes does not go into the audit log")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The log is not what it has signed.
    #[error("the audit log is not what it has signed: {what}. Nothing is written to it. {advice}")]
    Inconsistent {
        /// What was found.
        what: String,
        /// What to do.
        advice: &'static str,
    },
    /// Records must be kept for now.
    #[error("this record is kept until {until}: {why}")]
    Kept {
        /// Until when: RFC 3339, or what must happen first, such as `the hold is lifted`.
        until: String,
        /// Why.
        why: &'static str,
    },
    /// Words are destroyed, but what they were is still in the write-ahead log.
    #[error(
        "the words are destroyed, but their sealed copies still lie in the write-ahead log of the audit records, because \
         another program reads those: do it again when that has ended, a backup for instance"
    )]
    StillRead,
    /// What is to be recorded as an answer is none.
    #[error("what came of the question is not an answer")]
    NotAnAnswer,
    /// An answer was named that is not on record.
    #[error("there is no answer of the id {0:?}")]
    NoAnswer(String),
    /// There is no such record.
    #[error("there is no record of that id")]
    Unknown,
    /// A record of that id has its outcome.
    #[error("the record has its outcome already")]
    Completed,
    /// Nobody said anything under that id.
    #[error("there is no feedback of that id")]
    UnknownFeedback,
    /// A report of a risk to safety does not go that way.
    #[error("the report is {from} and cannot become {to}: read how it stands, and decide again")]
    Illegal {
        /// How it stands.
        from: &'static str,
        /// How it was to stand.
        to: &'static str,
    },
    /// What is said of a report of a risk to safety is not enough, or too much.
    #[error("{0}")]
    Handling(&'static str),
}

impl Error {
    /// What a fault that a test asks for comes as: `full` or anything else.
    #[doc(hidden)]
    pub fn injected(kind: Option<String>) -> Self {
        let is_full = kind.as_deref() == Some("full");
        let code = if is_full { rusqlite::ffi::SQLITE_FULL } else { rusqlite::ffi::SQLITE_IOERR };
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None).into()
    }
}

/// Result of a call.
pub type Result<T> = std::result::Result<T, Error>;
