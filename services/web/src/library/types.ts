// The names under which the library's pages know what the server sends and takes.
import type { components, paths } from '../api/schema';
import type { Whole } from '../api/types';

export type { DocumentStatus as Status, Kind, Policy } from '../api/types';

type Schemas = components['schemas'];

export type Person = Whole<Schemas['Person']>;

/* Corpora */

export type CorpusHealth = Whole<Schemas['CorpusHealth']>;
export type LibraryCorpora = Whole<Schemas['LibraryCorpora']>;

/* Policies of corpora, with their past */

export type CorpusRecord = Whole<Schemas['LibraryCorpus']>;
export type PolicyRecord = Whole<Schemas['PolicyReply']>;
export type PolicyRequest = Schemas['NewPolicyRequest'];
/** The number of a policy in force, or the id of a proposal. */
export type PolicyOutcome = Whole<Schemas['NewPolicyReply']>;
/** From null: a new corpus. */
export type PolicyChange = Whole<Schemas['ProposedPolicy']>;

/* Documents */

type Asked = NonNullable<paths['/v1/library/documents']['get']['parameters']['query']>;
/** What a list of documents is narrowed down to, as it stands in the address. */
export type DocumentFilter = { [Name in Exclude<keyof Asked, 'after' | 'limit'>]?: string };
export type LibraryDocuments = Whole<Schemas['LibraryDocuments']>;
export type DocumentRow = Whole<Schemas['DocumentRow']>;
export type LibraryDocument = Whole<Schemas['LibraryDocument']>;
export type LibraryVersion = Whole<Schemas['LibraryVersion']>;
export type DefectKind = Schemas['DefectKind'];
export type Standing = Schemas['Standing'];
export type Decision = Whole<Schemas['DecisionReply']>;
export type LibraryPassages = Whole<Schemas['LibraryPassages']>;
export type LibraryPassage = Whole<Schemas['PassagePlace']>;
export type StandingChange = Schemas['StandingChange'];
export type StandingChanged = Schemas['StandingReply'];
export type Inspection = Schemas['Inspection'];

/* Findings */

export type FindingKind = Schemas['FindingKind'];
export type Outcome = Schemas['FindingOutcome'];
export type Finding = Whole<Schemas['LibraryFinding']>;
/** The server counts every kind. */
export type Findings = Omit<Whole<Schemas['Findings']>, 'open'> & { open: Record<FindingKind, number> };
export type Settlement = Schemas['SettlementRequest'];
export type Overdue = Schemas['Due'];

/* Taking in */

export type Counts = Schemas['IngestCounts'];
export type Rejected = Schemas['RejectedFile'];
export type WantsReview = Schemas['WantsReview'];
export type Ingest = Whole<Schemas['IngestRun']>;
export type Ingests = Whole<Schemas['IngestList']>;
export type Run = Whole<Schemas['RecordedRun']>;

/** The description leaves open what is in it: the ledger keeps it as the ingest wrote it. */
export interface Account {
  report: Record<string, unknown>;
  taken: {
    file: string;
    document: string;
    version: number;
    updated: boolean;
    passages: number;
    quality: number | null;
    status: Schemas['Status'];
  }[];
  skipped: Record<string, number>;
  rejected: Rejected[];
  reviews: WantsReview[];
  changed: { document: string; version: number; title: string; status: Schemas['Status']; feed: string }[];
}

export interface RunAccount {
  run: Run;
  account: Account;
}

/* What is staged, and what it would answer */

export type Staged = Whole<Schemas['Staged']>;
export type StagedChange = Schemas['ProposedChange'];
export type StagedAnswers = Schemas['StagedAnswer'];
export type Said = Schemas['StagedSaid'];
export type Golden = Whole<Schemas['GoldenQuestions']>;

/* Proposals */

export type Proposals = Whole<Schemas['Proposals']>;
export type Proposal = Whole<Schemas['Proposal']>;
export type ProposalState = Schemas['ProposalState'];
export type ProposalAct = Schemas['ProposalDeed'];
export type Signature = Whole<Schemas['ProposalSignature']>;
type Proposing = Schemas['ProposalRequest'];
/** What is restored is named; what is published is what is staged. */
export type NewProposal = Pick<Proposing, 'reason'> &
  ({ kind: 'publish' } | ({ kind: 'restore' } & Pick<Whole<Schemas['DocumentRow']>, 'document' | 'version'>));
export type Signing = Schemas['ProposalSigning'];

/* Snapshots */

export type Snapshots = Whole<Schemas['SnapshotList']>;
export type Snapshot = Whole<Schemas['SnapshotReply']>;
export type Rollback = Schemas['Rollback'];

/* Gaps */

export type GapState = Schemas['TicketState'];
export type Gaps = Whole<Schemas['GapTickets']>;
export type Ticket = Whole<Schemas['GapTicket']>;
/** A gap is filled by what is published. */
export type GapChange = Schemas['GapChange'] & { state: Exclude<GapState, 'filled'> };
