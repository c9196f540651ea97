//! Formats: from the bytes of a file to what it says about itself and its canonical text.

mod defects;
mod depth;
mod docx;
mod front_matter;
mod grid;
mod html;
mod jats;
mod jats_front;
mod markdown;
mod medline;
mod pdf;
mod plain;
mod raised;
mod references;
mod spl;
mod table;
mod xml;
mod xml_text;

use std::num::IntErrorKind;
use std::ops::Range;
use std::panic::AssertUnwindSafe;

use knowledge::{Access, CanonicalText, Corpus, Defect, Identifiers, Kind, Metadata, Quality, Related, Source, Status};
use serde::{Deserialize, Serialize};

use crate::error::Rejection;

pub(crate) use pdf::draw as draw_page;

/// The parsers' version: a change in what they produce raises it, and a re-ingest then reads the documents anew.
const PARSER_VERSION: u32 = 4;

/// The formats there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    Jats,
    Medline,
    Spl,
    Markdown,
    Html,
    Plain,
    Pdf,
    Docx,
}

impl Format {
    /// What a version records as its parser.
    pub(crate) fn parser(self) -> String {
        let name = match self {
            Self::Jats => "jats",
            Self::Medline => "medline",
            Self::Spl => "spl",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Plain => "plain",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
        };
        format!("{name}/{PARSER_VERSION}")
    }
}

/// What the end of a file's name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    One(Format),
    /// Its root element says which.
    Xml,
}

fn named(name: &str) -> Option<Named> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "nxml" | "xml" => Named::Xml,
        "md" | "markdown" => Named::One(Format::Markdown),
        "html" | "htm" | "xhtml" => Named::One(Format::Html),
        "txt" => Named::One(Format::Plain),
        "pdf" => Named::One(Format::Pdf),
        "docx" => Named::One(Format::Docx),
        _ => return None,
    })
}

/// Whether a file of this name may hold documents.
pub(crate) fn is_known(name: &str) -> bool {
    named(name).is_some()
}

/// A document within a file: most files are one, sets of records are many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Name of the file, and for a record of a set its own name after a `#`.
    pub(crate) name: String,
    pub(crate) format: Format,
    /// Which bytes of the file it is.
    pub(crate) range: Range<usize>,
}

/// The documents in a file.
pub(crate) fn pieces(name: &str, bytes: &[u8]) -> Result<Vec<Piece>, Rejection> {
    let one = |format| Ok(vec![Piece { name: name.to_owned(), format, range: 0..bytes.len() }]);
    let text = match named(name) {
        None => return Err(Rejection::Field(format!("{name} has no known format"))),
        Some(Named::One(format)) => return one(format),
        Some(Named::Xml) => utf8(bytes)?,
    };
    let mark = bytes.len() - text.len();
    let many = |format, found: Vec<(String, Range<usize>)>| {
        let within = |range: Range<usize>| range.start + mark..range.end + mark;
        let piece = |(own, range)| Piece { name: format!("{name}#{own}"), format, range: within(range) };
        Ok(found.into_iter().map(piece).collect())
    };
    match xml::root_of(text) {
        Some(xml::Root::Medline) => match medline::articles(text) {
            found if found.len() > 1 => many(Format::Medline, found),
            _ => one(Format::Medline),
        },
        Some(xml::Root::Jats) => match jats::articles(text) {
            found if found.len() > 1 => many(Format::Jats, found),
            _ => one(Format::Jats),
        },
        Some(xml::Root::Spl) => one(Format::Spl),
        Some(xml::Root::Html) => one(Format::Html),
        Some(xml::Root::Other(root)) => {
            Err(Rejection::Malformed { format: "XML", why: format!("<{root}> is none of JATS, PubMed, SPL and XHTML") })
        }
        None => Err(Rejection::Malformed { format: "XML", why: "no element in it".to_owned() }),
    }
}

/// What a file says about itself, with what it leaves out left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Fields {
    /// The name it goes by; its path if it has none.
    pub id: Option<String>,
    /// Which version it declares to be, 1,000,000 at most.
    pub version: Option<u32>,
    /// Title.
    pub title: Option<String>,
    /// Issuer.
    pub issuer: Option<String>,
    /// Kind.
    pub kind: Option<Kind>,
    /// Date of publication.
    pub published: Option<String>,
    /// Status.
    pub status: Status,
    /// Access.
    pub access: Access,
    /// Jurisdiction.
    pub jurisdiction: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// Grade.
    pub grade: Option<String>,
    /// Identifiers.
    pub identifiers: Identifiers,
    /// Authors.
    pub authors: Vec<String>,
    /// Licence.
    pub licence: Option<String>,
    /// Sources.
    pub sources: Vec<Source>,
    /// Notice.
    pub notice: Option<String>,
    /// From when it is in force.
    pub effective: Option<String>,
    /// When its issuer means to look at it again.
    pub review_by: Option<String>,
    /// The last day on which it may be relied on.
    pub expires: Option<String>,
    /// Works that bear on how it stands, or on whose standing it bears.
    pub related: Vec<Related>,
}

/// A parsed file.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What it says about itself.
    pub fields: Fields,
    /// Its text.
    pub text: CanonicalText,
    /// What its parser had to guess, repair or leave out.
    pub defects: Vec<Defect>,
}

impl Parsed {
    /// How well it was read.
    pub fn quality(&self) -> Quality {
        Quality::of(self.defects.iter().copied().chain(defects::of(&self.fields, &self.text)))
    }

    /// Its metadata, with the corpus filling in what the file leaves out.
    pub fn metadata(&self, corpus: &Corpus, name: &str) -> Metadata {
        let fields = self.fields.clone();
        Metadata {
            title: fields.title.unwrap_or_else(|| name.to_owned()),
            issuer: fields.issuer.unwrap_or_else(|| corpus.issuer.clone()),
            kind: fields.kind.unwrap_or(corpus.kind),
            published: fields.published,
            status: fields.status,
            access: fields.access,
            jurisdiction: fields.jurisdiction.unwrap_or_else(|| corpus.jurisdiction.clone()),
            language: fields.language.unwrap_or_else(|| corpus.language.clone()),
            grade: fields.grade.or_else(|| corpus.evidence_level.clone()),
            identifiers: fields.identifiers,
            authors: fields.authors,
            licence: fields.licence.or_else(|| Some(corpus.licence.clone())),
            sources: fields.sources,
            notice: fields.notice,
            effective: fields.effective,
            review_by: fields.review_by,
            expires: fields.expires,
            related: fields.related,
        }
    }
}

/// Parses the bytes of a file named `name`, which must be one document.
///
/// # Errors
/// A [`Rejection`] with the reason. No input makes it panic or run away.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Parsed, Rejection> {
    match pieces(name, bytes)?.as_slice() {
        [piece] => parse_as(piece.format, bytes.get(piece.range.clone()).unwrap_or_default()),
        pieces => Err(Rejection::Field(format!("{name} is a set of {} documents", pieces.len()))),
    }
}

pub(crate) fn parse_as(format: Format, bytes: &[u8]) -> Result<Parsed, Rejection> {
    let run = || match format {
        Format::Jats => jats::parse(utf8(bytes)?),
        Format::Medline => medline::parse(utf8(bytes)?),
        Format::Spl => spl::parse(utf8(bytes)?),
        Format::Markdown => markdown::parse(utf8(bytes)?),
        Format::Html => html::parse(utf8(bytes)?),
        Format::Plain => plain::parse(utf8(bytes)?),
        Format::Pdf => pdf::parse(bytes),
        Format::Docx => docx::parse(bytes),
    };
    // Parsers of others are behind this; what they unwrap must not end the run.
    let parsed = std::panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(Rejection::Panicked))?;
    let words = parsed.text.blocks().iter().any(|block| block.kind.is_evidence());
    if words { Ok(parsed) } else { Err(Rejection::NoText) }
}

fn utf8(bytes: &[u8]) -> Result<&str, Rejection> {
    let text = std::str::from_utf8(bytes).map_err(|error| Rejection::NotUtf8(error.valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The highest number that a file may declare as its version: far more than anybody makes, and far from where numbers end.
const MAX_VERSION: u32 = 1_000_000;

/// The version that a file declares, unless that is higher than any can be.
fn version(number: u32) -> Result<u32, Rejection> {
    let too_high = || Rejection::Field(format!("the version it declares is higher than {MAX_VERSION}"));
    Some(number).filter(|number| *number <= MAX_VERSION).ok_or_else(too_high)
}

/// The same from text; what is no whole number declares none.
fn version_of(text: &str) -> Result<Option<u32>, Rejection> {
    match text.trim().parse::<u32>() {
        Ok(number) => version(number).map(Some),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => version(u32::MAX).map(Some),
        Err(_) => Ok(None),
    }
}

/// A date as far as it is given: `2024`, `2024-03`, `2024-03-01`.
fn date(year: &str, month: Option<&str>, day: Option<&str>) -> Option<String> {
    let number = |text: &str, low: u32, high: u32| text.trim().parse::<u32>().ok().filter(|n| (low..=high).contains(n));
    let mut date = format!("{:04}", number(year, 1500, 2500)?);
    if let Some(month) = month.and_then(|month| number(month, 1, 12)) {
        date.push_str(&format!("-{month:02}"));
        if let Some(day) = day.and_then(|day| number(day, 1, 31)) {
            date.push_str(&format!("-{day:02}"));
        }
    }
    Some(date)
}

/// The same from `2024-03-01`, and only from that.
fn iso_date(text: &str) -> Result<String, Rejection> {
    let mut parts = text.trim().splitn(3, '-');
    let (year, month, day) = (parts.next().unwrap_or(""), parts.next(), parts.next());
    let date = date(year, month, day).filter(|date| date.len() == text.trim().len());
    date.ok_or_else(|| Rejection::Field(format!("the date {text:?} is none: write 2024, 2024-03 or 2024-03-01")))
}
