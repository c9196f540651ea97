//! Does an answer say what the question left out? Questions whose right answer depends on something that they do not state.

use std::collections::HashSet;

use answer::{Asker, Question};
use serde::Deserialize;

use crate::baseline::Figure;
use crate::suites::{self, UNDERSPECIFIED};

#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    question: String,
    missing: Vec<String>,
}

/// What became of the questions.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Questions that were answered; the others say that the corpus has too little.
    pub answered: usize,
    /// Answers that name something unknown.
    pub named_something: usize,
    /// Things that a careful pharmacist would ask for, and those among them that were named.
    pub wanted: (usize, usize),
    /// Answers that name nothing, for people.
    pub mistakes: Vec<String>,
}

impl Outcome {
    /// What is kept of it.
    pub fn figures(&self) -> Vec<Figure> {
        let share = |metric, part, whole| Figure::share("unknowns", metric, part, whole);
        vec![
            share("answers that name something left out", self.named_something, self.answered),
            share("things wanted that are named", self.wanted.1, self.wanted.0),
        ]
    }
}

/// Asks every question of the suite.
///
/// # Errors
/// When a store or the embedder fails.
pub async fn run(asker: &Asker) -> answer::Result<Outcome> {
    let mut outcome = Outcome::default();
    for row in suites::read::<Row>(UNDERSPECIFIED) {
        let question = Question::new(&row.question);
        let answer = asker.ask_alone(&question).await?;
        if answer.statements.is_empty() {
            continue;
        }
        let named = |factor| serde_json::to_value(factor).ok().and_then(|name| name.as_str().map(str::to_owned));
        let named: HashSet<String> = answer.unknowns.iter().filter_map(|unknown| named(unknown.factor)).collect();
        outcome.answered += 1;
        outcome.named_something += usize::from(!named.is_empty());
        outcome.wanted.0 += row.missing.len();
        outcome.wanted.1 += row.missing.iter().filter(|wanted| named.contains(*wanted)).count();
        if named.is_empty() {
            outcome.mistakes.push(format!("{}: {}", row.id, row.question));
        }
    }
    Ok(outcome)
}
