//! The record of a review in one canonical form, and its signature.

use aws_lc_rs::digest;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::model::{Review, Signature, State, Stratum};
use crate::recorded::{Items, RecordedItem};
use crate::sheet;
use crate::store::{Reviews, begin, filled};

/// The form of the record. A change of it is a new number: what was signed in the old form must still verify. In form 1 the
/// last rating counted, and comments stood in clear; since form 2 the first counts, and of comments the record has
/// commitments, so that they can be erased.
const RECORD_FORMAT: u32 = 2;

/// What is signed: everything but the signature.
#[derive(Serialize)]
struct Record<'a> {
    format: u32,
    review: Head<'a>,
    items: Vec<RecordedItem<'a>>,
}

#[derive(Serialize)]
struct Head<'a> {
    id: &'a str,
    title: &'a str,
    created_at: &'a str,
    created_by: &'a str,
    seed: &'a str,
    from: &'a str,
    to: &'a str,
    size: u32,
    strata: &'a [Stratum],
    reviewers: &'a [String],
    adjudicator: Option<&'a str>,
}

/// A signature to be.
#[derive(Debug, Clone, Copy)]
pub struct SignOff<'a> {
    /// Id of the review.
    pub review: &'a str,
    /// Account.
    pub who: &'a str,
    /// Printed name.
    pub full_name: &'a str,
    /// What the signature stands for.
    pub meaning: &'a str,
    /// When, RFC 3339.
    pub at: &'a str,
    /// SHA-256 of the record that was read, hexadecimal.
    pub record_hash: &'a str,
}

/// What the signature covers.
#[derive(Serialize)]
struct Signed<'a> {
    review: &'a str,
    by: &'a str,
    full_name: &'a str,
    meaning: &'a str,
    at: &'a str,
    record_hash: &'a str,
}

impl Reviews {
    /// The record that is signed: canonical JSON (keys in order, no space) of the review, its items, every rating that
    /// was given and every difference that was settled. What the log only had a commitment to is opened by it: the
    /// commitment in the entry of a rating is the SHA-256 of its salt and its name.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::State`] until everything is settled: it would tell one reviewer what the other
    /// said.
    pub fn record(&self, review: &str) -> Result<String> {
        let connection = self.lock();
        let review = settled(&connection, review)?;
        record(&connection, &review)
    }

    /// Signs the record. After it nothing changes. `log` puts the signature on record, with the hash of what is signed,
    /// before there is one: where it fails, there is none.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Signed`]; [`Error::State`]; [`Error::RecordChanged`] when the hash is another's;
    /// [`Error::Empty`] or [`Error::TooLong`] of the name or the meaning; what `log` fails with.
    pub fn sign_off<E: From<Error>>(
        &self,
        signing: &SignOff<'_>,
        log: impl FnOnce(&str) -> Result<(), E>,
    ) -> Result<Review, E> {
        let full_name = filled("name", signing.full_name)?;
        let meaning = filled("meaning", signing.meaning)?;
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        let found = to_sign(&work, signing)?;
        log(&found)?;
        let review = sign(&work, &SignOff { full_name, meaning, record_hash: &found, ..*signing })?;
        work.commit().map_err(Error::from)?;
        Ok(review)
    }

    /// Whether the record, the name, the time and the meaning are those that were signed: computed anew. Where words
    /// that were signed in clear have been erased since, the record must be what it was without them.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::State`] when it is not signed.
    pub fn verify_signature(&self, review: &str) -> Result<bool> {
        let connection = self.lock();
        let review = sheet::review(&connection, review)?;
        let Some(signed) = &review.signature else {
            return Err(Error::State { found: review.state, needed: State::Signed });
        };
        is_as_signed(&connection, &review, signed)
    }
}

/// The review, when everything in it is settled.
pub(crate) fn settled(connection: &Connection, review: &str) -> Result<Review> {
    let review = sheet::review(connection, review)?;
    match review.state {
        State::Ready | State::Signed => Ok(review),
        found => Err(Error::State { found, needed: State::Ready }),
    }
}

/// The hash of the record, when it may be signed and is the one that was read.
fn to_sign(connection: &Connection, signing: &SignOff<'_>) -> Result<String> {
    let review = settled(connection, signing.review)?;
    if review.state == State::Signed {
        return Err(Error::Signed);
    }
    let found = record_hash(connection, &review)?;
    if found.eq_ignore_ascii_case(signing.record_hash) { Ok(found) } else { Err(Error::RecordChanged) }
}

fn sign(connection: &Connection, signing: &SignOff<'_>) -> Result<Review> {
    let SignOff { review, who, full_name, meaning, at, record_hash } = *signing;
    let seal = seal(&Signed { review, by: who, full_name, meaning, at, record_hash })?;
    connection.execute(
        "INSERT INTO signatures (review, who, full_name, meaning, at, record_hash, seal, format)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![review, who, full_name, meaning, at, record_hash, seal, RECORD_FORMAT],
    )?;
    sheet::review(connection, review)
}

/// Whether the record is the one that was signed, but for words that were erased.
pub(crate) fn is_as_signed(connection: &Connection, review: &Review, signed: &Signature) -> Result<bool> {
    let sql = "SELECT record_hash FROM erasures WHERE review = ?1 ORDER BY n DESC LIMIT 1";
    let without = connection.prepare_cached(sql)?.query_row([&review.id], |row| row.get::<_, String>(0)).optional()?;
    let found = record_hash(connection, review)?;
    let seal = seal(&Signed {
        review: &review.id,
        by: &signed.by,
        full_name: &signed.full_name,
        meaning: &signed.meaning,
        at: &signed.at,
        record_hash: &signed.record_hash,
    })?;
    Ok(found == without.unwrap_or_else(|| signed.record_hash.clone()) && seal == signed.signature)
}

/// SHA-256 of the record, hexadecimal.
pub(crate) fn record_hash(connection: &Connection, review: &Review) -> Result<String> {
    Ok(hex(&sha256(record(connection, review)?.as_bytes())))
}

fn record(connection: &Connection, review: &Review) -> Result<String> {
    let signed_in = connection
        .prepare_cached("SELECT format FROM signatures WHERE review = ?1")?
        .query_row([&review.id], |row| row.get::<_, u32>(0))
        .optional()?;
    let items = Items::of(connection, review)?;
    let head = Head {
        id: &review.id,
        title: &review.title,
        created_at: &review.created_at,
        created_by: &review.created_by,
        seed: &review.seed,
        from: &review.from,
        to: &review.to,
        size: review.size,
        strata: &review.strata,
        reviewers: &review.reviewers,
        adjudicator: review.adjudicator.as_deref(),
    };
    let record = Record { format: signed_in.unwrap_or(RECORD_FORMAT), review: head, items: items.recorded() };
    Ok(canonical(&serde_json::to_value(&record)?))
}

/// Binds who signed, as what and when to the record.
fn seal(signed: &Signed<'_>) -> Result<String> {
    Ok(hex(&sha256(canonical(&serde_json::to_value(signed)?).as_bytes())))
}

/// JSON with the keys of every object in order and no space.
pub(crate) fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_unstable_by(|one, other| one.0.cmp(other.0));
            out.push('{');
            for (n, (key, field)) in fields.into_iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(field, out);
            }
            out.push('}');
        }
        Value::Array(members) => {
            out.push('[');
            for (n, member) in members.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write(member, out);
            }
            out.push(']');
        }
        leaf => out.push_str(&leaf.to_string()),
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_value_has_one_text() {
        let one = json!({ "b": [1, { "z": null, "a": "ä\n\"" }], "a": true });
        let other = json!({ "a": true, "b": [1, { "a": "ä\n\"", "z": null }] });
        assert_eq!(canonical(&one), canonical(&other));
        assert_eq!(canonical(&one), r#"{"a":true,"b":[1,{"a":"ä\n\"","z":null}]}"#);
    }

    #[test]
    fn sha256_is_that_of_the_standard() {
        // FIPS 180-4, the example of one block.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(&sha256(b"abc")), abc);
    }
}
