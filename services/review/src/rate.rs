//! What is said of an item: by the two reviewers, and by the third person where they differ.

use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::model::{Item, Rating, State};
use crate::sheet::{self, Line};
use crate::sign::{hex, sha256};
use crate::store::{Reviews, begin, bounded, filled, seen};
use crate::words::{Recorded, ToRecord, Words};

/// A rating with its comment, or a decision with its reason.
#[derive(Debug, Clone, Copy)]
pub struct Judgement<'a> {
    /// Id of the review.
    pub review: &'a str,
    /// Number of the item.
    pub n: u32,
    /// Account.
    pub who: &'a str,
    /// The rating.
    pub rating: Rating,
    /// The comment or the reason.
    pub words: Option<&'a str>,
    /// When, RFC 3339.
    pub at: &'a str,
    /// Drawn by chance, for this judgement alone: without it nobody tells the rating from the commitment in the log.
    pub salt: [u8; 32],
}

impl Judgement<'_> {
    /// What the log may have of the rating while nobody is to know it.
    fn commitment(&self) -> String {
        let mut bytes = self.salt.to_vec();
        bytes.extend_from_slice(self.rating.name().as_bytes());
        hex(&sha256(&bytes))
    }
}

impl Reviews {
    /// Rates an item. Until the other reviewer has rated it as well, another rating may follow: a remark, as the
    /// reviewer has seen our verdict by then. The same rating again changes nothing. `log` puts the rating on record
    /// before it is kept, and where it fails, it is not kept. The item comes back as the reviewer may now see it.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::NoItem`]; [`Error::NotReviewer`]; [`Error::Signed`]; [`Error::Stands`] when both
    /// have rated it; [`Error::TooLong`] of the comment; [`Error::Words`]; what `log` fails with.
    pub fn rate<E: From<Error>>(
        &self,
        judgement: &Judgement<'_>,
        words: &dyn Words,
        log: impl FnOnce(&ToRecord<'_>) -> Result<Recorded, E>,
    ) -> Result<Item, E> {
        let comment = bounded("comment", judgement.words.unwrap_or_default())?;
        let comment = Some(comment).filter(|text| !text.is_empty());
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        if let Some((line, round)) = next_round(&work, judgement, comment, words)? {
            let told = ToRecord { answer: line.answer, round, commitment: judgement.commitment(), words: comment };
            let recorded = log(&told)?;
            insert_rating(&work, judgement, round, &recorded)?;
        }
        let item = seen(&work, judgement.review, judgement.n, judgement.who, words)?;
        work.commit().map_err(Error::from)?;
        Ok(item)
    }

    /// Settles a difference, when both have rated everything. Who settles the first settles them all, unless somebody
    /// was named when the review was made. `log` puts the decision on record before it is kept, and where it fails, it
    /// is not kept.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::NoItem`]; [`Error::Signed`]; [`Error::State`] while items wait to be rated;
    /// [`Error::AdjudicatorIsReviewer`]; [`Error::OtherAdjudicator`]; [`Error::Agreed`]; [`Error::Stands`] when it is
    /// settled; [`Error::Empty`] or [`Error::TooLong`] of the reason; [`Error::Words`]; what `log` fails with.
    pub fn adjudicate<E: From<Error>>(
        &self,
        judgement: &Judgement<'_>,
        words: &dyn Words,
        log: impl FnOnce(&ToRecord<'_>) -> Result<Recorded, E>,
    ) -> Result<Item, E> {
        let reason = filled("reason", judgement.words.unwrap_or_default())?;
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        let line = difference(&work, judgement)?;
        let commitment = judgement.commitment();
        let recorded = log(&ToRecord { answer: line.answer, round: 1, commitment, words: Some(reason) })?;
        insert_decision(&work, judgement, &recorded)?;
        let item = seen(&work, judgement.review, judgement.n, judgement.who, words)?;
        work.commit().map_err(Error::from)?;
        Ok(item)
    }
}

/// The item and the round that the rating is of; nothing when it is what was said last.
fn next_round(
    connection: &Connection,
    judgement: &Judgement<'_>,
    comment: Option<&str>,
    words: &dyn Words,
) -> Result<Option<(Line, u32)>> {
    let review = sheet::review(connection, judgement.review)?;
    if review.state == State::Signed {
        return Err(Error::Signed);
    }
    let place = review.place(judgement.who).ok_or(Error::NotReviewer)?;
    let line = sheet::line(connection, &review, judgement.n)?.opened(words)?;
    let (own, other) = if place == 0 { (&line.first, &line.second) } else { (&line.second, &line.first) };
    let Some(own) = own else { return Ok(Some((line, 1))) };
    let (rating, said) = match &own.later {
        Some(later) => (later.rating, &later.comment),
        None => (own.rating, &own.comment),
    };
    if rating == judgement.rating && said.as_deref() == comment {
        return Ok(None);
    }
    if other.is_some() {
        return Err(Error::Stands(judgement.n));
    }
    let round = own.round + 1;
    Ok(Some((line, round)))
}

/// The item, when it waits to be settled, and by this account.
fn difference(connection: &Connection, judgement: &Judgement<'_>) -> Result<Line> {
    let review = sheet::review(connection, judgement.review)?;
    if review.state == State::Signed {
        return Err(Error::Signed);
    }
    if review.place(judgement.who).is_some() {
        return Err(Error::AdjudicatorIsReviewer);
    }
    if review.adjudicator.as_deref().is_some_and(|named| named != judgement.who) {
        return Err(Error::OtherAdjudicator);
    }
    if review.state == State::Open {
        return Err(Error::State { found: review.state, needed: State::Adjudication });
    }
    let line = sheet::line(connection, &review, judgement.n)?;
    if !line.differs() {
        return Err(Error::Agreed(judgement.n));
    }
    if line.adjudication.is_some() {
        return Err(Error::Stands(judgement.n));
    }
    Ok(line)
}

fn insert_rating(work: &Connection, judgement: &Judgement<'_>, round: u32, recorded: &Recorded) -> Result<()> {
    let Judgement { review, n, who, rating, at, salt, .. } = judgement;
    work.execute(
        "INSERT INTO ratings (review, item, reviewer, round, rating, at, entry, salt, words)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![review, n, who, round, rating.name(), at, recorded.entry, hex(salt), recorded.words],
    )?;
    Ok(())
}

fn insert_decision(work: &Connection, judgement: &Judgement<'_>, recorded: &Recorded) -> Result<()> {
    let Judgement { review, n, who, rating, at, salt, .. } = judgement;
    work.execute("UPDATE reviews SET adjudicator = ?2 WHERE id = ?1 AND adjudicator IS NULL", params![review, who])?;
    work.execute(
        "INSERT INTO adjudications (review, item, who, rating, reason, at, entry, salt, words)
         VALUES (?1, ?2, ?3, ?4, '', ?5, ?6, ?7, ?8)",
        params![review, n, who, rating.name(), at, recorded.entry, hex(salt), recorded.words],
    )?;
    Ok(())
}
