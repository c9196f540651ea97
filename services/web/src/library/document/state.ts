// What of a document's record is open, as it stands in the address.
import type { LibraryDocument, LibraryVersion } from '../types';

export const views = ['text', 'differences', 'passages', 'findings', 'history', 'answers'] as const;
export type View = (typeof views)[number];

export interface RecordSearch {
  version?: string;
  against?: string;
  view?: string;
  /** Of a PDF. */
  page?: string;
  /** The id of the one that is chosen there. */
  passage?: string;
}

export interface Opened {
  version: LibraryVersion;
  newest: LibraryVersion;
  /** What it is compared with: the one before it, if the address names none; null where there is no other. */
  against: LibraryVersion | null;
  view: View;
  /** The address names a version that is not there. */
  isMissing: boolean;
}

/** Null for a document without versions. */
export function openedIn({ versions }: Pick<LibraryDocument, 'versions'>, search: RecordSearch): Opened | null {
  const [newest] = versions;
  if (!newest) return null;
  const named = (number: string | undefined) => versions.find((one) => String(one.number) === number);
  const found = named(search.version);
  const version = found ?? newest;
  const others = versions.filter((one) => one !== version);
  const wanted = named(search.against);
  // Newest first: the first that is older, else the nearest that is newer.
  const nearest = others.find((one) => one.number < version.number) ?? others.at(-1);
  const against = wanted && wanted !== version ? wanted : (nearest ?? null);
  return {
    version,
    newest,
    against,
    view: views.find((one) => one === search.view) ?? 'text',
    isMissing: search.version !== undefined && !found,
  };
}
