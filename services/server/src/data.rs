//! The data directory: one process at a time, every store opened, and indexes that cannot be read built anew.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use audit::AuditLog;
use curation::Curation;
use history::History;
use identity::{Identity, SystemEntropy};
use index::{EdgeIndex, FORMAT, ServerIndex, TantivyIndex, VectorIndex};
use ingest::Stores;
use jiff::Timestamp;
use ledger::Ledger;
use review::Reviews;

use crate::config::{Config, Part};
use crate::corpus_record;
use crate::replication::{self, Replica, Writer};
use crate::vectors;

/// A data directory that this process holds.
pub struct Data {
    /// Ledger and indexes, in step.
    pub stores: Stores,
    /// What was asked and answered.
    pub audit: Arc<AuditLog>,
    /// Conversations.
    pub history: Arc<History>,
    /// Accounts.
    pub identity: Arc<Identity>,
    /// Reviews of answers.
    pub reviews: Arc<Reviews>,
    /// What people decide about the knowledge.
    pub curation: Arc<Curation>,
    /// What ties it to other machines with the same library.
    pub link: Option<Link>,
    path: PathBuf,
    // The lock goes when the file is closed, with the process or before.
    lock: File,
}

/// What ties a data directory to other machines with the same library.
pub enum Link {
    /// It is published for them.
    Writer(Writer),
    /// It follows one of them.
    Replica(Replica),
}

impl std::fmt::Debug for Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Data").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Data {
    /// Opens the directory, creating it where there is none, and brings the indexes in step with the ledger. The embedder is
    /// named with the length of its vectors.
    ///
    /// # Errors
    /// With what to do: another process holds it, it is of another format, it cannot be written.
    pub async fn open(path: &Path, embedder: (&str, usize), config: &Config) -> Result<Self> {
        Self::open_with(path, embedder, config, system_seams()).await
    }

    /// The same, with another clock and source of randomness.
    ///
    /// # Errors
    /// As [`Data::open`].
    pub async fn open_with(
        path: &Path,
        (embedder, dimension): (&str, usize),
        config: &Config,
        seams: audit::Seams,
    ) -> Result<Self> {
        let lock = Self::hold(path)?;
        let begun = match config.replication.role {
            Part::Replica => Some(replication::begin(&config.replication, path).await?),
            Part::Alone | Part::Writer => None,
        };
        let ledger = Arc::new(match &begun {
            Some(begun) => begun.ledger(embedder)?,
            None => Ledger::open(&path.join("ledger.db"))?.rooting(corpus_record::root_of),
        });
        let audit = Arc::new(AuditLog::open(path, config.audit.options(path, seams.clone()))?);
        let curation = Curation::open(&path.join("curation.db"))?;
        // What was interrupted is settled before it is put on record.
        curation.settle(&ledger, &(seams.now)().to_string())?;
        corpus_record::follow(&ledger, &audit)?;
        let history = Arc::new(History::open(&path.join("history.db"))?);
        let identity = Identity::open(&path.join("identity.db"), config.identity.settings(), seams.entropy)?;
        let reviews = Arc::new(Reviews::open(&path.join("reviews.db"))?);
        if begun.is_none() {
            if ledger.adopt_embedder(embedder, dimension)? {
                tracing::info!(embedder, "this embedder has taken over");
            }
            ledger.bind_embedder(embedder, dimension)?;
        }
        let indexes = indexes(path);
        remove_others(&indexes, "indexes of another format")?;
        let library = match &begun {
            Some(begun) => begun.library()?,
            None => library(&audit),
        };
        let server = on_server(config, &library, embedder, dimension)?;
        let vectors: Arc<dyn VectorIndex> = match &server {
            Some(server) => Arc::clone(server) as Arc<dyn VectorIndex>,
            None => {
                let open = |path: &Path| EdgeIndex::open(path, dimension);
                let own = vectors_folder(path, embedder);
                remove_others(&own, "vectors of another embedder")?;
                Arc::new(open_or_rebuild(&own, open)?)
            }
        };
        let (lexical, link) = match begun {
            Some(begun) => {
                let lexical = Arc::new(begun.lexical()?);
                // The vectors of a server are the writer's to keep.
                let own = server.is_none().then(|| Arc::clone(&vectors));
                if let Some(own) = &own {
                    ingest::reconcile(&ledger, own.as_ref()).await?;
                }
                let files = (Arc::clone(&ledger), Arc::clone(&lexical));
                (lexical, Some(Link::Replica(Replica::new(begun, &config.replication, files, own, embedder))))
            }
            None => {
                let lexical = Arc::new(open_or_rebuild(&words(&indexes), TantivyIndex::open)?);
                let link = match config.replication.role {
                    Part::Writer => {
                        let files = (Arc::clone(&ledger), Arc::clone(&lexical));
                        Some(Link::Writer(Writer::new(&config.replication, path, &audit, files)?))
                    }
                    Part::Alone | Part::Replica => None,
                };
                (lexical, link)
            }
        };
        let is_replica = matches!(link, Some(Link::Replica(_)));
        let stores = Stores { ledger, vectors, lexical };
        match &server {
            Some(server) => {
                if !is_replica {
                    ingest::reconcile(&stores.ledger, stores.lexical.as_ref()).await?;
                }
                vectors::begin(&stores.ledger, server).await?;
            }
            None if is_replica => {}
            None => stores.reconcile().await?,
        }
        let (identity, curation) = (Arc::new(identity), Arc::new(curation));
        Ok(Self { stores, audit, history, identity, reviews, curation, link, path: path.to_owned(), lock })
    }

    /// The ledger alone, and the lock that holds it, for commands that need no index and no model. The indexes follow at the
    /// next full start.
    ///
    /// # Errors
    /// As [`Data::open`]; also when there is no data yet.
    pub fn open_ledger(path: &Path) -> Result<(Ledger, File)> {
        if !Self::has_ledger(path) {
            bail!("there is no data in {}: run `osler ingest`, or name the directory with --data", path.display());
        }
        let lock = lock(path)?;
        let own = path.join("ledger.db");
        let ledger = match replication::ledger_in(path) {
            Some(copy) if !own.exists() => Ledger::open_copy(&copy)?,
            _ => Ledger::open(&own)?.rooting(corpus_record::root_of),
        };
        Ok((ledger, lock))
    }

    /// Whether there is a ledger in a directory: its own, or a replica's copy.
    pub fn has_ledger(path: &Path) -> bool {
        path.join("ledger.db").is_file() || replication::ledger_in(path).is_some()
    }

    /// Ledger and audit log, for commands that decide about the knowledge.
    ///
    /// # Errors
    /// As [`Data::open_ledger`], and when the log cannot be opened.
    pub fn open_records(path: &Path, config: &Config) -> Result<Records> {
        let (ledger, lock) = Self::open_ledger(path)?;
        let audit = open_log(path, config)?;
        corpus_record::follow(&ledger, &audit)?;
        Ok(Records { ledger, audit, _lock: lock })
    }

    /// The full-text index alone.
    ///
    /// # Errors
    /// When it cannot be opened; the next full start builds it anew.
    pub fn open_words(path: &Path) -> Result<TantivyIndex> {
        Ok(TantivyIndex::open(&words(&indexes(path)))?)
    }

    /// Holds the directory, for commands on single files of it, until the file is closed.
    ///
    /// # Errors
    /// When another process holds it.
    pub fn hold(path: &Path) -> Result<File> {
        fs::create_dir_all(path).with_context(|| format!("cannot create the data directory {}", path.display()))?;
        lock(path)
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What holds the directory until it is closed. Nothing else is kept, so that an index which is replaced can go.
    pub fn into_lock(self) -> File {
        self.lock
    }
}

/// An index of the vectors of an embedder that is to take over.
pub struct ComingVectors {
    /// The index.
    pub index: Arc<dyn VectorIndex>,
    /// The same, where it is on a server.
    pub server: Option<Arc<ServerIndex>>,
}

/// Which library a data directory holds: the key that its log is signed with, as what is published for replicas says too.
fn library(audit: &AuditLog) -> String {
    audit.verifier_keys().first().map(ToString::to_string).unwrap_or_default()
}

impl ComingVectors {
    /// Opens it beside the one in use: in a folder of its own, where it begins empty, or in a collection of its own.
    ///
    /// # Errors
    /// When the disk cannot be written or the address of the server is none.
    pub fn open(path: &Path, audit: &AuditLog, (embedder, dimension): (&str, usize), config: &Config) -> Result<Self> {
        if let Some(server) = on_server(config, &library(audit), embedder, dimension)? {
            return Ok(Self { index: Arc::clone(&server) as Arc<dyn VectorIndex>, server: Some(server) });
        }
        let own = vectors_folder(path, embedder);
        if own.exists() {
            fs::remove_dir_all(&own).with_context(|| format!("cannot remove {}", own.display()))?;
        }
        Ok(Self { index: Arc::new(EdgeIndex::open(&own, dimension)?), server: None })
    }
}

/// The index of an embedder on the server that is configured, if one is.
fn on_server(config: &Config, library: &str, embedder: &str, dimension: usize) -> Result<Option<Arc<ServerIndex>>> {
    let Some(server) = config.vectors.server()? else { return Ok(None) };
    Ok(Some(Arc::new(match config.replication.role {
        Part::Replica => ServerIndex::reader(server, library, embedder, dimension)?,
        Part::Alone | Part::Writer => ServerIndex::writer(server, library, embedder, dimension)?,
    })))
}

/// Removes what a data directory has of the index of an embedder that is not in use. Whoever calls holds the directory: an index
/// may be in the making there.
///
/// # Errors
/// When the disk cannot be written.
pub fn forget_index(path: &Path, embedder: &str) -> Result<()> {
    let own = vectors_folder(path, embedder);
    if own.exists() {
        fs::remove_dir_all(&own).with_context(|| format!("cannot remove {}", own.display()))?;
    }
    Ok(())
}

/// Where the vectors of an embedder are in a data directory.
fn vectors_folder(path: &Path, embedder: &str) -> PathBuf {
    indexes(path).join("vectors").join(folder_name(embedder))
}

fn indexes(data: &Path) -> PathBuf {
    data.join("index").join(FORMAT.to_string())
}

fn words(indexes: &Path) -> PathBuf {
    indexes.join("words")
}

/// Ledger and audit log of a data directory that this process holds.
#[derive(Debug)]
pub struct Records {
    /// What is known.
    pub ledger: Ledger,
    /// What was done.
    pub audit: AuditLog,
    _lock: File,
}

/// The machine's clock and randomness.
pub fn system_seams() -> audit::Seams {
    audit::Seams {
        now: Arc::new(Timestamp::now),
        entropy: Arc::new(SystemEntropy),
        checkpoint_every: audit::CHECKPOINT_EVERY,
    }
}

/// The audit log of a data directory.
///
/// # Errors
/// As [`AuditLog::open`].
pub fn open_log(path: &Path, config: &Config) -> audit::Result<AuditLog> {
    AuditLog::open(path, config.audit.options(path, system_seams()))
}

/// The accounts of a data directory.
///
/// # Errors
/// When they cannot be opened.
pub fn open_identity(path: &Path, config: &Config) -> Result<Identity> {
    Ok(Identity::open(&path.join("identity.db"), config.identity.settings(), Arc::new(SystemEntropy))?)
}

/// Holds the directory until the file is closed.
fn lock(path: &Path) -> Result<File> {
    let file = path.join("lock");
    let lock = File::options().create(true).truncate(false).write(true).open(&file);
    let lock = lock.with_context(|| format!("cannot write to the data directory {}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => bail!(
            "the data directory {} is in use by another osler: ask that one over HTTP, stop it, or name another --data directory",
            path.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock the data directory {}", path.display()))
        }
    }
}

/// What lies beside a directory is no use to anybody: the ledger fills that one.
fn remove_others(own: &Path, what: &str) -> Result<()> {
    let Some(parent) = own.parent() else { return Ok(()) };
    for other in fs::read_dir(parent).into_iter().flatten().flatten().filter(|other| other.path() != own) {
        tracing::info!(path = %other.path().display(), "{what}: building anew from the ledger");
        let removed =
            if other.path().is_dir() { fs::remove_dir_all(other.path()) } else { fs::remove_file(other.path()) };
        removed.with_context(|| format!("cannot remove {}", other.path().display()))?;
    }
    Ok(())
}

fn folder_name(embedder: &str) -> String {
    embedder.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' }).collect()
}

/// An index whose files cannot be read is moved aside; the ledger fills a new one.
fn open_or_rebuild<T>(path: &Path, open: impl Fn(&Path) -> index::Result<T>) -> Result<T> {
    match open(path) {
        Err(error @ index::Error::Damaged { .. }) => {
            tracing::warn!(%error, "building the index anew from the ledger");
            let aside = path.with_extension("damaged");
            let _ = fs::remove_dir_all(&aside);
            fs::rename(path, &aside).with_context(|| format!("cannot move {} aside", path.display()))?;
            Ok(open(path)?)
        }
        other => Ok(other?),
    }
}
