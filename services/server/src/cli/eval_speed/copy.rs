//! What is measured: a copy of the data directory, which nobody else hears of. The library itself is only read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::cli::Usage;
use crate::config::{Backend, Config, Places, Replication};
use crate::data::Data;

/// What no search reads: the files that documents came from, what was fetched or sent, what ties the library to other machines,
/// and what says who holds it.
const LEFT_OUT: [&str; 5] = ["lock", "originals", "replication", "sources", "uploads"];

/// What other processes share of an open database. Whoever opens the copy makes another.
const SHARED: &str = "-shm";

/// The folder of the full-text index. A file of a segment is never written again, so the copy may have the same one.
const WORDS: &str = "words";

/// Characters of the id that the name of a segment's file begins with.
const SEGMENT_ID: usize = 32;

/// Seconds that a request may take here: one that is answered late is to be seen in the figures.
const TIMEOUT_S: u64 = 60;

/// Times that it is tried to remove the copy: what was stopped may still be writing to it.
const TRIES: usize = 20;

/// A data directory that may be written to.
pub(super) struct Subject {
    /// Where it is, with a configuration of its own.
    pub(super) places: Places,
    /// What is copied, with the folder of its keys if that is elsewhere; nothing when the directory itself is measured.
    from: Option<(PathBuf, Option<PathBuf>)>,
    work: TempDir,
}

impl Subject {
    /// Makes the folder that the copy goes to, in `work` or beside the data directory.
    ///
    /// # Errors
    /// When there is no library of one's own, or the folder cannot be made.
    pub(super) fn new(places: &Places, work: Option<&Path>, is_in_place: bool) -> Result<Self> {
        let data = &places.data;
        if !data.join("ledger.db").is_file() {
            if Data::has_ledger(data) {
                bail!("{} holds a replica's copy: measure the writer's data directory", data.display());
            }
            bail!("there is no data in {}: run `osler ingest`, or name the directory with --data", data.display());
        }
        let mut config = places.read()?;
        if config.vectors.url.is_some() {
            let message = "vectors on a server belong to one library: name a configuration without [vectors] url";
            return Err(Usage(message.to_owned()).into());
        }
        let work = folder(data, work, is_in_place)?;
        let keys = config.audit.keys.clone();
        keep_to_itself(&mut config);
        let from = match is_in_place {
            true => None,
            false => {
                config.audit.keys = None;
                config.audit.guard = Some(work.path().join("guard"));
                Some((data.clone(), keys))
            }
        };
        let file = work.path().join("osler.toml");
        fs::write(&file, toml::Table::try_from(&config)?.to_string())
            .with_context(|| format!("cannot write {}", file.display()))?;
        let data = if is_in_place { data.clone() } else { work.path().join("data") };
        Ok(Self { places: Places { data, config: Some(file), models: places.models.clone() }, from, work })
    }

    /// A folder that goes with the copy.
    pub(super) fn work(&self) -> &Path {
        self.work.path()
    }

    /// Copies, while nobody else can open the library.
    ///
    /// # Errors
    /// When another process holds it, or there is no room.
    pub(super) async fn fill(&self) -> Result<()> {
        let Some((data, keys)) = self.from.clone() else { return Ok(()) };
        eprintln!("copying the data directory to {}", self.work().display());
        let to = self.places.data.clone();
        let copy = move || -> Result<()> {
            let _held = Data::hold(&data)?;
            let failed = || {
                format!(
                    "cannot copy {} to {}: name a folder with room for it with --work",
                    data.display(),
                    to.display()
                )
            };
            copy_folder(&data, &to, &LEFT_OUT).with_context(failed)?;
            if let Some(keys) = keys {
                let own = to.join("keys");
                // What lies there is not in use.
                if own.exists() {
                    fs::remove_dir_all(&own).with_context(failed)?;
                }
                copy_folder(&keys, &own, &[]).with_context(failed)?;
            }
            Ok(())
        };
        tokio::task::spawn_blocking(copy).await?
    }

    /// Removes the copy.
    pub(super) fn remove(self) {
        for _ in 0..TRIES {
            if fs::remove_dir_all(self.work.path()).is_ok() || !self.work.path().exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        let path = self.work.path().to_owned();
        drop(self);
        if path.exists() {
            eprintln!("{} could not be removed whole: remove it", path.display());
        }
    }
}

/// The folder for all that is written.
fn folder(data: &Path, work: Option<&Path>, is_in_place: bool) -> Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("osler-speed-");
    let data = std::path::absolute(data)?;
    let beside = match (work, data.parent()) {
        (Some(work), _) => std::path::absolute(work)?,
        (None, _) if is_in_place => return Ok(builder.tempdir()?),
        (None, Some(parent)) => parent.to_owned(),
        (None, None) => bail!("name a folder for the copy with --work"),
    };
    // Looked at before anything is made: the folder may not be there yet.
    let there = beside.ancestors().find(|folder| folder.exists()).unwrap_or(&beside);
    if there.canonicalize()?.starts_with(data.canonicalize()?) {
        let message = format!("{} is in the data directory: name another --work", beside.display());
        return Err(Usage(message).into());
    }
    fs::create_dir_all(&beside).with_context(|| format!("cannot create {}", beside.display()))?;
    builder
        .tempdir_in(&beside)
        .with_context(|| format!("cannot write to {}: name another folder with --work", beside.display()))
}

/// Nothing that is done to a copy may reach another machine, and whoever measures need not sign in.
fn keep_to_itself(config: &mut Config) {
    config.generator.backend = Backend::None;
    config.judge.backend = Backend::None;
    config.replication = Replication::default();
    config.audit.witnesses.clear();
    config.identity.provider = None;
    config.identity.anonymous = Some(true);
    config.ingest.watch = false;
    config.ingest.two_people = false;
    config.server.listen = "127.0.0.1:0".to_owned();
    config.server.timeout_s = config.server.timeout_s.max(TIMEOUT_S);
}

/// Copies a folder with what is below it; on disks that can, nothing is written twice.
fn copy_folder(from: &Path, to: &Path, left_out: &[&str]) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let own = to.join(&name);
        let name = name.to_string_lossy();
        if left_out.contains(&&*name) || name.ends_with(SHARED) {
            continue;
        }
        if fs::metadata(&path)?.is_dir() {
            copy_folder(&path, &own, &[])?;
        } else if !is_segment(from, &name) || fs::hard_link(&path, &own).is_err() {
            fs::copy(&path, &own)?;
        }
    }
    Ok(())
}

/// Whether a file is one of a segment of the full-text index.
fn is_segment(folder: &Path, name: &str) -> bool {
    let has_id = name
        .split_once('.')
        .is_some_and(|(id, _)| id.len() == SEGMENT_ID && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    has_id && folder.file_name().is_some_and(|folder| folder == WORDS)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn the_copy_shares_segments_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let (from, to) = (place.path().join("data"), place.path().join("copy"));
        let segment = "index/2/words/0123456789abcdef0123456789abcdef.term";
        let copied = ["ledger.db", "ledger.db-wal", "index/2/words/meta.json", "index/2/vectors/m/1/wal", segment];
        let left_out = ["lock", "ledger.db-shm", "originals/ab/cd", "uploads/x", "sources/a/b", "replication/1/about"];
        for name in copied.iter().chain(&left_out) {
            fs::create_dir_all(from.join(name).parent().unwrap()).unwrap();
            fs::write(from.join(name), *name).unwrap();
        }
        copy_folder(&from, &to, &LEFT_OUT).unwrap();
        for name in copied {
            assert_eq!(fs::read_to_string(to.join(name)).unwrap(), name);
            let is_same = fs::metadata(from.join(name)).unwrap().ino() == fs::metadata(to.join(name)).unwrap().ino();
            assert_eq!(is_same, name == segment, "{name}");
        }
        for name in left_out {
            assert!(!to.join(name).exists(), "{name}");
        }
    }

    #[test]
    fn a_copy_keeps_its_configuration_and_reaches_nobody() {
        let text = "[embedder]\nmodel = \"another\"\n[answer]\nmode = \"quoting\"\n[ingest]\nwatch = true\n\
                    two_people = true\n[replication]\nrole = \"writer\"\nstore = \"s3://bucket/library\"\n\
                    [audit]\nkept_days = 400\n[[audit.witnesses]]\nurl = \"https://witness.example\"\nkey = \"w+1+k\"\n\
                    [identity.provider]\nissuer = \"https://id.example\"\nclient_id = \"osler\"\naudience = \"osler\"\n\
                    redirect_uri = \"https://osler.example/v1/session/provider/callback\"\n";
        let mut config = Config::parse(text).unwrap();
        keep_to_itself(&mut config);
        let written = toml::Table::try_from(&config).unwrap().to_string();
        for reached in ["witness.example", "id.example", "s3://"] {
            assert!(!written.contains(reached), "{written}");
        }
        let read = Config::parse(&written).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::to_value(&config).unwrap());
        assert_eq!((read.embedder.model.as_str(), read.audit.kept_days), ("another", 400));
        assert!(!read.ingest.watch && !read.ingest.two_people && read.identity.anonymous == Some(true));
    }

    #[test]
    fn a_copy_goes_beside_its_library_or_where_it_is_told_and_never_into_it() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        fs::create_dir(&data).unwrap();
        let beside = folder(&data, None, false).unwrap();
        assert_eq!(beside.path().parent().unwrap(), place.path());
        let told = folder(&data, Some(&place.path().join("work")), false).unwrap();
        assert!(told.path().starts_with(place.path().join("work")));
        let error = folder(&data, Some(&data.join("work")), false).unwrap_err();
        assert!(error.is::<Usage>(), "{error:#}");
        assert!(!data.join("work").exists(), "the library is only read");
    }
}
