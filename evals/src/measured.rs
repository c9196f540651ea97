//! Figures that stand in documents of this repository, each with its run: what prints it, when, on what, and where it is written.

use serde::Deserialize;

const KEPT: &str = include_str!("../measured.json");

/// What the texts of a run are to Osler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Rules, thresholds or suites were made with them in view.
    Development,
    /// They were made by others, for other purposes.
    Other,
    /// They are there to be worked on: the run says how fast a machine is.
    Machine,
}

/// A run that a document tells of.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Its id: suite, texts and day.
    pub id: String,
    /// What prints its figures.
    pub command: String,
    /// The day on which the document took the figures in, `2026-11-28`.
    pub date: String,
    /// On what, and how much of it.
    pub data: String,
    /// What those texts are to Osler.
    pub source: Source,
    /// The document, from the root of the repository.
    pub document: String,
    /// The embedder that took part, where one did.
    #[serde(default)]
    pub embedder: Option<String>,
    /// Who chose the words, where answers were measured.
    #[serde(default)]
    pub mode: Option<answer::Mode>,
    /// The model that wrote, where one did.
    #[serde(default)]
    pub model: Option<String>,
    /// What must be known to read the figures.
    #[serde(default)]
    pub note: Option<String>,
    /// Its figures.
    pub figures: Vec<RunFigure>,
}

/// A figure of a run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunFigure {
    /// What was measured.
    pub what: String,
    /// How much.
    pub value: f64,
    /// `%`, `ms`, or empty.
    pub unit: String,
    /// Between which bounds it lies in 95 of 100 resamples.
    #[serde(default)]
    pub interval: Option<[f64; 2]>,
    /// Of how many.
    #[serde(default)]
    pub of: Option<u64>,
    /// Whether less is better.
    #[serde(default)]
    pub less_is_better: bool,
    /// As the document has it: these characters stand in it.
    pub as_written: String,
}

/// The runs whose figures the documents of this build have, beside those of `baseline.json`.
///
/// # Panics
/// When `measured.json` is not a list of runs; a test reads it.
pub fn runs() -> Vec<Run> {
    serde_json::from_str(KEPT).expect("measured.json holds runs")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_run_has_an_id_of_its_own_a_day_and_figures() {
        let runs = runs();
        let ids: BTreeSet<&str> = runs.iter().map(|run| run.id.as_str()).collect();
        assert_eq!(ids.len(), runs.len());
        for run in &runs {
            assert!(run.id.ends_with(&run.date) && run.date.len() == 10, "{}", run.id);
            assert!(!run.data.is_empty() && !run.figures.is_empty(), "{}", run.id);
            assert_eq!(
                run.model.is_some(),
                run.mode.is_some_and(|mode| mode != answer::Mode::Extractive),
                "{}",
                run.id
            );
        }
    }
}
