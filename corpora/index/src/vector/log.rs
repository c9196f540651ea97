//! The log of the embedded vector index, which is of no use and must not be in the way.
//!
//! The engine writes each change there, never reads it back, and keeps it for ever: 2 GB of a million passages. At each start it
//! goes through all of it and holds it in memory. What has been flushed does not need it; only the numbers of changes must go
//! on, for which the last of the closed files is enough.

use std::path::{Path, PathBuf};

/// What the log of the generation in `path` takes.
pub(super) fn bytes(path: &Path) -> u64 {
    let files = std::fs::read_dir(directory(path)).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}

/// Removes the log of a generation that has been flushed and is not open. What cannot be removed may stay.
pub(super) fn shorten(path: &Path) {
    let files = std::fs::read_dir(directory(path)).into_iter().flatten().flatten();
    // Closed files are named after the change that they begin with.
    let first_of = |path: &Path| path.file_name()?.to_str()?.strip_prefix("closed-")?.parse::<u64>().ok();
    let mut closed: Vec<(u64, PathBuf)> =
        files.filter_map(|file| Some((first_of(&file.path())?, file.path()))).collect();
    closed.sort_unstable();
    closed.pop();
    // From the first on, and no further than one that stays: the engine takes no log with a gap.
    for (_, file) in closed {
        if std::fs::remove_file(&file).is_err() {
            tracing::warn!(file = %file.display(), "a part of the vector index's log could not be removed");
            return;
        }
    }
}

fn directory(generation: &Path) -> PathBuf {
    generation.join("wal")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_closed_file_and_the_open_ones_stay() {
        let directory = tempfile::tempdir().unwrap();
        let wal = directory.path().join("wal");
        std::fs::create_dir(&wal).unwrap();
        for name in ["closed-0", "closed-7", "closed-10", "closed-x", "open-3", "open-4"] {
            std::fs::write(wal.join(name), name).unwrap();
        }
        shorten(directory.path());
        let mut left: Vec<_> = std::fs::read_dir(&wal).unwrap().map(|file| file.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["closed-10", "closed-x", "open-3", "open-4"]);
        assert_eq!(bytes(directory.path()), 9 + 8 + 6 + 6);
        shorten(&directory.path().join("none"));
    }
}
