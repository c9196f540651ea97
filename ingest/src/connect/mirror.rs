//! Where what was fetched is kept: files in a folder that the ordinary ingest reads, and what is known of each.
//!
//! A file appears under its name only when it is whole and on the disk. `.state.json` says what is held; what comes in
//! during a run is added to `.state.journal`, a line a file, and goes into `.state.json` when the run ends or the folder
//! is opened again.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::client::Received;
use super::error::FetchError;

const STATE: &str = ".state.json";
const JOURNAL: &str = ".state.journal";
const LOCK: &str = ".lock";

/// Files that are not whole begin so. Names of the mirror's own begin with a letter or digit.
const PART: &str = ".part-";

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The service's own mark of this version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// When the service says it changed, as it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Its name in the mirror.
    pub file: String,
    /// When it came, or was last found to be still the same; RFC 3339.
    pub fetched_at: String,
}

/// A folder of fetched files. One process at a time may hold it.
#[derive(Debug)]
pub struct Mirror {
    dir: PathBuf,
    state: Mutex<State>,
    // Held as long as the mirror is.
    _lock: File,
}

#[derive(Debug)]
struct State {
    kept: BTreeMap<String, Kept>,
    journal: File,
}

impl Mirror {
    /// Opens the mirror in `dir`, which is made if it is not there, and clears away what an earlier run left
    /// unfinished.
    ///
    /// # Errors
    /// [`FetchError::Busy`], or [`FetchError::Disk`].
    pub fn open(dir: &Path) -> Result<Self, FetchError> {
        let failed = disk(dir);
        fs::create_dir_all(dir).map_err(&failed)?;
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(dir.join(LOCK)).map_err(&failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FetchError::Busy(dir.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        for entry in fs::read_dir(dir).map_err(&failed)? {
            let entry = entry.map_err(&failed)?;
            if entry.file_name().to_string_lossy().starts_with(PART) {
                fs::remove_file(entry.path()).map_err(&failed)?;
            }
        }
        let mut kept = read_state(dir).map_err(&failed)?;
        replay(dir, &mut kept).map_err(&failed)?;
        let journal = OpenOptions::new().append(true).create(true).open(dir.join(JOURNAL)).map_err(&failed)?;
        let mirror = Self { dir: dir.to_owned(), state: Mutex::new(State { kept, journal }), _lock: lock };
        mirror.settle()?;
        Ok(mirror)
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What is held under a key, if the file is still there and as long as it was.
    pub fn kept(&self, key: &str) -> Option<Kept> {
        let kept = self.state().kept.get(key).cloned()?;
        let length = fs::metadata(self.dir.join(&kept.file)).ok()?.len();
        (length == kept.bytes).then_some(kept)
    }

    /// A file to write into, which goes if it is not kept.
    pub(super) fn part(&self) -> Result<NamedTempFile, FetchError> {
        tempfile::Builder::new().prefix(PART).tempfile_in(&self.dir).map_err(disk(&self.dir))
    }

    /// Keeps a file that came whole under `key`; `false` when it is, byte for byte, what was held already.
    pub(super) fn keep(
        &self,
        key: &str,
        part: NamedTempFile,
        name: String,
        received: &Received,
        fetched_at: String,
    ) -> Result<bool, FetchError> {
        let failed = disk(&self.dir);
        let before = self.kept(key);
        let changed = before.as_ref().is_none_or(|before| before.sha256 != received.sha256);
        let file = match &before {
            Some(before) if !changed => before.file.clone(),
            _ => {
                part.as_file().sync_all().map_err(&failed)?;
                part.persist(self.dir.join(&name)).map_err(|error| failed(error.error))?;
                sync_folder(&self.dir).map_err(&failed)?;
                name
            }
        };
        if let Some(before) = before.filter(|before| before.file != file) {
            // Another ending than before: the old file would be a second copy.
            fs::remove_file(self.dir.join(before.file)).map_err(&failed)?;
        }
        let Received { bytes, sha256, etag, last_modified, .. } = received.clone();
        self.note(key, Kept { etag, last_modified, sha256, bytes, file, fetched_at }).map_err(failed)?;
        Ok(changed)
    }

    /// Writes what is held into `.state.json` and empties the journal.
    pub(super) fn settle(&self) -> Result<(), FetchError> {
        let state = self.state();
        write_state(&self.dir, &state.kept)
            .and_then(|()| state.journal.set_len(0))
            .and_then(|()| state.journal.sync_all())
            .map_err(disk(&self.dir))
    }

    fn note(&self, key: &str, kept: Kept) -> io::Result<()> {
        let mut state = self.state();
        let mut line = serde_json::to_vec(&(key, &kept))?;
        line.push(b'\n');
        state.journal.write_all(&line)?;
        state.journal.sync_all()?;
        state.kept.insert(key.to_owned(), kept);
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A state that cannot be read is moved aside: everything is then asked for once more, and nothing is lost.
fn read_state(dir: &Path) -> io::Result<BTreeMap<String, Kept>> {
    let path = dir.join(STATE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => String::new(),
        Err(error) => return Err(error),
    };
    match serde_json::from_str::<BTreeMap<String, Kept>>(&text) {
        Ok(kept) => Ok(sane(kept)),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "what is held could not be read and was moved aside");
            fs::rename(&path, dir.join(".state.json.unreadable"))?;
            Ok(BTreeMap::new())
        }
    }
}

/// Takes in the journal of a run that did not end. Its last line may be cut off.
fn replay(dir: &Path, kept: &mut BTreeMap<String, Kept>) -> io::Result<()> {
    let bytes = match fs::read(dir.join(JOURNAL)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let lines = bytes.split(|byte| *byte == b'\n');
    kept.extend(sane(lines.filter_map(|line| serde_json::from_slice::<(String, Kept)>(line).ok()).collect()));
    Ok(())
}

/// Whoever writes into the folder must not make a file of somewhere else out of a name.
fn sane(mut kept: BTreeMap<String, Kept>) -> BTreeMap<String, Kept> {
    kept.retain(|_, kept| Path::new(&kept.file).file_name().is_some_and(|name| name == kept.file.as_str()));
    kept
}

fn write_state(dir: &Path, kept: &BTreeMap<String, Kept>) -> io::Result<()> {
    let mut part = tempfile::Builder::new().prefix(PART).tempfile_in(dir)?;
    part.write_all(&serde_json::to_vec_pretty(kept)?)?;
    part.as_file().sync_all()?;
    part.persist(dir.join(STATE)).map_err(|error| error.error)?;
    sync_folder(dir)
}

/// A new name is on the disk only when its folder is.
fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

fn disk(dir: &Path) -> impl Fn(io::Error) -> FetchError {
    let path = dir.to_owned();
    move |source| FetchError::Disk { path: path.clone(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(mirror: &Mirror, key: &str, text: &str) -> bool {
        let mut part = mirror.part().unwrap();
        part.write_all(text.as_bytes()).unwrap();
        let received = Received {
            bytes: text.len() as u64,
            sha256: knowledge::sha256_hex(text.as_bytes()),
            etag: Some("\"1\"".to_owned()),
            last_modified: None,
            content_type: None,
        };
        mirror.keep(key, part, format!("{key}.txt"), &received, "2026-01-02T00:00:00Z".to_owned()).unwrap()
    }

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = entries.collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_kept_is_known_again() {
        let dir = tempfile::tempdir().unwrap();
        let mirror = Mirror::open(dir.path()).unwrap();
        assert!(put(&mirror, "a", "one"));
        assert!(!put(&mirror, "a", "one"));
        assert!(put(&mirror, "a", "two"));
        // Half a file, left by a process that died: the next one to open the mirror clears it away.
        fs::write(dir.path().join(".part-x"), "half").unwrap();
        drop(mirror);
        let mirror = Mirror::open(dir.path()).unwrap();
        assert_eq!(mirror.kept("a").unwrap().bytes, 3);
        assert_eq!(mirror.kept("a").unwrap().etag.as_deref(), Some("\"1\""));
        assert_eq!(mirror.kept("b"), None);
        assert_eq!(names(dir.path()), [".lock", ".state.journal", ".state.json", "a.txt"]);
        assert_eq!(fs::read_to_string(dir.path().join("a.txt")).unwrap(), "two");
    }

    #[test]
    fn a_run_that_died_left_its_journal() {
        let dir = tempfile::tempdir().unwrap();
        let mirror = Mirror::open(dir.path()).unwrap();
        put(&mirror, "a", "one");
        put(&mirror, "b", "two");
        let journal = fs::read(dir.path().join(JOURNAL)).unwrap();
        drop(mirror);
        fs::write(dir.path().join(JOURNAL), &journal[..journal.len() - 9]).unwrap();
        let mirror = Mirror::open(dir.path()).unwrap();
        assert!(mirror.kept("a").is_some());
        assert_eq!(mirror.kept("b"), None, "its line was cut off, so it is asked for again");
        assert_eq!(fs::read(dir.path().join(JOURNAL)).unwrap(), b"");
    }

    #[test]
    fn files_that_went_or_lead_elsewhere_are_not_held() {
        let dir = tempfile::tempdir().unwrap();
        let mirror = Mirror::open(dir.path()).unwrap();
        put(&mirror, "a", "one");
        fs::remove_file(dir.path().join("a.txt")).unwrap();
        assert_eq!(mirror.kept("a"), None);
        drop(mirror);
        let line = r#"{"x":{"sha256":"0","bytes":0,"file":"../x","fetched_at":""},"y":{"sha256":"0","bytes":0,"file":"..","fetched_at":""}}"#;
        fs::write(dir.path().join(STATE), line).unwrap();
        let mirror = Mirror::open(dir.path()).unwrap();
        assert_eq!((mirror.kept("x"), mirror.kept("y")), (None, None));
        drop(mirror);
        fs::write(dir.path().join(STATE), "{").unwrap();
        Mirror::open(dir.path()).unwrap();
        assert!(dir.path().join(".state.json.unreadable").exists());
    }

    #[test]
    fn one_run_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let _mirror = Mirror::open(dir.path()).unwrap();
        assert!(matches!(Mirror::open(dir.path()), Err(FetchError::Busy(_))));
    }
}
