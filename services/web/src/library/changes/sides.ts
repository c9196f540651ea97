// Two answers side by side, with the words marked that are in one of them alone.
import { diffWordsWithSpace } from 'diff';

export interface Piece {
  text: string;
  isMarked: boolean;
}

export interface Sides {
  /** Statement by statement. */
  before: Piece[][];
  after: Piece[][];
}

/** Longer ones than any answer are marked as a whole. */
const WITHIN_MS = 500;

export function sidesOf(before: readonly string[], after: readonly string[]): Sides {
  const [from, to] = [linesOf(before), linesOf(after)];
  const parts = diffWordsWithSpace(from, to, { timeout: WITHIN_MS }) ?? [
    { value: from, added: false, removed: true },
    { value: to, added: true, removed: false },
  ];
  const side = (marked: 'added' | 'removed', left: 'added' | 'removed') =>
    statements(parts.filter((part) => !part[left]).map((part) => ({ text: part.value, isMarked: part[marked] })));
  return { before: side('removed', 'added'), after: side('added', 'removed') };
}

const linesOf = (statements: readonly string[]): string => statements.map((one) => one.replace(/\s+/g, ' ')).join('\n');

/** Cut where one statement ends and the next begins. */
function statements(pieces: readonly Piece[]): Piece[][] {
  const all: Piece[][] = [[]];
  for (const { text, isMarked } of pieces) {
    text.split('\n').forEach((line, at) => {
      if (at > 0) all.push([]);
      if (line !== '') all.at(-1)?.push({ text: line, isMarked });
    });
  }
  return all.filter((one) => one.length > 0);
}

/** What is in one list alone. */
export const onlyIn = (these: readonly string[], those: readonly string[]): string[] =>
  [...new Set(these)].filter((one) => !those.includes(one));
