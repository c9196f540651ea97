// What a server may say of its library, for tests.
import type { CorpusHealth, CorpusRecord, Finding, Policy, PolicyRecord, Proposal, StagedChange, Ticket } from './types';

export const lin = { id: 'id-lin', name: 'Lin Librarian' };
export const pat = { id: 'id-pat', name: 'Pat Publisher' };

export const corpusHealth = (id: string, change: Partial<CorpusHealth> = {}): CorpusHealth => ({
  corpus: {
    id,
    title: `${id} library`,
    issuer: 'Osler',
    kind: 'guideline',
    licence: 'CC-BY-4.0',
    rights: { index: true, display: true, export: true },
    jurisdiction: 'international',
    language: 'en',
  },
  documents: 10,
  versions: 12,
  passages: 300,
  findings: 0,
  overdue: 0,
  poor: 0,
  suppressed: 0,
  sources: 0,
  is_licence_over: false,
  last_run: null,
  ...change,
});

type PolicyPart = Partial<Omit<Policy, 'rights'>> & { rights?: Partial<Policy['rights']> };

export const policyOf = ({ rights = {}, ...change }: PolicyPart = {}): Policy => {
  const { corpus } = corpusHealth('starter');
  return { ...corpus, ...change, rights: { ...corpus.rights, ...rights } };
};

export const policyRecord = (number: number, change: Partial<PolicyRecord> = {}): PolicyRecord => ({
  number,
  at: `2026-11-0${number}T09:00:00Z`,
  by: lin,
  reason: `Reason ${number}`,
  policy: policyOf(),
  ...change,
});

/** The first of its policies is in force. */
export const corpusRecord = (change: Partial<CorpusRecord> = {}): CorpusRecord => {
  const { policies = [policyRecord(1)], health, ...rest } = change;
  const held = health ?? { ...corpusHealth('starter'), corpus: policies[0]?.policy ?? policyOf() };
  return { health: held, policies, proposal: null, sources: [], refresh: null, ...rest };
};

export const findingOf = (id: number, change: Partial<Finding> = {}): Finding => ({
  id,
  at: '2026-11-20T08:00:00Z',
  kind: 'poor_quality',
  document: `d${id}`,
  version: 1,
  corpus: 'starter',
  title: `Document ${id}`,
  detail: 'read with a score of 0.41',
  status: 'current',
  settled: null,
  ...change,
});

export const changeOf = (document: string, change: Partial<StagedChange> = {}): StagedChange => ({
  document,
  version: 1,
  title: `Title ${document}`,
  corpus: 'starter',
  sha256: 'a'.repeat(64),
  coming: 5,
  leaving: 0,
  ...change,
});

export const HASH = 'c0ffee'.padEnd(64, '0');

export const proposalOf = (change: Partial<Proposal> = {}): Proposal => ({
  id: 'p-1',
  n: 4,
  kind: 'publish',
  corpus: null,
  policy: null,
  reason: 'The autumn guidelines',
  by: lin,
  at: '2026-11-27T09:00:00Z',
  state: 'proposed',
  is_changed: false,
  record_hash: HASH,
  published: 6,
  staged: 7,
  document: null,
  version: null,
  documents: 1,
  coming: 5,
  leaving: 0,
  changes: [changeOf('d1')],
  signatures: [],
  closed: null,
  snapshot: null,
  may: [],
  ...change,
});

export const ticketOf = (n: number, change: Partial<Ticket> = {}): Ticket => ({
  id: `t-${n}`,
  n,
  questions: [{ question: `What of ${n}?`, times: 2, last_asked_at: '2026-11-25T07:00:00Z' }],
  times: 2,
  first_asked_at: '2026-11-01T07:00:00Z',
  last_asked_at: '2026-11-25T07:00:00Z',
  state: 'open',
  note: null,
  changed_at: null,
  changed_by: null,
  snapshot: null,
  ...change,
});
