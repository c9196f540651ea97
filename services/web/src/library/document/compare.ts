// Two texts compared: first by whole blocks, then by the words of those that changed.
import { diffArrays } from 'diff';

export interface Line {
  text: string;
  /** Exactly this stands elsewhere in the other text. */
  isMoved: boolean;
}

export type Change =
  | { is: 'same'; lines: string[] }
  | { is: 'changed'; removed: Line[]; inserted: Line[] };

export interface Comparison {
  changes: Change[];
  /** False where the texts differ in too much: then some lines that are in both count as removed and inserted. */
  isWhole: boolean;
}

export interface WordRun {
  is: 'same' | 'removed' | 'inserted';
  text: string;
}

/** How long the page may stand still for it, in milliseconds. */
const FOR_BLOCKS_MS = 400;
const FOR_WORDS_MS = 60;

/** Words of two blocks that are compared at most, together. */
export const MAX_WORDS = 4000;

/** Two blocks with fewer of their words in common are other blocks: marks word by word would say nothing. */
const MIN_ALIKE = 0.3;

/** Shorter ones are the same by accident. */
const MOVED_FROM = 12;

export function compareBlocks(before: readonly string[], after: readonly string[]): Comparison {
  const { pairs, isWhole } = matched(before, after);
  const changes: Change[] = [];
  let [old, now] = [0, 0];
  // Beyond the last, so that what follows the last pair is not left out.
  for (const [atOld, atNow] of [...pairs, [before.length, after.length] as const]) {
    if (atOld > old || atNow > now) {
      changes.push({
        is: 'changed',
        removed: before.slice(old, atOld).map((text) => ({ text, isMoved: false })),
        inserted: after.slice(now, atNow).map((text) => ({ text, isMoved: false })),
      });
    }
    const line = before[atOld];
    if (line !== undefined) {
      const last = changes.at(-1);
      if (last?.is === 'same') last.lines.push(line);
      else changes.push({ is: 'same', lines: [line] });
    }
    [old, now] = [atOld + 1, atNow + 1];
  }
  markMoved(changes);
  return { changes, isWhole };
}

/** Which lines of the one are which of the other, in order. Lines that only one text has cannot be any: without them it is quick. */
function matched(before: readonly string[], after: readonly string[]) {
  const [inBefore, inAfter] = [new Set(before), new Set(after)];
  const olds = placesOf(before, inAfter);
  const news = placesOf(after, inBefore);
  const found = diffArrays(
    olds.map((at) => before[at]),
    news.map((at) => after[at]),
    { timeout: FOR_BLOCKS_MS },
  );
  const pairs: (readonly [number, number])[] = [];
  let [old, now] = [0, 0];
  for (const { added, removed, count } of found ?? []) {
    if (added) now += count;
    else if (removed) old += count;
    else for (let n = 0; n < count; n += 1) pairs.push([olds[old++] ?? 0, news[now++] ?? 0]);
  }
  return found ? { pairs, isWhole: true } : { pairs: atTheEdges(before, after), isWhole: false };
}

const placesOf = (lines: readonly string[], others: ReadonlySet<string>): number[] =>
  lines.flatMap((line, at) => (others.has(line) ? [at] : []));

/** What both begin and end with. */
function atTheEdges(before: readonly string[], after: readonly string[]): (readonly [number, number])[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const pairs = Array.from({ length: head }, (_, at) => [at, at] as const);
  const ends = Array.from({ length: tail }, (_, n) => {
    const back = tail - n;
    return [before.length - back, after.length - back] as const;
  });
  return [...pairs, ...ends];
}

/** As often as it was removed and inserted, and no oftener. */
function markMoved(changes: readonly Change[]): void {
  const changed = changes.filter((change) => change.is === 'changed');
  const gone = new Map<string, Line[]>();
  for (const line of changed.flatMap((change) => change.removed)) {
    if (line.text.length >= MOVED_FROM) gone.set(line.text, [...(gone.get(line.text) ?? []), line]);
  }
  for (const line of changed.flatMap((change) => change.inserted)) {
    const from = gone.get(line.text)?.shift();
    if (!from) continue;
    from.isMoved = true;
    line.isMoved = true;
  }
}

/** Null where they are too long, or too different for marks word by word to say anything. */
export function compareWords(before: string, after: string): WordRun[] | null {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  if (old.length + now.length > MAX_WORDS) return null;
  const found = diffArrays(old, now, { timeout: FOR_WORDS_MS });
  if (!found) return null;
  const runs = found.map(({ added, removed, value }): WordRun => ({
    is: added ? 'inserted' : removed ? 'removed' : 'same',
    text: value.join(''),
  }));
  const same = runs.filter((run) => run.is === 'same').reduce((sum, run) => sum + lengthOf(run.text), 0);
  const isAlike = same >= MIN_ALIKE * Math.max(lengthOf(before), lengthOf(after));
  return isAlike ? joined(runs) : null;
}

const lengthOf = (text: string): number => text.replaceAll(/\s/gu, '').length;

/** Numbers with their points and commas are one word: a dose is never shown half changed. Marks stay with their letters. */
const WORD =
  /\p{N}+(?:[.,:]\p{N}+)*|\p{Regional_Indicator}{2}|\p{Extended_Pictographic}(?:[\p{M}\p{Emoji_Modifier}]|\u200d\p{Extended_Pictographic})*|[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}]\p{M}*|[\p{L}_][\p{L}\p{M}\p{N}_]*|\s+|[^\s]\p{M}*/gu;

export const wordsOf = (text: string): string[] => text.match(WORD) ?? [];

/** White space alone between two changes is a part of both: else every word of a new sentence would have its own mark. */
function joined(runs: readonly WordRun[]): WordRun[] {
  const found: WordRun[] = [];
  let removed = '';
  let inserted = '';
  const flush = () => {
    if (removed) found.push({ is: 'removed', text: removed });
    if (inserted) found.push({ is: 'inserted', text: inserted });
    [removed, inserted] = ['', ''];
  };
  runs.forEach((run, at) => {
    if (run.is === 'removed') removed += run.text;
    else if (run.is === 'inserted') inserted += run.text;
    else if (run.text.trim() === '' && removed && inserted && at + 1 < runs.length) {
      removed += run.text;
      inserted += run.text;
    } else {
      flush();
      found.push(run);
    }
  });
  flush();
  return found;
}
