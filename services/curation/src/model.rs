//! The nouns: proposals, their signatures, and what came of them. People are accounts here.

use knowledge::{Corpus, CorpusId, DocumentId};
use ledger::StagedChange;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a proposal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProposalKind)]
pub enum Kind {
    /// To publish what is staged.
    Publish,
    /// To bring a version back into force.
    Restore,
    /// To put a policy of a corpus in force.
    Policy,
}

impl Kind {
    /// The name that files use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Restore => "restore",
            Self::Policy => "policy",
        }
    }
}

/// What a librarian proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// What is staged.
    Publish,
    /// A version that is to be in force again.
    Restore {
        /// The document.
        document: DocumentId,
        /// Its version.
        version: u32,
    },
}

/// What a proposal is about, as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum About {
    /// What is staged.
    Publish,
    /// A version that is to be in force again.
    Restore { document: DocumentId, version: u32 },
    /// A policy that is to be in force.
    Policy {
        corpus: CorpusId,
        /// `None` where the record no longer says it.
        to: Option<Box<Corpus>>,
    },
}

impl From<Subject> for About {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Publish => Self::Publish,
            Subject::Restore { document, version } => Self::Restore { document, version },
        }
    }
}

impl About {
    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::Publish => Kind::Publish,
            Self::Restore { .. } => Kind::Restore,
            Self::Policy { .. } => Kind::Policy,
        }
    }

    pub(crate) fn version(&self) -> Option<(DocumentId, u32)> {
        match self {
            Self::Restore { document, version } => Some((*document, *version)),
            Self::Publish | Self::Policy { .. } => None,
        }
    }

    pub(crate) fn corpus(&self) -> Option<&CorpusId> {
        match self {
            Self::Policy { corpus, .. } => Some(corpus),
            Self::Publish | Self::Restore { .. } => None,
        }
    }
}

/// What a proposal is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewProposal<'a> {
    /// Id.
    pub id: &'a str,
    /// What it is about.
    pub subject: Subject,
    /// Why.
    pub reason: &'a str,
    /// When, RFC 3339.
    pub at: &'a str,
}

/// A policy that somebody wants in force.
#[derive(Debug, Clone, Copy)]
pub struct NewPolicy<'a> {
    /// Id of the proposal, if it becomes one.
    pub id: &'a str,
    /// What it says.
    pub policy: &'a Corpus,
    /// The number of the policy that it was made from; 0 for a new corpus.
    pub expected: u32,
    /// Why.
    pub reason: &'a str,
    /// When, RFC 3339.
    pub at: &'a str,
}

/// What became of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyOutcome {
    /// It only narrows what may be done with the text, and is in force under this number.
    InForce(u32),
    /// Another person must approve it.
    Proposed(Box<Proposal>),
}

/// What a proposal changes of the policy of a corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ProposedPolicy)]
pub struct PolicyChange {
    /// What it was when that was proposed; `null` for a new corpus.
    pub from: Option<Corpus>,
    /// What it is to be.
    pub to: Corpus,
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProposalState)]
pub enum State {
    /// Waits for a review.
    Proposed,
    /// Waits for an approval.
    Reviewed,
    /// Waits to be carried out.
    Approved,
    /// Carried out.
    Executed,
    /// A publisher said no.
    Rejected,
    /// Taken back by who proposed it.
    Withdrawn,
}

impl State {
    /// The name that messages use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Reviewed => "reviewed",
            Self::Approved => "approved",
            Self::Executed => "executed",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// What can be done with a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProposalDeed)]
pub enum Deed {
    /// Sign that it was looked through.
    Review,
    /// Sign that it shall be.
    Approve,
    /// Carry it out.
    Execute,
    /// Say no.
    Reject,
    /// Take it back.
    Withdraw,
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Review, Self::Approve, Self::Execute, Self::Reject, Self::Withdraw];

    /// Whether it leads to what is proposed.
    pub(crate) const fn goes_on(self) -> bool {
        matches!(self, Self::Review | Self::Approve | Self::Execute)
    }
}

/// What a signature stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SignatureMeaning)]
pub enum Meaning {
    /// Looked through.
    Review,
    /// Approved.
    Approve,
}

impl Meaning {
    /// The name that files use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Approve => "approve",
        }
    }
}

/// Who signed a proposal, as what and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CurationSignature)]
pub struct Signature {
    /// What it stands for.
    pub meaning: Meaning,
    /// Account.
    pub by: String,
    /// Printed name.
    pub full_name: String,
    /// When, RFC 3339.
    pub at: String,
    /// SHA-256 of the record that was read, hexadecimal.
    pub record_hash: String,
    /// SHA-256, hexadecimal, of the canonical JSON of the fields above, the proposal's id, its reason, and who proposed it
    /// when: binds them to the record.
    pub seal: String,
    /// Whether record and seal are what was signed: computed anew.
    pub is_good: bool,
}

/// What publishing would change of one version. The fields stand in the order of their names: the record is written so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProposedChange)]
pub struct Change {
    /// Passages that come into force.
    pub coming: u64,
    /// Its corpus.
    pub corpus: String,
    /// The document.
    pub document: DocumentId,
    /// Passages that go out of force.
    pub leaving: u64,
    /// SHA-256 of its canonical text, hexadecimal.
    pub sha256: String,
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: u32,
}

impl From<&StagedChange> for Change {
    fn from(change: &StagedChange) -> Self {
        Self {
            coming: change.coming,
            corpus: change.corpus.clone(),
            document: change.document,
            leaving: change.leaving,
            sha256: change.sha256.clone(),
            title: change.title.clone(),
            version: change.version,
        }
    }
}

/// How a proposal ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CurationClosed)]
pub struct Closed {
    /// When, RFC 3339.
    pub at: String,
    /// Account of who carried it out, rejected or withdrew it.
    pub by: String,
    /// Why it was rejected or withdrawn; empty when it was carried out.
    pub reason: String,
}

/// A proposal as a reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CurationProposal)]
pub struct Proposal {
    /// Id.
    pub id: String,
    /// Its number: the newest has the highest.
    pub n: u64,
    /// What it asks for.
    pub kind: Kind,
    /// Why.
    pub reason: String,
    /// Account that proposed it.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
    /// Where it stands.
    pub state: State,
    /// Whether it is open and what there is is no longer what its record says: then it cannot go on.
    pub is_changed: bool,
    /// SHA-256 of the record, hexadecimal: what a signature is given for.
    pub record_hash: String,
    /// The published snapshot that it builds on; 0 for anything but a publication.
    pub published: u64,
    /// The snapshot that it would become; 0 for anything but a publication.
    pub staged: u64,
    /// The document that is to be restored.
    pub document: Option<DocumentId>,
    /// The version that is to be restored.
    pub version: Option<u32>,
    /// Documents that it changes.
    pub documents: u64,
    /// Passages that come into force; 0 for anything but a publication: restored ones come with the next snapshot.
    pub coming: u64,
    /// Passages that go out of force.
    pub leaving: u64,
    /// Version by version; empty in lists, and for anything but a publication.
    pub changes: Vec<Change>,
    /// The corpus whose policy is to change.
    pub corpus: Option<CorpusId>,
    /// How that is to change.
    pub policy: Option<PolicyChange>,
    /// Signatures, in the order in which they were given.
    pub signatures: Vec<Signature>,
    /// How it ended.
    pub closed: Option<Closed>,
    /// The snapshot that it became.
    pub snapshot: Option<u64>,
    /// What whoever reads may do now. That findings are open is told when it is tried.
    pub may: Vec<Deed>,
}

/// A stretch of the list of proposals, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CurationProposals)]
pub struct ProposalPage {
    /// Proposals, without their changes.
    pub proposals: Vec<Proposal>,
    /// What to give as `before` for the next stretch, if there is one.
    pub next: Option<u64>,
}
