// Answers for the tests of this room: whole ones, whose quotes stand where they say.
import type { Answer, Citation, DocumentRef, Evidence, Statement } from '../api/types';
import { countPoints } from '../text/points';

export const FIRST = 'Metformin is stopped below 30 mL/min/1.73 m².';
export const SECOND = '🩺 Halve the dose at 30 to 44.';

export function documentRef(more: Partial<DocumentRef> = {}): DocumentRef {
  return {
    ...{
      id: 'd1',
      version: 2,
      corpus: 'starter',
      kind: 'guideline',
      title: 'Type 2 diabetes',
      issuer: 'Osler Teaching Library',
    },
    ...{ published: '2025-06-12', grade: 'Evidence level A', jurisdiction: 'international', status: 'current' },
    ...{ access: 'full_text', doi: '10.1000/abc', pmid: '123', url: 'https://example.org/a', sha256: 'ab'.repeat(32) },
    ...more,
  };
}

export function evidence(id: string, text: string, start: number, more: Partial<DocumentRef> = {}): Evidence {
  return {
    ...{ id, passage: `passage-${id}`, text, start, end: start + countPoints(text) },
    ...{ section: ['Metformin', 'Dose'], page: 7, document: documentRef(more), scores: { fused: 1 } },
  };
}

export function citation(n: number, of: Evidence, quote: string, more: Partial<Citation> = {}): Citation {
  const start = of.start + countPoints(of.text.slice(0, of.text.indexOf(quote)));
  return {
    ...{ n, evidence: of.id, quote, start, end: start + countPoints(quote) },
    ...{ verdict: 'supported', reason: null, secondhand: false, ...more },
  };
}

export function statement(text: string, ...citations: Citation[]): Statement {
  return { text, said_by: 'Osler Teaching Library (2025)', verdict: 'supported', reason: null, citations };
}

export function answer(more: Partial<Answer> = {}): Answer {
  const e1 = evidence('E1', `${SECOND} ${FIRST}`, 100);
  const e2 = evidence('E2', 'Seen once.', 0, {
    title: 'A case',
    kind: 'case_literature',
    grade: null,
    published: null,
  });
  return {
    ...{ id: 'a-1', status: 'answered', mode: 'quoting', reason: null, question: 'When is metformin stopped?' },
    ...{ asked_at: '2026-11-22T22:24:31Z', evidence: [e1, e2], banner: null, conflicts: [], unknowns: [], closest: [] },
    statements: [statement(FIRST, citation(1, e1, FIRST)), statement(SECOND, citation(2, e1, SECOND))],
    rules: 2,
    ...{ searched: ['starter'], snapshot: 4, model: null, prompt_sha256: null },
    timings_ms: { embed: 1, retrieve: 2, generate: 3, ground: 4, total: 10 },
    ...more,
  };
}
