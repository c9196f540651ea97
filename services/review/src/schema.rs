//! The file: its tables, and how it is opened. What was said is only ever added to; the file itself refuses the rest.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};

use crate::error::{Error, Result};
use crate::model::Rating;

/// The format this build writes.
const FORMAT: i64 = 1;

/// Marks the file as ours. The bytes are `OSLR`.
const APPLICATION_ID: i64 = 0x4f53_4c52;

const SCHEMA: &str = "
CREATE TABLE reviews (
  id          TEXT PRIMARY KEY,
  n           INTEGER NOT NULL UNIQUE,  -- counts up: the order of lists, whatever the clock says
  title       TEXT NOT NULL,
  created_at  TEXT NOT NULL,
  created_by  TEXT NOT NULL,
  seed        TEXT NOT NULL,
  range_from  TEXT NOT NULL,
  range_to    TEXT NOT NULL,
  size        INTEGER NOT NULL,
  reviewer_1  TEXT NOT NULL,
  reviewer_2  TEXT NOT NULL CHECK (reviewer_2 <> reviewer_1),
  adjudicator TEXT CHECK (adjudicator NOT IN (reviewer_1, reviewer_2))
) STRICT;
CREATE TABLE strata (
  review           TEXT NOT NULL REFERENCES reviews (id),
  name             TEXT NOT NULL,
  population       INTEGER NOT NULL,
  sampled          INTEGER NOT NULL,
  population_items INTEGER NOT NULL,
  items            INTEGER NOT NULL,
  PRIMARY KEY (review, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE items (
  review    TEXT NOT NULL REFERENCES reviews (id),
  n         INTEGER NOT NULL,
  answer    TEXT NOT NULL,
  statement INTEGER NOT NULL,
  stratum   TEXT NOT NULL,
  ours      TEXT NOT NULL,
  PRIMARY KEY (review, n),
  UNIQUE (review, answer, statement)
) STRICT, WITHOUT ROWID;
CREATE TABLE ratings (
  review   TEXT NOT NULL,
  item     INTEGER NOT NULL,
  reviewer TEXT NOT NULL,
  round    INTEGER NOT NULL,            -- the last one counts; the earlier ones are what was said before
  rating   TEXT NOT NULL,
  comment  TEXT,
  at       TEXT NOT NULL,
  PRIMARY KEY (review, item, reviewer, round),
  FOREIGN KEY (review, item) REFERENCES items (review, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE adjudications (
  review TEXT NOT NULL,
  item   INTEGER NOT NULL,
  who    TEXT NOT NULL,
  rating TEXT NOT NULL,
  reason TEXT NOT NULL,
  at     TEXT NOT NULL,
  PRIMARY KEY (review, item),
  FOREIGN KEY (review, item) REFERENCES items (review, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE signatures (
  review      TEXT PRIMARY KEY REFERENCES reviews (id),
  who         TEXT NOT NULL,
  full_name   TEXT NOT NULL,
  meaning     TEXT NOT NULL,
  at          TEXT NOT NULL,
  record_hash TEXT NOT NULL,
  seal        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIEW sheet AS
SELECT i.review AS review, i.n AS n, i.answer AS answer, i.statement AS statement, i.stratum AS stratum, i.ours AS ours,
  f.rating AS rating_1, f.comment AS comment_1, f.at AS at_1, f.round AS round_1,
  s.rating AS rating_2, s.comment AS comment_2, s.at AS at_2, s.round AS round_2,
  j.who AS third, j.rating AS rating_3, j.reason AS reason, j.at AS at_3
FROM items i JOIN reviews r ON r.id = i.review
LEFT JOIN ratings f ON f.review = i.review AND f.item = i.n AND f.reviewer = r.reviewer_1 AND f.round =
  (SELECT max(x.round) FROM ratings x WHERE x.review = i.review AND x.item = i.n AND x.reviewer = r.reviewer_1)
LEFT JOIN ratings s ON s.review = i.review AND s.item = i.n AND s.reviewer = r.reviewer_2 AND s.round =
  (SELECT max(y.round) FROM ratings y WHERE y.review = i.review AND y.item = i.n AND y.reviewer = r.reviewer_2)
LEFT JOIN adjudications j ON j.review = i.review AND j.item = i.n;

CREATE TRIGGER signed_reviews BEFORE UPDATE ON reviews WHEN EXISTS (SELECT 1 FROM signatures WHERE review = OLD.id)
  BEGIN SELECT RAISE(ABORT, 'the review is signed'); END;
CREATE TRIGGER signed_ratings BEFORE INSERT ON ratings WHEN EXISTS (SELECT 1 FROM signatures WHERE review = NEW.review)
  BEGIN SELECT RAISE(ABORT, 'the review is signed'); END;
CREATE TRIGGER signed_adjudications BEFORE INSERT ON adjudications
  WHEN EXISTS (SELECT 1 FROM signatures WHERE review = NEW.review)
  BEGIN SELECT RAISE(ABORT, 'the review is signed'); END;
CREATE TRIGGER reviews_stay BEFORE DELETE ON reviews BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER strata_stand BEFORE UPDATE ON strata BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER strata_stay BEFORE DELETE ON strata BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER items_stand BEFORE UPDATE ON items BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER items_stay BEFORE DELETE ON items BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER ratings_stand BEFORE UPDATE ON ratings BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER ratings_stay BEFORE DELETE ON ratings BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER adjudications_stand BEFORE UPDATE ON adjudications
  BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER adjudications_stay BEFORE DELETE ON adjudications
  BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER signatures_stand BEFORE UPDATE ON signatures BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER signatures_stay BEFORE DELETE ON signatures BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
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

fn prepare(connection: &Connection) -> Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let (application, found) = (pragma("application_id")?, pragma("user_version")?);
    if tables > 0 && (application != APPLICATION_ID || found != FORMAT) {
        return Err(Error::Format { found });
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A signature that was acknowledged must outlive a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    if tables == 0 {
        connection.execute_batch(&format!(
            "BEGIN; {SCHEMA} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
        ))?;
    }
    Ok(())
}

impl FromSql for Rating {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::named(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}
