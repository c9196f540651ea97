//! Gaps: tickets of questions that nothing we hold answers, alike by meaning.
//!
//! A question is known here by a tag that says nothing about its words: the audit records have those, and can erase them.
//! What somebody decided about a ticket is kept, and so is what was decided before.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::rules::{Decider, Power};
use crate::store::{Curation, begin, bounded, filled};

/// Questions whose vectors have at least this cosine are of one ticket.
pub const ALIKE: f32 = 0.8;

/// A question that was asked and found no evidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked<'a> {
    /// Names it without its words.
    pub tag: &'a str,
    /// What it means, of unit length.
    pub vector: &'a [f32],
    /// When it was last asked without evidence, RFC 3339.
    pub last_asked_at: &'a str,
    /// The snapshot that had none then.
    pub snapshot: u64,
}

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// Nothing we hold answers it.
    Open,
    /// A snapshot answers it.
    Filled,
    /// A librarian decided that it is not to be answered here.
    Declined,
}

impl TicketState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Filled, Self::Declined];

    /// The name that files use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Filled => "filled",
            Self::Declined => "declined",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    const fn may_become(self, to: Self) -> bool {
        matches!((self, to), (Self::Open, Self::Filled | Self::Declined) | (Self::Filled | Self::Declined, Self::Open))
    }
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// Id.
    pub id: String,
    /// Its number: the newest has the highest.
    pub n: u64,
    /// Tags of its questions; the first one leads it.
    pub tags: Vec<String>,
    /// Where it stands.
    pub state: TicketState,
    /// What was said when it was brought there.
    pub note: Option<String>,
    /// When it was brought there, RFC 3339; absent until something changes.
    pub changed_at: Option<String>,
    /// Account that brought it there; absent where the house itself asked again.
    pub changed_by: Option<String>,
    /// The snapshot that filled it; of one that somebody has opened again, the snapshot that had.
    pub snapshot: Option<u64>,
}

/// A move of a ticket.
struct Step<'a> {
    to: TicketState,
    by: Option<&'a str>,
    note: Option<&'a str>,
    snapshot: Option<u64>,
    at: &'a str,
}

impl Curation {
    /// Puts questions without evidence into tickets. A question that has a ticket stays there; a new one joins the ticket
    /// whose leader is most alike, by a cosine of at least [`ALIKE`], of two that are equally alike the older one; else it
    /// begins a ticket. A ticket whose leader is not among `asked` gets no new questions. A filled ticket is open again
    /// when one of its questions was asked without evidence after it was filled, of that snapshot or a later one.
    ///
    /// `asked` comes in the order in which the questions were first asked. Its times and the times of [`Curation::fill`]
    /// are written in one form, so that they compare as texts.
    ///
    /// # Errors
    /// [`Error::Sqlite`], also when an id is taken.
    pub fn cluster(&self, asked: &[Asked<'_>], new_id: &mut dyn FnMut() -> String, at: &str) -> Result<()> {
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        let vectors: HashMap<&str, &[f32]> = asked.iter().map(|one| (one.tag, one.vector)).collect();
        let held = tickets(&work, None)?;
        let mut homes: HashMap<String, String> = HashMap::new();
        let mut leaders: Vec<(String, &[f32])> = Vec::new();
        for ticket in &held {
            homes.extend(ticket.tags.iter().map(|tag| (tag.clone(), ticket.id.clone())));
            let leader = ticket.tags.first().and_then(|tag| vectors.get(tag.as_str()));
            leaders.extend(leader.map(|vector| (ticket.id.clone(), *vector)));
        }
        for one in asked {
            if homes.contains_key(one.tag) {
                continue;
            }
            let ticket = match most_alike(&leaders, one.vector) {
                Some(ticket) => ticket.to_owned(),
                None => {
                    let id = new_id();
                    work.execute("INSERT INTO tickets (id, n) SELECT ?1, coalesce(max(n), 0) + 1 FROM tickets", [&id])?;
                    put_step(&work, &id, &Step { to: TicketState::Open, by: None, note: None, snapshot: None, at })?;
                    leaders.push((id.clone(), one.vector));
                    id
                }
            };
            work.execute(
                "INSERT INTO tags (tag, ticket, place) SELECT ?1, ?2, count(*) + 1 FROM tags WHERE ticket = ?2",
                params![one.tag, ticket],
            )?;
            homes.insert(one.tag.to_owned(), ticket);
        }
        for ticket in held.iter().filter(|ticket| ticket.state == TicketState::Filled) {
            let is_again = |one: &Asked<'_>| {
                homes.get(one.tag) == Some(&ticket.id)
                    && ticket.snapshot.is_some_and(|filled| one.snapshot >= filled)
                    && ticket.changed_at.as_deref().is_some_and(|filled| one.last_asked_at > filled)
            };
            if asked.iter().any(is_again) {
                let step = Step { to: TicketState::Open, by: None, note: None, snapshot: None, at };
                put_step(&work, &ticket.id, &step)?;
            }
        }
        work.commit()?;
        Ok(())
    }

    /// The tickets that stand so, or all, by number.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn tickets(&self, state: Option<TicketState>) -> Result<Vec<TicketRow>> {
        tickets(&self.lock(), state)
    }

    /// One ticket.
    ///
    /// # Errors
    /// [`Error::UnknownTicket`]; [`Error::Sqlite`].
    pub fn ticket(&self, id: &str) -> Result<TicketRow> {
        ticket(&self.lock(), id)
    }

    /// Decides that an open ticket is not to be answered here. The note says why.
    ///
    /// # Errors
    /// [`Error::UnknownTicket`]; [`Error::Power`] for who is no librarian; [`Error::Ticket`] when it is not open;
    /// [`Error::Empty`] or [`Error::TooLong`] of the note; what `log` fails with, and then nothing was decided.
    pub fn decline<E: From<Error>>(
        &self,
        id: &str,
        note: &str,
        by: &Decider<'_>,
        at: &str,
        log: impl FnOnce(&TicketRow) -> Result<(), E>,
    ) -> Result<TicketRow, E> {
        by.must(Power::Curate)?;
        let note = Some(filled("note", note)?);
        let step = Step { to: TicketState::Declined, by: Some(by.account), note, snapshot: None, at };
        self.on_record(|work| take(work, id, &step), log)
    }

    /// Opens a ticket again that was declined or filled. The note may be empty.
    ///
    /// # Errors
    /// [`Error::UnknownTicket`]; [`Error::Power`] for who is no librarian; [`Error::Ticket`] when it is open;
    /// [`Error::TooLong`] of the note; what `log` fails with, and then nothing was decided.
    pub fn reopen<E: From<Error>>(
        &self,
        id: &str,
        note: &str,
        by: &Decider<'_>,
        at: &str,
        log: impl FnOnce(&TicketRow) -> Result<(), E>,
    ) -> Result<TicketRow, E> {
        by.must(Power::Curate)?;
        let note = Some(bounded("note", note)?).filter(|note| !note.is_empty());
        let step = Step { to: TicketState::Open, by: Some(by.account), note, snapshot: None, at };
        self.on_record(|work| take(work, id, &step), log)
    }

    /// Notes that an open ticket was asked again after a publish, and the snapshot answers it.
    ///
    /// # Errors
    /// [`Error::UnknownTicket`]; [`Error::Ticket`] when it is not open.
    pub fn fill(&self, id: &str, snapshot: u64, at: &str) -> Result<TicketRow> {
        let step = Step { to: TicketState::Filled, by: None, note: None, snapshot: Some(snapshot), at };
        // The house itself asked again: nobody decided anything.
        self.on_record(|work| take(work, id, &step), |_| Ok(()))
    }
}

/// Moves a ticket, where it may go that way.
fn take(connection: &Connection, id: &str, step: &Step<'_>) -> Result<TicketRow> {
    let found = ticket(connection, id)?.state;
    if !found.may_become(step.to) {
        return Err(Error::Ticket { found, wanted: step.to });
    }
    put_step(connection, id, step)?;
    ticket(connection, id)
}

/// The first of the leaders that are most alike, if one is alike enough.
fn most_alike<'l>(leaders: &'l [(String, &[f32])], vector: &[f32]) -> Option<&'l str> {
    let mut best: Option<(&str, f32)> = None;
    for (ticket, leader) in leaders {
        let cosine = cosine(leader, vector);
        if cosine >= ALIKE && best.is_none_or(|(_, most)| cosine > most) {
            best = Some((ticket.as_str(), cosine));
        }
    }
    best.map(|(ticket, _)| ticket)
}

/// Of vectors of unit length; those of two models are not alike.
fn cosine(one: &[f32], other: &[f32]) -> f32 {
    if one.len() == other.len() { one.iter().zip(other).map(|(a, b)| a * b).sum() } else { -1.0 }
}

fn put_step(connection: &Connection, ticket: &str, step: &Step<'_>) -> Result<()> {
    let sql = "INSERT INTO ticket_moves (ticket, step, state, who, at, note, snapshot)
               SELECT ?1, coalesce(max(step), 0) + 1, ?2, ?3, ?4, ?5, ?6 FROM ticket_moves WHERE ticket = ?1";
    let values = params![ticket, step.to.name(), step.by, step.at, step.note, step.snapshot];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// What somebody has opened again keeps in mind which snapshot had filled it.
const COLUMNS: &str = "id, n, step, state, who, at, note, coalesce(snapshot,
  (SELECT f.snapshot FROM ticket_moves f
   WHERE f.ticket = ticket_standing.id AND f.step = ticket_standing.step - 1 AND ticket_standing.who IS NOT NULL))";

fn ticket(connection: &Connection, id: &str) -> Result<TicketRow> {
    let sql = format!("SELECT {COLUMNS} FROM ticket_standing WHERE id = ?1");
    let found = connection.prepare_cached(&sql)?.query_row([id], row).optional()?;
    let found = found.ok_or(Error::UnknownTicket)?;
    let mut statement = connection.prepare_cached("SELECT tag FROM tags WHERE ticket = ?1 ORDER BY place")?;
    let tags = statement.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(TicketRow { tags, ..found })
}

fn tickets(connection: &Connection, state: Option<TicketState>) -> Result<Vec<TicketRow>> {
    let mut statement = connection.prepare_cached("SELECT ticket, tag FROM tags ORDER BY ticket, place")?;
    let pairs = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut tags: HashMap<String, Vec<String>> = HashMap::new();
    for pair in pairs {
        let (ticket, tag) = pair?;
        tags.entry(ticket).or_default().push(tag);
    }
    let sql = format!("SELECT {COLUMNS} FROM ticket_standing WHERE ?1 IS NULL OR state = ?1 ORDER BY n");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([state.map(TicketState::name)], row)?;
    let mut found = rows.collect::<rusqlite::Result<Vec<TicketRow>>>()?;
    for ticket in &mut found {
        ticket.tags = tags.remove(&ticket.id).unwrap_or_default();
    }
    Ok(found)
}

fn row(row: &Row<'_>) -> rusqlite::Result<TicketRow> {
    let state: String = row.get(3)?;
    let state = TicketState::named(&state).ok_or(rusqlite::types::FromSqlError::InvalidType)?;
    let (is_changed, at): (bool, String) = (row.get::<_, u32>(2)? > 1, row.get(5)?);
    Ok(TicketRow {
        id: row.get(0)?,
        n: row.get(1)?,
        tags: Vec::new(),
        state,
        note: row.get(6)?,
        changed_at: Some(at).filter(|_| is_changed),
        changed_by: row.get(4)?,
        snapshot: row.get(7)?,
    })
}
