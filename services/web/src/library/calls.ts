// Every call of the library, by name.
import { client, request, take, takeWhole } from '../api/client';
import type {
  CorpusRecord, DocumentFilter, Finding, FindingKind, Findings, GapChange, Gaps, GapState, Golden, Ingest, Ingests, Inspection,
  LibraryCorpora, LibraryDocument, LibraryDocuments, LibraryPassages, NewProposal, Overdue, PolicyOutcome, PolicyRequest,
  Proposal, Proposals, Rollback, RunAccount, Settlement, Signing, Snapshots, Staged, StagedAnswers, StandingChange, StandingChanged, Ticket,
} from './types';

const signalOf = (signal?: AbortSignal) => (signal ? { signal } : {});
const named = <Id extends string | number>(id: Id) => ({ path: { id } });
const ofVersion = (id: string, version: number) => ({ path: { id, version } });
/** Of a list that goes on. */
const from = <Name extends string, Mark>(name: Name, mark: Mark | null | undefined) =>
  (mark == null ? {} : { [name]: mark }) as { [Key in Name]?: Mark };

// Corpora and documents

export const getLibraryCorpora = (signal?: AbortSignal): Promise<LibraryCorpora> =>
  takeWhole(client.GET('/v1/library/corpora', signalOf(signal)));

/** A corpus with every policy that it has had. */
export const getCorpusRecord = (id: string, signal?: AbortSignal): Promise<CorpusRecord> =>
  takeWhole(client.GET('/v1/library/corpora/{id}', { params: named(id), ...signalOf(signal) }));

/** What only narrows is in force at once; anything else, a new corpus too, becomes a proposal. */
export const putPolicy = (body: PolicyRequest): Promise<PolicyOutcome> =>
  takeWhole(client.PUT('/v1/library/corpora/{id}/policy', { params: named(body.policy.id), body }));

export function listDocuments(
  { year, due, poor, ...filter }: DocumentFilter,
  after: string | null,
  signal?: AbortSignal,
): Promise<LibraryDocuments> {
  const query = {
    ...filter,
    ...(year === undefined ? {} : { year: Number(year) }),
    ...(due === undefined ? {} : { due: due === 'true' }),
    ...(poor === undefined ? {} : { poor: poor === 'true' }),
    ...from('after', after),
  };
  return takeWhole(client.GET('/v1/library/documents', { params: { query }, ...signalOf(signal) }));
}

export const getLibraryDocument = (id: string, signal?: AbortSignal): Promise<LibraryDocument> =>
  takeWhole(client.GET('/v1/library/documents/{id}', { params: named(id), ...signalOf(signal) }));

export const getPassages = (id: string, version: number, signal?: AbortSignal): Promise<LibraryPassages> => {
  const params = { ...named(id), query: { version } };
  return takeWhole(client.GET('/v1/library/documents/{id}/passages', { params, ...signalOf(signal) }));
};

/** Where the bytes that a version was read from can be had; followed as a link, it is saved as a file. */
export const originalAddress = (id: string, version: number): string =>
  `/v1/library/documents/${encodeURIComponent(id)}/original?version=${version}`;

/** A page of a PDF as a picture. */
export const pageAddress = (id: string, version: number, page: number): string =>
  `/v1/library/documents/${encodeURIComponent(id)}/original/pages/${page}?version=${version}`;

/** Why a picture did not come: an `<img>` is not told. Nothing where it comes by now. */
export const checkPage = async (address: string, signal?: AbortSignal): Promise<null> => {
  const response = await request('GET', address, { accept: 'image/png', ...signalOf(signal) });
  await response.body?.cancel();
  return null;
};

/** Of a version whose original is text. */
export const getOriginalText = (id: string, version: number, signal?: AbortSignal): Promise<string> => {
  const params = { ...named(id), query: { version } };
  const options = { params, parseAs: 'text' as const, ...signalOf(signal) };
  return take(client.GET('/v1/library/documents/{id}/original', options));
};

export const changeStanding = (id: string, version: number, body: StandingChange): Promise<StandingChanged> => {
  const params = ofVersion(id, version);
  return take(client.PUT('/v1/library/documents/{id}/versions/{version}/standing', { params, body }));
};

/** Somebody has looked at it. */
export const recordInspection = async (id: string, version: number, body: Inspection): Promise<void> => {
  const params = ofVersion(id, version);
  await take(client.POST('/v1/library/documents/{id}/versions/{version}/inspection', { params, body }));
};

// Findings

interface FindingsWanted {
  kind?: FindingKind | null;
  state: 'open' | 'settled';
  after?: number | null;
  limit: number;
}

export const listFindings = (
  { kind, state, after, limit }: FindingsWanted,
  signal?: AbortSignal,
): Promise<Findings> => {
  const query = { state, limit, ...from('kind', kind), ...from('after', after) };
  const call = client.GET('/v1/library/findings', { params: { query }, ...signalOf(signal) });
  return takeWhole(call) as Promise<Findings>;
};

export const settleFinding = (id: number, body: Settlement): Promise<Finding> =>
  takeWhole(client.POST('/v1/library/findings/{id}/settlement', { params: named(id), body }));

export const listOverdue = (signal?: AbortSignal): Promise<{ overdue: Overdue[] }> =>
  take(client.GET('/v1/library/overdue', signalOf(signal)));

// Taking in. Files are sent by `ingest/upload.ts`, which tells how far that is.

/** Fetches from the corpus's own sources. */
export const refreshCorpus = (id: string): Promise<Ingest> =>
  takeWhole(client.POST('/v1/library/corpora/{id}/refresh', { params: named(id) }));

export const listIngests = (signal?: AbortSignal): Promise<Ingests> =>
  takeWhole(client.GET('/v1/library/ingests', signalOf(signal)));

export const getIngest = (id: string, signal?: AbortSignal): Promise<Ingest> =>
  takeWhole(client.GET('/v1/library/ingests/{id}', { params: named(id), ...signalOf(signal) }));

/** Asks it to stop; what came in is kept. */
export const stopIngest = async (id: string): Promise<void> => {
  await take(client.DELETE('/v1/library/ingests/{id}', { params: named(id) }));
};

export const getRun = (id: number, signal?: AbortSignal): Promise<RunAccount> => {
  const call = client.GET('/v1/library/runs/{id}', { params: named(id), ...signalOf(signal) });
  return takeWhole(call) as Promise<RunAccount>;
};

// What is staged, and what it would answer

export const getStaged = (signal?: AbortSignal): Promise<Staged> =>
  takeWhole(client.GET('/v1/library/staged', signalOf(signal)));

export const askStaged = (question: string, signal?: AbortSignal): Promise<StagedAnswers> =>
  take(client.POST('/v1/library/staged/answers', { body: { question }, ...signalOf(signal) }));

export const getGolden = (signal?: AbortSignal): Promise<Golden> =>
  takeWhole(client.GET('/v1/library/golden', signalOf(signal)));

export const putGolden = (questions: string[]): Promise<Golden> =>
  takeWhole(client.PUT('/v1/library/golden', { body: { questions } }));

// Proposals: from what came in to what is published

export const listProposals = (
  state: 'open' | 'closed',
  before: number | null,
  signal?: AbortSignal,
): Promise<Proposals> => {
  const query = { state, ...from('before', before) };
  return takeWhole(client.GET('/v1/library/proposals', { params: { query }, ...signalOf(signal) }));
};

export const propose = (body: NewProposal): Promise<Proposal> => takeWhole(client.POST('/v1/library/proposals', { body }));

export const getProposal = (id: string, signal?: AbortSignal): Promise<Proposal> =>
  takeWhole(client.GET('/v1/library/proposals/{id}', { params: named(id), ...signalOf(signal) }));

export const reviewProposal = (id: string, body: Signing): Promise<Proposal> =>
  takeWhole(client.POST('/v1/library/proposals/{id}/review', { params: named(id), body }));

export const approveProposal = (id: string, body: Signing): Promise<Proposal> =>
  takeWhole(client.POST('/v1/library/proposals/{id}/approval', { params: named(id), body }));

/** Publishes, or restores. */
export const executeProposal = (id: string): Promise<Proposal> =>
  takeWhole(client.POST('/v1/library/proposals/{id}/execution', { params: named(id) }));

export const rejectProposal = (id: string, reason: string): Promise<Proposal> =>
  takeWhole(client.POST('/v1/library/proposals/{id}/rejection', { params: named(id), body: { reason } }));

export const withdrawProposal = (id: string, reason: string): Promise<Proposal> =>
  takeWhole(client.POST('/v1/library/proposals/{id}/withdrawal', { params: named(id), body: { reason } }));

// Snapshots

export const getSnapshots = (signal?: AbortSignal): Promise<Snapshots> =>
  takeWhole(client.GET('/v1/library/snapshots', signalOf(signal)));

export const rollBack = (body: Rollback): Promise<{ published: number }> =>
  take(client.POST('/v1/library/rollback', { body }));

// Gaps

export const listGaps = (state: GapState, signal?: AbortSignal): Promise<Gaps> =>
  takeWhole(client.GET('/v1/library/gaps', { params: { query: { state } }, ...signalOf(signal) }));

export const changeGap = (id: string, body: GapChange): Promise<Ticket> =>
  takeWhole(client.PATCH('/v1/library/gaps/{id}', { params: named(id), body }));

/** Followed as a link, it is saved as a table. */
export const gapsAddress = (state: GapState): string => `/v1/library/gaps/export?state=${state}`;
