//! Does the service abstain where the corpus has no answer, and only there?

use std::collections::BTreeMap;

use answer::{Asker, Question};
use serde::Deserialize;

use crate::baseline::{Figure, percent};
use crate::suites::{self, Asked};

/// A question of a suite.
#[derive(Debug, Clone, Deserialize)]
struct Row {
    id: String,
    question: String,
    kind: String,
}

/// Questions of one kind.
#[derive(Debug, Clone, Default)]
pub struct Count {
    /// How many there were.
    pub questions: usize,
    /// How many had no answer.
    pub abstained: usize,
}

impl Count {
    /// Abstentions in percent.
    pub fn percent(&self) -> f64 {
        percent(self.abstained, self.questions)
    }
}

/// What became of the questions.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Questions that the corpus answers; every abstention is a wrong refusal.
    pub answerable: Count,
    /// Questions that it does not.
    pub unanswerable: Count,
    /// The same by kind.
    pub by_kind: BTreeMap<String, Count>,
    /// What went wrong, for people.
    pub mistakes: Vec<String>,
}

impl Outcome {
    /// What is kept of it.
    pub fn figures(&self, asked: Asked) -> Vec<Figure> {
        let share =
            |metric, count: &Count| Figure::share("abstention", &asked.name(metric), count.abstained, count.questions);
        vec![
            share("abstained where the corpus has no answer", &self.unanswerable),
            share("wrongly refused", &self.answerable).less_is_better(),
        ]
    }
}

/// Asks every question; nothing is written.
///
/// # Errors
/// When a store or the embedder fails.
pub async fn run(asker: &Asker, asked: Asked) -> answer::Result<Outcome> {
    let mut outcome = Outcome::default();
    let answerable = asked.answerable().iter().map(|suite| (*suite, true));
    for (suite, answerable) in answerable.chain([(asked.unanswerable(), false)]) {
        for row in suites::read::<Row>(suite) {
            let abstained = !asker.has_enough(&Question::new(&row.question)).await?;
            let all = if answerable { &mut outcome.answerable } else { &mut outcome.unanswerable };
            let kinds = if answerable { None } else { Some(outcome.by_kind.entry(row.kind).or_default()) };
            for count in std::iter::once(all).chain(kinds) {
                count.questions += 1;
                count.abstained += usize::from(abstained);
            }
            if abstained == answerable {
                outcome.mistakes.push(format!("{}: {}", row.id, row.question));
            }
        }
    }
    Ok(outcome)
}
