//! Manifests: one TOML file per corpus, saying whose it is, what its licence allows, and where it comes from.

use std::path::Path;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use knowledge::Corpus;
use serde::{Deserialize, Serialize};

use crate::connect::Source;
use crate::error::{Error, Result};

/// What a manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The policy of the corpus.
    pub corpus: Corpus,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a corpus comes from, and how often that is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Origin {
    /// Its sources, in the order in which they are fetched.
    pub sources: Vec<Source>,
    /// Hosts on the internet that its sources may be fetched from, besides the services that are built in.
    pub allow_hosts: Vec<String>,
    /// Hosts of the house, with their ports, that may be asked over plain HTTP.
    pub private_hosts: Vec<String>,
    /// How often the sources are looked at: `24h`, `7 days`.
    pub refresh: Option<String>,
}

impl Origin {
    /// How often the sources are looked at; a day unless told.
    ///
    /// # Errors
    /// When `refresh` is no span of time of at least a second.
    pub fn refresh(&self) -> std::result::Result<std::time::Duration, String> {
        let text = self.refresh.as_deref().unwrap_or("1 day");
        let wrong = || format!("refresh: {text:?} is no span of time: write \"24h\" or \"7 days\"");
        let span: Span = text.parse().map_err(|_| wrong())?;
        let length = SignedDuration::try_from(span).or_else(|_| span.to_duration(SpanRelativeTo::days_are_24_hours()));
        let length = length.ok().and_then(|length| std::time::Duration::try_from(length).ok());
        length.filter(|length| length.as_secs() >= 1).ok_or_else(wrong)
    }
}

/// Reads a manifest.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Manifest`].
pub fn read_manifest(path: &Path) -> Result<Manifest> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    parse_manifest(&text).map_err(|why| Error::Manifest { path: path.to_owned(), why })
}

/// Reads the text of a manifest.
///
/// # Errors
/// What is wrong with it.
pub fn parse_manifest(text: &str) -> std::result::Result<Manifest, String> {
    let said = |error: toml::de::Error| error.message().to_owned();
    let mut policy: toml::Table = toml::from_str(text).map_err(said)?;
    // Two halves of one file, each of which knows all its keys.
    let mut origin = toml::Table::new();
    for key in ["sources", "allow_hosts", "private_hosts", "refresh"] {
        origin.extend(policy.remove(key).map(|value| (key.to_owned(), value)));
    }
    let manifest = Manifest { corpus: policy.try_into().map_err(said)?, origin: origin.try_into().map_err(said)? };
    manifest.origin.refresh()?;
    // What is no date is compared all the same, and a licence would never end.
    match manifest.corpus.rights.expires.as_deref() {
        Some(end) if !is_date(end) => {
            Err(format!("expires must be a date, as in 2027, 2027-11 or 2027-11-28; it is {end:?}"))
        }
        _ => Ok(manifest),
    }
}

/// Whether it is a year, a month or a day that there is: `2027`, `2027-11`, `2027-11-28`.
pub fn is_date(text: &str) -> bool {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return false,
    };
    whole.parse::<jiff::civil::Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "id = \"x\"\ntitle = \"X\"\nissuer = \"I\"\nkind = \"guideline\"\nlicence = \"CC0-1.0\"\n\
                          rights = { index = true, display = true, export = true }\njurisdiction = \"NG\"\nlanguage = \"en\"\n";

    #[test]
    fn both_halves_are_read_and_neither_takes_what_it_does_not_know() {
        let text = format!("{POLICY}refresh = \"7 days\"\n[[sources]]\ntype = \"directory\"\npath = \"a\"\n");
        let manifest = parse_manifest(&text).unwrap();
        assert_eq!(manifest.origin.sources, [Source::Directory { path: "a".into() }]);
        assert_eq!(manifest.origin.refresh().unwrap().as_secs(), 7 * 86_400);
        assert_eq!(parse_manifest(POLICY).unwrap().origin.refresh().unwrap().as_secs(), 86_400);
        for (wrong, said) in [
            ("colour = \"red\"\n", "colour"),
            ("refresh = \"often\"\n", "refresh"),
            ("refresh = \"0s\"\n", "refresh"),
            ("[[sources]]\ntype = \"ftp\"\n", "ftp"),
        ] {
            let message = parse_manifest(&format!("{POLICY}{wrong}")).unwrap_err();
            assert!(message.contains(said), "{message}");
        }
    }

    #[test]
    fn a_licence_ends_on_a_day_that_there_is() {
        let ending = |end: &str| {
            let export = "export = true";
            parse_manifest(&POLICY.replace(export, &format!("{export}, expires = \"{end}\"")))
        };
        for end in ["2027", "2027-11", "2028-02-29"] {
            assert_eq!(ending(end).unwrap().corpus.rights.expires.as_deref(), Some(end));
        }
        for end in ["31/12/2024", "2024-12-31T23:59:59Z", "2027-02-29", "soon", "", "2024 12 31"] {
            let message = ending(end).unwrap_err();
            assert!(message.contains("expires must be a date"), "{end}: {message}");
        }
    }
}
