//! The items of a review: what is judged, without what a reader must not see yet, and the judgements.

use std::sync::Arc;

use ::audit::{Draft, Entry};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use review::{COMMENT, Item, ItemPage, Judgement, REASON, Rating, Recorded, ToRecord};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::access::Caller;
use super::problem::{Body, Path, Query};
use super::reviews::{Sealed, chance, seen};
use super::{Problem, Shared, blocking, number, request_id};
use crate::app::App;

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
        Ok(app.reviews.items(&id, &reader, only_open, 200, after, &Sealed(&app.audit))?)
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
/// The question, the statement and its quotes. Until the reader has rated it: without our verdict, how the answer ended, and
/// which answer it is, as an auditor could read our verdict in its record.
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
        let of = app.reviews.answer(&id, item)?;
        let item = app.reviews.item(&id, item, &reader, &Sealed(&app.audit))?;
        let kept = app.audit.answer(&of)?;
        let answer: Value = kept.and_then(|(json, _)| serde_json::from_str(&json).ok()).unwrap_or_default();
        app.audit.append(Draft::new("answer.read", caller.actor()).with("answer", of).with("review", id.as_str()))?;
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
    /// At most 2,000 characters, and nothing that identifies a patient; sealed.
    #[serde(default)]
    comment: Option<String>,
}

/// Rate an item
///
/// Our verdict is shown after it: what counts is the first rating. What is said later, until the other reviewer has rated as
/// well, is kept as a remark, and a third person settles the item. On record is a commitment to the rating; the comment is
/// sealed, and goes when the words of the answer go.
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
        .with("item", item);
    let app = Arc::clone(&shared.app);
    let rated = blocking(move || -> Result<Item, Problem> {
        let judgement = Judgement {
            review: &id,
            n: item,
            who: &who,
            rating: body.rating,
            words: body.comment.as_deref(),
            at: &now,
            salt: chance(&app),
        };
        app.reviews.rate(&judgement, &Sealed(&app.audit), |told| put(&app, draft, told, COMMENT))
    });
    Ok(Json(rated.await?))
}

/// Puts a judgement on record: of which answer, with a commitment to the rating, and its words sealed. Others who rate in
/// the review may read the log.
fn put(app: &App, draft: Draft, told: &ToRecord<'_>, name: &'static str) -> Result<Recorded, Problem> {
    let mut draft = draft
        .with("answer", told.answer.as_str())
        .with("round", told.round)
        .with("rating_sha256", told.commitment.as_str());
    if let Some(words) = told.words {
        draft = draft.sealing(name, words);
    }
    let entry = app.audit.append(draft)?;
    let written = app.audit.leaf(entry)?.and_then(|leaf| Entry::parse(&leaf));
    Ok(Recorded { entry, words: written.and_then(|written| written.commitment(name).map(str::to_owned)) })
}

/// A decision between two ratings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Adjudicate {
    rating: Rating,
    /// At most 2,000 characters, and nothing that identifies a patient; sealed.
    reason: String,
}

/// Decide between two ratings
///
/// Also where both began alike and one of them changed a rating after our verdict was shown.
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
        .with("item", item);
    let app = Arc::clone(&shared.app);
    let decided = blocking(move || -> Result<Item, Problem> {
        seen(&app, &caller, &id)?;
        let judgement = Judgement {
            review: &id,
            n: item,
            who: &who,
            rating: body.rating,
            words: Some(body.reason.as_str()),
            at: &now,
            salt: chance(&app),
        };
        app.reviews.adjudicate(&judgement, &Sealed(&app.audit), |told| put(&app, draft, told, REASON))
    });
    Ok(Json(decided.await?))
}
