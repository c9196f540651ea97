//! How far do the two agree, and how often are the answers right? Pure: numbers from ratings.

use std::collections::BTreeMap;

use knowledge::Verdict;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::Result;
use crate::model::{Rating, Stratum};
use crate::sheet::{self, Line};
use crate::sign::settled;
use crate::store::Reviews;

/// The 97.5 % point of the standard normal distribution: intervals are of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// A share with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Proportion {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The share, 0 to 1.
    pub share: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// How far two ways of rating the same items agree.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Agreement {
    /// Items on which they agree.
    pub observed: Proportion,
    /// Agreement to be expected by chance from how often each uses each rating, 0 to 1.
    pub expected: f64,
    /// Cohen's kappa; `null` when both gave one and the same rating to everything: chance alone would then agree as
    /// well, and kappa is 0/0.
    pub kappa: Option<Estimate>,
}

/// How often a rating is the final one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RatingCount {
    /// The rating.
    pub rating: Rating,
    /// Items.
    pub items: u64,
}

/// A stratum with its support rate.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StratumSupport {
    /// Name.
    pub name: String,
    /// Share of the stratum among the items of all answers that were drawn from, 0 to 1.
    pub weight: f64,
    /// Items whose final rating is *supported*; `null` when nothing of the stratum was drawn.
    pub support: Option<Proportion>,
}

/// What a review comes to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReviewStatistics)]
pub struct Statistics {
    /// Items.
    pub items: u64,
    /// Agreement of the two reviewers: of the ratings that each gave before our verdict was shown.
    pub agreement: Agreement,
    /// Items whose final rating is *supported*: each item counts the same.
    pub support: Proportion,
    /// The same, each stratum counting as much as it does among the answers that were drawn from; `null` when a stratum
    /// has fewer than two items, for its variance is then unknown.
    pub stratified_support: Option<Estimate>,
    /// Support by stratum.
    pub strata: Vec<StratumSupport>,
    /// Final ratings.
    pub finals: Vec<RatingCount>,
    /// Agreement of our verdicts with the final ratings, over the items that have a verdict of ours; `null` when none
    /// has.
    pub ours: Option<Agreement>,
    /// How often a rating was changed after our verdict was shown: none of these counts, but that a third person was asked.
    pub changed: u64,
}

impl Reviews {
    /// What the review comes to.
    ///
    /// # Errors
    /// [`crate::Error::Unknown`]; [`crate::Error::State`] until everything is settled.
    pub fn statistics(&self, review: &str) -> Result<Statistics> {
        let connection = self.lock();
        let review = settled(&connection, review)?;
        let lines = sheet::lines(&connection, &review)?;
        Ok(statistics(&lines, &review.strata))
    }
}

/// Of items that are all settled; the others are left out.
pub(crate) fn statistics(lines: &[Line], strata: &[Stratum]) -> Statistics {
    let pairs: Vec<(Rating, Rating)> = lines.iter().filter_map(Line::pair).collect();
    let finals: Vec<(&Line, Rating)> = lines.iter().filter_map(|line| Some((line, line.settled()?))).collect();
    let ours: Vec<(Rating, Rating)> =
        finals.iter().filter_map(|(line, rating)| Some((of_verdict(&line.ours)?, *rating))).collect();
    let strata = support_by_stratum(&finals, strata);
    let counts = Rating::ALL.map(|rating| RatingCount {
        rating,
        items: count(finals.iter().filter(|(_, found)| *found == rating).count()),
    });
    let changes = |line: &Line| {
        let given = line.first.iter().chain(&line.second);
        given.map(|given| u64::from(given.round.saturating_sub(1))).sum::<u64>()
    };
    Statistics {
        items: count(finals.len()),
        agreement: agreement(&pairs),
        support: proportion(counts[0].items, count(finals.len())),
        stratified_support: stratified(&strata),
        strata,
        finals: counts.to_vec(),
        ours: Some(ours).filter(|ours| !ours.is_empty()).map(|ours| agreement(&ours)),
        changed: lines.iter().map(changes).sum(),
    }
}

/// Agreement of two ratings of the same items.
///
/// Kappa is (p₀ − pₑ) / (1 − pₑ) (Cohen, *Educational and Psychological Measurement* 20, 1960). Its standard error is
/// the one for large samples of Fleiss, Cohen and Everitt (*Psychological Bulletin* 72, 1969): with the shares pᵢⱼ of
/// the table and its margins pᵢ. and p.ᵢ it is √(A + B − C) / ((1 − pₑ) √n), where A = Σᵢ pᵢᵢ (1 − (pᵢ. + p.ᵢ)(1 −
/// κ))², B = (1 − κ)² Σᵢ≠ⱼ pᵢⱼ (p.ᵢ + pⱼ.)² and C = (κ − pₑ(1 − κ))². The interval is the normal one, cut to −1 … 1.
#[must_use]
pub fn agreement(pairs: &[(Rating, Rating)]) -> Agreement {
    const K: usize = Rating::ALL.len();
    let mut table = [[0_u64; K]; K];
    for (first, second) in pairs {
        table[place(*first)][place(*second)] += 1;
    }
    let agreed: u64 = (0..K).map(|i| table[i][i]).sum();
    let items = count(pairs.len());
    let n = items.max(1) as f64;
    let p = table.map(|row| row.map(|cell| cell as f64 / n));
    // From whole numbers, so that 1 is 1 when both know one rating only.
    let rows: [f64; K] = std::array::from_fn(|i| table[i].iter().sum::<u64>() as f64 / n);
    let columns: [f64; K] = std::array::from_fn(|j| table.iter().map(|row| row[j]).sum::<u64>() as f64 / n);
    let observed = proportion(agreed, items);
    let expected: f64 = rows.iter().zip(&columns).map(|(row, column)| row * column).sum();
    if items == 0 || expected >= 1.0 {
        return Agreement { observed, expected, kappa: None };
    }
    let kappa = (observed.share - expected) / (1.0 - expected);
    let rest = 1.0 - kappa;
    let (mut a, mut b) = (0.0_f64, 0.0_f64);
    for (i, cells) in p.iter().enumerate() {
        for (j, share) in cells.iter().enumerate() {
            if i == j {
                a += share * (1.0 - (rows[i] + columns[i]) * rest).powi(2);
            } else {
                b += share * (columns[i] + rows[j]).powi(2);
            }
        }
    }
    let variance = a + rest.powi(2) * b - (kappa - expected * rest).powi(2);
    // Below zero by rounding alone.
    let standard_error = variance.max(0.0).sqrt() / ((1.0 - expected) * n.sqrt());
    Agreement { observed, expected, kappa: Some(estimate(kappa, standard_error, -1.0)) }
}

/// A share with its score interval (Wilson, *Journal of the American Statistical Association* 22, 1927). Items count as
/// independent; those of one answer are not quite, so that the true interval is somewhat wider.
#[must_use]
pub fn proportion(part: u64, whole: u64) -> Proportion {
    if whole == 0 {
        // Nothing was seen, and anything is possible.
        return Proportion { count: part, of: whole, share: 0.0, low: 0.0, high: 1.0 };
    }
    let (n, share) = (whole as f64, part as f64 / whole as f64);
    let scale = 1.0 + Z * Z / n;
    let middle = (share + Z * Z / (2.0 * n)) / scale;
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() / scale;
    // At the ends the bound is exact, but for rounding.
    let low = if part == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if part == whole { 1.0 } else { (middle + half).min(1.0) };
    Proportion { count: part, of: whole, share, low, high }
}

/// The mean of the strata's shares by their weights, Σ Wₕ pₕ, with the variance Σ Wₕ² pₕ (1 − pₕ) / (nₕ − 1) (Cochran,
/// *Sampling Techniques*, 1977, chapter 5). The correction for finite populations is left out: the interval speaks of
/// answers to come as well, and is wider than that of the answers drawn from.
fn stratified(strata: &[StratumSupport]) -> Option<Estimate> {
    let (mut value, mut variance) = (0.0_f64, 0.0_f64);
    for stratum in strata {
        let support = stratum.support.filter(|support| support.of >= 2)?;
        value += stratum.weight * support.share;
        variance += stratum.weight.powi(2) * support.share * (1.0 - support.share) / (support.of - 1) as f64;
    }
    Some(estimate(value, variance.sqrt(), 0.0))
}

/// The normal interval, cut to `least` … 1.
fn estimate(value: f64, standard_error: f64, least: f64) -> Estimate {
    let low = (value - Z * standard_error).max(least);
    let high = (value + Z * standard_error).min(1.0);
    Estimate { value, standard_error, low, high }
}

fn support_by_stratum(finals: &[(&Line, Rating)], strata: &[Stratum]) -> Vec<StratumSupport> {
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (line, rating) in finals {
        let (supported, items) = counts.entry(line.stratum.as_str()).or_default();
        *supported += u64::from(*rating == Rating::Supported);
        *items += 1;
    }
    let total: u64 = strata.iter().map(|stratum| stratum.population_items).sum();
    let one = |stratum: &Stratum| StratumSupport {
        name: stratum.name.clone(),
        weight: stratum.population_items as f64 / total.max(1) as f64,
        support: counts.get(stratum.name.as_str()).map(|(supported, items)| proportion(*supported, *items)),
    };
    strata.iter().map(one).collect()
}

/// Our verdict as a rating; of an abstention there is none.
fn of_verdict(ours: &str) -> Option<Rating> {
    serde_json::from_value::<Verdict>(Value::from(ours)).ok().map(Rating::from)
}

/// Where the rating stands among all.
fn place(rating: Rating) -> usize {
    rating as usize
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 5e-5, "{found} is not {expected}");
    }

    fn pairs(table: &[(Rating, Rating, usize)]) -> Vec<(Rating, Rating)> {
        table.iter().flat_map(|(first, second, times)| vec![(*first, *second); *times]).collect()
    }

    #[test]
    fn kappa_of_the_textbook_table() {
        use Rating::{Supported, Unsupported};
        let found = agreement(&pairs(&[
            (Supported, Supported, 20),
            (Supported, Unsupported, 5),
            (Unsupported, Supported, 10),
            (Unsupported, Unsupported, 15),
        ]));
        close(found.observed.share, 0.7);
        close(found.expected, 0.5);
        let kappa = found.kappa.unwrap();
        close(kappa.value, 0.4);
        close(kappa.standard_error, 0.126_996);
        close(kappa.low, 0.151_092);
        close(kappa.high, 0.648_908);
    }

    /// Three categories: Fleiss, Levin and Paik, *Statistical Methods for Rates and Proportions*, 2003, table 18.1
    /// (their text has 0.68 and 0.087).
    #[test]
    fn kappa_of_three_categories() {
        use Rating::{Partial, Supported, Unsupported};
        let found = agreement(&pairs(&[
            (Supported, Supported, 75),
            (Supported, Partial, 1),
            (Supported, Unsupported, 4),
            (Partial, Supported, 5),
            (Partial, Partial, 4),
            (Partial, Unsupported, 1),
            (Unsupported, Unsupported, 10),
        ]));
        let kappa = found.kappa.unwrap();
        close(kappa.value, 0.676_471);
        close(kappa.standard_error, 0.087_703);
    }

    #[test]
    fn kappa_at_the_edges() {
        assert_eq!(agreement(&[]).kappa, None);
        let same = agreement(&[(Rating::Supported, Rating::Supported); 7]);
        assert_eq!((same.kappa, same.observed.share), (None, 1.0));
        let perfect = agreement(&pairs(&[
            (Rating::Supported, Rating::Supported, 3),
            (Rating::CannotTell, Rating::CannotTell, 4),
        ]));
        let kappa = perfect.kappa.unwrap();
        close(kappa.value, 1.0);
        close(kappa.standard_error, 0.0);
        let against =
            agreement(&pairs(&[(Rating::Supported, Rating::Partial, 5), (Rating::Partial, Rating::Supported, 5)]));
        close(against.kappa.unwrap().value, -1.0);
    }

    #[test]
    fn wilson_intervals_of_the_literature() {
        let found = proportion(8, 10);
        close(found.low, 0.490_16);
        close(found.high, 0.943_32);
        let none = proportion(0, 10);
        close(none.high, 0.277_53);
        assert_eq!((none.low, proportion(10, 10).high), (0.0, 1.0));
        assert_eq!(proportion(0, 0).high, 1.0);
    }

    #[test]
    fn strata_count_as_much_as_they_are_large() {
        let one = |name: &str, weight, part, whole| StratumSupport {
            name: name.to_owned(),
            weight,
            support: Some(proportion(part, whole)),
        };
        let found = stratified(&[one("a", 0.75, 8, 10), one("b", 0.25, 2, 4)]).unwrap();
        close(found.value, 0.725);
        close(found.standard_error, 0.123_322);
        close(found.low, 0.483_293);
        close(found.high, 0.966_707);
        assert_eq!(stratified(&[one("a", 1.0, 1, 1)]), None);
        let unseen = StratumSupport { name: "c".to_owned(), weight: 0.5, support: None };
        assert_eq!(stratified(&[one("a", 0.5, 8, 10), unseen]), None);
    }

    #[test]
    fn our_verdicts_are_ratings() {
        assert_eq!(of_verdict("unverifiable"), Some(Rating::CannotTell));
        assert_eq!(of_verdict("supported"), Some(Rating::Supported));
        assert_eq!(of_verdict("abstained"), None);
        assert!(Rating::ALL.into_iter().enumerate().all(|(n, rating)| place(rating) == n));
    }
}
