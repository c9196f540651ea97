//! The items of a review: what is judged, without what a reader must not see yet, and the judgements.

use std::sync::Arc;

use ::audit::Draft;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use review::{Item, ItemPage, Rating};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::access::Caller;
use super::problem::Body;
use super::reviews::seen;
use super::{Problem, Shared, blocking, number, request_id};

/// Which items are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ItemsQuery {
    /// Only what still wants a rating or decision of the one who asks: `true` or `false`.
    #[param(value_type = Option<bool>)]
    open: Option<String>,
    /// `next` of the stretch before.
    #[param(value_type = Option<u32>)]
    after: Option<String>,
}

/// List the items of a review
///
/// One for each statement, without what the reader must not see yet.
#[utoipa::path(get, path = "/v1/reviews/{id}/items", tag = "reviews", operation_id = "review_items",
    params(("id" = String, Path, description = "Id of the review"), ItemsQuery),
    responses(
        (status = 200, description = "In their order", body = ItemPage),
        (status = 400, description = "A number that is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such review", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn items(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<ItemsQuery>,
) -> Result<Json<ItemPage>, Problem> {
    let only_open = query.open.map(|open| number::<bool>("open", &open)).transpose()?.unwrap_or(false);
    let after = query.after.map(|after| number("after", &after)).transpose()?;
    let app = Arc::clone(&shared.app);
    let reader = caller.account()?.account.clone();
    let read = move || -> Result<ItemPage, Problem> {
        seen(&app, &caller, &id)?;
        Ok(app.reviews.items(&id, &reader, only_open, 200, after)?)
    };
    Ok(Json(blocking(read).await?))
}

/// An item with what is to be judged.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ItemReply {
    #[serde(flatten)]
    item: Item,
    /// What was asked; `null` when its words were erased.
    question: Option<String>,
    /// What was said; `null` where it was said that there is no evidence.
    said: Option<String>,
    /// What it rests on.
    quotes: Vec<ItemQuote>,
}

/// A quote to hold a statement against. Without our verdict.
#[derive(Debug, Serialize, ToSchema)]
struct ItemQuote {
    quote: String,
    /// The passage that it is from.
    passage: String,
    /// The document's title.
    title: String,
    document: String,
    version: u64,
    start: u64,
    end: u64,
}

/// Read an item with what is to be judged
///
/// The question, the statement and its quotes, without our verdict.
#[utoipa::path(get, path = "/v1/reviews/{id}/items/{item}", tag = "reviews", operation_id = "review_item",
    params(("id" = String, Path, description = "Id of the review"), ("item" = u32, Path, description = "Number of the item")),
    responses(
        (status = 200, description = "The item", body = ItemReply),
        (status = 400, description = "A number that is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such review or item", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn item(
    State(shared): State<Shared>,
    caller: Caller,
    Path((id, item)): Path<(String, String)>,
) -> Result<Json<ItemReply>, Problem> {
    let item = number("item", &item)?;
    let reader = caller.account()?.account.clone();
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<ItemReply, Problem> {
        seen(&app, &caller, &id)?;
        let item = app.reviews.item(&id, item, &reader)?;
        let kept = app.audit.answer(&item.answer)?;
        let answer: Value = kept.and_then(|(json, _)| serde_json::from_str(&json).ok()).unwrap_or_default();
        app.audit.append(
            Draft::new("answer.read", caller.actor()).with("answer", item.answer.as_str()).with("review", id.as_str()),
        )?;
        let at = item.statement.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        let statement = at.map_or(&Value::Null, |at| &answer["statements"][at]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let citations = statement["citations"].as_array().into_iter().flatten();
        let quotes = citations.map(|citation| {
            let mut evidence = answer["evidence"].as_array().into_iter().flatten();
            let evidence = evidence.find(|one| one["id"] == citation["evidence"]).unwrap_or(&Value::Null);
            let document = &evidence["document"];
            ItemQuote {
                quote: text(&citation["quote"]),
                passage: text(&evidence["text"]),
                title: text(&document["title"]),
                document: text(&document["id"]),
                version: document["version"].as_u64().unwrap_or(0),
                start: citation["start"].as_u64().unwrap_or(0),
                end: citation["end"].as_u64().unwrap_or(0),
            }
        });
        Ok(ItemReply {
            question: answer["question"].as_str().map(str::to_owned),
            said: statement["text"].as_str().map(str::to_owned),
            quotes: quotes.collect(),
            item,
        })
    };
    Ok(Json(blocking(read).await?))
}

/// A rating.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rate {
    rating: Rating,
    /// At most 2,000 characters, and nothing that identifies a patient.
    #[serde(default)]
    comment: Option<String>,
}

/// Rate an item
///
/// A rating can be changed until the other reviewer has rated as well; the earlier one stays on record.
#[utoipa::path(put, path = "/v1/reviews/{id}/items/{item}/rating", tag = "reviews", operation_id = "rate", request_body = Rate,
    params(("id" = String, Path, description = "Id of the review"), ("item" = u32, Path, description = "Number of the item")),
    responses(
        (status = 200, description = "The item as the reviewer sees it now", body = Item),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not one of the reviewers", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such review or item", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It stands already", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn rate(
    State(shared): State<Shared>,
    caller: Caller,
    Path((id, item)): Path<(String, String)>,
    headers: HeaderMap,
    Body(body): Body<Rate>,
) -> Result<Json<Item>, Problem> {
    let item = number("item", &item)?;
    let who = caller.account()?.account.clone();
    let now = shared.app.asker.now().to_string();
    let draft = Draft::new("review.rated", caller.actor())
        .in_request(&request_id(&headers))
        .with("review", ::audit::token(&id))
        .with("item", item)
        .with("rating", body.rating.name());
    let app = Arc::clone(&shared.app);
    let rated = blocking(move || -> Result<Item, Problem> {
        let rated = app.reviews.rate(&id, item, &who, body.rating, body.comment.as_deref(), &now)?;
        app.audit.append(draft)?;
        Ok(rated)
    });
    Ok(Json(rated.await?))
}

/// A decision between two ratings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Adjudicate {
    rating: Rating,
    /// At most 2,000 characters.
    reason: String,
}

/// Decide between two ratings
#[utoipa::path(put, path = "/v1/reviews/{id}/items/{item}/adjudication", tag = "reviews", operation_id = "adjudicate", request_body = Adjudicate,
    params(("id" = String, Path, description = "Id of the review"), ("item" = u32, Path, description = "Number of the item")),
    responses(
        (status = 200, description = "The item", body = Item),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A reviewer, or not the one who decides", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such review or item", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Nothing to decide", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn adjudicate(
    State(shared): State<Shared>,
    caller: Caller,
    Path((id, item)): Path<(String, String)>,
    headers: HeaderMap,
    Body(body): Body<Adjudicate>,
) -> Result<Json<Item>, Problem> {
    let item = number("item", &item)?;
    let who = caller.account()?.account.clone();
    let now = shared.app.asker.now().to_string();
    let draft = Draft::new("review.adjudicated", caller.actor())
        .in_request(&request_id(&headers))
        .with("review", ::audit::token(&id))
        .with("item", item)
        .with("rating", body.rating.name());
    let app = Arc::clone(&shared.app);
    let decided = blocking(move || -> Result<Item, Problem> {
        seen(&app, &caller, &id)?;
        let decided = app.reviews.adjudicate(&id, item, &who, body.rating, &body.reason, &now)?;
        app.audit.append(draft)?;
        Ok(decided)
    });
    Ok(Json(decided.await?))
}
