//! Reading what a start is about to need, while the models load: a ledger that is not in memory is otherwise read page by page, as
//! it is asked.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// The most that is read, bytes. A larger library would take longer than it saves, and push out of memory what else the machine does.
const MOST: u64 = 1 << 30;

/// Begins, and does not wait. What cannot be read now is read when it is needed.
pub fn begin(data: &Path) {
    let (ledger, index) = (data.join("ledger.db"), data.join("index"));
    // The thread ends by itself, whatever becomes of the start.
    drop(std::thread::spawn(move || {
        let mut left = MOST;
        read(&ledger, &mut left);
        read(&index, &mut left);
    }));
}

/// Reads a file, or all that is in a folder, as far as `left` allows.
pub(crate) fn read(path: &Path, left: &mut u64) {
    let Ok(about) = fs::metadata(path) else { return };
    if about.is_dir() {
        let mut inside: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        inside.sort();
        inside.iter().for_each(|path| read(path, left));
    } else if about.len() <= *left {
        let read = File::open(path).and_then(|mut file| io::copy(&mut file, &mut io::sink()));
        *left -= read.unwrap_or(0).min(*left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_there_is_room_for() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("b")).unwrap();
        for (name, bytes) in [("a", 600), ("b/c", 500), ("d", 300)] {
            fs::write(directory.path().join(name), vec![0; bytes]).unwrap();
        }
        let mut left = 1_000;
        read(directory.path(), &mut left);
        assert_eq!(left, 100, "a and d; c is too much");
        read(&directory.path().join("none"), &mut left);
        assert_eq!(left, 100);
    }
}
