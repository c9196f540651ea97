//! The parts of a DOCX, unpacked no further than a limit: an archive of kilobytes can hold gigabytes of nothing.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::malformed;
use crate::error::Rejection;

/// All parts that are read, together.
const MAX_UNPACKED: u64 = 256 << 20;

/// A part that unpacks to more than so many times its size was made to.
const MAX_RATIO: u64 = 200;

/// An open archive.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    length: u64,
    left: u64,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Rejection> {
        // The containers of old Word files and of encrypted new ones begin alike.
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(malformed("an old or an encrypted Word file: save it as .docx without a password"));
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| malformed(error.to_string()))?;
        Ok(Self { zip, length: bytes.len() as u64, left: MAX_UNPACKED })
    }

    /// The text of a part, if the archive has it.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, Rejection> {
        let file = match self.zip.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(malformed(format!("{name}: {error}"))),
        };
        let limit = self.left.min(file.compressed_size().min(self.length).saturating_mul(MAX_RATIO));
        let mut bytes = Vec::new();
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| malformed(format!("{name}: {error}")))?;
        if bytes.len() as u64 > limit {
            let most = MAX_UNPACKED >> 20;
            return Err(malformed(format!(
                "{name} unpacks to more than {MAX_RATIO} times its size, or all parts to more than {most} MiB"
            )));
        }
        self.left -= bytes.len() as u64;
        let text = String::from_utf8(bytes).map_err(|_| malformed(format!("{name} is not UTF-8 text")))?;
        Ok(Some(match text.strip_prefix('\u{feff}') {
            Some(text) => text.to_owned(),
            None => text,
        }))
    }
}

/// An archive of these parts, for tests.
#[cfg(test)]
pub(super) fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_by_name() {
        let bytes = zipped(&[("a.xml", "\u{feff}<a/>"), ("b.xml", "")]);
        let mut archive = Archive::open(&bytes).unwrap();
        assert_eq!(archive.part("a.xml").unwrap().as_deref(), Some("<a/>"));
        assert_eq!(archive.part("b.xml").unwrap().as_deref(), Some(""));
        assert_eq!(archive.part("c.xml").unwrap(), None);
    }

    #[test]
    fn what_unpacks_without_end_is_refused() {
        let bytes = zipped(&[("a.xml", " ".repeat(4 << 20).as_str())]);
        let error = Archive::open(&bytes).unwrap().part("a.xml").unwrap_err().to_string();
        assert!(error.contains("200 times"), "{error}");
    }

    #[test]
    fn what_is_no_archive_says_so() {
        let refused = |bytes: &[u8]| Archive::open(bytes).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused(b"").contains("DOCX") && refused(&[7; 400]).contains("DOCX"));
        assert!(refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").contains("save it as .docx"));
        let mut damaged = zipped(&[("a.xml", "<a>some text that is packed</a>")]);
        for byte in damaged.iter_mut().skip(36).take(12) {
            *byte ^= 0x55;
        }
        assert!(Archive::open(&damaged).unwrap().part("a.xml").is_err());
    }
}
