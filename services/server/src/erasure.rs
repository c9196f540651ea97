//! Destroying words. Whichever way leads there, by the API, by a command or because their time is over, goes through here, so that
//! what the log destroys is forgotten wherever else it was known of.

use audit::{Actor, AuditLog};
use history::History;
use jiff::{SignedDuration, Timestamp};
use review::Reviews;

use crate::app::App;

/// Where words are kept, and what knows of the answers that they belong to.
#[derive(Debug, Clone, Copy)]
pub struct Stores<'a> {
    /// Has the words, sealed.
    pub audit: &'a AuditLog,
    /// Has the answers of conversations, and the names of those.
    pub history: &'a History,
    /// May have comments on answers from before they were sealed.
    pub reviews: &'a Reviews,
}

/// Why words could not be destroyed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log keeps them, or could not be written.
    #[error("the words cannot be destroyed in the audit records")]
    Audit(#[from] audit::Error),
    /// They could not be forgotten in conversations.
    #[error("what is destroyed cannot be forgotten in the conversations")]
    History(#[from] history::Error),
    /// They could not be forgotten in reviews.
    #[error("what is destroyed cannot be forgotten in the reviews")]
    Reviews(#[from] review::Error),
}

impl Error {
    /// Whether they are destroyed, and another program keeps what they were alive for now.
    fn is_still_read(&self) -> bool {
        matches!(
            self,
            Self::Audit(audit::Error::StillRead)
                | Self::History(history::Error::StillRead)
                | Self::Reviews(review::Error::StillRead)
        )
    }
}

impl<'a> Stores<'a> {
    /// Those of a service.
    pub fn of(app: &'a App) -> Self {
        Self { audit: &app.audit, history: &app.history, reviews: &app.reviews }
    }

    /// Destroys the words of an answer, or of what was asked without one, by the id of its entry.
    ///
    /// # Errors
    /// [`Error`]; nothing is destroyed that must be kept.
    pub fn erase(&self, id: &str, actor: Actor) -> Result<(), Error> {
        let erased = self.audit.erase(id, actor).map_err(Error::from);
        if erased.as_ref().is_err_and(|error| !error.is_still_read()) {
            return erased;
        }
        self.forget(&[id.to_owned()])?;
        erased
    }

    /// Destroys the words of everything whose time is over and which nobody holds; how many answers, and questions without
    /// one, those were.
    ///
    /// # Errors
    /// [`Error`].
    pub fn expire(&self, actor: &Actor) -> Result<u64, Error> {
        let due = self.audit.due()?;
        // The log comes last: after an end in between they are due again.
        let forgotten = self.forget(&due);
        if forgotten.as_ref().is_err_and(|error| !error.is_still_read()) {
            return forgotten.map(|()| 0);
        }
        let destroyed = self.audit.expire_these(&due, actor)?;
        forgotten.map(|()| destroyed)
    }

    fn forget(&self, ids: &[String]) -> Result<(), Error> {
        let mut still_read = None;
        for id in ids {
            match self.reviews.forget(id) {
                Err(error @ review::Error::StillRead) => still_read = Some(error),
                forgotten => forgotten?,
            }
        }
        self.history.forget_all(ids)?;
        still_read.map_or(Ok(()), |error| Err(error.into()))
    }
}

/// What the service does by itself now and then: deletes conversations that nobody has used for as long as they are kept, and
/// destroys the words of everything whose time is over; how many those were.
///
/// # Errors
/// [`Error`].
pub fn sweep(app: &App) -> Result<u64, Error> {
    let swept = expire_conversations(&app.history, app.config.history.kept_days, app.asker.now());
    let destroyed = Stores::of(app).expire(&Actor::service())?;
    swept?;
    Ok(destroyed)
}

/// Deletes conversations that were last used so many days ago; without a number of days, none.
///
/// # Errors
/// [`history::Error`].
pub fn expire_conversations(history: &History, kept_days: Option<u64>, now: Timestamp) -> history::Result<()> {
    if let Some(oldest) = kept_days.and_then(|days| days_before(now, days)) {
        history.expire(&oldest)?;
    }
    Ok(())
}

/// RFC 3339; `None` where the calendar does not reach back that far.
fn days_before(now: Timestamp, days: u64) -> Option<String> {
    let hours = i64::try_from(days).ok()?.checked_mul(24)?;
    now.checked_sub(SignedDuration::from_hours(hours)).ok().map(|then| then.to_string())
}
