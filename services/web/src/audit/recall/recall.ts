// A recall as it is asked for in the address, and as it is taken along.
import { type Cell, csv } from '../../export/csv';
import { recall as say } from '../../strings/recall';
import type { FoundAnswer, Wanted } from './calls';

export type RecallSearch = Partial<Record<'document' | 'version' | 'before', string>>;

export function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

export function wantedOf({ document, version }: RecallSearch): Wanted | null {
  const id = document?.trim() ?? '';
  return id === '' ? null : { document: id, version: wholeNumber(version) };
}

export function searchOf({ document, version }: Wanted, before: number | null = null): RecallSearch {
  return {
    document,
    ...(version === null ? {} : { version: String(version) }),
    ...(before === null ? {} : { before: String(before) }),
  };
}

/** A line for each answer; with the questions, if they are there to be read. */
export function recallCsv(wanted: Wanted, answers: readonly FoundAnswer[], withQuestions: boolean): string {
  const line = (answer: FoundAnswer): Cell[] => [
    ...[wanted.document, wanted.version, answer.asked_at, answer.status, answer.actor, answer.role, answer.id],
    ...[answer.statements, answer.supported],
    ...(withQuestions ? [answer.question] : []),
  ];
  return csv([[...say.csv, ...(withQuestions ? [say.csvQuestion] : [])], ...answers.map(line)]);
}
