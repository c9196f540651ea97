//! What was refused, on record: one by one up to a number a minute, and then by their number. Whoever knocks without end must
//! neither fill the disk, as nothing is ever taken out of the log, nor hide in the noise what else is tried.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use audit::{Actor, Draft};
use identity::{How, Who};
use jiff::Timestamp;

use super::{Problem, blocking};
use crate::app::App;

/// Whom a refusal tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    /// Somebody who has come in.
    SignedIn,
    /// An account that somebody did not get into.
    Account,
    /// Nobody who is known.
    Nobody,
}

impl About {
    /// Entries of a minute: of one reason, and of all reasons together. Without signing in one comes to 240 at most, and half of
    /// those are kept for sign-ins to accounts that there are: no other noise uses them up.
    fn limits(self) -> (u64, u64) {
        match self {
            Self::SignedIn => (120, u64::MAX),
            Self::Account | Self::Nobody => (60, 120),
        }
    }
}

/// As the log names those who are not known.
pub(super) fn nobody() -> Actor {
    Actor { id: "nobody".to_owned(), role: "none".to_owned() }
}

/// A request that may not come in.
pub(super) struct Refused {
    /// What is said to whoever sent it.
    pub(super) problem: Problem,
    /// Who that is.
    pub(super) actor: Actor,
    /// Whom the entry tells of.
    pub(super) about: About,
    /// Why, as the log names it.
    pub(super) reason: &'static str,
}

impl Refused {
    /// It is not known who sent it.
    pub(super) fn nobody(problem: Problem, reason: &'static str) -> Self {
        Self { problem, actor: nobody(), about: About::Nobody, reason }
    }

    /// It is known who sent it.
    pub(super) fn of(who: &Who, problem: Problem, reason: &'static str) -> Self {
        let role = who.roles.first().map_or("none", |role| role.as_str()).to_owned();
        let about = if who.how == How::Anonymous { About::Nobody } else { About::SignedIn };
        Self { problem, actor: Actor { id: who.account.clone(), role }, about, reason }
    }
}

impl From<Problem> for Refused {
    /// What was shown is not taken.
    fn from(problem: Problem) -> Self {
        Self::nobody(problem, "credentials")
    }
}

/// How much was refused.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    minute: Mutex<Minute>,
    has_warned_of_proxy: AtomicBool,
}

/// Whom it tells of, what was tried and why it was refused.
type Kind = (About, &'static str, &'static str);

#[derive(Debug, Default)]
struct Minute {
    /// Minutes since 1970.
    number: i64,
    /// Entries of this minute.
    recorded: BTreeMap<Kind, u64>,
    /// What has no entry, since an entry last said how much that was.
    left_out: u64,
}

impl Refusals {
    /// Puts a refusal on record by itself, or counts it. The first entry of a minute says how many were only counted before it.
    pub(super) async fn record(&self, app: &Arc<App>, about: About, reason: &'static str, draft: Draft) {
        let Some(left_out) = self.admit((about, draft.action, reason), || app.asker.now()) else { return };
        let draft = draft.with("reason", reason).with("not_recorded_before", left_out);
        let app = Arc::clone(app);
        if blocking(move || app.audit.append(draft)).await.is_err() {
            self.leave_out(left_out.saturating_add(1));
            tracing::error!("a refusal is not on record");
        }
    }

    /// Says to whoever runs the service that requests come through a proxy: once, when the first does.
    pub(super) fn warn_of_proxy(&self, header: &'static str) {
        if !self.has_warned_of_proxy.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                header,
                "a request came through a proxy, and was not let in without signing in: add accounts with `osler account add`, \
                 or set up [identity.provider]"
            );
        }
    }

    /// Whether a refusal has an entry of its own, and then how many had none since that was last said.
    fn admit(&self, kind: Kind, now: impl FnOnce() -> Timestamp) -> Option<u64> {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        // Asked for while nobody else counts, so that no minute comes twice.
        let number = now().as_second().div_euclid(60);
        if minute.number != number {
            *minute = Minute { number, recorded: BTreeMap::new(), left_out: minute.left_out };
        }
        let (of_a_reason, in_all) = kind.0.limits();
        let alike = minute.recorded.get(&kind).copied().unwrap_or_default();
        let all: u64 = minute.recorded.iter().filter(|((about, ..), _)| *about == kind.0).map(|(_, count)| count).sum();
        if alike >= of_a_reason || all >= in_all {
            minute.left_out = minute.left_out.saturating_add(1);
            return None;
        }
        let is_first = minute.recorded.is_empty();
        minute.recorded.insert(kind, alike + 1);
        Some(if is_first { std::mem::take(&mut minute.left_out) } else { 0 })
    }

    fn leave_out(&self, count: u64) {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        minute.left_out = minute.left_out.saturating_add(count);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::*;

    /// The beginning of a minute.
    const T0: i64 = 1_795_341_600;

    fn admit(refusals: &Refusals, about: About, reason: &'static str, second: i64) -> Option<u64> {
        refusals.admit((about, "access.refused", reason), || Timestamp::from_second(T0 + second).unwrap())
    }

    /// How many of so many have an entry of their own.
    fn recorded(refusals: &Refusals, times: usize, about: About, reason: &'static str, second: i64) -> usize {
        (0..times).filter(|_| admit(refusals, about, reason, second).is_some()).count()
    }

    #[test]
    fn noise_of_one_reason_hides_no_other_and_whoever_is_not_signed_in_writes_so_much_and_no_more() {
        let refusals = Refusals::default();
        assert_eq!(recorded(&refusals, 1_000, About::Nobody, "nobody", 0), 60);
        assert_eq!(recorded(&refusals, 7, About::Nobody, "credentials", 1), 7);
        let reasons = ["unlisted", "other_site", "wrong_host", "proxy", "role", "locked", "provider"];
        let more: usize = reasons.iter().map(|reason| recorded(&refusals, 1_000, About::Nobody, reason, 2)).sum();
        assert_eq!(60 + 7 + more, 120);
        assert_eq!(recorded(&refusals, 1_000, About::Account, "credentials", 3), 60);
        assert_eq!(recorded(&refusals, 1_000, About::Account, "locked", 3), 60);
        assert_eq!(recorded(&refusals, 1_000, About::Account, "another", 3), 0);
        assert_eq!(recorded(&refusals, 1_000, About::SignedIn, "role", 59), 120);
        assert_eq!(recorded(&refusals, 1, About::SignedIn, "replica", 59), 1);
        // And so again.
        assert_eq!(recorded(&refusals, 1_000, About::Nobody, "nobody", 60), 60);
    }

    #[test]
    fn what_is_only_counted_is_told_once_by_the_first_entry_of_the_next_minute() {
        let refusals = Refusals::default();
        assert_eq!(admit(&refusals, About::SignedIn, "role", 0), Some(0));
        recorded(&refusals, 100, About::Nobody, "nobody", 0);
        recorded(&refusals, 65, About::Account, "credentials", 59);
        assert_eq!(admit(&refusals, About::SignedIn, "role", 59), Some(0), "an entry of the same minute");
        assert_eq!(admit(&refusals, About::SignedIn, "role", 60), Some(40 + 5));
        assert_eq!(admit(&refusals, About::Nobody, "nobody", 60), Some(0));
        assert_eq!(admit(&refusals, About::Nobody, "nobody", 180), Some(0));
        // An entry that could not be written takes what it was to tell with it into the count.
        refusals.leave_out(3);
        assert_eq!(admit(&refusals, About::Nobody, "nobody", 181), Some(0));
        assert_eq!(admit(&refusals, About::Nobody, "nobody", 240), Some(3));
    }

    /// What is logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whoever_runs_the_service_is_told_of_the_proxy_once() {
        let (log, refusals) = (Log::default(), Refusals::default());
        let writer = log.clone();
        let listening = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(listening, || {
            for header in ["Via", "Forwarded", "Via"] {
                refusals.warn_of_proxy(header);
            }
        });
        let told = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(told.contains("came through a proxy") && told.contains("Via"), "{told}");
    }
}
