//! Backups: what cannot be had again, in one file. Indexes are left out: the ledger fills them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use ingest::Originals;
use ledger::Ledger;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::data::Data;

/// The stores, in the order in which they are copied: a question on record then names a snapshot that the ledger's copy has.
const STORES: [&str; 6] = ["identity.db", "reviews.db", "history.db", "audit.db", "curation.db", "ledger.db"];

/// The keys of the audit log, where they lie with the data: without them nobody reads what is sealed.
const KEYS: &str = "keys";

/// The first file of a backup.
const CONTENTS: &str = "contents.json";

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The version of Osler that wrote it.
    pub osler: String,
    /// When, RFC 3339.
    pub at: String,
    /// Its files, with the SHA-256 of each.
    pub files: BTreeMap<String, String>,
}

/// Writes a backup of the data directory. Questions may go on meanwhile.
///
/// # Errors
/// When there is no data, or the file cannot be written.
pub fn write(data: &Path, to: &Path, at: &str) -> Result<Contents> {
    // A replica's library is its writer's; its records are its own.
    if !Data::has_ledger(data) {
        bail!("there is no data in {}: name the directory with --data", data.display());
    }
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let copies = tempfile::tempdir_in(folder).with_context(|| format!("cannot write to {}", folder.display()))?;
    let mut files = BTreeMap::new();
    for store in STORES.into_iter().filter(|store| data.join(store).is_file()) {
        let copy = copies.path().join(store);
        // SQLite's own copy: whole as of one moment, whatever is being written.
        let connection = Connection::open(data.join(store))?;
        connection.busy_timeout(std::time::Duration::from_secs(30))?;
        connection
            .execute("VACUUM INTO ?1", [copy.to_string_lossy()])
            .with_context(|| format!("cannot copy {store}"))?;
        files.insert(store.to_owned(), hash(&copy)?);
    }
    for (name, path) in keys(data)? {
        let copy = copies.path().join(&name);
        fs::create_dir_all(copies.path().join(KEYS))?;
        fs::copy(path, &copy)?;
        files.insert(name, hash(&copy)?);
    }
    // Each is written once and never changed: it is taken from where it lies.
    for sha256 in Originals::of(data).list()? {
        let name = original(&sha256);
        // A damaged one would make the whole of it no backup.
        if hash(&data.join(&name))? == sha256 {
            files.insert(name, sha256);
        } else {
            tracing::warn!(name, "is not what was kept, and is left out");
        }
    }
    let contents = Contents { osler: env!("CARGO_PKG_VERSION").to_owned(), at: at.to_owned(), files };
    let arriving = tempfile::NamedTempFile::new_in(folder)?;
    let mut archive = tar::Builder::new(GzEncoder::new(io::BufWriter::new(arriving.as_file()), Compression::fast()));
    let text = serde_json::to_vec_pretty(&contents)?;
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o600);
    archive.append_data(&mut header, CONTENTS, text.as_slice())?;
    for name in contents.files.keys() {
        let from = if is_original(name) { data.join(name) } else { copies.path().join(name) };
        archive.append_path_with_name(from, name)?;
    }
    archive.into_inner()?.finish()?.flush()?;
    arriving.as_file().sync_all()?;
    arriving.persist(to).with_context(|| format!("cannot write {}", to.display()))?;
    Ok(contents)
}

/// Puts a backup into a data directory that has none yet.
///
/// # Errors
/// When there is data already, or the file is no backup, is damaged, or of a later version.
pub fn restore(from: &Path, data: &Path) -> Result<Contents> {
    if STORES.iter().any(|store| data.join(store).exists()) {
        bail!("{} has data already: name an empty directory with --data", data.display());
    }
    fs::create_dir_all(data).with_context(|| format!("cannot create {}", data.display()))?;
    let file = File::open(from).with_context(|| format!("cannot read {}", from.display()))?;
    let no_backup = || format!("{} is no backup of Osler, or is damaged", from.display());
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
    let mut entries = archive.entries().with_context(no_backup)?;
    let mut first = entries.next().with_context(no_backup)?.with_context(no_backup)?;
    if first.path().with_context(no_backup)? != Path::new(CONTENTS) {
        bail!(no_backup());
    }
    let mut text = String::new();
    first.read_to_string(&mut text).with_context(no_backup)?;
    let contents: Contents = serde_json::from_str(&text).with_context(no_backup)?;
    let arriving = tempfile::tempdir_in(data)?;
    for entry in entries {
        let mut entry = entry.map_err(|error| anyhow!("{}: {}", no_backup(), printable(&error)))?;
        let name = entry.path().with_context(no_backup)?.to_string_lossy().into_owned();
        if !STORES.contains(&name.as_str()) && !is_key(&name) && !is_original(&name) {
            bail!("{}: {name} is nothing that a backup holds", no_backup());
        }
        let arrived = arriving.path().join(&name);
        fs::create_dir_all(arrived.parent().unwrap_or(arriving.path()))?;
        io::copy(&mut entry, &mut File::create(&arrived)?).with_context(no_backup)?;
        #[cfg(unix)]
        if is_key(&name) {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&arrived, fs::Permissions::from_mode(0o600))?;
        }
    }
    // To the very end, where the sum of all of it stands.
    io::copy(&mut archive.into_inner(), &mut io::sink()).with_context(no_backup)?;
    for (name, wanted) in &contents.files {
        let path = arriving.path().join(name);
        if !path.is_file() || hash(&path)? != *wanted {
            bail!("{}: {name} is not what was written", no_backup());
        }
    }
    // Opened before it is put in place: a ledger of a later format is refused here.
    if contents.files.contains_key("ledger.db") {
        drop(Ledger::open(&arriving.path().join("ledger.db"))?);
    }
    fs::create_dir_all(data.join(KEYS))?;
    for name in contents.files.keys().filter(|name| is_key(name) || is_original(name)) {
        let place = data.join(name);
        fs::create_dir_all(place.parent().unwrap_or(data))?;
        fs::rename(arriving.path().join(name), place)?;
    }
    // The ledger last: without it there is no data, and the same command can be run again.
    for store in STORES.into_iter().filter(|store| contents.files.contains_key(*store)) {
        let path: PathBuf = arriving.path().join(store);
        File::open(&path)?.sync_all()?;
        fs::rename(path, data.join(store))?;
    }
    Ok(contents)
}

/// An error about a damaged file quotes from it.
fn printable(error: &io::Error) -> String {
    error.to_string().chars().take(160).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The name of a file that a document came from: `originals/ab/cd…`.
fn original(sha256: &str) -> String {
    let (folder, name) = sha256.split_at(2);
    format!("{}/{folder}/{name}", Originals::FOLDER)
}

fn is_original(name: &str) -> bool {
    let parts = name.strip_prefix(Originals::FOLDER).and_then(|rest| rest.strip_prefix('/')?.split_once('/'));
    parts.is_some_and(|(folder, file)| Originals::is_name(&format!("{folder}{file}")) && folder.len() == 2)
}

/// The names of keys: `keys/log-1.key`.
fn is_key(name: &str) -> bool {
    let file = name.strip_prefix("keys/").and_then(|file| file.strip_suffix(".key"));
    file.is_some_and(|file| file.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

fn keys(data: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(data.join(KEYS)).into_iter().flatten() {
        let path = entry?.path();
        let name = format!("{KEYS}/{}", path.file_name().unwrap_or_default().to_string_lossy());
        if is_key(&name) {
            found.insert(name, path);
        }
    }
    Ok(found)
}

fn hash(path: &Path) -> Result<String> {
    let mut digest = Sha256::new();
    io::copy(&mut BufReader::new(File::open(path)?), &mut digest)?;
    Ok(format!("{:x}", digest.finalize()))
}
