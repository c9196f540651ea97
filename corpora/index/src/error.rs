//! What can go wrong with an index, by what the caller can do about it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Result of an index call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an index refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The files are unreadable. The ledger has all they held, so the cure is to build them anew.
    #[error("the {index} index in {} cannot be read", path.display())]
    Damaged {
        /// Which index.
        index: &'static str,
        /// Its directory.
        path: PathBuf,
        /// Why.
        source: Source,
    },
    /// The engine refused or failed.
    #[error("the {index} index failed to {action}")]
    Engine {
        /// Which index.
        index: &'static str,
        /// What it was doing.
        action: &'static str,
        /// Why.
        source: Source,
    },
    /// The disk is full.
    #[error("no space left where the {index} index is kept: free some and run the same command again; nothing is lost")]
    Full {
        /// Which index.
        index: &'static str,
        /// Why.
        source: Source,
    },
    /// The server cannot be reached, or does not answer in time.
    #[error("Qdrant at {url} does not answer: check that it runs, or remove `vectors.url` from the configuration")]
    Unavailable {
        /// Where it should be.
        url: String,
        /// Why.
        source: Source,
    },
    /// Something failed at the server, or nobody has looked at it yet: what it holds may not be everything.
    #[error(
        "Qdrant at {url} is away, or does not hold all of the library yet: it is looked at again every few seconds"
    )]
    Doubted {
        /// Where it is.
        url: String,
    },
    /// The collection is another library's.
    #[error(
        "the collection {collection} on Qdrant at {url} is another library's: set `vectors.collection` to a name of this library's own, or remove the collection there if that library is gone"
    )]
    Foreign {
        /// Where it is.
        url: String,
        /// Its name.
        collection: String,
    },
    /// The collection is laid out for other vectors.
    #[error(
        "the collection {collection} on Qdrant at {url} is not for vectors of {dimension} dimensions that are compared by cosine: remove it there, and it is filled anew, or set `vectors.collection` to another name"
    )]
    Layout {
        /// Where it is.
        url: String,
        /// Its name.
        collection: String,
        /// What is wanted.
        dimension: usize,
    },
    /// It is kept by another process, or was replaced.
    #[error(
        "the {index} index is not this one's to change: another process keeps it, or another model's has taken its place"
    )]
    ReadOnly {
        /// Which index.
        index: &'static str,
    },
    /// A vector of the wrong length.
    #[error("a vector of {found} dimensions where the index has {wanted}")]
    Dimension {
        /// What came.
        found: usize,
        /// What is kept.
        wanted: usize,
    },
}

impl Error {
    /// Whether a server is away, so that what has to be written there can follow when it is back.
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Doubted { .. })
    }

    /// Whether only somebody who changes the configuration, or the server, can help.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Foreign { .. } | Self::Layout { .. })
    }

    /// What a fault that a test asks for comes as: `full` or anything else.
    #[doc(hidden)]
    pub fn injected(index: &'static str, kind: Option<String>) -> Self {
        let kind = if kind.as_deref() == Some("full") { ErrorKind::StorageFull } else { ErrorKind::Other };
        Self::engine(index, "do what a test forbids", std::io::Error::new(kind, format!("{kind:?}")))
    }

    pub(crate) fn engine(index: &'static str, action: &'static str, source: impl Into<Source>) -> Self {
        let source = source.into();
        if is_full(source.as_ref()) { Self::Full { index, source } } else { Self::Engine { index, action, source } }
    }

    pub(crate) fn damaged(index: &'static str, path: &Path, source: impl Into<Source>) -> Self {
        let source = source.into();
        if is_full(source.as_ref()) {
            Self::Full { index, source }
        } else {
            Self::Damaged { index, path: path.to_owned(), source }
        }
    }
}

/// Both engines wrap IO errors in their own, some only as text, so the text is what there is to look at.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let text = error.to_string();
    text.contains("No space left on device") || text.contains("StorageFull") || error.source().is_some_and(is_full)
}
