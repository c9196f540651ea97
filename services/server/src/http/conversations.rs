//! Conversations: what this browser has asked, to read on, name, take along and delete.

use audit::Draft;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use history::{Conversation, Turn};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::access::Caller;
use super::problem::{Body, Path, Query};
use super::visitor::Visitor;
use super::{Problem, Shared, blocking, request_id};
use crate::app::App;
use crate::erasure;
use crate::recorded::Recorded;

/// Conversations of a list, at most.
const MAX_LISTED: u32 = 200;

/// A stretch of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// At most so many, up to 200.
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
    /// `next` of the stretch before.
    #[param(value_type = Option<i64>)]
    before: Option<String>,
}

/// Conversations, the last used first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Conversations {
    conversations: Vec<Conversation>,
    /// Where the next stretch begins, if there is one.
    next: Option<i64>,
}

/// A conversation with its answers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WholeConversation {
    #[serde(flatten)]
    conversation: Conversation,
    /// Oldest first, each exactly as it was sent.
    #[schema(value_type = Vec<answer::Answer>)]
    answers: Vec<Box<RawValue>>,
}

/// What can be changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rename {
    /// One line of at most 120 characters; longer ones are cut.
    #[schema(example = "Ward 3, metformin")]
    title: String,
}

/// Begin a conversation
///
/// Answers to questions that name it are kept with it. A browser that is new gets a cookie that makes it the owner; nobody
/// else finds the conversation.
#[utoipa::path(post, path = "/v1/conversations", tag = "conversations", operation_id = "begin_conversation",
    responses((status = 201, description = "The conversation, empty", body = Conversation)))]
pub(super) async fn begin(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (owner, cookie) = match caller.owner.clone() {
        Some(owner) => (owner, None),
        None => {
            let (visitor, cookie) = Visitor::welcome(shared.app.asker.secret(), &headers);
            (visitor.owner, Some(cookie))
        }
    };
    let draft = Draft::new("conversation.begun", caller.actor()).in_request(&request_id(&headers));
    let (id, now) = shared.app.asker.ticket();
    let kept = shared.app.config.history.kept_days;
    let begun = blocking(move || -> Result<Conversation, Problem> {
        shared.app.audit.append(draft.with("conversation", id.to_string()))?;
        erasure::expire_conversations(&shared.app.history, kept, now)?;
        Ok(shared.app.history.begin(&owner, &id.to_string(), &now.to_string())?)
    });
    let mut response = (StatusCode::CREATED, Json(begun.await?)).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// List this browser's conversations
#[utoipa::path(get, path = "/v1/conversations", tag = "conversations", operation_id = "conversations", params(ListQuery),
    responses(
        (status = 200, description = "The last used first", body = Conversations),
        (status = 400, description = "A limit or place that is no number", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(shared): State<Shared>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Conversations>, Problem> {
    let limit = query.limit.map(|limit| super::number::<u32>("limit", &limit)).transpose()?;
    let limit = limit.unwrap_or(50).clamp(1, MAX_LISTED);
    let before = query.before.map(|before| super::number("before", &before)).transpose()?;
    let Some(owner) = caller.owner else {
        return Ok(Json(Conversations { conversations: Vec::new(), next: None }));
    };
    let list = move || -> Result<Conversations, Problem> {
        let page = shared.app.history.list(&owner, before, limit)?;
        let listed = page.conversations.into_iter().map(|conversation| titled(&shared.app, conversation));
        Ok(Conversations { conversations: listed.collect::<Result<_, Problem>>()?, next: page.next })
    };
    Ok(Json(blocking(list).await?))
}

/// With its first question as the title, where nobody named it.
fn titled(app: &App, conversation: Conversation) -> Result<Conversation, Problem> {
    let title = match &conversation.title {
        Some(name) => Some(name.clone()),
        None => first_asked(app, &conversation)?,
    };
    Ok(Conversation { title, ..conversation })
}

/// The title that its first question makes. Only the record has the words: what is erased there is the title of nothing.
fn first_asked(app: &App, conversation: &Conversation) -> Result<Option<String>, Problem> {
    let Some(first) = &conversation.first else { return Ok(None) };
    Ok(app.audit.question_of(first)?.as_deref().map(history::title))
}

/// Read a conversation
#[utoipa::path(get, path = "/v1/conversations/{id}", tag = "conversations", operation_id = "conversation",
    params(("id" = String, Path, description = "Id of the conversation")),
    responses(
        (status = 200, description = "The conversation with its answers", body = WholeConversation),
        (status = 404, description = "None of that id in this browser", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn get(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<WholeConversation>, Problem> {
    let (app, owner) = (shared.app, caller.own()?);
    let read = move || -> Result<WholeConversation, Problem> {
        let conversation = titled(&app, app.history.conversation(&owner, &id)?)?;
        let mut answers = Vec::new();
        for turn in app.history.turns(&owner, &id)? {
            // Its words may be destroyed, or in a log from before this one.
            if let Some((kept, _)) = app.audit.answer(&turn.answer)? {
                answers.push(RawValue::from_string(kept).map_err(|_| Problem::internal())?);
            }
        }
        Ok(WholeConversation { conversation, answers })
    };
    Ok(Json(blocking(read).await?))
}

/// Name a conversation
#[utoipa::path(patch, path = "/v1/conversations/{id}", tag = "conversations", operation_id = "rename_conversation",
    params(("id" = String, Path, description = "Id of the conversation")), request_body = Rename,
    responses(
        (status = 200, description = "The conversation", body = Conversation),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "None of that id in this browser", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No title", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn rename(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<Rename>,
) -> Result<Json<Conversation>, Problem> {
    let owner = caller.own()?;
    let draft = changed("conversation.renamed", &caller, &id, &headers);
    let rename = move || -> Result<Conversation, Problem> {
        let conversations = &shared.app.history;
        let named = conversations.conversation(&owner, &id)?;
        if body.title.trim().is_empty() {
            return Err(history::Error::Title.into());
        }
        // What has the title of its first question anyway gets no name of it, which would outlive the question.
        let name = Some(history::title(&body.title));
        let name = if name == first_asked(&shared.app, &named)? { None } else { name };
        // On record before it is so; what cannot be is not.
        shared.app.audit.append(draft)?;
        titled(&shared.app, conversations.rename(&owner, &id, name.as_deref())?)
    };
    Ok(Json(blocking(rename).await?))
}

fn changed(action: &'static str, caller: &Caller, id: &str, headers: &HeaderMap) -> Draft {
    Draft::new(action, caller.actor()).in_request(&request_id(headers)).with("conversation", audit::token(id))
}

/// Delete a conversation
///
/// From the history. The audit records of its questions stay as long as the records are kept.
#[utoipa::path(delete, path = "/v1/conversations/{id}", tag = "conversations", operation_id = "delete_conversation",
    params(("id" = String, Path, description = "Id of the conversation")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "The policy of this house keeps it", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "None of that id in this browser", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn delete(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    if !shared.app.config.history.owner_may_delete {
        let detail = "the policy of this house keeps conversations: ask whoever runs the service";
        return Err(Problem::new(StatusCode::FORBIDDEN, "kept_by_policy", detail));
    }
    let owner = caller.own()?;
    let draft = changed("conversation.deleted", &caller, &id, &headers);
    let delete = move || -> Result<(), Problem> {
        shared.app.history.conversation(&owner, &id)?;
        shared.app.audit.append(draft)?;
        Ok(shared.app.history.delete(&owner, &id)?)
    };
    blocking(delete).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The conversation that a question belongs to.
#[derive(Debug, Clone)]
pub(super) struct Place {
    owner: String,
    id: String,
}

impl Place {
    /// The place, and what was asked there before.
    pub(super) async fn find(shared: &Shared, owner: String, id: String) -> Result<(Self, Vec<answer::Turn>), Problem> {
        let (app, place) = (shared.app.clone(), Self { owner, id });
        let read = {
            let place = place.clone();
            move || -> Result<Vec<answer::Turn>, Problem> {
                let mut turns = app.history.turns(&place.owner, &place.id)?;
                let mut earlier = Vec::new();
                // Only those that a question brings are opened.
                for turn in turns.split_off(turns.len().saturating_sub(answer::MAX_TURNS)) {
                    // Its words may be destroyed, or in a log from before this one.
                    if let Some(question) = app.audit.question_of(&turn.answer)? {
                        let passages = turn.passages.iter().filter_map(|id| id.parse().ok()).collect();
                        earlier.push(answer::Turn { question, passages, answer: Some(turn.answer) });
                    }
                }
                Ok(earlier)
            }
        };
        Ok((place, blocking(read).await?))
    }

    /// Keeps an answer there. The answer is on record whether or not this succeeds.
    pub(super) fn keep(&self, app: &App, recorded: &Recorded) {
        let answer = &recorded.answer;
        let cited = answer.statements.iter().flat_map(|statement| &statement.citations);
        let mut passages: Vec<String> = Vec::new();
        for citation in cited {
            let evidence = answer.evidence.iter().find(|evidence| evidence.id == citation.evidence);
            passages.extend(evidence.map(|evidence| evidence.passage.to_string()));
        }
        passages.dedup();
        let turn = Turn { answer: answer.id.clone(), passages };
        if let Err(error) = app.history.add(&self.owner, &self.id, &turn, &answer.asked_at) {
            tracing::error!(error = &error as &dyn std::error::Error, "an answer is not in its conversation");
        }
    }
}
