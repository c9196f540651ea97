// A canonical text cut into what is shown: its blocks, and in them the words that are quoted.
import type { Block, DocumentView } from '../api/types';
import { countPoints, unitsAt } from '../text/points';

export interface Piece {
  kind: Block['kind'];
  /** Depth of a heading, 1 for the title. */
  level: number;
  start: number;
  page: number | null;
  runs: Run[];
}

export interface Run {
  text: string;
  isQuote: boolean;
}

export interface Span {
  start: number;
  end: number;
}

/** How a place fares against the words that are to stand there. */
export type Place =
  | { kind: 'found'; span: Span }
  /** Nothing to hold it against: shown as a place, not as a quote. */
  | { kind: 'unchecked'; span: Span }
  | { kind: 'absent' }
  | { kind: 'none' };

/** Whether exactly `words` stand at the place; without words, whether there is such a place. */
export function placeOf(text: string, span: Span | null, words: string | null): Place {
  if (!span) return { kind: 'none' };
  const [from = 0, to = 0] = unitsAt(text, [span.start, span.end]);
  const found = text.slice(from, to);
  const isInside = countPoints(found) === span.end - span.start;
  if (words === null) return isInside ? { kind: 'unchecked', span } : { kind: 'absent' };
  return isInside && found === words ? { kind: 'found', span } : { kind: 'absent' };
}

/** Blocks in order, with text that no block holds put between them, so that nothing of the document is left out. */
export function layout(document: Pick<DocumentView, 'text' | 'blocks'>, quoted: Span | null): Piece[] {
  const { text } = document;
  const blocks = document.blocks.toSorted((a, b) => a.start - b.start);
  const points = [...blocks.flatMap((block) => [block.start, block.end]), quoted?.start ?? 0, quoted?.end ?? 0];
  const ascending = [...new Set(points)].sort((a, b) => a - b);
  const units = unitsAt(text, ascending);
  const unitOf = new Map(ascending.map((point, at) => [point, units[at] ?? text.length]));
  const at = (point: number) => unitOf.get(point) ?? text.length;
  const quote = quoted ? { start: at(quoted.start), end: at(quoted.end) } : null;

  const pieces: Piece[] = [];
  let shown = 0;
  const stray = (to: number) => {
    if (to <= shown || text.slice(shown, to).trim() === '') return;
    const runs = runsOf(text, { start: shown, end: to }, quote);
    pieces.push({ kind: 'paragraph', level: 0, start: shown, page: null, runs });
  };
  for (const block of blocks) {
    const from = Math.max(at(block.start), shown);
    const to = at(block.end);
    if (to <= from) continue;
    stray(from);
    const runs = runsOf(text, { start: from, end: to }, quote);
    const level = block.kind === 'heading' ? block.section.length + 1 : 0;
    pieces.push({ kind: block.kind, level, start: from, page: block.page ?? null, runs });
    shown = to;
  }
  stray(text.length);
  return pieces;
}

function runsOf(text: string, piece: Span, quote: Span | null): Run[] {
  const from = Math.max(piece.start, quote?.start ?? piece.end);
  const to = Math.min(piece.end, quote?.end ?? piece.start);
  if (from >= to) return [{ text: text.slice(piece.start, piece.end), isQuote: false }];
  const runs = [
    { text: text.slice(piece.start, from), isQuote: false },
    { text: text.slice(from, to), isQuote: true },
    { text: text.slice(to, piece.end), isQuote: false },
  ];
  return runs.filter((run) => run.text !== '');
}
