//! The record of a review in one canonical form, and its signature.

use aws_lc_rs::digest;
use rusqlite::{Connection, params};
use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::model::{Adjudication, Given, Rating, Review, State, Stratum};
use crate::sheet::{self, Line};
use crate::store::{Reviews, begin, filled};

/// The form of the record. A change of it is a new number: what was signed in the old form must still verify.
const RECORD_FORMAT: u32 = 1;

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

/// An item as the record has it: every rating that was given, the changed ones too.
#[derive(Serialize)]
pub(crate) struct RecordedItem<'a> {
    n: u32,
    answer: &'a str,
    statement: u32,
    stratum: &'a str,
    ours: &'a str,
    ratings: Vec<&'a Given>,
    adjudication: Option<&'a Adjudication>,
    #[serde(rename = "final")]
    final_rating: Option<Rating>,
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
    /// was given and every difference that was settled.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::State`] until everything is settled: it would tell one reviewer what the other
    /// said.
    pub fn record(&self, review: &str) -> Result<String> {
        let connection = self.lock();
        let review = settled(&connection, review)?;
        record(&connection, &review)
    }

    /// Signs the record. `record_hash` is the SHA-256 of the record that was read, hexadecimal; `meaning` is what the
    /// signature stands for. After it nothing changes.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Signed`]; [`Error::State`]; [`Error::RecordChanged`] when the hash is another's;
    /// [`Error::Empty`] or [`Error::TooLong`] of the name or the meaning.
    pub fn sign_off(
        &self,
        review: &str,
        who: &str,
        full_name: &str,
        meaning: &str,
        at: &str,
        record_hash: &str,
    ) -> Result<Review> {
        let full_name = filled("name", full_name)?;
        let meaning = filled("meaning", meaning)?;
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        let before = settled(&work, review)?;
        if before.state == State::Signed {
            return Err(Error::Signed);
        }
        let found = hex(&sha256(record(&work, &before)?.as_bytes()));
        if !found.eq_ignore_ascii_case(record_hash) {
            return Err(Error::RecordChanged);
        }
        let seal = seal(&Signed { review, by: who, full_name, meaning, at, record_hash: &found })?;
        work.execute(
            "INSERT INTO signatures (review, who, full_name, meaning, at, record_hash, seal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![review, who, full_name, meaning, at, found, seal],
        )?;
        let after = sheet::review(&work, review)?;
        work.commit()?;
        Ok(after)
    }

    /// Whether the record, the name, the time and the meaning are those that were signed: computed anew.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::State`] when it is not signed.
    pub fn verify_signature(&self, review: &str) -> Result<bool> {
        let connection = self.lock();
        let review = sheet::review(&connection, review)?;
        let Some(signed) = &review.signature else {
            return Err(Error::State { found: review.state, needed: State::Signed });
        };
        let found = hex(&sha256(record(&connection, &review)?.as_bytes()));
        let seal = seal(&Signed {
            review: &review.id,
            by: &signed.by,
            full_name: &signed.full_name,
            meaning: &signed.meaning,
            at: &signed.at,
            record_hash: &signed.record_hash,
        })?;
        Ok(found == signed.record_hash && seal == signed.signature)
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

/// Puts the ratings of each item beside it.
pub(crate) fn recorded<'a>(lines: &'a [Line], rounds: &'a [(u32, Given)]) -> Vec<RecordedItem<'a>> {
    let item = |line: &'a Line| RecordedItem {
        n: line.n,
        answer: &line.answer,
        statement: line.statement,
        stratum: &line.stratum,
        ours: &line.ours,
        ratings: rounds_of(rounds, line.n).iter().map(|(_, given)| given).collect(),
        adjudication: line.adjudication.as_ref(),
        final_rating: line.settled(),
    };
    lines.iter().map(item).collect()
}

/// The stretch of one item: they are in the order of the items.
fn rounds_of(rounds: &[(u32, Given)], n: u32) -> &[(u32, Given)] {
    let start = rounds.partition_point(|(item, _)| *item < n);
    let end = rounds.partition_point(|(item, _)| *item <= n);
    &rounds[start..end]
}

fn record(connection: &Connection, review: &Review) -> Result<String> {
    let lines = sheet::lines(connection, review)?;
    let rounds = sheet::rounds(connection, &review.id)?;
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
    let record = Record { format: RECORD_FORMAT, review: head, items: recorded(&lines, &rounds) };
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
