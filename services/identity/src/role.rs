//! Which roles are there? What each of them opens is the server's to say; see its matrix of routes.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody is in the house. An account may have several, and no role contains another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Asks, and gives feedback.
    Clinician,
    /// Takes documents in and curates them.
    Librarian,
    /// Approves what others prepared.
    Publisher,
    /// Reads everything and asks nothing.
    Auditor,
    /// Manages accounts and configuration, and reads no questions or answers.
    Admin,
    /// A program that asks.
    Service,
}

/// A word that is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown role {0:?}; known: clinician, librarian, publisher, auditor, admin, service")]
pub struct UnknownRole(String);

impl Role {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Clinician, Self::Librarian, Self::Publisher, Self::Auditor, Self::Admin, Self::Service];

    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clinician => "clinician",
            Self::Librarian => "librarian",
            Self::Publisher => "publisher",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
            Self::Service => "service",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// Roles as the file keeps them: separated by spaces.
pub(crate) fn written(roles: &BTreeSet<Role>) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" ")
}

/// The other way. A word that this build does not know opens nothing.
pub(crate) fn read(text: &str) -> BTreeSet<Role> {
    text.split_whitespace().filter_map(|word| word.parse::<Role>().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_wire() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse::<Role>(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert!("root".parse::<Role>().is_err());
        let all = BTreeSet::from(Role::ALL);
        assert_eq!(read(&written(&all)), all);
        assert_eq!(read("admin emperor"), BTreeSet::from([Role::Admin]));
    }
}
