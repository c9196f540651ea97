//! Copies of the lexical index, which other machines search: its files are never changed once they are written, so a copy is a
//! list of them.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::PoisonError;

use tantivy::IndexMeta;
use tantivy::index::SegmentComponent;

use super::engine::{Reading, TantivyIndex};
use crate::error::{Error, Result};

/// How often it is tried: files can be merged away meanwhile.
const TRIES: usize = 10;

impl TantivyIndex {
    /// The file that lists the others.
    pub const LIST: &str = "meta.json";

    /// Links what the index holds now into a directory on the same disk, in the place of what is in there. Gives the names of the files: all but
    /// [`TantivyIndex::LIST`] are never written again.
    ///
    /// # Errors
    /// When the index cannot be read or the directory not written.
    pub fn link_into(&self, folder: &Path) -> Result<Vec<String>> {
        let failed = |source: io::Error| Error::engine(super::NAME, "be copied", source);
        let Reading { index, path, .. } = self.reading();
        let mut outcome = Err(failed(io::Error::other("its files change too fast")));
        for _ in 0..TRIES {
            if folder.exists() {
                std::fs::remove_dir_all(folder).map_err(failed)?;
            }
            std::fs::create_dir_all(folder).map_err(failed)?;
            let metas = index.load_metas().map_err(|source| Error::engine(super::NAME, "be copied", source))?;
            let names = link_all(&metas, &path, folder).map_err(failed)?;
            // Segments that were merged away meanwhile are missing.
            outcome = Reading::of(folder, false).map(|_| names);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    /// Searches another copy from now on. Searches in the one before go on to their end, also when its files are gone.
    ///
    /// # Errors
    /// [`Error::Damaged`]; the one before stays.
    pub fn change_to(&self, path: &Path) -> Result<()> {
        let reading = Reading::of(path, false)?;
        *self.reading.write().unwrap_or_else(PoisonError::into_inner) = reading;
        Ok(())
    }
}

/// Links the files of the segments that a list names, and writes the list beside them.
fn link_all(metas: &IndexMeta, from: &Path, folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for file in std::fs::read_dir(from)? {
        let name = file?.file_name().to_string_lossy().into_owned();
        let belongs = metas.segments.iter().any(|segment| {
            let deletes = segment.relative_path(SegmentComponent::Delete);
            let is_other = name.ends_with(".del") || name.ends_with(".temp");
            name.starts_with(&segment.id().uuid_string()) && (!is_other || deletes == Path::new(&name))
        });
        if !belongs {
            continue;
        }
        match std::fs::hard_link(from.join(&name), folder.join(&name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            outcome => {
                outcome?;
                names.push(name);
            }
        }
    }
    std::fs::write(folder.join(TantivyIndex::LIST), serde_json::to_vec(metas)?)?;
    names.push(TantivyIndex::LIST.to_owned());
    names.sort_unstable();
    Ok(names)
}
