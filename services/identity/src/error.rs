//! Why somebody could not be known, or an account not be kept.

use std::path::PathBuf;

use crate::token::Refusal;

/// Result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong with accounts, sessions and keys.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no account of that id.
    #[error("there is no account of that id")]
    UnknownAccount,
    /// The account has no key of that id.
    #[error("the account has no key of that id")]
    UnknownKey,
    /// A name that no account may have.
    #[error("an account's name has 1 to 64 of the characters a-z, 0-9, '.', '_', '@' and '-'")]
    Name,
    /// Another account has the name.
    #[error("there is an account of that name already")]
    NameTaken,
    /// A full name that is empty, too long, or more than a line.
    #[error("a full name is one line of 1 to 200 characters")]
    FullName,
    /// A label that is empty, too long, or more than a line.
    #[error("a key's label is one line of 1 to 80 characters")]
    Label,
    /// A key that would have ended before it began.
    #[error("a key cannot expire in the past")]
    Expiry,
    /// A password that is too short or too long.
    #[error("a password has {min} to {max} characters")]
    Password {
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
    /// Without it nobody could manage accounts any more.
    #[error("this is the last account that may manage accounts: give another one the role admin first")]
    LastAdmin,
    /// Unknown, wrong or disabled: which of them is not told.
    #[error("the name or the password is wrong")]
    WrongCredentials,
    /// Too many wrong passwords for this name. Names without an account lock, too: it tells nothing.
    #[error("too many wrong passwords: try again after {until}")]
    Locked {
        /// When, RFC 3339.
        until: String,
    },
    /// The account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// Argon2 does not take its settings, or cannot read what is kept.
    #[error("the password cannot be hashed or compared")]
    Hash(#[source] argon2::password_hash::Error),
    /// The file cannot be opened, or is something else.
    #[error("cannot open the accounts {}: restore them from a backup, or name another --data directory", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// Another version of Osler wrote the file.
    #[error("the accounts have format {found}, which this osler does not read: use the osler that wrote them")]
    Format {
        /// Format of the file.
        found: i64,
    },
    /// The file could not be read or written.
    #[error("the accounts could not be read or written")]
    Sqlite(#[from] rusqlite::Error),
}

/// What went wrong with the house's identity provider.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The configuration cannot be right.
    #[error("the identity provider's {0}")]
    Settings(&'static str),
    /// No client could be made.
    #[error("no client for the identity provider")]
    Client(#[source] reqwest::Error),
    /// It cannot be reached, or broke off.
    #[error("the identity provider cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// It failed a moment ago and is left in peace for a few seconds.
    #[error("the identity provider could not be reached a moment ago")]
    Resting,
    /// It answered something else than 200.
    #[error("the identity provider answered with status {0}")]
    Status(u16),
    /// It answered more than is read.
    #[error("the identity provider's answer is larger than 1 MiB")]
    TooLarge,
    /// Its answer cannot be read.
    #[error("the identity provider's answer cannot be read")]
    Malformed(#[source] serde_json::Error),
    /// It calls itself something else than the configuration does.
    #[error("the identity provider names itself {found:?}: the issuer in the configuration must be the same")]
    Issuer {
        /// Its own name.
        found: String,
    },
    /// An address that is not safe to talk to.
    #[error("the identity provider's {0} is not an https address")]
    Endpoint(&'static str),
    /// The token is not to be believed.
    #[error("the token is refused: {0}")]
    Refused(Refusal),
}

impl From<Refusal> for ProviderError {
    /// What is wrong with a token is the whole of what there is to say, and no cause behind it.
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
