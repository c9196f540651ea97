//! Conversations and their owners, what is forgotten and leaves the file, and files of before.

use std::fs;

use super::*;

fn history() -> (tempfile::TempDir, History) {
    let directory = tempfile::tempdir().unwrap();
    let history = History::open(&directory.path().join("history.db")).unwrap();
    (directory, history)
}

fn turn(answer: &str) -> Turn {
    Turn { answer: answer.to_owned(), passages: vec!["p1".into(), "p2".into()] }
}

/// Whether a file of the directory has these words.
fn holds(directory: &Path, words: &str) -> bool {
    fs::read_dir(directory).unwrap().any(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        bytes.windows(words.len()).any(|window| window == words.as_bytes())
    })
}

#[test]
fn a_conversation_is_its_owners_alone() {
    let (_directory, history) = history();
    history.begin("ada", "1", "t").unwrap();
    assert_eq!(history.conversation("ada", "1").unwrap().first, None);
    history.add("ada", "1", &turn("a1"), "t").unwrap();
    assert_eq!(history.turns("ada", "1").unwrap(), [turn("a1")]);
    assert!(matches!(history.turns("bob", "1"), Err(Error::Unknown)));
    assert!(matches!(history.conversation("bob", "1"), Err(Error::Unknown)));
    assert!(matches!(history.add("bob", "1", &turn("x"), "t"), Err(Error::Unknown)));
    assert!(matches!(history.rename("bob", "1", Some("mine")), Err(Error::Unknown)));
    assert!(matches!(history.delete("bob", "1"), Err(Error::Unknown)));
    assert_eq!(history.list("bob", None, 10).unwrap().conversations, []);
    let own = history.conversation("ada", "1").unwrap();
    assert_eq!((own.title, own.first.as_deref(), own.turns), (None, Some("a1"), 1));
    history.delete("ada", "1").unwrap();
    assert!(matches!(history.add("ada", "1", &turn("late"), "t"), Err(Error::Unknown)));
}

#[test]
fn the_last_used_comes_first_and_pages_meet() {
    let (_directory, history) = history();
    for id in ["1", "2", "3"] {
        history.begin("ada", id, "t").unwrap();
    }
    history.add("ada", "1", &turn("again"), "t2").unwrap();
    let ids = |page: &Page| page.conversations.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    let first = history.list("ada", None, 2).unwrap();
    assert_eq!(ids(&first), ["1", "3"]);
    let second = history.list("ada", first.next, 2).unwrap();
    assert_eq!((ids(&second), second.next), (vec!["2".to_owned()], None));
}

#[test]
fn titles_are_one_line_and_names_are_kept() {
    let long = title(&format!("a\n b {}", "x".repeat(200)));
    assert!(long.starts_with("a b x") && long.chars().count() == MAX_TITLE_CHARS, "{long}");
    let (_directory, history) = history();
    history.begin("ada", "1", "t").unwrap();
    assert_eq!(history.rename("ada", "1", Some(" Ward 3 ")).unwrap().title.as_deref(), Some("Ward 3"));
    history.add("ada", "1", &turn("more"), "t").unwrap();
    assert_eq!(history.conversation("ada", "1").unwrap().title.as_deref(), Some("Ward 3"));
    assert!(matches!(history.rename("ada", "1", Some(" \n")), Err(Error::Title)));
    assert_eq!(history.rename("ada", "1", None).unwrap().title, None);
}

#[test]
fn old_ones_expire_with_their_turns() {
    let (directory, history) = history();
    history.begin("ada", "old", "2026-01-01T00:00:00.5Z").unwrap();
    history.add("ada", "old", &turn("x"), "2026-01-02T00:00:00Z").unwrap();
    history.rename("ada", "old", Some("Mrs Canary")).unwrap();
    history.begin("ada", "new", "2026-02-01T00:00:00Z").unwrap();
    assert!(holds(directory.path(), "Mrs Canary"));
    assert_eq!(history.expire("2026-01-15T00:00:00Z").unwrap(), 1);
    assert!(!holds(directory.path(), "Mrs Canary"), "not in the write-ahead log either");
    drop(history);
    let history = History::open(&directory.path().join("history.db")).unwrap();
    assert_eq!(history.list("ada", None, 10).unwrap().conversations.len(), 1);
    let turns: i64 = history.lock().query_row("SELECT count(*) FROM turns", [], |row| row.get(0)).unwrap();
    assert_eq!(turns, 0);
}

#[test]
fn a_name_goes_with_its_conversation_or_with_the_last_of_its_answers() {
    let (directory, history) = history();
    for id in ["1", "2"] {
        history.begin("ada", id, "t").unwrap();
        history.rename("ada", id, Some("Mrs Canary")).unwrap();
    }
    for answer in ["a1", "a2", "a3"] {
        history.add("ada", "1", &turn(answer), "t").unwrap();
    }
    history.delete("ada", "2").unwrap();
    history.forget("a1").unwrap();
    let left = history.conversation("ada", "1").unwrap();
    assert_eq!((left.title.as_deref(), left.first.as_deref()), (Some("Mrs Canary"), Some("a2")));
    // The place of a forgotten answer is not in the way of the next.
    history.add("ada", "1", &turn("a4"), "t").unwrap();
    history.forget_all(&["a2".into(), "a3".into(), "a4".into(), "elsewhere".into()]).unwrap();
    let left = history.conversation("ada", "1").unwrap();
    assert_eq!((left.title, left.first, left.turns), (None, None, 0));
    assert!(!holds(directory.path(), "Mrs Canary"));
}

#[test]
fn what_somebody_reads_all_the_while_is_said_to_lie_there_still() {
    let (directory, history) = history();
    history.begin("ada", "1", "t").unwrap();
    history.rename("ada", "1", Some("Mrs Canary")).unwrap();
    let reader = Connection::open(directory.path().join("history.db")).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let count: i64 = reader.query_row("SELECT count(*) FROM conversations", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
    assert!(matches!(history.delete("ada", "1"), Err(Error::StillRead)));
    reader.execute_batch("COMMIT").unwrap();
    history.forget_all(&[]).unwrap();
    assert!(!holds(directory.path(), "Mrs Canary"));
}

/// The tables of format 1, as they were.
const FORMAT_1: &str = "
CREATE TABLE conversations (
  id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  used INTEGER NOT NULL UNIQUE
) STRICT;
CREATE INDEX conversations_by_owner ON conversations (owner, used);
CREATE TABLE turns (
  conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  n            INTEGER NOT NULL,
  answer       TEXT NOT NULL,
  question     TEXT NOT NULL,
  passages     TEXT NOT NULL,         -- ids, separated by spaces
  PRIMARY KEY (conversation, n)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = 0x4f534c48;
PRAGMA user_version = 1;
";

#[test]
fn a_file_of_format_1_loses_its_words_and_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history.db");
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.execute_batch(FORMAT_1).unwrap();
    for n in 0..200 {
        let question = format!("Mrs Canary {n}\n {}?", "and more ".repeat(20));
        // Every other one was named by somebody.
        let name = if n % 2 == 0 { title(&question) } else { "Ward 3".to_owned() };
        let sql = "INSERT INTO conversations VALUES (?1, 'ada', ?2, 't', 't', ?3)";
        connection.execute(sql, params![format!("c{n}"), name, n]).unwrap();
        let sql = "INSERT INTO turns VALUES (?1, 1, ?2, ?3, 'p1 p2')";
        connection.execute(sql, params![format!("c{n}"), format!("a{n}"), question]).unwrap();
    }
    // Its write-ahead log stays as long as somebody has it open.
    assert!(holds(directory.path(), "Mrs Canary"));
    for _ in 0..2 {
        let history = History::open(&path).unwrap();
        assert!(!holds(directory.path(), "Mrs Canary"));
        let found = history.list("ada", None, 200).unwrap().conversations;
        assert_eq!(found.len(), 200);
        let named = found.iter().filter(|one| one.title.as_deref() == Some("Ward 3")).count();
        let unnamed = found.iter().filter(|one| one.title.is_none()).count();
        assert_eq!((named, unnamed), (100, 100));
        assert_eq!(history.turns("ada", "c7").unwrap(), [turn("a7")]);
    }
    let history = History::open(&path).unwrap();
    history.add("ada", "c7", &turn("a8"), "t2").unwrap();
    assert_eq!(history.turns("ada", "c7").unwrap().len(), 2);
    drop(connection);
}

#[test]
fn other_files_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE x (y); PRAGMA user_version = 9;").unwrap();
    assert!(matches!(History::open(&path), Err(Error::Format { found: 9 })));
}
