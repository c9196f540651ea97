//! Checking any text against its sources, from whoever wrote it.

use answer::{Judge, Opinion};
use audit::Draft;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use grounding::{Facet, Finding, Foreign, Verified, verify as check};
use knowledge::Verdict;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::access::Caller;
use super::problem::Body;
use super::{Problem, Shared, blocking, request_id};

/// Sources that are read, at most.
const MAX_SOURCES: usize = 100;

/// Statements that a judge is asked about, at most.
const MAX_JUDGED: usize = 50;

const NO_JUDGE: &str = "judge: no judge is configured; see [judge] in the configuration";

/// A text and its sources. The names `groundingSources`, `domain`, `task`, `qna` and `reasoning` are those of Azure AI Content
/// Safety's groundedness detection, so that its callers need to change nothing but the address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "text": "Start prednisolone 50 mg once daily [1].",
    "sources": [{ "id": "1", "title": "Gout", "text": "Start prednisolone 5 mg once daily." }]
}))]
pub(super) struct VerifyRequest {
    /// The text to check, with citations such as `[1]`, `[doc1]` or `[[1]](url)`; without any it is held against all sources.
    text: String,
    /// What it rests on.
    #[serde(default)]
    sources: Vec<Foreign>,
    /// The same as plain texts.
    #[serde(default, rename = "groundingSources")]
    grounding_sources: Vec<String>,
    /// Ask the configured judge as well about every statement that the rules let pass; the first 50 of them.
    #[serde(default)]
    judge: bool,
    #[serde(default)]
    #[schema(ignore)]
    #[expect(dead_code, reason = "read for compatibility; the checks are the same in all domains")]
    domain: Option<String>,
    #[serde(default)]
    #[schema(ignore)]
    #[expect(dead_code, reason = "read for compatibility; the checks are the same for all tasks")]
    task: Option<String>,
    #[serde(default)]
    #[schema(ignore)]
    #[expect(dead_code, reason = "read for compatibility; the question adds nothing to what a source says")]
    qna: Option<serde_json::Value>,
    #[serde(default)]
    #[schema(ignore)]
    #[expect(dead_code, reason = "read for compatibility; reasons are always given")]
    reasoning: Option<bool>,
}

/// The verdicts, in our words and in those of groundedness detection.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VerifyReply {
    #[serde(flatten)]
    verified: Verified,
    /// Whether some statement is not borne out.
    #[serde(rename = "ungroundedDetected")]
    ungrounded_detected: bool,
    /// The share of statements that are not borne out, 0 to 1.
    #[serde(rename = "ungroundedPercentage")]
    ungrounded_percentage: f64,
    /// Those statements.
    #[serde(rename = "ungroundedDetails")]
    ungrounded_details: Vec<Ungrounded>,
}

/// A statement that is not borne out.
#[derive(Debug, Serialize, ToSchema)]
struct Ungrounded {
    text: String,
    reason: String,
    offset: Places,
    length: Places,
}

/// A place in the text in three ways to count.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
struct Places {
    utf8: usize,
    utf16: usize,
    #[serde(rename = "codePoint")]
    code_point: usize,
}

impl Places {
    fn of(text: &str) -> Self {
        Self { utf8: text.len(), utf16: text.encode_utf16().count(), code_point: text.chars().count() }
    }
}

/// Walks through a text once, from place to place.
struct Walk<'a> {
    rest: &'a str,
    passed: Places,
}

impl Walk<'_> {
    /// Goes on to a code point; those asked for must rise.
    fn to(&mut self, code_point: usize) -> Places {
        let ahead = code_point.saturating_sub(self.passed.code_point);
        let end = self.rest.char_indices().nth(ahead).map_or(self.rest.len(), |(at, _)| at);
        let (passed, rest) = self.rest.split_at(end);
        let Places { utf8, utf16, code_point } = Places::of(passed);
        self.passed.utf8 += utf8;
        self.passed.utf16 += utf16;
        self.passed.code_point += code_point;
        self.rest = rest;
        self.passed
    }
}

impl VerifyReply {
    #[expect(clippy::cast_precision_loss, reason = "a text has few statements")]
    fn new(text: &str, verified: Verified) -> Self {
        let bad = |verdict| matches!(verdict, Verdict::Unsupported | Verdict::Contradicted);
        let mut walk = Walk { rest: text, passed: Places::of("") };
        let ungrounded_details: Vec<Ungrounded> = verified
            .statements
            .iter()
            .filter(|statement| bad(statement.verdict))
            .map(|statement| {
                let offset = walk.to(statement.start);
                let end = walk.to(statement.end);
                Ungrounded {
                    text: statement.text.clone(),
                    reason: statement.reason.clone().unwrap_or_default(),
                    offset,
                    length: Places {
                        utf8: end.utf8 - offset.utf8,
                        utf16: end.utf16 - offset.utf16,
                        code_point: end.code_point - offset.code_point,
                    },
                }
            })
            .collect();
        let share = ungrounded_details.len() as f64 / verified.statements.len().max(1) as f64;
        Self {
            ungrounded_detected: !ungrounded_details.is_empty(),
            ungrounded_percentage: share,
            ungrounded_details,
            verified,
        }
    }
}

/// Check any text against its sources
///
/// Structure of citations, quotes word for word, and amounts, rhythms, routes, medicines, populations, negation, strength and
/// direction of every statement: deterministic and without a model. With `judge` a model is asked as well; it can only take
/// standing from a statement. The text is neither kept nor logged.
#[utoipa::path(
    post, path = "/v1/verify", tag = "answers", operation_id = "verify", request_body = VerifyRequest,
    responses(
        (status = 200, description = "A verdict on every statement", body = VerifyReply),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Nothing to check, no source, or no judge where one is wanted", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The judge is away, or as much is in work as can be taken; see Retry-After", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn verify(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<VerifyRequest>,
) -> Result<Json<VerifyReply>, Problem> {
    let VerifyRequest { text, mut sources, grounding_sources, judge, .. } = body;
    sources.extend(grounding_sources.into_iter().map(|text| Foreign { id: None, title: None, text }));
    let refuse = |detail: &str| Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, "bad_field", detail);
    if text.trim().is_empty() {
        return Err(refuse("text is empty: send the text to check"));
    }
    if sources.is_empty() {
        return Err(refuse("there is no source: send what the text rests on in `sources`"));
    }
    if sources.len() > MAX_SOURCES {
        return Err(refuse("there are more than 100 sources: send those that are cited"));
    }
    let judge = if judge { Some(shared.app.asker.judge().cloned().ok_or_else(|| refuse(NO_JUDGE))?) } else { None };
    let place = if judge.is_some() { shared.place_to_ask()? } else { shared.place()? };
    let cancel = CancellationToken::new();
    let _guard = cancel.clone().drop_guard();
    // A task of its own keeps the place until the work is done. Whoever leaves has no further statement judged.
    let checking = tokio::spawn(async move {
        let _place = place;
        let work = move || (check(&text, &sources), text, sources);
        let (mut verified, text, sources) = tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())?;
        if let Some(judge) = judge {
            ask_judge(&judge, &mut verified, &sources, &cancel).await?;
        }
        Ok::<_, Problem>((verified, text, sources.len()))
    });
    let (verified, text, sources) = checking.await.map_err(|_| Problem::internal())??;
    let draft = Draft::new("text.verified", caller.actor())
        .in_request(&request_id(&headers))
        .with("statements", verified.statements.len())
        .with("sources", sources)
        .with("verdict", verified.verdict.to_string());
    let app = std::sync::Arc::clone(&shared.app);
    blocking(move || app.audit.append(draft)).await?;
    Ok(Json(VerifyReply::new(&text, verified)))
}

/// A second opinion on what the rules let pass.
async fn ask_judge(
    judge: &Judge,
    verified: &mut Verified,
    sources: &[Foreign],
    cancel: &CancellationToken,
) -> Result<(), answer::Error> {
    let passed = verified.statements.iter_mut().filter(|statement| statement.verdict == Verdict::Supported);
    for statement in passed.take(MAX_JUDGED) {
        let cited: Vec<usize> = statement.citations.iter().filter_map(|cited| cited.source).collect();
        let is_meant = |at: &usize| cited.is_empty() || cited.contains(at);
        let texts: Vec<&str> = (0..sources.len()).filter(is_meant).map(|at| sources[at].text.as_str()).collect();
        let opinion = match judge.opinion(&statement.text, &texts.join("\n\n"), cancel.child_token()).await {
            Err(inference::Error::Cancelled) => return Err(answer::Error::Cancelled),
            opinion => opinion?,
        };
        let (verdict, said) = match opinion {
            Opinion::Supported => continue,
            Opinion::Contradicted => (Verdict::Contradicted, "holds that the source says otherwise"),
            Opinion::NotStated => (Verdict::Unsupported, "does not find this in the source"),
        };
        let reason = format!("the model {} {said}", judge.model().id);
        let subject = statement.text.clone();
        statement.findings.push(Finding { facet: Facet::Entailment, verdict, subject, reason: reason.clone() });
        (statement.verdict, statement.reason) = (verdict, Some(reason));
    }
    verified.verdict = verified.statements.iter().map(|one| one.verdict).max().unwrap_or(verified.verdict);
    Ok(())
}
