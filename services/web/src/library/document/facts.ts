// Facts about a version, in words.
import { documents, documentRecord } from '../../strings/documents';
import type { LibraryVersion, Snapshots } from '../types';

const say = documentRecord.versions;

type Stand = Pick<Snapshots, 'published' | 'staged'>;

/** A snapshot has what was added in it; it no longer has what was removed in it. The one that is staged is none yet. */
export function forceWords(
  intervals: LibraryVersion['in_force'],
  stand?: Stand,
): string {
  const words = intervals.flatMap(({ added, removed }) => {
    if (removed !== null && removed <= added) return [];
    if (stand && added === stand.staged) return [say.coming(added)];
    if (removed === null) return [say.since(added)];
    if (stand && removed === stand.staged && added <= stand.published) return [say.leaving(added, removed)];
    return [removed === added + 1 ? say.only(added) : say.span(added, removed - 1)];
  });
  return words.length === 0 ? say.never : words.join('; ');
}

/** It comes into force with the next publication, and is not in force now. */
export const isStaged = ({ in_force }: Pick<LibraryVersion, 'in_force'>, { published, staged }: Stand): boolean =>
  in_force.some(({ added, removed }) => added === staged && (removed === null || removed > added)) &&
  !in_force.some(({ added, removed }) => added <= published && (removed === null || removed > published));

/** Rounded down: what is not wholly read is never said to be. */
export const scoreWords = (score: number): string => documents.quality(score);
