//! PubMed and PubMed Central, through NCBI's E-utilities: a search gives numbers, and numbers give articles.
//!
//! Each article is a file of its own. A set as a file would change with every answer of the search, and the ingest
//! would take in two hundred articles again for one that is new. Articles are asked for by their numbers and not by the
//! search that the server remembers: that one is forgotten within hours, and cannot leave out what is held and fresh.

use std::collections::BTreeSet;
use std::io::Write;

use jiff::Timestamp;
use knowledge::sha256_hex;
use reqwest::Url;
use roxmltree::Node;
use serde::Deserialize;

use super::articles::{Article, pmc_number, pubmed_number, split};
use super::client::{Ask, Received};
use super::error::{Failure, FetchError};
use super::expect::Expect;
use super::names::shown;
use super::run::{Run, service};

const NCBI: &str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/";

/// What NCBI asks programs to call themselves.
const TOOL: &str = "osler";

const SECONDS_A_DAY: i64 = 86_400;

/// One of NCBI's databases.
pub(super) struct Database {
    /// Its name in requests.
    db: &'static str,
    /// What stands before its numbers in messages and file names.
    label: &'static str,
    /// What is asked for besides the query.
    filter: Option<&'static str>,
    /// What an answer begins with, and what its articles are called.
    set: &'static str,
    elements: &'static [&'static str],
    number: fn(Node<'_, '_>) -> Option<String>,
    /// Articles in one answer: whole texts are a hundred times as long as abstracts.
    page: usize,
}

pub(super) const PUBMED: Database = Database {
    db: "pubmed",
    label: "PMID",
    filter: None,
    set: "PubmedArticleSet",
    elements: &["PubmedArticle", "PubmedBookArticle"],
    number: pubmed_number,
    page: 200,
};

pub(super) const PMC: Database = Database {
    db: "pmc",
    label: "PMC",
    filter: Some("open access[filter]"),
    set: "pmc-articleset",
    elements: &["article"],
    number: pmc_number,
    page: 20,
};

/// What is wanted of it.
pub(super) struct Wish<'a> {
    pub(super) ids: &'a [String],
    pub(super) query: Option<&'a str>,
    pub(super) limit: u32,
    pub(super) refresh_days: u32,
    pub(super) base_url: Option<&'a str>,
    pub(super) contact: Option<&'a str>,
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    esearchresult: Option<SearchResult>,
    #[serde(default)]
    error: Option<String>,
}

#[derive(Deserialize)]
struct SearchResult {
    #[serde(default)]
    count: String,
    #[serde(default)]
    idlist: Vec<String>,
    #[serde(default, rename = "ERROR")]
    error: Option<String>,
}

pub(super) async fn fetch(run: &mut Run<'_>, db: &Database, wish: &Wish<'_>) -> Result<(), FetchError> {
    let mut numbers = Vec::new();
    for id in wish.ids {
        match number(id) {
            Some(number) => numbers.push(number),
            None => run.failed(id.clone(), &Failure::Malformed(format!("it is no number of {}", db.db)))?,
        }
    }
    let mut left_out = 0;
    if let Some(query) = wish.query {
        let (found, beyond) = search(run, db, wish, query).await?;
        numbers.extend(found);
        left_out = beyond;
    }
    let mut seen = BTreeSet::new();
    numbers.retain(|number| seen.insert(number.clone()));
    run.listed(numbers.len(), left_out);
    let mut wanted = Vec::new();
    for number in numbers {
        match run.mirror.kept(&db.key(&number)) {
            Some(kept) if is_fresh(&kept.fetched_at, run.client.now(), wish.refresh_days) => {
                run.unchanged(db.name(&number), kept.file);
            }
            _ => wanted.push(number),
        }
    }
    for page in wanted.chunks(db.page) {
        run.check_stop()?;
        fetch_page(run, db, wish, page).await?;
    }
    Ok(())
}

/// Numbers that a query finds, and how many more it has.
async fn search(
    run: &mut Run<'_>,
    db: &Database,
    wish: &Wish<'_>,
    query: &str,
) -> Result<(Vec<String>, usize), FetchError> {
    let term = db.filter.map_or_else(|| query.to_owned(), |filter| format!("({query}) AND {filter}"));
    let limit = wish.limit.to_string();
    let parameters = [("term", term.as_str()), ("retmax", limit.as_str()), ("retmode", "json")];
    let ask = db.ask(run, wish, "esearch.fcgi", &parameters, Expect::Json)?;
    let what = format!("the search for {query:?}");
    let failed = |failure| service(&what, failure);
    let bytes = run.look(&ask).await.map_err(failed)?;
    let unread = |why: String| service(&what, Failure::Malformed(why));
    let search: Search = serde_json::from_slice(&bytes).map_err(|error| unread(error.to_string()))?;
    let result = search.esearchresult.ok_or_else(|| unread(search.error.unwrap_or_else(|| "no result".to_owned())))?;
    if let Some(error) = result.error {
        return Err(unread(error));
    }
    let found: Vec<String> = result.idlist.iter().filter_map(|id| number(id)).collect();
    let beyond = result.count.parse::<usize>().unwrap_or(found.len()).saturating_sub(found.len());
    Ok((found, beyond))
}

async fn fetch_page(run: &mut Run<'_>, db: &Database, wish: &Wish<'_>, page: &[String]) -> Result<(), FetchError> {
    let ids = page.join(",");
    let parameters = [("id", ids.as_str()), ("rettype", "xml"), ("retmode", "xml")];
    let ask = db.ask(run, wish, "efetch.fcgi", &parameters, Expect::Xml)?;
    let answer = match run.look(&ask).await {
        Ok(bytes) => split(&bytes, db.set, db.elements, db.number).map_err(Failure::Malformed),
        Err(failure) => Err(failure),
    };
    let articles = match answer {
        Ok(articles) => articles,
        Err(failure) => return page.iter().try_for_each(|number| run.failed(db.name(number), &failure)),
    };
    let mut missing: BTreeSet<&str> = page.iter().map(String::as_str).collect();
    for Article { number, xml } in articles {
        let number = number.unwrap_or_default();
        if missing.remove(number.as_str()) {
            keep(run, db, &number, &xml)?;
        } else {
            run.skipped(db.name(&number), "it came without having been asked for".to_owned());
        }
    }
    for number in missing {
        run.gone(db.name(number));
    }
    Ok(())
}

fn keep(run: &mut Run<'_>, db: &Database, number: &str, xml: &str) -> Result<(), FetchError> {
    let mut part = run.mirror.part()?;
    let unwritten = |source| FetchError::Disk { path: run.mirror.dir().to_owned(), source };
    part.write_all(xml.as_bytes()).map_err(unwritten)?;
    let received = Received {
        bytes: u64::try_from(xml.len()).unwrap_or(u64::MAX),
        sha256: sha256_hex(xml.as_bytes()),
        etag: None,
        last_modified: None,
        content_type: None,
    };
    let name = format!("{}.xml", db.name(number).to_ascii_lowercase());
    run.keep(&db.key(number), db.name(number), part, name, &received)?;
    Ok(())
}

impl Database {
    /// `PMID123`, `PMC123`. Numbers are digits, so this is a safe name of a file as well.
    fn name(&self, number: &str) -> String {
        format!("{}{number}", self.label)
    }

    fn key(&self, number: &str) -> String {
        format!("{}:{number}", self.db)
    }

    fn ask(
        &self,
        run: &Run<'_>,
        wish: &Wish<'_>,
        tool: &str,
        parameters: &[(&str, &str)],
        expect: Expect,
    ) -> Result<Ask, FetchError> {
        let mut url = endpoint(run, wish.base_url.unwrap_or(NCBI), tool)?;
        let mut query = url.query_pairs_mut();
        query.append_pair("db", self.db);
        for (name, value) in parameters {
            query.append_pair(name, value);
        }
        query.append_pair("tool", TOOL);
        if let Some(contact) = wish.contact {
            query.append_pair("email", contact);
        }
        drop(query);
        let shown = shown(url.as_str());
        Ok(Ask { key: shown.clone(), shown, url, expect, headers: Vec::new() })
    }
}

/// An address below that of a service.
pub(super) fn endpoint(run: &Run<'_>, base: &str, tail: &str) -> Result<Url, FetchError> {
    let text = format!("{}/{tail}", base.trim_end_matches('/'));
    run.client.guard().parse(&text).map_err(|refusal| FetchError::Source(format!("base_url {base:?}: {refusal}")))
}

fn number(id: &str) -> Option<String> {
    let id = id.trim();
    let digits = ["PMC", "pmc", "PMID:", "pmid:", "PMID", "pmid"].iter().find_map(|label| id.strip_prefix(label));
    super::notice::pmid(digits.unwrap_or(id))
}

fn is_fresh(fetched_at: &str, now: Timestamp, days: u32) -> bool {
    let Ok(then) = fetched_at.parse::<Timestamp>() else { return false };
    (0..i64::from(days) * SECONDS_A_DAY).contains(&(now.as_second() - then.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_however_they_are_written() {
        for (text, expected) in [
            ("123", Some("123")),
            ("PMC123", Some("123")),
            (" pmid: 7 ", Some("7")),
            ("PMC", None),
            ("1,2", None),
            ("x", None),
        ] {
            assert_eq!(number(text).as_deref(), expected, "{text}");
        }
        assert_eq!(
            (PMC.name("5"), PUBMED.name("5"), PUBMED.key("5")),
            ("PMC5".into(), "PMID5".into(), "pubmed:5".into())
        );
    }

    #[test]
    fn what_is_held_is_fresh_for_some_days() {
        let now: Timestamp = "2026-01-08T00:00:00Z".parse().unwrap();
        assert!(is_fresh("2026-01-02T00:00:00Z", now, 7));
        assert!(!is_fresh("2026-01-01T00:00:00Z", now, 7));
        assert!(!is_fresh("2026-01-08T00:00:00Z", now, 0));
        assert!(!is_fresh("2026-01-09T00:00:00Z", now, 7), "a time to come is a clock that was wrong");
        assert!(!is_fresh("", now, 7));
    }
}
