//! The files that documents came from, as they came: each once, under the hash of its bytes, so that a reader can hold the text
//! we made of it against its source.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use knowledge::sha256_hex;

/// The files of a data directory.
#[derive(Debug, Clone)]
pub struct Originals {
    root: PathBuf,
}

impl Originals {
    /// The folder of them, below a data directory.
    pub const FOLDER: &str = "originals";

    /// Those of this data directory.
    pub fn of(data: &Path) -> Self {
        Self { root: data.join(Self::FOLDER) }
    }

    /// Keeps a file, whose hash the caller has made.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, sha256: &str, bytes: &[u8]) -> io::Result<()> {
        let Some(path) = self.path(sha256).filter(|path| !path.exists()) else { return Ok(()) };
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        let mut arriving = tempfile::NamedTempFile::new_in(folder)?;
        arriving.write_all(bytes)?;
        arriving.as_file().sync_all()?;
        arriving.persist(&path)?;
        // The name is as durable as the file.
        File::open(folder)?.sync_all()
    }

    /// The hashes of all that are kept, in order.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self) -> io::Result<Vec<String>> {
        let mut kept = Vec::new();
        if !self.root.exists() {
            return Ok(kept);
        }
        for folder in fs::read_dir(&self.root)? {
            let folder = folder?;
            for file in fs::read_dir(folder.path())? {
                let name = format!("{}{}", folder.file_name().display(), file?.file_name().display());
                kept.extend(Some(name).filter(|name| Self::is_name(name)));
            }
        }
        kept.sort_unstable();
        Ok(kept)
    }

    /// Whether a text is the hash of a file.
    pub fn is_name(sha256: &str) -> bool {
        sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// How many bytes a file has, if it is kept.
    pub fn size(&self, sha256: &str) -> Option<u64> {
        fs::metadata(self.path(sha256)?).ok().map(|metadata| metadata.len())
    }

    /// A file, if it is kept.
    ///
    /// # Errors
    /// When it cannot be read, or is not what was kept.
    pub fn get(&self, sha256: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(path) = self.path(sha256).filter(|path| path.exists()) else { return Ok(None) };
        let bytes = fs::read(path)?;
        if sha256_hex(&bytes) != sha256 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is not what was kept"));
        }
        Ok(Some(bytes))
    }

    /// `None` for what is no hash: it must not lead anywhere else.
    fn path(&self, sha256: &str) -> Option<PathBuf> {
        let (folder, name) = sha256.split_at_checked(2)?;
        Self::is_name(sha256).then(|| self.root.join(folder).join(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_back_as_it_was_and_a_changed_one_does_not() {
        let data = tempfile::tempdir().unwrap();
        let originals = Originals::of(data.path());
        let hash = sha256_hex(b"<article/>");
        assert_eq!(originals.get(&hash).unwrap(), None);
        originals.put(&hash, b"<article/>").unwrap();
        originals.put(&hash, b"<article/>").unwrap();
        assert_eq!(originals.get(&hash).unwrap().as_deref(), Some(b"<article/>".as_slice()));
        assert_eq!(originals.size(&hash), Some(10));
        fs::write(originals.path(&hash).unwrap(), b"<articles>").unwrap();
        assert_eq!(originals.get(&hash).unwrap_err().kind(), io::ErrorKind::InvalidData);
        for no_hash in ["", "..", "../../etc/passwd", &hash[..63]] {
            assert_eq!(originals.get(no_hash).unwrap(), None, "{no_hash}");
        }
    }
}
