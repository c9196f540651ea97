//! What a question is answered from, settled before it goes on record: then the record has that too, and nothing that comes
//! later.

use std::collections::{HashMap, HashSet};

use knowledge::{DocumentId, DocumentRef, PassageId, Snapshot, Status};
use ledger::{Ledger, PassageView};

use crate::ask::Asker;
use crate::error::Result;
use crate::question::Question;

/// What a question is answered from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// The snapshot that is searched.
    pub snapshot: Snapshot,
    /// The last decision about the knowledge that counts: what is taken back into use after it is no evidence yet.
    pub decision: u64,
}

impl Asker {
    /// The question with what it is answered from: what is published after this is not in it. What is staged is looked up when
    /// it is searched.
    ///
    /// # Errors
    /// [`ledger::Error::UnknownSnapshot`]; when the ledger cannot be read.
    pub fn pin(&self, question: Question) -> Result<Question> {
        if question.staged {
            return Ok(question);
        }
        let ledger = self.ledger();
        let decision = ledger.last_decision()?;
        let snapshot = ledger.resolve(question.as_of)?;
        Ok(Question { pinned: Some(Pin { snapshot, decision }), ..question })
    }
}

impl Pin {
    /// Keeps the passages of versions that were not out of use when the question went on record. That is somewhere after the
    /// decision, so a version that was out at any time since is left out.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(crate) fn keep(self, ledger: &Ledger, found: &mut HashMap<PassageId, PassageView>) -> ledger::Result<()> {
        let decided = ledger.decisions_after(self.decision)?;
        // Nearly always: questions are short, and decisions are rare.
        if decided.is_empty() {
            return Ok(());
        }
        let decided: HashSet<String> = decided.into_iter().map(|decision| decision.subject).collect();
        let mut out = HashSet::new();
        for document in found.values().map(|passage| &passage.document) {
            let named = subject(document);
            if decided.contains(&named) && self.was_out(ledger, document.id, &named)? {
                out.insert(named);
            }
        }
        found.retain(|_, passage| !out.contains(&subject(&passage.document)));
        Ok(())
    }

    fn was_out(self, ledger: &Ledger, document: DocumentId, subject: &str) -> ledger::Result<bool> {
        let mut was_out = false;
        for decision in ledger.decisions_about(document)?.iter().filter(|decision| decision.subject == subject) {
            // That it was inspected changes nothing.
            let Ok(status) = decision.action.parse::<Status>() else { continue };
            let is_before = decision.number <= self.decision;
            was_out = status.suppresses() || (was_out && !is_before);
        }
        Ok(was_out)
    }
}

/// A version as the ledger writes it in decisions.
fn subject(document: &DocumentRef) -> String {
    format!("{} v{}", document.id, document.version)
}
