//! Is somebody still signed in? Until they leave, nobody used it for a while, the day is over, or the house's identity provider
//! is to be asked again.

use jiff::{SignedDuration, Timestamp};
use knowledge::sha256_hex;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::access::{How, Who, who};
use crate::entropy::{self, SECRET_CHARS};
use crate::error::{Error, Result};
use crate::login::LOGIN_S;
use crate::sign_in::SignedIn;
use crate::{Identity, Settings};

/// How often a use is written down, at most.
pub(crate) const WRITE_EVERY_S: i64 = 60;

/// A name that nobody tried for so long begins anew.
const FORGET_FAILURES_S: i64 = 24 * 60 * 60;

impl Identity {
    /// Begins a session for an account that the identity provider vouched for. It lasts as long as such sessions may.
    ///
    /// # Errors
    /// [`Error::Disabled`] when it is, or is gone; [`Error::Sqlite`].
    pub fn begin_session(&self, account: &str, now: Timestamp) -> Result<SignedIn> {
        let secret = entropy::secret(self.entropy.as_ref());
        let mut connection = self.lock();
        let work = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if !begin(&work, &secret, account, None, now.as_second())? {
            return Err(Error::Disabled);
        }
        let who = who(&work, account, How::Session)?.ok_or(Error::Disabled)?;
        work.commit()?;
        Ok(SignedIn { secret, who })
    }

    /// Who is signed in with this secret, with the roles of now; `None` when the session has ended or never was.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn session(&self, secret: &str, now: Timestamp) -> Result<Option<Who>> {
        if secret.len() != SECRET_CHARS {
            return Ok(None);
        }
        let (hash, now_s) = (sha256_hex(secret.as_bytes()), now.as_second());
        let connection = self.lock();
        let sql = "SELECT account, began, last_seen, vouched FROM sessions WHERE secret_sha256 = ?1";
        let found = connection.query_row(sql, [&hash], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, row.get::<_, Option<i64>>(3)?))
        });
        let Some((account, began, last_seen, vouched)) = found.optional()? else {
            return Ok(None);
        };
        let Settings { session_idle, session_max, provider_session_max, .. } = &self.settings;
        let is_over = |since: i64, limit: &SignedDuration| now_s - since >= limit.as_secs();
        let is_unvouched = vouched.is_some_and(|vouched| is_over(vouched, provider_session_max));
        if is_over(began, session_max) || is_over(last_seen, session_idle) || is_unvouched {
            self.forget_renewal(&hash);
            connection.execute("DELETE FROM sessions WHERE secret_sha256 = ?1", [&hash])?;
            return Ok(None);
        }
        let who = who(&connection, &account, How::Session)?;
        if who.is_some() && now_s - last_seen >= WRITE_EVERY_S {
            let sql = "UPDATE sessions SET last_seen = ?2 WHERE secret_sha256 = ?1";
            connection.execute(sql, params![hash, now_s])?;
        }
        Ok(who)
    }

    /// Whether the session is this account's, and began no longer than so many seconds ago.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn began_within(&self, secret: &str, account: &str, seconds: i64, now: Timestamp) -> Result<bool> {
        let sql = "SELECT began FROM sessions WHERE secret_sha256 = ?1 AND account = ?2";
        let hash = sha256_hex(secret.as_bytes());
        let began: Option<i64> = self.lock().query_row(sql, [&hash, account], |row| row.get(0)).optional()?;
        Ok(began.is_some_and(|began| now.as_second() - began <= seconds))
    }

    /// Ends a session, if there is one.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn sign_out(&self, secret: &str) -> Result<()> {
        let hash = sha256_hex(secret.as_bytes());
        self.forget_renewal(&hash);
        self.lock().execute("DELETE FROM sessions WHERE secret_sha256 = ?1", [hash])?;
        Ok(())
    }

    /// The provider stands by whoever is signed in with this secret, as of now.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn vouch_again(&self, secret: &str, now: Timestamp) -> Result<()> {
        let sql = "UPDATE sessions SET vouched = ?2 WHERE secret_sha256 = ?1 AND vouched IS NOT NULL";
        self.lock().execute(sql, params![sha256_hex(secret.as_bytes()), now.as_second()])?;
        Ok(())
    }

    /// Ends all sessions of an account; how many those were.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn end_sessions(&self, account: &str) -> Result<usize> {
        Ok(self.lock().execute("DELETE FROM sessions WHERE account = ?1", [account])?)
    }

    /// Deletes what has ended: sessions, sign-ins that never came back, wrong passwords of long ago. How many rows.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn forget_ended(&self, now: Timestamp) -> Result<usize> {
        let now_s = now.as_second();
        let Settings { session_idle, session_max, provider_session_max, .. } = &self.settings;
        let connection = self.lock();
        let sessions = connection.execute(
            "DELETE FROM sessions WHERE last_seen <= ?1 OR began <= ?2 OR vouched <= ?3",
            [session_idle, session_max, provider_session_max].map(|limit| now_s.saturating_sub(limit.as_secs())),
        )?;
        let logins = connection.execute("DELETE FROM logins WHERE began <= ?1", [now_s - LOGIN_S])?;
        let failures = connection
            .execute("DELETE FROM failures WHERE locked_until <= ?1 AND last_at <= ?1", [now_s - FORGET_FAILURES_S])?;
        Ok(sessions + logins + failures)
    }
}

/// Writes a session down for an account that is let in and, where one is given, still has this password. Without a password
/// the provider has vouched.
pub(crate) fn begin(
    connection: &Connection,
    secret: &str,
    account: &str,
    password: Option<&str>,
    now_s: i64,
) -> Result<bool> {
    let begun = connection.execute(
        "INSERT INTO sessions (secret_sha256, account, began, last_seen, vouched)
         SELECT ?1, id, ?3, ?3, CASE WHEN ?4 IS NULL THEN ?3 END FROM accounts WHERE id = ?2 AND disabled = 0 AND (?4 IS NULL OR password = ?4)",
        params![sha256_hex(secret.as_bytes()), account, now_s, password],
    )?;
    Ok(begun == 1)
}
