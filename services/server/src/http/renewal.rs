//! Does the house still stand by somebody who came by way of its identity provider? Asked on their requests, once a minute.

use std::sync::Arc;

use audit::Draft;
use identity::{ProviderError, Who};

use super::accounts::vouched;
use super::session::session_actor;
use super::{Problem, blocking};
use crate::app::App;

/// Who is signed in, with the roles of now; `None` when the provider no longer stands by them. A provider that is away changes
/// nothing: how long a session lasts without its word is configured.
///
/// # Errors
/// Without an entry nothing changes, and nobody goes on.
pub(super) async fn renewed(app: &Arc<App>, who: Who, secret: &str, request: &str) -> Result<Option<Who>, Problem> {
    let now = app.asker.now();
    let due = || Some((app.provider.clone()?, app.identity.due_renewal(secret, now)?));
    let Some((provider, token)) = due() else { return Ok(Some(who)) };
    let (app, secret, request) = (Arc::clone(app), secret.to_owned(), request.to_owned());
    // A task of its own: most tokens are good once, so what comes back is kept although whoever sent the request has left.
    let asking = tokio::spawn(async move {
        let claims = match provider.renew(&token).await {
            Ok((id_token, next)) => {
                // Before anything that can fail.
                app.identity.keep_renewal(&secret, next.unwrap_or(token), now);
                match id_token {
                    Some(id_token) => provider.verify_renewal(&id_token, now).await.map(Some),
                    None => Ok(None),
                }
            }
            Err(error) => Err(error),
        };
        match claims {
            Ok(claims) => {
                blocking(move || {
                    let of = claims.map(|claims| vouched(&app, &claims, &request, now)).transpose()?;
                    if of.is_some_and(|of| of.account != who.account) {
                        return end(&app, &who, &secret, &request);
                    }
                    app.identity.vouch_again(&secret, now)?;
                    Ok(app.identity.session(&secret, now)?)
                })
                .await
            }
            // It no longer takes the token (RFC 6749, 5.2), or says of them what is not to be believed.
            Err(ProviderError::Status(400) | ProviderError::Refused(_)) => {
                blocking(move || end(&app, &who, &secret, &request)).await
            }
            Err(error) => {
                tracing::warn!(%error, "the identity provider could not be asked whether it still stands by somebody");
                Ok(Some(who))
            }
        }
    });
    asking.await.map_err(|_| Problem::internal())?
}

fn end(app: &App, who: &Who, secret: &str, request: &str) -> Result<Option<Who>, Problem> {
    app.audit.append(Draft::new("session.ended", session_actor(who)).with("how", "provider").in_request(request))?;
    app.identity.sign_out(secret)?;
    Ok(None)
}
