//! How is a password kept and compared? As Argon2id, at the same price whether there is one to compare with or not.

use argon2::password_hash::Error as HashError;
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};

use knowledge::Entropy;

use crate::Settings;
use crate::entropy;
use crate::error::{Error, Result};

pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    min_chars: usize,
    max_chars: usize,
    /// Of a password that nobody knows, compared with where an account has none.
    dummy: String,
}

impl Passwords {
    pub(crate) fn new(settings: &Settings, entropy: &dyn Entropy) -> Result<Self> {
        let params = Params::new(settings.argon2_memory_kib, settings.argon2_iterations, 1, None)
            .map_err(|error| Error::Hash(error.into()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = hash(&argon2, &entropy::secret(entropy), entropy)?;
        Ok(Self { argon2, min_chars: settings.min_password_chars, max_chars: settings.max_password_chars, dummy })
    }

    /// The hash of a new password. Length is all that is asked of it (NIST SP 800-63B).
    pub(crate) fn hash(&self, password: &str, entropy: &dyn Entropy) -> Result<String> {
        if !(self.min_chars..=self.max_chars).contains(&password.chars().count()) {
            return Err(Error::Password { min: self.min_chars, max: self.max_chars });
        }
        hash(&self.argon2, password, entropy)
    }

    /// Whether it is the one that is kept; never where none is.
    pub(crate) fn is_right(&self, password: &str, kept: Option<&str>) -> Result<bool> {
        let hash = PasswordHash::new(kept.unwrap_or(&self.dummy)).map_err(|error| Error::Hash(error.into()))?;
        match self.argon2.verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(kept.is_some()),
            Err(HashError::PasswordInvalid) => Ok(false),
            Err(error) => Err(Error::Hash(error)),
        }
    }
}

fn hash(argon2: &Argon2<'_>, password: &str, entropy: &dyn Entropy) -> Result<String> {
    let mut salt = [0; 16];
    entropy.fill(&mut salt);
    let hash: PasswordHash = argon2.hash_password_with_salt(password.as_bytes(), &salt).map_err(Error::Hash)?;
    Ok(hash.to_string())
}
