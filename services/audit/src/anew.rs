//! Beginning another log beside one that cannot go on: all of the old one is set aside, or nothing is.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::checkpoint::Checkpoint;
use crate::note::{Note, hex};
use crate::seal::numbered;
use crate::tiles::TileStore;
use crate::{Actor, AuditLog, Draft, LOG_DIRECTORY, Options, Result};

/// What a log has in its data directory.
const OF_A_LOG: [&str; 4] = ["audit.db", "audit.db-wal", "audit.db-shm", LOG_DIRECTORY];

/// Begins another log beside one that cannot go on: its files are moved into `log-before-N` of the data directory and its
/// signing keys into `before-N` beside where they are, and the first entry of the new one names what the old one signed last.
/// Sealed words stay readable there; answers of before are found in the old log alone. Where something fails, what was moved is
/// put back.
///
/// # Errors
/// [`crate::Error`]; then all is as it was.
pub fn begin_anew(data: &Path, options: Options, reason: &str) -> Result<(PathBuf, AuditLog)> {
    let last = TileStore::open(&data.join(LOG_DIRECTORY))?.file("checkpoint")?;
    let last = last.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let state = Note::parse(&last).and_then(|note| Checkpoint::parse(note.text)).ok();
    let keys = options.keys.clone();
    let mut number = 1;
    while data.join(format!("log-before-{number}")).exists() || keys.join(format!("before-{number}")).exists() {
        number += 1;
    }
    let (kept, kept_keys) = (data.join(format!("log-before-{number}")), keys.join(format!("before-{number}")));
    let mut aside = Aside::default();
    if let Err(error) = aside.take_all(data, &keys, &kept, &kept_keys) {
        told(aside.put_back());
        return Err(error);
    }
    match begin(data, options, reason, state) {
        Ok(log) => Ok((kept, log)),
        Err(error) => {
            told(remove_begun(data, &keys).and_then(|()| aside.put_back()));
            Err(error)
        }
    }
}

fn begin(data: &Path, options: Options, reason: &str, before: Option<Checkpoint>) -> Result<AuditLog> {
    let log = AuditLog::open(data, options)?;
    let mut draft = Draft::new("log.began_anew", Actor::command_line()).sealing("reason", reason);
    if let Some(before) = before {
        draft = draft
            .with("before", crate::token(&before.origin))
            .with("before_size", before.size)
            .with("before_root", hex(&before.root));
    }
    log.append(draft)?;
    Ok(log)
}

/// What was set aside, in its order.
#[derive(Default)]
struct Aside {
    made: Vec<PathBuf>,
    /// From where to where.
    moved: Vec<(PathBuf, PathBuf)>,
}

impl Aside {
    /// The keys first: they may lie where nothing can be moved, and without them in the way the log's own files can follow.
    fn take_all(&mut self, data: &Path, keys: &Path, kept: &Path, kept_keys: &Path) -> Result<()> {
        let signing = numbered(keys, "log")?;
        if !signing.is_empty() {
            self.make(kept_keys)?;
        }
        for path in signing.into_values() {
            self.take(path, kept_keys)?;
        }
        self.make(kept)?;
        for path in OF_A_LOG.map(|name| data.join(name)).into_iter().filter(|path| path.exists()) {
            self.take(path, kept)?;
        }
        Ok(())
    }

    fn make(&mut self, directory: &Path) -> Result<()> {
        fs::create_dir(directory)?;
        self.made.push(directory.to_owned());
        Ok(())
    }

    fn take(&mut self, path: PathBuf, into: &Path) -> Result<()> {
        fail::fail_point!("audit-aside", |kind| Err(crate::Error::injected(kind)));
        let Some(name) = path.file_name() else { return Ok(()) };
        let to = into.join(name);
        fs::rename(&path, &to)?;
        self.moved.push((path, to));
        Ok(())
    }

    fn put_back(self) -> Result<()> {
        for (from, to) in self.moved.iter().rev() {
            fs::rename(to, from)?;
        }
        for directory in self.made.iter().rev() {
            fs::remove_dir(directory)?;
        }
        Ok(())
    }
}

/// Removes what was begun of another log, once all of the old one is aside: nothing of the two may be mixed.
fn remove_begun(data: &Path, keys: &Path) -> Result<()> {
    for path in OF_A_LOG.map(|name| data.join(name)) {
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    for path in numbered(keys, "log")?.into_values() {
        fs::remove_file(path)?;
    }
    Ok(())
}

/// Why it was not begun is what is returned; that something could not be put back is told besides.
fn told(undone: Result<()>) {
    if let Err(error) = undone {
        tracing::error!(error = &error as &dyn std::error::Error, "what was set aside could not be put back");
    }
}
