//! Does the provider still stand by them? Where it gave a token to ask with, it is asked about once a minute for as long as
//! somebody is here. Such tokens are held in memory alone: after a restart, people sign in again when their time is over.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use knowledge::sha256_hex;

use crate::Identity;
use crate::error::ProviderError;
use crate::oidc::{Claims, Granted, Provider};
use crate::token::Use;

/// The provider is asked again about somebody after so long.
const ASK_EVERY_S: i64 = 60;

/// What to ask the provider with, by the hash of the session's secret.
#[derive(Default)]
pub(crate) struct Renewals(Mutex<HashMap<String, Renewal>>);

struct Renewal {
    token: String,
    asked_s: i64,
}

impl Renewals {
    fn kept(&self) -> MutexGuard<'_, HashMap<String, Renewal>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Identity {
    /// From now on the provider can be asked about a session with this token.
    pub fn keep_renewal(&self, secret: &str, token: String, now: Timestamp) {
        let (now_s, idle_s) = (now.as_second(), self.settings.session_idle.as_secs());
        let mut kept = self.renewals.kept();
        // Who is here is asked about every minute: what was not asked for so long is of sessions that have ended.
        kept.retain(|_, renewal| now_s - renewal.asked_s < idle_s);
        kept.insert(sha256_hex(secret.as_bytes()), Renewal { token, asked_s: now_s });
    }

    /// The token to ask the provider with about a session, where it is time for that. Whoever is given it asks; for others it
    /// is not time again before a minute is over.
    pub fn due_renewal(&self, secret: &str, now: Timestamp) -> Option<String> {
        let mut kept = self.renewals.kept();
        let renewal = kept.get_mut(&sha256_hex(secret.as_bytes()))?;
        let is_due = now.as_second() - renewal.asked_s >= ASK_EVERY_S;
        is_due.then(|| {
            renewal.asked_s = now.as_second();
            renewal.token.clone()
        })
    }

    pub(crate) fn forget_renewal(&self, hash: &str) {
        self.renewals.kept().remove(hash);
    }
}

impl Provider {
    /// Asks whether the provider still stands by whom it gave this token for: what it says of them now, not verified yet, where it
    /// says anything, and the token to ask with next, where that is another. The one that was shown may be good no more.
    ///
    /// # Errors
    /// [`ProviderError::Status`] of 400 to 499 when it does not; any other when it cannot be asked.
    pub async fn renew(&self, token: &str) -> Result<(Option<String>, Option<String>), ProviderError> {
        let form = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
        let Granted { id_token, refresh_token } = self.grant(form).await?;
        Ok((id_token, refresh_token))
    }

    /// Whom the token of a renewal is about.
    ///
    /// # Errors
    /// As [`Provider::verify_id_token`].
    pub async fn verify_renewal(&self, token: &str, now: Timestamp) -> Result<Claims, ProviderError> {
        self.verify(token, self.client_id(), Use::Renewal, now).await
    }
}
