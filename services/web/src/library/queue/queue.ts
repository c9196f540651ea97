// What stands in the queue, as its list shows it and as the address names it.
import { queryOptions } from '@tanstack/react-query';
import type { QueueKind } from '../../strings/queue';
import { listFindings } from '../calls';
import { libraryKey } from '../queries';
import type { Finding, FindingKind, Overdue } from '../types';

export const findingKinds: readonly FindingKind[] = [
  'doubtful_notice', 'poor_quality', 'same_text', 'near_text', 'same_work',
];

export type QueueState = 'open' | 'settled';

/** What of the queue is asked for. */
export interface View {
  /** Null for findings of every kind. */
  kind: QueueKind | null;
  state: QueueState;
  after: number | null;
}

export interface ViewSearch {
  kind?: string;
  state?: string;
  after?: string;
}

export function viewOf({ kind, state, after }: ViewSearch): View {
  const named = [...findingKinds, 'overdue' as const].find((one) => one === kind) ?? null;
  const isSettled = state === 'settled' && named !== 'overdue';
  const from = named !== 'overdue' && after !== undefined && /^\d{1,15}$/.test(after) ? Number(after) : null;
  return { kind: named, state: isSettled ? 'settled' : 'open', after: from };
}

export function searchOf({ kind, state, after }: View): ViewSearch {
  return {
    ...(kind === null ? {} : { kind }),
    ...(state === 'settled' ? { state } : {}),
    ...(after === null ? {} : { after: String(after) }),
  };
}

/** As many as can be gone through with the eye; the list has no more than these. */
const PAGE = 50;

export const findingsPageQuery = (kind: FindingKind | null, state: QueueState, after: number | null) =>
  queryOptions({
    queryKey: [...libraryKey, 'findings', 'page', kind, state, after],
    queryFn: ({ signal }) => listFindings({ kind, state, after, limit: PAGE }, signal),
  });

/** How many there are of each kind. */
export const countsQuery = queryOptions({
  queryKey: [...libraryKey, 'findings', 'counts'],
  queryFn: ({ signal }) => listFindings({ state: 'open', limit: 1 }, signal),
  select: ({ open, overdue }) => ({ open, overdue }),
});

/** A finding, or a document that is overdue. */
export type Item = { key: string; document: string; version: number; corpus: string; title: string } & (
  | { is: 'finding'; finding: Finding }
  | { is: 'overdue'; review_by: string }
);

export const ofFinding = (finding: Finding): Item => {
  const { id, document, version, corpus, title } = finding;
  return { key: String(id), document, version, corpus, title, is: 'finding', finding };
};

export const ofOverdue = (one: Overdue): Item => ({ key: `${one.document}.${one.version}`, ...one, is: 'overdue' });

/** The other document that a finding names in its words; null where it names none. */
export function otherOf({ kind, detail, document }: Finding): string | null {
  if (kind !== 'same_text' && kind !== 'near_text' && kind !== 'same_work') return null;
  const found = /\bdocument ([\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12})\b/i.exec(detail)?.[1];
  return found === undefined || found === document ? null : found;
}

/** Where one looks in a list that others work on, too. */
export interface Cursor {
  key: string;
  /** Its place, for when it is there no more. */
  at: number;
}

/** Which one is meant: itself, or what has taken its place. */
export function placeOf(items: readonly { key: string }[], cursor: Cursor | null): number {
  if (cursor === null) return 0;
  const at = items.findIndex(({ key }) => key === cursor.key);
  return at >= 0 ? at : Math.max(0, Math.min(cursor.at, items.length - 1));
}
