//! The file: its tables, and how it is opened. What was decided is only ever added to, and a proposal or a ticket moves
//! along its arrows alone; the file itself refuses the rest.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::{Error, Result};

/// The format this build writes.
const FORMAT: i64 = 2;

/// Marks the file as ours. The bytes are `OSLC`.
const APPLICATION_ID: i64 = 0x4f53_4c43;

/// Columns of `proposals`.
const PROPOSALS: &str = "
  id       TEXT PRIMARY KEY,
  n        INTEGER NOT NULL UNIQUE,     -- counts up: the order of lists, whatever the clock says
  kind     TEXT NOT NULL CHECK (kind IN ('publish', 'restore', 'policy')),
  document TEXT CHECK ((document IS NULL) = (kind <> 'restore')),
  version  INTEGER CHECK ((version IS NULL) = (kind <> 'restore')),
  reason   TEXT NOT NULL,
  proposer TEXT NOT NULL,
  at       TEXT NOT NULL,
  record   TEXT NOT NULL,               -- what is decided about, word for word: its hash is what people sign
  corpus   TEXT CHECK ((corpus IS NULL) = (kind <> 'policy'))
";

const TABLES: &str = "
CREATE TABLE moves (                    -- the last one says where the proposal stands
  proposal TEXT NOT NULL REFERENCES proposals (id),
  step     INTEGER NOT NULL,
  state    TEXT NOT NULL,
  who      TEXT NOT NULL,
  at       TEXT NOT NULL,
  reason   TEXT,                        -- of a rejection or withdrawal
  number   INTEGER,                     -- of the snapshot that it is to become, and became
  PRIMARY KEY (proposal, step)
) STRICT, WITHOUT ROWID;
CREATE TABLE signatures (
  proposal    TEXT NOT NULL REFERENCES proposals (id),
  meaning     TEXT NOT NULL CHECK (meaning IN ('review', 'approve')),
  who         TEXT NOT NULL,
  full_name   TEXT NOT NULL,
  at          TEXT NOT NULL,
  record_hash TEXT NOT NULL,
  seal        TEXT NOT NULL,
  PRIMARY KEY (proposal, meaning)
) STRICT, WITHOUT ROWID;
CREATE TABLE golden (                   -- the last list counts
  n         INTEGER PRIMARY KEY,
  questions TEXT NOT NULL,              -- JSON of the questions, in order
  who       TEXT NOT NULL,
  at        TEXT NOT NULL
) STRICT;
CREATE TABLE tickets (
  id TEXT PRIMARY KEY,
  n  INTEGER NOT NULL UNIQUE
) STRICT;
CREATE TABLE tags (                     -- of questions; the audit records alone know the words
  tag    TEXT PRIMARY KEY,
  ticket TEXT NOT NULL REFERENCES tickets (id),
  place  INTEGER NOT NULL,              -- the first one leads the ticket
  UNIQUE (ticket, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE ticket_moves (             -- the last one says where the ticket stands
  ticket   TEXT NOT NULL REFERENCES tickets (id),
  step     INTEGER NOT NULL,
  state    TEXT NOT NULL,
  who      TEXT,                        -- nobody, where the house itself asked again
  at       TEXT NOT NULL,
  note     TEXT,
  snapshot INTEGER CHECK ((snapshot IS NULL) = (state <> 'filled')),
  PRIMARY KEY (ticket, step)
) STRICT, WITHOUT ROWID;

";

/// Views, and what the file refuses. Made anew where the tables change.
const RULES: &str = "
CREATE VIEW standing AS
SELECT p.id AS id, p.n AS n, p.kind AS kind, p.document AS document, p.version AS version,
  p.corpus AS corpus, p.reason AS reason, p.proposer AS proposer, p.at AS at, p.record AS record, m.state AS state, m.who AS moved_by, m.at AS moved_at,
  m.reason AS moved_for, m.number AS number
FROM proposals p JOIN moves m ON m.proposal = p.id
WHERE m.step = (SELECT max(l.step) FROM moves l WHERE l.proposal = p.id);
CREATE VIEW ticket_standing AS
SELECT t.id AS id, t.n AS n, m.step AS step, m.state AS state, m.who AS who, m.at AS at, m.note AS note,
  m.snapshot AS snapshot
FROM tickets t JOIN ticket_moves m ON m.ticket = t.id
WHERE m.step = (SELECT max(l.step) FROM ticket_moves l WHERE l.ticket = t.id);

CREATE TRIGGER one_is_open BEFORE INSERT ON proposals
  WHEN EXISTS (SELECT 1 FROM standing s WHERE s.kind = NEW.kind AND s.document IS NEW.document
    AND s.version IS NEW.version AND s.corpus IS NEW.corpus AND s.state IN ('proposed', 'reviewed', 'approved', 'executing'))
  BEGIN SELECT RAISE(ABORT, 'such a proposal is open'); END;
CREATE TRIGGER moves_count BEFORE INSERT ON moves
  WHEN NEW.step <> (SELECT coalesce(max(m.step), 0) + 1 FROM moves m WHERE m.proposal = NEW.proposal)
  BEGIN SELECT RAISE(ABORT, 'a step is left out'); END;
CREATE TRIGGER moves_follow BEFORE INSERT ON moves
  WHEN coalesce((SELECT s.state FROM standing s WHERE s.id = NEW.proposal), '') || '>' || NEW.state NOT IN (
    '>proposed', 'proposed>reviewed', 'reviewed>approved', 'approved>executing', 'executing>executed',
    'executing>approved', 'proposed>rejected', 'reviewed>rejected', 'approved>rejected', 'proposed>withdrawn',
    'reviewed>withdrawn', 'approved>withdrawn')
  BEGIN SELECT RAISE(ABORT, 'a proposal does not go that way'); END;
CREATE TRIGGER moves_are_signed BEFORE INSERT ON moves
  WHEN (NEW.state = 'reviewed'
      AND NOT EXISTS (SELECT 1 FROM signatures s WHERE s.proposal = NEW.proposal AND s.meaning = 'review'))
    OR (NEW.state IN ('approved', 'executing', 'executed') AND 2 <>
      (SELECT count(*) FROM signatures s WHERE s.proposal = NEW.proposal))
  BEGIN SELECT RAISE(ABORT, 'a signature is missing'); END;
CREATE TRIGGER moves_have_their_people BEFORE INSERT ON moves
  WHEN (NEW.state IN ('executing', 'executed')
      AND NEW.who = (SELECT p.proposer FROM proposals p WHERE p.id = NEW.proposal))
    OR (NEW.state IN ('proposed', 'withdrawn')
      AND NEW.who <> (SELECT p.proposer FROM proposals p WHERE p.id = NEW.proposal))
  BEGIN SELECT RAISE(ABORT, 'that is for somebody else'); END;
CREATE TRIGGER signatures_follow BEFORE INSERT ON signatures
  WHEN NEW.meaning || '@' || coalesce((SELECT s.state FROM standing s WHERE s.id = NEW.proposal), '')
    NOT IN ('review@proposed', 'approve@reviewed')
  BEGIN SELECT RAISE(ABORT, 'nothing is to be signed here'); END;
CREATE TRIGGER two_people_sign BEFORE INSERT ON signatures
  WHEN NEW.meaning = 'approve' AND (NEW.who = (SELECT p.proposer FROM proposals p WHERE p.id = NEW.proposal)
    OR EXISTS (SELECT 1 FROM signatures s WHERE s.proposal = NEW.proposal AND s.who = NEW.who))
  BEGIN SELECT RAISE(ABORT, 'that is for somebody else'); END;
CREATE TRIGGER tickets_count BEFORE INSERT ON ticket_moves
  WHEN NEW.step <> (SELECT coalesce(max(m.step), 0) + 1 FROM ticket_moves m WHERE m.ticket = NEW.ticket)
  BEGIN SELECT RAISE(ABORT, 'a step is left out'); END;
CREATE TRIGGER tickets_follow BEFORE INSERT ON ticket_moves
  WHEN coalesce((SELECT s.state FROM ticket_standing s WHERE s.id = NEW.ticket), '') || '>' || NEW.state NOT IN (
    '>open', 'open>declined', 'open>filled', 'declined>open', 'filled>open')
  BEGIN SELECT RAISE(ABORT, 'a ticket does not go that way'); END;

CREATE TRIGGER proposals_are_new BEFORE INSERT ON proposals
  WHEN EXISTS (SELECT 1 FROM proposals p WHERE p.id = NEW.id OR p.n = NEW.n)
  BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER golden_is_new BEFORE INSERT ON golden
  WHEN NEW.n <> (SELECT coalesce(max(g.n), 0) + 1 FROM golden g)
  BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER tickets_are_new BEFORE INSERT ON tickets
  WHEN EXISTS (SELECT 1 FROM tickets t WHERE t.id = NEW.id OR t.n = NEW.n)
  BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER tags_are_new BEFORE INSERT ON tags
  WHEN EXISTS (SELECT 1 FROM tags t WHERE t.tag = NEW.tag OR (t.ticket = NEW.ticket AND t.place = NEW.place))
  BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER proposals_stand BEFORE UPDATE ON proposals BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER proposals_stay BEFORE DELETE ON proposals BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER moves_stand BEFORE UPDATE ON moves BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER moves_stay BEFORE DELETE ON moves BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER signatures_stand BEFORE UPDATE ON signatures BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER signatures_stay BEFORE DELETE ON signatures BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER golden_stands BEFORE UPDATE ON golden BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER golden_stays BEFORE DELETE ON golden BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER tickets_stand BEFORE UPDATE ON tickets BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER tickets_stay BEFORE DELETE ON tickets BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER tags_stand BEFORE UPDATE ON tags BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER tags_stay BEFORE DELETE ON tags BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER ticket_moves_stand BEFORE UPDATE ON ticket_moves
  BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER ticket_moves_stay BEFORE DELETE ON ticket_moves
  BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
";

pub(crate) fn open(path: &Path) -> Result<Connection> {
    let failed = |source| Error::Open { path: path.to_owned(), source };
    let connection = Connection::open(path).map_err(failed)?;
    prepare(&connection).map_err(|error| match error {
        Error::Sqlite(source) => failed(source),
        other => other,
    })?;
    Ok(connection)
}

pub(crate) fn in_memory() -> Result<Connection> {
    let connection = Connection::open_in_memory()?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let (application, found) = (pragma("application_id")?, pragma("user_version")?);
    if tables > 0 && (application != APPLICATION_ID || !(1..=FORMAT).contains(&found)) {
        return Err(Error::Format { found });
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A signature that was acknowledged must outlive a power cut, and `executing` must be there before the ledger acts.
    connection.pragma_update(None, "synchronous", "FULL")?;
    if tables == 0 {
        let made = format!("CREATE TABLE proposals ({PROPOSALS}) STRICT; {TABLES} {RULES}");
        write(connection, &made)?;
    } else if found == 1 {
        write(connection, &from_1(connection)?)?;
    }
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

/// All of it or nothing. Tables that refer to one that is made anew must not hold that up.
fn write(connection: &Connection, statements: &str) -> Result<()> {
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE; {statements} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
    ))?;
    Ok(())
}

/// Format 1 knew no proposals about policies. What a table's columns must be cannot be changed: it is made anew, and the rules,
/// which are about it, with it.
fn from_1(connection: &Connection) -> Result<String> {
    let sql = "SELECT 'DROP ' || type || ' ' || name || ';' FROM sqlite_schema WHERE type IN ('trigger', 'view')";
    let mut statement = connection.prepare(sql)?;
    let dropped = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?.concat();
    Ok(format!(
        "{dropped} CREATE TABLE proposals_of_2 ({PROPOSALS}) STRICT;
         INSERT INTO proposals_of_2 SELECT id, n, kind, document, version, reason, proposer, at, record, NULL FROM proposals;
         DROP TABLE proposals; ALTER TABLE proposals_of_2 RENAME TO proposals; {RULES}"
    ))
}
