//! Bundles for auditors: written into a directory or an archive, checked from either.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom};
use std::path::Path;

use audit::{AuditLog, Draft, Exported, Query};
use ledger::Ledger;
use tokio::runtime::Handle;

use crate::app::App;
use crate::corpus_record::Held;

/// The ids of the answers of a query that were given.
///
/// # Errors
/// [`audit::Error`].
pub fn answers(log: &AuditLog, wanted: &Query, limit: usize) -> audit::Result<Vec<String>> {
    Ok(log.given(wanted, limit)?.into_iter().map(|answer| answer.id).collect())
}

/// A bundle as an archive in a file without a name, at a checkpoint that the witnesses have signed, if they can be reached.
///
/// # Errors
/// [`audit::Error`].
pub(crate) fn archive(app: &App, ids: &[String], day: &str, draft: Draft) -> audit::Result<(File, Exported)> {
    app.audit.has_all(ids)?;
    let own = app.audit.append(draft.with("answers", ids.len()))?;
    // What witnesses signed before lacks this entry. This is a thread that may wait.
    Handle::current().block_on(app.witnesses.send(&app.audit));
    let mut builder = tar::Builder::new(tempfile::tempfile()?);
    let mut put = |path: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, bytes)
    };
    let exported = app.audit.export_over(own + 1, ids, &Held { ledger: app.asker.ledger(), day }, &mut put)?;
    let mut file = builder.into_inner()?;
    file.seek(SeekFrom::Start(0))?;
    Ok((file, exported))
}

/// A bundle of at least so many entries in a directory, which must be empty or not there. It is put there when it is whole:
/// where it cannot be made, the directory stays as it was.
///
/// # Errors
/// When it cannot be written; [`audit::Error`].
pub fn directory(
    log: &AuditLog,
    ledger: &Ledger,
    (least, ids): (u64, &[String]),
    day: &str,
    to: &Path,
) -> audit::Result<Exported> {
    let is_there = to.exists();
    if is_there && fs::read_dir(to)?.next().is_some() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{} is not empty", to.display())).into());
    }
    // On the same file system. One that is there may be where another begins, and cannot be put in its own place.
    let beside = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let place = if is_there { to } else { beside };
    fs::create_dir_all(place)?;
    let making = tempfile::Builder::new().prefix(".osler-bundle-").tempdir_in(place)?;
    let whole = making.path().join("bundle");
    fs::create_dir(&whole)?;
    let mut put = |path: &str, bytes: &[u8]| {
        let path = whole.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)
    };
    let exported = log.export_over(least, ids, &Held { ledger, day }, &mut put)?;
    if is_there {
        let mut names: Vec<OsString> =
            fs::read_dir(&whole)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
        // Without its list it is no bundle, so that comes last.
        names.sort_by_key(|name| name == "MANIFEST");
        for name in names {
            fs::rename(whole.join(&name), to.join(&name))?;
        }
    } else {
        fs::rename(&whole, to)?;
    }
    Ok(exported)
}

/// Unpacks an archive into a directory.
///
/// # Errors
/// When it is no archive, or holds what is no file.
pub fn unpack(archive: &Path, to: &Path) -> io::Result<()> {
    let mut archive = tar::Archive::new(io::BufReader::new(File::open(archive)?));
    for entry in archive.entries()? {
        let mut entry = entry?;
        // `unpack_in` refuses paths that lead out.
        if !entry.header().entry_type().is_file() || !entry.unpack_in(to)? {
            return Err(io::Error::other(format!("{} is not a file of a bundle", entry.path()?.display())));
        }
    }
    Ok(())
}
