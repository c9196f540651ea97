//! The file: its tables, and how it is opened. What was said is only ever added to, or loses its words; the file itself refuses
//! the rest.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};

use crate::error::{Error, Result};
use crate::model::Rating;

/// The format this build writes.
const FORMAT: i64 = 2;

/// Marks the file as ours. The bytes are `OSLR`.
const APPLICATION_ID: i64 = 0x4f53_4c52;

/// Format 1, which is never edited: what came later is added to it, in new files as in old ones.
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

/// What format 2 added to 1: the words of comments and reasons lie sealed in the log, and may be taken from where format 1 had
/// them; the first rating counts, and what was signed before keeps to the last.
const ADDED_BY_2: &str = "
ALTER TABLE ratings ADD COLUMN entry INTEGER;        -- of the log
ALTER TABLE ratings ADD COLUMN salt TEXT;            -- of the commitment to the rating that the entry has
ALTER TABLE ratings ADD COLUMN words TEXT;           -- the commitment to the comment that the entry has
ALTER TABLE adjudications ADD COLUMN entry INTEGER;
ALTER TABLE adjudications ADD COLUMN salt TEXT;
ALTER TABLE adjudications ADD COLUMN words TEXT;
ALTER TABLE signatures ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
CREATE TABLE erasures (                              -- what the record comes to since words were taken from it; the last one holds
  review      TEXT NOT NULL REFERENCES signatures (review),
  n           INTEGER NOT NULL,
  record_hash TEXT NOT NULL,
  PRIMARY KEY (review, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX items_by_answer ON items (answer);

DROP VIEW sheet;
CREATE VIEW sheet AS
SELECT i.review AS review, i.n AS n, i.answer AS answer, i.statement AS statement, i.stratum AS stratum, i.ours AS ours,
  f.rating AS rating_1, f.at AS at_1, f.comment AS comment_1, f.entry AS entry_1, f.words AS words_1, g.round AS round_1,
  g.rating AS later_1, g.at AS later_at_1, g.comment AS later_comment_1, g.entry AS later_entry_1, g.words AS later_words_1,
  s.rating AS rating_2, s.at AS at_2, s.comment AS comment_2, s.entry AS entry_2, s.words AS words_2, t.round AS round_2,
  t.rating AS later_2, t.at AS later_at_2, t.comment AS later_comment_2, t.entry AS later_entry_2, t.words AS later_words_2,
  j.who AS third, j.rating AS rating_3, j.at AS at_3, nullif(j.reason, '') AS reason, j.entry AS entry_3, j.words AS words_3,
  CASE WHEN g.rating = t.rating AND (k.format = 1 OR (f.rating = g.rating AND s.rating = t.rating)) THEN g.rating END
    AS agreed
FROM items i JOIN reviews r ON r.id = i.review
LEFT JOIN ratings f ON f.review = i.review AND f.item = i.n AND f.reviewer = r.reviewer_1 AND f.round = 1
LEFT JOIN ratings g ON g.review = i.review AND g.item = i.n AND g.reviewer = r.reviewer_1 AND g.round =
  (SELECT max(x.round) FROM ratings x WHERE x.review = i.review AND x.item = i.n AND x.reviewer = r.reviewer_1)
LEFT JOIN ratings s ON s.review = i.review AND s.item = i.n AND s.reviewer = r.reviewer_2 AND s.round = 1
LEFT JOIN ratings t ON t.review = i.review AND t.item = i.n AND t.reviewer = r.reviewer_2 AND t.round =
  (SELECT max(y.round) FROM ratings y WHERE y.review = i.review AND y.item = i.n AND y.reviewer = r.reviewer_2)
LEFT JOIN adjudications j ON j.review = i.review AND j.item = i.n
LEFT JOIN signatures k ON k.review = i.review;

DROP TRIGGER ratings_stand;
CREATE TRIGGER ratings_stand BEFORE UPDATE ON ratings
  WHEN NEW.comment IS NOT NULL OR NEW.review IS NOT OLD.review OR NEW.item IS NOT OLD.item
    OR NEW.reviewer IS NOT OLD.reviewer OR NEW.round IS NOT OLD.round OR NEW.rating IS NOT OLD.rating
    OR NEW.at IS NOT OLD.at OR NEW.entry IS NOT OLD.entry OR NEW.salt IS NOT OLD.salt OR NEW.words IS NOT OLD.words
  BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
DROP TRIGGER adjudications_stand;
CREATE TRIGGER adjudications_stand BEFORE UPDATE ON adjudications
  WHEN NEW.reason <> '' OR NEW.review IS NOT OLD.review OR NEW.item IS NOT OLD.item OR NEW.who IS NOT OLD.who
    OR NEW.rating IS NOT OLD.rating OR NEW.at IS NOT OLD.at OR NEW.entry IS NOT OLD.entry
    OR NEW.salt IS NOT OLD.salt OR NEW.words IS NOT OLD.words
  BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER comments_are_sealed BEFORE INSERT ON ratings WHEN NEW.comment IS NOT NULL OR NEW.entry IS NULL
  BEGIN SELECT RAISE(ABORT, 'what was said is on record first, and its words are sealed there'); END;
CREATE TRIGGER reasons_are_sealed BEFORE INSERT ON adjudications WHEN NEW.reason <> '' OR NEW.entry IS NULL
  BEGIN SELECT RAISE(ABORT, 'what was said is on record first, and its words are sealed there'); END;
CREATE TRIGGER erasures_stand BEFORE UPDATE ON erasures BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
CREATE TRIGGER erasures_stay BEFORE DELETE ON erasures BEGIN SELECT RAISE(ABORT, 'what was said stands'); END;
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
    if tables > 0 && (application != APPLICATION_ID || !(1..=FORMAT).contains(&found)) {
        return Err(Error::Format { found });
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A signature that was acknowledged must outlive a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is erased is overwritten, not only forgotten.
    connection.pragma_update(None, "secure_delete", true)?;
    if tables == 0 || found < FORMAT {
        let steps: &[&str] = if tables == 0 { &[SCHEMA, ADDED_BY_2] } else { &[ADDED_BY_2] };
        connection.execute_batch(&format!(
            "BEGIN; {} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;",
            steps.concat()
        ))?;
    }
    Ok(())
}

impl FromSql for Rating {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::named(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}
