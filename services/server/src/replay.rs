//! Asking again what was asked, at the snapshot that was searched then: what is the same, and what is not.

use std::sync::Arc;

use answer::{Filters, Means, Pin, Question, Retriever, Turn};
use audit::AuditLog;
use knowledge::{CorpusId, PassageId, Snapshot, Status};
use ledger::Reach;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::app::App;
use crate::recorded::Error;

/// Digits of hashes that the log has of what shapes a search: enough to see that something is another.
const HASH_DIGITS: usize = 16;

/// What shapes a search, by its names in the log, with what is said when it is another.
const MEANS: [(&str, &str); 6] = [
    ("embedder", "another model turns questions into vectors now"),
    ("reranker", "what orders the passages that were found is another now"),
    ("expansion", "whether other names of what is asked are searched for was changed"),
    ("thesaurus", "another thesaurus is searched with now"),
    ("priors", "whether kind, date and standing of documents count was changed"),
    ("policies", "the policy of a corpus that was searched was changed since"),
];

/// What came of asking again.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Replay {
    /// Id of the answer.
    pub answer: String,
    /// The snapshot that was searched, then and now.
    pub snapshot: u64,
    /// Whether the same passages were found in the same order.
    pub same_evidence: bool,
    /// Whether the same was said, with the same verdicts.
    pub same_statements: bool,
    /// Whether all of it is the same.
    pub same: bool,
    /// What may differ for a reason that is known: another model, a patient whose data is not kept, sources that were
    /// retracted since.
    pub reasons: Vec<String>,
    /// Passages, then and now, in order.
    pub evidence: Vec<Side>,
    /// Statements, then and now, in order.
    pub statements: Vec<Side>,
}

/// One place of a list, then and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Side {
    /// What was there; absent where there was less.
    pub before: Option<Said>,
    /// What is there now.
    pub after: Option<Said>,
    /// Whether they are the same.
    pub same: bool,
}

/// A passage or a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Said {
    /// Passage, or what the statement cites.
    pub id: String,
    /// Its words.
    pub text: String,
    /// The verdict, of a statement.
    pub verdict: Option<String>,
}

/// Everything that it takes to ask again, as it is sealed with the question.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Request {
    question: String,
    /// The question before, if there is one; records of before have all of them, the last of which counts.
    #[serde(default)]
    history: Vec<Before>,
    #[serde(default)]
    filters: Filters,
    #[serde(default)]
    as_of: Option<Snapshot>,
    #[serde(default)]
    has_patient: bool,
}

/// A question that another stands on. Its words are kept where it was answered, and go when they are erased there; here they
/// stand only where no record has them.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Before {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    question: Option<String>,
    #[serde(default)]
    passages: Vec<PassageId>,
}

impl Request {
    /// Of a question of this actor. What is known of the patient is not kept, only whether something was.
    pub(crate) fn of(question: &Question, log: &AuditLog, actor: &str) -> audit::Result<Self> {
        let Question { question, history, patient, filters, as_of, staged: _, extractive: _, pinned: _ } = question;
        let before = history.last().map(|turn| Before::of(turn, log, actor)).transpose()?;
        Ok(Self {
            question: question.clone(),
            history: before.into_iter().collect(),
            filters: filters.clone(),
            as_of: *as_of,
            has_patient: patient.is_some(),
        })
    }
}

impl Before {
    fn of(turn: &Turn, log: &AuditLog, actor: &str) -> audit::Result<Self> {
        let named = match &turn.answer {
            // It may be in a log from before this one.
            Some(answer) => log.outcome(answer)?.map(|_| answer.clone()),
            None => None,
        };
        // Who keeps no conversation here sends the words again.
        let answer = match named {
            Some(answer) => Some(answer),
            None => log.asked_before(actor, &turn.question)?,
        };
        let question = answer.is_none().then(|| turn.question.clone());
        Ok(Self { answer, question, passages: turn.passages.clone() })
    }

    /// The same with its words; `None` when they were destroyed.
    fn turn(&self, log: &AuditLog) -> audit::Result<Option<Turn>> {
        let question = match (&self.question, &self.answer) {
            (Some(question), _) => Some(question.clone()),
            (None, Some(answer)) => {
                let request = log.request(answer)?.and_then(|kept| serde_json::from_str::<Request>(&kept).ok());
                request.map(|request| request.question)
            }
            (None, None) => None,
        };
        let (passages, answer) = (self.passages.clone(), self.answer.clone());
        Ok(question.map(|question| Turn { question, passages, answer }))
    }
}

/// What of a search stands in the log with the answer: see [`MEANS`].
pub(crate) fn on_record(means: &Means) -> Map<String, Value> {
    let Means { embedder, reranker, has_expansion, thesaurus, has_priors, policies } = means;
    let hash = |hash: &String| json!(hash.get(..HASH_DIGITS).unwrap_or(hash));
    let all = [
        ("embedder", Some(json!(audit::token(embedder)))),
        ("reranker", reranker.as_deref().map(|id| json!(audit::token(id)))),
        ("expansion", Some(json!(has_expansion))),
        ("thesaurus", thesaurus.as_ref().map(hash)),
        ("priors", Some(json!(has_priors))),
        ("policies", Some(hash(policies))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// What is known of a question and of what came of it.
struct Kept {
    request: Request,
    /// The question that it stands on: at most one. Nothing when that was destroyed.
    history: Option<Vec<Turn>>,
    answer: Value,
    /// What shaped the search; empty in records of before.
    search: Map<String, Value>,
    /// The release and configuration that answered.
    release: String,
    /// What it is asked of now: the same snapshot, with what was decided since.
    pin: Pin,
}

impl Kept {
    fn read(app: &App, id: &str) -> Result<Option<Self>, Error> {
        let log = &app.audit;
        let (Some(request), Some((answer, _))) = (log.request(id)?, log.answer(id)?) else { return Ok(None) };
        let request: Request = serde_json::from_str(&request).map_err(unreadable)?;
        let answer: Value = serde_json::from_str(&answer).map_err(unreadable)?;
        let history = match request.history.last() {
            Some(before) => before.turn(log)?.map(|turn| vec![turn]),
            None => Some(Vec::new()),
        };
        let entries = log.record(id)?.map(|record| record.entries).unwrap_or_default();
        let given = entries.into_iter().rfind(|entry| entry.action == "answer.given");
        let (object, release) = given.map(|given| (given.object, given.release)).unwrap_or_default();
        let search = object.get("search").and_then(Value::as_object).cloned().unwrap_or_default();
        let decision = app.asker.ledger().last_decision().map_err(answer::Error::from)?;
        let snapshot = Snapshot(answer["snapshot"].as_u64().unwrap_or(0));
        Ok(Some(Self { request, history, answer, search, release, pin: Pin { snapshot, decision } }))
    }
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Answer(answer::Error::Internal(error.into()))
}

/// Asks again. Nothing is recorded here.
///
/// # Errors
/// [`Error`], as asking; `None` when there is no such answer, or its words were erased.
pub async fn replay(app: &Arc<App>, id: &str) -> Result<Option<Replay>, Error> {
    let (reader, wanted) = (Arc::clone(app), id.to_owned());
    let Some(mut kept) = blocking(move || Kept::read(&reader, &wanted)).await? else { return Ok(None) };
    let after = match kept.history.take() {
        Some(history) => {
            let question = Question {
                question: kept.request.question.clone(),
                history,
                filters: kept.request.filters.clone(),
                as_of: kept.request.as_of,
                pinned: Some(kept.pin),
                ..Question::default()
            };
            serde_json::to_value(app.asker.ask_alone(&question).await?).map_err(unreadable)?
        }
        None => Value::Null,
    };
    let (is_asked, snapshot) = (!after.is_null(), kept.pin.snapshot.0);
    let evidence = sides(&passages(&kept.answer), &passages(&after));
    let statements = sides(&said(&kept.answer), &said(&after));
    let same_evidence = is_asked && all_same(&evidence);
    let same_statements = is_asked && all_same(&statements);
    let same = same_evidence && same_statements && kept.answer["status"] == after["status"];
    let reasons = if is_asked {
        let app = Arc::clone(app);
        blocking(move || differences(&app, &kept, &after, same_evidence)).await?
    } else {
        vec!["the words of an earlier question were destroyed, so this cannot be asked again".to_owned()]
    };
    Ok(Some(Replay {
        answer: id.to_owned(),
        snapshot,
        same_evidence,
        same_statements,
        same,
        reasons,
        evidence,
        statements,
    }))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Panicked)?
}

/// What is another than it was and may be why something differs, in words.
fn differences(app: &App, kept: &Kept, after: &Value, same_evidence: bool) -> Result<Vec<String>, Error> {
    let (before, retriever) = (&kept.answer, app.asker.retriever());
    let mut reasons = Vec::new();
    let mut say = |reason: &str| reasons.push(reason.to_owned());
    if kept.request.has_patient {
        say("the question came with a patient's data, which is not kept: it was asked without");
    }
    match (before["model"].is_null(), after["model"].is_null()) {
        (true, false) => say("no model wrote then, and one does now"),
        (false, true) => say("a model wrote then, and none does now"),
        _ if before["model"] != after["model"] => say("another model writes now"),
        _ => {}
    }
    // Answers from before rules were numbered have none, and are of the first.
    if before["rules"].as_u64().unwrap_or(1) != after["rules"].as_u64().unwrap_or(1) {
        say("the rules that check statements are others now");
    }
    if before["judge"] != after["judge"] {
        say("what judges statements is another now");
    }
    for (answer, when) in [(before, "then"), (after, "now")] {
        // Records of before have it as the reason alone.
        let is_degraded = answer["status"] == "degraded";
        let missing = answer["missing"].as_str().or(answer["reason"].as_str().filter(|_| is_degraded));
        if let Some(missing) = missing {
            say(&format!("a part of the service was away {when}: {missing}"));
        }
    }
    if !kept.search.is_empty() {
        let searched: Vec<CorpusId> = serde_json::from_value(before["searched"].clone()).unwrap_or_default();
        let current = on_record(&retriever.means(&searched)?);
        for (name, reason) in MEANS {
            let (then, now) = (kept.search.get(name), current.get(name));
            if then == now {
                continue;
            }
            // Of models the names say something to people.
            match name {
                "embedder" | "reranker" => say(&format!("{reason}: {} then, {} now", named(then), named(now))),
                _ => say(reason),
            }
        }
    } else if !same_evidence {
        say("with what it was searched then is not on record");
    }
    let year = |time: &str| time.get(..4).map(str::to_owned);
    let asked = before["asked_at"].as_str().and_then(year);
    if retriever.has_priors && !same_evidence && asked != year(&retriever.today()) {
        say("documents are older now, which counts");
    }
    for evidence in before["evidence"].as_array().into_iter().flatten() {
        let there = after["evidence"].as_array().into_iter().flatten().any(|now| now["passage"] == evidence["passage"]);
        if let Some(why) = (!there).then(|| out_of_use(&retriever, evidence)).flatten() {
            say(&format!("\"{}\" {why}", evidence["document"]["title"].as_str().unwrap_or_default()));
        }
    }
    // Words weigh what they weighed then. The graph of vectors grows, and is built anew.
    let newest = retriever.ledger.snapshots().map_err(answer::Error::from)?.head;
    if !same_evidence && newest > kept.pin.snapshot {
        say(
            "documents came in since: among many, the search by meaning goes from neighbour to neighbour, and may go another way",
        );
    }
    let current = app.audit.entries("service.", None, None, 1)?.pop();
    if current.is_some_and(|current| current.release != kept.release) {
        say("the program, its configuration or one of its models is another now");
    }
    reasons.dedup();
    Ok(reasons)
}

fn named(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or("none")
}

/// Why a passage may not be evidence any more, if that is so.
fn out_of_use(retriever: &Retriever, evidence: &Value) -> Option<&'static str> {
    let document = &evidence["document"];
    let id = document["id"].as_str()?.parse().ok()?;
    let version = u32::try_from(document["version"].as_u64()?).ok()?;
    let today = retriever.today();
    let view = retriever.ledger.document(id, Some(version), &today, Reach::Staged).ok()?;
    let corpus = retriever.ledger.corpus(&view.document.corpus).ok()?;
    match view.document.status {
        status if status.suppresses() => Some("was retracted or withdrawn since"),
        Status::Expired => Some("has expired since"),
        _ if corpus.rights.has_ended(&today) => Some("is of a corpus whose licence has ended since"),
        _ => None,
    }
}

fn passages(answer: &Value) -> Vec<Said> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let evidence = answer["evidence"].as_array().into_iter().flatten();
    evidence.map(|one| Said { id: text(&one["passage"]), text: text(&one["text"]), verdict: None }).collect()
}

fn said(answer: &Value) -> Vec<Said> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place = |citation: &Value| {
        let evidence =
            answer["evidence"].as_array().into_iter().flatten().find(|one| one["id"] == citation["evidence"]);
        let passage = evidence.map(|one| text(&one["passage"])).unwrap_or_default();
        format!("{passage} {}-{}", citation["start"], citation["end"])
    };
    let statements = answer["statements"].as_array().into_iter().flatten();
    statements
        .map(|statement| Said {
            id: statement["citations"].as_array().into_iter().flatten().map(place).collect::<Vec<_>>().join(", "),
            text: text(&statement["text"]),
            verdict: statement["verdict"].as_str().map(str::to_owned),
        })
        .collect()
}

fn sides(before: &[Said], after: &[Said]) -> Vec<Side> {
    let at = |list: &[Said], place: usize| list.get(place).cloned();
    let sides = (0..before.len().max(after.len())).map(|place| {
        let (before, after) = (at(before, place), at(after, place));
        let same = before == after;
        Side { before, after, same }
    });
    sides.collect()
}

fn all_same(sides: &[Side]) -> bool {
    sides.iter().all(|side| side.same)
}
