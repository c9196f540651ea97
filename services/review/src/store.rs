//! The reviews: how one is made, and how it is read.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::error::{Error, Result};
use crate::model::{Item, ItemPage, MAX_TEXT_CHARS, NewReview, Page, Review, Stratum};
use crate::sample::{Candidate, distinct, sample};
use crate::words::Words;
use crate::{schema, sheet};

/// The reviews.
#[derive(Debug)]
pub struct Reviews {
    connection: Mutex<Connection>,
}

impl Reviews {
    /// Opens the file, creating it where there is none.
    ///
    /// # Errors
    /// [`Error::Open`] or [`Error::Format`].
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self { connection: Mutex::new(schema::open(path)?) })
    }

    /// Draws the sample as [`sample`] does, and keeps it as a review. `ours` has our verdicts of each drawn answer by
    /// its id: one for each statement in their order, or a single one of an answer without statements. `log` puts the
    /// review on record before there is one: where it fails, there is none.
    ///
    /// # Errors
    /// [`Error::Empty`] or [`Error::TooLong`] of the title; [`Error::Reviewers`]; [`Error::AdjudicatorIsReviewer`];
    /// [`Error::EmptySample`]; [`Error::Verdicts`]; [`Error::Sqlite`], also when the id is taken; what `log` fails with.
    pub fn create<E: From<Error>>(
        &self,
        new: &NewReview,
        candidates: &[Candidate],
        ours: &BTreeMap<String, Vec<String>>,
        log: impl FnOnce(&Review) -> Result<(), E>,
    ) -> Result<Review, E> {
        check(new)?;
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        let review = insert(&work, new, candidates, ours)?;
        log(&review)?;
        work.commit().map_err(Error::from)?;
        Ok(review)
    }

    /// The reviews before `before`, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn list(&self, limit: u32, before: Option<i64>) -> Result<Page> {
        let found = sheet::reviews(&self.lock(), before.unwrap_or(i64::MAX), limit)?;
        let is_full = u32::try_from(found.len()) == Ok(limit);
        let next = found.last().filter(|_| is_full).map(|(_, place)| *place);
        Ok(Page { reviews: found.into_iter().map(|(review, _)| review).collect(), next })
    }

    /// One review.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is none of that id.
    pub fn get(&self, review: &str) -> Result<Review> {
        sheet::review(&self.lock(), review)
    }

    /// Items after number `after`, at most `limit`, as `reader` may see them; with `only_open` those alone that wait
    /// for the reader: to be rated by a reviewer, or to be settled by a third person.
    ///
    /// # Errors
    /// As [`Reviews::get`]; [`Error::Words`].
    pub fn items(
        &self,
        review: &str,
        reader: &str,
        only_open: bool,
        limit: u32,
        after: Option<u32>,
        words: &dyn Words,
    ) -> Result<ItemPage> {
        let connection = self.lock();
        let review = sheet::review(&connection, review)?;
        let lines = sheet::stretch(&connection, &review, reader, only_open, limit, after.unwrap_or(0))?;
        let is_full = u32::try_from(lines.len()) == Ok(limit);
        let next = lines.last().filter(|_| is_full).map(|line| line.n);
        let seen = lines.into_iter().map(|line| line.seen_by(&review, reader).opened(words));
        Ok(ItemPage { items: seen.collect::<Result<_>>()?, next })
    }

    /// One item as `reader` may see it.
    ///
    /// # Errors
    /// As [`Reviews::get`]; [`Error::NoItem`]; [`Error::Words`].
    pub fn item(&self, review: &str, n: u32, reader: &str, words: &dyn Words) -> Result<Item> {
        seen(&self.lock(), review, n, reader, words)
    }

    /// The id of the answer that an item is of, for whoever fetches what is to be judged: a reader may not see it yet.
    ///
    /// # Errors
    /// As [`Reviews::get`]; [`Error::NoItem`].
    pub fn answer(&self, review: &str, n: u32) -> Result<String> {
        let connection = self.lock();
        let review = sheet::review(&connection, review)?;
        Ok(sheet::line(&connection, &review, n)?.answer)
    }

    /// Whether the account is a reviewer where something waits to be rated, by it or by the other: until both have rated
    /// everything, it must not read what would tell it more than its items do.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn is_blind(&self, account: &str) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM reviews r WHERE ?1 IN (r.reviewer_1, r.reviewer_2)
                     AND (SELECT count(*) FROM ratings t WHERE t.review = r.id AND t.round = 1)
                       < 2 * (SELECT count(*) FROM items i WHERE i.review = r.id))";
        let connection = self.lock();
        let mut statement = connection.prepare_cached(sql)?;
        Ok(statement.query_row([account], |row| row.get(0))?)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One item as `reader` may see it.
pub(crate) fn seen(connection: &Connection, review: &str, n: u32, reader: &str, words: &dyn Words) -> Result<Item> {
    let review = sheet::review(connection, review)?;
    sheet::line(connection, &review, n)?.seen_by(&review, reader).opened(words)
}

/// Takes the pen at once: what is read before writing must still hold when it is written.
pub(crate) fn begin(connection: &mut Connection) -> Result<Transaction<'_>> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

/// The text without the space around it, when it is not too long.
pub(crate) fn bounded<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    let text = text.trim();
    if text.chars().count() > MAX_TEXT_CHARS { Err(Error::TooLong(what)) } else { Ok(text) }
}

/// The same of a text that must say something.
pub(crate) fn filled<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    let text = bounded(what, text)?;
    if text.is_empty() { Err(Error::Empty(what)) } else { Ok(text) }
}

fn check(new: &NewReview) -> Result<()> {
    filled("title", &new.title)?;
    let [first, second] = &new.reviewers;
    if first == second || first.trim().is_empty() || second.trim().is_empty() {
        return Err(Error::Reviewers);
    }
    if new.adjudicator.as_ref().is_some_and(|third| new.reviewers.contains(third)) {
        return Err(Error::AdjudicatorIsReviewer);
    }
    Ok(())
}

fn insert(
    work: &Connection,
    new: &NewReview,
    candidates: &[Candidate],
    ours: &BTreeMap<String, Vec<String>>,
) -> Result<Review> {
    let drawn = sample(candidates, new.size, &new.seed);
    if drawn.is_empty() {
        return Err(Error::EmptySample);
    }
    let [first, second] = &new.reviewers;
    work.execute(
        "INSERT INTO reviews (id, n, title, created_at, created_by, seed, range_from, range_to, size, reviewer_1,
         reviewer_2, adjudicator)
         VALUES (?1, (SELECT coalesce(max(n), 0) + 1 FROM reviews), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            new.id,
            filled("title", &new.title)?,
            new.created_at,
            new.created_by,
            new.seed.to_string(),
            new.from,
            new.to,
            new.size,
            first,
            second,
            new.adjudicator
        ],
    )?;
    for stratum in strata(candidates, &drawn) {
        work.execute(
            "INSERT INTO strata (review, name, population, sampled, population_items, items)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![new.id, stratum.name, stratum.population, stratum.sampled, stratum.population_items, stratum.items],
        )?;
    }
    let mut n = 0_u32;
    for candidate in &drawn {
        let verdicts = ours.get(&candidate.answer).map(Vec::as_slice).unwrap_or_default();
        if u32::try_from(verdicts.len()) != Ok(candidate.items()) {
            let answer = candidate.answer.clone();
            return Err(Error::Verdicts { answer, expected: candidate.items(), found: verdicts.len() });
        }
        for (place, verdict) in (u32::from(candidate.statements > 0)..).zip(verdicts) {
            n += 1;
            work.execute(
                "INSERT INTO items (review, n, answer, statement, stratum, ours) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![new.id, n, candidate.answer, place, candidate.stratum, verdict],
            )?;
        }
    }
    sheet::review(work, &new.id)
}

/// What was drawn from, by name.
fn strata(candidates: &[Candidate], drawn: &[Candidate]) -> Vec<Stratum> {
    let mut strata: BTreeMap<&str, Stratum> = BTreeMap::new();
    for candidate in distinct(candidates) {
        let stratum = strata.entry(&candidate.stratum).or_insert_with(|| Stratum {
            name: candidate.stratum.clone(),
            population: 0,
            sampled: 0,
            population_items: 0,
            items: 0,
        });
        stratum.population += 1;
        stratum.population_items += u64::from(candidate.items());
    }
    for candidate in drawn {
        if let Some(stratum) = strata.get_mut(candidate.stratum.as_str()) {
            stratum.sampled += 1;
            stratum.items += u64::from(candidate.items());
        }
    }
    strata.into_values().collect()
}
