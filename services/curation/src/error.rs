//! Why something was not decided, kept or read.

use std::path::PathBuf;

use knowledge::Status;

use crate::gaps::TicketState;
use crate::golden::MAX_GOLDEN;
use crate::model::State;
use crate::rules::Power;
use crate::store::MAX_TEXT_CHARS;

/// Result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such proposal.
    #[error("there is no proposal of that id")]
    Unknown,
    /// There is no such ticket.
    #[error("there is no ticket of that id")]
    UnknownTicket,
    /// Whoever asks may not decide this.
    #[error("this takes a {}", .0.name())]
    Power(Power),
    /// Another person must do this.
    #[error("this takes another person than the one who proposed or reviewed it")]
    SamePerson,
    /// Only who proposed it may take it back.
    #[error("only the one who proposed it can withdraw it: a publisher can reject it")]
    NotProposer,
    /// No rule leads from the one standing to the other.
    #[error("what is {from} cannot be made {to}")]
    Illegal {
        /// How it stands.
        from: Status,
        /// How it was to stand.
        to: Status,
    },
    /// One person's word does not suffice.
    #[error("bringing a text back into force takes two people: propose it, and have another person approve it")]
    TwoNeeded,
    /// The version stands otherwise than whoever decides believes.
    #[error("the version is {found} by now: look at it again before deciding")]
    StandingChanged {
        /// How it stands.
        found: Status,
    },
    /// The same is proposed already.
    #[error("the same is proposed already, and still open: have it decided or withdrawn first")]
    AlreadyProposed,
    /// The policy says what the one in force says.
    #[error("the policy says nothing that the one in force does not: change something")]
    NoChange,
    /// There is nothing to publish.
    #[error("nothing is staged: take documents in first")]
    NothingStaged,
    /// Something about the versions that come in wants a person's eye.
    #[error("findings about what comes in are open ({0}): settle them before signing")]
    FindingsOpen(usize),
    /// The record is another than the one that was read or signed, or no longer says what there is.
    #[error("the record is not what was read or signed, or no longer what there is: read it again, or propose it anew")]
    RecordChanged,
    /// The proposal is not where it must be for this.
    #[error("the proposal is {}: it must be {} first", found.name(), needed.name())]
    State {
        /// Where it is.
        found: State,
        /// Where it must be.
        needed: State,
    },
    /// The proposal is decided.
    #[error("the proposal is {}: nothing about it changes any more", .0.name())]
    Closed(State),
    /// The proposal is being carried out, or that was interrupted.
    #[error("the proposal is being carried out: carry it out again, or start the service anew, to see it through")]
    Executing,
    /// The ticket is not where it must be for this.
    #[error("the ticket is {}, and cannot be made {}", found.name(), wanted.name())]
    Ticket {
        /// Where it is.
        found: TicketState,
        /// Where it was to be.
        wanted: TicketState,
    },
    /// A text without anything to read in it.
    #[error("the {0} is empty")]
    Empty(&'static str),
    /// A text beyond the limit.
    #[error("the {0} is longer than {max} characters", max = MAX_TEXT_CHARS)]
    TooLong(&'static str),
    /// More questions than are asked after a publish.
    #[error("there are {0} golden questions, more than {max}", max = MAX_GOLDEN)]
    TooMany(usize),
    /// The ledger refused, or could not be read or written.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// A record could not be written or read.
    #[error("the record could not be written or read")]
    Json(#[from] serde_json::Error),
    /// The file cannot be opened, or is something else.
    #[error("cannot open the decisions {}: restore them from a backup, or move the file away to begin anew", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// Another version of Osler wrote the file.
    #[error("the decisions have format {found}, which this osler does not read: use the osler that wrote them")]
    Format {
        /// Format of the file.
        found: i64,
    },
    /// The file could not be read or written.
    #[error("the decisions could not be read or written")]
    Sqlite(#[from] rusqlite::Error),
}
