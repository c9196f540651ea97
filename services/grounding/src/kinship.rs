//! How alike the surroundings of two facts are.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::facts::{Fact, Facts, WORD};

/// The terms that a statement and its source share, and how near those of the source stand to its facts: found once, because
/// every fact of the one is held against many of the other.
pub(crate) struct Kinship {
    /// Places of terms of the statement, with the places of the same terms in the source.
    shared: Vec<(usize, Vec<usize>)>,
    /// By fact of the source: how near it each shared term stands; none where the fact itself is that term.
    near: RefCell<HashMap<usize, Vec<Option<usize>>>>,
}

impl Kinship {
    /// The terms that are shared.
    pub(crate) fn new(statement: &Facts, source: &Facts) -> Self {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for term in &source.terms {
            places.entry(term.key.as_str()).or_default().push(term.at);
        }
        let shared = statement.terms.iter().filter_map(|term| Some((term.at, places.get(term.key.as_str())?.clone())));
        Self { shared: shared.collect(), near: RefCell::default() }
    }

    /// The cosine of how near each shared term stands to a fact of the statement and to the fact of the source with that number,
    /// in millionths.
    pub(crate) fn of(&self, (statement, ours): (&Facts, &Fact), (source, theirs): (&Facts, usize)) -> u64 {
        let near = |distance: usize| 1.0 / (f64::from(u32::try_from(2 * WORD + distance).unwrap_or(u32::MAX)));
        let mut known = self.near.borrow_mut();
        let there_by_term = known.entry(theirs).or_insert_with(|| {
            let at = &source.facts[theirs].at;
            let nearest = |places: &Vec<usize>| {
                places.iter().filter(|place| !at.contains(place)).map(|place| source.distance(*place, at)).min()
            };
            self.shared.iter().map(|(_, places)| nearest(places)).collect()
        });
        let (mut product, mut here, mut there) = (0.0, 0.0, 0.0);
        for ((place, _), nearest) in self.shared.iter().zip(there_by_term.iter()) {
            let Some(nearest) = nearest.filter(|_| !ours.at.contains(place)) else { continue };
            let (a, b) = (near(statement.distance(*place, &ours.at)), near(nearest));
            product += a * b;
            here += a * a;
            there += b * b;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cosine of what is not negative")]
        let millionths = if product > 0.0 { (1e6 * product / f64::sqrt(here * there)) as u64 } else { 0 };
        millionths
    }
}
