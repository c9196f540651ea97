//! Finding files: everything below a path that has a format we know, in the order of their paths.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::archive::is_archive;
use crate::error::{Error, Rejection, Result};
use crate::formats::is_known;

/// The largest file that is read, in bytes. The largest article of the PMC Open Access subset is below half of it.
pub(crate) const MAX_BYTES: u64 = 64 << 20;

/// A file to ingest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceFile {
    pub(crate) path: PathBuf,
    /// Path below the directory that was named, with `/`.
    pub(crate) name: String,
}

impl SourceFile {
    pub(crate) fn is_archive(&self) -> bool {
        is_archive(&self.name)
    }
}

/// What there is below a path.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Documents and archives, in the order of their names.
    pub(crate) files: Vec<SourceFile>,
    /// Other files, counted by the endings of their names.
    pub(crate) skipped: BTreeMap<String, usize>,
}

/// All documents at or below `root`, except what is below `data`, which is ours. Symbolic links are not followed: what is
/// ingested is what is in the directory.
pub(crate) fn find(root: &Path, data: &Path) -> Result<Found> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Unreadable { path, source }
    };
    let mut found = Found::default();
    let mut waiting = vec![root.to_owned()];
    while let Some(path) = waiting.pop() {
        let kind = fs::symlink_metadata(&path).map_err(unreadable(&path))?;
        if kind.is_dir() && path != root && is_same(&path, data) {
            continue;
        }
        if kind.is_dir() {
            for entry in fs::read_dir(&path).map_err(unreadable(&path))? {
                let entry = entry.map_err(unreadable(&path))?;
                // What is hidden is a program's own.
                if !entry.file_name().to_string_lossy().starts_with('.') {
                    waiting.push(entry.path());
                }
            }
        } else if kind.is_file() || path == root {
            let below = path.strip_prefix(root).ok().filter(|below| below.components().count() > 0);
            let name = below.map_or_else(
                || path.file_name().unwrap_or_default().to_string_lossy(),
                |below| below.to_string_lossy(),
            );
            let name = name.replace('\\', "/");
            if is_readme(&path) || !(is_known(&name) || is_archive(&name)) {
                let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
                *found.skipped.entry(ending.unwrap_or_default()).or_default() += 1;
            } else {
                found.files.push(SourceFile { path, name });
            }
        }
    }
    if found.files.is_empty() {
        return Err(Error::Empty(root.to_owned()));
    }
    found.files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn is_same(path: &Path, other: &Path) -> bool {
    matches!((path.canonicalize(), other.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// A README describes a folder; it is not literature.
fn is_readme(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case("readme"))
}

/// The bytes of a file, unless it is too large.
pub(crate) fn read(file: &SourceFile) -> std::result::Result<Vec<u8>, Rejection> {
    let unreadable = |error: std::io::Error| Rejection::Unreadable(error.to_string());
    let size = fs::metadata(&file.path).map_err(unreadable)?.len();
    if size > MAX_BYTES {
        return Err(Rejection::TooLarge(MAX_BYTES));
    }
    fs::read(&file.path).map_err(unreadable)
}
