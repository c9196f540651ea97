//! When are two records of the same work? By the names the world gives a work, and by its title where it has none.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::document::{Identifiers, Relation, Status};

/// Shorter titles ("Editorial", "In reply") say nothing about which work it is.
const TITLE_WORDS: usize = 4;

/// A name of a work in the form in which two spellings of it are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// What names it: `doi`, `pmid`, `pmcid`, `url` or `title`.
    pub kind: &'static str,
    /// The name.
    pub value: String,
}

impl Name {
    /// Whether it names one work and no other: a registered number does, a title or an address need not.
    pub fn is_of_one_work(&self) -> bool {
        matches!(self.kind, "doi" | "pmid" | "pmcid")
    }
}

impl Identifiers {
    /// The names it holds, each in the form that is compared.
    pub fn names(&self) -> Vec<Name> {
        let forms = [
            ("doi", self.doi.as_deref().and_then(doi)),
            ("pmid", self.pmid.as_deref().and_then(|text| number(text, ""))),
            ("pmcid", self.pmcid.as_deref().and_then(|text| number(text, "PMC"))),
            ("url", self.url.as_deref().and_then(url)),
        ];
        forms.into_iter().filter_map(|(kind, value)| Some(Name { kind, value: value? })).collect()
    }
}

fn doi(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let start = text.find("10.")?;
    let doi = text[start..].trim_end_matches(['.', ',', ';', '/']);
    doi.contains('/').then(|| doi.to_owned())
}

/// The first number in it: `PMC123.1` is a version of `PMC123`.
fn number(text: &str, prefix: &str) -> Option<String> {
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().trim_start_matches('0');
    (!digits.is_empty()).then(|| format!("{prefix}{digits}"))
}

/// Addresses that only resolve a DOI name nothing of their own.
fn url(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let rest = text.strip_prefix("https://").or(text.strip_prefix("http://"))?;
    let rest = rest.split('#').next().unwrap_or_default().trim_end_matches('/');
    let resolver = ["doi.org/", "dx.doi.org/"].iter().any(|host| rest.starts_with(host));
    (!resolver && rest.contains('.')).then(|| rest.trim_start_matches("www.").to_owned())
}

/// The words of a title, without case, punctuation, and the marks that publishers put before it.
pub fn title_key(title: &str) -> Option<Name> {
    let lower = title.to_lowercase();
    let mut words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    while let Some("retracted" | "retraction" | "withdrawn" | "article" | "expression" | "of" | "concern") =
        words.first().copied()
    {
        words.remove(0);
    }
    (words.len() >= TITLE_WORDS).then(|| Name { kind: "title", value: words.join(" ") })
}

/// The family name of a person written `Given Family`, without case.
fn family(name: &str) -> Option<String> {
    name.split_whitespace().next_back().map(str::to_lowercase)
}

/// What somebody has published about how a work stands: a retraction, a concern, a correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    /// What it does to the work.
    pub relation: Relation,
    /// The names of the work.
    pub subject: Identifiers,
    /// Its title.
    #[serde(default)]
    pub title: Option<String>,
    /// Its first author, `Given Family`.
    #[serde(default)]
    pub first_author: Option<String>,
    /// The year it appeared.
    #[serde(default)]
    pub year: Option<i32>,
    /// The names of the notice itself.
    #[serde(default)]
    pub notice: Identifiers,
    /// When it was published.
    #[serde(default)]
    pub date: Option<String>,
    /// Why, as published.
    #[serde(default)]
    pub reason: Option<String>,
    /// Where we have it from.
    pub feed: String,
}

impl Notice {
    /// How the work stands by it; `None` when it has no bearing on that.
    pub fn status(&self) -> Option<Status> {
        match self.relation {
            Relation::Retracts => Some(Status::Retracted),
            Relation::Concerns => Some(Status::ExpressionOfConcern),
            Relation::Corrects => Some(Status::Corrected),
            Relation::Reinstates => Some(Status::Current),
            _ => None,
        }
    }

    /// Under which names its work is looked for: those of the work, else its title.
    pub fn names(&self) -> Vec<Name> {
        let mut names = self.subject.names();
        names.extend(self.title.as_deref().and_then(title_key));
        names
    }

    /// Whether a work found by its title alone is the one it means: first author and year must not disagree, and one of them
    /// must be known on both sides.
    pub fn fits(&self, first_author: Option<&str>, year: Option<i32>) -> bool {
        let author = self.first_author.as_deref().and_then(family).zip(first_author.and_then(family));
        let author = author.map(|(a, b)| a == b);
        // Print and online dates of one work fall into neighbouring years.
        let year = self.year.zip(year).map(|(a, b)| (a - b).abs() <= 1);
        matches!((author, year), (Some(true), None | Some(true)) | (None, Some(true)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(doi: &str, pmid: &str, pmcid: &str, url: &str) -> Identifiers {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Identifiers { doi: some(doi), pmid: some(pmid), pmcid: some(pmcid), url: some(url) }
    }

    #[test]
    fn spellings_of_a_name_are_one() {
        let plain = ids("10.1000/abc", "123", "PMC45", "https://example.org/a").names();
        let odd = ids("https://doi.org/10.1000/ABC.", "PMID: 00123", "45", "http://www.Example.org/a/#top").names();
        assert_eq!(plain, odd);
        assert_eq!(plain.len(), 4);
        assert_eq!(ids("not a doi", "none", "", "https://doi.org/10.1000/abc").names(), []);
        assert_eq!(ids("", "123 [version 2]", "PMC45.1", "").names(), ids("", "123", "PMC45", "").names());
    }

    #[test]
    fn titles_are_compared_by_their_words() {
        let key = |title| title_key(title).map(|name| name.value);
        assert_eq!(key("RETRACTED: Effect of Examplin on gout!"), key("Effect of examplin on Gout"));
        assert_eq!(key("Editorial"), None);
    }

    #[test]
    fn a_title_alone_is_not_enough() {
        let notice = Notice {
            relation: Relation::Retracts,
            subject: Identifiers::default(),
            title: Some("Effect of examplin on gout".into()),
            first_author: Some("Ann Roe".into()),
            year: Some(2020),
            notice: Identifiers::default(),
            date: None,
            reason: None,
            feed: "test".into(),
        };
        assert!(notice.fits(Some("A. Roe"), Some(2021)));
        assert!(notice.fits(Some("Ann Roe"), None));
        assert!(notice.fits(None, Some(2020)));
        assert!(!notice.fits(Some("Jo Doe"), Some(2020)));
        assert!(!notice.fits(Some("Ann Roe"), Some(2010)));
        assert!(!notice.fits(None, None));
        assert_eq!(notice.status(), Some(Status::Retracted));
        assert_eq!(notice.names()[0].kind, "title");
    }
}
