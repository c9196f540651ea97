//! Signing in and out: with a password, or at the house's identity provider.

use std::sync::Arc;

use audit::{Actor, Draft};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use identity::{Changes, How, ProviderError, Role, Who};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::{Caller, SESSION, cookie};
use super::problem::{Body, Query};
use super::refusals::{About, nobody};
use super::{Problem, Shared, blocking, place, request_id};
use crate::app::App;

/// Binds a sign-in at the provider to the browser that began it.
const LOGIN: &str = "osler_login";

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionReply {
    /// The account; `null` for whoever came in without one.
    account: Option<SignedAccount>,
    /// What may be done.
    roles: Vec<Role>,
    /// How it is known who asks.
    how: SessionHow,
    /// How one can sign in here.
    sign_in: SignIn,
    /// Whether this is a demonstration, with accounts that everybody knows.
    is_demo: bool,
}

/// An account as it sees itself.
#[derive(Debug, Serialize, ToSchema)]
struct SignedAccount {
    id: String,
    name: String,
    full_name: Option<String>,
}

/// How it is known who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SessionHow {
    /// Signed in.
    Session,
    /// With a key of ours.
    Key,
    /// With a token of the house's identity provider.
    Token,
    /// Not at all: whoever reaches this machine may ask.
    Anonymous,
    /// Not at all, and nothing may be done.
    None,
}

/// How one can sign in.
#[derive(Debug, Serialize, ToSchema)]
struct SignIn {
    /// Whether with a password.
    password: bool,
    /// The identity provider, if there is one.
    provider: Option<String>,
}

/// A name and its password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    #[schema(example = "clinician")]
    name: String,
    #[schema(example = "what the demonstration printed")]
    password: String,
}

/// The password that is, and the one that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    current: String,
    new: String,
}

async fn reply(app: Arc<App>, who: Option<Who>) -> Result<SessionReply, Problem> {
    let now = app.asker.now();
    let provider = app.config.identity.provider.as_ref().map(|provider| provider.issuer.clone());
    let is_demo = app.is_demo;
    let known = who.clone();
    let account = blocking(move || -> Result<_, identity::Error> {
        let Some(who) = known.filter(|who| who.how != How::Anonymous) else { return Ok(None) };
        let account = app.identity.account(&who.account, now)?;
        Ok(Some(SignedAccount { id: account.id, name: account.name, full_name: account.full_name }))
    })
    .await?;
    let how = match who.as_ref().map(|who| who.how) {
        None => SessionHow::None,
        Some(How::Session) => SessionHow::Session,
        Some(How::Key) => SessionHow::Key,
        Some(How::Token) => SessionHow::Token,
        Some(How::Anonymous) => SessionHow::Anonymous,
    };
    let roles = who.map(|who| who.roles.into_iter().collect()).unwrap_or_default();
    Ok(SessionReply { account, roles, how, sign_in: SignIn { password: true, provider }, is_demo })
}

/// Read who is signed in
#[utoipa::path(get, path = "/v1/session", tag = "identity", operation_id = "session",
    responses((status = 200, description = "Who, with which roles", body = SessionReply)))]
pub(super) async fn get(State(shared): State<Shared>, caller: Caller) -> Result<Json<SessionReply>, Problem> {
    Ok(Json(reply(shared.app, caller.who).await?))
}

/// Sign in with a password
///
/// The session is in a cookie that scripts cannot read. Too many wrong passwords lock a name for a while.
#[utoipa::path(post, path = "/v1/session", tag = "identity", operation_id = "sign_in", request_body = Credentials,
    responses(
        (status = 200, description = "Signed in", body = SessionReply),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The name or the password is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields that do not fit", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong passwords; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn sign_in(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Body(body): Body<Credentials>,
) -> Result<Response, Problem> {
    let (app, now, request) = (Arc::clone(&shared.app), shared.app.asker.now(), request_id(&headers));
    let place = place(&shared.sign_ins, "as many sign-ins as we can take are in work")?;
    let signed = blocking(move || -> Result<_, Problem> {
        // It is kept until the password is compared, although nobody may be waiting for it any more.
        let _place = place;
        match app.identity.sign_in(&body.name, &body.password, now) {
            Ok(signed) => {
                let draft = Draft::new("session.began", session_actor(&signed.who)).with("how", "password");
                app.audit.append(draft.in_request(&request))?;
                Ok(Ok(signed))
            }
            Err(error) => Ok(Err((app.identity.by_name(&body.name, now).ok().flatten(), error))),
        }
    })
    .await?;
    let signed = match signed {
        Ok(signed) => signed,
        Err((account, error)) => {
            record_failure(&shared, &request_id(&headers), account.map(|account| account.id), &error);
            return Err(error.into());
        }
    };
    let cookie = session_cookie(&signed.secret, &headers);
    let mut response = Json(reply(shared.app, Some(signed.who)).await?).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Puts a sign-in that failed on record, beside the reply and not before it. Where there are very many, those of accounts still
/// have entries when those of other names are only counted: the time that a reply takes must not tell which a name is.
fn record_failure(shared: &Shared, request: &str, account: Option<String>, error: &identity::Error) {
    let reason = if matches!(error, identity::Error::Locked { .. }) { "locked" } else { "credentials" };
    // A name that was mistyped may be a password: it is not written down.
    let (about, actor) = match account {
        Some(id) => (About::Account, Actor { id, role: "none".to_owned() }),
        None => (About::Nobody, nobody()),
    };
    let draft = Draft::new("session.refused", actor).in_request(request);
    let (refusals, app) = (Arc::clone(&shared.refusals), Arc::clone(&shared.app));
    tokio::spawn(async move { refusals.record(&app, about, reason, draft).await });
}

pub(super) fn session_actor(who: &Who) -> Actor {
    Actor { id: who.account.clone(), role: who.roles.first().map_or("none", |role| role.as_str()).to_owned() }
}

/// Without an age: it goes with the browser; how long the session lasts is decided here.
fn session_cookie(secret: &str, headers: &HeaderMap) -> HeaderValue {
    let text = format!("{SESSION}={secret}; Path=/; HttpOnly; SameSite=Strict{}", secure(headers));
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Behind a proxy that ends TLS, browsers are told to keep secrets off plain HTTP.
pub(super) fn secure(headers: &HeaderMap) -> &'static str {
    if is_tls(headers) { "; Secure" } else { "" }
}

/// Whether whoever sent this speaks TLS with a proxy that passed it on.
pub(super) fn is_tls(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|protocol| protocol == "https")
}

/// Sign out
#[utoipa::path(delete, path = "/v1/session", tag = "identity", operation_id = "sign_out",
    responses((status = 204, description = "Signed out")))]
pub(super) async fn sign_out(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let draft = Draft::new("session.ended", caller.actor()).in_request(&request_id(&headers));
    let (app, secret) = (shared.app, cookie(&headers, SESSION).map(str::to_owned));
    blocking(move || -> Result<(), Problem> {
        app.audit.append(draft)?;
        if let Some(secret) = secret {
            app.identity.sign_out(&secret)?;
        }
        Ok(())
    })
    .await?;
    let gone = HeaderValue::from_static("osler_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

/// Change one's password
///
/// Ends all other sessions of the account, and this one.
#[utoipa::path(post, path = "/v1/session/password", tag = "identity", operation_id = "change_password", request_body = NewPassword,
    responses(
        (status = 204, description = "Changed"),
        (status = 400, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The current password is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The new password is too short or too long", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong passwords; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn password(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<NewPassword>,
) -> Result<StatusCode, Problem> {
    let who = caller.account()?.clone();
    let (app, now) = (Arc::clone(&shared.app), shared.app.asker.now());
    let draft = Draft::new("account.password_changed", caller.actor())
        .in_request(&request_id(&headers))
        .with("account", who.account.as_str());
    blocking(move || -> Result<(), Problem> {
        // Whoever has a session must still know the password to change it.
        let signed = app.identity.sign_in(&who.name, &body.current, now)?;
        app.identity.sign_out(&signed.secret)?;
        let changes = Changes { password: Some(&body.new), ..Changes::default() };
        app.identity.change_on_record(&who.account, &changes, || {
            app.audit.append(draft)?;
            Ok(())
        })
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where to go on after signing in.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Onward {
    /// A path of this service.
    to: Option<String>,
}

/// Only a path of ours: never another site. Browsers read a backslash as a slash, and pass over tabs and line breaks.
fn own_path(to: Option<&str>) -> &str {
    let is_plain = |to: &str| to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    to.filter(|to| to.starts_with('/') && !to.starts_with("//") && is_plain(to)).unwrap_or("/")
}

/// Begin to sign in at the identity provider
#[utoipa::path(get, path = "/v1/session/provider", tag = "identity", operation_id = "begin_provider_sign_in", params(Onward),
    responses(
        (status = 303, description = "To the provider"),
        (status = 400, description = "A query that does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no provider", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The provider is away", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn begin(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Query(query): Query<Onward>,
) -> Result<Response, Problem> {
    let provider = shared.app.provider.clone().ok_or_else(no_provider)?;
    let (app, now) = (Arc::clone(&shared.app), shared.app.asker.now());
    let login = blocking(move || app.identity.begin_login(now)).await?;
    let to = provider.authorize_url(&login).await?;
    // Lax: the provider sends the browser back from another site.
    let onward = own_path(query.to.as_deref()).replace(';', "%3B");
    let text = format!(
        "{LOGIN}={}|{onward}; Path=/v1/session/provider; HttpOnly; SameSite=Lax; Max-Age=600{}",
        login.state,
        secure(&headers)
    );
    let cookie = HeaderValue::try_from(text).map_err(|_| Problem::internal())?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response())
}

fn no_provider() -> Problem {
    Problem::not_found("no_provider", "this service has no identity provider: sign in with a password")
}

/// What the provider sends the browser back with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Callback {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// End of a sign-in at the identity provider
#[utoipa::path(get, path = "/v1/session/provider/callback", tag = "identity", operation_id = "end_provider_sign_in", params(Callback),
    responses(
        (status = 303, description = "Signed in; on to where one wanted to be"),
        (status = 400, description = "A query that does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The provider does not vouch for them, or another browser began", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no provider", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The provider is away", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn callback(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Query(query): Query<Callback>,
) -> Result<Response, Problem> {
    let (refusals, app) = (Arc::clone(&shared.refusals), Arc::clone(&shared.app));
    let draft = Draft::new("session.refused", nobody()).in_request(&request_id(&headers));
    let signed = vouched(shared, headers, query).await;
    if matches!(&signed, Err(problem) if problem.is(StatusCode::UNAUTHORIZED)) {
        refusals.record(&app, About::Nobody, "provider", draft).await;
    }
    signed
}

/// A session for whom the provider vouches.
async fn vouched(shared: Shared, headers: HeaderMap, query: Callback) -> Result<Response, Problem> {
    let refused = |detail: &str| Problem::new(StatusCode::UNAUTHORIZED, "wrong_credentials", detail);
    let provider = shared.app.provider.clone().ok_or_else(no_provider)?;
    if query.error.is_some() {
        return Err(refused("the identity provider did not sign you in"));
    }
    let (Some(code), Some(state)) = (query.code, query.state) else {
        return Err(refused("the identity provider sent no code"));
    };
    let kept = cookie(&headers, LOGIN).unwrap_or_default();
    let (began, to) = kept.split_once('|').unwrap_or((kept, "/"));
    if began != state {
        return Err(refused("this sign-in was begun in another browser, or too long ago: begin again"));
    }
    let (app, now, request) = (Arc::clone(&shared.app), shared.app.asker.now(), request_id(&headers));
    let login = {
        let app = Arc::clone(&app);
        blocking(move || app.identity.finish_login(&state, now)).await?
    };
    let login = login.ok_or_else(|| refused("this sign-in was begun too long ago: begin again"))?;
    let (token, renewal) = provider.exchange(&code, &login.verifier).await.map_err(|error| match error {
        ProviderError::Status(400..=499) => refused("the identity provider did not take its code: begin again"),
        other => other.into(),
    })?;
    let claims = provider.verify_id_token(&token, &login.nonce, now).await?;
    let signed = blocking(move || -> Result<identity::SignedIn, Problem> {
        let who = super::accounts::vouched(&app, &claims, &request, now)?;
        app.audit
            .append(Draft::new("session.began", session_actor(&who)).with("how", "provider").in_request(&request))?;
        let signed = app.identity.begin_session(&who.account, now)?;
        if let Some(renewal) = renewal {
            app.identity.keep_renewal(&signed.secret, renewal, now);
        }
        Ok(signed)
    })
    .await?;
    let cookie = session_cookie(&signed.secret, &headers);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(own_path(Some(to)))).into_response())
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn one_goes_on_to_a_page_of_ours() {
        for own in ["/", "/c/1?doc=2", "/records?days=30"] {
            assert_eq!(own_path(Some(own)), own);
        }
        for other in [
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            "evil",
            "",
            "/\r\nset-cookie: x",
        ] {
            assert_eq!(own_path(Some(other)), "/", "{other:?}");
        }
        assert_eq!(own_path(None), "/");
    }
}
