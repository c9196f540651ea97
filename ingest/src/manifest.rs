//! Manifests: one TOML file per corpus, saying whose it is and what its licence allows.

use std::path::Path;

use knowledge::Corpus;

use crate::error::{Error, Result};

/// Reads a manifest.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Manifest`].
pub fn read_manifest(path: &Path) -> Result<Corpus> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    toml::from_str(&text).map_err(|error| Error::Manifest { path: path.to_owned(), why: error.message().to_owned() })
}
