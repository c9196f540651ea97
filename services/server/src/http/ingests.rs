//! Taking documents in from the pages: uploads, and what is new at the sources of a corpus. What comes in stays staged.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::audit::{Actor, Draft};
use axum::Json;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use knowledge::{Corpus, CorpusId};
use ledger::{RunRecord, RunSummary};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;
use utoipa::{IntoParams, ToSchema};

use super::access::Caller;
use super::problem::{Path, Query};
use super::{Problem, Shared, blocking, number, request_id};
use crate::app::App;
use crate::corpus_record;
use crate::ingests::{Run, Work};
use crate::library::Library;
use crate::people::{People, Person};

/// Files of one upload, at most.
const MAX_FILES: usize = 1_000;

/// The longest name of a file, in bytes: most file systems take no more.
const MAX_NAME: usize = 200;

/// Runs on record that are listed.
const MAX_RUNS: u32 = 50;

/// How long an upload that is refused may go on.
const DISCARDING: Duration = Duration::from_secs(5);

/// A run of ingest that was begun here, as far as it has come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IngestRun)]
pub(super) struct RunReply {
    #[serde(flatten)]
    run: Run,
    /// Who began it.
    by: Person,
}

impl RunReply {
    fn new(run: Run, people: &People) -> Self {
        Self { by: people.person(&run.by), run }
    }
}

/// A run of ingest on record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordedRun {
    /// Its number.
    id: i64,
    /// When it began, RFC 3339.
    at: String,
    /// Who ran it.
    actor: Person,
    /// Into which corpus.
    corpus: String,
    /// Documents by what became of them.
    documents: ::ingest::Counts,
    /// Passages taken in.
    passages: u64,
    /// Things that wanted a person's eye.
    reviews: u64,
    /// Files that were passed by.
    skipped: u64,
}

impl RecordedRun {
    pub(super) fn new(run: RunSummary, people: &People) -> Self {
        let RunSummary { id, at, actor, corpus, report } = run;
        let figure = |value: &serde_json::Value| value.as_u64().unwrap_or(0);
        let count = |name: &str| usize::try_from(figure(&report["documents"][name])).unwrap_or(usize::MAX);
        Self {
            id,
            at,
            actor: people.person(&actor),
            corpus,
            documents: ::ingest::Counts {
                added: count("added"),
                updated: count("updated"),
                unchanged: count("unchanged"),
                rejected: count("rejected"),
            },
            passages: figure(&report["passages"]),
            reviews: figure(&report["reviews"]),
            skipped: figure(&report["skipped"]),
        }
    }
}

/// Runs of ingest.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IngestList {
    /// Begun here since the service started, the newest first.
    ingests: Vec<RunReply>,
    /// The last 50 on record, the newest first.
    runs: Vec<RecordedRun>,
}

/// List runs of ingest
#[utoipa::path(get, path = "/v1/library/ingests", tag = "library", operation_id = "ingests",
    responses((status = 200, description = "In work, and on record", body = IngestList)))]
pub(super) async fn list(State(shared): State<Shared>) -> Result<Json<IngestList>, Problem> {
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<IngestList, Problem> {
        let people = People::of(&app)?;
        let runs = app.asker.ledger().run_list(MAX_RUNS)?;
        let recorded = |run| RecordedRun::new(run, &people);
        Ok(IngestList {
            ingests: app.ingests.list().into_iter().map(|run| RunReply::new(run, &people)).collect(),
            runs: runs.into_iter().map(recorded).collect(),
        })
    };
    Ok(Json(blocking(read).await?))
}

/// Read how far a run has come
#[utoipa::path(get, path = "/v1/library/ingests/{id}", tag = "library", operation_id = "ingest",
    params(("id" = String, Path, description = "Id of the run")),
    responses(
        (status = 200, description = "The run", body = RunReply),
        (status = 404, description = "No such run since the service started", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn get(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<RunReply>, Problem> {
    let run = shared.app.ingests.get(&id).ok_or_else(unknown)?;
    Ok(Json(replied(&shared, run).await?))
}

fn unknown() -> Problem {
    Problem::not_found("unknown_ingest", "there is no such run since the service started; see the runs on record")
}

async fn replied(shared: &Shared, run: Run) -> Result<RunReply, Problem> {
    let app = Arc::clone(&shared.app);
    let people = blocking(move || People::of(&app)).await?;
    Ok(RunReply::new(run, &people))
}

/// An account of a run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunAccount {
    run: RecordedRun,
    /// What came in, was passed by, was rejected and wants review, name by name.
    #[schema(value_type = Object)]
    account: serde_json::Value,
}

/// Read the account of a run
#[utoipa::path(get, path = "/v1/library/runs/{id}", tag = "library", operation_id = "ingest_account",
    params(("id" = i64, Path, description = "Number of the run")),
    responses(
        (status = 200, description = "The run, name by name", body = RunAccount),
        (status = 400, description = "A number that is none", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such run", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn account(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<RunAccount>, Problem> {
    let id: i64 = number("id", &id)?;
    let app = Arc::clone(&shared.app);
    let read = move || -> Result<RunAccount, Problem> {
        let run = app.asker.ledger().run(id)?;
        let run = run.ok_or_else(|| Problem::not_found("unknown_run", "there is no run of that number"))?;
        let people = People::of(&app)?;
        let RunRecord { id, at, actor, corpus, account } = run;
        let run = RunSummary { id, at, actor, corpus, report: account["report"].clone() };
        Ok(RunAccount { run: RecordedRun::new(run, &people), account })
    };
    Ok(Json(blocking(read).await?))
}

/// Where an upload goes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadQuery {
    /// Id of the corpus.
    corpus: String,
}

/// Files to be taken in.
#[derive(ToSchema)]
pub(super) struct Upload {
    /// One or more files, with their names.
    #[schema(value_type = Vec<String>, format = Binary)]
    #[allow(dead_code)]
    file: Vec<u8>,
}

/// Upload files and take them in
///
/// What comes in stays staged until it is published. One run at a time.
#[utoipa::path(post, path = "/v1/library/ingests", tag = "library", operation_id = "begin_ingest", params(UploadQuery),
    request_body(content = Upload, content_type = "multipart/form-data"),
    responses(
        (status = 202, description = "The run", body = RunReply),
        (status = 400, description = "No form of files, or broken off", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such corpus", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another run is in work", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "No form of files", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Two files of one name, or none", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn begin(
    State(shared): State<Shared>,
    caller: Caller,
    Query(query): Query<UploadQuery>,
    headers: HeaderMap,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<(StatusCode, Json<RunReply>), Problem> {
    let library = library(&shared)?;
    let corpus = corpus(&shared, &query.corpus).await?;
    let mut form = form.map_err(|error| {
        let detail = format!("send the files as multipart/form-data: {}", error.body_text());
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no_form", &detail)
    })?;
    // Rather before much has been sent than after. But a browser that is still sending may not read a reply, so what comes soon
    // is taken from it.
    if shared.app.ingests.is_in_work() {
        let rest = async { while let Ok(Some(_)) = form.next_field().await {} };
        let _ = tokio::time::timeout(DISCARDING, rest).await;
        return Err(in_work());
    }
    let folder = library.folder().map_err(|error| {
        tracing::error!("no place for an upload: {error:#}");
        Problem::internal()
    })?;
    let mut names = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|error| broken_off(&error))? {
        let name = file_name(field.file_name().unwrap_or_default()).ok_or_else(|| {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_name", "every part must be a file with a name")
        })?;
        if names.contains(&name) {
            let detail = format!("two files are called {name:?}: one would replace the other");
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "same_name", &detail));
        }
        if names.len() == MAX_FILES {
            let detail = format!("at most {MAX_FILES} files are taken at once: send them as an archive");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_files", &detail));
        }
        save(field, &folder.path().join(&name)).await?;
        names.push(name);
    }
    if names.is_empty() {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no_files", "the form holds no file"));
    }
    let files = names.len();
    started(&shared, &caller, &headers, corpus, Work::Files(folder), files).await
}

/// Look for what is new at the sources of a corpus
#[utoipa::path(post, path = "/v1/library/corpora/{id}/refresh", tag = "library", operation_id = "refresh_corpus",
    params(("id" = String, Path, description = "Id of the corpus")),
    responses(
        (status = 202, description = "The run", body = RunReply),
        (status = 404, description = "No such corpus", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It names no sources, or another run is in work", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn refresh(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<RunReply>), Problem> {
    let library = library(&shared)?;
    let corpus = corpus(&shared, &id).await?;
    let named = corpus.id.clone();
    let origin = blocking(move || {
        library.origin(&named).map_err(|error| {
            tracing::error!("the sources cannot be read: {error:#}");
            Problem::internal()
        })
    });
    if origin.await?.is_none() {
        let detail = format!("corpus {} names no sources: upload files, or give it a manifest that does", corpus.id);
        return Err(Problem::new(StatusCode::CONFLICT, "no_sources", &detail));
    }
    started(&shared, &caller, &headers, corpus, Work::Sources, 0).await
}

/// Ask a run to stop
///
/// After what is in work; what came in is kept.
#[utoipa::path(delete, path = "/v1/library/ingests/{id}", tag = "library", operation_id = "stop_ingest",
    params(("id" = String, Path, description = "Id of the run")),
    responses(
        (status = 202, description = "Asked to stop, or over already", body = RunReply),
        (status = 404, description = "No such run since the service started", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn stop(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<RunReply>), Problem> {
    let run = shared.app.ingests.stop(&id).ok_or_else(unknown)?;
    let draft = Draft::new("ingest.stopped", caller.actor())
        .in_request(&request_id(&headers))
        .with("corpus", ::audit::token(&run.corpus));
    let app = Arc::clone(&shared.app);
    blocking(move || app.audit.append(draft)).await?;
    Ok((StatusCode::ACCEPTED, Json(replied(&shared, run).await?)))
}

fn library(shared: &Shared) -> Result<Arc<Library>, Problem> {
    let library = shared.app.library.clone();
    library.ok_or_else(|| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no_library", "this service takes no documents in")
    })
}

async fn corpus(shared: &Shared, id: &str) -> Result<Corpus, Problem> {
    let unknown = |detail: &str| Problem::not_found("unknown_corpus", detail);
    let id: CorpusId = id.parse().map_err(|error: knowledge::IdError| unknown(&error.to_string()))?;
    let app = Arc::clone(&shared.app);
    blocking(move || app.asker.ledger().corpus(&id)).await
}

async fn started(
    shared: &Shared,
    caller: &Caller,
    headers: &HeaderMap,
    corpus: Corpus,
    work: Work,
    files: usize,
) -> Result<(StatusCode, Json<RunReply>), Problem> {
    let by = caller.account()?.account.clone();
    let library = library(shared)?;
    let (id, at) = shared.app.asker.ticket();
    let draft = Draft::new("ingest.begun", caller.actor())
        .in_request(&request_id(headers))
        .with("corpus", ::audit::token(corpus.id.as_str()))
        .with("files", files);
    let (app, actor) = (Arc::clone(&shared.app), caller.actor());
    // In one go, whether anybody still waits for the reply or not: what is on record as begun begins.
    let begin = move || -> Result<Run, Problem> {
        let slot = app.ingests.reserve().ok_or_else(in_work)?;
        let before = app.asker.ledger().last_run()?;
        app.audit.append(draft)?;
        let into = corpus.id.clone();
        let at_end = Box::new(move || recorded(&app, &actor, &into, before));
        Ok(slot.begin(library, corpus, work, (id.to_string(), by, at.to_string()), at_end))
    };
    let run = blocking(begin).await?;
    Ok((StatusCode::ACCEPTED, Json(replied(shared, run).await?)))
}

fn in_work() -> Problem {
    let detail = "another run is in work: wait until it is through, or stop it";
    Problem::new(StatusCode::CONFLICT, "ingest_in_work", detail)
}

/// Puts on record what the run came to; its number, if it changed anything. `before` is that of the last run before it.
fn recorded(app: &App, actor: &Actor, corpus: &CorpusId, before: i64) -> anyhow::Result<Option<i64>> {
    let ledger = app.asker.ledger();
    corpus_record::follow(ledger, &app.audit)?;
    let since = ledger.runs_after(before)?;
    Ok(since.iter().rfind(|run| run.actor == actor.id && run.corpus == corpus.as_str()).map(|run| run.id))
}

/// The last part of a name, without what a file system or a reader could stumble over.
fn file_name(given: &str) -> Option<String> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = knowledge::normalise(last);
    let plain = plain.trim_start_matches(['.', ' ']);
    (!plain.is_empty() && plain.len() <= MAX_NAME).then(|| plain.to_owned())
}

async fn save(mut field: Field<'_>, path: &FilePath) -> Result<PathBuf, Problem> {
    let failed = |error: std::io::Error| {
        tracing::error!(%error, "an upload could not be kept");
        Problem::new(StatusCode::INSUFFICIENT_STORAGE, "not_kept", "the file could not be kept: the disk may be full")
    };
    let mut file = tokio::fs::File::create(path).await.map_err(failed)?;
    while let Some(chunk) = field.chunk().await.map_err(|error| broken_off(&error))? {
        file.write_all(&chunk).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    Ok(path.to_owned())
}

fn broken_off(error: &axum::extract::multipart::MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "the upload is too large: send fewer files at once",
        );
    }
    Problem::bad_request("bad_form", &error.body_text())
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn names_lead_nowhere_else() {
        let named = |given: &str| file_name(given);
        assert_eq!(named("guide.xml").as_deref(), Some("guide.xml"));
        assert_eq!(named("../../etc/passwd").as_deref(), Some("passwd"));
        assert_eq!(named("C:\\files\\guide.pdf").as_deref(), Some("guide.pdf"));
        assert_eq!(named("..hidden.txt").as_deref(), Some("hidden.txt"));
        assert_eq!(named("a\u{202e}fdp.exe\0.txt").as_deref(), Some("afdp.exe.txt"));
        for nothing in ["", "/", "..", " ", "a/", &"x".repeat(201)] {
            assert_eq!(named(nothing), None, "{nothing:?}");
        }
    }
}
