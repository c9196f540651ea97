//! What can go wrong with a model, by what the caller can do about it.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// Result of an inference call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a model could not be had, or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file is not there.
    #[error("{} is missing: `osler models fetch` fetches what the list of models has", .0.display())]
    Missing(PathBuf),
    /// A file is not what the list of models says.
    #[error("{} is not the file it should be (SHA-256 {found}, expected {wanted}): remove it and run `osler models fetch`", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What it hashes to.
        found: String,
        /// What it should hash to.
        wanted: String,
    },
    /// No such entry in the list of models.
    #[error("no model named {name:?} in the list of models; it has: {known}")]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The list of models, a model's own configuration, or the way to a model makes no sense.
    #[error("{0}")]
    Config(String),
    /// ONNX Runtime cannot be loaded.
    #[error("{} cannot be loaded as ONNX Runtime 1.24 or later: run `osler models fetch`", path.display())]
    OnnxRuntime {
        /// The library.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A model cannot be fetched.
    #[error("{what} could not be fetched: {why}")]
    Fetch {
        /// What.
        what: String,
        /// Why, with what to do.
        why: String,
    },
    /// A model does not load.
    #[error("the model {model} does not load: {why}")]
    Load {
        /// Which.
        model: String,
        /// Why.
        why: String,
    },
    /// Embedding failed.
    #[error("embedding failed")]
    Embed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The engine refused the request; another one may pass.
    #[error("the model refused the request: {0}")]
    Refused(String),
    /// The endpoint takes no more requests for now; with the time to come back, such as "in 7 s".
    #[error("the model has too much to do: ask again {0}")]
    Busy(String),
    /// The model stopped for another reason than being done, so what it wrote is cut off.
    #[error("the model did not finish ({0})")]
    Unfinished(String),
    /// The deadline passed.
    #[error("the model took longer than {} s", .0.as_secs())]
    Timeout(Duration),
    /// The caller left.
    #[error("the request was cancelled")]
    Cancelled,
    /// The engine or the endpoint failed.
    #[error("the model failed: {0}")]
    Failed(String),
    /// Reading or writing a file failed.
    #[error("{}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| {
            if source.kind() == std::io::ErrorKind::NotFound { Self::Missing(path) } else { Self::Io { path, source } }
        }
    }
}
