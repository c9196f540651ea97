//! What has this person asked before? Conversations with their owners, for the people who ask; the record of what was asked
//! and answered is the audit's, and outlives them.
//!
//! One SQLite file beside the ledger. An answer is kept by its id: its words stand in the audit records alone.

mod error;
mod schema;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use utoipa::ToSchema;

pub use error::{Error, Result};

/// Characters of a title.
pub const MAX_TITLE_CHARS: usize = 120;

/// A conversation as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Conversation {
    /// Id.
    pub id: String,
    /// The first question until somebody names it; `null` before there is one.
    pub title: Option<String>,
    /// When it began, RFC 3339.
    pub created_at: String,
    /// When the last question was asked, RFC 3339.
    pub updated_at: String,
    /// Questions in it.
    pub turns: u64,
}

/// A question that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Id of the answer.
    pub answer: String,
    /// As asked.
    pub question: String,
    /// Ids of the passages that the answer cited.
    pub passages: Vec<String>,
}

/// A stretch of a list of conversations, the last used first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Conversations.
    pub conversations: Vec<Conversation>,
    /// Where the next stretch begins, if there is one.
    pub next: Option<i64>,
}

/// The conversations.
#[derive(Debug)]
pub struct History {
    connection: Mutex<Connection>,
}

const CONVERSATION: &str = "SELECT id, title, created_at, updated_at,
  (SELECT count(*) FROM turns t WHERE t.conversation = c.id), used FROM conversations c";

impl History {
    /// Opens the file, creating it where there is none.
    ///
    /// # Errors
    /// [`Error::Open`] or [`Error::Format`].
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self { connection: Mutex::new(schema::open(path)?) })
    }

    /// Begins a conversation.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn begin(&self, owner: &str, id: &str, at: &str) -> Result<Conversation> {
        self.lock().execute(
            "INSERT INTO conversations (id, owner, created_at, updated_at, used) VALUES (?1, ?2, ?3, ?3, (SELECT coalesce(max(used), 0) + 1 FROM conversations))",
            params![id, owner, at],
        )?;
        self.conversation(owner, id)
    }

    /// The owner's conversations before `before`, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn list(&self, owner: &str, before: Option<i64>, limit: u32) -> Result<Page> {
        let connection = self.lock();
        let sql = format!("{CONVERSATION} WHERE owner = ?1 AND used < ?2 ORDER BY used DESC LIMIT ?3");
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![owner, before.unwrap_or(i64::MAX), limit], |row| {
            Ok((conversation(row)?, row.get::<_, i64>(5)?))
        })?;
        let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let is_full = u32::try_from(rows.len()) == Ok(limit);
        let next = rows.last().filter(|_| is_full).map(|(_, used)| *used);
        Ok(Page { conversations: rows.into_iter().map(|(conversation, _)| conversation).collect(), next })
    }

    /// One conversation of the owner.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is none of that id, or it is another's.
    pub fn conversation(&self, owner: &str, id: &str) -> Result<Conversation> {
        let sql = format!("{CONVERSATION} WHERE owner = ?1 AND id = ?2");
        self.lock().query_row(&sql, params![owner, id], conversation).optional()?.ok_or(Error::Unknown)
    }

    /// What was asked in it, oldest first.
    ///
    /// # Errors
    /// As [`History::conversation`].
    pub fn turns(&self, owner: &str, id: &str) -> Result<Vec<Turn>> {
        self.conversation(owner, id)?;
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached("SELECT answer, question, passages FROM turns WHERE conversation = ?1 ORDER BY n")?;
        let turns = statement.query_map([id], |row| {
            let passages: String = row.get(2)?;
            let passages = passages.split_whitespace().map(str::to_owned).collect();
            Ok(Turn { answer: row.get(0)?, question: row.get(1)?, passages })
        })?;
        Ok(turns.collect::<rusqlite::Result<_>>()?)
    }

    /// Adds a question that was answered. A conversation that was deleted meanwhile takes no more.
    ///
    /// # Errors
    /// As [`History::conversation`].
    pub fn add(&self, owner: &str, id: &str, turn: &Turn, at: &str) -> Result<()> {
        self.conversation(owner, id)?;
        let mut connection = self.lock();
        let work = connection.transaction()?;
        work.execute(
            "INSERT INTO turns (conversation, n, answer, question, passages)
             VALUES (?1, (SELECT count(*) + 1 FROM turns WHERE conversation = ?1), ?2, ?3, ?4)",
            params![id, turn.answer, turn.question, turn.passages.join(" ")],
        )?;
        work.execute(
            "UPDATE conversations SET title = coalesce(title, ?2), updated_at = ?3,
             used = (SELECT max(used) + 1 FROM conversations) WHERE id = ?1",
            params![id, title(&turn.question), at],
        )?;
        Ok(work.commit()?)
    }

    /// Gives it a name.
    ///
    /// # Errors
    /// [`Error::Title`] when there is nothing to read in it; as [`History::conversation`].
    pub fn rename(&self, owner: &str, id: &str, name: &str) -> Result<Conversation> {
        let name = title(name);
        if name.is_empty() {
            return Err(Error::Title);
        }
        let sql = "UPDATE conversations SET title = ?3 WHERE owner = ?1 AND id = ?2";
        self.lock().execute(sql, params![owner, id, name])?;
        self.conversation(owner, id)
    }

    /// Deletes it. The audit records of its questions stay.
    ///
    /// # Errors
    /// As [`History::conversation`].
    pub fn delete(&self, owner: &str, id: &str) -> Result<()> {
        let gone = self.lock().execute("DELETE FROM conversations WHERE owner = ?1 AND id = ?2", params![owner, id])?;
        if gone == 1 { Ok(()) } else { Err(Error::Unknown) }
    }

    /// Forgets an answer in every conversation, and titles that were made of its question.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn forget(&self, answer: &str) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let found = {
            let mut statement = transaction.prepare("SELECT conversation, question FROM turns WHERE answer = ?1")?;
            let rows = statement.query_map([answer], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<rusqlite::Result<Vec<(String, String)>>>()?
        };
        for (conversation, question) in found {
            let sql = "UPDATE conversations SET title = NULL WHERE id = ?1 AND title = ?2";
            transaction.execute(sql, params![conversation, title(&question)])?;
        }
        transaction.execute("DELETE FROM turns WHERE answer = ?1", [answer])?;
        transaction.commit()?;
        Ok(())
    }

    /// Deletes what was last used before a time, RFC 3339; how many those were.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn expire(&self, before: &str) -> Result<usize> {
        Ok(self.lock().execute("DELETE FROM conversations WHERE datetime(updated_at) < datetime(?1)", [before])?)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: row.get(0)?,
        title: row.get(1)?,
        created_at: row.get(2)?,
        updated_at: row.get(3)?,
        turns: row.get(4)?,
    })
}

/// One line of at most [`MAX_TITLE_CHARS`].
fn title(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_TITLE_CHARS {
        return line;
    }
    line.chars().take(MAX_TITLE_CHARS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> (tempfile::TempDir, History) {
        let directory = tempfile::tempdir().unwrap();
        let history = History::open(&directory.path().join("history.db")).unwrap();
        (directory, history)
    }

    fn turn(question: &str) -> Turn {
        Turn {
            answer: format!("a-{question}"),
            question: question.to_owned(),
            passages: vec!["p1".into(), "p2".into()],
        }
    }

    #[test]
    fn a_conversation_is_its_owners_alone() {
        let (_directory, history) = history();
        history.begin("ada", "1", "t").unwrap();
        history.add("ada", "1", &turn("Gout?"), "t").unwrap();
        assert_eq!(history.turns("ada", "1").unwrap(), [turn("Gout?")]);
        assert!(matches!(history.turns("bob", "1"), Err(Error::Unknown)));
        assert!(matches!(history.conversation("bob", "1"), Err(Error::Unknown)));
        assert!(matches!(history.add("bob", "1", &turn("x"), "t"), Err(Error::Unknown)));
        assert!(matches!(history.rename("bob", "1", "mine"), Err(Error::Unknown)));
        assert!(matches!(history.delete("bob", "1"), Err(Error::Unknown)));
        assert_eq!(history.list("bob", None, 10).unwrap().conversations, []);
        assert_eq!(history.conversation("ada", "1").unwrap().title.as_deref(), Some("Gout?"));
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
        let (_directory, history) = history();
        history.begin("ada", "1", "t").unwrap();
        history.add("ada", "1", &turn(&format!("a\n b {}", "x".repeat(200))), "t").unwrap();
        let title = history.conversation("ada", "1").unwrap().title.unwrap();
        assert!(title.starts_with("a b x") && title.chars().count() == MAX_TITLE_CHARS, "{title}");
        assert_eq!(history.rename("ada", "1", " Ward 3 ").unwrap().title.as_deref(), Some("Ward 3"));
        history.add("ada", "1", &turn("more"), "t").unwrap();
        assert_eq!(history.conversation("ada", "1").unwrap().title.as_deref(), Some("Ward 3"));
        assert!(matches!(history.rename("ada", "1", " \n"), Err(Error::Title)));
    }

    #[test]
    fn old_ones_expire_with_their_turns() {
        let (directory, history) = history();
        history.begin("ada", "old", "2026-01-01T00:00:00.5Z").unwrap();
        history.add("ada", "old", &turn("x"), "2026-01-02T00:00:00Z").unwrap();
        history.begin("ada", "new", "2026-02-01T00:00:00Z").unwrap();
        assert_eq!(history.expire("2026-01-15T00:00:00Z").unwrap(), 1);
        drop(history);
        let history = History::open(&directory.path().join("history.db")).unwrap();
        assert_eq!(history.list("ada", None, 10).unwrap().conversations.len(), 1);
        let turns: i64 = history.lock().query_row("SELECT count(*) FROM turns", [], |row| row.get(0)).unwrap();
        assert_eq!(turns, 0);
    }

    #[test]
    fn other_files_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("history.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE x (y); PRAGMA user_version = 9;").unwrap();
        assert!(matches!(History::open(&path), Err(Error::Format { found: 9 })));
    }
}
