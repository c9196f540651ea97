//! What is said of an item: by the two reviewers, and by the third person where they differ.

use rusqlite::params;

use crate::error::{Error, Result};
use crate::model::{Item, Rating, State};
use crate::sheet;
use crate::store::{Reviews, begin, bounded, filled};

impl Reviews {
    /// Rates an item. Until the other reviewer has rated it as well, another rating may follow: it counts instead, and
    /// the earlier one is kept. The same rating again changes nothing. The item comes back as the reviewer may now see
    /// it.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::NoItem`]; [`Error::NotReviewer`]; [`Error::Signed`]; [`Error::Stands`] when both
    /// have rated it; [`Error::TooLong`] of the comment.
    pub fn rate(
        &self,
        review: &str,
        n: u32,
        who: &str,
        rating: Rating,
        comment: Option<&str>,
        at: &str,
    ) -> Result<Item> {
        let comment = bounded("comment", comment.unwrap_or_default())?;
        let comment = Some(comment).filter(|text| !text.is_empty());
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        let before = sheet::review(&work, review)?;
        if before.state == State::Signed {
            return Err(Error::Signed);
        }
        let place = before.place(who).ok_or(Error::NotReviewer)?;
        let line = sheet::line(&work, &before, n)?;
        let (own, other) = if place == 0 { (&line.first, &line.second) } else { (&line.second, &line.first) };
        let is_same = |given: &crate::Given| given.rating == rating && given.comment.as_deref() == comment;
        if !own.as_ref().is_some_and(is_same) {
            if own.is_some() && other.is_some() {
                return Err(Error::Stands(n));
            }
            let round = own.as_ref().map_or(0, |given| given.round) + 1;
            work.execute(
                "INSERT INTO ratings (review, item, reviewer, round, rating, comment, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![review, n, who, round, rating.name(), comment, at],
            )?;
        }
        let after = sheet::review(&work, review)?;
        let item = sheet::line(&work, &after, n)?.seen_by(&after, who);
        work.commit()?;
        Ok(item)
    }

    /// Settles a difference, when both have rated everything. Who settles the first settles them all, unless somebody
    /// was named when the review was made.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::NoItem`]; [`Error::Signed`]; [`Error::State`] while items wait to be rated;
    /// [`Error::AdjudicatorIsReviewer`]; [`Error::OtherAdjudicator`]; [`Error::Agreed`]; [`Error::Stands`] when it is
    /// settled; [`Error::Empty`] or [`Error::TooLong`] of the reason.
    pub fn adjudicate(&self, review: &str, n: u32, who: &str, rating: Rating, reason: &str, at: &str) -> Result<Item> {
        let reason = filled("reason", reason)?;
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        let before = sheet::review(&work, review)?;
        if before.state == State::Signed {
            return Err(Error::Signed);
        }
        if before.place(who).is_some() {
            return Err(Error::AdjudicatorIsReviewer);
        }
        if before.adjudicator.as_deref().is_some_and(|named| named != who) {
            return Err(Error::OtherAdjudicator);
        }
        if before.state == State::Open {
            return Err(Error::State { found: before.state, needed: State::Adjudication });
        }
        let line = sheet::line(&work, &before, n)?;
        if !line.differs() {
            return Err(Error::Agreed(n));
        }
        if line.adjudication.is_some() {
            return Err(Error::Stands(n));
        }
        work.execute(
            "UPDATE reviews SET adjudicator = ?2 WHERE id = ?1 AND adjudicator IS NULL",
            params![review, who],
        )?;
        work.execute(
            "INSERT INTO adjudications (review, item, who, rating, reason, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![review, n, who, rating.name(), reason, at],
        )?;
        let after = sheet::review(&work, review)?;
        let item = sheet::line(&work, &after, n)?.seen_by(&after, who);
        work.commit()?;
        Ok(item)
    }
}
