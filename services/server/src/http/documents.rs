//! Reading what is held: documents whole, and passages with the place of a quote.

use axum::Json;
use axum::extract::{Path, Query, State};
use knowledge::{DocumentId, PassageId, Span, char_slice};
use ledger::{DocumentView, PassageView};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Problem, Shared, number};

/// Which version of a document.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct VersionQuery {
    /// Its number; the one in force if absent.
    version: Option<String>,
}

/// Where a quote stands.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct QuoteQuery {
    /// First code point of the quote in the document's canonical text.
    start: Option<String>,
    /// One past its last.
    end: Option<String>,
}

/// A quote in a passage.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuotePlace {
    /// Exactly `[start, end)` of the canonical text.
    text: String,
    /// Where it stands in the canonical text, in code points.
    #[serde(flatten)]
    span: Span,
    /// Where it stands in the passage's text, in code points.
    in_passage: Span,
}

/// A passage, and where the quote stands in it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PassageReply {
    #[serde(flatten)]
    passage: PassageView,
    /// The quote, when `start` and `end` were given.
    quote: Option<QuotePlace>,
}

/// Read a document
///
/// Whatever its standing: superseded and retracted text can be read, under its label.
#[utoipa::path(
    get, path = "/v1/documents/{id}", tag = "corpus", operation_id = "document",
    params(("id" = String, Path, description = "Id of the document"), VersionQuery),
    responses(
        (status = 200, description = "The document, one version whole", body = DocumentView),
        (status = 404, description = "No such document or version", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn document(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<VersionQuery>,
) -> Result<Json<DocumentView>, Problem> {
    let id: DocumentId =
        id.parse().map_err(|error: knowledge::IdError| Problem::not_found("unknown_document", &error.to_string()))?;
    let version = query.version.map(|version| number("version", &version)).transpose()?;
    let read = move || shared.app.asker.retriever().ledger.document(id, version);
    Ok(Json(tokio::task::spawn_blocking(read).await.map_err(|_| Problem::internal())??))
}

/// Read a passage
#[utoipa::path(
    get, path = "/v1/passages/{id}", tag = "corpus", operation_id = "passage",
    params(("id" = String, Path, description = "Id of the passage"), QuoteQuery),
    responses(
        (status = 200, description = "The passage, with the place of the quote if one was named", body = PassageReply),
        (status = 400, description = "The quote is not in the passage", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such passage", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn passage(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<QuoteQuery>,
) -> Result<Json<PassageReply>, Problem> {
    let id: PassageId =
        id.parse().map_err(|error: knowledge::IdError| Problem::not_found("unknown_passage", &error.to_string()))?;
    let place = match (query.start, query.end) {
        (None, None) => None,
        (Some(start), Some(end)) => Some(Span { start: number("start", &start)?, end: number("end", &end)? }),
        _ => return Err(Problem::bad_request("bad_quote", "give both start and end, or neither")),
    };
    let read = move || shared.app.asker.retriever().ledger.passage(id);
    let passage = tokio::task::spawn_blocking(read).await.map_err(|_| Problem::internal())??;
    let quote = place.map(|span| quote_in(&passage, span)).transpose()?;
    Ok(Json(PassageReply { passage, quote }))
}

fn quote_in(passage: &PassageView, span: Span) -> Result<QuotePlace, Problem> {
    let outside = || Problem::bad_request("bad_quote", "that range is not inside the passage");
    let start = span.start.checked_sub(passage.span.start).ok_or_else(outside)?;
    let end = span.end.checked_sub(passage.span.start).ok_or_else(outside)?;
    let in_passage = Span { start, end };
    let text = char_slice(&passage.text, in_passage).filter(|text| !text.is_empty()).ok_or_else(outside)?;
    Ok(QuotePlace { text: text.to_owned(), span, in_passage })
}
