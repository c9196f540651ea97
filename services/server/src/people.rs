//! The people behind the ids that stand in records.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// Somebody who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    /// As records name them: the id of an account, or `command-line` and `schedule`.
    pub id: String,
    /// Full name, or the account's name; `null` where there is no account.
    pub name: Option<String>,
}

/// Everybody who has an account.
pub struct People(HashMap<String, String>);

impl People {
    /// As they are called now.
    ///
    /// # Errors
    /// When the accounts cannot be read.
    pub fn of(app: &App) -> identity::Result<Self> {
        let accounts = app.identity.accounts(app.asker.now())?.into_iter();
        Ok(Self(accounts.map(|account| (account.id, account.full_name.unwrap_or(account.name))).collect()))
    }

    /// Who that is.
    pub fn person(&self, id: &str) -> Person {
        Person { id: id.to_owned(), name: self.0.get(id).cloned() }
    }
}
