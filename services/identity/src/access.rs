//! Who is it that asks, and how is that known?

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Result;
use crate::role::{self, Role};

/// How somebody showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Signed in.
    Session,
    /// With a key of ours.
    Key,
    /// With a token of the house's identity provider.
    Token,
    /// Not at all, where the configuration asks for no sign-in.
    Anonymous,
}

/// Somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Who {
    /// Id of the account: what stands in records.
    pub account: String,
    /// Its name.
    pub name: String,
    /// What it may do now.
    pub roles: BTreeSet<Role>,
    /// How that is known.
    pub how: How,
}

impl Who {
    /// Whether one of these roles is theirs.
    #[must_use]
    pub fn has_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }
}

/// The account as somebody who asks, unless it is gone or disabled.
pub(crate) fn who(connection: &Connection, account: &str, how: How) -> Result<Option<Who>> {
    let sql = "SELECT name, roles FROM accounts WHERE id = ?1 AND disabled = 0";
    let found = connection.query_row(sql, [account], |row| {
        let roles: String = row.get(1)?;
        Ok(Who { account: account.to_owned(), name: row.get(0)?, roles: role::read(&roles), how })
    });
    Ok(found.optional()?)
}
