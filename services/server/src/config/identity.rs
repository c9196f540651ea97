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
    /// Whether whoever reaches the service may ask without signing in, as a clinician. Only where the service listens on this
    /// machine alone (127.0.0.1, ::1); on any other address nobody may.
    pub anonymous: bool,
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
    /// `/v1/session/provider/callback`), `roles_claim`, and `roles`, a table from what the claim says to a role.
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
}

fn groups() -> String {
    "groups".to_owned()
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            anonymous: true,
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
    /// The settings of accounts and sessions.
    pub fn settings(&self) -> Settings {
        Settings {
            session_idle: SignedDuration::from_mins(i64::from(self.session_idle_min)),
            session_max: SignedDuration::from_hours(i64::from(self.session_max_h)),
            lock_after: self.lock_after,
            lock_for: SignedDuration::from_mins(i64::from(self.lock_min)),
            min_password_chars: self.min_password_chars,
            ..Settings::default()
        }
    }

    /// The identity provider, if one is configured.
    ///
    /// # Errors
    /// When its secret is not set, or a role is unknown.
    pub fn provider(&self) -> Result<Option<identity::Provider>> {
        let Some(provider) = &self.provider else { return Ok(None) };
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
            roles_claim: provider.roles_claim.clone(),
            roles,
            ..ProviderSettings::default()
        };
        Ok(Some(identity::Provider::new(settings)?))
    }
}
