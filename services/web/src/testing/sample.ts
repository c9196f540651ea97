// A small answer and its document, for tests.
import { createHash } from 'node:crypto';
import type { Answer, DocumentRef, Evidence, HeldDocument } from '../api/types';
import { countPoints } from '../text/points';

export const text = 'Metformin 💊\nWhen not to start\nDo not start below an eGFR of 30.\nStop it in sepsis.';
const points = [...text];
const at = (words: string) => {
  const start = countPoints(text.slice(0, text.indexOf(words)));
  return { start, end: start + countPoints(words) };
};

export const quote = 'Do not start below an eGFR of 30.';
export const quoteAt = at(quote);

export const documentRef: DocumentRef = {
  id: '0bb4516372a667841b30dd5d97871fe1',
  version: 2,
  corpus: 'starter',
  kind: 'guideline',
  title: 'Type 2 diabetes',
  issuer: 'Osler Teaching Library',
  published: '2025-06-12',
  grade: null,
  jurisdiction: 'international',
  status: 'current',
  access: 'full_text',
  doi: null,
  pmid: null,
  url: null,
  sha256: createHash('sha256').update(text).digest('hex'),
};

const passage = { start: at('When not').start, end: points.length };

export const evidence: Evidence = {
  id: 'E1',
  passage: 'p'.repeat(32),
  text: points.slice(passage.start, passage.end).join(''),
  ...passage,
  section: ['When not to start'],
  page: null,
  document: documentRef,
  scores: { fused: 1 },
};

export function answerWith(change: Partial<Answer> = {}): Answer {
  return {
    id: '01a2055c-9dad-75fd-b2ae-76bbdd1cd57f',
    status: 'answered',
    mode: 'quoting',
    reason: null,
    question: 'When is metformin not started?',
    asked_at: '2026-11-22T22:24:45Z',
    statements: [
      {
        text: quote,
        said_by: 'Osler Teaching Library (2025)',
        verdict: 'supported',
        reason: null,
        citations: [
          { n: 1, evidence: 'E1', quote, ...quoteAt, verdict: 'supported', reason: null, secondhand: false },
        ],
      },
    ],
    evidence: [evidence],
    banner: null,
    conflicts: [],
    unknowns: [],
    searched: ['starter'],
    rules: 2,
    closest: [],
    snapshot: 1,
    model: null,
    prompt_sha256: null,
    timings_ms: { embed: 1, retrieve: 2, generate: 3, ground: 4, total: 10 },
    ...change,
  };
}

export const documentView: HeldDocument = {
  ...documentRef,
  digest: null,
  versions: [
    { number: 2, status: 'current', published: '2025-06-12', sha256: documentRef.sha256, is_in_force: true },
    { number: 1, status: 'superseded', published: '2016-02-10', sha256: 'b'.repeat(64), is_in_force: false },
  ],
  metadata: {
    title: documentRef.title,
    issuer: documentRef.issuer,
    kind: 'guideline',
    status: 'current',
    access: 'full_text',
    jurisdiction: 'international',
    language: 'en',
    identifiers: {},
    authors: [],
    sources: [],
  },
  text,
  sections: [],
  blocks: [
    { kind: 'heading', ...at('Metformin 💊'), section: [] },
    { kind: 'heading', ...at('When not to start'), section: ['When not to start'] },
    { kind: 'list_item', ...quoteAt, section: ['When not to start'] },
    { kind: 'list_item', ...at('Stop it in sepsis.'), section: ['When not to start'] },
  ],
};
