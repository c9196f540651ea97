//! Questions and what came of them: an entry before any work, one before each part that leaves early, one before the answer.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::summary::Summary;
use crate::{Actor, AuditLog, Draft, Error, Result, token};

/// Questions older than this without an outcome belong to nobody any more. They are looked for once a minute, so that none is
/// open for longer than fifteen.
const ORPHAN_AFTER_MS: i64 = 14 * 60 * 1_000;

/// Answers of one person among which a question is looked for by its words.
const LOOKED_THROUGH: u32 = 1_000;

/// Of those, how many are opened for it at most.
const OPENED: u32 = 64;

/// What somebody is about to ask.
#[derive(Debug, Clone)]
pub struct Intent<'a> {
    /// Id of the answer to be.
    pub id: &'a str,
    /// When, RFC 3339.
    pub asked_at: &'a str,
    /// Who.
    pub actor: Actor,
    /// The request that brought it.
    pub request_id: &'a str,
    /// The question.
    pub question: &'a str,
    /// Everything that it takes to ask again, as JSON: sealed.
    pub request: &'a str,
    /// What may identify a person in it: how often, by class. Classes are tokens; the entry names them, never the words.
    pub identifiers: BTreeMap<&'a str, u64>,
}

/// A part of an answer that leaves before the whole.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// Id of the answer.
    pub id: &'a str,
    /// By whom it was asked.
    pub actor: Actor,
    /// `evidence` or `statement`.
    pub kind: &'static str,
    /// The JSON that leaves: sealed.
    pub words: &'a str,
}

/// A version that an answer cites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// Id of the document.
    pub document: String,
    /// Its version.
    pub version: u32,
    /// Its corpus.
    pub corpus: String,
    /// How the version stood, as the contract names it.
    pub standing: String,
    /// The verdict on the citation.
    pub verdict: String,
}

/// What came of a question.
#[derive(Debug, Clone)]
pub struct Outcome<'a> {
    /// By whom it was asked.
    pub actor: Actor,
    /// The model that wrote, with its hash.
    pub model: Option<&'a str>,
    /// The answer as JSON, exactly as it is sent: sealed.
    pub answer: &'a str,
}

/// A question that the corpora could not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Gap {
    /// As it was asked.
    pub question: String,
    /// How often.
    pub times: u64,
    /// When last, RFC 3339.
    pub last_asked_at: String,
    /// The latest snapshot that was searched for it.
    pub snapshot: u64,
    /// When first, RFC 3339.
    #[serde(skip)]
    pub first_asked_at: String,
    /// Names it without its words: hexadecimal, the same for the same question.
    #[serde(skip)]
    pub tag: String,
}

impl AuditLog {
    /// Records an intent. Durable when it returns.
    ///
    /// # Errors
    /// [`Error`]; then the work must not be done.
    pub fn begin(&self, intent: &Intent<'_>) -> Result<()> {
        let mut draft = Draft::new("answer.asked", intent.actor.clone())
            .in_request(intent.request_id)
            .with("answer", intent.id)
            .sealing("request", intent.request);
        if !intent.identifiers.is_empty() {
            draft = draft.with("identifiers", json!(intent.identifiers));
        }
        let (id, asked_at, actor) = (intent.id.to_owned(), intent.asked_at.to_owned(), intent.actor.clone());
        let asked_ms = self.now().as_millisecond();
        let tag = self.keys.tag(intent.question.trim().as_bytes());
        let identifiers: u64 = intent.identifiers.values().sum();
        self.append_with(
            draft,
            Box::new(move |connection, seq| {
                let sql = "INSERT INTO answers (id, asked_at, asked_ms, actor, role, intent, question_tag, identifiers)
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
                let values = params![id, asked_at, asked_ms, actor.id, actor.role, seq, tag, identifiers];
                connection.prepare_cached(sql)?.execute(values)?;
                Ok(())
            }),
        )?;
        Ok(())
    }

    /// Records a question that has no answer to be kept: a search, or what is asked of what is staged. Its sealed words are kept
    /// as long as those of answers, and go by the id of the entry. Durable when it returns; its place is returned.
    ///
    /// # Errors
    /// [`Error`]; then it must not be answered.
    pub fn asked(&self, draft: Draft) -> Result<u64> {
        let rows = |connection: &Connection, seq: u64| {
            let sql = "INSERT INTO questions (id, seq, asked_ms)
                       SELECT json_extract(CAST(leaf AS TEXT), '$.id'), seq, at_ms FROM entries WHERE seq = ?1";
            connection.prepare_cached(sql)?.execute([seq])?;
            Ok(())
        };
        self.append_with(draft, Box::new(rows))
    }

    /// Records a part before it leaves. Durable when it returns.
    ///
    /// # Errors
    /// [`Error`]; then the part must not leave.
    pub fn part(&self, part: &Part<'_>) -> Result<()> {
        let draft = Draft::new("answer.part", part.actor.clone())
            .with("answer", part.id)
            .with("kind", part.kind)
            .sealing("part", part.words);
        self.append(draft)?;
        Ok(())
    }

    /// Records what came of it. Durable when it returns. The first outcome stands.
    ///
    /// # Errors
    /// [`Error::Completed`] when there is an outcome, [`Error`] otherwise; then the answer must not leave.
    pub fn complete(&self, id: &str, outcome: &Outcome<'_>) -> Result<()> {
        self.complete_with(id, outcome, Map::new())
    }

    /// The same, with what shaped the search: names of models, hashes, and what is switched on. It stands in the entry as
    /// `search`, if there is something.
    ///
    /// # Errors
    /// As [`AuditLog::complete`].
    pub fn complete_with(&self, id: &str, outcome: &Outcome<'_>, search: Map<String, Value>) -> Result<()> {
        let value: Value = serde_json::from_str(outcome.answer).unwrap_or_default();
        let summary = Summary::of(&value).ok_or(Error::NotAnAnswer)?;
        let model = outcome.model.map(token);
        let mut draft = Draft::new("answer.given", outcome.actor.clone()).sealing("answer", outcome.answer);
        draft.object = summary.object(model.as_deref());
        draft = draft.with("answer", id);
        if !search.is_empty() {
            draft = draft.with("search", search);
        }
        let id = id.to_owned();
        let rows = move |connection: &Connection, seq: u64| {
            let Summary {
                status,
                mode,
                snapshot,
                is_narrowed,
                missing,
                worst,
                statement_count,
                supported,
                total_ms,
                cited,
                ..
            } = summary;
            // Without its tag it is no gap of the library.
            let sql = "UPDATE answers SET outcome = ?2, status = ?3, mode = ?4, snapshot = ?5, model = ?6, worst = ?7,
                         statements = ?8, supported = ?9, total_ms = ?10,
                         question_tag = CASE WHEN ?11 THEN NULL ELSE question_tag END, missing = ?12
                       WHERE id = ?1 AND outcome IS NULL RETURNING n";
            let values = params![
                id,
                seq,
                status,
                mode,
                snapshot,
                model,
                worst,
                statement_count,
                supported,
                total_ms,
                is_narrowed,
                missing
            ];
            let number: Option<i64> = connection.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()?;
            put_cited(connection, number.ok_or(Error::Completed)?, &cited)
        };
        self.append_with(draft, Box::new(rows))?;
        Ok(())
    }

    /// Records that nothing came of it, and why. A record that has its outcome keeps it.
    ///
    /// # Errors
    /// [`Error`].
    pub fn fail(&self, id: &str, actor: Actor, code: &str) -> Result<()> {
        let draft = Draft::new("answer.failed", actor).with("answer", id).with("code", code);
        match self.append_with(draft, closing(id, format!("failed: {code}"))) {
            Err(Error::Completed) => Ok(()),
            other => other.map(drop),
        }
    }

    /// Closes questions without an outcome: all of them when the process begins, old ones while it runs.
    ///
    /// # Errors
    /// [`Error`].
    pub fn close_orphans(&self, now: Option<jiff::Timestamp>) -> Result<u64> {
        let before = now.map_or(i64::MAX, |now| now.as_millisecond() - ORPHAN_AFTER_MS);
        let sql = "SELECT id FROM answers WHERE outcome IS NULL AND asked_ms < ?1 ORDER BY n";
        let open: Vec<String> = self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_map([before], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        })?;
        let mut closed = 0;
        for id in open {
            let draft = Draft::new("answer.timeout", Actor::service()).with("answer", id.as_str());
            match self.append_with(draft, closing(&id, "timeout".to_owned())) {
                Err(Error::Completed) => {}
                other => closed += other.map(|_| 1)?,
            }
        }
        Ok(closed)
    }

    /// An answer as it was sent, if there is one of that id, with who asked.
    ///
    /// # Errors
    /// [`Error`].
    pub fn answer(&self, id: &str) -> Result<Option<(String, String)>> {
        let sql = "SELECT outcome, actor FROM answers WHERE id = ?1 AND outcome IS NOT NULL";
        let found: Option<(u64, String)> = self.read(|connection| {
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            Ok(connection.prepare_cached(sql)?.query_row([id], row).optional()?)
        })?;
        let Some((seq, actor)) = found else { return Ok(None) };
        let words = self.words(seq, "answer")?;
        Ok(words.and_then(|(_, words)| String::from_utf8(words).ok()).map(|json| (json, actor)))
    }

    /// The outcome of a record, if it has one.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub fn outcome(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT status FROM answers WHERE id = ?1";
        self.read(|connection| Ok(connection.query_row(sql, [id], |row| row.get(0)).optional()?.flatten()))
    }

    /// Questions that had no evidence, the most asked first, then the latest; at most `limit`.
    ///
    /// # Errors
    /// [`Error`].
    pub fn gaps(&self, limit: usize) -> Result<Vec<Gap>> {
        let sql = "SELECT count(*), max(asked_at), max(snapshot), max(intent), min(asked_at), lower(hex(question_tag)) FROM answers
                   WHERE status = 'no_evidence' AND question_tag IS NOT NULL
                   GROUP BY question_tag ORDER BY count(*) DESC, max(asked_at) DESC, question_tag LIMIT ?1";
        type Row = (u64, String, u64, u64, String, String);
        let rows: Vec<Row> = self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let row = |row: &rusqlite::Row<'_>| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
            };
            Ok(statement.query_map([limit as u64], row)?.collect::<rusqlite::Result<_>>()?)
        })?;
        let mut gaps = Vec::with_capacity(rows.len());
        for (times, last_asked_at, snapshot, intent, first_asked_at, tag) in rows {
            // What was erased is no gap any more: nobody could read it.
            if let Some(question) = self.question(intent)? {
                gaps.push(Gap { question, times, last_asked_at, snapshot, first_asked_at, tag });
            }
        }
        Ok(gaps)
    }

    /// Everything that it takes to ask again, as JSON; `None` when there is no such question, or its words were erased.
    ///
    /// # Errors
    /// [`Error`].
    pub fn request(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT intent FROM answers WHERE id = ?1";
        let intent: Option<u64> =
            self.read(|connection| Ok(connection.query_row(sql, [id], |row| row.get(0)).optional()?))?;
        let Some(intent) = intent else { return Ok(None) };
        Ok(self.words(intent, "request")?.and_then(|(_, words)| String::from_utf8(words).ok()))
    }

    /// The question of an answer; `None` when there is no such answer, or its words were erased.
    ///
    /// # Errors
    /// [`Error`].
    pub fn question_of(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT intent FROM answers WHERE id = ?1";
        let intent: Option<u64> = self
            .read(|connection| Ok(connection.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?))?;
        intent.map_or(Ok(None), |intent| self.question(intent))
    }

    /// The last answer to these words that this actor asked for not long ago, if there is one and its words are kept.
    ///
    /// # Errors
    /// [`Error`].
    pub fn asked_before(&self, actor: &str, question: &str) -> Result<Option<String>> {
        // What was asked of a part of the library has no tag.
        let sql = "SELECT id, intent FROM
                     (SELECT n, id, intent, question_tag FROM answers WHERE actor = ?1 ORDER BY n DESC LIMIT ?3)
                   WHERE question_tag = ?2 OR question_tag IS NULL ORDER BY n DESC LIMIT ?4";
        let question = question.trim();
        let tag = self.keys.tag(question.as_bytes());
        let found: Vec<(String, u64)> = self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            let values = params![actor, tag, LOOKED_THROUGH, OPENED];
            Ok(statement.query_map(values, row)?.collect::<rusqlite::Result<_>>()?)
        })?;
        for (id, intent) in found {
            if self.question(intent)?.is_some_and(|asked| asked.trim() == question) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The question of an intent, unless its words were erased.
    pub(crate) fn question(&self, intent: u64) -> Result<Option<String>> {
        let Some((_, words)) = self.words(intent, "request")? else { return Ok(None) };
        let request: Value = serde_json::from_slice(&words).unwrap_or_default();
        Ok(request.get("question").and_then(Value::as_str).map(str::to_owned))
    }
}

/// Gives a record its outcome, unless it has one.
fn closing(id: &str, status: String) -> crate::writer::Rows {
    let id = id.to_owned();
    Box::new(move |connection, seq| {
        let sql = "UPDATE answers SET outcome = ?2, status = ?3 WHERE id = ?1 AND outcome IS NULL";
        let changed = connection.prepare_cached(sql)?.execute(params![id, seq, status])?;
        if changed == 1 { Ok(()) } else { Err(Error::Completed) }
    })
}

pub(crate) fn put_cited(connection: &Connection, number: i64, cited: &[Cited]) -> Result<()> {
    let sql = "INSERT INTO cited (document, version, answer, corpus, standing, verdict, times) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)
               ON CONFLICT DO UPDATE SET times = times + 1";
    let mut statement = connection.prepare_cached(sql)?;
    for one in cited {
        statement.execute(params![one.document, one.version, number, one.corpus, one.standing, one.verdict])?;
    }
    Ok(())
}
