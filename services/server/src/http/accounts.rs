//! Accounts and keys, for whoever manages them.

use std::collections::BTreeSet;
use std::sync::Arc;

use audit::{Actor, Draft};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use identity::{Account, Changes, Claims, Key, Role, Who};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Caller;
use super::problem::{Body, Path};
use super::{Problem, Shared, blocking, request_id};
use crate::app::App;

/// The accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Accounts {
    /// By name.
    accounts: Vec<Account>,
}

/// An account to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAccount {
    /// 1 to 64 of `a-z 0-9 . _ @ -`.
    #[schema(example = "ada.lovelace")]
    name: String,
    /// As it stands under signatures.
    #[serde(default)]
    #[schema(example = "Ada Lovelace")]
    full_name: Option<String>,
    /// What it may do.
    roles: BTreeSet<Role>,
    /// Without one it can only use keys.
    #[serde(default)]
    password: Option<String>,
}

/// What can be changed; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountChange {
    /// What it may do.
    #[serde(default)]
    roles: Option<BTreeSet<Role>>,
    /// Whether it may do nothing at all.
    #[serde(default)]
    disabled: Option<bool>,
    /// A new password. Ends its sessions.
    #[serde(default)]
    password: Option<String>,
    /// Lifts the lock after wrong passwords.
    #[serde(default)]
    unlock: bool,
}

/// The keys of an account; never what they are.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

/// A key to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    /// What it is for.
    #[schema(example = "ward information system")]
    label: String,
    /// When it ends, RFC 3339.
    #[serde(default)]
    expires_at: Option<String>,
}

/// A key, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ShownKey {
    #[serde(flatten)]
    about: Key,
    /// Send it as `Authorization: Bearer KEY`. It is not kept and cannot be shown again.
    key: String,
}

/// List the accounts
#[utoipa::path(get, path = "/v1/accounts", tag = "identity", operation_id = "accounts",
    responses((status = 200, description = "By name", body = Accounts)))]
pub(super) async fn list(State(shared): State<Shared>) -> Result<Json<Accounts>, Problem> {
    let now = shared.app.asker.now();
    let accounts = blocking(move || shared.app.identity.accounts(now)).await?;
    Ok(Json(Accounts { accounts }))
}

/// Add an account
#[utoipa::path(post, path = "/v1/accounts", tag = "identity", operation_id = "add_account", request_body = NewAccount,
    responses(
        (status = 201, description = "The account", body = Account),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "There is one of that name", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A name or password that does not do", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn add(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<NewAccount>,
) -> Result<(StatusCode, Json<Account>), Problem> {
    let (app, now) = (Arc::clone(&shared.app), shared.app.asker.now());
    let draft = Draft::new("account.added", caller.actor()).in_request(&request_id(&headers));
    let added = blocking(move || -> Result<Account, Problem> {
        let NewAccount { name, full_name, roles, password } = body;
        app.identity.add_on_record(&name, full_name.as_deref(), &roles, password.as_deref(), now, |id| {
            app.audit.append(draft.with("account", id).with("roles", names(&roles)))?;
            Ok(())
        })
    });
    Ok((StatusCode::CREATED, Json(added.await?)))
}

fn names(roles: &BTreeSet<Role>) -> Vec<&'static str> {
    roles.iter().map(|role| role.as_str()).collect()
}

/// Whoever shows a token of the house's identity provider. What it changes about accounts is on record first: without an
/// entry nothing changes, and nobody comes in.
pub(super) fn vouched(app: &App, claims: &Claims, request: &str, now: Timestamp) -> Result<Who, Problem> {
    app.identity.by_subject(claims, now, |change| {
        let action = if change.is_new { "account.added" } else { "account.changed" };
        let draft = Draft::new(action, Actor::service()).in_request(request).with("how", "provider");
        app.audit.append(draft.with("account", change.account.as_str()).with("roles", names(&change.roles)))?;
        Ok(())
    })
}

/// Change an account
///
/// All that is asked or nothing. What is taken away is gone at the next request of whoever had it.
#[utoipa::path(patch, path = "/v1/accounts/{id}", tag = "identity", operation_id = "change_account", request_body = AccountChange,
    params(("id" = String, Path, description = "Id of the account")),
    responses(
        (status = 200, description = "The account", body = Account),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such account", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The last account that may manage accounts", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A password that does not do", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn change(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<AccountChange>,
) -> Result<Json<Account>, Problem> {
    let (app, now) = (Arc::clone(&shared.app), shared.app.asker.now());
    let draft = Draft::new("account.changed", caller.actor()).in_request(&request_id(&headers));
    let changed = blocking(move || -> Result<Account, Problem> {
        let identity = &app.identity;
        identity.account(&id, now)?;
        let draft = draft
            .with("account", id.as_str())
            .with("roles", body.roles.as_ref().map(names))
            .with("disabled", body.disabled)
            .with("password", body.password.is_some())
            .with("unlock", body.unlock);
        let changes = Changes {
            password: body.password.as_deref(),
            roles: body.roles.as_ref().map(|roles| (roles, now)),
            disabled: body.disabled,
            unlock: body.unlock,
        };
        identity.change_on_record(&id, &changes, || -> Result<(), Problem> {
            app.audit.append(draft)?;
            Ok(())
        })?;
        Ok(identity.account(&id, now)?)
    });
    Ok(Json(changed.await?))
}

/// List the keys of an account
#[utoipa::path(get, path = "/v1/accounts/{id}/keys", tag = "identity", operation_id = "keys",
    params(("id" = String, Path, description = "Id of the account")),
    responses(
        (status = 200, description = "The keys, never what they are", body = Keys),
        (status = 404, description = "No such account", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn keys(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Keys>, Problem> {
    let now = shared.app.asker.now();
    let read = move || {
        shared.app.identity.account(&id, now)?;
        shared.app.identity.keys(&id)
    };
    Ok(Json(Keys { keys: blocking(read).await? }))
}

/// Add a key to an account
///
/// The key is shown this once.
#[utoipa::path(post, path = "/v1/accounts/{id}/keys", tag = "identity", operation_id = "add_key", request_body = NewKey,
    params(("id" = String, Path, description = "Id of the account")),
    responses(
        (status = 201, description = "The key", body = ShownKey),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such account", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A label or time that does not do", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn add_key(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<NewKey>,
) -> Result<(StatusCode, Json<ShownKey>), Problem> {
    let read = |text: &str| {
        let detail = "expires_at must be a time, as in 2027-01-31T12:00:00Z";
        text.parse::<Timestamp>().map_err(|_| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_field", detail))
    };
    let expires = body.expires_at.as_deref().map(read).transpose()?;
    let (app, now) = (Arc::clone(&shared.app), shared.app.asker.now());
    let draft = Draft::new("key.added", caller.actor()).in_request(&request_id(&headers));
    let added = blocking(move || -> Result<ShownKey, Problem> {
        let added = app.identity.add_key_on_record(&id, &body.label, expires, now, |key| {
            app.audit.append(draft.with("account", id.as_str()).with("key", key))?;
            Ok::<_, Problem>(())
        });
        added.map(|(about, key)| ShownKey { about, key })
    });
    Ok((StatusCode::CREATED, Json(added.await?)))
}

/// Revoke a key
#[utoipa::path(delete, path = "/v1/accounts/{id}/keys/{key}", tag = "identity", operation_id = "revoke_key",
    params(("id" = String, Path, description = "Id of the account"), ("key" = String, Path, description = "Id of the key")),
    responses(
        (status = 204, description = "It lets nobody in any more"),
        (status = 404, description = "No such account or key", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn revoke_key(
    State(shared): State<Shared>,
    caller: Caller,
    Path((id, key)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let (app, now) = (Arc::clone(&shared.app), shared.app.asker.now());
    let draft = Draft::new("key.revoked", caller.actor()).in_request(&request_id(&headers));
    let revoke = move || -> Result<(), Problem> {
        if !app.identity.keys(&id)?.iter().any(|known| known.id == key) {
            return Err(identity::Error::UnknownKey.into());
        }
        app.audit.append(draft.with("account", id.as_str()).with("key", key.as_str()))?;
        Ok(app.identity.revoke_key(&id, &key, now)?)
    };
    blocking(revoke).await?;
    Ok(StatusCode::NO_CONTENT)
}
