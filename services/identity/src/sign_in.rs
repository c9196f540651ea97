//! Is this the right password? What an answer takes, and what it says, is the same for names that there are not.

use jiff::Timestamp;
use knowledge::sha256_hex;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::access::{How, Who, who};
use crate::account::folded;
use crate::entropy;
use crate::error::{Error, Result};
use crate::{Identity, Settings, rfc3339, session};

/// No lock holds longer.
const MAX_LOCK_S: i64 = 24 * 60 * 60;

/// A session that just began. Its secret is shown this once, so it is not to be printed.
pub struct SignedIn {
    /// What [`Identity::session`] takes.
    pub secret: String,
    /// Who it is.
    pub who: Who,
}

/// An account that a name may stand for.
struct Candidate {
    account: String,
    password: Option<String>,
}

impl Identity {
    /// Begins a session for a name and its password.
    ///
    /// # Errors
    /// [`Error::WrongCredentials`] or [`Error::Locked`]; [`Error::Hash`] or [`Error::Sqlite`].
    pub fn sign_in(&self, name: &str, password: &str, now: Timestamp) -> Result<SignedIn> {
        let name_sha256 = sha256_hex(folded(name).as_bytes());
        let candidate = self.begin_attempt(&name_sha256, now.as_second())?;
        // The file is free meanwhile: this is what takes long.
        let kept = candidate.as_ref().and_then(|candidate| candidate.password.as_deref());
        if !self.passwords.is_right(password, kept)? {
            return Err(Error::WrongCredentials);
        }
        let Some(Candidate { account, password: Some(kept) }) = candidate else {
            return Err(Error::WrongCredentials);
        };
        let secret = entropy::secret(self.entropy.as_ref());
        let mut connection = self.lock();
        let work = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Not where the password was changed, or the account disabled, while this one was compared.
        if !session::begin(&work, &secret, &account, Some(&kept), now.as_second())? {
            return Err(Error::WrongCredentials);
        }
        work.execute("DELETE FROM failures WHERE name_sha256 = ?1", [&name_sha256])?;
        let who = who(&work, &account, How::Session)?.ok_or(Error::WrongCredentials)?;
        work.commit()?;
        Ok(SignedIn { secret, who })
    }

    /// Counts an attempt as a wrong one until it proves right: many at once are no more than one after the other.
    fn begin_attempt(&self, name_sha256: &str, now_s: i64) -> Result<Option<Candidate>> {
        let mut connection = self.lock();
        let work = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        count(&work, name_sha256, now_s, &self.settings)?;
        let sql = "SELECT id, password FROM accounts WHERE name_sha256 = ?1";
        let candidate =
            work.query_row(sql, [name_sha256], |row| Ok(Candidate { account: row.get(0)?, password: row.get(1)? }));
        let candidate = candidate.optional()?;
        work.commit()?;
        Ok(candidate)
    }
}

fn count(connection: &Connection, name_sha256: &str, now_s: i64, settings: &Settings) -> Result<()> {
    let sql = "SELECT wrong, locks, locked_until FROM failures WHERE name_sha256 = ?1";
    let found = connection
        .query_row(sql, [name_sha256], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)));
    let (mut wrong, mut locks, mut locked_until) = found.optional()?.unwrap_or_default();
    if locked_until > now_s {
        return Err(Error::Locked { until: rfc3339(locked_until) });
    }
    wrong += 1;
    if wrong >= i64::from(settings.lock_after) {
        locked_until = now_s.saturating_add(lock_s(settings, locks));
        locks += 1;
        wrong = 0;
    }
    connection.execute(
        "INSERT INTO failures (name_sha256, wrong, locks, locked_until, last_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (name_sha256) DO UPDATE SET wrong = ?2, locks = ?3, locked_until = ?4, last_at = ?5",
        params![name_sha256, wrong, locks, locked_until, now_s],
    )?;
    Ok(())
}

/// How long the next lock holds after so many.
fn lock_s(settings: &Settings, locks: i64) -> i64 {
    let doubled = 1_i64 << locks.clamp(0, 20);
    settings.lock_for.as_secs().saturating_mul(doubled).clamp(0, MAX_LOCK_S)
}
