//! Makes the log public: writes tiles and signs a checkpoint, at the latest [`Seams::checkpoint_every`] after an entry. Entries are durable before
//! they come here; what is written here can be made again from them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use crate::checkpoint::Checkpoint;
use crate::note::Signer;
use crate::tiles::{Edge, TILE_WIDTH, TileStore, entry_bundle, write_whole};
use crate::tree::Hash;
use crate::writer::Shared;
use crate::{Result, Seams};

/// Entries after which a checkpoint is signed at once.
const CHECKPOINT_ENTRIES: u64 = 1_000;

/// The longest until a checkpoint that could not be signed is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What the publisher is told.
pub(crate) enum News {
    /// Entries that are durable, in their order.
    Entries(Vec<Vec<u8>>),
    /// Somebody needs a checkpoint over all that is there.
    Wanted(SyncSender<Result<()>>),
}

pub(crate) struct Publisher {
    pub(crate) tiles: Arc<TileStore>,
    pub(crate) signers: Arc<Vec<Signer>>,
    pub(crate) origin: String,
    /// The file outside of the data that says how far has been signed.
    pub(crate) guard: Option<PathBuf>,
    pub(crate) edge: Edge,
    /// Entries since the last whole bundle.
    pub(crate) bundle: Vec<Vec<u8>>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) seams: Seams,
    /// What is to be written before the next checkpoint.
    pub(crate) filled: Vec<(u8, u64, Vec<Hash>)>,
    pub(crate) bundles: Vec<(u64, Vec<u8>)>,
}

impl Publisher {
    /// Publishes until the writer has gone, and once more then.
    pub(crate) fn run(mut self, news: &Receiver<News>) {
        let mut due: Option<Instant> = None;
        loop {
            let wait = due.map_or(Duration::from_secs(3600), |due| due.saturating_duration_since(Instant::now()));
            match news.recv_timeout(wait) {
                Ok(News::Entries(entries)) => {
                    self.take(entries);
                    due = due.or_else(|| Some(Instant::now() + self.seams.checkpoint_every));
                    let unsigned = self.edge.size() - self.shared.signed.load(Ordering::Acquire);
                    if unsigned < CHECKPOINT_ENTRIES {
                        continue;
                    }
                }
                Ok(News::Wanted(reply)) => {
                    let tried = self.attempt();
                    due = self.due_after(&tried);
                    // Whoever asked may have gone.
                    let _ = reply.send(tried);
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let _ = self.attempt();
                    return;
                }
            }
            let tried = self.attempt();
            due = self.due_after(&tried);
        }
    }

    /// Publishes, and has it known whether that went well.
    fn attempt(&mut self) -> Result<()> {
        let tried = self.publish();
        if let Err(error) = &tried {
            tracing::error!(error = error as &dyn std::error::Error, "no checkpoint could be signed");
        }
        self.shared.tried_to_sign(tried.is_ok());
        tried
    }

    /// When it is published next without anybody asking: soon where it failed, otherwise when there is something new.
    fn due_after(&self, tried: &Result<()>) -> Option<Instant> {
        tried.is_err().then(|| Instant::now() + self.seams.checkpoint_every.min(RETRY_AFTER))
    }

    /// Takes entries into the tree.
    pub(crate) fn take(&mut self, entries: Vec<Vec<u8>>) {
        for entry in entries {
            self.edge.push(&entry, &mut self.filled);
            self.bundle.push(entry);
            if self.bundle.len() as u64 == TILE_WIDTH {
                let whole = std::mem::take(&mut self.bundle);
                let index = self.edge.size() / TILE_WIDTH - 1;
                // Entries are never too long: the writer has seen to it.
                let bundle = entry_bundle(whole.iter().map(Vec::as_slice)).unwrap_or_default();
                self.bundles.push((index, bundle));
            }
        }
    }

    /// Writes what is new, and signs it.
    pub(crate) fn publish(&mut self) -> Result<()> {
        let (size, signed) = (self.edge.size(), self.shared.signed.load(Ordering::Acquire));
        if size == signed && size > 0 {
            return Ok(());
        }
        fail::fail_point!("audit-publish", |kind| Err(crate::Error::injected(kind)));
        for (level, index, hashes) in &self.filled {
            self.tiles.write_tile(*level, *index, hashes)?;
        }
        for (index, bundle) in &self.bundles {
            self.tiles.write(&crate::tiles::tile_path(None, *index, TILE_WIDTH), bundle)?;
        }
        for (level, index, hashes) in self.edge.partial() {
            self.tiles.write_tile(level, index, hashes)?;
        }
        if !self.bundle.is_empty() {
            let path = crate::tiles::tile_path(None, size / TILE_WIDTH, self.bundle.len() as u64);
            let bundle = entry_bundle(self.bundle.iter().map(Vec::as_slice)).unwrap_or_default();
            self.tiles.write(&path, &bundle)?;
        }
        let checkpoint = Checkpoint { origin: self.origin.clone(), size, root: self.edge.root() };
        let note = self.sign(&checkpoint);
        // The guard first: it must never be behind what others may have seen.
        if let Some(guard) = &self.guard {
            write_whole(guard, note.as_bytes())?;
        }
        self.tiles.write("checkpoint", note.as_bytes())?;
        self.shared.signed.store(size, Ordering::Release);
        for (level, index, _) in self.filled.drain(..) {
            let _ = self.tiles.remove_partial(Some(level), index);
        }
        for (index, _) in self.bundles.drain(..) {
            let _ = self.tiles.remove_partial(None, index);
        }
        Ok(())
    }

    fn sign(&self, checkpoint: &Checkpoint) -> String {
        let text = checkpoint.text();
        let now = (self.seams.now)().as_second().unsigned_abs();
        let signatures: String = self.signers.iter().map(|signer| signer.sign(&text, now)).collect();
        format!("{text}\n{signatures}")
    }
}
