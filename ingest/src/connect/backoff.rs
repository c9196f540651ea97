//! How long to wait before the next try? Twice as long each time, spread, and as long as the service asks for.

use std::time::Duration;

use jiff::Timestamp;

/// The wait after `tried` tries, 1 for the first: between half of `first` doubled each time and all of it. The spread
/// comes from `seed` and `name` alone, so that a run can be repeated and two hosts' retries do not march in step.
pub(super) fn delay(first: Duration, most: Duration, tried: u32, seed: u64, name: &str) -> Duration {
    let doubled = first.saturating_mul(2_u32.saturating_pow(tried.saturating_sub(1).min(16)));
    let fraction = spread(seed ^ hash(name) ^ u64::from(tried));
    doubled.min(most).mul_f64(0.5 + fraction / 2.0)
}

/// What `Retry-After` asks for: seconds, or a date. A date in the past asks for nothing.
pub(super) fn retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(header).ok()?.timestamp();
    Some(Duration::from_secs(u64::try_from(date.as_second() - now.as_second()).unwrap_or(0)))
}

/// FNV-1a.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A number in `[0, 1)`: the finaliser of splitmix64, of which the upper 32 bits are taken.
fn spread(state: u64) -> f64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let upper = u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0);
    f64::from(upper) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit_and_spread() {
        let (first, most) = (Duration::from_secs(1), Duration::from_secs(60));
        for (tried, full) in [(1, 1), (2, 2), (3, 4), (4, 8), (7, 60), (40, 60)] {
            let wait = delay(first, most, tried, 7, "example.org");
            let full = Duration::from_secs(full);
            assert!(wait >= full / 2 && wait <= full, "{tried}: {wait:?}");
            assert_eq!(wait, delay(first, most, tried, 7, "example.org"));
        }
        assert_ne!(delay(first, most, 1, 7, "a.example"), delay(first, most, 1, 7, "b.example"));
        assert_ne!(delay(first, most, 1, 7, "a.example"), delay(first, most, 1, 8, "a.example"));
    }

    #[test]
    fn services_ask_for_seconds_or_a_date() {
        let now: Timestamp = "2015-10-21T07:27:00Z".parse().unwrap();
        let seconds = |header| retry_after(header, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds(" 0 "), Some(0));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:28:00 GMT"), Some(60));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:26:00 GMT"), Some(0));
        for nonsense in ["", "soon", "-5", "1.5", "99999999999999999999999"] {
            assert_eq!(seconds(nonsense), None, "{nonsense}");
        }
    }
}
