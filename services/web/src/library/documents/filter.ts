// What the list of documents is narrowed down to, read out of an address that anybody may have written.
import { literature } from '../../strings';
import type { DocumentFilter, DocumentRow, LibraryDocuments } from '../types';

export const YEAR = /^\d{4}$/;

const isOneOf = (names: object, value: string | undefined): value is string =>
  value !== undefined && Object.hasOwn(names, value);

/** What the server does not know would be refused: it is left out. */
export function filterOf(search: DocumentFilter): DocumentFilter {
  const { corpus, status, kind, issuer, year, due, poor, q } = search;
  return {
    ...(corpus ? { corpus } : {}),
    ...(isOneOf(literature.statuses, status) ? { status } : {}),
    ...(isOneOf(literature.kinds, kind) ? { kind } : {}),
    ...(issuer ? { issuer } : {}),
    ...(year && YEAR.test(year) ? { year } : {}),
    ...(due === 'true' ? { due } : {}),
    ...(poor === 'true' ? { poor } : {}),
    ...(q ? { q } : {}),
  };
}

export const isFiltered = (filter: DocumentFilter): boolean => Object.keys(filter).length > 0;

/** Each document once: one whose title changes while the list is read can come again. */
export function rowsOf(pages: readonly LibraryDocuments[]): DocumentRow[] {
  const rows = new Map<string, DocumentRow>();
  for (const row of pages.flatMap((page) => page.documents)) if (!rows.has(row.document)) rows.set(row.document, row);
  return [...rows.values()];
}

/** Below this score a person should look at the text; as the server has it. */
const POOR_BELOW = 0.8;

export const isPoor = (quality: number | null): boolean => quality !== null && quality < POOR_BELOW;
