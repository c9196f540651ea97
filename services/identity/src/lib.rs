//! Who asks, and what may they do? Accounts, keys, sessions, and the house's own identity provider.
//!
//! One SQLite file beside the ledger. Who reads it can sign in with nothing that stands there: passwords are Argon2id
//! hashes, sessions and keys SHA-256 of what was handed out. What an account may do is read anew at every request, so
//! what is taken away is gone at once. Nothing here knows the requests of the API, nor which of them a role allows.

mod access;
mod account;
mod entropy;
mod error;
mod jwks;
mod key;
mod login;
mod oidc;
mod password;
mod renewal;
mod role;
mod schema;
mod session;
mod sign_in;
mod token;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use knowledge::Entropy;
use rusqlite::Connection;

pub use access::{How, Who};
pub use account::{Account, Changes, MAX_NAME_CHARS, Subject};
pub use entropy::SystemEntropy;
pub use error::{Error, ProviderError, Result};
pub use key::{Key, MAX_LABEL_CHARS};
pub use login::{Change, Login};
pub use oidc::{Claims, Provider, ProviderSettings};
pub use role::{Role, UnknownRole};
pub use sign_in::SignedIn;
pub use token::Refusal;

use password::Passwords;

/// How long things last, and what a password costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// A session that nobody used for so long has ended; 30 minutes.
    pub session_idle: SignedDuration,
    /// No session lasts longer; 12 hours.
    pub session_max: SignedDuration,
    /// A session that began at the identity provider lasts no longer without its word: what was taken away there since, nobody
    /// tells us; 15 minutes.
    pub provider_session_max: SignedDuration,
    /// Wrong passwords in a row that lock a name; 5.
    pub lock_after: u32,
    /// How long the first lock holds, each next one twice as long, up to a day; 15 minutes.
    pub lock_for: SignedDuration,
    /// Characters of a password, at least; 12.
    pub min_password_chars: usize,
    /// Characters of a password, at most; 1,024.
    pub max_password_chars: usize,
    /// Memory of Argon2id in KiB; 19,456.
    pub argon2_memory_kib: u32,
    /// Passes of Argon2id; 2.
    pub argon2_iterations: u32,
}

impl Default for Settings {
    /// Argon2id as OWASP's Password Storage Cheat Sheet has it.
    fn default() -> Self {
        Self {
            session_idle: SignedDuration::from_mins(30),
            session_max: SignedDuration::from_hours(12),
            provider_session_max: SignedDuration::from_mins(15),
            lock_after: 5,
            lock_for: SignedDuration::from_mins(15),
            min_password_chars: 12,
            max_password_chars: 1_024,
            argon2_memory_kib: 19_456,
            argon2_iterations: 2,
        }
    }
}

/// The accounts, and what was handed out to them. Its calls block: hashing a password takes tens of milliseconds.
pub struct Identity {
    connection: Mutex<Connection>,
    settings: Settings,
    passwords: Passwords,
    entropy: Arc<dyn Entropy>,
    renewals: renewal::Renewals,
}

impl Identity {
    /// Opens the file, creating it where there is none.
    ///
    /// # Errors
    /// [`Error::Open`] or [`Error::Format`]; [`Error::Hash`] when Argon2 does not take the settings.
    pub fn open(path: &Path, settings: Settings, entropy: Arc<dyn Entropy>) -> Result<Self> {
        let passwords = Passwords::new(&settings, &*entropy)?;
        Ok(Self {
            connection: Mutex::new(schema::open(path)?),
            settings,
            passwords,
            entropy,
            renewals: renewal::Renewals::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// RFC 3339 of a second.
fn rfc3339(second: i64) -> String {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX).to_string()
}
