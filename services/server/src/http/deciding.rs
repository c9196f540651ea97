//! Whoever decides about the knowledge.

use curation::{Decider, Power};
use identity::Role;

use super::Problem;
use super::access::Caller;

/// Whoever decides, with the powers that their roles give.
pub(super) struct Deciding {
    account: String,
    /// As it stands under a signature.
    pub(super) full_name: String,
    powers: Vec<Power>,
}

impl Deciding {
    /// Whoever asks.
    pub(super) fn of(caller: &Caller) -> Result<Self, Problem> {
        let who = caller.account()?;
        let power = |role: &Role| match role {
            Role::Librarian => Some(Power::Curate),
            Role::Publisher => Some(Power::Publish),
            _ => None,
        };
        let powers = who.roles.iter().filter_map(power).collect();
        Ok(Self { account: who.account.clone(), full_name: who.name.clone(), powers })
    }

    pub(super) fn decider(&self) -> Decider<'_> {
        Decider { account: &self.account, full_name: &self.full_name, powers: &self.powers }
    }
}
