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
