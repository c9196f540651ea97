//! Front matter of Markdown and text files: TOML between `+++` lines, YAML between `---` lines.

use knowledge::{Identifiers, Source};
use serde::Deserialize;

use super::{Fields, iso_date, version};
use crate::error::Rejection;

#[derive(Debug, Deserialize)]
struct FrontMatter {
    id: Option<String>,
    version: Option<u32>,
    title: Option<String>,
    issuer: Option<String>,
    kind: Option<String>,
    published: Option<Date>,
    status: Option<String>,
    jurisdiction: Option<String>,
    language: Option<String>,
    grade: Option<String>,
    doi: Option<String>,
    pmid: Option<String>,
    pmcid: Option<String>,
    url: Option<String>,
    #[serde(default)]
    authors: Vec<String>,
    licence: Option<String>,
    #[serde(default)]
    sources: Vec<Source>,
    notice: Option<String>,
    effective: Option<Date>,
    review_by: Option<Date>,
    expires: Option<Date>,
}

/// People write dates as text, as numbers (`2024`) and as dates of the format.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Date {
    Text(String),
    Year(i64),
    Toml(toml::value::Datetime),
}

/// Takes the front matter off `text`; a file without one has empty fields.
pub(super) fn split(text: &str) -> Result<(Fields, &str), Rejection> {
    for (fence, format) in [("+++", "TOML front matter"), ("---", "YAML front matter")] {
        let Some(rest) =
            text.strip_prefix(fence).and_then(|rest| rest.strip_prefix('\n').or(rest.strip_prefix("\r\n")))
        else {
            continue;
        };
        let malformed = |why: String| Rejection::Malformed { format, why };
        let closing = format!("\n{fence}");
        let end = rest.find(&closing).ok_or_else(|| malformed(format!("no closing {fence}")))?;
        let (matter, body) = (&rest[..=end], &rest[end + closing.len()..]);
        let matter: FrontMatter = if fence == "+++" {
            toml::from_str(matter).map_err(|error| malformed(error.message().to_owned()))?
        } else {
            serde_norway::from_str(matter).map_err(|error| malformed(error.to_string()))?
        };
        return Ok((fields(matter)?, body));
    }
    Ok((Fields::default(), text))
}

fn fields(matter: FrontMatter) -> Result<Fields, Rejection> {
    let unknown = |error: knowledge::UnknownName| Rejection::Field(error.to_string());
    let date = |date: Option<Date>| match date {
        Some(Date::Text(text)) => iso_date(&text).map(Some),
        Some(Date::Year(year)) => iso_date(&year.to_string()).map(Some),
        Some(Date::Toml(date)) => iso_date(&date.to_string()).map(Some),
        None => Ok(None),
    };
    Ok(Fields {
        id: matter.id,
        version: matter.version.map(version).transpose()?,
        title: matter.title,
        issuer: matter.issuer,
        kind: matter.kind.map(|kind| kind.parse()).transpose().map_err(unknown)?,
        published: date(matter.published)?,
        effective: date(matter.effective)?,
        review_by: date(matter.review_by)?,
        expires: date(matter.expires)?,
        status: matter.status.map(|status| status.parse()).transpose().map_err(unknown)?.unwrap_or_default(),
        jurisdiction: matter.jurisdiction,
        language: matter.language,
        grade: matter.grade,
        identifiers: Identifiers { doi: matter.doi, pmid: matter.pmid, pmcid: matter.pmcid, url: matter.url },
        authors: matter.authors,
        licence: matter.licence,
        sources: matter.sources,
        notice: matter.notice,
        ..Fields::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_say_the_same() {
        let toml = "+++\nid = \"gout\"\nversion = 2\nkind = \"guideline\"\npublished = 2024-03-01\nstatus = \"superseded\"\n\
                    [[sources]]\ntitle = \"T\"\nissuer = \"I\"\nyear = 2020\n+++\nBody";
        let yaml = "---\nid: gout\nversion: 2\nkind: guideline\npublished: 2024-03-01\nstatus: superseded\n\
                    sources:\n  - {title: T, issuer: I, year: 2020}\n---\nBody";
        let (from_toml, body) = split(toml).unwrap();
        assert_eq!(body.trim(), "Body");
        assert_eq!(from_toml.published.as_deref(), Some("2024-03-01"));
        assert_eq!(split(yaml).unwrap().0, from_toml);
        assert_eq!(split("No matter").unwrap(), (Fields::default(), "No matter"));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, said) in [
            ("+++\nkind = \"blog\"\n+++\n", "guideline"),
            ("+++\npublished = \"March\"\n+++\n", "date"),
            ("+++\nversion = 4294967295\n+++\n", "version"),
            ("---\nversion: 1000001\n---\n", "version"),
            ("+++\nid = \n+++\n", "TOML"),
            ("---\nid: [\n---\n", "YAML"),
            ("+++\nid = \"x\"\n", "closing"),
        ] {
            let message = split(text).unwrap_err().to_string();
            assert!(message.contains(said), "{message}");
        }
    }
}
