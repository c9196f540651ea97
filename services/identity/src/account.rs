//! Whom does the house know? Accounts, and what may be changed about them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use knowledge::sha256_hex;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::entropy;
use crate::error::{Error, Result};
use crate::role::{self, Role};
use crate::{Identity, rfc3339};

/// Characters of a name, at most.
pub const MAX_NAME_CHARS: usize = 64;

/// Characters of a full name, at most.
const MAX_FULL_NAME_CHARS: usize = 200;

/// Who somebody is to the house's identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Subject {
    /// The provider.
    pub issuer: String,
    /// Its name for them, which never changes.
    pub subject: String,
}

/// Somebody whom the house knows. Never with a secret or the hash of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Account {
    /// A UUID: the pseudonym that stands in records.
    pub id: String,
    /// What they sign in with.
    pub name: String,
    /// As people say it.
    pub full_name: Option<String>,
    /// What they may do.
    pub roles: BTreeSet<Role>,
    /// Whether they are kept out.
    pub disabled: bool,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// Until when wrong passwords keep the name locked, RFC 3339; `null` when they do not.
    pub is_locked_until: Option<String>,
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// Who they are to the identity provider, if they came from there.
    pub subject: Option<Subject>,
}

/// What is to be another about an account; what is absent stays.
#[derive(Clone, Copy, Default)]
pub struct Changes<'a> {
    /// A new password. All sessions end, and a lock of the name, too.
    pub password: Option<&'a str>,
    /// These roles and no others, from now on. Sessions and keys that exist have them at once. Tokens of the identity provider
    /// that are older than this change nothing about it.
    pub roles: Option<(&'a BTreeSet<Role>, Timestamp)>,
    /// Whether it is kept out. Then its sessions end, and its keys rest.
    pub disabled: Option<bool>,
    /// Whether a lock of the name ends.
    pub unlock: bool,
}

const ACCOUNT: &str = "SELECT a.id, a.name, a.full_name, a.roles, a.disabled, a.created_at,
  CASE WHEN f.locked_until > ?1 THEN f.locked_until END, a.password IS NOT NULL, a.issuer, a.subject
  FROM accounts a LEFT JOIN failures f ON f.name_sha256 = a.name_sha256";

impl Identity {
    /// Makes an account. Without a password it has only keys.
    ///
    /// # Errors
    /// [`Error::Name`], [`Error::NameTaken`], [`Error::FullName`] or [`Error::Password`]; [`Error::Hash`] or [`Error::Sqlite`].
    pub fn add(
        &self,
        name: &str,
        full_name: Option<&str>,
        roles: &BTreeSet<Role>,
        password: Option<&str>,
        now: Timestamp,
    ) -> Result<Account> {
        self.add_on_record(name, full_name, roles, password, now, |_| Ok(()))
    }

    /// The same, once it is on record: `record` is told the id that the account is to have. Where it fails there is none.
    ///
    /// # Errors
    /// As [`Identity::add`], and what `record` fails with.
    pub fn add_on_record<E: From<Error>>(
        &self,
        name: &str,
        full_name: Option<&str>,
        roles: &BTreeSet<Role>,
        password: Option<&str>,
        now: Timestamp,
        record: impl FnOnce(&str) -> std::result::Result<(), E>,
    ) -> std::result::Result<Account, E> {
        let name = checked_name(name)?;
        let full_name = full_name.map(|full_name| one_line(full_name, MAX_FULL_NAME_CHARS).ok_or(Error::FullName));
        let full_name = full_name.transpose()?;
        let password = password.map(|password| self.passwords.hash(password, self.entropy.as_ref())).transpose()?;
        let id = entropy::id(self.entropy.as_ref());
        {
            let mut connection = self.lock();
            let work = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Error::from)?;
            if is_taken(&work, &name)? {
                return Err(Error::NameTaken.into());
            }
            work.execute(
                "INSERT INTO accounts (id, name, name_sha256, full_name, roles, password, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    id,
                    name,
                    sha256_hex(name.as_bytes()),
                    full_name,
                    role::written(roles),
                    password,
                    rfc3339(now.as_second())
                ],
            )
            .map_err(Error::from)?;
            record(&id)?;
            work.commit().map_err(Error::from)?;
        }
        Ok(self.account(&id, now)?)
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn accounts(&self, now: Timestamp) -> Result<Vec<Account>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&format!("{ACCOUNT} ORDER BY a.name"))?;
        let accounts = statement.query_map([now.as_second()], account)?;
        Ok(accounts.collect::<rusqlite::Result<_>>()?)
    }

    /// One account.
    ///
    /// # Errors
    /// [`Error::UnknownAccount`] or [`Error::Sqlite`].
    pub fn account(&self, id: &str, now: Timestamp) -> Result<Account> {
        let sql = format!("{ACCOUNT} WHERE a.id = ?2");
        let found = self.lock().query_row(&sql, params![now.as_second(), id], account).optional()?;
        found.ok_or(Error::UnknownAccount)
    }

    /// The account of a name, however its letters are written.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn by_name(&self, name: &str, now: Timestamp) -> Result<Option<Account>> {
        let sql = format!("{ACCOUNT} WHERE a.name = ?2");
        Ok(self.lock().query_row(&sql, params![now.as_second(), folded(name)], account).optional()?)
    }

    /// Whether there is any account.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn has_accounts(&self) -> Result<bool> {
        Ok(self.lock().query_row("SELECT EXISTS (SELECT 1 FROM accounts)", [], |row| row.get(0))?)
    }

    /// Changes an account once that is on record: all that is asked, or where any of it cannot be or `record` fails, nothing.
    ///
    /// # Errors
    /// [`Error::UnknownAccount`], [`Error::LastAdmin`] or [`Error::Password`]; [`Error::Hash`] or [`Error::Sqlite`]; what `record`
    /// fails with.
    pub fn change_on_record<E: From<Error>>(
        &self,
        id: &str,
        changes: &Changes<'_>,
        record: impl FnOnce() -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let password = changes.password.map(|password| self.passwords.hash(password, self.entropy.as_ref()));
        let password = password.transpose()?;
        let mut connection = self.lock();
        let work = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Error::from)?;
        change(&work, id, changes, password.as_deref())?;
        record()?;
        work.commit().map_err(Error::from)?;
        Ok(())
    }

    /// Gives an account these roles: see [`Changes::roles`].
    ///
    /// # Errors
    /// [`Error::UnknownAccount`], [`Error::LastAdmin`] or [`Error::Sqlite`].
    pub fn set_roles(&self, id: &str, roles: &BTreeSet<Role>, now: Timestamp) -> Result<()> {
        self.change_on_record(id, &Changes { roles: Some((roles, now)), ..Changes::default() }, || Ok(()))
    }

    /// Keeps an account out, or lets it in again: see [`Changes::disabled`].
    ///
    /// # Errors
    /// [`Error::UnknownAccount`], [`Error::LastAdmin`] or [`Error::Sqlite`].
    pub fn set_disabled(&self, id: &str, disabled: bool) -> Result<()> {
        self.change_on_record(id, &Changes { disabled: Some(disabled), ..Changes::default() }, || Ok(()))
    }

    /// Gives an account a new password: see [`Changes::password`].
    ///
    /// # Errors
    /// [`Error::UnknownAccount`] or [`Error::Password`]; [`Error::Hash`] or [`Error::Sqlite`].
    pub fn set_password(&self, id: &str, password: &str) -> Result<()> {
        self.change_on_record(id, &Changes { password: Some(password), ..Changes::default() }, || Ok(()))
    }

    /// Lets an account try its password again.
    ///
    /// # Errors
    /// [`Error::UnknownAccount`] or [`Error::Sqlite`].
    pub fn unlock(&self, id: &str) -> Result<()> {
        self.change_on_record(id, &Changes { unlock: true, ..Changes::default() }, || Ok(()))
    }
}

fn change(connection: &Connection, id: &str, changes: &Changes<'_>, password: Option<&str>) -> Result<()> {
    let sql = "SELECT EXISTS (SELECT 1 FROM accounts WHERE id = ?1)";
    if !connection.query_row(sql, [id], |row| row.get::<_, bool>(0))? {
        return Err(Error::UnknownAccount);
    }
    if let Some((roles, now)) = changes.roles {
        if !roles.contains(&Role::Admin) {
            spare_last_admin(connection, id)?;
        }
        let sql = "UPDATE accounts SET roles = ?2, roles_as_of = ?3 WHERE id = ?1";
        connection.execute(sql, params![id, role::written(roles), now.as_second()])?;
    }
    if let Some(disabled) = changes.disabled {
        if disabled {
            spare_last_admin(connection, id)?;
        }
        connection.execute("UPDATE accounts SET disabled = ?2 WHERE id = ?1", params![id, disabled])?;
    }
    if let Some(password) = password {
        connection.execute("UPDATE accounts SET password = ?2 WHERE id = ?1", params![id, password])?;
    }
    if password.is_some() || changes.disabled == Some(true) {
        connection.execute("DELETE FROM sessions WHERE account = ?1", [id])?;
    }
    if password.is_some() || changes.unlock {
        forget_failures(connection, id)?;
    }
    Ok(())
}

fn forget_failures(connection: &Connection, id: &str) -> Result<()> {
    let sql = "DELETE FROM failures WHERE name_sha256 = (SELECT name_sha256 FROM accounts WHERE id = ?1)";
    connection.execute(sql, [id])?;
    Ok(())
}

pub(crate) fn is_taken(connection: &Connection, name: &str) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM accounts WHERE name = ?1)";
    Ok(connection.query_row(sql, [name], |row| row.get(0))?)
}

/// Refuses where this is an admin who is let in, and there is no other.
fn spare_last_admin(connection: &Connection, id: &str) -> Result<()> {
    let mut statement = connection.prepare("SELECT id, roles FROM accounts WHERE disabled = 0")?;
    let accounts = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let accounts = accounts.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut admins = accounts.iter().filter(|(_, roles)| role::read(roles).contains(&Role::Admin)).map(|(id, _)| id);
    if admins.next().is_some_and(|first| first == id) && admins.next().is_none() {
        return Err(Error::LastAdmin);
    }
    Ok(())
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let roles: String = row.get(3)?;
    let locked_until: Option<i64> = row.get(6)?;
    let (issuer, subject): (Option<String>, Option<String>) = (row.get(8)?, row.get(9)?);
    Ok(Account {
        id: row.get(0)?,
        name: row.get(1)?,
        full_name: row.get(2)?,
        roles: role::read(&roles),
        disabled: row.get(4)?,
        created_at: row.get(5)?,
        is_locked_until: locked_until.map(rfc3339),
        has_password: row.get(7)?,
        subject: issuer.zip(subject).map(|(issuer, subject)| Subject { issuer, subject }),
    })
}

/// A name as it is compared.
pub(crate) fn folded(name: &str) -> String {
    name.trim().to_ascii_lowercase()
}

/// Whether a name may hold it.
pub(crate) fn fits_name(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '.' | '_' | '@' | '-')
}

fn checked_name(name: &str) -> Result<String> {
    let name = folded(name);
    let fits = (1..=MAX_NAME_CHARS).contains(&name.len()) && name.chars().all(fits_name);
    if fits { Ok(name) } else { Err(Error::Name) }
}

/// The text without the space around it, where it is one line of so many characters.
pub(crate) fn one_line(text: &str, max_chars: usize) -> Option<String> {
    let text = text.trim();
    let fits = (1..=max_chars).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}
