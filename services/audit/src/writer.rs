//! The one writer: takes what many want to have on record, writes it in one transaction, waits for the disk once, and tells
//! them all. What was told is durable.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use knowledge::Entropy;
use rusqlite::{Connection, params};
use uuid::Builder;

use crate::entry::{self, Draft, Place};
use crate::publisher::News;
use crate::seal::{Keys, Salt, commitment};
use crate::{Error, Result, Seams};

/// Entries of one transaction, at most.
const MAX_GROUP: usize = 512;

/// Rows that belong to an entry, written in its transaction.
pub(crate) type Rows = Box<dyn FnOnce(&Connection, u64) -> Result<()> + Send>;

/// Something to be put on record.
pub(crate) struct Job {
    pub(crate) draft: Draft,
    pub(crate) rows: Rows,
    pub(crate) reply: SyncSender<Result<u64>>,
}

/// What the writer shares with those who ask it.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Whether the last attempt to write went through.
    pub(crate) is_well: AtomicBool,
    /// Entries in the log.
    pub(crate) size: AtomicU64,
    /// Entries of the newest checkpoint.
    pub(crate) signed: AtomicU64,
    /// The release and configuration that write.
    pub(crate) release: RwLock<String>,
    /// When an entry was last written.
    written: Mutex<Instant>,
    /// Since when no checkpoint can be signed.
    unsigned: Mutex<Option<Instant>>,
}

impl Shared {
    pub(crate) fn new(size: u64, signed: u64) -> Self {
        Self {
            is_well: AtomicBool::new(true),
            size: AtomicU64::new(size),
            signed: AtomicU64::new(signed),
            release: RwLock::new(format!("osler-{}", env!("CARGO_PKG_VERSION"))),
            written: Mutex::new(Instant::now()),
            unsigned: Mutex::default(),
        }
    }

    fn wrote(&self) {
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.is_well.store(true, Ordering::Release);
    }

    /// How long ago an entry was written.
    pub(crate) fn since_written(&self) -> Duration {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// For how long no checkpoint could be signed.
    pub(crate) fn unsigned_for(&self) -> Duration {
        let since = *self.unsigned.lock().unwrap_or_else(PoisonError::into_inner);
        since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Remembers whether a checkpoint could be signed.
    pub(crate) fn tried_to_sign(&self, went_well: bool) {
        let mut since = self.unsigned.lock().unwrap_or_else(PoisonError::into_inner);
        if went_well {
            *since = None;
        } else {
            since.get_or_insert_with(Instant::now);
        }
    }
}

pub(crate) struct Writer {
    pub(crate) connection: Connection,
    pub(crate) next: u64,
    pub(crate) tenant: String,
    pub(crate) keys: Arc<Keys>,
    pub(crate) seams: Seams,
    pub(crate) shared: Arc<Shared>,
    pub(crate) news: Sender<News>,
}

impl Writer {
    /// Writes until nobody is left who could ask.
    pub(crate) fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut group = vec![first];
            while group.len() < MAX_GROUP
                && let Ok(job) = jobs.try_recv()
            {
                group.push(job);
            }
            self.write(group);
        }
    }

    fn write(&mut self, group: Vec<Job>) {
        let mut replies = Vec::with_capacity(group.len());
        let mut leaves = Vec::with_capacity(group.len());
        let written = self.commit(group, &mut replies, &mut leaves);
        match &written {
            Err(_) => self.shared.is_well.store(false, Ordering::Release),
            Ok(()) if !leaves.is_empty() => self.shared.wrote(),
            // A transaction in which nothing was right has not touched the disk, and says nothing of it.
            Ok(()) => {}
        }
        if written.is_ok() {
            self.next += leaves.len() as u64;
            self.shared.size.store(self.next, Ordering::Release);
            // A publisher that has ended says so by itself; the entries are safe without it.
            let _ = self.news.send(News::Entries(leaves));
        } else if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        for (reply, outcome) in replies {
            let outcome = match (&written, outcome) {
                (Ok(()), outcome) => outcome,
                (Err(_), Err(own)) => Err(own),
                (Err(error), Ok(_)) => Err(again(error)),
            };
            // Whoever asked may have gone.
            let _ = reply.send(outcome);
        }
    }

    fn commit(
        &self,
        group: Vec<Job>,
        replies: &mut Vec<(SyncSender<Result<u64>>, Result<u64>)>,
        leaves: &mut Vec<Vec<u8>>,
    ) -> Result<()> {
        let begun = self.connection.execute_batch("BEGIN IMMEDIATE");
        let mut failed = begun.err().map(Error::from);
        for Job { draft, rows, reply } in group {
            let outcome = match failed {
                Some(ref error) => Err(again(error)),
                None => self.put(&draft, rows, self.next + leaves.len() as u64),
            };
            match outcome {
                Ok((seq, leaf)) => {
                    leaves.push(leaf);
                    replies.push((reply, Ok(seq)));
                }
                Err(error) => {
                    // What one wants wrongly is no failure of the log; what the disk refuses is.
                    if failed.is_none() && is_fault(&error) {
                        failed = Some(again(&error));
                    }
                    replies.push((reply, Err(error)));
                }
            }
        }
        match failed {
            Some(error) => Err(error),
            None => self.finish(),
        }
    }

    fn finish(&self) -> Result<()> {
        fail::fail_point!("audit-commit", |kind| Err(Error::injected(kind)));
        self.connection.execute_batch("COMMIT")?;
        Ok(())
    }

    /// One entry with its rows: all of it or nothing.
    fn put(&self, draft: &Draft, rows: Rows, seq: u64) -> Result<(u64, Vec<u8>)> {
        self.connection.execute_batch("SAVEPOINT job")?;
        let put = self.put_in(draft, rows, seq);
        let end = if put.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
        self.connection.execute_batch(end)?;
        Ok((seq, put?))
    }

    fn put_in(&self, draft: &Draft, rows: Rows, seq: u64) -> Result<Vec<u8>> {
        let mut commitments = Vec::new();
        for (name, words) in &draft.payloads {
            let salt: Salt = random(&*self.seams.entropy);
            commitments.push(commitment(&salt, words));
            let (key, sealed) = self.keys.seal(&place(seq, name), &salt, words, &*self.seams.entropy)?;
            let sql = "INSERT INTO payloads (seq, name, key, sealed) VALUES (?1, ?2, ?3, ?4)";
            self.connection.prepare_cached(sql)?.execute(params![seq, name, key, sealed])?;
        }
        let at = (self.seams.now)();
        let at_ms = at.as_millisecond();
        let id = Builder::from_unix_timestamp_millis(at_ms.unsigned_abs(), &random(&*self.seams.entropy)).into_uuid();
        let release = self.shared.release.read().unwrap_or_else(PoisonError::into_inner).clone();
        let checkpoint = self.shared.signed.load(Ordering::Acquire);
        let place = Place { seq, id, at, tenant: &self.tenant, checkpoint, release: &release, commitments };
        let leaf = entry::write(draft, &place)?;
        let answer = draft.object.get("answer").and_then(serde_json::Value::as_str);
        let sql = "INSERT INTO entries (seq, at_ms, action, actor, answer, leaf) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.connection.prepare_cached(sql)?.execute(params![
            seq,
            at_ms,
            draft.action,
            draft.actor.id,
            answer,
            leaf
        ])?;
        rows(&self.connection, seq)?;
        Ok(leaf)
    }
}

/// What sealed words are bound to, so that nobody can put one answer's words in another's place.
pub(crate) fn place(seq: u64, name: &str) -> String {
    format!("{seq}/{name}")
}

pub(crate) fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

fn is_fault(error: &Error) -> bool {
    matches!(error, Error::Io(_))
        || matches!(error, Error::Sqlite(source) if !matches!(source,
        rusqlite::Error::QueryReturnedNoRows)
        && source.sqlite_error_code() != Some(rusqlite::ErrorCode::ConstraintViolation))
}

/// The same failure for another who waited for it.
fn again(error: &Error) -> Error {
    match error {
        Error::Sqlite(rusqlite::Error::SqliteFailure(code, said)) => {
            Error::Sqlite(rusqlite::Error::SqliteFailure(*code, said.clone()))
        }
        other => Error::Io(std::io::Error::other(other.to_string())),
    }
}
