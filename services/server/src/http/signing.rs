//! Signatures: whoever signs shows once more that it is they.

use axum::http::StatusCode;
use identity::Who;

use super::Problem;
use crate::app::App;

/// Whoever has no password of ours signs so many seconds after they signed in.
const FRESH_S: i64 = 300;

/// The name that is printed under what `who` signs. The password is compared once more: a session that was left open does not
/// sign. Who signs in through the house's provider has none, and must have done so just now.
pub(super) fn signer(app: &App, who: &Who, password: &str, session: Option<&str>) -> Result<String, Problem> {
    let now = app.asker.now();
    let account = app.identity.account(&who.account, now)?;
    if account.has_password {
        let again = app.identity.sign_in(&who.name, password, now)?;
        app.identity.sign_out(&again.secret)?;
    } else {
        let is_fresh = match session {
            Some(secret) => app.identity.began_within(secret, &who.account, FRESH_S, now)?,
            None => false,
        };
        if !is_fresh {
            let detail = "you signed in a while ago: sign out and in again, and sign within five minutes";
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "sign_in_again", detail));
        }
    }
    Ok(account.full_name.unwrap_or(account.name))
}
