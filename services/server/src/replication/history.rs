//! What was decided about the knowledge as a chain of hashes, which says whether one library's decisions go on from another's.

use anyhow::Result;
use knowledge::sha256_hex;
use ledger::{DecisionRecord, Ledger};

/// Decisions from the first on. Those of two libraries with the same hash are the same, in the same order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct History {
    /// The number of the last one; 0 before the first.
    pub(super) decisions: u64,
    /// The hash of the one before and of what was decided; empty before the first.
    pub(super) hash: String,
}

impl History {
    /// All decisions of a ledger up to the one of this number.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(super) fn until(ledger: &Ledger, number: u64) -> Result<Self> {
        let mut decisions = ledger.decisions()?;
        decisions.retain(|decision| decision.number <= number);
        Self::default().with(&decisions)
    }

    /// Those and all that were made since.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(super) fn go_on(self, ledger: &Ledger) -> Result<Self> {
        let decisions = ledger.decisions_after(self.decisions)?;
        self.with(&decisions)
    }

    fn with(self, decisions: &[DecisionRecord]) -> Result<Self> {
        decisions.iter().try_fold(self, |before, decision| {
            let DecisionRecord { number, at, actor, action, subject, reason } = decision;
            // In this order for ever: what is published has the hash.
            let json = serde_json::to_vec(&(&before.hash, number, at, actor, action, subject, reason))?;
            Ok(Self { decisions: *number, hash: sha256_hex(&json) })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(number: u64, subject: &str) -> DecisionRecord {
        let text = |text: &str| text.to_owned();
        let (at, actor, action) = (text("2026-01-01T00:00:00Z"), text("ada"), text("retracted"));
        DecisionRecord { number, at, actor, action, subject: text(subject), reason: text("because") }
    }

    fn of(decisions: &[DecisionRecord]) -> History {
        History::default().with(decisions).unwrap()
    }

    #[test]
    fn the_same_decisions_in_the_same_order_and_no_others_have_the_same_hash() {
        let decisions = ["a v1", "b v1", "c v1"].map(|subject| decision(1, subject));
        let [a, b, c] = &decisions;
        assert_eq!(of(&decisions), of(&decisions[..1]).with(&decisions[1..]).unwrap());
        let others = [
            of(&[]),
            of(&decisions[..2]),
            of(&[a.clone(), c.clone(), b.clone()]),
            of(&[a.clone(), b.clone(), DecisionRecord { number: 2, ..c.clone() }]),
            of(&[a.clone(), b.clone(), DecisionRecord { at: "2026-01-01T00:00:01Z".to_owned(), ..c.clone() }]),
            of(&[a.clone(), b.clone(), DecisionRecord { actor: "eve".to_owned(), ..c.clone() }]),
            of(&[a.clone(), b.clone(), DecisionRecord { action: "current".to_owned(), ..c.clone() }]),
            of(&[a.clone(), b.clone(), DecisionRecord { reason: String::new(), ..c.clone() }]),
        ];
        for other in others {
            assert_ne!(other.hash, of(&decisions).hash);
        }
    }
}
