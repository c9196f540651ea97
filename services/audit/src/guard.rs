//! The guard: a copy of the newest checkpoint outside of the data, by which an older copy of the data is noticed. The log's
//! directory remembers where its guard is kept, so that one which is gone is noticed too.

use std::fs;
use std::path::{PathBuf, absolute};

use crate::checkpoint::Checkpoint;
use crate::note::Signer;
use crate::open::signed;
use crate::schema::{meta, set_meta};
use crate::tiles::TileStore;
use crate::{Actor, AuditLog, Draft, Options, Result};

/// The file in the log's directory that says where the guard is. Backups leave that directory out: they may go on elsewhere.
const REMEMBERED: &str = "guard";

/// What says in the records that the log has none.
const UNGUARDED: &str = "unguarded";

/// The guard of a log.
pub(crate) struct Guard {
    /// The file that is written from now on, if one is.
    pub(crate) file: Option<PathBuf>,
    /// How far had been signed, as far as a guard is there.
    pub(crate) checkpoint: Option<Checkpoint>,
    remembered: Option<PathBuf>,
}

impl Guard {
    /// The guard where it is configured, or where it was kept until now.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when it is not of this log.
    pub(crate) fn find(options: &Options, tiles: &TileStore, origin: &str, signers: &[Signer]) -> Result<Self> {
        let name = format!("{}.checkpoint", origin.replace('/', "-"));
        let configured = options.guard.as_ref().map(|directory| absolute(directory.join(name))).transpose()?;
        let remembered = tiles.file(REMEMBERED)?.map(|path| PathBuf::from(String::from_utf8_lossy(&path).into_owned()));
        let mut checkpoint: Option<Checkpoint> = None;
        // Where it was moved by the configuration both are there, and what either knows counts.
        for file in [&configured, &remembered].into_iter().flatten().filter(|file| file.is_file()) {
            let found = signed(Some(fs::read(file)?), origin, signers, &format!("the guard {}", file.display()))?;
            checkpoint = [checkpoint, found].into_iter().flatten().max_by_key(|checkpoint| checkpoint.size);
        }
        let file = configured.or_else(|| remembered.clone());
        Ok(Self { file, checkpoint, remembered })
    }

    /// Whether the file is there that is written from now on, or none is.
    pub(crate) fn is_in_place(&self) -> bool {
        self.file.as_ref().is_none_or(|file| file.is_file())
    }

    /// Remembers where the guard is, once it is there.
    pub(crate) fn remember(&self, tiles: &TileStore) -> Result<()> {
        match &self.file {
            Some(file) if self.remembered.as_ref() != Some(file) => {
                Ok(tiles.write(REMEMBERED, file.to_string_lossy().as_bytes())?)
            }
            _ => Ok(()),
        }
    }
}

impl AuditLog {
    /// Says that the log has no guard, that one was begun for entries that had none, or that the one it had is gone; on record
    /// once each time that it changes. A guard that is gone stops nobody: the directory may have been one that does not last,
    /// and whoever takes it away to bring back an older copy is on record for the auditors, and seen by the witnesses.
    pub(crate) fn note_guard(&self, guard: &Guard, entries: u64) -> Result<()> {
        let was_without = self.read(|connection| meta(connection, UNGUARDED))?.is_some();
        let is_lost = guard.checkpoint.is_none() && guard.remembered.is_some();
        let (action, is_without) = match &guard.file {
            Some(file) if is_lost => {
                tracing::warn!(
                    guard = %file.display(),
                    "the guard of the audit log is gone, and another is begun: that these data are not an older copy is not known; \
                     name a directory that lasts with audit.guard in the configuration"
                );
                ("log.guard_lost", false)
            }
            None => {
                tracing::warn!(
                    "the audit log has no guard: an older copy of the data would not be noticed; name a directory outside of \
                     the data with audit.guard in the configuration"
                );
                ("log.unguarded", true)
            }
            Some(file) if was_without || guard.checkpoint.is_none() && entries > 0 => {
                tracing::warn!(
                    guard = %file.display(),
                    "the audit log had no guard here and has one from now on: that these data are not an older copy is not known"
                );
                ("log.guard_begun", false)
            }
            Some(_) => return Ok(()),
        };
        if was_without && is_without {
            return Ok(());
        }
        self.append_with(
            Draft::new(action, Actor::service()).with("size", entries),
            Box::new(move |connection, _| {
                if is_without {
                    return set_meta(connection, UNGUARDED, "yes");
                }
                connection.execute("DELETE FROM meta WHERE name = ?1", [UNGUARDED])?;
                Ok(())
            }),
        )?;
        Ok(())
    }
}
