//! What can go wrong with the ledger, by what the caller can do about it.

use std::path::{Path, PathBuf};

use knowledge::{CorpusId, DocumentId, PassageId, Snapshot, Status};

/// Result of a ledger call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the ledger refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened or created.
    #[error("cannot open the ledger {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The file was written by another version of Osler.
    #[error(
        "the data directory has ledger format {found}, this osler reads format {supported}: use the osler that wrote it, or name another --data directory"
    )]
    Format {
        /// Format of the file.
        found: i64,
        /// Format of this build.
        supported: i64,
    },
    /// The file is not a ledger, or is damaged.
    #[error("{} is not an Osler ledger, or is damaged: restore it from a backup, or name another --data directory", path.display())]
    NotALedger {
        /// The file.
        path: PathBuf,
    },
    /// No such corpus.
    #[error("unknown corpus {0}")]
    UnknownCorpus(CorpusId),
    /// No such document, or no such version of it.
    #[error("unknown document {0}")]
    UnknownDocument(DocumentId),
    /// No such passage.
    #[error("unknown passage {0}")]
    UnknownPassage(PassageId),
    /// No such finding.
    #[error("unknown finding {0}")]
    UnknownFinding(i64),
    /// Somebody has settled it before.
    #[error("finding {0} is settled already: read what came of it")]
    Settled(i64),
    /// The snapshot was never published.
    #[error("unknown snapshot {asked}; the newest published one is {newest}")]
    UnknownSnapshot {
        /// What was asked for.
        asked: Snapshot,
        /// What there is.
        newest: Snapshot,
    },
    /// Rolling back would mix with what waits to be published.
    #[error("changes are staged for snapshot {0}: publish them before rolling back")]
    Staged(Snapshot),
    /// What is staged is not what was to be published.
    #[error("what is staged is no longer what was to be published: look at it again")]
    StagedChanged,
    /// A version does not stand as whoever decided believed.
    #[error("the version is {found} by now: look at it again before you change how it stands")]
    StatusChanged {
        /// How it stands.
        found: Status,
    },
    /// The policy of the corpus is not the one that was to be changed.
    #[error("the policy of the corpus was changed meanwhile, to number {found}: look at it again before you change it")]
    PolicyChanged {
        /// The number of the one in force; 0 where there is none.
        found: u32,
    },
    /// The vectors in the data directory come from another model.
    #[error(
        "the data directory was embedded with {found}, the configuration names {wanted}: name the same model, embed anew with `osler reembed`, or name another --data directory"
    )]
    OtherEmbedder {
        /// Model of the data directory.
        found: String,
        /// Model of the configuration.
        wanted: String,
    },
    /// A stored value is not what was stored.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// It is a copy of another machine's.
    #[error("this is a copy of the library, which only its writer can change: do it there")]
    ReadOnly,
    /// The disk is full.
    #[error("no space left where the ledger is kept: free some and run the same command again; nothing is lost")]
    Full(#[source] rusqlite::Error),
    /// Anything else SQLite said.
    #[error("the ledger could not be read or written")]
    Sqlite(#[source] rusqlite::Error),
}

impl Error {
    /// What a fault that a test asks for comes as: `full` or anything else.
    #[doc(hidden)]
    pub fn injected(kind: Option<String>) -> Self {
        let code =
            if kind.as_deref() == Some("full") { rusqlite::ffi::SQLITE_FULL } else { rusqlite::ffi::SQLITE_IOERR };
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None).into()
    }

    /// Puts the path on an error that SQLite reports only by code.
    pub(crate) fn at(self, path: &Path) -> Self {
        match &self {
            Self::Sqlite(source) if is_not_a_database(source) => Self::NotALedger { path: path.to_owned() },
            _ => self,
        }
    }
}

fn is_not_a_database(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(NotADatabase | DatabaseCorrupt))
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full(error),
            Some(rusqlite::ErrorCode::ReadOnly) => Self::ReadOnly,
            _ => Self::Sqlite(error),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(format!("a stored record does not parse: {error}"))
    }
}
