//! Reading what is held: documents whole, and passages with the place of a quote.

use axum::Json;
use axum::extract::State;
use knowledge::{Corpus, DocumentId, PassageId, Span, char_slice};
use ledger::{DocumentView, PassageView};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Caller;
use super::problem::{Path, Query};
use super::{Problem, Shared, blocking, number};

/// Which version of a document.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct VersionQuery {
    /// Its number; the one in force if absent, or the newest where none is.
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
/// Whatever its standing: superseded and retracted text can be read, under its label. What was never published is for librarians,
/// publishers and auditors.
#[utoipa::path(
    get, path = "/v1/documents/{id}", tag = "corpus", operation_id = "document",
    params(("id" = String, Path, description = "Id of the document"), VersionQuery),
    responses(
        (status = 200, description = "The document, one version whole", body = DocumentView),
        (status = 400, description = "A query that does not fit, or a number that is none", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The licence does not allow it to be displayed", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such document or version", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn document(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<VersionQuery>,
) -> Result<Json<DocumentView>, Problem> {
    let id: DocumentId =
        id.parse().map_err(|error: knowledge::IdError| Problem::not_found("unknown_document", &error.to_string()))?;
    let version = query.version.map(|version| number("version", &version)).transpose()?;
    let reach = caller.reach();
    let read = move || {
        let retriever = shared.app.asker.retriever();
        let view = retriever.ledger.document(id, version, &retriever.today(), reach)?;
        let corpus = retriever.ledger.corpus(&view.document.corpus)?;
        if corpus.rights.display && !corpus.rights.has_ended(&retriever.today()) {
            Ok(view)
        } else {
            Err(not_displayable(&corpus))
        }
    };
    Ok(Json(blocking(read).await?))
}

fn not_displayable(corpus: &Corpus) -> Problem {
    let detail = format!("the licence of {} does not allow its documents to be displayed", corpus.title);
    Problem::forbidden("not_displayable", &detail)
}

/// Read a passage
#[utoipa::path(
    get, path = "/v1/passages/{id}", tag = "corpus", operation_id = "passage",
    params(("id" = String, Path, description = "Id of the passage"), QuoteQuery),
    responses(
        (status = 200, description = "The passage, with the place of the quote if one was named", body = PassageReply),
        (status = 400, description = "The quote is not in the passage", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The licence allows quotes up to a length, and this is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such passage", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn passage(
    State(shared): State<Shared>,
    caller: Caller,
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
    let reach = caller.reach();
    let read = move || {
        let retriever = shared.app.asker.retriever();
        let passage = retriever.ledger.passage(id, &retriever.today(), reach)?;
        let corpus = retriever.ledger.corpus(&passage.document.corpus)?;
        let quote = place.map(|span| quote_in(&passage, span)).transpose()?;
        if corpus.rights.has_ended(&retriever.today()) {
            return Err(not_displayable(&corpus));
        }
        match (corpus.rights.words_shown(), quote) {
            (None, quote) => Ok(PassageReply { passage, quote }),
            // The quote is all of the passage that may be shown.
            (Some(words), Some(quote)) if quote.text.split_whitespace().count() <= words => {
                let whole = Span { start: 0, end: quote.in_passage.len() };
                let passage = PassageView { text: quote.text.clone(), span: quote.span, ..passage };
                Ok(PassageReply { passage, quote: Some(QuotePlace { in_passage: whole, ..quote }) })
            }
            (Some(words), _) => Err(Problem::forbidden(
                "not_displayable",
                &format!("the licence of {} allows quotes of up to {words} words: give start and end", corpus.title),
            )),
        }
    };
    Ok(Json(blocking(read).await?))
}

fn quote_in(passage: &PassageView, span: Span) -> Result<QuotePlace, Problem> {
    let outside = || Problem::bad_request("bad_quote", "that range is not inside the passage");
    let start = span.start.checked_sub(passage.span.start).ok_or_else(outside)?;
    let end = span.end.checked_sub(passage.span.start).ok_or_else(outside)?;
    let in_passage = Span { start, end };
    let text = char_slice(&passage.text, in_passage).filter(|text| !text.is_empty()).ok_or_else(outside)?;
    Ok(QuotePlace { text: text.to_owned(), span, in_passage })
}
