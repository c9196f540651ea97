//! Formats: from the bytes of a file to what it says about itself and its canonical text.

mod depth;
mod front_matter;
mod html;
mod jats;
mod markdown;
mod plain;
mod table;

use std::panic::AssertUnwindSafe;
use std::path::Path;

use knowledge::{Access, CanonicalText, Corpus, Identifiers, Kind, Metadata, Source, Status};

use crate::error::Rejection;

/// The parsers' version: a change in what they produce raises it, and a re-ingest then takes the documents in again.
const PARSER_VERSION: u32 = 2;

/// The formats there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Jats,
    Markdown,
    Html,
    Plain,
}

impl Format {
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "nxml" | "xml" => Some(Self::Jats),
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "txt" => Some(Self::Plain),
            _ => None,
        }
    }

    /// What a version records as its parser.
    pub(crate) fn parser(self) -> String {
        let name = match self {
            Self::Jats => "jats",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Plain => "plain",
        };
        format!("{name}/{PARSER_VERSION}")
    }
}

/// What a file says about itself, with what it leaves out left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields {
    /// The name it goes by; its path if it has none.
    pub id: Option<String>,
    /// Which version it declares to be.
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
}

/// A parsed file.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What it says about itself.
    pub fields: Fields,
    /// Its text.
    pub text: CanonicalText,
}

impl Parsed {
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
        }
    }
}

/// Parses the bytes of a file named `name`; its extension says the format.
///
/// # Errors
/// A [`Rejection`] with the reason. No input makes it panic or run away.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Parsed, Rejection> {
    let format = Format::of(Path::new(name)).ok_or_else(|| Rejection::Field(format!("{name} has no known format")))?;
    parse_as(format, bytes)
}

pub(crate) fn parse_as(format: Format, bytes: &[u8]) -> Result<Parsed, Rejection> {
    let text = std::str::from_utf8(bytes).map_err(|error| Rejection::NotUtf8(error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let run = || match format {
        Format::Jats => jats::parse(text),
        Format::Markdown => markdown::parse(text),
        Format::Html => html::parse(text),
        Format::Plain => plain::parse(text),
    };
    // Parsers of others are behind this; what they unwrap must not end the run.
    let parsed = std::panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(Rejection::Panicked))?;
    let words = parsed.text.blocks().iter().any(|block| block.kind.is_evidence());
    if words { Ok(parsed) } else { Err(Rejection::NoText) }
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
