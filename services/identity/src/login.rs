//! Whom does the identity provider vouch for? Sign-ins on their way there and back, and the accounts of its people.

use std::collections::BTreeSet;

use jiff::Timestamp;
use knowledge::sha256_hex;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::access::{How, Who, who};
use crate::account::{MAX_NAME_CHARS, Subject, fits_name, folded, is_taken, one_line};
use crate::entropy;
use crate::error::{Error, Result};
use crate::role::{self, Role};
use crate::{Identity, rfc3339};

/// How long somebody may take at the provider.
pub(crate) const LOGIN_S: i64 = 10 * 60;

/// Sign-ins on their way, at most: anybody may begin one, so the oldest give way.
const MAX_LOGINS: i64 = 10_000;

/// A sign-in on its way to the provider and back. It holds secrets, so it is not to be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// Comes back with the browser. The server also binds it to the browser that began.
    pub state: String,
    /// Comes back within the id token.
    pub nonce: String,
    /// What the code can be exchanged with (PKCE, RFC 7636).
    pub verifier: String,
}

impl Identity {
    /// Begins a sign-in at the provider.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn begin_login(&self, now: Timestamp) -> Result<Login> {
        let secret = || entropy::secret(self.entropy.as_ref());
        let login = Login { state: secret(), nonce: secret(), verifier: secret() };
        let mut connection = self.lock();
        let work = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        work.execute("DELETE FROM logins WHERE began <= ?1", [now.as_second() - LOGIN_S])?;
        work.execute(
            "DELETE FROM logins WHERE state_sha256 IN (
               SELECT state_sha256 FROM logins ORDER BY began DESC LIMIT -1 OFFSET ?1)",
            [MAX_LOGINS - 1],
        )?;
        work.execute(
            "INSERT INTO logins (state_sha256, nonce, verifier, began) VALUES (?1, ?2, ?3, ?4)",
            params![sha256_hex(login.state.as_bytes()), login.nonce, login.verifier, now.as_second()],
        )?;
        work.commit()?;
        Ok(login)
    }

    /// The sign-in that comes back with this state: once, and not after ten minutes.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn finish_login(&self, state: &str, now: Timestamp) -> Result<Option<Login>> {
        let sql = "DELETE FROM logins WHERE state_sha256 = ?1 RETURNING nonce, verifier, began";
        let found = self.lock().query_row(sql, [sha256_hex(state.as_bytes())], |row| {
            let login = Login { state: state.to_owned(), nonce: row.get(0)?, verifier: row.get(1)? };
            Ok((login, row.get::<_, i64>(2)?))
        });
        let found = found.optional()?.filter(|(_, began)| now.as_second() - began < LOGIN_S);
        Ok(found.map(|(login, _)| login))
    }

    /// The account of somebody whom the provider vouches for, made where there is none. Accounts are found by the
    /// provider's own name for them alone: a name that looks the same is somebody else.
    ///
    /// With `roles` the provider governs them, and the account has these and no others from now on, the last admin
    /// included; without, they stay as they are.
    ///
    /// # Errors
    /// [`Error::Disabled`]; [`Error::Sqlite`].
    pub fn by_subject(
        &self,
        subject: &Subject,
        name_hint: Option<&str>,
        roles: Option<&BTreeSet<Role>>,
        now: Timestamp,
    ) -> Result<Who> {
        let mut connection = self.lock();
        let found = find(&connection, subject)?;
        let written = roles.map(role::written);
        // Every request with a token comes here: most of them change nothing, and so write nothing.
        if let Some((id, kept)) = &found
            && written.as_ref().is_none_or(|written| written == kept)
        {
            return who(&connection, id, How::Token)?.ok_or(Error::Disabled);
        }
        let new = entropy::id(self.entropy.as_ref());
        let work = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let id = if let Some((id, _)) = find(&work, subject)? {
            let sql = "UPDATE accounts SET roles = coalesce(?2, roles) WHERE id = ?1 AND disabled = 0";
            work.execute(sql, params![id, written])?;
            id
        } else {
            let name = free_name(&work, name_hint.unwrap_or_default(), &new)?;
            work.execute(
                "INSERT INTO accounts (id, name, name_sha256, full_name, roles, created_at, issuer, subject)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    new,
                    name,
                    sha256_hex(name.as_bytes()),
                    name_hint.and_then(|hint| one_line(hint, MAX_NAME_CHARS)),
                    written.unwrap_or_default(),
                    rfc3339(now.as_second()),
                    subject.issuer,
                    subject.subject
                ],
            )?;
            new
        };
        let who = who(&work, &id, How::Token)?.ok_or(Error::Disabled)?;
        work.commit()?;
        Ok(who)
    }
}

/// Id and roles of the subject's account.
fn find(connection: &Connection, subject: &Subject) -> Result<Option<(String, String)>> {
    let sql = "SELECT id, roles FROM accounts WHERE issuer = ?1 AND subject = ?2";
    let found = connection.query_row(sql, [&subject.issuer, &subject.subject], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?)
}

/// A name that no account has, as near to the hint as may be.
fn free_name(connection: &Connection, hint: &str, id: &str) -> Result<String> {
    let cut = |max: usize| -> String { folded(hint).chars().filter(|letter| fits_name(*letter)).take(max).collect() };
    let name = cut(MAX_NAME_CHARS);
    if !name.is_empty() && !is_taken(connection, &name)? {
        return Ok(name);
    }
    // The id is new, and no other name ends in it.
    let beginning = if name.is_empty() { "someone".to_owned() } else { cut(MAX_NAME_CHARS - id.len() - 1) };
    Ok(format!("{beginning}-{id}"))
}
