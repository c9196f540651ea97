//! A review and its items as they stand in the file, and what of an item a reader may see.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::{Error, Result};
use crate::model::{Adjudication, Given, Item, Rating, Remark, Review, Signature, State, Stratum};
use crate::words::{Place, Words};

const REVIEW: &str = "SELECT r.id, r.title, r.created_at, r.created_by, r.seed, r.range_from, r.range_to, r.size,
  r.reviewer_1, r.reviewer_2, r.adjudicator,
  (SELECT count(*) FROM items i WHERE i.review = r.id),
  (SELECT count(*) FROM ratings f WHERE f.review = r.id AND f.reviewer = r.reviewer_1 AND f.round = 1),
  (SELECT count(*) FROM ratings s WHERE s.review = r.id AND s.reviewer = r.reviewer_2 AND s.round = 1),
  (SELECT count(*) FROM sheet d WHERE d.review = r.id AND d.agreed IS NULL AND d.rating_3 IS NULL),
  g.who, g.full_name, g.meaning, g.at, g.record_hash, g.seal, r.n
  FROM reviews r LEFT JOIN signatures g ON g.review = r.id";

const LINE: &str = "SELECT n, answer, statement, stratum, ours, agreed,
  rating_1, at_1, comment_1, entry_1, words_1, round_1, later_1, later_at_1, later_comment_1, later_entry_1, later_words_1,
  rating_2, at_2, comment_2, entry_2, words_2, round_2, later_2, later_at_2, later_comment_2, later_entry_2, later_words_2,
  third, rating_3, at_3, reason, entry_3, words_3 FROM sheet WHERE review = ?1";

/// An item with everything that was said of it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) n: u32,
    pub(crate) answer: String,
    pub(crate) statement: u32,
    pub(crate) stratum: String,
    pub(crate) ours: String,
    pub(crate) first: Option<Given>,
    pub(crate) second: Option<Given>,
    /// The rating that both gave and neither changed. In what was signed before first ratings counted: the one that both
    /// gave last.
    pub(crate) agreed: Option<Rating>,
    pub(crate) adjudication: Option<Adjudication>,
}

impl Line {
    /// The two ratings from before our verdict was shown, once both are there.
    pub(crate) fn pair(&self) -> Option<(Rating, Rating)> {
        Some((self.first.as_ref()?.rating, self.second.as_ref()?.rating))
    }

    /// Whether a third person is asked: the two see it differently, or one of them changed a rating. What came after our
    /// verdict was shown counts only through that person.
    pub(crate) fn differs(&self) -> bool {
        self.pair().is_some() && self.agreed.is_none()
    }

    /// The rating that holds: the one that settled a difference, or the one both gave.
    pub(crate) fn settled(&self) -> Option<Rating> {
        self.adjudication.as_ref().map(|settled| settled.rating).or(self.agreed)
    }

    /// With the words of everything that was said of it.
    pub(crate) fn opened(mut self, words: &dyn Words) -> Result<Self> {
        for given in self.first.iter_mut().chain(&mut self.second) {
            given.open(words)?;
        }
        if let Some(settled) = &mut self.adjudication {
            settled.open(words)?;
        }
        Ok(self)
    }

    /// What the reader may see. A reviewer must not be led by the other, nor by us; and nobody else may carry to one
    /// what the other said while there is still something to rate. What the answer is and how it ended is shown with
    /// our verdict, which could be told from them.
    pub(crate) fn seen_by(self, review: &Review, reader: &str) -> Item {
        let settled = self.settled();
        let is_rated = self.pair().is_some();
        let is_open = review.state == State::Open;
        let (own, others, final_rating, shows_ours) = match review.place(reader) {
            Some(place) => {
                let (own, other) = if place == 0 { (self.first, self.second) } else { (self.second, self.first) };
                let others: Vec<Given> = other.filter(|_| is_rated).into_iter().collect();
                let shows_ours = own.is_some();
                (own, others, settled, shows_ours)
            }
            None if is_open => (None, Vec::new(), None, false),
            None => (None, self.first.into_iter().chain(self.second).collect(), settled, settled.is_some()),
        };
        Item {
            n: self.n,
            answer: Some(self.answer).filter(|_| shows_ours),
            statement: self.statement,
            stratum: Some(self.stratum).filter(|_| shows_ours),
            ours: Some(self.ours).filter(|_| shows_ours),
            own,
            others,
            adjudication: self.adjudication,
            final_rating,
        }
    }
}

/// One review.
pub(crate) fn review(connection: &Connection, id: &str) -> Result<Review> {
    let mut statement = connection.prepare_cached(&format!("{REVIEW} WHERE r.id = ?1"))?;
    let found = statement.query_row([id], head).optional()?;
    let (mut review, _) = found.ok_or(Error::Unknown)?;
    review.strata = strata(connection, id)?;
    Ok(review)
}

/// Reviews before `before`, newest first, with their places in the list.
pub(crate) fn reviews(connection: &Connection, before: i64, limit: u32) -> Result<Vec<(Review, i64)>> {
    let mut statement = connection.prepare_cached(&format!("{REVIEW} WHERE r.n < ?1 ORDER BY r.n DESC LIMIT ?2"))?;
    let rows = statement.query_map(params![before, limit], head)?;
    let mut found = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    for (review, _) in &mut found {
        review.strata = strata(connection, &review.id)?;
    }
    Ok(found)
}

/// One item.
pub(crate) fn line(connection: &Connection, review: &Review, n: u32) -> Result<Line> {
    let mut statement = connection.prepare_cached(&format!("{LINE} AND n = ?2"))?;
    let found = statement.query_row(params![review.id, n], |row| read(row, review)).optional()?;
    found.ok_or(Error::NoItem(n))
}

/// All items, in their order.
pub(crate) fn lines(connection: &Connection, review: &Review) -> Result<Vec<Line>> {
    let mut statement = connection.prepare_cached(&format!("{LINE} ORDER BY n"))?;
    let rows = statement.query_map([&review.id], |row| read(row, review))?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
}

/// Items after `after`; with `only_open` those alone that wait for the reader.
pub(crate) fn stretch(
    connection: &Connection,
    review: &Review,
    reader: &str,
    only_open: bool,
    limit: u32,
    after: u32,
) -> Result<Vec<Line>> {
    // Which items wait for a third person is told only when both have rated all: before, it would tell where they
    // differ.
    let waits = match review.place(reader) {
        _ if !only_open => "1",
        Some(0) => "rating_1 IS NULL",
        Some(_) => "rating_2 IS NULL",
        None if review.state == State::Adjudication => "agreed IS NULL AND rating_3 IS NULL",
        None => "0",
    };
    let sql = format!("{LINE} AND n > ?2 AND ({waits}) ORDER BY n LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![review.id, after, limit], |row| read(row, review))?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
}

fn strata(connection: &Connection, review: &str) -> Result<Vec<Stratum>> {
    let mut statement = connection.prepare_cached(
        "SELECT name, population, sampled, population_items, items FROM strata WHERE review = ?1 ORDER BY name",
    )?;
    let rows = statement.query_map([review], |row| {
        Ok(Stratum {
            name: row.get(0)?,
            population: row.get(1)?,
            sampled: row.get(2)?,
            population_items: row.get(3)?,
            items: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
}

/// A review without its strata, and its place in the list.
fn head(row: &Row<'_>) -> rusqlite::Result<(Review, i64)> {
    let signature = match row.get::<_, Option<String>>(15)? {
        None => None,
        Some(by) => Some(Signature {
            by,
            full_name: row.get(16)?,
            meaning: row.get(17)?,
            at: row.get(18)?,
            record_hash: row.get(19)?,
            signature: row.get(20)?,
        }),
    };
    let (items, first, second): (u32, u32, u32) = (row.get(11)?, row.get(12)?, row.get(13)?);
    let is_rated = first == items && second == items;
    // How many differ so far would tell a reviewer what the other said.
    let differences: u32 = if is_rated && signature.is_none() { row.get(14)? } else { 0 };
    let state = match (&signature, is_rated, differences) {
        (Some(_), ..) => State::Signed,
        (None, false, _) => State::Open,
        (None, true, 0) => State::Ready,
        (None, true, _) => State::Adjudication,
    };
    let review = Review {
        id: row.get(0)?,
        title: row.get(1)?,
        created_at: row.get(2)?,
        created_by: row.get(3)?,
        seed: row.get(4)?,
        from: row.get(5)?,
        to: row.get(6)?,
        size: row.get(7)?,
        strata: Vec::new(),
        reviewers: vec![row.get(8)?, row.get(9)?],
        adjudicator: row.get(10)?,
        state,
        items,
        rated: vec![first, second],
        differences,
        signature,
    };
    Ok((review, row.get(21)?))
}

fn read(row: &Row<'_>, review: &Review) -> rusqlite::Result<Line> {
    let adjudication = match row.get::<_, Option<String>>(28)? {
        None => None,
        Some(by) => Some(Adjudication {
            by,
            rating: row.get(29)?,
            at: row.get(30)?,
            reason: row.get(31)?,
            sealed: place(row, 32)?,
        }),
    };
    Ok(Line {
        n: row.get(0)?,
        answer: row.get(1)?,
        statement: row.get(2)?,
        stratum: row.get(3)?,
        ours: row.get(4)?,
        agreed: row.get(5)?,
        first: given(row, 6, review.reviewers.first())?,
        second: given(row, 17, review.reviewers.get(1))?,
        adjudication,
    })
}

/// The rating in the eleven columns from `column` on.
fn given(row: &Row<'_>, column: usize, by: Option<&String>) -> rusqlite::Result<Option<Given>> {
    let (Some(rating), Some(by)) = (row.get::<_, Option<Rating>>(column)?, by) else { return Ok(None) };
    let round: u32 = row.get(column + 5)?;
    let later = if round > 1 {
        Some(Remark {
            rating: row.get(column + 6)?,
            at: row.get(column + 7)?,
            comment: row.get(column + 8)?,
            sealed: place(row, column + 9)?,
        })
    } else {
        None
    };
    Ok(Some(Given {
        by: by.clone(),
        rating,
        at: row.get(column + 1)?,
        comment: row.get(column + 2)?,
        sealed: place(row, column + 3)?,
        round,
        later,
    }))
}

/// Where words lie sealed, by the two columns from `column` on.
fn place(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Place>> {
    let (entry, commitment): (Option<u64>, Option<String>) = (row.get(column)?, row.get(column + 1)?);
    Ok(entry.zip(commitment).map(|(entry, commitment)| Place { entry, commitment }))
}
