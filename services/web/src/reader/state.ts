// What the reader shows, as it stands in the address: a reload, or a colleague with the link, sees the same quote.

export interface Opened {
  document: string;
  version: number | null;
  /** Code points in the version's canonical text. */
  start: number | null;
  end: number | null;
  cite: Cite | null;
}

/** Stands for the id of an answer that is still coming in. */
export const NOW = 'now';

/** What in which answer led here. */
export interface Cite {
  answer: string;
  part: { kind: 'citation'; n: number } | { kind: 'evidence'; id: string } | { kind: 'differential' };
}

/** The part of the address that belongs to the reader beside a conversation. */
export interface ReaderSearch {
  doc?: string;
  v?: string;
  s?: string;
  e?: string;
  cite?: string;
}

/** The same for the reader as a page of its own. */
export interface DocumentSearch {
  version?: string;
  start?: string;
  end?: string;
  cite?: string;
}

const name = /^[\w-]{1,64}$/;

export function writeCite({ answer, part }: Cite): string {
  switch (part.kind) {
    case 'citation':
      return `${answer}.${part.n}`;
    case 'evidence':
      return `${answer}.${part.id}`;
    case 'differential':
      return `${answer}.d`;
  }
}

export function readCite(text: string | undefined): Cite | null {
  const [, answer, rest] = /^([\w-]{1,64})\.(\d{1,4}|E\d{1,4}|d)$/.exec(text ?? '') ?? [];
  if (!answer || !rest) return null;
  if (rest === 'd') return { answer, part: { kind: 'differential' } };
  if (rest.startsWith('E')) return { answer, part: { kind: 'evidence', id: rest } };
  return { answer, part: { kind: 'citation', n: Number(rest) } };
}

export function writeOpened(opened: Opened | null): ReaderSearch {
  if (!opened) return {};
  const { document, version, start, end, cite } = opened;
  return {
    doc: document,
    ...(version === null ? {} : { v: String(version) }),
    ...(start === null || end === null ? {} : { s: String(start), e: String(end) }),
    ...(cite ? { cite: writeCite(cite) } : {}),
  };
}

export function readOpened({ doc, v, s, e, cite }: ReaderSearch): Opened | null {
  return doc !== undefined && name.test(doc) ? { document: doc, ...place(v, s, e), cite: readCite(cite) } : null;
}

export function readDocumentSearch(document: string, { version, start, end, cite }: DocumentSearch): Opened {
  return { document, ...place(version, start, end), cite: readCite(cite) };
}

/** The link that opens the same in a page of its own. */
export function documentSearch(opened: Opened): DocumentSearch {
  const { v, s, e, cite } = writeOpened(opened);
  return {
    ...(v === undefined ? {} : { version: v }),
    ...(s === undefined || e === undefined ? {} : { start: s, end: e }),
    ...(cite === undefined ? {} : { cite }),
  };
}

/** Keeps the known names of an address whose values are single strings. */
export function pick<Name extends string>(
  names: readonly Name[],
  search: Record<string, unknown>,
): { [key in Name]?: string } {
  const kept: { [key in Name]?: string } = {};
  for (const key of names) {
    const value = search[key];
    if (typeof value === 'string' && value.length <= 200) kept[key] = value;
  }
  return kept;
}

function place(version?: string, start?: string, end?: string): Pick<Opened, 'version' | 'start' | 'end'> {
  const [from, to] = [whole(start), whole(end)];
  const isSpan = from !== null && to !== null && from < to;
  return { version: whole(version), start: isSpan ? from : null, end: isSpan ? to : null };
}

function whole(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
