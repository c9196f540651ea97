//! The measures of ranked lists, and how far the questions that happened to be asked decide them.

use super::collection::JudgedQuestion;
use super::report::Interval;

/// Documents that a reader looks at.
pub(super) const SEEN: usize = 10;

/// Documents that a later stage could still bring to the top.
pub(super) const DEEP: usize = 100;

/// What an arm's lists are worth for one question.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Scores {
    pub(super) ndcg_10: f64,
    pub(super) ndcg_linear_10: f64,
    pub(super) recall_10: f64,
    pub(super) recall_100: f64,
    pub(super) mrr_10: f64,
    pub(super) judged_10: f64,
}

/// Normalised discounted cumulative gain with gain 2^grade - 1 (Burges et al., ICML 2005) and with the grade itself (Järvelin
/// and Kekäläinen, TOIS 2002), recall of what has a grade above 0, reciprocal rank, and the share of the first ten that was
/// judged at all. All are of the list `seen`, but for recall among a hundred, which is of `deep`.
#[expect(clippy::cast_precision_loss, reason = "ranks and counts are small")]
pub(super) fn score(question: &JudgedQuestion, seen: &[&str], deep: &[&str], is_all_judged: bool) -> Scores {
    let grade = |document: &str| question.grades.get(document).copied();
    let mut best: Vec<u32> = question.grades.values().copied().collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let seen = &seen[..seen.len().min(SEEN)];
    let found: Vec<u32> = seen.iter().map(|document| grade(document).unwrap_or(0)).collect();
    let ndcg = |gain: fn(u32) -> f64| {
        let ideal = gained(&best, gain);
        if ideal > 0.0 { gained(&found, gain) / ideal } else { 0.0 }
    };
    let relevant = best.iter().filter(|grade| **grade > 0).count().max(1) as f64;
    let is_relevant = |document: &&&str| grade(document).is_some_and(|grade| grade > 0);
    let first = found.iter().position(|grade| *grade > 0);
    let judged = seen.iter().filter(|document| grade(document).is_some()).count() as f64;
    Scores {
        ndcg_10: ndcg(|grade| 2f64.powi(grade.min(30) as i32) - 1.0),
        ndcg_linear_10: ndcg(f64::from),
        recall_10: found.iter().filter(|grade| **grade > 0).count() as f64 / relevant,
        recall_100: deep.iter().take(DEEP).filter(is_relevant).count() as f64 / relevant,
        mrr_10: first.map_or(0.0, |place| 1.0 / (place + 1) as f64),
        judged_10: if is_all_judged { 1.0 } else { judged / SEEN as f64 },
    }
}

/// The gain of the first ten, each less the lower it stands. Not `sum`, which is -0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "ranks are small")]
fn gained(grades: &[u32], gain: fn(u32) -> f64) -> f64 {
    let places = grades.iter().take(SEEN).enumerate();
    places.fold(0.0, |sum, (place, grade)| sum + gain(*grade) / ((place + 2) as f64).log2())
}

/// Resamples of the questions.
const RESAMPLES: usize = 1_000;

/// The mean of `values`, with its 95 % percentile bootstrap interval. The same values give the same interval.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "counts are small")]
pub(super) fn mean(values: &[f64]) -> Interval {
    let Some(count) = Some(values.len()).filter(|count| *count > 0) else {
        return Interval { value: 0.0, low: 0.0, high: 0.0 };
    };
    let mean = |sum: f64| sum / count as f64;
    let mut random = Random(0x0514_e2d1);
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| mean((0..count).map(|_| values[(random.next() % count as u64) as usize]).sum()))
        .collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[((RESAMPLES - 1) as f64 * share).round() as usize];
    Interval { value: mean(values.iter().sum()), low: at(0.025), high: at(0.975) }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): all that resampling needs, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The value below which a share of `sorted` lies.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
pub(super) fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(grades: &[(&str, u32)]) -> JudgedQuestion {
        let grades = grades.iter().map(|(id, grade)| ((*id).to_owned(), *grade)).collect();
        JudgedQuestion { id: "q".into(), text: "?".into(), grades }
    }

    fn of(question: &JudgedQuestion, ranked: &[&str]) -> Scores {
        score(question, ranked, ranked, false)
    }

    #[test]
    fn measures_are_those_of_the_books() {
        let question = question(&[("a", 3), ("b", 1), ("c", 0)]);
        let perfect = of(&question, &["a", "b"]);
        assert_eq!((perfect.ndcg_10, perfect.recall_10, perfect.mrr_10, perfect.judged_10), (1.0, 1.0, 1.0, 0.2));
        // (7/log2(3) + 1/log2(2) over (7/log2(2) + 1/log2(3)).
        let swapped = of(&question, &["b", "a", "c"]);
        let expected = (7.0 / 3f64.log2() + 1.0) / (7.0 + 1.0 / 3f64.log2());
        assert!((swapped.ndcg_10 - expected).abs() < 1e-12);
        let linear = (3.0 / 3f64.log2() + 1.0) / (3.0 + 1.0 / 3f64.log2());
        assert!((swapped.ndcg_linear_10 - linear).abs() < 1e-12);
        assert!((swapped.judged_10 - 0.3).abs() < 1e-12);
        let late: Vec<&str> = std::iter::repeat_n("x", 10).chain(["a"]).collect();
        let late = of(&question, &late);
        assert_eq!((late.ndcg_10, late.mrr_10, late.recall_10, late.recall_100), (0.0, 0.0, 0.0, 0.5));
        assert_eq!(of(&question, &[]), Scores::default());
        let deep = score(&question, &["b"], &["x", "b", "a"], true);
        assert_eq!((deep.recall_10, deep.recall_100, deep.judged_10), (0.5, 1.0, 1.0));
    }

    #[test]
    fn nothing_is_nought_and_not_less() {
        let nothing = of(&question(&[("a", 1)]), &[]);
        assert!([nothing.ndcg_10, nothing.ndcg_linear_10, nothing.recall_10].iter().all(|one| one.is_sign_positive()));
        assert!(mean(&[nothing.ndcg_10]).value.is_sign_positive());
    }

    #[test]
    fn intervals_hold_the_mean_and_repeat() {
        let values: Vec<f64> = (0..200).map(|n| f64::from(n % 10) / 10.0).collect();
        let interval = mean(&values);
        assert!(interval.low < interval.value && interval.value < interval.high);
        assert!(interval.high - interval.low < 0.1);
        assert_eq!(interval, mean(&values));
        assert_eq!(mean(&[]), Interval { value: 0.0, low: 0.0, high: 0.0 });
        assert_eq!(mean(&[0.5]).low, 0.5);
    }
}
