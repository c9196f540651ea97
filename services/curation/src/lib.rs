//! Who may decide what about the knowledge, and what was decided?
//!
//! One SQLite file beside the ledger. The ledger does what was decided and keeps that for ever; the rules stand here: which
//! changes of a standing or a policy one person may make, and how a proposal comes from whoever makes it over a review and an approval
//! to what it asks for. The file also keeps the golden questions, and the tickets of questions that nothing we hold
//! answers. Those are known here by tags alone: their words stand in the audit records, and can be erased there.
//!
//! Who an account belongs to, and whether somebody is who they say, is the server's matter; so are clock and ids.

mod decide;
mod error;
mod execute;
mod gaps;
mod golden;
mod kept;
mod model;
mod policy;
mod record;
mod rules;
mod schema;
mod seal;
mod store;

pub use error::{Error, Result};
pub use gaps::{ALIKE, Asked, TicketRow, TicketState};
pub use golden::{Golden, MAX_GOLDEN};
pub use model::{
    Change, Closed, Deed, Kind, Meaning, NewPolicy, NewProposal, PolicyChange, PolicyOutcome, Proposal, ProposalPage,
    Signature, State, Subject,
};
pub use record::{StagedRecord, staged_record};
pub use rules::{Decider, Needs, Power, Turn, changes, check};
pub use store::{Curation, MAX_TEXT_CHARS};

#[cfg(test)]
mod tests;
