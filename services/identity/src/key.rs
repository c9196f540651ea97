//! Which programs may ask? Those that show a key of an account: `osler_<id>_<secret>`.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::Timestamp;
use knowledge::sha256_hex;
use rusqlite::{OptionalExtension, Row, TransactionBehavior, params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{How, Who, who};
use crate::account::one_line;
use crate::entropy::{self, SECRET_CHARS};
use crate::error::{Error, Result};
use crate::session::WRITE_EVERY_S;
use crate::{Identity, rfc3339};

/// Characters of a label, at most.
pub const MAX_LABEL_CHARS: usize = 80;

/// What a key begins with, so that scanners for leaked secrets know it.
const PREFIX: &str = "osler_";

/// Characters of a key's id.
const ID_CHARS: usize = 16;

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Key {
    /// Id: the second part of its text.
    pub id: String,
    /// What it is for.
    pub label: String,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// When it ends by itself, RFC 3339.
    pub expires_at: Option<String>,
    /// When it was revoked, RFC 3339.
    pub revoked_at: Option<String>,
    /// When it was last used, RFC 3339, to the minute.
    pub last_used_at: Option<String>,
}

/// What is compared when a key is shown.
struct Kept {
    account: String,
    secret_sha256: String,
    expires: Option<i64>,
    is_revoked: bool,
    last_used: Option<i64>,
}

const KEY: &str = "SELECT id, label, created_at, expires, revoked_at, last_used FROM keys";

impl Identity {
    /// Makes a key, and its text, which is shown this once.
    ///
    /// # Errors
    /// [`Error::UnknownAccount`], [`Error::Label`] or [`Error::Expiry`]; [`Error::Sqlite`].
    pub fn add_key(
        &self,
        account: &str,
        label: &str,
        expires: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(Key, String)> {
        self.add_key_on_record(account, label, expires, now, |_| Ok(()))
    }

    /// The same, once it is on record: `record` is told the id that the key is to have. Where it fails there is none.
    ///
    /// # Errors
    /// As [`Identity::add_key`], and what `record` fails with.
    pub fn add_key_on_record<E: From<Error>>(
        &self,
        account: &str,
        label: &str,
        expires: Option<Timestamp>,
        now: Timestamp,
        record: impl FnOnce(&str) -> std::result::Result<(), E>,
    ) -> std::result::Result<(Key, String), E> {
        let label = one_line(label, MAX_LABEL_CHARS).ok_or(Error::Label)?;
        let expires = expires.map(Timestamp::as_second);
        if expires.is_some_and(|expires| expires <= now.as_second()) {
            return Err(Error::Expiry.into());
        }
        let mut bytes = [0; ID_CHARS / 2];
        self.entropy.fill(&mut bytes);
        let id: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let secret = entropy::secret(self.entropy.as_ref());
        let mut connection = self.lock();
        let work = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Error::from)?;
        let added = work.execute(
            "INSERT INTO keys (id, account, label, secret_sha256, created_at, expires)
             SELECT ?1, id, ?3, ?4, ?5, ?6 FROM accounts WHERE id = ?2",
            params![id, account, label, sha256_hex(secret.as_bytes()), rfc3339(now.as_second()), expires],
        );
        if added.map_err(Error::from)? == 0 {
            return Err(Error::UnknownAccount.into());
        }
        let made = work.query_row(&format!("{KEY} WHERE id = ?1"), [&id], key).map_err(Error::from)?;
        record(&id)?;
        work.commit().map_err(Error::from)?;
        Ok((made, format!("{PREFIX}{id}_{secret}")))
    }

    /// The keys of an account, those that have ended, too.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn keys(&self, account: &str) -> Result<Vec<Key>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&format!("{KEY} WHERE account = ?1 ORDER BY created_at, id"))?;
        let keys = statement.query_map([account], key)?;
        Ok(keys.collect::<rusqlite::Result<_>>()?)
    }

    /// Ends a key of the account. The first time stands.
    ///
    /// # Errors
    /// [`Error::UnknownKey`] when the account has none of that id; [`Error::Sqlite`].
    pub fn revoke_key(&self, account: &str, id: &str, now: Timestamp) -> Result<()> {
        let revoked = self.lock().execute(
            "UPDATE keys SET revoked_at = coalesce(revoked_at, ?3) WHERE account = ?1 AND id = ?2",
            params![account, id, rfc3339(now.as_second())],
        )?;
        if revoked == 1 { Ok(()) } else { Err(Error::UnknownKey) }
    }

    /// Whose key this is, with the roles of now; `None` when it is none, or has ended.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn by_key(&self, text: &str, now: Timestamp) -> Result<Option<Who>> {
        let Some((id, secret)) = parts(text) else {
            return Ok(None);
        };
        let now_s = now.as_second();
        let connection = self.lock();
        let sql = "SELECT account, secret_sha256, expires, revoked_at IS NOT NULL, last_used FROM keys WHERE id = ?1";
        let found = connection.query_row(sql, [id], |row| {
            Ok(Kept {
                account: row.get(0)?,
                secret_sha256: row.get(1)?,
                expires: row.get(2)?,
                is_revoked: row.get(3)?,
                last_used: row.get(4)?,
            })
        });
        let Some(kept) = found.optional()? else {
            return Ok(None);
        };
        let hash = sha256_hex(secret.as_bytes());
        let is_right = verify_slices_are_equal(hash.as_bytes(), kept.secret_sha256.as_bytes()).is_ok();
        let has_ended = kept.is_revoked || kept.expires.is_some_and(|expires| expires <= now_s);
        if !is_right || has_ended {
            return Ok(None);
        }
        let who = who(&connection, &kept.account, How::Key)?;
        if who.is_some() && kept.last_used.is_none_or(|last_used| now_s - last_used >= WRITE_EVERY_S) {
            connection.execute("UPDATE keys SET last_used = ?2 WHERE id = ?1", params![id, now_s])?;
        }
        Ok(who)
    }
}

/// Id and secret, where the text has the form of a key. The secret may hold `_`, the id may not.
fn parts(text: &str) -> Option<(&str, &str)> {
    let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
    let is_id = id.len() == ID_CHARS && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_id && secret.len() == SECRET_CHARS).then_some((id, secret))
}

fn key(row: &Row<'_>) -> rusqlite::Result<Key> {
    let (expires, last_used): (Option<i64>, Option<i64>) = (row.get(3)?, row.get(5)?);
    Ok(Key {
        id: row.get(0)?,
        label: row.get(1)?,
        created_at: row.get(2)?,
        expires_at: expires.map(rfc3339),
        revoked_at: row.get(4)?,
        last_used_at: last_used.map(rfc3339),
    })
}
