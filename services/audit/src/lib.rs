//! Who asked what, what were they told, and can anybody prove it? Intent on disk before any work, outcome on disk before an
//! answer leaves, in a log that nobody can change unseen.
//!
//! The log is a Merkle tree (RFC 6962) in the layout of C2SP `tlog-tiles`, with signed checkpoints. Its entries hold ids,
//! hashes, counts, verdicts, and salted commitments; the words themselves are sealed beside it, and can be destroyed without
//! breaking a proof. `FORMAT.md` says enough to write another reader.

mod anew;
mod answers;
mod bundle;
mod canonical;
mod checkpoint;
mod corpus;
mod entry;
mod erase;
mod error;
mod feedback;
mod figures;
mod guard;
mod handling;
mod inspect;
mod missing;
mod note;
mod old;
mod open;
mod publisher;
mod receipt;
mod schema;
mod seal;
mod search;
mod summary;
mod tiles;
mod tree;
mod verify;
mod watch;
mod witness;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use knowledge::Entropy;
use rusqlite::{Connection, OptionalExtension, params};

pub use anew::begin_anew;
pub use answers::{Cited, Gap, Intent, Outcome, Part};
pub use bundle::{Absence, Directory, Exported, Files, Sink, Verified, verify_bundle};
pub use canonical::canonical;
pub use checkpoint::{Checkpoint, LogProof};
pub use corpus::{Decided, LedgerList, Published, snapshot_line, snapshot_root};
pub use entry::{Actor, Draft, Entry, MAX_ENTRY_BYTES, MAX_TOKEN_BYTES, is_token, token};
pub use error::{Error, Result};
pub use feedback::{AllFeedback, Category, Feedback, FeedbackQuery, Kind, Severity};
pub use figures::{Figures, Narrow, Period, Share};
pub use handling::{Handling, HandlingOutcome, HandlingState, HandlingStep, MAX_NOTE_CHARS, Move, RiskReport};
pub use note::{Note, NoteError, SignatureKind, Signer, VerifierKey, hex};
pub use open::add_signing_key;
pub use receipt::{DocumentText, Logged, Opened, RECEIPT_FORMAT, Receipt, ReceiptSource, SnapshotProof, VersionProof};
pub use seal::{Salt, commitment, make_key};
pub use search::{Found, FoundAnswer, Given, Query, Record};
pub use summary::Summary;
pub use tiles::{Edge, TILE_WIDTH, TileStore, entry_bundle, parse_tile_path, tile_path, unbundle};
pub use tree::{
    Hash, Nodes, consistency_proof, empty_root, inclusion_proof, is_consistent, is_included, leaf_hash, node_hash,
    root, root_of, sha256,
};
pub use verify::{Checked, Fault, Recheck, Trust, verify_receipt};
pub use watch::{Measure, MeasureName, MeasureState, Thresholds, Watch, WrongSide};
pub use witness::{Refusal, Submission, Witness};

use publisher::News;
use seal::Keys;
use writer::{Job, Rows, Shared};

/// The longest that an entry waits for a checkpoint, but in tests.
pub const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);

/// For how many times [`Seams::checkpoint_every`] checkpoints may fail before the log is not well.
const PATIENCE: u32 = 10;

/// How long what was last seen of the disk counts.
const PROBE_EVERY: Duration = Duration::from_millis(500);

/// What is written to see whether anything can be: about as much as the record of an answer takes.
static PROBE: [u8; 16 << 10] = [0xa5; 16 << 10];

/// The clock, the source of randomness, and what else hangs on time.
#[derive(Clone)]
pub struct Seams {
    /// Tells the time.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Makes salts, nonces and keys.
    pub entropy: Arc<dyn Entropy>,
    /// The longest that an entry waits for a checkpoint: entries name the newest one, so that this is seen in them.
    pub checkpoint_every: Duration,
}

impl std::fmt::Debug for Seams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seams")
    }
}

/// How a log is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whose log: stands in every entry.
    pub tenant: String,
    /// Where the keys are: `log-N.key` signs, `payload-N.key` seals. Made where there are none.
    pub keys: PathBuf,
    /// A directory outside of the data that remembers how far has been signed, so that an older copy of the data is noticed.
    /// Where a log was kept with one and this names none, the log goes on with the one it had.
    pub guard: Option<PathBuf>,
    /// Days that sealed words are kept at least.
    pub kept_days: u32,
    /// Whether words may be erased before that.
    pub early_erasure: bool,
    /// The clock and the source of randomness.
    pub seams: Seams,
}

/// The log.
#[derive(Debug)]
pub struct AuditLog {
    path: PathBuf,
    jobs: Option<Sender<Job>>,
    news: Option<Sender<News>>,
    threads: Vec<JoinHandle<()>>,
    shared: Arc<Shared>,
    readers: Mutex<Vec<Connection>>,
    tiles: Arc<TileStore>,
    signers: Arc<Vec<Signer>>,
    keys: Arc<Keys>,
    origin: String,
    options: Options,
    /// The newest checkpoint that witnesses have signed, with their signatures.
    cosigned: RwLock<Option<String>>,
    /// When it was last tried whether the disk takes anything, and whether it did.
    probed: Mutex<Option<(Instant, bool)>>,
}

/// Where the files of the log are, below the data directory.
pub const LOG_DIRECTORY: &str = "log";

impl AuditLog {
    /// Puts something on record. Durable when it returns; its place in the log is returned.
    ///
    /// # Errors
    /// [`Error`]; then what was to be recorded must not be done.
    pub fn append(&self, draft: Draft) -> Result<u64> {
        self.append_with(draft, Box::new(|_, _| Ok(())))
    }

    fn append_with(&self, draft: Draft, rows: Rows) -> Result<u64> {
        let (reply, told) = sync_channel(1);
        let jobs = self.jobs.as_ref().ok_or(Error::Stopped)?;
        jobs.send(Job { draft, rows, reply }).map_err(|_| self.stopped())?;
        told.recv().map_err(|_| self.stopped())?
    }

    /// Remembers that the writer has gone.
    fn stopped(&self) -> Error {
        self.shared.is_well.store(false, Ordering::Release);
        Error::Stopped
    }

    /// Whether the log can be written to: its threads are there, checkpoints are signed, the last entry could be written, and
    /// the disk takes something. Where an entry could not be written, another is tried; where none was lately, a file beside
    /// the log is, so that a full disk is noticed before anybody asks.
    pub fn is_well(&self) -> bool {
        let patience = self.options.seams.checkpoint_every.saturating_mul(PATIENCE);
        if self.threads.iter().any(JoinHandle::is_finished) || self.shared.unsigned_for() > patience {
            return false;
        }
        if self.shared.is_well.load(Ordering::Acquire) {
            return self.shared.since_written() < PROBE_EVERY || self.has_room();
        }
        // So small an entry may go where no answer does.
        self.append(Draft::new("log.tried", Actor::service())).is_ok() && self.has_room()
    }

    /// Whether the disk takes something, as it was seen lately or is seen now.
    fn has_room(&self) -> bool {
        let mut probed = self.probed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, had_room)) = *probed
            && at.elapsed() < PROBE_EVERY
        {
            return had_room;
        }
        let tried = self.probe();
        if let Err(error) = &tried
            && probed.is_none_or(|(_, had_room)| had_room)
        {
            tracing::error!(error = error as &dyn std::error::Error, "the disk of the audit log takes nothing more");
        }
        *probed = Some((Instant::now(), tried.is_ok()));
        tried.is_ok()
    }

    fn probe(&self) -> Result<()> {
        fail::fail_point!("audit-probe", |kind| Err(Error::injected(kind)));
        Ok(self.tiles.write("probe", &PROBE)?)
    }

    /// Entries in the log.
    pub fn size(&self) -> u64 {
        self.shared.size.load(Ordering::Acquire)
    }

    /// The origin of the log, which stands in its checkpoints.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The public keys that its checkpoints are signed with.
    pub fn verifier_keys(&self) -> Vec<VerifierKey> {
        self.signers.iter().map(|signer| signer.public().clone()).collect()
    }

    /// Says which release and configuration writes from now on: a token.
    pub fn set_release(&self, release: &str) {
        *self.shared.release.write().unwrap_or_else(PoisonError::into_inner) = entry::token(release);
    }

    /// A signed checkpoint over at least so many entries: one that witnesses have signed, where there is such a one, otherwise
    /// the newest.
    ///
    /// # Errors
    /// [`Error`] when none can be signed.
    pub fn checkpoint(&self, size: u64) -> Result<String> {
        if let Some(note) = self.cosigned.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            let parsed = Note::parse(note).and_then(|note| Checkpoint::parse(note.text));
            if size > 0 && parsed.is_ok_and(|checkpoint| checkpoint.size >= size) {
                return Ok(note.clone());
            }
        }
        self.newest(size)
    }

    /// The newest checkpoint, over at least so many entries, with the log's own signatures alone.
    fn newest(&self, size: u64) -> Result<String> {
        if self.shared.signed.load(Ordering::Acquire) < size || size == 0 {
            let (reply, told) = sync_channel(1);
            let news = self.news.as_ref().ok_or(Error::Stopped)?;
            news.send(News::Wanted(reply)).map_err(|_| Error::Stopped)?;
            told.recv().map_err(|_| Error::Stopped)??;
        }
        let bytes = self.tiles.file("checkpoint")?.ok_or(Error::Stopped)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A file of the log by its path: `checkpoint`, `tile/0/000`.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let is_file = path == "checkpoint" || path.strip_prefix("tile/").and_then(parse_tile_path).is_some();
        if is_file { Ok(self.tiles.file(path)?) } else { Ok(None) }
    }

    /// A proof that an entry is in the log.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such entry.
    pub fn prove(&self, seq: u64) -> Result<LogProof> {
        if seq >= self.size() {
            return Err(Error::Unknown);
        }
        let note = self.checkpoint(seq + 1)?;
        self.prove_in(seq, note)
    }

    /// A proof that an entry is in the log of this checkpoint; [`Error::Unknown`] when it came later.
    fn prove_in(&self, seq: u64, note: String) -> Result<LogProof> {
        let inconsistent =
            |_| Error::Inconsistent { what: "its checkpoint is no checkpoint".to_owned(), advice: open::RESTORE };
        let size = Checkpoint::parse(Note::parse(&note).map_err(inconsistent)?.text).map_err(inconsistent)?.size;
        if seq >= size {
            return Err(Error::Unknown);
        }
        let path = inclusion_proof(seq, size, &self.tiles.at(size)).map_err(|error| Error::Unreadable(error.into()))?;
        Ok(LogProof { index: seq, path, checkpoint: note })
    }

    /// A proof that the log of `new` entries begins with that of `old`.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when a tile is not there.
    pub fn prove_consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>> {
        consistency_proof(old, new, &self.tiles.at(new)).map_err(|error| Error::Unreadable(error.into()))
    }

    /// The bytes of an entry.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub fn leaf(&self, seq: u64) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT leaf FROM entries WHERE seq = ?1";
        self.read(|connection| Ok(connection.prepare_cached(sql)?.query_row([seq], |row| row.get(0)).optional()?))
    }

    /// Entries from a place on, at most so many.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub fn leaves(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>> {
        let sql = "SELECT leaf FROM entries WHERE seq >= ?1 ORDER BY seq LIMIT ?2";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(params![from, limit as u64], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Sealed words of an entry, opened, with their salt; `None` when they were erased or never were.
    ///
    /// # Errors
    /// [`Error::Sealed`] when they do not open.
    pub fn words(&self, seq: u64, name: &str) -> Result<Option<(Salt, Vec<u8>)>> {
        // What was erased has no key.
        let sql = "SELECT key, sealed FROM payloads WHERE seq = ?1 AND name = ?2 AND key > 0";
        let row: Option<(u32, Vec<u8>)> = self.read(|connection| {
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            Ok(connection.prepare_cached(sql)?.query_row(params![seq, name], row).optional()?)
        })?;
        let Some((key, sealed)) = row else { return Ok(None) };
        self.keys.open_sealed(key, &writer::place(seq, name), &sealed).map(Some)
    }

    /// Keeps the signature of a witness under a checkpoint.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn keep_cosigned(&self, note: &str) -> Result<()> {
        self.tiles.write("cosigned", note.as_bytes())?;
        *self.cosigned.write().unwrap_or_else(PoisonError::into_inner) = Some(note.to_owned());
        Ok(())
    }

    /// The newest checkpoint that witnesses have signed.
    pub fn cosigned(&self) -> Option<String> {
        self.cosigned.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn now(&self) -> Timestamp {
        (self.options.seams.now)()
    }

    /// Reads on a connection of its own: a long search stops nobody.
    fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let unreadable = |error: Error| match error {
            Error::Sqlite(source) => Error::Unreadable(source.into()),
            other => other,
        };
        let connection = match kept {
            Some(connection) => connection,
            None => schema::connect(&self.path).map_err(|source| unreadable(source.into()))?,
        };
        let outcome = read(&connection);
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        outcome.map_err(unreadable)
    }
}

impl Drop for AuditLog {
    /// What was asked for is written, and a last checkpoint signed.
    fn drop(&mut self) {
        self.jobs = None;
        self.news = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// The file of the log's entries in a data directory.
pub fn database(data: &Path) -> PathBuf {
    data.join("audit.db")
}

fn number(connection: &Connection, sql: &str) -> Result<u64> {
    Ok(connection.query_row(sql, [], |row| row.get::<_, Option<u64>>(0))?.unwrap_or(0))
}
