//! Figures that were measured, kept in `baseline.json` to be shown and to be held against new ones.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const KEPT: &str = include_str!("../baseline.json");

/// The embedder that the kept figures were measured with, where one took part: that of the starter models.
pub const EMBEDDER: &str = "clinical-minilm-l6-v1@d4193718caf063e2.int8";

/// The corpus that comes with the program.
const STARTER: &str = "starter";

/// A figure from a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The measurement.
    #[schema(example = "grounding")]
    pub suite: String,
    /// What was measured.
    #[schema(example = "wrong values caught")]
    pub metric: String,
    /// How much.
    #[schema(example = 99.7)]
    pub value: f64,
    /// `%`, `ms`, or empty for a count.
    pub unit: String,
    /// Of how many.
    pub of: Option<u64>,
    /// On which texts.
    #[schema(example = "starter")]
    pub corpus: String,
    /// Who chose the words, where answers were measured.
    pub mode: Option<answer::Mode>,
    /// The model that wrote, where one did.
    pub model: Option<String>,
    /// The day of the run.
    #[schema(example = "2026-11-22")]
    pub measured_on: String,
    /// What prints it.
    #[schema(example = "osler eval grounding")]
    pub command: String,
    /// Whether less is better.
    #[serde(default)]
    pub less_is_better: bool,
    /// By how much a new run may be worse.
    pub tolerance: f64,
}

impl Figure {
    /// A share in percent, on the starter corpus, with one point of tolerance.
    pub fn share(suite: &str, metric: &str, part: usize, whole: usize) -> Self {
        Self {
            suite: suite.to_owned(),
            metric: metric.to_owned(),
            value: (percent(part, whole) * 10.0).round() / 10.0,
            unit: "%".to_owned(),
            of: u64::try_from(whole).ok(),
            corpus: STARTER.to_owned(),
            mode: None,
            model: None,
            measured_on: String::new(),
            command: format!("osler eval {suite}"),
            less_is_better: false,
            tolerance: 1.0,
        }
    }

    /// The same, where less is better.
    #[must_use]
    pub fn less_is_better(self) -> Self {
        Self { less_is_better: true, ..self }
    }

    /// The same, of answers written in `mode`.
    #[must_use]
    pub fn in_mode(self, mode: answer::Mode, model: Option<&str>) -> Self {
        Self { mode: Some(mode), model: model.map(str::to_owned), ..self }
    }

    fn is_same_measure(&self, other: &Self) -> bool {
        (&self.suite, &self.metric, &self.corpus, self.mode, &self.model)
            == (&other.suite, &other.metric, &other.corpus, other.mode, &other.model)
    }

    fn is_worse_than(&self, kept: &Self) -> bool {
        let worse_by = if self.less_is_better { self.value - kept.value } else { kept.value - self.value };
        worse_by > kept.tolerance
    }
}

/// A share in percent; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts are small")]
pub(crate) fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

/// The figures that come with this build and anybody can measure again with it: those on the starter corpus.
///
/// # Panics
/// When `baseline.json` is not a list of figures; a test reads it.
pub fn figures() -> Vec<Figure> {
    kept().into_iter().filter(|figure| figure.corpus == STARTER).collect()
}

/// All figures that are kept, those on collections of others among them.
///
/// # Panics
/// When `baseline.json` is not a list of figures; a test reads it.
pub fn kept() -> Vec<Figure> {
    serde_json::from_str(KEPT).expect("baseline.json holds figures")
}

/// The kept figures apart: those on corpora that a run measured, and those on corpora that it did not have.
pub fn measurable(kept: Vec<Figure>, now: &[Figure]) -> (Vec<Figure>, Vec<Figure>) {
    let is_there = |corpus: &str| corpus == STARTER || now.iter().any(|figure| figure.corpus == corpus);
    kept.into_iter().partition(|figure| is_there(&figure.corpus))
}

/// What is worse now than it was, and what is no longer measured; empty when all is well.
pub fn regressions(kept: &[Figure], now: &[Figure]) -> Vec<String> {
    let mut said = Vec::new();
    for kept in kept {
        let name = format!("{}: {} ({})", kept.suite, kept.metric, kept.corpus);
        match now.iter().find(|figure| figure.is_same_measure(kept)) {
            None => said.push(format!("{name} is no longer measured; it was {} {}", kept.value, kept.unit)),
            Some(figure) if figure.is_worse_than(kept) => {
                let Figure { value, unit, tolerance, .. } = kept;
                said.push(format!("{name} is {} {unit}; it was {value} {unit}, tolerance {tolerance}", figure.value));
            }
            Some(_) => {}
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kept_figures_can_be_read_and_say_what_prints_them() {
        let figures = kept();
        assert!(figures.len() > 15);
        assert!(figures.iter().any(|figure| figure.corpus == "bioasq-snippets"));
        assert!(super::figures().iter().all(|figure| figure.corpus == "starter"));
        assert!(
            figures.iter().all(|figure| figure.command.starts_with("osler eval ") && figure.measured_on.len() == 10)
        );
    }

    #[test]
    fn what_was_not_there_is_not_said_to_be_worse() {
        let starter = Figure::share("s", "found", 9, 10);
        let other = Figure { corpus: "elsewhere".to_owned(), ..starter.clone() };
        let (there, away) = measurable(vec![starter.clone(), other.clone()], std::slice::from_ref(&starter));
        assert_eq!((there, away), (vec![starter.clone()], vec![other.clone()]));
        let (there, away) = measurable(vec![starter.clone(), other.clone()], std::slice::from_ref(&other));
        assert_eq!((there, away), (vec![starter, other], Vec::new()));
    }

    #[test]
    fn worse_is_said_and_better_is_not() {
        let kept = [Figure::share("s", "caught", 98, 100), Figure::share("s", "wrong", 2, 100).less_is_better()];
        let [caught, wrong] = kept.clone();
        let now = |caught_now: f64, wrong_now: f64| {
            [Figure { value: caught_now, ..caught.clone() }, Figure { value: wrong_now, ..wrong.clone() }]
        };
        assert_eq!(regressions(&kept, &now(97.5, 3.0)), [] as [String; 0]);
        assert_eq!(regressions(&kept, &now(100.0, 0.0)), [] as [String; 0]);
        assert_eq!(regressions(&kept, &now(96.0, 4.0)).len(), 2);
        assert!(regressions(&kept, &kept[..1])[0].contains("no longer measured"));
    }
}
