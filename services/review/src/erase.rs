//! Words that are destroyed. Those that the log keeps sealed go there, with the words of their answer; here go those that a
//! file of format 1 had in clear.

use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::model::Review;
use crate::sheet;
use crate::sign::{is_as_signed, record_hash};
use crate::store::{Reviews, begin};

/// Items of an answer, in SQL.
const ITEMS: &str = "(review, item) IN (SELECT review, n FROM items WHERE answer = ?1)";

impl Reviews {
    /// Destroys comments on an answer, and reasons of decisions about it, where they stand in clear: to be called
    /// whenever the words of an answer are. Ratings stay. Of a review that is signed, it is kept what the record comes
    /// to without them, if it was as signed until then.
    ///
    /// # Errors
    /// [`Error::StillRead`] when another program keeps the old pages alive: then it must be called again.
    pub fn forget(&self, answer: &str) -> Result<()> {
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        let signed = signed_with_words(&work, answer)?;
        work.execute(&format!("UPDATE ratings SET comment = NULL WHERE comment IS NOT NULL AND {ITEMS}"), [answer])?;
        work.execute(&format!("UPDATE adjudications SET reason = '' WHERE reason <> '' AND {ITEMS}"), [answer])?;
        for (review, is_sound) in signed {
            // What was tampered with before must not come to look sound by it.
            let hash = if is_sound { record_hash(&work, &review)? } else { "not as signed".to_owned() };
            work.execute(
                "INSERT INTO erasures (review, n, record_hash)
                 VALUES (?1, (SELECT coalesce(max(n), 0) + 1 FROM erasures WHERE review = ?1), ?2)",
                params![review.id, hash],
            )?;
        }
        work.commit()?;
        // The write-ahead log still has the pages as they were.
        let is_busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if is_busy { Err(Error::StillRead) } else { Ok(()) }
    }
}

/// The signed reviews that have words of the answer in clear, and whether they are as they were signed.
fn signed_with_words(connection: &Connection, answer: &str) -> Result<Vec<(Review, bool)>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT i.review FROM items i JOIN signatures s ON s.review = i.review WHERE i.answer = ?1 AND (
           EXISTS (SELECT 1 FROM ratings t WHERE t.review = i.review AND t.item = i.n AND t.comment IS NOT NULL)
           OR EXISTS (SELECT 1 FROM adjudications j WHERE j.review = i.review AND j.item = i.n AND j.reason <> ''))
         ORDER BY i.review",
    )?;
    let ids = statement.query_map([answer], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let review = sheet::review(connection, &id)?;
        let is_sound = match &review.signature {
            Some(signed) => is_as_signed(connection, &review, signed)?,
            None => false,
        };
        found.push((review, is_sound));
    }
    Ok(found)
}
