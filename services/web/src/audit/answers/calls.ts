// What answers and their records are read with, and what is done to them.
import { queryOptions } from '@tanstack/react-query';
import { client, request, take, takeWhole } from '../../api/client';
import { Lost, Refused } from '../../api/problem';
import type { components } from '../../api/schema';
import type { Whole } from '../../api/types';
import type { LogEntry } from '../log/calls';
import type { Bytes } from '../proof/bytes';
import type { Log } from '../proof/inlog';
import { type Filters, queryOf } from './filters';

type Schemas = components['schemas'];

export type Found = Schemas['Found'];
export type FoundAnswer = Schemas['FoundAnswer'];
export type AnswerRecord = Omit<Whole<Schemas['Record']>, 'entries'> & { entries: LogEntry[] };
export type Replay = Schemas['Replay'];
export type Side = Schemas['Side'];

/** Answers of one page. */
export const STRETCH = 50;

/** As many as the server sends at once. */
const MOST = 500;

/** Every list of answers. */
export const FOUND = ['audit', 'answers'] as const;

export const foundQuery = (filters: Filters, before: string | null) =>
  queryOptions({
    queryKey: [...FOUND, filters, before],
    queryFn: ({ signal }): Promise<Found> =>
      take(client.GET('/v1/audit/answers', { params: { query: queryOf(filters, before, STRETCH) }, signal })),
    // Each reading is an entry in the log: none without a reason.
    staleTime: 60_000,
  });

/** A long stretch of their ids. */
export async function getIds(filters: Filters, before: number | null, signal: AbortSignal) {
  const query = queryOf(filters, before === null ? null : String(before), MOST);
  const { answers, next } = await take(client.GET('/v1/audit/answers', { params: { query }, signal }));
  return { listed: answers.map(({ id }) => id), next: next ?? null };
}

export const postBundle = (answers: readonly string[], signal: AbortSignal): Promise<Response> =>
  request('POST', '/v1/audit/bundles', { body: { answers }, signal, accept: 'application/x-tar' });

const named = (id: string) => ({ params: { path: { id } } });

export const recordQuery = (id: string) =>
  queryOptions({
    queryKey: ['audit', 'record', id],
    queryFn: ({ signal }): Promise<AnswerRecord> => takeWhole(client.GET('/v1/audit/answers/{id}', { ...named(id), signal })),
    // Whoever looks is on record each time.
    staleTime: Number.POSITIVE_INFINITY,
  });

export const postReplay = (id: string): Promise<Replay> => take(client.POST('/v1/audit/answers/{id}/replay', named(id)));

export const putHold = async (id: string, reason: string): Promise<void> => {
  await take(client.PUT('/v1/audit/answers/{id}/hold', { ...named(id), body: { reason } }));
};

export const deleteHold = async (id: string): Promise<void> => {
  await take(client.DELETE('/v1/audit/answers/{id}/hold', named(id)));
};

export const deleteWords = async (id: string): Promise<void> => {
  await take(client.DELETE('/v1/audit/answers/{id}/words', named(id)));
};

/** The receipt as it was sent: it is checked by its bytes. */
export async function getReceipt(id: string): Promise<Bytes> {
  const response = await request('GET', `/v1/answers/${encodeURIComponent(id)}/receipt`);
  const bytes = await response.arrayBuffer().catch(() => {
    throw new Lost();
  });
  return new Uint8Array(bytes);
}

/** The newest checkpoint, and the way to the tiles below it. */
export async function readLog(): Promise<Log> {
  const [note, { keys }] = await Promise.all([
    request('GET', '/log/checkpoint', { accept: 'text/plain' }),
    take(client.GET('/v1/audit/state')),
  ]);
  return { checkpoint: await note.text(), keys, tile: readTile };
}

async function readTile(path: string): Promise<Bytes | null> {
  const response = await request('GET', `/log/tile/${path}`, { accept: 'application/octet-stream' }).catch((error: unknown) => {
    if (error instanceof Refused && error.problem.status === 404) return null;
    throw error;
  });
  return response && new Uint8Array(await response.arrayBuffer());
}
