//! Words that were destroyed are nowhere any more: in no file of the data directory, and behind no seal that can be opened.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use answer::{Asker, Clock, FixedSeams, Ids, Parts, Question, Turn};
use audit::{Actor, AuditLog, Draft, Entry, Feedback, Kind, Options, Seams};
use axum::http::StatusCode;
use identity::Role;
use inference::Embedder;
use rusqlite::Connection;
use serde_json::{Value, json};
use server::app::App;
use server::config::Config;
use server::data::Data;
use server::{erasure, gap_tickets, recorded};
use support::{HashEmbedder, TestService, fixed_seams, test_settings};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Stands in everything that is typed and is to be destroyed.
const MARK: &str = "qzerased";

/// Stands in what is typed and is held.
const HELD: &str = "qzheld";

const DAY_S: i64 = 24 * 60 * 60;

const GOUT: (&str, &str) = (
    "gout.md",
    "# Gout\n\n## Treatment\n\nGive colchicine 500 µg twice daily. Avoid colchicine in severe renal impairment.\n",
);

/// The places of entries with a word among what they have sealed, each as often as it opens.
fn opened(log: &AuditLog, word: &str) -> Vec<u64> {
    let mut found = Vec::new();
    for seq in 0..log.size() {
        let entry = Entry::parse(&log.leaf(seq).unwrap().unwrap()).unwrap();
        for name in entry.commitments.keys() {
            let words = log.words(seq, name).unwrap();
            found.extend(words.filter(|(_, words)| String::from_utf8_lossy(words).contains(word)).map(|_| seq));
        }
    }
    found
}

/// What these entries have sealed, as it lies in the file.
fn sealed(data: &Path, places: &[u64]) -> Vec<Vec<u8>> {
    let connection = Connection::open(data.join("audit.db")).unwrap();
    let sql = "SELECT sealed FROM payloads WHERE seq = ?1";
    places.iter().map(|seq| connection.query_row(sql, [seq], |row| row.get(0)).unwrap()).collect()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// The files that have a word as it was typed.
fn telling(data: &Path, word: &str) -> Vec<PathBuf> {
    let tells = |path: &PathBuf| String::from_utf8_lossy(&fs::read(path).unwrap()).contains(word);
    files(data).into_iter().filter(tells).collect()
}

/// Nothing has the mark, and no file has what was sealed.
#[track_caller]
fn assert_gone(data: &Path, log: &AuditLog, sealed: &[Vec<u8>]) {
    assert_eq!(opened(log, MARK), [] as [u64; 0]);
    assert_eq!(telling(data, MARK), [] as [PathBuf; 0]);
    for path in files(data).into_iter().filter(|path| path.to_string_lossy().contains("audit.db")) {
        let bytes = fs::read(&path).unwrap();
        for sealed in sealed {
            assert!(!bytes.windows(32).any(|window| window == &sealed[16..48]), "{}", path.display());
        }
    }
}

#[tokio::test]
async fn what_is_erased_by_the_api_is_nowhere_any_more() {
    let mut config = Config::default();
    config.audit.early_erasure = true;
    let service = TestService::with(config, test_settings(), false).await;
    service.ingest(&[GOUT]).await;
    let [clinician, librarian, auditor, admin] =
        [Role::Clinician, Role::Librarian, Role::Auditor, Role::Admin].map(|role| service.key(role));
    let (log, data) = (&service.app.audit, service.data_file(""));
    let text = |value: &Value| value.as_str().unwrap().to_owned();

    let begun = service.send_as(&clinician, "POST", "/v1/conversations", &json!({})).await.json();
    let conversation = format!("/v1/conversations/{}", text(&begun["id"]));
    let questions = [
        format!("Which dose of colchicine for gout, {MARK} one?"),
        format!("And in severe renal impairment, {MARK} two?"),
    ];
    let mut answers = Vec::new();
    for question in &questions {
        let body = json!({ "question": question, "conversation": begun["id"] });
        let reply = service.send_as(&clinician, "POST", "/v1/answers", &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        answers.push(text(&reply.json()["id"]));
    }
    let said = json!({ "kind": "unhelpful", "comment": MARK });
    let reply = service.send_as(&clinician, "POST", &format!("/v1/answers/{}/feedback", answers[0]), &said).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
    for (key, path) in [(&clinician, "/v1/search"), (&librarian, "/v1/library/staged/answers")] {
        let reply = service.send_as(key, "POST", path, &json!({ "question": format!("colchicine {MARK}") })).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    }

    // The title is the question, and no file has it: it is read from the record. Saying it again names nothing.
    let titled = service.get_as(&clinician, "/v1/conversations").await.json();
    assert_eq!(titled["conversations"][0]["title"], json!(questions[0]));
    let same = service.send_as(&clinician, "PATCH", &conversation, &json!({ "title": questions[0] })).await;
    assert_eq!(same.json()["title"], json!(questions[0]));
    assert_eq!(telling(&data, MARK), [] as [PathBuf; 0]);
    let places = opened(log, MARK);
    assert!(places.len() >= 7, "{places:?}");
    let sealed = sealed(&data, &places);

    let erase = async |id: &str| {
        let path = format!("/v1/audit/answers/{id}/words");
        service.send_as(&admin, "DELETE", &path, &json!({})).await.status
    };
    assert_eq!(erase(answers[0].as_str()).await, StatusCode::NO_CONTENT);
    let left = service.get_as(&clinician, &conversation).await.json();
    assert_eq!((&left["title"], &left["turns"]), (&json!(questions[1]), &json!(1)));
    assert_eq!((left["answers"].as_array().unwrap().len(), &left["answers"][0]["id"]), (1, &json!(answers[1])));

    // A name that somebody gave is there in clear, until there is nothing that it names.
    let named = service.send_as(&clinician, "PATCH", &conversation, &json!({ "title": format!("Mrs {MARK}") })).await;
    assert_eq!(named.status, StatusCode::OK);
    assert!(!telling(&data, MARK).is_empty());
    assert_eq!(erase(answers[1].as_str()).await, StatusCode::NO_CONTENT);
    let left = service.get_as(&clinician, &conversation).await.json();
    assert_eq!((&left["title"], &left["answers"]), (&Value::Null, &json!([])));

    // What belongs to no answer goes by its entry.
    for action in ["passages.searched", "staged.asked"] {
        let path = format!("/v1/audit/entries?action={action}");
        let entries = service.get_as(&auditor, &path).await.json();
        let id = text(&entries["entries"][0]["id"]);
        let hold = format!("/v1/audit/answers/{id}/hold");
        let held = service.send_as(&auditor, "PUT", &hold, &json!({ "reason": "claim" })).await;
        assert_eq!(held.status, StatusCode::NOT_FOUND);
        assert_eq!(erase(id.as_str()).await, StatusCode::NO_CONTENT);
        let erased = log.entries("question.erased", None, None, 1).unwrap();
        assert_eq!(erased[0].text("question"), Some(id.as_str()));
    }
    assert_gone(&data, log, &sealed);
    assert_eq!(erase(answers[0].as_str()).await, StatusCode::NO_CONTENT, "again, as after a reader that kept it alive");
    assert_eq!(erase("nothing").await, StatusCode::NOT_FOUND);
    for seq in 0..log.size() {
        log.prove(seq).unwrap();
    }
}

/// A service with one clock for everything, which is moved. It searches what another one has taken in.
struct House {
    app: Arc<App>,
    clock: Arc<FixedSeams>,
    // The last to go.
    directory: TempDir,
}

fn clinician() -> Actor {
    Actor { id: "ada".to_owned(), role: "clinician".to_owned() }
}

fn reading(clock: &Arc<FixedSeams>) -> Seams {
    let clock = Arc::clone(clock);
    Seams { now: Arc::new(move || clock.now()), ..fixed_seams() }
}

impl House {
    async fn new(library: &TestService) -> Self {
        let (directory, clock) = (tempfile::tempdir().unwrap(), Arc::new(FixedSeams::default()));
        let mut config = Config::default();
        config.audit.guard = Some(directory.path().join("guard"));
        config.audit.kept_days = 184;
        config.history.kept_days = Some(365);
        let embedder = HashEmbedder;
        let of = (embedder.id(), embedder.dimension());
        let data = Data::open_with(directory.path(), of, &config, reading(&clock)).await.unwrap();
        let parts = Parts {
            retriever: Arc::unwrap_or_clone(library.app.asker.retriever()),
            generator: None,
            judge: None,
            settings: test_settings(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            ids: Arc::clone(&clock) as Arc<dyn Ids>,
        };
        let app = Arc::new(App::new(Asker::new(parts), &data, config).unwrap());
        Self { app, clock, directory }
    }

    /// Asks, and gives the id of the answer.
    async fn ask(&self, question: &str, history: Vec<Turn>) -> String {
        let question = Question { history, ..Question::new(question) };
        let by = recorded::By { actor: clinician(), request_id: String::new() };
        let recorded = recorded::ask(Arc::clone(&self.app), question, by, CancellationToken::new(), None).await;
        recorded.unwrap().answer.id
    }

    /// What the service does by itself.
    fn sweep(&self) -> Result<u64, erasure::Error> {
        erasure::sweep(&self.app)
    }
}

#[tokio::test]
async fn what_is_older_than_it_is_kept_goes_by_itself() {
    let library = TestService::without_generator().await;
    library.ingest(&[GOUT]).await;
    let house = House::new(&library).await;
    let (log, history, data) = (&house.app.audit, &house.app.history, house.directory.path());
    let at = house.clock.now().to_string();

    let zebra = format!("Which zebra has {MARK} spots?");
    let old = house.ask(&zebra, Vec::new()).await;
    let before = Turn { question: zebra, passages: Vec::new(), answer: Some(old.clone()) };
    let held = house.ask(&format!("And which {HELD} stripes?"), vec![before]).await;
    history.begin("ada", "c", &at).unwrap();
    let turn = "INSERT INTO turns (conversation, n, answer, passages) VALUES ('c', 1, ?1, '')";
    Connection::open(data.join("history.db")).unwrap().execute(turn, [&old]).unwrap();
    history.rename("ada", "c", Some(&format!("Mrs {MARK}"))).unwrap();
    let searched = Draft::new("passages.searched", clinician()).sealing("question", format!("{MARK} colchicine"));
    log.asked(searched).unwrap();
    let auditor = Actor { id: "olga".to_owned(), role: "auditor".to_owned() };
    log.hold(&held, Some(HELD), auditor.clone()).unwrap();
    // Whoever keeps questions without evidence in order has them all in hand.
    assert!(!gap_tickets::tickets(&house.app, None).await.unwrap().is_empty());

    house.clock.advance(184 * DAY_S);
    assert_eq!(house.sweep().unwrap(), 0, "to the day, they are kept");
    let sealed = sealed(data, &opened(log, MARK));
    assert_eq!(sealed.len(), 3, "question, answer, search");
    house.clock.advance(1);
    assert_eq!(house.sweep().unwrap(), 2, "an answer and a search");
    assert_gone(data, log, &sealed);
    let conversation = history.conversation("ada", "c").unwrap();
    assert_eq!((conversation.title, conversation.turns), (None, 0));
    assert_eq!(opened(log, HELD).len(), 3, "question, answer, and why they are held");
    assert_eq!(log.gaps(10).unwrap().len(), 1);

    // What is said of it afterwards goes too.
    let said = Feedback {
        id: "f".to_owned(),
        received_at: at,
        actor: "ada".to_owned(),
        answer: old,
        statement: None,
        kind: Kind::Unhelpful,
        category: None,
        severity: None,
        comment: Some(MARK.to_owned()),
        handling: None,
    };
    assert!(log.feedback(&said, clinician()).unwrap());
    assert_eq!(house.sweep().unwrap(), 1);
    assert_gone(data, log, &sealed);

    log.hold(&held, None, auditor).unwrap();
    assert_eq!(house.sweep().unwrap(), 1);
    assert_eq!(opened(log, HELD), [] as [u64; 0]);
    assert!(history.conversation("ada", "c").is_ok());
    house.clock.advance(182 * DAY_S);
    assert_eq!(house.sweep().unwrap(), 0);
    assert!(history.conversation("ada", "c").is_err(), "nobody has used it for a year");
}

#[tokio::test]
async fn what_a_reader_keeps_alive_is_said_to_be_there_and_goes_when_it_ends() {
    let library = TestService::without_generator().await;
    library.ingest(&[GOUT]).await;
    let house = House::new(&library).await;
    let (log, data) = (&house.app.audit, house.directory.path());
    house.ask(&format!("Which zebra has {MARK} spots?"), Vec::new()).await;
    let sealed = sealed(data, &opened(log, MARK));
    house.clock.advance(184 * DAY_S + 1);
    // As a backup does.
    let reader = Connection::open(data.join("audit.db")).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let seen: u64 = reader.query_row("SELECT count(*) FROM payloads", [], |row| row.get(0)).unwrap();
    assert!(seen > 0);
    let Err(erasure::Error::Audit(error)) = house.sweep() else { panic!("nobody reads it") };
    assert!(matches!(error, audit::Error::StillRead) && error.to_string().contains("do it again"), "{error}");
    assert_eq!(opened(log, MARK), [] as [u64; 0]);
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(house.sweep().unwrap(), 0, "they are destroyed");
    assert_gone(data, log, &sealed);
}

#[test]
fn searches_of_before_are_taken_in_by_their_entries() {
    let (directory, clock) = (tempfile::tempdir().unwrap(), Arc::new(FixedSeams::default()));
    let data = directory.path();
    let options = Options {
        tenant: "test".to_owned(),
        keys: data.join("keys"),
        guard: Some(data.join("guard")),
        kept_days: 184,
        early_erasure: false,
        seams: reading(&clock),
    };
    let log = AuditLog::open(data, options.clone()).unwrap();
    let place = log.append(Draft::new("staged.asked", clinician()).sealing("question", MARK)).unwrap();
    log.append(Draft::new("gap.changed", clinician()).sealing("note", "kept")).unwrap();
    let id = Entry::parse(&log.leaf(place).unwrap().unwrap()).unwrap().id;
    let sealed = sealed(data, &[place]);
    drop(log);
    let connection = Connection::open(data.join("audit.db")).unwrap();
    connection
        .execute_batch("DROP TABLE questions; ALTER TABLE answers DROP COLUMN missing; PRAGMA user_version = 4;")
        .unwrap();
    drop(connection);

    let log = AuditLog::open(data, options).unwrap();
    assert_eq!(opened(&log, MARK), [place]);
    assert_eq!(log.due().unwrap(), [] as [String; 0]);
    clock.advance(184 * DAY_S + 1);
    assert_eq!(log.due().unwrap(), [id]);
    assert_eq!(log.expire_these(&log.due().unwrap(), &Actor::service()).unwrap(), 1);
    assert_gone(data, &log, &sealed);
    assert_eq!(opened(&log, "kept").len(), 1);
}
