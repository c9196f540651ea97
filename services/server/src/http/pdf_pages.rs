//! Pages of PDFs as they look, for whoever holds a text against the file that it was made of.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use knowledge::DocumentId;
use ledger::VersionRecord;

use super::library::{VersionQuery, named};
use super::problem::{Path, Query};
use super::{Problem, Shared, blocking, number};
use crate::app::App;

/// Show a page of the PDF that a version came from
///
/// As readers of PDF show it. It is drawn anew each time, two at a time: the others wait.
#[utoipa::path(get, path = "/v1/library/documents/{id}/original/pages/{page}", tag = "library", operation_id = "library_original_page",
    params(
        ("id" = String, Path, description = "Id of the document"),
        ("page" = u32, Path, description = "Number of the page, from 1"),
        VersionQuery
    ),
    responses(
        (status = 200, description = "The page; its longer side has 1,600 pixels", content((String = "image/png"))),
        (status = 400, description = "A number that is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such document, version or page; its file was not kept, or is no PDF", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The file cannot be read", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn page(
    State(shared): State<Shared>,
    Path((id, page)): Path<(String, String)>,
    Query(query): Query<VersionQuery>,
) -> Result<Response, Problem> {
    let (document, page) = (named(&id)?, number::<u32>("page", &page)?);
    let version = number::<u32>("version", &query.version)?;
    let place = Arc::clone(&shared.pictures).acquire_owned().await.map_err(|_| Problem::internal())?;
    let app = Arc::clone(&shared.app);
    let draw = move || -> Result<Vec<u8>, Problem> {
        // It is kept until the page is drawn, although nobody may be waiting for it any more.
        let _place = place;
        drawn(&app, document, version, page)
    };
    let picture = blocking(draw).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600")),
    ];
    Ok((headers, picture).into_response())
}

fn drawn(app: &App, document: DocumentId, version: u32, page: u32) -> Result<Vec<u8>, Problem> {
    let (version, bytes) = original_of(app, document, version)?;
    if !is_pdf(&version.source_name) {
        return Err(Problem::not_found("no_page", "the file that this version came from is no PDF: it has no pages"));
    }
    let library = app.library.as_ref().ok_or_else(not_kept)?;
    let picture = library.page(&bytes, page).map_err(|error| {
        tracing::error!(%document, "a page cannot be drawn: {error:#}");
        Problem::internal()
    })?;
    picture.map_err(|failure| match failure.code.as_str() {
        "no_page" => Problem::not_found("no_page", &format!("this PDF has no page {page}")),
        _ => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable_original", &failure.reason),
    })
}

/// A version, and the file that it came from.
pub(super) fn original_of(app: &App, document: DocumentId, wanted: u32) -> Result<(VersionRecord, Vec<u8>), Problem> {
    let versions = app.asker.ledger().versions_of(document)?;
    let version = versions.into_iter().find(|version| version.number == wanted);
    let version = version.ok_or(ledger::Error::UnknownDocument(document))?;
    let originals = app.library.as_ref().map(|library| library.originals()).ok_or_else(not_kept)?;
    let bytes = originals.get(&version.source_sha256).map_err(|error| {
        tracing::error!(%error, %document, "an original cannot be read");
        Problem::internal()
    })?;
    Ok((version, bytes.ok_or_else(not_kept)?))
}

fn not_kept() -> Problem {
    Problem::not_found("no_original", "the file that this version came from was not kept")
}

/// Whether a file of this name was read as a PDF.
pub(super) fn is_pdf(name: &str) -> bool {
    ending(name).as_deref() == Some("pdf")
}

/// Whether a file of this name is text that a person can read.
pub(super) fn is_text(name: &str) -> bool {
    matches!(ending(name).as_deref(), Some("xml" | "nxml" | "html" | "htm" | "md" | "txt"))
}

fn ending(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())
}
