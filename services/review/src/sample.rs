//! Which answers are looked at? A stratified draw that anybody can repeat from the seed.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::sign::{hex, sha256};

/// An answer that may be drawn.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// Id of the answer.
    pub answer: String,
    /// Stratum it belongs to.
    pub stratum: String,
    /// Statements in it; 0 when it was not answered.
    pub statements: u32,
}

impl Candidate {
    /// Items that it gives: one for each statement, or one that asks whether it was right not to answer.
    pub(crate) fn items(&self) -> u32 {
        self.statements.max(1)
    }
}

/// What the draw hangs on: written down with the review, so that the draw can be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// Takes 32 bytes, which the caller draws by chance.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex(&self.0))
    }
}

impl FromStr for Seed {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::Seed);
        }
        let mut bytes = [0; 32];
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).map_err(|_| Error::Seed)?;
        }
        Ok(Self(bytes))
    }
}

/// Draws `size` answers, or all where there are fewer; the order of the candidates does not matter, and an answer that
/// is given twice counts once.
///
/// The strata share the sample in proportion to their answers by largest remainder; each gets at least one, or, where
/// the sample is smaller than that, the largest do. In a stratum the answers with the smallest
/// SHA-256(seed ‖ 0x00 ‖ answer id) are drawn, and by that hash the result is ordered.
#[must_use]
pub fn sample(candidates: &[Candidate], size: u32, seed: &Seed) -> Vec<Candidate> {
    let mut strata: BTreeMap<&str, Vec<(Vec<u8>, &Candidate)>> = BTreeMap::new();
    for candidate in distinct(candidates) {
        strata.entry(candidate.stratum.as_str()).or_default().push((draw(seed, &candidate.answer), candidate));
    }
    let populations = strata.iter().map(|(name, members)| (*name, members.len())).collect();
    let shares = allocate(&populations, usize::try_from(size).unwrap_or(usize::MAX));
    let mut drawn = Vec::new();
    for (name, mut members) in strata {
        members.sort();
        drawn.extend(members.into_iter().take(shares.get(name).copied().unwrap_or(0)));
    }
    drawn.sort();
    drawn.into_iter().map(|(_, candidate)| candidate.clone()).collect()
}

/// Every answer once. Of two that differ the smaller is kept, so that their order does not matter.
pub(crate) fn distinct(candidates: &[Candidate]) -> Vec<&Candidate> {
    let mut all: Vec<&Candidate> = candidates.iter().collect();
    all.sort();
    all.dedup_by(|later, earlier| later.answer == earlier.answer);
    all
}

fn draw(seed: &Seed, answer: &str) -> Vec<u8> {
    let mut bytes = seed.0.to_vec();
    bytes.push(0);
    bytes.extend_from_slice(answer.as_bytes());
    sha256(&bytes)
}

/// How many of each stratum: its exact share rounded down, but at least one; what is then missing goes to those
/// furthest below their share (the largest remainders), and what is too much comes from those furthest above it.
fn allocate<'a>(populations: &BTreeMap<&'a str, usize>, size: usize) -> BTreeMap<&'a str, usize> {
    let total: usize = populations.values().sum();
    let size = size.min(total);
    if size < populations.len() {
        let mut by_size: Vec<(&'a str, usize)> = populations.iter().map(|(name, members)| (*name, *members)).collect();
        by_size.sort_by_key(|(name, members)| (Reverse(*members), *name));
        return by_size.into_iter().take(size).map(|(name, _)| (name, 1)).collect();
    }
    let mut shares: BTreeMap<&'a str, usize> = BTreeMap::new();
    for (name, members) in populations {
        let exact = wide(size) * wide(*members) / wide(total).max(1);
        shares.insert(*name, usize::try_from(exact).unwrap_or(usize::MAX).max(1));
    }
    // In units of 1/total: below its share is above zero.
    let missing = |name: &str, share: usize| {
        wide(size) * wide(populations.get(name).copied().unwrap_or(0)) - wide(share) * wide(total)
    };
    loop {
        let given: usize = shares.values().sum();
        if given == size {
            return shares;
        }
        let chosen = if given < size {
            let poorest = shares.iter().max_by_key(|(name, share)| (missing(name, **share), Reverse(**name)));
            poorest.map(|(name, share)| (*name, share + 1))
        } else {
            let can_give = shares.iter().filter(|(_, share)| **share > 1);
            let richest = can_give.min_by_key(|(name, share)| (missing(name, **share), **name));
            richest.map(|(name, share)| (*name, share - 1))
        };
        let Some((name, share)) = chosen else { return shares };
        shares.insert(name, share);
    }
}

/// Wide enough for the product of two counts.
fn wide(count: usize) -> i128 {
    i128::try_from(count).unwrap_or(i128::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn candidates(strata: &[u8]) -> Vec<Candidate> {
        let one = |(n, stratum): (usize, &u8)| Candidate {
            answer: format!("a{n}"),
            stratum: format!("s{stratum}"),
            statements: 2,
        };
        strata.iter().enumerate().map(one).collect()
    }

    fn count(of: &[Candidate]) -> BTreeMap<&str, usize> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for candidate in of {
            *counts.entry(candidate.stratum.as_str()).or_default() += 1;
        }
        counts
    }

    #[test]
    fn a_seed_is_read_as_it_is_written() {
        let seed = Seed::new(std::array::from_fn(|n| u8::try_from(n * 7).unwrap()));
        assert_eq!(seed.to_string().parse::<Seed>().unwrap(), seed);
        for wrong in [String::new(), "00".into(), "+f".repeat(32), "é".repeat(32), "0".repeat(65)] {
            assert!(matches!(wrong.parse::<Seed>(), Err(Error::Seed)), "{wrong}");
        }
    }

    #[test]
    fn shares_are_those_of_the_largest_remainder() {
        let populations = BTreeMap::from([("a", 53), ("b", 24), ("c", 23)]);
        assert_eq!(allocate(&populations, 10), BTreeMap::from([("a", 5), ("b", 3), ("c", 2)]));
        let rare = BTreeMap::from([("a", 9_990), ("b", 5), ("c", 5)]);
        assert_eq!(allocate(&rare, 10), BTreeMap::from([("a", 8), ("b", 1), ("c", 1)]));
        assert_eq!(allocate(&rare, 1), BTreeMap::from([("a", 1)]));
        assert_eq!(allocate(&rare, 20_000), rare);
        assert!(allocate(&BTreeMap::new(), 10).is_empty());
    }

    #[test]
    fn an_answer_given_twice_counts_once() {
        let mut twice = candidates(&[0, 0, 1]);
        twice.extend(candidates(&[1, 0, 1]));
        let drawn = sample(&twice, 10, &Seed::new([1; 32]));
        assert_eq!(drawn.len(), 3);
        twice.reverse();
        assert_eq!(sample(&twice, 10, &Seed::new([1; 32])), drawn);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_draw_can_be_repeated_in_any_order_and_is_proportional(
            strata in proptest::collection::vec(0u8..6, 1..120),
            size in 0u32..140,
            seed in any::<[u8; 32]>(),
            turn in 0usize..120,
        ) {
            let all = candidates(&strata);
            let seed = Seed::new(seed);
            let drawn = sample(&all, size, &seed);
            let mut other = all.clone();
            other.reverse();
            other.rotate_left(turn % all.len());
            prop_assert_eq!(&sample(&other, size, &seed), &drawn);
            let wanted = usize::try_from(size).unwrap().min(all.len());
            prop_assert_eq!(drawn.len(), wanted);
            prop_assert!(drawn.windows(2).all(|two| draw(&seed, &two[0].answer) < draw(&seed, &two[1].answer)));
            let (populations, shares) = (count(&all), count(&drawn));
            if wanted < populations.len() {
                prop_assert!(shares.values().all(|share| *share == 1));
                return Ok(());
            }
            let exact = |name: &str| wanted as f64 * populations[name] as f64 / all.len() as f64;
            prop_assert!(populations.keys().all(|name| shares[name] >= 1 && shares[name] <= populations[name]));
            if populations.keys().all(|name| exact(name) >= 1.0) {
                prop_assert!(populations.keys().all(|name| (shares[name] as f64 - exact(name)).abs() < 1.0));
            }
        }
    }
}
