//! What the writing half of an answer came to.

use tokio::sync::mpsc::UnboundedSender;

use crate::answer::{Mode, Statement, Status};
use crate::ask::Progress;
use crate::draft::Grounder;
use crate::extract;
use crate::select::Selected;

/// Statements, or why there are none.
pub(crate) struct Written {
    pub(crate) statements: Vec<Statement>,
    pub(crate) status: Status,
    pub(crate) mode: Mode,
    pub(crate) reason: Option<String>,
    pub(crate) is_judged: bool,
    pub(crate) prompt_sha256: Option<String>,
    pub(crate) generate_ms: u64,
    pub(crate) ground_ms: u64,
}

impl Default for Written {
    fn default() -> Self {
        Self::without_statements(Status::NoEvidence, String::new())
    }
}

impl Written {
    pub(crate) fn without_statements(status: Status, reason: String) -> Self {
        let (statements, mode) = (Vec::new(), Mode::Extractive);
        let reason = Some(reason);
        Self { statements, status, mode, reason, is_judged: false, prompt_sha256: None, generate_ms: 0, ground_ms: 0 }
    }

    /// Says that a part of the search was away: statements have less behind them then, and that there are none says less.
    pub(crate) fn degrade(&mut self, missing: &str) {
        if !self.statements.is_empty() {
            // Why there is less than a model wrote is to be known, too.
            let less = self.reason.take().filter(|_| self.status == Status::Partial);
            self.status = Status::Degraded;
            self.reason = Some(less.map_or_else(|| missing.to_owned(), |less| format!("{missing}; {less}")));
            return;
        }
        self.reason = Some(match self.reason.take() {
            Some(reason) => format!("{missing}; {reason}"),
            None => missing.to_owned(),
        });
    }
}

/// The best sentences of the evidence, as they stand.
pub(crate) fn extracted(selected: &[Selected], reason: String, progress: &UnboundedSender<Progress>) -> Written {
    drop(progress.send(Progress::Stage("extract")));
    let mut grounder = Grounder::new(selected, Mode::Extractive);
    for (source, sentence) in extract::best_sentences(selected) {
        if let Some(statement) = grounder.quote(source, sentence.span) {
            drop(progress.send(Progress::Statement(statement)));
        }
    }
    let (statements, _) = grounder.finish();
    if statements.is_empty() {
        return Written::without_statements(Status::NoEvidence, "no sentence of the evidence can be quoted".to_owned());
    }
    Written { statements, ..Written::without_statements(Status::Extractive, reason) }
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use super::*;

    #[test]
    fn that_a_part_was_away_hides_no_other_reason() {
        let statement = || Statement {
            text: "Gout hurts.".to_owned(),
            said_by: "Board (2024)".to_owned(),
            verdict: Verdict::Supported,
            reason: None,
            citations: Vec::new(),
        };
        let degraded = |status, reason: Option<&str>| {
            let reason = reason.map(str::to_owned);
            let mut written = Written { statements: vec![statement()], status, reason, ..Written::default() };
            written.degrade("words are away");
            (written.status, written.reason.unwrap_or_default())
        };
        assert_eq!(degraded(Status::Answered, None), (Status::Degraded, "words are away".to_owned()));
        let partial = degraded(Status::Partial, Some("1 was left out"));
        assert_eq!(partial, (Status::Degraded, "words are away; 1 was left out".to_owned()));
        assert_eq!(degraded(Status::Extractive, Some("no model")).1, "words are away");
    }
}
