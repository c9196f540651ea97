//! Where does a corpus come from? What the `[[sources]]` of its manifest may say.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::FetchError;
use super::mirror::Mirror;

/// Numbers that one search of NCBI hands out, at most.
pub(super) const MAX_FOUND: u32 = 10_000;

/// One place that documents, or notices about documents, come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// A folder on this machine.
    Directory {
        /// The folder.
        path: PathBuf,
    },
    /// An archive on this machine.
    Archive {
        /// The file.
        path: PathBuf,
    },
    /// Single addresses. One of the two fields must be there.
    Urls {
        /// The addresses.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        urls: Vec<String>,
        /// A text file with one address a line; empty lines and lines that begin with `#` say nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        list: Option<PathBuf>,
    },
    /// A bucket of S3, or of a store that speaks its language. What its credentials are is said elsewhere.
    S3 {
        /// The bucket.
        bucket: String,
        /// What the names of its objects must begin with; all of them unless told.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        prefix: String,
        /// The region, as in `eu-central-1`.
        region: String,
        /// A store other than Amazon's; the bucket's name is then part of the path.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endpoint: Option<String>,
    },
    /// Open-access articles of PubMed Central. One of `ids` and `query` must be there.
    PmcOa {
        /// Numbers, with or without `PMC`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ids: Vec<String>,
        /// A query as on the site; open access is asked for besides.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<String>,
        /// Articles that a query may bring, at most; 1,000 unless told, 10,000 at most.
        #[serde(default = "thousand")]
        limit: u32,
        /// Days after which an article that is held is asked for again; 7 unless told.
        #[serde(default = "week")]
        refresh_days: u32,
        /// The service; NCBI's unless told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base_url: Option<String>,
        /// An e-mail address that the service may write to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<String>,
    },
    /// Abstracts of PubMed. One of `ids` and `query` must be there.
    Pubmed {
        /// Numbers.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ids: Vec<String>,
        /// A query as on the site.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<String>,
        /// Abstracts that a query may bring, at most; 1,000 unless told, 10,000 at most.
        #[serde(default = "thousand")]
        limit: u32,
        /// Days after which an abstract that is held is asked for again; 7 unless told.
        #[serde(default = "week")]
        refresh_days: u32,
        /// The service; NCBI's unless told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base_url: Option<String>,
        /// An e-mail address that the service may write to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<String>,
    },
    /// What Crossref knows of retractions, corrections and new versions.
    Crossref {
        /// Of which works.
        dois: Dois,
        /// The service; Crossref's unless told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base_url: Option<String>,
        /// An e-mail address that the service may write to; who gives one is served from the faster pool.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<String>,
    },
    /// The table of Retraction Watch. One of the two fields must be there.
    RetractionWatch {
        /// The table on this machine.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<PathBuf>,
        /// Its address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
}

/// Which works are asked about: `"held"`, or a list of DOIs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Dois {
    /// All that the caller holds.
    Held(HeldWord),
    /// These.
    Listed(Vec<String>),
}

/// The word `"held"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldWord {
    /// `"held"`.
    Held,
}

impl fmt::Display for Source {
    /// In a few words, for people: what it is, and where.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let searched = |ids: &[String], query: &Option<String>| match query {
            Some(query) => query.clone(),
            None => format!("{} numbers", ids.len()),
        };
        match self {
            Self::Directory { path } => write!(f, "folder {}", path.display()),
            Self::Archive { path } => write!(f, "archive {}", path.display()),
            Self::Urls { list: Some(list), .. } => write!(f, "addresses in {}", list.display()),
            Self::Urls { urls, list: None } => write!(f, "addresses {}", urls.join(" ")),
            Self::S3 { bucket, prefix, region, .. } => write!(f, "bucket {bucket}/{prefix} ({region})"),
            Self::PmcOa { ids, query, .. } => write!(f, "PubMed Central: {}", searched(ids, query)),
            Self::Pubmed { ids, query, .. } => write!(f, "PubMed: {}", searched(ids, query)),
            Self::Crossref { dois: Dois::Held(_), .. } => write!(f, "Crossref: notices about all that is held"),
            Self::Crossref { dois: Dois::Listed(dois), .. } => {
                write!(f, "Crossref: notices about {} works", dois.len())
            }
            Self::RetractionWatch { path: Some(path), .. } => write!(f, "Retraction Watch: {}", path.display()),
            Self::RetractionWatch { url, path: None } => {
                write!(f, "Retraction Watch: {}", url.as_deref().unwrap_or_default())
            }
        }
    }
}

fn thousand() -> u32 {
    1_000
}

fn week() -> u32 {
    7
}

impl Source {
    /// What the ingest reads once the source is fetched; `None` for sources that bring notices alone.
    pub fn documents<'a>(&'a self, mirror: &'a Mirror) -> Option<&'a Path> {
        match self {
            Self::Directory { path } | Self::Archive { path } => Some(path.as_path()),
            Self::Urls { .. } | Self::S3 { .. } | Self::PmcOa { .. } | Self::Pubmed { .. } => Some(mirror.dir()),
            Self::Crossref { .. } | Self::RetractionWatch { .. } => None,
        }
    }

    /// Whether what the ingest reads of it is our copy of what a service has, and no folder that people keep.
    pub fn is_mirrored(&self) -> bool {
        matches!(self, Self::Urls { .. } | Self::S3 { .. } | Self::PmcOa { .. } | Self::Pubmed { .. })
    }

    /// Whether what it says makes sense together.
    pub(super) fn check(&self) -> Result<(), FetchError> {
        let wrong = |why: &str| Err(FetchError::Source(why.to_owned()));
        match self {
            Self::Urls { urls, list: None } if urls.is_empty() => wrong("a source of type urls needs urls, or a list"),
            Self::S3 { bucket, region, .. } if !is_name(bucket) || !is_name(region) => {
                wrong("a source of type s3 needs the names of a bucket and of a region, without a scheme or path")
            }
            Self::PmcOa { ids, query: None, .. } | Self::Pubmed { ids, query: None, .. } if ids.is_empty() => {
                wrong("a source of type pmc_oa or pubmed needs ids, or a query")
            }
            Self::PmcOa { limit, .. } | Self::Pubmed { limit, .. } if !(1..=MAX_FOUND).contains(limit) => {
                wrong("limit must be from 1 to 10000: split the query, by years for instance, to get more")
            }
            Self::RetractionWatch { path, url } if path.is_some() == url.is_some() => {
                wrong("a source of type retraction_watch needs either a path or a url")
            }
            _ => Ok(()),
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Manifest {
        sources: Vec<Source>,
    }

    fn read(text: &str) -> Result<Vec<Source>, toml::de::Error> {
        Ok(toml::from_str::<Manifest>(text)?.sources)
    }

    #[test]
    fn sources_are_written_in_manifests() {
        let text = r#"
[[sources]]
type = "directory"
path = "guidelines"

[[sources]]
type = "urls"
urls = ["https://example.org/a.pdf"]

[[sources]]
type = "s3"
bucket = "guidelines"
region = "eu-central-1"
endpoint = "https://store.hospital.example:9000"

[[sources]]
type = "pmc_oa"
query = "examplin[title]"
limit = 50

[[sources]]
type = "pubmed"
ids = ["1", "2"]
contact = "library@hospital.example"

[[sources]]
type = "crossref"
dois = "held"

[[sources]]
type = "crossref"
dois = ["10.1000/x"]

[[sources]]
type = "retraction_watch"
path = "rw.csv"
"#;
        let sources = read(text).unwrap();
        assert_eq!(sources.len(), 8);
        for source in &sources {
            source.check().unwrap();
        }
        let mirrored: Vec<bool> = sources.iter().map(Source::is_mirrored).collect();
        assert_eq!(mirrored, [false, true, true, true, true, false, false, false]);
        assert!(matches!(&sources[3], Source::PmcOa { limit: 50, refresh_days: 7, .. }));
        assert!(matches!(&sources[5], Source::Crossref { dois: Dois::Held(_), .. }));
        assert!(matches!(&sources[6], Source::Crossref { dois: Dois::Listed(dois), .. } if dois.len() == 1));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let written = |body: &str| read(&format!("[[sources]]\n{body}"));
        for body in [
            "type = \"ftp\"",
            "type = \"directory\"",
            "type = \"directory\"\npath = \"a\"\nurl = \"b\"",
            "type = \"pubmed\"\nquery = \"x\"\nlimits = 5",
            "type = \"crossref\"\ndois = \"some\"",
        ] {
            assert!(written(body).is_err(), "{body}");
        }
        for body in [
            "type = \"urls\"",
            "type = \"pubmed\"",
            "type = \"pmc_oa\"\nquery = \"x\"\nlimit = 0",
            "type = \"pubmed\"\nquery = \"x\"\nlimit = 10001",
            "type = \"retraction_watch\"",
            "type = \"retraction_watch\"\npath = \"a\"\nurl = \"b\"",
            "type = \"s3\"\nbucket = \"a/b\"\nregion = \"x\"",
        ] {
            assert!(written(body).unwrap()[0].check().is_err(), "{body}");
        }
    }
}
