//! Suites of questions that need no corpus: what is refused, what is time-critical.

use answer::{Scope, scope};
use serde::Deserialize;

use crate::baseline::Figure;
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
    pub(crate) fn count(&mut self, wanted: bool, decided: bool, mistake: Option<String>) {
        let counts = if wanted { &mut self.positives } else { &mut self.negatives };
        counts.0 += 1;
        counts.1 += usize::from(decided);
        self.mistakes.extend(mistake);
    }

    fn count_prompt(&mut self, wanted: bool, decided: bool, id: &str, prompt: &str) {
        let mistake = || format!("{id}: {}", prompt.chars().take(120).collect::<String>());
        self.count(wanted, decided, (wanted != decided).then(mistake));
    }
}

impl Decisions {
    /// What is kept of it.
    pub fn figures(&self, seen: &str, wrongly_seen: &str) -> [Figure; 2] {
        [
            Figure::share("decisions", seen, self.positives.1, self.positives.0),
            Figure::share("decisions", wrongly_seen, self.negatives.1, self.negatives.0).less_is_better(),
        ]
    }
}

/// Prompts that must be refused.
pub fn out_of_scope() -> Decisions {
    let mut decisions = Decisions::default();
    for row in suites::read::<Kind>(OUT_OF_SCOPE) {
        let refused = matches!(scope(&row.question), Scope::Refused(_));
        decisions.count_prompt(row.why.is_some(), refused, &row.id, &row.question);
    }
    decisions
}

/// Prompts that get sources and a banner.
pub fn time_critical() -> Decisions {
    let mut decisions = Decisions::default();
    for row in suites::read::<Urgency>(TIME_CRITICAL) {
        decisions.count_prompt(row.time_critical, scope(&row.question) == Scope::TimeCritical, &row.id, &row.question);
    }
    decisions
}
