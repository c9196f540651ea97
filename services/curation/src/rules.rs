//! Who may do what: the table of standings, and what one person decides alone.

use knowledge::{DocumentId, Snapshot, Status};
use ledger::{Decision, Ledger};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::store::{Curation, filled};

/// What somebody may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Power {
    /// Proposes, takes text away and labels it: a librarian.
    Curate,
    /// Approves and carries out what others proposed: a publisher.
    Publish,
}

impl Power {
    /// What messages call who has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Curate => "librarian",
            Self::Publish => "publisher",
        }
    }
}

/// Who decides, or reads: somebody without powers may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decider<'a> {
    /// Account: two of them are two people.
    pub account: &'a str,
    /// Name that is printed with a signature.
    pub full_name: &'a str,
    /// What they may decide.
    pub powers: &'a [Power],
}

impl Decider<'_> {
    /// Whether they have it.
    #[must_use]
    pub fn has(&self, power: Power) -> bool {
        self.powers.contains(&power)
    }

    pub(crate) fn must(&self, power: Power) -> Result<()> {
        if self.has(power) { Ok(()) } else { Err(Error::Power(power)) }
    }
}

/// How many people a change of a standing needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// A librarian's word.
    One,
    /// A proposal that another person approves.
    Two,
}

/// A change of how one version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The document.
    pub document: DocumentId,
    /// Its version.
    pub version: u32,
    /// How it stands, as whoever decides believes.
    pub expected: Status,
    /// How it is to stand.
    pub to: Status,
}

/// What may be made of a version that stands so, in the order of [`Status::ALL`].
#[must_use]
pub fn changes(from: Status) -> Vec<(Status, Needs)> {
    Status::ALL.into_iter().filter_map(|to| Some((to, needs(from, to)?))).collect()
}

/// How many people it takes to make the one standing of the other.
///
/// # Errors
/// [`Error::Illegal`].
pub fn check(from: Status, to: Status) -> Result<Needs> {
    needs(from, to).ok_or(Error::Illegal { from, to })
}

/// What takes text away or warns about it must be quick, so that one person suffices; what brings text back into force is
/// never urgent, and takes two.
fn needs(from: Status, to: Status) -> Option<Needs> {
    if from == to {
        return None;
    }
    match to {
        Status::Current => Some(Needs::Two),
        Status::Withdrawn => Some(Needs::One),
        Status::Retracted => (from != Status::Withdrawn).then_some(Needs::One),
        // A label on what is no evidence would bring it back, or say nothing.
        Status::Superseded | Status::ExpressionOfConcern | Status::Corrected | Status::Expired => {
            from.may_be_evidence().then_some(Needs::One)
        }
    }
}

impl Curation {
    /// Changes how a version stands, where one person's word suffices. Returns the earlier versions that went out of use with it.
    ///
    /// # Errors
    /// [`Error::Power`] for who is no librarian; [`Error::Empty`] or [`Error::TooLong`] of the reason; [`Error::Illegal`];
    /// [`Error::TwoNeeded`] for what must be proposed; [`Error::StandingChanged`] when it does not stand as expected;
    /// [`Error::Ledger`], also when there is no such version.
    pub fn change_standing(
        &self,
        ledger: &Ledger,
        turn: Turn,
        by: &Decider<'_>,
        reason: &str,
        at: &str,
    ) -> Result<Vec<u32>> {
        by.must(Power::Curate)?;
        let reason = filled("reason", reason)?;
        if check(turn.expected, turn.to)? == Needs::Two {
            return Err(Error::TwoNeeded);
        }
        let decision = Decision { at, actor: by.account, reason };
        match ledger.change_standing(turn.document, turn.version, turn.expected, turn.to, &decision) {
            Err(ledger::Error::StatusChanged { found }) => Err(Error::StandingChanged { found }),
            other => Ok(other?),
        }
    }

    /// Makes an earlier snapshot the published one again. One publisher suffices: what is wrong with the published one may
    /// be harming somebody now, the way back must be quick, and it leads only to what two people have approved before.
    ///
    /// # Errors
    /// [`Error::Power`] for who is no publisher; [`Error::Empty`] or [`Error::TooLong`] of the reason; [`Error::Ledger`]
    /// for an unknown snapshot and while changes wait to be published.
    pub fn rollback(&self, ledger: &Ledger, to: Snapshot, by: &Decider<'_>, reason: &str, at: &str) -> Result<()> {
        by.must(Power::Publish)?;
        let reason = filled("reason", reason)?;
        Ok(ledger.rollback(to, &Decision { at, actor: by.account, reason })?)
    }
}
