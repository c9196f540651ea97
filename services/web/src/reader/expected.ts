// What an answer says stands at a place, found anew from the answer itself and never from the address alone.
import type { Answer, Citation, Differential, Evidence } from '../api/types';
import { slicePoints } from '../text/points';
import type { Cite, Opened } from './state';

export type Expected =
  /** These words are to stand there. */
  | { kind: 'words'; words: string; evidence: Evidence | null; citation: Citation | null; sha256: string }
  /** The answer does not say what the link says it does. */
  | { kind: 'mismatch' }
  /** There is nothing to hold the place against. */
  | { kind: 'nothing' };

/** The part of an answer that quotes can be found in: an answer, or what has come in of one. */
export type Quoting = Pick<Answer, 'statements' | 'evidence' | 'conflicts' | 'closest'>;

const mismatch = { kind: 'mismatch' } as const;

/** Finds the words that `opened` leads to. */
export function expectedOf(opened: Opened, cite: Cite, answer: Quoting, differential?: Differential): Expected {
  const { start, end } = opened;
  if (start === null || end === null) return { kind: 'nothing' };
  if (cite.part.kind === 'differential') return differential ? inDifferential(opened, differential) : mismatch;
  if (cite.part.kind === 'citation') {
    const { n } = cite.part;
    const citation = answer.statements.flatMap((statement) => statement.citations).find((one) => one.n === n);
    const evidence = citation && findEvidence(answer, citation.evidence);
    if (!citation || !evidence || !isOf(opened, evidence)) return mismatch;
    if (citation.start !== start || citation.end !== end) return mismatch;
    return { kind: 'words', words: citation.quote, evidence, citation, sha256: evidence.document.sha256 };
  }
  const evidence = findEvidence(answer, cite.part.id);
  if (!evidence || !isOf(opened, evidence)) return mismatch;
  const { id } = evidence;
  const sha256 = evidence.document.sha256;
  const positions = answer.conflicts.flatMap((conflict) => conflict.positions);
  const position = positions.find((one) => one.evidence === id && one.start === start && one.end === end);
  if (position) return { kind: 'words', words: position.quote, evidence, citation: null, sha256 };
  if (start < evidence.start || end > evidence.end) return mismatch;
  const words = slicePoints(evidence.text, start - evidence.start, end - evidence.start);
  return { kind: 'words', words, evidence, citation: null, sha256 };
}

/** Evidence by its name within the answer, cited or only near. */
export function findEvidence(answer: Pick<Answer, 'evidence' | 'closest'>, id: string): Evidence | undefined {
  return answer.evidence.find((one) => one.id === id) ?? answer.closest.find((one) => one.id === id);
}

/** Whether a quote stands in its passage where it says it does. */
export function standsIn(quoted: { quote: string; start: number; end: number }, evidence: Evidence): boolean {
  if (quoted.start < evidence.start || quoted.end > evidence.end) return false;
  return slicePoints(evidence.text, quoted.start - evidence.start, quoted.end - evidence.start) === quoted.quote;
}

function isOf(opened: Opened, { document }: Evidence): boolean {
  return document.id === opened.document && document.version === opened.version;
}

function inDifferential(opened: Opened, differential: Differential): Expected {
  for (const condition of differential.conditions) {
    if (condition.document.id !== opened.document || condition.document.version !== opened.version) continue;
    const lines = [...condition.for, ...condition.against];
    const line = lines.find((one) => one.start === opened.start && one.end === opened.end);
    const { sha256 } = condition.document;
    if (line) return { kind: 'words', words: line.quote, evidence: null, citation: null, sha256 };
  }
  return mismatch;
}
