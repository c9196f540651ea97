//! Suites of questions that need no corpus: what is refused, what is time-critical.

use answer::{Scope, scope};
use serde::Deserialize;

use crate::suites::{self, OUT_OF_SCOPE, TIME_CRITICAL};

#[derive(Debug, Deserialize)]
struct Kind {
    id: String,
    question: String,
    why: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Urgency {
    id: String,
    question: String,
    time_critical: bool,
}

/// Right and wrong decisions of one sort.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// Prompts that it is about, and how many were decided so.
    pub positives: (usize, usize),
    /// Prompts that only look alike, and how many were wrongly decided so.
    pub negatives: (usize, usize),
    /// What went wrong, for people.
    pub mistakes: Vec<String>,
}

impl Decisions {
    fn count(&mut self, wanted: bool, decided: bool, id: &str, question: &str) {
        let counts = if wanted { &mut self.positives } else { &mut self.negatives };
        counts.0 += 1;
        counts.1 += usize::from(decided);
        if wanted != decided {
            self.mistakes.push(format!("{id}: {}", question.chars().take(120).collect::<String>()));
        }
    }
}

/// Prompts that must be refused.
pub fn out_of_scope() -> Decisions {
    let mut decisions = Decisions::default();
    for row in suites::read::<Kind>(OUT_OF_SCOPE) {
        let refused = matches!(scope(&row.question), Scope::Refused(_));
        decisions.count(row.why.is_some(), refused, &row.id, &row.question);
    }
    decisions
}

/// Prompts that get sources and a banner.
pub fn time_critical() -> Decisions {
    let mut decisions = Decisions::default();
    for row in suites::read::<Urgency>(TIME_CRITICAL) {
        decisions.count(row.time_critical, scope(&row.question) == Scope::TimeCritical, &row.id, &row.question);
    }
    decisions
}
