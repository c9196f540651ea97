//! What can go wrong with shared states, by what the caller can do about it.

use std::fmt::Display;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a state was not published, fetched or tidied away.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store cannot be reached, or refused.
    #[error(
        "the object store failed to {action} {object}: check its address, its keys and what they permit, then try \
         again; nothing is lost"
    )]
    Store {
        /// What it was asked to do.
        action: &'static str,
        /// With what.
        object: String,
        /// Why.
        source: Source,
    },
    /// Somebody else publishes too. What this writer was about to publish is not in force.
    #[error(
        "state {number} was published by another writer: stop this one, take over the newest state, and let only one \
         write"
    )]
    Overtaken {
        /// The state that is in the way.
        number: u64,
    },
    /// What the store holds is not what was put there, or is not a state of ours.
    #[error(
        "{object} is damaged, {reason}: bring it back from a backup of the store, or publish everything under another \
         prefix"
    )]
    Damaged {
        /// Where it lies in the store.
        object: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A later Osler wrote the state.
    #[error("the state has format {found}, and this osler reads up to {supported}: update Osler here")]
    Format {
        /// Format of the state.
        found: u64,
        /// The last one that can be read.
        supported: u64,
    },
    /// The writer has tidied up meanwhile: the caller asks for the newest state and begins anew.
    #[error("{object} is no longer in the object store: ask for the newest state and begin anew")]
    Gone {
        /// Where it should be.
        object: String,
    },
    /// A name that cannot stand in a state.
    #[error(
        "a state cannot have a file named `{name}`: names are relative, of letters, digits and `. _ - /`, and each comes \
         once"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// Somebody wrote to a file while it was read. Nothing is published.
    #[error("{} changed while it was read: publish files that nobody writes to", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The disk is full.
    #[error("no space left at {place}: free some and try again; nothing is lost")]
    Full {
        /// Where.
        place: String,
        /// Why.
        source: Source,
    },
    /// A file or folder of this machine cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The program is ending.
    #[error("the program is stopping: start it and try again; nothing is lost")]
    Stopped,
}

impl Error {
    /// What a fault that a test asks for comes as: `full` or anything else.
    #[doc(hidden)]
    pub fn injected(kind: Option<String>) -> Self {
        let kind = if kind.as_deref() == Some("full") { ErrorKind::StorageFull } else { ErrorKind::Other };
        Self::file("do what a test forbids to", Path::new("a file"), std::io::Error::new(kind, format!("{kind:?}")))
    }

    pub(crate) fn store(action: &'static str, object: impl Display, source: object_store::Error) -> Self {
        let object = object.to_string();
        if is_full(&source) {
            Self::Full { place: object, source: source.into() }
        } else {
            Self::Store { action, object, source: source.into() }
        }
    }

    pub(crate) fn damaged(object: impl Display, reason: impl Display) -> Self {
        Self::Damaged { object: object.to_string(), reason: reason.to_string() }
    }

    pub(crate) fn file(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        if source.kind() == ErrorKind::StorageFull {
            Self::Full { place: path.display().to_string(), source: source.into() }
        } else {
            Self::File { action, path: path.to_owned(), source }
        }
    }
}

/// A store in a directory wraps IO errors in its own, so the chain is what there is to look at.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let cause = error.downcast_ref::<std::io::Error>();
    cause.is_some_and(|cause| cause.kind() == ErrorKind::StorageFull) || error.source().is_some_and(is_full)
}
