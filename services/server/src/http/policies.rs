//! One corpus and its policies: the one in force, those of before, and how a new one comes.

use std::sync::Arc;

use ::audit::Draft;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use curation::{NewPolicy, PolicyOutcome};
use ingest::is_date;
use knowledge::{Corpus, CorpusId};
use ledger::PolicyRecord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Caller;
use super::deciding::Deciding;
use super::library::CorpusHealth;
use super::problem::{Body, Path};
use super::proposal_acts::followed;
use super::proposals::record;
use super::{Problem, Shared, blocking, request_id};
use crate::people::{People, Person};

/// Characters of one field of a policy.
const MAX_FIELD_CHARS: usize = 200;

/// A policy of a corpus, in force or of before.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PolicyReply {
    /// Its number, from 1.
    number: u32,
    /// Since when, RFC 3339; `null` where that was not kept.
    at: Option<String>,
    /// Who decided on it; `null` where that was not kept.
    by: Option<Person>,
    /// Why; empty where that was not kept.
    reason: String,
    /// What it says.
    policy: Corpus,
}

impl PolicyReply {
    fn new(record: PolicyRecord, people: &People) -> Self {
        let PolicyRecord { number, at, actor, reason, policy } = record;
        Self { number, at, by: actor.map(|actor| people.person(&actor)), reason, policy }
    }
}

/// A corpus with its past.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LibraryCorpus {
    /// How it stands.
    health: CorpusHealth,
    /// Its policies, the newest first; that one is in force.
    policies: Vec<PolicyReply>,
    /// The open proposal about its policy.
    proposal: Option<String>,
    /// Its sources, in a few words each.
    sources: Vec<String>,
    /// How often they are looked at, as its manifest says.
    refresh: Option<String>,
}

/// Read a corpus with its policies, in force and of before
#[utoipa::path(get, path = "/v1/library/corpora/{id}", tag = "library", operation_id = "library_corpus",
    params(("id" = String, Path, description = "Id of the corpus")),
    responses(
        (status = 200, description = "How it stands, and its policies", body = LibraryCorpus),
        (status = 404, description = "No such corpus", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn get(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<LibraryCorpus>, Problem> {
    let id = named(&id)?;
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<LibraryCorpus, Problem> {
        let (people, retriever) = (People::of(&app)?, app.asker.retriever());
        let ledger = &retriever.ledger;
        let health = ledger.health_of(&id, &retriever.today())?;
        let origin: Option<ingest::Origin> = ledger.sources(&id)?;
        let origin = origin.unwrap_or_default();
        Ok(LibraryCorpus {
            health: CorpusHealth::new(health, &people),
            policies: ledger.policies(&id)?.into_iter().map(|record| PolicyReply::new(record, &people)).collect(),
            proposal: app.curation.open_about_policy(&id)?,
            sources: origin.sources.iter().map(ToString::to_string).collect(),
            refresh: origin.refresh,
        })
    };
    Ok(Json(blocking(read).await?))
}

fn named(id: &str) -> Result<CorpusId, Problem> {
    id.parse().map_err(|error: knowledge::IdError| Problem::not_found("unknown_corpus", &error.to_string()))
}

/// A policy that is to be in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPolicyRequest {
    /// What it says; its id is the one in the path.
    policy: Corpus,
    /// Why: at most 2,000 characters.
    #[schema(example = "The contract with the publisher ends in June")]
    reason: String,
    /// Number of the policy that it was made from; 0 for a corpus that is new.
    #[schema(example = 1)]
    expected: u32,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PolicyOutcome)]
pub(super) enum Outcome {
    /// It is in force.
    InForce,
    /// Another person must approve it.
    Proposed,
}

/// What became of a policy.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NewPolicyReply {
    outcome: Outcome,
    /// Its number, when it is in force.
    number: Option<u32>,
    /// Id of the proposal, when it is one.
    proposal: Option<String>,
}

/// Change the policy of a corpus, or begin a corpus
///
/// What only narrows what may be done with the text is in force at once. Everything else, a new corpus included, becomes a
/// proposal that another person must approve.
#[utoipa::path(put, path = "/v1/library/corpora/{id}/policy", tag = "library", operation_id = "change_policy",
    request_body = NewPolicyRequest,
    params(("id" = String, Path, description = "Id of the corpus, known or new")),
    responses(
        (status = 200, description = "It is in force", body = NewPolicyReply),
        (status = 202, description = "It is proposed", body = NewPolicyReply),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No id of a corpus", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another policy is in force than the one it was made from, or one is proposed already", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit, or nothing changes", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn change(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<NewPolicyRequest>,
) -> Result<(StatusCode, Json<NewPolicyReply>), Problem> {
    let NewPolicyRequest { policy, reason, expected } = body;
    fits(&named(&id)?, &policy)?;
    let person = Deciding::of(&caller)?;
    let (ticket, at) = shared.app.asker.ticket();
    let (ticket, at) = (ticket.to_string(), at.to_string());
    let (actor, request) = (caller.actor(), request_id(&headers));
    let app = Arc::clone(&shared.app);
    let changed = move || -> Result<(StatusCode, NewPolicyReply), Problem> {
        let new = NewPolicy { id: &ticket, policy: &policy, expected, reason: &reason, at: &at };
        let log = |outcome: &PolicyOutcome| match outcome {
            PolicyOutcome::InForce(number) => {
                let draft = Draft::new("policy.narrowed", actor)
                    .in_request(&request)
                    .with("corpus", ::audit::token(policy.id.as_str()))
                    .with("number", *number);
                app.audit.append(draft).map(drop).map_err(Problem::from)
            }
            PolicyOutcome::Proposed(proposal) => {
                record(&app, Draft::new("proposal.made", actor).in_request(&request), proposal)
            }
        };
        match app.curation.change_policy(app.asker.ledger(), &new, &person.decider(), log)? {
            PolicyOutcome::InForce(number) => {
                followed(&app)?;
                let reply = NewPolicyReply { outcome: Outcome::InForce, number: Some(number), proposal: None };
                Ok((StatusCode::OK, reply))
            }
            PolicyOutcome::Proposed(proposal) => {
                let reply = NewPolicyReply { outcome: Outcome::Proposed, number: None, proposal: Some(proposal.id) };
                Ok((StatusCode::ACCEPTED, reply))
            }
        }
    };
    let (status, reply) = blocking(changed).await?;
    Ok((status, Json(reply)))
}

/// Whether what it says can be a policy of this corpus.
fn fits(id: &CorpusId, policy: &Corpus) -> Result<(), Problem> {
    let refuse = |detail: String| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_policy", &detail));
    if policy.id != *id {
        return refuse(format!("the policy is for {}, and the path names {id}", policy.id));
    }
    let must = [
        ("title", &policy.title),
        ("issuer", &policy.issuer),
        ("licence", &policy.licence),
        ("jurisdiction", &policy.jurisdiction),
    ];
    for (name, text) in must.into_iter().chain(policy.evidence_level.iter().map(|level| ("evidence_level", level))) {
        if text.trim().is_empty() || text.chars().count() > MAX_FIELD_CHARS || text.chars().any(char::is_control) {
            return refuse(format!("{name} must be one line of 1 to {MAX_FIELD_CHARS} characters"));
        }
    }
    if !is_language(&policy.language) {
        return refuse(format!("language must be a tag, as in en or pt-BR; it is {:?}", policy.language));
    }
    if let Some(end) = policy.rights.expires.as_deref().filter(|end| !is_date(end)) {
        return refuse(format!("expires must be a date, as in 2027, 2027-11 or 2027-11-28; it is {end:?}"));
    }
    if policy.rights.quote_words == Some(0) {
        return refuse("quote_words must be at least 1: to have nothing shown, do not index the text".to_owned());
    }
    Ok(())
}

/// Whether a text has the form of a tag of BCP 47: a language of two to eight letters, then subtags.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_first = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    parts.next().is_some_and(is_first) && parts.all(is_part)
}

#[cfg(test)]
mod tests {
    use super::is_language;

    #[test]
    fn tags_of_languages_are_told_from_words() {
        for tag in ["en", "pt-BR", "zh-Hant-TW", "de-1996", "gsw"] {
            assert!(is_language(tag), "{tag}");
        }
        for none in ["", "e", "english language", "en_GB", "en-", "-en", "12", "en-toolongsubtag"] {
            assert!(!is_language(none), "{none}");
        }
    }
}
