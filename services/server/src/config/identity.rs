//! Who may come in, and how they show who they are.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use identity::{ProviderSettings, Role, Settings};
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who may come in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Identity {
    /// Whether whoever reaches the service may ask without signing in, as a clinician. Unset: as long as there is neither an
    /// account nor an identity provider; the first account ends it at once. `true`: beside them, too. `false`: never. In any case
    /// only where the service listens on this machine alone (127.0.0.1, ::1), and only for requests that no proxy passed on
    /// (`Forwarded`, `X-Forwarded-…`, `X-Real-IP`, `Via`): through a proxy, others reach this machine.
    pub anonymous: Option<bool>,
    /// Minutes without a request after which a session has ended.
    pub session_idle_min: u32,
    /// Hours after which a session has ended.
    pub session_max_h: u32,
    /// Wrong passwords in a row that lock a name.
    pub lock_after: u32,
    /// Minutes of the first lock; each next one is twice as long, up to a day.
    pub lock_min: u32,
    /// Characters of a password, at least.
    pub min_password_chars: usize,
    /// The house's identity provider (OpenID Connect), in a section `[identity.provider]`: `issuer`, `client_id`,
    /// `client_secret_env`, `audience` (of the tokens that programs show), `redirect_uri` (this service's address with
    /// `/v1/session/provider/callback`), `scope` (`openid profile`; with `offline_access`, most providers give what they can be asked with
    /// again, once a minute), `roles_claim`, `roles`, a table from what the claim says to a role, `session_max_min` (15: minutes
    /// that a session lasts without the provider's word), and `token_max_h` (24: tokens that last more hours are refused).
    pub provider: Option<Provider>,
}

/// The house's identity provider.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its name, an https address, exactly as it writes it.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// The environment variable that holds our secret there, unless we are a public client.
    #[serde(default)]
    pub client_secret_env: Option<String>,
    /// The audience of the tokens that programs show.
    pub audience: String,
    /// Where browsers come back to.
    pub redirect_uri: String,
    /// The claim that says what somebody is: a name, or a path with dots.
    #[serde(default = "groups")]
    pub roles_claim: String,
    /// What the claim may say, and which role that is.
    #[serde(default)]
    pub roles: BTreeMap<String, String>,
    /// What is asked for at a sign-in. Where the provider then also gives a refresh token, it is asked once a minute whether it
    /// still stands by whoever is here; many give one only for `offline_access`.
    #[serde(default = "scope")]
    pub scope: String,
    /// Minutes that a session which began there lasts without a word of the provider's, however much it is used. Whoever is
    /// still known there then goes there and comes back.
    #[serde(default = "session_max_min")]
    pub session_max_min: u32,
    /// Hours that a token may last. Whoever takes somebody's roles away there cannot call back a token that is out.
    #[serde(default = "token_max_h")]
    pub token_max_h: u32,
}

fn groups() -> String {
    "groups".to_owned()
}

fn scope() -> String {
    "openid profile".to_owned()
}

fn session_max_min() -> u32 {
    15
}

fn token_max_h() -> u32 {
    24
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            anonymous: None,
            session_idle_min: 30,
            session_max_h: 12,
            lock_after: 5,
            lock_min: 15,
            min_password_chars: 12,
            provider: None,
        }
    }
}

impl Identity {
    /// Whether whoever comes may ask without signing in, on an address of this machine alone or on another one; `None`: as long
    /// as there is no account.
    pub fn anonymous_on(&self, is_loopback: bool) -> Option<bool> {
        if !is_loopback {
            return Some(false);
        }
        self.anonymous.or(self.provider.is_some().then_some(false))
    }

    /// The settings of accounts and sessions.
    pub fn settings(&self) -> Settings {
        let provider_min = self.provider.as_ref().map_or_else(session_max_min, |provider| provider.session_max_min);
        Settings {
            session_idle: SignedDuration::from_mins(i64::from(self.session_idle_min)),
            session_max: SignedDuration::from_hours(i64::from(self.session_max_h)),
            provider_session_max: SignedDuration::from_mins(i64::from(provider_min)),
            lock_after: self.lock_after,
            lock_for: SignedDuration::from_mins(i64::from(self.lock_min)),
            min_password_chars: self.min_password_chars,
            ..Settings::default()
        }
    }

    /// The identity provider, if one is configured.
    ///
    /// # Errors
    /// When its secret is not set, a role is unknown, or nobody could stay in.
    pub fn provider(&self) -> Result<Option<identity::Provider>> {
        let Some(provider) = &self.provider else { return Ok(None) };
        if provider.session_max_min == 0 || provider.token_max_h == 0 {
            bail!("identity.provider.session_max_min and identity.provider.token_max_h must be at least 1");
        }
        let mut roles = BTreeMap::new();
        for (claim, role) in &provider.roles {
            let Ok(role) = role.parse::<Role>() else { bail!("identity.provider.roles: there is no role {role:?}") };
            roles.insert(claim.clone(), role);
        }
        let settings = ProviderSettings {
            issuer: provider.issuer.clone(),
            client_id: provider.client_id.clone(),
            client_secret: super::secret(provider.client_secret_env.as_deref())?,
            audience: provider.audience.clone(),
            redirect_uri: provider.redirect_uri.clone(),
            scope: provider.scope.clone(),
            roles_claim: provider.roles_claim.clone(),
            roles,
            token_max_s: provider.token_max_h.saturating_mul(60 * 60),
            ..ProviderSettings::default()
        };
        Ok(Some(identity::Provider::new(settings)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configured(text: &str) -> Identity {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn without_a_word_on_it_accounts_and_the_provider_decide_who_asks_without_signing_in() {
        let provider = "\n[provider]\nissuer = \"https://id.example\"\nclient_id = \"osler\"\naudience = \"osler\"\n\
                        redirect_uri = \"https://osler.example/v1/session/provider/callback\"\n";
        for (said, alone, beside_a_provider) in [
            ("", None, Some(false)),
            ("anonymous = true", Some(true), Some(true)),
            ("anonymous = false", Some(false), Some(false)),
        ] {
            let with_provider = configured(&format!("{said}{provider}"));
            assert_eq!(configured(said).anonymous_on(true), alone, "{said:?}");
            assert_eq!(with_provider.anonymous_on(true), beside_a_provider, "{said:?}");
            for identity in [configured(said), with_provider] {
                assert_eq!(identity.anonymous_on(false), Some(false), "{said:?}, on an address that others reach");
            }
        }
    }

    #[test]
    fn what_the_provider_says_is_believed_for_a_while_only() {
        let provider = "[provider]\nissuer = \"https://id.example\"\nclient_id = \"osler\"\naudience = \"osler\"\n\
                        redirect_uri = \"https://osler.example/v1/session/provider/callback\"\n";
        let usual = configured(provider);
        assert_eq!(usual.settings().provider_session_max, SignedDuration::from_mins(15));
        assert_eq!(usual.provider.as_ref().unwrap().token_max_h, 24);
        let other = configured(&format!("{provider}session_max_min = 1\ntoken_max_h = 2\n"));
        assert_eq!(other.settings().provider_session_max, SignedDuration::from_mins(1));
        assert!(usual.provider().is_ok() && other.provider().is_ok());
        for never in ["session_max_min = 0\n", "token_max_h = 0\n"] {
            assert!(configured(&format!("{provider}{never}")).provider().is_err(), "{never}");
        }
    }
}
