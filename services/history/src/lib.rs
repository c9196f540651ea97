//! What has this person asked before? Conversations with their owners, for the people who ask; the record of what was asked
//! and answered is the audit's, and outlives them.
//!
//! One SQLite file beside the ledger. An answer is kept by its id: its words, and those of its question, stand in the audit
//! records alone, where they can be erased. The only words here are the names that people give their conversations.

mod error;
mod schema;
#[cfg(test)]
mod tests;

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
    // Only the name is kept here: whoever can read the records puts the question in its place.
    pub title: Option<String>,
    /// When it began, RFC 3339.
    pub created_at: String,
    /// When the last question was asked, RFC 3339.
    pub updated_at: String,
    /// Questions in it.
    pub turns: u64,
    /// Id of the first answer in it: the question is the title of a conversation without a name.
    #[serde(skip)]
    pub first: Option<String>,
}

/// A question that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Id of the answer.
    pub answer: String,
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
  (SELECT count(*) FROM turns t WHERE t.conversation = c.id),
  (SELECT t.answer FROM turns t WHERE t.conversation = c.id ORDER BY t.n LIMIT 1), used FROM conversations c";

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
            Ok((conversation(row)?, row.get::<_, i64>(6)?))
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
        let mut statement =
            connection.prepare_cached("SELECT answer, passages FROM turns WHERE conversation = ?1 ORDER BY n")?;
        let turns = statement.query_map([id], |row| {
            let passages: String = row.get(1)?;
            let passages = passages.split_whitespace().map(str::to_owned).collect();
            Ok(Turn { answer: row.get(0)?, passages })
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
            "INSERT INTO turns (conversation, n, answer, passages)
             VALUES (?1, (SELECT coalesce(max(n), 0) + 1 FROM turns WHERE conversation = ?1), ?2, ?3)",
            params![id, turn.answer, turn.passages.join(" ")],
        )?;
        work.execute(
            "UPDATE conversations SET updated_at = ?2, used = (SELECT max(used) + 1 FROM conversations) WHERE id = ?1",
            params![id, at],
        )?;
        Ok(work.commit()?)
    }

    /// Gives it a name, or takes the one it has away: then it goes by its first question again.
    ///
    /// # Errors
    /// [`Error::Title`] when there is nothing to read in the name; as [`History::conversation`].
    pub fn rename(&self, owner: &str, id: &str, name: Option<&str>) -> Result<Conversation> {
        let name = name.map(title);
        if name.as_ref().is_some_and(String::is_empty) {
            return Err(Error::Title);
        }
        let sql = "UPDATE conversations SET title = ?3 WHERE owner = ?1 AND id = ?2";
        self.lock().execute(sql, params![owner, id, name])?;
        self.conversation(owner, id)
    }

    /// Deletes it, with its name. The audit records of its questions stay.
    ///
    /// # Errors
    /// As [`History::conversation`]; [`Error::StillRead`] when it is deleted and something keeps its name alive.
    pub fn delete(&self, owner: &str, id: &str) -> Result<()> {
        let connection = self.lock();
        let gone = connection.execute("DELETE FROM conversations WHERE owner = ?1 AND id = ?2", params![owner, id])?;
        if gone == 1 { schema::cut_off(&connection) } else { Err(Error::Unknown) }
    }

    /// Forgets an answer whose words are erased, as [`History::forget_all`] does.
    ///
    /// # Errors
    /// As [`History::forget_all`].
    pub fn forget(&self, answer: &str) -> Result<()> {
        self.forget_all(&[answer.to_owned()])
    }

    /// Forgets answers in every conversation. One that is left without any loses its name as well, which may say what they
    /// were about. To be called again where it failed, and with nothing now and then: it makes sure that what was deleted has
    /// left the file.
    ///
    /// # Errors
    /// [`Error::StillRead`] when they are forgotten and something keeps the names alive; [`Error::Sqlite`].
    pub fn forget_all(&self, answers: &[String]) -> Result<()> {
        let mut connection = self.lock();
        let work = connection.transaction()?;
        for answer in answers {
            let touched = {
                let mut statement =
                    work.prepare_cached("DELETE FROM turns WHERE answer = ?1 RETURNING conversation")?;
                let rows = statement.query_map([answer], |row| row.get(0))?;
                rows.collect::<rusqlite::Result<Vec<String>>>()?
            };
            for conversation in touched {
                let sql = "UPDATE conversations SET title = NULL
                           WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM turns WHERE conversation = ?1)";
                work.execute(sql, [conversation])?;
            }
        }
        work.commit()?;
        schema::cut_off(&connection)
    }

    /// Deletes what was last used before a time, RFC 3339; how many those were.
    ///
    /// # Errors
    /// [`Error::StillRead`] when they are deleted and something keeps their names alive; [`Error::Sqlite`].
    pub fn expire(&self, before: &str) -> Result<usize> {
        let connection = self.lock();
        let sql = "DELETE FROM conversations WHERE datetime(updated_at) < datetime(?1)";
        let gone = connection.execute(sql, [before])?;
        if gone > 0 {
            schema::cut_off(&connection)?;
        }
        Ok(gone)
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
        first: row.get(5)?,
    })
}

/// A title made of a text: one line of at most [`MAX_TITLE_CHARS`].
pub fn title(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_TITLE_CHARS {
        return line;
    }
    line.chars().take(MAX_TITLE_CHARS - 1).chain(['…']).collect()
}
