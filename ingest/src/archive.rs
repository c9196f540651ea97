//! Archives: the files in a tar, a zip or a compressed file, one by one, never written to disk.
//!
//! What is counted is what comes out, not what headers claim. Names are only ever names here, so that a path which leaves its
//! archive leads nowhere; it is refused all the same, because nobody packs one by accident.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::path::{Component, Path};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use liblzma::read::XzDecoder;
use liblzma::stream::Stream;
use serde::{Deserialize, Serialize};

use crate::error::Rejection;
use crate::formats::is_known;
use crate::source::MAX_BYTES;

/// What an archive may come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// All files of one archive together, in bytes, unpacked.
    pub bytes: u64,
    /// Files in one archive, of whatever kind.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 500 << 20, files: 10_000 }
    }
}

/// Bytes that come out for each that goes in. Text packs to a tenth at best; bombs to a thousandth.
const MAX_RATIO: u64 = 100;

/// Up to here the ratio does not matter: a page of spaces is no bomb.
const RATIO_FROM: u64 = 10 << 20;

/// Memory for one xz stream; `xz -9` needs a quarter of it.
const XZ_MEMORY: u64 = 256 << 20;

/// Archives in archives.
const MAX_NESTING: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Tar,
    TarGz,
    TarXz,
    Gz,
    Xz,
    Zip,
}

impl Packing {
    fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        Some(match () {
            () if ends(&[".tar.gz", ".tgz"]) => Self::TarGz,
            () if ends(&[".tar.xz", ".txz"]) => Self::TarXz,
            () if ends(&[".tar"]) => Self::Tar,
            () if ends(&[".gz"]) => Self::Gz,
            () if ends(&[".xz"]) => Self::Xz,
            () if ends(&[".zip"]) => Self::Zip,
            () => return None,
        })
    }
}

/// Whether a file of this name is an archive.
pub(crate) fn is_archive(name: &str) -> bool {
    Packing::of(name).is_some()
}

/// A file that came out, or why it did not.
pub(crate) type Unpacked = (String, Result<Vec<u8>, Rejection>);

/// Hands out the documents of the archive at `path`, with names below `name`, until `each` breaks off.
///
/// # Errors
/// A [`Rejection`] for the archive as a whole. What was handed out before stays handed out.
pub(crate) fn unpack(
    path: &Path,
    name: &str,
    limits: Limits,
    each: &mut dyn FnMut(Unpacked) -> ControlFlow<()>,
) -> Result<(), Rejection> {
    let file = File::open(path).map_err(|error| Rejection::Unreadable(error.to_string()))?;
    let packing = Packing::of(name).ok_or_else(|| Rejection::Field(format!("{name} is no archive")))?;
    let mut unpacking = Unpacking { limits, bytes: Rc::default(), files: 0, each, broken_off: false };
    unpacking.open(packing, name, BufReader::new(file), MAX_NESTING)
}

struct Unpacking<'a> {
    limits: Limits,
    bytes: Rc<Cell<u64>>,
    files: usize,
    each: &'a mut dyn FnMut(Unpacked) -> ControlFlow<()>,
    broken_off: bool,
}

impl Unpacking<'_> {
    fn open(&mut self, packing: Packing, name: &str, file: impl Read + Seek, nesting: usize) -> Result<(), Rejection> {
        let packed = Rc::new(Cell::new(0));
        let counted = Counted { inner: file, read: Rc::clone(&packed) };
        match packing {
            Packing::Zip => self.zip(name, counted, nesting),
            Packing::Tar => self.tar(name, self.metered(counted, packed), nesting),
            Packing::TarGz => self.tar(name, self.metered(MultiGzDecoder::new(counted), packed), nesting),
            Packing::TarXz => self.tar(name, self.metered(xz(counted)?, packed), nesting),
            Packing::Gz => self.single(name, self.metered(MultiGzDecoder::new(counted), packed), nesting),
            Packing::Xz => self.single(name, self.metered(xz(counted)?, packed), nesting),
        }
    }

    fn metered<R>(&self, inner: R, packed: Rc<Cell<u64>>) -> Metered<R> {
        Metered { inner, packed, own: 0, all: Rc::clone(&self.bytes), limit: self.limits.bytes }
    }

    /// One compressed file; its name is that of the archive without the ending.
    fn single(&mut self, name: &str, file: impl Read, nesting: usize) -> Result<(), Rejection> {
        let inner = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
        self.entry(inner, file, nesting)
    }

    fn tar(&mut self, name: &str, file: impl Read, nesting: usize) -> Result<(), Rejection> {
        let damaged = |error: io::Error| bomb(&error).unwrap_or_else(|| malformed("tar", &error));
        let mut archive = tar::Archive::new(file);
        for entry in archive.entries().map_err(damaged)? {
            let entry = entry.map_err(damaged)?;
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let kind = entry.header().entry_type();
            self.count_file()?;
            match safe_below(name, &path) {
                _ if kind.is_dir() => {}
                _ if !kind.is_file() => {}
                None => self.tell(path, Err(Rejection::Field("its path leaves the archive".to_owned()))),
                Some(inner) => self.entry(inner, entry, nesting)?,
            }
            if self.broken_off {
                break;
            }
        }
        Ok(())
    }

    fn zip(&mut self, name: &str, file: impl Read + Seek, nesting: usize) -> Result<(), Rejection> {
        let damaged = |error: zip::result::ZipError| malformed("zip", &error);
        let mut archive = zip::ZipArchive::new(file).map_err(damaged)?;
        if archive.len() > self.limits.files {
            return Err(Rejection::TooMany(self.limits.files));
        }
        // Entries that share bytes are how a small file claims to hold petabytes.
        let mut ranges = Vec::with_capacity(archive.len());
        for at in 0..archive.len() {
            let entry = archive.by_index_raw(at).map_err(damaged)?;
            let start = entry.data_start().unwrap_or_else(|| entry.header_start());
            ranges.push((start, start.saturating_add(entry.compressed_size())));
        }
        ranges.sort_unstable();
        if ranges.windows(2).any(|pair| pair[0].1 > pair[1].0) {
            return Err(Rejection::Malformed { format: "zip", why: "its entries overlap".to_owned() });
        }
        for at in 0..archive.len() {
            let own = archive.name_for_index(at).map_or_else(|| at.to_string(), str::to_owned);
            let entry = match archive.by_index(at) {
                Ok(entry) => entry,
                Err(zip::result::ZipError::UnsupportedArchive(why)) => {
                    self.count_file()?;
                    self.tell(format!("{name}/{own}"), Err(Rejection::Unreadable(why.to_owned())));
                    continue;
                }
                Err(error) => return Err(damaged(error)),
            };
            self.count_file()?;
            let packed = Rc::new(Cell::new(entry.compressed_size()));
            match safe_below(name, &own) {
                _ if !entry.is_file() => {}
                None => self.tell(own, Err(Rejection::Field("its path leaves the archive".to_owned()))),
                Some(inner) => self.entry(inner, self.metered(entry, packed), nesting)?,
            }
            if self.broken_off {
                break;
            }
        }
        Ok(())
    }

    /// Takes out one file: an archive again, a document, or something that is passed by.
    fn entry(&mut self, name: String, file: impl Read, nesting: usize) -> Result<(), Rejection> {
        let packing = Packing::of(&name);
        let hidden = name.rsplit('/').next().is_some_and(|last| last.starts_with('.'));
        if hidden || (packing.is_none() && !is_known(&name)) {
            return Ok(());
        }
        if packing.is_some() && nesting <= 1 {
            self.tell(name, Err(Rejection::TooDeep(MAX_NESTING)));
            return Ok(());
        }
        let bytes = match read(file)? {
            Ok(bytes) => bytes,
            Err(reason) => {
                self.tell(name, Err(reason));
                return Ok(());
            }
        };
        match packing {
            None => self.tell(name, Ok(bytes)),
            Some(packing) => {
                // What is wrong with an inner archive is wrong with that one alone; limits are those of the whole.
                match self.open_inner(packing, &name, bytes, nesting - 1) {
                    Err(reason @ (Rejection::TooMany(_) | Rejection::Bomb(_))) => return Err(reason),
                    Err(reason) => self.tell(name, Err(reason)),
                    Ok(()) => {}
                }
            }
        }
        Ok(())
    }

    /// Without type parameters, so that archives in archives do not make the compiler write code without end.
    fn open_inner(&mut self, packing: Packing, name: &str, bytes: Vec<u8>, nesting: usize) -> Result<(), Rejection> {
        self.open(packing, name, Cursor::new(bytes), nesting)
    }

    fn count_file(&mut self) -> Result<(), Rejection> {
        self.files += 1;
        if self.files > self.limits.files { Err(Rejection::TooMany(self.limits.files)) } else { Ok(()) }
    }

    fn tell(&mut self, name: String, outcome: Result<Vec<u8>, Rejection>) {
        self.broken_off |= (self.each)((name, outcome)).is_break();
    }
}

fn malformed(format: &'static str, error: &dyn std::fmt::Display) -> Rejection {
    Rejection::Malformed { format, why: error.to_string() }
}

/// `inner` below `archive`, unless it is absolute or climbs out.
fn safe_below(archive: &str, inner: &str) -> Option<String> {
    let inner = inner.replace('\\', "/");
    let mut parts = Vec::new();
    for component in Path::new(&inner).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(format!("{archive}/{}", parts.join("/")))
}

/// The bytes of one file. The outer error ends the archive, the inner one the file.
fn read(file: impl Read) -> Result<Result<Vec<u8>, Rejection>, Rejection> {
    let mut bytes = Vec::new();
    match file.take(MAX_BYTES + 1).read_to_end(&mut bytes) {
        Err(error) => match bomb(&error) {
            Some(bomb) => Err(bomb),
            None => Ok(Err(Rejection::Unreadable(error.to_string()))),
        },
        Ok(read) if read as u64 > MAX_BYTES => Ok(Err(Rejection::TooLarge(MAX_BYTES))),
        Ok(_) => Ok(Ok(bytes)),
    }
}

fn xz<R: Read>(file: R) -> Result<XzDecoder<R>, Rejection> {
    let stream = Stream::new_stream_decoder(XZ_MEMORY, liblzma::stream::CONCATENATED);
    Ok(XzDecoder::new_stream(file, stream.map_err(|error| malformed("xz", &error))?))
}

/// Counts what is read of the packed file.
struct Counted<R> {
    inner: R,
    read: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.set(self.read.get() + read as u64);
        Ok(read)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Counts what comes out, and stops a stream that comes to more than it may. Files that are passed by count as well.
struct Metered<R> {
    inner: R,
    packed: Rc<Cell<u64>>,
    own: u64,
    all: Rc<Cell<u64>>,
    limit: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.own += read as u64;
        self.all.set(self.all.get() + read as u64);
        let swollen = self.own > RATIO_FROM && self.own > self.packed.get().saturating_mul(MAX_RATIO);
        if swollen || self.all.get() > self.limit {
            return Err(io::Error::other(Swollen(self.limit)));
        }
        Ok(read)
    }
}

/// What [`Metered`] stops with, on its way through readers that only know IO errors.
#[derive(Debug, thiserror::Error)]
#[error("more than {0} bytes, or more than {MAX_RATIO} times what it was packed to")]
struct Swollen(u64);

fn bomb(error: &io::Error) -> Option<Rejection> {
    let swollen = error.get_ref().and_then(|inner| inner.downcast_ref::<Swollen>());
    swollen.map(|Swollen(limit)| Rejection::Bomb(*limit))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in files {
            let mut header = tar::Header::new_old();
            // Written by hand: the builder refuses the paths that are to be refused here.
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            builder.append(&header, *bytes).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Name and either the text or the reason of everything that came out, and the reason of the whole.
    fn opened(name: &str, bytes: &[u8], limits: Limits) -> (Vec<(String, String)>, Option<Rejection>) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let mut out = Vec::new();
        let outcome = unpack(file.path(), name, limits, &mut |(name, bytes)| {
            let said = match bytes {
                Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(reason) => format!("! {reason}"),
            };
            out.push((name, said));
            ControlFlow::Continue(())
        });
        (out, outcome.err())
    }

    #[test]
    fn every_packing_gives_its_files() {
        let plain = tar(&[("a.md", b"A"), ("skip.jpg", b"x"), ("b/c.txt", b"C"), (".hidden.txt", b"h")]);
        let mut xz = Vec::new();
        liblzma::read::XzEncoder::new(plain.as_slice(), 6).read_to_end(&mut xz).unwrap();
        for (name, bytes) in [("x.tar", plain.clone()), ("x.tgz", gz(&plain)), ("x.tar.xz", xz)] {
            let (out, failed) = opened(name, &bytes, Limits::default());
            assert_eq!(failed, None, "{name}");
            assert_eq!(out, [(format!("{name}/a.md"), "A".into()), (format!("{name}/b/c.txt"), "C".into())]);
        }
        let nested = zip(&[("in.tar.gz", &gz(&plain)), ("d.md", b"D")]);
        let names: Vec<String> =
            opened("x.zip", &nested, Limits::default()).0.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["x.zip/in.tar.gz/a.md", "x.zip/in.tar.gz/b/c.txt", "x.zip/d.md"]);
        assert_eq!(opened("note.md.gz", &gz(b"N"), Limits::default()).0, [("note.md".into(), "N".into())]);
    }

    #[test]
    fn bombs_and_crooked_paths_are_refused() {
        let zeros = vec![b' '; 40 << 20];
        let bomb = |limits| opened("x.md.gz", &gz(&zeros), limits).1;
        assert_eq!(bomb(Limits::default()), Some(Rejection::Bomb(500 << 20)));
        assert_eq!(opened("x.zip", &zip(&[("a.md", &zeros)]), Limits::default()).1, Some(Rejection::Bomb(500 << 20)));
        // What is passed by counts too.
        let hidden = gz(&tar(&[("a.jpg", &zeros), ("b.md", b"B")]));
        assert_eq!(opened("x.tgz", &hidden, Limits::default()).1, Some(Rejection::Bomb(500 << 20)));
        let few = Limits { files: 2, ..Limits::default() };
        let three: [(&str, &[u8]); 3] = [("a.md", b"A"), ("b.md", b"B"), ("c.md", b"C")];
        assert_eq!(opened("x.tar", &tar(&three), few).1, Some(Rejection::TooMany(2)));
        assert_eq!(opened("x.zip", &zip(&three), few).1, Some(Rejection::TooMany(2)));
        let small = Limits { bytes: 1_000, ..Limits::default() };
        assert_eq!(opened("x.tar", &tar(&[("a.md", &[b'x'; 2_000])]), small).1, Some(Rejection::Bomb(1_000)));
        let (out, failed) =
            opened("x.tar", &tar(&[("../../etc/a.md", b"A"), ("/abs.md", b"B"), ("ok.md", b"C")]), few_more());
        assert_eq!(failed, None);
        assert!(out[0].1.contains("leaves the archive") && out[1].1.contains("leaves the archive"), "{out:?}");
        assert_eq!(out[2], ("x.tar/ok.md".to_owned(), "C".to_owned()));
        let three_deep = zip(&[("a.zip", &zip(&[("b.zip", &zip(&[("c.md", b"C")]))]))]);
        let (out, _) = opened("x.zip", &three_deep, Limits::default());
        assert!(out.len() == 1 && out[0].1.starts_with("! nested"), "{out:?}");
    }

    fn few_more() -> Limits {
        Limits { files: 10, ..Limits::default() }
    }

    #[test]
    fn entries_that_overlap_and_broken_archives_are_refused() {
        // Both entries of the directory are made to point at the first file's bytes.
        let mut overlapping = zip(&[("a.md", &[b'a'; 500]), ("b.md", &[b'a'; 500])]);
        let central: Vec<usize> =
            overlapping.windows(4).enumerate().filter(|(_, four)| four == b"PK\x01\x02").map(|(at, _)| at).collect();
        let first: Vec<u8> = overlapping[central[0] + 42..central[0] + 46].to_vec();
        overlapping[central[1] + 42..central[1] + 46].copy_from_slice(&first);
        assert!(opened("x.zip", &overlapping, Limits::default()).1.is_some());
        let good = gz(&tar(&[("a.md", b"A")]));
        for (name, bytes) in [("x.tgz", &good[..good.len() / 2]), ("x.zip", b"PK".as_slice()), ("x.tar.xz", b"no")] {
            let (out, failed) = opened(name, bytes, Limits::default());
            assert!(failed.is_some() || out.iter().any(|(_, said)| said.starts_with('!')), "{name}: {out:?}");
        }
    }

    #[test]
    fn a_reader_that_has_enough_is_heard() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), tar(&[("a.md", b"A"), ("b.md", b"B")])).unwrap();
        let mut seen = 0;
        unpack(file.path(), "x.tar", Limits::default(), &mut |_| {
            seen += 1;
            ControlFlow::Break(())
        })
        .unwrap();
        assert_eq!(seen, 1);
    }
}
