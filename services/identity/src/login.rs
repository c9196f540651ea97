//! Whom does the identity provider vouch for? Sign-ins on their way there and back, and the accounts of its people.

use std::collections::BTreeSet;

use jiff::Timestamp;
use knowledge::sha256_hex;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::access::{How, Who, who};
use crate::account::{MAX_NAME_CHARS, Subject, fits_name, folded, is_taken, one_line};
use crate::entropy;
use crate::error::{Error, Result};
use crate::oidc::Claims;
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
    /// Where the provider governs roles, the account has those of its newest token and no others from now on, the last
    /// admin included; otherwise they stay as they are. What is to change is told to `record` first: where that fails,
    /// nothing changes and nobody is let in.
    ///
    /// A token that is older than the roles changes nothing. It is not refused for that: two programs of one account, or a
    /// program and a browser, each have one that holds until it expires, and every new one would shut the other out. But it
    /// lets its bearer do only what it says and the account may still do.
    ///
    /// # Errors
    /// [`Error::Disabled`]; [`Error::Sqlite`]; what `record` fails with.
    pub fn by_subject<E: From<Error>>(
        &self,
        claims: &Claims,
        now: Timestamp,
        record: impl FnOnce(&Change) -> std::result::Result<(), E>,
    ) -> std::result::Result<Who, E> {
        let mut connection = self.lock();
        // Every request with a token comes here: most of them change nothing, and so write nothing.
        if let Some(kept) = find(&connection, &claims.subject())?
            && !kept.is_behind(claims)
        {
            return Ok(bearer(&connection, &kept.account, claims)?);
        }
        let new = entropy::id(self.entropy.as_ref());
        let work = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Error::from)?;
        let (account, change) = match find(&work, &claims.subject())? {
            Some(kept) => {
                let change = renew(&work, &kept, claims)?;
                (kept.account, change)
            }
            None => (new.clone(), Some(make(&work, new, claims, now)?)),
        };
        // Before anything is told of somebody who is kept out.
        let who = bearer(&work, &account, claims)?;
        if let Some(change) = change {
            record(&change)?;
        }
        work.commit().map_err(Error::from)?;
        Ok(who)
    }
}

/// What a token of the provider changes about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Id of the account.
    pub account: String,
    /// Whether it is made now.
    pub is_new: bool,
    /// What it may do from now on.
    pub roles: BTreeSet<Role>,
}

/// What is compared when a token is shown.
struct Kept {
    account: String,
    roles: String,
    roles_as_of: Option<i64>,
}

impl Kept {
    /// Whether the token knows something of roles that is not written down yet. Of two tokens of one second nobody can say
    /// which is the newer: the one that comes last is believed.
    fn is_behind(&self, claims: &Claims) -> bool {
        let Some(roles) = &claims.roles else { return false };
        match self.roles_as_of {
            None => true,
            Some(as_of) if as_of == claims.issued_s => self.roles != role::written(roles),
            Some(as_of) => as_of < claims.issued_s,
        }
    }
}

/// The subject's account.
fn find(connection: &Connection, subject: &Subject) -> Result<Option<Kept>> {
    let sql = "SELECT id, roles, roles_as_of FROM accounts WHERE issuer = ?1 AND subject = ?2";
    let found = connection.query_row(sql, [&subject.issuer, &subject.subject], |row| {
        Ok(Kept { account: row.get(0)?, roles: row.get(1)?, roles_as_of: row.get(2)? })
    });
    Ok(found.optional()?)
}

/// Whoever shows a token. What it gives is no more than the account may do, and no more than it says itself.
fn bearer(connection: &Connection, account: &str, claims: &Claims) -> Result<Who> {
    let mut who = who(connection, account, How::Token)?.ok_or(Error::Disabled)?;
    if let Some(roles) = &claims.roles {
        who.roles.retain(|role| roles.contains(role));
    }
    Ok(who)
}

/// Writes down what the token says of the account's roles. A newer one that says the same is no change, but makes older ones
/// older.
fn renew(connection: &Connection, kept: &Kept, claims: &Claims) -> Result<Option<Change>> {
    let Some(roles) = claims.roles.as_ref().filter(|_| kept.is_behind(claims)) else { return Ok(None) };
    let written = role::written(roles);
    let sql = "UPDATE accounts SET roles = ?2, roles_as_of = ?3 WHERE id = ?1";
    connection.execute(sql, params![kept.account, written, claims.issued_s])?;
    let change = || Change { account: kept.account.clone(), is_new: false, roles: roles.clone() };
    Ok((written != kept.roles).then(change))
}

fn make(connection: &Connection, id: String, claims: &Claims, now: Timestamp) -> Result<Change> {
    let (hint, roles) = (claims.name.as_deref(), claims.roles.clone().unwrap_or_default());
    let name = free_name(connection, hint.unwrap_or_default(), &id)?;
    connection.execute(
        "INSERT INTO accounts (id, name, name_sha256, full_name, roles, created_at, issuer, subject, roles_as_of)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            id,
            name,
            sha256_hex(name.as_bytes()),
            hint.and_then(|hint| one_line(hint, MAX_NAME_CHARS)),
            role::written(&roles),
            rfc3339(now.as_second()),
            claims.issuer,
            claims.subject,
            claims.roles.is_some().then_some(claims.issued_s)
        ],
    )?;
    Ok(Change { account: id, is_new: true, roles })
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
