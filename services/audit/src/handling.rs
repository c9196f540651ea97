//! What is done about a report of a risk to safety: somebody takes it up, and closes it with what came of it. Every move stands; the
//! last one says where the report is.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::feedback::{Category, Feedback, Kind, Severity, read};
use crate::{Actor, AuditLog, Draft, Error, Result};

/// Characters of a note.
pub const MAX_NOTE_CHARS: usize = 2_000;

/// Where the report of a row `feedback f` stands, in SQL.
pub(crate) const STATE: &str =
    "coalesce((SELECT h.state FROM handled h WHERE h.feedback = f.id ORDER BY h.step DESC LIMIT 1), 'open')";

/// Where a report of a risk to safety stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandlingState {
    /// Nobody has taken it up, or it was opened again.
    Open,
    /// Somebody has taken it up.
    Acknowledged,
    /// It is settled.
    Closed,
}

impl HandlingState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Acknowledged, Self::Closed];

    /// As JSON has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Closed => "closed",
        }
    }

    /// Whether a report that stands so may come to stand like that.
    pub const fn may_become(self, to: Self) -> bool {
        matches!(
            (self, to),
            (Self::Open, Self::Acknowledged | Self::Closed)
                | (Self::Acknowledged, Self::Closed)
                | (Self::Closed, Self::Open)
        )
    }
}

/// What came of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandlingOutcome {
    /// Nothing was wrong.
    NoFault,
    /// Whoever asked was told what is right.
    AnswerCorrected,
    /// What the corpora hold was changed.
    CorpusChanged,
    /// Somebody else has it now: the manufacturer, an authority.
    PassedOn,
}

impl HandlingOutcome {
    /// As JSON has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoFault => "no_fault",
            Self::AnswerCorrected => "answer_corrected",
            Self::CorpusChanged => "corpus_changed",
            Self::PassedOn => "passed_on",
        }
    }
}

/// A move of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Move {
    /// When, RFC 3339.
    pub at: String,
    /// Who: the id of an account.
    pub by: String,
    /// Where it stands since.
    pub to: HandlingState,
    /// What came of it; only of one that was closed.
    pub outcome: Option<HandlingOutcome>,
    /// In that person's words; `null` where there are none, or they were erased.
    pub note: Option<String>,
}

/// What was done about a report.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Handling {
    /// Where it stands.
    pub state: HandlingState,
    /// The oldest first; none while nobody has touched it.
    pub moves: Vec<Move>,
    /// Hours from the report until somebody first took it up; `null` while it is open.
    pub waited_hours: Option<f64>,
}

/// What is to become of a report.
#[derive(Debug, Clone)]
pub struct HandlingStep<'a> {
    /// Id of the report.
    pub feedback: &'a str,
    /// Where it is to stand.
    pub to: HandlingState,
    /// What came of it; needed with closed, and only there.
    pub outcome: Option<HandlingOutcome>,
    /// Why, at most [`MAX_NOTE_CHARS`]: sealed. Needed with closed, and to open it again.
    pub note: Option<&'a str>,
    /// When, RFC 3339.
    pub at: &'a str,
}

/// A report of a risk to safety without persons and words, for whoever watches over more than one house.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskReport {
    /// Its id.
    pub report: String,
    /// Id of the answer.
    pub answer: String,
    /// Its statement, from 1; `null` when it is about the whole.
    pub statement: Option<u32>,
    /// What is wrong.
    pub category: Option<Category>,
    /// What came of it for a patient.
    pub severity: Option<Severity>,
    /// The day on which it was received, as in 2026-11-28.
    pub day: String,
    /// Where it stands.
    pub state: HandlingState,
    /// Hours from the report until somebody first took it up; `null` while it is open.
    pub waited_hours: Option<f64>,
    /// What came of it; `null` unless it is closed.
    pub outcome: Option<HandlingOutcome>,
}

impl HandlingStep<'_> {
    /// The note, unless nothing is written there.
    fn said(&self) -> Option<&str> {
        self.note.filter(|note| !note.trim().is_empty())
    }

    fn check(&self) -> Result<()> {
        let Self { to, outcome, .. } = self;
        let note = self.said();
        let wrong = match to {
            HandlingState::Closed if outcome.is_none() => {
                Some("a report is closed with an outcome: say what came of it")
            }
            HandlingState::Closed if note.is_none() => Some("a report is closed with a note: say why"),
            HandlingState::Open if note.is_none() => Some("a report is opened again with a note: say why"),
            HandlingState::Open | HandlingState::Acknowledged if outcome.is_some() => {
                Some("only a report that is closed has an outcome: leave it out")
            }
            _ if note.is_some_and(|note| note.chars().count() > MAX_NOTE_CHARS) => {
                Some("the note is longer than 2,000 characters: shorten it")
            }
            _ => None,
        };
        wrong.map_or(Ok(()), |said| Err(Error::Handling(said)))
    }
}

impl Handling {
    fn of(moves: Vec<Move>, received_at: &str) -> Self {
        let state = moves.last().map_or(HandlingState::Open, |last| last.to);
        let waited_hours = waited(state, received_at, moves.first().map(|first| first.at.as_str()));
        Self { state, moves, waited_hours }
    }
}

/// Hours until a report was taken up, unless it is open.
fn waited(state: HandlingState, received_at: &str, first_moved_at: Option<&str>) -> Option<f64> {
    let moved_at = first_moved_at.filter(|_| state != HandlingState::Open)?;
    Some(hours(time(moved_at)? - time(received_at)?))
}

/// A time in milliseconds since 1970.
pub(crate) fn time(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// Milliseconds in hours, to the hundredth. Two clocks may differ, but nothing waits less than not at all.
pub(crate) fn hours(ms: i64) -> f64 {
    (ms.max(0) as f64 / 36_000.0).round() / 100.0
}

impl AuditLog {
    /// Moves a report along one of its arrows. Durable when it returns; the report as it stands then is returned.
    ///
    /// # Errors
    /// [`Error::UnknownFeedback`]; [`Error::Handling`] when the step does not say enough, or too much, or it is no report of a risk;
    /// [`Error::Illegal`] when it stands where it does not go that way from; [`Error`] otherwise.
    pub fn handle(&self, step: &HandlingStep<'_>, actor: Actor) -> Result<Feedback> {
        step.check()?;
        let reported = self.one_feedback(step.feedback)?.ok_or(Error::UnknownFeedback)?;
        if reported.kind != Kind::Safety {
            return Err(Error::Handling("only reports of risks to safety are taken up and closed"));
        }
        let who = actor.id.clone();
        // With the answer: what is erased of it takes the note along.
        let mut draft = Draft::new("feedback.handled", actor)
            .with("feedback", crate::token(&reported.id))
            .with("answer", crate::token(&reported.answer))
            .with("to", step.to.name())
            .with("outcome", step.outcome.map(HandlingOutcome::name));
        if let Some(note) = step.said() {
            draft = draft.sealing("note", note);
        }
        let (id, at, to, outcome) = (reported.id.clone(), step.at.to_owned(), step.to, step.outcome);
        let rows = move |connection: &Connection, seq: u64| {
            let (last, from) = standing(connection, &id)?;
            if !from.may_become(to) {
                return Err(Error::Illegal { from: from.name(), to: to.name() });
            }
            let sql = "INSERT INTO handled (feedback, step, seq, at, who, state, outcome) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let outcome = outcome.map(HandlingOutcome::name);
            connection.prepare_cached(sql)?.execute(params![id, last + 1, seq, at, who, to.name(), outcome])?;
            Ok(())
        };
        self.append_with(draft, Box::new(rows))?;
        self.one_feedback(&reported.id)?.ok_or(Error::UnknownFeedback)
    }

    /// What was done about a report that was received then.
    pub(crate) fn handling(&self, id: &str, received_at: &str) -> Result<Handling> {
        let sql = "SELECT seq, at, who, state, outcome FROM handled WHERE feedback = ?1 ORDER BY step";
        let rows: Vec<(u64, Move)> = self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([id], |row| {
                let outcome = row.get::<_, Option<String>>(4)?.map(read).transpose()?;
                let moved = Move { at: row.get(1)?, by: row.get(2)?, to: read(row.get(3)?)?, outcome, note: None };
                Ok((row.get(0)?, moved))
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        let with_note = |(seq, moved): (u64, Move)| Ok(Move { note: self.said(seq, "note")?, ..moved });
        let moves = rows.into_iter().map(with_note).collect::<Result<Vec<_>>>()?;
        Ok(Handling::of(moves, received_at))
    }

    /// How many reports of risks to safety are open.
    pub(crate) fn waiting(&self) -> Result<u64> {
        let sql = format!("SELECT count(*) FROM feedback f WHERE f.kind = 'safety' AND {STATE} = 'open'");
        self.read(|connection| Ok(connection.prepare_cached(&sql)?.query_row([], |row| row.get(0))?))
    }

    /// Since when the report that has been open longest is, in milliseconds since 1970: since it was received, or opened again.
    pub(crate) fn open_since(&self) -> Result<Option<i64>> {
        let sql = format!(
            "SELECT coalesce((SELECT h.at FROM handled h WHERE h.feedback = f.id ORDER BY h.step DESC LIMIT 1), f.received_at)
             FROM feedback f WHERE f.kind = 'safety' AND {STATE} = 'open'"
        );
        let times: Vec<String> = self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        })?;
        Ok(times.iter().filter_map(|at| time(at)).min())
    }

    /// All reports of risks to safety, the oldest first, without persons and words.
    ///
    /// # Errors
    /// [`Error`].
    pub fn risks(&self) -> Result<Vec<RiskReport>> {
        let sql = format!(
            "SELECT f.id, f.answer, f.statement, f.category, f.severity, f.received_at, {STATE},
               (SELECT h.at FROM handled h WHERE h.feedback = f.id ORDER BY h.step LIMIT 1),
               (SELECT h.outcome FROM handled h WHERE h.feedback = f.id ORDER BY h.step DESC LIMIT 1)
             FROM feedback f WHERE f.kind = 'safety' ORDER BY f.rowid"
        );
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map([], |row| {
                let (received_at, state) = (row.get::<_, String>(5)?, read(row.get(6)?)?);
                let moved_at: Option<String> = row.get(7)?;
                Ok(RiskReport {
                    report: row.get(0)?,
                    answer: row.get(1)?,
                    statement: row.get(2)?,
                    category: row.get::<_, Option<String>>(3)?.map(read).transpose()?,
                    severity: row.get::<_, Option<String>>(4)?.map(read).transpose()?,
                    day: received_at.get(..10).unwrap_or(&received_at).to_owned(),
                    state,
                    waited_hours: waited(state, &received_at, moved_at.as_deref()),
                    outcome: row.get::<_, Option<String>>(8)?.map(read).transpose()?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// The number of the last move of a report, and where it stands.
fn standing(connection: &Connection, id: &str) -> Result<(i64, HandlingState)> {
    let sql = "SELECT step, state FROM handled WHERE feedback = ?1 ORDER BY step DESC LIMIT 1";
    let last = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, read(row.get(1)?)?));
    Ok(connection.prepare_cached(sql)?.query_row([id], last).optional()?.unwrap_or((0, HandlingState::Open)))
}
