// Which page of a PDF is open, as it stands in the address, and what of the text stands on it.
import type { LibraryPassage } from '../types';
import type { Cut } from './cut';
import type { RecordSearch } from './state';

/** What turning a page, or choosing a passage, makes of the address. */
export interface PageSearch {
  page: string;
  passage: string | undefined;
}

export interface OpenedPage {
  page: number;
  /** The address names a page that is not there. */
  isMissing: boolean;
}

/** Without a page in the address it is that of the passage; without either the first. */
export function openedPage(
  { page, passage }: Pick<RecordSearch, 'page' | 'passage'>,
  last: number,
  passages: readonly LibraryPassage[],
): OpenedPage {
  if (page === undefined) {
    const found = passages.find(({ id }) => id === passage)?.page ?? 1;
    return { page: within(found, last), isMissing: false };
  }
  const asked = pageIn(page);
  if (asked === null) return { page: 1, isMissing: true };
  return { page: within(asked, last), isMissing: asked !== within(asked, last) };
}

/** Null for what is no number of a page. */
export const pageIn = (text: string): number | null => (/^\d{1,6}$/.test(text) ? Number(text) : null);

const within = (page: number, last: number): number => Math.max(1, Math.min(page, last));

/** What no page is known of stands with what is before it. */
export function byPage(cuts: readonly Cut[]): Map<number, Cut[]> {
  const pages = new Map<number, Cut[]>();
  let page = cuts.find((cut) => cut.page !== null)?.page ?? 1;
  for (const cut of cuts) {
    page = cut.page ?? page;
    const held = pages.get(page);
    if (held) held.push(cut);
    else pages.set(page, [cut]);
  }
  return pages;
}

/** Passages that some blocks have words of, in order. */
export interface OnPage {
  all: number[];
  /** Those of them that began on an earlier page. */
  goOn: number[];
}

export function passagesOn(cuts: readonly Cut[]): OnPage {
  const runs = cuts.flatMap((cut) => cut.runs);
  const begun = new Set(runs.flatMap((run) => (run.is === 'begin' ? [run.n] : [])));
  const all = new Set([...begun, ...runs.flatMap((run) => (run.is === 'text' ? run.within : []))]);
  const ordered = [...all].sort((a, b) => a - b);
  return { all: ordered, goOn: ordered.filter((n) => !begun.has(n)) };
}

/** The passages before and after the one that is chosen; without one, before and from the first that begins on this page. */
export function waysFrom(page: number, chosen: number | null, on: OnPage, ordered: readonly LibraryPassage[]) {
  if (chosen !== null) return { back: ordered[chosen - 2], onward: ordered[chosen] };
  const begun = on.all.find((n) => !on.goOn.includes(n));
  const later = ordered.findIndex((passage) => (passage.page ?? 0) > page);
  const next = begun ?? (later < 0 ? ordered.length : later) + 1;
  return { back: ordered[next - 2], onward: ordered[next - 1] };
}
