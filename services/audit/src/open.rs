//! Opening the log: what it signed before is held against what it has, and only then is anything written.

use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, RwLock};
use std::thread;

use rusqlite::Connection;

use crate::checkpoint::Checkpoint;
use crate::guard::Guard;
use crate::note::{Note, SignatureKind, Signer, hex};
use crate::publisher::Publisher;
use crate::schema::set_meta;
use crate::seal::{Keys, make_key, numbered, read_key};
use crate::tiles::{Edge, TILE_WIDTH, TileStore};
use crate::tree::{Hash, empty_root, leaf_hash, sha256};
use crate::writer::{Shared, Writer};
use crate::{AuditLog, Entry, Error, LOG_DIRECTORY, Options, Result, missing, number, schema};

/// What to do about a log that is not what it signed.
pub(crate) const RESTORE: &str = "Put back the newest backup of the data directory, or keep this one for the auditors and \
begin another log with `osler audit begin-anew`.";

/// Entries that are read at once when the tree is made.
const STRETCH: usize = 4_096;

impl AuditLog {
    /// Opens the log of a data directory, creating it where there is none. What an ended process left open is closed as
    /// `timeout`.
    ///
    /// # Errors
    /// [`Error::Open`], [`Error::Format`], [`Error::Key`]; [`Error::Inconsistent`] when the log is not what it signed.
    pub fn open(data: &Path, options: Options) -> Result<Self> {
        let path = crate::database(data);
        let connection = schema::open(&path)?;
        let entropy = Arc::clone(&options.seams.entropy);
        let keys = Arc::new(Keys::open(&options.keys, &*entropy)?);
        let signing = signing_keys(&options)?;
        let origin = origin(&connection, &signing)?;
        let signers: Vec<Signer> = signing
            .iter()
            .map(|(path, seed)| {
                Signer::new(&origin, SignatureKind::Note, seed).map_err(|_| Error::Key { path: path.clone() })
            })
            .collect::<Result<_>>()?;
        let signers = Arc::new(signers);
        let tiles = Arc::new(TileStore::open(&data.join(LOG_DIRECTORY))?);
        let guard = Guard::find(&options, &tiles, &origin, &signers)?;
        let next = number(&connection, "SELECT max(seq) + 1 FROM entries")?;
        let newest = tiles.file("checkpoint")?;
        let is_current = newest.as_deref().is_some_and(|note| is_by_all(note, &origin, &signers));
        let signed = signed(newest, &origin, &signers, "the checkpoint of the log")?;
        let known = known(&connection, &tiles, next, signed.as_ref(), guard.checkpoint.as_ref())?;
        let Known { edge, bundle, is_whole } = known;
        // Files that were lost, a guard that is not there, and the signatures of other keys than those in use are written again.
        let signed = signed.filter(|_| is_whole && is_current && guard.is_in_place());
        let shared = Arc::new(Shared::new(next, signed.map_or(0, |checkpoint| checkpoint.size)));
        let (jobs, asked) = channel();
        let (news, told) = channel();
        let mut publisher = Publisher {
            tiles: Arc::clone(&tiles),
            signers: Arc::clone(&signers),
            origin: origin.clone(),
            guard: guard.file.clone(),
            edge,
            bundle,
            shared: Arc::clone(&shared),
            seams: options.seams.clone(),
            filled: Vec::new(),
            bundles: Vec::new(),
        };
        // What was durable and not yet public when the process ended.
        let mut from = publisher.edge.size();
        while from < next {
            let entries = stretch(&connection, from)?;
            for (seq, entry) in (from..).zip(&entries) {
                if Entry::parse(entry).is_none_or(|entry| entry.seq != seq) {
                    return Err(changed(format!("its entry {seq} is not what stood there")));
                }
            }
            from += entries.len() as u64;
            publisher.take(entries);
        }
        publisher.publish()?;
        guard.remember(&tiles)?;
        missing::take_over(&connection, &keys)?;
        let writer = Writer {
            connection,
            next,
            tenant: options.tenant.clone(),
            keys: Arc::clone(&keys),
            seams: options.seams.clone(),
            shared: Arc::clone(&shared),
            news: news.clone(),
        };
        let threads = vec![
            thread::Builder::new().name("audit-writer".into()).spawn(move || writer.run(&asked))?,
            thread::Builder::new().name("audit-publisher".into()).spawn(move || publisher.run(&told))?,
        ];
        // Proofs under it need its tiles, and bundles the signatures of the keys in use; witnesses soon sign another.
        let cosigned = tiles.file("cosigned")?.filter(|note| is_whole && is_by_all(note, &origin, &signers));
        let cosigned = cosigned.and_then(|bytes| String::from_utf8(bytes).ok());
        let log = Self {
            path,
            jobs: Some(jobs),
            news: Some(news),
            threads,
            shared,
            readers: Mutex::default(),
            tiles,
            signers,
            keys,
            origin,
            options,
            cosigned: RwLock::new(cosigned),
            probed: Mutex::default(),
        };
        log.note_guard(&guard, next)?;
        log.take_over()?;
        log.close_orphans(None)?;
        Ok(log)
    }
}

/// The private keys that sign, by number, the first made where there is none.
fn signing_keys(options: &Options) -> Result<Vec<(PathBuf, [u8; 32])>> {
    let found = numbered(&options.keys, "log")?;
    if found.is_empty() {
        let path = options.keys.join("log-1.key");
        let seed = make_key(&path, &*options.seams.entropy)?;
        return Ok(vec![(path, seed)]);
    }
    found.into_values().map(|path| Ok((path.clone(), read_key(&path)?))).collect()
}

/// The name of the log, which never changes: made from its first key.
fn origin(connection: &Connection, signing: &[(PathBuf, [u8; 32])]) -> Result<String> {
    if let Some(origin) = schema::meta(connection, "origin")? {
        return Ok(origin);
    }
    let seed = signing.first().map_or([0; 32], |(_, seed)| *seed);
    let signer = Signer::new("osler", SignatureKind::Note, &seed).map_err(|_| Error::Sealed)?;
    let origin = format!("osler.log/{}", hex(&sha256(signer.public().public_key())[..8]));
    set_meta(connection, "origin", &origin)?;
    Ok(origin)
}

/// A checkpoint of ours.
pub(crate) fn signed(
    bytes: Option<Vec<u8>>,
    origin: &str,
    signers: &[Signer],
    what: &str,
) -> Result<Option<Checkpoint>> {
    let Some(bytes) = bytes else { return Ok(None) };
    let broken = || Error::Inconsistent { what: format!("{what} is not signed by its keys"), advice: RESTORE };
    let text = String::from_utf8(bytes).map_err(|_| broken())?;
    let note = Note::parse(&text).map_err(|_| broken())?;
    if !signers.iter().any(|signer| note.is_signed_by(signer.public())) {
        return Err(broken());
    }
    let checkpoint = Checkpoint::parse(note.text).map_err(|_| broken())?;
    if checkpoint.origin == origin { Ok(Some(checkpoint)) } else { Err(broken()) }
}

/// Whether a checkpoint is signed by exactly the keys that sign now; witnesses may have signed it too.
fn is_by_all(bytes: &[u8], origin: &str, signers: &[Signer]) -> bool {
    let Some(note) = std::str::from_utf8(bytes).ok().and_then(|text| Note::parse(text).ok()) else { return false };
    let count = note.signed_by().iter().filter(|(name, _)| name == origin).count();
    count == signers.len() && signers.iter().all(|signer| note.is_signed_by(signer.public()))
}

fn changed(what: String) -> Error {
    Error::Inconsistent { what, advice: RESTORE }
}

/// The tree as far as it is public.
struct Known {
    edge: Edge,
    /// Entries since the last whole bundle.
    bundle: Vec<Vec<u8>>,
    /// Whether its files are all there.
    is_whole: bool,
}

/// The tree, after holding it against everything that was signed.
fn known(
    connection: &Connection,
    tiles: &TileStore,
    next: u64,
    signed: Option<&Checkpoint>,
    guarded: Option<&Checkpoint>,
) -> Result<Known> {
    let furthest = signed.map_or(0, |checkpoint| checkpoint.size).max(guarded.map_or(0, |checkpoint| checkpoint.size));
    if furthest > next {
        return Err(changed(format!("it signed {furthest} entries and holds {next}")));
    }
    let size = signed.map_or(0, |checkpoint| checkpoint.size);
    let fits = |edge: &Edge| signed.is_none_or(|checkpoint| edge.root() == checkpoint.root);
    let (edge, is_whole) = match tiles.edge(size) {
        Ok(edge) if fits(&edge) && is_guarded(connection, edge.clone(), tiles, guarded)? => (edge, true),
        // Files can be lost; what they are made from decides.
        _ => (again(connection, tiles, size, signed, guarded)?, false),
    };
    let begun = size - size % TILE_WIDTH;
    let mut bundle = stretch(connection, begun)?;
    bundle.truncate((size - begun) as usize);
    // The files of the last entries are written again as they are read here.
    let begun_tile =
        edge.partial().find(|(level, ..)| *level == 0).map_or_else(Vec::new, |(.., hashes)| hashes.to_vec());
    let leaves: Vec<Hash> = bundle.iter().map(|entry| leaf_hash(entry)).collect();
    if let Some(at) = leaves.iter().zip(&begun_tile).position(|(leaf, hash)| leaf != hash) {
        return Err(changed(format!("its entry {} is not the one that it signed", begun + at as u64)));
    }
    Ok(Known { edge, bundle, is_whole })
}

/// Whether the tree goes through what the guard remembers.
fn is_guarded(
    connection: &Connection,
    mut edge: Edge,
    tiles: &TileStore,
    guarded: Option<&Checkpoint>,
) -> Result<bool> {
    let Some(guarded) = guarded else { return Ok(true) };
    if guarded.size <= edge.size() {
        let root =
            if guarded.size == 0 { Ok(empty_root()) } else { crate::tree::root(guarded.size, &tiles.at(edge.size())) };
        return Ok(root.is_ok_and(|root| root == guarded.root));
    }
    let mut filled = Vec::new();
    while edge.size() < guarded.size {
        for entry in stretch(connection, edge.size())? {
            if edge.size() < guarded.size {
                edge.push(&entry, &mut filled);
            }
        }
        filled.clear();
    }
    Ok(edge.root() == guarded.root)
}

/// Makes all tiles from the entries, and compares with everything that was signed on the way.
fn again(
    connection: &Connection,
    tiles: &TileStore,
    size: u64,
    signed: Option<&Checkpoint>,
    guarded: Option<&Checkpoint>,
) -> Result<Edge> {
    let mut edge = Edge::default();
    let mut filled = Vec::new();
    let mut bundle: Vec<Vec<u8>> = Vec::new();
    let mut at_size = Edge::default();
    let end = size.max(guarded.map_or(0, |checkpoint| checkpoint.size));
    let mut from = 0;
    while from < end {
        let entries = stretch(connection, from)?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            if from == end {
                break;
            }
            edge.push(&entry, &mut filled);
            bundle.push(entry);
            from += 1;
            for known in [signed, guarded].into_iter().flatten().filter(|known| known.size == from) {
                if known.root != edge.root() {
                    return Err(changed(format!("its first {from} entries are not those that it signed")));
                }
            }
            if from == size {
                at_size = edge.clone();
            }
            if from % TILE_WIDTH == 0 {
                let whole = crate::tiles::entry_bundle(bundle.iter().map(Vec::as_slice)).unwrap_or_default();
                tiles.write(&crate::tiles::tile_path(None, from / TILE_WIDTH - 1, TILE_WIDTH), &whole)?;
                bundle.clear();
                for (level, index, hashes) in filled.drain(..) {
                    tiles.write_tile(level, index, &hashes)?;
                }
            }
        }
    }
    Ok(at_size)
}

/// Entries from a place on, none of them left out.
fn stretch(connection: &Connection, from: u64) -> Result<Vec<Vec<u8>>> {
    let sql = "SELECT seq, leaf FROM entries WHERE seq >= ?1 ORDER BY seq LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(rusqlite::params![from, STRETCH as u64])?;
    let mut entries: Vec<Vec<u8>> = Vec::new();
    while let Some(row) = rows.next()? {
        let wanted = from + entries.len() as u64;
        if row.get::<_, u64>(0)? != wanted {
            return Err(changed(format!("its entry {wanted} is missing")));
        }
        entries.push(row.get(1)?);
    }
    Ok(entries)
}

/// Makes another key that signs beside those that do; its number is returned.
///
/// # Errors
/// [`Error::Io`].
pub fn add_signing_key(options: &Options) -> Result<u32> {
    let found = numbered(&options.keys, "log")?;
    let number = found.last_key_value().map_or(1, |(number, _)| number + 1);
    make_key(&options.keys.join(format!("log-{number}.key")), &*options.seams.entropy)?;
    Ok(number)
}
