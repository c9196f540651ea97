//! What is held, as librarians see it: corpora with their health, documents by filter, and one document with all that was decided
//! about it.

use std::sync::Arc;

use ::audit::Draft;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use curation::Needs;
use ingest::Originals;
use knowledge::{Corpus, DocumentId, Status};
use ledger::{DocumentMark, DocumentQuery, DocumentRow, Ledger, PassagePlace, VersionRecord};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Caller;
use super::findings::FindingReply;
use super::ingests::RecordedRun;
use super::pdf_pages::{is_pdf, is_text, original_of};
use super::problem::{Path, Query};
use super::snapshots::DecisionReply;
use super::{Problem, Shared, blocking, number, request_id};
use crate::people::People;

/// Documents of one reply, at most.
const MAX_LISTED: u32 = 200;

/// A corpus, and how it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CorpusHealth {
    /// Its policy.
    corpus: Corpus,
    /// Documents it holds.
    documents: u64,
    /// Versions of them.
    versions: u64,
    /// Passages in force in the published snapshot.
    passages: u64,
    /// Open findings.
    findings: u64,
    /// Documents that are overdue to be looked at.
    overdue: u64,
    /// Documents that were read badly.
    poor: u64,
    /// Documents whose newest version is retracted or withdrawn.
    suppressed: u64,
    /// Sources that its manifest names.
    sources: u64,
    /// Whether its licence has ended.
    is_licence_over: bool,
    /// The last run of ingest into it.
    last_run: Option<RecordedRun>,
}

impl CorpusHealth {
    pub(super) fn new(health: ledger::CorpusHealth, people: &People) -> Self {
        Self {
            corpus: health.corpus,
            documents: health.documents,
            versions: health.versions,
            passages: health.passages,
            findings: health.findings,
            overdue: health.overdue,
            poor: health.poor,
            suppressed: health.suppressed,
            sources: health.sources,
            is_licence_over: health.is_licence_over,
            last_run: health.last_run.map(|run| RecordedRun::new(run, people)),
        }
    }
}

/// The corpora.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LibraryCorpora {
    /// By id.
    corpora: Vec<CorpusHealth>,
}

/// List corpora with their rights and health
#[utoipa::path(get, path = "/v1/library/corpora", tag = "library", operation_id = "library_corpora",
    responses((status = 200, description = "By id", body = LibraryCorpora)))]
pub(super) async fn corpora(State(shared): State<Shared>) -> Result<Json<LibraryCorpora>, Problem> {
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<LibraryCorpora, Problem> {
        let (people, retriever) = (People::of(&app)?, app.asker.retriever());
        let corpora = retriever.ledger.corpus_health(&retriever.today())?.into_iter();
        let corpora = corpora.map(|health| CorpusHealth::new(health, &people));
        Ok(LibraryCorpora { corpora: corpora.collect() })
    };
    Ok(Json(blocking(read).await?))
}

/// Which documents are wanted; what is absent does not narrow.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DocumentsQuery {
    /// Of this corpus.
    corpus: Option<String>,
    /// That stand so.
    status: Option<String>,
    /// Of this kind.
    kind: Option<String>,
    /// Of this issuer.
    issuer: Option<String>,
    /// Published in this year.
    #[param(value_type = Option<i32>)]
    year: Option<String>,
    /// `true`: only those that are overdue to be looked at.
    #[param(value_type = Option<bool>)]
    due: Option<String>,
    /// `true`: only those that were read badly.
    #[param(value_type = Option<bool>)]
    poor: Option<String>,
    /// Words of the title, or a DOI, PMID, PMCID or id.
    q: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// At most so many, up to 200.
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
}

impl DocumentsQuery {
    fn wanted(self, today: String) -> Result<DocumentQuery, Problem> {
        fn read<T: std::str::FromStr>(name: &str, text: Option<String>) -> Result<Option<T>, Problem>
        where
            T::Err: std::fmt::Display,
        {
            let bad = |error: T::Err| Problem::bad_request("bad_filter", &format!("{name}: {error}"));
            text.map(|text| text.parse().map_err(bad)).transpose()
        }
        let is_due = read::<bool>("due", self.due)?.unwrap_or(false);
        let limit = self.limit.map(|limit| number::<u32>("limit", &limit)).transpose()?;
        Ok(DocumentQuery {
            corpus: read("corpus", self.corpus)?,
            status: read("status", self.status)?,
            kind: read("kind", self.kind)?,
            issuer: self.issuer,
            year: read("year", self.year)?,
            due_by: is_due.then_some(today),
            is_poor: read::<bool>("poor", self.poor)?.unwrap_or(false),
            words: self.q,
            after: read::<DocumentMark>("after", self.after)?,
            limit: limit.unwrap_or(100).clamp(1, MAX_LISTED),
        })
    }
}

/// Documents.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LibraryDocuments {
    /// By title, then by id.
    documents: Vec<DocumentRow>,
    /// What to go on after, if there is more.
    next: Option<String>,
    /// How many there are on all pages; `null` on all but the first.
    total: Option<u64>,
}

/// List documents by filter
#[utoipa::path(get, path = "/v1/library/documents", tag = "library", operation_id = "library_documents", params(DocumentsQuery),
    responses(
        (status = 200, description = "The newest version of each, by title", body = LibraryDocuments),
        (status = 400, description = "A filter that is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The document to go on after is not there", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn documents(
    State(shared): State<Shared>,
    Query(query): Query<DocumentsQuery>,
) -> Result<Json<LibraryDocuments>, Problem> {
    let wanted = query.wanted(shared.app.asker.retriever().today())?;
    let read = move || -> Result<LibraryDocuments, Problem> {
        let ledger = shared.app.asker.ledger();
        let total = if wanted.after.is_none() { Some(ledger.count_documents(&wanted)?) } else { None };
        let page = ledger.list_documents(&wanted)?;
        Ok(LibraryDocuments { documents: page.documents, next: page.next.map(|mark| mark.to_string()), total })
    };
    Ok(Json(blocking(read).await?))
}

/// The file that a version came from.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Original {
    /// Its length.
    bytes: u64,
    /// Whether it is text that a person can read.
    is_text: bool,
    /// Number of its last page that has text, if it is a PDF.
    pages: Option<u32>,
}

/// A version, as librarians see it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LibraryVersion {
    #[serde(flatten)]
    version: VersionRecord,
    /// The file that it came from, if it was kept.
    original: Option<Original>,
}

/// What may be made of a version.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StandingTurn {
    /// How it would stand.
    status: Status,
    /// `one`: a librarian's word; `two`: a proposal that another person approves.
    needs: Needs,
}

/// What may be made of a version by those who may.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Standing {
    /// Its number.
    version: u32,
    to: Vec<StandingTurn>,
}

/// A document, as librarians see it. Its text is read where everybody reads it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LibraryDocument {
    document: DocumentId,
    corpus: String,
    /// What its source calls it.
    name: String,
    /// The newest first.
    versions: Vec<LibraryVersion>,
    /// Open and settled, the oldest first.
    findings: Vec<FindingReply>,
    /// What was decided about it, the oldest first.
    decisions: Vec<DecisionReply>,
    /// What may be made of each version.
    standings: Vec<Standing>,
}

/// Read all that is known of a document but its text
#[utoipa::path(get, path = "/v1/library/documents/{id}", tag = "library", operation_id = "library_document",
    params(("id" = String, Path, description = "Id of the document")),
    responses(
        (status = 200, description = "Versions, findings, decisions", body = LibraryDocument),
        (status = 404, description = "No such document", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn document(
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<LibraryDocument>, Problem> {
    let document = named(&id)?;
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<LibraryDocument, Problem> {
        let (people, ledger) = (People::of(&app)?, app.asker.ledger());
        let originals = app.library.as_ref().map(|library| library.originals());
        let (corpus, name) = ledger.held_as(document)?;
        let versions = ledger.versions_of(document)?;
        let turn = |(status, needs)| StandingTurn { status, needs };
        let standings = versions.iter().map(|version| Standing {
            version: version.number,
            to: curation::changes(version.status).into_iter().map(turn).collect(),
        });
        Ok(LibraryDocument {
            document,
            corpus: corpus.to_string(),
            name,
            standings: standings.collect(),
            versions: versions
                .into_iter()
                .map(|version| {
                    Ok(LibraryVersion { original: kept(ledger, originals.as_ref(), document, &version)?, version })
                })
                .collect::<Result<_, Problem>>()?,
            findings: ledger
                .findings_about(document)?
                .into_iter()
                .map(|finding| FindingReply::new(finding, &people))
                .collect(),
            decisions: ledger
                .decisions_about(document)?
                .into_iter()
                .map(|decision| DecisionReply::new(decision, &people))
                .collect(),
        })
    };
    Ok(Json(blocking(read).await?))
}

pub(super) fn named(id: &str) -> Result<DocumentId, Problem> {
    id.parse().map_err(|error: knowledge::IdError| Problem::not_found("unknown_document", &error.to_string()))
}

fn kept(
    ledger: &Ledger,
    originals: Option<&Originals>,
    document: DocumentId,
    version: &VersionRecord,
) -> Result<Option<Original>, Problem> {
    let size = originals.and_then(|originals| originals.size(&version.source_sha256));
    let Some(bytes) = size else { return Ok(None) };
    let pages = if is_pdf(&version.source_name) { ledger.last_page(document, version.number)? } else { None };
    Ok(Some(Original { bytes, is_text: is_text(&version.source_name), pages }))
}

/// A version of a document.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct VersionQuery {
    /// Its number.
    #[param(value_type = u32)]
    pub(super) version: String,
}

/// The passages of a version.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LibraryPassages {
    /// In the order of the text.
    passages: Vec<PassagePlace>,
}

/// List the passages of a version
#[utoipa::path(get, path = "/v1/library/documents/{id}/passages", tag = "library", operation_id = "library_passages",
    params(("id" = String, Path, description = "Id of the document"), VersionQuery),
    responses(
        (status = 200, description = "Where each stands, in code points of the canonical text", body = LibraryPassages),
        (status = 400, description = "A number that is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such document or version", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn passages(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<VersionQuery>,
) -> Result<Json<LibraryPassages>, Problem> {
    let (document, version) = (named(&id)?, number("version", &query.version)?);
    let read = move || -> Result<LibraryPassages, Problem> {
        Ok(LibraryPassages { passages: shared.app.asker.ledger().passages_of(document, version)? })
    };
    Ok(Json(blocking(read).await?))
}

/// Take the file that a version came from
///
/// Always as an attachment: it is somebody else's, and no page of ours.
#[utoipa::path(get, path = "/v1/library/documents/{id}/original", tag = "library", operation_id = "library_original",
    params(("id" = String, Path, description = "Id of the document"), VersionQuery),
    responses(
        (status = 200, description = "The file as it came", content((String = "application/octet-stream"))),
        (status = 400, description = "A number that is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such document or version, or its file was not kept", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn original(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Query(query): Query<VersionQuery>,
) -> Result<Response, Problem> {
    let (document, wanted) = (named(&id)?, number::<u32>("version", &query.version)?);
    let draft = Draft::new("original.taken", caller.actor())
        .in_request(&request_id(&headers))
        .with("document", document.to_string())
        .with("version", wanted);
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<(String, Vec<u8>), Problem> {
        let (version, bytes) = original_of(&app, document, wanted)?;
        app.audit.append(draft)?;
        Ok((version.source_name, bytes))
    };
    let (name, bytes) = blocking(read).await?;
    let disposition = HeaderValue::try_from(attachment(&name)).map_err(|_| Problem::internal())?;
    let kind = HeaderValue::from_static("application/octet-stream");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

/// A header that saves a file under its own name (RFC 6266): whatever is no plain letter is written as RFC 8187 has it.
fn attachment(name: &str) -> String {
    use std::fmt::Write;
    let last = name.rsplit('/').next().unwrap_or_default();
    let mut encoded = String::new();
    for byte in last.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn a_name_cannot_end_the_header() {
        assert_eq!(attachment("a/guide.xml"), "attachment; filename*=UTF-8''guide.xml");
        assert_eq!(attachment("\u{e9} \"x\"\r\n.md"), "attachment; filename*=UTF-8''%C3%A9%20%22x%22%0D%0A.md");
    }
}
