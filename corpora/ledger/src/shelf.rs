//! Which documents are held? The newest version of each in the order of the titles, a page at a time, by what is asked of them.

use std::fmt;
use std::str::FromStr;

use knowledge::{Access, CorpusId, DocumentId, IdError, Identifiers, Kind, Quality, Status};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Ledger;
use crate::due::overdue;
use crate::error::{Error, Result};
use crate::identity::named;
use crate::schema::{SCORE, of_metadata};
use crate::snapshots::pointer;
use crate::withheld::Ahead;

/// Words of a search that are looked at: a title that has so many of them is the one.
const MAX_WORDS: usize = 32;

/// Whether `v` is the newest version of its document.
pub(crate) const NEWEST: &str =
    "NOT EXISTS (SELECT 1 FROM versions w WHERE w.document = v.document AND w.number > v.number)";

/// Whether the source of the version `v` was read badly.
pub(crate) fn poor() -> String {
    // Written as a person would: the score is stored so, and the nearest f64 of an f32 lies beside it.
    format!("{SCORE} < {}", Quality::REVIEW_BELOW)
}

/// Which documents are asked for, each by its newest version. What is left out is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentQuery {
    /// Of this corpus.
    pub corpus: Option<CorpusId>,
    /// That stand so.
    pub status: Option<Status>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// Of this issuer; the case of Latin letters does not matter.
    pub issuer: Option<String>,
    /// Published in this year.
    pub year: Option<i32>,
    /// That may be evidence and were to be looked at again by this day, `2024-03-01`.
    pub due_by: Option<String>,
    /// Whose source was read badly: below [`Quality::REVIEW_BELOW`].
    pub is_poor: bool,
    /// With all of these words in the title, whatever their case; or of this id, DOI, PMID or PMCID.
    pub words: Option<String>,
    /// After this one.
    pub after: Option<DocumentMark>,
    /// At most so many.
    pub limit: u32,
}

/// Where in the list a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentMark(DocumentId);

impl fmt::Display for DocumentMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for DocumentMark {
    type Err = IdError;

    fn from_str(text: &str) -> std::result::Result<Self, IdError> {
        text.parse().map(Self)
    }
}

/// A document in the list: what is said of it is said of its newest version.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DocumentRow {
    /// The document.
    pub document: DocumentId,
    /// Number of its newest version.
    pub version: u32,
    /// How many versions are held.
    pub versions: u64,
    /// Its corpus.
    pub corpus: CorpusId,
    /// Its title.
    pub title: String,
    /// Its issuer.
    pub issuer: String,
    /// Kind of literature.
    pub kind: Kind,
    /// Where it stands, as was last decided.
    pub status: Status,
    /// How much of it is held.
    pub access: Access,
    /// Date of publication: `2024`, `2024-03` or `2024-03-01`.
    pub published: Option<String>,
    /// When it is to be looked at again: a date like `published`.
    pub review_by: Option<String>,
    /// The last day on which it may be relied on: a date like `published`.
    pub expires: Option<String>,
    /// How well its source was read, 0 to 1; absent where that was before there was a measure.
    pub quality: Option<f64>,
    /// Open findings about any of its versions.
    pub findings: u64,
    /// Whether questions to the published snapshot may find this version.
    pub is_in_force: bool,
}

/// Documents, and where to go on.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentPage {
    /// By title, then by id. One whose metadata is damaged is not among them: see [`Ledger::faults`].
    pub documents: Vec<DocumentRow>,
    /// The `after` of the next page, if there is one.
    pub next: Option<DocumentMark>,
}

impl Ledger {
    /// The documents that are asked for, as many as the query's limit.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`] for a mark that was never given.
    pub fn list_documents(&self, query: &DocumentQuery) -> Result<DocumentPage> {
        let connection = self.read()?;
        let (sql, values) = page(&connection, query)?;
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let (mut documents, ahead) = (Vec::new(), self.ahead());
        while let Some(row) = rows.next()? {
            documents.push(document_row(row, &ahead)?);
        }
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let is_last = documents.len() <= limit;
        documents.truncate(limit);
        let next = documents.last().filter(|_| !is_last).map(|last| DocumentMark(last.document));
        Ok(DocumentPage { documents, next })
    }

    /// How many documents are asked for, wherever the page begins and ends.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn count_documents(&self, query: &DocumentQuery) -> Result<u64> {
        let connection = self.read()?;
        let (sql, values) = count(&connection, query)?;
        Ok(connection.prepare(&sql)?.query_row(params_from_iter(values), |row| row.get(0))?)
    }
}

/// The title in the order of the list, written as `versions_by_title` has it.
fn order() -> String {
    format!("lower({})", of_metadata("title"))
}

/// One page, and one document more if there is one.
pub(crate) fn page(connection: &Connection, query: &DocumentQuery) -> Result<(String, Vec<Value>)> {
    let mut filter = Filter::of(connection, query)?;
    let (title, document) = match query.after {
        Some(mark) => (place_of(connection, mark)?, mark.0.to_bytes().to_vec()),
        None => (String::new(), Vec::new()),
    };
    let (order, title, document) = (order(), filter.bind(title), filter.bind(document));
    filter.ask(format!("{order} >= {title} AND ({order} > {title} OR v.document > {document})"));
    let published = filter.bind(i64::try_from(pointer(connection, "published")?.0).unwrap_or(i64::MAX));
    let limit = filter.bind(i64::from(query.limit) + 1);
    let sql = format!(
        "SELECT v.document, v.number, {}, v.status, {}, {}, {}, {}, v.review_by, v.expires, {SCORE},
                (SELECT d.corpus FROM documents d WHERE d.id = v.document),
                (SELECT count(*) FROM versions w WHERE w.document = v.document),
                (SELECT count(*) FROM findings f WHERE f.document = v.document AND f.closed IS NULL),
                v.status NOT IN ('retracted', 'withdrawn')
                AND EXISTS (SELECT 1 FROM passages p JOIN entries e ON e.passage = p.id WHERE p.version = v.id
                            AND e.added <= {published} AND (e.removed IS NULL OR e.removed > {published}))
         FROM versions v WHERE {} ORDER BY {order}, v.document LIMIT {limit}",
        of_metadata("title"),
        of_metadata("issuer"),
        of_metadata("kind"),
        of_metadata("published"),
        of_metadata("access"),
        filter.conditions.join(" AND ")
    );
    Ok((sql, filter.values))
}

/// How many there are on all pages.
pub(crate) fn count(connection: &Connection, query: &DocumentQuery) -> Result<(String, Vec<Value>)> {
    let mut filter = Filter::of(connection, query)?;
    filter.ask(format!("{} IS NOT NULL", order()));
    let sql = format!("SELECT count(*) FROM versions v WHERE {}", filter.conditions.join(" AND "));
    Ok((sql, filter.values))
}

/// The title by which the document of a mark is in its place.
fn place_of(connection: &Connection, mark: DocumentMark) -> Result<String> {
    let sql = format!("SELECT {} FROM versions v WHERE v.document = ?1 AND {NEWEST}", order());
    let title: Option<Option<String>> = connection.query_row(&sql, [mark.0.to_bytes()], |row| row.get(0)).optional()?;
    title.flatten().ok_or(Error::UnknownDocument(mark.0))
}

fn document_row(row: &Row<'_>, ahead: &Ahead) -> Result<DocumentRow> {
    let document = DocumentId::from_bytes(row.get(0)?);
    let damaged = |what: &str| Error::Damaged(format!("{what} of document {document}"));
    let version: u32 = row.get(1)?;
    let (status, corpus): (String, String) = (row.get(3)?, row.get(11)?);
    let (issuer, kind, access): (Option<String>, Option<String>, Option<String>) =
        (row.get(4)?, row.get(5)?, row.get(7)?);
    Ok(DocumentRow {
        document,
        version,
        versions: row.get(12)?,
        corpus: corpus.parse().map_err(|_| damaged("corpus"))?,
        title: row.get(2)?,
        issuer: issuer.ok_or_else(|| damaged("issuer"))?,
        kind: kind.and_then(|kind| kind.parse().ok()).ok_or_else(|| damaged("kind"))?,
        status: ahead.status(document, version, status.parse().map_err(|_| damaged("status"))?),
        access: serde_json::from_value(access.into())?,
        published: row.get(6)?,
        review_by: row.get(8)?,
        expires: row.get(9)?,
        quality: row.get(10)?,
        findings: row.get(13)?,
        is_in_force: row.get::<_, bool>(14)? && !ahead.suppresses(document, version),
    })
}

/// Conditions on the version `v`, and the values that they name.
struct Filter {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Filter {
    fn of(connection: &Connection, query: &DocumentQuery) -> Result<Self> {
        let mut filter = Self { conditions: vec![NEWEST.to_owned()], values: Vec::new() };
        if let Some(corpus) = &query.corpus {
            let corpus = filter.bind(corpus.to_string());
            filter.ask(format!("EXISTS (SELECT 1 FROM documents d WHERE d.id = v.document AND d.corpus = {corpus})"));
        }
        if let Some(status) = query.status {
            let status = filter.bind(status.to_string());
            filter.ask(format!("v.status = {status}"));
        }
        if let Some(kind) = query.kind {
            let kind = filter.bind(kind.to_string());
            filter.ask(format!("{} = {kind}", of_metadata("kind")));
        }
        if let Some(issuer) = &query.issuer {
            let issuer = filter.bind(issuer.clone());
            filter.ask(format!("lower({}) = lower({issuer})", of_metadata("issuer")));
        }
        if let Some(year) = query.year {
            let year = filter.bind(format!("{year:04}"));
            filter.ask(format!("substr({}, 1, 4) = {year}", of_metadata("published")));
        }
        if let Some(day) = &query.due_by {
            let day = filter.bind(day.clone());
            filter.ask(overdue(&day));
        }
        if query.is_poor {
            filter.ask(poor());
        }
        if let Some(words) = &query.words {
            filter.ask_words(connection, words)?;
        }
        Ok(filter)
    }

    /// Adds a value, and says under which name.
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    fn ask(&mut self, condition: String) {
        self.conditions.push(condition);
    }

    fn ask_words(&mut self, connection: &Connection, words: &str) -> Result<()> {
        let title = of_metadata("title");
        let mut all = Vec::new();
        for word in words.split_whitespace().take(MAX_WORDS) {
            let spelt = spellings(word).into_iter().map(|spelling| {
                let pattern = self.bind(format!("%{}%", escaped(&spelling)));
                format!("{title} LIKE {pattern} ESCAPE '\\'")
            });
            all.push(format!("({})", spelt.collect::<Vec<_>>().join(" OR ")));
        }
        if all.is_empty() {
            return Ok(());
        }
        let mut known = named(connection, &identifiers(words).names())?;
        known.extend(words.trim().parse::<DocumentId>().ok());
        let ids: Vec<String> = known.into_iter().map(|id| self.bind(id.to_bytes().to_vec())).collect();
        let all = all.join(" AND ");
        self.ask(if ids.is_empty() { all } else { format!("({all} OR v.document IN ({}))", ids.join(", ")) });
        Ok(())
    }
}

/// Ways in which a title may spell a word: SQLite knows the case of Latin letters without marks alone.
fn spellings(word: &str) -> Vec<String> {
    let lower = word.to_lowercase();
    if lower.is_ascii() {
        return vec![lower];
    }
    let mut rest = lower.chars();
    let capital = rest.next().map(|first| first.to_uppercase().chain(rest).collect());
    [Some(word.to_uppercase()), capital, Some(lower)].into_iter().flatten().collect()
}

/// A word as a part of a pattern of LIKE.
fn escaped(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// What of a search may be a name of a work: the whole of it, or nothing.
fn identifiers(words: &str) -> Identifiers {
    let text = words.trim().to_lowercase();
    let number = |prefix: &str| {
        let rest = text.strip_prefix(prefix)?.trim_start_matches([':', ' ']);
        let is_number = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| rest.to_owned())
    };
    Identifiers {
        doi: (!text.contains(char::is_whitespace)).then(|| text.clone()),
        pmid: number("pmid").or_else(|| number("")),
        pmcid: number("pmc"),
        url: None,
    }
}
