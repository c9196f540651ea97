// What the log is read with.
import { queryOptions } from '@tanstack/react-query';
import { client, request, take } from '../../api/client';
import type { components } from '../../api/schema';

type Schemas = components['schemas'];

export type LogState = Schemas['LogState'];
export type WitnessState = Schemas['WitnessState'];
export type LogEntry = Omit<Schemas['LogEntry'], 'object'> & { object: Readonly<Record<string, unknown>> };

export const stateQuery = queryOptions({
  queryKey: ['log', 'state'],
  queryFn: ({ signal }) => take(client.GET('/v1/audit/state', { signal })),
});

/** Those whose action begins with this, by this actor. */
export type EntriesWanted = Partial<Record<'action' | 'actor', string>>;

/** Entries of one stretch. */
export const STRETCH = 50;

async function getEntries(wanted: EntriesWanted, before: number | null, limit: number, signal: AbortSignal): Promise<LogEntry[]> {
  const query = { ...wanted, limit, ...(before === null ? {} : { before }) };
  const { entries } = await take(client.GET('/v1/audit/entries', { params: { query }, signal }));
  return entries;
}

export const entriesQuery = (wanted: EntriesWanted, before: number | null) =>
  queryOptions({
    queryKey: ['log', 'entries', wanted.action ?? '', wanted.actor ?? '', before],
    queryFn: ({ signal }) => getEntries(wanted, before, STRETCH, signal),
  });

const publishing = ['corpus.published', 'corpus.rolled_back'];

/** The entry of the last decision on what is searched; null before the first. */
export const publicationQuery = queryOptions({
  queryKey: ['log', 'publication'],
  queryFn: async ({ signal }): Promise<LogEntry | null> => {
    const found = await Promise.all(publishing.map((action) => getEntries({ action }, null, 1, signal)));
    return found.flat().sort((one, other) => other.seq - one.seq)[0] ?? null;
  },
});

/** Answers of some days, the first and the day after the last. */
export interface Days {
  from: string;
  to: string;
}

/** A stretch of their ids, as long as the server sends. */
export async function getAnswerIds({ from, to }: Days, before: number | null, signal: AbortSignal) {
  const query = { from, to, limit: 500, ...(before === null ? {} : { before }) };
  const { answers, next } = await take(client.GET('/v1/audit/answers', { params: { query }, signal }));
  return { listed: answers.map(({ id }) => id), next: next ?? null };
}

export function postBundle(answers: readonly string[], days: Days, signal: AbortSignal): Promise<Response> {
  // Without ids the server goes by the days.
  const body = { answers, query: days };
  return request('POST', '/v1/audit/bundles', { body, signal, accept: 'application/x-tar' });
}
