// A canonical text cut into its blocks, with the places at which its passages begin and end.
import type { DocumentView } from '../../api/types';
import { layout, type Piece } from '../../reader/layout';
import { unitsAt } from '../../text/points';
import type { LibraryPassage } from '../types';

/** `within`: the passages that the words are of. */
export type Run =
  | { is: 'text'; text: string; within: readonly number[] }
  /** Counted from 1, as `inOrder` has them. */
  | { is: 'begin'; n: number; passage: LibraryPassage }
  | { is: 'end'; n: number };

export interface Cut {
  kind: Piece['kind'];
  level: number;
  page: number | null;
  /** Some of it lies in a passage. */
  isCovered: boolean;
  runs: Run[];
}

interface Edge {
  unit: number;
  run: Exclude<Run, { is: 'text' }>;
}

export function cutText(
  document: Pick<DocumentView, 'text' | 'blocks'>,
  passages: readonly LibraryPassage[],
): Cut[] {
  const pieces = layout(document, null);
  const edges = edgesIn(document.text, passages);
  const inside = new Set<number>();
  let next = 0;
  const cuts = pieces.map((piece, place): Cut => {
    const text = piece.runs.map((run) => run.text).join('');
    const end = place === pieces.length - 1 ? Number.POSITIVE_INFINITY : piece.start + text.length;
    const runs: Run[] = [];
    let shown = 0;
    let isCovered = inside.size > 0;
    for (let edge = edges[next]; edge && isWithin(edge, end); edge = edges[++next]) {
      // One that lies between two blocks goes to the later.
      const at = Math.min(Math.max(edge.unit - piece.start, 0), text.length);
      if (at > shown) runs.push({ is: 'text', text: text.slice(shown, at), within: [...inside] });
      shown = Math.max(shown, at);
      runs.push(edge.run);
      if (edge.run.is === 'begin') inside.add(edge.run.n);
      else inside.delete(edge.run.n);
      isCovered ||= edge.run.is === 'begin';
    }
    if (shown < text.length) runs.push({ is: 'text', text: text.slice(shown), within: [...inside] });
    return { kind: piece.kind, level: piece.level, page: piece.page, isCovered, runs };
  });
  return withoutNeedlessEnds(cuts);
}

/** As they are counted. */
export const inOrder = (passages: readonly LibraryPassage[]): LibraryPassage[] =>
  passages.toSorted((a, b) => a.start - b.start || a.end - b.end);

/** Ends before beginnings where they meet. */
function edgesIn(text: string, passages: readonly LibraryPassage[]): Edge[] {
  const ordered = inOrder(passages);
  const points = [...new Set(ordered.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const units = unitsAt(text, points);
  const unitOf = new Map(points.map((point, at) => [point, units[at] ?? text.length]));
  const edges = ordered.flatMap((passage, at): Edge[] => {
    const n = at + 1;
    return [
      { unit: unitOf.get(passage.start) ?? text.length, run: { is: 'begin', n, passage } },
      { unit: unitOf.get(passage.end) ?? text.length, run: { is: 'end', n } },
    ];
  });
  return edges.sort((a, b) => a.unit - b.unit || Number(a.run.is === 'begin') - Number(b.run.is === 'begin'));
}

/** A passage that ends where a block ends belongs to it; one that begins there belongs to the next. */
const isWithin = ({ unit, run }: Edge, end: number): boolean => (run.is === 'end' ? unit <= end : unit < end);

/** Where another passage begins at once, that says it. */
function withoutNeedlessEnds(cuts: readonly Cut[]): Cut[] {
  const all = cuts.flatMap((cut) => cut.runs);
  const needless = new Set<Run>();
  let pending: Run[] = [];
  for (const run of all) {
    if (run.is === 'end') pending.push(run);
    else if (run.is === 'begin') for (const end of pending.splice(0)) needless.add(end);
    else if (run.text.trim() !== '') pending = [];
  }
  return cuts.map((cut) => ({ ...cut, runs: cut.runs.filter((run) => !needless.has(run)) }));
}
