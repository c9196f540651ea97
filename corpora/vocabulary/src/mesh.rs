//! Reads MeSH, the thesaurus of the U.S. National Library of Medicine, from the XML that it is published in:
//! <https://www.nlm.nih.gov/mesh/xml_data_elements.html>.
//!
//! A descriptor has concepts, and a concept has terms. Terms of one concept mean the same; other concepts of a descriptor are
//! narrower, wider or merely near, so that nothing is taken from one for another. Left out are what is permuted
//! (`Infarction, Myocardial`), because a search by words has no order of words, and what is short for something: in lower case
//! `ALL` and `AIDS` are words, and our own tables know the common ones.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use quick_xml::Reader;
use quick_xml::escape::{EscapeError, resolve_predefined_entity};
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::error::{Error, Result};
use crate::thesaurus::Concept;

/// The most of a file that is read, unpacked: some three times the supplementary records of 2025.
const MAX_BYTES: u64 = 1 << 31;

/// The longest tag or run of text, in bytes.
const MAX_PIECE: u64 = 1 << 20;

/// Elements that may stand in one another. MeSH has eight.
const MAX_DEPTH: usize = 32;

/// The longest name that is kept, in bytes. Nobody asks by a longer one.
const MAX_NAME: usize = 200;

/// Terms that are kept of one file, at most.
const MAX_TERMS: usize = 2_000_000;

/// The parts of the tree whose descriptors are taken: anatomy, organisms, diseases, drugs, techniques, psychiatry, processes,
/// groups of people, health care. The others (trades, places, kinds of publication) have names that are everyday words.
const TREES: &str = "ABCDEFGMN";

/// A word of so many characters without a small letter among them is short for something.
const SHORT: usize = 5;

/// The concepts of a file of descriptors or supplementary records that have more than one name, in its order; the file may be
/// packed with gzip. Entities are never looked up anywhere, and memory is taken for what is kept alone.
///
/// # Errors
/// [`Error::NotMesh`], [`Error::Malformed`], [`Error::TooMany`].
pub fn read_mesh(mut file: impl BufRead) -> Result<Vec<Concept>> {
    let begins = file.fill_buf().map_err(|error| Error::Malformed { at: 0, reason: error.to_string() })?;
    if begins.starts_with(&[0x1f, 0x8b]) {
        return concepts(BufReader::new(MultiGzDecoder::new(file)));
    }
    concepts(file)
}

fn concepts(xml: impl BufRead) -> Result<Vec<Concept>> {
    let mut reader = Reader::from_reader(Bounded { inner: xml, whole: 0, piece: 0 });
    reader.config_mut().expand_empty_elements = true;
    let (mut buffer, mut reading) = (Vec::new(), Reading::default());
    loop {
        buffer.clear();
        let at = reader.buffer_position();
        let malformed = |error: quick_xml::Error| Error::Malformed { at, reason: error.to_string() };
        let event = reader.read_event_into(&mut buffer).map_err(malformed)?;
        reader.get_mut().piece = 0;
        match event {
            Event::Start(tag) => reading.begin(&tag, at)?,
            Event::End(tag) => reading.end(tag.name().as_ref())?,
            Event::Text(text) => reading.add(&text.decode().map_err(|error| malformed(error.into()))?),
            Event::CData(text) => reading.add(&text.decode().map_err(|error| malformed(error.into()))?),
            Event::GeneralRef(reference) if reading.text.is_some() => {
                reading.add(&resolve(&reference).map_err(malformed)?);
            }
            Event::Eof if reading.is_whole => return Ok(reading.concepts),
            Event::Eof => {
                let cut = Error::Malformed { at, reason: "it ends before it is whole".to_owned() };
                return Err(if reading.depth == 0 { Error::NotMesh } else { cut });
            }
            _ => {}
        }
    }
}

/// What stands for a reference. The names that a document type could give are unknown, and nothing is fetched.
fn resolve(reference: &BytesRef<'_>) -> quick_xml::Result<String> {
    if let Some(character) = reference.resolve_char_ref()? {
        return Ok(character.to_string());
    }
    let name = reference.decode()?;
    let unknown = || EscapeError::UnrecognizedEntity(0..name.len(), name.to_string());
    Ok(resolve_predefined_entity(&name).ok_or_else(unknown)?.to_owned())
}

/// Where in a file the reading is.
#[derive(Default)]
struct Reading {
    /// Elements that are open.
    depth: usize,
    /// Whether a set of records has come to its end.
    is_whole: bool,
    /// Whether the record is one to be taken, and its concepts.
    is_wanted: bool,
    record: Vec<Concept>,
    concept: Option<Concept>,
    term: Option<Term>,
    /// What an element holds, where that is wanted.
    text: Option<String>,
    /// What is taken, and how many terms it has.
    concepts: Vec<Concept>,
    terms: usize,
}

/// What a term is, beside its words.
struct Term {
    is_preferred: bool,
    is_wanted: bool,
}

impl Reading {
    fn begin(&mut self, tag: &BytesStart<'_>, at: u64) -> Result<()> {
        let malformed = |reason: &str| Error::Malformed { at, reason: reason.to_owned() };
        let has = |name: &str, value: &str| -> Result<bool> {
            let found = tag.try_get_attribute(name).map_err(|error| malformed(&error.to_string()))?;
            Ok(found.is_some_and(|attribute| *attribute.value == *value.as_bytes()))
        };
        let name = tag.name();
        match name.as_ref() {
            b"DescriptorRecordSet" | b"SupplementalRecordSet" => {}
            _ if self.depth == 0 => return Err(Error::NotMesh),
            // A descriptor is wanted for its place in the tree; a supplementary record has none, and is of a drug or a disease.
            b"DescriptorRecord" => self.is_wanted = false,
            b"SupplementalRecord" => self.is_wanted = true,
            b"Concept" => self.concept = Some(Concept { id: String::new(), terms: Vec::new() }),
            b"Term" => {
                let is_short = has("LexicalTag", "ABB")? || has("LexicalTag", "ACR")?;
                let is_wanted = !is_short && !has("IsPermutedTermYN", "Y")?;
                self.term = Some(Term { is_preferred: has("ConceptPreferredTermYN", "Y")?, is_wanted });
            }
            b"TreeNumber" | b"ConceptUI" => self.text = Some(String::new()),
            b"String" if self.term.is_some() => self.text = Some(String::new()),
            _ => {}
        }
        (self.depth, self.is_whole) = (self.depth + 1, false);
        if self.depth > MAX_DEPTH {
            return Err(malformed("too many elements stand in one another"));
        }
        Ok(())
    }

    fn add(&mut self, piece: &str) {
        // What is longer than a name is left out at its end: no more of it is needed.
        if let Some(text) = self.text.as_mut().filter(|text| text.len() <= MAX_NAME) {
            text.push_str(piece);
        }
    }

    fn end(&mut self, name: &[u8]) -> Result<()> {
        self.depth = self.depth.saturating_sub(1);
        let fits = |text: &String| !text.trim().is_empty() && text.len() <= MAX_NAME;
        match name {
            b"DescriptorRecordSet" | b"SupplementalRecordSet" => self.is_whole = self.depth == 0,
            b"DescriptorRecord" | b"SupplementalRecord" => {
                let record = std::mem::take(&mut self.record);
                if self.is_wanted {
                    self.concepts.extend(record);
                }
            }
            b"TreeNumber" => {
                let text = self.text.take().unwrap_or_default();
                self.is_wanted |= text.trim().starts_with(|tree: char| TREES.contains(tree));
            }
            // One name alone has nothing to add to a question.
            b"Concept" => self.record.extend(self.concept.take().filter(|concept| concept.terms.len() > 1)),
            b"ConceptUI" => {
                if let (Some(concept), Some(id)) = (&mut self.concept, self.text.take().filter(fits)) {
                    concept.id = id.trim().to_owned();
                }
            }
            b"Term" => self.term = None,
            b"String" => {
                let text = self.text.take().filter(|text| fits(text) && !is_short(text.trim()));
                if let (Some(concept), Some(term), Some(text)) = (&mut self.concept, &self.term, text)
                    && term.is_wanted
                {
                    let at = if term.is_preferred { 0 } else { concept.terms.len() };
                    concept.terms.insert(at, text.trim().to_owned());
                    self.terms += 1;
                }
            }
            _ => {}
        }
        if self.terms > MAX_TERMS { Err(Error::TooMany) } else { Ok(()) }
    }
}

/// Whether a term is short for something.
fn is_short(term: &str) -> bool {
    term.chars().count() <= SHORT && !term.chars().any(|c| c.is_lowercase() || c.is_whitespace())
}

/// Counts what is read, so that neither a file nor a piece of it is longer than it may be.
struct Bounded<R> {
    inner: R,
    whole: u64,
    piece: u64,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(into)?;
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.whole > MAX_BYTES || self.piece > MAX_PIECE {
            return Err(io::Error::other("it is longer than it may be"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.whole += length as u64;
        self.piece += length as u64;
        self.inner.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::thesaurus::Thesaurus;

    /// Made up, in the shape of MeSH: the first descriptor has a permuted term, a short one, a concept of one name and one that
    /// is narrower; the second has an entity and its preferred name last; the third is a place.
    const DESCRIPTORS: &str = include_str!("../tests/descriptors.xml");

    fn read(xml: impl AsRef<[u8]>) -> Result<Vec<Concept>> {
        read_mesh(BufReader::new(xml.as_ref()))
    }

    fn packed(xml: &str) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(xml.as_bytes()).unwrap();
        packed.finish().unwrap()
    }

    /// What is wrong with a file, for people.
    fn said(xml: impl AsRef<[u8]>) -> String {
        read(xml).unwrap_err().to_string()
    }

    #[test]
    fn terms_of_one_concept_are_read_and_what_the_search_does_not_need_is_left_out() {
        let read = read(DESCRIPTORS).unwrap();
        let found: Vec<(&str, Vec<&str>)> = read
            .iter()
            .map(|concept| (concept.id.as_str(), concept.terms.iter().map(String::as_str).collect()))
            .collect();
        let wanted = [
            ("M0000001", vec!["Examplosis", "Sampler Disease"]),
            ("M0000002", vec!["Examplosis of Old Age", "Presbyexamplosis"]),
            ("M0000004", vec!["M\u{e9}thode & Repair", "Drill & Fill"]),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_packed_file_and_supplementary_records_are_read_the_same() {
        let plain = read(DESCRIPTORS).unwrap();
        assert_eq!(read(packed(DESCRIPTORS)).unwrap(), plain);
        // They have no place in the tree.
        let supplementary = DESCRIPTORS.replace("Descriptor", "Supplemental").replace("TreeNumber", "Note");
        let read = read(supplementary).unwrap();
        assert_eq!((read.len(), &read[..3]), (4, &plain[..]));
    }

    #[test]
    fn what_is_cut_short_or_hostile_is_refused_with_its_reason() {
        for cut in [DESCRIPTORS.len() / 3, DESCRIPTORS.len() / 2, DESCRIPTORS.trim_end().len() - 5] {
            assert!(matches!(read(&DESCRIPTORS[..cut]), Err(Error::Malformed { .. })), "{cut}");
        }
        let packed = packed(DESCRIPTORS);
        assert!(matches!(read(&packed[..packed.len() - 12]), Err(Error::Malformed { .. })));
        let whole = DESCRIPTORS.find("</DescriptorRecord>").unwrap();
        assert!(said(&DESCRIPTORS[..whole]).contains("ends before it is whole"));
        assert!(said(DESCRIPTORS.replacen("</TermList>", "</Terms>", 1)).contains("TermList"));
        assert!(said(DESCRIPTORS.replace("&amp;", "&xxe;")).contains("xxe"));
        assert!(said(format!("<DescriptorRecordSet>{}", "<a>".repeat(40))).contains("stand in one another"));
        let endless = format!("<DescriptorRecordSet><String>{}", "x".repeat(3 << 20));
        assert!(said(endless).contains("longer than it may be"));
        for other in ["", "no XML", "<QualifierRecordSet/>", "{\"a\": 1}"] {
            assert!(matches!(read(other), Err(Error::NotMesh)), "{other}");
        }
        assert!(matches!(read(b"\x1f\x8b\x08"), Err(Error::Malformed { .. })));
    }

    #[test]
    fn names_that_nobody_types_are_left_out() {
        let long = DESCRIPTORS.replace("Sampler Disease", &"sampler ".repeat(40));
        assert!(read(long).unwrap().iter().all(|concept| concept.id != "M0000001"), "one name is left of it");
        for (term, is) in [("ALL", true), ("5-HT", true), ("Gout", false), ("COX-2 B", false), ("HMG-COA", false)] {
            assert_eq!(is_short(term), is, "{term}");
        }
    }

    #[test]
    fn as_many_descriptors_as_there_are_go_through() {
        let record = |at: usize| {
            let term = |at: usize, name: String| {
                format!(
                    "<Term IsPermutedTermYN=\"N\" LexicalTag=\"NON\"><TermUI>T{at}</TermUI><String>{name}</String></Term>"
                )
            };
            let terms: String = (0..8).map(|place| term(at, format!("disease {at} by name {place}"))).collect();
            format!(
                "<DescriptorRecord DescriptorClass=\"1\"><TreeNumberList><TreeNumber>C{at}</TreeNumber></TreeNumberList>\
                 <ConceptList><Concept><ConceptUI>M{at:06}</ConceptUI><TermList>{terms}</TermList></Concept></ConceptList>\
                 </DescriptorRecord>"
            )
        };
        let records: String = (0..30_000).map(record).collect();
        let read = read(format!("<DescriptorRecordSet>{records}</DescriptorRecordSet>")).unwrap();
        let data = tempfile::tempdir().unwrap();
        let path = Thesaurus::path(data.path());
        Thesaurus::of(read, "made up", "2026-03-01").unwrap().save(&path).unwrap();
        let thesaurus = Thesaurus::open(&path).unwrap().unwrap();
        assert_eq!((thesaurus.about().concepts, thesaurus.about().terms), (30_000, 240_000));
        let (length, terms) = thesaurus.at("disease 29999 by name 7 in adults".split(' ')).unwrap();
        assert_eq!((length, terms.len(), terms[0]), (5, 8, "disease 29999 by name 0"));
        assert!(std::fs::metadata(&path).unwrap().len() < 16 << 20);
    }
}
