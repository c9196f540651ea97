//! Does the passage that answers come first? Questions with the sentences that answer them: judgements of documents do not see it
//! when a search finds the right document at the wrong passage.

use answer::{Asker, Question};

use crate::answers::{Row, holds};
use crate::baseline::{Figure, percent};
use crate::suites::{self, Asked};

/// Passages that are looked through.
const LOOKED_THROUGH: usize = 10;

/// Where the passages that answer were found.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Of each question, the place of the first passage that has an answering sentence, from 1; none where the first ten have not.
    pub places: Vec<Option<usize>>,
    /// Questions whose first passage is another one, for people.
    pub mistakes: Vec<String>,
}

impl Outcome {
    /// Questions whose answer is among the first `count` passages.
    pub fn among_first(&self, count: usize) -> usize {
        self.places.iter().flatten().filter(|place| **place <= count).count()
    }

    /// Mean reciprocal rank among the first ten.
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    pub fn mrr_10(&self) -> f64 {
        // Not `sum`, which is -0 of nothing.
        let sum = self.places.iter().flatten().fold(0.0, |sum, place| sum + 1.0 / *place as f64);
        sum / self.places.len().max(1) as f64
    }

    /// What is kept of it.
    pub fn figures(&self, asked: Asked) -> Vec<Figure> {
        let share =
            |metric, count| Figure::share("passages", &asked.name(metric), self.among_first(count), self.places.len());
        vec![
            share("the first passage has the answering sentence", 1),
            share("one of the first three has", 3),
            share("one of the first ten has", LOOKED_THROUGH),
        ]
    }

    /// The outcome as a row of a table: questions, shares in percent, mean reciprocal rank.
    pub fn row(&self) -> String {
        let share = |count| format!("{:.1} %", percent(self.among_first(count), self.places.len()));
        let (all, mrr) = (self.places.len(), self.mrr_10());
        format!("| {all} | {} | {} | {} | {mrr:.3} |", share(1), share(3), share(LOOKED_THROUGH))
    }
}

/// Searches for every answerable question; nothing is written.
///
/// # Errors
/// When a store or the embedder fails.
pub async fn run(asker: &Asker, asked: Asked) -> answer::Result<Outcome> {
    let mut outcome = Outcome::default();
    for row in asked.answerable().iter().flat_map(|suite| suites::read::<Row>(suite)) {
        let found = asker.retriever().search(&Question::new(&row.question), LOOKED_THROUGH).await?;
        let answers = |text: &str| row.spans.iter().any(|span| holds(text, span));
        let place = found.hits.iter().position(|hit| answers(&hit.text)).map(|at| at + 1);
        if place != Some(1) {
            let at = place.map_or_else(|| "-".to_owned(), |place| place.to_string());
            let first = found.hits.first().map_or_else(String::new, |hit| hit.section.join(" › "));
            outcome.mistakes.push(format!("{} at {at}: {}\n    first: {first}", row.id, row.question));
        }
        outcome.places.push(place);
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_become_shares_and_a_mean_reciprocal_rank() {
        let outcome = Outcome { places: vec![Some(1), Some(4), None, Some(2)], mistakes: Vec::new() };
        assert_eq!([1, 3, 10].map(|count| outcome.among_first(count)), [1, 2, 3]);
        assert_eq!(outcome.row(), "| 4 | 25.0 % | 50.0 % | 75.0 % | 0.438 |");
        assert_eq!(Outcome::default().row(), "| 0 | 0.0 % | 0.0 % | 0.0 % | 0.000 |");
    }
}
