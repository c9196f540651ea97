//! A thesaurus that a house has imported: one file of its data directory, found in by the longest phrase.
//!
//! The file is text. Its first line has the format, the SHA-256 of all that follows and the day of the import; the second the
//! source. Then comes a line for each concept, its terms parted by tabs, the preferred name first; an empty line; and a line
//! for each phrase that leads to one, in the order of its bytes, with the number of the concept. So reading it is checking
//! it, and noting where lines begin.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::tables::bare;

/// How the first line begins. The number is raised when what follows changes.
const FORMAT: &str = "osler-thesaurus 1";

/// One meaning and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concept {
    /// Its id where it comes from. A phrase of two concepts leads to the one with the lesser id.
    pub id: String,
    /// Its terms, the preferred name first.
    pub terms: Vec<String>,
}

/// What is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// What it was read from.
    pub source: String,
    /// The day of the import, as in `2026-03-01`.
    pub imported_on: String,
    /// SHA-256 of source, concepts and phrases, hexadecimal: the same import on another day has the same.
    pub sha256: String,
    /// Concepts of more than one name.
    pub concepts: usize,
    /// Their terms.
    pub terms: usize,
}

/// Concepts, found by what they are called.
#[derive(Clone)]
pub struct Thesaurus {
    /// The file.
    text: String,
    /// Where the line of each concept begins.
    concepts: Vec<u32>,
    /// Where the line of each phrase begins, in the order of phrases.
    phrases: Vec<u32>,
    about: About,
}

impl std::fmt::Debug for Thesaurus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Thesaurus").field("about", &self.about).finish_non_exhaustive()
    }
}

impl Thesaurus {
    /// The file of it in a data directory.
    pub fn path(data: &Path) -> PathBuf {
        data.join("vocabulary").join("mesh.tsv")
    }

    /// One of these concepts. A phrase that is the preferred name of one concept and another term of a second leads to the
    /// first. Concepts of one name are left out: they have nothing to add.
    ///
    /// # Errors
    /// [`Error::Empty`] when none has two names; [`Error::TooMany`].
    pub fn of(mut concepts: Vec<Concept>, source: &str, day: &str) -> Result<Self> {
        for concept in &mut concepts {
            let mut seen = HashSet::new();
            concept.terms.retain(|term| {
                let phrase = bare(term);
                !phrase.is_empty() && seen.insert(phrase)
            });
        }
        concepts.retain(|concept| concept.terms.len() > 1);
        concepts.sort_by(|a, b| a.id.cmp(&b.id));
        concepts.dedup_by(|a, b| a.id == b.id);
        if concepts.is_empty() {
            return Err(Error::Empty);
        }
        let mut phrases = BTreeMap::new();
        let preferred = concepts.iter().enumerate().map(|(at, concept)| (at, &concept.terms[..1]));
        let others = concepts.iter().enumerate().map(|(at, concept)| (at, &concept.terms[1..]));
        for (at, terms) in preferred.chain(others) {
            for term in terms {
                phrases.entry(bare(term)).or_insert(at);
            }
        }
        let mut body = format!("{}\n", line(source));
        for concept in &concepts {
            let terms: Vec<String> = concept.terms.iter().map(|term| line(term)).collect();
            body.push_str(&terms.join("\t"));
            body.push('\n');
        }
        body.push('\n');
        for (phrase, at) in phrases {
            body.push_str(&format!("{phrase}\t{at}\n"));
        }
        Self::read(format!("{FORMAT}\t{}\t{}\n{body}", hash(&body), line(day))).ok_or(Error::TooMany)
    }

    /// The one that was imported, if one was.
    ///
    /// # Errors
    /// [`Error::Damaged`]; [`Error::Io`] when it cannot be read.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        let bytes = match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|source| Error::Io { path: path.to_owned(), source })?,
        };
        let read = String::from_utf8(bytes).ok().and_then(Self::read);
        read.map(Some).ok_or_else(|| Error::Damaged { path: path.to_owned() })
    }

    /// Puts it in the place of what was imported before. What ends this early leaves that as it was.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let write = || -> io::Result<()> {
            let folder = path.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder)?;
            let mut arriving = tempfile::NamedTempFile::new_in(folder)?;
            arriving.write_all(self.text.as_bytes())?;
            arriving.as_file().sync_all()?;
            arriving.persist(path)?;
            // The name is as durable as the file.
            File::open(folder)?.sync_all()
        };
        write().map_err(|source| Error::Io { path: path.to_owned(), source })
    }

    /// Removes what was imported, and says whether there was anything.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be removed.
    pub fn remove(path: &Path) -> Result<bool> {
        match fs::remove_file(path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(Error::Io { path: path.to_owned(), source }),
        }
    }

    /// What it is.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The concept that [bare] `words` begin with by the longest of its terms: how many words that has, and all its terms, the
    /// preferred name first.
    pub fn at<'a>(&self, words: impl Iterator<Item = &'a str>) -> Option<(usize, Vec<&str>)> {
        let (mut begun, mut found) = (String::new(), None);
        for (before, word) in words.enumerate() {
            if before > 0 {
                begun.push(' ');
            }
            begun.push_str(word);
            let place = self.phrases.partition_point(|&start| self.phrase(start).0 < begun.as_str());
            // In the order of bytes, phrases that go on from these words follow them.
            let Some((next, concept)) = self.phrases.get(place).map(|&start| self.phrase(start)) else { break };
            if !next.starts_with(&begun) {
                break;
            }
            if next == begun {
                found = Some((before + 1, concept));
            }
        }
        let (length, concept) = found?;
        let &start = self.concepts.get(concept.parse::<usize>().ok()?)?;
        Some((length, self.line(start).split('\t').collect()))
    }

    /// A phrase, and the number of its concept.
    fn phrase(&self, start: u32) -> (&str, &str) {
        let line = self.line(start);
        line.split_once('\t').unwrap_or((line, ""))
    }

    fn line(&self, start: u32) -> &str {
        let rest = self.text.get(start as usize..).unwrap_or_default();
        rest.split('\n').next().unwrap_or_default()
    }

    /// Reads a file; `None` when it is not what was written, or of another format.
    fn read(text: String) -> Option<Self> {
        let (head, body) = text.split_once('\n')?;
        let said: Vec<&str> = head.split('\t').collect();
        let [FORMAT, sha256, day] = said[..] else { return None };
        if hash(body) != sha256 {
            return None;
        }
        let (source, rest) = body.split_once('\n')?;
        let (named, leading) = rest.split_once("\n\n")?;
        let from = head.len() + 1 + source.len() + 1;
        let concepts = starts(named, from)?;
        let phrases = starts(leading, from + named.len() + 2)?;
        let about = About {
            source: source.to_owned(),
            imported_on: day.to_owned(),
            sha256: sha256.to_owned(),
            concepts: concepts.len(),
            terms: named.split(['\t', '\n']).count(),
        };
        Some(Self { concepts, phrases, about, text })
    }
}

/// Where the lines of a part begin, that itself begins at `from`.
fn starts(part: &str, from: usize) -> Option<Vec<u32>> {
    let mut next = from;
    let begins = part.split_inclusive('\n').map(|line| {
        let start = u32::try_from(next).ok();
        next += line.len();
        start
    });
    begins.collect()
}

/// What has no tab and no line break in it.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn hash(body: &str) -> String {
    format!("{:x}", Sha256::digest(body.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concept(id: &str, terms: &[&str]) -> Concept {
        Concept { id: id.to_owned(), terms: terms.iter().map(|term| (*term).to_owned()).collect() }
    }

    fn small() -> Thesaurus {
        let concepts = vec![
            concept("M3", &["Examplosis, Type 2", "Sampler Disease", "Morbus\tExemplaris"]),
            concept("M2", &["Sampler Disease of Old Age", "Senile Sampling"]),
            concept("M1", &["Sampling", "Sampler Disease", "Test Taking"]),
            concept("M4", &["Senile Sampling", "Presbysampling"]),
            concept("M5", &["One Name", "one-name"]),
        ];
        Thesaurus::of(concepts, "made up", "2026-03-01").unwrap()
    }

    fn at<'a>(thesaurus: &'a Thesaurus, words: &str) -> Option<(usize, Vec<&'a str>)> {
        thesaurus.at(words.split(' '))
    }

    #[test]
    fn the_longest_term_leads_to_its_concept() {
        let thesaurus = small();
        let found = at(&thesaurus, "examplosis type 2 in adults");
        assert_eq!(found, Some((3, vec!["Examplosis, Type 2", "Sampler Disease", "Morbus Exemplaris"])));
        assert_eq!(at(&thesaurus, "sampler disease of old age").map(|(length, _)| length), Some(5));
        let (length, terms) = at(&thesaurus, "sampler disease of the young").unwrap();
        assert_eq!((length, terms[0]), (2, "Sampling"), "of two concepts the one with the lesser id");
        assert_eq!(at(&thesaurus, "senile sampling").unwrap().1[1], "Presbysampling", "a preferred name goes first");
        for nothing in ["examplosis", "examplosis type 1", "sample", "samplers", "zebra", "one name", "", "2"] {
            assert_eq!(at(&thesaurus, nothing), None, "{nothing}");
        }
    }

    #[test]
    fn the_order_of_what_comes_in_is_no_matter() {
        let concepts =
            || vec![concept("M1", &["A b", "C d"]), concept("M2", &["C d", "E f"]), concept("M3", &["G", "h"])];
        let mut turned = concepts();
        turned.reverse();
        let there = Thesaurus::of(concepts(), "made up", "2026-03-01").unwrap();
        let back = Thesaurus::of(turned, "made up", "2026-03-02").unwrap();
        assert_eq!(there.about().sha256, back.about().sha256);
        assert_ne!(there.about().imported_on, back.about().imported_on);
        assert!(matches!(Thesaurus::of(vec![concept("M1", &["alone"])], "", ""), Err(Error::Empty)));
    }

    #[test]
    fn what_was_saved_is_opened_and_damage_is_told() {
        let data = tempfile::tempdir().unwrap();
        let path = Thesaurus::path(data.path());
        assert!(Thesaurus::open(&path).unwrap().is_none());
        assert!(!Thesaurus::remove(&path).unwrap());
        small().save(&path).unwrap();
        let opened = Thesaurus::open(&path).unwrap().unwrap();
        assert_eq!(opened.about(), small().about());
        assert_eq!((opened.about().concepts, opened.about().terms), (4, 10));
        assert_eq!(at(&opened, "test taking"), at(&small(), "test taking"));
        let whole = fs::read_to_string(&path).unwrap();
        for damaged in [
            whole.replace("Senile", "Serene"),
            whole.replace("thesaurus 1", "thesaurus 2"),
            whole[..whole.len() - 3].to_owned(),
            String::new(),
        ] {
            fs::write(&path, damaged).unwrap();
            let said = Thesaurus::open(&path).unwrap_err().to_string();
            assert!(said.contains("osler vocabulary import") && said.contains("osler vocabulary remove"), "{said}");
        }
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(matches!(Thesaurus::open(&path), Err(Error::Damaged { .. })));
        assert!(Thesaurus::remove(&path).unwrap());
        assert!(Thesaurus::open(&path).unwrap().is_none());
    }
}
