//! Reviews: people's judgement of samples of answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::audit::{AuditLog, Draft, Entry, Query as Wanted};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Role;
use review::{Candidate, NewReview, Page, Place, Review, Seed, SignOff, Statistics, Words, sample};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::access::{Caller, SESSION, cookie};
use super::problem::{Body, Path, Query};
use super::signing::signer;
use super::{Problem, Shared, blocking, number, request_id};
use crate::app::App;

/// Answers that a sample is drawn from, at most.
const MAX_CANDIDATES: usize = 1_000_000;

/// A review to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewRequest)]
pub(super) struct Request {
    #[schema(example = "November 2026, all wards")]
    title: String,
    /// Answers of this time on, RFC 3339.
    #[schema(example = "2026-11-01T00:00:00Z")]
    from: String,
    /// Up to this time.
    #[schema(example = "2026-12-01T00:00:00Z")]
    to: String,
    /// Answers wanted.
    #[schema(example = 50)]
    size: u32,
    /// Two accounts that rate, without seeing each other's ratings: their ids or names.
    #[schema(example = json!(["ada.lovelace", "auditor"]))]
    reviewers: [String; 2],
    /// The account that decides where they differ; whoever does so first, if absent.
    #[serde(default)]
    adjudicator: Option<String>,
    /// 32 bytes in hexadecimal, to draw the same sample again; drawn if absent.
    #[serde(default)]
    seed: Option<String>,
}

/// A review with its numbers, once it is ready.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReviewReply {
    #[serde(flatten)]
    review: Review,
    /// Agreement and support; `null` until all is rated.
    statistics: Option<Statistics>,
    /// Hash of the record to be signed; `null` until it is ready.
    record_hash: Option<String>,
    /// Whether the record is the one that was signed; `null` until it is signed.
    is_signed_record: Option<bool>,
}

/// A stretch of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// `next` of the stretch before.
    #[param(value_type = Option<i64>)]
    before: Option<String>,
}

/// What a sample is drawn from, by how it ended. Failures are not in it: they say nothing that could be right or wrong. That too
/// little was found while a part of the search was away is a stratum of its own: it is another thing to say.
fn candidates(app: &App, wanted: &Wanted) -> ::audit::Result<Vec<Candidate>> {
    let candidate =
        |answer: ::audit::Given| Candidate { answer: answer.id, stratum: answer.status, statements: answer.statements };
    Ok(app.audit.given(wanted, MAX_CANDIDATES)?.into_iter().map(candidate).collect())
}

/// Begin a review
///
/// Draws a sample, the same for the same seed: every kind of answer has its share.
#[utoipa::path(post, path = "/v1/reviews", tag = "reviews", operation_id = "begin_review", request_body = Request,
    responses(
        (status = 201, description = "The review", body = Review),
        (status = 400, description = "Not JSON, or a time that is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "An account that is not there", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Nothing to draw from, or reviewers that do not do", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn begin(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<Request>,
) -> Result<(StatusCode, Json<Review>), Problem> {
    let by = caller.account()?.account.clone();
    let time = |name: &str, text: &str| {
        let detail = format!("{name} must be a time, as in 2026-11-01T00:00:00Z");
        text.parse::<jiff::Timestamp>().map_err(|_| Problem::bad_request("bad_time", &detail))
    };
    let (from, to) = (time("from", &body.from)?, time("to", &body.to)?);
    let (id, now) = shared.app.asker.ticket();
    let draft = Draft::new("review.begun", caller.actor()).in_request(&request_id(&headers));
    let app = Arc::clone(&shared.app);
    let begun = blocking(move || -> Result<Review, Problem> {
        let [one, other] = &body.reviewers;
        let reviewers = [part(&app, one, now)?, part(&app, other, now)?];
        let adjudicator = body.adjudicator.as_deref().map(|named| part(&app, named, now)).transpose()?;
        let seed = match &body.seed {
            Some(seed) => seed.parse::<Seed>()?,
            None => Seed::new(chance(&app)),
        };
        let wanted =
            Wanted { from_ms: Some(from.as_millisecond()), to_ms: Some(to.as_millisecond()), ..Wanted::default() };
        let candidates = candidates(&app, &wanted)?;
        let ours = ours(&app, &sample(&candidates, body.size, &seed))?;
        let new = NewReview {
            id: id.to_string(),
            title: body.title,
            created_at: now.to_string(),
            created_by: by,
            seed,
            from: from.to_string(),
            to: to.to_string(),
            size: body.size,
            reviewers,
            adjudicator,
        };
        app.reviews.create(&new, &candidates, &ours, |review| -> Result<(), Problem> {
            let draft = draft.with("review", review.id.as_str()).with("seed", review.seed.as_str());
            app.audit.append(draft.with("items", review.items).with("reviewers", review.reviewers.clone()))?;
            Ok(())
        })
    });
    Ok((StatusCode::CREATED, Json(begun.await?)))
}

/// 32 bytes by chance.
pub(super) fn chance(app: &App) -> [u8; 32] {
    let mut bytes = [0; 32];
    for half in bytes.chunks_exact_mut(16) {
        half.copy_from_slice(app.asker.secret().as_bytes());
    }
    bytes
}

/// The comments and reasons of reviews, which the log keeps sealed.
pub(super) struct Sealed<'a>(pub(super) &'a AuditLog);

impl Words for Sealed<'_> {
    fn words(&self, place: &Place, name: &str) -> review::Result<Option<String>> {
        let found = self.0.words(place.entry, name).map_err(|error| review::Error::Words(Box::new(error)))?;
        let found = found.filter(|(salt, words)| ::audit::hex(&::audit::commitment(salt, words)) == place.commitment);
        Ok(found.and_then(|(_, words)| String::from_utf8(words).ok()))
    }
}

/// The account of somebody who is to have a part in a review, by its id or name.
fn part(app: &App, named: &str, now: jiff::Timestamp) -> Result<String, Problem> {
    let account = match app.identity.by_name(named, now)? {
        Some(account) => account,
        None => app.identity.account(named, now)?,
    };
    if !account.roles.contains(&Role::Clinician) && !account.roles.contains(&Role::Auditor) {
        let detail = format!("{} is neither a clinician nor an auditor", account.name);
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_reviewer", &detail));
    }
    Ok(account.id)
}

/// Our verdicts on the statements of answers.
fn ours(app: &App, drawn: &[Candidate]) -> Result<BTreeMap<String, Vec<String>>, Problem> {
    let mut ours = BTreeMap::new();
    for candidate in drawn {
        let kept = app.audit.answer(&candidate.answer)?;
        let answer: Value = kept.and_then(|(json, _)| serde_json::from_str(&json).ok()).unwrap_or_default();
        let statements = answer["statements"].as_array().into_iter().flatten();
        let mut verdicts: Vec<String> =
            statements.map(|statement| statement["verdict"].as_str().unwrap_or("unverifiable").to_owned()).collect();
        if candidate.statements == 0 {
            verdicts = vec![candidate.stratum.clone()];
        }
        verdicts.resize(usize::try_from(candidate.statements.max(1)).unwrap_or(1), "unverifiable".to_owned());
        ours.insert(candidate.answer.clone(), verdicts);
    }
    Ok(ours)
}

/// List the reviews
#[utoipa::path(get, path = "/v1/reviews", tag = "reviews", operation_id = "reviews", params(ListQuery),
    responses(
        (status = 200, description = "The latest first", body = Page),
        (status = 400, description = "A number that is none", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(
    State(shared): State<Shared>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page>, Problem> {
    let before = query.before.map(|before| number("before", &before)).transpose()?;
    let app = Arc::clone(&shared.app);
    let mut page = blocking(move || app.reviews.list(100, before)).await?;
    page.reviews.retain(|review| may_see(&caller, review));
    Ok(Json(page))
}

/// Auditors see all; others those in which they have a part.
fn may_see(caller: &Caller, review: &Review) -> bool {
    let account = caller.who.as_ref().map(|who| who.account.as_str()).unwrap_or_default();
    let has_part = review.reviewers.iter().chain(&review.adjudicator).any(|named| named == account);
    caller.has(Role::Auditor) || has_part
}

pub(super) fn seen(app: &App, caller: &Caller, id: &str) -> Result<Review, Problem> {
    let review = app.reviews.get(id)?;
    if may_see(caller, &review) { Ok(review) } else { Err(review::Error::Unknown.into()) }
}

/// What the entries about reviews begin with.
const ABOUT_REVIEWS: &str = "review.";

/// Whether this caller is a reviewer where something waits to be rated.
fn is_blind(app: &App, caller: &Caller) -> review::Result<bool> {
    caller.who.as_ref().map_or(Ok(false), |who| app.reviews.is_blind(&who.account))
}

/// Whether an entry is about a review, or about what was done in one.
fn is_of_a_review(entry: &Entry) -> bool {
    entry.action.starts_with(ABOUT_REVIEWS) || entry.object.contains_key("review")
}

/// Leaves out of entries what this caller may not read yet, as [`entries`] does.
pub(super) fn blinded(app: &App, caller: &Caller, entries: &mut Vec<Entry>) -> Result<(), Problem> {
    if is_blind(app, caller)? {
        entries.retain(|entry| !is_of_a_review(entry));
    }
    Ok(())
}

/// Entries of the log, the latest first, as this caller may read them. Whoever is a reviewer where something waits to be
/// rated gets none of reviews: they tell which answer an item is of, also those that say that it was read, and who has rated
/// it. Ratings themselves stand in no entry. Our verdicts stand in the record of the answer, which an auditor may read: they cannot be kept from one who
/// looks for them, only not be shown to one who does not. That is why an item names its answer only after it is rated.
pub(super) fn entries(
    app: &App,
    caller: &Caller,
    actions: &str,
    actor: Option<&str>,
    mut before: Option<u64>,
    limit: u32,
) -> Result<Vec<Entry>, Problem> {
    if !is_blind(app, caller)? {
        return Ok(app.audit.entries(actions, actor, before, limit)?);
    }
    if actions.starts_with(ABOUT_REVIEWS) {
        let detail = "you are a reviewer in a review that is open: what the log says of reviews is shown to you when both \
                      reviewers have rated everything";
        return Err(Problem::forbidden("still_rating", detail));
    }
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    loop {
        let stretch = app.audit.entries(actions, actor, before, limit)?;
        let is_last = stretch.len() < wanted;
        before = stretch.last().map(|entry| entry.seq);
        found.extend(stretch.into_iter().filter(|entry| !is_of_a_review(entry)));
        if is_last || found.len() >= wanted {
            break;
        }
    }
    found.truncate(wanted);
    Ok(found)
}

/// Read a review
#[utoipa::path(get, path = "/v1/reviews/{id}", tag = "reviews", operation_id = "review",
    params(("id" = String, Path, description = "Id of the review")),
    responses(
        (status = 200, description = "The review, with its numbers once all is rated", body = ReviewReply),
        (status = 404, description = "No such review", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn get(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ReviewReply>, Problem> {
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<ReviewReply, Problem> {
        let review = seen(&app, &caller, &id)?;
        let is_ready = matches!(review.state, review::State::Ready | review::State::Signed);
        let statistics = if is_ready { Some(app.reviews.statistics(&id)?) } else { None };
        let record_hash =
            if is_ready { Some(knowledge::sha256_hex(app.reviews.record(&id)?.as_bytes())) } else { None };
        let is_signed_record = match &review.signature {
            Some(_) => Some(app.reviews.verify_signature(&id)?),
            None => None,
        };
        Ok(ReviewReply { review, statistics, record_hash, is_signed_record })
    };
    Ok(Json(blocking(read).await?))
}

/// A signature. The password is asked for again: a session that was left open does not sign.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignRequest {
    /// What the signature means.
    #[schema(example = "I have reviewed this sample and approve the result")]
    meaning: String,
    /// `record_hash` of what was read.
    record_hash: String,
    /// The password of the account.
    password: String,
}

/// Sign a review off
#[utoipa::path(post, path = "/v1/reviews/{id}/signature", tag = "reviews", operation_id = "sign_review", request_body = SignRequest,
    params(("id" = String, Path, description = "Id of the review")),
    responses(
        (status = 200, description = "The review, signed", body = Review),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The password is wrong, or the sign-in is too long ago", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such review", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not ready, signed already, or changed since it was read", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong passwords; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn sign(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<SignRequest>,
) -> Result<Json<Review>, Problem> {
    let who = caller.account()?.clone();
    let at = shared.app.asker.now().to_string();
    let session = cookie(&headers, SESSION).map(str::to_owned);
    let draft = Draft::new("review.signed", caller.actor())
        .in_request(&request_id(&headers))
        .with("review", ::audit::token(&id));
    let app = Arc::clone(&shared.app);
    let signed = blocking(move || -> Result<Review, Problem> {
        let full_name = signer(&app, &who, &body.password, session.as_deref())?;
        let signing = SignOff {
            review: &id,
            who: &who.account,
            full_name: &full_name,
            meaning: &body.meaning,
            at: &at,
            record_hash: &body.record_hash,
        };
        app.reviews.sign_off(&signing, |record_sha256| -> Result<(), Problem> {
            app.audit.append(draft.with("record_sha256", record_sha256))?;
            Ok(())
        })
    });
    Ok(Json(signed.await?))
}

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// `csv`, `ndjson` or `pdf`.
    format: String,
}

/// Take a review along
#[utoipa::path(get, path = "/v1/reviews/{id}/export", tag = "reviews", operation_id = "export_review",
    params(("id" = String, Path, description = "Id of the review"), ExportQuery),
    responses(
        (status = 200, description = "The file", content((String = "text/csv"), (String = "application/x-ndjson"), (String = "application/pdf"))),
        (status = 400, description = "A form that there is not", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such review", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not all is rated", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn export(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Problem> {
    let draft = Draft::new("review.exported", caller.actor())
        .in_request(&request_id(&headers))
        .with("review", ::audit::token(&id))
        .with("format", ::audit::token(&query.format));
    let app = Arc::clone(&shared.app);
    let format = query.format.clone();
    let (kind, file) = blocking(move || -> Result<(&'static str, Vec<u8>), Problem> {
        let words = Sealed(&app.audit);
        let file = match format.as_str() {
            "csv" => ("text/csv; charset=utf-8", app.reviews.csv(&id, &words)?.into_bytes()),
            "ndjson" => ("application/x-ndjson", app.reviews.ndjson(&id, &words)?.into_bytes()),
            "pdf" => ("application/pdf", app.reviews.pdf(&id, &words)?),
            _ => return Err(Problem::bad_request("bad_format", "format must be csv, ndjson or pdf")),
        };
        app.audit.append(draft)?;
        Ok(file)
    })
    .await?;
    let name = format!("attachment; filename=\"review.{}\"", query.format);
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], file).into_response())
}
